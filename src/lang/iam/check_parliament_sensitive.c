// SPDX-License-Identifier: Apache-2.0
// Checks by the codes of parliament: what a policy allows on resources that are said to be
// sensitive (--sensitive).
// Rule: a statement allows, whatever its conditions, an action that takes resources of that type on
// a resource that may be the sensitive one, and no statement denies it there without a condition.
// What cannot be told counts as allowed: of an ARN of no known form every action is asked.

#include "lang/iam/parliament_int.h"

bool wr_iam_sensitive_parse(wr_str s, wr_iam_sensitive *out) {
    wr_iam_arn arn;
    size_t eq = wr_starts(s, WR_S("arn:")) ? SIZE_MAX : wr_find(s, WR_S("="), 0);
    *out = (wr_iam_sensitive){.arn = s};
    if (eq != SIZE_MAX) {
        out->action = wr_sub(s, 0, eq);
        out->arn = wr_sub(s, eq + 1, s.n);
        size_t colon = wr_find(out->action, WR_S(":"), 0);
        if (colon == SIZE_MAX || colon == 0 || colon + 1 == eq ||
            wr_find(out->action, WR_S(":"), colon + 1) != SIZE_MAX)
            return false;
    }
    return wr_iam_arn_split(out->arn, &arn) && arn.f[WR_ARN_RESOURCE].n > 0;
}

typedef struct wanted { // one of the sensitive resources
    wr_str arn;
    const chk_act *only; // NULL: any action
    bool typed;          // some resource type has ARNs of this form
} wanted;

static bool has_type(wr_str arn) {
    for (uint32_t t = 0; t < wr_aws_n_types(); t++)
        if (par_is_of(t, arn)) return true;
    return false;
}

// The entry of Resource that may be the resource, or that it is not one of NotResource's.
static const wr_node *reaches(const chk_stmt *s, wr_str arn) {
    for (uint32_t i = 0; i < s->resources.n; i++) {
        const wr_node *n = &s->resources.v[i];
        if (!chk_is_text(n)) continue;
        wr_str r = wr_node_str(n);
        if (s->not_resource && !chk_has_variable(r) && chk_covers(r, arn, false)) return NULL;
        if (!s->not_resource && chk_meets(arn, r)) return n;
    }
    return s->not_resource ? s->el[EL_NOT_RESOURCE] : NULL;
}

static bool denied_on(const chk *k, uint32_t id, wr_str arn) {
    for (uint32_t i = 0; i < k->n_stmts; i++) {
        const chk_stmt *s = &k->stmts[i];
        bool all = s->not_resource;
        if (!s->deny || s->el[EL_CONDITION] != NULL || !par_applies(s, id)) continue;
        if (s->el[EL_PRINCIPAL] != NULL || s->el[EL_NOT_PRINCIPAL] != NULL) continue;
        for (uint32_t j = 0; j < s->resources.n; j++) {
            if (!chk_is_text(&s->resources.v[j])) continue;
            wr_str r = wr_node_str(&s->resources.v[j]);
            if (s->not_resource) all = all && !chk_meets(arn, r);
            else all = all || (!chk_has_variable(r) && chk_covers(r, arn, false));
        }
        if (all) return true;
    }
    return false;
}

static bool concerns(const chk *k, const chk_stmt *s, const wanted *w, uint32_t id) {
    bool takes = !w->typed;
    if ((w->only != NULL && !par_fits(w->only, id)) || !par_applies(s, id)) return false;
    for (uint32_t i = 0; !takes && i < wr_aws_action_n_types(id); i++)
        takes = par_is_of(wr_aws_action_type(id, i).type, w->arn);
    return takes && !denied_on(k, id, w->arn);
}

// The first action that the statement allows on the resource; WR_AWS_NONE: none.
static uint32_t first_action(const chk *k, const chk_stmt *s, const wanted *w) {
    bool all = s->not_action;
    for (uint32_t i = 0; i < s->n_acts && !all; i++) {
        const chk_act *a = s->acts[i].act;
        all = a->all;
        for (uint32_t id = par_next(a, 0); id != WR_AWS_NONE; id = par_next(a, id + 1))
            if (concerns(k, s, w, id)) return id;
    }
    for (uint32_t id = 0; all && id < wr_aws_n_actions(); id++)
        if (concerns(k, s, w, id)) return id;
    return WR_AWS_NONE;
}

static void check_one(chk *k, const wanted *w) {
    for (uint32_t i = 0; i < k->n_stmts; i++) {
        const chk_stmt *s = &k->stmts[i];
        const wr_node *at = s->allow ? reaches(s, w->arn) : NULL;
        uint32_t id = at != NULL ? first_action(k, s, w) : WR_AWS_NONE;
        if (id == WR_AWS_NONE) continue;
        k->at = s;
        chk_find(k, WR_IAM_C_SENSITIVE_ACCESS, at, "%.*s is allowed on the sensitive %.*s",
                 WR_FMT(par_name(k, id)), WR_FMT(wr_utf8_cut(w->arn, 200)));
    }
    k->at = NULL;
}

void par_sensitive(chk *k) {
    for (uint32_t i = 0; i < k->run->n_sensitive; i++) {
        const wr_iam_sensitive *v = &k->run->sensitive[i];
        wanted w = {.arn = v->arn, .typed = has_type(v->arn)};
        if (v->action.n > 0 && (w.only = chk_act_of(k, v->action)) == NULL) k->oom = true;
        if (k->oom) return;
        check_one(k, &w);
    }
}
