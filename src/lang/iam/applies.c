// SPDX-License-Identifier: Apache-2.0
// applies: what of a stack binds a request, before any statement is read: whose account the
// resource is of, whom SCPs and RCPs spare, keys and roles whose own policy must speak first,
// what is AWS's own.
// Invariant: what cannot be told is WR_MAYBE, never a guess.
// Rules: AWS Organizations User Guide ("SCP effects on permissions", "Resource control policies");
// KMS Developer Guide ("Key policies", "Grants"); STS API reference; docs/guide/iam-decisions.md
// has the sources one by one.

#include "aws/aws.h"
#include "lang/iam/decide_int.h"

static wr_str action_of(const wr_iam_request *r) { return wr_strn(r->action_lower, r->action_n); }

static bool is_one_of(wr_str action, const char *const *list, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (wr_eq(action, wr_strz(list[i]))) return true;
    return false;
}
#define IS_ONE_OF(action, list) is_one_of((action), (list), sizeof(list) / sizeof *(list))

static bool has_arn(const wr_iam_request *r, const char *service, const char *begins) {
    return r->is_arn && wr_eq(r->arn.f[WR_ARN_SERVICE], wr_strz(service)) &&
           wr_starts(r->arn.f[WR_ARN_RESOURCE], wr_strz(begins));
}

// ---------------------------------------------------------------------------------- callers

static bool has_account(const wr_iam_principal *p) { return p->account.n > 0; }

// The name of a session's role is known, its path only from aws:PrincipalArn.
static wr_tri service_linked(const wr_iam_request *r) {
    const wr_iam_principal *p = &r->principal;
    if (p->service_linked) return WR_YES;
    if (p->kind != WR_IAM_SESSION_OF_ROLE || r->n_ctx <= WR_IAM_K_PRINCIPAL_ARN) return WR_NO;
    const wr_iam_ctx_value *v = &r->ctx[WR_IAM_K_PRINCIPAL_ARN];
    if (v->state == WR_IAM_NOT_KNOWN)
        return wr_starts(p->name, WR_S("AWSServiceRoleFor")) ? WR_MAYBE : WR_NO;
    if (v->state == WR_IAM_ABSENT || v->n != 1) return WR_NO;
    wr_iam_principal role;
    return wr_iam_principal_parse(v->v[0], &role) && role.service_linked &&
                   wr_eq(role.account, p->account) && wr_eq(role.name, p->name)
               ? WR_YES
               : WR_NO;
}

static wr_tri scp_binds(const wr_iam_stack *st, const wr_iam_request *r) {
    if (st->layers.n_scps == 0 || st->layers.caller_management || !has_account(&r->principal))
        return WR_NO;
    return wr_tri_not(service_linked(r));
}

static wr_tri rcp_binds(const wr_iam_stack *st, const wr_iam_request *r) {
    if (st->layers.n_rcps == 0 || st->layers.resource_management) return WR_NO;
    wr_str action = action_of(r);
    size_t colon = wr_find(action, WR_S(":"), 0);
    uint32_t service = wr_aws_service_find(wr_sub(action, 0, colon));
    if (service == WR_AWS_NONE || !wr_aws_service_rcp(service)) return WR_NO;
    if (wr_eq(action, WR_S("kms:retiregrant")) || has_arn(r, "kms", "alias/aws/")) return WR_NO;
    return wr_tri_not(service_linked(r));
}

// ---------------------------------------------------------------------------------- resources

// "aws", "cloudfront": what AWS owns and shows to every account.
static bool is_word(wr_str s) {
    for (size_t i = 0; i < s.n; i++)
        if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && s.p[i] != '-') return false;
    return s.n > 0;
}

// Of KMS it may be a key, and a key whose policy is not given allows nothing: as if a stranger
// owned it.
static wr_tri same_account(const wr_iam_stack *st, const wr_iam_request *r) {
    if (r->resource_unknown && !st->layers.resource && wr_starts(action_of(r), WR_S("kms:")))
        return WR_MAYBE;
    wr_str owner = r->resource_account, caller = r->principal.account;
    if (owner.n == 0) {
        if (r->resource_unknown) return WR_MAYBE;
        owner = r->arn.f[WR_ARN_ACCOUNT];
        if (!r->is_arn || owner.n == 0 || is_word(owner)) return WR_YES;
        if (!wr_iam_is_account(owner)) return WR_MAYBE; // a slip: whose it is meant to be is open
    }
    return wr_eq(owner, caller) ? WR_YES : WR_NO;
}

