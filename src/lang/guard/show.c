// SPDX-License-Identifier: Apache-2.0
// show: clauses and queries as the original displays them, and the names of its operators. These
// texts stand in reports ("context": " %v[*].x EXISTS  "), so blanks and misspellings are kept.
// Rules: the Display forms of cfn-guard 3.1.1; guard-language.md §1.10.
#include "lang/guard/guard_int.h"

typedef struct op_names {
    const char *serde, *display, *report, *report_not;
} op_names;

static const op_names ops[] = {
    [G_EQ] = {"Eq", "EQUALS", "EQUAL", "NOT EQUAL"},
    [G_IN] = {"In", "IN", "IN", "NOT IN"},
    [G_GT] = {"Gt", "GREATER THAN", "GREATER THAN", "NOT GREATER THAN"},
    [G_LT] = {"Lt", "LESS THAN", "LESS THAN", "NOT LESS THAN"},
    [G_LE] = {"Le", "LESS THAN EQUALS", "LESS THAN EQUAL", "NOT LESS THAN EQUAL"},
    [G_GE] = {"Ge", "GREATER THAN EQUALS", "GREATER THAN EQUAL", "NOT GREATER THAN EQUAL"},
    [G_EXISTS] = {"Exists", "EXISTS", "EXISTS", "NOT EXISTS"},
    [G_EMPTY] = {"Empty", "EMPTY", "EMPTY", "NOT EMPTY"},
    [G_IS_STRING] = {"IsString", "IS STRING", "IS STRING", "NOT STRING"},
    [G_IS_LIST] = {"IsList", "IS LIST", "IS LIST", "NOT LIST"},
    [G_IS_MAP] = {"IsMap", "IS MAP", "IS STRUCT", "NOT STRUCT"},
    [G_IS_BOOL] = {"IsBool", "IS BOOL", "IS BOOl", "NOT BOOL"},
    [G_IS_INT] = {"IsInt", "IS INT", "IS INT", "NOT INT"},
    [G_IS_FLOAT] = {"IsFloat", "IS FLOAT", "IS FLOAT", "NOT FLOAT"},
    [G_IS_NULL] = {"IsNull", "IS NULL", "IS NULL", "NOT NULL"},
};

const char *g_op_name(g_op op) { return ops[op].serde; }
const char *g_op_display(g_op op) { return ops[op].display; }
const char *g_op_report(g_op op, bool neg) { return neg ? ops[op].report_not : ops[op].report; }

void g_put_location(wr_buf *b, const g_file *f, uint32_t at) {
    wr_pos pos = wr_src_pos(f->src, at);
    wr_putf(b, "Location[file:%.*s, line:%u, column:%u]", WR_FMT(f->name), pos.line, pos.col);
}

// ---------------------------------------------------------------------------------- operands

void g_put_query(wr_buf *b, const g_query *q) { g_put_rest(b, q->parts, q->n); }

// Calls nest no deeper than the parser allows.
void g_put_operand(wr_buf *b, const g_value *v) {
    if (v->kind == G_V_LITERAL) {
        g_put_value_only(b, v->u.lit);
        return;
    }
    if (v->kind == G_V_QUERY) {
        g_put_query(b, v->u.query);
        return;
    }
    wr_puts(b, v->u.call->name);
    wr_putc(b, '(');
    for (uint32_t i = 0; i < v->u.call->n; i++) {
        if (i > 0) wr_putz(b, ", ");
        g_put_operand(b, &v->u.call->args[i]);
    }
    wr_putc(b, ')');
}

// ---------------------------------------------------------------------------------- clauses

void g_put_clause(wr_buf *b, const g_clause *c) {
    if (c->kind == G_C_NAMED) {
        wr_putz(b, "Rule(");
        wr_puts(b, c->name);
        wr_putc(b, '@');
        g_put_location(b, c->file, c->at);
        wr_putc(b, ')');
        return;
    }
    wr_putz(b, c->neg ? "not " : " ");
    g_put_query(b, c->query);
    wr_putz(b, c->op_neg ? " not " : " ");
    wr_putz(b, g_op_display((g_op)c->op));
    wr_putz(b, "  ");
    if (c->rhs) g_put_operand(b, c->rhs);
}
