// SPDX-License-Identifier: Apache-2.0
// compare: when two values are equal, ordered or contained, and what a binary operator makes of two
// lists of values (guard-language.md §1.6). Two equalities exist: the comparison (g_compare_eq),
// where kinds that do not fit are "not comparable", which fails an operator and its negation alike;
// and plain equality (g_equal) for membership, where they are just unequal. Both are asymmetric for
// ranges: the range stands on the right.
#include "lang/guard/eval_int.h"

// ---------------------------------------------------------------------------------- two values

static g_cmp not_comparable(g_ncinfo *nc, g_nc why, const wr_node *a, const wr_node *b) {
    if (nc) *nc = (g_ncinfo){why, a, b};
    return G_CMP_NOT_COMPARABLE;
}

static int sign_i(int64_t a, int64_t b) { return a < b ? -1 : a > b; }

// compare_values: *order is <0, 0, >0. G_CMP_YES when comparable.
static g_cmp order_of(const wr_node *a, const wr_node *b, int *order, g_ncinfo *nc) {
    if (a->kind == b->kind) {
        switch ((wr_kind)a->kind) {
        case WR_NULL: *order = 0; return G_CMP_YES;
        case WR_INT:
        case WR_CHAR: *order = sign_i(a->u.i, b->u.i); return G_CMP_YES;
        case WR_STR: *order = wr_cmp(wr_node_str(a), wr_node_str(b)); return G_CMP_YES;
        case WR_FLOAT:
            if (a->u.f != a->u.f || b->u.f != b->u.f) return not_comparable(nc, G_NC_FLOATS, a, b);
            *order = a->u.f < b->u.f ? -1 : a->u.f > b->u.f;
            return G_CMP_YES;
        default: break;
        }
    }
    return not_comparable(nc, G_NC_KINDS, a, b);
}

static bool in_range_i(const wr_range *r, int64_t v) {
    return (r->lo_in ? r->lo.i <= v : r->lo.i < v) && (r->hi_in ? r->hi.i >= v : r->hi.i > v);
}

static bool in_range(const wr_node *v, const wr_node *range) {
    const wr_range *r = range->u.ext;
    if (range->kind != WR_RANGE_FLOAT) return in_range_i(r, v->u.i);
    double f = v->u.f;
    return (r->lo_in ? r->lo.f <= f : r->lo.f < f) && (r->hi_in ? r->hi.f >= f : r->hi.f > f);
}

static bool is_range_of(const wr_node *v, const wr_node *range) {
    return (v->kind == WR_INT && range->kind == WR_RANGE_INT) ||
           (v->kind == WR_FLOAT && range->kind == WR_RANGE_FLOAT) ||
           (v->kind == WR_CHAR && range->kind == WR_RANGE_CHAR);
}

static bool same_pattern(const wr_node *a, const wr_node *b) {
    return wr_eq(((const wr_lit_regex *)a->u.ext)->pattern,
                 ((const wr_lit_regex *)b->u.ext)->pattern);
}

// Regular expression against text, either way round. G_CMP_ERROR: the step limit.
static g_cmp search(g_eval *e, const wr_node *a, const wr_node *b) {
    const wr_node *re = a->kind == WR_REGEX ? a : b, *text = re == a ? b : a;
    const wr_lit_regex *x = re->u.ext;
    wr_regex_result found = wr_regex_search(x->re, e->rx, wr_node_str(text));
    e->steps += wr_regex_spent(e->rx);
    switch (found) {
    case WR_RE_YES: return G_CMP_YES;
    case WR_RE_NO: return G_CMP_NO;
    default: return G_CMP_ERROR;
    }
}

static bool regex_and_text(const wr_node *a, const wr_node *b) {
    return (a->kind == WR_REGEX && b->kind == WR_STR) || (a->kind == WR_STR && b->kind == WR_REGEX);
}

