// SPDX-License-Identifier: Apache-2.0
// out_sarif: SARIF 2.1.0 as cfn-guard writes it: one run, a result for every message of a failed
// rule. (`writ guard` has a fuller one: out_native_sarif.c.)
// Rules: guard-language.md §1.10; the odd line numbers are the original's.

#include "lang/guard/out_int.h"

static void out_driver(wr_out *o, wr_guard_level level) {
    const char *full = level == WR_GUARD_32 ? "cfn-guard 3.2.0" : "cfn-guard 3.1.1";
    static const char uri[] = "https://github.com/aws-cloudformation/cloudformation-guard";
    g_out_key(o, "tool");
    o->map(o, false);
    g_out_key(o, "driver");
    o->map(o, false);
    g_out_str(o, "name", WR_S("cfn-guard"));
    g_out_str(o, "semanticVersion", wr_strz(full + sizeof "cfn-guard " - 1));
    g_out_str(o, "fullName", wr_strz(full));
    g_out_str(o, "organization", WR_S("Amazon Web Services"));
    g_out_str(o, "downloadUri", wr_strz(uri));
    g_out_str(o, "informationUri", wr_strz(uri));
    g_out_key(o, "shortDescription");
    o->map(o, false);
    g_out_str(o, "text",
              WR_S("AWS CloudFormation Guard is an open-source general-purpose policy-as-code "
                   "evaluation tool. It provides developers with a simple-to-use, yet powerful "
                   "and expressive domain-specific language (DSL) to define policies and enables "
                   "developers to validate JSON- or YAML- formatted structured data with those "
                   "policies."));
    o->end(o);
    o->end(o);
    o->end(o);
}

static wr_str relative(wr_str path) {
    return wr_starts(path, WR_S("/")) ? wr_sub(path, 1, path.n) : path;
}

bool g_doc_fails(const g_grid *g, uint32_t d) {
    for (uint32_t f = 0; f < g->b->n_files; f++)
        if (g_grid_file(g, d, f) == G_FAIL) return true;
    return false;
}

static void out_artifacts(wr_out *o, const g_grid *g, wr_arena *a) {
    wr_map seen;
    bool any = false;
    wr_map_init(&seen, a);
    g_out_key(o, "artifacts");
    for (uint32_t d = 0; d < g->b->n_docs; d++) {
        wr_str name = g->b->docs[d].name;
        if (name.n == 0 || !g_doc_fails(g, d)) continue;
        void **at = wr_map_at(&seen, name);
        if (at == NULL || *at != NULL) continue;
        *at = &seen;
        if (!any) o->list(o, false);
        any = true;
        o->map(o, false);
        g_out_key(o, "location");
        o->map(o, false);
        g_out_str(o, "uri", relative(name));
        o->end(o);
        o->end(o);
    }
    if (any) o->end(o);
    else o->list(o, true);
}

typedef struct results {
    wr_out *o;
    const g_printer *p;
    bool *open; // the list of results has begun
    wr_str rule_id;
} results;

static void out_location(wr_out *o, const g_printer *p, const g_report *r) {
    wr_pos at = {0, 0};
    if (r->location != NULL) at = g_pos0(p->r->vals, r->location);
    g_out_key(o, "locations");
    o->list(o, false);
    o->map(o, false);
    g_out_key(o, "physicalLocation");
    o->map(o, false);
    g_out_key(o, "artifactLocation");
    o->map(o, false);
    g_out_str(o, "uri", relative(p->doc->name));
    o->end(o);
    g_out_key(o, "region");
    o->map(o, false);
    g_out_key(o, "startLine");
    o->i64(o, at.line > 0 ? at.line : 1);
    g_out_key(o, "startColumn");
    o->i64(o, at.col > 0 ? at.col : 1);
    o->end(o);
    o->end(o);
    o->end(o);
    o->end(o);
}

static void out_result(void *arg, const g_report *r, const g_report *rule) {
    results *s = arg;
    wr_out *o = s->o;
    (void)rule;
    if (!*s->open) o->list(o, false);
    *s->open = true;
    o->map(o, false);
    g_out_str(o, "ruleId", s->rule_id);
    g_out_str(o, "level", WR_S("error"));
    g_out_key(o, "message");
    o->map(o, false);
    g_out_key(o, "text");
    wr_buf *text = g_text(s->p->tmp);
    if (r->has_error) g_put_error(text, s->p->r->vals, r);
    wr_putc(text, ' ');
    if (r->has_custom) wr_puts(text, r->custom);
    o->str(o, wr_buf_str(text));
    o->end(o);
    out_location(o, s->p, r);
    o->end(o);
}

// "my_rules.guard/default" → "MY_RULES"
static wr_str rule_id(wr_arena *a, wr_str name) {
    size_t dot = wr_find(name, WR_S("."), 0);
    return wr_to_upper(a, wr_sub(name, 0, dot));
}

static void doc_results(wr_out *o, g_worker *w, uint32_t d, bool *open) {
    for (uint32_t f = 0; f < w->b->n_files && w->rc == WR_OK; f++) {
        if (g_grid_file(w->grid, d, f) != G_FAIL) continue;
        const g_result *r = g_worker_run(w, d, f, (wr_guard_run_opts){.fatal = true});
        if (r == NULL) return;
        uint32_t n;
        const g_report *v = g_failed(&w->arena, r, false, &n);
        g_printer p = {w->b, r, &w->b->docs[d], &w->arena, &w->tmp};
        results s = {.o = o, .p = &p, .open = open};
        for (uint32_t i = 0; i < n; i++) {
            s.rule_id = rule_id(&w->arena, v[i].rule->name);
            g_each_message(&v[i], out_result, &s);
        }
    }
}

wr_rc g_sarif(const g_grid *g, wr_buf *out) {
    wr_out out_json, *o = &out_json;
    bool open = false;
    g_worker w;
    wr_rc rc = wr_out_json(o, out);
    if (rc != WR_OK) return rc;
    rc = g_worker_init(&w, g->b, g);
    o->map(o, false);
    g_out_str(o, "$schema", wr_strz(G_SARIF_SCHEMA));
    g_out_str(o, "version", WR_S("2.1.0"));
    g_out_key(o, "runs");
    o->list(o, false);
    o->map(o, false);
    out_driver(o, g->b->set->opts.level);
    out_artifacts(o, g, &w.arena);
    g_out_key(o, "results");
    for (uint32_t d = 0; rc == WR_OK && d < g->b->n_docs; d++) {
        doc_results(o, &w, d, &open);
        rc = w.rc != WR_OK ? w.rc : out->rc;
    }
    if (open) o->end(o);
    else o->list(o, true);
    o->end(o);
    o->end(o);
    o->end(o);
    if (rc == WR_OK) rc = o->rc;
    g_worker_fini(&w);
    wr_out_fini(o);
    return rc;
}
