// SPDX-License-Identifier: Apache-2.0
// Checks by the codes of parliament: the frame, and what makes a statement malformed.
// Most are off unless asked for with --check: Access Analyzer's say the same. What differs from
// that program (NotAction, sessions and OIDC providers, trust policies without Resource) is in
// docs/internals/iam-parliament.md.

#include "lang/iam/parliament_int.h"

static bool malformed(chk *k, const wr_node *at, const char *what) {
    chk_find(k, WR_IAM_C_MALFORMED, at, "%s", what);
    return false;
}

// ---------------------------------------------------------------------------------- actions

bool par_fits(const chk_act *a, uint32_t id) {
    if (a->all) return true;
    if (a->malformed) return false;
    uint32_t service = wr_aws_action_service(id);
    if (a->wild_service ? !chk_covers(a->service, wr_aws_service_prefix(service), true)
                        : a->svc != service)
        return false;
    if (!a->wild && !a->wild_service) return a->id == id;
    return chk_covers(a->name, wr_aws_action_name(id), true);
}

uint32_t par_next(const chk_act *a, uint32_t from) {
    uint32_t first = 0, n = wr_aws_n_actions();
    if (a->all || a->malformed) return WR_AWS_NONE;
    if (!a->wild_service) {
        if (a->svc == WR_AWS_NONE) return WR_AWS_NONE;
        if (!a->wild) return a->id != WR_AWS_NONE && from <= a->id ? a->id : WR_AWS_NONE;
        first = wr_aws_service_actions(a->svc, &n);
    }
    for (uint32_t id = from > first ? from : first; id < first + n; id++)
        if (par_fits(a, id)) return id;
    return WR_AWS_NONE;
}

bool par_applies(const chk_stmt *s, uint32_t id) {
    bool listed = false;
    uint32_t service = s->n_acts > 0 ? wr_aws_action_service(id) : 0;
    for (uint32_t i = 0; i < s->n_acts && !listed; i++) {
        const chk_act *a = s->acts[i].act;
        if (a->svc != service && !a->all && !a->wild_service) continue; // nearly all
        listed = par_fits(a, id);
    }
    return listed != s->not_action;
}

wr_str par_name(chk *k, uint32_t id) {
    wr_str s =
        wr_fmt(k->arena, "%.*s:%.*s", WR_FMT(wr_aws_service_prefix(wr_aws_action_service(id))),
               WR_FMT(wr_aws_action_name(id)));
    if (s.p == NULL) k->oom = true;
    return s;
}

// False: an entry names no action there is.
static bool check_actions(chk *k, const chk_stmt *s) {
    bool good = true;
    for (uint32_t i = 0; i < s->n_acts; i++) {
        const chk_act *a = s->acts[i].act;
        wr_str shown = wr_utf8_cut(a->text, 200);
        if (a->all || a->matches) continue;
        good = false;
        if (a->malformed) malformed(k, s->acts[i].node, "an action is not service:name");
        else if (a->svc == WR_AWS_NONE)
            chk_find(k, WR_IAM_C_UNKNOWN_PREFIX, s->acts[i].node, "no service has the prefix %.*s",
                     WR_FMT(wr_utf8_cut(a->service, 100)));
        else
            chk_find(k, WR_IAM_C_UNKNOWN_ACTION, s->acts[i].node, "there is no action %.*s",
                     WR_FMT(shown));
    }
    return good;
}

// ---------------------------------------------------------------------------------- statements

static bool check_elements(chk *k, const chk_stmt *s) {
    for (uint32_t i = 0; i < s->node->n; i++) {
        const wr_node *key = wr_map_key(s->node, i);
        bool known = false;
        for (int e = 0; e < EL_N; e++) known = known || chk_same(wr_node_str(key), chk_el_name[e]);
        if (!known) return malformed(k, key, "a statement has no such element");
    }
    return true;
}

static bool check_sid(chk *k, const chk_stmt *s) {
    for (size_t i = 0; i < s->sid.n; i++) {
        char c = s->sid.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (letter || (c >= '0' && c <= '9')) continue;
        chk_find(k, WR_IAM_C_INVALID_SID, s->el[EL_SID],
                 "the Sid %.*s is not only letters and digits", WR_FMT(wr_utf8_cut(s->sid, 100)));
        return false;
    }
    return true;
}

