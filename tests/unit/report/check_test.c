// SPDX-License-Identifier: Apache-2.0
// check_test: the findings and the posture of a check in every format that takes them: well-formed
// whatever stands in their texts, every finding there with its fingerprint, nothing kept that was
// gone; then what each format says of lives and of what was not evaluated.
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "formed.h"
#include "sample.h"

static wr_str run(sample *x, const char *format, uint32_t times, wr_buf *out) {
    wr_buf_init(out, 0);
    sample_run(x, wr_report_find(wr_strz(format)), times, out);
    assert_int_equal(out->rc, WR_OK);
    wr_putc(out, '\0');
    out->n--;
    return wr_buf_str(out);
}

static bool holds(wr_str s, const char *part) { return wr_find(s, wr_strz(part), 0) != SIZE_MAX; }

// ---------------------------------------------------------------------------------- well-formed

static void check_json(sample *x, wr_str out, bool json) {
    wr_doc *doc = read_tree(&x->c, out, json);
    assert_true(wr_eq(wr_node_str(wr_map_getz(doc, doc->root, "schema")), WR_S("writ/check/1")));
    const wr_node *list = wr_map_getz(doc, doc->root, "findings");
    assert_int_equal(list->n, SAMPLE_FINDINGS);
    for (uint32_t i = 0; i < list->n; i++) {
        const wr_node *f = &list->u.kids[i], *why = wr_map_getz(doc, f, "reason");
        assert_true(wr_eq(wr_node_str(wr_map_getz(doc, f, "fingerprint")), x->f[i].fingerprint));
        assert_true(wr_eq(wr_node_str(wr_map_getz(doc, f, "control")), x->f[i].control));
        assert_true(wr_eq(wr_node_str(wr_map_getz(doc, why, "message")), x->why[i].message));
        assert_true((wr_map_getz(doc, f, "layer") != NULL) == x->f[i].has_layer);
    }
    const wr_node *controls = wr_map_getz(doc, doc->root, "controls");
    assert_int_equal(controls->n, SAMPLE_CONTROLS);
    assert_true(wr_eq(wr_node_str(wr_map_getz(doc, controls->u.kids, "id")), x->controls[0].id));
    assert_int_equal(wr_map_getz(doc, doc->root, "errors")->n, 1);
    assert_int_equal(wr_map_getz(doc, doc->root, "exceptions")->n, 3);
    const wr_node *sum = wr_map_getz(doc, doc->root, "summary");
    assert_int_equal(wr_map_getz(doc, sum, "not_evaluated")->u.i, 2);
}

// Results are what is bad and not resolved; what is open is notified, with the error of an input.
static void check_sarif(sample *x, wr_str out) {
    wr_doc *doc = read_tree(&x->c, out, true);
    const wr_node *run = wr_map_getz(doc, doc->root, "runs")->u.kids;
    const wr_node *results = wr_map_getz(doc, run, "results");
    assert_int_equal(results->n, SAMPLE_FINDINGS - 3);
    const wr_node *called = wr_map_getz(doc, run, "invocations")->u.kids;
    assert_int_equal(wr_map_getz(doc, called, "executionSuccessful")->u.b, false);
    assert_int_equal(wr_map_getz(doc, called, "toolExecutionNotifications")->n, 3);
    const wr_node *driver = wr_map_getz(doc, wr_map_getz(doc, run, "tool"), "driver");
    const wr_node *rules = wr_map_getz(doc, driver, "rules");
    assert_int_equal(rules->n, SAMPLE_CONTROLS);
    uint32_t suppressed = 0, unchanged = 0;
    for (uint32_t i = 0; i < results->n; i++) {
        const wr_node *one = &results->u.kids[i];
        int64_t rule = wr_map_getz(doc, one, "ruleIndex")->u.i;
        assert_true(wr_eq(wr_node_str(wr_map_getz(doc, &rules->u.kids[rule], "id")),
                          wr_node_str(wr_map_getz(doc, one, "ruleId"))));
        suppressed += wr_map_getz(doc, one, "suppressions") != NULL;
        unchanged += wr_eq(wr_node_str(wr_map_getz(doc, one, "baselineState")), WR_S("unchanged"));
    }
    assert_int_equal(suppressed, 1);
    assert_int_equal(unchanged, 2);
}

