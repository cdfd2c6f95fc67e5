// SPDX-License-Identifier: Apache-2.0
// An organization in memory: making its parts with the checks that hold for both file formats, and
// the questions asked of it. Rules: AWS Organizations User Guide, "SCP evaluation", "RCP
// evaluation" (every level from the root to the account counts), "Quotas" (five levels of units).

#include "org/org_int.h"

static void say(org_load *l, wr_code code, wr_sev sev, const wr_node *n, const char *fmt,
                va_list ap) {
    const wr_src *src = n ? wr_form_src(l->doc, n) : NULL;
    (void)wr_vreport(l->c, code, sev, src, wr_form_span(n), fmt, ap);
}

void org_fault(org_load *l, wr_code code, const wr_node *n, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    say(l, code, WR_ERROR, n, fmt, ap);
    va_end(ap);
    l->bad = true;
}

void org_warn(org_load *l, wr_code code, const wr_node *n, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    say(l, code, WR_WARNING, n, fmt, ap);
    va_end(ap);
}

wr_str org_scalar(const org_load *l, const wr_node *n) { return wr_form_scalar(l->doc, n); }

wr_str org_text(org_load *l, const wr_node *m, const char *key) {
    const wr_node *n = wr_map_getz(l->doc, m, key);
    wr_str s = org_scalar(l, n);
    if (n && n->kind != WR_NULL && s.n == 0)
        org_fault(l, WR_D_O0002, n, "%s is a %s, a text is wanted", key,
                  n->kind == WR_STR ? "text without characters" : wr_kind_name((wr_kind)n->kind));
    return s;
}

// The value kept under key, or value itself when it is the first.
static void *first(org_load *l, wr_map *m, wr_str key, void *value) {
    void **at = wr_map_at(m, key);
    if (at == NULL) {
        l->c->arena.oom = true;
        return value;
    }
    if (*at == NULL) *at = value;
    return *at;
}

// ---------------------------------------------------------------------------------- parts

static const char *const kind_word[WR_ORG_N_KINDS] = {"SCP", "RCP"};

wr_org_policy *org_new_policy(org_load *l, wr_org_policy_kind kind, wr_str name,
                              const wr_node *at) {
    wr_org_policy *p = WR_NEW(&l->c->arena, wr_org_policy);
    if (p == NULL) return NULL;
    *p = (wr_org_policy){.name = name, .kind = kind, .at = at};
    if (first(l, &l->policies[kind], name, p) != p) {
        org_fault(l, WR_D_O0008, at, "there are two %ss of the name '%.*s'", kind_word[kind],
                  WR_FMT(name));
        return NULL;
    }
    (void)WR_PUSH(&l->c->arena, &l->org->policies, p);
    return p;
}

const wr_org_policy *org_full_access(org_load *l, wr_org_policy_kind kind) {
    wr_str name = kind == WR_ORG_SCP ? WR_S("FullAWSAccess") : WR_S("RCPFullAWSAccess");
    wr_org_policy *p = wr_map_find(&l->policies[kind], name);
    if (p == NULL) p = org_new_policy(l, kind, name, NULL);
    if (p && p->node == NULL && p->file.n == 0) p->aws_managed = true;
    return p;
}

void org_attach(org_load *l, org_list *list, const wr_org_policy *p, const wr_node *at) {
    for (uint32_t i = 0; i < list->n; i++) {
        if (list->v[i] != p) continue;
        org_fault(l, WR_D_O0008, at, "'%.*s' is attached here twice", WR_FMT(p->name));
        return;
    }
    (void)WR_PUSH(&l->c->arena, list, p);
}

wr_org_attached org_attached(org_load *l, wr_org_policy_kind kind, const org_list *list,
                             const wr_node *at) {
    if (list->n > ORG_MAX_ATTACHED)
        org_warn(l, WR_D_O0006, at,
                 "%u %ss are attached here: AWS takes %d, unless the quota was "
                 "raised",
                 (unsigned)list->n, kind_word[kind], ORG_MAX_ATTACHED);
    return (wr_org_attached){list->v, list->n};
}

wr_org_unit *org_new_unit(org_load *l, wr_org_unit *parent, const wr_node *at, wr_str id,
                          wr_str name) {
    wr_org_unit *u = WR_NEW(&l->c->arena, wr_org_unit);
    if (u == NULL) return NULL;
    *u = (wr_org_unit){.id = id, .name = name, .parent = parent, .node = at};
    if (id.n && first(l, &l->unit_ids, id, u) != u)
        org_fault(l, WR_D_O0004, at, "unit %.*s stands in the tree twice", WR_FMT(id));
    for (uint32_t i = 0; name.n && i < l->org->units.n; i++) {
        const wr_org_unit *o = l->org->units.v[i];
        if (o->parent != parent || !wr_eq(o->name, name)) continue;
        org_fault(l, WR_D_O0004, at, "two units of the name '%.*s' stand side by side",
                  WR_FMT(name));
        break;
    }
    (void)WR_PUSH(&l->c->arena, &l->org->units, u);
    return u;
}

static bool is_account_id(wr_str s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    return s.n == 12;
}

