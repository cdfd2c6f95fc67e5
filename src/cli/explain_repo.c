// SPDX-License-Identifier: Apache-2.0
// writ explain of controls: what one prevents, gates, detects and repairs, what it covers, who may
// break it; which controls cover a requirement; what the library has. Controls of the repository
// come before those of the library.

#include "cli/explain.h"

typedef struct where { // what is looked in, one after the other
    cli_repo repo;     // repo.r NULL: there is none
    wr_repo *library;
} where;

static bool open_repo(cli *c, where *w) {
    bool named = cli_has(c, CLI_DIR);
    if (!named && !wr_is_file("writ.yaml")) return true;
    return cli_repo_open(c, &(wr_repo_opts){.tests = true}, &w->repo) || !named;
}

// ---------------------------------------------------------------------------------- a control

static void put_list(cli *c, const char *head, const wr_str *v, uint32_t n) {
    if (n == 0) return;
    wr_putf(&c->out, "%s", head);
    for (uint32_t i = 0; i < n; i++) {
        wr_putz(&c->out, i ? ", " : " ");
        wr_put_safe(&c->out, v[i]);
    }
    wr_putc(&c->out, '\n');
}

static void put_scope(cli *c, const wr_control *k) {
    put_list(c, "Applies to", k->resources, k->n_resources);
    put_list(c, "In units", k->scope.ous, k->scope.n_ous);
    put_list(c, "In accounts", k->scope.accounts, k->scope.n_accounts);
    put_list(c, "Not in units", k->scope.except_ous, k->scope.n_except_ous);
    put_list(c, "Not in accounts", k->scope.except_accounts, k->scope.n_except_accounts);
}

static void put_on(cli_grid *g, const wr_control_layer *l) {
    static const char *const on[] = {"cloudformation", "terraform-plan", "configuration-item"};
    wr_str s = WR_S("");
    for (unsigned i = 0; i < 3; i++)
        if (l->on >> i & 1) s = wr_fmt(&g->c->ctx.arena, "%.*s %s", WR_FMT(s), on[i]);
    if (s.n) s = wr_fmt(&g->c->ctx.arena, "on%.*s", WR_FMT(s));
    if (l->automatic) s = l->approve ? WR_S("automatic, after approval") : WR_S("automatic");
    cli_cell(g, s, NULL);
}

static void put_layers(cli *c, const wr_repo *r, const wr_control *k) {
    static const char *const does[] = {"prevents", "gates", "detects", "repairs"};
    cli_grid g = cli_grid_new(c, 5);
    uint32_t tests[WR_N_LAYERS] = {0};
    for (uint32_t i = 0; i < r->tests.n; i++)
        if (wr_eq(r->tests.v[i]->control, k->id)) tests[r->tests.v[i]->layer]++;
    wr_putz(&c->out, "\nLayers\n");
    for (unsigned i = 0; i < WR_N_LAYERS; i++) {
        const wr_control_layer *l = &k->layer[i];
        cli_cell(&g, wr_strz(does[i]), NULL);
        if (l->means == WR_BY_NONE) {
            cli_cell(&g, l->omitted ? WR_S("omitted") : WR_S("GAP"), NULL);
            cli_cell(&g, WR_S(""), NULL);
            cli_cell(&g, WR_S(""), NULL);
            cli_cell(&g, l->why, NULL);
            continue;
        }
        cli_cellf(&g, "%s%s", wr_means_name(l->means),
                  l->broken          ? " BROKEN"
                  : wr_layer_runs(l) ? ""
                                     : " (declared, not evaluated)");
        cli_cell(&g, l->file, NULL);
        put_on(&g, l);
        if (tests[i]) cli_cellf(&g, "%u test%s", tests[i], tests[i] == 1 ? "" : "s");
        else cli_cell(&g, WR_S(""), NULL);
    }
    cli_grid_put(&g, 2);
}

static wr_str title_of(const wr_repo *r, const wr_requirement *q) {
    for (uint32_t i = 0; i < r->frameworks.n; i++) {
        const wr_framework *f = r->frameworks.v[i];
        if (!wr_eq(f->id, q->framework)) continue;
        for (uint32_t k = 0; k < f->n; k++)
            if (wr_eq(f->v[k].id, q->id)) return f->v[k].title;
    }
    return WR_S("");
}

