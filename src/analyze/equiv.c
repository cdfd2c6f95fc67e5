// SPDX-License-Identifier: Apache-2.0
// equiv: names that count as equal between two accounts. A dictionary says which texts stand for
// one key; applying it puts the key in the place of each, on the side the text is for.
// Invariants: a text is read once from left to right, the longest value that fits wins, and what
// was put in is not read again; a value fits only between characters that are no letter or digit
// (or at the ends), so that "prod" is not found in "product-reader". Bytes beyond ASCII count as
// letters: where in doubt nothing is made equal.
// File format: that of iamctl's equivalency_list.json, and {"key": {"a": …, "b": …}} beside it.

#include "analyze/analyze.h"

typedef struct pair { // one value and the key it stands for
    wr_str value;
    uint32_t key;
    unsigned sides;
    bool hit[WR_DRIFT_SIDES]; // was found on that side
    uint32_t next;            // next value with the same first byte, longer ones first; or NONE
} pair;

enum { NONE = UINT32_MAX };

struct wr_equiv {
    wr_ctx *ctx;
    WR_VEC(wr_str) keys;
    WR_VEC(pair) pairs;
    uint32_t first[256];
    bool marked; // keys are put in between bytes that no name and no policy has
};

wr_equiv *wr_equiv_new(wr_ctx *c) {
    wr_equiv *e = WR_NEW(&c->arena, wr_equiv);
    if (e == NULL) return NULL;
    e->ctx = c;
    for (size_t i = 0; i < sizeof e->first / sizeof *e->first; i++) e->first[i] = NONE;
    return e;
}

void wr_equiv_mark(wr_equiv *e) { e->marked = true; }

static uint32_t key_index(wr_equiv *e, wr_str key) {
    for (uint32_t i = e->keys.n; i > 0; i--)
        if (wr_eq(e->keys.v[i - 1], key)) return i - 1;
    if (!WR_PUSH(&e->ctx->arena, &e->keys, key)) return NONE;
    return e->keys.n - 1;
}

static bool wild(wr_str s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '*' || s.p[i] == '?' || s.p[i] == '$' || s.p[i] == '{' || s.p[i] == '}')
            return true;
    return false;
}

bool wr_equiv_add(wr_equiv *e, wr_str key, wr_str value, unsigned sides) {
    if (key.n == 0 || value.n == 0 || wild(key) || wild(value)) return false;
    pair p = {.value = value, .key = key_index(e, key), .sides = sides, .next = NONE};
    if (p.key == NONE) return false;
    uint32_t *at = &e->first[(unsigned char)value.p[0]];
    while (*at != NONE && e->pairs.v[*at].value.n >= value.n) {
        pair *q = &e->pairs.v[*at];
        if (wr_eq(q->value, value) && (q->sides & sides)) return q->key == p.key;
        at = &q->next;
    }
    p.next = *at;
    *at = e->pairs.n; // before the array may move
    return WR_PUSH(&e->ctx->arena, &e->pairs, p);
}

// ---------------------------------------------------------------------------------- applying

static bool alnum(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           ((unsigned char)c & 0x80);
}

static bool bounded(wr_str s, size_t i, size_t n) {
    bool before = i == 0 || !alnum(s.p[i]) || !alnum(s.p[i - 1]);
    bool after = i + n == s.n || !alnum(s.p[i + n - 1]) || !alnum(s.p[i + n]);
    return before && after;
}

static pair *fits(const wr_equiv *e, wr_str s, size_t i, wr_drift_side side) {
    uint32_t at = e->first[(unsigned char)s.p[i]];
    for (; at != NONE; at = e->pairs.v[at].next) {
        pair *p = &e->pairs.v[at];
        if (!(p->sides & (1u << side)) || p->value.n > s.n - i) continue;
        if (memcmp(p->value.p, s.p + i, p->value.n) == 0 && bounded(s, i, p->value.n)) return p;
    }
    return NULL;
}

wr_str wr_equiv_apply(wr_equiv *e, wr_arena *a, wr_str s, wr_drift_side side) {
    wr_buf b;
    size_t from = 0;
    if (e == NULL || e->pairs.n == 0) return s;
    wr_buf_init(&b, 0);
    for (size_t i = 0; i < s.n;) {
        pair *p = fits(e, s, i, side);
        if (p == NULL) {
            i++;
            continue;
        }
        p->hit[side] = true;
        wr_put(&b, s.p + from, i - from);
        if (e->marked) wr_putc(&b, 1);
        wr_puts(&b, e->keys.v[p->key]);
        if (e->marked) wr_putc(&b, 2);
        from = i += p->value.n;
    }
    if (from == 0) {
        wr_buf_fini(&b);
        return s;
    }
    wr_put(&b, s.p + from, s.n - from);
    return wr_buf_keep(&b, a);
}

