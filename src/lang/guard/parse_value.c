// SPDX-License-Identifier: Apache-2.0
// parse_value: literals: null, text, numbers, booleans, patterns, ranges, lists, maps. They become
// loose node trees in the parse's scratch memory (keys are plain WR_STR nodes); parse_lits.c copies
// those that the rules really use into the file's document of literals.
// Patterns are compiled here, because one that does not compile is no literal; equal patterns of a
// set are compiled once.
// Rules: guard-language.md §1.1.
#include "lang/guard/parse_int.h"

static g_out loose(g_ps *p, wr_node *out);

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static void scalar(g_ps *p, wr_node *out, wr_kind kind, uint32_t from) {
    out->kind = (uint8_t)kind;
    out->flags |= WR_F_LITERAL;
    out->span = (wr_span){from, p->at};
}

static g_out text(g_ps *p, wr_node *out) {
    uint32_t from = p->at;
    wr_str s = {0};
    g_out r = g_string(p, &s);
    if (r != G_YES) return r;
    scalar(p, out, WR_STR, from);
    out->flags |= WR_F_QUOTED;
    out->u.s = s.p;
    out->n = (uint32_t)s.n;
    return G_YES;
}

// digits, then a fraction or an exponent with its sign. What follows is read as any float is:
// `1.5e3` needs no sign.
static g_out real(g_ps *p, wr_node *out) {
    uint32_t from = p->at, i = from;
    while (is_digit(peek_at(p, i))) i++;
    if (i == from) return g_no(p, from, G_W_VALUE);
    bool fraction = peek_at(p, i) == '.' && is_digit(peek_at(p, i + 1));
    if (fraction)
        for (i++; is_digit(peek_at(p, i));) i++;
    bool e = peek_at(p, i) == 'e' || peek_at(p, i) == 'E';
    char sign = e ? peek_at(p, i + 1) : '\0';
    bool has_sign = sign == '+' || sign == '-';
    bool exponent = has_sign && is_digit(peek_at(p, i + 2));
    if (!fraction && !exponent)
        return g_no_in(p, from, G_W_VALUE, WR_S("Could not parse floating number"));
    if (e) {
        i += has_sign ? 2u : 1u;
        uint32_t digits = i;
        while (is_digit(peek_at(p, i))) i++;
        if (i == digits) return p->v32 ? g_cut(g_no(p, i, G_W_VALUE)) : g_no(p, from, G_W_VALUE);
    }
    if (!wr_parse_f64(wr_sub(p->t, from, i), &out->u.f)) return g_no(p, from, G_W_VALUE);
    took(p, i - from);
    scalar(p, out, WR_FLOAT, from);
    return G_YES;
}

static g_out whole(g_ps *p, wr_node *out) {
    uint32_t from = p->at;
    g_out r = g_int(p, &out->u.i);
    if (r == G_YES) scalar(p, out, WR_INT, from);
    return r;
}

static g_out boolean(g_ps *p, wr_node *out) {
    uint32_t from = p->at;
    bool yes = g_word2(p, "true", "True");
    if (!yes && !g_word2(p, "false", "False")) return g_no(p, from, G_W_VALUE);
    out->u.b = yes;
    scalar(p, out, WR_BOOL, from);
    return G_YES;
}

// ---------------------------------------------------------------------------------- patterns

static wr_lit_regex *compiled(g_ps *p, wr_str pattern, size_t *err_at) {
    void **slot = wr_map_at(&p->set->patterns, pattern);
    if (!slot) {
        p->rc = WR_NOMEM;
        return NULL;
    }
    void *known = *slot;
    if (known) return known;
    wr_str kept = wr_dup(p->a, pattern);
    wr_str why = {0};
    wr_regex *re = wr_regex_new(p->a, kept, p->set->ctx->limits.regex_bytes, err_at, &why);
    if (!re) {
        p->regex_err = why;
        return NULL;
    }
    wr_lit_regex *lit = WR_NEW(p->a, wr_lit_regex);
    if (!lit || !WR_PUSH(p->a, &p->set->regexes, re)) {
        wr_regex_free(re);
        p->rc = WR_NOMEM;
        return NULL;
    }
    lit->pattern = kept;
    lit->re = re;
    *slot = lit;
    return lit;
}

