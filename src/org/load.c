// SPDX-License-Identifier: Apache-2.0
// The project's own organization file, writ/organization/1 (docs/guide/organization.md). Every key
// is known or an error; `scps` lists everything that is attached to a node, and a node without it
// has FullAWSAccess, as AWS attaches it to every new one.

#include "org/org_int.h"

static void check_keys(org_load *l, const wr_node *m, const char *const *known, const char *what) {
    enum { MOST = 8 };
    wr_form_row rows[MOST];
    wr_form f = {.c = l->c, .doc = l->doc, .code = WR_D_O0002};
    uint32_t n = 0;
    for (; known[n]; n++) {
        WR_ASSERT(n < MOST);
        rows[n] = (wr_form_row){.key = known[n], .kind = WR_FORM_ANY};
    }
    wr_form_keys(&f, m, what, rows, n);
    l->bad = l->bad || f.bad;
}

static const wr_node *of_kind(org_load *l, const wr_node *m, const char *key, wr_kind kind) {
    const wr_node *n = wr_map_getz(l->doc, m, key);
    if (n == NULL || n->kind == kind) return n;
    org_fault(l, WR_D_O0002, n, "%s is a %s, a %s is wanted", key, wr_kind_name((wr_kind)n->kind),
              wr_kind_name(kind));
    return NULL;
}

// ---------------------------------------------------------------------------------- policies

// What a definition says: a file's name, or the document itself.
static void define(org_load *l, wr_org_policy *p, const wr_node *n) {
    if (p == NULL) return;
    if (n->kind == WR_MAP) p->node = n;
    else if (n->kind == WR_STR && n->n > 0) p->file = wr_node_str(n);
    else
        org_fault(l, WR_D_O0002, n, "policy '%.*s' is neither the name of a file nor a document",
                  WR_FMT(p->name));
}

static const char *const list_key[WR_ORG_N_KINDS] = {"scps", "rcps"};

static void read_policies(org_load *l, const wr_node *root) {
    static const char *const known[] = {"scps", "rcps", NULL};
    const wr_node *all = of_kind(l, root, "policies", WR_MAP);
    if (all == NULL) return;
    check_keys(l, all, known, "policies");
    for (int k = 0; k < WR_ORG_N_KINDS; k++) {
        const wr_node *m = of_kind(l, all, list_key[k], WR_MAP);
        for (uint32_t i = 0; m && i < m->n; i++) {
            const wr_node *name = wr_map_key(m, i);
            wr_str s = wr_node_str(name);
            if (wr_eq(s, WR_S("FullAWSAccess")) || wr_eq(s, WR_S("RCPFullAWSAccess")))
                org_fault(l, WR_D_O0008, name, "%.*s is AWS's own policy: it is not defined here",
                          WR_FMT(s));
            else define(l, org_new_policy(l, (wr_org_policy_kind)k, s, name), wr_map_val(m, i));
        }
    }
}

static bool is_file_name(wr_str s) { return wr_ends(s, WR_S(".json")); }

// {name: …, document: {…}} in a list of attachments.
static const wr_org_policy *inline_policy(org_load *l, wr_org_policy_kind kind, const wr_node *n) {
    static const char *const known[] = {"name", "document", NULL};
    check_keys(l, n, known, "an attached policy");
    wr_str name = org_text(l, n, "name");
    const wr_node *doc = of_kind(l, n, "document", WR_MAP);
    if (name.n == 0 || doc == NULL) {
        org_fault(l, WR_D_O0002, n, "a policy that stands here has a name and a document");
        return NULL;
    }
    wr_org_policy *p = org_new_policy(l, kind, name, n);
    if (p) p->node = doc;
    return p;
}

static const wr_org_policy *attachment(org_load *l, wr_org_policy_kind kind, const wr_node *n) {
    if (n->kind == WR_MAP) return inline_policy(l, kind, n);
    if (n->kind != WR_STR) {
        org_fault(l, WR_D_O0002, n, "an attached policy is a name, a file or a document, no %s",
                  wr_kind_name((wr_kind)n->kind));
        return NULL;
    }
    wr_str s = wr_node_str(n);
    wr_org_policy *p = wr_map_find(&l->policies[kind], s);
    if (p) return p;
    if (wr_eq(s, kind == WR_ORG_SCP ? WR_S("FullAWSAccess") : WR_S("RCPFullAWSAccess")))
        return org_full_access(l, kind);
    if (is_file_name(s)) {
        p = org_new_policy(l, kind, s, n);
        if (p) p->file = s;
        return p;
    }
    org_fault(l, WR_D_O0007, n,
              "there is no %s '%.*s': it is not under policies, and no name of a .json file",
              kind == WR_ORG_SCP ? "SCP" : "RCP", WR_FMT(s));
    return NULL;
}

