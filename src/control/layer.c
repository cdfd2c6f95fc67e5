// SPDX-License-Identifier: Apache-2.0
// layer: one layer of one control on one input. Guard layers see templates with their functions
// resolved as far as the template alone allows (a default of a parameter counts, what is left is
// unknown), Terraform plans and configuration items by their views; SCPs, RCPs and IAM policies see
// requests (request.c).
//
// Always true:
// - documents are given to rules over the rules' own symbols: over others every key would be
//   missing, and what is missing often passes;
// - a layer that is broken, or only declared, is an error and never a pass.
// Rules: docs/guide/check.md, "What a layer says".

#include "control/check_int.h"

#include <stdlib.h>

// ---------------------------------------------------------------------------------- a judge

void ctl_judge_init(ctl_judge *j, const wr_repo *r, wr_ctx *home, wr_ctx *task) {
    *j = (ctl_judge){.r = r, .home = home, .task = task};
}

void ctl_judge_fini(ctl_judge *j) { wr_guard_eval_free(j->eval); }

// ---------------------------------------------------------------------------------- verdicts

wr_decision ctl_decision_of(const ctl_judge *j, const wr_control *c, wr_layer l, wr_str subject,
                            wr_outcome o) {
    return (wr_decision){.subject = subject,
                         .policy = c->layer[l].file,
                         .rule = c->id,
                         .title = c->title,
                         .index = c->index,
                         .severity = c->severity,
                         .rated = true,
                         .outcome = o,
                         .time = j->task->now};
}

void ctl_verdict_one(ctl_judge *j, const wr_control *c, wr_layer l, wr_str subject, wr_outcome o,
                     wr_str why, ctl_verdict *v) {
    wr_reason *x = WR_NEW(&j->task->arena, wr_reason);
    *v = (ctl_verdict){.outcome = o, .n = 1};
    v->part[0] = ctl_decision_of(j, c, l, subject, o);
    if (x == NULL) return;
    x->message = why;
    x->policy = c->layer[l].place.src;
    x->policy_at = c->layer[l].place.at;
    v->part[0].reasons = x;
    v->part[0].n_reasons = 1;
}

// Why the layer cannot judge anything, or empty.
static wr_str cannot_judge(ctl_judge *j, const wr_control *c, wr_layer l) {
    const wr_control_layer *y = &c->layer[l];
    wr_arena *a = &j->task->arena;
    if (y->means == WR_BY_NONE)
        return wr_fmt(a, "%.*s has no %s layer", WR_FMT(c->id), wr_layer_name(l));
    if (y->open) return wr_fmt(a, "'%.*s' %s", WR_FMT(y->file), wr_layer_open);
    if (!wr_means_runs(y->means))
        return wr_fmt(a, "the %s layer of %.*s is declared, not evaluated (%s)", wr_layer_name(l),
                      WR_FMT(c->id), wr_means_name(y->means));
    if (y->broken && y->why.n)
        return wr_fmt(a, "%.*s cannot be used: %.*s", WR_FMT(c->id), WR_FMT(y->why));
    bool no_engine = y->means == WR_BY_GUARD ? y->guard == NULL : y->policy == NULL;
    if (y->broken || no_engine || (y->policy && y->policy->broken))
        return wr_fmt(a, "'%.*s' cannot be used: it is missing or has errors", WR_FMT(y->file));
    return WR_S("");
}

// ---------------------------------------------------------------------------------- binding

static bool is_over(const wr_symtab *t, const wr_symtab *base) {
    for (; t; t = t->parent)
        if (t == base) return true;
    return false;
}

// The same document over the rules' symbols.
static const wr_doc *over_rules(ctl_judge *j, const wr_doc *doc) {
    const wr_symtab *base = wr_guard_syms(j->r->guard);
    if (is_over(doc->syms, base)) return doc;
    wr_symtab *syms = WR_NEW(&j->task->arena, wr_symtab);
    wr_build b;
    wr_doc *out;
    if (syms == NULL) return NULL;
    wr_symtab_init(syms, &j->task->arena, base);
    wr_build_init(&b, j->task, syms);
    wr_build_copy(&b, doc, doc->root);
    if (wr_build_end(&b, &out) != WR_OK) return NULL;
    out->format = doc->format;
    return out;
}

static const wr_node *field(const wr_doc *d, const char *key, wr_kind kind) {
    const wr_node *n = wr_map_getz(d, d->root, key);
    return n && n->kind == kind ? n : NULL;
}

static unsigned shape_of(const wr_doc *d) {
    if (d->root->kind != WR_MAP) return 0;
    if (field(d, "resource_changes", WR_LIST) || field(d, "planned_values", WR_MAP))
        return WR_ON_TF;
    if (field(d, "Resources", WR_MAP)) return WR_ON_CFN;
    return field(d, "resourceType", WR_STR) ? WR_ON_CI : 0;
}

