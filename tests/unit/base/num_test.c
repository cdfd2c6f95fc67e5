// SPDX-License-Identifier: Apache-2.0
// Numbers: the spellings at their borders, half-way cases, subnormals, and texts that are numbers
// to other parsers only. Expected values are what the Rust standard library, ryu and serde give.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>

#include "base/base.h"

static void spelled(double v, const char *display, const char *debug, const char *json) {
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_put_f64_display(&b, v);
    wr_putc(&b, 0);
    size_t second = b.n;
    wr_put_f64_debug(&b, v);
    wr_putc(&b, 0);
    size_t third = b.n;
    if (json) wr_put_f64_json(&b, v);
    wr_putc(&b, 0);
    assert_string_equal(b.p, display);
    assert_string_equal(b.p + second, debug);
    if (json) assert_string_equal(b.p + third, json);
    wr_buf_fini(&b);
}

static void spellings(void **state) {
    (void)state;
    spelled(0, "0", "0.0", "0.0");
    spelled(-0.0, "-0", "-0.0", "-0.0");
    spelled(1, "1", "1.0", "1.0");
    spelled(0.1, "0.1", "0.1", "0.1");
    spelled(-1.5, "-1.5", "-1.5", "-1.5");
    spelled(0.3, "0.3", "0.3", "0.3");
    spelled(1e15, "1000000000000000", "1000000000000000.0", "1000000000000000.0");
    spelled(1e16, "10000000000000000", "1e16", "1e16");
    spelled(1e20, "100000000000000000000", "1e20", "1e20");
    spelled(123456789012345680.0, "123456789012345680", "1.2345678901234568e17",
            "1.2345678901234568e17");
    spelled(0.0001, "0.0001", "0.0001", "0.0001");
    spelled(0.00001, "0.00001", "1e-5", "0.00001");
    spelled(0.000001, "0.000001", "1e-6", "1e-6");
    spelled(1.5e-7, "0.00000015", "1.5e-7", "1.5e-7");
    spelled(1e23, "100000000000000000000000", "1e23", "1e23");
    spelled(NAN, "NaN", "NaN", NULL);
    spelled(INFINITY, "inf", "inf", NULL);
    spelled(-INFINITY, "-inf", "-inf", NULL);
}

static void hard_cases(void **state) {
    (void)state;
    wr_buf b;
    static const struct {
        double v;
        const char *json;
    } rows[] = {
        {5e-324, "5e-324"},                                  // the smallest subnormal
        {2.2250738585072011e-308, "2.225073858507201e-308"}, // the largest
        {DBL_MIN, "2.2250738585072014e-308"},                //
        {DBL_MAX, "1.7976931348623157e308"},                 //
        {0x1p-44, "5.684341886080802e-14"},                  // uneven gaps around a power of two
        {9007199254740993.0, "9007199254740992.0"},          //
        {0x1.fffffffffffffp-1, "0.9999999999999999"},        // all nines
        {7226820196246109.0, "7226820196246109.0"},          //
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        wr_buf_init(&b, 0);
        wr_put_f64_json(&b, rows[i].v);
        assert_true(wr_eq(wr_buf_str(&b), wr_strz(rows[i].json)));
        wr_buf_fini(&b);
    }
    // Exactly half way between two decimals of 16 digits.
    spelled(0x1p-25, "0.000000029802322387695313", "2.9802322387695313e-8",
            "2.9802322387695312e-8");
    spelled(1003702254282396.25, "1003702254282396.3", "1003702254282396.3", "1003702254282396.2");
}

// Every text read back is the same double.
static void round_trips(void **state) {
    (void)state;
    uint64_t x = 88172645463325252u;
    for (int i = 0; i < 20000; i++) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        double v, back;
        memcpy(&v, &x, sizeof v);
        if (!isfinite(v)) continue;
        wr_buf b;
        wr_buf_init(&b, 0);
        wr_put_f64_json(&b, v);
        assert_true(wr_parse_f64(wr_buf_str(&b), &back));
        assert_true(memcmp(&v, &back, sizeof v) == 0);
        assert_true(wr_f64_keeps(v, wr_buf_str(&b)));
        wr_buf_fini(&b);
    }
}

