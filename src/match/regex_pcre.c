// SPDX-License-Identifier: Apache-2.0
// Patterns a finite automaton cannot match, handed to PCRE2: the only file that knows pcre2.h.
// The tree is written out again as a PCRE2 pattern that says the same with as little of PCRE2's own
// ideas as possible: characters are \x{…}, classes are explicit ranges of our Unicode tables (not
// PCRE2's), and there is no option that changes what a character means. Only the structure
// (repetition, look-around, references) is PCRE2's.
// Bounded: a callout where the matcher may come again another way counts down one budget for the
// whole search, the way gone through the text included, because PCRE2's own limit starts anew at
// each place of the text and does not count that.
// A look-ahead whose body is regular is a callout too, answered by a DFA: fancy-regex leaves such
// bodies to the linear regex crate, and patterns like (?=.*[0-9])(?=.*[a-z]) depend on it.
// Rules: fancy-regex 0.13, whose conditionals consume what their condition matched, and whose
// look-ahead can be entered again.

#include "match/regex_int.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum {
    MAX_TEXT = 4 << 20,               // bytes of a pattern written out
    MAX_REPEAT = 65535,               // PCRE2's own
    INLINE_RANGES = 16,               // a set larger than this is written once, at the end
    HEAP_KIB = 64 * 1024,             // for backtracking
    MAX_AHEAD = 255,                  // numbers of callouts; 0 counts
    WAY = 64,                         // bytes gone through that count as a step
    DFA_WAY = 512,                    // the same, for a DFA
    MAX_DFA_WORK = 500 * 1000 * 1000, // instructions followed by the DFAs in one search
};

typedef struct writer {
    wr_buf out;
    uint32_t n_groups;
    WR_VEC(const rx_set *) big; // sets written at the end as groups n_groups + 1 …
    WR_VEC(rx_ahead) ahead;
    wr_arena *arena;   // of the sets
    wr_arena *keep;    // of the look-aheads' programs
    bool plain_groups; // write captures as plain groups
    uint32_t open[64]; // groups being written, outermost first
    uint32_t n_open;
    bool failed;
    const rx_set *word;
} writer;

static void write_node(writer *w, const rx_node *n);

static void write_range(wr_buf *b, rx_range r) {
    if (r.lo == r.hi) wr_putf(b, "\\x{%x}", r.lo);
    else wr_putf(b, "\\x{%x}-\\x{%x}", r.lo, r.hi);
}

static void write_class(wr_buf *b, const rx_set *s) {
    if (s->r.n == 0) {
        wr_putz(b, "(?!)");
        return;
    }
    if (s->r.n == 1 && s->r.v[0].lo == 0 && s->r.v[0].hi == RX_MAX_CP) {
        wr_putz(b, "(?s:.)");
        return;
    }
    wr_putc(b, '[');
    for (uint32_t i = 0; i < s->r.n; i++) {
        rx_range r = s->r.v[i];
        // surrogates are no characters, and PCRE2 refuses them as ends of a range
        if (r.lo >= 0xD800 && r.lo < 0xE000) r.lo = 0xE000;
        if (r.hi >= 0xD800 && r.hi < 0xE000) r.hi = 0xD7FF;
        if (r.lo <= r.hi) write_range(b, r);
    }
    wr_putc(b, ']');
}

static void write_set(writer *w, const rx_set *s) {
    if (s->r.n <= INLINE_RANGES) {
        write_class(&w->out, s);
        return;
    }
    uint32_t i = 0;
    while (i < w->big.n && w->big.v[i] != s) i++;
    if (i == w->big.n && !WR_PUSH(w->arena, &w->big, s)) w->failed = true;
    wr_putf(&w->out, "(?%u)", w->n_groups + 1 + i);
}

static void write_word(writer *w, const char *before, const char *after) {
    if (w->word == NULL) {
        rx_set *s = WR_NEW(w->arena, rx_set);
        if (s == NULL || !rx_set_perl(w->arena, s, 'w')) {
            w->failed = true;
            return;
        }
        rx_set_freeze(s);
        w->word = s;
    }
    wr_putz(&w->out, before);
    write_set(w, w->word);
    wr_putz(&w->out, ")");
    wr_putz(&w->out, after);
    write_set(w, w->word);
    wr_putz(&w->out, ")");
}

