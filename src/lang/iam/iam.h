// SPDX-License-Identifier: Apache-2.0
// iam: AWS IAM's policy language. Documents of every kind (identity, boundary, session, resource,
// trust, endpoint, SCP, RCP) are parsed into one frozen set and decided in three-valued logic:
// every condition key of a request has a value, is absent, or is not known.
// Rules: IAM User Guide (policy grammar, condition operators, policy evaluation logic), AWS
// Organizations User Guide (SCP and RCP syntax and inheritance).
//
// Always true:
// - a set is built (policies added, keys interned), then frozen; afterwards nothing writes to it;
// - a statement can be walked: what was written stays reachable (nodes, texts, conditions);
// - a document that AWS would refuse is `broken`; whatever it applies to is decided as an error;
// - nothing is guessed: a decision is certain, or unknown with the facts that would settle it.
#ifndef WR_IAM_H
#define WR_IAM_H

#include "core/core.h"

// Kleene's truth values; AND is the least, OR the greatest, NOT is 2 - v.
typedef enum wr_tri { WR_NO, WR_MAYBE, WR_YES } wr_tri;
static inline wr_tri wr_tri_and(wr_tri a, wr_tri b) { return a < b ? a : b; }
static inline wr_tri wr_tri_or(wr_tri a, wr_tri b) { return a > b ? a : b; }
static inline wr_tri wr_tri_not(wr_tri a) { return (wr_tri)(WR_YES - a); }

typedef enum wr_iam_kind { // of a document; the order is that of documentation
    WR_IAM_IDENTITY,
    WR_IAM_BOUNDARY,
    WR_IAM_SESSION,
    WR_IAM_RESOURCE,
    WR_IAM_TRUST,
    WR_IAM_ENDPOINT,
    WR_IAM_SCP,
    WR_IAM_RCP,
    WR_IAM_N_KINDS,
} wr_iam_kind;
const char *wr_iam_kind_name(wr_iam_kind k); // "identity" … "scp", "rcp"
bool wr_iam_kind_parse(wr_str s, wr_iam_kind *out);

// ---------------------------------------------------------------------------------- ARNs

// arn:partition:service:region:account:resource, cut at the first five colons.
typedef struct wr_iam_arn {
    wr_str f[6]; // "arn" first; f[5] may hold more colons
} wr_iam_arn;
enum { WR_ARN_PARTITION = 1, WR_ARN_SERVICE, WR_ARN_REGION, WR_ARN_ACCOUNT, WR_ARN_RESOURCE };
bool wr_iam_arn_split(wr_str s, wr_iam_arn *out); // false: fewer than six fields, or not "arn"
bool wr_iam_is_account(wr_str s);                 // twelve digits

// ---------------------------------------------------------------------------------- patterns

// A text of a policy, with what in it is not literal. `*` any run, `?` one character (a code
// point), ${key}, ${key, 'default'}; ${*} ${?} ${$} are literals. In documents older than
// 2012-10-17 "${" is text. Variables stand only where the language takes them. The pieces are the
// whole text, colons included; who wants the fields of an ARN pattern splits `raw`.
typedef enum wr_iam_piece_kind {
    WR_IAM_LIT,
    WR_IAM_ANY,
    WR_IAM_ONE,
    WR_IAM_VAR,
} wr_iam_piece_kind;
typedef struct wr_iam_piece {
    uint8_t kind;
    bool stays;       // ANY, ONE: in its field, that is, it never matches a colon
    bool has_default; // VAR
    uint32_t key;     // VAR: key id in the set; UINT32_MAX: a name no key has, so never a value
    wr_str text;      // LIT: the literal; VAR: the default
} wr_iam_piece;

