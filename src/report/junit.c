// SPDX-License-Identifier: Apache-2.0
// junit: a suite for each subject, a test case for each rule, a failure that says what and where,
// errors as errors. What turns on facts that are missing is skipped, with the reason. Of a check: a
// suite for each control and layer (junit_check.c).
// Rules: the shape Jenkins, GitLab and GitHub actions read. Times are left out: it is reproducible.

#include "report/junit_int.h"

static const char *xml_ref(char c) {
    switch (c) {
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '&': return "&amp;";
    case '\'': return "&apos;";
    case '"': return "&quot;";
    default: return NULL;
    }
}

static void put_escaped(wr_buf *b, wr_str s) {
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        const char *ref = xml_ref(s.p[i]);
        if (ref == NULL) continue;
        wr_puts(b, wr_sub(s, from, i));
        wr_putz(b, ref);
        from = i + 1;
    }
    wr_puts(b, wr_sub(s, from, s.n));
}

static bool is_printable(wr_str s) {
    for (size_t i = 0; i < s.n; i++)
        if (((unsigned char)s.p[i] - 0x20u >= 0x5F) && s.p[i] != '\n') return false;
    return true;
}

// XML has no place for control characters, not even as references: they are spelled out.
void junit_text(wr_buf *b, wr_str s) {
    wr_buf safe;
    if (is_printable(s)) { // ASCII, as nearly all is
        put_escaped(b, s);
        return;
    }
    wr_buf_init(&safe, 0);
    wr_put_safe(&safe, s);
    if (safe.rc != WR_OK) wr_buf_fail(b, safe.rc);
    else put_escaped(b, wr_buf_str(&safe));
    wr_buf_fini(&safe);
}

void junit_attr(wr_buf *b, const char *name, wr_str value) {
    wr_putf(b, " %s=\"", name);
    junit_text(b, value);
    wr_putc(b, '"');
}

void junit_reason(wr_report_state *r, const wr_reason *why) {
    wr_buf *text = report_text(r);
    if (why->input != NULL) {
        wr_pos at = wr_src_pos(why->input, why->input_at.beg);
        wr_puts(text, why->input->name);
        wr_putf(text, ":%u:%u: ", at.line, at.col);
    }
    if (why->resource.n > 0) {
        wr_puts(text, why->resource);
        wr_putz(text, ": ");
    }
    wr_puts(text, why->message);
    if (why->custom.n > 0) {
        wr_putz(text, " (");
        wr_puts(text, why->custom);
        wr_putc(text, ')');
    }
    if (why->fix.n > 0) {
        wr_putz(text, ". ");
        wr_puts(text, why->fix);
    }
    wr_putc(text, '\n');
    junit_text(r->out, wr_buf_str(text));
}

static void put_failure(wr_report_state *r, const wr_decision *d) {
    wr_putf(r->out, "            <failure message=\"%u failed check%s\"", d->n_reasons,
            d->n_reasons == 1 ? "" : "s");
    if (d->rated) junit_attr(r->out, "type", wr_strz(wr_severity_name(d->severity)));
    wr_putc(r->out, '>');
    for (uint32_t i = 0; i < d->n_reasons; i++) junit_reason(r, &d->reasons[i]);
    wr_putz(r->out, "</failure>\n");
}

static void put_case(wr_report_state *r, const wr_decision *d) {
    wr_buf *out = r->out;
    wr_putz(out, "        <testcase");
    junit_attr(out, "name", d->rule);
    junit_attr(out, "classname", d->policy);
    if (report_is(d, WR_IS_GOOD)) {
        wr_putz(out, "/>\n");
        return;
    }
    wr_putz(out, ">\n");
    if (d->outcome == WR_SKIP) wr_putz(out, "            <skipped/>\n");
    if (report_is(d, WR_IS_BAD)) put_failure(r, d);
    if (report_is(d, WR_IS_OPEN)) {
        wr_putz(out, d->outcome == WR_FAULT ? "            <error" : "            <skipped");
        junit_attr(out, "message", report_why_open(d));
        wr_putz(out, "/>\n");
    }
    wr_putz(out, "        </testcase>\n");
}

static void put_cases(wr_report_state *r, const wr_decision *v, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) put_case(r, &v[i]);
}

// errors: those that are no decision's.
void junit_counts(wr_buf *b, const wr_counts *c, uint64_t errors) {
    unsigned long long tests = report_count(c, WR_IS_ANY), faults = c->of[WR_FAULT];
    wr_putf(b, " tests=\"%llu\" failures=\"%llu\" errors=\"%llu\"", tests + errors,
            (unsigned long long)report_count(c, WR_IS_BAD), faults + errors);
}

static void put_suite(wr_report_state *r, uint32_t i, bool end) {
    const wr_report_subject *s = &r->head->subjects[i];
    if (end) {
        wr_putz(r->out, "    </testsuite>\n");
        return;
    }
    wr_putz(r->out, "    <testsuite");
    junit_attr(r->out, "name", s->name);
    junit_counts(r->out, &s->counts, 0);
    unsigned long long skipped = s->counts.of[WR_SKIP];
    wr_putf(r->out, " skipped=\"%llu\">\n", skipped + s->counts.of[WR_UNKNOWN]);
}

void junit_begin(wr_report_state *r, const wr_counts *c) {
    wr_putz(r->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
    junit_attr(r->out, "name", r->head->producer);
    junit_counts(r->out, c, r->head->n_errors);
    wr_putz(r->out, ">\n");
}

static void begin(wr_report_state *r) {
    if (!r->head->check) junit_begin(r, &r->head->total); // else with the posture
}

static void put_input_error(wr_buf *out, const wr_diag *d) {
    wr_putz(out, "        <testcase");
    junit_attr(out, "name", d->src != NULL ? d->src->name : wr_strz(wr_code_title(d->code)));
    junit_attr(out, "classname", wr_strz(wr_code_name(d->code)));
    wr_putz(out, ">\n            <error");
    junit_attr(out, "message", d->msg);
    wr_putc(out, '>');
    if (d->src != NULL) {
        wr_pos at = wr_src_pos(d->src, d->span.beg);
        junit_text(out, d->src->name);
        wr_putf(out, ":%u:%u: ", at.line, at.col);
    }
    junit_text(out, d->msg);
    wr_putz(out, "</error>\n        </testcase>\n");
}

void junit_input_errors(wr_report_state *r) {
    const wr_report_head *h = r->head;
    if (h->n_errors == 0) return;
    wr_putz(r->out, "    <testsuite name=\"inputs\"");
    junit_counts(r->out, &(wr_counts){0}, h->n_errors);
    wr_putz(r->out, " skipped=\"0\">\n");
    for (uint32_t i = 0; i < h->n_errors; i++) put_input_error(r->out, h->errors[i]);
    wr_putz(r->out, "    </testsuite>\n");
}

static void end(wr_report_state *r) {
    if (!r->head->check) junit_input_errors(r);
    wr_putz(r->out, "</testsuites>\n");
}

const wr_report_format wr_report_junit = {
    .name = "junit",
    .media = "application/xml",
    .apart = true,
    .turns = {WR_IS_ANY},
    .begin = begin,
    .section = put_suite,
    .decisions = put_cases,
    .end = end,
    .finding = junit_finding,
    .posture = junit_posture,
};
