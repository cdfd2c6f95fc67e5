// SPDX-License-Identifier: Apache-2.0
// store: entities, loaded once and kept. Every name that the data mentions has a place, whether
// the entity is given or not; closing the store computes for each given entity the sorted list of
// all it is in, so that `in` is a search in a short list.
//
// Always true of a closed store: no entity is in itself; equal names are one place.

#include "lang/cedar/store_int.h"

wr_cedar_store *wr_cedar_store_new(wr_ctx *c, const wr_cedar_schema *schema) {
    wr_cedar_store *s = WR_NEW(&c->arena, wr_cedar_store);
    if (s == NULL) return NULL;
    s->c = c;
    s->schema = schema;
    s->uids = ced_uids_new(&c->arena);
    return s->uids ? s : NULL;
}

uint32_t wr_cedar_store_count(const wr_cedar_store *s) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->v.n; i++) n += s->v.v[i].there;
    return n;
}

bool ced_store_catch_up(wr_cedar_store *s) {
    while (s->v.n < ced_uids_count(s->uids)) {
        ced_entity e = {.uid = ced_uids_at(s->uids, s->v.n)};
        e.attrs.kind = e.tags.kind = CED_V_RECORD;
        if (!WR_PUSH(&s->c->arena, &s->v, e)) return false;
    }
    return true;
}

static bool fault(wr_cedar_store *s, const wr_doc *d, const wr_node *n, const char *fmt, ...)
    WR_PRINTF(4, 5);
static bool fault(wr_cedar_store *s, const wr_doc *d, const wr_node *n, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    (void)wr_vreport(s->c, WR_D_P0202, WR_ERROR, wr_form_src(d, n), wr_form_span(n), fmt, ap);
    va_end(ap);
    return false;
}

wr_str ced_uid_text(wr_arena *a, const ced_uid *u) {
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_cedar_put_uid(&b, (wr_cedar_uid){u->type, u->id});
    return wr_buf_keep(&b, a);
}

// ---------------------------------------------------------------------------------- reading

// One parent, read into *at.
static bool read_parent(wr_cedar_store *s, const wr_doc *d, const wr_node *n, const ced_entity *e,
                        const ced_entity_type *type, uint32_t *at) {
    ced_reading how = {.d = d, .uids = s->uids, .place = {CED_P_PARENTS, WR_S(""), e->uid}};
    const ced_uid *u;
    if (!ced_read_uid(s->c, &how, n, &u)) return false;
    *at = u->at;
    if (type) return ced_store_parent(s, d, n, e->uid, type, u);
    if (!ced_is_action(e->uid->type) || ced_is_action(u->type)) return true;
    wr_str a = ced_uid_text(&s->c->arena, e->uid), b = ced_uid_text(&s->c->arena, u);
    return fault(s, d, n, "action `%.*s` has a non-action parent `%.*s`", WR_FMT(a), WR_FMT(b));
}

static bool read_parents(wr_cedar_store *s, const wr_doc *d, const wr_node *n,
                         const ced_entity_type *type, ced_entity *e) {
    if (n->kind != WR_LIST) return fault(s, d, n, "`parents` has to be a list");
    uint32_t *v = WR_NEW_N(&s->c->arena, uint32_t, n->n + 1);
    if (v == NULL) return false;
    bool ok = true;
    for (uint32_t i = 0; i < n->n; i++)
        if (!read_parent(s, d, &n->u.kids[i], e, type, &v[i])) ok = false;
    e->parents = v;
    e->n_parents = n->n;
    return ok;
}

typedef struct fields { // attributes or tags of an entity, being read
    const char *what;
    ced_place_kind kind;
    const ced_uid *of;
    bool typed;
    const ced_type *shape; // attributes
    const ced_type *tags;  // tags: the type of each; NULL: there may be none
} fields;

static const ced_type *field_type(const fields *f, wr_str key) {
    if (f->kind == CED_P_TAG) return f->tags;
    for (uint32_t i = 0; i < f->shape->n; i++)
        if (wr_eq(f->shape->attrs[i].name, key)) return f->shape->attrs[i].type;
    return NULL;
}

