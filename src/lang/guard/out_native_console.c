// SPDX-License-Identifier: Apache-2.0
// out_native_console: what `writ guard` tells people: one block for each failing rule of each
// document with every failed check (place, found, wanted, the author's words, the line itself), and
// one line of totals at the end.

#include "lang/guard/reasons.h"

enum { MAX_LINE = 200, TAB = 4 };

// Between what is written and the output: names, values and messages come from files that may be
// hostile to whoever reads the report on a terminal.
typedef struct filter {
    wr_buf *to;
    char rest[4]; // the beginning of a character whose end is still to come
    size_t n_rest;
} filter;

typedef struct console {
    wr_buf *out; // goes through the filter
    filter *safe;
    g_worker *w;
    const g_result *r;
    const wr_guard_doc *doc;
    bool color;
} console;

// Bytes of s before a character at its end that is not whole.
static size_t whole(wr_str s) {
    size_t i = s.n, most = s.n < 4 ? s.n : 4;
    for (size_t k = 1; k <= most; k++) {
        unsigned char b = (unsigned char)s.p[s.n - k];
        if ((b & 0xC0) == 0x80) continue;
        size_t len = b < 0xC0 ? 1 : b < 0xE0 ? 2 : b < 0xF0 ? 3 : 4;
        if (len > k) i = s.n - k;
        break;
    }
    return i;
}

static int pass_safe(void *arg, const char *p, size_t n) {
    filter *f = arg;
    while (f->n_rest > 0 && n > 0 && whole(wr_strn(f->rest, f->n_rest)) < f->n_rest) {
        f->rest[f->n_rest++] = *p++;
        n--;
    }
    if (whole(wr_strn(f->rest, f->n_rest)) < f->n_rest) return 0;
    wr_put_safe(f->to, wr_strn(f->rest, f->n_rest));
    size_t k = whole(wr_strn(p, n));
    wr_put_safe(f->to, wr_strn(p, k));
    f->n_rest = n - k;
    if (f->n_rest > 0) memcpy(f->rest, p + k, f->n_rest);
    return f->to->rc != WR_OK;
}

static void paint_str(const console *c, const char *sgr, wr_str text) {
    if (c->color) {
        (void)wr_buf_flush(c->out);
        wr_putf(c->safe->to, "\033[%sm", sgr);
    }
    wr_puts(c->out, text);
    if (c->color) {
        (void)wr_buf_flush(c->out);
        wr_putz(c->safe->to, "\033[0m");
    }
}

static void paint(const console *c, const char *sgr, const char *text) {
    paint_str(c, sgr, wr_strz(text));
}

// Text of inputs, without what a terminal would obey.
static void put_clean(wr_buf *b, wr_str s) {
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool c1 = c == 0xC2 && i + 1 < s.n && (unsigned char)s.p[i + 1] < 0xA0;
        if (c1) i++;
        if (c == '\t') wr_pad(b, ' ', TAB);
        else if (c < 0x20 || c == 0x7F || c1) wr_putz(b, "\xEF\xBF\xBD"); // U+FFFD
        else wr_putc(b, s.p[i]);
    }
}

static void put_place(const console *c, const wr_src *src, wr_span at, const char *sgr) {
    wr_buf *text = g_text(&c->w->tmp);
    bool own = c->doc->src == NULL || src == c->doc->src;
    wr_pos pos = wr_src_pos(src, at.beg);
    put_clean(text, own ? c->doc->name : src->name);
    wr_putf(text, ":%u:%u", pos.line, pos.col);
    paint_str(c, sgr, wr_buf_str(text));
}

// The part of a long line around the place: what is left out before it.
static size_t window(wr_str line, size_t at) {
    if (line.n <= MAX_LINE || at < MAX_LINE / 2) return 0;
    size_t from = at - MAX_LINE / 2;
    while (from > 0 && ((unsigned char)line.p[from] & 0xC0) == 0x80) from--;
    return from;
}

