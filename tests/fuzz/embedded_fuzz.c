// SPDX-License-Identifier: Apache-2.0
// Fuzzes the extraction of policies from CloudFormation templates and Terraform plans. What is
// found must hold together: it is a document, or broken, or waits for something that is named;
// places are in their texts; stand-ins are in order; the document can be parsed and checked.
#include "analyze/analyze.h"
#include "lang/iam/check.h"

#include <stdlib.h>

static void require(bool ok) {
    if (!ok) abort();
}

static void require_places(const wr_doc *d) {
    for (uint32_t i = 0; i < d->n_nodes; i++) {
        const wr_node *n = &d->nodes[i];
        require(n->src < d->n_srcs);
        require(n->span.beg <= n->span.end && n->span.end <= d->srcs[n->src]->text.n);
        require(wr_node_pos(d, n).line > 0);
    }
}

static void judge(wr_ctx *c, wr_iam_checker *k, wr_iam_set *set, const wr_embedded *e) {
    wr_iam_findings found = {0};
    wr_iam_checked what = {.doc = e->doc, .root = e->doc->root, .kind = e->kind};
    wr_iam_parse_opts opts = {.kind = e->kind, .name = e->name};
    if (wr_iam_check(k, &c->arena, &what, &found) != WR_OK) return;
    for (uint32_t i = 0; i < found.n; i++) (void)wr_embedded_open(e, found.v[i].span);
    (void)wr_embedded_has_open(e, e->doc->root->span);
    (void)wr_iam_add(set, e->doc, e->doc->root, &opts);
}

static void extract(wr_ctx *c, const wr_doc *d) {
    wr_embedded_list list = {0};
    wr_iam_check_opts opts = {0};
    if (wr_embedded_find(c, d, &list) != WR_OK) return;
    wr_iam_checker *k = wr_iam_checker_new(c, &opts);
    wr_iam_set *set = wr_iam_set_new(c);
    for (uint32_t i = 0; k && set && i < list.n && i < 64; i++) {
        const wr_embedded *e = &list.v[i];
        require(e->kind < WR_IAM_N_KINDS && e->at != NULL && e->owner.n + e->name.n > 0);
        require(wr_doc_owns(d, e->at) && wr_node_pos(d, e->at).line > 0);
        require((e->doc != NULL) + (e->unknown.n > 0) + e->broken == 1);
        for (uint32_t o = 0; o + 1 < e->n_open; o++) require(e->open[o].beg <= e->open[o + 1].beg);
        if (e->doc == NULL) continue;
        require_places(e->doc);
        judge(c, k, set, e);
    }
    wr_iam_checker_free(k);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    wr_limits lim = wr_limits_default;
    wr_ctx c;
    wr_doc *doc = NULL;
    lim.nodes = 100000;
    lim.bytes = 1 << 20;
    wr_ctx_init(&c, &lim);
    c.arena.cap = (size_t)512 << 20;
    wr_str text = {(const char *)data, size};
    if (wr_utf8_check(text) == size) {
        bool json = wr_looks_json(WR_S(""), text);
        wr_load how = {.profile = WR_LOAD_STRICT, .is_json = json};
        const wr_src *src = wr_src_new(&c.arena, WR_S("in"), text, !json);
        if (src && wr_doc_load(&c, src, &how, &doc) == WR_OK) extract(&c, doc);
    }
    wr_ctx_fini(&c);
    return 0;
}
