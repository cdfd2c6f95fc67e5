// SPDX-License-Identifier: Apache-2.0
// sarif: SARIF 2.1.0: every rule described once, a result for each failed check with its exact
// region, its resource and a fingerprint that survives edits; what could not be evaluated as
// notifications. Notifications stand before results, so decisions are taken in two turns; the
// findings of a check (sarif_check.c) are kept until its posture is known.
// Rules: OASIS SARIF 2.1.0 errata 01, §3.14, 3.19–3.30, 3.35, 3.49, 3.58; what GitHub code scanning
// reads of it: "SARIF support for code scanning".

#include "report/sarif_int.h"

#define SCHEMA                                                                                     \
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

enum { NOTIFICATIONS, RESULTS };

static const char *level_of(bool warn, bool rated, wr_severity severity) {
    if (warn) return "warning";
    if (!rated || severity >= WR_SEV_HIGH) return "error";
    return severity == WR_SEV_MEDIUM ? "warning" : "note";
}

static const wr_rule_info *rule_of(const wr_report_state *r, const wr_decision *d) {
    WR_ASSERT(d->index < r->head->n_rules);
    return &r->head->rules[d->index];
}

static wr_str id_of(const wr_rule_info *rule) { return rule->id.n > 0 ? rule->id : rule->name; }

void sarif_text(wr_out *o, const char *key, wr_str text) {
    wr_out_key(o, key);
    o->map(o, false);
    wr_out_put(o, "text", text);
    o->end(o);
}

// ---------------------------------------------------------------------------------- tool

// c: the control that the rule is, or NULL.
static void out_rule(wr_report_state *r, const wr_rule_info *rule, const wr_posture_control *c) {
    wr_out *o = &r->o;
    o->map(o, false);
    wr_out_put(o, "id", id_of(rule));
    if (!wr_eq(rule->rule, id_of(rule))) wr_out_put(o, "name", rule->rule);
    if (rule->title.n > 0 || c != NULL)
        sarif_text(o, "shortDescription", rule->title.n > 0 ? rule->title : id_of(rule));
    if (c != NULL) sarif_help(r, c);
    wr_out_key(o, "defaultConfiguration");
    o->map(o, false);
    wr_out_put(o, "level", wr_strz(level_of(rule->warn, rule->rated, rule->severity)));
    o->end(o);
    wr_out_key(o, "properties");
    o->map(o, false);
    wr_out_put(o, "file", rule->policy);
    if (rule->rated) wr_out_put(o, "severity", wr_strz(wr_severity_name(rule->severity)));
    if (c != NULL) sarif_tags(r, c);
    o->end(o);
    o->end(o);
}

static void out_controls(wr_report_state *r, const wr_posture *p) {
    for (uint32_t i = 0; i < p->n_controls; i++) {
        const wr_posture_control *c = &p->controls[i];
        wr_rule_info rule = {.policy = c->file,
                             .rule = c->id,
                             .id = c->id,
                             .title = c->title,
                             .severity = c->severity,
                             .rated = true};
        report_item(r);
        out_rule(r, &rule, c);
    }
}

// p: of a check, whose rules are the controls; else NULL.
static void out_tool(wr_report_state *r, const wr_posture *p) {
    wr_out *o = &r->o;
    wr_out_key(o, "tool");
    o->map(o, false);
    wr_out_key(o, "driver");
    o->map(o, false);
    wr_out_put(o, "name", WR_S("writ"));
    wr_out_put(o, "version", WR_S(WR_VERSION));
    wr_out_key(o, "rules");
    if (p != NULL) out_controls(r, p);
    for (uint32_t i = 0; p == NULL && i < r->head->n_rules; i++) {
        report_item(r);
        out_rule(r, &r->head->rules[i], NULL);
    }
    report_list_end(r);
    o->end(o);
    o->end(o);
}

// ---------------------------------------------------------------------------------- places

static void put_uri(wr_buf *b, wr_str path) {
    static const char hex[] = "0123456789ABCDEF";
    if (wr_starts(path, WR_S("/"))) wr_putz(b, "file://");
    for (size_t i = 0; i < path.n; i++) {
        unsigned char c = (unsigned char)path.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     (c < 0x80 && c != 0 && strchr("-._~/", c) != NULL);
        if (plain) {
            wr_putc(b, (char)c);
        } else {
            wr_putc(b, '%');
            wr_putc(b, hex[c >> 4]);
            wr_putc(b, hex[c & 15]);
        }
    }
}

// Names that are relative are so to where the sources are, wherever that is.
static void out_artifact(wr_report_state *r, const char *key, wr_str name) {
    wr_buf *uri = report_text(r);
    wr_out_key(&r->o, key);
    r->o.map(&r->o, false);
    put_uri(uri, name);
    wr_out_put(&r->o, "uri", wr_buf_str(uri));
    if (!wr_starts(name, WR_S("/"))) wr_out_put(&r->o, "uriBaseId", WR_S("%SRCROOT%"));
    r->o.end(&r->o);
}

