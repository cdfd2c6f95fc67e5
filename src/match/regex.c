// SPDX-License-Identifier: Apache-2.0
// Regular expressions as Guard rules write them: the seam between those who match and the engines.
// Owns: a compiled pattern, the scratch memory of a task, and the replacement of regex_replace.
// Which engine: literals (with or without ^ and $) are compared; regular patterns run on the DFA
// (does it match?) or the Pike machine (captures), both linear in the text; the rest runs on PCRE2
// under a budget of steps. Rules: fancy-regex 0.13.
// Invariant: a wr_regex is never written to after wr_regex_new; what matching learns (the states of
// a DFA) is in the scratch, keyed by the pattern's text.

#include "match/regex_int.h"

#include <stdlib.h>

enum {
    CACHE_SLOTS = 256,
    CACHE_BYTES = 16 << 20, // of all DFAs of a task; then they start again
    PIKE_STEPS = 500 * 1000 * 1000,
    PIKE_STEP = 16,     // of these cost as much as one of PCRE2's
    MANY = 10,          // a replacement may cost as much as so many searches
    BYTES_A_STEP = 512, // of text that an automaton reads
};

typedef enum engine { LITERAL, AUTOMATON, BACKTRACK } engine;

struct wr_regex {
    wr_arena arena;
    wr_str pattern;
    uint64_t hash;
    engine engine;
    // LITERAL: what is looked for, and where
    wr_str literal;
    bool at_start, at_end;
    rx_prog *prog; // of every regular pattern
    rx_pcre *pcre; // of the others
    uint32_t n_slots;
    rx_name *names;
    uint32_t n_names;
};

// The automata of one pattern: the pattern's own, or those of its look-aheads.
typedef struct cached {
    wr_str pattern;
    rx_dfa **dfa; // NULL: free
} cached;

struct wr_regex_scratch {
    wr_arena home;   // holds the scratch itself
    wr_arena dfas;   // the cached automata
    wr_arena search; // one search; empty between two
    uint32_t steps;
    uint64_t spent;
    cached slot[CACHE_SLOTS];
};

wr_regex_scratch *wr_regex_scratch_new(uint32_t steps) {
    wr_arena home;
    wr_arena_init(&home, 0);
    wr_regex_scratch *s = WR_NEW(&home, wr_regex_scratch);
    if (s == NULL) {
        wr_arena_fini(&home);
        return NULL;
    }
    s->home = home;
    s->steps = steps;
    wr_arena_init(&s->dfas, 0);
    wr_arena_init(&s->search, 0);
    return s;
}

void wr_regex_scratch_free(wr_regex_scratch *s) {
    if (s == NULL) return;
    wr_arena_fini(&s->dfas);
    wr_arena_fini(&s->search);
    wr_arena home = s->home;
    wr_arena_fini(&home);
}

// ---------------------------------------------------------------------------------- compiling

// Is the pattern a text to be found as it is, perhaps between ^ and $?
static bool as_literal(wr_regex *re, const rx_tree *tree) {
    const rx_node *n = tree->root->kind == RX_CAT ? tree->root->child : tree->root;
    bool single = n == tree->root;
    size_t len = 0, room = 0;
    for (const rx_node *c = n; c != NULL; c = single ? NULL : c->next) {
        bool first = c == n, last = single || c->next == NULL;
        bool start = c->kind == RX_ASSERT && c->which == RX_TEXT_START && first;
        bool end = c->kind == RX_ASSERT && c->which == RX_TEXT_END && last;
        if (c->kind != RX_CHAR && !start && !end && c->kind != RX_EMPTY) return false;
        re->at_start |= start;
        re->at_end |= end;
        room += 4;
    }
    char *p = wr_alloc(&re->arena, room + 1);
    if (p == NULL) return false;
    for (const rx_node *c = n; c != NULL; c = single ? NULL : c->next)
        if (c->kind == RX_CHAR) len += wr_utf8_put(c->cp, p + len);
    re->literal = wr_strn(p, len);
    return true;
}

static bool keep_names(wr_regex *re, const rx_tree *tree) {
    re->n_names = tree->names.n;
    re->names = WR_NEW_N(&re->arena, rx_name, tree->names.n + 1);
    for (uint32_t i = 0; re->names != NULL && i < tree->names.n; i++) {
        re->names[i] = tree->names.v[i];
        re->names[i].name = wr_dup(&re->arena, tree->names.v[i].name);
    }
    return re->names != NULL && !re->arena.oom;
}

