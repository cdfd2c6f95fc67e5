// SPDX-License-Identifier: Apache-2.0
// json_posture: how the controls of a repository stand, as a tree: what writ/check/1 holds beside
// findings and errors. Names of fields are those of wr_posture, in lower case.
// Rules: docs/guide/check-json.md, docs/schema/check-1.json.

#include "report/report_int.h"

static void out_lives(wr_out *o, const char *key, const uint64_t lives[WR_N_LIVES]) {
    wr_out_open(o, key);
    for (int i = 0; i < WR_N_LIVES; i++) wr_out_num(o, wr_life_word((wr_life)i), lives[i]);
    o->end(o);
}

static void out_severities(wr_out *o, const uint64_t v[WR_SEV_CRITICAL + 1]) {
    wr_out_open(o, "severities");
    for (int i = WR_SEV_CRITICAL; i >= 0; i--)
        wr_out_num(o, wr_severity_word((wr_severity)i), v[i]);
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
        if (n > 0 || row[i].always) wr_out_num(o, row[i].name, n);
    }
}

static void out_inputs(wr_out *o, const wr_posture *p) {
    if (!wr_out_open_list(o, "inputs", p->n_inputs)) return;
    for (uint32_t i = 0; i < p->n_inputs; i++) {
        o->map(o, false);
        wr_out_put(o, "kind", p->inputs[i].kind);
        wr_out_num(o, "judged", p->inputs[i].judged);
        wr_out_num(o, "not_evaluated", p->inputs[i].not_evaluated);
        o->end(o);
    }
    o->end(o);
}

static void out_layer(wr_out *o, wr_layer i, const wr_posture_layer *l) {
    wr_out_open(o, wr_layer_name(i));
    wr_out_put(o, "state", wr_strz(wr_cell_name(l->cell)));
    wr_out_some(o, "means", l->means);
    wr_out_some(o, "why", l->why);
    if (l->cell == WR_CELL_RUNS || l->cell == WR_CELL_BROKEN) {
        wr_out_open(o, "decisions");
        report_counts_json(o, &l->counts);
        o->end(o);
        out_lives(o, "findings", l->lives);
    }
    o->end(o);
}

static void out_control(wr_out *o, const wr_posture_control *c) {
    o->map(o, false);
    wr_out_put(o, "id", c->id);
    wr_out_put(o, "title", c->title);
    wr_out_some(o, "objective", c->objective);
    wr_out_put(o, "severity", wr_strz(wr_severity_name(c->severity)));
    wr_out_some(o, "owner", c->owner);
    wr_out_put(o, "file", c->file);
    wr_out_flag(o, "library", c->library);
    wr_out_flag(o, "automatic", c->automatic);
    wr_out_some(o, "rationale", c->rationale);
    wr_out_some(o, "remediation", c->remediation);
    wr_out_list(o, "requirements", c->requirements, c->n_requirements);
    wr_out_open(o, "layers");
    for (int i = 0; i < WR_N_LAYERS; i++) out_layer(o, (wr_layer)i, &c->layer[i]);
    o->end(o);
    o->end(o);
}

static void out_requirement(wr_out *o, const wr_posture_requirement *q) {
    o->map(o, false);
    wr_out_put(o, "id", q->id);
    wr_out_some(o, "title", q->title);
    wr_out_num(o, "controls", q->n_controls);
    unsigned there = q->layers & ((1u << WR_N_LAYERS) - 1);
    wr_out_key(o, "layers");
    o->list(o, there == 0);
    for (unsigned i = 0; i < WR_N_LAYERS; i++)
        if (there >> i & 1) o->str(o, wr_strz(wr_layer_name((wr_layer)i)));
    if (there != 0) o->end(o);
    o->end(o);
}

static void out_framework(wr_out *o, const wr_posture_framework *f) {
    o->map(o, false);
    wr_out_put(o, "id", f->id);
    wr_out_some(o, "title", f->title);
    wr_out_flag(o, "own", f->own);
    wr_out_num(o, "covered", f->n_covered);
    wr_out_key(o, "by_layers");
    o->list(o, false);
    for (int i = 0; i <= WR_N_LAYERS; i++) o->i64(o, f->by_layers[i]);
    o->end(o);
    if (wr_out_open_list(o, "requirements", f->n)) {
        for (uint32_t i = 0; i < f->n; i++) out_requirement(o, &f->v[i]);
        o->end(o);
    }
    o->end(o);
}

