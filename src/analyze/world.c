// SPDX-License-Identifier: Apache-2.0
// The world a request is decided in: dumps of accounts and the organization, and what they say of
// one principal and one resource. What they do not hold has a stand-in, never a gap.
// Rules: AWS Organizations User Guide (SCP and RCP evaluation), IAM User Guide (global condition
// context keys: which principals have which).

#include "analyze/account_int.h"

void wr_world_init(wr_world *w, wr_ctx *c, wr_iam_set *set) {
    *w = (wr_world){.ctx = c, .set = set};
    wr_map_init(&w->org_policies, &c->arena);
}

const wr_acct *wr_world_account(const wr_world *w, wr_str id) {
    for (uint32_t i = 0; i < w->accounts.n; i++)
        if (wr_eq(w->accounts.v[i]->id, id)) return w->accounts.v[i];
    return NULL;
}

wr_rc wr_world_add(wr_world *w, const wr_acct *a) {
    if (a->id.n && wr_world_account(w, a->id)) {
        (void)wr_report(w->ctx, WR_D_A0108, WR_ERROR, NULL, (wr_span){0, 0},
                        "'%.*s' and '%.*s' are dumps of one account, %.*s", WR_FMT(a->src->name),
                        WR_FMT(wr_world_account(w, a->id)->src->name), WR_FMT(a->id));
        return WR_BAD;
    }
    return WR_PUSH(&w->ctx->arena, &w->accounts, a) ? WR_OK : WR_NOMEM;
}

// ---------------------------------------------------------------------------------- organization

static wr_str policy_key(wr_arena *a, const wr_org_policy *p) {
    return wr_fmt(a, "%d/%.*s", (int)p->kind, WR_FMT(p->name));
}

static const wr_iam_policy *add_full_access(wr_world *w, const wr_org_policy *p) {
    static const char text[] = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
                               "\"Action\":\"*\",\"Resource\":\"*\"}]}";
    wr_iam_parse_opts opts = {.kind = WR_IAM_SCP, .name = p->name};
    const wr_src *src = wr_src_new(&w->ctx->arena, p->name, WR_S(text), false);
    return src ? wr_iam_add_text(w->set, src, false, &opts) : NULL;
}

static const wr_iam_policy *add_org_policy(wr_world *w, const wr_org *org, const wr_org_policy *p,
                                           wr_world_reader *read, void *arg, bool *bad) {
    wr_iam_parse_opts opts = {.kind = p->kind == WR_ORG_SCP ? WR_IAM_SCP : WR_IAM_RCP,
                              .name = p->name};
    const wr_src *src = NULL;
    if (p->aws_managed) return p->kind == WR_ORG_SCP ? add_full_access(w, p) : NULL;
    if (p->node && p->node->kind == WR_MAP) return wr_iam_add(w->set, org->doc, p->node, &opts);
    if (p->node) { // the answer of describe-policy: a text
        wr_pos at = wr_node_pos(org->doc, p->node);
        wr_str name = wr_fmt(&w->ctx->arena, "%.*s:%u:%u, text of '%.*s'", WR_FMT(org->src->name),
                             (unsigned)at.line, (unsigned)at.col, WR_FMT(p->name));
        src = name.p ? wr_src_new(&w->ctx->arena, name, wr_node_str(p->node), false) : NULL;
    } else {
        opts.name = p->file;
        src = read(arg, p);
        if (src == NULL) *bad = true;
    }
    return src ? wr_iam_add_text(w->set, src, false, &opts) : NULL;
}

wr_rc wr_world_organize(wr_world *w, const wr_org *org, wr_world_reader *read, void *arg) {
    static const char *const what[WR_ORG_N_KINDS] = {
        "SCPs of an account that is not in the organization",
        "RCPs of an account that is not in the organization"};
    acct_load l = {.c = w->ctx, .set = w->set};
    bool bad = false;
    w->org = org;
    wr_map_init(&l.stand_ins, &w->ctx->arena);
    for (int k = 0; k < WR_ORG_N_KINDS; k++) {
        w->foreign[k] = acct_stand_in(&l, WR_IAM_SCP, wr_strz(what[k]));
        if (w->foreign[k] == NULL) return WR_NOMEM;
    }
    for (uint32_t i = 0; i < org->policies.n; i++) {
        const wr_org_policy *p = org->policies.v[i];
        bool lost = false;
        const wr_iam_policy *added = add_org_policy(w, org, p, read, arg, &lost);
        void **at = wr_map_at(&w->org_policies, policy_key(&w->ctx->arena, p));
        bad = bad || lost;
        if (at == NULL || w->ctx->arena.oom) return WR_NOMEM;
        *at = (void *)(uintptr_t)added;
    }
    return bad ? WR_BAD : WR_OK;
}

