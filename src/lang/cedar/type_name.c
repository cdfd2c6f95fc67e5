// SPDX-License-Identifier: Apache-2.0
// type_name: checks of names, wherever they stand in a policy: entity types, actions and ids of
// enumerated types are declared; some action can apply to what the scope says. Typing alone would
// pass over what is never reached. Rules and words: cedar-policy 4.13.

#include "lang/cedar/type_int.h"

bool ced_is_action_type(wr_str type) {
    return wr_eq(type, WR_S("Action")) || wr_ends(type, WR_S("::Action"));
}

static void report(ced_typing *t, wr_code code, wr_span at, const wr_buf *text,
                   const wr_buf *help) {
    ced_remark(t, code, false, at, wr_buf_str(text), wr_buf_str(help));
}

// ---------------------------------------------------------------------------------- types

static bool known_type(const ced_typing *t, wr_str type) {
    return ced_is_action_type(type) || ced_schema_entity(t->schema, type);
}

static void check_type(ced_typing *t, wr_str type, wr_span at) {
    if (known_type(t, type)) return;
    wr_buf b, h;
    wr_buf_init(&b, 0);
    wr_buf_init(&h, 0);
    wr_putf(&b, "for policy `%.*s`, unrecognized entity type `%.*s`", WR_FMT(t->policy->id),
            WR_FMT(type));
    const ced_entity_type *e, *best = NULL;
    double how = 0;
    for (uint32_t i = 0; (e = ced_schema_entity_at(t->schema, i)) && ced_step(t, type.n); i++) {
        double d = wr_similar(type, e->name);
        if (d < WR_NEAR || d <= how) continue;
        how = d;
        best = e;
    }
    if (best) wr_putf(&h, "did you mean `%.*s`?", WR_FMT(best->name));
    report(t, WR_D_P0401, at, &b, &h);
    wr_buf_fini(&b);
    wr_buf_fini(&h);
}

// ---------------------------------------------------------------------------------- ids

static void help_enum(wr_buf *h, const ced_entity_type *e) {
    wr_putz(h, "valid entity eids: ");
    for (uint32_t i = 0; i < e->n_ids; i++) {
        wr_putz(h, i ? ", \"" : "\"");
        ced_put_string(h, e->ids[i], false);
        wr_putc(h, '"');
    }
}

static void check_id(ced_typing *t, const ced_uid *u, wr_span at) {
    const ced_entity_type *e = ced_schema_entity(t->schema, u->type);
    if (!e || !e->is_enum || !ced_step(t, e->n_ids)) return;
    for (uint32_t i = 0; i < e->n_ids; i++)
        if (wr_eq(e->ids[i], u->id)) return;
    wr_buf b, h;
    wr_buf_init(&b, 0);
    wr_buf_init(&h, 0);
    wr_putf(&b, "for policy `%.*s`: entity `", WR_FMT(t->policy->id));
    ced_say_uid(&b, u);
    wr_putz(&b, "` is of an enumerated entity type, but `\"");
    ced_put_string(&b, u->id, false);
    wr_putz(&b, "\"` is not declared as a valid eid");
    help_enum(&h, e);
    report(t, WR_D_P0403, at, &b, &h);
    wr_buf_fini(&b);
    wr_buf_fini(&h);
}

// Action::"Action::view" for Action::"view", or the other way round, else the nearest.
static void help_action(ced_typing *t, wr_buf *h, const ced_uid *u) {
    wr_buf with;
    wr_buf_init(&with, 0);
    wr_putz(&with, "Action::");
    wr_puts(&with, u->id);
    const ced_action *a, *best = NULL;
    double how = 0;
    bool typed = false;
    for (uint32_t i = 0; (a = ced_schema_action_at(t->schema, i)) && ced_step(t, u->id.n); i++) {
        if (wr_find(a->uid->id, wr_buf_str(&with), 0) != SIZE_MAX) {
            typed = true;
            best = a;
            break;
        }
        double d = wr_similar(u->id, a->uid->id);
        if (wr_ends(u->id, a->uid->id) && wr_starts(u->id, WR_S("Action::"))) d = 1;
        if (d < WR_NEAR || d <= how) continue;
        how = d;
        best = a;
    }
    wr_buf_fini(&with);
    if (!best) return;
    wr_putz(h, typed ? "did you intend to include the type in action `" : "did you mean `");
    ced_say_uid(h, best->uid);
    wr_putz(h, "`?");
}

static void check_action(ced_typing *t, const ced_uid *u, wr_span at) {
    if (ced_schema_action(t->schema, u->type, u->id)) return;
    wr_buf b, h;
    wr_buf_init(&b, 0);
    wr_buf_init(&h, 0);
    wr_putf(&b, "for policy `%.*s`, unrecognized action `", WR_FMT(t->policy->id));
    ced_say_uid(&b, u);
    wr_putc(&b, '`');
    help_action(t, &h, u);
    report(t, WR_D_P0402, at, &b, &h);
    wr_buf_fini(&b);
    wr_buf_fini(&h);
}

static void check_uid(ced_typing *t, const ced_uid *u, wr_span at) {
    check_type(t, u->type, at);
    if (ced_is_action_type(u->type)) check_action(t, u, at);
    else check_id(t, u, at);
}

// ---------------------------------------------------------------------------------- policies

static void check_expr(ced_typing *t, const ced_expr *e) {
    if (!ced_step(t, 1)) return;
    if (e->op == CED_ENTITY) check_uid(t, e->u.uid, e->at);
    if (e->op == CED_IS) check_type(t, e->u.s, e->at);
    for (uint32_t i = 0; i < e->n; i++) check_expr(t, e->v[i]);
    if (e->op == CED_IS && e->n == 2) check_expr(t, e->v[0]); // e is T && e in x: e stands twice
}

