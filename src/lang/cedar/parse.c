// SPDX-License-Identifier: Apache-2.0
// parse: policies and templates of a text: annotations, effect, scope, conditions. After a fault
// the text is read on behind the policy's ';', so that a file tells all that is wrong with it; a
// text with a fault adds nothing to its set.
// Grammar: Cedar language 4.5; words of faults as cedar-policy 4.13 says them.

#include "lang/cedar/parse_int.h"

static const char *const variables[3] = {"principal", "action", "resource"};

// ---------------------------------------------------------------------------------- scope

static bool push_uid(ced_parser *p, ced_scope *s, const ced_uid *u) {
    const ced_uid **v = WR_NEW_N(&p->c->arena, const ced_uid *, s->n + 1);
    if (v == NULL) return ced_fault(p, p->t->at, "out of memory");
    for (uint32_t i = 0; i < s->n; i++) v[i] = s->v[i];
    v[s->n++] = u;
    s->v = v;
    return true;
}

static bool action_uid(ced_parser *p, ced_scope *s) {
    const ced_uid *u;
    uint32_t beg = p->t->at.beg;
    if (!ced_parse_entity(p, &u)) return false;
    if (!wr_eq(u->type, WR_S("Action")) && !wr_ends(u->type, WR_S("::Action"))) {
        wr_buf b;
        wr_buf_init(&b, 0);
        wr_cedar_put_uid(&b, (wr_cedar_uid){u->type, u->id});
        wr_str text = wr_buf_keep(&b, &p->c->arena);
        return ced_fault(p, (wr_span){beg, p->t[-1].at.end},
                         "expected an entity uid with type `Action` but got `%.*s`", WR_FMT(text));
    }
    return push_uid(p, s, u);
}

static bool action_list(ced_parser *p, ced_scope *s) {
    WR_VEC(const ced_uid *) all = {0};
    while (!ced_take(p, ']')) {
        ced_scope one = {0};
        if (!action_uid(p, &one) || one.n == 0 || !WR_PUSH(&p->c->arena, &all, one.v[0]))
            return false;
        if (!ced_is(p, ']') && !ced_want(p, ',')) return false;
    }
    s->list = true;
    s->v = all.v;
    s->n = all.n;
    return true;
}

// What stands where an entity or a slot has to.
static bool no_entity(ced_parser *p) {
    wr_str text = wr_utf8_cut(ced_text(p, p->t), 80);
    const char *what = NULL;
    if (p->t->kind == CED_TK_STRING || p->t->kind == CED_TK_NUMBER) what = "literal";
    if (p->t->kind == CED_TK_IDENT) what = "name";
    if (ced_is(p, '['))
        return ced_fault(p, p->t->at,
                         "expected single entity uid or template slot, found set of entity uids");
    if (what == NULL) return ced_unexpected(p);
    return ced_fault(p, p->t->at,
                     "expected an entity uid or matching template slot, found %s `%.*s`", what,
                     WR_FMT(text));
}

static bool slot(ced_parser *p, unsigned which, ced_scope *s) {
    wr_str text = ced_text(p, p->t), want = WR_S("?principal");
    if (which == 2) want = WR_S("?resource");
    if (which == 1)
        return ced_fault(p, p->t->at,
                         "expected single entity uid or set of entity uids, found template slot");
    if (!wr_eq(text, want))
        return ced_fault(p, p->t->at,
                         "expected an entity uid or matching template slot, found %.*s instead of "
                         "%.*s",
                         WR_FMT(text), WR_FMT(want));
    p->t++;
    s->slot = true;
    return true;
}

// An entity or the slot, in any number of parentheses; of the action: an entity, or a list behind
// in.
static bool operand(ced_parser *p, unsigned which, ced_scope *s) {
    uint32_t open = 0;
    while (ced_take(p, '(')) open++;
    const ced_tok *t = p->t;
    while (t[0].kind == CED_TK_IDENT && t[1].kind == CED_TK_COLONS) t += 2;
    bool entity = t > p->t;
    bool ok;
    if (p->t->kind == CED_TK_SLOT) ok = slot(p, which, s);
    else if (which == 1 && s->op == CED_S_IN && ced_take(p, '[')) ok = action_list(p, s);
    else if (!entity) ok = no_entity(p);
    else if (which == 1) ok = action_uid(p, s);
    else {
        const ced_uid *u;
        ok = ced_parse_entity(p, &u) && push_uid(p, s, u);
    }
    while (ok && open-- > 0) ok = ced_want(p, ')');
    return ok;
}

