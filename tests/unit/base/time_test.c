// SPDX-License-Identifier: Apache-2.0
// The calendar: known days, and every day of two 400-year cycles follows the one before it.
// Rules: proleptic Gregorian calendar, RFC 3339 section 5.6.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/base.h"

static void known_days(void **state) {
    (void)state;
    assert_int_equal(wr_days(1970, 1, 1), 0);
    assert_int_equal(wr_days(1969, 12, 31), -1);
    assert_int_equal(wr_days(2000, 2, 29), 11016);
    assert_int_equal(wr_days(2024, 3, 1), 19783);
    assert_int_equal(wr_days(0, 1, 1), -719528);
    assert_int_equal(wr_days_in_month(1900, 2), 28);
    assert_int_equal(wr_days_in_month(2000, 2), 29);
    assert_int_equal(wr_days_in_month(2023, 12), 31);
}

static void no_day_is_missing(void **state) {
    (void)state;
    int64_t day = wr_days(1600, 1, 1);
    for (int64_t y = 1600; y < 2400; y++)
        for (int64_t m = 1; m <= 12; m++)
            for (int64_t d = 1; d <= wr_days_in_month(y, m); d++)
                assert_int_equal(wr_days(y, m, d), day++);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_days),
        cmocka_unit_test(no_day_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
