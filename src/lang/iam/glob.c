// SPDX-License-Identifier: Apache-2.0
// Does a text fit a pattern? Owns: wr_iam_pat_match, iam_pat_valueless.
// Invariants: nothing is allocated; time is at most text × pattern, whatever the pattern: a star is
// never given up for an earlier one but where the earlier may cross a field and the later may not,
// and then the text between is passed once a field.
// Rules: as in pattern.c. What a variable stands for is literal, wildcards in it are text. With a
// variable whose value is not known the answer is WR_NO when no value could make the text fit.

#include "lang/iam/iam_int.h"

enum { N_COLONS = 5 };
#define NOWHERE SIZE_MAX

typedef struct glob {
    const wr_iam_pat *p;
    const wr_iam_request *r;
    wr_str t;
    size_t i;             // in t
    uint32_t k;           // in p->u.piece
    size_t any_i, in_i;   // where the last star that crosses fields, that stays in its field, ends
    uint32_t any_k, in_k; // the piece behind it
    uint32_t last;        // stars from this piece on cross fields; UINT32_MAX: see the pieces
} glob;

// ---- variables

typedef enum worth { WORTH_NOTHING, WORTH_TEXT, WORTH_UNKNOWN } worth;

static worth value_of(const wr_iam_piece *v, const wr_iam_request *r, wr_str *out) {
    const wr_iam_ctx_value *c = NULL;
    if (r && v->key < r->n_ctx) c = &r->ctx[v->key];
    if (c && c->state == WR_IAM_NOT_KNOWN) return WORTH_UNKNOWN;
    if (c && c->state == WR_IAM_PRESENT && !c->multi && c->n == 1) {
        *out = c->v[0];
        return WORTH_TEXT;
    }
    *out = v->text;
    return v->has_default ? WORTH_TEXT : WORTH_NOTHING;
}

wr_tri iam_pat_valueless(const wr_iam_pat *p, const wr_iam_request *r, wr_iam_need *need) {
    if (!(p->flags & WR_IAM_P_VARS)) return WR_NO;
    wr_tri any = WR_NO;
    for (uint32_t k = 0; k < p->n; k++) {
        wr_str s;
        if (p->u.piece[k].kind != WR_IAM_VAR) continue;
        worth w = value_of(&p->u.piece[k], r, &s);
        if (w == WORTH_NOTHING) return WR_YES;
        if (w == WORTH_UNKNOWN && !p->u.piece[k].has_default) any = WR_MAYBE;
    }
    for (uint32_t k = 0; any == WR_MAYBE && k < p->n; k++) {
        wr_str s;
        const wr_iam_piece *v = &p->u.piece[k];
        if (v->kind == WR_IAM_VAR && !v->has_default && value_of(v, r, &s) == WORTH_UNKNOWN)
            iam_need_key(need, v->key);
    }
    return any;
}

void iam_pat_need(const wr_iam_pat *p, const wr_iam_request *r, wr_iam_need *need) {
    if (!(p->flags & WR_IAM_P_VARS)) return;
    for (uint32_t k = 0; k < p->n; k++) {
        wr_str s;
        if (p->u.piece[k].kind == WR_IAM_VAR && value_of(&p->u.piece[k], r, &s) == WORTH_UNKNOWN)
            iam_need_key(need, p->u.piece[k].key);
    }
}

// ---- matching

static size_t step(wr_str t, size_t i) { // the length of the character at t[i]
    unsigned char c = (unsigned char)t.p[i];
    size_t n = c < 0xC0 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    return n <= t.n - i ? n : t.n - i;
}

static uint32_t folded(wr_str s, size_t *i) {
    unsigned char c = (unsigned char)s.p[*i];
    if (c < 0x80) {
        ++*i;
        return c >= 'A' && c <= 'Z' ? c + 32u : c;
    }
    if (step(s, *i) == 1) return (unsigned char)s.p[(*i)++]; // half a character, at the end
    return wr_lower(wr_utf8_next(s, i));
}

