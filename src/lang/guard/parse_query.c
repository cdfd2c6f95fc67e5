// SPDX-License-Identifier: Apache-2.0
// parse_query: queries and their parts, operators, function calls, operands.
// Rules: guard-language.md §1.1, §1.2, §1.4.
#include "lang/guard/parse_int.h"

static const wr_sym *sym(g_ps *p, wr_str s) {
    const wr_sym *y = wr_sym_in(&p->set->syms, s);
    if (!y) p->rc = WR_NOMEM;
    return y;
}

// A part that is a name or quoted text. Text beginning with % is a variable even in quotes.
static g_out key_part(g_ps *p, g_part *out, wr_str s) {
    bool var = s.n > 0 && s.p[0] == '%';
    out->kind = var ? G_VAR : G_KEY;
    out->key = sym(p, var ? wr_sub(s, 1, s.n) : s);
    int64_t i;
    if (!var && wr_parse_i64(s, &i) && i >= INT32_MIN && i <= INT32_MAX) {
        out->is_num = true;
        out->index = (int32_t)i;
    }
    return out->key ? G_YES : G_CUT;
}

// name or "text"
static g_out property(g_ps *p, wr_str *s) {
    g_mark m = mark(p);
    if (g_name(p, s) == G_YES) return G_YES;
    back(p, m);
    return g_string(p, s);
}

// Kept with its %: %name in a path means the same as "%name" does.
static g_out variable(g_ps *p, wr_str *s) {
    uint32_t from = p->at;
    g_out r = g_var_name(p, s);
    if (r == G_YES) *s = wr_sub(p->t, from, p->at);
    return r;
}

// ---------------------------------------------------------------------------------- parts

static void index_part(g_part *out, int64_t i) {
    out->kind = G_INDEX;
    out->index = (int32_t)(uint32_t)(uint64_t)i; // the original keeps the low 32 bits
}

// .3 .name ."text" .%name .*
static g_out dotted(g_ps *p, g_part *out) {
    if (g_ws_char(p, '.', 0) != G_YES) return G_NO;
    g_mark m = mark(p);
    int64_t i;
    wr_str s;
    if (g_int(p, &i) == G_YES) {
        index_part(out, i);
        return G_YES;
    }
    back(p, m);
    g_out r = property(p, &s);
    if (r == G_NO) {
        back(p, m);
        r = variable(p, &s);
    }
    if (r == G_YES) return key_part(p, out, s);
    if (r == G_CUT) return r;
    back(p, m);
    out->kind = G_ALL_VALUES;
    return g_char(p, '*', G_W_NAME);
}

// [*] and [name]
static g_out all_indices(g_ps *p, g_part *out) {
    if (g_ws_char(p, '[', 0) != G_YES) return G_NO;
    g_mark m = mark(p);
    wr_str s;
    out->kind = G_ALL_INDICES;
    if (g_ws_char(p, '*', 0) != G_YES) {
        back(p, m);
        if (g_name(p, &s) != G_YES) return G_NO;
        out->name = sym(p, s);
    }
    return g_ws_char(p, ']', G_W_SQUARE);
}

static g_out index_in_brackets(g_ps *p, g_part *out) {
    if (g_ws_char(p, '[', 0) != G_YES) return G_NO;
    int64_t i;
    if (g_int(p, &i) != G_YES) return G_NO;
    index_part(out, i);
    return g_cut(g_ws_char(p, ']', G_W_SQUARE));
}

// ["text"], and [ name ] with blanks: every value, its key captured
static g_out key_in_brackets(g_ps *p, g_part *out) {
    if (g_ws_char(p, '[', 0) != G_YES) return G_NO;
    g_mark m = mark(p);
    wr_str s = {0};
    g_out r = g_string(p, &s);
    if (r == G_CUT) return r;
    if (r == G_YES) {
        r = key_part(p, out, s);
    } else {
        back(p, m);
        g_ws(p);
        r = g_name(p, &s);
        g_ws(p);
        out->kind = G_ALL_VALUES;
        if (r == G_YES) out->name = sym(p, s);
    }
    return r == G_YES ? g_ws_char(p, ']', G_W_SQUARE) : r;
}

