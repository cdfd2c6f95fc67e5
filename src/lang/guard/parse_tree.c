// SPDX-License-Identifier: Apache-2.0
// parse_tree: a compiled rule file written as the original's serialised AST (`parse-tree`), one
// walk for JSON and YAML. Enum variants are maps with one entry, or a string when they hold
// nothing.
// Rules: the serde forms of cfn-guard 3.1.1's expressions; guard-language.md §1.11.
// Depth is bounded by the parser's limit.
#include "lang/guard/guard_int.h"

typedef struct tree {
    wr_out o;
    const g_file *f;
} tree;

static void block(tree *t, const g_block *b);
static void cnf(tree *t, const g_cnf *c);
static void clause(tree *t, const g_clause *c, g_elem elem);
static void value(tree *t, const g_value *v);

// ---------------------------------------------------------------------------------- pieces

static void str(tree *t, const char *z) { t->o.str(&t->o, wr_strz(z)); }
static void open_map(tree *t) { t->o.map(&t->o, false); }
static void end(tree *t) { t->o.end(&t->o); }

static void entry_str(tree *t, const char *key, wr_str s) {
    str(t, key);
    t->o.str(&t->o, s);
}

static void entry_bool(tree *t, const char *key, bool v) {
    str(t, key);
    t->o.boolean(&t->o, v);
}

// False when the list is empty: then it is written and closed already.
static bool open_list(tree *t, uint32_t n) {
    t->o.list(&t->o, n == 0);
    return n > 0;
}

static void open_variant(tree *t, const char *name) {
    open_map(t);
    str(t, name);
}

static void opt_sym(tree *t, const wr_sym *s) {
    if (s) t->o.str(&t->o, wr_sym_str(s));
    else t->o.null(&t->o);
}

// A function call's column counts bytes, all others code points.
static void location(tree *t, uint32_t at, bool bytes) {
    wr_pos pos = wr_src_pos(t->f->src, at);
    if (bytes) pos.col = at - t->f->src->line[pos.line - 1] + 1;
    str(t, "location");
    open_map(t);
    str(t, "line");
    t->o.i64(&t->o, pos.line);
    str(t, "column");
    t->o.i64(&t->o, pos.col);
    end(t);
}

static void message(tree *t, const g_clause *c) {
    str(t, "custom_message");
    if (c->has_msg) t->o.str(&t->o, c->msg);
    else t->o.null(&t->o);
}

static void comparator(tree *t, uint8_t op, bool neg) {
    str(t, "comparator");
    open_list(t, 2);
    str(t, g_op_name((g_op)op));
    t->o.boolean(&t->o, neg);
    end(t);
}

// ---------------------------------------------------------------------------------- queries

static void key(tree *t, const g_part *p) {
    wr_str s = wr_sym_str(p->key);
    if (p->kind == G_KEY) {
        t->o.str(&t->o, s);
        return;
    }
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_putc(&b, '%');
    wr_puts(&b, s);
    t->o.str(&t->o, wr_buf_str(&b));
    wr_buf_fini(&b);
}

static void filter(tree *t, const g_part *p) {
    open_variant(t, p->kind == G_FILTER ? "Filter" : "MapKeyFilter");
    open_list(t, 2);
    opt_sym(t, p->name);
    if (p->kind == G_FILTER) {
        cnf(t, p->filter);
    } else {
        open_map(t);
        comparator(t, p->op, p->neg);
        str(t, "compare_with");
        value(t, p->with);
        end(t);
    }
    end(t);
    end(t);
}

static void part(tree *t, const g_part *p) {
    switch ((g_part_kind)p->kind) {
    case G_THIS: str(t, "This"); return;
    case G_KEY:
    case G_VAR:
        open_variant(t, "Key");
        key(t, p);
        end(t);
        return;
    case G_INDEX:
        open_variant(t, "Index");
        t->o.i64(&t->o, p->index);
        end(t);
        return;
    case G_ALL_VALUES:
    case G_ALL_INDICES:
        open_variant(t, p->kind == G_ALL_VALUES ? "AllValues" : "AllIndices");
        opt_sym(t, p->name);
        end(t);
        return;
    case G_FILTER:
    case G_KEY_FILTER: filter(t, p); return;
    }
}

static void parts(tree *t, const g_query *q) {
    str(t, "query");
    if (!open_list(t, q->n)) return;
    for (uint32_t i = 0; i < q->n; i++) part(t, &q->parts[i]);
    end(t);
}

static void query(tree *t, const g_query *q) {
    open_map(t);
    parts(t, q);
    entry_bool(t, "match_all", q->match_all);
    end(t);
}

// ---------------------------------------------------------------------------------- operands

static void values(tree *t, const char *name, const g_value *v, uint32_t n) {
    str(t, name);
    if (!open_list(t, n)) return;
    for (uint32_t i = 0; i < n; i++) value(t, &v[i]);
    end(t);
}

static void call(tree *t, const g_call *c) {
    open_map(t);
    values(t, "parameters", c->args, c->n);
    entry_str(t, "name", c->name);
    location(t, c->at, true);
    end(t);
}

static void value(tree *t, const g_value *v) {
    if (v->kind == G_V_LITERAL) {
        open_variant(t, "Value");
        open_map(t);
        entry_str(t, "path", WR_S(""));
        str(t, "value");
        t->o.node(&t->o, v->u.lit);
        end(t);
    } else if (v->kind == G_V_QUERY) {
        open_variant(t, "AccessClause");
        query(t, v->u.query);
    } else {
        open_variant(t, "FunctionCall");
        call(t, v->u.call);
    }
    end(t);
}

// ---------------------------------------------------------------------------------- clauses

