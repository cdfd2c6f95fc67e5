// SPDX-License-Identifier: Apache-2.0
// The JSON reader and both writers. Whatever is taken is written and read again: the second
// document must be written as the first was. What is refused has exactly one error, and it can be
// printed.
#include <stdint.h>

#include "doc/doc.h"

static wr_rc read_text(wr_ctx *c, wr_str text, wr_doc **d) {
    wr_limits limits = wr_limits_default;
    limits.depth = 500;
    wr_ctx_init(c, &limits);
    const wr_src *src = wr_src_new(&c->arena, WR_S("fuzz"), text, false);
    WR_ASSERT(src != NULL);
    return wr_json_read(c, src, &(wr_load){.is_json = true}, d);
}

static void print_diags(const wr_ctx *c) {
    wr_buf b;
    wr_buf_init(&b, 0);
    for (const wr_diag *d = c->diags; d; d = d->next) wr_diag_print(&b, d, false);
    WR_ASSERT(wr_utf8_check(wr_buf_str(&b)) == b.n);
    wr_buf_fini(&b);
}

static void check_spans(const wr_doc *d) {
    for (uint32_t i = 0; i < d->n_nodes; i++) {
        const wr_node *n = &d->nodes[i];
        WR_ASSERT(n->span.beg <= n->span.end && n->span.end <= d->srcs[n->src]->text.n);
    }
}

static void write_yaml(const wr_doc *d) {
    wr_buf b;
    wr_out o;
    wr_buf_init(&b, 0);
    WR_ASSERT(wr_out_yaml(&o, &b) == WR_OK);
    o.node(&o, d->root);
    wr_out_fini(&o);
    WR_ASSERT(b.rc == WR_OK && wr_utf8_check(wr_buf_str(&b)) == b.n);
    wr_buf_fini(&b);
}

static void check_again(const wr_doc *d, int indent) {
    wr_ctx c;
    wr_doc *again;
    wr_buf first, second;
    wr_buf_init(&first, 0);
    wr_buf_init(&second, 0);
    WR_ASSERT(wr_put_json(&first, d->root, indent) == WR_OK);
    WR_ASSERT(read_text(&c, wr_buf_str(&first), &again) == WR_OK);
    WR_ASSERT(wr_put_json(&second, again->root, indent) == WR_OK);
    WR_ASSERT(wr_eq(wr_buf_str(&first), wr_buf_str(&second)));
    wr_ctx_fini(&c);
    wr_buf_fini(&first);
    wr_buf_fini(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    wr_ctx c;
    wr_doc *d;
    wr_rc rc = read_text(&c, wr_strn((const char *)data, size), &d);
    print_diags(&c);
    if (rc == WR_OK) {
        WR_ASSERT(c.n_errors == 0);
        check_spans(d);
        check_again(d, -1);
        check_again(d, 0);
        write_yaml(d);
    } else {
        WR_ASSERT(c.n_errors == 1);
    }
    wr_ctx_fini(&c);
    return 0;
}
