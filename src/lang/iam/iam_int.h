// SPDX-License-Identifier: Apache-2.0
// iam_int: what the parser, the matchers and the decision share; private to lang/iam.
//
// Always true: these functions write to the set only while it is being built; what the matchers are
// given is frozen.
#ifndef WR_IAM_INT_H
#define WR_IAM_INT_H

#include "lang/iam/iam.h"

// A reader of one document: where it is added, by which rules.
typedef struct iam_reader {
    wr_iam_set *set;
    wr_iam_policy *policy;
    const wr_doc *doc;
    const wr_src *src;
    bool tolerant;
} iam_reader;

// An error of the document at node n (NULL: the document): a diagnostic (NULL when it is not kept),
// and the policy is broken.
wr_diag *iam_fault(iam_reader *r, wr_code code, const wr_node *n, const char *fmt, ...)
    WR_PRINTF(4, 5);

// What IAM's API answers to a document that is read: as wr_iam_api_error. The answer is in out or
// constant; scratch is left dirty.
wr_str iam_api_answer(wr_arena *scratch, wr_arena *out, const wr_doc *doc, const wr_node *root,
                      wr_iam_kind kind);

// ---- pattern.c: texts to pieces; matching

enum iam_pat_how {
    IAM_PAT_ACTION = 1,   // lower case, no variables, no ARN
    IAM_PAT_RESOURCE = 2, // fields of an ARN; variables in the sixth field only
    IAM_PAT_STRING = 4,   // wildcards and variables (StringLike)
    IAM_PAT_ARN = 8,      // fields of an ARN; variables anywhere (Arn… operators)
    IAM_PAT_PLAIN = 16,   // variables, but * and ? are literals (StringEquals, Bool)
    IAM_PAT_TEXT = 32,    // literal throughout (Numeric, Date, IpAddress …)
};
// Compiles text into *out. node: where it stands. Never fails but without memory: a "${" that is
// not closed is text, and what stands in ${} and is no key's name is a variable without value (the
// checks of `writ iam validate` find both).
wr_rc iam_pat_make(iam_reader *r, wr_str text, const wr_node *node, enum iam_pat_how how,
                   wr_iam_pat *out) WR_MUST_USE;

// The literal text of a LITERAL or PREFIX pattern, as written.
static inline wr_str iam_pat_lit(const wr_iam_pat *p) { return wr_strn(p->u.lit, p->n); }
// n bytes from p to `to`, ASCII letters in lower case.
void iam_lower_copy(char *to, const char *p, size_t n);
// Is text, which is in lower case, the n bytes at p but for the case of ASCII letters?
bool iam_lower_same(const char *p, const char *text, size_t n);

// Is the value of a variable in p missing, so that p matches nothing? WR_MAYBE: not known.
wr_tri iam_pat_valueless(const wr_iam_pat *p, const wr_iam_request *r, wr_iam_need *need);

// Adds the keys of p's variables that are not known to need.
void iam_pat_need(const wr_iam_pat *p, const wr_iam_request *r, wr_iam_need *need);

// ---- num.c, date.c, ip.c, base64.c: values of conditions. False: the text is none. Nothing but
// iam_base64_decode allocates; numbers point into the text.

bool iam_num_parse(wr_str s, wr_iam_num *out);
int iam_num_cmp(const wr_iam_num *a, const wr_iam_num *b); // <0, 0, >0
bool iam_date_parse(wr_str s, wr_iam_time *out);
int iam_date_cmp(const wr_iam_time *a, const wr_iam_time *b);
bool iam_bool_parse(wr_str s, bool *out);        // true, false, in any case
bool iam_ip_parse(wr_str s, wr_iam_cidr *out);   // an address: a network of one
bool iam_cidr_parse(wr_str s, wr_iam_cidr *out); // an address or a network
bool iam_cidr_has(const wr_iam_cidr *net, const wr_iam_cidr *ip);
bool iam_base64_decode(wr_arena *a, wr_str s, wr_str *out); // false without memory, too
bool iam_base64_same(wr_str s, wr_str bytes);               // is s the base64 of bytes?

// ---- ops.c: what the operators compare

// How the values of op are compiled.
enum iam_pat_how iam_op_pat_how(const wr_iam_op *op);
// Sets *v's typed part from v->pat.raw; v->valid.
void iam_op_value(const wr_iam_op *op, wr_arena *a, wr_iam_value *v);
// Does the request's value match one of c's values, the operator's negation and quantifier aside?
// WR_MAYBE: that turns on variables whose keys are not known; they are added to need.
wr_tri iam_op_any(const wr_iam_cond *c, wr_str given, const wr_iam_request *r, wr_iam_need *need);
// Could some value match? Does every value? Of any text the request may give.
bool iam_op_can(const wr_iam_cond *c, const wr_iam_request *r);
bool iam_op_must(const wr_iam_cond *c);

// ---- cond.c: one operator × key × values

// op_node, key_node, value_node as they stand; reports unknown operators, wrong value kinds and
// values that do not have the operator's type where AWS refuses the document for it.
wr_rc iam_cond_make(iam_reader *r, const wr_node *op_node, const wr_node *key_node,
                    const wr_node *value_node, wr_iam_cond *out) WR_MUST_USE;

// The text of a scalar as conditions see it: true → "true", 1e3 → "1e3" (its lexeme).
wr_str iam_scalar_text(iam_reader *r, const wr_node *n);

bool iam_same(wr_str a, wr_str b); // parse.c: ASCII case does not count

// Adds a key to the facts needed (NULL: nobody asks).
static inline void iam_need_key(wr_iam_need *need, uint32_t key) {
    if (need && key / 64 < need->n_words) need->keys[key / 64] |= (uint64_t)1 << key % 64;
}

// ---- principal.c

// Does the statement's Principal (NotPrincipal) name the caller, and how? See the grants of
// resource policies in the decision order.
typedef enum iam_names {
    IAM_NAMES_NOBODY,
    IAM_NAMES_ACCOUNT, // the account or its root: delegates
    IAM_NAMES_ANYONE,  // "*"
    IAM_NAMES_ROLE,    // the role of a session, or the role
    IAM_NAMES_PARENT,  // the user of a federated session
    IAM_NAMES_SESSION, // the session itself
    IAM_NAMES_USER,    // the user, root, service or provider itself
} iam_names;
iam_names iam_principal_named(const wr_iam_stmt *st, const wr_iam_request *r);
// Does the statement name a canonical user id that could be the caller's account's? It cannot be
// told from a request: what the statement says of a caller it does not name otherwise is open.
bool iam_principal_maybe(const wr_iam_stmt *st, const wr_iam_request *r);
// NotPrincipal with Deny: is the caller excluded, that is the whole chain listed?
bool iam_principal_excluded(const wr_iam_stmt *st, const wr_iam_request *r, bool has_boundary);
// Is the ARN or service name text the caller, or the role or user behind its session?
bool iam_principal_is(wr_str text, const wr_iam_principal *p);

#endif
