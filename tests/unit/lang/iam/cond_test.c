// SPDX-License-Identifier: Apache-2.0
// Conditions: the truth table, types, variables, what is not known.
// A row is one question: a Condition, a context, the answer (y, n, m), and for m the keys needed.
// The rows are those of the IAM User Guide's pages on operators and docs/guide/iam-decisions.md.
#include "ask.h"

typedef struct row {
    const char *cond, *context;
    char want;        // y, n, m
    const char *need; // of m
} row;

static char answer(ask *k, const char *context) {
    ask_context(k, context);
    return "nmy"[wr_iam_match_conds(ask_stmt(k), &k->req, &k->need, NULL)];
}

static void check_all(const char *version, const row *rows, size_t n) {
    for (size_t i = 0; i < n; i++) {
        ask k;
        char body[1024];
        snprintf(body, sizeof body, "\"Resource\":\"*\",\"Condition\":{%s}", rows[i].cond);
        ask_open(&k, version, body);
        char got = answer(&k, rows[i].context);
        wr_str need = ask_needed(&k), want = wr_strz(rows[i].need ? rows[i].need : "");
        if (got != rows[i].want || !wr_eq(need, want))
            print_error("%s with %s: %c needs \"%.*s\", not %c needs \"%.*s\"\n", rows[i].cond,
                        rows[i].context, got, WR_FMT(need), rows[i].want, WR_FMT(want));
        assert_true(got == rows[i].want && wr_eq(need, want));
        ask_close(&k);
    }
}
#define CHECK(version, rows) check_all((version), (rows), sizeof(rows) / sizeof *(rows))
#define NEW "2012-10-17"

