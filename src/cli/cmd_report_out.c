// SPDX-License-Identifier: Apache-2.0
// `writ report` for people: as text, the plan as CSV (a line a finding), and as the page of the
// report module with the runs as its trend.

#include "cli/cmd_report.h"

typedef unsigned long long ull;

static wr_str due_of(report_run *r, const report_item *it) {
    if (it->due == INT64_MAX) return WR_S("none");
    return cli_day(r->c, it->due);
}

// ---------------------------------------------------------------------------------- text

static void put_head(report_run *r) {
    const wr_history *h = r->h;
    wr_buf *b = &r->c->out;
    uint32_t n = h->trend.n;
    cli_bold(r->c, "%.*s", WR_FMT(h->repository));
    wr_putf(b, ": %u run%s, ", n, n == 1 ? "" : "s");
    wr_puts(b, cli_day(r->c, wr_day_of(h->trend.v[0].time)));
    if (n > 1) {
        wr_putz(b, " to ");
        wr_puts(b, cli_day(r->c, wr_day_of(h->trend.v[n - 1].time)));
    }
    if (h->n_partial) wr_putf(b, " (%u more of some inputs only: left out)", h->n_partial);
    wr_putf(b, "; %u open, %u overdue, %u suppressed\n", r->plan.n, r->overdue, r->suppressed);
}

static void put_owner(report_run *r, const report_owner *o) {
    wr_buf *b = &r->c->out;
    wr_putc(b, '\n');
    cli_bold(r->c, "%.*s", WR_FMT(o->name));
    wr_putf(b, ": %u open, %u overdue\n", o->n, o->overdue);
    cli_grid g = cli_grid_new(r->c, 7);
    static const char *const head[] = {"severity", "opened", "age",        "due",
                                       "control",  "where",  "fingerprint"};
    enum { SHOWN = 12 };
    for (size_t i = 0; i < sizeof head / sizeof *head; i++) cli_cell(&g, wr_strz(head[i]), NULL);
    for (uint32_t i = o->first; i < o->first + o->n; i++) {
        const report_item *it = &r->plan.v[i];
        wr_str due = due_of(r, it), where = report_where(r, it->t);
        cli_cell(&g, wr_strz(wr_severity_name(it->t->severity)), NULL);
        cli_cell(&g, cli_day(r->c, it->opened), NULL);
        cli_cellf(&g, "%lldd", (long long)it->age);
        cli_cell(&g, wr_fmt(&r->c->ctx.arena, "%.*s%s", WR_FMT(due), it->overdue ? " overdue" : ""),
                 it->overdue ? "\033[31m" : NULL);
        cli_cell(&g, it->t->control, NULL);
        cli_cellf(&g, "%.*s%s%s", WR_FMT(where), it->t->unsure ? " (not evaluated now)" : "",
                  it->t->times_opened > 1 ? " (came back)" : "");
        cli_cell(&g, wr_sub(it->t->fingerprint, 0, SHOWN), NULL);
    }
    cli_grid_put(&g, 2);
}

static void put_runs(report_run *r) {
    cli_grid g = cli_grid_new(r->c, 6);
    static const char *const head[] = {"run", "open", "opened", "closed", "suppressed", "severe"};
    wr_putz(&r->c->out, "\nRuns\n");
    for (size_t i = 0; i < sizeof head / sizeof *head; i++) cli_cell(&g, wr_strz(head[i]), NULL);
    for (uint32_t i = 0; i < r->h->trend.n; i++) {
        const wr_posture_run *t = &r->h->trend.v[i];
        cli_cell(&g, cli_day(r->c, wr_day_of(t->time)), NULL);
        cli_cellf(&g, "%llu", (ull)(t->lives[WR_NEW] + t->lives[WR_KNOWN]));
        cli_cellf(&g, "%llu", (ull)t->opened);
        cli_cellf(&g, "%llu", (ull)t->closed);
        cli_cellf(&g, "%llu", (ull)t->lives[WR_SUPPRESSED]);
        cli_cellf(&g, "%llu", (ull)(t->severities[WR_SEV_CRITICAL] + t->severities[WR_SEV_HIGH]));
    }
    cli_grid_put(&g, 2);
    wr_putz(&r->c->out, "  (severe: open ones that are high or critical)\n");
}

