// SPDX-License-Identifier: Apache-2.0
// asff: findings of a check in the AWS Security Finding Format: a JSON array of requests of
// BatchImportFindings, each with at most 100 findings.
// Rules: AWS Security Hub User Guide, "AWS Security Finding Format (ASFF)", required and optional
// top-level attributes; API Reference, BatchImportFindings. Invariants: no text is empty, has a
// line break or is longer than its attribute may be; an account is twelve digits.

#include "report/asff_int.h"

enum { // what each attribute may hold, in characters; bytes are counted, which are never fewer
    BATCH = 100,
    MAX_TITLE = 256,
    MAX_DESCRIPTION = 1024,
    MAX_TEXT = 512, // Id, GeneratorId, remediation, note, resource id
    MAX_FIELD = 2048,
    MAX_REQUIREMENT = 64,
    MAX_REQUIREMENTS = 32,
    MAX_CODE = 100,
};

// ---------------------------------------------------------------------------------- texts

// In one line, without control characters, cut to max bytes; empty when nothing is seen of it.
static wr_str flat(wr_report_state *r, wr_str s, size_t max) {
    static const wr_str more = {"…", 3};
    wr_buf *b = report_text(r);
    wr_buf safe;
    wr_buf_init(&safe, 0);
    wr_put_safe(&safe, s);
    if (safe.rc != WR_OK) wr_buf_fail(r->out, safe.rc);
    for (size_t i = 0; i < safe.n; i++)
        wr_putc(b, safe.p[i] == '\n' || safe.p[i] == '\t' ? ' ' : safe.p[i]);
    wr_buf_fini(&safe);
    wr_str t = wr_trim(wr_buf_str(b));
    if (t.n <= max) return t;
    t = wr_utf8_cut(t, max - more.n);
    char *end = (char *)(uintptr_t)(t.p + t.n); // inside b, which holds more than that
    memcpy(end, more.p, more.n);
    return wr_strn(t.p, t.n + more.n);
}

static bool out_text(wr_report_state *r, const char *key, wr_str s, size_t max) {
    wr_str t = flat(r, s, max);
    if (t.n > 0) wr_out_put(&r->o, key, t);
    return t.n > 0;
}

static void out_required(wr_report_state *r, const char *key, wr_str s, size_t max, wr_str other) {
    if (!out_text(r, key, s, max) && !out_text(r, key, other, max))
        wr_out_put(&r->o, key, WR_S("writ"));
}

// ---------------------------------------------------------------------------------- who and where

static bool is_account(wr_str s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    return s.n == 12;
}

static bool is_region(wr_str s) {
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-') return false;
    }
    return s.n > 0 && s.n <= 32;
}

typedef struct home { // where Security Hub files a finding
    wr_str account, region, partition;
} home;

static home home_of(const wr_finding *f) {
    home h = {is_account(f->account) ? f->account : WR_S("000000000000"),
              is_region(f->region) ? f->region : WR_S("us-east-1"), WR_S("aws")};
    if (wr_starts(h.region, WR_S("cn-"))) h.partition = WR_S("aws-cn");
    if (wr_starts(h.region, WR_S("us-gov-"))) h.partition = WR_S("aws-us-gov");
    return h;
}

static void out_product(wr_report_state *r, const home *h) {
    wr_buf *b = report_text(r);
    wr_putf(b, "arn:%.*s:securityhub:%.*s:%.*s:product/%.*s/default", WR_FMT(h->partition),
            WR_FMT(h->region), WR_FMT(h->account), WR_FMT(h->account));
    wr_out_put(&r->o, "ProductArn", wr_buf_str(b));
    wr_out_put(&r->o, "ProductName", WR_S("writ"));
    wr_out_put(&r->o, "CompanyName", WR_S("writ"));
    wr_out_put(&r->o, "Region", h->region);
    wr_out_put(&r->o, "AwsAccountId", h->account);
}

