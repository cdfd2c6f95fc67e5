// SPDX-License-Identifier: Apache-2.0
// sarif: SARIF 2.1.0: every rule described once, a result for each failed check with its exact
// region, its resource and a fingerprint that survives edits; what could not be evaluated as
// notifications. Notifications stand before results, so decisions are taken in two turns.
// Rules: OASIS SARIF 2.1.0 errata 01, §3.19–3.30, 3.49, 3.58.

#include "report/report_int.h"

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

static void out_text(wr_out *o, const char *key, wr_str text) {
    report_key(o, key);
    o->map(o, false);
    report_str(o, "text", text);
    o->end(o);
}

// ---------------------------------------------------------------------------------- tool

static void out_rule(wr_out *o, const wr_rule_info *rule) {
    o->map(o, false);
    report_str(o, "id", id_of(rule));
    report_str(o, "name", rule->rule);
    if (rule->title.n > 0) out_text(o, "shortDescription", rule->title);
    report_key(o, "defaultConfiguration");
    o->map(o, false);
    report_str(o, "level", wr_strz(level_of(rule->warn, rule->rated, rule->severity)));
    o->end(o);
    report_key(o, "properties");
    o->map(o, false);
    report_str(o, "file", rule->policy);
    if (rule->rated) report_str(o, "severity", wr_strz(wr_severity_name(rule->severity)));
    o->end(o);
    o->end(o);
}

