// SPDX-License-Identifier: Apache-2.0
// json_posture: how the controls of a repository stand, as a tree: what writ/check/1 holds beside
// findings and errors. Names of fields are those of wr_posture, in lower case.
// Rules: docs/guide/check-json.md, docs/schema/check-1.json.

#include "report/report_int.h"

static void open_map(wr_out *o, const char *key) {
    report_key(o, key);
    o->map(o, false);
}

// The items of a list; an empty one is closed at once.
static bool open_list(wr_out *o, const char *key, uint32_t n) {
    report_key(o, key);
    o->list(o, n == 0);
    return n > 0;
}

static void out_lives(wr_out *o, const char *key, const uint64_t lives[WR_N_LIVES]) {
    static const char *const name[WR_N_LIVES] = {"new", "known", "suppressed", "resolved"};
    open_map(o, key);
    for (int i = 0; i < WR_N_LIVES; i++) report_num(o, name[i], lives[i]);
    o->end(o);
}

static void out_severities(wr_out *o, const uint64_t v[WR_SEV_CRITICAL + 1]) {
    static const char *const name[] = {"informational", "low", "medium", "high", "critical"};
    open_map(o, "severities");
    for (int i = WR_SEV_CRITICAL; i >= 0; i--) report_num(o, name[i], v[i]);
    o->end(o);
}

void report_counts_json(wr_out *o, const wr_counts *c) {
    static const struct {
        const char *name;
        wr_outcome outcome;
        bool always;
    } row[] = {
        {"pass", WR_PASS, true},       {"fail", WR_FAIL, true},
        {"skip", WR_SKIP, true},       {"error", WR_FAULT, true},
        {"unknown", WR_UNKNOWN, true}, {"allow", WR_ALLOW, false},
        {"deny", WR_DENY, false},      {"implicit_deny", WR_IMPLICIT_DENY, false},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        uint64_t n = c->of[row[i].outcome];
        if (n > 0 || row[i].always) report_num(o, row[i].name, n);
    }
}

static void out_inputs(wr_out *o, const wr_posture *p) {
    if (!open_list(o, "inputs", p->n_inputs)) return;
    for (uint32_t i = 0; i < p->n_inputs; i++) {
        o->map(o, false);
        report_str(o, "kind", p->inputs[i].kind);
        report_num(o, "judged", p->inputs[i].judged);
        report_num(o, "not_evaluated", p->inputs[i].not_evaluated);
        o->end(o);
    }
    o->end(o);
}

static void out_layer(wr_out *o, wr_layer i, const wr_posture_layer *l) {
    open_map(o, wr_layer_name(i));
    report_str(o, "state", wr_strz(wr_cell_name(l->cell)));
    report_some(o, "means", l->means);
    report_some(o, "why", l->why);
    if (l->cell == WR_CELL_RUNS || l->cell == WR_CELL_BROKEN) {
        open_map(o, "decisions");
        report_counts_json(o, &l->counts);
        o->end(o);
        out_lives(o, "findings", l->lives);
    }
    o->end(o);
}

static void out_control(wr_out *o, const wr_posture_control *c) {
    o->map(o, false);
    report_str(o, "id", c->id);
    report_str(o, "title", c->title);
    report_some(o, "objective", c->objective);
    report_str(o, "severity", wr_strz(wr_severity_name(c->severity)));
    report_some(o, "owner", c->owner);
    report_str(o, "file", c->file);
    report_bool(o, "library", c->library);
    report_bool(o, "automatic", c->automatic);
    report_some(o, "rationale", c->rationale);
    report_some(o, "remediation", c->remediation);
    report_strs(o, "requirements", c->requirements, c->n_requirements);
    open_map(o, "layers");
    for (int i = 0; i < WR_N_LAYERS; i++) out_layer(o, (wr_layer)i, &c->layer[i]);
    o->end(o);
    o->end(o);
}

static void out_requirement(wr_out *o, const wr_posture_requirement *q) {
    o->map(o, false);
    report_str(o, "id", q->id);
    report_some(o, "title", q->title);
    report_num(o, "controls", q->n_controls);
    unsigned there = q->layers & ((1u << WR_N_LAYERS) - 1);
    report_key(o, "layers");
    o->list(o, there == 0);
    for (unsigned i = 0; i < WR_N_LAYERS; i++)
        if (there >> i & 1) o->str(o, wr_strz(wr_layer_name((wr_layer)i)));
    if (there != 0) o->end(o);
    o->end(o);
}

