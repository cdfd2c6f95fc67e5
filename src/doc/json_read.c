// SPDX-License-Identifier: Apache-2.0
// JSON to documents, strictly as RFC 8259 says (and a UTF-8 byte order mark, which §8.1 lets
// parsers ignore). Iterative: nesting costs memory, not stack. Keys are interned, strings without
// escapes are slices of the source. The first error ends the reading; it names what was expected,
// and what people who write such text usually want. Those texts are in json_error.c.

#include "base/block.h"
#include "doc/json_int.h"

#include <math.h>

// Indentation is much of a pretty file: runs of blanks go by the block.
static void skip_run(json *j) {
    const char *p = j->p;
    while (p != j->end) {
        if (*p == ' ') p = wr_scan_spaces(p, j->end);
        else if (*p == '\n' || *p == '\r' || *p == '\t') p++;
        else break;
    }
    j->p = p;
}

static inline void skip_blank(json *j) {
    if (j->p == j->end || (unsigned char)*j->p > ' ') return;
    if (*j->p == ' ' && j->end - j->p > 1 && j->p[1] > ' ') j->p++; // after a colon
    else skip_run(j);
}

// ---------------------------------------------------------------------------------- strings

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Four hexadecimal digits at p, or UINT32_MAX.
static uint32_t hex4(const char *p, const char *end) {
    uint32_t v = 0;
    if (end - p < 4) return UINT32_MAX;
    for (int i = 0; i < 4; i++) {
        int d = hex_digit(p[i]);
        if (d < 0) return UINT32_MAX;
        v = v << 4 | (uint32_t)d;
    }
    return v;
}

// The code point of \uXXXX (at p, after the u), with its second half when it is a surrogate pair.
static bool take_unicode(json *j, const char **pp, uint32_t *cp) {
    const char *p = *pp, *esc = p - 2;
    *cp = hex4(p, j->end);
    if (*cp == UINT32_MAX) return json_fail(j, JSON_E_HEX, esc, p);
    p += 4;
    if (*cp >= 0xD800 && *cp <= 0xDFFF) {
        uint32_t low = UINT32_MAX;
        if (*cp < 0xDC00 && j->end - p >= 2 && p[0] == '\\' && p[1] == 'u')
            low = hex4(p + 2, j->end);
        if (low < 0xDC00 || low > 0xDFFF) return json_fail(j, JSON_E_SURROGATE, esc, p);
        *cp = 0x10000 + ((*cp - 0xD800) << 10) + (low - 0xDC00);
        p += 6;
    }
    *pp = p;
    return true;
}

// One escape at p (the backslash); writes what it stands for to *out.
static bool take_escape(json *j, const char **pp, char **out) {
    const char *p = *pp + 1;
    char c = p == j->end ? 0 : *p++;
    switch (c) {
    case '"':
    case '\\':
    case '/': break;
    case 'b': c = '\b'; break;
    case 'f': c = '\f'; break;
    case 'n': c = '\n'; break;
    case 'r': c = '\r'; break;
    case 't': c = '\t'; break;
    case 'u': {
        uint32_t cp;
        if (!take_unicode(j, &p, &cp)) return false;
        *out += wr_utf8_put(cp, *out);
        *pp = p;
        return true;
    }
    default: return json_fail(j, JSON_E_ESCAPE, *pp, p);
    }
    *(*out)++ = c;
    *pp = p;
    return true;
}

// The end of the string whose opening quote is at beg, over escapes, or NULL.
static const char *find_close(json *j, const char *beg, uint64_t *high) {
    const char *p = beg + 1;
    for (;;) {
        p = wr_scan_quoted(p, j->end, high);
        if (p == j->end) break;
        if (*p == '"') return p;
        if (*p != '\\') {
            json_error why = *p == '\n' || *p == '\r' ? JSON_E_OPEN_STRING : JSON_E_CONTROL;
            (void)json_fail(j, why, why == JSON_E_CONTROL ? p : beg, p + 1);
            return NULL;
        }
        if (j->end - p < 2) break;
        p += 2;
    }
    (void)json_fail(j, JSON_E_OPEN_STRING, beg, j->end);
    return NULL;
}

