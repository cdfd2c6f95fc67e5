// SPDX-License-Identifier: Apache-2.0
// format: a policy text laid out anew. The text has been parsed before, so that its tokens can be
// read again without a doubt; each becomes a text of the layout with its comments: those on lines
// of their own before it, and the one behind it on its line. Commas that end a list go, their
// comments stay.
//
// Always true of what is given out: read again it is the same policies, and has the same comments
// in the same order; else nothing is given out.
// Rules: behaviour of the formatter of cedar-policy 4.13.

#include "lang/cedar/format_int.h"
#include "lang/cedar/parse_int.h"

typedef struct comments {
    wr_str lead, trail; // lines joined by LF; empty: none
} comments;

typedef WR_VEC(const lay *) parts;

typedef struct formatter {
    wr_ctx *c;
    const wr_src *src;
    const ced_tok *first, *t; // all; the next
    comments *of;             // by token
    uint32_t indent;
    const ced_tok *no_lead, *no_trail; // written by who knows better where
} formatter;

static const lay nil = {.kind = LAY_CAT};
static const lay hard = {.kind = LAY_HARD}, end_line = {.kind = LAY_END}, line = {.kind = LAY_LINE},
                 soft = {.kind = LAY_SOFT};
static const lay blank = {.kind = LAY_TEXT, .n = 1, .u.s = {" ", 1}};

// ---------------------------------------------------------------------------------- making layouts

static void add(formatter *f, parts *p, const lay *l) {
    if (l != &nil) (void)WR_PUSH(&f->c->arena, p, l);
}

static const lay *text(formatter *f, wr_str s) {
    lay *l = WR_NEW(&f->c->arena, lay);
    if (l == NULL) return &nil;
    *l = (lay){.kind = LAY_TEXT, .n = lay_width(s), .u.s = s};
    return l;
}

static const lay *cat(formatter *f, const parts *p) {
    if (p->n == 1) return p->v[0];
    lay *l = p->n ? WR_NEW(&f->c->arena, lay) : NULL;
    if (l == NULL) return &nil;
    *l = (lay){.kind = LAY_CAT, .n = p->n, .u.v = p->v};
    return l;
}

static const lay *around(formatter *f, lay_kind kind, uint32_t n, const lay *of) {
    lay *l = WR_NEW(&f->c->arena, lay);
    if (l == NULL || of == &nil) return of;
    *l = (lay){.kind = (uint8_t)kind, .n = n, .u.of = of};
    return l;
}

static const lay *group(formatter *f, const lay *l) { return around(f, LAY_GROUP, 0, l); }
static const lay *nest(formatter *f, uint32_t n, const lay *l) { return around(f, LAY_NEST, n, l); }

// ---------------------------------------------------------------------------------- comments

// The comments of a piece of text between tokens, a line each.
static wr_str comments_in(formatter *f, size_t beg, size_t end) {
    wr_str s = wr_sub(f->src->text, beg, end);
    if (wr_find(s, WR_S("//"), 0) == SIZE_MAX) return WR_S("");
    wr_buf b;
    wr_buf_init(&b, 0);
    for (size_t i = 0; i + 1 < s.n; i++) {
        if (s.p[i] != '/' || s.p[i + 1] != '/') continue;
        size_t stop = i;
        while (stop < s.n && s.p[stop] != '\n' && s.p[stop] != '\r') stop++;
        if (b.n > 0) wr_putc(&b, '\n');
        wr_str one = wr_trim(wr_sub(s, i, stop));
        wr_puts(&b, one);
        i = stop;
    }
    return wr_buf_keep(&b, &f->c->arena);
}

static wr_str joined(formatter *f, wr_str a, wr_str b) {
    if (a.n == 0 || b.n == 0) return a.n ? a : b;
    return wr_fmt(&f->c->arena, "%.*s\n%.*s", WR_FMT(a), WR_FMT(b));
}