static void put_duration(wr_buf *b, int64_t s) {
    enum { HOUR = 3600, DAY = 86400 };
    if (s >= DAY) wr_putf(b, "%lld d %lld h", (long long)(s / DAY), (long long)(s % DAY / HOUR));
    else wr_putf(b, "%lld h %lld min", (long long)(s / HOUR), (long long)(s % HOUR / 60));
}

static void put_remediated(report_run *r) {
    enum { MEDIAN = 50, P90 = 90, ALL = 100 };
    const wr_history *h = r->h;
    wr_buf *b = &r->c->out;
    uint32_t n = h->remediated.n;
    wr_putf(b, "\nRemediated: %u", n);
    if (n) {
        wr_putz(b, "; median ");
        put_duration(b, wr_history_percentile(h, MEDIAN));
        wr_putz(b, ", 90 % within ");
        put_duration(b, wr_history_percentile(h, P90));
        wr_putf(b, "; by controls that repair by themselves: %llu (%llu %%)", (ull)h->n_automatic,
                (ull)(h->n_automatic * ALL / n));
    }
    wr_putc(b, '\n');
    if (r->gone)
        wr_putf(b, "Not remediated: %u whose control is gone from the repository\n", r->gone);
    if (r->unsure)
        wr_putf(b, "Not certain: %u open that the last run could not evaluate\n", r->unsure);
}

static void put_recurring(report_run *r) {
    static const char *const state[] = {"open", "suppressed", "closed", "control gone"};
    if (r->h->n_recurring == 0) return;
    cli_grid g = cli_grid_new(r->c, 5);
    wr_putz(&r->c->out, "\nCame back after they were closed\n");
    for (uint32_t i = 0; i < r->h->findings.n; i++) {
        enum { SHOWN = 12 };
        const wr_tracked *t = r->h->findings.v[i];
        if (t->times_opened < 2) continue;
        cli_cell(&g, t->control, NULL);
        cli_cell(&g, report_where(r, t), NULL);
        cli_cellf(&g, "opened %u times", t->times_opened);
        cli_cell(&g, wr_strz(state[t->state]), NULL);
        cli_cell(&g, wr_sub(t->fingerprint, 0, SHOWN), NULL);
    }
    cli_grid_put(&g, 2);
}

static void put_exceptions(report_run *r) {
    uint32_t n = 0;
    cli_grid g = cli_grid_new(r->c, 5);
    for (uint32_t i = 0; i < r->h->exceptions.n; i++) {
        const wr_used *u = r->h->exceptions.v[i];
        if (u->runs == 0) continue;
        n++;
        cli_cell(&g, u->control, NULL);
        cli_cell(&g, u->id, NULL);
        cli_cell(&g, u->state, NULL);
        cli_cellf(&g, "until %.*s", WR_FMT(u->expires));
        cli_cellf(&g, "%llu now, in %u run%s", (ull)u->uses, u->runs, u->runs == 1 ? "" : "s");
    }
    if (n == 0) return;
    wr_putz(&r->c->out, "\nExceptions used\n");
    cli_grid_put(&g, 2);
}

void report_put_text(report_run *r) {
    put_head(r);
    for (uint32_t i = 0; i < r->owners.n; i++) put_owner(r, &r->owners.v[i]);
    put_runs(r);
    put_remediated(r);
    put_recurring(r);
    put_exceptions(r);
}

// ---------------------------------------------------------------------------------- csv

static void csv_row(report_run *r, const wr_str *v, uint32_t n) {
    wr_buf *b = &r->c->out;
    for (uint32_t i = 0; i < n; i++) {
        if (i) wr_putc(b, ',');
        cli_csv_cell(b, v[i]);
    }
    wr_putz(b, "\r\n");
}

