// SPDX-License-Identifier: Apache-2.0
// sarif_int: what SARIF of decisions (sarif.c) and of checks (sarif_check.c) share; private to
// them. index: place of the rule among those described; UINT32_MAX: it is not there.
#ifndef WR_SARIF_INT_H
#define WR_SARIF_INT_H

#include "report/report_int.h"

void sarif_text(wr_out *o, const char *key, wr_str text); // a message
void sarif_result(wr_report_state *r, const report_one *one, uint32_t index);
void sarif_notification(wr_report_state *r, const report_one *one, uint32_t index);

// What only checks have, into the open rule or result.
void sarif_help(wr_report_state *r, const wr_posture_control *c);
void sarif_tags(wr_report_state *r, const wr_posture_control *c);
void sarif_life(wr_report_state *r, const wr_finding *f);
void sarif_circumstances(wr_report_state *r, const wr_finding *f);
void sarif_finding(wr_report_state *r, const wr_finding *f);
void sarif_open_findings(wr_report_state *r, const report_kept *k); // notifications
void sarif_bad_findings(wr_report_state *r, const report_kept *k);  // results

#endif
