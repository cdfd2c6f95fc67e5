// SPDX-License-Identifier: Apache-2.0
// Account dumps: the answer of IAM's GetAccountAuthorizationDetails, as the AWS command line prints
// it, to users, groups and roles with their policies. Shapes: IAM API Reference (UserDetail,
// GroupDetail, RoleDetail, ManagedPolicyDetail). What a dump does not hold is never passed over: a
// stand-in takes its place (account_doc.c).

#include "analyze/account_int.h"

static void say(acct_load *l, wr_code code, wr_sev sev, const wr_node *n, const char *fmt,
                va_list ap) {
    const wr_src *src = n && l->doc->n_srcs > n->src ? l->doc->srcs[n->src] : NULL;
    wr_span at =
        n ? (wr_span){n->span.beg, n->span.beg + (n->span.end > n->span.beg)} : (wr_span){0, 0};
    (void)wr_vreport(l->c, code, sev, src, at, fmt, ap);
}

void acct_fault(acct_load *l, wr_code code, const wr_node *n, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    say(l, code, WR_ERROR, n, fmt, ap);
    va_end(ap);
    l->bad = true;
}

void acct_warn(acct_load *l, wr_code code, const wr_node *n, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    say(l, code, WR_WARNING, n, fmt, ap);
    va_end(ap);
}

// ---------------------------------------------------------------------------------- fields

wr_str acct_text(const acct_load *l, const wr_node *m, const char *key) {
    const wr_node *n = wr_map_getz(l->doc, m, key);
    return n && n->kind == WR_STR ? wr_node_str(n) : WR_S("");
}

static const wr_node *list_of(acct_load *l, const wr_node *m, const char *key) {
    const wr_node *n = wr_map_getz(l->doc, m, key);
    if (n == NULL || n->kind == WR_NULL) return NULL;
    if (n->kind == WR_LIST) return n;
    acct_fault(l, WR_D_A0102, n, "%s is a %s, a list is wanted", key,
               wr_kind_name((wr_kind)n->kind));
    return NULL;
}

static bool differs_by_case(wr_str a, wr_str b) { return wr_same(a, b) && !wr_eq(a, b); }

// Keys that are not known are passed over, for AWS adds some; but what only looks like one that is
// known (`permissionsBoundary`), or stands twice, would drop what limits somebody.
static void check_keys(acct_load *l, const wr_node *m) {
    static const char *const known[] = {
        "UserDetailList",
        "GroupDetailList",
        "RoleDetailList",
        "Policies",
        "IsTruncated",
        "UserName",
        "GroupName",
        "RoleName",
        "UserId",
        "GroupId",
        "RoleId",
        "Path",
        "Arn",
        "UserPolicyList",
        "GroupPolicyList",
        "RolePolicyList",
        "AttachedManagedPolicies",
        "GroupList",
        "PermissionsBoundary",
        "AssumeRolePolicyDocument",
        "PolicyName",
        "PolicyArn",
        "PolicyDocument",
        "PolicyVersionList",
        "DefaultVersionId",
        "IsDefaultVersion",
        "VersionId",
        "Document",
        "PermissionsBoundaryArn",
        "Tags",
    };
    for (uint32_t i = 0; i < m->n; i++) {
        const wr_node *key = wr_map_key(m, i);
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            if (differs_by_case(wr_node_str(key), wr_strz(known[k])))
                acct_fault(l, WR_D_A0102, key, "'%.*s' is written %s in a dump",
                           WR_FMT(wr_node_str(key)), known[k]);
    }
    if (wr_map_losers(m)) acct_fault(l, WR_D_A0105, m, "a key stands twice in one object");
}

static bool is_map(acct_load *l, const wr_node *n, const char *what) {
    if (n->kind == WR_MAP) check_keys(l, n);
    if (n->kind == WR_MAP) return true;
    acct_fault(l, WR_D_A0102, n, "an item of %s is a %s, an object is wanted", what,
               wr_kind_name((wr_kind)n->kind));
    return false;
}

static bool keep(acct_load *l, wr_map *m, wr_str key, void *value) {
    void **at = wr_map_at(m, key);
    if (at == NULL) {
        l->c->arena.oom = true;
        return false;
    }
    if (*at) return false;
    *at = value;
    return true;
}

// ---------------------------------------------------------------------------------- managed

