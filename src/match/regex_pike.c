// SPDX-License-Identifier: Apache-2.0
// Where is the leftmost-first match, and what did its groups capture? Runs all ways through a
// regular pattern's program side by side, each with its captures, in order of preference: time is
// at most text times program, whatever the pattern.
// Invariant: a list holds each instruction at most once, the preferred way first; what comes after
// a way that matched is cut off.

#include "match/regex_int.h"

enum {
    SLOTS = 64,          // copied in the time an instruction takes
    MAX_SLOTS = 8 << 20, // of all ways
};

typedef struct threads {
    uint32_t n;
    uint32_t *pc;    // in order of preference
    uint32_t *index; // of instruction pc in `pc`, if pc[index[pc]] == pc
    size_t *slots;   // n_slots each, by place in `pc`
} threads;

// To follow instruction pc, or (pc == UINT32_MAX) to put a slot back.
typedef struct todo {
    uint32_t pc, slot;
    size_t value;
} todo;

typedef struct pike {
    const rx_prog *prog;
    threads now, next;
    size_t *cur; // slots of the way being followed
    todo *stack;
    uint64_t *budget;
} pike;

// A place in the text, with the character after it.
typedef struct spot {
    size_t i, end; // the character is text[i, end); i == end: end of text
    uint32_t cp;
    rx_place place;
} spot;

static spot spot_at(const rx_prog *prog, wr_str text, size_t i, const spot *before) {
    spot s = {.i = i, .end = i};
    s.place.at_start = i == 0;
    s.place.at_end = i == text.n;
    if (i < text.n) s.cp = wr_utf8_next(text, &s.end);
    bool more = i < text.n;
    s.place.before_line = more && s.cp == '\n';
    s.place.before_word = prog->uses_word && more && wr_is_word(s.cp);
    if (before != NULL) {
        s.place.after_line = before->place.before_line;
        s.place.after_word = before->place.before_word;
    }
    return s;
}

// The place at byte i, whose left side is not known yet.
static spot first_spot(const rx_prog *prog, wr_str text, size_t i) {
    if (i == 0) return spot_at(prog, text, 0, NULL);
    size_t left = i - 1;
    while (left > 0 && ((unsigned char)text.p[left] & 0xC0u) == 0x80u) left--;
    spot before = spot_at(prog, text, left, NULL);
    return spot_at(prog, text, i, &before);
}

static bool threads_init(wr_arena *a, threads *t, const rx_prog *prog) {
    t->n = 0;
    t->pc = wr_alloc(a, prog->n * sizeof *t->pc);
    t->index = WR_NEW_N(a, uint32_t, prog->n);
    t->slots = wr_alloc(a, (size_t)prog->n * prog->n_slots * sizeof *t->slots);
    return t->pc != NULL && t->index != NULL && t->slots != NULL;
}

static bool has(const threads *t, uint32_t pc) {
    return t->index[pc] < t->n && t->pc[t->index[pc]] == pc;
}

// Adds the way to list t, with its slots if it will be run.
static void add_thread(pike *p, threads *t, uint32_t pc) {
    uint32_t n_slots = p->prog->n_slots;
    rx_op op = p->prog->inst[pc].op;
    t->index[pc] = t->n;
    t->pc[t->n] = pc;
    if (op == RX_I_CHAR || op == RX_I_SET || op == RX_I_MATCH)
        memcpy(t->slots + (size_t)t->n * n_slots, p->cur, n_slots * sizeof *p->cur);
    t->n++;
}

