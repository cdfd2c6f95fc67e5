// SPDX-License-Identifier: Apache-2.0
// parse_expr: expressions as written. Chains of && || + - * are one node each, so that a long
// condition is not a deep one; depth is counted where one expression stands inside another, and
// where accesses follow each other, and ends at WR_CEDAR_DEPTH.
// Grammar: Cedar language 4.5; words of faults as cedar-policy 4.13 says them.

#include "lang/cedar/parse_int.h"

typedef WR_VEC(const ced_expr *) operands;

ced_expr *ced_new(ced_parser *p, ced_op op, wr_span at, const ced_expr *const *v, uint32_t n) {
    ced_expr *e = WR_NEW(&p->c->arena, ced_expr);
    const ced_expr **own = n ? WR_NEW_N(&p->c->arena, const ced_expr *, n) : NULL;
    if (e == NULL || (n && own == NULL)) {
        p->failed = p->bad = true;
        return NULL;
    }
    *e = (ced_expr){.op = (uint8_t)op, .at = at, .n = n, .v = own};
    for (uint32_t i = 0; i < n; i++) {
        own[i] = v[i];
        if (v[i]->depth >= e->depth) e->depth = (uint16_t)(v[i]->depth + 1);
    }
    if (e->depth <= WR_CEDAR_DEPTH) return e;
    ced_fault(p, at, "the expression is nested more than %d deep", WR_CEDAR_DEPTH);
    return NULL;
}

static ced_expr *unary(ced_parser *p, ced_op op, wr_span at, const ced_expr *e) {
    return ced_new(p, op, at, &e, 1);
}

static wr_span since(const ced_parser *p, uint32_t beg) { return (wr_span){beg, p->t[-1].at.end}; }

// ---------------------------------------------------------------------------------- names

// Name::"id"
bool ced_parse_entity(ced_parser *p, const ced_uid **out) {
    wr_str type, id;
    uint32_t beg = p->t->at.beg;
    if (!ced_name(p, &type)) return false;
    if (p->t->kind != CED_TK_COLONS) return ced_unexpected(p);
    p->t++;
    if (ced_is(p, '{')) {
        wr_span at = {beg, p->t->at.end};
        return ced_fault(p, at, "invalid entity literal: %.*s::{}", WR_FMT(type));
    }
    if (p->t->kind != CED_TK_STRING) return ced_unexpected(p);
    if (!ced_unquote(p, p->t, false, &id)) return false;
    p->t++;
    *out = ced_uid_of(p->uids, type, id);
    if (*out == NULL) p->failed = p->bad = true;
    return *out != NULL;
}

// Do the tokens from here spell Name::"id" (or Name::{)?
static bool is_entity(const ced_parser *p) {
    const ced_tok *t = p->t;
    while (t[0].kind == CED_TK_IDENT && t[1].kind == CED_TK_COLONS) t += 2;
    return t > p->t && (t->kind == CED_TK_STRING || (t->kind == CED_TK_PUNCT && t->c == '{'));
}

// An identifier that may be an attribute's name.
static bool attr_name(ced_parser *p, wr_str *out) {
    if (p->t->kind != CED_TK_IDENT) return ced_unexpected(p);
    *out = ced_text(p, p->t);
    if (ced_reserved(*out))
        return ced_fault(p, p->t->at, "this identifier is reserved and cannot be used: %.*s",
                         WR_FMT(*out));
    p->t++;
    return true;
}

// ---------------------------------------------------------------------------------- calls

// (a, b, …) behind what stands in v already; a comma may end it.
static bool arguments(ced_parser *p, operands *v, char close) {
    while (!ced_take(p, close)) {
        const ced_expr *e = ced_parse_expr(p);
        if (e == NULL) return false;
        if (!WR_PUSH(&p->c->arena, v, e)) return ced_fault(p, e->at, "out of memory");
        if (ced_take(p, close)) return true;
        if (!ced_want(p, ',')) return false;
    }
    return true;
}

