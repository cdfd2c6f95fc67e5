// SPDX-License-Identifier: Apache-2.0
// What a replay counts: tallies by policy and verdict, and rows by principal, action and account
// for the calls that are denied or unknown. Rows are capped; what finds no place any more is
// counted as `others`, so that the sums stay right.
// Always true: a row's example is the first of its calls, by file and record.

#include "analyze/impact_int.h"

#include <stdlib.h>

enum { MAX_ROWS = 50000 };

static wr_str part(const wr_impact_opts *o, unsigned by, wr_str text) {
    return o->group_by & by ? text : WR_S("");
}

static wr_str row_key(impact_work *k, const wr_impact_row *r) {
    wr_buf *b = &k->key;
    b->n = 0;
    wr_put(b, (const char *)&r->policy, sizeof r->policy);
    wr_putc(b, (char)r->verdict);
    wr_puts(b, r->principal);
    wr_putc(b, 0);
    wr_puts(b, r->action);
    wr_putc(b, 0);
    wr_puts(b, r->account);
    return wr_buf_str(b);
}

// The row like r, made when it is new; NULL when there is no place (*rc OK) or no memory.
static wr_impact_row *row_like(wr_impact *w, const wr_impact_row *r, wr_rc *rc) {
    impact_work *k = w->work;
    wr_arena *a = &w->ctx.arena;
    wr_str key = row_key(k, r);
    wr_impact_row *at = wr_map_find(&k->rows, key);
    uint32_t max = w->o->max_rows ? w->o->max_rows : MAX_ROWS;
    *rc = k->key.rc;
    if (at || *rc != WR_OK || w->rows.n >= max) return at;
    at = WR_NEW(a, wr_impact_row);
    wr_str own = wr_dup(a, key);
    void **slot = at && own.p ? wr_map_at(&k->rows, own) : NULL;
    *rc = WR_NOMEM;
    if (slot == NULL) return NULL;
    *at = *r;
    // The texts stand in the key.
    at->account = wr_sub(own, own.n - r->account.n, own.n);
    size_t end = own.n - r->account.n - 1;
    at->action = wr_sub(own, end - r->action.n, end);
    end -= r->action.n + 1;
    at->principal = wr_sub(own, end - r->principal.n, end);
    at->facts = WR_NEW_N(a, uint64_t, w->n_facts / 64 + 1);
    at->n[0] = at->n[1] = 0;
    if (a->oom || !WR_PUSH(a, &w->rows, at)) return NULL;
    *slot = at;
    *rc = WR_OK;
    return at;
}

static bool is_before(const wr_impact_row *a, const wr_impact_row *b) {
    return a->file != b->file ? a->file < b->file : a->record < b->record;
}

static wr_rc add_row(wr_impact *w, const wr_impact_row *r, const uint64_t *facts) {
    wr_rc rc;
    wr_impact_row *at = row_like(w, r, &rc);
    if (rc != WR_OK) return rc;
    if (at == NULL) {
        w->others[r->verdict] += r->n[0] + r->n[1];
        return WR_OK;
    }
    at->n[0] += r->n[0];
    at->n[1] += r->n[1];
    for (uint32_t i = 0; facts && i < w->n_facts / 64 + 1; i++) at->facts[i] |= facts[i];
    if (is_before(r, at)) {
        at->file = r->file;
        at->record = r->record;
        at->line = r->line;
        at->stmt = r->stmt;
    }
    return WR_OK;
}

wr_rc impact_count(wr_impact *w, uint32_t policy, wr_impact_verdict v, const impact_call *call,
                   const wr_iam_stmt *stmt, const uint64_t *facts) {
    const impact_work *k = w->work;
    wr_impact_tally *t = &w->tallies[policy];
    t->n[v][call->failed]++;
    if (v != WR_IMPACT_DENIED && v != WR_IMPACT_UNKNOWN) return WR_OK;
    for (uint32_t i = 0; facts && i < w->n_facts; i++) t->facts[i] += facts[i / 64] >> i % 64 & 1;
    wr_impact_row r = {
        .policy = policy,
        .verdict = v,
        .principal = part(w->o, WR_IMPACT_BY_PRINCIPAL, call->principal),
        .action = part(w->o, WR_IMPACT_BY_ACTION, call->action),
        .account = part(w->o, WR_IMPACT_BY_ACCOUNT, call->account),
        .stmt = stmt,
        .file = k->file,
        .record = k->at_record,
        .line = k->at_line,
    };
    r.n[call->failed] = 1;
    return add_row(w, &r, facts);
}

wr_rc wr_impact_merge(wr_impact *into, const wr_impact *from) {
    wr_rc rc = WR_OK;
    into->records += from->records;
    into->files += from->files;
    into->failed_files += from->failed_files;
    into->broken += from->broken;
    into->failed += from->failed;
    into->denied += from->denied;
    into->formless += from->formless;
    into->outside += from->outside;
    for (int i = 0; i < WR_TRAIL_N_KINDS; i++) into->kinds[i] += from->kinds[i];
    for (int i = 0; i < WR_IMPACT_N_VERDICTS; i++) into->others[i] += from->others[i];
    for (uint32_t p = 0; p <= into->o->n_policies; p++) {
        wr_impact_tally *a = &into->tallies[p];
        const wr_impact_tally *b = &from->tallies[p];
        for (int v = 0; v < WR_IMPACT_N_VERDICTS; v++)
            for (int f = 0; f < 2; f++) a->n[v][f] += b->n[v][f];
        for (uint32_t i = 0; i < into->n_facts; i++) a->facts[i] += b->facts[i];
    }
    for (uint32_t i = 0; rc == WR_OK && i < from->rows.n; i++)
        rc = add_row(into, from->rows.v[i], from->rows.v[i]->facts);
    return rc;
}

static int by_weight(const void *x, const void *y) {
    const wr_impact_row *a = *(const wr_impact_row *const *)x,
                        *b = *(const wr_impact_row *const *)y;
    if (a->policy != b->policy) return a->policy < b->policy ? -1 : 1;
    if (a->verdict != b->verdict) return a->verdict > b->verdict ? -1 : 1;
    if (a->n[0] != b->n[0]) return a->n[0] > b->n[0] ? -1 : 1;
    if (a->n[1] != b->n[1]) return a->n[1] > b->n[1] ? -1 : 1;
    int c = wr_cmp(a->principal, b->principal);
    if (c == 0) c = wr_cmp(a->action, b->action);
    return c ? c : wr_cmp(a->account, b->account);
}

void wr_impact_sort(wr_impact *w) {
    if (w->rows.n) qsort(w->rows.v, w->rows.n, sizeof *w->rows.v, by_weight);
}

wr_str wr_impact_fact(const wr_iam_set *s, uint32_t fact) {
    switch (fact) {
    case WR_IMPACT_F_RESOURCE: return WR_S("resource");
    case WR_IMPACT_F_ACTION: return WR_S("action");
    case WR_IMPACT_F_ROLE: return WR_S("service-linked role");
    default: return wr_iam_key_name(s, fact - WR_IMPACT_N_FACTS);
    }
}
