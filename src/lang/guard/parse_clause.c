// SPDX-License-Identifier: Apache-2.0
// parse_clause: clauses of every kind and what holds them: disjunctions, conjunctions, blocks,
// `when`, type blocks, assignments. The order of alternatives is the language's definition.
// Rules: guard-language.md §1.2.
#include "lang/guard/parse_int.h"

static const wr_sym *sym(g_ps *p, wr_str s) {
    const wr_sym *y = wr_sym_in(&p->set->syms, s);
    if (!y) p->rc = WR_NOMEM;
    return y;
}

// ---------------------------------------------------------------------------------- and, or

bool g_or_join(g_ps *p) {
    g_ws(p);
    return (g_word2(p, "or", "OR") || g_word(p, "|OR|")) && g_ws1(p) == G_YES;
}

static bool push_clause(g_ps *p, const g_clause *c) {
    if (WR_PUSH(&p->scratch, &p->clauses, *c)) return true;
    p->rc = WR_NOMEM;
    return false;
}

// item (or item)*; what follows an `or` that is no item is left alone with its `or`.
g_out g_disj_of(g_ps *p, g_item item, g_disj *out) {
    uint32_t base = p->clauses.n;
    g_ws(p);
    g_clause c = {0};
    g_out r = item(p, &c);
    if (r != G_YES) return r;
    if (!push_clause(p, &c)) return G_CUT;
    for (;;) {
        g_mark m = mark(p);
        r = g_or_join(p) ? G_YES : G_NO;
        if (r == G_YES) {
            c = (g_clause){0};
            r = item(p, &c);
        }
        if (r == G_CUT) return r;
        if (r == G_NO) {
            back(p, m);
            break;
        }
        if (!push_clause(p, &c)) return G_CUT;
    }
    out->n = p->clauses.n - base;
    p->clauses.n = base;
    out->v = g_keep_from(p, p->clauses.v, base, out->n, sizeof *out->v);
    return out->v ? G_YES : G_CUT;
}

static bool push_disj(g_ps *p, g_disj d) {
    if (WR_PUSH(&p->scratch, &p->disjs, d)) return true;
    p->rc = WR_NOMEM;
    return false;
}

static g_out seal_cnf(g_ps *p, uint32_t base, g_elem elem, g_cnf *out) {
    out->n = p->disjs.n - base;
    out->elem = elem;
    p->disjs.n = base;
    out->v = g_keep_from(p, p->disjs.v, base, out->n, sizeof *out->v);
    return out->n == 0 || out->v ? G_YES : G_CUT;
}

static g_out no_clauses(g_ps *p, uint32_t at) {
    wr_pos pos = wr_src_pos(p->src, at);
    wr_str text = wr_fmt(&p->scratch, "There were no clauses present %.*s#%u@%u", WR_FMT(p->name),
                         pos.line, pos.col);
    g_want(p, at, G_W_CLAUSE);
    return g_cut(g_no_in(p, at, 0, text));
}

g_out g_cnf_of(g_ps *p, g_item item, g_elem elem, g_cnf *out) {
    uint32_t base = p->disjs.n, from = p->at;
    for (;;) {
        g_mark m = mark(p);
        g_disj d = {0};
        g_out r = g_disj_of(p, item, &d);
        if (r == G_CUT) return r;
        if (r == G_NO) {
            back(p, m);
            break;
        }
        if (!push_disj(p, d)) return G_CUT;
    }
    if (p->disjs.n == base) return no_clauses(p, from);
    return seal_cnf(p, base, elem, out);
}

// ---------------------------------------------------------------------------------- let

g_out g_assignment(g_ps *p, g_let *out) {
    uint32_t from = p->at;
    wr_str name;
    if (!g_word(p, "let")) return g_no(p, p->at, 0);
    if (g_ws1(p) != G_YES || g_name(p, &name) != G_YES) return G_NO;
    out->var = sym(p, name);
    g_ws(p);
    if (!g_word(p, "=") && !g_word(p, ":=")) return g_cut(g_no(p, p->at, G_W_ASSIGN));
    g_mark m = mark(p);
    wr_node lit = {0};
    g_out r = g_literal(p, &lit);
    if (r == G_YES) {
        wr_node *kept = WR_NEW(&p->scratch, wr_node);
        if (!kept) return G_CUT;
        *kept = lit;
        out->value = (g_value){.kind = G_V_LITERAL, .u.lit = kept};
    } else if (r == G_NO) {
        back(p, m);
        g_ws(p);
        m = mark(p);
        out->value.kind = G_V_CALL;
        r = g_function(p, &out->value.u.call);
        if (r != G_YES && p->rc == WR_OK) { // here even a committed call may be a query after all
            back(p, m);
            out->value.kind = G_V_QUERY;
            r = g_cut(g_access(p, &out->value.u.query));
        }
    }
    out->span = (wr_span){from, p->tok};
    return r;
}

