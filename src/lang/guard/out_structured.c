// SPDX-License-Identifier: Apache-2.0
// out_structured: `validate -z`: all documents against all files, one report at the end.
// Rules: guard-language.md §1.10. A document's part is written as soon as it is rendered.

#include "lang/guard/out_int.h"

// ---------------------------------------------------------------------------------- JSON, YAML

static void open_list(wr_out *o, wr_buf *b, const wr_guard_batch *of, bool empty, wr_rc *rc) {
    *rc = of->format == WR_GF_YAML ? wr_out_yaml(o, b) : wr_out_json(o, b);
    if (*rc != WR_OK) return;
    if (g_padded_plain(of)) wr_out_padded_plain(o);
    o->list(o, empty);
}

// One thread: one writer over all documents.
static wr_rc reports_alone(const g_grid *g, wr_buf *out) {
    wr_out o;
    wr_rc rc;
    g_worker w;
    bool empty = g->b->n_docs == 0 && g->b->n_errors == 0;
    open_list(&o, out, g->b, empty, &rc);
    if (rc != WR_OK) return rc;
    rc = g_worker_init(&w, g->b, g);
    for (uint32_t d = 0; rc == WR_OK && d < g->b->n_docs; d++) {
        g_out_file_report(&o, &w, d, 0, g->b->n_files);
        rc = w.rc != WR_OK ? w.rc : out->rc;
    }
    g_native_inputs(&o, g->b);
    if (!empty) o.end(&o);
    if (rc == WR_OK) rc = o.rc;
    g_worker_fini(&w);
    wr_out_fini(&o);
    return rc;
}

// Many threads: each document is an item of a list of its own. What opens that list is taken back,
// but for the first; what closes it is written for the last only. (YAML lists have neither.)
static void report_one(g_worker *w, void *arg, uint32_t d, wr_buf *out) {
    bool yaml = *(bool *)arg;
    wr_out o;
    wr_rc rc;
    open_list(&o, out, w->b, false, &rc);
    if (rc == WR_OK) {
        if (d > 0) out->n = 0; // the item's buffer was empty
        if (d > 0 && !yaml) wr_putc(out, ',');
        g_out_file_report(&o, w, d, 0, w->b->n_files);
        if (yaml || d + 1 == w->b->n_docs) o.end(&o);
        wr_out_fini(&o);
    }
    if (rc != WR_OK && w->rc == WR_OK) w->rc = rc;
}

static wr_rc reports(const g_grid *g, wr_buf *out) {
    bool yaml = g->b->format == WR_GF_YAML;
    bool alone = g->b->jobs <= 1 || g->b->n_docs <= 1 || g->b->n_errors > 0;
    if (alone) return reports_alone(g, out);
    return g_in_order(g->b, g, g->b->n_docs, report_one, &yaml, out);
}

wr_rc wr_guard_report_structured(const wr_guard_batch *b, wr_buf *out, wr_guard_tally *t) {
    g_grid g;
    wr_rc rc = g_grid_fill(&g, b, false, t);
    if (rc != WR_OK) return rc;
    if (!b->native && t->error.n > 0) return WR_OK;
    switch (b->format) {
    case WR_GF_JUNIT: return b->native ? WR_BAD : g_junit(&g, out);
    case WR_GF_SARIF: return b->native ? WR_BAD : g_sarif(&g, out);
    case WR_GF_JSON:
    case WR_GF_YAML:
        rc = reports(&g, out);
        if (b->native && b->format == WR_GF_JSON) wr_putc(out, '\n');
        return rc;
    case WR_GF_SUMMARY: break;
    }
    return WR_BAD;
}
