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

static void test_read_again(void **state) {
    (void)state;
    static const char *const none[] = {"",
                                       "2026-1-01",
                                       "2026-02-29T00:00:00Z",
                                       "2026-01-31T24:00:00Z",
                                       "2026-01-31T12:60:00Z",
                                       "2026-01-31T12:00:00",
                                       "2026-01-31 12:00:00Z",
                                       "2026-01-31T12:00:0xZ",
                                       "1969-12-31T23:59:59Z"};
    int64_t t = 7;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(wr_time_parse(wr_strz(none[i]), &t) || wr_day_parse(wr_strz(none[i]), &t));
    assert_int_equal(t, 7);
    assert_true(wr_time_parse(WR_S("2026-01-31T12:00:01Z"), &t));
    assert_int_equal(t, wr_days(2026, 1, 31) * 86400 + 43201);
    assert_true(wr_day_parse(WR_S("2024-02-29"), &t));
    assert_int_equal(t, wr_days(2024, 2, 29));
    assert_int_equal(wr_day_of(-1), -1);
    assert_int_equal(wr_day_of(86399), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_again),
        cmocka_unit_test(known_days),
        cmocka_unit_test(no_day_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
