// SPDX-License-Identifier: Apache-2.0
// account_int: what the readers of account dumps share; private to analyze.
// Always true: a fault makes the whole dump bad, a warning leaves a stand-in where text is missing.
#ifndef WR_ACCOUNT_INT_H
#define WR_ACCOUNT_INT_H

#include "analyze/analyze.h"

typedef struct acct_load {
    wr_ctx *c;
    wr_iam_set *set;
    const wr_doc *doc;
    wr_acct *acct;
    wr_map managed;   // ARN → wr_acct_policy
    wr_map stand_ins; // what is missing → const wr_iam_policy
    bool bad;
} acct_load;

void acct_fault(acct_load *l, wr_code code, const wr_node *n, const char *fmt, ...) WR_PRINTF(4, 5);
void acct_warn(acct_load *l, wr_code code, const wr_node *n, const char *fmt, ...) WR_PRINTF(4, 5);
wr_str acct_text(const acct_load *l, const wr_node *m, const char *key); // "" when there is none

// account_doc.c: the document at n (NULL: missing) into p->node and p->policy, or p->stand_in.
// p->name and p->arn are set.
void acct_document(acct_load *l, const wr_node *n, wr_iam_kind kind, wr_acct_policy *p);
// The stand-in for what is missing, of the kind of policy that it would be; NULL without memory.
const wr_iam_policy *acct_stand_in(acct_load *l, wr_iam_kind kind, wr_str what);

#endif
