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
// Does the place begin in a value that is not known? A finding there may be false: drop it.
bool wr_embedded_open(const wr_embedded *e, wr_span at);
// Does such a value stand anywhere in the place? What follows from all of it may be false.
bool wr_embedded_has_open(const wr_embedded *e, wr_span at);

// ---------------------------------------------------------------------------------- world

// What is known before a request is looked at: accounts by their dumps, and the organization. All
// policies of both are in one set, which is frozen when the world is complete.
typedef struct wr_world {
    wr_ctx *ctx;
    wr_iam_set *set;
    WR_VEC(const wr_acct *) accounts;
    const wr_org *org;   // NULL: not given
    wr_map org_policies; // "0/name", "1/name" by kind → const wr_iam_policy
    const wr_iam_policy *foreign[WR_ORG_N_KINDS]; // stands for what another organization attaches
} wr_world;

void wr_world_init(wr_world *w, wr_ctx *c, wr_iam_set *set);
// Takes an account over. WR_BAD (A0108): there is a dump of that account already.
wr_rc wr_world_add(wr_world *w, const wr_acct *a) WR_MUST_USE;
// The text of an SCP or RCP that stands in a file of its own; NULL: it cannot be read (said).
typedef const wr_src *wr_world_reader(void *arg, const wr_org_policy *p);
// Takes the organization over and adds its policies to the set. WR_BAD: one cannot be read.
wr_rc wr_world_organize(wr_world *w, const wr_org *org, wr_world_reader *read,
                        void *arg) WR_MUST_USE;

const wr_acct *wr_world_account(const wr_world *w, wr_str id); // NULL: no dump of it
// The user or role that a principal is, or whose session it is; NULL: not in the dumps.
const wr_acct_entity *wr_world_entity(const wr_world *w, const wr_iam_principal *p);
// The role of a resource ARN; NULL: it is none, or not in the dumps.
const wr_acct_entity *wr_world_role(const wr_world *w, wr_str arn);

// The levels of an account into *out (n of them; memory: a); 0 without an organization. An account
// that is not in the organization has one level that could allow or deny anything.
wr_rc wr_world_levels(const wr_world *w, wr_arena *a, wr_str account, wr_org_policy_kind kind,
                      wr_iam_list **out, uint32_t *n) WR_MUST_USE;
bool wr_world_is_management(const wr_world *w, wr_str account);

// Sets the keys that a request implies by who asks for what: aws:PrincipalArn, PrincipalAccount,
// PrincipalType, PrincipalOrgID, PrincipalOrgPaths, PrincipalTag/*, PrincipalIsAWSService,
// PrincipalServiceName, username, userid, ResourceAccount, ResourceOrgID, ResourceOrgPaths,
// RequestedRegion (docs/guide/iam-simulate.md says from what). What does not follow for certain is
// left as it is. r has its principal, action and resource; resource_account may be empty.
wr_rc wr_world_derive(const wr_world *w, wr_arena *a, wr_iam_request *r) WR_MUST_USE;
// The account that owns the resource as far as the request says: given, or in the ARN; else "".
wr_str wr_world_owner(const wr_iam_request *r);
// A needed fact for people: a key as AWS spells it, a stand-in's key as what is missing.
wr_str wr_world_fact(wr_arena *a, const wr_iam_set *s, wr_str key);

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
// From now on keys are put in so that no text of a dump can be taken for one.
void wr_equiv_mark(wr_equiv *e);
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
    bool may; // policies ask for it, so B may permit what A does not
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
    bool broken;    // a policy of its own cannot be read, on either side
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
    uint32_t n_attrs_may; // of n_attrs, those that policies ask for
    bool same;
} wr_drift;

// Compares two dumps of one set. e: what counts as equal, may be NULL; it is marked. Warnings
// A03xx. What pages hold that a cut-off dump lacks is not in the result: look at acct[…]->cut.
wr_rc wr_drift_compare(wr_ctx *c, const wr_acct *a, const wr_acct *b, wr_equiv *e,
                       wr_drift **out) WR_MUST_USE;
// Does B permit, or may it permit, something that A does not?
bool wr_drift_new_access(const wr_drift *d);
// ---------------------------------------------------------------------------------- trails

