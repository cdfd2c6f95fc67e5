// SPDX-License-Identifier: Apache-2.0
// The condition operators: one row of the table each, one function for each family.
// Owns: wr_iam_op_…, iam_op_…. To add an operator: its row; to add a family: its row, its case in
// iam_op_value and its function in `families`. docs/guide/iam-operators.md is tested against the
// table. Rules: IAM User Guide, "IAM JSON policy elements: Condition operators". What is not of the
// operator's type, in the policy or in the request, matches nothing; a negated operator is the
// opposite of its positive one, so it then holds.

#include "lang/iam/parse_int.h"

enum how { EQ, LIKE, FOLD, LT, LE, GT, GE };

static const wr_iam_op ops[] = {
    {"StringEquals", WR_IAM_STRING, false, EQ},
    {"StringNotEquals", WR_IAM_STRING, true, EQ},
    {"StringEqualsIgnoreCase", WR_IAM_STRING, false, FOLD},
    {"StringNotEqualsIgnoreCase", WR_IAM_STRING, true, FOLD},
    {"StringLike", WR_IAM_STRING, false, LIKE},
    {"StringNotLike", WR_IAM_STRING, true, LIKE},
    {"NumericEquals", WR_IAM_NUMERIC, false, EQ},
    {"NumericNotEquals", WR_IAM_NUMERIC, true, EQ},
    {"NumericLessThan", WR_IAM_NUMERIC, false, LT},
    {"NumericLessThanEquals", WR_IAM_NUMERIC, false, LE},
    {"NumericGreaterThan", WR_IAM_NUMERIC, false, GT},
    {"NumericGreaterThanEquals", WR_IAM_NUMERIC, false, GE},
    {"DateEquals", WR_IAM_DATE, false, EQ},
    {"DateNotEquals", WR_IAM_DATE, true, EQ},
    {"DateLessThan", WR_IAM_DATE, false, LT},
    {"DateLessThanEquals", WR_IAM_DATE, false, LE},
    {"DateGreaterThan", WR_IAM_DATE, false, GT},
    {"DateGreaterThanEquals", WR_IAM_DATE, false, GE},
    {"Bool", WR_IAM_BOOL, false, EQ},
    {"BinaryEquals", WR_IAM_BINARY, false, EQ},
    {"IpAddress", WR_IAM_IP, false, EQ},
    {"NotIpAddress", WR_IAM_IP, true, EQ},
    {"ArnEquals", WR_IAM_ARNS, false, LIKE},
    {"ArnNotEquals", WR_IAM_ARNS, true, LIKE},
    {"ArnLike", WR_IAM_ARNS, false, LIKE},
    {"ArnNotLike", WR_IAM_ARNS, true, LIKE},
    {"Null", WR_IAM_NULL, false, EQ},
};
enum { N_OPS = sizeof ops / sizeof *ops };

const wr_iam_op *wr_iam_op_at(uint32_t i) { return i < N_OPS ? &ops[i] : NULL; }

const wr_iam_op *wr_iam_op_find(wr_str name) {
    for (uint32_t i = 0; i < N_OPS; i++)
        if (iam_same(name, wr_strz(ops[i].name))) return &ops[i];
    return NULL;
}

// Levenshtein distance of two words without regard to case; `far` when it is not below that.
enum { WORD = 32 };
static uint32_t distance(wr_str a, wr_str b, uint32_t far) {
    uint32_t row[WORD + 1];
    if (a.n > WORD || b.n > WORD) return far;
    uint32_t tall = (uint32_t)a.n, wide = (uint32_t)b.n;
    for (uint32_t j = 0; j <= wide; j++) row[j] = j;
    for (uint32_t i = 1; i <= tall; i++) {
        uint32_t diagonal = row[0];
        row[0] = i;
        for (uint32_t j = 1; j <= wide; j++) {
            uint32_t change = diagonal + (iam_lower(a.p[i - 1]) != iam_lower(b.p[j - 1]));
            uint32_t insert = row[j - 1] + 1, drop = row[j] + 1;
            diagonal = row[j];
            row[j] = insert < drop ? insert : drop;
            if (change < row[j]) row[j] = change;
        }
    }
    return row[wide] < far ? row[wide] : far;
}

