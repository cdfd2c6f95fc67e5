// SPDX-License-Identifier: Apache-2.0
// out_junit: JUnit XML as cfn-guard writes it: a suite for each document, a test case for each rule
// file. Times are always 0: whole milliseconds say nothing here, and a report is reproducible.
// Rules: guard-language.md §1.10. (`writ guard` has a case for each rule: out_native_junit.c.)

#include "lang/guard/out_int.h"

void g_put_xml(wr_buf *b, wr_str s) {
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        const char *ref = NULL;
        switch (s.p[i]) {
        case '<': ref = "&lt;"; break;
        case '>': ref = "&gt;"; break;
        case '&': ref = "&amp;"; break;
        case '\'': ref = "&apos;"; break;
        case '"': ref = "&quot;"; break;
        default: continue;
        }
        wr_put(b, s.p + from, i - from);
        wr_putz(b, ref);
        from = i + 1;
    }
    if (from < s.n) wr_put(b, s.p + from, s.n - from);
}

typedef struct failure {
    wr_buf *out;
    const g_printer *p;
    bool open; // <failure …> is closed by text
} failure;

static void put_message(void *arg, const g_report *r, const g_report *rule) {
    failure *f = arg;
    (void)rule;
    if (!f->open) wr_putc(f->out, '>');
    f->open = true;
    if (r->has_custom) g_put_xml(f->out, r->custom);
    if (r->has_error) {
        g_put_error(g_text(f->p->tmp), f->p->r->vals, r);
        g_put_xml(f->out, wr_buf_str(f->p->tmp));
    }
}

static void find_last(void *arg, const g_report *r, const g_report *rule) {
    (void)r;
    *(const g_report **)arg = rule;
}

// The name of the last failed rule that has something to say stands for all of them.
static void put_failure(wr_buf *out, const g_printer *p, const g_report *v, uint32_t n) {
    failure f = {.out = out, .p = p};
    const g_report *last = NULL;
    for (uint32_t i = 0; i < n; i++) g_each_message(&v[i], find_last, &last);
    wr_putz(out, "            <failure");
    if (last != NULL) {
        wr_str name = last->rule->name;
        size_t at = wr_find(name, WR_S(".guard/"), 0);
        if (at != SIZE_MAX) {
            name = wr_sub(name, at + 7, name.n);
            name = wr_sub(name, 0, wr_find(name, WR_S(".guard/"), 0));
        }
        wr_putz(out, " message=\"");
        g_put_xml(out, name);
        wr_putc(out, '"');
    }
    for (uint32_t i = 0; i < n; i++) g_each_message(&v[i], put_message, &f);
    wr_putz(out, f.open ? "</failure>\n" : "/>\n");
}

static void put_case(g_worker *w, uint32_t d, uint32_t f, wr_buf *out) {
    g_status st = g_grid_file(w->grid, d, f);
    wr_putz(out, "        <testcase name=\"");
    g_put_xml(out, w->b->files[f]->name);
    wr_putz(out, "\" time=\"0\"");
    if (st != G_FAIL) {
        wr_putf(out, " status=\"%s\"/>\n", st == G_PASS ? "pass" : "skip");
        return;
    }
    wr_putz(out, ">\n");
    const g_result *r = g_worker_run(w, d, f, (wr_guard_run_opts){.fatal = true});
    if (r != NULL) {
        uint32_t n;
        const g_report *v = g_failed(&w->arena, r, false, &n);
        g_printer p = {w->b, r, &w->b->docs[d], &w->arena, &w->tmp};
        put_failure(out, &p, v, n);
    }
    wr_putz(out, "        </testcase>\n");
}

static void put_suite(g_worker *w, void *arg, uint32_t d, wr_buf *out) {
    uint32_t failures = 0;
    (void)arg;
    for (uint32_t f = 0; f < w->b->n_files; f++) failures += g_grid_file(w->grid, d, f) == G_FAIL;
    wr_putz(out, "    <testsuite name=\"");
    g_put_xml(out, w->b->docs[d].name);
    wr_putf(out, "\" errors=\"0\" failures=\"%u\" time=\"0\">\n", failures);
    for (uint32_t f = 0; f < w->b->n_files && w->rc == WR_OK; f++) put_case(w, d, f, out);
    wr_putz(out, "    </testsuite>\n");
}

void g_junit_head(wr_buf *out, const char *name, uint64_t tests, uint64_t failures,
                  uint64_t errors) {
    wr_putf(out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"%s\" tests=\"%llu\" "
            "failures=\"%llu\" errors=\"%llu\" time=\"0\">\n",
            name, (unsigned long long)tests, (unsigned long long)failures,
            (unsigned long long)errors);
}

wr_rc g_junit(const g_grid *g, wr_buf *out) {
    uint64_t n = (uint64_t)g->b->n_docs * g->b->n_files, failures = 0;
    for (uint64_t i = 0; i < n; i++) failures += g->file[i] == G_FAIL;
    g_junit_head(out, "cfn-guard validate report", n, failures, 0);
    wr_rc rc = g_in_order(g->b, g, g->b->n_docs, put_suite, NULL, out);
    wr_putz(out, "</testsuites>\n");
    return rc;
}
