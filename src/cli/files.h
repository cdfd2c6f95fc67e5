// SPDX-License-Identifier: Apache-2.0
// files: which files a command line means: directories walked in the original's order, extensions,
// glob patterns and what is to be ignored. Paths are as given on the command line, joined with '/'.
#ifndef WR_CLI_FILES_H
#define WR_CLI_FILES_H

#include "cli/cli.h"

typedef struct cli_find {
    wr_arena *arena;
    bool by_time;            // siblings by time of last change, else by name
    bool follow;             // symbolic links to directories are entered
    const cli_words *ignore; // patterns of what is left out; may be NULL
    bool longest;            // a test file belongs to the longest stem, not to the first
} cli_find;

bool cli_exists(const char *path);
bool cli_is_file(const char *path); // after symbolic links
// Regular files at or below base, parents before children, siblings in order. What cannot be read
// is passed over, as the original passes over it.
void cli_walk(const cli_find *f, const char *base, cli_words *out);
// The same for a pattern: * ? [a-z] within a name, ** across directories.
bool cli_is_glob(const char *text); // has pattern characters and names no existing file
void cli_expand(const cli_find *f, const char *pattern, cli_words *out);
bool cli_glob(wr_str pattern, wr_str path);
bool cli_ignored(const cli_words *patterns, wr_str path);

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
void cli_find_tests(const cli_find *f, const char *dir, cli_pairs *out, cli_words *lost);

#endif
