// SPDX-License-Identifier: Apache-2.0
// yaml_strict_test: writ's own YAML: the core schema, aliases and merge keys, short forms on every
// kind of node, and what is said about texts that are wrong.

#include "yaml_show.h"

#include "base/base.h"

static const wr_load strict = {.profile = WR_LOAD_STRICT};

static void scalars(void **state) {
    static const shown t[] = {
        {"[~, null, Null, NULL, nULL, '']", "[~ ~ ~ ~ \"nULL\" \"\"]"},
        {"a:\nb: 1\n", "{a:~ b:1}"},
        {"[true, True, TRUE, false, tRue, yes, no, on, off, y]",
         "[true true true false \"tRue\" \"yes\" \"no\" \"on\" \"off\" \"y\"]"},
        {"[5, +5, -5, 012, -0, 0o14, 0x1F, 0b1, 0o8, 0x, -0x1, 1_000]",
         "[5 5 -5 12 0 12 31 \"0b1\" \"0o8\" \"0x\" \"-0x1\" \"1_000\"]"},
        {"[1., .5, 1e3, 1E-2, 1.5e+3, ., 1e, e5, 1.2.3]",
         "[1.0 0.5 1000.0 0.01 1500.0 \".\" \"1e\" \"e5\" \"1.2.3\"]"},
        {"[.inf, -.Inf, +.INF, .nan, .NaN, inf, nan, -.nan]",
         "[inf -inf inf NaN NaN \"inf\" \"nan\" \"-.nan\"]"},
        {"[9223372036854775807, 9223372036854775808, 0xffffffffffffffff]",
         "[9223372036854775807 9.223372036854776e18 1.8446744073709552e19]"},
        {"AWSTemplateFormatVersion: 2010-09-09\nVersion: 2012-10-17\nt: 12:30\n",
         "{AWSTemplateFormatVersion:\"2010-09-09\" Version:\"2012-10-17\" t:\"12:30\"}"},
        {"['5', \"true\", '~']", "[\"5\" \"true\" \"~\"]"},
    };
    (void)state;
    CHECK_SHOWN(&strict, t);
}

static void short_forms(void **state) {
    static const shown t[] = {
        {"a: !Ref 5\nb: !GetAtt x.y.z\nc: !GetAtt [x, y]\n",
         "{a:!{Ref:\"5\"} b:!{Fn::GetAtt:![\"x\" \"y.z\"]} c:!{Fn::GetAtt:![\"x\" \"y\"]}}"},
        {"a: !Base64 {Fn::Sub: x}\nb: !GetAZs\n  Ref: r\nc: !GetAZs ''\n",
         "{a:!{Fn::Base64:!{Fn::Sub:\"x\"}} b:!{Fn::GetAZs:!{Ref:\"r\"}} c:!{Fn::GetAZs:\"\"}}"},
        {"a: !Cidr [x, 6]\nb: !Transform {Name: n}\nc: !Length [1]\nd: !ToJsonString {x: y}\n",
         "{a:!{Fn::Cidr:![\"x\" 6]} b:!{Fn::Transform:!{Name:\"n\"}} c:!{Fn::Length:![1]} "
         "d:!{Fn::ToJsonString:!{x:\"y\"}}}"},
        {"a: !And\n  - !Condition c\n  - !Not [!Equals [x, !Ref y]]\n",
         "{a:!{Fn::And:![!{Condition:\"c\"} !{Fn::Not:![!{Fn::Equals:![\"x\" !{Ref:\"y\"}]}]}]}}"},
        {"a: !ValueOfAll [x, y]\nb: !RefAll z\n",
         "{a:!{Fn::ValueOfAll:![\"x\" \"y\"]} b:!{Fn::RefAll:\"z\"}}"},
        {"a: !GetAtt x\n", "{a:!{Fn::GetAtt:\"x\"}}\nD0009 1:4 !GetAtt names no attribute in 'x'"},
        {"a: !Foo 5\nb: !foo {c: d}\n",
         "{a:5 b:{c:\"d\"}}\nD0009 1:4 tag !Foo is not known; its value is taken as if it had "
         "none\n"
         "D0009 2:4 tag !foo is not known; its value is taken as if it had none"},
        {"[!!int 0x10, !!float 1, !!str 5, !!null '', !!map {a: b}, !!seq []]",
         "[16 1.0 \"5\" ~ {a:\"b\"} []]"},
        {"a: !!int x\nb: !!bool yes\n",
         "D0009 1:4 the tag says this is an integer, but 'x' is not\n"
         "D0009 2:4 the tag says this is a boolean, but 'yes' is not"},
    };
    (void)state;
    CHECK_SHOWN(&strict, t);
}

