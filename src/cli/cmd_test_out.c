// SPDX-License-Identifier: Apache-2.0
// What `writ test` found: for people, as JSON (writ/test/1; docs/guide/test.md says what the fields
// mean) and as JUnit, by the report module: a suite a control, a case a test.

#include "cli/cmd_test.h"

wr_str test_marks_text(wr_arena *a, const wr_control_layer *l, unsigned marks) {
    bool permits = l->means != WR_BY_GUARD;
    const char *const name[] = {permits ? "allow" : "pass", permits ? "deny" : "fail", "skip",
                                "unknown or error"};
    wr_str s = WR_S("");
    for (unsigned i = 0; i < 4; i++) {
        if (!(marks >> i & 1)) continue;
        s = s.n ? wr_fmt(a, "%.*s, %s", WR_FMT(s), name[i]) : wr_strz(name[i]);
    }
    return s;
}

static wr_str id_of(const tested_control *t) {
    return t->control ? t->control->id : WR_S("(no control)");
}

// ---------------------------------------------------------------------------------- text

static void put_place(wr_buf *b, const wr_place *p) {
    if (p->src == NULL) return;
    wr_pos at = wr_src_pos(p->src, p->at.beg);
    wr_put_safe(b, p->src->name);
    wr_putf(b, ":%u:%u: ", at.line, at.col);
}

static void put_unmet(test_run *r, const wr_tested *t) {
    wr_buf *b = &r->c->out;
    const char *color = test_not_run(t) ? "\033[35m" : "\033[31m";
    wr_putz(b, "  ");
    if (r->c->out_color) wr_putz(b, color);
    wr_putz(b, test_not_run(t) ? "NOT RUN" : "UNMET");
    if (r->c->out_color) wr_putz(b, "\033[0m");
    wr_putc(b, ' ');
    put_place(b, &t->test->place);
    wr_put_safe(b, t->test->name);
    wr_putf(b, " (%s)\n    expected %s, got %s: ", wr_layer_name(t->test->layer),
            wr_outcome_name(t->test->want), wr_outcome_name(t->got));
    wr_put_safe(b, t->why);
    wr_putc(b, '\n');
}

static void layer_cell(cli_grid *g, const tested_control *t, unsigned l) {
    wr_arena *a = &g->c->ctx.arena;
    const tested_layer *y = &t->layer[l];
    const wr_control_layer *k = &t->control->layer[l];
    uint32_t n = y->met + y->unmet + y->not_run;
    cli_cell(g, wr_strz(wr_layer_name((wr_layer)l)), NULL);
    if (n == 0) cli_cell(g, WR_S("no test"), NULL);
    else if (y->met == n) cli_cellf(g, "%u met", n);
    else cli_cellf(g, "%u of %u met", y->met, n);
    if (k->broken) cli_cell(g, WR_S("BROKEN"), "\033[31m");
    else if (y->missing)
        cli_cell(g, wr_fmt(a, "nothing expects %.*s", WR_FMT(test_marks_text(a, k, y->missing))),
                 "\033[33m");
    else cli_cell(g, WR_S(""), NULL);
}

static void put_control(test_run *r, const tested_control *t) {
    wr_buf *b = &r->c->out;
    cli_bold(r->c, "%.*s", WR_FMT(id_of(t)));
    if (t->control) wr_putf(b, "  %.*s", WR_FMT(t->control->file));
    wr_putc(b, '\n');
    if (t->control) {
        cli_grid g = cli_grid_new(r->c, 3);
        for (unsigned l = 0; l < WR_N_LAYERS; l++) {
            const wr_control_layer *k = &t->control->layer[l];
            const tested_layer *y = &t->layer[l];
            bool none = y->met + y->unmet + y->not_run == 0;
            if (none && !k->broken && !wr_layer_runs(k)) continue;
            layer_cell(&g, t, l);
        }
        cli_grid_put(&g, 2);
    }
    for (uint32_t i = 0; i < t->n; i++)
        if (!r->results.v[t->first + i].met) put_unmet(r, &r->results.v[t->first + i]);
}

void test_put_text(test_run *r) {
    wr_buf *b = &r->c->out;
    for (uint32_t i = 0; i < r->controls.n; i++) put_control(r, &r->controls.v[i]);
    if (r->controls.n) wr_putc(b, '\n');
    wr_putf(b, "%u test%s of %u control%s: %u met, %u not met, %u could not be run", r->results.n,
            r->results.n == 1 ? "" : "s", r->controls.n, r->controls.n == 1 ? "" : "s", r->met,
            r->unmet, r->not_run);
    if (r->broken) wr_putf(b, "; %u broken layer%s", r->broken, r->broken == 1 ? "" : "s");
    if (r->untested)
        wr_putf(b, "; %u layer%s without a test that is wanted", r->untested,
                r->untested == 1 ? "" : "s");
    wr_putc(b, '\n');
    cli_put_unusable(r->c, r->repo.r);
}

// ---------------------------------------------------------------------------------- json

static void json_place(wr_out *o, const wr_place *p) {
    if (p->src == NULL) return;
    wr_pos at = wr_src_pos(p->src, p->at.beg);
    wr_out_key(o, "place");
    o->map(o, false);
    wr_out_put(o, "file", p->src->name);
    wr_out_int(o, "line", at.line);
    wr_out_int(o, "column", at.col);
    o->end(o);
}

