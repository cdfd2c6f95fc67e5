// SPDX-License-Identifier: Apache-2.0
// schema_text: a schema in Cedar syntax, read into what it says (schema_int.h). After a fault the
// text is read on at the next declaration, so that a file tells all that is wrong with it.
// Grammar: Cedar schema language 4.5; words of faults as cedar-policy 4.13 says them.

#include "lang/cedar/schema_int.h"

typedef struct reader {
    ced_parser p;
    wr_cedar_schema *s;
    sch_space *space;
} reader;

// ---------------------------------------------------------------------------------- tokens

static bool unexpected(reader *r, const char *expected) {
    ced_parser *p = &r->p;
    if (p->failed) return false;
    p->failed = p->bad = true;
    wr_str text = wr_utf8_cut(ced_text(p, p->t), 80);
    wr_diag *d = p->t->kind == CED_TK_END
                     ? sch_fault(r->s, p->code, p->t->at, "unexpected end of input")
                     : sch_fault(r->s, p->code, p->t->at, "unexpected token `%.*s`", WR_FMT(text));
    wr_hint(p->c, d, "expected %s", expected);
    return false;
}

static bool want(reader *r, char c, const char *expected) {
    return ced_take(&r->p, c) || unexpected(r, expected);
}

static bool ident(reader *r, const char *expected, wr_str *out) {
    ced_parser *p = &r->p;
    if (p->t->kind != CED_TK_IDENT) return unexpected(r, expected);
    *out = ced_text(p, p->t);
    if (ced_reserved(*out) && !wr_eq(*out, WR_S("__cedar")))
        return ced_fault(p, p->t->at, "`%.*s` is a reserved identifier", WR_FMT(*out));
    p->t++;
    return true;
}

static bool text(reader *r, const char *expected, wr_str *out) {
    ced_parser *p = &r->p;
    if (p->t->kind != CED_TK_STRING) return unexpected(r, expected);
    if (!ced_unquote(p, p->t, false, out)) return false;
    p->t++;
    return true;
}

// A::B. Stops before a `::` that a string follows.
static bool name(reader *r, const char *expected, sch_ref *out) {
    ced_parser *p = &r->p;
    uint32_t beg = p->t->at.beg;
    const ced_tok *first = p->t;
    wr_str word;
    if (!ident(r, expected, &word)) return false;
    while (p->t->kind == CED_TK_COLONS && p->t[1].kind != CED_TK_STRING) {
        p->t++;
        if (!ident(r, "an identifier", &word)) return false;
    }
    out->at = (wr_span){beg, p->t[-1].at.end};
    out->name = ced_text(p, first);
    if (p->t - first == 1) return true;
    wr_buf b;
    wr_buf_init(&b, 0);
    for (const ced_tok *t = first; t < p->t; t++) wr_puts(&b, ced_text(p, t));
    out->name = wr_buf_keep(&b, &p->c->arena);
    return true;
}

// ---------------------------------------------------------------------------------- annotations

static bool annotation(reader *r, wr_cedar_annotation *a) {
    ced_parser *p = &r->p;
    if (p->t->kind != CED_TK_IDENT) return unexpected(r, "an identifier");
    *a = (wr_cedar_annotation){ced_text(p, p->t), WR_S(""), true};
    p->t++;
    if (!ced_take(p, '(')) return true;
    return text(r, "string literal", &a->value) && want(r, ')', "`)`");
}

static bool annotations(reader *r, sch_notes *out) {
    ced_parser *p = &r->p;
    WR_VEC(wr_cedar_annotation) v = {0};
    while (ced_take(p, '@')) {
        wr_span at = p->t->at;
        wr_cedar_annotation a;
        if (!annotation(r, &a)) return false;
        for (uint32_t i = 0; i < v.n; i++)
            if (wr_eq(v.v[i].key, a.key))
                return ced_fault(p, at, "duplicate annotations: `%.*s`", WR_FMT(a.key));
        if (v.n >= 1024) return ced_fault(p, at, "more than 1024 annotations on one thing");
        if (!WR_PUSH(&p->c->arena, &v, a)) return false;
    }
    sch_notes_sort(v.v, v.n);
    *out = (sch_notes){v.v, v.n};
    return true;
}

// ---------------------------------------------------------------------------------- types

