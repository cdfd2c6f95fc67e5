// SPDX-License-Identifier: Apache-2.0
// Sources, positions and printed diagnostics: breaks of all kinds, long lines, tabs, wide and
// dangerous characters, limits on how many are kept.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base.h"

static void lines(void **state) {
    (void)state;
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    wr_str text = WR_S("a\r\nb\rc\nd\xC2\x85"
                       "e\xE2\x80\xA8"
                       "f\xE2\x80\xA9g\n");
    const wr_src *y = wr_src_new(&c.arena, WR_S("n"), text, true);
    assert_int_equal(y->n_lines, 8);
    static const char *const want[] = {"a", "b", "c", "d", "e", "f", "g", ""};
    for (uint32_t i = 0; i < 8; i++) {
        assert_true(wr_eq(wr_src_line(y, i + 1), wr_strz(want[i])));
        assert_int_equal(wr_src_pos(y, y->line[i]).line, i + 1);
        assert_int_equal(wr_src_pos(y, y->line[i]).col, 1);
    }
    const wr_src *j = wr_src_new(&c.arena, WR_S("n"), text, false);
    assert_int_equal(j->n_lines, 4);
    assert_true(wr_eq(wr_src_line(j, 1), WR_S("a")));
    assert_true(wr_eq(wr_src_line(j, 2), WR_S("b\rc")));
    assert_true(wr_eq(wr_src_line(j, 0), WR_S("")) && wr_eq(wr_src_line(j, 9), WR_S("")));
    const wr_src *e = wr_src_new(&c.arena, WR_S("n"), (wr_str){NULL, 0}, true);
    assert_int_equal(wr_src_pos(e, 5).line, 1);
    assert_null(wr_src_new(&c.arena, WR_S("n"), wr_strn("", UINT32_MAX), true));
    wr_ctx_fini(&c);
}

static void columns(void **state) {
    (void)state;
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    const wr_src *s =
        wr_src_new(&c.arena, WR_S("n"), WR_S("\xEF\xBB\xBF\xC3\xA9x\n\xEF\xBB\xBFy"), false);
    assert_int_equal(wr_src_pos(s, 3).col, 1); // a byte order mark is no column
    assert_int_equal(wr_src_pos(s, 5).col, 2);
    assert_int_equal(wr_src_pos(s, 10).col, 2); // but elsewhere it is a character
    assert_int_equal(wr_src_pos(s, 99).line, 2);
    wr_ctx_fini(&c);
}

// One line of a megabyte, characters of one to four bytes: the table for long lines counts as a
// plain count would.
static void long_columns(void **state) {
    (void)state;
    static const char *const chars[] = {"a", "\xC3\xA9", "\xE4\xB8\xAD", "\xF0\x9F\x98\x80"};
    wr_ctx c;
    wr_buf b;
    wr_ctx_init(&c, NULL);
    wr_buf_init(&b, 0);
    wr_putz(&b, "\xEF\xBB\xBFshort\n");
    for (uint32_t i = 0; b.n < 100000; i++) wr_putz(&b, chars[i * i % 7 % 4]);
    wr_putz(&b, "\nlast \xC3\xA9!");
    const wr_src *s = wr_src_new(&c.arena, WR_S("n"), wr_buf_str(&b), false);
    assert_non_null(s->tails);
    for (uint32_t off = 3; off <= b.n; off += 61) {
        uint32_t line = off < 9 ? 1 : off < s->line[2] ? 2 : 3;
        wr_pos pos = wr_src_pos(s, off);
        size_t col = wr_utf8_len(wr_sub(s->text, s->line[line - 1], off));
        assert_int_equal(pos.line, line);
        assert_int_equal(pos.col, col + (line > 1));
    }
    assert_int_equal(wr_src_pos(s, (uint32_t)b.n).col, 8);
    wr_buf_fini(&b);
    wr_ctx_fini(&c);
}

static void printed(wr_str text, wr_span span, const char *want) {
    wr_ctx c;
    wr_buf b;
    wr_ctx_init(&c, NULL);
    wr_buf_init(&b, 0);
    const wr_src *s = wr_src_new(&c.arena, WR_S("t.json"), text, false);
    wr_diag *d = wr_report(&c, WR_D_D0002, WR_ERROR, s, span, "expected %s", "more");
    wr_diag_print(&b, d, false);
    wr_putc(&b, 0);
    assert_string_equal(b.p, want);
    wr_buf_fini(&b);
    wr_ctx_fini(&c);
}

