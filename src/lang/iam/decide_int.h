// SPDX-License-Identifier: Apache-2.0
// decide_int: what stacks, their index, the decision and its explanation share; private to
// lang/iam.
//
// Always true: a stack is never written to once it is made; a ref's index orders the statements as
// they are looked at (every Deny before every Allow; within them by layer, level, place); broken
// policies have no refs, their layers stand in `broken`.
#ifndef WR_IAM_DECIDE_INT_H
#define WR_IAM_DECIDE_INT_H

#include "lang/iam/iam_int.h"

// ---- stack.c

typedef struct iam_ref { // a statement where it applies
    const wr_iam_stmt *st;
    uint16_t level;
    uint16_t place; // of its policy within the level
    uint8_t layer;
    bool sure; // fits every caller, resource and context: only the action counts
} iam_ref;

// How a statement names actions, one entry each: pattern, or the whole statement (NotAction).
typedef enum iam_check { IAM_SURE, IAM_BY_PATTERN, IAM_BY_STATEMENT } iam_check;
typedef struct iam_post {
    uint32_t ref;
    iam_check check;
    const wr_iam_pat *pat; // IAM_BY_PATTERN
} iam_post;
typedef struct iam_posts {
    const iam_post *v;
    uint32_t n;
} iam_posts;
typedef struct iam_bucket { // of a table from texts to posts; key.p NULL: empty
    uint64_t hash;
    wr_str key;
    uint32_t beg, n;
} iam_bucket;
typedef struct iam_table {
    iam_bucket *slot;
    iam_post *v;
    uint32_t cap; // a power of two
} iam_table;

struct wr_iam_stack {
    const wr_iam_set *set;
    wr_iam_layers layers; // lists are the stack's own
    const iam_ref *refs;
    uint32_t n_refs, n_deny;
    iam_table literal; // action → statements that name it in full
    iam_table service; // service → patterns within it
    iam_posts global;  // patterns that are of no one service, and NotAction
    const wr_iam_policy *broken[WR_IAM_N_LAYERS]; // the first of each layer
    uint16_t broken_level[WR_IAM_N_LAYERS];
    bool any_broken;
    bool public_policy; // the resource policy is what S3 calls public
    uint64_t serial;    // of its refs: stacks of one serial have the same statements
};

// ---- index.c

bool iam_index_build(wr_iam_stack *st, wr_arena *a);

enum { IAM_CACHE_ENTRIES = 32, IAM_CACHE_REFS = 60 };
typedef struct iam_cached { // which statements of a stack name an action
    const wr_iam_stack *stack;
    uint64_t serial;
    uint32_t action_n, n;
    uint32_t refs[IAM_CACHE_REFS];
    char action[192];
} iam_cached;

// Walks the refs that name the request's action, in order.
typedef struct iam_walk {
    const wr_iam_stack *stack;
    const wr_iam_request *r;
    const uint32_t *cached;
    uint32_t n_cached, at;
    struct {
        const iam_post *p, *end;
    } from[3]; // literal, service, global
} iam_walk;
// By the cache: fills the action's entry when it is not there.
void iam_walk_cached(iam_walk *w, iam_cached *cache, const wr_iam_stack *st,
                     const wr_iam_request *r);
bool iam_walk_slow(iam_walk *w, uint32_t *ref);
static inline bool iam_walk_next(iam_walk *w, uint32_t *ref) {
    if (w->cached == NULL) return iam_walk_slow(w, ref);
    if (w->at == w->n_cached) return false;
    *ref = w->cached[w->at++];
    return true;
}

// ---- public.c

// Is the bucket policy public (Amazon S3 User Guide, "The meaning of public")?
bool iam_policy_public(const wr_iam_policy *p);

// ---- applies.c: what of a stack applies to a request

typedef struct iam_case {
    wr_tri scp, rcp;    // do they bind? WR_MAYBE: the caller may be a service-linked role
    wr_tri same;        // the resource is of the caller's account
    bool no_identity;   // the caller has no identity policies: services, providers, anonymous
    bool needs_policy;  // KMS keys, roles: identity policies count where the policy delegates
    bool trust_missing; // a role is asked for and its trust policy is not there
    bool public_closed; // RestrictPublicBuckets turns the policy's grants to strangers off
    bool root;
    wr_tri grant;       // a KMS grant
    wr_iam_rule always; // decides whatever policies say (CALLER_IDENTITY); NONE
    wr_iam_rule never;  // no Allow counts (SERVICE_OWNED, ROOT_ASSUME); NONE
} iam_case;
void iam_case_of(const wr_iam_stack *st, const wr_iam_request *r, iam_case *c);

// ---- decide.c

// What allows, layer by layer; of the resource policy by how it names the caller.
enum {
    IAM_G_SCP,
    IAM_G_ENDPOINT,
    IAM_G_IDENTITY,
    IAM_G_BOUNDARY,
    IAM_G_SESSION,
    IAM_G_RESOURCE, // + iam_names
    IAM_N_GROUPS = IAM_G_RESOURCE + IAM_NAMES_USER + 1,
};
typedef struct iam_values {
    wr_tri v[IAM_N_GROUPS];
    const iam_ref *by[IAM_N_GROUPS]; // the first ref with that value
    wr_tri deny;
    const iam_ref *deny_by;
    uint64_t levels; // SCP levels surely allowed, the first 64
    uint16_t level;  // the first SCP level that allows the least
} iam_values;

struct wr_iam_eval {
    const wr_iam_set *set;
    wr_iam_need need;
    iam_cached *cache;
};

// One statement: does the caller, the resource, the context fit? Later tests are WR_NO when an
// earlier one is.
typedef struct iam_tests {
    wr_tri principal, resource, conds;
    iam_names how;
    const wr_iam_cond *failed;
} iam_tests;
wr_tri iam_test(const iam_ref *ref, const wr_iam_stack *st, const wr_iam_request *r, iam_tests *t);
// Group of a ref that allows, given how it names the caller.
unsigned iam_group(const iam_ref *ref, iam_names how);
wr_tri iam_allowed(const iam_case *c, const wr_tri v[IAM_N_GROUPS]);
// The rest of a decision: outcome, what decided. v may be NULL when c->always is set.
void iam_conclude(const wr_iam_stack *st, const iam_case *c, const iam_values *v,
                  wr_iam_result *out);

#endif
