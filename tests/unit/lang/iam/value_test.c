// SPDX-License-Identifier: Apache-2.0
// Typed values of conditions: which texts are numbers, dates, addresses, base64, and how they
// compare. Numbers are held against exact arithmetic on the digits, addresses against inet_pton,
// which reads the same texts by other code.
#include <arpa/inet.h>

#include "ask.h"

static void numbers(void **state) {
    (void)state;
    static const char *const none[] = {
        "",    "+",   "-",     ".",        ".5",  "5.",           "1.",
        "1e",  "e5",  "1e+",   "0x10",     "10a", " 1",           "1 ",
        "1_0", "--1", "1.2.3", "Infinity", "NaN", "1e1234567890", "\u0661"};
    // In order; those in one string are equal.
    static const char *const order[][4] = {
        {"-1e30", "-1000000000000000000000000000000", "-1e+30", 0},
        {"-100", "-1e2", "-100.0", 0},
        {"-99.99999999999999999999999999", 0, 0, 0},
        {"-0.5", "-5e-1", "-0.50", 0},
        {"-0.05", "-0.5e-1", 0, 0},
        {"0", "-0", "+0.000", "0e5"},
        {"1e-400", 0, 0, 0},
        {"0.05", "0.050", "00.05", "5e-2"},
        {"0.1", "1e-1", "0.10", 0},
        {"0.10000000000000000000000000001", 0, 0, 0},
        {"1", "01", "1.0", "10e-1"},
        {"9.99", 0, 0, 0},
        {"10", "1e1", "+10", "1.0E01"},
        {"10.5", "105e-1", 0, 0},
        {"9007199254740992", 0, 0, 0},
        {"9007199254740993", "9007199254740993.000", 0, 0},
        {"18446744073709551616", 0, 0, 0},
        {"1e400", 0, 0, 0},
    };
    wr_iam_num a, b;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(iam_num_parse(wr_strz(none[i]), &a));
    enum { N = sizeof order / sizeof *order };
    for (unsigned i = 0; i < 4 * N; i++)
        for (unsigned j = 0; j < 4 * N; j++) {
            const char *x = order[i / 4][i % 4], *y = order[j / 4][j % 4];
            if (!x || !y) continue;
            assert_true(iam_num_parse(wr_strz(x), &a) && iam_num_parse(wr_strz(y), &b));
            int cmp = iam_num_cmp(&a, &b), want = i / 4 < j / 4 ? -1 : i / 4 > j / 4;
            if (cmp != want) print_error("%s with %s: %d\n", x, y, cmp);
            assert_int_equal(cmp, want);
        }
}

static const char *const no_dates[] = {"",
                                       "x",
                                       "-",

                                       "2020-",
                                       "2020-13",
                                       "2020-00-01",
                                       "2020-1-1",
                                       "2021-02-29",
                                       "2020-01-01T",
                                       "2020-01-01T00",
                                       "2020-01-01T24:00Z",
                                       "2020-01-01T00:60Z",
                                       "2020-01-01T00:00:60Z",
                                       "2020-01-01T00:00:00.Z",
                                       "2020-01-01T00:00:00ZZ",
                                       "2020-01-01 00:00:00Z",
                                       "2020-01-01T00:00:00+0100",
                                       "2020-01-01T00:00:00+24:00",
                                       "2020-01T00:00Z",
                                       "1e9",
                                       "1600000000.",
                                       "1234567890123456",
                                       "20200101T000000Z",
                                       "2020Z"};

static void dates(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t sec;
        uint32_t nsec;
    } rows[] = {
        {"1970", 0, 0},
        {"1970-01", 0, 0},
        {"1970-01-02", 86400, 0},
        {"2020-02-29T12:34:56Z", 1582979696, 0},
        {"2020-02-29T12:34Z", 1582979640, 0},
        {"2020-02-29T12:34:56.789Z", 1582979696, 789000000},
        {"2020-02-29T12:34:56.1234567899Z", 1582979696, 123456789},
        {"2020-02-29T14:34:56+02:00", 1582979696, 0},
        {"2020-02-29T04:04:56-08:30", 1582979696, 0},
        {"2020-02-29T12:34:56", 1582979696, 0},
        {"1582979696", 1582979696, 0},
        {"1582979696.5", 1582979696, 500000000},
        {"0", 0, 0},
        {"-1", -1, 0},
        {"-0.25", -1, 750000000},
        {"20200101", 20200101, 0},
        {"9999-12-31T23:59:59Z", 253402300799, 0},
        {"0001-01-01", -62135596800, 0},
    };
    wr_iam_time t;
    for (size_t i = 0; i < sizeof no_dates / sizeof *no_dates; i++) {
        if (iam_date_parse(wr_strz(no_dates[i]), &t)) print_error("%s is a date\n", no_dates[i]);
        assert_false(iam_date_parse(wr_strz(no_dates[i]), &t));
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(iam_date_parse(wr_strz(rows[i].text), &t));
        if (t.sec != rows[i].sec) print_error("%s: %lld\n", rows[i].text, (long long)t.sec);
        assert_int_equal(t.sec, rows[i].sec);
        assert_int_equal(t.nsec, rows[i].nsec);
    }
}

