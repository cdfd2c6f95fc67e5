// SPDX-License-Identifier: Apache-2.0
// Rules from templates: as the original writes them, and so that they hold for every template they
// were made from.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lang/guard/guard.h"

static const wr_doc *load(wr_ctx *c, const char *text, bool native) {
    wr_load how = {.profile = native ? WR_LOAD_STRICT : WR_LOAD_SERDE, .any_key = !native};
    wr_doc *d = NULL;
    const wr_src *src = wr_src_new(&c->arena, WR_S("t.yaml"), wr_strz(text), true);
    assert_int_equal(wr_doc_load(c, src, &how, &d), WR_OK);
    return d;
}

static void expect(const char *text, bool native, wr_gen_rc want_rc, const char *want) {
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    const wr_doc *d = load(&c, text, native);
    wr_guard_gen gen;
    assert_int_equal(wr_guard_rulegen(&c, &d, 1, native, &gen), want_rc);
    wr_str got = want_rc == WR_GEN_OK ? gen.rules : gen.error;
    assert_string_equal(wr_dupz(&c.arena, got), want);
    wr_ctx_fini(&c);
}

static void test_original(void **state) {
    (void)state;
    expect(
        "Resources:\n A: {Type: 'A::B', Properties: {X: 1, Y: ' l\n\n  m ', Z: {b: 1, a: [~]}}}\n"
        " B: {Type: 'A::B', Properties: {X: 2}}\n C: {Type: 'C::D'}\n",
        false, WR_GEN_OK,
        "let a_b_resources = Resources.*[ Type == 'A::B' ]\n"
        "rule a_b when %a_b_resources !empty {\n"
        "  %a_b_resources.Properties.X IN [1, 2]\n"
        "  %a_b_resources.Properties.Y == \"lm\"\n"
        "  %a_b_resources.Properties.Z == {\"b\":1,\"a\":[null]}\n}\n");
    expect("Resources: {}", false, WR_GEN_OK, "");
    expect("a: 1", false, WR_GEN_BAD, "Template lacks a Resources section");
    expect(
        "Resources: x", false, WR_GEN_BAD,
        "Template Resources section has an invalid structure: invalid type: string \"x\", expected "
        "a map");
    expect("[1]", false, WR_GEN_BAD,
           "Parsing error handling template file, Error = invalid type: sequence, expected a map");
    expect("Resources:\n A:\n  Properties:\n   X: [1, {a: !Ref b}]\n", false, WR_GEN_BAD,
           "Parsing error handling template file, Error = Resources.A.Properties.X[1].a: invalid "
           "type: enum, expected any valid JSON value at line 4 column 15");
    expect("Resources:\n A: {Properties: {X: 1}}\n", false, WR_GEN_PANIC,
           "a resource has properties but no Type that is text");
    expect(
        "Resources:\n A: {Type: 'A::B', Properties: {'X-Y': 1}}\n", false, WR_GEN_UNPARSABLE,
        "Parsing error with generated rules file, Error = Parser Error when parsing `Parsing Error "
        "Error parsing file  at line 2 at column 38, when handling , fragment \n"
        "  %a_b_resources.Properties.X-Y == 1\n}\n`");
}

static void test_native(void **state) {
    (void)state;
    expect("Resources:\n A: {Type: 'A::B', Properties: {'X-Y': 1, F: -1.5, S: \"a\\\"b\"}}\n"
           " B: {Type: 'A::B', Properties: {'X-Y': !Ref P, S: \"a\\\"b\"}}\n"
           " C: {Type: 'a::b', Properties: {E: 1.0e+30}}\n",
           true, WR_GEN_OK,
           "let a_b_resources = Resources.*[ Type == \"A::B\" ]\n"
           "rule a_b when %a_b_resources !empty {\n"
           "  %a_b_resources.Properties.\"X-Y\" IN [1, {\"Ref\": \"P\"}]\n"
           "  # \"F\": negative fractions cannot be written\n"
           "  %a_b_resources.Properties.S == 'a\"b'\n}\n"
           "let a_b_2_resources = Resources.*[ Type == \"a::b\" ]\n"
           "rule a_b_2 when %a_b_2_resources !empty {\n"
           "  %a_b_2_resources.Properties.E == 1e+30\n}\n");
}

// What was made from two templates passes for both.
static void test_holds(void **state) {
    (void)state;
    static const char *const texts[] = {
        "Resources:\n A: {Type: 'A::B', Properties: {L: [1, 2], M: {k: v}, N: ~, B: true, Q: "
        "it's}}\n"
        " B: {Type: 'A::B'}\n",
        "Resources:\n A: {Type: 'A::B', Properties: {L: 3, M: !Sub 'x${y}', 'o p': [[1]]}}\n"
        " Z: {Type: 'C', Properties: {M: 'multi\n\n  line'}}\n"};
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    const wr_doc *docs[] = {load(&c, texts[0], true), load(&c, texts[1], true)};
    wr_guard_gen gen;
    assert_int_equal(wr_guard_rulegen(&c, docs, 2, true, &gen), WR_GEN_OK);
    wr_guard_opts o = {.level = WR_GUARD_32};
    wr_guard_set *s = wr_guard_set_new(&c, &o);
    const g_file *f;
    const wr_src *src = wr_src_new(&c.arena, WR_S("made"), gen.rules, false);
    assert_int_equal(wr_guard_add(s, src, WR_S("made"), &f), WR_OK);
    wr_guard_eval *e = wr_guard_eval_new(&c, s);
    for (int i = 0; i < 2; i++) {
        wr_load how = {.profile = WR_LOAD_STRICT, .syms = wr_guard_syms(s)};
        wr_doc *d;
        const wr_src *t = wr_src_new(&c.arena, WR_S("t.yaml"), wr_strz(texts[i]), true);
        assert_int_equal(wr_doc_load(&c, t, &how, &d), WR_OK);
        wr_guard_bind(e, d, WR_S("t.yaml"));
        const g_result *r = wr_guard_run(e, f, (wr_guard_run_opts){0});
        assert_non_null(r);
        assert_int_equal(r->status, G_PASS);
    }
    wr_guard_eval_free(e);
    wr_guard_set_free(s);
    wr_ctx_fini(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_original),
                                       cmocka_unit_test(test_native), cmocka_unit_test(test_holds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
