// SPDX-License-Identifier: Apache-2.0
// One set of calls over both writers, so that a report is written once, and the walk that writes a
// subtree to either. The walk keeps its place on a stack of its own: a document of any depth that
// was loaded can be written.

#include "doc/write_int.h"

// ---------------------------------------------------------------------------------- the walk

typedef struct place {
    const wr_node *box;
    uint32_t next; // child to write next
} place;

static void put_bound(wr_buf *b, const wr_node *n, const wr_range *r, bool high) {
    char cp[4];
    switch (n->kind) {
    case WR_RANGE_INT: wr_put_i64(b, high ? r->hi.i : r->lo.i); break;
    case WR_RANGE_FLOAT: wr_put_f64_display(b, high ? r->hi.f : r->lo.f); break;
    default: wr_put(b, cp, wr_utf8_put((uint32_t)(high ? r->hi.i : r->lo.i), cp)); break;
    }
}

void wr_put_literal(wr_buf *b, const wr_node *n) {
    if (n->kind == WR_REGEX) {
        const wr_str *pattern = n->u.ext;
        wr_putc(b, '/');
        wr_puts(b, *pattern);
        wr_putc(b, '/');
    } else if (n->kind == WR_CHAR) {
        char cp[4];
        wr_put(b, cp, wr_utf8_put((uint32_t)n->u.i, cp));
    } else {
        const wr_range *r = n->u.ext;
        wr_putc(b, r->lo_in ? '[' : '(');
        put_bound(b, n, r, false);
        wr_putc(b, ',');
        put_bound(b, n, r, true);
        wr_putc(b, r->hi_in ? ']' : ')');
    }
}

static void walk_literal(wr_out *o, const wr_node *n) {
    wr_buf text;
    wr_buf_init(&text, 0);
    wr_put_literal(&text, n);
    if (text.rc != WR_OK) wr_buf_fail(o->buf, text.rc);
    else o->str(o, wr_buf_str(&text));
    wr_buf_fini(&text);
}

static void walk_one(wr_out *o, const wr_node *n) {
    switch ((wr_kind)n->kind) {
    case WR_NULL: o->null(o); break;
    case WR_BOOL: o->boolean(o, n->u.b); break;
    case WR_INT: o->i64(o, n->u.i); break;
    case WR_FLOAT: o->f64(o, n->u.f); break;
    case WR_STR: o->str(o, wr_node_str(n)); break;
    case WR_LIST: o->list(o, n->n == 0); break;
    case WR_MAP: o->map(o, n->n == 0); break;
    default: walk_literal(o, n); break;
    }
}

static uint32_t live_kids(const wr_node *n) {
    return n->kind == WR_LIST ? n->n : n->kind == WR_MAP ? 2 * n->n : 0;
}

void wr_out_walk(wr_out *o, const wr_node *n) {
    wr_buf open; // place each
    wr_buf_init(&open, 0);
    for (;;) {
        walk_one(o, n);
        if (live_kids(n) > 0) {
            place p = {n, 0};
            wr_put(&open, (const char *)&p, sizeof p);
        }
        place *top = NULL;
        while (open.n > 0 && open.rc == WR_OK && o->buf->rc == WR_OK) {
            top = (place *)(void *)(open.p + open.n - sizeof *top); // malloc'd: aligned
            if (top->next < live_kids(top->box)) break;
            open.n -= sizeof *top;
            o->end(o);
            top = NULL;
        }
        if (top == NULL || open.rc != WR_OK || o->buf->rc != WR_OK) break;
        n = top->box->u.kids + top->next++;
    }
    if (open.rc != WR_OK) wr_buf_fail(o->buf, open.rc);
    wr_buf_fini(&open);
}

// ---------------------------------------------------------------------------------- JSON

static void json_map(wr_out *o, bool empty) { json_out_open(o->impl, true, empty); }
static void json_list(wr_out *o, bool empty) { json_out_open(o->impl, false, empty); }
static void json_end(wr_out *o) { json_out_end(o->impl); }
static void json_str(wr_out *o, wr_str s) { json_out_str(o->impl, s); }
static void json_i64(wr_out *o, int64_t v) { json_out_i64(o->impl, v); }
static void json_boolean(wr_out *o, bool v) { json_out_text(o->impl, v ? "true" : "false"); }
static void json_null(wr_out *o) { json_out_text(o->impl, "null"); }

static void json_f64(wr_out *o, double v) {
    json_out *j = o->impl;
    json_out_f64(j, v);
    if (j->rc != WR_OK) o->rc = j->rc;
}

void json_out_calls(wr_out *o, json_out *j) {
    *o = (wr_out){.map = json_map,
                  .list = json_list,
                  .end = json_end,
                  .str = json_str,
                  .i64 = json_i64,
                  .f64 = json_f64,
                  .boolean = json_boolean,
                  .null = json_null,
                  .node = wr_out_walk,
                  .buf = j->b,
                  .impl = j};
}

