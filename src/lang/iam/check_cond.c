// SPDX-License-Identifier: Apache-2.0
// check_cond: operators and keys of conditions: what does not exist, what does not go together.
// Rules: IAM User Guide, "Condition operators", "Multivalued context keys", "Global condition
// context keys"; Service Authorization Reference (src/aws).

#include "lang/iam/check_int.h"
#include "lang/iam/check_service.h"

// ---------------------------------------------------------------------------------- operators

static void check_operator(chk *k, const chk_cond *c) {
    if (c->op == NULL) {
        chk_find(k, WR_IAM_C_INVALID_CONDITION_OPERATOR, c->op_node, "there is no operator %.*s",
                 WR_FMT(c->op_text));
        if (!chk_on(k, WR_IAM_C_INVALID_CONDITION_OPERATOR)) return;
        wr_str near = wr_iam_op_near(c->op_text);
        if (near.n > 0) chk_fix(k, "Write %.*s, if that is meant.", WR_FMT(near));
        return;
    }
    if (c->op->family != WR_IAM_NULL) return;
    if (c->if_exists)
        chk_find(k, WR_IAM_C_NULL_WITH_IF_EXISTS, c->op_node, "Null takes no IfExists");
    if (c->quant != WR_IAM_PLAIN)
        chk_find(k, WR_IAM_C_NULL_WITH_QUALIFIER, c->op_node, "Null always %s with %s",
                 c->quant == WR_IAM_FOR_ALL ? "holds" : "fails",
                 c->quant == WR_IAM_FOR_ALL ? "ForAllValues" : "ForAnyValue");
}

static void check_empty(chk *k, const chk_cond *c) {
    if (c->value_node->kind != WR_LIST || c->value_node->n > 0) return;
    wr_iam_issue issue = c->quant == WR_IAM_FOR_ALL   ? WR_IAM_C_EMPTY_ARRAY_CONDITION_FORALLVALUES
                         : c->quant == WR_IAM_FOR_ANY ? WR_IAM_C_EMPTY_ARRAY_CONDITION_FORANYVALUE
                         : c->if_exists               ? WR_IAM_C_EMPTY_ARRAY_CONDITION_IFEXISTS
                                                      : WR_IAM_C_EMPTY_ARRAY_CONDITION;
    chk_find(k, issue, c->value_node, "%.*s has no values", WR_FMT(c->key->text));
}

static bool same_low(wr_str a, wr_str b) { return wr_eq(a, b); }

// Two spellings of a key under one operator.
static void check_spellings(chk *k, const chk_stmt *s, uint32_t i) {
    enum { NEAR = 64 };
    for (uint32_t j = i; j-- > 0 && i - j <= NEAR;) {
        if (s->conds[j].block != s->conds[i].block) return;
        if (!same_low(s->conds[j].key->low, s->conds[i].key->low)) continue;
        chk_find(k, WR_IAM_C_DUPLICATE_KEYS_WITH_DIFFERENT_CASE, s->conds[i].key_node,
                 "%.*s and %.*s are one key", WR_FMT(s->conds[j].key->text),
                 WR_FMT(s->conds[i].key->text));
        return;
    }
}

void chk_conditions(chk *k, const chk_stmt *s) {
    for (uint32_t i = 0; i < s->n_conds; i++) {
        const chk_cond *c = &s->conds[i];
        if (i == 0 || s->conds[i - 1].block != c->block) check_operator(k, c);
        check_empty(k, c);
        check_spellings(k, s, i);
    }
    // An operator without keys is looked at, too.
    const wr_node *n = s->el[EL_CONDITION];
    for (uint32_t i = 0; n != NULL && n->kind == WR_MAP && i < n->n; i++) {
        const wr_node *keys = wr_map_val(n, i);
        if (keys->kind == WR_MAP && keys->n > 0) continue;
        chk_cond one = {.op_node = wr_map_key(n, i), .op_text = wr_node_str(wr_map_key(n, i))};
        one.op = chk_op_of(&one);
        check_operator(k, &one);
    }
}

// ---------------------------------------------------------------------------------- keys

static bool is_tag_root(wr_str low) {
    static const char *const roots[] = {"aws:requesttag", "aws:resourcetag", "aws:principaltag"};
    if (low.n > 0 && low.p[low.n - 1] == '/') low.n--;
    for (size_t i = 0; i < 3; i++)
        if (chk_same(low, roots[i])) return true;
    return wr_ends(low, WR_S(":resourcetag")) || wr_ends(low, WR_S(":requesttag"));
}

static void unknown_key(chk *k, const chk_cond *c, wr_iam_issue issue) {
    chk_find(k, issue, c->key_node, "there is no condition key %.*s", WR_FMT(c->key->text));
    if (!chk_on(k, issue)) return;
    wr_str near = wr_aws_key_near(c->key->text);
    if (near.n > 0) chk_fix(k, "Write %.*s, if that is meant.", WR_FMT(near));
}

