// SPDX-License-Identifier: Apache-2.0
// type_cap: capabilities: the attributes and tags known to be there because a condition before
// asked for them. A set is a tree of unions, made without copying; expressions are compared by what
// they say, so that parentheses and a.b or a["b"] make no difference, and `a has b.c` counts as
// a.b has c.

#include "lang/cedar/type_int.h"

const ced_expr *ced_bare(const ced_expr *e) {
    while (e->op == CED_PAREN) e = e->v[0];
    return e;
}

const ced_cap *ced_cap_new(ced_typing *t, const ced_cap *of) {
    ced_cap *k = WR_NEW(t->scratch, ced_cap);
    if (k) *k = *of;
    return k;
}

const ced_cap *ced_cap_and(ced_typing *t, const ced_cap *a, const ced_cap *b) {
    if (!a || !b || a == b) return a ? a : b;
    return ced_cap_new(t, &(ced_cap){.l = a, .r = b});
}

// An expression and attributes of it, one in the other.
typedef struct path {
    const ced_expr *e;
    const wr_str *more;
    uint32_t n;
} path;

static bool last_attr(path *p, wr_str *name) { // takes the last off
    if (p->n) {
        *name = p->more[--p->n];
        return true;
    }
    p->e = ced_bare(p->e);
    if (p->e->op != CED_GET) return false;
    *name = p->e->u.s;
    p->e = p->e->v[0];
    return true;
}

static bool same(ced_typing *t, const ced_expr *a, const ced_expr *b);

static bool same_path(ced_typing *t, path a, path b) {
    for (;;) {
        wr_str x, y;
        bool ma = last_attr(&a, &x), mb = last_attr(&b, &y);
        if (ma != mb) return false;
        if (!ma) return same(t, a.e, b.e);
        if (!wr_eq(x, y) || !ced_step(t, 1)) return false;
    }
}

static bool same_names(const wr_str *a, const wr_str *b, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        if (!wr_eq(a[i], b[i])) return false;
    return true;
}

static bool same_minus(const ced_expr *a, const ced_expr *b) {
    for (uint32_t i = 0; i < (a->n + 63) / 64; i++)
        if (a->u.minus[i] != b->u.minus[i]) return false;
    return true;
}

// Of two expressions of one kind: what is said beside their operands.
static bool same_said(const ced_expr *a, const ced_expr *b) {
    switch ((ced_op)a->op) {
    case CED_BOOL: return a->u.b == b->u.b;
    case CED_LONG: return a->u.i == b->u.i;
    case CED_STRING:
    case CED_IS: return wr_eq(a->u.s, b->u.s);
    case CED_ENTITY: return ced_uid_same(a->u.uid, b->u.uid);
    case CED_RECORD: return same_names(a->u.keys, b->u.keys, a->n);
    case CED_HAS:
        return a->u.path.n == b->u.path.n && same_names(a->u.path.v, b->u.path.v, a->u.path.n);
    case CED_LIKE:
        return a->u.pattern.n == b->u.pattern.n &&
               same_names(a->u.pattern.lit, b->u.pattern.lit, a->u.pattern.n);
    case CED_ADD: return same_minus(a, b);
    case CED_CALL: return a->fn == b->fn;
    case CED_SLOT: return a->slot == b->slot;
    default: return true;
    }
}

static bool same(ced_typing *t, const ced_expr *a, const ced_expr *b) {
    a = ced_bare(a);
    b = ced_bare(b);
    if (a == b) return true;
    const path pa = {.e = a}, pb = {.e = b};
    if (a->op == CED_GET || b->op == CED_GET) return same_path(t, pa, pb);
    if (a->op != b->op || a->n != b->n || !ced_step(t, 1) || !same_said(a, b)) return false;
    for (uint32_t i = 0; i < a->n; i++)
        if (!same(t, a->v[i], b->v[i])) return false;
    return true;
}

static bool same_cap(ced_typing *t, const ced_cap *a, const ced_cap *b) {
    if (!a->tag != !b->tag) return false;
    if (a->tag ? !same(t, a->tag, b->tag) : !wr_eq(a->name, b->name)) return false;
    return same_path(t, (path){a->e, a->more, a->n_more}, (path){b->e, b->more, b->n_more});
}

// Unions lean to the left, where chains of && are; to the right they are as deep as the text nests.
bool ced_cap_has(ced_typing *t, const ced_cap *set, const ced_cap *one) {
    for (; set && ced_step(t, 1); set = set->l) {
        if (set->e) return same_cap(t, set, one);
        if (ced_cap_has(t, set->r, one)) return true;
    }
    return false;
}

static const ced_cap *keep(ced_typing *t, const ced_cap *a, const ced_cap *b, const ced_cap *out) {
    for (; a && ced_step(t, 1); a = a->l) {
        if (a->e) return ced_cap_has(t, b, a) ? ced_cap_and(t, out, a) : out;
        out = keep(t, a->r, b, out);
    }
    return out;
}

const ced_cap *ced_cap_or(ced_typing *t, const ced_cap *a, const ced_cap *b) {
    return a && b ? keep(t, a, b, NULL) : NULL;
}
