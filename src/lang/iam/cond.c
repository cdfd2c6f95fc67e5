// SPDX-License-Identifier: Apache-2.0
// Conditions: one operator × one key × its values, read from a document and judged in three-valued
// logic. Owns: iam_cond_make, iam_scalar_text, wr_iam_match_cond(s).
// Invariants: judging allocates nothing; WR_YES and WR_NO hold whatever the keys that are not known
// hold, absence included; the keys added to `need` settle the answer once they are known.
// Rules: IAM User Guide, "Condition", "Multivalued context keys", "…IfExists condition operators",
// "Condition operator to check existence of condition keys"; where the documents are silent:
// docs/guide/iam-decisions.md.

#include "lang/iam/parse_int.h"

// ---------------------------------------------------------------------------------- reading

wr_str iam_scalar_text(iam_reader *r, const wr_node *n) {
    wr_arena *a = &r->set->ctx->arena;
    const wr_src *src = n->src < r->doc->n_srcs ? r->doc->srcs[n->src] : NULL;
    switch (n->kind) {
    case WR_STR: return wr_node_str(n);
    case WR_BOOL: return n->u.b ? WR_S("true") : WR_S("false");
    case WR_INT:
        if (r->doc->format == WR_JSON && src) return wr_sub(src->text, n->span.beg, n->span.end);
        return wr_fmt(a, "%lld", (long long)n->u.i);
    case WR_FLOAT: return src ? wr_sub(src->text, n->span.beg, n->span.end) : WR_S("");
    default: return WR_S("");
    }
}

static bool drop_prefix(wr_str *s, wr_str word) {
    if (s->n < word.n || !iam_same(wr_sub(*s, 0, word.n), word)) return false;
    *s = wr_sub(*s, word.n, s->n);
    return true;
}

static bool drop_suffix(wr_str *s, wr_str word) {
    if (s->n < word.n || !iam_same(wr_sub(*s, s->n - word.n, s->n), word)) return false;
    *s = wr_sub(*s, 0, s->n - word.n);
    return true;
}

// What is kept of a name of the set's own table, or NULL when the node is of another table.
static struct iam_word *word_of(iam_reader *r, const wr_node *n) {
    iam_set *s = (iam_set *)r->set;
    if (r->doc->syms != &s->words) return NULL;
    while (s->seen.n <= n->u.sym->id)
        if (!WR_PUSH(&s->pub.ctx->arena, &s->seen, (struct iam_word){0})) return NULL;
    return &s->seen.v[n->u.sym->id];
}

static void find_operator(iam_reader *r, wr_iam_cond *c) {
    wr_str name = c->op_text;
    if (drop_prefix(&name, WR_S("ForAllValues:"))) c->quant = WR_IAM_FOR_ALL;
    else if (drop_prefix(&name, WR_S("ForAnyValue:"))) c->quant = WR_IAM_FOR_ANY;
    c->if_exists = drop_suffix(&name, WR_S("IfExists"));
    c->op = wr_iam_op_find(name);
    if (c->op && !(c->if_exists && c->op->family == WR_IAM_NULL)) return;
    wr_diag *d = iam_fault(r, WR_D_I0117, c->op_node, "condition operator \"%.*s\" is not known",
                           WR_FMT(wr_utf8_cut(c->op_text, 80)));
    wr_str near = c->op ? WR_S("Null") : wr_iam_op_near(name);
    if (c->op) wr_hint(r->set->ctx, d, "Null has no IfExists form");
    else if (near.n) wr_hint(r->set->ctx, d, "did you mean %.*s?", WR_FMT(near));
    c->op = NULL;
}

static void read_operator(iam_reader *r, wr_iam_cond *c) {
    struct iam_word *w = word_of(r, c->op_node);
    if (w && w->op) {
        c->op = w->op;
        c->quant = (wr_iam_quant)w->quant;
        c->if_exists = w->if_exists;
        return;
    }
    find_operator(r, c);
    if (w == NULL || c->op == NULL) return;
    w->op = c->op;
    w->quant = (uint8_t)c->quant;
    w->if_exists = c->if_exists;
}

static uint32_t read_key(iam_reader *r, const wr_iam_cond *c) {
    struct iam_word *w = word_of(r, c->key_node);
    if (w && w->key) return w->key - 1;
    uint32_t key = wr_iam_key_in(r->set, c->key_text);
    if (w && key != UINT32_MAX) w->key = key + 1;
    return key;
}

