// SPDX-License-Identifier: Apache-2.0
// Finished documents: lookup, ancestry, paths, recognition. Nothing here changes a document, so
// any number of threads may use one.

#include "doc/build_int.h"

static const wr_map_index *map_index(const wr_node *m) { return m->u.kids[-1].u.ext; }

uint32_t wr_map_losers(const wr_node *m) {
    return m->flags & WR_F_INDEXED ? map_index(m)->losers : 0;
}

const wr_node *wr_map_get_indexed(const wr_node *m, const wr_sym *key) {
    const wr_map_index *x = map_index(m);
    if (key == NULL) return NULL;
    for (uint32_t s = key->hash & x->mask; x->slot[s]; s = (s + 1) & x->mask) {
        const wr_node *k = wr_map_key(m, x->slot[s] - 1);
        if (k->u.sym == key) return k + 1;
    }
    return NULL;
}

const wr_node *wr_map_getz(const wr_doc *d, const wr_node *m, const char *key) {
    if (m == NULL || m->kind != WR_MAP) return NULL;
    const wr_sym *y = wr_sym_find(d->syms, wr_strz(key));
    return y ? wr_map_get(m, y) : NULL;
}

bool wr_doc_owns(const wr_doc *d, const wr_node *n) {
    uintptr_t p = (uintptr_t)n, lo = (uintptr_t)d->nodes;
    return p >= lo && p < lo + d->n_nodes * sizeof *n;
}

// Index of node i's container, UINT32_MAX for the root. Containers stand behind their children; of
// a document without the array that is all there is to go by.
static uint32_t parent_of(const wr_doc *d, uint32_t i) {
    if (d->parent) return d->parent[i];
    for (uint32_t k = i + 1; k < d->n_nodes; k++) {
        const wr_node *box = &d->nodes[k];
        if ((box->kind != WR_LIST && box->kind != WR_MAP) || box->n == 0) continue;
        uint32_t beg = (uint32_t)(box->u.kids - d->nodes), count = box->n;
        if (box->kind == WR_MAP) count = 2 * (box->n + wr_map_losers(box));
        if (box->flags & WR_F_INDEXED) {
            beg--;
            count++;
        }
        if (i >= beg && i < beg + count) return k;
    }
    return UINT32_MAX;
}

const wr_node *wr_parent(const wr_doc *d, const wr_node *n) {
    uint32_t up = parent_of(d, (uint32_t)(n - d->nodes));
    return up == UINT32_MAX ? NULL : d->nodes + up;
}

wr_pos wr_node_pos(const wr_doc *d, const wr_node *n) {
    return wr_src_pos(d->srcs[n->src], n->span.beg);
}

const char *wr_kind_name(wr_kind k) {
    static const char *const name[] = {"null",   "bool",      "int",         "float",
                                       "string", "list",      "map",         "regex",
                                       "char",   "int range", "float range", "char range"};
    return name[k];
}

static void put_step(wr_buf *b, const wr_node *box, const wr_node *n) {
    if (n < box->u.kids) return; // the hidden node of an indexed map
    size_t i = (size_t)(n - box->u.kids);
    if (box->kind == WR_LIST) {
        wr_putc(b, '/');
        wr_put_u64(b, i);
    } else if (i % 2 == 1) {
        wr_putc(b, '/');
        wr_puts(b, wr_sym_str(box->u.kids[i - 1].u.sym));
    } // else a key: the path of its map
}

void wr_put_path(wr_buf *b, const wr_doc *d, const wr_node *n) {
    wr_buf chain; // n, its container, … up to the one below the root
    wr_buf_init(&chain, 0);
    for (const wr_node *at = n, *up; (up = wr_parent(d, at)) != NULL; at = up) {
        uint32_t i = (uint32_t)(at - d->nodes);
        wr_put(&chain, (const char *)&i, sizeof i);
    }
    if (chain.rc != WR_OK) wr_buf_fail(b, chain.rc);
    const wr_node *box = d->root;
    for (size_t at = chain.n; at > 0 && chain.rc == WR_OK;) {
        uint32_t i;
        at -= sizeof i;
        memcpy(&i, chain.p + at, sizeof i);
        put_step(b, box, d->nodes + i);
        box = d->nodes + i;
    }
    wr_buf_fini(&chain);
}

wr_doc_kind wr_doc_classify(const wr_doc *d) {
    const wr_node *r = wr_map_getz(d, d->root, "Resources");
    if (r && r->kind == WR_MAP) return WR_DOC_CFN;
    r = wr_map_getz(d, d->root, "resource_changes");
    return r && r->kind == WR_LIST ? WR_DOC_TF_PLAN : WR_DOC_OTHER;
}

// Offset of the first byte at or after i that JSON does not call white space.
static size_t skip_blank(wr_str t, size_t i) {
    while (i < t.n && (t.p[i] == ' ' || t.p[i] == '\t' || t.p[i] == '\n' || t.p[i] == '\r')) i++;
    return i;
}

// `{` and then a quote or `}`; `[` and then what begins a JSON value. `{a: b}` is YAML.
static bool begins_json(wr_str t) {
    size_t i = skip_blank(t, wr_starts(t, WR_S("\xEF\xBB\xBF")) ? 3 : 0);
    if (i == t.n || (t.p[i] != '{' && t.p[i] != '[')) return false;
    const char *next = t.p[i] == '{' ? "\"}" : "{[]\"-0123456789";
    i = skip_blank(t, i + 1);
    return i == t.n || (t.p[i] != 0 && strchr(next, t.p[i]) != NULL);
}

bool wr_looks_json(wr_str name, wr_str text) {
    if (wr_ends(name, WR_S(".json")) || wr_ends(name, WR_S(".jsn"))) return true;
    if (wr_ends(name, WR_S(".yaml")) || wr_ends(name, WR_S(".yml"))) return false;
    return begins_json(text);
}
