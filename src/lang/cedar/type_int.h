// SPDX-License-Identifier: Apache-2.0
// cedar, validation: types and what is known while a policy is typed. A policy is typed once for
// every environment its schema allows (an action, a type of principal, a type of resource, types of
// its slots); what cannot be reached there is not typed. The result is a tree of typed nodes, which
// level.c and messages read.
//
// Types are those of the schema (shared: a graph, so everything that walks them counts steps) and
// types made for one environment. Rules: cedar-spec Validation/Typechecker.lean, messages those of
// cedar-policy 4.13.
#ifndef WR_CEDAR_TYPE_INT_H
#define WR_CEDAR_TYPE_INT_H

#include "lang/cedar/cedar_int.h"

typedef struct ced_typed {
    uint8_t op;           // ced_op; CED_AND and CED_OR hold what was examined, in order
    const ced_expr *from; // its names, literals, function
    const ced_type *type; // NULL: it has none, and that was reported
    const struct ced_typed *const *v;
    uint32_t n;
} ced_typed;

// What is known to be there where an expression stands: a set of attributes and tags.
typedef struct ced_cap {
    const struct ced_cap *l, *r; // e NULL: both
    const ced_expr *e;           // of this, then of its attributes `more`, one in the other …
    const wr_str *more;
    uint32_t n_more;
    wr_str name;         // … this attribute
    const ced_expr *tag; // or the tag that this says
} ced_cap;

typedef struct ced_env {
    const ced_action *action;
    const ced_entity_type *principal, *resource;
    const ced_entity_type *slot[WR_CEDAR_N_SLOTS]; // NULL: the policy has no such slot
} ced_env;

typedef struct ced_remarks {
    WR_VEC(wr_cedar_remark) v;
    uint32_t n_errors;
} ced_remarks;

typedef struct ced_typing {
    wr_ctx *c;
    const wr_cedar_schema *schema;
    bool strict;
    uint32_t level;   // UINT32_MAX: any
    ced_remarks *out; // memory: c
    const ced_policy *policy;
    wr_map said;       // of this policy's errors: place and text
    wr_arena *scratch; // of one environment
    ced_env env;
    uint64_t steps; // left
    bool spent;     // they ran out
    uint32_t muted; // > 0: nothing is reported
} ced_typing;
// Counts; false when the limit is reached: the result is then of no use.
bool ced_step(ced_typing *t, uint64_t n);

// type.c. Functions that make types return NULL when memory or steps run out (t knows).
extern const ced_type ced_t_bool, ced_t_true, ced_t_false, ced_t_long, ced_t_string, ced_t_never;
typedef enum ced_lub_help { // why two types have no type above both
    CED_L_NONE,
    CED_L_QUALIFIER,
    CED_L_WIDTH,
    CED_L_ENTITY,
    CED_L_ENTITY_RECORD,
} ced_lub_help;
bool ced_type_same(ced_typing *t, const ced_type *a, const ced_type *b);
int ced_type_cmp(ced_typing *t, const ced_type *a, const ced_type *b); // the order of messages
int ced_name_cmp(wr_str a, wr_str b); // of entity types: last component first
const ced_type *ced_type_lub(ced_typing *t, const ced_type *a, const ced_type *b, bool strict,
                             ced_lub_help *why);
void ced_type_say(ced_typing *t, wr_buf *b, const ced_type *x);
uint64_t ced_type_hash(ced_typing *t, const ced_type *x);
typedef struct ced_found {
    const ced_type *type; // NULL: there is no such attribute
    bool required;
    bool maybe; // not known, but may be there
} ced_found;
ced_found ced_attr_of(ced_typing *t, const ced_type *x, wr_str name);

// type_cap.c
const ced_cap *ced_cap_and(ced_typing *t, const ced_cap *a, const ced_cap *b);
const ced_cap *ced_cap_or(ced_typing *t, const ced_cap *a, const ced_cap *b);
const ced_cap *ced_cap_new(ced_typing *t, const ced_cap *of);
bool ced_cap_has(ced_typing *t, const ced_cap *set, const ced_cap *one);