static void aliases(void **state) {
    static const shown t[] = {
        {"a: &x {k: [1, 2]}\nb: [*x, *x]\n", "{a:{k:[1 2]} b:[{k:[1 2]} {k:[1 2]}]}"},
        {"a: &x 1\nb: &x 2\nc: &y 3\nd: *x\n", "{a:1 b:2 c:3 d:2}"},
        {"&k a: 1\n*k : 2\n", "{a:2}\nD0007 2:1 key 'a' is repeated; this last value counts"},
        {"a: &a {b: &b {c: 1}, d: *b}\ne: *a\n", "{a:{b:{c:1} d:{c:1}} e:{b:{c:1} d:{c:1}}}"},
        {"a: *x\nb: *y\n",
         "D0008 1:4 alias *x names no anchor before it\nD0008 2:4 alias *y names no anchor before "
         "it"},
        {"&a [*a]", "D0008 1:5 alias *a stands inside what it names"},
        // What is wrong is told where it is written, not where it is repeated.
        {"a: &x {k: !Foo 1, k: 2}\nb: *x\n",
         "{a:{k:2} b:{k:2}}\nD0009 1:11 tag !Foo is not known; its value is taken as if it had "
         "none\nD0007 1:19 key 'k' is repeated; this last value counts"},
    };
    (void)state;
    CHECK_SHOWN(&strict, t);
}

static void merge_keys(void **state) {
    static const shown t[] = {
        {"a: &m {x: 1, y: 2}\nb:\n  <<: *m\n  y: 3\n", "{a:{x:1 y:2} b:{y:3 x:1}}"},
        {"b:\n  <<: {x: 1}\n  <<: {x: 2, y: 3}\n", "{b:{x:1 y:3}}"},
        {"a: &m {x: 1}\nb: &n\n  <<: *m\n  y: 2\nc:\n  <<: [*n, {x: 9, z: 8}]\n  q: 1\n",
         "{a:{x:1} b:{y:2 x:1} c:{q:1 y:2 x:1 z:8}}"},
        {"a: &m {x: {p: [1]}}\nb: {<<: *m}\nc: [*m, {<<: *m, x: 2}]\n",
         "{a:{x:{p:[1]}} b:{x:{p:[1]}} c:[{x:{p:[1]}} {x:2}]}"},
        {"a: {'<<': 1, \"<<\": 2}\n",
         "{a:{<<:2}}\nD0007 1:14 key '<<' is repeated; this last value "
         "counts"},
        {"a: {<<: 5}\n", "D0013 1:9 << takes a map or a list of maps"},
        {"a: {<<: [{x: 1}, y, *z]}\n", "D0013 1:18 << takes a map or a list of maps\nD0008 1:21 "
                                       "alias *z names no anchor before it"},
        {"x: &x\n  <<: *x\n", "D0008 2:7 alias *x stands inside what it names"},
        {"a: {<<: {x: !Foo 1}}\n",
         "{a:{x:1}}\nD0009 1:13 tag !Foo is not known; its value is taken as if it had none"},
    };
    (void)state;
    CHECK_SHOWN(&strict, t);
}

