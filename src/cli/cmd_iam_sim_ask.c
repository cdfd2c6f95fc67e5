// SPDX-License-Identifier: Apache-2.0
// Requests as JSON objects, one a file (--request) or a line (--batch): docs/guide/iam-simulate.md
// lists the fields. A field that is not known is an error, because a misspelled policy or key would
// silently be left out of the decision.

#include "cli/cmd_iam_sim.h"

typedef struct asker {
    sim *s;
    wr_form form;
    sim_ask *ask;
} asker;

// What n is, with its article.
static const char *a_kind(const wr_node *n) {
    switch ((wr_kind)n->kind) {
    case WR_NULL: return "null";
    case WR_BOOL: return "a bool";
    case WR_INT:
    case WR_FLOAT: return "a number";
    case WR_STR: return "a text";
    case WR_LIST: return "a list";
    default: return "an object";
    }
}

// ---------------------------------------------------------------------------------- scalars

static void take_text(asker *q, const wr_node *n, const char *name, wr_str *out) {
    if (n->kind == WR_STR) *out = wr_node_str(n);
    else wr_form_fault(&q->form, n, "%s is %s, a text is wanted", name, a_kind(n));
}

static void take_bool(asker *q, const wr_node *n, const char *name, bool *out) {
    if (n->kind == WR_BOOL) *out = n->u.b;
    else wr_form_fault(&q->form, n, "%s is %s, true or false is wanted", name, a_kind(n));
}

static wr_str word_of(const wr_node *n) { return n->kind == WR_STR ? wr_node_str(n) : WR_S(""); }

// A text, or {"AWS": …}, {"Service": …}, {"Federated": …} as in a policy; {"type": "Anonymous"}.
static void take_principal(asker *q, const wr_node *n) {
    if (n->kind == WR_MAP && n->n == 1) {
        wr_str key = wr_node_str(wr_map_key(n, 0));
        if (wr_eq(key, WR_S("type")) && wr_eq(word_of(wr_map_val(n, 0)), WR_S("Anonymous"))) {
            q->ask->principal = WR_S("*");
            return;
        }
        if (wr_eq(key, WR_S("AWS")) || wr_eq(key, WR_S("Service")) ||
            wr_eq(key, WR_S("Federated"))) {
            take_text(q, wr_map_val(n, 0), "principal", &q->ask->principal);
            return;
        }
    }
    take_text(q, n, "principal", &q->ask->principal);
}

static void take_id(asker *q, const wr_node *n) {
    if (n->kind == WR_INT || n->kind == WR_FLOAT)
        q->ask->id = wr_sub(q->form.doc->srcs[n->src]->text, n->span.beg, n->span.end);
    else take_text(q, n, "id", &q->ask->id);
}

// ---------------------------------------------------------------------------------- context

static bool scalar(asker *q, const wr_node *n, wr_str *out) {
    if (n->kind == WR_STR) *out = wr_node_str(n);
    else if (n->kind == WR_BOOL) *out = n->u.b ? WR_S("true") : WR_S("false");
    else if (n->kind == WR_INT || n->kind == WR_FLOAT)
        *out = wr_sub(q->form.doc->srcs[n->src]->text, n->span.beg, n->span.end);
    else {
        wr_form_fault(&q->form, n, "the value of a condition key is %s, a text is wanted",
                      a_kind(n));
        return false;
    }
    return true;
}

// key: text (one value), list (several), null (absent).
static void take_context(asker *q, const wr_node *n) {
    if (n->kind != WR_MAP) {
        wr_form_fault(&q->form, n, "context is %s, an object is wanted", a_kind(n));
        return;
    }
    for (uint32_t i = 0; i < n->n; i++) {
        const wr_node *v = wr_map_val(n, i);
        sim_key k = {.name = wr_node_str(wr_map_key(n, i)), .state = WR_IAM_PRESENT};
        k.multi = v->kind == WR_LIST;
        k.n = k.multi ? v->n : 1;
        wr_str *values = WR_NEW_N(&q->form.c->arena, wr_str, k.n ? k.n : 1);
        if (values == NULL) return;
        k.v = values;
        if (v->kind == WR_NULL) k = (sim_key){.name = k.name, .state = WR_IAM_ABSENT};
        for (uint32_t j = 0; j < k.n; j++)
            if (!scalar(q, k.multi ? &v->u.kids[j] : v, &values[j])) return;
        if (!WR_PUSH(&q->form.c->arena, &q->ask->keys, k)) return;
    }
    if (wr_map_losers(n)) wr_form_fault(&q->form, n, "a condition key stands in context twice");
}

static void take_unknown(asker *q, const wr_node *n) {
    if (n->kind != WR_LIST) {
        wr_form_fault(&q->form, n, "unknown is %s, a list of condition keys is wanted", a_kind(n));
        return;
    }
    for (uint32_t i = 0; i < n->n; i++) {
        sim_key k = {.state = WR_IAM_NOT_KNOWN};
        take_text(q, &n->u.kids[i], "an unknown key", &k.name);
        if (k.name.n && !WR_PUSH(&q->form.c->arena, &q->ask->keys, k)) return;
    }
}