static bool read_field(wr_cedar_store *s, const wr_doc *d, const fields *of, const wr_node *key,
                       const wr_node *n, ced_field *out) {
    ced_reading how = {.d = d, .uids = s->uids, .place = {of->kind, wr_node_str(key), of->of}};
    const ced_type *t = of->typed ? field_type(of, wr_node_str(key)) : NULL;
    out->key = wr_node_str(key);
    if (of->typed && t == NULL) return ced_store_unknown(s, d, key, &how.place);
    if (ced_read(s->c, &how, n, t, &out->v) != WR_OK) return false;
    return t == NULL || ced_store_value(s, d, n, &how.place, t, &out->v);
}

static bool read_fields(wr_cedar_store *s, const wr_doc *d, const wr_node *n, const fields *of,
                        ced_val *out) {
    if (n->kind != WR_MAP) return fault(s, d, n, "`%s` has to be an object", of->what);
    if (wr_map_losers(n) > 0) return fault(s, d, n, "a key stands in `%s` twice", of->what);
    ced_field *f = WR_NEW_N(&s->c->arena, ced_field, n->n + 1);
    if (f == NULL) return false;
    bool ok = true;
    for (uint32_t i = 0; i < n->n; i++)
        if (!read_field(s, d, of, wr_map_key(n, i), wr_map_val(n, i), &f[i])) ok = false;
    return ced_record_make(&s->c->arena, f, n->n, out) && ok;
}