static const sch_type *type(reader *r);

static bool attribute(reader *r, sch_attr *a) {
    ced_parser *p = &r->p;
    const char *expected = "`@`, `}`, identifier, or string literal";
    if (!annotations(r, &a->notes)) return false;
    a->at = p->t->at;
    if (p->t->kind == CED_TK_STRING) {
        if (!text(r, expected, &a->name)) return false;
    } else if (!ident(r, expected, &a->name)) return false;
    a->required = !ced_take(p, '?');
    if (!want(r, ':', a->required ? "`:` or `?`" : "`:`")) return false;
    a->type = type(r);
    return a->type != NULL;
}

static bool record(reader *r, sch_type *t) {
    ced_parser *p = &r->p;
    WR_VEC(sch_attr) v = {0};
    t->kind = SCH_RECORD;
    p->t++;
    while (!ced_take(p, '}')) {
        sch_attr a = {0};
        if (!attribute(r, &a) || !WR_PUSH(&p->c->arena, &v, a)) return false;
        if (!ced_is(p, '}') && !want(r, ',', "`,`, `::`, or `}`")) return false;
    }
    t->n = sch_attrs_sort(v.v, v.n);
    t->attrs = v.v;
    return true;
}

static bool type_in(reader *r, sch_type *t) {
    ced_parser *p = &r->p;
    if (ced_is(p, '{')) return record(r, t);
    if (ced_is_word(p, "Set") && p->t[1].kind == CED_TK_LT) {
        p->t += 2;
        t->kind = SCH_SET;
        t->of = type(r);
        if (t->of == NULL) return false;
        if (p->t->kind != CED_TK_GT) return unexpected(r, "`::` or `>`");
        p->t++;
        return true;
    }
    sch_ref n;
    if (!name(r, "`{`, identifier, or `Set`", &n)) return false;
    t->kind = SCH_NAME;
    t->name = n.name;
    return true;
}

static const sch_type *type(reader *r) {
    ced_parser *p = &r->p;
    if (p->depth >= WR_CEDAR_DEPTH) {
        (void)ced_fault(p, p->t->at, "types are nested more than %d deep", WR_CEDAR_DEPTH);
        return NULL;
    }
    sch_type *t = WR_NEW(&p->c->arena, sch_type);
    if (t == NULL) return NULL;
    uint32_t beg = p->t->at.beg;
    p->depth++;
    bool ok = type_in(r, t);
    p->depth--;
    t->at = (wr_span){beg, p->t[-1].at.end};
    return ok ? t : NULL;
}

// ---------------------------------------------------------------------------------- entities

typedef WR_VEC(sch_ref) refs;

// A name, or a list of them.
static bool names(reader *r, refs *out) {
    ced_parser *p = &r->p;
    sch_ref n;
    if (!ced_take(p, '[')) return name(r, "`[` or identifier", &n) && WR_PUSH(&p->c->arena, out, n);
    if (ced_take(p, ']')) return true;
    do {
        if (!name(r, "identifier", &n) || !WR_PUSH(&p->c->arena, out, n)) return false;
    } while (ced_take(p, ','));
    return want(r, ']', "`,`, `::`, or `]`");
}

static bool enumeration(reader *r, sch_entity *e) {
    ced_parser *p = &r->p;
    WR_VEC(wr_str) v = {0};
    p->t++;
    if (!want(r, '[', "`[`")) return false;
    do {
        wr_str id;
        if (!text(r, "string literal", &id) || !WR_PUSH(&p->c->arena, &v, id)) return false;
    } while (ced_take(p, ','));
    e->is_enum = true;
    e->ids = v.v;
    e->n_ids = v.n;
    return want(r, ']', "`,` or `]`") && want(r, ';', "`;`");
}

// What follows the names of an entity declaration.
static bool entity_body(reader *r, sch_entity *e) {
    ced_parser *p = &r->p;
    const char *expected = "`,`, `;`, `=`, `{`, `enum`, `in`, or `tags`";
    if (ced_is_word(p, "enum")) return enumeration(r, e);
    if (ced_is_word(p, "in")) {
        refs v = {0};
        p->t++;
        if (!names(r, &v)) return false;
        e->up = v.v;
        e->n_up = v.n;
        expected = "`;`, `=`, `{`, or `tags`";
    }
    if (p->t->kind == CED_TK_ASSIGN) {
        p->t++;
        if (!ced_is(p, '{')) return unexpected(r, "`{`");
    }
    if (ced_is(p, '{')) {
        e->shape = type(r);
        if (e->shape == NULL) return false;
        expected = "`;` or `tags`";
    }
    if (ced_is_word(p, "tags")) {
        p->t++;
        e->tags = type(r);
        if (e->tags == NULL) return false;
        expected = "`;`";
    }
    return want(r, ';', expected);
}