// ---------------------------------------------------------------------------------- policies

static void take_one(asker *q, const wr_node *n, sim_list *to) {
    if (n->kind == WR_MAP) {
        sim_ref *ref = sim_ref_add(q->s, &q->form.c->arena, to);
        if (ref)
            *ref = (sim_ref){.doc = q->form.doc,
                             .node = n,
                             .name = WR_S("policy of the request"),
                             .inline_ = true};
    } else if (n->kind == WR_STR) {
        if (sim_ref_named(q->s, &q->form.c->arena, wr_node_str(n), true, to)) return;
        (void)wr_report(q->form.c, WR_D_I0202, WR_ERROR, q->form.doc->srcs[n->src], n->span,
                        q->s->batch ? "there is no policy of the name '%.*s'; --policy names them"
                                    : "'%.*s' is no policy: neither a name nor a file",
                        WR_FMT(wr_node_str(n)));
        q->form.bad = true;
    } else {
        wr_form_fault(&q->form, n, "a policy is %s; a document, a name or a file is wanted",
                      a_kind(n));
    }
}

static void take_policies(asker *q, const wr_node *n, sim_list *to, bool *has) {
    *has = n->kind != WR_NULL;
    if (n->kind == WR_NULL) return;
    if (n->kind != WR_LIST) take_one(q, n, to);
    for (uint32_t i = 0; n->kind == WR_LIST && i < n->n; i++) take_one(q, &n->u.kids[i], to);
}

// One level; the always attached policies of AWS are known names.
static void take_level(asker *q, const wr_node *n, bool scp, sim_list *to) {
    uint32_t count = n->kind == WR_LIST ? n->n : 1;
    for (uint32_t i = 0; i < count; i++) {
        const wr_node *p = n->kind == WR_LIST ? &n->u.kids[i] : n;
        wr_str name = p->kind == WR_STR ? wr_node_str(p) : WR_S("");
        if (!scp && wr_eq(name, WR_S("RCPFullAWSAccess"))) continue;
        if (!scp || !wr_eq(name, WR_S("FullAWSAccess")) || wr_map_find(&q->s->named, name)) {
            take_one(q, p, to);
            continue;
        }
        sim_ref *ref = sim_ref_add(q->s, &q->form.c->arena, to);
        if (ref) *ref = (sim_ref){.policy = q->s->full_access, .name = name};
    }
}

static void take_levels(asker *q, const wr_node *n, bool scp, sim_list **out, uint32_t *count,
                        bool *has) {
    *has = n->kind != WR_NULL;
    if (n->kind == WR_NULL) return;
    if (n->kind != WR_LIST) {
        wr_form_fault(&q->form, n, "%s is %s, a list of levels is wanted", scp ? "scps" : "rcps",
                      a_kind(n));
        return;
    }
    *out = WR_NEW_N(&q->form.c->arena, sim_list, n->n ? n->n : 1);
    *count = *out ? n->n : 0;
    for (uint32_t i = 0; i < *count; i++) take_level(q, &n->u.kids[i], scp, &(*out)[i]);
}

static void take_grant(asker *q, const wr_node *n, wr_iam_grant *g) {
    const wr_node *who = wr_map_getz(q->form.doc, n, "grantee"),
                  *ops = wr_map_getz(q->form.doc, n, "operations");
    if (who == NULL || ops == NULL || ops->kind != WR_LIST) {
        wr_form_fault(&q->form, n, "a grant has a grantee and a list of operations");
        return;
    }
    take_text(q, who, "grantee", &g->grantee);
    wr_str *v = WR_NEW_N(&q->form.c->arena, wr_str, ops->n ? ops->n : 1);
    for (uint32_t i = 0; v && i < ops->n; i++) take_text(q, &ops->u.kids[i], "an operation", &v[i]);
    g->operations = v;
    g->n_operations = v ? ops->n : 0;
}

static void take_grants(asker *q, const wr_node *n) {
    if (n->kind != WR_LIST) {
        wr_form_fault(&q->form, n, "grants is %s, a list is wanted", a_kind(n));
        return;
    }
    q->ask->grants = WR_NEW_N(&q->form.c->arena, wr_iam_grant, n->n ? n->n : 1);
    q->ask->n_grants = q->ask->grants ? n->n : 0;
    for (uint32_t i = 0; i < q->ask->n_grants; i++)
        take_grant(q, &n->u.kids[i], &q->ask->grants[i]);
}

// ---------------------------------------------------------------------------------- fields

