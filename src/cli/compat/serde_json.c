// SPDX-License-Identifier: Apache-2.0
// What serde_json 1.0 says about a text that is not JSON of the wanted shape. The original prints
// these errors for payloads and for test files, so they are output. The text is read once, with
// the two positions serde_json reports: before the next byte for types, after it for syntax.
// Nothing is kept but the first error; nesting is bounded as there (128).

#include "cli/cmd_guard.h"

enum { MAX_DEPTH = 127 };

typedef struct reader {
    wr_arena *arena;
    wr_str t;
    size_t i;
    unsigned depth;
    bool skipping; // numbers are not converted
    wr_str error;
} reader;

// ---------------------------------------------------------------------------------- errors

static bool bad_at(reader *r, size_t at, wr_str what) {
    size_t line = 1, col = 0;
    if (at > r->t.n) at = r->t.n;
    for (size_t k = 0; k < at; k++) {
        col = r->t.p[k] == '\n' ? 0 : col + 1;
        line += r->t.p[k] == '\n';
    }
    if (r->error.n == 0)
        r->error = wr_fmt(r->arena, "%.*s at line %zu column %zu", WR_FMT(what), line, col);
    return false;
}

static bool bad(reader *r, const char *what) { return bad_at(r, r->i, wr_strz(what)); }
static bool bad_next(reader *r, const char *what) { return bad_at(r, r->i + 1, wr_strz(what)); }

// The next byte that is no white space, or 0 at the end.
static char peek(reader *r) {
    while (r->i < r->t.n && strchr(" \n\t\r", r->t.p[r->i]) && r->t.p[r->i]) r->i++;
    return r->i < r->t.n ? r->t.p[r->i] : 0;
}

static bool at_end(const reader *r) { return r->i >= r->t.n; }

// ---------------------------------------------------------------------------------- scalars

static bool read_ident(reader *r, const char *rest) {
    for (r->i++; *rest; rest++) {
        if (at_end(r)) return bad(r, "EOF while parsing a value");
        if (r->t.p[r->i++] != *rest) return bad(r, "expected ident");
    }
    return true;
}

static bool digit_at(const reader *r) {
    return r->i < r->t.n && r->t.p[r->i] >= '0' && r->t.p[r->i] <= '9';
}

static bool read_digits(reader *r) {
    if (at_end(r)) return bad(r, "EOF while parsing a value");
    if (!digit_at(r)) return bad_next(r, "invalid number");
    while (digit_at(r)) r->i++;
    return true;
}

static bool scan_number(reader *r, bool *is_float) {
    *is_float = false;
    if (r->t.p[r->i] == '-') r->i++;
    if (at_end(r)) return bad(r, "EOF while parsing a value");
    if (!digit_at(r)) {
        r->i++;
        return bad(r, "invalid number");
    }
    bool zero = r->t.p[r->i] == '0';
    r->i++;
    if (zero && digit_at(r)) return bad_next(r, "invalid number");
    while (digit_at(r)) r->i++;
    if (r->i < r->t.n && r->t.p[r->i] == '.') {
        *is_float = true;
        r->i++;
        if (!read_digits(r)) return false;
    }
    if (r->i < r->t.n && (r->t.p[r->i] | 0x20) == 'e') {
        *is_float = true;
        r->i++;
        if (r->i < r->t.n && (r->t.p[r->i] == '+' || r->t.p[r->i] == '-')) r->i++;
        if (at_end(r)) return bad(r, "EOF while parsing a value");
        if (!digit_at(r)) {
            r->i++;
            return bad(r, "invalid number");
        }
        return read_digits(r);
    }
    return true;
}

static bool read_number(reader *r, bool *is_float) {
    size_t from = r->i;
    double f = 0;
    if (!scan_number(r, is_float)) return false;
    bool known = r->skipping || wr_parse_f64(wr_sub(r->t, from, r->i), &f);
    return known && f - f == 0 ? true : bad(r, "number out of range");
}

