// SPDX-License-Identifier: Apache-2.0
// writ coverage: controls × layers with gaps, requirements of frameworks and by how many layers
// they are covered, objectives with their maturity. Everything is counted from one wr_posture, so
// that text, JSON (writ/coverage/1) and the page agree. Rules: docs/guide/coverage.md.
// Exit 0; 1 with --fail-on when what it names is there; 2 when a file could not be used.

#include "cli/repo.h"

typedef struct coverage {
    cli *c;
    const wr_repo *r;
    wr_posture p;
    uint32_t cells[WR_N_CELLS]; // over all layers of all controls
    uint32_t only_detected;     // controls
} coverage;

static void count(coverage *v) {
    for (uint32_t i = 0; i < v->p.n_controls; i++) {
        const wr_posture_control *c = &v->p.controls[i];
        for (int l = 0; l < WR_N_LAYERS; l++) v->cells[c->layer[l].cell]++;
        if (wr_posture_only_detects(c)) v->only_detected++;
    }
}

// ---------------------------------------------------------------------------------- text

static const char *plural(uint32_t n) { return n == 1 ? "" : "s"; }

static void put_cell(cli_grid *g, const wr_posture_layer *l) {
    wr_arena *a = &g->c->ctx.arena;
    switch (l->cell) {
    case WR_CELL_RUNS: cli_cell(g, l->means, "\033[32m"); return;
    case WR_CELL_DECLARED: cli_cell(g, wr_fmt(a, "(%.*s)", WR_FMT(l->means)), "\033[36m"); return;
    case WR_CELL_OMITTED: cli_cell(g, WR_S("omitted"), "\033[2m"); return;
    case WR_CELL_BROKEN: cli_cell(g, WR_S("BROKEN"), "\033[31m"); return;
    default: cli_cell(g, WR_S("GAP"), "\033[33m"); return;
    }
}

static void put_matrix(coverage *v) {
    cli_grid g = cli_grid_new(v->c, 2 + WR_N_LAYERS);
    wr_putc(&v->c->out, '\n');
    cli_cell(&g, WR_S("control"), NULL);
    cli_cell(&g, WR_S("severity"), NULL);
    for (int l = 0; l < WR_N_LAYERS; l++) cli_cell(&g, wr_strz(wr_layer_name((wr_layer)l)), NULL);
    for (uint32_t i = 0; i < v->p.n_controls; i++) {
        const wr_posture_control *c = &v->p.controls[i];
        cli_cell(&g, c->id, NULL);
        cli_cell(&g, wr_strz(wr_severity_name(c->severity)), NULL);
        for (int l = 0; l < WR_N_LAYERS; l++) put_cell(&g, &c->layer[l]);
    }
    cli_grid_put(&g, 0);
}

// The layers in one state, with why.
static void put_reasons(coverage *v, wr_cell cell, const char *head) {
    if (v->cells[cell] == 0) return;
    cli_grid g = cli_grid_new(v->c, 3);
    wr_putf(&v->c->out, "\n%s\n", head);
    for (uint32_t i = 0; i < v->p.n_controls; i++) {
        const wr_posture_control *c = &v->p.controls[i];
        for (int l = 0; l < WR_N_LAYERS; l++) {
            if (c->layer[l].cell != cell) continue;
            cli_cell(&g, c->id, NULL);
            cli_cell(&g, wr_strz(wr_layer_name((wr_layer)l)), NULL);
            cli_cell(&g, c->layer[l].why, NULL);
        }
    }
    cli_grid_put(&g, 2);
}

static void put_only_detected(coverage *v) {
    if (v->only_detected == 0) return;
    cli_grid g = cli_grid_new(v->c, 2);
    wr_putz(&v->c->out, "\nOnly detected: nothing prevents, gates or repairs\n");
    for (uint32_t i = 0; i < v->p.n_controls; i++) {
        if (!wr_posture_only_detects(&v->p.controls[i])) continue;
        cli_cell(&g, v->p.controls[i].id, NULL);
        cli_cell(&g, v->p.controls[i].title, NULL);
    }
    cli_grid_put(&g, 2);
}

