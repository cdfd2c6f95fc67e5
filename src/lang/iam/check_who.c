// SPDX-License-Identifier: Apache-2.0
// check_who: principals of any policy, and statements that let services in.
// Rules: IAM User Guide, "Principal", "The confused deputy problem", "IAM identifiers".

#include "lang/iam/check_int.h"
#include "lang/iam/check_service.h"

// ---------------------------------------------------------------------------------- forms

static bool is_unique_id(wr_str s, const char *prefix) {
    if (s.n < 16 || s.n > 128 || !wr_starts(s, wr_strz(prefix))) return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9')) return false;
    }
    return true;
}

static bool is_aws_principal(wr_str s) {
    wr_iam_arn a;
    if (wr_eq(s, WR_S("*")) || wr_iam_is_account(s)) return true;
    if (is_unique_id(s, "AROA") || is_unique_id(s, "AIDA") || is_unique_id(s, "AGPA")) return true;
    if (!wr_iam_arn_split(s, &a)) return false;
    bool service = wr_eq(a.f[2], WR_S("iam")) || wr_eq(a.f[2], WR_S("sts")) ||
                   wr_eq(a.f[2], WR_S("cloudfront"));
    return service && a.f[5].n > 0;
}

static void check_aws(chk *k, const chk_who *w) {
    if (is_unique_id(w->text, "AROA"))
        chk_find(k, WR_IAM_C_INVALID_ROLE_REFERENCE, w->node, "%.*s is the unique id of a role",
                 WR_FMT(w->text));
    else if (is_unique_id(w->text, "AIDA"))
        chk_find(k, WR_IAM_C_INVALID_USER_REFERENCE, w->node, "%.*s is the unique id of a user",
                 WR_FMT(w->text));
    if (w->text.n > 1 && chk_has_wild(w->text))
        chk_find(k, WR_IAM_C_UNSUPPORTED_WILDCARD_IN_PRINCIPAL, w->node,
                 "principals are no patterns: %.*s", WR_FMT(w->text));
    else if (!is_aws_principal(w->text))
        chk_find(k, WR_IAM_C_INVALID_PRINCIPAL_FORMAT, w->node,
                 "%.*s is neither *, nor an account id, nor an ARN of IAM or STS", WR_FMT(w->text));
}

static void check_service(chk *k, const chk_who *w) {
    if (chk_has_wild(w->text))
        chk_find(k, WR_IAM_C_UNSUPPORTED_WILDCARD_IN_PRINCIPAL, w->node,
                 "a service principal is no pattern: %.*s", WR_FMT(w->text));
    else if (!chk_is_service_principal(w->text, false))
        chk_find(k, WR_IAM_C_INVALID_SERVICE_PRINCIPAL_FORMAT, w->node,
                 "%.*s is not service.amazonaws.com", WR_FMT(w->text));
}

static void check_federated(chk *k, const chk_who *w) {
    if (k->kind != WR_IAM_TRUST)
        chk_find(k, WR_IAM_C_FEDERATED_PRINCIPAL_NOT_SUPPORTED, w->node,
                 "only trust policies of roles name a Federated principal");
    else if (chk_has_wild(w->text))
        chk_find(k, WR_IAM_C_UNSUPPORTED_WILDCARD_IN_PRINCIPAL, w->node,
                 "a federated principal is no pattern: %.*s", WR_FMT(w->text));
}

static void check_one(chk *k, const chk_who *w) {
    if (chk_has_variable(w->text)) return; // said where variables are
    switch (w->kind) {
    case WR_IAM_WHO_ANYONE:
        if (!wr_eq(w->text, WR_S("*")))
            chk_find(k, WR_IAM_C_INVALID_PRINCIPAL_FORMAT, w->node,
                     "Principal is the text %.*s, where only * may be one", WR_FMT(w->text));
        return;
    case WR_IAM_WHO_AWS: check_aws(k, w); return;
    case WR_IAM_WHO_SERVICE: check_service(k, w); return;
    case WR_IAM_WHO_FEDERATED: check_federated(k, w); return;
    case WR_IAM_WHO_CANONICAL:
        if (chk_has_wild(w->text))
            chk_find(k, WR_IAM_C_UNSUPPORTED_WILDCARD_IN_PRINCIPAL, w->node,
                     "a canonical user id is no pattern: %.*s", WR_FMT(w->text));
        return;
    }
}

// ---------------------------------------------------------------------------------- the element

static bool is_kind(wr_str key) {
    return wr_eq(key, WR_S("AWS")) || wr_eq(key, WR_S("Service")) ||
           wr_eq(key, WR_S("Federated")) || wr_eq(key, WR_S("CanonicalUser"));
}

