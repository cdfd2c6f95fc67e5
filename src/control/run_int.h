// SPDX-License-Identifier: Apache-2.0
// run_int: a check of everything while it runs; private to control. Files are cut into parts, parts
// are judged by several threads, what they find leaves in the order of the parts.
//
// Always true:
// - a plan is fixed before threads begin and then only read; a worker is one thread's, a slot is
//   its worker's until it is done, then the emitter's;
// - at most a window of slots is on its way, so that memory does not grow with findings;
// - only the emitter touches the repository's memory, its diagnostics and the sums.
#ifndef WR_RUN_INT_H
#define WR_RUN_INT_H

#include "control/check_int.h"
#include "control/control_int.h"

// ---------------------------------------------------------------------------------- the plan

// Sets of controls, by index.
static inline bool run_has(const uint64_t *b, uint32_t i) { return b[i / 64] >> i % 64 & 1; }
static inline void run_add(uint64_t *b, uint32_t i) { b[i / 64] |= (uint64_t)1 << i % 64; }

enum { RUN_CFN, RUN_TF, RUN_CI, RUN_N_SHAPES }; // bits of WR_ON_…
typedef struct run_index {                      // controls with a Guard layer on one shape
    uint64_t *any, *every;                      // of them, those about any resource; all
    wr_map by_type;                             // the others: type → set
} run_index;

typedef struct run_input {
    const wr_input_path *in;
    bool whole; // all controls judge it; else those that changed
} run_input;

typedef struct run_plan {
    wr_repo *r;
    const wr_check_opts *o;
    int64_t today;
    uint32_t n_words;   // of a set
    uint64_t *wanted;   // --control
    uint64_t *changed;  // it or its policy is among the changed files
    uint64_t *scoped;   // with a scope, or a place of attachment
    uint64_t *requests; // with an SCP, RCP or IAM policy
    run_index index[RUN_N_SHAPES];
    bool all;                 // every control judges everything
    WR_VEC(run_input) inputs; // all but trails
    WR_VEC(run_input) trails;
    WR_VEC(const wr_iam_policy *) policies; // SCPs and RCPs, for trails
    WR_VEC(uint32_t) policy_of;             // whose they are
    const wr_posture_control *controls;     // what findings repeat of them
    uint64_t bytes;                         // of all files, for progress
    uint64_t n_broken_layers;
    wr_str why_all; // the changed file that concerns everything
} run_plan;

// Which inputs and controls a run is about.
wr_rc run_plan_make(wr_repo *r, const wr_check_opts *o, const wr_posture *p,
                    run_plan *out) WR_MUST_USE;

// ---------------------------------------------------------------------------------- parts

typedef struct run_hit { // a finding on its way out
    wr_finding f;
    const wr_exception *by; // SUPPRESSED
} run_hit;

enum { RUN_PIECES = 128, RUN_PIECE_BYTES = 256 << 10 };
typedef struct run_piece { // one value of a file of many
    size_t at, n;          // in the slot's text
    uint64_t index;
    wr_pos before;
} run_piece;

typedef struct run_slot {
    uint32_t input; // in plan.inputs
    wr_ctx task;    // documents, findings, diagnostics
    wr_ctx_mark fresh;
    wr_buf text;
    run_piece piece[RUN_PIECES];
    uint32_t n_pieces;
    WR_VEC(run_hit) hits;
    request_list requests; // suppressions that the template asks for
    uint64_t judged, not_evaluated;
    uint64_t bytes; // of a file read whole
    bool whole;     // the input is one piece: templates, plans
    bool done;
    wr_rc rc; // memory ran out
} run_slot;

// ---------------------------------------------------------------------------------- a thread

typedef struct
    run_scope { // of one account: controls that do not apply, or of which it is not known
    uint64_t *out, *maybe;
    uint64_t *out_there, *maybe_there; // the same of where policies are attached
} run_scope;

