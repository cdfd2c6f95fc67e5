// SPDX-License-Identifier: Apache-2.0
// Does a text contain a match? A deterministic automaton over a regular pattern's program, its
// states made as the text asks for them and kept for the next text: once warm, one table look-up a
// byte; at worst (states flushed again and again) one pass over the program a character. Never
// worse than linear in the text.
//
// A state is a set of instructions about to be followed, plus what is behind (start of text, line
// feed, word character). The step over a character follows them up to the character, now that what
// stands on both sides is known, and collects those that take it.
// Invariant: rows of the table belong to states 0 … n_states-1; 0 in the table means not known yet.

#include "match/regex_int.h"

enum {
    MAX_STATES = 4096,
    MAX_POOL = 1 << 18, // instructions in all states
    N_RECENT = 64,      // remembered steps over characters that are not ASCII
};

// What a step leads to: UNKNOWN, DEAD (no match any more), MATCH, or FIRST_STATE + a state.
enum { UNKNOWN, DEAD, MATCH, FIRST_STATE };

enum { BEHIND_START = 1, BEHIND_LINE = 2, BEHIND_WORD = 4 };

typedef struct dfa_state {
    uint32_t first, n; // its instructions in the pool, ascending
    uint32_t behind;
    uint32_t same_hash; // next state with the same hash, or UINT32_MAX
} dfa_state;

typedef struct recent_step {
    uint32_t state, cp, to; // to is UNKNOWN when the entry is free
} recent_step;

struct rx_dfa {
    wr_arena *arena;
    uint8_t cls[128];    // class of each ASCII character; members of one class are never told apart
    uint8_t member[128]; // one member of each class
    uint32_t n_cls;      // the column after the classes is the end of the text
    WR_VEC(dfa_state) states;
    WR_VEC(uint32_t) pool;
    WR_VEC(uint32_t) table; // n_cls + 1 columns a row
    uint32_t bucket[256];
    recent_step recent[N_RECENT];
    // scratch for one step; an instruction is marked when its entry holds the step's number
    uint32_t *seen, *taken, *stack;
    uint32_t step_no;
    uint64_t n_flushes;
    uint64_t work; // instructions that this search may still follow
    bool failed;   // out of memory
};

// What a step goes over.
typedef struct symbol {
    bool end;
    uint32_t cp;
} symbol;

static void split_class(rx_dfa *d, const bool *in) {
    int16_t part[128] = {0}; // the new class of members that are in the set, by old class
    uint32_t before = d->n_cls;
    uint32_t n_in[128] = {0}, n_all[128] = {0};
    for (int c = 0; c < 128; c++) {
        n_all[d->cls[c]]++;
        n_in[d->cls[c]] += in[c];
    }
    for (uint32_t k = 0; k < before; k++) {
        part[k] = -1;
        if (n_in[k] != 0 && n_in[k] != n_all[k]) part[k] = (int16_t)d->n_cls++;
    }
    for (int c = 0; c < 128; c++)
        if (in[c] && part[d->cls[c]] >= 0) d->cls[c] = (uint8_t)part[d->cls[c]];
}

static void make_classes(rx_dfa *d, const rx_prog *prog) {
    bool in[128];
    d->n_cls = 1;
    for (uint32_t i = 0; i < prog->n_sets; i++) {
        for (uint32_t c = 0; c < 128; c++) in[c] = rx_set_has(prog->set[i], c);
        split_class(d, in);
    }
    bool alone[128] = {false};
    for (uint32_t i = 0; i < prog->n; i++)
        if (prog->inst[i].op == RX_I_CHAR && prog->inst[i].x < 128) alone[prog->inst[i].x] = true;
    if (prog->uses_line) alone['\n'] = true;
    if (prog->uses_word) {
        for (uint32_t c = 0; c < 128; c++) in[c] = wr_is_word(c);
        split_class(d, in);
    }
    uint32_t n_members[128] = {0};
    for (int c = 0; c < 128; c++) n_members[d->cls[c]]++;
    for (int c = 0; c < 128; c++) {
        if (!alone[c] || n_members[d->cls[c]] == 1) continue;
        n_members[d->cls[c]]--;
        d->cls[c] = (uint8_t)d->n_cls;
        n_members[d->n_cls++] = 1;
    }
    for (int c = 0; c < 128; c++) d->member[d->cls[c]] = (uint8_t)c;
}

static void flush(rx_dfa *d) {
    d->n_flushes++;
    d->states.n = d->pool.n = d->table.n = 0;
    memset(d->bucket, 0xFF, sizeof d->bucket);
    memset(d->recent, 0, sizeof d->recent);
}

