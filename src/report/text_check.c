// SPDX-License-Identifier: Apache-2.0
// text_check: a check as people read it: what is new, by urgency and control; what is known,
// suppressed and resolved in a line each; then how many controls stand in each layer, what was
// judged and what was not.
//
// Always true: of one control at most MOST_NEW new findings and MOST_BRIEF of each other life are
// listed, and how many more there are is said; what was not evaluated is never left out of the
// totals.

#include "report/text_int.h"

enum { MOST_NEW = 100, MOST_BRIEF = 20 };

void text_finding(wr_report_state *r, const wr_finding *f) {
    report_keep(r, f, UINT32_MAX, f->life == WR_NEW ? MOST_NEW : MOST_BRIEF);
}

// ---------------------------------------------------------------------------------- new findings

static const char *const severity_color[] = {"2", "36", "1;33", "1;31", "1;37;41"};

static void put_line(wr_buf *b, const char *name, wr_str s) {
    if (s.n == 0) return;
    wr_putf(b, "  %s: ", name);
    text_clean(b, s);
    wr_putc(b, '\n');
}

// Of "framework id" the framework once for all its ids.
static void put_requirements(wr_buf *b, const wr_finding *f) {
    wr_str last = WR_S("");
    for (uint32_t i = 0; i < f->n_requirements; i++) {
        wr_str s = f->requirements[i];
        size_t blank = wr_find(s, WR_S(" "), 0);
        wr_str framework = wr_sub(s, 0, blank == SIZE_MAX ? s.n : blank);
        bool same = i > 0 && wr_eq(framework, last);
        wr_putz(b, i == 0 ? "  requirements: " : same ? ", " : "; ");
        text_clean(b, same ? wr_sub(s, framework.n + 1, s.n) : s);
        last = framework;
    }
    if (f->n_requirements > 0) wr_putc(b, '\n');
}

static void put_control(wr_report_state *r, const report_kept_one *one) {
    const wr_finding *f = &one->f;
    wr_buf *out = r->out;
    bool open = report_is(&one->d, WR_IS_OPEN);
    const char *sgr = severity_color[f->severity];
    if (open) sgr = one->d.outcome == WR_FAULT ? "1;35" : "1;36";
    text_paint(r, sgr,
               wr_strz(open ? wr_outcome_name(one->d.outcome) : wr_severity_name(f->severity)));
    wr_putc(out, ' ');
    text_paint_clean(r, "1", f->control);
    if (f->title.n > 0) {
        wr_putz(out, ": ");
        text_clean(out, f->title);
    }
    wr_putc(out, '\n');
    put_line(out, "owner", f->owner);
    put_line(out, "objective", f->objective);
    put_requirements(out, f);
    // What stands with the finding itself is not said twice.
    if (!open && !wr_eq(f->remediation, one->why.fix)) put_line(out, "fix", f->remediation);
}

static void put_left_out(wr_report_state *r, const report_group *g, wr_life life) {
    uint64_t left = g->seen[life] - g->kept[life];
    if (left == 0) return;
    wr_putz(r->out, "  … and ");
    report_put_grouped(r->out, left);
    wr_putz(r->out, " more of ");
    text_clean(r->out, g->control);
    wr_putz(r->out, " that --format json lists\n");
}

static bool same_block(const report_kept_one *a, const report_kept_one *b) {
    return a->group == b->group && a->f.severity == b->f.severity &&
           report_is(&a->d, WR_IS_OPEN) == report_is(&b->d, WR_IS_OPEN) &&
           (!report_is(&a->d, WR_IS_OPEN) || a->d.outcome == b->d.outcome);
}

// Findings of one life stand together: [from, to) of those kept.
static uint32_t end_of_life(const report_kept *k, uint32_t from) {
    uint32_t to = from;
    while (to < k->v.n && k->v.v[to]->f.life == k->v.v[from]->f.life) to++;
    return to;
}

