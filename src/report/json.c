// SPDX-License-Identifier: Apache-2.0
// json: every decision whole, as JSON and as YAML: schema writ/decisions/1; every finding of a
// check and all of its posture: schema writ/check/1.
// Rules: docs/internals/report.md, "writ/decisions/1", and docs/guide/check-json.md. Fields may be
// added; none changes its meaning without a new number.

#include "report/report_int.h"

static void out_pos(wr_out *o, const char *key, wr_pos at) {
    wr_out_key(o, key);
    o->map(o, false);
    wr_out_num(o, "line", at.line);
    wr_out_num(o, "column", at.col);
    o->end(o);
}

static void out_place(wr_out *o, const char *key, const wr_src *src, wr_span at) {
    wr_out_key(o, key);
    if (src == NULL) {
        o->null(o);
        return;
    }
    o->map(o, false);
    wr_out_put(o, "file", src->name);
    out_pos(o, "begin", wr_src_pos(src, at.beg));
    out_pos(o, "end", wr_src_pos(src, at.end));
    o->end(o);
}

// All of a reason but its fingerprint.
static void out_reason(wr_out *o, const wr_reason *why) {
    wr_out_put(o, "message", why->message);
    wr_out_some(o, "found", why->found);
    wr_out_some(o, "wanted", why->wanted);
    wr_out_some(o, "custom", why->custom);
    wr_out_some(o, "fix", why->fix);
    wr_out_some(o, "path", why->path);
    wr_out_some(o, "resource", why->resource);
    wr_out_some(o, "resource_type", why->resource_type);
    out_place(o, "input", why->input, why->input_at);
    out_place(o, "policy", why->policy, why->policy_at);
}

static void out_reasons(wr_report_state *r, const wr_decision *d) {
    wr_out *o = &r->o;
    wr_out_key(o, "reasons");
    o->list(o, d->n_reasons == 0);
    for (uint32_t i = 0; i < d->n_reasons; i++) {
        report_one one = {d, &d->reasons[i], NULL};
        o->map(o, false);
        out_reason(o, one.why);
        wr_out_put(o, "fingerprint", report_fingerprint(r, &one));
        o->end(o);
    }
    if (d->n_reasons > 0) o->end(o);
}

// What was judged, by what, and how it ended.
static void out_verdict(wr_out *o, const report_one *one) {
    const wr_decision *d = one->d;
    wr_out_put(o, "subject", d->subject);
    wr_out_put(o, "policy", d->policy);
    wr_out_put(o, "rule", d->rule);
    wr_out_some(o, "id", d->rule_id);
    wr_out_some(o, "title", one->f != NULL ? one->f->title : d->title);
    wr_out_put(o, "outcome", wr_strz(wr_outcome_name(d->outcome)));
    wr_out_put(o, "severity", wr_strz(wr_severity_name(report_severity(one))));
    if (d->warn) wr_out_put(o, "level", WR_S("warn"));
    wr_out_digest(o, "policy_digest", d->policy_digest);
    wr_out_digest(o, "input_digest", d->input_digest);
}

static void out_decision(wr_report_state *r, const wr_decision *d) {
    wr_out *o = &r->o;
    report_one one = {d, NULL, NULL};
    report_item(r);
    o->map(o, false);
    out_verdict(o, &one);
    report_time(r, "time", d->time);
    out_reasons(r, d);
    o->end(o);
}

static void out_decisions(wr_report_state *r, const wr_decision *v, uint32_t n) {
    for (uint32_t i = 0; i < n && r->has_o; i++) out_decision(r, &v[i]);
}

static void start(wr_report_state *r, wr_rc rc) {
    report_begin_o(r, rc);
    if (!r->has_o) return;
    r->o.map(&r->o, false);
    wr_out_put(&r->o, "schema", r->head->check ? WR_S("writ/check/1") : WR_S("writ/decisions/1"));
    wr_out_put(&r->o, "producer", r->head->producer);
    if (r->head->check) {
        wr_out_put(&r->o, "version", WR_S(WR_VERSION));
        report_time(r, "time", r->head->time);
    }
    wr_out_key(&r->o, r->head->check ? "findings" : "decisions");
}

