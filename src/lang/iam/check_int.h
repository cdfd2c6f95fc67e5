// SPDX-License-Identifier: Apache-2.0
// check_int: what the checks share: the view of a document that they look at, what its texts mean
// (cached by text for the run), and how a finding is made. Private to lang/iam.
//
// To add a check: a row in check_codes.def, a function of one of the two shapes below, its name in
// the lists of check.c, a firing and a near-miss line in tests/unit/lang/iam/checks.txt.
//
// Always true: a view shows what was written, right or wrong: an element of the wrong kind has no
// items, an unknown operator has no op. Syntax is said by check_syntax.c alone; other checks pass
// over what is not well-formed.
#ifndef WR_IAM_CHECK_INT_H
#define WR_IAM_CHECK_INT_H

#include "aws/aws.h"
#include "lang/iam/check.h"
#include "lang/iam/iam_int.h"

// The values of an element: a list's, or the one value by itself.
typedef struct chk_items {
    const wr_node *v;
    uint32_t n;
} chk_items;
static inline chk_items chk_items_of(const wr_node *n) {
    if (n == NULL) return (chk_items){NULL, 0};
    return n->kind == WR_LIST ? (chk_items){n->u.kids, n->n} : (chk_items){n, 1};
}
static inline bool chk_is_text(const wr_node *n) {
    return n->kind == WR_STR && !(n->flags & WR_F_UNKNOWN);
}

// ---------------------------------------------------------------------------------- texts

// What the text of an action means.
typedef struct chk_act {
    wr_str text, service, name; // halves as written; empty when it is "*" or malformed
    uint32_t svc, id;           // WR_AWS_NONE: not known, or name has wildcards
    bool all;                   // "*"
    bool malformed;             // no colon, several, or an empty half
    bool wild, wild_service;    // * or ? in the halves
    bool vars;                  // holds ${
    bool matches;               // some known action fits
    bool pass_role, create_slr; // iam:PassRole, iam:CreateServiceLinkedRole fit
    uint64_t hash;
    uint32_t seen; // serial of the list it was last seen in
    uint32_t next; // of wild ones in the list, by service
} chk_act;

typedef struct chk_use { // an entry of Action or NotAction
    chk_act *act;
    const wr_node *node;
    bool again; // the same action stood before it in the list
} chk_use;

// What a condition key is.
typedef struct chk_key {
    wr_str text;
    wr_str low;    // lower case
    wr_str prefix; // before the colon, lower case; empty: none
    bool known;
    wr_aws_key aws;
} chk_key;

typedef struct chk_cond { // one operator × one key
    const wr_node *op_node, *key_node, *value_node;
    wr_str op_text;
    const wr_iam_op *op; // NULL: no such operator
    wr_iam_quant quant;
    bool if_exists;
    const chk_key *key;
    chk_items values;
    uint32_t block; // index of the operator in Condition
} chk_cond;

typedef struct chk_who { // one principal
    wr_iam_who kind;
    wr_str text;
    const wr_node *node;
} chk_who;

// ---------------------------------------------------------------------------------- documents

typedef enum chk_el {
    EL_SID,
    EL_EFFECT,
    EL_PRINCIPAL,
    EL_NOT_PRINCIPAL,
    EL_ACTION,
    EL_NOT_ACTION,
    EL_RESOURCE,
    EL_NOT_RESOURCE,
    EL_CONDITION,
    EL_N,
} chk_el;
extern const char *const chk_el_name[EL_N];

typedef struct chk_stmt {
    const wr_node *node;
    uint32_t index;
    wr_str sid;
    const wr_node *el[EL_N], *key[EL_N]; // values and keys; NULL: not there
    bool allow, deny;                    // neither: Effect is missing or wrong
    bool not_action, not_resource, not_principal;
    bool anyone; // Principal "*", or AWS "*"
    chk_use *acts;
    uint32_t n_acts;
    chk_items resources;
    chk_who *who; // of Principal or NotPrincipal
    uint32_t n_who;
    chk_cond *conds;
    uint32_t n_conds;
    uint64_t hash; // of what it says, without Sid
} chk_stmt;

typedef struct chk chk;
struct chk { // one document being checked
    wr_iam_checker *run;
    wr_arena *arena; // findings
    wr_iam_findings *out;
    const wr_doc *doc;
    const wr_node *root;
    const wr_src *src;
    wr_iam_kind kind;
    wr_iam_target target;
    wr_iam_quota quota;
    bool variables; // Version is 2012-10-17
    const wr_node *version, *statement;
    chk_stmt *stmts;
    uint32_t n_stmts;
    const chk_stmt *at; // being checked; NULL: the document as a whole
    uint32_t last;      // 1 + index of the finding just made; 0: there is none to mend
    bool oom;
};

