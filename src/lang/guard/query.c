// SPDX-License-Identifier: Apache-2.0
// query: what a query selects from a document, and what a variable holds (guard-language.md §1.4).
//
// A part that misses gives one unresolved item (later a FAIL); a filter that selects nothing gives
// no item (later a SKIP). The context value that filters see travels in the scope, exactly where
// the original makes a new one: a list element of a filter and a map entry do, `[*]` of a list
// does not.
//
// `Resources.*[ Type == "X" ]` is answered from an index of the map by that key, made once per
// document: the filter runs only on values that can pass it.
#include "lang/guard/eval_int.h"

typedef struct walk {
    const g_part *parts;
    uint32_t n;
} walk;

static bool retrieve(g_eval *e, walk w, uint32_t i, const wr_node *cur, g_scope *s, int conv,
                     g_list *out);

// ---------------------------------------------------------------------------------- misses

static bool miss(g_eval *e, g_list *out, g_why why, const wr_node *at, walk w, uint32_t from,
                 const g_part *part) {
    g_unres *u = WR_NEW(&e->arena, g_unres);
    if (!u) return g_nomem(e);
    u->why = why;
    u->node = at;
    u->rest = w.parts + from;
    u->n_rest = w.n - from;
    u->part = part;
    if (part) u->index = part->index;
    return g_add(e, out, (g_qr){G_UNRESOLVED, at, u});
}

// The last item of out is the miss just added.
static g_unres *last_miss(g_list *out) { return (g_unres *)(uintptr_t)out->v[out->n - 1].unres; }

// ---------------------------------------------------------------------------------- keys

static inline bool in_doc(const g_eval *e, const wr_node *n) {
    return n >= e->doc->nodes && n < e->doc->nodes + e->doc->n_nodes;
}

// Value under the part's key, or under its first conversion that the map has. *conv: conversion
// already fixed for this query (then only that one), -1 when none; set by the first that hits.
static const wr_node *find_key(const g_eval *e, const wr_node *map, const g_part *p, int *conv) {
    bool known = !in_doc(e, map);
    const wr_node *v;
    if ((known || g_has(e, p->key)) && (v = wr_map_get(map, p->key))) return v;
    int from = *conv < 0 ? 0 : *conv, to = *conv < 0 ? 7 : *conv + 1;
    for (int k = from; k < to; k++) {
        const wr_sym *c = p->conv[k];
        if (c && (known || g_has(e, c)) && (v = wr_map_get(map, c))) {
            *conv = k;
            return v;
        }
    }
    return NULL;
}

static const wr_node *by_text(const g_eval *e, const wr_node *map, wr_str key) {
    const wr_sym *sym = wr_sym_find(g_syms(e), key);
    return sym ? wr_map_get(map, sym) : NULL;
}

static uint32_t magnitude(int32_t index) { // negative means absolute value
    return index < 0 ? (uint32_t) - (int64_t)index : (uint32_t)index;
}

// ---------------------------------------------------------------------------------- variables

static const g_let *find_let(const g_scope *s, const wr_sym *name, int kind) {
    for (uint32_t i = s->n_lets; i-- > 0;)
        if (s->lets[i].var == name && (int)s->lets[i].value.kind == kind) return &s->lets[i];
    return NULL;
}

static g_var *find_var(g_scope *s, const wr_sym *name) {
    for (uint32_t i = 0; i < s->vars.n; i++)
        if (s->vars.v[i].name == name) return &s->vars.v[i];
    return NULL;
}

static bool keep_resolved_only(g_list *l) { // let x = some …
    uint32_t n = 0;
    for (uint32_t i = 0; i < l->n; i++)
        if (l->v[i].tag == G_RESOLVED) l->v[n++] = l->v[i];
    l->n = n;
    return true;
}

static bool compute_let(g_eval *e, g_scope *s, const g_let *let, g_list *out) {
    uint32_t at = (uint32_t)(let - s->lets);
    uint64_t bit = at < 64 ? (uint64_t)1 << at : 0;
    if (s->busy & bit) return g_panic(e, "variable %s is defined by itself", let->var->p);
    if (!g_enter(e)) return false;
    s->busy |= bit;
    bool ok;
    if (let->value.kind == G_V_CALL) {
        ok = g_call_fn(e, s, let->value.u.call, out);
    } else {
        const g_query *q = let->value.u.query;
        ok = retrieve(e, (walk){q->parts, q->n}, 0, s->root, s, -1, out);
        if (ok && !q->match_all) keep_resolved_only(out);
    }
    s->busy &= ~bit;
    g_leave(e);
    return ok;
}

