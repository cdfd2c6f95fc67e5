// SPDX-License-Identifier: Apache-2.0
// Reads a data file as cfn-guard's `validate` does: JSON and YAML alike, libyaml events straight to
// a tree (guard-language.md §1.3). Everything the original gets wrong here is kept, because its
// verdicts depend on it: an empty value is "", aliases and keys that are no strings are fatal,
// tags on maps are dropped.
//
// Always true:
// - a node's span begins where libyaml's event begins, so that wr_src_pos gives the original's line
//   and column (which count a byte order mark as a column: spans on that line are one further);
//   a list at the root begins at 0, as the original says;
// - one diagnostic at most, whose message is the original's text after "Error occurred ":
//   D0010 the text is blank, D0014 the original panics (exit code 101; this covers a text of
//   comments only, and a preview that would cut a character in two), D0004 deeper than we go
//   (where the original's stack overflows sooner or later), all else exit code 255.

#include "doc/yaml_int.h"

// libyaml walks all open flow collections for every token. This bounds the sum of those walks where
// there are more than FLOW_FREE: a text of [[[[… loads thousands deep, while a large one that stays
// deep is refused in about a second.
static const uint64_t flow_work_max = 200000000;

enum { PREVIEW = 100, FLOW_FREE = 64 };

typedef struct frame {
    bool map;
    bool flow;
    bool want_key;
    bool wrapped; // a list inside the map that its short form made
    bool bad;     // a key that is no string, at line:col
    uint32_t line, col;
} frame;

typedef struct guard {
    wr_ctx *ctx;
    const wr_src *src;
    wr_yaml *y;
    wr_build b;
    bool yaml12_bool;
    bool bom;
    bool failed;
    bool too_deep;
    uint16_t file;
    uint32_t skip;     // > 0: inside a container that is a key; nothing is built
    uint32_t last_end; // of the last thing with text
    uint64_t flow, flow_work;
    WR_VEC(frame) open;
    bool bad_value; // the first scalar that is not what its tag says
    wr_str bad_text;
    uint32_t bad_line, bad_col;
} guard;

// ------------------------------------------------------------------------------------- errors

static void fail(guard *g, wr_code code, wr_span at, wr_str msg) {
    if (!g->failed) wr_report(g->ctx, code, WR_ERROR, g->src, at, "%.*s", WR_FMT(msg));
    g->failed = true;
}

static void fail_text(guard *g, wr_code code, wr_span at, wr_str what) {
    fail(g, code, at, wr_fmt(&g->ctx->arena, "Parser Error when parsing `%.*s`", WR_FMT(what)));
}

// The original shows the first 100 bytes of the text, and panics when that cuts a character.
static void fail_load(guard *g, wr_code code, wr_span at) {
    wr_str text = g->src->text;
    size_t n = text.n < PREVIEW ? text.n : PREVIEW;
    if (n < text.n && ((unsigned char)text.p[n] & 0xC0u) == 0x80u) code = WR_D_D0014;
    fail_text(g, code, at,
              wr_fmt(&g->ctx->arena,
                     "Error encountered while parsing data file: %.*s, data beginning with \n"
                     "%.*s\n ...",
                     WR_FMT(g->src->name), (int)n, text.p));
}

static void fail_key(guard *g, const frame *f, uint32_t end) {
    fail_text(g, WR_D_D0006, (wr_span){end, end},
              wr_fmt(&g->ctx->arena,
                     "non string type detected for key in a map at L:%u,C:%u, cfn-guard only "
                     "supports keys that are string types",
                     (unsigned)f->line, (unsigned)f->col));
}

static void fail_too_deep(guard *g, wr_span at, const char *what) {
    g->too_deep = true;
    fail(g, WR_D_D0004, at, wr_strz(what));
}

// ------------------------------------------------------------------------------------- spans

// The next character's offset, on the same line.
static uint32_t next_char(wr_str s, uint32_t at) {
    if (at >= s.n || s.p[at] == '\n' || s.p[at] == '\r') return at;
    do at++;
    while (at < s.n && ((unsigned char)s.p[at] & 0xC0u) == 0x80u);
    return at;
}

// Where the original sees what libyaml marks: after a byte order mark, one column further.
static wr_span seen_at(const guard *g, const wr_yev *ev) {
    if (!g->bom || ev->line > 0) return ev->at;
    return (wr_span){next_char(g->src->text, ev->at.beg), next_char(g->src->text, ev->at.end)};
}

// ------------------------------------------------------------------------------------- nodes

static frame *top(guard *g) { return g->open.n ? &g->open.v[g->open.n - 1] : NULL; }

// The next node is a key of the innermost map.
static bool at_key(guard *g) {
    const frame *f = top(g);
    return f && f->map && f->want_key;
}

