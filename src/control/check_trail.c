// SPDX-License-Identifier: Apache-2.0
// check_trail: recorded calls against the SCPs and RCPs of controls. A call that succeeded although
// the policy surely denies it shows that the policy is not attached, or came later: a failure. What
// turns on facts that trails do not hold is unknown. Each thread replays files of its own
// (analyze, impact.c); what they count is added up in the end.
//
// Always true: findings are by control, principal, action and account, never one a record; memory
// is flat. What is unknown is by control and action.
// Rules: docs/guide/check.md, "Recorded calls".

#include "control/run_int.h"

// ---------------------------------------------------------------------------------- a file

static bool binds(void *arg, uint32_t policy, wr_str account) {
    run_worker *w = arg;
    const run_plan *p = w->plan;
    uint32_t c = p->policy_of.v[policy];
    if (!p->trails.v[w->trail].whole && !run_has(p->changed, c)) return false;
    if (!run_has(p->scoped, c)) return true;
    const run_scope *in = run_scope_of(w, account);
    if (in == NULL) {
        w->rc = WR_NOMEM;
        return false;
    }
    if (run_has(in->maybe_there, c)) w->doubtful[c] = true;
    return !run_has(in->out_there, c);
}

static void say(void *arg, const wr_diag *d) {
    run_worker *w = arg;
    if (d) run_keep_diag(&w->crew->trail_said[w->trail], d);
}

wr_rc run_trail_file(run_worker *w, uint32_t i) {
    const run_plan *p = w->plan;
    w->trail = i;
    if (w->impact == NULL) {
        w->impact_opts = (wr_impact_opts){
            .set = p->r->iam,
            .policies = p->policies.v,
            .n_policies = p->policies.n,
            .org = p->r->org,
            .binds = binds,
            .binds_arg = w,
            .group_by = WR_IMPACT_BY_PRINCIPAL | WR_IMPACT_BY_ACTION | WR_IMPACT_BY_ACCOUNT,
            .say = say,
            .arg = w,
            .progress = w->crew->trail,
        };
        w->impact = wr_impact_new(&w->impact_opts);
        if (w->impact == NULL) return WR_NOMEM;
    }
    wr_rc rc = wr_impact_file(w->impact, p->trails.v[i].in->path.p, i);
    return w->rc != WR_OK ? w->rc : rc;
}

// ---------------------------------------------------------------------------------- findings

typedef struct trail_end {
    run_crew *k;
    run_worker *w;
    run_slot *s;
    const wr_impact *all;
} trail_end;

static wr_str facts_of(const trail_end *e, const uint64_t *facts) {
    wr_arena *a = &e->s->task.arena;
    wr_buf b;
    wr_buf_init(&b, 64 << 10);
    for (uint32_t i = 0; facts && i < e->all->n_facts; i++) {
        if (!run_has(facts, i)) continue;
        if (b.n) wr_putz(&b, ", ");
        wr_str fact = wr_impact_fact(e->k->plan->r->iam, i);
        wr_puts(&b, wr_world_fact(a, e->k->plan->r->iam, fact));
    }
    wr_str s = wr_dup(a, wr_buf_str(&b));
    wr_buf_fini(&b);
    return s;
}

static wr_str statement_of(wr_arena *a, const wr_iam_stmt *st) {
    if (st == NULL) return WR_S("the policy");
    if (st->sid.n) return wr_fmt(a, "statement %.*s", WR_FMT(st->sid));
    return wr_fmt(a, "statement %u", (unsigned)st->index + 1);
}

// The first of the calls; its line is not shown, it may be a whole file.
static void place(const trail_end *e, const wr_impact_row *row, wr_reason *why) {
    wr_arena *a = &e->s->task.arena;
    wr_src *src = wr_src_new(a, e->k->plan->trails.v[row->file].in->path, WR_S(""), false);
    if (src == NULL) return;
    src->before.line = row->line ? (uint32_t)row->line - 1 : 0;
    src->secret = true;
    why->input = src;
}

