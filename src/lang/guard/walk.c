// SPDX-License-Identifier: Apache-2.0
// walk: visits the AST of a rule file: operands before what they hold, filters and blocks inside.
// One walk serves everything that must reach each literal or query once; see walk.h.
#include "lang/guard/walk.h"

static void cnf(g_walk *w, g_cnf *c);
static void value(g_walk *w, g_value *v);

static void query(g_walk *w, g_query *q) {
    if (w->query) w->query(w, q);
    for (uint32_t i = 0; i < q->n; i++) {
        if (q->parts[i].filter) cnf(w, q->parts[i].filter);
        if (q->parts[i].with) value(w, q->parts[i].with);
    }
}

static void value(g_walk *w, g_value *v) {
    if (w->value) w->value(w, v);
    if (v->kind == G_V_QUERY) query(w, v->u.query);
    if (v->kind == G_V_CALL)
        for (uint32_t i = 0; i < v->u.call->n; i++) value(w, &v->u.call->args[i]);
}

static void block(g_walk *w, g_block *b) {
    for (uint32_t i = 0; i < b->n_lets; i++) value(w, &b->lets[i].value);
    cnf(w, &b->cnf);
}

static void clause(g_walk *w, g_clause *c) {
    if (c->query) query(w, c->query);
    if (c->rhs) value(w, c->rhs);
    for (uint32_t i = 0; i < c->n_args; i++) value(w, &c->args[i]);
    if (c->when) cnf(w, c->when);
    if (c->block) block(w, c->block);
}

static void cnf(g_walk *w, g_cnf *c) {
    for (uint32_t i = 0; i < c->n; i++)
        for (uint32_t j = 0; j < c->v[i].n; j++) clause(w, &c->v[i].v[j]);
}

void g_walk_rule(g_walk *w, g_rule *r) {
    if (r->when) cnf(w, r->when);
    block(w, &r->block);
}

void g_walk_file(g_walk *w, g_file *f) {
    for (uint32_t i = 0; i < f->n_lets; i++) value(w, &f->lets[i].value);
    for (uint32_t i = 0; i < f->n_rules; i++) g_walk_rule(w, &f->rules[i]);
    for (uint32_t i = 0; i < f->n_prules; i++) g_walk_rule(w, &f->prules[i]);
}
