// SPDX-License-Identifier: Apache-2.0
// Scans by the block against plain loops: random short texts in buffers of their exact size, so
// that every alignment, every tail and a read past the end are met.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/base.h"

static uint32_t next_random(uint32_t *x) {
    *x ^= *x << 13, *x ^= *x >> 17, *x ^= *x << 5;
    return *x;
}

// Mostly blanks or mostly letters, with all that the scans stop at strewn in.
static unsigned char random_byte(uint32_t *x, bool blanks) {
    static const unsigned char odd[] = {' ', '\n', '"', '\\', 0, 0x1F, 0x7F, 0x80, 0xC2, 0xFF};
    uint32_t r = next_random(x);
    if (r % 16 < 3) return odd[r / 16 % sizeof odd];
    return blanks ? ' ' : (unsigned char)('a' + r % 26);
}

static void check_spaces(const char *p, const char *end) {
    const char *want = p;
    while (want != end && *want == ' ') want++;
    assert_ptr_equal(wr_scan_spaces(p, end), want);
}

static void check_quoted(const char *p, const char *end) {
    uint64_t high = 0;
    bool want_high = false;
    const char *want = p;
    for (; want != end; want++) {
        unsigned char c = (unsigned char)*want;
        if (c < 0x20 || c == '"' || c == '\\') break;
        want_high |= c >= 0x80;
    }
    assert_ptr_equal(wr_scan_quoted(p, end, &high), want);
    assert_true((high != 0) == want_high);
}

static void check_lines(wr_str t) {
    uint32_t got[71], n = 0;
    memset(got, 0, sizeof got);
    wr_scan_lines(t, got);
    for (uint32_t i = 0; i < t.n; i++)
        if (t.p[i] == '\n') assert_int_equal(got[n++], i + 1);
    assert_int_equal(got[n], 0);
    assert_int_equal(wr_scan_count(t, '\n'), n);
}

static void check_length(wr_str t) {
    size_t want = 0;
    for (size_t i = 0; i < t.n; i++) want += ((unsigned char)t.p[i] & 0xC0u) != 0x80u;
    assert_int_equal(wr_utf8_len(t), want);
}

static void check_counts(wr_str t) {
    static const char odd[] = {'"', ' ', '\n', (char)0xC2};
    for (size_t k = 0; k < sizeof odd; k++) {
        size_t want = 0;
        for (size_t i = 0; i < t.n; i++) want += t.p[i] == odd[k];
        assert_int_equal(wr_scan_count(t, odd[k]), want);
    }
    bool holds = false;
    for (size_t i = 0; i < t.n; i++) holds |= t.p[i] == '"' || t.p[i] == 0 || t.p[i] == '\x7F';
    assert_int_equal(wr_scan_holds(t, '"', 0, '\x7F'), holds);
    bool ascii = true;
    for (size_t i = 0; i < t.n; i++) ascii = ascii && (unsigned char)t.p[i] < 0x80;
    assert_int_equal(wr_scan_ascii(t), ascii);
}

static void scans(void **state) {
    (void)state;
    uint32_t x = 2463534242u;
    for (int round = 0; round < 20000; round++) {
        size_t n = next_random(&x) % 70;
        char *t = malloc(n ? n : 1);
        assert_non_null(t);
        for (size_t i = 0; i < n; i++) t[i] = (char)random_byte(&x, round % 2);
        check_spaces(t, t + n);
        check_quoted(t, t + n);
        check_lines(wr_strn(t, n));
        check_length(wr_strn(t, n));
        check_counts(wr_strn(t, n));
        free(t);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(scans)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