static g_cmp eq_lists(g_eval *e, const wr_node *a, const wr_node *b, g_ncinfo *nc) {
    if (a->n != b->n) return G_CMP_NO;
    for (uint32_t i = 0; i < a->n; i++) {
        g_cmp r = g_compare_eq(e, &a->u.kids[i], &b->u.kids[i], nc);
        if (r != G_CMP_YES) return r;
    }
    return G_CMP_YES;
}

static g_cmp eq_maps(g_eval *e, const wr_node *a, const wr_node *b, g_ncinfo *nc) {
    if (a->n != b->n) return G_CMP_NO;
    for (uint32_t i = 0; i < a->n; i++) {
        const wr_node *other = wr_map_get(b, wr_map_key(a, i)->u.sym);
        if (!other) return G_CMP_NO;
        g_cmp r = g_compare_eq(e, wr_map_val(a, i), other, nc);
        if (r != G_CMP_YES) return r;
    }
    return G_CMP_YES;
}

g_cmp g_compare_eq(g_eval *e, const wr_node *a, const wr_node *b, g_ncinfo *nc) {
    e->steps++;
    if (a->kind == WR_STR && b->kind == WR_STR)
        return wr_eq(wr_node_str(a), wr_node_str(b)) ? G_CMP_YES : G_CMP_NO;
    if (regex_and_text(a, b)) return search(e, a, b);
    if (a->kind == WR_MAP && b->kind == WR_MAP) return eq_maps(e, a, b, nc);
    if (a->kind == WR_LIST && b->kind == WR_LIST) return eq_lists(e, a, b, nc);
    if (a->kind == WR_BOOL && b->kind == WR_BOOL) return a->u.b == b->u.b ? G_CMP_YES : G_CMP_NO;
    if (a->kind == WR_REGEX && b->kind == WR_REGEX)
        return same_pattern(a, b) ? G_CMP_YES : G_CMP_NO;
    if (is_range_of(a, b)) return in_range(a, b) ? G_CMP_YES : G_CMP_NO;
    int order;
    g_cmp r = order_of(a, b, &order, nc);
    return r != G_CMP_YES ? r : order == 0 ? G_CMP_YES : G_CMP_NO;
}

static bool equal_lists(g_eval *e, const wr_node *a, const wr_node *b) {
    if (a->n != b->n) return false;
    for (uint32_t i = 0; i < a->n; i++)
        if (!g_equal(e, &a->u.kids[i], &b->u.kids[i])) return false;
    return true;
}

static bool equal_maps(g_eval *e, const wr_node *a, const wr_node *b) {
    if (a->n != b->n) return false;
    for (uint32_t i = 0; i < a->n; i++) {
        const wr_node *other = wr_map_get(b, wr_map_key(a, i)->u.sym);
        if (!other || !g_equal(e, wr_map_val(a, i), other)) return false;
    }
    return true;
}

bool g_equal(g_eval *e, const wr_node *a, const wr_node *b) {
    e->steps++;
    if (a->kind == WR_MAP && b->kind == WR_MAP) return equal_maps(e, a, b);
    if (a->kind == WR_LIST && b->kind == WR_LIST) return equal_lists(e, a, b);
    if (a->kind == WR_BOOL && b->kind == WR_BOOL) return a->u.b == b->u.b;
    if (regex_and_text(a, b)) {
        g_cmp r = search(e, a, b);
        if (r == G_CMP_ERROR) g_panic(e, "a regular expression took more steps than the limit");
        return r == G_CMP_YES;
    }
    if (a->kind == WR_REGEX && b->kind == WR_REGEX) return same_pattern(a, b);
    if (is_range_of(a, b)) return in_range(a, b);
    int order = 1;
    return order_of(a, b, &order, NULL) == G_CMP_YES && order == 0;
}

// ---------------------------------------------------------------------------------- unknown

