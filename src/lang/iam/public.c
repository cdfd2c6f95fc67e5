// SPDX-License-Identifier: Apache-2.0
// public: is a bucket policy what S3 calls public? RestrictPublicBuckets then turns off what it
// grants to strangers.
// Invariant: what is not surely narrow is public.
// Rules: Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage", section "The
// meaning of public": a statement that allows is public unless it grants to fixed principals or
// under a condition with fixed values (no wildcard, no variable) on one of a list of keys; networks
// wider than /8 (IPv6: /32) do not narrow.

#include "lang/iam/decide_int.h"

static const char *const narrowing[] = {
    "aws:sourceip",
    "aws:sourcearn",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourceowner",
    "aws:sourceaccount",
    "aws:userid",
    "aws:principalorgid",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "s3:dataaccesspointarn",
    "s3:dataaccesspointaccount",
};

static bool is_narrowing_key(wr_str text) {
    for (size_t i = 0; i < sizeof narrowing / sizeof *narrowing; i++)
        if (iam_same(text, wr_strz(narrowing[i]))) return true;
    return false;
}

static bool is_fixed(const wr_iam_cond *c, const wr_iam_value *v) {
    wr_str t = v->pat.raw;
    if (t.n == 0 || (v->pat.flags & WR_IAM_P_VARS)) return false;
    if (memchr(t.p, '*', t.n) || memchr(t.p, '?', t.n)) return false;
    if (c->op->family != WR_IAM_IP) return true;
    return v->valid && v->u.cidr.bits >= (v->u.cidr.family == 4 ? 8 : 32);
}

static bool narrows(const wr_iam_cond *c) {
    if (c->op->negated || c->if_exists || c->quant == WR_IAM_FOR_ALL || c->n_values == 0)
        return false;
    if (c->op->family != WR_IAM_STRING && c->op->family != WR_IAM_ARNS &&
        c->op->family != WR_IAM_IP)
        return false;
    if (!is_narrowing_key(c->key_text)) return false;
    for (uint32_t i = 0; i < c->n_values; i++)
        if (!is_fixed(c, &c->values[i])) return false;
    return true;
}

static bool is_public(const wr_iam_stmt *st) {
    bool anyone = st->not_principal;
    for (uint32_t i = 0; i < st->n_principals; i++)
        anyone = anyone || st->principals[i].all || st->principals[i].who == WR_IAM_WHO_ANYONE;
    if (st->deny || !anyone) return false;
    for (uint32_t i = 0; i < st->n_conds; i++)
        if (narrows(&st->conds[i])) return false;
    return true;
}

bool iam_policy_public(const wr_iam_policy *p) {
    for (uint32_t i = 0; i < p->n_stmts; i++)
        if (is_public(&p->stmts[i])) return true;
    return false;
}
