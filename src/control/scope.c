// SPDX-License-Identifier: Apache-2.0
// scope: where a control applies: in organizational units or accounts, not in others, with tags.
// Format: docs/guide/repository.md, "Scope".
//
// Always true: three-valued. Units and tags of an account that the organization file does not hold
// are not known, and neither is an account that nobody named: WR_MAYBE, never a guess.

#include "control/control_int.h"

// ---------------------------------------------------------------------------------- loading

typedef struct scope_form {
    wr_form_texts ou, accounts, except_ou, except_accounts;
    const wr_node *tags;
} scope_form;

static wr_str unit_name_at(const void *list, uint32_t i) {
    return ((const wr_org *)list)->units.v[i]->name;
}

static wr_str account_name_at(const void *list, uint32_t i) {
    const wr_org_account *a = ((const wr_org *)list)->accounts.v[i];
    return a->name.n ? a->name : a->id;
}

static void scope_fault(load *l, wr_form *f, const wr_node *n, const char *what, wr_str name,
                        const char *why, wr_str near) {
    wr_code code = f->code;
    f->code = WR_D_K0205;
    wr_form_fault(f, n, "%s '%.*s' %s", what, WR_FMT(wr_utf8_cut(name, 120)), why);
    f->code = code;
    if (near.n) wr_hint(l->c, f->last, "did you mean '%.*s'?", WR_FMT(near));
}

// Is there an organization to look names up in? Says once that there is none.
static bool has_org(load *l, wr_form *f, const wr_node *n) {
    if (l->r->org) return true;
    if (l->org_broken || l->org_missed) return false;
    l->org_missed = true;
    wr_code code = f->code;
    f->code = WR_D_K0205;
    wr_form_fault(f, n, "there is no organization to look this up in");
    wr_hint(l->c, f->last, "name its file in writ.yaml: 'organization: org.yaml'");
    f->code = code;
    return false;
}

static void check_units(load *l, wr_form *f, const wr_form_texts *t) {
    for (uint32_t i = 0; i < t->n; i++) {
        const wr_org *o = l->r->org;
        uint32_t same = 0;
        if (!has_org(l, f, t->at[i])) return;
        for (uint32_t k = 0; k < o->units.n; k++) same += wr_eq(o->units.v[k]->name, t->v[i]);
        if (same > 1)
            scope_fault(l, f, t->at[i], "unit", t->v[i],
                        "is not one: several have the name, write its path as 'Workloads/Prod'",
                        WR_S(""));
        else if (wr_org_unit_find(o, t->v[i]) == NULL)
            scope_fault(l, f, t->at[i], "unit", t->v[i], "is not in the organization",
                        wr_near_of(unit_name_at, o, o->units.n, t->v[i]));
    }
}

static void check_accounts(load *l, wr_form *f, const wr_form_texts *t) {
    for (uint32_t i = 0; i < t->n; i++) {
        const wr_org *o = l->r->org;
        uint32_t same = 0;
        if (o == NULL && wr_iam_is_account(t->v[i])) continue; // needs no looking up
        if (!has_org(l, f, t->at[i])) return;
        for (uint32_t k = 0; k < o->accounts.n; k++) same += wr_eq(o->accounts.v[k]->name, t->v[i]);
        if (same > 1)
            scope_fault(l, f, t->at[i], "account", t->v[i],
                        "is not one: several have the name, write its id", WR_S(""));
        else if (wr_org_account_find(o, t->v[i]) == NULL)
            scope_fault(l, f, t->at[i], "account", t->v[i], "is not in the organization",
                        wr_near_of(account_name_at, o, o->accounts.n, t->v[i]));
    }
}

static void read_tags(load *l, wr_form *f, const wr_node *tags, wr_scope *out) {
    wr_org_tag *v = WR_NEW_N(&l->c->arena, wr_org_tag, tags->n ? tags->n : 1);
    if (v == NULL) return;
    out->tags = v;
    for (uint32_t i = 0; i < tags->n; i++) {
        wr_str value;
        wr_str key = wr_node_str(wr_map_key(tags, i));
        if (!wr_form_text(f, wr_map_val(tags, i), "the value of a tag", &value)) continue;
        v[out->n_tags++] = (wr_org_tag){key, value};
    }
    if (tags->n) (void)has_org(l, f, tags);
}

