// SPDX-License-Identifier: Apache-2.0
// explain: why a decision was made: for each policy, how far its scope and conditions held, the
// first condition that did not, and the values that condition read. Nothing here decides: it
// evaluates anew what decide.c evaluates, in the same order, and says more.
//
// Always true: a policy that decides is listed with all that held; the permits that did not hold
// are in order of how near they came (fewest parts that did not hold, then the order of the set).

#include "lang/cedar/eval_int.h"

#include <stdlib.h>

typedef struct teller {
    wr_arena *a;
    ced_run *r;
    WR_VEC(wr_cedar_seen) seen;
    uint32_t depth;
} teller;

static wr_str text_of(const ced_policy *p, wr_span at) {
    const ced_policy *body = p->of ? p->of : p;
    if (body->src == NULL || at.end <= at.beg) return (wr_str){0};
    return wr_sub(body->src->text, at.beg, at.end);
}

static bool is_variable(uint8_t op) {
    return op == CED_PRINCIPAL || op == CED_ACTION || op == CED_RESOURCE || op == CED_CONTEXT;
}

// principal, principal.a.b, context["x"], resource.getTag("k"): what people look at.
static bool is_path(const ced_node *n) {
    while (n->op == CED_GET || (n->op == CED_CALL && n->fn == CED_F_GET_TAG)) n = n->v[0];
    return is_variable(n->op);
}

static void look(teller *t, const ced_policy *p, const ced_node *n) {
    enum { MOST = 16 }; // values shown of a condition
    if (t->seen.n >= MOST || t->depth >= WR_CEDAR_DEPTH || n->op == CED_BOOL) return;
    if (!is_path(n)) {
        t->depth++;
        for (uint32_t i = 0; i < n->n; i++) look(t, p, n->v[i]);
        t->depth--;
        return;
    }
    wr_cedar_seen s = {.text = text_of(p, n->from->at)};
    for (uint32_t i = 0; i < t->seen.n; i++)
        if (wr_eq(t->seen.v[i].text, s.text)) return;
    ced_val v;
    wr_buf b;
    wr_buf_init(&b, 4096);
    s.ok = ced_eval(t->r, n, &v);
    if (s.ok) ced_put_val(&b, &v);
    else ced_error_say(&b, &t->r->error);
    if (b.rc != WR_OK) wr_buf_init(&b, 0);
    s.value = wr_buf_keep(&b, t->a);
    if (s.text.n) (void)WR_PUSH(t->a, &t->seen, s);
}

static bool scope_holds(const ced_run *r, const ced_scope *s, const ced_val *v) {
    bool is = s->op == CED_S_IS || s->op == CED_S_IS_IN;
    if (is && !wr_eq(v->u.uid->type, s->type)) return false;
    if (s->op == CED_S_ALL || s->op == CED_S_IS) return true;
    for (uint32_t i = 0; i < s->n; i++) {
        ced_val to = ced_entity_val(r->store, s->v[i]);
        if (s->op == CED_S_EQ ? ced_val_eq(v, &to) : ced_in(r->store, v, &to)) return true;
    }
    return false;
}

static void conditions(teller *t, const ced_code *c, wr_cedar_told *out) {
    const ced_policy *p = c->policy, *body = p->of ? p->of : p;
    for (uint32_t i = 0; i < c->n_conditions; i++) {
        ced_val v;
        bool ok = ced_eval(t->r, c->conditions[i], &v);
        if (ok && v.kind != CED_V_BOOL) ok = ced_type_error(t->r, c->conditions[i], "bool", &v);
        if (ok && v.u.b != c->unless[i]) continue;
        out->missed++;
        if (out->has_condition) continue;
        out->has_condition = true;
        out->failed = !ok;
        out->at = body->conditions[i].at;
        if (!ok) {
            wr_buf b;
            wr_buf_init(&b, 0);
            ced_error_say(&b, &t->r->error);
            out->error = wr_buf_keep(&b, t->a);
        }
        look(t, p, c->conditions[i]);
    }
    if (out->missed == 0)
        for (uint32_t i = 0; i < c->n_conditions; i++) look(t, p, c->conditions[i]);
}

static void tell(teller *t, const ced_code *c, wr_cedar_told *out) {
    const ced_policy *p = c->policy;
    const ced_val *v[3] = {&t->r->principal, &t->r->action, &t->r->resource};
    *out = (wr_cedar_told){.policy = p, .src = (p->of ? p->of : p)->src};
    memset(&t->seen, 0, sizeof t->seen);
    for (unsigned i = 0; i < 3; i++)
        if (!scope_holds(t->r, &c->scope[i], v[i])) {
            out->scope[i] = true;
            out->missed++;
        }
    bool in_scope = out->missed == 0;
    conditions(t, c, out);
    out->holds = out->missed == 0;
    out->failed = out->failed && in_scope;
    out->seen = t->seen.v;
    out->n_seen = t->seen.n;
}

static int nearer(const void *a, const void *b) {
    const wr_cedar_told *x = a, *y = b;
    if (x->missed != y->missed) return x->missed < y->missed ? -1 : 1;
    return (x->policy->index > y->policy->index) - (x->policy->index < y->policy->index);
}

wr_rc wr_cedar_explain(wr_ctx *c, const wr_cedar_bound *b, const wr_cedar_request *q,
                       wr_cedar_story *out) {
    ced_uid own[3];
    ced_run r = {.store = b->store, .scratch = &c->arena};
    r.principal = ced_subject(b->store, q->principal, &own[0]);
    r.action = ced_subject(b->store, q->action, &own[1]);
    r.resource = ced_subject(b->store, q->resource, &own[2]);
    r.context = q->context ? *q->context : (ced_val){.kind = CED_V_RECORD};
    wr_cedar_told *v = WR_NEW_N(&c->arena, wr_cedar_told, b->n + 1);
    if (v == NULL) return WR_NOMEM;
    teller t = {.a = &c->arena, .r = &r};
    for (uint32_t i = 0; i < b->n; i++) tell(&t, &b->v[i], &v[i]);
    if (b->n > 1) qsort(v, b->n, sizeof *v, nearer);
    *out = (wr_cedar_story){v, b->n};
    return c->arena.oom ? WR_NOMEM : WR_OK;
}
