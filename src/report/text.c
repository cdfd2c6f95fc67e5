// SPDX-License-Identifier: Apache-2.0
// text: what people are told: one block for each decision against a subject with every failed check
// (place, found, wanted, the author's words, the line itself), and one line of totals at the end.
//
// Always true: nothing of an input or a policy reaches a terminal as a control character.

#include "report/text_int.h"

enum { MAX_LINE = 200, TAB = 4 };

// ---------------------------------------------------------------------------------- words

// Text of inputs, without what a terminal would obey.
void text_clean(wr_buf *b, wr_str s) {
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool c1 = c == 0xC2 && i + 1 < s.n && (unsigned char)s.p[i + 1] < 0xA0;
        if (c >= 0x20 && c != 0x7F && !c1) continue;
        wr_put_safe(b, wr_sub(s, from, i));
        if (c == '\t') wr_pad(b, ' ', TAB);
        else wr_putz(b, "\xEF\xBF\xBD"); // U+FFFD
        i += c1;
        from = i + 1;
    }
    wr_put_safe(b, wr_sub(s, from, s.n));
}

// s in the given SGR codes ("1;31").
void text_paint(wr_report_state *r, const char *sgr, wr_str s) {
    if (r->head->color) wr_putf(r->out, "\033[%sm", sgr);
    wr_puts(r->out, s);
    if (r->head->color) wr_putz(r->out, "\033[0m");
}

void text_paint_clean(wr_report_state *r, const char *sgr, wr_str s) {
    wr_buf *text = report_text(r);
    text_clean(text, s);
    text_paint(r, sgr, wr_buf_str(text));
}

// ---------------------------------------------------------------------------------- the line

// The part of a long line around the place: what is left out before it.
static size_t window(wr_str line, size_t at) {
    if (line.n <= MAX_LINE || at < MAX_LINE / 2) return 0;
    size_t from = at - MAX_LINE / 2;
    while (from > 0 && ((unsigned char)line.p[from] & 0xC0) == 0x80) from--;
    return from;
}

static void put_caret(wr_report_state *r, size_t width) {
    wr_buf *caret = report_text(r);
    wr_putc(caret, '^');
    if (width > 1) wr_pad(caret, '~', width - 1);
    text_paint(r, "1;31", wr_buf_str(caret));
    wr_putc(r->out, '\n');
}

static void put_excerpt(wr_report_state *r, const wr_src *src, wr_span at) {
    wr_pos pos = wr_src_pos(src, at.beg);
    wr_str line = wr_src_line(src, pos.line);
    size_t in = at.beg - src->line[pos.line - src->before.line - 1];
    if (in > line.n) in = line.n;
    size_t from = window(line, in), to = from + MAX_LINE;
    while (to < line.n && ((unsigned char)line.p[to] & 0xC0) == 0x80) to--;
    wr_putf(r->out, "%8u | ", pos.line);
    if (from > 0) wr_putz(r->out, "…");
    text_clean(r->out, wr_sub(line, from, to));
    if (to < line.n) wr_putz(r->out, "…");
    wr_putz(r->out, "\n         | ");
    if (from > 0) wr_putc(r->out, ' ');
    for (size_t i = from; i < in;) {
        uint32_t cp = wr_utf8_next(line, &i);
        wr_pad(r->out, ' ', cp == '\t' ? TAB : 1);
    }
    size_t end = at.end - at.beg < line.n - in ? in + (at.end - at.beg) : line.n;
    put_caret(r, wr_utf8_len(wr_sub(line, in, end < to ? end : to)));
}

static bool shows_line(const wr_reason *why) { return why->input != NULL && !why->input->secret; }

// ---------------------------------------------------------------------------------- reasons

static void put_lines(wr_buf *b, wr_str custom) {
    size_t from = 0;
    while (from < custom.n) {
        size_t to = wr_find(custom, WR_S("\n"), from);
        if (to == SIZE_MAX) to = custom.n;
        wr_str part = wr_trim(wr_sub(custom, from, to));
        from = to + 1;
        if (part.n == 0) continue;
        wr_putz(b, "      message: ");
        text_clean(b, part);
        wr_putc(b, '\n');
    }
}

static void put_field(wr_buf *b, const char *name, wr_str s) {
    wr_putf(b, "\n      %s: ", name);
    text_clean(b, s);
}

