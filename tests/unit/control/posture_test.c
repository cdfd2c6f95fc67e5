// SPDX-License-Identifier: Apache-2.0
// The posture of repositories made by hand: cells, requirements covered and by how many layers,
// objectives and each step of their maturity, the state of exceptions.
#include "control/control.h"

#include <setjmp.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct world {
    wr_ctx c;
    wr_repo r;
    wr_posture p;
} world;

static void begin(world *w) {
    *w = (world){0};
    wr_ctx_init(&w->c, NULL);
    w->c.now = 86400 * 100 + 5;
    w->r.ctx = &w->c;
}

static void made(world *w) { assert_int_equal(wr_posture_make(&w->r, &w->p), WR_OK); }

static wr_control *control(world *w, const char *id, const char *objective) {
    wr_control *c = WR_NEW(&w->c.arena, wr_control);
    c->id = wr_strz(id);
    c->objective = wr_strz(objective);
    c->index = w->r.controls.n;
    assert_true(WR_PUSH(&w->c.arena, &w->r.controls, c));
    return c;
}

static void maps(world *w, wr_control *c, const char *framework, const char *id) {
    wr_requirement *q = WR_NEW(&w->c.arena, wr_requirement);
    *q = (wr_requirement){wr_strz(framework), wr_strz(id)};
    c->maps = q;
    c->n_maps = 1;
}

static void test(world *w, const char *id, wr_layer l, wr_outcome want) {
    wr_control_test *t = WR_NEW(&w->c.arena, wr_control_test);
    *t = (wr_control_test){.control = wr_strz(id), .layer = l, .want = want};
    assert_true(WR_PUSH(&w->c.arena, &w->r.tests, t));
}

static wr_exception *exception(world *w, const char *on, unsigned faults) {
    wr_exception *x = WR_NEW(&w->c.arena, wr_exception);
    x->control = wr_strz(on);
    x->faults = faults;
    x->rated = true;
    x->risk = WR_SEV_LOW;
    assert_true(WR_PUSH(&w->c.arena, &w->r.exceptions, x));
    return x;
}

static void framework(world *w, const char *id, bool own, const char *const *ids) {
    wr_framework *f = WR_NEW(&w->c.arena, wr_framework);
    wr_posture_requirement *v = WR_NEW_N(&w->c.arena, wr_posture_requirement, 8);
    for (; ids[f->n]; f->n++) v[f->n].id = wr_strz(ids[f->n]);
    f->id = wr_strz(id);
    f->own = own;
    f->v = v;
    assert_true(WR_PUSH(&w->c.arena, &w->r.frameworks, f));
}

static void is(wr_str got, const char *want) {
    assert_int_equal(got.n, strlen(want));
    assert_memory_equal(got.p ? got.p : "", want, got.n);
}

static void cells(void **state) {
    (void)state;
    world w;
    begin(&w);
    wr_control *c = control(&w, "A", "o");
    c->layer[WR_PREVENTATIVE] = (wr_control_layer){.omitted = true, .why = WR_S("no such thing")};
    c->layer[WR_PROACTIVE] = (wr_control_layer){.means = WR_BY_GUARD, .broken = true};
    c->layer[WR_DETECTIVE].means = WR_BY_GUARD;
    c->layer[WR_RESPONSIVE] = (wr_control_layer){.means = WR_BY_RUNBOOK, .automatic = true};
    control(&w, "B", "o");
    made(&w);
    assert_int_equal(w.p.n_controls, 2);
    assert_int_equal(w.p.today, 100);
    const wr_posture_layer *l = w.p.controls[0].layer;
    assert_int_equal(l[WR_PREVENTATIVE].cell, WR_CELL_OMITTED);
    is(l[WR_PREVENTATIVE].why, "no such thing");
    assert_int_equal(l[WR_PROACTIVE].cell, WR_CELL_BROKEN);
    assert_int_equal(l[WR_DETECTIVE].cell, WR_CELL_RUNS);
    is(l[WR_DETECTIVE].means, "guard");
    assert_int_equal(l[WR_RESPONSIVE].cell, WR_CELL_DECLARED);
    assert_true(w.p.controls[0].automatic);
    for (int i = 0; i < WR_N_LAYERS; i++)
        assert_int_equal(w.p.controls[1].layer[i].cell, WR_CELL_GAP);
    assert_false(w.p.controls[1].automatic);
    wr_ctx_fini(&w.c);
}

