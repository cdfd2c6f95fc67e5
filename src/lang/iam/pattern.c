// SPDX-License-Identifier: Apache-2.0
// Texts of policies to patterns: what is literal, what is a wildcard, what is a variable.
// Owns: iam_pat_make. Invariants: neighbouring literals are one piece, neighbouring `*` too; no
// literal is empty; what needs no pieces has none, and no memory of its own.
// Rules: IAM User Guide, "Resource" (wildcards in ARNs: a `*` that ends a field may take the colons
// that follow), "Action", "IAM policy elements: Variables and tags" (default values, special
// characters, where variables stand, Version), "ARN condition operators".

#include "lang/iam/iam_int.h"
#include "lang/iam/scan_int.h"

enum { N_COLONS = 5 }; // before the sixth field

typedef struct maker {
    iam_reader *r;
    wr_arena *a;
    wr_str text;
    enum iam_pat_how how;
    bool variables;  // where variables may stand at all, and can still be closed
    bool no_default; // no default can still be closed
    uint32_t colons;
    uint64_t specials; // of text from `from` to `seen`: a bit for each
    size_t from, seen;
    char *lit;     // room for all literals
    bool in_place; // lit is the text itself: no variable puts another character in
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
    if (!m->in_place && s.n > 0) memcpy(m->lit + m->n_lit, s.p, s.n);
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
    if (m->in_place) m->beg_lit = ++m->n_lit;
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
    static const bool odd[256] = {
        [0] = true, [','] = true, ['\''] = true, ['"'] = true, ['$'] = true, ['{'] = true,
    };
    for (size_t i = 0; i < s.n; i++)
        if (odd[(unsigned char)s.p[i]]) return false;
    return true;
}

