// SPDX-License-Identifier: Apache-2.0
// est_write: policies and sets of policies as JSON, member by member as cedar-policy 4.13 writes
// them. Operators stay those of the text (>, !=, has a.b, is … in), parentheses go, keys of
// records and annotations are in the order of their bytes. A chain of && || + - * is a tree that
// leans to the left; its links are written in a loop.
// Format: Cedar "JSON policy format"; a link is written with its slots filled.

#include "lang/cedar/cedar_int.h"

#include <stdlib.h>

static void put_expr(wr_out *o, const ced_expr *e);

// ---------------------------------------------------------------------------------- small things

static void put_uid(wr_out *o, const ced_uid *u) {
    o->map(o, false);
    wr_out_put(o, "type", u->type);
    wr_out_put(o, "id", u->id);
    o->end(o);
}

// {name: …; the caller writes the value and ends the map.
static void open_one(wr_out *o, const char *name) {
    o->map(o, false);
    wr_out_key(o, name);
}

static void text_value(wr_out *o, const char *name, wr_str s) {
    o->map(o, false);
    wr_out_put(o, name, s);
    o->end(o);
}

static void operand(wr_out *o, const char *name, const ced_expr *e) {
    wr_out_key(o, name);
    put_expr(o, e);
}

static const char *op_name(ced_op op) {
    static const char *const names[] = {
        [CED_NOT] = "!",     [CED_NEG] = "neg",         [CED_GET] = ".", [CED_HAS] = "has",
        [CED_LIKE] = "like", [CED_IS] = "is",           [CED_EQ] = "==", [CED_NE] = "!=",
        [CED_LT] = "<",      [CED_LE] = "<=",           [CED_GT] = ">",  [CED_GE] = ">=",
        [CED_IN] = "in",     [CED_AND] = "&&",          [CED_OR] = "||", [CED_ADD] = "+",
        [CED_MUL] = "*",     [CED_IF] = "if-then-else",
    };
    return names[op];
}

// ---------------------------------------------------------------------------------- expressions

static const char *link_name(const ced_expr *e, uint32_t i) {
    bool minus = e->op == CED_ADD && (e->u.minus[i / 64] >> (i % 64) & 1);
    return minus ? "-" : op_name((ced_op)e->op);
}

// ((a + b) - c): every link opened from the last to the first, closed the other way round.
static void put_chain(wr_out *o, const ced_expr *e) {
    for (uint32_t i = e->n - 1; i > 0; i--) {
        open_one(o, link_name(e, i));
        open_one(o, "left");
    }
    put_expr(o, e->v[0]);
    for (uint32_t i = 1; i < e->n; i++) {
        operand(o, "right", e->v[i]);
        o->end(o);
        o->end(o);
    }
}

typedef struct entry {
    wr_str key;
    const ced_expr *e;
} entry;

static int by_key(const void *a, const void *b) {
    return wr_cmp(((const entry *)a)->key, ((const entry *)b)->key);
}

static void put_record(wr_out *o, const ced_expr *e) {
    wr_buf all; // entry each
    wr_buf_init(&all, 0);
    for (uint32_t i = 0; i < e->n; i++) {
        entry one = {e->u.keys[i], e->v[i]};
        wr_put(&all, (const char *)&one, sizeof one);
    }
    if (all.rc != WR_OK) wr_buf_fail(o->buf, all.rc);
    open_one(o, "Record");
    o->map(o, e->n == 0);
    if (e->n > 0 && all.rc == WR_OK) {
        entry *v = (entry *)(void *)all.p; // malloc'd: aligned
        qsort(v, e->n, sizeof *v, by_key);
        for (uint32_t i = 0; i < e->n; i++) {
            o->str(o, v[i].key);
            put_expr(o, v[i].e);
        }
    }
    if (e->n > 0) o->end(o);
    o->end(o);
    wr_buf_fini(&all);
}

static void put_pattern(wr_out *o, ced_pattern p) {
    wr_out_key(o, "pattern");
    o->list(o, p.n == 1 && p.lit[0].n == 0);
    for (uint32_t i = 0; i < p.n; i++) {
        if (i > 0) o->str(o, WR_S("Wildcard"));
        for (size_t k = 0; k < p.lit[i].n;) { // one a character, as the reference does
            size_t beg = k;
            (void)wr_utf8_next(p.lit[i], &k);
            text_value(o, "Literal", wr_sub(p.lit[i], beg, k));
        }
    }
    if (p.n > 1 || p.lit[0].n > 0) o->end(o);
}

static void put_path(wr_out *o, const ced_expr *e) {
    wr_out_key(o, "attr");
    if (e->u.path.n == 1) {
        o->str(o, e->u.path.v[0]);
        return;
    }
    o->list(o, false);
    for (uint32_t i = 0; i < e->u.path.n; i++) o->str(o, e->u.path.v[i]);
    o->end(o);
}

