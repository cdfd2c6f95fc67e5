// SPDX-License-Identifier: Apache-2.0
// out_verbose: every event of an evaluation, as a tree for people (-v) and as JSON (-p).
// Rules: Display and serde forms of cfn-guard's EventRecord (guard-language.md §1.10).

#include "lang/guard/out_int.h"

// ---------------------------------------------------------------------------------- tree

static void put_op(wr_buf *b, const g_rec *rec) {
    wr_putf(b, "%s %s", rec->op_neg ? "not" : "", g_op_display((g_op)rec->op));
}

// One result as the original displays it alone: a list of them (g_put_qrs) loses dots before '['.
static void put_qr(wr_buf *b, const g_vals *v, const g_qr *q) {
    static const char *const tag[] = {
        [G_LITERAL] = "literal, ", [G_RESOLVED] = "(resolved, ", [G_UNRESOLVED] = "(unresolved, "};
    wr_putz(b, tag[q->tag]);
    g_put_display(b, v, q->tag == G_UNRESOLVED ? q->unres->node : q->node);
    if (q->tag != G_LITERAL) wr_putc(b, ')');
}

static void put_check_line(wr_buf *b, const g_vals *v, const g_rec *rec) {
    const g_clause *c = rec->what;
    const char *st = g_status_name((g_status)rec->status);
    switch (rec->kind) {
    case G_R_SUCCESS: wr_putz(b, "GuardClauseValueCheck(Status=PASS)"); return;
    case G_R_NO_VALUE:
        wr_putz(b, "GuardClause(Status=FAIL, Empty, ");
        if (c != NULL && c->has_msg) wr_puts(b, c->msg);
        break;
    case G_R_MISSING_BLOCK:
        wr_putf(b, "GuardBlockValueMissing(Status=%s, Reason=", st);
        g_put_block_reason(b, v, rec);
        wr_putz(b, ", ");
        g_put_path(b, v, rec->from.unres->node);
        break;
    case G_R_DEPENDENT:
        wr_putf(b, "GuardClauseDependentRule(Rule=%.*s, Status=%s", WR_FMT(c->name), st);
        break;
    case G_R_UNARY:
        wr_putf(b, "GuardClauseUnaryCheck(Status=%s, Comparison=", st);
        put_op(b, rec);
        wr_putz(b, ", Value-At=");
        put_qr(b, v, &rec->from);
        break;
    default:
        wr_putf(b,
                "GuardClause%sBinaryCheck(Status=%s, Comparison=", rec->kind == G_R_IN ? "In" : "",
                st);
        put_op(b, rec);
        wr_putz(b, ", from=");
        put_qr(b, v, &rec->from);
        wr_putz(b, ", to=");
        if (rec->kind == G_R_IN) g_put_qrs(b, v, rec->ins, rec->n_ins);
        else if (rec->has_to) put_qr(b, v, &rec->to);
    }
    wr_putc(b, ')');
}

static void put_event(wr_buf *b, const g_result *r, const g_rec *rec) {
    const char *st = g_status_name((g_status)rec->status);
    switch ((g_rec_kind)rec->kind) {
    case G_R_FILE: wr_putf(b, "File(%.*s, Status=%s)", WR_FMT(r->doc_name), st); return;
    case G_R_RULE:
        wr_putf(b, "Rule(%.*s, Status=%s)", WR_FMT(((const g_rule *)rec->what)->name), st);
        return;
    case G_R_RULE_COND: wr_putf(b, "Rule/When(Status=%s)", st); return;
    case G_R_TYPE:
        wr_putf(b, "Type(%.*s, Status=%s)", WR_FMT(((const g_clause *)rec->what)->name), st);
        return;
    case G_R_TYPE_COND: wr_putf(b, "TypeBlock/When Status=%s)", st); return;
    case G_R_TYPE_BLOCK: wr_putf(b, "TypeBlock/Block Status=%s)", st); return;
    case G_R_FILTER_MAP:
    case G_R_FILTER_LIST: wr_putf(b, "Filter/ConjunctionsBlock(Status=%s)", st); return;
    case G_R_WHEN: wr_putf(b, "WhenConditionalBlock(Status = %s)", st); return;
    case G_R_WHEN_COND: wr_putf(b, "WhenCondition(Status = %s)", st); return;
    case G_R_DISJ: wr_putf(b, "Disjunction(Status = %s)", st); return;
    case G_R_BLOCK: wr_putf(b, "GuardValueBlockCheck(Status = %s)", st); return;
    case G_R_CLAUSE: wr_putf(b, "GuardClauseBlock(Status = %s)", st); return;
    default: put_check_line(b, r->vals, rec); return;
    }
}

typedef struct tree {
    wr_buf *b;
    wr_buf prefix;
    const g_result *r;
} tree;