struct wr_iam_checker {
    wr_ctx *ctx;
    wr_arena *arena;
    bool on[WR_IAM_N_ISSUES];
    uint32_t quota[WR_IAM_N_QUOTAS];
    bool comments;
    const wr_iam_sensitive *sensitive;
    uint32_t n_sensitive;
    wr_map acts, keys, arns; // by text
    wr_map forms;            // by service of an ARN: 1 + the first resource type
    struct chk_form *form;   // by resource type: check_arn.c
    uint32_t *by_service;    // 1 + index of the first wild action of the list, by service
    uint32_t *seen;          // by action id: serial of the list
    uint32_t serial;
    const struct par_ids *par; // ids of actions: check_parliament_grant.c; made when first asked
    wr_arena scratch;          // of one document
};

static inline bool chk_identity(const chk *k) {
    return k->kind == WR_IAM_IDENTITY || k->kind == WR_IAM_BOUNDARY || k->kind == WR_IAM_SESSION;
}
static inline bool chk_org(const chk *k) { return k->kind == WR_IAM_SCP || k->kind == WR_IAM_RCP; }

// ---------------------------------------------------------------------------------- findings

// One finding at a node (NULL: the document). Switched off: nothing happens.
void chk_find(chk *k, wr_iam_issue issue, const wr_node *at, const char *fmt, ...) WR_PRINTF(4, 5);
// What to do about the finding just made, instead of the table's words.
void chk_fix(chk *k, const char *fmt, ...) WR_PRINTF(2, 3);
// Is the code wanted at all? Worth asking before work that only it needs.
static inline bool chk_on(const chk *k, wr_iam_issue i) { return k->run->on[i]; }

// ---------------------------------------------------------------------------------- tools

chk_act *chk_act_of(chk *k, wr_str text);       // NULL: no memory
const chk_key *chk_key_of(chk *k, wr_str text); // NULL: no memory
bool chk_same(wr_str a, const char *b);         // ASCII case does not count
bool chk_has_wild(wr_str s);                    // * or ?
static inline bool chk_has_variable(wr_str s) { // most texts have no $ at all
    return s.p != NULL && memchr(s.p, '$', s.n) != NULL && wr_find(s, WR_S("${"), 0) != SIZE_MAX;
}
// Order of a, case not counting, and b, which is in lower case.
int chk_order(wr_str a, wr_str b);
// Does the statement's list of actions hold the action ("sts", "AssumeRole")? With Not…: the list.
bool chk_lists(const chk_stmt *s, const char *service, const char *name);
// A condition of the statement on this key (any case), or NULL. "aws:ResourceTag/" is a prefix.
const chk_cond *chk_cond_on(const chk_stmt *s, const char *key);

// Does pattern p fit everything that q fits (which may be a plain text)? nocase: ASCII.
bool chk_covers(wr_str p, wr_str q, bool nocase);
// Is there a text both fit? q may also hold ${…}: any text that is not empty.
bool chk_meets(wr_str p, wr_str q);

// ---------------------------------------------------------------------------------- the checks

bool chk_index_forms(wr_iam_checker *run); // false: no memory
const wr_iam_op *chk_op_of(chk_cond *c);   // of op_text; sets quant and if_exists
bool chk_view(chk *k);                     // fills in the view; false: no memory

void chk_syntax(chk *k); // the document
void chk_syntax_stmt(chk *k, const chk_stmt *s);
void chk_sids(chk *k);
void chk_size(chk *k);
// Characters of the policy, as the quota q counts them; of one part: as compact JSON.
size_t chk_chars(const wr_doc *d, const wr_node *root, wr_iam_quota q);
void chk_same_statements(chk *k);
void chk_actions(chk *k, const chk_stmt *s);
void chk_redundant_actions(chk *k, const chk_stmt *s);
void chk_resources(chk *k, const chk_stmt *s);
void chk_redundant_resources(chk *k, const chk_stmt *s);
void chk_target(chk *k, const chk_stmt *s);
void chk_variables(chk *k, const chk_stmt *s);
void chk_principals(chk *k, const chk_stmt *s);
void chk_trust(chk *k, const chk_stmt *s);
void chk_grants(chk *k, const chk_stmt *s);
void chk_conditions(chk *k, const chk_stmt *s);
void chk_condition_values(chk *k, const chk_stmt *s);
void chk_condition_keys(chk *k, const chk_stmt *s);
void chk_tags(chk *k, const chk_stmt *s);
void chk_parliament(chk *k); // the document: check_parliament*.c

#endif
