// SPDX-License-Identifier: Apache-2.0
// check: what a rule file that parses says wrongly all the same. This file follows names: rules,
// functions, variables and their scopes; check_clause.c looks at clauses one by one, check_cycle.c
// for definitions that need themselves. Warnings, which change no verdict (errors under the strict
// option), and notes.
// Rules: guard-language.md §1.1–§1.8; each code has its page in docs/diag.
#include "lang/guard/check_int.h"

static void cnf(g_checker *k, const g_cnf *c);
static void value(g_checker *k, const g_value *v);

// ---------------------------------------------------------------------------------- reporting

void g_warn(g_checker *k, wr_code code, wr_sev sev, wr_span at, const char *hint, const char *fmt,
            ...) {
    va_list ap;
    va_start(ap, fmt);
    wr_diag *d = wr_vreport(k->set->ctx, code, sev, k->f->src, at, fmt, ap);
    va_end(ap);
    if (hint) wr_hint(k->set->ctx, d, "%s", hint);
}

enum { LONGEST = 40 }; // names longer than this get no suggestion

// Edit distance of two short names, or 99.
static uint32_t distance(wr_str a, wr_str b) {
    uint32_t row[LONGEST + 1];
    if (a.n > LONGEST || b.n > LONGEST || a.n + 2 < b.n || b.n + 2 < a.n) return 99;
    for (uint32_t j = 0; j <= b.n; j++) row[j] = j;
    for (uint32_t i = 1; i <= a.n; i++) {
        uint32_t corner = row[0];
        row[0] = i;
        for (uint32_t j = 1; j <= b.n; j++) {
            uint32_t up = row[j];
            uint32_t best = corner + (a.p[i - 1] != b.p[j - 1]);
            if (up + 1 < best) best = up + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            corner = up;
            row[j] = best;
        }
    }
    return row[b.n];
}

wr_str g_suggest(g_checker *k, wr_str name, wr_str (*nth)(const g_checker *, uint32_t),
                 uint32_t n) {
    wr_str best = {0};
    uint32_t least = name.n < 4 ? 2 : 3;
    if (k->suggestions++ >= 20) return (wr_str){"", 0};
    for (uint32_t i = 0; i < n; i++) {
        wr_str s = nth(k, i);
        uint32_t d = distance(name, s);
        if (d >= least || d == 0) continue;
        least = d;
        best = s;
    }
    if (best.n == 0) return (wr_str){"", 0};
    return wr_fmt(k->a, ", did you mean %.*s?", WR_FMT(best));
}

void g_refers(g_checker *k, uint32_t to, wr_span at) {
    g_edge e = {k->node, to, at};
    if (k->node != G_NO_NODE && to != G_NO_NODE) (void)!WR_PUSH(k->a, &k->edges, e);
}

// ---------------------------------------------------------------------------------- functions

static wr_str nth_function(const g_checker *k, uint32_t i) {
    (void)k;
    return g_fn_name(g_fn_at(i));
}

static void call(g_checker *k, const g_call *c) {
    wr_span at = {c->at, c->at + (uint32_t)c->name.n};
    if (!c->fn) {
        wr_str like = g_suggest(k, c->name, nth_function, g_fn_count());
        g_warn(k, WR_D_G0202, k->sev, at, "evaluating it is an error",
               "there is no function %.*s%.*s", WR_FMT(c->name), WR_FMT(like));
    } else if (g_fn_arity(c->fn) != c->n) {
        g_warn(k, WR_D_G0203, k->sev, at, "evaluating it is an error",
               "%.*s takes %u argument%s, not %u", WR_FMT(c->name), g_fn_arity(c->fn),
               g_fn_arity(c->fn) == 1 ? "" : "s", c->n);
    }
    for (uint32_t i = 0; i < c->n; i++) value(k, &c->args[i]);
}

// ---------------------------------------------------------------------------------- variables

static wr_str nth_bound(const g_checker *k, uint32_t i) {
    return k->bound[i] && k->bound[i]->let ? wr_sym_str(k->bound[i]->let->var) : (wr_str){0};
}