static bool read_hex(reader *r, unsigned *out) {
    *out = 0;
    if (r->i + 4 > r->t.n) {
        r->i = r->t.n;
        return bad(r, "EOF while parsing a string");
    }
    for (unsigned k = 0; k < 4; k++) {
        char c = r->t.p[r->i++];
        unsigned d = c >= '0' && c <= '9'                     ? (unsigned)(c - '0')
                     : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (unsigned)((c | 0x20) - 'a') + 10u
                                                              : 16u;
        if (d == 16) return bad(r, "invalid escape");
        *out = *out * 16 + d;
    }
    return true;
}

static bool read_unicode(reader *r, wr_buf *b) {
    unsigned hi, lo;
    char out[4];
    if (!read_hex(r, &hi)) return false;
    if (hi >= 0xDC00 && hi <= 0xDFFF) return bad(r, "lone leading surrogate in hex escape");
    if (hi >= 0xD800 && hi <= 0xDBFF) {
        for (const char *w = "\\u"; *w; w++) {
            if (at_end(r)) return bad(r, "EOF while parsing a string");
            if (r->t.p[r->i++] != *w) return bad(r, "unexpected end of hex escape");
        }
        if (!read_hex(r, &lo)) return false;
        if (lo < 0xDC00 || lo > 0xDFFF) return bad(r, "lone leading surrogate in hex escape");
        hi = 0x10000 + ((hi - 0xD800) << 10) + (lo - 0xDC00);
    }
    wr_put(b, out, wr_utf8_put(hi, out));
    return true;
}

static bool read_escape(reader *r, wr_buf *b) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (at_end(r)) return bad(r, "EOF while parsing a string");
    char c = r->t.p[r->i++];
    const char *hit = c ? strchr(from, c) : NULL;
    if (c == 'u') return read_unicode(r, b);
    if (hit == NULL) return bad(r, "invalid escape");
    wr_putc(b, to[hit - from]);
    return true;
}

// A string; its text into b.
static bool read_string(reader *r, wr_buf *b) {
    b->n = 0;
    for (r->i++;;) {
        if (at_end(r)) return bad(r, "EOF while parsing a string");
        char c = r->t.p[r->i++];
        if (c == '"') return true;
        if (c == '\\') {
            if (!read_escape(r, b)) return false;
        } else if ((unsigned char)c < 0x20) {
            return bad(r, "control character (\\u0000-\\u001F) found while parsing a string");
        } else {
            wr_putc(b, c);
        }
    }
}

// ---------------------------------------------------------------------------------- types

static bool wrong_type(reader *r, wr_str got, const char *want) {
    return bad_at(r, r->i, wr_fmt(r->arena, "invalid type: %.*s, expected %s", WR_FMT(got), want));
}

// Rust's {:?} of a string, for the usual characters.
static wr_str quoted(reader *r, wr_str s) {
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_putz(&b, "string \"");
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '"' || c == '\\') wr_putf(&b, "\\%c", c);
        else if (c == '\n') wr_putz(&b, "\\n");
        else if (c == '\t') wr_putz(&b, "\\t");
        else if (c == '\r') wr_putz(&b, "\\r");
        else wr_putc(&b, c);
    }
    wr_putc(&b, '"');
    wr_str out = wr_dup(r->arena, wr_buf_str(&b));
    wr_buf_fini(&b);
    return out;
}

static bool fits_u64(wr_str lexeme) {
    static const char max[] = "18446744073709551615";
    return lexeme.n < sizeof max - 1 ||
           (lexeme.n == sizeof max - 1 && memcmp(lexeme.p, max, lexeme.n) <= 0);
}

static wr_str number_name(reader *r, wr_str lexeme, bool is_float) {
    int64_t v;
    double f = 0;
    bool negative = lexeme.n > 0 && lexeme.p[0] == '-';
    if (!is_float && (negative ? wr_parse_i64(lexeme, &v) : fits_u64(lexeme)))
        return wr_fmt(r->arena, "integer `%.*s`", WR_FMT(lexeme));
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_putz(&b, "floating point `");
    (void)wr_parse_f64(lexeme, &f);
    wr_put_f64_display(&b, f);
    if (wr_find(wr_buf_str(&b), WR_S("."), 0) == SIZE_MAX) wr_putz(&b, ".0");
    wr_putc(&b, '`');
    wr_str out = wr_dup(r->arena, wr_buf_str(&b));
    wr_buf_fini(&b);
    return out;
}

