// SPDX-License-Identifier: Apache-2.0
// guard: AWS CloudFormation Guard, the whole language. Rule files are compiled once into an
// immutable set and evaluated against many documents from many threads.
// Rules: guard-language.md and the behaviour of cfn-guard 3.1.1 and 3.2.0.
#ifndef WR_GUARD_H
#define WR_GUARD_H

#include "core/core.h"

// Which cfn-guard is spoken (reference §0).
typedef enum wr_guard_level { WR_GUARD_31, WR_GUARD_32 } wr_guard_level;

typedef enum g_status {
    G_PASS,
    G_FAIL,
    G_SKIP,
    G_ERROR,   // could not be evaluated
    G_UNKNOWN, // turns on values that are not known yet (resolved documents only)
} g_status;
const char *g_status_name(g_status s); // "PASS" "FAIL" "SKIP" "ERROR" "UNKNOWN"

typedef struct wr_guard_set wr_guard_set; // rule files compiled together; they share symbols
typedef struct g_file g_file;             // one compiled rule file
typedef struct g_rule g_rule;
typedef struct g_rec g_rec;

typedef struct wr_guard_opts {
    wr_guard_level level;
    bool strict; // checker warnings are errors
} wr_guard_opts;

// ---------------------------------------------------------------------------------- compiling

// c owns the memory of the set and gets the diagnostics; it must outlive the set.
wr_guard_set *wr_guard_set_new(wr_ctx *c, const wr_guard_opts *opts);
void wr_guard_set_free(wr_guard_set *s); // compiled regexes; the rest goes with the context
// The set's symbols: load documents over this table. All files must be added before the first
// document is loaded over it.
const wr_symtab *wr_guard_syms(const wr_guard_set *s);
// Variables, rules and parameterised rules of src become visible to all files added later.
wr_rc wr_guard_add_prelude(wr_guard_set *s, const wr_src *src, wr_str name) WR_MUST_USE;
// Parses, checks and compiles src. name: as shown in reports (base name of the file; the default
// rule is "name/default", or "default" when name is empty). WR_BAD: *out has parse_error set and
// the diagnostics (several) are in the set's context. An empty file: WR_OK and no rules.
wr_rc wr_guard_add(wr_guard_set *s, const wr_src *src, wr_str name, const g_file **out) WR_MUST_USE;

// ---------------------------------------------------------------------------------- evaluating

typedef struct wr_guard_run_opts {
    bool keep_all;   // keep the records of passing clauses too (verbose, print-json)
    bool no_records; // statuses only
    bool fatal;      // the first error ends the file's evaluation, as the original's process ends
} wr_guard_run_opts;

typedef struct g_rule_result {
    const g_rule *rule;
    g_status status;
    const g_rec *rec; // NULL without records
    wr_str error;     // G_ERROR: what could not be done, as the original words it; G_UNKNOWN: what
                      // would settle it
    const wr_node *unknown; // G_UNKNOWN: the first value that is not known
    bool panic;             // the original dies here (exit 101 or a signal) instead of exit 255
} g_rule_result;

typedef struct g_result {
    const g_file *file;
    const wr_doc *doc;
    wr_str doc_name;
    g_status status;
    const g_rule_result *rules; // in evaluation order; ends early after an error when fatal
    uint32_t n_rules;
    const g_rec *root; // file record; NULL without records
    wr_str error;      // first error; empty when none
    bool panic;
    bool report_panic; // it evaluates, but the original dies (101) when it reports the result
    const struct g_vals *vals; // for paths and positions of the values in the records
} g_result;

// Evaluates on one thread; reusable. Results live in the evaluator until the next wr_guard_bind or
// wr_guard_rewind.
typedef struct g_eval wr_guard_eval;
wr_guard_eval *wr_guard_eval_new(wr_ctx *c, const wr_guard_set *s);
void wr_guard_eval_free(wr_guard_eval *e);
void wr_guard_bind(wr_guard_eval *e, const wr_doc *doc, wr_str doc_name); // forgets all results
void wr_guard_rewind(wr_guard_eval *e); // forgets results, keeps the document and its indexes
// NULL when memory ran out.
const g_result *wr_guard_run(wr_guard_eval *e, const g_file *f, wr_guard_run_opts o);

// ---------------------------------------------------------------------------------- reporting