// Recursion is as deep as the evaluation was, which the evaluator limits.
static void put_branch(tree *t, const g_file *f, const g_rec *rec, bool last) {
    if (rec->kind == G_R_RULE) f = g_file_of(t->r, rec->what);
    wr_puts(t->b, wr_buf_str(&t->prefix));
    wr_putz(t->b, last ? "`- " : "|- ");
    put_event(t->b, t->r, rec);
    wr_putz(t->b, "[Context=");
    g_put_context_in(t->b, f, rec);
    wr_putz(t->b, "]\n");
    size_t n = t->prefix.n;
    wr_putz(&t->prefix, last ? "   " : "|  ");
    for (const g_rec *k = rec->first; k != NULL; k = k->next) put_branch(t, f, k, k->next == NULL);
    t->prefix.n = n;
}

void g_put_tree(wr_buf *b, const g_result *r) {
    tree t = {.b = b, .r = r};
    wr_buf_init(&t.prefix, 0);
    if (r->root != NULL) put_branch(&t, r->file, r->root, true);
    if (t.prefix.rc != WR_OK && b->rc == WR_OK) b->rc = t.prefix.rc;
    wr_buf_fini(&t.prefix);
}

// ---------------------------------------------------------------------------------- JSON

typedef struct events {
    wr_out o;
    wr_buf *tmp;
    const g_result *r;
} events;

static void out_opt(wr_out *o, const char *key, bool has, wr_str s) {
    g_out_key(o, key);
    if (has) o->str(o, s);
    else o->null(o);
}

static void out_status(wr_out *o, const g_rec *rec) {
    g_out_str(o, "status", wr_strz(g_status_name((g_status)rec->status)));
}

static void out_qr(events *e, const g_qr *q) {
    wr_out *o = &e->o;
    o->map(o, false);
    if (q->tag == G_UNRESOLVED) {
        g_out_key(o, "UnResolved");
        g_out_unres(o, e->tmp, e->r->vals, q->unres);
    } else {
        g_out_key(o, q->tag == G_LITERAL ? "Literal" : "Resolved");
        g_out_value(o, e->tmp, e->r->vals, q->node);
    }
    o->end(o);
}

static void out_comparison(wr_out *o, const g_rec *rec) {
    g_out_key(o, "comparison");
    g_out_op(o, (g_op)rec->op, rec->op_neg);
}

// message, custom_message, status: the tail of every check.
static void out_tail(events *e, const g_rec *rec, bool has_msg) {
    const g_clause *c = rec->kind == G_R_MISSING_BLOCK ? NULL : rec->what;
    out_opt(&e->o, "message", has_msg, wr_buf_str(e->tmp));
    out_opt(&e->o, "custom_message", c != NULL && c->has_msg, c != NULL ? c->msg : (wr_str){0});
    out_status(&e->o, rec);
}

static void out_value_check(events *e, const g_rec *rec) {
    wr_out *o = &e->o;
    o->map(o, false);
    g_out_key(o, "from");
    out_qr(e, &rec->from);
    wr_buf *text = g_text(e->tmp);
    if (rec->kind == G_R_MISSING_BLOCK) g_put_block_reason(text, e->r->vals, rec);
    else wr_puts(text, rec->msg);
    out_tail(e, rec, rec->kind == G_R_MISSING_BLOCK || rec->has_msg);
    o->end(o);
}

static void out_binary(events *e, const g_rec *rec) {
    wr_out *o = &e->o;
    o->map(o, false);
    out_comparison(o, rec);
    g_out_key(o, "from");
    out_qr(e, &rec->from);
    g_out_key(o, "to");
    if (rec->kind == G_R_IN) {
        o->list(o, rec->n_ins == 0);
        for (uint32_t i = 0; i < rec->n_ins; i++) out_qr(e, &rec->ins[i]);
        if (rec->n_ins > 0) o->end(o);
    } else if (rec->has_to) {
        out_qr(e, &rec->to);
    } else {
        o->null(o);
    }
    wr_buf *text = g_text(e->tmp);
    if (rec->nc != G_NC_NONE) g_put_nc(text, e->r->vals, rec);
    out_tail(e, rec, rec->nc != G_NC_NONE);
    o->end(o);
}

static void out_dependent(events *e, const g_rec *rec) {
    const g_clause *c = rec->what;
    e->o.map(&e->o, false);
    g_out_str(&e->o, "rule", c->name);
    wr_puts(g_text(e->tmp), rec->msg);
    out_tail(e, rec, rec->has_msg);
    e->o.end(&e->o);
}

static void out_unary(events *e, const g_rec *rec) {
    e->o.map(&e->o, false);
    g_out_key(&e->o, "value");
    out_value_check(e, rec);
    out_comparison(&e->o, rec);
    e->o.end(&e->o);
}

