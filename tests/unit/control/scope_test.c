// SPDX-License-Identifier: Apache-2.0
// Where a control applies: units, accounts, tags, and what cannot be told. A row is a scope, an
// account, and the answer.
#include "repo_files.h"

static const char org[] =
    "schema: writ/organization/1\nroot:\n  tags: {Owner: all}\n  units:\n"
    "  - name: Workloads\n    id: ou-ab12-11111111\n    tags: {Class: secret}\n"
    "    accounts: [{id: \"111111111111\", name: shop}]\n"
    "    units:\n    - name: Prod\n      accounts:\n"
    "      - {id: \"222222222222\", name: bank, tags: {Class: public}}\n"
    "  - name: Sandbox\n    accounts: [{id: \"333333333333\", name: play}]\n";

typedef struct row {
    const char *scope, *account;
    wr_tri want;
} row;

static const row rows[] = {
    {"{}", "", WR_YES},
    {"{}", "999999999999", WR_YES},
    {"{ou: Workloads}", "111111111111", WR_YES},
    {"{ou: Workloads}", "222222222222", WR_YES}, // in a unit below
    {"{ou: Workloads}", "333333333333", WR_NO},
    {"{ou: Workloads}", "", WR_MAYBE},             // whose it is was not said
    {"{ou: Workloads}", "999999999999", WR_MAYBE}, // not in the organization file
    {"{ou: Workloads/Prod}", "111111111111", WR_NO},
    {"{ou: ou-ab12-11111111}", "222222222222", WR_YES},
    {"{ou: [Sandbox, Prod]}", "222222222222", WR_YES},
    {"{accounts: shop}", "111111111111", WR_YES},
    {"{accounts: shop}", "222222222222", WR_NO},
    {"{accounts: [\"111111111111\"]}", "999999999999", WR_NO},
    {"{accounts: shop}", "999999999999", WR_NO},
    {"{accounts: shop}", "", WR_MAYBE},
    {"{ou: Sandbox, accounts: shop}", "111111111111", WR_YES}, // one of both will do
    {"{ou: Sandbox, accounts: shop}", "222222222222", WR_NO},
    {"{except_ou: Prod}", "222222222222", WR_NO},
    {"{except_ou: Prod}", "111111111111", WR_YES},
    {"{except_ou: Prod}", "", WR_MAYBE},
    {"{except_ou: Prod}", "999999999999", WR_MAYBE},
    {"{ou: Workloads, except_accounts: shop}", "111111111111", WR_NO},
    {"{ou: Workloads, except_accounts: shop}", "222222222222", WR_YES},
    {"{except_accounts: shop}", "", WR_MAYBE},
    {"{tags: {Class: secret}}", "111111111111", WR_YES}, // of the unit above
    {"{tags: {Class: secret}}", "222222222222", WR_NO},  // its own counts
    {"{tags: {Class: public, Owner: all}}", "222222222222", WR_YES},
    {"{tags: {Class: secret}}", "333333333333", WR_NO},
    {"{tags: {Class: secret}}", "", WR_MAYBE},
    {"{tags: {Class: secret}, ou: Sandbox}", "111111111111", WR_NO},
    {"{ou: Nowhere}", "111111111111", WR_MAYBE}, // an error, said; not told
    {"{except_ou: Nowhere}", "111111111111", WR_MAYBE},
};

static void load_one(repo_files *t, const char *scope, bool with_org) {
    char control[512];
    (void)snprintf(control, sizeof control,
                   "id: A\ntitle: t\nseverity: LOW\nlayers: {}\nscope: %s\n", scope);
    const char *files[] = {"writ.yaml",
                           with_org ? "schema: writ/repository/1\norganization: org.yaml\n"
                                    : "schema: writ/repository/1\n",
                           "org.yaml",
                           org,
                           "controls/a.yaml",
                           control,
                           NULL};
    repo_begin(t, files);
    assert_int_equal(t->rc, WR_OK);
}

static void test_rows(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        repo_files t;
        load_one(&t, rows[i].scope, true);
        wr_tri got = wr_scope_holds(t.r, &t.r->controls.v[0]->scope, wr_strz(rows[i].account));
        if (got != rows[i].want)
            fail_msg("%s, %s: %d, not %d", rows[i].scope, rows[i].account, got, rows[i].want);
        assert_int_equal(t.r->n_broken, strstr(rows[i].scope, "Nowhere") != NULL);
        repo_end(&t);
    }
}

// Ids of accounts need no organization; everything else is not known without one.
static void test_without_organization(void **state) {
    (void)state;
    static const row without[] = {
        {"{accounts: [\"111111111111\"]}", "111111111111", WR_YES},
        {"{accounts: [\"111111111111\"]}", "222222222222", WR_NO},
        {"{except_accounts: [\"111111111111\"]}", "222222222222", WR_YES},
        {"{accounts: shop}", "111111111111", WR_MAYBE},
        {"{ou: Workloads}", "111111111111", WR_MAYBE},
        {"{tags: {a: b}}", "111111111111", WR_MAYBE},
    };
    for (size_t i = 0; i < sizeof without / sizeof *without; i++) {
        repo_files t;
        load_one(&t, without[i].scope, false);
        wr_tri got = wr_scope_holds(t.r, &t.r->controls.v[0]->scope, wr_strz(without[i].account));
        assert_int_equal(got, without[i].want);
        assert_int_equal(t.r->n_broken, i > 2);
        repo_end(&t);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_without_organization),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