// One CloudTrail record, as far as decisions need it.
typedef enum wr_trail_kind {
    WR_TRAIL_CALL,      // a request of a principal that has an ARN
    WR_TRAIL_SERVICE,   // a request of an AWS service in its own name
    WR_TRAIL_FOREIGN,   // a request of another account's principal, known only by the account
    WR_TRAIL_ANONYMOUS, // a request that was not signed
    WR_TRAIL_FEDERATED, // a request in the name of a SAML or web identity provider
    WR_TRAIL_NAMELESS,  // the record names no principal: failed sign-ins, Identity Center users
    WR_TRAIL_EVENT,     // no request: a service tells what it did
    WR_TRAIL_INSIGHT,   // no request: CloudTrail Insights
    WR_TRAIL_DIGEST,    // no record: a digest file
    WR_TRAIL_OTHER,     // JSON, but no CloudTrail record
    WR_TRAIL_BROKEN,    // no JSON
    WR_TRAIL_N_KINDS,
} wr_trail_kind;
const char *wr_trail_kind_text(wr_trail_kind k); // "calls by AWS services" …

enum { WR_TRAIL_RESOURCES = 16 };
typedef struct wr_trail_resource {
    wr_str arn, account; // account: may be empty
} wr_trail_resource;

// Texts are slices of the record, or of the arena where they had escapes; empty: not recorded.
typedef struct wr_trail_record {
    wr_trail_kind kind;
    wr_str id, version, type, time, source, name, region, address, agent, error, recipient;
    wr_str vpce, vpce_account, tls, digest;
    wr_str who, principal_id, arn, account, user, invoked_by, provider; // userIdentity
    wr_str on_behalf;                                                   // …onBehalfOf.userId
    wr_str issuer, created, mfa, web_provider, source_identity, delivery, assumed_root; // …session
    wr_str params, extra; // requestParameters and additionalEventData, raw
    wr_trail_resource resources[WR_TRAIL_RESOURCES], one; // one: scratch
    uint32_t n_resources;
    bool more_resources; // there are others, or some without ARN
} wr_trail_record;

// Reads the text of one record. Kind says what it is; nothing is reported.
void wr_trail_read(wr_arena *a, wr_str text, wr_trail_record *out);
// Had the call failed when it was recorded? *denied (may be NULL): because it was not allowed.
bool wr_trail_failed(const wr_trail_record *rec, bool *denied);

// What is known besides the trail, and the condition keys that records can fill, looked up once.
typedef struct wr_trail_keys wr_trail_keys;
// org may be NULL. UINT32_MAX is no key. s is frozen.
wr_trail_keys *wr_trail_keys_new(wr_arena *a, const wr_iam_set *s, const wr_org *org);
// The action of a record; the same for all records of one source and name.
typedef struct wr_trail_action {
    wr_aws_event event;
    uint32_t id; // of the table of aws; WR_AWS_NONE
    wr_str text; // "s3:GetObject"
} wr_trail_action;
// False: the event's names have no form of an action, or memory ran out. Texts live in a.
bool wr_trail_action_of(wr_arena *a, const wr_trail_record *rec, wr_trail_action *out);

// The request that a record tells of. What the record does not tell is not known, what it tells to
// be absent is absent (docs/internals/trail.md). A request of several resources has one of them in
// r, and all in `resources`. Memory: values live in *out, texts in the record and in a.
typedef struct wr_trail_request {
    const wr_trail_action *action;
    wr_str resources[WR_TRAIL_RESOURCES];
    uint32_t n_resources; // 0: not known
    bool more_resources;  // these are not all
    wr_str values[64];    // of keys
    char epoch[24];
    wr_tri service_linked; // is the caller a session of a service-linked role?
    wr_str caller;         // the role of a session, else as recorded: for people
} wr_trail_request;
// WR_BAD: the record names no principal that can be judged (kinds from WR_TRAIL_NAMELESS on), or
// one that has no principal's form.
wr_rc wr_trail_make(const wr_trail_keys *k, wr_arena *a, const wr_trail_record *rec,
                    const wr_trail_action *action, wr_iam_request *r,
                    wr_trail_request *out) WR_MUST_USE;

// ---------------------------------------------------------------------------------- impact

