// SPDX-License-Identifier: Apache-2.0
// scan_int: where a text of a policy has characters that mean something, sixteen bytes at a time
// where the machine has SSE2. Private to the readers of lang/iam; inline, because nearly all texts
// are shorter than two blocks.
// Invariant: nothing is read beyond the text.
// Rules: IAM User Guide, "Resource", "Action" (wildcards), "Variables and tags".
#ifndef WR_IAM_SCAN_INT_H
#define WR_IAM_SCAN_INT_H

#include "base/base.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { IAM_SCAN_MOST = 64 }; // characters of one mask

#if defined(__SSE2__)

static inline uint64_t iam_specials_of(__m128i v) {
    __m128i hit =
        _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(':')), _mm_cmpeq_epi8(v, _mm_set1_epi8('*')));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8('?')));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8('$')));
    return (unsigned)_mm_movemask_epi8(hit);
}

static inline uint64_t iam_specials16(const char *p) {
    return iam_specials_of(_mm_loadu_si128((const __m128i *)(const void *)p));
}

static inline uint64_t iam_specials8(const char *p) {
    return iam_specials_of(_mm_loadl_epi64((const __m128i *)(const void *)p));
}

// A bit for each ':', '*', '?' and '$' among the first 64 of n bytes.
static inline uint64_t iam_specials(const char *p, size_t n) {
    uint64_t at = 0;
    if (n >= 16) { // the last sixteen may overlap
        if (n > IAM_SCAN_MOST) n = IAM_SCAN_MOST;
        for (size_t i = 0; i + 16 < n; i += 16) at |= iam_specials16(p + i) << i;
        return at | iam_specials16(p + n - 16) << (n - 16);
    }
    if (n >= 8) return iam_specials8(p) | iam_specials8(p + n - 8) << (n - 8);
    for (size_t i = 0; i < n; i++)
        at |= (uint64_t)(p[i] == ':' || p[i] == '*' || p[i] == '?' || p[i] == '$') << i;
    return at;
}

#else

static inline uint64_t iam_specials(const char *p, size_t n) {
    uint64_t at = 0;
    if (n > IAM_SCAN_MOST) n = IAM_SCAN_MOST;
    for (size_t i = 0; i < n; i++)
        at |= (uint64_t)(p[i] == ':' || p[i] == '*' || p[i] == '?' || p[i] == '$') << i;
    return at;
}

#endif

// memcmp(a, b, n) == 0, without the call where n is small.
static inline bool iam_same_bytes(const char *a, const char *b, size_t n) {
    uint64_t x[2], y[2];
    uint32_t v[2], w[2];
    if (n >= 8 && n <= 16) { // the last eight, or four, may overlap
        memcpy(&x[0], a, 8);
        memcpy(&x[1], a + n - 8, 8);
        memcpy(&y[0], b, 8);
        memcpy(&y[1], b + n - 8, 8);
        return ((x[0] ^ y[0]) | (x[1] ^ y[1])) == 0;
    }
    if (n >= 4 && n < 8) {
        memcpy(&v[0], a, 4);
        memcpy(&v[1], a + n - 4, 4);
        memcpy(&w[0], b, 4);
        memcpy(&w[1], b + n - 4, 4);
        return ((v[0] ^ w[0]) | (v[1] ^ w[1])) == 0;
    }
    return memcmp(a, b, n) == 0;
}

#endif
