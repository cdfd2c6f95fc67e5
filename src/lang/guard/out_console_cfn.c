// SPDX-License-Identifier: Apache-2.0
// out_console_cfn: what is special about CloudFormation templates in the console report.
// Rules: cfn-guard's cfn.rs; but a resource is an entry of Resources and nothing inside it, with or
// without a Type.

#include "lang/guard/out_int.h"

// A report with a value at or right under a top key from "Resources" on, other than a resource, is
// one the original hands on to the generic reporter.
static uint32_t resource_of(const g_details *c, const wr_node *n, bool *alien) {
    const wr_doc *doc = c->p->doc->doc;
    const wr_node *at[2];
    const wr_node *in = g_home(c->p, n);
    if (in == NULL) return UINT32_MAX;
    uint32_t depth = g_ancestors(doc, in, at, 2);
    if (depth == 0 || doc->root->kind != WR_MAP) return UINT32_MAX;
    if (at[0] != c->entries) {
        wr_str key = wr_node_str(at[0] - 1);
        if (depth <= 2 && wr_cmp(key, WR_S("Resources")) >= 0) *alien = true;
        return UINT32_MAX;
    }
    if (depth == 1) *alien = true;
    if (depth == 1 || c->entries->kind != WR_MAP) return UINT32_MAX;
    return (uint32_t)(at[1] - c->entries->u.kids) / 2;
}

static void put_line(g_details *c, const char *name) { wr_putf(c->b, "  %-10s= ", name); }

static void head(g_details *c, uint32_t resource) {
    const wr_doc *doc = c->p->doc->doc;
    const wr_node *res = wr_map_val(c->entries, resource);
    const wr_node *type = wr_map_getz(doc, res, "Type");
    const wr_node *cdk = wr_map_getz(doc, wr_map_getz(doc, res, "Metadata"), "aws:cdk:path");
    wr_putz(c->b, "Resource = ");
    g_paint(c->b, c->p->b->color, "1;33", wr_node_str(wr_map_key(c->entries, resource)));
    wr_putz(c->b, " {\n");
    put_line(c, "Type");
    if (type == NULL) wr_putz(c->b, "(none)");
    else if (type->kind == WR_STR) wr_puts(c->b, wr_node_str(type));
    else g_put_value_only(c->b, type);
    wr_putc(c->b, '\n');
    if (cdk == NULL || cdk->kind != WR_STR || cdk->n == 0) return;
    put_line(c, "CDK-Path");
    wr_puts(c->b, wr_node_str(cdk));
    wr_putc(c->b, '\n');
}

static void path(g_details *c, const wr_node *n) { g_put_place(c->b, c->p->r->vals, n); }

const g_details_ops g_details_cfn = {
    .resource = resource_of,
    .head = head,
    .rest = "Template",
    .path = path,
    .code = true,
};
