// SPDX-License-Identifier: Apache-2.0
// check_tools: texts and patterns as the checks compare them: does one pattern cover another, do
// two meet. Linear in the product of the lengths at worst, without recursion.
// Rules: IAM User Guide, "Resource" and "Action" (wildcards).

#include "lang/iam/check_int.h"

static char low(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

bool chk_same(wr_str a, const char *b) {
    for (size_t i = 0; i < a.n; i++)
        if (b[i] == '\0' || low(a.p[i]) != low(b[i])) return false;
    return b[a.n] == '\0';
}

int chk_order(wr_str a, wr_str b) {
    size_t n = a.n < b.n ? a.n : b.n;
    for (size_t i = 0; i < n; i++) {
        unsigned char x = (unsigned char)low(a.p[i]), y = (unsigned char)b.p[i];
        if (x != y) return x < y ? -1 : 1;
    }
    return a.n == b.n ? 0 : a.n < b.n ? -1 : 1;
}

bool chk_has_wild(wr_str s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '*' || s.p[i] == '?') return true;
    return false;
}

// q's own wildcards are taken as letters that only p's wildcards fit: what ? of p fits is a single
// character, so it does not fit * of q.
bool chk_covers(wr_str p, wr_str q, bool nocase) {
    size_t i = 0, j = 0, star = SIZE_MAX, from = 0;
    while (j < q.n) {
        if (i < p.n && p.p[i] == '*') {
            star = i++;
            from = j;
            continue;
        }
        bool one = i < p.n && ((p.p[i] == '?' && q.p[j] != '*') || p.p[i] == q.p[j] ||
                               (nocase && low(p.p[i]) == low(q.p[j])));
        if (one) {
            i++;
            j++;
        } else if (star != SIZE_MAX) {
            i = star + 1;
            j = ++from;
        } else {
            return false;
        }
    }
    while (i < p.n && p.p[i] == '*') i++;
    return i == p.n;
}

// A pattern as units: a character, ? (any one), * (any run), + (any run that is not empty).
enum { UNIT_ONE = 0x100, UNIT_ANY, UNIT_SOME, MAX_UNITS = 256 };

// Longer patterns are cut, as if * followed: then they meet more, never less.
static uint32_t units_of(wr_str s, uint16_t *out) {
    uint32_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (n == MAX_UNITS - 1) {
            out[n++] = UNIT_ANY;
            break;
        }
        if (s.p[i] == '$' && i + 1 < s.n && s.p[i + 1] == '{') {
            size_t end = wr_find(s, WR_S("}"), i);
            if (end == SIZE_MAX) end = s.n - 1;
            out[n++] = UNIT_SOME;
            i = end;
        } else {
            out[n++] = s.p[i] == '*'   ? (uint16_t)UNIT_ANY
                       : s.p[i] == '?' ? (uint16_t)UNIT_ONE
                                       : (uint16_t)(unsigned char)s.p[i];
        }
    }
    return n;
}

static bool unit_run(uint16_t u) { return u >= UNIT_ANY; }

static bool units_fit(uint16_t a, uint16_t b) { return a >= UNIT_ONE || b >= UNIT_ONE || a == b; }

// One row of the table of "the first i units of a and the first j of b meet".
static void next_row(const bool *old, bool *row, uint16_t u, const uint16_t *b, uint32_t m) {
    row[0] = old[0] && u == UNIT_ANY;
    for (uint32_t j = 1; j <= m; j++) {
        uint16_t v = b[j - 1];
        bool step = old[j - 1] && units_fit(u, v);                 // both take one
        bool more_a = row[j - 1] && unit_run(u) && row[0 + j - 1]; // a's run takes v's character
        bool more_b = old[j] && unit_run(v);                       // b's run takes u's character
        bool skip = (u == UNIT_ANY && old[j]) || (v == UNIT_ANY && row[j - 1]);
        row[j] = step || more_a || more_b || skip;
    }
}

static bool is_plain(char c) { return c != '*' && c != '?' && c != '$'; }

bool chk_meets(wr_str p, wr_str q) {
    if ((p.n == 1 && p.p[0] == '*') || (q.n == 1 && q.p[0] == '*')) return true;
    for (size_t i = 0; i < p.n && i < q.n && is_plain(p.p[i]) && is_plain(q.p[i]); i++)
        if (p.p[i] != q.p[i]) return false; // nearly all
    uint16_t p_units[MAX_UNITS], q_units[MAX_UNITS];
    bool one[MAX_UNITS + 1], two[MAX_UNITS + 1];
    bool *old = one, *row = two;
    const uint16_t *a = p_units, *b = q_units;
    uint32_t n = units_of(p, p_units), m = units_of(q, q_units);
    for (; n > 0 && m > 0 && !unit_run(*a) && !unit_run(*b); a++, b++, n--, m--)
        if (!units_fit(*a, *b)) return false; // what differs at the beginning needs no table
    for (; n > 0 && m > 0 && !unit_run(a[n - 1]) && !unit_run(b[m - 1]); n--, m--)
        if (!units_fit(a[n - 1], b[m - 1])) return false;
    old[0] = true;
    for (uint32_t j = 1; j <= m; j++) old[j] = old[j - 1] && b[j - 1] == UNIT_ANY;
    for (uint32_t i = 0; i < n; i++) {
        next_row(old, row, a[i], b, m);
        bool *t = old;
        old = row;
        row = t;
    }
    return old[m];
}

bool chk_lists(const chk_stmt *s, const char *service, const char *name) {
    for (uint32_t i = 0; i < s->n_acts; i++) {
        const chk_act *a = s->acts[i].act;
        if (a->all) return true;
        if (!a->malformed && chk_covers(a->service, wr_strz(service), true) &&
            chk_covers(a->name, wr_strz(name), true))
            return true;
    }
    return false;
}

const chk_cond *chk_cond_on(const chk_stmt *s, const char *key) {
    size_t n = strlen(key);
    for (uint32_t i = 0; i < s->n_conds; i++) {
        wr_str low_key = s->conds[i].key->low;
        if (key[n - 1] == '/' ? low_key.n > n && chk_same(wr_sub(low_key, 0, n), key)
                              : chk_same(low_key, key))
            return &s->conds[i];
    }
    return NULL;
}