// Random texts made of what addresses are made of: inet_pton reads the same ones, but for IPv4
// numbers, where some C libraries take leading zeros.
static void addresses(void **state) {
    (void)state;
    static const char *const part[] = {":",     ":", "::",  "1",    "0",   "ff",      "2001",
                                       "db8",   ".", "10.", "255.", "256", "1.2.3.4", "00",
                                       "abcde", "g", "F0",  "%1",   "/"};
    uint64_t s = 5;
    unsigned good = 0;
    for (unsigned i = 0; i < 400000; i++) {
        char text[128] = "";
        unsigned char want[16];
        for (uint64_t k = 0, n = 1 + (s >> 40) % 12; k < n; k++) {
            s = s * 6364136223846793005u + 1442695040888963407u;
            strcat(text, part[(s >> 33) % (sizeof part / sizeof *part)]);
        }
        wr_iam_cidr got;
        bool four = inet_pton(AF_INET, text, want) == 1, six = inet_pton(AF_INET6, text, want) == 1;
        bool ours = iam_ip_parse(wr_strz(text), &got);
        if (ours != (four || six)) print_error("%s: %d\n", text, ours);
        assert_int_equal(ours, four || six);
        if (!ours) continue;
        good++;
        if (four) inet_pton(AF_INET, text, want);
        assert_int_equal(got.family, four ? 4 : 6);
        assert_memory_equal(got.addr, want, four ? 4 : 16);
    }
    assert_true(good > 1000);
}

static void networks(void **state) {
    (void)state;
    static const char *const none[] = {"10.0.0.0/33", "10.0.0.0/",   "/8",       "10.0.0.0/08",
                                       "::/129",      "10.0.0.0/-1", "10.0.0/8", "::/0/0",
                                       "010.0.0.1",   "::1%eth0"};
    static const struct {
        const char *net, *ip;
        bool want;
    } rows[] = {
        {"0.0.0.0/0", "255.255.255.255", true},
        {"128.0.0.0/1", "203.0.113.9", true},
        {"128.0.0.0/1", "127.255.255.255", false},
        {"10.0.0.128/25", "10.0.0.127", false},
        {"10.0.0.255/25", "10.0.0.129", true},
        {"10.0.0.1/32", "10.0.0.1", true},
        {"10.0.0.1", "10.0.0.2", false},
        {"::/0", "1.2.3.4", false},
        {"0.0.0.0/0", "::", false},
        {"2001:db8::1/128", "2001:DB8:0:0::1", true},
        {"2001:db8::/127", "2001:db8::2", false},
        {"::ffff:1.2.3.4/128", "::FFFF:102:304", true},
    };
    wr_iam_cidr net, ip;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(iam_cidr_parse(wr_strz(none[i]), &net));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(iam_cidr_parse(wr_strz(rows[i].net), &net));
        assert_true(iam_ip_parse(wr_strz(rows[i].ip), &ip));
        if (iam_cidr_has(&net, &ip) != rows[i].want)
            print_error("%s %s\n", rows[i].net, rows[i].ip);
        assert_int_equal(iam_cidr_has(&net, &ip), rows[i].want);
    }
}

static void base64(void **state) {
    (void)state;
    static const char *const none[] = {
        "A", "AA", "AAA", "====", "A===", "AA=A", "AA==AAAA", "A A=", "AA=\n", "AA-_"};
    wr_arena a;
    wr_str bytes;
    wr_arena_init(&a, 0);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        assert_false(iam_base64_decode(&a, wr_strz(none[i]), &bytes));
        assert_false(iam_base64_same(wr_strz(none[i]), WR_S("")));
    }
    assert_true(iam_base64_decode(&a, WR_S(""), &bytes) && bytes.n == 0);
    assert_true(iam_base64_decode(&a, WR_S("aGVsbG8gd29ybGQh/+8="), &bytes));
    assert_true(wr_eq(bytes, WR_S("hello world!\xff\xef")));
    assert_true(iam_base64_same(WR_S("aGVsbG8gd29ybGQh/+8="), bytes));
    assert_true(iam_base64_same(WR_S("aGVsbG8gd29ybGQh/+9="), bytes)); // bits left over
    assert_false(iam_base64_same(WR_S("aGVsbG8gd29ybGQh"), bytes));
    assert_false(iam_base64_same(WR_S("aGVsbG8gd29ybGQh/+8A"), bytes));
    wr_arena_fini(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers), cmocka_unit_test(dates),
                                       cmocka_unit_test(addresses), cmocka_unit_test(networks),
                                       cmocka_unit_test(base64)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