static void note_bad_key(frame *f, const wr_yev *ev) {
    if (f == NULL || f->bad) return;
    f->bad = true;
    f->line = ev->line;
    f->col = ev->col;
}

static unsigned count_bangs(const char *tag) {
    unsigned n = 0;
    while (tag[n] == '!') n++;
    return n;
}

// Kind and payload of a scalar, without its text. *fn is the long name of its short form.
static void resolve(guard *g, const wr_yev *ev, wr_node *n, wr_str *fn) {
    n->kind = WR_STR;
    if (ev->tag == NULL) {
        if (ev->plain) wr_yaml_plain_guard(ev->s, g->yaml12_bool, n);
        return;
    }
    unsigned bangs = count_bangs(ev->tag);
    if (bangs == 1) {
        *fn = wr_yaml_long_name(wr_strz(ev->tag + 1), WR_YFN_SCALAR);
        return;
    }
    if (wr_yaml_core_guard(ev->s, wr_yaml_core_tag(ev->tag + bangs), n)) return;
    if (at_key(g)) {
        note_bad_key(top(g), ev);
    } else if (!g->bad_value) {
        g->bad_value = true;
        g->bad_text = wr_dup(&g->ctx->arena, ev->s);
        g->bad_line = ev->line;
        g->bad_col = ev->col;
    }
}

static void build_value(guard *g, wr_yev *ev, wr_node n, wr_str fn) {
    if (n.kind == WR_STR) {
        wr_str s = wr_yaml_keep(g->y, ev);
        if (s.n >= UINT32_MAX) s.n = 0;
        n.u.s = s.p ? s.p : "";
        n.n = (uint32_t)s.n;
    }
    if (fn.p) {
        wr_build_open(&g->b, WR_MAP, g->file, WR_F_TAGGED, n.span.beg);
        wr_build_key(&g->b, g->file, n.span, WR_F_TAGGED, fn);
        n.flags |= WR_F_TAGGED;
    }
    wr_build_scalar(&g->b, n);
    if (fn.p) wr_build_close(&g->b, n.span.end);
}

static void on_scalar(guard *g, wr_yev *ev) {
    wr_str fn = {NULL, 0};
    wr_node n = {.flags = ev->plain ? 0 : WR_F_QUOTED, .src = g->file, .span = seen_at(g, ev)};
    resolve(g, ev, &n, &fn);
    g->last_end = n.span.end;
    frame *f = top(g);
    bool key = at_key(g);
    if (f && f->map) f->want_key = !key;
    if (!key) {
        if (g->skip == 0) build_value(g, ev, n, fn);
        return;
    }
    uint32_t colon;
    if (wr_yaml_key_too_long(g->src->text, ev->at, &colon)) fail_load(g, WR_D_D0003, ev->at);
    if (n.kind != WR_STR || fn.p) note_bad_key(f, ev);
    if (g->skip == 0) wr_build_key(&g->b, g->file, n.span, n.flags, ev->s);
}

static void build_open(guard *g, const wr_yev *ev, frame *f) {
    wr_kind kind = f->map ? WR_MAP : WR_LIST;
    wr_span at = seen_at(g, ev);
    wr_str fn = {NULL, 0};
    uint8_t flags = 0;
    if (!f->map && ev->tag && count_bangs(ev->tag) == 1)
        fn = wr_yaml_long_name(wr_strz(ev->tag + 1), WR_YFN_LIST);
    if (fn.p) {
        f->wrapped = true;
        flags = WR_F_TAGGED;
        wr_build_open(&g->b, WR_MAP, g->file, flags, at.beg);
        wr_build_key(&g->b, g->file, at, flags, fn);
    } else if (!f->map && g->open.n == 0) {
        at.beg = 0;
    }
    wr_build_open(&g->b, kind, g->file, flags, at.beg);
}

static void on_open(guard *g, const wr_yev *ev) {
    frame f = {.map = ev->kind == WR_YEV_MAP, .want_key = true, .flow = ev->flow};
    if (g->skip > 0 || at_key(g)) g->skip++;
    else build_open(g, ev, &f);
    frame *up = top(g);
    if (up && up->map) {
        if (up->want_key) note_bad_key(up, ev);
        up->want_key = !up->want_key;
    }
    if (f.flow) g->flow++;
    WR_ASSERT(g->open.v != NULL || g->open.cap == 0);
    if (g->b.rc != WR_OK) return; // the builder says why
    if (g->open.n >= g->ctx->limits.depth)
        fail_too_deep(g, ev->at, "the document is nested deeper than the limit");
    else if (!WR_PUSH(&g->ctx->arena, &g->open, f)) g->b.rc = WR_NOMEM;
}

