// SPDX-License-Identifier: Apache-2.0
// Arenas: memory that is dropped as a whole. A block's room never exceeds what the cap still
// allows, so the inline fast path in base.h needs no check of its own.
// With WR_ARENA_DEBUG each item is a block that ends exactly where the item ends: one byte too far
// is a heap overflow for AddressSanitizer or valgrind, and a rewind is a free.

#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

struct wr_block {
    struct wr_block *prev;
    size_t room; // bytes of data
    char *end;   // of the room that is filled while this is the newest block
    void *taken; // memory this block was made to own (wr_arena_adopt), or NULL
    char data[];
};

enum { BLOCK_FIRST = 16 * 1024, BLOCK_MOST = 4 * 1024 * 1024, HUGE_PAGE = 2 * 1024 * 1024 };

void wr_arena_init(wr_arena *a, size_t cap) {
    *a = (wr_arena){.cap = cap, .next = BLOCK_FIRST};
    // No room, yet not NULL: an item of no bytes is no failure.
    a->cur = a->end = (char *)a;
}

// The largest block freed is kept for the next need: rewinding to and fro over the edge of a block
// must not cost a malloc each time.
static void retire(wr_arena *a, struct wr_block *b) {
#if !defined(WR_ARENA_DEBUG)
    if (a->cap == 0 && (!a->spare || b->room > a->spare->room)) {
        struct wr_block *old = a->spare;
        a->spare = b;
        b = old;
    }
#else
    (void)a;
#endif
    free(b);
}

static void free_until(wr_arena *a, const struct wr_block *keep) {
    while (a->head != keep) {
        struct wr_block *b = a->head;
        a->head = b->prev;
        free(b->taken);
        retire(a, b);
    }
}

void wr_arena_fini(wr_arena *a) {
    free_until(a, NULL);
    free(a->spare);
    wr_arena_init(a, a->cap);
}

static size_t round_up(size_t n) { return (n + 7u) & ~(size_t)7u; }

// Large blocks begin where a huge page can and ask for them: taking the pages of four kilobytes one
// by one from the system costs more than what is done with them.
static void *take_memory(size_t n) {
#if defined(MADV_HUGEPAGE) && !defined(WR_ARENA_DEBUG)
    void *p = NULL;
    if (n >= HUGE_PAGE && n % HUGE_PAGE == 0) {
        if (posix_memalign(&p, HUGE_PAGE, n) != 0) return NULL;
        (void)madvise(p, n, MADV_HUGEPAGE);
        return p;
    }
#endif
    return malloc(n);
}

static struct wr_block *block_new(wr_arena *a, size_t room) {
    struct wr_block *b = NULL;
    if (room <= PTRDIFF_MAX - sizeof *b) b = take_memory(sizeof *b + room);
    if (b == NULL) a->oom = true;
    else b->room = room;
    return b;
}

static struct wr_block *block_add(wr_arena *a, size_t room) {
    struct wr_block *b = a->spare;
    if (b && b->room >= room) a->spare = NULL;
    else b = block_new(a, room);
    if (b == NULL) return NULL;
    b->prev = a->head;
    b->end = b->data + b->room;
    b->taken = NULL;
    a->head = b;
    return b;
}

void *wr_alloc_slow(wr_arena *a, size_t n) {
    size_t want = round_up(n);
    if (want < n || (a->cap != 0 && want > a->cap - a->used)) {
        a->oom = true;
        return NULL;
    }
#if defined(WR_ARENA_DEBUG)
    struct wr_block *b = block_add(a, n);
    if (b == NULL) return NULL;
    a->used += want;
    return b->data;
#else
    size_t room = a->next > want ? a->next : want;
    if (room == a->next && room >= HUGE_PAGE) room -= sizeof(struct wr_block);
    if (room < want) room = want;
    if (a->cap != 0 && room > a->cap - a->used) room = (a->cap - a->used) & ~(size_t)7u;
    struct wr_block *b = block_add(a, room);
    if (b == NULL) return NULL;
    if (a->next < BLOCK_MOST) a->next *= 2;
    a->cur = b->data + want;
    a->end = b->end;
    a->used += want;
    return b->data;
#endif
}