// A value of another type than the wanted one stands here.
static bool unexpected(reader *r, const char *want) {
    char c = peek(r);
    size_t from = r->i;
    bool is_float;
    wr_buf b;
    if (at_end(r)) return bad_next(r, "EOF while parsing a value");
    if (c == '[') return wrong_type(r, WR_S("sequence"), want);
    if (c == '{') return wrong_type(r, WR_S("map"), want);
    if (c == 'n') return read_ident(r, "ull") && wrong_type(r, WR_S("null"), want);
    if (c == 't') return read_ident(r, "rue") && wrong_type(r, WR_S("boolean `true`"), want);
    if (c == 'f') return read_ident(r, "alse") && wrong_type(r, WR_S("boolean `false`"), want);
    if (c == '-' || digit_at(r))
        return read_number(r, &is_float) &&
               wrong_type(r, number_name(r, wr_sub(r->t, from, r->i), is_float), want);
    if (c != '"') return bad_next(r, "expected value");
    wr_buf_init(&b, 0);
    bool ok = read_string(r, &b) && wrong_type(r, quoted(r, wr_buf_str(&b)), want);
    wr_buf_fini(&b);
    return ok;
}

// ---------------------------------------------------------------------------------- containers

typedef bool (*on_item)(reader *r);
typedef bool (*on_entry)(reader *r, wr_str key, void *seen);

static bool deeper(reader *r) {
    return ++r->depth <= MAX_DEPTH || bad_next(r, "recursion limit exceeded");
}

static bool read_list(reader *r, on_item item) {
    if (!deeper(r)) return false;
    r->i++;
    for (bool first = true;; first = false) {
        char c = peek(r);
        if (at_end(r)) return bad_next(r, "EOF while parsing a list");
        if (c == ']') break;
        if (!first) {
            if (c != ',') return bad_next(r, "expected `,` or `]`");
            r->i++;
            c = peek(r);
            if (at_end(r)) return bad_next(r, "EOF while parsing a value");
            if (c == ']') return bad_next(r, "trailing comma");
        }
        if (!item(r)) return false;
    }
    r->i++;
    r->depth--;
    return true;
}

static bool read_entry(reader *r, on_entry entry, wr_buf *key, void *seen) {
    char c = peek(r);
    if (at_end(r)) return bad_next(r, "EOF while parsing a value");
    if (c == '}') return bad_next(r, "trailing comma");
    if (c != '"') return bad_next(r, "key must be a string");
    if (!read_string(r, key)) return false;
    return entry(r, wr_dup(r->arena, wr_buf_str(key)), seen);
}

// The colon between key and value.
static bool colon(reader *r) {
    char c = peek(r);
    if (at_end(r)) return bad_next(r, "EOF while parsing an object");
    if (c != ':') return bad_next(r, "expected `:`");
    r->i++;
    return true;
}

static bool read_map(reader *r, on_entry entry, void *seen) {
    wr_buf key;
    bool ok = deeper(r);
    wr_buf_init(&key, 0);
    r->i++;
    for (bool first = true; ok; first = false) {
        char c = peek(r);
        if (at_end(r)) ok = bad_next(r, "EOF while parsing an object");
        else if (c == '}') break;
        else if (!first && c != ',') ok = bad_next(r, "expected `,` or `}`");
        else if (!first) r->i++;
        ok = ok && read_entry(r, entry, &key, seen);
    }
    wr_buf_fini(&key);
    r->i += ok;
    r->depth -= ok;
    return ok;
}

// Any value; recursion is bounded by MAX_DEPTH.
static bool read_any(reader *r);