static void on_close(guard *g, const wr_yev *ev) {
    frame f = g->open.v[--g->open.n];
    if (f.flow) g->flow--;
    if (ev->at.end > ev->at.beg) g->last_end = seen_at(g, ev).end;
    if (f.bad) {
        fail_key(g, &f, ev->at.end);
        return;
    }
    if (g->skip > 0) {
        // A key that is a container: never good, but what follows may be wrong in an earlier way.
        if (--g->skip == 0) wr_build_key(&g->b, g->file, ev->at, 0, WR_S(""));
        return;
    }
    wr_build_close(&g->b, g->last_end);
    if (f.wrapped) wr_build_close(&g->b, g->last_end);
}

// ------------------------------------------------------------------------------------- the loop

// False at the end of the first document or after a failure.
static bool step(guard *g) {
    wr_yev ev;
    wr_yaml_next(g->y, &ev);
    switch (ev.kind) {
    case WR_YEV_SCALAR: on_scalar(g, &ev); break;
    case WR_YEV_LIST:
    case WR_YEV_MAP: on_open(g, &ev); break;
    case WR_YEV_LIST_END:
    case WR_YEV_MAP_END: on_close(g, &ev); break;
    case WR_YEV_DOC: break;
    case WR_YEV_DOC_END: return false;
    case WR_YEV_END: fail_load(g, WR_D_D0014, ev.at); break;
    case WR_YEV_ALIAS: fail_load(g, WR_D_D0003, ev.at); break;
    case WR_YEV_ERROR: {
        wr_yaml_error e;
        wr_yaml_failed(g->y, &e);
        if (e.nomem) g->b.rc = WR_NOMEM;
        else fail_load(g, WR_D_D0003, e.at);
        break;
    }
    }
    if (g->flow > FLOW_FREE && (g->flow_work += g->flow) > flow_work_max)
        fail_too_deep(g, ev.at, "the document is too large for how deep it is nested");
    return !g->failed && g->b.rc == WR_OK;
}

static wr_rc finish(guard *g, wr_doc **out) {
    if (!g->failed && g->bad_value)
        fail_text(
            g, WR_D_D0009, (wr_span){0, 0},
            wr_fmt(&g->ctx->arena,
                   "Bad Value encountered parsing incoming file Value = %.*s, Loc = L:%u,C:%u",
                   WR_FMT(g->bad_text), (unsigned)g->bad_line, (unsigned)g->bad_col));
    if (g->failed) {
        wr_build_abort(&g->b);
        return g->too_deep ? WR_LIMIT : WR_BAD;
    }
    if (g->ctx->arena.oom && g->b.rc == WR_OK) g->b.rc = WR_NOMEM;
    wr_rc rc = wr_build_end(&g->b, out);
    if (rc == WR_OK) (*out)->format = WR_YAML;
    return rc;
}

// Blank as Rust's str::trim sees it.
static bool is_blank(wr_str s) {
    for (size_t i = 0; i < s.n;) {
        uint32_t c = wr_utf8_next(s, &i);
        bool white = (c >= 9 && c <= 13) || c == ' ' || c == 0x85 || c == 0xA0 || c == 0x1680 ||
                     (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
                     c == 0x205F || c == 0x3000;
        if (!white) return false;
    }
    return true;
}

static bool accept_text(guard *g) {
    wr_str text = g->src->text;
    size_t bad = wr_utf8_check(text);
    if (bad < text.n) {
        fail(g, WR_D_D0001, (wr_span){(uint32_t)bad, (uint32_t)bad + 1},
             WR_S("I/O error when reading stream did not contain valid UTF-8"));
    } else if (is_blank(text)) {
        fail_text(g, WR_D_D0010, (wr_span){0, 0},
                  wr_fmt(&g->ctx->arena, "Unable to parse a template from data file: %.*s is empty",
                         WR_FMT(g->src->name)));
    }
    return !g->failed;
}

wr_rc wr_yaml_read_guard(wr_ctx *c, const wr_src *src, const wr_load *how, wr_doc **out) {
    guard g = {.ctx = c,
               .src = src,
               .yaml12_bool = how->yaml12_bool,
               .bom = wr_starts(src->text, WR_S("\xEF\xBB\xBF"))};
    if (!accept_text(&g)) return WR_BAD;
    wr_symtab *syms = WR_NEW(&c->arena, wr_symtab);
    if (syms == NULL || (g.y = wr_yaml_open(c, src)) == NULL) return WR_NOMEM;
    wr_symtab_init(syms, &c->arena, how->syms);
    wr_build_init(&g.b, c, syms);
    g.file = wr_build_src(&g.b, src);
    while (step(&g)) continue;
    wr_yaml_close(g.y);
    return finish(&g, out);
}
