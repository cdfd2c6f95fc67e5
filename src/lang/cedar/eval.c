// SPDX-License-Identifier: Apache-2.0
// eval: the value of an expression. Operands are evaluated from left to right, and the first that
// has no value ends it; types are looked at when both sides are there. && || and if evaluate only
// what they need. Recursion is as deep as the tree, at most WR_CEDAR_DEPTH.
// Rules: Cedar language 4.5, evaluation.

#include "lang/cedar/eval_int.h"

#define ENTITY_WORDS "(entity of type `any_entity_type`)"

bool ced_fail(ced_run *r, const ced_node *n, ced_why why) {
    r->error.why = why;
    r->error.node = n;
    return false;
}

bool ced_type_error(ced_run *r, const ced_node *n, const char *want, const ced_val *got) {
    r->error.want = want;
    r->error.a = *got;
    return ced_fail(r, n, CED_E_TYPE);
}

static bool want_bool(ced_run *r, const ced_node *n, const ced_val *v) {
    return v->kind == CED_V_BOOL || ced_type_error(r, n, "bool", v);
}

static bool want_long(ced_run *r, const ced_node *n, const ced_val *v) {
    return v->kind == CED_V_LONG || ced_type_error(r, n, "long", v);
}

static bool truth(ced_val *out, bool b) {
    *out = (ced_val){.kind = CED_V_BOOL, .u.b = b};
    return true;
}

// ---------------------------------------------------------------------------------- entities

// Its place in the store; NULL: the store does not know the name. Values that were read without the
// store (a context) are looked up here, those of the store never.
static const ced_uid *known(const wr_cedar_store *s, const ced_val *v) {
    if (v->of_store) return v->u.uid;
    return ced_uid_find(s->uids, v->u.uid->type, v->u.uid->id);
}

static const ced_entity *data(const ced_run *r, const ced_val *v) {
    const ced_uid *u = known(r->store, v);
    if (u == NULL) return NULL;
    const ced_entity *e = &r->store->v.v[u->at];
    return e->there ? e : NULL;
}

bool ced_is_under(const wr_cedar_store *s, uint32_t entity, uint32_t above) {
    const ced_entity *e = &s->v.v[entity];
    uint32_t lo = 0, hi = e->n_up;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (e->up[mid] == above) return true;
        if (e->up[mid] < above) lo = mid + 1;
        else hi = mid;
    }
    return false;
}

bool ced_in(const wr_cedar_store *s, const ced_val *a, const ced_val *b) {
    if (ced_uid_same(a->u.uid, b->u.uid)) return true;
    const ced_uid *x = known(s, a), *y = x ? known(s, b) : NULL;
    return y && ced_is_under(s, x->at, y->at);
}

static bool eval_in(ced_run *r, const ced_node *n, const ced_val *a, const ced_val *b,
                    ced_val *out) {
    if (a->kind != CED_V_ENTITY) return ced_type_error(r, n, ENTITY_WORDS, a);
    if (b->kind == CED_V_ENTITY) return truth(out, ced_in(r->store, a, b));
    if (b->kind != CED_V_SET) return ced_type_error(r, n, "one of [set, " ENTITY_WORDS "]", b);
    bool hit = false;
    for (uint32_t i = 0; i < b->n; i++) {
        const ced_val *e = &b->u.set->v[i];
        if (e->kind != CED_V_ENTITY) return ced_type_error(r, n, ENTITY_WORDS, e);
        hit = hit || ced_in(r->store, a, e);
    }
    return truth(out, hit);
}

static bool eval_is(ced_run *r, const ced_node *n, ced_val *out) {
    ced_val a, b;
    if (!ced_eval(r, n->v[0], &a)) return false;
    if (a.kind != CED_V_ENTITY) return ced_type_error(r, n, ENTITY_WORDS, &a);
    if (!wr_eq(a.u.uid->type, n->name)) return truth(out, false);
    if (n->n == 1) return truth(out, true);
    return ced_eval(r, n->v[1], &b) && eval_in(r, n, &a, &b, out);
}

// ---------------------------------------------------------------------------------- attributes

