// SPDX-License-Identifier: Apache-2.0
// Links and their faults, policies from JSON as text, and layouts with comments.
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on
#include "lang/cedar/cedar.h"

static void check(wr_str got, const char *want) {
    if (!wr_eq(got, wr_strz(want))) fail_msg("wanted %s, got %.*s", want, WR_FMT(got));
}

static wr_cedar_set *parse(wr_ctx *c, const char *text) {
    wr_cedar_set *s = wr_cedar_set_new(c);
    wr_src *src = wr_src_new(&c->arena, WR_S("p"), wr_strz(text), false);
    assert_int_equal(wr_cedar_add_text(s, src, false), WR_OK);
    return s;
}

static void links(void **state) {
    (void)state;
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    wr_cedar_set *s = parse(&c, "permit(principal in ?principal, action, resource);");
    const wr_cedar_uid u = {WR_S("U"), WR_S("a")};
    const wr_cedar_uid *none[2] = {NULL, NULL}, *one[2] = {&u, NULL}, *two[2] = {&u, &u};
    assert_int_equal(wr_cedar_link(s, WR_S("zz"), WR_S("l"), one), WR_BAD);
    check(c.diags->msg, "unable to link template: failed to find a template with id `zz`");
    assert_int_equal(wr_cedar_link(s, WR_S("policy0"), WR_S("l"), none), WR_BAD);
    check(c.diags->next->msg, "unable to link template: the following slots were not provided as "
                              "arguments: ?principal");
    assert_int_equal(wr_cedar_link(s, WR_S("policy0"), WR_S("l"), two), WR_BAD);
    assert_int_equal(wr_cedar_link(s, WR_S("policy0"), WR_S("policy0"), one), WR_BAD);
    assert_int_equal(wr_cedar_link(s, WR_S("policy0"), WR_S("l"), one), WR_OK);
    assert_int_equal(wr_cedar_link(s, WR_S("policy0"), WR_S("l"), one), WR_BAD);
    assert_int_equal(wr_cedar_count(s), 2);
    wr_buf b;
    wr_buf_init(&b, 0);
    assert_int_equal(wr_cedar_policy_text(&c, &b, wr_cedar_find(s, WR_S("l"))), WR_OK);
    check(wr_buf_str(&b), "permit(principal in U::\"a\", action, resource);");
    wr_buf_fini(&b);
    assert_int_equal(wr_cedar_remove(s, WR_S("policy0")), WR_BAD); // it has a link
    assert_int_equal(wr_cedar_remove(s, WR_S("l")), WR_OK);
    assert_int_equal(wr_cedar_remove(s, WR_S("policy0")), WR_OK);
    assert_int_equal(wr_cedar_count(s), 0);
    wr_ctx_fini(&c);
}

static void fewest_parentheses(void **state) {
    (void)state;
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    wr_cedar_set *s = parse(&c, "permit(principal, action, resource) when { ((1 + 2) - (3 - 4)) * "
                                "-(1) == (-1).a && (!(!(true)) || (false)) };");
    wr_buf b;
    wr_buf_init(&b, 0);
    assert_int_equal(wr_cedar_policy_text(&c, &b, wr_cedar_at(s, 0)), WR_OK);
    check(wr_buf_str(&b), "permit(principal, action, resource) when { (1 + 2 - (3 - 4)) * -(1) == "
                          "(-1).a && (!!true || false) };");
    wr_buf_fini(&b);
    wr_ctx_fini(&c);
}

static void comments_stay(void **state) {
    (void)state;
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    wr_src *src = wr_src_new(&c.arena, WR_S("p"),
                             WR_S("// a\npermit(principal,action,resource,) when{[1,2, // b\n]==[]"
                                  "};\n// c"),
                             false);
    const wr_cedar_format_opts o = {80, 2};
    wr_buf b;
    wr_buf_init(&b, 0);
    assert_int_equal(wr_cedar_format(&c, src, &o, &b), WR_OK);
    // P0106 is for layouts that lost a comment or changed the meaning.
    for (const wr_diag *d = c.diags; d; d = d->next) assert_int_not_equal(d->code, WR_D_P0106);
    wr_str got = wr_buf_str(&b);
    static const char *const all[] = {"// a\n", "// b\n", "// c\n"};
    for (unsigned i = 0; i < 3; i++) assert_true(wr_find(got, wr_strz(all[i]), 0) != SIZE_MAX);
    wr_buf_fini(&b);
    wr_ctx_fini(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(links),
                                       cmocka_unit_test(fewest_parentheses),
                                       cmocka_unit_test(comments_stay)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
