// SPDX-License-Identifier: Apache-2.0
// From the tree of a regular pattern to a program for the automata: Thompson's construction, with
// the preferences of a leftmost-first search in the order of a split's two ways.
// Rules: loops over what can match nothing are built the way the regex crate builds them
// ((x+)? for x*), because captures in such loops depend on it.
// Invariant: an instruction is followed by the next one unless it says otherwise.

#include "match/regex_int.h"

enum { MAX_INST = 500 * 1000 };

typedef struct builder {
    wr_arena *arena;
    WR_VEC(rx_inst) inst;
    WR_VEC(const rx_set *) sets;
    bool failed;
    bool uses_word, uses_line;
} builder;

static uint32_t emit(builder *b, rx_op op, uint32_t x, uint32_t y) {
    rx_inst in = {op, x, y};
    if (b->inst.n >= MAX_INST || !WR_PUSH(b->arena, &b->inst, in)) b->failed = true;
    return b->inst.n - 1;
}

static uint32_t set_index(builder *b, const rx_set *s) {
    for (uint32_t i = b->sets.n; i-- > 0;)
        if (b->sets.v[i] == s) return i;
    if (!WR_PUSH(b->arena, &b->sets, s)) b->failed = true;
    return b->sets.n - 1;
}

static void gen(builder *b, const rx_node *n);

// A split whose way out is set later; the other way is the next instruction.
static uint32_t emit_fork(builder *b, bool greedy) {
    uint32_t at = emit(b, RX_I_SPLIT, 0, 0);
    if (!b->failed) {
        if (greedy) b->inst.v[at].x = at + 1;
        else b->inst.v[at].y = at + 1;
    }
    return at;
}

static void set_way_out(builder *b, uint32_t fork, bool greedy) {
    if (b->failed) return;
    if (greedy) b->inst.v[fork].y = b->inst.n;
    else b->inst.v[fork].x = b->inst.n;
}

// x+: the body, then back or on.
static void gen_plus(builder *b, const rx_node *body, bool greedy) {
    uint32_t start = b->inst.n;
    gen(b, body);
    uint32_t next = b->inst.n + 1;
    if (greedy) emit(b, RX_I_SPLIT, start, next);
    else emit(b, RX_I_SPLIT, next, start);
}

static void gen_star(builder *b, const rx_node *body, bool greedy) {
    uint32_t fork = emit_fork(b, greedy);
    if (body->min_size > 0) {
        gen(b, body);
        emit(b, RX_I_JUMP, fork, 0);
    } else {
        gen_plus(b, body, greedy);
    }
    set_way_out(b, fork, greedy);
}

// n copies of the body; none when one copy is no instruction at all.
static void gen_copies(builder *b, const rx_node *body, uint64_t n) {
    uint32_t before = b->inst.n;
    for (uint64_t i = 0; i < n && !b->failed; i++) {
        gen(b, body);
        if (b->inst.n == before) return;
    }
}

static void gen_repeat(builder *b, const rx_node *n) {
    const rx_node *body = n->child;
    if (n->hi == RX_INF) {
        gen_copies(b, body, n->lo > 0 ? n->lo - 1 : 0);
        if (n->lo == 0) gen_star(b, body, n->greedy);
        else gen_plus(b, body, n->greedy);
        return;
    }
    // bounds out of order reach fancy-regex's own matcher, which then counts to the upper one
    uint64_t lo = n->lo < n->hi ? n->lo : n->hi;
    gen_copies(b, body, lo);
    uint32_t first = b->inst.n;
    for (uint64_t i = lo; i < n->hi && !b->failed; i++) {
        emit_fork(b, n->greedy);
        gen(b, body);
    }
    // every fork of these leads out; those of the bodies have both ways set already
    for (uint32_t i = first; i < b->inst.n && !b->failed; i++) {
        rx_inst *in = &b->inst.v[i];
        if (in->op == RX_I_SPLIT && (n->greedy ? in->y : in->x) == 0) set_way_out(b, i, n->greedy);
    }
}

static void gen_alt(builder *b, const rx_node *n) {
    uint32_t last_jump = UINT32_MAX; // jumps to the end, chained through x until it is known
    for (const rx_node *c = n->child; c != NULL; c = c->next) {
        if (c->next == NULL) {
            gen(b, c);
            break;
        }
        uint32_t fork = emit_fork(b, true);
        gen(b, c);
        last_jump = emit(b, RX_I_JUMP, last_jump, 0);
        set_way_out(b, fork, true);
    }
    while (!b->failed && last_jump != UINT32_MAX) {
        uint32_t before = b->inst.v[last_jump].x;
        b->inst.v[last_jump].x = b->inst.n;
        last_jump = before;
    }
}