static void check_ocsf(sample *x, wr_str out) {
    static const char *const required[] = {"activity_id", "category_uid", "class_uid",
                                           "type_uid",    "severity_id",  "time",
                                           "metadata",    "finding_info", "compliance"};
    wr_doc *doc = read_tree(&x->c, out, true);
    assert_int_equal(doc->root->n, SAMPLE_FINDINGS + 1);
    for (uint32_t i = 0; i < doc->root->n; i++)
        for (size_t k = 0; k < sizeof required / sizeof *required; k++)
            assert_non_null(wr_map_getz(doc, &doc->root->u.kids[i], required[k]));
    static const int64_t status[WR_N_LIVES] = {1, 1, 3, 4};
    for (uint32_t i = 0; i < SAMPLE_FINDINGS; i++)
        assert_int_equal(wr_map_getz(doc, &doc->root->u.kids[i], "status_id")->u.i,
                         status[x->f[i].life]);
}

// No attribute is empty or longer than it may be, none has a line break.
static void check_asff_text(const wr_node *list, const wr_doc *doc, const char *key, size_t max) {
    wr_str s = wr_node_str(wr_map_getz(doc, list, key));
    assert_true(wr_trim(s).n > 0 && s.n <= max && wr_find(s, WR_S("\n"), 0) == SIZE_MAX);
}

static void check_asff(sample *x, wr_str out) {
    wr_doc *doc = read_tree(&x->c, out, true);
    assert_int_equal(doc->root->n, 1);
    const wr_node *list = wr_map_getz(doc, doc->root->u.kids, "Findings");
    assert_int_equal(list->n, SAMPLE_FINDINGS + 1);
    for (uint32_t i = 0; i < list->n; i++) {
        const wr_node *f = &list->u.kids[i];
        check_asff_text(f, doc, "Title", 256);
        check_asff_text(f, doc, "Description", 1024);
        check_asff_text(f, doc, "GeneratorId", 512);
        assert_int_equal(wr_node_str(wr_map_getz(doc, f, "AwsAccountId")).n, 12);
        assert_int_equal(wr_map_getz(doc, f, "Resources")->n, 1);
        check_asff_text(wr_map_getz(doc, f, "Resources")->u.kids, doc, "Id", 512);
    }
}

static size_t times(wr_str s, const char *part) {
    size_t n = 0;
    for (size_t at = 0; (at = wr_find(s, wr_strz(part), at)) != SIZE_MAX; at++) n++;
    return n;
}

// One script and one style, ours; tags of the page only; nothing that turns the direction.
static void check_html(wr_str out) {
    assert_int_equal(times(out, "<script"), 1);
    assert_int_equal(times(out, "</script"), 1);
    assert_int_equal(times(out, "<style"), 1);
    assert_int_equal(times(out, "<markup"), 0);
    assert_int_equal(times(out, "<!--"), 0);
    assert_int_equal(times(out, "\xE2\x80\xAE"), 0);
    assert_int_equal(times(out, "<tr data-severity="), SAMPLE_FINDINGS);
    assert_int_equal(times(out, "<section"), times(out, "</section>"));
    assert_int_equal(times(out, "<table"), times(out, "</table>"));
    assert_int_equal(times(out, "<td"), times(out, "</td>"));
    for (size_t i = 0; i < out.n; i++) {
        unsigned char c = (unsigned char)out.p[i];
        assert_true((c >= 0x20 || c == '\n' || c == '\t') && c != 0x7F);
    }
}

static void check(sample *x, const char *name, wr_str out) {
    if (strcmp(name, "json") == 0) check_json(x, out, true);
    else if (strcmp(name, "yaml") == 0) check_json(x, out, false);
    else if (strcmp(name, "text") == 0) check_text(out);
    else if (strcmp(name, "sarif") == 0) check_sarif(x, out);
    else if (strcmp(name, "junit") == 0) check_xml(out);
    else if (strcmp(name, "ocsf") == 0) check_ocsf(x, out);
    else if (strcmp(name, "asff") == 0) check_asff(x, out);
    else if (strcmp(name, "html") == 0) check_html(out);
    else fail_msg("no check for %s: add one", name);
}

