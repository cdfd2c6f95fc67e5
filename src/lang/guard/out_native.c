// SPDX-License-Identifier: Apache-2.0
// out_native: what `writ guard` adds to the JSON and YAML reports. The original's keys keep their
// places and meaning, so that what reads the original's reports reads ours.
// Shape: docs/guide/guard-differences.md, "Reports of writ guard".

#include "lang/guard/reasons.h"

static void out_int(wr_out *o, const char *key, uint32_t v) {
    g_out_key(o, key);
    o->i64(o, v);
}

// location, resource and resource_type of a failed check, inside its messages.
void g_native_messages(wr_out *o, const g_printer *p, const g_report *r) {
    const wr_src *src;
    wr_span at;
    g_resource res;
    if (r->kind == G_P_RULE) return;
    g_out_key(o, "location");
    if (g_report_place(p->r->vals, r, &src, &at)) {
        wr_pos pos = wr_src_pos(src, at.beg);
        o->map(o, false);
        if (p->doc->src != NULL && src != p->doc->src) g_out_str(o, "file", src->name);
        out_int(o, "line", pos.line);
        out_int(o, "column", pos.col);
        o->end(o);
    } else {
        o->null(o);
    }
    g_out_key(o, "resource");
    if (g_report_resource(p->r->vals, r, &res)) {
        o->str(o, res.id);
        if (res.type.n > 0) g_out_str(o, "resource_type", res.type);
    } else {
        o->null(o);
    }
}

// What the author says about the rule.
void g_native_metadata(wr_out *o, const g_rule *rule) {
    bool any = rule->id.n > 0 || rule->title.n > 0 || rule->has_severity || rule->warn;
    o->map(o, !any);
    if (!any) return;
    if (rule->id.n > 0) g_out_str(o, "id", rule->id);
    if (rule->title.n > 0) g_out_str(o, "title", rule->title);
    if (rule->has_severity) g_out_str(o, "severity", wr_strz(wr_severity_name(rule->severity)));
    if (rule->warn) g_out_str(o, "level", WR_S("warn"));
    o->end(o);
}

static bool has_status(const g_worker *w, uint32_t d, uint32_t f, g_status st) {
    const g_grid *g = w->grid;
    uint32_t n = g->at[f + 1] - g->at[f];
    return n > 0 && memchr(g_grid_rules(g, d, f), (int)st, n) != NULL;
}

static void out_rules_of(wr_out *o, g_worker *w, uint32_t d, uint32_t f, g_status st) {
    const g_result *r = g_worker_run(w, d, f, (wr_guard_run_opts){.no_records = true});
    for (uint32_t i = 0; r != NULL && i < r->n_rules; i++) {
        const g_rule_result *rr = &r->rules[i];
        if (rr->status != st) continue;
        wr_pos pos = wr_src_pos(rr->rule->src, rr->rule->name_span.beg);
        o->map(o, false);
        g_out_str(o, "rule", rr->rule->name);
        g_out_str(o, "file", r->file->name);
        out_int(o, "line", pos.line);
        g_put_no_verdict(g_text(&w->tmp), r, rr);
        g_out_str(o, "message", wr_buf_str(&w->tmp));
        o->end(o);
    }
}

static void out_list(wr_out *o, g_worker *w, const char *key, uint32_t d, uint32_t f0, uint32_t f1,
                     g_status st) {
    bool any = false;
    for (uint32_t f = f0; f < f1; f++) any = any || has_status(w, d, f, st);
    g_out_key(o, key);
    o->list(o, !any);
    for (uint32_t f = f0; any && f < f1; f++)
        if (has_status(w, d, f, st)) out_rules_of(o, w, d, f, st);
    if (any) o->end(o);
}

// Rules that could not be evaluated, and those that wait for values not known yet.
void g_native_errors(wr_out *o, g_worker *w, uint32_t d, uint32_t f0, uint32_t f1) {
    out_list(o, w, "errors", d, f0, f1, G_ERROR);
    out_list(o, w, "unknown", d, f0, f1, G_UNKNOWN);
}

// ---------------------------------------------------------------------------------- inputs

static void out_input_error(wr_out *o, const wr_diag *d) {
    o->map(o, false);
    g_out_key(o, "rule");
    o->null(o);
    if (d->src != NULL) {
        wr_pos pos = wr_src_pos(d->src, d->span.beg);
        g_out_str(o, "file", d->src->name);
        out_int(o, "line", pos.line);
        out_int(o, "column", pos.col);
    }
    g_out_str(o, "code", wr_strz(wr_code_name(d->code)));
    g_out_str(o, "message", d->msg);
    o->end(o);
}

void g_native_inputs(wr_out *o, const wr_guard_batch *b) {
    static const char *const none[] = {"not_compliant", "not_applicable", "compliant"};
    for (uint32_t i = 0; i < b->n_errors;) {
        const wr_src *src = b->errors[i]->src;
        o->map(o, false);
        g_out_str(o, "name", src != NULL ? src->name : WR_S("inputs"));
        g_out_key(o, "metadata");
        o->map(o, true);
        g_out_str(o, "status", wr_strz(g_status_name(G_ERROR)));
        for (unsigned k = 0; k < sizeof none / sizeof *none; k++) {
            g_out_key(o, none[k]);
            o->list(o, true);
        }
        g_out_key(o, "errors");
        o->list(o, false);
        for (; i < b->n_errors && b->errors[i]->src == src; i++) out_input_error(o, b->errors[i]);
        o->end(o);
        g_out_key(o, "unknown");
        o->list(o, true);
        o->end(o);
    }
}

static void put_objects(g_worker *w, void *arg, uint32_t f, wr_buf *out) {
    (void)arg;
    for (uint32_t d = 0; d < w->b->n_docs && w->rc == WR_OK && out->rc == WR_OK; d++) {
        wr_out o;
        wr_rc rc = w->b->format == WR_GF_YAML ? wr_out_yaml(&o, out) : wr_out_json(&o, out);
        if (rc == WR_OK) {
            g_out_file_report(&o, w, d, f, f + 1);
            wr_out_fini(&o);
            if (w->b->format == WR_GF_JSON) wr_putc(out, '\n');
        } else {
            w->rc = rc;
        }
    }
}

wr_rc g_native_objects(const g_grid *g, wr_buf *out) {
    if (g->b->format != WR_GF_JSON && g->b->format != WR_GF_YAML) return WR_BAD;
    return g_in_order(g->b, g, g->b->n_files, put_objects, NULL, out);
}