// AWS managed policies, reserved roles and aliases of AWS's keys: no customer changes them.
static bool is_service_owned(const wr_iam_request *r) {
    static const char *const policy[] = {
        "iam:createpolicy",        "iam:createpolicyversion", "iam:deletepolicy",
        "iam:deletepolicyversion", "iam:tagpolicy",           "iam:setdefaultpolicyversion",
        "iam:untagpolicy",
    };
    static const char *const role[] = {
        "iam:attachrolepolicy",
        "iam:createrole",
        "iam:createservicelinkedrole",
        "iam:deleterole",
        "iam:deleterolepermissionsboundary",
        "iam:deleterolepolicy",
        "iam:deleteservicelinkedrole",
        "iam:detachrolepolicy",
        "iam:passrole",
        "iam:putrolepermissionsboundary",
        "iam:putrolepolicy",
        "iam:tagrole",
        "iam:untagrole",
        "iam:updateassumerolepolicy",
        "iam:updaterole",
        "iam:updateroledescription",
    };
    static const char *const alias[] = {"kms:createalias", "kms:deletealias", "kms:updatealias"};
    wr_str action = action_of(r);
    if (has_arn(r, "iam", "policy/"))
        return wr_eq(r->arn.f[WR_ARN_ACCOUNT], WR_S("aws")) && IS_ONE_OF(action, policy);
    if (has_arn(r, "iam", "role/aws-reserved/")) return IS_ONE_OF(action, role);
    return has_arn(r, "kms", "alias/aws/") && IS_ONE_OF(action, alias);
}

static bool is_key(const wr_iam_stack *st, const wr_iam_request *r) {
    if (!wr_starts(action_of(r), WR_S("kms:"))) return false;
    if (has_arn(r, "kms", "key/")) return true;
    return r->resource_unknown && st->layers.resource; // of KMS's resources only keys have policies
}

static bool is_trust(const wr_iam_request *r) {
    static const char *const with[] = {"sts:tagsession", "sts:setsourceidentity"};
    wr_str action = action_of(r);
    return wr_starts(action, WR_S("sts:assumerole")) ||
           (IS_ONE_OF(action, with) && has_arn(r, "iam", "role/"));
}

static bool has_grant(const wr_iam_stack *st, const wr_iam_request *r) {
    wr_str name = wr_sub(action_of(r), strlen("kms:"), r->action_n);
    for (uint32_t i = 0; i < st->layers.n_grants; i++) {
        const wr_iam_grant *g = &st->layers.grants[i];
        if (!iam_principal_is(g->grantee, &r->principal)) continue;
        for (uint32_t k = 0; k < g->n_operations; k++)
            if (iam_same(g->operations[k], name)) return true;
    }
    return false;
}

// Strangers: anonymous callers and other accounts' principals; services are served.
static bool is_public_closed(const wr_iam_stack *st, const wr_iam_request *r) {
    return st->layers.restrict_public && st->public_policy &&
           wr_starts(action_of(r), WR_S("s3:")) && r->principal.kind != WR_IAM_SERVICE;
}

void iam_case_of(const wr_iam_stack *st, const wr_iam_request *r, iam_case *c) {
    wr_str action = action_of(r);
    bool sts = wr_starts(action, WR_S("sts:")), kms = is_key(st, r);
    *c = (iam_case){.root = r->principal.kind == WR_IAM_ROOT};
    c->scp = scp_binds(st, r);
    c->rcp = rcp_binds(st, r);
    c->same = has_account(&r->principal) ? same_account(st, r) : WR_NO;
    c->no_identity = !has_account(&r->principal);
    // The only policies STS looks at besides the caller's are trust policies. Without its trust
    // policy a role is judged by the caller's side alone; the story says so.
    c->trust_missing = sts && is_trust(r) && st->layers.resource == NULL;
    c->needs_policy = kms || (sts && st->layers.resource);
    c->public_closed = is_public_closed(st, r);
    c->grant = kms && has_grant(st, r) ? WR_YES : WR_NO;
    if (sts && has_account(&r->principal) && wr_eq(action, WR_S("sts:getcalleridentity")))
        c->always = WR_IAM_R_CALLER_IDENTITY;
    if (is_service_owned(r)) c->never = WR_IAM_R_SERVICE_OWNED;
    if (c->root && wr_starts(action, WR_S("sts:assumerole"))) c->never = WR_IAM_R_ROOT_ASSUME;
}
