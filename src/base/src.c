// SPDX-License-Identifier: Apache-2.0
// Sources: a text with a table of its line starts, so that a position is a binary search. Offsets
// are 32 bits: a source is smaller than 4 GiB. A byte order mark is no column.
// Columns count characters. A minified document is one line, and thousands of findings in it must
// not mean counting it thousands of times: texts with lines longer than STEP and characters beyond
// ASCII have a second table, tails[k] = bytes before k·STEP that continue a character, so that at
// most STEP bytes are counted.

#include "base/base.h"

// Length of the break at p[i], 0 when there is none. YAML 1.1 §5.4 (what libyaml counts).
static size_t yaml_break(const unsigned char *p, size_t n, size_t i) {
    switch (p[i]) {
    case '\n': return 1;
    case '\r': return i + 1 < n && p[i + 1] == '\n' ? 2 : 1;
    case 0xC2: return i + 1 < n && p[i + 1] == 0x85 ? 2 : 0;
    case 0xE2: return i + 2 < n && p[i + 1] == 0x80 && (p[i + 2] | 1u) == 0xA9 ? 3 : 0;
    default: return 0;
    }
}

static void add_line(wr_buf *lines, size_t off) {
    uint32_t start = (uint32_t)off;
    wr_put(lines, (const char *)&start, sizeof start);
}

static void scan_yaml(wr_str t, wr_buf *lines) {
    const unsigned char *p = (const unsigned char *)t.p;
    for (size_t i = 0; i < t.n;) {
        // Bytes 0x0E…0xC1 begin no break.
        if (p[i] > '\r' && p[i] < 0xC2) {
            i++;
            continue;
        }
        size_t len = yaml_break(p, t.n, i);
        i += len ? len : 1;
        if (len) add_line(lines, i);
    }
}

enum { STEP = 4096 };

static size_t count_tails(wr_str t, size_t a, size_t b) {
    wr_str part = wr_sub(t, a, b);
    return part.n - wr_utf8_len(part);
}

static bool has_long_line(const wr_src *s) {
    uint32_t n = (uint32_t)s->text.n;
    if (n <= STEP) return false;
    for (uint32_t i = 0; i < s->n_lines; i++) {
        uint32_t end = i + 1 < s->n_lines ? s->line[i + 1] : n;
        if (end - s->line[i] > STEP) return true;
    }
    return false;
}

static bool make_tails(wr_arena *a, wr_src *s) {
    size_t n = s->text.n / STEP + 1;
    uint32_t *tails = wr_alloc(a, n * sizeof *tails);
    if (tails == NULL) return false;
    tails[0] = 0;
    for (size_t k = 1; k < n; k++)
        tails[k] = tails[k - 1] + (uint32_t)count_tails(s->text, (k - 1) * STEP, k * STEP);
    s->tails = tails;
    return true;
}

static const uint32_t *yaml_lines(wr_arena *a, wr_str text, uint32_t *n) {
    wr_buf lines;
    wr_buf_init(&lines, 0);
    add_line(&lines, 0);
    scan_yaml(text, &lines);
    *n = (uint32_t)(lines.n / sizeof(uint32_t));
    // The buffer came from malloc: aligned for any type.
    return (const uint32_t *)(const void *)wr_buf_keep(&lines, a).p;
}

static const uint32_t *plain_lines(wr_arena *a, wr_str text, uint32_t *n) {
    bool one = text.n == 0 || memchr(text.p, '\n', text.n) == NULL; // minified: no second look
    *n = one ? 1 : (uint32_t)wr_scan_count(text, '\n') + 1;
    uint32_t *line = wr_alloc(a, *n * sizeof *line);
    if (line == NULL) return NULL;
    line[0] = 0;
    if (!one) wr_scan_lines(text, line + 1);
    return line;
}

wr_src *wr_src_new(wr_arena *a, wr_str name, wr_str text, bool yaml_breaks) {
    if (text.n >= UINT32_MAX) return NULL;
    if (text.p == NULL) text = WR_S("");
    uint32_t n;
    const uint32_t *line = yaml_breaks ? yaml_lines(a, text, &n) : plain_lines(a, text, &n);
    wr_src *s = line ? WR_NEW(a, wr_src) : NULL;
    if (s == NULL) return NULL;
    *s = (wr_src){.name = name, .text = text, .line = line, .n_lines = n};
    return !has_long_line(s) || wr_scan_ascii(text) || make_tails(a, s) ? s : NULL;
}

