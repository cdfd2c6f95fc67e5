// SPDX-License-Identifier: Apache-2.0
// slice: the entities that policies valid at a level can ask for (RFC 76): breadth first from the
// request, one step a level, through records, attributes and tags; what sets hold is not followed,
// for no policy can get at it. What is kept is kept whole, its ancestors by name, so that a slice
// decides as the store does.

#include "lang/cedar/cedar_int.h"

typedef struct walk {
    const wr_cedar_store *s;
    wr_arena *a;
    bool *keep;
    WR_VEC(uint32_t) next; // places reached, kept already
    uint32_t kept;
    bool missing, oom;
} walk;

static void reach(walk *w, const ced_uid *u) {
    if (!u || u->at >= w->s->v.n || !w->s->v.v[u->at].there) {
        w->missing = true;
        return;
    }
    if (w->keep[u->at]) return;
    w->keep[u->at] = true;
    w->kept++;
    if (!WR_PUSH(w->a, &w->next, u->at)) w->oom = true;
}

// Data is at most WR_CEDAR_DEPTH deep.
static void follow(walk *w, const ced_val *v) {
    if (v->kind == CED_V_ENTITY)
        reach(w, v->of_store ? v->u.uid : ced_uid_find(w->s->uids, v->u.uid->type, v->u.uid->id));
    if (v->kind != CED_V_RECORD) return;
    for (uint32_t i = 0; i < v->n; i++) follow(w, &v->u.rec[i].v);
}

static void reach_name(walk *w, wr_cedar_uid u) {
    reach(w, ced_uid_find(w->s->uids, u.type, u.id));
}

wr_rc wr_cedar_slice_at(wr_ctx *c, const wr_cedar_store *s, const wr_cedar_request *r,
                        uint32_t level, wr_cedar_slice *out) {
    walk w = {.s = s, .a = &c->arena, .keep = WR_NEW_N(&c->arena, bool, s->v.n ? s->v.n : 1)};
    if (!w.keep) return WR_NOMEM;
    for (uint32_t from = 0, k = 0; k < level; k++) {
        uint32_t end = w.next.n;
        if (k == 0) {
            reach_name(&w, r->principal);
            reach_name(&w, r->action);
            reach_name(&w, r->resource);
            if (r->context) follow(&w, r->context);
        }
        for (; from < end; from++) {
            const ced_entity *e = &s->v.v[w.next.v[from]];
            follow(&w, &e->attrs);
            follow(&w, &e->tags);
        }
        if (w.oom) return WR_NOMEM;
        if (k && from == w.next.n) break; // nothing new
    }
    *out = (wr_cedar_slice){w.keep, s->v.n, w.kept, !w.missing};
    return WR_OK;
}