static bool entity(reader *r, sch_notes notes) {
    ced_parser *p = &r->p;
    sch_entity e = {.notes = notes};
    refs v = {0};
    p->t++;
    do {
        sch_ref n = {.at = p->t->at};
        if (!ident(r, "identifier", &n.name) || !WR_PUSH(&p->c->arena, &v, n)) return false;
    } while (ced_take(p, ','));
    if (!entity_body(r, &e)) return false;
    for (uint32_t i = 0; i < v.n; i++) {
        sch_entity *one = WR_NEW(&p->c->arena, sch_entity);
        if (one == NULL) return false;
        *one = e;
        one->name = v.v[i].name;
        one->at = v.v[i].at;
        if (!sch_entity_add(r->s, r->space, one)) p->bad = true;
    }
    return true;
}

// ---------------------------------------------------------------------------------- actions

typedef WR_VEC(sch_member) members;

static bool member(reader *r, members *out) {
    ced_parser *p = &r->p;
    sch_member m = {.at = p->t->at};
    sch_ref n = {0};
    if (p->t->kind == CED_TK_STRING) {
        if (!text(r, "", &m.id)) return false;
    } else {
        if (!name(r, "identifier or string literal", &n)) return false;
        m.id = n.name;
        if (p->t->kind == CED_TK_COLONS) {
            p->t++;
            m.type = n.name;
            if (!text(r, "string literal", &m.id)) return false;
        } else if (wr_find(n.name, WR_S("::"), 0) != SIZE_MAX) {
            return unexpected(r, "`::`");
        }
    }
    m.at.end = p->t[-1].at.end;
    return WR_PUSH(&p->c->arena, out, m);
}

static bool member_list(reader *r, sch_action *a) {
    ced_parser *p = &r->p;
    members v = {0};
    p->t++;
    if (!ced_take(p, '[')) {
        if (!member(r, &v)) return false;
    } else {
        do {
            if (!member(r, &v)) return false;
        } while (ced_take(p, ','));
        if (!want(r, ']', "`,` or `]`")) return false;
    }
    a->up = v.v;
    a->n_up = v.n;
    return true;
}

enum { SAID_PRINCIPAL = 1, SAID_RESOURCE = 2, SAID_CONTEXT = 4 };

static bool fault_hint(reader *r, wr_span at, const char *hint, const char *fmt, ...)
    WR_PRINTF(4, 5);
static bool fault_hint(reader *r, wr_span at, const char *hint, const char *fmt, ...) {
    if (r->p.failed) return false;
    r->p.failed = r->p.bad = true;
    va_list ap;
    va_start(ap, fmt);
    wr_diag *d = wr_vreport(r->p.c, r->p.code, WR_ERROR, r->s->src, at, fmt, ap);
    va_end(ap);
    wr_hint(r->p.c, d, "%s", hint);
    return false;
}

static const char both[] = "every action must define both `principal` and `resource` targets, and "
                           "the `principal` and `resource` lists must not be `[]`";

static bool said_twice(reader *r, wr_span at, wr_str action, const char *what) {
    return fault_hint(r, at,
                      "try either deleting one of the declarations, or merging into a single "
                      "declaration",
                      "duplicate %s declaration in action `%.*s`", what, WR_FMT(action));
}

// `context: { … }` or the name of a common type.
static bool context(reader *r, sch_action *a) {
    const sch_type *t = NULL;
    if (ced_is(&r->p, '{')) t = type(r);
    else {
        sch_type *n = WR_NEW(&r->p.c->arena, sch_type);
        sch_ref ref;
        if (n == NULL || !name(r, "`{` or identifier", &ref)) return false;
        *n = (sch_type){.kind = SCH_COMMON, .at = ref.at, .name = ref.name};
        t = n;
    }
    a->context = t;
    return t != NULL;
}