static void json_free(json_out *j) {
    wr_arena a = j->arena;
    wr_arena_fini(&a);
}

static wr_rc make_json(wr_out *o, wr_buf *b, int indent) {
    wr_arena a;
    wr_arena_init(&a, 0);
    json_out *j = WR_NEW(&a, json_out);
    if (j == NULL) {
        *o = (wr_out){.rc = WR_NOMEM};
        return WR_NOMEM;
    }
    json_out_init(j, b, indent);
    j->arena = a;
    json_out_calls(o, j);
    return WR_OK;
}

wr_rc wr_out_json(wr_out *o, wr_buf *b) { return make_json(o, b, 0); }
wr_rc wr_out_json_line(wr_out *o, wr_buf *b) { return make_json(o, b, -1); }

// ---------------------------------------------------------------------------------- YAML

static void yaml_map(wr_out *o, bool empty) { wr_yaml_map(o->impl, empty); }
static void yaml_list(wr_out *o, bool empty) { wr_yaml_list(o->impl, empty); }
static void yaml_end(wr_out *o) { wr_yaml_end(o->impl); }
static void yaml_str(wr_out *o, wr_str s) { wr_yaml_str(o->impl, s); }
static void yaml_i64(wr_out *o, int64_t v) { wr_yaml_i64(o->impl, v); }
static void yaml_f64(wr_out *o, double v) { wr_yaml_f64(o->impl, v); }
static void yaml_boolean(wr_out *o, bool v) { wr_yaml_bool(o->impl, v); }
static void yaml_null(wr_out *o) { wr_yaml_null(o->impl); }

static void yaml_calls(wr_out *o, wr_yaml_out *y, wr_buf *b) {
    *o = (wr_out){.map = yaml_map,
                  .list = yaml_list,
                  .end = yaml_end,
                  .str = yaml_str,
                  .i64 = yaml_i64,
                  .f64 = yaml_f64,
                  .boolean = yaml_boolean,
                  .null = yaml_null,
                  .node = wr_out_walk,
                  .buf = b,
                  .impl = y};
}

wr_rc wr_out_yaml(wr_out *o, wr_buf *b) {
    wr_yaml_out *y = wr_yaml_out_new(b);
    if (y == NULL) {
        *o = (wr_out){.rc = WR_NOMEM};
        return WR_NOMEM;
    }
    yaml_calls(o, y, b);
    return WR_OK;
}

void wr_yaml_node(wr_yaml_out *y, const wr_node *n) {
    wr_out o;
    yaml_calls(&o, y, wr_yaml_buf(y));
    wr_out_walk(&o, n);
}

void wr_out_padded_plain(wr_out *o) {
    if (o->impl != NULL && o->map != json_map) wr_yaml_padded_plain(o->impl);
}

void wr_out_fini(wr_out *o) {
    if (o->impl == NULL) return;
    if (o->map == json_map) json_free(o->impl);
    else wr_yaml_out_free(o->impl);
    o->impl = NULL;
}

// ---------------------------------------------------------------------------------- entries

void wr_out_key(wr_out *o, const char *key) { o->str(o, wr_strz(key)); }

void wr_out_put(wr_out *o, const char *key, wr_str v) {
    wr_out_key(o, key);
    o->str(o, v);
}

void wr_out_open(wr_out *o, const char *key) {
    wr_out_key(o, key);
    o->map(o, false);
}

bool wr_out_open_list(wr_out *o, const char *key, uint32_t n) {
    wr_out_key(o, key);
    o->list(o, n == 0);
    return n > 0;
}

void wr_out_some(wr_out *o, const char *key, wr_str v) {
    if (v.n) wr_out_put(o, key, v);
}

void wr_out_num(wr_out *o, const char *key, uint64_t n) {
    wr_out_key(o, key);
    o->i64(o, n > INT64_MAX ? INT64_MAX : (int64_t)n);
}

void wr_out_int(wr_out *o, const char *key, int64_t n) {
    wr_out_key(o, key);
    o->i64(o, n);
}

void wr_out_flag(wr_out *o, const char *key, bool v) {
    wr_out_key(o, key);
    o->boolean(o, v);
}

void wr_out_list(wr_out *o, const char *key, const wr_str *v, uint32_t n) {
    if (!wr_out_open_list(o, key, n)) return;
    for (uint32_t i = 0; i < n; i++) o->str(o, v[i]);
    o->end(o);
}

// A text that a call of wr_buf makes.
static void put_made(wr_out *o, const char *key, wr_buf *b) {
    if (b->rc != WR_OK) wr_buf_fail(o->buf, b->rc);
    else wr_out_put(o, key, wr_buf_str(b));
    wr_buf_fini(b);
}

void wr_out_digest(wr_out *o, const char *key, const uint8_t sum[32]) {
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_put_hex(&b, sum, 32);
    put_made(o, key, &b);
}

void wr_out_time(wr_out *o, const char *key, int64_t t) {
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_put_time(&b, t);
    put_made(o, key, &b);
}
