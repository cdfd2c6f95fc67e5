// SPDX-License-Identifier: Apache-2.0
// eval: the status of clauses, blocks, rules and files, and the evaluator's life
// (guard-language.md §1.5, §1.7). Conjunctions never stop early; a disjunction stops at its first
// PASS; SKIP is what a selection that is empty gives.
#include <stdlib.h>

#include "lang/guard/eval_int.h"

static bool eval_clause(g_eval *e, g_scope *s, const g_clause *c, g_status *out);

// ---------------------------------------------------------------------------------- operands

bool g_operand(g_eval *e, g_scope *s, const g_value *v, g_list *out) {
    if (v->kind == G_V_LITERAL) return g_add(e, out, g_literal(v->u.lit));
    if (v->kind == G_V_QUERY) return g_query_in(e, s, v->u.query, out);
    return g_call_fn(e, s, v->u.call, out);
}

// ---------------------------------------------------------------------------------- unary

static bool empty_value(g_eval *e, const wr_node *n, bool *out) {
    switch ((wr_kind)n->kind) {
    case WR_LIST:
    case WR_MAP: *out = n->n == 0; return true;
    case WR_STR: *out = wr_node_str(n).n == 0; return true;
    case WR_BOOL: *out = false; return true;
    default: break;
    }
    wr_buf b;
    wr_buf_init(&b, SIZE_MAX);
    g_vals v = {e->doc, e->file, e};
    wr_putf(&b, "Attempting EMPTY operation on type %s that does not support it at ",
            g_type_info(n));
    g_put_place(&b, &v, n);
    g_error_str(e, G_E_INCOMPATIBLE, wr_buf_str(&b));
    wr_buf_fini(&b);
    return false;
}

static bool has_kind(const g_qr *q, wr_kind kind) {
    return q->tag != G_UNRESOLVED && q->node->kind == kind;
}

static bool unary_holds(g_eval *e, g_op op, const g_qr *q, bool *out) {
    static const uint8_t kind[] = {
        [G_IS_STRING] = WR_STR, [G_IS_LIST] = WR_LIST, [G_IS_MAP] = WR_MAP,
        [G_IS_BOOL] = WR_BOOL,  [G_IS_INT] = WR_INT,   [G_IS_FLOAT] = WR_FLOAT,
        [G_IS_NULL] = WR_NULL,
    };
    if (op == G_EXISTS) *out = q->tag != G_UNRESOLVED;
    else if (op != G_EMPTY) *out = has_kind(q, (wr_kind)kind[op]);
    else if (q->tag == G_UNRESOLVED) *out = true;
    else return empty_value(e, q->node, out);
    return true;
}

static bool unary_failed(g_eval *e, const g_clause *c, const g_qr *q, bool as_resolved) {
    g_rec *rec = g_note(e, G_R_UNARY, c);
    if (rec) {
        rec->op = c->op;
        rec->op_neg = c->op_neg;
        rec->from = *q;
        if (as_resolved && q->tag == G_LITERAL) rec->from.tag = G_RESOLVED;
    }
    if (q->tag == G_LITERAL && !as_resolved) e->suspect = true;
    return !e->failed;
}

// `%v empty`, `q[…] empty`: is the selection empty? A value counts unless it is null.
static bool eval_selection_empty(g_eval *e, const g_clause *c, const g_list *lhs, g_tally *t) {
    if (lhs->n == 0) {
        bool pass = c->op_neg == c->neg;
        t->pass += pass;
        t->fail += !pass;
        t->none = true;
        if (pass) return g_note_success(e, c);
        g_note(e, G_R_NO_VALUE, c);
        return !e->failed;
    }
    for (uint32_t i = 0; i < lhs->n; i++) {
        const g_qr *q = &lhs->v[i];
        if (e->has_unknown && g_qr_unknown(e, q)) {
            t->unknown++;
            continue;
        }
        bool empty = q->tag == G_UNRESOLVED || q->node->kind == WR_NULL;
        bool pass = (empty != c->op_neg) != c->neg;
        t->pass += pass;
        t->fail += !pass;
        if (!(pass ? g_note_success(e, c) : unary_failed(e, c, q, true))) return false;
    }
    return true;
}