static wr_rc one_level(const wr_world *w, wr_arena *a, const wr_org_attached *at,
                       wr_iam_list *out) {
    const wr_iam_policy **v = WR_NEW_N(a, const wr_iam_policy *, at->n ? at->n : 1);
    uint32_t n = 0;
    if (v == NULL) return WR_NOMEM;
    for (uint32_t i = 0; i < at->n; i++) {
        wr_str key = policy_key(a, at->v[i]);
        const wr_iam_policy *p = key.p ? wr_map_find(&w->org_policies, key) : NULL;
        if (p) v[n++] = p;
        else if (!at->v[i]->aws_managed) return WR_NOMEM; // every other one has been added
    }
    *out = (wr_iam_list){v, n};
    return WR_OK;
}

wr_rc wr_world_levels(const wr_world *w, wr_arena *a, wr_str account, wr_org_policy_kind kind,
                      wr_iam_list **out, uint32_t *n) {
    wr_org_attached at[WR_ORG_MAX_LEVELS];
    *n = 0;
    *out = NULL;
    if (w->org == NULL || account.n == 0) return WR_OK;
    const wr_org_account *acc = wr_org_account_find(w->org, account);
    uint32_t levels = acc ? wr_org_levels(acc, kind, at) : 1;
    wr_iam_list *v = WR_NEW_N(a, wr_iam_list, levels);
    if (v == NULL) return WR_NOMEM;
    if (acc == NULL) v[0] = (wr_iam_list){&w->foreign[kind], 1};
    for (uint32_t i = 0; acc && i < levels; i++)
        if (one_level(w, a, &at[i], &v[i]) != WR_OK) return WR_NOMEM;
    *out = v;
    *n = levels;
    return WR_OK;
}

bool wr_world_is_management(const wr_world *w, wr_str account) {
    return w->org && w->org->management && wr_eq(w->org->management->id, account);
}

// ---------------------------------------------------------------------------------- principals

const wr_acct_entity *wr_world_entity(const wr_world *w, const wr_iam_principal *p) {
    const wr_acct *a = p->account.n ? wr_world_account(w, p->account) : NULL;
    if (a == NULL || !wr_eq(a->partition, p->arn.f[WR_ARN_PARTITION])) return NULL;
    switch (p->kind) {
    case WR_IAM_USER:
    case WR_IAM_ROLE: {
        const wr_acct_entity *e = wr_map_find(&a->by_arn, p->text);
        return e && e->kind != WR_ACCT_GROUP ? e : NULL;
    }
    case WR_IAM_SESSION_OF_ROLE: return wr_acct_named(a, WR_ACCT_ROLE, p->name);
    default: return NULL;
    }
}

const wr_acct_entity *wr_world_role(const wr_world *w, wr_str arn) {
    wr_iam_principal p;
    if (!wr_iam_principal_parse(arn, &p) || p.kind != WR_IAM_ROLE) return NULL;
    return wr_world_entity(w, &p);
}

wr_str wr_world_owner(const wr_iam_request *r) {
    if (r->resource_account.n) return r->resource_account;
    return r->is_arn && wr_iam_is_account(r->arn.f[WR_ARN_ACCOUNT]) ? r->arn.f[WR_ARN_ACCOUNT]
                                                                    : WR_S("");
}

// ---------------------------------------------------------------------------------- keys

static wr_rc set_list(wr_iam_request *r, wr_arena *a, const char *name, const wr_str *v,
                      uint32_t n) {
    uint32_t key = wr_iam_key_find(r->set, wr_strz(name));
    if (key == UINT32_MAX) return WR_OK;
    wr_str *copy = WR_NEW_N(a, wr_str, n ? n : 1);
    if (copy == NULL) return WR_NOMEM;
    for (uint32_t i = 0; i < n; i++) copy[i] = v[i];
    wr_iam_request_set(r, key, (wr_iam_ctx_value){WR_IAM_PRESENT, n != 1, n, copy});
    return WR_OK;
}

