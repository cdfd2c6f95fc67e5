// SPDX-License-Identifier: Apache-2.0
// check_value: values of conditions: of the operator's type, of the key's form, and whether they
// can have an effect.
// Rules: IAM User Guide, "Condition operators", "aws:SourceIp", "aws:SourceVpc"; RFC 1918, 6598,
// 4193, 3927 (private addresses); AWS KMS Developer Guide, "kms:ViaService".

#include "aws/regions.h"
#include "lang/iam/check_int.h"
#include "lang/iam/check_service.h"

// A value as the operator sees it: the text of a scalar.
static wr_str text_of(const chk *k, const wr_node *n) {
    if (n->kind == WR_STR) return wr_node_str(n);
    if (n->kind != WR_INT && n->kind != WR_FLOAT && n->kind != WR_BOOL) return (wr_str){NULL, 0};
    return wr_sub(k->doc->srcs[n->src]->text, n->span.beg, n->span.end);
}

// ---------------------------------------------------------------------------------- types

static void check_date(chk *k, const chk_cond *c, const wr_node *n, wr_str s) {
    wr_iam_time t;
    int64_t seconds;
    if (wr_parse_i64(s, &seconds) && s.n != 4)
        chk_find(k, WR_IAM_C_INVALID_DATE_VALUE, n, "%.*s is a number of seconds since 1970",
                 WR_FMT(s));
    else if (!iam_date_parse(s, &t))
        chk_find(k, WR_IAM_C_TYPE_MISMATCH_DATE, n, "%.*s under %s is no date", WR_FMT(s),
                 c->op->name);
}

static void check_base64(chk *k, const wr_node *n, wr_str s) {
    wr_str bytes;
    if (!iam_base64_decode(&k->run->scratch, s, &bytes))
        chk_find(k, WR_IAM_C_TYPE_MISMATCH_STRING, n, "%.*s is not base64", WR_FMT(s));
}

static void check_wildcard(chk *k, const chk_cond *c, const wr_node *n, wr_str s) {
    bool like = wr_find(wr_strz(c->op->name), WR_S("Like"), 0) != SIZE_MAX;
    if (like) return;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '$' && i + 1 < s.n && s.p[i + 1] == '{') {
            size_t end = wr_find(s, WR_S("}"), i);
            if (end == SIZE_MAX) return;
            i = end;
        } else if (s.p[i] == '*' || s.p[i] == '?') {
            chk_find(k, WR_IAM_C_WILDCARD_WITHOUT_LIKE_OPERATOR, n,
                     "%s compares %.*s as it stands: wildcards are letters to it", c->op->name,
                     WR_FMT(wr_utf8_cut(s, 200)));
            return;
        }
    }
}

static void put_cidr(char *out, size_t max, const wr_iam_cidr *c) {
    wr_buf b;
    wr_buf_init(&b, 128);
    if (c->family == 4) {
        wr_putf(&b, "%u.%u.%u.%u/%u", c->addr[0], c->addr[1], c->addr[2], c->addr[3], c->bits);
    } else {
        for (int i = 0; i < 16; i += 2)
            wr_putf(&b, "%s%x", i > 0 ? ":" : "",
                    (unsigned)c->addr[i] << 8 | (unsigned)c->addr[i + 1]);
        wr_putf(&b, "/%u", c->bits);
    }
    size_t n = b.n < max - 1 ? b.n : max - 1;
    if (b.p != NULL) memcpy(out, b.p, n);
    out[n] = '\0';
    wr_buf_fini(&b);
}

static void check_ip(chk *k, const chk_cond *c, const wr_node *n, wr_str s) {
    wr_iam_cidr net, host;
    char text[64];
    if (!iam_cidr_parse(s, &net)) {
        chk_find(k, WR_IAM_C_TYPE_MISMATCH_IP_RANGE, n, "%.*s under %s is no address range",
                 WR_FMT(s), c->op->name);
        return;
    }
    size_t slash = wr_find(s, WR_S("/"), 0);
    if (slash == SIZE_MAX || !iam_ip_parse(wr_sub(s, 0, slash), &host)) return;
    if (memcmp(host.addr, net.addr, sizeof net.addr) == 0) return;
    put_cidr(text, sizeof text, &net);
    chk_find(k, WR_IAM_C_IMPROVE_IP_RANGE, n, "%.*s has bits beyond its length, which are ignored",
             WR_FMT(s));
    chk_fix(k, "Write %s.", text);
}

