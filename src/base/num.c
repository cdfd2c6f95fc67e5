// SPDX-License-Identifier: Apache-2.0
// Numbers to text and back, as the Rust standard library and ryu do it, in any locale.
// Shortest digits: the fewest that read back as the same double and, of those, the closest to it
// (Steele & White 1990). 15 digits always survive a round trip through a normal double, so only
// 15, 16 and 17 are tried, and fewer for subnormals. Where the gap below a double is half the gap
// above (a power of two), the closest n digits may fail and their successor pass.

#include "base/base.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

// A decimal d₁d₂…dₙ × 10^(exp-n), so that the value is 0.d₁d₂…dₙ × 10^exp; d₁ and dₙ are not 0.
typedef struct decimal {
    char d[24];
    int n;
    int exp;
} decimal;

// Digits of v > 0 rounded to prec places. Reads the digits out of %e whatever the decimal point is.
static void round_to(double v, int prec, decimal *out) {
    char text[48];
    (void)snprintf(text, sizeof text, "%.*e", prec - 1, v);
    const char *p = text;
    out->n = 0;
    for (; *p != 'e'; p++)
        if (*p >= '0' && *p <= '9') out->d[out->n++] = *p;
    out->exp = (int)strtol(p + 1, NULL, 10) + 1;
    out->d[out->n] = 0;
}

static void trim_zeros(decimal *d) {
    while (d->n > 1 && d->d[d->n - 1] == '0') d->n--;
}

// Adds one unit in the last place.
static void next_up(decimal *d) {
    int i = d->n - 1;
    while (i >= 0 && d->d[i] == '9') d->d[i--] = '0';
    if (i >= 0) {
        d->d[i]++;
    } else {
        d->d[0] = '1'; // 999 → 1000: the zeros are trimmed anyway
        d->exp++;
    }
}

static bool reads_back(const decimal *d, double v) {
    char text[48];
    (void)snprintf(text, sizeof text, "%.*se%d", d->n, d->d, d->exp - d->n);
    return strtod(text, NULL) == v; // exact comparison is the point
}

// Was v rounded down to the prec digits of d from exactly half way? Half-way cases have one digit
// more than d, a 5; that nothing follows it is settled by all digits a double can have.
static bool is_tie_down(double v, int prec, const decimal *d) {
    enum { LOOK = 24, ALL = 770 };
    char text[ALL + 16];
    for (int more = LOOK; more <= ALL; more += ALL - LOOK) {
        (void)snprintf(text, sizeof text, "%.*e", more - 1, v);
        int i = 0;
        const char *p = text;
        for (; *p != 'e'; p++) {
            if (*p < '0' || *p > '9') continue;
            char want = i < prec ? d->d[i] : i == prec ? '5' : '0';
            if (*p != want) return false;
            i++;
        }
    }
    return true;
}

// v is finite and > 0. ties_up: of two decimals equally close, the larger (the Rust standard
// library); else the even one (ryu).
static void shortest(double v, bool ties_up, decimal *d) {
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    bool power_of_two = (bits & 0xFFFFFFFFFFFFFu) == 0;
    int prec = (bits >> 52) == 0 ? 1 : 15;
    for (; prec < 17; prec++) {
        round_to(v, prec, d);
        if (reads_back(d, v)) break;
        if (!power_of_two) continue;
        next_up(d);
        if (reads_back(d, v)) break;
    }
    if (prec == 17) round_to(v, prec, d);
    if (ties_up && prec > 15 && is_tie_down(v, prec, d)) next_up(d);
    trim_zeros(d);
}

// Sign, NaN, infinity and zero, which all spellings share; true when v is done.
static bool put_special(wr_buf *b, double v, const char *zero) {
    if (isnan(v)) {
        wr_putz(b, "NaN");
        return true;
    }
    if (signbit(v)) wr_putc(b, '-');
    if (isinf(v)) wr_putz(b, "inf");
    else if (v == 0) wr_putz(b, zero);
    else return false;
    return true;
}

// No exponent; ".0" after an integer when point.
static void put_positional(wr_buf *b, const decimal *d, bool point) {
    if (d->exp <= 0) {
        wr_putz(b, "0.");
        wr_pad(b, '0', (size_t)-d->exp);
        wr_put(b, d->d, (size_t)d->n);
    } else if (d->exp >= d->n) {
        wr_put(b, d->d, (size_t)d->n);
        wr_pad(b, '0', (size_t)(d->exp - d->n));
        if (point) wr_putz(b, ".0");
    } else {
        wr_put(b, d->d, (size_t)d->exp);
        wr_putc(b, '.');
        wr_put(b, d->d + d->exp, (size_t)(d->n - d->exp));
    }
}

static void put_scientific(wr_buf *b, const decimal *d) {
    wr_putc(b, d->d[0]);
    if (d->n > 1) {
        wr_putc(b, '.');
        wr_put(b, d->d + 1, (size_t)d->n - 1);
    }
    wr_putc(b, 'e');
    wr_put_i64(b, d->exp - 1);
}

void wr_put_f64_display(wr_buf *b, double v) {
    if (put_special(b, v, "0")) return;
    decimal d;
    shortest(fabs(v), true, &d);
    put_positional(b, &d, false);
}

void wr_put_f64_debug(wr_buf *b, double v) {
    if (put_special(b, v, "0.0")) return;
    decimal d;
    shortest(fabs(v), true, &d);
    if (d.exp > -4 && d.exp <= 16) put_positional(b, &d, true);
    else put_scientific(b, &d);
}

