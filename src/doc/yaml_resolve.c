// SPDX-License-Identifier: Apache-2.0
// What a plain scalar is, for each profile:
// - guard: Rust's i64, then f64, then true/false, then null in any case, then a string; an empty
//   value is the string "" (guard-language.md §1.3);
// - serde: serde_yaml 0.9, about YAML 1.2: 0x 0o 0b, .inf .nan, a leading zero makes a string;
//   integers beyond 64 but within 128 bits are refused, larger ones are floats;
// - strict: the core schema of YAML 1.2.2 §10.3.2.

#include "doc/yaml_int.h"

#include <math.h>

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool one_of(wr_str s, const char *const words[3]) {
    for (int i = 0; i < 3; i++)
        if (wr_eq(s, wr_strz(words[i]))) return true;
    return false;
}

static bool fits_i64(wr_str s) { // cheap refusal before the real thing
    char c = s.n ? s.p[0] : 0;
    return is_digit(c) || ((c == '+' || c == '-') && s.n > 1 && is_digit(s.p[1]));
}

static void set_bool(wr_node *n, bool b) {
    n->kind = WR_BOOL;
    n->u.b = b;
}

static void set_int(wr_node *n, int64_t i) {
    n->kind = WR_INT;
    n->u.i = i;
}

static void set_float(wr_node *n, double f) {
    n->kind = WR_FLOAT;
    n->u.f = f;
}

// ----------------------------------------------------------------------------------- cfn-guard

// Could it be a number, true, false, null, or (in 3.2) yes, no, on, off?
static bool maybe_special(char c) {
    return is_digit(c) || (c && strchr("+-.iInNtf~yo", c) != NULL);
}

static bool guard_bool(wr_str s, bool yaml12_bool, wr_node *n) {
    static const char *const yes[3] = {"yes", "on", "y"}, *const no[3] = {"no", "off", "n"};
    if (wr_eq(s, WR_S("true")) || (yaml12_bool && one_of(s, yes))) set_bool(n, true);
    else if (wr_eq(s, WR_S("false")) || (yaml12_bool && one_of(s, no))) set_bool(n, false);
    else return false;
    return true;
}

static bool is_null_word(wr_str s) { // null in any case
    return s.n == 4 && (s.p[0] | 32) == 'n' && (s.p[1] | 32) == 'u' && (s.p[2] | 32) == 'l' &&
           (s.p[3] | 32) == 'l';
}

void wr_yaml_plain_guard(wr_str s, bool yaml12_bool, wr_node *n) {
    n->kind = WR_STR;
    if (s.n == 0 || !maybe_special(s.p[0])) return;
    int64_t i;
    double f;
    if (fits_i64(s) && wr_parse_i64(s, &i)) set_int(n, i);
    else if (wr_parse_f64(s, &f)) set_float(n, f);
    else if (guard_bool(s, yaml12_bool, n)) return;
    else if (is_null_word(s) || wr_eq(s, WR_S("~"))) n->kind = WR_NULL;
}

bool wr_yaml_core_guard(wr_str s, wr_yaml_core t, wr_node *n) {
    int64_t i;
    double f;
    n->kind = WR_STR;
    switch (t) {
    case WR_YCORE_BOOL: (void)guard_bool(s, false, n); return true;
    case WR_YCORE_INT:
        if (!wr_parse_i64(s, &i)) return false;
        set_int(n, i);
        return true;
    case WR_YCORE_FLOAT:
        if (!wr_parse_f64(s, &f)) return false;
        set_float(n, f);
        return true;
    case WR_YCORE_NULL: n->kind = WR_NULL; return true;
    default: return true;
    }
}

// ----------------------------------------------------------------------------------- YAML 1.2

static const char *const null_words[3] = {"null", "Null", "NULL"};
static const char *const true_words[3] = {"true", "True", "TRUE"};
static const char *const false_words[3] = {"false", "False", "FALSE"};
static const char *const inf_words[3] = {".inf", ".Inf", ".INF"};
static const char *const nan_words[3] = {".nan", ".NaN", ".NAN"};

static bool is_null(wr_str s) { return wr_eq(s, WR_S("~")) || one_of(s, null_words); }

static bool word_bool(wr_str s, wr_node *n) {
    if (one_of(s, true_words)) set_bool(n, true);
    else if (one_of(s, false_words)) set_bool(n, false);
    else return false;
    return true;
}

static int digit_value(char c) {
    if (is_digit(c)) return c - '0';
    char l = (char)(c | 32);
    return l >= 'a' && l <= 'f' ? l - 'a' + 10 : 99;
}