static void faults(void **state) {
    static const shown t[] = {
        {"1: a\n~: b\n[x]: c\n1.5: d\n!Ref x: e\n",
         "D0006 1:1 this map key is an integer, not a string\n"
         "D0006 2:1 this map key is null, not a string\n"
         "D0006 3:1 this map key is a list, not a string\n"
         "D0006 4:1 this map key is a number, not a string\n"
         "D0006 5:1 this map key is a tagged value, not a string"},
        {"a: 1\na: 2\n", "{a:2}\nD0007 2:1 key 'a' is repeated; this last value counts"},
        {"a: 1\n---\nb: 2\n",
         "{a:1}\nD0011 2:1 a second document begins here; only the first is read"},
        {"a: 1\n}\n", "D0003 2:1 did not find expected key while parsing a block mapping"},
        {"a: [1\nb: 2\n",
         "D0003 2:2 did not find expected ',' or ']' while parsing a flow sequence"},
        {"", "D0010 1:1 the document is empty"},
        {"# c\n", "D0010 1:1 the document is empty"},
        {"a: \xFF", "D0001 1:4 the text is not valid UTF-8"},
        {"a: \x01", "D0003 1:4 control characters are not allowed"},
    };
    (void)state;
    CHECK_SHOWN(&strict, t);
    wr_load all = strict;
    all.all = true;
    assert_string_equal(show(&all, WR_S("a: 1\n---\nb: 2\n")),
                        "D0011 2:1 a second document begins here; only the first is read");
}

static void hints(void **state) {
    wr_ctx c;
    wr_doc *d;
    (void)state;
    wr_ctx_init(&c, NULL);
    assert_int_equal(show_load(&c, &strict, WR_S("5: a\n"), &d), WR_BAD);
    assert_true(wr_eq(c.diags->hint, WR_S("quote it: \"5\"")));
    assert_int_equal(show_load(&c, &strict, WR_S("a:\n\tb: 1\n"), &d), WR_BAD);
    assert_true(wr_eq(c.diags->next->hint, WR_S("indent with blanks; YAML takes no tabs there")));
    assert_int_equal(show_load(&c, &strict, WR_S("a: @b\n"), &d), WR_BAD);
    assert_true(wr_eq(c.diags->next->next->hint, WR_S("quote the value: \"@...\"")));
    wr_ctx_fini(&c);
}

static wr_str text_of(const wr_doc *d, const wr_node *n) {
    return wr_sub(d->srcs[n->src]->text, n->span.beg, n->span.end);
}

static void spans(void **state) {
    static const char text[] = "a: &x !!int 0x10 # \xC3\xA9\nb: \xC3\xA9\nc: [1.50, 'q']\nd:\n"
                               "  - e\n\n# end\nf: !GetAtt g.h.i\nj: *x\n";
    wr_ctx c;
    wr_doc *d;
    (void)state;
    wr_ctx_init(&c, NULL);
    assert_int_equal(show_load(&c, &strict, wr_strz(text), &d), WR_OK);
    const wr_node *r = d->root, *list = wr_map_val(r, 2), *att = wr_map_val(r, 4);
    assert_true(wr_eq(text_of(d, wr_map_val(r, 0)), WR_S("0x10"))); // numbers: the lexeme
    assert_true(wr_eq(text_of(d, wr_map_val(r, 1)), WR_S("\xC3\xA9")));
    assert_true(wr_eq(text_of(d, list), WR_S("[1.50, 'q']")));
    assert_true(wr_eq(text_of(d, list->u.kids), WR_S("1.50")));
    assert_true(wr_eq(text_of(d, list->u.kids + 1), WR_S("'q'")));
    assert_int_equal(list->u.kids[1].flags, WR_F_QUOTED);
    assert_true(wr_eq(text_of(d, wr_map_val(r, 3)), WR_S("- e"))); // blocks end with their text
    assert_true(wr_eq(text_of(d, att), WR_S("!GetAtt g.h.i")));
    assert_true(wr_eq(text_of(d, wr_map_val(att, 0)->u.kids), WR_S("g")));
    assert_true(wr_eq(text_of(d, wr_map_val(att, 0)->u.kids + 1), WR_S("h.i")));
    assert_true(wr_eq(text_of(d, wr_map_val(r, 5)), WR_S("0x10"))); // a copy: where it is written
    assert_int_equal(r->span.end, sizeof text - 2);
    wr_ctx_fini(&c);
}

