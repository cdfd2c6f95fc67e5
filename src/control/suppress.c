// SPDX-License-Identifier: Apache-2.0
// suppress: suppressions that a template asks for in the metadata of its resources, as cfn-nag
// (Metadata.cfn_nag.rules_to_suppress: [{id, reason}]) and the rules of the Guard registry
// (Metadata.guard.SuppressedRules: [name]) read them. Here they are requests: whoever writes a
// template may ask, the repository decides (settings.in_template_suppressions).
//
// Always true: a request is about one resource of one template and one control; what names no
// control is listed as it is written and covers nothing.

#include "control/control_int.h"

typedef struct asker { // one template being read
    wr_ctx *c;
    const wr_repo *r;
    const wr_doc *doc;
    wr_str name;
    request_list *out;
} asker;

static void malformed(asker *q, const wr_node *n, const char *what) {
    (void)wr_report(q->c, WR_D_K0305, WR_WARNING, wr_form_src(q->doc, n), wr_form_span(n), "%s",
                    what);
}

// ---------------------------------------------------------------------------------- controls

static bool joins(char c) { return c == '.' || c == '-' || c == '_'; }

// S3_PUBLIC_ACCESS is S3.PUBLIC-ACCESS.
static bool same_id(wr_str a, wr_str b) {
    if (a.n != b.n) return false;
    for (size_t i = 0; i < a.n; i++)
        if (wr_low(a.p[i]) != wr_low(b.p[i]) && !(joins(a.p[i]) && joins(b.p[i]))) return false;
    return true;
}

static bool has_rule(const wr_control *k, wr_str rule) {
    const g_file *g = k->layer[WR_PROACTIVE].guard;
    for (uint32_t i = 0; g && i < wr_guard_n_rules(g); i++)
        if (wr_eq(wr_guard_rule_name(wr_guard_rule(g, i)), rule)) return true;
    return false;
}

// The control whose id it is, or the only one of which it is a rule.
static wr_str control_of(const wr_repo *r, wr_str rule) {
    const wr_control *of_rule = NULL;
    uint32_t n = 0;
    if (wr_control_find(r, rule)) return rule;
    for (uint32_t i = 0; i < r->controls.n; i++) {
        const wr_control *k = r->controls.v[i];
        if (same_id(k->id, rule)) return k->id;
        if (!has_rule(k, rule)) continue;
        of_rule = k;
        n++;
    }
    return n == 1 ? of_rule->id : rule;
}

// ---------------------------------------------------------------------------------- requests

static void add(asker *q, wr_str resource, wr_str rule, wr_str reason, const wr_node *at) {
    wr_exception *x = WR_NEW(&q->c->arena, wr_exception);
    if (x == NULL) return;
    *x = (wr_exception){
        .id =
            wr_fmt(&q->c->arena, "%.*s#%.*s:%.*s", WR_FMT(q->name), WR_FMT(resource), WR_FMT(rule)),
        .control = control_of(q->r, rule),
        .path = q->name,
        .logical_id = resource,
        .reason = reason,
        .starts = INT64_MIN,
        .expires = INT64_MIN,
        .review = INT64_MIN,
        .request = true,
        .file = q->name,
        .place = {wr_form_src(q->doc, at), wr_form_span(at)},
        .index = q->out->n,
    };
    (void)WR_PUSH(&q->c->arena, q->out, x);
}

static void read_nag(asker *q, wr_str resource, const wr_node *list) {
    for (uint32_t i = 0; i < list->n; i++) {
        const wr_node *n = &list->u.kids[i];
        wr_str id = wr_form_scalar(q->doc, wr_map_getz(q->doc, n, "id"));
        wr_str reason = wr_form_scalar(q->doc, wr_map_getz(q->doc, n, "reason"));
        if (id.n) add(q, resource, id, reason, n);
        else malformed(q, n, "a rule to suppress has an id");
    }
}

static void read_guard(asker *q, wr_str resource, const wr_node *list) {
    for (uint32_t i = 0; i < list->n; i++) {
        const wr_node *n = &list->u.kids[i];
        wr_str rule = wr_form_scalar(q->doc, n);
        if (rule.n) add(q, resource, rule, WR_S(""), n);
        else malformed(q, n, "a suppressed rule is the name of a rule");
    }
}

static void read_metadata(asker *q, wr_str resource, const wr_node *metadata) {
    const wr_node *nag = wr_map_getz(q->doc, metadata, "cfn_nag");
    const wr_node *guard = wr_map_getz(q->doc, metadata, "guard");
    if (nag) nag = wr_map_getz(q->doc, nag, "rules_to_suppress");
    if (guard) guard = wr_map_getz(q->doc, guard, "SuppressedRules");
    if (nag && nag->kind == WR_LIST) read_nag(q, resource, nag);
    else if (nag) malformed(q, nag, "rules_to_suppress is a list of {id, reason}");
    if (guard && guard->kind == WR_LIST) read_guard(q, resource, guard);
    else if (guard) malformed(q, guard, "SuppressedRules is a list of names");
}

wr_rc template_requests(wr_ctx *c, const wr_repo *r, const wr_doc *doc, wr_str name,
                        request_list *out) {
    asker q = {c, r, doc, name, out};
    const wr_node *all = wr_map_getz(doc, doc->root, "Resources");
    for (uint32_t i = 0; all && all->kind == WR_MAP && i < all->n; i++) {
        const wr_node *metadata = wr_map_getz(doc, wr_map_val(all, i), "Metadata");
        if (metadata) read_metadata(&q, wr_node_str(wr_map_key(all, i)), metadata);
    }
    return c->arena.oom ? WR_NOMEM : WR_OK;
}
