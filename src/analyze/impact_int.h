// SPDX-License-Identifier: Apache-2.0
// impact_int: what judging and counting of a replay share; private to analyze. One worker's memory
// grows with distinct actions and rows, both capped, never with the length of a trail.
#ifndef WR_IMPACT_INT_H
#define WR_IMPACT_INT_H

#include "analyze/analyze.h"

typedef struct impact_ref { // a statement that may name an action
    uint32_t policy;
    bool unsure; // which action the event stands for is not certain, and it may not be this
    const wr_iam_stmt *stmt;
} impact_ref;

typedef struct impact_action { // an event's action, and the statements that may name it
    wr_trail_action action;
    bool judged;            // it has a form that policies can name
    bool spared;            // sts:GetCallerIdentity: no policy denies it
    bool rcp;               // RCPs bind its service
    const impact_ref *refs; // by policy
    uint32_t n_refs;
} impact_action;

typedef struct impact_judged { // one policy's answer
    wr_tri deny, allow;        // about the resource in hand
    const wr_iam_stmt *stmt;   // that gave deny
    bool exempt;
    wr_impact_verdict worst; // of the resources so far
    const wr_iam_stmt *worst_stmt;
    uint32_t worst_at; // which resource
} impact_judged;

typedef struct impact_work {
    wr_trail_keys *keys;
    wr_iam_request request;
    wr_trail_record record;
    wr_trail_request made;
    wr_map actions; // "source name" → impact_action
    wr_map rows;
    impact_judged *judged; // n_policies + 1
    wr_iam_need need;
    uint64_t *facts; // bits
    wr_buf key;
    wr_ctx scratch; // of one record
    wr_ctx_mark mark;
    uint32_t file;
    uint64_t at_record, at_line;
} impact_work;

// What a call is counted under.
typedef struct impact_call {
    wr_str principal, action, account;
    bool failed;
} impact_call;
// facts: bits of what an unknown waits for, n_facts wide; else NULL.
wr_rc impact_count(wr_impact *w, uint32_t policy, wr_impact_verdict v, const impact_call *call,
                   const wr_iam_stmt *stmt, const uint64_t *facts);

#endif
