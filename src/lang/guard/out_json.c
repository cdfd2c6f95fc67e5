// SPDX-License-Identifier: Apache-2.0
// out_json: the failure report as JSON or YAML, one shape for both.
// Rules: serde form of cfn-guard's FileReport (guard-language.md §1.10). The native report keeps
// that shape and adds to it (docs/guide/guard-differences.md).

#include "lang/guard/out_int.h"

#include <math.h>

void g_out_value(wr_out *o, wr_buf *tmp, const g_vals *v, const wr_node *n) {
    o->map(o, false);
    g_out_key(o, "path");
    g_put_path(g_text(tmp), v, n);
    o->str(o, wr_buf_str(tmp));
    g_out_key(o, "value");
    if (g_is_finite(n)) {
        o->node(o, n);
    } else { // JSON has no such number: the value as people see it
        g_put_value_only(g_text(tmp), n);
        o->str(o, wr_buf_str(tmp));
    }
    o->end(o);
}

// Recursion is limited by the depth limit of documents.
bool g_is_finite(const wr_node *n) {
    if (n->kind == WR_FLOAT) return isfinite(n->u.f);
    if (n->kind == WR_LIST) {
        for (uint32_t i = 0; i < n->n; i++)
            if (!g_is_finite(n->u.kids + i)) return false;
    } else if (n->kind == WR_MAP) {
        for (uint32_t i = 0; i < n->n; i++)
            if (!g_is_finite(wr_map_val(n, i))) return false;
    }
    return true;
}

void g_out_op(wr_out *o, g_op op, bool neg) {
    o->list(o, false);
    o->str(o, wr_strz(g_op_name(op)));
    o->boolean(o, neg);
    o->end(o);
}

void g_out_unres(wr_out *o, wr_buf *tmp, const g_vals *v, const g_unres *u) {
    o->map(o, false);
    g_out_key(o, "traversed_to");
    g_out_value(o, tmp, v, u->node);
    g_out_key(o, "remaining_query");
    g_put_rest(g_text(tmp), u->rest, u->n_rest);
    o->str(o, wr_buf_str(tmp));
    g_out_key(o, "reason");
    g_put_why(g_text(tmp), v, u);
    o->str(o, wr_buf_str(tmp));
    o->end(o);
}

static void out_comparison(wr_out *o, const g_report *r) {
    g_out_key(o, "comparison");
    g_out_op(o, r->op, r->op_neg);
}

static void out_messages(wr_out *o, const g_printer *p, const g_report *r) {
    g_out_key(o, "messages");
    o->map(o, false);
    g_out_key(o, "custom_message");
    if (r->has_custom) o->str(o, r->custom);
    else o->null(o);
    g_out_key(o, "error_message");
    if (r->has_error) {
        g_put_error(g_text(p->tmp), p->r->vals, r);
        o->str(o, wr_buf_str(p->tmp));
    } else {
        o->null(o);
    }
    if (p->b->native) g_native_messages(o, p, r);
    o->end(o);
}

static void out_context(wr_out *o, const g_printer *p, const g_report *r) {
    g_out_key(o, "context");
    g_put_context_in(g_text(p->tmp), r->file, r->rec);
    o->str(o, wr_buf_str(p->tmp));
}

static void out_resolved(wr_out *o, const g_printer *p, const g_report *r) {
    g_out_key(o, r->check == G_K_IN_RESOLVED ? "InResolved" : "Resolved");
    o->map(o, false);
    g_out_key(o, r->unary ? "value" : "from");
    g_out_value(o, p->tmp, p->r->vals, r->from);
    if (r->check == G_K_IN_RESOLVED) {
        bool empty = true;
        for (uint32_t i = 0; i < r->n_ins; i++) empty = empty && r->ins[i].tag != G_RESOLVED;
        g_out_key(o, "to");
        o->list(o, empty);
        for (uint32_t i = 0; i < r->n_ins; i++)
            if (r->ins[i].tag == G_RESOLVED) g_out_value(o, p->tmp, p->r->vals, r->ins[i].node);
        if (!empty) o->end(o);
    } else if (!r->unary) {
        g_out_key(o, "to");
        g_out_value(o, p->tmp, p->r->vals, r->to);
    }
    out_comparison(o, r);
    o->end(o);
}

static void out_check(wr_out *o, const g_printer *p, const g_report *r) {
    g_out_key(o, "check");
    o->map(o, false);
    switch (r->check) {
    case G_K_UNRESOLVED:
        g_out_key(o, "UnResolved");
        o->map(o, false);
        g_out_key(o, "value");
        g_out_unres(o, p->tmp, p->r->vals, r->unres);
        out_comparison(o, r);
        o->end(o);
        break;
    case G_K_UNRESOLVED_CONTEXT:
        g_out_key(o, "UnResolvedContext");
        if (r->rec->kind == G_R_DEPENDENT) {
            o->str(o, ((const g_clause *)r->rec->what)->name);
        } else {
            g_put_context_in(g_text(p->tmp), r->file, r->rec);
            o->str(o, wr_buf_str(p->tmp));
        }
        break;
    default: out_resolved(o, p, r);
    }
    o->end(o);
}

static void out_clause(wr_out *o, const g_printer *p, const g_report *r) {
    o->map(o, false);
    g_out_key(o, r->unary ? "Unary" : "Binary");
    o->map(o, false);
    if (r->unary) out_check(o, p, r);
    out_context(o, p, r);
    out_messages(o, p, r);
    if (!r->unary) out_check(o, p, r);
    o->end(o);
    o->end(o);
}

