// SPDX-License-Identifier: Apache-2.0
// Governance repositories on the command line: which folder is meant, loading, tables, keys of
// JSON. See repo.h.
//
// Always true: what stands in a repository cannot reach a terminal as it is: cells are made safe.

#include "cli/repo.h"

#include <limits.h>
#include <stdlib.h>

// ---------------------------------------------------------------------------------- opening

static bool is_root(cli *c, wr_str dir) {
    wr_str file = wr_fmt(&c->ctx.arena, "%.*s/writ.yaml", WR_FMT(dir));
    return file.n && wr_is_file(file.p);
}

static wr_str no_slash(wr_str dir) {
    while (dir.n > 1 && dir.p[dir.n - 1] == '/') dir.n--;
    return dir;
}

// "acme/controls" → "acme" and "controls/": only where the words say it; links and ".." are left to
// realpath.
static bool up(cli *c, wr_str *dir, wr_str *under) {
    wr_str name = wr_basename(*dir);
    if (wr_eq(*dir, WR_S("/"))) return false;
    if (name.n == 0 || wr_eq(name, WR_S(".")) || wr_eq(name, WR_S(".."))) {
        char full[PATH_MAX];
        if (realpath(wr_dupz(&c->ctx.arena, *dir), full) == NULL) return false;
        *dir = wr_dup(&c->ctx.arena, wr_strz(full));
        name = wr_basename(*dir);
        if (name.n == 0) return false;
    }
    *under = wr_fmt(&c->ctx.arena, "%.*s/%s", WR_FMT(name), under->n ? under->p : "");
    wr_str rest = wr_sub(*dir, 0, dir->n - name.n);
    *dir = rest.n == 0 ? WR_S(".") : wr_dup(&c->ctx.arena, no_slash(rest));
    return true;
}

// The folder of the manifest, from the one that was named up. The named one when there is none.
static wr_str find_root(cli *c, wr_str named, wr_str *under) {
    enum { MOST = 64 };
    wr_str dir = no_slash(named);
    *under = WR_S("");
    for (int i = 0; i < MOST; i++) {
        if (is_root(c, dir)) return dir;
        if (!up(c, &dir, under)) break;
    }
    *under = WR_S("");
    return named;
}

bool cli_repo_open(cli *c, const wr_repo_opts *o, cli_repo *out) {
    const char *named = cli_value(c, CLI_DIR);
    *out = (cli_repo){0};
    wr_str dir = find_root(c, wr_strz(named ? named : "."), &out->under);
    if (out->under.n && named && wr_is_file(named)) out->under.n--; // a file of it, no folder
    wr_rc rc = wr_repo_load(&c->ctx, dir, o, &out->r);
    out->errors = cli_say_diags(c, false);
    if (rc != WR_OK && out->errors == 0) cli_say(c, "the repository cannot be loaded");
    return rc == WR_OK;
}

int cli_repo_code(const cli_repo *r) { return r->errors || r->r->n_broken ? WX_ERROR : WX_OK; }

void cli_put_unusable(cli *c, const wr_repo *r) {
    if (r->n_broken == 0) return;
    if (c->out_color) wr_putz(&c->out, "\033[1;35m");
    wr_putf(&c->out, "could not be used: %u file%s or entr%s of the manifest; the errors say which",
            r->n_broken, r->n_broken == 1 ? "" : "s", r->n_broken == 1 ? "y" : "ies");
    wr_putz(&c->out, c->out_color ? "\033[0m\n" : "\n");
}

bool cli_repo_under(const cli_repo *r, wr_str file) { return wr_starts(file, r->under); }

bool cli_repo_wanted(const cli *c, wr_str id) {
    const cli_words *w = &c->val[CLI_CONTROL];
    for (uint32_t i = 0; i < w->n; i++)
        if (wr_eq(wr_strz(w->v[i]), id)) return true;
    return w->n == 0;
}

static wr_str id_at(const void *list, uint32_t i) {
    const wr_repo *r = list;
    return r->controls.v[i]->id;
}

