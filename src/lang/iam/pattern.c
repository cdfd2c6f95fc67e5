// SPDX-License-Identifier: Apache-2.0
// Texts of policies to patterns: what is literal, what is a wildcard, what is a variable.
// Owns: iam_pat_make. Invariants: neighbouring literals are one piece, neighbouring `*` too; no
// literal is empty. Rules: IAM User Guide, "Resource" (wildcards in ARNs: a `*` that ends a field
// may take the colons that follow), "Action", "IAM policy elements: Variables and tags" (default
// values, special characters, where variables stand, Version), "ARN condition operators".

#include "lang/iam/iam_int.h"

enum { N_COLONS = 5 }; // before the sixth field

typedef struct maker {
    iam_reader *r;
    wr_arena *a;
    wr_str text;
    enum iam_pat_how how;
    bool variables; // where variables may stand at all
    uint32_t colons;
    char *lit; // room for all literals
    size_t n_lit, beg_lit;
    WR_VEC(wr_iam_piece) pieces;
    bool vars;
    bool oom;
} maker;

static void add_piece(maker *m, wr_iam_piece p) {
    if (!WR_PUSH(m->a, &m->pieces, p)) m->oom = true;
}

static void end_literal(maker *m) {
    if (m->n_lit == m->beg_lit) return;
    wr_str s = {m->lit + m->beg_lit, m->n_lit - m->beg_lit};
    m->beg_lit = m->n_lit;
    add_piece(m, (wr_iam_piece){.kind = WR_IAM_LIT, .text = s});
}

static void add_literal(maker *m, wr_str s) {
    if (s.n == 0) return;
    memcpy(m->lit + m->n_lit, s.p, s.n);
    m->n_lit += s.n;
}

static bool fields_of_arn(const maker *m) {
    return m->how == IAM_PAT_RESOURCE || m->how == IAM_PAT_ARN;
}

// Does the wildcard at text[i] match no colon?
static bool stays_in_field(const maker *m, size_t i) {
    if (!fields_of_arn(m) || m->colons >= N_COLONS) return false;
    bool last = i + 1 == m->text.n || m->text.p[i + 1] == ':';
    return !(m->how == IAM_PAT_RESOURCE && m->text.p[i] == '*' && last);
}

static void add_wildcard(maker *m, size_t i) {
    end_literal(m);
    bool any = m->text.p[i] == '*', stays = stays_in_field(m, i);
    wr_iam_piece *last = m->pieces.n ? &m->pieces.v[m->pieces.n - 1] : NULL;
    if (any && last && last->kind == WR_IAM_ANY) {
        last->stays = last->stays && stays;
        return;
    }
    add_piece(m, (wr_iam_piece){.kind = any ? WR_IAM_ANY : WR_IAM_ONE, .stays = stays});
}

// Can a key have this name? Only to tell `${x,'y'}` and the like, which are no variables that ever
// have a value, from names: tag keys hold blanks and much else, but none of these.
static bool is_key_name(wr_str s) {
    if (s.n == 0 || s.p[0] == ' ' || s.p[s.n - 1] == ' ') return false;
    for (size_t i = 0; i < s.n; i++)
        if (strchr(",'\"${", s.p[i])) return false;
    return true;
}

// The variable that begins at text[i] ("${"); returns the offset behind it, or i when the braces
// are not closed.
static size_t add_variable(maker *m, size_t i) {
    wr_str t = m->text;
    wr_iam_piece p = {.kind = WR_IAM_VAR, .key = UINT32_MAX};
    size_t brace = wr_find(t, WR_S("}"), i + 2);
    if (brace == SIZE_MAX) return i;
    size_t end = brace + 1;
    wr_str name = wr_sub(t, i + 2, brace);
    if (name.n == 1 && strchr("*?$", name.p[0])) {
        add_literal(m, name);
        return end;
    }
    size_t comma = wr_find(t, WR_S(", '"), i + 2);
    size_t quote = comma < brace ? wr_find(t, WR_S("'}"), comma + 3) : SIZE_MAX;
    if (quote != SIZE_MAX) {
        name = wr_sub(t, i + 2, comma);
        p.has_default = true;
        p.text = wr_sub(t, comma + 3, quote);
        end = quote + 2;
    }
    if (is_key_name(name)) {
        p.key = wr_iam_key_in(m->r->set, name);
        m->oom |= p.key == UINT32_MAX;
    }
    end_literal(m);
    add_piece(m, p);
    m->vars = true;
    return end;
}

static void cut(maker *m) {
    wr_str t = m->text;
    bool wild = (m->how & (IAM_PAT_PLAIN | IAM_PAT_TEXT)) == 0;
    for (size_t i = 0; i < t.n;) {
        char c = t.p[i];
        if (wild && (c == '*' || c == '?')) {
            add_wildcard(m, i++);
            continue;
        }
        if (c == '$' && m->variables && i + 1 < t.n && t.p[i + 1] == '{' &&
            (m->how != IAM_PAT_RESOURCE || m->colons >= N_COLONS)) {
            size_t end = add_variable(m, i);
            if (end != i) {
                i = end;
                continue;
            }
        }
        if (c == ':') m->colons++;
        m->lit[m->n_lit++] = c;
        i++;
    }
    end_literal(m);
}