rx_dfa *rx_dfa_new(wr_arena *a, const rx_prog *prog) {
    rx_dfa *d = WR_NEW(a, rx_dfa);
    if (d == NULL) return NULL;
    d->arena = a;
    d->seen = WR_NEW_N(a, uint32_t, prog->n);
    d->taken = WR_NEW_N(a, uint32_t, prog->n);
    d->stack = WR_NEW_N(a, uint32_t, prog->n);
    if (d->seen == NULL || d->taken == NULL || d->stack == NULL) return NULL;
    make_classes(d, prog);
    flush(d);
    return d;
}

static bool same_state(const rx_dfa *d, const dfa_state *s, const uint32_t *inst, uint32_t n,
                       uint32_t behind) {
    return s->n == n && s->behind == behind &&
           (n == 0 || memcmp(d->pool.v + s->first, inst, n * sizeof *inst) == 0);
}

// The number of the state made of the last n instructions of the pool, which it takes over or, when
// there is such a state already, drops.
static uint32_t intern(rx_dfa *d, uint32_t first, uint32_t behind) {
    uint32_t n = d->pool.n - first;
    const uint32_t *inst = n > 0 ? d->pool.v + first : NULL;
    uint32_t h = 2166136261u + behind;
    for (uint32_t i = 0; i < n; i++) h = (h ^ inst[i]) * 16777619u;
    h = (h ^ h >> 16) & 255u;
    for (uint32_t s = d->bucket[h]; s != UINT32_MAX; s = d->states.v[s].same_hash) {
        if (!same_state(d, &d->states.v[s], inst, n, behind)) continue;
        d->pool.n = first;
        return FIRST_STATE + s;
    }
    dfa_state s = {first, n, behind, d->bucket[h]};
    if (!WR_PUSH(d->arena, &d->states, s)) {
        d->failed = true;
        return DEAD;
    }
    for (uint32_t i = 0; i <= d->n_cls; i++)
        if (!WR_PUSH(d->arena, &d->table, UNKNOWN)) d->failed = true;
    d->bucket[h] = d->states.n - 1;
    return FIRST_STATE + d->states.n - 1;
}

static bool takes(const rx_prog *prog, const rx_inst *in, symbol sym) {
    if (sym.end) return false;
    return in->op == RX_I_CHAR ? in->x == sym.cp : rx_set_has(prog->set[in->x], sym.cp);
}

static void push(rx_dfa *d, uint32_t *depth, uint32_t pc) {
    if (d->seen[pc] == d->step_no) return;
    d->seen[pc] = d->step_no;
    d->stack[(*depth)++] = pc;
}

static void take(rx_dfa *d, uint32_t pc) {
    if (d->taken[pc] == d->step_no) return;
    d->taken[pc] = d->step_no;
    if (!WR_PUSH(d->arena, &d->pool, pc)) d->failed = true;
}

// Follows instruction pc to all that take the symbol; true when a match ends before the symbol.
static bool follow(rx_dfa *d, const rx_prog *prog, uint32_t pc, const rx_place *place, symbol sym) {
    uint32_t depth = 0;
    push(d, &depth, pc);
    while (depth > 0) {
        pc = d->stack[--depth];
        d->work -= d->work > 0;
        const rx_inst *in = &prog->inst[pc];
        switch (in->op) {
        case RX_I_MATCH: return true;
        case RX_I_CHAR:
        case RX_I_SET:
            if (takes(prog, in, sym)) take(d, pc + 1);
            break;
        case RX_I_SPLIT:
            push(d, &depth, in->x);
            push(d, &depth, in->y);
            break;
        case RX_I_JUMP: push(d, &depth, in->x); break;
        case RX_I_SAVE: push(d, &depth, pc + 1); break;
        case RX_I_ASSERT:
            if (rx_holds((rx_assert)in->x, place)) push(d, &depth, pc + 1);
            break;
        }
    }
    return false;
}

static void sort(uint32_t *v, uint32_t n) {
    for (uint32_t gap = n / 2; gap > 0; gap /= 2)
        for (uint32_t i = gap; i < n; i++) {
            uint32_t x = v[i], j = i;
            for (; j >= gap && v[j - gap] > x; j -= gap) v[j] = v[j - gap];
            v[j] = x;
        }
}

static void new_step(rx_dfa *d, const rx_prog *prog) {
    if (++d->step_no != 0) return;
    // the counter came round: old marks would look new
    memset(d->seen, 0, prog->n * sizeof *d->seen);
    memset(d->taken, 0, prog->n * sizeof *d->taken);
    d->step_no = 1;
}

