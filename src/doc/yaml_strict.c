// SPDX-License-Identifier: Apache-2.0
// writ's own YAML: the core schema of YAML 1.2.2 for every plain scalar, anchors, aliases, merge
// keys (yaml.org/type/merge.html), and every CloudFormation short form on every kind of node.
//
// Always true:
// - the events of the document are kept and walked; an alias walks its target again, so its nodes
//   are copies with the spans of the anchored ones;
// - what aliases add is known before anything is built: more than the limit is D0012, and how fast
//   that is found does not depend on how far they would expand;
// - merged entries stand after the map's own; a key of the map itself wins, then the first map in
//   the order named;
// - all that is wrong but for syntax is reported, once and where it is written;
// - nothing here recurses.

#include "doc/yaml_int.h"

// libyaml takes time proportional to the depth of flow collections for every token in them.
enum { FLOW_DEPTH = 128 };
// Aliases may add this many nodes and ADDED_RATIO for every event, within the limit on all nodes.
enum { ADDED_FREE = 1000000, ADDED_RATIO = 10 };

typedef struct pair { // events of a key and its value
    uint32_t key, val;
} pair;

typedef struct frame {
    bool map;
    bool wrapped;        // inside the map that its tag made
    bool merging;        // at the merged entries
    bool copy;           // reached by an alias: what is wrong in it has been reported
    uint32_t at;         // event that opened it
    uint32_t pos;        // next event of its own
    uint32_t last;       // end of the last thing with text in it
    uint32_t merge_base; // its merge sources begin here in strict.sources
    uint32_t pair, pair_end, pair_base; // merged entries in strict.pairs
} frame;

typedef struct strict {
    wr_ctx *ctx;
    const wr_src *src;
    wr_build b;
    wr_yrecs r;
    wr_arena scratch;
    WR_VEC(frame) open;
    WR_VEC(uint32_t) sources; // events of maps to merge, innermost frame last
    WR_VEC(pair) pairs;
    WR_VEC(uint32_t) mark; // by symbol id: the round in which the key was seen
    uint32_t round;
    uint16_t file;
    bool failed, nomem;
    bool own_repeats; // the caller says what repeats
    bool copy;        // the node at hand is one
} strict;

static wr_diag *report(strict *s, wr_code code, wr_sev sev, wr_span at, wr_str msg) {
    if (sev == WR_ERROR) s->failed = true;
    if (s->copy) return NULL;
    return wr_report(s->ctx, code, sev, s->src, at, "%.*s", WR_FMT(msg));
}

static const wr_yrec *event(const strict *s, uint32_t i) { return &s->r.ev.v[i]; }

static frame *top(strict *s) { return s->open.n ? &s->open.v[s->open.n - 1] : NULL; }

static bool is_box(const wr_yrec *e) { return e->kind == WR_YEV_LIST || e->kind == WR_YEV_MAP; }

// The span of a plain scalar is its lexeme, of another the text from its tag or anchor on.
static wr_span span_of(const wr_yrec *e) {
    wr_span at = e->at;
    if (e->kind == WR_YEV_SCALAR && e->plain && at.end - at.beg > e->s.n && (e->tag || e->anchored))
        at.beg = at.end - (uint32_t)e->s.n;
    return at;
}

// ------------------------------------------------------------------------------------- aliases

// Index of the event that i stands for: itself, or the target of an alias. NONE: the alias names
// nothing, or a collection it is itself part of.
static uint32_t target(const strict *s, uint32_t i) {
    const wr_yrec *e = event(s, i);
    if (e->kind != WR_YEV_ALIAS) return i;
    uint32_t t = e->mate;
    if (t == WR_YREC_NONE) return t;
    const wr_yrec *to = event(s, t);
    return is_box(to) && to->mate >= i ? WR_YREC_NONE : t;
}

static void fail_expansion(strict *s, const wr_yrec *e) {
    wr_diag *d =
        report(s, WR_D_D0012, WR_ERROR, e->at, WR_S("aliases expand to more nodes than the limit"));
    wr_hint(s->ctx, d, "the limit is passed at *%.*s", WR_FMT(wr_sub(e->s, 0, 100)));
}

static uint64_t sum(uint64_t a, uint64_t b) { return a + b < a ? UINT64_MAX : a + b; }

