// SPDX-License-Identifier: Apache-2.0
// Reads text as serde_yaml 0.9.34 reads a Value, then as cfn-guard makes its own value of that
// (guard-language.md §1.3): what `test`, `rulegen` and the function json_parse do.
//
// Always true:
// - errors come in the order in which the original meets them: it keeps a document's events and
//   walks them, so a repeated key in line 2 wins over a syntax error in line 3;
// - one diagnostic at most, whose message is serde_yaml's own text (cfn-guard puts "Error parsing
//   incoming YAML context " before it), except D0006, a key that is no string: cfn-guard says that
//   itself when the whole text has been read;
// - aliases are followed, `<<` is a key like any other, tags on every kind of node are kept when
//   cfn-guard knows the function and dropped when not;
// - nothing here recurses; nesting ends at 128 as in the original, aliased nodes included.
// Two equal keys that are collections are found to be no strings before they are found equal.

#include "doc/yaml_int.h"

#include <math.h>

enum { DEPTH = 128, JUMPS_PER_EVENT = 100 };

typedef struct frame {
    bool map;
    bool want_key;
    bool wrapped;    // inside the map that its tag made
    bool unknown;    // the current key has no name for a path
    uint32_t at;     // event that opened it
    uint32_t pos;    // next event
    uint32_t index;  // list: items begun
    uint32_t serial; // tells the keys of one map from those of others
    wr_str key;      // map: the current key's text
} frame;

typedef struct serde {
    wr_ctx *ctx;
    const wr_src *src;
    wr_build b;
    wr_yrecs r;
    wr_map seen; // keys of all maps, each after its map's serial
    wr_arena scratch;
    frame stack[DEPTH];
    uint32_t n;
    uint32_t skip; // > 0: inside a container that is a key; nothing is built
    uint32_t serials;
    uint64_t jumps;
    uint16_t file;
    bool failed, nomem;
    bool odd_key; // a key that is no string
    bool any_key; // wr_load's
    wr_span odd_at;
} serde;

// ------------------------------------------------------------------------------------- errors

static void fail(serde *s, wr_code code, wr_span at, wr_str msg) {
    if (!s->failed) wr_report(s->ctx, code, WR_ERROR, s->src, at, "%.*s", WR_FMT(msg));
    s->failed = true;
}

static wr_str place(serde *s, const wr_yrec *e) {
    if (e->line == 0 && e->col == 0) return WR_S("");
    return wr_fmt(&s->scratch, " at line %u column %u", (unsigned)e->line + 1,
                  (unsigned)e->col + 1);
}

// The path of what is being read inside the first n open containers; false for the root's.
static bool put_path(wr_buf *b, const serde *s, uint32_t n) {
    bool any = false;
    for (uint32_t i = 0; i < n; i++) {
        const frame *f = &s->stack[i];
        if (f->map && f->want_key) continue; // a key is named by its map
        if (f->map == any) wr_putc(b, '.');
        any = true;
        if (!f->map) wr_putf(b, "[%u]", (unsigned)f->index - 1);
        else if (f->unknown) wr_putc(b, '?');
        else wr_puts(b, f->key);
    }
    return any;
}

// "path: what at line 1 column 2", about event e inside the first n open containers.
static void fail_at(serde *s, wr_code code, const wr_yrec *e, uint32_t n, wr_str what) {
    wr_buf b;
    wr_buf_init(&b, 0);
    if (put_path(&b, s, n)) wr_putz(&b, ": ");
    wr_puts(&b, what);
    wr_puts(&b, place(s, e));
    if (b.rc != WR_OK) s->nomem = true;
    else fail(s, code, e->at, wr_dup(&s->scratch, wr_buf_str(&b)));
    wr_buf_fini(&b);
}

static void fail_mark(serde *s, wr_code code, const wr_yrec *e, const char *what) {
    wr_str at = place(s, e);
    fail(s, code, e->at, wr_fmt(&s->scratch, "%s%.*s", what, WR_FMT(at)));
}