enum {                     // wr_iam_pat.flags
    WR_IAM_P_LITERAL = 1,  // nothing but literal text
    WR_IAM_P_ALL = 2,      // "*" alone: matches everything (of P_ARN: every ARN)
    WR_IAM_P_PREFIX = 4,   // literal text, then one '*' at the end that matches all that follows
    WR_IAM_P_VARS = 8,     // has variables
    WR_IAM_P_ARN = 16,     // of an Arn… operator: what is no ARN does not match
    WR_IAM_P_NOCASE = 32,  // actions: the case of ASCII letters in the pattern does not count; the
                           // text to match is in lower case, as pieces are
    WR_IAM_P_FOLD = 64,    // …IgnoreCase: letters are compared without their case
    WR_IAM_P_NOTHING = 128 // matches no text at all
};
// Most patterns are LITERAL or PREFIX and have no pieces: they are their n bytes of text, mostly as
// written (whoever matches an action lowers the letters on the way). ALL has neither.
typedef struct wr_iam_pat {
    wr_str raw;          // as written
    const wr_node *node; // where
    union {
        const char *lit;           // LITERAL, PREFIX
        const wr_iam_piece *piece; // what is neither, nor ALL
    } u;
    uint32_t n, flags; // n: bytes of lit, or pieces
} wr_iam_pat;

typedef struct wr_iam_pats {
    const wr_iam_pat *v;
    uint32_t n;
} wr_iam_pats;

// ---------------------------------------------------------------------------------- conditions

// One row of the table of operators (ops.c): parsing, checks, docs and evaluation read it.
typedef enum wr_iam_family {
    WR_IAM_STRING,
    WR_IAM_NUMERIC,
    WR_IAM_DATE,
    WR_IAM_BOOL,
    WR_IAM_BINARY,
    WR_IAM_IP,
    WR_IAM_ARNS,
    WR_IAM_NULL,
} wr_iam_family;
typedef struct wr_iam_op {
    const char *name; // "StringNotLike"
    wr_iam_family family;
    bool negated;
    uint8_t how; // of the family's comparisons, which: private to lang/iam
} wr_iam_op;
const wr_iam_op *wr_iam_op_at(uint32_t i);    // NULL after the last
const wr_iam_op *wr_iam_op_find(wr_str name); // without prefix and suffix; any case
wr_str wr_iam_op_near(wr_str name);           // most similar operator; "" when none is near

typedef enum wr_iam_quant { WR_IAM_PLAIN, WR_IAM_FOR_ALL, WR_IAM_FOR_ANY } wr_iam_quant;

// A decimal number, exact: digits * 10^(mag - number of digits), where digits are those of [p, p +
// n) without its point. Zero: n = 0. The first and the last digit are not 0.
typedef struct wr_iam_num {
    const char *p;
    uint32_t n;
    bool neg;
    int64_t mag; // digits before the decimal point
} wr_iam_num;
typedef struct wr_iam_time { // seconds since 1970 in UTC, and nanoseconds from there
    int64_t sec;
    uint32_t nsec;
} wr_iam_time;
typedef struct wr_iam_cidr { // a network; a host has all bits
    uint8_t addr[16];        // host bits are 0
    uint8_t bits, family;    // 4 or 6
} wr_iam_cidr;
typedef struct wr_iam_value { // one value of a condition, compiled for its operator
    wr_iam_pat pat;           // its text (scalars of JSON become text)
    bool valid;               // it has the operator's type; Bool with a variable: at the request
    union {
        wr_iam_num num;
        wr_iam_time time;
        bool b;       // Bool, Null
        wr_str bytes; // BinaryEquals, decoded
        wr_iam_cidr cidr;
    } u;
} wr_iam_value;

typedef struct wr_iam_cond { // one operator × one key
    const wr_iam_op *op;
    wr_iam_quant quant;
    bool if_exists;
    uint32_t key;             // id in the set
    wr_str op_text, key_text; // as written
    const wr_node *op_node, *key_node, *value_node;
    const wr_iam_value *values;
    uint32_t n_values;
    uint32_t id; // ordinal in the set: the order in which they stand
} wr_iam_cond;

// ---------------------------------------------------------------------------------- documents