static void json_test(wr_out *o, const wr_tested *t) {
    o->map(o, false);
    wr_out_put(o, "name", t->test->name);
    wr_out_put(o, "layer", wr_strz(wr_layer_name(t->test->layer)));
    json_place(o, &t->test->place);
    wr_out_put(o, "expected", wr_strz(wr_outcome_name(t->test->want)));
    wr_out_put(o, "got", wr_strz(wr_outcome_name(t->got)));
    wr_out_flag(o, "met", t->met);
    wr_out_flag(o, "could_not_be_run", test_not_run(t));
    wr_out_some(o, "why", t->why);
    o->end(o);
}

static void json_layer(test_run *r, wr_out *o, const tested_control *t, unsigned l) {
    const tested_layer *y = &t->layer[l];
    const wr_control_layer *k = &t->control->layer[l];
    wr_out_key(o, wr_layer_name((wr_layer)l));
    o->map(o, false);
    wr_out_flag(o, "runs", wr_layer_runs(k) && !k->broken);
    wr_out_flag(o, "broken", k->broken);
    wr_out_int(o, "met", y->met);
    wr_out_int(o, "unmet", y->unmet);
    wr_out_int(o, "could_not_be_run", y->not_run);
    wr_out_some(o, "missing", test_marks_text(&r->c->ctx.arena, k, y->missing));
    o->end(o);
}

static void json_control(test_run *r, wr_out *o, const tested_control *t) {
    o->map(o, false);
    wr_out_key(o, "id");
    if (t->control) o->str(o, t->control->id);
    else o->null(o);
    if (t->control) {
        wr_out_put(o, "file", t->control->file);
        wr_out_key(o, "layers");
        o->map(o, false);
        for (unsigned l = 0; l < WR_N_LAYERS; l++) json_layer(r, o, t, l);
        o->end(o);
    }
    if (wr_out_open_list(o, "tests", t->n)) {
        for (uint32_t i = 0; i < t->n; i++) json_test(o, &r->results.v[t->first + i]);
        o->end(o);
    }
    o->end(o);
}

wr_rc test_put_json(test_run *r) {
    wr_out out, *o = &out;
    if (wr_out_json(o, &r->c->out) != WR_OK) return WR_NOMEM;
    o->map(o, false);
    wr_out_put(o, "schema", WR_S("writ/test/1"));
    wr_out_put(o, "repository", r->repo.r->name);
    wr_out_key(o, "summary");
    o->map(o, false);
    wr_out_int(o, "controls", r->controls.n);
    wr_out_int(o, "tests", r->results.n);
    wr_out_int(o, "met", r->met);
    wr_out_int(o, "unmet", r->unmet);
    wr_out_int(o, "could_not_be_run", r->not_run);
    wr_out_int(o, "broken_layers", r->broken);
    wr_out_int(o, "untested_layers", r->untested);
    wr_out_int(o, "errors", r->repo.errors);
    wr_out_int(o, "unusable", r->repo.r->n_broken);
    o->end(o);
    if (wr_out_open_list(o, "controls", r->controls.n)) {
        for (uint32_t i = 0; i < r->controls.n; i++) json_control(r, o, &r->controls.v[i]);
        o->end(o);
    }
    o->end(o);
    wr_putc(&r->c->out, '\n');
    wr_out_fini(o);
    return o->rc;
}

// ---------------------------------------------------------------------------------- junit

static wr_outcome ended(const wr_tested *t) {
    if (t->met) return WR_PASS;
    return test_not_run(t) ? WR_FAULT : WR_FAIL;
}

static void junit_test(test_run *r, wr_report_state *s, const wr_tested *t) {
    wr_arena *a = &r->c->ctx.arena;
    const wr_place *p = &t->test->place;
    wr_reason why = {.input = p->src, .input_at = p->at};
    why.message = wr_fmt(a, "expected %s, got %s: %.*s", wr_outcome_name(t->test->want),
                         wr_outcome_name(t->got), WR_FMT(t->why));
    wr_decision d = {
        .subject = t->test->control,
        .policy = t->test->control,
        .rule = wr_fmt(a, "%s: %.*s", wr_layer_name(t->test->layer), WR_FMT(t->test->name)),
        .outcome = ended(t),
        .reasons = &why,
        .n_reasons = t->met ? 0 : 1,
    };
    wr_report_decisions(s, &d, 1);
}

wr_rc test_put_junit(test_run *r) {
    wr_report_subject *subjects = WR_NEW_N(&r->c->ctx.arena, wr_report_subject, r->controls.n + 1u);
    wr_report_head head = {.producer = WR_S("writ test"),
                           .subjects = subjects,
                           .n_subjects = r->controls.n,
                           .errors = r->c->errors.v,
                           .n_errors = r->c->errors.n,
                           .time = r->c->ctx.now};
    wr_report_state s;
    if (subjects == NULL) return WR_NOMEM;
    for (uint32_t i = 0; i < r->controls.n; i++) {
        const tested_control *t = &r->controls.v[i];
        subjects[i].name = id_of(t);
        for (uint32_t k = 0; k < t->n; k++) {
            wr_outcome o = ended(&r->results.v[t->first + k]);
            subjects[i].counts.of[o]++;
            head.total.of[o]++;
        }
    }
    wr_report_init(&s, wr_report_find(WR_S("junit")), &head, &r->c->out);
    wr_report_begin(&s);
    wr_report_turn(&s, 0);
    for (uint32_t i = 0; i < r->controls.n; i++) {
        const tested_control *t = &r->controls.v[i];
        wr_report_section(&s, i, false);
        for (uint32_t k = 0; k < t->n; k++) junit_test(r, &s, &r->results.v[t->first + k]);
        wr_report_section(&s, i, true);
    }
    wr_report_end(&s);
    wr_report_fini(&s);
    return r->c->out.rc;
}