// Every occurrence, anywhere, one value after the other in the order of the file.
wr_str wr_equiv_apply_plain(const wr_equiv *e, wr_arena *a, wr_str s) {
    for (uint32_t i = 0; e && i < e->pairs.n; i++) {
        const pair *p = &e->pairs.v[i];
        size_t at = wr_find(s, p->value, 0), from = 0;
        wr_buf b;
        if (at == SIZE_MAX) continue;
        wr_buf_init(&b, 0);
        for (; at != SIZE_MAX; at = wr_find(s, p->value, from)) {
            wr_put(&b, s.p + from, at - from);
            wr_puts(&b, e->keys.v[p->key]);
            from = at + p->value.n;
        }
        wr_put(&b, s.p + from, s.n - from);
        s = wr_buf_keep(&b, a);
    }
    return s;
}

uint32_t wr_equiv_blurred(const wr_equiv *e, wr_drift_side side, uint32_t from, wr_str *key,
                          wr_str *x, wr_str *y) {
    for (uint32_t i = from; e && i < e->pairs.n; i++) {
        const pair *p = &e->pairs.v[i];
        for (uint32_t k = 0; p->hit[side] && k < i; k++) {
            const pair *q = &e->pairs.v[k];
            if (q->key != p->key || !q->hit[side] || wr_eq(q->value, p->value)) continue;
            *key = e->keys.v[p->key];
            *x = q->value;
            *y = p->value;
            return i + 1;
        }
    }
    return 0;
}

// ---------------------------------------------------------------------------------- reading

typedef struct reader {
    wr_equiv *e;
    const wr_doc *doc;
    bool bad;
} reader;

static void fault(reader *r, const wr_node *n, const char *what, wr_str text) {
    const wr_src *src = r->doc->n_srcs ? r->doc->srcs[n->src] : NULL;
    (void)wr_report(r->e->ctx, WR_D_A0301, WR_ERROR, src, n->span, "%s '%.*s'", what,
                    WR_FMT(wr_utf8_cut(text, 80)));
    r->bad = true;
}

static void add_value(reader *r, wr_str key, const wr_node *v, unsigned sides) {
    if (v->kind != WR_STR || v->n == 0) {
        fault(r, v, "a value must be a text of at least one character, under key", key);
        return;
    }
    if (!wr_equiv_add(r->e, key, wr_node_str(v), sides))
        fault(r, v, "a value stands under two keys, or holds one of * ? $ { }:", wr_node_str(v));
}

static void add_values(reader *r, wr_str key, const wr_node *v, unsigned sides) {
    if (v->kind != WR_LIST) {
        add_value(r, key, v, sides);
        return;
    }
    for (uint32_t i = 0; i < v->n; i++) add_value(r, key, &v->u.kids[i], sides);
}

static void add_entry(reader *r, const wr_node *k, const wr_node *v) {
    wr_str key = wr_node_str(k);
    if (key.n == 0 || wild(key)) {
        fault(r, k, "a key must be a text without * ? $ { }, not", key);
        return;
    }
    if (v->kind == WR_LIST) {
        add_values(r, key, v, WR_DRIFT_BOTH);
        return;
    }
    if (v->kind != WR_MAP) {
        fault(r, v, "a list of texts, or {\"a\": ..., \"b\": ...}, is wanted under key", key);
        return;
    }
    for (uint32_t i = 0; i < v->n; i++) {
        wr_str side = wr_node_str(wr_map_key(v, i));
        if (wr_eq(side, WR_S("a"))) add_values(r, key, wr_map_val(v, i), 1u << WR_DRIFT_A);
        else if (wr_eq(side, WR_S("b"))) add_values(r, key, wr_map_val(v, i), 1u << WR_DRIFT_B);
        else fault(r, wr_map_key(v, i), "a side is a or b, not", side);
    }
}

wr_rc wr_equiv_load(wr_ctx *c, const wr_doc *doc, wr_equiv **out) {
    reader r = {.e = wr_equiv_new(c), .doc = doc};
    *out = r.e;
    if (r.e == NULL) return WR_NOMEM;
    const wr_node *root = doc->root;
    if (root->kind != WR_MAP) {
        fault(&r, root, "an equivalency list is an object, not a",
              wr_strz(wr_kind_name((wr_kind)root->kind)));
        return WR_BAD;
    }
    for (uint32_t i = 0; i < root->n + wr_map_losers(root); i++) {
        const wr_node *k = wr_map_key(root, i);
        if (k->flags & WR_F_DUP) fault(&r, k, "a key stands twice:", wr_node_str(k));
        else add_entry(&r, k, wr_map_val(root, i));
    }
    if (c->arena.oom) return WR_NOMEM;
    return r.bad ? WR_BAD : WR_OK;
}
