// SPDX-License-Identifier: Apache-2.0
// check_int: judging one input by one layer, and what a run of all of them shares; private to
// control.
//
// Always true: a judge belongs to one thread; what it finds lives in its task until that is
// rewound; the repository is only read.
#ifndef WR_CHECK_INT_H
#define WR_CHECK_INT_H

#include "control/control.h"

// ---------------------------------------------------------------------------------- judging

typedef struct ctl_judge {
    const wr_repo *r;
    wr_ctx *home;        // lives as long as the judge
    wr_ctx *task;        // of one input: memory, diagnostics, clock
    wr_guard_eval *eval; // these two are made when first needed
    wr_iam_eval *iam;
    unsigned shape; // of the bound input: WR_ON_…
    wr_str *types;  // resource types of the bound template or item, sorted, each once
    uint32_t n_types;
    bool any_type; // of the bound template: it may hold resources of any type besides
} ctl_judge;

// What one layer says of one input. outcome is the layer's; the parts are its reasons by outcome
// (FAIL, ERROR, UNKNOWN), of which a layer of several rules may have more than one. A layer that
// passes, or is not applicable, has none.
enum { CTL_MAX_PARTS = 3 };
typedef struct ctl_verdict {
    wr_outcome outcome;
    wr_decision part[CTL_MAX_PARTS];
    uint32_t n;
} ctl_verdict;

void ctl_judge_init(ctl_judge *j, const wr_repo *r, wr_ctx *home, wr_ctx *task);
void ctl_judge_fini(ctl_judge *j);
// Takes a document (loaded over the rules' symbols or not) as rules see it: templates as they are,
// plans and items by their views. Until the next call. WR_BAD: it is none of these (K0505), or its
// view cannot be made; the diagnostics say why.
wr_rc ctl_bind(ctl_judge *j, const wr_doc *doc, wr_str name) WR_MUST_USE;
// Is the control about a resource that the bound input holds? Plans: always.
bool ctl_concerns(const ctl_judge *j, const wr_control *c);
// One Guard layer on the bound input.
wr_rc ctl_judge_guard(ctl_judge *j, const wr_control *c, wr_layer l, wr_str subject,
                      ctl_verdict *v) WR_MUST_USE;

// A request, in the form `writ iam simulate` takes (docs/guide/iam-simulate.md).
typedef struct ctl_key {
    wr_str name;
    uint8_t state; // wr_iam_state
    bool multi;
    uint32_t n;
    const wr_str *v;
} ctl_key;
typedef struct ctl_request {
    wr_str id, action, resource, resource_account;
    wr_str principal;
    bool exact, resource_unknown, caller_management, resource_management;
    WR_VEC(ctl_key) keys;
    const wr_node *expect; // NULL: nothing is expected
    const wr_node *node;
    const wr_doc *doc;
    wr_iam_principal who;
} ctl_request;
// Reads a request into *out (memory: task's). WR_BAD: diagnostics I0201.
wr_rc ctl_request_read(wr_ctx *task, const wr_doc *d, const wr_node *n,
                       ctl_request *out) WR_MUST_USE;
// One SCP, RCP (beside FullAWSAccess: ALLOW means not denied) or IAM policy on a request.
// SKIP: policies of that kind do not bind such a caller.
wr_rc ctl_judge_request(ctl_judge *j, const wr_control *c, wr_layer l, const ctl_request *q,
                        wr_str subject, ctl_verdict *v) WR_MUST_USE;

// A decision of the layer without reasons.
wr_decision ctl_decision_of(const ctl_judge *j, const wr_control *c, wr_layer l, wr_str subject,
                            wr_outcome o);
// A verdict of one part without a place: why a layer cannot be evaluated.
void ctl_verdict_one(ctl_judge *j, const wr_control *c, wr_layer l, wr_str subject, wr_outcome o,
                     wr_str why, ctl_verdict *v);

#endif