static int by_text(const void *a, const void *b) {
    return wr_cmp(*(const wr_str *)a, *(const wr_str *)b);
}

// The types of what rules see: loops are unrolled there. What a macro may add, and what has a type
// that is no text, may be of any.
static bool find_types(ctl_judge *j, const wr_doc *d) {
    const wr_node *all = wr_map_getz(d, d->root, "Resources");
    const wr_node *one = field(d, "resourceType", WR_STR);
    bool open = all == NULL || all->kind != WR_MAP || (all->flags & WR_F_UNKNOWN);
    j->any_type = j->shape == WR_ON_CFN && open;
    uint32_t max = j->shape == WR_ON_CFN && !open ? all->n : 1, n = 0;
    j->n_types = 0;
    j->types = WR_NEW_N(&j->task->arena, wr_str, max + 1);
    if (j->types == NULL) return false;
    if (j->shape == WR_ON_CI) j->types[j->n_types++] = wr_node_str(one);
    if (j->shape != WR_ON_CFN || open) return true;
    for (uint32_t i = 0; i < all->n; i++) {
        const wr_node *of = wr_map_val(all, i), *type = wr_map_getz(d, of, "Type");
        bool text = type && type->kind == WR_STR && !(type->flags & WR_F_UNKNOWN);
        if (text) j->types[n++] = wr_node_str(type);
        else if (type || of->kind != WR_MAP || (of->flags & WR_F_UNKNOWN)) j->any_type = true;
    }
    if (n) qsort(j->types, n, sizeof *j->types, by_text);
    for (uint32_t i = 0; i < n; i++)
        if (i == 0 || !wr_eq(j->types[i], j->types[i - 1])) j->types[j->n_types++] = j->types[i];
    return true;
}

static wr_rc no_shape(ctl_judge *j, const wr_doc *doc) {
    wr_span at = doc->root->span;
    wr_diag *d = wr_report(j->task, WR_D_K0505, WR_ERROR, doc->srcs[doc->root->src],
                           (wr_span){at.beg, at.beg + (at.end > at.beg)},
                           "this is no template, no plan and no configuration item");
    wr_hint(j->task, d,
            "a template has Resources, a plan (terraform show -json) planned_values, an item a "
            "resourceType");
    return WR_BAD;
}

// The template with its functions resolved: unresolved they are maps like others, and a Principal
// that is a parameter would not be the "*" that a rule looks for.
static wr_rc resolve(ctl_judge *j, const wr_doc *template, wr_doc **view) {
    wr_cfn_inputs *nothing = WR_NEW(&j->task->arena, wr_cfn_inputs);
    if (nothing == NULL) return WR_NOMEM;
    wr_cfn_inputs_init(nothing, &j->task->arena);
    nothing->secrets_as_written = true;
    return wr_cfn_resolve(j->task, template, nothing, view);
}

wr_rc ctl_bind(ctl_judge *j, const wr_doc *doc, wr_str name) {
    wr_doc *view = NULL;
    const wr_doc *own = over_rules(j, doc);
    wr_rc rc = WR_OK;
    j->shape = 0;
    if (own == NULL) return WR_NOMEM;
    unsigned shape = shape_of(own);
    if (shape == 0) return no_shape(j, doc);
    if (shape == WR_ON_CFN) rc = resolve(j, own, &view);
    if (shape == WR_ON_TF) rc = wr_tf_view(j->task, own, &view);
    if (shape == WR_ON_CI) rc = wr_item_view(j->task, own, &view);
    if (rc != WR_OK) return rc;
    if (j->eval == NULL) j->eval = wr_guard_eval_new(j->home, j->r->guard);
    j->shape = shape;
    if (j->eval == NULL || !find_types(j, view ? view : own)) return WR_NOMEM;
    wr_guard_bind(j->eval, view ? view : own, name);
    return WR_OK;
}

bool ctl_concerns(const ctl_judge *j, const wr_control *c) {
    if (c->n_resources == 0 || j->shape == WR_ON_TF || j->any_type) return true;
    for (uint32_t i = 0; i < c->n_resources; i++)
        if (bsearch(&c->resources[i], j->types, j->n_types, sizeof *j->types, by_text)) return true;
    return false;
}

// ---------------------------------------------------------------------------------- rules

