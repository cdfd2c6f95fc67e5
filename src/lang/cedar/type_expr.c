// SPDX-License-Identifier: Apache-2.0
// type_expr: the type of an expression in one environment. Faults do not stop it: an operand
// without a type is passed over, so that one run finds all. What an operand that is always true or
// false makes unreachable is not typed.
//
// Rules: cedar-spec Validation/Typechecker.lean; what is found beside a fault, and its words: those
// of cedar-policy 4.13.

#include "lang/cedar/type_int.h"

static const ced_typed nowhere = {.op = CED_BOOL}; // when memory ran out

const ced_typed *ced_typed_new(ced_typing *t, ced_op op, const ced_expr *e, const ced_type *type,
                               const ced_typed *const *v, uint32_t n) {
    ced_typed *x = WR_NEW(t->scratch, ced_typed);
    const ced_typed **kids = n ? WR_NEW_N(t->scratch, const ced_typed *, n) : NULL;
    if (!x || (n && !kids)) return &nowhere;
    for (uint32_t i = 0; i < n; i++) kids[i] = v[i];
    *x = (ced_typed){.op = (uint8_t)op, .from = e, .type = type, .v = kids, .n = n};
    return x;
}

static ced_ans answer(const ced_typed *x, bool ok, const ced_cap *caps) {
    return (ced_ans){.x = x, .ok = ok, .caps = ok ? caps : NULL};
}

static bool is_kind(const ced_type *x, ced_type_kind k) { return x && x->kind == k; }
static bool is_true(ced_ans a) { return is_kind(a.x->type, CED_T_TRUE); }
static bool is_false(ced_ans a) { return is_kind(a.x->type, CED_T_FALSE); }

// ---------------------------------------------------------------------------------- operands

static bool boolish(const ced_type *x) {
    return x->kind == CED_T_BOOL || x->kind == CED_T_TRUE || x->kind == CED_T_FALSE;
}
static bool entityish(const ced_type *x) {
    return x->kind == CED_T_ENTITY || x->kind == CED_T_ANY_ENTITY;
}

static bool fits(const ced_type *x, ced_want want) {
    static const uint8_t kind[] = {
        [CED_W_LONG] = CED_T_LONG,
        [CED_W_STRING] = CED_T_STRING,
        [CED_W_SET] = CED_T_SET,
        [CED_W_DECIMAL] = CED_T_DECIMAL,
        [CED_W_IP] = CED_T_IP,
        [CED_W_DATETIME] = CED_T_DATETIME,
        [CED_W_DURATION] = CED_T_DURATION,
    };
    if (x->kind == CED_T_NEVER) return true;
    switch (want) {
    case CED_W_BOOL: return boolish(x);
    case CED_W_ENTITY: return entityish(x);
    case CED_W_HOLDER: return entityish(x) || x->kind == CED_T_RECORD;
    case CED_W_ENTITIES:
        return entityish(x) ||
               (x->kind == CED_T_SET && (entityish(x->of) || x->of->kind == CED_T_NEVER));
    default: return x->kind == kind[want];
    }
}

static const char *const wanted[] = {
    [CED_W_BOOL] = "Bool",
    [CED_W_LONG] = "Long",
    [CED_W_STRING] = "String",
    [CED_W_SET] = "Set<__cedar::internal::Any>",
    [CED_W_ENTITY] = "__cedar::internal::AnyEntity",
    [CED_W_HOLDER] = "__cedar::internal::AnyEntity, or __cedar::internal::OpenRecord{}",
    [CED_W_ENTITIES] = "Set<__cedar::internal::AnyEntity>, or __cedar::internal::AnyEntity",
    [CED_W_DECIMAL] = "decimal",
    [CED_W_IP] = "ipaddr",
    [CED_W_DATETIME] = "datetime",
    [CED_W_DURATION] = "duration",
};

