// SPDX-License-Identifier: Apache-2.0
// store_schema: what a schema asks of entities: their types, attributes, tags, what they may be
// in, members of enumerations; and its actions, which are in every store that has a schema. An
// action that the data gives too has to be what the schema says.
// Rules: cedar-spec Validation (entities), RFC 53; words of cedar-policy 4.13.

#include "lang/cedar/store_int.h"

bool ced_store_fault(wr_cedar_store *s, const wr_doc *d, const wr_node *n, wr_buf *b) {
    wr_str text = wr_buf_str(b);
    (void)wr_report(s->c, WR_D_P0205, WR_ERROR, d ? wr_form_src(d, n) : NULL,
                    n ? wr_form_span(n) : (wr_span){0, 0}, "%.*s", WR_FMT(text));
    wr_buf_fini(b);
    return false;
}

static void put_uid(wr_buf *b, const ced_uid *u) {
    wr_putc(b, '`');
    wr_cedar_put_uid(b, (wr_cedar_uid){u->type, u->id});
    wr_putc(b, '`');
}

static bool uid_fault(wr_cedar_store *s, const wr_doc *d, const wr_node *n, const ced_uid *u,
                      ced_uid_fault why) {
    wr_cedar_uid name = {u->type, u->id};
    wr_buf b, hint;
    wr_buf_init(&b, 0);
    wr_buf_init(&hint, 0);
    ced_uid_fault_say(&b, name, why);
    ced_uid_fault_hint(&hint, s->schema, name, why);
    wr_diag *g = wr_report(s->c, WR_D_P0205, WR_ERROR, wr_form_src(d, n), wr_form_span(n), "%.*s",
                           WR_FMT(wr_buf_str(&b)));
    if (hint.n) wr_hint(s->c, g, "%.*s", WR_FMT(wr_buf_str(&hint)));
    wr_buf_fini(&b);
    wr_buf_fini(&hint);
    return false;
}

bool ced_store_type(wr_cedar_store *s, const wr_doc *d, const wr_node *n, const ced_uid *u,
                    const ced_entity_type **out) {
    *out = NULL;
    if (s->schema == NULL) return true;
    ced_uid_fault why = ced_uid_check(s->schema, (wr_cedar_uid){u->type, u->id});
    if (why != CED_U_FINE) return uid_fault(s, d, n, u, why);
    *out = ced_schema_entity(s->schema, u->type);
    return true;
}

bool ced_store_value(wr_cedar_store *s, const wr_doc *d, const wr_node *n, const ced_place *place,
                     const ced_type *t, const ced_val *v) {
    ced_misfit m;
    if (!ced_conforms(t, v, &m)) {
        wr_buf b;
        wr_buf_init(&b, 0);
        ced_put_place(&b, place);
        ced_misfit_say(&b, &m);
        return ced_store_fault(s, d, n, &b);
    }
    ced_uid_fault why;
    const ced_uid *u = ced_val_check(s->schema, v, &why);
    return u == NULL || uid_fault(s, d, n, u, why);
}

bool ced_store_unknown(wr_cedar_store *s, const wr_doc *d, const wr_node *n,
                       const ced_place *place) {
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_str name = wr_utf8_cut(place->name, 80);
    if (place->kind == CED_P_ATTR) {
        wr_putf(&b, "attribute `%.*s` on ", WR_FMT(name));
        put_uid(&b, place->of);
        wr_putz(&b, " should not exist according to the schema");
    } else {
        wr_putf(&b, "found a tag `%.*s` on ", WR_FMT(name));
        put_uid(&b, place->of);
        wr_putz(&b, ", but no tags should exist on ");
        put_uid(&b, place->of);
        wr_putz(&b, " according to the schema");
    }
    return ced_store_fault(s, d, n, &b);
}

