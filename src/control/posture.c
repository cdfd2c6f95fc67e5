// SPDX-License-Identifier: Apache-2.0
// posture: what a repository's controls are, before anything is judged: a cell for each layer of
// each control, the requirements of frameworks that they cover, objectives with their maturity,
// exceptions with their state. A run adds its counts to the same tables (check.c), and every report
// counts from them. The rules of maturity: docs/guide/coverage.md, "Maturity".
//
// Always true:
// - controls and exceptions stand in the order of the repository, so that wr_control.index and
//   wr_exception.index are places here;
// - a layer is *there* when it runs or is declared; what is broken, left out or missing is not, and
//   covers nothing.

#include "control/control_int.h"

#include <stdlib.h>

typedef struct maker {
    const wr_repo *r;
    wr_arena *a;
    wr_posture_control *controls;
    uint8_t *marks; // wr_test_marks
} maker;

static uint32_t count_bits(unsigned bits) {
    uint32_t n = 0;
    for (; bits; bits &= bits - 1) n++;
    return n;
}

// ---------------------------------------------------------------------------------- controls

static wr_posture_layer layer_of(wr_arena *a, const wr_control_layer *l) {
    wr_posture_layer out = {.why = l->why};
    if (l->means == WR_BY_NONE) {
        out.cell = l->omitted ? WR_CELL_OMITTED : WR_CELL_GAP;
        return out;
    }
    out.means = wr_strz(wr_means_name(l->means));
    if (l->broken) out.cell = WR_CELL_BROKEN;
    if (l->broken && l->why.n == 0) out.why = wr_fmt(a, "%.*s could not be used", WR_FMT(l->file));
    if (l->open && !l->broken) out.why = wr_strz(wr_layer_open);
    if (!l->broken) out.cell = wr_layer_runs(l) ? WR_CELL_RUNS : WR_CELL_DECLARED;
    return out;
}

static void make_control(maker *m, const wr_control *c, wr_posture_control *out) {
    *out = (wr_posture_control){
        .id = c->id,
        .title = c->title,
        .objective = c->objective,
        .owner = c->owner,
        .rationale = c->rationale,
        .remediation = c->remediation,
        .file = c->file,
        .severity = c->severity,
        .library = c->library,
        .n_requirements = c->n_maps,
    };
    wr_str *v = WR_NEW_N(m->a, wr_str, c->n_maps + 1);
    for (uint32_t i = 0; v && i < c->n_maps; i++)
        v[i] = wr_fmt(m->a, "%.*s %.*s", WR_FMT(c->maps[i].framework), WR_FMT(c->maps[i].id));
    out->requirements = v;
    for (unsigned l = 0; l < WR_N_LAYERS; l++) out->layer[l] = layer_of(m->a, &c->layer[l]);
    const wr_control_layer *r = &c->layer[WR_RESPONSIVE];
    out->automatic = wr_cell_there(out->layer[WR_RESPONSIVE].cell) && r->automatic;
}

static bool make_controls(maker *m, wr_posture *p) {
    uint32_t n = m->r->controls.n;
    m->controls = WR_NEW_N(m->a, wr_posture_control, n + 1);
    if (m->controls == NULL) return false;
    for (uint32_t i = 0; i < n; i++) make_control(m, m->r->controls.v[i], &m->controls[i]);
    p->controls = m->controls;
    p->n_controls = n;
    return true;
}

// ---------------------------------------------------------------------------------- frameworks

typedef struct tally { // of one framework while controls are counted
    wr_posture_requirement *v;
    wr_map by_id; // requirement → its place in v
    bool mapped;  // a control maps to it
} tally;

static bool tally_init(maker *m, tally *t, const wr_framework *f) {
    t->v = WR_NEW_N(m->a, wr_posture_requirement, f->n + 1);
    if (t->v == NULL) return false;
    wr_map_init(&t->by_id, m->a);
    for (uint32_t i = 0; i < f->n; i++) {
        t->v[i] = (wr_posture_requirement){.id = f->v[i].id, .title = f->v[i].title};
        void **at = wr_map_at(&t->by_id, f->v[i].id);
        if (at == NULL) return false;
        if (*at == NULL) *at = &t->v[i];
    }
    return true;
}

static void count_maps(maker *m, wr_map *frameworks) {
    for (uint32_t i = 0; i < m->r->controls.n; i++) {
        const wr_control *c = m->r->controls.v[i];
        unsigned there = wr_posture_there(&m->controls[i]);
        for (uint32_t k = 0; k < c->n_maps; k++) {
            tally *t = wr_map_find(frameworks, c->maps[k].framework);
            wr_posture_requirement *q = t ? wr_map_find(&t->by_id, c->maps[k].id) : NULL;
            if (q == NULL) continue; // said when the control was loaded
            t->mapped = true;
            q->n_controls++;
            q->layers |= there;
        }
    }
}

