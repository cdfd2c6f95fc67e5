// SPDX-License-Identifier: Apache-2.0
// From a pattern's text to its tree, in the grammar of fancy-regex 0.13, which decides what Guard
// takes for a pattern: Rust's regex syntax with look-around, back-references, atomic groups,
// possessive quantifiers, conditionals, \K, \G, \h and comments.
// What is kept on purpose, because rules may depend on it: a '{' that begins no count is a
// character; flags set in a group outlive it unless the group has flags of its own; a quantifier
// follows one atom only; (?x) does not reach into classes; an escaped character ignores (?i).
// Invariant: recursion is one level a group, and groups nest 63 deep at most.

#include "match/regex_int.h"

#include <stdarg.h>
#include <stdio.h>

enum { MAX_DEPTH = 64 };

enum {
    FLAG_CASE = 1,
    FLAG_LINES = 2,
    FLAG_DOT_ALL = 4,
    FLAG_SWAP = 8,
    FLAG_SPACE = 16,
};

typedef struct parser {
    wr_arena *arena;
    wr_str re;
    size_t i;
    uint32_t flags;
    uint32_t n_groups;
    bool numbered_refs;
    const rx_set *perl[6]; // \d \s \w \D \S \W, once made
    const rx_set *dot[2];  // all but a line feed; all
    rx_tree *tree;
    rx_error *err;
} parser;

void rx_fail(rx_error *e, size_t at, const char *fmt, ...) {
    if (e->failed) return;
    e->failed = true;
    e->at = at;
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    size_t len = n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
    e->text = wr_dup(e->arena, wr_strn(text, wr_utf8_check(wr_strn(text, len))));
}

void rx_fail_parse(rx_error *e, size_t at, const char *what) {
    rx_fail(e, at, "Parsing error at position %zu: %s", at, what);
}

void rx_fail_compile(rx_error *e, size_t at, const char *what) {
    rx_fail(e, at, "Error compiling regex: %s", what);
}

static rx_node *fail(parser *p, size_t at, const char *what) {
    rx_fail_parse(p->err, at, what);
    return NULL;
}

static rx_node *node(parser *p, rx_kind kind) {
    rx_node *n = WR_NEW(p->arena, rx_node);
    if (n == NULL) {
        rx_fail_compile(p->err, p->i, "out of memory");
        return NULL;
    }
    n->kind = kind;
    n->at = (uint32_t)p->i;
    return n;
}

static void append(rx_node *parent, rx_node *child) {
    if (parent->child == NULL) parent->child = child;
    else parent->last->next = child;
    parent->last = child;
}

static rx_node *wrap(parser *p, rx_kind kind, rx_node *child) {
    rx_node *n = child != NULL ? node(p, kind) : NULL;
    if (n != NULL) append(n, child);
    return n;
}

static bool at_end(const parser *p) { return p->i >= p->re.n; }
// The byte at the reader, or NUL: no byte of the grammar is NUL.
static unsigned char byte_at(const parser *p, size_t i) {
    return i < p->re.n ? (unsigned char)p->re.p[i] : 0;
}
static unsigned char here(const parser *p) { return byte_at(p, p->i); }
static bool looking_at(const parser *p, const char *z) {
    return wr_starts(wr_sub(p->re, p->i, p->re.n), wr_strz(z));
}
static bool is_digit(unsigned char c) { return c >= '0' && c <= '9'; }
static bool is_hex(unsigned char c) { return is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'f'); }

// Length of the code point that starts with c.
static size_t cp_len(unsigned char c) { return c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4; }

static size_t cp_end(const parser *p, size_t i) {
    size_t end = i + cp_len(byte_at(p, i));
    return end < p->re.n ? end : p->re.n;
}

// (?#…) with escapes; false when it is not closed.
static bool skip_comment(parser *p) {
    for (p->i += 3;; p->i++) {
        if (at_end(p)) {
            fail(p, p->i, "Opening parenthesis without closing parenthesis");
            return false;
        }
        if (here(p) == ')') break;
        if (here(p) == '\\') p->i++;
    }
    p->i++;
    return true;
}