// Replaces escapes. The result is never longer than the text.
static bool unescape(json *j, const char *p, const char *close, wr_str *s) {
    char *out = wr_alloc(&j->ctx->arena, (size_t)(close - p));
    if (out == NULL) return json_stop(j, WR_NOMEM);
    s->p = out;
    while (p != close) {
        const char *esc = memchr(p, '\\', (size_t)(close - p));
        size_t n = (size_t)((esc ? esc : close) - p);
        memcpy(out, p, n);
        out += n;
        p += n;
        if (esc && !take_escape(j, &p, &out)) return false;
    }
    s->n = (size_t)(out - s->p);
    return true;
}

// Most strings: at most 31 bytes of ASCII without escapes. Nothing else is taken.
static inline bool take_short(json *j, wr_str *s, wr_span *at) {
    const char *p = j->p + 1;
    unsigned low, high;
    if (!WR_BLOCKS || j->end - p < 32) return false;
    unsigned stop = wr_block_quoted(p, &low) | wr_block_quoted(p + 16, &high) << 16;
    if (stop == 0) return false;
    unsigned n = (unsigned)__builtin_ctz(stop);
    if (p[n] != '"' || ((low | high << 16) & ((stop & (0 - stop)) - 1)) != 0) return false;
    *s = wr_strn(p, n);
    *at = (wr_span){json_at(j, p - 1), json_at(j, p + n + 1)};
    j->p = p + n + 1;
    return true;
}

// Any string.
static bool take_long(json *j, wr_str *s, wr_span *at) {
    const char *beg = j->p;
    uint64_t high = 0;
    const char *close = wr_scan_quoted(beg + 1, j->end, &high);
    bool escapes = close == j->end || *close != '"';
    if (escapes && (close = find_close(j, beg, &high)) == NULL) return false;
    *s = wr_strn(beg + 1, (size_t)(close - beg - 1));
    if (high) {
        size_t bad = wr_utf8_check(*s);
        if (bad < s->n) return json_fail(j, JSON_E_UTF8, s->p + bad, s->p + bad + 1);
    }
    *at = (wr_span){json_at(j, beg), json_at(j, close + 1)};
    j->p = close + 1;
    return !escapes || unescape(j, beg + 1, close, s);
}

// The string at j->p (a quote); afterwards j->p stands behind it.
static inline bool take_string(json *j, wr_str *s, wr_span *at) {
    return take_short(j, s, at) || take_long(j, s, at);
}

// ---------------------------------------------------------------------------------- scalars

static const char *digits(const char *p, const char *end) {
    while (p != end && *p >= '0' && *p <= '9') p++;
    return p;
}

// Moves *pp over at least one digit.
static bool take_digits(json *j, const char **pp, const char *beg, json_error why) {
    const char *q = digits(*pp, j->end);
    if (q == *pp) return json_fail(j, why, beg, q);
    *pp = q;
    return true;
}

// The fraction and the exponent of a number that began at beg, when it has them.
static bool take_tail(json *j, const char **pp, const char *beg) {
    const char *p = *pp;
    if (p != j->end && *p == '.') {
        p++;
        if (!take_digits(j, &p, beg, JSON_E_FRACTION)) return false;
    }
    if (p != j->end && (*p | 0x20) == 'e') {
        p++;
        if (p != j->end && (*p == '-' || *p == '+')) p++;
        if (!take_digits(j, &p, beg, JSON_E_EXPONENT)) return false;
    }
    *pp = p;
    return true;
}

// Checks the grammar of a number at j->p and moves j->p behind it.
static bool take_lexeme(json *j, bool *integer) {
    const char *beg = j->p, *p = beg;
    if (*p == '-') p++;
    const char *first = p;
    if (!take_digits(j, &p, beg, JSON_E_MINUS)) return false;
    if (*first == '0' && p - first > 1) return json_fail(j, JSON_E_LEADING_ZERO, beg, p);
    const char *whole = p;
    if (!take_tail(j, &p, beg)) return false;
    *integer = p == whole;
    j->p = p;
    return true;
}