// Is the key one there is? False: said, or passed over.
static bool check_key(chk *k, const chk_cond *c) {
    const chk_key *key = c->key;
    if (key->prefix.n == 0 || key->prefix.n + 1 == key->text.n) {
        chk_find(k, WR_IAM_C_INVALID_CONDITION_KEY_FORMAT, c->key_node,
                 "the condition key %.*s is not service:name", WR_FMT(key->text));
        return false;
    }
    if (wr_find(key->text, WR_S("${"), 0) != SIZE_MAX) return false;
    if (chk_same(key->text, "aws:ARN")) {
        bool caller = chk_identity(k);
        chk_find(k,
                 caller ? WR_IAM_C_DEPRECATED_GLOBAL_CONDITION_KEY
                        : WR_IAM_C_UNSUPPORTED_GLOBAL_CONDITION_KEY,
                 c->key_node,
                 caller ? "aws:ARN is now aws:PrincipalArn" : "aws:ARN is not supported");
        return false;
    }
    if (is_tag_root(key->low)) {
        chk_find(k, WR_IAM_C_MISSING_TAG_KEY_IN_CONDITION, c->key_node, "%.*s names no tag",
                 WR_FMT(key->text));
        return false;
    }
    if (key->known) return true;
    if (chk_same(key->prefix, "aws")) unknown_key(k, c, WR_IAM_C_INVALID_GLOBAL_CONDITION_KEY);
    else if (wr_aws_service_find(key->prefix) != WR_AWS_NONE)
        unknown_key(k, c, WR_IAM_C_INVALID_SERVICE_CONDITION_KEY);
    else if (!wr_aws_key_prefix_known(key->prefix)) {
        chk_find(k, WR_IAM_C_INVALID_SERVICE, c->key_node, "there is no service %.*s",
                 WR_FMT(key->prefix));
        wr_str near = wr_aws_service_near(key->prefix);
        if (near.n > 0) chk_fix(k, "Write %.*s, if that is meant.", WR_FMT(near));
    }
    return false;
}

static bool is_provider_key(wr_str prefix) {
    return wr_find(prefix, WR_S("."), 0) != SIZE_MAX || wr_eq(prefix, WR_S("saml"));
}

static void check_quantity(chk *k, const chk_stmt *s, const chk_cond *c) {
    if (c->op == NULL || c->op->family == WR_IAM_NULL || is_provider_key(c->key->prefix)) return;
    if (c->key->aws.multi && c->quant == WR_IAM_PLAIN)
        chk_find(k, WR_IAM_C_MISSING_QUALIFIER, c->op_node,
                 "%.*s holds several values, and %.*s compares one", WR_FMT(c->key->text),
                 WR_FMT(c->op_text));
    bool open = (s->allow && !c->op->negated) || (s->allow && c->op->negated) ||
                (s->deny && c->op->negated);
    if (!c->key->aws.multi && c->quant == WR_IAM_FOR_ALL && open)
        chk_find(k, WR_IAM_C_FORALLVALUES_WITH_SINGLE_VALUED_KEY, c->op_node,
                 "%.*s holds one value, and ForAllValues holds also without it",
                 WR_FMT(c->key->text));
}

static bool family_fits(const wr_iam_op *op, wr_aws_type type) {
    switch (type) {
    case WR_AWS_STRING:
    case WR_AWS_ARN: return op->family == WR_IAM_STRING || op->family == WR_IAM_ARNS;
    case WR_AWS_NUMERIC: return op->family == WR_IAM_NUMERIC;
    case WR_AWS_DATE: return op->family == WR_IAM_DATE || op->family == WR_IAM_NUMERIC;
    case WR_AWS_BOOL: return op->family == WR_IAM_BOOL;
    case WR_AWS_IP: return op->family == WR_IAM_IP;
    case WR_AWS_BINARY: return op->family == WR_IAM_BINARY;
    }
    return true;
}

static void check_type(chk *k, const chk_cond *c) {
    static const char *const words[] = {
        [WR_AWS_STRING] = "a String",   [WR_AWS_ARN] = "an Arn",    [WR_AWS_NUMERIC] = "a Numeric",
        [WR_AWS_DATE] = "a Date",       [WR_AWS_BOOL] = "the Bool", [WR_AWS_IP] = "an IpAddress",
        [WR_AWS_BINARY] = "the Binary",
    };
    if (c->op == NULL || c->op->family == WR_IAM_NULL || family_fits(c->op, c->key->aws.type))
        return;
    chk_find(k, WR_IAM_C_TYPE_MISMATCH, c->op_node, "%.*s is of type %s, and %.*s compares another",
             WR_FMT(c->key->text), wr_aws_type_name(c->key->aws.type), WR_FMT(c->op_text));
    chk_fix(k, "Use %s operator.", words[c->key->aws.type]);
}

// ---------------------------------------------------------------------------------- together