static void any_text(void **state) {
    (void)state;
    for (size_t t = 0; t <= N_HOSTILE; t++) {
        for (size_t i = 0; wr_report_at(i) != NULL; i++) {
            const wr_report_format *f = wr_report_at(i);
            sample x;
            wr_buf out;
            assert_non_null(f->finding);
            assert_non_null(f->posture);
            sample_init(&x, t < N_HOSTILE ? wr_strz(hostile[t]) : WR_S(""));
            check(&x, f->name, run(&x, f->name, 1, &out));
            wr_buf_fini(&out);
            sample_fini(&x);
        }
    }
}

// What a sink refuses is told by the buffer.
static int refuse(void *arg, const char *p, size_t n) {
    (void)arg, (void)p, (void)n;
    return 1;
}

static void refused(void **state) {
    (void)state;
    for (size_t i = 0; wr_report_at(i) != NULL; i++) {
        sample x;
        wr_buf out;
        sample_init(&x, WR_S("t"));
        wr_buf_init_sink(&out, refuse, NULL);
        sample_run(&x, wr_report_at(i), 500, &out);
        assert_int_not_equal(wr_buf_flush(&out), WR_OK);
        wr_buf_fini(&out);
        sample_fini(&x);
    }
}

// A finding is known by the same fingerprint wherever it is told.
static void fingerprints(void **state) {
    (void)state;
    for (size_t i = 0; wr_report_at(i) != NULL; i++) {
        const char *name = wr_report_at(i)->name;
        sample x;
        wr_buf out;
        sample_init(&x, WR_S(""));
        wr_str s = run(&x, name, 1, &out);
        for (uint32_t k = 0; k < SAMPLE_FINDINGS; k++) {
            bool brief = strcmp(name, "text") == 0 && x.f[k].life != WR_NEW;
            bool passes = strcmp(name, "junit") == 0 && x.f[k].life == WR_RESOLVED;
            bool gone = strcmp(name, "sarif") == 0 && x.f[k].life == WR_RESOLVED;
            bool there = wr_find(s, x.f[k].fingerprint, 0) != SIZE_MAX;
            assert_true(there == !(brief || passes || gone));
        }
        wr_buf_fini(&out);
        sample_fini(&x);
    }
}

// ---------------------------------------------------------------------------------- text

static void text(void **state) {
    sample x;
    wr_buf out;
    (void)state;
    sample_init(&x, WR_S(""));
    wr_str s = run(&x, "text", 1, &out);
    // The most severe control first, with its place as it was.
    size_t rds = wr_find(s, WR_S("CRITICAL RDS.PUBLIC: Databases cannot be"), 0);
    size_t s3 = wr_find(s, WR_S("HIGH S3.PUBLIC: S3 buckets are private"), 0);
    assert_true(rds < s3 && s3 != SIZE_MAX);
    assert_true(holds(s, "  templates/site.yaml:2:1: Website (AWS::S3::Bucket) [proactive]\n"));
    assert_true(holds(s, "       2 |   Public: true # é\n         | ^~\n"));
    assert_true(holds(s, "[detective, 111122223333, eu-west-1]\n"));
    assert_true(holds(s, "requirements: nist-800-53-r5 AC-3; pci-dss-4.0 1.4.1\n"));
    assert_true(holds(s, "seen 1,042 times]"));
    assert_true(holds(s, "UNKNOWN S3.PUBLIC"));
    assert_true(holds(s, "ERROR IAM.ROOT"));
    assert_true(holds(s, "KNOWN, in the baseline:\n  LOW S3.LOGGING detective  "
                         "templates/site.yaml:2:1: arn:aws:s3:::logs\n"));
    assert_true(holds(s, "arn:aws:s3:::acme-website  until 2026-12-24 by website\n"));
    assert_true(holds(s, "RESOLVED since the last report:\n  HIGH S3.PUBLIC proactive  "));
    assert_true(holds(s, "not evaluated: 2 (1 template); nothing of it counts as passed\n"));
    assert_true(holds(s, "4 controls judged 1 template, 1,001 plans, 2,001 items, 3,001 records"));
    assert_true(holds(s, "findings: 7 new, 1 known, 1 suppressed, 1 resolved; open by severity: 1 "
                         "CRITICAL, 4 HIGH, 2 MEDIUM, 1 LOW\n"));
    assert_true(!holds(s, "\033"));
    wr_buf_fini(&out);
    x.head.color = true;
    assert_true(holds(run(&x, "text", 1, &out), "\033["));
    wr_buf_fini(&out);
    sample_fini(&x);
}