static bool compile(wr_regex *re, wr_arena *scratch, rx_error *err) {
    rx_tree tree;
    if (!rx_parse(scratch, re->pattern, &tree, err) || !rx_check(tree.root, err)) return false;
    re->n_slots = 2 * (tree.n_groups + 1);
    if (!keep_names(re, &tree)) {
        rx_fail_compile(err, 0, "out of memory");
        return false;
    }
    if (tree.root->irregular) {
        re->engine = BACKTRACK;
        re->pcre = rx_pcre_new(&re->arena, &tree, err);
        return re->pcre != NULL;
    }
    re->engine = as_literal(re, &tree) ? LITERAL : AUTOMATON;
    re->prog = rx_prog_new(&re->arena, tree.root, tree.n_groups);
    if (re->prog == NULL) rx_fail_compile(err, 0, "Regex error: compiled regex exceeds size limit");
    return re->prog != NULL;
}

wr_regex *wr_regex_new(wr_arena *a, wr_str pattern, uint32_t max_bytes, size_t *err_at,
                       wr_str *err) {
    rx_error e = {.arena = a};
    wr_arena home, scratch;
    wr_arena_init(&home, 0);
    wr_arena_init(&scratch, 0);
    home.next = 1024; // there are hundreds of patterns, and most are small
    wr_regex *re = WR_NEW(&home, wr_regex);
    if (re != NULL) {
        re->arena = home;
        re->pattern = wr_dup(&re->arena, pattern);
        re->hash = wr_hash(pattern, 0);
    }
    bool ok = false;
    if (re == NULL || re->pattern.p == NULL) rx_fail_compile(&e, 0, "out of memory");
    else if (pattern.n > max_bytes)
        rx_fail(&e, max_bytes, "pattern of %zu bytes is longer than the limit of %u", pattern.n,
                max_bytes);
    else if (wr_utf8_check(pattern) != pattern.n)
        rx_fail_parse(&e, wr_utf8_check(pattern), "invalid UTF-8");
    else ok = compile(re, &scratch, &e);
    wr_arena_fini(&scratch);
    if (ok) return re;
    *err_at = e.at;
    *err = e.text;
    if (re != NULL) wr_regex_free(re);
    return NULL;
}

void wr_regex_free(wr_regex *re) {
    if (re == NULL) return;
    rx_pcre_free(re->pcre);
    wr_arena home = re->arena;
    wr_arena_fini(&home);
}

wr_str wr_regex_pattern(const wr_regex *re) { return re->pattern; }

// ---------------------------------------------------------------------------------- matching

static bool search_literal(const wr_regex *re, wr_str text) {
    if (re->at_start && re->at_end) return wr_eq(text, re->literal);
    if (re->at_start) return wr_starts(text, re->literal);
    if (re->at_end) return wr_ends(text, re->literal);
    return wr_find(text, re->literal, 0) != SIZE_MAX;
}

static rx_dfa **make_dfas(const wr_regex *re, wr_arena *a) {
    uint32_t n = re->pcre != NULL ? re->pcre->n_ahead : 1;
    rx_dfa **d = WR_NEW_N(a, rx_dfa *, n + 1);
    for (uint32_t i = 0; d != NULL && i < n; i++) {
        d[i] = rx_dfa_new(a, re->pcre != NULL ? re->pcre->ahead[i].prog : re->prog);
        if (d[i] == NULL) return NULL;
    }
    return d;
}

// The pattern's automata, made when they are not in the cache. NULL: out of memory.
static rx_dfa **dfas_of(const wr_regex *re, wr_regex_scratch *s) {
    cached *c = &s->slot[re->hash % CACHE_SLOTS];
    if (s->dfas.used > CACHE_BYTES) {
        memset(s->slot, 0, sizeof s->slot);
        wr_arena_fini(&s->dfas);
    }
    if (c->dfa != NULL && wr_eq(c->pattern, re->pattern)) return c->dfa;
    c->pattern = wr_dup(&s->dfas, re->pattern);
    c->dfa = c->pattern.p != NULL ? make_dfas(re, &s->dfas) : NULL;
    return c->dfa;
}

wr_regex_result wr_regex_search(const wr_regex *re, wr_regex_scratch *s, wr_str text) {
    if (re->engine == LITERAL) return search_literal(re, text) ? WR_RE_YES : WR_RE_NO;
    rx_dfa **d = dfas_of(re, s);
    size_t stopped = 0;
    if (d == NULL) return WR_RE_ERROR;
    if (re->engine == BACKTRACK) {
        uint64_t left = s->steps;
        wr_regex_result r = rx_pcre_search(re->pcre, d, text, 0, NULL, 0, &left);
        s->spent += s->steps - left;
        return r;
    }
    uint64_t work = PIKE_STEPS;
    wr_regex_result r = rx_dfa_search(d[0], re->prog, text, 0, &stopped, &work);
    s->spent += (PIKE_STEPS - work) / PIKE_STEP + stopped / BYTES_A_STEP;
    return r;
}