static void put_maps(cli *c, const wr_repo *r, const wr_control *k) {
    if (k->n_maps == 0) return;
    cli_grid g = cli_grid_new(c, 3);
    wr_putz(&c->out, "\nCovers\n");
    for (uint32_t i = 0; i < k->n_maps; i++) {
        cli_cell(&g, k->maps[i].framework, NULL);
        cli_cell(&g, k->maps[i].id, NULL);
        cli_cell(&g, title_of(r, &k->maps[i]), NULL);
    }
    cli_grid_put(&g, 2);
}

static bool put_exceptions(cli *c, const wr_repo *r, const wr_control *k) {
    wr_posture p = {0};
    cli_grid g = cli_grid_new(c, 5);
    if (!wr_posture_exceptions(r, &p)) return false;
    for (uint32_t i = 0; i < p.n_exceptions; i++) {
        const wr_posture_exception *x = &p.exceptions[i];
        if (!wr_exception_names(x->control, k->id)) continue;
        wr_str day = cli_day(c, x->expires);
        cli_cell(&g, x->id, NULL);
        cli_cell(&g, x->faults.n ? x->faults : x->state, NULL);
        cli_cellf(&g, "until %.*s", WR_FMT(day));
        cli_cell(&g, x->what, NULL);
        cli_cell(&g, x->reason, NULL);
    }
    if (g.cells.n) wr_putz(&c->out, "\nExceptions\n");
    cli_grid_put(&g, 2);
    return true;
}

static void put_paragraph(cli *c, const char *head, wr_str text) {
    if (text.n == 0) return;
    wr_putf(&c->out, "\n%s", head);
    wr_put_safe(&c->out, wr_trim(text));
    wr_putc(&c->out, '\n');
}

static void put_control(cli *c, const wr_repo *r, const wr_control *k) {
    wr_buf *b = &c->out;
    cli_bold(c, "%.*s: %.*s", WR_FMT(k->id), WR_FMT(k->title));
    wr_putf(b, "\n%s", wr_severity_name(k->severity));
    if (k->owner.n) {
        wr_putz(b, ", owner ");
        wr_put_safe(b, k->owner);
    }
    if (k->objective.n) {
        wr_putz(b, ", objective ");
        wr_put_safe(b, k->objective);
    }
    wr_putz(b, ", ");
    wr_put_safe(b, k->file);
    wr_putc(b, '\n');
    put_scope(c, k);
    put_paragraph(c, "", k->rationale);
    put_layers(c, r, k);
    put_paragraph(c, "Fix\n  ", k->remediation);
    put_maps(c, r, k);
    if (!put_exceptions(c, r, k)) c->ctx.arena.oom = true;
}

static bool find_control(cli *c, const wr_repo *r, wr_str id) {
    for (uint32_t i = 0; r && i < r->controls.n; i++) {
        if (!wr_same(r->controls.v[i]->id, id)) continue;
        put_control(c, r, r->controls.v[i]);
        return true;
    }
    return false;
}

// ---------------------------------------------------------------------------------- lists

static void list_row(cli_grid *g, const wr_control *k) {
    cli_cell(g, k->id, NULL);
    cli_cell(g, wr_strz(wr_severity_name(k->severity)), NULL);
    wr_str s = WR_S("");
    for (unsigned l = 0; l < WR_N_LAYERS; l++) {
        if (k->layer[l].means == WR_BY_NONE || k->layer[l].broken) continue;
        s = wr_fmt(&g->c->ctx.arena, "%.*s%s%s", (int)s.n, s.n ? s.p : "", s.n ? ", " : "",
                   wr_layer_name((wr_layer)l));
    }
    cli_cell(g, s, NULL);
    cli_cell(g, k->title, NULL);
}

// "writ:", "writ:all", "writ:s3": what the library has.
static bool list_group(cli *c, const wr_repo *library, wr_str what) {
    wr_str group = wr_sub(what, 5, what.n);
    bool all = group.n == 0 || wr_eq(group, WR_S("all"));
    cli_grid g = cli_grid_new(c, 4);
    for (uint32_t i = 0; i < library->controls.n; i++) {
        wr_str file = library->controls.v[i]->file; // "writ:s3/S3.TLS.yaml"
        bool in = wr_starts(file, what) && file.n > what.n && file.p[what.n] == '/';
        if (all || in) list_row(&g, library->controls.v[i]);
    }
    if (g.cells.n == 0) return find_control(c, library, group);
    cli_bold(c, "%.*s", WR_FMT(what));
    wr_putf(&c->out, ": %u control%s of the library; take them by `include: [%.*s]` in writ.yaml\n",
            g.cells.n / 4, g.cells.n == 4 ? "" : "s", WR_FMT(all ? WR_S("writ:all") : what));
    cli_grid_put(&g, 2);
    return true;
}