static void check_typed(chk *k, const chk_cond *c, const wr_node *n) {
    wr_str s = text_of(k, n);
    wr_iam_num num;
    bool b;
    if (s.p == NULL || (n->flags & WR_F_UNKNOWN) ||
        (chk_has_variable(s) && c->op->family != WR_IAM_STRING))
        return;
    switch (c->op->family) {
    case WR_IAM_NUMERIC:
        if (!iam_num_parse(s, &num))
            chk_find(k, WR_IAM_C_TYPE_MISMATCH_NUMBER, n, "%.*s under %s is no number", WR_FMT(s),
                     c->op->name);
        break;
    case WR_IAM_DATE: check_date(k, c, n, s); break;
    case WR_IAM_BOOL:
    case WR_IAM_NULL:
        if (!iam_bool_parse(s, &b))
            chk_find(k, WR_IAM_C_TYPE_MISMATCH_BOOLEAN, n,
                     "%.*s under %s is neither true nor false", WR_FMT(s), c->op->name);
        break;
    case WR_IAM_BINARY: check_base64(k, n, s); break;
    case WR_IAM_IP: check_ip(k, c, n, s); break;
    case WR_IAM_STRING: check_wildcard(k, c, n, s); break;
    case WR_IAM_ARNS: break;
    }
}

static bool is_arn_pattern(wr_str s) {
    uint32_t colons = 0;
    for (size_t i = 0; i < s.n; i++) colons += s.p[i] == ':';
    if (s.n == 1 && s.p[0] == '*') return true;
    return colons >= 5 && (wr_starts(s, WR_S("arn:")) || s.p[0] == '*' || s.p[0] == '?');
}

// Is it a value that the operator can compare with anything?
static bool is_usable(chk *k, const chk_cond *c, const wr_node *n) {
    wr_str s = text_of(k, n), bytes;
    wr_iam_num num;
    wr_iam_time time;
    wr_iam_cidr net;
    bool b, variable = k->variables && chk_has_variable(s);
    if (s.p == NULL || (n->flags & WR_F_UNKNOWN)) return true; // another check's to say
    switch (c->op->family) {
    case WR_IAM_NUMERIC: return iam_num_parse(s, &num);
    case WR_IAM_DATE: return iam_date_parse(s, &time);
    case WR_IAM_BOOL: return variable || iam_bool_parse(s, &b);
    case WR_IAM_NULL: return iam_bool_parse(s, &b);
    case WR_IAM_BINARY: return iam_base64_decode(&k->run->scratch, s, &bytes);
    case WR_IAM_IP: return iam_cidr_parse(s, &net);
    case WR_IAM_ARNS: return variable || is_arn_pattern(s);
    case WR_IAM_STRING: break;
    }
    return true;
}

// Without a value to compare with, a positive operator never holds, so that a Deny under it denies
// nothing; a negated one always holds, so that an Allow under it is not limited.
static void check_effect(chk *k, const chk_stmt *s, const chk_cond *c) {
    bool open = s->deny ? !c->op->negated && !c->if_exists && c->quant != WR_IAM_FOR_ALL
                        : s->allow && c->op->negated && c->quant != WR_IAM_FOR_ANY;
    if (!open || !chk_on(k, WR_IAM_C_CONDITION_WITHOUT_EFFECT)) return;
    if (c->value_node->flags & WR_F_UNKNOWN) return;
    for (uint32_t i = 0; i < c->values.n; i++)
        if (is_usable(k, c, &c->values.v[i])) return;
    chk_find(k, WR_IAM_C_CONDITION_WITHOUT_EFFECT, c->value_node,
             s->deny ? "%s %.*s has no value that can match: the statement never denies"
                     : "%s %.*s has no value that can match: it always holds",
             c->op->name, WR_FMT(c->key->text));
}

