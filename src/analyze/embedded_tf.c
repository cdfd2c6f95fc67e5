// SPDX-License-Identifier: Apache-2.0
// Policies inside Terraform plans (`terraform show -json`): in resource_changes, what each resource
// will be (change.after), texts of JSON; after_unknown says what is known only after apply. What is
// destroyed has no policy. planned_values says the same again and is not read.
// Rules: Terraform, "JSON output format".

#include "analyze/embedded_int.h"

static bool is_true(const wr_node *n) { return n != NULL && n->kind == WR_BOOL && n->u.b; }

static const wr_node *item(const wr_node *list, uint32_t i) {
    return list && list->kind == WR_LIST && i < list->n ? list->u.kids + i : NULL;
}

// `unknown` runs beside n: true where n is not known.
static void follow(emb *e, const wr_embedded *proto, const wr_node *n, const wr_node *unknown,
                   wr_str path) {
    if (is_true(unknown)) {
        emb_wait(e, proto, n, WR_S("known after apply"));
    } else if (path.n == 0) {
        emb_take(e, proto, n);
    } else {
        wr_str rest = path, step = emb_cut_step(&rest);
        bool all = wr_eq(step, WR_S("*"));
        for (uint32_t i = 0; all && n->kind == WR_LIST && i < n->n; i++)
            follow(e, proto, n->u.kids + i, item(unknown, i), rest);
        const wr_node *v = all ? NULL : emb_get(n, step);
        const wr_node *u = unknown && !all ? emb_get(unknown, step) : NULL;
        if (v != NULL) follow(e, proto, v, u, rest);
        else if (is_true(u)) emb_wait(e, proto, n, WR_S("known after apply"));
    }
}

static void in_change(emb *e, const wr_node *r) {
    const wr_node *type = emb_get(r, WR_S("type")), *address = emb_get(r, WR_S("address"));
    const wr_node *change = emb_get(r, WR_S("change"));
    const wr_node *after = change ? emb_get(change, WR_S("after")) : NULL;
    if (type == NULL || type->kind != WR_STR || after == NULL || after->kind != WR_MAP) return;
    const wr_node *unknown = emb_get(change, WR_S("after_unknown"));
    wr_embedded proto = {.type = wr_node_str(type), .owner = wr_node_str(type)};
    if (address != NULL && address->kind == WR_STR) proto.owner = wr_node_str(address);
    uint32_t n;
    const emb_row *row = emb_rows_of(proto.type, &n);
    for (uint32_t i = 0; i < n && e->rc == WR_OK; i++) {
        proto.kind = (wr_iam_kind)row[i].kind;
        if (proto.kind == WR_IAM_SCP && !emb_kind_of(after, "type", &proto.kind)) continue;
        follow(e, &proto, after, unknown, wr_strz(row[i].path));
    }
}

void emb_in_plan(emb *e) {
    const wr_node *changes = wr_map_getz(e->doc, e->doc->root, "resource_changes");
    for (uint32_t i = 0; i < changes->n && e->rc == WR_OK; i++) in_change(e, changes->u.kids + i);
}
