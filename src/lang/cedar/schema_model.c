// SPDX-License-Identifier: Apache-2.0
// schema_model: the meaning of a schema: every type with its names resolved, entity types with all
// they can be in, actions with all their groups and what they apply to. Common types are shared,
// so the model is a graph; its depth is bounded, and so is what the closures may hold.
// Rules: cedar-policy 4.13, cedar-spec Validation/Types.

#include "lang/cedar/schema_int.h"

#include <stdlib.h>

enum { MAX_CLOSURE = 1 << 22 }; // pairs of a type or action and what it is in

static const ced_type empty_record = {.kind = CED_T_RECORD};

typedef struct model {
    wr_cedar_schema *s;
    bool ok;
    WR_VEC(uint32_t) to; // edges of what is being closed
    uint32_t *beg;
} model;

// ---------------------------------------------------------------------------------- names

static void undeclared(model *m, const sch_space *p, wr_str name, wr_span at, const char *as) {
    wr_cedar_schema *s = m->s;
    m->ok = false;
    wr_diag *d = sch_fault(s, WR_D_P0303, at, "failed to resolve type: %.*s", WR_FMT(name));
    bool plain = wr_find(name, WR_S("::"), 0) == SIZE_MAX;
    if (p->name.n && plain)
        wr_hint(s->c, d,
                "neither `%.*s::%.*s` nor `%.*s` refers to anything that has been declared as %s",
                WR_FMT(p->name), WR_FMT(name), WR_FMT(name), as);
    else wr_hint(s->c, d, "`%.*s` has not been declared as %s", WR_FMT(name), as);
}

static const ced_type *too_deep(model *m, wr_span at) {
    m->ok = false;
    (void)sch_fault(m->s, WR_D_P0305, at, "types are nested more than %d deep", WR_CEDAR_DEPTH);
    return NULL;
}

// ---------------------------------------------------------------------------------- types

// *height: of the type; level: how deep the resolving is. NULL: a fault was reported.
static const ced_type *resolve(model *m, const sch_space *p, const sch_type *t, uint32_t level,
                               uint32_t *height);

static const ced_type *resolve_common(model *m, const sch_common *common, uint32_t level,
                                      uint32_t *height) {
    sch_common *c = (sch_common *)(uintptr_t)common;
    if (c->state == 1) {
        m->ok = false;
        wr_diag *d =
            sch_fault(m->s, WR_D_P0305, c->at, "cycle in common type references containing `%.*s`",
                      WR_FMT(c->full));
        wr_hint(m->s->c, d, "a common type may not refer to itself, directly or by others");
        return NULL;
    }
    if (c->state == 0) {
        c->state = 1;
        c->model = resolve(m, c->space, c->type, level + 1, &c->depth);
        c->state = 2;
    }
    *height = c->depth;
    return c->model;
}

static const ced_type *resolve_name(model *m, const sch_space *p, const sch_type *t, uint32_t level,
                                    uint32_t *height) {
    sch_target to;
    static const char *const as[] = {"a common or entity type", "a common type", "an entity type"};
    if (t->kind == SCH_EXTENSION) {
        const ced_type *x = sch_extension(t->name);
        if (x) return x;
        m->ok = false;
        (void)sch_fault(m->s, WR_D_P0303, t->at, "unknown extension type `%.*s`", WR_FMT(t->name));
        return NULL;
    }
    if (!sch_find(m->s, p, t, &to)) {
        undeclared(m, p, t->name, t->at, as[t->kind]);
        return NULL;
    }
    if (to.entity) return to.entity->self;
    return to.common ? resolve_common(m, to.common, level, height) : to.built_in;
}

