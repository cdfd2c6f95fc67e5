// SPDX-License-Identifier: Apache-2.0
// Slices: comparing, searching, trimming. No function here allocates, copies or looks beyond the
// slice's end; none expects valid UTF-8.

#include "base/base.h"

int wr_cmp(wr_str a, wr_str b) {
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    if (c != 0) return c;
    return (a.n > b.n) - (a.n < b.n);
}

bool wr_starts(wr_str s, wr_str prefix) {
    return s.n >= prefix.n && wr_eq(wr_strn(s.p, prefix.n), prefix);
}

bool wr_ends(wr_str s, wr_str suffix) {
    return s.n >= suffix.n &&
           (suffix.n == 0 || memcmp(s.p + (s.n - suffix.n), suffix.p, suffix.n) == 0);
}

size_t wr_find(wr_str s, wr_str part, size_t from) {
    if (from > s.n) return SIZE_MAX;
    if (part.n == 0) return from;
    if (s.n - from < part.n) return SIZE_MAX;
    const char *hit = memmem(s.p + from, s.n - from, part.p, part.n);
    return hit ? (size_t)(hit - s.p) : SIZE_MAX;
}

wr_str wr_sub(wr_str s, size_t a, size_t b) {
    if (b > s.n) b = s.n;
    if (a > b) a = b;
    return a == 0 ? wr_strn(s.p, b) : wr_strn(s.p + a, b - a);
}

static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

wr_str wr_trim(wr_str s) {
    size_t a = 0, b = s.n;
    while (a < b && is_blank(s.p[a])) a++;
    while (b > a && is_blank(s.p[b - 1])) b--;
    return wr_sub(s, a, b);
}

wr_str wr_basename(wr_str path) {
    size_t b = path.n;
    while (b > 1 && path.p[b - 1] == '/') b--;
    size_t a = b;
    while (a > 0 && path.p[a - 1] != '/') a--;
    if (a == b && b == 1) a = 0; // "/" is its own last component
    return wr_sub(path, a, b);
}

// Letters in common within half the longer word, and how many of them are out of place.
double wr_similar(wr_str a, wr_str b) {
    enum { MAX = 64 };
    bool hit_a[MAX] = {false}, hit_b[MAX] = {false};
    if (a.n == 0 && b.n == 0) return 1.0;
    if (a.n == 0 || b.n == 0 || a.n > MAX || b.n > MAX) return 0.0;
    size_t longer = a.n > b.n ? a.n : b.n;
    size_t reach = longer / 2 > 0 ? longer / 2 - 1 : 0;
    size_t m = 0;
    for (size_t i = 0; i < a.n; i++) {
        size_t from = i > reach ? i - reach : 0;
        for (size_t k = from; k < b.n && k <= i + reach; k++) {
            if (hit_b[k] || a.p[i] != b.p[k]) continue;
            hit_a[i] = hit_b[k] = true;
            m++;
            break;
        }
    }
    if (m == 0) return 0.0;
    size_t swapped = 0, k = 0;
    for (size_t i = 0; i < a.n; i++) {
        if (!hit_a[i]) continue;
        while (!hit_b[k]) k++;
        swapped += a.p[i] != b.p[k++];
    }
    double hits = (double)m;
    size_t moved = swapped / 2;
    double in_place = (hits - (double)moved) / hits;
    return (hits / (double)a.n + hits / (double)b.n + in_place) / 3.0;
}