// Not shown as it is by Rust's {:?}: controls, format characters, marks that join the one before.
static bool needs_escape(uint32_t c) {
    static const uint32_t ranges[][2] = {{0, 0x1F},        {0x7F, 0x9F},       {0xAD, 0xAD},
                                         {0x300, 0x36F},   {0x200B, 0x200F},   {0x2028, 0x202E},
                                         {0x2060, 0x206F}, {0xE000, 0xF8FF},   {0xFEFF, 0xFEFF},
                                         {0xFFF0, 0xFFFB}, {0xE0000, 0x10FFFF}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (c >= ranges[i][0] && c <= ranges[i][1]) return true;
    return false;
}

static wr_str debug_str(serde *s, wr_str t) {
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_putc(&b, '"');
    for (size_t i = 0; i < t.n;) {
        size_t from = i;
        uint32_t c = wr_utf8_next(t, &i);
        if (c == '"' || c == '\\') wr_putf(&b, "\\%c", (int)c);
        else if (c == '\n') wr_putz(&b, "\\n");
        else if (c == '\r') wr_putz(&b, "\\r");
        else if (c == '\t') wr_putz(&b, "\\t");
        else if (c == 0) wr_putz(&b, "\\0");
        else if (needs_escape(c)) wr_putf(&b, "\\u{%x}", (unsigned)c);
        else wr_put(&b, t.p + from, i - from);
    }
    wr_putc(&b, '"');
    if (b.rc != WR_OK) s->nomem = true;
    wr_str out = wr_dup(&s->scratch, wr_buf_str(&b));
    wr_buf_fini(&b);
    return out;
}

// ------------------------------------------------------------------------------------- keys

static bool at_key(const serde *s) {
    return s->n > 0 && s->stack[s->n - 1].map && s->stack[s->n - 1].want_key;
}

static wr_str key_name(serde *s, const wr_node *n, wr_str text) {
    wr_buf b;
    wr_buf_init(&b, 0);
    switch ((wr_kind)n->kind) {
    case WR_NULL: wr_putz(&b, "with null key"); break;
    case WR_BOOL: wr_putf(&b, "with key `%s`", n->u.b ? "true" : "false"); break;
    case WR_INT:
        wr_putz(&b, "with key ");
        if (text.n && text.p[0] == '-') wr_put_i64(&b, n->u.i);
        else wr_put_u64(&b, (uint64_t)n->u.i);
        break;
    case WR_FLOAT:
        wr_putz(&b, "with key ");
        if (isnan(n->u.f)) wr_putz(&b, ".nan");
        else if (isinf(n->u.f)) wr_putz(&b, n->u.f < 0 ? "-.inf" : ".inf");
        else wr_put_f64_json(&b, n->u.f);
        break;
    default:
        wr_putz(&b, "with key ");
        wr_puts(&b, debug_str(s, text));
        break;
    }
    if (b.rc != WR_OK) s->nomem = true;
    wr_str out = wr_dup(&s->scratch, wr_buf_str(&b));
    wr_buf_fini(&b);
    return out;
}

typedef struct key_id { // bytes that are equal for equal keys of one map
    uint32_t serial, kind;
    uint64_t value;
} key_id;

static bool identify(serde *s, const wr_node *n, wr_str text, key_id *id) {
    *id = (key_id){.serial = s->stack[s->n - 1].serial, .kind = n->kind};
    double f;
    const wr_sym *y;
    switch ((wr_kind)n->kind) {
    case WR_BOOL: id->value = n->u.b; break;
    case WR_INT:
        id->value = (uint64_t)n->u.i;
        if (text.n && text.p[0] == '-' && n->u.i < 0) id->kind |= 0x100u;
        break;
    case WR_FLOAT:
        f = isnan(n->u.f) ? (double)NAN : n->u.f + 0.0; // -0 becomes 0
        memcpy(&id->value, &f, sizeof f);
        break;
    case WR_STR:
        if ((y = wr_sym_in(s->b.syms, text)) == NULL) return false;
        id->value = y->id;
        break;
    default: break;
    }
    return true;
}

static void check_repeat(serde *s, const wr_node *n, wr_str text) {
    key_id id;
    void **at = NULL;
    if (identify(s, n, text, &id)) at = wr_map_at(&s->seen, wr_strn((const char *)&id, sizeof id));
    if (at == NULL) {
        s->nomem = true;
    } else if (*at) {
        wr_str name = key_name(s, n, text);
        // About the map, as the original has it.
        fail_at(s, WR_D_D0007, &s->r.ev.v[s->stack[s->n - 1].at], s->n - 1,
                wr_fmt(&s->scratch, "duplicate entry %.*s", WR_FMT(name)));
    } else {
        *at = s;
    }
}

static void note_odd_key(serde *s, const wr_yrec *e) {
    if (!s->odd_key) s->odd_at = e->at;
    s->odd_key = true;
}

// ------------------------------------------------------------------------------------- nodes

// The function a local tag names, when cfn-guard knows it. serde_yaml takes one bang off, and
// shows the tag with one more taken off.
static wr_str function_of(const char *tag) {
    const char *t = tag[1] ? tag + 1 : tag;
    if (t[0] == '!' && t[1]) t++;
    return wr_yaml_long_name(wr_strz(t), WR_YFN_SCALAR | WR_YFN_LIST);
}

static bool is_local(const char *tag) { return tag && tag[0] == '!'; }

static void fail_core(serde *s, const wr_yrec *e, wr_yaml_core t) {
    static const char *const wanted[] = {[WR_YCORE_BOOL] = "a boolean",
                                         [WR_YCORE_INT] = "an integer",
                                         [WR_YCORE_FLOAT] = "a float",
                                         [WR_YCORE_NULL] = "null"};
    wr_str text = debug_str(s, e->s);
    fail_at(
        s, WR_D_D0009, e, s->n,
        wr_fmt(&s->scratch, "invalid value: string %.*s, expected %s", WR_FMT(text), wanted[t]));
}

static void fail_big(serde *s, const wr_yrec *e) {
    wr_str text = wr_yaml_big_text(&s->scratch, e->s);
    fail_at(s, WR_D_D0014, e, s->n,
            wr_fmt(&s->scratch, "invalid type: integer `%.*s` as %s, expected any YAML value",
                   WR_FMT(text), e->s.p[0] == '-' ? "i128" : "u128"));
}

// Kind and payload of a scalar but for its text.
static void resolve(serde *s, const wr_yrec *e, wr_node *n) {
    n->kind = WR_STR;
    if (e->tag == NULL || is_local(e->tag)) {
        if (e->plain && !wr_yaml_plain_serde(e->s, n)) fail_big(s, e);
        return;
    }
    wr_yaml_core t = wr_yaml_core_tag(e->tag);
    if (t == WR_YCORE_NONE) return;
    wr_yserde is = wr_yaml_core_serde(e->s, t, n);
    if (is == WR_YSERDE_BIG) fail_big(s, e);
    else if (is == WR_YSERDE_BAD) fail_core(s, e, t);
}

// What the original's parser says of a key of over 1,024 bytes depends on where the key stands.
static void fail_long_key(serde *s, const wr_yrec *e, uint32_t colon) {
    const frame *f = &s->stack[s->n - 1];
    const wr_yrec *map = &s->r.ev.v[f->at], *list = s->n > 1 ? &s->r.ev.v[f[-1].at] : map;
    size_t col = e->col + wr_utf8_len(wr_sub(s->src->text, e->at.beg, colon));
    wr_yaml_error err = {.line = e->line, .col = (uint32_t)col};
    const wr_yrec *context = NULL;
    if (map->flow && s->src->text.p[map->at.end - 1] == '{') {
        err.problem = "did not find expected ',' or '}'";
        err.context = "while parsing a flow mapping";
        context = map;
    } else if (map->flow) {
        err.problem = "did not find expected ',' or ']'";
        err.context = "while parsing a flow sequence";
        context = list;
    } else if (f->pos > f->at + 2) {
        err.problem = "could not find expected ':'";
        err.context = "while scanning a simple key";
        context = e;
    } else {
        err.problem = "mapping values are not allowed in this context";
    }
    if (context) {
        err.context_line = context->line;
        err.context_col = context->col;
    }
    fail(s, WR_D_D0003, (wr_span){colon, colon + 1}, wr_yaml_error_text(&s->scratch, &err));
}

static void on_key(serde *s, const wr_yrec *e, const wr_node *n) {
    frame *f = &s->stack[s->n - 1];
    uint32_t colon;
    if (wr_yaml_key_too_long(s->src->text, e->at, &colon)) {
        fail_long_key(s, e, colon);
        return;
    }
    bool odd = n->kind != WR_STR || is_local(e->tag);
    if (odd) note_odd_key(s, e);
    if (!is_local(e->tag) && !s->any_key) check_repeat(s, n, e->s);
    f->want_key = false;
    if (s->skip == 0) wr_build_key(&s->b, s->file, n->span, n->flags, e->s);
}

static void on_scalar(serde *s, const wr_yrec *e) {
    wr_node n = {.flags = e->plain ? 0 : WR_F_QUOTED, .src = s->file, .span = e->at};
    resolve(s, e, &n);
    if (s->failed) return;
    if (at_key(s)) {
        on_key(s, e, &n);
        return;
    }
    if (s->n) s->stack[s->n - 1].want_key = true;
    if (s->skip) return;
    if (n.kind == WR_STR) {
        n.u.s = e->s.p ? e->s.p : "";
        n.n = (uint32_t)e->s.n;
    }
    wr_str fn = is_local(e->tag) ? function_of(e->tag) : (wr_str){NULL, 0};
    if (fn.p) {
        wr_build_open(&s->b, WR_MAP, s->file, WR_F_TAGGED, n.span.beg);
        wr_build_key(&s->b, s->file, n.span, WR_F_TAGGED, fn);
        n.flags |= WR_F_TAGGED;
    }
    wr_build_scalar(&s->b, n);
    if (fn.p) wr_build_close(&s->b, n.span.end);
}

static void build_open(serde *s, const wr_yrec *e, frame *f) {
    wr_kind kind = f->map ? WR_MAP : WR_LIST;
    wr_str fn = is_local(e->tag) ? function_of(e->tag) : (wr_str){NULL, 0};
    uint8_t flags = 0;
    if (fn.p) {
        f->wrapped = true;
        flags = WR_F_TAGGED;
        wr_build_open(&s->b, WR_MAP, s->file, flags, e->at.beg);
        wr_build_key(&s->b, s->file, e->at, flags, fn);
    }
    wr_build_open(&s->b, kind, s->file, flags, e->at.beg);
}

static void on_open(serde *s, uint32_t i) {
    const wr_yrec *e = &s->r.ev.v[i];
    if (s->n == DEPTH) {
        fail_mark(s, WR_D_D0004, e, "recursion limit exceeded");
        return;
    }
    frame f = {.map = e->kind == WR_YEV_MAP,
               .want_key = true,
               .at = i,
               .pos = i + 1,
               .serial = s->serials++};
    if (s->skip || at_key(s)) s->skip++;
    else build_open(s, e, &f);
    if (at_key(s)) note_odd_key(s, e);
    s->stack[s->n++] = f;
}

static void on_close(serde *s, const wr_yrec *e) {
    frame f = s->stack[--s->n];
    uint32_t end = e->at.end > e->at.beg ? e->at.end : s->r.ev.v[f.pos - 1].at.end;
    frame *up = s->n ? &s->stack[s->n - 1] : NULL;
    if (up && up->map) up->want_key = !up->want_key;
    if (s->skip) {
        if (--s->skip == 0) wr_build_key(&s->b, s->file, e->at, 0, WR_S(""));
        return;
    }
    wr_build_close(&s->b, end);
    if (f.wrapped) wr_build_close(&s->b, end);
}

// ------------------------------------------------------------------------------------- the walk

// Follows an alias; WR_YREC_NONE after a failure.
static uint32_t follow(serde *s, uint32_t i) {
    const wr_yrec *e = &s->r.ev.v[i];
    if (e->kind != WR_YEV_ALIAS) return i;
    if (++s->jumps > (uint64_t)s->r.ev.n * JUMPS_PER_EVENT) {
        fail(s, WR_D_D0012, e->at, WR_S("repetition limit exceeded"));
        return WR_YREC_NONE;
    }
    return e->mate;
}

static void enter(serde *s, uint32_t i) {
    if (s->n && !s->stack[s->n - 1].map) s->stack[s->n - 1].index++;
    if (at_key(s)) {
        frame *f = &s->stack[s->n - 1];
        f->unknown = s->r.ev.v[i].kind != WR_YEV_SCALAR;
        f->key = s->r.ev.v[i].s;
    }
    uint32_t t = follow(s, i);
    if (t == WR_YREC_NONE) return;
    const wr_yrec *e = &s->r.ev.v[t];
    if (e->kind == WR_YEV_SCALAR) on_scalar(s, e);
    else on_open(s, t);
}

// False when the walk is over: done, failed, or out of events.
static bool step(serde *s) {
    frame *f = &s->stack[s->n - 1];
    if (f->pos >= s->r.ev.n) return false;
    const wr_yrec *e = &s->r.ev.v[f->pos];
    if (e->kind == WR_YEV_LIST_END || e->kind == WR_YEV_MAP_END) {
        on_close(s, e);
    } else {
        uint32_t i = f->pos;
        f->pos = wr_yrec_after(&s->r, i);
        enter(s, i);
    }
    return s->n > 0 && !s->failed && !s->nomem && s->b.rc == WR_OK;
}

static void walk(serde *s) {
    if (s->r.ev.n == 0) return;
    enter(s, 0);
    if (s->n == 0 || s->failed) return;
    while (step(s)) continue;
}

static void fail_read(serde *s, wr_yrec_rc rc) {
    switch (rc) {
    case WR_YREC_SYNTAX:
        fail(s, WR_D_D0003, s->r.error.at, wr_yaml_error_text(&s->scratch, &s->r.error));
        break;
    case WR_YREC_ALIAS: fail_mark(s, WR_D_D0008, &s->r.bad, "unknown anchor"); break;
    case WR_YREC_DEEP: fail_mark(s, WR_D_D0004, &s->r.bad, "recursion limit exceeded"); break;
    case WR_YREC_MANY:
        fail_mark(s, WR_D_D0005, &s->r.bad, "the document has more nodes than the limit");
        break;
    case WR_YREC_NOMEM: s->nomem = true; break;
    case WR_YREC_DOC:
    case WR_YREC_EMPTY: break;
    }
}

static void read_all(serde *s, wr_yaml *y) {
    wr_yrec_rc rc = wr_yaml_record(y, &s->r);
    if (rc == WR_YREC_EMPTY) {
        wr_build_scalar(&s->b, (wr_node){.kind = WR_NULL, .src = s->file});
        return;
    }
    walk(s);
    if (!s->failed && s->b.rc == WR_OK) fail_read(s, rc);
    if (s->failed || s->nomem || s->b.rc != WR_OK) return;
    wr_yev ev;
    wr_yaml_next(y, &ev);
    if (ev.kind != WR_YEV_END)
        fail(s, WR_D_D0011, ev.at,
             WR_S("deserializing from YAML containing more than one document is not supported"));
    else if (s->odd_key && !s->any_key)
        fail(s, WR_D_D0006, s->odd_at,
             WR_S("non string type detected for key in a map at , cfn-guard only supports keys "
                  "that are string types"));
}

static wr_rc finish(serde *s, wr_doc **out) {
    wr_rc rc = s->failed ? WR_BAD : s->nomem || s->scratch.oom ? WR_NOMEM : WR_OK;
    if (rc == WR_OK) {
        rc = wr_build_end(&s->b, out);
        if (rc == WR_OK) {
            (*out)->format = WR_YAML;
            (*out)->placeless = true;
        }
    } else {
        wr_build_abort(&s->b);
    }
    wr_arena_fini(&s->scratch);
    return rc;
}

wr_rc wr_yaml_read_serde(wr_ctx *c, const wr_src *src, const wr_load *how, wr_doc **out) {
    size_t bad = wr_utf8_check(src->text);
    if (bad < src->text.n) {
        wr_report(c, WR_D_D0001, WR_ERROR, src, (wr_span){(uint32_t)bad, (uint32_t)bad + 1},
                  "stream did not contain valid UTF-8");
        return WR_BAD;
    }
    wr_symtab *syms = how->into != NULL ? how->into : WR_NEW(&c->arena, wr_symtab);
    wr_yaml *y = syms != NULL ? wr_yaml_open(c, src) : NULL;
    if (y == NULL) return WR_NOMEM;
    if (syms != how->into) wr_symtab_init(syms, &c->arena, how->syms);
    serde s = {.ctx = c, .src = src, .any_key = how->any_key};
    wr_arena_init(&s.scratch, 0);
    s.r = (wr_yrecs){.arena = &s.scratch,
                     .serde = true,
                     .flow_limit = DEPTH,
                     .depth_limit = DEPTH,
                     .node_limit = c->limits.nodes};
    wr_map_init(&s.seen, &s.scratch);
    wr_build_init(&s.b, c, syms);
    s.file = wr_build_src(&s.b, src);
    read_all(&s, y);
    wr_yaml_close(y);
    return finish(&s, out);
}
