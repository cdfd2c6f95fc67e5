// SPDX-License-Identifier: Apache-2.0
// schema_read: a schema in JSON, read into what it says (schema_int.h). Unknown members are
// faults, as are members that stand twice; what is wrong with one declaration does not hide the
// next one's faults.
// Rules: Cedar schema, JSON format; words of faults as cedar-policy 4.13 (serde) says them.

#include "lang/cedar/schema_int.h"

typedef struct reader {
    wr_ctx *c;
    const wr_doc *d;
    wr_cedar_schema *s;
    uint32_t depth;
    bool ok;
} reader;

static bool fault(reader *r, const wr_node *n, const char *fmt, ...) WR_PRINTF(3, 4);
static bool fault(reader *r, const wr_node *n, const char *fmt, ...) {
    r->ok = false;
    va_list ap;
    va_start(ap, fmt);
    (void)wr_vreport(r->s->c, WR_D_P0302, WR_ERROR, r->s->src, wr_form_span(n), fmt, ap);
    va_end(ap);
    return false;
}

// What stands where something else was expected.
static bool wrong(reader *r, const wr_node *n, const char *expected) {
    wr_str lexeme = wr_sub(r->s->src->text, n->span.beg, n->span.end);
    switch ((wr_kind)n->kind) {
    case WR_NULL: return fault(r, n, "invalid type: null, expected %s", expected);
    case WR_BOOL:
        return fault(r, n, "invalid type: boolean `%s`, expected %s", n->u.b ? "true" : "false",
                     expected);
    case WR_INT:
        return fault(r, n, "invalid type: integer `%.*s`, expected %s", WR_FMT(lexeme), expected);
    case WR_FLOAT:
        return fault(r, n, "invalid type: floating point `%.*s`, expected %s", WR_FMT(lexeme),
                     expected);
    case WR_STR: {
        wr_str s = wr_utf8_cut(wr_node_str(n), 80);
        return fault(r, n, "invalid type: string \"%.*s\", expected %s", WR_FMT(s), expected);
    }
    case WR_LIST: return fault(r, n, "invalid type: sequence, expected %s", expected);
    default: return fault(r, n, "invalid type: map, expected %s", expected);
    }
}

// ---------------------------------------------------------------------------------- maps

// A map whose keys are free: names of entity types, attributes …
static bool is_map(reader *r, const wr_node *n, const char *expected) {
    if (n->kind != WR_MAP) return wrong(r, n, expected);
    if (wr_map_losers(n) == 0) return true;
    const wr_node *key = wr_map_key(n, n->n);
    return fault(r, key, "invalid entry: found duplicate key `%.*s`", WR_FMT(wr_node_str(key)));
}

static bool known(wr_str key, const char *const *names) {
    for (; *names; names++)
        if (wr_eq(key, wr_strz(*names))) return true;
    return false;
}

static bool unknown(reader *r, const wr_node *key, const char *const *names) {
    wr_buf b;
    wr_buf_init(&b, 0);
    for (const char *const *w = names; *w; w++) wr_putf(&b, "%s`%s`", w == names ? "" : ", ", *w);
    if (*names == NULL)
        (void)fault(r, key, "unknown field `%.*s`, there are no fields", WR_FMT(wr_node_str(key)));
    else
        (void)fault(r, key, "unknown field `%.*s`, expected one of %.*s", WR_FMT(wr_node_str(key)),
                    WR_FMT(wr_buf_str(&b)));
    wr_buf_fini(&b);
    return false;
}

// A map whose keys are among names (NULL at the end).
static bool is_form(reader *r, const wr_node *n, const char *expected, const char *const *names) {
    if (n->kind != WR_MAP) return wrong(r, n, expected);
    bool ok = true;
    if (wr_map_losers(n) > 0) {
        const wr_node *key = wr_map_key(n, n->n);
        ok = fault(r, key, "duplicate field `%.*s`", WR_FMT(wr_node_str(key)));
    }
    for (uint32_t i = 0; i < n->n; i++)
        if (!known(wr_node_str(wr_map_key(n, i)), names)) ok = unknown(r, wr_map_key(n, i), names);
    return ok;
}

static const wr_node *get(const reader *r, const wr_node *m, const char *key) {
    return wr_map_getz(r->d, m, key);
}

static const wr_node *need(reader *r, const wr_node *m, const char *key) {
    const wr_node *n = get(r, m, key);
    if (n == NULL) (void)fault(r, m, "missing field `%s`", key);
    return n;
}

// ---------------------------------------------------------------------------------- names