// An ARN as it is; what has only a name is told by its file too.
static void out_resources(wr_report_state *r, const wr_finding *f, const home *h) {
    wr_out *o = &r->o;
    wr_str name = f->resource.n > 0 ? f->resource : f->reason->resource;
    bool is_arn = wr_starts(name, WR_S("arn:"));
    wr_str id = is_arn ? name : f->decision->subject;
    if (!is_arn && name.n > 0)
        id = wr_fmt(&r->arena, "%.*s#%.*s", WR_FMT(f->decision->subject), WR_FMT(name));
    wr_out_key(o, "Resources");
    o->list(o, false);
    o->map(o, false);
    wr_out_put(o, "Type", asff_type(f->resource_type));
    out_required(r, "Id", id, MAX_TEXT, f->control);
    wr_out_put(o, "Partition", h->partition);
    wr_out_put(o, "Region", h->region);
    if (f->resource_type.n > 0) {
        wr_out_key(o, "Details");
        o->map(o, false);
        wr_out_key(o, "Other");
        o->map(o, false);
        out_required(r, "type", f->resource_type, MAX_FIELD, WR_S("unknown"));
        o->end(o);
        o->end(o);
    }
    o->end(o);
    o->end(o);
}

// ---------------------------------------------------------------------------------- state

static void out_times(wr_report_state *r, const wr_finding *f) {
    int64_t now = r->head->time, since = f->first_seen != 0 ? f->first_seen : now;
    report_time(r, "FirstObservedAt", since);
    if (f->life != WR_RESOLVED) report_time(r, "LastObservedAt", now);
    report_time(r, "CreatedAt", since);
    report_time(r, "UpdatedAt", now);
}

static void out_state(wr_report_state *r, const wr_finding *f) {
    static const char *const workflow[WR_N_LIVES] = {
        [WR_NEW] = "NEW",
        [WR_KNOWN] = "NEW",
        [WR_SUPPRESSED] = "SUPPRESSED",
        [WR_RESOLVED] = "RESOLVED",
    };
    wr_out *o = &r->o;
    wr_out_key(o, "Workflow");
    o->map(o, false);
    wr_out_put(o, "Status", wr_strz(workflow[f->life]));
    o->end(o);
    wr_out_put(o, "RecordState", f->life == WR_RESOLVED ? WR_S("ARCHIVED") : WR_S("ACTIVE"));
    if (f->life != WR_SUPPRESSED) return;
    wr_buf text;
    wr_buf_init(&text, 0);
    wr_putz(&text, "Covered until ");
    wr_put_day(&text, f->until);
    wr_putz(&text, " by the exception ");
    wr_puts(&text, f->exception);
    wr_out_key(o, "Note");
    o->map(o, false);
    out_required(r, "Text", wr_buf_str(&text), MAX_TEXT, WR_S("suppressed"));
    wr_out_put(o, "UpdatedBy", WR_S("writ"));
    report_time(r, "UpdatedAt", r->head->time);
    o->end(o);
    wr_buf_fini(&text);
}

static const char *status_of(const wr_finding *f) {
    if (f->life == WR_RESOLVED) return "PASSED";
    if (f->decision->outcome == WR_FAULT) return "NOT_AVAILABLE";
    return f->decision->outcome == WR_UNKNOWN ? "WARNING" : "FAILED";
}

static void out_compliance(wr_report_state *r, const wr_finding *f) {
    wr_out *o = &r->o;
    wr_out_key(o, "Compliance");
    o->map(o, false);
    wr_out_put(o, "Status", wr_strz(status_of(f)));
    out_text(r, "SecurityControlId", f->control, MAX_TEXT);
    if (f->n_requirements > 0) {
        wr_out_key(o, "RelatedRequirements");
        o->list(o, false);
        for (uint32_t i = 0; i < f->n_requirements && i < MAX_REQUIREMENTS; i++) {
            wr_str t = flat(r, f->requirements[i], MAX_REQUIREMENT);
            o->str(o, t.n > 0 ? t : WR_S("-"));
        }
        o->end(o);
    }
    if (f->life != WR_RESOLVED && report_is(f->decision, WR_IS_OPEN)) {
        wr_out_key(o, "StatusReasons");
        o->list(o, false);
        o->map(o, false);
        wr_out_put(o, "ReasonCode", wr_strz(wr_outcome_name(f->decision->outcome)));
        out_text(r, "Description", report_why_open(f->decision), MAX_FIELD);
        o->end(o);
        o->end(o);
    }
    o->end(o);
}

