// SPDX-License-Identifier: Apache-2.0
// guard_report_test: Guard's decisions in every report of writ (src/cli/guard_report.c): what they
// say, that nothing depends on the number of threads, what -v and -p add, digests.
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "../../../src/cli/guard_report.c"
#include "lang/guard/bench.h"

static void native_init(bench *x) {
    bench_init(x);
    x->c.now = 1769860800;
    x->b.native = true;
}

static void run(bench *x, const char *format, bool events) {
    const wr_report_format *f = wr_report_find(wr_strz(format));
    assert_non_null(f);
    x->out.n = 0;
    assert_int_equal(cli_guard_report(&x->b, f, events, &x->out, &x->t), WR_OK);
    wr_putc(&x->out, '\0');
    x->out.n--;
}

static const char size_rule[] =
    "# @id SIZE-1\n# @severity low\nrule size { Resources.*.P.Size <= 8 <<too big>> }";
static const char template[] = "{\n  \"Resources\": {\n"
                               "    \"A\": {\"Type\": \"T::A\", \"P\": {\"Size\": 5}},\n"
                               "    \"C\": {\"P\": {\"Size\": 9}}\n  }\n}\n";

static void what_they_say(void **state) {
    bench x;
    (void)state;
    native_init(&x);
    rules(&x, "r.guard", size_rule);
    data(&x, "t.json", template);
    run(&x, "text", false);
    says(&x, "  t.json:4:25: C\n      found: /Resources/C/P/Size is 9\n      wanted: at most 8\n"
             "      rule: r.guard:3:13\n      message: too big\n");
    says(&x, "\n0 rules passed, 1 failed, 0 skipped, 0 errors\n");
    run(&x, "sarif", false);
    says(&x, "\"ruleId\": \"SIZE-1\"");
    says(&x, "\"level\": \"note\"");
    says(&x, "\"startLine\": 4,\n                  \"startColumn\": 25,\n                  "
             "\"endLine\": 4,\n                  \"endColumn\": 26");
    says(&x, "\"writ/v1\": \"");
    run(&x, "junit", false);
    says(&x, "<testcase name=\"size\" classname=\"r.guard\">\n            <failure message=\"1 "
             "failed check\" type=\"LOW\">t.json:4:25: C: /Resources/C/P/Size is 9; wanted: at "
             "most 8 (too big)\n");
    assert_int_equal(x.t.n_fail, 1);
    bench_fini(&x);
}

// The original says nothing at all about such a failure.
static void nothing_selected(void **state) {
    bench x;
    (void)state;
    native_init(&x);
    rules(&x, "r.guard", "rule a { Resources.*[ Type ==\n  \"Z\" ] !empty { P exists } }");
    data(&x, "t.json", template);
    run(&x, "text", false);
    says(&x, "found: Resources.*[ Type == \"Z\" ] selects nothing\n      wanted: at least one "
             "value\n");
    bench_fini(&x);
}

static void digests(void **state) {
    bench x;
    char hex[65];
    uint8_t sum[32];
    (void)state;
    native_init(&x);
    rules(&x, "r.guard", size_rule);
    data(&x, "t.json", template);
    run(&x, "json", false);
    wr_sha256(wr_strz(size_rule), sum);
    for (int i = 0; i < 32; i++) (void)snprintf(hex + 2 * i, 3, "%02x", sum[i]);
    says(&x, hex);
    wr_sha256(wr_strz(template), sum);
    for (int i = 0; i < 32; i++) (void)snprintf(hex + 2 * i, 3, "%02x", sum[i]);
    says(&x, hex);
    says(&x, "\"time\": \"2026-01-31T12:00:00Z\"");
    says(&x, "\"outcome\": \"FAIL\"");
    bench_fini(&x);
}

static void events(void **state) {
    bench x;
    (void)state;
    native_init(&x);
    rules(&x, "r.guard", "rule ok { Resources exists }");
    data(&x, "t.json", template);
    x.b.verbose = true;
    run(&x, "text", false);
    assert_string_equal(x.out.p, "1 rule passed, 0 failed, 0 skipped, 0 errors\n");
    run(&x, "text", true);
    says(&x, "ok");
    x.b.summary = WR_GS_PASS;
    x.b.verbose = false;
    run(&x, "text", true);
    assert_string_equal(x.out.p, "PASS r.guard: ok\n  t.json\n"
                                 "1 rule passed, 0 failed, 0 skipped, 0 errors\n");
    bench_fini(&x);
}

static void threads_do_not_show(void **state) {
    bench x;
    (void)state;
    native_init(&x);
    rules(&x, "r.guard", size_rule);
    rules(&x, "s.guard",
          "rule c { Resources.*.Type exists }\nrule e { %no exists }\n"
          "rule s when Nope exists { Resources exists }");
    for (int i = 0; i < 7; i++)
        data(&x, "t.json",
             i % 3 == 1 ? "{\"Resources\": {\"A\": {\"P\": {\"Size\": 5}}}}" : template);
    x.b.summary = WR_GS_PASS | WR_GS_SKIP;
    for (size_t i = 0; wr_report_at(i) != NULL; i++) {
        x.b.jobs = 1;
        run(&x, wr_report_at(i)->name, true);
        wr_str one = wr_dup(&x.c.arena, wr_buf_str(&x.out));
        x.b.jobs = 3;
        run(&x, wr_report_at(i)->name, true);
        assert_true(wr_eq(one, wr_buf_str(&x.out)));
    }
    bench_fini(&x);
}

static void nothing_judged(void **state) {
    bench x;
    (void)state;
    native_init(&x);
    run(&x, "sarif", false);
    says(&x, "\"results\": []");
    run(&x, "json", false);
    says(&x, "\"decisions\": [],\n");
    run(&x, "text", false);
    assert_string_equal(x.out.p, "0 rules passed, 0 failed, 0 skipped, 0 errors\n");
    bench_fini(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_they_say),
        cmocka_unit_test(nothing_selected),
        cmocka_unit_test(digests),
        cmocka_unit_test(events),
        cmocka_unit_test(threads_do_not_show),
        cmocka_unit_test(nothing_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