static void out_objective(wr_out *o, const wr_posture_objective *b) {
    o->map(o, false);
    wr_out_put(o, "name", b->name);
    wr_out_num(o, "controls", b->n_controls);
    wr_out_open(o, "layers");
    for (int i = 0; i < WR_N_LAYERS; i++) wr_out_num(o, wr_layer_name((wr_layer)i), b->layers[i]);
    o->end(o);
    wr_out_num(o, "only_detected", b->only_detected);
    wr_out_num(o, "maturity", b->maturity);
    o->end(o);
}

void wr_report_covered(wr_out *o, const wr_posture *p) {
    if (wr_out_open_list(o, "frameworks", p->n_frameworks)) {
        for (uint32_t i = 0; i < p->n_frameworks; i++) out_framework(o, &p->frameworks[i]);
        o->end(o);
    }
    if (wr_out_open_list(o, "objectives", p->n_objectives)) {
        for (uint32_t i = 0; i < p->n_objectives; i++) out_objective(o, &p->objectives[i]);
        o->end(o);
    }
}

static void out_exception(wr_report_state *r, const wr_posture_exception *x) {
    wr_out *o = &r->o;
    o->map(o, false);
    wr_out_put(o, "id", x->id);
    wr_out_put(o, "control", x->control);
    wr_out_some(o, "what", x->what);
    wr_out_put(o, "state", x->state);
    wr_out_some(o, "faults", x->faults);
    wr_out_num(o, "uses", x->uses);
    wr_out_flag(o, "request", x->request);
    wr_out_some(o, "reason", x->reason);
    wr_out_some(o, "ticket", x->ticket);
    wr_out_some(o, "requested_by", x->requested_by);
    wr_out_some(o, "approved_by", x->approved_by);
    if (!x->request) { // a request in a template has no days
        report_day(r, "starts", x->starts);
        report_day(r, "expires", x->expires);
        if (x->review != INT64_MIN) report_day(r, "review", x->review);
    }
    if (x->rated) wr_out_put(o, "risk", wr_strz(wr_severity_name(x->risk)));
    wr_out_put(o, "file", x->file);
    o->end(o);
}

static void out_run(wr_report_state *r, const wr_posture_run *run) {
    wr_out *o = &r->o;
    o->map(o, false);
    report_time(r, "time", run->time);
    out_lives(o, "findings", run->lives);
    out_severities(o, run->severities);
    wr_out_num(o, "opened", run->opened);
    wr_out_num(o, "closed", run->closed);
    o->end(o);
}

static void out_summary(wr_out *o, const wr_posture *p) {
    wr_out_open(o, "summary");
    out_lives(o, "findings", p->lives);
    out_severities(o, p->severities);
    wr_out_num(o, "not_evaluated", p->not_evaluated);
    wr_out_num(o, "unusable", p->unusable);
    wr_out_num(o, "controls", p->n_controls);
    wr_out_put(o, "fail_on", wr_strz(wr_severity_name(p->fail_on)));
    wr_out_flag(o, "partial", p->partial);
    o->end(o);
}

void report_posture_json(wr_report_state *r, const wr_posture *p) {
    wr_out *o = &r->o;
    wr_out_put(o, "repository", p->name);
    report_day(r, "today", p->today);
    out_summary(o, p);
    out_inputs(o, p);
    if (wr_out_open_list(o, "controls", p->n_controls)) {
        for (uint32_t i = 0; i < p->n_controls; i++) out_control(o, &p->controls[i]);
        o->end(o);
    }
    wr_report_covered(o, p);
    if (wr_out_open_list(o, "exceptions", p->n_exceptions)) {
        for (uint32_t i = 0; i < p->n_exceptions; i++) out_exception(r, &p->exceptions[i]);
        o->end(o);
    }
    if (wr_out_open_list(o, "runs", p->n_runs)) {
        for (uint32_t i = 0; i < p->n_runs; i++) out_run(r, &p->runs[i]);
        o->end(o);
    }
}
