// SPDX-License-Identifier: Apache-2.0
// iamctl: what the parts of the personality share: reading its two files, harvesting roles into
// rows, comparing rows. See docs/guide/iamctl-differences.md for what is mended and what --compat
// brings back.
#ifndef WR_CLI_IAMCTL_H
#define WR_CLI_IAMCTL_H

#include "analyze/analyze.h"
#include "cli/cmd_guard.h"

// Columns of a row. The first nine are the original's.
enum {
    ICTL_ROLE,
    ICTL_PATH,
    ICTL_POLICY,
    ICTL_TYPE,
    ICTL_EFFECT,
    ICTL_SERVICE,
    ICTL_ACTION,
    ICTL_ARN,
    ICTL_PRINCIPAL,
    ICTL_CONDITION,
    ICTL_COLUMNS
};
extern const char *const ictl_column[ICTL_COLUMNS];

typedef struct ictl_row {
    uint32_t c[ICTL_COLUMNS]; // texts by number
} ictl_row;
typedef WR_VEC(ictl_row) ictl_rows;

typedef struct ictl_service { // of iam.json
    wr_str prefix;
    const wr_str *actions;
    uint32_t n_actions;
    wr_regex *arn; // NULL: it has no resources
} ictl_service;

typedef struct ictl {
    cli *c;
    bool compat;
    wr_arena *a;
    WR_VEC(ictl_service) services; // in the order of the file
    wr_equiv *list;
    wr_iam_set *set;
    wr_symtab texts;
    WR_VEC(wr_str) text; // by number
    wr_map fits;         // resource → ictl_fit
    wr_regex_scratch *scratch;
    const char *dir; // where files are written
    uint32_t n_open; // policies that are not in a dump or cannot be read
    uint32_t n_cut;  // dumps that say that more pages follow
} ictl;

typedef struct ictl_side { // one account
    const char *file, *tag;
    const wr_acct *acct;
    ictl_rows rows;  // as harvested
    ictl_rows roles; // name and path of every role
} ictl_side;

uint32_t ictl_text(ictl *x, wr_str s); // the number of a text
// iam.json and equivalency_list.json of the current folder. False: said what is missing or wrong.
bool ictl_open(ictl *x, cli *c);
void ictl_close(ictl *x);
// The dump of s into rows, and those into <tag>_<file>_iam_tuples.csv.
bool ictl_harvest(ictl *x, ictl_side *s);
bool ictl_make_dir(ictl *x); // --output or the default; false: said why not
// rows as CSV, the first n columns (or those listed) with a header. False: said why not.
bool ictl_write(ictl *x, const char *name, const ictl_rows *rows, const char *const *head,
                const uint8_t *columns, uint32_t n);
// The 19 files, the lines and the table; *different: is there any difference?
bool ictl_compare(ictl *x, ictl_side *a, ictl_side *b, bool *different);

int cli_iamctl_bare(cli *c);
int cli_iamctl_init(cli *c);
int cli_iamctl_listprofiles(cli *c);
int cli_iamctl_harvest(cli *c);
int cli_iamctl_diff(cli *c);

#endif