static bool asks_selection(const g_query *q) {
    const g_part *last = &q->parts[q->n - 1];
    return last->kind == G_FILTER || last->kind == G_KEY_FILTER ||
           (last->kind == G_VAR && q->n == 1);
}

static bool is_no_value(const wr_node *n) {
    return n->kind == WR_MAP && n->n == 1 && wr_eq(wr_node_str(&n->u.kids[0]), WR_S("Ref")) &&
           n->u.kids[1].kind == WR_STR && wr_eq(wr_node_str(&n->u.kids[1]), WR_S("AWS::NoValue"));
}

// An Fn::If that is not decided, of which a branch removes the property. Conditions nested more
// than FN_IF_DEPTH deep are taken to do so.
enum { FN_IF_DEPTH = 16 };
static bool may_vanish(const wr_node *n, unsigned depth) {
    if (n->kind != WR_MAP || n->n != 1) return false;
    if (!wr_eq(wr_node_str(&n->u.kids[0]), WR_S("Fn::If"))) return is_no_value(n);
    const wr_node *l = &n->u.kids[1];
    if (l->kind != WR_LIST || l->n != 3) return false;
    if (depth == 0) return true;
    return may_vanish(&l->u.kids[1], depth - 1) || may_vanish(&l->u.kids[2], depth - 1);
}

// What a value that is not known yet leaves open: everything but that it is there, and that too
// when it turns on a condition.
static bool unary_unknown(g_eval *e, g_op op, const g_qr *q) {
    if (!e->has_unknown || !g_qr_unknown(e, q)) return false;
    return op != G_EXISTS || q->tag == G_UNRESOLVED || may_vanish(q->node, FN_IF_DEPTH);
}

static bool eval_unary(g_eval *e, g_scope *s, const g_clause *c, g_tally *t) {
    g_list lhs = {0};
    if (!g_query_in(e, s, c->query, &lhs)) return false;
    if (c->op == G_EMPTY && asks_selection(c->query)) return eval_selection_empty(e, c, &lhs, t);
    if (lhs.n == 0) {
        t->skip = true;
        return true;
    }
    for (uint32_t i = 0; i < lhs.n; i++) {
        bool holds;
        if (unary_unknown(e, (g_op)c->op, &lhs.v[i])) {
            t->unknown++;
            continue;
        }
        if (!unary_holds(e, (g_op)c->op, &lhs.v[i], &holds)) return false;
        bool pass = (holds != c->op_neg) != c->neg;
        t->pass += pass;
        t->fail += !pass;
        if (!(pass ? g_note_success(e, c) : unary_failed(e, c, &lhs.v[i], false))) return false;
    }
    return true;
}

// ---------------------------------------------------------------------------------- clauses

static g_status tally_status(const g_tally *t, bool all) {
    if (t->skip) return G_SKIP;
    if (all) return t->fail ? G_FAIL : t->unknown ? G_UNKNOWN : G_PASS;
    return t->pass ? G_PASS : t->unknown ? G_UNKNOWN : G_FAIL;
}

static bool eval_access(g_eval *e, g_scope *s, const g_clause *c, g_status *out) {
    g_hold hold = g_hold_on(e);
    g_tally t = {0};
    bool all = c->query->match_all, ok;
    g_rec *rec = g_open(e, G_R_CLAUSE, c);
    if (g_unary((g_op)c->op)) {
        ok = eval_unary(e, s, c, &t);
    } else {
        g_list lhs = {0}, rhs = {0};
        ok = g_operand(e, s, c->rhs, &rhs) && g_query_in(e, s, c->query, &lhs) &&
             g_binary(e, c, &lhs, &rhs, &t);
    }
    if (!ok) return false;
    *out = t.none ? (t.pass ? G_PASS : G_FAIL) : tally_status(&t, all);
    g_close(e, rec, *out, t.skip || t.none ? all : !all);
    g_let_go(e, hold);
    return !e->failed;
}

static bool eval_rule(g_eval *e, g_scope *s, const g_rule *r, const g_clause *call, g_status *out);

static uint32_t state_index(const g_eval *e, const g_rule *r) {
    return r->prelude ? e->file->n_rules + r->index : r->index;
}