// `principal: …`, `resource: …`, `context: …`
static bool applies_to(reader *r, sch_action *a, wr_str action, unsigned *said) {
    ced_parser *p = &r->p;
    static const char *const words[] = {"principal", "resource", "context"};
    static const char *const quoted[] = {"`principal`", "`resource`", "context"};
    unsigned which = 0;
    while (which < 3 && !ced_is_word(p, words[which])) which++;
    if (which == 3) return unexpected(r, "`context`, `principal`, or `resource`");
    uint32_t beg = p->t->at.beg;
    p->t++;
    if (!want(r, ':', "`:`")) return false;
    refs v = {0};
    if (which == 2 ? !context(r, a) : !names(r, &v)) return false;
    wr_span at = {beg, p->t[-1].at.end};
    if (*said & 1u << which) return said_twice(r, at, action, quoted[which]);
    *said |= 1u << which;
    if (which == 2) return true;
    if (v.n == 0)
        return fault_hint(r, at, both, "for action `%.*s`, `%s` is `[]`, which is invalid",
                          WR_FMT(action), words[which]);
    if (which == 0) a->principals = v.v, a->n_principals = v.n;
    else a->resources = v.v, a->n_resources = v.n;
    return true;
}

static bool applies(reader *r, sch_action *a, const sch_ref *first) {
    ced_parser *p = &r->p;
    unsigned said = 0;
    p->t++;
    if (!want(r, '{', "`{`")) return false;
    do {
        if (!applies_to(r, a, first->name, &said)) return false;
    } while (ced_take(p, ',') && !ced_is(p, '}'));
    if (!want(r, '}', "`,`, `::`, or `}`")) return false;
    static const char *const words[] = {"resource", "principal"};
    for (unsigned i = 0; i < 2; i++)
        if (!(said & (i ? SAID_PRINCIPAL : SAID_RESOURCE)))
            return fault_hint(r, first->at, both, "missing `%s` declaration for `%.*s`", words[i],
                              WR_FMT(first->name));
    return true;
}

static bool action_body(reader *r, sch_action *a, const sch_ref *first) {
    ced_parser *p = &r->p;
    if (ced_is_word(p, "in") && !member_list(r, a)) return false;
    a->applies = true; // without the words: to nothing
    if (ced_is_word(p, "appliesTo") && !applies(r, a, first)) return false;
    if (ced_is_word(p, "attributes")) {
        p->t++;
        if (!want(r, '{', "`{`") || !want(r, '}', "`}`")) return false;
    }
    return want(r, ';', "`,`, `;`, `appliesTo`, `attributes`, or `in`");
}

static bool action(reader *r, sch_notes notes) {
    ced_parser *p = &r->p;
    sch_action a = {.notes = notes};
    refs v = {0};
    p->t++;
    do {
        const char *expected = "identifier or string literal";
        sch_ref n = {.at = p->t->at};
        bool ok =
            p->t->kind == CED_TK_STRING ? text(r, expected, &n.name) : ident(r, expected, &n.name);
        if (!ok || !WR_PUSH(&p->c->arena, &v, n)) return false;
    } while (ced_take(p, ','));
    if (!action_body(r, &a, &v.v[0])) return false;
    for (uint32_t i = 0; i < v.n; i++) {
        sch_action *one = WR_NEW(&p->c->arena, sch_action);
        if (one == NULL) return false;
        *one = a;
        one->id = v.v[i].name;
        one->at = v.v[i].at;
        if (!sch_action_add(r->s, r->space, one)) p->bad = true;
    }
    return true;
}

// ---------------------------------------------------------------------------------- declarations

static bool common(reader *r, sch_notes notes) {
    ced_parser *p = &r->p;
    sch_common *t = WR_NEW(&p->c->arena, sch_common);
    if (t == NULL) return false;
    t->notes = notes;
    p->t++;
    t->at = p->t->at;
    if (!ident(r, "identifier", &t->name)) return false;
    if (p->t->kind != CED_TK_ASSIGN) return unexpected(r, "`=`");
    p->t++;
    t->type = type(r);
    if (t->type == NULL || !want(r, ';', "`::` or `;`")) return false;
    if (!sch_common_add(r->s, r->space, t)) p->bad = true;
    return true;
}

