// SPDX-License-Identifier: Apache-2.0
// core: the vocabulary everything is said in: outcome, severity, reason, decision, and the identity
// a reason keeps over time. Types and names only, no I/O.
//
// Everything the product does is a decision: a subject, the policy (id and digest), the input
// (digest), an outcome, the reasons, a time. A finding will be a decision with a life, a report a
// query over decisions; their types come with the first thing that needs them.
#ifndef WR_CORE_H
#define WR_CORE_H

#include "match/match.h"

// Total: every check and every authorization ends in exactly one of these.
typedef enum wr_outcome {
    WR_PASS,
    WR_FAIL,
    WR_SKIP,    // not applicable
    WR_FAULT,   // could not be evaluated; never folded into pass
    WR_UNKNOWN, // facts are missing; the reasons name them
    WR_ALLOW,
    WR_DENY,
    WR_IMPLICIT_DENY,
} wr_outcome;
const char *wr_outcome_name(wr_outcome o); // "PASS" "FAIL" "SKIP" "ERROR" "UNKNOWN" "ALLOW" …

// The field's severities (Security Hub, ASFF).
typedef enum wr_severity {
    WR_SEV_INFORMATIONAL,
    WR_SEV_LOW,
    WR_SEV_MEDIUM,
    WR_SEV_HIGH,
    WR_SEV_CRITICAL,
} wr_severity;
const char *wr_severity_name(wr_severity s);
bool wr_severity_parse(wr_str s, wr_severity *out); // any case

// One reason for an outcome: where in the input, where in the policy, what was found and wanted.
typedef struct wr_reason {
    wr_str message;      // one sentence that stands alone
    wr_str custom;       // the policy author's words; may be empty
    wr_str path;         // of the value in the input, "/Resources/A/Properties/B"; may be empty
    const wr_src *input; // where the value stands; NULL when it stands nowhere
    wr_span input_at;
    const wr_src *policy; // the clause
    wr_span policy_at;
    wr_str resource;      // logical id of the resource that holds the value; may be empty
    wr_str resource_type; // its Type; may be empty
} wr_reason;

typedef struct wr_decision {
    wr_str subject; // identity of what was judged: path as given, ARN
    wr_str policy;  // file of the policy
    wr_str rule;    // rule, statement or policy id inside it
    wr_str rule_id; // the author's id for it (metadata); may be empty
    wr_severity severity;
    bool warn; // author's level: report, do not fail the run
    wr_outcome outcome;
    const wr_reason *reasons;
    uint32_t n_reasons;
    uint8_t policy_digest[32], input_digest[32]; // SHA-256 of the raw bytes
    int64_t time;                                // Unix seconds
} wr_decision;

// A stable identity for a failing decision's reason: SHA-256 over policy rule, subject, resource
// and the value's path without indices; never over lines or message text. 64 hex digits.
wr_str wr_fingerprint(wr_arena *a, const wr_decision *d, const wr_reason *r);

// SHA-256 of bytes (the one wrapper over libcrypto for digests).
void wr_sha256(wr_str bytes, uint8_t out[32]);

#endif
