// SPDX-License-Identifier: Apache-2.0
// YAML out: scalars and structures with the text that serde_yaml 0.9.34 writes for them; keys that
// do not fit on a line; events without a tree.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "doc/doc.h"

static wr_str yaml_of(const wr_node *n, wr_buf *b) {
    wr_out o;
    wr_buf_init(b, 0);
    assert_int_equal(wr_out_yaml(&o, b), WR_OK);
    o.node(&o, n);
    wr_out_fini(&o);
    return wr_buf_str(b);
}

static void check(wr_str got, wr_str want) {
    if (wr_eq(got, want)) return;
    print_error("got:\n%.*s\nwant:\n%.*s\n", WR_FMT(got), WR_FMT(want));
    fail();
}

#define TEXT(lit)                                                                                  \
    { (lit), sizeof(lit) - 1 }

static const struct {
    wr_str text;
    const char *yaml;
} plain_texts[] = {
    {TEXT(""), "''\n"},
    {TEXT("a"), "a\n"},
    {TEXT("a b"), "a b\n"},
    {TEXT(" a"), "' a'\n"},
    {TEXT("a "), "'a '\n"},
    {TEXT("null"), "'null'\n"},
    {TEXT("~"), "'~'\n"},
    {TEXT("True"), "'True'\n"},
    {TEXT("yes"), "yes\n"},
    {TEXT("on"), "on\n"},
    {TEXT("12"), "'12'\n"},
    {TEXT("-1"), "'-1'\n"},
    {TEXT("+1"), "'+1'\n"},
    {TEXT("1.5"), "'1.5'\n"},
    {TEXT("1e5"), "'1e5'\n"},
    {TEXT(".5"), "'.5'\n"},
    {TEXT("5."), "'5.'\n"},
    {TEXT(".inf"), "'.inf'\n"},
    {TEXT("-.inf"), "'-.inf'\n"},
    {TEXT("+.inf"), "'+.inf'\n"},
    {TEXT(".nan"), "'.nan'\n"},
    {TEXT("inf"), "inf\n"},
    {TEXT("nan"), "nan\n"},
    {TEXT("0x1F"), "'0x1F'\n"},
    {TEXT("0o17"), "'0o17'\n"},
    {TEXT("0b1"), "'0b1'\n"},
    {TEXT("-0x1f"), "'-0x1f'\n"},
    {TEXT("0xG"), "0xG\n"},
    {TEXT("007"), "'007'\n"},
    {TEXT("-07"), "'-07'\n"},
    {TEXT("08"), "'08'\n"},
    {TEXT("00"), "'00'\n"},
    {TEXT("0"), "'0'\n"},
    {TEXT("+0"), "'+0'\n"},
    {TEXT("1_000"), "1_000\n"},
    {TEXT("12:30"), "12:30\n"},
    {TEXT("2010-09-09"), "2010-09-09\n"},
    {TEXT("1.2.3"), "1.2.3\n"},
    {TEXT("- a"), "'- a'\n"},
    {TEXT("-a"), "-a\n"},
    {TEXT("-"), "'-'\n"},
    {TEXT("--- a"), "'--- a'\n"},
    {TEXT("---"), "'---'\n"},
    {TEXT("...x"), "'...x'\n"},
    {TEXT("? a"), "'? a'\n"},
    {TEXT("?a"), "?a\n"},
    {TEXT(": a"), "': a'\n"},
    {TEXT(":a"), ":a\n"},
    {TEXT("a: b"), "'a: b'\n"},
    {TEXT("a:b"), "a:b\n"},
    {TEXT("a:"), "'a:'\n"},
    {TEXT("a #b"), "'a #b'\n"},
    {TEXT("a#b"), "a#b\n"},
    {TEXT("#a"), "'#a'\n"},
    {TEXT("!Ref"), "'!Ref'\n"},
    {TEXT("&a"), "'&a'\n"},
    {TEXT("*a"), "'*a'\n"},
    {TEXT("|"), "'|'\n"},
    {TEXT(">"), "'>'\n"},
    {TEXT("'a'"), "'''a'''\n"},
    {TEXT("it's"), "it's\n"},
    {TEXT("\"a\""), "'\"a\"'\n"},
    {TEXT("%a"), "'%a'\n"},
    {TEXT("@a"), "'@a'\n"},
    {TEXT("`a"), "'`a'\n"},
    {TEXT("{a}"), "'{a}'\n"},
    {TEXT("[a]"), "'[a]'\n"},
    {TEXT(",a"), "',a'\n"},
    {TEXT("a,b"), "a,b\n"},
    {TEXT("a\tb"), "\"a\\tb\"\n"},
    {TEXT("\ta"), "\"\\ta\"\n"},
    {TEXT("a\nb"), "|-\n  a\n  b\n"},
    {TEXT("a\n"), "|\n  a\n"},
    {TEXT("a\n\n"), "|+\n  a\n\n"},
    {TEXT("\n"), "|2+\n\n"},
    {TEXT("\na"), "|2-\n\n  a\n"},
    {TEXT(" a\nb"), "|2-\n   a\n  b\n"},
    {TEXT("a \nb"), "\"a \\nb\"\n"},
    {TEXT("a\n b"), "|-\n  a\n   b\n"},
    {TEXT("a\nb "), "\"a\\nb \"\n"},
    {TEXT("a\rb"), "\"a\\rb\"\n"},
    {TEXT("a\000b"), "\"a\\0b\"\n"},
    {TEXT("a\007b"), "\"a\\ab\"\n"},
    {TEXT("\033"), "\"\\e\"\n"},
    {TEXT("\177"), "\"\\x7F\"\n"},
    {TEXT("\303\251"), "\303\251\n"},
    {TEXT("\302\205"), "\"\\N\"\n"},
    {TEXT("\302\240"), "\302\240\n"},
    {TEXT("\342\200\250"), "'\342\200\250  '\n"},
    {TEXT("a\342\200\250b"), "'a\342\200\250  b'\n"},
    {TEXT("a\342\200\251 b"), "\"a\\P b\"\n"},
    {TEXT("\357\273\277a"), "\"\\uFEFFa\"\n"},
    {TEXT("\357\277\276"), "\"\\uFFFE\"\n"},
    {TEXT("\360\237\230\200"), "\360\237\230\200\n"},
    {TEXT("\360\237\230\200\001"), "\"\360\237\230\200\\x01\"\n"},
    {TEXT("\\"), "\\\n"},
    {TEXT("\"\\\001"), "\"\\\"\\\\\\x01\"\n"},
    {TEXT("="), "=\n"},
    {TEXT("<<"), "<<\n"},
    {TEXT("arn:aws:s3:::b/*"), "arn:aws:s3:::b/*\n"},
    {TEXT("${A}"), "${A}\n"},
    {TEXT("AWS::S3::Bucket"), "AWS::S3::Bucket\n"},
    {TEXT("340282366920938463463374607431768211455"),
     "'340282366920938463463374607431768211455'\n"},
    {TEXT("0xffffffffffffffffffffffffffffffff"), "'0xffffffffffffffffffffffffffffffff'\n"},
    {TEXT("0x100000000000000000000000000000000"), "0x100000000000000000000000000000000\n"},
    {TEXT("-0x80000000000000000000000000000000"), "'-0x80000000000000000000000000000000'\n"},
    {TEXT("-0x80000000000000000000000000000001"), "-0x80000000000000000000000000000001\n"},
};

