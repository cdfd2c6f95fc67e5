// SPDX-License-Identifier: Apache-2.0
// index: which policies may apply to a request, by what their scopes name. Each policy stands in
// one list: under the entity its scope ties principal or resource or action to, or under no entity.
// A request looks under its own three entities and what they are in, so that a thousand policies
// about others cost nothing.
//
// Always true: a policy that is not picked has a scope that does not hold.

#include "lang/cedar/eval_int.h"

#include <stdlib.h>

typedef struct bucket {
    const ced_uid *uid; // NULL: free
    uint8_t which;      // principal, action, resource
    WR_VEC(uint32_t) v;
} bucket;

struct ced_index {
    const wr_cedar_store *store;
    bucket *b;
    uint32_t n, mask;
    WR_VEC(uint32_t) any;
};

// hash: with the seed of the store's names.
static bucket *find(const struct ced_index *x, unsigned which, const ced_uid *uid, uint64_t hash) {
    for (uint32_t i = ((uint32_t)hash ^ which * 0x9E3779B9u) & x->mask;; i = (i + 1) & x->mask) {
        bucket *b = &x->b[i];
        if (b->uid == NULL || (b->which == which && ced_uid_same(b->uid, uid))) return b;
    }
}

// The variable whose scope narrows most, by kind of constraint; 3: none does.
static unsigned narrowest(const ced_code *c) {
    static const unsigned order[] = {0, 2, 1};
    for (unsigned pass = 0; pass < 2; pass++)
        for (unsigned k = 0; k < 3; k++) {
            uint8_t op = c->scope[order[k]].op;
            bool in = op == CED_S_IN || op == CED_S_IS_IN;
            if (order[k] == 1 && pass == 0) continue; // many policies name the same action
            if (op == CED_S_EQ || (in && (pass == 1 || order[k] != 1))) return order[k];
        }
    return 3;
}

static bool put(struct ced_index *x, wr_arena *a, const ced_code *c, uint32_t number) {
    unsigned which = narrowest(c);
    if (which == 3) return WR_PUSH(a, &x->any, number);
    const ced_scope *s = &c->scope[which];
    for (uint32_t i = 0; i < s->n; i++) {
        uint64_t hash = ced_uid_hash(x->store->uids, s->v[i]->type, s->v[i]->id);
        bucket *b = find(x, which, s->v[i], hash);
        if (b->uid == NULL) *b = (bucket){.uid = s->v[i], .which = (uint8_t)which};
        if (!WR_PUSH(a, &b->v, number)) return false;
    }
    return true;
}

struct ced_index *ced_index_new(wr_arena *a, const wr_cedar_bound *bound) {
    struct ced_index *x = WR_NEW(a, struct ced_index);
    if (x == NULL) return NULL;
    uint32_t keys = 1, cap = 8;
    for (uint32_t i = 0; i < bound->n; i++)
        for (unsigned k = 0; k < 3; k++) keys += bound->v[i].scope[k].n;
    while (cap < 2 * keys) cap *= 2;
    x->store = bound->store;
    x->mask = cap - 1;
    x->b = WR_NEW_N(a, bucket, cap);
    if (x->b == NULL) return NULL;
    for (uint32_t i = 0; i < bound->n; i++)
        if (!put(x, a, &bound->v[i], i)) return NULL;
    return x;
}

static uint32_t take(const struct ced_index *x, unsigned which, const ced_uid *uid, uint32_t *out) {
    const bucket *b = find(x, which, uid, uid->hash);
    if (b->uid == NULL || b->v.n == 0) return 0;
    memcpy(out, b->v.v, b->v.n * sizeof *out);
    return b->v.n;
}

static int by_number(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

uint32_t ced_index_pick(const struct ced_index *x, const ced_run *r, uint32_t *out) {
    uint32_t n = x->any.n;
    if (n) memcpy(out, x->any.v, n * sizeof *out);
    const ced_val *v[3] = {&r->principal, &r->action, &r->resource};
    for (unsigned k = 0; k < 3; k++) {
        n += take(x, k, v[k]->u.uid, out + n);
        if (!v[k]->of_store) continue;
        const ced_entity *e = &x->store->v.v[v[k]->u.uid->at];
        for (uint32_t i = 0; i < e->n_up; i++)
            n += take(x, k, x->store->v.v[e->up[i]].uid, out + n);
    }
    if (n > 1) qsort(out, n, sizeof *out, by_number);
    uint32_t m = 0;
    for (uint32_t i = 0; i < n; i++)
        if (m == 0 || out[m - 1] != out[i]) out[m++] = out[i];
    return m;
}