bool g_holds_unknown(g_eval *e, const wr_node *n) {
    if (g_not_known(e, n)) return true;
    if (n->kind != WR_LIST && n->kind != WR_MAP) return false;
    uint32_t step = n->kind == WR_MAP ? 2 : 1;
    for (uint32_t i = step - 1; i < n->n * step; i += step)
        if (g_holds_unknown(e, &n->u.kids[i])) return true;
    return false;
}

bool g_qr_unknown(g_eval *e, const g_qr *q) {
    if (q->tag == G_UNRESOLVED && q->unres->why == G_Y_UNKNOWN) return true;
    return g_not_known(e, q->node);
}

// ---------------------------------------------------------------------------------- outcomes

typedef struct nodes {
    const wr_node **v;
    uint32_t n;
} nodes;

// What comparing gave, before negation and recording.
typedef enum shape { AS_VALUE, AS_VALUE_IN, AS_LIST_IN } shape;
typedef struct outcome {
    g_cmp is;
    shape as;
    const wr_node *l, *r;
    nodes diff; // AS_LIST_IN that failed: what was not contained
    g_ncinfo nc;
} outcome;

// One binary clause being worked out.
typedef struct binary {
    g_eval *e;
    const g_clause *c;
    g_tally *t;
    const g_list *lhs, *rhs;
} binary;

static bool passed(binary *b) {
    b->t->pass++;
    return g_note_success(b->e, b->c);
}

static g_rec *failed(binary *b, g_rec_kind kind) {
    b->t->fail++;
    g_rec *rec = g_note(b->e, kind, b->c);
    if (rec) {
        rec->op = b->c->op;
        rec->op_neg = b->c->op_neg;
    }
    return rec;
}

static bool failed_compare(binary *b, g_qr from, const g_qr *to, const g_ncinfo *nc) {
    if (b->e->has_unknown && (g_qr_unknown(b->e, &from) || (to && g_qr_unknown(b->e, to)))) {
        b->t->unknown++;
        return true;
    }
    g_rec *rec = failed(b, G_R_COMPARE);
    if (rec) {
        rec->from = from;
        rec->has_to = to != NULL;
        if (to) rec->to = *to;
        if (nc) {
            rec->nc = (uint8_t)nc->why;
            rec->nc_a = nc->a;
            rec->nc_b = nc->b;
        }
    }
    return !b->e->failed;
}

static bool failed_in(binary *b, const wr_node *from, const g_qr *to, uint32_t n) {
    g_rec *rec = failed(b, G_R_IN);
    if (rec) {
        rec->from = g_resolved(from);
        rec->ins = to;
        rec->n_ins = n;
    }
    return !b->e->failed;
}

static const g_qr *one(binary *b, const wr_node *n) {
    g_qr *q = wr_alloc(&b->e->arena, sizeof *q);
    if (q) *q = g_resolved(n);
    else g_nomem(b->e);
    return q;
}

static bool contains(g_eval *e, nodes in, const wr_node *x) {
    for (uint32_t i = 0; i < in.n; i++)
        if (g_equal(e, in.v[i], x)) return true;
    return false;
}

static bool list_contains(g_eval *e, const wr_node *list, const wr_node *x) {
    for (uint32_t i = 0; i < list->n; i++)
        if (g_equal(e, &list->u.kids[i], x)) return true;
    return false;
}

// Is some item of the left list not among those that were missing? Then `not in` fails.
static bool any_contained(g_eval *e, const outcome *o) {
    for (uint32_t i = 0; i < o->l->n && g_step(e); i++)
        if (!contains(e, o->diff, &o->l->u.kids[i])) return true;
    return false;
}

static bool unknown(binary *b) {
    b->t->unknown++;
    return true;
}