static ced_expr *call(ced_parser *p, ced_fn fn, wr_span at, const operands *v) {
    const ced_fn_row *row = ced_fn_at(fn);
    uint32_t own = row->method ? 1 : 0, got = v->n - own, want = row->args - own;
    if (row->built_in && got != want) {
        const char *s = want == 1 ? "" : "s";
        ced_fault(p, at, "call to `%s` requires exactly %u argument%s, but got %u argument%s",
                  row->name, want, s, got, got == 1 ? "" : "s");
        return NULL;
    }
    ced_expr *e = ced_new(p, CED_CALL, at, v->v, v->n);
    if (e) e->fn = (uint8_t)fn;
    return e;
}

static const ced_expr *function(ced_parser *p, wr_str name, uint32_t beg) {
    wr_span at = {beg, p->t[-1].at.end};
    ced_fn fn;
    operands v = {0};
    static const char *const variables[] = {"principal", "action", "resource", "context"};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        if (!wr_eq(name, wr_strz(variables[i]))) continue;
        ced_fault(p, at, "`%s(...)` is not a valid function call", variables[i]);
        return NULL;
    }
    if (!ced_fn_find(name, &fn)) {
        ced_fault(p, at, "`%.*s` is not a valid function", WR_FMT(name));
        return NULL;
    }
    if (ced_fn_at(fn)->method) {
        ced_fault(p, at, "`%.*s` is a method, not a function", WR_FMT(name));
        return NULL;
    }
    p->t++;
    if (!arguments(p, &v, ')')) return NULL;
    return call(p, fn, since(p, beg), &v);
}

static const ced_expr *method(ced_parser *p, const ced_expr *self, const ced_tok *name) {
    wr_str text = ced_text(p, name);
    ced_fn fn;
    operands v = {0};
    if (!ced_fn_find(text, &fn)) {
        ced_fault(p, name->at, "`%.*s` is not a valid method", WR_FMT(text));
        return NULL;
    }
    if (!ced_fn_at(fn)->method) {
        ced_fault(p, name->at, "`%.*s` is a function, not a method", WR_FMT(text));
        return NULL;
    }
    p->t++;
    if (!WR_PUSH(&p->c->arena, &v, self) || !arguments(p, &v, ')')) return NULL;
    return call(p, fn, since(p, self->at.beg), &v);
}

// ---------------------------------------------------------------------------------- leaves

// Digits as a number; negated: a minus stands right before them.
static const ced_expr *number(ced_parser *p, const ced_tok *t, bool negated, uint32_t beg) {
    wr_str s = ced_text(p, t);
    uint64_t u = 0;
    for (size_t i = 0; i < s.n; i++) {
        uint64_t digit = (uint64_t)(s.p[i] - '0');
        if (u > (UINT64_MAX - digit) / 10) {
            ced_fault(p, t->at, "integer parse error: number too large to fit in target type");
            return NULL;
        }
        u = u * 10 + digit;
    }
    if (u > (uint64_t)INT64_MAX + (negated ? 1 : 0)) {
        ced_fault(p, t->at, "integer literal `%.*s` is too large", WR_FMT(s));
        return NULL;
    }
    ced_expr *e = ced_new(p, CED_LONG, (wr_span){beg, t->at.end}, NULL, 0);
    if (e == NULL) return NULL;
    e->u.i = negated ? (int64_t)(0 - u) : (int64_t)u;
    return e;
}