static void access_clause(tree *t, const g_clause *c) {
    open_variant(t, "Clause");
    open_map(t);
    str(t, "access_clause");
    open_map(t);
    str(t, "query");
    query(t, c->query);
    comparator(t, c->op, c->op_neg);
    str(t, "compare_with");
    if (c->rhs) value(t, c->rhs);
    else t->o.null(&t->o);
    message(t, c);
    location(t, c->at, false);
    end(t);
    entry_bool(t, "negation", c->neg);
    end(t);
    end(t);
}

static void rule_ref(tree *t, const g_clause *c) {
    open_map(t);
    entry_str(t, "dependent_rule", c->name);
    entry_bool(t, "negation", c->neg);
    message(t, c);
    location(t, c->at, false);
    end(t);
}

static void named(tree *t, const g_clause *c) {
    open_variant(t, "NamedRule");
    rule_ref(t, c);
    end(t);
}

static void rule_call(tree *t, const g_clause *c) {
    open_variant(t, "ParameterizedNamedRule");
    open_map(t);
    values(t, "parameters", c->args, c->n_args);
    str(t, "named_rule");
    rule_ref(t, c);
    end(t);
    end(t);
}

static void block_clause(tree *t, const g_clause *c) {
    open_variant(t, "BlockClause");
    open_map(t);
    str(t, "query");
    query(t, c->query);
    str(t, "block");
    block(t, c->block);
    location(t, c->at, false);
    entry_bool(t, "not_empty", c->not_empty);
    end(t);
    end(t);
}

static void when_block(tree *t, const g_clause *c) {
    open_variant(t, "WhenBlock");
    open_list(t, 2);
    cnf(t, c->when);
    block(t, c->block);
    end(t);
    end(t);
}

static void conditions(tree *t, const g_cnf *when) {
    str(t, "conditions");
    if (when) cnf(t, when);
    else t->o.null(&t->o);
}

static void type_block(tree *t, const g_clause *c) {
    open_variant(t, "TypeBlock");
    open_map(t);
    entry_str(t, "type_name", c->name);
    conditions(t, c->when);
    str(t, "block");
    block(t, c->block);
    parts(t, c->query);
    end(t);
    end(t);
}

// In a rule a clause is wrapped once more, except for what only a rule can hold.
static void clause(tree *t, const g_clause *c, g_elem elem) {
    bool own = c->kind == G_C_TYPE || (c->kind == G_C_WHEN && c->rule_level);
    bool wrap = elem == G_RULE_CLAUSE && !own;
    if (wrap) open_variant(t, "Clause");
    switch ((g_clause_kind)c->kind) {
    case G_C_ACCESS: access_clause(t, c); break;
    case G_C_NAMED: named(t, c); break;
    case G_C_CALL: rule_call(t, c); break;
    case G_C_BLOCK: block_clause(t, c); break;
    case G_C_WHEN: when_block(t, c); break;
    case G_C_TYPE: type_block(t, c); break;
    }
    if (wrap) end(t);
}

static void cnf(tree *t, const g_cnf *c) {
    if (!open_list(t, c->n)) return;
    for (uint32_t i = 0; i < c->n; i++) {
        open_list(t, c->v[i].n);
        for (uint32_t j = 0; j < c->v[i].n; j++) clause(t, &c->v[i].v[j], c->elem);
        end(t);
    }
    end(t);
}

// ---------------------------------------------------------------------------------- blocks, rules

static void lets(tree *t, const g_let *v, uint32_t n) {
    str(t, "assignments");
    if (!open_list(t, n)) return;
    for (uint32_t i = 0; i < n; i++) {
        open_map(t);
        entry_str(t, "var", wr_sym_str(v[i].var));
        str(t, "value");
        value(t, &v[i].value);
        end(t);
    }
    end(t);
}

static void block(tree *t, const g_block *b) {
    open_map(t);
    lets(t, b->lets, b->n_lets);
    str(t, "conjunctions");
    cnf(t, &b->cnf);
    end(t);
}

static void rule(tree *t, const g_rule *r) {
    open_map(t);
    entry_str(t, "rule_name", r->name);
    conditions(t, r->when);
    str(t, "block");
    block(t, &r->block);
    end(t);
}

static void prule(tree *t, const g_rule *r) {
    open_map(t);
    str(t, "parameter_names");
    if (open_list(t, r->n_params)) {
        for (uint32_t i = 0; i < r->n_params; i++) opt_sym(t, r->params[i]);
        end(t);
    }
    str(t, "rule");
    rule(t, r);
    end(t);
}

static void rules(tree *t, const char *name, const g_rule *v, uint32_t n,
                  void (*one)(tree *, const g_rule *)) {
    str(t, name);
    if (!open_list(t, n)) return;
    for (uint32_t i = 0; i < n; i++) one(t, &v[i]);
    end(t);
}

static void file(tree *t) {
    const g_file *f = t->f;
    if (f->empty) {
        t->o.null(&t->o);
        return;
    }
    open_map(t);
    lets(t, f->lets, f->n_lets);
    rules(t, "guard_rules", f->rules, f->n_rules, rule);
    rules(t, "parameterized_rules", f->prules, f->n_prules, prule);
    end(t);
}

wr_rc wr_guard_parse_tree(wr_ctx *c, const g_file *f, wr_guard_format json_or_yaml, wr_buf *out) {
    (void)c;
    tree t = {.f = f};
    wr_rc rc = json_or_yaml == WR_GF_YAML ? wr_out_yaml(&t.o, out) : wr_out_json(&t.o, out);
    if (rc != WR_OK) return rc;
    if (f->set->opts.level == WR_GUARD_31) wr_out_padded_plain(&t.o);
    file(&t);
    rc = t.o.rc;
    wr_out_fini(&t.o);
    return rc != WR_OK ? rc : out->rc;
}