// Counts what each collection holds with its aliases followed; false (D0012) when that is too much.
static bool count_aliases(strict *s) {
    uint32_t n = s->r.ev.n;
    uint64_t *size = wr_alloc(&s->scratch, (size_t)n * sizeof *size), added = 0;
    if (size == NULL) {
        s->nomem = true;
        return false;
    }
    // size[i] of an open collection: nodes before it; once closed, nodes in it.
    uint64_t so_far = 0, most = ADDED_FREE + (uint64_t)ADDED_RATIO * n;
    WR_VEC(uint32_t) open = {0};
    for (uint32_t i = 0; i < n; i++) {
        const wr_yrec *e = event(s, i);
        if (e->kind == WR_YEV_LIST_END || e->kind == WR_YEV_MAP_END) {
            WR_ASSERT(open.v && open.n > 0);
            uint32_t o = open.v[--open.n];
            size[o] = so_far - size[o];
            continue;
        }
        uint32_t t = target(s, i);
        uint64_t add = e->kind == WR_YEV_ALIAS && t != WR_YREC_NONE ? size[t] : 1;
        size[i] = is_box(e) ? so_far : add;
        so_far = sum(so_far, add);
        if (e->kind == WR_YEV_ALIAS) added = sum(added, add);
        if (e->kind == WR_YEV_ALIAS && (added > most || so_far > s->ctx->limits.nodes)) {
            fail_expansion(s, e);
            return false;
        }
        if (is_box(e) && !WR_PUSH(&s->scratch, &open, i)) {
            s->nomem = true;
            return false;
        }
    }
    return true;
}

static void fail_alias(strict *s, const wr_yrec *e) {
    const char *why = e->mate == WR_YREC_NONE ? "alias *%.*s names no anchor before it"
                                              : "alias *%.*s stands inside what it names";
    report(s, WR_D_D0008, WR_ERROR, e->at, wr_fmt(&s->scratch, why, WR_FMT(e->s)));
}

// ------------------------------------------------------------------------------------- scalars

static bool is_local(const char *tag) { return tag && tag[0] == '!'; }

static void warn_tag(strict *s, const wr_yrec *e, const char *tag) {
    report(s, WR_D_D0009, WR_WARNING, e->at,
           wr_fmt(&s->scratch, "tag %s is not known; its value is taken as if it had none", tag));
}

static void core_scalar(strict *s, const wr_yrec *e, wr_yaml_core t, wr_node *n) {
    static const char *const what[] = {[WR_YCORE_BOOL] = "a boolean",
                                       [WR_YCORE_INT] = "an integer",
                                       [WR_YCORE_FLOAT] = "a number",
                                       [WR_YCORE_NULL] = "null"};
    if (wr_yaml_core_strict(e->s, t, n)) return;
    report(s, WR_D_D0009, WR_ERROR, e->at,
           wr_fmt(&s->scratch, "the tag says this is %s, but '%.*s' is not", what[t],
                  WR_FMT(wr_sub(e->s, 0, 100))));
}

// Kind and payload of a scalar that has no short form. False when it is to be a string after all.
static void resolve(strict *s, const wr_yrec *e, wr_node *n) {
    n->kind = WR_STR;
    if (e->tag == NULL) {
        if (e->plain) wr_yaml_plain_strict(e->s, n);
        return;
    }
    wr_yaml_core t = wr_yaml_core_tag(e->tag);
    if (t != WR_YCORE_NONE && t != WR_YCORE_OTHER) {
        core_scalar(s, e, t, n);
        return;
    }
    warn_tag(s, e, e->tag);
    if (e->plain) wr_yaml_plain_strict(e->s, n);
}

static void build_scalar(strict *s, const wr_yrec *e, wr_node n) {
    if (n.kind == WR_STR) {
        n.u.s = e->s.p ? e->s.p : "";
        n.n = (uint32_t)e->s.n;
    }
    wr_build_scalar(&s->b, n);
}

