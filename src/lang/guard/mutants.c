// SPDX-License-Identifier: Apache-2.0
// mutants: the small faults a rule file could have and still be one: an operator turned round or
// made weaker, a literal changed, a clause or a condition left out, `some` left out, `or` made
// `and`. Owns: wr_guard_mutants. Each is an edit of the text; whoever asks compiles what comes out,
// and what does not compile is no mutant.
// Invariants: in the order of the text; no two edits are the same; custom messages, names, and
// comments are never touched, because nothing is decided by them.
// Rules: guard-language.md §1 (operators, filters, blocks).

#include "lang/guard/guard_int.h"

#include <stdlib.h>

typedef struct maker {
    wr_arena *a;
    wr_str t;
    WR_VEC(wr_guard_mutant) v;
    bool oom;
} maker;

static void cnf(maker *m, const g_cnf *c);
static void value(maker *m, const g_value *v);

// ---------------------------------------------------------------------------------- edits

// A piece of the text as it is shown: one line, not long.
static wr_str shown(maker *m, uint32_t beg, uint32_t end) {
    enum { MOST = 60 };
    wr_buf b;
    bool blank = false;
    wr_buf_init(&b, 0);
    for (uint32_t i = beg; i < end; i++) {
        char c = m->t.p[i];
        bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (!space && blank && b.n > 0) wr_putc(&b, ' ');
        if (!space) wr_putc(&b, c);
        blank = space;
    }
    wr_str s = wr_buf_str(&b), cut = wr_utf8_cut(s, MOST);
    wr_str kept = wr_fmt(m->a, "%.*s%s", WR_FMT(cut), cut.n < s.n ? "…" : "");
    m->oom = m->oom || b.rc != WR_OK || kept.p == NULL;
    wr_buf_fini(&b);
    return kept;
}

static void edit(maker *m, uint32_t beg, uint32_t end, wr_str with, const char *fmt, ...)
    WR_PRINTF(5, 6);
static void edit(maker *m, uint32_t beg, uint32_t end, wr_str with, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    wr_guard_mutant x = {
        .at = {beg, end}, .with = with, .of = {beg, end}, .what = wr_vfmt(m->a, fmt, ap)};
    va_end(ap);
    if (end < beg || x.what.p == NULL || !WR_PUSH(m->a, &m->v, x)) m->oom = true;
}

static void drop(maker *m, uint32_t beg, uint32_t end, const char *what, uint32_t from,
                 uint32_t to) {
    edit(m, beg, end, WR_S(""), "%s left out: %.*s", what, WR_FMT(shown(m, from, to)));
    if (!m->oom) m->v.v[m->v.n - 1].of = (wr_span){from, to};
}

// ---------------------------------------------------------------------------------- finding text