static void texts(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof plain_texts / sizeof plain_texts[0]; i++) {
        wr_buf b;
        wr_node n = {
            .kind = WR_STR, .n = (uint32_t)plain_texts[i].text.n, .u.s = plain_texts[i].text.p};
        check(yaml_of(&n, &b), wr_strz(plain_texts[i].yaml));
        wr_buf_fini(&b);
    }
}

static void structures(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"{}", "{}\n"},
        {"[]", "[]\n"},
        {"{\"a\":{},\"b\":[],\"c\":null}", "a: {}\nb: []\nc: null\n"},
        {"{\"a\":[1,2],\"b\":{\"c\":[true]}}", "a:\n- 1\n- 2\nb:\n  c:\n  - true\n"},
        {"[[1,[2]],[],{\"a\":1,\"b\":[{\"c\":2}]}]",
         "- - 1\n  - - 2\n- []\n- a: 1\n  b:\n  - c: 2\n"},
        {"{\"a\":\"x\\ny\",\"b\":1}", "a: |-\n  x\n  y\nb: 1\n"},
        {"{\"a\":\"x\\n\",\"b\":[\"y\\n\\n\",2]}", "a: |\n  x\nb:\n- |+\n  y\n\n- 2\n"},
        {"{\"a\\nb\":1,\"c\":2}", "? |-\n  a\n  b\n: 1\nc: 2\n"},
        {"{\"a\\nb\":[1,{\"c\":2}]}", "? |-\n  a\n  b\n: - 1\n  - c: 2\n"},
        {"{\"a\\nb\":{\"c\":2}}", "? |-\n  a\n  b\n: c: 2\n"},
        {"{\"\":\"\",\"true\":\"true\",\"1\":\"1\"}", "'': ''\n'true': 'true'\n'1': '1'\n"},
        {"[1.0,-0.0,1e300,1e-7,123456789.125,9223372036854775807]",
         "- 1.0\n- -0.0\n- 1e300\n- 1e-7\n- 123456789.125\n- 9223372036854775807\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        wr_ctx c;
        wr_doc *d;
        wr_buf b;
        wr_ctx_init(&c, NULL);
        const wr_src *src = wr_src_new(&c.arena, WR_S("t"), wr_strz(rows[i][0]), false);
        assert_int_equal(wr_json_read(&c, src, &(wr_load){.is_json = true}, &d), WR_OK);
        check(yaml_of(d->root, &b), wr_strz(rows[i][1]));
        wr_buf_fini(&b);
        wr_ctx_fini(&c);
    }
}