static void write_assert(writer *w, rx_assert which) {
    switch (which) {
    case RX_TEXT_START: wr_putz(&w->out, "\\A"); return;
    case RX_TEXT_END: wr_putz(&w->out, "\\z"); return;
    case RX_LINE_START: wr_putz(&w->out, "(?<![^\\x0a])"); return;
    case RX_LINE_END: wr_putz(&w->out, "(?![^\\x0a])"); return;
    case RX_WORD_START: write_word(w, "(?<!", "(?="); return;
    case RX_WORD_END: write_word(w, "(?<=", "(?!"); return;
    case RX_WORD_EDGE:
        wr_putz(&w->out, "(?:");
        write_word(w, "(?<=", "(?!");
        wr_putc(&w->out, '|');
        write_word(w, "(?<!", "(?=");
        wr_putc(&w->out, ')');
        return;
    case RX_NOT_WORD_EDGE:
        wr_putz(&w->out, "(?:");
        write_word(w, "(?<=", "(?=");
        wr_putc(&w->out, '|');
        write_word(w, "(?<!", "(?!");
        wr_putc(&w->out, ')');
        return;
    }
}

static void write_in(writer *w, const char *open, const rx_node *n, const char *close) {
    wr_putz(&w->out, open);
    write_node(w, n);
    wr_putz(&w->out, close);
}

static void write_alt(writer *w, const rx_node *n) {
    wr_putz(&w->out, "(?:");
    for (const rx_node *c = n->child; c != NULL; c = c->next) {
        if (c != n->child) wr_putz(&w->out, "|(?C)");
        write_node(w, c);
    }
    wr_putc(&w->out, ')');
}

static void write_repeat(writer *w, const rx_node *n) {
    // bounds out of order reach fancy-regex's own matcher, which then counts to the upper one
    uint64_t lo = n->lo < n->hi ? n->lo : n->hi;
    if (lo > MAX_REPEAT || (n->hi != RX_INF && n->hi > MAX_REPEAT)) {
        w->failed = true;
        return;
    }
    bool single = n->child->kind == RX_CHAR || (n->child->kind == RX_SET && n->child->set->r.n > 0);
    write_in(w, single ? "" : "(?:", n->child, single ? "" : ")");
    if (n->hi == RX_INF) wr_putf(&w->out, "{%u,}", (unsigned)lo);
    else wr_putf(&w->out, "{%u,%u}", (unsigned)lo, (unsigned)n->hi);
    if (!n->greedy) wr_putc(&w->out, '?');
    if (lo != n->hi) wr_putz(&w->out, "(?C)");
}

// false: PCRE2 has to do it.
static bool write_ahead(writer *w, const rx_node *n) {
    const rx_node *body = n->child;
    if (body->irregular || body->has_group || w->ahead.n >= MAX_AHEAD) return false;
    rx_ahead ahead = {rx_prog_new(w->keep, body, 0), n->which == RX_NOT_AHEAD};
    if (ahead.prog == NULL) return false;
    ahead.prog->anchored = true;
    if (!WR_PUSH(w->keep, &w->ahead, ahead)) w->failed = true;
    wr_putf(&w->out, "(?C%u)", w->ahead.n);
    return true;
}

static void write_look(writer *w, const rx_node *n) {
    if ((n->which == RX_AHEAD || n->which == RX_NOT_AHEAD) && write_ahead(w, n)) return;
    // A look-ahead whose captures matter later may have to be entered again.
    bool again = n->child->has_group && n->child->hard && !w->plain_groups;
    switch ((rx_look)n->which) {
    case RX_AHEAD: write_in(w, again ? "(?*" : "(?=", n->child, ")"); return;
    case RX_NOT_AHEAD: write_in(w, "(?!", n->child, ")"); return;
    case RX_BEHIND:
    case RX_NOT_BEHIND: break;
    }
    const char *open = n->which == RX_NOT_BEHIND ? "(?<!" : again ? "(?<*" : "(?<=";
    if (n->child->kind != RX_ALT) {
        write_in(w, open, n->child, ")");
        return;
    }
    // PCRE2 takes branches of different lengths at the top of a look-behind only
    wr_putz(&w->out, open);
    for (const rx_node *c = n->child->child; c != NULL; c = c->next)
        write_in(w, c != n->child->child ? "|" : "", c, "");
    wr_putc(&w->out, ')');
}

// Is the text being written inside group g?
static bool is_open(const writer *w, uint64_t g) {
    for (uint32_t i = 0; i < w->n_open; i++)
        if (w->open[i] == g) return true;
    return g == 0;
}