ced_ans ced_expect(ced_typing *t, const ced_cap *prior, const ced_expr *e, ced_want want,
                   ced_help help) {
    ced_ans a = ced_type_of(t, prior, e);
    if (a.x->type && fits(a.x->type, want)) return a;
    if (a.x->type) ced_say_unexpected(t, e, wanted[want], a.x->type, help);
    return answer(ced_typed_new(t, (ced_op)a.x->op, a.x->from, NULL, a.x->v, a.x->n), false, NULL);
}

const ced_type *ced_common(ced_typing *t, const ced_expr *e, const ced_type *const *v, uint32_t n,
                           const char *what) {
    const ced_type *all = &ced_t_never;
    for (uint32_t i = 0; i < n; i++)
        if (!v[i]) return NULL;
    for (uint32_t i = 0; i < n; i++) {
        ced_lub_help why;
        all = ced_type_lub(t, all, v[i], t->strict, &why);
        if (all) continue;
        ced_say_incompatible(t, e, v, n, why, what);
        return NULL;
    }
    return all;
}

bool ced_agree(ced_typing *t, const ced_expr *e, const ced_type *a, const ced_type *b,
               const char *what) {
    if (!a || !b) return true;
    return ced_common(t, e, (const ced_type *const[]){a, b}, 2, what) != NULL;
}

// ---------------------------------------------------------------------------------- leaves

static ced_ans leaf(ced_typing *t, const ced_expr *e, const ced_type *type) {
    return answer(ced_typed_new(t, (ced_op)e->op, e, type, NULL, 0), type != NULL, NULL);
}

static const ced_type *self_of(const ced_entity_type *e) { return e ? e->self : NULL; }

static const ced_type any_entity = {.kind = CED_T_ANY_ENTITY};

static ced_ans type_leaf(ced_typing *t, const ced_cap *prior, const ced_expr *e) {
    (void)prior;
    switch ((ced_op)e->op) {
    case CED_BOOL: return leaf(t, e, e->u.b ? &ced_t_true : &ced_t_false);
    case CED_LONG: return leaf(t, e, &ced_t_long);
    case CED_STRING: return leaf(t, e, &ced_t_string);
    case CED_PRINCIPAL: return leaf(t, e, self_of(t->env.principal));
    case CED_RESOURCE: return leaf(t, e, self_of(t->env.resource));
    case CED_ACTION: return leaf(t, e, self_of(t->env.action->type));
    case CED_CONTEXT: return leaf(t, e, t->env.action->context);
    default: break; // a slot
    }
    const ced_entity_type *slot = t->env.slot[e->slot ? WR_CEDAR_RESOURCE : WR_CEDAR_PRINCIPAL];
    return leaf(t, e, slot ? slot->self : &any_entity);
}

// What is not declared is reported by type_name.c.
static ced_ans type_entity(ced_typing *t, const ced_cap *prior, const ced_expr *e) {
    (void)prior;
    const ced_uid *u = e->u.uid;
    if (!ced_is_action_type(u->type))
        return leaf(t, e, self_of(ced_schema_entity(t->schema, u->type)));
    const ced_action *a = ced_schema_action(t->schema, u->type, u->id);
    return leaf(t, e, a ? self_of(a->type) : NULL);
}

// ---------------------------------------------------------------------------------- logic

static ced_ans type_not(ced_typing *t, const ced_cap *prior, const ced_expr *e) {
    ced_ans a = ced_expect(t, prior, e->v[0], CED_W_BOOL, CED_H_NONE);
    const ced_type *type = is_true(a) ? &ced_t_false : is_false(a) ? &ced_t_true : &ced_t_bool;
    return answer(ced_typed_new(t, CED_NOT, e, type, &a.x, 1), a.ok, NULL);
}

// What has been examined of a chain, taken as one from the left.
typedef struct chain {
    const ced_typed **v;
    uint32_t n;
    bool ok;
    const ced_type *type; // NULL: one had none
    const ced_cap *caps;
} chain;

