// SPDX-License-Identifier: Apache-2.0
// Fuzzes account dumps and organizations: a text is read as the one, then as the other. What is
// taken must hold together: names resolve, levels end, places are in their texts, layers can be
// compiled and decided, and a principal with something missing is never decided as allowed or as
// denied by default.
#include "analyze/analyze.h"

#include <stdlib.h>

static void check(bool ok) {
    if (!ok) abort();
}

static void check_policy(const wr_acct *a, const wr_acct_policy *p) {
    check(p->missing == (p->stand_in != NULL) && p->missing == (p->policy == NULL));
    if (p->node) check(wr_node_pos(a->doc, p->node).line > 0);
    if (p->stand_in) check(!p->stand_in->broken);
}

static void check_entity(wr_ctx *c, const wr_acct *a, const wr_acct_entity *e, wr_iam_eval *eval) {
    wr_iam_layers l = {0};
    wr_iam_request r;
    wr_iam_result out;
    bool missing = false;
    check(wr_acct_find(a, e->arn) == e && wr_acct_named(a, e->kind, e->name) == e);
    check(wr_node_pos(a->doc, e->node).line > 0);
    for (uint32_t i = 0; i < e->attached.n; i++) check_policy(a, &e->attached.v[i]);
    for (uint32_t i = 0; i < e->inline_.n; i++) check_policy(a, &e->inline_.v[i]);
    if (e->kind == WR_ACCT_GROUP || wr_acct_layers(c, a, e, &l, &missing) != WR_OK) return;
    wr_iam_stack *st = wr_iam_stack_new(&c->arena, a->set, &l);
    if (st == NULL || wr_iam_request_init(&r, a->set, &c->arena) != WR_OK) return;
    wr_acct_request_missing(&r);
    if (!wr_iam_principal_parse(e->arn, &r.principal)) return;
    if (wr_iam_request_action(&r, WR_S("s3:GetObject")) != WR_OK) return;
    wr_iam_request_resource(&r, WR_S("arn:aws:s3:::b/k"));
    wr_iam_decide(eval, st, &r, &out);
    if (missing)
        check(out.outcome == WR_UNKNOWN || out.outcome == WR_DENY || out.outcome == WR_FAULT ||
              out.layer == WR_IAM_L_BOUNDARY);
}

static void accounts(wr_ctx *c, const wr_src *src) {
    const wr_doc *doc = NULL;
    wr_acct *a = NULL;
    wr_iam_set *set = wr_iam_set_new(c);
    if (set == NULL || wr_acct_read(c, src, &doc) != WR_OK) return;
    if (wr_acct_load(c, set, doc, &a) != WR_OK) return;
    wr_iam_freeze(set);
    wr_iam_eval *eval = wr_iam_eval_new(&c->arena, set);
    for (uint32_t i = 0; eval && i < a->entities.n && i < 64; i++)
        check_entity(c, a, a->entities.v[i], eval);
}

static void organizations(wr_ctx *c, const wr_src *src, bool json) {
    wr_doc *doc = NULL;
    wr_org *o = NULL;
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = json, .all = true};
    if (wr_doc_load(c, src, &how, &doc) != WR_OK || wr_org_load(c, doc, &o) != WR_OK) return;
    check(o->units.n > 0 && o->units.v[0]->parent == NULL);
    for (uint32_t i = 0; i < o->accounts.n; i++) {
        wr_org_attached at[WR_ORG_MAX_LEVELS];
        uint32_t n = wr_org_levels(o->accounts.v[i], WR_ORG_SCP, at);
        check(n >= 2 && n <= WR_ORG_MAX_LEVELS);
        for (uint32_t k = 0; k < n; k++) check(at[k].n > 0);
        check(wr_org_account_find(o, o->accounts.v[i]->id) == o->accounts.v[i]);
        (void)wr_org_path(&c->arena, o, o->accounts.v[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    wr_limits lim = wr_limits_default;
    wr_ctx c;
    lim.nodes = 100000;
    lim.bytes = 1 << 20;
    wr_ctx_init(&c, &lim);
    c.arena.cap = (size_t)512 << 20;
    wr_str text = {(const char *)data, size};
    if (wr_utf8_check(text) == size) {
        bool json = wr_looks_json(WR_S(""), text);
        const wr_src *src = wr_src_new(&c.arena, WR_S("in"), text, !json);
        if (src) accounts(&c, src);
        if (src) organizations(&c, src, json);
    }
    wr_ctx_fini(&c);
    return 0;
}
