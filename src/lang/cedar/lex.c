// SPDX-License-Identifier: Apache-2.0
// lex: a Cedar text cut into tokens. White space is that of Unicode, identifiers are ASCII,
// comments run from // to the end of the line. Whether a string's escapes are right is for who
// reads it: inside a pattern of `like` they differ.

#include "lang/cedar/parse_int.h"

typedef struct lex {
    wr_ctx *c;
    const wr_src *src;
    wr_code code;
    wr_str s;
    size_t i;
    ced_toks *out;
    bool ok;
} lex;

static bool is_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

// White space and comments.
static void skip(lex *l) {
    while (l->i < l->s.n) {
        char c = l->s.p[l->i];
        if (c == '/' && l->i + 1 < l->s.n && l->s.p[l->i + 1] == '/') {
            while (l->i < l->s.n && l->s.p[l->i] != '\n' && l->s.p[l->i] != '\r') l->i++;
            continue;
        }
        if ((unsigned char)c < 0x80) {
            if (c != ' ' && !(c >= '\t' && c <= '\r')) return;
            l->i++;
            continue;
        }
        size_t next = l->i;
        if (!wr_is_space(wr_utf8_next(l->s, &next))) return;
        l->i = next;
    }
}

// The end of the string that begins at i; SIZE_MAX: it does not end, or a backslash ends a line.
static size_t string_end(wr_str s, size_t i) {
    for (i++; i < s.n; i++) {
        if (s.p[i] == '"') return i + 1;
        if (s.p[i] != '\\') continue;
        i++;
        if (i < s.n && (s.p[i] == '\n' || s.p[i] == '\r')) return SIZE_MAX;
    }
    return SIZE_MAX;
}

static size_t word_end(wr_str s, size_t i) {
    while (i < s.n && (is_start(s.p[i]) || is_digit(s.p[i]))) i++;
    return i;
}

static ced_tok_kind pair(char a, char b) {
    static const struct {
        char text[3];
        ced_tok_kind kind;
    } rows[] = {
        {"::", CED_TK_COLONS}, {"==", CED_TK_EQ},  {"!=", CED_TK_NE}, {"<=", CED_TK_LE},
        {">=", CED_TK_GE},     {"&&", CED_TK_AND}, {"||", CED_TK_OR},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].text[0] == a && rows[i].text[1] == b) return rows[i].kind;
    return CED_TK_END;
}

static ced_tok_kind single(char c) {
    if (c == '<') return CED_TK_LT;
    if (c == '>') return CED_TK_GT;
    if (c == '=') return CED_TK_ASSIGN;
    return c != 0 && strchr(";,.:(){}[]@!+-*/%", c) ? CED_TK_PUNCT : CED_TK_END;
}

// What begins at i. END: nothing that Cedar knows.
static ced_tok_kind token(const lex *l, size_t *end) {
    wr_str s = l->s;
    size_t i = l->i;
    char c = s.p[i];
    if (is_start(c)) {
        *end = word_end(s, i);
        return CED_TK_IDENT;
    }
    if (is_digit(c)) {
        for (*end = i; *end < s.n && is_digit(s.p[*end]);) ++*end;
        return CED_TK_NUMBER;
    }
    if (c == '"') {
        *end = string_end(s, i);
        return *end == SIZE_MAX ? CED_TK_END : CED_TK_STRING;
    }
    if (c == '?' && i + 1 < s.n && is_start(s.p[i + 1])) {
        *end = word_end(s, i + 1);
        return CED_TK_SLOT;
    }
    ced_tok_kind two = i + 1 < s.n ? pair(c, s.p[i + 1]) : CED_TK_END;
    *end = i + (two == CED_TK_END ? 1 : 2);
    if (c == '?' && l->out->of_schema) return CED_TK_PUNCT;
    return two == CED_TK_END ? single(c) : two;
}

// What is no token, up to the next blank: one fault.
static void not_a_token(lex *l) {
    size_t beg = l->i;
    if (l->s.p[beg] == '"') l->i = l->s.n; // a string that does not end
    while (l->i < l->s.n) {
        size_t next = l->i;
        uint32_t cp = wr_utf8_next(l->s, &next);
        size_t end = 0;
        if (l->i > beg && (wr_is_space(cp) || token(l, &end) != CED_TK_END)) break;
        l->i = next;
    }
    wr_span at = {(uint32_t)beg, (uint32_t)l->i};
    wr_diag *d = wr_report(l->c, l->code, WR_ERROR, l->src, at, "invalid token");
    if (l->s.p[beg] == '"')
        wr_hint(l->c, d, "the string does not end, or a line ends in a backslash");
    if (l->s.p[beg] == '#') wr_hint(l->c, d, "a comment begins with //");
    if (l->s.p[beg] == '\'') wr_hint(l->c, d, "strings stand between double quotes");
    l->ok = false;
}

bool ced_lex(wr_ctx *c, const wr_src *src, wr_code code, ced_toks *out) {
    lex l = {c, src, code, src->text, 0, out, true};
    size_t valid = wr_utf8_check(src->text);
    if (valid < src->text.n) {
        wr_span at = {(uint32_t)valid, (uint32_t)valid + 1};
        (void)wr_report(c, code, WR_ERROR, src, at, "this is no UTF-8");
        l.s.n = valid;
        l.ok = false;
    }
    for (;;) {
        skip(&l);
        size_t end = l.i;
        ced_tok t = {CED_TK_END, 0, {(uint32_t)l.i, (uint32_t)l.i}};
        if (l.i < l.s.n) t.kind = (uint8_t)token(&l, &end);
        if (t.kind == CED_TK_END && l.i < l.s.n) {
            not_a_token(&l);
            continue;
        }
        t.at.end = (uint32_t)end;
        if (t.kind == CED_TK_PUNCT) t.c = l.s.p[l.i];
        l.i = end;
        if (!WR_PUSH(&c->arena, out, t)) return false;
        if (t.kind == CED_TK_END) return l.ok;
    }
}