static bool resolve_here(g_eval *e, g_scope *s, const wr_sym *name, g_list *out, bool *found) {
    *found = true;
    e->steps += (s->n_lets + s->vars.n) / 8; // all of which may be looked at
    const g_let *let = find_let(s, name, G_V_LITERAL);
    if (let) return g_add(e, out, g_literal(let->value.u.lit));
    const g_var *v = find_var(s, name);
    if (v) {
        *out = v->value;
        out->cap = out->n; // a copy: whoever appends must move it first
        return true;
    }
    if (!(let = find_let(s, name, G_V_CALL)) && !(let = find_let(s, name, G_V_QUERY))) {
        *found = false;
        return true;
    }
    g_list value = {0};
    if (!compute_let(e, s, let, &value)) return false;
    g_var made = {name, value};
    if (!WR_PUSH(&e->arena, &s->vars, made)) return g_nomem(e);
    e->pinned++;
    s->pins++;
    *out = value;
    out->cap = out->n;
    return true;
}

bool g_resolve_var(g_eval *e, g_scope *s, const wr_sym *name, g_list *out) {
    *out = (g_list){0};
    for (; s; s = s->up) {
        bool found = false;
        if (s->kind == G_S_BLOCK) {
            if (!resolve_here(e, s, name, out, &found)) return false;
        } else if (s->kind == G_S_PARAMS) {
            const g_var *v = find_var(s, name);
            if ((found = v != NULL)) {
                *out = v->value;
                out->cap = out->n;
            }
        }
        if (found) return true;
    }
    return g_error(e, G_E_MISSING_VALUE, "Could not resolve variable by name %s across scopes",
                   name->p);
}

bool g_capture(g_eval *e, const wr_sym *name, const wr_node *key) {
    g_scope *s = e->file_scope;
    g_var *v = find_var(s, name);
    if (!v) {
        g_var fresh = {name, {0}};
        if (!WR_PUSH(&e->arena, &s->vars, fresh)) return g_nomem(e);
        v = &s->vars.v[s->vars.n - 1];
    }
    e->pinned++;
    return g_add(e, &v->value, g_resolved(key));
}

const wr_node *g_scope_root(const g_scope *s) {
    while (s->kind == G_S_PARAMS) s = s->up;
    return s->root;
}

bool g_query_in(g_eval *e, g_scope *s, const g_query *q, g_list *out) {
    while (s->kind == G_S_PARAMS) s = s->up; // parameters are seen through the rule's own block
    g_scope *resolver = s->kind == G_S_VALUE ? s->up : s;
    return retrieve(e, (walk){q->parts, q->n}, 0, s->root, resolver, -1, out);
}

// %v… as the first part: each value of the variable, then the rest. The `[*]` that the parser put
// after the variable is passed over.
static bool from_variable(g_eval *e, walk w, g_scope *s, int conv, g_list *out) {
    g_list vals;
    if (!g_resolve_var(e, s, w.parts[0].key, &vals)) return false;
    uint32_t i = w.n > 1 && w.parts[1].kind == G_ALL_INDICES ? 2 : 1;
    for (uint32_t k = 0; k < vals.n; k++) {
        const g_qr *q = &vals.v[k];
        if (q->tag == G_UNRESOLVED || i >= w.n) {
            if (!g_add(e, out, *q)) return false;
            continue;
        }
        g_scope vs = {.kind = G_S_VALUE, .up = s, .root = q->node};
        if (!retrieve(e, w, i, q->node, &vs, conv, out)) return false;
    }
    return true;
}

// ---------------------------------------------------------------------------------- .%var

