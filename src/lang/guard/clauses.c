// SPDX-License-Identifier: Apache-2.0
// clauses: from the records of an evaluation to what failed and why. The tree has one node for
// each failed rule, disjunction, block and check; groupings that say nothing are left out.
// Rules: cfn-guard's FileReport (guard-language.md §1.10); the sentences are the original's.
//
// Always true: a report points into the records and owns nothing but its children.

#include "lang/guard/out_int.h"

typedef WR_VEC(g_report) reports;

typedef struct maker {
    wr_arena *a;
    const g_result *r;
    bool reasoned;
} maker;

static void collect(maker *m, const g_file *f, const g_rec *first, reports *out);

static void push(maker *m, reports *out, g_report p) {
    (void)WR_PUSH(m->a, out, p); // a failure is sticky in the arena
}

static g_report node_of(g_report_kind kind, const g_file *f, const g_rec *rec) {
    return (g_report){.kind = kind, .file = f, .rec = rec};
}

static void add_children(maker *m, g_report *p, const g_rec *rec) {
    reports kids = {0};
    collect(m, p->file, rec->first, &kids);
    for (uint32_t i = 0; i < kids.n; i++) kids.v[i].alternative = p->kind == G_P_DISJ;
    p->v = kids.v;
    p->n = kids.n;
}

static void add_rule(maker *m, const g_rec *rec, reports *out) {
    const g_rule *rule = rec->what;
    g_report p = node_of(G_P_RULE, g_file_of(m->r, rule), rec);
    p.rule = rule;
    p.has_custom = rec->has_msg;
    p.custom = rec->msg;
    add_children(m, &p, rec);
    push(m, out, p);
}

// A block that selected nothing although it had to.
static void add_empty_block(maker *m, const g_file *f, const g_rec *rec, reports *out) {
    g_report p = node_of(G_P_BLOCK, f, rec);
    p.has_error = true;
    push(m, out, p);
}

static void add_block(maker *m, const g_file *f, const g_rec *rec, reports *out) {
    uint32_t before = out->n;
    if (rec->kids > 0) collect(m, f, rec->first, out);
    if (rec->kids == 0 || (m->reasoned && out->n == before)) add_empty_block(m, f, rec, out);
}

// The message of an emptiness check stands on one line.
static wr_str one_line(wr_arena *a, wr_str s) {
    if (s.n == 0 || memchr(s.p, '\n', s.n) == NULL) return s;
    char *d = wr_alloc(a, s.n);
    if (d == NULL) return s;
    for (size_t i = 0; i < s.n; i++) d[i] = s.p[i] == '\n' ? ';' : s.p[i];
    return wr_strn(d, s.n);
}

static void fill_compare(g_report *p, const g_rec *rec) {
    if (rec->from.tag == G_UNRESOLVED || rec->to.tag == G_UNRESOLVED) {
        p->check = G_K_UNRESOLVED;
        p->unres = rec->from.tag == G_UNRESOLVED ? rec->from.unres : rec->to.unres;
        p->from = p->location = p->unres->node;
    } else {
        p->check = G_K_RESOLVED;
        p->from = rec->from.node;
        p->to = p->location = rec->to.node;
    }
}

static void fill_unary(g_report *p, const g_rec *rec) {
    if (rec->from.tag == G_UNRESOLVED) {
        p->check = G_K_UNRESOLVED;
        p->unres = rec->from.unres;
        p->from = p->location = p->unres->node;
    } else {
        p->check = G_K_RESOLVED;
        p->from = rec->from.node;
    }
}

static void add_check(maker *m, const g_file *f, const g_rec *rec, reports *out) {
    const g_clause *c = rec->what;
    g_report p = node_of(rec->kind == G_R_MISSING_BLOCK ? G_P_BLOCK : G_P_CLAUSE, f, rec);
    p.op = (g_op)rec->op;
    p.op_neg = rec->op_neg;
    p.has_error = true;
    p.has_custom = true;
    if (c != NULL && c->has_msg && rec->kind != G_R_MISSING_BLOCK) p.custom = c->msg;
    p.unary = rec->kind != G_R_COMPARE && rec->kind != G_R_IN;
    switch (rec->kind) {
    case G_R_NO_VALUE:
        p.custom = one_line(m->a, p.custom);
        p.check = G_K_UNRESOLVED_CONTEXT;
        break;
    case G_R_DEPENDENT: p.check = G_K_UNRESOLVED_CONTEXT; break;
    case G_R_MISSING_BLOCK:
        p.check = G_K_UNRESOLVED;
        p.unres = rec->from.unres;
        p.from = p.unres->node;
        break;
    case G_R_UNARY: fill_unary(&p, rec); break;
    case G_R_COMPARE:
        if (rec->from.tag != G_UNRESOLVED && !rec->has_to) return;
        fill_compare(&p, rec);
        break;
    case G_R_IN:
        p.has_custom = c != NULL && c->has_msg;
        p.check = G_K_IN_RESOLVED;
        p.from = p.location = rec->from.node;
        p.ins = rec->ins;
        p.n_ins = rec->n_ins;
        break;
    default: return;
    }
    push(m, out, p);
}