static void flags(void **state) {
    wr_ctx c;
    wr_doc *d;
    (void)state;
    wr_ctx_init(&c, NULL);
    assert_int_equal(
        show_load(&c, &strict, WR_S("[!Ref a, \"b\", 0.1, 1e999, 9223372036854775809]"), &d),
        WR_OK);
    const wr_node *n = d->root->u.kids;
    assert_int_equal(n[0].flags, WR_F_TAGGED);
    assert_int_equal(wr_map_key(&n[0], 0)->flags, WR_F_TAGGED | WR_F_KEY);
    assert_int_equal(wr_map_val(&n[0], 0)->flags, WR_F_TAGGED);
    assert_int_equal(n[1].flags, WR_F_QUOTED);
    assert_int_equal(n[2].flags, 0);
    assert_int_equal(n[3].flags, WR_F_INEXACT);
    assert_int_equal(n[4].flags, WR_F_INEXACT);
    assert_false(d->placeless);
    assert_int_equal(d->format, WR_YAML);
    wr_ctx_fini(&c);
}

static void check_code(const wr_limits *limits, const char *text, wr_code want) {
    wr_ctx c;
    wr_doc *d;
    wr_ctx_init(&c, limits);
    assert_int_not_equal(show_load(&c, &strict, wr_strz(text), &d), WR_OK);
    assert_non_null(c.diags);
    assert_string_equal(wr_code_name(c.diags->code), wr_code_name(want));
    wr_ctx_fini(&c);
}

static void limits(void **state) {
    wr_limits small = wr_limits_default;
    (void)state;
    small.nodes = 100;
    small.depth = 50;
    char *text = repeat("", "[", 129, "");
    check_code(NULL, text, WR_D_D0004);
    free(text);
    text = repeat("", "- ", 100000, "a");
    check_code(NULL, text, WR_D_D0004);
    free(text);
    text = repeat("", "- ", 51, "a");
    check_code(&small, text, WR_D_D0004);
    free(text);
    text = repeat("", "- a\n", 101, "");
    check_code(&small, text, WR_D_D0005);
    free(text);
    text = repeat("- &a [1, 2, 3, 4, 5, 6, 7, 8, 9]\n", "- *a\n", 10, "");
    assert_int_equal(show(&strict, wr_strz(text))[0], '[');
    check_code(&small, text, WR_D_D0012);
    free(text);
    text = repeat("%TAG !a! b\n", "%TAG !a! b\n", 1000, "---\na: 1\n");
    check_code(NULL, text, WR_D_D0003);
    free(text);
    // Deep by aliases alone: a is 40 deep, b twice that.
    small.nodes = 1000;
    char *half = repeat("a: &a ", "[", 40, "x"), *whole = repeat(half, "]", 40, "\nb: ");
    text = repeat(whole, "[", 40, "*a");
    free(half);
    half = repeat(text, "]", 40, "\n");
    check_code(&small, half, WR_D_D0004);
    free(whole);
    free(half);
    free(text);
}

static void billion_laughs(void **state) {
    wr_buf b;
    (void)state;
    wr_buf_init(&b, 0);
    wr_putz(&b, "a: &a [x,x,x,x,x,x,x,x,x,x]\n");
    for (char c = 'b'; c <= 'z'; c++) {
        wr_putf(&b, "%c: &%c [", c, c);
        for (int i = 0; i < 10; i++) wr_putf(&b, "*%c,", c - 1);
        wr_putz(&b, "]\n");
    }
    wr_putc(&b, 0);
    check_code(NULL, b.p, WR_D_D0012);
    wr_buf_fini(&b);
    // The same with merge keys, where nearly all entries lose.
    wr_buf_init(&b, 0);
    wr_putz(&b, "a: &a {k: v}\n");
    for (char c = 'b'; c <= 'z'; c++)
        wr_putf(&b, "%c: &%c {<<: [*%c, *%c, *%c]}\n", c, c, c - 1, c - 1, c - 1);
    wr_putc(&b, 0);
    check_code(NULL, b.p, WR_D_D0012);
    wr_buf_fini(&b);
}