wr_org_account *org_new_account(org_load *l, wr_org_unit *unit, const wr_node *at, wr_str id,
                                wr_str name) {
    if (!is_account_id(id)) {
        org_fault(l, WR_D_O0003, at, "'%.*s' is no account id: twelve digits are wanted",
                  WR_FMT(id));
        return NULL;
    }
    wr_org_account *a = WR_NEW(&l->c->arena, wr_org_account);
    if (a == NULL) return NULL;
    *a = (wr_org_account){.id = id, .name = name, .unit = unit, .node = at};
    const wr_org_account *old = first(l, &l->accounts, id, a);
    if (old != a) {
        wr_pos pos = wr_node_pos(l->doc, old->node);
        org_fault(l, WR_D_O0004, at, "account %.*s stands in the tree twice: in line %u too",
                  WR_FMT(id), (unsigned)pos.line);
        return NULL;
    }
    (void)WR_PUSH(&l->c->arena, &l->org->accounts, a);
    return a;
}

void org_set_management(org_load *l, const wr_node *at, wr_str id_or_name) {
    wr_org_account *a = wr_map_find(&l->accounts, id_or_name);
    for (uint32_t i = 0, n = 0;
         wr_map_find(&l->accounts, id_or_name) == NULL && i < l->org->accounts.n; i++) {
        if (!wr_eq(l->org->accounts.v[i]->name, id_or_name)) continue;
        a = l->org->accounts.v[i];
        if (n++ == 0) continue;
        org_fault(l, WR_D_O0009, at, "two accounts have the name '%.*s': give the id",
                  WR_FMT(id_or_name));
        return;
    }
    if (a == NULL || id_or_name.n == 0) {
        org_fault(l, WR_D_O0009, at, "the management account '%.*s' is not in the tree",
                  WR_FMT(id_or_name));
        return;
    }
    a->management = true;
    l->org->management = a;
}

// ---------------------------------------------------------------------------------- loading

wr_rc wr_org_load(wr_ctx *c, const wr_doc *doc, wr_org **out) {
    org_load l = {.c = c, .doc = doc, .org = WR_NEW(&c->arena, wr_org)};
    *out = NULL;
    if (l.org == NULL) return WR_NOMEM;
    l.org->doc = doc;
    l.org->src = doc->n_srcs ? doc->srcs[0] : NULL;
    for (int k = 0; k < WR_ORG_N_KINDS; k++) wr_map_init(&l.policies[k], &c->arena);
    wr_map_init(&l.accounts, &c->arena);
    wr_map_init(&l.unit_ids, &c->arena);
    if (doc->root->kind == WR_MAP && wr_map_getz(doc, doc->root, "Roots")) org_read_aws(&l);
    else org_read_own(&l);
    if (c->arena.oom) return WR_NOMEM;
    if (l.bad) return WR_BAD;
    *out = l.org;
    return WR_OK;
}

// ---------------------------------------------------------------------------------- asking

const wr_org_account *wr_org_account_find(const wr_org *o, wr_str id_or_name) {
    const wr_org_account *named = NULL;
    for (uint32_t i = 0; i < o->accounts.n; i++) {
        const wr_org_account *a = o->accounts.v[i];
        if (wr_eq(a->id, id_or_name)) return a;
        if (named == NULL && a->name.n && wr_eq(a->name, id_or_name)) named = a;
    }
    return named;
}

// Does the path of names below the root, "Workloads/Prod", end in u?
static bool has_path(const wr_org_unit *u, wr_str path) {
    while (u->parent) {
        if (!wr_ends(path, u->name)) return false;
        path.n -= u->name.n;
        if (path.n == 0) return u->parent->parent == NULL;
        if (path.p[path.n - 1] != '/') return false;
        path.n--;
        u = u->parent;
    }
    return false;
}

const wr_org_unit *wr_org_unit_find(const wr_org *o, wr_str id_or_name_or_path) {
    const wr_org_unit *named = NULL;
    if (id_or_name_or_path.n == 0) return NULL;
    for (uint32_t i = 0; i < o->units.n; i++) {
        const wr_org_unit *u = o->units.v[i];
        if (wr_eq(u->id, id_or_name_or_path)) return u;
        if (named) continue;
        if (wr_eq(u->name, id_or_name_or_path) || has_path(u, id_or_name_or_path)) named = u;
    }
    return named;
}

// The parts of a's path, the root first; returns their number.
static uint32_t path_of(const wr_org_account *a, const wr_org_unit *out[WR_ORG_MAX_LEVELS]) {
    uint32_t n = 0;
    for (const wr_org_unit *u = a->unit; u; u = u->parent) {
        WR_ASSERT(n < WR_ORG_MAX_LEVELS - 1);
        n++;
    }
    uint32_t i = n;
    for (const wr_org_unit *u = a->unit; u; u = u->parent) out[--i] = u;
    return n;
}

uint32_t wr_org_levels(const wr_org_account *a, wr_org_policy_kind kind,
                       wr_org_attached out[WR_ORG_MAX_LEVELS]) {
    const wr_org_unit *units[WR_ORG_MAX_LEVELS];
    uint32_t n = path_of(a, units);
    for (uint32_t i = 0; i < n; i++) out[i] = units[i]->attached[kind];
    out[n] = a->attached[kind];
    return n + 1;
}

wr_str wr_org_path(wr_arena *a, const wr_org *o, const wr_org_account *acc) {
    const wr_org_unit *units[WR_ORG_MAX_LEVELS];
    uint32_t n = path_of(acc, units);
    wr_buf b;
    if (o->id.n == 0) return WR_S("");
    for (uint32_t i = 0; i < n; i++)
        if (units[i]->id.n == 0) return WR_S("");
    wr_buf_init(&b, 0);
    wr_puts(&b, o->id);
    wr_putc(&b, '/');
    for (uint32_t i = 0; i < n; i++) {
        wr_puts(&b, units[i]->id);
        wr_putc(&b, '/');
    }
    return wr_buf_keep(&b, a);
}