static bool status_of(g_eval *e, const g_rule *r, g_status *out) {
    g_rule_state *st = &e->rule_state[state_index(e, r)];
    if (st->busy) return g_panic(e, "rule %.*s refers to itself", WR_FMT(r->name));
    st->busy = true;
    bool ok = eval_rule(e, e->file_scope, r, NULL, out);
    st->busy = false;
    return ok;
}

// How long a list of all names may get in a message. The original, which ends with the first error,
// lists them all; writ may say it once for each rule.
static size_t name_room(const g_eval *e) { return e->is_32 ? 4096 : SIZE_MAX; }

static bool no_such_rule(g_eval *e, wr_str name) {
    wr_buf b;
    wr_buf_init(&b, SIZE_MAX);
    wr_putf(&b, "Rule %.*s by that name does not exist, Rule Names = [", WR_FMT(name));
    for (uint32_t i = 0; i < e->file->n_rules && b.n < name_room(e); i++)
        wr_putf(&b, "%s\"%.*s\"", i ? ", " : "", WR_FMT(e->file->rules[i].name));
    wr_putc(&b, ']');
    g_error_str(e, G_E_MISSING_VALUE, wr_buf_str(&b));
    wr_buf_fini(&b);
    return false;
}

// The first of f's rules of that name that does not SKIP. *first: the state that keeps the answer.
static bool first_not_skipped(g_eval *e, const g_file *f, const g_clause *c, g_rule_state **first,
                              g_status *out) {
    uint32_t i = g_first_named(f->by_name, f->n_rules, c->sym);
    *out = G_SKIP;
    for (; i < f->n_rules && f->by_name[i].sym == c->sym->id && *out == G_SKIP; i++) {
        const g_rule *r = &f->rules[f->by_name[i].at];
        g_rule_state *st = &e->rule_state[state_index(e, r)];
        if (!*first) *first = st;
        if ((*first)->known) break;
        if (!status_of(e, r, out)) return false;
    }
    return true;
}

// Status of the rules of that name; remembered. The file's own hide those of a prelude.
static bool named_status(g_eval *e, const g_clause *c, g_status *out) {
    g_rule_state *first = NULL;
    WR_ASSERT(e->file);
    for (const g_file *f = e->file; f && !first; f = f->prelude)
        if (!first_not_skipped(e, f, c, &first, out)) return false;
    if (!first) return no_such_rule(e, c->name);
    if (first->known) {
        *out = first->status;
        if (!e->unknown) e->unknown = first->unknown;
        return true;
    }
    first->known = true;
    first->status = *out;
    first->unknown = *out == G_UNKNOWN ? e->unknown : NULL;
    return true;
}

static bool eval_named(g_eval *e, const g_clause *c, g_status *out) {
    bool all = e->opts.keep_all;
    g_rec *rec = NULL;
    g_status st = G_SKIP;
    if (all) rec = g_open(e, G_R_DEPENDENT, c);
    else e->mute++;
    bool ok = g_enter(e) && named_status(e, c, &st);
    if (!all) e->mute--;
    if (!ok) return false;
    g_leave(e);
    *out = (st == G_PASS) != c->neg ? G_PASS : G_FAIL;
    if (st == G_UNKNOWN) *out = st;
    if (rec) {
        if (*out == G_PASS) rec->kind = G_R_SUCCESS;
        g_close(e, rec, *out, false);
        return true;
    }
    if (*out != G_FAIL) return g_note_success(e, c);
    g_note(e, G_R_DEPENDENT, c);
    return !e->failed;
}

static const g_rule *find_prule(const g_eval *e, const wr_sym *name) {
    WR_ASSERT(e->file);
    for (const g_file *f = e->file; f; f = f->prelude) {
        uint32_t i = g_first_named(f->pby_name, f->n_prules, name);
        if (i == f->n_prules || !f->pby_name) continue;
        // the last one counts
        while (i + 1 < f->n_prules && f->pby_name[i + 1].sym == name->id) i++;
        return &f->prules[f->pby_name[i].at];
    }
    return NULL;
}

