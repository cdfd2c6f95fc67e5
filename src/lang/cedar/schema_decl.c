// SPDX-License-Identifier: Apache-2.0
// schema_decl: a schema as it is being read, whatever its syntax: namespaces and declarations are
// collected, what is declared twice or under a reserved name is a fault. Once read, everything is
// in the order of its names, so that all output is.
// Rules: Cedar schema, RFC 24 (names), RFC 52 (__cedar); words of faults as cedar-policy 4.13.

#include "lang/cedar/schema_int.h"

#include <stdlib.h>

wr_cedar_schema *sch_new(wr_ctx *c, const wr_src *src) {
    wr_cedar_schema *s = WR_NEW(&c->arena, wr_cedar_schema);
    if (s == NULL) return NULL;
    s->c = c;
    s->src = src;
    s->uids = ced_uids_new(&c->arena);
    wr_map_init(&s->by_space, &c->arena);
    wr_map_init(&s->commons, &c->arena);
    wr_map_init(&s->entities, &c->arena);
    wr_map_init(&s->action_types, &c->arena);
    return s->uids ? s : NULL;
}

wr_diag *sch_fault(wr_cedar_schema *s, wr_code code, wr_span at, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    wr_diag *d = wr_vreport(s->c, code, WR_ERROR, s->src, at, fmt, ap);
    va_end(ap);
    return d;
}

wr_str sch_join(wr_arena *a, wr_str space, wr_str name) {
    if (space.n == 0) return name;
    char *p = wr_alloc(a, space.n + 2 + name.n);
    if (p == NULL) return name;
    memcpy(p, space.p, space.n);
    p[space.n] = p[space.n + 1] = ':';
    if (name.n) memcpy(p + space.n + 2, name.p, name.n);
    return wr_strn(p, space.n + 2 + name.n);
}

bool sch_has_own(wr_str name) {
    for (size_t i = 0; (i = wr_find(name, WR_S("__cedar"), i)) != SIZE_MAX; i++) {
        bool begins = i == 0 || name.p[i - 1] == ':';
        if (begins && (i + 7 == name.n || name.p[i + 7] == ':')) return true;
    }
    return false;
}

bool sch_is_action(wr_str type) {
    return wr_eq(type, WR_S("Action")) || wr_ends(type, WR_S("::Action"));
}

static bool own_name(wr_cedar_schema *s, wr_str name, wr_span at) {
    if (!sch_has_own(name)) return false;
    wr_diag *d = sch_fault(s, WR_D_P0304, at, "use of the reserved `__cedar` namespace");
    wr_hint(s->c, d,
            "names containing `__cedar` (for example: `__cedar::A`, `A::__cedar`, or "
            "`A::__cedar::B`) are reserved");
    return true;
}

static bool twice(wr_cedar_schema *s, wr_str name, wr_span at, wr_span before) {
    wr_diag *d = sch_fault(s, WR_D_P0304, at, "`%.*s` is declared twice", WR_FMT(name));
    wr_pos pos = wr_src_pos(s->src, before.beg);
    wr_hint(s->c, d, "it is declared first in line %u", pos.line);
    return false;
}

sch_space *sch_space_add(wr_cedar_schema *s, wr_str name, wr_span at) {
    if (own_name(s, name, at)) return NULL;
    void **place = wr_map_at(&s->by_space, name);
    if (place == NULL) return NULL;
    if (*place) {
        wr_diag *d = sch_fault(s, WR_D_P0304, at, "duplicate namespace id: `%.*s`", WR_FMT(name));
        wr_hint(s->c, d, "put all declarations of a namespace into one block");
        return NULL;
    }
    sch_space *p = WR_NEW(&s->c->arena, sch_space);
    if (p == NULL) return NULL;
    p->name = name;
    p->at = at;
    *place = p;
    return WR_PUSH(&s->c->arena, &s->spaces, p) ? p : NULL;
}

bool sch_entity_add(wr_cedar_schema *s, sch_space *p, sch_entity *e) {
    if (own_name(s, e->name, e->at)) return false;
    if (wr_eq(e->name, WR_S("Action"))) {
        wr_diag *d =
            sch_fault(s, WR_D_P0304, e->at, "entity type `Action` declared in `entityTypes` list");
        wr_hint(s->c, d, "actions are declared as actions; the name is kept for their type");
        return false;
    }
    void **place = wr_map_at(&s->entities, sch_join(&s->c->arena, p->name, e->name));
    if (place == NULL) return false;
    if (*place) return twice(s, e->name, e->at, ((sch_entity *)*place)->at);
    *place = e;
    e->space = p;
    return WR_PUSH(&s->c->arena, &p->entities, e);
}

