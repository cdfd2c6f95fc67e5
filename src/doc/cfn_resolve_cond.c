// SPDX-License-Identifier: Apache-2.0
// doc: Conditions and Fn::If. Three-valued: a condition over a missing fact is unknown, unless the
// other operands decide it (false and unknown is false, true or unknown is true).
//
// Each condition is evaluated once, before any resource. Rules: CloudFormation Template Reference,
// "Condition functions"; a condition may use parameters and mappings, never resources.
#include "doc/cfn_resolve_int.h"

typedef struct verdict {
    wr_cfn_tri is;
    const wr_cfn_why *why; // when unknown
} verdict;

static verdict of_bool(bool b) { return (verdict){b ? WR_CFN_TRUE : WR_CFN_FALSE, NULL}; }

static verdict unknown(const wr_cfn_why *why) { return (verdict){WR_CFN_UNKNOWN, why}; }

static verdict bad(wr_cfn *r, wr_code code, const wr_node *at, const char *msg) {
    wr_cfn_tell(r, code, WR_ERROR, at, "%s", msg);
    return unknown(&wr_cfn_told);
}

static verdict evaluate(wr_cfn *r, const wr_node *n, const wr_cfn_env *e);

// ------------------------------------------------------------------------ Fn::Equals

// Equal as CloudFormation compares: scalars by their text, lists and maps member by member.
static bool same(wr_cfn *r, const wr_node *a, const wr_node *b) {
    wr_str x, y;
    if (!wr_cfn_spend(r, 1)) return false;
    if (wr_cfn_text(r, a, &x)) return wr_cfn_text(r, b, &y) && wr_eq(x, y);
    if (a->kind != b->kind || a->n != b->n) return false;
    bool eq = true;
    for (uint32_t i = 0; i < a->n && eq; i++) {
        if (a->kind == WR_LIST) {
            eq = same(r, &a->u.kids[i], &b->u.kids[i]);
            continue;
        }
        const wr_node *v = wr_map_get(b, wr_map_key(a, i)->u.sym);
        eq = v && same(r, wr_map_val(a, i), v);
    }
    return eq;
}

static const wr_node *missing_in(const wr_node *v) {
    if (wr_cfn_is_unknown(v)) return v;
    const wr_node *found = NULL;
    if (v->kind == WR_LIST || v->kind == WR_MAP)
        for (uint32_t i = 0; i < v->n && !found; i++)
            found = missing_in(v->kind == WR_MAP ? wr_map_val(v, i) : &v->u.kids[i]);
    return found;
}

// A dynamic reference is a text that CloudFormation replaces later.
static bool is_later(const wr_node *v) {
    return v->kind == WR_STR && wr_find(wr_node_str(v), WR_S("{{resolve:"), 0) != SIZE_MAX;
}

static verdict equals(wr_cfn *r, const wr_node *arg, const wr_cfn_env *e) {
    if (arg->kind != WR_LIST || arg->n != 2)
        return bad(r, WR_D_X0106, arg, "Fn::Equals takes a list of two values");
    wr_node v[2];
    r->quiet++;
    for (int i = 0; i < 2; i++) v[i] = wr_cfn_value(r, &arg->u.kids[i], e);
    r->quiet--;
    if (r->rc != WR_OK) return unknown(&wr_cfn_told);
    for (int i = 0; i < 2; i++) {
        const wr_node *m = missing_in(&v[i]);
        if (m) return unknown(wr_cfn_why_of(m));
        if (wr_cfn_is_novalue(&v[i]))
            return unknown(wr_cfn_because(r, WR_D_X0009, WR_S("AWS::NoValue"),
                                          "what AWS::NoValue equals is not documented"));
        if (is_later(&v[i]))
            return unknown(wr_cfn_because(r, WR_D_X0004, WR_S("a dynamic reference"),
                                          "a dynamic reference is kept outside the template"));
    }
    return of_bool(same(r, &v[0], &v[1]));
}

// ------------------------------------------------------------------------ And, Or, Not

// stop: the value that decides alone (false for And, true for Or).
static verdict many(wr_cfn *r, const wr_node *arg, const wr_cfn_env *e, wr_cfn_tri stop) {
    verdict all = {stop == WR_CFN_TRUE ? WR_CFN_FALSE : WR_CFN_TRUE, NULL};
    if (arg->kind != WR_LIST || arg->n < 2 || arg->n > 10)
        return bad(r, WR_D_X0106, arg, "Fn::And and Fn::Or take a list of 2 to 10 conditions");
    for (uint32_t i = 0; i < arg->n; i++) {
        verdict v = evaluate(r, &arg->u.kids[i], e);
        if (v.is == stop) all = v;
        else if (v.is == WR_CFN_UNKNOWN && all.is != stop && all.is != WR_CFN_UNKNOWN) all = v;
    }
    return all;
}

static verdict negate(wr_cfn *r, const wr_node *arg, const wr_cfn_env *e) {
    if (arg->kind != WR_LIST || arg->n != 1)
        return bad(r, WR_D_X0106, arg, "Fn::Not takes a list of one condition");
    verdict v = evaluate(r, &arg->u.kids[0], e);
    return v.is == WR_CFN_UNKNOWN ? v : of_bool(v.is == WR_CFN_FALSE);
}

static verdict named(wr_cfn *r, const wr_node *arg, const wr_cfn_env *e) {
    if (arg->kind != WR_STR) return bad(r, WR_D_X0106, arg, "Condition takes a name");
    verdict v = {WR_CFN_UNKNOWN, NULL};
    v.is = wr_cfn_cond_named(r, arg, wr_cfn_subst(r, wr_node_str(arg), e), &v.why);
    return v;
}

