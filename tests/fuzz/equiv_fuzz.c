// SPDX-License-Identifier: Apache-2.0
// Fuzzes equivalency lists: the text is a list, and its own keys and values, alone and joined, are
// the texts it is applied to. A value alone becomes its key; what letters or digits go on from
// stays as it is; applying ends in memory that is bounded.
#include "analyze/analyze.h"

#include <stdlib.h>

static void require(bool ok) {
    if (!ok) abort();
}

static void apply(wr_ctx *c, wr_equiv *e, wr_str s) {
    for (int side = 0; side < WR_DRIFT_SIDES; side++) {
        wr_str out = wr_equiv_apply(e, &c->arena, s, (wr_drift_side)side);
        require(out.p == NULL ? c->arena.oom || out.n == 0 : wr_utf8_check(out) == out.n);
    }
}

// A value of both sides: alone it is its key, inside a word it is not.
static void apply_value(wr_ctx *c, wr_equiv *e, wr_str key, wr_str v) {
    wr_str word = wr_fmt(&c->arena, "x%.*sx", WR_FMT(v));
    wr_str two = wr_fmt(&c->arena, "%.*s/%.*s-%.*s", WR_FMT(v), WR_FMT(v), WR_FMT(key));
    for (int side = 0; side < WR_DRIFT_SIDES; side++) {
        wr_str out = wr_equiv_apply(e, &c->arena, v, (wr_drift_side)side);
        if (out.p) require(wr_eq(out, key));
    }
    apply(c, e, word);
    apply(c, e, two);
    (void)wr_equiv_apply_plain(e, &c->arena, two);
}

static void lists(wr_ctx *c, const wr_doc *d) {
    wr_equiv *e = NULL;
    if (wr_equiv_load(c, d, &e) != WR_OK || d->root->kind != WR_MAP) return;
    for (int marked = 0; marked < 2; marked++) {
        for (uint32_t i = 0; i < d->root->n && i < 32; i++) {
            const wr_node *v = wr_map_val(d->root, i);
            wr_str key = wr_node_str(wr_map_key(d->root, i));
            for (uint32_t k = 0; v->kind == WR_LIST && k < v->n && k < 32; k++) {
                if (marked) apply(c, e, wr_node_str(&v->u.kids[k]));
                else apply_value(c, e, key, wr_node_str(&v->u.kids[k]));
            }
        }
        wr_equiv_mark(e);
    }
    for (int side = 0; side < WR_DRIFT_SIDES; side++) {
        wr_str key, x, y;
        uint32_t from = 0;
        for (int i = 0; i < 1000; i++)
            if ((from = wr_equiv_blurred(e, (wr_drift_side)side, from, &key, &x, &y)) == 0) break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    wr_limits lim = wr_limits_default;
    wr_ctx c;
    wr_doc *doc = NULL;
    lim.nodes = 10000;
    lim.bytes = 1 << 16;
    wr_ctx_init(&c, &lim);
    c.arena.cap = (size_t)128 << 20;
    wr_str text = {(const char *)data, size};
    if (size <= lim.bytes && wr_utf8_check(text) == size) {
        wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
        const wr_src *src = wr_src_new(&c.arena, WR_S("in"), text, false);
        if (src && wr_doc_load(&c, src, &how, &doc) == WR_OK) lists(&c, doc);
    }
    wr_ctx_fini(&c);
    return 0;
}