bool sch_action_add(wr_cedar_schema *s, sch_space *p, sch_action *a) {
    wr_str type = sch_join(&s->c->arena, p->name, WR_S("Action"));
    uint32_t before = ced_uids_count(s->uids);
    const ced_uid *u = ced_uid_of(s->uids, type, a->id);
    if (u == NULL) return false;
    if (u->at < before) return twice(s, a->id, a->at, s->by_uid.v[u->at]->at);
    a->uid = u;
    a->space = p;
    return WR_PUSH(&s->c->arena, &s->by_uid, a) && WR_PUSH(&s->c->arena, &p->actions, a);
}

bool sch_common_add(wr_cedar_schema *s, sch_space *p, sch_common *t) {
    static const char *const kept[] = {"Bool", "Boolean", "Entity", "Extension",
                                       "Long", "Record",  "Set",    "String"};
    if (own_name(s, t->name, t->at)) return false;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        if (!wr_eq(t->name, wr_strz(kept[i]))) continue;
        wr_diag *d =
            sch_fault(s, WR_D_P0304, t->at, "this uses a reserved schema keyword: `%s`", kept[i]);
        wr_hint(s->c, d,
                "keywords such as `entity`, `extension`, `set` and `record` cannot be used as "
                "common type names");
        return false;
    }
    t->space = p;
    t->full = sch_join(&s->c->arena, p->name, t->name);
    void **place = wr_map_at(&s->commons, t->full);
    if (place == NULL) return false;
    if (*place) return twice(s, t->name, t->at, ((sch_common *)*place)->at);
    *place = t;
    return WR_PUSH(&s->c->arena, &p->commons, t);
}

// ---------------------------------------------------------------------------------- order

static int by_note(const void *a, const void *b) {
    return wr_cmp(((const wr_cedar_annotation *)a)->key, ((const wr_cedar_annotation *)b)->key);
}

void sch_notes_sort(wr_cedar_annotation *v, uint32_t n) {
    if (n > 1) qsort(v, n, sizeof *v, by_note);
}

// By name; the later one first among equals.
static int by_attr(const void *a, const void *b) {
    const sch_attr *x = a, *y = b;
    int c = wr_cmp(x->name, y->name);
    return c ? c : (x->at.beg < y->at.beg) - (x->at.beg > y->at.beg);
}

uint32_t sch_attrs_sort(sch_attr *v, uint32_t n) {
    if (n > 1) qsort(v, n, sizeof *v, by_attr);
    uint32_t m = 0;
    for (uint32_t i = 0; i < n; i++)
        if (m == 0 || !wr_eq(v[m - 1].name, v[i].name)) v[m++] = v[i];
    return m;
}

static int by_space(const void *a, const void *b) {
    return wr_cmp((*(sch_space *const *)a)->name, (*(sch_space *const *)b)->name);
}
static int by_entity(const void *a, const void *b) {
    return wr_cmp((*(sch_entity *const *)a)->name, (*(sch_entity *const *)b)->name);
}
static int by_action(const void *a, const void *b) {
    return wr_cmp((*(sch_action *const *)a)->id, (*(sch_action *const *)b)->id);
}
static int by_common(const void *a, const void *b) {
    return wr_cmp((*(sch_common *const *)a)->name, (*(sch_common *const *)b)->name);
}

#define SORT(vec, by)                                                                              \
    if ((vec).n > 1) qsort((vec).v, (vec).n, sizeof *(vec).v, by)

static void sort_all(wr_cedar_schema *s) {
    SORT(s->spaces, by_space);
    for (uint32_t i = 0; i < s->spaces.n; i++) {
        sch_space *p = s->spaces.v[i];
        SORT(p->entities, by_entity);
        SORT(p->actions, by_action);
        SORT(p->commons, by_common);
    }
}

wr_rc sch_finish(wr_cedar_schema *s, bool ok, wr_cedar_schema **out) {
    if (s->c->arena.oom) return WR_NOMEM;
    if (!ok) return WR_BAD;
    sort_all(s);
    wr_rc rc = sch_names(s);
    if (rc == WR_OK) rc = sch_model(s);
    if (s->c->arena.oom) return WR_NOMEM;
    if (rc == WR_OK) *out = s;
    return rc;
}
