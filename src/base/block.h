// SPDX-License-Identifier: Apache-2.0
// block: looking at sixteen bytes at once, inline for the readers' inner loops; scan.c has the
// functions that need no more than a call. With SSE2 (every x86-64) a block costs a few
// instructions; without, or with WR_PLAIN_SCAN, WR_BLOCKS is 0 and the same answers are found byte
// by byte: who has another quick way then takes it.
// Invariant: exactly the bytes asked for are read. Bit i of an answer is byte i.
#ifndef WR_BLOCK_H
#define WR_BLOCK_H

#include "base/base.h"

#if defined(__SSE2__) && !defined(WR_PLAIN_SCAN)
#define WR_BLOCKS 1
#include <emmintrin.h>
#else
#define WR_BLOCKS 0
#endif

#if WR_BLOCKS

static inline unsigned wr_block_four(__m128i v, char a, char b, char c, char d) {
    __m128i x =
        _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(a)), _mm_cmpeq_epi8(v, _mm_set1_epi8(b)));
    __m128i y =
        _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(c)), _mm_cmpeq_epi8(v, _mm_set1_epi8(d)));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(x, y));
}

// Which of the 16 bytes at p are one of four?
static inline unsigned wr_block_any(const char *p, char a, char b, char c, char d) {
    return wr_block_four(_mm_loadu_si128((const __m128i *)(const void *)p), a, b, c, d);
}

// The same of 8 bytes; a byte of zeros is none of the four.
static inline unsigned wr_block_any8(const char *p, char a, char b, char c, char d) {
    return wr_block_four(_mm_loadl_epi64((const __m128i *)(const void *)p), a, b, c, d);
}

// Which of the 16 bytes at p are a quote, a backslash or below 0x20, and which beyond ASCII?
static inline unsigned wr_block_quoted(const char *p, unsigned *high) {
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i stop = _mm_cmpeq_epi8(v, _mm_min_epu8(v, _mm_set1_epi8(0x1F)));
    stop = _mm_or_si128(stop, _mm_cmpeq_epi8(v, _mm_set1_epi8('"')));
    stop = _mm_or_si128(stop, _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
    *high = (unsigned)_mm_movemask_epi8(v);
    return (unsigned)_mm_movemask_epi8(stop);
}

#else

static inline unsigned wr_block_some(const char *p, unsigned n, char a, char b, char c, char d) {
    unsigned hits = 0;
    for (unsigned i = 0; i < n; i++)
        hits |= (unsigned)(p[i] == a || p[i] == b || p[i] == c || p[i] == d) << i;
    return hits;
}

static inline unsigned wr_block_any(const char *p, char a, char b, char c, char d) {
    return wr_block_some(p, 16, a, b, c, d);
}

static inline unsigned wr_block_any8(const char *p, char a, char b, char c, char d) {
    return wr_block_some(p, 8, a, b, c, d);
}

static inline unsigned wr_block_quoted(const char *p, unsigned *high) {
    unsigned stop = 0;
    *high = 0;
    for (unsigned i = 0; i < 16; i++) {
        unsigned char c = (unsigned char)p[i];
        stop |= (unsigned)(c == '"' || c == '\\' || c < 0x20) << i;
        *high |= (unsigned)(c >> 7) << i;
    }
    return stop;
}

#endif

#endif
