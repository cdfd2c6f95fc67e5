// SPDX-License-Identifier: Apache-2.0
// uid: names of entities, each once a table, found by hash. Equal names of one table are the same
// pointer; `at` counts them.

#include "lang/cedar/cedar_int.h"

struct ced_uids {
    wr_arena *a;
    uint64_t seed;  // random: ids chosen to collide do not
    ced_uid **slot; // cap of them, a power of two
    uint32_t n, cap;
    WR_VEC(const ced_uid *) v;
};

bool wr_cedar_uid_eq(wr_cedar_uid a, wr_cedar_uid b) {
    return wr_eq(a.id, b.id) && wr_eq(a.type, b.type);
}

ced_uids *ced_uids_new(wr_arena *a) {
    ced_uids *t = WR_NEW(a, ced_uids);
    if (t == NULL) return NULL;
    t->a = a;
    t->seed = wr_seed(a);
    return t;
}

uint32_t ced_uids_count(const ced_uids *t) { return t->n; }

const ced_uid *ced_uids_at(const ced_uids *t, uint32_t i) { return t->v.v[i]; }

uint64_t ced_uid_hash(const ced_uids *t, wr_str type, wr_str id) {
    return wr_hash(id, wr_hash(type, t->seed));
}

static uint32_t place(const ced_uids *t, wr_str type, wr_str id, uint64_t hash) {
    uint32_t mask = t->cap - 1, i = (uint32_t)hash & mask;
    for (; t->slot[i] != NULL; i = (i + 1) & mask) {
        const ced_uid *u = t->slot[i];
        if (u->hash == hash && wr_eq(u->id, id) && wr_eq(u->type, type)) break;
    }
    return i;
}

const ced_uid *ced_uid_find(const ced_uids *t, wr_str type, wr_str id) {
    if (t->cap == 0) return NULL;
    return t->slot[place(t, type, id, ced_uid_hash(t, type, id))];
}

static bool grow(ced_uids *t) {
    uint32_t cap = t->cap ? t->cap * 2 : 16;
    ced_uid **slot = WR_NEW_N(t->a, ced_uid *, cap);
    if (slot == NULL || cap > (UINT32_C(1) << 30)) return false;
    for (uint32_t k = 0; k < t->cap; k++) {
        if (t->slot[k] == NULL) continue;
        uint32_t i = (uint32_t)t->slot[k]->hash & (cap - 1);
        while (slot[i] != NULL) i = (i + 1) & (cap - 1);
        slot[i] = t->slot[k];
    }
    t->slot = slot;
    t->cap = cap;
    return true;
}

const ced_uid *ced_uid_of(ced_uids *t, wr_str type, wr_str id) {
    if (t->n * 2 >= t->cap && !grow(t)) return NULL;
    uint64_t hash = ced_uid_hash(t, type, id);
    uint32_t i = place(t, type, id, hash);
    if (t->slot[i] != NULL) return t->slot[i];
    ced_uid *u = WR_NEW(t->a, ced_uid);
    if (u == NULL) return NULL;
    *u = (ced_uid){wr_dup(t->a, type), wr_dup(t->a, id), hash, t->n};
    if (t->a->oom || !WR_PUSH(t->a, &t->v, u)) return NULL;
    t->slot[i] = u;
    t->n++;
    return u;
}
