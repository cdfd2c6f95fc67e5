// SPDX-License-Identifier: Apache-2.0
// schema_names: what a name of a schema means. A name without :: is looked for in its own
// namespace, then in the empty one; in each a common type goes before an entity type; what Cedar
// brings comes last, and always under __cedar::. What is declared in a namespace may not hide what
// the empty one declares.
// Rules: RFC 24, RFC 52, RFC 70; behaviour of cedar-policy 4.13.

#include "lang/cedar/schema_int.h"

static const struct {
    const char *name;
    ced_type type;
    bool extension;
} built_ins[] = {
    {"Bool", {.kind = CED_T_BOOL}, false},      {"Long", {.kind = CED_T_LONG}, false},
    {"String", {.kind = CED_T_STRING}, false},  {"datetime", {.kind = CED_T_DATETIME}, true},
    {"decimal", {.kind = CED_T_DECIMAL}, true}, {"duration", {.kind = CED_T_DURATION}, true},
    {"ipaddr", {.kind = CED_T_IP}, true},
};

static const ced_type *find_built_in(wr_str name, bool extensions_only) {
    for (size_t i = 0; i < sizeof built_ins / sizeof *built_ins; i++)
        if ((built_ins[i].extension || !extensions_only) && wr_eq(name, wr_strz(built_ins[i].name)))
            return &built_ins[i].type;
    return NULL;
}

const ced_type *sch_extension(wr_str name) { return find_built_in(name, true); }

// Under its plain name or __cedar::.
const ced_type *sch_built_in(wr_str name) {
    if (wr_starts(name, WR_S("__cedar::"))) name = wr_sub(name, 9, name.n);
    return find_built_in(name, false);
}

static bool is_plain(wr_str name) { return wr_find(name, WR_S("::"), 0) == SIZE_MAX; }

// Looks a whole name up in a map of the schema, without making it: names are short, and long ones
// are nobody's.
static void *look(const wr_map *m, const sch_space *p, wr_str name, bool own) {
    if (!own || p->name.n == 0) return wr_map_find(m, name);
    char small[256];
    if (p->name.n + name.n + 2 > sizeof small) {
        wr_buf b;
        wr_buf_init(&b, 0);
        wr_puts(&b, p->name);
        wr_putz(&b, "::");
        wr_puts(&b, name);
        void *found = wr_map_find(m, wr_buf_str(&b));
        wr_buf_fini(&b);
        return found;
    }
    memcpy(small, p->name.p, p->name.n);
    small[p->name.n] = small[p->name.n + 1] = ':';
    if (name.n) memcpy(small + p->name.n + 2, name.p, name.n);
    return wr_map_find(m, wr_strn(small, p->name.n + 2 + name.n));
}

static ced_entity_type *entity_at(const wr_cedar_schema *s, const sch_space *p, wr_str name,
                                  bool own) {
    sch_entity *e = look(&s->entities, p, name, own);
    return e ? e->model : NULL;
}

ced_entity_type *sch_find_entity(const wr_cedar_schema *s, const sch_space *p, wr_str name) {
    ced_entity_type *e = NULL;
    if (p->name.n && is_plain(name)) e = entity_at(s, p, name, true);
    return e ? e : entity_at(s, p, name, false);
}

// One place: the own namespace, or the name as it stands.
static bool find_at(const wr_cedar_schema *s, const sch_space *p, const sch_type *t, bool own,
                    sch_target *out) {
    if (t->kind != SCH_ENTITY) out->common = look(&s->commons, p, t->name, own);
    if (out->common || t->kind == SCH_COMMON) return out->common != NULL;
    out->entity = entity_at(s, p, t->name, own);
    if (out->entity == NULL) out->entity = look(&s->action_types, p, t->name, own);
    return out->entity != NULL;
}

bool sch_find(const wr_cedar_schema *s, const sch_space *p, const sch_type *t, sch_target *out) {
    *out = (sch_target){0};
    if (p->name.n && is_plain(t->name) && find_at(s, p, t, true, out)) return true;
    if (find_at(s, p, t, false, out)) return true;
    if (t->kind == SCH_ENTITY) return false;
    // An entity type of the empty namespace takes the plain name of what is built in.
    if (t->kind == SCH_COMMON && wr_map_find(&s->entities, t->name)) return false;
    out->built_in = sch_built_in(t->name);
    return out->built_in != NULL;
}

const ced_uid *sch_find_member(const wr_cedar_schema *s, const sch_space *p, const sch_member *m) {
    wr_str type = m->type.n ? m->type : WR_S("Action");
    if (is_plain(type) && p->name.n) {
        const ced_uid *u = ced_uid_find(s->uids, sch_join(&s->c->arena, p->name, type), m->id);
        if (u) return u;
    }
    return ced_uid_find(s->uids, type, m->id);
}

// ---------------------------------------------------------------------------------- shadowing

static void shadows(wr_cedar_schema *s, const sch_space *p, wr_str name, wr_span at, bool *ok) {
    if (!wr_map_find(&s->entities, name) && !wr_map_find(&s->commons, name)) return;
    *ok = false;
    wr_diag *d = sch_fault(s, WR_D_P0304, at,
                           "definition of `%.*s::%.*s` illegally shadows the existing definition "
                           "of `%.*s`",
                           WR_FMT(p->name), WR_FMT(name), WR_FMT(name));
    wr_hint(s->c, d,
            "try renaming one of the definitions, or moving `%.*s` to a different namespace",
            WR_FMT(name));
}

static void shadows_action(wr_cedar_schema *s, const sch_action *a, bool *ok) {
    const ced_uid *u = ced_uid_find(s->uids, WR_S("Action"), a->id);
    if (u == NULL) return;
    *ok = false;
    wr_str own = ced_uid_text(&s->c->arena, a->uid), other = ced_uid_text(&s->c->arena, u);
    wr_diag *d = sch_fault(s, WR_D_P0304, a->at,
                           "definition of `%.*s` illegally shadows the existing definition of "
                           "`%.*s`",
                           WR_FMT(own), WR_FMT(other));
    wr_hint(s->c, d, "try renaming one of the actions, or moving `%.*s` to a different namespace",
            WR_FMT(other));
}

wr_rc sch_names(wr_cedar_schema *s) {
    bool ok = true;
    for (uint32_t i = 0; i < s->spaces.n; i++) {
        const sch_space *p = s->spaces.v[i];
        if (p->name.n == 0) continue;
        for (uint32_t k = 0; k < p->commons.n; k++)
            shadows(s, p, p->commons.v[k]->name, p->commons.v[k]->at, &ok);
        for (uint32_t k = 0; k < p->entities.n; k++)
            shadows(s, p, p->entities.v[k]->name, p->entities.v[k]->at, &ok);
        for (uint32_t k = 0; k < p->actions.n; k++) shadows_action(s, p->actions.v[k], &ok);
    }
    return ok ? WR_OK : WR_BAD;
}
