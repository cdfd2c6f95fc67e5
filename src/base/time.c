// SPDX-License-Identifier: Apache-2.0
// The calendar: days since 1970-01-01, proleptic Gregorian. What we write is RFC 3339 in UTC, and
// that is read here again; other texts of times are the business of the policy languages that have
// them.

#include "base/base.h"

int64_t wr_days(int64_t y, int64_t m, int64_t d) {
    y -= m <= 2; // years begin in March: the leap day is their last
    int64_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

int64_t wr_days_in_month(int64_t y, int64_t m) {
    static const uint8_t n[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    WR_ASSERT(m >= 1 && m <= 12);
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    return n[m - 1] + (m == 2 && leap);
}

void wr_put_day(wr_buf *b, int64_t days) {
    enum { ERA = 146097, TO_MARCH_0000 = 719468 }; // days of 400 years; years begin in March again
    int64_t z = days + TO_MARCH_0000, era = (z >= 0 ? z : z - (ERA - 1)) / ERA;
    int64_t in_era = z - era * ERA;
    int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / (ERA - 1)) / 365;
    int64_t in_year = in_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * in_year + 2) / 153, day = in_year - (153 * month + 2) / 5 + 1;
    month = month < 10 ? month + 3 : month - 9;
    year += era * 400 + (month <= 2);
    wr_putf(b, "%04lld-%02d-%02d", (long long)year, (int)month, (int)day);
}

void wr_put_time(wr_buf *b, int64_t t) {
    int64_t days = wr_day_of(t), secs = t - days * 86400;
    wr_put_day(b, days);
    wr_putf(b, "T%02d:%02d:%02dZ", (int)(secs / 3600), (int)(secs / 60 % 60), (int)(secs % 60));
}

int64_t wr_day_of(int64_t t) {
    enum { DAY = 86400 };
    return t / DAY - (t % DAY < 0);
}

static bool digits(wr_str s, size_t at, size_t n, int64_t *out) {
    *out = 0;
    for (size_t i = at; i < at + n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') return false;
        *out = *out * 10 + (s.p[i] - '0');
    }
    return true;
}

bool wr_day_parse(wr_str s, int64_t *out) {
    int64_t y, m, d;
    if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-') return false;
    if (!digits(s, 0, 4, &y) || !digits(s, 5, 2, &m) || !digits(s, 8, 2, &d)) return false;
    if (y < 1970 || m < 1 || m > 12 || d < 1 || d > wr_days_in_month(y, m)) return false;
    *out = wr_days(y, m, d);
    return true;
}

bool wr_time_parse(wr_str s, int64_t *out) {
    int64_t day, h, m, sec;
    if (s.n != 20 || s.p[10] != 'T' || s.p[13] != ':' || s.p[16] != ':' || s.p[19] != 'Z')
        return false;
    if (!wr_day_parse(wr_sub(s, 0, 10), &day)) return false;
    if (!digits(s, 11, 2, &h) || !digits(s, 14, 2, &m) || !digits(s, 17, 2, &sec)) return false;
    if (h > 23 || m > 59 || sec > 60) return false; // 60: a leap second
    *out = day * 86400 + h * 3600 + m * 60 + sec;
    return true;
}