static void write_group(writer *w, const rx_node *n) {
    WR_ASSERT(w->n_open < sizeof w->open / sizeof *w->open); // groups nest 63 deep at most
    w->open[w->n_open++] = (uint32_t)n->lo;
    write_in(w, w->plain_groups ? "(?:" : "(", n->child, ")");
    w->n_open--;
}

// A group refers to itself: fancy-regex compares with the text from the group's new start to its
// old end, which is empty or (a crash) does not exist.
static void write_backref(writer *w, uint64_t g) {
    if (g == 0) wr_putz(&w->out, "(?!)"); // the whole match has no end while it goes on
    else if (is_open(w, g)) wr_putf(&w->out, "(?(%u)|(?!))", (unsigned)g);
    else wr_putf(&w->out, "\\g{%u}", (unsigned)g);
}

static void write_if(writer *w, const rx_node *n) {
    const rx_node *cond = n->child, *yes = cond->next, *no = yes->next;
    if (cond->kind == RX_HAS_GROUP && is_open(w, cond->lo)) {
        write_node(w, yes);
        return;
    }
    if (cond->kind == RX_HAS_GROUP) {
        wr_putf(&w->out, "(?(%u)", (unsigned)cond->lo);
        write_node(w, yes);
        write_in(w, "|", no, ")");
        return;
    }
    write_in(w, "(?:(?>", cond, ")");
    write_node(w, yes);
    bool plain = w->plain_groups;
    w->plain_groups = true; // a condition that does not hold captures nothing
    write_in(w, "|(?!", cond, ")");
    w->plain_groups = plain;
    write_in(w, "", no, ")");
}

static void write_node(writer *w, const rx_node *n) {
    switch (n->kind) {
    case RX_EMPTY: return;
    case RX_CHAR: write_range(&w->out, (rx_range){n->cp, n->cp}); return;
    case RX_SET: write_set(w, n->set); return;
    case RX_CAT:
        for (const rx_node *c = n->child; c != NULL; c = c->next) write_node(w, c);
        return;
    case RX_ALT: write_alt(w, n); return;
    case RX_GROUP: write_group(w, n); return;
    case RX_REPEAT: write_repeat(w, n); return;
    case RX_ASSERT: write_assert(w, (rx_assert)n->which); return;
    case RX_LOOK: write_look(w, n); return;
    case RX_BACKREF: write_backref(w, n->lo); return;
    case RX_ATOMIC: write_in(w, "(?>", n->child, ")(?C)"); return;
    case RX_KEEP: wr_putz(&w->out, "\\K"); return;
    case RX_CONTINUE: wr_putz(&w->out, "\\G"); return;
    case RX_HAS_GROUP:
        if (!is_open(w, n->lo)) wr_putf(&w->out, "(?(%u)|(?!))", (unsigned)n->lo);
        return;
    case RX_IF: write_if(w, n); return;
    }
}

static pcre2_code *compile(wr_str pattern, rx_error *err) {
    pcre2_compile_context *cc = pcre2_compile_context_create(NULL);
    if (cc == NULL) {
        rx_fail_compile(err, 0, "out of memory");
        return NULL;
    }
    pcre2_set_compile_extra_options(cc, PCRE2_EXTRA_ALLOW_LOOKAROUND_BSK);
    int code;
    PCRE2_SIZE at;
    uint32_t options = PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_NEVER_BACKSLASH_C;
    if (pattern.n == 0) pattern = WR_S("");
    pcre2_code *re = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n, options, &code, &at, cc);
    pcre2_compile_context_free(cc);
    if (re != NULL) return re;
    char text[128] = "";
    pcre2_get_error_message(code, (PCRE2_UCHAR *)text, sizeof text);
    rx_fail(err, 0, "Error compiling regex: PCRE2: %s", text);
    return NULL;
}

rx_pcre *rx_pcre_new(wr_arena *a, const rx_tree *tree, rx_error *err) {
    wr_arena scratch;
    wr_arena_init(&scratch, 0);
    writer w = {.n_groups = tree->n_groups, .arena = &scratch, .keep = a};
    wr_buf_init(&w.out, MAX_TEXT);
    wr_putz(&w.out, "(?C)");
    write_node(&w, tree->root);
    if (w.big.n > 0) {
        wr_putz(&w.out, "(?(DEFINE)");
        for (uint32_t i = 0; i < w.big.n; i++) {
            wr_putc(&w.out, '(');
            write_class(&w.out, w.big.v[i]);
            wr_putc(&w.out, ')');
        }
        wr_putc(&w.out, ')');
    }
    rx_pcre *p = NULL;
    if (w.failed || w.out.rc != WR_OK) rx_fail_compile(err, 0, "pattern too large");
    else if ((p = WR_NEW(a, rx_pcre)) == NULL) rx_fail_compile(err, 0, "out of memory");
    else if ((p->code = compile(wr_buf_str(&w.out), err)) == NULL) p = NULL;
    if (p != NULL) p->ahead = w.ahead.v;
    if (p != NULL) p->n_ahead = w.ahead.n;
    wr_buf_fini(&w.out);
    wr_arena_fini(&scratch);
    return p;
}

