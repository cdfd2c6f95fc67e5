// SPDX-License-Identifier: Apache-2.0
// cedar: the Cedar policy language 4.5, whole: policies and templates as text and JSON, entities,
// schemas in both syntaxes, validation, authorization. Behaviour: that of cedar-policy 4.13.
//
// Policies are read into a set, entities into a store, each once; both are then only read. Binding
// them resolves every literal and builds the index by scope; a bound set answers any number of
// requests from any number of threads without allocating. What input controls is bounded: depth of
// expressions and of data (WR_CEDAR_DEPTH), numbers of things by wr_limits.
#ifndef WR_CEDAR_H
#define WR_CEDAR_H

#include "core/core.h"

enum { WR_CEDAR_DEPTH = 512 }; // nesting of expressions, of JSON policies and of data

// "A::B"::"id"; type normalised (no blanks), id with its escapes undone.
typedef struct wr_cedar_uid {
    wr_str type, id;
} wr_cedar_uid;
bool wr_cedar_uid_eq(wr_cedar_uid a, wr_cedar_uid b);
// `A::B::"id"` as Cedar writes it. False: that is no entity, and the context was told.
bool wr_cedar_uid_parse(wr_ctx *c, const wr_src *src, wr_cedar_uid *out);
void wr_cedar_put_uid(wr_buf *b, wr_cedar_uid u);

// ---------------------------------------------------------------------------------- policies

typedef enum wr_cedar_slot {
    WR_CEDAR_PRINCIPAL,
    WR_CEDAR_RESOURCE,
    WR_CEDAR_N_SLOTS
} wr_cedar_slot;

typedef struct wr_cedar_annotation {
    wr_str key, value;
    bool has_value;
} wr_cedar_annotation;

typedef struct ced_policy ced_policy; // cedar_int.h
typedef struct wr_cedar_set wr_cedar_set;

wr_cedar_set *wr_cedar_set_new(wr_ctx *c);
// Policies and templates of a text; ids policy0, policy1 … over both unless by_id takes them from
// @id. Every fault of the text is a diagnostic P01xx; WR_BAD when there was one (nothing is added).
wr_rc wr_cedar_add_text(wr_cedar_set *s, const wr_src *src, bool by_id) WR_MUST_USE;
// A policy as JSON (EST) with this id; id empty: a whole policy set, or a policy that is then
// policy0, policy1 …. Diagnostics P0102 to P0104; nothing is added when there was one, and nothing
// of the document is kept.
wr_rc wr_cedar_add_json(wr_cedar_set *s, const wr_doc *doc, wr_str id) WR_MUST_USE;
// Diagnostics of what is wrong with a link: template, slots, id.
wr_rc wr_cedar_link(wr_cedar_set *s, wr_str template_id, wr_str new_id,
                    const wr_cedar_uid *const slots[WR_CEDAR_N_SLOTS]) WR_MUST_USE;
wr_rc wr_cedar_remove(wr_cedar_set *s, wr_str id) WR_MUST_USE; // a policy, template or link

uint32_t wr_cedar_count(const wr_cedar_set *s); // policies, templates and links
const ced_policy *wr_cedar_at(const wr_cedar_set *s, uint32_t i);
const ced_policy *wr_cedar_find(const wr_cedar_set *s, wr_str id);
wr_str wr_cedar_id(const ced_policy *p);
bool wr_cedar_is_permit(const ced_policy *p);
bool wr_cedar_is_template(const ced_policy *p);
const ced_policy *wr_cedar_template_of(const ced_policy *p); // of a link; else NULL
const wr_cedar_annotation *wr_cedar_annotations(const ced_policy *p, uint32_t *n);
const wr_src *wr_cedar_src(const ced_policy *p, wr_span *at); // NULL: from JSON

// One policy as JSON; the set as {staticPolicies, templates, templateLinks}.
void wr_cedar_policy_json(wr_out *o, const ced_policy *p);
void wr_cedar_set_json(wr_out *o, const wr_cedar_set *s);
// As text, with the fewest parentheses that keep the meaning: a line an annotation, one for the
// rest, no line break at the end. WR_BAD: it has no text (an attribute name that text cannot say in
// an extended `has`), and the context was told.
wr_rc wr_cedar_policy_text(wr_ctx *c, wr_buf *b, const ced_policy *p) WR_MUST_USE;

