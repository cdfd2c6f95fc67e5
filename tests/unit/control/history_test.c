// SPDX-License-Identifier: Apache-2.0
// Findings over runs: opened, closed, opened again; what closes nothing; times to remediation.
// Rules: docs/guide/report.md, "When a finding is closed".
//
#include "control/control.h"

#include <setjmp.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct world {
    wr_ctx c;
    wr_history *h;
    wr_posture_control controls[2];
    wr_posture p;
} world;

static void begin(world *w) {
    *w = (world){0};
    wr_ctx_init(&w->c, NULL);
    w->h = wr_history_new(&w->c);
    w->controls[0] = (wr_posture_control){.id = WR_S("A")};
    w->controls[1] = (wr_posture_control){.id = WR_S("B"), .automatic = true};
    w->p = (wr_posture){.controls = w->controls, .n_controls = 2};
}

// Findings: "a", or "a!" when its input could not be evaluated, "a-" when it is suppressed; of
// control A when the letter is small, else of B. Each is of an input of its own name.
static void run(world *w, int64_t time, bool partial, const char *const *names) {
    assert_int_equal(wr_history_begin(w->h, time, partial), WR_OK);
    for (; *names; names++) {
        const char *s = *names;
        wr_decision d = {.subject = wr_strn(s, 1), .outcome = s[1] == '!' ? WR_FAULT : WR_FAIL};
        wr_finding f = {.decision = &d,
                        .fingerprint = s[1] == '!' ? wr_strz(s) : wr_strn(s, 1),
                        .control = *s >= 'a' ? WR_S("A") : WR_S("B"),
                        .has_layer = true,
                        .layer = WR_PROACTIVE,
                        .severity = WR_SEV_HIGH,
                        .life = s[1] == '-' ? WR_SUPPRESSED : WR_NEW};
        assert_int_equal(wr_history_found(w->h, &f), WR_OK);
    }
    assert_int_equal(wr_history_done(w->h, &w->p), WR_OK);
}
#define RUN(w, time, ...) run((w), (time), false, (const char *const[]){__VA_ARGS__, NULL})
#define NOTHING(w, time) run((w), (time), false, (const char *const[]){NULL})

static const wr_tracked *of(world *w, const char *fingerprint) {
    const wr_tracked *t = wr_map_find(&w->h->by_fingerprint, wr_strz(fingerprint));
    assert_non_null(t);
    return t;
}

static void told(world *w) { assert_int_equal(wr_history_end(w->h), WR_OK); }

static void closes(void **state) {
    (void)state;
    world w;
    begin(&w);
    NOTHING(&w, 400); // runs come in any order
    RUN(&w, 100, "a", "b", "C");
    RUN(&w, 200, "a", "C");
    RUN(&w, 300, "a", "b");
    told(&w);
    assert_int_equal(of(&w, "a")->state, WR_TRACK_CLOSED);
    assert_int_equal(of(&w, "a")->opened, 100);
    assert_int_equal(of(&w, "a")->ended, 400);
    assert_int_equal(of(&w, "b")->times_opened, 2);
    assert_int_equal(of(&w, "b")->opened, 300);
    assert_int_equal(w.h->n_recurring, 1);
    assert_int_equal(w.h->remediated.n, 4); // b 100, b 100, C 200, a 300
    assert_int_equal(w.h->n_automatic, 1);
    assert_int_equal(wr_history_percentile(w.h, 50), 100);
    assert_int_equal(wr_history_percentile(w.h, 75), 200);
    assert_int_equal(wr_history_percentile(w.h, 90), 300);
    assert_int_equal(w.h->trend.n, 4);
    static const unsigned want[4][2] = {{3, 0}, {0, 1}, {1, 1}, {0, 2}};
    for (int i = 0; i < 4; i++) {
        assert_int_equal(w.h->trend.v[i].time, 100 * (i + 1));
        assert_int_equal(w.h->trend.v[i].opened, want[i][0]);
        assert_int_equal(w.h->trend.v[i].closed, want[i][1]);
    }
    wr_ctx_fini(&w.c);
}

static void closes_nothing(void **state) {
    (void)state;
    world w;
    begin(&w);
    RUN(&w, 100, "a", "b", "c", "D");
    run(&w, 150, true, (const char *const[]){"b", NULL}); // of some inputs only
    w.controls[1].layer[WR_PROACTIVE].cell = WR_CELL_BROKEN;
    RUN(&w, 200, "a!", "b-", "c");
    told(&w);
    assert_int_equal(of(&w, "a")->state, WR_TRACK_OPEN);
    assert_true(of(&w, "a")->unsure);
    assert_int_equal(of(&w, "D")->state, WR_TRACK_OPEN);
    assert_true(of(&w, "D")->unsure);
    assert_int_equal(of(&w, "b")->state, WR_TRACK_SUPPRESSED);
    assert_int_equal(of(&w, "c")->state, WR_TRACK_OPEN);
    assert_false(of(&w, "c")->unsure);
    assert_int_equal(w.h->remediated.n, 0);
    assert_int_equal(w.h->n_partial, 1);
    assert_int_equal(wr_history_percentile(w.h, 50), -1);
    wr_ctx_fini(&w.c);
}

static void control_gone(void **state) {
    (void)state;
    world w;
    begin(&w);
    RUN(&w, 100, "a", "B");
    w.p.n_controls = 1;
    RUN(&w, 200, "a");
    told(&w);
    assert_int_equal(of(&w, "B")->state, WR_TRACK_GONE);
    assert_int_equal(w.h->remediated.n, 0);
    wr_ctx_fini(&w.c);
}

static void exception_ends(void **state) {
    (void)state;
    world w;
    begin(&w);
    RUN(&w, 100, "a");
    RUN(&w, 200, "a-");
    RUN(&w, 300, "a");
    told(&w);
    const wr_tracked *a = of(&w, "a");
    assert_int_equal(a->state, WR_TRACK_OPEN);
    assert_int_equal(a->opened, 100); // as old as before
    assert_int_equal(a->times_opened, 1);
    assert_int_equal(w.h->n_recurring, 0);
    wr_ctx_fini(&w.c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closes),
        cmocka_unit_test(closes_nothing),
        cmocka_unit_test(control_gone),
        cmocka_unit_test(exception_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