// The offset behind lit, when it stands at t[i]; else NOWHERE.
static size_t behind(const glob *g, wr_str lit, size_t i) {
    if (!(g->p->flags & WR_IAM_P_FOLD)) {
        if (lit.n > g->t.n - i || (lit.n && memcmp(g->t.p + i, lit.p, lit.n) != 0)) return NOWHERE;
        return i + lit.n;
    }
    for (size_t j = 0; j < lit.n;) {
        if (i == g->t.n || folded(lit, &j) != folded(g->t, &i)) return NOWHERE;
    }
    return i;
}

// Of an Arn… pattern with variables: the first piece that is in the sixth field, or may be, since
// what is not known may hold colons.
static uint32_t last_field(const wr_iam_pat *p, const wr_iam_request *r) {
    uint32_t colons = 0, k = 0;
    for (; k < p->n && colons < N_COLONS; k++) {
        wr_str s = p->u.piece[k].text;
        if (p->u.piece[k].kind == WR_IAM_VAR && value_of(&p->u.piece[k], r, &s) == WORTH_UNKNOWN)
            return k;
        for (size_t i = 0; i < s.n; i++) colons += s.p[i] == ':';
    }
    return k;
}

static bool stays(const glob *g, uint32_t k) {
    return g->last == UINT32_MAX ? g->p->u.piece[k].stays : k < g->last;
}

// What piece k is for this request: a literal with its text, ANY or ONE.
static wr_iam_piece_kind piece_at(const glob *g, uint32_t k, wr_str *lit) {
    const wr_iam_piece *p = &g->p->u.piece[k];
    *lit = p->text;
    if (p->kind != WR_IAM_VAR) return (wr_iam_piece_kind)p->kind;
    return value_of(p, g->r, lit) == WORTH_UNKNOWN ? WR_IAM_ANY : WR_IAM_LIT;
}

// Where the star that stays in its field may end next: before what begins the literal behind it, or
// at the field's end.
static size_t next_in_field(const glob *g) {
    size_t i = g->in_i + step(g->t, g->in_i);
    wr_str lit;
    if ((g->p->flags & WR_IAM_P_FOLD) || g->in_k >= g->p->n ||
        piece_at(g, g->in_k, &lit) != WR_IAM_LIT || lit.n == 0)
        return i;
    while (i < g->t.n && g->t.p[i] != ':' && g->t.p[i] != lit.p[0]) i++;
    return i;
}

// Goes back to the last star that can take one character more.
static bool back(glob *g) {
    if (g->in_i != NOWHERE && g->in_i < g->t.n && g->t.p[g->in_i] != ':') {
        g->in_i = next_in_field(g);
        g->i = g->in_i;
        g->k = g->in_k;
        return true;
    }
    g->in_i = NOWHERE;
    if (g->any_i == NOWHERE || g->any_i >= g->t.n) return false;
    g->any_i += step(g->t, g->any_i);
    wr_str lit;
    if (!(g->p->flags & WR_IAM_P_FOLD) && g->any_k < g->p->n &&
        piece_at(g, g->any_k, &lit) == WR_IAM_LIT) {
        const char *at = memmem(g->t.p + g->any_i, g->t.n - g->any_i, lit.p, lit.n);
        if (!at) return false;
        g->any_i = (size_t)(at - g->t.p);
    }
    g->i = g->any_i;
    g->k = g->any_k;
    return true;
}

// A star: remember it. Returns -1, or the answer when it is settled.
static int star(glob *g, bool in) {
    g->k++;
    if (in) {
        g->in_i = g->i;
        g->in_k = g->k;
        return -1;
    }
    g->in_i = NOWHERE;
    g->any_i = g->i;
    g->any_k = g->k;
    if (g->k == g->p->n) return 1;
    wr_str lit;
    if (g->k + 1 != g->p->n || (g->p->flags & WR_IAM_P_FOLD) ||
        piece_at(g, g->k, &lit) != WR_IAM_LIT)
        return -1;
    return lit.n <= g->t.n - g->i && behind(g, lit, g->t.n - lit.n) != NOWHERE;
}

// The offset behind what piece k, no star, matches at t[i]; NOWHERE: it does not.
static size_t take(const glob *g, wr_iam_piece_kind kind, wr_str lit) {
    if (kind == WR_IAM_LIT) return behind(g, lit, g->i);
    if (g->i == g->t.n || (g->t.p[g->i] == ':' && stays(g, g->k))) return NOWHERE;
    return g->i + step(g->t, g->i);
}