bool ced_store_complete(wr_cedar_store *s, const wr_doc *d, const wr_node *n, const ced_entity *e,
                        const ced_type *shape) {
    bool ok = true;
    for (uint32_t i = 0; i < shape->n; i++) {
        const ced_attr *a = &shape->attrs[i];
        if (!a->required || ced_record_get(&e->attrs, a->name)) continue;
        wr_buf b;
        wr_buf_init(&b, 0);
        wr_putz(&b, "expected entity ");
        put_uid(&b, e->uid);
        wr_putf(&b, " to have attribute `%.*s`, but it does not", WR_FMT(wr_utf8_cut(a->name, 80)));
        ok = ced_store_fault(s, d, n, &b);
    }
    return ok;
}

bool ced_store_parent(wr_cedar_store *s, const wr_doc *d, const wr_node *n, const ced_uid *u,
                      const ced_entity_type *type, const ced_uid *parent) {
    for (uint32_t i = 0; i < type->n_up; i++) {
        if (!wr_eq(type->up[i]->name, parent->type)) continue;
        ced_uid_fault why = ced_uid_check(s->schema, (wr_cedar_uid){parent->type, parent->id});
        return why == CED_U_FINE || uid_fault(s, d, n, parent, why);
    }
    wr_buf b;
    wr_buf_init(&b, 0);
    put_uid(&b, u);
    wr_putf(&b, " is not allowed to have an ancestor of type `%.*s` according to the schema",
            WR_FMT(parent->type));
    return ced_store_fault(s, d, n, &b);
}

// ---------------------------------------------------------------------------------- actions

static bool same_groups(const wr_cedar_store *s, const ced_entity *e, const ced_action *a) {
    if (e->n_up != a->n_up || e->attrs.n > 0 || e->tags.n > 0) return false;
    for (uint32_t i = 0; i < a->n_up; i++) {
        const ced_uid *up = a->up[i]->uid;
        const ced_uid *own = ced_uid_find(s->uids, up->type, up->id);
        if (own == NULL || !ced_is_under(s, e->uid->at, own->at)) return false;
    }
    return true;
}

bool ced_store_given_actions(wr_cedar_store *s) {
    bool ok = true;
    for (uint32_t i = 0; i < s->given.n; i++) {
        const ced_given *g = &s->given.v[i];
        const ced_entity *e = &s->v.v[g->at];
        const ced_action *a = ced_schema_action(s->schema, e->uid->type, e->uid->id);
        if (a == NULL || same_groups(s, e, a)) continue; // NULL: was said when it was read
        wr_str text = ced_uid_text(&s->c->arena, e->uid);
        wr_diag *d = wr_report(s->c, WR_D_P0205, WR_ERROR, g->src, g->span,
                               "definition of action `%.*s` does not match its schema declaration",
                               WR_FMT(text));
        wr_hint(s->c, d,
                "to use the schema's definition of `%.*s`, simply omit it from the entities input "
                "data",
                WR_FMT(text));
        ok = false;
    }
    return ok;
}

static int by_place(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

bool ced_store_add_actions(wr_cedar_store *s) {
    const ced_action *a;
    for (uint32_t i = 0; (a = ced_schema_action_at(s->schema, i)) != NULL; i++)
        if (ced_uid_of(s->uids, a->uid->type, a->uid->id) == NULL) return false;
    if (!ced_store_catch_up(s)) return false;
    for (uint32_t i = 0; (a = ced_schema_action_at(s->schema, i)) != NULL; i++) {
        ced_entity *e = &s->v.v[ced_uid_find(s->uids, a->uid->type, a->uid->id)->at];
        uint32_t *up = wr_alloc(&s->c->arena, (a->n_up + 1) * sizeof *up);
        if (up == NULL) return false;
        for (uint32_t k = 0; k < a->n_up; k++)
            up[k] = ced_uid_find(s->uids, a->up[k]->uid->type, a->up[k]->uid->id)->at;
        if (a->n_up > 1) qsort(up, a->n_up, sizeof *up, by_place);
        e->there = true;
        e->up = e->parents = up;
        e->n_up = e->n_parents = a->n_up;
    }
    return true;
}
