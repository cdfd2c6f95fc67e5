// SPDX-License-Identifier: Apache-2.0
// text_int: what the text of decisions (text.c) and of checks (text_check.c) share; private to
// them. Always true: what is from outside goes through text_clean or text_paint_clean, so that no
// terminal obeys it.
#ifndef WR_TEXT_INT_H
#define WR_TEXT_INT_H

#include "report/report_int.h"

void text_clean(wr_buf *b, wr_str s); // without what a terminal would obey
// s in the given SGR codes ("1;31") when the report is coloured.
void text_paint(wr_report_state *r, const char *sgr, wr_str s);
void text_paint_clean(wr_report_state *r, const char *sgr, wr_str s);
// A reason with its place and its line: of what is wrong, of what has no verdict.
void text_check(wr_report_state *r, const report_one *one);
void text_open(wr_report_state *r, const report_one *one);

void text_finding(wr_report_state *r, const wr_finding *f);
void text_posture(wr_report_state *r, const wr_posture *p);

#endif
