// SPDX-License-Identifier: Apache-2.0
// out_console_generic: one line for each failed check, for documents that are neither a template
// nor a plan.
// Rules: cfn-guard's GenericSummary. It names every failed check it finds, also those under
// something that passed or in a condition, but not those in a filter.

#include "lang/guard/out_int.h"

typedef struct line {
    wr_buf *out;
    const g_printer *p;
    wr_str rule;
} line;

static void put_message(wr_buf *b, wr_str s, const char *sep) {
    size_t from = 0, at;
    while ((at = wr_find(s, WR_S("\n"), from)) != SIZE_MAX) {
        wr_put(b, s.p + from, at - from);
        wr_putz(b, sep);
        from = at + 1;
    }
    wr_puts(b, wr_sub(s, from, s.n));
}

static void put_json(wr_buf *b, const wr_node *n) {
    if (n == NULL) wr_putz(b, "null");
    else if (g_is_finite(n)) (void)wr_put_json(b, n, -1);
    else g_put_value_only(b, n);
}

static wr_str custom_of(const g_rec *rec) {
    const g_clause *c = rec->kind == G_R_MISSING_BLOCK ? NULL : rec->what;
    return c != NULL && c->has_msg ? c->msg : (wr_str){0};
}

static void put_retrieval(const line *l, const g_rec *rec, const wr_node *at) {
    const g_vals *v = l->p->r->vals;
    wr_putz(l->out, "Property traversed until [");
    if (at != NULL) g_put_path(l->out, v, at);
    wr_putf(l->out,
            "] in data [%.*s] is not compliant with [%.*s] due to retrieval error. Error "
            "Message [",
            WR_FMT(l->p->doc->name), WR_FMT(l->rule));
    if (rec->kind == G_R_MISSING_BLOCK) g_put_block_reason(l->out, v, rec);
    else if (rec->kind == G_R_COMPARE && rec->nc != G_NC_NONE) g_put_nc(l->out, v, rec);
    else if (rec->has_msg) wr_puts(l->out, rec->msg);
    else if (rec->from.tag == G_UNRESOLVED) g_put_why(l->out, v, rec->from.unres);
    wr_putz(l->out, "]\n");
}

static void put_call(const line *l, wr_str rule, wr_str message) {
    wr_putf(l->out, "Parameterized Rule %.*s failed for %.*s. Reason ", WR_FMT(rule),
            WR_FMT(l->p->doc->name));
    put_message(l->out, message, "; ");
    wr_putc(l->out, '\n');
}

static void put_head(const line *l, const wr_node *at) {
    wr_putz(l->out, "Property [");
    if (at != NULL) g_put_path(l->out, l->p->r->vals, at);
    wr_putf(l->out, "] in data [%.*s] is not compliant with [%.*s] because ",
            WR_FMT(l->p->doc->name), WR_FMT(l->rule));
}

static void put_tail(const line *l, wr_str message) {
    wr_putz(l->out, ". Error Message [");
    put_message(l->out, message, ";");
    wr_putz(l->out, "]\n");
}

static const char *unary_words(g_op op, bool neg) {
    switch (op) {
    case G_EXISTS: return neg ? "existed" : "did not exist";
    case G_EMPTY: return neg ? "was empty" : "was not empty";
    case G_IS_LIST: return neg ? "was list" : "was not a list ";
    case G_IS_MAP: return neg ? "was struct" : "was not a struct";
    case G_IS_STRING: return neg ? "was string" : "was not a string ";
    case G_IS_BOOL: return neg ? "was bool" : "was not a bool";
    case G_IS_INT: return neg ? "was int" : "was not an int";
    case G_IS_NULL: return neg ? "was null" : "was not null";
    default: return neg ? "was float" : "was not a float";
    }
}

static void put_unary(const line *l, const g_rec *rec) {
    bool no_value = rec->kind == G_R_NO_VALUE;
    const wr_node *n = no_value ? NULL : rec->from.node;
    put_head(l, n);
    wr_putz(l->out, "needed value at [");
    put_json(l->out, n);
    wr_putf(l->out, "] %s",
            no_value ? unary_words(G_EMPTY, false) : unary_words((g_op)rec->op, rec->op_neg));
    put_tail(l, custom_of(rec));
}

static const wr_node *value_of(const g_qr *q) {
    return q->tag == G_UNRESOLVED ? q->unres->node : q->node;
}