// ---------------------------------------------------------------------------------- blocks

// One let or disjunction of a block, onto the stacks.
static g_out block_line(g_ps *p, g_item item) {
    g_mark m = mark(p);
    g_let let = {0};
    g_ws(p);
    g_out r = g_assignment(p, &let);
    if (r == G_YES) {
        if (WR_PUSH(&p->scratch, &p->lets, let)) return G_YES;
        p->rc = WR_NOMEM;
        return G_CUT;
    }
    if (r == G_CUT) return r;
    back(p, m);
    g_disj d = {0};
    r = g_disj_of(p, item, &d);
    return r == G_YES && !push_disj(p, d) ? G_CUT : r;
}

static g_out block_lines(g_ps *p, g_item item) {
    uint32_t from = p->at;
    g_out r = block_line(p, item);
    if (r == G_NO) {
        g_want(p, from, G_W_CLAUSE);
        return g_no(p, from, 0);
    }
    while (r == G_YES) {
        g_mark m = mark(p);
        r = block_line(p, item);
        if (r == G_NO) {
            back(p, m);
            return G_YES;
        }
    }
    return r;
}

g_out g_block_line(g_ps *p, g_item item) {
    uint32_t lets = p->lets.n, disjs = p->disjs.n;
    g_out r = block_line(p, item);
    p->lets.n = lets;
    p->disjs.n = disjs;
    return r;
}

g_out g_block_of(g_ps *p, g_item item, g_elem elem, g_block *out) {
    if (g_ws_char(p, '{', G_W_OPEN) != G_YES) return G_NO;
    uint32_t from = p->at - 1, lets = p->lets.n, disjs = p->disjs.n;
    if (!g_deeper(p)) return G_CUT;
    g_out r = block_lines(p, item);
    p->depth--;
    if (r == G_YES) r = g_cut(g_ws_char(p, '}', G_W_BRACE));
    if (r != G_YES) {
        p->lets.n = lets;
        p->disjs.n = disjs;
        return r;
    }
    out->span = (wr_span){from, p->at};
    out->n_lets = p->lets.n - lets;
    p->lets.n = lets;
    out->lets = g_keep_from(p, p->lets.v, lets, out->n_lets, sizeof *out->lets);
    if (out->n_lets > 0 && !out->lets) return G_CUT;
    return seal_cnf(p, disjs, elem, &out->cnf);
}

static g_out kept_block(g_ps *p, g_item item, g_clause *c) {
    g_block b = {0};
    g_out r = g_block_of(p, item, G_GUARD_CLAUSE, &b);
    if (r != G_YES) return r;
    c->block = g_keep(p, &b, 1, sizeof b);
    return c->block ? G_YES : G_CUT;
}

g_out g_when(g_ps *p, g_cnf **out) {
    g_ws(p);
    if (!g_word2(p, "when", "WHEN")) return g_no(p, p->at, 0);
    if (g_ws1(p) != G_YES) return G_CUT;
    g_cnf cnf = {0};
    if (!g_deeper(p)) return G_CUT;
    g_out r = g_cut(g_cnf_of(p, g_condition, G_WHEN_CLAUSE, &cnf));
    p->depth--;
    if (r != G_YES) return r;
    *out = g_keep(p, &cnf, 1, sizeof cnf);
    return *out ? G_YES : G_CUT;
}

static g_out done(g_ps *p, g_clause *c, g_out r) {
    c->span = (wr_span){c->at, p->tok};
    return r;
}

static g_out when_block(g_ps *p, g_item item, g_clause *c) {
    c->at = p->at;
    c->kind = G_C_WHEN;
    g_out r = g_when(p, &c->when);
    if (r == G_YES) r = kept_block(p, item, c);
    return done(p, c, r);
}

g_out g_when_rule_block(g_ps *p, g_clause *c) {
    c->rule_level = true;
    return when_block(p, g_clause_or_ref, c);
}

// ---------------------------------------------------------------------------------- clauses