static char at(const maker *m, uint32_t i) { return i < m->t.n ? m->t.p[i] : '\0'; }

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static bool is_wordy(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Behind blanks and comments from i on.
static uint32_t skip(const maker *m, uint32_t i) {
    for (;;) {
        while (is_space(at(m, i))) i++;
        if (at(m, i) != '#') return i;
        while (i < m->t.n && m->t.p[i] != '\n') i++;
    }
}

// Where the word before i begins, in either case; UINT32_MAX: another word stands there.
static uint32_t word_before(const maker *m, uint32_t i, const char *lower, const char *upper) {
    uint32_t n = (uint32_t)strlen(lower);
    while (i > 0 && is_space(m->t.p[i - 1])) i--;
    if (i < n || (i > n && is_wordy(m->t.p[i - n - 1]))) return UINT32_MAX;
    const char *p = m->t.p + i - n;
    return memcmp(p, lower, n) == 0 || memcmp(p, upper, n) == 0 ? i - n : UINT32_MAX;
}

// Behind `not ` or `!` at i, or i.
static uint32_t behind_not(const maker *m, uint32_t i) {
    if (at(m, i) == '!' && at(m, i + 1) != '=') return skip(m, i + 1);
    wr_str three = wr_sub(m->t, i, i + 3);
    bool is_not = wr_eq(three, WR_S("not")) || wr_eq(three, WR_S("NOT"));
    return is_not && is_space(at(m, i + 3)) ? skip(m, i + 3) : i;
}

// The operator that stands behind a query which ends at i.
static wr_span operator_at(const maker *m, uint32_t i) {
    wr_span s = {skip(m, i), 0};
    uint32_t end = behind_not(m, s.beg);
    if (is_wordy(at(m, end)))
        while (is_wordy(at(m, end))) end++;
    else
        while (at(m, end) == '=' || at(m, end) == '!' || at(m, end) == '<' || at(m, end) == '>')
            end++;
    s.end = end;
    return s;
}

// ---------------------------------------------------------------------------------- operators

// What an operator is mistaken for, at most two each: its opposite, and for orders the neighbour.
static const char *const mistaken[][2][2] = {
    // [op][negated]
    [G_EQ] = {{"!=", NULL}, {"==", NULL}},
    [G_IN] = {{"not in", NULL}, {"in", NULL}},
    [G_GT] = {{"<=", ">="}, {">", NULL}},
    [G_LT] = {{">=", "<="}, {"<", NULL}},
    [G_LE] = {{">", "<"}, {"<=", NULL}},
    [G_GE] = {{"<", ">"}, {">=", NULL}},
    [G_EXISTS] = {{"!exists", NULL}, {"exists", NULL}},
    [G_EMPTY] = {{"!empty", NULL}, {"empty", NULL}},
    [G_IS_STRING] = {{"!is_string", NULL}, {"is_string", NULL}},
    [G_IS_LIST] = {{"!is_list", NULL}, {"is_list", NULL}},
    [G_IS_MAP] = {{"!is_struct", NULL}, {"is_struct", NULL}},
    [G_IS_BOOL] = {{"!is_bool", NULL}, {"is_bool", NULL}},
    [G_IS_INT] = {{"!is_int", NULL}, {"is_int", NULL}},
    [G_IS_FLOAT] = {{"!is_float", NULL}, {"is_float", NULL}},
    [G_IS_NULL] = {{"!is_null", NULL}, {"is_null", NULL}},
};

static void operators(maker *m, uint32_t behind, g_op op, bool neg, wr_span whole) {
    wr_span o = operator_at(m, behind);
    if (o.end <= o.beg || o.end > m->t.n) return;
    wr_str was = wr_sub(m->t, o.beg, o.end);
    for (int i = 0; i < 2; i++) {
        const char *to = mistaken[op][neg][i];
        if (to == NULL || wr_eq(was, wr_strz(to))) continue;
        edit(m, o.beg, o.end, wr_strz(to), "%.*s becomes %s: %.*s", WR_FMT(was), to,
             WR_FMT(shown(m, whole.beg, whole.end)));
    }
}

// ---------------------------------------------------------------------------------- literals

static void change(maker *m, const wr_node *n, wr_str to) {
    edit(m, n->span.beg, n->span.end, to, "%.*s becomes %.*s",
         WR_FMT(shown(m, n->span.beg, n->span.end)), WR_FMT(to));
}

static void text(maker *m, const wr_node *n) {
    char q = at(m, n->span.beg);
    if (q != '"' && q != '\'') return; // the name of a type block
    change(m, n, wr_fmt(m->a, "%cwrit-mutant%c", q, q));
}

static void literal(maker *m, const wr_node *n);

static void list(maker *m, const wr_node *n) {
    const wr_node *v = n->u.kids;
    if (n->n == 1) {
        literal(m, v);
        return;
    }
    for (uint32_t i = 0; i < n->n; i++) {
        bool last = i + 1 == n->n;
        uint32_t beg = last ? v[i - 1].span.end : v[i].span.beg;
        drop(m, beg, last ? v[i].span.end : v[i + 1].span.beg, "a member", v[i].span.beg,
             v[i].span.end);
    }
}

// Depth is bounded by the parser's limit.
static void literal(maker *m, const wr_node *n) {
    switch (n->kind) {
    case WR_STR: text(m, n); return;
    case WR_INT:
        change(m, n, wr_fmt(m->a, "%lld", (long long)n->u.i + (n->u.i < INT64_MAX)));
        return;
    case WR_FLOAT:
        change(m, n, n->u.f < 1e15 ? wr_fmt(m->a, "%.3f", n->u.f + 1) : WR_S("1.5"));
        return;
    case WR_BOOL: change(m, n, n->u.b ? WR_S("false") : WR_S("true")); return;
    case WR_REGEX: change(m, n, WR_S("/^writ mutant$/")); return;
    case WR_RANGE_INT: change(m, n, WR_S("r[9000000000, 9000000001]")); return;
    case WR_RANGE_FLOAT: change(m, n, WR_S("r[9000000000.5, 9000000001.5]")); return;
    case WR_LIST: list(m, n); return;
    case WR_MAP:
        for (uint32_t i = 0; i < n->n; i++) literal(m, wr_map_val(n, i));
        return;
    default: return;
    }
}

// ---------------------------------------------------------------------------------- queries

// [ … ] left out: what it chose from is a list, or the values of `.*` or `[*]` before it. A filter
// of keys chose from the values of a map.
static void filter(maker *m, const g_query *q, uint32_t i) {
    const g_part *p = &q->parts[i];
    uint8_t before = i > 0 ? q->parts[i - 1].kind : (uint8_t)G_THIS;
    bool chosen = before == G_ALL_VALUES || before == G_ALL_INDICES;
    uint32_t end = p->span.end;
    if (p->name || at(m, p->span.beg) != '[') return; // it names what it chooses
    wr_str all = p->with ? WR_S(".*") : chosen ? WR_S("") : WR_S("[*]");
    edit(m, p->span.beg, end, all, "a filter left out: %.*s", WR_FMT(shown(m, p->span.beg, end)));
}

static void query(maker *m, const g_query *q) {
    uint32_t beg = q->match_all ? UINT32_MAX : word_before(m, q->span.beg, "some", "SOME");
    if (beg != UINT32_MAX) drop(m, beg, q->span.beg, "some", beg, q->span.end);
    for (uint32_t i = 0; i < q->n; i++) {
        const g_part *p = &q->parts[i];
        if (p->filter || p->with) filter(m, q, i);
        if (p->filter) cnf(m, p->filter);
        if (p->with) value(m, p->with);
    }
}

static void value(maker *m, const g_value *v) {
    if (v->kind == G_V_LITERAL) literal(m, v->u.lit);
    if (v->kind == G_V_QUERY) query(m, v->u.query);
    if (v->kind == G_V_CALL)
        for (uint32_t i = 0; i < v->u.call->n; i++) value(m, &v->u.call->args[i]);
}

// ---------------------------------------------------------------------------------- clauses

static wr_span of_disj(const g_disj *d) {
    return (wr_span){d->v[0].span.beg, d->v[d->n - 1].span.end};
}

// `when …` left out as a whole.
static void when(maker *m, const g_cnf *c) {
    if (c == NULL || c->n == 0) return;
    wr_span first = of_disj(&c->v[0]), last = of_disj(&c->v[c->n - 1]);
    uint32_t beg = word_before(m, first.beg, "when", "WHEN");
    if (beg != UINT32_MAX) drop(m, beg, last.end, "a condition", beg, last.end);
    cnf(m, c);
}

static void block(maker *m, const g_block *b) {
    for (uint32_t i = 0; i < b->n_lets; i++) value(m, &b->lets[i].value);
    cnf(m, &b->cnf);
}

static void named(maker *m, const g_clause *c) {
    uint32_t name = behind_not(m, c->span.beg);
    wr_str with = c->neg ? WR_S("") : WR_S("not ");
    edit(m, c->span.beg, name, with, "a rule turned round: %.*s",
         WR_FMT(shown(m, c->span.beg, c->span.end)));
}

static void clause(maker *m, const g_clause *c) {
    switch ((g_clause_kind)c->kind) {
    case G_C_ACCESS:
        query(m, c->query);
        operators(m, c->query->span.end, (g_op)c->op, c->op_neg, c->span);
        if (c->rhs) value(m, c->rhs);
        return;
    case G_C_NAMED: named(m, c); return;
    case G_C_CALL:
        for (uint32_t i = 0; i < c->n_args; i++) value(m, &c->args[i]);
        return;
    case G_C_BLOCK: query(m, c->query); break;
    case G_C_WHEN:
    case G_C_TYPE: when(m, c->when); break;
    }
    block(m, c->block);
}

// Clauses joined by `or`: each may be missing, and each `or` may have been meant as `and`.
static void alternatives(maker *m, const g_disj *d) {
    for (uint32_t i = 0; i < d->n && d->n > 1; i++) {
        wr_span s = d->v[i].span;
        bool last = i + 1 == d->n;
        drop(m, last ? d->v[i - 1].span.end : s.beg, last ? s.end : d->v[i + 1].span.beg,
             "an alternative", s.beg, s.end);
        if (!last)
            edit(m, s.end, d->v[i + 1].span.beg, WR_S("\n"), "or becomes and: %.*s",
                 WR_FMT(shown(m, s.beg, d->v[i + 1].span.end)));
    }
}

static void cnf(maker *m, const g_cnf *c) {
    for (uint32_t i = 0; i < c->n; i++) {
        const g_disj *d = &c->v[i];
        wr_span s = of_disj(d);
        if (c->n > 1) drop(m, s.beg, s.end, "a clause", s.beg, s.end);
        alternatives(m, d);
        for (uint32_t j = 0; j < d->n; j++) clause(m, &d->v[j]);
    }
}

static void rule(maker *m, const g_rule *r) {
    when(m, r->when);
    block(m, &r->block);
}

// ---------------------------------------------------------------------------------- a file

static int by_place(const void *x, const void *y) {
    const wr_guard_mutant *a = x, *b = y;
    if (a->at.beg != b->at.beg) return a->at.beg < b->at.beg ? -1 : 1;
    if (a->at.end != b->at.end) return a->at.end < b->at.end ? -1 : 1;
    return wr_cmp(a->with, b->with);
}

const wr_guard_mutant *wr_guard_mutants(wr_arena *a, const g_file *f, uint32_t *n) {
    maker m = {.a = a, .t = f->src->text};
    uint32_t kept = 0;
    *n = 0;
    for (uint32_t i = 0; i < f->n_lets; i++) value(&m, &f->lets[i].value);
    for (uint32_t i = 0; i < f->n_rules; i++) rule(&m, &f->rules[i]);
    for (uint32_t i = 0; i < f->n_prules; i++) rule(&m, &f->prules[i]);
    if (m.oom) return NULL;
    if (m.v.n > 1) qsort(m.v.v, m.v.n, sizeof *m.v.v, by_place);
    for (uint32_t i = 0; i < m.v.n; i++)
        if (kept == 0 || by_place(&m.v.v[kept - 1], &m.v.v[i]) != 0) m.v.v[kept++] = m.v.v[i];
    *n = kept;
    return kept ? m.v.v : WR_NEW_N(a, wr_guard_mutant, 1);
}
