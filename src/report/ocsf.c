// SPDX-License-Identifier: Apache-2.0
// ocsf: what is wrong as OCSF events of class 2003, Compliance Finding: one for each reason of a
// bad decision, one for a decision that is open, in a JSON array.
// Rules: Open Cybersecurity Schema Framework 1.x, classes compliance_finding, finding, base_event
// and their objects. Invariant: only attributes of the schema; ours stand under unmapped.

#include "report/report_int.h"

enum { // compliance.status_id
    STATUS_UNKNOWN = 0,
    STATUS_PASS = 1,
    STATUS_WARNING = 2,
    STATUS_FAIL = 3,
    STATUS_OTHER = 99,
};

static void out_metadata(wr_report_state *r, const report_one *one) {
    wr_out *o = &r->o;
    wr_out_key(o, "metadata");
    o->map(o, false);
    wr_out_put(o, "version", WR_S("1.4.0"));
    wr_out_key(o, "product");
    o->map(o, false);
    wr_out_put(o, "name", r->head->producer);
    wr_out_put(o, "vendor_name", WR_S("writ"));
    wr_out_put(o, "version", WR_S(WR_VERSION));
    o->end(o);
    wr_str cloud = WR_S("cloud");
    if (one->f != NULL && one->f->account.n > 0) wr_out_list(o, "profiles", &cloud, 1);
    o->end(o);
}

// Where in its course a finding is: what happened to it in this run, and how it is dealt with.
static void out_life(wr_report_state *r, const wr_finding *f) {
    static const struct {
        unsigned activity;
        const char *name, *type;
        unsigned status;
        const char *says;
    } row[WR_N_LIVES] = {
        [WR_NEW] = {1, "Create", "Compliance Finding: Create", 1, "New"},
        [WR_KNOWN] = {2, "Update", "Compliance Finding: Update", 1, "New"},
        [WR_SUPPRESSED] = {2, "Update", "Compliance Finding: Update", 3, "Suppressed"},
        [WR_RESOLVED] = {3, "Close", "Compliance Finding: Close", 4, "Resolved"},
    };
    wr_out *o = &r->o;
    wr_life life = f != NULL ? f->life : WR_NEW;
    wr_out_num(o, "activity_id", row[life].activity);
    wr_out_put(o, "activity_name", wr_strz(row[life].name));
    wr_out_num(o, "category_uid", 2);
    wr_out_put(o, "category_name", WR_S("Findings"));
    wr_out_num(o, "class_uid", 2003);
    wr_out_put(o, "class_name", WR_S("Compliance Finding"));
    wr_out_num(o, "type_uid", 200300 + row[life].activity);
    wr_out_put(o, "type_name", wr_strz(row[life].type));
    wr_out_num(o, "status_id", row[life].status);
    wr_out_put(o, "status", wr_strz(row[life].says));
}

static void out_class(wr_report_state *r, const report_one *one) {
    static const char *const name[] = {"Informational", "Low", "Medium", "High", "Critical"};
    wr_out *o = &r->o;
    wr_severity severity = report_severity(one);
    out_life(r, one->f);
    wr_out_num(o, "severity_id", 1u + (unsigned)severity); // Informational is 1
    wr_out_put(o, "severity", wr_strz(name[severity]));
    if (one->f != NULL) wr_out_num(o, "count", one->f->times);
    wr_out_key(o, "time");
    o->i64(o, one->d->time * 1000);
}

static wr_str title_of(const report_one *one) {
    if (one->f != NULL && one->f->title.n > 0) return one->f->title;
    return one->d->title.n > 0 ? one->d->title : one->d->rule;
}

static void out_info(wr_report_state *r, const report_one *one, wr_str message) {
    wr_out *o = &r->o;
    wr_out_put(o, "message", message);
    wr_out_key(o, "finding_info");
    o->map(o, false);
    wr_out_put(o, "uid", report_fingerprint(r, one));
    wr_out_put(o, "title", title_of(one));
    wr_out_put(o, "desc", message);
    if (one->f != NULL && one->f->first_seen != 0) {
        wr_out_key(o, "first_seen_time");
        o->i64(o, one->f->first_seen * 1000);
    }
    o->end(o);
}

static unsigned status_of(const report_one *one, const char **says) {
    if (one->f != NULL && one->f->life == WR_RESOLVED) {
        *says = "Pass";
        return STATUS_PASS;
    }
    if (one->d->outcome == WR_FAULT) {
        *says = "Error";
        return STATUS_OTHER;
    }
    if (one->d->outcome == WR_UNKNOWN) {
        *says = "Unknown";
        return STATUS_UNKNOWN;
    }
    *says = one->d->warn ? "Warning" : "Fail";
    return one->d->warn ? STATUS_WARNING : STATUS_FAIL;
}

// "nist-800-53-r5 AC-3": the standard, once, and its requirements.
static void out_requirements(wr_out *o, const wr_finding *f) {
    if (f == NULL || f->n_requirements == 0) return;
    wr_out_list(o, "requirements", f->requirements, f->n_requirements);
    wr_out_key(o, "standards");
    o->list(o, false);
    wr_str last = WR_S("");
    for (uint32_t i = 0; i < f->n_requirements; i++) {
        size_t blank = wr_find(f->requirements[i], WR_S(" "), 0);
        wr_str standard = wr_sub(f->requirements[i], 0, blank);
        if (i == 0 || !wr_eq(standard, last)) o->str(o, standard);
        last = standard;
    }
    o->end(o);
}

