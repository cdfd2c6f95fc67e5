// SPDX-License-Identifier: Apache-2.0
// out_grid: the first pass of a report: every file against every document, one byte a rule.
//
// Always true: the error kept is the one a sequential run would have met first, whatever the number
// of threads. After it nothing counts, so pairs behind it need not be evaluated.

#include "lang/guard/out_int.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

typedef struct pass {
    g_grid *g;
    bool files_first;
    uint32_t chunks;       // parts a document's files are cut into
    _Atomic uint64_t stop; // ordinal of the first error so far
    pthread_mutex_t lock;
    wr_guard_tally *t;
} pass;

static uint64_t ordinal(const pass *p, uint32_t d, uint32_t f) {
    const wr_guard_batch *b = p->g->b;
    return p->files_first ? (uint64_t)f * b->n_docs + d : (uint64_t)d * b->n_files + f;
}

static void note_error(pass *p, uint64_t at, const g_result *r) {
    pthread_mutex_lock(&p->lock);
    if (at < atomic_load(&p->stop)) {
        atomic_store(&p->stop, at);
        p->t->error = wr_dup(&p->g->b->ctx->arena, r->error);
        p->t->panic = r->panic;
    }
    pthread_mutex_unlock(&p->lock);
}

// In a native report errors are outcomes of rules; a failure is certain beside them.
static g_status native_status(const uint8_t *rule, uint32_t n) {
    g_status st = G_SKIP;
    for (uint32_t i = 0; i < n; i++) st = g_status_and(st, (g_status)rule[i]);
    return st;
}

static void evaluate(pass *p, g_worker *w, uint32_t d, uint32_t f) {
    g_grid *g = p->g;
    bool native = g->b->native;
    uint64_t at = ordinal(p, d, f);
    if (!native && at > atomic_load_explicit(&p->stop, memory_order_relaxed)) return;
    const g_result *r =
        g_worker_run(w, d, f, (wr_guard_run_opts){.no_records = true, .fatal = !native});
    if (r == NULL) return;
    uint32_t n = g->at[f + 1] - g->at[f];
    uint8_t *rule = g->rule + (size_t)d * g->n_rules + g->at[f];
    memset(rule, G_ERROR, n);
    for (uint32_t i = 0; i < r->n_rules && i < n; i++) rule[i] = (uint8_t)r->rules[i].status;
    if (!native && r->error.n > 0) note_error(p, at, r);
    g->file[(size_t)d * g->b->n_files + f] = (uint8_t)(native ? native_status(rule, n) : r->status);
}

static void evaluate_chunk(g_worker *w, void *arg, uint32_t i, wr_buf *out) {
    pass *p = arg;
    uint32_t d = i / p->chunks, c = i % p->chunks, n = p->g->b->n_files;
    uint32_t f0 = (uint32_t)((uint64_t)n * c / p->chunks);
    uint32_t f1 = (uint32_t)((uint64_t)n * (c + 1) / p->chunks);
    (void)out;
    for (uint32_t f = f0; f < f1 && w->rc == WR_OK; f++) evaluate(p, w, d, f);
}

// ---------------------------------------------------------------------------------- names

typedef struct named {
    wr_str name;
    uint32_t rule;
} named;

static int by_name(const void *a, const void *b) {
    return wr_cmp(((const named *)a)->name, ((const named *)b)->name);
}

static bool rank_names(g_grid *g, wr_arena *a) {
    named *v = WR_NEW_N(a, named, g->n_rules + 1u);
    uint32_t *rank = WR_NEW_N(a, uint32_t, g->n_rules + 1u);
    wr_str *names = WR_NEW_N(a, wr_str, g->n_rules + 1u);
    if (v == NULL || rank == NULL || names == NULL) return false;
    for (uint32_t f = 0; f < g->b->n_files; f++)
        for (uint32_t i = 0; i < g->b->files[f]->n_rules; i++)
            v[g->at[f] + i] = (named){g->b->files[f]->rules[i].name, g->at[f] + i};
    qsort(v, g->n_rules, sizeof *v, by_name);
    for (uint32_t i = 0; i < g->n_rules; i++) {
        if (i == 0 || !wr_eq(v[i].name, v[i - 1].name)) names[g->n_names++] = v[i].name;
        rank[v[i].rule] = g->n_names - 1;
    }
    g->rank = rank;
    g->names = names;
    return true;
}

