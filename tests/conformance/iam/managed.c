// SPDX-License-Identifier: Apache-2.0
// managed: requests on AWS's managed policies, each the only policy of its caller.
// Invariant: all policies are one set, so that the cases also try the set's size.
#include <stdlib.h>

#include "conf.h"

typedef struct managed {
    wr_iam_set *set;
    wr_map by_name;
    const wr_iam_policy *one; // of the case
} managed;

static bool read_policies(conf *c, managed *m) {
    wr_pull *p = conf_open(c, &c->ctx, "cases/managed-policies");
    wr_doc *d;
    m->set = wr_iam_set_new(&c->ctx);
    wr_map_init(&m->by_name, &c->ctx.arena);
    while (p && conf_next(c, CONF_MANAGED, p, &c->ctx, &d)) {
        wr_iam_parse_opts o = {.kind = WR_IAM_IDENTITY, .name = conf_text(d, d->root, "name")};
        const wr_node *doc = wr_map_getz(d, d->root, "document");
        void **at = wr_map_at(&m->by_name, o.name);
        if (!at || !doc) abort();
        const wr_iam_policy *policy = wr_iam_add(m->set, d, doc, &o);
        *at = (void *)(uintptr_t)policy;
    }
    wr_pull_close(p);
    wr_iam_freeze(m->set);
    return p != NULL;
}

static void one_case(conf *c, managed *m, wr_iam_eval *e, const wr_doc *d, wr_ctx *ctx) {
    wr_str id = conf_text(d, d->root, "id");
    const wr_iam_policy *policy = wr_map_find(&m->by_name, conf_text(d, d->root, "policy"));
    wr_iam_layers l = {.identity = {&policy, 1}};
    wr_iam_request r;
    if (!policy || !conf_request(d, m->set, &ctx->arena, &r)) {
        conf_check(c, CONF_MANAGED, id, false, "the case cannot be read");
        return;
    }
    wr_iam_stack *st = wr_iam_stack_new(&ctx->arena, m->set, &l);
    if (!st) abort();
    wr_iam_result got;
    wr_iam_decide(e, st, &r, &got);
    wr_iam_says says;
    wr_iam_say(e, policy, &r, &says);
    wr_outcome said = says.deny == WR_YES    ? WR_DENY
                      : says.allow == WR_YES ? WR_ALLOW
                                             : WR_IMPLICIT_DENY;
    wr_outcome want = conf_expect(d);
    // Alone it may allow what a key's or a role's own policy would have to allow besides.
    bool agrees = said == want || (got.layer == WR_IAM_L_RESOURCE && said == WR_ALLOW) ||
                  got.layer == WR_IAM_L_RULE;
    conf_check(c, CONF_MANAGED, id, got.outcome == want && agrees,
               "wanted %s, got %s, the policy alone says %s", wr_outcome_name(want),
               wr_outcome_name(got.outcome), wr_outcome_name(said));
}

void conf_managed(conf *c) {
    managed m = {0};
    if (!read_policies(c, &m)) return;
    wr_iam_eval *e = wr_iam_eval_new(&c->ctx.arena, m.set);
    wr_pull *p = conf_open(c, &c->ctx, "cases/managed-cases");
    wr_ctx ctx;
    wr_doc *d;
    wr_ctx_init(&ctx, NULL);
    wr_ctx_mark mark = wr_ctx_mark_now(&ctx);
    if (!e) abort();
    for (uint64_t n = 0; p && conf_next(c, CONF_MANAGED, p, &ctx, &d); n++) {
        if (!c->sample || n % 16 == 0) one_case(c, &m, e, d, &ctx);
        wr_ctx_rewind(&ctx, mark);
    }
    wr_ctx_fini(&ctx);
    wr_pull_close(p);
}