static bool word_char(char c, bool first) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (c >= '0' && c <= '9' && !first);
}

static size_t word_end(wr_str s, size_t i) {
    size_t beg = i;
    while (i < s.n && word_char(s.p[i], i == beg)) i++;
    return i;
}

// Why s is no name, as a parser would say it; the token at i is what was not expected.
static wr_str unexpected(reader *r, wr_str s, size_t i) {
    while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '\n' || s.p[i] == '\r')) i++;
    if (i >= s.n) {
        wr_str all = wr_utf8_cut(s, 80);
        if (wr_trim(s).n < s.n && wr_trim(s).n > 0)
            return wr_fmt(&r->c->arena,
                          "`Name` needs to be normalized (e.g., whitespace removed): %.*s",
                          WR_FMT(all));
        return WR_S("unexpected end of input");
    }
    size_t end = word_end(s, i), after = i;
    if (end == i && s.p[i] == ':' && i + 1 < s.n && s.p[i + 1] == ':') end = i + 2;
    if (end == i) {
        (void)wr_utf8_next(s, &after);
        end = after;
    }
    return wr_fmt(&r->c->arena, "unexpected token `%.*s`", WR_FMT(wr_sub(s, i, end)));
}

// A::B::C; of one word when plain. own: components __cedar are fine.
static bool name_in(reader *r, const wr_node *at, const char *what, bool plain, bool own,
                    wr_str *out) {
    wr_str s = wr_node_str(at), why = {0};
    size_t i = 0;
    for (;;) {
        size_t end = word_end(s, i);
        wr_str word = wr_sub(s, i, end);
        if (end == i) why = unexpected(r, s, i);
        else if (ced_reserved(word) && !wr_eq(word, WR_S("__cedar")))
            why = wr_fmt(&r->c->arena, "this identifier is reserved and cannot be used: %.*s",
                         WR_FMT(word));
        i = end;
        if (why.n || i == s.n) break;
        bool colons = !plain && i + 1 < s.n && s.p[i] == ':' && s.p[i + 1] == ':';
        if (!colons) {
            why = unexpected(r, s, i);
            break;
        }
        i += 2;
    }
    *out = s;
    wr_str cut = wr_utf8_cut(s, 80);
    if (why.n) return fault(r, at, "invalid %s `%.*s`: %.*s", what, WR_FMT(cut), WR_FMT(why));
    if (own || !sch_has_own(s)) return true;
    return fault(r, at, "The name `%.*s` contains `__cedar`, which is reserved", WR_FMT(cut));
}

static bool is_text(reader *r, const wr_node *n, const char *expected) {
    return n->kind == WR_STR || wrong(r, n, expected);
}

// ---------------------------------------------------------------------------------- annotations

static bool annotations(reader *r, const wr_node *n, sch_notes *out) {
    if (n == NULL) return true;
    if (!is_map(r, n, "a map")) return false;
    wr_cedar_annotation *v = WR_NEW_N(&r->c->arena, wr_cedar_annotation, n->n + 1);
    if (v == NULL) return false;
    for (uint32_t i = 0; i < n->n; i++) {
        const wr_node *key = wr_map_key(n, i), *val = wr_map_val(n, i);
        wr_str s = wr_node_str(key);
        if (word_end(s, 0) != s.n || s.n == 0) {
            wr_str why = unexpected(r, s, word_end(s, 0));
            return fault(r, key, "invalid id `%.*s`: %.*s", WR_FMT(wr_utf8_cut(s, 80)),
                         WR_FMT(why));
        }
        if (val->kind != WR_STR && val->kind != WR_NULL) return wrong(r, val, "a string");
        v[i] = (wr_cedar_annotation){s, WR_S(""), val->kind == WR_STR};
        if (val->kind == WR_STR) v[i].value = wr_node_str(val);
    }
    sch_notes_sort(v, n->n);
    *out = (sch_notes){v, n->n};
    return true;
}

// ---------------------------------------------------------------------------------- types

// Where a type stands: what else its object may say.
typedef enum place { PLAIN, ATTRIBUTE, COMMON } place;

static const sch_type *type(reader *r, const wr_node *n, place where);

static bool attribute(reader *r, const wr_node *key, const wr_node *n, sch_attr *a) {
    a->name = wr_node_str(key);
    a->at = key->span;
    a->required = true;
    if (n->kind != WR_MAP) return wrong(r, n, "struct TypeOfAttribute");
    const wr_node *required = get(r, n, "required");
    if (required && required->kind != WR_BOOL) return wrong(r, required, "a boolean");
    if (required) a->required = required->u.b;
    if (!annotations(r, get(r, n, "annotations"), &a->notes)) return false;
    a->type = type(r, n, ATTRIBUTE);
    return a->type != NULL;
}

