// SPDX-License-Identifier: Apache-2.0
// writ report: successive JSON reports of `writ check` as a plan of action and milestones, and how
// it went: opened, closed, time to remediation, what came back. Rules: docs/guide/report.md.
// Exit 0; 1 as --fail-on says; 2 when a report could not be used.

#include "cli/cmd_report.h"

#include <stdlib.h>

// ---------------------------------------------------------------------------------- terms

// FedRAMP's remediation times for high, moderate and low; half of high for critical.
static const int64_t default_sla[WR_SEV_CRITICAL + 1] = {
    [WR_SEV_INFORMATIONAL] = REPORT_NEVER,
    [WR_SEV_LOW] = 180,
    [WR_SEV_MEDIUM] = 90,
    [WR_SEV_HIGH] = 30,
    [WR_SEV_CRITICAL] = 15,
};

static bool take_term(report_run *r, wr_str s) {
    enum { MOST = 36525 };
    wr_severity severity;
    int64_t days = REPORT_NEVER;
    size_t eq = wr_find(s, WR_S("="), 0);
    if (eq == SIZE_MAX || !wr_severity_parse(wr_sub(s, 0, eq), &severity)) return false;
    wr_str v = wr_sub(s, eq + 1, s.n);
    if (!wr_eq(v, WR_S("never"))) {
        if (wr_ends(v, WR_S("d"))) v.n--;
        if (!wr_parse_i64(v, &days) || days < 0 || days > MOST || *v.p == '+') return false;
    }
    r->sla[severity] = days;
    return true;
}

static bool take_terms(report_run *r) {
    const cli_words *w = &r->c->val[CLI_SLA];
    memcpy(r->sla, default_sla, sizeof r->sla);
    for (uint32_t i = 0; i < w->n; i++) {
        if (take_term(r, wr_strz(w->v[i]))) continue;
        (void)cli_usage(r->c,
                        "invalid value '%s' for '--sla <SEVERITY=DAYS>': a severity and days are "
                        "wanted: critical=15, high=30d, low=never",
                        w->v[i]);
        return false;
    }
    return true;
}

// ---------------------------------------------------------------------------------- the plan

static int by_urgency(const void *a, const void *b) {
    const report_item *x = a, *y = b;
    int by = wr_cmp(x->t->owner, y->t->owner);
    if (by) return by;
    if (x->t->severity != y->t->severity) return x->t->severity > y->t->severity ? -1 : 1;
    if (x->due != y->due) return x->due < y->due ? -1 : 1;
    by = wr_cmp(x->t->control, y->t->control);
    return by ? by : wr_cmp(x->t->fingerprint, y->t->fingerprint);
}

static void add_item(report_run *r, const wr_tracked *t) {
    int64_t term = r->sla[t->severity], today = cli_today(r->c);
    report_item it = {.t = t, .opened = wr_day_of(t->opened), .due = INT64_MAX};
    it.age = today > it.opened ? today - it.opened : 0;
    if (term != REPORT_NEVER) it.due = it.opened + term;
    it.overdue = today > it.due;
    if (it.overdue) r->overdue++;
    if (t->unsure) r->unsure++;
    (void)WR_PUSH(&r->c->ctx.arena, &r->plan, it);
}

static void make_plan(report_run *r) {
    wr_arena *a = &r->c->ctx.arena;
    for (uint32_t i = 0; i < r->h->findings.n; i++) {
        const wr_tracked *t = r->h->findings.v[i];
        if (t->state == WR_TRACK_OPEN) add_item(r, t);
        r->suppressed += t->state == WR_TRACK_SUPPRESSED;
        r->gone += t->state == WR_TRACK_GONE;
    }
    if (r->plan.n) qsort(r->plan.v, r->plan.n, sizeof *r->plan.v, by_urgency);
    for (uint32_t i = 0; i < r->plan.n; i++) {
        wr_str owner = r->plan.v[i].t->owner;
        if (i == 0 || !wr_eq(owner, r->plan.v[i - 1].t->owner))
            (void)WR_PUSH(a, &r->owners,
                          ((report_owner){owner.n ? owner : WR_S("(no owner)"), i, 0, 0}));
        if (r->owners.n == 0) return;
        report_owner *o = &r->owners.v[r->owners.n - 1];
        o->n++;
        o->overdue += r->plan.v[i].overdue;
    }
}

wr_str report_where(report_run *r, const wr_tracked *t) {
    wr_arena *a = &r->c->ctx.arena;
    wr_str s = t->subject;
    if (t->resource.n && !wr_eq(t->resource, s))
        s = s.n ? wr_fmt(a, "%.*s %.*s", WR_FMT(s), WR_FMT(t->resource)) : t->resource;
    return s;
}

// ---------------------------------------------------------------------------------- the command

static int exit_code(const report_run *r, bool ok) {
    const char *on = cli_value(r->c, CLI_FAIL_ON);
    if (!ok) return WX_ERROR;
    if (strcmp(on, "overdue") == 0 && r->overdue) return WX_FINDINGS;
    if (strcmp(on, "open") == 0 && r->plan.n) return WX_FINDINGS;
    return WX_OK;
}

int cli_report(cli *c) {
    report_run r = {.c = c};
    const char *format = cli_value(c, CLI_FORMAT);
    wr_rc rc = WR_OK;
    int code = WX_ERROR;
    if (!take_terms(&r)) return c->prog->usage_exit;
    if (!cli_open_output(c, &code)) return code;
    r.h = wr_history_new(&c->ctx);
    if (r.h == NULL) return WX_ERROR;
    bool ok = cli_add_reports(c, r.h, &c->val[CLI_WORDS]);
    if (wr_history_end(r.h) != WR_OK) return WX_ERROR;
    if (r.h->trend.n == 0) {
        if (ok) cli_complain(c, WR_D_F0050, WR_ERROR, "no report is of a whole run");
        return WX_ERROR;
    }
    make_plan(&r);
    if (strcmp(format, "json") == 0) rc = report_put_json(&r);
    else if (strcmp(format, "html") == 0) rc = report_put_html(&r);
    else if (strcmp(format, "csv") == 0) report_put_csv(&r);
    else report_put_text(&r);
    return rc == WR_OK ? exit_code(&r, ok) : WX_ERROR;
}