static bool no_such_prule(g_eval *e, wr_str name) {
    wr_buf b;
    WR_ASSERT(e->file);
    wr_buf_init(&b, SIZE_MAX);
    wr_putf(&b, "Parameterized Rule with name %.*s was not found, candidate [", WR_FMT(name));
    const g_rule *v = e->file->prules;
    for (uint32_t i = 0; v && i < e->file->n_prules && b.n < name_room(e); i++)
        wr_putf(&b, "%s\"%.*s\"", i ? ", " : "", WR_FMT(v[i].name));
    wr_putc(&b, ']');
    g_error_str(e, G_E_MISSING_VALUE, wr_buf_str(&b));
    wr_buf_fini(&b);
    return false;
}

static bool bind_arguments(g_eval *e, g_scope *s, const g_clause *c, const g_rule *r,
                           g_scope *params) {
    for (uint32_t i = 0; i < c->n_args; i++) {
        g_var v = {r->params[i], {0}};
        if (!g_operand(e, s, &c->args[i], &v.value)) return false;
        if (c->args[i].kind == G_V_LITERAL) v.value.v[0].tag = G_RESOLVED; // unlike `let`
        if (!WR_PUSH(&e->arena, &params->vars, v)) return g_nomem(e);
    }
    return true;
}

static bool eval_call(g_eval *e, g_scope *s, const g_clause *c, g_status *out) {
    const g_rule *r = find_prule(e, c->sym);
    if (!r) return no_such_prule(e, c->name);
    if (r->n_params != c->n_args)
        return g_error(e, G_E_INCOMPATIBLE,
                       "Arity mismatch for called parameter rule %.*s, expected %u, got %u",
                       WR_FMT(c->name), r->n_params, c->n_args);
    g_hold hold = g_hold_on(e);
    g_scope params = {.kind = G_S_PARAMS, .up = s};
    if (!bind_arguments(e, s, c, r, &params)) return false;
    if (!g_enter(e) || !eval_rule(e, &params, r, c, out)) return false;
    g_leave(e);
    g_let_go(e, hold);
    return true;
}

// ---------------------------------------------------------------------------------- blocks

static bool eval_block(g_eval *e, g_scope *s, const g_block *b, g_status *out) {
    g_hold hold = g_hold_on(e);
    g_scope own = {
        .kind = G_S_BLOCK, .up = s, .root = g_scope_root(s), .lets = b->lets, .n_lets = b->n_lets};
    if (!g_eval_cnf(e, &own, &b->cnf, out)) return false;
    e->pinned -= own.pins; // its variables end here
    g_let_go(e, hold);
    return true;
}

static void count(g_tally *t, g_status st) {
    t->pass += st == G_PASS;
    t->fail += st == G_FAIL;
    t->unknown += st == G_UNKNOWN;
}

static g_status all_status(const g_tally *t) {
    return t->fail ? G_FAIL : t->unknown ? G_UNKNOWN : t->pass ? G_PASS : G_SKIP;
}

static bool each_block_value(g_eval *e, g_scope *s, const g_clause *c, const g_list *values,
                             g_tally *t) {
    for (uint32_t i = 0; i < values->n; i++) {
        const g_qr *q = &values->v[i];
        if (q->tag == G_UNRESOLVED && e->has_unknown && g_qr_unknown(e, q)) {
            t->unknown++;
            continue;
        }
        if (q->tag == G_UNRESOLVED) {
            t->fail++;
            g_rec *rec = g_note(e, G_R_MISSING_BLOCK, c);
            if (rec) rec->from = *q;
            if (e->failed) return false;
            continue;
        }
        g_scope vs = {.kind = G_S_VALUE, .up = s, .root = q->node};
        g_status st;
        if (!g_step(e) || !eval_block(e, &vs, c->block, &st)) return false;
        count(t, st);
    }
    return true;
}

