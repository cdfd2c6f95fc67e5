// SPDX-License-Identifier: Apache-2.0
// The errors of serde_json that the personality prints (src/cli/compat/serde_json.c): texts that
// are wrong in one way each, and what cfn-guard 3.1.1 said about them.
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../../src/cli/compat/serde_json.c"

static void check(cli_shape shape, const char *text, const char *want) {
    wr_arena a;
    wr_arena_init(&a, 0);
    wr_str got = cli_serde_error(&a, wr_strz(text), shape);
    if (!wr_eq(got, wr_strz(want))) fail_msg("%s: %.*s", text, WR_FMT(got));
    wr_arena_fini(&a);
}

static const char *const of_payloads[][2] = {
    {"", "EOF while parsing a value at line 1 column 0"},
    {"{", "EOF while parsing an object at line 1 column 1"},
    {"[", "EOF while parsing a list at line 1 column 1"},
    {"[]", "invalid length 0, expected struct Payload with 2 elements at line 1 column 2"},
    {"{}", "missing field `rules` at line 1 column 2"},
    {"1", "invalid type: integer `1`, expected struct Payload at line 1 column 1"},
    {"\"a\"", "invalid type: string \"a\", expected struct Payload at line 1 column 3"},
    {"null", "invalid type: null, expected struct Payload at line 1 column 4"},
    {"true", "invalid type: boolean `true`, expected struct Payload at line 1 column 4"},
    {"-", "EOF while parsing a value at line 1 column 1"},
    {"-x", "invalid number at line 1 column 2"},
    {"01", "invalid number at line 1 column 2"},
    {"1.", "EOF while parsing a value at line 1 column 2"},
    {"1e", "EOF while parsing a value at line 1 column 2"},
    {"1e+", "EOF while parsing a value at line 1 column 3"},
    {"{\"rules\":1}", "invalid type: integer `1`, expected a sequence at line 1 column 10"},
    {"{\"rules\":[]}", "missing field `data` at line 1 column 12"},
    {"{\"rules\":[],\"data\":[]} x", "trailing characters at line 1 column 24"},
    {"{\"rules\":[],\"data\":[],}", "trailing comma at line 1 column 23"},
    {"{\"rules\":[,]}", "expected value at line 1 column 11"},
    {"{\"rules\":[\"a\",]}", "trailing comma at line 1 column 15"},
    {"{\"rules\":[\"a\" \"b\"]}", "expected `,` or `]` at line 1 column 15"},
    {"{\"rules\":[\"a\"", "EOF while parsing a list at line 1 column 13"},
    {"{\"rules\":[\"a", "EOF while parsing a string at line 1 column 12"},
    {"{\"rules\":[1]}", "invalid type: integer `1`, expected a string at line 1 column 11"},
    {"{\"rules\":[1.5]}",
     "invalid type: floating point `1.5`, expected a string at line 1 column 13"},
    {"{\"rules\":[null]}", "invalid type: null, expected a string at line 1 column 14"},
    {"{\"rules\":[{}]}", "invalid type: map, expected a string at line 1 column 10"},
    {"{\"rules\":[[]]}", "invalid type: sequence, expected a string at line 1 column 10"},
    {"{\"rules\":[true]}", "invalid type: boolean `true`, expected a string at line 1 column 14"},
    {"{\"rules\":[\"\\x\"]}", "invalid escape at line 1 column 13"},
    {"{\"rules\":[\"\\ud800\"]}", "unexpected end of hex escape at line 1 column 18"},
    {"{\"rules\":[\"\\ud800\\u0041\"]}",
     "lone leading surrogate in hex escape at line 1 column 23"},
    {"{\"rules\":[\"\\udc00\"]}", "lone leading surrogate in hex escape at line 1 column 17"},
    {"{\"rules\":[\"\\u12\"]}", "invalid escape at line 1 column 16"},
    {"{\"rules\":[\"\\u12G4\"]}", "invalid escape at line 1 column 16"},
    {"{\"rules\":[\"a\tb\"]}",
     "control character (\\u0000-\\u001F) found while parsing a string at line 1 column 13"},
    {"{\"rules\" []}", "expected `:` at line 1 column 10"},
    {"{\"rules\"", "EOF while parsing an object at line 1 column 8"},
    {"{rules:[]}", "key must be a string at line 1 column 2"},
    {"{\"rules\":[],\"rules\":[]}", "duplicate field `rules` at line 1 column 19"},
    {"{\"x\":{\"a\":[1,2,{}]},\"rules\":[]}", "missing field `data` at line 1 column 31"},
    {"{\"x\":nul}", "expected ident at line 1 column 9"},
    {"{\"x\":tru", "EOF while parsing a value at line 1 column 8"},
    {"{\"x\":-}", "invalid number at line 1 column 7"},
    {"{\"x\":1.2.3}", "expected `,` or `}` at line 1 column 9"},
    {"{\"x\":@}", "expected value at line 1 column 6"},
    {"{\"rules\":{}}", "invalid type: map, expected a sequence at line 1 column 9"},
    {"{\"rules\":\"a\"}", "invalid type: string \"a\", expected a sequence at line 1 column 12"},
    {"{\"data\":[],\"rules\":[\"a\"],\n\"x\":\n 01}", "invalid number at line 3 column 3"},
    {"nul", "EOF while parsing a value at line 1 column 3"},
    {"[1]", "invalid type: integer `1`, expected a sequence at line 1 column 2"},
    {"{\"rules\":[\"a\"]]", "expected `,` or `}` at line 1 column 15"},
    {"{\"rules\":[],\"data\":[]", "EOF while parsing an object at line 1 column 21"},
    {"{\"rules\":[],\"data\":[] \"a\":1}", "expected `,` or `}` at line 1 column 23"},
    {"{\"rules\":-5}", "invalid type: integer `-5`, expected a sequence at line 1 column 11"},
    {"{\"rules\":1E400}", "number out of range at line 1 column 14"},
    {"{\"x\":1e999}", "missing field `rules` at line 1 column 11"},
    {"\xEF\xBB\xBF"
     "{}",
     "expected value at line 1 column 1"},
    {"{\"rules\":[],\"data\":[\"a\\\"b\\\\\"],\"rules\":2}",
     "duplicate field `rules` at line 1 column 37"},
    {"{\"rules\":\"a\\\"b\\n\"}",
     "invalid type: string \"a\\\"b\\n\", expected a sequence at line 1 column 17"},
    {"{1:2}", "key must be a string at line 1 column 2"},
    {"{\"a\":1,2}", "key must be a string at line 1 column 8"},
    {"[\"x\"]", "invalid type: string \"x\", expected a sequence at line 1 column 4"},
};

