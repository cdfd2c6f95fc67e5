// SPDX-License-Identifier: Apache-2.0
// What people are told of a rule file: the faults of one that does not parse, the warnings about
// one that does. Each row: the text, then the diagnostics in order, CODE@line:column.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "lang/guard/guard.h"

// clang-format off
static const char *const rows[][2] = {
    // faults, one by one
    {"rule r {\n a exsts\n b exists\n c == \n}\nrule s { d Exists }",
     "G0102@2:4 G0103@5:1 G0102@6:12"},
    {"rule r { a exists; b exists }", "G0101@1:18"},
    {"a exists }", "G0105@1:10"},
    {"rule r {\n a = 1\n count(x) > 1\n some-key exists\n}", "G0102@2:4 G0102@3:11 G0102@4:6"},
    {"rule r {\n a in [1,]\n b == {x 1}\n}", "G0103@2:10 G0103@3:10"},
    {"let x = now()", "G0103@1:12"},
    {"rule r {\n a == 'abc\n}", "G0104@2:7"},
    {"rule r {\n a == 'abc\n b == 'x'\n c exsts\n}", "G0104@2:7 G0102@4:4"},
    {"rule r {\n a == /abc\n}", "G0104@2:7"},
    {"rule a {\n b exists\nrule c { d exists }", "G0105@1:8"},
    {"rule a { b exists", "G0105@1:8"},
    {"rule r { a[1 exists }", "G0105@1:14"},
    {"rule r { a { } }", "G0106@1:14"},
    {"rule r { a[ ] exists }", "G0106@1:13"},
    {"rule r when { a exists }", "G0106@1:13"},
    {"rule r {}", "G0106@1:9"},
    {"rule r { a == /a(b/ }", "G0107@1:15"},
    {"rule r {\n a\xC2\xA0" "exists\n b\xC2\xA0" "exists\n}", "G0108@2:3"},
    {"a == \xE2\x80\x9Cx\xE2\x80\x9D", "G0108@1:6"},
    {"a exists << no end", "G0109@1:10"},
    {"a in r[1,2.0]", "G0110@1:6"},
    {"a == -1.5", "G0110@1:6"},
    {"rule 1a { x exists }", "G0111@1:6"},
    {"rule r(a,) { x exists }", "G0103@1:10"},
    {"rule r { thisProp exists }", "G0112@1:10"},
    {"rule r { u }", "G0113@1:10"},
    {"let x 1", "G0114@1:7"},
    {"rule r {\n a {\n  b { c exsts }\n  d exsts\n }\n e exsts\n}\nf exsts",
     "G0102@3:9 G0102@4:5 G0102@6:4 G0102@8:3"},
    {"rule r {\n A::B when c exists {\n  d exsts\n }\n when x {\n y exsts\n }\n}",
     "G0102@3:5 G0102@6:4"},
    {"rule r {\n a exists or\n b exsts or\n c exists\n}", "G0102@3:4"},
    {"]]\n]]\n]]\nrule r { a exsts }", "G0101@1:1 G0102@4:12"},
    // warnings
    {"rule a { b exists }\nrule r {\n aa\n}", "G0201@3:2"},
    {"rule p(x) { %x exists }\nrule r {\n p\n}", "G0201@3:2"},
    {"rule r { p(1) }", "G0201@1:10"},
    {"let n = coutn(a)\nrule r { %n exists }", "G0202@1:9"},
    {"let n = count(a, b)\nrule r { %n exists }", "G0203@1:9"},
    {"rule p(x) { %x exists }\nrule r { p(1, 2) }", "G0203@2:10"},
    {"rule r {\n %v exists\n %v.x exists\n}", "G0204@2:2"},
    {"rule r when %v exists { let v = a\n %v exists }", "G0204@1:13"},
    {"rule r { a[ k | b exists ] exists\n %k exists }", ""},
    {"rule p(x) { q(%x) }\nrule q(y) { %x exists\n %y exists }\nrule r { p(1) }", ""},
    {"let v = 1", "G0205@1:1"},
    {"rule r { let v = 1\n let w = 2\n %w exists }", "G0205@1:10"},
    {"let a = %b\nlet b = %a\nrule r { %a exists }", "G0206@2:9"},
    {"rule a { b\n}\nrule b { a\n}", "G0206@3:10"},
    {"rule p(x) { when %x exists { p(%x.y) } }", "G0206@1:30"},
    {"a > true\nb in r(5,5)\nc < [/x/]", "G0207@1:5 G0207@2:6 G0207@3:5"},
    {"a exists or b exists or a exists", "G0208@1:25"},
    {"not a == 1\nnot a exists", "G0209@1:1"},
    {"a[-1] exists", "G0210@1:2"},
    {"let a = 1\nlet a = 2\nb == %a", "G0211@2:1"},
    {"rule a { b exists }\nrule a when c exists { b exists }", "G0212@2:6"},
    {"rule a when d exists { b exists }\nrule a when c exists { b exists }", ""},
    {"rule foo { a exists }\nrule r { a existsfoo\n}", "G0213@2:12"},
    {"rule Name { a exists }\nrule r { a == trueName\n}", "G0213@2:15"},
    {"a ininb", "G0213@1:3"},
    {"a[ b exists ][ c exists ] exists", "G0214@1:14"},
    {"a[ keys == count(x) ] exists", "G0214@1:4"},
    {"# @severity huge\nrule a { b exists }", "G0130@1:13"},
};
// clang-format on

