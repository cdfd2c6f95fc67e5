// SPDX-License-Identifier: Apache-2.0
// The JSON reader: what it takes, with spans and lexemes; what it refuses, where, with which words
// (D0001, D0002, D0007, D0010) and under which limits (D0004, D0005).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "doc/doc.h"

// Reads an exact copy, so that a read past the end is seen.
typedef struct reading {
    wr_ctx c;
    wr_doc *d;
    wr_rc rc;
    char *copy;
} reading;

static void begin(reading *r, wr_str text, const wr_limits *limits) {
    wr_ctx_init(&r->c, limits);
    r->copy = malloc(text.n ? text.n : 1);
    assert_non_null(r->copy);
    memcpy(r->copy, text.p, text.n);
    const wr_src *src = wr_src_new(&r->c.arena, WR_S("t.json"), wr_strn(r->copy, text.n), false);
    const wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    r->rc = wr_json_read(&r->c, src, &how, &r->d);
    assert_true((r->rc == WR_OK) == (r->d != NULL));
}

static void end(reading *r) {
    wr_ctx_fini(&r->c);
    free(r->copy);
}

static void values(void **state) {
    (void)state;
    reading r;
    begin(&r,
          WR_S("\xEF\xBB\xBF { \"a\" : [1, -2.50, true, false, null],\n\t\"b\": \"x\\ny\", "
               "\"c\": {}}\r\n "),
          NULL);
    assert_int_equal(r.rc, WR_OK);
    const wr_node *root = r.d->root, *a = wr_map_getz(r.d, root, "a");
    assert_true(root->kind == WR_MAP && root->n == 3 && r.d->format == WR_JSON);
    assert_true(a->kind == WR_LIST && a->n == 5);
    assert_true(a->u.kids[0].kind == WR_INT && a->u.kids[0].u.i == 1);
    assert_true(a->u.kids[1].kind == WR_FLOAT && a->u.kids[1].u.f == -2.5);
    wr_span at = a->u.kids[1].span;
    assert_true(wr_eq(wr_sub(r.d->srcs[0]->text, at.beg, at.end), WR_S("-2.50")));
    assert_true(a->u.kids[2].u.b && !a->u.kids[3].u.b && a->u.kids[4].kind == WR_NULL);
    const wr_node *b = wr_map_getz(r.d, root, "b");
    assert_true(wr_eq(wr_node_str(b), WR_S("x\ny")) && (b->flags & WR_F_QUOTED));
    assert_true(wr_eq(wr_sub(r.d->srcs[0]->text, b->span.beg, b->span.end), WR_S("\"x\\ny\"")));
    const wr_node *key = wr_map_key(root, 1);
    assert_true(wr_eq(wr_node_str(key), WR_S("b")) && key->n == 1);
    assert_int_equal(wr_node_pos(r.d, key).line, 2);
    assert_int_equal(wr_node_pos(r.d, key).col, 2);
    assert_int_equal(wr_node_pos(r.d, root).col, 2);
    assert_true(wr_map_getz(r.d, root, "c")->n == 0);
    end(&r);
}

static void escapes(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
        {"\"\\u0041\\u00e9\\u4E2d\"", "A\xC3\xA9\xE4\xB8\xAD"},
        {"\"\\ud83d\\ude00!\"", "\xF0\x9F\x98\x80!"},
        {"\"\\uDBFF\\uDFFF\"", "\xF4\x8F\xBF\xBF"},
        {"\"a\\u0020long text before \\\" and behind\"", "a long text before \" and behind"},
        {"\"\x7F\xC3\xA9\xF0\x9F\x98\x80\"", "\x7F\xC3\xA9\xF0\x9F\x98\x80"},
    };
    reading r;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(&r, wr_strz(rows[i][0]), NULL);
        assert_int_equal(r.rc, WR_OK);
        assert_true(wr_eq(wr_node_str(r.d->root), wr_strz(rows[i][1])));
        end(&r);
    }
    begin(&r, WR_S("{\"k\\u0065y\": \"\\u0000\"}"), NULL);
    assert_true(wr_eq(wr_node_str(wr_map_getz(r.d, r.d->root, "key")), wr_strn("", 1)));
    end(&r);
}

