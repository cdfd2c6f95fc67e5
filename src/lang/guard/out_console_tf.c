// SPDX-License-Identifier: Apache-2.0
// out_console_tf: what is special about Terraform plans in the console report.
// Rules: cfn-guard's tf.rs. Where that panics (IN, a value outside change/after, an address without
// a dot) or merges resources of different types, ours says what failed, resource by resource.

#include "lang/guard/out_int.h"

static uint32_t resource_of(const g_details *c, const wr_node *n, bool *alien) {
    const wr_doc *doc = c->p->doc->doc;
    const wr_node *at[2];
    const wr_node *in = g_home(c->p, n);
    (void)alien;
    if (in == NULL) return UINT32_MAX;
    if (g_ancestors(doc, in, at, 2) < 2 || at[0] != c->entries) return UINT32_MAX;
    ptrdiff_t i = at[1] - c->entries->u.kids;
    return (uint32_t)(c->entries->kind == WR_MAP ? i / 2 : i);
}

static const wr_node *entry(const g_details *c, uint32_t i) {
    return c->entries->kind == WR_MAP ? wr_map_val(c->entries, i) : c->entries->u.kids + i;
}

static void head(g_details *c, uint32_t resource) {
    const wr_node *a = wr_map_getz(c->p->doc->doc, entry(c, resource), "address");
    wr_str address = a != NULL && a->kind == WR_STR ? wr_node_str(a) : WR_S("(no address)");
    size_t dot = wr_find(address, WR_S("."), 0);
    wr_str name = dot == SIZE_MAX ? address : wr_sub(address, dot + 1, address.n);
    wr_putz(c->b, "Resource = ");
    g_paint(c->b, c->p->b->color, "1;33", name);
    wr_putf(c->b, " {\n  %-10s= ", "Type");
    wr_puts(c->b, dot == SIZE_MAX ? WR_S("(none)") : wr_sub(address, 0, dot));
    wr_putc(c->b, '\n');
}

// The property of the planned value: what follows change/after/, with dots.
static void path(g_details *c, const wr_node *n) {
    wr_buf *text = g_text(c->p->tmp);
    g_put_path(text, c->p->r->vals, n);
    wr_str p = wr_buf_str(text);
    size_t at = wr_find(p, WR_S("change/after/"), 0);
    if (at != SIZE_MAX) p = wr_sub(p, at + 13, p.n);
    else if (wr_starts(p, WR_S("/"))) p = wr_sub(p, 1, p.n);
    for (size_t i = 0; i < p.n; i++) wr_putc(c->b, p.p[i] == '/' ? '.' : p.p[i]);
}

const g_details_ops g_details_tf = {
    .resource = resource_of,
    .head = head,
    .rest = "Plan",
    .path = path,
};