static void payloads(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof of_payloads / sizeof *of_payloads; i++)
        check(CLI_SHAPE_PAYLOAD, of_payloads[i][0], of_payloads[i][1]);
}

static const char *const of_tests[][2] = {
    {"{", "invalid type: map, expected a sequence at line 1 column 0"},
    {"[", "EOF while parsing a list at line 1 column 1"},
    {"{}", "invalid type: map, expected a sequence at line 1 column 0"},
    {"a: b", "expected value at line 1 column 1"},
    {"- a", "invalid number at line 1 column 2"},
    {"[1]", "invalid type: integer `1`, expected struct TestSpec at line 1 column 2"},
    {"[{}]", "missing field `input` at line 1 column 3"},
    {"[{\"name\":1}]", "invalid type: integer `1`, expected a string at line 1 column 10"},
    {"[{\"name\":null}]", "missing field `input` at line 1 column 14"},
    {"[{\"input\":1}]", "missing field `expectations` at line 1 column 12"},
    {"[{\"input\":{},\"expectations\":1}]",
     "invalid type: integer `1`, expected struct TestExpectations at line 1 column 29"},
    {"[{\"input\":{},\"expectations\":{}}]", "missing field `rules` at line 1 column 30"},
    {"[{\"input\":{},\"expectations\":{\"rules\":[]}}]",
     "invalid type: sequence, expected a map at line 1 column 37"},
    {"[{\"input\":{\"a\":1,\"a\":2},\"expectations\":{\"rules\":{}}}]",
     "duplicate entry with key \"a\" at line 1 column 20"},
    {"[{\"input\":{},\"input\":{},\"expectations\":{\"rules\":{}}}]",
     "duplicate field `input` at line 1 column 20"},
    {"null", "invalid type: null, expected a sequence at line 1 column 4"},
    {"~", "expected value at line 1 column 1"},
    {"\"x\"", "invalid type: string \"x\", expected a sequence at line 1 column 3"},
    {"5", "invalid type: integer `5`, expected a sequence at line 1 column 1"},
    {"[{\"name\":\"a\",\"input\":{\"x\":[1,2}]", "expected `,` or `]` at line 1 column 31"},
    {"- name: x\n  input: {}\n  expectations: {}\n", "invalid number at line 1 column 2"},
    {"- name: x\n  input: {}\n", "invalid number at line 1 column 2"},
    {"[{\"name\":[],\"input\":{},\"expectations\":{\"rules\":{}}}]",
     "invalid type: sequence, expected a string at line 1 column 9"},
    {"- &a b\n- *c\n", "invalid number at line 1 column 2"},
    {"\tx: y", "expected value at line 1 column 2"},
    {"- {a", "invalid number at line 1 column 2"},
    {"-1", "invalid type: integer `-1`, expected a sequence at line 1 column 2"},
    {"- 1", "invalid number at line 1 column 2"},
    {"-", "EOF while parsing a value at line 1 column 1"},
    {"---\n- x\n---\n- y\n", "invalid number at line 1 column 2"},
    {"%YAML 1", "expected value at line 1 column 1"},
    {"\"abc", "EOF while parsing a string at line 1 column 4"},
    {"[{\"expectations\":{\"rules\":{\"a\":{}}}}]",
     "invalid type: map, expected a string at line 1 column 31"},
    {"- input: {}\n  expectations:\n    rules:\n      - a\n", "invalid number at line 1 column 2"},
    {"- name: [x]\n  input: {}\n  expectations:\n    rules: {a: PASS}\n",
     "invalid number at line 1 column 2"},
    {"- name: x\n  name: y\n  input: {}\n  expectations:\n    rules: {a: PASS}\n",
     "invalid number at line 1 column 2"},
};

static void tests(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof of_tests / sizeof *of_tests; i++)
        check(CLI_SHAPE_TESTS, of_tests[i][0], of_tests[i][1]);
}

int main(void) {
    const struct CMUnitTest all[] = {cmocka_unit_test(payloads), cmocka_unit_test(tests)};
    return cmocka_run_group_tests(all, NULL, NULL);
}