// ---------------------------------------------------------------------------------- requirements

static bool maps_to(const wr_control *k, wr_str framework, wr_str id) {
    for (uint32_t i = 0; i < k->n_maps; i++)
        if (wr_eq(k->maps[i].framework, framework) && wr_eq(k->maps[i].id, id)) return true;
    return false;
}

static uint32_t put_covering(cli *c, const wr_repo *r, wr_str framework, wr_str id,
                             const char *head) {
    cli_grid g = cli_grid_new(c, 4);
    for (uint32_t i = 0; r && i < r->controls.n; i++)
        if (maps_to(r->controls.v[i], framework, id)) list_row(&g, r->controls.v[i]);
    if (g.cells.n) wr_putf(&c->out, "%s\n", head);
    cli_grid_put(&g, 2);
    return g.cells.n;
}

// "AC-3", "nist-800-53-r5 AC-3", "nist-800-53-r5/AC-3".
static bool names(wr_str asked, const wr_framework *f, wr_str id) {
    if (wr_same(asked, id)) return true;
    if (asked.n != f->id.n + 1 + id.n || !wr_same(wr_sub(asked, 0, f->id.n), f->id)) return false;
    char between = asked.p[f->id.n];
    return (between == ' ' || between == '/') && wr_same(wr_sub(asked, f->id.n + 1, asked.n), id);
}

static bool put_requirements(cli *c, const where *w, wr_str asked) {
    const wr_repo *r = w->repo.r ? w->repo.r : w->library;
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->frameworks.n; i++) {
        const wr_framework *f = r->frameworks.v[i];
        for (uint32_t k = 0; k < f->n; k++) {
            if (!names(asked, f, f->v[k].id)) continue;
            if (n++) wr_putc(&c->out, '\n');
            cli_bold(c, "%.*s %.*s", WR_FMT(f->id), WR_FMT(f->v[k].id));
            if (f->v[k].title.n) {
                wr_putz(&c->out, ": ");
                wr_put_safe(&c->out, f->v[k].title);
            }
            wr_putc(&c->out, '\n');
            uint32_t here = w->repo.r ? put_covering(c, r, f->id, f->v[k].id, "Covered by") : 0;
            if (w->repo.r && here == 0)
                wr_putz(&c->out, "No control of the repository covers it.\n");
            if (here) continue;
            here = put_covering(c, w->library, f->id, f->v[k].id, "The library covers it by");
            if (here == 0) wr_putz(&c->out, "No control of the library covers it.\n");
        }
    }
    return n > 0;
}

// ---------------------------------------------------------------------------------- all of it

static wr_str id_at(const void *list, uint32_t i) {
    return ((const wr_repo *)list)->controls.v[i]->id;
}

static wr_str near_control(cli *c, const where *w, wr_str asked) {
    wr_str upper = wr_to_upper(&c->ctx.arena, asked), near = WR_S("");
    if (w->repo.r) near = wr_near_of(id_at, w->repo.r, w->repo.r->controls.n, upper);
    if (near.n == 0 && w->library)
        near = wr_near_of(id_at, w->library, w->library->controls.n, upper);
    return wr_dup(&c->ctx.arena, near);
}

bool cli_explain_repo(cli *c, const char *asked, wr_str *near, int *code) {
    where w = {0};
    wr_str s = wr_strz(asked);
    *code = WX_OK;
    bool ok = open_repo(c, &w);
    if (ok && wr_library_load(&c->ctx, &w.library) != WR_OK) ok = false;
    (void)cli_say_diags(c, false);
    bool found = true;
    if (!ok) *code = WX_ERROR;
    else if (wr_starts(s, WR_S("writ:"))) found = list_group(c, w.library, s);
    else
        found = find_control(c, w.repo.r, s) || find_control(c, w.library, s) ||
                put_requirements(c, &w, s);
    if (ok && !found) *near = near_control(c, &w, s);
    if (ok && w.repo.r && cli_repo_code(&w.repo) != WX_OK) *code = WX_ERROR;
    wr_repo_free(w.repo.r);
    wr_repo_free(w.library);
    return found;
}