static void out_artifacts(wr_report_state *r) {
    wr_out_key(&r->o, "artifacts");
    for (uint32_t i = 0; i < r->head->n_subjects; i++) {
        report_item(r);
        r->o.map(&r->o, false);
        out_artifact(r, "location", r->head->subjects[i].name);
        r->o.end(&r->o);
    }
    report_list_end(r);
}

static void out_region(wr_out *o, const wr_src *src, wr_span at) {
    wr_pos beg = wr_src_pos(src, at.beg), end = wr_src_pos(src, at.end);
    wr_out_key(o, "region");
    o->map(o, false);
    wr_out_num(o, "startLine", beg.line);
    wr_out_num(o, "startColumn", beg.col);
    wr_out_num(o, "endLine", end.line);
    wr_out_num(o, "endColumn", end.col);
    o->end(o);
}

static void out_logical(wr_out *o, const report_one *one) {
    const wr_finding *f = one->f;
    wr_str path = one->why != NULL ? one->why->path : WR_S("");
    wr_str name = one->why != NULL ? one->why->resource : WR_S("");
    if (f != NULL && f->resource.n > 0) name = f->resource;
    if (path.n == 0 && (f == NULL || name.n == 0)) return;
    wr_out_key(o, "logicalLocations");
    o->list(o, false);
    o->map(o, false);
    wr_out_some(o, "name", name);
    wr_out_put(o, "fullyQualifiedName", path.n > 0 ? path : name);
    wr_out_put(o, "kind", WR_S("resource"));
    o->end(o);
    o->end(o);
}

// Without a reason: the subject as a whole.
static void out_location(wr_report_state *r, const report_one *one) {
    wr_out *o = &r->o;
    const wr_reason *why = one->why;
    bool placed = why != NULL && why->input != NULL;
    wr_out_key(o, "locations");
    o->list(o, false);
    o->map(o, false);
    wr_out_key(o, "physicalLocation");
    o->map(o, false);
    out_artifact(r, "artifactLocation", placed ? why->input->name : one->d->subject);
    if (placed) out_region(o, why->input, why->input_at);
    o->end(o);
    out_logical(o, one);
    o->end(o);
    o->end(o);
}

// ---------------------------------------------------------------------------------- decisions

// Which rule, for which there may be no description.
static void out_rule_of(wr_report_state *r, const report_one *one, bool nested, uint32_t index) {
    wr_out *o = &r->o;
    bool known = one->f == NULL || index != UINT32_MAX;
    wr_out_put(o, nested ? "id" : "ruleId",
               one->f != NULL ? one->f->control : id_of(rule_of(r, one->d)));
    if (known)
        wr_out_num(o, nested ? "index" : "ruleIndex", one->f != NULL ? index : one->d->index);
}

void sarif_result(wr_report_state *r, const report_one *one, uint32_t index) {
    wr_out *o = &r->o;
    const wr_decision *d = one->d;
    const wr_reason *why = one->why;
    wr_buf *text = report_text(r);
    report_item(r);
    o->map(o, false);
    out_rule_of(r, one, false, index);
    bool rated = one->f != NULL || d->rated;
    wr_out_put(o, "level", wr_strz(level_of(d->warn, rated, report_severity(one))));
    wr_puts(text, why->message);
    if (why->custom.n > 0) {
        wr_putc(text, '\n');
        wr_puts(text, why->custom);
    }
    if (why->fix.n > 0) {
        wr_putc(text, '\n');
        wr_puts(text, why->fix);
    }
    sarif_text(o, "message", wr_buf_str(text));
    out_location(r, one);
    wr_out_key(o, "partialFingerprints");
    o->map(o, false);
    wr_out_put(o, "writ/v1", report_fingerprint(r, one));
    o->end(o);
    if (one->f != NULL) sarif_life(r, one->f);
    o->end(o);
}

static void out_results(wr_report_state *r, const wr_decision *d) {
    wr_reason none = {.message = WR_S("the rule does not hold")};
    for (uint32_t i = 0; i < d->n_reasons; i++)
        sarif_result(r, &(report_one){d, &d->reasons[i], NULL}, d->index);
    if (d->n_reasons == 0) sarif_result(r, &(report_one){d, &none, NULL}, d->index);
}

void sarif_notification(wr_report_state *r, const report_one *one, uint32_t index) {
    wr_out *o = &r->o;
    bool error = one->d->outcome == WR_FAULT;
    wr_buf *text = report_text(r);
    report_item(r);
    o->map(o, false);
    wr_out_put(o, "level", wr_strz(error ? "error" : "warning"));
    wr_putz(text, one->f != NULL ? "control " : "rule ");
    wr_puts(text, one->f != NULL ? one->f->control : rule_of(r, one->d)->name);
    wr_putz(text, error ? " could not be evaluated: " : " has no verdict yet: ");
    wr_puts(text, report_why_open(one->d));
    sarif_text(o, "message", wr_buf_str(text));
    wr_out_key(o, "associatedRule");
    o->map(o, false);
    out_rule_of(r, one, true, index);
    o->end(o);
    out_location(r, one);
    if (one->f != NULL) sarif_circumstances(r, one->f);
    o->end(o);
}

