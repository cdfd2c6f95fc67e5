// SPDX-License-Identifier: Apache-2.0
// Policy documents. A text is read as every kind of document, as it is and with comments allowed;
// all that came of it is walked; what is good is written and read again and must be the same; then
// it decides a request with every key unknown and with every key absent. A broken document never
// allows, and what is certain while nothing is known stays so when more is known.
#include <stdint.h>

#include "lang/iam/iam.h"

static void check_pats(const wr_iam_pats *ps) {
    for (uint32_t i = 0; i < ps->n; i++) {
        const wr_iam_pat *p = &ps->v[i];
        const uint32_t plain = WR_IAM_P_LITERAL | WR_IAM_P_PREFIX | WR_IAM_P_ALL;
        WR_ASSERT(p->node != NULL && (p->n == 0 || p->u.piece != NULL));
        for (uint32_t k = 0; k < p->n && !(p->flags & plain); k++)
            WR_ASSERT(p->u.piece[k].text.n == 0 || p->u.piece[k].text.p != NULL);
        (void)wr_iam_pat_match(p, WR_S("arn:aws:s3:::bucket/key"), NULL, NULL);
    }
}

static void check_stmt(const wr_iam_set *s, const wr_iam_stmt *st) {
    WR_ASSERT(st->id < s->n_stmts && wr_doc_owns(st->policy->doc, st->node));
    check_pats(&st->actions);
    check_pats(&st->resources);
    for (uint32_t i = 0; i < st->n_principals; i++) {
        WR_ASSERT(wr_doc_owns(st->policy->doc, st->principals[i].node));
        WR_ASSERT(st->principals[i].who <= WR_IAM_WHO_CANONICAL);
    }
    for (uint32_t i = 0; i < st->n_conds; i++) {
        const wr_iam_cond *c = &st->conds[i];
        WR_ASSERT(c->op != NULL && c->id < s->n_conds && c->key < wr_iam_n_keys(s));
        WR_ASSERT(wr_iam_key_find(s, c->key_text) == c->key);
        for (uint32_t k = 0; k < c->n_values; k++)
            WR_ASSERT(wr_doc_owns(st->policy->doc, c->values[k].pat.node));
    }
}

static void print_diags(const wr_ctx *c) {
    wr_buf b;
    wr_buf_init(&b, 0);
    for (const wr_diag *d = c->diags; d; d = d->next) wr_diag_print(&b, d, false);
    WR_ASSERT(wr_utf8_check(wr_buf_str(&b)) == b.n);
    wr_buf_fini(&b);
}

// ---------------------------------------------------------------------------------- deciding

static unsigned decide(const wr_iam_set *s, wr_arena *a, const wr_iam_layers *l, const char *who,
                       wr_str action, wr_iam_state others, wr_iam_result *out) {
    wr_iam_request r;
    WR_ASSERT(wr_iam_request_init(&r, s, a) == WR_OK);
    wr_iam_request_reset(&r, others);
    WR_ASSERT(wr_iam_principal_parse(wr_strz(who), &r.principal));
    if (wr_iam_request_action(&r, action) != WR_OK) return 0;
    wr_iam_request_resource(&r, WR_S("arn:aws:s3:::bucket/key"));
    wr_iam_stack *st = wr_iam_stack_new(a, s, l);
    wr_iam_eval *e = wr_iam_eval_new(a, s);
    WR_ASSERT(st && e);
    wr_iam_decide(e, st, &r, out);
    return out->outcome == WR_UNKNOWN ? out->possible : WR_BIT(out->outcome);
}