// Comments and, under (?x), white space.
static bool skip_space(parser *p) {
    bool space = (p->flags & FLAG_SPACE) != 0;
    while (!at_end(p)) {
        unsigned char c = here(p);
        if (space && c == '#') {
            size_t nl = wr_find(p->re, WR_S("\n"), p->i);
            p->i = nl == SIZE_MAX ? p->re.n : nl + 1;
        } else if (space && (c == ' ' || c == '\r' || c == '\n' || c == '\t')) {
            p->i++;
        } else if (c == '(' && looking_at(p, "(?#")) {
            if (!skip_comment(p)) return false;
        } else {
            break;
        }
    }
    return true;
}

// A decimal number, or false when there is none or it does not fit.
static bool read_decimal(wr_str s, size_t *i, uint64_t *out) {
    uint64_t v = 0;
    size_t k = *i;
    for (; k < s.n && is_digit((unsigned char)s.p[k]); k++) {
        uint64_t d = (uint64_t)(s.p[k] - '0');
        if (v > (UINT64_MAX - d) / 10) return false;
        v = v * 10 + d;
    }
    if (k == *i) return false;
    *i = k;
    *out = v;
    return true;
}

bool rx_read_id(wr_str s, size_t from, const char *open, const char *close, bool relative,
                wr_str *id, size_t *end) {
    if (!wr_starts(wr_sub(s, from, s.n), wr_strz(open))) return false;
    size_t start = from + strlen(open), i = start;
    bool number = relative && i < s.n && s.p[i] == '-';
    if (number) i++;
    while (i < s.n) {
        size_t next = i;
        uint32_t c = wr_utf8_next(s, &next);
        if (number ? !(c < 128 && is_digit((unsigned char)c)) : !wr_is_alphanumeric(c) && c != '_')
            break;
        i = next;
    }
    if (i == start || !wr_starts(wr_sub(s, i, s.n), wr_strz(close))) return false;
    *id = wr_sub(s, start, i);
    *end = i + strlen(close);
    return true;
}

// ---------------------------------------------------------------------------------- leaves

// All code points that differ from cp only in case, and cp.
static bool add_cases(wr_arena *a, rx_set *s, uint32_t cp) {
    if (cp >= 128) return rx_set_add(a, s, cp, cp) && rx_set_fold(a, s);
    uint32_t low = cp | 32; // (?i) before ASCII text is common: no need of the table
    bool letter = low >= 'a' && low <= 'z';
    bool ok = !letter ? rx_set_add(a, s, cp, cp)
                      : rx_set_add(a, s, low - 32, low - 32) && rx_set_add(a, s, low, low);
    if (letter && low == 'k') ok = ok && rx_set_add(a, s, 0x212A, 0x212A);
    if (letter && low == 's') ok = ok && rx_set_add(a, s, 0x17F, 0x17F);
    if (ok) rx_set_freeze(s);
    return ok;
}

static rx_node *char_node(parser *p, uint32_t cp, bool fold) {
    if (fold) {
        rx_set *s = WR_NEW(p->arena, rx_set);
        if (s == NULL || !add_cases(p->arena, s, cp)) {
            rx_fail_compile(p->err, p->i, "out of memory");
            return NULL;
        }
        if (s->r.n > 1 || s->r.v[0].lo != s->r.v[0].hi) {
            rx_node *n = node(p, RX_SET);
            if (n != NULL) n->set = s;
            return n;
        }
    }
    rx_node *n = node(p, RX_CHAR);
    if (n != NULL) n->cp = cp;
    return n;
}

static rx_node *set_node(parser *p, const rx_set *s) {
    rx_node *n = node(p, RX_SET);
    if (n != NULL) n->set = s;
    return n;
}

static rx_set *range_set(parser *p, const rx_range *r, size_t n, bool negate) {
    rx_set *s = WR_NEW(p->arena, rx_set);
    for (size_t i = 0; s != NULL && i < n; i++)
        if (!rx_set_add(p->arena, s, r[i].lo, r[i].hi)) s = NULL;
    if (s != NULL) rx_set_freeze(s);
    if (s != NULL && (!negate || rx_set_negate(p->arena, s))) return s;
    rx_fail_compile(p->err, p->i, "out of memory");
    return NULL;
}

