// SPDX-License-Identifier: Apache-2.0
// check: every layer that applies, on every input: the plan, the run, and what it all comes to.
//
// Always true: whatever could not be read or evaluated is in the sums as not evaluated, and makes
// the result WR_BAD; it is never counted as passed.
// Rules: docs/guide/check.md.

#include "control/run_int.h"

static const char *const kind_name[WR_N_INPUT_KINDS] = {"templates", "plans", "items", "requests",
                                                        "records"};

// ---------------------------------------------------------------------------------- sums

static void add_counts(wr_counts *to, const wr_counts *from) {
    for (unsigned o = 0; o < WR_N_OUTCOMES; o++) to->of[o] += from->of[o];
}

// What all threads counted, in the first one's tables.
static void merge_counts(run_crew *k) {
    run_worker *first = &k->workers[0];
    uint32_t n = k->plan->r->controls.n;
    for (uint32_t w = 1; w < k->jobs; w++) {
        for (uint32_t i = 0; i < n * WR_N_LAYERS; i++)
            add_counts(&first->counts[i], &k->workers[w].counts[i]);
        for (uint32_t i = 0; i < n; i++)
            first->doubtful[i] = first->doubtful[i] || k->workers[w].doubtful[i];
    }
}

static void say_doubts(const run_crew *k) {
    const wr_repo *r = k->plan->r;
    for (uint32_t i = 0; i < r->controls.n; i++) {
        const wr_control *c = r->controls.v[i];
        if (!k->workers[0].doubtful[i]) continue;
        wr_diag *d = wr_report(r->ctx, WR_D_K0507, WR_WARNING, c->place.src, c->place.at,
                               "whether %.*s applies to an input could not be told; it was judged",
                               WR_FMT(c->id));
        wr_hint(r->ctx, d,
                "say which account inputs belong to (`accounts` in writ.yaml), and have the "
                "account in the organization file");
    }
}

static bool fill_inputs(run_crew *k) {
    wr_posture *p = k->p;
    struct wr_posture_input *v =
        wr_zalloc(&k->plan->r->ctx->arena, sizeof *p->inputs * WR_N_INPUT_KINDS);
    if (v == NULL) return false;
    for (unsigned i = 0; i < WR_N_INPUT_KINDS; i++) {
        v[i].kind = wr_strz(kind_name[i]);
        v[i].judged = k->judged[i];
        v[i].not_evaluated = k->not_evaluated[i];
        p->not_evaluated += v[i].not_evaluated;
    }
    p->inputs = v;
    p->n_inputs = WR_N_INPUT_KINDS;
    return true;
}

static void fill_counts(run_crew *k) {
    wr_posture *p = k->p;
    for (uint32_t i = 0; i < p->n_controls; i++) {
        wr_posture_control *c = (wr_posture_control *)(uintptr_t)&p->controls[i];
        for (unsigned l = 0; l < WR_N_LAYERS; l++) {
            c->layer[l].counts = k->workers[0].counts[i * WR_N_LAYERS + l];
            p->not_evaluated += c->layer[l].counts.of[WR_FAULT];
        }
    }
    p->not_evaluated += k->plan->n_broken_layers;
    p->everything = k->plan->why_all;
    p->partial = !k->plan->all || k->plan->o->n_controls > 0;
}

// Requests in templates stand behind the repository's own exceptions.
static bool fill_exceptions(run_crew *k) {
    wr_repo *r = k->plan->r;
    wr_posture *p = k->p;
    uint32_t own = r->exceptions.n;
    for (uint32_t i = 0; i < k->requests.n; i++) {
        wr_exception *x = k->requests.v[i];
        x->index = r->exceptions.n;
        if (!WR_PUSH(&r->ctx->arena, &r->exceptions, x)) return false;
    }
    if (!wr_posture_exceptions(r, p)) return false;
    wr_posture_exception *v = (wr_posture_exception *)(uintptr_t)p->exceptions;
    for (uint32_t i = 0; i < p->n_exceptions; i++)
        v[i].uses = i < own ? k->uses[i] : k->request_uses.v[i - own];
    return true;
}

// ---------------------------------------------------------------------------------- the run

static wr_rc finish(run_crew *k) {
    merge_counts(k);
    wr_rc rc = run_trail_end(k);
    if (rc == WR_OK) rc = run_baseline_end(k);
    if (rc == WR_OK) rc = run_exceptions(k);
    if (rc != WR_OK) return rc;
    say_doubts(k);
    fill_counts(k);
    return fill_inputs(k) && fill_exceptions(k) ? WR_OK : WR_NOMEM;
}

static bool make_tables(run_crew *k) {
    const run_plan *p = k->plan;
    wr_arena *a = &p->r->ctx->arena;
    uint32_t n_known = p->o->baseline ? run_baseline_count(p->o->baseline) : 0;
    k->bad = WR_NEW_N(a, bool, p->inputs.n + 1);
    k->met = WR_NEW_N(a, bool, n_known + 1);
    k->uses = WR_NEW_N(a, uint64_t, p->r->exceptions.n + 1);
    k->trail_said = WR_NEW_N(a, wr_ctx, p->trails.n + 1);
    for (uint32_t i = 0; k->trail_said && i < p->trails.n; i++)
        wr_ctx_init(&k->trail_said[i], &p->r->ctx->limits);
    return k->bad && k->met && k->uses && k->trail_said;
}

// A repository that controls nothing would let everything pass.
static void say_no_controls(wr_repo *r) {
    wr_diag *d = wr_report(r->ctx, WR_D_K0107, WR_ERROR, NULL, (wr_span){0, 0},
                           "the repository '%.*s' has no control", WR_FMT(r->name));
    wr_hint(r->ctx, d, "controls stand in controls/*.yaml, or where `controls` or `include` say");
    r->n_broken++;
}

wr_rc wr_check(wr_repo *r, const wr_check_opts *o, const wr_check_sink *sink, wr_posture *p) {
    run_plan plan;
    run_crew k = {.plan = &plan, .sink = sink, .p = p, .jobs = o->jobs};
    if (r->controls.n == 0 && r->n_broken == 0) say_no_controls(r);
    wr_rc rc = wr_posture_make(r, p);
    if (rc == WR_OK) rc = run_plan_make(r, o, p, &plan);
    if (rc == WR_OK && !make_tables(&k)) rc = WR_NOMEM;
    if (rc == WR_OK) rc = run_crew_go(&k);
    if (rc == WR_OK) rc = finish(&k);
    run_crew_fini(&k);
    if (rc != WR_OK) return rc;
    return p->not_evaluated || r->n_broken ? WR_BAD : WR_OK;
}
