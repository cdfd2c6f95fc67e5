// SPDX-License-Identifier: Apache-2.0
// context: the name the original gives to every event of an evaluation. Records keep no text; it
// is made here from what a record points to.
// Rules: the contexts of cfn-guard's eval.rs, seen in `validate -v` and in reports.

#include "lang/guard/guard_int.h"

static void put_when(wr_buf *b, const g_clause *c) {
    wr_putz(b, c->rule_level ? "RuleClause" : "GuardConditionClause");
}

static void put_disjunction(wr_buf *b, const g_cnf *cnf) {
    static const char *const elem[] = {
        [G_GUARD_CLAUSE] = "GuardClause",
        [G_WHEN_CLAUSE] = "WhenGuardClause",
        [G_RULE_CLAUSE] = "RuleClause",
    };
    wr_putz(b, "cfn_guard::rules::exprs::");
    wr_putz(b, elem[cnf->elem]);
    wr_putz(b, "#disjunction");
}

static void put_type(wr_buf *b, const g_rec *rec) {
    const g_clause *c = rec->what;
    wr_putz(b, "TypeBlock#");
    wr_puts(b, c->name);
    if (rec->kind == G_R_TYPE_COND) wr_putz(b, "/When");
    if (rec->kind == G_R_TYPE_BLOCK) {
        wr_putc(b, '/');
        wr_put_u64(b, rec->index);
    }
}

static void put_check(wr_buf *b, const g_file *f, const g_rec *rec) {
    const g_clause *c = rec->what;
    if (rec->kind == G_R_MISSING_BLOCK) {
        wr_putz(b, "GuardBlockAccessClause#");
        g_put_location(b, f, c->at);
    } else if (c != NULL) { // a keys filter has no context
        g_put_clause(b, c);
    }
}

void g_put_context_in(wr_buf *b, const g_file *f, const g_rec *rec) {
    switch ((g_rec_kind)rec->kind) {
    case G_R_FILE: wr_putf(b, "File(rules=%u)", f->n_rules); return;
    case G_R_RULE: wr_puts(b, ((const g_rule *)rec->what)->name); return;
    case G_R_RULE_COND:
        wr_putz(b, "Rule#");
        wr_puts(b, ((const g_rule *)rec->what)->name);
        wr_putz(b, "/When");
        return;
    case G_R_TYPE:
    case G_R_TYPE_COND:
    case G_R_TYPE_BLOCK: put_type(b, rec); return;
    case G_R_FILTER_MAP: wr_putf(b, "Filter/Map#%u", rec->index); return;
    case G_R_FILTER_LIST: wr_putf(b, "Filter/List#%u", rec->index); return;
    case G_R_WHEN: put_when(b, rec->what); return;
    case G_R_WHEN_COND:
        put_when(b, rec->what);
        wr_putz(b, "/When");
        return;
    case G_R_DISJ: put_disjunction(b, rec->what); return;
    case G_R_BLOCK:
        wr_putz(b, "BlockGuardClause#");
        g_put_location(b, f, ((const g_clause *)rec->what)->at);
        return;
    case G_R_CLAUSE:
        wr_putz(b, "GuardAccessClause#block");
        g_put_clause(b, rec->what);
        return;
    case G_R_SUCCESS:
    case G_R_COMPARE:
    case G_R_IN:
    case G_R_UNARY:
    case G_R_NO_VALUE:
    case G_R_DEPENDENT:
    case G_R_MISSING_BLOCK: put_check(b, f, rec); return;
    }
}

void g_put_context(wr_buf *b, const g_result *r, const g_rec *rec) {
    g_put_context_in(b, r->file, rec);
}

void g_put_block_reason(wr_buf *b, const g_vals *v, const g_rec *rec) {
    const g_clause *c = rec->what;
    wr_putz(b, "Query ");
    g_put_query(b, c->query);
    wr_putz(b, " did not resolve to correct value, reason ");
    g_put_why(b, v, rec->from.unres);
}
