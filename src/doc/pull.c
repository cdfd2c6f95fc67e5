// SPDX-License-Identifier: Apache-2.0
// The pull reader: finds where each value of a stream begins and ends, by brackets and quotes
// alone, and hands it out as text. What is wrong inside a value is for the JSON reader to say; here
// it only must not make the values around it vanish:
// - in JSON lines a value ends with its line, whatever is open;
// - a string ends at a line feed, which no string may hold;
// - in arrays values end where their brackets close; when they never do, reading stops and says so.
// Lines are recognised by the first value: it ends with its line.

#include "doc/doc.h"

enum { MAX_BYTES = 16 << 20, SLACK = 192 << 10 };

typedef enum mode {
    TOP,  // between top-level values
    LIST, // in a list whose elements are the values
    TAIL, // in an object, behind its list
    DONE,
} mode;

struct wr_pull {
    wr_ctx *ctx;
    wr_stream *stream;
    wr_buf buf;
    wr_str list;
    size_t max;
    size_t at;        // in buf: what comes next
    size_t counted;   // in buf: `before` is the position of this byte
    wr_pos before;    // see wr_item
    wr_pos list_from; // where the list began
    uint64_t n;       // values so far
    mode mode;
    bool wrapped; // the list is a member of an object
    bool comma;   // LIST: a value was read, a comma has to come
    bool fresh;   // LIST: nothing came yet
    bool lines;   // a value is a line
    bool eof;     // nothing more comes from the stream
    wr_rc rc;
};

// ---------------------------------------------------------------------------------- text

static void broken(wr_pull *p, wr_rc rc) {
    if (p->rc == WR_OK) p->rc = rc;
}

// Brings `before` up to offset to.
static void count_to(wr_pull *p, size_t to) {
    const char *b = p->buf.p, *from = b + p->counted, *end = b + to;
    if (to <= p->counted) return;
    for (const char *nl; (nl = memchr(from, '\n', (size_t)(end - from))) != NULL;) {
        p->before.line++;
        p->before.col = 0;
        from = nl + 1;
    }
    p->before.col += (uint32_t)wr_utf8_len(wr_strn(from, (size_t)(end - from)));
    p->counted = to;
}

// More text behind what is there; offsets before p->at go away, *off moves along. False: there is
// no more.
static bool more(wr_pull *p, size_t *off) {
    bool end = false;
    if (p->eof) return false;
    if (p->at > 0) {
        count_to(p, p->at);
        memmove(p->buf.p, p->buf.p + p->at, p->buf.n - p->at);
        p->buf.n -= p->at;
        if (off) *off -= p->at;
        p->counted -= p->at;
        p->at = 0;
    }
    size_t had = p->buf.n;
    while (!p->eof && p->buf.n == had) {
        wr_rc rc = wr_stream_more(p->stream, &p->buf, &end);
        if (rc != WR_OK) broken(p, rc);
        p->eof = end || rc != WR_OK;
    }
    return p->buf.n > had;
}

static bool has(wr_pull *p) { return p->at < p->buf.n || more(p, NULL); }

static void skip_blank(wr_pull *p) {
    while (has(p)) {
        char c = p->buf.p[p->at];
        if (c == ' ')
            p->at = (size_t)(wr_scan_spaces(p->buf.p + p->at, p->buf.p + p->buf.n) - p->buf.p);
        else if (c == '\n' || c == '\r' || c == '\t') p->at++;
        else break;
    }
}

// Everything up to the end of the line goes.
static void skip_line(wr_pull *p) {
    while (has(p)) {
        const char *from = p->buf.p + p->at;
        const char *nl = memchr(from, '\n', p->buf.n - p->at);
        p->at = nl ? (size_t)(nl - p->buf.p) + 1 : p->buf.n;
        if (nl) return;
    }
}

// ---------------------------------------------------------------------------------- errors