static wr_rc set_one(wr_iam_request *r, wr_arena *a, const char *name, wr_str v) {
    return set_list(r, a, name, &v, 1);
}

static void set_absent(wr_iam_request *r, const char *name) {
    uint32_t key = wr_iam_key_find(r->set, wr_strz(name));
    if (key != UINT32_MAX) wr_iam_request_set(r, key, (wr_iam_ctx_value){.state = WR_IAM_ABSENT});
}

static wr_rc set_org(const wr_world *w, wr_arena *a, wr_iam_request *r, wr_str account,
                     const char *id_key, const char *paths_key) {
    const wr_org_account *acc = w->org && account.n ? wr_org_account_find(w->org, account) : NULL;
    if (acc == NULL) return WR_OK;
    if (w->org->id.n && set_one(r, a, id_key, w->org->id) != WR_OK) return WR_NOMEM;
    wr_str path = wr_org_path(a, w->org, acc);
    uint32_t key = wr_iam_key_find(r->set, wr_strz(paths_key));
    if (path.n == 0 || key == UINT32_MAX) return WR_OK;
    wr_str *v = WR_NEW(a, wr_str);
    if (v == NULL) return WR_NOMEM;
    *v = path;
    wr_iam_request_set(r, key, (wr_iam_ctx_value){WR_IAM_PRESENT, true, 1, v});
    return WR_OK;
}

// aws:PrincipalTag/…: the tags of the user or role. A session may bring more tags, and other
// values for those of its role, so of a session the role's own are taken and others not known.
static wr_rc set_tags(wr_arena *a, wr_iam_request *r, const wr_acct_entity *e, bool all) {
    static const wr_str prefix = {"aws:principaltag/", 17};
    for (uint32_t k = 0; k < wr_iam_n_keys(r->set); k++) {
        wr_str name = wr_iam_key_name(r->set, k);
        if (!wr_starts(name, prefix)) continue;
        wr_str *v = WR_NEW_N(a, wr_str, e->n_tags ? e->n_tags : 1);
        uint32_t n = 0;
        if (v == NULL) return WR_NOMEM;
        for (uint32_t i = 0; i < e->n_tags; i++)
            if (wr_same(e->tags[i].key, wr_sub(name, prefix.n, name.n))) v[n++] = e->tags[i].value;
        if (n) wr_iam_request_set(r, k, (wr_iam_ctx_value){WR_IAM_PRESENT, n > 1, n, v});
        else if (all) wr_iam_request_set(r, k, (wr_iam_ctx_value){.state = WR_IAM_ABSENT});
    }
    return WR_OK;
}

static const char *type_of(wr_iam_caller k) {
    switch (k) {
    case WR_IAM_USER: return "User";
    case WR_IAM_ROLE:
    case WR_IAM_SESSION_OF_ROLE: return "AssumedRole";
    case WR_IAM_FEDERATED_USER: return "FederatedUser";
    case WR_IAM_ROOT: return "Account";
    case WR_IAM_ANONYMOUS: return "Anonymous";
    default: return NULL;
    }
}

static wr_rc set_names(const wr_world *w, wr_arena *a, wr_iam_request *r) {
    const wr_iam_principal *p = &r->principal;
    const wr_acct_entity *e = wr_world_entity(w, p);
    wr_rc rc = WR_OK;
    if (p->kind == WR_IAM_USER) rc = set_one(r, a, "aws:username", p->name);
    else set_absent(r, "aws:username");
    // Of a session the ARN is its role's, whose path the session's ARN does not tell.
    wr_str arn = e ? e->arn : p->kind == WR_IAM_SESSION_OF_ROLE ? WR_S("") : p->text;
    if (rc == WR_OK && arn.n) rc = set_one(r, a, "aws:PrincipalArn", arn);
    wr_str id = e && e->id.n ? e->id : WR_S("");
    if (p->kind == WR_IAM_SESSION_OF_ROLE && id.n)
        id = wr_fmt(a, "%.*s:%.*s", WR_FMT(id), WR_FMT(p->session));
    else if (p->kind == WR_IAM_ROLE) id = WR_S(""); // it ends in the session's name
    else if (p->kind == WR_IAM_ROOT) id = p->account;
    if (rc == WR_OK && id.n) rc = set_one(r, a, "aws:userid", id);
    if (rc == WR_OK && e) rc = set_tags(a, r, e, p->kind != WR_IAM_SESSION_OF_ROLE);
    return rc;
}