static void gen(builder *b, const rx_node *n) {
    if (b->failed) return;
    switch (n->kind) {
    case RX_CHAR: emit(b, RX_I_CHAR, n->cp, 0); return;
    case RX_SET: emit(b, RX_I_SET, set_index(b, n->set), 0); return;
    case RX_CAT:
        for (const rx_node *c = n->child; c != NULL; c = c->next) gen(b, c);
        return;
    case RX_ALT: gen_alt(b, n); return;
    case RX_GROUP:
        emit(b, RX_I_SAVE, (uint32_t)n->lo * 2, 0);
        gen(b, n->child);
        emit(b, RX_I_SAVE, (uint32_t)n->lo * 2 + 1, 0);
        return;
    case RX_REPEAT: gen_repeat(b, n); return;
    case RX_ASSERT:
        b->uses_word |= n->which >= RX_WORD_START;
        b->uses_line |= n->which == RX_LINE_START || n->which == RX_LINE_END;
        emit(b, RX_I_ASSERT, n->which, 0);
        return;
    case RX_EMPTY: return;
    default: b->failed = true; return; // not regular
    }
}

// Does every match begin at the start of the text?
static bool is_anchored(const rx_node *n) {
    switch (n->kind) {
    case RX_ASSERT: return n->which == RX_TEXT_START;
    case RX_GROUP:
    case RX_CAT: return n->child != NULL && is_anchored(n->child);
    case RX_REPEAT: return n->lo > 0 && is_anchored(n->child);
    case RX_ALT:
        for (const rx_node *c = n->child; c != NULL; c = c->next)
            if (!is_anchored(c)) return false;
        return true;
    default: return false;
    }
}

// Sets move to the program's arena: the tree's is dropped.
static bool keep_sets(builder *b, wr_arena *a, rx_prog *p) {
    p->set = WR_NEW_N(a, const rx_set *, b->sets.n + 1);
    if (p->set == NULL) return false;
    for (uint32_t i = 0; i < b->sets.n; i++) {
        const rx_set *from = b->sets.v[i];
        rx_set *s = WR_NEW(a, rx_set);
        rx_range *r = s != NULL ? wr_alloc(a, sizeof *r * (from->r.n + 1)) : NULL;
        if (r == NULL) return false;
        *s = *from;
        if (from->r.n > 0) memcpy(r, from->r.v, sizeof *r * from->r.n);
        s->r.v = r;
        s->r.cap = from->r.n;
        p->set[i] = s;
    }
    p->n_sets = b->sets.n;
    return true;
}

rx_prog *rx_prog_new(wr_arena *a, const rx_node *root, uint32_t n_groups) {
    wr_arena scratch;
    wr_arena_init(&scratch, 0);
    builder b = {.arena = &scratch};
    gen(&b, root);
    emit(&b, RX_I_MATCH, 0, 0);
    rx_prog *p = b.failed ? NULL : WR_NEW(a, rx_prog);
    if (p != NULL) {
        p->inst = wr_alloc(a, sizeof *p->inst * b.inst.n);
        p->n = b.inst.n;
        p->n_slots = 2 * (n_groups + 1);
        p->anchored = is_anchored(root);
        p->uses_word = b.uses_word;
        p->uses_line = b.uses_line;
        if (p->inst == NULL || !keep_sets(&b, a, p)) p = NULL;
        else memcpy(p->inst, b.inst.v, sizeof *p->inst * b.inst.n);
    }
    wr_arena_fini(&scratch);
    return p;
}

bool rx_holds(rx_assert k, const rx_place *p) {
    switch (k) {
    case RX_TEXT_START: return p->at_start;
    case RX_TEXT_END: return p->at_end;
    case RX_LINE_START: return p->at_start || p->after_line;
    case RX_LINE_END: return p->at_end || p->before_line;
    case RX_WORD_START: return !p->after_word && p->before_word;
    case RX_WORD_END: return p->after_word && !p->before_word;
    case RX_WORD_EDGE: return p->after_word != p->before_word;
    case RX_NOT_WORD_EDGE: return p->after_word == p->before_word;
    }
    return false;
}
