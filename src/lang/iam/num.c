// SPDX-License-Identifier: Apache-2.0
// Decimal numbers of the Numeric… operators, exact at any length, compared without memory.
// Owns: iam_num_parse, iam_num_cmp. Form: a sign or none, digits, a fraction or none, an exponent
// or none ("10", "-0.5", "+3", "1e3"); nothing else is a number, so "10abc", "", " 1", ".5" and
// "0x10" are none. Rules: IAM User Guide, "Numeric condition operators" (integers and decimals);
// exponents because a policy may say 1e3 as a JSON number.

#include "lang/iam/iam_int.h"

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static size_t digits(wr_str s, size_t i) {
    while (i < s.n && is_digit(s.p[i])) i++;
    return i;
}

// The exponent at s[i], which is 'e' or 'E', to the end of s. At most nine digits: a number has a
// text, and no text is as long as that.
static bool exponent(wr_str s, size_t i, int64_t *out) {
    bool neg = false;
    i++;
    if (i < s.n && (s.p[i] == '+' || s.p[i] == '-')) neg = s.p[i++] == '-';
    if (i == s.n || digits(s, i) != s.n) return false;
    while (i + 1 < s.n && s.p[i] == '0') i++;
    if (s.n - i > 9) return false;
    int64_t v = 0;
    for (; i < s.n; i++) v = v * 10 + (s.p[i] - '0');
    *out = neg ? -v : v;
    return true;
}

bool iam_num_parse(wr_str s, wr_iam_num *out) {
    size_t i = 0;
    bool neg = false;
    if (s.n && (s.p[0] == '-' || s.p[0] == '+')) neg = s.p[i++] == '-';
    size_t beg = i, point = digits(s, i), end = point;
    if (point == beg) return false;
    if (point < s.n && s.p[point] == '.') {
        end = digits(s, point + 1);
        if (end == point + 1) return false;
    }
    int64_t exp = 0;
    if (end < s.n && ((s.p[end] != 'e' && s.p[end] != 'E') || !exponent(s, end, &exp)))
        return false;
    *out = (wr_iam_num){0};
    while (beg < end && (s.p[beg] == '0' || s.p[beg] == '.')) beg++;
    while (end > beg && (s.p[end - 1] == '0' || s.p[end - 1] == '.')) end--;
    if (beg == end || end - beg > UINT32_MAX) return beg == end;
    // Digits before the point; of 0.00x, minus the zeros behind it.
    int64_t mag = beg < point ? (int64_t)(point - beg) : -(int64_t)(beg - point - 1);
    *out = (wr_iam_num){s.p + beg, (uint32_t)(end - beg), neg, mag + exp};
    return true;
}

static int magnitude_cmp(const wr_iam_num *a, const wr_iam_num *b) {
    if (a->mag != b->mag) return a->mag < b->mag ? -1 : 1;
    uint32_t i = 0, j = 0;
    for (;;) {
        if (i < a->n && a->p[i] == '.') i++;
        if (j < b->n && b->p[j] == '.') j++;
        char x = i < a->n ? a->p[i++] : '0', y = j < b->n ? b->p[j++] : '0';
        if (x != y) return x < y ? -1 : 1;
        if (i == a->n && j == b->n) return 0;
    }
}

int iam_num_cmp(const wr_iam_num *a, const wr_iam_num *b) {
    int sa = a->n == 0 ? 0 : a->neg ? -1 : 1, sb = b->n == 0 ? 0 : b->neg ? -1 : 1;
    if (sa != sb) return sa < sb ? -1 : 1;
    if (sa == 0) return 0;
    return sa * magnitude_cmp(a, b);
}