static const row truth_rows[] = {
    // missing
    {"\"StringEquals\":{\"k\":\"a\"}", "{}", 'n', 0},
    {"\"StringNotEquals\":{\"k\":\"a\"}", "{}", 'y', 0},
    {"\"StringEqualsIfExists\":{\"k\":\"a\"}", "{}", 'y', 0},
    {"\"StringNotEqualsIfExists\":{\"k\":\"a\"}", "{}", 'y', 0},
    {"\"ForAnyValue:StringEquals\":{\"k\":\"a\"}", "{}", 'n', 0},
    {"\"ForAnyValue:StringNotEquals\":{\"k\":\"a\"}", "{}", 'n', 0},
    {"\"ForAnyValue:StringEqualsIfExists\":{\"k\":\"a\"}", "{}", 'y', 0},
    {"\"ForAllValues:StringEquals\":{\"k\":\"a\"}", "{}", 'y', 0},
    {"\"ForAllValues:StringNotEquals\":{\"k\":\"a\"}", "{}", 'y', 0},
    {"\"Null\":{\"k\":\"true\"}", "{}", 'y', 0},
    {"\"Null\":{\"k\":false}", "{}", 'n', 0},
    // one
    {"\"StringEquals\":{\"k\":[\"b\",\"a\"]}", "{\"k\":\"a\"}", 'y', 0},
    {"\"StringEquals\":{\"k\":[\"b\",\"c\"]}", "{\"k\":\"a\"}", 'n', 0},
    {"\"StringNotEquals\":{\"k\":[\"b\",\"a\"]}", "{\"k\":\"a\"}", 'n', 0},
    {"\"StringNotEquals\":{\"k\":[\"b\",\"c\"]}", "{\"k\":\"a\"}", 'y', 0},
    {"\"StringEqualsIfExists\":{\"k\":\"b\"}", "{\"k\":\"a\"}", 'n', 0},
    {"\"ForAnyValue:StringEquals\":{\"k\":\"a\"}", "{\"k\":\"a\"}", 'y', 0},
    {"\"ForAllValues:StringEquals\":{\"k\":\"b\"}", "{\"k\":\"a\"}", 'n', 0},
    {"\"Null\":{\"k\":\"true\"}", "{\"k\":\"\"}", 'n', 0},
    {"\"Null\":{\"k\":\"false\"}", "{\"k\":\"\"}", 'y', 0},
    // several
    {"\"StringEquals\":{\"k\":\"a\"}", "{\"k\":[\"a\"]}", 'n', 0},
    {"\"StringNotEquals\":{\"k\":\"z\"}", "{\"k\":[\"a\"]}", 'n', 0},
    {"\"StringEqualsIfExists\":{\"k\":\"a\"}", "{\"k\":[\"a\"]}", 'n', 0},
    {"\"ForAnyValue:StringEquals\":{\"k\":[\"z\",\"b\"]}", "{\"k\":[\"a\",\"b\"]}", 'y', 0},
    {"\"ForAnyValue:StringEquals\":{\"k\":\"c\"}", "{\"k\":[\"a\",\"b\"]}", 'n', 0},
    {"\"ForAnyValue:StringNotEquals\":{\"k\":\"a\"}", "{\"k\":[\"a\",\"b\"]}", 'y', 0},
    {"\"ForAnyValue:StringNotEquals\":{\"k\":[\"a\",\"b\"]}", "{\"k\":[\"a\",\"b\"]}", 'n', 0},
    {"\"ForAllValues:StringEquals\":{\"k\":[\"a\",\"b\"]}", "{\"k\":[\"a\",\"b\"]}", 'y', 0},
    {"\"ForAllValues:StringEquals\":{\"k\":\"a\"}", "{\"k\":[\"a\",\"b\"]}", 'n', 0},
    {"\"ForAllValues:StringNotEquals\":{\"k\":\"a\"}", "{\"k\":[\"a\",\"b\"]}", 'n', 0},
    {"\"ForAllValues:StringNotEquals\":{\"k\":\"c\"}", "{\"k\":[\"a\",\"b\"]}", 'y', 0},
    // none, and nothing but empty texts
    {"\"ForAllValues:StringEquals\":{\"k\":\"a\"}", "{\"k\":[]}", 'y', 0},
    {"\"ForAllValues:StringEquals\":{\"k\":\"a\"}", "{\"k\":[\"\"]}", 'y', 0},
    {"\"ForAllValues:StringEquals\":{\"k\":\"a\"}", "{\"k\":[\"\",\"\"]}", 'y', 0},
    {"\"ForAllValues:StringEquals\":{\"k\":\"a\"}", "{\"k\":[\"\",\"a\"]}", 'n', 0},
    {"\"ForAnyValue:StringNotEquals\":{\"k\":\"a\"}", "{\"k\":[]}", 'n', 0},
    {"\"Null\":{\"k\":\"true\"}", "{\"k\":[]}", 'y', 0},
    // no values in the policy
    {"\"StringEquals\":{\"k\":[]}", "{\"k\":\"a\"}", 'n', 0},
    {"\"StringNotEquals\":{\"k\":[]}", "{\"k\":\"a\"}", 'y', 0},
    {"\"StringEqualsIfExists\":{\"k\":[]}", "{}", 'y', 0},
    // all must hold
    {"\"StringEquals\":{\"k\":\"a\",\"l\":\"b\"}", "{\"k\":\"a\",\"l\":\"b\"}", 'y', 0},
    {"\"StringEquals\":{\"k\":\"a\",\"l\":\"b\"}", "{\"k\":\"a\"}", 'n', 0},
    {"\"StringEquals\":{\"k\":\"a\"},\"Bool\":{\"l\":true}", "{\"k\":\"a\",\"l\":\"true\"}", 'y',
     0},
    // names of keys and operators in any case; keys that differ by case only
    {"\"STRINGEQUALSIFEXISTS\":{\"AWS:K\":\"a\"}", "{\"aws:k\":\"a\"}", 'y', 0},
    {"\"forallvalues:stringlike\":{\"k\":\"a*\"}", "{\"K\":[\"a\",\"ab\"]}", 'y', 0},
    {"\"StringEquals\":{\"t/Team\":\"b\"}", "{\"t/team\":\"a\",\"t/TEAM\":\"b\"}", 'y', 0},
    {"\"StringNotEquals\":{\"t/Team\":\"b\"}", "{\"t/team\":\"a\",\"t/TEAM\":\"b\"}", 'n', 0},
};

