// SPDX-License-Identifier: Apache-2.0
// out_native_sarif: SARIF 2.1.0 of `writ guard`: every rule described once, a result for each
// failed check with its exact region, its resource and a fingerprint that survives edits; what
// could not be evaluated as notifications.
// Rules: OASIS SARIF 2.1.0 errata 01, §3.19–3.30, 3.49, 3.58.

#include "lang/guard/reasons.h"

#ifndef WR_VERSION
#define WR_VERSION "0"
#endif

typedef struct sarif {
    wr_out o;
    const g_grid *g;
    g_worker w;
    bool open; // the list being written has begun
    // of the file × document being written
    const g_result *r;
    const wr_guard_doc *doc;
    uint32_t first_rule;
    wr_decision d;
} sarif;

static const char *level_of(const g_rule *rule) {
    if (rule->warn) return "warning";
    if (!rule->has_severity || rule->severity >= WR_SEV_HIGH) return "error";
    return rule->severity == WR_SEV_MEDIUM ? "warning" : "note";
}

static void begin(sarif *s) {
    if (!s->open) s->o.list(&s->o, false);
    s->open = true;
}

static void finish(sarif *s) {
    if (s->open) s->o.end(&s->o);
    else s->o.list(&s->o, true);
    s->open = false;
}

static void out_text(wr_out *o, const char *key, wr_str text) {
    g_out_key(o, key);
    o->map(o, false);
    g_out_str(o, "text", text);
    o->end(o);
}

static wr_str rule_id(const g_rule *rule) { return rule->id.n > 0 ? rule->id : rule->name; }

static void out_rule(wr_out *o, const g_file *f, const g_rule *rule) {
    o->map(o, false);
    g_out_str(o, "id", rule_id(rule));
    g_out_str(o, "name", g_short_rule(f->name, rule->name));
    if (rule->title.n > 0) out_text(o, "shortDescription", rule->title);
    g_out_key(o, "defaultConfiguration");
    o->map(o, false);
    g_out_str(o, "level", wr_strz(level_of(rule)));
    o->end(o);
    g_out_key(o, "properties");
    o->map(o, false);
    g_out_str(o, "file", f->name);
    if (rule->has_severity) g_out_str(o, "severity", wr_strz(wr_severity_name(rule->severity)));
    o->end(o);
    o->end(o);
}

static void out_driver(sarif *s) {
    wr_out *o = &s->o;
    const wr_guard_batch *b = s->g->b;
    g_out_key(o, "tool");
    o->map(o, false);
    g_out_key(o, "driver");
    o->map(o, false);
    g_out_str(o, "name", WR_S("writ"));
    g_out_str(o, "version", WR_S(WR_VERSION));
    g_out_key(o, "rules");
    for (uint32_t f = 0; f < b->n_files; f++) {
        for (uint32_t i = 0; i < b->files[f]->n_rules; i++) {
            begin(s);
            out_rule(o, b->files[f], &b->files[f]->rules[i]);
        }
    }
    finish(s);
    o->end(o);
    o->end(o);
}

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

static void out_artifact(sarif *s, const char *key, wr_str name) {
    g_out_key(&s->o, key);
    s->o.map(&s->o, false);
    put_uri(g_text(&s->w.tmp), name);
    g_out_str(&s->o, "uri", wr_buf_str(&s->w.tmp));
    s->o.end(&s->o);
}

static void out_artifacts(sarif *s) {
    g_out_key(&s->o, "artifacts");
    for (uint32_t d = 0; d < s->g->b->n_docs; d++) {
        begin(s);
        s->o.map(&s->o, false);
        out_artifact(s, "location", s->g->b->docs[d].name);
        s->o.end(&s->o);
    }
    finish(s);
}

static void out_region(wr_out *o, const wr_src *src, wr_span at) {
    wr_pos beg = wr_src_pos(src, at.beg), end = wr_src_pos(src, at.end);
    g_out_key(o, "region");
    o->map(o, false);
    g_out_key(o, "startLine");
    o->i64(o, beg.line);
    g_out_key(o, "startColumn");
    o->i64(o, beg.col);
    g_out_key(o, "endLine");
    o->i64(o, end.line);
    g_out_key(o, "endColumn");
    o->i64(o, end.col);
    o->end(o);
}