typedef enum wr_iam_who { // key of a Principal map
    WR_IAM_WHO_ANYONE,    // Principal "*"
    WR_IAM_WHO_AWS,
    WR_IAM_WHO_SERVICE,
    WR_IAM_WHO_FEDERATED,
    WR_IAM_WHO_CANONICAL,
} wr_iam_who;
typedef struct wr_iam_named { // one principal a statement names
    wr_iam_who who;
    wr_str text; // "*", ARN, account id, service name, provider …
    const wr_node *node;
    bool all;       // "*"
    wr_str account; // AWS: account id or root ARN: the account; else empty
    wr_iam_arn arn; // AWS and an ARN; else fields empty
} wr_iam_named;

typedef struct wr_iam_stmt {
    const struct wr_iam_policy *policy;
    wr_str sid;          // may be empty
    const wr_node *node; // the object
    uint32_t index;      // in the policy, from 0
    uint32_t id;         // ordinal in the set
    bool deny;
    bool not_action, not_resource, not_principal; // the Not… form was written
    bool has_resource, has_principal;
    wr_iam_pats actions; // patterns over "service:action", lower case; "*" is WR_IAM_P_ALL
    wr_iam_pats resources;
    const wr_iam_named *principals;
    uint32_t n_principals;
    const wr_iam_cond *conds;
    uint32_t n_conds;
} wr_iam_stmt;

typedef struct wr_iam_policy {
    wr_iam_kind kind;
    wr_str name;       // for people: file, or "AdministratorAccess"
    const wr_doc *doc; // where its nodes are
    const wr_node *root;
    const wr_src *src;
    wr_str id;      // element Id
    bool variables; // Version is 2012-10-17
    bool broken;    // AWS would refuse it; `error` says why
    wr_str error;   // first reason, one sentence with place; empty when not broken
    const wr_iam_stmt *stmts;
    uint32_t n_stmts;
    uint32_t id_in_set;
} wr_iam_policy;

typedef struct wr_iam_set {
    wr_ctx *ctx;    // memory and diagnostics; outlives the set
    wr_symtab keys; // condition keys in lower case; the symbol's id is the key id
    uint32_t n_stmts, n_conds;
    WR_VEC(wr_iam_policy *) policies;
    bool frozen;
} wr_iam_set;

// The set lives in c's arena. The first keys (WR_IAM_K_…) have fixed ids.
wr_iam_set *wr_iam_set_new(wr_ctx *c);
// No policy and no key may be added afterwards; requests can be made.
void wr_iam_freeze(wr_iam_set *s);

// Keys that the engine itself looks at.
typedef enum wr_iam_known_key {
    WR_IAM_K_PRINCIPAL_ARN,
    WR_IAM_K_PRINCIPAL_ACCOUNT,
    WR_IAM_K_PRINCIPAL_ORG_ID,
    WR_IAM_K_RESOURCE_ACCOUNT,
    WR_IAM_K_RESOURCE_ORG_ID,
    WR_IAM_K_IS_AWS_SERVICE,
    WR_IAM_K_VIA_AWS_SERVICE,
    WR_IAM_K_SOURCE_VPCE,
    WR_IAM_N_KNOWN,
} wr_iam_known_key;
uint32_t wr_iam_key_in(wr_iam_set *s, wr_str name);         // interns; UINT32_MAX: no memory
uint32_t wr_iam_key_find(const wr_iam_set *s, wr_str name); // UINT32_MAX: no policy asks for it
wr_str wr_iam_key_name(const wr_iam_set *s, uint32_t key);  // lower case
static inline uint32_t wr_iam_n_keys(const wr_iam_set *s) { return s->keys.first + s->keys.n; }

typedef struct wr_iam_parse_opts {
    wr_iam_kind kind;
    wr_str name;   // "" = the source's name
    bool tolerant; // rules that only the kind has (a Principal in an identity policy, an RCP
                   // that allows) are warnings and the document is not broken by them
} wr_iam_parse_opts;

// Parses the document at root (NULL = doc's root) and adds it. Never NULL but without memory: a
// document with errors is `broken`, its diagnostics (I01xx, one a fault) are in the set's context.
const wr_iam_policy *wr_iam_add(wr_iam_set *s, const wr_doc *doc, const wr_node *root,
                                const wr_iam_parse_opts *opts);