static bool conclude(binary *b, const outcome *o) {
    if (b->e->failed) return false;
    if (b->e->has_unknown && (g_holds_unknown(b->e, o->l) || g_holds_unknown(b->e, o->r)))
        return unknown(b);
    if (o->is == G_CMP_ERROR)
        return g_panic(b->e, "a regular expression took more steps than the limit");
    if (o->is == G_CMP_NOT_COMPARABLE) {
        g_qr to = g_resolved(o->r);
        return failed_compare(b, g_resolved(o->l), &to, &o->nc);
    }
    bool ok = o->is == G_CMP_YES;
    if (b->c->op_neg) ok = o->as == AS_LIST_IN ? (!ok && !any_contained(b->e, o)) : !ok;
    if (b->e->failed) return false;
    if (ok) return passed(b);
    if (o->as == AS_VALUE) {
        g_qr to = g_resolved(o->r);
        return failed_compare(b, g_resolved(o->l), &to, NULL);
    }
    if (!g_recording(b->e)) return failed_in(b, o->l, NULL, 0);
    const g_qr *to = one(b, o->r);
    return to && failed_in(b, o->l, to, 1);
}

static bool push_node(g_eval *e, nodes *to, uint32_t *cap, const wr_node *n) {
    if (to->n == *cap && !wr_vec_grow(&e->arena, &to->v, cap, to->n, sizeof *to->v))
        return g_nomem(e);
    to->v[to->n++] = n;
    return true;
}

// ---------------------------------------------------------------------------------- == of a pair

static bool conclude_eq(binary *b, const wr_node *l, const wr_node *r) {
    outcome o = {.as = AS_VALUE, .l = l, .r = r};
    o.is = g_compare_eq(b->e, l, r, &o.nc);
    return conclude(b, &o);
}

static bool spread_left(binary *b, const wr_node *l, const wr_node *r) {
    if (l->kind != WR_LIST) return conclude_eq(b, l, r);
    for (uint32_t i = 0; i < l->n; i++)
        if (!conclude_eq(b, &l->u.kids[i], r)) return false;
    return true;
}

static bool spread_right(binary *b, const wr_node *l, const wr_node *r) {
    if (r->kind != WR_LIST) return conclude_eq(b, l, r);
    for (uint32_t i = 0; i < r->n; i++)
        if (!conclude_eq(b, l, &r->u.kids[i])) return false;
    return true;
}

// ---------------------------------------------------------------------------------- in of a pair

static outcome list_in_list(g_eval *e, const wr_node *l, const wr_node *r) {
    outcome o = {.as = AS_LIST_IN, .l = l, .r = r};
    uint32_t cap = 0;
    if (r->n > 0 && r->u.kids[0].kind == WR_LIST) {
        if (!list_contains(e, r, l)) push_node(e, &o.diff, &cap, l);
    } else {
        for (uint32_t i = 0; i < l->n && g_step(e); i++)
            if (!list_contains(e, r, &l->u.kids[i])) push_node(e, &o.diff, &cap, &l->u.kids[i]);
    }
    o.is = o.diff.n == 0 ? G_CMP_YES : G_CMP_NO;
    return o;
}

static outcome contained_in(g_eval *e, const wr_node *l, const wr_node *r) {
    outcome o = {.as = AS_VALUE, .l = l, .r = r};
    if (l->kind == WR_LIST) {
        if (r->kind == WR_LIST) return list_in_list(e, l, r);
        o.is = not_comparable(&o.nc, G_NC_CANNOT, l, r);
    } else if (r->kind == WR_LIST) {
        o.as = AS_VALUE_IN;
        o.is = list_contains(e, r, l) ? G_CMP_YES : G_CMP_NO;
    } else {
        o.is = g_compare_eq(e, l, r, &o.nc);
    }
    return o;
}

static outcome text_in(const wr_node *l, const wr_node *r) {
    outcome o = {.as = AS_VALUE, .l = l, .r = r};
    if (l->kind == WR_STR && r->kind == WR_STR)
        o.is = wr_find(wr_node_str(r), wr_node_str(l), 0) != SIZE_MAX ? G_CMP_YES : G_CMP_NO;
    else o.is = not_comparable(&o.nc, G_NC_TYPES, l, r);
    return o;
}

static bool conclude_in(binary *b, const wr_node *l, const wr_node *r) {
    outcome o = contained_in(b->e, l, r);
    return conclude(b, &o);
}

