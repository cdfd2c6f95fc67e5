// SPDX-License-Identifier: Apache-2.0
// Loading repositories: what becomes of manifest, controls, policies, tests, inputs. What is said
// of malformed ones is in tests/cases/repository; here: K0108 and K0109, which are about inputs.
#include "repo_files.h"

#define MANIFEST "writ.yaml", "schema: writ/repository/1\n"
#define RULE "p.guard", "rule a { A exists }\n"

static void test_control(void **state) {
    (void)state;
    static const char *const files[] = {
        "writ.yaml",
        "schema: writ/repository/1\nname: acme\nsettings: {fail_on: high, "
        "exception_days: 30, in_template_suppressions: honour}\n",
        RULE,
        "x.json",
        "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"s3:*\","
        "\"Resource\":\"*\"}}",
        "controls/a.yaml",
        "id: A.B\ntitle: t\nseverity: critical\nobjective: o\nowner: w\n"
        "resources: AWS::S3::Bucket\nmaps: {nist-800-53-r5: AC-3}\nlayers:\n"
        "  preventative: {scp: x.json}\n  proactive: {guard: ./p.guard, on: terraform-plan}\n"
        "  detective: {guard: p.guard}\nomit: {responsive: later}\n",
        NULL};
    repo_files t;
    repo_begin(&t, files);
    assert_int_equal(t.rc, WR_OK);
    repo_expect(&t, "");
    assert_int_equal(t.r->n_broken, 0);
    assert_int_equal(t.r->settings.fail_on, WR_SEV_HIGH);
    assert_int_equal(t.r->settings.exception_days, 30);
    assert_true(t.r->settings.honour_in_template);
    const wr_control *k = wr_control_find(t.r, WR_S("A.B"));
    assert_non_null(k);
    assert_ptr_equal(k, t.r->controls.v[0]);
    assert_null(wr_control_find(t.r, WR_S("A.C")));
    assert_int_equal(k->severity, WR_SEV_CRITICAL);
    assert_int_equal(k->n_resources, 1);
    assert_int_equal(k->n_maps, 1);
    assert_true(wr_eq(k->maps[0].id, WR_S("AC-3")));
    assert_true(wr_eq(k->file, WR_S("controls/a.yaml")));
    assert_int_equal(k->layer[WR_PREVENTATIVE].means, WR_BY_SCP);
    assert_int_equal(k->layer[WR_PREVENTATIVE].policy->n_stmts, 1);
    assert_int_equal(k->layer[WR_PROACTIVE].on, WR_ON_TF);
    assert_int_equal(k->layer[WR_DETECTIVE].on, WR_ON_CI);
    assert_true(wr_eq(k->layer[WR_PROACTIVE].file, WR_S("p.guard")));
    // Compiled once, however it is spelled and however many layers name it.
    assert_ptr_equal(k->layer[WR_PROACTIVE].guard, k->layer[WR_DETECTIVE].guard);
    assert_true(k->layer[WR_RESPONSIVE].omitted);
    assert_true(wr_eq(k->layer[WR_RESPONSIVE].why, WR_S("later")));
    assert_true(t.r->iam->frozen);
    repo_end(&t);
}

static void test_broken_layers(void **state) {
    (void)state;
    static const char *const files[] = {
        MANIFEST,
        RULE,
        "bad.guard",
        "rule {",
        "controls/a.yaml",
        "id: A\ntitle: t\nseverity: LOW\nlayers:\n  proactive: {guard: bad.guard}\n"
        "  detective: {guard: p.guard}\n  preventative: {scp: none.json}\n",
        "controls/b.yaml",
        "id: B\ntitle: t\nseverity: LOW\nlayers: {proactive: {guard: bad.guard}}\n",
        NULL};
    repo_files t;
    repo_begin(&t, files);
    assert_int_equal(t.rc, WR_OK);
    assert_int_equal(t.r->controls.n, 2);
    const wr_control *a = wr_control_find(t.r, WR_S("A")), *b = wr_control_find(t.r, WR_S("B"));
    assert_true(a->layer[WR_PROACTIVE].broken && b->layer[WR_PROACTIVE].broken);
    assert_null(a->layer[WR_PROACTIVE].guard);
    assert_true(a->layer[WR_PREVENTATIVE].broken);
    assert_false(a->layer[WR_DETECTIVE].broken);
    assert_non_null(a->layer[WR_DETECTIVE].guard);
    assert_true(t.r->n_broken >= 2);
    uint32_t errors = 0; // bad.guard is said once, though two controls name it
    for (const wr_diag *d = t.c.diags; d; d = d->next)
        errors += d->src && wr_ends(d->src->name, WR_S("bad.guard"));
    assert_int_equal(errors, 1);
    repo_end(&t);
}