static bool record(reader *r, const wr_node *n, sch_type *t) {
    const wr_node *attrs = need(r, n, "attributes"), *more = get(r, n, "additionalAttributes");
    if (attrs == NULL || !is_map(r, attrs, "a map")) return false;
    if (more && more->kind != WR_BOOL) return wrong(r, more, "a boolean");
    if (more && more->u.b)
        return fault(r, more,
                     "unsupported feature used in schema: records and entities with "
                     "`additionalAttributes` are experimental, but the experimental "
                     "`partial-validate` feature is not enabled");
    sch_attr *v = WR_NEW_N(&r->c->arena, sch_attr, attrs->n + 1);
    if (v == NULL) return false;
    bool ok = true;
    for (uint32_t i = 0; i < attrs->n; i++)
        if (!attribute(r, wr_map_key(attrs, i), wr_map_val(attrs, i), &v[i])) ok = false;
    t->attrs = v;
    t->n = sch_attrs_sort(v, attrs->n);
    return ok;
}

static bool named(reader *r, const wr_node *n, const char *what, sch_type *t) {
    const wr_node *name = need(r, n, "name");
    if (name == NULL || !is_text(r, name, "a string")) return false;
    t->at = name->span;
    bool extension = t->kind == SCH_EXTENSION;
    return name_in(r, name, what, extension, t->kind == SCH_NAME || extension, &t->name);
}

// The members that a type has beside `type`, by what it is.
static const char *const type_members[][4] = {
    [SCH_NAME] = {"name"},
    [SCH_COMMON] = {NULL},
    [SCH_ENTITY] = {"name"},
    [SCH_EXTENSION] = {"name"},
    [SCH_LONG] = {NULL},
    [SCH_STRING] = {NULL},
    [SCH_BOOL] = {NULL},
    [SCH_SET] = {"element"},
    [SCH_RECORD] = {"attributes", "additionalAttributes"},
};

static bool type_keys(reader *r, const wr_node *n, sch_kind kind, place where) {
    static const char *const all[] = {"type", "element", "attributes", "additionalAttributes",
                                      "name", NULL};
    static const char *const around[][3] = {
        [PLAIN] = {"type"}, [ATTRIBUTE] = {"annotations", "required"}, [COMMON] = {"annotations"}};
    for (uint32_t i = 0; i < n->n; i++) {
        const wr_node *key = wr_map_key(n, i);
        wr_str s = wr_node_str(key);
        if (wr_eq(s, WR_S("type")) || known(s, type_members[kind]) || known(s, around[where]))
            continue;
        return unknown(r, key, known(s, all) ? type_members[kind] : all);
    }
    return true;
}

static bool type_in(reader *r, const wr_node *n, place where, sch_type *t) {
    static const struct {
        const char *word;
        sch_kind kind;
    } rows[] = {
        {"Long", SCH_LONG},           {"String", SCH_STRING},
        {"Boolean", SCH_BOOL},        {"Set", SCH_SET},
        {"Record", SCH_RECORD},       {"Entity", SCH_ENTITY},
        {"Extension", SCH_EXTENSION}, {"EntityOrCommon", SCH_NAME},
    };
    const wr_node *word = need(r, n, "type");
    if (word == NULL || !is_text(r, word, "a string")) return false;
    t->kind = SCH_COMMON;
    t->at = word->span;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (wr_eq(wr_node_str(word), wr_strz(rows[i].word))) t->kind = (uint8_t)rows[i].kind;
    if (!type_keys(r, n, (sch_kind)t->kind, where)) return false;
    const wr_node *of;
    switch ((sch_kind)t->kind) {
    case SCH_SET:
        of = need(r, n, "element");
        t->of = of ? type(r, of, PLAIN) : NULL;
        return t->of != NULL;
    case SCH_RECORD: return record(r, n, t);
    case SCH_NAME: return named(r, n, "entity type or common type", t);
    case SCH_ENTITY: return named(r, n, "entity type", t);
    case SCH_EXTENSION: return named(r, n, "extension type", t);
    case SCH_COMMON: return name_in(r, word, "common type", false, true, &t->name);
    default: return true;
    }
}