static void out_location(sarif *s, const wr_reason *why) {
    wr_out *o = &s->o;
    g_out_key(o, "locations");
    o->list(o, false);
    o->map(o, false);
    g_out_key(o, "physicalLocation");
    o->map(o, false);
    bool here = why->input == NULL || s->doc->src == NULL || why->input == s->doc->src;
    out_artifact(s, "artifactLocation", here ? s->doc->name : why->input->name);
    if (why->input != NULL) out_region(o, why->input, why->input_at);
    o->end(o);
    if (why->path.n > 0) {
        g_out_key(o, "logicalLocations");
        o->list(o, false);
        o->map(o, false);
        if (why->resource.n > 0) g_out_str(o, "name", why->resource);
        g_out_str(o, "fullyQualifiedName", why->path);
        g_out_str(o, "kind", WR_S("resource"));
        o->end(o);
        o->end(o);
    }
    o->end(o);
    o->end(o);
}

static void out_result(void *arg, const g_report *p, const g_report *top) {
    sarif *s = arg;
    wr_out *o = &s->o;
    const g_rule *rule = top->rule;
    wr_reason why = g_reason(&s->w.arena, &s->w.tmp, s->r, p, rule);
    wr_str print = wr_fingerprint(&s->w.arena, &s->d, &why);
    begin(s);
    o->map(o, false);
    g_out_str(o, "ruleId", rule_id(rule));
    g_out_key(o, "ruleIndex");
    o->i64(o, s->first_rule + rule->index);
    g_out_str(o, "level", wr_strz(level_of(rule)));
    wr_buf *text = g_text(&s->w.tmp);
    wr_puts(text, why.message);
    if (why.custom.n > 0) wr_putf(text, "\n%.*s", WR_FMT(why.custom));
    out_text(o, "message", wr_buf_str(text));
    out_location(s, &why);
    g_out_key(o, "partialFingerprints");
    o->map(o, false);
    g_out_str(o, "writ/v1", print);
    o->end(o);
    o->end(o);
}

static void out_failures(sarif *s, uint32_t d, uint32_t f) {
    const wr_guard_batch *b = s->g->b;
    if (memchr(g_grid_rules(s->g, d, f), G_FAIL, s->g->at[f + 1] - s->g->at[f]) == NULL) return;
    s->r = g_worker_run(&s->w, d, f, (wr_guard_run_opts){0});
    if (s->r == NULL) return;
    uint32_t n, next = 0;
    const g_report *v = g_failed(&s->w.arena, s->r, true, &n);
    s->doc = &b->docs[d];
    s->first_rule = s->g->at[f];
    for (uint32_t i = 0; i < s->r->n_rules && next < n; i++) {
        if (v[next].rule != s->r->rules[i].rule) continue;
        s->d = g_decision(s->r, &s->r->rules[i], s->doc->name, b->ctx->now);
        g_each_message(&v[next++], out_result, s);
    }
}

static void out_note(sarif *s, const g_result *r, const g_rule_result *rr, uint32_t d,
                     uint32_t index) {
    wr_out *o = &s->o;
    bool error = rr->status == G_ERROR;
    begin(s);
    o->map(o, false);
    g_out_str(o, "level", wr_strz(error ? "error" : "warning"));
    wr_buf *text = g_text(&s->w.tmp);
    wr_putf(text, "rule %.*s %s: ", WR_FMT(rr->rule->name),
            error ? "could not be evaluated" : "has no verdict yet");
    g_put_no_verdict(text, r, rr);
    out_text(o, "message", wr_buf_str(text));
    g_out_key(o, "associatedRule");
    o->map(o, false);
    g_out_str(o, "id", rule_id(rr->rule));
    g_out_key(o, "index");
    o->i64(o, index);
    o->end(o);
    g_out_key(o, "locations");
    o->list(o, false);
    o->map(o, false);
    g_out_key(o, "physicalLocation");
    o->map(o, false);
    out_artifact(s, "artifactLocation", s->g->b->docs[d].name);
    o->end(o);
    o->end(o);
    o->end(o);
    o->end(o);
}