// Exactly one of two elements; `may_lack`: or none.
static bool one_of(chk *k, const chk_stmt *s, chk_el a, chk_el b, bool may_lack) {
    if (s->el[a] != NULL && s->el[b] != NULL)
        return malformed(k, s->key[b], "a statement has an element or its Not form, not both");
    if (may_lack || s->el[a] != NULL || s->el[b] != NULL) return true;
    return malformed(k, s->node,
                     a == EL_ACTION ? "the statement has neither Action nor NotAction"
                                    : "the statement has neither Resource nor NotResource");
}

// False: it is malformed, and nothing further is said of it.
static bool check_statement(chk *k, const chk_stmt *s) {
    bool own = k->kind == WR_IAM_TRUST || k->kind == WR_IAM_RESOURCE; // the resource is its own
    if (!check_elements(k, s) || !one_of(k, s, EL_PRINCIPAL, EL_NOT_PRINCIPAL, true)) return false;
    par_principals(k, s);
    if (s->el[EL_EFFECT] == NULL) return malformed(k, s->node, "the statement has no Effect");
    if (!s->allow && !s->deny)
        return malformed(k, s->el[EL_EFFECT], "Effect is neither Allow nor Deny");
    if (!check_sid(k, s) || !one_of(k, s, EL_ACTION, EL_NOT_ACTION, false) ||
        !one_of(k, s, EL_RESOURCE, EL_NOT_RESOURCE, own))
        return false;
    const wr_node *cond = s->el[EL_CONDITION];
    if (cond != NULL && cond->kind != WR_MAP) return malformed(k, cond, "Condition is no object");
    if (!check_actions(k, s)) return false;
    bool good = par_resources(k, s);
    if (good) par_matches(k, s);
    par_conditions(k, s);
    return good;
}

// ---------------------------------------------------------------------------------- the document

static bool check_top(chk *k) {
    if (k->root->kind != WR_MAP) return malformed(k, k->root, "the document is no object");
    for (uint32_t i = 0; i < k->root->n; i++) {
        const wr_node *key = wr_map_key(k->root, i);
        wr_str name = wr_node_str(key);
        if (!wr_eq(name, WR_S("Version")) && !wr_eq(name, WR_S("Statement")) &&
            !wr_eq(name, WR_S("Id")))
            return malformed(k, key, "a policy has no such element");
    }
    if (k->statement == NULL) return malformed(k, k->root, "the policy has no Statement");
    if (k->version == NULL) chk_find(k, WR_IAM_C_NO_VERSION, k->root, "the policy has no Version");
    else if (chk_is_text(k->version) && wr_eq(wr_node_str(k->version), WR_S("2008-10-17")))
        chk_find(k, WR_IAM_C_OLD_VERSION, k->version, "version 2008-10-17 has no policy variables");
    return true;
}

// Once for each Sid, at the second statement with it.
static void check_repeats(chk *k) {
    wr_map seen;
    wr_map_init(&seen, &k->run->scratch);
    for (uint32_t i = 0; i < k->n_stmts; i++) {
        const chk_stmt *s = &k->stmts[i];
        if (s->el[EL_SID] == NULL || s->sid.n == 0) continue;
        void **slot = wr_map_at(&seen, s->sid);
        if (slot == NULL) {
            k->oom = true;
            return;
        }
        uintptr_t n = (uintptr_t)*slot + 1;
        *slot = (void *)n; // NOLINT(performance-no-int-to-ptr): a count
        if (n != 2) continue;
        chk_find(k, WR_IAM_C_DUPLICATE_SID, s->el[EL_SID], "another statement has the Sid %.*s",
                 WR_FMT(wr_utf8_cut(s->sid, 100)));
    }
}

static bool any_on(const chk *k) {
    for (uint32_t i = WR_IAM_C_MALFORMED_JSON; i <= WR_IAM_C_SINGLE_VALUE_CONDITION_TOO_PERMISSIVE;
         i++)
        if (k->run->on[i]) return true;
    return false;
}

void chk_parliament(chk *k) {
    if (!any_on(k) || !check_top(k)) return;
    chk_items it = chk_items_of(k->statement);
    bool good = it.n == k->n_stmts;
    if (!good) malformed(k, k->statement, "a statement is no object");
    for (uint32_t i = 0; i < k->n_stmts; i++) {
        k->at = &k->stmts[i];
        good = check_statement(k, k->at) && good;
    }
    k->at = NULL;
    if (chk_on(k, WR_IAM_C_DUPLICATE_SID)) check_repeats(k);
    if (good) par_across(k);
}