// name | at the start of a filter
static void opt_capture(g_ps *p, const wr_sym **name) {
    g_mark m = mark(p);
    wr_str s;
    g_ws(p);
    if (g_name(p, &s) == G_YES) {
        g_spaces(p);
        if (g_char(p, '|', 0) == G_YES) {
            *name = sym(p, s);
            return;
        }
    }
    back(p, m);
}

static g_out equality(g_ps *p, uint8_t *op, bool *neg) {
    *op = G_EQ;
    *neg = false;
    if (g_word(p, "==")) return G_YES;
    *neg = true;
    return g_word(p, "!=") ? G_YES : g_no(p, p->at, G_W_OPERATOR);
}

static g_out keys_operator(g_ps *p, g_part *out) {
    if (equality(p, &out->op, &out->neg) == G_YES) return G_YES;
    out->op = G_IN;
    out->neg = false;
    if (g_word2(p, "in", "IN")) return G_YES;
    out->neg = g_not(p);
    if (out->neg && g_word2(p, "in", "IN")) return G_YES;
    return g_no(p, p->at, G_W_KEYS_OP);
}

g_out g_key_filter_rhs(g_ps *p, g_value *out) {
    g_ws(p);
    g_mark m = mark(p);
    wr_node lit = {0};
    g_out r = g_literal(p, &lit);
    if (r == G_NO) {
        back(p, m);
        g_ws(p);
        out->kind = G_V_QUERY;
        return g_access(p, &out->u.query);
    }
    if (r != G_YES) return r;
    wr_node *kept = WR_NEW(&p->scratch, wr_node);
    if (!kept) return G_CUT;
    *kept = lit;
    out->kind = G_V_LITERAL;
    out->u.lit = kept;
    return G_YES;
}

// [ keys op value ]
static g_out keys_filter(g_ps *p, g_part *out) {
    if (g_ws_char(p, '[', 0) != G_YES) return G_NO;
    opt_capture(p, &out->name);
    g_ws(p);
    if (!g_word2(p, "KEYS", "keys")) return g_no(p, p->at, 0);
    out->kind = G_KEY_FILTER;
    g_ws(p);
    if (keys_operator(p, out) != G_YES) return G_CUT;
    g_value with = {0};
    if (!g_deeper(p)) return G_CUT;
    g_out r = g_cut(g_key_filter_rhs(p, &with));
    p->depth--;
    if (r != G_YES) return r;
    out->with = g_keep(p, &with, 1, sizeof with);
    if (!out->with) return G_CUT;
    p->n_filters++;
    return g_ws_char(p, ']', G_W_SQUARE);
}

// [ clauses ]
static g_out filter(g_ps *p, g_part *out) {
    if (g_ws_char(p, '[', 0) != G_YES) return G_NO;
    opt_capture(p, &out->name);
    out->kind = G_FILTER;
    g_cnf cnf = {0};
    if (!g_deeper(p)) return G_CUT;
    g_out r = g_cnf_of(p, g_any_clause, G_GUARD_CLAUSE, &cnf);
    p->depth--;
    if (r != G_YES) return r;
    out->filter = g_keep(p, &cnf, 1, sizeof cnf);
    if (!out->filter) return G_CUT;
    p->n_filters++;
    return g_cut(g_ws_char(p, ']', G_W_SQUARE));
}

static g_out part(g_ps *p, g_part *out) {
    static g_out (*const kinds[])(g_ps *, g_part *) = {
        dotted, all_indices, index_in_brackets, key_in_brackets, keys_filter, filter};
    g_mark m = mark(p);
    g_ws(p);
    uint32_t from = p->at;
    char c = peek_at(p, from);
    if (c != '.' && c != '[') return g_no(p, from, 0); // what each of them would say
    g_out r = G_NO;
    for (size_t i = 0; r == G_NO && i < sizeof kinds / sizeof *kinds; i++) {
        back(p, m);
        *out = (g_part){0};
        r = kinds[i](p, out);
    }
    out->span = (wr_span){from, p->tok};
    return r;
}

// ---------------------------------------------------------------------------------- queries

static bool push_part(g_ps *p, g_part part) {
    if (WR_PUSH(&p->scratch, &p->parts, part)) return true;
    p->rc = WR_NOMEM;
    return false;
}