static const sch_type *type(reader *r, const wr_node *n, place where) {
    if (n->kind != WR_MAP) {
        (void)wrong(r, n, "builtin type or reference to type defined in commonTypes");
        return NULL;
    }
    if (wr_map_losers(n) > 0) {
        const wr_node *key = wr_map_key(n, n->n);
        (void)fault(r, key, "duplicate field `%.*s`", WR_FMT(wr_node_str(key)));
        return NULL;
    }
    if (r->depth >= WR_CEDAR_DEPTH) {
        (void)fault(r, n, "types are nested more than %d deep", WR_CEDAR_DEPTH);
        return NULL;
    }
    sch_type *t = WR_NEW(&r->c->arena, sch_type);
    if (t == NULL) return NULL;
    r->depth++;
    bool ok = type_in(r, n, where, t);
    r->depth--;
    return ok ? t : NULL;
}

// ---------------------------------------------------------------------------------- entities

static bool refs(reader *r, const wr_node *n, const sch_ref **out, uint32_t *n_out) {
    if (n->kind != WR_LIST) return wrong(r, n, "a sequence");
    sch_ref *v = WR_NEW_N(&r->c->arena, sch_ref, n->n + 1);
    if (v == NULL) return false;
    bool ok = true;
    for (uint32_t i = 0; i < n->n; i++) {
        const wr_node *one = &n->u.kids[i];
        v[i].at = one->span;
        if (!is_text(r, one, "a name consisting of an optional namespace and id") ||
            !name_in(r, one, "name", false, true, &v[i].name))
            ok = false;
    }
    *out = v;
    *n_out = n->n;
    return ok;
}

static bool enumeration(reader *r, const wr_node *m, const wr_node *n, sch_entity *e) {
    static const char *const others[] = {"memberOfTypes", "shape", "tags"};
    for (unsigned i = 0; i < 3; i++)
        if (get(r, m, others[i]))
            return fault(r, get(r, m, others[i]), "unexpected field: %s", others[i]);
    if (n->kind != WR_LIST) return wrong(r, n, "a sequence");
    if (n->n == 0)
        return fault(r, n, "the vector provided was empty, NonEmpty needs at least one element");
    wr_str *v = WR_NEW_N(&r->c->arena, wr_str, n->n);
    if (v == NULL) return false;
    for (uint32_t i = 0; i < n->n; i++) {
        if (!is_text(r, &n->u.kids[i], "a string")) return false;
        v[i] = wr_node_str(&n->u.kids[i]);
    }
    e->is_enum = true;
    e->ids = v;
    e->n_ids = n->n;
    return true;
}

static bool entity(reader *r, sch_space *p, const wr_node *key, const wr_node *n) {
    static const char *const names[] = {"memberOfTypes", "shape",       "tags",
                                        "enum",          "annotations", NULL};
    sch_entity *e = WR_NEW(&r->c->arena, sch_entity);
    if (e == NULL || !name_in(r, key, "id", true, false, &e->name)) return false;
    e->at = key->span;
    if (!is_form(r, n, "struct Everything", names)) return false;
    if (!annotations(r, get(r, n, "annotations"), &e->notes)) return false;
    const wr_node *ids = get(r, n, "enum"), *up = get(r, n, "memberOfTypes");
    const wr_node *shape = get(r, n, "shape"), *tags = get(r, n, "tags");
    if (ids) return enumeration(r, n, ids, e) && sch_entity_add(r->s, p, e);
    bool ok = up == NULL || refs(r, up, &e->up, &e->n_up);
    if (shape && (e->shape = type(r, shape, PLAIN)) == NULL) ok = false;
    if (tags && (e->tags = type(r, tags, PLAIN)) == NULL) ok = false;
    return ok && sch_entity_add(r->s, p, e);
}

// ---------------------------------------------------------------------------------- actions

static bool member(reader *r, const wr_node *n, sch_member *m) {
    static const char *const names[] = {"id", "type", NULL};
    if (!is_form(r, n, "struct ActionEntityUID", names)) return false;
    const wr_node *id = need(r, n, "id"), *of = get(r, n, "type");
    if (id == NULL || !is_text(r, id, "a string")) return false;
    m->at = wr_form_span(n);
    m->id = wr_node_str(id);
    if (of == NULL || of->kind == WR_NULL) return true;
    return is_text(r, of, "a name consisting of an optional namespace and id") &&
           name_in(r, of, "name", false, true, &m->type);
}

