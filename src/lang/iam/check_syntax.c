// SPDX-License-Identifier: Apache-2.0
// check_syntax: the grammar: elements there are, must be and may not be, values of the right JSON
// kind, Sids, versions. One finding a fault; what is wrong here the other checks pass over.
// Rules: IAM User Guide, "Grammar of the IAM JSON policy language", "Sid", "Version"; AWS
// Organizations User Guide, "SCP syntax", "RCP syntax".

#include "lang/iam/check_int.h"

static const char *json_kind(const wr_node *n) {
    switch (n->kind) {
    case WR_NULL: return "null";
    case WR_BOOL: return "a Boolean";
    case WR_INT:
    case WR_FLOAT: return "a number";
    case WR_LIST: return "a list";
    case WR_MAP: return "an object";
    default: return "a text";
    }
}

// What waits for a deployment is not judged.
static bool is_unknown(const wr_node *n) { return (n->flags & WR_F_UNKNOWN) != 0; }

static void mismatch(chk *k, const wr_node *n, const char *what, const char *wanted) {
    if (is_unknown(n)) return;
    chk_find(k, WR_IAM_C_DATA_TYPE_MISMATCH, n, "%s is %s where %s is wanted", what, json_kind(n),
             wanted);
    chk_fix(k, "Write %s.", wanted);
}

// ---------------------------------------------------------------------------------- keys

static void check_repeats(chk *k, const wr_node *m) {
    uint32_t losers = wr_map_losers(m);
    for (uint32_t i = m->n; i < m->n + losers; i++)
        chk_find(k, WR_IAM_C_DUPLICATE_KEY, wr_map_key(m, i), "%.*s stands twice in one object",
                 WR_FMT(wr_node_str(wr_map_key(m, i))));
}

static void unknown_element(chk *k, const wr_node *key, const char *const *names, size_t n,
                            const char *where) {
    wr_str text = wr_node_str(key);
    chk_find(k, WR_IAM_C_INVALID_POLICY_ELEMENT, key, "a %s has no element %.*s", where,
             WR_FMT(text));
    for (size_t i = 0; i < n; i++)
        if (chk_same(text, names[i])) chk_fix(k, "Write %s, in this case.", names[i]);
}

static bool is_one_of(wr_str s, const char *const *names, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (wr_eq(s, wr_strz(names[i]))) return true;
    return false;
}

// ---------------------------------------------------------------------------------- the document

static void check_version(chk *k) {
    const wr_node *v = k->version;
    if (v == NULL) {
        if (k->kind == WR_IAM_RCP)
            chk_find(k, WR_IAM_C_RCP_SYNTAX_ERROR_VERSION, NULL,
                     "a resource control policy needs version 2012-10-17");
        else
            chk_find(k, WR_IAM_C_MISSING_VERSION, NULL,
                     "the document has no Version, and so is of 2008-10-17");
        return;
    }
    if (!chk_is_text(v)) {
        mismatch(k, v, "Version", "a text");
        return;
    }
    wr_str t = wr_node_str(v);
    bool old = wr_eq(t, WR_S("2008-10-17"));
    if (!old && !k->variables)
        chk_find(k, WR_IAM_C_INVALID_VERSION, v,
                 "%.*s is no version of the policy language: 2012-10-17 and 2008-10-17 are",
                 WR_FMT(t));
    if (old && k->kind == WR_IAM_RCP)
        chk_find(k, WR_IAM_C_RCP_SYNTAX_ERROR_VERSION, v,
                 "a resource control policy is of version 2012-10-17");
}