static void variable(g_checker *k, const g_part *p) {
    g_bound *b = p->key->id < k->n_syms ? k->bound[p->key->id] : NULL;
    if (b) {
        b->used = true;
        g_refers(k, b->node, p->span);
        return;
    }
    if (p->key->id >= k->n_syms) return;
    uint8_t *seen = &k->seen[p->key->id];
    if (*seen & (G_SEEN_CAPTURE | G_SEEN_SAID)) return;
    if (k->in_prule && (*seen & G_SEEN_DEFINED)) return;
    *seen |= G_SEEN_SAID;
    wr_str name = wr_sym_str(p->key);
    wr_str like = g_suggest(k, name, nth_bound, k->n_syms);
    g_warn(k, WR_D_G0204, k->sev, p->span, "evaluating it is an error",
           "nothing defines the variable %%%.*s%.*s", WR_FMT(name), WR_FMT(like));
}

static void query(g_checker *k, const g_query *q) {
    g_check_query(k, q);
    for (uint32_t i = 0; i < q->n; i++) {
        const g_part *p = &q->parts[i];
        if (p->kind == G_VAR) variable(k, p);
        if (p->filter) cnf(k, p->filter);
        if (p->with) value(k, p->with);
    }
}

static void value(g_checker *k, const g_value *v) {
    if (v->kind == G_V_QUERY) query(k, v->u.query);
    if (v->kind == G_V_CALL) call(k, v->u.call);
}

static void bind(g_checker *k, const wr_sym *name, const g_let *let, bool quiet) {
    if (name->id >= k->n_syms) return;
    g_bound *outer = k->bound[name->id];
    if (outer && outer->scope == k->scope && let && outer->let) {
        g_warn(k, WR_D_G0211, k->sev, let->span, "the last one counts, for all uses",
               "%.*s is assigned more than once in this block", WR_FMT(wr_sym_str(name)));
        return;
    }
    g_bound *b = WR_NEW(k->a, g_bound);
    if (!b) return;
    *b = (g_bound){.let = let, .outer = outer, .scope = k->scope, .quiet = quiet};
    b->node = let ? k->n_nodes++ : G_NO_NODE;
    if (let) (void)!WR_PUSH(k->a, &k->names, wr_sym_str(name));
    k->bound[name->id] = b;
}

static void bind_all(g_checker *k, const g_let *v, uint32_t n, bool quiet) {
    k->scope++;
    for (uint32_t i = 0; i < n; i++) bind(k, v[i].var, &v[i], quiet);
}

static void let_values(g_checker *k, const g_let *v, uint32_t n) {
    uint32_t outer = k->node;
    for (uint32_t i = 0; i < n; i++) {
        const g_bound *b = v[i].var->id < k->n_syms ? k->bound[v[i].var->id] : NULL;
        k->node = b ? b->node : G_NO_NODE;
        value(k, &v[i].value);
    }
    k->node = outer;
}

static void unbind(g_checker *k, const wr_sym *name, uint32_t scope) {
    g_bound *b = name->id < k->n_syms ? k->bound[name->id] : NULL;
    if (!b || b->scope != scope) return;
    k->bound[name->id] = b->outer;
    bool used = b->used || (k->seen[name->id] & G_SEEN_IN_PRULE);
    if (b->let && !used && !b->quiet)
        g_warn(k, WR_D_G0205, WR_NOTE, b->let->span, NULL, "the variable %.*s is not used",
               WR_FMT(wr_sym_str(name)));
}

static void unbind_all(g_checker *k, const g_let *v, uint32_t n, uint32_t scope) {
    for (uint32_t i = 0; i < n; i++) unbind(k, v[i].var, scope);
}

// ---------------------------------------------------------------------------------- clauses

static void block(g_checker *k, const g_block *b) {
    bind_all(k, b->lets, b->n_lets, false);
    uint32_t scope = k->scope;
    let_values(k, b->lets, b->n_lets);
    cnf(k, &b->cnf);
    unbind_all(k, b->lets, b->n_lets, scope);
}

static wr_str nth_rule(const g_checker *k, uint32_t i) { return k->f->rules[i].name; }
static wr_str nth_prule(const g_checker *k, uint32_t i) { return k->f->prules[i].name; }

static const g_rule *in_prelude(const g_checker *k, const wr_sym *name, bool parameterised) {
    for (const g_file *f = k->f->prelude; f; f = f->prelude) {
        const g_rule *v = parameterised ? f->prules : f->rules;
        uint32_t n = parameterised ? f->n_prules : f->n_rules;
        const g_name_at *names = parameterised ? f->pby_name : f->by_name;
        uint32_t i = g_first_named(names, n, name);
        if (i < n) return &v[names[i].at];
    }
    return NULL;
}