typedef struct run_worker {
    struct run_crew *crew;
    const run_plan *plan;
    wr_ctx home;
    ctl_judge judge;
    wr_counts *counts; // control × layer
    bool *doubtful;    // by control: judged although its scope is not known
    bool *matched;     // by exception: it covers something
    wr_map scopes;     // account → run_scope
    uint32_t n_scopes;
    uint64_t *set;     // scratch
    wr_impact *impact; // of trails; NULL: none was read
    wr_impact_opts impact_opts;
    uint32_t trail; // in hand: in plan.trails
    struct {        // the account asked about last
        char room[64];
        wr_str account;
        const run_scope *scope;
    } last;
    wr_rc rc;
} run_worker;

bool run_worker_init(run_worker *w, struct run_crew *crew);
void run_worker_fini(run_worker *w);
// NULL: out of memory.
const run_scope *run_scope_of(run_worker *w, wr_str account);

// Judges all pieces of a slot by every layer that applies (check_work.c).
void run_judge(run_worker *w, run_slot *s);

typedef struct run_where { // what was judged, where reasons do not say it
    wr_str account, region, resource, type;
    wr_str identity; // of the resource, where its name alone does not tell it; may be empty
    wr_str text;     // its bytes
    wr_input_kind kind;
} run_where;
// What becomes of a finding that has its fingerprint: known, suppressed, or new (check_find.c).
void run_settle(run_worker *w, const run_slot *s, run_hit *h);
// Findings of a verdict, into the slot. False: out of memory.
bool run_find(run_worker *w, run_slot *s, const wr_control *c, wr_layer l, const ctl_verdict *v,
              const run_where *at, uint64_t times);

// ---------------------------------------------------------------------------------- all threads

typedef struct run_crew {
    run_plan *plan;
    const wr_check_sink *sink;
    wr_posture *p;
    uint32_t jobs;
    run_worker *workers;
    run_slot *slots;
    uint32_t window;
    pthread_mutex_t lock; // of all that follows
    pthread_cond_t changed, ended;
    uint32_t next_trail, running;
    uint64_t next, written; // parts taken, parts emitted
    bool producing, emitting, drained;
    wr_rc rc;
    // Of who produces:
    uint32_t input; // in plan.inputs
    wr_pull *pull;
    wr_ctx pull_ctx;
    uint64_t pulled; // bytes of the open file counted in `bytes`
    // Of who emits:
    uint64_t judged[WR_N_INPUT_KINDS], not_evaluated[WR_N_INPUT_KINDS];
    bool *bad;      // by plan.inputs: not all of it was evaluated
    bool *met;      // by finding of the baseline: it is found again
    uint64_t *uses; // by exception of the repository
    WR_VEC(wr_exception *) requests;
    WR_VEC(uint64_t) request_uses;
    uint32_t first_request; // of the slot being emitted
    // Progress, atomic:
    uint64_t bytes, trail[2];
    wr_ctx *trail_said; // by plan.trails
} run_crew;

void run_slot_reset(run_slot *s);
// All parts by all threads; findings leave through the sink.
wr_rc run_crew_go(run_crew *k) WR_MUST_USE;
void run_crew_fini(run_crew *k); // also of one that did not begin
// One finding into the sums and out.
void run_emit(run_crew *k, run_hit *h);
// A diagnostic into another context, with the line it is about.
void run_keep_diag(wr_ctx *c, const wr_diag *d);

// Recorded calls (check_trail.c).
wr_rc run_trail_file(run_worker *w, uint32_t i) WR_MUST_USE;
wr_rc run_trail_end(run_crew *k) WR_MUST_USE;

// Faults of exceptions, as findings without a layer (check_except.c).
wr_rc run_exceptions(run_crew *k) WR_MUST_USE;

// ---------------------------------------------------------------------------------- baselines

// Its place among the baseline's, or UINT32_MAX.
uint32_t run_baseline_find(const wr_baseline *b, wr_str fingerprint);
// Since when the finding is known as what it is now; 0: it is new.
int64_t run_baseline_since(const wr_baseline *b, const wr_finding *f);
uint32_t run_baseline_count(const wr_baseline *b);
// Those that were not seen although their input was judged, as RESOLVED findings.
wr_rc run_baseline_end(run_crew *k) WR_MUST_USE;

#endif
