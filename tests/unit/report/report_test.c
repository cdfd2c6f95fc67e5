// SPDX-License-Identifier: Apache-2.0
// report_test: one suite over every format of src/report/list.c: the same decisions, well-formed
// whatever stands in their texts, the same bytes written whole or in parts; then the exact text of
// small reports.
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "formed.h"
#include "report/report.h"

#include <stdio.h>

enum { N_RULES = 6, N_SUBJECTS = 2 };

typedef struct bench {
    wr_ctx c;
    wr_src *input, *policy;
    wr_reason reasons[4];
    wr_rule_info rules[N_RULES];
    wr_decision d[N_RULES];
    wr_report_subject subjects[N_SUBJECTS];
    wr_report_head head;
    wr_diag error[2];
    const wr_diag *errors[2];
    wr_buf out;
} bench;

// Every text of it is text.
static void bench_init(bench *x, wr_str text) {
    static const wr_outcome outcome[N_RULES] = {WR_PASS,  WR_FAIL,    WR_SKIP,
                                                WR_FAULT, WR_UNKNOWN, WR_FAIL};
    *x = (bench){0};
    wr_ctx_init(&x->c, NULL);
    wr_buf_init(&x->out, 0);
    wr_str lines = wr_fmt(&x->c.arena, "1\n%.*s\n3\n", WR_FMT(text));
    x->input = wr_src_new(&x->c.arena, text, lines, false);
    x->policy = wr_src_new(&x->c.arena, text, lines, false);
    for (int i = 0; i < 4; i++)
        x->reasons[i] = (wr_reason){.message = text,
                                    .custom = text,
                                    .path = text,
                                    .resource = text,
                                    .resource_type = text,
                                    .policy = x->policy};
    x->reasons[0].input = x->input;
    x->reasons[0].input_at = (wr_span){2, 2 + (uint32_t)text.n};
    x->reasons[0].found = x->reasons[0].wanted = text;
    for (uint32_t i = 0; i < N_RULES; i++) {
        x->rules[i] = (wr_rule_info){text, text, text, text, text, WR_SEV_LOW, i % 2 == 0, i == 5};
        x->d[i] = (wr_decision){.subject = text,
                                .policy = text,
                                .rule = text,
                                .rule_id = text,
                                .title = text,
                                .index = i,
                                .severity = WR_SEV_LOW,
                                .rated = i % 2 == 0,
                                .warn = i == 5,
                                .outcome = outcome[i]};
        x->subjects[0].counts.of[outcome[i]]++;
    }
    x->d[1].reasons = x->reasons; // one with a place, one without
    x->d[1].n_reasons = 2;
    x->d[3].reasons = x->d[5].reasons = &x->reasons[2];
    x->d[3].n_reasons = x->d[5].n_reasons = 1; // UNKNOWN has none
    x->subjects[0].name = x->subjects[1].name = text;
    x->subjects[1].counts = x->subjects[0].counts;
    x->head = (wr_report_head){.producer = text,
                               .rules = x->rules,
                               .n_rules = N_RULES,
                               .subjects = x->subjects,
                               .n_subjects = N_SUBJECTS,
                               .errors = x->errors,
                               .n_errors = 2,
                               .listed = WR_IS_ANY};
    for (int i = 0; i < 2; i++) {
        x->error[i] = (wr_diag){.code = WR_D_G0101, .sev = WR_ERROR, .msg = text, .hint = text};
        x->errors[i] = &x->error[i];
    }
    x->error[0].src = x->input;
    for (int o = 0; o < WR_N_OUTCOMES; o++) x->head.total.of[o] = 2 * x->subjects[0].counts.of[o];
}

static void bench_fini(bench *x) {
    wr_buf_fini(&x->out);
    wr_ctx_fini(&x->c);
}

