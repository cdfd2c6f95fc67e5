// SPDX-License-Identifier: Apache-2.0
// guard_int: the compiled form of rules and the record of an evaluation; private to lang/guard.
//
// Who owns what: parse.c text → AST; compile.c fills the fast-path fields; check.c warns; show.c
// prints AST as the original displays it; eval.c, query.c, compare.c, func.c evaluate; value.c says
// path and place of any value; clauses.c turns records into failed-clause reports; out_*.c print.
#ifndef WR_GUARD_INT_H
#define WR_GUARD_INT_H

#include "lang/guard/guard.h"

typedef enum g_op { // CmpOperator
    G_EQ,
    G_IN,
    G_GT,
    G_LT,
    G_LE,
    G_GE,
    G_EXISTS,
    G_EMPTY,
    G_IS_STRING,
    G_IS_LIST,
    G_IS_MAP,
    G_IS_BOOL,
    G_IS_INT,
    G_IS_FLOAT,
    G_IS_NULL,
} g_op;
static inline bool g_unary(g_op op) { return op >= G_EXISTS; }

typedef struct g_clause g_clause;
typedef struct g_query g_query;
typedef struct g_call g_call;
typedef struct g_value g_value;

// Which grammar symbol the items of a CNF are: decides what the original calls a disjunction.
typedef enum g_elem { G_GUARD_CLAUSE, G_WHEN_CLAUSE, G_RULE_CLAUSE } g_elem;

typedef struct g_disj { // clauses joined by `or`
    g_clause *v;        // array of n
    uint32_t n;
} g_disj;

typedef struct g_cnf { // conjunction of disjunctions
    g_disj *v;
    uint32_t n;
    g_elem elem;
} g_cnf;

// Operand: literal, query or function call.
struct g_value {
    enum { G_V_LITERAL, G_V_QUERY, G_V_CALL } kind;
    union {
        const wr_node *lit; // in the file's literals document
        g_query *query;
        g_call *call;
    } u;
};

typedef struct g_fn g_fn;           // a function: row of the table in func.c
const g_fn *g_fn_find(wr_str name); // NULL when there is none (of either level)
uint32_t g_fn_arity(const g_fn *f);
bool g_fn_is_32(const g_fn *f); // only level 3.2 has it
wr_str g_fn_name(const g_fn *f);
uint32_t g_fn_count(void); // for completion and docs
const g_fn *g_fn_at(uint32_t i);

struct g_call {
    wr_str name;
    const g_fn *fn; // NULL: unknown (an error when evaluated under 3.1)
    g_value *args;
    uint32_t n;
    uint32_t at; // offset of the name
};

typedef enum g_part_kind {
    G_THIS,
    G_KEY,         // .name ."quoted"
    G_VAR,         // %name: first part = variable; later = interpolation
    G_INDEX,       // [3] .3
    G_ALL_VALUES,  // .*   ([name] after a string lookup alternative: name set)
    G_ALL_INDICES, // [*] (name set when capturing)
    G_FILTER,      // [ cnf ]
    G_KEY_FILTER,  // [ keys op value ]
} g_part_kind;

typedef struct g_part {
    uint8_t kind;
    bool is_num;        // G_KEY whose text is an i32: indexes lists, never maps
    bool neg;           // G_KEY_FILTER: operator negated
    uint8_t op;         // G_KEY_FILTER: G_EQ or G_IN
    int32_t index;      // G_INDEX, numeric G_KEY
    const wr_sym *key;  // G_KEY: text. G_VAR: name without %
    const wr_sym *name; // capture name; NULL when none
    g_cnf *filter;      // G_FILTER
    g_value *with;      // G_KEY_FILTER
    wr_span span;
    // compile.c:
    const wr_sym *conv[7]; // G_KEY: the key in each of the seven cases (level's library)
    // G_FILTER of which one conjunct is exactly `Key == "text"`, all of whose conjuncts are free
    // of errors and effects: only values with that text under that key can be selected.
    const wr_sym *eq_key;
    const struct g_part *eq_part; // the part of that conjunct that holds the key
    wr_str eq_text;
    bool eq_only; // and it is the only conjunct
} g_part;

struct g_query {
    g_part *parts;
    uint32_t n;
    bool match_all; // no `some`
    wr_span span;
};

typedef struct g_let {
    const wr_sym *var;
    g_value value;
    wr_span span;
} g_let;

typedef struct g_block {
    g_let *lets;
    uint32_t n_lets;
    g_cnf cnf;
    wr_span span;
} g_block;