static void put_new(wr_report_state *r, const report_kept *k, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++) {
        const report_kept_one *one = k->v.v[i];
        report_one what = report_of_finding(&one->f);
        if (i == from || !same_block(one, k->v.v[i - 1])) {
            if (i > from) wr_putc(r->out, '\n');
            put_control(r, one);
        }
        if (report_is(&one->d, WR_IS_OPEN)) text_open(r, &what);
        else text_check(r, &what);
    }
    for (uint32_t i = 0; i < k->all.n; i++) put_left_out(r, k->all.v[i], WR_NEW);
    wr_putc(r->out, '\n');
}

// ---------------------------------------------------------------------------------- in brief

static void put_brief(wr_report_state *r, const report_kept_one *one) {
    const wr_finding *f = &one->f;
    wr_buf *out = r->out;
    wr_str name = f->resource.n > 0 ? f->resource : one->why.resource;
    wr_putf(out, "  %s ", wr_severity_name(f->severity));
    text_clean(out, f->control);
    if (f->has_layer) wr_putf(out, " %s", wr_layer_name(f->layer));
    if (report_is(&one->d, WR_IS_OPEN)) wr_putf(out, " %s", wr_outcome_name(one->d.outcome));
    wr_putz(out, "  ");
    text_clean(out, one->why.input != NULL ? one->why.input->name : one->d.subject);
    if (one->why.input != NULL) {
        wr_pos at = wr_src_pos(one->why.input, one->why.input_at.beg);
        wr_putf(out, ":%u:%u", at.line, at.col);
    }
    if (name.n > 0) {
        wr_putz(out, ": ");
        text_clean(out, name);
    }
    if (f->life == WR_SUPPRESSED) {
        wr_putz(out, "  until ");
        wr_put_day(out, f->until);
        wr_putz(out, " by ");
        text_clean(out, f->exception);
    }
    wr_putc(out, '\n');
}

static void put_briefly(wr_report_state *r, const report_kept *k, uint32_t from, uint32_t to) {
    static const char *const words[WR_N_LIVES] = {
        [WR_KNOWN] = "KNOWN, in the baseline:",
        [WR_SUPPRESSED] = "SUPPRESSED by exceptions:",
        [WR_RESOLVED] = "RESOLVED since the last report:",
    };
    wr_life life = k->v.v[from]->f.life;
    text_paint(r, "1", wr_strz(words[life]));
    wr_putc(r->out, '\n');
    for (uint32_t i = from; i < to; i++) put_brief(r, k->v.v[i]);
    for (uint32_t i = 0; i < k->all.n; i++) put_left_out(r, k->all.v[i], life);
    wr_putc(r->out, '\n');
}

// ---------------------------------------------------------------------------------- the whole

static void put_cell(wr_buf *b, uint64_t n, size_t width) {
    wr_buf text;
    wr_buf_init(&text, 0);
    report_put_grouped(&text, n);
    wr_pad(b, ' ', text.n < width ? width - text.n : 1);
    wr_puts(b, wr_buf_str(&text));
    wr_buf_fini(&text);
}

// A line a layer: controls by how they stand in it, then decisions of this run.
static void put_layers(wr_report_state *r, const wr_posture *p) {
    static const wr_outcome shown[] = {WR_PASS, WR_FAIL, WR_SKIP, WR_UNKNOWN, WR_FAULT};
    static const wr_cell cells[] = {WR_CELL_RUNS, WR_CELL_DECLARED, WR_CELL_OMITTED, WR_CELL_GAP,
                                    WR_CELL_BROKEN};
    if (p->n_controls == 0) return;
    text_paint(r, "1",
               WR_S("layer         runs  declared  omitted   gap  broken"
                    " |      pass      fail      skip   unknown     error"));
    wr_putc(r->out, '\n');
    for (int l = 0; l < WR_N_LAYERS; l++) {
        static const size_t width[] = {4, 10, 9, 6, 8};
        uint64_t n[WR_N_CELLS] = {0}, of[WR_N_OUTCOMES] = {0};
        for (uint32_t i = 0; i < p->n_controls; i++) {
            const wr_posture_layer *at = &p->controls[i].layer[l];
            n[at->cell]++;
            for (int o = 0; o < WR_N_OUTCOMES; o++) of[o] += at->counts.of[o];
        }
        of[WR_PASS] += of[WR_ALLOW];
        of[WR_FAIL] += of[WR_DENY] + of[WR_IMPLICIT_DENY];
        wr_putf(r->out, "%-14s", wr_layer_name((wr_layer)l));
        for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
            put_cell(r->out, n[cells[i]], width[i]);
        wr_putz(r->out, " |");
        for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
            put_cell(r->out, of[shown[i]], 10);
        wr_putc(r->out, '\n');
    }
    wr_putc(r->out, '\n');
}

