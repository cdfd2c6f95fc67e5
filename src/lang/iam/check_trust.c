// SPDX-License-Identifier: Apache-2.0
// check_trust: trust policies of roles: who goes with which action, identity providers, sessions.
// Rules: IAM User Guide, "Creating a role for … federation", "Pass session tags in AWS STS",
// IAM Roles Anywhere User Guide, "Trust model"; GitHub's subject claims.

#include "lang/iam/check_int.h"
#include "lang/iam/check_service.h"

#define GITHUB "token.actions.githubusercontent.com"

typedef enum assume { ASSUME_PLAIN, ASSUME_SAML, ASSUME_WEB, N_ASSUME } assume;
static const char *const assume_name[N_ASSUME] = {"AssumeRole", "AssumeRoleWithSAML",
                                                  "AssumeRoleWithWebIdentity"};

// ---------------------------------------------------------------------------------- providers

static bool is_host(wr_str s) {
    bool dot = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '-' || c == '.' || (c == '/' && dot) || (c == '_' && dot) ||
                    (c == ':' && dot);
        if (!fine) return false;
        dot |= c == '.' && i > 0 && i + 1 < s.n;
    }
    return dot;
}

static bool is_saml(wr_str s) {
    wr_iam_arn a;
    return wr_iam_arn_split(s, &a) && wr_starts(a.f[5], WR_S("saml-provider/"));
}

// The provider's host, by which its condition keys begin; empty for SAML.
static wr_str host_of(wr_str s) {
    wr_iam_arn a;
    if (!wr_iam_arn_split(s, &a)) return s;
    if (wr_starts(a.f[5], WR_S("oidc-provider/"))) return wr_sub(a.f[5], 14, a.f[5].n);
    return (wr_str){NULL, 0};
}

static void check_syntax(chk *k, const chk_who *w) {
    wr_iam_arn a;
    bool arn = wr_iam_arn_split(w->text, &a);
    bool provider = arn && wr_eq(a.f[2], WR_S("iam")) &&
                    ((is_saml(w->text) && a.f[5].n > 14) || host_of(w->text).n > 0);
    if (provider || (!arn && is_host(w->text)) || chk_has_wild(w->text)) return;
    if (wr_find(w->text, WR_S("${"), 0) != SIZE_MAX) return;
    chk_find(k, WR_IAM_C_INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY, w->node,
             "%.*s is neither a host name nor the ARN of a provider", WR_FMT(w->text));
}

// Has the statement a condition on a key of this provider?
static const chk_cond *cond_of_host(const chk_stmt *s, wr_str host, const char *claim) {
    for (uint32_t i = 0; i < s->n_conds; i++) {
        wr_str key = s->conds[i].key->low;
        size_t n = host.n;
        if (key.n <= n + 1 || key.p[n] != ':') continue;
        bool same = true;
        for (size_t j = 0; j < n && same; j++) same = (host.p[j] | 32) == (key.p[j] | 32);
        if (same && (claim == NULL || chk_same(wr_sub(key, n + 1, key.n), claim)))
            return &s->conds[i];
    }
    return NULL;
}

static void check_github(chk *k, const chk_stmt *s, const chk_who *w, wr_str host) {
    static const char *const claims[] = {"repository", "repository_id", "job_workflow_ref"};
    const chk_cond *sub = cond_of_host(s, host, "sub");
    bool other = false;
    for (size_t i = 0; i < 3; i++) other |= cond_of_host(s, host, claims[i]) != NULL;
    if (sub == NULL && !other)
        chk_find(k, WR_IAM_C_MISSING_GITHUB_REPO_CONDITION_KEY, w->node,
                 "workflows of any repository on GitHub may take the role");
    for (uint32_t i = 0; sub != NULL && i < sub->values.n; i++) {
        const wr_node *v = &sub->values.v[i];
        if (!chk_is_text(v) || !chk_has_wild(wr_node_str(v))) continue;
        chk_find(k, WR_IAM_C_SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED, v,
                 "%.*s fits more than one repository and branch", WR_FMT(wr_node_str(v)));
    }
}

