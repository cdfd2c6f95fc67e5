// SPDX-License-Identifier: Apache-2.0
// reports_test: what the reports of Guard say in the original's formats: shapes, reasons where the
// original has none or dies, the same bytes for any number of threads; and decisions. Reports of
// writ itself: tests/unit/report, tests/unit/cli/guard_report_test.c.

#include "lang/guard/out_int.h"

#include <setjmp.h>

#include <cmocka.h>

#include "lang/guard/bench.h"

static void run(bench *x, wr_guard_format f, bool structured) {
    x->b.format = f;
    x->out.n = 0;
    wr_rc rc = structured ? wr_guard_report_structured(&x->b, &x->out, &x->t)
                          : wr_guard_report_console(&x->b, &x->out, &x->t);
    assert_int_equal(rc, WR_OK);
    assert_int_equal(x->out.rc, WR_OK);
    wr_putc(&x->out, '\0');
    x->out.n--;
}

static void says_not(bench *x, const char *what) {
    if (wr_find(wr_buf_str(&x->out), wr_strz(what), 0) != SIZE_MAX)
        fail_msg("not wanted: %s\nin:\n%s", what, x->out.p);
}

static const char template[] =
    "{\n"
    "  \"Parameters\": {\"Env\": {\"Default\": \"dev\"}},\n"
    "  \"Resources\": {\n"
    "    \"A\": {\"Type\": \"T::A\", \"P\": {\"Size\": 5}},\n"
    "    \"B\": {\"Type\": {\"Ref\": \"X\"}, \"P\": {\"Size\": 7}},\n"
    "    \"C/1\": {\"P\": {\"Size\": 9, \"In\": {\"Type\": \"inner\"}}}\n"
    "  }\n"
    "}\n";

// ---------------------------------------------------------------------------------- structured

static void json_report(void **state) {
    bench x;
    (void)state;
    bench_init(&x);
    rules(&x, "r.guard",
          "rule a { Resources.*.P.Size <= 8 <<too big>> }\nrule b { Resources.Z exists }");
    rules(&x, "q.guard",
          "rule b when Nope exists { Resources exists }\nrule c { Resources exists }");
    data(&x, "t.json", template);
    run(&x, WR_GF_JSON, true);
    says(&x, "[\n  {\n    \"name\": \"t.json\",\n    \"metadata\": {},\n    \"status\": \"FAIL\",\n"
             "    \"not_compliant\": [\n      {\n        \"Rule\": {\n          \"name\": \"a\",");
    says(&x, "\"custom_message\": \"too big\"");
    says(&x,
         "property value [Path=/Resources/C/1/P/Size[L:5,C:26] Value=9] not less than equal to");
    says(&x, "\"not_applicable\": [\n      \"b\"\n    ],\n    \"compliant\": [\n      \"c\"\n    "
             "]\n  }\n]");
    assert_int_equal(x.t.n_fail, 1);
    assert_int_equal(x.t.n_pass, 1);
    run(&x, WR_GF_YAML, true);
    says(&x, "- name: t.json\n  metadata: {}\n  status: FAIL\n  not_compliant:\n  - Rule:\n      "
             "name: a\n");
    bench_fini(&x);
}

static void sarif_and_junit(void **state) {
    bench x;
    (void)state;
    bench_init(&x);
    rules(&x, "r.guard", "rule a_b { Resources.*.P.Size <= 8 <<too <big>> }");
    data(&x, "/d/t.json", template);
    data(&x, "/d/ok.json", "{\"Resources\": {\"A\": {\"P\": {\"Size\": 1}}}}");
    run(&x, WR_GF_SARIF, true);
    says(&x, "\"ruleId\": \"A_B\"");
    says(&x, "\"uri\": \"d/t.json\"");
    says_not(&x, "ok.json");
    says(&x, "\"startLine\": 1,\n                  \"startColumn\": 1");
    run(&x, WR_GF_JUNIT, true);
    says(&x, "<testsuites name=\"cfn-guard validate report\" tests=\"2\" failures=\"1\" "
             "errors=\"0\" time=\"0\">");
    says(&x, "            <failure message=\"a_b\">too &lt;bigCheck was not compliant");
    says(&x, "        <testcase name=\"r.guard\" time=\"0\" status=\"pass\"/>\n    "
             "</testsuite>\n</testsuites>\n");
    bench_fini(&x);
}