// Gives every token its comments; those behind the last line with a token are the END's.
static bool attach(formatter *f, uint32_t n) {
    f->of = WR_NEW_N(&f->c->arena, comments, n);
    if (f->of == NULL) return false;
    wr_str all = f->src->text;
    f->of[0].lead = comments_in(f, 0, f->first[0].at.beg);
    for (uint32_t i = 0; i + 1 < n; i++) {
        size_t beg = f->first[i].at.end, end = f->first[i + 1].at.beg, cut = beg;
        while (cut < end && all.p[cut] != '\n') cut++;
        f->of[i].trail = comments_in(f, beg, cut);
        f->of[i + 1].lead = comments_in(f, cut, end);
    }
    return !f->c->arena.oom;
}

static void lead(formatter *f, parts *p, const ced_tok *t) {
    wr_str s = f->of[t - f->first].lead;
    if (s.n == 0) return;
    add(f, p, &hard);
    for (size_t i = 0; i <= s.n;) {
        size_t stop = i;
        while (stop < s.n && s.p[stop] != '\n') stop++;
        add(f, p, text(f, wr_sub(s, i, stop)));
        add(f, p, &hard);
        i = stop + 1;
    }
}

// The comment behind t, or `otherwise`.
static void trail(formatter *f, parts *p, const ced_tok *t, const lay *otherwise) {
    wr_str s = f->of[t - f->first].trail;
    if (s.n == 0) {
        add(f, p, otherwise);
        return;
    }
    add(f, p, &blank);
    add(f, p, text(f, s));
    add(f, p, &end_line);
}

// ---------------------------------------------------------------------------------- tokens

static wr_str next_text(const formatter *f) {
    return wr_sub(f->src->text, f->t->at.beg, f->t->at.end);
}

static bool is(const formatter *f, char c) { return f->t->kind == CED_TK_PUNCT && f->t->c == c; }

static bool is_word(const formatter *f, const char *word) {
    return f->t->kind == CED_TK_IDENT && wr_eq(next_text(f), wr_strz(word));
}

// The next token with its comments; when none is behind it, `otherwise`.
static void token_or(formatter *f, parts *p, const lay *otherwise) {
    const ced_tok *t = f->t;
    wr_str s = next_text(f);
    if (t->kind == CED_TK_NUMBER)
        while (s.n > 1 && s.p[0] == '0') s = wr_sub(s, 1, s.n);
    if (f->no_lead != t) lead(f, p, t);
    add(f, p, text(f, s));
    if (f->no_trail != t) trail(f, p, t, otherwise);
    f->t++;
}

static void token(formatter *f, parts *p) { token_or(f, p, &nil); }

// A comma before what closes a list: it goes, its comments go to what closes.
static bool last_comma(formatter *f, char close) {
    if (!is(f, ',') || f->t[1].kind != CED_TK_PUNCT || f->t[1].c != close) return false;
    comments *mine = &f->of[f->t - f->first], *next = mine + 1;
    next->lead = joined(f, joined(f, mine->lead, mine->trail), next->lead);
    f->t++;
    return true;
}

// ---------------------------------------------------------------------------------- expressions

static const lay *expr(formatter *f);

// Name, or Name::"id"
static void name(formatter *f, parts *p) {
    token(f, p);
    while (f->t->kind == CED_TK_COLONS) {
        token(f, p);
        token(f, p);
    }
}

// Items up to `close`, a comma and a place to break between them.
static const lay *items(formatter *f, char close, bool record) {
    parts p = {0};
    while (!is(f, close)) {
        if (record) {
            token(f, &p);
            token(f, &p);
            add(f, &p, &blank);
        }
        add(f, &p, expr(f));
        if (last_comma(f, close) || is(f, close)) break;
        token(f, &p);
        add(f, &p, &line);
    }
    return cat(f, &p);
}

static void primary(formatter *f, parts *p) {
    if (is(f, '(')) {
        parts in = {0};
        token(f, &in);
        add(f, &in, nest(f, 1, expr(f)));
        token(f, &in);
        add(f, p, group(f, cat(f, &in)));
    } else if (is(f, '[')) {
        token(f, p);
        add(f, p, nest(f, 1, items(f, ']', false)));
        token(f, p);
    } else if (is(f, '{')) {
        parts in = {0}, all = {0};
        token(f, p);
        add(f, &in, &line);
        add(f, &in, items(f, '}', true));
        if (in.n > 1) {
            add(f, &all, nest(f, f->indent, cat(f, &in)));
            add(f, &all, &line);
            add(f, p, group(f, cat(f, &all)));
        }
        token(f, p);
    } else name(f, p);
}