static void out_fields(wr_report_state *r, const wr_finding *f) {
    const struct {
        const char *key;
        wr_str value;
    } row[] = {
        {"writ/fingerprint", f->fingerprint},
        {"writ/control", f->control},
        {"writ/life", wr_strz(wr_life_name(f->life))},
        {"writ/outcome", wr_strz(wr_outcome_name(f->decision->outcome))},
        {"writ/layer", f->has_layer ? wr_strz(wr_layer_name(f->layer)) : WR_S("")},
        {"writ/policy", f->decision->policy},
        {"writ/rule", f->decision->rule},
        {"writ/objective", f->objective},
        {"writ/owner", f->owner},
        {"writ/subject", f->decision->subject},
        {"writ/path", f->reason->path},
    };
    wr_out *o = &r->o;
    wr_out_key(o, "ProductFields");
    o->map(o, false);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        out_text(r, row[i].key, row[i].value, MAX_FIELD);
    wr_str times = wr_fmt(&r->arena, "%llu", (unsigned long long)f->times);
    wr_out_put(o, "writ/times", times);
    if (f->reason->input != NULL) {
        wr_pos at = wr_src_pos(f->reason->input, f->reason->input_at.beg);
        wr_str place =
            wr_fmt(&r->arena, "%.*s:%u:%u", WR_FMT(f->reason->input->name), at.line, at.col);
        out_text(r, "writ/place", place, MAX_FIELD);
    }
    if (!is_account(f->account)) wr_out_put(o, "writ/account", WR_S("not known"));
    o->end(o);
}

// ---------------------------------------------------------------------------------- findings

static void out_words(wr_report_state *r, const wr_finding *f) {
    wr_out *o = &r->o;
    const wr_reason *why = f->reason;
    wr_str text = why->message;
    if (why->custom.n > 0)
        text = wr_fmt(&r->arena, "%.*s (%.*s)", WR_FMT(why->message), WR_FMT(why->custom));
    out_required(r, "Title", f->title, MAX_TITLE, f->control);
    out_required(r, "Description", text, MAX_DESCRIPTION, f->title);
    wr_str fix = f->remediation.n > 0 ? f->remediation : why->fix;
    if (flat(r, fix, MAX_TEXT).n == 0) return;
    wr_out_key(o, "Remediation");
    o->map(o, false);
    wr_out_key(o, "Recommendation");
    o->map(o, false);
    out_text(r, "Text", fix, MAX_TEXT);
    o->end(o);
    o->end(o);
}

static void out_one(wr_report_state *r, const wr_finding *f) {
    wr_out *o = &r->o;
    home h = home_of(f);
    wr_str type = WR_S("Software and Configuration Checks/AWS Security Best Practices");
    o->map(o, false);
    wr_out_put(o, "SchemaVersion", WR_S("2018-10-08"));
    wr_out_put(o, "Id", f->fingerprint);
    out_product(r, &h);
    out_required(r, "GeneratorId", f->control, MAX_TEXT, WR_S("writ"));
    wr_out_list(o, "Types", &type, 1);
    out_times(r, f);
    wr_out_key(o, "Severity");
    o->map(o, false);
    wr_out_put(o, "Label", wr_strz(wr_severity_name(f->severity)));
    wr_out_put(o, "Original", wr_strz(wr_severity_name(f->severity)));
    o->end(o);
    out_words(r, f);
    out_fields(r, f);
    out_resources(r, f, &h);
    out_compliance(r, f);
    out_state(r, f);
    o->end(o);
}

static void out_finding(wr_report_state *r, const wr_finding *f) {
    wr_out *o = &r->o;
    if (!r->has_o) return;
    if (r->n % BATCH == 0) {
        if (r->n > 0) {
            o->end(o);
            o->end(o);
        }
        report_item(r);
        o->map(o, false);
        wr_out_key(o, "Findings");
        o->list(o, false);
    }
    r->n++;
    out_one(r, f);
}

// What could not be used is a finding too: nobody takes silence for a pass.
static void out_posture(wr_report_state *r, const wr_posture *p) {
    (void)p;
    for (uint32_t i = 0; i < r->head->n_errors; i++) {
        wr_decision d;
        wr_reason why;
        report_of_error(r, r->head->errors[i], &d, &why);
        wr_finding f = {.decision = &d,
                        .reason = &why,
                        .fingerprint = wr_fingerprint(&r->arena, &d, &why),
                        .control = d.rule,
                        .title = d.title,
                        .severity = d.severity,
                        .times = 1};
        out_finding(r, &f);
    }
}

static void begin(wr_report_state *r) { report_begin_o(r, wr_out_json(&r->o, r->out)); }

static void end(wr_report_state *r) {
    if (!r->has_o) return;
    if (r->n > 0) {
        r->o.end(&r->o);
        r->o.end(&r->o);
    }
    report_list_end(r);
    report_end_o(r, true);
}

const wr_report_format wr_report_asff = {
    .name = "asff",
    .media = "application/json",
    .begin = begin,
    .end = end,
    .finding = out_finding,
    .posture = out_posture,
};
