// SPDX-License-Identifier: Apache-2.0
// guard_report: feeds the decisions of a Guard run to a report.
//
// Always true: a format whose sections may be written apart gets a state of its own for each call,
// so that threads share nothing but what is constant; any other has one state and one thread.

#include "cli/guard_report.h"

typedef struct link {
    const wr_report_format *format;
    wr_report_head head;
    wr_report_state *whole; // of formats that are written in one go; else NULL
} link;

static void see_section(void *arg, wr_buf *out, uint32_t part, bool end) {
    link *l = arg;
    wr_report_state own;
    if (l->whole != NULL) {
        wr_report_section(l->whole, part, end);
        return;
    }
    wr_report_init(&own, l->format, &l->head, out);
    wr_report_section(&own, part, end);
    wr_report_fini(&own);
}

static void see_decisions(void *arg, wr_buf *out, const wr_decision *v, uint32_t n) {
    link *l = arg;
    wr_report_state own;
    if (l->whole != NULL) {
        wr_report_decisions(l->whole, v, n);
        return;
    }
    wr_report_init(&own, l->format, &l->head, out);
    wr_report_decisions(&own, v, n);
    wr_report_fini(&own);
}

static bool fill_head(wr_report_head *h, const wr_guard_batch *b, const wr_guard_judged *j) {
    wr_report_subject *s = WR_NEW_N(&b->ctx->arena, wr_report_subject, b->n_docs + 1u);
    if (s == NULL) return false;
    for (uint32_t d = 0; d < b->n_docs; d++) {
        s[d] = (wr_report_subject){b->docs[d].name, wr_guard_counts(j, d)};
        for (unsigned o = 0; o < WR_N_OUTCOMES; o++) h->total.of[o] += s[d].counts.of[o];
        h->total.warned += s[d].counts.warned;
    }
    h->producer = WR_S("writ guard");
    h->rules = wr_guard_rule_infos(j, &h->n_rules);
    h->subjects = s;
    h->n_subjects = b->n_docs;
    h->time = b->ctx->now;
    h->errors = b->errors;
    h->n_errors = b->n_errors;
    h->color = b->color;
    if (b->summary & WR_GS_PASS) h->listed |= WR_BIT(WR_PASS);
    if (b->summary & WR_GS_SKIP) h->listed |= WR_BIT(WR_SKIP);
    return true;
}

static wr_rc feed_all(link *l, const wr_guard_judged *j, wr_report_state *r, bool events) {
    wr_rc rc = WR_OK;
    unsigned wants;
    for (unsigned t = 0; rc == WR_OK && (wants = wr_report_wants(l->format, &l->head, t)); t++) {
        wr_guard_feed feed = {.arg = l,
                              .by_file = l->format->by_policy,
                              .apart = l->format->apart,
                              .digests = l->format->digests,
                              .events = events,
                              .wants = wants,
                              .part = see_section,
                              .see = see_decisions};
        wr_report_turn(r, t);
        rc = wr_guard_feed_all(j, &feed, r->out);
    }
    return rc;
}

wr_rc cli_guard_report(const wr_guard_batch *b, const wr_report_format *f, bool events, wr_buf *out,
                       wr_guard_tally *t) {
    const wr_guard_judged *j;
    link l = {.format = f};
    wr_report_state r;
    wr_rc rc = wr_guard_judge_all(b, &j, t);
    if (rc != WR_OK) return rc;
    if (!fill_head(&l.head, b, j)) return WR_NOMEM;
    wr_report_init(&r, f, &l.head, out);
    if (!f->apart) l.whole = &r;
    wr_report_begin(&r);
    rc = feed_all(&l, j, &r, events);
    if (rc == WR_OK) wr_report_end(&r);
    wr_report_fini(&r);
    return rc != WR_OK ? rc : out->rc;
}
