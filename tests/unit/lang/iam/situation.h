// SPDX-License-Identifier: Apache-2.0
// situation: policies in layers and a request, from one text, for tests of decisions. The text is
// JSON with ' for ", a map of: caller, action, resource, owner; context (key → text, list, or null:
// not known); identity, boundary, session, endpoint (lists of documents), trust or policy (one),
// scps, rcps (lists of levels); flags (a list of words); grants. A document may be given as a
// statement or a list of statements: it is then a 2012-10-17 document of them.
//
// Always true: what does not have this form ends the test; situation_close frees all.
#ifndef WR_SITUATION_H
#define WR_SITUATION_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lang/iam/iam.h"

typedef struct situation {
    wr_ctx ctx;
    wr_doc *d;
    wr_iam_set *set;
    wr_iam_layers layers;
    wr_iam_request req;
    wr_iam_stack *stack;
    wr_iam_eval *eval;
    wr_iam_result got;
    uint32_t n_policies;
} situation;

static inline const wr_node *situation_at(const situation *s, const char *key) {
    return wr_map_getz(s->d, s->d->root, key);
}

static inline wr_str situation_text(const wr_node *n) {
    if (n == NULL) return (wr_str){0};
    assert_int_equal(n->kind, WR_STR);
    return wr_node_str(n);
}

// The node as a document of its own: bare statements are wrapped.
static inline const wr_iam_policy *situation_policy(situation *s, const wr_node *n, wr_iam_kind k) {
    wr_buf b;
    wr_buf_init(&b, 0);
    bool bare = n->kind == WR_LIST || !wr_map_getz(s->d, n, "Statement");
    if (bare) wr_putz(&b, "{\"Version\":\"2012-10-17\",\"Statement\":");
    assert_int_equal(wr_put_json(&b, n, -1), WR_OK);
    if (bare) wr_putc(&b, '}');
    wr_str text = wr_dup(&s->ctx.arena, wr_buf_str(&b));
    wr_buf_fini(&b);
    wr_str name = wr_fmt(&s->ctx.arena, "%s-%u", wr_iam_kind_name(k), ++s->n_policies);
    wr_src *src = wr_src_new(&s->ctx.arena, name, text, false);
    assert_non_null(src);
    const wr_iam_policy *p =
        wr_iam_add_text(s->set, src, false, &(wr_iam_parse_opts){.kind = k, .name = name});
    assert_non_null(p);
    return p;
}

static inline wr_iam_list situation_list(situation *s, const wr_node *n, wr_iam_kind k) {
    if (n == NULL) return (wr_iam_list){0};
    const wr_iam_policy **v = WR_NEW_N(&s->ctx.arena, const wr_iam_policy *, n->n + 1u);
    for (uint32_t i = 0; i < n->n; i++) v[i] = situation_policy(s, &n->u.kids[i], k);
    return (wr_iam_list){v, n->n};
}

static inline const wr_iam_list *situation_levels(situation *s, const wr_node *n, wr_iam_kind k,
                                                  uint32_t *count) {
    *count = n ? n->n : 0;
    wr_iam_list *v = WR_NEW_N(&s->ctx.arena, wr_iam_list, *count + 1u);
    for (uint32_t i = 0; i < *count; i++) v[i] = situation_list(s, &n->u.kids[i], k);
    return v;
}

static inline bool situation_flag(const situation *s, const char *word) {
    const wr_node *n = situation_at(s, "flags");
    for (uint32_t i = 0; n && i < n->n; i++)
        if (wr_eq(wr_node_str(&n->u.kids[i]), wr_strz(word))) return true;
    return false;
}

static inline void situation_grants(situation *s) {
    const wr_node *n = situation_at(s, "grants"); // grantee → operations
    wr_iam_grant *g = WR_NEW_N(&s->ctx.arena, wr_iam_grant, n ? n->n + 1u : 1u);
    for (uint32_t i = 0; n && i < n->n; i++) {
        const wr_node *ops = wr_map_val(n, i);
        wr_str *v = WR_NEW_N(&s->ctx.arena, wr_str, ops->n + 1u);
        for (uint32_t k = 0; k < ops->n; k++) v[k] = wr_node_str(&ops->u.kids[k]);
        g[i] = (wr_iam_grant){wr_node_str(wr_map_key(n, i)), v, ops->n};
    }
    s->layers.grants = g;
    s->layers.n_grants = n ? n->n : 0;
}

static inline void situation_layers(situation *s) {
    wr_iam_layers *l = &s->layers;
    l->identity = situation_list(s, situation_at(s, "identity"), WR_IAM_IDENTITY);
    l->boundary = situation_list(s, situation_at(s, "boundary"), WR_IAM_BOUNDARY);
    l->session = situation_list(s, situation_at(s, "session"), WR_IAM_SESSION);
    l->endpoint = situation_list(s, situation_at(s, "endpoint"), WR_IAM_ENDPOINT);
    l->has_boundary = situation_at(s, "boundary") != NULL;
    l->has_session = situation_at(s, "session") != NULL;
    l->has_endpoint = situation_at(s, "endpoint") != NULL;
    const wr_node *policy = situation_at(s, "policy"), *trust = situation_at(s, "trust");
    l->has_resource = policy || trust;
    if (policy) l->resource = situation_policy(s, policy, WR_IAM_RESOURCE);
    if (trust) l->resource = situation_policy(s, trust, WR_IAM_TRUST);
    l->scps = situation_levels(s, situation_at(s, "scps"), WR_IAM_SCP, &l->n_scps);
    l->rcps = situation_levels(s, situation_at(s, "rcps"), WR_IAM_RCP, &l->n_rcps);
    l->caller_management = situation_flag(s, "caller-management");
    l->resource_management = situation_flag(s, "resource-management");
    l->restrict_public = situation_flag(s, "restrict-public");
    situation_grants(s);
}