static bool fits(glob *g) {
    for (;;) {
        if (g->k == g->p->n) {
            if (g->i == g->t.n) return true;
            if (!back(g)) return false;
            continue;
        }
        wr_str lit;
        wr_iam_piece_kind kind = piece_at(g, g->k, &lit);
        if (kind == WR_IAM_ANY) {
            bool unknown = g->p->u.piece[g->k].kind == WR_IAM_VAR;
            int now = star(g, !unknown && stays(g, g->k));
            if (now >= 0) return now > 0;
            continue;
        }
        size_t to = take(g, kind, lit);
        if (to != NOWHERE) {
            g->i = to;
            g->k++;
        } else if (!back(g)) {
            return false;
        }
    }
}

static bool is_arn(wr_str s) {
    uint32_t colons = 0;
    if (s.n < 4 || memcmp(s.p, "arn:", 4) != 0) return false;
    for (size_t i = 3; i < s.n && colons < N_COLONS; i++) colons += s.p[i] == ':';
    return colons == N_COLONS;
}

static bool run(const wr_iam_pat *p, wr_str text, const wr_iam_request *r) {
    const uint32_t both = WR_IAM_P_VARS | WR_IAM_P_ARN;
    wr_iam_pat whole;
    wr_iam_piece two[2] = {{.kind = WR_IAM_LIT}, {.kind = WR_IAM_ANY}};
    if (p->flags & (WR_IAM_P_LITERAL | WR_IAM_P_PREFIX)) {
        two[0].text = iam_pat_lit(p);
        whole = *p;
        whole.u.piece = two;
        whole.n = p->flags & WR_IAM_P_PREFIX ? 2 : 1;
        p = &whole;
    }
    glob g = {.p = p, .r = r, .t = text, .any_i = NOWHERE, .in_i = NOWHERE, .last = UINT32_MAX};
    if ((p->flags & both) == both) g.last = last_field(p, r);
    return fits(&g);
}

static wr_tri match_variables(const wr_iam_pat *p, wr_str text, const wr_iam_request *r,
                              wr_iam_need *need) {
    bool unknown = false;
    for (uint32_t k = 0; k < p->n; k++) {
        wr_str s;
        if (p->u.piece[k].kind != WR_IAM_VAR) continue;
        worth w = value_of(&p->u.piece[k], r, &s);
        if (w == WORTH_NOTHING) return WR_NO;
        unknown |= w == WORTH_UNKNOWN;
    }
    if (!run(p, text, r)) return WR_NO;
    if (!unknown) return WR_YES;
    if (need) iam_pat_need(p, r, need);
    return WR_MAYBE;
}

static wr_tri match(const wr_iam_pat *p, wr_str text, const wr_iam_request *r, wr_iam_need *need) {
    uint32_t f = p->flags;
    if (f & WR_IAM_P_ALL) return WR_YES;
    if (f & WR_IAM_P_VARS) return match_variables(p, text, r, need);
    if (f & WR_IAM_P_FOLD) return run(p, text, r) ? WR_YES : WR_NO;
    if (f & (WR_IAM_P_LITERAL | WR_IAM_P_PREFIX)) {
        if (f & WR_IAM_P_LITERAL ? text.n != p->n : text.n < p->n) return WR_NO;
        bool same = f & WR_IAM_P_NOCASE ? iam_lower_same(p->u.lit, text.p, p->n)
                                        : p->n == 0 || memcmp(p->u.lit, text.p, p->n) == 0;
        return same ? WR_YES : WR_NO;
    }
    return run(p, text, r) ? WR_YES : WR_NO;
}

// That the text is no ARN is looked for last: most texts do not get there.
wr_tri wr_iam_pat_match(const wr_iam_pat *p, wr_str text, const wr_iam_request *r,
                        wr_iam_need *need) {
    if (p->flags & WR_IAM_P_NOTHING) return WR_NO;
    if (!(p->flags & WR_IAM_P_ARN)) return match(p, text, r, need);
    wr_tri t = match(p, text, r, NULL);
    if (t == WR_NO || !is_arn(text)) return WR_NO;
    return t == WR_MAYBE && need ? match(p, text, r, need) : t;
}