static g_out query_block(g_ps *p, g_clause *c) {
    c->at = p->at;
    c->kind = G_C_BLOCK;
    g_out r = g_access(p, &c->query);
    if (r != G_YES) return r;
    g_mark m = mark(p);
    g_ws(p);
    c->not_empty = g_not(p) && g_word2(p, "empty", "EMPTY");
    if (!c->not_empty) back(p, m);
    return done(p, c, kept_block(p, g_any_clause, c));
}

static g_out rule_call(g_ps *p, g_clause *c) {
    c->at = p->at;
    c->kind = G_C_CALL;
    c->neg = g_not(p);
    g_out r = g_call_args(p, &c->name, &c->args, &c->n_args);
    if (r != G_YES) return r;
    c->sym = sym(p, c->name);
    g_mark m = mark(p);
    if (!g_opt_message(p, c, &r)) return r;
    if (!c->has_msg) back(p, m);
    return done(p, c, r);
}

// The right side: a literal before what could also be read as a query (`true`, `null`).
static g_out right_side(g_ps *p, g_clause *c) {
    g_value v = {0};
    g_out r = g_let_operand(p, &v);
    if (r != G_YES) return g_cut(r);
    if (!g_opt_message(p, c, &r)) return r;
    c->rhs = g_keep(p, &v, 1, sizeof v);
    return c->rhs ? G_YES : G_CUT;
}

static g_out access_clause(g_ps *p, g_clause *c) {
    c->at = p->at;
    c->kind = G_C_ACCESS;
    g_ws(p);
    c->neg = g_not(p);
    g_out r = g_access(p, &c->query);
    if (r != G_YES) return r;
    g_ws(p);
    uint32_t at = p->at;
    r = g_operator(p, &c->op, &c->op_neg);
    if (r != G_YES)
        return g_context(p, r, at,
                         WR_S("expecting comparison binary operators like >, <= or unary operators "
                              "KEYS, EXISTS, EMPTY or NOT"));
    if (g_unary((g_op)c->op)) {
        g_opt_message(p, c, &r);
        return done(p, c, r);
    }
    at = p->at;
    r = right_side(p, c);
    return done(p, c,
                g_context(p, r, at,
                          WR_S("expecting either a property access \"engine.core\" or value like "
                               "\"string\" or [\"this\", \"that\"]")));
}

// name, and what must follow it, so that it is not the beginning of something else
static bool ref_ends(g_ps *p) {
    if (end_of(p)) return true;
    g_mark m = mark(p);
    g_spaces(p);
    char c = peek_at(p, p->at);
    bool yes = c == '\n' || (c == '\r' && peek_at(p, p->at + 1) == '\n') || c == '#' || c == '{';
    if (!yes) {
        back(p, m);
        yes = g_or_join(p);
    }
    back(p, m);
    return yes;
}

static g_out rule_ref(g_ps *p, g_clause *c) {
    c->at = p->at;
    c->kind = G_C_NAMED;
    c->file = p->file;
    c->neg = g_not(p);
    g_out r = g_name(p, &c->name);
    if (r != G_YES) return r;
    c->sym = sym(p, c->name);
    if (ref_ends(p)) return done(p, c, G_YES);
    g_spaces(p);
    r = g_cut(g_message(p, &c->msg));
    if (r == G_YES) c->has_msg = true;
    else g_want(p, p->far, G_W_REF_END);
    return done(p, c, r);
}

// Tries alternatives in order from the same place, each on a fresh clause.
static g_out first_of(g_ps *p, const g_item *items, size_t n, g_clause *out) {
    g_mark m = mark(p);
    g_out r = G_NO;
    for (size_t i = 0; r == G_NO && i < n; i++) {
        back(p, m);
        *out = (g_clause){0};
        r = items[i](p, out);
    }
    return r;
}

static g_out inner_when(g_ps *p, g_clause *c) { return when_block(p, g_any_clause, c); }

g_out g_any_clause(g_ps *p, g_clause *out) {
    static const g_item items[] = {inner_when, query_block, rule_call, access_clause};
    return first_of(p, items, sizeof items / sizeof *items, out);
}

g_out g_clause_or_ref(g_ps *p, g_clause *out) {
    static const g_item items[] = {g_any_clause, rule_ref};
    return first_of(p, items, sizeof items / sizeof *items, out);
}

g_out g_condition(g_ps *p, g_clause *out) {
    static const g_item items[] = {access_clause, rule_call, rule_ref};
    return first_of(p, items, sizeof items / sizeof *items, out);
}

