// SPDX-License-Identifier: Apache-2.0
// est_read: policies, templates and sets of them in JSON to trees. Every policy that is wrong is
// told, with the first fault in it; nothing is added then. Nothing of the document is kept.
//
// Members that are not known are faults, but in scopes: cedar-policy 4.13 passes over them there,
// and so does this, with a warning, since a second entity that does not count may have been meant.
// Format: Cedar "JSON policy format"; words of faults as cedar-policy 4.13 says them.

#include "lang/cedar/est_int.h"

// ---------------------------------------------------------------------------------- small things

bool est_fault(est_reader *r, const wr_node *n, const char *fmt, ...) {
    if (r->failed) return false;
    r->failed = true;
    va_list ap;
    va_start(ap, fmt);
    (void)wr_vreport(r->c, WR_D_P0104, WR_ERROR, wr_form_src(r->d, n), wr_form_span(n), fmt, ap);
    va_end(ap);
    return false;
}

const char *est_kind(const wr_node *n) {
    switch ((wr_kind)n->kind) {
    case WR_NULL: return "null";
    case WR_BOOL: return "boolean";
    case WR_INT: return "integer";
    case WR_FLOAT: return "floating point";
    case WR_STR: return "string";
    case WR_LIST: return "sequence";
    default: return "map";
    }
}

bool est_no_repeats(est_reader *r, const wr_node *map) {
    if (wr_map_losers(map) == 0) return true;
    const wr_node *key = &map->u.kids[2 * map->n];
    return est_fault(r, key, "found duplicate key `%.*s`",
                     WR_FMT(wr_utf8_cut(wr_node_str(key), 80)));
}

static wr_str listed(est_reader *r, const char *const *names, uint32_t count) {
    wr_str s = wr_fmt(&r->c->arena, count > 2 ? "one of `%s`" : "`%s`", names[0]);
    for (uint32_t i = 1; i < count; i++)
        s = wr_fmt(&r->c->arena, count > 2 ? "%.*s, `%s`" : "%.*s or `%s`", WR_FMT(s), names[i]);
    return s;
}

// Sorts members by name; *odd: the first that has no place.
static bool sort_members(est_reader *r, const wr_node *n, const char *const *names, uint32_t count,
                         const wr_node **v, const wr_node **odd) {
    *odd = NULL;
    for (uint32_t i = 0; i < count; i++) v[i] = NULL;
    if (n->kind != WR_MAP)
        return est_fault(r, n, "invalid type: %s, expected a map with %s", est_kind(n),
                         listed(r, names, count).p);
    if (!est_no_repeats(r, n)) return false;
    for (uint32_t i = 0; i < n->n; i++) {
        wr_str key = wr_node_str(wr_map_key(n, i));
        uint32_t k = 0;
        while (k < count && !wr_eq(key, wr_strz(names[k]))) k++;
        if (k < count) v[k] = wr_map_val(n, i);
        else if (*odd == NULL) *odd = wr_map_key(n, i);
    }
    return true;
}

bool est_members(est_reader *r, const wr_node *n, const char *const *names, uint32_t count,
                 uint32_t required, const wr_node **v) {
    const wr_node *odd;
    if (!sort_members(r, n, names, count, v, &odd)) return false;
    if (odd) {
        wr_str want = listed(r, names, count);
        return est_fault(r, odd, "unknown field `%.*s`, expected %.*s",
                         WR_FMT(wr_utf8_cut(wr_node_str(odd), 80)), WR_FMT(want));
    }
    for (uint32_t i = 0; i < required; i++)
        if (v[i] == NULL) return est_fault(r, n, "missing field `%s`", names[i]);
    return true;
}

static void odd_one(est_reader *r, const wr_node *at, wr_str name) {
    (void)wr_report(r->c, WR_D_P0104, WR_WARNING, wr_form_src(r->d, at), wr_form_span(at),
                    "field `%.*s` means nothing here", WR_FMT(name));
}

bool est_some_members(est_reader *r, const wr_node *n, const char *const *names, uint32_t count,
                      const wr_node **v) {
    const wr_node *odd;
    if (!sort_members(r, n, names, count, v, &odd)) return false;
    if (odd) odd_one(r, odd, wr_utf8_cut(wr_node_str(odd), 80));
    return true;
}

bool est_text(est_reader *r, const wr_node *n, wr_str *out) {
    if (n->kind != WR_STR)
        return est_fault(r, n, "invalid type: %s, expected a string", est_kind(n));
    *out = wr_dup(&r->c->arena, wr_node_str(n));
    return !r->c->arena.oom;
}