typedef enum g_clause_kind {
    G_C_ACCESS, // query op value
    G_C_NAMED,  // rule reference
    G_C_CALL,   // parameterised rule call
    G_C_BLOCK,  // query { … }
    G_C_WHEN,   // when … { … }
    G_C_TYPE,   // A::B::C { … }
} g_clause_kind;

struct g_clause {
    uint8_t kind;
    uint8_t op;     // G_C_ACCESS
    bool op_neg;    // G_C_ACCESS: not exists, !=, not in …
    bool neg;       // leading not/!
    bool not_empty; // G_C_BLOCK: q !empty { … }
    bool has_msg;
    bool rule_level; // G_C_WHEN directly in a rule: context "RuleClause", else GuardConditionClause
    uint32_t at;     // offset the original calls the clause's location
    wr_span span;    // whole clause
    wr_str msg;      // custom message, raw
    g_query *query;  // ACCESS, BLOCK, TYPE (Resources.*[ Type == "…" ])
    g_value *rhs;    // ACCESS with a binary operator
    wr_str name;     // NAMED, CALL: rule; TYPE: type name
    const wr_sym *sym;  // of name
    const g_file *file; // NAMED: for its location
    g_value *args;      // CALL
    uint32_t n_args;
    g_cnf *when;    // WHEN, TYPE; NULL when none
    g_block *block; // BLOCK, WHEN, TYPE
};

struct g_rule {
    wr_str name;
    const wr_sym *sym; // of the name
    g_cnf *when;       // NULL when none
    g_block block;
    const wr_sym **params; // parameterised rules: distinct names in order
    uint32_t n_params;     // distinct
    bool parameterised;
    bool prelude;   // comes from a prelude file
    uint32_t index; // position among the file's rules (or among its parameterised rules)
    wr_span span, name_span;
    const wr_src *src;
    // Metadata comments directly above the rule (docs/guide/guard.md):
    wr_str id, title;
    wr_severity severity;
    bool has_severity;
    bool warn;
};

// A rule's name and place: arrays of these, sorted, find a rule among many.
typedef struct g_name_at {
    uint32_t sym, at; // id of the name; index of the rule
} g_name_at;

struct g_file {
    wr_guard_set *set;
    const wr_src *src;
    wr_str name; // as shown
    bool empty;  // nothing but white space and comments
    bool is_prelude;
    wr_str parse_error; // the original's text; empty when it parsed
    g_let *lets;
    uint32_t n_lets;
    g_rule *rules; // default first, then file order
    uint32_t n_rules;
    g_rule *prules; // parameterised, file order (a later one of the same name wins a lookup)
    uint32_t n_prules;
    const g_name_at *by_name, *pby_name; // compile.c: of rules, of prules
    const g_file *prelude;               // definitions visible after the file's own; NULL when none
    // All literals of the file: the items of the root list of this document. The path of a literal
    // is "" and its items are "/0" …: g_put_path drops the first component.
    const wr_doc *lits;
};

struct wr_guard_set {
    wr_ctx *ctx;
    wr_guard_opts opts;
    wr_symtab syms;
    WR_VEC(wr_regex *) regexes; // to free
    wr_map patterns;            // text → wr_lit_regex: equal patterns are compiled once
    const wr_sym *const **conv; // by symbol id: its seven conversions, made when first wanted
    uint32_t n_conv;
    wr_arena scratch; // taken back after each use
    const g_file *prelude;
    uint32_t n_files;
};

// ---------------------------------------------------------------------------------- values

// An item of a query's answer.
typedef enum g_tag { G_LITERAL, G_RESOLVED, G_UNRESOLVED } g_tag;

typedef enum g_why {    // why a query stopped; the texts are in value.c
    G_Y_INDEX_BOUNDS,   // index; node is the list
    G_Y_NO_ENTRIES,     // [*] or .* of an empty container
    G_Y_NOT_LIST_KEY,   // numeric key on something else than a list
    G_Y_NOT_LIST_INDEX, // [n] on something else
    G_Y_NO_KEY,         // key not in map
    G_Y_NOT_MAP,        // key of a value that is no map
    G_Y_VAR_INDEX,      // .%v[n] out of bounds: index, keys
    G_Y_VAR_UNRESOLVED, // a key from a variable did not resolve: inner
    G_Y_VAR_NO_KEY,     // text is no key of the map
    G_Y_NOT_FILTERABLE, // filter on a scalar
    G_Y_NOT_KEYED,      // keys filter on something else than a map
    G_Y_UNKNOWN,        // a filter turned on a value that is not known yet: node
} g_why;

