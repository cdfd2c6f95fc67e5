// SPDX-License-Identifier: Apache-2.0
// Properties and case mappings: one of each kind of entry, and the rules that are not table rows
// (final sigma, one character that becomes several). All code points were compared with Rust's
// char and str methods once; what differs is what Unicode changed after version 15.0.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base.h"

static void properties(void **state) {
    (void)state;
    static const uint32_t alnum[] = {'0', 'z', 'A', 0xB2, 0xAA, 0xE9, 0x2167, 0x4E2D, 0x10FFFD + 1};
    for (size_t i = 0; i < 8; i++) assert_true(wr_is_alphanumeric(alnum[i]));
    assert_false(wr_is_alphanumeric(alnum[8]));
    assert_false(wr_is_alphanumeric('_'));
    assert_false(wr_is_alphanumeric(0x301)); // combining acute: a mark, no letter
    assert_true(wr_is_word(0x301));
    assert_true(wr_is_word('_') && wr_is_word(0x200D) && wr_is_word(0x203F));
    assert_false(wr_is_word(0xB2)); // superscript two: a number, no digit
    assert_true(wr_is_numeric(0xB2));
    assert_true(wr_is_lowercase('a') && wr_is_lowercase(0xAA) && !wr_is_lowercase('A'));
    assert_true(wr_is_uppercase('A') && wr_is_uppercase(0x2160) && !wr_is_uppercase(0x1C5));
    assert_true(wr_is_space(' ') && wr_is_space(0x85) && wr_is_space(0x3000));
    assert_false(wr_is_space(0x200B));
    assert_true(wr_is_alphanumeric(0x10000) && !wr_is_alphanumeric(0x10FFFF));
}

static void conversions(void **state) {
    (void)state;
    static const char *const rows[][3] = {
        // text, lower, upper
        {"", "", ""},
        {"Hello 1", "hello 1", "HELLO 1"},
        {"ß", "ß", "SS"},
        {"ﬁn", "ﬁn", "FIN"},
        {"\u0130", "i\u0307", "\u0130"},
        {"ΑΣ", "ας", "ΑΣ"},       // final sigma
        {"Σ", "σ", "Σ"},          // no letter before it
        {"ΑΣΑ", "ασα", "ΑΣΑ"},    // a letter after it
        {"ΑΣ'Α", "ασ'α", "ΑΣ'Α"}, // the apostrophe does not end the word
        {"ΑΣ. Α", "ας. α", "ΑΣ. Α"},
        {"Ǆǆǅ", "ǆǆǆ", "ǄǄǄ"},
        {"\u0390", "\u0390", "\u0399\u0308\u0301"},
        {"Ａａ", "ａａ", "ＡＡ"},
        {"𐐀𐐨", "𐐨𐐨", "𐐀𐐀"},
        {"ſKÅ", "ſkå", "SKÅ"},
    };
    wr_arena a;
    wr_arena_init(&a, 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_string_equal(wr_to_lower(&a, wr_strz(rows[i][0])).p, rows[i][1]);
        assert_string_equal(wr_to_upper(&a, wr_strz(rows[i][0])).p, rows[i][2]);
    }
    wr_arena_fini(&a);
}

static void conversion_without_memory(void **state) {
    (void)state;
    wr_arena a;
    wr_arena_init(&a, 1);
    assert_null(wr_to_lower(&a, WR_S("a string longer than one byte")).p);
    assert_true(a.oom);
    wr_arena_fini(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(properties),
        cmocka_unit_test(conversions),
        cmocka_unit_test(conversion_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
