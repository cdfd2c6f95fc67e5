// SPDX-License-Identifier: Apache-2.0
// Bytes of BinaryEquals, written in base64. Owns: iam_base64_decode, iam_base64_same.
// Form: RFC 4648 section 4, in groups of four with padding; no blanks; the bits that padding leaves
// over are not looked at, so two spellings of the same bytes are equal.
// Rules: IAM User Guide, "Binary condition operators" (the decoded bytes are compared).

#include "lang/iam/iam_int.h"

static int digit(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

// The four characters at p to at most three bytes; returns how many, 0 when they are no group.
static uint32_t group(const char *p, bool last, uint8_t out[3]) {
    uint32_t n = 3, v = 0;
    if (last && p[3] == '=') n = p[2] == '=' ? 1 : 2;
    for (uint32_t k = 0; k < 4; k++) {
        int d = k <= n ? digit(p[k]) : 0;
        if (d < 0) return 0;
        v = v << 6 | (uint32_t)d;
    }
    out[0] = (uint8_t)(v >> 16);
    out[1] = (uint8_t)(v >> 8);
    out[2] = (uint8_t)v;
    return n;
}

bool iam_base64_decode(wr_arena *a, wr_str s, wr_str *out) {
    if (s.n % 4 != 0) return false;
    uint8_t *p = wr_alloc(a, s.n / 4 * 3 + 1);
    size_t n = 0;
    if (!p) return false;
    for (size_t i = 0; i < s.n; i += 4) {
        uint32_t got = group(s.p + i, i + 4 == s.n, p + n);
        if (got == 0) return false;
        n += got;
    }
    *out = (wr_str){(const char *)p, n};
    return true;
}

bool iam_base64_same(wr_str s, wr_str bytes) {
    size_t n = 0;
    if (s.n % 4 != 0) return false;
    for (size_t i = 0; i < s.n; i += 4) {
        uint8_t b[3];
        uint32_t got = group(s.p + i, i + 4 == s.n, b);
        if (got == 0 || got > bytes.n - n || memcmp(bytes.p + n, b, got) != 0) return false;
        n += got;
    }
    return n == bytes.n;
}