void chk_syntax(chk *k) {
    static const char *const names[] = {"Version", "Id", "Statement"};
    const wr_node *root = k->root;
    if (root->kind != WR_MAP) {
        mismatch(k, root, "the document", "an object");
        return;
    }
    check_repeats(k, root);
    for (uint32_t i = 0; i < root->n; i++) {
        const wr_node *key = wr_map_key(root, i), *v = wr_map_val(root, i);
        if (!is_one_of(wr_node_str(key), names, 3)) unknown_element(k, key, names, 3, "policy");
        if (wr_eq(wr_node_str(key), WR_S("Id")) && !chk_is_text(v)) mismatch(k, v, "Id", "a text");
    }
    check_version(k);
    if (k->statement == NULL || (k->statement->kind == WR_LIST && k->statement->n == 0)) {
        chk_find(k, WR_IAM_C_MISSING_STATEMENT, k->statement, "the document has no statement");
        return;
    }
    chk_items it = chk_items_of(k->statement);
    for (uint32_t i = 0; i < it.n; i++)
        if (it.v[i].kind != WR_MAP) mismatch(k, &it.v[i], "a statement", "an object");
}

// ---------------------------------------------------------------------------------- statements

static void check_names(chk *k, const chk_stmt *s) {
    const wr_node *n = s->node;
    check_repeats(k, n);
    for (uint32_t i = 0; i < n->n; i++)
        if (!is_one_of(wr_node_str(wr_map_key(n, i)), chk_el_name, EL_N))
            unknown_element(k, wr_map_key(n, i), chk_el_name, EL_N, "statement");
}

static void check_effect(chk *k, const chk_stmt *s) {
    const wr_node *e = s->el[EL_EFFECT];
    if (e == NULL) {
        chk_find(k, WR_IAM_C_MISSING_EFFECT, s->node, "the statement has no Effect");
        return;
    }
    if (!chk_is_text(e)) {
        mismatch(k, e, "Effect", "a text");
        return;
    }
    wr_str t = wr_node_str(e);
    if (s->allow && k->kind == WR_IAM_RCP)
        chk_find(k, WR_IAM_C_RCP_SYNTAX_ERROR_EFFECT, e, "a resource control policy only denies");
    if (s->allow || s->deny) return;
    chk_find(k, WR_IAM_C_INVALID_EFFECT, e, "the effect %.*s is neither Allow nor Deny", WR_FMT(t));
    if (chk_same(t, "Allow")) chk_fix(k, "Write Allow, in this case.");
    if (chk_same(t, "Deny")) chk_fix(k, "Write Deny, in this case.");
}

// An element that is a text or a list of texts. empty: the code for [].
static void check_texts(chk *k, const chk_stmt *s, chk_el e, wr_iam_issue empty) {
    const wr_node *n = s->el[e];
    if (n == NULL) return;
    if (n->kind != WR_LIST && !chk_is_text(n)) {
        mismatch(k, n, chk_el_name[e], "a text or a list of texts");
        return;
    }
    chk_items it = chk_items_of(n);
    if (n->kind == WR_LIST && n->n == 0)
        chk_find(k, empty, n, "%s is an empty list", chk_el_name[e]);
    for (uint32_t i = 0; i < it.n; i++)
        if (!chk_is_text(&it.v[i])) mismatch(k, &it.v[i], "an entry of the list", "a text");
}

static void check_pairs(chk *k, const chk_stmt *s) {
    static const chk_el pair[][2] = {{EL_ACTION, EL_NOT_ACTION},
                                     {EL_RESOURCE, EL_NOT_RESOURCE},
                                     {EL_PRINCIPAL, EL_NOT_PRINCIPAL}};
    for (size_t i = 0; i < 3; i++) {
        const wr_node *key = s->key[pair[i][1]];
        if (s->key[pair[i][0]] == NULL || key == NULL) continue;
        chk_find(k, WR_IAM_C_UNSUPPORTED_ELEMENT_COMBINATION, key,
                 "%s and %s cannot stand in one statement", chk_el_name[pair[i][0]],
                 chk_el_name[pair[i][1]]);
    }
}

static bool needs_resource(const chk *k) {
    switch (k->kind) {
    case WR_IAM_TRUST: return false;
    case WR_IAM_RESOURCE: return k->target != WR_IAM_T_ANY && k->target != WR_IAM_T_ROLE;
    default: return true;
    }
}