// A key stands on one line up to 128 bytes.
static void long_keys(void **state) {
    (void)state;
    char name[130];
    memset(name, 'k', sizeof name);
    for (size_t n = 127; n < 131; n++) {
        wr_buf b, want;
        wr_buf_init(&b, 0);
        wr_buf_init(&want, 0);
        wr_yaml_out *y = wr_yaml_out_new(&b);
        wr_yaml_map(y, false);
        wr_yaml_str(y, wr_strn(name, n));
        wr_yaml_null(y);
        wr_yaml_end(y);
        wr_yaml_out_free(y);
        if (n > 128) wr_putz(&want, "? ");
        wr_put(&want, name, n);
        wr_putz(&want, n > 128 ? "\n: null\n" : ": null\n");
        check(wr_buf_str(&b), wr_buf_str(&want));
        wr_buf_fini(&b);
        wr_buf_fini(&want);
    }
}

// Numbers of more than 128 bits in another base are no numbers, nor are decimals beyond a double.
static void long_numbers(void **state) {
    (void)state;
    char digits[402] = "0x";
    memset(digits + 2, 'f', 400);
    for (size_t n = 33; n < 37; n++) {
        wr_buf b;
        wr_node s = {.kind = WR_STR, .n = (uint32_t)n, .u.s = digits};
        assert_int_equal(yaml_of(&s, &b).p[0], n <= 34 ? '\'' : '0');
        wr_buf_fini(&b);
    }
    memset(digits, '9', sizeof digits);
    for (uint32_t n = 308; n < 312; n++) {
        wr_buf b;
        wr_node s = {.kind = WR_STR, .n = n, .u.s = digits};
        assert_int_equal(yaml_of(&s, &b).p[0], n <= 308 ? '\'' : '9');
        wr_buf_fini(&b);
    }
}

static void events(void **state) {
    (void)state;
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_yaml_out *y = wr_yaml_out_new(&b);
    wr_yaml_f64(y, 1.0 / 0.0);
    wr_yaml_list(y, false); // a second document
    wr_yaml_f64(y, -1.0 / 0.0);
    wr_yaml_f64(y, 0.0 / 0.0);
    wr_yaml_bool(y, false);
    wr_yaml_i64(y, INT64_MIN);
    wr_yaml_str(y, (wr_str){NULL, 0});
    wr_yaml_end(y);
    wr_yaml_str(y, WR_S("third"));
    wr_yaml_out_free(y);
    wr_yaml_out_free(NULL);
    check(wr_buf_str(&b), WR_S(".inf\n---\n- -.inf\n- .nan\n- false\n- -9223372036854775808\n- ''\n"
                               "--- third\n"));
    wr_buf_fini(&b);
}

static void literals(void **state) {
    (void)state;
    wr_str re = WR_S("a/b");
    wr_range ints = {.lo.i = 1, .hi.i = 5, .lo_in = true};
    wr_range floats = {.lo.f = 0.5, .hi.f = 2, .hi_in = true};
    wr_range chars = {.lo.i = 'a', .hi.i = 0xE9, .lo_in = true, .hi_in = true};
    const struct {
        wr_node n;
        const char *want;
    } rows[] = {
        {{.kind = WR_REGEX, .u.ext = &re}, "/a/b/\n"},
        {{.kind = WR_CHAR, .u.i = 0xE9}, "\xC3\xA9\n"},
        {{.kind = WR_RANGE_INT, .u.ext = &ints}, "'[1,5)'\n"},
        {{.kind = WR_RANGE_FLOAT, .u.ext = &floats}, "(0.5,2]\n"},
        {{.kind = WR_RANGE_CHAR, .u.ext = &chars}, "'[a,\xC3\xA9]'\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        wr_buf b;
        check(yaml_of(&rows[i].n, &b), wr_strz(rows[i].want));
        wr_buf_fini(&b);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),        cmocka_unit_test(structures), cmocka_unit_test(long_keys),
        cmocka_unit_test(long_numbers), cmocka_unit_test(events),     cmocka_unit_test(literals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
