// SPDX-License-Identifier: Apache-2.0
// out_int: what the printers of Guard reports share; private to lang/guard.
//
// A report is made in two passes. The first evaluates everything without records and keeps one
// byte a rule (g_grid): enough for totals, for summaries and to know whether anything is printed at
// all. The second evaluates again, with records, only what failed, and prints it at once, so that
// memory does not grow with the number of failures.
#ifndef WR_GUARD_OUT_INT_H
#define WR_GUARD_OUT_INT_H

#include "lang/guard/guard_int.h"

// The file whose text a rule's clauses stand in: the evaluated one or one of its preludes.
static inline const g_file *g_file_of(const g_result *r, const g_rule *rule) {
    for (const g_file *f = r->file; f != NULL; f = f->prelude)
        if (f->src == rule->src) return f;
    return r->file;
}

// ---------------------------------------------------------------------------------- first pass

typedef struct g_grid {
    const wr_guard_batch *b;
    uint32_t n_rules;     // of all files
    const uint32_t *at;   // at[f]: index of file f's first rule; at[n_files] == n_rules
    uint8_t *rule;        // g_status of document d's rule r: rule[d * n_rules + r]
    uint8_t *file;        // g_status of document d's file f: file[d * n_files + f]
    const uint32_t *rank; // rule → place of its name among all names, by bytes
    const wr_str *names;  // the names, in that order
    uint32_t n_names;
    uint64_t first_error; // ordinal of the pair a compat run ends at; UINT64_MAX: none
} g_grid;

static inline const uint8_t *g_grid_rules(const g_grid *g, uint32_t d, uint32_t f) {
    return g->rule + (size_t)d * g->n_rules + g->at[f];
}
static inline g_status g_grid_file(const g_grid *g, uint32_t d, uint32_t f) {
    return (g_status)g->file[(size_t)d * g->b->n_files + f];
}
// Evaluates all. files_first: which pair's error is the first one (console: files outer loop).
wr_rc g_grid_fill(g_grid *g, const wr_guard_batch *b, bool files_first, wr_guard_tally *t);

// What `a` and `b` make together (Status::and of the original; an error counts most but a failure).
bool g_grid_erred(const g_grid *g, uint32_t d, uint32_t f); // did a rule end in an error?
g_status g_status_and(g_status a, g_status b);

// ---------------------------------------------------------------------------------- workers

// One thread's evaluator and scratch memory.
typedef struct g_worker {
    const wr_guard_batch *b;
    const g_grid *grid;
    wr_ctx ctx;
    wr_guard_eval *eval;
    const wr_guard_doc *doc; // bound
    wr_arena arena;          // of one file × document
    wr_mark mark;            // arena when empty
    wr_buf tmp;              // a text being made
    wr_rc rc;
} g_worker;

wr_rc g_worker_init(g_worker *w, const wr_guard_batch *b, const g_grid *grid);
void g_worker_fini(g_worker *w);
// Evaluates file f against document d, binding d when it is not bound yet; forgets the result
// before. NULL: w->rc says why.
const g_result *g_worker_run(g_worker *w, uint32_t d, uint32_t f, wr_guard_run_opts o);

// Calls work for i = 0 … n-1, in b->jobs threads, and writes what it put in its buffer to out in
// the order of i. work may be handed out itself when there is one thread.
typedef void (*g_work)(g_worker *w, void *arg, uint32_t i, wr_buf *out);
wr_rc g_in_order(const wr_guard_batch *b, const g_grid *grid, uint32_t n, g_work work, void *arg,
                 wr_buf *out);

// ---------------------------------------------------------------------------------- texts

// Scratch text: everything put since g_text was called. Valid until the next g_text.
static inline wr_buf *g_text(wr_buf *tmp) {
    tmp->n = 0;
    return tmp;
}
// s in the given SGR codes ("1;31") when on.
void g_paint(wr_buf *b, bool on, const char *sgr, wr_str s);
// The original's name of a rule without its file ("a.guard/default" → "default").
wr_str g_short_rule(wr_str file, wr_str rule);
bool g_is_finite(const wr_node *n); // no float in n is infinite or no number
// {"path": …, "value": …}
// Does the report spell 007 as the original of that level does?
static inline bool g_padded_plain(const wr_guard_batch *b) {
    return !b->native && b->set->opts.level == WR_GUARD_31;
}
void g_out_value(wr_out *o, wr_buf *tmp, const g_vals *v, const wr_node *n);
static inline void g_out_key(wr_out *o, const char *key) { o->str(o, wr_strz(key)); }
static inline void g_out_str(wr_out *o, const char *key, wr_str s) {
    g_out_key(o, key);
    o->str(o, s);
}
void g_out_op(wr_out *o, g_op op, bool neg); // ["Eq", false]
void g_out_unres(wr_out *o, wr_buf *tmp, const g_vals *v, const g_unres *u);
void g_put_xml(wr_buf *b, wr_str s); // escaped for text and attributes