static g_out first_part(g_ps *p, g_part *out) {
    g_mark m = mark(p);
    g_ws(p);
    uint32_t from = p->at;
    g_out r = G_YES;
    if (g_word2(p, "this", "THIS")) {
        out->kind = G_THIS;
    } else {
        back(p, m);
        from = p->at;
        wr_str s = {0};
        r = variable(p, &s);
        if (r == G_NO) {
            back(p, m);
            r = property(p, &s);
        }
        if (r == G_YES) r = key_part(p, out, s);
    }
    out->span = (wr_span){from, p->tok};
    return r;
}

static bool some(g_ps *p) {
    g_mark m = mark(p);
    g_ws(p);
    if (g_word2(p, "SOME", "some") && g_ws1(p) == G_YES) return true;
    back(p, m);
    return false;
}

// The parts after the first, onto the stack. A variable is iterated when anything follows.
static g_out more_parts(g_ps *p, uint32_t base) {
    for (;;) {
        g_mark m = mark(p);
        g_part next = {0};
        g_out r = part(p, &next);
        if (r == G_CUT) return r;
        if (r == G_NO) {
            back(p, m);
            return G_YES;
        }
        bool second = p->parts.n == base + 1;
        if (second && p->parts.v[base].kind == G_VAR && next.kind != G_ALL_INDICES) {
            g_part each = {.kind = G_ALL_INDICES, .span = p->parts.v[base].span};
            if (!push_part(p, each)) return G_CUT;
        }
        if (!push_part(p, next)) return G_CUT;
    }
}

static g_out fresh_access(g_ps *p, g_query **out) {
    uint32_t base = p->parts.n;
    g_query q = {.match_all = !some(p)};
    g_part first = {0};
    uint32_t from = p->at;
    g_out r = first_part(p, &first);
    if (r != G_YES) return r;
    if (!push_part(p, first)) return G_CUT;
    r = more_parts(p, base);
    q.n = p->parts.n - base;
    p->parts.n = base;
    if (r != G_YES) return r;
    q.parts = g_keep_from(p, p->parts.v, base, q.n, sizeof *q.parts);
    q.span = (wr_span){first.span.beg < from ? from : first.span.beg, p->tok};
    *out = g_keep(p, &q, 1, sizeof q);
    return *out && q.parts ? G_YES : G_CUT;
}

// ---------------------------------------------------------------------------------- remembering

static g_memo *memo_slot(g_ps *p, uint32_t from) {
    uint32_t i = (from * 2654435761u) & (p->cap_memo - 1);
    while (p->memo[i].from != 0 && p->memo[i].from != from + 1) i = (i + 1) & (p->cap_memo - 1);
    return &p->memo[i];
}

static bool memo_grow(g_ps *p) {
    g_memo *old = p->memo;
    uint32_t n = p->cap_memo;
    uint32_t cap = n ? n * 2 : 64;
    g_memo *grown = WR_NEW_N(&p->scratch, g_memo, cap);
    if (!grown) return false;
    p->memo = grown;
    p->cap_memo = cap;
    for (uint32_t i = 0; i < n; i++)
        if (old[i].from) *memo_slot(p, old[i].from - 1) = old[i];
    return true;
}

g_out g_access(g_ps *p, g_query **out) {
    uint32_t from = p->at;
    const g_memo *known = p->last.from == from + 1 ? &p->last : NULL;
    if (!known && p->cap_memo > 0) known = memo_slot(p, from);
    if (known && known->from) {
        back(p, known->end);
        *out = known->query;
        return G_YES;
    }
    uint32_t filters = p->n_filters;
    g_out r = fresh_access(p, out);
    if (r != G_YES) return r;
    p->last = (g_memo){from + 1, mark(p), *out};
    if (p->n_filters == filters) return r;
    if (p->n_memo * 2 >= p->cap_memo && !memo_grow(p)) return r;
    *memo_slot(p, from) = p->last;
    p->n_memo++;
    return r;
}

// ---------------------------------------------------------------------------------- operators

