// SPDX-License-Identifier: Apache-2.0
// cmd_iam_sim: what the files of `writ iam simulate` (and of who-can, what-can) share: the policies
// named on the command line, requests as they were asked, and benches: policies compiled for one
// request, kept for the next ones that need the same.
//
// Always true: a policy is added to a set by what it says, so two requests with the same policies
// share one bench; memory is bounded by the number of benches and their sizes, not by the input.
#ifndef WR_CLI_CMD_IAM_SIM_H
#define WR_CLI_CMD_IAM_SIM_H

#include "analyze/analyze.h"
#include "cli/cmd_guard.h"

// A policy that a layer consists of: of the set that all requests share, or still to be parsed.
typedef struct sim_ref {
    const wr_iam_policy *policy; // in the shared set; else NULL
    const wr_doc *doc;           // else: where it stands …
    const wr_node *node;
    const wr_src *src; // … or its text
    wr_str name;
    bool inline_; // in the request itself: doc is the request's
} sim_ref;
typedef struct sim_list {
    sim_ref *v;
    uint32_t n, cap;
} sim_list;

typedef struct sim_layers {
    sim_list identity, boundary, session, endpoint, resource; // resource: one at most
    sim_list *scps, *rcps;                                    // levels
    uint32_t n_scps, n_rcps;
    // Was it said? What was not said comes from the layers below (flags, then dumps).
    bool has_identity, has_boundary, has_session, has_endpoint, has_resource, has_scps, has_rcps;
} sim_layers;

typedef struct sim_key { // a condition key as given
    wr_str name;
    const wr_str *v;
    uint32_t n;
    bool multi;
    uint8_t state; // wr_iam_state
} sim_key;

typedef struct sim_ask { // a request as it was asked
    wr_str id, principal, action, resource, resource_account;
    WR_VEC(sim_key) keys;
    bool exact, has_exact;
    bool caller_management, resource_management, restrict_public;
    bool resource_unknown; // not given, and the action takes one
    bool unseen_policy;    // the resource may have a policy that is not given: see sim_has_policy
    wr_iam_grant *grants;
    uint32_t n_grants;
    sim_layers layers;
} sim_ask;

typedef struct sim_named { // a policy under a name, of --policy
    const wr_doc *doc;
    const wr_node *node;
    wr_str name;
} sim_named;

typedef struct sim_bench {
    wr_ctx ctx; // of what is its own
    uint8_t key[32];
    const wr_iam_set *set;
    wr_iam_stack *stack;
    wr_iam_eval *eval;
    wr_iam_request *req;
    uint64_t used; // when it was last taken
    size_t bytes;
    bool digested;
    uint8_t digest[32]; // of the policies, when digested
    bool live, keep;    // keep: it may serve other requests
} sim_bench;

enum { SIM_WAYS = 4, SIM_ROWS = 64, SIM_BENCH_BYTES = 256 << 20 };

typedef struct sim {
    cli *c;
    wr_iam_set *set; // of the command line, dumps and the organization
    wr_world world;
    wr_map named; // name → sim_named
    const wr_iam_policy *full_access;
    const wr_iam_policy *unseen_trust;  // of a role whose trust policy is not given
    const wr_iam_policy *unseen_policy; // of a resource: may allow anything
    bool takes_cut;                     // dumps that are cut off: the command says so itself
    sim_ask flags;
    bool batch;
    wr_iam_eval *eval; // over set
    wr_iam_request req;
    sim_bench bench[SIM_ROWS][SIM_WAYS];
    size_t bench_bytes;
    uint64_t tick;
    wr_str now_text, now_secs; // of --now
} sim;

typedef struct sim_answer {
    wr_iam_result result;
    wr_iam_story story;     // when explained
    bool explained;         // the story was asked for
    const sim_bench *bench; // NULL: not decided, `error` says why
    wr_str error;
    WR_VEC(wr_str) needed;
    bool decided; // `decision` was asked for and made
    wr_decision decision;
    wr_str assumed_owner; // the resource was taken to be of this account; empty: it was known
} sim_answer;

// ---- cmd_iam_sim_load.c: files

// Reads what the command line names: policies, dumps, the organization. False: said why.
bool sim_open(sim *s, cli *c);
void sim_close(sim *s);
// A file as a JSON document. NULL: said why.
const wr_doc *sim_read(sim *s, const char *path);
// --context and --unknown into ask. False: said why.
bool sim_flag_keys(sim *s, sim_ask *ask);
// Warns of an action that AWS does not document and of a resource that is no ARN: a Deny of the
// right name misses a wrong one, so that "allow" would say nothing of what was meant.
void sim_check_ask(sim *s, const sim_ask *ask);

// ---- cmd_iam_sim_ask.c: JSON requests

// Object m of d to *ask (memory: x->arena, slices of d). False: diagnostics in x.
bool sim_ask_read(sim *s, wr_ctx *x, const wr_doc *d, const wr_node *m, sim_ask *ask);
sim_ref *sim_ref_add(sim *s, wr_arena *a, sim_list *to); // NULL: no memory
// Adds the policy of that name or, when `files`, file. False: there is none (nothing is said).
bool sim_ref_named(sim *s, wr_arena *a, wr_str name, bool files, sim_list *to);

// ---- cmd_iam_sim_decide.c

// What is asked about when no resource is given: "*" for an action that takes none; else which one
// is not known, unless what is not given is absent.
void sim_settle_resource(const sim *s, sim_ask *ask);

// How much of an answer is wanted: the result alone is the fastest.
enum { SIM_STORY = 1, SIM_DECISION = 2 };
// Decides ask (its resource is settled). reload: loads the request's document again into a bench's
// memory, where inline policies live on. Diagnostics in x; memory of *out: x's and the bench's.
typedef const wr_doc *sim_reload(void *arg, wr_ctx *into);
void sim_decide(sim *s, wr_ctx *x, const sim_ask *ask, sim_reload *reload, void *arg, unsigned want,
                sim_answer *out);

// ---- cmd_iam_sim_out.c

int sim_exit(wr_outcome o);
const char *sim_outcome(wr_outcome o);      // "implicit deny"
void sim_put_outcome(sim *s, wr_outcome o); // in its colour
// The lines under an outcome: what decided, what is not known.
void sim_put_reason(wr_buf *b, const sim_answer *a);
// The same in one line, for lists.
void sim_put_line(wr_buf *b, const sim_answer *a);
void sim_put_text(sim *s, const sim_ask *ask, const sim_answer *a);
// One object to o (wr_out_json, or wr_out_json_line for `line`: of a batch) and a line end.
void sim_put_json(sim *s, wr_out *o, const sim_ask *ask, const sim_answer *a, bool line);
// "read.json:7:5 (ReadReports)".
void sim_put_stmt(wr_buf *b, const wr_iam_stmt *st);
wr_pos sim_stmt_pos(const wr_iam_stmt *st, wr_str *file);
bool sim_stands_in(const wr_iam_stmt *st); // is it of a policy that is missing?
bool sim_is_assume(wr_str action);         // sts:AssumeRole… and what goes with it

// What JSON of these commands has in common. Entries of an open map:
void sim_out_stmt(wr_out *o, const wr_iam_stmt *st); // its fields
void sim_out_result(wr_out *o, const sim_answer *a); // outcome, layer, statements …
void sim_out_decision(const sim *s, wr_out *o,
                      const sim_answer *a); // digests, where one was made; time

#endif
