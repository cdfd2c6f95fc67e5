// SPDX-License-Identifier: Apache-2.0
// check_action: actions that do not exist, do nothing, or say the same twice.
// Rules: IAM User Guide, "Action"; Service Authorization Reference (src/aws).

#include "lang/iam/check_int.h"

static void check_existence(chk *k, const chk_use *u) {
    const chk_act *a = u->act;
    if (a->svc == WR_AWS_NONE) {
        chk_find(k, WR_IAM_C_INVALID_SERVICE_IN_ACTION, u->node, "there is no service %.*s",
                 WR_FMT(a->service));
        wr_str near = wr_aws_service_near(a->service);
        if (near.n > 0) chk_fix(k, "Write %.*s, if that is meant.", WR_FMT(near));
        return;
    }
    if (a->wild) {
        chk_find(k, WR_IAM_C_INVALID_ACTION, u->node, "%.*s fits no action of %.*s",
                 WR_FMT(a->text), WR_FMT(wr_aws_service_title(a->svc)));
        return;
    }
    chk_find(k, WR_IAM_C_INVALID_ACTION, u->node, "%.*s has no action %.*s",
             WR_FMT(wr_aws_service_title(a->svc)), WR_FMT(a->name));
    if (!chk_on(k, WR_IAM_C_INVALID_ACTION)) return;
    wr_str near = wr_aws_action_near(a->svc, a->name);
    if (near.n > 0)
        chk_fix(k, "Write %.*s:%.*s, if that is meant.", WR_FMT(a->service), WR_FMT(near));
}

static bool inner_wildcard(wr_str s) {
    return s.n > 0 && chk_has_wild(wr_sub(s, 0, s.n - (s.p[s.n - 1] == '*')));
}

static void check_action(chk *k, const chk_stmt *s, const chk_use *u) {
    const chk_act *a = u->act;
    if (a->vars)
        chk_find(k, WR_IAM_C_VARIABLE_UNSUPPORTED_IN_ELEMENT, u->node,
                 "%s replaces no policy variables: %.*s", s->not_action ? "NotAction" : "Action",
                 WR_FMT(a->text));
    else if (a->malformed)
        chk_find(k, WR_IAM_C_MALFORMED_ACTION, u->node,
                 "the action %.*s is neither * nor service:name", WR_FMT(a->text));
    if (a->all && k->kind == WR_IAM_RCP && !s->not_action)
        chk_find(k, WR_IAM_C_RCP_SYNTAX_ERROR_ACTION, u->node,
                 "an action of a resource control policy names a service");
    if (a->all || a->malformed || a->vars) return;
    if (k->kind == WR_IAM_SCP && inner_wildcard(a->text))
        chk_find(k, WR_IAM_C_SCP_SYNTAX_ERROR_ACTION_WILDCARD, u->node,
                 "before 2025 wildcards stood only at the end of a service control policy's "
                 "actions: %.*s",
                 WR_FMT(a->text));
    if (a->wild_service) {
        chk_find(k, WR_IAM_C_WILDCARD_IN_SERVICE_NAME, u->node,
                 "the service of %.*s is a pattern, and may fit services that are not meant",
                 WR_FMT(a->text));
        return;
    }
    if (!a->matches) check_existence(k, u);
}

void chk_actions(chk *k, const chk_stmt *s) {
    for (uint32_t i = 0; i < s->n_acts; i++) {
        const chk_act *a = s->acts[i].act;
        bool plain = a->matches && !a->all && !a->wild_service && !a->vars;
        if (plain && !(a->wild && k->kind == WR_IAM_SCP)) continue; // nearly all
        check_action(k, s, &s->acts[i]);
    }
}

// ---------------------------------------------------------------------------------- redundancy

// The patterns of a list by service: chains of entries, for the actions each may cover.
typedef struct covers {
    uint32_t all;   // 1 + index of "*"
    uint32_t loose; // patterns with a wild service
    uint32_t serial;
} covers;

static uint32_t *chain_of(chk *k, covers *c, const chk_act *a) {
    return a->wild_service || a->svc == WR_AWS_NONE ? &c->loose : &k->run->by_service[a->svc];
}

// Which entry covers entry i? UINT32_MAX: none. Of two that say the same the later is covered.
static uint32_t covered_by(chk *k, const chk_stmt *s, covers *c, uint32_t i) {
    const chk_act *a = s->acts[i].act;
    if (c->all > 0 && c->all != i + 1) return c->all - 1;
    if (a->all || a->malformed) return UINT32_MAX;
    uint32_t chain[2] = {c->loose,
                         a->wild_service || a->svc == WR_AWS_NONE ? 0 : k->run->by_service[a->svc]};
    for (int h = 0; h < 2; h++) {
        for (uint32_t j = chain[h]; j > 0; j = s->acts[j - 1].act->next) {
            const chk_act *p = s->acts[j - 1].act;
            if (p == a || !chk_covers(p->text, a->text, true)) continue;
            if (j - 1 > i && chk_covers(a->text, p->text, true)) continue; // the same
            return j - 1;
        }
    }
    return UINT32_MAX;
}

// Fills the chains; returns the first entry that stands twice, and how many do.
static uint32_t fill(chk *k, const chk_stmt *s, covers *c, uint32_t *n) {
    uint32_t first = UINT32_MAX;
    wr_iam_checker *run = k->run;
    for (uint32_t i = 0; i < s->n_acts; i++) {
        chk_act *a = s->acts[i].act;
        uint32_t *seen = a->id != WR_AWS_NONE ? &run->seen[a->id] : &a->seen;
        if (*seen == c->serial) {
            if ((*n)++ == 0) first = i;
            s->acts[i].again = true;
            continue;
        }
        *seen = c->serial;
        if (a->all) c->all = i + 1;
        if (!(a->wild || a->wild_service) || a->malformed || a->all) continue;
        uint32_t *head = chain_of(k, c, a);
        a->next = *head;
        *head = i + 1;
    }
    return first;
}

static void empty(chk *k, const chk_stmt *s, covers *c) {
    for (uint32_t i = 0; i < s->n_acts; i++) *chain_of(k, c, s->acts[i].act) = 0;
}

void chk_redundant_actions(chk *k, const chk_stmt *s) {
    covers c = {.serial = ++k->run->serial};
    uint32_t n = 0, by = UINT32_MAX;
    if (s->n_acts < 2 || !chk_on(k, WR_IAM_C_REDUNDANT_ACTION)) return;
    uint32_t first = fill(k, s, &c, &n);
    for (uint32_t i = 0; i < s->n_acts; i++) {
        uint32_t j = s->acts[i].again ? UINT32_MAX : covered_by(k, s, &c, i);
        if (j == UINT32_MAX) continue;
        n++;
        if (i >= first) continue;
        first = i;
        by = j;
    }
    empty(k, s, &c);
    if (n == 0) return;
    wr_str text = s->acts[first].act->text;
    const char *more = n == 1 ? "" : ", and more";
    if (by != UINT32_MAX)
        chk_find(k, WR_IAM_C_REDUNDANT_ACTION, s->acts[first].node,
                 "%.*s is covered by %.*s%s: %u in this list", WR_FMT(text),
                 WR_FMT(s->acts[by].act->text), more, n);
    else
        chk_find(k, WR_IAM_C_REDUNDANT_ACTION, s->acts[first].node,
                 "%.*s stands twice%s: %u in this list", WR_FMT(text), more, n);
}
