// SPDX-License-Identifier: Apache-2.0
// junit_check: a check as JUnit: a suite for each control and layer that is evaluated, a test case
// for each finding. What is new fails; what is known, suppressed or has no verdict is skipped with
// the reason; what is resolved passes; what could not be evaluated is an error, whatever else.
//
// Always true: a suite without findings has one case that says how much passed, so that no reader
// takes it for one that did not run; of one control at most MOST_ALIKE findings of a life are
// cases, and one more case, which ends as they do, says how many are not.

#include "report/junit_int.h"

enum { MOST_ALIKE = 1000 };

void junit_finding(wr_report_state *r, const wr_finding *f) {
    report_keep(r, f, UINT32_MAX, MOST_ALIKE);
}

// ---------------------------------------------------------------------------------- cases

static wr_outcome ends_as(wr_outcome o, wr_life life) {
    if (life == WR_RESOLVED) return WR_PASS;
    if (o == WR_FAULT) return WR_FAULT;
    if (o == WR_UNKNOWN || life != WR_NEW) return WR_SKIP;
    return WR_FAIL;
}

// The name stays the same from run to run: readers follow a case by it.
static void put_case(wr_report_state *r, const wr_finding *f, wr_str class) {
    const wr_reason *why = f->reason;
    wr_str resource = f->resource.n > 0 ? f->resource : why->resource;
    wr_buf *name = report_text(r);
    wr_puts(name, f->decision->subject);
    if (resource.n > 0) wr_putc(name, ' ');
    wr_puts(name, resource);
    if (why->path.n > 0) wr_putc(name, ' ');
    wr_puts(name, why->path);
    wr_putz(r->out, "        <testcase");
    junit_attr(r->out, "name", wr_buf_str(name));
    junit_attr(r->out, "classname", class);
}

static void put_why_skipped(wr_report_state *r, const wr_finding *f) {
    wr_buf *text = report_text(r);
    if (f->life == WR_SUPPRESSED) {
        wr_putz(text, "suppressed until ");
        wr_put_day(text, f->until);
        wr_putz(text, " by the exception ");
        wr_puts(text, f->exception);
        wr_putz(text, ": ");
    } else if (f->life == WR_KNOWN) {
        wr_putz(text, "known, in the baseline: ");
    } else {
        wr_putz(text, "no verdict: ");
    }
    wr_puts(text, f->reason->message);
    wr_putz(text, "; fingerprint: ");
    wr_puts(text, f->fingerprint);
    wr_putz(r->out, "            <skipped");
    junit_attr(r->out, "message", wr_buf_str(text));
    wr_putz(r->out, "/>\n");
}

static void put_wrong(wr_report_state *r, const wr_finding *f, const char *tag) {
    wr_putf(r->out, "            <%s", tag);
    junit_attr(r->out, "message", f->title.n > 0 ? f->title : f->control);
    junit_attr(r->out, "type", wr_strz(wr_severity_name(f->severity)));
    wr_putc(r->out, '>');
    junit_reason(r, f->reason);
    if (f->remediation.n > 0) {
        wr_putz(r->out, "fix: ");
        junit_text(r->out, f->remediation);
        wr_putc(r->out, '\n');
    }
    wr_putf(r->out, "fingerprint: %.*s\n</%s>\n", WR_FMT(f->fingerprint), tag);
}

static void put_finding(wr_report_state *r, const wr_finding *f, wr_str class, wr_counts *c) {
    wr_outcome end = ends_as(f->decision->outcome, f->life);
    c->of[end]++;
    put_case(r, f, class);
    if (end == WR_PASS) {
        wr_putz(r->out, "/>\n");
        return;
    }
    wr_putz(r->out, ">\n");
    if (end == WR_SKIP) put_why_skipped(r, f);
    else put_wrong(r, f, end == WR_FAULT ? "error" : "failure");
    wr_putz(r->out, "        </testcase>\n");
}

// A case that is about no finding. tag NULL: it passes.
static void put_note(wr_report_state *r, wr_str name, wr_str class, const char *tag, wr_str why) {
    wr_putz(r->out, "        <testcase");
    junit_attr(r->out, "name", name);
    junit_attr(r->out, "classname", class);
    if (tag == NULL) {
        wr_putz(r->out, "/>\n");
        return;
    }
    wr_putf(r->out, ">\n            <%s", tag);
    junit_attr(r->out, "message", why);
    wr_putz(r->out, "/>\n        </testcase>\n");
}

// ---------------------------------------------------------------------------------- suites

typedef struct writer {
    wr_report_state *r;
    const report_kept *k;
    uint32_t next; // of those kept
    wr_counts total;
    wr_buf *whole; // what r writes to
    wr_buf body;   // of the suite being written
    wr_buf suites;
} writer;

