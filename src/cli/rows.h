// SPDX-License-Identifier: Apache-2.0
// rows: options that commands of several tables have, each said once; private to the tables of writ
// (table.c, table_iam.c, table_analyze.c, table_control.c). A personality has rows of its own.
//
// Always true: a row here means the same to every command that has it.
#ifndef WR_CLI_ROWS_H
#define WR_CLI_ROWS_H

#include "cli/cli.h"

static const char *const colors[] = {"auto", "always", "never", NULL};

#define ROW_HELP                                                                                   \
    { .id = CLI_HELP, .kind = CLI_K_HELP, .shrt = 'h', .lng = "help", .help = "Print help" }
#define ROW_COLOR                                                                                  \
    {                                                                                              \
        .id = CLI_COLOR, .kind = CLI_K_ONE, .lng = "color", .metavar = "WHEN", .values = colors,   \
        .dflt = "auto", .help = "Colours; auto: on terminals, unless NO_COLOR is set"              \
    }
#define ROW_QUIET                                                                                  \
    {                                                                                              \
        .id = CLI_QUIET, .kind = CLI_K_FLAG, .shrt = 'q', .lng = "quiet",                          \
        .help = "No warnings and no progress on stderr"                                            \
    }
#define ROW_TODAY                                                                                  \
    {                                                                                              \
        .id = CLI_NOW, .kind = CLI_K_ONE, .lng = "now", .metavar = "TIME",                         \
        .help = "What today is: 2026-01-31, 2026-01-31T12:00:00Z or seconds since 1970"            \
    }
#define ROW_COMMENTS                                                                               \
    {                                                                                              \
        .id = CLI_ALLOW_COMMENTS, .kind = CLI_K_FLAG, .lng = "allow-comments",                     \
        .help = "Policies may hold // and /* */ comments, which AWS refuses"                       \
    }

#endif
