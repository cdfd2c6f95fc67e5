// SPDX-License-Identifier: Apache-2.0
// ask: pieces of text alone: the name of an entity, an expression that is evaluated for one
// request.
// Rules: Cedar grammar (RefInit, Expr); an expression sees what the conditions of a policy see.

#include "lang/cedar/eval_int.h"
#include "lang/cedar/parse_int.h"

static bool begin(wr_ctx *c, const wr_src *src, wr_code code, ced_parser *p) {
    ced_toks *toks = WR_NEW(&c->arena, ced_toks);
    ced_uids *uids = ced_uids_new(&c->arena);
    if (toks == NULL || uids == NULL) return false;
    if (!ced_lex(c, src, code, toks)) return false;
    *p = (ced_parser){.c = c, .src = src, .t = toks->v, .uids = uids, .code = code};
    return true;
}

static bool ended(ced_parser *p) { return p->t->kind == CED_TK_END || ced_unexpected(p); }

bool wr_cedar_uid_parse(wr_ctx *c, const wr_src *src, wr_cedar_uid *out) {
    ced_parser p;
    const ced_uid *u;
    if (!begin(c, src, WR_D_P0201, &p) || !ced_parse_entity(&p, &u) || !ended(&p)) return false;
    *out = (wr_cedar_uid){u->type, u->id};
    return true;
}

struct wr_cedar_expr {
    const wr_src *src;
    const ced_expr *e;
};

wr_rc wr_cedar_expr_text(wr_ctx *c, const wr_src *src, const wr_cedar_expr **out) {
    wr_cedar_expr *x = WR_NEW(&c->arena, wr_cedar_expr);
    if (x == NULL) return WR_NOMEM;
    ced_parser p;
    x->src = src;
    x->e = begin(c, src, WR_D_P0101, &p) ? ced_parse_expr(&p) : NULL;
    if (x->e == NULL || !ended(&p)) return c->arena.oom ? WR_NOMEM : WR_BAD;
    *out = x;
    return WR_OK;
}

wr_rc wr_cedar_evaluate(wr_ctx *c, const wr_cedar_expr *x, const wr_cedar_store *store,
                        const wr_cedar_request *q, wr_cedar_value *out) {
    ced_uid own[3];
    ced_run r = {.store = store, .scratch = &c->arena};
    r.principal = ced_subject(store, q->principal, &own[0]);
    r.action = ced_subject(store, q->action, &own[1]);
    r.resource = ced_subject(store, q->resource, &own[2]);
    r.context = q->context ? *q->context : (ced_val){.kind = CED_V_RECORD};
    const ced_node *n = ced_compile(&c->arena, store, x->e);
    if (n == NULL) return WR_NOMEM;
    *out = (wr_cedar_value){.src = x->src};
    ced_val v;
    wr_buf b;
    wr_buf_init(&b, 0);
    out->ok = ced_eval(&r, n, &v);
    if (out->ok) {
        ced_put_val(&b, &v);
        out->is_true = v.kind == CED_V_BOOL && v.u.b;
        out->is_bool = v.kind == CED_V_BOOL;
    } else {
        ced_error_say(&b, &r.error);
        if (r.error.node) out->at = r.error.node->from->at;
    }
    out->text = wr_buf_keep(&b, &c->arena);
    return c->arena.oom || (!out->ok && r.error.why == CED_E_MEMORY) ? WR_NOMEM : WR_OK;
}