static void put_excerpt(const console *c, const wr_src *src, wr_span at) {
    wr_pos pos = wr_src_pos(src, at.beg);
    wr_str line = wr_src_line(src, pos.line);
    size_t in = at.beg - src->line[pos.line - 1];
    if (in > line.n) in = line.n;
    size_t from = window(line, in), to = from + MAX_LINE;
    while (to < line.n && ((unsigned char)line.p[to] & 0xC0) == 0x80) to--;
    wr_str shown = wr_sub(line, from, to);
    wr_putf(c->out, "%8u | ", pos.line);
    if (from > 0) wr_putz(c->out, "…");
    put_clean(c->out, shown);
    if (to < line.n) wr_putz(c->out, "…");
    wr_putz(c->out, "\n         | ");
    if (from > 0) wr_putc(c->out, ' ');
    for (size_t i = from; i < in;) {
        uint32_t cp = wr_utf8_next(line, &i);
        wr_pad(c->out, ' ', cp == '\t' ? TAB : 1);
    }
    size_t end = at.end - at.beg < line.n - in ? in + (at.end - at.beg) : line.n;
    size_t width = wr_utf8_len(wr_sub(line, in, end < to ? end : to));
    wr_buf *caret = g_text(&c->w->tmp);
    wr_putc(caret, '^');
    if (width > 1) wr_pad(caret, '~', width - 1);
    paint_str(c, "1;31", wr_buf_str(caret));
    wr_putc(c->out, '\n');
}

static void put_custom(const console *c, wr_str custom) {
    size_t from = 0;
    while (from < custom.n) {
        size_t to = wr_find(custom, WR_S("\n"), from);
        if (to == SIZE_MAX) to = custom.n;
        wr_str part = wr_trim(wr_sub(custom, from, to));
        from = to + 1;
        if (part.n == 0) continue;
        wr_putz(c->out, "      message: ");
        put_clean(c->out, part);
        wr_putc(c->out, '\n');
    }
}

static void put_check(void *arg, const g_report *p, const g_report *top) {
    console *c = arg;
    const g_vals *v = c->r->vals;
    const wr_src *src = NULL;
    wr_span at = {0, 0};
    g_resource res;
    wr_buf scratch;
    wr_buf_init(&scratch, 0);
    bool placed = g_report_place(v, p, &src, &at);
    wr_putz(c->out, "  ");
    if (placed) put_place(c, src, at, "1");
    else paint_str(c, "1", c->doc->name);
    if (g_report_resource(v, p, &res)) {
        wr_putz(c->out, ": ");
        put_clean(c->out, res.id);
        if (res.type.n > 0) {
            wr_putz(c->out, " (");
            put_clean(c->out, res.type);
            wr_putc(c->out, ')');
        }
    }
    wr_buf *text = g_text(&c->w->tmp);
    g_put_found(text, &scratch, v, p);
    wr_putz(c->out, "\n      found: ");
    put_clean(c->out, wr_buf_str(text));
    text = g_text(&c->w->tmp);
    g_put_wanted(text, &scratch, v, p);
    wr_putz(c->out, "\n      wanted: ");
    put_clean(c->out, wr_buf_str(text));
    wr_pos rule_at = wr_src_pos(p->file->src, g_report_clause(p, top->rule).beg);
    wr_putf(c->out, "\n      rule: %.*s:%u:%u\n", WR_FMT(p->file->name), rule_at.line, rule_at.col);
    if (p->has_custom) put_custom(c, p->custom);
    if (placed && !src->secret) put_excerpt(c, src, at);
    wr_buf_fini(&scratch);
}

