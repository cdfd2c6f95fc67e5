// SPDX-License-Identifier: Apache-2.0
// Private to src/doc: the builder's inner step, inline for the readers, and the index of a map.
// Both belong to build.c; node.c reads the index.
#ifndef WR_BUILD_INT_H
#define WR_BUILD_INT_H

#include "doc/doc.h"

// What kids[-1].u.ext of a WR_F_INDEXED map points to.
typedef struct wr_map_index {
    uint32_t losers;
    uint32_t mask;   // slots - 1, a power of two less one
    uint32_t slot[]; // entry + 1; 0 = empty. Linear probing from key hash & mask
} wr_map_index;

enum { WR_MAP_LINEAR = 12 }; // maps up to this many entries are searched, not indexed

void wr_build_push_slow(wr_build *b, wr_node n);
// A guess, right after wr_build_init: the text has n bytes.
void wr_build_room(wr_build *b, size_t n);

// Appends to the innermost open container. The limit on nodes is checked when memory grows and
// when containers close, so that the common case is one comparison.
static inline void wr_build_push(wr_build *b, wr_node n) {
    if (b->stack.cap - b->stack.n >= sizeof n) {
        memcpy(b->stack.p + b->stack.n, &n, sizeof n);
        b->stack.n += sizeof n;
    } else {
        wr_build_push_slow(b, n);
    }
}

// Kind of the innermost open container; WR_NULL when none is open.
static inline wr_kind wr_build_open_kind(const wr_build *b) {
    uint32_t at;
    if (b->open.n == 0) return WR_NULL;
    memcpy(&at, b->open.p + b->open.n - sizeof at, sizeof at);
    return (wr_kind)((const wr_node *)(const void *)b->stack.p)[at].kind;
}

#endif
