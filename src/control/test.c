// SPDX-License-Identifier: Apache-2.0
// test: controls by their own tests: one input, one layer, the outcome that is expected of it; and
// which layers have tests at all. Format: docs/guide/test.md.
//
// Always true: a test whose input or layer could not be used is not met, whatever it expects,
// unless it expects exactly that (`error`).

#include "control/control.h"

// Which mark a test is that expects this outcome.
static unsigned mark_of(wr_outcome want) {
    if (WR_BIT(want) & WR_IS_GOOD) return WR_TESTED_GOOD;
    if (WR_BIT(want) & WR_IS_BAD) return WR_TESTED_BAD;
    return want == WR_SKIP ? WR_TESTED_SKIP : WR_TESTED_OPEN;
}

wr_rc wr_test_marks(const wr_repo *r, uint8_t **out) {
    wr_arena *a = &r->ctx->arena;
    wr_map by_id;
    wr_map_init(&by_id, a);
    *out = WR_NEW_N(a, uint8_t, (size_t)r->controls.n * WR_N_LAYERS + 1);
    if (*out == NULL) return WR_NOMEM;
    for (uint32_t i = 0; i < r->controls.n; i++) {
        void **at = wr_map_at(&by_id, r->controls.v[i]->id);
        if (at == NULL) return WR_NOMEM;
        *at = &(*out)[(size_t)i * WR_N_LAYERS];
    }
    for (uint32_t i = 0; i < r->tests.n; i++) {
        const wr_control_test *t = r->tests.v[i];
        uint8_t *marks = wr_map_find(&by_id, t->control);
        if (marks) marks[t->layer] = (uint8_t)(marks[t->layer] | mark_of(t->want));
    }
    return WR_OK;
}
