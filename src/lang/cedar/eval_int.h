// SPDX-License-Identifier: Apache-2.0
// cedar, deciding: policies compiled for one store, and what an evaluation holds. A node is an
// expression in which nothing is left to look up: literals are values, constructors of literals are
// done, names of the store are the store's.
#ifndef WR_CEDAR_EVAL_INT_H
#define WR_CEDAR_EVAL_INT_H

#include "lang/cedar/cedar_int.h"

typedef struct ced_node {
    uint8_t op; // ced_op; CED_BOOL: a constant, k
    uint8_t fn; // CED_CALL
    uint32_t n; // operands
    const struct ced_node *const *v;
    ced_val k;           // constant
    wr_str name;         // GET, IS
    const wr_str *names; // HAS: n_names; RECORD: n
    uint32_t n_names;
    ced_pattern pattern;   // LIKE
    const uint64_t *minus; // ADD
    const ced_expr *from;
} ced_node;

typedef struct ced_code { // a policy, compiled
    const ced_policy *policy;
    ced_scope scope[3]; // entities are the store's where it has them; slots filled in
    const ced_node *const *conditions;
    const bool *unless;
    uint32_t n_conditions;
} ced_code;

typedef enum ced_why { // why an expression has no value
    CED_E_TYPE,
    CED_E_OVERFLOW,
    CED_E_NO_ATTR, // of a record
    CED_E_NO_ENTITY_ATTR,
    CED_E_NO_TAG,
    CED_E_NO_ENTITY,
    CED_E_ARGS,
    CED_E_EXT,
    CED_E_DATE_RANGE, // offset, durationSince, toDate
    CED_E_UNKNOWN,
    CED_E_MEMORY,
} ced_why;

typedef struct ced_error {
    ced_why why;
    const ced_node *node;
    const char *want; // TYPE: what would have been right
    ced_val a, b;     // the values at fault
    wr_str name;      // NO_ATTR …
    ced_ext_fault ext;
    uint32_t got; // ARGS
} ced_error;
void ced_error_say(wr_buf *b, const ced_error *e);

typedef struct ced_run { // one evaluation
    const wr_cedar_store *store;
    ced_val principal, action, resource, context;
    wr_arena *scratch; // sets, records, addresses made on the way
    ced_error error;
} ced_run;
// False: r->error says why.
bool ced_eval(ced_run *r, const ced_node *n, ced_val *out);
bool ced_eval_call(ced_run *r, const ced_node *n, ced_val *out); // eval_call.c
bool ced_tag(ced_run *r, const ced_node *n, const ced_val *a, const ced_val *b, ced_val *out);
bool ced_fail(ced_run *r, const ced_node *n, ced_why why); // returns false
bool ced_type_error(ced_run *r, const ced_node *n, const char *want, const ced_val *got);

const ced_node *ced_compile(wr_arena *a, const wr_cedar_store *store, const ced_expr *e);

// An entity of a request as a value; own: its name when the store does not have it.
ced_val ced_subject(const wr_cedar_store *s, wr_cedar_uid u, ced_uid *own);

struct wr_cedar_bound {
    wr_ctx *c;
    const wr_cedar_set *set;
    const wr_cedar_store *store;
    ced_code *v; // policies and links, in the set's order
    uint32_t n;
    struct ced_index *index;
};
// Numbers of the policies whose scopes may hold for the request, in order; all others cannot apply.
// out has room for all.
struct ced_index *ced_index_new(wr_arena *a, const wr_cedar_bound *b);
uint32_t ced_index_pick(const struct ced_index *x, const ced_run *r, uint32_t *out);
bool ced_in(const wr_cedar_store *s, const ced_val *a, const ced_val *b); // entities; reflexive

#endif