static void test_inputs(void **state) {
    (void)state;
    static const char *const files[] = {
        "writ.yaml",
        "schema: writ/repository/1\norganization: o.yaml\n"
        "inputs: {templates: [\"t/**\", \"t/*.yaml\"], plans: [\"t/deep/p.json\"]}\n"
        "accounts:\n- {path: \"t/deep/**\", account: shop, region: eu-central-1}\n"
        "- {path: \"t/**\", account: shpo}\n- {path: \"t/**\", account: shop, region: "
        "eu-centrl-1}\n",
        "o.yaml",
        "schema: writ/organization/1\nroot:\n  accounts: [{id: \"111122223333\", name: shop}]\n",
        "t/a.yaml",
        "{}",
        "t/README.md",
        "no data",
        "t/deep/p.json",
        "{}",
        "inventory/i.jsonl",
        "",
        "t/.git/x.yaml",
        "",
        NULL};
    repo_files t;
    repo_begin(&t, files);
    assert_int_equal(t.rc, WR_OK);
    repo_expect(&t, "K0108 6:27, K0108 7:41, K0109 3:9");
    assert_int_equal(t.r->inputs.n, 3);
    const wr_input_path *in = t.r->inputs.v;
    assert_true(wr_eq(in[0].name, WR_S("t/a.yaml")));
    assert_true(wr_ends(in[0].path, WR_S("/t/a.yaml")));
    assert_true(wr_eq(in[1].name, WR_S("t/deep/p.json")));
    assert_true(wr_eq(in[1].account, WR_S("111122223333")));
    assert_true(wr_eq(in[1].region, WR_S("eu-central-1")));
    assert_int_equal(in[1].kind, WR_IN_TEMPLATE);
    assert_int_equal(in[2].kind, WR_IN_ITEMS);
    assert_int_equal(in[2].account.n, 0);
    repo_end(&t);
}

static void test_tests(void **state) {
    (void)state;
    static const char *const files[] = {
        MANIFEST,
        RULE,
        "t.yaml",
        "A: 1\n",
        "tests/a.yaml",
        "control: A\ntests:\n"
        "- {name: one, layer: proactive, template: {A: 1}, expect: pass}\n"
        "- {name: two, layer: proactive, plan: t.yaml, expect: unknown}\n"
        "- name: three\n  layer: detective\n  expect: skip\n  item: |\n    resourceType: x\n",
        NULL};
    repo_files t;
    repo_begin(&t, files);
    assert_int_equal(t.rc, WR_OK);
    repo_expect(&t, "");
    assert_int_equal(t.r->tests.n, 3);
    wr_control_test *const *v = t.r->tests.v;
    assert_int_equal(v[0]->input->kind, WR_MAP);
    assert_int_equal(v[0]->want, WR_PASS);
    assert_true(wr_eq(v[1]->file, WR_S("t.yaml")));
    assert_null(v[1]->input);
    assert_int_equal(v[1]->kind, WR_IN_PLAN);
    assert_int_equal(v[1]->want, WR_UNKNOWN);
    assert_int_equal(v[2]->input->kind, WR_MAP);
    assert_ptr_equal(v[2]->input, v[2]->doc->root);
    assert_int_equal(v[2]->layer, WR_DETECTIVE);
    repo_end(&t);
}

// All of the library loads without a word, and a group is the part of it that it names.
static void test_library(void **state) {
    (void)state;
    static const char *const all[] = {
        "writ.yaml", "schema: writ/repository/1\ninclude: [writ:s3, \"writ:all\"]\n", NULL};
    static const char *const one[] = {"writ.yaml",
                                      "schema: writ/repository/1\ninclude: writ:S3.PUBLIC\n", NULL};
    static const char *const group[] = {
        "writ.yaml", "schema: writ/repository/1\ninclude: [writ:S3.PUBLIC, writ:s3]\n", NULL};
    repo_files t;
    repo_begin(&t, all);
    repo_expect(&t, "");
    uint32_t n = t.r->controls.n;
    assert_true(n >= 3);
    const wr_control *k = wr_control_find(t.r, WR_S("S3.PUBLIC"));
    assert_true(k->library);
    assert_true(wr_eq(k->file, WR_S("writ:s3/S3.PUBLIC.yaml")));
    assert_false(k->layer[WR_PROACTIVE].broken);
    assert_int_equal(t.r->tests.n, 0);
    repo_end(&t);
    repo_begin(&t, one);
    repo_expect(&t, "");
    assert_int_equal(t.r->controls.n, 1);
    repo_end(&t);
    repo_begin(&t, group);
    repo_expect(&t, "");
    assert_true(t.r->controls.n > 1 && t.r->controls.n <= n);
    for (uint32_t i = 0; i < t.r->controls.n; i++)
        assert_true(wr_starts(t.r->controls.v[i]->file, WR_S("writ:s3/")));
    repo_end(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_control), cmocka_unit_test(test_broken_layers),
        cmocka_unit_test(test_inputs),  cmocka_unit_test(test_tests),
        cmocka_unit_test(test_library),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
