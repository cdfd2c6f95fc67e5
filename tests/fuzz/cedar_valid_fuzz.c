// SPDX-License-Identifier: Apache-2.0
// Validation. The input is a schema, a NUL, policies. What reads is validated in both modes and at
// a level: a remark has a message and lies within the text; what strict mode takes, permissive mode
// takes too; a level only adds faults.
#include <stdint.h>

#include "lang/cedar/cedar.h"

static bool validate(wr_ctx *c, const wr_cedar_set *set, const wr_cedar_schema *s,
                     wr_cedar_mode mode, uint32_t level, uint32_t *errors) {
    wr_cedar_remarks r;
    wr_rc rc = wr_cedar_validate(c, set, s, mode, level, &r);
    WR_ASSERT(rc == WR_OK || rc == WR_LIMIT);
    for (uint32_t i = 0; i < r.n; i++) {
        WR_ASSERT(r.v[i].message.n > 0 && r.v[i].at.beg <= r.v[i].at.end);
        WR_ASSERT(r.v[i].src == NULL || r.v[i].at.end <= r.v[i].src->text.n);
    }
    *errors = r.n_errors;
    return rc == WR_OK;
}

static void check(wr_ctx *c, const wr_cedar_set *set, const wr_cedar_schema *s) {
    uint32_t strict, loose, level;
    if (!validate(c, set, s, WR_CEDAR_STRICT, UINT32_MAX, &strict)) return;
    if (!validate(c, set, s, WR_CEDAR_PERMISSIVE, UINT32_MAX, &loose)) return;
    WR_ASSERT(strict > 0 || loose == 0);
    if (validate(c, set, s, WR_CEDAR_STRICT, 1, &level)) WR_ASSERT(level >= strict);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    wr_str text = {(const char *)data, size};
    size_t cut = wr_find(text, wr_strn("", 1), 0);
    if (cut == SIZE_MAX) return 0;
    wr_limits limits = wr_limits_default;
    limits.steps = 2000000;
    wr_ctx c;
    wr_ctx_init(&c, &limits);
    wr_src *a = wr_src_new(&c.arena, WR_S("schema"), wr_sub(text, 0, cut), false);
    wr_src *b = wr_src_new(&c.arena, WR_S("policies"), wr_sub(text, cut + 1, size), false);
    wr_cedar_set *set = wr_cedar_set_new(&c);
    wr_cedar_schema *s = NULL;
    if (wr_cedar_schema_text(&c, a, &s) == WR_OK && wr_cedar_add_text(set, b, false) == WR_OK)
        check(&c, set, s);
    wr_ctx_fini(&c);
    return 0;
}
