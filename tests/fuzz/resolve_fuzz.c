// SPDX-License-Identifier: Apache-2.0
// Fuzzes wr_cfn_resolve: a JSON template, perhaps followed by a NUL and a parameter file. Whatever
// comes out must be a document in which nothing but flagged functions is left, and resolving it
// again must not make more errors of it.
#include "doc/doc.h"

#include <stdlib.h>

static int match_any(void *arg, wr_str pattern, wr_str text) {
    (void)arg;
    return (int)((pattern.n + text.n) % 3) - 1;
}

static void check_facts(const wr_doc *d) {
    for (uint32_t i = 0; i < d->n_facts; i++) {
        const wr_node *n = &d->nodes[d->facts[i].node];
        wr_str what;
        if (!wr_node_unknown(d, n, &what) || what.n == 0) abort();
        if (i && d->facts[i].node <= d->facts[i - 1].node) abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    wr_limits lim = wr_limits_default;
    lim.nodes = 100000;
    lim.bytes = 1 << 20;
    wr_ctx c;
    wr_ctx_init(&c, &lim);
    wr_cfn_inputs in;
    wr_cfn_inputs_init(&in, &c.arena);
    in.match = match_any;
    wr_str all = {(const char *)data, size};
    const char *nul = size ? memchr(data, 0, size) : NULL;
    size_t cut = nul ? (size_t)(nul - (const char *)data) : size;
    if (nul) {
        wr_src *p = wr_src_new(&c.arena, WR_S("p.json"), wr_sub(all, cut + 1, size), false);
        if (p && wr_cfn_params_load(&c, p, &in) != WR_OK) goto out;
    }
    wr_src *s = wr_src_new(&c.arena, WR_S("t.json"), wr_sub(all, 0, cut), false);
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    wr_doc *d = NULL, *once = NULL, *twice = NULL;
    if (!s || wr_doc_load(&c, s, &how, &d) != WR_OK) goto out;
    if (wr_cfn_resolve(&c, d, &in, &once) != WR_OK) goto out;
    check_facts(once);
    if (wr_cfn_resolve(&c, once, &in, &twice) == WR_OK) check_facts(twice);
out:
    wr_ctx_fini(&c);
    return 0;
}
