// SPDX-License-Identifier: Apache-2.0
// `writ report` as JSON, schema writ/report/1; docs/guide/report.md says what the fields mean.
// Fields may be added; none changes its meaning without a new number.

#include "cli/cmd_report.h"

static wr_str time_text(report_run *r, int64_t t) {
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_put_time(&b, t);
    wr_str s = wr_buf_keep(&b, &r->c->ctx.arena);
    wr_buf_fini(&b);
    return s;
}

static const char *const lives[WR_N_LIVES] = {"new", "known", "suppressed", "resolved"};
static const char *const severities[] = {"informational", "low", "medium", "high", "critical"};

static void put_runs(report_run *r, wr_out *o) {
    if (!cli_list(o, "runs", r->h->trend.n)) return;
    for (uint32_t i = 0; i < r->h->trend.n; i++) {
        const wr_posture_run *t = &r->h->trend.v[i];
        o->map(o, false);
        cli_str(o, "time", time_text(r, t->time));
        cli_num(o, "open", (int64_t)(t->lives[WR_NEW] + t->lives[WR_KNOWN]));
        for (int k = 0; k < WR_N_LIVES; k++) cli_num(o, lives[k], (int64_t)t->lives[k]);
        cli_num(o, "opened", (int64_t)t->opened);
        cli_num(o, "closed", (int64_t)t->closed);
        cli_key(o, "severities");
        o->map(o, false);
        for (int k = WR_SEV_CRITICAL; k >= 0; k--)
            cli_num(o, severities[k], (int64_t)t->severities[k]);
        o->end(o);
        o->end(o);
    }
    o->end(o);
}

static void put_summary(report_run *r, wr_out *o) {
    cli_key(o, "summary");
    o->map(o, false);
    cli_num(o, "open", r->plan.n);
    cli_num(o, "overdue", r->overdue);
    cli_num(o, "unsure", r->unsure);
    cli_num(o, "suppressed", r->suppressed);
    cli_num(o, "control_gone", r->gone);
    cli_num(o, "recurring", (int64_t)r->h->n_recurring);
    cli_num(o, "remediated", r->h->remediated.n);
    cli_num(o, "remediated_automatically", (int64_t)r->h->n_automatic);
    cli_num(o, "partial_runs", r->h->n_partial);
    o->end(o);
}

static void put_times(report_run *r, wr_out *o) {
    enum { MEDIAN = 50, P90 = 90 };
    cli_key(o, "time_to_remediation");
    o->map(o, false);
    cli_num(o, "findings", r->h->remediated.n);
    cli_key(o, "median_seconds");
    if (r->h->remediated.n) o->i64(o, wr_history_percentile(r->h, MEDIAN));
    else o->null(o);
    cli_key(o, "p90_seconds");
    if (r->h->remediated.n) o->i64(o, wr_history_percentile(r->h, P90));
    else o->null(o);
    o->end(o);
}

static void put_sla(report_run *r, wr_out *o) {
    cli_key(o, "sla_days");
    o->map(o, false);
    for (int k = WR_SEV_CRITICAL; k >= 0; k--) {
        cli_key(o, severities[k]);
        if (r->sla[k] == REPORT_NEVER) o->null(o);
        else o->i64(o, r->sla[k]);
    }
    o->end(o);
}

static void put_item(report_run *r, wr_out *o, const report_item *it) {
    const wr_tracked *t = it->t;
    o->map(o, false);
    cli_str(o, "fingerprint", t->fingerprint);
    cli_str(o, "control", t->control);
    cli_some(o, "title", t->title);
    cli_str(o, "severity", wr_strz(wr_severity_name(t->severity)));
    cli_some(o, "outcome", t->outcome);
    cli_some(o, "layer", t->layer);
    cli_some(o, "account", t->account);
    cli_some(o, "region", t->region);
    cli_some(o, "subject", t->subject);
    cli_some(o, "resource", t->resource);
    cli_str(o, "opened", time_text(r, t->opened));
    cli_num(o, "age_days", it->age);
    cli_key(o, "due");
    if (it->due == INT64_MAX) o->null(o);
    else o->str(o, cli_day(r->c, it->due));
    cli_flag(o, "overdue", it->overdue);
    cli_num(o, "times_opened", t->times_opened);
    cli_flag(o, "unsure", t->unsure);
    cli_some(o, "message", t->message);
    cli_some(o, "remediation", t->remediation);
    o->end(o);
}

static void put_plan(report_run *r, wr_out *o) {
    if (!cli_list(o, "plan", r->owners.n)) return;
    for (uint32_t i = 0; i < r->owners.n; i++) {
        const report_owner *w = &r->owners.v[i];
        o->map(o, false);
        cli_str(o, "owner", w->name);
        cli_num(o, "open", w->n);
        cli_num(o, "overdue", w->overdue);
        (void)cli_list(o, "findings", w->n);
        for (uint32_t k = 0; k < w->n; k++) put_item(r, o, &r->plan.v[w->first + k]);
        o->end(o);
        o->end(o);
    }
    o->end(o);
}

static void put_recurring(report_run *r, wr_out *o) {
    static const char *const state[] = {"open", "suppressed", "closed", "control gone"};
    if (!cli_list(o, "recurring", (uint32_t)r->h->n_recurring)) return;
    for (uint32_t i = 0; i < r->h->findings.n; i++) {
        const wr_tracked *t = r->h->findings.v[i];
        if (t->times_opened < 2) continue;
        o->map(o, false);
        cli_str(o, "fingerprint", t->fingerprint);
        cli_str(o, "control", t->control);
        cli_some(o, "subject", t->subject);
        cli_some(o, "resource", t->resource);
        cli_num(o, "times_opened", t->times_opened);
        cli_str(o, "state", wr_strz(state[t->state]));
        o->end(o);
    }
    o->end(o);
}

static void put_exceptions(report_run *r, wr_out *o) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->h->exceptions.n; i++) n += r->h->exceptions.v[i]->runs > 0;
    if (!cli_list(o, "exceptions_used", n)) return;
    for (uint32_t i = 0; i < r->h->exceptions.n; i++) {
        const wr_used *u = r->h->exceptions.v[i];
        if (u->runs == 0) continue;
        o->map(o, false);
        cli_str(o, "id", u->id);
        cli_str(o, "control", u->control);
        cli_some(o, "what", u->what);
        cli_some(o, "state", u->state);
        cli_some(o, "expires", u->expires);
        cli_num(o, "uses", (int64_t)u->uses);
        cli_num(o, "runs", u->runs);
        o->end(o);
    }
    o->end(o);
}

wr_rc report_put_json(report_run *r) {
    wr_out out, *o = &out;
    if (wr_out_json(o, &r->c->out) != WR_OK) return WR_NOMEM;
    o->map(o, false);
    cli_str(o, "schema", WR_S("writ/report/1"));
    cli_str(o, "repository", r->h->repository);
    cli_str(o, "today", cli_day(r->c, cli_today(r->c)));
    put_summary(r, o);
    put_times(r, o);
    put_sla(r, o);
    put_runs(r, o);
    put_plan(r, o);
    put_recurring(r, o);
    put_exceptions(r, o);
    o->end(o);
    wr_putc(&r->c->out, '\n');
    wr_out_fini(o);
    return o->rc;
}