// The original's report formats (cfn-guard validate): console, JSON, YAML, JUnit, SARIF.
typedef enum wr_guard_format {
    WR_GF_SUMMARY, // single-line-summary: console
    WR_GF_JSON,
    WR_GF_YAML,
    WR_GF_JUNIT,
    WR_GF_SARIF,
} wr_guard_format;

enum { WR_GS_PASS = 1, WR_GS_FAIL = 2, WR_GS_SKIP = 4 }; // --show-summary

typedef struct wr_guard_doc {
    const wr_doc *doc;
    wr_str name;       // as reported
    const wr_src *src; // text for code excerpts (the data file, not the merged parameters)
} wr_guard_doc;

typedef struct wr_guard_batch {
    wr_ctx *ctx;
    const wr_guard_set *set;
    const g_file *const *files; // parsed; none empty
    uint32_t n_files;
    const wr_guard_doc *docs;
    uint32_t n_docs;
    wr_guard_format format;
    uint8_t summary; // WR_GS_*
    bool verbose;    // -v
    bool print_json; // -p
    bool color;
    bool native;   // writ guard: right lines, a reason for every failure, errors are outcomes
    uint32_t jobs; // threads; 0 and 1 mean one
    const wr_diag *const *errors; // native: why inputs could not be used; reports say it too
    uint32_t n_errors;
    uint8_t fail_on; // wr_severity: rules that say a lower one are no findings
    bool fail_never; // nothing is a finding
} wr_guard_batch;

typedef struct wr_guard_tally {
    uint32_t n_pass, n_fail, n_skip, n_error, n_unknown; // rule file × document
    uint32_t n_findings; // of n_fail: with a rule that fails the run (level, severity)
    wr_str error;        // the fatal error that ended a compat run; empty when none
    bool panic;          // the original would have died (101 or a signal) rather than answered 255
} wr_guard_tally;

// Reports of writ itself are made elsewhere, from decisions; these are the original's formats, and
// JSON and YAML in its shape with what `writ guard` adds (native).
// -z: all documents × all files, one report at the end. In a compat run (not native) nothing is
// written when an error occurs, as the original's process ends before it prints.
wr_rc wr_guard_report_structured(const wr_guard_batch *b, wr_buf *out,
                                 wr_guard_tally *t) WR_MUST_USE;
// Without -z: each file × each document, written as it goes (files outer loop).
wr_rc wr_guard_report_console(const wr_guard_batch *b, wr_buf *out, wr_guard_tally *t) WR_MUST_USE;

// Native: everything judged, and then, as often as wanted, everything as decisions. The batch must
// outlive what was judged; its memory is the batch's context's.
typedef struct wr_guard_judged wr_guard_judged;
wr_rc wr_guard_judge_all(const wr_guard_batch *b, const wr_guard_judged **out,
                         wr_guard_tally *t) WR_MUST_USE;
const wr_rule_info *wr_guard_rule_infos(const wr_guard_judged *j, uint32_t *n); // by index
wr_counts wr_guard_counts(const wr_guard_judged *j, uint32_t doc);

// Who sees the decisions. They come in parts, one a document (over all files) or one a file.
typedef struct wr_guard_feed {
    void *arg;
    bool by_file;
    bool apart;     // parts are made in the batch's threads: the calls hold no state between parts
    bool digests;   // fill in those of policies and inputs
    bool events;    // write what the batch's verbose and print_json ask for after each pair
    unsigned wants; // outcomes: bits; decisions with others need not come
    // out: the place of the part's text.
    void (*part)(void *arg, wr_buf *out, uint32_t part, bool end);         // may be NULL
    void (*see)(void *arg, wr_buf *out, const wr_decision *v, uint32_t n); // document × file
} wr_guard_feed;
wr_rc wr_guard_feed_all(const wr_guard_judged *j, const wr_guard_feed *f, wr_buf *out) WR_MUST_USE;

// parse-tree: the AST as the original serialises it.
wr_rc wr_guard_parse_tree(wr_ctx *c, const g_file *f, wr_guard_format json_or_yaml,
                          wr_buf *out) WR_MUST_USE;