static void check_values(chk *k, const wr_node *v) {
    chk_items it = chk_items_of(v);
    if (v->kind == WR_LIST && v->n == 0)
        chk_find(k, WR_IAM_C_EMPTY_ARRAY_PRINCIPAL, v, "the list of principals is empty");
    for (uint32_t i = 0; i < it.n; i++)
        if (!chk_is_text(&it.v[i]) && !(it.v[i].flags & WR_F_UNKNOWN))
            chk_find(k, WR_IAM_C_DATA_TYPE_MISMATCH, &it.v[i], "a principal is not a text");
}

static void check_map(chk *k, const wr_node *p) {
    uint32_t losers = wr_map_losers(p);
    if (p->n == 0) chk_find(k, WR_IAM_C_EMPTY_OBJECT_PRINCIPAL, p, "Principal is empty");
    for (uint32_t i = p->n; i < p->n + losers; i++)
        chk_find(k, WR_IAM_C_DUPLICATE_KEY, wr_map_key(p, i), "%.*s stands twice in one object",
                 WR_FMT(wr_node_str(wr_map_key(p, i))));
    for (uint32_t i = 0; i < p->n; i++) {
        wr_str key = wr_node_str(wr_map_key(p, i));
        if (is_kind(key)) {
            check_values(k, wr_map_val(p, i));
            continue;
        }
        chk_find(k, WR_IAM_C_INVALID_PRINCIPAL_KEY, wr_map_key(p, i),
                 "%.*s is no kind of principal", WR_FMT(key));
    }
}

static void check_element(chk *k, const wr_node *p) {
    if (p == NULL || (p->flags & WR_F_UNKNOWN)) return;
    if (p->kind == WR_MAP) check_map(k, p);
    else if (!chk_is_text(p))
        chk_find(k, WR_IAM_C_INVALID_PRINCIPAL_FORMAT, p,
                 "Principal is neither * nor an object of kinds and values");
}

// ---------------------------------------------------------------------------------- services

static const char *const source_keys[] = {"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid",
                                          "aws:sourceorgpaths"};
static const char *const weak_keys[] = {"aws:sourceowner", "aws:referer", "aws:sourceip",
                                        "aws:useragent"};

static const chk_cond *one_of(const chk_stmt *s, const char *const *keys, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const chk_cond *c = chk_cond_on(s, keys[i]);
        if (c != NULL) return c;
    }
    return NULL;
}

static void check_source(chk *k, const chk_stmt *s, const chk_who *w) {
    if (one_of(s, source_keys, 4) != NULL) return;
    const chk_cond *weak = one_of(s, weak_keys, 4);
    if (weak != NULL)
        chk_find(k, WR_IAM_C_RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL, weak->key_node,
                 "%.*s restricts %.*s less than aws:SourceArn or aws:SourceAccount",
                 WR_FMT(weak->key->text), WR_FMT(w->text));
    else
        chk_find(k, WR_IAM_C_RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL, w->node,
                 "%.*s may act here for anybody", WR_FMT(w->text));
}

static bool about_caller(wr_str low) {
    static const char *const keys[] = {"aws:principalarn",   "aws:principalaccount",
                                       "aws:principalorgid", "aws:principalorgpaths",
                                       "aws:userid",         "aws:username"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (chk_same(low, keys[i])) return true;
    return wr_starts(low, WR_S("aws:principaltag/"));
}

static void check_keys(chk *k, const chk_stmt *s, const chk_who *w) {
    for (uint32_t i = 0; i < s->n_conds; i++) {
        const chk_cond *c = &s->conds[i];
        if (!chk_wants_value(c) || !about_caller(c->key->low)) continue;
        chk_find(k, WR_IAM_C_UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL, c->key_node,
                 "requests of %.*s do not carry %.*s", WR_FMT(w->text), WR_FMT(c->key->text));
    }
}

void chk_principals(chk *k, const chk_stmt *s) {
    if (s->key[EL_PRINCIPAL] == NULL && s->key[EL_NOT_PRINCIPAL] == NULL) return;
    if (chk_identity(k) || chk_org(k)) return; // the element itself is said to be wrong
    check_element(k, s->el[EL_PRINCIPAL]);
    check_element(k, s->el[EL_NOT_PRINCIPAL]);
    for (uint32_t i = 0; i < s->n_who; i++) check_one(k, &s->who[i]);
    if (!s->allow) return;
    if (s->not_principal && k->kind != WR_IAM_TRUST)
        chk_find(k, WR_IAM_C_ALLOW_WITH_NOTPRINCIPAL, s->key[EL_NOT_PRINCIPAL],
                 "everybody but those named is allowed");
    for (uint32_t i = 0; i < s->n_who && !s->not_principal; i++) {
        if (s->who[i].kind != WR_IAM_WHO_SERVICE) continue;
        if (k->kind == WR_IAM_RESOURCE) check_source(k, s, &s->who[i]);
        check_keys(k, s, &s->who[i]);
        return; // one finding a statement
    }
}
