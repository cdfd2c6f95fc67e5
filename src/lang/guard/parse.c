// SPDX-License-Identifier: Apache-2.0
// parse: a rule file: rules, parameterised rules, lets, and the clauses outside of any rule, which
// are the rule `default`. Accepts exactly what the original accepts; when it does not, the file
// carries the original's error text and the context gets diagnostics for people.
// Rules: guard-language.md §1.2.
#include "lang/guard/parse_int.h"

// Deepest nesting of blocks, filters, calls and literals: each level costs C stack.
enum { MAX_DEPTH = 200 };

typedef struct builder { // the file under construction
    g_ps *p;
    WR_VEC(g_let) lets;
    WR_VEC(g_rule) rules, prules;
    WR_VEC(g_disj) loose; // clauses outside of rules
} builder;

static const wr_sym *sym(g_ps *p, wr_str s) {
    const wr_sym *y = wr_sym_in(&p->set->syms, s);
    if (!y) p->rc = WR_NOMEM;
    return y;
}

// ---------------------------------------------------------------------------------- rules

g_out g_rule_head(g_ps *p, g_rule *out) {
    g_ws(p);
    out->span.beg = p->at;
    if (!g_word(p, "rule")) return g_no(p, p->at, 0);
    if (g_ws1(p) != G_YES) return G_NO;
    if (g_name(p, &out->name) != G_YES) return G_CUT;
    out->name_span = (wr_span){p->at - (uint32_t)out->name.n, p->at};
    out->sym = sym(p, out->name);
    out->src = p->src;
    return G_YES;
}

static g_out rule(g_ps *p, g_rule *out) {
    g_out r = g_rule_head(p, out);
    if (r != G_YES) return r;
    g_mark m = mark(p);
    r = g_when(p, &out->when);
    if (r == G_CUT) return r;
    if (r == G_NO) back(p, m);
    r = g_cut(g_block_of(p, g_rule_item, G_RULE_CLAUSE, &out->block));
    out->span.end = p->at;
    return r;
}

static g_out one_param(g_ps *p, uint32_t base) {
    wr_str name;
    g_blanks(p);
    if (g_name(p, &name) != G_YES) return G_CUT;
    const wr_sym *y = sym(p, name);
    g_blanks(p);
    for (uint32_t i = base; i < p->syms.n; i++)
        if (p->syms.v[i] == y) return G_YES;
    if (y && WR_PUSH(&p->scratch, &p->syms, y)) return G_YES;
    p->rc = WR_NOMEM;
    return G_CUT;
}

// (a, b): distinct names in order
g_out g_params(g_ps *p, g_rule *out) {
    if (g_char(p, '(', 0) != G_YES) return G_NO;
    uint32_t base = p->syms.n;
    g_out r;
    do {
        r = one_param(p, base);
    } while (r == G_YES && g_char(p, ',', G_W_COMMA) == G_YES);
    if (r == G_YES) r = g_cut(g_char(p, ')', G_W_PAREN));
    out->n_params = p->syms.n - base;
    p->syms.n = base;
    if (r != G_YES) return r;
    out->params = g_keep_from(p, p->syms.v, base, out->n_params, sizeof *out->params);
    out->parameterised = true;
    return out->params ? G_YES : G_CUT;
}

static g_out prule(g_ps *p, g_rule *out) {
    g_out r = g_rule_head(p, out);
    if (r == G_YES) r = g_params(p, out);
    if (r == G_YES) r = g_cut(g_block_of(p, g_rule_item, G_RULE_CLAUSE, &out->block));
    out->span.end = p->at;
    return r;
}

// ---------------------------------------------------------------------------------- the file

static g_out add_let(builder *b) {
    g_let let = {0};
    g_out r = g_assignment(b->p, &let);
    return r == G_YES && !WR_PUSH(&b->p->scratch, &b->lets, let) ? G_CUT : r;
}

static g_out add_prule(builder *b) {
    g_rule made = {0};
    g_out r = prule(b->p, &made);
    if (r != G_YES) return r;
    made.index = b->prules.n;
    g_read_metadata(b->p, &made);
    return WR_PUSH(&b->p->scratch, &b->prules, made) ? G_YES : G_CUT;
}

static g_out add_rule(builder *b) {
    g_rule made = {0};
    g_out r = rule(b->p, &made);
    if (r != G_YES) return r;
    g_read_metadata(b->p, &made);
    return WR_PUSH(&b->p->scratch, &b->rules, made) ? G_YES : G_CUT;
}

static g_out add_loose(builder *b, g_item item) {
    g_disj d = {0};
    g_out r = g_disj_of(b->p, item, &d);
    return r == G_YES && !WR_PUSH(&b->p->scratch, &b->loose, d) ? G_CUT : r;
}

static g_out add_types(builder *b) { return add_loose(b, g_type_block); }
static g_out add_clauses(builder *b) { return add_loose(b, g_any_clause); }

static g_out add_when(builder *b) {
    g_clause c = {0};
    g_out r = g_when_rule_block(b->p, &c);
    if (r != G_YES) return r;
    g_disj d = {.v = g_keep(b->p, &c, 1, sizeof c), .n = 1};
    return d.v && WR_PUSH(&b->p->scratch, &b->loose, d) ? G_YES : G_CUT;
}