static void truth_table(void **state) {
    (void)state;
    CHECK(NEW, truth_rows);
}

static void types(void **state) {
    (void)state;
    static const row rows[] = {
        {"\"StringEqualsIgnoreCase\":{\"k\":\"\u00C4b\"}", "{\"k\":\"\u00E4B\"}", 'y', 0},
        {"\"StringNotEqualsIgnoreCase\":{\"k\":\"ab\"}", "{\"k\":\"AB\"}", 'n', 0},
        {"\"StringEqualsIgnoreCase\":{\"k\":\"a*\"}", "{\"k\":\"ab\"}", 'n', 0},
        {"\"StringEquals\":{\"k\":\"a*\"}", "{\"k\":\"ab\"}", 'n', 0},
        {"\"StringEquals\":{\"k\":10}", "{\"k\":\"10\"}", 'y', 0},
        {"\"StringLike\":{\"k\":\"a?c*\"}", "{\"k\":\"a\u20ACcd\\nx\"}", 'y', 0},
        {"\"NumericEquals\":{\"k\":10}", "{\"k\":\"10.00\"}", 'y', 0},
        {"\"NumericEquals\":{\"k\":1e3}", "{\"k\":\"1000\"}", 'y', 0},
        {"\"NumericEquals\":{\"k\":\"10\"}", "{\"k\":\"10abc\"}", 'n', 0},
        {"\"NumericNotEquals\":{\"k\":\"10\"}", "{\"k\":\"abc\"}", 'y', 0},
        {"\"NumericLessThan\":{\"k\":\"10\"}", "{\"k\":\"9.99\"}", 'y', 0},
        {"\"NumericLessThan\":{\"k\":\"10\"}", "{\"k\":\"10\"}", 'n', 0},
        {"\"NumericLessThanEquals\":{\"k\":\"10\"}", "{\"k\":\"10\"}", 'y', 0},
        {"\"NumericGreaterThan\":{\"k\":\"-1\"}", "{\"k\":\"-0.5\"}", 'y', 0},
        {"\"NumericGreaterThanEquals\":{\"k\":\"9007199254740993\"}",
         "{\"k\":\"9007199254740992\"}", 'n', 0},
        {"\"DateLessThan\":{\"k\":\"1893456000\"}", "{\"k\":\"2021-01-01T00:00:00Z\"}", 'y', 0},
        {"\"DateLessThan\":{\"k\":\"2030-01-01T00:00:00Z\"}", "{\"k\":\"2000000000\"}", 'n', 0},
        {"\"DateEquals\":{\"k\":\"2020-01-01\"}", "{\"k\":\"2020-01-01T01:00:00+01:00\"}", 'y', 0},
        {"\"DateNotEquals\":{\"k\":\"2020\"}", "{\"k\":\"2020-01-01T00:00:00.5Z\"}", 'y', 0},
        {"\"DateGreaterThanEquals\":{\"k\":\"2020-02\"}", "{\"k\":\"2020-02-01\"}", 'y', 0},
        {"\"DateGreaterThan\":{\"k\":\"2020-02\"}", "{\"k\":\"2020-02-30\"}", 'n', 0},
        {"\"DateLessThanEquals\":{\"k\":1577836800}", "{\"k\":\"1577836800\"}", 'y', 0},
        {"\"Bool\":{\"k\":true}", "{\"k\":\"True\"}", 'y', 0},
        {"\"Bool\":{\"k\":[\"true\",\"false\"]}", "{\"k\":\"true\"}", 'y', 0},
        {"\"Bool\":{\"k\":\"false\"}", "{\"k\":\"no\"}", 'n', 0},
        {"\"Bool\":{\"k\":\"${x}\"}", "{\"k\":\"true\",\"x\":\"TRUE\"}", 'y', 0},
        {"\"BinaryEquals\":{\"k\":\"QUI=\"}", "{\"k\":\"QUI=\"}", 'y', 0},
        {"\"BinaryEquals\":{\"k\":\"QUI=\"}", "{\"k\":\"QUJ=\"}", 'y', 0},
        {"\"BinaryEquals\":{\"k\":\"QUI=\"}", "{\"k\":\"QUIA\"}", 'n', 0},
        {"\"IpAddress\":{\"k\":\"0.0.0.0/0\"}", "{\"k\":\"203.0.113.9\"}", 'y', 0},
        {"\"IpAddress\":{\"k\":\"0.0.0.0/0\"}", "{\"k\":\"::1\"}", 'n', 0},
        {"\"NotIpAddress\":{\"k\":\"0.0.0.0/0\"}", "{\"k\":\"1.2.3.4\"}", 'n', 0},
        {"\"NotIpAddress\":{\"k\":\"10.0.0.0/8\"}", "{\"k\":\"cloudtrail.amazonaws.com\"}", 'y', 0},
        {"\"IpAddress\":{\"k\":\"10.1.2.3/8\"}", "{\"k\":\"10.200.0.1\"}", 'y', 0},
        {"\"IpAddress\":{\"k\":\"2001:DB8::/33\"}", "{\"k\":\"2001:db8:7fff::1\"}", 'y', 0},
        {"\"IpAddress\":{\"k\":\"2001:DB8::/33\"}", "{\"k\":\"2001:db8:8000::1\"}", 'n', 0},
        {"\"IpAddress\":{\"k\":\"10.0.0.1\"}", "{\"k\":\"::ffff:10.0.0.1\"}", 'n', 0},
        {"\"ArnEquals\":{\"k\":\"arn:aws:iam::*:role/?x*\"}",
         "{\"k\":\"arn:aws:iam::1:role/ax:y\"}", 'y', 0},
        {"\"ArnLike\":{\"k\":\"arn:aws:s:*:1:f/*\"}", "{\"k\":\"arn:aws:s:r:9:store/abc:1:f/x\"}",
         'n', 0},
        {"\"StringLike\":{\"k\":\"arn:aws:s:*:1:f/*\"}",
         "{\"k\":\"arn:aws:s:r:9:store/abc:1:f/x\"}", 'y', 0},
        {"\"ArnLike\":{\"k\":\"*\"}", "{\"k\":\"arn:aws:s3:::b\"}", 'y', 0},
        {"\"ArnLike\":{\"k\":\"*\"}", "{\"k\":\"b\"}", 'n', 0},
        {"\"ArnNotLike\":{\"k\":\"arn:aws:iam::1:*\"}", "{\"k\":\"bob\"}", 'y', 0},
        {"\"ArnLike\":{\"k\":\"arn:aws:*\"}", "{\"k\":\"arn:aws:s3:::b\"}", 'n', 0},
        {"\"ArnNotEquals\":{\"k\":\"arn:aws:s3:::b\"}", "{\"k\":\"arn:aws:s3:::B\"}", 'y', 0},
    };
    CHECK(NEW, rows);
}