static bool not_a_key(g_eval *e, walk w, const wr_node *key) {
    wr_buf b;
    wr_buf_init(&b, SIZE_MAX);
    g_vals v = {e->doc, e->file, e};
    wr_putz(&b, "Variable projections inside Query ");
    g_put_rest(&b, w.parts, w.n);
    wr_putf(&b, ", is returning a non-string value for key %s, (", g_type_info(key));
    g_put_debug_path(&b, &v, key);
    wr_putz(&b, ", ");
    g_put_debug(&b, &v, key);
    wr_putz(&b, ")");
    g_error_str(e, G_E_NOT_COMPARABLE, wr_buf_str(&b));
    wr_buf_fini(&b);
    return false;
}

static bool follow_key(g_eval *e, walk w, uint32_t i, const wr_node *map, wr_str key, g_scope *s,
                       int conv, g_list *out) {
    e->steps += e->n_overlays;
    if (!g_step(e)) return false;
    const wr_node *v = by_text(e, map, key);
    if (v) return retrieve(e, w, i + 1, v, s, conv, out);
    if (!miss(e, out, G_Y_VAR_NO_KEY, map, w, i, &w.parts[i])) return false;
    last_miss(out)->text = key;
    return true;
}

static bool follow_value(g_eval *e, walk w, uint32_t i, const wr_node *map, const g_qr *q,
                         g_scope *s, int conv, g_list *out) {
    if (q->tag == G_UNRESOLVED) {
        if (!miss(e, out, G_Y_VAR_UNRESOLVED, map, w, i, &w.parts[i])) return false;
        last_miss(out)->inner = q->unres;
        return true;
    }
    const wr_node *key = q->node;
    if (key->kind == WR_STR) return follow_key(e, w, i, map, wr_node_str(key), s, conv, out);
    if (key->kind != WR_LIST) return not_a_key(e, w, key);
    for (uint32_t k = 0; k < key->n; k++) {
        const wr_node *item = &key->u.kids[k];
        if (item->kind != WR_STR) return not_a_key(e, w, key);
        if (!follow_key(e, w, i, map, wr_node_str(item), s, conv, out)) return false;
    }
    return true;
}

static bool interpolation_refused(g_eval *e, walk w, const wr_node *map) {
    wr_buf b;
    wr_buf_init(&b, SIZE_MAX);
    wr_putz(&b, "This type of query ");
    g_put_rest(&b, w.parts + 1, 1);
    wr_putf(&b, " based variable interpolation is not supported %s, ", g_type_info(map));
    g_put_rest(&b, w.parts, w.n);
    g_error_str(e, G_E_INCOMPATIBLE, wr_buf_str(&b));
    wr_buf_fini(&b);
    return false;
}

static bool interpolate(g_eval *e, walk w, uint32_t i, const wr_node *map, g_scope *s, int conv,
                        g_list *out) {
    g_list keys;
    if (!g_resolve_var(e, s, w.parts[i].key, &keys)) return false;
    if (i + 1 < w.n) {
        const g_part *next = &w.parts[i + 1];
        if (next->kind == G_INDEX) {
            uint32_t at = magnitude(next->index);
            if (at >= keys.n) {
                if (!miss(e, out, G_Y_VAR_INDEX, map, w, i, &w.parts[i])) return false;
                g_unres *u = last_miss(out);
                u->index = (int32_t)at;
                u->keys = keys.v;
                u->n_keys = keys.n;
                return true;
            }
            keys = (g_list){keys.v + at, 1, 1};
        } else if (next->kind != G_ALL_INDICES && next->kind != G_KEY && next->kind != G_VAR) {
            return interpolation_refused(e, w, map);
        }
    }
    for (uint32_t k = 0; k < keys.n; k++)
        if (!follow_value(e, w, i, map, &keys.v[k], s, conv, out)) return false;
    return true;
}

// ---------------------------------------------------------------------------------- fan-out

static bool each_item(g_eval *e, walk w, uint32_t i, const wr_node *list, g_scope *s, int conv,
                      g_list *out) {
    if (list->n == 0) return miss(e, out, G_Y_NO_ENTRIES, list, w, i, NULL);
    for (uint32_t k = 0; k < list->n; k++)
        if (!retrieve(e, w, i + 1, &list->u.kids[k], s, conv, out)) return false;
    return true;
}