typedef struct wr_cedar_format_opts {
    uint32_t width, indent; // 80, 2
} wr_cedar_format_opts;
// A text laid out anew, every comment kept; WR_BAD: it does not parse, or its meaning would change.
wr_rc wr_cedar_format(wr_ctx *c, const wr_src *src, const wr_cedar_format_opts *o,
                      wr_buf *out) WR_MUST_USE;

// ---------------------------------------------------------------------------------- entities

typedef struct wr_cedar_schema wr_cedar_schema;
typedef struct wr_cedar_store wr_cedar_store;

// schema may be NULL; with it, values are read by their types and the schema's actions are added.
wr_cedar_store *wr_cedar_store_new(wr_ctx *c, const wr_cedar_schema *schema);
// An array of entities. Diagnostics P02xx, one a fault.
wr_rc wr_cedar_store_add(wr_cedar_store *s, const wr_doc *doc) WR_MUST_USE;
// Computes ancestors; cycles are faults. No entity may be added afterwards.
wr_rc wr_cedar_store_close(wr_cedar_store *s) WR_MUST_USE;
uint32_t wr_cedar_store_count(const wr_cedar_store *s);

// ---------------------------------------------------------------------------------- deciding

typedef struct wr_cedar_request {
    wr_cedar_uid principal, action, resource;
    const struct ced_val *context; // a record; NULL: empty
} wr_cedar_request;
// The request of a JSON object {principal, action, resource, context}; uids as text or as objects.
// With a schema the context is read by its type and the request validated when validate is set.
wr_rc wr_cedar_request_read(wr_ctx *c, const wr_doc *doc, const wr_node *n,
                            const wr_cedar_schema *schema, bool validate,
                            wr_cedar_request *out) WR_MUST_USE;
// The context alone (a JSON object), for an action of the schema when there is one.
wr_rc wr_cedar_context_read(wr_ctx *c, const wr_doc *doc, const wr_node *n,
                            const wr_cedar_schema *schema, const wr_cedar_uid *action,
                            const struct ced_val **out) WR_MUST_USE;

// Is the request one the schema allows? Each reason why not is a diagnostic P0206 at this place
// (src may be NULL).
wr_rc wr_cedar_request_check(wr_ctx *c, const wr_cedar_schema *schema, const wr_cedar_request *q,
                             const wr_src *src, wr_span at) WR_MUST_USE;

typedef struct wr_cedar_bound wr_cedar_bound;
// Set and store as one thing that answers; both must outlive it. Memory: c's.
wr_cedar_bound *wr_cedar_bind(wr_ctx *c, const wr_cedar_set *set, const wr_cedar_store *store);

typedef struct wr_cedar_error { // a policy that could not be evaluated
    const ced_policy *policy;
    wr_str message;
    const wr_src *src; // where, when the policy is text
    wr_span at;
} wr_cedar_error;

typedef struct wr_cedar_answer {
    bool allow;
    const ced_policy *const *reasons; // policies that decided, in the order of the set
    uint32_t n_reasons;
    const wr_cedar_error *errors;
    uint32_t n_errors;
} wr_cedar_answer;

// What a thread needs to answer; its memory is reused, so that once warm nothing is allocated.
typedef struct wr_cedar_eval wr_cedar_eval;
wr_cedar_eval *wr_cedar_eval_new(wr_ctx *c, const wr_cedar_bound *b);
void wr_cedar_eval_free(wr_cedar_eval *e); // what grew in it; the rest is c's
typedef struct wr_cedar_decide_opts {
    bool fail_closed; // a forbid that cannot be evaluated denies
    bool messages;    // make the texts of errors
} wr_cedar_decide_opts;
// The answer lives until the next call. Cedar's authorizer: any forbid denies, else any permit
// allows, else deny; policies that cannot be evaluated are skipped and named.
wr_rc wr_cedar_decide(wr_cedar_eval *e, const wr_cedar_request *r, const wr_cedar_decide_opts *o,
                      wr_cedar_answer *out) WR_MUST_USE;