static void collect_one(maker *m, const g_file *f, const g_rec *rec, reports *out) {
    bool failed = rec->status == G_FAIL;
    switch ((g_rec_kind)rec->kind) {
    case G_R_RULE:
        if (failed) add_rule(m, rec, out);
        return;
    case G_R_BLOCK:
        if (failed) add_block(m, f, rec, out);
        return;
    case G_R_DISJ:
        if (failed) {
            g_report p = node_of(G_P_DISJ, f, rec);
            add_children(m, &p, rec);
            push(m, out, p);
        }
        return;
    case G_R_CLAUSE:
    case G_R_TYPE_BLOCK:
    case G_R_TYPE:
    case G_R_WHEN:
        if (failed) collect(m, f, rec->first, out);
        return;
    case G_R_COMPARE:
    case G_R_IN:
    case G_R_UNARY:
    case G_R_NO_VALUE:
    case G_R_DEPENDENT:
    case G_R_MISSING_BLOCK: add_check(m, f, rec, out); return;
    case G_R_FILE:
    case G_R_RULE_COND:
    case G_R_TYPE_COND:
    case G_R_FILTER_MAP:
    case G_R_FILTER_LIST:
    case G_R_WHEN_COND:
    case G_R_SUCCESS: return;
    }
}

// Recursion follows the nesting of the rule text, which the parser limits, and of calls, which the
// evaluator limits.
static void collect(maker *m, const g_file *f, const g_rec *first, reports *out) {
    for (const g_rec *rec = first; rec != NULL; rec = rec->next) collect_one(m, f, rec, out);
}

const g_report *g_failed(wr_arena *a, const g_result *r, bool reasoned, uint32_t *n) {
    maker m = {a, r, reasoned};
    reports out = {0};
    for (uint32_t i = 0; i < r->n_rules; i++)
        if (r->rules[i].status == G_FAIL && r->rules[i].rec != NULL)
            add_rule(&m, r->rules[i].rec, &out);
    *n = out.n;
    return out.v;
}

// ---------------------------------------------------------------------------------- sentences

static const char *unary_words(g_op op, bool neg) {
    switch (op) {
    case G_EXISTS: return neg ? "existed" : "did not exist";
    case G_EMPTY: return neg ? "was empty" : "was not empty";
    case G_IS_LIST: return neg ? "was a list " : "was not list";
    case G_IS_MAP: return neg ? "was a struct" : "was not struct";
    case G_IS_STRING: return neg ? "was a string " : "was not string";
    case G_IS_INT: return neg ? "was int" : "was not int";
    case G_IS_BOOL: return neg ? "was bool" : "was not bool";
    case G_IS_NULL: return neg ? "was null" : "was not null";
    default: return neg ? "was float" : "was not float";
    }
}

static const char *binary_words(g_op op, bool neg) {
    switch (op) {
    case G_EQ: return neg ? "equal to" : "not equal to";
    case G_LE: return neg ? "less than equal to" : "not less than equal to";
    case G_LT: return neg ? "less than" : "not less than";
    case G_GE: return neg ? "greater than equal to" : "not greater than equal";
    case G_GT: return neg ? "greater than" : "not greater than";
    default: return neg ? "in" : "not in";
    }
}

static void put_missing(wr_buf *b, const g_vals *v, const g_unres *u, const char *what) {
    wr_putz(b, "Check was not compliant as property [");
    g_put_rest(b, u->rest, u->n_rest);
    wr_putf(b, "] %sis missing. Value traversed to [", what);
    g_put_display(b, v, u->node);
    wr_putc(b, ']');
}

static void put_unary(wr_buf *b, const g_vals *v, const g_report *p) {
    if (p->check == G_K_UNRESOLVED) {
        put_missing(b, v, p->unres, "");
        wr_putc(b, '.');
    } else {
        wr_putz(b, "Check was not compliant as property [");
        g_put_place(b, v, p->from);
        wr_putf(b, "] %s.", unary_words(p->op, p->op_neg));
    }
    if (p->rec->has_msg) wr_putf(b, "Error = [%.*s]", WR_FMT(p->rec->msg));
}

static void put_binary(wr_buf *b, const g_vals *v, const g_report *p) {
    if (p->check == G_K_UNRESOLVED) {
        bool left = p->rec->from.tag == G_UNRESOLVED;
        put_missing(b, v, p->unres, left ? "to compare from " : "to compare to ");
        wr_putc(b, '.');
    } else {
        wr_putz(b, "Check was not compliant as property value [");
        g_put_display(b, v, p->from);
        wr_putf(b, "] %s value [", binary_words(p->op, p->op_neg));
        g_put_display(b, v, p->to);
        wr_putz(b, "].");
    }
    if (p->rec->nc != G_NC_NONE) {
        wr_putz(b, " Error = [");
        g_put_nc(b, v, p->rec);
        wr_putc(b, ']');
    }
}

void g_put_error(wr_buf *b, const g_vals *v, const g_report *p) {
    const g_clause *c = p->rec->what;
    switch (p->rec->kind) {
    case G_R_BLOCK: wr_putz(b, "query for block clause did not retrieve any value"); return;
    case G_R_MISSING_BLOCK: put_missing(b, v, p->unres, ""); return;
    case G_R_NO_VALUE:
        wr_putz(b, "Check was not compliant as variable in context [");
        g_put_context_in(b, p->file, p->rec);
        wr_putz(b, "] was not empty");
        return;
    case G_R_DEPENDENT:
        wr_putz(b, "Check was not compliant as dependent rule [");
        wr_puts(b, c->name);
        wr_putz(b, "] did not PASS. Context [");
        g_put_context_in(b, p->file, p->rec);
        wr_putc(b, ']');
        return;
    case G_R_UNARY: put_unary(b, v, p); return;
    case G_R_COMPARE: put_binary(b, v, p); return;
    case G_R_IN:
        wr_putz(b, "Check was not compliant as property [");
        g_put_place(b, v, p->from);
        wr_putz(b, "] was not present in [");
        g_put_qrs(b, v, p->ins, p->n_ins);
        wr_putc(b, ']');
        return;
    default: return;
    }
}