static uint32_t index_of(const g_checker *k, const uint32_t *table, const wr_sym *name) {
    return name->id < k->n_syms ? table[name->id] : 0;
}

static void rule_ref(g_checker *k, const g_clause *c) {
    uint32_t i = index_of(k, k->rule_of, c->sym);
    if (i > 0) g_refers(k, i - 1, c->span);
    if (i > 0 || in_prelude(k, c->sym, false)) return;
    if (index_of(k, k->prule_of, c->sym) || in_prelude(k, c->sym, true)) {
        g_warn(k, WR_D_G0201, k->sev, c->span, "evaluating it is an error",
               "rule %.*s has parameters and must be called with arguments", WR_FMT(c->name));
        return;
    }
    wr_str like = g_suggest(k, c->name, nth_rule, k->f->n_rules);
    g_warn(k, WR_D_G0201, k->sev, c->span, "evaluating it is an error", "there is no rule %.*s%.*s",
           WR_FMT(c->name), WR_FMT(like));
}

static void rule_call(g_checker *k, const g_clause *c) {
    uint32_t i = index_of(k, k->prule_of, c->sym);
    const g_rule *r = i > 0 ? &k->f->prules[i - 1] : in_prelude(k, c->sym, true);
    if (i > 0) g_refers(k, k->f->n_rules + i - 1, c->span);
    for (uint32_t j = 0; j < c->n_args; j++) value(k, &c->args[j]);
    if (i == 0 && !r) {
        wr_str like = g_suggest(k, c->name, nth_prule, k->f->n_prules);
        g_warn(k, WR_D_G0201, k->sev, c->span, "evaluating it is an error",
               "there is no rule %.*s with parameters%.*s", WR_FMT(c->name), WR_FMT(like));
    } else if (r->n_params != c->n_args) {
        g_warn(k, WR_D_G0203, k->sev, c->span, "evaluating it is an error",
               "rule %.*s takes %u argument%s, not %u", WR_FMT(c->name), r->n_params,
               r->n_params == 1 ? "" : "s", c->n_args);
    }
}

static void clause(g_checker *k, const g_clause *c) {
    g_check_clause(k, c);
    if (c->kind == G_C_NAMED) rule_ref(k, c);
    if (c->kind == G_C_CALL) rule_call(k, c);
    if (c->query && c->kind != G_C_TYPE) query(k, c->query);
    if (c->rhs) value(k, c->rhs);
    if (c->when) cnf(k, c->when);
    if (c->block) block(k, c->block);
}

static void cnf(g_checker *k, const g_cnf *c) {
    for (uint32_t i = 0; i < c->n; i++) {
        g_check_disj(k, &c->v[i]);
        for (uint32_t j = 0; j < c->v[i].n; j++) clause(k, &c->v[i].v[j]);
    }
}

// ---------------------------------------------------------------------------------- the file

static void rule(g_checker *k, const g_rule *r, uint32_t node) {
    k->node = node;
    k->in_prule = r->parameterised;
    k->scope++;
    uint32_t scope = k->scope;
    for (uint32_t i = 0; i < r->n_params; i++) bind(k, r->params[i], NULL, true);
    // the conditions of a rule are outside of its block
    if (r->when) cnf(k, r->when);
    block(k, &r->block);
    for (uint32_t i = 0; i < r->n_params; i++) unbind(k, r->params[i], scope);
    k->node = G_NO_NODE;
}

// Two rules of one name are usual when each has its `when`: each handles its case.
static void repeated(g_checker *k, const g_rule *first, const g_rule *r) {
    if (r->parameterised)
        g_warn(k, WR_D_G0212, k->sev, r->name_span, "calls use the last one",
               "a rule %.*s with parameters is defined before", WR_FMT(r->name));
    else if (!r->when || !first->when)
        g_warn(k, WR_D_G0212, k->sev, r->name_span,
               "both are evaluated; a reference takes the first that does not skip",
               "a rule %.*s is defined before", WR_FMT(r->name));
}