static rx_node *dot_node(parser *p) {
    static const rx_range line_feed = {'\n', '\n'};
    size_t all = (p->flags & FLAG_DOT_ALL) != 0;
    if (p->dot[all] == NULL) p->dot[all] = range_set(p, &line_feed, all ? 0 : 1, true);
    return p->dot[all] != NULL ? set_node(p, p->dot[all]) : NULL;
}

static rx_node *assert_node(parser *p, rx_assert which) {
    rx_node *n = node(p, RX_ASSERT);
    if (n != NULL) n->which = (uint8_t)which;
    return n;
}

// \d and its like; made once, since \w is large.
static rx_node *perl_node(parser *p, unsigned char c) {
    static const char names[] = "dswDSW";
    size_t k = (size_t)(strchr(names, c) - names);
    if (p->perl[k] == NULL) {
        rx_set *s = WR_NEW(p->arena, rx_set);
        bool ok = s != NULL && rx_set_perl(p->arena, s, (char)(c | 32));
        if (ok) rx_set_freeze(s);
        if (!ok || (k > 2 && !rx_set_negate(p->arena, s))) {
            rx_fail_compile(p->err, p->i, "out of memory");
            return NULL;
        }
        p->perl[k] = s;
    }
    return set_node(p, p->perl[k]);
}

// ---------------------------------------------------------------------------------- escapes

// What an escape in a class stands for: a character, or text in the regex crate's own syntax.
typedef enum escape_kind { ESC_NODE, ESC_CHAR, ESC_TEXT } escape_kind;

typedef struct escape {
    escape_kind kind;
    uint32_t cp;
    bool fold;     // (?i) applies to the character
    wr_str text;   // ESC_TEXT
    rx_node *node; // ESC_NODE: an assertion, a back-reference, …
} escape;

// \xHH \uHHHH \UHHHHHHHH or \x{H…}; the reader stands after the letter.
static bool read_hex(parser *p, size_t digits, uint32_t *cp) {
    size_t at = p->i, i = at, end = at;
    while (end < p->re.n && end < at + digits && is_hex(byte_at(p, end))) end++;
    if (end < at + digits) {
        if (byte_at(p, at) != '{') return fail(p, at, "Invalid hex escape"), false;
        i = at + 1;
        for (end = i; end < i + 8 && is_hex(byte_at(p, end)); end++) continue;
        if (end == i || byte_at(p, end) != '}') return fail(p, at, "Invalid hex escape"), false;
        p->i = end + 1;
    } else {
        p->i = end;
    }
    uint32_t v = 0;
    for (; i < end; i++) {
        unsigned char c = byte_at(p, i);
        v = v << 4 | (uint32_t)(is_digit(c) ? c - '0' : (c | 32) - 'a' + 10);
    }
    if (v > RX_MAX_CP || (v >= 0xD800 && v < 0xE000))
        return fail(p, at, "Invalid codepoint for hex or unicode escape"), false;
    *cp = v;
    return true;
}

static rx_node *backref_node(parser *p, size_t at, uint64_t group) {
    rx_node *n = node(p, RX_BACKREF);
    if (n == NULL) return NULL;
    n->lo = group;
    n->at = (uint32_t)at;
    return n;
}

static rx_node *numbered_backref(parser *p) {
    uint64_t group;
    size_t at = p->i;
    if (!read_decimal(p->re, &p->i, &group) || group >= p->re.n / 2)
        return fail(p, at, "Invalid back reference");
    p->numbered_refs = true;
    return backref_node(p, at, group);
}

// The group a name or number means: names first. false: none.
static bool resolve_group(const parser *p, wr_str id, uint64_t *group) {
    for (uint32_t i = p->tree->names.n; i-- > 0;) {
        if (!wr_eq(p->tree->names.v[i].name, id)) continue;
        *group = p->tree->names.v[i].group;
        return true;
    }
    bool back = id.p[0] == '-';
    size_t i = back ? 1 : 0;
    uint64_t v;
    if (!read_decimal(id, &i, &v) || i != id.n || v > INT64_MAX) return false;
    *group = v;
    if (!back || v == 0) return true;
    if (v > (uint64_t)p->n_groups + 1) return false;
    *group = p->n_groups + 1 - v;
    return true;
}