static void begin_json(wr_report_state *r) { start(r, wr_out_json(&r->o, r->out)); }
static void begin_yaml(wr_report_state *r) { start(r, wr_out_yaml(&r->o, r->out)); }

// What kept policies and inputs from being used.
static void out_errors(wr_report_state *r, const char *key) {
    wr_out *o = &r->o;
    wr_out_key(o, key);
    for (uint32_t i = 0; i < r->head->n_errors; i++) {
        const wr_diag *d = r->head->errors[i];
        report_item(r);
        o->map(o, false);
        wr_out_put(o, "code", wr_strz(wr_code_name(d->code)));
        wr_out_put(o, "message", d->msg);
        wr_out_some(o, "hint", d->hint);
        out_place(o, "place", d->src, d->span);
        o->end(o);
    }
    report_list_end(r);
}

static void out_summary(wr_report_state *r) {
    wr_out *o = &r->o;
    wr_out_key(o, "summary");
    o->map(o, false);
    wr_out_num(o, "subjects", r->head->n_subjects);
    wr_out_num(o, "rules", r->head->n_rules);
    wr_out_num(o, "input_errors", r->head->n_errors);
    wr_out_num(o, "decisions", report_count(&r->head->total, WR_IS_ANY));
    report_counts_json(o, &r->head->total);
    wr_out_num(o, "warned", r->head->total.warned);
    o->end(o);
}

// ---------------------------------------------------------------------------------- checks

static void out_life(wr_report_state *r, const wr_finding *f) {
    wr_out *o = &r->o;
    wr_out_put(o, "life", wr_strz(wr_life_name(f->life)));
    if (f->life == WR_SUPPRESSED) {
        wr_out_put(o, "exception", f->exception);
        report_day(r, "until", f->until);
    }
    if (f->first_seen != 0) report_time(r, "first_seen", f->first_seen);
    wr_out_num(o, "times", f->times);
}

static void out_finding(wr_report_state *r, const wr_finding *f) {
    wr_out *o = &r->o;
    report_one one = report_of_finding(f);
    if (!r->has_o) return;
    report_item(r);
    o->map(o, false);
    wr_out_put(o, "fingerprint", f->fingerprint);
    wr_out_put(o, "control", f->control);
    if (f->has_layer) wr_out_put(o, "layer", wr_strz(wr_layer_name(f->layer)));
    out_verdict(o, &one);
    out_life(r, f);
    wr_out_some(o, "objective", f->objective);
    wr_out_some(o, "owner", f->owner);
    wr_out_some(o, "account", f->account);
    wr_out_some(o, "region", f->region);
    wr_out_some(o, "resource", f->resource);
    wr_out_some(o, "resource_type", f->resource_type);
    wr_out_list(o, "requirements", f->requirements, f->n_requirements);
    wr_out_some(o, "remediation", f->remediation);
    wr_out_key(o, "reason");
    o->map(o, false);
    out_reason(o, f->reason);
    o->end(o);
    o->end(o);
}

static void out_posture(wr_report_state *r, const wr_posture *p) {
    if (!r->has_o) return;
    report_list_end(r);
    out_errors(r, "errors");
    report_posture_json(r, p);
}

static void finish(wr_report_state *r, bool newline) {
    if (!r->has_o) return;
    if (!r->head->check) { // else the posture came
        report_list_end(r);
        out_errors(r, "input_errors");
        out_summary(r);
    }
    r->o.end(&r->o);
    report_end_o(r, newline);
}

static void end_json(wr_report_state *r) { finish(r, true); }
static void end_yaml(wr_report_state *r) { finish(r, false); }

const wr_report_format wr_report_json = {
    .name = "json",
    .media = "application/json",
    .digests = true,
    .turns = {WR_IS_ANY},
    .begin = begin_json,
    .decisions = out_decisions,
    .end = end_json,
    .finding = out_finding,
    .posture = out_posture,
};

const wr_report_format wr_report_yaml = {
    .name = "yaml",
    .media = "application/yaml",
    .digests = true,
    .turns = {WR_IS_ANY},
    .begin = begin_yaml,
    .decisions = out_decisions,
    .end = end_yaml,
    .finding = out_finding,
    .posture = out_posture,
};
