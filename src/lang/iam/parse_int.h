// SPDX-License-Identifier: Apache-2.0
// parse_int: what the files of the parser share; private to lang/iam. One file each for the set
// (set.c), documents (parse.c), statements (parse_stmt.c), principals (parse_who.c), texts with
// comments (parse_text.c) and the API's own words (api_error.c).
#ifndef WR_IAM_PARSE_INT_H
#define WR_IAM_PARSE_INT_H

#include "lang/iam/iam_int.h"

// What wr_iam_set_new makes. words: the names of the grammar and the other keys of all texts that
// are read, so that thousands of small documents have no tables of their own.
struct iam_word {
    const wr_iam_op *op; // NULL: not looked for yet, or no operator
    uint32_t key;        // of the condition key, plus 1; 0: not looked for yet
    uint8_t quant;       // wr_iam_quant
    bool if_exists;
};
typedef struct iam_set {
    wr_iam_set pub; // first: a wr_iam_set is cast to this
    wr_symtab words;
    WR_VEC(const wr_sym *) names; // condition keys by id
    WR_VEC(struct iam_word) seen; // by id in words: what it was found to be
} iam_set;

enum iam_top { IAM_TOP_VERSION, IAM_TOP_ID, IAM_TOP_STATEMENT, IAM_N_TOP };
enum iam_element {
    IAM_E_SID,
    IAM_E_EFFECT,
    IAM_E_PRINCIPAL,
    IAM_E_NOT_PRINCIPAL,
    IAM_E_ACTION,
    IAM_E_NOT_ACTION,
    IAM_E_RESOURCE,
    IAM_E_NOT_RESOURCE,
    IAM_E_CONDITION,
    IAM_N_ELEMENTS,
};
enum { IAM_N_WHO = 4 };
extern const char *const iam_top_names[IAM_N_TOP];
extern const char *const iam_element_names[IAM_N_ELEMENTS];
extern const char *const iam_who_names[IAM_N_WHO]; // from WR_IAM_WHO_AWS on

// What a kind of document takes (IAM User Guide, "IAM JSON policy elements reference";
// Organizations User Guide, "SCP syntax", "RCP syntax").
typedef enum iam_need { IAM_MUST, IAM_MAY, IAM_MUST_NOT } iam_need;
typedef struct iam_rules {
    uint8_t principal, resource; // iam_need
    bool not_principal;          // NotPrincipal may stand there
    bool deny_only;              // RCP
    bool plain_sid;              // Sids are letters and digits, and unique
    bool new_version;            // Version must be 2012-10-17
} iam_rules;
extern const iam_rules iam_rules_of[WR_IAM_N_KINDS];

static inline char iam_lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }
const char *iam_a_kind(const wr_node *n); // "a number", as people say it of JSON

// An error against a rule that only the kind has: with `tolerant` a warning that breaks nothing.
wr_diag *iam_kind_fault(iam_reader *r, wr_code code, const wr_node *n, const char *fmt, ...)
    WR_PRINTF(4, 5);
// A finding that does not break the document.
wr_diag *iam_warn(iam_reader *r, wr_code code, const wr_node *n, const char *fmt, ...)
    WR_PRINTF(4, 5);

// The entry of map m whose name is names[i] goes to key[i] and val[i] (NULL: not there). Unknown
// and repeated names are reported. what: "statement", for messages.
void iam_take_map(iam_reader *r, const wr_node *m, const char *const *names, unsigned n,
                  const wr_node **key, const wr_node **val, const char *what);
// Reports the keys of m that are repeated.
void iam_repeats(iam_reader *r, const wr_node *m);
// Is the value not known before deployment? Reports it; the document is then broken, because it
// cannot be judged.
bool iam_unknown_slow(iam_reader *r, const wr_node *n);
static inline bool iam_unknown(iam_reader *r, const wr_node *n) {
    return (n->flags & WR_F_UNKNOWN) != 0 && iam_unknown_slow(r, n);
}
// The text of string n. Reports what is none: what names the element.
bool iam_text(iam_reader *r, const wr_node *n, const char *what, wr_str *out);

// Strings of an element that takes one or a list: how many there are at most, then one by one.
// NULL entries of lists are passed over (as IAM does).
typedef struct iam_texts {
    const wr_node *at, *end;
    const char *what;
} iam_texts;
bool iam_texts_begin(iam_reader *r, const wr_node *n, const char *what, iam_texts *t);
bool iam_texts_slow(iam_reader *r, iam_texts *t, const wr_node **n, wr_str *out);
static inline bool iam_texts_next(iam_reader *r, iam_texts *t, const wr_node **n, wr_str *out) {
    const wr_node *at = t->at;
    if (at == t->end) return false;
    if (at->kind != WR_STR || (at->flags & WR_F_UNKNOWN)) return iam_texts_slow(r, t, n, out);
    *out = wr_strn(at->u.s, at->n); // a value, never a key
    *n = at;
    t->at = at + 1;
    return true;
}

// Statement m into *out, already zeroed but for policy, index, id. False: no memory.
bool iam_parse_stmt(iam_reader *r, const wr_node *m, wr_iam_stmt *out);
// The value of Principal or NotPrincipal. False: no memory.
bool iam_parse_who(iam_reader *r, const wr_node *n, wr_iam_stmt *out);

// A policy of the set with nothing in it yet. NULL: no memory.
wr_iam_policy *iam_policy_new(wr_iam_set *s, const wr_iam_parse_opts *opts, const wr_src *src);

// A copy of text with comments (// and /* */ outside strings) turned into blanks.
typedef struct iam_comments {
    wr_str blanked;
    uint32_t n;
    wr_span first, open; // open: the one that is not closed; its end is 0 when all are
} iam_comments;
bool iam_blank_comments(wr_arena *a, wr_str text, iam_comments *out); // false: no memory

#endif