g_out g_operator(g_ps *p, uint8_t *op, bool *neg) {
    static const struct {
        const char *lower, *upper;
        uint8_t op;
    } words[] = {
        {"in", "IN", G_IN},
        {"exists", "EXISTS", G_EXISTS},
        {"empty", "EMPTY", G_EMPTY},
        {"is_string", "IS_STRING", G_IS_STRING},
        {"is_list", "IS_LIST", G_IS_LIST},
        {"is_struct", "IS_STRUCT", G_IS_MAP},
        {"is_bool", "IS_BOOL", G_IS_BOOL},
        {"is_int", "IS_INT", G_IS_INT},
        {"is_null", "IS_NULL", G_IS_NULL},
        {"is_float", "IS_FLOAT", G_IS_FLOAT},
    };
    uint32_t from = p->at;
    if (peek_at(p, from) == '<' && peek_at(p, from + 1) == '<')
        return g_no_in(p, from, G_W_OPERATOR, WR_S("Custom message tag detected"));
    if (equality(p, op, neg) == G_YES) return G_YES;
    *neg = false;
    *op = g_word(p, ">=") ? G_GE : g_word(p, "<=") ? G_LE : g_word(p, ">") ? G_GT : G_LT;
    if (*op != G_LT || g_word(p, "<")) return G_YES;
    *neg = g_not(p);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!g_word2(p, words[i].lower, words[i].upper)) continue;
        *op = words[i].op;
        return G_YES;
    }
    return g_no(p, p->at, G_W_OPERATOR);
}

// ---------------------------------------------------------------------------------- calls

static g_out one_arg(g_ps *p) {
    g_value v = {0};
    g_blanks(p);
    g_out r = g_let_operand(p, &v);
    if (r != G_YES) return r;
    g_blanks(p);
    if (WR_PUSH(&p->scratch, &p->values, v)) return G_YES;
    p->rc = WR_NOMEM;
    return G_CUT;
}

// Arguments after the opening parenthesis. 3.1 is committed here and wants at least one; 3.2 goes
// back to where the last good argument ended.
static g_out arguments(g_ps *p) {
    g_mark m = mark(p);
    g_out r = one_arg(p);
    if (!p->v32) r = g_cut(r);
    while (r == G_YES) {
        m = mark(p);
        r = g_char(p, ',', G_W_COMMA);
        if (r != G_YES) break;
        r = one_arg(p);
        if (!p->v32) r = g_cut(r);
    }
    if (r == G_CUT) return r;
    back(p, m);
    r = g_char(p, ')', G_W_PAREN);
    return p->v32 ? r : g_cut(r);
}

g_out g_call_args(g_ps *p, wr_str *name, g_value **args, uint32_t *n) {
    if (g_name(p, name) != G_YES || g_char(p, '(', 0) != G_YES) return G_NO;
    if (!g_deeper(p)) return G_CUT;
    uint32_t base = p->values.n;
    g_out r = arguments(p);
    p->depth--;
    *n = p->values.n - base;
    p->values.n = base;
    if (r != G_YES) return r;
    if (*n == 0) return G_YES;
    *args = g_keep_from(p, p->values.v, base, *n, sizeof **args);
    return *args ? G_YES : G_CUT;
}

// 3.2 knows its functions and their arguments while it parses; what it does not know is no call.
g_out g_function(g_ps *p, g_call **out) {
    g_call call = {.at = p->at};
    g_out r = g_call_args(p, &call.name, &call.args, &call.n);
    if (r != G_YES) return r;
    call.fn = g_fn_find(call.name);
    if (!p->v32 && call.fn && g_fn_is_32(call.fn)) call.fn = NULL;
    if (p->v32 && (!call.fn || g_fn_arity(call.fn) != call.n)) {
        g_no(p, call.at, 0);
        return G_NO;
    }
    *out = g_keep(p, &call, 1, sizeof call);
    return *out ? G_YES : G_CUT;
}

// The other two kinds of operand, after the literal was tried.
static g_out call_or_query(g_ps *p, g_value *out) {
    g_mark m = mark(p);
    out->kind = G_V_CALL;
    g_out r = g_function(p, &out->u.call);
    if (r != G_NO) return r;
    back(p, m);
    out->kind = G_V_QUERY;
    return g_access(p, &out->u.query);
}

g_out g_let_operand(g_ps *p, g_value *out) {
    g_ws(p);
    g_mark m = mark(p);
    wr_node lit = {0};
    g_out r = g_literal(p, &lit);
    if (r == G_NO) {
        back(p, m);
        return call_or_query(p, out);
    }
    if (r != G_YES) return r;
    wr_node *kept = WR_NEW(&p->scratch, wr_node);
    if (!kept) return G_CUT;
    *kept = lit;
    out->kind = G_V_LITERAL;
    out->u.lit = kept;
    return G_YES;
}
