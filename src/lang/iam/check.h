// SPDX-License-Identifier: Apache-2.0
// iam check: what is wrong with a policy document, or could be said better: the checks of IAM
// Access Analyzer's ValidatePolicy and of parliament by their codes, quotas, and what AWS's tools
// do not say. A header of its own because the table of codes is long; iam.h is about deciding.
// Rules: IAM User Guide, "IAM policy validation check reference"; docs/guide/iam-checks.md says for
// each code when it is given and what was decided where that page leaves it open.
//
// Always true:
// - a document is judged as written: a broken one gives a finding for each fault, with its place,
//   and the checks that do not need the broken part still run;
// - a code is a row of check_codes.def; findings come in the order of the document;
// - a checker belongs to one run and one thread; documents do not change it but for its caches.
#ifndef WR_IAM_CHECK_H
#define WR_IAM_CHECK_H

#include "lang/iam/iam.h"

typedef enum wr_iam_issue {
#define WR_IAM_ISSUE(code, category, origin, on, title, rule, fix) WR_IAM_C_##code,
#include "lang/iam/check_codes.def"
#undef WR_IAM_ISSUE
    WR_IAM_N_ISSUES
} wr_iam_issue;

typedef enum wr_iam_category { // ascending weight
    WR_IAM_CAT_SUGGESTION,
    WR_IAM_CAT_WARNING,
    WR_IAM_CAT_SECURITY,
    WR_IAM_CAT_ERROR,
    WR_IAM_N_CATEGORIES,
} wr_iam_category;
const char *wr_iam_category_name(wr_iam_category c); // "SECURITY_WARNING", as findingType
wr_severity wr_iam_category_severity(wr_iam_category c);

typedef enum wr_iam_origin { // whose code it is
    WR_IAM_FROM_ANALYZER,
    WR_IAM_FROM_PARLIAMENT,
    WR_IAM_FROM_QUOTA,
    WR_IAM_FROM_WRIT,
    WR_IAM_N_ORIGINS,
} wr_iam_origin;
const char *wr_iam_origin_name(wr_iam_origin o); // "access-analyzer" "parliament" "quota" "writ"

typedef enum wr_iam_on { WR_IAM_ON, WR_IAM_OFF, WR_IAM_OBSOLETE } wr_iam_on; // by default

typedef struct wr_iam_issue_info {
    const char *code; // "INVALID_ACTION"
    wr_iam_category category;
    wr_iam_origin origin;
    wr_iam_on on;
    const char *title; // one line, no full stop
    const char *rule;  // when it is given, whole sentences
    const char *fix;   // what to do, when the finding knows nothing better
} wr_iam_issue_info;
const wr_iam_issue_info *wr_iam_issue_at(uint32_t i);         // NULL after the last
bool wr_iam_issue_find(wr_str code, wr_iam_issue *out);       // any case
wr_str wr_iam_issue_near(wr_str code);                        // most similar code
void wr_iam_put_issue(wr_buf *b, wr_iam_issue i, bool whole); // as Markdown; whole: with heading

// What a resource policy hangs on (ValidatePolicy's validatePolicyResourceType).
typedef enum wr_iam_target {
    WR_IAM_T_ANY, // not said
    WR_IAM_T_BUCKET,
    WR_IAM_T_ACCESS_POINT,
    WR_IAM_T_MULTI_REGION,
    WR_IAM_T_OBJECT_LAMBDA,
    WR_IAM_T_ROLE, // AssumeRolePolicyDocument; the same as kind trust
    WR_IAM_T_TABLE,
    WR_IAM_N_TARGETS,
} wr_iam_target;
const char *wr_iam_target_name(wr_iam_target t);        // "AWS::S3::Bucket"; "" for any
bool wr_iam_target_parse(wr_str s, wr_iam_target *out); // any case
const char *const *wr_iam_target_names(void);           // NULL at the end

// Sizes, in characters. reference: IAM and AWS STS quotas, AWS Organizations quotas, Amazon S3.
typedef enum wr_iam_quota {
    WR_IAM_Q_MANAGED,
    WR_IAM_Q_INLINE_USER,
    WR_IAM_Q_INLINE_GROUP,
    WR_IAM_Q_INLINE_ROLE,
    WR_IAM_Q_TRUST,
    WR_IAM_Q_SESSION,
    WR_IAM_Q_SCP,
    WR_IAM_Q_RCP,
    WR_IAM_Q_RESOURCE,
    WR_IAM_N_QUOTAS,
} wr_iam_quota;
const char *wr_iam_quota_name(wr_iam_quota q); // "managed" "inline-user" …
bool wr_iam_quota_parse(wr_str s, wr_iam_quota *out);
uint32_t wr_iam_quota_default(wr_iam_quota q);

