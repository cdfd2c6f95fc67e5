// SPDX-License-Identifier: Apache-2.0
// org: an organization as a tree: root, organizational units, accounts, tags, and the policies
// attached to each by name. Knows no policy language: an attachment is a name and where its text
// stands. Rules: AWS Organizations User Guide (SCP evaluation, inheritance, quotas).
//
// Always true: one root; every account under exactly one unit or the root; depth of units at most
// five; names of attached policies resolve; the management account is named at most once.
#ifndef WR_ORG_H
#define WR_ORG_H

#include "core/core.h"

typedef enum wr_org_policy_kind { WR_ORG_SCP, WR_ORG_RCP, WR_ORG_N_KINDS } wr_org_policy_kind;

typedef struct wr_org_policy { // a policy of the organization
    wr_str name;
    wr_org_policy_kind kind;
    const wr_node *node; // its document when it stands inline; else NULL
    wr_str file;         // else the file, relative to the organization file; empty when inline
    const wr_node *at;   // where it is named
    wr_str id;           // "p-…"; may be empty
    bool aws_managed;    // FullAWSAccess, RCPFullAWSAccess: neither node nor file
} wr_org_policy;

typedef struct wr_org_attached {
    const wr_org_policy *const *v;
    uint32_t n;
} wr_org_attached;

typedef struct wr_org_tag {
    wr_str key, value;
} wr_org_tag;

typedef struct wr_org_unit {    // the root is one
    wr_str id, name;            // "ou-ab12-cdef" (may be empty), "Workloads"
    struct wr_org_unit *parent; // NULL: root
    wr_org_attached attached[WR_ORG_N_KINDS];
    const wr_org_tag *tags;
    uint32_t n_tags;
    const wr_node *node;
} wr_org_unit;

typedef struct wr_org_account {
    wr_str id, name; // twelve digits
    wr_org_unit *unit;
    wr_org_attached attached[WR_ORG_N_KINDS];
    const wr_org_tag *tags;
    uint32_t n_tags;
    bool management;
    const wr_node *node;
} wr_org_account;

typedef struct wr_org {
    const wr_doc *doc;
    const wr_src *src;
    wr_str id; // "o-…"; may be empty
    WR_VEC(wr_org_policy *) policies;
    WR_VEC(wr_org_unit *) units; // the root first, parents before children
    WR_VEC(wr_org_account *) accounts;
    const wr_org_account *management; // NULL: not said
} wr_org;

// Reads the project's organization file (docs/guide/organization.md; YAML or JSON), or the JSON
// that collects the answers of `aws organizations`. Diagnostics O0xxx, one a fault; WR_BAD.
wr_rc wr_org_load(wr_ctx *c, const wr_doc *doc, wr_org **out) WR_MUST_USE;
const wr_org_account *wr_org_account_find(const wr_org *o, wr_str id_or_name);
const wr_org_unit *wr_org_unit_find(const wr_org *o, wr_str id_or_name_or_path); // "Workloads/Prod"

// Attachments from the root down to the account, one entry a level (root, units …, account).
// FullAWSAccess is there only where it is attached; RCPFullAWSAccess, which AWS attaches
// everywhere and lets nobody detach, is left out. n levels at most WR_ORG_MAX_LEVELS.
enum { WR_ORG_MAX_LEVELS = 7 };
uint32_t wr_org_levels(const wr_org_account *a, wr_org_policy_kind kind,
                       wr_org_attached out[WR_ORG_MAX_LEVELS]);
// "o-abc/r-1/ou-1/ou-2/": aws:PrincipalOrgPaths. Empty when the file does not say every id.
wr_str wr_org_path(wr_arena *a, const wr_org *o, const wr_org_account *acc);

#endif