// 0-based line that holds byte off.
static uint32_t line_of(const wr_src *s, uint32_t off) {
    uint32_t lo = 0, hi = s->n_lines;
    while (hi - lo > 1) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (s->line[mid] <= off) lo = mid;
        else hi = mid;
    }
    return lo;
}

// Bytes before off that continue a character; only for texts with long lines.
static size_t tails_before(const wr_src *s, size_t off) {
    if (s->tails == NULL) return 0; // all of it is ASCII
    return s->tails[off / STEP] + count_tails(s->text, off / STEP * STEP, off);
}

wr_pos wr_src_pos(const wr_src *s, uint32_t off) {
    if (off > s->text.n) off = (uint32_t)s->text.n;
    uint32_t line = line_of(s, off), start = s->line[line];
    size_t tails = off - start <= STEP ? count_tails(s->text, start, off)
                                       : tails_before(s, off) - tails_before(s, start);
    size_t col = off - start - tails;
    if (line == 0 && off >= 3 && wr_starts(s->text, WR_S("\xEF\xBB\xBF"))) col--;
    if (line == 0) col += s->before.col;
    return (wr_pos){s->before.line + line + 1, (uint32_t)col + 1};
}

wr_str wr_src_line(const wr_src *s, uint32_t line) {
    if (line <= s->before.line) return WR_S("");
    line -= s->before.line;
    if (line > s->n_lines) return WR_S("");
    size_t beg = s->line[line - 1], end = s->text.n;
    if (line < s->n_lines) {
        end = s->line[line];
        const unsigned char *p = (const unsigned char *)s->text.p;
        size_t tail = p[end - 1] == '\n' || p[end - 1] == '\r' ? 1 : p[end - 1] == 0x85 ? 2 : 3;
        end -= tail;
        if (tail == 1 && p[end] == '\n' && end > beg && p[end - 1] == '\r') end--;
    }
    return wr_sub(s->text, beg, end);
}

// ---------------------------------------------------------------------------------- parts

enum { AROUND = 512, MAX_LINES = 1000 }; // bytes of a line beside the place; lines of a region

// Bytes of line from the first to the last that are kept: whole characters around [in, end).
static wr_span part_of(wr_str line, size_t in, size_t end) {
    size_t from = in > AROUND ? in - AROUND : 0, to = end + AROUND;
    if (to > line.n) to = line.n;
    while (from > 0 && ((unsigned char)line.p[from] & 0xC0) == 0x80) from--;
    while (to < line.n && ((unsigned char)line.p[to] & 0xC0) == 0x80) to++;
    return (wr_span){(uint32_t)from, (uint32_t)to};
}

// A source that holds the line of the place and, when it ends in another, as many empty lines and
// as long a last one as it takes for its end to be where it was.
wr_src *wr_src_cut(wr_arena *a, wr_str name, const wr_src *src, wr_span at, wr_span *own) {
    wr_pos beg = wr_src_pos(src, at.beg), end = wr_src_pos(src, at.end);
    wr_str line = wr_src_line(src, beg.line);
    size_t start = src->line[beg.line - src->before.line - 1];
    size_t in = at.beg - start < line.n ? at.beg - start : line.n;
    bool one = end.line == beg.line || end.line - beg.line > MAX_LINES;
    size_t last = at.end - start < line.n ? at.end - start : line.n;
    size_t width = one && last > in ? last - in : 0;
    if (width > AROUND) width = AROUND;
    if (in + width > line.n) width = line.n - in;
    wr_span part = part_of(line, in, in + width);
    wr_str shown = wr_sub(line, part.beg, part.end);
    wr_buf text;
    wr_buf_init(&text, 0);
    wr_puts(&text, shown);
    if (!one) {
        wr_pad(&text, '\n', end.line - beg.line);
        wr_pad(&text, ' ', end.col - 1);
        *own = (wr_span){(uint32_t)(in - part.beg), (uint32_t)text.n};
    } else {
        *own = (wr_span){(uint32_t)(in - part.beg), (uint32_t)(in - part.beg + width)};
    }
    wr_src *s = wr_src_new(a, name, wr_buf_keep(&text, a), false);
    if (s == NULL) {
        a->oom = true;
        return NULL;
    }
    s->secret = src->secret;
    s->before.line = beg.line - 1;
    uint32_t before = (uint32_t)wr_utf8_len(wr_sub(shown, 0, own->beg));
    if (beg.line == 1 && own->beg >= 3 && wr_starts(shown, WR_S("\xEF\xBB\xBF"))) before--;
    s->before.col = beg.col - 1 - before;
    return s;
}
