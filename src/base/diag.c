// SPDX-License-Identifier: Apache-2.0
// Diagnostics: kept in the context in the order found, printed with the line they are about.
// Whatever comes from outside (names, messages, source lines) may hold terminal escapes or
// direction marks made to mislead: they are shown, never sent to the terminal.

#include "base/base.h"

static const struct {
    char name[6];
    const char *title;
} codes[] = {
#define WR_DIAG(code, text) {#code, text},
#include "base/diag_codes.def"
#undef WR_DIAG
};

const char *wr_code_name(wr_code c) { return codes[c].name; }

const char *wr_code_title(wr_code c) { return codes[c].title; }

wr_diag *wr_vreport(wr_ctx *c, wr_code code, wr_sev sev, const wr_src *src, wr_span span,
                    const char *fmt, va_list ap) {
    if (sev == WR_ERROR) c->n_errors++; // also when it is not kept: the outcome depends on it
    // Errors have the limit to themselves: no number of warnings may hide one.
    if (sev == WR_ERROR ? c->n_errors > c->limits.diags : c->n_diags >= c->limits.diags)
        return NULL;
    wr_str msg = wr_vfmt(&c->arena, fmt, ap);
    wr_diag *d = msg.p ? WR_NEW(&c->arena, wr_diag) : NULL;
    if (d == NULL) return NULL;
    *d = (wr_diag){.code = code, .sev = sev, .src = src, .span = span, .msg = msg};
    *c->diags_tail = d;
    c->diags_tail = &d->next;
    c->n_diags++;
    return d;
}

wr_diag *wr_report(wr_ctx *c, wr_code code, wr_sev sev, const wr_src *src, wr_span span,
                   const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    wr_diag *d = wr_vreport(c, code, sev, src, span, fmt, ap);
    va_end(ap);
    return d;
}

void wr_hint(wr_ctx *c, wr_diag *d, const char *fmt, ...) {
    if (d == NULL) return;
    va_list ap;
    va_start(ap, fmt);
    d->hint = wr_vfmt(&c->arena, fmt, ap);
    va_end(ap);
}

// ---------------------------------------------------------------------------------- printing

enum { WINDOW = 100, WINDOW_LEFT = 60 }; // columns of a long line shown; of these before the caret

static const char *const bold = "\033[1m", *const plain = "\033[0m";

// Controls (C0, DEL, C1), direction marks and line separators that a terminal would act on.
static bool is_unsafe(uint32_t cp) {
    return cp < 0x20 || (cp >= 0x7F && cp <= 0x9F) || cp == 0x061C ||
           (cp >= 0x200E && cp <= 0x200F) || (cp >= 0x2028 && cp <= 0x202E) ||
           (cp >= 0x2066 && cp <= 0x2069) || cp == 0xFEFF || (cp & 0xFFFE) == 0xFFFE;
}

// Decodes at *i; bytes that are no UTF-8 count as U+FFFD each.
static uint32_t next_lenient(wr_str s, size_t *i) {
    size_t n = s.n - *i < 4 ? s.n - *i : 4;
    unsigned char c = (unsigned char)s.p[*i];
    size_t len = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    if (len > n || wr_utf8_check(wr_strn(s.p + *i, len)) != len) {
        *i += 1;
        return 0xFFFD;
    }
    return wr_utf8_next(s, i);
}

// Columns cp takes on a terminal: 2 for the wide East Asian blocks and emoji.
static unsigned width(uint32_t cp) {
    static const struct {
        uint32_t first, last;
    } wide[] = {{0x1100, 0x115F}, {0x2E80, 0xA4CF}, {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},
                {0xFE30, 0xFE6F}, {0xFF00, 0xFF60}, {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}};
    for (size_t i = 0; i < sizeof wide / sizeof wide[0] && cp >= wide[i].first; i++)
        if (cp <= wide[i].last) return 2;
    return 1;
}

static void put_cp(wr_buf *b, uint32_t cp) {
    char out[4];
    wr_put(b, out, wr_utf8_put(cp, out));
}

void wr_put_safe(wr_buf *b, wr_str s) {
    for (size_t i = 0; i < s.n;) {
        size_t from = i;
        while (i < s.n && ((s.p[i] >= ' ' && s.p[i] < 0x7F) || s.p[i] == '\n')) i++;
        wr_put(b, s.p + from, i - from);
        if (i == s.n) break;
        uint32_t cp = next_lenient(s, &i);
        if (cp == '\n' || cp == '\t' || !is_unsafe(cp)) put_cp(b, cp);
        else wr_putf(b, "\\u{%x}", (unsigned)cp);
    }
}

