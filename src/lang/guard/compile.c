// SPDX-License-Identifier: Apache-2.0
// compile: what evaluation wants to know beforehand: each key in all the cases it is looked up in,
// and the filters that select by the text of one key, so that a document's index answers them.
// Rules: guard-language.md §1.4 (case conversions), §1.4–§1.6 (what can fail or leave traces).
#include <stdlib.h>

#include "lang/guard/walk.h"

// ---------------------------------------------------------------------------------- conversions

static bool conv_room(wr_guard_set *s, uint32_t id) {
    if (id < s->n_conv) return true;
    uint32_t n = s->n_conv ? s->n_conv : 64;
    while (n <= id) n *= 2;
    const wr_sym *const **grown = WR_NEW_N(&s->ctx->arena, const wr_sym *const *, n);
    if (!grown) return false;
    if (s->n_conv > 0) memcpy(grown, s->conv, s->n_conv * sizeof *grown);
    s->conv = grown;
    s->n_conv = n;
    return true;
}

// The seven conversions of a key; made once for a set, because rules repeat their keys.
static const wr_sym *const *conversions(wr_guard_set *s, const wr_sym *key) {
    if (!conv_room(s, key->id)) return NULL;
    if (s->conv[key->id]) return s->conv[key->id];
    const wr_sym **made = WR_NEW_N(&s->ctx->arena, const wr_sym *, WR_N_CASES);
    if (!made) return NULL;
    wr_case_crate crate = s->opts.level == WR_GUARD_32 ? WR_CASE_CRUET : WR_CASE_INFLECTOR;
    wr_mark m = wr_arena_mark(&s->scratch);
    for (int i = 0; i < WR_N_CASES; i++) {
        wr_str text = wr_case_convert(&s->scratch, (wr_case)i, crate, wr_sym_str(key));
        made[i] = wr_sym_in(&s->syms, text);
    }
    wr_arena_rewind(&s->scratch, m);
    s->conv[key->id] = made;
    return made;
}

// ---------------------------------------------------------------------------------- filters

static bool has_pattern(const wr_node *n) {
    if (n->kind == WR_REGEX) return true;
    if (n->kind != WR_LIST && n->kind != WR_MAP) return false;
    uint32_t step = n->kind == WR_MAP ? 2 : 1;
    for (uint32_t i = 0; i < n->n; i++)
        if (has_pattern(&n->u.kids[i * step + step - 1])) return true;
    return false;
}

static bool plain(const g_query *q) {
    for (uint32_t i = 0; i < q->n; i++) {
        uint8_t k = q->parts[i].kind;
        if (q->parts[i].name) return false;
        if (k != G_KEY && k != G_INDEX && k != G_ALL_VALUES && k != G_ALL_INDICES && k != G_THIS)
            return false;
    }
    return true;
}

// Evaluating it cannot end in an error, and leaves nothing behind but its status: no variables,
// captures or inner filters; not `empty`, which is an error for numbers; no pattern, whose search
// may run out of steps.
static bool harmless(const g_clause *c) {
    if (c->kind != G_C_ACCESS || c->op == G_EMPTY || !plain(c->query)) return false;
    return !c->rhs || (c->rhs->kind == G_V_LITERAL && !has_pattern(c->rhs->u.lit));
}

static bool all_harmless(const g_cnf *f) {
    for (uint32_t i = 0; i < f->n; i++)
        for (uint32_t j = 0; j < f->v[i].n; j++)
            if (!harmless(&f->v[i].v[j])) return false;
    return true;
}

// Key == "text", alone in its conjunct
static bool is_key_test(const g_disj *d) {
    const g_clause *c = &d->v[0];
    if (d->n != 1 || c->kind != G_C_ACCESS || c->op != G_EQ || c->op_neg || c->neg) return false;
    if (c->query->n != 1 || c->query->parts[0].kind != G_KEY || c->query->parts[0].is_num)
        return false;
    return c->rhs->kind == G_V_LITERAL && c->rhs->u.lit->kind == WR_STR;
}

static void index_filter(g_part *part) {
    const g_cnf *f = part->filter;
    if (part->name || !all_harmless(f)) return;
    for (uint32_t i = 0; i < f->n; i++) {
        if (!is_key_test(&f->v[i])) continue;
        const g_clause *c = &f->v[i].v[0];
        part->eq_key = c->query->parts[0].key;
        part->eq_part = &c->query->parts[0];
        part->eq_text = wr_node_str(c->rhs->u.lit);
        part->eq_only = f->n == 1;
        return;
    }
}

// ---------------------------------------------------------------------------------- rules by name

static int by_name(const void *x, const void *y) {
    const g_name_at *a = x, *b = y;
    if (a->sym != b->sym) return a->sym < b->sym ? -1 : 1;
    return a->at < b->at ? -1 : a->at > b->at;
}

static const g_name_at *sorted(wr_arena *a, const g_rule *rules, uint32_t n) {
    g_name_at *v = WR_NEW_N(a, g_name_at, n + 1u);
    if (!v) return NULL;
    for (uint32_t i = 0; i < n; i++) v[i] = (g_name_at){rules[i].sym->id, i};
    if (n > 0) qsort(v, n, sizeof *v, by_name);
    return v;
}

bool g_index_rules(wr_guard_set *s, g_file *f) {
    f->by_name = sorted(&s->ctx->arena, f->rules, f->n_rules);
    f->pby_name = sorted(&s->ctx->arena, f->prules, f->n_prules);
    return f->by_name && f->pby_name;
}

uint32_t g_first_named(const g_name_at *v, uint32_t n, const wr_sym *name) {
    uint32_t lo = 0, hi = n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (v[mid].sym < name->id) lo = mid + 1;
        else hi = mid;
    }
    return lo < n && v[lo].sym == name->id ? lo : n;
}

// ---------------------------------------------------------------------------------- all of a file

static void compile_query(g_walk *w, g_query *q) {
    wr_guard_set *s = w->arg;
    for (uint32_t i = 0; i < q->n; i++) {
        g_part *part = &q->parts[i];
        if (part->kind == G_FILTER) index_filter(part);
        if (part->kind != G_KEY) continue;
        const wr_sym *const *conv = conversions(s, part->key);
        if (conv) memcpy(part->conv, conv, sizeof part->conv);
    }
}

void g_compile(wr_guard_set *s, g_file *f) {
    g_walk w = {.query = compile_query, .arg = s};
    g_walk_file(&w, f);
    (void)g_index_rules(s, f); // out of memory: the arena knows
}
