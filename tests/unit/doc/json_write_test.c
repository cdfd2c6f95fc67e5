// SPDX-License-Identifier: Apache-2.0
// JSON out and the calls over both writers: layout, escapes, deep trees, full buffers, numbers that
// JSON does not have.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "doc/doc.h"

static wr_doc *read_json(wr_ctx *c, wr_str text) {
    wr_doc *d;
    const wr_src *src = wr_src_new(&c->arena, WR_S("t"), text, false);
    assert_int_equal(wr_json_read(c, src, &(wr_load){.is_json = true}, &d), WR_OK);
    return d;
}

static void layout(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int indent;
        const char *want;
    } rows[] = {
        {" { \"a\" : [ 1 , { } , [ ] ] , \"b\" : \"x\" } ", -1, "{\"a\":[1,{},[]],\"b\":\"x\"}"},
        {"{\"a\":[1,{},[[]]],\"b\":{\"c\":1.50}}", 0,
         "{\n  \"a\": [\n    1,\n    {},\n    [\n      []\n    ]\n  ],\n  \"b\": {\n"
         "    \"c\": 1.5\n  }\n}"},
        {"[1]", 2, "[\n      1\n    ]"},
        {"[]", 3, "[]"},
        {"\"\"", 0, "\"\""},
        {"[1e2,-0.0,0.1,1e-7,1e16,null,true,false]", -1,
         "[100.0,-0.0,0.1,1e-7,1e16,null,true,false]"},
        {"{\"a\":1,\"a\":2}", -1, "{\"a\":2}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        wr_ctx c;
        wr_buf b;
        wr_ctx_init(&c, NULL);
        wr_buf_init(&b, 0);
        const wr_doc *d = read_json(&c, wr_strz(rows[i].text));
        assert_int_equal(wr_put_json(&b, d->root, rows[i].indent), WR_OK);
        wr_putc(&b, 0);
        assert_string_equal(b.p, rows[i].want);
        wr_buf_fini(&b);
        wr_ctx_fini(&c);
    }
}

static void escapes(void **state) {
    (void)state;
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_put_json_str(&b,
                    WR_S("\"\\/\b\f\n\r\t\x01\x1F\x7F\xC3\xA9\xF0\x9F\x98\x80<>&'\xE2\x80\xA8"));
    wr_put_json_str(&b, (wr_str){NULL, 0});
    wr_put_json_str(&b, wr_strn("a\0b", 3));
    wr_putc(&b, 0);
    assert_string_equal(b.p,
                        "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7F\xC3\xA9\xF0\x9F\x98\x80<>&'"
                        "\xE2\x80\xA8\"\"\"\"a\\u0000b\"");
    wr_buf_fini(&b);
}

static void not_finite(void **state) {
    (void)state;
    wr_buf b;
    wr_out o;
    wr_node bad = {.kind = WR_FLOAT, .u.f = 1.0 / 0.0};
    wr_buf_init(&b, 0);
    assert_int_equal(wr_put_json(&b, &bad, -1), WR_BAD);
    assert_int_equal(wr_out_json(&o, &b), WR_OK);
    o.list(&o, false);
    o.f64(&o, 0.0 / 0.0);
    o.i64(&o, 1);
    assert_int_equal(o.rc, WR_BAD);
    o.end(&o);
    wr_out_fini(&o);
    wr_out_fini(&o); // twice is fine
    wr_buf_fini(&b);
}

// The same report through both sets of calls.
static void report(wr_out *o) {
    wr_node n = {.kind = WR_STR, .n = 1, .u.s = "v"};
    o->map(o, false);
    o->str(o, WR_S("s"));
    o->str(o, WR_S("x: y"));
    o->str(o, WR_S("l"));
    o->list(o, false);
    o->i64(o, -5);
    o->f64(o, 0.5);
    o->boolean(o, true);
    o->null(o);
    o->map(o, true);
    o->list(o, true);
    o->node(o, &n);
    o->end(o);
    o->end(o);
}

static void both(void **state) {
    (void)state;
    wr_buf b;
    wr_out o;
    wr_buf_init(&b, 0);
    assert_int_equal(wr_out_json(&o, &b), WR_OK);
    report(&o);
    assert_int_equal(o.rc, WR_OK);
    wr_out_fini(&o);
    wr_putc(&b, 0);
    assert_string_equal(b.p, "{\n  \"s\": \"x: y\",\n  \"l\": [\n    -5,\n    0.5,\n    true,\n"
                             "    null,\n    {},\n    [],\n    \"v\"\n  ]\n}");
    b.n = 0;
    assert_int_equal(wr_out_yaml(&o, &b), WR_OK);
    report(&o);
    wr_out_fini(&o);
    wr_putc(&b, 0);
    assert_string_equal(b.p, "s: 'x: y'\nl:\n- -5\n- 0.5\n- true\n- null\n- {}\n- []\n- v\n");
    wr_buf_fini(&b);
}

static int nowhere(void *arg, const char *p, size_t n) {
    (void)p;
    *(size_t *)arg += n;
    return 0;
}

// As deep as may be loaded: neither writer recurses.
static void deep(void **state) {
    (void)state;
    uint32_t depth = wr_limits_default.depth;
    char *text = malloc(2 * (size_t)depth);
    assert_non_null(text);
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    wr_ctx c;
    wr_buf b;
    wr_out o;
    size_t n = 0;
    wr_ctx_init(&c, NULL);
    const wr_doc *d = read_json(&c, wr_strn(text, 2 * (size_t)depth));
    wr_buf_init(&b, 0);
    assert_int_equal(wr_put_json(&b, d->root, -1), WR_OK);
    assert_true(wr_eq(wr_buf_str(&b), wr_strn(text, 2 * (size_t)depth)));
    b.n = 0;
    const wr_node *leaf = d->root;
    while (leaf->n) leaf = leaf->u.kids;
    wr_put_path(&b, d, leaf);
    assert_int_equal(b.n, 2 * (depth - 1));
    wr_buf_fini(&b);
    wr_buf_init_sink(&b, nowhere, &n);
    assert_int_equal(wr_out_yaml(&o, &b), WR_OK);
    o.node(&o, d->root);
    wr_out_fini(&o);
    assert_int_equal(wr_buf_flush(&b), WR_OK);
    assert_int_equal(n, 2 * (depth - 1) + 3); // "- - … []\n"
    wr_buf_fini(&b);
    wr_ctx_fini(&c);
    free(text);
}

static void full_buffers(void **state) {
    (void)state;
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    const wr_doc *d = read_json(&c, WR_S("{\"a\":[1,2,{\"b\":\"text\"}],\"c\":\"x\\ny\"}"));
    wr_buf b;
    wr_buf_init(&b, 0);
    assert_int_equal(wr_put_json(&b, d->root, -1), WR_OK);
    const size_t whole = b.n;
    wr_buf_fini(&b);
    for (size_t max = 1; max < 60; max++) {
        wr_out o;
        wr_buf_init(&b, max);
        wr_rc rc = wr_put_json(&b, d->root, -1);
        assert_true(rc == (max >= whole ? WR_OK : WR_NOMEM) && b.n <= max);
        wr_buf_fini(&b);
        wr_buf_init(&b, max);
        assert_int_equal(wr_out_yaml(&o, &b), WR_OK);
        o.node(&o, d->root);
        assert_true(b.n <= max);
        wr_out_fini(&o);
        wr_buf_fini(&b);
    }
    wr_ctx_fini(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layout), cmocka_unit_test(escapes), cmocka_unit_test(not_finite),
        cmocka_unit_test(both),   cmocka_unit_test(deep),    cmocka_unit_test(full_buffers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
