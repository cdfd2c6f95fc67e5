// SPDX-License-Identifier: Apache-2.0
// yaml_serde_test: text read as serde_yaml 0.9.34 reads a Value and cfn-guard takes it from there.
// Every expectation was seen with that crate.

#include "yaml_show.h"

static const wr_load serde = {.profile = WR_LOAD_SERDE};

static void scalars(void **state) {
    static const shown t[] = {
        {"[5, +5, -5, -0, 012, -012, 00, 0]", "[5 5 -5 0 \"012\" \"-012\" \"00\" 0]"},
        {"[0x10, -0x10, +0x1F, 0o14, 0b101, 0X10, 0x, 1_000]",
         "[16 -16 31 12 5 \"0X10\" \"0x\" \"1_000\"]"},
        {"[1e5, .5, 5., 1e400, .inf, -.INF, +.Inf, .NaN]",
         "[100000.0 0.5 5.0 \"1e400\" inf -inf inf NaN]"},
        {"[inf, nan, .iNf, Infinity]", "[\"inf\" \"nan\" \".iNf\" \"Infinity\"]"},
        {"[true, True, TRUE, tRue, yes, on]", "[true true true \"tRue\" \"yes\" \"on\"]"},
        {"[~, null, Null, NULL, nULL]\n", "[~ ~ ~ ~ \"nULL\"]"},
        {"a:\nb: ''\n", "{a:~ b:\"\"}"},
        // Unsigned numbers wrap, those of 128 bits are refused, longer ones are floats.
        {"[18446744073709551615, 9223372036854775808]", "[-1 -9223372036854775808]"},
        {"a: 18446744073709551616\n",
         "D0014 1:4 a: invalid type: integer `18446744073709551616` as u128, expected any YAML "
         "value at line 1 column 4"},
        {"- -0x8000000000000001\n",
         "D0014 1:3 .[0]: invalid type: integer `-9223372036854775809` as i128, expected any YAML "
         "value at line 1 column 3"},
        {"[340282366920938463463374607431768211456]", "[3.402823669209385e38]"},
        {"", "~"},
        {"# c\n", "~"},
        {"---\n", "~"},
    };
    (void)state;
    CHECK_SHOWN(&serde, t);
}

static void tags(void **state) {
    static const shown t[] = {
        {"a: !Ref 5\nb: !Ref '5'\n", "{a:!{Ref:5} b:!{Ref:\"5\"}}"},
        {"a: !Base64 {Fn::Sub: x}\n", "{a:!{Fn::Base64:!{Fn::Sub:\"x\"}}}"},
        {"a: !foo 5\nb: !Cidr [x]\nc: !Ref [x]\n", "{a:5 b:[\"x\"] c:!{Ref:![\"x\"]}}"},
        {"a: !<!!Ref> x\nb: !<!!!Ref> x\nc: !<Ref> x\n", "{a:!{Ref:\"x\"} b:\"x\" c:\"x\"}"},
        {"[!!int '5', !!float 012, !!str 5, !!x 5, !!bool True]", "[5 12.0 \"5\" \"5\" true]"},
        {"a:\n  b: !!int x\"\n",
         "D0009 2:6 a.b: invalid value: string \"x\\\"\", expected an integer at line 2 column 6"},
        {"!!null ''", "D0009 1:1 invalid value: string \"\", expected null"},
    };
    (void)state;
    CHECK_SHOWN(&serde, t);
}

static void aliases(void **state) {
    static const shown t[] = {
        {"a: &x {k: 1}\nb: [*x, *x]\n", "{a:{k:1} b:[{k:1} {k:1}]}"},
        {"a: &x {k: 1}\nb:\n  <<: *x\n", "{a:{k:1} b:{<<:{k:1}}}"},
        {"&k a: 1\nb: *k\n", "{a:1 b:\"a\"}"},
        {"a: 1\nb: *x\n", "D0008 2:4 unknown anchor at line 2 column 4"},
        // An anchor that is set again takes the number of the next new one.
        {"a: &x 1\nb: &x 2\nc: &y 3\nd: *x\ne: *y\n", "{a:1 b:2 c:3 d:3 e:3}"},
        {"&a [*a]", "D0004 1:1 recursion limit exceeded"},
        {"a: &a {b: *a}\n", "D0004 1:4 recursion limit exceeded at line 1 column 4"},
    };
    (void)state;
    CHECK_SHOWN(&serde, t);
}

static void keys(void **state) {
    static const shown t[] = {
        {"a:\n  b: 1\n  c: 2\n  b: {\n",
         "D0007 2:3 a: duplicate entry with key \"b\" at line 2 column 3"},
        {"a: 1\n\"\\n\\u0301\\x01\": 1\n\"\\n\\u0301\\x01\": 1\n",
         "D0007 1:1 duplicate entry with key \"\\n\\u{301}\\u{1}\""},
        {"5: a\n0x5: b\n", "D0007 1:1 duplicate entry with key 5"},
        {"~: a\nNULL: b\n", "D0007 1:1 duplicate entry with null key"},
        {"true: a\nTrue: b\n", "D0007 1:1 duplicate entry with key `true`"},
        {".nan: a\n.NaN: b\n", "D0007 1:1 duplicate entry with key .nan"},
        {"{a: {5: 1}}", "D0006 1:6 non string type detected for key in a map at , cfn-guard only "
                        "supports keys that are string types"},
        {"? {a: 1, a: 2}\n: 1\n", "D0007 1:3 duplicate entry with key \"a\" at line 1 column 3"},
        {"[x]: 1\n", "D0006 1:1 non string type detected for key in a map at , cfn-guard only "
                     "supports keys that are string types"},
        // What serde_yaml finds wrong comes first, wherever it stands.
        {"5: 1\na: *b\n", "D0008 2:4 unknown anchor at line 2 column 4"},
        {"x: &k [1]\n*k : {b: 1, b: 2}\n",
         "D0007 2:6 ?: duplicate entry with key \"b\" at line 2 column 6"},
        {"'': {'': !!int x}\n", "D0009 1:10 .: invalid value: string \"x\", expected an integer at "
                                "line 1 column 10"},
    };
    (void)state;
    CHECK_SHOWN(&serde, t);
}