static wr_str count(report_run *r, int64_t n) {
    return wr_fmt(&r->c->ctx.arena, "%lld", (long long)n);
}

void report_put_csv(report_run *r) {
    wr_putz(&r->c->out,
            "owner,severity,control,title,outcome,layer,account,region,subject,resource,"
            "opened,age_days,due,overdue,times_opened,unsure,message,remediation,"
            "fingerprint\r\n");
    for (uint32_t i = 0; i < r->plan.n; i++) {
        const report_item *it = &r->plan.v[i];
        const wr_tracked *t = it->t;
        const wr_str v[] = {
            t->owner,
            wr_strz(wr_severity_name(t->severity)),
            t->control,
            t->title,
            t->outcome,
            t->layer,
            t->account,
            t->region,
            t->subject,
            t->resource,
            cli_day(r->c, it->opened),
            count(r, it->age),
            it->due == INT64_MAX ? WR_S("") : cli_day(r->c, it->due),
            it->overdue ? WR_S("yes") : WR_S("no"),
            count(r, t->times_opened),
            t->unsure ? WR_S("yes") : WR_S("no"),
            t->message,
            t->remediation,
            t->fingerprint,
        };
        csv_row(r, v, sizeof v / sizeof *v);
    }
}

// ---------------------------------------------------------------------------------- html

static void html_finding(wr_report_state *s, const report_item *it) {
    const wr_tracked *t = it->t;
    wr_layer layer = WR_PREVENTATIVE;
    wr_reason why = {.message = t->message,
                     .found = t->found,
                     .wanted = t->wanted,
                     .custom = t->custom,
                     .fix = t->fix,
                     .path = t->path,
                     .resource = t->resource,
                     .resource_type = t->resource_type};
    wr_decision d = {.subject = t->subject,
                     .policy = t->policy,
                     .rule = t->rule,
                     .title = t->title,
                     .severity = t->severity,
                     .outcome = WR_FAIL,
                     .reasons = &why,
                     .n_reasons = 1};
    if (wr_eq(t->outcome, WR_S("ERROR"))) d.outcome = WR_FAULT;
    if (wr_eq(t->outcome, WR_S("UNKNOWN"))) d.outcome = WR_UNKNOWN;
    wr_finding f = {.decision = &d,
                    .reason = &why,
                    .fingerprint = t->fingerprint,
                    .control = t->control,
                    .title = t->title,
                    .owner = t->owner,
                    .objective = t->objective,
                    .remediation = t->remediation,
                    .severity = t->severity,
                    .account = t->account,
                    .region = t->region,
                    .resource = t->resource,
                    .resource_type = t->resource_type,
                    .times = 1,
                    .life = WR_KNOWN,
                    .first_seen = t->opened};
    f.has_layer = wr_layer_parse(t->layer, &layer);
    f.layer = layer;
    wr_report_finding(s, &f);
}

wr_rc report_put_html(report_run *r) {
    const wr_history *h = r->h;
    const wr_report_format *f = wr_report_find(WR_S("html"));
    const wr_posture_run *last = &h->trend.v[h->trend.n - 1];
    if (f == NULL || f->finding == NULL) return WR_BAD;
    wr_posture p = {.name = h->repository,
                    .time = last->time,
                    .today = cli_today(r->c),
                    .runs = h->trend.v,
                    .n_runs = h->trend.n};
    memcpy(p.lives, last->lives, sizeof p.lives);
    memcpy(p.severities, last->severities, sizeof p.severities);
    wr_report_head head = {.producer = WR_S("writ report"), .time = last->time, .check = true};
    wr_report_state s;
    wr_report_init(&s, f, &head, &r->c->out);
    wr_report_begin(&s);
    for (uint32_t i = 0; i < r->plan.n; i++) html_finding(&s, &r->plan.v[i]);
    wr_report_posture(&s, &p);
    wr_report_end(&s);
    wr_report_fini(&s);
    return r->c->out.rc;
}