static const ced_type *resolve_record(model *m, const sch_space *p, const sch_type *t,
                                      uint32_t level, uint32_t *height) {
    wr_arena *a = &m->s->c->arena;
    ced_type *out = WR_NEW(a, ced_type);
    ced_attr *v = WR_NEW_N(a, ced_attr, t->n + 1);
    if (out == NULL || v == NULL) return NULL;
    bool ok = true;
    for (uint32_t i = 0; i < t->n; i++) {
        const sch_attr *from = &t->attrs[i];
        uint32_t h = 0;
        v[i] = (ced_attr){from->name, resolve(m, p, from->type, level + 1, &h), from->required,
                          from->notes.v, from->notes.n};
        if (v[i].type == NULL) ok = false;
        if (h > *height) *height = h;
    }
    *out = (ced_type){.kind = CED_T_RECORD, .attrs = v, .n = t->n};
    return ok ? out : NULL;
}

static const ced_type *resolve_set(model *m, const sch_space *p, const sch_type *t, uint32_t level,
                                   uint32_t *height) {
    ced_type *out = WR_NEW(&m->s->c->arena, ced_type);
    const ced_type *of = resolve(m, p, t->of, level + 1, height);
    if (out == NULL || of == NULL) return NULL;
    *out = (ced_type){.kind = CED_T_SET, .of = of};
    return out;
}

static const ced_type *resolve(model *m, const sch_space *p, const sch_type *t, uint32_t level,
                               uint32_t *height) {
    if (level > 2 * WR_CEDAR_DEPTH) return too_deep(m, t->at);
    const ced_type *out = NULL;
    *height = 0;
    switch ((sch_kind)t->kind) {
    case SCH_LONG: out = sch_built_in(WR_S("Long")); break;
    case SCH_STRING: out = sch_built_in(WR_S("String")); break;
    case SCH_BOOL: out = sch_built_in(WR_S("Bool")); break;
    case SCH_SET: out = resolve_set(m, p, t, level, height); break;
    case SCH_RECORD: out = resolve_record(m, p, t, level, height); break;
    default: return resolve_name(m, p, t, level, height);
    }
    if (out && ++*height > WR_CEDAR_DEPTH) return too_deep(m, t->at);
    return out;
}

static const ced_type *resolve_top(model *m, const sch_space *p, const sch_type *t) {
    uint32_t height;
    return resolve(m, p, t, 0, &height);
}

// ---------------------------------------------------------------------------------- closures

typedef struct closer {
    uint32_t *seen; // stamp of each
    uint32_t *todo;
    uint32_t stamp, n;
    uint64_t total;
} closer;

