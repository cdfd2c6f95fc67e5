// SPDX-License-Identifier: Apache-2.0
// YAML out, byte for byte as serde_yaml 0.9 writes it through libyaml's emitter: block style, two
// blanks a level, lists in maps not indented, lines never folded. Linear in the text, memory for
// the open containers only.
// Two facts about the current line decide where breaks and blanks go: `indention`, nothing but
// indentation and the marks - ? : stand on it; `whitespace`, its last character separates.

#include "doc/write_int.h"

typedef struct frame {
    int32_t indent; // of the container's own lines
    bool map;
    bool value_next; // in a map: the key is written
    bool simple;     // that key needs no '?'
} frame;

struct wr_yaml_out {
    wr_buf *b;
    wr_arena arena; // owns this struct too
    WR_VEC(frame) open;
    size_t column; // what write_indent needs of it: bytes, exact while indention holds
    bool whitespace, indention;
    bool many;         // a document was written before
    bool padded_plain; // 007 is written as it is
};

enum { KEY_MOST = 128 }; // bytes; longer keys are written after a '?'

wr_yaml_out *wr_yaml_out_new(wr_buf *b) {
    wr_arena a;
    wr_arena_init(&a, 0);
    wr_yaml_out *y = WR_NEW(&a, wr_yaml_out);
    if (y == NULL) return NULL;
    *y = (wr_yaml_out){.b = b, .arena = a, .whitespace = true, .indention = true};
    return y;
}

void wr_yaml_out_free(wr_yaml_out *y) {
    if (y == NULL) return;
    wr_arena a = y->arena;
    wr_arena_fini(&a);
}

wr_buf *wr_yaml_buf(const wr_yaml_out *y) { return y->b; }

void wr_yaml_padded_plain(wr_yaml_out *y) { y->padded_plain = true; }

// ---------------------------------------------------------------------------------- lines

static frame *top(const wr_yaml_out *y) { return y->open.n ? &y->open.v[y->open.n - 1] : NULL; }

static void put_break(wr_yaml_out *y) {
    wr_putc(y->b, '\n');
    y->column = 0;
}

static void write_indent(wr_yaml_out *y, size_t indent) {
    if (!y->indention || y->column > indent || (y->column == indent && !y->whitespace))
        put_break(y);
    wr_pad(y->b, ' ', indent - y->column);
    y->column = indent;
    y->whitespace = y->indention = true;
}

static void put_raw(wr_yaml_out *y, wr_str s) {
    wr_puts(y->b, s);
    y->column += s.n;
}

// A mark of the syntax, with a blank before it when it must stand apart. `block`: - ? : keep a line
// open for nested containers.
static void put_mark(wr_yaml_out *y, const char *mark, bool apart, bool block) {
    if (apart && !y->whitespace) put_raw(y, WR_S(" "));
    put_raw(y, wr_strz(mark));
    y->whitespace = false;
    y->indention = y->indention && block;
}

// ---------------------------------------------------------------------------------- texts

static size_t break_len(wr_str s, size_t i) {
    if (s.p[i] == '\n') return 1;
    if (s.n - i >= 3 && memcmp(s.p + i, "\xE2\x80", 2) == 0 && (s.p[i + 2] | 1) == '\xA9') return 3;
    return 0;
}

// First line feed or separator at or after i, or the end; other breaks never get here, being
// unprintable.
static size_t find_break(wr_str s, size_t i) {
    while (i < s.n && break_len(s, i) == 0) i++;
    return i;
}

static void write_plain(wr_yaml_out *y, wr_str s) {
    if (!y->whitespace && s.n > 0) put_raw(y, WR_S(" "));
    put_raw(y, s);
    y->whitespace = y->indention = false;
}

static void put_quoted_run(wr_yaml_out *y, wr_str s) {
    for (size_t from = 0; from < s.n;) {
        const char *q = memchr(s.p + from, '\'', s.n - from);
        size_t to = q ? (size_t)(q - s.p) + 1 : s.n;
        put_raw(y, wr_sub(s, from, to));
        if (q) put_raw(y, WR_S("'"));
        from = to;
    }
}