static void and_next(ced_typing *t, chain *c, ced_ans b) {
    c->ok = c->ok && b.ok;
    const ced_type *l = c->type, *r = b.x->type;
    const ced_cap *caps = ced_cap_and(t, c->caps, b.caps);
    if (!l || !r) {
        c->type = NULL;
        caps = NULL;
    } else if (r->kind == CED_T_FALSE) {
        c->type = &ced_t_false;
        caps = NULL;
    } else if (l->kind == CED_T_TRUE && r->kind != CED_T_TRUE) c->type = r;
    else if (r->kind != CED_T_TRUE) c->type = &ced_t_bool;
    c->caps = c->ok ? caps : NULL;
}

static void or_next(ced_typing *t, chain *c, ced_ans b) {
    c->ok = c->ok && b.ok;
    const ced_type *l = c->type, *r = b.x->type;
    const ced_cap *caps = c->caps;
    if (!l || !r) {
        c->type = NULL;
        caps = NULL;
    } else if (r->kind == CED_T_TRUE) {
        c->type = &ced_t_true;
        caps = b.caps;
    } else if (l->kind == CED_T_FALSE && r->kind != CED_T_FALSE) {
        c->type = r;
        caps = b.caps;
    } else if (r->kind != CED_T_FALSE) {
        c->type = &ced_t_bool;
        caps = ced_cap_or(t, b.caps, c->caps);
    }
    c->caps = c->ok ? caps : NULL;
}

// An operand without a type leaves the chain without one to go on with, and Bool at its end.
static ced_ans type_chain(ced_typing *t, const ced_cap *prior, const ced_expr *e,
                          const ced_expr *const *v, uint32_t n, bool is_and) {
    chain c = {.v = WR_NEW_N(t->scratch, const ced_typed *, n ? n : 1)};
    if (!c.v) return answer(&nowhere, false, NULL);
    ced_type_kind end = is_and ? CED_T_FALSE : CED_T_TRUE;
    for (uint32_t i = 0; i < n; i++) {
        const ced_cap *here = is_and ? ced_cap_and(t, prior, c.caps) : prior;
        ced_ans b = ced_expect(t, here, v[i], CED_W_BOOL, CED_H_NONE);
        c.v[c.n++] = b.x;
        if (i == 0) {
            c.ok = b.ok;
            c.type = b.x->type;
            c.caps = is_kind(c.type, CED_T_FALSE) && is_and ? NULL : b.caps;
        } else {
            if (is_and) and_next(t, &c, b);
            else or_next(t, &c, b);
            if (!c.type) c.type = &ced_t_bool;
        }
        if (is_kind(c.type, end)) break;
    }
    if (c.n == 1) return answer(c.v[0], c.ok, c.caps);
    return answer(ced_typed_new(t, is_and ? CED_AND : CED_OR, e, c.type, c.v, c.n), c.ok, c.caps);
}

static ced_ans type_and(ced_typing *t, const ced_cap *prior, const ced_expr *e) {
    return type_chain(t, prior, e, e->v, e->n, true);
}

static ced_ans type_or(ced_typing *t, const ced_cap *prior, const ced_expr *e) {
    return type_chain(t, prior, e, e->v, e->n, false);
}

// Parts nest to the right: p && (a && (r && …)).
ced_ans ced_type_policy(ced_typing *t, const ced_expr *const *parts, uint32_t n) {
    ced_ans *a = WR_NEW_N(t->scratch, ced_ans, n ? n : 1);
    const ced_typed **v = WR_NEW_N(t->scratch, const ced_typed *, n ? n : 1);
    const ced_cap *known = NULL;
    uint32_t m = 0;
    if (!a || !v) return answer(&nowhere, false, NULL);
    while (m < n && (!m || !is_false(a[m - 1]))) {
        a[m] = ced_expect(t, known, parts[m], CED_W_BOOL, CED_H_NONE);
        known = ced_cap_and(t, known, a[m].caps);
        v[m] = a[m].x;
        m++;
    }
    if (!m) return answer(ced_typed_new(t, CED_AND, NULL, &ced_t_true, NULL, 0), true, NULL);
    chain c = {.ok = a[m - 1].ok, .type = a[m - 1].x->type};
    for (uint32_t i = m - 1; i-- > 0;) {
        chain left = {.ok = a[i].ok, .type = a[i].x->type};
        ced_typed right = {.type = c.type};
        and_next(t, &left, answer(&right, c.ok, NULL));
        c = left;
        if (!c.type) c.type = &ced_t_bool;
    }
    return answer(ced_typed_new(t, CED_AND, NULL, c.type, v, m), c.ok, NULL);
}