// Strings of all lengths around a block, with each kind of byte that matters at each place.
static void check_string(size_t n, size_t at, wr_str put, wr_code code) {
    char text[160] = "[\"";
    reading r;
    memset(text + 2, 'a', n);
    memcpy(text + 2 + at, put.p, put.n);
    memcpy(text + 2 + n, "\"]", 2);
    for (size_t tail = 0; tail < 40; tail += 13) { // what follows may be less than a block
        memset(text + 4 + n, ' ', tail);
        begin(&r, wr_strn(text, 4 + n + tail), NULL);
        if (code == WR_D_COUNT) {
            assert_int_equal(r.rc, WR_OK);
            const wr_node *s = r.d->root->u.kids;
            size_t less = put.p[0] == '\\';
            assert_true(r.d->root->n == 1 && s->n == n - less);
            assert_int_equal(s->u.s[at], put.p[less]);
            assert_true(s->span.beg == 1 && s->span.end == 3 + n);
        } else {
            assert_int_equal(r.rc, WR_BAD);
            assert_int_equal(r.c.diags->code, code);
        }
        end(&r);
    }
}

static void strings(void **state) {
    (void)state;
    for (size_t n = 2; n < 70; n++) {
        for (size_t at = 0; at + 1 < n; at++) {
            check_string(n, at, WR_S("b"), WR_D_COUNT);
            check_string(n, at, WR_S("\\\""), WR_D_COUNT);
            check_string(n, at, WR_S("\xC3\xA4"), WR_D_COUNT);
            check_string(n, at, WR_S("\xC3"), WR_D_D0001);
            check_string(n, at, WR_S("\x1F"), WR_D_D0002);
            check_string(n, at, WR_S("\""), WR_D_D0002);
        }
    }
}

// More nodes than a text of its length mostly has.
static void dense(void **state) {
    (void)state;
    enum { MOST = 70000 };
    char *text = malloc(2 * MOST + 2);
    assert_non_null(text);
    reading r;
    for (uint32_t n = 1; n <= MOST; n = n * 3 + 1) {
        for (uint32_t i = 0; i < n; i++) memcpy(text + 2 * (size_t)i, i ? ",1" : "[1", 2);
        text[2 * (size_t)n] = ']';
        begin(&r, wr_strn(text, 2 * (size_t)n + 1), NULL);
        assert_int_equal(r.rc, WR_OK);
        assert_true(r.d->root->n == n && r.d->n_nodes == n + 1);
        for (uint32_t i = 0; i < n; i++) {
            const wr_node *k = &r.d->root->u.kids[i];
            assert_true(k->kind == WR_INT && k->u.i == 1 && k->span.beg == 1 + 2 * i);
            assert_ptr_equal(wr_parent(r.d, k), r.d->root);
        }
        end(&r);
    }
    free(text);
}

// Ancestors that are searched are those that are kept.
static void lean(void **state) {
    (void)state;
    static const char text[] =
        "{\"a\":[1,[],{},[2,{\"x\":{\"y\":[3]}}]],\"d\":1,\"b\":{\"0\":0,\"1\":1,\"2\":[2],\"3\":3,"
        "\"4\":4,\"5\":5,\"6\":6,\"7\":7,\"8\":8,\"9\":9,\"A\":{\"k\":[]},\"B\":11,\"C\":12},"
        "\"d\":[{\"k\":1,\"k\":[2]}]}";
    reading r;
    begin(&r, WR_S(text), NULL);
    assert_int_equal(r.rc, WR_OK);
    const wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true, .lean = true};
    wr_doc *d;
    assert_int_equal(wr_json_read(&r.c, r.d->srcs[0], &how, &d), WR_OK);
    assert_true(d->parent == NULL && d->n_nodes == r.d->n_nodes);
    for (uint32_t i = 0; i < d->n_nodes; i++) {
        const wr_node *a = wr_parent(d, &d->nodes[i]), *b = wr_parent(r.d, &r.d->nodes[i]);
        assert_true((a == NULL) == (b == NULL));
        if (a) assert_int_equal(a - d->nodes, b - r.d->nodes);
        wr_buf x, y;
        wr_buf_init(&x, 0);
        wr_buf_init(&y, 0);
        wr_put_path(&x, d, &d->nodes[i]);
        wr_put_path(&y, r.d, &r.d->nodes[i]);
        assert_true(wr_eq(wr_buf_str(&x), wr_buf_str(&y)));
        wr_buf_fini(&x);
        wr_buf_fini(&y);
    }
    end(&r);
}

