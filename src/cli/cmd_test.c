// SPDX-License-Identifier: Apache-2.0
// writ test: do the controls of a repository do what their tests say, in each layer? Exit 0: all
// met; 1: one is not met, or, with --strict, a layer that runs lacks a test; 2: something could not
// be run: a broken layer, a test of no control, a file that could not be used.
// Rules: docs/guide/test.md.

#include "cli/cmd_test.h"

#include <stdatomic.h>
#include <unistd.h>

// ---------------------------------------------------------------------------------- what to run

// A test is chosen with its control, or, of a folder that was named, by its own file too.
static bool chosen(const test_run *r, const wr_control_test *t, const wr_control *k) {
    if (!cli_repo_wanted(r->c, t->control)) return false;
    if (r->repo.under.n == 0 || (k && cli_repo_under(&r->repo, k->file))) return true;
    wr_str folder =
        wr_fmt(&r->c->ctx.arena, "%.*s/%.*s", WR_FMT(r->repo.r->root), WR_FMT(r->repo.under));
    return t->place.src && wr_starts(t->place.src->name, folder);
}

typedef WR_VEC(const wr_control_test *) test_list;

static void add_control(test_run *r, const wr_control *k, const test_list *tests) {
    wr_arena *a = &r->c->ctx.arena;
    tested_control t = {.control = k, .first = r->results.n, .n = tests ? tests->n : 0};
    bool named = cli_repo_wanted(r->c, k ? k->id : WR_S("")) &&
                 (k == NULL || cli_repo_under(&r->repo, k->file));
    if (t.n == 0 && (k == NULL || k->library || !named)) return;
    for (uint32_t i = 0; i < t.n; i++)
        (void)WR_PUSH(a, &r->results, (wr_tested){.test = tests->v[i]});
    (void)WR_PUSH(a, &r->controls, t);
}

static bool gather(test_run *r) {
    wr_arena *a = &r->c->ctx.arena;
    const wr_repo *w = r->repo.r;
    test_list *of = WR_NEW_N(a, test_list, w->controls.n + 1u), lost = {NULL, 0, 0};
    if (of == NULL) return false;
    for (uint32_t i = 0; i < w->tests.n; i++) {
        const wr_control *k = wr_control_find(w, w->tests.v[i]->control);
        if (!chosen(r, w->tests.v[i], k)) continue;
        if (k) (void)WR_PUSH(a, &of[k->index], w->tests.v[i]);
        else (void)WR_PUSH(a, &lost, w->tests.v[i]);
    }
    for (uint32_t i = 0; i < w->controls.n; i++) add_control(r, w->controls.v[i], &of[i]);
    add_control(r, NULL, &lost);
    return !a->oom;
}

// ---------------------------------------------------------------------------------- running

typedef struct crew {
    test_run *r;
    _Atomic uint32_t next;
    atomic_bool failed; // memory ran out
} crew;

typedef struct worker {
    crew *w;
    wr_ctx task, keep; // of one test; of what stays of all
} worker;

static void work(worker *k) {
    test_run *r = k->w->r;
    wr_ctx_mark start = wr_ctx_mark_now(&k->task);
    for (;;) {
        uint32_t i = atomic_fetch_add(&k->w->next, 1);
        if (i >= r->results.n || atomic_load(&k->w->failed)) return;
        wr_tested *t = &r->results.v[i];
        wr_rc rc = wr_test_one(r->repo.r, t->test, &k->task, t);
        t->why = wr_dup(&k->keep.arena, t->why);
        if (rc != WR_OK || k->keep.arena.oom) atomic_store(&k->w->failed, true);
        wr_ctx_rewind(&k->task, start);
    }
}

static void *work_there(void *arg) {
    work(arg);
    return NULL;
}

// The texts of the results live in *workers, which the caller ends.
static bool run_all(test_run *r, worker *v, uint32_t jobs) {
    crew w = {.r = r};
    for (uint32_t i = 0; i < jobs; i++) {
        v[i] = (worker){.w = &w};
        wr_ctx_init(&v[i].task, &r->c->ctx.limits);
        wr_ctx_init(&v[i].keep, &r->c->ctx.limits);
        v[i].task.now = r->c->ctx.now;
    }
    pthread_t *thread = WR_NEW_N(&r->c->ctx.arena, pthread_t, jobs);
    uint32_t more = thread ? jobs - 1 : 0;
    uint32_t started = wr_threads_start(thread, more, work_there, &v[1], sizeof *v);
    work(&v[0]);
    wr_threads_join(thread, started);
    for (uint32_t i = 0; i < jobs; i++) v[i].w = NULL;
    return !atomic_load(&w.failed);
}

// ---------------------------------------------------------------------------------- counting

static unsigned wanted_of(const test_run *r, const wr_control *k, wr_layer l, unsigned marks) {
    const wr_control_layer *y = &k->layer[l];
    unsigned both = WR_TESTED_GOOD | WR_TESTED_BAD;
    if (k->library || y->broken || !wr_layer_runs(y)) return 0;
    if (!r->strict) return marks ? 0 : both;
    return l == WR_PREVENTATIVE ? both : both | WR_TESTED_SKIP;
}

static void say_missing(test_run *r, const wr_control *k, wr_layer l, unsigned missing) {
    wr_ctx *x = &r->c->ctx;
    wr_str which = test_marks_text(&x->arena, &k->layer[l], missing);
    wr_diag *d = wr_report(x, WR_D_K0403, r->strict ? WR_ERROR : WR_WARNING, k->place.src,
                           k->place.at, "no test of the %s layer of %.*s expects %.*s",
                           wr_layer_name(l), WR_FMT(k->id), WR_FMT(which));
    wr_hint(x, d, "a layer without tests may do nothing and nobody would see it");
}

