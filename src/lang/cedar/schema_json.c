// SPDX-License-Identifier: Apache-2.0
// schema_json: a schema as JSON, in the order of its names. As written, every name of the Cedar
// syntax is an EntityOrCommon; resolved, each is the entity, common or built-in type it means,
// under its whole name.
// Rules: Cedar schema, JSON format; cedar-policy 4.13 (schemaToJson, …WithResolvedTypes).

#include "lang/cedar/schema_int.h"

typedef struct writer {
    wr_out *o;
    const wr_cedar_schema *s;
    const sch_space *p;
    bool resolved;
} writer;

static void put_notes(wr_out *o, sch_notes notes) {
    if (notes.n == 0) return;
    wr_out_key(o, "annotations");
    o->map(o, false);
    for (uint32_t i = 0; i < notes.n; i++) {
        o->str(o, notes.v[i].key);
        if (notes.v[i].has_value) o->str(o, notes.v[i].value);
        else o->null(o);
    }
    o->end(o);
}

static void put_type(writer *w, const sch_type *t, sch_notes notes, bool required);

static void put_attrs(writer *w, const sch_type *t) {
    wr_out_key(w->o, "attributes");
    w->o->map(w->o, t->n == 0);
    for (uint32_t i = 0; i < t->n; i++) {
        const sch_attr *a = &t->attrs[i];
        w->o->str(w->o, a->name);
        put_type(w, a->type, a->notes, a->required);
    }
    if (t->n) w->o->end(w->o);
}

// A name that stands for a type.
static void put_named(writer *w, const sch_type *t) {
    static const char *const kinds[] = {"EntityOrCommon", NULL, "Entity", "Extension"};
    sch_target to = {0};
    wr_str name = t->name;
    const char *kind = kinds[t->kind];
    if (w->resolved && t->kind != SCH_EXTENSION && sch_find(w->s, w->p, t, &to)) {
        kind = to.entity ? "Entity" : NULL;
        if (to.entity) name = to.entity->name;
        if (to.common) name = to.common->full;
    }
    wr_out_put(w->o, "type", kind ? wr_strz(kind) : name);
    if (kind) wr_out_put(w->o, "name", name);
}

// Types nest at most WR_CEDAR_DEPTH deep: the readers saw to that.
static void put_type(writer *w, const sch_type *t, sch_notes notes, bool required) {
    w->o->map(w->o, false);
    switch ((sch_kind)t->kind) {
    case SCH_LONG: wr_out_put(w->o, "type", WR_S("Long")); break;
    case SCH_STRING: wr_out_put(w->o, "type", WR_S("String")); break;
    case SCH_BOOL: wr_out_put(w->o, "type", WR_S("Boolean")); break;
    case SCH_SET:
        wr_out_put(w->o, "type", WR_S("Set"));
        wr_out_key(w->o, "element");
        put_type(w, t->of, (sch_notes){0}, true);
        break;
    case SCH_RECORD:
        wr_out_put(w->o, "type", WR_S("Record"));
        put_attrs(w, t);
        break;
    default: put_named(w, t); break;
    }
    put_notes(w->o, notes);
    if (!required) {
        wr_out_key(w->o, "required");
        w->o->boolean(w->o, false);
    }
    w->o->end(w->o);
}

static bool is_empty(const sch_type *t) {
    return t == NULL || (t->kind == SCH_RECORD && t->n == 0);
}

static void put_refs(writer *w, const char *key, const sch_ref *v, uint32_t n) {
    wr_out_key(w->o, key);
    w->o->list(w->o, n == 0);
    for (uint32_t i = 0; i < n; i++) {
        const ced_entity_type *e = w->resolved ? sch_find_entity(w->s, w->p, v[i].name) : NULL;
        w->o->str(w->o, e ? e->name : v[i].name);
    }
    if (n) w->o->end(w->o);
}

