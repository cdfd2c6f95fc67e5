// SPDX-License-Identifier: Apache-2.0
// layout: writes a layout within a width. Places to go on from are kept on a stack of its own, so
// that no depth is too deep; whether a group fits is known after at most a line's width of text.
// Rules: P. Wadler, "A prettier printer"; behaviour as the formatter of cedar-policy 4.13.

#include "lang/cedar/format_int.h"

typedef struct place {
    const lay *l;
    uint32_t from; // CAT: the next part
    uint32_t indent;
    bool flat;
} place;

typedef struct writer {
    wr_buf *out;
    uint32_t width;
    wr_buf todo, probe; // place each
    uint32_t column;
    size_t line;  // where in out the line begins
    bool written; // anything but blanks on it
    bool loose;   // it may be indented less when text comes that is
} writer;

static void push(wr_buf *b, place p) { wr_put(b, (const char *)&p, sizeof p); }

static place pop(wr_buf *b) {
    place p;
    b->n -= sizeof p;
    memcpy(&p, b->p + b->n, sizeof p);
    return p;
}

static place place_at(const wr_buf *b, size_t i) {
    place p;
    memcpy(&p, b->p + i * sizeof p, sizeof p);
    return p;
}

typedef struct range {
    uint32_t first, last;
} range;

static bool is_in(const range *v, size_t n, uint32_t cp) {
    for (size_t i = 0; i < n && cp >= v[i].first; i++)
        if (cp <= v[i].last) return true;
    return false;
}

// Marks that stand over the letter before them take no column; the wide blocks of East Asia and
// emoji take two (Unicode, UAX 11; the large blocks).
static uint32_t columns(uint32_t cp) {
    static const range none[] = {
        {0x300, 0x36F},   {0x483, 0x489},     {0x591, 0x5BD},     {0x5BF, 0x5BF},
        {0x5C1, 0x5C2},   {0x5C4, 0x5C5},     {0x5C7, 0x5C7},     {0x610, 0x61A},
        {0x64B, 0x65F},   {0x670, 0x670},     {0x6D6, 0x6DC},     {0x6DF, 0x6E4},
        {0x6E7, 0x6E8},   {0x6EA, 0x6ED},     {0x711, 0x711},     {0x730, 0x74A},
        {0x7A6, 0x7B0},   {0x7EB, 0x7F3},     {0x816, 0x819},     {0x8E3, 0x902},
        {0x93A, 0x93A},   {0x93C, 0x93C},     {0x941, 0x948},     {0x94D, 0x94D},
        {0xE31, 0xE31},   {0xE34, 0xE3A},     {0xE47, 0xE4E},     {0xEB1, 0xEB1},
        {0xEB4, 0xEBC},   {0xEC8, 0xECE},     {0xF71, 0xF7E},     {0x1160, 0x11FF},
        {0x135D, 0x135F}, {0x1AB0, 0x1ACE},   {0x1DC0, 0x1DFF},   {0x200B, 0x200F},
        {0x202A, 0x202E}, {0x2060, 0x2064},   {0x20D0, 0x20F0},   {0x2DE0, 0x2DFF},
        {0x302A, 0x302D}, {0x3099, 0x309A},   {0xA66F, 0xA672},   {0xFE00, 0xFE0F},
        {0xFE20, 0xFE2F}, {0x1D167, 0x1D169}, {0xE0100, 0xE01EF},
    };
    static const range wide[] = {
        {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2614, 0x2615},   {0x2E80, 0x303E},
        {0x3041, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0xA4CF},   {0xA960, 0xA97C},
        {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE10, 0xFE19},   {0xFE30, 0xFE6F},
        {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x16FE0, 0x18CFF}, {0x1B000, 0x1B2FF},
        {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1FAFF}, {0x20000, 0x3FFFD},
    };
    if (cp < 0x300) return 1;
    if (is_in(none, sizeof none / sizeof *none, cp)) return 0;
    return is_in(wide, sizeof wide / sizeof *wide, cp) ? 2 : 1;
}