// "3 templates"; the name of a kind is a plural.
static void put_kind(wr_buf *b, wr_str kind, uint64_t n) {
    report_put_grouped(b, n);
    wr_putc(b, ' ');
    if (n == 1 && wr_ends(kind, WR_S("s"))) kind.n--;
    text_clean(b, kind);
}

// "12 controls judged 3 templates, 1 plan"
static void put_judged(wr_report_state *r, const wr_posture *p) {
    wr_buf *out = r->out;
    report_put_grouped(out, p->n_controls);
    wr_putf(out, " control%s", report_s(p->n_controls));
    const char *before = " judged ";
    for (uint32_t i = 0; i < p->n_inputs; i++) {
        if (p->inputs[i].judged == 0) continue;
        wr_putz(out, before);
        put_kind(out, p->inputs[i].kind, p->inputs[i].judged);
        before = ", ";
    }
    if (strcmp(before, ", ") != 0) wr_putz(out, ", no input judged");
    if (p->partial) wr_putz(out, " (only what changed)");
    if (p->everything.n) {
        wr_putz(out, " (all: ");
        text_clean(out, p->everything);
        wr_putz(out, " changed)");
    }
    wr_putc(out, '\n');
}

static void put_not_evaluated(wr_report_state *r, const wr_posture *p) {
    wr_buf *text = report_text(r);
    if (p->not_evaluated == 0) return;
    wr_putz(text, "not evaluated: ");
    report_put_grouped(text, p->not_evaluated);
    const char *before = " (";
    for (uint32_t i = 0; i < p->n_inputs; i++) {
        if (p->inputs[i].not_evaluated == 0) continue;
        wr_putz(text, before);
        put_kind(text, p->inputs[i].kind, p->inputs[i].not_evaluated);
        before = ", ";
    }
    if (strcmp(before, ", ") == 0) wr_putc(text, ')');
    wr_putz(text, "; nothing of it counts as passed");
    text_paint(r, "1;35", wr_buf_str(text));
    wr_putc(r->out, '\n');
}

static void put_unusable(wr_report_state *r, const wr_posture *p) {
    wr_buf *text = report_text(r);
    if (p->unusable == 0) return;
    wr_putz(text, "could not be used: ");
    report_put_grouped(text, p->unusable);
    wr_putf(text, " file%s or entr%s of the manifest; the errors say which", report_s(p->unusable),
            p->unusable == 1 ? "y" : "ies");
    text_paint(r, "1;35", wr_buf_str(text));
    wr_putc(r->out, '\n');
}

static void put_lives(wr_report_state *r, const wr_posture *p) {
    wr_buf *out = r->out;
    wr_putz(out, "findings: ");
    for (int i = 0; i < WR_N_LIVES; i++) {
        if (i > 0) wr_putz(out, ", ");
        report_put_grouped(out, p->lives[i]);
        wr_putf(out, " %s", wr_life_word((wr_life)i));
    }
    const char *before = "; open by severity: ";
    for (int s = WR_SEV_CRITICAL; s >= 0; s--) {
        if (p->severities[s] == 0) continue;
        wr_putz(out, before);
        report_put_grouped(out, p->severities[s]);
        wr_putf(out, " %s", wr_severity_name((wr_severity)s));
        before = ", ";
    }
    wr_putc(out, '\n');
}

void text_posture(wr_report_state *r, const wr_posture *p) {
    const report_kept *k = report_kept_sorted(r, p, true);
    if (k == NULL) return;
    for (uint32_t from = 0, to; from < k->v.n; from = to) {
        to = end_of_life(k, from);
        if (k->v.v[from]->f.life == WR_NEW) put_new(r, k, from, to);
        else put_briefly(r, k, from, to);
    }
    put_layers(r, p);
    put_judged(r, p);
    put_not_evaluated(r, p);
    put_unusable(r, p);
    put_lives(r, p);
}