static void error_writes_nothing(void **state) {
    bench x;
    (void)state;
    bench_init(&x);
    rules(&x, "r.guard", "rule a { Resources exists }\nrule b { %nope exists }");
    data(&x, "t.json", template);
    run(&x, WR_GF_JSON, true);
    assert_int_equal(x.out.n, 0);
    assert_true(x.t.error.n > 0);
    run(&x, WR_GF_SUMMARY, false);
    assert_int_equal(x.out.n, 0);
    x.b.native = true; // here an error is an outcome
    run(&x, WR_GF_JSON, true);
    assert_int_equal(x.t.n_error, 1);
    says(&x, "\"status\": \"ERROR\"");
    says(&x, "\"compliant\": [\n      \"a\"\n    ],\n    \"errors\": [\n      {\n        \"rule\": "
             "\"b\",");
    bench_fini(&x);
}

static void threads_do_not_show(void **state) {
    static const wr_guard_format formats[] = {WR_GF_JSON, WR_GF_YAML, WR_GF_JUNIT, WR_GF_SARIF};
    bench x;
    (void)state;
    bench_init(&x);
    rules(&x, "r.guard", "rule a { Resources.*.P.Size <= 8 }\nrule b { Resources.A.P.Size == 5 }");
    rules(&x, "s.guard", "rule c { Resources.*.Type exists }");
    for (int i = 0; i < 7; i++)
        data(&x, "t.json",
             i % 3 == 1 ? "{\"Resources\": {\"A\": {\"P\": {\"Size\": 5}}}}" : template);
    for (int native = 0; native < 2; native++) {
        x.b.native = native != 0;
        for (int i = 0; i < 8; i++) {
            bool structured = i < 4;
            wr_guard_format f = structured ? formats[i] : i < 6 ? formats[i - 4] : WR_GF_SUMMARY;
            if (native && f != WR_GF_JSON && f != WR_GF_YAML) continue;
            x.b.jobs = 1;
            run(&x, f, structured);
            wr_str one = wr_dup(&x.c.arena, wr_buf_str(&x.out));
            x.b.jobs = 3;
            run(&x, f, structured);
            assert_true(wr_eq(one, wr_buf_str(&x.out)));
        }
    }
    bench_fini(&x);
}

// ---------------------------------------------------------------------------------- console

static void console_by_resource(void **state) {
    bench x;
    (void)state;
    bench_init(&x);
    rules(&x, "r.guard",
          "rule size { Resources.*.P.Size <= 4 <<big; bigger>> }\n"
          "rule env { Parameters.Env.Default == \"prod\" }\n"
          "rule in { Resources.*.P.In.Type !exists or Resources.*.P.In.Type == \"x\" }");
    data(&x, "t.json", template);
    run(&x, WR_GF_SUMMARY, false);
    says(&x, "t.json Status = FAIL\nFAILED rules\nr.guard/size    FAIL\nr.guard/env     FAIL\n"
             "r.guard/in      FAIL\n---\nEvaluating data t.json against rules r.guard\n"
             "Number of non-compliant resources 3\nResource = A {\n  Type      = T::A\n");
    says(&x, "          Message          {\n            big\n            bigger\n          }\n");
    says(&x, "Resource = B {\n  Type      = {\"Ref\":\"X\"}\n");
    says(&x, "Resource = C/1 {\n  Type      = (none)\n");
    says_not(&x, "Resource = C/1/P/In");
    says(&x, "\nTemplate {\n  Rule = env {\n    ALL {\n      Check =  Parameters.Env.Default "
             "EQUALS  \"prod\" {\n");
    says(&x, "          Code:\n                1.{\n                2.  \"Parameters\"");
    x.b.color = true;
    run(&x, WR_GF_SUMMARY, false);
    says(&x, "\033[1mFAILED rules\033[0m\nr.guard/size    \033[1;31mFAIL\033[0m\n");
    says(&x, "resources \033[1m3\033[0m\nResource = \033[1;33mA\033[0m {");
    says(&x, "Rule = \033[95msize\033[0m {");
    bench_fini(&x);
}

static void console_of_plans(void **state) {
    bench x;
    (void)state;
    bench_init(&x);
    rules(
        &x, "r.guard",
        "rule p { resource_changes[*].change.after.acl in [\"private\", \"log\"] <<acl>>\n"
        "  resource_changes[*].change.after.size is_int\n resource_changes[*].mode == \"data\" }");
    data(&x, "p.json",
         "{\"resource_changes\": [{\"address\": \"aws_s3_bucket.b\", \"mode\": \"managed\",\n"
         "\"change\": {\"after\": {\"acl\": \"public\", \"size\": \"1\"}}}]}");
    run(&x, WR_GF_SUMMARY, false);
    says(&x, "Number of non-compliant resources 1\nResource = b {\n  Type      = aws_s3_bucket\n");
    says(&x, "PropertyPath    = acl\n          Operator        = IN\n          Value           = "
             "\"public\"\n"
             "          ComparedWith    = [[\"private\",\"log\"]]\n");
    says(&x, "PropertyPath    = size\n          Operator        = IS INT\n");
    says(&x, "PropertyPath    = resource_changes.0.mode\n");
    says_not(&x, "Code:");
    bench_fini(&x);
}

