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

// What is known before the first decision comes. Must outlive the report. Of a check, errors may be
// filled in until the posture comes; subjects and total are not looked at.
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
    bool check; // of a repository: findings and a posture come, no decisions
} wr_report_head;

// ---------------------------------------------------------------------------------- posture

// What a repository's controls are and how they stand: everything that reports, coverage and the
// page for people count comes from here, so that their numbers agree.
typedef enum wr_cell { // one layer of one control
    WR_CELL_GAP,       // not there, and nobody said why
    WR_CELL_OMITTED,   // left out on purpose
    WR_CELL_DECLARED,  // there, checked for form, not evaluated
    WR_CELL_RUNS,      // there and evaluated
    WR_CELL_BROKEN,    // there, but could not be evaluated
    WR_N_CELLS,
} wr_cell;
const char *wr_cell_name(wr_cell c); // "gap" "omitted" "declared" "runs" "broken"
// Is the layer there: evaluated or declared?
static inline bool wr_cell_there(wr_cell c) { return c == WR_CELL_RUNS || c == WR_CELL_DECLARED; }

typedef struct wr_posture_layer {
    wr_cell cell;
    wr_str means;               // "guard", "scp" …; empty: none
    wr_str why;                 // OMITTED, BROKEN; DECLARED: why it does not run, or empty
    wr_counts counts;           // decisions of this run
    uint64_t lives[WR_N_LIVES]; // findings of this run
} wr_posture_layer;

typedef struct wr_posture_control {
    wr_str id, title, objective, owner, rationale, remediation, file;
    wr_severity severity;
    bool library, automatic;    // automatic: its responsive layer repairs without being asked
    const wr_str *requirements; // "nist-800-53-r5 AC-3"
    uint32_t n_requirements;
    wr_posture_layer layer[WR_N_LAYERS];
} wr_posture_control;
// The layers that are there: bits 1 << wr_layer.
unsigned wr_posture_there(const wr_posture_control *c);
static inline bool wr_posture_only_detects(const wr_posture_control *c) {
    return wr_posture_there(c) == 1u << WR_DETECTIVE;
}

typedef struct wr_posture_requirement {
    wr_str id, title; // title may be empty
    unsigned layers;  // bits 1 << wr_layer: RUNS or DECLARED in a control that maps to it
    uint32_t n_controls;
} wr_posture_requirement;

typedef struct wr_posture_framework {
    wr_str id, title;
    bool own;                            // a list of the repository
    const wr_posture_requirement *v;     // all of its list, in its order
    uint32_t n, n_covered;               // covered: by at least one layer that is there
    uint32_t by_layers[WR_N_LAYERS + 1]; // requirements by how many layers cover them
} wr_posture_framework;

typedef struct wr_posture_objective { // "data-protection/public-exposure"
    wr_str name;
    uint32_t n_controls;
    uint32_t layers[WR_N_LAYERS]; // controls with that layer there (RUNS or DECLARED)
    uint32_t only_detected;       // controls whose only layer that is there is detective
    uint32_t maturity;            // 0…5, docs/guide/coverage.md
} wr_posture_objective;

typedef struct wr_posture_exception {
    wr_str id, control, what, reason, ticket, requested_by, approved_by, file; // lists: with ", "
    int64_t starts, expires, review; // days since 1970-01-01; review INT64_MIN: none
    wr_severity risk;
    bool rated, request; // request: stands in a template
    wr_str state;        // "active" "expired" "pending" "invalid" "request"
    wr_str faults;       // "expired, self-approved"; empty: none
    uint64_t uses;       // findings it suppressed in this run
} wr_posture_exception;

typedef struct wr_posture_run { // an earlier run, for the trend
    int64_t time;
    uint64_t lives[WR_N_LIVES];
    uint64_t severities[WR_SEV_CRITICAL + 1]; // of those NEW or KNOWN
    uint64_t opened, closed;                  // against the run before
} wr_posture_run;

typedef struct wr_posture {
    wr_str name;
    int64_t time, today; // Unix seconds; days since 1970-01-01
    const wr_posture_control *controls;
    uint32_t n_controls;
    const wr_posture_framework *frameworks;
    uint32_t n_frameworks;
    const wr_posture_objective *objectives;
    uint32_t n_objectives;
    const wr_posture_exception *exceptions;
    uint32_t n_exceptions;
    const wr_posture_run *runs; // oldest first, this one last; 0: no history
    uint32_t n_runs;
    struct wr_posture_input { // what was judged: templates, plans, items, requests, records
        wr_str kind;
        uint64_t judged, not_evaluated;
    } const *inputs;
    uint32_t n_inputs;
    uint64_t lives[WR_N_LIVES];
    uint64_t severities[WR_SEV_CRITICAL + 1]; // of those NEW or KNOWN
    uint64_t not_evaluated;                   // inputs and layers that could not be evaluated
    uint64_t unusable; // files and entries of the manifest that could not be used
    wr_severity fail_on;
    bool partial;      // only some inputs were judged (--since)
    wr_str everything; // the changed file because of which all were judged; empty: none
} wr_posture;

// ---------------------------------------------------------------------------------- formats

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
    uint64_t n;               // findings written
    struct report_kept *kept; // findings of a check that are told at its end, or NULL
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
    // Any may be NULL; without decisions the format is for checks only and has no turns.
    void (*begin)(wr_report_state *r);
    void (*turn_begin)(wr_report_state *r);
    void (*section)(wr_report_state *r, uint32_t i, bool end); // i: index of the subject or policy
    // All decisions of one subject and policy, in rule order; those not printed may be left out.
    void (*decisions)(wr_report_state *r, const wr_decision *v, uint32_t n);
    void (*end)(wr_report_state *r);
    // Checks of a repository: findings one by one, then how everything stands. NULL: the format
    // is not for them.
    void (*finding)(wr_report_state *r, const wr_finding *f);
    void (*posture)(wr_report_state *r, const wr_posture *p);
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
// Of a check: begin, findings, the posture once, end. head->rules are the controls.
void wr_report_finding(wr_report_state *r, const wr_finding *f);
void wr_report_posture(wr_report_state *r, const wr_posture *p);

// "frameworks" and "objectives", the same in every JSON of ours, into the open map.
void wr_report_covered(wr_out *o, const wr_posture *p);

#endif