static wr_str id_at(const void *list, uint32_t i) {
    return ((const wr_repo *)list)->controls.v[i]->id;
}

static void say_lost(test_run *r, const wr_tested *t) {
    wr_ctx *x = &r->c->ctx;
    const wr_repo *w = r->repo.r;
    wr_str near = wr_near_of(id_at, w, w->controls.n, t->test->control);
    wr_diag *d = wr_report(x, WR_D_K0402, WR_ERROR, t->test->place.src, t->test->place.at,
                           "test '%.*s' is of no control: there is no '%.*s'",
                           WR_FMT(t->test->name), WR_FMT(t->test->control));
    if (near.n) wr_hint(x, d, "did you mean '%.*s'?", WR_FMT(near));
}

static void count_layers(test_run *r, tested_control *t) {
    for (unsigned l = 0; l < WR_N_LAYERS; l++) {
        tested_layer *y = &t->layer[l];
        if (t->control->layer[l].broken) r->broken++;
        y->missing = wanted_of(r, t->control, (wr_layer)l, y->marks) & ~y->marks;
        if (y->missing == 0) continue;
        r->untested++;
        say_missing(r, t->control, (wr_layer)l, y->missing);
    }
}

static void count(test_run *r, const uint8_t *marks) {
    for (uint32_t i = 0; i < r->controls.n; i++) {
        tested_control *t = &r->controls.v[i];
        for (uint32_t k = 0; k < t->n; k++) {
            const wr_tested *one = &r->results.v[t->first + k];
            tested_layer *y = &t->layer[one->test->layer];
            uint32_t *of = one->met ? &y->met : test_not_run(one) ? &y->not_run : &y->unmet;
            uint32_t *all = one->met ? &r->met : test_not_run(one) ? &r->not_run : &r->unmet;
            (*of)++;
            (*all)++;
            if (t->control == NULL) say_lost(r, one);
        }
        if (t->control == NULL) continue;
        for (unsigned l = 0; l < WR_N_LAYERS; l++)
            t->layer[l].marks = marks[(size_t)t->control->index * WR_N_LAYERS + l];
        count_layers(r, t);
    }
}

// ---------------------------------------------------------------------------------- the command

static int exit_code(const test_run *r) {
    if (cli_repo_code(&r->repo) != WX_OK || r->not_run || r->broken) return WX_ERROR;
    if (r->unmet || (r->strict && r->untested)) return WX_FINDINGS;
    return WX_OK;
}

// Are controls named, all of them the library's?
static bool of_library(const test_run *r) {
    const cli_words *w = &r->c->val[CLI_CONTROL];
    for (uint32_t i = 0; i < w->n; i++) {
        const wr_control *k = wr_control_find(r->repo.r, wr_strz(w->v[i]));
        if (k == NULL || !k->library) return false;
    }
    return w->n > 0;
}

static int run(test_run *r, uint32_t jobs) {
    cli *c = r->c;
    const char *format = cli_value(c, CLI_FORMAT);
    uint8_t *marks = NULL;
    worker *v = WR_NEW_N(&c->ctx.arena, worker, jobs);
    if (v == NULL || !gather(r) || wr_test_marks(r->repo.r, &marks) != WR_OK) return WX_ERROR;
    if (!r->repo.r->iam->frozen) wr_iam_freeze(r->repo.r->iam); // before threads read it
    bool ok = run_all(r, v, jobs);
    if (ok) count(r, marks);
    (void)cli_say_diags(c, false);
    wr_rc rc = WR_OK;
    if (!ok) rc = WR_NOMEM;
    else if (strcmp(format, "json") == 0) rc = test_put_json(r);
    else if (strcmp(format, "junit") == 0) rc = test_put_junit(r);
    else test_put_text(r);
    for (uint32_t i = 0; i < jobs; i++) {
        wr_ctx_fini(&v[i].task);
        wr_ctx_fini(&v[i].keep);
    }
    if (rc == WR_NOMEM) c->ctx.arena.oom = true;
    if (rc != WR_OK) return WX_ERROR;
    if (r->results.n > 0) return exit_code(r);
    cli_complain(c, WR_D_K0404, WR_ERROR, "no test was run: nothing is tested%s",
                 of_library(r) ? "; the tests of the library's controls are in writ's sources, "
                                 "not in a repository that includes them"
                               : "");
    return WX_ERROR;
}

int cli_test(cli *c) {
    test_run r = {.c = c, .strict = cli_has(c, CLI_STRICT)};
    uint32_t jobs = 1;
    int code = WX_ERROR;
    if (!cli_jobs(c, &jobs)) return c->prog->usage_exit;
    if (!cli_has(c, CLI_MUTATE) && (cli_has(c, CLI_MIN) || cli_has(c, CLI_SURVIVORS)))
        return cli_usage(c, "--min and --survivors are of --mutate");
    if (!cli_open_output(c, &code)) return code;
    if (!cli_repo_open(c, &(wr_repo_opts){.tests = true}, &r.repo)) return WX_ERROR;
    if (!cli_repo_wants(c, &r.repo)) code = c->prog->usage_exit;
    else code = cli_has(c, CLI_MUTATE) ? cli_mutate(c, &r.repo, jobs) : run(&r, jobs);
    wr_repo_free(r.repo.r);
    return code;
}