static wr_posture_framework make_framework(const wr_framework *f, const tally *t) {
    wr_posture_framework out = {
        .id = f->id, .title = f->title, .own = f->own, .v = t->v, .n = f->n};
    for (uint32_t i = 0; i < f->n; i++) {
        uint32_t n = count_bits(t->v[i].layers);
        out.by_layers[n]++;
        if (n > 0) out.n_covered++;
    }
    return out;
}

// Those that a control maps to, and the repository's own whatever maps to them.
static bool make_frameworks(maker *m, wr_posture *p) {
    uint32_t n = m->r->frameworks.n, kept = 0;
    tally *t = WR_NEW_N(m->a, tally, n + 1);
    wr_posture_framework *v = WR_NEW_N(m->a, wr_posture_framework, n + 1);
    wr_map by_id;
    if (t == NULL || v == NULL) return false;
    wr_map_init(&by_id, m->a);
    for (uint32_t i = 0; i < n; i++) {
        if (!tally_init(m, &t[i], m->r->frameworks.v[i])) return false;
        void **at = wr_map_at(&by_id, m->r->frameworks.v[i]->id);
        if (at == NULL) return false;
        *at = &t[i];
    }
    count_maps(m, &by_id);
    for (uint32_t i = 0; i < n; i++) {
        const wr_framework *f = m->r->frameworks.v[i];
        if (t[i].mapped || f->own) v[kept++] = make_framework(f, &t[i]);
    }
    p->frameworks = v;
    p->n_frameworks = kept;
    return true;
}

// ---------------------------------------------------------------------------------- exceptions

wr_str wr_exception_state(const wr_exception *x) {
    static const unsigned invalid =
        WR_X_UNAPPROVED | WR_X_SELF_APPROVED | WR_X_TOO_LONG | WR_X_UNKNOWN_CONTROL;
    if (x->request) return WR_S("request");
    if (x->faults & WR_X_EXPIRED) return WR_S("expired");
    if (x->faults & invalid) return WR_S("invalid");
    return x->faults & WR_X_NOT_STARTED ? WR_S("pending") : WR_S("active");
}

static void join(wr_arena *a, wr_str *s, const char *label, wr_str part) {
    if (part.n == 0) return;
    if (s->n) *s = wr_fmt(a, "%.*s, %s%.*s", WR_FMT(*s), label, WR_FMT(part));
    else *s = wr_fmt(a, "%s%.*s", label, WR_FMT(part));
}

static wr_str faults_of(wr_arena *a, unsigned faults) {
    wr_str s = WR_S("");
    for (unsigned bit = 1; bit <= faults; bit <<= 1)
        if (faults & bit) join(a, &s, "", wr_strz(exception_fault_name((wr_exception_fault)bit)));
    return s;
}

static wr_posture_exception make_exception(wr_arena *a, const wr_exception *x) {
    wr_posture_exception out = {
        .id = x->id,
        .control = x->control,
        .reason = x->reason,
        .ticket = x->ticket,
        .requested_by = x->requested_by,
        .file = x->file,
        .starts = x->starts,
        .expires = x->expires,
        .review = x->review,
        .risk = x->risk,
        .rated = x->rated,
        .request = x->request,
        .state = wr_exception_state(x),
        .faults = faults_of(a, x->faults),
    };
    join(a, &out.what, "resource ", x->resource);
    join(a, &out.what, "account ", x->account);
    join(a, &out.what, "unit ", x->ou);
    join(a, &out.what, "path ", x->path);
    join(a, &out.what, "logical id ", x->logical_id);
    if (out.what.n == 0) out.what = WR_S("everything");
    for (uint32_t i = 0; i < x->n_approved_by; i++)
        join(a, &out.approved_by, "", x->approved_by[i]);
    return out;
}

bool wr_posture_exceptions(const wr_repo *r, wr_posture *p) {
    wr_arena *a = &r->ctx->arena;
    uint32_t n = r->exceptions.n;
    wr_posture_exception *v = WR_NEW_N(a, wr_posture_exception, n + 1);
    if (v == NULL) return false;
    for (uint32_t i = 0; i < n; i++) {
        v[i] = make_exception(a, r->exceptions.v[i]);
        // Requests in templates are found by a run, which may make this table anew.
        if (p->exceptions && i < p->n_exceptions) v[i].uses = p->exceptions[i].uses;
    }
    p->exceptions = v;
    p->n_exceptions = n;
    return true;
}

// ---------------------------------------------------------------------------------- objectives

