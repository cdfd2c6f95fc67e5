// SPDX-License-Identifier: Apache-2.0
// reasons: a failed check in words of our own, with its place and its resource; private to
// lang/guard. Decisions and every report of `writ guard` are made from these, so that they agree.
#ifndef WR_GUARD_REASONS_H
#define WR_GUARD_REASONS_H

#include "lang/guard/out_int.h"

typedef struct g_resource {
    wr_str id;   // logical id, or address of a plan
    wr_str type; // may be empty
} g_resource;

// "/Resources/A/Properties/Size is 500" and "at most 100". tmp is scratch.
void g_put_found(wr_buf *b, wr_buf *tmp, const g_vals *v, const g_report *p);
void g_put_wanted(wr_buf *b, wr_buf *tmp, const g_vals *v, const g_report *p);

// The value a check is about; NULL when it is about none.
const wr_node *g_report_node(const g_report *p);
bool g_place_of(const g_vals *v, const wr_node *n, const wr_src **src, wr_span *at);
// Where to point people at; false when the check is about nothing in an input.
bool g_report_place(const g_vals *v, const g_report *p, const wr_src **src, wr_span *at);
wr_span g_report_clause(const g_report *p, const g_rule *rule); // in p->file's text
bool g_report_resource(const g_vals *v, const g_report *p, g_resource *out);
bool g_resource_of(const g_vals *v, const wr_node *n, g_resource *out);

// Why a rule has no verdict: what could not be done, or what is not known yet.
static inline bool g_no_verdict(g_status st) { return st == G_ERROR || st == G_UNKNOWN; }
void g_put_no_verdict(wr_buf *b, const g_result *r, const g_rule_result *rr);

// The decision of a rule without its reasons, and what its author says of it.
wr_decision g_decision(const g_file *f, const g_rule *rule, g_status st, wr_str subject,
                       int64_t now);
wr_rule_info g_rule_info(const g_file *f, const g_rule *rule);
wr_outcome g_outcome(g_status st);

#endif