static bool eval_block_clause(g_eval *e, g_scope *s, const g_clause *c, g_status *out) {
    bool all = c->query->match_all;
    g_hold hold = g_hold_on(e);
    g_list values = {0};
    g_tally t = {0};
    g_rec *rec = g_open(e, G_R_BLOCK, c);
    if (!g_query_in(e, s, c->query, &values) || !each_block_value(e, s, c, &values, &t))
        return false;
    if (values.n == 0) *out = c->not_empty ? G_FAIL : G_SKIP;
    else if (all) *out = all_status(&t);
    else *out = t.pass ? G_PASS : t.unknown ? G_UNKNOWN : t.fail ? G_FAIL : G_SKIP;
    g_close(e, rec, *out, !all);
    g_let_go(e, hold);
    return !e->failed;
}

// The conditions of a when: their events matter only when all are kept.
static bool eval_when(g_eval *e, g_scope *s, const g_cnf *when, g_rec_kind kind, const void *what,
                      g_status *out) {
    g_rec *rec = g_open_inner(e, kind, what);
    return g_close_inner(e, rec, g_eval_cnf(e, s, when, out), out);
}

static bool eval_when_clause(g_eval *e, g_scope *s, const g_clause *c, g_status *out) {
    g_rec *rec = g_open(e, G_R_WHEN, c);
    g_status st;
    if (!eval_when(e, s, c->when, G_R_WHEN_COND, c, &st)) return false;
    *out = st == G_UNKNOWN ? st : G_SKIP;
    if (st == G_PASS && !eval_block(e, s, c->block, out)) return false;
    g_close(e, rec, *out, false);
    return !e->failed;
}

static bool each_resource(g_eval *e, g_scope *s, const g_clause *c, const g_list *values,
                          g_tally *t) {
    for (uint32_t i = 0; i < values->n; i++) {
        const g_qr *q = &values->v[i];
        if (q->tag == G_UNRESOLVED && e->has_unknown && g_qr_unknown(e, q)) {
            t->unknown++;
            continue;
        }
        if (q->tag == G_UNRESOLVED)
            return g_error(e, G_E_MISSING_VALUE, "Unable to resolve type block query: %.*s",
                           WR_FMT(c->name));
        g_rec *rec = g_open(e, G_R_TYPE_BLOCK, c);
        if (rec) rec->index = i;
        g_scope vs = {.kind = G_S_VALUE, .up = s, .root = q->node};
        g_status st;
        if (!g_step(e) || !eval_block(e, &vs, c->block, &st)) return false;
        count(t, st);
        g_close(e, rec, st, false);
    }
    return !e->failed;
}

static bool eval_type(g_eval *e, g_scope *s, const g_clause *c, g_status *out) {
    g_hold hold = g_hold_on(e);
    g_rec *rec = g_open(e, G_R_TYPE, c);
    g_status st = G_PASS;
    if (c->when && !eval_when(e, s, c->when, G_R_TYPE_COND, c, &st)) return false;
    *out = st == G_UNKNOWN ? st : G_SKIP;
    if (st == G_PASS) {
        g_list values = {0};
        g_tally t = {0};
        if (!g_query_in(e, s, c->query, &values)) return false;
        if (!each_resource(e, s, c, &values, &t)) return false;
        *out = all_status(&t);
    }
    g_close(e, rec, *out, false);
    g_let_go(e, hold);
    return !e->failed;
}

static bool eval_clause(g_eval *e, g_scope *s, const g_clause *c, g_status *out) {
    if (!g_step(e)) return false;
    switch ((g_clause_kind)c->kind) {
    case G_C_ACCESS: return eval_access(e, s, c, out);
    case G_C_NAMED: return eval_named(e, c, out);
    case G_C_CALL: return eval_call(e, s, c, out);
    case G_C_BLOCK: return eval_block_clause(e, s, c, out);
    case G_C_WHEN: return eval_when_clause(e, s, c, out);
    case G_C_TYPE: return eval_type(e, s, c, out);
    }
    return false;
}

static bool eval_disj(g_eval *e, g_scope *s, const g_cnf *cnf, const g_disj *d, g_status *out) {
    g_rec *rec = d->n > 1 ? g_open(e, G_R_DISJ, cnf) : NULL;
    *out = G_SKIP;
    for (uint32_t i = 0; i < d->n; i++) {
        g_status st;
        if (!eval_clause(e, s, &d->v[i], &st)) return false;
        if (st != G_SKIP && *out != G_UNKNOWN) *out = st;
        if (st != G_PASS) continue;
        *out = st;
        break;
    }
    g_close(e, rec, *out, true);
    return !e->failed;
}