static void denied(const trail_end *e, const wr_impact_row *row, wr_reason *why) {
    wr_arena *a = &e->s->task.arena;
    unsigned long long n = row->n[0];
    why->wanted = wr_fmt(a, "denied by %.*s", WR_FMT(statement_of(a, row->stmt)));
    why->found = wr_fmt(a, "%.*s succeeded %llu time%s, first in record %llu of the file",
                        WR_FMT(row->action), n, n == 1 ? "" : "s", (unsigned long long)row->record);
    why->message = wr_fmt(a, "%.*s; wanted: %.*s", WR_FMT(why->found), WR_FMT(why->wanted));
    why->which = wr_fmt(a, "%.*s %.*s", WR_FMT(row->action), WR_FMT(row->account));
    why->resource = row->principal;
    place(e, row, why);
}

static void maybe_denied(const trail_end *e, const wr_impact_row *row, wr_reason *why) {
    wr_arena *a = &e->s->task.arena;
    unsigned long long n = row->n[0];
    why->message = wr_fmt(a, "%llu recorded call%s of %.*s may be denied: it depends on %.*s", n,
                          n == 1 ? "" : "s", WR_FMT(row->action), WR_FMT(facts_of(e, row->facts)));
    why->which = row->action;
}

static bool emit_row(const trail_end *e, const wr_impact_row *row) {
    run_slot *s = e->s;
    bool sure = row->verdict == WR_IMPACT_DENIED;
    const wr_control *c = e->k->plan->r->controls.v[e->k->plan->policy_of.v[row->policy]];
    run_slot_reset(s);
    wr_reason *why = WR_NEW(&s->task.arena, wr_reason);
    if (why == NULL) return false;
    if (sure) denied(e, row, why);
    else maybe_denied(e, row, why);
    if (row->stmt) {
        why->policy = row->stmt->policy->src;
        why->policy_at = row->stmt->node->span;
    }
    ctl_verdict v = {.outcome = sure ? WR_FAIL : WR_UNKNOWN, .n = 1};
    e->w->judge.task = &s->task;
    s->task.now = e->k->plan->r->ctx->now;
    v.part[0] = ctl_decision_of(&e->w->judge, c, WR_PREVENTATIVE,
                                sure ? row->principal : WR_S("recorded calls"), v.outcome);
    v.part[0].reasons = why;
    v.part[0].n_reasons = 1;
    run_where at = {.account = row->account, .resource = why->resource, .kind = WR_IN_TRAIL};
    if (!run_find(e->w, s, c, WR_PREVENTATIVE, &v, &at, row->n[0])) return false;
    for (uint32_t i = 0; i < s->hits.n; i++) run_emit(e->k, &s->hits.v[i]);
    return true;
}

// Rows stand by policy, denied first: those that are unknown are added up by action.
static bool emit_rows(const trail_end *e) {
    const wr_impact *all = e->all;
    wr_arena *a = &e->w->home.arena;
    wr_map open;
    wr_map_init(&open, a);
    WR_VEC(wr_impact_row *) sums = {NULL, 0, 0};
    for (uint32_t i = 0; i < all->rows.n; i++) {
        const wr_impact_row *row = all->rows.v[i];
        if (row->policy >= e->k->plan->policies.n || row->n[0] == 0) continue;
        if (row->verdict == WR_IMPACT_DENIED) {
            if (!emit_row(e, row)) return false;
            continue;
        }
        wr_str key = wr_fmt(a, "%u %.*s", (unsigned)row->policy, WR_FMT(row->action));
        void **at = key.p ? wr_map_at(&open, key) : NULL;
        if (at == NULL) return false;
        if (*at == NULL) {
            wr_impact_row *sum = WR_NEW(a, wr_impact_row);
            uint64_t *facts = WR_NEW_N(a, uint64_t, all->n_facts / 64 + 1);
            if (sum == NULL || facts == NULL || !WR_PUSH(a, &sums, sum)) return false;
            *sum = (wr_impact_row){.policy = row->policy,
                                   .verdict = row->verdict,
                                   .action = row->action,
                                   .facts = facts,
                                   .stmt = row->stmt};
            *at = sum;
        }
        wr_impact_row *sum = *at;
        sum->n[0] += row->n[0];
        for (uint32_t f = 0; row->facts && f < all->n_facts / 64 + 1; f++)
            sum->facts[f] |= row->facts[f];
    }
    for (uint32_t i = 0; i < sums.n; i++)
        if (!emit_row(e, sums.v[i])) return false;
    return true;
}

