// SPDX-License-Identifier: Apache-2.0
// Points in time of the Date… operators. Owns: iam_date_parse, iam_date_cmp.
// Forms: those of the W3C's profile of ISO 8601: YYYY, YYYY-MM, YYYY-MM-DD, and the last with
// Thh:mm, Thh:mm:ss or Thh:mm:ss.fraction and a zone (Z, +hh:mm, -hh:mm); and seconds since 1970,
// with a sign or a fraction or none. Four digits are a year. A time without a zone is taken as UTC:
// the profile wants one, but a Deny that is dropped for want of a Z would be worse. Digits of a
// fraction beyond the ninth do not count.
// Rules: IAM User Guide, "Date condition operators"; W3C note "Date and Time Formats".

#include "lang/iam/iam_int.h"

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Exactly n digits at s[*i].
static bool fixed(wr_str s, size_t *i, uint32_t n, int64_t *out) {
    int64_t v = 0;
    if (s.n - *i < n) return false;
    for (uint32_t k = 0; k < n; k++) {
        char c = s.p[*i + k];
        if (!is_digit(c)) return false;
        v = v * 10 + (c - '0');
    }
    *i += n;
    *out = v;
    return true;
}

static bool sign(wr_str s, size_t *i, char c) {
    if (*i >= s.n || s.p[*i] != c) return false;
    ++*i;
    return true;
}

// ".digits" at s[*i], when there is a point.
static bool fraction(wr_str s, size_t *i, uint32_t *nsec) {
    if (!sign(s, i, '.')) return true;
    uint32_t v = 0, n = 0;
    for (; *i < s.n && is_digit(s.p[*i]); ++*i, n++)
        if (n < 9) v = v * 10 + (uint32_t)(s.p[*i] - '0');
    for (uint32_t k = n; k < 9; k++) v *= 10;
    *nsec = v;
    return n > 0;
}

static bool epoch(wr_str s, wr_iam_time *out) {
    size_t i = 0;
    bool neg = s.n && s.p[0] == '-';
    if (neg) i = 1;
    int64_t v = 0;
    size_t beg = i;
    for (; i < s.n && is_digit(s.p[i]); i++) {
        if (i - beg >= 15) return false;
        v = v * 10 + (s.p[i] - '0');
    }
    uint32_t nsec = 0;
    if (i == beg || !fraction(s, &i, &nsec) || i != s.n) return false;
    if (neg) v = -v;
    if (neg && nsec) {
        v--;
        nsec = 1000000000 - nsec;
    }
    *out = (wr_iam_time){v, nsec};
    return true;
}

static bool zone(wr_str s, size_t *i, int64_t *seconds) {
    int64_t h, m;
    *seconds = 0;
    if (*i == s.n || sign(s, i, 'Z')) return true;
    bool west = s.p[*i] == '-';
    if (!west && s.p[*i] != '+') return false;
    ++*i;
    if (!fixed(s, i, 2, &h) || !sign(s, i, ':') || !fixed(s, i, 2, &m) || h > 23 || m > 59)
        return false;
    *seconds = (h * 60 + m) * (west ? -60 : 60);
    return true;
}

static bool clock_time(wr_str s, size_t *i, wr_iam_time *t) {
    int64_t h, m, sec = 0, off;
    if (!fixed(s, i, 2, &h) || !sign(s, i, ':') || !fixed(s, i, 2, &m) || h > 23 || m > 59)
        return false;
    if (sign(s, i, ':') && (!fixed(s, i, 2, &sec) || sec > 59 || !fraction(s, i, &t->nsec)))
        return false;
    if (!zone(s, i, &off)) return false;
    t->sec += h * 3600 + m * 60 + sec - off;
    return true;
}

bool iam_date_parse(wr_str s, wr_iam_time *out) {
    size_t i = 0;
    int64_t y, m = 1, d = 1;
    if (!fixed(s, &i, 4, &y) || (i < s.n && s.p[i] != '-')) return epoch(s, out);
    bool more = sign(s, &i, '-');
    if (more && (!fixed(s, &i, 2, &m) || m < 1 || m > 12)) return false;
    bool day = more && sign(s, &i, '-');
    if (day && (!fixed(s, &i, 2, &d) || d < 1 || d > wr_days_in_month(y, m))) return false;
    *out = (wr_iam_time){wr_days(y, m, d) * 86400, 0};
    if (day && sign(s, &i, 'T') && !clock_time(s, &i, out)) return false;
    return i == s.n;
}

int iam_date_cmp(const wr_iam_time *a, const wr_iam_time *b) {
    if (a->sec != b->sec) return a->sec < b->sec ? -1 : 1;
    return a->nsec < b->nsec ? -1 : a->nsec > b->nsec;
}
