// SPDX-License-Identifier: Apache-2.0
// Sets of actions, as ranges of ids: the service reference knows an action as a number, and those
// of one service stand side by side in order of their names, so that s3:Get* is one range.
// Actions that policies write and the reference does not know get the numbers behind. What nobody
// has named yet (s3:* tomorrow) is in no set: drift_acts_within answers for it, by the patterns.
// Rules: IAM User Guide, "AWS JSON policy elements: Action" and "NotAction"; * and ?, no case.

#include "analyze/drift_int.h"

#include <stdlib.h>

static bool wild(wr_str s) {
    return s.n && (memchr(s.p, '*', s.n) != NULL || memchr(s.p, '?', s.n) != NULL);
}

// ---------------------------------------------------------------------------------- ranges

static void add(wr_arena *a, drift_ranges *x, uint32_t beg, uint32_t end) {
    if (beg >= end) return;
    if (x->r.n && x->r.v[x->r.n - 1].end == beg) x->r.v[x->r.n - 1].end = end;
    else (void)WR_PUSH(a, &x->r, ((drift_range){beg, end}));
}

static int by_beg(const void *x, const void *y) {
    const drift_range *a = x, *b = y;
    return a->beg < b->beg ? -1 : a->beg > b->beg;
}

static void tidy(drift_ranges *x) { // sorted and apart
    uint32_t n = 0;
    if (x->r.n < 2) return;
    qsort(x->r.v, x->r.n, sizeof *x->r.v, by_beg);
    for (uint32_t i = 1; i < x->r.n; i++) {
        drift_range *last = &x->r.v[n], r = x->r.v[i];
        if (r.beg > last->end) x->r.v[++n] = r;
        else if (r.end > last->end) last->end = r.end;
    }
    x->r.n = n + 1;
}

void drift_minus(wr_arena *a, const drift_ranges *x, const drift_ranges *y, drift_ranges *out) {
    uint32_t k = 0;
    out->r.n = 0;
    for (uint32_t i = 0; i < x->r.n; i++) {
        uint32_t beg = x->r.v[i].beg, end = x->r.v[i].end;
        while (k < y->r.n && y->r.v[k].end <= beg) k++;
        for (uint32_t j = k; j < y->r.n && y->r.v[j].beg < end; j++) {
            add(a, out, beg, y->r.v[j].beg);
            if (y->r.v[j].end > beg) beg = y->r.v[j].end;
        }
        add(a, out, beg, end);
    }
}

void drift_common(wr_arena *a, const drift_ranges *x, const drift_ranges *y, drift_ranges *out) {
    uint32_t i = 0, k = 0;
    out->r.n = 0;
    while (i < x->r.n && k < y->r.n) {
        const drift_range *p = &x->r.v[i], *q = &y->r.v[k];
        add(a, out, p->beg > q->beg ? p->beg : q->beg, p->end < q->end ? p->end : q->end);
        if (p->end < q->end) i++;
        else k++;
    }
}

uint32_t drift_count(const drift_ranges *x, uint32_t below) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < x->r.n && x->r.v[i].beg < below; i++)
        n += (x->r.v[i].end < below ? x->r.v[i].end : below) - x->r.v[i].beg;
    return n;
}

// ---------------------------------------------------------------------------------- the world

static int by_text(const void *x, const void *y) {
    const wr_str *a = x, *b = y;
    size_t n = a->n < b->n ? a->n : b->n;
    int c = n ? memcmp(a->p, b->p, n) : 0;
    return c ? c : (a->n > b->n) - (a->n < b->n);
}

wr_str drift_lower(wr_arena *a, wr_str s) {
    char *p = wr_alloc(a, s.n + 1);
    for (size_t i = 0; p && i < s.n; i++) p[i] = wr_low(s.p[i]);
    return p ? wr_strn(p, s.n) : (wr_str){0};
}