// "a.b.c" → ["a", "b.c"], as CloudFormation reads !GetAtt.
static void build_get_att(strict *s, const wr_yrec *e, wr_node n) {
    const char *dot = e->s.n ? memchr(e->s.p, '.', e->s.n) : NULL;
    if (dot == NULL) {
        wr_diag *d = report(s, WR_D_D0009, WR_WARNING, e->at,
                            wr_fmt(&s->scratch, "!GetAtt names no attribute in '%.*s'",
                                   WR_FMT(wr_sub(e->s, 0, 100))));
        wr_hint(s->ctx, d, "write !GetAtt LogicalId.Attribute");
        build_scalar(s, e, n);
        return;
    }
    size_t at = (size_t)(dot - e->s.p);
    wr_span left = n.span, right = n.span;
    if (e->s.p >= s->src->text.p && e->s.p < s->src->text.p + s->src->text.n) {
        left.beg = (uint32_t)(e->s.p - s->src->text.p);
        left.end = left.beg + (uint32_t)at;
        right.beg = left.end + 1;
        right.end = left.beg + (uint32_t)e->s.n;
    }
    wr_build_open(&s->b, WR_LIST, s->file, n.flags, n.span.beg);
    wr_build_str(&s->b, s->file, left, n.flags, wr_sub(e->s, 0, at));
    wr_build_str(&s->b, s->file, right, n.flags, wr_sub(e->s, at + 1, e->s.n));
    wr_build_close(&s->b, n.span.end);
}

static void on_scalar(strict *s, const wr_yrec *e) {
    wr_node n = {.flags = e->plain ? 0 : WR_F_QUOTED, .src = s->file, .span = span_of(e)};
    wr_str fn = {NULL, 0};
    if (is_local(e->tag)) fn = wr_yaml_long_name(wr_strz(e->tag + 1), WR_YFN_STRICT);
    if (fn.p == NULL) {
        resolve(s, e, &n);
        build_scalar(s, e, n);
        return;
    }
    n.kind = WR_STR;
    n.flags |= WR_F_TAGGED;
    wr_build_open(&s->b, WR_MAP, s->file, WR_F_TAGGED, e->at.beg);
    wr_build_key(&s->b, s->file, e->at, WR_F_TAGGED, fn);
    if (wr_eq(fn, WR_S("Fn::GetAtt"))) build_get_att(s, e, n);
    else build_scalar(s, e, n);
    wr_build_close(&s->b, e->at.end);
}

// ------------------------------------------------------------------------------------- boxes

static void on_open(strict *s, uint32_t i) {
    const wr_yrec *e = event(s, i);
    frame f = {.map = e->kind == WR_YEV_MAP,
               .copy = s->copy,
               .at = i,
               .pos = i + 1,
               .last = e->at.end,
               .merge_base = s->sources.n,
               .pair_base = s->pairs.n};
    wr_str fn = {NULL, 0};
    if (is_local(e->tag)) fn = wr_yaml_long_name(wr_strz(e->tag + 1), WR_YFN_STRICT);
    bool core = wr_yaml_core_tag(e->tag) != WR_YCORE_NONE; // !!map, !!seq and their kin
    if (e->tag && fn.p == NULL && !core && strcmp(e->tag, "!") != 0) warn_tag(s, e, e->tag);
    uint8_t flags = 0;
    if (fn.p) {
        f.wrapped = true;
        flags = WR_F_TAGGED;
        wr_build_open(&s->b, WR_MAP, s->file, flags, e->at.beg);
        wr_build_key(&s->b, s->file, e->at, flags, fn);
    }
    wr_build_open(&s->b, f.map ? WR_MAP : WR_LIST, s->file, flags, e->at.beg);
    if (!WR_PUSH(&s->scratch, &s->open, f)) s->nomem = true;
}

static void on_close(strict *s) {
    frame f = s->open.v[--s->open.n];
    const wr_yrec *end = event(s, event(s, f.at)->mate);
    uint32_t at = end->at.end > end->at.beg ? end->at.end : f.last;
    s->sources.n = f.merge_base;
    s->pairs.n = f.pair_base;
    frame *up = top(s);
    if (up && !up->merging && event(s, f.at)->mate + 1 == up->pos) up->last = at; // no alias
    s->b.warn_repeats = !s->own_repeats && !f.copy && !s->failed;
    wr_build_close(&s->b, at);
    if (f.wrapped) wr_build_close(&s->b, at);
}

static void on_value(strict *s, uint32_t i) {
    uint32_t t = target(s, i);
    if (t == WR_YREC_NONE) {
        fail_alias(s, event(s, i));
        wr_build_scalar(&s->b, (wr_node){.kind = WR_NULL, .src = s->file, .span = event(s, i)->at});
        return;
    }
    const wr_yrec *e = event(s, t);
    s->copy = s->copy || t != i;
    if (is_box(e)) on_open(s, t);
    else on_scalar(s, e);
}