static ced_ans type_if(ced_typing *t, const ced_cap *prior, const ced_expr *e) {
    ced_ans test = ced_expect(t, prior, e->v[0], CED_W_BOOL, CED_H_NONE);
    ced_ans a = {0}, b = {0};
    if (!is_false(test)) {
        a = ced_type_of(t, ced_cap_and(t, prior, test.caps), e->v[1]);
        if (a.ok) a.caps = ced_cap_and(t, a.caps, test.caps);
    }
    if (!is_true(test)) b = ced_type_of(t, prior, e->v[2]);
    if (is_true(test)) b = a;
    if (is_false(test)) a = b;
    const ced_typed *v[] = {test.x, a.x, b.x};
    bool ok = test.ok && a.ok && b.ok;
    if (is_true(test) || is_false(test))
        return answer(ced_typed_new(t, CED_IF, e, a.x->type, v, 3), ok, a.caps);
    const ced_type *types[] = {a.x->type, b.x->type};
    const ced_type *both = ced_common(t, e, types, 2, "both branches of a conditional");
    return answer(ced_typed_new(t, CED_IF, e, both, v, 3), ok && both,
                  ced_cap_or(t, b.caps, a.caps));
}

// ---------------------------------------------------------------------------------- attributes

static ced_cap cap_of(const ced_expr *e, const wr_str *more, uint32_t n, wr_str name) {
    return (ced_cap){.e = e, .more = more, .n_more = n, .name = name};
}

static ced_ans type_get(ced_typing *t, const ced_cap *prior, const ced_expr *e) {
    ced_ans of = ced_expect(t, prior, e->v[0], CED_W_HOLDER, CED_H_NONE);
    const ced_type *type = NULL;
    bool ok = false;
    if (of.x->type) {
        ced_found f = ced_attr_of(t, of.x->type, e->u.s);
        ced_cap want = cap_of(e->v[0], NULL, 0, e->u.s);
        type = f.type;
        ok = type && (f.required || ced_cap_has(t, prior, &want));
        if (!ok) ced_say_attr(t, e, of.x, e->u.s, f);
    }
    return answer(ced_typed_new(t, CED_GET, e, type, &of.x, 1), of.ok && ok, NULL);
}

// One step of a has: the type of the test; *next: what the attribute itself would be.
static const ced_type *has_step(ced_typing *t, const ced_cap *known, const ced_type *of,
                                const ced_cap *want, const ced_type **next) {
    ced_found f = ced_attr_of(t, of, want->name);
    *next = f.type;
    if (!f.type) return f.maybe ? &ced_t_bool : &ced_t_false;
    bool sure = f.required && of->kind == CED_T_RECORD;
    return sure || ced_cap_has(t, known, want) ? &ced_t_true : &ced_t_bool;
}

// a has b.c: a has b && a.b has c; false as soon as one is, and then nothing is known.
static ced_ans type_has(ced_typing *t, const ced_cap *prior, const ced_expr *e) {
    ced_ans of = ced_expect(t, prior, e->v[0], CED_W_HOLDER, CED_H_HAS);
    const ced_type *all = &ced_t_true, *at = of.x->type;
    const ced_cap *caps = NULL, *known = prior;
    bool bad = !at;
    for (uint32_t i = 0; i < e->u.path.n && at; i++) {
        if (i && !fits(at, CED_W_HOLDER)) {
            ced_say_unexpected(t, e, wanted[CED_W_HOLDER], at, CED_H_HAS);
            bad = true;
            break;
        }
        ced_cap want = cap_of(e->v[0], e->u.path.v, i, e->u.path.v[i]);
        const ced_type *next, *has = has_step(t, known, at, &want, &next);
        if (has->kind == CED_T_FALSE) {
            all = has;
            caps = NULL;
            break;
        }
        if (has->kind == CED_T_BOOL) all = has;
        const ced_cap *got = next ? ced_cap_new(t, &want) : NULL;
        caps = ced_cap_and(t, caps, got);
        known = ced_cap_and(t, known, got);
        at = next;
    }
    return answer(ced_typed_new(t, CED_HAS, e, bad ? &ced_t_bool : all, &of.x, 1), of.ok && !bad,
                  caps);
}