// rulegen: rules that hold for templates.
typedef enum wr_gen_rc {
    WR_GEN_OK,
    WR_GEN_BAD,        // a template is not one: error says why (the original: exit 1)
    WR_GEN_UNPARSABLE, // what was made is no rule file: error says why, rules is to be thrown away
                       // (the original: exit 0)
    WR_GEN_PANIC,      // a resource without a type (the original dies: exit 101)
    WR_GEN_NOMEM,
} wr_gen_rc;
typedef struct wr_guard_gen {
    wr_str rules; // memory: the context's
    wr_str error; // one line, in the original's words
} wr_guard_gen;
// native false: as the original, for one document loaded with WR_LOAD_SERDE; its load error is
// printed after "Parsing error handling template file, Error = ". native true: any number of
// documents, loaded with WR_LOAD_STRICT.
wr_gen_rc wr_guard_rulegen(wr_ctx *c, const wr_doc *const *docs, uint32_t n, bool native,
                           wr_guard_gen *out) WR_MUST_USE;

// ---------------------------------------------------------------------------------- testing

// `test`: how one rule did against what was expected of it.
typedef enum wr_guard_met { WR_GT_MET, WR_GT_UNMET, WR_GT_UNASKED } wr_guard_met;
typedef struct wr_guard_verdict {
    wr_str rule; // each name once, in rule order
    wr_guard_met met;
    g_status want;
    const g_status *got; // UNMET: the status of every rule of that name
    uint32_t n_got;
} wr_guard_verdict;

typedef struct wr_guard_case { // one case of a test file
    wr_str name;
    bool has_name;
    const wr_guard_verdict *v;
    uint32_t n;
} wr_guard_case;

typedef struct wr_guard_tested { // a rule file and all its cases
    wr_str rule_file;
    wr_str error; // why it could not be tested; the cases do not count then
    const wr_guard_case *cases;
    uint32_t n_cases;
} wr_guard_tested;

// Fills out->v from a result and the case's `expectations.rules` (a map of strings). WR_BAD: an
// expectation is no status; *bad is the original's text, out->v holds what came before.
wr_rc wr_guard_judge(wr_arena *a, const g_result *r, const wr_node *rules, wr_guard_case *out,
                     wr_str *bad) WR_MUST_USE;
bool wr_guard_case_failed(const wr_guard_case *c);
// single-line-summary of one case: the head is printed before it is evaluated, the body after
// wr_guard_judge (number counts from 1; tree: with -v, a result run with keep_all; else NULL).
void wr_guard_test_head(wr_buf *out, const wr_guard_case *c, uint32_t number);
void wr_guard_test_body(wr_buf *out, const wr_guard_case *c, const g_result *tree);
// After WR_BAD of wr_guard_judge only the first part of the body: rules nothing is expected of.
void wr_guard_test_unasked(wr_buf *out, const wr_guard_case *c);
// JSON, YAML, JUnit. one: a single object (-r … -t …), not a list (-d …).
wr_rc wr_guard_test_report(wr_buf *out, wr_guard_format f, const wr_guard_tested *v, uint32_t n,
                           bool one) WR_MUST_USE;

// Small faults that a rule file could have and still be one: edits of its text, in its order
// (mutation testing, docs/guide/mutation.md). Some do not compile: those are no mutants.
typedef struct wr_guard_mutant {
    wr_span at;  // bytes of the file's text
    wr_str with; // what stands there instead
    wr_span of;  // what is meant by it: without the comma that goes too
    wr_str what; // in words, with what stood there: "== becomes !=: Encrypted == true"
} wr_guard_mutant;
// Memory: a. NULL: it ran out.
const wr_guard_mutant *wr_guard_mutants(wr_arena *a, const g_file *f, uint32_t *n);

// ---------------------------------------------------------------------------------- asking

wr_str wr_guard_file_name(const g_file *f);
const wr_src *wr_guard_file_src(const g_file *f);
bool wr_guard_file_empty(const g_file *f);   // no rules at all (blank or comments)
wr_str wr_guard_file_error(const g_file *f); // the original's text for a parse error, or empty
uint32_t wr_guard_n_rules(const g_file *f);
const g_rule *wr_guard_rule(const g_file *f, uint32_t i); // in file order, default first
wr_str wr_guard_rule_name(const g_rule *r);

// A result as decisions, one a rule, reasons for each failure (memory: a).
wr_decision *wr_guard_decisions(wr_arena *a, const g_result *r, wr_str subject, int64_t now,
                                uint32_t *n);

#endif