// Moves from byte `at` of the line back by up to n code points.
static size_t back_up(wr_str line, size_t at, size_t n) {
    while (at > 0 && n > 0) {
        at--;
        if (((unsigned char)line.p[at] & 0xC0u) != 0x80u) n--;
    }
    return at;
}

static size_t step_on(wr_str line, size_t at, size_t n) {
    while (at < line.n && n > 0) {
        (void)next_lenient(line, &at);
        n--;
    }
    return at;
}

// The line's bytes from..to; "..." where it goes on.
static void put_window(wr_buf *b, wr_str line, size_t from, size_t to) {
    if (from > 0) wr_putz(b, "...");
    for (size_t i = from; i < to;) {
        uint32_t cp = next_lenient(line, &i);
        put_cp(b, cp == '\t' || !is_unsafe(cp) ? cp : 0xFFFD);
    }
    if (to < line.n) wr_putz(b, "...");
    wr_putc(b, '\n');
}

// Carets under beg..end of what put_window showed, behind blanks (or the line's own tabs).
static void put_carets(wr_buf *b, wr_str line, size_t from, size_t beg, size_t end, bool color) {
    size_t i = from;
    if (from > 0) wr_pad(b, ' ', 3);
    while (i < beg) {
        uint32_t cp = next_lenient(line, &i);
        if (cp == '\t') wr_putc(b, '\t');
        else wr_pad(b, ' ', is_unsafe(cp) ? 1 : width(cp));
    }
    if (color) wr_putz(b, bold);
    wr_putc(b, '^');
    if (i < line.n) (void)next_lenient(line, &i);
    while (i < end) wr_pad(b, '~', width(next_lenient(line, &i)));
    if (color) wr_putz(b, plain);
    wr_putc(b, '\n');
}

static void put_excerpt(wr_buf *b, wr_str line, size_t beg, size_t end, bool color) {
    size_t from = 0, to = line.n;
    if (line.n > 4 * WINDOW || wr_utf8_len(line) > WINDOW) {
        from = back_up(line, beg, WINDOW_LEFT);
        to = step_on(line, from, WINDOW);
    }
    wr_putz(b, "  | ");
    put_window(b, line, from, to);
    wr_putz(b, "  | ");
    put_carets(b, line, from, beg, end < to ? end : to, color);
}

static void put_place(wr_buf *b, const wr_diag *d, wr_pos pos, bool color) {
    wr_str line = wr_src_line(d->src, pos.line);
    size_t start = (size_t)(line.p - d->src->text.p);
    size_t at = d->span.beg > d->src->text.n ? d->src->text.n : d->span.beg;
    size_t beg = at > start ? at - start : 0;
    if (beg > line.n) beg = line.n; // on the line's break
    size_t end = d->span.end > start ? d->span.end - start : 0;
    if (pos.line == 1 && wr_starts(line, WR_S("\xEF\xBB\xBF"))) {
        line = wr_sub(line, 3, line.n);
        beg = beg > 3 ? beg - 3 : 0;
        end = end > 3 ? end - 3 : 0;
    }
    put_excerpt(b, line, beg, end, color);
}

void wr_diag_print(wr_buf *b, const wr_diag *d, bool color) {
    static const char *const word[] = {"note", "warning", "error"};
    static const char *const hue[] = {"\033[1;36m", "\033[1;33m", "\033[1;31m"};
    wr_pos pos = {0, 0};
    if (color) wr_putz(b, bold);
    if (d->src) {
        pos = wr_src_pos(d->src, d->span.beg);
        wr_put_safe(b, d->src->name);
        wr_putf(b, ":%u:%u: ", (unsigned)pos.line, (unsigned)pos.col);
    }
    if (color) wr_putz(b, hue[d->sev]);
    wr_putf(b, "%s[%s]: ", word[d->sev], wr_code_name(d->code));
    if (color) wr_putz(b, plain);
    wr_put_safe(b, d->msg);
    wr_putc(b, '\n');
    if (d->src && !d->src->secret) put_place(b, d, pos, color);
    if (d->hint.n) {
        wr_putz(b, "  = hint: ");
        wr_put_safe(b, d->hint);
        wr_putc(b, '\n');
    }
}