void rx_pcre_free(rx_pcre *p) {
    if (p != NULL) pcre2_code_free(p->code);
}

typedef struct search_state {
    const rx_pcre *pcre;
    rx_dfa **dfa;
    wr_str text;
    uint64_t left; // steps
    size_t last;   // where the last callout was
    uint64_t work; // left for the automata of look-aheads
} search_state;

static bool spend(search_state *s, size_t steps) {
    if (s->left < steps) return false;
    s->left -= steps;
    return true;
}

// 0 goes on, 1 goes back, less than 0 ends the search.
static int on_callout(pcre2_callout_block *block, void *state) {
    search_state *s = state;
    size_t at = block->current_position;
    size_t way = at > s->last ? at - s->last : s->last - at;
    s->last = at;
    if (!spend(s, 1 + way / WAY)) return PCRE2_ERROR_MATCHLIMIT;
    if (block->callout_number == 0) return 0;
    uint32_t k = block->callout_number - 1;
    size_t stopped = at;
    wr_regex_result r =
        rx_dfa_search(s->dfa[k], s->pcre->ahead[k].prog, s->text, at, &stopped, &s->work);
    if (r == WR_RE_LIMIT) return PCRE2_ERROR_MATCHLIMIT;
    if (r < 0) return PCRE2_ERROR_NOMEMORY;
    if (!spend(s, (stopped - at) / DFA_WAY)) return PCRE2_ERROR_MATCHLIMIT;
    return (r == WR_RE_YES) == s->pcre->ahead[k].negated;
}

static wr_regex_result result_of(int rc) {
    if (rc >= 0) return WR_RE_YES;
    switch (rc) {
    case PCRE2_ERROR_NOMATCH: return WR_RE_NO;
    case PCRE2_ERROR_MATCHLIMIT:
    case PCRE2_ERROR_DEPTHLIMIT:
    case PCRE2_ERROR_HEAPLIMIT: return WR_RE_LIMIT;
    default: return WR_RE_ERROR;
    }
}

static void copy_slots(pcre2_match_data *md, size_t *slot, uint32_t n_slots) {
    const PCRE2_SIZE *v = pcre2_get_ovector_pointer(md);
    uint32_t n = 2 * pcre2_get_ovector_count(md);
    for (uint32_t i = 0; i < n_slots; i++) slot[i] = i < n && v[i] != PCRE2_UNSET ? v[i] : SIZE_MAX;
    if (slot[0] > slot[1]) slot[0] = slot[1]; // \K within a look-ahead
}

wr_regex_result rx_pcre_search(const rx_pcre *p, rx_dfa **dfa, wr_str text, size_t from,
                               size_t *slot, uint32_t n_slots, uint64_t *steps) {
    pcre2_match_data *md = pcre2_match_data_create_from_pattern(p->code, NULL);
    pcre2_match_context *mc = pcre2_match_context_create(NULL);
    wr_regex_result r = WR_RE_ERROR;
    if (md != NULL && mc != NULL) {
        search_state s = {p, dfa, text, *steps, from, MAX_DFA_WORK};
        pcre2_set_match_limit(mc, UINT32_MAX);
        pcre2_set_depth_limit(mc, UINT32_MAX);
        pcre2_set_heap_limit(mc, HEAP_KIB);
        pcre2_set_callout(mc, on_callout, &s);
        PCRE2_SPTR subject = (PCRE2_SPTR)(text.n > 0 ? text.p : "");
        r = result_of(pcre2_match(p->code, subject, text.n, from, PCRE2_NO_UTF_CHECK, md, mc));
        *steps = s.left;
        if (r == WR_RE_YES && slot != NULL) copy_slots(md, slot, n_slots);
    }
    pcre2_match_context_free(mc);
    pcre2_match_data_free(md);
    return r;
}
