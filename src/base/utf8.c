// SPDX-License-Identifier: Apache-2.0
// UTF-8: checked once at the edge by wr_utf8_check, trusted after that.
// Well-formed sequences are those of The Unicode Standard, table 3-7.

#include "base/base.h"

static const uint64_t high_bits = 0x8080808080808080u;

static bool is_tail(unsigned char c) { return (c & 0xC0u) == 0x80u; }

static size_t length_by_lead(unsigned char c) {
    if (c < 0xC2 || c > 0xF4) return 0;
    return c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

// Length of the well-formed multi-byte sequence at p (n bytes left), or 0. The second byte has a
// narrower range after four leads: that excludes overlongs, surrogates and all above U+10FFFF.
static size_t sequence(const unsigned char *p, size_t n) {
    size_t len = length_by_lead(p[0]);
    if (len == 0 || len > n) return 0;
    unsigned char lo = p[0] == 0xE0 ? 0xA0 : p[0] == 0xF0 ? 0x90 : 0x80;
    unsigned char hi = p[0] == 0xED ? 0x9F : p[0] == 0xF4 ? 0x8F : 0xBF;
    if (p[1] < lo || p[1] > hi) return 0;
    for (size_t i = 2; i < len; i++)
        if (!is_tail(p[i])) return 0;
    return len;
}

size_t wr_utf8_check(wr_str s) {
    const unsigned char *p = (const unsigned char *)s.p;
    size_t i = 0;
    while (i < s.n) {
        if (p[i] < 0x80) {
            uint64_t w[2];
            while (s.n - i >= sizeof w) {
                memcpy(w, p + i, sizeof w);
                if ((w[0] | w[1]) & high_bits) break;
                i += sizeof w;
            }
            while (i < s.n && p[i] < 0x80) i++;
            continue;
        }
        size_t len = sequence(p + i, s.n - i);
        if (len == 0) return i;
        i += len;
    }
    return s.n;
}

uint32_t wr_utf8_next(wr_str s, size_t *i) {
    const unsigned char *p = (const unsigned char *)s.p + *i;
    uint32_t c = p[0];
    if (c < 0x80) {
        *i += 1;
        return c;
    }
    if (c < 0xE0) {
        *i += 2;
        return (c & 0x1Fu) << 6 | (p[1] & 0x3Fu);
    }
    if (c < 0xF0) {
        *i += 3;
        return (c & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
    }
    *i += 4;
    return (c & 0x07u) << 18 | (p[1] & 0x3Fu) << 12 | (p[2] & 0x3Fu) << 6 | (p[3] & 0x3Fu);
}

size_t wr_utf8_put(uint32_t cp, char *out) {
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0u | cp >> 6);
        out[1] = (char)(0x80u | (cp & 0x3Fu));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xE0u | cp >> 12);
        out[1] = (char)(0x80u | (cp >> 6 & 0x3Fu));
        out[2] = (char)(0x80u | (cp & 0x3Fu));
        return 3;
    }
    out[0] = (char)(0xF0u | cp >> 18);
    out[1] = (char)(0x80u | (cp >> 12 & 0x3Fu));
    out[2] = (char)(0x80u | (cp >> 6 & 0x3Fu));
    out[3] = (char)(0x80u | (cp & 0x3Fu));
    return 4;
}

wr_str wr_utf8_cut(wr_str s, size_t n) {
    if (n >= s.n) return s;
    while (n > 0 && is_tail((unsigned char)s.p[n])) n--;
    return wr_strn(s.p, n);
}
