// SPDX-License-Identifier: Apache-2.0
// parse_tok: what the parsers of policies and of schemas share: looking at the next token, faults
// and their words, names, and the meaning of string tokens.
//
// One fault is reported a policy (or declaration): what follows the first is mostly its echo.

#include "lang/cedar/parse_int.h"

bool ced_is_word(const ced_parser *p, const char *word) {
    return p->t->kind == CED_TK_IDENT && wr_eq(ced_text(p, p->t), wr_strz(word));
}

bool ced_take(ced_parser *p, char c) {
    if (!ced_is(p, c)) return false;
    p->t++;
    return true;
}

bool ced_fault(ced_parser *p, wr_span at, const char *fmt, ...) {
    if (p->failed) return false;
    p->failed = p->bad = true;
    va_list ap;
    va_start(ap, fmt);
    (void)wr_vreport(p->c, p->code, WR_ERROR, p->src, at, fmt, ap);
    va_end(ap);
    return false;
}

bool ced_unexpected(ced_parser *p) {
    if (p->t->kind == CED_TK_END) return ced_fault(p, p->t->at, "unexpected end of input");
    wr_str text = wr_utf8_cut(ced_text(p, p->t), 80);
    return ced_fault(p, p->t->at, "unexpected token `%.*s`", WR_FMT(text));
}

bool ced_want(ced_parser *p, char c) { return ced_take(p, c) || ced_unexpected(p); }

bool ced_reserved(wr_str word) {
    static const char *const words[] = {"true", "false", "if",  "then", "else",
                                        "in",   "like",  "has", "is",   "__cedar"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (wr_eq(word, wr_strz(words[i]))) return true;
    return false;
}

// The tokens from first to last (exclusive) put together.
static wr_str joined(ced_parser *p, const ced_tok *first, const ced_tok *last) {
    if (last - first == 1) return ced_text(p, first);
    wr_buf b;
    wr_buf_init(&b, 0);
    for (const ced_tok *t = first; t < last; t++) wr_puts(&b, ced_text(p, t));
    return wr_buf_keep(&b, &p->c->arena);
}

bool ced_name(ced_parser *p, wr_str *out) {
    const ced_tok *first = p->t, *wrong = NULL;
    bool own = false; // has a component __cedar
    for (;;) {
        if (p->t->kind != CED_TK_IDENT) return ced_unexpected(p);
        wr_str word = ced_text(p, p->t);
        if (wr_eq(word, WR_S("__cedar"))) own = true;
        else if (ced_reserved(word) && wrong == NULL) wrong = p->t;
        p->t++;
        if (p->t->kind != CED_TK_COLONS || p->t[1].kind != CED_TK_IDENT) break;
        p->t++;
    }
    *out = joined(p, first, p->t);
    wr_span at = {first->at.beg, p->t[-1].at.end};
    if (own)
        return ced_fault(p, at, "The name `%.*s` contains `__cedar`, which is reserved",
                         WR_FMT(*out));
    if (wrong) {
        wr_str word = ced_text(p, wrong);
        return ced_fault(p, wrong->at, "this identifier is reserved and cannot be used: %.*s",
                         WR_FMT(word));
    }
    return true;
}

// ---------------------------------------------------------------------------------- strings

static int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// \u{…}: one to six digits, '_' between them. i: behind the '{'; moves behind the '}'.
static bool code_point(wr_str s, size_t *i, uint32_t *cp) {
    uint32_t digits = 0;
    *cp = 0;
    for (; *i < s.n && s.p[*i] != '}'; ++*i) {
        if (s.p[*i] == '_' && digits > 0) continue;
        int d = hex(s.p[*i]);
        if (d < 0 || ++digits > 6) return false;
        *cp = *cp * 16 + (uint32_t)d;
    }
    if (*i >= s.n || digits == 0) return false;
    ++*i;
    return *cp <= 0x10FFFF && !(*cp >= 0xD800 && *cp <= 0xDFFF);
}

// The escape whose backslash is at *i; moves behind it. False: there is no such escape.
static bool escape(wr_str s, size_t *i, bool of_pattern, wr_buf *out) {
    static const char from[] = "nrt\\0'\"", to[] = "\n\r\t\\\0'\"";
    if (*i + 1 >= s.n) return false;
    char c = s.p[*i + 1];
    *i += 2;
    const char *simple = c ? strchr(from, c) : NULL;
    if (simple) {
        wr_putc(out, to[simple - from]);
        return true;
    }
    if (c == '*' && of_pattern) {
        wr_putc(out, (char)0xFF);
        return true;
    }
    uint32_t cp = 0;
    if (c == 'x') {
        if (*i + 2 > s.n || hex(s.p[*i]) < 0 || hex(s.p[*i + 1]) < 0) return false;
        cp = (uint32_t)(hex(s.p[*i]) * 16 + hex(s.p[*i + 1]));
        *i += 2;
        if (cp > 0x7F) return false;
    } else {
        if (c != 'u' || *i >= s.n || s.p[*i] != '{') return false;
        ++*i;
        if (!code_point(s, i, &cp)) return false;
    }
    char bytes[4];
    wr_put(out, bytes, wr_utf8_put(cp, bytes));
    return true;
}

bool ced_unquote(ced_parser *p, const ced_tok *t, bool of_pattern, wr_str *out) {
    wr_str s = wr_sub(p->src->text, t->at.beg + 1, t->at.end - 1);
    if (!wr_scan_holds(s, '\\', '\r', '\r')) {
        *out = s;
        return true;
    }
    wr_buf b;
    wr_buf_init(&b, 0);
    for (size_t i = 0; i < s.n;) {
        size_t beg = i;
        if (s.p[i] != '\\' && s.p[i] != '\r') {
            wr_putc(&b, s.p[i++]);
            continue;
        }
        if (s.p[i] == '\\' && escape(s, &i, of_pattern, &b)) continue;
        wr_buf_fini(&b);
        if (i <= beg) i = beg + 1;
        if (i > s.n) i = s.n;
        wr_span at = {t->at.beg + 1 + (uint32_t)beg, t->at.beg + 1 + (uint32_t)i};
        wr_str what = wr_sub(s, beg, i);
        return ced_fault(p, at, "the input `%.*s` is not a valid escape", WR_FMT(what));
    }
    *out = wr_buf_keep(&b, &p->c->arena);
    return true;
}