static void numbers(void **state) {
    (void)state;
    reading r;
    begin(&r,
          WR_S("[9223372036854775807, -9223372036854775808, 9223372036854775808, 0, -0, 1e2, 0.1,"
               " 0.1000000000000000055, 1e-320, 1E+5, 12345678901234567, 9007199254740993.0]"),
          NULL);
    assert_int_equal(r.rc, WR_OK);
    const wr_node *n = r.d->root->u.kids;
    assert_true(n[0].kind == WR_INT && n[0].u.i == INT64_MAX);
    assert_true(n[1].kind == WR_INT && n[1].u.i == INT64_MIN);
    assert_true(n[2].kind == WR_FLOAT && n[2].u.f == 9223372036854775808.0);
    assert_true((n[2].flags & WR_F_INEXACT) != 0); // written back it is …776000
    assert_true(n[3].u.i == 0 && n[4].kind == WR_INT);
    assert_true(n[5].kind == WR_FLOAT && n[5].u.f == 100 && n[5].flags == 0);
    assert_true(n[6].flags == 0);
    assert_true((n[7].flags & WR_F_INEXACT) && n[7].u.f == 0.1);
    assert_true(n[8].flags == 0 && n[9].u.f == 1e5 && n[10].kind == WR_INT);
    assert_true((n[11].flags & WR_F_INEXACT) != 0);
    end(&r);
}

typedef struct refusal {
    const char *text;
    wr_code code;
    uint32_t beg, end;      // the span
    const char *msg, *hint; // parts of them
} refusal;

