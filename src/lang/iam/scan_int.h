// SPDX-License-Identifier: Apache-2.0
// scan_int: where a text of a policy has characters that mean something, sixteen bytes at a time.
// Private to the readers of lang/iam; inline, because nearly all texts are shorter than two blocks.
// Invariant: nothing is read beyond the text.
// Rules: IAM User Guide, "Resource", "Action" (wildcards), "Variables and tags".
#ifndef WR_IAM_SCAN_INT_H
#define WR_IAM_SCAN_INT_H

#include "base/block.h"

enum { IAM_SCAN_MOST = 64 }; // characters of one mask

static inline uint64_t iam_specials16(const char *p) { return wr_block_any(p, ':', '*', '?', '$'); }
static inline uint64_t iam_specials8(const char *p) { return wr_block_any8(p, ':', '*', '?', '$'); }

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