// The same from text; JSON only. comments: // and /* */ are blanks, else an error with its place.
const wr_iam_policy *wr_iam_add_text(wr_iam_set *s, const wr_src *src, bool comments,
                                     const wr_iam_parse_opts *opts);
// SHA-256 of the policy's text; of a part of a document (an account dump, a template): of the part
// written as compact JSON. Computed when asked for.
void wr_iam_digest(const wr_iam_policy *p, uint8_t out[32]);
// The text of IAM's MalformedPolicyDocument error for a document given to the API as an identity
// or resource policy: empty when IAM takes it.
wr_str wr_iam_api_error(wr_ctx *c, wr_str text, wr_iam_kind kind);

// ---------------------------------------------------------------------------------- requests

typedef enum wr_iam_caller {
    WR_IAM_ANONYMOUS,
    WR_IAM_USER,
    WR_IAM_ROLE,            // a role as itself (its ARN), as in tests
    WR_IAM_SESSION_OF_ROLE, // arn:…:sts::…:assumed-role/role/session
    WR_IAM_FEDERATED_USER,  // arn:…:sts::…:federated-user/name
    WR_IAM_ROOT,
    WR_IAM_SERVICE,   // ec2.amazonaws.com
    WR_IAM_FEDERATED, // a SAML or web identity provider
} wr_iam_caller;

typedef struct wr_iam_principal {
    wr_iam_caller kind;
    wr_str text;         // as given
    wr_iam_arn arn;      // of users, roles, sessions, root
    wr_str account;      // empty for services, providers, anonymous
    wr_str name;         // user, role or federated user, without path
    wr_str session;      // of sessions
    bool service_linked; // a role under /aws-service-role/ (known from its path)
} wr_iam_principal;
// By form; "*" and "anonymous" are anonymous. False: no principal's form.
bool wr_iam_principal_parse(wr_str s, wr_iam_principal *out);

typedef enum wr_iam_state { WR_IAM_ABSENT, WR_IAM_NOT_KNOWN, WR_IAM_PRESENT } wr_iam_state;
typedef struct wr_iam_ctx_value {
    uint8_t state;
    bool multi; // several values, even when there is one or none: was given as a list
    uint32_t n;
    const wr_str *v;
} wr_iam_ctx_value;

// One request over a frozen set. Its memory is the caller's; reset and filled again for the next.
typedef struct wr_iam_request {
    const wr_iam_set *set;
    wr_iam_principal principal;
    wr_str action;          // "s3:GetObject", as given
    char action_lower[192]; // the same in lower case, for matching
    uint32_t action_n;
    uint64_t action_hash;
    wr_str resource; // ARN, "*" for actions without resource; others are matched as texts
    wr_iam_arn arn;  // its fields; fields empty when it is no ARN
    bool is_arn;
    bool resource_unknown;   // which resource is not known: only Resource "*" surely matches
    wr_str resource_account; // who owns it; empty: by the ARN, else the principal's
    wr_iam_ctx_value *ctx;   // by key id, wr_iam_n_keys
    uint32_t n_ctx;
} wr_iam_request;

wr_rc wr_iam_request_init(wr_iam_request *r, const wr_iam_set *s, wr_arena *a) WR_MUST_USE;
// All keys absent (or not known), no principal, action, resource. No allocation.
void wr_iam_request_reset(wr_iam_request *r, wr_iam_state others);
// Slices given must outlive their use. WR_BAD: has no such form ("s3GetObject", ARN too short).
wr_rc wr_iam_request_action(wr_iam_request *r, wr_str action) WR_MUST_USE;
void wr_iam_request_resource(wr_iam_request *r, wr_str resource);
void wr_iam_request_set(wr_iam_request *r, uint32_t key, wr_iam_ctx_value v);
// By name, any case. A key no policy asks for is dropped. Given again, the last value counts; of
// tags ("aws:RequestTag/Team", "…/team") the values of both are kept and either may match.
wr_rc wr_iam_request_key(wr_iam_request *r, wr_arena *a, wr_str name, const wr_str *v, uint32_t n,
                         bool multi) WR_MUST_USE;
