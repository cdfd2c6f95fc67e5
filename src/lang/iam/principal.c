// SPDX-License-Identifier: Apache-2.0
// principal: who a request comes from, by the form of its name, and whether a statement's Principal
// or NotPrincipal means that caller.
// Invariant: a caller is matched as what it is known to be, never by a pattern: only "*" alone
// stands for several principals.
// Rules: IAM User Guide, "AWS JSON policy elements: Principal" and "… NotPrincipal", "IAM
// identifiers"; STS API reference (ARNs of sessions).

#include "lang/iam/iam_int.h"

// ---------------------------------------------------------------------------------- forms

// What stands behind "word/" in s; empty when s does not begin so.
static wr_str behind(wr_str s, const char *word) {
    wr_str w = wr_strz(word);
    if (s.n <= w.n + 1 || !wr_starts(s, w) || s.p[w.n] != '/') return (wr_str){0};
    return wr_sub(s, w.n + 1, s.n);
}

static bool has_wildcard(wr_str s) {
    return s.n && (memchr(s.p, '*', s.n) != NULL || memchr(s.p, '?', s.n) != NULL);
}

static bool parse_iam(wr_str rest, wr_iam_principal *out) {
    wr_str path;
    if (wr_eq(rest, WR_S("root"))) {
        out->kind = WR_IAM_ROOT;
        return true;
    }
    if (behind(rest, "saml-provider").n || behind(rest, "oidc-provider").n) {
        out->kind = WR_IAM_FEDERATED;
        out->account = (wr_str){0};
        return true;
    }
    if ((path = behind(rest, "user")).n) out->kind = WR_IAM_USER;
    else if ((path = behind(rest, "role")).n) out->kind = WR_IAM_ROLE;
    else return false;
    out->name = wr_basename(path);
    out->service_linked = out->kind == WR_IAM_ROLE && wr_starts(path, WR_S("aws-service-role/"));
    return out->name.n > 0;
}

static bool parse_sts(wr_str rest, wr_iam_principal *out) {
    wr_str name = behind(rest, "federated-user");
    if (name.n) {
        out->kind = WR_IAM_FEDERATED_USER;
        out->name = out->session = name;
        return memchr(name.p, '/', name.n) == NULL;
    }
    wr_str both = behind(rest, "assumed-role");
    const char *cut = both.n ? memchr(both.p, '/', both.n) : NULL;
    if (cut == NULL) return false;
    out->kind = WR_IAM_SESSION_OF_ROLE;
    out->name = wr_strn(both.p, (size_t)(cut - both.p));
    out->session = wr_sub(both, out->name.n + 1, both.n);
    return out->name.n && out->session.n && memchr(out->session.p, '/', out->session.n) == NULL;
}

static bool parse_arn(wr_str s, wr_iam_principal *out) {
    if (!wr_iam_arn_split(s, &out->arn) || has_wildcard(s)) return false;
    const wr_str *f = out->arn.f;
    if (f[WR_ARN_REGION].n || !wr_iam_is_account(f[WR_ARN_ACCOUNT])) return false;
    out->account = f[WR_ARN_ACCOUNT];
    if (wr_eq(f[WR_ARN_SERVICE], WR_S("iam"))) return parse_iam(f[WR_ARN_RESOURCE], out);
    if (wr_eq(f[WR_ARN_SERVICE], WR_S("sts"))) return parse_sts(f[WR_ARN_RESOURCE], out);
    return false;
}

// A host name, perhaps with a port and a path: an AWS service or an identity provider.
static bool is_host(wr_str s) {
    bool dot = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = wr_low(s.p[i]);
        bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!word && (i == 0 || strchr("-._/:", c) == NULL || c == 0)) return false;
        dot = dot || c == '.';
    }
    return dot;
}

// cognito-identity.amazonaws.com is a provider of web identities in spite of its name.
static bool is_service(wr_str s) {
    if (iam_same(s, WR_S("cognito-identity.amazonaws.com"))) return false;
    return wr_ends(s, WR_S(".amazonaws.com")) || wr_ends(s, WR_S(".amazonaws.com.cn")) ||
           wr_ends(s, WR_S(".aws.internal"));
}

bool wr_iam_principal_parse(wr_str s, wr_iam_principal *out) {
    *out = (wr_iam_principal){.kind = WR_IAM_ANONYMOUS, .text = s};
    if (wr_eq(s, WR_S("*")) || iam_same(s, WR_S("anonymous"))) return true;
    if (wr_starts(s, WR_S("arn:"))) return parse_arn(s, out);
    if (!is_host(s)) return false;
    out->kind = is_service(s) ? WR_IAM_SERVICE : WR_IAM_FEDERATED;
    return true;
}

// ---------------------------------------------------------------------------------- naming

static bool same_account(const wr_iam_named *n, const wr_iam_principal *p) {
    if (p->account.n == 0 || !wr_eq(n->account, p->account)) return false;
    wr_str partition = n->arn.f[WR_ARN_PARTITION]; // a bare account id has none
    return partition.n == 0 || wr_eq(partition, p->arn.f[WR_ARN_PARTITION]);
}

// The user or role that the ARN n names, if it is of the caller's account: its name without path.
static wr_str named_entity(const wr_iam_named *n, const wr_iam_principal *p, const char *what) {
    const wr_str *f = n->arn.f;
    if (!wr_eq(f[WR_ARN_SERVICE], WR_S("iam")) || !wr_eq(f[WR_ARN_ACCOUNT], p->account) ||
        !wr_eq(f[WR_ARN_PARTITION], p->arn.f[WR_ARN_PARTITION]))
        return (wr_str){0};
    return wr_basename(behind(f[WR_ARN_RESOURCE], what));
}