// All decisions for each subject. parts: sections are written by states of their own.
static void feed(bench *x, wr_report_state *whole, bool parts) {
    uint32_t n = whole->format->by_policy ? 1 : N_SUBJECTS;
    for (uint32_t i = 0; i < n; i++) {
        wr_report_state own, *r = parts ? &own : whole;
        if (parts) wr_report_init(r, whole->format, &x->head, &x->out);
        wr_report_section(r, i, false);
        for (uint32_t k = 0; k < N_SUBJECTS / n; k++) wr_report_decisions(r, x->d, N_RULES);
        wr_report_section(r, i, true);
        if (parts) wr_report_fini(r);
    }
}

static wr_str run(bench *x, const wr_report_format *f, bool parts) {
    wr_report_state r;
    x->out.n = 0;
    wr_report_init(&r, f, &x->head, &x->out);
    wr_report_begin(&r);
    for (unsigned t = 0; wr_report_wants(f, &x->head, t); t++) {
        wr_report_turn(&r, t);
        feed(x, &r, parts);
    }
    wr_report_end(&r);
    wr_report_fini(&r);
    assert_int_equal(x->out.rc, WR_OK);
    wr_putc(&x->out, '\0');
    x->out.n--;
    return wr_buf_str(&x->out);
}

// ---------------------------------------------------------------------------------- well-formed

static void check_decisions(bench *x, wr_str text, wr_str out, bool json) {
    wr_doc *doc = read_tree(&x->c, out, json);
    assert_true(
        wr_eq(wr_node_str(wr_map_getz(doc, doc->root, "schema")), WR_S("writ/decisions/1")));
    const wr_node *list = wr_map_getz(doc, doc->root, "decisions");
    assert_int_equal(list->n, N_SUBJECTS * N_RULES);
    const wr_node *bad = wr_map_getz(doc, doc->root, "input_errors");
    assert_int_equal(bad->n, 2);
    assert_true(wr_eq(wr_node_str(wr_map_getz(doc, bad->u.kids, "message")), text));
    const wr_node *failed = &list->u.kids[1];
    assert_true(wr_eq(wr_node_str(wr_map_getz(doc, failed, "subject")), text));
    const wr_node *reasons = wr_map_getz(doc, failed, "reasons");
    assert_int_equal(reasons->n, 2);
    assert_true(wr_eq(wr_node_str(wr_map_getz(doc, &reasons->u.kids[0], "message")), text));
    assert_int_equal(wr_map_getz(doc, &reasons->u.kids[1], "input")->kind, WR_NULL);
    assert_int_equal(wr_node_str(wr_map_getz(doc, reasons->u.kids, "fingerprint")).n, 64);
}

static void check_sarif(bench *x, wr_str out) {
    wr_doc *doc = read_tree(&x->c, out, true);
    const wr_node *runs = wr_map_getz(doc, doc->root, "runs"), *one = runs->u.kids;
    assert_int_equal(wr_map_getz(doc, one, "results")->n, N_SUBJECTS * 3);
    const wr_node *called = wr_map_getz(doc, one, "invocations")->u.kids;
    assert_int_equal(wr_map_getz(doc, called, "toolExecutionNotifications")->n, N_SUBJECTS * 2 + 2);
}

// Each event has what its class requires; three bad reasons and two open decisions a subject, and
// the errors of inputs.
static void check_ocsf(bench *x, wr_str out) {
    static const char *const required[] = {"activity_id", "category_uid", "class_uid",
                                           "type_uid",    "severity_id",  "time",
                                           "metadata",    "finding_info", "compliance"};
    wr_doc *doc = read_tree(&x->c, out, true);
    assert_int_equal(doc->root->n, N_SUBJECTS * 5 + 2);
    for (uint32_t i = 0; i < doc->root->n; i++)
        for (size_t k = 0; k < sizeof required / sizeof *required; k++)
            assert_non_null(wr_map_getz(doc, &doc->root->u.kids[i], required[k]));
}