static const refusal refused[] = {
    {"", WR_D_D0010, 0, 0, "no value", NULL},
    {" \n ", WR_D_D0010, 3, 3, "no value", NULL},
    {"[1,2,]", WR_D_D0002, 4, 5, "comma before the closing bracket", "remove"},
    {"{\"a\":1,\n}", WR_D_D0002, 6, 7, "comma before the closing bracket", "remove"},
    {"{'a':1}", WR_D_D0002, 1, 2, "expected a key or '}', found '''", "double quotes"},
    {"{a:1}", WR_D_D0002, 1, 2, "found 'a'", "double quotes"},
    {"{\"a\" 1}", WR_D_D0002, 5, 6, "expected ':' after the key, found '1'", NULL},
    {"{\"a\"=1}", WR_D_D0002, 4, 5, "expected ':'", "write ':'"},
    {"[1 2]", WR_D_D0002, 3, 4, "expected ',' or ']', found '2'", "put a comma"},
    {"{\"a\":1 \"b\":2}", WR_D_D0002, 7, 8, "expected ',' or '}'", "put a comma"},
    {"{\"a\":1]", WR_D_D0002, 6, 7, "expected ',' or '}', found ']'", "'{'"},
    {"[1}", WR_D_D0002, 2, 3, "expected ',' or ']', found '}'", "'['"},
    {"[1:2]", WR_D_D0002, 2, 3, "expected ',' or ']'", "colon"},
    {"[1;2]", WR_D_D0002, 2, 3, "expected ',' or ']'", "commas"},
    {"[,1]", WR_D_D0002, 1, 2, "expected a value, found ','", "comma too many"},
    {"{,}", WR_D_D0002, 1, 2, "expected a key", "comma too many"},
    {"{{}:1}", WR_D_D0002, 1, 2, "expected a key", "only a string"},
    {"// x\n{}", WR_D_D0002, 0, 2, "found '//'", "no comments"},
    {"[1, # x\n2]", WR_D_D0002, 4, 5, "found '#'", "no comments"},
    {"[1 /* x */]", WR_D_D0002, 3, 5, "found '/*'", "no comments"},
    {"['a']", WR_D_D0002, 1, 2, "expected a value", "double quotes"},
    {"[True]", WR_D_D0002, 1, 5, "found 'True'", "write true"},
    {"[None]", WR_D_D0002, 1, 5, "found 'None'", "write null"},
    {"[undefined]", WR_D_D0002, 1, 10, "found 'undefined'", "null"},
    {"[NaN]", WR_D_D0002, 1, 4, "found 'NaN'", "no NaN"},
    {"[Infinity]", WR_D_D0002, 1, 9, "found 'Infinity'", "no infinity"},
    {"[-Infinity]", WR_D_D0002, 1, 2, "expected a digit", "no infinity"},
    {"[nulll]", WR_D_D0002, 1, 6, "found 'nulll'", "double quotes"},
    {"[tru", WR_D_D0002, 1, 4, "found 'tru'", "double quotes"},
    {"[01]", WR_D_D0002, 1, 3, "needless zero", "make it a string"},
    {"-", WR_D_D0002, 0, 1, "expected a digit", NULL},
    {"[1.]", WR_D_D0002, 1, 3, "after the point", NULL},
    {"[1e+]", WR_D_D0002, 1, 4, "in the exponent", NULL},
    {"[.5]", WR_D_D0002, 1, 2, "found '.'", "digit before the point"},
    {"[+1]", WR_D_D0002, 1, 2, "found '+'", "no sign"},
    {"[0x10]", WR_D_D0002, 2, 5, "found 'x10'", "put a comma"},
    {"[1e400]", WR_D_D0002, 1, 6, "out of range", "1.8e308"},
    {"[\"a\nb\"]", WR_D_D0002, 1, 4, "not closed on its line", "\\n"},
    {"[\"a\tb\"]", WR_D_D0002, 3, 4, "0x09", "write \\t"},
    {"[\"a\x01\"]", WR_D_D0002, 3, 4, "0x01", "\\u0001"},
    {"\"abc", WR_D_D0002, 0, 4, "not closed", "double quote"},
    {"\"abc\\", WR_D_D0002, 0, 5, "not closed", "double quote"},
    {"\"\\x41\"", WR_D_D0002, 1, 3, "unknown escape", "\\\\"},
    {"\"\\u12g4\"", WR_D_D0002, 1, 3, "four hexadecimal", NULL},
    {"\"\\ud83d\"", WR_D_D0002, 1, 7, "half of a surrogate", "two \\u"},
    {"\"\\ude00\"", WR_D_D0002, 1, 7, "half of a surrogate", "two \\u"},
    {"\"\\ud83d\\u0041\"", WR_D_D0002, 1, 7, "half of a surrogate", "two \\u"},
    {"[\"\xFF\"]", WR_D_D0001, 2, 3, "0xFF", "UTF-8"},
    {"[\"0123456789abcdef\xED\xA0\x80\"]", WR_D_D0001, 18, 19, "0xED", "UTF-8"},
    {"[\xC3]", WR_D_D0002, 1, 2, "found byte 0xC3", "double quotes"},
    {"{} {}", WR_D_D0002, 3, 4, "end of the text", "one document"},
    {"1,", WR_D_D0002, 1, 2, "end of the text", "bracket missing"},
    {"]", WR_D_D0002, 0, 1, "expected a value", "value is missing"},
    {"[", WR_D_D0002, 1, 1, "the text ends here", "'[' of line 1, column 1"},
    {"{\"a\":\n [1", WR_D_D0002, 9, 9, "the text ends here", "'[' of line 2, column 2"},
    {"{\"a\":", WR_D_D0002, 5, 5, "the text ends here", "'{' of line 1, column 1"},
    {"{\"a\"", WR_D_D0002, 4, 4, "expected ':'", "'{' of line 1"},
    {"\xFF\xFE{", WR_D_D0001, 0, 0, "0xFF", "UTF-16"},
};

static void check_refusal(const refusal *x) {
    reading r;
    begin(&r, wr_strz(x->text), NULL);
    assert_int_equal(r.rc, WR_BAD);
    assert_int_equal(r.c.n_errors, 1);
    const wr_diag *d = r.c.diags;
    if (d->code != x->code || d->span.beg != x->beg || d->span.end != x->end ||
        wr_find(d->msg, wr_strz(x->msg), 0) == SIZE_MAX ||
        (x->hint ? wr_find(d->hint, wr_strz(x->hint), 0) == SIZE_MAX : d->hint.n > 0)) {
        print_error("%s: %u..%u '%.*s' '%.*s'\n", x->text, d->span.beg, d->span.end, WR_FMT(d->msg),
                    WR_FMT(d->hint));
        fail();
    }
    end(&r);
}

