// SPDX-License-Identifier: Apache-2.0
// index: from an action to the statements of a stack that name it: a table of the actions written
// in full, a list of patterns for each service, a list of what is of no one service. A walk merges
// the three by the statements' order; an evaluation keeps the last walks.
// Invariant: a walk gives each statement that names the action once, in order, and no other.

#include "lang/iam/decide_int.h"

// ---------------------------------------------------------------------------------- building

typedef struct adding { // an entry before it is sorted into its bucket
    wr_str key;         // action, service; empty: global
    uint64_t hash;
    iam_post post;
} adding;
typedef WR_VEC(adding) addings;

static iam_bucket *bucket_of(const iam_table *t, uint64_t hash, wr_str key) {
    uint32_t mask = t->cap - 1, i = (uint32_t)hash & mask;
    while (t->slot[i].key.p && (t->slot[i].hash != hash || !wr_eq(t->slot[i].key, key)))
        i = (i + 1) & mask;
    return &t->slot[i];
}

static bool table_fill(iam_table *t, wr_arena *a, const addings *from) {
    t->cap = 8;
    while (t->cap / 2 < from->n && t->cap < UINT32_MAX / 4) t->cap *= 2;
    t->slot = WR_NEW_N(a, iam_bucket, t->cap);
    t->v = WR_NEW_N(a, iam_post, from->n + 1u);
    if (!t->slot || !t->v) return false;
    for (uint32_t i = 0; i < from->n; i++) {
        iam_bucket *b = bucket_of(t, from->v[i].hash, from->v[i].key);
        b->hash = from->v[i].hash;
        b->key = from->v[i].key;
        b->n++;
    }
    uint32_t at = 0;
    for (uint32_t i = 0; i < t->cap; i++) {
        t->slot[i].beg = at;
        at += t->slot[i].n;
        t->slot[i].n = 0;
    }
    for (uint32_t i = 0; i < from->n; i++) { // refs come in order, so each bucket is sorted
        iam_bucket *b = bucket_of(t, from->v[i].hash, from->v[i].key);
        t->v[b->beg + b->n++] = from->v[i].post;
    }
    return true;
}

// The literal text that begins p; empty when it begins with none.
static wr_str begin_of(const wr_iam_pat *p) {
    if (p->flags & (WR_IAM_P_LITERAL | WR_IAM_P_PREFIX)) return iam_pat_lit(p);
    if (p->n == 0 || p->u.piece[0].kind != WR_IAM_LIT) return (wr_str){0};
    return p->u.piece[0].text;
}

// What stands before the first colon of it; empty: p is of no one service.
static wr_str service_of(const wr_iam_pat *p) {
    wr_str t = begin_of(p);
    const char *colon = t.n ? memchr(t.p, ':', t.n) : NULL;
    return colon ? wr_strn(t.p, (size_t)(colon - t.p)) : (wr_str){0};
}

typedef struct index_build {
    wr_arena *a;
    uint64_t seed;
    addings literal, service;
    WR_VEC(iam_post) global;
} index_build;

// The key of an entry: what the statement says, in lower case as requests have it.
static bool set_key(index_build *b, adding *e, wr_str written) {
    char *low = wr_alloc(b->a, written.n);
    if (low == NULL) return false;
    iam_lower_copy(low, written.p, written.n);
    e->key = wr_strn(low, written.n);
    e->hash = wr_hash(e->key, b->seed);
    return true;
}

static bool add_pattern(index_build *b, uint32_t ref, const wr_iam_pat *p) {
    adding e = {.post = {ref, IAM_BY_PATTERN, p}};
    if (p->flags & WR_IAM_P_ALL) e.post = (iam_post){ref, IAM_SURE, NULL};
    if (p->flags & WR_IAM_P_NOTHING) return true;
    if ((p->flags & WR_IAM_P_LITERAL) && p->n > 0) {
        e.post = (iam_post){ref, IAM_SURE, NULL};
        return set_key(b, &e, iam_pat_lit(p)) && WR_PUSH(b->a, &b->literal, e);
    }
    wr_str service = WR_S("");
    if (!(p->flags & WR_IAM_P_ALL)) service = service_of(p);
    if (service.n == 0) return WR_PUSH(b->a, &b->global, e.post);
    return set_key(b, &e, service) && WR_PUSH(b->a, &b->service, e);
}