static void check(bench *x, const wr_report_format *f, wr_str text, wr_str out) {
    if (strcmp(f->name, "json") == 0) check_decisions(x, text, out, true);
    else if (strcmp(f->name, "yaml") == 0) check_decisions(x, text, out, false);
    else if (strcmp(f->name, "sarif") == 0) check_sarif(x, out);
    else if (strcmp(f->name, "junit") == 0) check_xml(out);
    else if (strcmp(f->name, "text") == 0) check_text(out);
    else if (strcmp(f->name, "ocsf") == 0) check_ocsf(x, out);
    else fail_msg("no check for %s: add one", f->name);
}

static void any_text(void **state) {
    (void)state;
    for (size_t t = 0; t < N_HOSTILE; t++) {
        for (size_t i = 0; wr_report_at(i) != NULL; i++) {
            bench x;
            if (wr_report_at(i)->decisions == NULL) continue; // check_test.c
            bench_init(&x, wr_strz(hostile[t]));
            check(&x, wr_report_at(i), wr_strz(hostile[t]), run(&x, wr_report_at(i), false));
            bench_fini(&x);
        }
    }
}

static void parts_make_the_whole(void **state) {
    (void)state;
    for (size_t i = 0; wr_report_at(i) != NULL; i++) {
        const wr_report_format *f = wr_report_at(i);
        bench x;
        assert_ptr_equal(wr_report_find(wr_strz(f->name)), f);
        assert_true(strchr(f->media, '/') != NULL);
        if (!f->apart) continue;
        bench_init(&x, WR_S("t"));
        wr_str whole = wr_dup(&x.c.arena, run(&x, f, false));
        assert_true(wr_eq(whole, run(&x, f, true)));
        bench_fini(&x);
    }
    assert_null(wr_report_find(WR_S("")));
    assert_null(wr_report_find(WR_S("jso")));
}

// What a sink refuses is told by the buffer.
static int refuse(void *arg, const char *p, size_t n) {
    (void)arg, (void)p, (void)n;
    return 1;
}

static void refused(void **state) {
    (void)state;
    for (size_t i = 0; wr_report_at(i) != NULL; i++) {
        bench x;
        wr_buf out;
        wr_report_state r;
        if (wr_report_at(i)->decisions == NULL) continue;
        bench_init(&x, WR_S("t"));
        wr_buf_init_sink(&out, refuse, NULL);
        wr_report_init(&r, wr_report_at(i), &x.head, &out);
        wr_report_begin(&r);
        wr_report_turn(&r, 0);
        for (int k = 0; k < 500; k++) wr_report_decisions(&r, x.d, N_RULES);
        wr_report_fini(&r);
        assert_int_not_equal(wr_buf_flush(&out), WR_OK);
        wr_buf_fini(&out);
        bench_fini(&x);
    }
}

// ---------------------------------------------------------------------------------- exact texts

typedef struct small {
    wr_arena a;
    wr_src *input, *policy;
    wr_rule_info rule;
    wr_reason why;
    wr_decision d;
    wr_report_subject subject;
    wr_report_head head;
    wr_buf out;
} small;

static void small_init(small *x, wr_outcome outcome, bool warn) {
    *x = (small){0};
    wr_arena_init(&x->a, 0);
    wr_buf_init(&x->out, 0);
    x->input = wr_src_new(&x->a, WR_S("t.yaml"), WR_S("A:\n  Size: 9\n"), false);
    x->policy = wr_src_new(&x->a, WR_S("p/r.guard"), WR_S("A.Size < 5"), false);
    x->rule = (wr_rule_info){.policy = WR_S("r.guard"), .rule = WR_S("size"), .name = WR_S("size")};
    x->why = (wr_reason){.message = WR_S("/A/Size is 9; wanted: less than 5"),
                         .found = WR_S("/A/Size is 9"),
                         .wanted = WR_S("less than 5"),
                         .custom = WR_S("Too big"),
                         .path = WR_S("/A/Size"),
                         .resource = WR_S("A"),
                         .resource_type = WR_S("T::A"),
                         .input = x->input,
                         .input_at = {11, 12},
                         .policy = x->policy,
                         .policy_at = {0, 10}};
    x->d = (wr_decision){.subject = WR_S("t.yaml"),
                         .policy = WR_S("r.guard"),
                         .rule = WR_S("size"),
                         .severity = WR_SEV_HIGH,
                         .rated = true,
                         .outcome = outcome,
                         .reasons = &x->why,
                         .n_reasons = outcome == WR_PASS || outcome == WR_SKIP ? 0 : 1,
                         .time = 951868799};
    x->rule.severity = WR_SEV_HIGH;
    x->rule.rated = true;
    x->subject.name = x->d.subject;
    x->subject.counts.of[outcome] = 1;
    x->subject.counts.warned = warn;
    x->head = (wr_report_head){.producer = WR_S("writ guard"),
                               .rules = &x->rule,
                               .n_rules = 1,
                               .subjects = &x->subject,
                               .n_subjects = 1,
                               .total = x->subject.counts};
}