uint64_t wr_regex_spent(wr_regex_scratch *s) {
    uint64_t n = s->spent;
    s->spent = 0;
    return n;
}

// ---------------------------------------------------------------------------------- replacing

static void put_group(wr_buf *out, wr_str text, const size_t *slot) {
    if (slot[0] == SIZE_MAX || slot[1] == SIZE_MAX) return;
    wr_puts(out, wr_sub(text, slot[0], slot[1]));
}

// A group by the name it was given, or by its number.
static void put_named(const wr_regex *re, wr_buf *out, wr_str text, const size_t *slot, wr_str id) {
    for (uint32_t i = re->n_names; i-- > 0;) {
        if (!wr_eq(re->names[i].name, id)) continue;
        const size_t *s = slot + 2 * re->names[i].group;
        if (s[0] == SIZE_MAX) break;
        put_group(out, text, s);
        return;
    }
    uint64_t n = 0;
    for (size_t i = 0; i < id.n; i++) {
        if (id.p[i] < '0' || id.p[i] > '9' || n > UINT32_MAX) return;
        n = n * 10 + (uint64_t)(id.p[i] - '0');
    }
    if (n < re->n_slots / 2) put_group(out, text, slot + 2 * n);
}

// One match's replacement: $name ${name} $1 ${1} $$; any other '$' is itself.
static void expand(const wr_regex *re, wr_buf *out, wr_str text, const size_t *slot,
                   wr_str template) {
    for (size_t i = 0; i < template.n;) {
        wr_str id;
        if (template.p[i] != '$') {
            size_t dollar = wr_find(template, WR_S("$"), i);
            if (dollar == SIZE_MAX) dollar = template.n;
            wr_puts(out, wr_sub(template, i, dollar));
            i = dollar;
            continue;
        }
        i++;
        if (i < template.n && template.p[i] == '$') {
            wr_putc(out, '$');
            i++;
        } else if (rx_read_id(template, i, "{", "}", false, &id, &i) ||
                   rx_read_id(template, i, "", "", false, &id, &i)) {
            put_named(re, out, text, slot, id);
        } else {
            wr_putc(out, '$');
        }
    }
}

// Where the next search begins after an empty match that ends at byte i.
static size_t next_char(wr_str text, size_t i) {
    if (i >= text.n) return i + 1;
    wr_utf8_next(text, &i);
    return i;
}

wr_regex_result wr_regex_expand(const wr_regex *re, wr_regex_scratch *s, wr_str text,
                                wr_str replacement, wr_buf *out) {
    rx_dfa **d = re->pcre != NULL ? dfas_of(re, s) : NULL;
    wr_mark m = wr_arena_mark(&s->search);
    if (re->pcre != NULL && d == NULL) return WR_RE_ERROR;
    size_t *slot = wr_alloc(&s->search, re->n_slots * sizeof *slot);
    if (slot == NULL) return WR_RE_ERROR;
    bool pcre = re->pcre != NULL;
    const uint64_t all = pcre ? (uint64_t)s->steps * MANY : PIKE_STEPS;
    uint64_t budget = all;
    wr_regex_result r = WR_RE_NO, any = WR_RE_NO;
    size_t from = 0, last_match = SIZE_MAX;
    while (from <= text.n) {
        uint64_t left = budget < s->steps ? budget : s->steps, before = left;
        r = pcre ? rx_pcre_search(re->pcre, d, text, from, slot, re->n_slots, &left)
                 : rx_pike_search(&s->search, re->prog, text, from, slot, &budget);
        if (pcre) budget -= before - left;
        if (r != WR_RE_YES) break;
        bool empty = slot[0] == slot[1];
        from = empty ? next_char(text, slot[1]) : slot[1];
        if (empty && slot[1] == last_match) continue;
        last_match = slot[1];
        any = WR_RE_YES;
        expand(re, out, text, slot, replacement);
        if (out->rc != WR_OK) break; // the caller sees it
    }
    s->spent += (all - budget) / (pcre ? 1 : PIKE_STEP);
    wr_arena_rewind(&s->search, m);
    return r < 0 ? r : any;
}