static bool read_number(json *j) {
    const char *beg = j->p;
    bool integer = true;
    if (!take_lexeme(j, &integer)) return false;
    wr_node n = {.src = j->src_id, .span = {json_at(j, beg), json_at(j, j->p)}};
    wr_str lexeme = wr_strn(beg, (size_t)(j->p - beg));
    if (integer && wr_parse_i64(lexeme, &n.u.i)) {
        n.kind = WR_INT;
    } else {
        n.kind = WR_FLOAT;
        if (!wr_parse_f64(lexeme, &n.u.f) || !isfinite(n.u.f))
            return json_fail(j, JSON_E_RANGE, beg, j->p);
        // 15 digits always survive (but for subnormals, which have an exponent).
        if ((lexeme.n > 16 || !isnormal(n.u.f)) && !wr_f64_keeps(n.u.f, lexeme))
            n.flags = WR_F_INEXACT;
    }
    wr_build_push(&j->b, n);
    return true;
}

static bool is_wordy(char c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
}

// true, false, null: the word, and nothing wordy after it.
static bool read_word(json *j, wr_str word, wr_node n) {
    const char *beg = j->p;
    size_t left = (size_t)(j->end - beg);
    if (left < word.n || memcmp(beg, word.p, word.n) != 0 ||
        (left > word.n && is_wordy(beg[word.n])))
        return json_fail(j, JSON_E_VALUE, beg, beg);
    j->p += word.n;
    n.src = j->src_id;
    n.span = (wr_span){json_at(j, beg), json_at(j, j->p)};
    wr_build_push(&j->b, n);
    return true;
}

static bool read_string(json *j) {
    wr_str s = {NULL, 0};
    wr_span at = {0, 0};
    if (!take_string(j, &s, &at)) return false;
    wr_build_push(&j->b, (wr_node){.kind = WR_STR,
                                   .flags = WR_F_QUOTED,
                                   .src = j->src_id,
                                   .n = (uint32_t)s.n,
                                   .span = at,
                                   .u.s = s.p});
    return true;
}

// ---------------------------------------------------------------------------------- structure

static void open_box(json *j, wr_kind kind) {
    wr_build_open(&j->b, kind, j->src_id, 0, json_at(j, j->p));
    j->p++;
    j->in_map = kind == WR_MAP;
}

// Closes the container whose closing bracket is at j->p.
static void close_box(json *j) {
    j->p++;
    wr_build_close(&j->b, json_at(j, j->p));
    j->in_map = wr_build_open_kind(&j->b) == WR_MAP;
}

// A key and its colon; j->p stands at the key.
static bool read_key(json *j) {
    wr_str s = {NULL, 0};
    wr_span at = {0, 0};
    if (j->p == j->end || *j->p != '"') return json_fail(j, JSON_E_KEY, j->p, j->p);
    if (!take_string(j, &s, &at)) return false;
    wr_build_key(&j->b, j->src_id, at, WR_F_QUOTED, s);
    if (j->p != j->end && *j->p != ':') skip_blank(j);
    if (j->p == j->end || *j->p != ':') return json_fail(j, JSON_E_COLON, j->p, j->p);
    j->p++;
    return true;
}

typedef enum step {
    STEP_FAILED,
    STEP_DONE, // a value is complete
    STEP_MORE, // a container is open and wants a value
} step;

static step read_box(json *j, wr_kind kind, char closing) {
    open_box(j, kind);
    if (j->b.rc != WR_OK) return STEP_FAILED;
    skip_blank(j);
    if (j->p != j->end && *j->p == closing) {
        close_box(j);
        return STEP_DONE;
    }
    if (kind == WR_MAP && !read_key(j)) return STEP_FAILED;
    return STEP_MORE;
}