static wr_rc read_value(iam_reader *r, const wr_iam_cond *c, const wr_node *n, wr_iam_value *v) {
    if (iam_unknown(r, n)) return WR_BAD;
    if (n->kind != WR_STR && n->kind != WR_BOOL && n->kind != WR_INT && n->kind != WR_FLOAT) {
        wr_diag *d =
            iam_fault(r, WR_D_I0106, n, "value of condition key \"%.*s\" is a %s, not a string",
                      WR_FMT(wr_utf8_cut(c->key_text, 80)), wr_kind_name((wr_kind)n->kind));
        wr_hint(r->set->ctx, d, "write a string, a number, a boolean or a list of them");
        return WR_BAD;
    }
    wr_str text = iam_scalar_text(r, n);
    wr_rc rc = iam_pat_make(r, text, n, iam_op_pat_how(c->op), &v->pat);
    if (rc == WR_OK) iam_op_value(c->op, &r->set->ctx->arena, v);
    return rc;
}

wr_rc iam_cond_make(iam_reader *r, const wr_node *op_node, const wr_node *key_node,
                    const wr_node *value_node, wr_iam_cond *out) {
    wr_iam_set *s = r->set;
    wr_iam_cond c = {.op_text = wr_node_str(op_node),
                     .key_text = wr_node_str(key_node),
                     .op_node = op_node,
                     .key_node = key_node,
                     .value_node = value_node,
                     .id = s->n_conds++};
    read_operator(r, &c);
    c.key = read_key(r, &c);
    if (c.key == UINT32_MAX) return WR_NOMEM;
    bool list = value_node->kind == WR_LIST;
    uint32_t n = list ? value_node->n : 1;
    wr_iam_value *v = WR_NEW_N(&s->ctx->arena, wr_iam_value, n);
    if (!v) return WR_NOMEM;
    wr_rc rc = c.op ? WR_OK : WR_BAD;
    for (uint32_t i = 0; c.op && i < n; i++) {
        wr_rc one = read_value(r, &c, list ? value_node->u.kids + i : value_node, &v[i]);
        if (one == WR_NOMEM) return one;
        if (one != WR_OK) rc = one;
    }
    c.values = v;
    c.n_values = c.op ? n : 0;
    *out = c;
    return rc;
}

// ---------------------------------------------------------------------------------- judging

static wr_tri tri(bool b) { return b ? WR_YES : WR_NO; }

// What is not known may be anything: so, of all the answers, which are there?
static wr_tri of_answers(bool can_hold, bool can_fail) {
    if (!can_fail) return WR_YES;
    return can_hold ? WR_MAYBE : WR_NO;
}

// The operator on one value.
static wr_tri one(const wr_iam_cond *c, wr_str given, const wr_iam_request *r, wr_iam_need *need) {
    wr_tri any = iam_op_any(c, given, r, need);
    return c->op->negated ? wr_tri_not(any) : any;
}

// Several values, a negated operator and no set operator: the documents give that no meaning, so
// WR_NO is not what is known but what is safe, where the statement allows. Where it denies, the
// safe answer is that the statement may hold.
static bool is_undefined(const wr_iam_cond *c, const wr_iam_request *r) {
    if (c->quant != WR_IAM_PLAIN || !c->op->negated || c->key >= r->n_ctx) return false;
    const wr_iam_ctx_value *v = &r->ctx[c->key];
    return v->state == WR_IAM_PRESENT && v->multi && v->n > 0;
}

// One of a statement's conditions.
static wr_tri in_stmt(const wr_iam_stmt *st, const wr_iam_cond *c, const wr_iam_request *r,
                      wr_iam_need *need) {
    if (!st->deny || !is_undefined(c, r)) return wr_iam_match_cond(c, r, need);
    iam_need_key(need, c->key);
    return WR_MAYBE;
}

// A single value, or, where two spellings of a key met, several that each count as it.
static wr_tri plain(const wr_iam_cond *c, const wr_iam_ctx_value *v, const wr_iam_request *r,
                    wr_iam_need *need) {
    if (v->multi) return WR_NO;
    if (v->n == 1) return one(c, v->v[0], r, need);
    wr_tri any = WR_NO;
    for (uint32_t i = 0; i < v->n && any != WR_YES; i++)
        any = wr_tri_or(any, iam_op_any(c, v->v[i], r, NULL));
    for (uint32_t i = 0; need && any == WR_MAYBE && i < v->n; i++)
        (void)iam_op_any(c, v->v[i], r, need);
    return c->op->negated ? wr_tri_not(any) : any;
}

