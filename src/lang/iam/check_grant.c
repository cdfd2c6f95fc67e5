// SPDX-License-Identifier: Apache-2.0
// check_grant: iam:PassRole and iam:CreateServiceLinkedRole on more than is meant; statements that
// say the same.
// Rules: IAM User Guide, "Grant a user permissions to pass a role", "Service-linked roles".

#include "lang/iam/check_int.h"
#include "lang/iam/check_service.h"

// By name, pattern, or all but some; the same × Resource, NotResource.
typedef enum way { WAY_NONE, WAY_NAME, WAY_STAR, WAY_NOT } way;

typedef struct grant {
    const char *action, *key; // the condition that narrows it
    wr_iam_issue of[4][2];    // by way; 0: Resource with a wildcard, 1: NotResource
} grant;

static const grant pass_role = {
    "iam:PassRole",
    "iam:passedtoservice",
    {[WAY_NAME] = {WR_IAM_C_PASS_ROLE_WITH_STAR_IN_RESOURCE, WR_IAM_C_PASS_ROLE_WITH_NOTRESOURCE},
     [WAY_STAR] = {WR_IAM_C_PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE,
                   WR_IAM_C_PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOTRESOURCE},
     [WAY_NOT] = {WR_IAM_C_PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOTACTION,
                  WR_IAM_C_PASS_ROLE_WITH_NOTACTION_AND_NOTRESOURCE}}};
static const grant create_slr = {
    "iam:CreateServiceLinkedRole",
    "iam:awsservicename",
    {[WAY_NAME] = {WR_IAM_C_CREATE_SLR_WITH_STAR_IN_RESOURCE, WR_IAM_C_CREATE_SLR_WITH_NOTRESOURCE},
     [WAY_STAR] = {WR_IAM_C_CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE,
                   WR_IAM_C_CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOTRESOURCE},
     [WAY_NOT] = {WR_IAM_C_CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOTACTION,
                  WR_IAM_C_CREATE_SLR_WITH_NOTACTION_AND_NOTRESOURCE}}};

static bool fits(const grant *g, const chk_act *a) {
    return g == &pass_role ? a->pass_role : a->create_slr;
}

// How the statement allows the action; *at: the entry that does.
static way way_of(const grant *g, const chk_stmt *s, const wr_node **at) {
    const chk_use *star = NULL, *name = NULL;
    for (uint32_t i = 0; i < s->n_acts; i++) {
        const chk_act *a = s->acts[i].act;
        if (!fits(g, a)) continue;
        if (a->all || a->wild || a->wild_service) star = star != NULL ? star : &s->acts[i];
        else name = name != NULL ? name : &s->acts[i];
    }
    if (s->not_action) {
        *at = s->key[EL_NOT_ACTION];
        return star == NULL && name == NULL && s->n_acts > 0 ? WAY_NOT : WAY_NONE;
    }
    const chk_use *u = name != NULL ? name : star;
    if (u == NULL) return WAY_NONE;
    *at = u->node;
    return name != NULL ? WAY_NAME : WAY_STAR;
}

// Is the resource any role? For service-linked roles: of any service.
static bool is_any(const grant *g, wr_str r) {
    wr_iam_arn a;
    if (wr_eq(r, WR_S("*"))) return true;
    if (!wr_iam_arn_split(r, &a))
        return r.n > 0 && r.p[r.n - 1] == '*' && chk_meets(r, WR_S("arn:aws:iam::*"));
    if (!chk_covers(a.f[2], WR_S("iam"), false)) return false;
    wr_str res = a.f[5], lead = WR_S("role/");
    if (res.n > 0 && res.p[0] == '*') return true;
    if (!wr_starts(res, lead)) return false;
    res = wr_sub(res, lead.n, res.n);
    if (g == &create_slr && wr_starts(res, WR_S("aws-service-role/"))) res = wr_sub(res, 17, res.n);
    if (res.n == 0 || res.p[0] != '*') return false;
    while (res.n > 0 && (res.p[0] == '*' || res.p[0] == '/')) res = wr_sub(res, 1, res.n);
    return res.n == 0; // what names its end is not any
}

static void check_grant(chk *k, const chk_stmt *s, const grant *g) {
    const wr_node *at = NULL;
    way w = way_of(g, s, &at);
    if (w == WAY_NONE) return;
    const chk_cond *c = chk_cond_on(s, g->key);
    if (c != NULL && chk_wants_value(c)) return;
    if (s->not_resource) {
        chk_find(k, g->of[w][1], s->key[EL_NOT_RESOURCE], "%s is allowed on all but some resources",
                 g->action);
        return;
    }
    for (uint32_t i = 0; i < s->resources.n; i++) {
        const wr_node *r = &s->resources.v[i];
        if (!chk_is_text(r) || !is_any(g, wr_node_str(r))) continue;
        chk_find(k, g->of[w][0], at, "%s is allowed on %.*s", g->action, WR_FMT(wr_node_str(r)));
        return;
    }
}

void chk_grants(chk *k, const chk_stmt *s) {
    if (!s->allow || !chk_identity(k)) return;
    check_grant(k, s, &pass_role);
    check_grant(k, s, &create_slr);
}

// ---------------------------------------------------------------------------------- the same

static uint64_t mix(uint64_t h) {
    h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9u;
    h = (h ^ (h >> 27)) * 0x94d049bb133111ebu;
    return h ^ (h >> 31);
}

// A list says the same in any order, and twice says no more than once: sums would differ, so equal
// sums are compared again below.
static uint64_t hash_items(chk_items it, uint64_t seed) {
    uint64_t h = 0;
    for (uint32_t i = 0; i < it.n; i++)
        h += mix(it.v[i].kind == WR_STR ? wr_hash(wr_node_str(&it.v[i]), seed)
                                        : seed + it.v[i].kind + (uint64_t)it.v[i].u.i);
    return mix(h + seed);
}

static uint64_t hash_stmt(const chk_stmt *s) {
    uint64_t h = (uint64_t)s->allow + 2u * s->not_action + 4u * s->not_resource +
                 8u * s->not_principal,
             sum = 0;
    for (uint32_t i = 0; i < s->n_acts; i++) sum += mix(s->acts[i].act->hash);
    h = mix(h + sum) + hash_items(s->resources, 1);
    for (uint32_t i = 0; i < s->n_who; i++)
        h += mix(wr_hash(s->who[i].text, 2u + (uint64_t)s->who[i].kind));
    for (uint32_t i = 0; i < s->n_conds; i++) {
        const chk_cond *c = &s->conds[i];
        h += mix(wr_hash(c->op_text, wr_hash(c->key->low, 3)) + hash_items(c->values, 4));
    }
    return h;
}

void chk_same_statements(chk *k) {
    wr_map seen;
    if (k->n_stmts < 2 || !chk_on(k, WR_IAM_C_REDUNDANT_STATEMENT)) return;
    wr_map_init(&seen, &k->run->scratch);
    for (uint32_t i = 0; i < k->n_stmts; i++) {
        chk_stmt *s = &k->stmts[i];
        if (s->n_acts == 0 || !(s->allow || s->deny)) continue;
        s->hash = hash_stmt(s);
        void **slot = wr_map_at(&seen, wr_strn((const char *)&s->hash, sizeof s->hash));
        if (slot == NULL) {
            k->oom = true;
            return;
        }
        const chk_stmt *first = *slot;
        if (first == NULL) {
            *slot = s;
            continue;
        }
        k->at = s;
        chk_find(k, WR_IAM_C_REDUNDANT_STATEMENT, s->node,
                 "the statement says the same as Statement[%u]", first->index);
        k->at = NULL;
    }
}