static bool is_type(ced_parser *p, unsigned which, ced_scope *s) {
    if (which == 1) return ced_fault(p, p->t->at, "`is` cannot appear in the action scope");
    p->t++;
    if (p->t->kind == CED_TK_STRING) {
        wr_str got = wr_utf8_cut(ced_text(p, p->t), 80);
        return ced_fault(p, p->t->at,
                         "right hand side of an `is` expression must be an entity type name, but "
                         "got `%.*s`",
                         WR_FMT(got));
    }
    s->op = CED_S_IS;
    if (!ced_name(p, &s->type)) return false;
    if (p->t->kind == CED_TK_EQ)
        return ced_fault(p, p->t->at, "`is` cannot be used together with `==`");
    if (!ced_is_word(p, "in")) return true;
    p->t++;
    s->op = CED_S_IS_IN;
    return operand(p, which, s);
}

static bool scope(ced_parser *p, unsigned which, ced_scope *s) {
    uint32_t beg = p->t->at.beg;
    if (p->t->kind != CED_TK_IDENT) return ced_unexpected(p);
    if (!ced_is_word(p, variables[which])) {
        wr_str text = ced_text(p, p->t);
        for (unsigned i = 0; i < 3; i++)
            if (wr_eq(text, wr_strz(variables[i])))
                return ced_fault(p, p->t->at,
                                 "found the variable `%s` where the variable `%s` must be used",
                                 variables[i], variables[which]);
        return ced_fault(p, p->t->at, "invalid variable: %.*s", WR_FMT(text));
    }
    p->t++;
    bool ok = true;
    if (ced_is(p, ':'))
        return ced_fault(p, p->t->at, "type constraints using `:` are not supported");
    if (ced_is_word(p, "is")) ok = is_type(p, which, s);
    else if (p->t->kind == CED_TK_EQ || ced_is_word(p, "in")) {
        s->op = p->t->kind == CED_TK_EQ ? CED_S_EQ : CED_S_IN;
        p->t++;
        ok = operand(p, which, s);
    } else if (p->t->kind == CED_TK_ASSIGN)
        return ced_fault(p, p->t->at, "'=' is not a valid operator in Cedar");
    s->at = (wr_span){beg, p->t[-1].at.end};
    return ok;
}

static bool scopes(ced_parser *p, ced_policy *out) {
    if (!ced_want(p, '(')) return false;
    for (unsigned i = 0; i < 3; i++) {
        if (!scope(p, i, &out->scope[i])) return false;
        out->is_template |= out->scope[i].slot;
        if (i < 2 && !ced_want(p, ',')) return false;
    }
    (void)ced_take(p, ',');
    return ced_want(p, ')');
}

// ---------------------------------------------------------------------------------- the rest

static bool annotations(ced_parser *p, ced_policy *out) {
    WR_VEC(wr_cedar_annotation) v = {0};
    while (ced_take(p, '@')) {
        if (p->t->kind != CED_TK_IDENT) return ced_unexpected(p);
        wr_cedar_annotation a = {ced_text(p, p->t), WR_S(""), false};
        for (uint32_t i = 0; i < v.n; i++)
            if (wr_eq(v.v[i].key, a.key))
                return ced_fault(p, p->t->at, "duplicate annotation: @%.*s", WR_FMT(a.key));
        p->t++;
        if (ced_take(p, '(')) {
            if (p->t->kind != CED_TK_STRING) return ced_unexpected(p);
            if (!ced_unquote(p, p->t, false, &a.value)) return false;
            a.has_value = true;
            p->t++;
            if (!ced_want(p, ')')) return false;
        }
        if (!WR_PUSH(&p->c->arena, &v, a)) return ced_fault(p, p->t->at, "out of memory");
    }
    out->annotations = v.v;
    out->n_annotations = v.n;
    return true;
}

static bool conditions(ced_parser *p, ced_policy *out) {
    WR_VEC(ced_condition) v = {0};
    while (p->t->kind == CED_TK_IDENT) {
        const ced_tok *first = p->t;
        ced_condition c = {.unless = ced_is_word(p, "unless")};
        if (!c.unless && !ced_is_word(p, "when")) {
            wr_str word = ced_text(p, p->t);
            return ced_fault(p, p->t->at, "invalid policy condition: %.*s", WR_FMT(word));
        }
        p->t++;
        if (!ced_want(p, '{')) return false;
        if (ced_is(p, '}'))
            return ced_fault(p, (wr_span){first->at.beg, p->t->at.end},
                             "`%s` condition clause cannot be empty", c.unless ? "unless" : "when");
        p->unless = c.unless;
        c.e = ced_parse_expr(p);
        if (c.e == NULL || !ced_want(p, '}')) return false;
        c.at = (wr_span){first->at.beg, p->t[-1].at.end};
        if (!WR_PUSH(&p->c->arena, &v, c)) return ced_fault(p, p->t->at, "out of memory");
    }
    out->conditions = v.v;
    out->n_conditions = v.n;
    return true;
}

