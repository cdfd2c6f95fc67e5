// SPDX-License-Identifier: Apache-2.0
// control: a governance repository: manifest, organization, controls in four layers, exceptions,
// tests; runs every layer that applies to every input, and turns what it decides into findings.
// Format: docs/guide/repository.md. Prints nothing.
//
// Always true:
// - every outcome is a wr_decision; what was not evaluated is counted as such, never as passed;
// - a fault in one file (control, policy, template, record) is one diagnostic; the rest runs;
// - a repository is loaded once and then only read; runs write to memory of their own;
// - days are UTC, inclusive, counted from 1970-01-01; today is that of wr_ctx.now.
#ifndef WR_CONTROL_H
#define WR_CONTROL_H

#include "analyze/analyze.h"
#include "lang/guard/guard.h"
#include "lang/iam/iam.h"
#include "org/org.h"
#include "report/report.h"

// ---------------------------------------------------------------------------------- a control

typedef enum wr_means { // what a layer consists of
    WR_BY_NONE,         // not there: a gap, or omitted on purpose
    WR_BY_GUARD,        // proactive, detective
    WR_BY_SCP,
    WR_BY_RCP,
    WR_BY_IAM, // an identity policy or boundary
    // Declared, not evaluated: checked for form.
    WR_BY_CEDAR, // until its engine is there
    WR_BY_EVENT, // an event pattern
    WR_BY_RUNBOOK,
    WR_BY_DECLARATIVE, // a declarative policy of Organizations
    WR_BY_SETTING,     // an account-level setting (S3 Block Public Access)
    WR_N_MEANS,
} wr_means;
const char *wr_means_name(wr_means m); // "guard", "scp" …
bool wr_means_runs(wr_means m);        // can this writ evaluate it?

enum { // inputs a Guard layer is for: `on:`
    WR_ON_CFN = 1,
    WR_ON_TF = 2,
    WR_ON_CI = 4, // configuration items
};

typedef struct wr_place { // where something is said
    const wr_src *src;
    wr_span at;
} wr_place;

typedef struct wr_scope { // empty lists: everywhere
    const wr_str *ous, *accounts, *except_accounts, *except_ous;
    uint32_t n_ous, n_accounts, n_except_accounts, n_except_ous;
    const wr_org_tag *tags; // all must be there
    uint32_t n_tags;
} wr_scope;

typedef struct wr_control_layer {
    wr_means means;
    wr_str file;         // of the policy, relative to the repository (or "writ:…" of the library)
    unsigned on;         // WR_ON_*
    const g_file *guard; // compiled; NULL when it does not compile
    const wr_iam_policy *policy; // SCP, RCP, IAM; may be broken
    wr_scope attach;             // SCP, RCP: where it is to be attached
    bool automatic, approve;     // responsive
    bool omitted;                // left out on purpose
    wr_str why;                  // then the reason
    bool broken;                 // named, but its file is missing or has errors: not evaluated
    bool open;                   // a policy of the library that waits for the organization's id
    wr_place place;
} wr_control_layer;
// Is the layer evaluated (it may be broken)? Else it is declared, or not there.
bool wr_layer_runs(const wr_control_layer *y);
extern const char wr_layer_open[]; // why an open one does not run

typedef struct wr_requirement {
    wr_str framework, id; // "nist-800-53-r5", "AC-3"
} wr_requirement;

typedef struct wr_control {
    wr_str id, title, objective, owner, rationale, remediation;
    wr_severity severity;
    const wr_str *resources; // CloudFormation types; empty: any
    uint32_t n_resources;
    wr_scope scope;
    const wr_requirement *maps;
    uint32_t n_maps;
    wr_control_layer layer[WR_N_LAYERS];
    bool library; // from writ's own
    wr_str file;  // relative to the repository, or "writ:s3/S3.PUBLIC.yaml"
    wr_place place;
    uint32_t index; // in wr_repo.controls; wr_decision.index of what it decides
} wr_control;

// ---------------------------------------------------------------------------------- exceptions

typedef enum wr_exception_fault { // bits
    WR_X_EXPIRED = 1,
    WR_X_NOT_STARTED = 2, // no fault: it does not hold yet
    WR_X_UNAPPROVED = 4,
    WR_X_SELF_APPROVED = 8,
    WR_X_TOO_LONG = 16,
    WR_X_REVIEW_DUE = 32,
    WR_X_UNMATCHED = 64, // known after a run
    WR_X_UNKNOWN_CONTROL = 128,
} wr_exception_fault;

typedef struct wr_exception {
    wr_str id; // file name without extension, or its id
    wr_str control, resource, account, ou, path, logical_id; // globs; empty: any
    wr_str reason, ticket, requested_by;
    const wr_str *approved_by;
    uint32_t n_approved_by;
    const wr_str *compensating; // controls
    uint32_t n_compensating;
    int64_t starts, expires, review; // days; INT64_MIN: none (review; all of a request)
    wr_severity risk;
    bool rated;
    bool request; // found in a template (cfn_nag, Guard metadata)
    unsigned faults;
    wr_str file;
    wr_place place;
    uint32_t index;
} wr_exception;