enum field {
    F_ID,
    F_PRINCIPAL,
    F_ACTION,
    F_RESOURCE,
    F_RESOURCE_ACCOUNT,
    F_CONTEXT,
    F_UNKNOWN,
    F_EXACT,
    F_IDENTITY,
    F_POLICY,
    F_BOUNDARY,
    F_SESSION,
    F_RESOURCE_POLICY,
    F_VPCE,
    F_SCPS,
    F_RCPS,
    F_PRINCIPAL_MANAGEMENT,
    F_RESOURCE_MANAGEMENT,
    F_RESTRICT_PUBLIC,
    F_GRANTS,
    N_FIELDS,
};
static const char *const field_name[N_FIELDS] = {
    "id",
    "principal",
    "action",
    "resource",
    "resourceAccount",
    "context",
    "unknown",
    "exact",
    "identity",
    "policy",
    "boundary",
    "session",
    "resourcePolicy",
    "vpce",
    "scps",
    "rcps",
    "principalManagement",
    "resourceManagement",
    "restrictPublicBuckets",
    "grants",
};
// Fields of test suites that say something about a request and nothing to its decision.
static const char *const about[] = {
    "schema", "note", "class", "expect", "sim", "recorded", "wildcardOnlyAction", NULL};

static void take_layer(asker *q, enum field f, const wr_node *n) {
    sim_layers *l = &q->ask->layers;
    switch (f) {
    case F_IDENTITY:
    case F_POLICY: take_policies(q, n, &l->identity, &l->has_identity); break;
    case F_BOUNDARY: take_policies(q, n, &l->boundary, &l->has_boundary); break;
    case F_SESSION: take_policies(q, n, &l->session, &l->has_session); break;
    case F_VPCE: take_policies(q, n, &l->endpoint, &l->has_endpoint); break;
    case F_SCPS: take_levels(q, n, true, &l->scps, &l->n_scps, &l->has_scps); break;
    case F_RCPS: take_levels(q, n, false, &l->rcps, &l->n_rcps, &l->has_rcps); break;
    default:
        take_policies(q, n, &l->resource, &l->has_resource);
        if (l->resource.n > 1)
            wr_form_fault(&q->form, n, "a resource has one policy, here are %u",
                          (unsigned)l->resource.n);
        break;
    }
}

static void take_field(asker *q, enum field f, const wr_node *n) {
    sim_ask *a = q->ask;
    switch (f) {
    case F_ID: take_id(q, n); break;
    case F_PRINCIPAL: take_principal(q, n); break;
    case F_ACTION: take_text(q, n, "action", &a->action); break;
    case F_RESOURCE: take_text(q, n, "resource", &a->resource); break;
    case F_RESOURCE_ACCOUNT: take_text(q, n, "resourceAccount", &a->resource_account); break;
    case F_CONTEXT: take_context(q, n); break;
    case F_UNKNOWN: take_unknown(q, n); break;
    case F_EXACT:
        a->has_exact = true;
        take_bool(q, n, "exact", &a->exact);
        break;
    case F_PRINCIPAL_MANAGEMENT:
        take_bool(q, n, "principalManagement", &a->caller_management);
        break;
    case F_RESOURCE_MANAGEMENT:
        take_bool(q, n, "resourceManagement", &a->resource_management);
        break;
    case F_RESTRICT_PUBLIC: take_bool(q, n, "restrictPublicBuckets", &a->restrict_public); break;
    case F_GRANTS: take_grants(q, n); break;
    default: take_layer(q, f, n); break;
    }
}

static bool is_about(wr_str key) {
    for (const char *const *w = about; *w; w++)
        if (wr_eq(key, wr_strz(*w))) return true;
    return false;
}

static void take_entry(asker *q, const wr_node *key, const wr_node *value) {
    wr_str name = wr_node_str(key), near = {NULL, 0};
    double best = 0.7;
    for (unsigned f = 0; f < N_FIELDS; f++) {
        if (wr_eq(name, wr_strz(field_name[f]))) {
            take_field(q, (enum field)f, value);
            return;
        }
        double like = wr_similar(name, wr_strz(field_name[f]));
        if (like > best) near = wr_strz(field_name[f]), best = like;
    }
    if (is_about(name)) return;
    wr_form_fault(&q->form, key, "a request has no field '%.*s'", WR_FMT(name));
    if (near.n) wr_hint(q->form.c, q->form.last, "is '%.*s' meant?", WR_FMT(near));
}

bool sim_ask_read(sim *s, wr_ctx *x, const wr_doc *d, const wr_node *m, sim_ask *ask) {
    asker q = {s, {.c = x, .doc = d, .code = WR_D_I0201}, ask};
    if (m->kind != WR_MAP) {
        wr_form_fault(&q.form, m, "a request is %s, an object is wanted",
                      wr_kind_name((wr_kind)m->kind));
        return false;
    }
    for (uint32_t i = 0; i < m->n; i++) take_entry(&q, wr_map_key(m, i), wr_map_val(m, i));
    if (wr_map_losers(m)) wr_form_fault(&q.form, m, "a field of the request stands there twice");
    return !q.form.bad && !x->arena.oom;
}
