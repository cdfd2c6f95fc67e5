// SPDX-License-Identifier: Apache-2.0
// analyze: questions over many decisions: who can, what would an SCP have denied, what changed
// between two accounts. Rests on lang/iam, org and aws; prints nothing.
#ifndef WR_ANALYZE_H
#define WR_ANALYZE_H

#include "aws/aws.h"
#include "lang/iam/iam.h"
#include "org/org.h"

// ---------------------------------------------------------------------------------- accounts

// One account as `aws iam get-account-authorization-details` prints it.
typedef struct wr_acct_policy {  // inline, attached, boundary or trust
    wr_str name;                 // "AdministratorAccess", the inline policy's name
    wr_str arn;                  // managed policies; else empty
    const wr_node *node;         // the document as it stands (an object, or a text of JSON)
    const wr_iam_policy *policy; // NULL: the dump does not hold it (see missing)
    bool missing;                // attached by ARN, but its text is not in the dump
    // In the place of a missing policy: one of which nothing is known. Its statements allow and
    // deny everything under the key WR_ACCT_MISSING "/" ARN, which no request has, so that whatever
    // turns on the missing text is decided as unknown and names it. NULL when nothing is missing.
    const wr_iam_policy *stand_in;
} wr_acct_policy;
// Prefix of the condition keys of stand-ins. Requests must leave them not known.
#define WR_ACCT_MISSING "writ:missing"
typedef struct wr_acct_policies {
    const wr_acct_policy *v;
    uint32_t n;
} wr_acct_policies;

typedef struct wr_acct_tag {
    wr_str key, value;
} wr_acct_tag;

typedef struct wr_acct_group_ref { // a user's membership
    wr_str name;
    const wr_iam_policy *stand_in; // the dump does not hold the group; else NULL
} wr_acct_group_ref;

typedef enum wr_acct_kind { WR_ACCT_USER, WR_ACCT_GROUP, WR_ACCT_ROLE } wr_acct_kind;
typedef struct wr_acct_entity { // a user, group or role
    wr_acct_kind kind;
    wr_str name, path, arn, id;
    const wr_node *node;
    wr_acct_policies inline_, attached;
    const wr_acct_policy *boundary;  // NULL: none
    const wr_acct_policy *trust;     // roles
    const wr_acct_group_ref *groups; // users
    uint32_t n_groups;
    const wr_acct_tag *tags;
    uint32_t n_tags;
    bool service_linked; // role under /aws-service-role/
} wr_acct_entity;

typedef struct wr_acct {
    const wr_doc *doc;
    const wr_src *src;
    wr_str id;                                // account id, from the ARNs; empty: it holds nobody
    wr_str partition;                         // "aws"
    wr_iam_set *set;                          // all its policies
    WR_VEC(wr_acct_entity *) entities;        // users, groups, roles in the order of the dump
    WR_VEC(wr_acct_policy *) managed;         // all managed policies, with their default version
    wr_map by_arn, by_name[WR_ACCT_ROLE + 1]; // wr_acct_entity
    bool cut; // the dump says that there are more pages, and they are not here
} wr_acct;

// The text of a dump as one document: a JSON object as the command prints it (or YAML), or several
// one after another, as pages saved one by one are: then a list of them. Positions are src's.
wr_rc wr_acct_read(wr_ctx *c, const wr_src *src, const wr_doc **out) WR_MUST_USE;
// Reads a dump into *out; its policies are added to set. doc: an object with UserDetailList,
// GroupDetailList, RoleDetailList, Policies, or a list of such (pages). Documents of policies may
// be objects, texts of JSON, or URL-encoded texts. Diagnostics A01xx; WR_BAD when it is no such
// dump, or says two things about one principal. A broken policy does not make the account bad: it
// is in the set as broken.
wr_rc wr_acct_load(wr_ctx *c, wr_iam_set *set, const wr_doc *doc, wr_acct **out) WR_MUST_USE;
const wr_acct_entity *wr_acct_find(const wr_acct *a, wr_str arn_or_name); // users and roles first
const wr_acct_entity *wr_acct_named(const wr_acct *a, wr_acct_kind kind, wr_str name);
// Identity layer of a principal (of users with their groups) and its boundary into *l. `missing`
// becomes true when a policy that applies is not in the dump: stand-ins are then among the layers
// (see wr_acct_policy). l's other fields are left alone.
wr_rc wr_acct_layers(wr_ctx *c, const wr_acct *a, const wr_acct_entity *e, wr_iam_layers *l,
                     bool *missing) WR_MUST_USE;