static void put_call(wr_out *o, const ced_expr *e) {
    const ced_fn_row *row = ced_fn_at((ced_fn)e->fn);
    wr_out_key(o, row->name);
    if (row->built_in) {
        o->map(o, false);
        operand(o, row->args == 1 ? "arg" : "left", e->v[0]);
        if (row->args == 2) operand(o, "right", e->v[1]);
        o->end(o);
        return;
    }
    o->list(o, e->n == 0);
    for (uint32_t i = 0; i < e->n; i++) put_expr(o, e->v[i]);
    if (e->n > 0) o->end(o);
}

static void put_set(wr_out *o, const ced_expr *e) {
    wr_out_key(o, "Set");
    o->list(o, e->n == 0);
    for (uint32_t i = 0; i < e->n; i++) put_expr(o, e->v[i]);
    if (e->n > 0) o->end(o);
}

// {op: {arg | left, …}}
static void put_operator(wr_out *o, const ced_expr *e) {
    static const char *const branches[] = {"if", "then", "else"};
    open_one(o, op_name((ced_op)e->op));
    o->map(o, false);
    if (e->op == CED_NOT || e->op == CED_NEG) operand(o, "arg", e->v[0]);
    else if (e->op == CED_IF)
        for (uint32_t i = 0; i < 3; i++) operand(o, branches[i], e->v[i]);
    else operand(o, "left", e->v[0]);
    if (e->op >= CED_EQ && e->op <= CED_IN) operand(o, "right", e->v[1]);
    if (e->op == CED_GET) wr_out_put(o, "attr", e->u.s);
    if (e->op == CED_HAS) put_path(o, e);
    if (e->op == CED_LIKE) put_pattern(o, e->u.pattern);
    if (e->op == CED_IS) {
        wr_out_put(o, "entity_type", e->u.s);
        if (e->n == 2) operand(o, "in", e->v[1]);
    }
    o->end(o);
    o->end(o);
}

static void put_value(wr_out *o, const ced_expr *e) {
    wr_out_key(o, "Value");
    switch ((ced_op)e->op) {
    case CED_BOOL: o->boolean(o, e->u.b); break;
    case CED_LONG: o->i64(o, e->u.i); break;
    case CED_STRING: o->str(o, e->u.s); break;
    default:
        open_one(o, "__entity");
        put_uid(o, e->u.uid);
        o->end(o);
    }
}

static void put_expr(wr_out *o, const ced_expr *e) {
    static const char *const variables[] = {[CED_PRINCIPAL] = "principal",
                                            [CED_ACTION] = "action",
                                            [CED_RESOURCE] = "resource",
                                            [CED_CONTEXT] = "context"};
    while (e->op == CED_PAREN) e = e->v[0];
    switch ((ced_op)e->op) {
    case CED_AND:
    case CED_OR:
    case CED_ADD:
    case CED_MUL: put_chain(o, e); return;
    case CED_RECORD: put_record(o, e); return;
    case CED_PRINCIPAL:
    case CED_ACTION:
    case CED_RESOURCE:
    case CED_CONTEXT: text_value(o, "Var", wr_strz(variables[e->op])); return;
    case CED_SLOT: text_value(o, "Slot", e->slot ? WR_S("?resource") : WR_S("?principal")); return;
    default: break;
    }
    if (e->op > CED_SLOT && e->op != CED_SET && e->op != CED_CALL) {
        put_operator(o, e);
        return;
    }
    o->map(o, false);
    if (e->op == CED_SET) put_set(o, e);
    else if (e->op == CED_CALL) put_call(o, e);
    else put_value(o, e);
    o->end(o);
}

void ced_expr_json(wr_out *o, const ced_expr *e) { put_expr(o, e); }

// ---------------------------------------------------------------------------------- policies

// The entity or slot of a scope; filled: what the link puts into the slot.
static void put_operand(wr_out *o, const ced_scope *s, unsigned which, const ced_uid *filled) {
    if (s->slot && filled == NULL) {
        wr_out_put(o, "slot", which == 2 ? WR_S("?resource") : WR_S("?principal"));
        return;
    }
    wr_out_key(o, "entity");
    put_uid(o, s->slot ? filled : s->v[0]);
}

