// SPDX-License-Identifier: Apache-2.0
// json: every decision whole, as JSON and as YAML: schema writ-decisions/1.
// Rules: docs/internals/report.md, "writ-decisions/1". Fields may be added; none changes its
// meaning without a new number.

#include "report/report_int.h"

static void out_digest(wr_out *o, const char *key, const uint8_t sum[32]) {
    static const char digit[] = "0123456789abcdef";
    char hex[64];
    for (int i = 0; i < 32; i++) {
        hex[2 * i] = digit[sum[i] >> 4];
        hex[2 * i + 1] = digit[sum[i] & 15];
    }
    report_str(o, key, wr_strn(hex, sizeof hex));
}

static void out_pos(wr_out *o, const char *key, wr_pos at) {
    report_key(o, key);
    o->map(o, false);
    report_num(o, "line", at.line);
    report_num(o, "column", at.col);
    o->end(o);
}

static void out_place(wr_out *o, const char *key, const wr_src *src, wr_span at) {
    report_key(o, key);
    if (src == NULL) {
        o->null(o);
        return;
    }
    o->map(o, false);
    report_str(o, "file", src->name);
    out_pos(o, "begin", wr_src_pos(src, at.beg));
    out_pos(o, "end", wr_src_pos(src, at.end));
    o->end(o);
}

static void out_some(wr_out *o, const char *key, wr_str s) {
    if (s.n > 0) report_str(o, key, s);
}

static void out_reason(wr_report_state *r, const wr_decision *d, const wr_reason *why) {
    wr_out *o = &r->o;
    o->map(o, false);
    report_str(o, "message", why->message);
    out_some(o, "found", why->found);
    out_some(o, "wanted", why->wanted);
    out_some(o, "custom", why->custom);
    out_some(o, "fix", why->fix);
    out_some(o, "path", why->path);
    out_some(o, "resource", why->resource);
    out_some(o, "resource_type", why->resource_type);
    out_place(o, "input", why->input, why->input_at);
    out_place(o, "policy", why->policy, why->policy_at);
    report_str(o, "fingerprint", wr_fingerprint(&r->arena, d, why));
    o->end(o);
}

// "2026-01-31T12:00:00Z". A year begins in March here, so that the leap day is its last.
static void out_time(wr_report_state *r, int64_t t) {
    enum { DAY = 86400, ERA = 146097, TO_MARCH_0000 = 719468 };
    int64_t days = t / DAY - (t % DAY < 0), secs = t - days * DAY;
    int64_t z = days + TO_MARCH_0000, era = (z >= 0 ? z : z - (ERA - 1)) / ERA;
    int64_t in_era = z - era * ERA;
    int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / (ERA - 1)) / 365;
    int64_t in_year = in_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * in_year + 2) / 153, day = in_year - (153 * month + 2) / 5 + 1;
    month = month < 10 ? month + 3 : month - 9;
    year += era * 400 + (month <= 2);
    wr_buf *b = report_text(r);
    wr_putf(b, "%04lld-%02d-%02dT%02d:%02d:%02dZ", (long long)year, (int)month, (int)day,
            (int)(secs / 3600), (int)(secs / 60 % 60), (int)(secs % 60));
    report_str(&r->o, "time", wr_buf_str(b));
}

static void out_decision(wr_report_state *r, const wr_decision *d) {
    wr_out *o = &r->o;
    report_item(r);
    o->map(o, false);
    report_str(o, "subject", d->subject);
    report_str(o, "policy", d->policy);
    report_str(o, "rule", d->rule);
    out_some(o, "id", d->rule_id);
    out_some(o, "title", d->title);
    report_str(o, "outcome", wr_strz(wr_outcome_name(d->outcome)));
    report_str(o, "severity", wr_strz(wr_severity_name(d->severity)));
    if (d->warn) report_str(o, "level", WR_S("warn"));
    out_digest(o, "policy_digest", d->policy_digest);
    out_digest(o, "input_digest", d->input_digest);
    out_time(r, d->time);
    report_key(o, "reasons");
    o->list(o, d->n_reasons == 0);
    for (uint32_t i = 0; i < d->n_reasons; i++) out_reason(r, d, &d->reasons[i]);
    if (d->n_reasons > 0) o->end(o);
    o->end(o);
}

static void out_decisions(wr_report_state *r, const wr_decision *v, uint32_t n) {
    for (uint32_t i = 0; i < n && r->has_o; i++) out_decision(r, &v[i]);
}

static void start(wr_report_state *r, wr_rc rc) {
    report_begin_o(r, rc);
    if (!r->has_o) return;
    r->o.map(&r->o, false);
    report_str(&r->o, "schema", WR_S("writ-decisions/1"));
    report_str(&r->o, "producer", r->head->producer);
    report_key(&r->o, "decisions");
}

static void begin_json(wr_report_state *r) { start(r, wr_out_json(&r->o, r->out)); }
static void begin_yaml(wr_report_state *r) { start(r, wr_out_yaml(&r->o, r->out)); }

// What kept policies and inputs from being used.
static void out_input_errors(wr_report_state *r) {
    wr_out *o = &r->o;
    report_key(o, "input_errors");
    for (uint32_t i = 0; i < r->head->n_errors; i++) {
        const wr_diag *d = r->head->errors[i];
        report_item(r);
        o->map(o, false);
        report_str(o, "code", wr_strz(wr_code_name(d->code)));
        report_str(o, "message", d->msg);
        out_some(o, "hint", d->hint);
        out_place(o, "place", d->src, d->span);
        o->end(o);
    }
    report_list_end(r);
}

static void out_summary(wr_report_state *r) {
    static const struct {
        const char *name;
        wr_outcome outcome;
        bool always;
    } row[] = {
        {"pass", WR_PASS, true},       {"fail", WR_FAIL, true},
        {"skip", WR_SKIP, true},       {"error", WR_FAULT, true},
        {"unknown", WR_UNKNOWN, true}, {"allow", WR_ALLOW, false},
        {"deny", WR_DENY, false},      {"implicit_deny", WR_IMPLICIT_DENY, false},
    };
    wr_out *o = &r->o;
    report_key(o, "summary");
    o->map(o, false);
    report_num(o, "subjects", r->head->n_subjects);
    report_num(o, "rules", r->head->n_rules);
    report_num(o, "input_errors", r->head->n_errors);
    report_num(o, "decisions", report_count(&r->head->total, WR_IS_ANY));
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        uint64_t n = r->head->total.of[row[i].outcome];
        if (n > 0 || row[i].always) report_num(o, row[i].name, n);
    }
    report_num(o, "warned", r->head->total.warned);
    o->end(o);
}

static void finish(wr_report_state *r, bool newline) {
    if (!r->has_o) return;
    report_list_end(r);
    out_input_errors(r);
    out_summary(r);
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
};

const wr_report_format wr_report_yaml = {
    .name = "yaml",
    .media = "application/yaml",
    .digests = true,
    .turns = {WR_IS_ANY},
    .begin = begin_yaml,
    .decisions = out_decisions,
    .end = end_yaml,
};
