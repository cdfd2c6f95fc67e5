// SPDX-License-Identifier: Apache-2.0
// say: what one policy alone says of a request, for replays that judge each SCP by itself; names of
// layers and rules.
// Invariant: a broken policy says nothing for certain: both of its answers are WR_MAYBE.

#include "lang/iam/decide_int.h"

static wr_iam_layer layer_of(wr_iam_kind k) {
    switch (k) {
    case WR_IAM_BOUNDARY: return WR_IAM_L_BOUNDARY;
    case WR_IAM_SESSION: return WR_IAM_L_SESSION;
    case WR_IAM_RESOURCE:
    case WR_IAM_TRUST: return WR_IAM_L_RESOURCE;
    case WR_IAM_ENDPOINT: return WR_IAM_L_ENDPOINT;
    case WR_IAM_SCP: return WR_IAM_L_SCP;
    case WR_IAM_RCP: return WR_IAM_L_RCP;
    default: return WR_IAM_L_IDENTITY;
    }
}

void wr_iam_say(wr_iam_eval *e, const wr_iam_policy *p, const wr_iam_request *r, wr_iam_says *out) {
    WR_ASSERT(e->set == r->set && r->action_n > 0);
    *out = (wr_iam_says){0};
    if (p->broken) {
        out->deny = out->allow = WR_MAYBE;
        return;
    }
    iam_ref ref = {.layer = (uint8_t)layer_of(p->kind)};
    iam_tests t;
    for (uint32_t i = 0; i < p->n_stmts; i++) {
        const wr_iam_stmt *s = ref.st = &p->stmts[i];
        wr_tri *value = s->deny ? &out->deny : &out->allow;
        if (*value == WR_YES || (p->kind == WR_IAM_RCP && !s->deny) ||
            wr_iam_match_action(s, r) == WR_NO)
            continue;
        wr_tri v = iam_test(&ref, NULL, r, &t);
        if (v <= *value) continue;
        *value = v;
        if (s->deny) out->deny_stmt = s;
        else out->allow_stmt = s;
    }
}

const char *wr_iam_layer_name(wr_iam_layer l) {
    static const char *const names[WR_IAM_N_LAYERS] = {
        [WR_IAM_L_NONE] = "",
        [WR_IAM_L_SCP] = "SCP",
        [WR_IAM_L_RCP] = "RCP",
        [WR_IAM_L_ENDPOINT] = "endpoint policy",
        [WR_IAM_L_RESOURCE] = "resource policy",
        [WR_IAM_L_IDENTITY] = "identity policy",
        [WR_IAM_L_BOUNDARY] = "permissions boundary",
        [WR_IAM_L_SESSION] = "session policy",
        [WR_IAM_L_RULE] = "rule of the service",
    };
    return l < WR_IAM_N_LAYERS ? names[l] : "";
}

const char *wr_iam_rule_text(wr_iam_rule r) {
    static const char *const texts[WR_IAM_N_RULES] = {
        [WR_IAM_R_NONE] = "",
        [WR_IAM_R_CALLER_IDENTITY] = "sts:GetCallerIdentity needs no permission and no policy can "
                                     "deny it",
        [WR_IAM_R_ROOT] = "the root user may do everything in its account that no policy denies",
        [WR_IAM_R_SERVICE_OWNED] = "the resource is AWS's own: no customer may change it",
        [WR_IAM_R_PUBLIC_BLOCKED] = "the bucket policy is public and RestrictPublicBuckets is on: "
                                    "it serves only principals of its account and AWS services",
        [WR_IAM_R_GRANT] = "a grant on the KMS key allows it",
        [WR_IAM_R_NO_ALLOW] = "no statement allows it",
        [WR_IAM_R_ROOT_ASSUME] = "the root user of an account cannot assume roles",
    };
    return r < WR_IAM_N_RULES ? texts[r] : "";
}