static bool conclude_text_in(binary *b, const wr_node *l, const wr_node *r) {
    outcome o = text_in(l, r);
    return conclude(b, &o);
}

// ---------------------------------------------------------------------------------- two selections

// Values of both sides, after a FAIL for each item that did not resolve.
static bool unresolved_fail(binary *b, nodes *l, nodes *r) {
    g_eval *e = b->e;
    l->v = wr_alloc(&e->arena, sizeof *l->v * (b->lhs->n + 1));
    r->v = wr_alloc(&e->arena, sizeof *r->v * (b->rhs->n + 1));
    if (!l->v || !r->v) return g_nomem(e);
    l->n = r->n = 0;
    for (uint32_t i = 0; i < b->lhs->n; i++) {
        const g_qr *q = &b->lhs->v[i];
        if (q->tag != G_UNRESOLVED) l->v[l->n++] = q->node;
        else if (!failed_compare(b, *q, NULL, NULL)) return false;
    }
    for (uint32_t i = 0; i < b->rhs->n; i++) {
        const g_qr *q = &b->rhs->v[i];
        if (q->tag != G_UNRESOLVED) {
            r->v[r->n++] = q->node;
            continue;
        }
        for (uint32_t k = 0; k < l->n; k++)
            if (!failed_compare(b, g_resolved(l->v[k]), q, NULL)) return false;
    }
    return true;
}

static bool all_passed(binary *b, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        if (!passed(b)) return false;
    return true;
}

static bool each_failed_in(binary *b, nodes diff, nodes rhs) {
    g_qr *to = NULL;
    if (g_recording(b->e)) {
        to = wr_alloc(&b->e->arena, sizeof *to * (rhs.n + 1));
        if (!to) return g_nomem(b->e);
        for (uint32_t i = 0; i < rhs.n; i++) to[i] = g_resolved(rhs.v[i]);
    }
    for (uint32_t i = 0; i < diff.n; i++)
        if (!failed_in(b, diff.v[i], to, rhs.n)) return false;
    return true;
}

// A comparison of selections as wholes: diff is what kept it from holding. Negated, it fails for
// whatever was contained after all.
static bool conclude_sets(binary *b, nodes diff, nodes l, nodes r) {
    if (b->e->failed) return false;
    if (!b->c->op_neg) return diff.n == 0 ? all_passed(b, l.n) : each_failed_in(b, diff, r);
    if (diff.n == 0) return each_failed_in(b, l, r);
    // 3.2 reads the difference of != on the right when that side is not the shorter (#506)
    bool right = b->e->is_32 && b->c->op == G_EQ && b->rhs->n >= b->lhs->n;
    nodes from = right ? r : l, back = {NULL, 0};
    uint32_t cap = 0;
    for (uint32_t i = 0; i < from.n; i++) {
        if (!g_step(b->e)) return false;
        if (!contains(b->e, diff, from.v[i]) && !push_node(b->e, &back, &cap, from.v[i]))
            return false;
    }
    if (b->e->failed) return false;
    return back.n == 0 ? all_passed(b, l.n) : each_failed_in(b, back, r);
}

// Items of a that are not in b.
static bool difference(g_eval *e, nodes a, nodes b, nodes *out) {
    uint32_t cap = 0;
    *out = (nodes){NULL, 0};
    for (uint32_t i = 0; i < a.n; i++) {
        if (!g_step(e)) return false;
        if (!contains(e, b, a.v[i]) && !push_node(e, out, &cap, a.v[i])) return false;
    }
    return !e->failed;
}

static bool any_unknown(binary *b, nodes v) {
    for (uint32_t i = 0; i < v.n; i++)
        if (g_holds_unknown(b->e, v.v[i])) return true;
    return false;
}