static const ced_expr *record(ced_parser *p) {
    uint32_t beg = p->t[-1].at.beg;
    operands v = {0};
    WR_VEC(wr_str) keys = {0};
    wr_map seen;
    wr_map_init(&seen, &p->c->arena);
    while (!ced_take(p, '}')) {
        wr_str key = WR_S("");
        const ced_tok *at = p->t;
        if (p->t->kind == CED_TK_STRING) {
            if (!ced_unquote(p, p->t, false, &key)) return NULL;
            p->t++;
        } else if (!attr_name(p, &key)) return NULL;
        void **place = wr_map_at(&seen, key);
        if (place == NULL) return NULL;
        if (*place) {
            ced_fault(p, at->at, "duplicate key `%.*s` in record literal", WR_FMT(key));
            return NULL;
        }
        *place = &seen;
        if (!ced_want(p, ':')) return NULL;
        const ced_expr *e = ced_parse_expr(p);
        if (e == NULL || !WR_PUSH(&p->c->arena, &v, e) || !WR_PUSH(&p->c->arena, &keys, key))
            return NULL;
        if (!ced_is(p, '}') && !ced_want(p, ',')) return NULL;
    }
    ced_expr *e = ced_new(p, CED_RECORD, since(p, beg), v.v, v.n);
    if (e) e->u.keys = keys.v;
    return e;
}

static const ced_expr *list(ced_parser *p) {
    uint32_t beg = p->t[-1].at.beg;
    operands v = {0};
    if (!arguments(p, &v, ']')) return NULL;
    return ced_new(p, CED_SET, since(p, beg), v.v, v.n);
}

static const ced_expr *parenthesis(ced_parser *p) {
    uint32_t beg = p->t[-1].at.beg;
    const ced_expr *e = ced_parse_expr(p);
    if (e == NULL || !ced_want(p, ')')) return NULL;
    return unary(p, CED_PAREN, since(p, beg), e);
}

static const ced_expr *word(ced_parser *p) {
    static const struct {
        const char *name;
        ced_op op;
    } leaves[] = {{"principal", CED_PRINCIPAL}, {"action", CED_ACTION}, {"resource", CED_RESOURCE},
                  {"context", CED_CONTEXT},     {"true", CED_BOOL},     {"false", CED_BOOL}};
    uint32_t beg = p->t->at.beg;
    if (is_entity(p)) {
        const ced_uid *uid = NULL;
        if (!ced_parse_entity(p, &uid)) return NULL;
        ced_expr *e = ced_new(p, CED_ENTITY, since(p, beg), NULL, 0);
        if (e) e->u.uid = uid;
        return e;
    }
    wr_str name = ced_text(p, p->t);
    bool single = p->t[1].kind != CED_TK_COLONS;
    bool called = p->t[1].kind == CED_TK_PUNCT && p->t[1].c == '(';
    for (size_t i = 0; single && !called && i < sizeof leaves / sizeof *leaves; i++) {
        if (!wr_eq(name, wr_strz(leaves[i].name))) continue;
        p->t++;
        ced_expr *e = ced_new(p, leaves[i].op, since(p, beg), NULL, 0);
        if (e && leaves[i].op == CED_BOOL) e->u.b = name.n == 4;
        return e;
    }
    if (!ced_name(p, &name)) return NULL;
    if (ced_is(p, '(')) return function(p, name, beg);
    if (p->t->kind == CED_TK_COLONS) {
        ced_unexpected(p);
        return NULL;
    }
    ced_fault(p, since(p, beg), "invalid variable: %.*s", WR_FMT(name));
    return NULL;
}

static const ced_expr *primary(ced_parser *p) {
    const ced_tok *t = p->t;
    switch ((ced_tok_kind)t->kind) {
    case CED_TK_IDENT: return word(p);
    case CED_TK_NUMBER: p->t++; return number(p, t, false, t->at.beg);
    case CED_TK_STRING: {
        ced_expr *e = ced_new(p, CED_STRING, t->at, NULL, 0);
        if (e == NULL || !ced_unquote(p, t, false, &e->u.s)) return NULL;
        p->t++;
        return e;
    }
    case CED_TK_SLOT: {
        wr_str s = ced_text(p, t);
        ced_fault(p, t->at, "found template slot %.*s in %s clause", WR_FMT(s),
                  p->unless ? "an `unless`" : "a `when`");
        return NULL;
    }
    case CED_TK_PUNCT:
        if (ced_take(p, '(')) return parenthesis(p);
        if (ced_take(p, '[')) return list(p);
        if (ced_take(p, '{')) return record(p);
        break;
    default: break;
    }
    ced_unexpected(p);
    return NULL;
}