// Why a policy or an input could not be used.
static void out_input_error(wr_report_state *r, const wr_diag *d) {
    wr_out *o = &r->o;
    wr_buf *text = report_text(r);
    report_item(r);
    o->map(o, false);
    wr_out_put(o, "level", WR_S("error"));
    wr_puts(text, d->msg);
    if (d->hint.n > 0) {
        wr_putc(text, '\n');
        wr_puts(text, d->hint);
    }
    sarif_text(o, "message", wr_buf_str(text));
    wr_out_key(o, "descriptor");
    o->map(o, false);
    wr_out_put(o, "id", wr_strz(wr_code_name(d->code)));
    o->end(o);
    if (d->src != NULL) {
        wr_out_key(o, "locations");
        o->list(o, false);
        o->map(o, false);
        wr_out_key(o, "physicalLocation");
        o->map(o, false);
        out_artifact(r, "artifactLocation", d->src->name);
        out_region(o, d->src, d->span);
        for (int i = 0; i < 3; i++) o->end(o);
    }
    o->end(o);
}

static void out_decisions(wr_report_state *r, const wr_decision *v, uint32_t n) {
    for (uint32_t i = 0; i < n && r->has_o; i++) {
        if (r->turn == NOTIFICATIONS && report_is(&v[i], WR_IS_OPEN))
            sarif_notification(r, &(report_one){&v[i], NULL, NULL}, v[i].index);
        if (r->turn == RESULTS && report_is(&v[i], WR_IS_BAD)) out_results(r, &v[i]);
    }
}

// ---------------------------------------------------------------------------------- the whole

// p: as of out_tool.
static void start(wr_report_state *r, const wr_posture *p) {
    wr_out *o = &r->o;
    report_begin_o(r, wr_out_json(o, r->out));
    if (!r->has_o) return;
    o->map(o, false);
    wr_out_put(o, "$schema", WR_S(SCHEMA));
    wr_out_put(o, "version", WR_S("2.1.0"));
    wr_out_key(o, "runs");
    o->list(o, false);
    o->map(o, false);
    out_tool(r, p);
    wr_out_put(o, "columnKind", WR_S("unicodeCodePoints"));
    wr_out_key(o, "originalUriBaseIds");
    o->map(o, false);
    wr_out_key(o, "%SRCROOT%");
    o->map(o, false);
    sarif_text(o, "description", WR_S("where the command was run: the top of the repository"));
    o->end(o);
    o->end(o);
}

static void begin(wr_report_state *r) {
    if (!r->head->check) start(r, NULL); // else with the posture
}

static void begin_notifications(wr_report_state *r, bool successful) {
    wr_out *o = &r->o;
    wr_out_key(o, "invocations");
    o->list(o, false);
    o->map(o, false);
    wr_out_flag(o, "executionSuccessful", successful && r->head->n_errors == 0);
    wr_out_key(o, "toolExecutionNotifications");
    for (uint32_t i = 0; i < r->head->n_errors; i++) out_input_error(r, r->head->errors[i]);
}

static void end_notifications(wr_report_state *r) {
    report_list_end(r);
    r->o.end(&r->o);
    r->o.end(&r->o);
}

static void begin_turn(wr_report_state *r) {
    if (!r->has_o) return;
    if (r->turn == NOTIFICATIONS) {
        begin_notifications(r, r->head->total.of[WR_FAULT] == 0);
    } else {
        end_notifications(r);
        out_artifacts(r);
        wr_out_key(&r->o, "results");
    }
}

// Of a check, all at its end.
static void out_posture(wr_report_state *r, const wr_posture *p) {
    const report_kept *k = report_kept_sorted(r, p, true);
    if (k == NULL) return;
    start(r, p);
    if (!r->has_o) return;
    begin_notifications(r, p->not_evaluated == 0);
    sarif_open_findings(r, k);
    end_notifications(r);
    wr_out_key(&r->o, "results");
    sarif_bad_findings(r, k);
}

static void end(wr_report_state *r) {
    if (!r->has_o) return;
    report_list_end(r);
    for (int i = 0; i < 3; i++) r->o.end(&r->o);
    report_end_o(r, true);
}

const wr_report_format wr_report_sarif = {
    .name = "sarif",
    .media = "application/sarif+json",
    .turns = {[NOTIFICATIONS] = WR_IS_OPEN, [RESULTS] = WR_IS_BAD},
    .begin = begin,
    .turn_begin = begin_turn,
    .decisions = out_decisions,
    .end = end,
    .finding = sarif_finding,
    .posture = out_posture,
};
