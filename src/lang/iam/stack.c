// SPDX-License-Identifier: Apache-2.0
// stack: what applies to requests, compiled: statements in the order they are looked at and an
// index from actions to them.
// Invariant: see decide_int.h; lists given are copied, policies are not.

#include "lang/iam/decide_int.h"

static bool copy_list(wr_arena *a, wr_iam_list *l) {
    const wr_iam_policy **v = WR_NEW_N(a, const wr_iam_policy *, l->n + 1u);
    if (v == NULL) return false;
    for (uint32_t i = 0; i < l->n; i++) v[i] = l->v[i];
    l->v = v;
    return true;
}

static bool copy_levels(wr_arena *a, const wr_iam_list **levels, uint32_t n) {
    wr_iam_list *v = WR_NEW_N(a, wr_iam_list, n + 1u);
    if (v == NULL) return false;
    for (uint32_t i = 0; i < n; i++) {
        v[i] = (*levels)[i];
        if (!copy_list(a, &v[i])) return false;
    }
    *levels = v;
    return true;
}

static bool copy_grants(wr_arena *a, wr_iam_layers *l) {
    wr_iam_grant *g = WR_NEW_N(a, wr_iam_grant, l->n_grants + 1u);
    if (g == NULL) return false;
    for (uint32_t i = 0; i < l->n_grants; i++) {
        g[i] = l->grants[i];
        wr_str *op = WR_NEW_N(a, wr_str, g[i].n_operations + 1u);
        if (op == NULL) return false;
        for (uint32_t k = 0; k < g[i].n_operations; k++) op[k] = g[i].operations[k];
        g[i].operations = op;
    }
    l->grants = g;
    return true;
}

static bool copy_layers(wr_arena *a, wr_iam_layers *l) {
    if (!l->has_boundary) l->boundary = (wr_iam_list){0};
    if (!l->has_session) l->session = (wr_iam_list){0};
    if (!l->has_endpoint) l->endpoint = (wr_iam_list){0};
    if (!l->has_resource) l->resource = NULL;
    return copy_list(a, &l->identity) && copy_list(a, &l->boundary) && copy_list(a, &l->session) &&
           copy_list(a, &l->endpoint) && copy_levels(a, &l->scps, l->n_scps) &&
           copy_levels(a, &l->rcps, l->n_rcps) && copy_grants(a, l);
}

// ---------------------------------------------------------------------------------- refs

typedef struct builder {
    wr_iam_stack *st;
    iam_ref *refs; // NULL: only count
    uint32_t n;
    bool deny; // which effect is being taken
} builder;

// Is the action all that the statement asks for?
static bool is_sure(const wr_iam_stmt *s, wr_iam_layer layer) {
    if (layer == WR_IAM_L_RESOURCE || layer == WR_IAM_L_ENDPOINT || layer == WR_IAM_L_RCP)
        return false; // names principals
    if (s->n_conds || s->not_resource || !s->has_resource) return false;
    for (uint32_t i = 0; i < s->resources.n; i++)
        if (s->resources.v[i].flags & WR_IAM_P_ALL) return true;
    return false;
}

static uint16_t clip(uint32_t n) { return (uint16_t)(n > UINT16_MAX ? UINT16_MAX : n); }

static void take_policy(builder *b, const wr_iam_policy *p, wr_iam_layer layer, uint32_t level,
                        uint32_t place) {
    if (p->broken) {
        if (b->st->broken[layer] == NULL) {
            b->st->broken[layer] = p;
            b->st->broken_level[layer] = clip(level);
            b->st->any_broken = true;
        }
        return;
    }
    for (uint32_t i = 0; i < p->n_stmts; i++) {
        const wr_iam_stmt *s = &p->stmts[i];
        if (s->deny != b->deny || (layer == WR_IAM_L_RCP && !s->deny)) continue;
        if (b->refs)
            b->refs[b->n] =
                (iam_ref){s, clip(level), clip(place), (uint8_t)layer, is_sure(s, layer)};
        b->n++;
    }
}

static void take_list(builder *b, wr_iam_list l, wr_iam_layer layer, uint32_t level) {
    for (uint32_t i = 0; i < l.n; i++) take_policy(b, l.v[i], layer, level, i);
}

static void take_all(builder *b, bool deny) {
    const wr_iam_layers *l = &b->st->layers;
    b->deny = deny;
    for (uint32_t i = 0; i < l->n_scps; i++) take_list(b, l->scps[i], WR_IAM_L_SCP, i);
    for (uint32_t i = 0; i < l->n_rcps; i++) take_list(b, l->rcps[i], WR_IAM_L_RCP, i);
    take_list(b, l->endpoint, WR_IAM_L_ENDPOINT, 0);
    if (l->resource) take_policy(b, l->resource, WR_IAM_L_RESOURCE, 0, 0);
    take_list(b, l->identity, WR_IAM_L_IDENTITY, 0);
    take_list(b, l->boundary, WR_IAM_L_BOUNDARY, 0);
    take_list(b, l->session, WR_IAM_L_SESSION, 0);
}

static uint64_t serial_of(const wr_iam_stack *st) {
    uint64_t h = st->set->keys.seed;
    for (uint32_t i = 0; i < st->n_refs; i++) {
        const iam_ref *r = &st->refs[i];
        uint64_t words[2] = {(uint64_t)(uintptr_t)r->st, (uint64_t)r->level << 8 | r->layer};
        h = wr_hash(wr_strn((const char *)words, sizeof words), h);
    }
    return h;
}

wr_iam_stack *wr_iam_stack_new(wr_arena *a, const wr_iam_set *s, const wr_iam_layers *l) {
    WR_ASSERT(s->frozen && l->n_scps < UINT16_MAX && l->n_rcps < UINT16_MAX);
    wr_iam_stack *st = WR_NEW(a, wr_iam_stack);
    if (st == NULL) return NULL;
    st->set = s;
    st->layers = *l;
    if (!copy_layers(a, &st->layers)) return NULL;
    builder b = {.st = st};
    take_all(&b, true);
    st->n_deny = b.n;
    take_all(&b, false);
    st->n_refs = b.n;
    iam_ref *refs = WR_NEW_N(a, iam_ref, b.n + 1u);
    if (refs == NULL) return NULL;
    b.refs = refs;
    b.n = 0;
    take_all(&b, true);
    take_all(&b, false);
    st->refs = refs;
    st->serial = serial_of(st);
    st->public_policy = st->layers.resource && iam_policy_public(st->layers.resource);
    return iam_index_build(st, a) ? st : NULL;
}
