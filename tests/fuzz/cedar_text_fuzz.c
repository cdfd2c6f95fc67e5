// SPDX-License-Identifier: Apache-2.0
// Policies as text: what parses is written as JSON, as text and laid out, and each, read again, is
// the same policies. The formatter never has to refuse.
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

static wr_cedar_set *parse(wr_ctx *c, wr_str text) {
    wr_cedar_set *s = wr_cedar_set_new(c);
    wr_src *src = wr_src_new(&c->arena, WR_S("fuzz"), text, false);
    WR_ASSERT(s != NULL && src != NULL);
    wr_rc rc = wr_cedar_add_text(s, src, false);
    WR_ASSERT((rc == WR_OK) == (c->n_errors == 0));
    return rc == WR_OK ? s : NULL;
}

static void check_diags(const wr_ctx *c) {
    wr_buf b;
    wr_buf_init(&b, 0);
    for (const wr_diag *d = c->diags; d; d = d->next) wr_diag_print(&b, d, false);
    wr_buf_fini(&b);
}

static void check_texts(wr_ctx *c, const wr_cedar_set *s) {
    wr_buf b;
    wr_buf_init(&b, 0);
    for (uint32_t i = 0; i < wr_cedar_count(s); i++) {
        wr_rc rc = wr_cedar_policy_text(c, &b, wr_cedar_at(s, i));
        WR_ASSERT(rc == WR_OK); // what came from text has one
        wr_putc(&b, '\n');
    }
    wr_cedar_set *again = parse(c, wr_buf_keep(&b, &c->arena));
    WR_ASSERT(again != NULL && wr_eq(meaning(c, s), meaning(c, again)));
}

static void check_json(wr_ctx *c, const wr_cedar_set *s) {
    wr_str json = meaning(c, s);
    wr_src *src = wr_src_new(&c->arena, WR_S("json"), json, false);
    const wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    wr_doc *d;
    wr_cedar_set *again = wr_cedar_set_new(c);
    if (wr_doc_load(c, src, &how, &d) != WR_OK) return; // a chain longer than a document is deep
    WR_ASSERT(wr_cedar_add_json(again, d, WR_S("")) == WR_OK);
    WR_ASSERT(wr_cedar_count(again) == wr_cedar_count(s));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    if (n > 1 << 16) return 0;
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    wr_str text = wr_strn((const char *)data, n);
    wr_cedar_set *s = parse(&c, text);
    check_diags(&c);
    if (s != NULL) {
        const wr_cedar_format_opts o = {(uint32_t)(n % 80) + 1, (uint32_t)(n % 5)};
        wr_buf b;
        wr_buf_init(&b, 0);
        wr_src *src = wr_src_new(&c.arena, WR_S("fuzz"), text, false);
        WR_ASSERT(wr_cedar_format(&c, src, &o, &b) == WR_OK);
        wr_buf_fini(&b);
        check_texts(&c, s);
        check_json(&c, s);
    }
    wr_ctx_fini(&c);
    return 0;
}