static int by_number(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

// All that can be reached from i by the edges, sorted, into k->todo; how many.
static uint32_t reach(const model *m, closer *k, uint32_t i) {
    uint32_t n = 0;
    k->stamp++;
    for (uint32_t e = m->beg[i]; m->to.v != NULL && e < m->beg[i + 1]; e++)
        if (k->seen[m->to.v[e]] != k->stamp) {
            k->seen[m->to.v[e]] = k->stamp;
            k->todo[n++] = m->to.v[e];
        }
    for (uint32_t done = 0; done < n; done++) {
        uint32_t at = k->todo[done];
        for (uint32_t e = m->beg[at]; e < m->beg[at + 1]; e++) {
            uint32_t to = m->to.v[e];
            if (k->seen[to] == k->stamp) continue;
            k->seen[to] = k->stamp;
            k->todo[n++] = to;
        }
    }
    if (n > 1) qsort(k->todo, n, sizeof *k->todo, by_number);
    k->total += n;
    return n;
}

static bool closer_init(model *m, closer *k, uint32_t n) {
    wr_arena *a = &m->s->c->arena;
    *k = (closer){.n = n};
    k->seen = WR_NEW_N(a, uint32_t, n + 1);
    k->todo = WR_NEW_N(a, uint32_t, n + 1);
    m->beg = WR_NEW_N(a, uint32_t, n + 2);
    m->to.n = 0;
    return k->seen && k->todo && m->beg;
}

static bool too_much(model *m, const closer *k) {
    if (k->total <= MAX_CLOSURE) return false;
    m->ok = false;
    (void)sch_fault(m->s, WR_D_P0305, (wr_span){0, 0},
                    "the hierarchy of the schema has more than %d pairs of member and group",
                    MAX_CLOSURE);
    return true;
}

// ---------------------------------------------------------------------------------- entities

static bool new_entity_type(wr_cedar_schema *s, wr_str name, ced_entity_type **out) {
    struct whole {
        ced_entity_type e;
        const ced_entity_type *one;
        ced_type type;
    } *w = WR_NEW(&s->c->arena, struct whole);
    if (w == NULL) return false;
    w->e.name = name;
    w->e.shape = &empty_record;
    w->e.self = &w->type;
    w->one = &w->e;
    w->type = (ced_type){.kind = CED_T_ENTITY, .n = 1, .entity = &w->one};
    *out = &w->e;
    return true;
}

static bool make_entity(wr_cedar_schema *s, sch_space *p, sch_entity *e) {
    if (!new_entity_type(s, sch_join(&s->c->arena, p->name, e->name), &e->model)) return false;
    e->model->index = s->n_entities;
    e->model->is_enum = e->is_enum;
    e->model->ids = e->ids;
    e->model->n_ids = e->n_ids;
    s->entity[s->n_entities++] = e->model;
    return true;
}

static bool make_action_type(wr_cedar_schema *s, sch_space *p) {
    if (p->actions.n == 0) return true;
    wr_str name = sch_join(&s->c->arena, p->name, WR_S("Action"));
    if (!new_entity_type(s, name, &p->action_type)) return false;
    p->action_type->is_action = true;
    p->action_type->index = UINT32_MAX;
    void **place = wr_map_at(&s->action_types, name);
    if (place) *place = p->action_type;
    return place != NULL;
}

static bool make_entities(wr_cedar_schema *s) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->spaces.n; i++) n += s->spaces.v[i]->entities.n;
    s->entity = WR_NEW_N(&s->c->arena, const ced_entity_type *, n + 1);
    if (s->entity == NULL) return false;
    for (uint32_t i = 0; i < s->spaces.n; i++) {
        sch_space *p = s->spaces.v[i];
        for (uint32_t k = 0; k < p->entities.n; k++)
            if (!make_entity(s, p, p->entities.v[k])) return false;
        if (!make_action_type(s, p)) return false;
    }
    return true;
}

// The entity type of a reference; NULL: a fault was reported.
static const ced_entity_type *entity_ref(model *m, const sch_space *p, const sch_ref *r) {
    const ced_entity_type *e = sch_find_entity(m->s, p, r->name);
    if (e) return e;
    sch_type t = {.kind = SCH_ENTITY, .name = r->name, .at = r->at};
    sch_target to;
    if (!sch_find(m->s, p, &t, &to)) {
        undeclared(m, p, r->name, r->at, "an entity type");
        return NULL;
    }
    m->ok = false;
    wr_diag *d =
        sch_fault(m->s, WR_D_P0303, r->at, "undeclared entity type: %.*s", WR_FMT(to.entity->name));
    wr_hint(m->s->c, d,
            "this is the type of actions, which no entity type can be in and no action "
            "can apply to");
    return NULL;
}

static bool entity_types(model *m, const sch_space *p, sch_entity *e) {
    for (uint32_t i = 0; i < e->n_up; i++) {
        const ced_entity_type *up = entity_ref(m, p, &e->up[i]);
        if (up && !WR_PUSH(&m->s->c->arena, &m->to, up->index)) return false;
    }
    if (e->tags) e->model->tags = resolve_top(m, p, e->tags);
    if (e->shape == NULL) return true;
    const ced_type *shape = resolve_top(m, p, e->shape);
    if (shape == NULL) return true;
    e->model->shape = shape;
    if (shape->kind == CED_T_RECORD) return true;
    m->ok = false;
    wr_diag *d = sch_fault(m->s, WR_D_P0304, e->shape->at,
                           "Shape for entity type %.*s is declared with a type other than `Record`",
                           WR_FMT(e->model->name));
    wr_hint(m->s->c, d, "entity types' shapes must have type `Record`");
    return true;
}