static void put_scope(wr_out *o, const ced_scope *s, unsigned which, const ced_uid *filled) {
    static const char *const ops[] = {"All", "==", "in", "is", "is"};
    o->map(o, false);
    wr_out_put(o, "op", wr_strz(ops[s->op]));
    if (s->op == CED_S_IS || s->op == CED_S_IS_IN) wr_out_put(o, "entity_type", s->type);
    if (s->op == CED_S_IN && s->list && s->n != 1) {
        wr_out_key(o, "entities");
        o->list(o, s->n == 0);
        for (uint32_t i = 0; i < s->n; i++) put_uid(o, s->v[i]);
        if (s->n > 0) o->end(o);
    } else if (s->op == CED_S_IS_IN) {
        wr_out_key(o, "in");
        o->map(o, false);
        put_operand(o, s, which, filled);
        o->end(o);
    } else if (s->op != CED_S_ALL && s->op != CED_S_IS) put_operand(o, s, which, filled);
    o->end(o);
}

static int by_annotation(const void *a, const void *b) {
    const wr_cedar_annotation *const *x = a, *const *y = b;
    return wr_cmp((*x)->key, (*y)->key);
}

static void put_annotations(wr_out *o, const ced_policy *p) {
    if (p->n_annotations == 0) return;
    wr_buf all; // const wr_cedar_annotation * each
    wr_buf_init(&all, 0);
    for (uint32_t i = 0; i < p->n_annotations; i++) {
        const wr_cedar_annotation *a = &p->annotations[i];
        wr_put(&all, (const char *)&a, sizeof a);
    }
    if (all.rc == WR_OK) {
        const wr_cedar_annotation **v = (const wr_cedar_annotation **)(void *)all.p;
        qsort(v, p->n_annotations, sizeof *v, by_annotation);
        wr_out_key(o, "annotations");
        o->map(o, false);
        for (uint32_t i = 0; i < p->n_annotations; i++) {
            o->str(o, v[i]->key);
            if (v[i]->has_value) o->str(o, v[i]->value);
            else o->null(o);
        }
        o->end(o);
    } else wr_buf_fail(o->buf, all.rc);
    wr_buf_fini(&all);
}

void wr_cedar_policy_json(wr_out *o, const ced_policy *p) {
    static const char *const variables[3] = {"principal", "action", "resource"};
    const ced_policy *body = p->of ? p->of : p;
    o->map(o, false);
    wr_out_put(o, "effect", body->permit ? WR_S("permit") : WR_S("forbid"));
    for (unsigned i = 0; i < 3; i++) {
        wr_out_key(o, variables[i]);
        put_scope(o, &body->scope[i], i, p->slots[i == 2 ? WR_CEDAR_RESOURCE : WR_CEDAR_PRINCIPAL]);
    }
    wr_out_key(o, "conditions");
    o->list(o, body->n_conditions == 0);
    for (uint32_t i = 0; i < body->n_conditions; i++) {
        o->map(o, false);
        wr_out_put(o, "kind", body->conditions[i].unless ? WR_S("unless") : WR_S("when"));
        operand(o, "body", body->conditions[i].e);
        o->end(o);
    }
    if (body->n_conditions > 0) o->end(o);
    put_annotations(o, body);
    o->end(o);
}

// ---------------------------------------------------------------------------------- sets

static void put_link(wr_out *o, const ced_policy *p) {
    static const char *const slots[WR_CEDAR_N_SLOTS] = {"?principal", "?resource"};
    o->map(o, false);
    wr_out_put(o, "templateId", p->of->id);
    wr_out_put(o, "newId", p->id);
    wr_out_key(o, "values");
    o->map(o, false);
    for (unsigned i = 0; i < WR_CEDAR_N_SLOTS; i++) {
        if (p->slots[i] == NULL) continue;
        wr_out_key(o, slots[i]);
        open_one(o, "__entity");
        put_uid(o, p->slots[i]);
        o->end(o);
    }
    o->end(o);
    o->end(o);
}

enum part { TEMPLATES, STATIC, LINKS };

static enum part part_of(const ced_policy *p) {
    if (p->of) return LINKS;
    return p->is_template ? TEMPLATES : STATIC;
}

void wr_cedar_set_json(wr_out *o, const wr_cedar_set *s) {
    static const char *const names[] = {"templates", "staticPolicies", "templateLinks"};
    o->map(o, false);
    for (unsigned k = 0; k < 3; k++) {
        uint32_t n = 0;
        for (uint32_t i = 0; i < s->v.n; i++) n += part_of(s->v.v[i]) == k;
        wr_out_key(o, names[k]);
        if (k == LINKS) o->list(o, n == 0);
        else o->map(o, n == 0);
        for (uint32_t i = 0; i < s->v.n; i++) {
            if (part_of(s->v.v[i]) != k) continue;
            if (k == LINKS) {
                put_link(o, s->v.v[i]);
                continue;
            }
            o->str(o, s->v.v[i]->id);
            wr_cedar_policy_json(o, s->v.v[i]);
        }
        if (n > 0) o->end(o);
    }
    o->end(o);
}
