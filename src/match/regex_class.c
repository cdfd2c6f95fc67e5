// SPDX-License-Identifier: Apache-2.0
// Bracketed character classes and \p{…}, in the grammar of the Rust regex crate (regex-syntax
// 0.8): nested classes, [:name:], ranges, and the operations && -- ~~, all of one precedence and
// grouped to the left. In a case-insensitive class both operands are closed under case before an
// operation, and every bracket before it is negated.
// The text comes from regex_parse, which has already turned the escapes that only fancy-regex
// knows into those this grammar has: \d \s \w \D \S \W, \p \P, and escaped punctuation.

#include "match/regex_int.h"

enum { CLASS_DEPTH = 120 }; // of brackets

typedef struct class_reader {
    wr_arena *arena;
    wr_str text;
    size_t i;
    bool fold;
    rx_error *err;
    size_t at; // of the class in the pattern
} class_reader;

static bool fail_class(class_reader *r, const char *what) {
    rx_fail_compile(r->err, r->at, what);
    return false;
}

static bool no_memory(class_reader *r) { return fail_class(r, "out of memory"); }

static uint32_t peek(const class_reader *r, size_t ahead) {
    size_t i = r->i + ahead;
    return i < r->text.n ? (unsigned char)r->text.p[i] : 0;
}

bool rx_class_property(wr_arena *a, wr_str text, bool fold, rx_set *out, rx_error *err, size_t at) {
    bool negated = text.p[0] == 'P', unequal = false;
    wr_str name = wr_sub(text, 1, text.n);
    if (name.n > 0 && name.p[0] == '{') name = wr_sub(name, 1, name.n - 1);
    else if (name.n == 0 || name.p[0] == '\\')
        return rx_fail_compile(err, at, "Regex error: invalid Unicode character class"), false;
    rx_set s = {0};
    switch (rx_set_property(a, &s, name, &unequal)) {
    case RX_FOUND: break;
    case RX_NO_PROPERTY:
        return rx_fail_compile(err, at, "Regex error: Unicode property not found"), false;
    case RX_NO_VALUE:
        return rx_fail_compile(err, at, "Regex error: Unicode property value not found"), false;
    case RX_NOT_HERE:
        return rx_fail_compile(err, at,
                               "Regex error: text segmentation properties (Grapheme_Cluster_Break, "
                               "Word_Break, Sentence_Break) are not supported"),
               false;
    }
    rx_set_freeze(&s);
    if (fold && !rx_set_fold(a, &s)) return rx_fail_compile(err, at, "out of memory"), false;
    if (negated != unequal && !rx_set_negate(a, &s))
        return rx_fail_compile(err, at, "out of memory"), false;
    if (!rx_set_add_set(a, out, &s)) return rx_fail_compile(err, at, "out of memory"), false;
    return true;
}

// One item: a character, or (is_set) members already added to out.
typedef struct item {
    bool is_set;
    uint32_t cp;
} item;

static size_t property_end(wr_str text, size_t i) {
    if (i + 1 >= text.n) return text.n;
    if (text.p[i + 1] != '{') {
        size_t end = i + 1;
        wr_utf8_next(text, &end);
        return end;
    }
    size_t close = wr_find(text, WR_S("}"), i);
    return close == SIZE_MAX ? text.n : close + 1;
}

// An escape; the reader stands after the backslash.
static bool read_escape(class_reader *r, rx_set *out, item *it) {
    unsigned char c = (unsigned char)peek(r, 0);
    unsigned char low = (unsigned char)(c | 32);
    if (low == 'p') {
        size_t end = property_end(r->text, r->i);
        wr_str prop = wr_sub(r->text, r->i, end);
        r->i = end;
        it->is_set = true;
        return rx_class_property(r->arena, prop, r->fold, out, r->err, r->at);
    }
    if (low == 'd' || low == 's' || low == 'w') {
        rx_set s = {0};
        r->i++;
        it->is_set = true;
        if (!rx_set_perl(r->arena, &s, (char)low)) return no_memory(r);
        rx_set_freeze(&s);
        if (c != low && !rx_set_negate(r->arena, &s)) return no_memory(r);
        return rx_set_add_set(r->arena, out, &s) || no_memory(r);
    }
    it->cp = wr_utf8_next(r->text, &r->i);
    return true;
}

static bool read_item(class_reader *r, rx_set *out, item *it) {
    *it = (item){false, 0};
    if (peek(r, 0) == '\\' && r->i + 1 < r->text.n) {
        r->i++;
        return read_escape(r, out, it);
    }
    it->cp = wr_utf8_next(r->text, &r->i);
    return true;
}