// The default version's document; NULL when the dump does not say which it is.
static const wr_node *default_document(acct_load *l, const wr_node *m) {
    const wr_node *versions = list_of(l, m, "PolicyVersionList"), *found = NULL;
    wr_str wanted = acct_text(l, m, "DefaultVersionId"), arn = acct_text(l, m, "Arn");
    for (uint32_t i = 0; versions && i < versions->n; i++) {
        const wr_node *v = &versions->u.kids[i];
        if (!is_map(l, v, "PolicyVersionList")) continue;
        const wr_node *flag = wr_map_getz(l->doc, v, "IsDefaultVersion");
        bool told = flag && flag->kind == WR_BOOL;
        bool named = wr_eq(acct_text(l, v, "VersionId"), wanted);
        bool is = wanted.n ? named : told && flag->u.b;
        if (told && flag->u.b != is) {
            acct_fault(l, WR_D_A0104, v, "policy %.*s has two default versions", WR_FMT(arn));
            return NULL;
        }
        if (is && found == NULL) found = v;
        else if (is)
            acct_fault(l, WR_D_A0104, v, "policy %.*s has two default versions", WR_FMT(arn));
    }
    if (found == NULL)
        acct_warn(l, WR_D_A0103, m, "policy %.*s: the default version is not in the dump",
                  WR_FMT(arn));
    return found ? wr_map_getz(l->doc, found, "Document") : NULL;
}

static void add_managed(acct_load *l, const wr_node *m) {
    if (!is_map(l, m, "Policies")) return;
    wr_str arn = acct_text(l, m, "Arn");
    if (arn.n == 0) {
        acct_fault(l, WR_D_A0102, m, "a policy has no Arn");
        return;
    }
    wr_acct_policy *p = WR_NEW(&l->c->arena, wr_acct_policy);
    if (p == NULL) return;
    *p = (wr_acct_policy){.name = acct_text(l, m, "PolicyName"), .arn = arn};
    if (!keep(l, &l->managed, arn, p)) {
        acct_fault(l, WR_D_A0105, m, "policy %.*s stands in the dump twice", WR_FMT(arn));
        return;
    }
    acct_document(l, default_document(l, m), WR_IAM_IDENTITY, p);
    (void)WR_PUSH(&l->c->arena, &l->acct->managed, p);
}

// The managed policy of that ARN as it is attached; a stand-in's when the dump has no such.
static wr_acct_policy attached(acct_load *l, wr_str arn, wr_str name) {
    const wr_acct_policy *p = wr_map_find(&l->managed, arn);
    if (p) return *p;
    wr_acct_policy missing = {.name = name, .arn = arn};
    acct_document(l, NULL, WR_IAM_IDENTITY, &missing);
    return missing;
}

// ---------------------------------------------------------------------------------- entities

static void read_inline(acct_load *l, const wr_node *m, const char *key, wr_acct_policies *out) {
    const wr_node *list = list_of(l, m, key);
    if (list == NULL || list->n == 0) return;
    wr_acct_policy *v = WR_NEW_N(&l->c->arena, wr_acct_policy, list->n);
    uint32_t n = 0;
    for (uint32_t i = 0; v && i < list->n; i++) {
        const wr_node *item = &list->u.kids[i];
        if (!is_map(l, item, key)) continue;
        v[n].name = acct_text(l, item, "PolicyName");
        acct_document(l, wr_map_getz(l->doc, item, "PolicyDocument"), WR_IAM_IDENTITY, &v[n]);
        if (v[n].missing)
            acct_warn(l, WR_D_A0103, item, "inline policy %.*s has no PolicyDocument",
                      WR_FMT(v[n].name));
        n++;
    }
    *out = (wr_acct_policies){v, n};
}

static void read_attached(acct_load *l, const wr_node *m, wr_acct_policies *out) {
    static const char key[] = "AttachedManagedPolicies";
    const wr_node *list = list_of(l, m, key);
    if (list == NULL || list->n == 0) return;
    wr_acct_policy *v = WR_NEW_N(&l->c->arena, wr_acct_policy, list->n);
    uint32_t n = 0;
    for (uint32_t i = 0; v && i < list->n; i++) {
        const wr_node *item = &list->u.kids[i];
        if (!is_map(l, item, key)) continue;
        wr_str arn = acct_text(l, item, "PolicyArn");
        if (arn.n == 0) acct_fault(l, WR_D_A0102, item, "an attached policy has no PolicyArn");
        else v[n++] = attached(l, arn, acct_text(l, item, "PolicyName"));
    }
    *out = (wr_acct_policies){v, n};
}