// ---------------------------------------------------------------------------------- repository

typedef enum wr_input_kind {
    WR_IN_TEMPLATE,
    WR_IN_PLAN,
    WR_IN_ITEMS, // configuration items: a JSON line each, an array, a snapshot
    WR_IN_REQUESTS,
    WR_IN_TRAIL,
    WR_N_INPUT_KINDS,
} wr_input_kind;

typedef struct wr_input_path { // a file to judge
    wr_input_kind kind;
    wr_str path;    // as opened
    wr_str name;    // relative to the repository: its identity
    wr_str account; // by the manifest's `accounts`; empty: not said
    wr_str region;
} wr_input_path;

typedef struct wr_framework {
    wr_str id, title;
    const wr_posture_requirement *v; // ids and titles, in the list's order
    uint32_t n;
    bool own;    // a list of the repository
    wr_str file; // then its name
} wr_framework;

typedef struct wr_control_test { // one input with the outcome expected of a layer
    wr_str control, name;
    wr_layer layer;
    const wr_doc *doc;    // tests are documents of their own
    const wr_node *input; // inline; NULL: `file`
    wr_str file;
    wr_outcome want;
    wr_input_kind kind;
    wr_place place;
} wr_control_test;

typedef struct wr_settings {
    bool honour_in_template; // in-template suppressions count
    uint32_t exception_days; // at most (365)
    wr_severity fail_on;
} wr_settings;

typedef struct wr_repo {
    wr_ctx *ctx; // memory and diagnostics
    wr_str root; // folder
    wr_str name;
    const wr_org *org; // may be NULL
    wr_guard_set *guard;
    wr_iam_set *iam;
    wr_settings settings;
    WR_VEC(wr_control *) controls;
    WR_VEC(wr_exception *) exceptions;
    WR_VEC(wr_framework *) frameworks;
    WR_VEC(wr_control_test *) tests;
    WR_VEC(wr_input_path) inputs;
    uint32_t n_broken; // files that could not be used
    wr_map by_id;      // wr_control_find
} wr_repo;

typedef struct wr_repo_opts {
    bool tests;  // load tests
    bool inputs; // find inputs
} wr_repo_opts;
// dir holds writ.yaml. Diagnostics K01xx (repository), K02xx (controls), K03xx (exceptions). WR_BAD
// only when there is no manifest that can be read: everything else is in the diagnostics, and what
// is usable is in *out.
wr_rc wr_repo_load(wr_ctx *c, wr_str dir, const wr_repo_opts *opts, wr_repo **out) WR_MUST_USE;
// The library of controls alone, as if a repository had all of it; it has no tests.
wr_rc wr_library_load(wr_ctx *c, wr_repo **out) WR_MUST_USE;
// The text of a file of the library ("writ:s3/S3.TLS.yaml"); empty when there is none.
wr_str wr_library_text(wr_str name);
void wr_repo_free(wr_repo *r); // compiled expressions; the rest goes with the context. NULL is fine
const wr_control *wr_control_find(const wr_repo *r, wr_str id); // NULL: there is none

// Does the control apply in this account (empty: not said)? WR_MAYBE when that cannot be told.
wr_tri wr_scope_holds(const wr_repo *r, const wr_scope *s, wr_str account);
// Is the control one of those that an exception's `control`, a name or a pattern, means?
bool wr_exception_names(wr_str pattern, wr_str control);

// ---------------------------------------------------------------------------------- running

typedef struct wr_check_opts {
    bool all;           // judge everything; else what these changed files (names) concern
    const wr_str *only; // which may be inputs, controls, policies, or what concerns everything
    uint32_t n_only;
    const wr_str *controls; // only these controls (ids); n_controls 0: all
    uint32_t n_controls;
    const struct wr_baseline *baseline; // NULL: everything is new
    uint32_t jobs;
    void (*progress)(void *arg, uint64_t done, uint64_t of, wr_str what); // may be NULL
    void *arg;
} wr_check_opts;

// Findings as they come, in a stable order (by input, control, layer), whatever jobs is; those of
// exceptions last. What they point to lives until `found` returns.
typedef struct wr_check_sink {
    void *arg;
    void (*found)(void *arg, const wr_finding *f);
} wr_check_sink;
// Runs every layer that applies on every input and fills in *p (posture.c), whose memory is r's.
// WR_BAD: something could not be evaluated (its diagnostics are in r->ctx, its count in *p).
// Findings of errors (WR_FAULT) and of what is not known are handed out like others; p->lives and
// p->severities count failures only, the others are in the layers' counts. progress is called from
// the thread that called, done and of are bytes.
wr_rc wr_check(wr_repo *r, const wr_check_opts *o, const wr_check_sink *sink,
               wr_posture *p) WR_MUST_USE;

