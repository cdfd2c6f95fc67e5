// SPDX-License-Identifier: Apache-2.0
// out_native_junit: JUnit XML of `writ guard`: a suite for each document, a test case for each
// rule, a failure that says what and where, errors as errors.
// Rules: the shape Jenkins, GitLab and GitHub actions read. Times are left out: it is reproducible.

#include "lang/guard/reasons.h"

typedef struct failure {
    wr_buf *out;
    g_worker *w;
    const g_result *r;
} failure;

// XML has no place for control characters, not even as references.
static void put_xml(wr_buf *b, wr_str s) {
    wr_buf text;
    wr_buf_init(&text, 0);
    wr_put_safe(&text, s);
    if (text.rc != WR_OK) wr_buf_fail(b, text.rc);
    else g_put_xml(b, wr_buf_str(&text));
    wr_buf_fini(&text);
}

static void put_attr(wr_buf *b, const char *name, wr_str value) {
    wr_putf(b, " %s=\"", name);
    put_xml(b, value);
    wr_putc(b, '"');
}

static void put_reason(void *arg, const g_report *p, const g_report *rule) {
    failure *f = arg;
    wr_reason why = g_reason(&f->w->arena, &f->w->tmp, f->r, p, rule->rule);
    wr_buf *text = g_text(&f->w->tmp);
    if (why.input != NULL) {
        wr_pos at = wr_src_pos(why.input, why.input_at.beg);
        wr_putf(text, "%.*s:%u:%u: ", WR_FMT(why.input->name), at.line, at.col);
    }
    if (why.resource.n > 0) wr_putf(text, "%.*s: ", WR_FMT(why.resource));
    wr_puts(text, why.message);
    if (why.custom.n > 0) wr_putf(text, " (%.*s)", WR_FMT(why.custom));
    wr_putc(text, '\n');
    put_xml(f->out, wr_buf_str(text));
}

static void count_reason(void *arg, const g_report *p, const g_report *rule) {
    (void)p, (void)rule;
    ++*(uint32_t *)arg;
}

static void put_failure(wr_buf *out, g_worker *w, const g_result *r, const g_report *rule) {
    uint32_t n = 0;
    failure f = {.out = out, .w = w, .r = r};
    g_each_message(rule, count_reason, &n);
    wr_putf(out, "            <failure message=\"%u failed check%s\"", n, n == 1 ? "" : "s");
    if (rule->rule->has_severity)
        put_attr(out, "type", wr_strz(wr_severity_name(rule->rule->severity)));
    wr_putc(out, '>');
    g_each_message(rule, put_reason, &f);
    wr_putz(out, "</failure>\n");
}

static void put_rule(wr_buf *out, g_worker *w, const g_result *r, const g_rule_result *rr,
                     const g_report *report) {
    wr_putz(out, "        <testcase");
    put_attr(out, "name", g_short_rule(r->file->name, rr->rule->name));
    put_attr(out, "classname", r->file->name);
    if (rr->status == G_PASS) {
        wr_putz(out, "/>\n");
        return;
    }
    wr_putz(out, ">\n");
    if (rr->status == G_SKIP) wr_putz(out, "            <skipped/>\n");
    if (rr->status == G_FAIL && report != NULL) put_failure(out, w, r, report);
    if (g_no_verdict(rr->status)) {
        g_put_no_verdict(g_text(&w->tmp), r, rr);
        wr_putz(out, rr->status == G_ERROR ? "            <error" : "            <skipped");
        put_attr(out, "message", wr_buf_str(&w->tmp));
        wr_putz(out, "/>\n");
    }
    wr_putz(out, "        </testcase>\n");
}

static void put_file(wr_buf *out, g_worker *w, uint32_t d, uint32_t f) {
    g_status st = g_grid_file(w->grid, d, f);
    bool records = st == G_FAIL;
    const g_result *r = g_worker_run(w, d, f, (wr_guard_run_opts){.no_records = !records});
    if (r == NULL) return;
    uint32_t n = 0, next = 0;
    const g_report *v = records ? g_failed(&w->arena, r, true, &n) : NULL;
    for (uint32_t i = 0; i < r->n_rules; i++) {
        bool mine = next < n && v[next].rule == r->rules[i].rule;
        put_rule(out, w, r, &r->rules[i], mine ? &v[next] : NULL);
        next += mine;
    }
}

static uint64_t count(const uint8_t *st, size_t n, g_status which) {
    uint64_t k = 0;
    for (size_t i = 0; i < n; i++) k += st[i] == which;
    return k;
}

static void put_suite(g_worker *w, void *arg, uint32_t d, wr_buf *out) {
    const uint8_t *st = w->grid->rule + (size_t)d * w->grid->n_rules;
    uint32_t n = w->grid->n_rules;
    (void)arg;
    wr_putz(out, "    <testsuite");
    put_attr(out, "name", w->b->docs[d].name);
    wr_putf(out, " tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\">\n", n,
            (unsigned)count(st, n, G_FAIL), (unsigned)count(st, n, G_ERROR),
            (unsigned)(count(st, n, G_SKIP) + count(st, n, G_UNKNOWN)));
    for (uint32_t f = 0; f < w->b->n_files && w->rc == WR_OK; f++) put_file(out, w, d, f);
    wr_putz(out, "    </testsuite>\n");
    if (w->arena.oom && w->rc == WR_OK) w->rc = WR_NOMEM;
}

// What kept inputs from being used: a suite of their own, an error each.
static void put_inputs(const wr_guard_batch *b, wr_buf *out) {
    if (b->n_errors == 0) return;
    wr_putf(out,
            "    <testsuite name=\"inputs\" tests=\"%u\" failures=\"0\" errors=\"%u\" "
            "skipped=\"0\">\n",
            b->n_errors, b->n_errors);
    for (uint32_t i = 0; i < b->n_errors; i++) {
        const wr_diag *d = b->errors[i];
        wr_putz(out, "        <testcase");
        put_attr(out, "name", d->src != NULL ? d->src->name : wr_strz(wr_code_title(d->code)));
        put_attr(out, "classname", wr_strz(wr_code_name(d->code)));
        wr_putz(out, ">\n            <error");
        put_attr(out, "message", d->msg);
        wr_putc(out, '>');
        if (d->src != NULL) {
            wr_pos at = wr_src_pos(d->src, d->span.beg);
            put_xml(out, d->src->name);
            wr_putf(out, ":%u:%u: ", at.line, at.col);
        }
        put_xml(out, d->msg);
        wr_putz(out, "</error>\n        </testcase>\n");
    }
    wr_putz(out, "    </testsuite>\n");
}

wr_rc g_native_junit(const g_grid *g, wr_buf *out) {
    size_t n = (size_t)g->n_rules * g->b->n_docs;
    unsigned long long tests = n + g->b->n_errors, failures = count(g->rule, n, G_FAIL);
    unsigned long long errors = count(g->rule, n, G_ERROR) + g->b->n_errors;
    wr_putf(out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"writ guard\" "
            "tests=\"%llu\" failures=\"%llu\" errors=\"%llu\">\n",
            tests, failures, errors);
    wr_rc rc = g_in_order(g->b, g, g->b->n_docs, put_suite, NULL, out);
    put_inputs(g->b, out);
    wr_putz(out, "</testsuites>\n");
    return rc;
}
