// SPDX-License-Identifier: Apache-2.0
// check_clause: what is wrong with a clause by itself: what the language ignores, reads differently
// than it looks, or can never hold. Only what is certain.
// Rules: guard-language.md §1.1 (words without boundaries), §1.4 (filters, negative index), §1.6
// (what is comparable).
#include "lang/guard/check_int.h"

// ---------------------------------------------------------------------------------- glued words

static bool name_char(const g_checker *k, uint32_t at) {
    if (at >= k->f->src->text.n) return false;
    char c = k->f->src->text.p[at];
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static void glued_at(g_checker *k, uint32_t at) {
    uint32_t beg = at, end = at;
    while (beg > 0 && name_char(k, beg - 1)) beg--;
    while (name_char(k, end)) end++;
    wr_str s = wr_sub(k->f->src->text, beg, end);
    g_warn(k, WR_D_G0213, k->sev, (wr_span){beg, end},
           "put a blank between them, or quote the name", "`%.*s` is read as `%.*s` and `%.*s`",
           WR_FMT(s), WR_FMT(wr_sub(s, 0, at - beg)), WR_FMT(wr_sub(s, at - beg, s.n)));
}

// `existsfoo`, `== trueName`, `== 1e5`, `ininb`: the language knows no word boundaries.
static void glued(g_checker *k, const g_clause *c) {
    if (!c->rhs) {
        if (!c->has_msg && name_char(k, c->span.end)) glued_at(k, c->span.end);
        return;
    }
    if (c->rhs->kind == G_V_LITERAL) {
        const wr_node *n = c->rhs->u.lit;
        bool wordy =
            n->kind == WR_NULL || n->kind == WR_BOOL || n->kind == WR_INT || n->kind == WR_FLOAT;
        if (wordy && name_char(k, n->span.end)) glued_at(k, n->span.end);
        return;
    }
    uint32_t beg = c->rhs->kind == G_V_CALL ? c->rhs->u.call->at : c->rhs->u.query->span.beg;
    if (c->op == G_IN && beg > 0 && name_char(k, beg) && name_char(k, beg - 1)) glued_at(k, beg);
}

// ---------------------------------------------------------------------------------- comparisons

static bool ordered(g_op op) { return op == G_GT || op == G_GE || op == G_LT || op == G_LE; }

static bool has_order(const wr_node *n) {
    return n->kind == WR_INT || n->kind == WR_FLOAT || n->kind == WR_STR || n->kind == WR_NULL ||
           n->kind == WR_CHAR;
}

static bool none_has_order(const wr_node *n) {
    if (n->kind != WR_LIST) return !has_order(n);
    for (uint32_t i = 0; i < n->n; i++)
        if (has_order(&n->u.kids[i])) return false;
    return n->n > 0;
}

static bool empty_range(const wr_node *n) {
    if (n->kind != WR_RANGE_INT && n->kind != WR_RANGE_CHAR && n->kind != WR_RANGE_FLOAT)
        return false;
    const wr_range *r = n->u.ext;
    bool both = r->lo_in && r->hi_in;
    if (n->kind == WR_RANGE_FLOAT) return r->lo.f > r->hi.f || (!(r->lo.f < r->hi.f) && !both);
    return r->lo.i > r->hi.i || (r->lo.i == r->hi.i && !both);
}

static void never_holds(g_checker *k, const g_clause *c) {
    if (!c->rhs || c->rhs->kind != G_V_LITERAL) return;
    const wr_node *n = c->rhs->u.lit;
    if (ordered((g_op)c->op) && none_has_order(n))
        g_warn(k, WR_D_G0207, k->sev, n->span, "the clause fails for every value",
               "%s has no order",
               n->kind == WR_LIST ? "nothing in this list" : wr_kind_name(n->kind));
    else if (empty_range(n))
        g_warn(k, WR_D_G0207, k->sev, n->span, "lower bound first", "no value is in this range");
}

static bool same_text(const g_checker *k, wr_span a, wr_span b) {
    wr_str t = k->f->src->text;
    return wr_eq(wr_sub(t, a.beg, a.end), wr_sub(t, b.beg, b.end));
}

enum { MANY = 64 }; // alternatives beyond this are not compared with each other

void g_check_disj(g_checker *k, const g_disj *d) {
    for (uint32_t i = 1; i < d->n && i < MANY; i++)
        for (uint32_t j = 0; j < i; j++) {
            if (!same_text(k, d->v[i].span, d->v[j].span)) continue;
            g_warn(k, WR_D_G0208, k->sev, d->v[i].span, NULL,
                   "this alternative is the same as one before it");
            break;
        }
}

// ---------------------------------------------------------------------------------- clauses, parts

void g_check_clause(g_checker *k, const g_clause *c) {
    bool ignored = c->neg && (c->kind == G_C_CALL || (c->kind == G_C_ACCESS && c->rhs));
    if (ignored)
        g_warn(k, WR_D_G0209, k->sev, (wr_span){c->at, c->at + 1},
               c->kind == G_C_CALL ? "negate inside the rule" : "use != or `not in`",
               "this not has no effect");
    if (c->kind != G_C_ACCESS) return;
    glued(k, c);
    never_holds(k, c);
}

// [ keys == f(x) ] is no filter of keys: it asks for a property called keys.
static void keys_of_call(g_checker *k, const g_part *p) {
    for (uint32_t i = 0; i < p->filter->n; i++) {
        const g_clause *c = &p->filter->v[i].v[0];
        if (c->kind != G_C_ACCESS || !c->rhs || c->rhs->kind != G_V_CALL || c->query->n != 1)
            continue;
        wr_str word = wr_sub(k->f->src->text, c->query->span.beg, c->query->span.end);
        if (!wr_eq(word, WR_S("keys")) && !wr_eq(word, WR_S("KEYS"))) continue;
        g_warn(k, WR_D_G0214, k->sev, c->span, "assign the result of the function with let first",
               "this asks for a property called keys, not for the keys");
    }
}

void g_check_query(g_checker *k, const g_query *q) {
    for (uint32_t i = 0; i < q->n; i++) {
        const g_part *p = &q->parts[i];
        if (p->kind == G_INDEX && p->index < 0)
            g_warn(k, WR_D_G0210, k->sev, p->span, "there is no index from the end",
                   "the sign of this index is ignored: it is element %lld", -(long long)p->index);
        if (p->kind != G_FILTER) continue;
        keys_of_call(k, p);
        uint8_t before = i > 0 ? q->parts[i - 1].kind : (uint8_t)G_KEY;
        if (before == G_FILTER || before == G_INDEX || before == G_KEY_FILTER || before == G_THIS)
            g_warn(k, WR_D_G0214, k->sev, p->span,
                   "write one filter with both conditions, or put [*] between",
                   "this filter cannot be applied to a map that the part before it selected");
    }
}
