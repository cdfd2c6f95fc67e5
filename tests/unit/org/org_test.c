// SPDX-License-Identifier: Apache-2.0
// org_test: trees from both file formats, the levels and paths they yield, and every fault that a
// tree may have, with its place. A file with a fault is never half taken.

#include "org/org.h"

#include <setjmp.h>

#include <cmocka.h>

static wr_ctx ctx;

static wr_org *load_as(const char *text, bool json) {
    wr_doc *doc = NULL;
    wr_org *org = NULL;
    const wr_src *src = wr_src_new(&ctx.arena, WR_S("org"), wr_strz(text), !json);
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = json, .all = true};
    assert_non_null(src);
    assert_int_equal(wr_doc_load(&ctx, src, &how, &doc), WR_OK);
    wr_rc rc = wr_org_load(&ctx, doc, &org);
    assert_int_equal(rc == WR_OK, org != NULL);
    return org;
}

// The faults of a text, each "CODE line:col", joined by blanks; "" when it is taken.
static const char *faults(const char *text, bool json) {
    wr_buf b;
    ctx.diags = NULL;
    ctx.diags_tail = &ctx.diags;
    ctx.n_diags = ctx.n_errors = 0;
    wr_org *org = load_as(text, json);
    wr_buf_init(&b, 0);
    for (const wr_diag *d = ctx.diags; d; d = d->next) {
        wr_pos at = {0, 0};
        if (d->src) at = wr_src_pos(d->src, d->span.beg);
        wr_putf(&b, "%s%s %u:%u", b.n ? ", " : "", wr_code_name(d->code), (unsigned)at.line,
                (unsigned)at.col);
    }
    assert_int_equal(org == NULL, ctx.n_errors > 0);
    wr_putc(&b, 0);
    return wr_buf_keep(&b, &ctx.arena).p;
}

// "A+B|C" : attachments by level.
static const char *levels(const wr_org *org, const char *account, wr_org_policy_kind kind) {
    wr_org_attached at[WR_ORG_MAX_LEVELS];
    wr_buf b;
    const wr_org_account *a = wr_org_account_find(org, wr_strz(account));
    assert_non_null(a);
    uint32_t n = wr_org_levels(a, kind, at);
    wr_buf_init(&b, 0);
    for (uint32_t i = 0; i < n; i++) {
        if (i) wr_putc(&b, '|');
        for (uint32_t j = 0; j < at[i].n; j++)
            wr_putf(&b, "%s%.*s", j ? "+" : "", WR_FMT(at[i].v[j]->name));
    }
    wr_putc(&b, 0);
    return wr_buf_keep(&b, &ctx.arena).p;
}

#define TOP "schema: writ/organization/1\n"

static void own_format(void **state) {
    (void)state;
    wr_org *org = load_as(TOP "id: o-abc\n"
                              "management: payer\n"
                              "policies:\n"
                              "  scps:\n"
                              "    DenyLeave: leave.json\n"
                              "    Region: {Version: '2012-10-17', Statement: []}\n"
                              "  rcps: {Perimeter: rcp.json}\n"
                              "root:\n"
                              "  id: r-1\n"
                              "  scps: [FullAWSAccess, DenyLeave]\n"
                              "  rcps: [RCPFullAWSAccess, Perimeter]\n"
                              "  accounts: [{id: 000000000001, name: payer}]\n"
                              "  units:\n"
                              "  - {name: W, id: ou-1, units: [{name: P, id: ou-2, tags: {a: 1},\n"
                              "     accounts: [{id: '111122223333', name: prod,\n"
                              "       scps: [Region, x/extra.json,\n"
                              "         {name: Here, document: {Statement: []}}]}]}]}\n",
                          false);
    assert_non_null(org);
    assert_string_equal(levels(org, "prod", WR_ORG_SCP),
                        "FullAWSAccess+DenyLeave|FullAWSAccess|FullAWSAccess|"
                        "Region+x/extra.json+Here");
    assert_string_equal(levels(org, "prod", WR_ORG_RCP), "Perimeter|||");
    assert_string_equal(levels(org, "000000000001", WR_ORG_SCP),
                        "FullAWSAccess+DenyLeave|FullAWSAccess");
    const wr_org_account *prod = wr_org_account_find(org, WR_S("111122223333"));
    assert_true(wr_eq(wr_org_path(&ctx.arena, org, prod), WR_S("o-abc/r-1/ou-1/ou-2/")));
    assert_true(org->management && org->management->management && !prod->management);
    assert_ptr_equal(wr_org_unit_find(org, WR_S("W/P")), prod->unit);
    assert_ptr_equal(wr_org_unit_find(org, WR_S("ou-2")), prod->unit);
    assert_null(wr_org_unit_find(org, WR_S("P/W")));
    assert_null(wr_org_account_find(org, WR_S("P")));
    assert_true(prod->attached[WR_ORG_SCP].v[0]->node != NULL);
    assert_true(wr_eq(prod->attached[WR_ORG_SCP].v[1]->file, WR_S("x/extra.json")));
    assert_true(prod->unit->attached[WR_ORG_SCP].v[0]->aws_managed);
}

