// SPDX-License-Identifier: Apache-2.0
// feed: all documents × all files as decisions, for whoever makes a report of them. The first pass
// (out_grid) counts; the second makes the decisions of one document × file at a time and forgets
// them when they have been seen, so that memory is that of one pair.
//
// Always true: decisions come in the same order and with the same bytes for any number of threads.

#include "lang/guard/reasons.h"

struct wr_guard_judged {
    g_grid grid;
    const wr_rule_info *rules;
};

typedef uint8_t digest[32];

typedef struct feed {
    const g_grid *g;
    const wr_guard_feed *f;
    const digest *files, *docs; // NULL: not asked for
} feed;

// ---------------------------------------------------------------------------------- first pass

static const wr_rule_info *describe(const g_grid *g, wr_arena *a) {
    wr_rule_info *v = WR_NEW_N(a, wr_rule_info, g->n_rules + 1u);
    for (uint32_t f = 0; v != NULL && f < g->b->n_files; f++)
        for (uint32_t i = 0; i < g->b->files[f]->n_rules; i++)
            v[g->at[f] + i] = g_rule_info(g->b->files[f], &g->b->files[f]->rules[i]);
    return v;
}

wr_rc wr_guard_judge_all(const wr_guard_batch *b, const wr_guard_judged **out, wr_guard_tally *t) {
    wr_guard_judged *j = WR_NEW(&b->ctx->arena, wr_guard_judged);
    if (j == NULL) return WR_NOMEM;
    wr_rc rc = g_grid_fill(&j->grid, b, false, t);
    if (rc != WR_OK) return rc;
    j->rules = describe(&j->grid, &b->ctx->arena);
    *out = j;
    return j->rules != NULL ? WR_OK : WR_NOMEM;
}

const wr_rule_info *wr_guard_rule_infos(const wr_guard_judged *j, uint32_t *n) {
    *n = j->grid.n_rules;
    return j->rules;
}

wr_counts wr_guard_counts(const wr_guard_judged *j, uint32_t doc) {
    const uint8_t *st = j->grid.rule + (size_t)doc * j->grid.n_rules;
    wr_counts c = {0};
    for (uint32_t i = 0; i < j->grid.n_rules; i++) {
        c.of[g_outcome((g_status)st[i])]++;
        c.warned += st[i] == G_FAIL && j->rules[i].warn;
    }
    return c;
}

// ---------------------------------------------------------------------------------- second pass

static unsigned outcomes_of(const uint8_t *st, uint32_t n) {
    unsigned set = 0;
    for (uint32_t i = 0; i < n; i++) set |= WR_BIT(g_outcome((g_status)st[i]));
    return set;
}

// Passes and skips have no reasons: what the first pass kept says it all.
static wr_decision *from_grid(const feed *x, g_worker *w, uint32_t d, uint32_t f, uint32_t *n) {
    const wr_guard_batch *b = x->g->b;
    const g_file *file = b->files[f];
    const uint8_t *st = g_grid_rules(x->g, d, f);
    wr_arena_rewind(&w->arena, w->mark);
    wr_decision *v = WR_NEW_N(&w->arena, wr_decision, file->n_rules + 1u);
    *n = file->n_rules;
    for (uint32_t i = 0; v != NULL && i < *n; i++)
        v[i] = g_decision(file, &file->rules[i], (g_status)st[i], b->docs[d].name, b->ctx->now);
    return v;
}

static wr_decision *evaluated(const feed *x, g_worker *w, uint32_t d, uint32_t f, unsigned set,
                              uint32_t *n, const g_result **r) {
    const wr_guard_batch *b = x->g->b;
    bool events = x->f->events && (b->verbose || b->print_json);
    wr_guard_run_opts how = {.keep_all = events, .no_records = !events && !(set & WR_IS_BAD)};
    *r = g_worker_run(w, d, f, how);
    if (*r == NULL) return NULL;
    return wr_guard_decisions(&w->arena, *r, b->docs[d].name, b->ctx->now, n);
}

// Between events and the output: names and values come from files that may be hostile to whoever
// reads them on a terminal.
typedef struct filter {
    wr_buf *to;
    char rest[4]; // the beginning of a character whose end is still to come
    size_t n_rest;
} filter;

