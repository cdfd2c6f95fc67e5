// SPDX-License-Identifier: Apache-2.0
// The public C API: options, diagnostics, decisions as data, wrong calls, many threads. Uses
// nothing but include/writ.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <pthread.h>
#include <string.h>

#include <cmocka.h>
#include <writ/guard.h>

static const char rules_text[] = "# @id S3-1\n"
                                 "# @severity HIGH\n"
                                 "rule encrypted {\n"
                                 "    Resources.*[ Type == 'AWS::S3::Bucket' ] {\n"
                                 "        Properties.BucketEncryption exists <<encrypt it>>\n"
                                 "    }\n"
                                 "}\n"
                                 "rule broken { %nope exists }\n";
static const char template_text[] = "Resources:\n"
                                    "  Logs:\n"
                                    "    Type: AWS::S3::Bucket\n"
                                    "    Properties: {}\n";

static writ_guard_rules *compiled(const char *text, const writ_guard_options *o) {
    writ_guard_rules *r;
    assert_int_equal(writ_guard_new(o, &r), WRIT_OK);
    assert_int_equal(writ_guard_add(r, "r.guard", text, strlen(text)), WRIT_OK);
    assert_int_equal(writ_guard_compile(r), WRIT_OK);
    return r;
}

static writ_guard_result *judged(const writ_guard_rules *r, const char *text) {
    writ_guard_result *res;
    assert_int_equal(writ_guard_judge(r, "t.yaml", text, strlen(text), &res), WRIT_OK);
    return res;
}

static void decisions_say_what_where_and_why(void **state) {
    (void)state;
    writ_guard_rules *r = compiled(rules_text, NULL);
    writ_guard_result *res = judged(r, template_text);
    assert_int_equal(writ_guard_outcome(res), WRIT_ERROR);
    assert_int_equal(writ_guard_n_decisions(res), 2);
    const writ_decision *d = writ_guard_decision(res, 0);
    assert_string_equal(d->subject, "t.yaml");
    assert_string_equal(d->policy, "r.guard");
    assert_string_equal(d->rule, "encrypted");
    assert_string_equal(d->rule_id, "S3-1");
    assert_string_equal(d->severity, "HIGH");
    assert_int_equal(d->outcome, WRIT_FAIL);
    assert_int_equal(d->n_reasons, 1);
    assert_string_equal(d->reasons[0].custom, "encrypt it");
    assert_string_equal(d->reasons[0].resource, "Logs");
    assert_string_equal(d->reasons[0].type, "AWS::S3::Bucket");
    assert_int_equal(d->reasons[0].line, 4);
    assert_int_equal(d->reasons[0].rule_line, 5);
    d = writ_guard_decision(res, 1);
    assert_int_equal(d->outcome, WRIT_ERROR);
    assert_true(d->n_reasons == 1 && strstr(d->reasons[0].message, "nope"));
    assert_null(writ_guard_decision(res, 2));
    writ_guard_result_free(res);
    writ_guard_free(r);
}

static void faults_are_diagnostics_with_a_place(void **state) {
    (void)state;
    static const char bad[] = "rule x {\n    a == \n}\n";
    writ_guard_rules *r;
    writ_guard_result *res;
    assert_int_equal(writ_guard_new(NULL, &r), WRIT_OK);
    assert_int_equal(writ_guard_add(r, "bad.guard", bad, sizeof bad - 1), WRIT_BAD);
    assert_int_equal(writ_guard_compile(r), WRIT_OK);
    assert_true(writ_guard_n_diagnostics(r) >= 1);
    const writ_diagnostic *d = writ_guard_diagnostic(r, 0);
    assert_int_equal(d->severity, WRIT_FAULT);
    assert_string_equal(d->source, "bad.guard");
    assert_true(d->line >= 2);
    assert_int_equal(writ_guard_judge(r, "t.json", "{\"a\": }", 7, &res), WRIT_BAD);
    assert_int_equal(writ_guard_outcome(res), WRIT_ERROR);
    assert_int_equal(writ_guard_result_n_diagnostics(res), 1);
    assert_int_equal(writ_guard_result_diagnostic(res, 0)->line, 1);
    writ_guard_result_free(res);
    writ_guard_free(r);
}