static wr_rc set_service(wr_arena *a, wr_iam_request *r) {
    static const char *const none[] = {"aws:PrincipalArn", "aws:username", "aws:PrincipalOrgID",
                                       "aws:PrincipalOrgPaths", "aws:PrincipalAccount"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) set_absent(r, none[i]);
    if (r->principal.kind != WR_IAM_SERVICE) return WR_OK;
    wr_rc rc = set_one(r, a, "aws:PrincipalIsAWSService", WR_S("true"));
    return rc == WR_OK ? set_one(r, a, "aws:PrincipalServiceName", r->principal.text) : rc;
}

static wr_rc derive_principal(const wr_world *w, wr_arena *a, wr_iam_request *r) {
    const wr_iam_principal *p = &r->principal;
    const char *type = type_of(p->kind);
    wr_rc rc = type ? set_one(r, a, "aws:PrincipalType", wr_strz(type)) : WR_OK;
    if (rc != WR_OK) return rc;
    if (p->kind == WR_IAM_FEDERATED) return WR_OK;
    if (p->kind != WR_IAM_SERVICE) {
        set_absent(r, "aws:PrincipalServiceName");
        set_absent(r, "aws:PrincipalServiceNamesList");
        rc = set_one(r, a, "aws:PrincipalIsAWSService", WR_S("false"));
    }
    if (rc != WR_OK) return rc;
    if (p->account.n == 0) return set_service(a, r);
    rc = set_one(r, a, "aws:PrincipalAccount", p->account);
    if (rc == WR_OK)
        rc = set_org(w, a, r, p->account, "aws:PrincipalOrgID", "aws:PrincipalOrgPaths");
    return rc == WR_OK ? set_names(w, a, r) : rc;
}

wr_rc wr_world_derive(const wr_world *w, wr_arena *a, wr_iam_request *r) {
    wr_str owner = wr_world_owner(r), region = r->is_arn ? r->arn.f[WR_ARN_REGION] : WR_S("");
    wr_rc rc = derive_principal(w, a, r);
    if (rc == WR_OK && owner.n) {
        rc = set_one(r, a, "aws:ResourceAccount", owner);
        if (rc == WR_OK) rc = set_org(w, a, r, owner, "aws:ResourceOrgID", "aws:ResourceOrgPaths");
    }
    if (rc == WR_OK && region.n) rc = set_one(r, a, "aws:RequestedRegion", region);
    return rc;
}

// ---------------------------------------------------------------------------------- facts

wr_str wr_world_fact(wr_arena *a, const wr_iam_set *s, wr_str key) {
    static const wr_str prefix = {WR_ACCT_MISSING "/", sizeof WR_ACCT_MISSING};
    wr_aws_key known;
    if (!wr_starts(key, prefix)) { // in AWS's spelling, which the set does not keep
        bool own = wr_aws_key_find(key, &known) && wr_find(known.name, WR_S("$"), 0) == SIZE_MAX;
        return own && wr_same(known.name, key) ? known.name : key;
    }
    wr_str what = wr_sub(key, prefix.n, key.n);
    for (uint32_t i = 0; i < s->policies.n; i++) { // its spelling: keys are in lower case
        const wr_iam_policy *p = s->policies.v[i];
        if (p->n_stmts && p->stmts[0].n_conds && wr_same(p->stmts[0].conds[0].key_text, key)) {
            what = wr_sub(p->stmts[0].conds[0].key_text, prefix.n, key.n);
            break;
        }
    }
    if (wr_eq(what, WR_S("the resource's policy")))
        return wr_fmt(a, "%.*s (--resource-policy)", WR_FMT(what));
    if (wr_eq(what, WR_S("the role's trust policy")))
        return wr_fmt(a, "%.*s (--resource-policy, --account)", WR_FMT(what));
    if (wr_starts(what, WR_S("SCPs ")) || wr_starts(what, WR_S("RCPs "))) return what;
    if (wr_starts(what, WR_S("group/")))
        return wr_fmt(a, "group %.*s, which is not in the account dump",
                      WR_FMT(wr_sub(what, 6, what.n)));
    return wr_fmt(a, "policy %.*s, which is not in the account dump", WR_FMT(what));
}