static rx_node *named_backref(parser *p, const char *open, const char *close, bool relative) {
    wr_str id;
    size_t at = p->i, end;
    uint64_t group;
    if (!rx_read_id(p->re, at, open, close, relative, &id, &end))
        return fail(p, at, "Could not parse group name");
    if (!resolve_group(p, id, &group)) {
        rx_fail(p->err, at,
                "Parsing error at position %zu: Invalid group name in back reference: %.*s", at,
                WR_FMT(id));
        return NULL;
    }
    p->i = end;
    return backref_node(p, at, group);
}

static bool bad_escape(parser *p, size_t at) {
    wr_str s = wr_sub(p->re, at, cp_end(p, at + 1));
    rx_fail(p->err, at, "Parsing error at position %zu: Invalid escape: %.*s", at, WR_FMT(s));
    return false;
}

// Escapes that only mean something outside a class: assertions, \k, \K, \G. false: c is no such.
static bool read_outside_escape(parser *p, size_t at, unsigned char c, escape *e) {
    static const struct {
        char c;
        rx_assert which;
    } asserts[] = {{'A', RX_TEXT_START},    {'z', RX_TEXT_END},   {'b', RX_WORD_EDGE},
                   {'B', RX_NOT_WORD_EDGE}, {'<', RX_WORD_START}, {'>', RX_WORD_END}};
    e->kind = ESC_NODE;
    for (size_t i = 0; i < sizeof asserts / sizeof *asserts; i++) {
        if (c != (unsigned char)asserts[i].c) continue;
        if ((c | 32) == 'b' && here(p) == '{') e->node = (bad_escape(p, at), NULL);
        else e->node = assert_node(p, asserts[i].which);
        return true;
    }
    if (c == 'k') {
        bool quoted = here(p) == '\'';
        e->node = named_backref(p, quoted ? "'" : "<", quoted ? "'" : ">", true);
        return true;
    }
    if (c != 'K' && c != 'G') return false;
    e->node = node(p, c == 'K' ? RX_KEEP : RX_CONTINUE);
    return true;
}

// \p and \P with their name.
static bool read_property(parser *p, size_t at, escape *e) {
    if (here(p) == '{') {
        size_t close = wr_find(p->re, WR_S("}"), p->i);
        if (close == SIZE_MAX) return fail(p, at, "Unicode escape not closed"), false;
        p->i = close + 1;
    } else {
        p->i = cp_end(p, p->i);
    }
    *e = (escape){.kind = ESC_TEXT, .text = wr_sub(p->re, at, p->i)};
    return true;
}

static bool read_char_escape(parser *p, size_t at, unsigned char c, escape *e) {
    static const char letters[] = "abfnrtve";
    static const char values[] = "\a\b\f\n\r\t\v\x1b";
    const char *k = strchr(letters, c);
    *e = (escape){.kind = ESC_CHAR};
    if (k != NULL && c != 0) {
        e->cp = (uint32_t)values[k - letters];
        return true;
    }
    bool letter = (c | 32) >= 'a' && (c | 32) <= 'z';
    if (letter && strchr("kAzBKG", c) == NULL) return bad_escape(p, at);
    size_t i = at + 1;
    e->cp = wr_utf8_next(p->re, &i);
    return true;
}