static void put_entity(writer *w, const sch_entity *e) {
    bool empty = !e->is_enum && e->n_up == 0 && is_empty(e->shape) && !e->tags && e->notes.n == 0;
    w->o->map(w->o, empty);
    if (empty) return;
    if (e->is_enum) wr_out_list(w->o, "enum", e->ids, e->n_ids);
    if (e->n_up) put_refs(w, "memberOfTypes", e->up, e->n_up);
    if (!is_empty(e->shape)) {
        wr_out_key(w->o, "shape");
        put_type(w, e->shape, (sch_notes){0}, true);
    }
    if (e->tags) {
        wr_out_key(w->o, "tags");
        put_type(w, e->tags, (sch_notes){0}, true);
    }
    put_notes(w->o, e->notes);
    w->o->end(w->o);
}

static void put_members(writer *w, const sch_action *a) {
    if (a->n_up == 0) return;
    wr_out_key(w->o, "memberOf");
    w->o->list(w->o, false);
    for (uint32_t i = 0; i < a->n_up; i++) {
        const sch_member *m = &a->up[i];
        const ced_uid *u = w->resolved ? sch_find_member(w->s, w->p, m) : NULL;
        w->o->map(w->o, false);
        wr_out_put(w->o, "id", m->id);
        wr_out_some(w->o, "type", u ? u->type : m->type);
        w->o->end(w->o);
    }
    w->o->end(w->o);
}

static void put_action(writer *w, const sch_action *a) {
    bool empty = !a->applies && a->n_up == 0 && a->notes.n == 0;
    w->o->map(w->o, empty);
    if (empty) return;
    if (a->applies) {
        wr_out_key(w->o, "appliesTo");
        w->o->map(w->o, false);
        put_refs(w, "resourceTypes", a->resources, a->n_resources);
        put_refs(w, "principalTypes", a->principals, a->n_principals);
        if (!is_empty(a->context)) {
            wr_out_key(w->o, "context");
            put_type(w, a->context, (sch_notes){0}, true);
        }
        w->o->end(w->o);
    }
    put_members(w, a);
    put_notes(w->o, a->notes);
    w->o->end(w->o);
}

static void put_commons(writer *w, const sch_space *p) {
    if (p->commons.n == 0) return;
    wr_out_key(w->o, "commonTypes");
    w->o->map(w->o, false);
    for (uint32_t i = 0; i < p->commons.n; i++) {
        w->o->str(w->o, p->commons.v[i]->name);
        put_type(w, p->commons.v[i]->type, p->commons.v[i]->notes, true);
    }
    w->o->end(w->o);
}

static void put_space(writer *w, const sch_space *p) {
    w->p = p;
    w->o->str(w->o, p->name);
    w->o->map(w->o, false);
    put_commons(w, p);
    wr_out_key(w->o, "entityTypes");
    w->o->map(w->o, p->entities.n == 0);
    for (uint32_t i = 0; i < p->entities.n; i++) {
        w->o->str(w->o, p->entities.v[i]->name);
        put_entity(w, p->entities.v[i]);
    }
    if (p->entities.n) w->o->end(w->o);
    wr_out_key(w->o, "actions");
    w->o->map(w->o, p->actions.n == 0);
    for (uint32_t i = 0; i < p->actions.n; i++) {
        w->o->str(w->o, p->actions.v[i]->id);
        put_action(w, p->actions.v[i]);
    }
    if (p->actions.n) w->o->end(w->o);
    put_notes(w->o, p->notes);
    w->o->end(w->o);
}

void wr_cedar_schema_put_json(wr_out *o, const wr_cedar_schema *s, bool resolved) {
    writer w = {.o = o, .s = s, .resolved = resolved};
    o->map(o, s->spaces.n == 0);
    for (uint32_t i = 0; i < s->spaces.n; i++) put_space(&w, s->spaces.v[i]);
    if (s->spaces.n) o->end(o);
}
