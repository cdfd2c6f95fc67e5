// SPDX-License-Identifier: Apache-2.0
// out_console: `validate` without -z: each file × each document in turn, as a summary table and
// details (text), or as one report object each (JSON, YAML); then -v and -p.
// Rules: guard-language.md §1.10 and samples of cfn-guard 3.1.1; SGR codes are those of its
// colour library.

#include "lang/guard/out_int.h"

void g_paint(wr_buf *b, bool on, const char *sgr, wr_str s) {
    if (on) wr_putf(b, "\033[%sm", sgr);
    wr_puts(b, s);
    if (on) wr_putz(b, "\033[0m");
}

wr_str g_short_rule(wr_str file, wr_str rule) {
    if (rule.n > file.n && rule.p[file.n] == '/' && wr_starts(rule, file))
        return wr_sub(rule, file.n + 1, rule.n);
    return rule;
}

// ---------------------------------------------------------------------------------- summary

typedef struct summary {
    wr_buf *out;
    const wr_guard_batch *b;
    const g_file *file;
    const uint8_t *status; // of the file's rules
    const uint32_t *same;  // rule → first rule of that name
    uint8_t *seen;         // first rule of a name → bits of the statuses the name has
    size_t width;
} summary;

static void put_row(summary *s, uint32_t rule, g_status st) {
    static const char *const sgr[] = {[G_PASS] = "32", [G_FAIL] = "1;31", [G_SKIP] = "1;33"};
    wr_str name = g_short_rule(s->file->name, s->file->rules[rule].name);
    size_t n = wr_utf8_len(name);
    wr_puts(s->out, s->file->name);
    wr_putc(s->out, '/');
    wr_puts(s->out, name);
    if (n < s->width) wr_pad(s->out, ' ', s->width - n);
    g_paint(s->out, s->b->color, sgr[st], wr_strz(g_status_name(st)));
    wr_putc(s->out, '\n');
}

static bool in_section(const summary *s, uint32_t rule, g_status st) {
    if (s->status[rule] != st) return false;
    return st != G_SKIP || s->seen[s->same[rule]] == 1u << G_SKIP;
}

// The rules of one status, each name once; a skipped name only when no rule of it did anything.
static bool put_section(summary *s, g_status st, const char *title, bool header, g_status all,
                        wr_str doc) {
    static const char *const sgr[] = {[G_PASS] = "32", [G_FAIL] = "1;31", [G_SKIP] = "1;33"};
    bool begun = false;
    for (uint32_t i = 0; i < s->file->n_rules; i++) {
        if (!in_section(s, i, st)) continue;
        bool first = true; // of its name in this section
        if (s->same[i] != i)
            for (uint32_t k = s->same[i]; k < i && first; k++)
                first = s->same[k] != s->same[i] || s->status[k] != st;
        if (!first) continue;
        if (!begun && !header) {
            wr_putf(s->out, "%.*s Status = ", WR_FMT(doc));
            g_paint(s->out, s->b->color, sgr[all], wr_strz(g_status_name(all)));
            wr_putc(s->out, '\n');
        }
        if (!begun) {
            g_paint(s->out, s->b->color, "1", wr_strz(title));
            wr_putc(s->out, '\n');
        }
        begun = true;
        put_row(s, i, st);
    }
    return header || begun;
}

static bool same_names(wr_arena *a, const g_file *f, uint32_t **out) {
    uint32_t *same = WR_NEW_N(a, uint32_t, f->n_rules + 1u);
    wr_map map;
    if (same == NULL) return false;
    wr_map_init(&map, a);
    for (uint32_t i = 0; i < f->n_rules; i++) {
        void **at = wr_map_at(&map, f->rules[i].name);
        if (at == NULL) return false;
        if (*at == NULL) *at = &same[i];
        same[i] = (uint32_t)((uint32_t *)*at - same);
    }
    *out = same;
    return true;
}

static void put_summary(wr_buf *out, g_worker *w, uint32_t d, uint32_t f) {
    const g_file *file = w->b->files[f];
    summary s = {.out = out, .b = w->b, .file = file, .status = g_grid_rules(w->grid, d, f)};
    g_status all = g_grid_file(w->grid, d, f);
    uint32_t *same;
    bool header = false;
    s.seen = wr_zalloc(&w->arena, file->n_rules + 1u);
    if (s.seen == NULL || !same_names(&w->arena, file, &same)) {
        w->rc = WR_NOMEM;
        return;
    }
    s.same = same;
    for (uint32_t i = 0; i < file->n_rules; i++) {
        size_t n = g_short_rule(file->name, file->rules[i].name).n;
        s.seen[same[i]] |= (uint8_t)(1u << s.status[i]);
        if (n > s.width) s.width = n;
    }
    s.width += 4;
    wr_str doc = w->b->docs[d].name;
    if (w->b->summary & WR_GS_SKIP)
        header = put_section(&s, G_SKIP, "SKIP rules", header, all, doc);
    if (w->b->summary & WR_GS_PASS)
        header = put_section(&s, G_PASS, "PASS rules", header, all, doc);
    if (w->b->summary & WR_GS_FAIL)
        header = put_section(&s, G_FAIL, "FAILED rules", header, all, doc);
    if (header) wr_putz(out, "---\n");
}