static void read_boundary(acct_load *l, const wr_node *m, wr_acct_entity *e) {
    const wr_node *b = wr_map_getz(l->doc, m, "PermissionsBoundary");
    if (b == NULL || b->kind == WR_NULL) return;
    wr_str arn = acct_text(l, b, "PermissionsBoundaryArn");
    if (b->kind == WR_MAP) check_keys(l, b);
    if (arn.n == 0) {
        acct_fault(l, WR_D_A0102, b, "a permissions boundary has no PermissionsBoundaryArn");
        return;
    }
    wr_acct_policy *p = WR_NEW(&l->c->arena, wr_acct_policy);
    if (p == NULL) return;
    size_t slash = arn.n;
    while (slash > 0 && arn.p[slash - 1] != '/') slash--;
    *p = attached(l, arn, wr_sub(arn, slash, arn.n));
    e->boundary = p;
}

static void read_tags(acct_load *l, const wr_node *m, wr_acct_entity *e) {
    const wr_node *list = list_of(l, m, "Tags");
    if (list == NULL || list->n == 0) return;
    wr_acct_tag *v = WR_NEW_N(&l->c->arena, wr_acct_tag, list->n);
    uint32_t n = 0;
    for (uint32_t i = 0; v && i < list->n; i++) {
        const wr_node *t = &list->u.kids[i];
        if (!is_map(l, t, "Tags")) continue;
        wr_str key = acct_text(l, t, "Key");
        const wr_node *value = wr_map_getz(l->doc, t, "Value");
        if (value && value->kind != WR_STR)
            acct_fault(l, WR_D_A0102, value, "the value of a tag is a %s, a text is wanted",
                       wr_kind_name((wr_kind)value->kind));
        if (key.n == 0) acct_fault(l, WR_D_A0102, t, "a tag has no Key");
        else v[n++] = (wr_acct_tag){key, acct_text(l, t, "Value")};
    }
    e->tags = v;
    e->n_tags = n;
}

// Groups are resolved when all entities are read: read_groups keeps their names.
static void read_groups(acct_load *l, const wr_node *m, wr_acct_entity *e) {
    const wr_node *list = list_of(l, m, "GroupList");
    if (list == NULL || list->n == 0) return;
    wr_acct_group_ref *v = WR_NEW_N(&l->c->arena, wr_acct_group_ref, list->n);
    for (uint32_t i = 0; v && i < list->n; i++) {
        const wr_node *g = &list->u.kids[i];
        if (g->kind != WR_STR) acct_fault(l, WR_D_A0102, g, "a group's name is no text");
        else v[e->n_groups++].name = wr_node_str(g);
    }
    e->groups = v;
}

static void resolve_groups(acct_load *l, const wr_acct_entity *e) {
    for (uint32_t i = 0; i < e->n_groups; i++) {
        wr_acct_group_ref *g = (wr_acct_group_ref *)(uintptr_t)&e->groups[i];
        if (wr_map_find(&l->acct->by_name[WR_ACCT_GROUP], g->name)) continue;
        acct_warn(l, WR_D_A0103, e->node, "%.*s is in group %.*s, which is not in the dump",
                  WR_FMT(e->name), WR_FMT(g->name));
        g->stand_in =
            acct_stand_in(l, WR_IAM_IDENTITY, wr_fmt(&l->c->arena, "group/%.*s", WR_FMT(g->name)));
    }
}

static void read_trust(acct_load *l, const wr_node *m, wr_acct_entity *e) {
    wr_acct_policy *p = WR_NEW(&l->c->arena, wr_acct_policy);
    if (p == NULL) return;
    p->name = wr_fmt(&l->c->arena, "trust policy of %.*s", WR_FMT(e->name));
    acct_document(l, wr_map_getz(l->doc, m, "AssumeRolePolicyDocument"), WR_IAM_TRUST, p);
    if (p->missing)
        acct_warn(l, WR_D_A0103, m, "role %.*s has no AssumeRolePolicyDocument", WR_FMT(e->name));
    e->trust = p;
}

static const struct {
    const char *list, *name, *id, *policies, *what;
} shape[] = {
    {"UserDetailList", "UserName", "UserId", "UserPolicyList", "user"},
    {"GroupDetailList", "GroupName", "GroupId", "GroupPolicyList", "group"},
    {"RoleDetailList", "RoleName", "RoleId", "RolePolicyList", "role"},
};