static void console_generic(void **state) {
    bench x;
    (void)state;
    bench_init(&x);
    rules(&x, "r.guard",
          "rule g { a == 1 <<one\ntwo>>\n b exists\n c is_string }\nrule ok { a exists }");
    data(&x, "g.json", "{\"a\": 2, \"c\": []}");
    run(&x, WR_GF_SUMMARY, false);
    says(&x,
         "Evaluation of rules r.guard against data g.json\n--\n"
         "Property [/a] in data [g.json] is not compliant with [g] because provided value [2] "
         "did not match expected value [1]. Error Message [one;two]\n"
         "Property traversed until [] in data [g.json] is not compliant with [g] due to "
         "retrieval error. Error Message [Could not find key b inside struct at path [L:0,C:0]]\n"
         "Property [/c] in data [g.json] is not compliant with [g] because needed value at [[]] "
         "was not a string . Error Message []\n--\n");
    x.b.summary = WR_GS_PASS;
    run(&x, WR_GF_SUMMARY, false);
    says(&x, "--\nRule [ok] is compliant for template [g.json]\n--\n");
    x.b.summary = 0;
    run(&x, WR_GF_SUMMARY, false);
    assert_int_equal(x.out.n, 0);
    bench_fini(&x);
}

static void console_in_line(void **state) {
    bench x;
    wr_buf text;
    (void)state;
    bench_init(&x);
    wr_buf_init(&text, 0);
    wr_putz(&text, "{\"Resources\": {");
    for (int i = 0; i < 600; i++) wr_putf(&text, "%s\"R%d\": {\"Type\": \"T\"}", i ? "," : "", i);
    wr_putz(&text, "}}");
    wr_putc(&text, '\0');
    rules(&x, "r.guard", "rule r { Resources.* { A exists or B exists } }");
    data(&x, "t.json", text.p);
    run(&x, WR_GF_SUMMARY, false);
    // 600 resources × 600 alternatives: containers that hold nothing are left out.
    size_t n = 0;
    for (size_t at = 0; (at = wr_find(wr_buf_str(&x.out), WR_S("ANY {"), at)) != SIZE_MAX; at++)
        n++;
    assert_int_equal(n, 600);
    wr_buf_fini(&text);
    bench_fini(&x);
}

// ---------------------------------------------------------------------------------- native

// The original says nothing at all about such a failure.
static void nothing_selected(void **state) {
    bench x;
    (void)state;
    bench_init(&x);
    rules(&x, "r.guard", "rule a { Resources.*[ Type ==\n  \"Z\" ] !empty { P exists } }");
    data(&x, "t.json", template);
    run(&x, WR_GF_JSON, true);
    says(&x, "\"checks\": []");
    run(&x, WR_GF_JUNIT, true);
    says(&x, "            <failure/>\n");
    run(&x, WR_GF_SUMMARY, false);
    says(&x, "Template {\n  Rule = a {\n    ALL {\n      Check = BlockGuardClause#Location[");
    says(&x, "Error       = query for block clause did not retrieve any value\n");
    bench_fini(&x);
}

static void native_json(void **state) {
    bench x;
    (void)state;
    bench_init(&x);
    rules(&x, "r.guard",
          "# @id SIZE-1\n# @severity low\nrule size { Resources.*.P.Size <= 8 <<too big>> }");
    data(&x, "t.json", template);
    x.b.native = true;
    run(&x, WR_GF_JSON, true);
    says(&x, "\"id\": \"SIZE-1\"");
    says(&x, "\"severity\": \"LOW\"");
    says(&x, "\"location\": {\n                      \"line\": 6,\n                      "
             "\"column\": 27");
    bench_fini(&x);
}