// The place, or what was judged when there is no more to say.
static void put_place(wr_report_state *r, const report_one *one) {
    wr_buf *text = report_text(r);
    bool placed = one->why != NULL && one->why->input != NULL;
    text_clean(text, placed ? one->why->input->name : one->d->subject);
    if (placed) {
        wr_pos pos = wr_src_pos(one->why->input, one->why->input_at.beg);
        wr_putf(text, ":%u:%u", pos.line, pos.col);
    }
    wr_putz(r->out, "  ");
    text_paint(r, "1", wr_buf_str(text));
}

static void put_rule_place(wr_buf *b, const wr_reason *why) {
    if (why->policy == NULL) return;
    wr_pos at = wr_src_pos(why->policy, why->policy_at.beg);
    put_field(b, "rule", wr_basename(why->policy->name));
    wr_putf(b, ":%u:%u", at.line, at.col);
}

// said: what stands in front of it already.
static void put_resource(wr_buf *b, wr_str name, wr_str type, wr_str said) {
    if (name.n == 0) return;
    if (!wr_eq(name, said)) {
        wr_putz(b, ": ");
        text_clean(b, name);
    }
    if (type.n == 0) return;
    wr_putz(b, " (");
    text_clean(b, type);
    wr_putc(b, ')');
}

// Of a finding: which layer, where in the cloud, how often.
static void put_circumstances(wr_buf *b, const wr_finding *f) {
    const wr_str part[] = {f->has_layer ? wr_strz(wr_layer_name(f->layer)) : WR_S(""), f->account,
                           f->region};
    const char *before = " [";
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        if (part[i].n == 0) continue;
        wr_putz(b, before);
        text_clean(b, part[i]);
        before = ", ";
    }
    if (f->times > 1) {
        wr_putf(b, "%sseen ", before);
        report_put_grouped(b, f->times);
        wr_putz(b, " times");
        before = ", ";
    }
    if (strcmp(before, ", ") == 0) wr_putc(b, ']');
}

static void put_what(wr_report_state *r, const report_one *one) {
    const wr_finding *f = one->f;
    const wr_reason *why = one->why;
    bool placed = why != NULL && why->input != NULL;
    wr_str said = placed ? WR_S("") : one->d->subject;
    put_place(r, one);
    if (f != NULL && f->resource.n > 0) put_resource(r->out, f->resource, f->resource_type, said);
    else if (why != NULL) put_resource(r->out, why->resource, why->resource_type, said);
    if (f != NULL) put_circumstances(r->out, f);
}

void text_check(wr_report_state *r, const report_one *one) {
    wr_buf *out = r->out;
    const wr_reason *why = one->why;
    put_what(r, one);
    if (why->wanted.n > 0) {
        put_field(out, "found", why->found);
        put_field(out, "wanted", why->wanted);
    } else {
        put_field(out, "reason", why->message);
    }
    put_rule_place(out, why);
    if (one->f != NULL) put_field(out, "finding", one->f->fingerprint);
    wr_putc(out, '\n');
    put_lines(out, why->custom);
    if (why->fix.n > 0) {
        wr_putz(out, "      fix: ");
        text_clean(out, why->fix);
        wr_putc(out, '\n');
    }
    if (shows_line(why)) put_excerpt(r, why->input, why->input_at);
}

void text_open(wr_report_state *r, const report_one *one) {
    const wr_decision *d = one->d;
    const wr_reason *why = one->why;
    if (one->f != NULL) put_what(r, one);
    else put_place(r, one);
    put_field(r->out, d->outcome == WR_FAULT ? "could not be evaluated" : "no verdict",
              report_why_open(d));
    if (why != NULL) put_rule_place(r->out, why);
    if (one->f != NULL) put_field(r->out, "finding", one->f->fingerprint);
    wr_putc(r->out, '\n');
    if (why != NULL && shows_line(why)) put_excerpt(r, why->input, why->input_at);
}

// ---------------------------------------------------------------------------------- decisions