// An error about what stands at offset off.
static wr_diag *complain(wr_pull *p, wr_code code, size_t off, const char *msg) {
    enum { SHOWN = 160 };
    count_to(p, off);
    size_t n = p->buf.n - off < SHOWN ? p->buf.n - off : SHOWN;
    const char *nl = n ? memchr(p->buf.p + off, '\n', n) : NULL;
    if (nl) n = (size_t)(nl - (p->buf.p + off));
    wr_str text = wr_utf8_cut(wr_strn(n ? p->buf.p + off : "", n), n);
    text = wr_dup(&p->ctx->arena, text);
    wr_src *src =
        text.p ? wr_src_new(&p->ctx->arena, wr_stream_name(p->stream), text, false) : NULL;
    if (src == NULL) return NULL;
    src->before = p->before;
    return wr_report(p->ctx, code, WR_ERROR, src, (wr_span){0, text.n > 0}, "%s", msg);
}

static void stop(wr_pull *p, wr_rc rc) {
    broken(p, rc);
    p->mode = DONE;
}

// ---------------------------------------------------------------------------------- one value

typedef struct scan {
    size_t off; // in buf
    uint32_t depth;
    bool in_string;
    bool watch; // stop at the list that is looked for
} scan;

typedef enum found {
    F_MORE, // the text ends before the value does
    F_END,  // off is behind the value
    F_LINE, // off is at the line feed that ends it
    F_LIST, // off is behind the bracket of the list
} found;

// Is the bracket at offset off of an object that begins at p->at that of the member looked for?
static bool names_list(const wr_pull *p, size_t off) {
    const char *beg = p->buf.p + p->at, *q = p->buf.p + off;
    while (q > beg && (unsigned char)q[-1] <= ' ') q--;
    if (q == beg || *--q != ':') return false;
    while (q > beg && (unsigned char)q[-1] <= ' ') q--;
    if ((size_t)(q - beg) < p->list.n + 3 || *--q != '"') return false;
    q -= p->list.n;
    return memcmp(q, p->list.p, p->list.n) == 0 && q[-1] == '"' && q[-2] != '\\';
}

// In a string. False: the text ends.
static bool scan_string(scan *s, const char *b, const char *end) {
    uint64_t high = 0;
    const char *q = wr_scan_quoted(b + s->off, end, &high);
    s->off = (size_t)(q - b);
    if (q == end) return false;
    if (*q == '\\' && end - q < 2) return false;
    if (*q == '\n') {
        s->in_string = false;
        return true;
    }
    s->off += *q == '\\' && q[1] != '\n' ? 2 : 1;
    if (*q == '"') s->in_string = false;
    return true;
}

// Bytes that matter outside of strings.
static const bool is_mark[256] = {
    ['"'] = true, ['\n'] = true, ['{'] = true, ['}'] = true, ['['] = true, [']'] = true};

// Goes on from s->off, which stands in a bracketed value.
static found scan_box(const wr_pull *p, scan *s) {
    const char *b = p->buf.p, *end = b + p->buf.n;
    bool lines = p->lines && p->mode == TOP;
    for (;;) {
        if (s->in_string) {
            if (!scan_string(s, b, end)) return F_MORE;
            continue;
        }
        const char *q = b + s->off;
        while (q != end && !is_mark[(unsigned char)*q]) q++;
        s->off = (size_t)(q - b);
        if (q == end) return F_MORE;
        if (*q == '\n') {
            if (lines) return F_LINE;
        } else if (*q == '"') {
            s->in_string = true;
        } else if ((*q | 0x20) == '{') {
            if (*q == '[' && s->depth == 1 && s->watch && names_list(p, s->off)) {
                s->off++;
                return F_LIST;
            }
            s->depth++;
        } else if (s->depth <= 1) {
            s->off++;
            return F_END;
        } else {
            s->depth--;
        }
        s->off++;
    }
}

