// SPDX-License-Identifier: Apache-2.0
// cmd_test: what `writ test` found, for its reports (cmd_test_out.c).
//
// Always true: results stand by control, in the order of the repository, then in that of the test
// files; tests of no control stand at the end.
#ifndef WR_CLI_CMD_TEST_H
#define WR_CLI_CMD_TEST_H

#include "cli/repo.h"

typedef struct tested_layer {
    unsigned marks;   // WR_TESTED_*
    unsigned missing; // of those that are wanted of it
    uint32_t met, unmet, not_run;
} tested_layer;

typedef struct tested_control {
    const wr_control *control; // NULL: tests of none
    uint32_t first, n;         // of test_run.results
    tested_layer layer[WR_N_LAYERS];
} tested_control;

typedef struct test_run {
    cli *c;
    cli_repo repo;
    bool strict;
    WR_VEC(wr_tested) results;
    WR_VEC(tested_control) controls;
    uint32_t met, unmet, not_run;
    uint32_t untested; // layers that run and lack a test that is wanted
    uint32_t broken;   // layers that are named and could not be used
} test_run;

// Could a test not be run that did not expect it?
static inline bool test_not_run(const wr_tested *t) { return !t->met && t->got == WR_FAULT; }

void test_put_text(test_run *r);
wr_rc test_put_json(test_run *r) WR_MUST_USE;
wr_rc test_put_junit(test_run *r) WR_MUST_USE;
wr_str test_marks_text(wr_arena *a, const wr_control_layer *l, unsigned marks); // "fail, skip"

// writ test --mutate, of a repository that is open.
int cli_mutate(cli *c, cli_repo *repo, uint32_t jobs);

#endif