// ---------------------------------------------------------------------------------- details

static g_console reporter_of(const wr_doc *doc) {
    if (wr_map_getz(doc, doc->root, "Resources") != NULL) return G_CON_CFN;
    if (wr_map_getz(doc, doc->root, "resource_changes") != NULL) return G_CON_TF;
    return G_CON_GENERIC;
}

static bool keep_all(const wr_guard_batch *b) { return b->verbose || b->print_json; }

// The generic reporter also wants failed checks under what passed.
static void put_generic(wr_buf *out, g_worker *w, const g_result *r, uint32_t d, uint32_t f) {
    if (w->b->summary == 0) return;
    if (g_grid_file(w->grid, d, f) == G_FAIL) {
        r = g_worker_run(w, d, f, (wr_guard_run_opts){.keep_all = true, .fatal = true});
        if (r == NULL) return;
    }
    g_printer p = {w->b, r, &w->b->docs[d], &w->arena, &w->tmp};
    g_console_generic(out, &p, w->b->files[f], g_grid_rules(w->grid, d, f));
}

static void put_details(wr_buf *out, g_worker *w, const g_result *r, uint32_t d, uint32_t f) {
    g_console how = reporter_of(w->b->docs[d].doc);
    if (how == G_CON_GENERIC) {
        put_generic(out, w, r, d, f);
        return;
    }
    if (r == NULL || g_grid_file(w->grid, d, f) != G_FAIL) return;
    uint32_t n;
    const g_report *v = g_failed(&w->arena, r, true, &n);
    g_printer p = {w->b, r, &w->b->docs[d], &w->arena, &w->tmp};
    if (n > 0 && !g_console_resources(out, &p, how, v, n)) put_generic(out, w, r, d, f);
    if (w->arena.oom) w->rc = WR_NOMEM;
}

static void put_object(wr_buf *out, g_worker *w, uint32_t d, uint32_t f) {
    wr_out o;
    wr_rc rc = w->b->format == WR_GF_YAML ? wr_out_yaml(&o, out) : wr_out_json(&o, out);
    if (rc != WR_OK) {
        w->rc = rc;
        return;
    }
    if (g_padded_plain(w->b)) wr_out_padded_plain(&o);
    g_out_file_report(&o, w, d, f, f + 1);
    wr_out_fini(&o);
}

static void put_events(wr_buf *out, g_worker *w, uint32_t d, uint32_t f) {
    const g_result *r = g_worker_run(w, d, f, (wr_guard_run_opts){.keep_all = true, .fatal = true});
    if (r == NULL) return;
    if (w->b->verbose) g_put_tree(out, r);
    if (w->b->print_json) {
        wr_rc rc = g_put_records_json(out, &w->tmp, r);
        if (rc != WR_OK && w->rc == WR_OK) w->rc = rc;
    }
}

static void put_pair(wr_buf *out, g_worker *w, uint32_t d, uint32_t f) {
    const g_result *r = NULL;
    wr_arena_rewind(&w->arena, w->mark);
    if (w->b->summary != 0) put_summary(out, w, d, f);
    if (w->b->format == WR_GF_SUMMARY) {
        if (g_grid_file(w->grid, d, f) == G_FAIL)
            r = g_worker_run(w, d, f, (wr_guard_run_opts){.fatal = true});
        if (w->rc == WR_OK) put_details(out, w, r, d, f);
    } else {
        put_object(out, w, d, f);
    }
    if (keep_all(w->b) && w->rc == WR_OK) put_events(out, w, d, f);
}

typedef struct limit {
    uint64_t pairs; // up to the first error
} limit;

static void put_file(g_worker *w, void *arg, uint32_t f, wr_buf *out) {
    const limit *l = arg;
    for (uint32_t d = 0; d < w->b->n_docs && w->rc == WR_OK && out->rc == WR_OK; d++)
        if ((uint64_t)f * w->b->n_docs + d < l->pairs) put_pair(out, w, d, f);
}

wr_rc wr_guard_report_console(const wr_guard_batch *b, wr_buf *out, wr_guard_tally *t) {
    g_grid g;
    limit l = {UINT64_MAX};
    wr_rc rc = g_grid_fill(&g, b, true, t);
    if (rc != WR_OK) return rc;
    if (b->native) return g_native_objects(&g, out);
    if (t->error.n > 0) l.pairs = g.first_error;
    return g_in_order(b, &g, b->n_files, put_file, &l, out);
}