static void out_compliance(wr_report_state *r, const report_one *one) {
    wr_out *o = &r->o;
    const char *says;
    unsigned id = status_of(one, &says);
    wr_str control = one->d->rule_id.n > 0 ? one->d->rule_id : one->d->rule;
    wr_out_key(o, "compliance");
    o->map(o, false);
    wr_out_put(o, "control", one->f != NULL ? one->f->control : control);
    wr_out_num(o, "status_id", id);
    wr_out_put(o, "status", wr_strz(says));
    out_requirements(o, one->f);
    o->end(o);
}

static void out_resource(wr_report_state *r, const report_one *one) {
    wr_out *o = &r->o;
    const wr_finding *f = one->f;
    wr_str name = one->why != NULL ? one->why->resource : WR_S("");
    wr_str type = one->why != NULL ? one->why->resource_type : WR_S("");
    if (f != NULL && f->resource.n > 0) {
        name = f->resource;
        type = f->resource_type;
    }
    wr_out_key(o, "resources");
    o->list(o, false);
    o->map(o, false);
    wr_out_put(o, "name", name.n > 0 ? name : one->d->subject);
    if (wr_starts(name, WR_S("arn:"))) wr_out_put(o, "uid", name);
    if (name.n > 0) wr_out_some(o, "type", type);
    if (name.n > 0) wr_out_put(o, "namespace", one->d->subject);
    o->end(o);
    o->end(o);
    if (f == NULL || f->account.n == 0) return;
    wr_out_key(o, "cloud");
    o->map(o, false);
    wr_out_put(o, "provider", WR_S("AWS"));
    wr_out_some(o, "region", f->region);
    wr_out_key(o, "account");
    o->map(o, false);
    wr_out_put(o, "uid", f->account);
    wr_out_num(o, "type_id", 10);
    wr_out_put(o, "type", WR_S("AWS Account"));
    o->end(o);
    o->end(o);
}

static void out_place(wr_out *o, const char *key, const wr_src *src, wr_span at) {
    if (src == NULL) return;
    wr_pos p = wr_src_pos(src, at.beg);
    wr_out_key(o, key);
    o->map(o, false);
    wr_out_put(o, "file", src->name);
    wr_out_num(o, "line", p.line);
    wr_out_num(o, "column", p.col);
    o->end(o);
}

static void out_finding_unmapped(wr_report_state *r, const wr_finding *f) {
    wr_out *o = &r->o;
    wr_out_put(o, "life", wr_strz(wr_life_name(f->life)));
    if (f->has_layer) wr_out_put(o, "layer", wr_strz(wr_layer_name(f->layer)));
    wr_out_some(o, "objective", f->objective);
    wr_out_some(o, "owner", f->owner);
    if (f->life != WR_SUPPRESSED) return;
    wr_out_put(o, "exception", f->exception);
    report_day(r, "until", f->until);
}

// What the schema has no place for.
static void out_unmapped(wr_report_state *r, const report_one *one) {
    wr_out *o = &r->o;
    wr_out_key(o, "unmapped");
    o->map(o, false);
    wr_out_put(o, "policy", one->d->policy);
    wr_out_put(o, "rule", one->d->rule);
    wr_out_put(o, "outcome", wr_strz(wr_outcome_name(one->d->outcome)));
    if (one->f != NULL) out_finding_unmapped(r, one->f);
    if (one->why != NULL) {
        wr_out_some(o, "path", one->why->path);
        out_place(o, "input", one->why->input, one->why->input_at);
        out_place(o, "clause", one->why->policy, one->why->policy_at);
    }
    o->end(o);
}

static wr_str fix_of(const report_one *one) {
    if (one->f != NULL && one->f->remediation.n > 0) return one->f->remediation;
    if (one->why == NULL) return WR_S("");
    return one->why->fix.n > 0 ? one->why->fix : one->why->custom;
}

static void out_event(wr_report_state *r, const report_one *one) {
    wr_out *o = &r->o;
    wr_str message = one->why != NULL ? one->why->message : one->d->rule;
    if (report_is(one->d, WR_IS_OPEN)) message = report_why_open(one->d);
    report_item(r);
    o->map(o, false);
    out_class(r, one);
    out_metadata(r, one);
    out_info(r, one, message);
    out_compliance(r, one);
    out_resource(r, one);
    wr_str fix = fix_of(one);
    if (fix.n > 0) {
        wr_out_key(o, "remediation");
        o->map(o, false);
        wr_out_put(o, "desc", fix);
        o->end(o);
    }
    out_unmapped(r, one);
    o->end(o);
}

static void out_decisions(wr_report_state *r, const wr_decision *v, uint32_t n) {
    for (uint32_t i = 0; i < n && r->has_o; i++) {
        const wr_decision *d = &v[i];
        if (!report_is(d, WR_IS_BAD | WR_IS_OPEN)) continue;
        bool one = report_is(d, WR_IS_OPEN) || d->n_reasons == 0;
        for (uint32_t k = 0; k < (one ? 1 : d->n_reasons); k++)
            out_event(r, &(report_one){d, d->n_reasons > 0 ? &d->reasons[k] : NULL, NULL});
    }
}

static void out_errors(wr_report_state *r) {
    for (uint32_t i = 0; i < r->head->n_errors && r->has_o; i++) {
        wr_decision d;
        wr_reason why;
        report_of_error(r, r->head->errors[i], &d, &why);
        out_event(r, &(report_one){&d, &why, NULL});
    }
}

static void out_finding(wr_report_state *r, const wr_finding *f) {
    report_one one = report_of_finding(f);
    if (r->has_o) out_event(r, &one);
}

static void out_posture(wr_report_state *r, const wr_posture *p) {
    (void)p; // events tell of findings only
    out_errors(r);
}

static void begin(wr_report_state *r) {
    report_begin_o(r, wr_out_json(&r->o, r->out));
    if (!r->head->check) out_errors(r); // else they come with the posture
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
    .finding = out_finding,
    .posture = out_posture,
};