// Does a declaration begin here?
static bool begins(const ced_parser *p) {
    static const char *const words[] = {"entity", "action", "type", "namespace"};
    for (unsigned i = 0; i < 4; i++)
        if (ced_is_word(p, words[i])) return true;
    return false;
}

static void count(const ced_tok *t, uint32_t *open) {
    if (t->kind != CED_TK_PUNCT) return;
    if (t->c == '{' || t->c == '(' || t->c == '[') ++*open;
    if ((t->c == '}' || t->c == ')' || t->c == ']') && *open > 0) --*open;
}

// To the next declaration: behind a ';', or at a word that begins one and stands in no brackets
// opened since; inside a namespace, at its end.
static void recover(reader *r, const ced_tok *first) {
    ced_parser *p = &r->p;
    uint32_t open = 0;
    for (const ced_tok *t = first; t < p->t; t++) count(t, &open);
    if (p->t == first && p->t->kind != CED_TK_END) p->t++;
    for (; p->t->kind != CED_TK_END; p->t++) {
        if (open == 0 && (begins(p) || ced_is(p, '}'))) break;
        count(p->t, &open);
        if (!ced_is(p, ';')) continue;
        p->t++;
        if (open == 0 || begins(p) || ced_is(p, '@')) break;
        p->t--;
    }
    p->failed = false;
    p->depth = 0;
}

static bool declaration(reader *r) {
    ced_parser *p = &r->p;
    sch_notes notes = {0};
    if (!annotations(r, &notes)) return false;
    if (ced_is_word(p, "entity")) return entity(r, notes);
    if (ced_is_word(p, "action")) return action(r, notes);
    if (ced_is_word(p, "type")) return common(r, notes);
    return unexpected(r, "`@`, `action`, `entity`, or `type`");
}

// `namespace N { … }`; its annotations are read.
static bool namespace_in(reader *r, sch_notes notes) {
    ced_parser *p = &r->p;
    sch_space *outer = r->space;
    sch_ref n;
    p->t++;
    if (!name(r, "identifier", &n) || !want(r, '{', "`::` or `{`")) return false;
    r->space = sch_space_add(r->s, n.name, n.at);
    if (r->space == NULL) {
        p->bad = true;
        r->space = WR_NEW(&p->c->arena, sch_space); // what it declares is of no use, but is read
        if (r->space == NULL) return false;
        r->space->name = WR_S("__cedar");
    }
    r->space->notes = notes;
    while (p->t->kind != CED_TK_END && !ced_is(p, '}')) {
        const ced_tok *first = p->t;
        if (!declaration(r)) recover(r, first);
    }
    r->space = outer;
    return want(r, '}', "`@`, `}`, `action`, `entity`, or `type`");
}

static void top(reader *r, sch_space **empty) {
    ced_parser *p = &r->p;
    const ced_tok *first = p->t;
    sch_notes notes = {0};
    bool ok = annotations(r, &notes);
    if (ok && ced_is_word(p, "namespace")) ok = namespace_in(r, notes);
    else if (ok) {
        p->t = first;
        if (*empty == NULL) *empty = sch_space_add(r->s, WR_S(""), p->t->at);
        r->space = *empty;
        if (r->space == NULL) p->t++;
        else if (begins(p) || ced_is(p, '@')) ok = declaration(r);
        else ok = unexpected(r, "`@`, `action`, `entity`, `namespace`, or `type`");
    }
    if (!ok) recover(r, first);
    if (!ok && ced_is(p, '}')) p->t++;
}

wr_rc wr_cedar_schema_text(wr_ctx *c, const wr_src *src, wr_cedar_schema **out) {
    ced_toks toks = {.of_schema = true};
    bool lexed = ced_lex(c, src, WR_D_P0301, &toks);
    if (toks.n == 0 || toks.v[toks.n - 1].kind != CED_TK_END) return WR_NOMEM;
    wr_cedar_schema *s = sch_new(c, src);
    if (s == NULL) return WR_NOMEM;
    reader r = {.p = {.c = c, .src = src, .t = toks.v, .code = WR_D_P0301}, .s = s};
    sch_space *empty = NULL;
    while (r.p.t->kind != CED_TK_END && !c->arena.oom) top(&r, &empty);
    return sch_finish(s, lexed && !r.p.bad, out);
}