// Call on every request over a set with dumps that is not made with all keys unknown: the keys of
// stand-ins are not known.
void wr_acct_request_missing(wr_iam_request *r);

// ---------------------------------------------------------------------------------- embedded

// One policy inside a CloudFormation template or a Terraform plan, as a document of its own that
// can be given to wr_iam_add and checked. Its nodes keep their places: spans are of the file it
// stands in, also when the policy is a text of JSON in a string. Where a value is not known before
// deployment a stand-in of the right form has its place: nothing may be concluded from it (see
// wr_embedded_open), and nothing may be decided by such a document.
typedef struct wr_embedded {
    wr_iam_kind kind;
    wr_str owner; // logical id "AppRole", address "module.app.aws_iam_role.this[0]"
    wr_str type;  // of the resource: "AWS::IAM::Role", "aws_iam_role"
    wr_str name;  // for people: "AppRole Policies/0/PolicyDocument"
    wr_str path;  // of the document in the file: "/Resources/AppRole/Properties/Policies/0/…"
    const wr_node *at;   // where it stands: a node of the file's document
    const wr_doc *doc;   // the policy; NULL when nothing of it is known, or it is broken
    wr_str unknown;      // doc is NULL: what it waits for ("Ref PolicyText", "known after apply")
    bool broken;         // doc is NULL: its text is not JSON; diagnostics in the context say where
    const wr_span *open; // places of doc that have a stand-in, ascending
    uint32_t n_open;
    bool cut; // statements are left out that are not known: doc is not the whole policy
} wr_embedded;
typedef struct wr_embedded_list {
    const wr_embedded *v;
    uint32_t n;
} wr_embedded_list;
// All policies of doc in the order in which they stand; none when it is no template and no plan
// (wr_doc_classify). Templates resolved by wr_cfn_resolve leave less unknown. Never WR_BAD: what
// is broken is in the list as such.
wr_rc wr_embedded_find(wr_ctx *c, const wr_doc *doc, wr_embedded_list *out) WR_MUST_USE;
// Does the place touch a value that is not known? A finding there may be false: drop it.
bool wr_embedded_open(const wr_embedded *e, wr_span at);

// ---------------------------------------------------------------------------------- comparison

// Two dumps, A and B: two accounts, or one account at two times.
typedef enum wr_drift_side { WR_DRIFT_A, WR_DRIFT_B, WR_DRIFT_SIDES } wr_drift_side;
enum { WR_DRIFT_BOTH = 3 }; // bits of both sides

// What counts as equal between the two.
typedef struct wr_equiv wr_equiv;
wr_equiv *wr_equiv_new(wr_ctx *c);
// value stands for key on the sides given (bits). False: it stands for another key already, or one
// of the two is empty or holds a character of patterns.
bool wr_equiv_add(wr_equiv *e, wr_str key, wr_str value, unsigned sides);
// Reads {"key": ["value", …], "key2": {"a": "value", "b": ["value", …]}}. Diagnostics A0301;
// WR_BAD.
wr_rc wr_equiv_load(wr_ctx *c, const wr_doc *doc, wr_equiv **out) WR_MUST_USE;
// s with each value of that side replaced by its key, where letters and digits do not go on before
// or after it. s itself when there is none, or e is NULL.
wr_str wr_equiv_apply(wr_equiv *e, wr_arena *a, wr_str s, wr_drift_side side);
// The same as iamctl does it: every occurrence, key after key.
wr_str wr_equiv_apply_plain(const wr_equiv *e, wr_arena *a, wr_str s);
// Two values of one key that were both found on one side: differences between them are not seen.
// from: 0, then what was returned; 0: there are no more.
uint32_t wr_equiv_blurred(const wr_equiv *e, wr_drift_side side, uint32_t from, wr_str *key,
                          wr_str *x, wr_str *y);

typedef enum wr_drift_dir { // of a change, from A to B
    WR_DRIFT_NEW,           // B permits what A does not
    WR_DRIFT_LOST,          // A permits what B does not
} wr_drift_dir;

typedef enum wr_drift_layer {
    WR_DRIFT_IDENTITY, // what the principal may do: its policies and those of its groups
    WR_DRIFT_BOUNDARY, // how far its boundary lets it
    WR_DRIFT_TRUST,    // who may become it
    WR_DRIFT_DOCUMENT, // of a managed policy by itself
} wr_drift_layer;
const char *wr_drift_layer_name(wr_drift_layer l); // "identity" …

