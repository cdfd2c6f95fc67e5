// SPDX-License-Identifier: Apache-2.0
// core: the vocabulary everything is said in: outcome, severity, reason, decision, and the identity
// a reason keeps over time. Types and names only, no I/O.
//
// Everything the product does is a decision: a subject, the policy (id and digest), the input
// (digest), an outcome, the reasons, a time. A report (src/report) is a query over decisions. A
// finding is a decision's reason with a life: new, known, suppressed until a day, resolved.
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

// Sets of outcomes.
#define WR_BIT(outcome) (1u << (outcome))
enum {
    WR_N_OUTCOMES = WR_IMPLICIT_DENY + 1,
    WR_IS_GOOD = WR_BIT(WR_PASS) | WR_BIT(WR_ALLOW),
    WR_IS_BAD = WR_BIT(WR_FAIL) | WR_BIT(WR_DENY) | WR_BIT(WR_IMPLICIT_DENY),
    WR_IS_OPEN = WR_BIT(WR_FAULT) | WR_BIT(WR_UNKNOWN), // no verdict: the one reason says why
    WR_IS_ANY = WR_IS_GOOD | WR_IS_BAD | WR_IS_OPEN | WR_BIT(WR_SKIP),
};
typedef struct wr_counts {
    uint64_t of[WR_N_OUTCOMES]; // decisions by outcome
    uint64_t warned;            // of those in WR_IS_BAD: of rules that only warn
} wr_counts;

// The field's severities (Security Hub, ASFF).
typedef enum wr_severity {
    WR_SEV_INFORMATIONAL,
    WR_SEV_LOW,
    WR_SEV_MEDIUM,
    WR_SEV_HIGH,
    WR_SEV_CRITICAL,
} wr_severity;
const char *wr_severity_name(wr_severity s);        // "HIGH"
const char *wr_severity_word(wr_severity s);        // "high"
bool wr_severity_parse(wr_str s, wr_severity *out); // any case

// One reason for an outcome: where in the input, where in the policy, what was found and wanted.
typedef struct wr_reason {
    wr_str message; // one sentence that stands alone
    wr_str found;   // its parts, what was found and what was wanted; empty when it has none
    wr_str wanted;
    wr_str custom;       // the policy author's words; may be empty
    wr_str fix;          // what to do about it; may be empty
    wr_str which;        // tells it from its neighbours, for its fingerprint; may be empty
    wr_str path;         // of the value in the input, "/Resources/A/Properties/B"; may be empty
    const wr_src *input; // where the value stands; NULL when it stands nowhere
    wr_span input_at;
    const wr_src *policy; // the clause
    wr_span policy_at;
    wr_str resource;      // logical id of the resource that holds the value; may be empty
    wr_str resource_type; // its Type; may be empty
} wr_reason;

// A rule as its author describes it.
typedef struct wr_rule_info {
    wr_str policy; // file
    wr_str rule;   // inside it
    wr_str name;   // as the language names it among all rules
    wr_str id;     // the author's; may be empty, as the title
    wr_str title;
    wr_severity severity;
    bool rated; // the author gave the severity; else it is MEDIUM
    bool warn;  // author's level: report, do not fail the run
} wr_rule_info;

typedef struct wr_decision {
    wr_str subject; // identity of what was judged: path as given, ARN
    wr_str policy;  // file of the policy
    wr_str rule;    // rule, statement or policy id inside it
    wr_str rule_id; // the author's id for it (metadata); may be empty
    wr_str title;   // the author's; may be empty
    uint32_t index; // the rule's place among all rules that decided
    wr_severity severity;
    bool rated; // as in wr_rule_info
    bool warn;
    wr_outcome outcome;
    const wr_reason *reasons;
    uint32_t n_reasons;
    uint8_t policy_digest[32], input_digest[32]; // SHA-256 of the raw bytes
    int64_t time;                                // Unix seconds
} wr_decision;

// The four layers of control over a resource's life.
typedef enum wr_layer {
    WR_PREVENTATIVE, // what cannot be done: SCP, RCP, IAM
    WR_PROACTIVE,    // what is not deployed: Guard on templates and plans
    WR_DETECTIVE,    // what is noticed: Guard on recorded configuration
    WR_RESPONSIVE,   // what is repaired: runbooks
    WR_N_LAYERS,
} wr_layer;
const char *wr_layer_name(wr_layer l); // "preventative" …
bool wr_layer_parse(wr_str s, wr_layer *out);

// A finding: a reason of a decision that is no pass, with a life of its own.
typedef enum wr_life {
    WR_NEW,
    WR_KNOWN,      // stands in the baseline: shown, does not fail a run
    WR_SUPPRESSED, // an exception covers it until a day
    WR_RESOLVED,   // stood in an earlier report, is no longer found
    WR_N_LIVES,
} wr_life;
const char *wr_life_name(wr_life l); // "NEW" "KNOWN" "SUPPRESSED" "RESOLVED"
const char *wr_life_word(wr_life l); // "new" …

typedef struct wr_finding {
    const wr_decision *decision;
    const wr_reason *reason;
    wr_str fingerprint; // wr_fingerprint: the same in every format and every run
    wr_str control;     // id of the control, or of what else asked for it
    bool has_layer;     // findings about the repository itself (exceptions) have none
    wr_layer layer;
    wr_str title, owner, objective, remediation; // the control's
    wr_severity severity;
    wr_str account, region, resource, resource_type; // may be empty
    const wr_str *requirements;                      // "nist-800-53-r5 AC-3": framework, blank, id
    uint32_t n_requirements;
    uint64_t times; // how often it was seen in this run (calls in a trail); at least 1
    wr_life life;
    wr_str exception;   // WR_SUPPRESSED: by which
    int64_t until;      // WR_SUPPRESSED: last day it holds (days since 1970-01-01)
    int64_t first_seen; // Unix seconds; 0: not known
} wr_finding;

// A stable identity for a failing decision's reason: SHA-256 over policy rule, subject, resource
// and the value's path without indices, and what `which` says; never over lines or message text.
// 64 hex digits.
wr_str wr_fingerprint(wr_arena *a, const wr_decision *d, const wr_reason *r);

// SHA-256 of bytes (the one wrapper over libcrypto for digests).
void wr_sha256(wr_str bytes, uint8_t out[32]);
// The same of bytes that come piece by piece. wr_digest_end frees it; NULL: no memory.
typedef struct wr_digest wr_digest;
wr_digest *wr_digest_new(void);
void wr_digest_add(wr_digest *d, wr_str bytes);
void wr_digest_end(wr_digest *d, uint8_t out[32]);

#endif
