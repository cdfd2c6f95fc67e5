// SPDX-License-Identifier: Apache-2.0
// files: what files are by their names: rules, data, tests, and which tests belong to which rules.
// Paths are as given on the command line, joined with '/'; walking is base's (find.c).
#ifndef WR_CLI_FILES_H
#define WR_CLI_FILES_H

#include "cli/cli.h"

// .guard .ruleset; .yaml .yml .json .jsn .template; test data.
bool cli_is_rules_name(wr_str path);
bool cli_is_data_name(wr_str path);
bool cli_is_test_name(wr_str path);

// A test folder's pairs (`test -d`): rule files by directory, each with its test files.
typedef struct cli_pair {
    const char *rules; // path
    wr_str dir, stem;  // stem: base name without extension
    cli_words tests;
} cli_pair;
typedef WR_VEC(cli_pair) cli_pairs;
// lost: test files that belong to no rule file.
void cli_find_tests(const wr_search *f, const char *dir, cli_pairs *out, cli_words *lost);

#endif
