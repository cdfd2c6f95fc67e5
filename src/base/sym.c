// SPDX-License-Identifier: Apache-2.0
// Interned keys and string maps: open addressing, linear probing, at most 3/4 full, so a probe
// always ends at an empty slot. Hashes are seeded with random bytes: keys chosen by whoever wrote
// the input do not collide on purpose.

#include "base/base.h"

#include <sys/random.h>
#include <time.h>

static uint64_t load64(const char *p) {
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static uint64_t load32(const char *p) {
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

// Both halves of a 128-bit product mixed into one.
static uint64_t fold(uint64_t a, uint64_t b) {
    unsigned __int128 m = (unsigned __int128)a * b;
    return (uint64_t)m ^ (uint64_t)(m >> 64);
}

// Each step multiplies two words, both masked with secrets made from the seed: without the seed
// nobody can aim at the zero that would swallow the other factor.
uint64_t wr_hash(wr_str s, uint64_t seed) {
    const uint64_t odd = 0x9FB21C651E98DF25u;
    uint64_t h = seed, k = (seed ^ seed >> 31) * odd + 0xD6E8FEB86659FD93u;
    const char *p = s.p;
    size_t n = s.n;
    for (; n > 16; p += 16, n -= 16)
        h = fold(load64(p) ^ h, load64(p + 8) ^ k) ^ (h << 23 | h >> 41);
    uint64_t a = 0, b = 0;
    if (n >= 8) {
        a = load64(p);
        b = load64(p + n - 8);
    } else if (n >= 4) {
        a = load32(p);
        b = load32(p + n - 4);
    } else if (n > 0) {
        const unsigned char *u = (const unsigned char *)p;
        a = (uint64_t)u[0] << 16 | (uint64_t)u[n / 2] << 8 | u[n - 1];
    }
    h = fold(a ^ h, b ^ k) ^ (h << 23 | h >> 41);
    return fold(h ^ s.n * odd, k ^ odd);
}

static uint64_t random_seed(const void *self) {
    uint64_t seed;
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) == (ssize_t)sizeof seed) return seed;
    // Early in boot only: time and address layout are what is left.
    struct timespec t = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return fold((uint64_t)t.tv_nsec ^ 0xA24BAED4963EE407u, (uint64_t)(uintptr_t)self | 1u);
}

