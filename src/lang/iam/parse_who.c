// SPDX-License-Identifier: Apache-2.0
// Principal and NotPrincipal: "*", or a map from the kind of principal to names. What a name of AWS
// may be is checked, because AWS refuses the document otherwise; services and providers are not.
// Rules: IAM User Guide, "AWS JSON policy elements: Principal".

#include "lang/iam/parse_int.h"

const char *const iam_who_names[IAM_N_WHO] = {"AWS", "Service", "Federated", "CanonicalUser"};

// The id of a user or role that was deleted stands where its ARN stood: AIDA…, AROA….
static bool is_unique_id(wr_str s) {
    if (s.n < 16 || s.n > 128 || s.p[0] != 'A') return false;
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= 'A' && s.p[i] <= 'Z') || (s.p[i] >= '0' && s.p[i] <= '9'))) return false;
    return true;
}

static bool has_wildcard(wr_str s) { return memchr(s.p, '*', s.n) || memchr(s.p, '?', s.n); }

static bool is_of(const wr_iam_arn *a, const char *service) {
    return wr_eq(a->f[WR_ARN_SERVICE], wr_strz(service));
}

// A name under "AWS": an account, an ARN of IAM or STS, a unique id.
static void take_aws(iam_reader *r, wr_iam_named *who) {
    wr_str s = who->text, shown = wr_utf8_cut(s, 100);
    wr_iam_arn arn;
    wr_diag *d;
    if (wr_iam_is_account(s)) {
        who->account = s;
    } else if (wr_iam_arn_split(s, &arn) && (is_of(&arn, "iam") || is_of(&arn, "sts"))) {
        who->arn = arn;
        if (is_of(&arn, "iam") && wr_eq(arn.f[WR_ARN_RESOURCE], WR_S("root")))
            who->account = arn.f[WR_ARN_ACCOUNT];
        if (!has_wildcard(s)) return;
        d = iam_fault(r, WR_D_I0114, who->node, "the principal '%.*s' has a wildcard",
                      WR_FMT(shown));
        wr_hint(r->set->ctx, d,
                "name \"*\" or the account, and compare aws:PrincipalArn in a "
                "condition (ArnLike)");
    } else if (!is_unique_id(s)) {
        d = iam_fault(r, WR_D_I0114, who->node, "'%.*s' is no account, ARN or unique id",
                      WR_FMT(shown));
        wr_hint(r->set->ctx, d,
                "write twelve digits, arn:aws:iam::ACCOUNT:root, "
                "…:user/NAME or …:role/NAME");
    }
}

// The names of one key of the map, appended to v.
static bool take_names(iam_reader *r, unsigned who, const wr_node *n, wr_iam_named *v,
                       uint32_t *count) {
    iam_texts t;
    wr_str s;
    if (!iam_texts_begin(r, n, iam_who_names[who], &t)) return true;
    while (iam_texts_next(r, &t, &n, &s)) {
        wr_iam_named *w = &v[(*count)++];
        *w = (wr_iam_named){.who = (wr_iam_who)(WR_IAM_WHO_AWS + who), .text = s, .node = n};
        w->all = wr_eq(s, WR_S("*"));
        if (!w->all && w->who == WR_IAM_WHO_AWS) take_aws(r, w);
        if (s.n == 0 && w->who != WR_IAM_WHO_AWS)
            iam_fault(r, WR_D_I0114, n, "a principal's name is empty");
    }
    return true;
}

static uint32_t count_names(const wr_node *const *val) {
    uint32_t n = 0;
    for (unsigned i = 0; i < IAM_N_WHO; i++)
        if (val[i]) n += val[i]->kind == WR_LIST ? val[i]->n : 1;
    return n;
}

static bool take_anyone(iam_reader *r, const wr_node *n, wr_iam_stmt *st) {
    wr_str s = wr_node_str(n);
    if (!wr_eq(s, WR_S("*"))) {
        wr_diag *d = iam_fault(r, WR_D_I0114, n, "a Principal that is a string can only be \"*\"");
        wr_hint(r->set->ctx, d, "write {\"AWS\": \"%.*s\"} or {\"Service\": …}",
                WR_FMT(wr_utf8_cut(s, 100)));
        return true;
    }
    wr_iam_named *v = WR_NEW(&r->set->ctx->arena, wr_iam_named);
    if (v == NULL) return false;
    *v = (wr_iam_named){.who = WR_IAM_WHO_ANYONE, .text = s, .node = n, .all = true};
    st->principals = v;
    st->n_principals = 1;
    return true;
}

bool iam_parse_who(iam_reader *r, const wr_node *n, wr_iam_stmt *st) {
    const wr_node *key[IAM_N_WHO], *val[IAM_N_WHO];
    if (iam_unknown(r, n)) return true;
    if (n->kind == WR_STR) return take_anyone(r, n, st);
    if (n->kind != WR_MAP) {
        wr_diag *d = iam_fault(r, WR_D_I0106, n, "a Principal must be \"*\" or an object, not %s",
                               iam_a_kind(n));
        wr_hint(r->set->ctx, d, "write {\"AWS\": […]} or {\"Service\": […]}");
        return true;
    }
    iam_take_map(r, n, iam_who_names, IAM_N_WHO, key, val, "Principal");
    uint32_t count = count_names(val);
    if (count == 0) return true;
    wr_iam_named *v = WR_NEW_N(&r->set->ctx->arena, wr_iam_named, count);
    if (v == NULL) return false;
    st->principals = v;
    for (unsigned i = 0; i < IAM_N_WHO; i++)
        if (val[i] && !take_names(r, i, val[i], v, &st->n_principals)) return false;
    return true;
}