static wr_str said(wr_ctx *c) {
    wr_buf b;
    wr_buf_init(&b, 0);
    for (const wr_diag *d = c->diags; d; d = d->next) {
        wr_pos at = wr_src_pos(d->src, d->span.beg);
        wr_putf(&b, "%s%s@%u:%u", b.n ? " " : "", wr_code_name(d->code), at.line, at.col);
    }
    wr_str s = wr_dup(&c->arena, wr_buf_str(&b));
    wr_buf_fini(&b);
    return s;
}

static bool check(const char *text, const char *want, bool strict) {
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    wr_guard_opts o = {.strict = strict};
    wr_guard_set *s = wr_guard_set_new(&c, &o);
    const g_file *f;
    const wr_src *src = wr_src_new(&c.arena, WR_S("t"), wr_strz(text), false);
    wr_rc rc = wr_guard_add(s, src, WR_S("t"), &f);
    wr_str got = said(&c);
    bool ok = wr_eq(got, wr_strz(want));
    if (!ok) printf("`%s`\n  want %s\n  got  %.*s\n", text, want, WR_FMT(got));
    if ((rc == WR_OK) != (c.n_errors == 0)) ok = false;
    for (const wr_diag *d = c.diags; d; d = d->next)
        if (d->span.end > strlen(text) || d->span.beg > d->span.end) ok = false;
    wr_guard_set_free(s);
    wr_ctx_fini(&c);
    return ok;
}

static void test_rows(void **state) {
    (void)state;
    int failed = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        failed += !check(rows[i][0], rows[i][1], false);
    assert_int_equal(failed, 0);
}

static void test_strict(void **state) {
    (void)state;
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    wr_guard_opts o = {.strict = true};
    wr_guard_set *s = wr_guard_set_new(&c, &o);
    const g_file *f;
    const wr_src *src = wr_src_new(&c.arena, WR_S("t"), WR_S("a[-1] exists"), false);
    assert_int_equal(wr_guard_add(s, src, WR_S("t"), &f), WR_BAD);
    assert_int_equal(c.diags->sev, WR_ERROR);
    assert_true(wr_guard_file_error(f).n > 0);
    src = wr_src_new(&c.arena, WR_S("t"), WR_S("let unused = 1\na exists"), false);
    assert_int_equal(wr_guard_add(s, src, WR_S("t"), &f), WR_OK);
    wr_guard_set_free(s);
    wr_ctx_fini(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_strict)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
