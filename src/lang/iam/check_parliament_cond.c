// SPDX-License-Identifier: Apache-2.0
// Checks by the codes of parliament: conditions. Operators there are; values of the key's type;
// keys that come with the statement's actions; conditions on MFA that do not ask for it.
// Rules: IAM User Guide, "Condition operators", "Global condition context keys"
// (aws:MultiFactorAuthPresent), "Single-valued vs. multivalued context keys".

#include "lang/iam/parliament_int.h"

static wr_str text_of(const chk *k, const wr_node *n) {
    if (n->kind == WR_STR) return wr_node_str(n);
    if (n->kind != WR_INT && n->kind != WR_FLOAT && n->kind != WR_BOOL) return (wr_str){"", 0};
    return wr_sub(k->doc->srcs[n->src]->text, n->span.beg, n->span.end);
}

static bool is_arn_like(wr_str s) {
    size_t colons = 0;
    for (size_t i = 0; i < s.n; i++) colons += s.p[i] == ':';
    return (wr_starts(s, WR_S("arn:")) && colons >= 5) || chk_has_wild(s);
}

static bool has_type(const chk *k, wr_aws_type type, wr_str s) {
    wr_iam_num num;
    wr_iam_time time;
    wr_iam_cidr net;
    wr_str bytes;
    if (wr_find(s, WR_S("${"), 0) < s.n) return true;
    switch (type) {
    case WR_AWS_STRING: return true;
    case WR_AWS_ARN: return is_arn_like(s);
    case WR_AWS_NUMERIC: return iam_num_parse(s, &num);
    case WR_AWS_DATE: return iam_date_parse(s, &time) || iam_num_parse(s, &num);
    case WR_AWS_BOOL: return chk_same(s, "true") || chk_same(s, "false");
    case WR_AWS_IP: return iam_cidr_parse(s, &net);
    case WR_AWS_BINARY: return iam_base64_decode(&k->run->scratch, s, &bytes);
    }
    return true;
}

static void check_values(chk *k, const chk_cond *c) {
    for (uint32_t i = 0; i < c->values.n; i++) {
        const wr_node *n = &c->values.v[i];
        wr_str s = text_of(k, n);
        if ((n->flags & WR_F_UNKNOWN) || has_type(k, c->key->aws.type, s)) continue;
        chk_find(k, WR_IAM_C_MISMATCHED_TYPE, n, "%.*s is not of the type of %.*s, %s",
                 WR_FMT(wr_utf8_cut(s, 200)), WR_FMT(wr_utf8_cut(c->key->text, 200)),
                 wr_aws_type_name(c->key->aws.type));
    }
}

static wr_aws_type type_of(wr_iam_family f) {
    static const wr_aws_type of[] = {
        [WR_IAM_STRING] = WR_AWS_STRING, [WR_IAM_NUMERIC] = WR_AWS_NUMERIC,
        [WR_IAM_DATE] = WR_AWS_DATE,     [WR_IAM_BOOL] = WR_AWS_BOOL,
        [WR_IAM_BINARY] = WR_AWS_BINARY, [WR_IAM_IP] = WR_AWS_IP,
        [WR_IAM_ARNS] = WR_AWS_ARN,      [WR_IAM_NULL] = WR_AWS_BOOL,
    };
    return of[f];
}

// The operator against the type of a service's key.
static void check_operator(chk *k, const chk_cond *c) {
    wr_aws_type want = c->key->aws.type;
    const char *name = c->op != NULL ? c->op->name : "the operator";
    if (c->op != NULL && type_of(c->op->family) == want) return;
    bool usable = c->op != NULL && c->op->family == WR_IAM_STRING && want == WR_AWS_ARN;
    if (usable)
        chk_find(k, WR_IAM_C_MISMATCHED_TYPE_BUT_USABLE, c->op_node,
                 "%s compares texts, and the values of %.*s are ARNs", name,
                 WR_FMT(wr_utf8_cut(c->key->text, 200)));
    else
        chk_find(k, WR_IAM_C_MISMATCHED_TYPE, c->op_node, "%s is not for the type of %.*s, %s",
                 name, WR_FMT(wr_utf8_cut(c->key->text, 200)), wr_aws_type_name(want));
}

