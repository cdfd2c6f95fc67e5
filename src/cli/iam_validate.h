// SPDX-License-Identifier: Apache-2.0
// iam_validate: what `writ iam validate` has judged, on its way to a report. cmd_iam_validate.c
// fills it, iam_validate_in.c finds the policies in a file, iam_validate_out.c writes it.
//
// Always true: findings of one policy stand together, policies of one file too, in the order given.
#ifndef WR_CLI_IAM_VALIDATE_H
#define WR_CLI_IAM_VALIDATE_H

#include "analyze/analyze.h"
#include "cli/cmd_guard.h"
#include "lang/iam/check.h"
#include "report/report.h"

typedef struct val_policy { // one document judged
    uint32_t file;          // index in files
    wr_iam_kind kind;
    wr_iam_target target;
    const char *why;   // the kind was guessed, from this; NULL: it was given or is plain
    wr_str owner;      // resource of a template, entity of a dump; may be empty
    wr_str type;       // of the owner
    wr_str path;       // of the document in its file: "/Resources/…"; "" for the whole
    uint32_t first, n; // findings
} val_policy;

typedef struct val_file {
    const char *path; // NULL: stdin
    wr_str name;
    uint8_t digest[32];
    uint32_t first, n; // policies
} val_file;

typedef struct val {
    cli *c;
    wr_iam_checker *checker;
    wr_iam_category fail_on; // WR_IAM_N_CATEGORIES: never
    bool has_kind;
    wr_iam_kind kind;
    wr_iam_target target;
    bool comments;
    WR_VEC(val_file) files;
    WR_VEC(val_policy) policies;
    wr_iam_findings found;
    uint32_t of[WR_IAM_N_CATEGORIES]; // findings by category
    bool unread;                      // some input could not be judged
    bool unknown;                     // some policy, or part of one, is not known yet
} val;

// Judges all policies of one text. named: the file itself was asked for, so it must hold some.
// WR_NOMEM or WR_OK; what cannot be judged is said, and v->unread set.
wr_rc val_text(val *v, const char *path, wr_str name, wr_str text, bool named) WR_MUST_USE;

static inline bool val_fails(const val *v, wr_iam_category c) { return c >= v->fail_on; }
// Writes the report in the format named on the command line.
wr_rc val_report(val *v) WR_MUST_USE;

#endif