// Bytes of s before a character at its end that is not whole.
static size_t whole(wr_str s) {
    size_t most = s.n < 4 ? s.n : 4;
    for (size_t k = 1; k <= most; k++) {
        unsigned char b = (unsigned char)s.p[s.n - k];
        if ((b & 0xC0) == 0x80) continue;
        size_t len = b < 0xC0 ? 1 : b < 0xE0 ? 2 : b < 0xF0 ? 3 : 4;
        return len > k ? s.n - k : s.n;
    }
    return s.n;
}

static int pass_safe(void *arg, const char *p, size_t n) {
    filter *f = arg;
    while (n > 0 && f->n_rest > 0 && whole(wr_strn(f->rest, f->n_rest)) < f->n_rest) {
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

static void put_events(g_worker *w, const g_result *r, wr_buf *out) {
    filter safe = {.to = out};
    wr_buf text;
    wr_rc rc = WR_OK;
    wr_buf_init_sink(&text, pass_safe, &safe);
    if (w->b->verbose) g_put_tree(&text, r);
    if (w->b->print_json) rc = g_put_records_json(&text, &w->tmp, r);
    if (wr_buf_flush(&text) != WR_OK) wr_buf_fail(out, text.rc);
    wr_buf_fini(&text);
    if (rc != WR_OK && w->rc == WR_OK) w->rc = rc;
}

static void see_pair(feed *x, g_worker *w, uint32_t d, uint32_t f, wr_buf *out) {
    const wr_guard_batch *b = x->g->b;
    uint32_t n = b->files[f]->n_rules;
    unsigned set = outcomes_of(g_grid_rules(x->g, d, f), n) & x->f->wants;
    bool events = x->f->events && (b->verbose || b->print_json);
    const g_result *r = NULL;
    wr_decision *v;
    if (set == 0 && !events) return;
    if (events || (set & (WR_IS_BAD | WR_IS_OPEN))) v = evaluated(x, w, d, f, set, &n, &r);
    else v = from_grid(x, w, d, f, &n);
    if (v == NULL) {
        if (w->rc == WR_OK) w->rc = WR_NOMEM;
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        v[i].index += x->g->at[f];
        if (x->docs == NULL) continue;
        memcpy(v[i].policy_digest, x->files[f], sizeof(digest));
        memcpy(v[i].input_digest, x->docs[d], sizeof(digest));
    }
    x->f->see(x->f->arg, out, v, n);
    if (events && r != NULL) put_events(w, r, out);
}

static void see_part(g_worker *w, void *arg, uint32_t part, wr_buf *out) {
    feed *x = arg;
    const wr_guard_batch *b = x->g->b;
    bool by_file = x->f->by_file;
    uint32_t n = by_file ? b->n_docs : b->n_files;
    if (x->f->part) x->f->part(x->f->arg, out, part, false);
    for (uint32_t i = 0; i < n && w->rc == WR_OK && out->rc == WR_OK; i++)
        see_pair(x, w, by_file ? i : part, by_file ? part : i, out);
    if (x->f->part) x->f->part(x->f->arg, out, part, true);
}

static bool digest_all(feed *x, wr_arena *a) {
    const wr_guard_batch *b = x->g->b;
    digest *files = WR_NEW_N(a, digest, b->n_files + 1u);
    digest *docs = WR_NEW_N(a, digest, b->n_docs + 1u);
    if (files == NULL || docs == NULL) return false;
    for (uint32_t f = 0; f < b->n_files; f++) wr_sha256(b->files[f]->src->text, files[f]);
    for (uint32_t d = 0; d < b->n_docs; d++)
        if (b->docs[d].src != NULL) wr_sha256(b->docs[d].src->text, docs[d]);
    x->files = (const digest *)files;
    x->docs = (const digest *)docs;
    return true;
}

wr_rc wr_guard_feed_all(const wr_guard_judged *j, const wr_guard_feed *f, wr_buf *out) {
    feed x = {.g = &j->grid, .f = f};
    wr_guard_batch b = *j->grid.b;
    if (f->digests && !digest_all(&x, &b.ctx->arena)) return WR_NOMEM;
    if (!f->apart) b.jobs = 1;
    return g_in_order(&b, &j->grid, f->by_file ? b.n_files : b.n_docs, see_part, &x, out);
}