static int json_type(const wr_node *n) { return n->kind == WR_FLOAT ? WR_INT : n->kind; }

static void check_mixed(chk *k, const chk_cond *c) {
    chk_items it = c->values;
    for (uint32_t i = 1; i < it.n; i++) {
        if (json_type(&it.v[i]) == json_type(&it.v[0])) continue;
        chk_find(k, WR_IAM_C_INVALID_CONDITION_DATA_TYPE, c->value_node,
                 "the values of %.*s are of several JSON types", WR_FMT(c->key->text));
        return;
    }
}

static void check_many(chk *k, const chk_cond *c) {
    if (c->values.n < 2) return;
    if (c->op->family == WR_IAM_BOOL && c->quant == WR_IAM_PLAIN)
        chk_find(k, WR_IAM_C_INVALID_CONDITION_MULTIPLE_BOOLEAN, c->value_node,
                 "%.*s has %u Boolean values, where one is wanted", WR_FMT(c->key->text),
                 c->values.n);
    bool less = wr_starts(wr_strz(c->op->name), WR_S("NumericLess"));
    bool greater = wr_starts(wr_strz(c->op->name), WR_S("NumericGreater"));
    if (less || greater)
        chk_find(k, WR_IAM_C_REDUNDANT_CONDITION_VALUE_NUM, c->value_node,
                 "only the %s of the values of %.*s counts under %s", less ? "greatest" : "least",
                 WR_FMT(c->key->text), c->op->name);
}

// ---------------------------------------------------------------------------------- forms of keys

static bool is_id(wr_str s, const char *prefix) {
    size_t n = strlen(prefix);
    if (s.p == NULL || (s.n != n + 8 && s.n != n + 17)) return false;
    if (!wr_starts(s, wr_strz(prefix))) return false;
    for (size_t i = n; i < s.n; i++) {
        char c = s.p[i];
        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z'))
            return false;
    }
    return true;
}

static bool names_service(wr_str low) {
    static const char *const keys[] = {"aws:principalservicename",
                                       "aws:principalservicenameslist",
                                       "aws:calledvia",
                                       "aws:calledviafirst",
                                       "aws:calledvialast",
                                       "iam:passedtoservice",
                                       "iam:awsservicename",
                                       "kms:viaservice"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (chk_same(low, keys[i])) return true;
    return false;
}

static bool word(wr_str s) {
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '_')
            return false;
    }
    return s.n > 0;
}