static void wrong_calls_are_refused(void **state) {
    (void)state;
    writ_guard_rules *r;
    writ_guard_result *res;
    writ_guard_options o = {.size = 1};
    assert_int_equal(writ_guard_new(&o, &r), WRIT_USAGE);
    o = (writ_guard_options){.size = sizeof o, .level = 7};
    assert_int_equal(writ_guard_new(&o, &r), WRIT_USAGE);
    assert_int_equal(writ_guard_new(NULL, NULL), WRIT_USAGE);
    assert_int_equal(writ_guard_new(NULL, &r), WRIT_OK);
    assert_int_equal(writ_guard_judge(r, "t", "{}", 2, &res), WRIT_USAGE); // not compiled
    assert_int_equal(writ_guard_compile(r), WRIT_OK);
    assert_int_equal(writ_guard_compile(r), WRIT_USAGE);
    assert_int_equal(writ_guard_add(r, "x", "a exists", 8), WRIT_USAGE); // too late
    writ_guard_free(r);
    writ_guard_free(NULL);
    writ_guard_result_free(NULL);
}

static void limits_and_levels_are_options(void **state) {
    (void)state;
    writ_guard_options o = {.size = sizeof o, .max_bytes = 8};
    writ_guard_rules *r;
    writ_guard_result *res;
    assert_int_equal(writ_guard_new(&o, &r), WRIT_OK);
    assert_int_equal(writ_guard_compile(r), WRIT_OK);
    assert_int_equal(writ_guard_judge(r, "t", "{\"a\": 12345}", 12, &res), WRIT_LIMIT);
    writ_guard_result_free(res);
    writ_guard_free(r);
    o = (writ_guard_options){.size = sizeof o, .level = WRIT_GUARD_3_1};
    r = compiled("a == 'yes'", &o);
    res = judged(r, "a: yes");
    assert_int_equal(writ_guard_outcome(res), WRIT_PASS);
    writ_guard_result_free(res);
    writ_guard_free(r);
    o = (writ_guard_options){.size = sizeof o, .now = 42};
    r = compiled("let n = now()\n%n == 42", &o);
    res = judged(r, "a: 1");
    assert_int_equal(writ_guard_outcome(res), WRIT_PASS);
    writ_guard_result_free(res);
    writ_guard_free(r);
}

typedef struct job {
    const writ_guard_rules *rules;
    int failed;
} job;

static void *judge_often(void *arg) {
    job *j = arg;
    for (int i = 0; i < 200; i++) {
        writ_guard_result *res;
        if (writ_guard_judge(j->rules, "t.yaml", template_text, sizeof template_text - 1, &res) !=
            WRIT_OK) {
            j->failed++;
            continue;
        }
        j->failed += writ_guard_outcome(res) != WRIT_FAIL;
        writ_guard_result_free(res);
    }
    return NULL;
}

static void many_threads_share_compiled_rules(void **state) {
    (void)state;
    enum { N = 4 };
    writ_guard_rules *r =
        compiled("Resources.*.Type == /^aws/\nResources.*.Type == /S3::.ucket$/", NULL);
    pthread_t t[N];
    job j[N];
    for (int i = 0; i < N; i++) {
        j[i] = (job){.rules = r};
        assert_int_equal(pthread_create(&t[i], NULL, judge_often, &j[i]), 0);
    }
    for (int i = 0; i < N; i++) {
        pthread_join(t[i], NULL);
        assert_int_equal(j[i].failed, 0);
    }
    writ_guard_free(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decisions_say_what_where_and_why),
        cmocka_unit_test(faults_are_diagnostics_with_a_place),
        cmocka_unit_test(wrong_calls_are_refused),
        cmocka_unit_test(limits_and_levels_are_options),
        cmocka_unit_test(many_threads_share_compiled_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