uint32_t lay_width(wr_str s) {
    uint32_t n = 0;
    for (size_t i = 0; i < s.n;) n += columns(wr_utf8_next(s, &i));
    return n;
}

// Pushes what p holds; of a sequence its next part, and the rest under it.
static void open_place(wr_buf *b, place p) {
    if (p.l->kind == LAY_CAT) {
        if (p.from >= p.l->n) return;
        place part = {p.l->u.v[p.from], 0, p.indent, p.flat};
        p.from++;
        if (p.from < p.l->n) push(b, p);
        push(b, part);
        return;
    }
    uint32_t indent = p.indent + (p.l->kind == LAY_NEST ? p.l->n : 0);
    push(b, (place){p.l->u.of, 0, indent, p.flat});
}

// Does `first`, on one line, and what follows it up to the next break fit?
static bool fits(writer *w, place first) {
    uint32_t column = w->column;
    size_t rest = w->todo.n / sizeof(place);
    w->probe.n = 0;
    first.flat = true;
    push(&w->probe, first);
    for (;;) {
        if (w->probe.rc != WR_OK) return true;
        if (w->probe.n == 0) {
            if (rest == 0) return true;
            push(&w->probe, place_at(&w->todo, --rest));
            continue;
        }
        place p = pop(&w->probe);
        switch ((lay_kind)p.l->kind) {
        case LAY_TEXT: column += p.l->n; break;
        case LAY_LINE:
            if (!p.flat) return true;
            column++;
            break;
        case LAY_SOFT:
            if (!p.flat) return true;
            break;
        case LAY_HARD:
        case LAY_END: return !p.flat;
        default: open_place(&w->probe, p);
        }
        if (column > w->width) return false;
    }
}

static void write_break(writer *w, uint32_t indent) {
    if (w->written) {
        wr_putc(w->out, '\n');
        w->line = w->out->n;
    } else w->out->n = w->line; // only blanks: the line is used again
    wr_pad(w->out, ' ', indent);
    w->column = indent;
    w->written = w->loose = false;
}

static void write_text(writer *w, const lay *l, uint32_t indent) {
    if (w->loose && indent < w->column) write_break(w, indent);
    w->loose = false;
    wr_puts(w->out, l->u.s);
    w->column += l->n;
    for (size_t i = 0; i < l->u.s.n && !w->written; i++) w->written = l->u.s.p[i] != ' ';
}

bool lay_write(wr_buf *out, const lay *l, uint32_t width) {
    writer w = {.out = out, .width = width, .line = out->n};
    wr_buf_init(&w.todo, 0);
    wr_buf_init(&w.probe, 0);
    push(&w.todo, (place){l, 0, 0, false});
    while (w.todo.n > 0 && w.todo.rc == WR_OK && w.probe.rc == WR_OK && out->rc == WR_OK) {
        place p = pop(&w.todo);
        switch ((lay_kind)p.l->kind) {
        case LAY_TEXT: write_text(&w, p.l, p.indent); break;
        case LAY_LINE:
        case LAY_SOFT:
        case LAY_HARD:
        case LAY_END:
            if (!p.flat || p.l->kind == LAY_END || p.l->kind == LAY_HARD) {
                write_break(&w, p.indent);
                w.loose = p.l->kind == LAY_END;
            } else if (p.l->kind == LAY_LINE) {
                wr_putc(out, ' ');
                w.column++;
            }
            break;
        case LAY_GROUP:
            if (!p.flat) p.flat = fits(&w, p);
            open_place(&w.todo, p);
            break;
        case LAY_NEST:
        case LAY_CAT: open_place(&w.todo, p); break;
        }
    }
    if (!w.written) out->n = w.line;
    bool ok = w.todo.rc == WR_OK && w.probe.rc == WR_OK && out->rc == WR_OK;
    wr_buf_fini(&w.todo);
    wr_buf_fini(&w.probe);
    return ok;
}