static bool eq_sets(binary *b, nodes l, nodes r) {
    nodes diff = {NULL, 0};
    if (b->e->has_unknown && (any_unknown(b, l) || any_unknown(b, r))) return unknown(b);
    if (!(l.n > r.n ? difference(b->e, l, r, &diff) : difference(b->e, r, l, &diff))) return false;
    return conclude_sets(b, diff, l, r);
}

static bool in_any(g_eval *e, const wr_node *l, nodes r) {
    for (uint32_t i = 0; i < r.n; i++) {
        outcome o = contained_in(e, l, r.v[i]);
        if (o.is == G_CMP_ERROR)
            return g_panic(e, "a regular expression took more steps than the limit");
        if (o.is == G_CMP_YES) return true;
    }
    return false;
}

static bool in_sets(binary *b, nodes l, nodes r) {
    if (b->e->has_unknown && (any_unknown(b, l) || any_unknown(b, r))) return unknown(b);
    nodes diff = {NULL, 0};
    uint32_t cap = 0;
    for (uint32_t i = 0; i < l.n; i++) {
        if (!g_step(b->e)) return false;
        bool in = in_any(b->e, l.v[i], r);
        if (b->e->failed) return false;
        if (!in && !push_node(b->e, &diff, &cap, l.v[i])) return false;
    }
    return conclude_sets(b, diff, l, r);
}

// ---------------------------------------------------------------------------------- operators

static const wr_node *literal_of(const g_list *l) {
    return l->n == 1 && l->v[0].tag == G_LITERAL ? l->v[0].node : NULL;
}

static bool op_eq(binary *b) {
    const wr_node *ll = literal_of(b->lhs), *rl = literal_of(b->rhs);
    if (ll && rl) return conclude_eq(b, ll, rl);
    nodes l = {NULL, 0}, r = {NULL, 0};
    if (!unresolved_fail(b, &l, &r)) return false;
    if (!ll && !rl) return eq_sets(b, l, r);
    for (uint32_t i = 0; i < (ll ? r.n : l.n); i++) {
        const wr_node *x = ll ? r.v[i] : l.v[i];
        bool ok;
        if (ll) ok = ll->kind == WR_LIST ? conclude_eq(b, ll, x) : spread_right(b, ll, x);
        else if (rl->kind != WR_LIST) ok = spread_left(b, x, rl);
        else if (x->kind != WR_LIST && x->kind != WR_MAP && rl->n == 1)
            ok = conclude_eq(b, x, &rl->u.kids[0]);
        else ok = conclude_eq(b, x, rl);
        if (!ok) return false;
    }
    return true;
}

// A literal in each of several values: all must hold it, one by one; a literal list against values
// that are no lists is taken item by item.
static bool literal_in(binary *b, const wr_node *l, nodes r) {
    bool any_list = false;
    for (uint32_t i = 0; i < r.n; i++) any_list |= r.v[i]->kind == WR_LIST;
    if (any_list || l->kind != WR_LIST) {
        for (uint32_t i = 0; i < r.n; i++)
            if (!conclude_in(b, l, r.v[i])) return false;
        return true;
    }
    nodes items = {wr_alloc(&b->e->arena, sizeof(wr_node *) * (l->n + 1)), l->n}, diff = {NULL, 0};
    if (!items.v) return g_nomem(b->e);
    for (uint32_t i = 0; i < l->n; i++) items.v[i] = &l->u.kids[i];
    if (b->e->has_unknown && any_unknown(b, r)) return unknown(b);
    if (!difference(b->e, items, r, &diff)) return false;
    return conclude_sets(b, diff, (nodes){&l, 1}, r);
}

static bool in_literal_text(binary *b, const wr_node *l, const wr_node *text) {
    if (l->kind != WR_LIST) return conclude_text_in(b, l, text);
    for (uint32_t i = 0; i < l->n; i++)
        if (!conclude_text_in(b, &l->u.kids[i], text)) return false;
    return true;
}

