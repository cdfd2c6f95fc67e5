// SPDX-License-Identifier: Apache-2.0
// What is wrong with a text that is no JSON, in words: what was expected, what stands there
// instead, and what to do about the usual causes (comments, single quotes, other languages'
// literals, trailing commas). Only reached once per text, so clarity goes before speed.

#include "doc/json_int.h"

bool json_stop(json *j, wr_rc rc) {
    if (j->b.rc == WR_OK) j->b.rc = rc;
    return false;
}

static bool is_wordy(char c) {
    unsigned char u = (unsigned char)c;
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' ||
           c == '$' || u >= 0x80;
}

// The word, number or single character at p: what the reader of the message sees there.
static wr_str token_at(const json *j, const char *p) {
    wr_str rest = wr_strn(p, (size_t)(j->end - p));
    size_t n = 0;
    if (rest.n == 0) return rest;
    if (rest.n > 1 && rest.p[0] == '/' && (rest.p[1] == '/' || rest.p[1] == '*'))
        return wr_sub(rest, 0, 2);
    while (n < rest.n && n < 40 && (is_wordy(rest.p[n]) || (n > 0 && rest.p[n] == '.'))) n++;
    if (n == 0) n = 1;
    while (n < rest.n && ((unsigned char)rest.p[n] & 0xC0u) == 0x80u) n++; // whole characters
    return wr_sub(rest, 0, n);
}