static void check_resource_there(chk *k, const chk_stmt *s) {
    const wr_node *key =
        s->key[EL_RESOURCE] != NULL ? s->key[EL_RESOURCE] : s->key[EL_NOT_RESOURCE];
    if (key == NULL && needs_resource(k))
        chk_find(k, WR_IAM_C_MISSING_RESOURCE, s->node,
                 "the statement has neither Resource nor NotResource");
    if (key == NULL) return;
    if (k->kind == WR_IAM_TRUST)
        chk_find(k, WR_IAM_C_ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE, key,
                 "a trust policy names no resource: it is the role");
    if (k->kind == WR_IAM_SCP && s->key[EL_NOT_RESOURCE] != NULL)
        chk_find(k, WR_IAM_C_SCP_SYNTAX_ERROR_NOTRESOURCE, s->key[EL_NOT_RESOURCE],
                 "service control policies had no NotResource before 2025");
}

static void check_principal_there(chk *k, const chk_stmt *s) {
    const wr_node *p = s->key[EL_PRINCIPAL], *np = s->key[EL_NOT_PRINCIPAL];
    const wr_node *key = p != NULL ? p : np;
    if (chk_identity(k) && key != NULL)
        chk_find(k, WR_IAM_C_UNSUPPORTED_PRINCIPAL, key, "an %s policy names no principal",
                 k->kind == WR_IAM_IDENTITY ? "identity" : "attached");
    if (k->kind == WR_IAM_SCP && key != NULL)
        chk_find(k, WR_IAM_C_SCP_SYNTAX_ERROR_PRINCIPAL, key,
                 "a service control policy names no principal");
    if (k->kind == WR_IAM_TRUST && np != NULL)
        chk_find(k, WR_IAM_C_ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL, np,
                 "a trust policy has no NotPrincipal");
    if (k->kind == WR_IAM_RCP && np != NULL)
        chk_find(k, WR_IAM_C_UNSUPPORTED_PRINCIPAL, np,
                 "a resource control policy has no NotPrincipal");
    bool anyone = s->el[EL_PRINCIPAL] != NULL && chk_is_text(s->el[EL_PRINCIPAL]) && s->anyone;
    if (k->kind == WR_IAM_RCP && p != NULL && !anyone)
        chk_find(k, WR_IAM_C_UNSUPPORTED_PRINCIPAL, p,
                 "the principal of a resource control policy is *");
    if (key == NULL && !chk_identity(k) && k->kind != WR_IAM_SCP)
        chk_find(k, WR_IAM_C_MISSING_PRINCIPAL, s->node, "the statement names no principal");
}

static void check_actions_there(chk *k, const chk_stmt *s) {
    const wr_node *na = s->key[EL_NOT_ACTION];
    if (s->key[EL_ACTION] == NULL && na == NULL)
        chk_find(k, WR_IAM_C_MISSING_ACTION, s->node,
                 "the statement has neither Action nor NotAction");
    if (na != NULL && k->kind == WR_IAM_RCP)
        chk_find(k, WR_IAM_C_RCP_SYNTAX_ERROR_NOTACTION, na,
                 "a resource control policy has no NotAction");
    if (na != NULL && k->kind == WR_IAM_SCP && s->allow)
        chk_find(k, WR_IAM_C_SCP_SYNTAX_ERROR_ALLOW_NOTACTION, na,
                 "service control policies did not allow with NotAction before 2025");
    if (s->key[EL_CONDITION] != NULL && k->kind == WR_IAM_SCP && s->allow)
        chk_find(k, WR_IAM_C_SCP_SYNTAX_ERROR_ALLOW_CONDITION, s->key[EL_CONDITION],
                 "service control policies did not allow under conditions before 2025");
}

// ---------------------------------------------------------------------------------- conditions

static bool is_scalar(const wr_node *n) { return n->kind >= WR_BOOL && n->kind <= WR_STR; }

static void check_values(chk *k, const wr_node *v) {
    if (v->kind != WR_LIST && !is_scalar(v)) {
        mismatch(k, v, "the value of a condition", "a text, a number, a Boolean or a list of them");
        return;
    }
    chk_items it = chk_items_of(v);
    for (uint32_t i = 0; i < it.n; i++)
        if (!is_scalar(&it.v[i]))
            mismatch(k, &it.v[i], "a value of a condition", "a text, a number or a Boolean");
}