static wr_str cut_domain(wr_str s) {
    static const char *const ends[] = {
        ".amazonaws.com",      ".amazonaws.com.cn", ".amazonaws.eu",   ".c2s.ic.gov",
        ".sc2s.sgov.gov",      ".amazon.com",       ".cloud.adc-e.uk", ".csp.hci.ic.gov",
        ".amazonaws.internal", ".aws.internal"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (wr_ends(s, wr_strz(ends[i]))) return wr_sub(s, 0, s.n - strlen(ends[i]));
    return (wr_str){NULL, 0};
}

bool chk_is_service_principal(wr_str s, bool regional) {
    wr_str rest = cut_domain(s);
    size_t parts = 0;
    bool region = false;
    if (rest.n == 0) return false;
    for (size_t from = 0; from <= rest.n; parts++) {
        size_t dot = wr_find(rest, WR_S("."), from);
        if (dot == SIZE_MAX) dot = rest.n;
        wr_str part = wr_sub(rest, from, dot);
        if (!word(part)) return false;
        region |= parts > 0 && wr_aws_region_known(part);
        from = dot + 1;
    }
    return !regional || region;
}

static void check_form(chk *k, const chk_cond *c, const wr_node *n) {
    wr_str s = text_of(k, n), low = c->key->low;
    if (s.n == 0 || chk_has_wild(s) || chk_has_variable(s)) return;
    if (chk_same(low, "aws:sourcevpc") && !is_id(s, "vpc-"))
        chk_find(k, WR_IAM_C_INVALID_VPC_FORMAT, n, "%.*s is no VPC id", WR_FMT(s));
    if (chk_same(low, "aws:sourcevpce") && !is_id(s, "vpce-"))
        chk_find(k, WR_IAM_C_INVALID_VPCE_FORMAT, n, "%.*s is no VPC endpoint id", WR_FMT(s));
    if ((chk_same(low, "aws:requestedregion") || chk_same(low, "ec2:region")) &&
        !wr_aws_region_known(s)) {
        wr_str near = wr_aws_region_near(s);
        chk_find(k, WR_IAM_C_INVALID_REGION, n, "there is no Region %.*s", WR_FMT(s));
        if (near.n > 0) chk_fix(k, "Write %.*s, if that is meant.", WR_FMT(near));
    }
    bool regional = chk_same(low, "kms:viaservice");
    if (names_service(low) && !chk_is_service_principal(s, regional)) {
        chk_find(k, WR_IAM_C_INVALID_SERVICE_PRINCIPAL_FORMAT, n, "%.*s is not %s", WR_FMT(s),
                 regional ? "service.region.amazonaws.com" : "service.amazonaws.com");
        if (regional) chk_fix(k, "Write service.region.amazonaws.com.");
    }
}

// ---------------------------------------------------------------------------------- addresses

static bool is_private(const wr_iam_cidr *c) {
    static const char *const nets[] = {"10.0.0.0/8",    "172.16.0.0/12", "192.168.0.0/16",
                                       "100.64.0.0/10", "127.0.0.0/8",   "169.254.0.0/16",
                                       "fc00::/7",      "fe80::/10",     "::1/128"};
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
        wr_iam_cidr net, host = *c;
        if (!iam_cidr_parse(wr_strz(nets[i]), &net) || net.family != c->family) continue;
        if (c->bits < net.bits) continue;
        host.bits = c->family == 4 ? 32 : 128;
        if (iam_cidr_has(&net, &host)) return true;
    }
    return false;
}

static void check_private(chk *k, const chk_cond *c) {
    uint32_t priv = 0, all = 0;
    const wr_node *first = NULL;
    if (c->op->family != WR_IAM_IP || !chk_same(c->key->low, "aws:sourceip")) return;
    for (uint32_t i = 0; i < c->values.n; i++) {
        wr_iam_cidr net;
        if (!iam_cidr_parse(text_of(k, &c->values.v[i]), &net)) continue;
        all++;
        if (!is_private(&net)) continue;
        if (priv++ == 0) first = &c->values.v[i];
    }
    if (priv == 0) return;
    bool whole = priv == all, neg = c->op->negated;
    wr_iam_issue issue =
        whole ? (neg ? WR_IAM_C_PRIVATE_NOTIPADDRESS : WR_IAM_C_PRIVATE_IP_ADDRESS)
              : (neg ? WR_IAM_C_PRIVATE_NOTIPADDRESS_SUBSET : WR_IAM_C_PRIVATE_IP_ADDRESS_SUBSET);
    chk_find(k, issue, whole ? c->value_node : first,
             "aws:SourceIp holds public addresses, and %u of %u here %s private", priv, all,
             priv == 1 ? "is" : "are");
}

void chk_condition_values(chk *k, const chk_stmt *s) {
    for (uint32_t i = 0; i < s->n_conds; i++) {
        const chk_cond *c = &s->conds[i];
        check_mixed(k, c);
        if (c->op == NULL) continue;
        check_many(k, c);
        check_effect(k, s, c);
        check_private(k, c);
        for (uint32_t j = 0; j < c->values.n; j++) {
            check_typed(k, c, &c->values.v[j]);
            if (c->op->family == WR_IAM_STRING) check_form(k, c, &c->values.v[j]);
        }
    }
}
