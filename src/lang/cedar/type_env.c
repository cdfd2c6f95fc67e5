// SPDX-License-Identifier: Apache-2.0
// type_env: validation of a set: each policy and template in every environment that its schema
// allows, each link by what it fills in. Faults are remarks, not diagnostics: they are the answer.
// WR_LIMIT and WR_NOMEM mean that there is no answer; a caller must not take them for "valid".

#include "lang/cedar/type_int.h"

// ---------------------------------------------------------------------------------- environments

// The i-th type that the slot of k can have where the variable is of type var. False: no more.
static bool slot_at(const ced_policy *p, int k, const ced_entity_type *var, uint32_t i,
                    const ced_entity_type **out) {
    const ced_scope *s = &p->scope[k == WR_CEDAR_PRINCIPAL ? 0 : 2];
    *out = NULL;
    if (!s->slot) return i == 0;
    *out = var;
    if (i == 0) return true;
    if (s->op == CED_S_EQ || i > var->n_up) return false;
    *out = var->up[i - 1];
    return true;
}

// Digits of a number that counts: what runs out starts again, and the next one moves on.
bool ced_envs_next(ced_envs *i, ced_env *out) {
    const ced_action *a;
    while ((a = ced_schema_action_at(i->t->schema, i->action))) {
        if (i->principal >= a->n_principals || !a->n_resources) {
            i->action++;
            i->principal = 0;
        } else if (i->resource >= a->n_resources) {
            i->principal++;
            i->resource = 0;
        } else if (!slot_at(i->policy, WR_CEDAR_PRINCIPAL, a->principals[i->principal], i->slot[0],
                            &out->slot[0])) {
            i->resource++;
            i->slot[0] = 0;
        } else if (!slot_at(i->policy, WR_CEDAR_RESOURCE, a->resources[i->resource], i->slot[1],
                            &out->slot[1])) {
            i->slot[0]++;
            i->slot[1] = 0;
        } else {
            out->action = a;
            out->principal = a->principals[i->principal];
            out->resource = a->resources[i->resource];
            i->slot[1]++;
            return true;
        }
    }
    return false;
}

// ---------------------------------------------------------------------------------- conditions

static ced_expr *made(wr_arena *a, ced_op op, wr_span at, const ced_expr *const *v, uint32_t n) {
    ced_expr *e = WR_NEW(a, ced_expr);
    const ced_expr **kids = n ? WR_NEW_N(a, const ced_expr *, n) : NULL;
    if (!e || (n && !kids)) return NULL;
    for (uint32_t i = 0; i < n; i++) kids[i] = v[i];
    *e = (ced_expr){.op = (uint8_t)op, .at = at, .n = n, .v = kids};
    return e;
}

static const ced_expr *scope_what(wr_arena *a, const ced_scope *s, bool action) {
    const ced_expr **v = WR_NEW_N(a, const ced_expr *, s->n + 1);
    if (!v) return NULL;
    for (uint32_t i = 0; i < s->n; i++) {
        ced_expr *e = made(a, CED_ENTITY, s->at, NULL, 0);
        if (!e) return NULL;
        e->u.uid = s->v[i];
        v[i] = e;
    }
    if (action && s->op == CED_S_IN) return made(a, CED_SET, s->at, v, s->n);
    return v[0];
}

// A scope as a condition. NULL: no memory.
static const ced_expr *scope_expr(wr_arena *a, const ced_scope *s, int k) {
    static const ced_op vars[] = {CED_PRINCIPAL, CED_ACTION, CED_RESOURCE};
    const ced_expr *v[2] = {made(a, vars[k], s->at, NULL, 0), NULL};
    uint32_t n = 1;
    if (s->op != CED_S_IS) {
        ced_expr *slot = s->slot ? made(a, CED_SLOT, s->at, NULL, 0) : NULL;
        if (slot) slot->slot = k == 2;
        v[n++] = s->slot ? slot : scope_what(a, s, k == 1);
    }
    if (!v[0] || !v[n - 1]) return NULL;
    bool is = s->op == CED_S_IS || s->op == CED_S_IS_IN;
    ced_expr *e = made(a, is ? CED_IS : s->op == CED_S_EQ ? CED_EQ : CED_IN, s->at, v, n);
    if (e && is) e->u.s = s->type;
    return e;
}

bool ced_parts(wr_arena *a, const ced_policy *p, const ced_expr *const **out, uint32_t *n) {
    const ced_expr **v = WR_NEW_N(a, const ced_expr *, p->n_conditions + 3u);
    uint32_t m = 0;
    if (!v) return false;
    for (int k = 0; k < 3; k++) {
        if (p->scope[k].op == CED_S_ALL) continue;
        v[m] = scope_expr(a, &p->scope[k], k);
        if (!v[m++]) return false;
    }
    for (uint32_t i = 0; i < p->n_conditions; i++) {
        const ced_condition *c = &p->conditions[i];
        v[m] = c->unless ? made(a, CED_NOT, c->e->at, &c->e, 1) : c->e;
        if (!v[m++]) return false;
    }
    *out = v;
    *n = m;
    return true;
}

// ---------------------------------------------------------------------------------- one policy

static void check_levels(ced_typing *t, const ced_expr *const *parts, uint32_t n) {
    ced_envs i = {.t = t, .policy = t->policy};
    while (ced_step(t, 1) && ced_envs_next(&i, &t->env)) {
        wr_mark m = wr_arena_mark(t->scratch);
        ced_check_level(t, ced_type_policy(t, parts, n).x);
        wr_arena_rewind(t->scratch, m);
    }
}

