// SPDX-License-Identifier: Apache-2.0
// parse_int: the state of one parse; shared by the parse_*.c files only.
//
// The language is defined by its first implementation: ordered alternatives, tried in turn, with
// points after which a construct is committed. So each recogniser has three outcomes, and callers
// that try alternatives must put the state back (back) themselves after G_NO.
//
// Always true:
// - after G_YES, p->at is behind what was recognised; after G_NO and G_CUT it is anywhere;
// - p->err says where and in which context the last failure was: what the original would print;
// - p->far is the furthest place any alternative got to, p->want what would have been taken there:
//   what people are told;
// - nothing is parsed more than a fixed number of times: queries with filters are remembered by
//   their offset, because two alternatives may want the same one.
#ifndef WR_GUARD_PARSE_INT_H
#define WR_GUARD_PARSE_INT_H

#include "lang/guard/guard_int.h"

typedef enum g_out {
    G_YES, // recognised
    G_NO,  // not this; the next alternative may be tried
    G_CUT, // a committed construct is wrong: the whole parse fails
} g_out;

enum { // what would have been taken at p->far
    G_W_NAME = 1 << 0,
    G_W_OPERATOR = 1 << 1,
    G_W_VALUE = 1 << 2,
    G_W_SQUARE = 1 << 3, // ]
    G_W_BRACE = 1 << 4,  // }
    G_W_OPEN = 1 << 5,   // {
    G_W_PAREN = 1 << 6,  // )
    G_W_COLON = 1 << 7,
    G_W_ASSIGN = 1 << 8,
    G_W_QUOTE = 1 << 9,
    G_W_BLANK = 1 << 10,
    G_W_MSG_END = 1 << 11, // >>
    G_W_CLAUSE = 1 << 12,
    G_W_REGEX = 1 << 13,   // the pattern before p->far does not compile
    G_W_RANGE = 1 << 14,   // both ends of a range of one kind
    G_W_REF_END = 1 << 15, // what may follow a rule reference
    G_W_KEYS_OP = 1 << 16, // ==, !=, in, not in
    G_W_EOF = 1 << 17,     // a rule, let or clause of the file
    G_W_COMMA = 1 << 18,
};

typedef struct g_ctxt { // what the original was "handling", outermost first
    wr_str text;
    const struct g_ctxt *next;
} g_ctxt;

typedef struct g_mark {
    uint32_t at, tok;
} g_mark;

typedef struct g_memo { // a query with a filter, parsed before
    uint32_t from;      // key; 0 = free slot (stored + 1)
    g_mark end;
    g_query *query;
} g_memo;

typedef struct g_ps {
    wr_guard_set *set;
    const g_file *file;
    wr_arena *a; // of the set: the AST
    wr_arena scratch;
    const wr_src *src;
    wr_str t; // the text
    wr_str name;
    bool v32;

    uint32_t at;             // next byte
    uint32_t tok;            // end of the last token
    uint32_t ws_from, ws_to; // the last run of blanks
    uint32_t depth, max_depth;
    wr_rc rc; // WR_LIMIT, WR_NOMEM: not the text's fault

    uint32_t err_at;
    const g_ctxt *err_ctx;
    uint32_t far, want;
    uint32_t open_at;  // where the last string, pattern or message that was not closed began
    uint32_t resume;   // g_describe: where reading should go on, before the fault; else 0
    wr_span multiline; // the last string that runs over lines; beg UINT32_MAX: none
    wr_str regex_err;
    uint32_t strange; // a look-alike character that was explained already

    g_memo last;  // the query parsed last
    g_memo *memo; // those with filters
    uint32_t n_memo, cap_memo;
    uint32_t n_filters; // seen so far

    // Stacks of things under construction; a finished run is copied out and popped.
    WR_VEC(wr_node) nodes;
    WR_VEC(g_clause) clauses;
    WR_VEC(g_disj) disjs;
    WR_VEC(g_part) parts;
    WR_VEC(g_value) values;
    WR_VEC(g_let) lets;
    WR_VEC(const wr_sym *) syms;
} g_ps;

typedef g_out (*g_item)(g_ps *, g_clause *); // recogniser of one clause of some kind

static inline g_mark mark(const g_ps *p) { return (g_mark){p->at, p->tok}; }
static inline void back(g_ps *p, g_mark m) {
    p->at = m.at;
    p->tok = m.tok;
}
static inline bool end_of(const g_ps *p) { return p->at >= p->t.n; }
static inline char peek_at(const g_ps *p, uint32_t at) { return at < p->t.n ? p->t.p[at] : '\0'; }
static inline void took(g_ps *p, uint32_t n) {
    p->at += n;
    p->tok = p->at;
}

