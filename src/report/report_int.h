// SPDX-License-Identifier: Apache-2.0
// report_int: what the formats share; private to report. To write a tree, a format opens r->o and
// uses the calls below; to write text, it puts to r->out and makes what has to be escaped in
// report_text first.
#ifndef WR_REPORT_INT_H
#define WR_REPORT_INT_H

#include "report/report.h"

extern const wr_report_format wr_report_text, wr_report_json, wr_report_yaml, wr_report_junit,
    wr_report_sarif, wr_report_ocsf;

// Scratch text: everything put since report_text was called. Valid until the next call.
static inline wr_buf *report_text(wr_report_state *r) {
    r->tmp.n = 0;
    return &r->tmp;
}
static inline bool report_is(const wr_decision *d, unsigned outcomes) {
    return (WR_BIT(d->outcome) & outcomes) != 0;
}
uint64_t report_count(const wr_counts *c, unsigned outcomes);
// Why there is no verdict; never empty.
wr_str report_why_open(const wr_decision *d);

// Trees. rc: of the wr_out_… that opened r->o. report_end_o comes after the last call of r->o.
void report_begin_o(wr_report_state *r, wr_rc rc);
void report_end_o(wr_report_state *r, bool newline);
void report_key(wr_out *o, const char *key);
void report_str(wr_out *o, const char *key, wr_str s);
void report_num(wr_out *o, const char *key, uint64_t v);
// A list that is only opened when its first item comes.
void report_item(wr_report_state *r);
void report_list_end(wr_report_state *r);

#endif