static void is_text(const char *format, wr_outcome outcome, bool warn, const char *want) {
    small x;
    wr_report_state r;
    const wr_report_format *f = wr_report_find(wr_strz(format));
    small_init(&x, outcome, warn);
    x.d.warn = x.rule.warn = warn;
    wr_report_init(&r, f, &x.head, &x.out);
    wr_report_begin(&r);
    for (unsigned t = 0; wr_report_wants(f, &x.head, t); t++) {
        wr_report_turn(&r, t);
        wr_report_section(&r, 0, false);
        wr_report_decisions(&r, &x.d, 1);
        wr_report_section(&r, 0, true);
    }
    wr_report_end(&r);
    wr_report_fini(&r);
    wr_putc(&x.out, '\0');
    assert_string_equal(x.out.p, want);
    wr_buf_fini(&x.out);
    wr_arena_fini(&x.a);
}

static void exact_text(void **state) {
    static const char checks[] = "  t.yaml:2:9: A (T::A)\n      found: /A/Size is 9\n"
                                 "      wanted: less than 5\n      rule: r.guard:1:1\n"
                                 "      message: Too big\n       2 |   Size: 9\n"
                                 "         |         ^\n\n";
    char want[512];
    (void)state;
    (void)snprintf(want, sizeof want,
                   "FAIL r.guard: size (HIGH)\n%s0 rules passed, 1 failed, 0 skipped, 0 errors\n",
                   checks);
    is_text("text", WR_FAIL, false, want);
    (void)snprintf(want, sizeof want,
                   "WARN r.guard: size (HIGH)\n%s0 rules passed, 0 failed, 1 warned, 0 skipped, "
                   "0 errors\n",
                   checks);
    is_text("text", WR_FAIL, true, want);
    (void)snprintf(want, sizeof want,
                   "DENY r.guard: size (HIGH)\n%s0 rules passed, 1 failed, 0 skipped, 0 errors\n",
                   checks);
    is_text("text", WR_DENY, false, want);
    is_text("text", WR_PASS, false, "1 rule passed, 0 failed, 0 skipped, 0 errors\n");
    is_text("text", WR_FAULT, false,
            "ERROR r.guard: size (HIGH)\n  t.yaml:2:9\n      could not be evaluated: /A/Size is 9; "
            "wanted: less than 5\n      rule: r.guard:1:1\n       2 |   Size: 9\n"
            "         |         ^\n\n0 rules passed, 0 failed, 0 skipped, 1 error\n");
    is_text(
        "text", WR_UNKNOWN, false,
        "UNKNOWN r.guard: size (HIGH)\n  t.yaml:2:9\n      no verdict: /A/Size is 9; wanted: less "
        "than 5\n      rule: r.guard:1:1\n       2 |   Size: 9\n         |         ^\n\n0 rules "
        "passed, 0 failed, 0 skipped, 0 errors, 1 unknown\n");
}

