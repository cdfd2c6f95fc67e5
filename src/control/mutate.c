// SPDX-License-Identifier: Apache-2.0
// mutate: mutation testing of controls. A policy is changed in one place, compiled anew, and the
// control's own tests are run against it: a mutant that no test notices shows a fault that could be
// made and would not be seen.
//
// Always true: a mutant is judged by the tests of the layers its policy stands in, and by nothing
// else; what does not compile is no mutant; nothing is tried when a test is not met already,
// because then everything would seem to be killed. The repository is only read.
// Rules: docs/guide/mutation.md.

#include "control/mutate_int.h"

// ---------------------------------------------------------------------------------- planning

static bool runs(const wr_control_layer *y) {
    if (y->broken || !wr_layer_runs(y)) return false;
    return y->means == WR_BY_GUARD ? y->guard != NULL : y->policy != NULL && !y->policy->broken;
}

static bool same_policy(const wr_control_layer *a, const wr_control_layer *b) {
    return a->means == b->means && a->guard == b->guard && a->policy == b->policy;
}

static wr_rc find_tests(const wr_repo *r, wr_mutated *m) {
    WR_VEC(const wr_control_test *) v = {NULL, 0, 0};
    for (uint32_t i = 0; i < r->tests.n; i++) {
        const wr_control_test *t = r->tests.v[i];
        if (!wr_eq(t->control, m->control->id) || !(m->layers >> t->layer & 1)) continue;
        // NOLINTNEXTLINE(bugprone-sizeof-expression): a vector of pointers
        if (!WR_PUSH(&r->ctx->arena, &v, t)) return WR_NOMEM;
    }
    m->tests = v.v;
    m->n_tests = v.n;
    return WR_OK;
}

wr_rc wr_mutate_plan(wr_repo *r, const wr_control *c, wr_mutated_list *out) {
    unsigned done = 0;
    if (!r->iam->frozen) wr_iam_freeze(r->iam);
    for (unsigned l = 0; l < WR_N_LAYERS; l++) {
        wr_mutated m = {.control = c, .file = c->layer[l].file};
        if ((done >> l & 1) || !runs(&c->layer[l])) continue;
        for (unsigned k = l; k < WR_N_LAYERS; k++)
            if (runs(&c->layer[k]) && same_policy(&c->layer[l], &c->layer[k])) m.layers |= 1u << k;
        done |= m.layers;
        if (find_tests(r, &m) != WR_OK || !WR_PUSH(&r->ctx->arena, out, m)) return WR_NOMEM;
    }
    return WR_OK;
}

// ---------------------------------------------------------------------------------- one mutant

typedef struct trial { // the repository with one policy changed
    wr_repo repo;
    wr_control control;
    wr_guard_set *guard; // to free
} trial;

static const wr_control_layer *layer_of(const wr_mutated *m) {
    unsigned l = 0;
    while (!(m->layers >> l & 1)) l++;
    return &m->control->layer[l];
}

static const wr_src *src_of(const wr_mutated *m) {
    const wr_control_layer *y = layer_of(m);
    return y->guard ? wr_guard_file_src(y->guard) : y->policy->src;
}

static bool trial_init(trial *t, const wr_repo *r, const wr_mutated *m, wr_ctx *task) {
    *t = (trial){.repo = *r, .control = *m->control};
    wr_map_init(&t->repo.by_id, &task->arena);
    void **at = wr_map_at(&t->repo.by_id, m->control->id);
    if (at) *at = &t->control;
    return at != NULL;
}

static wr_str edited(wr_arena *a, wr_str text, const ctl_edit *e) {
    wr_str tail = wr_sub(text, e->at.end, text.n);
    char *p = wr_alloc(a, e->at.beg + e->with.n + tail.n + 1);
    if (p == NULL) return (wr_str){NULL, 0};
    memcpy(p, text.p, e->at.beg);
    if (e->with.n) memcpy(p + e->at.beg, e->with.p, e->with.n);
    if (tail.n) memcpy(p + e->at.beg + e->with.n, tail.p, tail.n);
    return wr_strn(p, e->at.beg + e->with.n + tail.n);
}

static bool compile_guard(trial *t, const wr_mutated *m, const wr_src *src, wr_ctx *task) {
    static const wr_guard_opts opts = {.level = WR_GUARD_32};
    const g_file *f = NULL;
    wr_guard_set *s = t->guard = wr_guard_set_new(task, &opts);
    if (s == NULL || wr_guard_add(s, src, wr_basename(src->name), &f) != WR_OK ||
        wr_guard_file_empty(f))
        return false;
    t->repo.guard = s;
    for (unsigned l = 0; l < WR_N_LAYERS; l++)
        if (m->layers >> l & 1) t->control.layer[l].guard = f;
    return true;
}