static void out_framework(wr_out *o, const wr_posture_framework *f) {
    o->map(o, false);
    report_str(o, "id", f->id);
    report_some(o, "title", f->title);
    report_bool(o, "own", f->own);
    report_num(o, "covered", f->n_covered);
    report_key(o, "by_layers");
    o->list(o, false);
    for (int i = 0; i <= WR_N_LAYERS; i++) o->i64(o, f->by_layers[i]);
    o->end(o);
    if (open_list(o, "requirements", f->n)) {
        for (uint32_t i = 0; i < f->n; i++) out_requirement(o, &f->v[i]);
        o->end(o);
    }
    o->end(o);
}

static void out_objective(wr_out *o, const wr_posture_objective *b) {
    o->map(o, false);
    report_str(o, "name", b->name);
    report_num(o, "controls", b->n_controls);
    open_map(o, "layers");
    for (int i = 0; i < WR_N_LAYERS; i++) report_num(o, wr_layer_name((wr_layer)i), b->layers[i]);
    o->end(o);
    report_num(o, "only_detected", b->only_detected);
    report_num(o, "maturity", b->maturity);
    o->end(o);
}

static void out_exception(wr_report_state *r, const wr_posture_exception *x) {
    wr_out *o = &r->o;
    o->map(o, false);
    report_str(o, "id", x->id);
    report_str(o, "control", x->control);
    report_some(o, "what", x->what);
    report_str(o, "state", x->state);
    report_some(o, "faults", x->faults);
    report_num(o, "uses", x->uses);
    report_bool(o, "request", x->request);
    report_some(o, "reason", x->reason);
    report_some(o, "ticket", x->ticket);
    report_some(o, "requested_by", x->requested_by);
    report_some(o, "approved_by", x->approved_by);
    if (!x->request) { // a request in a template has no days
        report_day(r, "starts", x->starts);
        report_day(r, "expires", x->expires);
        if (x->review != INT64_MIN) report_day(r, "review", x->review);
    }
    if (x->rated) report_str(o, "risk", wr_strz(wr_severity_name(x->risk)));
    report_str(o, "file", x->file);
    o->end(o);
}

static void out_run(wr_report_state *r, const wr_posture_run *run) {
    wr_out *o = &r->o;
    o->map(o, false);
    report_time(r, "time", run->time);
    out_lives(o, "findings", run->lives);
    out_severities(o, run->severities);
    report_num(o, "opened", run->opened);
    report_num(o, "closed", run->closed);
    o->end(o);
}

static void out_summary(wr_out *o, const wr_posture *p) {
    open_map(o, "summary");
    out_lives(o, "findings", p->lives);
    out_severities(o, p->severities);
    report_num(o, "not_evaluated", p->not_evaluated);
    report_num(o, "unusable", p->unusable);
    report_num(o, "controls", p->n_controls);
    report_str(o, "fail_on", wr_strz(wr_severity_name(p->fail_on)));
    report_bool(o, "partial", p->partial);
    o->end(o);
}

void report_posture_json(wr_report_state *r, const wr_posture *p) {
    wr_out *o = &r->o;
    report_str(o, "repository", p->name);
    report_day(r, "today", p->today);
    out_summary(o, p);
    out_inputs(o, p);
    if (open_list(o, "controls", p->n_controls)) {
        for (uint32_t i = 0; i < p->n_controls; i++) out_control(o, &p->controls[i]);
        o->end(o);
    }
    if (open_list(o, "frameworks", p->n_frameworks)) {
        for (uint32_t i = 0; i < p->n_frameworks; i++) out_framework(o, &p->frameworks[i]);
        o->end(o);
    }
    if (open_list(o, "objectives", p->n_objectives)) {
        for (uint32_t i = 0; i < p->n_objectives; i++) out_objective(o, &p->objectives[i]);
        o->end(o);
    }
    if (open_list(o, "exceptions", p->n_exceptions)) {
        for (uint32_t i = 0; i < p->n_exceptions; i++) out_exception(r, &p->exceptions[i]);
        o->end(o);
    }
    if (open_list(o, "runs", p->n_runs)) {
        for (uint32_t i = 0; i < p->n_runs; i++) out_run(r, &p->runs[i]);
        o->end(o);
    }
}