// Why an input could not be used.
static void out_input_note(sarif *s, const wr_diag *d) {
    wr_out *o = &s->o;
    begin(s);
    o->map(o, false);
    g_out_str(o, "level", WR_S("error"));
    wr_buf *text = g_text(&s->w.tmp);
    wr_puts(text, d->msg);
    if (d->hint.n > 0) wr_putf(text, "\n%.*s", WR_FMT(d->hint));
    out_text(o, "message", wr_buf_str(text));
    g_out_key(o, "descriptor");
    o->map(o, false);
    g_out_str(o, "id", wr_strz(wr_code_name(d->code)));
    o->end(o);
    if (d->src != NULL) {
        g_out_key(o, "locations");
        o->list(o, false);
        o->map(o, false);
        g_out_key(o, "physicalLocation");
        o->map(o, false);
        out_artifact(s, "artifactLocation", d->src->name);
        out_region(o, d->src, d->span);
        o->end(o);
        o->end(o);
        o->end(o);
    }
    o->end(o);
}

static void out_notes(sarif *s, uint32_t d, uint32_t f) {
    const uint8_t *st = g_grid_rules(s->g, d, f);
    uint32_t n = s->g->at[f + 1] - s->g->at[f];
    if (memchr(st, G_ERROR, n) == NULL && memchr(st, G_UNKNOWN, n) == NULL) return;
    const g_result *r = g_worker_run(&s->w, d, f, (wr_guard_run_opts){.no_records = true});
    for (uint32_t i = 0; r != NULL && i < r->n_rules; i++)
        if (g_no_verdict(r->rules[i].status)) out_note(s, r, &r->rules[i], d, s->g->at[f] + i);
}

static void each_pair(sarif *s, void (*see)(sarif *, uint32_t, uint32_t)) {
    const wr_guard_batch *b = s->g->b;
    for (uint32_t d = 0; d < b->n_docs; d++)
        for (uint32_t f = 0; f < b->n_files && s->w.rc == WR_OK; f++)
            if (s->g->at[f + 1] > s->g->at[f]) see(s, d, f);
}

static void out_invocation(sarif *s) {
    wr_out *o = &s->o;
    const wr_guard_batch *b = s->g->b;
    size_t n = (size_t)b->n_docs * s->g->n_rules;
    g_out_key(o, "invocations");
    o->list(o, false);
    o->map(o, false);
    g_out_key(o, "executionSuccessful");
    o->boolean(o, b->n_errors == 0 && (n == 0 || !memchr(s->g->rule, G_ERROR, n)));
    g_out_key(o, "toolExecutionNotifications");
    for (uint32_t i = 0; i < b->n_errors; i++) out_input_note(s, b->errors[i]);
    each_pair(s, out_notes);
    finish(s);
    o->end(o);
    o->end(o);
}

wr_rc g_native_sarif(const g_grid *g, wr_buf *out) {
    sarif s = {.g = g};
    wr_out *o = &s.o;
    wr_rc rc = wr_out_json(o, out);
    if (rc != WR_OK) return rc;
    if (g_worker_init(&s.w, g->b, g) == WR_OK) {
        o->map(o, false);
        g_out_str(o, "$schema", wr_strz(G_SARIF_SCHEMA));
        g_out_str(o, "version", WR_S("2.1.0"));
        g_out_key(o, "runs");
        o->list(o, false);
        o->map(o, false);
        out_driver(&s);
        g_out_str(o, "columnKind", WR_S("unicodeCodePoints"));
        out_invocation(&s);
        out_artifacts(&s);
        g_out_key(o, "results");
        each_pair(&s, out_failures);
        finish(&s);
        o->end(o);
        o->end(o);
        o->end(o);
        wr_putc(out, '\n');
    }
    rc = s.w.rc != WR_OK ? s.w.rc : o->rc;
    if (rc == WR_OK && s.w.arena.oom) rc = WR_NOMEM;
    g_worker_fini(&s.w);
    wr_out_fini(o);
    return rc;
}