static verdict evaluate_call(wr_cfn *r, const wr_node *n, const wr_cfn_env *e) {
    const wr_node *arg = wr_map_val(n, 0);
    wr_str f = wr_node_str(wr_map_key(n, 0));
    if (wr_eq(f, WR_S("Fn::Equals"))) return equals(r, arg, e);
    if (wr_eq(f, WR_S("Fn::And"))) return many(r, arg, e, WR_CFN_FALSE);
    if (wr_eq(f, WR_S("Fn::Or"))) return many(r, arg, e, WR_CFN_TRUE);
    if (wr_eq(f, WR_S("Fn::Not"))) return negate(r, arg, e);
    if (wr_eq(f, WR_S("Condition"))) return named(r, arg, e);
    if (wr_eq(f, WR_S("Fn::Transform")))
        return unknown(wr_cfn_because(r, WR_D_X0005, WR_S("a macro in Conditions"),
                                      "a macro in Conditions is not run"));
    return bad(r, WR_D_X0106, n,
               "a condition is one of Fn::Equals, Fn::And, Fn::Or, Fn::Not and Condition");
}

static verdict evaluate(wr_cfn *r, const wr_node *n, const wr_cfn_env *e) {
    if (n->kind != WR_MAP || n->n != 1)
        return bad(r, WR_D_X0106, n,
                   "a condition is one of Fn::Equals, Fn::And, Fn::Or, Fn::Not and Condition");
    if (!wr_cfn_enter(r)) return unknown(&wr_cfn_told);
    verdict v = evaluate_call(r, n, e);
    r->depth--;
    return v;
}

// ------------------------------------------------------------------------ by name

static void decide(wr_cfn *r, wr_cfn_cond *c) {
    bool was = r->in_cond, secret = r->secret;
    c->state = WR_CFN_BUSY;
    r->in_cond = true;
    r->secret = false;
    verdict v = evaluate(r, c->expr, c->env);
    r->in_cond = was;
    r->secret = secret;
    c->is = v.is;
    c->why = v.is == WR_CFN_UNKNOWN ? v.why : NULL;
    c->state = WR_CFN_DONE;
}

static wr_cfn_tri no_such(wr_cfn *r, const wr_node *n, wr_str name, const wr_cfn_why **why) {
    if (r->macros || r->cond_loops_left) {
        *why = wr_cfn_because(r, WR_D_X0007, wr_fmt(&r->c->arena, "condition %.*s", WR_FMT(name)),
                              "condition %.*s is not in the template: what may make it is not run",
                              WR_FMT(name));
        return WR_CFN_UNKNOWN;
    }
    wr_cfn_tell(r, WR_D_X0102, WR_ERROR, n, "condition %.*s is not defined", WR_FMT(name));
    *why = &wr_cfn_told;
    return WR_CFN_UNKNOWN;
}

wr_cfn_tri wr_cfn_cond_named(wr_cfn *r, const wr_node *n, wr_str name, const wr_cfn_why **why) {
    wr_cfn_cond *c = wr_map_find(&r->conds, name);
    if (!c) return no_such(r, n, name, why);
    if (c->state == WR_CFN_BUSY) {
        wr_cfn_tell(r, WR_D_X0103, WR_ERROR, n, "condition %.*s depends on itself", WR_FMT(name));
        *why = &wr_cfn_told;
        return WR_CFN_UNKNOWN;
    }
    if (c->state == WR_CFN_NEW) decide(r, c);
    *why = c->why;
    return c->is;
}

void wr_cfn_conds_read(wr_cfn *r, const wr_cfn_entries *all) {
    for (uint32_t i = 0; i < all->n && r->rc == WR_OK; i++) {
        const wr_cfn_entry *x = &all->v[i];
        if (x->left) continue;
        void **at = wr_map_at(&r->conds, x->name);
        wr_cfn_cond *c = at ? WR_NEW(&r->keep, wr_cfn_cond) : NULL;
        if (!c) {
            r->rc = WR_NOMEM;
            return;
        }
        *c = (wr_cfn_cond){.name = x->name, .expr = x->val, .env = x->env};
        *at = c;
    }
    for (uint32_t i = 0; i < all->n && r->rc == WR_OK; i++) {
        const wr_cfn_why *why;
        if (!all->v[i].left) (void)wr_cfn_cond_named(r, all->v[i].key, all->v[i].name, &why);
    }
}

// ------------------------------------------------------------------------ Fn::If

wr_node wr_cfn_fn_if(wr_cfn *r, const wr_node *f, const wr_node *arg, const wr_cfn_env *e) {
    const wr_cfn_why *why = NULL;
    if (arg->kind != WR_LIST || arg->n != 3 || arg->u.kids[0].kind != WR_STR)
        return wr_cfn_bad(r, f, e, WR_D_X0106, arg,
                          "Fn::If takes the name of a condition and two values");
    const wr_node *at = &arg->u.kids[0];
    wr_str name = wr_cfn_subst(r, wr_node_str(at), e);
    wr_cfn_tri is = wr_cfn_cond_named(r, at, name, &why);
    if (is != WR_CFN_UNKNOWN) return wr_cfn_value(r, &arg->u.kids[is == WR_CFN_TRUE ? 1 : 2], e);
    if (r->rc != WR_OK) return (wr_node){.kind = WR_NULL};
    if (why->told)
        return wr_cfn_unknown(r, f, e,
                              wr_cfn_because(r, WR_D_X0007, why->what,
                                             "condition %.*s is not known: it has an error",
                                             WR_FMT(name)));
    return wr_cfn_unknown(r, f, e,
                          wr_cfn_because(r, WR_D_X0007, why->what,
                                         "condition %.*s is not known (%.*s)", WR_FMT(name),
                                         WR_FMT(why->what)));
}
