// SPDX-License-Identifier: Apache-2.0
// The context of one task and the limits it runs under. The clock is read once, when the task
// begins, so that all it reports is of one moment.

#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

// Far above what real templates and plans need, low enough that a hostile file ends in a
// diagnostic and not in a dead machine. depth: cfn-guard itself reads templates nested thousands
// deep. Readers and writers keep their own stacks; what recurses over a document (comparing and
// showing values) does it in frames of which this many fit a stack of 8 MiB.
const wr_limits wr_limits_default = {
    .bytes = (uint64_t)512 << 20,
    .depth = 10000,
    .nodes = 50000000,
    .steps = 1000000000,
    .regex_steps = 10000000,
    .regex_bytes = 64 * 1024,
    .diags = 1000,
    .nesting = 3000,
};

void wr_ctx_init(wr_ctx *c, const wr_limits *limits) {
    *c = (wr_ctx){.limits = limits ? *limits : wr_limits_default, .now = (int64_t)time(NULL)};
    wr_arena_init(&c->arena, 0);
    c->diags_tail = &c->diags;
}

void wr_ctx_fini(wr_ctx *c) {
    wr_arena_fini(&c->arena);
    c->diags = NULL;
    c->diags_tail = &c->diags;
    c->n_diags = c->n_errors = 0;
}

wr_ctx_mark wr_ctx_mark_now(const wr_ctx *c) {
    return (wr_ctx_mark){wr_arena_mark(&c->arena), c->diags_tail, c->n_diags, c->n_errors};
}

void wr_ctx_hush(wr_ctx *c, wr_ctx_mark m) {
    c->diags_tail = m.tail;
    *m.tail = NULL;
    c->n_diags = m.n_diags;
    c->n_errors = m.n_errors;
}

void wr_ctx_rewind(wr_ctx *c, wr_ctx_mark m) {
    wr_ctx_hush(c, m);
    wr_arena_rewind(&c->arena, m.arena);
}

_Noreturn void wr_assert_failed(const char *expr, const char *file, int line) {
    (void)fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, expr);
    abort();
}