g_out g_rule_item(g_ps *p, g_clause *out) {
    static const g_item items[] = {g_type_block, g_when_rule_block, g_clause_or_ref};
    return first_of(p, items, sizeof items / sizeof *items, out);
}

// ---------------------------------------------------------------------------------- type blocks

static bool sep(g_ps *p) { return g_word(p, "::") || g_no(p, p->at, 0) == G_YES; }

g_out g_type_name(g_ps *p, wr_str *out) {
    g_mark m = mark(p);
    wr_str part;
    if (g_name(p, &part) != G_YES || !sep(p) || g_name(p, &part) != G_YES) return G_NO;
    g_mark two = mark(p);
    uint32_t end = p->at;
    if (g_word(p, "::") && g_name(p, &part) == G_YES) {
        end = p->at;
        g_word(p, "::MODULE");
    } else {
        back(p, two);
    }
    *out = wr_sub(p->t, m.at, end);
    return G_YES;
}

// Resources.*[ Type == "name" ]
static g_query *type_query(g_ps *p, const g_clause *c) {
    wr_node *lit = WR_NEW(&p->scratch, wr_node);
    g_value *rhs = WR_NEW(p->a, g_value);
    g_part *parts = WR_NEW_N(p->a, g_part, 3), *key = WR_NEW(p->a, g_part);
    g_query *q = WR_NEW(p->a, g_query), *inner = WR_NEW(p->a, g_query);
    g_cnf *cnf = WR_NEW(p->a, g_cnf);
    g_disj *disj = WR_NEW(p->a, g_disj);
    g_clause *eq = WR_NEW(p->a, g_clause);
    if (!lit || !rhs || !parts || !key || !q || !inner || !cnf || !disj || !eq) {
        p->rc = WR_NOMEM;
        return NULL;
    }
    wr_span at = {c->at, c->at + (uint32_t)c->name.n};
    *lit = (wr_node){.kind = WR_STR, .flags = WR_F_LITERAL, .n = (uint32_t)c->name.n, .span = at};
    lit->u.s = c->name.p;
    *rhs = (g_value){.kind = G_V_LITERAL, .u.lit = lit};
    *key = (g_part){.kind = G_KEY, .key = sym(p, WR_S("Type")), .span = at};
    *inner = (g_query){.parts = key, .n = 1, .match_all = true, .span = at};
    *eq = (g_clause){
        .kind = G_C_ACCESS, .op = G_EQ, .at = c->at, .span = at, .query = inner, .rhs = rhs};
    *disj = (g_disj){.v = eq, .n = 1};
    *cnf = (g_cnf){.v = disj, .n = 1, .elem = G_GUARD_CLAUSE};
    parts[0] = (g_part){.kind = G_KEY, .key = sym(p, WR_S("Resources")), .span = at};
    parts[1] = (g_part){.kind = G_ALL_VALUES, .span = at};
    parts[2] = (g_part){.kind = G_FILTER, .filter = cnf, .span = at};
    *q = (g_query){.parts = parts, .n = 3, .match_all = true, .span = at};
    return q;
}

// TYPE clause, without braces
static g_out single_clause_body(g_ps *p, g_clause *c) {
    g_ws(p);
    g_clause one = {0};
    g_out r = g_cut(g_any_clause(p, &one));
    if (r != G_YES) return r;
    g_disj d = {.v = g_keep(p, &one, 1, sizeof one), .n = 1};
    g_block b = {.span = one.span};
    b.cnf = (g_cnf){.v = g_keep(p, &d, 1, sizeof d), .n = 1, .elem = G_GUARD_CLAUSE};
    c->block = g_keep(p, &b, 1, sizeof b);
    return c->block && b.cnf.v && d.v ? G_YES : G_CUT;
}

g_out g_type_block(g_ps *p, g_clause *c) {
    c->at = p->at;
    c->kind = G_C_TYPE;
    g_out r = g_type_name(p, &c->name);
    if (r != G_YES) return r;
    if (g_ws1(p) != G_YES) return G_CUT;
    g_mark m = mark(p);
    r = g_when(p, &c->when);
    if (r == G_CUT) return r;
    if (r == G_YES) {
        r = g_cut(kept_block(p, g_any_clause, c));
    } else {
        back(p, m);
        r = kept_block(p, g_any_clause, c);
        if (r == G_NO) {
            back(p, m);
            r = single_clause_body(p, c);
        }
    }
    if (r != G_YES) return r;
    c->sym = sym(p, c->name);
    c->query = type_query(p, c);
    return c->query ? done(p, c, G_YES) : G_CUT;
}