// All principals are of one account.
static bool same_account(acct_load *l, const wr_node *m, wr_str arn) {
    wr_iam_arn a;
    if (!wr_iam_arn_split(arn, &a) || !wr_eq(a.f[WR_ARN_SERVICE], WR_S("iam")) ||
        !wr_iam_is_account(a.f[WR_ARN_ACCOUNT])) {
        acct_fault(l, WR_D_A0102, m, "'%.*s' is no ARN of a principal", WR_FMT(arn));
        return false;
    }
    wr_acct *acct = l->acct;
    if (acct->id.n == 0) {
        acct->id = a.f[WR_ARN_ACCOUNT];
        acct->partition = a.f[WR_ARN_PARTITION];
    }
    if (wr_eq(acct->id, a.f[WR_ARN_ACCOUNT]) && wr_eq(acct->partition, a.f[WR_ARN_PARTITION]))
        return true;
    acct_fault(l, WR_D_A0106, m, "%.*s is of another account than %.*s", WR_FMT(arn),
               WR_FMT(acct->id));
    return false;
}

static void add_entity(acct_load *l, const wr_node *m, wr_acct_kind kind) {
    if (!is_map(l, m, shape[kind].list)) return;
    wr_acct_entity *e = WR_NEW(&l->c->arena, wr_acct_entity);
    if (e == NULL) return;
    *e = (wr_acct_entity){.kind = kind,
                          .name = acct_text(l, m, shape[kind].name),
                          .path = acct_text(l, m, "Path"),
                          .arn = acct_text(l, m, "Arn"),
                          .id = acct_text(l, m, shape[kind].id),
                          .node = m};
    if (e->name.n == 0 || e->arn.n == 0) {
        acct_fault(l, WR_D_A0102, m, "a %s has no %s", shape[kind].what,
                   e->name.n ? "Arn" : shape[kind].name);
        return;
    }
    if (!same_account(l, m, e->arn)) return;
    if (!keep(l, &l->acct->by_arn, e->arn, e) || !keep(l, &l->acct->by_name[kind], e->name, e)) {
        acct_fault(l, WR_D_A0105, m, "%s %.*s stands in the dump twice", shape[kind].what,
                   WR_FMT(e->name));
        return;
    }
    read_inline(l, m, shape[kind].policies, &e->inline_);
    read_attached(l, m, &e->attached);
    read_boundary(l, m, e);
    read_tags(l, m, e);
    if (kind == WR_ACCT_USER) read_groups(l, m, e);
    if (kind == WR_ACCT_ROLE) read_trust(l, m, e);
    e->service_linked = kind == WR_ACCT_ROLE && wr_starts(e->path, WR_S("/aws-service-role/"));
    (void)WR_PUSH(&l->c->arena, &l->acct->entities, e);
}

// ---------------------------------------------------------------------------------- pages

static bool is_page(const acct_load *l, const wr_node *m) {
    if (m->kind != WR_MAP) return false;
    if (wr_map_getz(l->doc, m, "Policies")) return true;
    for (size_t i = 0; i < sizeof shape / sizeof *shape; i++)
        if (wr_map_getz(l->doc, m, shape[i].list)) return true;
    return false;
}

static void each_page(acct_load *l, void (*work)(acct_load *, const wr_node *)) {
    const wr_node *root = l->doc->root;
    if (root->kind == WR_MAP) work(l, root);
    for (uint32_t i = 0; root->kind == WR_LIST && i < root->n; i++) work(l, &root->u.kids[i]);
}

static void check_page(acct_load *l, const wr_node *page) {
    const wr_node *cut;
    if (!is_page(l, page)) {
        acct_fault(l, WR_D_A0101, page,
                   "this is no answer of get-account-authorization-details: it has none of "
                   "UserDetailList, GroupDetailList, RoleDetailList, Policies");
        return;
    }
    check_keys(l, page);
    cut = wr_map_getz(l->doc, page, "IsTruncated");
    if (cut && cut->kind == WR_BOOL) l->acct->cut = cut->u.b;
    else if (cut && cut->kind != WR_NULL)
        acct_fault(l, WR_D_A0102, cut, "IsTruncated is a %s, a bool is wanted",
                   wr_kind_name((wr_kind)cut->kind));
}

static void read_managed(acct_load *l, const wr_node *page) {
    const wr_node *list = page->kind == WR_MAP ? list_of(l, page, "Policies") : NULL;
    for (uint32_t i = 0; list && i < list->n; i++) add_managed(l, &list->u.kids[i]);
}

static void read_entities(acct_load *l, const wr_node *page) {
    for (int k = 0; page->kind == WR_MAP && k <= WR_ACCT_ROLE; k++) {
        const wr_node *list = list_of(l, page, shape[k].list);
        for (uint32_t i = 0; list && i < list->n; i++)
            add_entity(l, &list->u.kids[i], (wr_acct_kind)k);
    }
}