typedef enum wr_drift_why {
    WR_DRIFT_ADDED,    // the other side has nothing like it
    WR_DRIFT_RELAXED,  // the other side has it under more conditions
    WR_DRIFT_CHANGED,  // may: the other side has it under other conditions
    WR_DRIFT_UNPROVED, // may: the other side may have it by several statements together
    WR_DRIFT_FUTURE,   // may: only for actions that are not in the service reference
    WR_DRIFT_UNREAD,   // may: a policy cannot be read or is not in a dump
    WR_DRIFT_TOO_BIG,  // may: comparing them would take too long
} wr_drift_why;
const char *wr_drift_why_name(wr_drift_why w); // "added" …

// One change: a statement's actions on some resources (of a trust policy: by some principals).
typedef struct wr_drift_change {
    wr_drift_dir dir;
    wr_drift_layer layer;
    wr_drift_why why;
    bool may;  // may differ: it is not proved that it does
    bool deny; // a Deny is what changed: NEW because A denies and B does not (stmt is A's)
    // The statement; of NEW: B's (of a Deny: A's). NULL: there is none, see `what`.
    const wr_iam_stmt *stmt;
    wr_drift_side side;           // whose statement it is
    const wr_acct_policy *policy; // that holds it; NULL: there is none
    wr_str via;                   // group that the user has it through; else empty
    wr_str what;              // without a statement: "no boundary", "policy … is not in the dump"
    const wr_iam_stmt *other; // nearest statement of the other side; may be NULL
    const wr_acct_policy *other_policy;
    const wr_str *actions; // patterns as written where all of it changed, else names
    uint32_t n_actions;
    uint32_t n_known;    // how many actions of the service reference that is
    bool not_actions;    // the actions are those that a NotAction leaves out
    const wr_str *where; // resources (of the trust layer principals)
    uint32_t n_where;
    bool not_where;      // a NotResource, NotPrincipal: all but those
    const wr_str *conds; // conditions of stmt, "Bool aws:MultiFactorAuthPresent = true"
    uint32_t n_conds;
    const wr_str *lost; // conditions of other that stmt does not have
    uint32_t n_lost;
    wr_str fingerprint; // 64 hex digits; does not depend on lines, order or Sids
    wr_str key;         // private: the same change of another entity has the same
    bool repeats;       // is said of a managed policy or a group, too: not counted again
} wr_drift_change;

typedef struct wr_drift_attr { // what is not a matter of statements: tags, path, groups …
    wr_str name, a, b;         // "tag Team"; empty and !has_…: not there
    bool has_a, has_b;
} wr_drift_attr;

typedef enum wr_drift_kind {
    WR_DRIFT_USER = WR_ACCT_USER,
    WR_DRIFT_GROUP = WR_ACCT_GROUP,
    WR_DRIFT_ROLE = WR_ACCT_ROLE,
    WR_DRIFT_POLICY,
    WR_DRIFT_KINDS,
} wr_drift_kind;
const char *wr_drift_kind_name(wr_drift_kind k); // "role", "managed policy"

typedef struct wr_drift_entity { // one that differs, or one of both that is equal
    wr_drift_kind kind;
    wr_str name[WR_DRIFT_SIDES]; // empty: not on that side
    wr_str arn[WR_DRIFT_SIDES];
    const wr_acct_entity *of[WR_DRIFT_SIDES]; // users, groups, roles
    const wr_acct_policy *policy[WR_DRIFT_SIDES];
    const wr_drift_change *changes;
    uint32_t n_changes;
    const wr_drift_attr *attrs;
    uint32_t n_attrs;
    bool text_only; // equal, but written in another way
    bool broken;    // a policy of it cannot be read, and is not the same on both sides
} wr_drift_entity;

typedef struct wr_drift_counts {
    uint32_t on[WR_DRIFT_SIDES], only[WR_DRIFT_SIDES], common, different;
} wr_drift_counts;
typedef struct wr_drift {
    const wr_acct *acct[WR_DRIFT_SIDES];
    WR_VEC(wr_drift_entity) entities; // all, by kind and name
    wr_drift_counts of[WR_DRIFT_KINDS];
    uint32_t n_new, n_lost; // changes; those that only may be count, repeated ones do not
    uint32_t n_may;         // of these
    uint32_t n_attrs, n_text_only, n_broken;
    bool same;
} wr_drift;

// Compares two dumps of one set. e: what counts as equal, may be NULL. Warnings A03xx.
wr_rc wr_drift_compare(wr_ctx *c, const wr_acct *a, const wr_acct *b, wr_equiv *e,
                       wr_drift **out) WR_MUST_USE;
// Does B permit, or may it permit, something that A does not?
bool wr_drift_new_access(const wr_drift *d);

#endif