static void refusals(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) check_refusal(&refused[i]);
}

// Cut anywhere, a document is refused without a read past its end.
static void prefixes(void **state) {
    (void)state;
    wr_str text = WR_S("{\"Resources\":{\"A\":{\"T\":[1.5e3,-2,true,null,"
                       "\"\\u00e9\\ud83d\\ude00\xC3\xA9\"]}}}");
    for (size_t n = 0; n < text.n; n++) {
        reading r;
        begin(&r, wr_strn(text.p, n), NULL);
        assert_int_equal(r.rc, WR_BAD);
        assert_int_equal(r.c.n_errors, 1);
        end(&r);
    }
}

static void repeated_keys(void **state) {
    (void)state;
    reading r;
    begin(&r, WR_S("{\"a\":1,\"b\":2,\n \"a\":3,\"a\":{\"x\":4}}"), NULL);
    assert_int_equal(r.rc, WR_OK);
    assert_int_equal(r.c.n_errors, 0);
    assert_int_equal(r.c.n_diags, 2);
    assert_int_equal(r.c.diags->code, WR_D_D0007);
    assert_int_equal(r.c.diags->span.beg, 15);
    assert_true(wr_find(r.c.diags->hint, WR_S("line 1, column 2"), 0) != SIZE_MAX);
    end(&r);
}

static wr_rc nested(uint32_t depth, const wr_limits *limits, wr_code *code) {
    reading r;
    char *text = malloc(2 * (size_t)depth);
    assert_non_null(text);
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    begin(&r, wr_strn(text, 2 * (size_t)depth), limits);
    free(text);
    if (r.rc != WR_OK) *code = r.c.diags->code;
    assert_true(r.c.n_errors == (r.rc == WR_OK ? 0 : 1));
    wr_rc rc = r.rc;
    end(&r);
    return rc;
}

static void limits(void **state) {
    (void)state;
    wr_code code = WR_D_COUNT;
    wr_limits few = wr_limits_default;
    assert_int_equal(nested(few.depth, NULL, &code), WR_OK);
    assert_int_equal(nested(few.depth + 1, NULL, &code), WR_LIMIT);
    assert_int_equal(code, WR_D_D0004);
    few.nodes = 50;
    assert_int_equal(nested(49, &few, &code), WR_OK);
    assert_int_equal(nested(60, &few, &code), WR_LIMIT);
    assert_int_equal(code, WR_D_D0005);
    few.bytes = 10;
    assert_int_equal(nested(6, &few, &code), WR_LIMIT);
    assert_int_equal(code, WR_D_B0002);
}

static void recognition(void **state) {
    (void)state;
    static const struct {
        const char *name, *text;
        bool json;
    } rows[] = {
        {"a.json", "a: 1", true},
        {"a.jsn", "", true},
        {"a.yaml", "{\"a\":1}", false},
        {"a.yml", "{}", false},
        {"a.template", "{ \"A\"", true},
        {"a.template", "A: 1", false},
        {"", " \n{\"a\":1}", true},
        {"", "{a: 1}", false},
        {"", "[{", true},
        {"", "[a]", false},
        {"", "{}", true},
        {"", "---\n{\"a\":1}", false},
        {"", "", false},
        {"", "{", true},
        {"", "\xEF\xBB\xBF{\"a\"", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_true(wr_looks_json(wr_strz(rows[i].name), wr_strz(rows[i].text)) == rows[i].json);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),   cmocka_unit_test(escapes),     cmocka_unit_test(numbers),
        cmocka_unit_test(refusals), cmocka_unit_test(prefixes),    cmocka_unit_test(repeated_keys),
        cmocka_unit_test(limits),   cmocka_unit_test(recognition), cmocka_unit_test(strings),
        cmocka_unit_test(dense),    cmocka_unit_test(lean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
