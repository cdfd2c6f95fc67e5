// SPDX-License-Identifier: Apache-2.0
// The builder and finished trees: blocks, lookup on both sides of the index, losers, paths, copies,
// limits and exhaustion.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "doc/doc.h"

static wr_node integer(int64_t v) { return (wr_node){.kind = WR_INT, .u.i = v}; }

static void key(wr_build *b, const char *k) { wr_build_key(b, 0, (wr_span){0, 0}, 0, wr_strz(k)); }

typedef struct made {
    wr_ctx c;
    wr_symtab syms;
    wr_build b;
    wr_doc *d;
} made;

static void begin(made *m, const wr_limits *limits) {
    wr_ctx_init(&m->c, limits);
    wr_symtab_init(&m->syms, &m->c.arena, NULL);
    wr_build_init(&m->b, &m->c, &m->syms);
    (void)wr_build_src(&m->b, wr_src_new(&m->c.arena, WR_S("t"), WR_S(""), false));
}

static void path_is(const wr_doc *d, const wr_node *n, const char *want) {
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_put_path(&b, d, n);
    assert_true(wr_eq(wr_buf_str(&b), wr_strz(want)));
    wr_buf_fini(&b);
}

// {"a": [10, {"b": 11}], "c": {}}
static void make_tree(made *m) {
    begin(m, NULL);
    wr_build_open(&m->b, WR_MAP, 0, 0, 1);
    key(&m->b, "a");
    wr_build_open(&m->b, WR_LIST, 0, 0, 2);
    wr_build_scalar(&m->b, integer(10));
    wr_build_open(&m->b, WR_MAP, 0, WR_F_TAGGED, 3);
    key(&m->b, "b");
    wr_build_scalar(&m->b, integer(11));
    wr_build_close(&m->b, 4);
    wr_build_close(&m->b, 5);
    key(&m->b, "c");
    wr_build_open(&m->b, WR_MAP, 0, 0, 6);
    wr_build_close(&m->b, 7);
    wr_build_close(&m->b, 8);
    assert_int_equal(wr_build_end(&m->b, &m->d), WR_OK);
}

static void trees(void **state) {
    (void)state;
    made m;
    make_tree(&m);
    const wr_doc *d = m.d;
    const wr_node *root = d->root, *a = wr_map_getz(d, root, "a"), *in = &a->u.kids[1];
    assert_true(root->span.beg == 1 && root->span.end == 8 && in->flags == WR_F_TAGGED);
    assert_int_equal(wr_map_getz(d, in, "b")->u.i, 11);
    assert_null(wr_map_getz(d, in, "a"));
    assert_null(wr_map_getz(d, in, "never"));
    assert_null(wr_map_getz(d, NULL, "a"));
    assert_null(wr_map_getz(d, a, "a"));
    assert_null(wr_parent(d, root));
    assert_ptr_equal(wr_parent(d, in), a);
    assert_ptr_equal(wr_parent(d, a), root);
    path_is(d, root, "");
    path_is(d, a, "/a");
    path_is(d, in, "/a/1");
    path_is(d, wr_map_getz(d, in, "b"), "/a/1/b");
    path_is(d, wr_map_key(in, 0), "/a/1");
    assert_true(wr_doc_owns(d, in) && !wr_doc_owns(d, &(wr_node){0}));
    assert_int_equal(d->n_nodes, 9);
    assert_string_equal(wr_kind_name(WR_MAP), "map");
    assert_string_equal(wr_kind_name(WR_RANGE_CHAR), "char range");
    wr_ctx_fini(&m.c);
}

// n keys, then the first `again` of them once more.
static void make_map(made *m, uint32_t n, uint32_t again) {
    begin(m, NULL);
    wr_build_open(&m->b, WR_MAP, 0, 0, 0);
    for (uint32_t i = 0; i < n + again; i++) {
        char name[4] = {'k', (char)('0' + i % n / 10), (char)('0' + i % n % 10), 0};
        key(&m->b, name);
        wr_build_scalar(&m->b, integer(i));
    }
    wr_build_close(&m->b, 0);
    assert_int_equal(wr_build_end(&m->b, &m->d), WR_OK);
}

static void check_map(const made *m, uint32_t n, uint32_t again) {
    const wr_node *root = m->d->root;
    assert_int_equal(root->n, n);
    assert_int_equal(wr_map_losers(root), again);
    for (uint32_t i = 0; i < n; i++) {
        char path[] = {'/', 'k', (char)('0' + i / 10), (char)('0' + i % 10), 0};
        const wr_node *v = wr_map_getz(m->d, root, path + 1);
        assert_ptr_equal(v, wr_map_val(root, i));        // in the place of the first
        assert_int_equal(v->u.i, i < again ? n + i : i); // the last value
        path_is(m->d, v, path);
    }
    for (uint32_t i = n; i < n + again; i++) { // losers in order
        assert_true(wr_map_key(root, i)->flags & WR_F_DUP);
        assert_int_equal(wr_map_val(root, i)->u.i, i - n);
    }
    assert_int_equal(m->c.n_diags, 0);
}

// Maps of every size around the border between search and index, keys repeated or not.
static void lookups(void **state) {
    (void)state;
    for (uint32_t n = 0; n < 40; n++) {
        for (uint32_t again = 0; again <= n; again += 1 + n / 3) {
            made m;
            make_map(&m, n, again);
            check_map(&m, n, again);
            wr_ctx_fini(&m.c);
        }
    }
}