// What the repository is without judging inputs: controls, layers, requirements, exceptions, with
// no counts of decisions: `writ coverage`. r was loaded with tests, which maturity counts. Its
// tables are r's memory, in the order of r's controls and exceptions; wr_check, which calls it
// first, adds to them.
wr_rc wr_posture_make(const wr_repo *r, wr_posture *out) WR_MUST_USE;
// Makes p->exceptions anew from r's (a run finds requests in templates, and unmatched ones); the
// counts of uses stay. False: out of memory.
bool wr_posture_exceptions(const wr_repo *r, wr_posture *p) WR_MUST_USE;
wr_str wr_exception_state(const wr_exception *x); // wr_posture_exception.state

// ---------------------------------------------------------------------------------- over time

// An earlier JSON report (schema writ/check/1) or a baseline (schema writ/baseline/1).
typedef struct wr_baseline wr_baseline;
wr_rc wr_baseline_load(wr_ctx *c, const wr_doc *doc, wr_baseline **out) WR_MUST_USE;
// 0: not in it; else when it was first seen (Unix seconds).
int64_t wr_baseline_since(const wr_baseline *b, wr_str fingerprint);

// Writes a baseline, finding by finding as wr_check hands them out. Errors and what an exception
// covers are left out.
typedef struct wr_baseline_writer {
    wr_out o;
    int64_t now;
    uint64_t n;
} wr_baseline_writer;
wr_rc wr_baseline_begin(wr_baseline_writer *w, wr_buf *out, wr_str name, int64_t now) WR_MUST_USE;
void wr_baseline_add(wr_baseline_writer *w, const wr_finding *f);
wr_rc wr_baseline_end(wr_baseline_writer *w) WR_MUST_USE;

// Successive runs (history.c; docs/guide/report.md): what was opened, closed, opened again. Runs
// come in any order, as JSON reports (writ/check/1) or as findings of a run that is being made.
typedef enum wr_track_state {
    WR_TRACK_OPEN,
    WR_TRACK_SUPPRESSED, // an exception covers it
    WR_TRACK_CLOSED,     // no longer found, and what it was found in was evaluated
    WR_TRACK_GONE,       // its control is no longer there: not remediated
} wr_track_state;
typedef struct wr_track_place { // in a file, as a report says it; line 0: none
    wr_str file;
    uint32_t line, col;
} wr_track_place;
typedef struct
    wr_tracked { // a finding over all runs; texts as the latest run that has it says them
    wr_str fingerprint, control, title, owner, objective, remediation;
    wr_str layer; // empty: none
    wr_str subject, account, region, resource, resource_type, policy, rule, exception, until;
    wr_str message, found, wanted, custom, fix, path;
    wr_track_place input, clause;
    wr_severity severity;
    wr_str outcome; // "FAIL"
    wr_track_state state;
    int64_t opened;        // Unix seconds: when it was opened, the last time
    int64_t ended;         // CLOSED, GONE, SUPPRESSED: the run that said so first
    int64_t last_seen;     // the latest run that has it
    uint32_t times_opened; // more than 1: it came back
    bool automatic;        // its control repairs without being asked
    bool unsure;           // OPEN: the latest run could not evaluate what it was found in
    uint32_t run;          // history's own
    int64_t described;
} wr_tracked;
typedef struct wr_used {                      // an exception over all runs
    wr_str id, control, state, what, expires; // as the latest run says
    uint32_t runs;                            // in how many it suppressed something
    uint64_t uses;                            // in the latest run
    int64_t described;
} wr_used;
typedef struct wr_history wr_history;
struct wr_history {
    wr_ctx *c; // memory
    wr_str repository;
    WR_VEC(wr_tracked *) findings; // in the order first met
    WR_VEC(wr_used *) exceptions;
    WR_VEC(wr_posture_run) trend; // after wr_history_end: whole runs, oldest first
    uint32_t n_partial;           // runs of a part of the inputs, which close nothing
    // Closed findings, each time: seconds from opening to the run that no longer had it.
    WR_VEC(int64_t) remediated; // ascending
    uint64_t n_automatic;       // of these: of controls that repair by themselves
    uint64_t n_recurring;       // findings opened more than once
    struct history_runs *runs;
    wr_map by_fingerprint, by_exception;
    wr_symtab texts;
};
wr_history *wr_history_new(wr_ctx *c); // NULL: out of memory
// A report. Copies what it needs. F0050: it is none; F0051: of another repository; F0052: made
// twice (left out). WR_BAD when it was not taken.
wr_rc wr_history_add(wr_history *h, wr_ctx *task, const wr_doc *doc) WR_MUST_USE;
// The run that is being made: begin, its findings, done; before wr_history_end.
wr_rc wr_history_begin(wr_history *h, int64_t time, bool partial) WR_MUST_USE;
wr_rc wr_history_found(wr_history *h, const wr_finding *f) WR_MUST_USE;
// What the run could not evaluate is in its findings (ERROR); broken layers are in p.
wr_rc wr_history_done(wr_history *h, const wr_posture *p) WR_MUST_USE;
// All runs are there: tells the story. Once.
wr_rc wr_history_end(wr_history *h) WR_MUST_USE;
// The p-th percentile (nearest rank) of the times to remediation, or -1 when there is none.
int64_t wr_history_percentile(const wr_history *h, uint32_t p);