static bool op_in(binary *b) {
    const wr_node *ll = literal_of(b->lhs), *rl = literal_of(b->rhs);
    if (ll && rl) {
        outcome o = text_in(ll, rl);
        if (o.is != G_CMP_YES) o = contained_in(b->e, ll, rl);
        return conclude(b, &o);
    }
    nodes l = {NULL, 0}, r = {NULL, 0};
    if (!unresolved_fail(b, &l, &r)) return false;
    if (ll) return literal_in(b, ll, r);
    if (!rl) return in_sets(b, l, r);
    for (uint32_t i = 0; i < l.n; i++) {
        bool ok = rl->kind == WR_STR ? in_literal_text(b, l.v[i], rl) : conclude_in(b, l.v[i], rl);
        if (!ok) return false;
    }
    return true;
}

static bool flatten(g_eval *e, const wr_node *n, nodes *out, uint32_t *cap) {
    if (n->kind != WR_LIST) return push_node(e, out, cap, n);
    for (uint32_t i = 0; i < n->n; i++)
        if (!push_node(e, out, cap, &n->u.kids[i])) return false;
    return true;
}

static bool ordered(g_op op, int order) {
    switch (op) {
    case G_LT: return order < 0;
    case G_LE: return order <= 0;
    case G_GT: return order > 0;
    default: return order >= 0;
    }
}

// > >= < <=: lists spread on both sides, then every left against every right.
static bool op_order(binary *b) {
    nodes l = {NULL, 0}, r = {NULL, 0};
    uint32_t lcap = 0, rcap = 0;
    for (uint32_t i = 0; i < b->lhs->n; i++) {
        const g_qr *q = &b->lhs->v[i];
        if (q->tag == G_UNRESOLVED ? !failed_compare(b, *q, NULL, NULL)
                                   : !flatten(b->e, q->node, &l, &lcap))
            return false;
    }
    for (uint32_t i = 0; i < b->rhs->n; i++) {
        const g_qr *q = &b->rhs->v[i];
        if (q->tag != G_UNRESOLVED) {
            if (!flatten(b->e, q->node, &r, &rcap)) return false;
            continue;
        }
        for (uint32_t k = 0; k < l.n; k++)
            if (!failed_compare(b, g_resolved(l.v[k]), q, NULL)) return false;
    }
    for (uint32_t i = 0; i < l.n; i++)
        for (uint32_t k = 0; k < r.n; k++) {
            outcome o = {.as = AS_VALUE, .l = l.v[i], .r = r.v[k]};
            int order = 0;
            if (!g_step(b->e)) return false;
            o.is = order_of(o.l, o.r, &order, &o.nc);
            if (o.is == G_CMP_YES && !ordered((g_op)b->c->op, order)) o.is = G_CMP_NO;
            if (!conclude(b, &o)) return false;
        }
    return true;
}

bool g_binary(g_eval *e, const g_clause *c, const g_list *lhs, const g_list *rhs, g_tally *t) {
    if (lhs->n == 0 || rhs->n == 0) {
        t->skip = true;
        return true;
    }
    binary b = {e, c, t, lhs, rhs};
    if (c->op == G_EQ) return op_eq(&b);
    if (c->op == G_IN) return op_in(&b);
    return op_order(&b);
}

// ---------------------------------------------------------------------------------- keys filters

// The older comparison routine, as the original still uses it for keys.
static g_cmp old_in(g_eval *e, const wr_node *l, const wr_node *r, g_ncinfo *nc) {
    if (l->kind == WR_STR && r->kind == WR_STR) return text_in(l, r).is;
    if (r->kind != WR_LIST) return g_compare_eq(e, l, r, nc);
    bool found = false;
    for (uint32_t i = 0; i < r->n; i++) {
        g_cmp is = g_compare_eq(e, l, &r->u.kids[i], nc);
        if (is != G_CMP_YES && is != G_CMP_NO) return is;
        found |= is == G_CMP_YES;
    }
    return found ? G_CMP_YES : G_CMP_NO;
}