static ced_ans type_like(ced_typing *t, const ced_cap *prior, const ced_expr *e) {
    ced_ans a = ced_expect(t, prior, e->v[0], CED_W_STRING, CED_H_LIKE);
    return answer(ced_typed_new(t, CED_LIKE, e, &ced_t_bool, &a.x, 1), a.ok, NULL);
}

// ---------------------------------------------------------------------------------- is, in

static ced_ans type_is_alone(ced_typing *t, const ced_cap *prior, const ced_expr *e) {
    ced_ans a = ced_expect(t, prior, e->v[0], CED_W_ENTITY, CED_H_IS);
    const ced_type *type = &ced_t_bool;
    bool ok = a.ok && a.x->type && entityish(a.x->type);
    if (is_kind(a.x->type, CED_T_ENTITY)) {
        bool there = false;
        for (uint32_t i = 0; i < a.x->type->n; i++)
            there = there || wr_eq(a.x->type->entity[i]->name, e->u.s);
        type = !there ? &ced_t_false : a.x->type->n == 1 ? &ced_t_true : &ced_t_bool;
    }
    return answer(ced_typed_new(t, CED_IS, e, type, &a.x, 1), ok, NULL);
}

static const ced_uid *literal_uid(const ced_typing *t, const ced_expr *e) {
    e = ced_bare(e);
    if (e->op == CED_ACTION) return t->env.action->uid;
    return e->op == CED_ENTITY ? e->u.uid : NULL;
}

static bool action_under(ced_typing *t, const ced_uid *a, const ced_uid *b) {
    if (ced_uid_same(a, b)) return true;
    const ced_action *x = ced_schema_action(t->schema, a->type, a->id);
    for (uint32_t i = 0; x && i < x->n_up && ced_step(t, 1); i++)
        if (ced_uid_same(x->up[i]->uid, b)) return true;
    return false;
}

// An action in literals is known; NULL: that is not what stands there.
static const ced_type *action_in(ced_typing *t, const ced_expr *l, const ced_expr *r) {
    const ced_uid *a = literal_uid(t, l);
    if (!a || !ced_is_action_type(a->type)) return NULL;
    r = ced_bare(r);
    bool is_set = r->op == CED_SET, found = false;
    for (uint32_t i = 0; i < (is_set ? r->n : 1); i++) {
        const ced_uid *b = literal_uid(t, is_set ? r->v[i] : r);
        if (!b) return NULL;
        if (!found && ced_is_action_type(b->type)) found = action_under(t, a, b);
    }
    return found ? &ced_t_true : &ced_t_false;
}

static bool actions_under(ced_typing *t, const ced_entity_type *a, const ced_entity_type *b) {
    const ced_action *x;
    for (uint32_t i = 0; (x = ced_schema_action_at(t->schema, i)); i++)
        for (uint32_t k = 0; x->type == a && k < x->n_up && ced_step(t, 1); k++)
            if (x->up[k]->type == b) return true;
    return false;
}

// Can an entity of type a be in one of type b?
static bool may_be_in(ced_typing *t, const ced_entity_type *a, const ced_entity_type *b) {
    if (a == b) return true;
    if (a->is_action && b->is_action) return actions_under(t, a, b);
    for (uint32_t i = 0; i < a->n_up && ced_step(t, 1); i++)
        if (a->up[i] == b) return true;
    return false;
}