static void check_provider(chk *k, const chk_stmt *s, const chk_who *w) {
    wr_str host = host_of(w->text);
    if (host.n == 0 || !is_host(host)) return;
    if (chk_same(host, GITHUB)) {
        check_github(k, s, w, host);
        return;
    }
    if (cond_of_host(s, host, NULL) == NULL)
        chk_find(k, WR_IAM_C_MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL, w->node,
                 "anybody whom %.*s signs in may take the role", WR_FMT(host));
    const chk_cond *aud = cond_of_host(s, host, "aud");
    if (aud != NULL && aud->quant != WR_IAM_PLAIN)
        chk_find(k, WR_IAM_C_CONFIRM_AUDIENCE_CLAIM_TYPE, aud->key_node,
                 "%.*s holds a single text with most providers", WR_FMT(aud->key->text));
}

// ---------------------------------------------------------------------------------- actions

static assume wanted_by(const chk_who *w) {
    if (w->kind != WR_IAM_WHO_FEDERATED) return ASSUME_PLAIN;
    return is_saml(w->text) ? ASSUME_SAML : ASSUME_WEB;
}

// Which sts:AssumeRole… actions an entry fits.
static void assumes_of(const chk_act *a, bool out[N_ASSUME]) {
    for (int i = 0; i < N_ASSUME; i++)
        out[i] = a->all || (!a->malformed && chk_covers(a->service, WR_S("sts"), true) &&
                            chk_covers(a->name, wr_strz(assume_name[i]), true));
}

static void check_matching(chk *k, const chk_stmt *s) {
    bool has[N_ASSUME] = {0}, wants[N_ASSUME] = {0}, fit[N_ASSUME];
    for (uint32_t i = 0; i < s->n_acts; i++) {
        assumes_of(s->acts[i].act, fit);
        for (int j = 0; j < N_ASSUME; j++) has[j] |= fit[j];
    }
    if (!has[0] && !has[1] && !has[2]) return;
    for (uint32_t i = 0; i < s->n_who; i++) {
        assume a = wanted_by(&s->who[i]);
        wants[a] = true;
        if (s->anyone && s->who[i].kind != WR_IAM_WHO_FEDERATED)
            wants[0] = wants[1] = wants[2] = true;
        if (has[a]) continue;
        chk_find(k, WR_IAM_C_MISMATCHED_ACTION_FOR_PRINCIPAL, s->who[i].node,
                 "%.*s takes a role with sts:%s, which the statement does not allow",
                 WR_FMT(s->who[i].text), assume_name[a]);
    }
    for (uint32_t i = 0; i < s->n_acts && s->n_who > 0; i++) {
        const chk_act *a = s->acts[i].act;
        if (a->all || a->wild || a->wild_service) continue;
        assumes_of(a, fit);
        for (int j = 0; j < N_ASSUME; j++)
            if (fit[j] && !wants[j])
                chk_find(k, WR_IAM_C_MISMATCHED_ACTION_FOR_PRINCIPAL, s->acts[i].node,
                         "no principal of the statement can use %.*s", WR_FMT(a->text));
    }
}

static void check_anywhere(chk *k, const chk_stmt *s, const chk_who *w) {
    static const char *const needed[] = {"AssumeRole", "SetSourceIdentity", "TagSession"};
    if (!wr_eq(w->text, WR_S("rolesanywhere.amazonaws.com"))) return;
    for (size_t i = 0; i < 3; i++) {
        if (chk_lists(s, "sts", needed[i])) continue;
        chk_find(k, WR_IAM_C_MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY, w->node,
                 "Roles Anywhere needs sts:%s, too", needed[i]);
        chk_fix(k, "Add sts:%s to the actions.", needed[i]);
        return;
    }
}

