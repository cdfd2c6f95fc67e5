// SPDX-License-Identifier: Apache-2.0
// Schemas of Cedar, and entities read by them: a schema in either syntax, then (behind a NUL byte)
// entities. What is a schema is written in both syntaxes and read again, and must mean the same;
// where its text is refused, that was said. Entities that a schema accepts are accepted twice
// alike, and without it.
#include <stdint.h>
#include <stdlib.h>

#include "lang/cedar/cedar.h"

static wr_doc *load(wr_ctx *c, wr_str text) {
    static const wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true, .own_repeats = true};
    wr_doc *d = NULL;
    wr_src *s = wr_src_new(&c->arena, WR_S("fuzz"), text, false);
    return s && wr_doc_load(c, s, &how, &d) == WR_OK ? d : NULL;
}

static wr_cedar_schema *from_text(wr_ctx *c, wr_str text) {
    wr_cedar_schema *s = NULL;
    wr_src *src = wr_src_new(&c->arena, WR_S("fuzz"), text, false);
    if (src == NULL) return NULL;
    uint32_t before = c->n_errors;
    wr_rc rc = wr_cedar_schema_text(c, src, &s);
    WR_ASSERT(rc == WR_OK || rc == WR_BAD);
    WR_ASSERT(rc == WR_OK || c->n_errors > before);
    return rc == WR_OK ? s : NULL;
}

static wr_cedar_schema *from_json(wr_ctx *c, wr_str text) {
    wr_cedar_schema *s = NULL;
    wr_doc *d = load(c, text);
    if (d == NULL) return NULL;
    uint32_t before = c->n_errors;
    wr_rc rc = wr_cedar_schema_json(c, d, &s);
    WR_ASSERT(rc == WR_OK || rc == WR_BAD);
    WR_ASSERT(rc == WR_OK || c->n_errors > before);
    return rc == WR_OK ? s : NULL;
}

static wr_str as_json(wr_ctx *c, const wr_cedar_schema *s, bool resolved) {
    wr_buf b;
    wr_out o;
    wr_buf_init(&b, 0);
    WR_ASSERT(wr_out_json_line(&o, &b) == WR_OK);
    wr_cedar_schema_put_json(&o, s, resolved);
    wr_out_fini(&o);
    return wr_buf_keep(&b, &c->arena);
}

// p NULL: refused, and said.
static wr_str as_text(wr_ctx *c, const wr_cedar_schema *s) {
    wr_buf b;
    wr_buf_init(&b, 0);
    uint32_t before = c->n_errors;
    if (wr_cedar_schema_put_text(c, &b, s) == WR_OK) {
        wr_str text = wr_buf_keep(&b, &c->arena);
        return text.p ? text : WR_S("");
    }
    WR_ASSERT(c->n_errors > before);
    wr_buf_fini(&b);
    return (wr_str){0};
}

static void check(wr_ctx *c, const wr_cedar_schema *s) {
    wr_str json = as_json(c, s, false), means = as_json(c, s, true);
    const wr_cedar_schema *again = from_json(c, json);
    WR_ASSERT(again != NULL);
    WR_ASSERT(wr_eq(as_json(c, again, false), json) && wr_eq(as_json(c, again, true), means));
    wr_str text = as_text(c, s);
    if (text.p == NULL) return;
    // An annotation without a value is read as one of an empty value: from then on nothing changes.
    const wr_cedar_schema *printed = from_text(c, text);
    WR_ASSERT(printed != NULL);
    text = as_text(c, printed);
    const wr_cedar_schema *twice = from_text(c, text);
    WR_ASSERT(twice != NULL && wr_eq(as_text(c, twice), text));
    WR_ASSERT(wr_eq(as_json(c, twice, true), as_json(c, printed, true)));
}

static bool accepts(wr_ctx *c, const wr_cedar_schema *s, const wr_doc *d) {
    wr_cedar_store *st = wr_cedar_store_new(c, s);
    uint32_t before = c->n_errors;
    bool ok = st && wr_cedar_store_add(st, d) == WR_OK && wr_cedar_store_close(st) == WR_OK;
    WR_ASSERT(ok || c->n_errors > before);
    return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 1 << 16) return 0;
    wr_limits limits = wr_limits_default;
    limits.diags = 1000000;
    wr_ctx c;
    wr_ctx_init(&c, &limits);
    wr_str all = {(const char *)data, size}, nul = {"", 1};
    size_t cut = wr_find(all, nul, 0);
    wr_str text = wr_sub(all, 0, cut == SIZE_MAX ? size : cut);
    wr_cedar_schema *s = text.n && text.p[0] == '{' ? from_json(&c, text) : from_text(&c, text);
    if (s) check(&c, s);
    wr_doc *d = cut == SIZE_MAX ? NULL : load(&c, wr_sub(all, cut + 1, size));
    if (s && d) {
        bool once = accepts(&c, s, d);
        WR_ASSERT(accepts(&c, s, d) == once);
        (void)accepts(&c, NULL, d);
        wr_cedar_request q;
        (void)!wr_cedar_request_read(&c, d, d->root, s, true, &q);
    }
    wr_buf b;
    wr_buf_init(&b, 0);
    for (const wr_diag *g = c.diags; g; g = g->next) wr_diag_print(&b, g, false);
    WR_ASSERT(wr_utf8_check(wr_buf_str(&b)) == b.n);
    wr_buf_fini(&b);
    wr_ctx_fini(&c);
    return 0;
}