static bool compile_iam(trial *t, const wr_mutated *m, const wr_src *src, wr_ctx *task) {
    const wr_iam_policy *was = layer_of(m)->policy, *p;
    wr_iam_parse_opts opts = {.kind = was->kind, .name = was->name};
    wr_iam_set *s = wr_iam_set_new(task);
    if (s == NULL || (p = wr_iam_add_text(s, src, false, &opts)) == NULL || p->broken) return false;
    wr_iam_freeze(s);
    t->repo.iam = s;
    for (unsigned l = 0; l < WR_N_LAYERS; l++)
        if (m->layers >> l & 1) t->control.layer[l].policy = p;
    return true;
}

// False: what came out is no policy.
static bool change(trial *t, const wr_mutated *m, const ctl_edit *e, wr_ctx *task) {
    const wr_src *was = src_of(m);
    wr_str text = edited(&task->arena, was->text, e);
    const wr_src *src = text.p ? wr_src_new(&task->arena, was->name, text, false) : NULL;
    if (src == NULL) return false;
    return layer_of(m)->means == WR_BY_GUARD ? compile_guard(t, m, src, task)
                                             : compile_iam(t, m, src, task);
}

// The first test that is not met, or NULL.
static const wr_control_test *unmet(wr_repo *r, const wr_mutated *m, wr_ctx *task, wr_rc *rc) {
    wr_ctx_mark start = wr_ctx_mark_now(task);
    for (uint32_t i = 0; *rc == WR_OK && i < m->n_tests; i++) {
        wr_tested got;
        *rc = wr_test_one(r, m->tests[i], task, &got);
        wr_ctx_rewind(task, start);
        if (*rc == WR_OK && !got.met) return m->tests[i];
    }
    return NULL;
}

// ---------------------------------------------------------------------------------- one policy

static bool edits_of(const wr_mutated *m, wr_arena *a, ctl_edits *out) {
    const wr_control_layer *y = layer_of(m);
    if (y->means != WR_BY_GUARD) return ctl_iam_mutants(a, y->policy, out);
    uint32_t n;
    const wr_guard_mutant *v = wr_guard_mutants(a, y->guard, &n);
    if (v == NULL) return false;
    for (uint32_t i = 0; i < n; i++) {
        ctl_edit e = {v[i].at, v[i].of, v[i].with, v[i].what};
        if (!WR_PUSH(a, out, e)) return false;
    }
    return true;
}

static wr_rc try_one(const wr_repo *r, const wr_mutated *m, const ctl_edit *e, wr_ctx *task,
                     bool *refused, bool *killed) {
    trial t;
    wr_rc rc = trial_init(&t, r, m, task) ? WR_OK : WR_NOMEM;
    if (rc == WR_OK) {
        *refused = !change(&t, m, e, task);
        *killed = !*refused && unmet(&t.repo, m, task, &rc) != NULL;
    }
    wr_guard_set_free(t.guard);
    return task->arena.oom ? WR_NOMEM : rc;
}

static wr_rc try_all(const wr_repo *r, wr_mutated *m, const ctl_edits *edits, wr_ctx *task,
                     wr_arena *keep) {
    wr_mutant *v = WR_NEW_N(keep, wr_mutant, edits->n + 1u);
    if (v == NULL) return WR_NOMEM;
    wr_ctx_mark start = wr_ctx_mark_now(task);
    m->v = v;
    for (uint32_t i = 0; i < edits->n; i++) {
        const ctl_edit *e = &edits->v[i];
        bool refused = false, killed = false;
        wr_rc rc = try_one(r, m, e, task, &refused, &killed);
        wr_ctx_rewind(task, start);
        if (rc != WR_OK) return rc;
        m->n_refused += refused;
        m->n_killed += killed;
        if (!refused) v[m->n++] = (wr_mutant){wr_dup(keep, e->what), {src_of(m), e->of}, killed};
    }
    return keep->oom ? WR_NOMEM : WR_OK;
}

wr_rc wr_mutate_one(const wr_repo *r, wr_mutated *m, wr_ctx *task, wr_arena *keep) {
    wr_repo own = *r; // wr_test_one takes it as its to write
    ctl_edits edits = {NULL, 0, 0};
    wr_rc rc = WR_OK;
    const wr_control_test *bad = unmet(&own, m, task, &rc);
    if (rc != WR_OK) return rc;
    if (bad) {
        m->cannot = wr_fmt(keep, "test '%.*s' is not met as it is", WR_FMT(bad->name));
        return WR_OK;
    }
    wr_ctx_mark start = wr_ctx_mark_now(task);
    rc = edits_of(m, &task->arena, &edits) ? try_all(r, m, &edits, task, keep) : WR_NOMEM;
    wr_ctx_rewind(task, start);
    return rc;
}