static bool each_entry(g_eval *e, walk w, uint32_t i, const wr_node *map, g_scope *s, int conv,
                       g_list *out) {
    if (map->n == 0) return miss(e, out, G_Y_NO_ENTRIES, map, w, i, NULL);
    for (uint32_t k = 0; k < map->n; k++) {
        const wr_node *v = wr_map_val(map, k);
        g_scope vs = {.kind = G_S_VALUE, .up = s, .root = v};
        if (w.parts[i].name && !g_capture(e, w.parts[i].name, wr_map_key(map, k))) return false;
        if (!retrieve(e, w, i + 1, v, &vs, conv, out)) return false;
    }
    return true;
}

// ---------------------------------------------------------------------------------- filters

// Status of the filter in scope s. Its inner events are kept only when all are.
static bool filter_status(g_eval *e, g_scope *s, const g_part *p, g_rec_kind kind, g_status *st) {
    g_hold hold = g_hold_on(e);
    g_rec *rec = g_open_inner(e, kind, NULL);
    if (rec) rec->index = p->filter->n;
    if (!g_close_inner(e, rec, g_eval_cnf(e, s, p->filter, st), st)) return false;
    g_let_go(e, hold);
    return true;
}

static bool filter_entry(g_eval *e, walk w, uint32_t i, const wr_node *map, uint32_t k, bool pass,
                         g_scope *s, int conv, g_list *out) {
    const g_part *p = &w.parts[i];
    const wr_node *v = wr_map_val(map, k);
    g_scope vs = {.kind = G_S_VALUE, .up = s, .root = v};
    g_status st = G_PASS;
    if (v->kind != WR_MAP && w.parts[i - 1].kind == G_ALL_VALUES)
        return retrieve(e, w, i, v, &vs, conv, out); // the filter sees a list's items, or misses
    if (pass) {
        if (g_recording(e) && e->cur) e->cur->kids++;
    } else if (!filter_status(e, &vs, p, G_R_FILTER_MAP, &st)) {
        return false;
    }
    if (st == G_UNKNOWN) return miss(e, out, G_Y_UNKNOWN, v, w, i, p);
    if (st != G_PASS) return true;
    if (p->name && w.parts[i - 1].kind != G_ALL_VALUES &&
        !g_capture(e, p->name, wr_map_key(map, k)))
        return false;
    return retrieve(e, w, i + 1, v, &vs, conv, out);
}

static bool index_entry(g_eval *e, g_index *x, const wr_node *map, const g_part *p, uint32_t k) {
    const wr_node *v = wr_map_val(map, k);
    if (v->kind != WR_MAP) return WR_PUSH(&e->doc_arena, &x->odd, k) || g_nomem(e);
    int conv = -1;
    const wr_node *t = find_key(e, v, p, &conv);
    if (!t) return true;
    if (conv >= 0 || t->kind == WR_LIST || (t->flags & WR_F_UNKNOWN))
        return WR_PUSH(&e->doc_arena, &x->odd, k) || g_nomem(e);
    if (t->kind != WR_STR) return true; // never equal to a text
    void **at = wr_map_at(&x->by_text, wr_node_str(t));
    if (!at) return g_nomem(e);
    if (!*at && !(*at = WR_NEW(&e->doc_arena, g_bucket))) return g_nomem(e);
    g_bucket *b = *at;
    return WR_PUSH(&e->doc_arena, &b->at, k) || g_nomem(e);
}

// The index of map by the key of filter part p (whose first conjunct's query is that key).
static g_index *index_of(g_eval *e, const wr_node *map, const g_part *p) {
    g_index_key key = {map, p->eq_key};
    void **at = wr_map_at(&e->indexes, wr_strn((const char *)&key, sizeof key));
    if (!at || *at) return at ? *at : NULL;
    g_index *x = WR_NEW(&e->doc_arena, g_index);
    if (!x) return NULL;
    wr_map_init(&x->by_text, &e->doc_arena);
    for (uint32_t k = 0; k < map->n; k++)
        if (!index_entry(e, x, map, p->eq_part, k)) return NULL;
    *at = x;
    return x;
}