static step read_value(json *j) {
    skip_blank(j);
    bool ok;
    switch (j->p == j->end ? 0 : *j->p) {
    case '"': ok = read_string(j); break;
    case '{': return read_box(j, WR_MAP, '}');
    case '[': return read_box(j, WR_LIST, ']');
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9': ok = read_number(j); break;
    case 't': ok = read_word(j, WR_S("true"), (wr_node){.kind = WR_BOOL, .u.b = true}); break;
    case 'f': ok = read_word(j, WR_S("false"), (wr_node){.kind = WR_BOOL}); break;
    case 'n': ok = read_word(j, WR_S("null"), (wr_node){.kind = WR_NULL}); break;
    default: ok = json_fail(j, JSON_E_VALUE, j->p, j->p); break;
    }
    return ok ? STEP_DONE : STEP_FAILED;
}

// After a complete value: closes what ends here and takes the comma, up to where the next value
// begins. STEP_DONE: the root is complete.
static step read_between(json *j) {
    while (j->b.open.n > 0) {
        if (j->p != j->end && (unsigned char)*j->p <= ' ') skip_blank(j);
        char c = j->p == j->end ? 0 : *j->p;
        if (c == (j->in_map ? '}' : ']')) {
            close_box(j);
            if (j->b.rc != WR_OK) return STEP_FAILED;
            continue;
        }
        if (c != ',') {
            (void)json_fail(j, JSON_E_COMMA, j->p, j->p);
            return STEP_FAILED;
        }
        const char *comma = j->p++;
        skip_blank(j);
        if (j->p != j->end && (*j->p == '}' || *j->p == ']')) {
            (void)json_fail(j, JSON_E_TRAILING_COMMA, comma, comma + 1);
            return STEP_FAILED;
        }
        if (j->in_map && !read_key(j)) return STEP_FAILED;
        return STEP_MORE;
    }
    return STEP_DONE;
}

static bool read_root(json *j) {
    step s;
    skip_blank(j);
    if (j->p == j->end) return json_fail(j, JSON_E_EMPTY, j->p, j->p);
    do {
        s = read_value(j);
        if (s == STEP_DONE) s = read_between(j);
    } while (s == STEP_MORE && j->b.rc == WR_OK);
    if (s == STEP_FAILED || j->b.rc != WR_OK) return false;
    skip_blank(j);
    return j->p == j->end || json_fail(j, JSON_E_AFTER, j->p, j->p);
}

enum { LEAN = 16 * 1024 }; // searching an ancestor looks at no more than half as many nodes

wr_rc wr_json_read(wr_ctx *c, const wr_src *src, const wr_load *how, wr_doc **out) {
    *out = NULL;
    if (src->text.n > c->limits.bytes) {
        wr_report(c, WR_D_B0002, WR_ERROR, src, (wr_span){0, 0},
                  "the text is longer than the limit of %llu bytes",
                  (unsigned long long)c->limits.bytes);
        return WR_LIMIT;
    }
    wr_symtab *syms = how->into ? how->into : WR_NEW(&c->arena, wr_symtab);
    if (syms == NULL) return WR_NOMEM;
    if (syms != how->into) wr_symtab_init(syms, &c->arena, how->syms);
    json j = {.ctx = c,
              .src = src,
              .beg = src->text.p,
              .p = src->text.p,
              .end = src->text.p + src->text.n};
    if (wr_starts(src->text, WR_S("\xEF\xBB\xBF"))) j.p += 3;
    wr_build_init(&j.b, c, syms);
    j.b.warn_repeats = !how->own_repeats;
    j.src_id = wr_build_src(&j.b, src);
    j.b.lean = how->lean && src->text.n <= LEAN;
    wr_build_room(&j.b, src->text.n);
    if (!read_root(&j)) {
        wr_rc rc = j.b.rc != WR_OK ? j.b.rc : WR_BAD;
        wr_build_abort(&j.b);
        return rc;
    }
    wr_rc rc = wr_build_end(&j.b, out);
    if (rc == WR_OK) (*out)->format = WR_JSON;
    return rc;
}