static void put_title(const console *c, const g_rule *rule, const char *sgr, const char *word) {
    paint(c, sgr, word);
    wr_putc(c->out, ' ');
    wr_str name = g_short_rule(c->r->file->name, rule->name);
    wr_putf(c->out, "%.*s: ", WR_FMT(c->r->file->name));
    paint_str(c, "1", name);
    if (rule->id.n > 0) wr_putf(c->out, " [%.*s]", WR_FMT(rule->id));
    if (rule->has_severity) wr_putf(c->out, " (%s)", wr_severity_name(rule->severity));
    if (rule->title.n > 0) wr_putf(c->out, ": %.*s", WR_FMT(rule->title));
    wr_putc(c->out, '\n');
}

static void put_rule_at(const console *c, const wr_src *src, wr_span at) {
    wr_pos pos = wr_src_pos(src, at.beg);
    wr_putf(c->out, "\n      rule: %.*s:%u:%u\n", WR_FMT(c->r->file->name), pos.line, pos.col);
}

// A rule without a verdict: why, and the value it waits for when there is one.
static void put_no_verdict(console *c, const g_rule_result *rr) {
    const wr_src *src = NULL;
    wr_span at = {0, 0};
    bool error = rr->status == G_ERROR;
    bool placed = !error && g_place_of(c->r->vals, rr->unknown, &src, &at);
    put_title(c, rr->rule, error ? "1;35" : "1;36", error ? "ERROR" : "UNKNOWN");
    wr_putz(c->out, "  ");
    if (placed) put_place(c, src, at, "1");
    else wr_puts(c->out, c->doc->name);
    wr_putz(c->out, error ? "\n      could not be evaluated: " : "\n      no verdict: ");
    g_put_no_verdict(c->out, c->r, rr);
    put_rule_at(c, rr->rule->src, rr->rule->name_span);
    if (placed) put_excerpt(c, src, at);
    wr_putc(c->out, '\n');
}

static void put_rule(console *c, const g_rule_result *rr, const g_report *report) {
    if (rr->status == G_ERROR || rr->status == G_UNKNOWN) {
        put_no_verdict(c, rr);
    } else if (report != NULL) {
        bool warn = rr->rule->warn;
        put_title(c, rr->rule, warn ? "1;33" : "1;31", warn ? "WARN" : "FAIL");
        g_each_message(report, put_check, c);
        wr_putc(c->out, '\n');
    }
}

static void put_names(console *c, const g_file *f, const uint8_t *st, g_status which,
                      const char *sgr) {
    for (uint32_t i = 0; i < f->n_rules; i++) {
        if (st[i] != which) continue;
        paint(c, sgr, g_status_name(which));
        wr_putf(c->out, " %.*s: %.*s\n  %.*s\n", WR_FMT(f->name),
                WR_FMT(g_short_rule(f->name, f->rules[i].name)), WR_FMT(c->doc->name));
    }
}

static void put_failures(console *c) {
    uint32_t n, next = 0;
    const g_report *v = g_failed(&c->w->arena, c->r, true, &n);
    for (uint32_t i = 0; i < c->r->n_rules; i++) {
        bool mine = next < n && v[next].rule == c->r->rules[i].rule;
        put_rule(c, &c->r->rules[i], mine ? &v[next] : NULL);
        next += mine;
    }
    if (c->w->arena.oom && c->w->rc == WR_OK) c->w->rc = WR_NOMEM;
}

static void put_events(console *c) {
    if (c->w->b->verbose) g_put_tree(c->out, c->r);
    if (!c->w->b->print_json) return;
    wr_rc rc = g_put_records_json(c->out, &c->w->tmp, c->r);
    if (rc != WR_OK && c->w->rc == WR_OK) c->w->rc = rc;
}

static void put_pair_to(console *c, uint32_t d, uint32_t f) {
    const wr_guard_batch *b = c->w->b;
    const uint8_t *st = g_grid_rules(c->w->grid, d, f);
    g_status all = g_grid_file(c->w->grid, d, f);
    bool events = b->verbose || b->print_json;
    if (b->summary & WR_GS_PASS) put_names(c, b->files[f], st, G_PASS, "32");
    if (b->summary & WR_GS_SKIP) put_names(c, b->files[f], st, G_SKIP, "33");
    if (all != G_FAIL && all != G_ERROR && all != G_UNKNOWN && !events) return;
    c->r = g_worker_run(c->w, d, f, (wr_guard_run_opts){.keep_all = events});
    if (c->r == NULL) return;
    put_failures(c);
    put_events(c);
}