static const lay *access(formatter *f) {
    parts p = {0}, in = {0};
    if (is(f, '.')) {
        token(f, &p);
        token(f, &p);
    } else if (is(f, '[')) {
        for (int i = 0; i < 3; i++) token(f, &p);
    } else {
        token(f, &p);
        add(f, &in, &soft);
        add(f, &in, items(f, ')', false));
        if (in.n > 1) {
            add(f, &p, nest(f, f->indent, cat(f, &in)));
            add(f, &p, &soft);
        }
        token(f, &p);
    }
    return cat(f, &p);
}

static const lay *member(formatter *f) {
    parts p = {0}, all = {0};
    primary(f, &p);
    while (is(f, '.') || is(f, '[') || is(f, '(')) {
        if (all.n > 0) add(f, &all, &soft);
        add(f, &all, access(f));
    }
    add(f, &p, nest(f, f->indent, cat(f, &all)));
    return group(f, cat(f, &p));
}

static const lay *unary(formatter *f) {
    parts p = {0};
    while (is(f, '!') || is(f, '-')) token(f, &p);
    add(f, &p, member(f));
    return cat(f, &p);
}

static const lay *product(formatter *f) {
    parts p = {0};
    add(f, &p, unary(f));
    while (is(f, '*')) {
        add(f, &p, &blank);
        token(f, &p);
        add(f, &p, &line);
        add(f, &p, unary(f));
    }
    return group(f, cat(f, &p));
}

static const lay *sum(formatter *f) {
    parts p = {0};
    add(f, &p, product(f));
    while (is(f, '+') || is(f, '-')) {
        add(f, &p, &blank);
        token(f, &p);
        add(f, &p, &line);
        add(f, &p, product(f));
    }
    return group(f, cat(f, &p));
}

static const lay *is_in(formatter *f, const lay *left) {
    parts p = {0}, type = {0};
    add(f, &p, left);
    add(f, &p, &blank);
    token(f, &p);
    add(f, &p, &blank);
    name(f, &type);
    add(f, &p, nest(f, f->indent, group(f, cat(f, &type))));
    if (is_word(f, "in")) {
        add(f, &p, &line);
        token(f, &p);
        add(f, &p, &blank);
        add(f, &p, nest(f, f->indent, sum(f)));
    }
    return group(f, cat(f, &p));
}

static bool is_comparison(const formatter *f) {
    return (f->t->kind >= CED_TK_EQ && f->t->kind <= CED_TK_GE) || is_word(f, "in");
}

static const lay *relation(formatter *f) {
    const lay *left = sum(f);
    parts p = {0};
    add(f, &p, left);
    if (is_word(f, "is")) return is_in(f, left);
    if (is_word(f, "has") || is_word(f, "like")) {
        add(f, &p, &line);
        token(f, &p);
        add(f, &p, &line);
        add(f, &p, nest(f, f->indent, sum(f)));
        return group(f, cat(f, &p));
    }
    if (!is_comparison(f)) return left;
    add(f, &p, &blank);
    token(f, &p);
    add(f, &p, &blank);
    add(f, &p, sum(f));
    return cat(f, &p);
}

typedef const lay *reader(formatter *f);

static const lay *chain(formatter *f, reader *one, ced_tok_kind op) {
    parts p = {0};
    add(f, &p, one(f));
    while (f->t->kind == op) {
        add(f, &p, &blank);
        token_or(f, &p, &line);
        add(f, &p, one(f));
    }
    return cat(f, &p);
}

static const lay *conjunction(formatter *f) { return chain(f, relation, CED_TK_AND); }

static const lay *expr(formatter *f) {
    if (!is_word(f, "if") || f->t[1].kind == CED_TK_COLONS) return chain(f, conjunction, CED_TK_OR);
    parts p = {0};
    for (int i = 0; i < 3; i++) {
        parts in = {0};
        if (i > 0) add(f, &p, &line);
        token(f, &p);
        add(f, &in, &line);
        add(f, &in, expr(f));
        add(f, &p, nest(f, f->indent, cat(f, &in)));
    }
    return group(f, cat(f, &p));
}