static void faults(void **state) {
    static const shown t[] = {
        {"a: [1, 2\nb: 3\n", "D0003 2:2 did not find expected ',' or ']' at line 2 column 2, while "
                             "parsing a flow sequence at line 1 column 4"},
        {"a: @\n", "D0003 1:4 found character that cannot start any token at line 1 column 4, "
                   "while scanning for the next token"},
        {"a: \"\\uzz\"", "D0003 1:7 did not find expected hexadecimal number at line 1 column 7, "
                         "while parsing a quoted scalar at line 1 column 4"},
        {"a: \x07", "D0003 1:4 control characters are not allowed at position 3"},
        {"a: 1\n---\n{", "D0011 2:1 deserializing from YAML containing more than one document is "
                         "not supported"},
        {"a: 1\n}\n", "D0003 2:1 did not find expected key at line 2 column 1, while parsing a "
                      "block mapping"},
        {"\xFF", "D0001 1:1 stream did not contain valid UTF-8"},
    };
    (void)state;
    CHECK_SHOWN(&serde, t);
}

static void long_keys(void **state) {
    static const struct {
        const char *head, *want;
    } t[] = {
        {"", "D0003 1:514 mapping values are not allowed in this context at line 1 column 514"},
        {"a: 1\n", "D0003 2:514 could not find expected ':' at line 2 column 514, while scanning a "
                   "simple key at line 2 column 1"},
        {"{", "D0003 1:515 did not find expected ',' or '}' at line 1 column 515, while parsing a "
              "flow mapping"},
        {" [", "D0003 1:516 did not find expected ',' or ']' at line 1 column 516, while parsing a "
               "flow sequence at line 1 column 2"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
        const char *tail = t[i].head[0] == '{' ? ": 1}" : t[i].head[0] == ' ' ? ": 1]" : ": 1\n";
        char *text = repeat(t[i].head, "\xC3\xA9", 513, tail);
        assert_string_equal(show(&serde, wr_strz(text)), t[i].want);
        free(text);
    }
}

static void limits(void **state) {
    (void)state;
    char *half = repeat("", "[", 128, ""), *text = repeat(half, "]", 128, "");
    assert_int_equal(show(&serde, wr_strz(text))[0], '[');
    free(half);
    free(text);
    half = repeat("", "[", 129, "");
    text = repeat(half, "]", 129, "");
    assert_string_equal(show(&serde, wr_strz(text)),
                        "D0004 1:129 recursion limit exceeded at line 1 column 129");
    free(half);
    free(text);
    text = repeat("a: &a [x]\nb: [", "*a,", 5000, "]\n");
    assert_int_equal(show(&serde, wr_strz(text))[0], '{');
    free(text);
    // Ten times ten times ten …: more jumps than a hundred for each event.
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_putz(&b, "a: &a [x,x,x,x,x,x,x,x,x,x]\n");
    for (char c = 'b'; c < 'h'; c++) {
        wr_putf(&b, "%c: &%c [", c, c);
        for (int i = 0; i < 10; i++) wr_putf(&b, "*%c,", c - 1);
        wr_putz(&b, "]\n");
    }
    assert_non_null(strstr(show(&serde, wr_buf_str(&b)), "repetition limit exceeded"));
    wr_buf_fini(&b);
}

static void positions_are_the_texts(void **state) {
    wr_ctx c;
    wr_doc *d;
    (void)state;
    wr_ctx_init(&c, NULL);
    assert_int_equal(show_load(&c, &serde, WR_S("a: !Ref b\nc:\n  - &x d\n  - *x\n"), &d), WR_OK);
    assert_true(d->placeless); // cfn-guard knows no positions here; we do
    const wr_node *list = wr_map_val(d->root, 1);
    assert_int_equal(list->span.beg, 15);
    assert_int_equal(list->span.end, 28);
    assert_int_equal(list->u.kids[1].span.beg, 17);
    wr_ctx_fini(&c);
}

static void memory(void **state) {
    (void)state;
    check_memory(&serde, "a: &x {b: [1, 2.5, \"x\\ny\"], c: !Sub [d, {e: f}]}\ng: *x\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars), cmocka_unit_test(tags),
        cmocka_unit_test(aliases), cmocka_unit_test(keys),
        cmocka_unit_test(faults),  cmocka_unit_test(long_keys),
        cmocka_unit_test(limits),  cmocka_unit_test(positions_are_the_texts),
        cmocka_unit_test(memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