static void out_list(wr_out *o, const char *key, const g_printer *p, const g_report *v,
                     uint32_t n) {
    g_out_key(o, key);
    o->list(o, n == 0);
    g_out_reports(o, p, v, n);
    if (n > 0) o->end(o);
}

static void out_rule(wr_out *o, const g_printer *p, const g_report *r) {
    o->map(o, false);
    g_out_str(o, "name", r->rule->name);
    g_out_key(o, "metadata");
    if (p->b->native) g_native_metadata(o, r->rule);
    else o->map(o, true);
    out_messages(o, p, r);
    out_list(o, "checks", p, r->v, r->n);
    o->end(o);
}

static void out_block(wr_out *o, const g_printer *p, const g_report *r) {
    o->map(o, false);
    out_context(o, p, r);
    out_messages(o, p, r);
    g_out_key(o, "unresolved");
    if (r->unres != NULL) g_out_unres(o, p->tmp, p->r->vals, r->unres);
    else o->null(o);
    o->end(o);
}

// Recursion follows the nesting of rules (see clauses.c).
void g_out_reports(wr_out *o, const g_printer *p, const g_report *v, uint32_t n) {
    static const char *const tag[] = {"Rule", "Block", "Disjunctions", "Clause"};
    for (uint32_t i = 0; i < n; i++) {
        const g_report *r = &v[i];
        o->map(o, false);
        g_out_key(o, tag[r->kind]);
        switch (r->kind) {
        case G_P_RULE: out_rule(o, p, r); break;
        case G_P_BLOCK: out_block(o, p, r); break;
        case G_P_CLAUSE: out_clause(o, p, r); break;
        case G_P_DISJ:
            o->map(o, false);
            out_list(o, "checks", p, r->v, r->n);
            o->end(o);
        }
        o->end(o);
    }
}

// ---------------------------------------------------------------------------------- file report

static bool has_status(const g_worker *w, uint32_t d, uint32_t f0, uint32_t f1, g_status st) {
    const g_grid *g = w->grid;
    const uint8_t *s = g->rule + (size_t)d * g->n_rules;
    for (uint32_t i = g->at[f0]; i < g->at[f1]; i++)
        if (s[i] == st) return true;
    return false;
}

static void out_not_compliant(wr_out *o, g_worker *w, uint32_t d, uint32_t f0, uint32_t f1) {
    bool any = has_status(w, d, f0, f1, G_FAIL);
    g_out_key(o, "not_compliant");
    o->list(o, !any);
    for (uint32_t f = f0; any && f < f1; f++) {
        if (memchr(g_grid_rules(w->grid, d, f), G_FAIL, w->grid->at[f + 1] - w->grid->at[f]) ==
            NULL)
            continue;
        const g_result *r = g_worker_run(w, d, f, (wr_guard_run_opts){.fatal = !w->b->native});
        if (r == NULL) break;
        uint32_t n;
        const g_report *v = g_failed(&w->arena, r, w->b->native, &n);
        g_printer p = {w->b, r, &w->b->docs[d], &w->arena, &w->tmp};
        g_out_reports(o, &p, v, n);
    }
    if (any) o->end(o);
}

// The names of rules with this status, each once, in byte order.
static void out_names(wr_out *o, g_worker *w, const char *key, uint32_t d, uint32_t f0, uint32_t f1,
                      g_status st) {
    const g_grid *g = w->grid;
    const uint8_t *s = g->rule + (size_t)d * g->n_rules;
    uint8_t *in = wr_zalloc(&w->arena, g->n_names + 1u);
    bool any = in != NULL && has_status(w, d, f0, f1, st);
    g_out_key(o, key);
    o->list(o, !any);
    if (!any) return;
    for (uint32_t i = g->at[f0]; i < g->at[f1]; i++)
        if (s[i] == st) in[g->rank[i]] = 1;
    for (uint32_t k = 0; k < g->n_names; k++)
        if (in[k]) o->str(o, g->names[k]);
    o->end(o);
}

void g_out_file_report(wr_out *o, g_worker *w, uint32_t d, uint32_t f0, uint32_t f1) {
    g_status st = f0 < f1 ? g_grid_file(w->grid, d, f0) : G_SKIP;
    bool erred = false; // what could not be judged outweighs what failed
    for (uint32_t f = f0; f < f1; f++) {
        st = g_status_and(st, g_grid_file(w->grid, d, f));
        erred |= g_grid_erred(w->grid, d, f);
    }
    if (erred) st = G_ERROR;
    o->map(o, false);
    g_out_str(o, "name", w->b->docs[d].name);
    g_out_key(o, "metadata");
    o->map(o, true);
    g_out_str(o, "status", wr_strz(g_status_name(st)));
    out_not_compliant(o, w, d, f0, f1);
    out_names(o, w, "not_applicable", d, f0, f1, G_SKIP);
    out_names(o, w, "compliant", d, f0, f1, G_PASS);
    if (w->b->native) g_native_errors(o, w, d, f0, f1);
    o->end(o);
    if (o->rc != WR_OK && w->rc == WR_OK) w->rc = o->rc;
    if (w->arena.oom && w->rc == WR_OK) w->rc = WR_NOMEM;
}

static void each_message(const g_report *v, uint32_t n, const g_report *rule, g_see see,
                         void *arg) {
    for (uint32_t i = 0; i < n; i++) {
        const g_report *r = &v[i];
        if (r->kind == G_P_CLAUSE || r->kind == G_P_BLOCK) see(arg, r, rule);
        else each_message(r->v, r->n, rule, see, arg);
    }
}

void g_each_message(const g_report *rule, g_see see, void *arg) {
    each_message(rule->v, rule->n, rule, see, arg);
}