// ---------------------------------------------------------------------------------- policies

// principal is T in E: `is T` and `in E` may each stand on a line of its own.
static const lay *scope(formatter *f) {
    parts all = {0}, p = {0};
    lead(f, &all, f->t);
    f->no_lead = f->t;
    token(f, &p);
    if (is_word(f, "is")) {
        parts word = {0}, in = {0};
        add(f, &word, &line);
        token(f, &word);
        add(f, &in, group(f, cat(f, &word)));
        add(f, &in, &line);
        name(f, &in);
        add(f, &p, group(f, nest(f, f->indent, cat(f, &in))));
    }
    if (f->t->kind == CED_TK_EQ || is_word(f, "in")) {
        parts right = {0}, whole = {0};
        add(f, &p, &line);
        token(f, &p);
        add(f, &right, &line);
        add(f, &right, sum(f));
        add(f, &whole, group(f, cat(f, &p)));
        add(f, &whole, nest(f, f->indent, cat(f, &right)));
        add(f, &all, group(f, cat(f, &whole)));
    } else add(f, &all, cat(f, &p));
    return cat(f, &all);
}

static bool is_plain(const formatter *f) { // (principal, action, resource)
    const ced_tok *t = f->t;
    for (int i = 0; i < 3; i++, t += 2) {
        bool end = t[1].kind == CED_TK_PUNCT && (t[1].c == ',' || t[1].c == ')');
        if (t->kind != CED_TK_IDENT || !end) return false;
    }
    return true;
}

static void scopes(formatter *f, parts *p) {
    bool plain = is_plain(f);
    parts in = {0};
    if (!plain) add(f, &in, &hard);
    for (int i = 0; i < 3; i++) {
        add(f, &in, scope(f));
        if (i < 2) token_or(f, &in, plain ? &blank : &hard);
    }
    (void)last_comma(f, ')');
    const lay *l = nest(f, f->indent, cat(f, &in));
    add(f, p, plain ? group(f, l) : l);
    if (!plain) add(f, p, &hard);
}

static const lay *condition(formatter *f) {
    parts all = {0}, outer = {0}, inner = {0}, body = {0};
    lead(f, &all, f->t);
    f->no_lead = f->t;
    token(f, &outer);
    add(f, &outer, &line);
    const ced_tok *open = f->t;
    const ced_tok *kept = f->no_trail;
    f->no_trail = open;
    token(f, &outer);
    f->no_trail = kept;
    trail(f, &inner, open, &nil);
    add(f, &body, &line);
    lead(f, &body, f->t);
    f->no_lead = f->t;
    add(f, &body, group(f, expr(f)));
    add(f, &inner, nest(f, f->indent, cat(f, &body)));
    add(f, &inner, &line);
    token(f, &inner);
    add(f, &outer, group(f, cat(f, &inner)));
    add(f, &all, group(f, cat(f, &outer)));
    return cat(f, &all);
}

static void annotation(formatter *f, parts *p) {
    token(f, p);
    bool value = f->t[1].kind == CED_TK_PUNCT && f->t[1].c == '(';
    if (value)
        for (int i = 0; i < 3; i++) token(f, p);
    token_or(f, p, &hard);
}

static const lay *policy(formatter *f) {
    parts p = {0}, head = {0};
    while (is(f, '@')) annotation(f, &p);
    lead(f, &p, f->t);
    f->no_lead = f->t;
    token(f, &head);
    add(f, &head, &line);
    token(f, &head);
    add(f, &p, group(f, cat(f, &head)));
    scopes(f, &p);
    bool bare = f->t[1].kind == CED_TK_PUNCT;
    token_or(f, &p, bare ? &nil : &hard);
    for (bool first = true; !is(f, ';'); first = false) {
        if (!first) add(f, &p, &hard);
        add(f, &p, condition(f));
    }
    token(f, &p);
    return cat(f, &p);
}