static void out_tool(wr_report_state *r) {
    wr_out *o = &r->o;
    report_key(o, "tool");
    o->map(o, false);
    report_key(o, "driver");
    o->map(o, false);
    report_str(o, "name", WR_S("writ"));
    report_str(o, "version", WR_S(WR_VERSION));
    report_key(o, "rules");
    for (uint32_t i = 0; i < r->head->n_rules; i++) {
        report_item(r);
        out_rule(o, &r->head->rules[i]);
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

static void out_artifact(wr_report_state *r, const char *key, wr_str name) {
    wr_buf *uri = report_text(r);
    report_key(&r->o, key);
    r->o.map(&r->o, false);
    put_uri(uri, name);
    report_str(&r->o, "uri", wr_buf_str(uri));
    r->o.end(&r->o);
}

static void out_artifacts(wr_report_state *r) {
    report_key(&r->o, "artifacts");
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
    report_key(o, "region");
    o->map(o, false);
    report_num(o, "startLine", beg.line);
    report_num(o, "startColumn", beg.col);
    report_num(o, "endLine", end.line);
    report_num(o, "endColumn", end.col);
    o->end(o);
}

// why NULL: the subject as a whole.
static void out_location(wr_report_state *r, const wr_decision *d, const wr_reason *why) {
    wr_out *o = &r->o;
    bool placed = why != NULL && why->input != NULL;
    report_key(o, "locations");
    o->list(o, false);
    o->map(o, false);
    report_key(o, "physicalLocation");
    o->map(o, false);
    out_artifact(r, "artifactLocation", placed ? why->input->name : d->subject);
    if (placed) out_region(o, why->input, why->input_at);
    o->end(o);
    if (why != NULL && why->path.n > 0) {
        report_key(o, "logicalLocations");
        o->list(o, false);
        o->map(o, false);
        if (why->resource.n > 0) report_str(o, "name", why->resource);
        report_str(o, "fullyQualifiedName", why->path);
        report_str(o, "kind", WR_S("resource"));
        o->end(o);
        o->end(o);
    }
    o->end(o);
    o->end(o);
}

// ---------------------------------------------------------------------------------- decisions

static void out_result(wr_report_state *r, const wr_decision *d, const wr_reason *why) {
    wr_out *o = &r->o;
    wr_buf *text = report_text(r);
    report_item(r);
    o->map(o, false);
    report_str(o, "ruleId", id_of(rule_of(r, d)));
    report_num(o, "ruleIndex", d->index);
    report_str(o, "level", wr_strz(level_of(d->warn, d->rated, d->severity)));
    wr_puts(text, why->message);
    if (why->custom.n > 0) {
        wr_putc(text, '\n');
        wr_puts(text, why->custom);
    }
    if (why->fix.n > 0) {
        wr_putc(text, '\n');
        wr_puts(text, why->fix);
    }
    out_text(o, "message", wr_buf_str(text));
    out_location(r, d, why);
    report_key(o, "partialFingerprints");
    o->map(o, false);
    report_str(o, "writ/v1", wr_fingerprint(&r->arena, d, why));
    o->end(o);
    o->end(o);
}

static void out_results(wr_report_state *r, const wr_decision *d) {
    wr_reason none = {.message = WR_S("the rule does not hold")};
    for (uint32_t i = 0; i < d->n_reasons; i++) out_result(r, d, &d->reasons[i]);
    if (d->n_reasons == 0) out_result(r, d, &none);
}

static void out_notification(wr_report_state *r, const wr_decision *d) {
    wr_out *o = &r->o;
    bool error = d->outcome == WR_FAULT;
    const wr_rule_info *rule = rule_of(r, d);
    wr_buf *text = report_text(r);
    report_item(r);
    o->map(o, false);
    report_str(o, "level", wr_strz(error ? "error" : "warning"));
    wr_putz(text, "rule ");
    wr_puts(text, rule->name);
    wr_putz(text, error ? " could not be evaluated: " : " has no verdict yet: ");
    wr_puts(text, report_why_open(d));
    out_text(o, "message", wr_buf_str(text));
    report_key(o, "associatedRule");
    o->map(o, false);
    report_str(o, "id", id_of(rule));
    report_num(o, "index", d->index);
    o->end(o);
    out_location(r, d, NULL);
    o->end(o);
}

// Why a policy or an input could not be used.
static void out_input_error(wr_report_state *r, const wr_diag *d) {
    wr_out *o = &r->o;
    wr_buf *text = report_text(r);
    report_item(r);
    o->map(o, false);
    report_str(o, "level", WR_S("error"));
    wr_puts(text, d->msg);
    if (d->hint.n > 0) {
        wr_putc(text, '\n');
        wr_puts(text, d->hint);
    }
    out_text(o, "message", wr_buf_str(text));
    report_key(o, "descriptor");
    o->map(o, false);
    report_str(o, "id", wr_strz(wr_code_name(d->code)));
    o->end(o);
    if (d->src != NULL) {
        report_key(o, "locations");
        o->list(o, false);
        o->map(o, false);
        report_key(o, "physicalLocation");
        o->map(o, false);
        out_artifact(r, "artifactLocation", d->src->name);
        out_region(o, d->src, d->span);
        for (int i = 0; i < 3; i++) o->end(o);
    }
    o->end(o);
}

static void out_decisions(wr_report_state *r, const wr_decision *v, uint32_t n) {
    for (uint32_t i = 0; i < n && r->has_o; i++) {
        if (r->turn == NOTIFICATIONS && report_is(&v[i], WR_IS_OPEN)) out_notification(r, &v[i]);
        if (r->turn == RESULTS && report_is(&v[i], WR_IS_BAD)) out_results(r, &v[i]);
    }
}

// ---------------------------------------------------------------------------------- the whole

static void begin(wr_report_state *r) {
    wr_out *o = &r->o;
    report_begin_o(r, wr_out_json(o, r->out));
    if (!r->has_o) return;
    o->map(o, false);
    report_str(o, "$schema", WR_S(SCHEMA));
    report_str(o, "version", WR_S("2.1.0"));
    report_key(o, "runs");
    o->list(o, false);
    o->map(o, false);
    out_tool(r);
    report_str(o, "columnKind", WR_S("unicodeCodePoints"));
}

static void begin_notifications(wr_report_state *r) {
    wr_out *o = &r->o;
    report_key(o, "invocations");
    o->list(o, false);
    o->map(o, false);
    report_key(o, "executionSuccessful");
    o->boolean(o, r->head->n_errors == 0 && r->head->total.of[WR_FAULT] == 0);
    report_key(o, "toolExecutionNotifications");
    for (uint32_t i = 0; i < r->head->n_errors; i++) out_input_error(r, r->head->errors[i]);
}

static void begin_results(wr_report_state *r) {
    report_list_end(r);
    r->o.end(&r->o);
    r->o.end(&r->o);
    out_artifacts(r);
    report_key(&r->o, "results");
}

static void begin_turn(wr_report_state *r) {
    if (!r->has_o) return;
    if (r->turn == NOTIFICATIONS) begin_notifications(r);
    else begin_results(r);
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
};