static bool close_entities(model *m) {
    wr_cedar_schema *s = m->s;
    closer k;
    if (!closer_init(m, &k, s->n_entities)) return false;
    for (uint32_t i = 0, at = 0; i < s->spaces.n; i++) {
        sch_space *p = s->spaces.v[i];
        for (uint32_t j = 0; j < p->entities.n; j++) {
            if (!entity_types(m, p, p->entities.v[j])) return false;
            m->beg[++at] = m->to.n;
        }
    }
    for (uint32_t i = 0; i < s->n_entities; i++) {
        uint32_t n = reach(m, &k, i);
        if (n == 0) continue;
        if (too_much(m, &k)) return true;
        const ced_entity_type **up = WR_NEW_N(&s->c->arena, const ced_entity_type *, n);
        if (up == NULL) return false;
        for (uint32_t j = 0; j < n; j++) up[j] = s->entity[k.todo[j]];
        ced_entity_type *e = (ced_entity_type *)(uintptr_t)s->entity[i];
        e->up = up;
        e->n_up = n;
    }
    return true;
}

// ---------------------------------------------------------------------------------- actions

static int by_index(const void *a, const void *b) {
    uint32_t x = (*(const ced_entity_type *const *)a)->index;
    uint32_t y = (*(const ced_entity_type *const *)b)->index;
    return (x > y) - (x < y);
}

// Each once, by index.
static bool applies_to(model *m, const sch_space *p, const sch_ref *v, uint32_t n,
                       const ced_entity_type *const **out, uint32_t *n_out) {
    if (n == 0) return true;
    const ced_entity_type **all = WR_NEW_N(&m->s->c->arena, const ced_entity_type *, n);
    if (all == NULL) return false;
    uint32_t found = 0, kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        const ced_entity_type *e = entity_ref(m, p, &v[i]);
        if (e) all[found++] = e;
    }
    if (found > 1) qsort(all, found, sizeof *all, by_index);
    for (uint32_t i = 0; i < found; i++)
        if (kept == 0 || all[kept - 1] != all[i]) all[kept++] = all[i];
    *out = all;
    *n_out = kept;
    return true;
}

static bool action_groups(model *m, const sch_space *p, const sch_action *a) {
    for (uint32_t i = 0; i < a->n_up; i++) {
        const ced_uid *u = sch_find_member(m->s, p, &a->up[i]);
        if (u) {
            if (!WR_PUSH(&m->s->c->arena, &m->to, u->at)) return false;
            continue;
        }
        m->ok = false;
        wr_str type =
            a->up[i].type.n ? a->up[i].type : sch_join(&m->s->c->arena, p->name, WR_S("Action"));
        ced_uid none = {.type = type, .id = a->up[i].id};
        wr_diag *d = sch_fault(m->s, WR_D_P0303, a->up[i].at, "undeclared action: %.*s",
                               WR_FMT(ced_uid_text(&m->s->c->arena, &none)));
        wr_hint(m->s->c, d, "any actions appearing as parents need to be declared as actions");
    }
    return true;
}

static bool make_action(model *m, sch_action *a) {
    const sch_space *p = a->space;
    ced_action *o = a->model;
    if (!action_groups(m, p, a)) return false;
    if (!applies_to(m, p, a->principals, a->n_principals, &o->principals, &o->n_principals) ||
        !applies_to(m, p, a->resources, a->n_resources, &o->resources, &o->n_resources))
        return false;
    o->applies = o->n_principals > 0 && o->n_resources > 0;
    if (a->context == NULL) return true;
    const ced_type *context = resolve_top(m, p, a->context);
    if (context == NULL) return true;
    o->context = context;
    if (context->kind == CED_T_RECORD) return true;
    m->ok = false;
    wr_str text = ced_uid_text(&m->s->c->arena, a->uid);
    wr_diag *d = sch_fault(m->s, WR_D_P0304, a->context->at,
                           "Context for action %.*s is declared with a type other than `Record`",
                           WR_FMT(text));
    wr_hint(m->s->c, d, "action contexts must have type `Record`");
    return true;
}