// ---------------------------------------------------------------------------------- testing

typedef struct wr_tested { // how one test of a control went
    const wr_control_test *test;
    const wr_control *control; // NULL: no such control
    wr_outcome got;
    bool met;
    wr_str why; // when it was not met: what decided, or what could not be evaluated
} wr_tested;
wr_rc wr_test_one(wr_repo *r, const wr_control_test *t, wr_ctx *task, wr_tested *out) WR_MUST_USE;

// Which outcomes the tests of a layer expect.
enum {
    WR_TESTED_GOOD = 1, // pass, allow
    WR_TESTED_BAD = 2,  // fail, deny
    WR_TESTED_SKIP = 4,
    WR_TESTED_OPEN = 8, // unknown, error
};
// (*out)[control's index * WR_N_LAYERS + layer]: a set of them.
wr_rc wr_test_marks(const wr_repo *r, uint8_t **out) WR_MUST_USE;

// One layer of one control on one input document (tests, explain).
wr_rc wr_layer_judge(wr_repo *r, const wr_control *c, wr_layer l, const wr_doc *doc, wr_str name,
                     wr_ctx *task, wr_decision *out) WR_MUST_USE;

// ---------------------------------------------------------------------------------- mutation

// Would the tests of a control see a fault in its policy? Each mutant is the policy with one small
// fault; it is killed when a test is no longer met. Rules: docs/guide/mutation.md.
typedef struct wr_mutant {
    wr_str what;    // "== becomes !=: Encrypted == true"
    wr_place place; // in the policy
    bool killed;
} wr_mutant;

typedef struct wr_mutated { // one policy of one control, for all layers it stands in
    const wr_control *control;
    wr_str file;
    unsigned layers;                     // bits: 1 << wr_layer
    const wr_control_test *const *tests; // of these layers
    uint32_t n_tests;
    const wr_mutant *v; // in the order of the policy's text
    uint32_t n, n_killed;
    uint32_t n_refused; // faults that made it no policy: not counted
    wr_str cannot;      // why nothing was tried: a test is not met as it is; else empty
} wr_mutated;
// The policies of control c that run and are not broken, nothing tried yet, added to *out. Freezes
// r's policies. WR_NOMEM.
typedef WR_VEC(wr_mutated) wr_mutated_list;
wr_rc wr_mutate_plan(wr_repo *r, const wr_control *c, wr_mutated_list *out) WR_MUST_USE;
// Tries one of them. task: rewound after each mutant; what stays goes to keep. May run beside
// others in other threads. WR_NOMEM.
wr_rc wr_mutate_one(const wr_repo *r, wr_mutated *m, wr_ctx *task, wr_arena *keep) WR_MUST_USE;

// Mutants that are known to survive, each with the reason (schema writ/survivors/1).
typedef struct wr_survivor {
    wr_str control, policy, what, reason;
    wr_place place;
    bool met; // it survived again
} wr_survivor;
typedef WR_VEC(wr_survivor) wr_survivors;
// WR_BAD: it is no such list; diagnostics K0602.
wr_rc wr_survivors_load(wr_ctx *c, const wr_doc *doc, wr_survivors *out) WR_MUST_USE;
// Is the surviving mutant of m on the list? Each entry is for one mutant.
bool wr_survivor_known(wr_survivors *s, const wr_mutated *m, const wr_mutant *x);

// ---------------------------------------------------------------------------------- views

// A Terraform plan as Guard rules of writ see it: {"resources": {address: {type, name, address,
// module, values, joined: {type: [values …]}}}}: what exists after apply in every module; joined
// holds the values of resources that configure this one, by the references of `configuration`; what
// is known only after apply is unknown (WR_F_UNKNOWN) and named.
wr_rc wr_tf_view(wr_ctx *c, const wr_doc *plan, wr_doc **out) WR_MUST_USE;

// A configuration item as rules see it: texts of JSON in configuration and
// supplementaryConfiguration are parsed; the rest is as recorded.
wr_rc wr_item_view(wr_ctx *c, const wr_doc *item, wr_doc **out) WR_MUST_USE;

#endif