bool est_type_name(est_reader *r, const wr_node *n, wr_str *out) {
    if (!est_text(r, n, out)) return false;
    if (ced_is_name(*out)) return true;
    return est_fault(r, n,
                     "invalid entity type: `%.*s` is no name, or needs to be normalized (e.g., "
                     "whitespace removed)",
                     WR_FMT(wr_utf8_cut(*out, 80)));
}

const ced_uid *est_uid(est_reader *r, const wr_node *n) {
    const wr_node *in = n->kind == WR_MAP ? wr_map_getz(r->d, n, "__entity") : NULL;
    if (in == NULL) in = n;
    const wr_node *type = NULL, *id = NULL;
    if (in->kind == WR_MAP) {
        if (!est_no_repeats(r, in) || (n != in && !est_no_repeats(r, n))) return NULL;
        type = wr_map_getz(r->d, in, "type");
        id = wr_map_getz(r->d, in, "id");
    }
    if (type == NULL || id == NULL || type->kind != WR_STR || id->kind != WR_STR) {
        est_fault(r, n,
                  "expected a literal entity reference: { \"type\": \"SomeType\", \"id\": "
                  "\"SomeId\" }");
        return NULL;
    }
    wr_str name;
    if (!est_type_name(r, type, &name)) return NULL;
    const ced_uid *u = ced_uid_of(r->uids, name, wr_node_str(id));
    if (u == NULL) r->failed = true;
    return u;
}

// The index of a text in words, or -1 after a fault.
static int word(est_reader *r, const wr_node *n, const char *const *words, uint32_t count) {
    if (n->kind != WR_STR) {
        est_fault(r, n, "invalid type: %s, expected a string", est_kind(n));
        return -1;
    }
    wr_str s = wr_node_str(n);
    for (uint32_t i = 0; i < count; i++)
        if (wr_eq(s, wr_strz(words[i]))) return (int)i;
    wr_str want = listed(r, words, count);
    est_fault(r, n, "unknown variant `%.*s`, expected %.*s", WR_FMT(wr_utf8_cut(s, 80)),
              WR_FMT(want));
    return -1;
}

// ---------------------------------------------------------------------------------- scopes

static bool push(est_reader *r, ced_scope *s, const wr_node *n, bool action) {
    const ced_uid *u = est_uid(r, n);
    if (u == NULL) return false;
    if (action && !wr_eq(u->type, WR_S("Action")) && !wr_ends(u->type, WR_S("::Action"))) {
        wr_str text = ced_uid_text(&r->c->arena, u);
        return est_fault(r, n, "expected an entity uid with type `Action` but got `%.*s`",
                         WR_FMT(text));
    }
    ((const ced_uid **)(void *)(uintptr_t)s->v)[s->n++] = u;
    return true;
}

static bool room(est_reader *r, ced_scope *s, uint32_t n) {
    s->v = (const ced_uid *const *)WR_NEW_N(&r->c->arena, const ced_uid *, n + 1);
    if (s->v == NULL) r->failed = true;
    return s->v != NULL;
}

static bool slot(est_reader *r, ced_scope *s, const wr_node *n, unsigned which) {
    wr_str name = n->kind == WR_STR ? wr_node_str(n) : WR_S("");
    bool principal = wr_eq(name, WR_S("?principal")), resource = wr_eq(name, WR_S("?resource"));
    if (!principal && !resource) return est_fault(r, n, "a slot is `?principal` or `?resource`");
    if (which == 1) return est_fault(r, n, "slots are not allowed for actions");
    if (principal != (which == 0))
        return est_fault(r, n, "invalid slot name or slot used in wrong position");
    s->slot = true;
    return true;
}

// The entity, slot or (of an action behind in) entities of n.
static bool operand(est_reader *r, ced_scope *s, const wr_node *n, unsigned which,
                    const char *const *names, uint32_t count, bool list) {
    const wr_node *m[6];
    if (!est_some_members(r, n, names, count, m)) return false;
    const wr_node *entity = m[count - 3], *slot_at = m[count - 2], *all = m[count - 1];
    if (entity && slot_at) odd_one(r, slot_at, WR_S("slot"));
    if (entity && all) odd_one(r, all, WR_S("entities"));
    if (entity) return room(r, s, 1) && push(r, s, entity, which == 1);
    if (list && all && all->kind == WR_LIST) {
        s->list = true;
        if (!room(r, s, all->n)) return false;
        for (uint32_t i = 0; i < all->n; i++)
            if (!push(r, s, &all->u.kids[i], true)) return false;
        return true;
    }
    if (!list && slot_at) return slot(r, s, slot_at, which);
    return est_fault(r, n,
                     list ? "expected `entity` or `entities`" : "expected `entity` or `slot`");
}