void load_scope(load *l, wr_form *f, const wr_node *n, wr_scope *out) {
    static const wr_form_row rows[] = {
        {"ou", WR_FORM_TEXTS, false, offsetof(scope_form, ou), NULL},
        {"accounts", WR_FORM_TEXTS, false, offsetof(scope_form, accounts), NULL},
        {"except_ou", WR_FORM_TEXTS, false, offsetof(scope_form, except_ou), NULL},
        {"except_accounts", WR_FORM_TEXTS, false, offsetof(scope_form, except_accounts), NULL},
        {"tags", WR_FORM_MAP, false, offsetof(scope_form, tags), NULL},
    };
    scope_form s = {0};
    (void)wr_form_read(f, n, "a scope", rows, 5, &s);
    check_units(l, f, &s.ou);
    check_units(l, f, &s.except_ou);
    check_accounts(l, f, &s.accounts);
    check_accounts(l, f, &s.except_accounts);
    *out = (wr_scope){.ous = s.ou.v,
                      .accounts = s.accounts.v,
                      .except_accounts = s.except_accounts.v,
                      .except_ous = s.except_ou.v,
                      .n_ous = s.ou.n,
                      .n_accounts = s.accounts.n,
                      .n_except_accounts = s.except_accounts.n,
                      .n_except_ous = s.except_ou.n};
    if (s.tags) read_tags(l, f, s.tags, out);
}

// ---------------------------------------------------------------------------------- asking

typedef struct asked { // an account as the repository knows it
    const wr_org *org;
    wr_str id;
    const wr_org_account *acc; // NULL: not in the organization, or there is none
} asked;

// Kleene's connectives, by the order of wr_tri.
static wr_tri either(wr_tri a, wr_tri b) { return a > b ? a : b; }
static wr_tri both(wr_tri a, wr_tri b) { return a < b ? a : b; }
static wr_tri negate(wr_tri a) { return (wr_tri)(WR_YES - a); }

static wr_tri is_account(const asked *q, wr_str entry) {
    if (q->id.n == 0) return WR_MAYBE;
    if (wr_eq(entry, q->id)) return WR_YES;
    if (q->acc) return wr_eq(entry, q->acc->name) || wr_eq(entry, q->acc->id) ? WR_YES : WR_NO;
    // A name of the organization is another account's; without one it cannot be told.
    bool other = wr_iam_is_account(entry) && wr_iam_is_account(q->id);
    return other || (q->org && wr_org_account_find(q->org, entry)) ? WR_NO : WR_MAYBE;
}

static wr_tri is_below(const asked *q, wr_str entry) {
    const wr_org_unit *unit = q->org ? wr_org_unit_find(q->org, entry) : NULL;
    if (unit == NULL || q->acc == NULL) return WR_MAYBE;
    for (const wr_org_unit *u = q->acc->unit; u; u = u->parent)
        if (u == unit) return WR_YES;
    return WR_NO;
}

static wr_tri among(const asked *q, const wr_str *v, uint32_t n,
                    wr_tri (*is)(const asked *q, wr_str entry)) {
    wr_tri t = WR_NO;
    for (uint32_t i = 0; i < n && t != WR_YES; i++) t = either(t, is(q, v[i]));
    return t;
}

static const wr_org_tag *tag_of(const wr_org_tag *v, uint32_t n, wr_str key) {
    for (uint32_t i = 0; i < n; i++)
        if (wr_eq(v[i].key, key)) return &v[i];
    return NULL;
}

// The account's own tag counts; without one, that of the nearest unit above it.
static wr_tri has_tag(const asked *q, const wr_org_tag *want) {
    if (q->acc == NULL) return WR_MAYBE;
    const wr_org_tag *t = tag_of(q->acc->tags, q->acc->n_tags, want->key);
    for (const wr_org_unit *u = q->acc->unit; u && t == NULL; u = u->parent)
        t = tag_of(u->tags, u->n_tags, want->key);
    return t && wr_eq(t->value, want->value) ? WR_YES : WR_NO;
}

wr_tri wr_scope_holds(const wr_repo *r, const wr_scope *s, wr_str account) {
    asked q = {r->org, account, NULL};
    if (r->org && account.n) q.acc = wr_org_account_find(r->org, account);
    wr_tri t = WR_YES;
    if (s->n_ous || s->n_accounts)
        t = either(among(&q, s->ous, s->n_ous, is_below),
                   among(&q, s->accounts, s->n_accounts, is_account));
    t = both(t, negate(among(&q, s->except_ous, s->n_except_ous, is_below)));
    t = both(t, negate(among(&q, s->except_accounts, s->n_except_accounts, is_account)));
    for (uint32_t i = 0; i < s->n_tags && t != WR_NO; i++) t = both(t, has_tag(&q, &s->tags[i]));
    return t;
}