// Can the pattern of an Arn… operator match anything? Six fields, and "arn" the first of them.
static bool can_be_arn(const maker *m) {
    if (m->vars) return true;
    const wr_iam_piece *p = m->pieces.v;
    if (m->pieces.n == 1 && p->kind == WR_IAM_ANY) return true;
    if (m->colons < N_COLONS) return false;
    return p->kind != WR_IAM_LIT || p->text.n < 4 || memcmp(p->text.p, "arn:", 4) == 0;
}

static uint32_t flags_of(const maker *m) {
    const wr_iam_piece *p = m->pieces.v;
    uint32_t n = m->pieces.n, f = 0;
    if (m->how == IAM_PAT_ACTION) f |= WR_IAM_P_NOCASE;
    if (m->how == IAM_PAT_ARN) {
        f |= WR_IAM_P_ARN;
        if (!can_be_arn(m)) return f | WR_IAM_P_NOTHING;
    }
    if (m->vars) return f | WR_IAM_P_VARS;
    if (n == 0 || (n == 1 && p[0].kind == WR_IAM_LIT)) return f | WR_IAM_P_LITERAL;
    if (n == 1 && p[0].kind == WR_IAM_ANY) return f | WR_IAM_P_ALL;
    if (n == 2 && p[0].kind == WR_IAM_LIT && p[1].kind == WR_IAM_ANY && !p[1].stays)
        f |= WR_IAM_P_PREFIX;
    return f;
}

// Characters that need a look: wildcards where there are any, and the beginning of a variable.
static uint32_t count_special(const maker *m) {
    uint32_t n = 0;
    if (m->how == IAM_PAT_TEXT) return 0;
    bool wild = m->how != IAM_PAT_PLAIN;
    for (size_t i = 0; i < m->text.n; i++) {
        char c = m->text.p[i];
        n += c == '$' || (wild && (c == '*' || c == '?'));
    }
    return n;
}

static char lower(char c) { return (char)(c | ((unsigned char)(c - 'A') < 26 ? 0x20 : 0)); }

// Nearly all texts are a literal, or a literal and a star at the end, or the star alone. They take
// one block: the pieces and, of actions, the text in lower case behind them.
static bool make_simple(maker *m, bool star) {
    wr_str t = m->text;
    size_t n_lit = t.n - star;
    uint32_t n = (n_lit > 0 ? 1u : 0u) + (star ? 1u : 0u);
    bool copy = m->how == IAM_PAT_ACTION;
    wr_iam_piece *p = wr_alloc(m->a, n * sizeof *p + (copy ? n_lit : 0));
    if (!p) return false;
    char *to = (char *)(p + n);
    for (size_t i = 0; copy && i < n_lit; i++) to[i] = lower(t.p[i]);
    m->pieces.v = p;
    m->pieces.n = n;
    if (n_lit) *p++ = (wr_iam_piece){.kind = WR_IAM_LIT, .text = wr_strn(copy ? to : t.p, n_lit)};
    if (star) *p = (wr_iam_piece){.kind = WR_IAM_ANY};
    for (size_t i = 0; m->how == IAM_PAT_ARN && i < n_lit; i++) m->colons += t.p[i] == ':';
    return true;
}

// Everything else: one piece for each special character at most, and a literal before each.
static bool make_pieces(maker *m, uint32_t n_special) {
    char *room = wr_alloc(m->a, 2 * m->text.n);
    m->pieces.cap = 2 * n_special + 1;
    m->pieces.v = wr_alloc(m->a, m->pieces.cap * sizeof *m->pieces.v);
    if (!room || !m->pieces.v) return false;
    m->lit = room;
    if (m->how == IAM_PAT_ACTION) {
        char *to = room + m->text.n;
        for (size_t i = 0; i < m->text.n; i++) to[i] = lower(m->text.p[i]);
        m->text.p = to;
    }
    cut(m);
    return !m->oom;
}

wr_rc iam_pat_make(iam_reader *r, wr_str text, const wr_node *node, enum iam_pat_how how,
                   wr_iam_pat *out) {
    wr_arena *a = &r->set->ctx->arena;
    maker m = {.r = r, .a = a, .text = text, .how = how};
    m.variables = r->policy->variables && (how & (IAM_PAT_ACTION | IAM_PAT_TEXT)) == 0;
    uint32_t special = count_special(&m);
    bool star = special == 1 && text.p[text.n - 1] == '*' &&
                (how & (IAM_PAT_ACTION | IAM_PAT_RESOURCE | IAM_PAT_STRING)) != 0;
    if (!(special == 0 || star ? make_simple(&m, star) : make_pieces(&m, special))) return WR_NOMEM;
    // A star in a field of its own behind a star that does not stay was folded into it; a lone star
    // is everything, whatever field it stands in.
    if (m.pieces.n == 1 && m.pieces.v[0].kind == WR_IAM_ANY) m.pieces.v[0].stays = false;
    *out = (wr_iam_pat){.raw = text,
                        .node = node,
                        .piece = m.pieces.v,
                        .n = m.pieces.n,
                        .flags = flags_of(&m),
                        .id = r->set->n_pats++};
    return WR_OK;
}