// A value that is no bracketed one: up to what cannot be part of it.
static found scan_scalar(const wr_pull *p, scan *s) {
    const char *b = p->buf.p, *end = b + p->buf.n;
    if (s->depth == 0) { // the first byte belongs to it, whatever it is
        s->in_string = b[s->off] == '"';
        s->off++;
        s->depth = 1;
    }
    while (s->in_string)
        if (!scan_string(s, b, end)) return F_MORE;
    for (;; s->off++) {
        if (b + s->off == end) return F_MORE;
        char c = b[s->off];
        if (p->mode == TOP ? c == '\n' : c == ',' || c == ']' || c == '}' || c == '\n')
            return F_END;
    }
}

static void cut_short(wr_pull *p, bool too_large) {
    wr_diag *d = too_large
                     ? complain(p, WR_D_D0021, p->at, "the value that begins here is too large")
                     : complain(p, WR_D_D0020, p->at,
                                "the value that begins here does not end before the text does");
    if (too_large)
        wr_hint(p->ctx, d, "the limit is %llu bytes; is a closing bracket or quote missing?",
                (unsigned long long)p->max);
    else wr_hint(p->ctx, d, "the file was cut short, or a closing bracket or quote is missing");
    broken(p, too_large ? WR_LIMIT : WR_BAD);
    if (p->mode != TOP) p->mode = DONE;
    else skip_line(p);
    p->lines = true;
}

// Scans what begins at p->at, reading on as needed. False: it has no end (and that was said).
static bool scan_value(wr_pull *p, scan *s, bool box, found *out) {
    for (;;) {
        *out = box ? scan_box(p, s) : scan_scalar(p, s);
        if (*out != F_MORE) return true;
        bool too_large = s->off - p->at >= p->max;
        if (!too_large && more(p, &s->off)) continue;
        if (!too_large && (!box || p->lines) && p->mode == TOP) {
            *out = F_END; // the last line
            s->off = p->buf.n;
            return true;
        }
        cut_short(p, too_large);
        return false;
    }
}

static bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

static bool give(wr_pull *p, size_t end, wr_item *out) {
    count_to(p, p->at);
    out->text = wr_strn(p->buf.p + p->at, end - p->at);
    while (out->text.n > 1 && is_blank(out->text.p[out->text.n - 1])) out->text.n--;
    out->index = ++p->n;
    out->before = p->before;
    p->at = end;
    return true;
}

// ---------------------------------------------------------------------------------- structure

static void enter_list(wr_pull *p, size_t end, bool wrapped) {
    count_to(p, end - 1);
    p->list_from = p->before;
    p->at = end;
    p->mode = LIST;
    p->wrapped = wrapped;
    p->comma = false;
    p->fresh = true;
}

static bool next_top(wr_pull *p, wr_item *out) {
    while (p->mode == TOP) {
        skip_blank(p);
        if (!has(p)) {
            p->mode = DONE;
            return false;
        }
        char c = p->buf.p[p->at];
        if (c == '[') {
            enter_list(p, p->at + 1, false);
            return false;
        }
        scan s = {.off = p->at, .watch = p->list.n > 0};
        bool box = c == '{';
        if (box) {
            s.off++;
            s.depth = 1;
        }
        found f;
        if (!scan_value(p, &s, box, &f)) continue;
        if (f == F_LIST) {
            enter_list(p, s.off, true);
            return false;
        }
        if (p->n == 0 && memchr(p->buf.p + p->at, '\n', s.off - p->at) == NULL) p->lines = true;
        return give(p, s.off, out);
    }
    return false;
}

// In a list, at a byte that begins no value. True: go on looking.
static bool between(wr_pull *p, char c) {
    if (c == ',') {
        if (!p->comma) {
            (void)complain(p, WR_D_D0022, p->at, "a comma stands where a value should");
            broken(p, WR_BAD);
        }
        p->comma = false;
        p->fresh = false;
        p->at++;
        return true;
    }
    if (!p->comma && !p->fresh) {
        (void)complain(p, WR_D_D0022, p->at, "the list ends with a comma");
        broken(p, WR_BAD);
    }
    if (c == '}') {
        wr_diag *d = complain(p, WR_D_D0022, p->at, "a list ends with '}'");
        wr_hint(p->ctx, d, "it began at %u:%u; what follows was not read",
                (unsigned)p->list_from.line + 1, (unsigned)p->list_from.col + 1);
        stop(p, WR_BAD);
        return false;
    }
    p->at++;
    p->mode = p->wrapped ? TAIL : TOP;
    return false;
}