static bool is_type(est_reader *r, const wr_node *n, unsigned which, ced_scope *s) {
    static const char *const names[] = {"op", "entity_type", "in"};
    static const char *const in[] = {"entity", "slot", "entities"};
    const wr_node *m[3];
    if (!est_members(r, n, names, 3, 2, m) || !est_type_name(r, m[1], &s->type)) return false;
    s->op = CED_S_IS;
    if (m[2] == NULL || m[2]->kind == WR_NULL) return true;
    s->op = CED_S_IS_IN;
    return operand(r, s, m[2], which, in, 3, false);
}

static bool scope(est_reader *r, const wr_node *n, unsigned which, ced_scope *s) {
    static const char *const ops[] = {"All", "all", "==", "in", "is"};
    static const char *const names[] = {"op", "entity", "slot", "entities"};
    if (n->kind != WR_MAP)
        return est_fault(r, n, "invalid type: %s, expected a map with `op`", est_kind(n));
    const wr_node *op = wr_map_getz(r->d, n, "op"), *m[1];
    if (op == NULL) return est_fault(r, n, "missing field `op`");
    int k = word(r, op, ops, which == 1 ? 4 : 5);
    if (k < 0) return false;
    if (k == 4) return is_type(r, n, which, s);
    if (k < 2) return est_some_members(r, n, names, 1, m);
    s->op = k == 2 ? CED_S_EQ : CED_S_IN;
    return operand(r, s, n, which, names, 4, which == 1 && k == 3);
}

// ---------------------------------------------------------------------------------- policies

static bool annotations(est_reader *r, const wr_node *n, ced_policy *p) {
    if (n == NULL) return true;
    if (n->kind != WR_MAP) return est_fault(r, n, "invalid type: %s, expected a map", est_kind(n));
    if (!est_no_repeats(r, n)) return false;
    wr_cedar_annotation *v = WR_NEW_N(&r->c->arena, wr_cedar_annotation, n->n + 1);
    if (v == NULL) return false;
    for (uint32_t i = 0; i < n->n; i++) {
        const wr_node *key = wr_map_key(n, i), *value = wr_map_val(n, i);
        if (!est_text(r, key, &v[i].key)) return false;
        if (!ced_is_ident(v[i].key, true))
            return est_fault(r, key, "invalid id `%.*s`", WR_FMT(wr_utf8_cut(v[i].key, 80)));
        v[i].has_value = value->kind != WR_NULL;
        v[i].value = WR_S("");
        if (v[i].has_value && !est_text(r, value, &v[i].value)) return false;
    }
    p->annotations = v;
    p->n_annotations = n->n;
    return true;
}

static bool conditions(est_reader *r, const wr_node *n, ced_policy *p) {
    static const char *const names[] = {"kind", "body"};
    static const char *const kinds[] = {"when", "unless"};
    if (n->kind != WR_LIST)
        return est_fault(r, n, "invalid type: %s, expected a sequence", est_kind(n));
    ced_condition *v = WR_NEW_N(&r->c->arena, ced_condition, n->n + 1);
    if (v == NULL) return false;
    for (uint32_t i = 0; i < n->n; i++) {
        const wr_node *m[2];
        if (!est_members(r, &n->u.kids[i], names, 2, 2, m)) return false;
        int k = word(r, m[0], kinds, 2);
        if (k < 0) return false;
        v[i].unless = k == 1;
        r->clause = kinds[k];
        r->depth = 0;
        v[i].e = est_expr(r, m[1]);
        if (v[i].e == NULL) return false;
    }
    p->conditions = v;
    p->n_conditions = n->n;
    return true;
}

static const char *const policy_names[] = {"effect",   "principal",  "action",
                                           "resource", "conditions", "annotations"};

static ced_policy *policy(est_reader *r, const wr_node *n, wr_str id) {
    static const char *const effects[] = {"permit", "forbid"};
    const wr_node *m[6];
    r->failed = false;
    ced_policy *p = WR_NEW(&r->c->arena, ced_policy);
    if (p == NULL || !est_members(r, n, policy_names, 6, 5, m)) return NULL;
    int k = word(r, m[0], effects, 2);
    if (k < 0) return NULL;
    p->permit = k == 0;
    p->id = wr_dup(&r->c->arena, id);
    for (unsigned i = 0; i < 3; i++) {
        if (!scope(r, m[1 + i], i, &p->scope[i])) return NULL;
        p->is_template |= p->scope[i].slot;
    }
    return conditions(r, m[4], p) && annotations(r, m[5], p) ? p : NULL;
}

// ---------------------------------------------------------------------------------- sets