static void read_attached(org_load *l, const wr_node *m, wr_org_attached out[WR_ORG_N_KINDS]) {
    for (int k = 0; k < WR_ORG_N_KINDS; k++) {
        wr_org_policy_kind kind = (wr_org_policy_kind)k;
        const wr_node *list = of_kind(l, m, list_key[k], WR_LIST);
        org_list v = {0};
        if (list && list->n == 0 && kind == WR_ORG_SCP)
            org_fault(l, WR_D_O0005, list,
                      "no SCP is attached here: AWS wants at least one, most often FullAWSAccess");
        for (uint32_t i = 0; list && i < list->n; i++) {
            const wr_org_policy *p = attachment(l, kind, &list->u.kids[i]);
            if (p && (kind == WR_ORG_SCP || !p->aws_managed))
                org_attach(l, &v, p, &list->u.kids[i]);
        }
        if (list == NULL && kind == WR_ORG_SCP) {
            const wr_org_policy *full = org_full_access(l, kind);
            if (full) (void)WR_PUSH(&l->c->arena, &v, full);
        }
        out[k] = org_attached(l, kind, &v, list ? list : m);
    }
}

static void read_tags(org_load *l, const wr_node *m, const wr_org_tag **out, uint32_t *n) {
    const wr_node *tags = of_kind(l, m, "tags", WR_MAP);
    *n = 0;
    if (tags == NULL || tags->n == 0) return;
    wr_org_tag *v = WR_NEW_N(&l->c->arena, wr_org_tag, tags->n);
    for (uint32_t i = 0; v && i < tags->n; i++) {
        const wr_node *value = wr_map_val(tags, i);
        if (value->kind == WR_MAP || value->kind == WR_LIST)
            org_fault(l, WR_D_O0002, value, "the value of a tag is a text");
        v[i] = (wr_org_tag){wr_node_str(wr_map_key(tags, i)), org_scalar(l, value)};
    }
    *out = v;
    *n = v ? tags->n : 0;
}

// ---------------------------------------------------------------------------------- tree

static bool is_map(org_load *l, const wr_node *n, const char *what) {
    if (n->kind == WR_MAP) return true;
    org_fault(l, WR_D_O0002, n, "%s is a %s, a map is wanted", what,
              wr_kind_name((wr_kind)n->kind));
    return false;
}

static void read_accounts(org_load *l, const wr_node *m, wr_org_unit *unit) {
    static const char *const known[] = {"id", "name", "scps", "rcps", "tags", NULL};
    const wr_node *list = of_kind(l, m, "accounts", WR_LIST);
    for (uint32_t i = 0; list && i < list->n; i++) {
        const wr_node *n = &list->u.kids[i];
        if (!is_map(l, n, "an account")) continue;
        check_keys(l, n, known, "an account");
        const wr_node *id = wr_map_getz(l->doc, n, "id");
        wr_org_account *a =
            org_new_account(l, unit, id ? id : n, org_scalar(l, id), org_text(l, n, "name"));
        if (a == NULL) continue;
        read_attached(l, n, a->attached);
        read_tags(l, n, &a->tags, &a->n_tags);
    }
}

// depth: of the unit, the root being 0.
static void read_unit(org_load *l, const wr_node *n, wr_org_unit *parent, uint32_t depth) {
    static const char *const known[] = {"id",   "name",  "scps",     "rcps",
                                        "tags", "units", "accounts", NULL};
    if (!is_map(l, n, parent ? "a unit" : "root")) return;
    check_keys(l, n, known, parent ? "a unit" : "root");
    wr_str name = org_text(l, n, "name");
    if (parent && name.n == 0) org_fault(l, WR_D_O0002, n, "a unit has a name");
    wr_org_unit *u = org_new_unit(l, parent, n, org_text(l, n, "id"), name);
    if (u == NULL) return;
    read_attached(l, n, u->attached);
    read_tags(l, n, &u->tags, &u->n_tags);
    read_accounts(l, n, u);
    const wr_node *units = of_kind(l, n, "units", WR_LIST);
    if (units && units->n && depth == ORG_MAX_DEPTH) {
        org_fault(l, WR_D_O0010, units, "units are nested more than %d deep", ORG_MAX_DEPTH);
        return;
    }
    for (uint32_t i = 0; units && i < units->n; i++) read_unit(l, &units->u.kids[i], u, depth + 1);
}

void org_read_own(org_load *l) {
    static const char *const known[] = {"schema", "id", "management", "policies", "root", NULL};
    const wr_node *m = l->doc->root;
    const wr_node *schema = wr_map_getz(l->doc, m, "schema");
    if (schema == NULL || !wr_eq(org_scalar(l, schema), WR_S("writ/organization/1"))) {
        org_fault(l, WR_D_O0001, schema ? schema : m,
                  "this is no organization file: 'schema: writ/organization/1' is wanted, or the "
                  "answers of aws organizations with 'Roots'");
        return;
    }
    check_keys(l, m, known, "the organization");
    l->org->id = org_text(l, m, "id");
    read_policies(l, m);
    const wr_node *root = wr_map_getz(l->doc, m, "root");
    if (root == NULL) {
        org_fault(l, WR_D_O0002, m, "the organization has no root");
        return;
    }
    read_unit(l, root, NULL, 0);
    const wr_node *management = wr_map_getz(l->doc, m, "management");
    if (management) org_set_management(l, management, org_scalar(l, management));
}
