// SPDX-License-Identifier: Apache-2.0
// Slices and UTF-8: the edges, empty slices, and every way a sequence can be ill-formed, at every
// offset in the word-wise loop.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base.h"

static void comparing(void **state) {
    (void)state;
    assert_true(wr_cmp(WR_S("a"), WR_S("b")) < 0);
    assert_true(wr_cmp(WR_S("a"), WR_S("ab")) < 0);
    assert_true(wr_cmp(WR_S("\xC3\xA9"), WR_S("z")) > 0); // bytes are unsigned
    assert_int_equal(wr_cmp(WR_S("ab"), WR_S("ab")), 0);
    assert_int_equal(wr_cmp((wr_str){NULL, 0}, WR_S("")), 0);
    assert_true(wr_eq((wr_str){NULL, 0}, WR_S("")));
    assert_true(wr_starts(WR_S("abc"), WR_S("ab")) && wr_starts(WR_S("abc"), WR_S("")));
    assert_false(wr_starts(WR_S("ab"), WR_S("abc")));
    assert_true(wr_ends(WR_S("abc"), WR_S("bc")) && wr_ends(WR_S("abc"), WR_S("")));
    assert_false(wr_ends(WR_S("bc"), WR_S("abc")));
}

static void searching(void **state) {
    (void)state;
    wr_str s = WR_S("abcabc");
    assert_int_equal(wr_find(s, WR_S("bc"), 0), 1);
    assert_int_equal(wr_find(s, WR_S("bc"), 2), 4);
    assert_true(wr_find(s, WR_S("bc"), 5) == SIZE_MAX);
    assert_true(wr_find(s, WR_S("x"), 0) == SIZE_MAX);
    assert_int_equal(wr_find(s, WR_S(""), 6), 6);
    assert_true(wr_find(s, WR_S(""), 7) == SIZE_MAX);
    assert_true(wr_find((wr_str){NULL, 0}, WR_S("a"), 0) == SIZE_MAX);
    assert_true(wr_eq(wr_sub(s, 2, 4), WR_S("ca")));
    assert_true(wr_eq(wr_sub(s, 4, 99), WR_S("bc")));
    assert_true(wr_eq(wr_sub(s, 9, 3), WR_S("")));
    assert_true(wr_eq(wr_trim(WR_S(" \t\r\nx y\v\f ")), WR_S("x y")));
    assert_true(wr_eq(wr_trim(WR_S("   ")), WR_S("")));
}

static void basenames(void **state) {
    (void)state;
    static const char *const rows[][2] = {{"a", "a"},  {"/a/b", "b"}, {"a/b/", "b"},
                                          {"/", "/"},  {"///", "/"},  {"", ""},
                                          {"/a", "a"}, {"a//", "a"},  {"x/.y", ".y"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_true(wr_eq(wr_basename(wr_strz(rows[i][0])), wr_strz(rows[i][1])));
}

static void utf8_valid(void **state) {
    (void)state;
    static const uint32_t points[] = {0,      0x7F,   0x80,   0x7FF,   0x800,   0xD7FF,
                                      0xE000, 0xFFFD, 0xFFFF, 0x10000, 0x10FFFF};
    for (size_t k = 0; k < sizeof points / sizeof points[0]; k++) {
        char out[4];
        wr_str s = wr_strn(out, wr_utf8_put(points[k], out));
        size_t i = 0;
        assert_int_equal(wr_utf8_check(s), s.n);
        assert_int_equal(wr_utf8_next(s, &i), points[k]);
        assert_int_equal(i, s.n);
        assert_int_equal(wr_utf8_len(s), 1);
        for (size_t cut = 1; cut < s.n; cut++) // every prefix is ill-formed at its start
            assert_int_equal(wr_utf8_check(wr_strn(out, cut)), 0);
    }
    wr_str mixed = WR_S("a\xC3\xA9\xF0\x9F\x98\x80");
    static const size_t cuts[] = {0, 1, 1, 3, 3, 3, 3, 7, 7};
    for (size_t n = 0; n < sizeof cuts / sizeof cuts[0]; n++)
        assert_int_equal(wr_utf8_cut(mixed, n).n, cuts[n]);
    assert_int_equal(wr_utf8_len(WR_S("a\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x98\x80")), 4);
}

static void utf8_invalid(void **state) {
    (void)state;
    static const char *const bad[] = {
        "\x80",         "\xBF",         "\xC0\x80",         "\xC1\xBF",         "\xC3(",
        "\xE0\x80\x80", "\xE0\x9F\xBF", "\xED\xA0\x80",     "\xED\xBF\xBF",     "\xE4\xB8(",
        "\xF5\x80\x80", "\xFF",         "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF0\x9F\x98(",
    };
    char text[64];
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        for (size_t lead = 0; lead < 40; lead++) { // at every place of the word loop
            memset(text, 'a', lead);
            memcpy(text + lead, bad[k], strlen(bad[k]));
            assert_int_equal(wr_utf8_check(wr_strn(text, lead + strlen(bad[k]))), lead);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparing),  cmocka_unit_test(searching),    cmocka_unit_test(basenames),
        cmocka_unit_test(utf8_valid), cmocka_unit_test(utf8_invalid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