typedef WR_VEC(ced_policy *) policies;

// {id: policy, …}; templates: the part that may have slots.
static bool part(est_reader *r, const wr_node *n, bool templates, policies *out) {
    if (n->kind != WR_MAP) return est_fault(r, n, "invalid type: %s, expected a map", est_kind(n));
    if (!est_no_repeats(r, n)) return false;
    bool ok = true;
    for (uint32_t i = 0; i < n->n; i++) {
        ced_policy *p = policy(r, wr_map_val(n, i), wr_node_str(wr_map_key(n, i)));
        if (p && p->is_template && !templates) {
            est_fault(r, wr_map_val(n, i),
                      "expected a static policy, got a template containing the slot %s",
                      p->scope[0].slot ? "?principal" : "?resource");
            p = NULL;
        }
        ok &= p != NULL;
        if (p == NULL) continue;
        p->is_template = templates;
        if (!WR_PUSH(&r->c->arena, out, p)) return false;
    }
    return ok;
}

static bool link_one(est_reader *r, wr_cedar_set *s, const wr_node *n) {
    static const char *const names[] = {"templateId", "newId", "values"};
    static const char *const slots[WR_CEDAR_N_SLOTS] = {"?principal", "?resource"};
    const wr_node *m[3], *v[WR_CEDAR_N_SLOTS];
    wr_str of, id;
    wr_cedar_uid uid[WR_CEDAR_N_SLOTS];
    const wr_cedar_uid *fill[WR_CEDAR_N_SLOTS] = {NULL, NULL};
    r->failed = false;
    if (!est_members(r, n, names, 3, 3, m) || !est_text(r, m[0], &of) || !est_text(r, m[1], &id) ||
        !est_members(r, m[2], slots, WR_CEDAR_N_SLOTS, 0, v))
        return false;
    for (unsigned i = 0; i < WR_CEDAR_N_SLOTS; i++) {
        if (v[i] == NULL) continue;
        const ced_uid *u = est_uid(r, v[i]);
        if (u == NULL) return false;
        uid[i] = (wr_cedar_uid){u->type, u->id};
        fill[i] = &uid[i];
    }
    return wr_cedar_link(s, of, id, fill) == WR_OK;
}

static const char *const set_names[] = {"templates", "staticPolicies", "templateLinks"};

static bool policy_set(est_reader *r, wr_cedar_set *s, const wr_node *n) {
    const wr_node *m[3] = {NULL, NULL, NULL};
    policies all = {0};
    if (!est_members(r, n, set_names, 3, 3, m) || m[2] == NULL) return false;
    if (m[2]->kind != WR_LIST)
        return est_fault(r, m[2], "invalid type: %s, expected a sequence", est_kind(m[2]));
    bool ok = part(r, m[0], true, &all);
    if (!part(r, m[1], false, &all) || !ok) return false;
    for (uint32_t i = 0; i < all.n; i++)
        if (!ced_set_add(s, all.v[i], wr_form_src(r->d, n), wr_form_span(n), WR_D_P0102))
            return false;
    for (uint32_t i = 0; i < m[2]->n; i++) ok &= link_one(r, s, &m[2]->u.kids[i]);
    return ok;
}

static bool has_any(const est_reader *r, const wr_node *n, const char *const *names,
                    uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (wr_map_getz(r->d, n, names[i]) != NULL) return true;
    return false;
}

static bool one_policy(est_reader *r, wr_cedar_set *s, const wr_node *n, wr_str id) {
    if (id.n == 0) id = wr_fmt(&s->c->arena, "policy%u", s->n_parsed++);
    ced_policy *p = policy(r, n, id);
    return p && ced_set_add(s, p, wr_form_src(r->d, n), wr_form_span(n), WR_D_P0102);
}

wr_rc wr_cedar_add_json(wr_cedar_set *s, const wr_doc *doc, wr_str id) {
    est_reader r = {.c = s->c, .d = doc, .uids = s->uids, .clause = "when"};
    const wr_node *n = doc->root;
    uint32_t before = s->v.n;
    bool one = has_any(&r, n, policy_names, 6), many = has_any(&r, n, set_names, 3), ok;
    if (id.n > 0 || (one && !many)) ok = one_policy(&r, s, n, id);
    else if (many && !one) ok = policy_set(&r, s, n);
    else
        ok = est_fault(
            &r, n, "cannot determine if json policy is a single policy or a policy set. Found %s",
            one ? "matching properties from both formats"
                : "no matching properties from either format");
    if (ok) return WR_OK;
    ced_set_cut(s, before);
    return s->c->arena.oom ? WR_NOMEM : WR_BAD;
}