static void put_pair(g_worker *w, uint32_t d, uint32_t f, wr_buf *out) {
    filter safe = {.to = out};
    wr_buf text;
    wr_buf_init_sink(&text, pass_safe, &safe);
    console c = {.out = &text, .safe = &safe, .w = w, .doc = &w->b->docs[d], .color = w->b->color};
    put_pair_to(&c, d, f);
    if (wr_buf_flush(&text) != WR_OK) wr_buf_fail(out, text.rc);
    wr_buf_fini(&text);
}

static void put_object(g_worker *w, uint32_t d, uint32_t f, wr_buf *out) {
    wr_out o;
    wr_rc rc = w->b->format == WR_GF_YAML ? wr_out_yaml(&o, out) : wr_out_json(&o, out);
    if (rc == WR_OK) {
        g_out_file_report(&o, w, d, f, f + 1);
        wr_out_fini(&o);
        if (w->b->format == WR_GF_JSON) wr_putc(out, '\n');
    } else if (w->rc == WR_OK) {
        w->rc = rc;
    }
}

static void put_file(g_worker *w, void *arg, uint32_t f, wr_buf *out) {
    (void)arg;
    for (uint32_t d = 0; d < w->b->n_docs && w->rc == WR_OK && out->rc == WR_OK; d++) {
        if (w->b->format == WR_GF_SUMMARY) put_pair(w, d, f, out);
        else put_object(w, d, f, out);
    }
}

// Failures of rules that only warn.
static uint64_t warned(const g_grid *g) {
    uint64_t n = 0;
    for (uint32_t d = 0; d < g->b->n_docs; d++) {
        for (uint32_t f = 0; f < g->b->n_files; f++) {
            const uint8_t *st = g_grid_rules(g, d, f);
            const g_file *file = g->b->files[f];
            for (uint32_t i = 0; i < file->n_rules; i++)
                n += file->rules[i].warn && st[i] == G_FAIL;
        }
    }
    return n;
}

static void put_total(wr_buf *out, const g_grid *g) {
    uint64_t n[G_UNKNOWN + 1] = {0};
    size_t all = (size_t)g->n_rules * g->b->n_docs;
    for (size_t i = 0; i < all; i++) n[g->rule[i]]++;
    uint64_t warn = n[G_FAIL] > 0 ? warned(g) : 0;
    wr_putf(out, "%llu rule%s passed, %llu failed", (unsigned long long)n[G_PASS],
            n[G_PASS] == 1 ? "" : "s", (unsigned long long)(n[G_FAIL] - warn));
    if (warn > 0) wr_putf(out, ", %llu warned", (unsigned long long)warn);
    wr_putf(out, ", %llu skipped, %llu error%s", (unsigned long long)n[G_SKIP],
            (unsigned long long)n[G_ERROR], n[G_ERROR] == 1 ? "" : "s");
    if (n[G_UNKNOWN]) wr_putf(out, ", %llu unknown", (unsigned long long)n[G_UNKNOWN]);
    if (g->b->n_errors > 0)
        wr_putf(out, "; %u error%s in the inputs, see above", g->b->n_errors,
                g->b->n_errors == 1 ? "" : "s");
    wr_putc(out, '\n');
}

wr_rc g_native_console(const g_grid *g, wr_buf *out) {
    wr_rc rc = g_in_order(g->b, g, g->b->n_files, put_file, NULL, out);
    if (rc == WR_OK && g->b->format == WR_GF_SUMMARY) put_total(out, g);
    return rc;
}
