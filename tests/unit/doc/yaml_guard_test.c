// SPDX-License-Identifier: Apache-2.0
// yaml_guard_test: data files read as cfn-guard's `validate` reads them. Every expectation was seen
// with cfn-guard 3.1.1 (3.2.0 for yaml12_bool).

#include "yaml_show.h"

static const wr_load guard31 = {.profile = WR_LOAD_GUARD31};
static const wr_load guard32 = {.profile = WR_LOAD_GUARD31, .yaml12_bool = true};

#define PARSER "Parser Error when parsing `"
#define DATA PARSER "Error encountered while parsing data file: f.yaml, data beginning with \n"

static void scalars(void **state) {
    static const shown t[] = {
        {"[5, +5, -5, 012, -0, 0x10, 0o14, 1_000]", "[5 5 -5 12 0 \"0x10\" \"0o14\" \"1_000\"]"},
        {"[1e5, .5, 5., 1.5e+10, 1E400, -.5]", "[100000.0 0.5 5.0 15000000000.0 inf -0.5]"},
        {"[inf, -inf, nan, Infinity, .inf, .nan]", "[inf -inf NaN inf \".inf\" \".nan\"]"},
        {"[99999999999999999999, 9223372036854775807]", "[1e20 9223372036854775807]"},
        {"[true, false, True, FALSE, yes, no, on]",
         "[true false \"True\" \"FALSE\" \"yes\" \"no\" \"on\"]"},
        {"[~, null, Null, nULL, ~~]", "[~ ~ ~ ~ \"~~\"]"},
        {"a:\nb: ''\nc: \"\"\n", "{a:\"\" b:\"\" c:\"\"}"},
        {"[2010-09-09, '12:30', 1.2.3, '5', \"true\"]",
         "[\"2010-09-09\" \"12:30\" \"1.2.3\" \"5\" \"true\"]"},
        {"a: |\n  x\n   y\nb: >-\n  p\n  q\n", "{a:\"x\n y\n\" b:\"p q\"}"},
        {"---", "\"\""},
        {"{\"a\": [1, 2,],}", "{a:[1 2]}"},
    };
    (void)state;
    CHECK_SHOWN(&guard31, t);
}

static void booleans_of_3_2(void **state) {
    static const shown t[] = {
        {"[yes, no, on, off, y, n, Yes, NO, true, 'yes']",
         "[true false true false true false \"Yes\" \"NO\" true \"yes\"]"},
        {"on: 1\n", "D0006 2:1 " PARSER "non string type detected for key in a map at L:0,C:0, "
                    "cfn-guard only supports keys that are string types`"},
    };
    (void)state;
    CHECK_SHOWN(&guard32, t);
}

static void tags(void **state) {
    static const shown t[] = {
        {"a: !Ref 5\n", "{a:!{Ref:\"5\"}}"},
        {"a: !GetAtt x.y.z\n", "{a:!{Fn::GetAtt:\"x.y.z\"}}"},
        {"a: !GetAtt [x, y]\n", "{a:!{Fn::GetAtt:![\"x\" \"y\"]}}"},
        {"a: !Condition c\n", "{a:!{Condition:\"c\"}}"},
        {"a: !If [x, !Ref y, !Join ['', [z]]]\n",
         "{a:!{Fn::If:![\"x\" !{Ref:\"y\"} !{Fn::Join:![\"\" [\"z\"]]}]}}"},
        {"a: !Base64 {Fn::Sub: x}\n", "{a:{Fn::Sub:\"x\"}}"},
        {"a: !Cidr [x, 6]\nb: !foo 5\nc: !Ref [x]\nd: !Join x\n",
         "{a:[\"x\" 6] b:\"5\" c:[\"x\"] d:\"x\"}"},
        {"[!!int '5', !!float 1, !!bool true, !!bool yes, !!null x, !!str 5, !!x 5]",
         "[5 1.0 true \"yes\" ~ \"5\" \"5\"]"},
        {"[! 5, !<!Ref> x]", "[\"5\" !{Ref:\"x\"}]"},
        {"a: !!int x\nb: !!int y\n",
         "D0009 1:1 " PARSER "Bad Value encountered parsing incoming file Value = x, Loc = "
         "L:0,C:3`"},
    };
    (void)state;
    CHECK_SHOWN(&guard31, t);
}

static void keys(void **state) {
    static const shown t[] = {
        {"a: 1\nb: 2\na: 3\n", "{a:3 b:2}"},
        {"a: 1\n5: 2\n", "D0006 3:1 " PARSER "non string type detected for key in a map at "
                         "L:1,C:0, cfn-guard only supports keys that are string types`"},
        // The innermost map that closes first is the one complained about.
        {"{5: 1, a: {6: 2}}", "D0006 1:17 " PARSER "non string type detected for key in a map at "
                              "L:0,C:11, cfn-guard only supports keys that are string types`"},
        {"? [x, {7: y}]\n: 1\n",
         "D0006 1:13 " PARSER "non string type detected for key in a map at L:0,C:7, cfn-guard "
         "only supports keys that are string types`"},
        {"!Ref a: 1\n", "D0006 2:1 " PARSER "non string type detected for key in a map at "
                        "L:0,C:0, cfn-guard only supports keys that are string types`"},
        // A fault of the text comes before it.
        {"5: 1\n{", "D0003 2:2 " DATA "5: 1\n{\n ...`"},
        {"'5': 1\n!foo 6: 2\n'': 3\n", "{5:1 6:2 :3}"},
    };
    (void)state;
    CHECK_SHOWN(&guard31, t);
}