void wr_iam_request_unknown(wr_iam_request *r, wr_str name);

// ---------------------------------------------------------------------------------- matching

// Each answers WR_YES, WR_NO, or WR_MAYBE when it turns on what is not known; the facts it turns
// on are added to `need` (may be NULL).
typedef struct wr_iam_need { // facts that would settle something
    uint64_t *keys;          // bit per key id
    uint32_t n_words;
    bool resource;     // the resource itself
    bool canonical_id; // the canonical user id of the caller's account
} wr_iam_need;

wr_tri wr_iam_match_action(const wr_iam_stmt *st, const wr_iam_request *r);
wr_tri wr_iam_match_resource(const wr_iam_stmt *st, const wr_iam_request *r, wr_iam_need *need);
wr_tri wr_iam_match_cond(const wr_iam_cond *c, const wr_iam_request *r, wr_iam_need *need);
// No request makes it hold: none of its values is one that its operator can compare with.
bool wr_iam_cond_never(const wr_iam_cond *c);
// All conditions of a statement; *failed (may be NULL): the first that is WR_NO, without one the
// first that is WR_MAYBE.
wr_tri wr_iam_match_conds(const wr_iam_stmt *st, const wr_iam_request *r, wr_iam_need *need,
                          const wr_iam_cond **failed);
// Does text fit pattern p (no variables needed of the request: r may be NULL for those without)?
wr_tri wr_iam_pat_match(const wr_iam_pat *p, wr_str text, const wr_iam_request *r,
                        wr_iam_need *need);

// ---------------------------------------------------------------------------------- deciding

typedef enum wr_iam_layer {
    WR_IAM_L_NONE,
    WR_IAM_L_SCP,
    WR_IAM_L_RCP,
    WR_IAM_L_ENDPOINT,
    WR_IAM_L_RESOURCE, // resource or trust policy
    WR_IAM_L_IDENTITY,
    WR_IAM_L_BOUNDARY,
    WR_IAM_L_SESSION,
    WR_IAM_L_RULE, // no policy: a rule of the service (see wr_iam_rule)
    WR_IAM_N_LAYERS,
} wr_iam_layer;
const char *wr_iam_layer_name(wr_iam_layer l); // "SCP", "identity policy" …

typedef enum wr_iam_rule { // what decided without a statement
    WR_IAM_R_NONE,
    WR_IAM_R_CALLER_IDENTITY, // sts:GetCallerIdentity is never denied
    WR_IAM_R_ROOT,            // the root user of the account
    WR_IAM_R_SERVICE_OWNED,   // AWS's own policies, roles and keys are never changed
    WR_IAM_R_PUBLIC_BLOCKED,  // S3 Block Public Access
    WR_IAM_R_GRANT,           // a KMS grant
    WR_IAM_R_NO_ALLOW,        // nothing allows it
    WR_IAM_R_ROOT_ASSUME,     // the root user assumes no roles
    WR_IAM_N_RULES,
} wr_iam_rule;
const char *wr_iam_rule_text(wr_iam_rule r); // one sentence

typedef struct wr_iam_list {
    const wr_iam_policy *const *v;
    uint32_t n;
} wr_iam_list;

typedef struct wr_iam_grant { // a KMS grant on the resource
    wr_str grantee;           // ARN of a principal
    const wr_str *operations; // "Decrypt" …
    uint32_t n_operations;
} wr_iam_grant;

// What applies to a request. Absent layers: n = 0 and has_… false.
typedef struct wr_iam_layers {
    wr_iam_list identity; // of the user and its groups, or of the role
    bool has_boundary, has_session, has_resource, has_endpoint;
    wr_iam_list boundary, session, endpoint;
    const wr_iam_policy *resource; // of the resource, or the role's trust policy
    const wr_iam_list *scps;       // levels from the root to the principal's account
    uint32_t n_scps;               // 0: the principal is in no organization
    const wr_iam_list *rcps;       // levels of the resource's account; RCPFullAWSAccess is implied
    uint32_t n_rcps;
    bool caller_management;   // the principal's account is the management account
    bool resource_management; // the resource's account is
    bool restrict_public;     // S3 RestrictPublicBuckets is on
    const wr_iam_grant *grants;
    uint32_t n_grants;
} wr_iam_layers;

