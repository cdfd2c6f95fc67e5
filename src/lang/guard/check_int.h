// SPDX-License-Identifier: Apache-2.0
// check_int: what the checker knows while it goes through a file; check.c and check_*.c only.
//
// Always true: all its memory is taken from the set's scratch arena and given back at the end; each
// symbol has a stack of the variables of that name in scope, so looking one up costs nothing.
#ifndef WR_GUARD_CHECK_INT_H
#define WR_GUARD_CHECK_INT_H

#include "lang/guard/walk.h"

#define G_NO_NODE UINT32_MAX

// A rule with parameters also sees the variables of whoever calls it, so a name it uses may be
// defined anywhere, and a variable may be used there.
enum {
    G_SEEN_CAPTURE = 1,  // some filter stores keys under that name
    G_SEEN_DEFINED = 2,  // some let or parameter defines it
    G_SEEN_IN_PRULE = 4, // some rule with parameters uses it
    G_SEEN_SAID = 8,     // that it is not known was said
};

typedef struct g_bound {   // a variable in scope
    const g_let *let;      // NULL: a parameter
    struct g_bound *outer; // of the same name, further out
    uint32_t node;         // in the graph of references
    uint32_t scope;        // number of its scope
    bool used, quiet;      // quiet: nobody is told that it is not used
} g_bound;

typedef struct g_edge { // one definition refers to another
    uint32_t from, to;
    wr_span at;
} g_edge;

typedef struct g_checker {
    wr_guard_set *set;
    g_file *f;
    wr_arena *a; // scratch
    wr_sev sev;  // of a warning
    uint32_t n_syms;
    g_bound **bound;              // by symbol id
    uint8_t *seen;                // by symbol id: G_SEEN_*
    uint32_t *rule_of, *prule_of; // by symbol id: index + 1 of the rule of that name
    uint32_t n_nodes;             // rules, parameterised rules, then lets
    uint32_t node;                // what is being looked at
    bool in_prule;
    uint32_t scope;
    WR_VEC(g_edge) edges;
    WR_VEC(wr_str) names; // by node
    uint32_t suggestions; // made so far
} g_checker;

void g_warn(g_checker *k, wr_code code, wr_sev sev, wr_span at, const char *hint, const char *fmt,
            ...) WR_PRINTF(6, 7);
// ", did you mean `x`?" or "" for a name that is not there; names are asked one after the other.
wr_str g_suggest(g_checker *k, wr_str name, wr_str (*nth)(const g_checker *, uint32_t), uint32_t n);
void g_refers(g_checker *k, uint32_t to, wr_span at);

void g_check_clause(g_checker *k, const g_clause *c); // check_clause.c: one clause by itself
void g_check_query(g_checker *k, const g_query *q);
void g_check_disj(g_checker *k, const g_disj *d);
void g_check_cycles(g_checker *k); // check_cycle.c

#endif
