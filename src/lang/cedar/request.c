// SPDX-License-Identifier: Apache-2.0
// request: a request of a JSON object: who, what, on what, in which context. Names of entities
// stand there as Cedar writes them, or as {type, id}, or in {"__entity": …}. With a schema the
// context is read by the type its action has, and the request can be held against the schema.
// Rules: request files of the Cedar command line; Cedar JSON format of contexts; cedar-spec
// Validation (requests); words of cedar-policy 4.13.

#include "lang/cedar/data_int.h"

static wr_rc fault(wr_ctx *c, const wr_doc *d, const wr_node *n, const char *fmt, ...)
    WR_PRINTF(4, 5);
static wr_rc fault(wr_ctx *c, const wr_doc *d, const wr_node *n, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    (void)wr_vreport(c, WR_D_P0204, WR_ERROR, wr_form_src(d, n), wr_form_span(n), fmt, ap);
    va_end(ap);
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

// ---------------------------------------------------------------------------------- validity

typedef struct judge { // of one request
    wr_ctx *c;
    const wr_cedar_schema *s;
    const wr_src *src; // where faults point; may be NULL
    wr_span at;
    bool ok;
} judge;

static void invalid(judge *j, const wr_buf *b, const wr_buf *hint) {
    j->ok = false;
    wr_diag *d =
        wr_report(j->c, WR_D_P0206, WR_ERROR, j->src, j->at, "%.*s", WR_FMT(wr_buf_str(b)));
    if (hint && hint->n) wr_hint(j->c, d, "%.*s", WR_FMT(wr_buf_str(hint)));
}

static void put_action(wr_buf *b, const ced_action *a) {
    wr_putc(b, '`');
    wr_cedar_put_uid(b, (wr_cedar_uid){a->uid->type, a->uid->id});
    wr_putc(b, '`');
}

static void put_valid_types(wr_buf *b, const char *what, const ced_action *a,
                            const ced_entity_type *const *v, uint32_t n) {
    enum { SHOWN = 8 };
    wr_putf(b, n ? "valid %s types for " : "no %s types are valid for ", what);
    put_action(b, a);
    for (uint32_t i = 0; i < n && i < SHOWN; i++)
        wr_putf(b, "%s `%.*s`", i ? "," : ":", WR_FMT(v[i]->name));
    if (n > SHOWN) wr_putz(b, ", …");
}

static void judge_name(judge *j, const char *what, wr_cedar_uid u, const ced_action *a,
                       const ced_entity_type *const *v, uint32_t n) {
    const ced_entity_type *e = ced_schema_entity(j->s, u.type);
    bool fits = false;
    for (uint32_t i = 0; i < n; i++) fits = fits || v[i] == e;
    ced_uid_fault why = e ? ced_uid_check(j->s, u) : CED_U_UNDECLARED;
    if (fits && why == CED_U_FINE) return;
    wr_buf b, hint;
    wr_buf_init(&b, 0);
    wr_buf_init(&hint, 0);
    if (e == NULL) {
        wr_putf(&b, "%s type `%.*s` is not declared in the schema", what, WR_FMT(u.type));
        wr_str near = ced_near_entity(j->s, u.type);
        if (near.n) wr_putf(&hint, "did you mean `%.*s`?", WR_FMT(near));
    } else if (!fits) {
        wr_putf(&b, "%s type `%.*s` is not valid for ", what, WR_FMT(u.type));
        put_action(&b, a);
        put_valid_types(&hint, what, a, v, n);
    } else {
        ced_uid_fault_say(&b, u, why);
        ced_uid_fault_hint(&hint, j->s, u, why);
    }
    invalid(j, &b, &hint);
    wr_buf_fini(&b);
    wr_buf_fini(&hint);
}

static void judge_context(judge *j, const ced_action *a, const ced_val *context) {
    static const ced_val none = {.kind = CED_V_RECORD};
    const ced_val *v = context ? context : &none;
    ced_misfit m;
    wr_buf b, hint;
    wr_buf_init(&b, 0);
    wr_buf_init(&hint, 0);
    if (!ced_conforms(a->context, v, &m)) {
        wr_putz(&b, "context `");
        ced_put_val(&b, v);
        wr_putz(&b, "` is not valid for ");
        put_action(&b, a);
        ced_misfit_say(&hint, &m);
        invalid(j, &b, &hint);
    } else {
        ced_uid_fault why;
        const ced_uid *u = ced_val_check(j->s, v, &why);
        if (u) {
            wr_cedar_uid name = {u->type, u->id};
            ced_uid_fault_say(&b, name, why);
            ced_uid_fault_hint(&hint, j->s, name, why);
            invalid(j, &b, &hint);
        }
    }
    wr_buf_fini(&b);
    wr_buf_fini(&hint);
}

static const ced_action *judge_action(judge *j, wr_cedar_uid u) {
    const ced_action *a = ced_schema_action(j->s, u.type, u.id);
    if (a) return a;
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_putz(&b, "action `");
    wr_cedar_put_uid(&b, u);
    wr_putz(&b, "` does not exist in the supplied schema");
    invalid(j, &b, NULL);
    wr_buf_fini(&b);
    return NULL;
}

static wr_rc judge_all(judge *j, const wr_cedar_request *q) {
    const ced_action *a = judge_action(j, q->action);
    if (a) {
        judge_name(j, "principal", q->principal, a, a->principals, a->n_principals);
        judge_name(j, "resource", q->resource, a, a->resources, a->n_resources);
        judge_context(j, a, q->context);
    }
    if (j->c->arena.oom) return WR_NOMEM;
    return j->ok ? WR_OK : WR_BAD;
}

wr_rc wr_cedar_request_check(wr_ctx *c, const wr_cedar_schema *schema, const wr_cedar_request *q,
                             const wr_src *src, wr_span at) {
    judge j = {c, schema, src, at, true};
    return judge_all(&j, q);
}

// ---------------------------------------------------------------------------------- reading

wr_rc wr_cedar_context_read(wr_ctx *c, const wr_doc *doc, const wr_node *n,
                            const wr_cedar_schema *schema, const wr_cedar_uid *action,
                            const ced_val **out) {
    ced_val *v = WR_NEW(&c->arena, ced_val);
    ced_uids *uids = ced_uids_new(&c->arena);
    if (v == NULL || uids == NULL) return WR_NOMEM;
    ced_reading how = {.d = doc, .uids = uids, .free = true, .place.kind = CED_P_CONTEXT};
    const ced_type *type = NULL;
    if (schema && action) {
        judge j = {c, schema, wr_form_src(doc, n), wr_form_span(n), true};
        const ced_action *a = judge_action(&j, *action);
        if (a == NULL) return WR_BAD;
        type = a->context;
    }
    wr_rc rc = ced_read(c, &how, n, type, v);
    if (rc != WR_OK) return rc;
    if (v->kind != CED_V_RECORD) {
        wr_buf b;
        wr_buf_init(&b, 0);
        ced_put_val(&b, v);
        rc = fault(c, doc, n, "expression is not a record: %.*s",
                   WR_FMT(wr_utf8_cut(wr_buf_str(&b), 200)));
        wr_buf_fini(&b);
        return rc;
    }
    *out = v;
    return WR_OK;
}

wr_rc wr_cedar_request_read(wr_ctx *c, const wr_doc *doc, const wr_node *n,
                            const wr_cedar_schema *schema, bool validate, wr_cedar_request *out) {
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
    wr_rc rc = WR_OK;
    if (context)
        rc = wr_cedar_context_read(c, doc, context, schema, schema ? &out->action : NULL,
                                   &out->context);
    if (rc != WR_OK || schema == NULL || !validate) return rc;
    return wr_cedar_request_check(c, schema, out, wr_form_src(doc, n), wr_form_span(n));
}