static const char *hint_for_word(wr_str t) {
    static const struct {
        const char *word, *hint;
    } known[] = {
        {"True", "write true"},
        {"TRUE", "write true"},
        {"False", "write false"},
        {"FALSE", "write false"},
        {"None", "write null"},
        {"nil", "write null"},
        {"Null", "write null"},
        {"NULL", "write null"},
        {"undefined", "write null or leave the key out"},
        {"NaN", "JSON has no NaN: write null or a string"},
        {"nan", "JSON has no NaN: write null or a string"},
        {"Infinity", "JSON has no infinity: write null or a string"},
        {"inf", "JSON has no infinity: write null or a string"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (wr_eq(t, wr_strz(known[i].word))) return known[i].hint;
    return NULL;
}

static const char *hint_for_value(wr_str t) {
    if (t.n == 0) return NULL;
    switch (t.p[0]) {
    case '\'': return "strings stand in double quotes";
    case '`': return "strings stand in double quotes";
    case '/':
    case '#': return "JSON has no comments: remove it, or use YAML";
    case '+': return "a positive number has no sign";
    case '.': return "write a digit before the point";
    case ',': return "there is a comma too many, or a value is missing before it";
    case '}':
    case ']': return "a value is missing before the closing bracket";
    default: break;
    }
    const char *hint = hint_for_word(t);
    return hint ? hint : is_wordy(t.p[0]) ? "strings stand in double quotes" : NULL;
}

static const char *hint_for_key(wr_str t) {
    if (t.n == 0) return NULL;
    if (t.p[0] == '/' || t.p[0] == '#') return "JSON has no comments: remove it, or use YAML";
    if (t.p[0] == ',') return "there is a comma too many";
    if (t.p[0] == '{' || t.p[0] == '[') return "only a string can be a key";
    return "keys are strings in double quotes";
}

static const char *hint_for_comma(wr_str t) {
    if (t.n == 0) return NULL;
    switch (t.p[0]) {
    case '"':
    case '{':
    case '[': return "put a comma between the two";
    case '/':
    case '#': return "JSON has no comments: remove it, or use YAML";
    case ':': return "a colon stands only after a key, in an object";
    case ';': return "entries are separated by commas";
    case '=': return "a key is followed by a colon";
    case '}': return "the bracket that is open here is '['";
    case ']': return "the bracket that is open here is '{'";
    default: return is_wordy(t.p[0]) || t.p[0] == '-' ? "put a comma between the two" : NULL;
    }
}

// "where '{' was opened at line 3, column 5": for a text that ends too early.
static void hint_open(json *j, wr_diag *d) {
    uint32_t at;
    if (j->b.open.n == 0 || j->b.rc != WR_OK) return;
    memcpy(&at, j->b.open.p + j->b.open.n - sizeof at, sizeof at);
    const wr_node *box = (const wr_node *)(const void *)j->b.stack.p + at;
    wr_pos pos = wr_src_pos(j->src, box->span.beg);
    wr_hint(j->ctx, d, "the '%c' of line %u, column %u is not closed",
            box->kind == WR_MAP ? '{' : '[', (unsigned)pos.line, (unsigned)pos.col);
}

// "expected X, found Y" at p.
static void unexpected(json *j, const char *p, const char *expected, const char *hint) {
    wr_str t = token_at(j, p);
    wr_span at = {json_at(j, p), json_at(j, p + t.n)};
    if (t.n == 0) {
        wr_diag *d = wr_report(j->ctx, WR_D_D0002, WR_ERROR, j->src, at,
                               "expected %s, but the text ends here", expected);
        hint_open(j, d);
        return;
    }
    size_t bad = wr_utf8_check(t);
    wr_diag *d;
    if (bad < t.n || (unsigned char)t.p[0] < 0x20 || t.p[0] == 0x7F)
        d = wr_report(j->ctx, WR_D_D0002, WR_ERROR, j->src, at, "expected %s, found byte 0x%02X",
                      expected, (unsigned)(unsigned char)t.p[bad < t.n ? bad : 0]);
    else
        d = wr_report(j->ctx, WR_D_D0002, WR_ERROR, j->src, at, "expected %s, found '%.*s'",
                      expected, WR_FMT(t));
    if (hint) wr_hint(j->ctx, d, "%s", hint);
}

static void fail_plain(json *j, wr_span at, const char *msg, const char *hint) {
    wr_diag *d = wr_report(j->ctx, WR_D_D0002, WR_ERROR, j->src, at, "%s", msg);
    if (hint) wr_hint(j->ctx, d, "%s", hint);
}

static bool is_utf16(wr_str t) {
    return t.n >= 2 && (memcmp(t.p, "\xFF\xFE", 2) == 0 || memcmp(t.p, "\xFE\xFF", 2) == 0 ||
                        t.p[0] == 0 || t.p[1] == 0);
}

static void fail_utf8(json *j, wr_span at, unsigned char byte) {
    wr_diag *d = wr_report(j->ctx, WR_D_D0001, WR_ERROR, j->src, at,
                           "byte 0x%02X begins no UTF-8 character", (unsigned)byte);
    wr_hint(j->ctx, d,
            is_utf16(j->src->text) ? "the text is UTF-16: convert it to UTF-8"
                                   : "convert the text to UTF-8");
}

static void fail_string(json *j, json_error why, wr_span at, const char *from) {
    switch (why) {
    case JSON_E_OPEN_STRING:
        fail_plain(j, at, "string is not closed on its line",
                   "put a double quote at its end; a line feed in it is written \\n");
        break;
    case JSON_E_CONTROL: {
        unsigned c = (unsigned char)*from;
        wr_diag *d = wr_report(j->ctx, WR_D_D0002, WR_ERROR, j->src, at,
                               "control character 0x%02X in a string", c);
        wr_hint(j->ctx, d, c == '\t' ? "write \\t" : "write \\u%04x", c);
        break;
    }
    case JSON_E_ESCAPE:
        fail_plain(j, at, "unknown escape",
                   "the escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX; "
                   "a backslash itself is written \\\\");
        break;
    case JSON_E_HEX: fail_plain(j, at, "expected four hexadecimal digits after \\u", NULL); break;
    default:
        fail_plain(j, at, "half of a surrogate pair",
                   "characters beyond U+FFFF are written as two \\u escapes, or as they are");
        break;
    }
}

static void fail_number(json *j, json_error why, wr_span at, const char *from, const char *to) {
    switch (why) {
    case JSON_E_MINUS:
        if (to != j->end && (*to | 0x20) == 'i')
            fail_plain(j, at, "expected a digit after '-'",
                       "JSON has no infinity: write null or a string");
        else fail_plain(j, at, "expected a digit after '-'", NULL);
        break;
    case JSON_E_LEADING_ZERO:
        fail_plain(j, at, "number begins with a needless zero",
                   "remove it; if the zeros matter, as in an account number, make it a string");
        break;
    case JSON_E_FRACTION: fail_plain(j, at, "expected a digit after the point", NULL); break;
    case JSON_E_EXPONENT: fail_plain(j, at, "expected a digit in the exponent", NULL); break;
    default: {
        wr_diag *d =
            wr_report(j->ctx, WR_D_D0002, WR_ERROR, j->src, at, "number '%.*s' is out of range",
                      (int)(to - from > 40 ? 40 : to - from), from);
        wr_hint(j->ctx, d, "the largest is about 1.8e308");
        break;
    }
    }
}

static void fail_after(json *j, const char *from) {
    const char *hint = "a file holds one document";
    if (j->p != j->end && (*j->p == ',' || *j->p == ']' || *j->p == '}'))
        hint = "is an opening bracket missing at the beginning?";
    unexpected(j, from, "the end of the text", hint);
}

bool json_fail(json *j, json_error why, const char *from, const char *to) {
    if (j->b.rc != WR_OK) return false; // a limit was the first to say no
    wr_span at = {json_at(j, from), json_at(j, to)};
    wr_str t = token_at(j, from);
    switch (why) {
    case JSON_E_EMPTY:
        wr_report(j->ctx, WR_D_D0010, WR_ERROR, j->src, at, "the text holds no value");
        break;
    case JSON_E_VALUE:
        if (is_utf16(j->src->text)) fail_utf8(j, at, (unsigned char)*j->beg);
        else unexpected(j, from, "a value", hint_for_value(t));
        break;
    case JSON_E_KEY: unexpected(j, from, "a key or '}'", hint_for_key(t)); break;
    case JSON_E_COLON:
        unexpected(j, from, "':' after the key", t.n && *t.p == '=' ? "write ':'" : NULL);
        break;
    case JSON_E_COMMA:
        unexpected(j, from, j->in_map ? "',' or '}'" : "',' or ']'", hint_for_comma(t));
        break;
    case JSON_E_TRAILING_COMMA:
        fail_plain(j, at, "comma before the closing bracket", "remove the comma");
        break;
    case JSON_E_AFTER: fail_after(j, from); break;
    case JSON_E_UTF8: fail_utf8(j, at, (unsigned char)*from); break;
    case JSON_E_OPEN_STRING:
    case JSON_E_CONTROL:
    case JSON_E_ESCAPE:
    case JSON_E_HEX:
    case JSON_E_SURROGATE: fail_string(j, why, at, from); break;
    default: fail_number(j, why, at, from, to); break;
    }
    return false;
}