// The lines of a text, breaks as they are, a run after a break indented. breaks: does the text
// begin as after one? Returns whether it ends with one.
static bool write_lines(wr_yaml_out *y, wr_str s, size_t indent, bool breaks,
                        void (*put)(wr_yaml_out *y, wr_str run)) {
    for (size_t i = 0; i < s.n;) {
        size_t len = break_len(s, i);
        if (len > 0) {
            wr_puts(y->b, wr_sub(s, i, i + len));
            y->column = 0;
            y->indention = breaks = true;
            i += len;
            continue;
        }
        if (breaks) write_indent(y, indent);
        size_t to = find_break(s, i);
        put(y, wr_sub(s, i, to));
        y->indention = breaks = false;
        i = to;
    }
    return breaks;
}

// Breaks are line and paragraph separators here: a text with a line feed is never put in single
// quotes. Blanks at the start of a line rule this style out, so a run after a break begins with
// another character and is indented.
static void write_single(wr_yaml_out *y, wr_str s, size_t indent) {
    put_mark(y, "'", true, false);
    bool breaks = write_lines(y, s, indent, false, put_quoted_run);
    if (breaks) write_indent(y, indent);
    put_mark(y, "'", false, false);
    y->whitespace = y->indention = false;
}

static void write_escape(wr_yaml_out *y, uint32_t cp) {
    static const struct {
        uint32_t cp;
        char letter;
    } known[] = {{0x00, '0'},  {0x07, 'a'}, {0x08, 'b'},   {0x09, 't'},  {0x0A, 'n'},
                 {0x0B, 'v'},  {0x0C, 'f'}, {0x0D, 'r'},   {0x1B, 'e'},  {0x22, '"'},
                 {0x5C, '\\'}, {0x85, 'N'}, {0x2028, 'L'}, {0x2029, 'P'}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].cp != cp) continue;
        wr_putc(y->b, '\\');
        wr_putc(y->b, known[i].letter);
        return;
    }
    if (cp <= 0xFF) wr_putf(y->b, "\\x%02X", (unsigned)cp);
    else wr_putf(y->b, "\\u%04X", (unsigned)cp); // beyond U+FFFF all is printable
}

static bool needs_escape(uint32_t cp) {
    return cp < 0x20 || cp == '"' || cp == '\\' || (cp >= 0x7F && cp < 0xA0) || cp == 0x2028 ||
           cp == 0x2029 || cp == 0xFEFF || cp == 0xFFFE || cp == 0xFFFF;
}

static void write_double(wr_yaml_out *y, wr_str s) {
    put_mark(y, "\"", true, false);
    size_t from = 0, next;
    for (size_t i = 0; i < s.n; i = next) {
        next = i;
        uint32_t cp = wr_utf8_next(s, &next);
        if (!needs_escape(cp)) continue;
        wr_puts(y->b, wr_sub(s, from, i));
        write_escape(y, cp);
        from = next;
    }
    wr_puts(y->b, wr_sub(s, from, s.n));
    put_mark(y, "\"", false, false);
    y->whitespace = y->indention = false;
}

// Where the last character of s[0..n) begins.
static size_t last_start(wr_str s, size_t n) {
    do n--;
    while (n > 0 && ((unsigned char)s.p[n] & 0xC0u) == 0x80u);
    return n;
}

// "-": no break at the end; "+": more than one, or nothing but one.
static const char *chomping(wr_str s) {
    size_t last = last_start(s, s.n);
    if (break_len(s, last) == 0) return "-";
    return last == 0 || break_len(s, last_start(s, last)) > 0 ? "+" : "";
}

static void write_literal(wr_yaml_out *y, wr_str s, size_t indent) {
    put_mark(y, "|", true, false);
    // A leading blank or break would be taken for indentation: say how deep it is.
    if (s.p[0] == ' ' || break_len(s, 0) > 0) put_mark(y, "2", false, false);
    put_mark(y, chomping(s), false, false);
    put_break(y);
    y->indention = y->whitespace = true;
    (void)write_lines(y, s, indent, true, put_raw);
}

// ---------------------------------------------------------------------------------- structure