// Entries of map that can pass p's filter, in order: those with the text, and the odd ones.
static bool indexed_entries(g_eval *e, walk w, uint32_t i, const wr_node *map, g_scope *s, int conv,
                            g_list *out) {
    const g_part *p = &w.parts[i];
    const g_index *x = index_of(e, map, p);
    if (!x) return g_nomem(e);
    const g_bucket *b = wr_map_find(&x->by_text, p->eq_text);
    uint32_t nb = b ? b->at.n : 0, ib = 0, io = 0;
    if (g_recording(e) && e->cur) e->cur->kids += map->n - nb;
    while (ib < nb || io < x->odd.n) {
        bool even = io >= x->odd.n || (ib < nb && b->at.v[ib] < x->odd.v[io]);
        uint32_t k = even ? b->at.v[ib++] : x->odd.v[io++];
        if (!g_step(e)) return false;
        if (!filter_entry(e, w, i, map, k, even && p->eq_only, s, conv, out)) return false;
    }
    return true;
}

enum { INDEX_FROM = 3 }; // entries of a map that make an index worth its making

// Filters keep inner events out of sight, so the index may answer; not while all are kept, and not
// for maps the index would outlive.
static bool can_index(const g_eval *e, const g_part *p, const wr_node *map) {
    return p->kind == G_FILTER && p->eq_key && !e->opts.keep_all && map->n >= INDEX_FROM &&
           in_doc(e, map);
}

static bool filter_map(g_eval *e, walk w, uint32_t i, const wr_node *map, g_scope *s, int conv,
                       g_list *out) {
    const g_part *p = &w.parts[i];
    uint8_t prev = w.parts[i - 1].kind;
    if (prev == G_ALL_VALUES || prev == G_ALL_INDICES) {
        g_status st;
        if (!filter_status(e, s, p, G_R_FILTER_MAP, &st)) return false;
        if (st == G_UNKNOWN) return miss(e, out, G_Y_UNKNOWN, map, w, i, p);
        return st != G_PASS || retrieve(e, w, i + 1, map, s, conv, out);
    }
    if (prev != G_KEY && prev != G_VAR)
        return g_panic(e, "a filter on a map can only follow a key, .* or [*]");
    if (can_index(e, p, map)) return indexed_entries(e, w, i, map, s, conv, out);
    for (uint32_t k = 0; k < map->n; k++)
        if (!filter_entry(e, w, i, map, k, false, s, conv, out)) return false;
    return true;
}

static bool filter_list(g_eval *e, walk w, uint32_t i, const wr_node *list, g_scope *s, int conv,
                        g_list *out) {
    for (uint32_t k = 0; k < list->n; k++) {
        const wr_node *v = &list->u.kids[k];
        g_scope vs = {.kind = G_S_VALUE, .up = s, .root = v};
        g_status st;
        if (!g_step(e) || !filter_status(e, &vs, &w.parts[i], G_R_FILTER_LIST, &st)) return false;
        if (st == G_UNKNOWN && !miss(e, out, G_Y_UNKNOWN, v, w, i, &w.parts[i])) return false;
        if (st == G_PASS && !retrieve(e, w, i + 1, v, s, conv, out)) return false;
    }
    return true;
}

static bool filter(g_eval *e, walk w, uint32_t i, const wr_node *cur, g_scope *s, int conv,
                   g_list *out) {
    WR_ASSERT(i > 0);
    if (cur->kind == WR_MAP) return filter_map(e, w, i, cur, s, conv, out);
    if (cur->kind == WR_LIST) return filter_list(e, w, i, cur, s, conv, out);
    if (w.parts[i - 1].kind != G_ALL_INDICES)
        return miss(e, out, G_Y_NOT_FILTERABLE, cur, w, i, &w.parts[i]);
    g_scope vs = {.kind = G_S_VALUE, .up = s, .root = cur};
    g_status st;
    if (!g_eval_cnf(e, &vs, w.parts[i].filter, &st)) return false;
    if (st == G_UNKNOWN) return miss(e, out, G_Y_UNKNOWN, cur, w, i, &w.parts[i]);
    return st != G_PASS || retrieve(e, w, i + 1, cur, s, conv, out);
}

