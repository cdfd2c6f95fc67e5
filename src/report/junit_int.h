// SPDX-License-Identifier: Apache-2.0
// junit_int: what JUnit of decisions (junit.c) and of checks (junit_check.c) share; private to
// them. Always true: what is from outside goes through junit_text or junit_attr.
#ifndef WR_JUNIT_INT_H
#define WR_JUNIT_INT_H

#include "report/report_int.h"

void junit_text(wr_buf *b, wr_str s);
void junit_attr(wr_buf *b, const char *name, wr_str value);
void junit_reason(wr_report_state *r, const wr_reason *why); // a line
// tests, failures and errors as attributes; errors: those that are no decision's.
void junit_counts(wr_buf *b, const wr_counts *c, uint64_t errors);
void junit_begin(wr_report_state *r, const wr_counts *c);
void junit_input_errors(wr_report_state *r); // a suite of their own, an error each

void junit_finding(wr_report_state *r, const wr_finding *f);
void junit_posture(wr_report_state *r, const wr_posture *p);

#endif