static bool any_entry(reader *r, wr_str key, void *seen) {
    void **at = wr_map_at(seen, key);
    if (at && *at) {
        wr_str name = quoted(r, key);
        return bad_at(r, r->i,
                      wr_fmt(r->arena, "duplicate entry with key %.*s",
                             WR_FMT(wr_sub(name, sizeof "string", name.n))));
    }
    if (at) *at = r;
    return colon(r) && read_any(r);
}

static bool read_any(reader *r) {
    char c = peek(r);
    bool is_float;
    wr_map keys;
    if (at_end(r)) return bad_next(r, "EOF while parsing a value");
    if (c == '[') return read_list(r, read_any);
    wr_map_init(&keys, r->arena);
    if (c == '{') return read_map(r, any_entry, &keys);
    if (c == 'n') return read_ident(r, "ull");
    if (c == 't') return read_ident(r, "rue");
    if (c == 'f') return read_ident(r, "alse");
    if (c == '-' || digit_at(r)) return read_number(r, &is_float);
    if (c != '"') return bad_next(r, "expected value");
    wr_buf b;
    wr_buf_init(&b, 0);
    bool ok = read_string(r, &b);
    wr_buf_fini(&b);
    return ok;
}

// ---------------------------------------------------------------------------------- skipping

// What stands under a key that is not asked for: any depth, other words for the same errors.
typedef WR_VEC(char) frames;

static bool read_scalar(reader *r) {
    return peek(r) == '[' || peek(r) == '{' ? bad_next(r, "expected value") : read_any(r);
}

// Goes behind the brackets that close here and a comma. True with frames left: a value follows.
static bool close_frames(reader *r, frames *f, bool comma) {
    for (; f->n > 0; comma = true) {
        char c = peek(r), frame = f->v[f->n - 1];
        if (at_end(r))
            return bad_next(r, frame == '[' ? "EOF while parsing a list"
                                            : "EOF while parsing an object");
        if (c == ',' && comma) {
            r->i++;
            return true;
        }
        if (c != (frame == '[' ? ']' : '}')) {
            if (!comma) return true; // the first item of a container
            return bad_next(r, frame == '[' ? "expected `,` or `]`" : "expected `,` or `}`");
        }
        r->i++;
        f->n--;
    }
    return true;
}

static bool skip_key(reader *r) {
    char c = peek(r);
    wr_buf b;
    if (at_end(r)) return bad_next(r, "EOF while parsing an object");
    if (c != '"') return bad_next(r, "key must be a string");
    wr_buf_init(&b, 0);
    bool ok = read_string(r, &b) && colon(r);
    wr_buf_fini(&b);
    return ok;
}

static bool skip_any(reader *r) {
    frames f = {NULL, 0, 0};
    r->skipping = true;
    do {
        char c = peek(r);
        bool opens = c == '[' || c == '{';
        if (opens) r->i++;
        if (opens && !WR_PUSH(r->arena, &f, c)) return false;
        if (!opens && !read_scalar(r)) return false;
        if (!close_frames(r, &f, !opens)) return false;
        if (f.n > 0 && f.v[f.n - 1] == '{' && !skip_key(r)) return false;
    } while (f.n > 0);
    r->skipping = false;
    return true;
}

static bool read_text(reader *r) {
    return peek(r) == '"' ? read_any(r) : unexpected(r, "a string");
}

static bool read_texts(reader *r) {
    return peek(r) == '[' ? read_list(r, read_text) : unexpected(r, "a sequence");
}

// ---------------------------------------------------------------------------------- shapes

// Notes a field; false when it was there before.
static bool note(reader *r, const char *field, unsigned bit, unsigned *seen) {
    if (*seen & bit) return bad_at(r, r->i, wr_fmt(r->arena, "duplicate field `%s`", field));
    *seen |= bit;
    return true;
}

static bool need(reader *r, const char *field, unsigned bit, unsigned seen) {
    return (seen & bit) || bad_at(r, r->i, wr_fmt(r->arena, "missing field `%s`", field));
}