static void equal(const wr_node *a, const wr_node *b) {
    wr_buf x, y;
    wr_buf_init(&x, 0);
    wr_buf_init(&y, 0);
    assert_int_equal(wr_put_json(&x, a, -1), WR_OK);
    assert_int_equal(wr_put_json(&y, b, -1), WR_OK);
    assert_true(wr_eq(wr_buf_str(&x), wr_buf_str(&y)));
    wr_buf_fini(&x);
    wr_buf_fini(&y);
}

static void check_copy(const wr_doc *from, const wr_node *n) {
    made m;
    begin(&m, NULL);
    wr_build_open(&m.b, WR_LIST, 0, 0, 0);
    wr_build_copy(&m.b, from, n);
    wr_build_copy(&m.b, from, n);
    wr_build_close(&m.b, 0);
    assert_int_equal(wr_build_end(&m.b, &m.d), WR_OK);
    equal(&m.d->root->u.kids[0], n);
    equal(&m.d->root->u.kids[1], n);
    const wr_node *copy = &m.d->root->u.kids[1];
    assert_true(copy->span.beg == n->span.beg && copy->span.end == n->span.end);
    assert_ptr_equal(m.d->srcs[copy->src], from->srcs[n->src]);
    wr_ctx_fini(&m.c);
}

static void copies(void **state) {
    (void)state;
    wr_ctx c;
    wr_doc *from;
    wr_ctx_init(&c, NULL);
    const wr_src *src = wr_src_new(
        &c.arena, WR_S("from"),
        WR_S("{\"a\":[[],[1,[\"x\",{}]],{\"b\":{\"c\":null,\"d\":[true]}}],\"a2\":0,\"a2\":1}"),
        false);
    assert_int_equal(wr_json_read(&c, src, &(wr_load){.is_json = true}, &from), WR_OK);
    for (uint32_t i = 0; i < from->n_nodes; i++) {
        const wr_node *n = &from->nodes[i];
        if (n == from->root || !(n->flags & (WR_F_KEY | WR_F_INDEXED))) check_copy(from, n);
    }
    wr_ctx_fini(&c);
}

static wr_rc many(made *m, const wr_limits *limits, uint32_t n) {
    begin(m, limits);
    wr_build_open(&m->b, WR_LIST, 0, 0, 0);
    for (uint32_t i = 0; i < n; i++) {
        wr_build_open(&m->b, WR_MAP, 0, 0, 0);
        key(&m->b, "k");
        wr_build_scalar(&m->b, integer(i));
        wr_build_close(&m->b, 0);
    }
    wr_build_close(&m->b, 0);
    return wr_build_end(&m->b, &m->d);
}

static void limits(void **state) {
    (void)state;
    made m;
    wr_limits few = wr_limits_default;
    few.nodes = 1000;
    assert_int_equal(many(&m, &few, 333), WR_OK);
    wr_ctx_fini(&m.c);
    assert_int_equal(many(&m, &few, 5000), WR_LIMIT);
    assert_true(m.d == NULL && m.c.n_errors == 1 && m.c.diags->code == WR_D_D0005);
    wr_ctx_fini(&m.c);
}

static void exhaustion(void **state) {
    (void)state;
    for (size_t cap = 1000; cap < 60000; cap += 1500) { // runs out at ever later places
        made m;
        begin(&m, NULL);
        m.c.arena.cap = m.c.arena.used + cap;
        m.c.arena.end = m.c.arena.cur; // forget the room that was there before the cap
        wr_build_open(&m.b, WR_MAP, 0, 0, 0);
        for (int i = 0; i < 500; i++) {
            char name[4] = {'k', (char)('a' + i % 26), (char)('a' + i / 26), 0};
            key(&m.b, name);
            wr_build_scalar(&m.b, integer(i));
        }
        wr_build_close(&m.b, 0);
        wr_rc rc = wr_build_end(&m.b, &m.d);
        assert_true(rc == WR_NOMEM || (rc == WR_OK && m.d != NULL));
        wr_ctx_fini(&m.c);
    }
}

static void kinds(void **state) {
    (void)state;
    static const struct {
        const char *text;
        wr_doc_kind kind;
    } rows[] = {{"{\"Resources\":{}}", WR_DOC_CFN},
                {"{\"Resources\":[]}", WR_DOC_OTHER},
                {"{\"resource_changes\":[]}", WR_DOC_TF_PLAN},
                {"{\"resource_changes\":{}}", WR_DOC_OTHER},
                {"[]", WR_DOC_OTHER},
                {"5", WR_DOC_OTHER}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        wr_ctx c;
        wr_doc *d;
        wr_ctx_init(&c, NULL);
        const wr_src *src = wr_src_new(&c.arena, WR_S("t"), wr_strz(rows[i].text), false);
        assert_int_equal(wr_json_read(&c, src, &(wr_load){.is_json = true}, &d), WR_OK);
        assert_int_equal(d->kind, rows[i].kind);
        wr_ctx_fini(&c);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trees),  cmocka_unit_test(lookups),    cmocka_unit_test(copies),
        cmocka_unit_test(limits), cmocka_unit_test(exhaustion), cmocka_unit_test(kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