// What proposed SCPs and RCPs would have done to recorded calls, each by itself and all together.
typedef enum wr_impact_verdict {
    WR_IMPACT_PASSED, // not denied
    WR_IMPACT_EXEMPT, // the policy does not bind the call
    WR_IMPACT_UNKNOWN,
    WR_IMPACT_DENIED,
    WR_IMPACT_N_VERDICTS,
} wr_impact_verdict;

enum { WR_IMPACT_BY_PRINCIPAL = 1, WR_IMPACT_BY_ACTION = 2, WR_IMPACT_BY_ACCOUNT = 4 };

typedef struct wr_impact_opts {
    const wr_iam_set *set;                // frozen
    const wr_iam_policy *const *policies; // SCPs and RCPs of the set, none broken
    uint32_t n_policies;
    const wr_org *org;      // NULL: nothing is known of it
    const wr_str *accounts; // those the policies are attached to; none: all
    uint32_t n_accounts;
    // Does the policy bind calls of (an RCP: on) that account? NULL: as org and accounts say.
    bool (*binds)(void *arg, uint32_t policy, wr_str account);
    void *binds_arg;
    bool replace;      // the SCPs stand in the place of FullAWSAccess, not beside it
    unsigned group_by; // WR_IMPACT_BY_…
    uint32_t max_rows; // 0: 50,000
    size_t max_record; // bytes of one record; 0: 16 MiB
    // Called with what there is to say of files and records; the diagnostic is gone afterwards.
    void (*say)(void *arg, const wr_diag *d);
    void *arg;
    uint64_t *progress; // two counters, added to atomically: records, bytes of files; may be NULL
    uint8_t (*digests)[32]; // by file: SHA-256 of it as it is stored is put there; may be NULL
} wr_impact_opts;

// Facts that would settle an unknown: key ids, and these.
enum { WR_IMPACT_F_RESOURCE, WR_IMPACT_F_ACTION, WR_IMPACT_F_ROLE, WR_IMPACT_N_FACTS };

typedef struct wr_impact_tally { // of one policy, or of all together (the last)
    // By verdict; [1]: calls that had failed when they were recorded, for whatever reason.
    uint64_t n[WR_IMPACT_N_VERDICTS][2];
    uint64_t *facts; // unknown calls by fact: WR_IMPACT_F_…, then key id + WR_IMPACT_N_FACTS
} wr_impact_tally;

typedef struct wr_impact_row { // calls with one outcome of one policy
    uint32_t policy;           // n_policies: all together
    wr_impact_verdict verdict;
    wr_str principal, action, account; // empty: not grouped by it
    uint64_t n[2];
    uint64_t *facts;         // bits, as above; unknown only
    const wr_iam_stmt *stmt; // a statement that denies, or may
    uint32_t file;           // an example: the first
    uint64_t record, line;
} wr_impact_row;

typedef struct wr_impact {
    const wr_impact_opts *o;
    uint64_t records, files, failed_files, broken;
    uint64_t kinds[WR_TRAIL_N_KINDS];
    uint64_t failed, denied;  // calls that had failed; of these, because they were not allowed
    uint64_t formless;        // calls whose event or principal has no form that can be judged
    uint64_t outside;         // calls of accounts the policies are not attached to
    wr_impact_tally *tallies; // n_policies + 1
    WR_VEC(wr_impact_row *) rows;
    uint64_t others[WR_IMPACT_N_VERDICTS]; // calls whose row had no place any more
    uint32_t n_facts;
    wr_ctx ctx; // its memory
    struct impact_work *work;
} wr_impact;

// One worker's part. NULL without memory. o outlives it.
wr_impact *wr_impact_new(const wr_impact_opts *o);
// Replays a file, number `index` of all. WR_OK, or what was wrong with it (and was said).
wr_rc wr_impact_file(wr_impact *w, const char *path, uint32_t index) WR_MUST_USE;
wr_rc wr_impact_merge(wr_impact *into, const wr_impact *from) WR_MUST_USE;
// Rows by policy, denied first, most calls first.
void wr_impact_sort(wr_impact *w);
// "resource", "aws:principaltag/team": a fact for people.
wr_str wr_impact_fact(const wr_iam_set *s, uint32_t fact);
void wr_impact_free(wr_impact *w);

#endif