// Beyond what is listed of one control, the rest is counted.
static void text_of_many(void **state) {
    sample x;
    wr_buf out;
    (void)state;
    sample_init(&x, WR_S(""));
    wr_str s = run(&x, "text", 1000, &out);
    assert_true(holds(s, "  … and 3,900 more of S3.PUBLIC that --format json lists\n"));
    assert_true(holds(s, "  … and 980 more of S3.LOGGING that --format json lists\n"));
    wr_buf_fini(&out);
    sample_fini(&x);
}

// ---------------------------------------------------------------------------------- places

// A text with a mark at its front, lines of any length, some of them beyond ASCII.
static wr_str odd_text(wr_arena *a, uint32_t seed, wr_buf *b) {
    static const char *const piece[] = {"a", "é", "\n", "漢", " ", "\t", "xyz: 1", "\n\n"};
    wr_putz(b, seed % 3 == 0 ? "\xEF\xBB\xBF" : "");
    for (uint32_t i = 0; i < 1500; i++) {
        seed = seed * 1664525u + 1013904223u;
        wr_putz(b, piece[seed >> 24 & (seed & 1 ? 7u : 1u)]);
    }
    return wr_buf_keep(b, a);
}

static int64_t number(const wr_doc *doc, const wr_node *n, const char *key) {
    return wr_map_getz(doc, n, key)->u.i;
}

// Kept for later, a place has the lines and columns it had in the whole text.
static void places(void **state) {
    (void)state;
    for (uint32_t seed = 1; seed < 120; seed++) {
        sample x;
        wr_buf out, text;
        sample_init(&x, WR_S(""));
        wr_buf_init(&text, 0);
        wr_str all = odd_text(&x.c.arena, seed, &text);
        wr_src *src = wr_src_new(&x.c.arena, WR_S("t"), all, seed % 2 == 0);
        uint32_t beg = (seed * 7919u) % (uint32_t)all.n, end = beg + (seed % 5) * (seed % 97);
        if (beg < 3) beg = 3;
        while (beg < all.n && (all.p[beg] & 0xC0) == 0x80) beg++;
        if (end < beg) end = beg;
        if (end > all.n) end = (uint32_t)all.n;
        while (end < all.n && (all.p[end] & 0xC0) == 0x80) end++;
        x.why[1].input = src;
        x.why[1].input_at = (wr_span){beg, end};
        wr_doc *doc = read_tree(&x.c, run(&x, "sarif", 1, &out), true);
        const wr_node *result = wr_map_getz(doc, wr_map_getz(doc, doc->root, "runs")->u.kids,
                                            "results")
                                    ->u.kids; // the gravest comes first
        const wr_node *place =
            wr_map_getz(doc, wr_map_getz(doc, result, "locations")->u.kids, "physicalLocation");
        const wr_node *region = wr_map_getz(doc, place, "region");
        wr_pos from = wr_src_pos(src, beg), to = wr_src_pos(src, end);
        assert_int_equal(number(doc, region, "startLine"), from.line);
        assert_int_equal(number(doc, region, "startColumn"), from.col);
        assert_int_equal(number(doc, region, "endLine"), to.line);
        if (to.line == from.line ? end - beg < 500 : true)
            assert_int_equal(number(doc, region, "endColumn"), to.col);
        wr_buf_fini(&out);
        sample_fini(&x);
    }
}

// ---------------------------------------------------------------------------------- machines

static void batches(void **state) {
    sample x;
    wr_buf out;
    (void)state;
    sample_init(&x, WR_S(""));
    x.head.n_errors = 0;
    wr_doc *doc = read_tree(&x.c, run(&x, "asff", 25, &out), true);
    assert_int_equal(doc->root->n, 3);
    static const uint32_t n[] = {100, 100, 50};
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(wr_map_getz(doc, &doc->root->u.kids[i], "Findings")->n, n[i]);
    const wr_node *f = &wr_map_getz(doc, doc->root->u.kids, "Findings")->u.kids[1];
    assert_true(wr_eq(wr_node_str(wr_map_getz(doc, f, "ProductArn")),
                      WR_S("arn:aws:securityhub:eu-west-1:111122223333:product/111122223333/"
                           "default")));
    const wr_node *resource = wr_map_getz(doc, f, "Resources")->u.kids;
    assert_true(wr_eq(wr_node_str(wr_map_getz(doc, resource, "Type")), WR_S("AwsRdsDbInstance")));
    wr_buf_fini(&out);
    sample_fini(&x);
}