static g_out top_level(builder *b) {
    static g_out (*const kinds[])(builder *) = {add_let,   add_prule, add_rule,
                                                add_types, add_when,  add_clauses};
    g_ws(b->p);
    g_mark m = mark(b->p);
    g_out r = G_NO;
    for (size_t i = 0; r == G_NO && i < sizeof kinds / sizeof *kinds; i++) {
        back(b->p, m);
        r = kinds[i](b);
    }
    if (r == G_YES) g_ws(b->p);
    return r;
}

g_out g_top_level(g_ps *p) {
    builder b = {.p = p};
    return top_level(&b);
}

static g_out whole_file(builder *b) {
    g_ps *p = b->p;
    g_out r = G_YES;
    while (!end_of(p) && r == G_YES) {
        uint32_t from = p->at;
        r = top_level(b);
        if (r == G_NO) {
            g_want(p, from, G_W_EOF);
            r = g_no(p, from, 0);
        }
    }
    return r;
}

// The clauses outside of rules become the first rule.
static bool default_rule(builder *b, g_rule *out) {
    g_ps *p = b->p;
    *out = (g_rule){.src = p->src};
    out->name =
        wr_trim(p->name).n == 0 ? WR_S("default") : wr_fmt(p->a, "%.*s/default", WR_FMT(p->name));
    out->sym = sym(p, out->name);
    const g_disj *first = &b->loose.v[0], *last = &b->loose.v[b->loose.n - 1];
    out->span = (wr_span){first->v[0].span.beg, last->v[last->n - 1].span.end};
    out->name_span = first->v[0].span;
    g_disj *kept = g_keep(p, b->loose.v, b->loose.n, sizeof *kept);
    out->block.cnf = (g_cnf){.v = kept, .n = b->loose.n, .elem = G_RULE_CLAUSE};
    out->block.span = out->span;
    return kept && out->name.p;
}

static bool finish(builder *b, g_file *f) {
    g_ps *p = b->p;
    f->lets = g_keep(p, b->lets.v, b->lets.n, sizeof *f->lets);
    f->n_lets = b->lets.n;
    f->prules = g_keep(p, b->prules.v, b->prules.n, sizeof *f->prules);
    f->n_prules = b->prules.n;
    uint32_t extra = b->loose.n > 0;
    f->n_rules = b->rules.n + extra;
    f->rules = WR_NEW_N(p->a, g_rule, f->n_rules + 1);
    if (!f->rules || (extra && !default_rule(b, &f->rules[0]))) return false;
    if (b->rules.n > 0) memcpy(f->rules + extra, b->rules.v, b->rules.n * sizeof *f->rules);
    for (uint32_t i = 0; i < f->n_rules; i++) f->rules[i].index = i;
    return p->rc == WR_OK;
}

// ---------------------------------------------------------------------------------- entry

static wr_rc refuse(g_ps *p, wr_code code, wr_rc rc, const char *what) {
    wr_report(p->set->ctx, code, WR_ERROR, p->src, (wr_span){p->err_at, p->err_at}, "%s", what);
    return rc;
}

static wr_rc run(g_ps *p, g_file *f) {
    size_t bad = wr_utf8_check(p->t);
    if (bad < p->t.n) {
        p->err_at = (uint32_t)bad;
        f->parse_error = WR_S("stream did not contain valid UTF-8");
        return refuse(p, WR_D_D0001, WR_BAD, "the rule file is not valid UTF-8");
    }
    g_ws(p);
    if (end_of(p)) {
        f->empty = true;
        return WR_OK;
    }
    builder b = {.p = p};
    g_out r = whole_file(&b);
    if (p->rc == WR_LIMIT) {
        f->parse_error = WR_S("Rules are nested deeper than the limit");
        return refuse(p, WR_D_G0115, WR_LIMIT, "rules are nested deeper than the limit");
    }
    if (p->rc != WR_OK || p->a->oom || p->scratch.oom) return WR_NOMEM;
    if (r != G_YES) {
        f->parse_error = g_original_error(p);
        g_explain(p);
        return WR_BAD;
    }
    if (!finish(&b, f)) return WR_NOMEM;
    return g_place_literals(p, f);
}

wr_rc g_parse(wr_guard_set *s, const wr_src *src, wr_str name, g_file **out) {
    g_file *f = WR_NEW(&s->ctx->arena, g_file);
    *out = f;
    if (!f) return WR_NOMEM;
    *f = (g_file){.set = s, .src = src, .name = name};
    uint32_t depth = s->ctx->limits.depth;
    g_ps p = {
        .set = s,
        .file = f,
        .a = &s->ctx->arena,
        .src = src,
        .t = src->text,
        .name = name,
        .v32 = s->opts.level == WR_GUARD_32,
        .ws_from = UINT32_MAX,
        .multiline = {UINT32_MAX, UINT32_MAX},
        .max_depth = depth < MAX_DEPTH ? depth : MAX_DEPTH,
    };
    wr_arena_init(&p.scratch, 0);
    wr_rc rc = run(&p, f);
    wr_arena_fini(&p.scratch);
    return rc;
}
