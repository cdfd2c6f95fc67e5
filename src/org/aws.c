// SPDX-License-Identifier: Apache-2.0
// An organization as the commands of `aws organizations` describe it, collected in one JSON object
// (docs/guide/organization.md shows how): Organization, Roots, OrganizationalUnits and Accounts
// with the ParentId each was asked under, Policies with Content and Targets. Nothing is filled in:
// attachments are exactly what Targets says. Shapes: AWS Organizations API Reference.

#include "org/org_int.h"

static const wr_node *list_of(org_load *l, const wr_node *m, const char *key, bool wanted) {
    const wr_node *n = wr_map_getz(l->doc, m, key);
    if (n && n->kind == WR_LIST) return n;
    if (n || wanted)
        org_fault(l, WR_D_O0002, n ? n : m, "%s is %s, a list is wanted", key,
                  n ? wr_kind_name((wr_kind)n->kind) : "missing");
    return NULL;
}

static bool is_map(org_load *l, const wr_node *n, const char *what) {
    if (n->kind == WR_MAP) return true;
    org_fault(l, WR_D_O0002, n, "an item of %s is a %s, an object is wanted", what,
              wr_kind_name((wr_kind)n->kind));
    return false;
}

static void read_root(org_load *l, const wr_node *m) {
    const wr_node *roots = list_of(l, m, "Roots", true);
    if (roots == NULL) return;
    if (roots->n != 1 || !is_map(l, roots->u.kids, "Roots")) {
        org_fault(l, WR_D_O0002, roots, "an organization has one root, here are %u",
                  (unsigned)roots->n);
        return;
    }
    const wr_node *r = roots->u.kids;
    (void)org_new_unit(l, NULL, r, org_text(l, r, "Id"), org_text(l, r, "Name"));
}

static uint32_t depth_of(const wr_org_unit *u) {
    uint32_t n = 0;
    for (; u->parent; u = u->parent) n++;
    return n;
}

// Units stand in any order: those whose parent is there are added until nothing changes.
static void read_units(org_load *l, const wr_node *m) {
    const wr_node *list = list_of(l, m, "OrganizationalUnits", false);
    uint32_t left = list ? list->n : 0;
    bool *done = left ? WR_NEW_N(&l->c->arena, bool, left) : NULL;
    for (uint32_t round = 0; done && left && round <= ORG_MAX_DEPTH; round++) {
        for (uint32_t i = 0; i < list->n; i++) {
            const wr_node *n = &list->u.kids[i];
            if (done[i] || (round == 0 && !is_map(l, n, "OrganizationalUnits"))) continue;
            wr_org_unit *parent = wr_map_find(&l->unit_ids, org_text(l, n, "ParentId"));
            // A parent added in this round waits for the next: so depth grows by rounds.
            if (parent == NULL || depth_of(parent) != round) continue;
            done[i] = true;
            left--;
            if (round == ORG_MAX_DEPTH)
                org_fault(l, WR_D_O0010, n, "units are nested more than %d deep", ORG_MAX_DEPTH);
            else (void)org_new_unit(l, parent, n, org_text(l, n, "Id"), org_text(l, n, "Name"));
        }
    }
    for (uint32_t i = 0; done && left && i < list->n; i++)
        if (!done[i])
            org_fault(l, WR_D_O0007, &list->u.kids[i],
                      "unit %.*s has no ParentId that is in the file",
                      WR_FMT(org_text(l, &list->u.kids[i], "Id")));
}

static void read_accounts(org_load *l, const wr_node *m) {
    const wr_node *list = list_of(l, m, "Accounts", true);
    for (uint32_t i = 0; list && i < list->n; i++) {
        const wr_node *n = &list->u.kids[i];
        if (!is_map(l, n, "Accounts")) continue;
        wr_str id = org_text(l, n, "Id");
        wr_org_unit *unit = wr_map_find(&l->unit_ids, org_text(l, n, "ParentId"));
        if (unit) (void)org_new_account(l, unit, n, id, org_text(l, n, "Name"));
        else
            org_fault(l, WR_D_O0007, n, "account %.*s has no ParentId that is in the file",
                      WR_FMT(id));
    }
}

// ---------------------------------------------------------------------------------- policies

static const wr_node *target_node(const org_load *l, wr_str id) {
    const wr_org_unit *u = wr_map_find(&l->unit_ids, id);
    const wr_org_account *a = wr_map_find(&l->accounts, id);
    return u ? u->node : a ? a->node : NULL;
}

typedef struct attach {
    org_list lists[WR_ORG_N_KINDS];
} attach;