// type_expr.c
typedef struct ced_ans {
    const ced_typed *x; // never NULL
    const ced_cap *caps;
    bool ok; // false: faults were found (its type may be known all the same)
} ced_ans;
typedef enum ced_want { // what an operand has to be
    CED_W_BOOL,
    CED_W_LONG,
    CED_W_STRING,
    CED_W_SET,
    CED_W_ENTITY,
    CED_W_HOLDER,   // of attributes: entity or record
    CED_W_ENTITIES, // entity, or set of them
    CED_W_DECIMAL,
    CED_W_IP,
    CED_W_DATETIME,
    CED_W_DURATION,
} ced_want;
typedef enum ced_help { // by place; what it says depends on the type found
    CED_H_NONE,
    CED_H_HAS,
    CED_H_LIKE,
    CED_H_IS,
    CED_H_CONTAINS,
    CED_H_CONTAINS_ALL,
    CED_H_EMPTY,
    CED_H_ADD,
    CED_H_ARITHMETIC,
    CED_H_IN,
    CED_H_IN_WHAT,
} ced_help;
ced_ans ced_type_of(ced_typing *t, const ced_cap *prior, const ced_expr *e);
ced_ans ced_expect(ced_typing *t, const ced_cap *prior, const ced_expr *e, ced_want want,
                   ced_help help);
ced_ans ced_type_call(ced_typing *t, const ced_cap *prior, const ced_expr *e); // type_call.c
const ced_typed *ced_typed_new(ced_typing *t, ced_op op, const ced_expr *e, const ced_type *type,
                               const ced_typed *const *v, uint32_t n);
const ced_expr *ced_bare(const ced_expr *e); // without its parentheses
// Parts of which at least one type is missing have no common one, silently: NULL.
const ced_type *ced_common(ced_typing *t, const ced_expr *e, const ced_type *const *v, uint32_t n,
                           const char *what);
// The lub, for strictness alone: true, or a fault was reported.
bool ced_agree(ced_typing *t, const ced_expr *e, const ced_type *a, const ced_type *b,
               const char *what);
// The conditions of t->policy (with its scope) in t->env: parts, of which each must hold.
ced_ans ced_type_policy(ced_typing *t, const ced_expr *const *parts, uint32_t n);
// Scope and conditions as such parts. Memory: a. False: none left.
bool ced_parts(wr_arena *a, const ced_policy *p, const ced_expr *const **out, uint32_t *n);

// type_say.c: what is reported. at: of the expression at fault.
void ced_remark(ced_typing *t, wr_code code, bool warning, wr_span at, wr_str text, wr_str help);
// Once a place, text and key. Prefixed by the policy's id.
void ced_fault_text(ced_typing *t, wr_code code, wr_span at, uint64_t key, wr_str help,
                    const wr_buf *text);
// Formatted: for texts without NUL.
void ced_fault_typed(ced_typing *t, wr_code code, wr_span at, wr_str help, const char *fmt, ...)
    WR_PRINTF(5, 6);
void ced_say_unexpected(ced_typing *t, const ced_expr *e, const char *want, const ced_type *got,
                        ced_help help);
void ced_say_incompatible(ced_typing *t, const ced_expr *e, const ced_type *const *v, uint32_t n,
                          ced_lub_help why, const char *what);
// Of the attribute of e, whose operand was typed as `of`; found.type set: it is optional.
void ced_say_attr(ced_typing *t, const ced_expr *e, const ced_typed *of, wr_str name,
                  ced_found found);
void ced_say_tag(ced_typing *t, const ced_expr *e, const ced_type *of, const ced_typed *tag);
void ced_say_uid(wr_buf *b, const ced_uid *u); // as in messages

// type_name.c: what is checked wherever it stands, reached or not.
void ced_check_names(ced_typing *t, const ced_policy *p);
void ced_check_slots(ced_typing *t, const ced_policy *link);
void ced_check_applies(ced_typing *t, const ced_policy *p); // can an action apply at all?
bool ced_is_action_type(wr_str type);

// type_text.c: characters that mislead. Warnings.
void ced_check_text(ced_typing *t, const ced_expr *const *parts, uint32_t n);

// chars.c
const uint64_t *ced_scripts(uint32_t cp); // three words, a bit a script; all: of any
bool ced_in_identifier(uint32_t cp);      // UTS 39: its identifier status is Allowed

// level.c: x was typed without a fault in t->env.
void ced_check_level(ced_typing *t, const ced_typed *x);

// type_env.c: the environments of a schema for a policy, one after the other.
typedef struct ced_envs {
    const ced_typing *t;
    const ced_policy *policy;
    uint32_t action, principal, resource, slot[WR_CEDAR_N_SLOTS];
} ced_envs;
bool ced_envs_next(ced_envs *i, ced_env *out);

#endif