// Puts what goes before a value: the mark of its place in the container around it. `simple`: as a
// key it would stand on one line.
static void begin(wr_yaml_out *y, bool simple) {
    frame *f = top(y);
    if (f == NULL) {
        if (y->many) {
            write_indent(y, 0);
            put_mark(y, "---", true, false);
        }
        return;
    }
    size_t indent = (size_t)f->indent;
    if (!f->map) {
        write_indent(y, indent);
        put_mark(y, "-", true, true);
    } else if (!f->value_next) {
        write_indent(y, indent);
        f->simple = simple;
        if (!simple) put_mark(y, "?", true, true);
    } else if (f->simple) {
        put_mark(y, ":", false, false);
    } else {
        write_indent(y, indent);
        put_mark(y, ":", true, true);
    }
}

static void done(wr_yaml_out *y) {
    frame *f = top(y);
    if (f && f->map) f->value_next = !f->value_next;
    if (f) return;
    write_indent(y, 0); // ends the document's last line
    y->many = true;
}

// Indentation of the continuation lines of a text that stands in the innermost container.
static size_t text_indent(const wr_yaml_out *y) {
    const frame *f = top(y);
    return f ? (size_t)f->indent + 2 : 2;
}

static void put_styled(wr_yaml_out *y, wr_str s, yaml_style style, yaml_text may, bool simple_key) {
    if (style == YAML_PLAIN && !may.plain) style = YAML_SINGLE;
    if (style == YAML_SINGLE && !may.single) style = YAML_DOUBLE;
    if (style == YAML_LITERAL && (!may.literal || simple_key)) style = YAML_DOUBLE;
    switch (style) {
    case YAML_PLAIN: write_plain(y, s); break;
    case YAML_SINGLE: write_single(y, s, text_indent(y)); break;
    case YAML_DOUBLE: write_double(y, s); break;
    case YAML_LITERAL: write_literal(y, s, text_indent(y)); break;
    }
}

static void put_scalar(wr_yaml_out *y, wr_str s, yaml_style style) {
    const frame *f = top(y);
    yaml_text may = yaml_analyze(s);
    bool simple = !may.multiline && s.n <= KEY_MOST;
    bool key = f && f->map && !f->value_next;
    begin(y, simple);
    put_styled(y, s, style, may, key && simple);
    done(y);
}

// Lists in maps stand at the indentation of their map, but for those behind "? " and ": ".
static void open_box(wr_yaml_out *y, bool map, bool empty) {
    const frame *f = top(y);
    int32_t indent = f ? f->indent : -2;
    begin(y, empty);
    if (empty) {
        put_mark(y, map ? "{}" : "[]", true, false);
        done(y);
        return;
    }
    bool level = !map && f && f->map && !y->indention;
    frame box = {.indent = level ? indent : indent + 2, .map = map};
    if (!WR_PUSH(&y->arena, &y->open, box)) wr_buf_fail(y->b, WR_NOMEM);
}

void wr_yaml_map(wr_yaml_out *y, bool empty) { open_box(y, true, empty); }

void wr_yaml_list(wr_yaml_out *y, bool empty) { open_box(y, false, empty); }

void wr_yaml_end(wr_yaml_out *y) {
    if (y->open.n == 0) {
        WR_ASSERT(y->b->rc != WR_OK); // only after a container that found no memory
        return;
    }
    y->open.n--;
    done(y);
}

void wr_yaml_str(wr_yaml_out *y, wr_str s) {
    if (s.p == NULL) s = WR_S("");
    put_scalar(y, s, yaml_wanted(s, y->padded_plain));
}

void wr_yaml_i64(wr_yaml_out *y, int64_t v) {
    char text[24];
    wr_buf b = {.p = text, .cap = sizeof text, .max = sizeof text}; // long enough: never grows
    wr_put_i64(&b, v);
    put_scalar(y, wr_buf_str(&b), YAML_PLAIN);
}

void wr_yaml_f64(wr_yaml_out *y, double v) {
    char text[64];
    wr_buf b = {.p = text, .cap = sizeof text, .max = sizeof text}; // long enough: never grows
    if (v != v) wr_putz(&b, ".nan");
    else if (v - v != 0) wr_putz(&b, v > 0 ? ".inf" : "-.inf");
    else wr_put_f64_json(&b, v);
    put_scalar(y, wr_buf_str(&b), YAML_PLAIN);
}

void wr_yaml_bool(wr_yaml_out *y, bool v) {
    put_scalar(y, v ? WR_S("true") : WR_S("false"), YAML_PLAIN);
}

void wr_yaml_null(wr_yaml_out *y) { put_scalar(y, WR_S("null"), YAML_PLAIN); }