static void out_check(events *e, const g_rec *rec) {
    wr_out *o = &e->o;
    const g_clause *c = rec->what;
    if (rec->kind == G_R_SUCCESS) {
        o->str(o, WR_S("Success"));
        return;
    }
    o->map(o, false);
    switch (rec->kind) {
    case G_R_NO_VALUE:
        out_opt(o, "NoValueForEmptyCheck", c != NULL && c->has_msg,
                c != NULL ? c->msg : (wr_str){0});
        break;
    case G_R_DEPENDENT:
        g_out_key(o, "DependentRule");
        out_dependent(e, rec);
        break;
    case G_R_MISSING_BLOCK:
        g_out_key(o, "MissingBlockValue");
        out_value_check(e, rec);
        break;
    case G_R_UNARY:
        g_out_key(o, "Unary");
        out_unary(e, rec);
        break;
    default: g_out_key(o, rec->kind == G_R_IN ? "InComparison" : "Comparison"); out_binary(e, rec);
    }
    o->end(o);
}

static void out_block_check(wr_out *o, const g_rec *rec) {
    o->map(o, false);
    g_out_key(o, "at_least_one_matches");
    o->boolean(o, rec->at_least_one);
    out_status(o, rec);
    out_opt(o, "message", rec->has_msg, rec->msg);
    o->end(o);
}

static void out_named(wr_out *o, wr_str name, const g_rec *rec) {
    o->map(o, false);
    g_out_str(o, "name", name);
    out_status(o, rec);
    out_opt(o, "message", rec->has_msg, rec->msg);
    o->end(o);
}

static void out_container(events *e, const g_rec *rec) {
    static const char *const name[] = {
        [G_R_FILE] = "FileCheck",
        [G_R_RULE] = "RuleCheck",
        [G_R_RULE_COND] = "RuleCondition",
        [G_R_TYPE] = "TypeCheck",
        [G_R_TYPE_COND] = "TypeCondition",
        [G_R_TYPE_BLOCK] = "TypeBlock",
        [G_R_FILTER_MAP] = "Filter",
        [G_R_FILTER_LIST] = "Filter",
        [G_R_WHEN] = "WhenCheck",
        [G_R_WHEN_COND] = "WhenCondition",
        [G_R_DISJ] = "Disjunction",
        [G_R_BLOCK] = "BlockGuardCheck",
        [G_R_CLAUSE] = "GuardClauseBlockCheck",
    };
    wr_out *o = &e->o;
    o->map(o, false);
    g_out_key(o, rec->kind < G_R_SUCCESS ? name[rec->kind] : "ClauseValueCheck");
    switch (rec->kind) {
    case G_R_FILE: out_named(o, e->r->doc_name, rec); break;
    case G_R_RULE: out_named(o, ((const g_rule *)rec->what)->name, rec); break;
    case G_R_TYPE:
        o->map(o, false);
        g_out_str(o, "type_name", ((const g_clause *)rec->what)->name);
        g_out_key(o, "block");
        out_block_check(o, rec);
        o->end(o);
        break;
    case G_R_WHEN:
    case G_R_DISJ:
    case G_R_BLOCK:
    case G_R_CLAUSE: out_block_check(o, rec); break;
    case G_R_RULE_COND:
    case G_R_TYPE_COND:
    case G_R_TYPE_BLOCK:
    case G_R_FILTER_MAP:
    case G_R_FILTER_LIST:
    case G_R_WHEN_COND: o->str(o, wr_strz(g_status_name((g_status)rec->status))); break;
    default: out_check(e, rec);
    }
    o->end(o);
}

// Recursion is as deep as the evaluation was, which the evaluator limits.
static void out_event(events *e, const g_file *f, const g_rec *rec) {
    wr_out *o = &e->o;
    if (rec->kind == G_R_RULE) f = g_file_of(e->r, rec->what);
    o->map(o, false);
    g_out_key(o, "context");
    g_put_context_in(g_text(e->tmp), f, rec);
    o->str(o, wr_buf_str(e->tmp));
    g_out_key(o, "container");
    out_container(e, rec);
    g_out_key(o, "children");
    o->list(o, rec->first == NULL);
    for (const g_rec *k = rec->first; k != NULL; k = k->next) out_event(e, f, k);
    if (rec->first != NULL) o->end(o);
    o->end(o);
}

wr_rc g_put_records_json(wr_buf *b, wr_buf *tmp, const g_result *r) {
    events e = {.tmp = tmp, .r = r};
    if (r->root == NULL) return WR_OK;
    wr_rc rc = wr_out_json(&e.o, b);
    if (rc != WR_OK) return rc;
    out_event(&e, r->file, r->root);
    rc = e.o.rc;
    wr_out_fini(&e.o);
    wr_putc(b, '\n');
    return rc;
}