// The pattern after the opening slash: up to a slash without a backslash before it.
static g_out pattern_text(g_ps *p, wr_str *out) {
    uint32_t from = p->at, span = from;
    wr_buf b;
    wr_buf_init(&b, 0);
    g_out r = G_YES;
    for (;;) {
        const char *hit = memchr(p->t.p + span, '/', p->t.n - span);
        uint32_t stop = hit ? (uint32_t)(hit - p->t.p) : (uint32_t)p->t.n;
        if (stop == span) {
            r = g_no(p, span, G_W_VALUE);
            break;
        }
        bool escape = p->t.p[stop - 1] == '\\';
        wr_puts(&b, wr_sub(p->t, span, escape ? stop - 1 : stop));
        if (!escape) {
            took(p, stop - p->at);
            break;
        }
        wr_putc(&b, '/');
        if (!hit) {
            p->open_at = from - 1;
            g_want(p, stop, G_W_QUOTE);
            r = g_no_in(p, from, 0, WR_S("Could not parse regular expression"));
            break;
        }
        span = stop + 1;
    }
    if (r == G_YES) *out = wr_dup(&p->scratch, wr_buf_str(&b));
    wr_buf_fini(&b);
    return r;
}

static g_out pattern(g_ps *p, wr_node *out) {
    uint32_t from = p->at;
    if (g_char(p, '/', G_W_VALUE) != G_YES) return G_NO;
    uint32_t inner = p->at;
    wr_str s = {0};
    g_out r = pattern_text(p, &s);
    if (r != G_YES) return r;
    size_t err_at = 0;
    wr_lit_regex *lit = compiled(p, s, &err_at);
    if (!lit) {
        if (p->rc != WR_OK) return G_CUT;
        uint32_t stop = end_of(p) ? p->at : p->at + 1;
        p->open_at = from;
        g_want(p, stop, G_W_REGEX);
        return g_no(p, inner, 0);
    }
    if (end_of(p)) p->open_at = from;
    if (g_char(p, '/', G_W_QUOTE) != G_YES) return G_NO;
    scalar(p, out, WR_REGEX, from);
    out->u.ext = lit;
    return G_YES;
}

// ---------------------------------------------------------------------------------- ranges

static g_out bound(g_ps *p, wr_node *out) {
    g_spaces(p);
    g_mark m = mark(p);
    g_out r = real(p, out);
    if (r == G_NO) {
        back(p, m);
        r = whole(p, out);
    }
    if (r == G_NO) {
        back(p, m);
        if (end_of(p)) return g_no(p, p->at, G_W_VALUE);
        size_t next = p->at;
        out->u.i = (int64_t)wr_utf8_next(p->t, &next);
        took(p, (uint32_t)next - p->at);
        scalar(p, out, WR_CHAR, m.at);
        r = G_YES;
    }
    if (r == G_YES) g_spaces(p);
    return r;
}

static g_out bounds(g_ps *p, wr_node *lo, wr_node *hi, wr_range *range) {
    char open = peek_at(p, p->at);
    if (open != '(' && open != '[') return g_no(p, p->at, G_W_VALUE);
    took(p, 1);
    g_out r = bound(p, lo);
    if (r == G_YES) r = g_char(p, ',', G_W_COMMA);
    if (r == G_YES) r = bound(p, hi);
    if (r != G_YES) return r;
    char close = peek_at(p, p->at);
    if (close != ')' && close != ']') return g_no(p, p->at, G_W_SQUARE);
    took(p, 1);
    range->lo_in = open == '[';
    range->hi_in = close == ']';
    return G_YES;
}

static g_out range(g_ps *p, wr_node *out) {
    uint32_t from = p->at;
    if (g_char(p, 'r', G_W_VALUE) != G_YES) return G_NO;
    wr_node lo = {0}, hi = {0};
    wr_range found = {0};
    g_out r = bounds(p, &lo, &hi, &found);
    if (r != G_YES) return r;
    if (lo.kind != hi.kind) p->open_at = from;
    if (lo.kind != hi.kind)
        return g_cut(g_no_in(p, p->at, G_W_RANGE, WR_S("Could not parse range")));
    if (lo.kind == WR_FLOAT) {
        found.lo.f = lo.u.f;
        found.hi.f = hi.u.f;
    } else {
        found.lo.i = lo.u.i;
        found.hi.i = hi.u.i;
    }
    wr_range *kept = g_keep(p, &found, 1, sizeof found);
    if (!kept) return G_CUT;
    scalar(p, out,
           lo.kind == WR_INT     ? WR_RANGE_INT
           : lo.kind == WR_FLOAT ? WR_RANGE_FLOAT
                                 : WR_RANGE_CHAR,
           from);
    out->u.ext = kept;
    return G_YES;
}