typedef struct wr_iam_finding {
    wr_iam_issue issue;
    const wr_doc *doc;
    const wr_node *node; // the key or value it is about; NULL: the text itself (JSON_SYNTAX_ERROR)
    const wr_node *root; // of the policy: paths begin here
    const wr_src *src;
    wr_span span;
    wr_str message; // one sentence, no full stop
    wr_str fix;     // what to do
    wr_str sid;     // of the statement it is in; may be empty
} wr_iam_finding;

// "Statement[0].Condition.StringEquals["aws:x"][1]"; "" for the document.
void wr_iam_put_place(wr_buf *b, const wr_iam_finding *f);
// The same as steps from the policy's root: keys (text) and indices. Returns how many there are;
// at most max are written, outermost first.
typedef struct wr_iam_step {
    wr_str key; // p NULL: an index
    uint32_t index;
    bool is_key; // the key itself is meant, not its value
} wr_iam_step;
uint32_t wr_iam_finding_steps(const wr_iam_finding *f, wr_iam_step *out, uint32_t max);

// A resource that few should reach: SENSITIVE_ACCESS.
typedef struct wr_iam_sensitive {
    wr_str action; // "s3:Get*"; empty: any
    wr_str arn;    // may have wildcards
} wr_iam_sensitive;
// "ARN" or "ACTION=ARN". False: neither.
bool wr_iam_sensitive_parse(wr_str s, wr_iam_sensitive *out);

typedef struct wr_iam_check_opts {
    bool obsolete;                     // rules that AWS has dropped, too
    bool only[WR_IAM_N_ISSUES];        // with any set: these and no others
    uint32_t quota[WR_IAM_N_QUOTAS];   // 0: the default
    bool comments;                     // JSON texts may hold // and /* */
    const wr_iam_sensitive *sensitive; // with any, SENSITIVE_ACCESS is given; outlive the checker
    uint32_t n_sensitive;
} wr_iam_check_opts;

typedef struct wr_iam_checker wr_iam_checker;
// Lives in c's arena, as its caches do. NULL: no memory.
wr_iam_checker *wr_iam_checker_new(wr_ctx *c, const wr_iam_check_opts *o);
// Gives back what the checker has besides c's arena; before that is gone. NULL is fine.
void wr_iam_checker_free(wr_iam_checker *k);

typedef struct wr_iam_checked { // one document
    const wr_doc *doc;
    const wr_node *root; // NULL: the document's root
    const wr_src *src;   // NULL: that of the node
    wr_iam_kind kind;
    wr_iam_target target;
    wr_iam_quota quota; // of identity policies: how it is attached (WR_IAM_Q_MANAGED …)
} wr_iam_checked;
typedef WR_VEC(wr_iam_finding) wr_iam_findings;

// Appends the findings of a document, by place. Memory: a.
wr_rc wr_iam_check(wr_iam_checker *k, wr_arena *a, const wr_iam_checked *what,
                   wr_iam_findings *out) WR_MUST_USE;
// The same for JSON text: what is no JSON is a finding (and *doc stays NULL), not a diagnostic.
// c: memory and diagnostics of the document. In what, doc and root are ignored.
wr_rc wr_iam_check_text(wr_iam_checker *k, wr_ctx *c, const wr_src *src, const wr_iam_checked *what,
                        const wr_doc **doc, wr_iam_findings *out) WR_MUST_USE;
// The inline policies of one user, group or role (all with the same quota): the finding that they
// are too long together, which is about the last of them. One alone is wr_iam_check's to judge.
wr_rc wr_iam_check_together(wr_iam_checker *k, wr_arena *a, const wr_iam_checked *what, uint32_t n,
                            wr_iam_findings *out) WR_MUST_USE;
// Reads a JSON text; comments: // and /* */ count as blanks.
wr_rc wr_iam_read_json(wr_ctx *c, const wr_src *src, bool comments, wr_doc **out) WR_MUST_USE;

// The kind a document shows by itself; *why: in a few words. The target too, when ARNs show it.
wr_iam_kind wr_iam_guess_kind(const wr_doc *doc, const wr_node *root, wr_str name,
                              wr_iam_target *target, const char **why);

#endif