static void note_actions(drift_world *w, const wr_iam_stmt *st) {
    for (uint32_t i = 0; i < st->actions.n; i++) {
        wr_str raw = st->actions.v[i].raw;
        if (wild(raw) || wr_aws_action_find_full(raw) != WR_AWS_NONE) continue;
        (void)WR_PUSH(w->arena, &w->extra, drift_lower(w->arena, raw));
    }
}

void drift_world_make(drift_world *w, const wr_iam_set *s) {
    uint32_t n = 0;
    for (uint32_t p = 0; p < s->policies.n; p++)
        for (uint32_t i = 0; i < s->policies.v[p]->n_stmts; i++)
            note_actions(w, &s->policies.v[p]->stmts[i]);
    if (w->extra.n == 0) return;
    qsort(w->extra.v, w->extra.n, sizeof *w->extra.v, by_text);
    for (uint32_t i = 1; i < w->extra.n; i++)
        if (!wr_eq(w->extra.v[i], w->extra.v[n])) w->extra.v[++n] = w->extra.v[i];
    w->extra.n = n + 1;
}

uint32_t drift_world_size(const drift_world *w) { return wr_aws_n_actions() + w->extra.n; }

wr_str drift_action_name(const drift_world *w, wr_arena *a, uint32_t id) {
    if (id >= wr_aws_n_actions()) return w->extra.v[id - wr_aws_n_actions()];
    wr_str service = wr_aws_service_prefix(wr_aws_action_service(id));
    wr_str name = wr_aws_action_name(id);
    return wr_fmt(a, "%.*s:%.*s", WR_FMT(service), WR_FMT(name));
}

// ---------------------------------------------------------------------------------- patterns

// * and ? against a text, no case; both ASCII or whatever bytes.
static bool glob(wr_str p, wr_str s) {
    size_t i = 0, k = 0, star = SIZE_MAX, from = 0;
    while (k < s.n) {
        if (i < p.n && p.p[i] == '*') {
            star = i++;
            from = k;
        } else if (i < p.n && (p.p[i] == '?' || p.p[i] == wr_low(s.p[k]))) {
            i++;
            k++;
        } else if (star != SIZE_MAX) {
            i = star + 1;
            k = ++from;
        } else {
            return false;
        }
    }
    while (i < p.n && p.p[i] == '*') i++;
    return i == p.n;
}

static void service_ids(const drift_world *w, uint32_t s, wr_str pat, drift_ranges *out) {
    uint32_t n, first = wr_aws_service_actions(s, &n);
    if (wr_eq(pat, WR_S("*"))) {
        add(w->arena, out, first, first + n);
        return;
    }
    for (uint32_t id = first; id < first + n; id++)
        if (glob(pat, wr_aws_action_name(id))) add(w->arena, out, id, id + 1);
}

// Texts the reference does not know: those that begin as the pattern does stand side by side.
static void extra_ids(const drift_world *w, wr_str pat, drift_ranges *out) {
    uint32_t known = wr_aws_n_actions(), lo = 0, hi = w->extra.n;
    size_t n = 0;
    while (n < pat.n && pat.p[n] != '*' && pat.p[n] != '?') n++;
    wr_str begins = wr_strn(pat.p, n);
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (by_text(&w->extra.v[mid], &begins) < 0) lo = mid + 1;
        else hi = mid;
    }
    for (; lo < w->extra.n && wr_starts(w->extra.v[lo], begins); lo++)
        if (glob(pat, w->extra.v[lo])) add(w->arena, out, known + lo, known + lo + 1);
}