static wr_tri for_any(const wr_iam_cond *c, const wr_iam_ctx_value *v, const wr_iam_request *r,
                      wr_iam_need *need) {
    wr_tri any = WR_NO;
    for (uint32_t i = 0; i < v->n && any != WR_YES; i++)
        any = wr_tri_or(any, one(c, v->v[i], r, NULL));
    for (uint32_t i = 0; need && any == WR_MAYBE && i < v->n; i++) (void)one(c, v->v[i], r, need);
    return any;
}

static wr_tri for_all(const wr_iam_cond *c, const wr_iam_ctx_value *v, const wr_iam_request *r,
                      wr_iam_need *need) {
    bool empty = true;
    for (uint32_t i = 0; i < v->n; i++) empty = empty && v->v[i].n == 0;
    if (empty) return WR_YES;
    wr_tri all = WR_YES;
    for (uint32_t i = 0; i < v->n && all != WR_NO; i++)
        all = wr_tri_and(all, one(c, v->v[i], r, NULL));
    for (uint32_t i = 0; need && all == WR_MAYBE && i < v->n; i++) (void)one(c, v->v[i], r, need);
    return all;
}

static wr_tri when_absent(const wr_iam_cond *c) {
    if (c->if_exists || c->quant == WR_IAM_FOR_ALL) return WR_YES;
    return tri(c->quant == WR_IAM_PLAIN && c->op->negated);
}

bool wr_iam_cond_never(const wr_iam_cond *c) {
    if (c->op->negated || c->if_exists || c->quant == WR_IAM_FOR_ALL) return false;
    for (uint32_t i = 0; i < c->n_values; i++)
        if (c->values[i].valid) return false;
    return true;
}

// The key's values are not known, nor whether it has any.
static wr_tri when_unknown(const wr_iam_cond *c, const wr_iam_request *r, wr_iam_need *need) {
    bool can = iam_op_can(c, r), must = iam_op_must(c);
    bool holds = c->op->negated ? !must : can; // some value makes the operator hold
    bool fails = c->op->negated ? can : !must; // some makes it fail
    bool absent = when_absent(c) == WR_YES;
    if (c->quant == WR_IAM_PLAIN) fails = true; // several values
    wr_tri t = of_answers(holds || absent, fails || !absent);
    if (t != WR_MAYBE) return t;
    iam_need_key(need, c->key);
    for (uint32_t i = 0; need && i < c->n_values; i++) iam_pat_need(&c->values[i].pat, r, need);
    return t;
}

static wr_tri null_op(const wr_iam_cond *c, bool unknown, bool missing, wr_iam_need *need) {
    bool yes = false, no = false; // "true" and "false" are among the values
    for (uint32_t i = 0; i < c->n_values; i++) {
        yes |= c->values[i].valid && c->values[i].u.b;
        no |= c->values[i].valid && !c->values[i].u.b;
    }
    if (!unknown) return tri(missing ? yes : no);
    if (yes == no) return tri(yes);
    iam_need_key(need, c->key);
    return WR_MAYBE;
}

wr_tri wr_iam_match_cond(const wr_iam_cond *c, const wr_iam_request *r, wr_iam_need *need) {
    const wr_iam_ctx_value *v = c->key < r->n_ctx ? &r->ctx[c->key] : NULL;
    bool unknown = v && v->state == WR_IAM_NOT_KNOWN;
    // A list without members is no value.
    bool missing = !v || v->state == WR_IAM_ABSENT || (!unknown && v->n == 0);
    if (c->op->family == WR_IAM_NULL) return null_op(c, unknown, missing, need);
    if (unknown) return when_unknown(c, r, need);
    if (missing) return when_absent(c);
    switch (c->quant) {
    case WR_IAM_FOR_ALL: return for_all(c, v, r, need);
    case WR_IAM_FOR_ANY: return for_any(c, v, r, need);
    default: return plain(c, v, r, need);
    }
}

wr_tri wr_iam_match_conds(const wr_iam_stmt *st, const wr_iam_request *r, wr_iam_need *need,
                          const wr_iam_cond **failed) {
    const wr_iam_cond *maybe = NULL;
    if (failed) *failed = NULL;
    for (uint32_t i = 0; i < st->n_conds; i++) {
        wr_tri t = in_stmt(st, &st->conds[i], r, NULL);
        if (t == WR_MAYBE && !maybe) maybe = &st->conds[i];
        if (t != WR_NO) continue;
        if (failed) *failed = &st->conds[i];
        return WR_NO;
    }
    if (!maybe) return WR_YES;
    if (failed) *failed = maybe;
    for (uint32_t i = 0; need && i < st->n_conds; i++) (void)in_stmt(st, &st->conds[i], r, need);
    return WR_MAYBE;
}