// ---------------------------------------------------------------------------------- operators

static const ced_expr *access(ced_parser *p, const ced_expr *e) {
    ced_expr *get;
    if (ced_take(p, '[')) {
        wr_str key;
        if (p->t->kind != CED_TK_STRING) {
            ced_fault(p, p->t->at, "invalid string literal: only a string literal can stand in []");
            return NULL;
        }
        if (!ced_unquote(p, p->t, false, &key)) return NULL;
        p->t++;
        if (!ced_want(p, ']')) return NULL;
        get = unary(p, CED_GET, since(p, e->at.beg), e);
        if (get == NULL) return NULL;
        get->u.s = key;
        get->string = true;
        return get;
    }
    p->t++; // the point
    const ced_tok *name = p->t;
    wr_str text;
    if (!attr_name(p, &text)) return NULL;
    if (ced_is(p, '(')) return method(p, e, name);
    get = unary(p, CED_GET, since(p, e->at.beg), e);
    if (get) get->u.s = text;
    return get;
}

static const ced_expr *member(ced_parser *p) {
    const ced_expr *e = primary(p);
    while (e != NULL && (ced_is(p, '.') || ced_is(p, '['))) e = access(p, e);
    return e;
}

static const ced_expr *prefixed(ced_parser *p) {
    char op = ced_is(p, '!') ? '!' : '-';
    if (!ced_is(p, op)) return member(p);
    const ced_tok *first = p->t;
    while (ced_take(p, op)) continue;
    uint32_t n = (uint32_t)(p->t - first);
    if (n > 4) {
        ced_fault(p, first->at, "too many occurrences of `%c`", op);
        return NULL;
    }
    if (ced_is(p, '!') || ced_is(p, '-')) {
        ced_unexpected(p);
        return NULL;
    }
    const ced_expr *e;
    bool alone = !(p->t[0].kind == CED_TK_END) &&
                 !(p->t[1].kind == CED_TK_PUNCT && (p->t[1].c == '.' || p->t[1].c == '['));
    if (op == '-' && p->t->kind == CED_TK_NUMBER && alone) {
        p->t++;
        e = number(p, p->t - 1, true, p->t[-2].at.beg);
        n--;
    } else e = member(p);
    for (; e != NULL && n > 0; n--)
        e = unary(p, op == '!' ? CED_NOT : CED_NEG, since(p, first[n - 1].at.beg), e);
    return e;
}

typedef const ced_expr *reader(ced_parser *p);

// operand { op operand }, as one node when there is an operator. `ops`: characters; of & and |: the
// pair.
static const ced_expr *chain(ced_parser *p, reader *operand, ced_op op, const char *ops) {
    const ced_expr *first = operand(p);
    operands v = {0};
    WR_VEC(uint64_t) minus = {0};
    while (first != NULL) {
        const ced_tok *t = p->t;
        bool hit = (op == CED_AND && t->kind == CED_TK_AND) ||
                   (op == CED_OR && t->kind == CED_TK_OR) ||
                   (t->kind == CED_TK_PUNCT && strchr(ops, t->c) != NULL);
        if (!hit) break;
        if (v.n == 0 && !WR_PUSH(&p->c->arena, &v, first)) return NULL;
        p->t++;
        const ced_expr *e = operand(p);
        if (e == NULL || !WR_PUSH(&p->c->arena, &v, e)) return NULL;
        if (op != CED_ADD) continue;
        while (minus.n * 64 < v.n)
            if (!WR_PUSH(&p->c->arena, &minus, 0)) return NULL;
        if (t->c == '-' && minus.n > 0) minus.v[(v.n - 1) / 64] |= UINT64_C(1) << ((v.n - 1) % 64);
    }
    if (first == NULL || v.n == 0) return first;
    ced_expr *e = ced_new(p, op, since(p, first->at.beg), v.v, v.n);
    if (e && op == CED_ADD) e->u.minus = minus.v;
    return e;
}