static void excerpts(void **state) {
    (void)state;
    printed(WR_S("ab cde f\n"), (wr_span){3, 6},
            "t.json:1:4: error[D0002]: expected more\n  | ab cde f\n  |    ^~~\n");
    printed(WR_S("x\n\t\xC3\xA9 y"), (wr_span){6, 7}, // tabs stay tabs
            "t.json:2:4: error[D0002]: expected more\n  | \t\xC3\xA9 y\n  | \t  ^\n");
    printed(WR_S("\xE4\xB8\xAD z"), (wr_span){4, 5}, // two columns wide
            "t.json:1:3: error[D0002]: expected more\n  | \xE4\xB8\xAD z\n  |    ^\n");
    printed(WR_S("ab"), (wr_span){2, 2}, // at the end
            "t.json:1:3: error[D0002]: expected more\n  | ab\n  |   ^\n");
    printed(WR_S("ab\ncd\n"), (wr_span){1, 5}, // over the end of the line: only this line
            "t.json:1:2: error[D0002]: expected more\n  | ab\n  |  ^\n");
    printed(WR_S("\x1B[31m\xE2\x80\xAEz\xFF!"),
            (wr_span){10, 11}, // escapes, direction marks, bad bytes
            "t.json:1:9: error[D0002]: expected more\n"
            "  | \xEF\xBF\xBD[31m\xEF\xBF\xBDz\xEF\xBF\xBD!\n  |         ^\n");
    printed(WR_S(""), (wr_span){0, 0}, "t.json:1:1: error[D0002]: expected more\n  | \n  | ^\n");
}

static void long_lines(void **state) {
    (void)state;
    static char text[1000000];
    memset(text, '-', sizeof text);
    text[500000] = 'X';
    wr_ctx c;
    wr_buf b;
    wr_ctx_init(&c, NULL);
    wr_buf_init(&b, 0);
    const wr_src *s = wr_src_new(&c.arena, WR_S("t"), wr_strn(text, sizeof text), false);
    wr_diag_print(&b, wr_report(&c, WR_D_D0002, WR_ERROR, s, (wr_span){500000, 900000}, "m"),
                  false);
    assert_true(b.n < 500);
    size_t x = wr_find(wr_buf_str(&b), WR_S("X"), 0), caret = wr_find(wr_buf_str(&b), WR_S("^"), 0);
    size_t line = wr_find(wr_buf_str(&b), WR_S("\n  | "), 0) + 1;
    size_t under = wr_find(wr_buf_str(&b), WR_S("\n  | "), line) + 1;
    assert_int_equal(x - line, caret - under);
    wr_buf_fini(&b);
    wr_ctx_fini(&c);
}

static void texts(void **state) {
    (void)state;
    wr_ctx c;
    wr_buf b;
    wr_ctx_init(&c, NULL);
    wr_buf_init(&b, 0);
    wr_diag *d = wr_report(&c, WR_D_B0001, WR_WARNING, NULL, (wr_span){0, 0}, "bad \x1B[2J name");
    wr_hint(&c, d, "do %d", 5);
    wr_hint(&c, NULL, "nothing");
    wr_diag_print(&b, d, true);
    wr_putc(&b, 0);
    assert_string_equal(b.p, "\x1B[1m\x1B[1;33mwarning[B0001]: \x1B[0mbad \\u{1b}[2J name\n"
                             "  = hint: do 5\n");
    assert_string_equal(wr_code_name(WR_D_B0001), "B0001");
    assert_string_equal(wr_code_title(WR_D_B0001), "file cannot be read");
    wr_buf_fini(&b);
    wr_ctx_fini(&c);
}

static void limits(void **state) {
    (void)state;
    wr_limits few = wr_limits_default;
    few.diags = 3;
    wr_ctx c;
    wr_ctx_init(&c, &few);
    for (int i = 0; i < 10; i++) {
        const wr_diag *d =
            wr_report(&c, WR_D_D0002, i < 5 ? WR_NOTE : WR_ERROR, NULL, (wr_span){0, 0}, "%d", i);
        // three notes and, however many there were, three errors
        assert_true((d != NULL) == (i < 3 || (i >= 5 && i < 8)));
    }
    assert_int_equal(c.n_diags, 6);
    assert_int_equal(c.n_errors, 5); // all are counted: the outcome depends on it
    assert_true(wr_eq(c.diags->msg, WR_S("0")));
    assert_true(wr_eq(c.diags->next->next->next->msg, WR_S("5")));
    wr_ctx_fini(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines),    cmocka_unit_test(columns),    cmocka_unit_test(long_columns),
        cmocka_unit_test(excerpts), cmocka_unit_test(long_lines), cmocka_unit_test(texts),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