static void put_frameworks(coverage *v) {
    if (v->p.n_frameworks == 0) return;
    cli_grid g = cli_grid_new(v->c, 3 + WR_N_LAYERS);
    wr_putz(&v->c->out, "\nRequirements, by how many layers cover them\n");
    cli_cell(&g, WR_S("framework"), NULL);
    cli_cell(&g, WR_S("covered"), NULL);
    for (int n = 1; n <= WR_N_LAYERS; n++) cli_cellf(&g, "%d layer%s", n, n == 1 ? "" : "s");
    cli_cell(&g, WR_S("none"), NULL);
    for (uint32_t i = 0; i < v->p.n_frameworks; i++) {
        const wr_posture_framework *f = &v->p.frameworks[i];
        cli_cellf(&g, "%.*s%s", WR_FMT(f->id), f->own ? " (own)" : "");
        cli_cellf(&g, "%u of %u", f->n_covered, f->n);
        for (int n = 1; n <= WR_N_LAYERS; n++) cli_cellf(&g, "%u", f->by_layers[n]);
        cli_cellf(&g, "%u", f->by_layers[0]);
    }
    cli_grid_put(&g, 2);
}

static void put_objectives(coverage *v) {
    static const char *const level[] = {"uncovered", "watched",  "stopped",
                                        "tested",    "complete", "kept"};
    if (v->p.n_objectives == 0) return;
    cli_grid g = cli_grid_new(v->c, 4 + WR_N_LAYERS);
    wr_putz(&v->c->out, "\nObjectives: controls with the layer, and maturity\n");
    cli_cell(&g, WR_S("objective"), NULL);
    cli_cell(&g, WR_S("controls"), NULL);
    for (int l = 0; l < WR_N_LAYERS; l++) cli_cell(&g, wr_strz(wr_layer_name((wr_layer)l)), NULL);
    cli_cell(&g, WR_S("only detected"), NULL);
    cli_cell(&g, WR_S("maturity"), NULL);
    for (uint32_t i = 0; i < v->p.n_objectives; i++) {
        const wr_posture_objective *o = &v->p.objectives[i];
        cli_cell(&g, o->name, NULL);
        cli_cellf(&g, "%u", o->n_controls);
        for (int l = 0; l < WR_N_LAYERS; l++) cli_cellf(&g, "%u", o->layers[l]);
        cli_cellf(&g, "%u", o->only_detected);
        cli_cellf(&g, "%u %s", o->maturity, level[o->maturity]);
    }
    cli_grid_put(&g, 2);
}

static void put_text(coverage *v) {
    wr_buf *b = &v->c->out;
    cli_bold(v->c, "%.*s", WR_FMT(v->p.name));
    wr_putf(b, ": %u control%s; of %u layers %u run, %u are declared, ", v->p.n_controls,
            plural(v->p.n_controls), v->p.n_controls * WR_N_LAYERS, v->cells[WR_CELL_RUNS],
            v->cells[WR_CELL_DECLARED]);
    wr_putf(b, "%u are omitted, %u broken; %u gap%s\n", v->cells[WR_CELL_OMITTED],
            v->cells[WR_CELL_BROKEN], v->cells[WR_CELL_GAP], plural(v->cells[WR_CELL_GAP]));
    cli_put_unusable(v->c, v->r);
    if (v->p.n_controls == 0) return;
    put_matrix(v);
    if (v->cells[WR_CELL_DECLARED])
        wr_putz(b, "\n(in parentheses: declared and checked for form, not evaluated)\n");
    put_reasons(v, WR_CELL_BROKEN, "Broken: named, but not evaluated");
    put_reasons(v, WR_CELL_GAP, "Gaps: neither there nor omitted with a reason");
    put_reasons(v, WR_CELL_OMITTED, "Omitted on purpose");
    put_only_detected(v);
    put_frameworks(v);
    put_objectives(v);
}

// ---------------------------------------------------------------------------------- json

