// SPDX-License-Identifier: Apache-2.0
// item_view: a configuration item as rules see it. AWS Config hands configuration and
// supplementaryConfiguration over as objects (snapshots, history files), or as texts of JSON
// (select queries, rule invocations): rules see objects either way.
//
// Invariant: a text that does not begin as a JSON object or list stays the text it is; nothing else
// is changed. One that does, and cannot be read (cut off, too deep), makes the item one that cannot
// be evaluated: what it would say of a resource must not be missing.
// Rules: AWS Config Developer Guide, "Components of a configuration item".

#include "control/control.h"

typedef struct item_view {
    wr_ctx *c;
    const wr_doc *item;
    wr_build out;
    bool bad; // a text of JSON cannot be read
} item_view;

static bool is_json_text(const wr_node *n) {
    if (n->kind != WR_STR) return false;
    wr_str s = wr_trim(wr_node_str(n));
    return s.n > 1 && (*s.p == '{' || *s.p == '[');
}

// The document in a text, or NULL: it begins as JSON and is none, which was said. A rule would look
// for a field in a text, and not find it.
static wr_doc *read_text(item_view *v, const wr_node *n) {
    wr_ctx *c = v->c;
    wr_doc *d = NULL;
    const wr_src *in = v->item->srcs[n->src];
    wr_src *src = wr_src_new(&c->arena, in->name, wr_node_str(n), false);
    wr_pos at = wr_src_pos(in, n->span.beg);
    if (src) src->before = (wr_pos){at.line - 1, at.col}; // escapes before a value move it left
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    if (src && wr_doc_load(c, src, &how, &d) == WR_OK) return d;
    v->bad = true;
    return NULL;
}

static void put_key(item_view *v, const wr_node *k) {
    uint16_t src = wr_build_src(&v->out, v->item->srcs[k->src]);
    wr_build_key(&v->out, src, k->span, 0, wr_node_str(k));
}

static void put_value(item_view *v, const wr_node *n) {
    const wr_doc *d = is_json_text(n) ? read_text(v, n) : NULL;
    if (d) wr_build_copy(&v->out, d, d->root);
    else wr_build_copy(&v->out, v->item, n);
}

// supplementaryConfiguration: an object of which each value may be a text of JSON.
static void put_parts(item_view *v, const wr_node *n) {
    if (n->kind != WR_MAP) {
        put_value(v, n);
        return;
    }
    uint16_t src = wr_build_src(&v->out, v->item->srcs[n->src]);
    wr_build_open(&v->out, WR_MAP, src, 0, n->span.beg);
    for (uint32_t i = 0; i < n->n; i++) {
        put_key(v, wr_map_key(n, i));
        put_value(v, wr_map_val(n, i));
    }
    wr_build_close(&v->out, n->span.end);
}

static void put_item(item_view *v, const wr_node *root) {
    wr_build_open(&v->out, WR_MAP, wr_build_src(&v->out, v->item->srcs[root->src]), 0,
                  root->span.beg);
    for (uint32_t i = 0; i < root->n; i++) {
        const wr_node *k = wr_map_key(root, i), *val = wr_map_val(root, i);
        put_key(v, k);
        if (wr_eq(wr_node_str(k), WR_S("configuration"))) put_value(v, val);
        else if (wr_eq(wr_node_str(k), WR_S("supplementaryConfiguration"))) put_parts(v, val);
        else wr_build_copy(&v->out, v->item, val);
    }
    wr_build_close(&v->out, root->span.end);
}

wr_rc wr_item_view(wr_ctx *c, const wr_doc *item, wr_doc **out) {
    item_view v = {.c = c, .item = item};
    *out = NULL;
    const wr_node *root = item->root, *type = wr_map_getz(item, root, "resourceType");
    if (!type || type->kind != WR_STR) {
        (void)wr_report(c, WR_D_K0504, WR_ERROR, item->srcs[root->src], root->span,
                        "a configuration item is an object with a resourceType");
        return WR_BAD;
    }
    wr_symtab *syms = WR_NEW(&c->arena, wr_symtab);
    if (!syms) return WR_NOMEM;
    wr_symtab_init(syms, &c->arena, item->syms);
    wr_build_init(&v.out, c, syms);
    put_item(&v, root);
    wr_rc rc = wr_build_end(&v.out, out);
    if (rc == WR_OK && v.bad) rc = WR_BAD;
    if (rc == WR_OK) (*out)->format = item->format;
    return rc;
}
