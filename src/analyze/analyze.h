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

#endif