static void exact_junit(void **state) {
    (void)state;
    is_text(
        "junit", WR_FAIL, false,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites name=\"writ guard\" tests=\"1\" failures=\"1\" errors=\"0\">\n"
        "    <testsuite name=\"t.yaml\" tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\">\n"
        "        <testcase name=\"size\" classname=\"r.guard\">\n"
        "            <failure message=\"1 failed check\" type=\"HIGH\">t.yaml:2:9: A: /A/Size "
        "is 9; wanted: less than 5 (Too big)\n</failure>\n"
        "        </testcase>\n    </testsuite>\n</testsuites>\n");
    is_text(
        "junit", WR_UNKNOWN, false,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites name=\"writ guard\" tests=\"1\" failures=\"0\" errors=\"0\">\n"
        "    <testsuite name=\"t.yaml\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"1\">\n"
        "        <testcase name=\"size\" classname=\"r.guard\">\n"
        "            <skipped message=\"/A/Size is 9; wanted: less than 5\"/>\n"
        "        </testcase>\n    </testsuite>\n</testsuites>\n");
}

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static void exact_yaml(void **state) {
    small x;
    char want[1200];
    (void)state;
    small_init(&x, WR_FAIL, false);
    wr_str print = wr_fingerprint(&x.a, &x.d, &x.why);
    (void)snprintf(
        want, sizeof want,
        "schema: writ/decisions/1\nproducer: writ guard\ndecisions:\n- subject: t.yaml\n"
        "  policy: r.guard\n  rule: size\n  outcome: FAIL\n  severity: HIGH\n  level: warn\n"
        "  policy_digest: '" ZEROS "'\n  input_digest: '" ZEROS "'\n"
        "  time: 2000-02-29T23:59:59Z\n  reasons:\n"
        "  - message: '/A/Size is 9; wanted: less than 5'\n    found: /A/Size is 9\n"
        "    wanted: less than 5\n    custom: Too big\n    path: /A/Size\n    resource: A\n"
        "    resource_type: T::A\n    input:\n      file: t.yaml\n      begin:\n        line: 2\n"
        "        column: 9\n      end:\n        line: 2\n        column: 10\n    policy:\n"
        "      file: p/r.guard\n      begin:\n        line: 1\n        column: 1\n      end:\n"
        "        line: 1\n        column: 11\n    fingerprint: %.*s\ninput_errors: []\nsummary:\n  "
        "subjects: 1\n"
        "  rules: 1\n  input_errors: 0\n  decisions: 1\n  pass: 0\n  fail: 1\n  skip: 0\n"
        "  error: 0\n  unknown: 0\n  warned: 1\n",
        WR_FMT(print));
    is_text("yaml", WR_FAIL, true, want);
    wr_buf_fini(&x.out);
    wr_arena_fini(&x.a);
}

static void exact_json(void **state) {
    (void)state;
    is_text("json", WR_PASS, false,
            "{\n  \"schema\": \"writ/decisions/1\",\n  \"producer\": \"writ guard\",\n"
            "  \"decisions\": [\n    {\n      \"subject\": \"t.yaml\",\n"
            "      \"policy\": \"r.guard\",\n      \"rule\": \"size\",\n"
            "      \"outcome\": \"PASS\",\n      \"severity\": \"HIGH\",\n"
            "      \"policy_digest\": \"" ZEROS "\",\n      \"input_digest\": \"" ZEROS "\",\n"
            "      \"time\": \"2000-02-29T23:59:59Z\",\n      \"reasons\": []\n    }\n  ],\n"
            "  \"input_errors\": [],\n  \"summary\": {\n    \"subjects\": 1,\n    \"rules\": 1,\n"
            "    \"input_errors\": 0,\n    \"decisions\": 1,\n    \"pass\": 1,\n"
            "    \"fail\": 0,\n    \"skip\": 0,\n    \"error\": 0,\n    \"unknown\": 0,\n    "
            "\"warned\": 0\n  }\n}\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_text),    cmocka_unit_test(parts_make_the_whole),
        cmocka_unit_test(refused),     cmocka_unit_test(exact_text),
        cmocka_unit_test(exact_junit), cmocka_unit_test(exact_yaml),
        cmocka_unit_test(exact_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
