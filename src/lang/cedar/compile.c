// SPDX-License-Identifier: Apache-2.0
// compile: a policy's tree into nodes for one store. Parentheses go, what is written with the sugar
// of Cedar (>, >=, !=) stays an operator of its own, constructors of literal texts that are right
// are done here, and so are sets and records of constants. What is wrong with a constructor is
// found when it is evaluated, as the language says.

#include "lang/cedar/eval_int.h"

typedef struct compiler {
    wr_arena *a;
    const wr_cedar_store *store;
} compiler;

static ced_val entity(const compiler *c, const ced_uid *uid) {
    const ced_uid *own = c->store ? ced_uid_find(c->store->uids, uid->type, uid->id) : NULL;
    return (ced_val){.kind = CED_V_ENTITY, .of_store = own != NULL, .u.uid = own ? own : uid};
}

ced_val ced_entity_val(const wr_cedar_store *store, const ced_uid *uid) {
    return entity(&(compiler){NULL, store}, uid);
}

// decimal("1.0") …
static bool construct(const compiler *c, ced_node *n) {
    const ced_node *arg = n->n == 1 ? n->v[0] : NULL;
    if (arg == NULL || arg->op != CED_BOOL || arg->k.kind != CED_V_STRING) return false;
    if (!ced_is_constructor((ced_fn)n->fn)) return false;
    ced_ip *room = n->fn == CED_F_IP ? WR_NEW(c->a, ced_ip) : NULL;
    if (n->fn == CED_F_IP && room == NULL) return false;
    ced_val k;
    wr_str s = {arg->k.u.s, arg->k.n};
    if (ced_construct((ced_fn)n->fn, s, room, &k) != CED_X_OK) return false;
    n->k = k;
    return true;
}

static bool gather(const compiler *c, ced_node *n) {
    bool record = n->op == CED_RECORD;
    for (uint32_t i = 0; i < n->n; i++)
        if (n->v[i]->op != CED_BOOL) return false;
    if (record) {
        ced_field *f = WR_NEW_N(c->a, ced_field, n->n + 1);
        for (uint32_t i = 0; f && i < n->n; i++) f[i] = (ced_field){n->names[i], n->v[i]->k};
        return f && ced_record_make(c->a, f, n->n, &n->k);
    }
    ced_val *v = WR_NEW_N(c->a, ced_val, n->n + 1);
    for (uint32_t i = 0; v && i < n->n; i++) v[i] = n->v[i]->k;
    return v && ced_set_make(c->a, v, n->n, &n->k);
}

static bool constant(const compiler *c, const ced_expr *e, ced_node *n) {
    switch ((ced_op)e->op) {
    case CED_BOOL: n->k = (ced_val){.kind = CED_V_BOOL, .u.b = e->u.b}; return true;
    case CED_LONG: n->k = (ced_val){.kind = CED_V_LONG, .u.i = e->u.i}; return true;
    case CED_STRING:
        n->k = (ced_val){.kind = CED_V_STRING, .n = (uint32_t)e->u.s.n, .u.s = e->u.s.p};
        return true;
    case CED_ENTITY: n->k = entity(c, e->u.uid); return true;
    case CED_CALL: return construct(c, n);
    case CED_SET:
    case CED_RECORD: return gather(c, n);
    default: return false;
    }
}

static const ced_node *compile(const compiler *c, const ced_expr *e) {
    while (e->op == CED_PAREN) e = e->v[0];
    ced_node *n = WR_NEW(c->a, ced_node);
    const ced_node **v = WR_NEW_N(c->a, const ced_node *, e->n + 1);
    if (n == NULL || v == NULL) return NULL;
    *n = (ced_node){.op = e->op, .fn = e->fn, .n = e->n, .v = v, .from = e};
    for (uint32_t i = 0; i < e->n; i++) {
        v[i] = compile(c, e->v[i]);
        if (v[i] == NULL) return NULL;
    }
    if (e->op == CED_GET || e->op == CED_IS) n->name = e->u.s;
    if (e->op == CED_HAS) {
        n->names = e->u.path.v;
        n->n_names = e->u.path.n;
    }
    if (e->op == CED_RECORD) n->names = e->u.keys;
    if (e->op == CED_LIKE) n->pattern = e->u.pattern;
    if (e->op == CED_ADD) n->minus = e->u.minus;
    if (constant(c, e, n)) n->op = CED_BOOL;
    return c->a->oom ? NULL : n;
}

const ced_node *ced_compile(wr_arena *a, const wr_cedar_store *store, const ced_expr *e) {
    return compile(&(compiler){a, store}, e);
}

// ---------------------------------------------------------------------------------- policies

static bool scope(const compiler *c, const ced_policy *p, unsigned which, ced_scope *out) {
    const ced_policy *body = p->of ? p->of : p;
    *out = body->scope[which];
    const ced_uid **v = WR_NEW_N(c->a, const ced_uid *, out->n + 1);
    if (v == NULL) return false;
    for (uint32_t i = 0; i < out->n; i++) v[i] = entity(c, out->v[i]).u.uid;
    if (out->slot) {
        v[0] = entity(c, p->slots[which == 2 ? WR_CEDAR_RESOURCE : WR_CEDAR_PRINCIPAL]).u.uid;
        out->n = 1;
    }
    out->v = v;
    return true;
}

static bool code(const compiler *c, const ced_policy *p, ced_code *out) {
    const ced_policy *body = p->of ? p->of : p;
    uint32_t n = body->n_conditions;
    const ced_node **v = WR_NEW_N(c->a, const ced_node *, n + 1);
    bool *unless = WR_NEW_N(c->a, bool, n + 1);
    if (v == NULL || unless == NULL) return false;
    *out = (ced_code){.policy = p, .conditions = v, .unless = unless, .n_conditions = n};
    for (unsigned i = 0; i < 3; i++)
        if (!scope(c, p, i, &out->scope[i])) return false;
    for (uint32_t i = 0; i < n; i++) {
        v[i] = compile(c, body->conditions[i].e);
        unless[i] = body->conditions[i].unless;
        if (v[i] == NULL) return false;
    }
    return true;
}

wr_cedar_bound *wr_cedar_bind(wr_ctx *c, const wr_cedar_set *set, const wr_cedar_store *store) {
    wr_cedar_bound *b = WR_NEW(&c->arena, wr_cedar_bound);
    if (b == NULL) return NULL;
    *b = (wr_cedar_bound){.c = c, .set = set, .store = store};
    b->v = WR_NEW_N(&c->arena, ced_code, set->v.n + 1);
    if (b->v == NULL) return NULL;
    compiler k = {&c->arena, store};
    for (uint32_t i = 0; i < set->v.n; i++) {
        const ced_policy *p = set->v.v[i];
        if (p == NULL || (p->is_template && p->of == NULL)) continue;
        if (!code(&k, p, &b->v[b->n++])) return NULL;
    }
    b->index = ced_index_new(&c->arena, b);
    return b->index ? b : NULL;
}