// A character, an escape or a range.
static bool read_range(class_reader *r, rx_set *out) {
    static const char bad_escape[] =
        "Regex error: invalid escape sequence found in character class range";
    item first, second;
    if (!read_item(r, out, &first)) return false;
    if (r->i >= r->text.n) return fail_class(r, "Regex error: unclosed character class");
    if (peek(r, 0) != '-' || peek(r, 1) == ']' || peek(r, 1) == '-')
        return first.is_set || rx_set_add(r->arena, out, first.cp, first.cp) || no_memory(r);
    r->i++;
    if (r->i >= r->text.n) return fail_class(r, "Regex error: unclosed character class");
    if (!read_item(r, out, &second)) return false;
    if (first.is_set || second.is_set) return fail_class(r, bad_escape);
    if (first.cp > second.cp)
        return fail_class(r, "Regex error: invalid character class range, the start must be <= "
                             "the end");
    return rx_set_add(r->arena, out, first.cp, second.cp) || no_memory(r);
}

// [:name:] at the reader: adds it and moves on, or leaves all as it was.
static bool read_named(class_reader *r, rx_set *out) {
    size_t i = r->i + 2;
    bool negated = peek(r, 2) == '^';
    if (negated) i++;
    size_t end = i;
    while (end < r->text.n && r->text.p[end] != ':') end++;
    if (peek(r, 1) != ':' || !wr_starts(wr_sub(r->text, end, r->text.n), WR_S(":]"))) return false;
    rx_set s = {0};
    if (!rx_set_ascii(r->arena, &s, wr_sub(r->text, i, end))) return false;
    rx_set_freeze(&s);
    if (r->fold && !rx_set_fold(r->arena, &s)) return false;
    if (negated && !rx_set_negate(r->arena, &s)) return false;
    if (!rx_set_add_set(r->arena, out, &s)) return false;
    r->i = end + 2;
    return true;
}

// left = left op right, or right alone when there is no operation yet (op 0).
static bool apply(class_reader *r, rx_set *left, uint32_t op, rx_set *right) {
    wr_arena *a = r->arena;
    rx_set_freeze(right);
    if (op == 0) {
        *left = *right;
        return true;
    }
    if (r->fold && (!rx_set_fold(a, left) || !rx_set_fold(a, right))) return no_memory(r);
    bool ok = op == '&'   ? rx_set_and(a, left, right)
              : op == '-' ? rx_set_minus(a, left, right)
                          : rx_set_xor(a, left, right);
    return ok || no_memory(r);
}

// What may stand at the start of a class and nowhere else: '^', hyphens, a ']'.
static void read_start(class_reader *r, bool *negated, rx_set *here, bool *ok) {
    *negated = peek(r, 0) == '^';
    if (*negated) r->i++;
    bool hyphens = false;
    for (; peek(r, 0) == '-'; r->i++, hyphens = true) *ok &= rx_set_add(r->arena, here, '-', '-');
    if (!hyphens && peek(r, 0) == ']') {
        *ok &= rx_set_add(r->arena, here, ']', ']');
        r->i++;
    }
}

// A class from after its '[' to after its ']'. Recurses once a bracket, CLASS_DEPTH at most.
static bool read_class(class_reader *r, rx_set *out, int depth) {
    if (depth > CLASS_DEPTH)
        return fail_class(r, "Regex error: exceed the maximum number of nested classes");
    rx_set left = {0}, here = {0};
    uint32_t op = 0;
    bool negated, ok = true;
    read_start(r, &negated, &here, &ok);
    while (ok) {
        if (r->i >= r->text.n) return fail_class(r, "Regex error: unclosed character class");
        uint32_t c = peek(r, 0);
        if (c == ']') {
            r->i++;
            break;
        }
        if (c == '[') {
            if (read_named(r, &here)) continue;
            r->i++;
            ok = read_class(r, &here, depth + 1);
        } else if ((c == '&' || c == '-' || c == '~') && peek(r, 1) == c) {
            r->i += 2;
            ok = apply(r, &left, op, &here);
            here = (rx_set){0};
            op = c;
        } else {
            ok = read_range(r, &here);
        }
    }
    if (!ok || !apply(r, &left, op, &here)) return false;
    if (r->fold && !rx_set_fold(r->arena, &left)) return no_memory(r);
    if (negated && !rx_set_negate(r->arena, &left)) return no_memory(r);
    return rx_set_add_set(r->arena, out, &left) || no_memory(r);
}

bool rx_class(wr_arena *a, wr_str text, bool fold, rx_set *out, rx_error *err, size_t at) {
    class_reader r = {a, text, 1, fold, err, at};
    if (!read_class(&r, out, 1)) return false;
    // "[+-[b]]": the regex crate reads '[' as the range's end and stops one bracket early, where
    // fancy-regex does not. What the original then does is an accident; say so instead.
    if (r.i != text.n)
        return fail_class(&r, "Regex error: an unescaped '[' ends a range; write '\\['");
    rx_set_freeze(out);
    return true;
}
