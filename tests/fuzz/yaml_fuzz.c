// SPDX-License-Identifier: Apache-2.0
// yaml_fuzz: every YAML reader over any bytes. What loads is walked: children lie inside the
// document, spans inside the text, positions can be computed; what does not load says why.
#include "doc/doc.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_node(const wr_doc *d, const wr_src *src, const wr_node *n) {
    WR_ASSERT(wr_doc_owns(d, n));
    WR_ASSERT(n->span.beg <= n->span.end && n->span.end <= src->text.n);
    (void)wr_src_pos(src, n->span.beg);
    if (n->kind == WR_STR) WR_ASSERT(wr_utf8_check(wr_node_str(n)) == n->n);
    if (n->kind != WR_MAP) return;
    for (uint32_t i = 0; i < n->n; i++)
        WR_ASSERT(wr_map_get(n, wr_map_key(n, i)->u.sym) == wr_map_val(n, i));
}

static void check_doc(const wr_doc *d, const wr_src *src) {
    for (uint32_t i = 0; i < d->n_nodes; i++) {
        const wr_node *n = &d->nodes[i];
        if (n->kind == WR_NULL && (n->flags & WR_F_INDEXED)) continue; // not a node of the tree
        check_node(d, src, n);
    }
}

static void load(const wr_load *how, wr_str text) {
    wr_limits limits = wr_limits_default;
    wr_ctx c;
    wr_doc *d = NULL;
    limits.nodes = 100000;
    wr_ctx_init(&c, &limits);
    const wr_src *src = wr_src_new(&c.arena, WR_S("f.yaml"), text, true);
    if (src == NULL) return;
    wr_rc rc = wr_doc_load(&c, src, how, &d);
    WR_ASSERT((rc == WR_OK) == (d != NULL));
    WR_ASSERT((rc == WR_OK) == (c.n_errors == 0));
    if (how->profile != WR_LOAD_STRICT) WR_ASSERT(c.n_diags <= 1);
    if (d) check_doc(d, src);
    for (const wr_diag *g = c.diags; g; g = g->next) {
        wr_buf b;
        wr_buf_init(&b, 0);
        wr_diag_print(&b, g, false);
        wr_buf_fini(&b);
    }
    wr_ctx_fini(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const wr_load how[] = {{.profile = WR_LOAD_STRICT},
                                  {.profile = WR_LOAD_GUARD31},
                                  {.profile = WR_LOAD_GUARD31, .yaml12_bool = true},
                                  {.profile = WR_LOAD_SERDE}};
    for (size_t i = 0; i < sizeof how / sizeof *how; i++)
        load(&how[i], wr_strn((const char *)data, size));
    return 0;
}
