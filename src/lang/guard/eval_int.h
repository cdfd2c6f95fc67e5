// SPDX-License-Identifier: Apache-2.0
// eval_int: the state of one evaluator; shared by eval.c, query.c, compare.c, func.c, record.c and
// value.c, private to lang/guard.
//
// Always true:
// - an error is sticky: the first one is kept in e->error and every function returns false from
//   there up to the rule (or the file, when the run is fatal);
// - memory of a clause that leaves nothing behind is taken back at once: whoever makes something
//   that outlives its clause (a variable's value, a capture, a record) counts it in e->pinned;
// - while e->mute > 0 no records are made: nobody will ever ask for them.
#ifndef WR_GUARD_EVAL_INT_H
#define WR_GUARD_EVAL_INT_H

#include "lang/guard/guard_int.h"

typedef struct g_eval g_eval;
typedef WR_VEC(g_qr) g_list;

// A value made by a function. node.src is G_DERIVED_SRC.
struct g_derived {
    wr_node node;
    const wr_node *origin; // the argument that gives path and place; NULL: the root path
};
typedef struct g_derived g_derived;
#define G_DERIVED_SRC UINT16_MAX

// A text parsed by json_parse.
typedef struct g_parsed {
    const wr_doc *doc;
    const wr_node *origin;
    struct g_parsed *next;
} g_parsed;

// Which values of a map have which text under a key: Resources by Type.
typedef struct g_index_key {
    const wr_node *map;
    const wr_sym *key;
} g_index_key;
typedef struct g_index {
    wr_map by_text;       // text → g_bucket
    WR_VEC(uint32_t) odd; // entries that need the filter itself
} g_index;
typedef struct g_bucket {
    WR_VEC(uint32_t) at; // entries, in order
} g_bucket;

typedef struct g_var { // a variable with its value, in one scope
    const wr_sym *name;
    g_list value;
} g_var;

// A step of dynamic scope. Lives on the C stack of whoever opened it.
typedef struct g_scope {
    enum {
        G_S_BLOCK, // lets of a block or file
        G_S_VALUE, // only another context value
        G_S_PARAMS // parameters of a rule being called
    } kind;
    struct g_scope *up;
    const wr_node *root; // context value (PARAMS: the one above)
    const g_let *lets;   // BLOCK
    uint32_t n_lets;
    WR_VEC(g_var) vars; // BLOCK: resolved so far, captures; PARAMS: the arguments
    uint64_t busy;      // BLOCK: lets being resolved (first 64), to see recursion
    uint64_t pins;      // BLOCK: how much of e->pinned is this scope's own
} g_scope;

typedef struct g_rule_state {
    bool known, busy;
    g_status status;
    const wr_node *unknown; // what it turned on when status is G_UNKNOWN
} g_rule_state;

struct g_eval {
    wr_ctx *ctx;
    const wr_guard_set *set;
    bool is_32;
    wr_regex_scratch *rx;

    // lives as long as the bound document
    wr_arena doc_arena;
    const wr_doc *doc;
    wr_str doc_name;
    uint64_t *present; // bit i: symbol i of the set is a key of the document
    wr_map indexes;    // g_index_key, as bytes → g_index
    bool has_unknown;  // some value of the document is not known yet

    // lives until the next rewind
    wr_arena arena;
    g_parsed *parsed; // texts of json_parse, newest first
    wr_symtab extra;  // their keys, over the document's symbols; once there is a sub
    wr_ctx *sub;      // memory and diagnostics of parsed texts

    // of one run
    wr_guard_run_opts opts;
    const g_file *file;
    g_scope *file_scope;
    g_rule_state *rule_state; // by rule index, file's rules then the prelude's
    g_rec *cur;               // open record
    uint32_t mute;
    uint32_t depth;
    uint64_t steps;
    uint64_t derived;    // bytes that functions made
    uint32_t n_overlays; // symbol tables above the document's: what a look-up may go through
    uint64_t pinned;
    const wr_node *unknown; // first value met that is not known, in this rule
    bool failed, panic;
    bool suspect; // a literal failed a unary operator: the original may die reporting it
    wr_str error;
};

// Errors. Each returns false, so that `return g_error(…)` reads well.
typedef enum g_err { // the original's error kinds, for their wording
    G_E_PARSE,
    G_E_MISSING_VALUE,
    G_E_INCOMPATIBLE,
    G_E_NOT_COMPARABLE,
    G_E_REGEX,
    G_E_YAML,
    G_E_PLAIN, // the text alone
} g_err;
bool g_error(g_eval *e, g_err kind, const char *fmt, ...) WR_PRINTF(3, 4);
bool g_error_str(g_eval *e, g_err kind, wr_str text);
bool g_panic(g_eval *e, const char *fmt, ...) WR_PRINTF(2, 3); // where the original dies
bool g_nomem(g_eval *e);
#define G_MAX_MEMORY ((size_t)2 << 30) // of one evaluation
bool g_too_much(g_eval *e);            // false, and the error
static inline bool g_step(g_eval *e) {
    return (++e->steps <= e->ctx->limits.steps && e->arena.used <= G_MAX_MEMORY) || g_too_much(e);
}
// Functions are to make n more bytes, which stay until the next rewind.
static inline bool g_derive(g_eval *e, uint64_t n) {
    e->derived += n;
    return e->derived <= e->ctx->limits.bytes ||
           g_error(e, G_E_PLAIN, "functions made more than %llu bytes",
                   (unsigned long long)e->ctx->limits.bytes);
}