static void variables(void **state) {
    (void)state;
    static const row rows[] = {
        {"\"StringEquals\":{\"k\":\"x${v}y\"}", "{\"k\":\"xay\",\"V\":\"a\"}", 'y', 0},
        {"\"StringEquals\":{\"k\":\"x${v}y\"}", "{\"k\":\"xy\",\"v\":\"\"}", 'y', 0},
        {"\"StringEquals\":{\"k\":\"x${v}y\"}", "{\"k\":\"xy\"}", 'n', 0},
        {"\"StringNotEquals\":{\"k\":\"x${v}y\"}", "{\"k\":\"xy\"}", 'y', 0},
        {"\"StringNotLike\":{\"k\":\"${v}*\"}", "{\"k\":\"xy\"}", 'y', 0},
        {"\"ArnNotLike\":{\"k\":\"arn:aws:s3:::${v}\"}", "{\"k\":\"arn:aws:s3:::b\"}", 'y', 0},
        {"\"StringEquals\":{\"k\":\"${v}\"}", "{\"k\":\"a\",\"v\":[\"a\"]}", 'n', 0},
        {"\"StringEquals\":{\"k\":\"${v, 'a'}\"}", "{\"k\":\"a\"}", 'y', 0},
        {"\"StringEquals\":{\"k\":\"x${v, ''}y\"}", "{\"k\":\"xy\"}", 'y', 0},
        {"\"StringEquals\":{\"k\":\"${v,'a'}\"}", "{\"k\":\"a\"}", 'n', 0},
        {"\"StringEquals\":{\"k\":\"${v, 'a'}\"}", "{\"k\":\"a\",\"v\":\"b\"}", 'n', 0},
        {"\"StringLike\":{\"k\":\"${v}\"}", "{\"k\":\"ab\",\"v\":\"a*\"}", 'n', 0},
        {"\"StringLike\":{\"k\":\"${v, '*'}\"}", "{\"k\":\"ab\"}", 'n', 0},
        {"\"StringLike\":{\"k\":\"a${*}b*\"}", "{\"k\":\"a*bc\"}", 'y', 0},
        {"\"StringLike\":{\"k\":\"a${*}b*\"}", "{\"k\":\"axbc\"}", 'n', 0},
        {"\"StringEquals\":{\"k\":\"${*}${?}${$}\"}", "{\"k\":\"*?$\"}", 'y', 0},
        {"\"StringEqualsIgnoreCase\":{\"k\":\"${v}\"}", "{\"k\":\"AB\",\"v\":\"aB\"}", 'y', 0},
        {"\"ArnLike\":{\"k\":\"${v}\"}", "{\"k\":\"arn:aws:s3:::b\",\"v\":\"arn:aws:s3:::b\"}", 'y',
         0},
        {"\"ArnLike\":{\"k\":\"${v}*\"}", "{\"k\":\"arn:aws:s3:::b:c\",\"v\":\"arn:aws:s3:::\"}",
         'y', 0},
        {"\"ArnLike\":{\"k\":\"${v}*:b\"}", "{\"k\":\"arn:aws:s3:::b\",\"v\":\"arn:aws:\"}", 'n',
         0},
        {"\"NumericEquals\":{\"k\":\"${v}\"}", "{\"k\":\"1\",\"v\":\"1\"}", 'n', 0},
        {"\"StringEquals\":{\"k\":\"${v\"}", "{\"k\":\"${v\"}", 'y', 0},
    };
    CHECK(NEW, rows);
    static const row old[] = {
        {"\"StringEquals\":{\"k\":\"${v}\"}", "{\"k\":\"a\",\"v\":\"a\"}", 'n', 0},
        {"\"StringEquals\":{\"k\":\"${v}\"}", "{\"k\":\"${v}\",\"v\":\"a\"}", 'y', 0},
        {"\"StringLike\":{\"k\":\"${*}\"}", "{\"k\":\"${x}\"}", 'y', 0},
    };
    CHECK("2008-10-17", old);
    CHECK(NULL, old);
}