// ------------------------------------------------------------------------------------- keys

static bool is_merge_key(const wr_yrec *e) {
    if (e->kind != WR_YEV_SCALAR) return false;
    if (e->tag) return strcmp(e->tag, "tag:yaml.org,2002:merge") == 0;
    return e->plain && wr_eq(e->s, WR_S("<<"));
}

static void fail_key(strict *s, uint32_t i, const char *what) {
    const wr_yrec *e = event(s, i);
    wr_diag *d = report(s, WR_D_D0006, WR_ERROR, e->at,
                        wr_fmt(&s->scratch, "this map key is %s, not a string", what));
    if (e->kind == WR_YEV_SCALAR && e->tag == NULL && e->s.n)
        wr_hint(s->ctx, d, "quote it: \"%.*s\"", WR_FMT(wr_sub(e->s, 0, 100)));
}

// The text of a key, or what stands for one that is wrong.
static wr_str key_text(strict *s, uint32_t i, bool tell, uint8_t *flags) {
    static const char *const what[] = {"null", "a boolean", "an integer", "a number"};
    uint32_t t = target(s, i);
    *flags = 0;
    if (t == WR_YREC_NONE) {
        if (tell) fail_alias(s, event(s, i));
        return WR_S("");
    }
    const wr_yrec *e = event(s, t);
    if (is_box(e)) {
        if (tell) fail_key(s, i, e->kind == WR_YEV_LIST ? "a list" : "a map");
        return WR_S("");
    }
    wr_node n = {.kind = WR_STR};
    wr_yaml_core core = wr_yaml_core_tag(e->tag);
    if (e->tag == NULL && e->plain) wr_yaml_plain_strict(e->s, &n);
    else if (e->tag && core != WR_YCORE_STR && tell) fail_key(s, i, "a tagged value");
    if (n.kind != WR_STR && tell) fail_key(s, i, what[n.kind]);
    *flags = e->plain ? 0 : WR_F_QUOTED;
    return e->s;
}

static void on_key(strict *s, uint32_t i) {
    uint8_t flags;
    wr_str text = key_text(s, i, true, &flags);
    wr_build_key(&s->b, s->file, span_of(event(s, i)), flags, text);
}

// ------------------------------------------------------------------------------------- merging

static void add_source(strict *s, uint32_t i) {
    uint32_t t = target(s, i);
    if (t == WR_YREC_NONE) {
        fail_alias(s, event(s, i));
    } else if (event(s, t)->kind != WR_YEV_MAP) {
        wr_diag *d = report(s, WR_D_D0013, WR_ERROR, event(s, i)->at,
                            WR_S("<< takes a map or a list of maps"));
        wr_hint(s->ctx, d, "quote it to make it a key like any other: \"<<\"");
    } else if (!WR_PUSH(&s->scratch, &s->sources, t)) {
        s->nomem = true;
    }
}

// The value of a merge key: a map or a list of maps.
static void add_sources(strict *s, uint32_t i) {
    uint32_t t = target(s, i);
    if (t == WR_YREC_NONE || event(s, t)->kind != WR_YEV_LIST) {
        add_source(s, i);
        return;
    }
    for (uint32_t k = t + 1; k < event(s, t)->mate; k = wr_yrec_after(&s->r, k)) add_source(s, k);
}

// True when the key was not seen before in this round.
static bool mark_key(strict *s, uint32_t i) {
    uint8_t flags;
    const wr_sym *y = wr_sym_in(s->b.syms, key_text(s, i, false, &flags));
    while (y && s->mark.n <= y->id && !s->nomem) s->nomem = !WR_PUSH(&s->scratch, &s->mark, 0);
    if (y == NULL) s->nomem = true;
    if (s->nomem || s->mark.v[y->id] == s->round) return false;
    s->mark.v[y->id] = s->round;
    return true;
}

static void reverse(uint32_t *v, uint32_t n) {
    for (uint32_t i = 0; i < n / 2; i++) {
        uint32_t t = v[i];
        v[i] = v[n - 1 - i];
        v[n - 1 - i] = t;
    }
}