bool cli_repo_wants(cli *c, const cli_repo *r) {
    const cli_words *w = &c->val[CLI_CONTROL];
    for (uint32_t i = 0; i < w->n; i++) {
        if (wr_control_find(r->r, wr_strz(w->v[i]))) continue;
        wr_str near = wr_near_of(id_at, r->r, r->r->controls.n, wr_strz(w->v[i]));
        if (near.n)
            (void)cli_usage(c, "there is no control '%s'; did you mean '%.*s'?", w->v[i],
                            WR_FMT(near));
        else (void)cli_usage(c, "there is no control '%s'", w->v[i]);
        return false;
    }
    return true;
}

// ---------------------------------------------------------------------------------- tables

cli_grid cli_grid_new(cli *c, uint32_t cols) { return (cli_grid){.c = c, .cols = cols}; }

void cli_cell(cli_grid *g, wr_str text, const char *color) {
    wr_arena *a = &g->c->ctx.arena;
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_put_safe(&b, text);
    (void)WR_PUSH(a, &g->cells, wr_buf_keep(&b, a));
    (void)WR_PUSH(a, &g->colors, color);
    wr_buf_fini(&b);
}

void cli_cellf(cli_grid *g, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    cli_cell(g, wr_vfmt(&g->c->ctx.arena, fmt, ap), NULL);
    va_end(ap);
}

// Where a row that begins at i ends for the eye: after its last cell with a text.
static uint32_t row_end(const cli_grid *g, uint32_t i) {
    uint32_t end = i + g->cols < g->cells.n ? i + g->cols : g->cells.n;
    while (end > i + 1 && g->cells.v[end - 1].n == 0) end--;
    return end;
}

void cli_grid_put(cli_grid *g, uint32_t indent) {
    enum { GAP = 2 };
    wr_buf *b = &g->c->out;
    size_t *wide = WR_NEW_N(&g->c->ctx.arena, size_t, g->cols + 1);
    if (wide == NULL || g->colors.n < g->cells.n) return; // out of memory: cli_end says so
    for (uint32_t i = 0; i < g->cells.n; i++) {
        size_t n = wr_utf8_len(g->cells.v[i]);
        if (n > wide[i % g->cols]) wide[i % g->cols] = n;
    }
    for (uint32_t row = 0; row < g->cells.n; row += g->cols) {
        uint32_t end = row_end(g, row);
        wr_pad(b, ' ', indent);
        for (uint32_t i = row; i < end; i++) {
            const char *color = g->c->out_color ? g->colors.v[i] : NULL;
            if (color) wr_putz(b, color);
            wr_puts(b, g->cells.v[i]);
            if (color) wr_putz(b, "\033[0m");
            if (i + 1 < end) wr_pad(b, ' ', wide[i - row] - wr_utf8_len(g->cells.v[i]) + GAP);
        }
        wr_putc(b, '\n');
    }
}

void cli_bold(cli *c, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    wr_str s = wr_vfmt(&c->ctx.arena, fmt, ap);
    va_end(ap);
    if (c->out_color) wr_putz(&c->out, "\033[1m");
    wr_put_safe(&c->out, s);
    if (c->out_color) wr_putz(&c->out, "\033[0m");
}

// ---------------------------------------------------------------------------------- days

wr_str cli_day(cli *c, int64_t days) {
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_put_day(&b, days);
    wr_str s = wr_buf_keep(&b, &c->ctx.arena);
    wr_buf_fini(&b);
    return s;
}

bool cli_days(cli *c, cli_id id, const char *name, int64_t *out) {
    enum { MOST = 36525 };
    const char *v = cli_value(c, id);
    wr_str s = wr_strz(v ? v : "");
    if (wr_ends(s, WR_S("d"))) s.n--;
    if (wr_parse_i64(s, out) && *out >= 0 && *out <= MOST && *s.p != '+') return true;
    (void)cli_usage(c, "invalid value '%s' for '%s <DAYS>': a number of days is wanted: 30, 30d",
                    v ? v : "", name);
    return false;
}