static int by_place(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static bool same_parents(const ced_entity *a, const ced_entity *b) {
    if (a->n_parents != b->n_parents) return false;
    for (uint32_t i = 0; i < a->n_parents; i++)
        if (a->parents[i] != b->parents[i]) return false;
    return true;
}

static uint32_t sort_unique(uint32_t *v, uint32_t n) {
    if (n > 1) qsort(v, n, sizeof *v, by_place);
    uint32_t m = 0;
    for (uint32_t i = 0; i < n; i++)
        if (m == 0 || v[m - 1] != v[i]) v[m++] = v[i];
    return m;
}

// Puts an entity that was read into its place.
static bool keep(wr_cedar_store *s, const wr_doc *d, const wr_node *n, ced_entity *e) {
    if (!ced_store_catch_up(s)) return false;
    e->n_parents = sort_unique((uint32_t *)(uintptr_t)e->parents, e->n_parents);
    ced_entity *own = &s->v.v[e->uid->at];
    if (own->there && !(ced_val_eq(&own->attrs, &e->attrs) && ced_val_eq(&own->tags, &e->tags) &&
                        same_parents(own, e)))
        return fault(s, d, n, "duplicate entity entry `%.*s`",
                     WR_FMT(ced_uid_text(&s->c->arena, e->uid)));
    *own = *e;
    ced_given given = {e->uid->at, wr_form_src(d, n), wr_form_span(n)};
    return s->schema == NULL || !ced_is_action(e->uid->type) ||
           WR_PUSH(&s->c->arena, &s->given, given);
}

// uid, attributes, parents, tags (or NULL) as they stand.
static bool read_parts(wr_cedar_store *s, const wr_doc *d, const wr_node *const v[4],
                       ced_entity *e) {
    ced_reading how = {.d = d, .uids = s->uids, .place.kind = CED_P_UID};
    const ced_entity_type *type;
    if (!ced_read_uid(s->c, &how, v[0], &e->uid)) return false;
    if (!ced_store_type(s, d, v[0], e->uid, &type)) return false;
    bool typed = type != NULL;
    fields attrs = {"attrs", CED_P_ATTR, e->uid, typed, typed ? type->shape : NULL, NULL};
    fields tags = {"tags", CED_P_TAG, e->uid, typed, NULL, typed ? type->tags : NULL};
    bool ok = read_parents(s, d, v[2], type, e);
    bool read = read_fields(s, d, v[1], &attrs, &e->attrs);
    if (v[3] && !read_fields(s, d, v[3], &tags, &e->tags)) ok = false;
    // Of attributes that could not be read the names are there nevertheless.
    bool named = v[1]->kind == WR_MAP && wr_map_losers(v[1]) == 0;
    if (named && typed && !ced_store_complete(s, d, v[0], e, type->shape)) ok = false;
    return ok && read;
}

static bool read_entity(wr_cedar_store *s, const wr_doc *d, const wr_node *n) {
    if (n->kind != WR_MAP) return fault(s, d, n, "an entity is an object");
    if (wr_map_losers(n) > 0) return fault(s, d, n, "a key stands in the entity twice");
    static const char *const needed[] = {"uid", "attrs", "parents"};
    const wr_node *v[4] = {[3] = wr_map_getz(d, n, "tags")};
    for (unsigned i = 0; i < 3; i++) {
        v[i] = wr_map_getz(d, n, needed[i]);
        if (v[i] == NULL) return fault(s, d, n, "missing field `%s`", needed[i]);
    }
    ced_entity e = {.there = true, .attrs.kind = CED_V_RECORD, .tags.kind = CED_V_RECORD};
    return read_parts(s, d, v, &e) && keep(s, d, n, &e);
}

wr_rc wr_cedar_store_add(wr_cedar_store *s, const wr_doc *doc) {
    WR_ASSERT(!s->closed);
    const wr_node *n = doc->root;
    bool ok = n->kind == WR_LIST || fault(s, doc, n, "entities are a list of objects");
    for (uint32_t i = 0; n->kind == WR_LIST && i < n->n; i++)
        if (!read_entity(s, doc, &n->u.kids[i])) ok = false;
    if (s->c->arena.oom) return WR_NOMEM;
    return ok ? WR_OK : WR_BAD;
}

// ---------------------------------------------------------------------------------- ancestors

typedef struct closer {
    wr_cedar_store *s;
    uint8_t *state; // 0 not begun, 1 open, 2 done
    struct frame {
        uint32_t at, next;
    } * stack;
    WR_VEC(uint32_t) merged;
} closer;

// The ancestors of a place whose parents are done.
static bool merge(closer *k, uint32_t at) {
    ced_entity *e = &k->s->v.v[at];
    wr_arena *a = &k->s->c->arena;
    k->merged.n = 0;
    for (uint32_t i = 0; i < e->n_parents; i++) {
        const ced_entity *p = &k->s->v.v[e->parents[i]];
        if (!WR_PUSH(a, &k->merged, e->parents[i])) return false;
        for (uint32_t j = 0; j < p->n_up; j++)
            if (!WR_PUSH(a, &k->merged, p->up[j])) return false;
    }
    e->n_up = sort_unique(k->merged.v, k->merged.n);
    uint32_t *up = wr_alloc(a, (e->n_up + 1) * sizeof *up);
    if (up == NULL) return false;
    if (k->merged.v != NULL) memcpy(up, k->merged.v, e->n_up * sizeof *up);
    e->up = up;
    return true;
}

static bool cycle(wr_cedar_store *s, uint32_t at) {
    wr_str text = ced_uid_text(&s->c->arena, s->v.v[at].uid);
    (void)wr_report(s->c, WR_D_P0203, WR_ERROR, NULL, (wr_span){0, 0},
                    "input graph has a cycle containing vertex `%.*s`", WR_FMT(text));
    return false;
}

// Depth first, with a stack of its own: what stands in the data says how deep it goes.
static bool close_from(closer *k, uint32_t root) {
    uint32_t n = 0;
    k->stack[n++] = (struct frame){root, 0};
    k->state[root] = 1;
    while (n > 0) {
        struct frame *f = &k->stack[n - 1];
        const ced_entity *e = &k->s->v.v[f->at];
        if (f->next == e->n_parents) {
            if (!merge(k, f->at)) return false;
            k->state[f->at] = 2;
            n--;
            continue;
        }
        uint32_t p = e->parents[f->next++];
        if (k->state[p] == 1) return cycle(k->s, f->at);
        if (k->state[p] == 2) continue;
        k->state[p] = 1;
        k->stack[n++] = (struct frame){p, 0};
    }
    return true;
}

wr_rc wr_cedar_store_close(wr_cedar_store *s) {
    if (!ced_store_catch_up(s)) return WR_NOMEM;
    closer k = {.s = s};
    k.state = WR_NEW_N(&s->c->arena, uint8_t, s->v.n + 1);
    k.stack = WR_NEW_N(&s->c->arena, struct frame, s->v.n + 1);
    if (k.state == NULL || k.stack == NULL) return WR_NOMEM;
    for (uint32_t i = 0; i < s->v.n; i++)
        if (k.state[i] == 0 && !close_from(&k, i)) return s->c->arena.oom ? WR_NOMEM : WR_BAD;
    if (s->schema && !ced_store_given_actions(s)) return WR_BAD;
    if (s->schema && !ced_store_add_actions(s)) return WR_NOMEM;
    s->closed = true;
    return WR_OK;
}
