// SPDX-License-Identifier: Apache-2.0
// check_trail: which thread reads a trail is chance: what was counted is the same whichever it was.
// A crew is made by hand, so that the trail is read by the last of its workers.
#include "control/run_int.h"
#include "repo_files.h"

#define CALL(id, error)                                                                            \
    "{\"eventVersion\":\"1.08\",\"userIdentity\":{\"type\":\"IAMUser\",\"arn\":"                   \
    "\"arn:aws:iam::111122223333:user/bob\",\"accountId\":\"111122223333\"},"                      \
    "\"eventTime\":\"2026-11-01T10:00:00Z\",\"eventSource\":\"s3.amazonaws.com\","                 \
    "\"eventName\":\"DeleteBucket\",\"awsRegion\":\"eu-west-1\"," error "\"eventID\":\"" id        \
    "\"}\n"

static const char *const files[] = {
    "writ.yaml",
    "schema: writ/repository/1\n",
    "controls/b.yaml",
    "id: B.DELETE\ntitle: t\nobjective: o\nseverity: HIGH\nowner: me\n"
    "layers: {preventative: {scp: policies/b.json}}\n",
    "policies/b.json",
    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\",\"Action\":"
    "\"s3:DeleteBucket\",\"Resource\":\"*\"}}",
    "trail/a.json",
    CALL("1", "") CALL("2", "") CALL("3", "\"errorCode\":\"AccessDenied\","),
    NULL,
};

static void count(void *arg, const wr_finding *f) { *(uint64_t *)arg += f->times; }

static void test_last_worker(void **state) {
    (void)state;
    enum { JOBS = 3 };
    repo_files t;
    wr_posture p;
    run_plan plan;
    run_worker workers[JOBS];
    run_slot slot = {0};
    wr_ctx said;
    uint64_t calls = 0, met = 0;
    wr_check_opts o = {.all = true};
    wr_check_sink sink = {&calls, count};
    repo_begin(&t, files);
    assert_int_equal(t.rc, WR_OK);
    assert_int_equal(wr_posture_make(t.r, &p), WR_OK);
    assert_int_equal(run_plan_make(t.r, &o, &p, &plan), WR_OK);
    assert_int_equal(plan.trails.n, 1);
    run_crew k = {.plan = &plan,
                  .sink = &sink,
                  .p = &p,
                  .jobs = JOBS,
                  .workers = workers,
                  .slots = &slot,
                  .window = 1,
                  .uses = &met,
                  .trail_said = &said};
    wr_ctx_init(&said, NULL);
    wr_ctx_init(&slot.task, NULL);
    wr_buf_init(&slot.text, 0);
    (void)wr_alloc(&slot.task.arena, 1);
    slot.fresh = wr_ctx_mark_now(&slot.task);
    for (uint32_t i = 0; i < JOBS; i++) assert_true(run_worker_init(&workers[i], &k));
    assert_int_equal(run_trail_file(&workers[JOBS - 1], 0), WR_OK);
    assert_int_equal(run_trail_end(&k), WR_OK);
    const wr_counts *c = &workers[0].counts[WR_PREVENTATIVE]; // of which the posture is made
    assert_int_equal(c->of[WR_FAIL], 2);
    assert_int_equal(c->of[WR_PASS], 1);
    assert_int_equal(calls, 2);
    assert_int_equal(k.judged[WR_IN_TRAIL], 3);
    run_crew_fini(&k);
    repo_end(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_last_worker)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