// ---------------------------------------------------------------------------------- printers

typedef struct g_printer { // what all printers of one file × document need
    const wr_guard_batch *b;
    const g_result *r;
    const wr_guard_doc *doc;
    wr_arena *arena;
    wr_buf *tmp;
} g_printer;

// out_json.c: the items of not_compliant.
void g_out_reports(wr_out *o, const g_printer *p, const g_report *v, uint32_t n);
// A whole FileReport of document d over files [f0, f1); w evaluates again what failed.
void g_out_file_report(wr_out *o, g_worker *w, uint32_t d, uint32_t f0, uint32_t f1);

// Calls see(arg, messages' report, top rule) for every message of a failed rule, in the order of
// the original's get_message.
typedef void (*g_see)(void *arg, const g_report *p, const g_report *rule);
void g_each_message(const g_report *rule, g_see see, void *arg);

// out_sarif.c, out_junit.c: whole reports.
#define G_SARIF_SCHEMA                                                                             \
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
bool g_doc_fails(const g_grid *g, uint32_t d);
void g_junit_head(wr_buf *out, const char *name, uint64_t tests, uint64_t failures,
                  uint64_t errors);
wr_rc g_sarif(const g_grid *g, wr_buf *out);
wr_rc g_junit(const g_grid *g, wr_buf *out);

// out_verbose.c
void g_put_tree(wr_buf *b, const g_result *r);                       // -v
wr_rc g_put_records_json(wr_buf *b, wr_buf *tmp, const g_result *r); // -p

// out_console*.c: the details under the summary table.
typedef enum g_console { G_CON_CFN, G_CON_TF, G_CON_GENERIC } g_console;
typedef struct g_details g_details;
// What differs between templates and plans.
typedef struct g_details_ops {
    // The entry of the document's resources that holds n, else UINT32_MAX. *alien: the original
    // gives such a report to the generic reporter.
    uint32_t (*resource)(const g_details *c, const wr_node *n, bool *alien);
    void (*head)(g_details *c, uint32_t resource); // "Resource = … {" and what it is
    const char *rest;                              // block for failures of no resource
    void (*path)(g_details *c, const wr_node *n);  // PropertyPath of a comparison
    bool code;                                     // with code excerpts
} g_details_ops;
struct g_details {
    wr_buf *b;
    const g_printer *p;
    const g_details_ops *ops;
    const wr_node *entries; // map Resources or list resource_changes
};
extern const g_details_ops g_details_cfn, g_details_tf;
// False, and nothing written: the generic reporter has to do it.
bool g_console_resources(wr_buf *b, const g_printer *p, g_console how, const g_report *v,
                         uint32_t n);
// One failed check (block or clause) with what was found, wanted and where, at this indent.
void g_put_failed_check(g_details *c, const g_report *r, uint32_t indent);
void g_put_custom(wr_buf *b, uint32_t indent, wr_str message, uint32_t width);
// The values between a document's root and n, outermost first: how many of them, at most max kept.
// The value of the document whose path a value has (for a key: its map); NULL for literals.
const wr_node *g_home(const g_printer *p, const wr_node *n);
uint32_t g_ancestors(const wr_doc *d, const wr_node *n, const wr_node **v, uint32_t max);

// out_native.c: what `writ guard` adds to the original's JSON and YAML.
void g_native_messages(wr_out *o, const g_printer *p, const g_report *r); // into messages
void g_native_metadata(wr_out *o, const g_rule *rule);
void g_native_errors(wr_out *o, g_worker *w, uint32_t d, uint32_t f0, uint32_t f1);
// What kept rule files and documents from being used: a report for each text, an error for each.
void g_native_inputs(wr_out *o, const wr_guard_batch *b);
wr_rc g_native_objects(const g_grid *g, wr_buf *out); // one report a file × document

void g_console_generic(wr_buf *b, const g_printer *p, const g_file *f, const uint8_t *status);

#endif
