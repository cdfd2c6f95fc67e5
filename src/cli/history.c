// SPDX-License-Identifier: Apache-2.0
// Earlier JSON reports of `writ check`, for those that tell what became of findings: files, or
// folders of them.
//
// Always true: one report at a time is in memory; one that cannot be used is said.

#include "cli/repo.h"

// A task of its own for each report, so that one at a time is in memory.
static bool add_report(cli *c, wr_history *h, const char *path) {
    wr_ctx task;
    wr_str text;
    wr_doc *d = NULL;
    wr_ctx_init(&task, &c->ctx.limits);
    wr_rc rc = wr_read_file(&task, path, &text);
    const wr_src *src = rc == WR_OK ? wr_src_new(&task.arena, wr_strz(path), text, false) : NULL;
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true, .all = true};
    if (src == NULL && rc == WR_OK) rc = WR_NOMEM;
    if (rc == WR_OK) rc = wr_doc_load(&task, src, &how, &d);
    if (rc == WR_OK) rc = wr_history_add(h, &task, d);
    for (const wr_diag *x = task.diags; x; x = x->next)
        if (x->sev == WR_ERROR || !cli_has(c, CLI_QUIET)) wr_diag_print(&c->err, x, c->color);
    if (rc == WR_NOMEM) c->ctx.arena.oom = true;
    wr_ctx_fini(&task);
    return rc == WR_OK;
}

static bool add_path(cli *c, wr_history *h, const char *path) {
    wr_search find = {.arena = &c->ctx.arena};
    wr_words all = {NULL, 0, 0};
    bool ok = true;
    uint32_t n = 0;
    if (!wr_exists(path) || wr_is_file(path)) return add_report(c, h, path);
    wr_walk(&find, path, &all);
    for (uint32_t i = 0; i < all.n; i++) {
        if (!wr_ends(wr_strz(all.v[i]), WR_S(".json"))) continue;
        n++;
        ok = add_report(c, h, all.v[i]) && ok;
    }
    if (n == 0) {
        cli_complain(c, WR_D_F0050, WR_ERROR, "there is no report (.json) in '%s'", path);
        ok = false;
    }
    return ok;
}

bool cli_add_reports(cli *c, wr_history *h, const cli_words *paths) {
    bool ok = true;
    for (uint32_t i = 0; i < paths->n; i++) ok = add_path(c, h, paths->v[i]) && ok;
    return ok;
}