static const ced_expr *product(ced_parser *p) {
    const ced_expr *e = chain(p, prefixed, CED_MUL, "*");
    if (e == NULL || !(ced_is(p, '/') || ced_is(p, '%'))) return e;
    ced_fault(p, p->t->at, "%s is not supported", ced_is(p, '/') ? "division" : "remainder/modulo");
    return NULL;
}

static const ced_expr *sum(ced_parser *p) { return chain(p, product, CED_ADD, "+-"); }

// ---------------------------------------------------------------------------------- relations

static const ced_expr *has(ced_parser *p, const ced_expr *left) {
    WR_VEC(wr_str) path = {0};
    bool string = p->t->kind == CED_TK_STRING;
    wr_str name;
    if (string) {
        if (!ced_unquote(p, p->t, false, &name) || !WR_PUSH(&p->c->arena, &path, name)) return NULL;
        p->t++;
    } else {
        do {
            if (!attr_name(p, &name) || !WR_PUSH(&p->c->arena, &path, name)) return NULL;
        } while (ced_take(p, '.'));
    }
    if (ced_is(p, '[') || ced_is(p, '(') || ced_is(p, '.')) {
        ced_fault(p, p->t->at, "invalid RHS of a `has` operation");
        return NULL;
    }
    ced_expr *e = unary(p, CED_HAS, since(p, left->at.beg), left);
    if (e == NULL) return NULL;
    e->string = string;
    e->u.path.v = path.v;
    e->u.path.n = path.n;
    if (path.n + e->depth > WR_CEDAR_DEPTH) {
        ced_fault(p, e->at, "the expression is nested more than %d deep", WR_CEDAR_DEPTH);
        return NULL;
    }
    return e;
}

// A pattern is cut at its stars. \* stands in s as 0xFF.
bool ced_pattern_of(wr_arena *a, wr_str s, ced_pattern *out) {
    WR_VEC(wr_str) lit = {0};
    wr_buf b;
    wr_buf_init(&b, 0);
    for (size_t i = 0; i <= s.n; i++) {
        if (i < s.n && s.p[i] != '*') {
            wr_putc(&b, s.p[i] == (char)0xFF ? '*' : s.p[i]);
            continue;
        }
        wr_str part = b.n ? wr_dup(a, wr_buf_str(&b)) : WR_S("");
        b.n = 0;
        if (!WR_PUSH(a, &lit, part)) break;
    }
    wr_rc rc = b.rc;
    wr_buf_fini(&b);
    *out = (ced_pattern){lit.v, lit.n};
    return !a->oom && rc == WR_OK;
}

static const ced_expr *like(ced_parser *p, const ced_expr *left) {
    wr_str s;
    if (p->t->kind != CED_TK_STRING) {
        wr_str got = wr_utf8_cut(ced_text(p, p->t), 80);
        ced_fault(
            p, p->t->at,
            "right hand side of a `like` expression must be a pattern literal, but got `%.*s`",
            WR_FMT(got));
        return NULL;
    }
    if (!ced_unquote(p, p->t, true, &s)) return NULL;
    p->t++;
    ced_expr *e = unary(p, CED_LIKE, since(p, left->at.beg), left);
    if (e == NULL || !ced_pattern_of(&p->c->arena, s, &e->u.pattern)) return NULL;
    return e;
}