static void index_rules(g_checker *k, const g_rule *v, uint32_t n, uint32_t *table) {
    for (uint32_t i = 0; i < n; i++) {
        (void)!WR_PUSH(k->a, &k->names, v[i].name);
        if (v[i].sym->id >= k->n_syms) continue;
        uint32_t *slot = &table[v[i].sym->id];
        if (*slot > 0) repeated(k, &v[*slot - 1], &v[i]);
        if (*slot == 0 || v[i].parameterised) *slot = i + 1;
    }
}

static void saw(g_checker *k, const wr_sym *name, uint8_t how) {
    if (name && name->id < k->n_syms) k->seen[name->id] |= how;
}

static void note_captures(g_walk *w, g_query *q) {
    for (uint32_t i = 0; i < q->n; i++) saw(w->arg, q->parts[i].name, G_SEEN_CAPTURE);
}

static void note_uses(g_walk *w, g_query *q) {
    for (uint32_t i = 0; i < q->n; i++)
        if (q->parts[i].kind == G_VAR) saw(w->arg, q->parts[i].key, G_SEEN_IN_PRULE);
}

static void note_lets(g_checker *k, const g_block *b);

static void note_lets_in(g_checker *k, const g_cnf *c) {
    for (uint32_t i = 0; i < c->n; i++)
        for (uint32_t j = 0; j < c->v[i].n; j++)
            if (c->v[i].v[j].block) note_lets(k, c->v[i].v[j].block);
}

static void note_lets(g_checker *k, const g_block *b) {
    for (uint32_t i = 0; i < b->n_lets; i++) saw(k, b->lets[i].var, G_SEEN_DEFINED);
    note_lets_in(k, &b->cnf);
}

static void note_names(g_checker *k, g_file *f) {
    g_walk captures = {.query = note_captures, .arg = k}, uses = {.query = note_uses, .arg = k};
    g_walk_file(&captures, f);
    for (uint32_t i = 0; i < f->n_rules; i++) note_lets(k, &f->rules[i].block);
    for (uint32_t i = 0; i < f->n_prules; i++) {
        const g_rule *r = &f->prules[i];
        note_lets(k, &r->block);
        for (uint32_t j = 0; j < r->n_params; j++) saw(k, r->params[j], G_SEEN_DEFINED);
        g_walk_rule(&uses, &f->prules[i]);
    }
}

static bool start(g_checker *k) {
    uint32_t n = k->set->syms.n;
    k->n_syms = n;
    k->bound = WR_NEW_N(k->a, g_bound *, n + 1);
    k->seen = WR_NEW_N(k->a, uint8_t, n + 1);
    k->rule_of = WR_NEW_N(k->a, uint32_t, n + 1);
    k->prule_of = WR_NEW_N(k->a, uint32_t, n + 1);
    if (!k->bound || !k->seen || !k->rule_of || !k->prule_of) return false;
    note_names(k, k->f);
    for (g_file *f = (g_file *)k->f->prelude; f; f = (g_file *)f->prelude) note_names(k, f);
    index_rules(k, k->f->rules, k->f->n_rules, k->rule_of);
    index_rules(k, k->f->prules, k->f->n_prules, k->prule_of);
    k->n_nodes = k->f->n_rules + k->f->n_prules;
    return true;
}

static void check_file(g_checker *k) {
    g_file *f = k->f;
    for (const g_file *p = f->prelude; p; p = p->prelude) bind_all(k, p->lets, p->n_lets, true);
    bind_all(k, f->lets, f->n_lets, f->is_prelude);
    uint32_t scope = k->scope;
    let_values(k, f->lets, f->n_lets);
    for (uint32_t i = 0; i < f->n_rules; i++) rule(k, &f->rules[i], i);
    for (uint32_t i = 0; i < f->n_prules; i++) rule(k, &f->prules[i], f->n_rules + i);
    unbind_all(k, f->lets, f->n_lets, scope);
    g_check_cycles(k);
}

void g_check(wr_guard_set *s, g_file *f) {
    wr_mark m = wr_arena_mark(&s->scratch);
    g_checker k = {.set = s,
                   .f = f,
                   .a = &s->scratch,
                   .sev = s->opts.strict ? WR_ERROR : WR_WARNING,
                   .node = G_NO_NODE};
    if (start(&k)) check_file(&k);
    wr_arena_rewind(&s->scratch, m);
}