static bool in_itself(model *m, const sch_action *a, const closer *k, uint32_t n) {
    for (uint32_t j = 0; j < n; j++) {
        if (k->todo[j] != a->uid->at) continue;
        m->ok = false;
        wr_str text = ced_uid_text(&m->s->c->arena, a->uid);
        (void)sch_fault(m->s, WR_D_P0305, a->at, "cycle in action hierarchy containing `%.*s`",
                        WR_FMT(text));
        return true;
    }
    return false;
}

static bool close_actions(model *m) {
    wr_cedar_schema *s = m->s;
    closer k;
    if (!closer_init(m, &k, s->n_actions)) return false;
    for (uint32_t i = 0; i < s->n_actions; i++) {
        if (!make_action(m, s->by_uid.v[i])) return false;
        m->beg[i + 1] = m->to.n;
    }
    for (uint32_t i = 0; i < s->n_actions; i++) {
        uint32_t n = reach(m, &k, i);
        if (n == 0) continue;
        if (too_much(m, &k) || in_itself(m, s->by_uid.v[i], &k, n)) return true;
        const ced_action **up = WR_NEW_N(&s->c->arena, const ced_action *, n);
        if (up == NULL) return false;
        for (uint32_t j = 0; j < n; j++) up[j] = s->action[k.todo[j]];
        s->by_uid.v[i]->model->up = up;
        s->by_uid.v[i]->model->n_up = n;
    }
    return true;
}

static bool new_actions(wr_cedar_schema *s) {
    s->n_actions = s->by_uid.n;
    s->action = WR_NEW_N(&s->c->arena, const ced_action *, s->n_actions + 1);
    ced_action *v = WR_NEW_N(&s->c->arena, ced_action, s->n_actions + 1);
    if (s->action == NULL || v == NULL) return false;
    for (uint32_t i = 0; i < s->n_actions; i++) {
        sch_action *a = s->by_uid.v[i];
        v[i].uid = a->uid;
        v[i].index = i;
        v[i].type = a->space->action_type;
        v[i].context = &empty_record;
        a->model = &v[i];
        s->action[i] = &v[i];
    }
    return true;
}

static bool resolve_commons(model *m) {
    for (uint32_t i = 0; i < m->s->spaces.n; i++) {
        const sch_space *p = m->s->spaces.v[i];
        for (uint32_t k = 0; k < p->commons.n; k++) {
            uint32_t height;
            if (p->commons.v[k]->state == 0) (void)resolve_common(m, p->commons.v[k], 0, &height);
        }
    }
    return !m->s->c->arena.oom;
}

wr_rc sch_model(wr_cedar_schema *s) {
    model m = {.s = s, .ok = true};
    if (!make_entities(s) || !new_actions(s) || !resolve_commons(&m) || !close_entities(&m) ||
        !close_actions(&m))
        return WR_NOMEM;
    return m.ok ? WR_OK : WR_BAD;
}

// ---------------------------------------------------------------------------------- looking up

const ced_entity_type *ced_schema_entity(const wr_cedar_schema *s, wr_str name) {
    const sch_entity *e = wr_map_find(&s->entities, name);
    return e ? e->model : NULL;
}

const ced_entity_type *ced_schema_action_type(const wr_cedar_schema *s, wr_str name) {
    return wr_map_find(&s->action_types, name);
}

const ced_action *ced_schema_action(const wr_cedar_schema *s, wr_str type, wr_str id) {
    const ced_uid *u = ced_uid_find(s->uids, type, id);
    return u ? s->action[u->at] : NULL;
}

const ced_entity_type *ced_schema_entity_at(const wr_cedar_schema *s, uint32_t i) {
    return i < s->n_entities ? s->entity[i] : NULL;
}

const ced_action *ced_schema_action_at(const wr_cedar_schema *s, uint32_t i) {
    return i < s->n_actions ? s->action[i] : NULL;
}