// Do the actions of the statement come with the key? The first that does not is named.
static bool check_actions(chk *k, const chk_stmt *s, const chk_cond *c) {
    uint32_t lost = 0, first = 0, n = 0;
    for (uint32_t i = 0; i < s->n_acts && !s->not_action; i++) {
        const chk_act *a = s->acts[i].act;
        for (uint32_t id = par_next(a, 0); id != WR_AWS_NONE; id = par_next(a, id + 1)) {
            n++;
            if (wr_aws_action_has_key(id, c->key->text)) continue;
            if (lost++ == 0) first = id;
        }
    }
    if (lost > 0)
        chk_find(k, WR_IAM_C_UNKNOWN_CONDITION_FOR_ACTION, c->key_node,
                 "requests for %.*s do not have the key %.*s", WR_FMT(par_name(k, first)),
                 WR_FMT(wr_utf8_cut(c->key->text, 200)));
    return lost < n;
}

static bool is_false(const chk *k, const chk_cond *c) {
    for (uint32_t i = 0; i < c->values.n; i++)
        if (chk_same(text_of(k, &c->values.v[i]), "false")) return true;
    return false;
}

// Without MFA the key is often missing: Bool "false" then does not hold, and Null "false" asks only
// whether it is there.
static void check_mfa(chk *k, const chk_cond *c) {
    bool plain = chk_same(c->op_text, "Bool"), null = chk_same(c->op_text, "Null");
    if (!chk_same(c->key->low, "aws:multifactorauthpresent") || !(plain || null) || !is_false(k, c))
        return;
    chk_find(k, WR_IAM_C_BAD_PATTERN_FOR_MFA, c->key_node,
             plain ? "requests with long-term keys do not have this key: without MFA the condition "
                     "does not hold"
                   : "the condition asks whether the key is there, not whether MFA was used");
}

// Neither true nor false under Bool and Null: nothing more is said of the operator.
static bool check_bool(chk *k, const chk_cond *c) {
    if (c->op == NULL || (c->op->family != WR_IAM_BOOL && c->op->family != WR_IAM_NULL))
        return true;
    for (uint32_t i = 0; i < c->values.n; i++) {
        wr_str s = text_of(k, &c->values.v[i]);
        if (has_type(k, WR_AWS_BOOL, s)) continue;
        chk_find(k, WR_IAM_C_MISMATCHED_TYPE_OPERATION_TO_NULL, &c->values.v[i],
                 "%s wants true or false", c->op->name);
        return false;
    }
    return true;
}

static void check_single(chk *k, const chk_cond *c) {
    if (c->quant == WR_IAM_PLAIN || !c->key->known || c->key->aws.multi) return;
    chk_find(k, WR_IAM_C_SINGLE_VALUE_CONDITION_TOO_PERMISSIVE, c->op_node,
             "%.*s has one value, and the operator is for keys with several",
             WR_FMT(wr_utf8_cut(c->key->text, 200)));
}

static bool types_on(const chk *k) {
    return chk_on(k, WR_IAM_C_UNKNOWN_CONDITION_FOR_ACTION) ||
           chk_on(k, WR_IAM_C_MISMATCHED_TYPE) || chk_on(k, WR_IAM_C_MISMATCHED_TYPE_BUT_USABLE);
}

static void check_condition(chk *k, const chk_stmt *s, const chk_cond *c) {
    check_single(k, c);
    check_mfa(k, c);
    if (!check_bool(k, c) || (c->op != NULL && c->op->family == WR_IAM_NULL) || !types_on(k))
        return;
    if (c->key->known && c->key->aws.global) {
        check_values(k, c);
        return;
    }
    bool some = check_actions(k, s, c);
    if (!some || !c->key->known) return;
    check_values(k, c);
    check_operator(k, c);
}

void par_conditions(chk *k, const chk_stmt *s) {
    for (uint32_t i = 0; i < s->n_conds; i++) {
        const chk_cond *c = &s->conds[i];
        if (c->op == NULL && (i == 0 || s->conds[i - 1].block != c->block))
            chk_find(k, WR_IAM_C_UNKNOWN_OPERATOR, c->op_node, "there is no operator %.*s",
                     WR_FMT(wr_utf8_cut(c->op_text, 100)));
        check_condition(k, s, c);
    }
}