static void check_setters(chk *k, const chk_stmt *s) {
    static const struct {
        const char *key, *action;
    } row[] = {{"sts:sourceidentity", "SetSourceIdentity"},
               {"sts:transitivetagkeys", "TagSession"},
               {"aws:tagkeys", "TagSession"},
               {"aws:requesttag/", "TagSession"}};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        const chk_cond *c = chk_cond_on(s, row[i].key);
        if (c == NULL || chk_lists(s, "sts", row[i].action)) continue;
        chk_find(k, WR_IAM_C_MISSING_ACTION_FOR_CONDITION_KEY, c->key_node,
                 "%.*s can be set only with sts:%s", WR_FMT(c->key->text), row[i].action);
        chk_fix(k, "Add sts:%s to the actions.", row[i].action);
    }
}

static void check_sts_only(chk *k, const chk_stmt *s) {
    static const char *const names[] = {
        "AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity",
        "TagSession", "SetSourceIdentity",  "SetContext",
        "AssumeRoot"};
    for (uint32_t i = 0; i < s->n_acts; i++) {
        const chk_act *a = s->acts[i].act;
        bool fits = a->all || a->malformed || a->svc == WR_AWS_NONE || a->vars || !a->matches;
        for (size_t j = 0; j < sizeof names / sizeof *names && !fits; j++)
            fits = chk_same(a->service, "sts") && chk_covers(a->name, wr_strz(names[j]), true);
        if (!fits)
            chk_find(k, WR_IAM_C_UNSUPPORTED_ACTION_IN_POLICY, s->acts[i].node,
                     "%.*s does nothing in a trust policy", WR_FMT(a->text));
    }
}

// ---------------------------------------------------------------------------------- sessions

// Is b a session of role a?
static bool is_session_of(const wr_iam_arn *a, const wr_iam_arn *b) {
    if (!wr_starts(a->f[5], WR_S("role/")) || !wr_starts(b->f[5], WR_S("assumed-role/")))
        return false;
    wr_str role = wr_basename(a->f[5]), rest = wr_sub(b->f[5], 13, b->f[5].n);
    size_t slash = wr_find(rest, WR_S("/"), 0);
    return slash != SIZE_MAX && wr_eq(wr_sub(rest, 0, slash), role) && wr_eq(a->f[4], b->f[4]) &&
           wr_eq(a->f[1], b->f[1]);
}

static void check_sessions(chk *k, const chk_stmt *s) {
    enum { MANY = 512 }; // the cost is a square
    wr_iam_arn a, b;
    for (uint32_t j = 0; j < s->n_who && s->n_who <= MANY; j++) {
        if (!wr_iam_arn_split(s->who[j].text, &b) || !wr_eq(b.f[2], WR_S("sts"))) continue;
        for (uint32_t i = 0; i < s->n_who; i++) {
            if (!wr_iam_arn_split(s->who[i].text, &a) || !is_session_of(&a, &b)) continue;
            chk_find(k, WR_IAM_C_REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY, s->who[j].node,
                     "the session is covered by its role %.*s", WR_FMT(s->who[i].text));
            break;
        }
    }
}

void chk_trust(chk *k, const chk_stmt *s) {
    if (k->kind != WR_IAM_TRUST) return;
    const wr_node *p = s->el[EL_PRINCIPAL];
    if (p != NULL && chk_is_text(p) && wr_eq(wr_node_str(p), WR_S("*")))
        chk_find(k, WR_IAM_C_ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL, p,
                 "a trust policy names who may take the role: \"Principal\": \"*\" is not taken");
    check_sts_only(k, s);
    for (uint32_t i = 0; i < s->n_who; i++)
        if (s->who[i].kind == WR_IAM_WHO_FEDERATED) check_syntax(k, &s->who[i]);
    check_sessions(k, s);
    if (!s->allow || s->not_principal) return;
    if (!s->not_action) check_matching(k, s);
    if (!s->not_action) check_setters(k, s);
    for (uint32_t i = 0; i < s->n_who; i++) {
        if (s->who[i].kind == WR_IAM_WHO_FEDERATED) check_provider(k, s, &s->who[i]);
        if (s->who[i].kind == WR_IAM_WHO_SERVICE && !s->not_action)
            check_anywhere(k, s, &s->who[i]);
    }
}