bool g_enter(g_eval *e); // e->depth++, or the error of too deep a nesting
static inline void g_leave(g_eval *e) { e->depth--; }

static inline bool g_add(g_eval *e, g_list *l, g_qr q) {
    return WR_PUSH(&e->arena, l, q) || g_nomem(e);
}
static inline g_qr g_resolved(const wr_node *n) { return (g_qr){G_RESOLVED, n, NULL}; }
static inline g_qr g_literal(const wr_node *n) { return (g_qr){G_LITERAL, n, NULL}; }
static inline bool g_has(const g_eval *e, const wr_sym *s) {
    return s->id >= e->set->syms.n || (e->present[s->id >> 6] >> (s->id & 63) & 1);
}

// The table that knows every key of the document and of all that was parsed.
static inline const wr_symtab *g_syms(const g_eval *e) { return e->sub ? &e->extra : e->doc->syms; }

// Values that are not known yet: a clause that turns on one has status G_UNKNOWN.
static inline bool g_not_known(g_eval *e, const wr_node *n) { // the value itself
    if (!e->has_unknown || !(n->flags & WR_F_UNKNOWN)) return false;
    if (!e->unknown) e->unknown = n;
    return true;
}
bool g_holds_unknown(g_eval *e, const wr_node *n); // it or anything in it
bool g_qr_unknown(g_eval *e, const g_qr *q);       // value, or the place where a query stopped

// Memory of a step, taken back after it unless something was pinned meanwhile.
typedef struct g_hold {
    uint64_t pinned;
    wr_mark mark;
} g_hold;
static inline g_hold g_hold_on(const g_eval *e) {
    return (g_hold){e->pinned, wr_arena_mark(&e->arena)};
}
static inline void g_let_go(g_eval *e, g_hold h) {
    if (e->pinned == h.pinned) wr_arena_rewind(&e->arena, h.mark);
}

// query.c
bool g_query_in(g_eval *e, g_scope *s, const g_query *q, g_list *out); // EvalContext::query
// *out is set to the value; append to it only after copying.
bool g_resolve_var(g_eval *e, g_scope *s, const wr_sym *name, g_list *out);
bool g_capture(g_eval *e, const wr_sym *name, const wr_node *key);
const wr_node *g_scope_root(const g_scope *s);

// eval.c
bool g_eval_cnf(g_eval *e, g_scope *s, const g_cnf *cnf, g_status *out);
bool g_operand(g_eval *e, g_scope *s, const g_value *v, g_list *out);

// compare.c
typedef enum g_cmp { G_CMP_NO, G_CMP_YES, G_CMP_NOT_COMPARABLE, G_CMP_ERROR } g_cmp;
typedef struct g_ncinfo { // why not comparable
    g_nc why;
    const wr_node *a, *b;
} g_ncinfo;
g_cmp g_compare_eq(g_eval *e, const wr_node *a, const wr_node *b, g_ncinfo *nc);
bool g_equal(g_eval *e, const wr_node *a, const wr_node *b); // PartialEq; e->failed after a panic
typedef struct g_tally {                                     // outcomes of a clause's values
    uint32_t pass, fail, unknown;
    bool skip; // nothing to compare
    bool none; // the selection was empty and that was the question
} g_tally;
bool g_binary(g_eval *e, const g_clause *c, const g_list *lhs, const g_list *rhs, g_tally *t);
// keys filter: which keys of map are selected; failing and passing checks are recorded.
bool g_select_keys(g_eval *e, const g_part *p, const wr_node *map, const g_list *rhs, g_list *out);

// func.c
bool g_call_fn(g_eval *e, g_scope *s, const g_call *c, g_list *out);

// record.c
g_rec *g_open(g_eval *e, g_rec_kind kind, const void *what); // NULL when nothing is recorded
// Closes rec (NULL is fine): keeps it when it failed or all are kept. False: out of memory.
void g_close(g_eval *e, g_rec *rec, g_status st, bool at_least_one);
// The same for an event whose inner events nobody asks for unless all are kept: a filter, the
// conditions of a when. Otherwise it is only counted, and nothing is recorded until it is closed.
// ok: did what stood between succeed? Then *st is its status. False as well when memory ran out.
g_rec *g_open_inner(g_eval *e, g_rec_kind kind, const void *what);
bool g_close_inner(g_eval *e, g_rec *rec, bool ok, const g_status *st);
static inline bool g_recording(const g_eval *e) { return e->mute == 0 && !e->opts.no_records; }
bool g_note_success(g_eval *e, const void *what);
g_rec *g_note(g_eval *e, g_rec_kind kind, const void *what); // a failed check; fill it in
#endif