wr_str wr_iam_op_near(wr_str name) {
    wr_str out = {"", 0};
    if (name.n > WORD) return out;
    uint32_t best = (uint32_t)name.n / 3 + 1;
    for (uint32_t i = 0; i < N_OPS; i++) {
        wr_str is = wr_strz(ops[i].name);
        uint32_t d = distance(name, is, best);
        if (d < best) {
            best = d;
            out = is;
        }
    }
    return out;
}

// ---- values

bool iam_bool_parse(wr_str s, bool *out) {
    *out = iam_same(s, WR_S("true"));
    return *out || iam_same(s, WR_S("false"));
}

enum iam_pat_how iam_op_pat_how(const wr_iam_op *op) {
    switch (op->family) {
    case WR_IAM_STRING: return op->how == LIKE ? IAM_PAT_STRING : IAM_PAT_PLAIN;
    case WR_IAM_ARNS: return IAM_PAT_ARN;
    case WR_IAM_BOOL: return IAM_PAT_PLAIN;
    default: return IAM_PAT_TEXT;
    }
}

void iam_op_value(const wr_iam_op *op, wr_arena *a, wr_iam_value *v) {
    wr_str s = v->pat.raw;
    v->valid = true;
    switch (op->family) {
    case WR_IAM_STRING:
        if (op->how == FOLD) v->pat.flags |= WR_IAM_P_FOLD;
        break;
    case WR_IAM_ARNS: v->valid = !(v->pat.flags & WR_IAM_P_NOTHING); break;
    case WR_IAM_NUMERIC: v->valid = iam_num_parse(s, &v->u.num); break;
    case WR_IAM_DATE: v->valid = iam_date_parse(s, &v->u.time); break;
    case WR_IAM_BINARY: v->valid = iam_base64_decode(a, s, &v->u.bytes); break;
    case WR_IAM_IP: v->valid = iam_cidr_parse(s, &v->u.cidr); break;
    case WR_IAM_BOOL:
        v->valid = (v->pat.flags & WR_IAM_P_VARS) || iam_bool_parse(s, &v->u.b);
        break;
    case WR_IAM_NULL: v->valid = iam_bool_parse(s, &v->u.b); break;
    }
}

// ---- the families: does the request's value match one of the condition's?

static wr_tri tri(bool b) { return b ? WR_YES : WR_NO; }

static bool holds(uint8_t how, int cmp) { // cmp: of the request's value with the policy's
    switch (how) {
    case LT: return cmp < 0;
    case LE: return cmp <= 0;
    case GT: return cmp > 0;
    case GE: return cmp >= 0;
    default: return cmp == 0;
    }
}

static wr_tri any_pattern(const wr_iam_cond *c, wr_str given, const wr_iam_request *r,
                          wr_iam_need *need) {
    wr_tri any = WR_NO;
    for (uint32_t i = 0; i < c->n_values && any != WR_YES; i++)
        any = wr_tri_or(any, wr_iam_pat_match(&c->values[i].pat, given, r, NULL));
    for (uint32_t i = 0; need && any == WR_MAYBE && i < c->n_values; i++)
        (void)wr_iam_pat_match(&c->values[i].pat, given, r, need);
    return any;
}

static wr_tri any_number(const wr_iam_cond *c, wr_str given, const wr_iam_request *r,
                         wr_iam_need *need) {
    (void)r, (void)need;
    wr_iam_num x;
    if (!iam_num_parse(given, &x)) return WR_NO;
    for (uint32_t i = 0; i < c->n_values; i++) {
        const wr_iam_value *v = &c->values[i];
        if (v->valid && holds(c->op->how, iam_num_cmp(&x, &v->u.num))) return WR_YES;
    }
    return WR_NO;
}