static bool lay_out(g_grid *g, wr_arena *a) {
    const wr_guard_batch *b = g->b;
    uint32_t *at = WR_NEW_N(a, uint32_t, b->n_files + 1u);
    if (at == NULL) return false;
    for (uint32_t f = 0; f < b->n_files; f++) at[f + 1] = at[f] + b->files[f]->n_rules;
    g->at = at;
    g->n_rules = at[b->n_files];
    g->rule = wr_zalloc(a, (size_t)g->n_rules * b->n_docs + 1u);
    g->file = wr_zalloc(a, (size_t)b->n_files * b->n_docs + 1u);
    return g->rule != NULL && g->file != NULL && rank_names(g, a);
}

// Is there a failure among these that fails the run?
static bool is_finding(const g_grid *g, uint32_t f, const uint8_t *rule) {
    const g_file *file = g->b->files[f];
    for (uint32_t i = 0; i < file->n_rules; i++) {
        const g_rule *r = &file->rules[i];
        bool low = r->has_severity && (unsigned)r->severity < g->b->fail_on;
        if (rule[i] == G_FAIL && !r->warn && !low) return !g->b->fail_never;
    }
    return false;
}

static void count(const g_grid *g, wr_guard_tally *t) {
    size_t n = (size_t)g->b->n_files * g->b->n_docs;
    for (size_t i = 0; i < n; i++) {
        uint32_t d = (uint32_t)(i / g->b->n_files), f = (uint32_t)(i % g->b->n_files);
        if (g->file[i] == G_FAIL) t->n_findings += is_finding(g, f, g_grid_rules(g, d, f));
        switch ((g_status)g->file[i]) {
        case G_PASS: t->n_pass++; break;
        case G_FAIL: t->n_fail++; break;
        case G_SKIP: t->n_skip++; break;
        case G_ERROR: break; // counted below
        case G_UNKNOWN: t->n_unknown++; break;
        }
        t->n_error += g_grid_erred(g, d, f);
    }
}

bool g_grid_erred(const g_grid *g, uint32_t d, uint32_t f) {
    uint32_t n = g->at[f + 1] - g->at[f];
    return n > 0 && memchr(g_grid_rules(g, d, f), G_ERROR, n) != NULL;
}

g_status g_status_and(g_status a, g_status b) {
    if (a == G_FAIL || b == G_FAIL) return G_FAIL;
    if (a == G_ERROR || b == G_ERROR) return G_ERROR;
    if (a == G_UNKNOWN || b == G_UNKNOWN) return G_UNKNOWN;
    return a == G_PASS || b == G_PASS ? G_PASS : G_SKIP;
}

wr_rc g_grid_fill(g_grid *g, const wr_guard_batch *b, bool files_first, wr_guard_tally *t) {
    *g = (g_grid){.b = b};
    *t = (wr_guard_tally){0};
    if (!lay_out(g, &b->ctx->arena)) return WR_NOMEM;
    pass p = {.g = g, .files_first = files_first, .t = t};
    atomic_init(&p.stop, UINT64_MAX);
    bool few = b->jobs > 1 && b->n_docs < 4 * b->jobs;
    p.chunks = few && b->n_files > 0 ? (b->n_files < 2 * b->jobs ? b->n_files : 2 * b->jobs) : 1;
    pthread_mutex_init(&p.lock, NULL);
    wr_buf none;
    wr_buf_init(&none, 0);
    wr_rc rc = g_in_order(b, g, b->n_docs * p.chunks, evaluate_chunk, &p, &none);
    wr_buf_fini(&none);
    pthread_mutex_destroy(&p.lock);
    g->first_error = atomic_load(&p.stop);
    count(g, t);
    return rc;
}