static bool next_in_list(wr_pull *p, wr_item *out) {
    for (;;) {
        skip_blank(p);
        if (!has(p)) {
            wr_diag *d = complain(p, WR_D_D0022, p->at, "the text ends inside a list");
            wr_hint(p->ctx, d, "it began at %u:%u; is the file complete?",
                    (unsigned)p->list_from.line + 1, (unsigned)p->list_from.col + 1);
            stop(p, WR_BAD);
            return false;
        }
        char c = p->buf.p[p->at];
        if (c != ',' && c != ']' && c != '}') break;
        if (!between(p, c)) return false;
    }
    if (p->comma) {
        (void)complain(p, WR_D_D0022, p->at, "a comma is missing before this value");
        broken(p, WR_BAD);
    }
    bool box = (p->buf.p[p->at] | 0x20) == '{';
    scan s = {.off = p->at + box, .depth = box};
    found f;
    if (!scan_value(p, &s, box, &f)) return false;
    p->comma = true;
    p->fresh = false;
    return give(p, s.off, out);
}

// The members behind the list.
static void pass_tail(wr_pull *p) {
    scan s = {.off = p->at, .depth = 1, .watch = true};
    found f;
    if (!scan_value(p, &s, true, &f)) return;
    if (f == F_LIST) {
        enter_list(p, s.off, true);
        return;
    }
    p->at = s.off;
    p->mode = TOP;
}

bool wr_pull_next(wr_pull *p, wr_item *out) {
    while (p->mode != DONE) {
        if (p->mode == TOP && next_top(p, out)) return true;
        if (p->mode == LIST && next_in_list(p, out)) return true;
        if (p->mode == TAIL) pass_tail(p);
    }
    return false;
}

// ---------------------------------------------------------------------------------- the reader

wr_pull *wr_pull_from(wr_ctx *c, wr_stream *s, const wr_pull_opts *o) {
    wr_pull *p = s ? WR_NEW(&c->arena, wr_pull) : NULL;
    if (p == NULL) {
        wr_stream_close(s);
        return NULL;
    }
    p->ctx = c;
    p->stream = s;
    p->list = o->list ? wr_strz(o->list) : WR_S("");
    p->max = o->max_bytes ? o->max_bytes : MAX_BYTES;
    wr_buf_init(&p->buf, p->max + SLACK);
    while (p->buf.n < 3 && more(p, NULL)) continue;
    if (wr_starts(wr_buf_str(&p->buf), WR_S("\xEF\xBB\xBF"))) p->at = p->counted = 3;
    return p;
}

wr_pull *wr_pull_open(wr_ctx *c, const char *path, const wr_pull_opts *o) {
    return wr_pull_from(c, wr_stream_open(c, path), o);
}

wr_rc wr_pull_rc(const wr_pull *p) { return p->rc; }

const wr_stream *wr_pull_stream(const wr_pull *p) { return p->stream; }

void wr_pull_close(wr_pull *p) {
    if (p == NULL) return;
    wr_stream_close(p->stream);
    wr_buf_fini(&p->buf);
}

wr_rc wr_pull_load(wr_pull *p, const wr_item *it, wr_ctx *c, const wr_load *how, wr_doc **out) {
    *out = NULL;
    wr_str text = wr_dup(&c->arena, it->text);
    wr_str name = wr_dup(&c->arena, wr_stream_name(p->stream));
    wr_src *src = text.p && name.p ? wr_src_new(&c->arena, name, text, false) : NULL;
    if (src == NULL) return WR_NOMEM;
    src->before = it->before;
    return wr_json_read(c, src, how, out);
}