static void read_targets(org_load *l, const wr_node *policy, const wr_org_policy *p,
                         wr_map *attached) {
    const wr_node *list = list_of(l, policy, "Targets", true);
    for (uint32_t i = 0; list && i < list->n; i++) {
        const wr_node *t = &list->u.kids[i];
        if (!is_map(l, t, "Targets")) continue;
        wr_str id = org_text(l, t, "TargetId");
        if (target_node(l, id) == NULL) {
            org_fault(l, WR_D_O0007, t,
                      "policy '%.*s' is attached to %.*s, which is not in the "
                      "file",
                      WR_FMT(p->name), WR_FMT(id));
            continue;
        }
        void **at = wr_map_at(attached, id);
        if (at && *at == NULL) *at = WR_NEW(&l->c->arena, attach);
        if (at && *at) org_attach(l, &((attach *)*at)->lists[p->kind], p, t);
    }
}

static bool kind_of(wr_str type, wr_org_policy_kind *out) {
    if (wr_eq(type, WR_S("SERVICE_CONTROL_POLICY"))) *out = WR_ORG_SCP;
    else if (wr_eq(type, WR_S("RESOURCE_CONTROL_POLICY"))) *out = WR_ORG_RCP;
    else return false;
    return true;
}

static void read_policy(org_load *l, const wr_node *n, wr_map *attached) {
    const wr_node *sum = wr_map_getz(l->doc, n, "PolicySummary");
    const wr_node *content = wr_map_getz(l->doc, n, "Content");
    wr_org_policy_kind kind;
    if (sum == NULL || !is_map(l, sum, "PolicySummary")) {
        org_fault(l, WR_D_O0002, n, "a policy has no PolicySummary");
        return;
    }
    if (!kind_of(org_text(l, sum, "Type"), &kind)) return; // tag, backup … policies
    wr_str name = org_text(l, sum, "Name");
    const wr_node *own = wr_map_getz(l->doc, sum, "AwsManaged");
    wr_org_policy *p = org_new_policy(l, kind, name, n);
    if (p == NULL) return;
    p->id = org_text(l, sum, "Id");
    p->aws_managed =
        own && own->kind == WR_BOOL && own->u.b &&
        wr_eq(name, kind == WR_ORG_SCP ? WR_S("FullAWSAccess") : WR_S("RCPFullAWSAccess"));
    if (content && (content->kind == WR_STR || content->kind == WR_MAP)) p->node = content;
    else if (!p->aws_managed)
        org_fault(l, WR_D_O0002, n, "policy '%.*s' has no Content", WR_FMT(name));
    if (p->aws_managed) p->node = NULL;
    if (kind == WR_ORG_RCP && p->aws_managed) return; // everywhere
    read_targets(l, n, p, attached);
}

static void settle(org_load *l, const wr_map *attached, wr_str id, const wr_node *at,
                   wr_org_attached out[WR_ORG_N_KINDS]) {
    static const attach none;
    const attach *a = wr_map_find(attached, id);
    if (a == NULL) a = &none;
    for (int k = 0; k < WR_ORG_N_KINDS; k++)
        out[k] = org_attached(l, (wr_org_policy_kind)k, &a->lists[k], at);
    if (out[WR_ORG_SCP].n == 0)
        org_fault(l, WR_D_O0005, at,
                  "no SCP is attached to %.*s: FullAWSAccess and its Targets "
                  "are missing",
                  WR_FMT(id));
}

static void read_policies(org_load *l, const wr_node *m) {
    const wr_node *list = list_of(l, m, "Policies", true);
    wr_map attached;
    wr_map_init(&attached, &l->c->arena);
    if (list == NULL) return;
    for (uint32_t i = 0; i < list->n; i++)
        if (is_map(l, &list->u.kids[i], "Policies")) read_policy(l, &list->u.kids[i], &attached);
    for (uint32_t i = 0; i < l->org->units.n; i++) {
        wr_org_unit *u = l->org->units.v[i];
        settle(l, &attached, u->id, u->node, u->attached);
    }
    for (uint32_t i = 0; i < l->org->accounts.n; i++) {
        wr_org_account *a = l->org->accounts.v[i];
        settle(l, &attached, a->id, a->node, a->attached);
    }
}

void org_read_aws(org_load *l) {
    const wr_node *m = l->doc->root, *org = wr_map_getz(l->doc, m, "Organization");
    read_root(l, m);
    if (l->bad) return;
    read_units(l, m);
    read_accounts(l, m);
    read_policies(l, m);
    if (org == NULL) {
        org_fault(l, WR_D_O0002, m,
                  "Organization, the answer of describe-organization, is missing");
        return;
    }
    l->org->id = org_text(l, org, "Id");
    const wr_node *id = wr_map_getz(l->doc, org, "MasterAccountId");
    if (id) org_set_management(l, id, org_scalar(l, id));
}