// Any escape; the reader stands at the backslash.
static bool read_escape(parser *p, bool in_class, escape *e) {
    size_t at = p->i;
    *e = (escape){.kind = ESC_NODE};
    if (at + 1 >= p->re.n) return fail(p, at, "Backslash without following character"), false;
    unsigned char c = byte_at(p, at + 1);
    if (is_digit(c)) {
        p->i = at + 1;
        e->node = numbered_backref(p);
        return e->node != NULL;
    }
    p->i = cp_end(p, at + 1);
    if (!in_class && read_outside_escape(p, at, c, e)) return e->node != NULL;
    switch (c) {
    case 'd':
    case 's':
    case 'w':
    case 'D':
    case 'S':
    case 'W':
    case 'h':
    case 'H': *e = (escape){.kind = ESC_TEXT, .text = wr_sub(p->re, at, p->i)}; return true;
    case 'x':
    case 'u':
    case 'U':
        *e = (escape){.kind = ESC_CHAR, .fold = true};
        return read_hex(p, c == 'x' ? 2 : c == 'u' ? 4 : 8, &e->cp);
    case 'p':
    case 'P':
        if (!at_end(p)) return read_property(p, at, e);
        break;
    default: break;
    }
    return read_char_escape(p, at, c, e);
}

static rx_node *parse_escape(parser *p) {
    static const rx_range hex[] = {{'0', '9'}, {'A', 'F'}, {'a', 'f'}};
    escape e;
    size_t at = p->i;
    bool fold = (p->flags & FLAG_CASE) != 0;
    if (!read_escape(p, false, &e)) return NULL;
    if (e.kind == ESC_NODE) return e.node;
    if (e.kind == ESC_CHAR) return char_node(p, e.cp, e.fold && fold);
    unsigned char c = (unsigned char)e.text.p[1];
    if ((c | 32) != 'p' && (c | 32) != 'h') return perl_node(p, c);
    rx_set *s = (c | 32) == 'h' ? range_set(p, hex, 3, c == 'H') : WR_NEW(p->arena, rx_set);
    if (s == NULL) return fail(p, at, "out of memory");
    if ((c | 32) == 'h') return set_node(p, s);
    if (!rx_class_property(p->arena, wr_sub(e.text, 1, e.text.n), fold, s, p->err, at)) return NULL;
    rx_set_freeze(s);
    return set_node(p, s);
}

// ---------------------------------------------------------------------------------- classes

typedef WR_VEC(char) text;

static bool put(parser *p, text *t, wr_str s) {
    for (size_t i = 0; i < s.n; i++) {
        if (WR_PUSH(p->arena, t, s.p[i])) continue;
        rx_fail_compile(p->err, p->i, "out of memory");
        return false;
    }
    return true;
}

static bool put_escape(parser *p, text *t, size_t at, const escape *e) {
    if (e->kind == ESC_NODE) return fail(p, at, "Invalid character class"), false;
    if (e->kind == ESC_TEXT) {
        if (e->text.p[1] == 'h') return put(p, t, WR_S("[0-9A-Fa-f]"));
        if (e->text.p[1] == 'H') return put(p, t, WR_S("[^0-9A-Fa-f]"));
        return put(p, t, e->text);
    }
    char b[4];
    size_t n = wr_utf8_put(e->cp, b);
    if (e->cp < 128 && e->cp != 0 && strchr("\\.+*?()|[]{}^$#&-~", (int)e->cp) != NULL &&
        !put(p, t, WR_S("\\")))
        return false;
    return put(p, t, wr_strn(b, n));
}

// A class: finds its end as fancy-regex does (brackets count, whatever they mean), rewrites the
// escapes, and leaves the rest to rx_class.
static rx_node *parse_class(parser *p) {
    size_t at = p->i, start = at;
    int nest = 1;
    text t = {0};
    p->i++;
    if (here(p) == '^') p->i++;
    if (here(p) == ']') p->i++;
    if (!put(p, &t, wr_sub(p->re, start, p->i))) return NULL;
    while (nest > 0) {
        if (at_end(p)) return fail(p, p->i, "Invalid character class");
        unsigned char c = here(p);
        if (c == '\\') {
            escape e;
            size_t esc_at = p->i;
            if (!read_escape(p, true, &e) || !put_escape(p, &t, esc_at, &e)) return NULL;
            continue;
        }
        nest += c == '[' ? 1 : c == ']' ? -1 : 0;
        size_t end = cp_end(p, p->i);
        if (!put(p, &t, wr_sub(p->re, p->i, end))) return NULL;
        p->i = end;
    }
    rx_set *s = WR_NEW(p->arena, rx_set);
    if (s == NULL) return fail(p, at, "out of memory");
    if (!rx_class(p->arena, wr_strn(t.v, t.n), (p->flags & FLAG_CASE) != 0, s, p->err, at))
        return NULL;
    return set_node(p, s);
}