static bool eval_get(ced_run *r, const ced_node *n, ced_val *out) {
    ced_val v;
    if (!ced_eval(r, n->v[0], &v)) return false;
    const ced_val *hit;
    r->error.name = n->name;
    r->error.a = v;
    if (v.kind == CED_V_RECORD) {
        hit = ced_record_get(&v, n->name);
        if (hit == NULL) return ced_fail(r, n, CED_E_NO_ATTR);
    } else if (v.kind == CED_V_ENTITY) {
        const ced_entity *e = data(r, &v);
        if (e == NULL) return ced_fail(r, n, CED_E_NO_ENTITY);
        hit = ced_record_get(&e->attrs, n->name);
        if (hit == NULL) return ced_fail(r, n, CED_E_NO_ENTITY_ATTR);
    } else return ced_type_error(r, n, "one of [record, " ENTITY_WORDS "]", &v);
    *out = *hit;
    return true;
}

static bool eval_has(ced_run *r, const ced_node *n, ced_val *out) {
    ced_val v;
    if (!ced_eval(r, n->v[0], &v)) return false;
    for (uint32_t i = 0; i < n->n_names; i++) {
        const ced_val *rec = &v;
        if (v.kind == CED_V_ENTITY) {
            const ced_entity *e = data(r, &v);
            if (e == NULL) return truth(out, false);
            rec = &e->attrs;
        } else if (v.kind != CED_V_RECORD)
            return ced_type_error(r, n, "one of [record, " ENTITY_WORDS "]", &v);
        const ced_val *hit = ced_record_get(rec, n->names[i]);
        if (hit == NULL) return truth(out, false);
        v = *hit;
    }
    return truth(out, true);
}

bool ced_tag(ced_run *r, const ced_node *n, const ced_val *a, const ced_val *b, ced_val *out) {
    bool get = n->fn == CED_F_GET_TAG;
    if (a->kind != CED_V_ENTITY) return ced_type_error(r, n, ENTITY_WORDS, a);
    if (b->kind != CED_V_STRING) return ced_type_error(r, n, "string", b);
    const ced_entity *e = data(r, a);
    wr_str key = {b->u.s, b->n};
    const ced_val *hit = e ? ced_record_get(&e->tags, key) : NULL;
    if (!get) return truth(out, hit != NULL);
    r->error.a = *a;
    r->error.name = key;
    if (e == NULL) return ced_fail(r, n, CED_E_NO_ENTITY);
    if (hit == NULL) return ced_fail(r, n, CED_E_NO_TAG);
    *out = *hit;
    return true;
}

// ---------------------------------------------------------------------------------- operators

static bool eval_logic(ced_run *r, const ced_node *n, ced_val *out) {
    bool stop = n->op == CED_OR; // the value that ends it
    for (uint32_t i = 0; i < n->n; i++) {
        if (!ced_eval(r, n->v[i], out) || !want_bool(r, n->v[i], out)) return false;
        if (out->u.b == stop) return true;
    }
    return true;
}

static bool eval_if(ced_run *r, const ced_node *n, ced_val *out) {
    ced_val v;
    if (!ced_eval(r, n->v[0], &v) || !want_bool(r, n->v[0], &v)) return false;
    return ced_eval(r, n->v[v.u.b ? 1 : 2], out);
}

static bool eval_unary(ced_run *r, const ced_node *n, ced_val *out) {
    if (!ced_eval(r, n->v[0], out)) return false;
    if (n->op == CED_NOT) {
        if (!want_bool(r, n, out)) return false;
        out->u.b = !out->u.b;
        return true;
    }
    if (!want_long(r, n, out)) return false;
    r->error.a = *out;
    if (__builtin_sub_overflow((int64_t)0, out->u.i, &out->u.i))
        return ced_fail(r, n, CED_E_OVERFLOW);
    return true;
}

// The operator in front of operand i of a chain.
static char sign(const ced_node *n, uint32_t i) {
    if (n->op == CED_MUL) return '*';
    return n->minus[i / 64] >> (i % 64) & 1 ? '-' : '+';
}

static bool eval_arithmetic(ced_run *r, const ced_node *n, ced_val *out) {
    if (!ced_eval(r, n->v[0], out)) return false;
    for (uint32_t i = 1; i < n->n; i++) {
        ced_val b;
        if (!ced_eval(r, n->v[i], &b)) return false;
        if (!want_long(r, n, out) || !want_long(r, n, &b)) return false;
        r->error.a = *out;
        r->error.b = b;
        char op = sign(n, i);
        bool over;
        if (op == '*') over = __builtin_mul_overflow(out->u.i, b.u.i, &out->u.i);
        else if (op == '+') over = __builtin_add_overflow(out->u.i, b.u.i, &out->u.i);
        else over = __builtin_sub_overflow(out->u.i, b.u.i, &out->u.i);
        r->error.name = (wr_str){op == '*'   ? "multiply"
                                 : op == '+' ? "add"
                                             : "subtract",
                                 op == '+' ? 3 : 8};
        if (over) return ced_fail(r, n, CED_E_OVERFLOW);
    }
    return true;
}

