// SPDX-License-Identifier: Apache-2.0
// The parser of Guard rules, both levels, with everything that is said about what it read. A text
// either parses or has the original's error and at least one diagnostic; all spans lie in the text;
// the tree can be written; and whether a text parses does not depend on who is watching.
#include <stdint.h>

#include "lang/guard/guard.h"

static void check_diags(const wr_ctx *c) {
    wr_buf b;
    wr_buf_init(&b, 0);
    for (const wr_diag *d = c->diags; d; d = d->next) {
        WR_ASSERT(d->span.beg <= d->span.end);
        WR_ASSERT(d->src == NULL || d->span.end <= d->src->text.n);
        wr_diag_print(&b, d, false);
    }
    wr_buf_fini(&b);
}

static void write_tree(wr_ctx *c, const g_file *f, wr_guard_format format) {
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_rc rc = wr_guard_parse_tree(c, f, format, &b);
    WR_ASSERT(rc == WR_OK || rc == WR_BAD); // WR_BAD: a number that is not finite
    WR_ASSERT(rc != WR_OK || wr_utf8_check(wr_buf_str(&b)) == b.n);
    wr_buf_fini(&b);
}

// Edits lie within the text and are in its order.
static void check_mutants(wr_ctx *c, const g_file *f, size_t bytes) {
    uint32_t n;
    const wr_guard_mutant *v = wr_guard_mutants(&c->arena, f, &n);
    WR_ASSERT(v != NULL);
    for (uint32_t i = 0; i < n; i++) {
        WR_ASSERT(v[i].at.beg <= v[i].at.end && v[i].at.end <= bytes);
        WR_ASSERT(v[i].of.beg <= v[i].of.end && v[i].of.end <= bytes);
        WR_ASSERT(i == 0 || v[i - 1].at.beg <= v[i].at.beg);
        WR_ASSERT(wr_utf8_check(v[i].what) == v[i].what.n);
    }
}

static wr_rc try_level(wr_str text, wr_guard_level level) {
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    wr_guard_opts o = {.level = level};
    wr_guard_set *s = wr_guard_set_new(&c, &o);
    const wr_src *src = wr_src_new(&c.arena, WR_S("fuzz"), text, false);
    WR_ASSERT(s != NULL && src != NULL);
    const g_file *f = NULL;
    wr_rc rc = wr_guard_add(s, src, WR_S("fuzz"), &f);
    WR_ASSERT((rc == WR_OK) == (c.n_errors == 0));
    WR_ASSERT(rc == WR_OK || wr_guard_file_error(f).n > 0);
    check_diags(&c);
    if (rc == WR_OK) {
        write_tree(&c, f, WR_GF_JSON);
        write_tree(&c, f, WR_GF_YAML);
        check_mutants(&c, f, text.n);
    }
    wr_guard_set_free(s);
    wr_ctx_fini(&c);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    wr_str text = {(const char *)data, size};
    WR_ASSERT(try_level(text, WR_GUARD_31) != WR_NOMEM);
    WR_ASSERT(try_level(text, WR_GUARD_32) != WR_NOMEM);
    return 0;
}