// ---------------------------------------------------------------------------------- parse_lex.c

void g_want(g_ps *p, uint32_t at, uint32_t want); // only notes what would have been taken
g_out g_no(g_ps *p, uint32_t at, uint32_t want);  // fails at `at`
g_out g_no_in(g_ps *p, uint32_t at, uint32_t want, wr_str context);
g_out g_cut(g_out r);                                           // a failure is final
g_out g_context(g_ps *p, g_out r, uint32_t at, wr_str context); // a failure names its context
bool g_deeper(g_ps *p); // one level deeper; false (p->rc set) at the limit
void *g_keep(g_ps *p, const void *v, uint32_t n, size_t size); // copy of a run, in the set's arena
void *g_keep_from(g_ps *p, const void *v, uint32_t from, uint32_t n, size_t size); // v[from…]

void g_ws(g_ps *p);     // blanks and comments, if any
g_out g_ws1(g_ps *p);   // at least one
void g_blanks(g_ps *p); // blanks, no comments
void g_spaces(g_ps *p); // spaces and tabs
bool g_word(g_ps *p, const char *z);
bool g_word2(g_ps *p, const char *lower, const char *upper);
g_out g_char(g_ps *p, char c, uint32_t want);    // this character
g_out g_ws_char(g_ps *p, char c, uint32_t want); // blanks, then it
g_out g_name(g_ps *p, wr_str *out);
g_out g_var_name(g_ps *p, wr_str *out); // %name, without the %
g_out g_int(g_ps *p, int64_t *out);
g_out g_string(g_ps *p, wr_str *out);
g_out g_message(g_ps *p, wr_str *out);              // << … >>
bool g_opt_message(g_ps *p, g_clause *c, g_out *r); // blanks and a message, if there is one
bool g_not(g_ps *p);                                // `not ` or `!`

// ---------------------------------------------------------------------------------- parse_value.c

// A literal, as a loose tree in p->scratch: keys are WR_STR nodes with u.s.
g_out g_literal(g_ps *p, wr_node *out);

// ---------------------------------------------------------------------------------- parse_query.c

g_out g_access(g_ps *p, g_query **out);
g_out g_operator(g_ps *p, uint8_t *op, bool *neg);
g_out g_call_args(g_ps *p, wr_str *name, g_value **args, uint32_t *n);
g_out g_function(g_ps *p, g_call **out);
g_out g_let_operand(g_ps *p, g_value *out);    // literal, function or query
g_out g_key_filter_rhs(g_ps *p, g_value *out); // literal or query

// ---------------------------------------------------------------------------------- parse_clause.c

g_out g_cnf_of(g_ps *p, g_item item, g_elem elem, g_cnf *out);
g_out g_disj_of(g_ps *p, g_item item, g_disj *out);
g_out g_block_of(g_ps *p, g_item item, g_elem elem, g_block *out);
g_out g_when(g_ps *p, g_cnf **out); // when conditions
g_out g_type_name(g_ps *p, wr_str *out);
g_out g_assignment(g_ps *p, g_let *out);
g_out g_any_clause(g_ps *p, g_clause *out);    // anywhere
g_out g_clause_or_ref(g_ps *p, g_clause *out); // and a rule reference
g_out g_condition(g_ps *p, g_clause *out);     // after `when`
g_out g_type_block(g_ps *p, g_clause *out);
g_out g_rule_item(g_ps *p, g_clause *out);       // in a rule
g_out g_when_rule_block(g_ps *p, g_clause *out); // when … { clauses and references }
bool g_or_join(g_ps *p);

// ---------------------------------------------------------------------------------- parse.c, …

g_out g_rule_head(g_ps *p, g_rule *out); // `rule name`
g_out g_params(g_ps *p, g_rule *out);

void g_read_metadata(g_ps *p, g_rule *r);   // parse_meta.c
wr_rc g_place_literals(g_ps *p, g_file *f); // parse_lits.c: loose literals → f->lits
wr_str g_original_error(g_ps *p);           // the original's text for p->err

// parse_explain.c: one diagnostic for the failure at p->far of what began at `from`
void g_describe(g_ps *p, uint32_t from);
// parse_recover.c: parses again, part by part, and explains every fault; p->err stays as it is
void g_explain(g_ps *p);
g_out g_top_level(g_ps *p);               // parse.c: one rule, let or clause of a file, thrown away
g_out g_block_line(g_ps *p, g_item item); // parse_clause.c: one let or disjunction, thrown away

#endif