// The reasons of all rules that ended in one outcome, as one decision.
static bool add_part(ctl_judge *j, const wr_control *c, wr_layer l, wr_str subject,
                     const wr_decision *d, uint32_t n, wr_outcome o, ctl_verdict *v) {
    uint32_t n_reasons = 0, n_rules = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (d[i].outcome != o) continue;
        n_rules++;
        n_reasons += d[i].n_reasons ? d[i].n_reasons : 1;
    }
    if (n_rules == 0) return true;
    wr_reason *all = WR_NEW_N(&j->task->arena, wr_reason, n_reasons);
    if (all == NULL) return false;
    wr_decision *part = &v->part[v->n++];
    *part = ctl_decision_of(j, c, l, subject, o);
    part->reasons = all;
    part->n_reasons = n_reasons;
    for (uint32_t i = 0, k = 0; i < n; i++) {
        if (d[i].outcome != o) continue;
        if (d[i].n_reasons == 0) // a rule that fails without a failed check: it calls another
            all[k].message = wr_fmt(&j->task->arena, "rule %.*s is not met", WR_FMT(d[i].rule));
        for (uint32_t m = 0; m < d[i].n_reasons; m++) all[k + m] = d[i].reasons[m];
        for (uint32_t m = 0; m < (d[i].n_reasons ? d[i].n_reasons : 1); m++)
            all[k++].which = d[i].rule;
    }
    return true;
}

wr_rc ctl_judge_guard(ctl_judge *j, const wr_control *c, wr_layer l, wr_str subject,
                      ctl_verdict *v) {
    static const wr_outcome outcome[] = {[G_PASS] = WR_PASS,
                                         [G_FAIL] = WR_FAIL,
                                         [G_SKIP] = WR_SKIP,
                                         [G_ERROR] = WR_FAULT,
                                         [G_UNKNOWN] = WR_UNKNOWN};
    const wr_control_layer *y = &c->layer[l];
    wr_str why = cannot_judge(j, c, l);
    if (why.n || y->means != WR_BY_GUARD) {
        if (why.n == 0) why = WR_S("this layer judges requests, not documents");
        ctl_verdict_one(j, c, l, subject, WR_FAULT, why, v);
        return WR_OK;
    }
    *v = (ctl_verdict){.outcome = WR_SKIP};
    if ((y->on & j->shape) == 0 || !ctl_concerns(j, c)) return WR_OK;
    wr_guard_rewind(j->eval);
    const g_result *res = wr_guard_run(j->eval, y->guard, (wr_guard_run_opts){.no_records = true});
    if (res == NULL) return WR_NOMEM;
    v->outcome = outcome[res->status];
    if (v->outcome == WR_PASS || v->outcome == WR_SKIP) return WR_OK;
    res = wr_guard_run(j->eval, y->guard, (wr_guard_run_opts){0});
    uint32_t n;
    wr_decision *d =
        res ? wr_guard_decisions(&j->task->arena, res, subject, j->task->now, &n) : NULL;
    if (d == NULL) return WR_NOMEM;
    bool ok = add_part(j, c, l, subject, d, n, v->outcome, v);
    static const wr_outcome others[] = {WR_FAULT, WR_FAIL, WR_UNKNOWN};
    for (unsigned i = 0; i < CTL_MAX_PARTS; i++)
        if (others[i] != v->outcome) ok = ok && add_part(j, c, l, subject, d, n, others[i], v);
    return ok && !j->task->arena.oom ? WR_OK : WR_NOMEM;
}

// ---------------------------------------------------------------------------------- one layer

static wr_rc judge_one(ctl_judge *j, const wr_control *c, wr_layer l, const wr_doc *doc,
                       wr_str name, ctl_verdict *v) {
    wr_str why = cannot_judge(j, c, l);
    if (why.n) {
        ctl_verdict_one(j, c, l, name, WR_FAULT, why, v);
        return WR_OK;
    }
    if (c->layer[l].means == WR_BY_GUARD) {
        wr_rc rc = ctl_bind(j, doc, name);
        return rc == WR_OK ? ctl_judge_guard(j, c, l, name, v) : rc;
    }
    ctl_request q;
    wr_rc rc = ctl_request_read(j->task, doc, doc->root, &q);
    return rc == WR_OK ? ctl_judge_request(j, c, l, &q, name, v) : rc;
}

wr_rc wr_layer_judge(wr_repo *r, const wr_control *c, wr_layer l, const wr_doc *doc, wr_str name,
                     wr_ctx *task, wr_decision *out) {
    ctl_judge j;
    ctl_verdict v = {0};
    if (!r->iam->frozen) wr_iam_freeze(r->iam);
    ctl_judge_init(&j, r, task, task);
    wr_rc rc = judge_one(&j, c, l, doc, name, &v);
    *out = ctl_decision_of(&j, c, l, name, rc == WR_OK ? v.outcome : WR_FAULT);
    if (rc == WR_OK && v.n) *out = v.part[0]; // the first is of the layer's outcome
    ctl_judge_fini(&j);
    return rc;
}