static void decisions(void **state) {
    bench x;
    uint32_t n;
    (void)state;
    bench_init(&x);
    rules(&x, "r.guard",
          "rule size { Resources.*.P.Size <= 8 }\nrule ok { Resources exists }\nrule e { %q exists "
          "}");
    data(&x, "t.json", template);
    wr_guard_eval *e = wr_guard_eval_new(&x.c, x.set);
    wr_guard_bind(e, x.docs[0].doc, x.docs[0].name);
    const g_result *r = wr_guard_run(e, x.files[0], (wr_guard_run_opts){0});
    const wr_decision *d = wr_guard_decisions(&x.c.arena, r, WR_S("subject"), 12, &n);
    assert_non_null(d);
    assert_int_equal(n, 3);
    assert_int_equal(d[0].outcome, WR_FAIL);
    assert_int_equal(d[0].n_reasons, 1);
    const wr_reason *why = d[0].reasons;
    assert_true(wr_eq(why->path, WR_S("/Resources/C/1/P/Size")));
    assert_true(wr_eq(why->resource, WR_S("C/1")));
    assert_true(wr_eq(why->message, WR_S("/Resources/C/1/P/Size is 9; wanted: at most 8")));
    assert_true(wr_eq(why->found, WR_S("/Resources/C/1/P/Size is 9")));
    assert_true(wr_eq(why->wanted, WR_S("at most 8")));
    assert_int_equal(wr_src_pos(why->input, why->input_at.beg).line, 6);
    assert_int_equal(wr_src_pos(why->policy, why->policy_at.beg).col, 13);
    assert_int_equal(d[1].outcome, WR_PASS);
    assert_int_equal(d[1].n_reasons, 0);
    assert_int_equal(d[2].outcome, WR_FAULT);
    assert_true(d[2].reasons->message.n > 0);
    assert_int_equal(d[2].time, 12);
    wr_guard_eval_free(e);
    bench_fini(&x);
}

// ---------------------------------------------------------------------------------- test

static void judged(void **state) {
    bench x;
    wr_guard_case c = {.name = WR_S("n"), .has_name = true};
    wr_str bad;
    (void)state;
    bench_init(&x);
    rules(&x, "r.guard",
          "rule a { x exists }\nrule b { y exists }\nrule a when y exists { x exists }\nrule d { x "
          "exists }");
    data(&x, "t.json", "{\"x\": 1}");
    data(&x, "want", "{\"a\": \"SKIP\", \"b\": \"FAIL\"}");
    data(&x, "bad", "{\"b\": \"fail\"}");
    wr_guard_eval *e = wr_guard_eval_new(&x.c, x.set);
    wr_guard_bind(e, x.docs[0].doc, WR_S("name"));
    const g_result *r = wr_guard_run(e, x.files[0], (wr_guard_run_opts){.keep_all = true});
    assert_int_equal(wr_guard_judge(&x.c.arena, r, x.docs[1].doc->root, &c, &bad), WR_OK);
    assert_true(wr_guard_case_failed(&c));
    wr_guard_test_head(&x.out, &c, 1);
    wr_guard_test_body(&x.out, &c, NULL);
    wr_putc(&x.out, '\0');
    assert_string_equal(x.out.p, "Test Case #1\nName: n\n  No Test expectation was set for Rule d\n"
                                 "  FAIL Rules:\n    a: Expected = SKIP, Evaluated = [PASS, SKIP]\n"
                                 "  PASS Rules:\n    b: Expected = FAIL\n\n");
    x.out.n = 0;
    wr_guard_tested t = {.rule_file = WR_S("r.guard"), .cases = &c, .n_cases = 1};
    assert_int_equal(wr_guard_test_report(&x.out, WR_GF_JUNIT, &t, 1, true), WR_OK);
    wr_putc(&x.out, '\0');
    says(&x, "<testsuites name=\"cfn-guard test report\" tests=\"2\" failures=\"1\" errors=\"0\" "
             "time=\"0\">");
    says(&x, "<testcase id=\"n\" name=\"b\" time=\"0\" status=\"pass\"/>\n");
    says(&x, "            <failure>Expected = SKIP, Evaluated = [PASS, SKIP]</failure>\n");
    assert_int_equal(wr_guard_judge(&x.c.arena, r, x.docs[2].doc->root, &c, &bad), WR_BAD);
    assert_true(wr_find(bad, WR_S("Status code is incorrect fail"), 0) != SIZE_MAX);
    wr_guard_eval_free(e);
    bench_fini(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_report),
        cmocka_unit_test(sarif_and_junit),
        cmocka_unit_test(error_writes_nothing),
        cmocka_unit_test(threads_do_not_show),
        cmocka_unit_test(console_by_resource),
        cmocka_unit_test(console_of_plans),
        cmocka_unit_test(console_generic),
        cmocka_unit_test(console_in_line),
        cmocka_unit_test(nothing_selected),
        cmocka_unit_test(native_json),
        cmocka_unit_test(decisions),
        cmocka_unit_test(judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