static bool same_tree(const wr_node *a, const wr_node *b) {
    if (a->kind != b->kind || a->n != b->n) return false;
    switch ((wr_kind)a->kind) {
    case WR_BOOL: return a->u.b == b->u.b;
    case WR_INT: return a->u.i == b->u.i;
    case WR_FLOAT: return memcmp(&a->u.f, &b->u.f, sizeof a->u.f) == 0;
    case WR_STR: return wr_eq(wr_node_str(a), wr_node_str(b));
    case WR_LIST:
        for (uint32_t i = 0; i < a->n; i++)
            if (!same_tree(a->u.kids + i, b->u.kids + i)) return false;
        return true;
    case WR_MAP:
        for (uint32_t i = 0; i < 2 * a->n; i++)
            if (!same_tree(a->u.kids + i, b->u.kids + i)) return false;
        return true;
    default: return true;
    }
}

static uint32_t draw(uint32_t *seed, uint32_t n) {
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % n;
}

static void put_json(wr_buf *b, uint32_t *seed, int depth) {
    static const char *const leaves[] = {"null",
                                         "true",
                                         "false",
                                         "0",
                                         "-1",
                                         "1.5",
                                         "-2.5E+3",
                                         "1e-7",
                                         "123456789012",
                                         "-0.0",
                                         "9223372036854775807",
                                         "18446744073709551616",
                                         "\"\"",
                                         "\"a\"",
                                         "\"true\"",
                                         "\"~\"",
                                         "\"5\"",
                                         "\"\\u00e9\"",
                                         "\"\xE6\x97\xA5\"",
                                         "\"a\\nb\\t\\\"\\\\\\/\"",
                                         "\"<<\"",
                                         "\"- x\"",
                                         "\"*a\"",
                                         "\"!Ref x\"",
                                         "\"# c\"",
                                         "\" x \"",
                                         "\"a: b\""};
    uint32_t kind = draw(seed, depth > 5 ? 4 : 8), n = draw(seed, 5);
    if (kind < 4) {
        wr_putz(b, leaves[draw(seed, sizeof leaves / sizeof *leaves)]);
        return;
    }
    bool map = kind < 6;
    wr_putc(b, map ? '{' : '[');
    for (uint32_t i = 0; i < n; i++) {
        if (i) wr_putz(b, draw(seed, 2) ? ", " : ",\n");
        if (map) wr_putf(b, "\"k%u\": ", (unsigned)draw(seed, 6));
        put_json(b, seed, depth + 1);
    }
    wr_putc(b, map ? '}' : ']');
}

static void json_twins(void **state) {
    wr_load json = strict;
    (void)state;
    json.is_json = true;
    for (uint32_t seed = 1; seed < 300; seed++) {
        uint32_t s = seed;
        wr_ctx c;
        wr_doc *a, *b;
        wr_buf text;
        wr_buf_init(&text, 0);
        put_json(&text, &s, 0);
        wr_ctx_init(&c, NULL);
        assert_int_equal(show_load(&c, &json, wr_buf_str(&text), &a), WR_OK);
        assert_int_equal(show_load(&c, &strict, wr_buf_str(&text), &b), WR_OK);
        assert_true(same_tree(a->root, b->root));
        wr_ctx_fini(&c);
        wr_buf_fini(&text);
    }
}

static void memory(void **state) {
    (void)state;
    check_memory(&strict, "a: &x {b: [1, 2.5, \"x\\ny\"], c: !Sub [d, {e: f}]}\n"
                          "g: *x\nh: {<<: [*x, {i: j}], k: !GetAtt l.m}\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars),        cmocka_unit_test(short_forms), cmocka_unit_test(aliases),
        cmocka_unit_test(merge_keys),     cmocka_unit_test(faults),      cmocka_unit_test(hints),
        cmocka_unit_test(spans),          cmocka_unit_test(flags),       cmocka_unit_test(limits),
        cmocka_unit_test(billion_laughs), cmocka_unit_test(json_twins),  cmocka_unit_test(memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
