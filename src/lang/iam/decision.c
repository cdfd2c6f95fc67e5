// SPDX-License-Identifier: Apache-2.0
// decision: a story as the one wr_decision that reports, stores and diffs know.
// Invariant: error and unknown have exactly one reason that says why; allow and deny have one for
// each statement that mattered.
// Rules: core.h (what a decision is); ARCHITECTURE.md, "The one idea".

#include "lang/iam/explain_int.h"

static wr_reason of_stmt(wr_arena *a, const wr_iam_match *m, const wr_iam_request *r) {
    const wr_iam_stmt *st = m->stmt;
    wr_reason x = {.resource = r->resource, .policy = st->policy->src, .policy_at = st->node->span};
    if (st->policy->doc) x.policy = st->policy->doc->srcs[st->node->src];
    iam_words w = {0};
    iam_putz(&w, wr_iam_layer_name(m->layer));
    iam_putz(&w, st->deny ? " denies: " : " allows: ");
    iam_put_stmt(&w, st);
    bool all = m->principal == WR_YES && m->resource == WR_YES && m->conds == WR_YES;
    if (!all) {
        iam_putz(&w, ": ");
        iam_put_match(&w, m, r);
    }
    x.message = iam_words_end(&w, a);
    if (all || m->failed == NULL) return x;
    iam_words wanted = {0}, found = {0};
    iam_put_wanted(&wanted, m->failed);
    iam_put_found(&found, m->failed, r);
    x.wanted = iam_words_end(&wanted, a);
    x.found = iam_words_end(&found, a);
    return x;
}

static wr_reason of_result(const wr_iam_story *s, const wr_iam_request *r, wr_arena *a) {
    const wr_iam_result *res = &s->result;
    wr_reason x = {.resource = r->resource};
    iam_words w = {0};
    if (res->broken) {
        x.policy = res->broken->src;
        if (res->broken->root) x.policy_at = res->broken->root->span;
        iam_put(&w, res->broken->name);
        iam_putz(&w, " cannot be judged: ");
        iam_put(&w, res->broken->error);
    } else if (res->outcome == WR_UNKNOWN) {
        iam_putz(&w, "it depends on ");
        for (uint32_t i = 0; i < s->needed.n; i++) {
            if (i) iam_putz(&w, ", ");
            iam_put(&w, s->needed.v[i]);
        }
    } else if (res->rule != WR_IAM_R_NONE && res->rule != WR_IAM_R_NO_ALLOW) {
        iam_putz(&w, wr_iam_rule_text(res->rule));
    } else {
        iam_putz(&w, wr_iam_layer_name(res->layer));
        iam_putz(&w, ": no statement allows it");
    }
    x.message = iam_words_end(&w, a);
    return x;
}

static void name_policy(const wr_iam_story *s, wr_arena *a, wr_decision *d) {
    const wr_iam_result *res = &s->result;
    const wr_iam_policy *p = res->stmt ? res->stmt->policy : res->broken;
    if (p == NULL) {
        d->policy = wr_strz(wr_iam_layer_name(res->layer));
        return;
    }
    d->policy = p->name;
    if (res->stmt == NULL) return;
    d->rule = res->stmt->sid;
    d->rule_id = res->stmt->sid;
    if (d->rule.n == 0) d->rule = wr_fmt(a, "statement %u", res->stmt->index + 1);
}

// Its length first, so that no text can pass for two.
static void put_text(wr_buf *b, wr_str s) {
    wr_putf(b, "%zu:", s.n);
    wr_puts(b, s);
    wr_putc(b, '\n');
}

static void put_policies(wr_buf *b, const char *layer, const wr_iam_policy *const *v, uint32_t n) {
    wr_putf(b, "%s %u\n", layer, n);
    for (uint32_t i = 0; i < n; i++) {
        uint8_t sum[32];
        wr_iam_digest(v[i], sum);
        wr_put(b, (const char *)sum, sizeof sum);
    }
}

void wr_iam_stack_digest(const wr_iam_stack *st, uint8_t out[32]) {
    const wr_iam_layers *l = &st->layers;
    wr_buf b;
    wr_buf_init(&b, 0);
    for (uint32_t i = 0; i < l->n_scps; i++) put_policies(&b, "scp", l->scps[i].v, l->scps[i].n);
    for (uint32_t i = 0; i < l->n_rcps; i++) put_policies(&b, "rcp", l->rcps[i].v, l->rcps[i].n);
    if (l->has_endpoint) put_policies(&b, "endpoint", l->endpoint.v, l->endpoint.n);
    if (l->resource) put_policies(&b, "resource", &l->resource, 1);
    put_policies(&b, "identity", l->identity.v, l->identity.n);
    if (l->has_boundary) put_policies(&b, "boundary", l->boundary.v, l->boundary.n);
    if (l->has_session) put_policies(&b, "session", l->session.v, l->session.n);
    wr_putf(&b, "%d %d %d\n", l->caller_management, l->resource_management, l->restrict_public);
    for (uint32_t i = 0; i < l->n_grants; i++) {
        put_text(&b, l->grants[i].grantee);
        wr_putf(&b, "%u\n", l->grants[i].n_operations);
        for (uint32_t k = 0; k < l->grants[i].n_operations; k++)
            put_text(&b, l->grants[i].operations[k]);
    }
    wr_sha256(wr_buf_str(&b), out);
    wr_buf_fini(&b);
}

// The request in a canonical form: what was asked and every fact that a policy asks for.
static void digest(const wr_iam_request *r, uint8_t out[32]) {
    wr_buf b;
    wr_buf_init(&b, 0);
    put_text(&b, r->principal.text);
    put_text(&b, wr_strn(r->action_lower, r->action_n));
    put_text(&b, r->resource);
    put_text(&b, r->resource_account);
    wr_putf(&b, "%d\n", r->resource_unknown);
    for (uint32_t i = 0; i < r->n_ctx; i++) {
        const wr_iam_ctx_value *v = &r->ctx[i];
        if (v->state == WR_IAM_ABSENT) continue;
        put_text(&b, wr_iam_key_name(r->set, i));
        wr_putf(&b, "%d %d %u\n", v->state, v->multi, v->n);
        for (uint32_t k = 0; k < v->n; k++) put_text(&b, v->v[k]);
    }
    wr_sha256(wr_buf_str(&b), out);
    wr_buf_fini(&b);
}

wr_rc wr_iam_decision(const wr_iam_story *s, const wr_iam_request *r, const uint8_t policies[32],
                      wr_arena *a, wr_decision *out) {
    *out = (wr_decision){.subject = r->principal.text,
                         .outcome = s->result.outcome,
                         .severity = WR_SEV_MEDIUM,
                         .time = r->set->ctx->now};
    out->title = wr_fmt(a, "%.*s on %.*s", WR_FMT(r->action), WR_FMT(r->resource));
    wr_reason *v = WR_NEW_N(a, wr_reason, s->matches.n + 1u);
    if (v == NULL || out->title.p == NULL) return WR_NOMEM;
    bool certain = s->result.outcome == WR_ALLOW || s->result.outcome == WR_DENY;
    for (uint32_t i = 0; certain && i < s->matches.n; i++)
        if (s->matches.v[i].decisive) v[out->n_reasons++] = of_stmt(a, &s->matches.v[i], r);
    if (out->n_reasons == 0) v[out->n_reasons++] = of_result(s, r, a);
    out->reasons = v;
    name_policy(s, a, out);
    memcpy(out->policy_digest, policies, sizeof out->policy_digest);
    digest(r, out->input_digest);
    return !a->oom ? WR_OK : WR_NOMEM;
}