// Magnitude of digits in a base, up to 128 bits.
static bool magnitude(wr_str s, unsigned base, unsigned __int128 *out) {
    unsigned __int128 v = 0, most = ~(unsigned __int128)0;
    if (s.n == 0) return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned d = (unsigned)digit_value(s.p[i]);
        if (d >= base || v > (most - d) / base) return false;
        v = v * base + d;
    }
    *out = v;
    return true;
}

static size_t skip_sign(wr_str s, size_t i) {
    return i < s.n && (s.p[i] == '-' || s.p[i] == '+') ? i + 1 : i;
}

static size_t skip_digits(wr_str s, size_t i) {
    while (i < s.n && is_digit(s.p[i])) i++;
    return i;
}

// A decimal float of the core schema:
// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
static bool is_core_float(wr_str s) {
    size_t start = skip_sign(s, 0), i = skip_digits(s, start), digits = i - start;
    if (i < s.n && s.p[i] == '.') {
        start = i + 1;
        i = skip_digits(s, start);
        digits += i - start;
    }
    if (digits == 0) return false;
    if (i < s.n && (s.p[i] | 32) == 'e') {
        start = skip_sign(s, i + 1);
        i = skip_digits(s, start);
        if (i == start) return false;
    }
    return i == s.n;
}

static void decimal_float(wr_str s, wr_node *n) {
    double f = 0;
    (void)wr_parse_f64(s, &f);
    set_float(n, f);
    if (!isfinite(f) || !wr_f64_keeps(f, s)) n->flags |= WR_F_INEXACT;
}

// 0o17 and 0x1F: no sign in the core schema.
static bool strict_based(wr_str s, wr_node *n) {
    if (s.n < 3 || s.p[0] != '0') return false;
    unsigned base = s.p[1] == 'x' ? 16 : s.p[1] == 'o' ? 8 : 0;
    if (base == 0) return false;
    double f = 0;
    uint64_t v = 0;
    bool fits = true;
    for (size_t i = 2; i < s.n; i++) {
        unsigned d = (unsigned)digit_value(s.p[i]);
        if (d >= base) return false;
        f = f * base + d;
        fits = fits && v <= ((uint64_t)INT64_MAX - d) / base;
        if (fits) v = v * base + d;
    }
    if (fits) {
        set_int(n, (int64_t)v);
    } else {
        set_float(n, f);
        n->flags |= WR_F_INEXACT;
    }
    return true;
}

static bool strict_int(wr_str s, wr_node *n) {
    int64_t v;
    if (strict_based(s, n)) return true;
    if (!fits_i64(s) || !wr_parse_i64(s, &v)) return false;
    set_int(n, v);
    return true;
}

static bool strict_float(wr_str s, wr_node *n) {
    bool minus = s.n > 0 && s.p[0] == '-';
    wr_str bare = s.n > 0 && (minus || s.p[0] == '+') ? wr_sub(s, 1, s.n) : s;
    if (one_of(bare, inf_words)) set_float(n, minus ? -(double)INFINITY : (double)INFINITY);
    else if (one_of(s, nan_words)) set_float(n, (double)NAN);
    else if (is_core_float(s)) decimal_float(s, n);
    else return false;
    return true;
}

void wr_yaml_plain_strict(wr_str s, wr_node *n) {
    n->kind = WR_STR;
    if (s.n == 0 || is_null(s)) {
        n->kind = WR_NULL;
        return;
    }
    char c = s.p[0];
    if (is_digit(c) || c == '-' || c == '+' || c == '.') {
        if (!strict_int(s, n)) (void)strict_float(s, n);
    } else if (c == 't' || c == 'T' || c == 'f' || c == 'F') {
        (void)word_bool(s, n);
    }
}

bool wr_yaml_core_strict(wr_str s, wr_yaml_core t, wr_node *n) {
    n->kind = WR_STR;
    switch (t) {
    case WR_YCORE_BOOL: return word_bool(s, n);
    case WR_YCORE_INT:
        if (strict_int(s, n)) return true;
        if (!strict_float(s, n)) return false;
        return wr_find(s, WR_S("."), 0) == SIZE_MAX && wr_find(s, WR_S("e"), 0) == SIZE_MAX &&
               wr_find(s, WR_S("E"), 0) == SIZE_MAX;
    case WR_YCORE_FLOAT: return strict_float(s, n);
    case WR_YCORE_NULL: n->kind = WR_NULL; return s.n == 0 || is_null(s);
    default: return true;
    }
}

// ---------------------------------------------------------------------------------- serde_yaml

