// SPDX-License-Identifier: Apache-2.0
// repo: what the commands of a governance repository share: finding and loading it, what is said
// about it, tables of words, days.
//
// Always true: diagnostics of loading are printed before a report begins; a repository with a file
// that could not be used ends a command with WX_ERROR, whatever else it shows.
#ifndef WR_CLI_REPO_H
#define WR_CLI_REPO_H

#include "cli/cmd_guard.h"
#include "control/control.h"

typedef struct cli_repo {
    wr_repo *r;
    wr_str under;    // a folder of it that was named instead ("controls/"); empty: all
    uint32_t errors; // said while it was loaded
} cli_repo;
// Loads the repository of the operand DIR (default: the current folder), or the one that DIR is a
// folder of. False: said why not; the exit code is WX_ERROR.
bool cli_repo_open(cli *c, const wr_repo_opts *o, cli_repo *out);
// WX_ERROR when a file of it could not be used, else WX_OK.
int cli_repo_code(const cli_repo *r);
// "could not be used: 2 files …", a line for the end of a text; nothing when all could be.
void cli_put_unusable(cli *c, const wr_repo *r);
// Is a file of the repository below the folder that was named?
bool cli_repo_under(const cli_repo *r, wr_str file);
// The controls that --control names: said and false when there is none of that id.
bool cli_repo_wants(cli *c, const cli_repo *r);
bool cli_repo_wanted(const cli *c, wr_str id);

// A table: cells are added row by row, and written with columns as wide as they need.
typedef struct cli_grid {
    cli *c;
    uint32_t cols, n; // cells so far
    WR_VEC(wr_str) cells;
    WR_VEC(const char *) colors; // of each cell, "\033[31m"; NULL: none
} cli_grid;
cli_grid cli_grid_new(cli *c, uint32_t cols);
void cli_cell(cli_grid *g, wr_str text, const char *color);
void cli_cellf(cli_grid *g, const char *fmt, ...) WR_PRINTF(2, 3);
void cli_grid_put(cli_grid *g, uint32_t indent);

void cli_bold(cli *c, const char *fmt, ...) WR_PRINTF(2, 3); // to out, made safe
wr_str cli_day(cli *c, int64_t days);                        // "2026-11-01"
static inline int64_t cli_today(const cli *c) { return wr_day_of(c->ctx.now); }
// "30", "30d": days of an option. False: said what is wrong.
bool cli_days(cli *c, cli_id id, const char *name, int64_t *out);

// Adds reports of writ check, files or folders of them. False: one could not be used (said).
bool cli_add_reports(cli *c, wr_history *h, const cli_words *paths);

// A posture as the page for people (without findings). Sticky failure is c->out's.
wr_rc cli_posture_html(cli *c, const wr_posture *p, const char *producer) WR_MUST_USE;

#endif