static void check_condition(chk *k, const chk_stmt *s) {
    const wr_node *c = s->el[EL_CONDITION];
    if (c == NULL) return;
    if (c->kind != WR_MAP) {
        mismatch(k, c, "Condition", "an object");
        return;
    }
    check_repeats(k, c);
    if (c->n == 0) chk_find(k, WR_IAM_C_EMPTY_OBJECT_CONDITION, c, "Condition is empty");
    for (uint32_t i = 0; i < c->n; i++) {
        const wr_node *keys = wr_map_val(c, i);
        if (keys->kind != WR_MAP) {
            mismatch(k, keys, "what stands under an operator", "an object of keys and values");
            continue;
        }
        check_repeats(k, keys);
        if (keys->n == 0)
            chk_find(k, WR_IAM_C_EMPTY_OBJECT_CONDITION, keys, "the operator has no keys");
        for (uint32_t j = 0; j < keys->n; j++) check_values(k, wr_map_val(keys, j));
    }
}

// Characters that IAM takes: tab, line breaks, U+0020 to U+00FF.
static void check_characters(chk *k, const wr_node *n) {
    wr_str s = wr_node_str(n);
    for (size_t i = 0; i < s.n;) {
        if ((unsigned char)s.p[i] >= 0x20 && (unsigned char)s.p[i] < 0x80) {
            i++;
            continue;
        }
        uint32_t cp = wr_utf8_next(s, &i);
        if (cp == '\t' || cp == '\n' || cp == '\r' || (cp >= 0x20 && cp <= 0xFF)) continue;
        chk_find(k, WR_IAM_C_UNSUPPORTED_CHARACTER, n, "IAM does not take the character U+%04X",
                 (unsigned)cp);
        return;
    }
}

static void check_texts_of(chk *k, chk_items it) {
    for (uint32_t i = 0; i < it.n; i++)
        if (chk_is_text(&it.v[i])) check_characters(k, &it.v[i]);
}

void chk_syntax_stmt(chk *k, const chk_stmt *s) {
    check_names(k, s);
    check_effect(k, s);
    if (s->el[EL_SID] != NULL && !chk_is_text(s->el[EL_SID]))
        mismatch(k, s->el[EL_SID], "Sid", "a text");
    check_pairs(k, s);
    check_principal_there(k, s);
    check_actions_there(k, s);
    check_resource_there(k, s);
    check_texts(k, s, EL_ACTION, WR_IAM_C_EMPTY_ARRAY_ACTION);
    check_texts(k, s, EL_NOT_ACTION, WR_IAM_C_EMPTY_ARRAY_ACTION);
    check_texts(k, s, EL_RESOURCE, WR_IAM_C_EMPTY_ARRAY_RESOURCE);
    check_texts(k, s, EL_NOT_RESOURCE, WR_IAM_C_EMPTY_ARRAY_RESOURCE);
    check_condition(k, s);
    if (!chk_identity(k) && k->kind != WR_IAM_TRUST) return;
    check_texts_of(k, s->resources);
    for (uint32_t i = 0; i < s->n_conds; i++) check_texts_of(k, s->conds[i].values);
}

// ---------------------------------------------------------------------------------- Sids

static void check_sid(chk *k, const chk_stmt *s, bool plain) {
    const wr_node *n = s->el[EL_SID];
    if (n == NULL || !chk_is_text(n)) return;
    if (s->sid.n == 0) chk_find(k, WR_IAM_C_EMPTY_SID_VALUE, n, "Sid is an empty text");
    if (!plain || wr_find(s->sid, WR_S("${"), 0) != SIZE_MAX) return;
    for (size_t i = 0; i < s->sid.n; i++) {
        char c = s->sid.p[i];
        bool fine = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (fine) continue;
        chk_find(k, WR_IAM_C_UNSUPPORTED_SID, n, "Sid %.*s has other characters than A-Z, a-z, 0-9",
                 WR_FMT(s->sid));
        return;
    }
}