typedef struct g_unres {
    g_why why;
    int32_t index;
    const wr_node *node; // value reached
    const g_part *rest;  // remaining query
    uint32_t n_rest;
    uint32_t n_keys;
    const g_part *part;      // the part that failed (for key, index, variable name)
    wr_str text;             // G_Y_VAR_NO_KEY: the key
    const struct g_qr *keys; // G_Y_VAR_INDEX: what the variable held
    const struct g_unres *inner;
} g_unres;

typedef struct g_qr {
    g_tag tag;
    const wr_node *node;  // value; for G_UNRESOLVED the value reached
    const g_unres *unres; // G_UNRESOLVED only
} g_qr;

// All that is needed to say path and place of a value of a result.
typedef struct g_vals {
    const wr_doc *doc;
    const g_file *file; // whose literals occur
    const struct g_eval *eval;
} g_vals;

// Path[L:line,C:col]'s three parts, as the original has them (line and column 0-based).
void g_put_path(wr_buf *b, const g_vals *v, const wr_node *n);
wr_pos g_pos0(const g_vals *v, const wr_node *n);               // 0-based; {0,0} for literals
void g_put_place(wr_buf *b, const g_vals *v, const wr_node *n); // "/a/b[L:3,C:4]": Path's Display
// Where a value stands in an input, for people: false for literals and values without origin.
bool g_place(const g_vals *v, const wr_node *n, const wr_src **src, wr_span *at);
// The input's own node behind a value (itself, or the argument of the function that made it).
const wr_node *g_origin(const g_vals *v, const wr_node *n);
void g_put_display(wr_buf *b, const g_vals *v, const wr_node *n);    // Path=… Value=…
void g_put_value_only(wr_buf *b, const wr_node *n);                  // ValueOnlyDisplay
void g_put_debug(wr_buf *b, const g_vals *v, const wr_node *n);      // Rust {:?} of PathAwareValue
void g_put_debug_path(wr_buf *b, const g_vals *v, const wr_node *n); // Rust {:?} of Path
void g_put_rest(wr_buf *b, const g_part *parts, uint32_t n);         // SliceDisplay of a query
void g_put_qrs(wr_buf *b, const g_vals *v, const g_qr *q, uint32_t n); // SliceDisplay of results
void g_put_why(wr_buf *b, const g_vals *v, const g_unres *u);          // UnResolved::reason
const char *g_type_info(const wr_node *n); // "String", "array", "map" …

// ---------------------------------------------------------------------------------- records

// The events of an evaluation, as the original records them. Texts (context, messages) are made
// from these fields only when something is printed: g_put_context.
typedef enum g_rec_kind {
    G_R_FILE,        // children: rules
    G_R_RULE,        // what: g_rule. msg: custom message of the call
    G_R_RULE_COND,   // what: g_rule. "Rule#name/When"
    G_R_TYPE,        // what: g_clause TYPE. BlockCheck
    G_R_TYPE_COND,   // what: g_clause TYPE. "TypeBlock#T/When"
    G_R_TYPE_BLOCK,  // what: g_clause TYPE. "TypeBlock#T/i"; index i
    G_R_FILTER_MAP,  // "Filter/Map#n"; index n = conjunctions
    G_R_FILTER_LIST, // "Filter/List#n"
    G_R_WHEN,        // what: g_clause WHEN. BlockCheck
    G_R_WHEN_COND,   // what: g_clause WHEN
    G_R_DISJ,        // what: g_cnf (its elem names the context). BlockCheck
    G_R_BLOCK,       // what: g_clause BLOCK. "BlockGuardClause#Location[…]". BlockCheck
    G_R_CLAUSE,      // what: g_clause ACCESS. "GuardAccessClause#block…". BlockCheck
    // ClauseCheck; what: g_clause (NULL for a check made by a keys filter: context "", no message):
    G_R_SUCCESS,
    G_R_COMPARE,       // from, to (when has_to), nc
    G_R_IN,            // from, ins[n_ins]
    G_R_UNARY,         // from; msg: error text when the operator failed
    G_R_NO_VALUE,      // NoValueForEmptyCheck
    G_R_DEPENDENT,     // rule reference did not pass; what: g_clause NAMED
    G_R_MISSING_BLOCK, // block query unresolved; from; what: g_clause BLOCK (msg: when printed)
} g_rec_kind;

// Why two values could not be compared (ComparisonClauseCheck::message).
typedef enum g_nc {
    G_NC_NONE,
    G_NC_KINDS,  // "PathAwareValues are not comparable T, T": nc_a, nc_b
    G_NC_FLOATS, // "Float values are not comparable"
    G_NC_TYPES,  // "Type not comparable, {lhs}, {rhs}": nc_a, nc_b
    G_NC_CANNOT, // "Can not compare type {lhs}, {rhs}": nc_a, nc_b
} g_nc;

