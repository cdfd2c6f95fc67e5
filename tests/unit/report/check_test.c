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

static void check(sample *x, const char *name, wr_str out) {
    if (strcmp(name, "json") == 0) check_json(x, out, true);
    else if (strcmp(name, "yaml") == 0) check_json(x, out, false);
    else if (strcmp(name, "text") == 0) check_text(out);
    else fail_msg("no check for %s: add one", name);
}

static void any_text(void **state) {
    (void)state;
    for (size_t t = 0; t <= N_HOSTILE; t++) {
        for (size_t i = 0; wr_report_at(i) != NULL; i++) {
            const wr_report_format *f = wr_report_at(i);
            sample x;
            wr_buf out;
            if (f->finding == NULL) continue;
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
        if (wr_report_at(i)->finding == NULL) continue;
        sample_init(&x, WR_S("t"));
        wr_buf_init_sink(&out, refuse, NULL);
        sample_run(&x, wr_report_at(i), 500, &out);
        assert_int_not_equal(wr_buf_flush(&out), WR_OK);
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
    assert_true(holds(s, "not evaluated: 2 (1 templates); nothing of it counts as passed\n"));
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_text),
        cmocka_unit_test(refused),
        cmocka_unit_test(text),
        cmocka_unit_test(text_of_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