static void put_title(wr_report_state *r, const wr_decision *d, const char *sgr, const char *word) {
    wr_buf *out = r->out;
    text_paint(r, sgr, wr_strz(word));
    wr_putc(out, ' ');
    text_clean(out, d->policy);
    wr_putz(out, ": ");
    text_paint_clean(r, "1", d->rule);
    if (d->rule_id.n > 0) {
        wr_putz(out, " [");
        text_clean(out, d->rule_id);
        wr_putc(out, ']');
    }
    if (d->rated) wr_putf(out, " (%s)", wr_severity_name(d->severity));
    if (d->title.n > 0) {
        wr_putz(out, ": ");
        text_clean(out, d->title);
    }
    wr_putc(out, '\n');
}

static void put_open(wr_report_state *r, const wr_decision *d) {
    report_one one = {d, d->n_reasons > 0 ? d->reasons : NULL, NULL};
    put_title(r, d, d->outcome == WR_FAULT ? "1;35" : "1;36", wr_outcome_name(d->outcome));
    text_open(r, &one);
    wr_putc(r->out, '\n');
}

static void put_bad(wr_report_state *r, const wr_decision *d) {
    put_title(r, d, d->warn ? "1;33" : "1;31", d->warn ? "WARN" : wr_outcome_name(d->outcome));
    for (uint32_t i = 0; i < d->n_reasons; i++)
        text_check(r, &(report_one){d, &d->reasons[i], NULL});
    if (d->n_reasons == 0) {
        wr_putz(r->out, "  ");
        text_clean(r->out, d->subject);
        wr_putc(r->out, '\n');
    }
    wr_putc(r->out, '\n');
}

// Decisions that only are listed.
static void put_names(wr_report_state *r, const wr_decision *v, uint32_t n, unsigned which,
                      const char *sgr) {
    for (uint32_t i = 0; i < n; i++) {
        if (!report_is(&v[i], which & r->head->listed)) continue;
        text_paint(r, sgr, wr_strz(wr_outcome_name(v[i].outcome)));
        wr_putc(r->out, ' ');
        text_clean(r->out, v[i].policy);
        wr_putz(r->out, ": ");
        text_clean(r->out, v[i].rule);
        wr_putz(r->out, "\n  ");
        text_clean(r->out, v[i].subject);
        wr_putc(r->out, '\n');
    }
}

static void put_decisions(wr_report_state *r, const wr_decision *v, uint32_t n) {
    put_names(r, v, n, WR_IS_GOOD, "32");
    put_names(r, v, n, WR_BIT(WR_SKIP), "33");
    for (uint32_t i = 0; i < n; i++) {
        if (report_is(&v[i], WR_IS_OPEN)) put_open(r, &v[i]);
        else if (report_is(&v[i], WR_IS_BAD)) put_bad(r, &v[i]);
    }
}

static void put_total(wr_report_state *r) {
    const wr_counts *c = &r->head->total;
    if (r->head->check && r->head->closing.n == 0) return; // the posture said it all
    if (r->head->closing.n > 0) {
        text_clean(r->out, r->head->closing);
        wr_putc(r->out, '\n');
        return;
    }
    unsigned long long good = report_count(c, WR_IS_GOOD), bad = report_count(c, WR_IS_BAD);
    unsigned long long skipped = c->of[WR_SKIP], errors = c->of[WR_FAULT];
    unsigned long long unknown = c->of[WR_UNKNOWN];
    unsigned long long warned = c->warned;
    wr_putf(r->out, "%llu rule%s passed, %llu failed", good, good == 1 ? "" : "s", bad - warned);
    if (warned > 0) wr_putf(r->out, ", %llu warned", warned);
    wr_putf(r->out, ", %llu skipped, %llu error%s", skipped, errors, errors == 1 ? "" : "s");
    if (unknown > 0) wr_putf(r->out, ", %llu unknown", unknown);
    if (r->head->n_errors > 0)
        wr_putf(r->out, "; %u error%s in the inputs, see above", r->head->n_errors,
                r->head->n_errors == 1 ? "" : "s");
    wr_putc(r->out, '\n');
}

const wr_report_format wr_report_text = {
    .name = "text",
    .media = "text/plain; charset=utf-8",
    .by_policy = true,
    .apart = true,
    .turns = {WR_IS_ANY},
    .optional = WR_IS_GOOD | WR_BIT(WR_SKIP),
    .decisions = put_decisions,
    .end = put_total,
    .finding = text_finding,
    .posture = text_posture,
};