typedef struct steps { // of one objective: does each of its controls …
    bool there;        // have a layer that is there?
    bool stopped;      // stop it before it happens: preventative or proactive?
    bool tested;       // have tests of both outcomes in each layer that runs, none broken?
    bool complete;     // have each layer, or the reason why not, and three that are there?
    bool kept;         // have no exception that is at fault, or of a risk that nobody rated low?
} steps;

static bool control_tested(const maker *m, uint32_t i) {
    const wr_posture_control *c = &m->controls[i];
    // Controls of the library are tested where they are made, in each layer.
    unsigned known = c->library ? WR_TESTED_GOOD | WR_TESTED_BAD : 0;
    for (unsigned l = 0; l < WR_N_LAYERS; l++) {
        unsigned marks = known | m->marks[i * WR_N_LAYERS + l];
        if (c->layer[l].cell == WR_CELL_BROKEN) return false;
        if (c->layer[l].cell != WR_CELL_RUNS) continue;
        if (!(marks & WR_TESTED_GOOD) || !(marks & WR_TESTED_BAD)) return false;
    }
    return true;
}

static bool control_complete(const wr_posture_control *c) {
    for (unsigned l = 0; l < WR_N_LAYERS; l++)
        if (!wr_cell_there(c->layer[l].cell) && c->layer[l].cell != WR_CELL_OMITTED) return false;
    return count_bits(wr_posture_there(c)) >= 3;
}

static bool control_kept(const maker *m, const wr_posture_control *c) {
    for (uint32_t i = 0; i < m->r->exceptions.n; i++) {
        const wr_exception *x = m->r->exceptions.v[i];
        if (!wr_exception_names(x->control, c->id)) continue;
        if (x->request || (x->faults & ~(unsigned)WR_X_NOT_STARTED)) return false;
        if (!x->rated || x->risk >= WR_SEV_HIGH) return false;
    }
    return true;
}

static uint32_t maturity(const steps *s) {
    if (!s->there) return 0;
    if (!s->stopped) return 1;
    if (!s->tested) return 2;
    if (!s->complete) return 3;
    return s->kept ? 5 : 4;
}

static void count_objective(const maker *m, uint32_t i, wr_posture_objective *o, steps *s) {
    const wr_posture_control *c = &m->controls[i];
    unsigned there = wr_posture_there(c);
    o->n_controls++;
    for (unsigned l = 0; l < WR_N_LAYERS; l++)
        if (there & (1u << l)) o->layers[l]++;
    if (there == 1u << WR_DETECTIVE) o->only_detected++;
    s->there = s->there && there != 0;
    s->stopped = s->stopped && (there & (1u << WR_PREVENTATIVE | 1u << WR_PROACTIVE)) != 0;
    s->tested = s->tested && control_tested(m, i);
    s->complete = s->complete && control_complete(c);
    s->kept = s->kept && control_kept(m, c);
}

static int by_name(const void *a, const void *b) {
    const wr_posture_objective *x = a, *y = b;
    return wr_cmp(x->name, y->name);
}

static bool make_objectives(maker *m, wr_posture *p) {
    uint32_t n = 0, n_controls = m->r->controls.n;
    wr_posture_objective *v = WR_NEW_N(m->a, wr_posture_objective, n_controls + 1);
    steps *s = WR_NEW_N(m->a, steps, n_controls + 1);
    wr_map by_id;
    if (v == NULL || s == NULL) return false;
    wr_map_init(&by_id, m->a);
    for (uint32_t i = 0; i < n_controls; i++) {
        wr_str name = m->controls[i].objective;
        if (name.n == 0) name = WR_S("(none)");
        void **at = wr_map_at(&by_id, name);
        if (at == NULL) return false;
        if (*at == NULL) {
            v[n] = (wr_posture_objective){.name = name};
            s[n] = (steps){true, true, true, true, true};
            *at = &v[n++];
        }
        wr_posture_objective *o = *at;
        count_objective(m, i, o, &s[o - v]);
    }
    for (uint32_t i = 0; i < n; i++) v[i].maturity = maturity(&s[i]);
    qsort(v, n, sizeof *v, by_name);
    p->objectives = v;
    p->n_objectives = n;
    return true;
}

// ---------------------------------------------------------------------------------- all of it

wr_rc wr_posture_make(const wr_repo *r, wr_posture *out) {
    maker m = {.r = r, .a = &r->ctx->arena};
    int64_t now = r->ctx->now;
    *out = (wr_posture){
        .name = r->name,
        .time = now,
        .today = wr_day_of(now),
        .fail_on = r->settings.fail_on,
        .unusable = r->n_broken,
    };
    if (wr_test_marks(r, &m.marks) != WR_OK || !make_controls(&m, out) ||
        !make_frameworks(&m, out) || !wr_posture_exceptions(r, out) || !make_objectives(&m, out))
        return WR_NOMEM;
    return WR_OK;
}