// Why: how far each policy held for a request, those that hold first, then the nearest.
typedef struct wr_cedar_seen { // what a condition read
    wr_str text, value;        // as written; as Cedar text, or why there is none (ok false)
    bool ok;
} wr_cedar_seen;
typedef struct wr_cedar_told {
    const ced_policy *policy;
    bool holds;
    bool scope[3];      // principal, action, resource: did not hold
    bool has_condition; // the first condition that does not hold, at
    bool failed;        // it (or one behind it) has no value: error says why
    wr_span at;
    const wr_src *src; // NULL: from JSON
    wr_str error;
    uint32_t missed; // parts that did not hold
    const wr_cedar_seen *seen;
    uint32_t n_seen;
} wr_cedar_told;
typedef struct wr_cedar_story {
    const wr_cedar_told *v;
    uint32_t n;
} wr_cedar_story;
wr_rc wr_cedar_explain(wr_ctx *c, const wr_cedar_bound *b, const wr_cedar_request *q,
                       wr_cedar_story *out) WR_MUST_USE;

// An expression alone, for one request, as `evaluate` asks it.
typedef struct wr_cedar_expr wr_cedar_expr;
typedef struct wr_cedar_value {
    bool ok; // else text says why there is none, at: where
    bool is_bool, is_true;
    wr_str text; // the value as Cedar writes it
    const wr_src *src;
    wr_span at;
} wr_cedar_value;
wr_rc wr_cedar_expr_text(wr_ctx *c, const wr_src *src, const wr_cedar_expr **out) WR_MUST_USE;
wr_rc wr_cedar_evaluate(wr_ctx *c, const wr_cedar_expr *x, const wr_cedar_store *store,
                        const wr_cedar_request *q, wr_cedar_value *out) WR_MUST_USE;

// ---------------------------------------------------------------------------------- schemas

wr_rc wr_cedar_schema_text(wr_ctx *c, const wr_src *src, wr_cedar_schema **out) WR_MUST_USE;
wr_rc wr_cedar_schema_json(wr_ctx *c, const wr_doc *doc, wr_cedar_schema **out) WR_MUST_USE;
void wr_cedar_schema_put_json(wr_out *o, const wr_cedar_schema *s, bool resolved);
// WR_BAD: the text would mean something else; the context says which name.
wr_rc wr_cedar_schema_put_text(wr_ctx *c, wr_buf *b, const wr_cedar_schema *s) WR_MUST_USE;

typedef enum wr_cedar_mode { WR_CEDAR_STRICT, WR_CEDAR_PERMISSIVE } wr_cedar_mode;
typedef struct wr_cedar_remark { // of the validator
    const ced_policy *policy;
    wr_code code; // P04xx
    bool warning;
    wr_str message, help;
    const wr_src *src;
    wr_span at;
} wr_cedar_remark;
typedef struct wr_cedar_remarks {
    const wr_cedar_remark *v;
    uint32_t n, n_errors;
} wr_cedar_remarks;
// level: at most so many dereferences; UINT32_MAX: any.
wr_rc wr_cedar_validate(wr_ctx *c, const wr_cedar_set *s, const wr_cedar_schema *schema,
                        wr_cedar_mode mode, uint32_t level, wr_cedar_remarks *out) WR_MUST_USE;

// The environments of a schema (an action, types of principal and resource) in which a policy or
// template is well typed and not always false: no other request can make it apply. In the schema's
// order; a template comes once for each.
typedef struct wr_cedar_env {
    wr_cedar_uid action;
    wr_str principal, resource;
} wr_cedar_env;
wr_rc wr_cedar_envs(wr_ctx *c, const ced_policy *p, const wr_cedar_schema *schema,
                    wr_cedar_mode mode, const wr_cedar_env **out, uint32_t *n) WR_MUST_USE;

// What policies that are valid at this level can ask of a closed store for a request: entities at
// most so many steps away from principal, action, resource and context (RFC 76). keep: by place in
// the store, true when it belongs to the slice. closed: none that is named on the way is missing,
// so that no such policy fails for want of an entity.
typedef struct wr_cedar_slice {
    const bool *keep;
    uint32_t n, kept;
    bool closed;
} wr_cedar_slice;
wr_rc wr_cedar_slice_at(wr_ctx *c, const wr_cedar_store *s, const wr_cedar_request *r,
                        uint32_t level, wr_cedar_slice *out) WR_MUST_USE;

#endif
