// SPDX-License-Identifier: Apache-2.0
// The table of operators: found by name, and as docs/guide/iam-operators.md shows it: a row each,
// in the same order, with what the table says.
// Run from the top of the source tree.
#include "ask.h"

static const char *const families[] = {
    [WR_IAM_STRING] = "String", [WR_IAM_NUMERIC] = "Numeric", [WR_IAM_DATE] = "Date",
    [WR_IAM_BOOL] = "Bool",     [WR_IAM_BINARY] = "Binary",   [WR_IAM_IP] = "IpAddress",
    [WR_IAM_ARNS] = "Arn",      [WR_IAM_NULL] = "Null",
};

static void found_by_name(void **state) {
    (void)state;
    uint32_t n = 0;
    for (const wr_iam_op *op; (op = wr_iam_op_at(n)); n++) {
        assert_ptr_equal(wr_iam_op_find(wr_strz(op->name)), op);
        bool says_not = strstr(op->name, "Not") != NULL;
        assert_int_equal(op->negated, says_not);
    }
    assert_int_equal(n, 27);
    assert_null(wr_iam_op_find(WR_S("")));
    assert_null(wr_iam_op_find(WR_S("StringEqualsIfExists")));
}

// Does `"op": {"k": "${v}"}` take the request's value of v?
static bool takes_variables(const wr_iam_op *op) {
    static const char *const value[] = {
        [WR_IAM_STRING] = "a",          [WR_IAM_NUMERIC] = "1",   [WR_IAM_DATE] = "2020",
        [WR_IAM_BOOL] = "true",         [WR_IAM_BINARY] = "QQ==", [WR_IAM_IP] = "10.0.0.1",
        [WR_IAM_ARNS] = "arn:a:b::c:d", [WR_IAM_NULL] = "false",
    };
    char body[256], context[256];
    ask k;
    snprintf(body, sizeof body, "\"Resource\":\"*\",\"Condition\":{\"%s\":{\"k\":\"${v}\"}}",
             op->name);
    snprintf(context, sizeof context, "{\"k\":\"%s\",\"v\":\"%s\"}", value[op->family],
             value[op->family]);
    ask_open(&k, "2012-10-17", body);
    ask_context(&k, context);
    bool holds = wr_iam_match_conds(ask_stmt(&k), &k.req, NULL, NULL) == WR_YES;
    // Without the variable's value a positive operator does not hold, and a negated one does.
    ask_close(&k);
    return holds != op->negated;
}

static void as_documented(void **state) {
    (void)state;
    wr_ctx c;
    wr_str text;
    wr_ctx_init(&c, NULL);
    assert_int_equal(wr_read_file(&c, "docs/guide/iam-operators.md", &text), WR_OK);
    size_t at = 0;
    uint32_t n = 0;
    for (const wr_iam_op *op; (op = wr_iam_op_at(n)); n++) {
        bool ordered = op->family == WR_IAM_NUMERIC || op->family == WR_IAM_DATE;
        // LessThan and the like hold of no value but the equal one here only when they allow it.
        bool strict = ordered && wr_ends(wr_strz(op->name), WR_S("Than"));
        wr_str row =
            wr_fmt(&c.arena, "\n| `%s` | %s | %s | %s | ", op->name, families[op->family],
                   op->negated ? "yes" : "no", !strict && takes_variables(op) ? "yes" : "no");
        at = wr_find(text, row, at);
        if (at == SIZE_MAX) print_error("no row%.*s\n", WR_FMT(row));
        assert_true(at != SIZE_MAX);
        at++;
    }
    uint32_t rows = 0;
    for (at = wr_find(text, WR_S("## Operators"), 0); at < wr_find(text, WR_S("## Around"), 0);
         at++)
        rows += wr_starts(wr_sub(text, at, text.n), WR_S("\n| `"));
    assert_int_equal(rows, n);
    wr_ctx_fini(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(found_by_name),
                                       cmocka_unit_test(as_documented)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