static void not_known(void **state) {
    (void)state;
    static const row rows[] = {
        {"\"StringEquals\":{\"k\":\"a\"}", "{\"k\":null}", 'm', "k"},
        {"\"StringLike\":{\"k\":\"*\"}", "{\"k\":null}", 'm', "k"},
        {"\"StringNotEquals\":{\"k\":\"a\"}", "{\"k\":null}", 'm', "k"},
        {"\"StringEquals\":{\"k\":[]}", "{\"k\":null}", 'n', 0},
        {"\"NumericEquals\":{\"k\":\"x\"}", "{\"k\":null}", 'n', 0},
        {"\"ArnLike\":{\"k\":\"arn:aws:*\"}", "{\"k\":null}", 'n', 0},
        {"\"StringEquals\":{\"k\":\"${v}\"}", "{\"k\":null}", 'n', 0},
        {"\"StringEquals\":{\"k\":\"${v}\"}", "{\"k\":null,\"v\":null}", 'm', "k v"},
        {"\"StringEquals\":{\"k\":\"a${v}\"}", "{\"k\":\"ab\",\"v\":null}", 'm', "v"},
        {"\"StringEquals\":{\"k\":\"a${v}\"}", "{\"k\":\"b\",\"v\":null}", 'n', 0},
        {"\"StringNotEquals\":{\"k\":\"a${v}\"}", "{\"k\":\"b\",\"v\":null}", 'y', 0},
        {"\"StringEqualsIgnoreCase\":{\"k\":\"a${v}z\"}", "{\"k\":\"ABC\",\"v\":null}", 'n', 0},
        {"\"StringEquals\":{\"k\":[\"${v}\",\"ab\"]}", "{\"k\":\"ab\",\"v\":null}", 'y', 0},
        {"\"StringEquals\":{\"k\":[\"x${v}\",\"a${w}\"]}", "{\"k\":\"ab\",\"v\":null,\"w\":null}",
         'm', "w"},
        {"\"ArnLike\":{\"k\":\"${v}*\"}", "{\"k\":\"arn:aws:s3:::a\",\"v\":null}", 'm', "v"},
        {"\"Bool\":{\"k\":\"${v}\"}", "{\"k\":\"true\",\"v\":null}", 'm', "v"},
        {"\"Bool\":{\"k\":\"x${v}\"}", "{\"k\":\"true\",\"v\":null}", 'n', 0},
        {"\"ForAllValues:StringLike\":{\"k\":\"*\"}", "{\"k\":null}", 'y', 0},
        {"\"ForAllValues:StringLike\":{\"k\":\"a*\"}", "{\"k\":null}", 'm', "k"},
        {"\"ForAllValues:NumericNotEquals\":{\"k\":\"x\"}", "{\"k\":null}", 'y', 0},
        {"\"ForAnyValue:StringLikeIfExists\":{\"k\":\"*\"}", "{\"k\":null}", 'y', 0},
        {"\"ForAnyValue:StringNotLike\":{\"k\":\"*\"}", "{\"k\":null}", 'n', 0},
        {"\"ForAnyValue:StringLike\":{\"k\":\"*\"}", "{\"k\":null}", 'm', "k"},
        {"\"Null\":{\"k\":\"true\"}", "{\"k\":null}", 'm', "k"},
        {"\"Null\":{\"k\":[\"true\",\"false\"]}", "{\"k\":null}", 'y', 0},
        {"\"Null\":{\"k\":\"x\"}", "{\"k\":null}", 'n', 0},
        {"\"StringEquals\":{\"k\":\"a\",\"l\":\"b\"}", "{\"k\":null,\"l\":\"c\"}", 'n', 0},
        {"\"StringEquals\":{\"k\":\"a\",\"l\":\"b\",\"j\":\"c\"}",
         "{\"k\":null,\"l\":\"b\",\"j\":null}", 'm', "k j"},
        {"\"ForAllValues:StringEquals\":{\"k\":[\"a${v}\",\"b\"]}",
         "{\"k\":[\"b\",\"ac\"],\"v\":null}", 'm', "v"},
        {"\"ForAllValues:StringEquals\":{\"k\":[\"a${v}\",\"b\"]}",
         "{\"k\":[\"ac\",\"x\"],\"v\":null}", 'n', 0},
    };
    CHECK(NEW, rows);
}

