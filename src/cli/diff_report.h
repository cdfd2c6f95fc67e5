// SPDX-License-Identifier: Apache-2.0
// diff_report: a comparison of two account dumps as people and machines read it, one file a format.
// What a dump says cannot break a format: each escapes what stands in it.
#ifndef WR_CLI_DIFF_REPORT_H
#define WR_CLI_DIFF_REPORT_H

#include "analyze/analyze.h"
#include "cli/cmd_guard.h"

typedef struct diff_report {
    cli *c;
    const wr_drift *d;
    const char *path[WR_DRIFT_SIDES];
    bool all;         // what is equal, too
    bool equal_ids;   // the two account ids counted as equal
    const char *list; // equivalency list; NULL: none
} diff_report;

void diff_put_text(const diff_report *r);
void diff_put_json(const diff_report *r);
void diff_put_csv(const diff_report *r);
void diff_put_html(const diff_report *r);

// Words the formats share. Memory: the run's.
wr_str diff_why(const diff_report *r, const wr_drift_change *ch);   // one sentence, no full stop
wr_str diff_place(const diff_report *r, const wr_drift_change *ch); // "file:line:column"; or empty
wr_str diff_source(const diff_report *r,
                   const wr_drift_change *ch); // "inline policy x, statement 2"
wr_str diff_actions(const diff_report *r, const wr_drift_change *ch);
wr_str diff_name(const diff_report *r, const wr_drift_entity *e); // "app_dev -> app_qa"
wr_str diff_join(const diff_report *r, const wr_str *v, uint32_t n, const char *sep);
const char *
diff_label(const wr_drift_change *ch); // "new access", "lost access", "may be new access"
bool diff_differs(const wr_drift_entity *e);
// What was not compared, in one sentence; empty: nothing.
wr_str diff_gaps(const diff_report *r);

#endif