// Adds the entries of one source whose keys are new. What it merges itself comes next.
static void merge_one(strict *s, uint32_t map) {
    uint32_t base = s->sources.n;
    for (uint32_t k = map + 1; k < event(s, map)->mate && !s->nomem;) {
        uint32_t v = wr_yrec_after(&s->r, k);
        if (is_merge_key(event(s, k))) add_sources(s, v);
        else if (mark_key(s, k))
            s->nomem = s->nomem || !WR_PUSH(&s->scratch, &s->pairs, ((pair){k, v}));
        k = wr_yrec_after(&s->r, v);
    }
    reverse(s->sources.v + base, s->sources.n - base);
}

// Lists the entries that f, the innermost map, takes from elsewhere.
static void list_merged(strict *s, frame *f) {
    s->round++;
    for (uint32_t k = f->at + 1; k < event(s, f->at)->mate && !s->nomem;) {
        if (!is_merge_key(event(s, k))) (void)mark_key(s, k);
        k = wr_yrec_after(&s->r, wr_yrec_after(&s->r, k));
    }
    reverse(s->sources.v + f->merge_base, s->sources.n - f->merge_base);
    while (s->sources.n > f->merge_base && !s->nomem && !s->failed)
        merge_one(s, s->sources.v[--s->sources.n]);
    f->merging = true;
    f->pair = f->pair_base;
    f->pair_end = s->pairs.n;
}

// ------------------------------------------------------------------------------------- the walk

// The next entry of f, the innermost map; false when there is none.
static bool next_pair(strict *s, frame *f, pair *p) {
    if (!f->merging) {
        if (f->pos < event(s, f->at)->mate) {
            *p = (pair){f->pos, wr_yrec_after(&s->r, f->pos)};
            f->pos = wr_yrec_after(&s->r, p->val);
            return true;
        }
        if (s->sources.n == f->merge_base) return false;
        list_merged(s, f);
    }
    if (f->pair == f->pair_end) return false;
    *p = s->pairs.v[f->pair++];
    return true;
}

static void step_map(strict *s, frame *f) {
    pair p;
    if (!next_pair(s, f, &p)) {
        on_close(s);
        return;
    }
    s->copy = f->copy || p.key < f->at || p.key > event(s, f->at)->mate; // merged by an alias
    if (!f->merging) f->last = event(s, p.val)->at.end;
    if (is_merge_key(event(s, p.key))) {
        add_sources(s, p.val);
        return;
    }
    on_key(s, p.key);
    on_value(s, p.val);
}

static void step_list(strict *s, frame *f) {
    uint32_t i = f->pos;
    if (i >= event(s, f->at)->mate) {
        on_close(s);
        return;
    }
    f->last = event(s, i)->at.end;
    f->pos = wr_yrec_after(&s->r, i);
    s->copy = f->copy;
    on_value(s, i);
}

static void walk(strict *s) {
    on_value(s, 0);
    while (s->open.n > 0 && !s->nomem && s->b.rc == WR_OK) {
        frame *f = &s->open.v[s->open.n - 1];
        if (f->map) step_map(s, f);
        else step_list(s, f);
    }
}

// ------------------------------------------------------------------------------------- reading

static void hint_syntax(strict *s, wr_diag *d, const wr_yaml_error *e) {
    char c = e->at.beg < s->src->text.n ? s->src->text.p[e->at.beg] : 0;
    if (strstr(e->problem, "found a tab character") != NULL) c = '\t';
    else if (strstr(e->problem, "cannot start any token") == NULL) c = 0;
    if (c == '\t') wr_hint(s->ctx, d, "indent with blanks; YAML takes no tabs there");
    else if (c) wr_hint(s->ctx, d, "quote the value: \"%c...\"", c);
    else if (e->context && e->context_line < e->line && (e->context_line || e->context_col))
        wr_hint(s->ctx, d, "that began at line %u, column %u", (unsigned)e->context_line + 1,
                (unsigned)e->context_col + 1);
    else if (strstr(e->problem, "mapping values are not allowed") != NULL)
        wr_hint(s->ctx, d, "keys of one map begin in the same column; text with ': ' is quoted");
}

static void fail_syntax(strict *s, const wr_yaml_error *e) {
    wr_diag *d = report(s, WR_D_D0003, WR_ERROR, e->at,
                        e->context ? wr_fmt(&s->scratch, "%s %s", e->problem, e->context)
                                   : wr_strz(e->problem));
    hint_syntax(s, d, e);
}