void wr_arena_trim(wr_arena *a, const void *p, size_t n, size_t keep) {
#if defined(WR_ARENA_DEBUG)
    (void)a, (void)p, (void)n, (void)keep; // each item is a block of its own
#else
    if ((const char *)p + round_up(n) != a->cur || keep > n) return;
    size_t less = round_up(n) - round_up(keep);
    a->cur -= less;
    a->used -= less;
#endif
}

// The block has no room of its own: the one before it goes on being filled.
void *wr_arena_adopt(wr_arena *a, void *p, size_t n) {
    struct wr_block *b = NULL;
    if (a->cap == 0 || n <= a->cap - a->used) b = block_new(a, 0);
    if (b == NULL) {
        a->oom = true;
        free(p);
        return NULL;
    }
    b->prev = a->head;
    b->end = a->end;
    b->taken = p;
    a->head = b;
    a->used += n;
    return p;
}

void *wr_zalloc(wr_arena *a, size_t n) {
    void *p = wr_alloc(a, n);
    return p ? memset(p, 0, n) : NULL;
}

wr_str wr_dup(wr_arena *a, wr_str s) {
    char *p = s.n < SIZE_MAX ? wr_alloc(a, s.n + 1) : NULL;
    if (p == NULL) return (wr_str){NULL, 0};
    if (s.n) memcpy(p, s.p, s.n);
    p[s.n] = 0;
    return wr_strn(p, s.n);
}

const char *wr_dupz(wr_arena *a, wr_str s) { return wr_dup(a, s).p; }

wr_str wr_vfmt(wr_arena *a, const char *fmt, va_list ap) {
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    char *p = n < 0 ? NULL : wr_alloc(a, (size_t)n + 1);
    if (p) (void)vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return p ? wr_strn(p, (size_t)n) : (wr_str){NULL, 0};
}

wr_str wr_fmt(wr_arena *a, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    wr_str s = wr_vfmt(a, fmt, ap);
    va_end(ap);
    return s;
}

wr_mark wr_arena_mark(const wr_arena *a) { return (wr_mark){a->head, a->cur, a->used}; }

void wr_arena_rewind(wr_arena *a, wr_mark m) {
    free_until(a, m.head);
    a->used = m.used;
    a->cur = m.head ? m.cur : (char *)a;
#if !defined(WR_ARENA_DEBUG)
    a->end = a->head ? a->head->end : a->cur;
#endif
}

// Grows the newest item of the arena where it stands, if it is that.
static bool extend(wr_arena *a, const char *v, size_t old, size_t want) {
#if defined(WR_ARENA_DEBUG)
    (void)a, (void)v, (void)old, (void)want;
    return false;
#else
    if (v == NULL || v + round_up(old) != a->cur) return false;
    size_t more = round_up(want) - round_up(old);
    if ((size_t)(a->end - a->cur) < more) return false;
    a->cur += more;
    a->used += more;
    return true;
#endif
}

bool wr_vec_grow(wr_arena *a, void *vp, uint32_t *cap, uint32_t n, size_t size) {
    char *old;
    memcpy(&old, vp, sizeof old); // vp is a T **: no type of it is ours to name
    if (*cap > UINT32_MAX / 2) {
        a->oom = true;
        return false;
    }
    uint32_t grown = *cap ? *cap * 2 : 8;
    if (extend(a, old, *cap * size, grown * size)) {
        *cap = grown;
        return true;
    }
    char *v = wr_alloc(a, grown * size);
    if (v == NULL) return false;
    if (n) memcpy(v, old, n * size);
    memcpy(vp, &v, sizeof v);
    *cap = grown;
    return true;
}