static const ced_expr *is(ced_parser *p, const ced_expr *left) {
    wr_str type;
    if (p->t->kind == CED_TK_STRING) {
        wr_str got = wr_utf8_cut(ced_text(p, p->t), 80);
        ced_fault(
            p, p->t->at,
            "right hand side of an `is` expression must be an entity type name, but got `%.*s`",
            WR_FMT(got));
        return NULL;
    }
    if (!ced_name(p, &type)) return NULL;
    const ced_expr *v[2] = {left, NULL};
    uint32_t n = 1;
    if (ced_is_word(p, "in")) {
        p->t++;
        v[n++] = sum(p);
        if (v[1] == NULL) return NULL;
    }
    ced_expr *e = ced_new(p, CED_IS, since(p, left->at.beg), v, n);
    if (e) e->u.s = type;
    return e;
}

// The operator that is next, or CED_BOOL.
static ced_op relation_op(const ced_parser *p) {
    switch ((ced_tok_kind)p->t->kind) {
    case CED_TK_EQ: return CED_EQ;
    case CED_TK_NE: return CED_NE;
    case CED_TK_LT: return CED_LT;
    case CED_TK_LE: return CED_LE;
    case CED_TK_GT: return CED_GT;
    case CED_TK_GE: return CED_GE;
    case CED_TK_IDENT:
        if (ced_is_word(p, "in")) return CED_IN;
        if (ced_is_word(p, "has")) return CED_HAS;
        if (ced_is_word(p, "like")) return CED_LIKE;
        if (ced_is_word(p, "is")) return CED_IS;
        return CED_BOOL;
    default: return CED_BOOL;
    }
}

static const ced_expr *relation(ced_parser *p) {
    const ced_expr *left = sum(p);
    if (left == NULL) return NULL;
    if (p->t->kind == CED_TK_ASSIGN) {
        ced_fault(p, p->t->at, "'=' is not a valid operator in Cedar");
        return NULL;
    }
    ced_op op = relation_op(p);
    if (op == CED_BOOL) return left;
    p->t++;
    const ced_expr *e;
    if (op == CED_HAS) e = has(p, left);
    else if (op == CED_LIKE) e = like(p, left);
    else if (op == CED_IS) e = is(p, left);
    else {
        const ced_expr *v[2] = {left, sum(p)};
        e = v[1] ? ced_new(p, op, since(p, left->at.beg), v, 2) : NULL;
    }
    if (e == NULL || relation_op(p) == CED_BOOL) return e;
    ced_fault(
        p, p->t->at,
        "multiple relational operators (>, ==, in, etc.) must be used with parentheses to make "
        "ordering explicit");
    return NULL;
}

static const ced_expr *conjunction(ced_parser *p) { return chain(p, relation, CED_AND, ""); }
static const ced_expr *disjunction(ced_parser *p) { return chain(p, conjunction, CED_OR, ""); }

static const ced_expr *conditional(ced_parser *p) {
    static const char *const words[] = {"if", "then", "else"};
    uint32_t beg = p->t->at.beg;
    const ced_expr *v[3];
    for (uint32_t i = 0; i < 3; i++) {
        if (!ced_is_word(p, words[i])) {
            ced_unexpected(p);
            return NULL;
        }
        p->t++;
        v[i] = ced_parse_expr(p);
        if (v[i] == NULL) return NULL;
    }
    return ced_new(p, CED_IF, since(p, beg), v, 3);
}

const ced_expr *ced_parse_expr(ced_parser *p) {
    if (p->failed) return NULL;
    if (p->depth >= WR_CEDAR_DEPTH) {
        ced_fault(p, p->t->at, "the expression is nested more than %d deep", WR_CEDAR_DEPTH);
        return NULL;
    }
    p->depth++;
    bool is_if = ced_is_word(p, "if") && p->t[1].kind != CED_TK_COLONS;
    const ced_expr *e = is_if ? conditional(p) : disjunction(p);
    p->depth--;
    return e;
}