static void first_that_fails(void **state) {
    (void)state;
    ask k;
    const wr_iam_cond *failed;
    ask_open(&k, NEW,
             "\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"a\":\"1\",\"b\":\"2\"},"
             "\"Bool\":{\"c\":true}}");
    ask_context(&k, "{\"a\":\"1\",\"b\":null,\"c\":\"false\"}");
    assert_int_equal(wr_iam_match_conds(ask_stmt(&k), &k.req, NULL, &failed), WR_NO);
    assert_ptr_equal(failed, &ask_stmt(&k)->conds[2]);
    ask_context(&k, "{\"a\":\"1\",\"b\":null,\"c\":\"true\"}");
    assert_int_equal(wr_iam_match_conds(ask_stmt(&k), &k.req, NULL, &failed), WR_MAYBE);
    assert_ptr_equal(failed, &ask_stmt(&k)->conds[1]);
    ask_context(&k, "{\"a\":\"1\",\"b\":\"2\",\"c\":\"true\"}");
    assert_int_equal(wr_iam_match_conds(ask_stmt(&k), &k.req, NULL, &failed), WR_YES);
    assert_null(failed);
    ask_close(&k);
}

// Several values under a negated operator without set operator: an Allow does not hold, of a Deny
// it is open.
static void several_values(void **state) {
    (void)state;
    static const struct {
        const char *cond, *context;
        wr_tri allow, deny;
    } rows[] = {
        {"StringNotEquals", "{\"k\":[\"a\"]}", WR_NO, WR_MAYBE},
        {"StringNotEquals", "{\"k\":[\"z\",\"a\"]}", WR_NO, WR_MAYBE},
        {"StringNotEqualsIfExists", "{\"k\":[\"a\"]}", WR_NO, WR_MAYBE},
        {"StringNotEquals", "{\"k\":[]}", WR_YES, WR_YES},
        {"StringNotEquals", "{\"k\":\"z\"}", WR_NO, WR_NO},
        {"StringEquals", "{\"k\":[\"z\"]}", WR_NO, WR_NO},
        {"ForAnyValue:StringNotEquals", "{\"k\":[\"z\"]}", WR_NO, WR_NO},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ask k;
        char body[200];
        const wr_iam_cond *failed;
        (void)snprintf(body, sizeof body, "\"Resource\":\"*\",\"Condition\":{\"%s\":{\"k\":\"z\"}}",
                       rows[i].cond);
        ask_open(&k, NEW, body);
        ask_context(&k, rows[i].context);
        wr_iam_stmt st = *ask_stmt(&k);
        assert_int_equal(wr_iam_match_conds(&st, &k.req, NULL, &failed), rows[i].allow);
        st.deny = true;
        assert_int_equal(wr_iam_match_conds(&st, &k.req, &k.need, &failed), rows[i].deny);
        assert_true(wr_eq(ask_needed(&k), wr_strz(rows[i].deny == WR_MAYBE ? "k" : "")));
        ask_close(&k);
    }
}