// Where state s goes over the symbol. May flush all states but returns a valid one.
static uint32_t step(rx_dfa *d, const rx_prog *prog, uint32_t s, symbol sym) {
    dfa_state from = d->states.v[s];
    rx_place place = {
        .at_start = (from.behind & BEHIND_START) != 0,
        .at_end = sym.end,
        .after_line = (from.behind & BEHIND_LINE) != 0,
        .before_line = !sym.end && sym.cp == '\n',
        .after_word = (from.behind & BEHIND_WORD) != 0,
        .before_word = prog->uses_word && !sym.end && wr_is_word(sym.cp),
    };
    new_step(d, prog);
    uint32_t first = d->pool.n;
    for (uint32_t i = 0; i < from.n; i++)
        if (follow(d, prog, d->pool.v[from.first + i], &place, sym))
            return d->pool.n = first, MATCH;
    if (!prog->anchored && follow(d, prog, 0, &place, sym)) return d->pool.n = first, MATCH;
    if (d->failed || sym.end || (prog->anchored && d->pool.n == first))
        return d->pool.n = first, DEAD;
    if (d->pool.n > first) sort(d->pool.v + first, d->pool.n - first);
    uint32_t behind = (prog->uses_line && place.before_line ? BEHIND_LINE : 0u) |
                      (place.before_word ? BEHIND_WORD : 0u);
    if (d->states.n >= MAX_STATES || d->pool.n > MAX_POOL) {
        uint32_t n = d->pool.n - first;
        if (n > 0) memmove(d->pool.v, d->pool.v + first, n * sizeof *d->pool.v);
        flush(d);
        d->pool.n = n;
        first = 0;
    }
    return intern(d, first, behind);
}

static uint32_t step_ascii(rx_dfa *d, const rx_prog *prog, uint32_t s, uint32_t column) {
    symbol sym = {column == d->n_cls, column == d->n_cls ? 0 : d->member[column]};
    uint64_t n_flushes = d->n_flushes;
    uint32_t to = step(d, prog, s, sym);
    if (d->n_flushes == n_flushes) d->table.v[s * (d->n_cls + 1) + column] = to;
    return to;
}

static uint32_t step_other(rx_dfa *d, const rx_prog *prog, uint32_t s, uint32_t cp) {
    recent_step *r = &d->recent[(s * 31 + cp) % N_RECENT];
    if (r->to != UNKNOWN && r->state == s && r->cp == cp) return r->to;
    uint64_t n_flushes = d->n_flushes;
    uint32_t to = step(d, prog, s, (symbol){false, cp});
    if (d->n_flushes == n_flushes) *r = (recent_step){s, cp, to};
    return to;
}

// The state before byte `from`: an anchored program's first instruction is followed from here only,
// any other's at each character.
static uint32_t start_state(rx_dfa *d, const rx_prog *prog, wr_str text, size_t from) {
    uint32_t behind = from == 0 ? BEHIND_START : 0;
    if (from > 0 && prog->uses_line && text.p[from - 1] == '\n') behind |= BEHIND_LINE;
    if (from > 0 && prog->uses_word) {
        size_t i = from - 1;
        while (i > 0 && ((unsigned char)text.p[i] & 0xC0u) == 0x80u) i--;
        if (wr_is_word(wr_utf8_next(text, &i))) behind |= BEHIND_WORD;
    }
    uint32_t first = d->pool.n;
    if (prog->anchored && !WR_PUSH(d->arena, &d->pool, 0)) d->failed = true;
    uint32_t to = d->failed ? DEAD : intern(d, first, behind);
    return to == DEAD ? 0 : to - FIRST_STATE;
}

static wr_regex_result search(rx_dfa *d, const rx_prog *prog, wr_str text, size_t from,
                              size_t *stopped) {
    uint32_t s = start_state(d, prog, text, from);
    size_t i = from;
    while (i < text.n && !d->failed && d->work > 0) {
        unsigned char c = (unsigned char)text.p[i];
        uint32_t to;
        if (c < 128) {
            uint32_t column = d->cls[c];
            to = d->table.v[s * (d->n_cls + 1) + column];
            if (to == UNKNOWN) to = step_ascii(d, prog, s, column);
            i++;
        } else {
            to = step_other(d, prog, s, wr_utf8_next(text, &i));
        }
        *stopped = i;
        if (to == MATCH) return WR_RE_YES;
        if (to == DEAD) return d->failed ? WR_RE_ERROR : WR_RE_NO;
        s = to - FIRST_STATE;
    }
    *stopped = i;
    if (d->failed) return WR_RE_ERROR;
    if (d->work == 0) return WR_RE_LIMIT;
    uint32_t to = d->table.v[s * (d->n_cls + 1) + d->n_cls];
    if (to == UNKNOWN) to = step_ascii(d, prog, s, d->n_cls);
    return to == MATCH ? WR_RE_YES : d->failed ? WR_RE_ERROR : WR_RE_NO;
}

wr_regex_result rx_dfa_search(rx_dfa *d, const rx_prog *prog, wr_str text, size_t from,
                              size_t *stopped, uint64_t *work) {
    d->work = *work;
    wr_regex_result r = search(d, prog, text, from, stopped);
    *work = d->work;
    return r;
}