static void put_binary(const line *l, const g_rec *rec) {
    bool in = rec->kind == G_R_IN;
    put_head(l, in ? NULL : rec->from.node);
    wr_putz(l->out, "provided value [");
    put_json(l->out, rec->from.node);
    wr_putf(l->out, "] %s match expected value%s [", rec->op_neg ? "did" : "did not",
            rec->op == G_IN ? " in" : "");
    if (in) {
        wr_putc(l->out, '[');
        for (uint32_t i = 0; i < rec->n_ins; i++) {
            if (i > 0) wr_putc(l->out, ',');
            put_json(l->out, value_of(&rec->ins[i]));
        }
        wr_putc(l->out, ']');
    } else {
        put_json(l->out, rec->has_to ? value_of(&rec->to) : NULL);
    }
    wr_putc(l->out, ']');
    put_tail(l, in ? WR_S("") : custom_of(rec));
}

static void put_check(const line *l, const g_rec *rec) {
    bool unresolved = rec->from.tag == G_UNRESOLVED;
    switch (rec->kind) {
    case G_R_DEPENDENT:
        if (rec->has_msg) put_retrieval(l, rec, NULL);
        else put_call(l, l->rule, custom_of(rec));
        return;
    case G_R_MISSING_BLOCK: put_retrieval(l, rec, rec->from.unres->node); return;
    case G_R_UNARY:
        if (unresolved || rec->has_msg) put_retrieval(l, rec, value_of(&rec->from));
        else put_unary(l, rec);
        return;
    case G_R_NO_VALUE: put_unary(l, rec); return;
    case G_R_COMPARE:
        if (unresolved || rec->nc != G_NC_NONE) put_retrieval(l, rec, value_of(&rec->from));
        else put_binary(l, rec);
        return;
    case G_R_IN: put_binary(l, rec); return;
    default: return;
    }
}

// Recursion is as deep as the evaluation was, which the evaluator limits.
static void put_failing(const line *l, const g_rec *rec) {
    switch ((g_rec_kind)rec->kind) {
    case G_R_FILTER_MAP:
    case G_R_FILTER_LIST:
    case G_R_SUCCESS: return;
    case G_R_COMPARE:
    case G_R_IN:
    case G_R_UNARY:
    case G_R_NO_VALUE:
    case G_R_DEPENDENT:
    case G_R_MISSING_BLOCK: put_check(l, rec); return;
    case G_R_RULE:
        if (rec->has_msg && rec->status == G_FAIL) {
            put_call(l, ((const g_rule *)rec->what)->name, rec->msg);
            return;
        }
        break;
    default: break;
    }
    for (const g_rec *k = rec->first; k != NULL; k = k->next) put_failing(l, k);
}

static bool any(const uint8_t *status, uint32_t n, g_status st) {
    return n > 0 && memchr(status, (int)st, n) != NULL;
}

static bool is_reportable(const g_printer *p, const g_file *f, const uint8_t *status) {
    if (p->b->summary & WR_GS_FAIL) return any(status, f->n_rules, G_FAIL);
    if (p->b->summary & WR_GS_PASS) return any(status, f->n_rules, G_PASS);
    return (p->b->summary & WR_GS_SKIP) && any(status, f->n_rules, G_SKIP);
}

static void put_others(wr_buf *out, const g_printer *p, const g_file *f, const uint8_t *status,
                       g_status st, const char *words) {
    wr_map seen;
    wr_map_init(&seen, p->arena);
    if (any(status, f->n_rules, st)) wr_putz(out, "--\n");
    for (uint32_t i = 0; i < f->n_rules; i++) {
        if (status[i] != st) continue;
        void **at = wr_map_at(&seen, f->rules[i].name);
        if (at == NULL || *at != NULL) continue;
        *at = &seen;
        wr_putf(out, "Rule [%.*s] is %s for template [%.*s]\n", WR_FMT(f->rules[i].name), words,
                WR_FMT(p->doc->name));
    }
}

void g_console_generic(wr_buf *out, const g_printer *p, const g_file *f, const uint8_t *status) {
    if (!is_reportable(p, f, status)) return;
    wr_putf(out, "Evaluation of rules %.*s against data %.*s\n", WR_FMT(f->name),
            WR_FMT(p->doc->name));
    if (p->b->summary & WR_GS_FAIL) {
        wr_putz(out, "--\n");
        for (uint32_t i = 0; p->r != NULL && i < p->r->n_rules; i++) {
            const g_rule_result *rr = &p->r->rules[i];
            line l = {out, p, rr->rule->name};
            if (rr->status == G_FAIL && rr->rec != NULL) put_failing(&l, rr->rec);
        }
    }
    if (p->b->summary & WR_GS_PASS) put_others(out, p, f, status, G_PASS, "compliant");
    if (p->b->summary & WR_GS_SKIP) put_others(out, p, f, status, G_SKIP, "not applicable");
    wr_putz(out, "--\n");
}