static void json_control(wr_out *o, const wr_posture_control *c) {
    o->map(o, false);
    wr_out_put(o, "id", c->id);
    wr_out_put(o, "title", c->title);
    wr_out_some(o, "objective", c->objective);
    wr_out_put(o, "severity", wr_strz(wr_severity_name(c->severity)));
    wr_out_some(o, "owner", c->owner);
    wr_out_put(o, "file", c->file);
    wr_out_flag(o, "library", c->library);
    wr_out_flag(o, "automatic", c->automatic);
    wr_out_flag(o, "only_detected", wr_posture_only_detects(c));
    wr_out_list(o, "requirements", c->requirements, c->n_requirements);
    wr_out_key(o, "layers");
    o->map(o, false);
    for (int l = 0; l < WR_N_LAYERS; l++) {
        wr_out_key(o, wr_layer_name((wr_layer)l));
        o->map(o, false);
        wr_out_put(o, "state", wr_strz(wr_cell_name(c->layer[l].cell)));
        wr_out_some(o, "means", c->layer[l].means);
        wr_out_some(o, "why", c->layer[l].why);
        o->end(o);
    }
    o->end(o);
    o->end(o);
}

static wr_rc put_json(coverage *v) {
    wr_out out, *o = &out;
    if (wr_out_json(o, &v->c->out) != WR_OK) return WR_NOMEM;
    o->map(o, false);
    wr_out_put(o, "schema", WR_S("writ/coverage/1"));
    wr_out_put(o, "repository", v->p.name);
    wr_out_put(o, "today", cli_day(v->c, v->p.today));
    wr_out_key(o, "summary");
    o->map(o, false);
    wr_out_int(o, "controls", v->p.n_controls);
    for (int i = 0; i < WR_N_CELLS; i++) wr_out_int(o, wr_cell_name((wr_cell)i), v->cells[i]);
    wr_out_int(o, "only_detected", v->only_detected);
    wr_out_int(o, "unusable", v->r->n_broken);
    o->end(o);
    if (wr_out_open_list(o, "controls", v->p.n_controls)) {
        for (uint32_t i = 0; i < v->p.n_controls; i++) json_control(o, &v->p.controls[i]);
        o->end(o);
    }
    wr_report_covered(o, &v->p);
    o->end(o);
    wr_putc(&v->c->out, '\n');
    wr_out_fini(o);
    return o->rc;
}

// ---------------------------------------------------------------------------------- html

wr_rc cli_posture_html(cli *c, const wr_posture *p, const char *producer) {
    const wr_report_format *f = wr_report_find(WR_S("html"));
    if (f == NULL || f->posture == NULL) return WR_BAD;
    wr_report_head head = {.producer = wr_strz(producer),
                           .errors = c->errors.v,
                           .n_errors = c->errors.n,
                           .time = c->ctx.now,
                           .check = true};
    wr_report_state r;
    wr_report_init(&r, f, &head, &c->out);
    wr_report_begin(&r);
    wr_report_posture(&r, p);
    wr_report_end(&r);
    wr_report_fini(&r);
    return c->out.rc;
}

// ---------------------------------------------------------------------------------- all of it

static bool fails(const coverage *v, const char *on) {
    if (on == NULL || strcmp(on, "never") == 0) return false;
    if (strcmp(on, "only-detected") == 0) return v->only_detected > 0;
    return v->cells[WR_CELL_GAP] > 0;
}

int cli_coverage(cli *c) {
    const char *format = cli_value(c, CLI_FORMAT);
    coverage v = {.c = c};
    cli_repo repo;
    int code = WX_ERROR;
    wr_rc rc = WR_OK;
    if (!cli_open_output(c, &code)) return code;
    if (!cli_repo_open(c, &(wr_repo_opts){.tests = true}, &repo)) return WX_ERROR;
    v.r = repo.r;
    if (wr_posture_make(repo.r, &v.p) != WR_OK) return WX_ERROR;
    count(&v);
    if (strcmp(format, "json") == 0) rc = put_json(&v);
    else if (strcmp(format, "html") == 0) rc = cli_posture_html(c, &v.p, "writ coverage");
    else put_text(&v);
    code = cli_repo_code(&repo);
    if (rc != WR_OK) code = WX_ERROR;
    if (code == WX_OK && fails(&v, cli_value(c, CLI_FAIL_ON))) code = WX_FINDINGS;
    wr_repo_free(repo.r);
    return code;
}
