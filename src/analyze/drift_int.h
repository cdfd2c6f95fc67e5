// SPDX-License-Identifier: Apache-2.0
// drift_int: what the parts of the comparison share; private to analyze.
//
// A statement is cut into atoms: one effect, one list of actions, one resource (or one NotResource
// list), one principal (or one NotPrincipal list), one set of conditions, all in normal form and
// with equivalent names already put in. Equal parts are the same pointer on both sides, equal atoms
// too, so that what did not change costs one comparison of pointers.
// Always true: covers(x, y) is only said when every request that y fits is fitted by x; where that
// cannot be seen it is not said, and the difference is reported.
#ifndef WR_DRIFT_INT_H
#define WR_DRIFT_INT_H

#include "analyze/analyze.h"

// ---- drift_acts.c: sets of actions

typedef struct drift_range { // ids [beg, end): of wr_aws, then those of texts it does not know
    uint32_t beg, end;
} drift_range;
typedef struct drift_ranges { // ascending, apart
    WR_VEC(drift_range) r;
} drift_ranges;

typedef struct drift_acts { // the Action or NotAction list of a statement
    bool not_action;
    const wr_str *pat; // lower case, sorted, each once
    const wr_str *raw; // as first written
    uint32_t n;
    bool made; // ids is
    drift_ranges ids;
} drift_acts;

typedef struct drift_world { // all actions there are
    wr_arena *arena;
    WR_VEC(wr_str) extra; // written in a policy, not in the service reference; lower case, sorted
} drift_world;

wr_str drift_lower(wr_arena *a, wr_str s); // ASCII
void drift_world_make(drift_world *w, const wr_iam_set *s);
uint32_t drift_world_size(const drift_world *w);
wr_str drift_action_name(const drift_world *w, wr_arena *a, uint32_t id); // "s3:GetObject"
const drift_ranges *drift_ids(const drift_world *w, drift_acts *acts);
void drift_pattern_ids(const drift_world *w, wr_str pat, drift_ranges *out);
void drift_minus(wr_arena *a, const drift_ranges *x, const drift_ranges *y, drift_ranges *out);
void drift_common(wr_arena *a, const drift_ranges *x, const drift_ranges *y, drift_ranges *out);
uint32_t drift_count(const drift_ranges *x, uint32_t below); // ids below that
// Does some one of the lists y take in every action of pattern i of x (of all x, when it is a
// NotAction), those that nobody has heard of included?
bool drift_acts_within(const drift_acts *x, uint32_t i, const drift_acts *y);
// Is no action, named yet or not, of pattern i of x (of all x, …) among those of y?
bool drift_acts_apart(const drift_acts *x, uint32_t i, const drift_acts *y);

// ---- drift_atom.c: patterns, conditions, atoms

// A pattern's characters: code points, and beyond them
enum {
    DRIFT_T_ANY = 0x200000, // any run
    DRIFT_T_ANY_IN,         // any run without a colon
    DRIFT_T_ONE,            // any character
    DRIFT_T_ONE_IN,         // any but a colon
    DRIFT_T_SOME,           // a character that no policy writes: of witnesses only
    DRIFT_T_VAR = 0x400000  // + number of the variable's text
};
typedef struct drift_pat {
    const uint32_t *t;
    uint32_t n;
    bool vars;
} drift_pat;
typedef struct drift_where { // Resource (one), NotResource (all)
    bool absent;             // a trust policy's statement
    bool not_resource;
    const drift_pat *const *p;
    uint32_t n;
} drift_where;
typedef struct drift_who { // Principal (one), NotPrincipal (all)
    bool absent;
    bool not_principal;
    bool anyone;
    bool aws; // kind AWS: an anyone takes it in
    wr_str key;
} drift_who;
typedef struct drift_cond {
    const wr_iam_op *op;
    wr_iam_quant quant;
    bool if_exists;
    wr_str key;        // lower case
    const wr_str *val; // sorted, each once
    uint32_t n;
    uint32_t id;
} drift_cond;
typedef struct drift_conds {
    const drift_cond *const *v; // by id
    uint32_t n;
} drift_conds;

typedef struct drift_atom {
    uint32_t id;
    bool deny;
    wr_str opaque; // not a statement: "policy ARN", of which nothing is known; else empty
    drift_acts *acts;
    const drift_where *where;
    const drift_who *who;
    const drift_conds *conds;
} drift_atom;

typedef struct drift_item { // an atom and where it stands
    const drift_atom *atom;
    const wr_iam_stmt *stmt;
    const wr_acct_policy *policy;
    wr_str via;
    uint32_t res, who; // which resource and principal of stmt
} drift_item;
typedef WR_VEC(drift_item) drift_items;

typedef struct drift {
    wr_ctx *c;
    wr_arena *a;
    wr_equiv *e;
    const wr_acct *acct[WR_DRIFT_SIDES];
    drift_world world;
    wr_map acts, pats, wheres, whos, conds, sets, atoms; // normal form → the one of it
    wr_symtab vars;
    drift_items *cut; // by id of the policy in the set: its atoms
    uint64_t steps;   // left
    wr_drift *out;
} drift;

wr_str drift_same(drift *d, wr_str s, wr_drift_side side); // with equivalent names put in
// Adds the atoms of p to `to`.
void drift_cut(drift *d, const wr_acct_policy *p, wr_drift_side side, wr_str via, drift_items *to);
void drift_cut_opaque(drift *d, wr_str what, const wr_acct_policy *p, wr_str via, drift_items *to);
const drift_atom *drift_atom_all(drift *d); // Allow * on *
void drift_items_sort(drift_items *v);      // by atom, each once

// The one of a condition's normal form.
const drift_cond *drift_cond_of(drift *d, const wr_iam_stmt *st, const wr_iam_cond *c,
                                wr_drift_side side);

bool drift_where_within(drift *d, const drift_where *x, const drift_where *y); // x ⊆ y
// Does y match the witness of x: one certain resource that x matches and that is as unlike
// others as can be?
bool drift_where_meets(drift *d, const drift_where *x, const drift_where *y);
bool drift_who_within(const drift_who *x, const drift_who *y);
bool drift_conds_imply(const drift_conds *x, const drift_conds *y); // x holds, so y does
bool drift_conds_have(const drift_conds *x, const drift_cond *c);

// ---- drift_cmp.c: two lists of atoms

typedef struct drift_both {
    drift_items on[WR_DRIFT_SIDES];
    drift_items limit[WR_DRIFT_SIDES]; // of the identity layer: the boundary, when there is one
    bool limited[WR_DRIFT_SIDES];
    wr_drift_layer layer;
    wr_str subject; // kind and name, for fingerprints
} drift_both;
typedef WR_VEC(wr_drift_change) drift_changes;
// Adds what `dir` changes between the two; both lists are sorted.
void drift_layer(drift *d, const drift_both *b, wr_drift_dir dir, drift_changes *out);
// Adds that something of `side` is not known; what: in words. Of g: policy and group.
void drift_unread(drift *d, const drift_both *b, wr_drift_dir dir, wr_drift_side side,
                  const drift_item *g, wr_str what, drift_changes *out);

#endif