// The variable that begins at text[i] ("${"); returns the offset behind it, or i when the braces
// are not closed.
static size_t add_variable(maker *m, size_t i) {
    wr_str t = m->text;
    wr_iam_piece p = {.kind = WR_IAM_VAR, .key = UINT32_MAX};
    size_t brace = wr_find(t, WR_S("}"), i + 2);
    if (brace == SIZE_MAX) {
        m->variables = false; // nor is any that follows: it is looked for once
        return i;
    }
    size_t end = brace + 1;
    wr_str name = wr_sub(t, i + 2, brace);
    if (name.n == 1 && strchr("*?$", name.p[0])) {
        add_literal(m, name);
        return end;
    }
    size_t quote = SIZE_MAX, comma = wr_find(wr_sub(t, 0, brace), WR_S(", '"), i + 2);
    if (comma != SIZE_MAX && !m->no_default) {
        quote = wr_find(t, WR_S("'}"), comma + 3);
        m->no_default = quote == SIZE_MAX;
    }
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

// The end of the run of plain characters from i on; colons end one because they are counted.
static inline size_t plain_run(maker *m, size_t i) {
    size_t n = m->text.n;
    while (i < n) {
        if (i >= m->seen) {
            m->specials = iam_specials(m->text.p + i, n - i);
            m->from = i;
            m->seen = n - i < IAM_SCAN_MOST ? n : i + IAM_SCAN_MOST;
        }
        uint64_t left = m->specials >> (i - m->from);
        if (left) return i + (size_t)__builtin_ctzll(left);
        i = m->seen;
    }
    return n;
}

// One character that is not plain; returns the offset behind what it begins.
static size_t take_special(maker *m, size_t i, bool wild) {
    wr_str t = m->text;
    char c = t.p[i];
    if (wild && (c == '*' || c == '?')) {
        add_wildcard(m, i);
        return i + 1;
    }
    if (c == '$' && m->variables && i + 1 < t.n && t.p[i + 1] == '{' &&
        (m->how != IAM_PAT_RESOURCE || m->colons >= N_COLONS)) {
        size_t end = add_variable(m, i);
        if (end != i) return end;
    }
    if (c == ':') m->colons++;
    add_literal(m, wr_strn(t.p + i, 1));
    return i + 1;
}

static void cut(maker *m) {
    wr_str t = m->text;
    bool wild = (m->how & (IAM_PAT_PLAIN | IAM_PAT_TEXT)) == 0;
    for (size_t i = 0; i < t.n;) {
        size_t end = plain_run(m, i);
        add_literal(m, wr_strn(t.p + i, end - i));
        i = end < t.n ? take_special(m, end, wild) : end;
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

// ---------------------------------------------------------------------------------- fast paths
// Eight characters at a time: a policy is mostly names of actions, and there are tens of thousands.

static const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;

static inline uint64_t load8(const char *p) {
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return w;
}

// Is there a character that needs a look: a wildcard where there are any, or a '$'?
static bool has_special(const char *p, size_t n, bool wild) {
    wr_str s = wr_strn(p, n);
    if (n <= IAM_SCAN_MOST) {
        for (uint64_t at = iam_specials(p, n); at; at &= at - 1) {
            char c = p[__builtin_ctzll(at)];
            if (c == '$' || (wild && c != ':')) return true;
        }
        return false;
    }
    return wild ? wr_scan_holds(s, '*', '?', '$') : wr_scan_holds(s, '$', '$', '$');
}

static inline char lower(char c) { return (char)(c | ((unsigned char)(c - 'A') < 26 ? 0x20 : 0)); }

static inline uint64_t lower8(uint64_t w) {
    uint64_t low = w & ~highs;
    uint64_t up = (low + ones * (0x80 - 'A')) & ~(low + ones * (0x80 - 'Z' - 1)) & ~w & highs;
    return w | up >> 2;
}

void iam_lower_copy(char *to, const char *p, size_t n) {
    if (n < 8) {
        for (size_t i = 0; i < n; i++) to[i] = lower(p[i]);
        return;
    }
    for (size_t i = 0;; i = i + 16 <= n ? i + 8 : n - 8) { // the last eight may overlap
        uint64_t w = lower8(load8(p + i));
        memcpy(to + i, &w, sizeof w);
        if (i + 8 == n) return;
    }
}

bool iam_lower_same(const char *p, const char *text, size_t n) {
    uint64_t differ = 0;
    if (n < 8) {
        for (size_t i = 0; i < n; i++) differ |= lower(p[i]) != text[i];
        return differ == 0;
    }
    for (size_t i = 0;; i = i + 16 <= n ? i + 8 : n - 8) {
        differ = lower8(load8(p + i)) ^ load8(text + i);
        if (differ || i + 8 == n) return differ == 0;
    }
}

// How many '$', '*' and '?' there are.
static size_t count_special(wr_str t) {
    size_t n = 0;
    if (t.n > IAM_SCAN_MOST)
        return wr_scan_count(t, '$') + wr_scan_count(t, '*') + wr_scan_count(t, '?');
    for (uint64_t at = iam_specials(t.p, t.n); at; at &= at - 1)
        n += t.p[__builtin_ctzll(at)] != ':';
    return n;
}

// Everything else: one piece for each special character at most, and a literal before each.
static bool make_pieces(maker *m) {
    size_t special = count_special(m->text);
    if (special >= UINT32_MAX / 2) return false;
    uint32_t n = 1 + 2 * (uint32_t)special;
    m->pieces.v = wr_alloc(m->a, n * sizeof *m->pieces.v);
    m->pieces.cap = n;
    m->in_place = !m->variables && m->how != IAM_PAT_ACTION;
    if (m->variables) m->in_place = memchr(m->text.p, '$', m->text.n) == NULL;
    m->lit = m->in_place ? (char *)(uintptr_t)m->text.p : wr_alloc(m->a, m->text.n);
    if (!m->lit || !m->pieces.v) return false;
    if (m->how == IAM_PAT_ACTION) {
        iam_lower_copy(m->lit, m->text.p, m->text.n);
        m->text.p = m->lit;
        m->in_place = true;
    }
    cut(m);
    wr_arena_trim(m->a, m->pieces.v, n * sizeof *m->pieces.v, m->pieces.n * sizeof *m->pieces.v);
    return !m->oom;
}

// A literal, a literal and a star at its end, or the star alone: nearly all texts are one of these,
// and stay where they are. False: *out is not touched.
static bool make_simple(wr_str t, enum iam_pat_how how, wr_iam_pat *out) {
    // The star of an ARN's last field is simple too; of an Arn… operator it may have to stay there.
    bool ends = (how & (IAM_PAT_ACTION | IAM_PAT_RESOURCE | IAM_PAT_STRING)) != 0;
    size_t star = ends && t.n > 0 && t.p[t.n - 1] == '*', n = t.n - star;
    if (n >= UINT32_MAX || (how != IAM_PAT_TEXT && has_special(t.p, n, how != IAM_PAT_PLAIN)))
        return false;
    out->u.lit = t.p;
    out->n = (uint32_t)n;
    out->flags = how == IAM_PAT_ACTION ? WR_IAM_P_NOCASE : 0;
    if (!star) out->flags |= WR_IAM_P_LITERAL;
    else out->flags |= n > 0 ? WR_IAM_P_PREFIX : WR_IAM_P_ALL;
    return true;
}

// What was cut into pieces and turns out to need none.
static void drop_pieces(wr_iam_pat *p) {
    const wr_iam_piece *v = p->u.piece;
    if (p->flags & WR_IAM_P_ALL) {
        p->u.piece = NULL;
        p->n = 0;
    } else if (p->flags & (WR_IAM_P_LITERAL | WR_IAM_P_PREFIX)) {
        wr_str lit = p->n > 0 ? v[0].text : WR_S("");
        p->u.lit = lit.p;
        p->n = (uint32_t)lit.n;
    }
}

wr_rc iam_pat_make(iam_reader *r, wr_str text, const wr_node *node, enum iam_pat_how how,
                   wr_iam_pat *out) {
    out->raw = text;
    out->node = node;
    if (how != IAM_PAT_ARN && make_simple(text, how, out)) return WR_OK;
    maker m = {.r = r, .a = &r->set->ctx->arena, .text = text, .how = how};
    m.variables = r->policy->variables && (how & (IAM_PAT_ACTION | IAM_PAT_TEXT)) == 0;
    if (!make_pieces(&m)) return WR_NOMEM;
    // A star in a field of its own behind a star that does not stay was folded into it; a lone star
    // is everything, whatever field it stands in.
    if (m.pieces.n == 1 && m.pieces.v[0].kind == WR_IAM_ANY) m.pieces.v[0].stays = false;
    out->u.piece = m.pieces.v;
    out->n = m.pieces.n;
    out->flags = flags_of(&m);
    drop_pieces(out);
    return WR_OK;
}
