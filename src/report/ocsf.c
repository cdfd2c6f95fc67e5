// SPDX-License-Identifier: Apache-2.0
// ocsf: what is wrong as OCSF events of class 2003, Compliance Finding: one for each reason of a
// bad decision, one for a decision that is open, in a JSON array.
// Rules: Open Cybersecurity Schema Framework 1.x, classes compliance_finding, finding, base_event
// and their objects. Invariant: only attributes of the schema; ours stand under unmapped.

#include "report/report_int.h"

enum { // compliance.status_id
    STATUS_UNKNOWN = 0,
    STATUS_WARNING = 2,
    STATUS_FAIL = 3,
    STATUS_OTHER = 99,
};

static void out_metadata(wr_report_state *r) {
    wr_out *o = &r->o;
    report_key(o, "metadata");
    o->map(o, false);
    report_str(o, "version", WR_S("1.4.0"));
    report_key(o, "product");
    o->map(o, false);
    report_str(o, "name", r->head->producer);
    report_str(o, "vendor_name", WR_S("writ"));
    report_str(o, "version", WR_S(WR_VERSION));
    o->end(o);
    o->end(o);
}

static void out_class(wr_report_state *r, const wr_decision *d) {
    wr_out *o = &r->o;
    report_num(o, "activity_id", 1);
    report_str(o, "activity_name", WR_S("Create"));
    report_num(o, "category_uid", 2);
    report_str(o, "category_name", WR_S("Findings"));
    report_num(o, "class_uid", 2003);
    report_str(o, "class_name", WR_S("Compliance Finding"));
    report_num(o, "type_uid", 200301);
    report_str(o, "type_name", WR_S("Compliance Finding: Create"));
    static const char *const name[] = {"Informational", "Low", "Medium", "High", "Critical"};
    report_num(o, "severity_id", 1u + (unsigned)d->severity); // Informational is 1
    report_str(o, "severity", wr_strz(name[d->severity]));
    report_num(o, "status_id", 1);
    report_str(o, "status", WR_S("New"));
    report_key(o, "time");
    o->i64(o, d->time * 1000);
}

static wr_str title_of(const wr_decision *d) { return d->title.n > 0 ? d->title : d->rule; }

static void out_info(wr_report_state *r, const wr_decision *d, const wr_reason *why,
                     wr_str message) {
    wr_out *o = &r->o;
    static const wr_reason none;
    report_str(o, "message", message);
    report_key(o, "finding_info");
    o->map(o, false);
    report_str(o, "uid", wr_fingerprint(&r->arena, d, why ? why : &none));
    report_str(o, "title", title_of(d));
    report_str(o, "desc", message);
    o->end(o);
}

static void out_compliance(wr_report_state *r, const wr_decision *d) {
    wr_out *o = &r->o;
    unsigned id = STATUS_FAIL;
    const char *status = "Fail";
    if (d->outcome == WR_FAULT) {
        id = STATUS_OTHER;
        status = "Error";
    } else if (d->outcome == WR_UNKNOWN) {
        id = STATUS_UNKNOWN;
        status = "Unknown";
    } else if (d->warn) {
        id = STATUS_WARNING;
        status = "Warning";
    }
    report_key(o, "compliance");
    o->map(o, false);
    report_str(o, "control", d->rule_id.n > 0 ? d->rule_id : d->rule);
    report_num(o, "status_id", id);
    report_str(o, "status", wr_strz(status));
    o->end(o);
}

static void out_resource(wr_report_state *r, const wr_decision *d, const wr_reason *why) {
    wr_out *o = &r->o;
    bool named = why && why->resource.n > 0;
    report_key(o, "resources");
    o->list(o, false);
    o->map(o, false);
    report_str(o, "name", named ? why->resource : d->subject);
    if (named && why->resource_type.n > 0) report_str(o, "type", why->resource_type);
    if (named) report_str(o, "namespace", d->subject);
    o->end(o);
    o->end(o);
}

static void out_place(wr_out *o, const char *key, const wr_src *src, wr_span at) {
    if (src == NULL) return;
    wr_pos p = wr_src_pos(src, at.beg);
    report_key(o, key);
    o->map(o, false);
    report_str(o, "file", src->name);
    report_num(o, "line", p.line);
    report_num(o, "column", p.col);
    o->end(o);
}

// What the schema has no place for.
static void out_unmapped(wr_report_state *r, const wr_decision *d, const wr_reason *why) {
    wr_out *o = &r->o;
    report_key(o, "unmapped");
    o->map(o, false);
    report_str(o, "policy", d->policy);
    report_str(o, "rule", d->rule);
    report_str(o, "outcome", wr_strz(wr_outcome_name(d->outcome)));
    if (why) {
        if (why->path.n > 0) report_str(o, "path", why->path);
        out_place(o, "input", why->input, why->input_at);
        out_place(o, "clause", why->policy, why->policy_at);
    }
    o->end(o);
}

static void out_event(wr_report_state *r, const wr_decision *d, const wr_reason *why) {
    wr_out *o = &r->o;
    wr_str message = report_is(d, WR_IS_OPEN) ? report_why_open(d) : why ? why->message : d->rule;
    report_item(r);
    o->map(o, false);
    out_class(r, d);
    out_metadata(r);
    out_info(r, d, why, message);
    out_compliance(r, d);
    out_resource(r, d, why);
    wr_str fix = WR_S("");
    if (why) fix = why->fix.n > 0 ? why->fix : why->custom;
    if (fix.n > 0) {
        report_key(o, "remediation");
        o->map(o, false);
        report_str(o, "desc", fix);
        o->end(o);
    }
    out_unmapped(r, d, why);
    o->end(o);
}

static void out_decisions(wr_report_state *r, const wr_decision *v, uint32_t n) {
    for (uint32_t i = 0; i < n && r->has_o; i++) {
        const wr_decision *d = &v[i];
        if (!report_is(d, WR_IS_BAD | WR_IS_OPEN)) continue;
        if (d->n_reasons == 0 || report_is(d, WR_IS_OPEN))
            out_event(r, d, d->n_reasons > 0 ? &d->reasons[0] : NULL);
        else
            for (uint32_t k = 0; k < d->n_reasons; k++) out_event(r, d, &d->reasons[k]);
    }
}

// A policy or an input that could not be used: an event of a rule that has the diagnostic's code.
static void out_input_error(wr_report_state *r, const wr_diag *e) {
    wr_reason why = {.message = e->msg, .fix = e->hint, .input = e->src, .input_at = e->span};
    wr_decision d = {.subject = e->src ? e->src->name : r->head->producer,
                     .policy = r->head->producer,
                     .rule = wr_strz(wr_code_name(e->code)),
                     .title = wr_strz(wr_code_title(e->code)),
                     .severity = WR_SEV_MEDIUM,
                     .outcome = WR_FAULT,
                     .reasons = &why,
                     .n_reasons = 1,
                     .time = r->head->time};
    out_event(r, &d, &why);
}

static void begin(wr_report_state *r) {
    report_begin_o(r, wr_out_json(&r->o, r->out));
    for (uint32_t i = 0; i < r->head->n_errors && r->has_o; i++)
        out_input_error(r, r->head->errors[i]);
}

static void end(wr_report_state *r) {
    if (!r->has_o) return;
    report_list_end(r);
    report_end_o(r, true);
}

const wr_report_format wr_report_ocsf = {
    .name = "ocsf",
    .media = "application/json",
    .turns = {WR_IS_BAD | WR_IS_OPEN},
    .begin = begin,
    .decisions = out_decisions,
    .end = end,
};