static bool add_ref(index_build *b, uint32_t ref, const wr_iam_stmt *st) {
    if (st->not_action) return WR_PUSH(b->a, &b->global, ((iam_post){ref, IAM_BY_STATEMENT, NULL}));
    for (uint32_t i = 0; i < st->actions.n; i++)
        if (!add_pattern(b, ref, &st->actions.v[i])) return false;
    return true;
}

bool iam_index_build(wr_iam_stack *st, wr_arena *a) {
    index_build b = {.a = a, .seed = st->set->keys.seed};
    for (uint32_t i = 0; i < st->n_refs; i++)
        if (!add_ref(&b, i, st->refs[i].st)) return false;
    st->global = (iam_posts){b.global.v, b.global.n};
    return table_fill(&st->literal, a, &b.literal) && table_fill(&st->service, a, &b.service);
}

// ---------------------------------------------------------------------------------- walking

static void from_bucket(iam_walk *w, unsigned k, const iam_table *t, uint64_t hash, wr_str key) {
    const iam_bucket *b = bucket_of(t, hash, key);
    w->from[k].p = t->v + b->beg;
    w->from[k].end = w->from[k].p + b->n;
}

static void walk_start(iam_walk *w, const wr_iam_stack *st, const wr_iam_request *r) {
    *w = (iam_walk){.stack = st, .r = r};
    wr_str action = wr_strn(r->action_lower, r->action_n);
    if (action.n == 0) return; // no action: nothing names it
    const char *colon = memchr(action.p, ':', action.n);
    wr_str service = wr_strn(action.p, colon ? (size_t)(colon - action.p) : 0);
    from_bucket(w, 0, &st->literal, r->action_hash, action);
    from_bucket(w, 1, &st->service, wr_hash(service, st->set->keys.seed), service);
    w->from[2].p = st->global.v;
    w->from[2].end = st->global.n > 0 ? st->global.v + st->global.n : st->global.v;
}

static bool fits(const iam_walk *w, const iam_post *p) {
    if (p->check == IAM_SURE) return true;
    if (p->check == IAM_BY_STATEMENT)
        return wr_iam_match_action(w->stack->refs[p->ref].st, w->r) == WR_YES;
    return wr_iam_pat_match(p->pat, wr_strn(w->r->action_lower, w->r->action_n), w->r, NULL) ==
           WR_YES;
}

bool iam_walk_slow(iam_walk *w, uint32_t *ref) {
    for (;;) {
        uint32_t next = UINT32_MAX;
        for (unsigned k = 0; k < 3; k++)
            if (w->from[k].p != w->from[k].end && w->from[k].p->ref < next)
                next = w->from[k].p->ref;
        if (next == UINT32_MAX) return false;
        bool fit = false;
        for (unsigned k = 0; k < 3; k++)
            for (; w->from[k].p != w->from[k].end && w->from[k].p->ref == next; w->from[k].p++)
                fit = fit || fits(w, w->from[k].p);
        if (!fit) continue;
        *ref = next;
        return true;
    }
}

void iam_walk_cached(iam_walk *w, iam_cached *cache, const wr_iam_stack *st,
                     const wr_iam_request *r) {
    iam_cached *e = &cache[(r->action_hash ^ st->serial) % IAM_CACHE_ENTRIES];
    bool hit = e->stack == st && e->serial == st->serial && e->action_n == r->action_n &&
               memcmp(e->action, r->action_lower, r->action_n) == 0;
    if (!hit) {
        walk_start(w, st, r);
        e->stack = st;
        e->serial = st->serial;
        e->action_n = r->action_n;
        memcpy(e->action, r->action_lower, r->action_n);
        uint32_t ref;
        for (e->n = 0; iam_walk_slow(w, &ref) && e->n <= IAM_CACHE_REFS; e->n++)
            if (e->n < IAM_CACHE_REFS) e->refs[e->n] = ref;
    }
    if (e->n > IAM_CACHE_REFS) {
        walk_start(w, st, r);
        return;
    }
    *w = (iam_walk){.stack = st, .r = r, .cached = e->refs, .n_cached = e->n};
}