static void frameworks(void **state) {
    (void)state;
    static const char *const three[] = {"R-1", "R-2", "R-3", NULL}, *const own[] = {"X", NULL};
    world w;
    begin(&w);
    framework(&w, "used", false, three);
    framework(&w, "unused", false, three);
    framework(&w, "ours", true, own);
    wr_control *a = control(&w, "A", "o"), *b = control(&w, "B", "o"), *c = control(&w, "C", "o");
    maps(&w, a, "used", "R-1");
    maps(&w, b, "used", "R-1");
    maps(&w, c, "used", "R-3");
    a->layer[WR_PROACTIVE].means = WR_BY_GUARD;
    b->layer[WR_RESPONSIVE].means = WR_BY_RUNBOOK;
    c->layer[WR_PROACTIVE] = (wr_control_layer){.means = WR_BY_GUARD, .broken = true};
    made(&w);
    assert_int_equal(w.p.n_frameworks, 2);
    const wr_posture_framework *f = &w.p.frameworks[0];
    is(f->id, "used");
    assert_int_equal(f->n, 3);
    assert_int_equal(f->n_covered, 1); // what is broken covers nothing
    assert_int_equal(f->by_layers[0], 2);
    assert_int_equal(f->by_layers[2], 1);
    assert_int_equal(f->v[0].layers, 1u << WR_PROACTIVE | 1u << WR_RESPONSIVE);
    assert_int_equal(f->v[0].n_controls, 2);
    assert_int_equal(f->v[2].n_controls, 1);
    assert_int_equal(f->v[2].layers, 0);
    is(w.p.frameworks[1].id, "ours"); // although nothing maps to it
    assert_int_equal(w.p.frameworks[1].n_covered, 0);
    is(w.p.controls[0].requirements[0], "used R-1");
    wr_ctx_fini(&w.c);
}

static uint32_t level(world *w) {
    made(w);
    assert_int_equal(w->p.n_objectives, 1);
    return w->p.objectives[0].maturity;
}

// Each step of the ladder needs those below it.
static void maturity(void **state) {
    (void)state;
    world w;
    begin(&w);
    wr_control *c = control(&w, "A", "o");
    assert_int_equal(level(&w), 0);
    c->layer[WR_DETECTIVE].means = WR_BY_GUARD;
    assert_int_equal(level(&w), 1);
    assert_int_equal(w.p.objectives[0].only_detected, 1);
    c->layer[WR_PROACTIVE].means = WR_BY_GUARD;
    assert_int_equal(level(&w), 2);
    assert_int_equal(w.p.objectives[0].only_detected, 0);
    test(&w, "A", WR_PROACTIVE, WR_PASS);
    test(&w, "A", WR_PROACTIVE, WR_FAIL);
    test(&w, "A", WR_DETECTIVE, WR_SKIP);
    test(&w, "A", WR_DETECTIVE, WR_PASS);
    assert_int_equal(level(&w), 2);
    test(&w, "A", WR_DETECTIVE, WR_FAIL);
    assert_int_equal(level(&w), 3);
    c->layer[WR_RESPONSIVE].means = WR_BY_RUNBOOK;
    assert_int_equal(level(&w), 3);
    c->layer[WR_PREVENTATIVE].omitted = true;
    assert_int_equal(level(&w), 5);
    wr_exception *x = exception(&w, "A", WR_X_NOT_STARTED);
    assert_int_equal(level(&w), 5);
    x->faults = WR_X_REVIEW_DUE;
    assert_int_equal(level(&w), 4);
    x->faults = 0;
    x->risk = WR_SEV_HIGH;
    assert_int_equal(level(&w), 4);
    x->control = WR_S("B*");
    assert_int_equal(level(&w), 5);
    c->layer[WR_DETECTIVE].broken = true;
    assert_int_equal(level(&w), 2);
    control(&w, "B", "o"); // one control without a layer
    assert_int_equal(level(&w), 0);
    wr_ctx_fini(&w.c);
}

static void states(void **state) {
    (void)state;
    world w;
    begin(&w);
    exception(&w, "A", 0)->resource = WR_S("arn:aws:s3:::b");
    exception(&w, "A", WR_X_EXPIRED | WR_X_SELF_APPROVED)->account = WR_S("111122223333");
    exception(&w, "A", WR_X_TOO_LONG);
    exception(&w, "A", WR_X_NOT_STARTED);
    exception(&w, "A", WR_X_REVIEW_DUE);
    wr_exception *x = exception(&w, "A", 0);
    x->request = true;
    x->path = WR_S("t.yaml");
    x->logical_id = WR_S("Bucket");
    made(&w);
    static const char *const want[][3] = {
        {"active", "", "resource arn:aws:s3:::b"},
        {"expired", "expired, self-approved", "account 111122223333"},
        {"invalid", "too long", "everything"},
        {"pending", "", "everything"},
        {"active", "review due", "everything"},
        {"request", "", "path t.yaml, logical id Bucket"},
    };
    assert_int_equal(w.p.n_exceptions, 6);
    for (uint32_t i = 0; i < 6; i++) {
        is(w.p.exceptions[i].state, want[i][0]);
        is(w.p.exceptions[i].faults, want[i][1]);
        is(w.p.exceptions[i].what, want[i][2]);
    }
    wr_ctx_fini(&w.c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells),
        cmocka_unit_test(frameworks),
        cmocka_unit_test(maturity),
        cmocka_unit_test(states),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