static inline void situation_context(situation *s) {
    const wr_node *n = situation_at(s, "context");
    for (uint32_t i = 0; n && i < n->n; i++) {
        const wr_node *v = wr_map_val(n, i);
        wr_str name = wr_node_str(wr_map_key(n, i));
        if (v->kind == WR_NULL) {
            wr_iam_request_unknown(&s->req, name);
            continue;
        }
        bool multi = v->kind == WR_LIST;
        uint32_t count = multi ? v->n : 1;
        wr_str *t = WR_NEW_N(&s->ctx.arena, wr_str, count + 1u);
        for (uint32_t k = 0; k < count; k++) t[k] = wr_node_str(multi ? &v->u.kids[k] : v);
        assert_int_equal(wr_iam_request_key(&s->req, &s->ctx.arena, name, t, count, multi), WR_OK);
    }
}

static inline void situation_open(situation *s, const char *text) {
    memset(s, 0, sizeof *s);
    wr_ctx_init(&s->ctx, NULL);
    wr_str t = wr_dup(&s->ctx.arena, wr_strz(text));
    for (size_t i = 0; i < t.n; i++)
        if (t.p[i] == '\'') ((char *)(uintptr_t)t.p)[i] = '"';
    wr_src *src = wr_src_new(&s->ctx.arena, WR_S("situation"), t, false);
    const wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    assert_int_equal(wr_json_read(&s->ctx, src, &how, &s->d), WR_OK);
    s->set = wr_iam_set_new(&s->ctx);
    situation_layers(s);
    wr_iam_freeze(s->set);
    assert_int_equal(wr_iam_request_init(&s->req, s->set, &s->ctx.arena), WR_OK);
    const wr_node *who = situation_at(s, "caller"), *resource = situation_at(s, "resource");
    wr_str caller = who ? wr_node_str(who) : WR_S("arn:aws:iam::111122223333:user/bob");
    assert_true(wr_iam_principal_parse(caller, &s->req.principal));
    const wr_node *action = situation_at(s, "action");
    assert_int_equal(
        wr_iam_request_action(&s->req, action ? wr_node_str(action) : WR_S("s3:GetObject")), WR_OK);
    wr_iam_request_resource(&s->req, resource ? wr_node_str(resource) : WR_S("arn:aws:s3:::b/k"));
    s->req.resource_account = situation_text(situation_at(s, "owner"));
    s->req.resource_unknown = situation_flag(s, "resource-unknown");
    situation_context(s);
    s->stack = wr_iam_stack_new(&s->ctx.arena, s->set, &s->layers);
    s->eval = wr_iam_eval_new(&s->ctx.arena, s->set);
    assert_non_null(s->stack);
    assert_non_null(s->eval);
}

static inline void situation_close(situation *s) { wr_ctx_fini(&s->ctx); }

// "allow", "deny", "implicit", "error", "unknown".
static inline const char *situation_outcome(const wr_iam_result *r) {
    switch (r->outcome) {
    case WR_ALLOW: return "allow";
    case WR_DENY: return "deny";
    case WR_IMPLICIT_DENY: return "implicit";
    case WR_FAULT: return "error";
    default: return "unknown";
    }
}

typedef struct situation_row {
    const char *text, *outcome, *by; // by: the layer that decided; NULL: any
    wr_iam_rule rule;
} situation_row;

static inline void situation_check(const situation_row *rows, size_t n) {
    for (size_t i = 0; i < n; i++) {
        situation s;
        situation_open(&s, rows[i].text);
        wr_iam_decide(s.eval, s.stack, &s.req, &s.got);
        const char *by = wr_iam_layer_name(s.got.layer);
        bool ok = strcmp(situation_outcome(&s.got), rows[i].outcome) == 0 &&
                  (!rows[i].by || strcmp(by, rows[i].by) == 0) &&
                  (!rows[i].rule || rows[i].rule == s.got.rule);
        if (!ok)
            print_error("%s\n  wanted %s by %s (rule %d), got %s by %s (rule %d)%.*s\n",
                        rows[i].text, rows[i].outcome, rows[i].by ? rows[i].by : "any",
                        (int)rows[i].rule, situation_outcome(&s.got), by, (int)s.got.rule,
                        s.got.broken ? (int)s.got.broken->error.n : 0,
                        s.got.broken ? s.got.broken->error.p : "");
        assert_true(ok);
        situation_close(&s);
    }
}
#define SITUATIONS(rows) situation_check((rows), sizeof(rows) / sizeof *(rows))

#endif
