// SPDX-License-Identifier: Apache-2.0
// request: a request of a JSON object: who, what, on what, in which context. Names of entities stand
// there as Cedar writes them, or as {type, id}, or in {"__entity": …}.
// Rules: request files of the Cedar command line; Cedar JSON format of contexts.

#include "lang/cedar/cedar_int.h"

static wr_rc fault(wr_ctx *c, const wr_doc *d, const wr_node *n, const char *fmt, ...)
    WR_PRINTF(4, 5);
static wr_rc fault(wr_ctx *c, const wr_doc *d, const wr_node *n, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    wr_str msg = wr_vfmt(&c->arena, fmt, ap);
    va_end(ap);
    (void)wr_report(c, WR_D_P0204, WR_ERROR, wr_form_src(d, n), wr_form_span(n), "%.*s",
                    WR_FMT(msg));
    return c->arena.oom ? WR_NOMEM : WR_BAD;
}

static wr_rc read_name(wr_ctx *c, const wr_doc *d, const wr_node *n, ced_uids *uids,
                       wr_cedar_uid *out) {
    if (n->kind == WR_STR) {
        wr_ctx_mark m = wr_ctx_mark_now(c);
        const wr_src *src = wr_src_new(&c->arena, WR_S("entity"), wr_node_str(n), false);
        if (src && wr_cedar_uid_parse(c, src, out)) return WR_OK;
        wr_ctx_hush(c, m);
        return fault(c, d, n, "`%.*s` is no name of an entity: Type::\"id\"",
                     WR_FMT(wr_utf8_cut(wr_node_str(n), 80)));
    }
    const ced_uid *u;
    if (!ced_uid_read(c, d, n, uids, &u)) return c->arena.oom ? WR_NOMEM : WR_BAD;
    *out = (wr_cedar_uid){u->type, u->id};
    return WR_OK;
}

wr_rc wr_cedar_context_read(wr_ctx *c, const wr_doc *doc, const wr_node *n,
                            const wr_cedar_schema *schema, const wr_cedar_uid *action,
                            const ced_val **out) {
    (void)schema, (void)action;
    ced_val *v = WR_NEW(&c->arena, ced_val);
    ced_uids *uids = ced_uids_new(&c->arena);
    if (v == NULL || uids == NULL) return WR_NOMEM;
    if (n->kind != WR_MAP) return fault(c, doc, n, "the context has to be an object");
    wr_rc rc = ced_val_read_free(c, doc, n, uids, v);
    if (rc != WR_OK) return rc;
    if (v->kind != CED_V_RECORD) return fault(c, doc, n, "the context has to be a record");
    *out = v;
    return WR_OK;
}

wr_rc wr_cedar_request_read(wr_ctx *c, const wr_doc *doc, const wr_node *n,
                            const wr_cedar_schema *schema, bool validate, wr_cedar_request *out) {
    (void)validate;
    static const char *const keys[] = {"principal", "action", "resource"};
    wr_cedar_uid *to[] = {&out->principal, &out->action, &out->resource};
    *out = (wr_cedar_request){0};
    if (n->kind != WR_MAP) return fault(c, doc, n, "a request is an object");
    if (wr_map_losers(n) > 0) return fault(c, doc, n, "a key stands in the request twice");
    ced_uids *uids = ced_uids_new(&c->arena);
    if (uids == NULL) return WR_NOMEM;
    for (unsigned i = 0; i < 3; i++) {
        const wr_node *v = wr_map_getz(doc, n, keys[i]);
        if (v == NULL) return fault(c, doc, n, "the request has no `%s`", keys[i]);
        wr_rc rc = read_name(c, doc, v, uids, to[i]);
        if (rc != WR_OK) return rc;
    }
    const wr_node *context = wr_map_getz(doc, n, "context");
    if (context == NULL) return WR_OK;
    return wr_cedar_context_read(c, doc, context, schema, &out->action, &out->context);
}
