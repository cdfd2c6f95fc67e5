// SPDX-License-Identifier: Apache-2.0
// The calendar: days since 1970-01-01, proleptic Gregorian. What texts of times look like is the
// business of those who read them (a command line, a function of a policy language).

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