void ced_check_names(ced_typing *t, const ced_policy *p) {
    for (int k = 0; k < 3; k++) {
        const ced_scope *s = &p->scope[k];
        if (s->op == CED_S_IS || s->op == CED_S_IS_IN) check_type(t, s->type, s->at);
        for (uint32_t i = 0; i < s->n; i++) check_uid(t, s->v[i], s->at);
    }
    for (uint32_t i = 0; i < p->n_conditions; i++) check_expr(t, p->conditions[i].e);
}

void ced_check_slots(ced_typing *t, const ced_policy *link) {
    for (int k = 0; k < WR_CEDAR_N_SLOTS; k++)
        if (link->slots[k]) check_type(t, link->slots[k]->type, (wr_span){0, 0});
}

// ---------------------------------------------------------------------------------- scopes

typedef struct bound { // of principal or resource, a link's slot filled in
    uint8_t op;
    wr_str is;
    const ced_uid *uid; // NULL: any
} bound;

static bound bound_of(const ced_policy *p, int k) {
    const ced_policy *of = p->of ? p->of : p;
    const ced_scope *s = &of->scope[k];
    bound b = {.op = s->op, .is = s->type, .uid = s->n ? s->v[0] : NULL};
    if (s->slot) b.uid = p->slots[k == 0 ? WR_CEDAR_PRINCIPAL : WR_CEDAR_RESOURCE];
    if (!b.uid && (b.op == CED_S_EQ || b.op == CED_S_IN)) b.op = CED_S_ALL;
    if (!b.uid && b.op == CED_S_IS_IN) b.op = CED_S_IS;
    return b;
}

static bool type_in(ced_typing *t, const ced_entity_type *e, wr_str above) {
    if (wr_eq(e->name, above)) return true;
    for (uint32_t i = 0; i < e->n_up && ced_step(t, 1); i++)
        if (wr_eq(e->up[i]->name, above)) return true;
    return false;
}

static bool allows(ced_typing *t, const bound *b, const ced_entity_type *e) {
    if (b->op == CED_S_ALL) return true;
    if (b->uid == NULL) return b->op == CED_S_IS && wr_eq(b->is, e->name);
    if (b->op == CED_S_EQ) return wr_eq(b->uid->type, e->name);
    if (b->op != CED_S_IN && !wr_eq(b->is, e->name)) return false;
    return b->op == CED_S_IS || type_in(t, e, b->uid->type);
}

static bool any_allowed(ced_typing *t, const bound *b, const ced_entity_type *const *v,
                        uint32_t n) {
    for (uint32_t i = 0; i < n && ced_step(t, 1); i++)
        if (allows(t, b, v[i])) return true;
    return false;
}

static bool action_allowed(ced_typing *t, const ced_scope *s, const ced_action *a) {
    if (s->op == CED_S_ALL) return true;
    for (uint32_t i = 0; i < s->n && ced_step(t, 1); i++) {
        if (ced_uid_same(s->v[i], a->uid)) return true;
        for (uint32_t k = 0; s->op == CED_S_IN && k < a->n_up && ced_step(t, 1); k++)
            if (ced_uid_same(a->up[k]->uid, s->v[i])) return true;
    }
    return false;
}

// An `in` with an action that is not declared allows none.
static bool all_declared(const ced_typing *t, const ced_scope *s) {
    for (uint32_t i = 0; i < s->n && s->op == CED_S_IN; i++)
        if (!ced_schema_action(t->schema, s->v[i]->type, s->v[i]->id)) return false;
    return true;
}

// Would `in` instead of == help: no action takes the entity's type, one takes what can be in it?
static bool in_helps(ced_typing *t, const bound *b, const ced_scope *actions, bool principal) {
    if (b->op != CED_S_EQ) return false;
    const bound in = {.op = CED_S_IN, .uid = b->uid};
    bool helps = false;
    const ced_action *a;
    for (uint32_t i = 0; (a = ced_schema_action_at(t->schema, i)) && ced_step(t, 1); i++) {
        if (!action_allowed(t, actions, a)) continue;
        const ced_entity_type *const *v = principal ? a->principals : a->resources;
        uint32_t n = principal ? a->n_principals : a->n_resources;
        if (any_allowed(t, b, v, n)) return false;
        helps = helps || any_allowed(t, &in, v, n);
    }
    return helps;
}

void ced_check_applies(ced_typing *t, const ced_policy *p) {
    const ced_policy *of = p->of ? p->of : p;
    const ced_scope *actions = &of->scope[1];
    bound principal = bound_of(p, 0), resource = bound_of(p, 2);
    const ced_action *a;
    bool all = all_declared(t, actions);
    for (uint32_t i = 0; all && (a = ced_schema_action_at(t->schema, i)) && ced_step(t, 1); i++)
        if (action_allowed(t, actions, a) &&
            any_allowed(t, &principal, a->principals, a->n_principals) &&
            any_allowed(t, &resource, a->resources, a->n_resources))
            return;
    bool pr = in_helps(t, &principal, actions, true), re = in_helps(t, &resource, actions, false);
    wr_str help = wr_strz(
        pr && re ? "try replacing `==` with `in` in the principal clause and the resource clause"
        : pr     ? "try replacing `==` with `in` in the principal clause"
        : re     ? "try replacing `==` with `in` in the resource clause"
                 : "");
    wr_str text = wr_fmt(&t->c->arena,
                         "for policy `%.*s`, unable to find an applicable action given the policy "
                         "scope constraints",
                         WR_FMT(p->id));
    ced_remark(t, WR_D_P0410, true, p->at, text, help);
}