// Follows pc to every instruction that takes a character or matches, preferred ways first.
static void follow(pike *p, threads *t, uint32_t pc, const spot *at) {
    uint32_t depth = 0;
    p->stack[depth++] = (todo){pc, 0, 0};
    while (depth > 0) {
        todo next = p->stack[--depth];
        if (next.pc == UINT32_MAX) {
            p->cur[next.slot] = next.value;
            continue;
        }
        if (has(t, next.pc)) continue;
        add_thread(p, t, next.pc); // marks it as seen; only those that take are run
        const rx_inst *in = &p->prog->inst[next.pc];
        switch (in->op) {
        case RX_I_SPLIT:
            p->stack[depth++] = (todo){in->y, 0, 0};
            p->stack[depth++] = (todo){in->x, 0, 0};
            break;
        case RX_I_JUMP: p->stack[depth++] = (todo){in->x, 0, 0}; break;
        case RX_I_SAVE:
            p->stack[depth++] = (todo){UINT32_MAX, in->x, p->cur[in->x]};
            p->stack[depth++] = (todo){next.pc + 1, 0, 0};
            p->cur[in->x] = at->i;
            break;
        case RX_I_ASSERT:
            if (rx_holds((rx_assert)in->x, &at->place))
                p->stack[depth++] = (todo){next.pc + 1, 0, 0};
            break;
        default: break;
        }
    }
}

// Runs the ways of p->now over the character at `at`; true when one of them matched there.
static bool run_threads(pike *p, const spot *at, const spot *after, size_t *slot) {
    const rx_prog *prog = p->prog;
    for (uint32_t k = 0; k < p->now.n; k++) {
        uint32_t pc = p->now.pc[k];
        const rx_inst *in = &prog->inst[pc];
        const size_t *slots = p->now.slots + (size_t)k * prog->n_slots;
        if (in->op == RX_I_MATCH) {
            memcpy(slot, slots, prog->n_slots * sizeof *slot);
            slot[1] = at->i;
            return true;
        }
        if ((in->op != RX_I_CHAR && in->op != RX_I_SET) || at->place.at_end) continue;
        if (in->op == RX_I_CHAR ? in->x != at->cp : !rx_set_has(prog->set[in->x], at->cp)) continue;
        memcpy(p->cur, slots, prog->n_slots * sizeof *slots);
        follow(p, &p->next, pc + 1, after);
    }
    return false;
}

static wr_regex_result search(pike *p, wr_str text, size_t from, size_t *slot) {
    const rx_prog *prog = p->prog;
    bool matched = false;
    spot at = first_spot(prog, text, from);
    for (;;) {
        bool may_start = !matched && (!prog->anchored || at.i == 0);
        if (may_start) {
            for (uint32_t i = 0; i < prog->n_slots; i++) p->cur[i] = SIZE_MAX;
            p->cur[0] = at.i;
            follow(p, &p->now, 0, &at);
        }
        if (p->now.n == 0 && (matched || prog->anchored)) break;
        uint64_t cost = p->now.n * (1 + (uint64_t)prog->n_slots / SLOTS);
        if (*p->budget < cost) return WR_RE_LIMIT;
        *p->budget -= cost;
        spot after = at.place.at_end ? at : spot_at(prog, text, at.end, &at);
        matched |= run_threads(p, &at, &after, slot);
        if (at.place.at_end) break;
        threads t = p->now;
        p->now = p->next;
        p->next = t;
        p->next.n = 0;
        at = after;
    }
    return matched ? WR_RE_YES : WR_RE_NO;
}

wr_regex_result rx_pike_search(wr_arena *a, const rx_prog *prog, wr_str text, size_t from,
                               size_t *slot, uint64_t *budget) {
    pike p = {.prog = prog, .budget = budget};
    if ((uint64_t)prog->n * prog->n_slots > MAX_SLOTS) return WR_RE_LIMIT;
    wr_mark m = wr_arena_mark(a);
    // each instruction is followed once a step and puts two entries on the stack at most
    p.stack = wr_alloc(a, (2 * (size_t)prog->n + 2) * sizeof *p.stack);
    p.cur = wr_alloc(a, prog->n_slots * sizeof *p.cur);
    wr_regex_result r = WR_RE_ERROR;
    if (threads_init(a, &p.now, prog) && threads_init(a, &p.next, prog) && p.stack != NULL &&
        p.cur != NULL)
        r = search(&p, text, from, slot);
    wr_arena_rewind(a, m);
    return r;
}