void drift_pattern_ids(const drift_world *w, wr_str pat, drift_ranges *out) {
    const char *colon = pat.n ? memchr(pat.p, ':', pat.n) : NULL;
    if (wr_eq(pat, WR_S("*"))) {
        add(w->arena, out, 0, drift_world_size(w));
        return;
    }
    if (!wild(pat)) {
        uint32_t id = wr_aws_action_find_full(pat);
        if (id != WR_AWS_NONE) add(w->arena, out, id, id + 1);
    } else if (colon) {
        wr_str service = wr_strn(pat.p, (size_t)(colon - pat.p));
        wr_str name = wr_sub(pat, service.n + 1, pat.n);
        uint32_t s = wild(service) ? WR_AWS_NONE : wr_aws_service_find(service);
        if (s != WR_AWS_NONE) service_ids(w, s, name, out);
        for (s = 0; wild(service) && s < wr_aws_n_services(); s++)
            if (glob(service, wr_aws_service_prefix(s))) service_ids(w, s, name, out);
    }
    extra_ids(w, pat, out);
}

const drift_ranges *drift_ids(const drift_world *w, drift_acts *acts) {
    drift_ranges yes = {0}, all = {0};
    if (acts->made) return &acts->ids;
    acts->made = true;
    for (uint32_t i = 0; i < acts->n; i++) drift_pattern_ids(w, acts->pat[i], &yes);
    tidy(&yes);
    if (!acts->not_action) {
        acts->ids = yes;
        return &acts->ids;
    }
    add(w->arena, &all, 0, drift_world_size(w));
    drift_minus(w->arena, &all, &yes, &acts->ids);
    return &acts->ids;
}

// A ? stands for a character, and only ASCII has one byte for each.
static bool ascii(wr_str s) {
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] & 0x80) return false;
    return true;
}

// Every text that x matches is matched by y: y is matched against x's characters, its * taking
// any, its ? all but a *.
static bool within(wr_str x, wr_str y) {
    size_t i = 0, k = 0, star = SIZE_MAX, from = 0;
    if (!ascii(x) || !ascii(y)) return wr_eq(x, y) || wr_eq(y, WR_S("*"));
    while (k < x.n) {
        if (i < y.n && y.p[i] == '*') {
            star = i++;
            from = k;
        } else if (i < y.n && x.p[k] != '*' && (y.p[i] == '?' || y.p[i] == x.p[k])) {
            i++;
            k++;
        } else if (star != SIZE_MAX) {
            i = star + 1;
            k = ++from;
        } else {
            return false;
        }
    }
    while (i < y.n && y.p[i] == '*') i++;
    return i == y.n;
}

// No text is matched by both: seen where they differ before the first * of either, or after the
// last.
static bool apart(wr_str x, wr_str y) {
    size_t n = x.n < y.n ? x.n : y.n;
    if (!ascii(x) || !ascii(y)) return false;
    for (size_t i = 0; i < n && x.p[i] != '*' && y.p[i] != '*'; i++)
        if (x.p[i] != y.p[i] && x.p[i] != '?' && y.p[i] != '?') return true;
    for (size_t i = 1; i <= n && x.p[x.n - i] != '*' && y.p[y.n - i] != '*'; i++)
        if (x.p[x.n - i] != y.p[y.n - i] && x.p[x.n - i] != '?' && y.p[y.n - i] != '?') return true;
    return x.n != y.n && !memchr(x.p, '*', x.n) && !memchr(y.p, '*', y.n);
}

static bool within_some(wr_str x, const drift_acts *y) {
    for (uint32_t i = 0; i < y->n; i++)
        if (within(x, y->pat[i])) return true;
    return false;
}

bool drift_acts_within(const drift_acts *x, uint32_t i, const drift_acts *y) {
    if (!y->not_action) return within_some(x->not_action ? WR_S("*") : x->pat[i], y);
    for (uint32_t k = 0; k < y->n; k++)
        if (x->not_action ? !within_some(y->pat[k], x) : !apart(x->pat[i], y->pat[k])) return false;
    return true;
}

bool drift_acts_apart(const drift_acts *x, uint32_t i, const drift_acts *y) {
    if (x->not_action) return false;
    if (y->not_action) return within_some(x->pat[i], y);
    for (uint32_t k = 0; k < y->n; k++)
        if (!apart(x->pat[i], y->pat[k])) return false;
    return true;
}