static g_cmp old_compare(g_eval *e, g_op op, bool neg, const wr_node *l, const wr_node *r,
                         g_ncinfo *nc) {
    g_cmp is = op == G_IN ? old_in(e, l, r, nc) : g_compare_eq(e, l, r, nc);
    if (neg && is == G_CMP_YES) return G_CMP_NO;
    if (neg && is == G_CMP_NO) return G_CMP_YES;
    return is;
}

typedef struct keyed { // one key against the right side
    g_eval *e;
    g_op op;
    bool neg;
    const wr_node *key;
} keyed;

static g_rec *key_note(keyed *k, g_rec_kind kind) {
    g_rec *rec = g_note(k->e, kind, NULL);
    if (rec) {
        rec->op = (uint8_t)k->op;
        rec->op_neg = k->neg;
        rec->from = g_resolved(k->key);
    }
    return rec;
}

// Compares with one value of the right side; a literal list of one item stands for that item.
static g_cmp key_against(keyed *k, const g_qr *q, const wr_node **to) {
    *to = q->node;
    if (q->tag == G_UNRESOLVED) return G_CMP_NO;
    g_ncinfo nc;
    g_cmp is = old_compare(k->e, k->op, k->neg, k->key, q->node, &nc);
    if (is == G_CMP_NOT_COMPARABLE && q->tag == G_LITERAL && q->node->kind == WR_LIST &&
        q->node->n == 1) {
        *to = &q->node->u.kids[0];
        is = old_compare(k->e, k->op, k->neg, k->key, *to, &nc);
    }
    if (is == G_CMP_ERROR)
        g_error(k->e, G_E_REGEX,
                "Error executing regex: Max limit for backtracking count exceeded");
    return is;
}

static bool key_in(keyed *k, const g_list *rhs, uint32_t *times) {
    g_qr *to = wr_alloc(&k->e->arena, sizeof *to * (rhs->n + 1));
    if (!to) return g_nomem(k->e);
    bool found = false;
    for (uint32_t i = 0; i < rhs->n; i++) {
        const wr_node *n;
        found |= key_against(k, &rhs->v[i], &n) == G_CMP_YES;
        to[i] = rhs->v[i].tag == G_UNRESOLVED ? rhs->v[i] : g_resolved(n);
        if (k->e->failed) return false;
    }
    if (rhs->n == 0) return true;
    *times += found;
    if (found) return g_note_success(k->e, NULL);
    g_rec *rec = key_note(k, G_R_IN);
    if (rec) {
        rec->ins = to;
        rec->n_ins = rhs->n;
    }
    return !k->e->failed;
}

static bool key_eq(keyed *k, const g_list *rhs, uint32_t *times) {
    for (uint32_t i = 0; i < rhs->n; i++) {
        const wr_node *to;
        bool yes = key_against(k, &rhs->v[i], &to) == G_CMP_YES;
        if (k->e->failed) return false;
        *times += yes;
        if (yes) {
            if (!g_note_success(k->e, NULL)) return false;
            continue;
        }
        g_rec *rec = key_note(k, G_R_COMPARE);
        if (rec) {
            rec->has_to = true;
            rec->to = rhs->v[i].tag == G_UNRESOLVED ? rhs->v[i] : g_resolved(to);
        }
    }
    return !k->e->failed;
}

bool g_select_keys(g_eval *e, const g_part *p, const wr_node *map, const g_list *rhs, g_list *out) {
    g_op op = p->op == G_EQ && rhs->n > 1 ? G_IN : (g_op)p->op;
    for (uint32_t i = 0; i < map->n; i++) {
        keyed k = {e, op, p->neg, wr_map_key(map, i)};
        uint32_t times = 0;
        if (!g_step(e)) return false;
        if (!(op == G_IN ? key_in(&k, rhs, &times) : key_eq(&k, rhs, &times))) return false;
        while (times-- > 0)
            if (!g_add(e, out, g_resolved(wr_map_val(map, i)))) return false;
    }
    return true;
}