static bool policy(ced_parser *p, ced_policy *out) {
    uint32_t beg = p->t->at.beg;
    if (!annotations(p, out)) return false;
    if (p->t->kind != CED_TK_IDENT) return ced_unexpected(p);
    out->permit = ced_is_word(p, "permit");
    if (!out->permit && !ced_is_word(p, "forbid")) {
        wr_str word = ced_text(p, p->t);
        return ced_fault(p, p->t->at, "invalid policy effect: %.*s", WR_FMT(word));
    }
    p->t++;
    if (!scopes(p, out) || !conditions(p, out) || !ced_want(p, ';')) return false;
    out->at = (wr_span){beg, p->t[-1].at.end};
    out->src = p->src;
    return true;
}

// Behind the next ';' that stands in no string or bracket opened later; the policy that was being
// read is over there.
static void recover(ced_parser *p, const ced_tok *first) {
    if (p->t == first && p->t->kind != CED_TK_END) p->t++;
    while (p->t->kind != CED_TK_END && !ced_is(p, ';')) p->t++;
    (void)ced_take(p, ';');
    p->failed = false;
    p->depth = 0;
}

// ---------------------------------------------------------------------------------- sets

wr_cedar_set *wr_cedar_set_new(wr_ctx *c) {
    wr_cedar_set *s = WR_NEW(&c->arena, wr_cedar_set);
    if (s == NULL) return NULL;
    s->c = c;
    s->uids = ced_uids_new(&c->arena);
    wr_map_init(&s->by_id, &c->arena);
    return s->uids ? s : NULL;
}

static wr_str id_of(wr_cedar_set *s, const ced_policy *p, bool by_id) {
    uint32_t number = s->n_parsed++;
    for (uint32_t i = 0; by_id && i < p->n_annotations; i++)
        if (wr_eq(p->annotations[i].key, WR_S("id"))) return p->annotations[i].value;
    return wr_fmt(&s->c->arena, "policy%u", number);
}

bool ced_set_add(wr_cedar_set *s, ced_policy *p, const wr_src *src, wr_span at, wr_code code) {
    void **place = wr_map_at(&s->by_id, p->id);
    if (place == NULL) return false;
    if (*place) {
        (void)wr_report(s->c, code, WR_ERROR, src, at, "duplicate template or policy id `%.*s`",
                        WR_FMT(p->id));
        return false;
    }
    p->index = s->v.n;
    if (!WR_PUSH(&s->c->arena, &s->v, p)) return false;
    *place = p;
    return true;
}

wr_rc wr_cedar_add_text(wr_cedar_set *s, const wr_src *src, bool by_id) {
    ced_toks toks = {0};
    bool lexed = ced_lex(s->c, src, WR_D_P0101, &toks);
    if (toks.n == 0 || toks.v[toks.n - 1].kind != CED_TK_END) return WR_NOMEM;
    ced_parser p = {.c = s->c, .src = src, .t = toks.v, .uids = s->uids, .code = WR_D_P0101};
    WR_VEC(ced_policy *) all = {0};
    while (p.t->kind != CED_TK_END) {
        const ced_tok *first = p.t;
        ced_policy *one = WR_NEW(&s->c->arena, ced_policy);
        if (one == NULL) return WR_NOMEM;
        if (!policy(&p, one)) recover(&p, first);
        else if (!WR_PUSH(&s->c->arena, &all, one)) return WR_NOMEM;
    }
    if (!lexed || p.bad) return s->c->arena.oom ? WR_NOMEM : WR_BAD;
    uint32_t before = s->v.n;
    for (uint32_t i = 0; i < all.n; i++) {
        all.v[i]->id = id_of(s, all.v[i], by_id);
        if (ced_set_add(s, all.v[i], src, all.v[i]->at, WR_D_P0102)) continue;
        ced_set_cut(s, before);
        return s->c->arena.oom ? WR_NOMEM : WR_BAD;
    }
    return WR_OK;
}