// ---------------------------------------------------------------------------------- containers

static bool push(g_ps *p, wr_node n) {
    if (WR_PUSH(&p->scratch, &p->nodes, n)) return true;
    p->rc = WR_NOMEM;
    return false;
}

// Pops the nodes above base and makes them the children of out.
static g_out seal(g_ps *p, wr_node *out, wr_kind kind, uint32_t base, uint32_t from) {
    uint32_t n = p->nodes.n - base;
    p->nodes.n = base;
    wr_node *kids = NULL;
    if (n > 0) {
        kids = wr_alloc(&p->scratch, n * sizeof *kids);
        if (!kids) {
            p->rc = WR_NOMEM;
            return G_CUT;
        }
        memcpy(kids, p->nodes.v + base, n * sizeof *kids);
    }
    scalar(p, out, kind, from);
    out->u.kids = kids;
    out->n = kind == WR_MAP ? n / 2 : n;
    return G_YES;
}

static g_out pair(g_ps *p) {
    g_ws(p);
    uint32_t from = p->at;
    size_t i = from;
    while (i < p->t.n) {
        size_t next = i;
        uint32_t cp = wr_utf8_next(p->t, &next);
        if (cp != '-' && cp != '_' && !wr_is_alphanumeric(cp)) break;
        i = next;
    }
    wr_node key = {0}, value = {0};
    g_out r = G_YES;
    if (i > from) {
        took(p, (uint32_t)i - from);
        scalar(p, &key, WR_STR, from);
        key.u.s = p->t.p + from;
        key.n = (uint32_t)i - from;
    } else {
        g_no(p, from, G_W_NAME);
        r = text(p, &key);
    }
    if (r == G_YES) r = g_ws_char(p, ':', G_W_COLON);
    if (r == G_YES) r = g_literal(p, &value);
    if (r == G_YES && (!push(p, key) || !push(p, value))) return G_CUT;
    return r;
}

static g_out item(g_ps *p) {
    wr_node value = {0};
    g_out r = g_literal(p, &value);
    return r == G_YES && !push(p, value) ? G_CUT : r;
}

// Items between brackets, with commas between, none after the last.
static g_out container(g_ps *p, wr_node *out, wr_kind kind) {
    uint32_t from = p->at, base = p->nodes.n;
    g_out (*one)(g_ps *) = kind == WR_MAP ? pair : item;
    if (g_char(p, kind == WR_MAP ? '{' : '[', G_W_VALUE) != G_YES) return G_NO;
    if (!g_deeper(p)) return G_CUT;
    g_mark m = mark(p);
    g_out r = one(p);
    while (r == G_YES) {
        m = mark(p);
        r = g_ws_char(p, ',', G_W_COMMA);
        if (r == G_YES) r = one(p);
    }
    p->depth--;
    if (r == G_CUT) return r;
    back(p, m);
    r = kind == WR_MAP ? g_ws_char(p, '}', G_W_BRACE) : g_ws_char(p, ']', G_W_SQUARE);
    if (r != G_YES) {
        p->nodes.n = base;
        return r;
    }
    return seal(p, out, kind, base, from);
}

static g_out list(g_ps *p, wr_node *out) { return container(p, out, WR_LIST); }
static g_out map(g_ps *p, wr_node *out) { return container(p, out, WR_MAP); }

// The alternatives in the original's order: a float before the int it begins with.
static g_out loose(g_ps *p, wr_node *out) {
    static g_out (*const kinds[])(g_ps *, wr_node *) = {text,    real,  whole, boolean,
                                                        pattern, range, list,  map};
    uint32_t from = p->at;
    if (g_word2(p, "null", "NULL")) {
        scalar(p, out, WR_NULL, from);
        return G_YES;
    }
    g_mark m = mark(p);
    g_out r = G_NO;
    for (size_t i = 0; r == G_NO && i < sizeof kinds / sizeof *kinds; i++) {
        back(p, m);
        *out = (wr_node){0};
        r = kinds[i](p, out);
    }
    return r;
}

g_out g_literal(g_ps *p, wr_node *out) {
    g_ws(p);
    return loose(p, out);
}