// A path is known only when every id on it is.
static void paths_need_ids(void **state) {
    (void)state;
    wr_org *org = load_as(TOP "id: o-abc\nroot:\n  id: r-1\n  units:\n"
                              "  - {name: W, accounts: [{id: '111122223333'}]}\n",
                          false);
    assert_non_null(org);
    assert_int_equal(wr_org_path(&ctx.arena, org, org->accounts.v[0]).n, 0);
}

static void own_faults(void **state) {
    static const struct {
        const char *text, *faults;
    } row[] = {
        {"a: 1\n", "O0001 1:1"},
        {"schema: writ/organization/2\n", "O0001 1:9"},
        {"- 1\n", "O0001 1:1"},
        {TOP, "O0002 1:1"},
        {TOP "root: {scp: [FullAWSAccess]}\n", "O0002 2:8"},
        {TOP "rot: {}\nroot: {}\n", "O0002 2:1"},
        {TOP "root: {scps: FullAWSAccess}\n", "O0002 2:14"},
        {TOP "root: {scps: []}\n", "O0005 2:14"},
        {TOP "root: {scps: [FullAwsAccess]}\n", "O0007 2:15"},
        {TOP "root: {rcps: [FullAWSAccess]}\n", "O0007 2:15"},
        {TOP "root: {scps: [1]}\n", "O0002 2:15"},
        {TOP "root: {scps: [a.json, a.json]}\n", "O0008 2:23"},
        {TOP "root: {scps: [FullAWSAccess, FullAWSAccess]}\n", "O0008 2:30"},
        {TOP "policies: {scps: {FullAWSAccess: a.json}}\nroot: {}\n", "O0008 2:19"},
        {TOP "policies: {scps: {A: 1}}\nroot: {}\n", "O0002 2:22"},
        {TOP "root: {scps: [{name: A}]}\n", "O0002 2:15"},
        {TOP "root: {scps: [a.json, b.json, c.json, d.json, e.json, f.json]}\n", "O0006 2:14"},
        {TOP "root: {accounts: [{id: 1}]}\n", "O0003 2:24"},
        {TOP "root: {accounts: [{name: x}]}\n", "O0003 2:19"},
        {TOP "root: {accounts: [{id: 12345678901a}]}\n", "O0003 2:24"},
        {TOP "root: {accounts: [{id: 111122223333}, {id: 111122223333}]}\n", "O0004 2:44"},
        {TOP "root: {units: [{name: A}, {name: A}]}\n", "O0004 2:27"},
        {TOP "root: {units: [{name: A, id: x}, {name: B, id: x}]}\n", "O0004 2:34"},
        {TOP "root: {units: [{}]}\n", "O0002 2:16"},
        {TOP "management: x\nroot: {}\n", "O0009 2:13"},
        {TOP "management: x\nroot: {accounts: [{id: 111122223333, name: x}, {id: 111122223334,"
             " name: x}]}\n",
         "O0009 2:13"},
        {TOP "root: {units: [{name: a, units: [{name: a, units: [{name: a, units: [{name: a,"
             " units: [{name: a}]}]}]}]}]}\n",
         ""},
        {TOP "root: {units: [{name: a, units: [{name: a, units: [{name: a, units: [{name: a,"
             " units: [{name: a, units: [{name: a}]}]}]}]}]}]}\n",
         "O0010 2:105"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        print_message("%s", row[i].text);
        assert_string_equal(faults(row[i].text, false), row[i].faults);
    }
}

#define FULL                                                                                       \
    "{\"PolicySummary\":{\"Name\":\"FullAWSAccess\",\"Type\":\"SERVICE_CONTROL_POLICY\","          \
    "\"AwsManaged\":true},\"Targets\":[{\"TargetId\":\"r-1\"},{\"TargetId\":\"ou-1\"},"            \
    "{\"TargetId\":\"ou-2\"},{\"TargetId\":\"111122223333\"}]}"
#define AWS_TREE                                                                                   \
    "{\"Organization\":{\"Id\":\"o-abc\",\"MasterAccountId\":\"111122223333\"},"                   \
    "\"Roots\":[{\"Id\":\"r-1\"}],\"OrganizationalUnits\":["                                       \
    "{\"Id\":\"ou-2\",\"Name\":\"P\",\"ParentId\":\"ou-1\"},"                                      \
    "{\"Id\":\"ou-1\",\"Name\":\"W\",\"ParentId\":\"r-1\"}],"                                      \
    "\"Accounts\":[{\"Id\":\"111122223333\",\"Name\":\"prod\",\"ParentId\":\"ou-2\"}],"

static void aws_format(void **state) {
    (void)state;
    wr_org *org =
        load_as(AWS_TREE "\"Policies\":[" FULL ",{\"PolicySummary\":{\"Name\":\"D\",\"Type\":"
                         "\"SERVICE_CONTROL_POLICY\"},\"Content\":\"{}\",\"Targets\":"
                         "[{\"TargetId\":\"ou-1\"}]},{\"PolicySummary\":{\"Name\":\"T\",\"Type\":"
                         "\"TAG_POLICY\"}},{\"PolicySummary\":{\"Name\":\"R\",\"Type\":"
                         "\"RESOURCE_CONTROL_POLICY\"},\"Content\":\"{}\",\"Targets\":"
                         "[{\"TargetId\":\"111122223333\"}]}]}",
                true);
    assert_non_null(org);
    assert_string_equal(levels(org, "prod", WR_ORG_SCP),
                        "FullAWSAccess|FullAWSAccess+D|FullAWSAccess|FullAWSAccess");
    assert_string_equal(levels(org, "prod", WR_ORG_RCP), "|||R");
    assert_true(
        wr_eq(wr_org_path(&ctx.arena, org, org->accounts.v[0]), WR_S("o-abc/r-1/ou-1/ou-2/")));
    assert_true(org->management == org->accounts.v[0]);
}

static void aws_faults(void **state) {
    static const struct {
        const char *text, *faults;
    } row[] = {
        {"{\"Roots\":[]}", "O0002 1:10"},
        {"{\"Roots\":[{\"Id\":\"r-1\"}],\"Accounts\":[{\"Id\":\"111122223333\"}],\"Policies\":[]}",
         "O0007 1:37, O0005 1:11, O0002 1:1"},
        // No attachment is made up: without FullAWSAccess' targets nothing would be allowed.
        {AWS_TREE "\"Policies\":[]}", "O0005 1:74, O0005 1:154, O0005 1:111, O0005 1:209"},
        {AWS_TREE "\"Policies\":[" FULL ",{\"PolicySummary\":{\"Name\":\"D\",\"Type\":"
                  "\"SERVICE_CONTROL_POLICY\"},\"Targets\":[]}]}",
         "O0002 1:468"},
        {AWS_TREE "\"Policies\":[" FULL ",{\"PolicySummary\":{\"Name\":\"D\",\"Type\":"
                  "\"SERVICE_CONTROL_POLICY\"},\"Content\":\"{}\",\"Targets\":"
                  "[{\"TargetId\":\"ou-3\"}]}]}",
         "O0007 1:556"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        print_message("%s\n", row[i].text);
        assert_string_equal(faults(row[i].text, true), row[i].faults);
    }
}

static int setup(void **state) {
    (void)state;
    wr_ctx_init(&ctx, NULL);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    wr_ctx_fini(&ctx);
    return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(own_format), TEST(paths_need_ids), TEST(own_faults),
        TEST(aws_format), TEST(aws_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