// The system is asked once an arena: each of thousands of small
// tables asking would cost more than what is put in it. Who does not know the first seed knows none
// (splitmix64).
uint64_t wr_seed(wr_arena *a) {
    if (a->seed == 0) a->seed = random_seed(a);
    uint64_t z = a->seed += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static bool is_full(uint32_t n, uint32_t cap) { return n >= cap / 4 * 3; }

// ---------------------------------------------------------------------------------- symbols

void wr_symtab_init(wr_symtab *t, wr_arena *a, const wr_symtab *parent) {
    *t = (wr_symtab){.parent = parent, .arena = a};
    t->first = parent ? parent->first + parent->n : 0;
    t->seed = parent ? parent->seed : wr_seed(a);
}

// Slot of s in t's own symbols: the symbol's, or the empty one where it belongs.
static uint32_t sym_slot(const wr_symtab *t, wr_str s, uint32_t hash) {
    uint32_t mask = t->cap - 1, i = hash & mask;
    for (const wr_sym *y; (y = t->slot[i]) != NULL; i = (i + 1) & mask)
        if (y->hash == hash && y->n == s.n && memcmp(y->p, s.p, s.n) == 0) break;
    return i;
}

static const wr_sym *find_hashed(const wr_symtab *t, wr_str s, uint32_t hash) {
    for (; t != NULL; t = t->parent) {
        if (t->n == 0) continue;
        const wr_sym *y = t->slot[sym_slot(t, s, hash)];
        if (y) return y;
    }
    return NULL;
}

static bool symtab_grow(wr_symtab *t) {
    uint32_t cap = t->cap ? t->cap * 2 : 64;
    const wr_sym **slot = cap ? WR_NEW_N(t->arena, const wr_sym *, cap) : NULL;
    if (slot == NULL) return false;
    for (uint32_t k = 0; k < t->cap; k++) {
        const wr_sym *y = t->slot[k];
        if (y == NULL) continue;
        uint32_t i = y->hash & (cap - 1);
        while (slot[i]) i = (i + 1) & (cap - 1);
        slot[i] = y;
    }
    t->slot = slot;
    t->cap = cap;
    return true;
}

const wr_sym *wr_sym_in(wr_symtab *t, wr_str s) {
    if (s.p == NULL) s = WR_S("");
    uint32_t hash = (uint32_t)wr_hash(s, t->seed);
    const wr_sym *found = t->parent ? find_hashed(t->parent, s, hash) : NULL;
    if (found) return found;
    uint32_t i = 0;
    if (t->cap) {
        i = sym_slot(t, s, hash);
        if (t->slot[i]) return t->slot[i];
    }
    if (s.n >= UINT32_MAX) {
        t->arena->oom = true;
        return NULL;
    }
    if (is_full(t->n, t->cap)) {
        if (!symtab_grow(t)) return NULL;
        i = sym_slot(t, s, hash);
    }
    wr_sym *y = wr_alloc(t->arena, sizeof *y + s.n + 1);
    if (y == NULL) return NULL;
    y->hash = hash;
    y->n = (uint32_t)s.n;
    y->id = t->first + t->n++;
    memcpy(y->p, s.p, s.n);
    y->p[s.n] = 0;
    t->slot[i] = y;
    return y;
}

static inline bool same_text(const wr_sym *y, wr_str s) {
    if (y == NULL || y->n != s.n) return false;
    if (s.n < 8) {
        if (s.n < 4) return y->p[0] == s.p[0] && memcmp(y->p, s.p, s.n) == 0;
        return load32(y->p) == load32(s.p) && load32(y->p + s.n - 4) == load32(s.p + s.n - 4);
    }
    if (s.n > 16) return memcmp(y->p, s.p, s.n) == 0;
    return load64(y->p) == load64(s.p) && // the last eight may overlap
           load64(y->p + s.n - 8) == load64(s.p + s.n - 8);
}

const wr_sym *wr_sym_again(wr_symtab *t, wr_str s) {
    if (s.n == 0) return wr_sym_in(t, s);
    enum { MASK = sizeof t->recent / sizeof t->recent[0] - 1 };
    const wr_sym **at = &t->recent[(s.n + (unsigned char)s.p[0]) & MASK];
    if (!same_text(*at, s)) *at = wr_sym_in(t, s);
    return *at;
}

const wr_sym *wr_sym_find(const wr_symtab *t, wr_str s) {
    if (s.p == NULL) s = WR_S("");
    return find_hashed(t, s, (uint32_t)wr_hash(s, t->seed));
}

// ---------------------------------------------------------------------------------- map

struct wr_map_slot {
    const char *key; // NULL: empty
    size_t n;
    uint64_t hash;
    void *val;
};

void wr_map_init(wr_map *m, wr_arena *a) {
    *m = (wr_map){.arena = a}; // the seed comes with the first slots: empty maps cost nothing
}

static struct wr_map_slot *map_slot(const wr_map *m, wr_str key, uint64_t hash) {
    uint32_t mask = m->cap - 1, i = (uint32_t)hash & mask;
    for (; m->slot[i].key; i = (i + 1) & mask) {
        const struct wr_map_slot *s = &m->slot[i];
        if (s->hash == hash && wr_eq(wr_strn(s->key, s->n), key)) break;
    }
    return &m->slot[i];
}

static bool map_grow(wr_map *m) {
    wr_map to = *m;
    to.cap = m->cap ? m->cap * 2 : 16;
    to.slot = to.cap ? WR_NEW_N(m->arena, struct wr_map_slot, to.cap) : NULL;
    if (to.slot == NULL) return false;
    if (m->cap == 0) to.seed = wr_seed(m->arena);
    for (uint32_t k = 0; k < m->cap; k++) {
        const struct wr_map_slot *s = &m->slot[k];
        if (s->key) *map_slot(&to, wr_strn(s->key, s->n), s->hash) = *s;
    }
    *m = to;
    return true;
}

void **wr_map_at(wr_map *m, wr_str key) {
    if (m->cap == 0 && !map_grow(m)) return NULL;
    uint64_t hash = wr_hash(key, m->seed);
    struct wr_map_slot *s = map_slot(m, key, hash);
    if (s->key) return &s->val;
    if (is_full(m->n, m->cap)) {
        if (!map_grow(m)) return NULL;
        s = map_slot(m, key, hash);
    }
    wr_str own = wr_dup(m->arena, key);
    if (own.p == NULL) return NULL;
    *s = (struct wr_map_slot){.key = own.p, .n = own.n, .hash = hash};
    m->n++;
    return &s->val;
}

void *wr_map_find(const wr_map *m, wr_str key) {
    return m->n ? map_slot(m, key, wr_hash(key, m->seed))->val : NULL;
}