static wr_tri any_date(const wr_iam_cond *c, wr_str given, const wr_iam_request *r,
                       wr_iam_need *need) {
    (void)r, (void)need;
    wr_iam_time x;
    if (!iam_date_parse(given, &x)) return WR_NO;
    for (uint32_t i = 0; i < c->n_values; i++) {
        const wr_iam_value *v = &c->values[i];
        if (v->valid && holds(c->op->how, iam_date_cmp(&x, &v->u.time))) return WR_YES;
    }
    return WR_NO;
}

// A boolean with a variable: the request's value in any case, as the pattern has it.
static wr_tri bool_pattern(const wr_iam_value *v, bool x, const wr_iam_request *r,
                           wr_iam_need *need) {
    wr_iam_pat p = v->pat;
    p.flags |= WR_IAM_P_FOLD;
    return wr_iam_pat_match(&p, x ? WR_S("true") : WR_S("false"), r, need);
}

static wr_tri any_bool(const wr_iam_cond *c, wr_str given, const wr_iam_request *r,
                       wr_iam_need *need) {
    bool x;
    wr_tri any = WR_NO;
    if (!iam_bool_parse(given, &x)) return WR_NO;
    for (uint32_t i = 0; i < c->n_values && any != WR_YES; i++) {
        const wr_iam_value *v = &c->values[i];
        if (v->pat.flags & WR_IAM_P_VARS) any = wr_tri_or(any, bool_pattern(v, x, r, NULL));
        else any = wr_tri_or(any, tri(v->valid && v->u.b == x));
    }
    for (uint32_t i = 0; need && any == WR_MAYBE && i < c->n_values; i++)
        if (c->values[i].pat.flags & WR_IAM_P_VARS) (void)bool_pattern(&c->values[i], x, r, need);
    return any;
}

static wr_tri any_bytes(const wr_iam_cond *c, wr_str given, const wr_iam_request *r,
                        wr_iam_need *need) {
    (void)r, (void)need;
    for (uint32_t i = 0; i < c->n_values; i++)
        if (c->values[i].valid && iam_base64_same(given, c->values[i].u.bytes)) return WR_YES;
    return WR_NO;
}

static wr_tri any_network(const wr_iam_cond *c, wr_str given, const wr_iam_request *r,
                          wr_iam_need *need) {
    (void)r, (void)need;
    wr_iam_cidr x;
    if (!iam_ip_parse(given, &x)) return WR_NO;
    for (uint32_t i = 0; i < c->n_values; i++)
        if (c->values[i].valid && iam_cidr_has(&c->values[i].u.cidr, &x)) return WR_YES;
    return WR_NO;
}

typedef wr_tri (*family)(const wr_iam_cond *c, wr_str given, const wr_iam_request *r,
                         wr_iam_need *need);
static const family families[] = {
    [WR_IAM_STRING] = any_pattern, [WR_IAM_NUMERIC] = any_number, [WR_IAM_DATE] = any_date,
    [WR_IAM_BOOL] = any_bool,      [WR_IAM_BINARY] = any_bytes,   [WR_IAM_IP] = any_network,
    [WR_IAM_ARNS] = any_pattern,
};

wr_tri iam_op_any(const wr_iam_cond *c, wr_str given, const wr_iam_request *r, wr_iam_need *need) {
    return families[c->op->family](c, given, r, need);
}

bool iam_op_can(const wr_iam_cond *c, const wr_iam_request *r) {
    for (uint32_t i = 0; i < c->n_values; i++) {
        const wr_iam_value *v = &c->values[i];
        if (v->valid && iam_pat_valueless(&v->pat, r, NULL) != WR_YES) return true;
    }
    return false;
}

bool iam_op_must(const wr_iam_cond *c) {
    for (uint32_t i = 0; i < c->n_values; i++)
        if (c->op->family == WR_IAM_STRING && (c->values[i].pat.flags & WR_IAM_P_ALL)) return true;
    return false;
}