static void count_calls(const trail_end *e) {
    for (uint32_t i = 0; i < e->k->plan->policies.n; i++) {
        const wr_impact_tally *t = &e->all->tallies[i];
        wr_counts *c = &e->w->counts[e->k->plan->policy_of.v[i] * WR_N_LAYERS + WR_PREVENTATIVE];
        c->of[WR_FAIL] += t->n[WR_IMPACT_DENIED][0];
        c->of[WR_UNKNOWN] += t->n[WR_IMPACT_UNKNOWN][0];
        c->of[WR_SKIP] += t->n[WR_IMPACT_EXEMPT][0] + t->n[WR_IMPACT_EXEMPT][1];
        // A call that had failed does not show that the policy is missing.
        c->of[WR_PASS] += t->n[WR_IMPACT_PASSED][0] + t->n[WR_IMPACT_PASSED][1] +
                          t->n[WR_IMPACT_DENIED][1] + t->n[WR_IMPACT_UNKNOWN][1];
    }
}

static void say_rest(const trail_end *e) {
    unsigned long long rest = 0;
    for (uint32_t i = 0; i < e->k->plan->policies.n; i++)
        rest +=
            e->all->tallies[i].n[WR_IMPACT_DENIED][0] + e->all->tallies[i].n[WR_IMPACT_UNKNOWN][0];
    for (uint32_t i = 0; i < e->all->rows.n; i++)
        if (e->all->rows.v[i]->policy < e->k->plan->policies.n) rest -= e->all->rows.v[i]->n[0];
    wr_ctx *c = e->k->plan->r->ctx;
    if (rest == 0) return;
    wr_diag *d = wr_report(c, WR_D_K0506, WR_WARNING, NULL, (wr_span){0, 0},
                           "%llu recorded calls that are denied, or may be, are counted and not "
                           "listed: there are too many different ones",
                           rest);
    wr_hint(c, d, "judge fewer trails at a time, or fewer controls with --control");
}

wr_rc run_trail_end(run_crew *k) {
    trail_end e = {.k = k, .w = &k->workers[0], .s = &k->slots[0]}; // whose counts are the sums
    wr_impact *all = NULL;
    for (uint32_t i = 0; i < k->jobs; i++) {
        wr_impact *some = k->workers[i].impact;
        if (some == NULL) continue;
        if (all == NULL) all = some;
        else if (wr_impact_merge(all, some) != WR_OK) return WR_NOMEM;
    }
    for (uint32_t i = 0; i < k->plan->trails.n; i++)
        for (const wr_diag *d = k->trail_said[i].diags; d; d = d->next)
            run_keep_diag(k->plan->r->ctx, d);
    if (all == NULL) return WR_OK;
    e.all = all;
    uint64_t lost = all->broken + all->kinds[WR_TRAIL_OTHER];
    k->judged[WR_IN_TRAIL] += all->records - lost;
    k->not_evaluated[WR_IN_TRAIL] += lost + all->failed_files;
    count_calls(&e);
    wr_impact_sort(all);
    say_rest(&e);
    return emit_rows(&e) ? WR_OK : WR_NOMEM;
}