static void check_relevance(chk *k, const chk_cond *c) {
    static const char *const keys[] = {"aws:resourceaccount", "aws:resourceorgid",
                                       "aws:resourceorgpaths", "s3:resourceaccount"};
    if (k->kind != WR_IAM_RESOURCE && k->kind != WR_IAM_TRUST) return;
    for (size_t i = 0; i < 4; i++)
        if (chk_same(c->key->low, keys[i]))
            chk_find(k, WR_IAM_C_IRRELEVANT_CONDITION_KEY_IN_POLICY, c->key_node,
                     "%.*s says nothing here: the resource is the one the policy hangs on",
                     WR_FMT(c->key->text));
}

static void check_pairs(chk *k, const chk_stmt *s) {
    const chk_cond *c = chk_cond_on(s, "aws:vpcsourceip");
    if (c == NULL || c->op == NULL || c->op->family == WR_IAM_NULL) return;
    if (chk_cond_on(s, "aws:sourcevpc") || chk_cond_on(s, "aws:sourcevpcarn") ||
        chk_cond_on(s, "aws:sourcevpce"))
        return;
    chk_find(k, WR_IAM_C_MISSING_PAIRED_CONDITION_KEYS, c->key_node,
             "aws:VpcSourceIp holds in any VPC with these addresses");
    chk_fix(k, "Add a condition on aws:SourceVpc.");
}

// The first action, named in full, that does not have the key.
static const chk_use *without_key(const chk_stmt *s, const chk_cond *c, uint32_t *n) {
    const chk_use *first = NULL;
    *n = 0;
    for (uint32_t i = 0; i < s->n_acts; i++) {
        const chk_act *a = s->acts[i].act;
        if (a->id == WR_AWS_NONE || wr_aws_action_has_key(a->id, c->key->text)) continue;
        if ((*n)++ == 0) first = &s->acts[i];
    }
    return first;
}

static void check_support(chk *k, const chk_stmt *s, const chk_cond *c) {
    uint32_t n;
    if (s->not_action || c->key->aws.global || !chk_wants_value(c)) return;
    if (is_provider_key(c->key->prefix) ||
        !chk_on(k, WR_IAM_C_UNSUPPORTED_ACTION_FOR_CONDITION_KEY))
        return;
    const chk_use *u = without_key(s, c, &n);
    if (u == NULL) return;
    chk_find(k, WR_IAM_C_UNSUPPORTED_ACTION_FOR_CONDITION_KEY, c->key_node,
             "%.*s never comes with %.*s%s", WR_FMT(c->key->text), WR_FMT(u->act->text),
             n > 1 ? " and other actions of the statement" : "");
    chk_fix(k, "Move %.*s to a statement without this condition.", WR_FMT(u->act->text));
}

void chk_condition_keys(chk *k, const chk_stmt *s) {
    if (s->n_conds == 0) return;
    check_pairs(k, s);
    for (uint32_t i = 0; i < s->n_conds; i++) {
        const chk_cond *c = &s->conds[i];
        check_relevance(k, c);
        if (!check_key(k, c)) continue;
        check_quantity(k, s, c);
        check_type(k, c);
        check_support(k, s, c);
    }
}

// ---------------------------------------------------------------------------------- tags

static bool act_has(const chk_act *a, wr_str key) {
    uint32_t n, first;
    if (a->all || a->malformed || a->svc == WR_AWS_NONE) return true; // not looked at
    if (!a->wild) return a->id == WR_AWS_NONE || wr_aws_action_lists_key(a->id, key);
    first = wr_aws_service_actions(a->svc, &n);
    for (uint32_t i = 0; i < n; i++)
        if (wr_aws_action_lists_key(first + i, key) &&
            chk_covers(a->name, wr_aws_action_name(first + i), true))
            return true;
    return false;
}

static void check_tag(chk *k, const chk_stmt *s, const chk_cond *c) {
    bool deny = s->deny;
    if (s->not_action) {
        chk_find(k,
                 deny ? WR_IAM_C_DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE
                      : WR_IAM_C_ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE,
                 c->key_node, "actions that do not have %.*s are not %s", WR_FMT(c->key->text),
                 deny ? "denied" : "allowed");
        return;
    }
    const chk_use *first = NULL;
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->n_acts; i++) {
        if (act_has(s->acts[i].act, c->key->text)) continue;
        if (n++ == 0) first = &s->acts[i];
    }
    if (n == 0) return;
    chk_find(k,
             deny ? WR_IAM_C_DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE
                  : WR_IAM_C_ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE,
             first->node, "%.*s never comes with %.*s: %u of the statement's actions %s not %s",
             WR_FMT(c->key->text), WR_FMT(first->act->text), n, n == 1 ? "is" : "are",
             deny ? "denied" : "allowed");
}

void chk_tags(chk *k, const chk_stmt *s) {
    if (!s->allow && !s->deny) return;
    for (uint32_t i = 0; i < s->n_conds; i++) {
        const chk_cond *c = &s->conds[i];
        if (!wr_starts(c->key->low, WR_S("aws:resourcetag/")) || !chk_wants_value(c)) continue;
        check_tag(k, s, c);
        return; // one finding a statement
    }
}