static bool any_in(ced_typing *t, const ced_type *a, const ced_type *b) {
    if (is_kind(b, CED_T_SET)) b = b->of;
    if (!is_kind(a, CED_T_ENTITY) || !is_kind(b, CED_T_ENTITY)) return true;
    for (uint32_t i = 0; i < a->n; i++)
        for (uint32_t k = 0; k < b->n; k++)
            if (may_be_in(t, a->entity[i], b->entity[k])) return true;
    return false;
}

static ced_ans type_in_of(ced_typing *t, const ced_cap *prior, const ced_expr *e,
                          const ced_expr *le, const ced_expr *re) {
    ced_ans l = ced_expect(t, prior, le, CED_W_ENTITY, CED_H_IN);
    ced_ans r = ced_expect(t, prior, re, CED_W_ENTITIES, CED_H_IN_WHAT);
    const ced_type *type = &ced_t_bool;
    if (l.ok && r.ok) {
        const ced_type *known = action_in(t, le, re);
        if (known) type = known;
        else if (!any_in(t, l.x->type, r.x->type)) type = &ced_t_false;
    }
    const ced_typed *v[] = {l.x, r.x};
    return answer(ced_typed_new(t, CED_IN, e, type, v, 2), l.ok && r.ok, NULL);
}

static ced_ans type_in(ced_typing *t, const ced_cap *prior, const ced_expr *e) {
    return type_in_of(t, prior, e, e->v[0], e->v[1]);
}

// e is T in x: e is T && e in x.
static ced_ans type_is(ced_typing *t, const ced_cap *prior, const ced_expr *e) {
    ced_ans a = type_is_alone(t, prior, e);
    if (e->n == 1 || is_false(a)) return a;
    ced_ans b = type_in_of(t, prior, e, e->v[0], e->v[1]);
    chain c = {.ok = a.ok, .type = a.x->type};
    and_next(t, &c, b);
    const ced_typed *v[] = {a.x, b.x};
    return answer(ced_typed_new(t, CED_AND, e, c.type, v, 2), c.ok, NULL);
}

// ---------------------------------------------------------------------------------- comparing

static bool literal(const ced_expr *e) {
    return e->op == CED_BOOL || e->op == CED_LONG || e->op == CED_STRING || e->op == CED_ENTITY ||
           e->op == CED_ACTION;
}

static bool literals_equal(const ced_typing *t, const ced_expr *a, const ced_expr *b) {
    const ced_uid *u = literal_uid(t, a), *w = literal_uid(t, b);
    if (u || w) return u && w && ced_uid_same(u, w);
    if (a->op != b->op) return false;
    if (a->op == CED_BOOL) return a->u.b == b->u.b;
    return a->op == CED_LONG ? a->u.i == b->u.i : wr_eq(a->u.s, b->u.s);
}

static bool disjoint(ced_typing *t, const ced_type *a, const ced_type *b) {
    if (!is_kind(a, CED_T_ENTITY) || !is_kind(b, CED_T_ENTITY)) return false;
    for (uint32_t i = 0; i < a->n; i++)
        for (uint32_t k = 0; k < b->n && ced_step(t, 1); k++)
            if (a->entity[i] == b->entity[k]) return false;
    return true;
}

static ced_ans type_eq(ced_typing *t, const ced_cap *prior, const ced_expr *e) {
    ced_ans l = ced_type_of(t, prior, e->v[0]), r = ced_type_of(t, prior, e->v[1]);
    const ced_expr *a = ced_bare(e->v[0]), *b = ced_bare(e->v[1]);
    const ced_type *type = &ced_t_bool;
    bool ok = l.ok && r.ok;
    if (disjoint(t, l.x->type, r.x->type)) type = &ced_t_false;
    else if (literal(a) && literal(b)) type = literals_equal(t, a, b) ? &ced_t_true : &ced_t_false;
    else if (t->strict &&
             !ced_agree(t, e, l.x->type, r.x->type, "both operands to a `==` expression"))
        ok = false;
    if (e->op == CED_NE && type != &ced_t_bool)
        type = type == &ced_t_true ? &ced_t_false : &ced_t_true;
    const ced_typed *v[] = {l.x, r.x};
    return answer(ced_typed_new(t, (ced_op)e->op, e, type, v, 2), ok, NULL);
}