static void integers(void **state) {
    (void)state;
    int64_t v;
    assert_true(wr_parse_i64(WR_S("9223372036854775807"), &v) && v == INT64_MAX);
    assert_true(wr_parse_i64(WR_S("-9223372036854775808"), &v) && v == INT64_MIN);
    assert_true(wr_parse_i64(WR_S("+0012"), &v) && v == 12);
    assert_true(wr_parse_i64(WR_S("-0"), &v) && v == 0);
    static const char *const bad[] = {"",    "+",   "-",  "9223372036854775808",  "1_0", " 1", "1 ",
                                      "--1", "0x1", "1.", "-9223372036854775809", "1e1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(wr_parse_i64(wr_strz(bad[i]), &v));
}

static void floats(void **state) {
    (void)state;
    static const struct {
        const char *s;
        double v;
    } good[] = {{"1", 1},
                {".5", 0.5},
                {"5.", 5},
                {"-1e5", -1e5},
                {"+1E+2", 100},
                {"1e-400", 0},
                {"1e400", INFINITY},
                {"inf", INFINITY},
                {"-INFinity", -INFINITY},
                {"0e999999999999999999999", 0},
                {"1e99999999999999999999", INFINITY},
                {"00001.50", 1.5},
                {"1e-99999999999999999999", 0},
                {"179769313486231580793728971405301e276", DBL_MAX}};
    double v;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(wr_parse_f64(wr_strz(good[i].s), &v) && v == good[i].v);
    assert_true(wr_parse_f64(WR_S("nAn"), &v) && isnan(v));
    assert_true(wr_parse_f64(WR_S("-0.0"), &v) && v == 0 && signbit(v));
    static const char *const bad[] = {"",    "+",   ".",     "e5",   "1e", "1e+",    "0x1",
                                      "1 ",  " 1",  "1_0",   "inff", "in", "na",     "1.2.3",
                                      "--1", ".e1", "1e1.5", "+-1",  "1f", "infinit"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(wr_parse_f64(wr_strz(bad[i]), &v));
}

// Half way between 1 and the next double, then a digit far behind that decides.
static void long_floats(void **state) {
    (void)state;
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_putz(&b, "1.00000000000000011102230246251565404236316680908203125");
    double v;
    assert_true(wr_parse_f64(wr_buf_str(&b), &v) && v == 1);
    wr_pad(&b, '0', 5000);
    assert_true(wr_parse_f64(wr_buf_str(&b), &v) && v == 1);
    wr_putc(&b, '1');
    assert_true(wr_parse_f64(wr_buf_str(&b), &v) && v == 1 + DBL_EPSILON);
    b.n = 0;
    wr_pad(&b, '0', 3000);
    wr_pad(&b, '9', 3000);
    wr_putz(&b, "e-3000");
    assert_true(wr_parse_f64(wr_buf_str(&b), &v) && v == 1);
    wr_buf_fini(&b);
}

static void lost_digits(void **state) {
    (void)state;
    assert_true(wr_f64_keeps(0.1, WR_S("0.1")));
    assert_true(wr_f64_keeps(0.1, WR_S("0.100")));
    assert_true(wr_f64_keeps(0.1, WR_S("1e-1")));
    assert_true(wr_f64_keeps(1e20, WR_S("100000000000000000000")));
    assert_true(wr_f64_keeps(0, WR_S("0.000e5")));
    assert_false(wr_f64_keeps(0, WR_S("1e-999")));
    assert_false(wr_f64_keeps(0.1, WR_S("0.10000000000000001")));
    assert_false(wr_f64_keeps(9007199254740992.0, WR_S("9007199254740993")));
    assert_false(wr_f64_keeps(9.999888671826833e-321, WR_S("9.9999e-321")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spellings),   cmocka_unit_test(hard_cases), cmocka_unit_test(round_trips),
        cmocka_unit_test(integers),    cmocka_unit_test(floats),     cmocka_unit_test(long_floats),
        cmocka_unit_test(lost_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
