// SPDX-License-Identifier: Apache-2.0
// The calendar: days since 1970-01-01, proleptic Gregorian. What texts of times look like is the
// business of those who read them (a command line, a function of a policy language); what we write
// is RFC 3339 in UTC.

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
    enum { DAY = 86400 };
    int64_t days = t / DAY - (t % DAY < 0), secs = t - days * DAY;
    wr_put_day(b, days);
    wr_putf(b, "T%02d:%02d:%02dZ", (int)(secs / 3600), (int)(secs / 60 % 60), (int)(secs % 60));
}