static bool members(reader *r, const wr_node *n, sch_action *a) {
    if (n == NULL || n->kind == WR_NULL) return true;
    if (n->kind != WR_LIST) return wrong(r, n, "a sequence");
    sch_member *v = WR_NEW_N(&r->c->arena, sch_member, n->n + 1);
    if (v == NULL) return false;
    for (uint32_t i = 0; i < n->n; i++)
        if (!member(r, &n->u.kids[i], &v[i])) return false;
    a->up = v;
    a->n_up = n->n;
    return true;
}

static bool applies(reader *r, const wr_node *n, sch_action *a) {
    static const char *const names[] = {"resourceTypes", "principalTypes", "context", NULL};
    if (n == NULL || n->kind == WR_NULL) return true;
    if (!is_form(r, n, "struct ApplySpec", names)) return false;
    const wr_node *resources = need(r, n, "resourceTypes");
    if (resources == NULL) return false;
    const wr_node *principals = need(r, n, "principalTypes"), *context = get(r, n, "context");
    if (principals == NULL) return false;
    a->applies = true;
    bool ok = refs(r, resources, &a->resources, &a->n_resources);
    ok = refs(r, principals, &a->principals, &a->n_principals) && ok;
    if (context && (a->context = type(r, context, PLAIN)) == NULL) ok = false;
    return ok;
}

static bool action(reader *r, sch_space *p, const wr_node *key, const wr_node *n) {
    static const char *const names[] = {"attributes", "appliesTo", "memberOf", "annotations", NULL};
    sch_action *a = WR_NEW(&r->c->arena, sch_action);
    if (a == NULL || !is_form(r, n, "struct ActionType", names)) return false;
    a->id = wr_node_str(key);
    a->at = key->span;
    const wr_node *attrs = get(r, n, "attributes");
    if (attrs && attrs->kind != WR_NULL)
        return fault(r, attrs,
                     "unsupported feature used in schema: action declared with attributes: [%.*s]",
                     WR_FMT(a->id));
    bool ok = annotations(r, get(r, n, "annotations"), &a->notes);
    ok = applies(r, get(r, n, "appliesTo"), a) && ok;
    ok = members(r, get(r, n, "memberOf"), a) && ok;
    return ok && sch_action_add(r->s, p, a);
}

// ---------------------------------------------------------------------------------- namespaces

static bool common(reader *r, sch_space *p, const wr_node *key, const wr_node *n) {
    sch_common *t = WR_NEW(&r->c->arena, sch_common);
    if (t == NULL || !name_in(r, key, "id", true, false, &t->name)) return false;
    t->at = key->span;
    t->type = type(r, n, COMMON);
    if (t->type == NULL || !annotations(r, get(r, n, "annotations"), &t->notes)) return false;
    return sch_common_add(r->s, p, t);
}

static void declarations(reader *r, sch_space *p, const wr_node *n,
                         bool (*one)(reader *, sch_space *, const wr_node *, const wr_node *)) {
    if (n == NULL || !is_map(r, n, "a map")) return;
    for (uint32_t i = 0; i < n->n; i++)
        if (!one(r, p, wr_map_key(n, i), wr_map_val(n, i))) r->ok = false;
}

static void space(reader *r, const wr_node *key, const wr_node *n) {
    static const char *const names[] = {"commonTypes", "entityTypes", "actions", "annotations",
                                        NULL};
    wr_str name = wr_node_str(key);
    if (name.n && !name_in(r, key, "namespace", false, false, &name)) return;
    if (!is_form(r, n, "struct NamespaceDefinition", names)) return;
    sch_space *p = sch_space_add(r->s, name, key->span);
    if (p == NULL) {
        r->ok = false;
        return;
    }
    const wr_node *notes = get(r, n, "annotations");
    (void)annotations(r, notes, &p->notes);
    if (name.n == 0 && p->notes.n > 0)
        (void)fault(r, notes, "annotations are not allowed on the empty namespace");
    declarations(r, p, get(r, n, "commonTypes"), common);
    declarations(r, p, need(r, n, "entityTypes"), entity);
    declarations(r, p, need(r, n, "actions"), action);
}

wr_rc wr_cedar_schema_json(wr_ctx *c, const wr_doc *doc, wr_cedar_schema **out) {
    wr_cedar_schema *s = sch_new(c, wr_form_src(doc, doc->root));
    if (s == NULL) return WR_NOMEM;
    reader r = {.c = c, .d = doc, .s = s, .ok = true};
    if (is_map(&r, doc->root, "a map"))
        for (uint32_t i = 0; i < doc->root->n; i++)
            space(&r, wr_map_key(doc->root, i), wr_map_val(doc->root, i));
    return sch_finish(s, r.ok, out);
}
