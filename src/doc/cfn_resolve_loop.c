// SPDX-License-Identifier: Apache-2.0
// doc: Fn::ForEach: the members of a map with its loops unrolled. Values are not touched here: each
// member comes with the variables it is to be resolved under.
//
// Rules: CloudFormation Template Reference, "Fn::ForEach": identifiers in keys and values, ${X} as
// given and &{X} with letters and digits only; at most five loops inside each other; keys unique.
#include "doc/cfn_resolve_int.h"

typedef struct unroll {
    wr_cfn *r;
    bool ids;  // members are logical names
    bool uniq; // there are loops, so keys may meet
    wr_map seen;
    wr_cfn_entries *out;
    bool *left;
} unroll;

bool wr_cfn_is_loop(wr_str key) { return wr_starts(key, WR_S("Fn::ForEach::")); }

static bool is_alnum(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static wr_str only_alnum(wr_cfn *r, wr_str s) {
    size_t n = 0;
    while (n < s.n && is_alnum(s.p[n])) n++;
    if (n == s.n) return s;
    char *p = wr_alloc(&r->keep, s.n + 1);
    if (!p) return s;
    n = 0;
    for (size_t i = 0; i < s.n; i++)
        if (is_alnum(s.p[i])) p[n++] = s.p[i];
    return (wr_str){p, n};
}

static void push(unroll *u, const wr_cfn_entry *x) {
    if (!WR_PUSH(&u->r->tmp, u->out, *x)) u->r->rc = WR_NOMEM;
}

static void keep_loop(unroll *u, const wr_cfn_entry *x, const wr_cfn_why *why) {
    wr_cfn_entry y = *x;
    y.left = why;
    *u->left = true;
    push(u, &y);
}

// Adds a member; one whose name is taken is an error and dropped.
static void add(unroll *u, const wr_cfn_entry *x) {
    wr_cfn *r = u->r;
    if (u->uniq) {
        void **at = wr_map_at(&u->seen, x->name);
        if (!at) {
            r->rc = WR_NOMEM;
            return;
        }
        if (*at) {
            wr_cfn_tell(r, WR_D_X0110, WR_ERROR, x->key, "%.*s exists already", WR_FMT(x->name));
            return;
        }
        *at = r;
    }
    if (u->ids && x->env && only_alnum(r, x->name).n != x->name.n)
        wr_cfn_tell(r, WR_D_X0111, WR_ERROR, x->key,
                    "logical name %.*s has characters beside letters and digits", WR_FMT(x->name));
    push(u, x);
}

static void members(unroll *u, const wr_node *map, const wr_cfn_env *e, unsigned level);

// Runs the body once for each item. false: the collection is no list of strings.
static bool each(unroll *u, const wr_node *list, wr_str id, const wr_node *body,
                 const wr_cfn_env *e, unsigned level) {
    wr_cfn *r = u->r;
    for (uint32_t i = 0; i < list->n; i++) {
        wr_str t;
        if (!wr_cfn_text(r, &list->u.kids[i], &t)) return false;
    }
    for (uint32_t i = 0; i < list->n && wr_cfn_spend(r, 1); i++) {
        wr_cfn_env *v = WR_NEW(&r->tmp, wr_cfn_env);
        if (!v) return true;
        wr_cfn_text(r, &list->u.kids[i], &v->text);
        v->id = id;
        v->alnum = only_alnum(r, v->text);
        v->up = e;
        members(u, body, v, level + 1);
    }
    return true;
}

static const wr_node *unknown_item(const wr_node *list) {
    if (wr_cfn_is_unknown(list)) return list;
    for (uint32_t i = 0; list->kind == WR_LIST && i < list->n; i++)
        if (wr_cfn_is_unknown(&list->u.kids[i])) return &list->u.kids[i];
    return NULL;
}

static void refuse(unroll *u, const wr_cfn_entry *x, wr_code code, const wr_node *at,
                   const char *msg) {
    wr_cfn_tell(u->r, code, WR_ERROR, at, "%s", msg);
    keep_loop(u, x, &wr_cfn_told);
}

static void loop(unroll *u, const wr_cfn_entry *x, unsigned level) {
    static const char shape[] = "Fn::ForEach takes an identifier, a list of strings and a map";
    wr_cfn *r = u->r;
    const wr_node *arg = x->val;
    if (!r->lang_ext) {
        refuse(u, x, WR_D_X0109, x->key, "Fn::ForEach needs the AWS::LanguageExtensions transform");
        return;
    }
    if (level >= WR_CFN_LOOPS) {
        refuse(u, x, WR_D_X0112, x->key, "more than five Fn::ForEach inside each other");
        return;
    }
    if (arg->kind != WR_LIST || arg->n != 3 || arg->u.kids[0].kind != WR_STR ||
        arg->u.kids[0].n == 0 || arg->u.kids[2].kind != WR_MAP) {
        refuse(u, x, WR_D_X0106, arg, shape);
        return;
    }
    wr_node l = wr_cfn_list_arg(r, &arg->u.kids[1], x->env);
    if (r->rc != WR_OK) return;
    const wr_node *m = unknown_item(&l);
    if (m) keep_loop(u, x, wr_cfn_why_of(m));
    else if (l.kind != WR_LIST ||
             !each(u, &l, wr_node_str(&arg->u.kids[0]), &arg->u.kids[2], x->env, level))
        refuse(u, x, WR_D_X0106, &arg->u.kids[1], shape);
}

static void members(unroll *u, const wr_node *map, const wr_cfn_env *e, unsigned level) {
    wr_cfn *r = u->r;
    for (uint32_t i = 0; i < map->n && wr_cfn_spend(r, 1); i++) {
        const wr_node *key = wr_map_key(map, i);
        wr_cfn_entry x = {.key = key, .val = wr_map_val(map, i), .env = e};
        x.name = wr_cfn_subst(r, wr_sym_str(key->u.sym), e);
        if (wr_cfn_is_loop(x.name)) {
            loop(u, &x, level);
        } else if (u->ids && wr_eq(x.name, WR_S("Fn::Transform"))) {
            keep_loop(u, &x,
                      wr_cfn_because(r, WR_D_X0005, WR_S("a macro of the section"),
                                     "a macro that is not run may add to this section"));
        } else {
            add(u, &x);
        }
    }
}

void wr_cfn_unroll(wr_cfn *r, const wr_node *map, const wr_cfn_env *e, bool ids,
                   wr_cfn_entries *out, bool *left) {
    unroll u = {.r = r, .ids = ids, .out = out, .left = left};
    for (uint32_t i = 0; i < map->n && !u.uniq; i++)
        u.uniq = wr_cfn_is_loop(wr_sym_str(wr_map_key(map, i)->u.sym));
    if (u.uniq) wr_map_init(&u.seen, &r->tmp);
    members(&u, map, e, 0);
}