static void check_decision(const wr_iam_set *s, wr_arena *a, const wr_iam_policy *const *of,
                           wr_str action) {
    static const char *const callers[] = {"arn:aws:iam::111122223333:user/u",
                                          "arn:aws:sts::444455556666:assumed-role/r/s",
                                          "ec2.amazonaws.com", "*"};
    const wr_iam_list scp = {.v = &of[WR_IAM_SCP], .n = 1}, rcp = {.v = &of[WR_IAM_RCP], .n = 1};
    wr_iam_layers all = {.identity = {&of[WR_IAM_IDENTITY], 1},
                         .has_boundary = true,
                         .boundary = {&of[WR_IAM_BOUNDARY], 1},
                         .has_resource = true,
                         .resource = of[WR_IAM_RESOURCE],
                         .scps = &scp,
                         .n_scps = 1,
                         .rcps = &rcp,
                         .n_rcps = 1};
    wr_iam_layers one = {.identity = all.identity};
    for (size_t i = 0; i < sizeof callers / sizeof *callers; i++) {
        wr_iam_result unknown, absent;
        const wr_iam_layers *l = i % 2 ? &all : &one;
        unsigned may = decide(s, a, l, callers[i], action, WR_IAM_NOT_KNOWN, &unknown);
        if (may == 0) return;
        unsigned is = decide(s, a, l, callers[i], action, WR_IAM_ABSENT, &absent);
        WR_ASSERT((is & ~may) == 0);
        if (i == 0 && of[WR_IAM_IDENTITY]->broken) WR_ASSERT(unknown.outcome != WR_ALLOW);
    }
}

// ---------------------------------------------------------------------------------- reading

static const wr_iam_policy *add(wr_iam_set *s, wr_str text, bool comments, wr_iam_kind kind,
                                bool tolerant) {
    const wr_src *src = wr_src_new(&s->ctx->arena, WR_S("fuzz"), text, false);
    WR_ASSERT(src != NULL);
    const wr_iam_policy *p =
        wr_iam_add_text(s, src, comments, &(wr_iam_parse_opts){.kind = kind, .tolerant = tolerant});
    WR_ASSERT(p != NULL && (p->error.n > 0) == p->broken);
    return p;
}

static void check_again(wr_iam_set *s, const wr_iam_policy *p) {
    wr_buf b;
    wr_buf_init(&b, 0);
    WR_ASSERT(wr_put_json(&b, p->root, 0) == WR_OK);
    // Diagnostics go on pointing into the text.
    const wr_iam_policy *q = add(s, wr_buf_keep(&b, &s->ctx->arena), false, p->kind, false);
    WR_ASSERT(!q->broken && q->n_stmts == p->n_stmts && q->variables == p->variables);
    for (uint32_t i = 0; i < p->n_stmts; i++) {
        const wr_iam_stmt *x = &p->stmts[i], *y = &q->stmts[i];
        WR_ASSERT(x->deny == y->deny && wr_eq(x->sid, y->sid));
        WR_ASSERT(x->actions.n == y->actions.n && x->resources.n == y->resources.n);
        WR_ASSERT(x->n_conds == y->n_conds && x->n_principals == y->n_principals);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    wr_ctx c;
    wr_limits limits = wr_limits_default;
    limits.depth = 500;
    wr_ctx_init(&c, &limits);
    wr_iam_set *s = wr_iam_set_new(&c);
    WR_ASSERT(s != NULL);
    wr_str text = wr_strn((const char *)data, size), action = WR_S("s3:GetObject");
    const wr_iam_policy *of[WR_IAM_N_KINDS];
    for (unsigned k = 0; k < WR_IAM_N_KINDS; k++) {
        uint32_t errors = c.n_errors;
        of[k] = add(s, text, k % 2 == 1, (wr_iam_kind)k, false);
        WR_ASSERT(of[k]->broken == (c.n_errors > errors));
        if (!of[k]->broken) check_again(s, of[k]);
        const wr_iam_policy *p = add(s, text, false, (wr_iam_kind)k, true);
        WR_ASSERT(of[k]->broken || !p->broken || k % 2 == 1);
        (void)wr_iam_api_error(&c, text, (wr_iam_kind)k);
        if (of[k]->n_stmts > 0 && of[k]->stmts[0].actions.n > 0)
            action = of[k]->stmts[0].actions.v[0].raw;
    }
    wr_iam_freeze(s);
    for (uint32_t i = 0; i < s->policies.n; i++)
        for (uint32_t k = 0; k < s->policies.v[i]->n_stmts; k++)
            check_stmt(s, &s->policies.v[i]->stmts[k]);
    print_diags(&c);
    check_decision(s, &c.arena, of, WR_S("s3:GetObject"));
    check_decision(s, &c.arena, of, action);
    wr_ctx_fini(&c);
    return 0;
}