// Layers compiled to an index (action → statements). Immutable; shared between threads.
typedef struct wr_iam_stack wr_iam_stack;
wr_iam_stack *wr_iam_stack_new(wr_arena *a, const wr_iam_set *s, const wr_iam_layers *l);

typedef struct wr_iam_result {
    wr_outcome outcome; // WR_ALLOW, WR_DENY, WR_IMPLICIT_DENY, WR_UNKNOWN, WR_FAULT
    unsigned possible;  // WR_BIT of every outcome that the missing facts leave open
    wr_iam_layer layer; // that decided; of WR_UNKNOWN: the first that is open
    uint16_t level;     // of SCP and RCP, from the root (0)
    wr_iam_rule rule;
    const wr_iam_stmt *stmt;     // that decided: the Deny, or the Allow; else NULL
    const wr_iam_policy *broken; // WR_FAULT: the policy that cannot be judged
} wr_iam_result;

// A thread's scratch for deciding over one set: caches and the facts needed. Not shared.
typedef struct wr_iam_eval wr_iam_eval;
wr_iam_eval *wr_iam_eval_new(wr_arena *a, const wr_iam_set *s);
// Allocates nothing.
void wr_iam_decide(wr_iam_eval *e, const wr_iam_stack *st, const wr_iam_request *r,
                   wr_iam_result *out);
// Facts that would settle the last WR_UNKNOWN; valid until the next call.
const wr_iam_need *wr_iam_needed(const wr_iam_eval *e);

// What one policy alone says: is a Deny (an Allow) of it certain, possible, excluded?
// Principals count. For replays, where each SCP is judged by itself.
typedef struct wr_iam_says {
    wr_tri deny, allow;
    const wr_iam_stmt *deny_stmt, *allow_stmt; // the first with that value
} wr_iam_says;
void wr_iam_say(wr_iam_eval *e, const wr_iam_policy *p, const wr_iam_request *r, wr_iam_says *out);

// ---------------------------------------------------------------------------------- explaining

typedef struct wr_iam_match { // one statement that named the action
    const wr_iam_stmt *stmt;
    wr_iam_layer layer;
    uint16_t level;
    wr_tri action, principal, resource, conds; // conds: WR_NO, MAYBE, YES; what was not looked at
                                               // because an earlier one is WR_NO is WR_NO too
    const wr_iam_cond *failed;                 // first condition that is not WR_YES
    bool decisive;
} wr_iam_match;
typedef struct wr_iam_story { // memory: the arena given
    wr_iam_result result;
    WR_VEC(wr_iam_match) matches; // by layer, level, place
    WR_VEC(wr_str) steps; // sentences in the order of evaluation: "SCP level 2 (ou): allowed by …"
    WR_VEC(wr_str) needed; // facts, sorted: key names, "resource"
} wr_iam_story;
wr_rc wr_iam_explain(wr_iam_eval *e, const wr_iam_stack *st, const wr_iam_request *r, wr_arena *a,
                     wr_iam_story *out) WR_MUST_USE;
// SHA-256 over all that a request is decided by besides itself: the digests of the policies, layer
// by layer, who is exempt, grants. Worth keeping: each call reads every policy.
void wr_iam_stack_digest(const wr_iam_stack *st, uint8_t out[32]);
// The story as a decision: reasons are the statements that mattered, or the facts needed. Its
// policy is the one that decided; its policy_digest is `policies`, that of the stack, for what the
// other policies do not say counts too; its input_digest is over the request.
wr_rc wr_iam_decision(const wr_iam_story *s, const wr_iam_request *r, const uint8_t policies[32],
                      wr_arena *a, wr_decision *out) WR_MUST_USE;

#endif
