// SPDX-License-Identifier: Apache-2.0
// cli_int: what parsing, error texts, help and completion share about the tables; private to cli.
// Nothing here writes to a table: they are constant.
#ifndef WR_CLI_INT_H
#define WR_CLI_INT_H

#include "cli/cli.h"

static inline bool opt_builtin(const cli_opt *o) {
    return o->kind == CLI_K_HELP || o->kind == CLI_K_VERSION;
}
static inline bool opt_takes_value(const cli_opt *o) {
    return o->kind == CLI_K_ONE || o->kind == CLI_K_LIST || o->kind == CLI_K_EACH ||
           o->kind == CLI_K_MANY;
}
static inline bool opt_repeats(const cli_opt *o) {
    return o->kind == CLI_K_LIST || o->kind == CLI_K_EACH || o->kind == CLI_K_MANY;
}

const cli_opt *opt_by_id(const cli_cmd *cmd, unsigned id);
// A sub-command by name; "help" is one of every command that has others.
const cli_cmd *sub_by_name(const cli_cmd *cmd, wr_str name);
// i-th listed sub-command, "help" last; NULL after it.
const cli_cmd *sub_at(const cli_cmd *cmd, unsigned i);

// The error texts (errors.c). Each writes to stderr, marks the line as wrong and returns false.
bool err_unknown_word(cli *c, const cli_cmd *cmd, wr_str word, bool trailing);
bool err_unknown_sub(cli *c, const cli_cmd *cmd, wr_str word);
bool err_unknown_short(cli *c, const cli_cmd *cmd, wr_str letter);
bool err_unknown_long(cli *c, const cli_cmd *cmd, wr_str name, int n_rest, char *const *rest);
bool err_extra_value(cli *c, const cli_cmd *cmd, const cli_opt *o, wr_str value);
bool err_no_value(cli *c, const cli_opt *o);
bool err_bad_value(cli *c, const cli_opt *o, wr_str value);
bool err_bad_utf8(cli *c, const cli_cmd *cmd);
bool err_twice(cli *c, const cli_cmd *cmd, const cli_opt *o);
bool err_conflict(cli *c, const cli_cmd *cmd, const cli_opt *o, const uint8_t *with, uint32_t n);
bool err_missing(cli *c, const cli_cmd *cmd, const uint8_t *ids, uint32_t n);

// Marks an id as given on the command line.
void mark_seen(cli *c, unsigned id);

#endif
