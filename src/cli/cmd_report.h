// SPDX-License-Identifier: Apache-2.0
// cmd_report: what `writ report` tells, for its formats (cmd_report_out.c, cmd_report_json.c).
//
// Always true: the plan holds the open findings, by owner, most urgent first; what is overdue is so
// on the day of --now, not of the last run.
#ifndef WR_CLI_CMD_REPORT_H
#define WR_CLI_CMD_REPORT_H

#include "cli/repo.h"

enum { REPORT_NEVER = -1 };

typedef struct report_item {
    const wr_tracked *t;
    int64_t opened, age; // days
    int64_t due;         // the last day in time; INT64_MAX: none
    bool overdue;
} report_item;

typedef struct report_owner {
    wr_str name; // "(no owner)"
    uint32_t first, n, overdue;
} report_owner;

typedef struct report_run {
    cli *c;
    wr_history *h;
    int64_t sla[WR_SEV_CRITICAL + 1]; // days; REPORT_NEVER
    WR_VEC(report_item) plan;
    WR_VEC(report_owner) owners;
    uint32_t overdue, suppressed, gone, unsure;
} report_run;

// "templates/a.yaml Bucket", what a finding is about for a person.
wr_str report_where(report_run *r, const wr_tracked *t);
void report_put_text(report_run *r);
void report_put_csv(report_run *r);
wr_rc report_put_json(report_run *r) WR_MUST_USE;
wr_rc report_put_html(report_run *r) WR_MUST_USE;

#endif