static bool ordered(const ced_val *v) {
    return v->kind == CED_V_LONG || v->kind == CED_V_DATETIME || v->kind == CED_V_DURATION;
}

static bool eval_order(ced_run *r, const ced_node *n, const ced_val *a, const ced_val *b,
                       ced_val *out) {
    if (!ordered(a)) {
        if (ordered(b)) return ced_type_error(r, n, ced_kind_name(b), a);
        return ced_type_error(r, n, "one of [long, datetime, duration]", a);
    }
    if (a->kind != b->kind) return ced_type_error(r, n, ced_kind_name(a), b);
    bool less = a->u.i < b->u.i, same = a->u.i == b->u.i;
    switch ((ced_op)n->op) {
    case CED_LT: return truth(out, less);
    case CED_LE: return truth(out, less || same);
    case CED_GT: return truth(out, !less && !same);
    default: return truth(out, !less);
    }
}

static bool eval_binary(ced_run *r, const ced_node *n, ced_val *out) {
    ced_val a, b;
    if (!ced_eval(r, n->v[0], &a) || !ced_eval(r, n->v[1], &b)) return false;
    switch ((ced_op)n->op) {
    case CED_EQ: return truth(out, ced_val_eq(&a, &b));
    case CED_NE: return truth(out, !ced_val_eq(&a, &b));
    case CED_IN: return eval_in(r, n, &a, &b, out);
    default: return eval_order(r, n, &a, &b, out);
    }
}

static bool eval_like(ced_run *r, const ced_node *n, ced_val *out) {
    ced_val v;
    if (!ced_eval(r, n->v[0], &v)) return false;
    if (v.kind != CED_V_STRING) return ced_type_error(r, n, "string", &v);
    return truth(out, ced_like(n->pattern, (wr_str){v.u.s, v.n}));
}

static bool eval_gather(ced_run *r, const ced_node *n, ced_val *out) {
    bool record = n->op == CED_RECORD;
    size_t size = record ? sizeof(ced_field) : sizeof(ced_val);
    void *mem = wr_alloc(r->scratch, (n->n + 1) * size);
    if (mem == NULL) return ced_fail(r, n, CED_E_MEMORY);
    ced_field *f = mem;
    ced_val *v = mem;
    for (uint32_t i = 0; i < n->n; i++) {
        if (record) f[i].key = n->names[i];
        if (!ced_eval(r, n->v[i], record ? &f[i].v : &v[i])) return false;
    }
    bool ok =
        record ? ced_record_make(r->scratch, f, n->n, out) : ced_set_make(r->scratch, v, n->n, out);
    return ok || ced_fail(r, n, CED_E_MEMORY);
}

bool ced_eval(ced_run *r, const ced_node *n, ced_val *out) {
    switch ((ced_op)n->op) {
    case CED_BOOL:
    case CED_LONG:
    case CED_STRING:
    case CED_ENTITY: *out = n->k; return true;
    case CED_PRINCIPAL: *out = r->principal; return true;
    case CED_ACTION: *out = r->action; return true;
    case CED_RESOURCE: *out = r->resource; return true;
    case CED_CONTEXT: *out = r->context; return true;
    case CED_NOT:
    case CED_NEG: return eval_unary(r, n, out);
    case CED_GET: return eval_get(r, n, out);
    case CED_HAS: return eval_has(r, n, out);
    case CED_LIKE: return eval_like(r, n, out);
    case CED_IS: return eval_is(r, n, out);
    case CED_EQ:
    case CED_NE:
    case CED_LT:
    case CED_LE:
    case CED_GT:
    case CED_GE:
    case CED_IN: return eval_binary(r, n, out);
    case CED_AND:
    case CED_OR: return eval_logic(r, n, out);
    case CED_ADD:
    case CED_MUL: return eval_arithmetic(r, n, out);
    case CED_SET:
    case CED_RECORD: return eval_gather(r, n, out);
    case CED_CALL: return ced_eval_call(r, n, out);
    case CED_IF: return eval_if(r, n, out);
    case CED_SLOT:
    case CED_PAREN: break; // compiled away; slots stand in scopes only
    }
    return ced_fail(r, n, CED_E_UNKNOWN);
}