static bool serde_float(wr_str s, wr_node *n) {
    wr_str bare = s;
    double f;
    if (s.n > 0 && s.p[0] == '+') {
        bare = wr_sub(s, 1, s.n);
        if (bare.n > 0 && (bare.p[0] == '+' || bare.p[0] == '-')) return false;
    }
    if (one_of(bare, inf_words)) {
        set_float(n, (double)INFINITY);
    } else if (s.n == 5 && s.p[0] == '-' && one_of(wr_sub(s, 1, 5), inf_words)) {
        set_float(n, -(double)INFINITY);
    } else if (one_of(s, nan_words)) {
        set_float(n, (double)NAN);
    } else {
        if (!wr_parse_f64(bare, &f) || !isfinite(f)) return false;
        set_float(n, f);
    }
    return true;
}

// A zero before other digits: such a text stays a string.
static bool has_leading_zero(wr_str s) {
    if (s.n > 0 && (s.p[0] == '-' || s.p[0] == '+')) s = wr_sub(s, 1, s.n);
    if (s.n < 2 || s.p[0] != '0') return false;
    for (size_t i = 1; i < s.n; i++)
        if (!is_digit(s.p[i])) return false;
    return true;
}

static wr_str without_prefix(wr_str s, unsigned *base) {
    *base = 10;
    if (s.n < 2 || s.p[0] != '0') return s;
    unsigned b = s.p[1] == 'x' ? 16 : s.p[1] == 'o' ? 8 : s.p[1] == 'b' ? 2 : 0;
    if (b == 0) return s;
    *base = b;
    return wr_sub(s, 2, s.n);
}

// OK with *n set; BIG when only 128 bits hold it; BAD when it is no integer.
static wr_yserde serde_int(wr_str s, wr_node *n) {
    bool minus = s.n > 0 && s.p[0] == '-';
    wr_str bare = s.n > 0 && (minus || s.p[0] == '+') ? wr_sub(s, 1, s.n) : s;
    unsigned base;
    unsigned __int128 v;
    wr_str digits = without_prefix(bare, &base);
    if (base == 10 && has_leading_zero(s)) return WR_YSERDE_BAD;
    if (!magnitude(digits, base, &v)) return WR_YSERDE_BAD;
    if (!minus) {
        if (v > UINT64_MAX) return WR_YSERDE_BIG;
        set_int(n, (int64_t)(uint64_t)v);
        return WR_YSERDE_OK;
    }
    unsigned __int128 most = (unsigned __int128)1 << 127;
    if (v > most) return WR_YSERDE_BAD;
    if (v > (unsigned __int128)INT64_MAX + 1) return WR_YSERDE_BIG;
    set_int(n, (int64_t)(0 - (uint64_t)v));
    return WR_YSERDE_OK;
}

wr_str wr_yaml_big_text(wr_arena *a, wr_str s) {
    bool minus = s.n > 0 && s.p[0] == '-';
    if (minus || (s.n > 0 && s.p[0] == '+')) s = wr_sub(s, 1, s.n);
    unsigned base;
    unsigned __int128 v = 0;
    s = without_prefix(s, &base);
    (void)magnitude(s, base, &v);
    char text[48], *p = text + sizeof text, *end = p;
    for (; v > 0; v /= 10) *--p = (char)('0' + (int)(v % 10));
    if (minus) *--p = '-';
    return wr_dup(a, wr_strn(p, (size_t)(end - p)));
}

bool wr_yaml_plain_serde(wr_str s, wr_node *n) {
    n->kind = WR_STR;
    if (s.n == 0 || is_null(s)) {
        n->kind = WR_NULL;
        return true;
    }
    char c = s.p[0];
    if (!is_digit(c) && c != '-' && c != '+' && c != '.') {
        (void)word_bool(s, n);
        return true;
    }
    wr_yserde is = serde_int(s, n);
    if (is == WR_YSERDE_BAD && !has_leading_zero(s)) (void)serde_float(s, n);
    return is != WR_YSERDE_BIG;
}

wr_yserde wr_yaml_core_serde(wr_str s, wr_yaml_core t, wr_node *n) {
    n->kind = WR_STR;
    switch (t) {
    case WR_YCORE_BOOL: return word_bool(s, n) ? WR_YSERDE_OK : WR_YSERDE_BAD;
    case WR_YCORE_INT: return serde_int(s, n);
    case WR_YCORE_FLOAT: return serde_float(s, n) ? WR_YSERDE_OK : WR_YSERDE_BAD;
    case WR_YCORE_NULL: n->kind = WR_NULL; return is_null(s) ? WR_YSERDE_OK : WR_YSERDE_BAD;
    default: return WR_YSERDE_OK;
    }
}