void chk_sids(chk *k) {
    bool plain = k->kind != WR_IAM_RESOURCE && k->kind != WR_IAM_ENDPOINT;
    if (k->n_stmts == 1) { // many; nothing to compare with
        k->at = k->stmts;
        check_sid(k, k->at, plain);
        k->at = NULL;
        return;
    }
    wr_map sids;
    wr_map_init(&sids, &k->run->scratch);
    for (uint32_t i = 0; i < k->n_stmts; i++) {
        k->at = &k->stmts[i];
        check_sid(k, k->at, plain);
        if (k->at->sid.n == 0) continue;
        void **slot = wr_map_at(&sids, k->at->sid);
        if (slot == NULL) k->oom = true;
        else if (*slot != NULL)
            chk_find(k, plain ? WR_IAM_C_UNIQUE_SIDS_REQUIRED : WR_IAM_C_UNIQUE_SIDS_RECOMMENDED,
                     k->at->el[EL_SID], "Sid %.*s stands twice", WR_FMT(k->at->sid));
        else *slot = &k->stmts[i];
    }
    k->at = NULL;
}

// ---------------------------------------------------------------------------------- sizes

static wr_iam_quota quota_of(const chk *k) {
    switch (k->kind) {
    case WR_IAM_SCP: return WR_IAM_Q_SCP;
    case WR_IAM_RCP: return WR_IAM_Q_RCP;
    case WR_IAM_SESSION: return WR_IAM_Q_SESSION;
    case WR_IAM_TRUST: return WR_IAM_Q_TRUST;
    case WR_IAM_RESOURCE:
    case WR_IAM_ENDPOINT: return WR_IAM_Q_RESOURCE;
    default: return k->quota;
    }
}

static wr_iam_issue size_issue(wr_iam_quota q) {
    switch (q) {
    case WR_IAM_Q_SCP: return WR_IAM_C_POLICY_SIZE_EXCEEDS_SCP_QUOTA;
    case WR_IAM_Q_RCP: return WR_IAM_C_POLICY_SIZE_EXCEEDS_RCP_QUOTA;
    case WR_IAM_Q_SESSION: return WR_IAM_C_POLICY_SIZE_EXCEEDS_SESSION_POLICY_QUOTA;
    case WR_IAM_Q_TRUST: return WR_IAM_C_POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA;
    case WR_IAM_Q_RESOURCE: return WR_IAM_C_POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA;
    default: return WR_IAM_C_POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA;
    }
}

// Characters of a text, white space counted or not.
static size_t count_chars(wr_str s, bool blanks) {
    size_t n = 0;
    unsigned char least = blanks ? 0 : ' ' + 1; // JSON has no other bytes below the blank
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        n += (size_t)(c >= least) & (size_t)((c & 0xC0) != 0x80);
    }
    return n;
}

size_t chk_chars(const wr_doc *d, const wr_node *root, wr_iam_quota q) {
    bool blanks = q >= WR_IAM_Q_SESSION, whole = root == d->root && d->format == WR_JSON;
    wr_str text = wr_sub(d->srcs[root->src]->text, root->span.beg, root->span.end);
    wr_buf b;
    wr_buf_init(&b, 0);
    if (!whole && wr_put_json(&b, root, -1) == WR_OK) text = wr_buf_str(&b);
    size_t n = count_chars(text, blanks);
    wr_buf_fini(&b);
    return n;
}

// The text of the policy: as written, or (in templates and dumps) as compact JSON, as it is sent.
void chk_size(chk *k) {
    wr_iam_quota q = quota_of(k);
    bool blanks = q >= WR_IAM_Q_SESSION; // IAM does not count white space, others do
    uint32_t quota = k->run->quota[q];
    bool whole = k->root == k->doc->root && k->doc->format == WR_JSON;
    if (whole && k->root->span.end - k->root->span.beg <= quota) return;
    size_t n = chk_chars(k->doc, k->root, q);
    if (n <= quota) return;
    chk_find(k, size_issue(q), NULL, "the document has %llu characters%s, the quota %s is %u",
             (unsigned long long)n, blanks ? "" : " besides white space", wr_iam_quota_name(q),
             quota);
}