// ---------------------------------------------------------------------------------- groups

static rx_node *parse_alternation(parser *p, int depth);

static bool close_group(parser *p) {
    if (!skip_space(p)) return false;
    if (at_end(p)) return fail(p, p->i, "Opening parenthesis without closing parenthesis"), false;
    if (here(p) != ')') return fail(p, p->i, "General parsing error: expected close paren"), false;
    p->i++;
    return true;
}

static rx_node *unknown_flag(parser *p, size_t start) {
    wr_str s = wr_sub(p->re, start, cp_end(p, p->i));
    rx_fail(p->err, start, "Parsing error at position %zu: Unknown group flag: (?%.*s", start,
            WR_FMT(s));
    return NULL;
}

static void set_flag(parser *p, uint32_t flag, bool off) {
    p->flags = off ? p->flags & ~flag : p->flags | flag;
}

// The rest of "(?flags:…)" from its colon on.
static rx_node *flagged_group(parser *p, uint32_t old, int depth) {
    p->i++;
    rx_node *n = parse_alternation(p, depth);
    if (n == NULL) return NULL;
    if (at_end(p)) return fail(p, p->i, "Opening parenthesis without closing parenthesis");
    if (here(p) != ')') return fail(p, p->i, "General parsing error: expected close paren");
    p->flags = old;
    p->i++;
    return n;
}

// "(?flags)" and "(?flags:…)"; the reader stands at the '?'.
static rx_node *parse_flags(parser *p, int depth) {
    size_t start = ++p->i;
    bool off = false;
    uint32_t old = p->flags;
    for (;; p->i++) {
        if (!skip_space(p)) return NULL;
        if (at_end(p)) return fail(p, p->i, "Opening parenthesis without closing parenthesis");
        bool none = p->i == start, only_dash = off && p->i == start + 1;
        switch (here(p)) {
        case 'i': set_flag(p, FLAG_CASE, off); break;
        case 'm': set_flag(p, FLAG_LINES, off); break;
        case 's': set_flag(p, FLAG_DOT_ALL, off); break;
        case 'U': set_flag(p, FLAG_SWAP, off); break;
        case 'x': set_flag(p, FLAG_SPACE, off); break;
        case 'u':
            if (off) return fail(p, p->i, "Disabling Unicode not supported");
            break;
        case '-':
            if (off) return unknown_flag(p, start);
            off = true;
            break;
        case ')':
            if (none || only_dash) return unknown_flag(p, start);
            p->i++;
            return node(p, RX_EMPTY);
        case ':':
            if (only_dash) return unknown_flag(p, start);
            return flagged_group(p, old, depth);
        default: return unknown_flag(p, start);
        }
    }
}

static rx_node *parse_condition(parser *p, int depth) {
    unsigned char c = here(p);
    if (at_end(p)) return fail(p, p->i, "Opening parenthesis without closing parenthesis");
    if (is_digit(c)) return numbered_backref(p);
    if (c == '\'') return named_backref(p, "'", "'", true);
    if (c == '<') return named_backref(p, "<", ">", true);
    return parse_alternation(p, depth);
}