static void unknown_operator(void **state) {
    (void)state;
    static const char *const bad[] = {
        "\"StringEqual\":{\"k\":\"a\"}",      "\"NullIfExists\":{\"k\":\"true\"}",
        "\"ForSome:Bool\":{\"k\":\"a\"}",     "\"\":{\"k\":\"a\"}",
        "\"StringEquals\":{\"k\":null}",      "\"StringEquals\":{\"k\":{\"a\":\"b\"}}",
        "\"StringEquals\":{\"k\":[[\"a\"]]}", "\"IfExists\":{\"k\":\"a\"}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        wr_ctx c;
        wr_ctx_init(&c, NULL);
        wr_iam_set *s = wr_iam_set_new(&c);
        wr_str text = wr_fmt(&c.arena,
                             "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\","
                             "\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{%s}}}",
                             bad[i]);
        wr_iam_parse_opts opts = {.kind = WR_IAM_IDENTITY};
        const wr_iam_policy *p =
            wr_iam_add_text(s, wr_src_new(&c.arena, WR_S("p"), text, false), false, &opts);
        assert_true(p->broken);
        assert_int_equal(c.n_errors, 1);
        assert_int_equal(c.diags->code, i < 4 || i == 7 ? WR_D_I0117 : WR_D_I0106);
        wr_ctx_fini(&c);
    }
    assert_true(wr_eq(wr_iam_op_near(WR_S("StringEqual")), WR_S("StringEquals")));
    assert_true(wr_eq(wr_iam_op_near(WR_S("ArnNotLik")), WR_S("ArnNotLike")));
    assert_int_equal(wr_iam_op_near(WR_S("Regex")).n, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(truth_table),      cmocka_unit_test(types),
        cmocka_unit_test(variables),        cmocka_unit_test(not_known),
        cmocka_unit_test(first_that_fails), cmocka_unit_test(several_values),
        cmocka_unit_test(unknown_operator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