static bool key_filter(g_eval *e, walk w, uint32_t i, const wr_node *cur, g_scope *s, int conv,
                       g_list *out) {
    const g_part *p = &w.parts[i];
    if (cur->kind != WR_MAP) return miss(e, out, G_Y_NOT_KEYED, cur, w, i, p);
    g_list rhs = {0}, picked = {0};
    bool ok;
    if (p->with->kind == G_V_QUERY) {
        const g_query *q = p->with->u.query;
        ok = retrieve(e, (walk){q->parts, q->n}, 0, cur, s, conv, &rhs);
    } else {
        ok = g_operand(e, s, p->with, &rhs);
    }
    if (!ok || !g_select_keys(e, p, cur, &rhs, &picked)) return false;
    for (uint32_t k = 0; k < picked.n; k++)
        if (!retrieve(e, w, i + 1, picked.v[k].node, s, conv, out)) return false;
    return true;
}

// ---------------------------------------------------------------------------------- the walk

static bool by_index(g_eval *e, walk w, uint32_t i, const wr_node **cur, g_list *out, bool *stop) {
    const g_part *p = &w.parts[i];
    bool key = p->kind == G_KEY;
    if ((*cur)->kind != WR_LIST) {
        *stop = true;
        return miss(e, out, key ? G_Y_NOT_LIST_KEY : G_Y_NOT_LIST_INDEX, *cur, w, key ? 0 : i, p);
    }
    uint32_t at = magnitude(p->index);
    if (at >= (*cur)->n) {
        *stop = true;
        return miss(e, out, G_Y_INDEX_BOUNDS, *cur, w, 0, p);
    }
    *cur = &(*cur)->u.kids[at];
    return true;
}

static bool fan_out(g_eval *e, walk w, uint32_t i, const wr_node *cur, g_scope *s, int conv,
                    g_list *out) {
    const g_part *p = &w.parts[i];
    bool ok;
    if (!g_enter(e)) return false;
    if (p->kind == G_FILTER) ok = filter(e, w, i, cur, s, conv, out);
    else if (p->kind == G_KEY_FILTER) ok = key_filter(e, w, i, cur, s, conv, out);
    else if (p->kind == G_VAR) ok = interpolate(e, w, i, cur, s, conv, out);
    else if (cur->kind == WR_LIST) ok = each_item(e, w, i, cur, s, conv, out);
    else if (p->kind == G_ALL_VALUES && !p->name && i + 1 < w.n &&
             can_index(e, &w.parts[i + 1], cur))
        ok = indexed_entries(e, w, i + 1, cur, s, conv, out);
    else ok = each_entry(e, w, i, cur, s, conv, out);
    g_leave(e);
    return ok;
}

// Follows parts i… from cur; appends what they select. Steps that lead to one value loop; only
// steps that fan out call deeper.
static bool retrieve(g_eval *e, walk w, uint32_t i, const wr_node *cur, g_scope *s, int conv,
                     g_list *out) {
    if (!g_step(e)) return false;
    if (i == 0 && w.parts[0].kind == G_VAR) return from_variable(e, w, s, conv, out);
    for (; i < w.n; i++) {
        const g_part *p = &w.parts[i];
        bool stop = false;
        switch ((g_part_kind)p->kind) {
        case G_THIS: break;
        case G_KEY:
            if (p->is_num) {
                if (!by_index(e, w, i, &cur, out, &stop)) return false;
                break;
            }
            if (cur->kind != WR_MAP) return miss(e, out, G_Y_NOT_MAP, cur, w, i, p);
            const wr_node *v = find_key(e, cur, p, &conv);
            if (!v) return miss(e, out, G_Y_NO_KEY, cur, w, i, p);
            cur = v;
            break;
        case G_INDEX:
            if (!by_index(e, w, i, &cur, out, &stop)) return false;
            break;
        case G_VAR:
            if (cur->kind != WR_MAP) return miss(e, out, G_Y_NOT_MAP, cur, w, i, p);
            return fan_out(e, w, i, cur, s, conv, out);
        case G_ALL_INDICES:
            if (cur->kind == WR_MAP && !p->name) break;
            __attribute__((fallthrough));
        case G_ALL_VALUES:
            if (cur->kind != WR_MAP && cur->kind != WR_LIST) break;
            return fan_out(e, w, i, cur, s, conv, out);
        case G_FILTER:
        case G_KEY_FILTER: return fan_out(e, w, i, cur, s, conv, out);
        }
        if (stop) return true;
    }
    return g_add(e, out, g_resolved(cur));
}
