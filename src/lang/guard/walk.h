// SPDX-License-Identifier: Apache-2.0
// walk: every operand and query of a compiled file, in text order, each exactly once. Private to
// lang/guard. Depth is bounded by the parser's limit.
#ifndef WR_GUARD_WALK_H
#define WR_GUARD_WALK_H

#include "lang/guard/guard_int.h"

typedef struct g_walk {
    void (*value)(struct g_walk *w, g_value *v); // before what it holds; may be NULL
    void (*query)(struct g_walk *w, g_query *q); // before what it holds; may be NULL
    void *arg;
} g_walk;

void g_walk_file(g_walk *w, g_file *f);
void g_walk_rule(g_walk *w, g_rule *r);

#endif
