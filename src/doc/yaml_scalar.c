// SPDX-License-Identifier: Apache-2.0
// How a text is written in YAML. Two questions: which styles would read back as the same text (the
// rules of libyaml's emitter, which follow YAML 1.1 §5 and §9), and which style serde_yaml 0.9 asks
// for: a block when the text has a line feed, quotes when its plain form would be read as null, a
// boolean or a number, else plain.

#include "doc/write_int.h"

#include <math.h>

// ---------------------------------------------------------------------------------- analysis

// Is there a line break at p[i]? Its length, or 0. (Next line, line and paragraph separator too.)
static size_t break_at(wr_str s, size_t i) {
    const unsigned char *p = (const unsigned char *)s.p;
    if (i >= s.n) return 0;
    if (p[i] == '\n' || p[i] == '\r') return 1;
    if (p[i] == 0xC2) return i + 1 < s.n && p[i + 1] == 0x85 ? 2 : 0;
    if (p[i] == 0xE2) return i + 2 < s.n && p[i + 1] == 0x80 && (p[i + 2] | 1) == 0xA9 ? 3 : 0;
    return 0;
}

// White space, a break or the end.
static bool is_blank_or_end(wr_str s, size_t i) {
    return i >= s.n || s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == 0 || break_at(s, i) > 0;
}

static bool is_printable(uint32_t cp) {
    return cp == '\n' || (cp >= 0x20 && cp <= 0x7E) ||
           (cp >= 0xA0 && cp != 0xFEFF && cp != 0xFFFE && cp != 0xFFFF);
}

static bool is_one_of(char c, const char *set) { return c != 0 && strchr(set, c) != NULL; }

// Would a block-context plain scalar end or turn into something else at the character at i? `next`
// is the offset after it; `after_blank`: white space or nothing stands before it.
static bool is_indicator(wr_str s, size_t i, size_t next, bool after_blank) {
    char c = s.p[i];
    if (c == ':') return is_blank_or_end(s, next);
    if (i > 0) return c == '#' && after_blank;
    if (c == '?' || c == '-') return is_blank_or_end(s, next);
    return is_one_of(c, "#,[]{}&*!|>'\"%@`");
}

static bool looks_like_marker(wr_str s) {
    return wr_starts(s, WR_S("---")) || wr_starts(s, WR_S("..."));
}

yaml_text yaml_analyze(wr_str s) {
    bool indicators = looks_like_marker(s), special = false, breaks = false;
    bool edge_blank = false,
         trailing_space = false;                   // white space at either end; a space at the end
    bool break_space = false, space_break = false; // a space after a break; a break after a space
    bool was_space = false, was_break = false, after_blank = true;
    if (s.n == 0) return (yaml_text){.plain = true, .single = true};
    for (size_t i = 0, next; i < s.n; i = next) {
        next = i;
        uint32_t cp = wr_utf8_next(s, &next);
        bool space = cp == ' ', brk = break_at(s, i) > 0;
        bool edge = i == 0 || next == s.n;
        indicators |= is_indicator(s, i, next, after_blank);
        special |= !is_printable(cp);
        breaks |= brk;
        edge_blank |= edge && (space || brk);
        trailing_space |= space && next == s.n;
        break_space |= space && was_break;
        space_break |= brk && was_space;
        after_blank = is_blank_or_end(s, i);
        was_space = space;
        was_break = brk;
    }
    bool quotable = !space_break && !special;
    return (yaml_text){
        .multiline = breaks,
        .plain = quotable && !indicators && !breaks && !edge_blank,
        .single = quotable && !break_space,
        .literal = quotable && !trailing_space,
    };
}

// ---------------------------------------------------------------------------------- style

static bool is_word(wr_str s) {
    static const char *const words[] = {"null", "Null", "NULL",  "~",     "true",
                                        "True", "TRUE", "false", "False", "FALSE"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (wr_eq(s, wr_strz(words[i]))) return true;
    return false;
}

// Digits of the base up to what an unsigned 128-bit number holds; signed when minus.
static bool fits_128(wr_str s, unsigned base, bool minus) {
    const unsigned __int128 top = (unsigned __int128)1 << 127;
    const unsigned __int128 most = minus ? top : top - 1 + top;
    unsigned __int128 v = 0;
    if (s.n == 0) return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned c = (unsigned char)s.p[i];
        unsigned d = c - '0';
        if (d > 9) d = (c | 0x20) - 'a' < 6 ? (c | 0x20) - 'a' + 10 : 99;
        if (d >= base || v > (most - d) / base) return false;
        v = v * base + d;
    }
    return true;
}

// 0x1F, -0o17, +0b1: what serde_yaml reads as an integer in another base.
static bool is_prefixed_int(wr_str s) {
    bool minus = wr_starts(s, WR_S("-"));
    if (minus || wr_starts(s, WR_S("+"))) s = wr_sub(s, 1, s.n);
    if (s.n < 3 || s.p[0] != '0') return false;
    unsigned base = s.p[1] == 'x' ? 16 : s.p[1] == 'o' ? 8 : s.p[1] == 'b' ? 2 : 0;
    return base != 0 && fits_128(wr_sub(s, 2, s.n), base, minus);
}

// 007 and the like: digits that are no number in YAML 1.2, and that others would read as one.
static bool is_padded_int(wr_str s) {
    if (s.n > 0 && (s.p[0] == '-' || s.p[0] == '+')) s = wr_sub(s, 1, s.n);
    if (s.n < 2 || s.p[0] != '0') return false;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    return true;
}

static bool is_float(wr_str s) {
    static const char *const special[] = {"-.inf", "-.Inf", "-.INF", ".nan", ".NaN", ".NAN"};
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++)
        if (wr_eq(s, wr_strz(special[i]))) return true;
    if (wr_starts(s, WR_S("+"))) {
        s = wr_sub(s, 1, s.n);
        if (s.n > 0 && (s.p[0] == '+' || s.p[0] == '-')) return false;
    }
    if (wr_eq(s, WR_S(".inf")) || wr_eq(s, WR_S(".Inf")) || wr_eq(s, WR_S(".INF"))) return true;
    double v;
    return wr_parse_f64(s, &v) && isfinite(v);
}

yaml_style yaml_wanted(wr_str s, bool padded_plain) {
    if (s.n == 0) return YAML_SINGLE;
    if (memchr(s.p, '\n', s.n) != NULL) return YAML_LITERAL;
    if (is_one_of(s.p[0], "nN~tTfF")) return is_word(s) ? YAML_SINGLE : YAML_PLAIN;
    if (!is_one_of(s.p[0], "0123456789+-.")) return YAML_PLAIN;
    if (is_padded_int(s)) return padded_plain ? YAML_PLAIN : YAML_SINGLE;
    return is_float(s) || is_prefixed_int(s) ? YAML_SINGLE : YAML_PLAIN;
}
