// SPDX-License-Identifier: Apache-2.0
// level: how far a policy follows entities (RFC 76). At level n it follows at most n of them in a
// row from principal, action, resource and context; then a slice of the entities so deep decides as
// all of them would. Literals of entities are never followed, but for the request's action.
// Rules and words: cedar-policy 4.13.

#include "lang/cedar/type_int.h"

static void check(ced_typing *t, const ced_typed *x);

static const wr_span nowhere = {0, 0};

static wr_span place(const ced_typed *x) { return x->from ? x->from->at : nowhere; }

static uint32_t literal_followed(ced_typing *t, const ced_typed *x) {
    const ced_uid *u = x->op == CED_ENTITY ? x->from->u.uid : NULL;
    if (!u || !ced_uid_same(u, t->env.action->uid))
        ced_fault_typed(t, WR_D_P0409, place(x), (wr_str){0},
                        "entity literals cannot be dereferenced at any level");
    return 0;
}

// Attributes taken of x by what stands around it, the next one first.
typedef struct taken {
    wr_str name;
    const struct taken *next;
} taken;

static uint32_t depth_of(ced_typing *t, const ced_typed *x, const taken *path);

static uint32_t depth_of_record(ced_typing *t, const ced_typed *x, const taken *path) {
    uint32_t at = 0;
    for (uint32_t i = 0; i < x->n; i++) {
        if (path && wr_eq(x->from->u.keys[i], path->name)) at = depth_of(t, x->v[i], path->next);
        else check(t, x->v[i]);
    }
    return at;
}

// How many entities have been followed to get to the entity x.
static uint32_t depth_of(ced_typing *t, const ced_typed *x, const taken *path) {
    if (!ced_step(t, 1)) return 0;
    if (x->op == CED_ENTITY || x->op == CED_SLOT) return literal_followed(t, x);
    if (x->op == CED_IF) {
        check(t, x->v[0]);
        uint32_t a = depth_of(t, x->v[1], path), b = depth_of(t, x->v[2], path);
        return a > b ? a : b;
    }
    if (x->op == CED_GET) {
        const taken here = {x->from->u.s, path};
        const ced_type *of = x->v[0]->type;
        if (of && of->kind == CED_T_RECORD) return depth_of(t, x->v[0], &here);
        return depth_of(t, x->v[0], path) + 1;
    }
    if (x->op == CED_CALL && x->from->fn == CED_F_GET_TAG) {
        uint32_t d = depth_of(t, x->v[0], path);
        check(t, x->v[1]);
        return d + 1;
    }
    if (x->op == CED_RECORD) return depth_of_record(t, x, path);
    return 0; // a variable
}

static void followed(ced_typing *t, const ced_typed *x) { // x's first operand is
    uint32_t d = depth_of(t, x->v[0], NULL);
    if (d < t->level) return;
    ced_fault_typed(t, WR_D_P0409, place(x),
                    WR_S("allow a higher level, or put what the policy needs nearer: into the "
                         "context, or into an attribute of principal or resource"),
                    "this policy requires level %u, which exceeds the maximum allowed level (%u)",
                    d + 1, t->level);
}

// a has b.c with entities on the way: each is followed in turn.
static void check_has(ced_typing *t, const ced_typed *x) {
    const ced_type *at = x->v[0]->type;
    uint32_t d = 0, more = 0;
    bool entity = at && at->kind == CED_T_ENTITY;
    if (entity || x->from->u.path.n > 1) d = depth_of(t, x->v[0], NULL);
    if (!entity) check(t, x->v[0]);
    for (uint32_t i = 0; at && i < x->from->u.path.n; i++) {
        more += at->kind == CED_T_ENTITY;
        at = ced_attr_of(t, at, x->from->u.path.v[i]).type;
    }
    if (more && d + more > t->level)
        ced_fault_typed(t, WR_D_P0409, place(x), (wr_str){0},
                        "this policy requires level %u, which exceeds the maximum allowed level "
                        "(%u)",
                        d + more, t->level);
}

static bool follows(const ced_typed *x) {
    if (x->op == CED_IN) return true;
    if (x->op == CED_CALL) return x->from->fn == CED_F_GET_TAG || x->from->fn == CED_F_HAS_TAG;
    return x->op == CED_GET && x->v[0]->type && x->v[0]->type->kind == CED_T_ENTITY;
}

static void check(ced_typing *t, const ced_typed *x) {
    if (!ced_step(t, 1)) return;
    if (x->op == CED_HAS) {
        check_has(t, x);
        return;
    }
    bool f = follows(x);
    if (f) followed(t, x);
    for (uint32_t i = f; i < x->n; i++) check(t, x->v[i]);
}

void ced_check_level(ced_typing *t, const ced_typed *x) { check(t, x); }