struct g_rec {
    uint8_t kind;   // g_rec_kind
    uint8_t status; // g_status; G_FAIL where an error passed through, as the original records
    uint8_t op;     // g_op of the comparison as reported (a keys filter's == may be reported IN)
    bool op_neg;
    bool at_least_one; // BlockCheck::at_least_one_matches
    bool has_to;
    bool has_msg;
    uint8_t nc; // g_nc
    uint32_t index;
    uint32_t n_ins;
    uint32_t kids; // events under this one, kept or not (the original asks whether there were any)
    const void *what;
    wr_str msg; // BlockCheck::message, NamedStatus::message or check message
    g_qr from, to;
    const g_qr *ins;
    const wr_node *nc_a, *nc_b;
    g_rec *first, *last, *next; // children, sibling
};

void g_put_context(wr_buf *b, const g_result *r, const g_rec *rec); // EventRecord::context
void g_put_nc(wr_buf *b, const g_vals *v, const g_rec *rec);        // the NotComparable reason

// ---------------------------------------------------------------------------------- show.c

void g_put_query(wr_buf *b, const g_query *q);   // SliceDisplay of the parts
void g_put_clause(wr_buf *b, const g_clause *c); // Display of an ACCESS or NAMED clause
void g_put_operand(wr_buf *b, const g_value *v); // LetValue Display
const char *g_op_name(g_op op);                  // "Eq" "In" …: serde name
const char *g_op_display(g_op op);               // "EQUALS" "IN" "GREATER THAN" …
const char *g_op_report(g_op op, bool neg);      // cmp_str: "NOT EQUAL", "IS BOOl" …
void g_put_location(wr_buf *b, const g_file *f, uint32_t at); // Location[file:F, line:L, column:C]

// ---------------------------------------------------------------------------------- parse, check

wr_rc g_parse(wr_guard_set *s, const wr_src *src, wr_str name, g_file **out) WR_MUST_USE;
void g_compile(wr_guard_set *s, g_file *f);     // conversions, eq filters
bool g_index_rules(wr_guard_set *s, g_file *f); // by_name, pby_name; false: no memory
// Where the rules called name begin in by_name (or pby_name), n when there are none.
uint32_t g_first_named(const g_name_at *v, uint32_t n, const wr_sym *name);
void g_check(wr_guard_set *s, g_file *f); // diagnostics only

// ---------------------------------------------------------------------------------- clauses.c

// What failed and why: the original's ClauseReport, made from records.
typedef enum g_report_kind { G_P_RULE, G_P_BLOCK, G_P_DISJ, G_P_CLAUSE } g_report_kind;
typedef enum g_check_kind {
    G_K_RESOLVED,           // from (unary), from and to (binary)
    G_K_IN_RESOLVED,        // from, ins
    G_K_UNRESOLVED,         // unres
    G_K_UNRESOLVED_CONTEXT, // text
} g_check_kind;

// Texts are not kept: they are made from rec when printed (g_put_context_in, g_put_error), so that
// a report costs the same whatever its values look like.
typedef struct g_report {
    g_report_kind kind;
    bool unary; // G_P_CLAUSE
    bool has_custom, has_error;
    bool op_neg;
    bool alternative; // another one joined to it by `or` would do as well
    g_op op;
    g_check_kind check;
    const g_rec *rec;
    const g_rule *rule;      // G_P_RULE
    const g_file *file;      // where rec's clause stands
    wr_str custom;           // custom message
    const wr_node *location; // the original's location of the message (a value); may be NULL
    const wr_node *from, *to;
    const g_qr *ins; // G_K_IN_RESOLVED: only the resolved ones are reported
    uint32_t n_ins;
    const g_unres *unres;
    uint32_t n; // children
    const struct g_report *v;
} g_report;

// The failed rules of a result (report_all_failed_clauses_for_rules over the file's records).
// NULL and *n == 0: none, or no memory (a->oom). reasoned: also failures the original leaves out
// of its reports, a block that had to select something and did not.
const g_report *g_failed(wr_arena *a, const g_result *r, bool reasoned, uint32_t *n);
void g_put_error(wr_buf *b, const g_vals *v, const g_report *p);       // messages.error_message
void g_put_context_in(wr_buf *b, const g_file *f, const g_rec *rec);   // f: where its clause stands
void g_put_block_reason(wr_buf *b, const g_vals *v, const g_rec *rec); // of a G_R_MISSING_BLOCK

#endif