// What stands under a key, or in a place, of a structure.
typedef struct field {
    const char *name;
    on_item read;
    bool optional;
} field;

typedef struct structure {
    const char *name;
    const field *fields;
    unsigned n;
} structure;

typedef struct filled {
    const structure *of;
    unsigned seen;
} filled;

static bool field_entry(reader *r, wr_str key, void *state) {
    filled *f = state;
    for (unsigned i = 0; i < f->of->n; i++) {
        if (!wr_eq(key, wr_strz(f->of->fields[i].name))) continue;
        return note(r, f->of->fields[i].name, 1u << i, &f->seen) && colon(r) &&
               f->of->fields[i].read(r);
    }
    return colon(r) && skip_any(r);
}

// A structure written as a list of its fields.
static bool read_fields_in_order(reader *r, const structure *s) {
    char c = '[';
    r->i++;
    for (unsigned i = 0; i < s->n; i++) {
        c = peek(r);
        if (at_end(r)) return bad_next(r, "EOF while parsing a list");
        if (c == ']') {
            r->i++;
            return bad_at(r, r->i,
                          wr_fmt(r->arena, "invalid length %u, expected %s with %u element%s", i,
                                 s->name, s->n, s->n == 1 ? "" : "s"));
        }
        if (i > 0) {
            if (c != ',') return bad_next(r, "expected `,` or `]`");
            r->i++;
            c = peek(r);
            if (at_end(r)) return bad_next(r, "EOF while parsing a value");
            if (c == ']') return bad_next(r, "trailing comma");
        }
        if (!s->fields[i].read(r)) return false;
    }
    c = peek(r);
    if (at_end(r)) return bad_next(r, "EOF while parsing a list");
    if (c == ',') r->i++;
    if (c == ',' && peek(r) == ']') return bad_next(r, "trailing comma");
    if (c != ']') return bad_next(r, "trailing characters");
    r->i++;
    return true;
}

static bool read_structure(reader *r, const structure *s) {
    filled f = {.of = s};
    char c = peek(r);
    if (c == '[') return read_fields_in_order(r, s);
    if (c != '{') return unexpected(r, s->name);
    if (!read_map(r, field_entry, &f)) return false;
    for (unsigned i = 0; i < s->n; i++)
        if (!s->fields[i].optional && !need(r, s->fields[i].name, 1u << i, f.seen)) return false;
    return true;
}

static bool expected_status(reader *r, wr_str key, void *seen) {
    (void)key;
    (void)seen;
    return colon(r) && read_text(r);
}

static bool read_statuses(reader *r) {
    return peek(r) == '{' ? read_map(r, expected_status, NULL) : unexpected(r, "a map");
}

static bool read_expectations(reader *r) {
    static const field fields[] = {{"rules", read_statuses, false}};
    static const structure s = {"struct TestExpectations", fields, 1};
    return read_structure(r, &s);
}

static bool read_name(reader *r) { return peek(r) == 'n' ? read_any(r) : read_text(r); }

static bool read_spec(reader *r) {
    static const field fields[] = {{"name", read_name, true},
                                   {"input", read_any, false},
                                   {"expectations", read_expectations, false}};
    static const structure s = {"struct TestSpec", fields, 3};
    return read_structure(r, &s);
}

static bool read_payload(reader *r) {
    static const field fields[] = {{"rules", read_texts, false}, {"data", read_texts, false}};
    static const structure s = {"struct Payload", fields, 2};
    return read_structure(r, &s);
}

wr_str cli_serde_error(wr_arena *a, wr_str text, cli_shape shape) {
    reader r = {.arena = a, .t = text};
    bool ok;
    if (shape == CLI_SHAPE_PAYLOAD) ok = read_payload(&r);
    else ok = peek(&r) == '[' ? read_list(&r, read_spec) : unexpected(&r, "a sequence");
    (void)peek(&r);
    if (ok && !at_end(&r)) (void)bad_next(&r, "trailing characters");
    return r.error;
}