wr_rc wr_acct_load(wr_ctx *c, wr_iam_set *set, const wr_doc *doc, wr_acct **out) {
    acct_load l = {.c = c, .set = set, .doc = doc, .acct = WR_NEW(&c->arena, wr_acct)};
    *out = NULL;
    if (l.acct == NULL) return WR_NOMEM;
    *l.acct = (wr_acct){.doc = doc, .src = doc->n_srcs ? doc->srcs[0] : NULL, .set = set};
    wr_map_init(&l.managed, &c->arena);
    wr_map_init(&l.stand_ins, &c->arena);
    wr_map_init(&l.acct->by_arn, &c->arena);
    for (int k = 0; k <= WR_ACCT_ROLE; k++) wr_map_init(&l.acct->by_name[k], &c->arena);
    if (doc->root->kind != WR_MAP && (doc->root->kind != WR_LIST || doc->root->n == 0))
        acct_fault(&l, WR_D_A0101, doc->root,
                   "this is no answer of get-account-authorization-details: a %s",
                   wr_kind_name((wr_kind)doc->root->kind));
    each_page(&l, check_page);
    each_page(&l, read_managed);
    each_page(&l, read_entities);
    for (uint32_t i = 0; i < l.acct->entities.n; i++) resolve_groups(&l, l.acct->entities.v[i]);
    if (l.acct->cut)
        acct_warn(&l, WR_D_A0107, doc->root, "the dump is cut off: it says that more pages follow");
    if (c->arena.oom) return WR_NOMEM;
    if (l.bad) return WR_BAD;
    *out = l.acct;
    return WR_OK;
}

// ---------------------------------------------------------------------------------- asking

const wr_acct_entity *wr_acct_named(const wr_acct *a, wr_acct_kind kind, wr_str name) {
    return wr_map_find(&a->by_name[kind], name);
}

const wr_acct_entity *wr_acct_find(const wr_acct *a, wr_str arn_or_name) {
    static const wr_acct_kind order[] = {WR_ACCT_USER, WR_ACCT_ROLE, WR_ACCT_GROUP};
    const wr_acct_entity *e = wr_map_find(&a->by_arn, arn_or_name);
    for (size_t i = 0; e == NULL && i < sizeof order / sizeof *order; i++)
        e = wr_acct_named(a, order[i], arn_or_name);
    return e;
}

typedef WR_VEC(const wr_iam_policy *) policies;

static void take(wr_ctx *c, const wr_acct_policies *from, policies *to, bool *missing) {
    for (uint32_t i = 0; i < from->n; i++) {
        const wr_acct_policy *p = &from->v[i];
        *missing = *missing || p->missing;
        (void)WR_PUSH(&c->arena, to, p->missing ? p->stand_in : p->policy);
    }
}

wr_rc wr_acct_layers(wr_ctx *c, const wr_acct *a, const wr_acct_entity *e, wr_iam_layers *l,
                     bool *missing) {
    policies identity = {0}, boundary = {0};
    take(c, &e->inline_, &identity, missing);
    take(c, &e->attached, &identity, missing);
    for (uint32_t i = 0; i < e->n_groups; i++) {
        const wr_acct_entity *g = wr_acct_named(a, WR_ACCT_GROUP, e->groups[i].name);
        if (g == NULL) {
            *missing = true;
            (void)WR_PUSH(&c->arena, &identity, e->groups[i].stand_in);
            continue;
        }
        take(c, &g->inline_, &identity, missing);
        take(c, &g->attached, &identity, missing);
    }
    l->identity = (wr_iam_list){identity.v, identity.n};
    l->has_boundary = e->boundary != NULL;
    if (e->boundary) {
        wr_acct_policies one = {e->boundary, 1};
        take(c, &one, &boundary, missing);
        l->boundary = (wr_iam_list){boundary.v, boundary.n};
    }
    return c->arena.oom ? WR_NOMEM : WR_OK;
}

void wr_acct_request_missing(wr_iam_request *r) {
    static const wr_str prefix = {WR_ACCT_MISSING, sizeof WR_ACCT_MISSING - 1};
    wr_iam_ctx_value unknown = {.state = WR_IAM_NOT_KNOWN};
    for (uint32_t k = 0; k < wr_iam_n_keys(r->set); k++)
        if (wr_starts(wr_iam_key_name(r->set, k), prefix)) wr_iam_request_set(r, k, unknown);
}