static bool orderable(const ced_type *x) {
    return x->kind == CED_T_LONG || x->kind == CED_T_DATETIME || x->kind == CED_T_DURATION;
}

static const char any_order[] = "datetime, or duration, or Long";

static const char *order_name(const ced_type *x) {
    if (x->kind == CED_T_LONG) return wanted[CED_W_LONG];
    return wanted[x->kind == CED_T_DATETIME ? CED_W_DATETIME : CED_W_DURATION];
}

// False: they cannot be compared by order, and that was reported.
static bool in_order(ced_typing *t, const ced_expr *e, const ced_type *l, const ced_type *r) {
    const ced_expr *le = e->v[0], *re = e->v[1];
    bool ln = l->kind == CED_T_NEVER, rn = r->kind == CED_T_NEVER;
    if (ln && rn) return false;
    if ((ln || orderable(l)) && (rn || orderable(r)) && (ln || rn || l->kind == r->kind))
        return true;
    if (ln || rn) ced_say_unexpected(t, ln ? re : le, any_order, ln ? r : l, CED_H_NONE);
    else if (l->kind == CED_T_LONG) ced_say_unexpected(t, re, order_name(l), r, CED_H_NONE);
    else if (r->kind == CED_T_LONG) ced_say_unexpected(t, le, order_name(r), l, CED_H_NONE);
    else if (orderable(l)) ced_say_unexpected(t, re, order_name(l), r, CED_H_NONE);
    else if (orderable(r)) ced_say_unexpected(t, le, order_name(r), l, CED_H_NONE);
    else {
        ced_say_unexpected(t, le, any_order, l, CED_H_NONE);
        ced_say_unexpected(t, re, any_order, r, CED_H_NONE);
    }
    return false;
}

static ced_ans type_order(ced_typing *t, const ced_cap *prior, const ced_expr *e) {
    ced_ans l = ced_type_of(t, prior, e->v[0]), r = ced_type_of(t, prior, e->v[1]);
    bool ok = l.x->type && r.x->type && in_order(t, e, l.x->type, r.x->type);
    const ced_typed *v[] = {l.x, r.x};
    return answer(ced_typed_new(t, (ced_op)e->op, e, &ced_t_bool, v, 2), l.ok && r.ok && ok, NULL);
}

// ---------------------------------------------------------------------------------- numbers

static ced_ans type_arithmetic(ced_typing *t, const ced_cap *prior, const ced_expr *e) {
    const ced_typed **v = WR_NEW_N(t->scratch, const ced_typed *, e->n);
    if (!v) return answer(&nowhere, false, NULL);
    bool ok = true;
    for (uint32_t i = 0; i < e->n; i++) {
        // The first operand belongs to the operator behind it.
        uint32_t by = i ? i : 1;
        bool minus = e->op == CED_ADD && ((e->u.minus[by / 64] >> (by % 64)) & 1);
        ced_help help = e->op == CED_NEG             ? CED_H_NONE
                        : e->op == CED_ADD && !minus ? CED_H_ADD
                                                     : CED_H_ARITHMETIC;
        ced_ans a = ced_expect(t, prior, e->v[i], CED_W_LONG, help);
        ok = ok && a.ok;
        v[i] = a.x;
    }
    return answer(ced_typed_new(t, (ced_op)e->op, e, &ced_t_long, v, e->n), ok, NULL);
}

// ---------------------------------------------------------------------------------- sets, records

