// SPDX-License-Identifier: Apache-2.0
// decide: Cedar's authorizer: a policy whose scope and conditions hold is satisfied; any satisfied
// forbid denies, else any satisfied permit allows, else the answer is deny. A policy that cannot be
// evaluated is skipped and named; fail_closed makes such a forbid deny.
//
// Always true: once an evaluator has answered a request, it answers those like it without asking
// the system for memory.

#include "lang/cedar/eval_int.h"

struct wr_cedar_eval {
    const wr_cedar_bound *b;
    wr_arena scratch; // of one policy
    wr_arena texts;   // of the errors of one answer
    wr_mark no_texts;
    uint32_t *picked;
    const ced_policy **permits, **forbids;
    wr_cedar_error *errors;
};

wr_cedar_eval *wr_cedar_eval_new(wr_ctx *c, const wr_cedar_bound *b) {
    wr_cedar_eval *e = WR_NEW(&c->arena, wr_cedar_eval);
    if (e == NULL) return NULL;
    size_t n = b->n + 1, names = 0;
    for (uint32_t i = 0; i < b->n; i++)
        for (unsigned k = 0; k < 3; k++) names += b->v[i].scope[k].n;
    e->b = b;
    e->picked = WR_NEW_N(&c->arena, uint32_t, n + names);
    e->permits = WR_NEW_N(&c->arena, const ced_policy *, n);
    e->forbids = WR_NEW_N(&c->arena, const ced_policy *, n);
    e->errors = WR_NEW_N(&c->arena, wr_cedar_error, n);
    wr_arena_init(&e->scratch, 0);
    wr_arena_init(&e->texts, 0);
    // The first block of each stays over rewinds.
    bool ready = wr_alloc(&e->scratch, 1) && wr_alloc(&e->texts, 1);
    e->no_texts = wr_arena_mark(&e->texts);
    return c->arena.oom || !ready ? NULL : e;
}

void wr_cedar_eval_free(wr_cedar_eval *e) {
    if (e == NULL) return;
    wr_arena_fini(&e->scratch);
    wr_arena_fini(&e->texts);
}

static bool scope_holds(const ced_run *r, const ced_scope *s, const ced_val *v) {
    bool is = s->op == CED_S_IS || s->op == CED_S_IS_IN;
    if (is && !wr_eq(v->u.uid->type, s->type)) return false;
    if (s->op == CED_S_ALL || s->op == CED_S_IS) return true;
    for (uint32_t i = 0; i < s->n; i++) {
        if (ced_uid_same(v->u.uid, s->v[i])) return true;
        if (s->op == CED_S_EQ || !v->of_store) continue;
        uint32_t at = s->v[i]->at;
        if (at < r->store->v.n && r->store->v.v[at].uid == s->v[i] &&
            ced_is_under(r->store, v->u.uid->at, at))
            return true;
    }
    return false;
}

typedef enum verdict { NO, YES, FAULT } verdict;

static verdict satisfied(ced_run *r, const ced_code *c) {
    if (!scope_holds(r, &c->scope[0], &r->principal) || !scope_holds(r, &c->scope[1], &r->action) ||
        !scope_holds(r, &c->scope[2], &r->resource))
        return NO;
    for (uint32_t i = 0; i < c->n_conditions; i++) {
        ced_val v;
        if (!ced_eval(r, c->conditions[i], &v)) return FAULT;
        if (v.kind != CED_V_BOOL) {
            (void)ced_type_error(r, c->conditions[i], "bool", &v);
            return FAULT;
        }
        if (v.u.b == c->unless[i]) return NO;
    }
    return YES;
}

static wr_str message(wr_cedar_eval *e, const ced_error *error) {
    wr_buf b;
    wr_buf_init(&b, 0);
    ced_error_say(&b, error);
    return wr_buf_keep(&b, &e->texts);
}

ced_val ced_subject(const wr_cedar_store *s, wr_cedar_uid u, ced_uid *own) {
    const ced_uid *hit = ced_uid_find(s->uids, u.type, u.id);
    if (hit == NULL)
        *own = (ced_uid){u.type, u.id, ced_uid_hash(s->uids, u.type, u.id), UINT32_MAX};
    return (ced_val){.kind = CED_V_ENTITY, .of_store = hit != NULL, .u.uid = hit ? hit : own};
}

wr_rc wr_cedar_decide(wr_cedar_eval *e, const wr_cedar_request *q, const wr_cedar_decide_opts *o,
                      wr_cedar_answer *out) {
    const wr_cedar_store *s = e->b->store;
    ced_uid own[3];
    ced_run r = {.store = s, .scratch = &e->scratch};
    r.principal = ced_subject(s, q->principal, &own[0]);
    r.action = ced_subject(s, q->action, &own[1]);
    r.resource = ced_subject(s, q->resource, &own[2]);
    r.context = q->context ? *q->context : (ced_val){.kind = CED_V_RECORD};
    wr_mark scratch = wr_arena_mark(&e->scratch);
    wr_arena_rewind(&e->texts, e->no_texts);
    uint32_t n = ced_index_pick(e->b->index, &r, e->picked);
    uint32_t n_permits = 0, n_forbids = 0, n_errors = 0;
    bool closed = false;
    for (uint32_t i = 0; i < n; i++) {
        const ced_code *c = &e->b->v[e->picked[i]];
        const ced_policy *p = c->policy, *body = p->of ? p->of : p;
        verdict v = satisfied(&r, c);
        if (v == YES && body->permit) e->permits[n_permits++] = p;
        if (v == YES && !body->permit) e->forbids[n_forbids++] = p;
        if (v == FAULT) {
            if (r.error.why == CED_E_MEMORY) return WR_NOMEM;
            closed = closed || (o->fail_closed && !body->permit);
            wr_span at = r.error.node ? r.error.node->from->at : (wr_span){0, 0};
            wr_str text = o->messages ? message(e, &r.error) : WR_S("");
            e->errors[n_errors++] = (wr_cedar_error){p, text, body->src, at};
        }
        wr_arena_rewind(&e->scratch, scratch);
    }
    bool deny = n_forbids > 0 || closed;
    *out = (wr_cedar_answer){.allow = !deny && n_permits > 0, .errors = e->errors};
    out->n_errors = n_errors;
    out->reasons = n_forbids ? e->forbids : e->permits;
    out->n_reasons = n_forbids ? n_forbids : deny ? 0 : n_permits;
    return e->texts.oom || e->scratch.oom ? WR_NOMEM : WR_OK;
}
