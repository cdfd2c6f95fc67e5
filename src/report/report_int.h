// SPDX-License-Identifier: Apache-2.0
// report_int: what the formats share; private to report. To write a tree, a format opens r->o and
// uses the calls below; to write text, it puts to r->out and makes what has to be escaped in
// report_text first.
#ifndef WR_REPORT_INT_H
#define WR_REPORT_INT_H

#include "report/report.h"

#ifndef WR_VERSION
#define WR_VERSION "0"
#endif

extern const wr_report_format wr_report_text, wr_report_json, wr_report_yaml, wr_report_junit,
    wr_report_sarif, wr_report_asff, wr_report_ocsf, wr_report_html;

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

// What a format writes once, whichever way it came: a reason (may be NULL: none was given) of a
// decision, and, of a check, the finding that it is (else NULL).
typedef struct report_one {
    const wr_decision *d;
    const wr_reason *why;
    const wr_finding *f;
} report_one;
static inline report_one report_of_finding(const wr_finding *f) {
    return (report_one){f->decision, f->reason, f};
}
// A policy or an input that could not be used, as the decision of a rule that has the diagnostic's
// code. *d points to *why.
void report_of_error(const wr_report_state *r, const wr_diag *e, wr_decision *d, wr_reason *why);
wr_str report_fingerprint(wr_report_state *r, const report_one *one);
static inline wr_severity report_severity(const report_one *one) {
    return one->f != NULL ? one->f->severity : one->d->severity;
}
// "1,234,567"
void report_put_grouped(wr_buf *b, uint64_t n);
static inline const char *report_s(uint64_t n) { return n == 1 ? "" : "s"; }

// Findings kept until the end (kept.c).
typedef struct report_group { // those of one control
    wr_str control;
    uint32_t order; // its place in the posture; UINT32_MAX: it is not there
    uint64_t seen[WR_N_LIVES], kept[WR_N_LIVES];
} report_group;
typedef struct report_kept_one {
    wr_finding f; // its decision and reason are d and why
    wr_decision d;
    wr_reason why;
    const report_group *group;
    uint32_t seq;
} report_kept_one;
typedef struct report_kept {
    wr_arena arena;
    wr_symtab texts;
    wr_map groups;
    WR_VEC(report_group *) all;
    WR_VEC(report_kept_one *) v;
    uint64_t of_severity[WR_SEV_CRITICAL + 1];
} report_kept;
// Keeps a copy unless there are `most` as severe, or `most_alike` of its control and life.
void report_keep(wr_report_state *r, const wr_finding *f, uint32_t most, uint32_t most_alike);
// By control and layer; urgent_first: by life, verdict and severity before. NULL: no memory.
report_kept *report_kept_sorted(wr_report_state *r, const wr_posture *p, bool urgent_first);
void report_kept_free(wr_report_state *r);

// Trees. rc: of the wr_out_… that opened r->o. report_end_o comes after the last call of r->o.
void report_begin_o(wr_report_state *r, wr_rc rc);
void report_end_o(wr_report_state *r, bool newline);
void report_time(wr_report_state *r, const char *key, int64_t t); // Unix seconds
void report_day(wr_report_state *r, const char *key, int64_t days);
void report_counts_json(wr_out *o, const wr_counts *c); // by outcome, into the open map
// What stands in writ/check/1 beside findings and errors (json_posture.c).
void report_posture_json(wr_report_state *r, const wr_posture *p);
// A list that is only opened when its first item comes.
void report_item(wr_report_state *r);
void report_list_end(wr_report_state *r);

#endif