static void fail_deep(strict *s) {
    bool flow = s->r.bad.flow;
    wr_diag *d = report(s, WR_D_D0004, WR_ERROR, s->r.bad.at,
                        wr_fmt(&s->scratch, "%s nested more than %u deep",
                               flow ? "lists and maps in brackets are" : "the document is",
                               flow ? (unsigned)FLOW_DEPTH : (unsigned)s->ctx->limits.depth));
    if (flow) wr_hint(s->ctx, d, "indented YAML and JSON files may be nested deeper");
}

static bool record(strict *s, wr_yaml *y) {
    switch (wr_yaml_record(y, &s->r)) {
    case WR_YREC_DOC: return true;
    case WR_YREC_EMPTY:
        report(s, WR_D_D0010, WR_ERROR, (wr_span){0, 0}, WR_S("the document is empty"));
        break;
    case WR_YREC_SYNTAX: fail_syntax(s, &s->r.error); break;
    case WR_YREC_DEEP: fail_deep(s); break;
    case WR_YREC_MANY:
        report(s, WR_D_D0005, WR_ERROR, s->r.bad.at,
               wr_fmt(&s->scratch, "the document has more than %u nodes",
                      (unsigned)s->ctx->limits.nodes));
        break;
    case WR_YREC_ALIAS: break; // serde only
    case WR_YREC_NOMEM: s->nomem = true; break;
    }
    return false;
}

// What follows the first document.
static void check_rest(strict *s, wr_yaml *y, bool all) {
    wr_yev ev;
    wr_yaml_error e;
    wr_yaml_next(y, &ev);
    if (ev.kind == WR_YEV_END) return;
    if (ev.kind == WR_YEV_ERROR) {
        wr_yaml_failed(y, &e);
        if (e.nomem) s->nomem = true;
        else fail_syntax(s, &e);
        return;
    }
    report(s, WR_D_D0011, all ? WR_ERROR : WR_WARNING, ev.at,
           WR_S("a second document begins here; only the first is read"));
}

static void read_all(strict *s, wr_yaml *y, bool all) {
    if (!record(s, y) || (s->r.n_aliases > 0 && !count_aliases(s))) return;
    walk(s);
    s->copy = false;
    if (!s->nomem && s->b.rc == WR_OK) check_rest(s, y, all);
}

static wr_rc finish(strict *s, wr_doc **out) {
    wr_rc rc = s->nomem || s->scratch.oom || s->ctx->arena.oom ? WR_NOMEM
               : s->b.rc != WR_OK                              ? s->b.rc
               : s->failed                                     ? WR_BAD
                                                               : WR_OK;
    if (rc == WR_OK) {
        rc = wr_build_end(&s->b, out);
        if (rc == WR_OK) (*out)->format = WR_YAML;
    } else {
        wr_build_abort(&s->b);
    }
    wr_arena_fini(&s->scratch);
    return rc;
}

wr_rc wr_yaml_read_strict(wr_ctx *c, const wr_src *src, const wr_load *how, wr_doc **out) {
    size_t bad = wr_utf8_check(src->text);
    if (bad < src->text.n) {
        wr_report(c, WR_D_D0001, WR_ERROR, src, (wr_span){(uint32_t)bad, (uint32_t)bad + 1},
                  "the text is not valid UTF-8");
        return WR_BAD;
    }
    wr_symtab *syms = WR_NEW(&c->arena, wr_symtab);
    wr_yaml *y = wr_yaml_open(c, src);
    if (syms == NULL || y == NULL) return WR_NOMEM;
    wr_symtab_init(syms, &c->arena, how->syms);
    strict s = {.ctx = c, .src = src, .own_repeats = how->own_repeats};
    wr_arena_init(&s.scratch, 0);
    s.r = (wr_yrecs){.arena = &s.scratch,
                     .flow_limit = FLOW_DEPTH,
                     .depth_limit = c->limits.depth,
                     .node_limit = c->limits.nodes};
    wr_build_init(&s.b, c, syms);
    s.b.warn_repeats = !how->own_repeats;
    s.file = wr_build_src(&s.b, src);
    read_all(&s, y, how->all);
    wr_yaml_close(y);
    return finish(&s, out);
}