// "(?(condition)then|else)"; the reader stands after the second parenthesis.
static rx_node *parse_conditional(parser *p, int depth) {
    rx_node *cond = parse_condition(p, depth);
    if (cond == NULL || !close_group(p)) return NULL;
    size_t after_cond = p->i;
    rx_node *body = parse_alternation(p, depth);
    if (body == NULL) return NULL;
    bool is_ref = cond->kind == RX_BACKREF;
    if (is_ref) cond->kind = RX_HAS_GROUP;
    if (p->i == after_cond) {
        if (is_ref) return close_group(p) ? cond : NULL;
        return fail(p, p->i,
                    "General parsing error: expected conditional to be a backreference or at least "
                    "an expression for when the condition is true");
    }
    rx_node *yes = body, *no = NULL;
    if (body->kind == RX_ALT) {
        yes = body->child;
        no = yes->next;
        if (no->next != NULL) { // two branches and more are the else branch
            body->child = no;
            no = body;
        }
        yes->next = NULL;
    } else {
        no = node(p, RX_EMPTY);
    }
    if (no == NULL || !close_group(p)) return NULL;
    if (yes->kind == RX_EMPTY && no->kind == RX_EMPTY) return cond;
    rx_node *n = wrap(p, RX_IF, cond);
    if (n == NULL) return NULL;
    append(n, yes);
    append(n, no);
    return n;
}

static bool add_name(parser *p, wr_str id) {
    rx_name name = {id, p->n_groups};
    if (WR_PUSH(p->arena, &p->tree->names, name)) return true;
    rx_fail_compile(p->err, p->i, "out of memory");
    return false;
}

// A capture, with its name when named ("?<name>" or "?P<name>" from `from` on).
static rx_node *parse_capture(parser *p, size_t from, int depth) {
    uint32_t group = ++p->n_groups;
    if (from != SIZE_MAX) {
        wr_str id;
        size_t end;
        if (!rx_read_id(p->re, from, "<", ">", false, &id, &end))
            return fail(p, p->i, "Could not parse group name");
        if (!add_name(p, id)) return NULL;
        p->i = end;
    }
    rx_node *child = parse_alternation(p, depth);
    if (child == NULL || !close_group(p)) return NULL;
    rx_node *n = wrap(p, RX_GROUP, child);
    if (n != NULL) n->lo = group;
    return n;
}

static rx_node *parse_group(parser *p, int depth) {
    static const char *const looks[] = {"?=", "?!", "?<=", "?<!"}; // in the order of rx_look
    size_t at = p->i;
    if (++depth >= MAX_DEPTH) return fail(p, p->i, "Pattern too deeply nested");
    p->i++;
    if (!skip_space(p)) return NULL;
    for (size_t i = 0; i < 4; i++) {
        if (!looking_at(p, looks[i])) continue;
        p->i += strlen(looks[i]);
        rx_node *child = parse_alternation(p, depth);
        if (child == NULL || !close_group(p)) return NULL;
        rx_node *n = wrap(p, RX_LOOK, child);
        if (n == NULL) return NULL;
        n->which = (uint8_t)i;
        n->at = (uint32_t)at;
        return n;
    }
    if (looking_at(p, "?<")) return parse_capture(p, p->i + 1, depth);
    if (looking_at(p, "?P<")) return parse_capture(p, p->i + 2, depth);
    if (looking_at(p, "?P=")) {
        p->i += 3;
        return named_backref(p, "", ")", false);
    }
    if (looking_at(p, "?>")) {
        p->i += 2;
        rx_node *child = parse_alternation(p, depth);
        if (child == NULL || !close_group(p)) return NULL;
        return wrap(p, RX_ATOMIC, child);
    }
    if (looking_at(p, "?(")) {
        p->i += 2;
        return parse_conditional(p, depth);
    }
    if (here(p) == '?') return parse_flags(p, depth);
    return parse_capture(p, SIZE_MAX, depth);
}

// ---------------------------------------------------------------------------------- pieces

static rx_node *parse_atom(parser *p, int depth) {
    if (!skip_space(p)) return NULL;
    if (at_end(p)) return node(p, RX_EMPTY);
    unsigned char c = here(p);
    switch (c) {
    case '.': p->i++; return dot_node(p);
    case '^': p->i++; return assert_node(p, p->flags & FLAG_LINES ? RX_LINE_START : RX_TEXT_START);
    case '$': p->i++; return assert_node(p, p->flags & FLAG_LINES ? RX_LINE_END : RX_TEXT_END);
    case '(': return parse_group(p, depth);
    case '\\': return parse_escape(p);
    case '[': return parse_class(p);
    case '+':
    case '*':
    case '?':
    case '|':
    case ')': return node(p, RX_EMPTY);
    default: {
        uint32_t cp = wr_utf8_next(p->re, &p->i);
        return char_node(p, cp, (p->flags & FLAG_CASE) != 0);
    }
    }
}

