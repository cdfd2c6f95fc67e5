// SPDX-License-Identifier: Apache-2.0
// org_int: what the two readers of organizations share; private to org.
// Always true: every fault is said once, at the place where it stands, and makes the file bad.
#ifndef WR_ORG_INT_H
#define WR_ORG_INT_H

#include "org/org.h"

enum { ORG_MAX_DEPTH = 5, ORG_MAX_ATTACHED = 5 };

typedef struct org_load {
    wr_ctx *c;
    const wr_doc *doc;
    wr_org *org;
    wr_map policies[WR_ORG_N_KINDS]; // name (and id) → wr_org_policy
    wr_map accounts;                 // id → wr_org_account
    wr_map unit_ids;                 // id → wr_org_unit
    bool bad;
} org_load;

typedef WR_VEC(const wr_org_policy *) org_list;

void org_fault(org_load *l, wr_code code, const wr_node *n, const char *fmt, ...) WR_PRINTF(4, 5);
void org_warn(org_load *l, wr_code code, const wr_node *n, const char *fmt, ...) WR_PRINTF(4, 5);
// A text, or a number as it is written; "" when n is neither.
wr_str org_scalar(const org_load *l, const wr_node *n);
wr_str org_text(org_load *l, const wr_node *m, const char *key); // "" when not there

wr_org_policy *org_new_policy(org_load *l, wr_org_policy_kind kind, wr_str name, const wr_node *at);
// Adds one attachment to list; says when it stands there twice.
void org_attach(org_load *l, org_list *list, const wr_org_policy *p, const wr_node *at);
// What one node has attached: quota and emptiness checked.
wr_org_attached org_attached(org_load *l, wr_org_policy_kind kind, const org_list *list,
                             const wr_node *at);
// FullAWSAccess or RCPFullAWSAccess.
const wr_org_policy *org_full_access(org_load *l, wr_org_policy_kind kind);
wr_org_unit *org_new_unit(org_load *l, wr_org_unit *parent, const wr_node *at, wr_str id,
                          wr_str name);
wr_org_account *org_new_account(org_load *l, wr_org_unit *unit, const wr_node *at, wr_str id,
                                wr_str name);
void org_set_management(org_load *l, const wr_node *at, wr_str id_or_name);

void org_read_own(org_load *l); // load.c
void org_read_aws(org_load *l); // aws.c

#endif