static void faults(void **state) {
    static const shown t[] = {
        {"a: &x 1\nb: 2\n", "{a:1 b:2}"},
        {"a: &x 1\nb: *x\n", "D0003 2:4 " DATA "a: &x 1\nb: *x\n\n ...`"},
        {"a: [1", "D0003 1:6 " DATA "a: [1\n ...`"},
        {"a: \"\\ud83d\\ude00\"", "D0003 1:7 " DATA "a: \"\\ud83d\\ude00\"\n ...`"},
        {"", "D0010 1:1 " PARSER "Unable to parse a template from data file: f.yaml is empty`"},
        {" \n\xC2\xA0\t\n",
         "D0010 1:1 " PARSER "Unable to parse a template from data file: f.yaml is empty`"},
        {"# c\n", "D0014 2:1 " DATA "# c\n\n ...`"},
        {"a: \xFF", "D0001 1:4 I/O error when reading stream did not contain valid UTF-8"},
        {"a: 1\n---\n{", "{a:1}"},
    };
    (void)state;
    CHECK_SHOWN(&guard31, t);
}

static void preview_that_cuts_a_character(void **state) {
    (void)state;
    char *cut = repeat("a: [\"", "\xC3\xA9", 60, ""),
         *whole = repeat("ab: [\"", "\xC3\xA9", 60, "");
    assert_memory_equal(show(&guard31, wr_strz(cut)), "D0014", 5);
    assert_memory_equal(show(&guard31, wr_strz(whole)), "D0003", 5);
    free(cut);
    free(whole);
}

static void long_keys(void **state) {
    static const struct {
        const char *head, *unit;
        size_t n;
        const char *tail;
        bool good;
    } t[] = {
        {"", "k", 1024, ": 1\n", true},        {"", "k", 1025, ": 1\n", false},
        {"", "\xC3\xA9", 512, ": 1\n", true},  {"", "\xC3\xA9", 513, ": 1\n", false},
        {"{", "\xC3\xA9", 513, ": 1}", false}, {"? ", "\xC3\xA9", 513, "\n: 1\n", true},
        {"a: ", "\xC3\xA9", 513, "\n", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        char *text = repeat(t[i].head, t[i].unit, t[i].n, t[i].tail);
        assert_int_equal(show(&guard31, wr_strz(text))[0] != 'D', t[i].good);
        free(text);
    }
}

static wr_pos place(const wr_doc *d, const wr_node *n) {
    wr_pos p = wr_node_pos(d, n);
    return (wr_pos){p.line - 1, p.col - 1}; // as the original counts
}

static void check_place(const wr_doc *d, const wr_node *n, uint32_t line, uint32_t col) {
    assert_int_equal(place(d, n).line, line);
    assert_int_equal(place(d, n).col, col);
}

static void positions(void **state) {
    wr_ctx c;
    wr_doc *d;
    (void)state;
    wr_ctx_init(&c, NULL);
    wr_str text = WR_S("# \xC3\xA9\r\n\xC3\xA9: &a !Sub\n  - x\xE2\x80\xA8  - {\xC3\xBC: 5}\nb:\n");
    assert_int_equal(show_load(&c, &guard31, text, &d), WR_OK);
    check_place(d, d->root, 1, 0);
    const wr_node *sub = wr_map_val(d->root, 0), *list = wr_map_val(sub, 0);
    check_place(d, wr_map_key(d->root, 0), 1, 0);
    check_place(d, sub, 1, 3);
    check_place(d, wr_map_key(sub, 0), 1, 3);
    check_place(d, list, 1, 3);
    check_place(d, list->u.kids, 2, 4);
    check_place(d, list->u.kids + 1, 3, 4);
    check_place(d, wr_map_val(list->u.kids + 1, 0), 3, 8);
    check_place(d, wr_map_val(d->root, 1), 4, 2);
    wr_ctx_fini(&c);
}

static void positions_at_the_root(void **state) {
    wr_ctx c;
    wr_doc *d;
    (void)state;
    wr_ctx_init(&c, NULL);
    assert_int_equal(show_load(&c, &guard31, WR_S("# c\n- a\n"), &d), WR_OK);
    check_place(d, d->root, 0, 0); // a list at the root, wherever it begins
    check_place(d, d->root->u.kids, 1, 2);
    assert_int_equal(show_load(&c, &guard31, WR_S("\xEF\xBB\xBF{a: 5}\n"), &d), WR_OK);
    check_place(d, d->root, 0, 1); // a byte order mark is a column
    check_place(d, wr_map_val(d->root, 0), 0, 5);
    wr_ctx_fini(&c);
}

static void depth(void **state) {
    (void)state;
    char *deep = repeat("", "[", 3200, ""), *text = repeat(deep, "]", 3200, "");
    assert_int_equal(show(&guard31, wr_strz(text))[0], '[');
    free(deep);
    free(text);
    text = repeat("", "[", 100000, "");
    assert_memory_equal(show(&guard31, wr_strz(text)), "D0004", 5);
    free(text);
    text = repeat("", "- ", 100000, "a");
    assert_memory_equal(show(&guard31, wr_strz(text)), "D0004", 5);
    free(text);
    text = repeat("", "? ", 100000, "a");
    assert_memory_equal(show(&guard31, wr_strz(text)), "D0004", 5);
    free(text);
}

static void memory(void **state) {
    (void)state;
    check_memory(&guard31, "a: {b: [1, 2.5, \"x\\ny\"], c: !Sub [d, {e: f}]}\ng: !Ref h\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars),
        cmocka_unit_test(booleans_of_3_2),
        cmocka_unit_test(tags),
        cmocka_unit_test(keys),
        cmocka_unit_test(faults),
        cmocka_unit_test(preview_that_cuts_a_character),
        cmocka_unit_test(long_keys),
        cmocka_unit_test(positions),
        cmocka_unit_test(positions_at_the_root),
        cmocka_unit_test(depth),
        cmocka_unit_test(memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