static ced_ans type_set(ced_typing *t, const ced_cap *prior, const ced_expr *e) {
    const ced_typed **v = WR_NEW_N(t->scratch, const ced_typed *, e->n ? e->n : 1);
    const ced_type **types = WR_NEW_N(t->scratch, const ced_type *, e->n ? e->n : 1);
    ced_type *set = WR_NEW(t->scratch, ced_type);
    if (!v || !types || !set) return answer(&nowhere, false, NULL);
    bool ok = true;
    for (uint32_t i = 0; i < e->n; i++) {
        ced_ans a = ced_type_of(t, prior, e->v[i]);
        ok = ok && a.ok;
        v[i] = a.x;
        types[i] = a.x->type;
    }
    *set = (ced_type){.kind = CED_T_SET};
    set->of = ced_common(t, e, types, e->n, "elements of a set");
    if (t->strict && !e->n) {
        ced_fault_typed(t, WR_D_P0407, e->at, (wr_str){0},
                        "empty set literals are forbidden in policies");
        set->of = NULL;
    }
    return answer(ced_typed_new(t, CED_SET, e, set->of ? set : NULL, v, e->n), ok && set->of, NULL);
}

static void sort_attrs(ced_attr *v, uint32_t n) { // by name; keys of literals are few
    for (uint32_t i = 1; i < n; i++) {
        ced_attr a = v[i];
        uint32_t k = i;
        for (; k && wr_cmp(v[k - 1].name, a.name) > 0; k--) v[k] = v[k - 1];
        v[k] = a;
    }
}

static ced_ans type_record(ced_typing *t, const ced_cap *prior, const ced_expr *e) {
    const ced_typed **v = WR_NEW_N(t->scratch, const ced_typed *, e->n ? e->n : 1);
    ced_attr *attrs = WR_NEW_N(t->scratch, ced_attr, e->n ? e->n : 1);
    ced_type *rec = WR_NEW(t->scratch, ced_type);
    if (!v || !attrs || !rec) return answer(&nowhere, false, NULL);
    bool ok = true, known = true;
    for (uint32_t i = 0; i < e->n; i++) {
        ced_ans a = ced_type_of(t, prior, e->v[i]);
        ok = ok && a.ok;
        known = known && a.x->type;
        v[i] = a.x;
        attrs[i] = (ced_attr){.name = e->u.keys[i], .type = a.x->type, .required = true};
    }
    if (ced_step(t, (uint64_t)e->n * e->n / 8)) sort_attrs(attrs, e->n);
    *rec = (ced_type){.kind = CED_T_RECORD, .attrs = attrs, .n = e->n};
    return answer(ced_typed_new(t, CED_RECORD, e, known ? rec : NULL, v, e->n), ok && known, NULL);
}

// ---------------------------------------------------------------------------------- all

ced_ans ced_type_of(ced_typing *t, const ced_cap *prior, const ced_expr *e) {
    typedef ced_ans rule(ced_typing *, const ced_cap *, const ced_expr *);
    static rule *const rules[] = {
        [CED_BOOL] = type_leaf,      [CED_LONG] = type_leaf,      [CED_STRING] = type_leaf,
        [CED_ENTITY] = type_entity,  [CED_PRINCIPAL] = type_leaf, [CED_ACTION] = type_leaf,
        [CED_RESOURCE] = type_leaf,  [CED_CONTEXT] = type_leaf,   [CED_SLOT] = type_leaf,
        [CED_NOT] = type_not,        [CED_NEG] = type_arithmetic, [CED_GET] = type_get,
        [CED_HAS] = type_has,        [CED_LIKE] = type_like,      [CED_IS] = type_is,
        [CED_EQ] = type_eq,          [CED_NE] = type_eq,          [CED_LT] = type_order,
        [CED_LE] = type_order,       [CED_GT] = type_order,       [CED_GE] = type_order,
        [CED_IN] = type_in,          [CED_AND] = type_and,        [CED_OR] = type_or,
        [CED_ADD] = type_arithmetic, [CED_MUL] = type_arithmetic, [CED_SET] = type_set,
        [CED_RECORD] = type_record,  [CED_CALL] = ced_type_call,  [CED_IF] = type_if,
    };
    e = ced_bare(e);
    if (!ced_step(t, 1)) return answer(&nowhere, false, NULL);
    return rules[e->op](t, prior, e);
}
