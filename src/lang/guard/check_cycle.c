// SPDX-License-Identifier: Apache-2.0
// check_cycle: rules and variables that need themselves. The original overflows its stack on them.
// A depth-first walk over the references that check.c collected, without recursion.
#include "lang/guard/check_int.h"

typedef struct graph {
    g_checker *k;
    uint32_t *first; // of node i: its edges are out[first[i]] up to out[first[i + 1]]
    g_edge *out;
    uint8_t *state; // 0 not seen, 1 on the path, 2 done
    uint32_t *path, *next;
    uint32_t depth;
} graph;

static bool build(graph *g) {
    g_checker *k = g->k;
    uint32_t n = k->n_nodes;
    g->first = WR_NEW_N(k->a, uint32_t, n + 2);
    g->out = WR_NEW_N(k->a, g_edge, k->edges.n + 1);
    g->state = WR_NEW_N(k->a, uint8_t, n + 1);
    g->path = WR_NEW_N(k->a, uint32_t, n + 1);
    g->next = WR_NEW_N(k->a, uint32_t, n + 1);
    if (!g->first || !g->out || !g->state || !g->path || !g->next) return false;
    for (uint32_t i = 0; i < k->edges.n; i++) g->first[k->edges.v[i].from + 1]++;
    for (uint32_t i = 0; i < n; i++) g->first[i + 1] += g->first[i];
    for (uint32_t i = 0; i < n; i++) g->next[i] = g->first[i];
    for (uint32_t i = 0; i < k->edges.n; i++) g->out[g->next[k->edges.v[i].from]++] = k->edges.v[i];
    return true;
}

static const char *what(const g_checker *k, uint32_t node) {
    return node < k->f->n_rules + k->f->n_prules ? "rule " : "variable ";
}

static void report(graph *g, const g_edge *e) {
    g_checker *k = g->k;
    wr_str a = k->names.v[e->from], b = k->names.v[e->to];
    const char *hint = "unless a condition ends it, evaluating it is an error";
    if (e->from == e->to)
        g_warn(k, WR_D_G0206, k->sev, e->at, hint, "%s%.*s refers to itself", what(k, e->to),
               WR_FMT(a));
    else
        g_warn(k, WR_D_G0206, k->sev, e->at, hint,
               "%s%.*s and %s%.*s refer to each other in a circle", what(k, e->to), WR_FMT(b),
               what(k, e->from), WR_FMT(a));
}

static void enter(graph *g, uint32_t node) {
    g->state[node] = 1;
    g->path[g->depth++] = node;
    g->next[node] = g->first[node];
}

static void search(graph *g, uint32_t root) {
    enter(g, root);
    while (g->depth > 0) {
        uint32_t node = g->path[g->depth - 1];
        if (g->next[node] == g->first[node + 1]) {
            g->state[node] = 2;
            g->depth--;
            continue;
        }
        const g_edge *e = &g->out[g->next[node]++];
        if (g->state[e->to] == 0) enter(g, e->to);
        else if (g->state[e->to] == 1) report(g, e);
    }
}

void g_check_cycles(g_checker *k) {
    graph g = {.k = k};
    if (k->edges.n == 0 || k->names.n < k->n_nodes || !build(&g)) return;
    for (uint32_t i = 0; i < k->n_nodes; i++)
        if (g.state[i] == 0) search(&g, i);
}