bool g_eval_cnf(g_eval *e, g_scope *s, const g_cnf *cnf, g_status *out) {
    g_tally t = {0};
    if (!g_enter(e)) return false;
    for (uint32_t i = 0; i < cnf->n; i++) {
        g_status st;
        if (!eval_disj(e, s, cnf, &cnf->v[i], &st)) return false;
        count(&t, st);
    }
    g_leave(e);
    *out = all_status(&t);
    return true;
}

// ---------------------------------------------------------------------------------- rules, files

// call: the clause that calls a parameterised rule (its message goes with the record), or NULL.
static bool eval_rule(g_eval *e, g_scope *s, const g_rule *r, const g_clause *call, g_status *out) {
    g_rec *rec = g_open(e, G_R_RULE, r);
    if (rec && call && call->has_msg) {
        rec->msg = call->msg;
        rec->has_msg = true;
    }
    g_status st = G_PASS;
    if (r->when && !eval_when(e, s, r->when, G_R_RULE_COND, r, &st)) return false;
    *out = st == G_UNKNOWN ? st : G_SKIP;
    if (st == G_PASS && !eval_block(e, s, &r->block, out)) return false;
    g_close(e, rec, *out, false);
    return !e->failed;
}

// Evaluates one rule of the file as a whole; an error becomes its outcome.
static void run_rule(g_eval *e, const g_rule *r, g_rec *root, g_rule_result *res) {
    res->rule = r;
    e->depth = 0;
    e->unknown = NULL;
    if (eval_rule(e, e->file_scope, r, NULL, &res->status)) {
        if (res->status == G_UNKNOWN && e->unknown) {
            res->unknown = e->unknown;
            (void)wr_node_unknown(e->doc, e->unknown, &res->error);
        }
        res->rec = root ? root->last : NULL;
        return;
    }
    res->status = G_ERROR;
    res->error = e->error;
    res->panic = e->panic;
    e->cur = root;
    e->mute = 0;
    e->file_scope->busy = 0;
    uint32_t n = e->file->n_rules + (e->file->prelude ? e->file->prelude->n_rules : 0);
    for (uint32_t i = 0; i < n; i++) e->rule_state[i].busy = false;
}

static g_status file_status(const g_rule_result *v, uint32_t n) {
    g_tally t = {0};
    for (uint32_t i = 0; i < n; i++) {
        if (v[i].status == G_ERROR) return G_ERROR;
        count(&t, v[i].status);
    }
    return all_status(&t);
}

// Does the report of rec reach a literal that failed a unary operator? There the original dies.
static bool reaches_literal(const g_rec *rec) {
    for (; rec; rec = rec->next) {
        if (rec->kind == G_R_UNARY && rec->from.tag == G_LITERAL) return true;
        if (rec->status == G_FAIL && rec->kind < G_R_SUCCESS && reaches_literal(rec->first))
            return true;
    }
    return false;
}

static void begin(g_eval *e, const g_file *f, wr_guard_run_opts o, g_scope *file,
                  g_scope *prelude) {
    e->opts = o;
    e->file = f;
    *prelude = (g_scope){.kind = G_S_BLOCK, .root = e->doc->root};
    *file =
        (g_scope){.kind = G_S_BLOCK, .root = e->doc->root, .lets = f->lets, .n_lets = f->n_lets};
    if (f->prelude) {
        prelude->lets = f->prelude->lets;
        prelude->n_lets = f->prelude->n_lets;
        file->up = prelude;
    }
    e->file_scope = file;
    e->cur = NULL;
    e->mute = e->depth = 0;
    e->steps = e->pinned = e->derived = 0;
    e->failed = e->panic = e->suspect = false;
    e->error = (wr_str){NULL, 0};
}