// ---------------------------------------------------------------------------------- checking

static wr_str all_comments(formatter *f, const ced_toks *toks) {
    wr_buf b;
    wr_buf_init(&b, 0);
    for (uint32_t i = 0, beg = 0; i < toks->n; beg = toks->v[i++].at.end) {
        wr_str s = comments_in(f, beg, toks->v[i].at.beg);
        if (s.n > 0) wr_puts(&b, s);
        if (s.n > 0) wr_putc(&b, '\n');
    }
    return wr_buf_keep(&b, &f->c->arena);
}

static wr_str meaning(wr_ctx *c, const wr_cedar_set *s) {
    wr_buf b;
    wr_out o;
    wr_buf_init(&b, 0);
    if (wr_out_json_line(&o, &b) != WR_OK) return (wr_str){NULL, 0};
    wr_cedar_set_json(&o, s);
    wr_out_fini(&o);
    return wr_buf_keep(&b, &c->arena);
}

// What was written is read again: the same policies, the same comments.
static wr_rc check(formatter *f, const wr_cedar_set *set, const ced_toks *toks, wr_str out) {
    wr_src *src = wr_src_new(&f->c->arena, WR_S("formatted"), out, false);
    wr_cedar_set *again = wr_cedar_set_new(f->c);
    ced_toks new_toks = {0};
    if (src == NULL || again == NULL) return WR_NOMEM;
    formatter g = {.c = f->c, .src = src};
    wr_ctx_mark mark = wr_ctx_mark_now(f->c);
    bool parsed =
        wr_cedar_add_text(again, src, false) == WR_OK && ced_lex(f->c, src, WR_D_P0106, &new_toks);
    wr_ctx_hush(f->c, mark);
    const char *what = NULL;
    if (!parsed) what = "it would not parse";
    else if (!wr_eq(meaning(f->c, set), meaning(f->c, again))) what = "its meaning would change";
    else if (!wr_eq(all_comments(f, toks), all_comments(&g, &new_toks)))
        what = "a comment would be lost or moved";
    if (f->c->arena.oom) return WR_NOMEM;
    if (what == NULL) return WR_OK;
    (void)wr_report(f->c, WR_D_P0106, WR_ERROR, f->src, (wr_span){0, 0},
                    "the text is not formatted: %s", what);
    return WR_BAD;
}

static bool write_all(formatter *f, uint32_t width, wr_buf *b) {
    for (bool first = true; f->t->kind != CED_TK_END; first = false) {
        if (!first) wr_putz(b, "\n\n");
        const lay *l = policy(f);
        size_t beg = b->n;
        if (f->c->arena.oom || !lay_write(b, l, width)) return false;
        while (b->n > beg && (b->p[b->n - 1] == ' ' || b->p[b->n - 1] == '\n')) b->n--;
    }
    wr_putc(b, '\n'); // of a text without policies too, as the reference
    wr_str end = f->of[f->t - f->first].lead;
    if (end.n > 0) {
        wr_puts(b, end);
        wr_putc(b, '\n');
    }
    return b->rc == WR_OK;
}

wr_rc wr_cedar_format(wr_ctx *c, const wr_src *src, const wr_cedar_format_opts *o, wr_buf *out) {
    wr_cedar_set *set = wr_cedar_set_new(c);
    ced_toks toks = {0};
    if (set == NULL) return WR_NOMEM;
    wr_rc rc = wr_cedar_add_text(set, src, false);
    if (rc != WR_OK) return rc;
    if (!ced_lex(c, src, WR_D_P0101, &toks)) return WR_NOMEM;
    formatter f = {.c = c, .src = src, .first = toks.v, .t = toks.v, .indent = o->indent};
    if (!attach(&f, toks.n)) return WR_NOMEM;
    wr_buf b;
    wr_buf_init(&b, 0);
    if (write_all(&f, o->width, &b)) rc = check(&f, set, &toks, wr_buf_str(&b));
    else rc = WR_NOMEM;
    if (rc == WR_OK) wr_puts(out, wr_buf_str(&b));
    wr_buf_fini(&b);
    return rc == WR_OK ? out->rc : rc;
}