void wr_put_f64_json(wr_buf *b, double v) {
    if (put_special(b, v, "0.0")) return;
    decimal d;
    shortest(fabs(v), false, &d);
    if (d.exp > -5 && d.exp <= 16) put_positional(b, &d, true);
    else put_scientific(b, &d);
}

bool wr_parse_i64(wr_str s, int64_t *out) {
    size_t i = 0;
    bool minus = false;
    if (s.n > 0 && (s.p[0] == '-' || s.p[0] == '+')) {
        minus = s.p[0] == '-';
        i = 1;
    }
    if (i == s.n) return false;
    uint64_t v = 0;
    const uint64_t most = (uint64_t)INT64_MAX + minus;
    for (; i < s.n; i++) {
        unsigned d = (unsigned)(unsigned char)s.p[i] - '0';
        if (d > 9 || v > (most - d) / 10) return false;
        v = v * 10 + d;
    }
    *out = minus ? (int64_t)(0 - v) : (int64_t)v;
    return true;
}

// ------------------------------------------------------------------------------ reading doubles

// 767 significant digits decide every double; one more stands for all that follow.
enum { DIGITS_MOST = 780 };

typedef struct digits {
    char text[DIGITS_MOST + 32]; // significant digits, later "e<exp>": no decimal point, no locale
    size_t n;
    int64_t exp;  // power of ten of the last digit kept
    uint64_t val; // the digits as a number while n <= 19
    bool any;     // a digit was seen
} digits;

// Takes the digits at s[i…]; after the point when frac.
static size_t take_digits(wr_str s, size_t i, bool frac, digits *d) {
    for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++) {
        char c = s.p[i];
        d->any = true;
        if (frac) d->exp--;
        if (d->n == 0 && c == '0') continue;
        if (d->n < DIGITS_MOST) {
            d->text[d->n++] = c;
            if (d->n <= 19) d->val = d->val * 10 + (uint64_t)(c - '0');
        } else {
            // Beyond what is kept only "is it more than nothing" matters.
            if (c != '0') d->text[DIGITS_MOST - 1] = '1';
            d->exp++;
        }
    }
    return i;
}

static bool take_exponent(wr_str s, size_t i, int64_t *exp) {
    bool minus = false;
    if (i < s.n && (s.p[i] == '-' || s.p[i] == '+')) minus = s.p[i++] == '-';
    if (i == s.n) return false;
    int64_t e = 0;
    for (; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') return false;
        if (e < (int64_t)1 << 50) e = e * 10 + (s.p[i] - '0');
    }
    *exp += minus ? -e : e;
    return true;
}

static double digits_value(digits *d) {
    static const double ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                 1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (d->n == 0) return 0;
    // Both factors are exact, so one rounding gives the nearest double (Clinger 1990).
    if (d->n <= 19 && d->val <= (uint64_t)1 << 53 && d->exp >= -22 && d->exp <= 22) {
        double v = (double)d->val;
        return d->exp < 0 ? v / ten[-d->exp] : v * ten[d->exp];
    }
    int64_t e = d->exp;
    if (e > 100000) e = 100000; // far beyond any double, whatever the digits
    if (e < -100000) e = -100000;
    (void)snprintf(d->text + d->n, sizeof d->text - d->n, "e%d", (int)e);
    return strtod(d->text, NULL);
}

static bool is_word(wr_str s, const char *lower) {
    size_t i = 0;
    for (; i < s.n && lower[i]; i++)
        if ((s.p[i] | 0x20) != lower[i]) return false;
    return i == s.n && lower[i] == 0;
}

bool wr_parse_f64(wr_str s, double *out) {
    bool minus = false;
    if (s.n > 0 && (s.p[0] == '-' || s.p[0] == '+')) {
        minus = s.p[0] == '-';
        s = wr_sub(s, 1, s.n);
    }
    double v;
    if (is_word(s, "inf") || is_word(s, "infinity")) {
        v = (double)INFINITY;
    } else if (is_word(s, "nan")) {
        v = (double)NAN;
    } else {
        digits d;
        d.n = 0, d.exp = 0, d.val = 0, d.any = false;
        size_t i = take_digits(s, 0, false, &d);
        if (i < s.n && s.p[i] == '.') i = take_digits(s, i + 1, true, &d);
        if (!d.any) return false;
        if (i < s.n) {
            if ((s.p[i] | 0x20) != 'e' || !take_exponent(s, i + 1, &d.exp)) return false;
        }
        v = digits_value(&d);
    }
    *out = minus ? -v : v;
    return true;
}

bool wr_f64_keeps(double v, wr_str lexeme) {
    digits d;
    d.n = 0, d.exp = 0, d.val = 0, d.any = false;
    size_t i = lexeme.n > 0 && (lexeme.p[0] == '-' || lexeme.p[0] == '+');
    i = take_digits(lexeme, i, false, &d);
    if (i < lexeme.n && lexeme.p[i] == '.') i = take_digits(lexeme, i + 1, true, &d);
    if (i < lexeme.n && !take_exponent(lexeme, i + 1, &d.exp)) return false;
    while (d.n > 1 && d.text[d.n - 1] == '0') d.n--, d.exp++;
    if (d.n == 0 || v == 0) return d.n == 0 && v == 0;
    decimal s;
    shortest(fabs(v), false, &s);
    return d.n == (size_t)s.n && d.exp == s.exp - s.n && memcmp(d.text, s.d, d.n) == 0;
}
