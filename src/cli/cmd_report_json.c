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

static void put_runs(report_run *r, wr_out *o) {
    if (!wr_out_open_list(o, "runs", r->h->trend.n)) return;
    for (uint32_t i = 0; i < r->h->trend.n; i++) {
        const wr_posture_run *t = &r->h->trend.v[i];
        o->map(o, false);
        wr_out_put(o, "time", time_text(r, t->time));
        wr_out_int(o, "open", (int64_t)(t->lives[WR_NEW] + t->lives[WR_KNOWN]));
        for (int k = 0; k < WR_N_LIVES; k++)
            wr_out_int(o, wr_life_word((wr_life)k), (int64_t)t->lives[k]);
        wr_out_int(o, "opened", (int64_t)t->opened);
        wr_out_int(o, "closed", (int64_t)t->closed);
        wr_out_key(o, "severities");
        o->map(o, false);
        for (int k = WR_SEV_CRITICAL; k >= 0; k--)
            wr_out_int(o, wr_severity_word((wr_severity)k), (int64_t)t->severities[k]);
        o->end(o);
        o->end(o);
    }
    o->end(o);
}

static void put_summary(report_run *r, wr_out *o) {
    wr_out_key(o, "summary");
    o->map(o, false);
    wr_out_int(o, "open", r->plan.n);
    wr_out_int(o, "overdue", r->overdue);
    wr_out_int(o, "unsure", r->unsure);
    wr_out_int(o, "suppressed", r->suppressed);
    wr_out_int(o, "control_gone", r->gone);
    wr_out_int(o, "recurring", (int64_t)r->h->n_recurring);
    wr_out_int(o, "remediated", r->h->remediated.n);
    wr_out_int(o, "remediated_automatically", (int64_t)r->h->n_automatic);
    wr_out_int(o, "partial_runs", r->h->n_partial);
    o->end(o);
}

static void put_times(report_run *r, wr_out *o) {
    enum { MEDIAN = 50, P90 = 90 };
    wr_out_key(o, "time_to_remediation");
    o->map(o, false);
    wr_out_int(o, "findings", r->h->remediated.n);
    wr_out_key(o, "median_seconds");
    if (r->h->remediated.n) o->i64(o, wr_history_percentile(r->h, MEDIAN));
    else o->null(o);
    wr_out_key(o, "p90_seconds");
    if (r->h->remediated.n) o->i64(o, wr_history_percentile(r->h, P90));
    else o->null(o);
    o->end(o);
}

static void put_sla(report_run *r, wr_out *o) {
    wr_out_key(o, "sla_days");
    o->map(o, false);
    for (int k = WR_SEV_CRITICAL; k >= 0; k--) {
        wr_out_key(o, wr_severity_word((wr_severity)k));
        if (r->sla[k] == REPORT_NEVER) o->null(o);
        else o->i64(o, r->sla[k]);
    }
    o->end(o);
}

static void put_item(report_run *r, wr_out *o, const report_item *it) {
    const wr_tracked *t = it->t;
    o->map(o, false);
    wr_out_put(o, "fingerprint", t->fingerprint);
    wr_out_put(o, "control", t->control);
    wr_out_some(o, "title", t->title);
    wr_out_put(o, "severity", wr_strz(wr_severity_name(t->severity)));
    wr_out_some(o, "outcome", t->outcome);
    wr_out_some(o, "layer", t->layer);
    wr_out_some(o, "account", t->account);
    wr_out_some(o, "region", t->region);
    wr_out_some(o, "subject", t->subject);
    wr_out_some(o, "resource", t->resource);
    wr_out_put(o, "opened", time_text(r, t->opened));
    wr_out_int(o, "age_days", it->age);
    wr_out_key(o, "due");
    if (it->due == INT64_MAX) o->null(o);
    else o->str(o, cli_day(r->c, it->due));
    wr_out_flag(o, "overdue", it->overdue);
    wr_out_int(o, "times_opened", t->times_opened);
    wr_out_flag(o, "unsure", t->unsure);
    wr_out_some(o, "message", t->message);
    wr_out_some(o, "remediation", t->remediation);
    o->end(o);
}

static void put_plan(report_run *r, wr_out *o) {
    if (!wr_out_open_list(o, "plan", r->owners.n)) return;
    for (uint32_t i = 0; i < r->owners.n; i++) {
        const report_owner *w = &r->owners.v[i];
        o->map(o, false);
        wr_out_put(o, "owner", w->name);
        wr_out_int(o, "open", w->n);
        wr_out_int(o, "overdue", w->overdue);
        (void)wr_out_open_list(o, "findings", w->n);
        for (uint32_t k = 0; k < w->n; k++) put_item(r, o, &r->plan.v[w->first + k]);
        o->end(o);
        o->end(o);
    }
    o->end(o);
}

static void put_recurring(report_run *r, wr_out *o) {
    static const char *const state[] = {"open", "suppressed", "closed", "control gone"};
    if (!wr_out_open_list(o, "recurring", (uint32_t)r->h->n_recurring)) return;
    for (uint32_t i = 0; i < r->h->findings.n; i++) {
        const wr_tracked *t = r->h->findings.v[i];
        if (t->times_opened < 2) continue;
        o->map(o, false);
        wr_out_put(o, "fingerprint", t->fingerprint);
        wr_out_put(o, "control", t->control);
        wr_out_some(o, "subject", t->subject);
        wr_out_some(o, "resource", t->resource);
        wr_out_int(o, "times_opened", t->times_opened);
        wr_out_put(o, "state", wr_strz(state[t->state]));
        o->end(o);
    }
    o->end(o);
}

static void put_exceptions(report_run *r, wr_out *o) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->h->exceptions.n; i++) n += r->h->exceptions.v[i]->runs > 0;
    if (!wr_out_open_list(o, "exceptions_used", n)) return;
    for (uint32_t i = 0; i < r->h->exceptions.n; i++) {
        const wr_used *u = r->h->exceptions.v[i];
        if (u->runs == 0) continue;
        o->map(o, false);
        wr_out_put(o, "id", u->id);
        wr_out_put(o, "control", u->control);
        wr_out_some(o, "what", u->what);
        wr_out_some(o, "state", u->state);
        wr_out_some(o, "expires", u->expires);
        wr_out_int(o, "uses", (int64_t)u->uses);
        wr_out_int(o, "runs", u->runs);
        o->end(o);
    }
    o->end(o);
}

wr_rc report_put_json(report_run *r) {
    wr_out out, *o = &out;
    if (wr_out_json(o, &r->c->out) != WR_OK) return WR_NOMEM;
    o->map(o, false);
    wr_out_put(o, "schema", WR_S("writ/report/1"));
    wr_out_put(o, "repository", r->h->repository);
    wr_out_put(o, "today", cli_day(r->c, cli_today(r->c)));
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