static iam_names aws_names(const wr_iam_named *n, const wr_iam_principal *p) {
    if (p->account.n == 0) return IAM_NAMES_NOBODY;
    if (n->account.n) {
        if (!same_account(n, p)) return IAM_NAMES_NOBODY;
        return p->kind == WR_IAM_ROOT ? IAM_NAMES_USER : IAM_NAMES_ACCOUNT;
    }
    bool itself = wr_eq(n->text, p->text);
    switch (p->kind) {
    case WR_IAM_USER: return itself ? IAM_NAMES_USER : IAM_NAMES_NOBODY;
    case WR_IAM_ROLE: return itself ? IAM_NAMES_ROLE : IAM_NAMES_NOBODY;
    case WR_IAM_SESSION_OF_ROLE:
        if (itself) return IAM_NAMES_SESSION;
        // The session's ARN has no path, and names of roles are unique without it.
        return p->name.n && iam_same(named_entity(n, p, "role"), p->name) ? IAM_NAMES_ROLE
                                                                          : IAM_NAMES_NOBODY;
    case WR_IAM_FEDERATED_USER:
        if (itself) return IAM_NAMES_SESSION;
        return p->name.n && iam_same(named_entity(n, p, "user"), p->name) ? IAM_NAMES_PARENT
                                                                          : IAM_NAMES_NOBODY;
    default: return IAM_NAMES_NOBODY;
    }
}

static iam_names names(const wr_iam_named *n, const wr_iam_principal *p) {
    switch (n->who) {
    case WR_IAM_WHO_ANYONE: return IAM_NAMES_ANYONE;
    case WR_IAM_WHO_AWS: return n->all ? IAM_NAMES_ANYONE : aws_names(n, p);
    case WR_IAM_WHO_SERVICE:
        if (p->kind != WR_IAM_SERVICE) return IAM_NAMES_NOBODY;
        return n->all || iam_same(n->text, p->text) ? IAM_NAMES_USER : IAM_NAMES_NOBODY;
    case WR_IAM_WHO_FEDERATED:
        if (p->kind != WR_IAM_FEDERATED) return IAM_NAMES_NOBODY;
        return n->all || wr_eq(n->text, p->text) ? IAM_NAMES_USER : IAM_NAMES_NOBODY;
    default: return IAM_NAMES_NOBODY; // a canonical user id: see iam_principal_maybe
    }
}

iam_names iam_principal_named(const wr_iam_stmt *st, const wr_iam_request *r) {
    iam_names best = IAM_NAMES_NOBODY;
    for (uint32_t i = 0; i < st->n_principals; i++) {
        iam_names one = names(&st->principals[i], &r->principal);
        if (one > best) best = one;
    }
    if (!st->not_principal) return best;
    return best == IAM_NAMES_NOBODY ? IAM_NAMES_ANYONE : IAM_NAMES_NOBODY;
}

bool iam_principal_maybe(const wr_iam_stmt *st, const wr_iam_request *r) {
    if (r->principal.account.n == 0) return false; // only accounts have canonical ids
    for (uint32_t i = 0; i < st->n_principals; i++)
        if (st->principals[i].who == WR_IAM_WHO_CANONICAL) return true;
    return false;
}

bool iam_principal_excluded(const wr_iam_stmt *st, const wr_iam_request *r, bool has_boundary) {
    const wr_iam_principal *p = &r->principal;
    unsigned listed = 0;
    for (uint32_t i = 0; i < st->n_principals; i++) listed |= 1u << names(&st->principals[i], p);
    if (listed & 1u << IAM_NAMES_ANYONE) return true;
    // With a boundary the statement always denies: "NotPrincipal", note on permissions boundaries.
    if (has_boundary && p->account.n && p->kind != WR_IAM_ROOT) return false;
    unsigned chain = 1u << IAM_NAMES_USER; // root, services, providers: themselves
    switch (p->kind) {
    case WR_IAM_ANONYMOUS: return false;
    case WR_IAM_USER: chain |= 1u << IAM_NAMES_ACCOUNT; break;
    case WR_IAM_ROLE: chain = 1u << IAM_NAMES_ROLE | 1u << IAM_NAMES_ACCOUNT; break;
    case WR_IAM_SESSION_OF_ROLE:
        chain = 1u << IAM_NAMES_SESSION | 1u << IAM_NAMES_ROLE | 1u << IAM_NAMES_ACCOUNT;
        break;
    case WR_IAM_FEDERATED_USER:
        chain = 1u << IAM_NAMES_SESSION | 1u << IAM_NAMES_PARENT | 1u << IAM_NAMES_ACCOUNT;
        break;
    default: break;
    }
    return (listed & chain) == chain;
}

bool iam_principal_is(wr_str text, const wr_iam_principal *p) {
    wr_iam_named n = {.who = WR_IAM_WHO_AWS, .text = text};
    if (p->kind == WR_IAM_SERVICE) n.who = WR_IAM_WHO_SERVICE;
    if (!wr_iam_arn_split(text, &n.arn)) n.arn = (wr_iam_arn){0};
    return names(&n, p) != IAM_NAMES_NOBODY;
}
