// SPDX-License-Identifier: Apache-2.0
// Policies and policy sets as JSON: what is read is written as JSON that reads as the same; what
// has a text is the same again when the text is read.
#include <stdint.h>

#include "lang/cedar/cedar.h"

static wr_str meaning(wr_ctx *c, const wr_cedar_set *s) {
    wr_buf b;
    wr_out o;
    wr_buf_init(&b, 0);
    WR_ASSERT(wr_out_json_line(&o, &b) == WR_OK);
    wr_cedar_set_json(&o, s);
    wr_out_fini(&o);
    return wr_buf_keep(&b, &c->arena);
}

static wr_cedar_set *read_set(wr_ctx *c, wr_str text) {
    const wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true, .own_repeats = true};
    wr_src *src = wr_src_new(&c->arena, WR_S("fuzz"), text, false);
    wr_cedar_set *s = wr_cedar_set_new(c);
    wr_doc *d;
    WR_ASSERT(src != NULL && s != NULL);
    if (wr_doc_load(c, src, &how, &d) != WR_OK) return NULL;
    wr_rc rc = wr_cedar_add_json(s, d, WR_S(""));
    WR_ASSERT((rc == WR_OK) == (c->n_errors == 0));
    WR_ASSERT(rc == WR_OK || wr_cedar_count(s) == 0);
    return rc == WR_OK ? s : NULL;
}

static void check_text(wr_ctx *c, const ced_policy *p) {
    wr_buf b;
    wr_buf_init(&b, 0);
    if (wr_cedar_policy_text(c, &b, p) == WR_OK) {
        wr_src *src = wr_src_new(&c->arena, WR_S("text"), wr_buf_str(&b), false);
        wr_cedar_set *s = wr_cedar_set_new(c);
        WR_ASSERT(wr_cedar_add_text(s, src, false) == WR_OK);
        WR_ASSERT(wr_cedar_count(s) == 1);
    }
    wr_buf_fini(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    if (n > 1 << 16) return 0;
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    wr_cedar_set *s = read_set(&c, wr_strn((const char *)data, n));
    if (s != NULL) {
        wr_cedar_set *again = read_set(&c, meaning(&c, s));
        WR_ASSERT(again != NULL && wr_eq(meaning(&c, s), meaning(&c, again)));
        for (uint32_t i = 0; i < wr_cedar_count(s); i++) check_text(&c, wr_cedar_at(s, i));
    }
    wr_ctx_fini(&c);
    return 0;
}