static bool run_rules(g_eval *e, const g_file *f, g_rec *root, g_result *res,
                      g_rule_result *rules) {
    for (uint32_t i = 0; i < f->n_rules; i++) {
        run_rule(e, &f->rules[i], root, &rules[i]);
        res->n_rules++;
        if (e->arena.oom || e->doc_arena.oom) return false; // even where nobody noticed
        if (!e->failed) continue;
        if (!res->error.n) {
            res->error = e->error;
            res->panic = e->panic;
        }
        if (e->opts.fatal) break;
        e->failed = e->panic = false;
        e->error = (wr_str){NULL, 0};
    }
    return true;
}

const g_result *wr_guard_run(wr_guard_eval *e, const g_file *f, wr_guard_run_opts o) {
    g_scope file, prelude;
    if (!e->present) return NULL; // there was no memory for it
    uint32_t n_states = f->n_rules + (f->prelude ? f->prelude->n_rules : 0);
    begin(e, f, o, &file, &prelude);
    g_result *res = WR_NEW(&e->arena, g_result);
    g_vals *vals = WR_NEW(&e->arena, g_vals);
    g_rule_result *rules = WR_NEW_N(&e->arena, g_rule_result, f->n_rules + 1);
    e->rule_state = WR_NEW_N(&e->arena, g_rule_state, n_states + 1);
    if (!res || !vals || !rules || !e->rule_state || !e->present) return NULL;
    *vals = (g_vals){e->doc, f, e};
    *res =
        (g_result){.file = f, .doc = e->doc, .doc_name = e->doc_name, .rules = rules, .vals = vals};
    g_rec *root = g_open(e, G_R_FILE, f);
    if (!run_rules(e, f, root, res, rules)) return NULL;
    res->status = file_status(rules, res->n_rules);
    g_close(e, root, res->status == G_ERROR ? G_FAIL : res->status, false);
    res->root = root;
    e->file_scope = NULL;
    if (!e->suspect || res->status == G_PASS || res->status == G_SKIP) return res;
    if (o.no_records) { // look at the records once to know
        o.no_records = false;
        const g_result *again = wr_guard_run(e, f, o);
        res->report_panic = again && again->report_panic;
    } else {
        res->report_panic = reaches_literal(root->first);
    }
    return res;
}

// ---------------------------------------------------------------------------------- life

wr_guard_eval *wr_guard_eval_new(wr_ctx *c, const wr_guard_set *s) {
    g_eval *e = WR_NEW(&c->arena, g_eval);
    if (!e) return NULL;
    e->ctx = c;
    e->set = s;
    e->is_32 = s->opts.level == WR_GUARD_32;
    wr_arena_init(&e->doc_arena, 0);
    wr_arena_init(&e->arena, 0);
    e->rx = wr_regex_scratch_new(c->limits.regex_steps);
    return e->rx ? e : NULL;
}

static void forget_parsed(g_eval *e) {
    if (e->sub) wr_ctx_fini(e->sub);
    e->sub = NULL;
    e->parsed = NULL;
    e->n_overlays = 0;
}

void wr_guard_eval_free(wr_guard_eval *e) {
    if (!e) return;
    forget_parsed(e);
    wr_regex_scratch_free(e->rx);
    wr_arena_fini(&e->arena);
    wr_arena_fini(&e->doc_arena);
}

void wr_guard_rewind(wr_guard_eval *e) {
    forget_parsed(e);
    wr_arena_rewind(&e->arena, (wr_mark){0});
}

void wr_guard_bind(wr_guard_eval *e, const wr_doc *doc, wr_str doc_name) {
    wr_guard_rewind(e);
    wr_arena_rewind(&e->doc_arena, (wr_mark){0});
    e->doc = doc;
    e->doc_name = doc_name;
    wr_map_init(&e->indexes, &e->doc_arena);
    e->has_unknown = false;
    uint32_t n = e->set->syms.n;
    e->present = WR_NEW_N(&e->doc_arena, uint64_t, n / 64 + 1);
    if (!e->present) return;
    for (uint32_t i = 0; i < doc->n_nodes; i++) {
        const wr_node *k = &doc->nodes[i];
        e->has_unknown |= (k->flags & WR_F_UNKNOWN) != 0;
        if ((k->flags & WR_F_KEY) && k->u.sym && k->u.sym->id < n)
            e->present[k->u.sym->id >> 6] |= (uint64_t)1 << (k->u.sym->id & 63);
    }
}