static void check_policy(ced_typing *t, const ced_policy *p) {
    const ced_expr *const *parts;
    uint32_t n, before = t->out->n_errors;
    wr_arena *a = &t->c->arena;
    bool possible = false;
    t->policy = p;
    wr_map_init(&t->said, a);
    if (!ced_parts(a, p, &parts, &n)) return;
    ced_check_names(t, p);
    ced_check_applies(t, p);
    ced_envs i = {.t = t, .policy = p};
    while (ced_step(t, 1) && ced_envs_next(&i, &t->env)) {
        wr_mark m = wr_arena_mark(t->scratch);
        const ced_type *type = ced_type_policy(t, parts, n).x->type;
        possible = possible || !type || type->kind != CED_T_FALSE;
        wr_arena_rewind(t->scratch, m);
    }
    if (!possible)
        ced_remark(t, WR_D_P0411, true, p->at,
                   wr_fmt(a,
                          "for policy `%.*s`, policy is impossible: the policy expression "
                          "evaluates to false for all valid requests",
                          WR_FMT(p->id)),
                   WR_S("no request that the schema allows can make it apply"));
    if (t->level != UINT32_MAX && t->out->n_errors == before) check_levels(t, parts, n);
    ced_check_text(t, parts, n);
}

static void check_link(ced_typing *t, const ced_policy *p) {
    t->policy = p;
    ced_check_slots(t, p);
    ced_check_applies(t, p);
}

// ---------------------------------------------------------------------------------- all

static wr_rc finish(ced_typing *t, wr_cedar_remarks *out) {
    wr_ctx *c = t->c;
    if (t->spent) {
        wr_diag *d =
            wr_report(c, WR_D_P0413, WR_ERROR, t->policy ? t->policy->src : NULL,
                      t->policy ? t->policy->at : (wr_span){0, 0},
                      "validation takes more than %llu steps", (unsigned long long)c->limits.steps);
        wr_hint(c, d,
                "policies times environments of the schema are too many, or its types refer "
                "to each other too often");
        return WR_LIMIT;
    }
    if (c->arena.oom || t->scratch->oom) return WR_NOMEM;
    *out = (wr_cedar_remarks){t->out->v.v, t->out->v.n, t->out->n_errors};
    return WR_OK;
}

static ced_typing typing(wr_ctx *c, const wr_cedar_schema *schema, wr_cedar_mode mode,
                         ced_remarks *out, wr_arena *scratch) {
    return (ced_typing){.c = c,
                        .schema = schema,
                        .strict = mode == WR_CEDAR_STRICT,
                        .level = UINT32_MAX,
                        .out = out,
                        .scratch = scratch,
                        .steps = c->limits.steps};
}

wr_rc wr_cedar_validate(wr_ctx *c, const wr_cedar_set *s, const wr_cedar_schema *schema,
                        wr_cedar_mode mode, uint32_t level, wr_cedar_remarks *out) {
    wr_arena scratch;
    wr_arena_init(&scratch, 0);
    ced_remarks remarks = {0};
    ced_typing t = typing(c, schema, mode, &remarks, &scratch);
    t.level = level;
    *out = (wr_cedar_remarks){0};
    for (uint32_t i = 0; i < s->v.n && !t.spent; i++) {
        const ced_policy *p = s->v.v[i];
        if (!p) continue;
        if (p->of) check_link(&t, p);
        else check_policy(&t, p);
    }
    wr_rc rc = finish(&t, out);
    wr_arena_fini(&scratch);
    return rc;
}

wr_rc wr_cedar_envs(wr_ctx *c, const ced_policy *p, const wr_cedar_schema *schema,
                    wr_cedar_mode mode, const wr_cedar_env **out, uint32_t *n) {
    wr_arena scratch;
    wr_arena_init(&scratch, 0);
    ced_remarks none = {0};
    wr_cedar_remarks ignored;
    ced_typing t = typing(c, schema, mode, &none, &scratch);
    const ced_expr *const *parts = NULL;
    uint32_t m = 0;
    WR_VEC(wr_cedar_env) v = {0};
    t.policy = p->of ? p->of : p;
    t.muted = 1;
    if (!ced_parts(&c->arena, t.policy, &parts, &m)) return WR_NOMEM;
    ced_envs i = {.t = &t, .policy = t.policy};
    const ced_env *last = NULL;
    ced_env before = {0};
    while (ced_step(&t, 1) && ced_envs_next(&i, &t.env)) {
        wr_mark mark = wr_arena_mark(&scratch);
        ced_ans a = ced_type_policy(&t, parts, m);
        bool good = a.ok && a.x->type && a.x->type->kind != CED_T_FALSE;
        wr_arena_rewind(&scratch, mark);
        bool again = last && last->action == t.env.action && last->principal == t.env.principal &&
                     last->resource == t.env.resource;
        if (!good || again) continue;
        before = t.env;
        last = &before;
        wr_cedar_env e = {{t.env.action->uid->type, t.env.action->uid->id},
                          t.env.principal->name,
                          t.env.resource->name};
        if (!WR_PUSH(&c->arena, &v, e)) break;
    }
    *out = v.v;
    *n = v.n;
    wr_rc rc = finish(&t, &ignored);
    wr_arena_fini(&scratch);
    return rc;
}
