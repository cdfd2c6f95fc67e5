// SPDX-License-Identifier: Apache-2.0
// report: decisions as people and machines read them. One file a format with a constant
// wr_report_format, one line in list.c; tests/unit/report runs over all of them.
//
// Who makes decisions feeds them (wr_report_begin … wr_report_end); a report knows no policy
// language. Nothing is kept but what a format has open: memory does not grow with decisions.
//
// Always true: what stands in the texts of decisions cannot break a format: control characters,
// quotes and markup are made harmless by each.
#ifndef WR_REPORT_H
#define WR_REPORT_H

#include "core/core.h"

enum { WR_REPORT_TURNS = 2 };

typedef struct wr_report_subject { // what was judged
    wr_str name;
    wr_counts counts;
} wr_report_subject;

// What is known before the first decision comes. Must outlive the report.
typedef struct wr_report_head {
    wr_str producer;           // "writ guard"
    const wr_rule_info *rules; // by wr_decision.index
    uint32_t n_rules;
    const wr_report_subject *subjects;
    uint32_t n_subjects;
    wr_counts total;
    const wr_diag *const *errors; // why policies and inputs could not be used
    uint32_t n_errors;
    unsigned listed; // outcomes that people want listed although nothing is wrong
    int64_t time;    // of the run, Unix seconds
    wr_str closing;  // the last line for people, instead of counts of rules; may be empty
    bool color;
} wr_report_head;

typedef struct wr_report_format wr_report_format;

// One report, or one section of it, being written.
typedef struct wr_report_state {
    const wr_report_format *format;
    const wr_report_head *head;
    wr_buf *out;    // its rc tells of everything that went wrong
    wr_buf tmp;     // a text being made
    wr_arena arena; // of one call of wr_report_decisions
    wr_out o;       // of formats that write trees
    bool has_o;
    bool open; // the list being written has begun
    unsigned turn;
} wr_report_state;

struct wr_report_format {
    const char *name, *media;
    // Decisions come in sections: one a subject, or one a policy with all subjects.
    bool by_policy;
    bool apart;   // sections may be written by states of their own, at the same time
    bool digests; // prints the digests of policies and inputs
    // Outcomes that are printed the first, second … time all decisions come; 0: no such turn.
    unsigned turns[WR_REPORT_TURNS];
    unsigned optional; // of these, those only printed when wr_report_head.listed has them
    // Any but decisions may be NULL.
    void (*begin)(wr_report_state *r);
    void (*turn_begin)(wr_report_state *r);
    void (*section)(wr_report_state *r, uint32_t i, bool end); // i: index of the subject or policy
    // All decisions of one subject and policy, in rule order; those not printed may be left out.
    void (*decisions)(wr_report_state *r, const wr_decision *v, uint32_t n);
    void (*end)(wr_report_state *r);
};

// The formats, in the order of the documentation; NULL after the last, or not there.
const wr_report_format *wr_report_at(size_t i);
const wr_report_format *wr_report_find(wr_str name);

void wr_report_init(wr_report_state *r, const wr_report_format *f, const wr_report_head *head,
                    wr_buf *out);
void wr_report_fini(wr_report_state *r);
// Outcomes that have to be fed in a turn; 0: there is no such turn.
unsigned wr_report_wants(const wr_report_format *f, const wr_report_head *head, unsigned turn);

// begin, then for each turn: turn, and all sections with their decisions; then end.
void wr_report_begin(wr_report_state *r);
void wr_report_turn(wr_report_state *r, unsigned turn);
void wr_report_section(wr_report_state *r, uint32_t i, bool end);
void wr_report_decisions(wr_report_state *r, const wr_decision *v, uint32_t n);
void wr_report_end(wr_report_state *r);

#endif