static void end_suite(writer *w, wr_str name, const wr_counts *c) {
    wr_putz(&w->suites, "    <testsuite");
    junit_attr(&w->suites, "name", name);
    junit_counts(&w->suites, c, 0);
    wr_putf(&w->suites, " skipped=\"%llu\">\n", (unsigned long long)c->of[WR_SKIP]);
    wr_puts(&w->suites, wr_buf_str(&w->body));
    wr_putz(&w->suites, "    </testsuite>\n");
    for (int o = 0; o < WR_N_OUTCOMES; o++) w->total.of[o] += c->of[o];
    w->body.n = 0;
}

static void put_layer(writer *w, const wr_posture_control *p, wr_layer l, const report_group *g) {
    wr_report_state *r = w->r;
    const wr_posture_layer *at = &p->layer[l];
    wr_counts c = {0};
    wr_arena a;
    wr_arena_init(&a, 0);
    wr_str name = wr_fmt(&a, "%.*s %s", WR_FMT(p->id), wr_layer_name(l));
    wr_str class = wr_fmt(&a, "%.*s.%s", WR_FMT(p->id), wr_layer_name(l));
    for (; w->next < w->k->v.n; w->next++) {
        const report_kept_one *one = w->k->v.v[w->next];
        if (one->group != g || !one->f.has_layer || one->f.layer != l) break;
        put_finding(r, &one->f, class, &c);
    }
    if (at->cell == WR_CELL_BROKEN) {
        c.of[WR_FAULT]++;
        put_note(r, WR_S("evaluated"), class, "error", at->why);
    } else if (report_count(&c, WR_IS_ANY) == 0 && at->cell == WR_CELL_RUNS) {
        uint64_t passed = report_count(&at->counts, WR_IS_GOOD);
        bool none = report_count(&at->counts, WR_IS_ANY & ~WR_BIT(WR_SKIP)) == 0;
        c.of[none ? WR_SKIP : WR_PASS]++;
        wr_str what = wr_fmt(&a, "%llu passed", (unsigned long long)passed);
        put_note(r, what, class, none ? "skipped" : NULL, WR_S("nothing to judge"));
    }
    if (report_count(&c, WR_IS_ANY) > 0) end_suite(w, name, &c);
    if (a.oom) wr_buf_fail(&w->body, WR_NOMEM);
    wr_arena_fini(&a);
}

// Findings about the repository, and how many of the control were left out.
static void put_rest(writer *w, const report_group *g) {
    static const char *const tag[WR_N_LIVES] = {"failure", "skipped", "skipped", NULL};
    static const wr_outcome ends[WR_N_LIVES] = {WR_FAIL, WR_SKIP, WR_SKIP, WR_PASS};
    wr_counts c = {0};
    while (w->next < w->k->v.n && w->k->v.v[w->next]->group == g)
        put_finding(w->r, &w->k->v.v[w->next++]->f, g->control, &c);
    for (int l = 0; l < WR_N_LIVES; l++) {
        uint64_t left = g->seen[l] - g->kept[l];
        if (left == 0) continue;
        wr_buf *text = report_text(w->r);
        report_put_grouped(text, left);
        wr_putf(text, " more that are %s", wr_life_name((wr_life)l));
        c.of[ends[l]]++;
        put_note(w->r, wr_buf_str(text), g->control, tag[l], WR_S("the format json lists them"));
    }
    if (report_count(&c, WR_IS_ANY) > 0) end_suite(w, g->control, &c);
}

void junit_posture(wr_report_state *r, const wr_posture *p) {
    writer w = {.r = r, .k = report_kept_sorted(r, p, false), .whole = r->out};
    if (w.k == NULL) return;
    wr_buf_init(&w.body, 0);
    wr_buf_init(&w.suites, 0);
    r->out = &w.body;
    for (uint32_t i = 0; i < p->n_controls; i++) {
        const report_group *g = wr_map_find(&w.k->groups, p->controls[i].id);
        for (int l = 0; l < WR_N_LAYERS; l++) put_layer(&w, &p->controls[i], (wr_layer)l, g);
        if (g != NULL) put_rest(&w, g);
    }
    while (w.next < w.k->v.n) put_rest(&w, w.k->v.v[w.next]->group); // of no control there is
    r->out = w.whole;
    if (w.body.rc != WR_OK) wr_buf_fail(r->out, w.body.rc);
    if (w.suites.rc != WR_OK) wr_buf_fail(r->out, w.suites.rc);
    junit_begin(r, &w.total);
    wr_puts(r->out, wr_buf_str(&w.suites));
    junit_input_errors(r);
    wr_buf_fini(&w.body);
    wr_buf_fini(&w.suites);
}