// "{n}" "{n,}" "{,m}" "{n,m}" at the reader. false and the reader where it was: it is no count.
static bool read_count(parser *p, uint64_t *lo, uint64_t *hi) {
    size_t start = p->i++;
    bool ok = skip_space(p) && !at_end(p);
    *lo = 0;
    if (ok && here(p) != ',') ok = read_decimal(p->re, &p->i, lo);
    ok = ok && skip_space(p) && !at_end(p);
    *hi = *lo;
    if (ok && here(p) == ',') {
        p->i++;
        ok = skip_space(p);
        if (!read_decimal(p->re, &p->i, hi)) *hi = RX_INF;
    }
    ok = ok && skip_space(p) && here(p) == '}';
    if (ok) p->i++;
    else p->i = start;
    p->err->failed = false; // a comment left open here is not met here
    return ok;
}

// An atom and the quantifier after it, if there is one.
static rx_node *parse_piece(parser *p, int depth) {
    rx_node *child = parse_atom(p, depth);
    if (child == NULL || !skip_space(p)) return NULL;
    uint64_t lo = 0, hi = RX_INF;
    size_t at = p->i;
    switch (here(p)) {
    case '?':
        hi = 1;
        p->i++;
        break;
    case '*': p->i++; break;
    case '+':
        lo = 1;
        p->i++;
        break;
    case '{':
        if (!read_count(p, &lo, &hi)) return child;
        at = p->i - 1;
        break;
    default: return child;
    }
    if (child->kind == RX_LOOK || child->kind == RX_EMPTY || child->kind == RX_ASSERT)
        return fail(p, at, "Target of repeat operator is invalid");
    if (!skip_space(p)) return NULL;
    bool lazy = here(p) == '?';
    if (lazy) p->i++;
    rx_node *n = wrap(p, RX_REPEAT, child);
    if (n == NULL) return NULL;
    n->lo = lo;
    n->hi = hi;
    n->at = (uint32_t)at;
    n->greedy = lazy == ((p->flags & FLAG_SWAP) != 0);
    if (here(p) != '+') return n;
    p->i++;
    return wrap(p, RX_ATOMIC, n);
}

static rx_node *parse_branch(parser *p, int depth) {
    rx_node *cat = node(p, RX_CAT);
    while (cat != NULL && !at_end(p)) {
        size_t at = p->i;
        rx_node *n = parse_piece(p, depth);
        if (n == NULL) return NULL;
        if (p->i == at) break;
        if (n->kind != RX_EMPTY) append(cat, n);
    }
    if (cat == NULL || (cat->child != NULL && cat->child != cat->last)) return cat;
    if (cat->child != NULL) return cat->child;
    cat->kind = RX_EMPTY;
    return cat;
}

static rx_node *parse_alternation(parser *p, int depth) {
    rx_node *first = parse_branch(p, depth);
    if (first == NULL || !skip_space(p)) return NULL;
    if (here(p) != '|') {
        if (p->numbered_refs && p->tree->names.n > 0) {
            rx_fail_compile(p->err, p->i,
                            "Numbered backref/call not allowed because named group was used, use a "
                            "named backref instead");
            return NULL;
        }
        return first;
    }
    rx_node *alt = wrap(p, RX_ALT, first);
    while (alt != NULL && here(p) == '|') {
        p->i++;
        rx_node *n = parse_branch(p, depth);
        if (n == NULL || !skip_space(p)) return NULL;
        append(alt, n);
    }
    return alt;
}

bool rx_parse(wr_arena *a, wr_str pattern, rx_tree *out, rx_error *err) {
    *out = (rx_tree){0};
    parser p = {.arena = a, .re = pattern, .tree = out, .err = err};
    out->root = parse_alternation(&p, 0);
    out->n_groups = p.n_groups;
    if (out->root == NULL) return false;
    if (!at_end(&p)) fail(&p, p.i, "General parsing error: end of string not reached");
    return !err->failed;
}