// 25,000 results are written, the most severe ones, and how many are not is said.
static void sarif_of_many(void **state) {
    sample x;
    wr_buf out;
    (void)state;
    sample_init(&x, WR_S(""));
    wr_str s = run(&x, "sarif", 6000, &out);
    wr_doc *doc = read_tree(&x.c, s, true);
    const wr_node *run = wr_map_getz(doc, doc->root, "runs")->u.kids;
    assert_true(wr_map_getz(doc, run, "results")->n <= 25000);
    assert_true(holds(s, "further findings, the least severe ones, are not in this file"));
    assert_true(holds(s, "RDS.PUBLIC"));
    wr_buf_fini(&out);
    sample_fini(&x);
}

// Beyond what the page holds, findings are counted.
static void html_of_many(void **state) {
    sample x;
    wr_buf out;
    (void)state;
    sample_init(&x, WR_S(""));
    wr_str s = run(&x, "html", 1000, &out);
    assert_int_equal(times(s, "<tr data-severity="), 2000);
    assert_true(holds(s, "8,000 more findings are not on this page"));
    assert_true(out.n < 4000000);
    wr_buf_fini(&out);
    sample_fini(&x);
}

// What was not looked at is not said to be empty or whole.
static void html_of_parts(void **state) {
    sample x;
    wr_buf out;
    (void)state;
    sample_init(&x, WR_S(""));
    x.posture.n_controls = x.posture.n_exceptions = x.posture.n_frameworks = 0;
    wr_str s = run(&x, "html", 1, &out);
    assert_false(holds(s, "id=\"gaps\"") || holds(s, "id=\"exceptions\"") ||
                 holds(s, "#frameworks") || holds(s, "fails the check"));
    assert_true(holds(s, "id=\"trend\"") && holds(s, "id=\"findings\""));
    wr_buf_fini(&out);
    sample_fini(&x);
    sample_init(&x, WR_S(""));
    x.posture.n_inputs = x.posture.n_runs = 0;
    s = run(&x, "html", 0, &out);
    assert_false(holds(s, "id=\"findings\"") || holds(s, "New findings") || holds(s, "#trend"));
    assert_true(holds(s, "No input was judged for this page") && holds(s, "id=\"gaps\""));
    wr_buf_fini(&out);
    sample_fini(&x);
}

static void junit(void **state) {
    sample x;
    wr_buf out;
    (void)state;
    sample_init(&x, WR_S(""));
    wr_str s = run(&x, "junit", 1, &out);
    // NEW fails, the fault and the broken layer and the input are errors.
    assert_true(holds(s, "<testsuites name=\"writ check\" tests=\"14\" failures=\"5\" "
                         "errors=\"3\">"));
    assert_true(holds(s, "<testsuite name=\"S3.PUBLIC proactive\" tests=\"4\" failures=\"2\" "
                         "errors=\"0\" skipped=\"1\">"));
    assert_true(holds(s, "<testcase name=\"10 passed\" classname=\"S3.PUBLIC.preventative\"/>"));
    assert_true(holds(s, "<skipped message=\"suppressed until 2026-12-24 by the exception website: "
                         "policy allows everyone; fingerprint: "));
    assert_true(holds(s, "<error message=\"the rule file is missing\"/>"));
    wr_buf_fini(&out);
    s = run(&x, "junit", 2000, &out);
    assert_true(holds(s, "more that are NEW\" classname=\"S3.PUBLIC\">"));
    wr_buf_fini(&out);
    sample_fini(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_text),      cmocka_unit_test(refused),
        cmocka_unit_test(fingerprints),  cmocka_unit_test(batches),
        cmocka_unit_test(sarif_of_many), cmocka_unit_test(places),
        cmocka_unit_test(html_of_parts), cmocka_unit_test(html_of_many),
        cmocka_unit_test(junit),         cmocka_unit_test(text),
        cmocka_unit_test(text_of_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
