// SPDX-License-Identifier: Apache-2.0
// naive: does a text fit a pattern, the plain way: a table over all pairs of positions; ARNs cut
// into fields first. Slow and small: what the real matcher is held against, by a test with random
// texts and by the fuzz target of patterns.
#ifndef WR_TEST_NAIVE_H
#define WR_TEST_NAIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { NAIVE_MAX = 256 }; // texts and patterns are shorter

typedef struct naive_pat {
    size_t n;
    char c[NAIVE_MAX];
    bool wild[NAIVE_MAX];  // c is '*' or '?' and stands for more than itself
    bool cross[NAIVE_MAX]; // and may match ':'
} naive_pat;

static inline bool naive_more(char c) { return ((unsigned char)c & 0xC0u) == 0x80; }

// Bytes that continue a character go with its first one.
static inline bool naive_fits(const naive_pat *p, const char *t, size_t nt) {
    static bool can[NAIVE_MAX][NAIVE_MAX];
    memset(can, 0, sizeof can);
    can[p->n][nt] = true;
    for (size_t i = p->n; i-- > 0;)
        for (size_t j = nt + 1; j-- > 0;) {
            size_t next = j + (j < nt);
            while (next < nt && naive_more(t[next])) next++;
            bool take = j < nt && (p->cross[i] || t[j] != ':') && !naive_more(t[j]);
            if (!p->wild[i]) can[i][j] = j < nt && p->c[i] == t[j] && can[i + 1][j + 1];
            else if (p->c[i] == '*') can[i][j] = can[i + 1][j] || (take && can[i][next]);
            else can[i][j] = take && can[i + 1][next];
        }
    return can[0][0];
}

static inline void naive_add(naive_pat *p, char c, bool wild, bool cross) {
    if (p->n + 1 == NAIVE_MAX) return;
    p->c[p->n] = c;
    p->wild[p->n] = wild && (c == '*' || c == '?');
    p->cross[p->n++] = cross;
}

static inline bool naive_string(const char *p, size_t np, const char *t, size_t nt) {
    naive_pat x = {.n = 0};
    for (size_t i = 0; i < np; i++) naive_add(&x, p[i], true, true);
    return naive_fits(&x, t, nt);
}

static inline bool naive_resource(const char *p, size_t np, const char *t, size_t nt) {
    naive_pat x = {.n = 0};
    unsigned field = 0;
    for (size_t i = 0; i < np; i++) {
        bool ends = i + 1 == np || p[i + 1] == ':';
        naive_add(&x, p[i], true, field >= 5 || (p[i] == '*' && ends));
        field += p[i] == ':';
    }
    return naive_fits(&x, t, nt);
}

// Cuts s at its first five colons: field f is [at[f], at[f + 1] - 1). False: there are not so many.
static inline bool naive_six(const char *s, size_t n, size_t at[7]) {
    unsigned f = 0;
    at[f++] = 0;
    for (size_t i = 0; i < n && f < 6; i++)
        if (s[i] == ':') at[f++] = i + 1;
    at[6] = n + 1;
    return f == 6;
}

static inline bool naive_arn(const char *p, size_t np, const char *t, size_t nt) {
    size_t a[7], b[7], stars = 0;
    if (!naive_six(t, nt, b) || nt < 4 || memcmp(t, "arn:", 4) != 0) return false;
    while (stars < np && p[stars] == '*') stars++;
    if (np && stars == np) return true;
    if (!naive_six(p, np, a)) return false;
    for (unsigned f = 0; f < 6; f++)
        if (!naive_string(p + a[f], a[f + 1] - 1 - a[f], t + b[f], b[f + 1] - 1 - b[f]))
            return false;
    return true;
}

#endif
