// SPDX-License-Identifier: Apache-2.0
// explain: the story of a decision: every statement that named the action with what each of its
// tests said, sentences in the order of evaluation, the Allow that came closest, the facts needed.
// Invariant: the story's result is wr_iam_decide's; matches are ordered by layer, level, place.
// Rules: docs/guide/iam-decisions.md, "Order of decision".

#include "lang/iam/explain_int.h"

typedef struct teller {
    wr_iam_eval *e;
    const wr_iam_stack *st;
    const wr_iam_request *r;
    wr_arena *a;
    wr_iam_story *story;
    iam_case c;
    bool oom;
} teller;

// ---------------------------------------------------------------------------------- matches

static bool is_before(const iam_ref *a, const iam_ref *b) {
    if (a->layer != b->layer) return a->layer < b->layer;
    if (a->level != b->level) return a->level < b->level;
    if (a->place != b->place) return a->place < b->place;
    return a->st->index < b->st->index;
}

static void add_match(teller *t, const iam_ref *ref) {
    iam_tests tests;
    (void)iam_test(ref, t->st, t->r, &tests);
    wr_iam_match m = {.stmt = ref->st,
                      .layer = (wr_iam_layer)ref->layer,
                      .level = ref->level,
                      .action = WR_YES,
                      .principal = tests.principal,
                      .resource = tests.resource,
                      .conds = tests.conds,
                      .failed = tests.failed};
    if (!WR_PUSH(t->a, &t->story->matches, m)) t->oom = true;
}

// Denies come before Allows in a walk: two walks, one for each, are merged.
static void add_matches(teller *t) {
    iam_walk deny, allow;
    uint32_t d = 0, p = 0;
    iam_walk_cached(&deny, t->e->cache, t->st, t->r);
    iam_walk_cached(&allow, t->e->cache, t->st, t->r);
    bool more_deny = iam_walk_next(&deny, &d) && d < t->st->n_deny;
    bool more_allow = iam_walk_next(&allow, &p);
    while (more_allow && p < t->st->n_deny) more_allow = iam_walk_next(&allow, &p);
    while (more_deny || more_allow) {
        if (more_deny && (!more_allow || is_before(&t->st->refs[d], &t->st->refs[p]))) {
            add_match(t, &t->st->refs[d]);
            more_deny = iam_walk_next(&deny, &d) && d < t->st->n_deny;
        } else {
            add_match(t, &t->st->refs[p]);
            more_allow = iam_walk_next(&allow, &p);
        }
    }
}

static wr_tri value_of(const wr_iam_match *m) {
    return wr_tri_and(m->principal, wr_tri_and(m->resource, m->conds));
}

static bool binds(const teller *t, const wr_iam_match *m) {
    if (m->layer == WR_IAM_L_SCP) return t->c.scp != WR_NO;
    return m->layer != WR_IAM_L_RCP || t->c.rcp != WR_NO;
}

// Does a layer's Allow with this value come before m?
static bool is_first(const wr_iam_story *s, uint32_t i) {
    const wr_iam_match *m = &s->matches.v[i];
    while (i-- > 0) {
        const wr_iam_match *o = &s->matches.v[i];
        if (o->layer != m->layer || o->level != m->level) return true;
        if (!o->stmt->deny && value_of(o) == WR_YES) return false;
    }
    return true;
}

static void mark_decisive(teller *t) {
    wr_iam_story *s = t->story;
    const wr_iam_result *res = &s->result;
    if (res->layer == WR_IAM_L_RULE || res->outcome == WR_FAULT) return;
    for (uint32_t i = 0; i < s->matches.n; i++) {
        wr_iam_match *m = &s->matches.v[i];
        wr_tri v = binds(t, m) ? value_of(m) : WR_NO;
        if (res->outcome == WR_DENY) m->decisive = m->stmt->deny && v == WR_YES;
        if (res->outcome == WR_UNKNOWN) m->decisive = v == WR_MAYBE;
        if (res->outcome != WR_ALLOW || m->stmt->deny || v != WR_YES) continue;
        m->decisive = m->layer == res->layer ? m->stmt == res->stmt : is_first(s, i);
    }
}

// ---------------------------------------------------------------------------------- sentences

static void end_step(teller *t, iam_words *w) {
    wr_str s = iam_words_end(w, t->a);
    if (s.p == NULL || !WR_PUSH(t->a, &t->story->steps, s)) t->oom = true;
}

static void step(teller *t, const char *text) {
    iam_words w;
    w.n = 0;
    w.cut = false;
    iam_putz(&w, text);
    end_step(t, &w);
}

static uint32_t levels_of(const teller *t, wr_iam_layer l) {
    if (l == WR_IAM_L_SCP) return t->st->layers.n_scps;
    return l == WR_IAM_L_RCP ? t->st->layers.n_rcps : 1;
}

static void put_layer(const teller *t, iam_words *w, wr_iam_layer l, uint32_t level) {
    w->n = 0;
    w->cut = false;
    iam_putz(w, wr_iam_layer_name(l));
    if (l == WR_IAM_L_SCP || l == WR_IAM_L_RCP) {
        iam_putz(w, " level ");
        iam_put_n(w, level + 1);
        iam_putz(w, " of ");
        iam_put_n(w, levels_of(t, l));
    }
    iam_putz(w, ": ");
}

// The match of a layer and level that says the most, by effect; NULL: none names the action.
static const wr_iam_match *strongest(const teller *t, wr_iam_layer l, uint32_t level, bool deny) {
    const wr_iam_match *best = NULL;
    for (uint32_t i = 0; i < t->story->matches.n; i++) {
        const wr_iam_match *m = &t->story->matches.v[i];
        if (m->layer != l || m->level != level || m->stmt->deny != deny) continue;
        if (best == NULL || value_of(m) > value_of(best)) best = m;
    }
    return best;
}

static void put_maybe(const teller *t, iam_words *w, const wr_iam_match *m) {
    if (value_of(m) != WR_MAYBE) return;
    iam_putz(w, ": ");
    iam_put_match(w, m, t->r);
}

static void level_step(teller *t, wr_iam_layer l, uint32_t level, bool grants) {
    iam_words w;
    put_layer(t, &w, l, level);
    const wr_iam_match *deny = strongest(t, l, level, true);
    const wr_iam_match *allow = grants ? strongest(t, l, level, false) : NULL;
    if (deny && value_of(deny) != WR_NO) {
        iam_putz(&w, value_of(deny) == WR_YES ? "denied by " : "may be denied by ");
        iam_put_stmt(&w, deny->stmt);
        put_maybe(t, &w, deny);
        end_step(t, &w);
        if (value_of(deny) == WR_YES) return;
        put_layer(t, &w, l, level);
    }
    if (!grants) {
        if (deny && value_of(deny) == WR_MAYBE) return;
        iam_putz(&w, "no statement denies it");
    } else if (allow && value_of(allow) != WR_NO) {
        iam_putz(&w, value_of(allow) == WR_YES ? "allowed by " : "may be allowed by ");
        iam_put_stmt(&w, allow->stmt);
        put_maybe(t, &w, allow);
    } else {
        iam_putz(&w,
                 allow ? "no statement allows it" : "no statement that allows names the action");
    }
    end_step(t, &w);
}

static void organization_steps(teller *t) {
    if (t->st->layers.n_scps && t->c.scp == WR_NO) step(t, "SCPs do not bind this caller");
    for (uint32_t i = 0; t->c.scp != WR_NO && i < t->st->layers.n_scps; i++)
        level_step(t, WR_IAM_L_SCP, i, true);
    if (t->st->layers.n_rcps && t->c.rcp == WR_NO) step(t, "RCPs do not bind this request");
    for (uint32_t i = 0; t->c.rcp != WR_NO && i < t->st->layers.n_rcps; i++)
        level_step(t, WR_IAM_L_RCP, i, false);
}

static void rest_steps(teller *t) {
    const wr_iam_layers *l = &t->st->layers;
    if (l->has_endpoint) level_step(t, WR_IAM_L_ENDPOINT, 0, true);
    if (l->resource) level_step(t, WR_IAM_L_RESOURCE, 0, true);
    if (t->c.trust_missing)
        step(t, "resource policy: the role's trust policy was not given; it must allow this too");
    if (t->c.root) step(t, "identity policy: the root user of an account needs none");
    else if (!t->c.no_identity) level_step(t, WR_IAM_L_IDENTITY, 0, true);
    if (l->has_boundary) level_step(t, WR_IAM_L_BOUNDARY, 0, true);
    if (l->has_session) level_step(t, WR_IAM_L_SESSION, 0, true);
}

// ---------------------------------------------------------------------------------- the end

static unsigned nearness(const wr_iam_match *m) {
    return (m->principal != WR_NO) * 4u + (m->resource != WR_NO) * 2u + (m->conds != WR_NO);
}

// The Allow of the layer that decided which failed last; of a denied request, of any layer that
// grants.
static void closest_step(teller *t) {
    const wr_iam_result *res = &t->story->result;
    const wr_iam_match *best = NULL;
    bool all = res->outcome == WR_DENY || res->layer == WR_IAM_L_RULE;
    for (uint32_t i = 0; i < t->story->matches.n; i++) {
        const wr_iam_match *m = &t->story->matches.v[i];
        bool grants = m->layer == WR_IAM_L_IDENTITY || m->layer == WR_IAM_L_RESOURCE;
        if (m->stmt->deny) continue;
        if (value_of(m) == WR_YES) {
            if (all && grants) return; // not only close
            continue;
        }
        if (all ? !grants : m->layer != res->layer) continue;
        if (m->layer == WR_IAM_L_SCP && m->level != res->level) continue;
        if (best == NULL || nearness(m) > nearness(best)) best = m;
    }
    if (best == NULL) return;
    iam_words w;
    w.n = 0;
    w.cut = false;
    iam_putz(&w, "closest Allow: ");
    iam_put_stmt(&w, best->stmt);
    iam_putz(&w, ": ");
    iam_put_match(&w, best, t->r);
    end_step(t, &w);
}

// Denies that can never be: whoever wrote them meant something else.
static void dead_steps(teller *t) {
    for (uint32_t i = 0; i < t->story->matches.n; i++) {
        const wr_iam_match *m = &t->story->matches.v[i];
        if (!m->stmt->deny || !m->failed || !wr_iam_cond_never(m->failed)) continue;
        iam_words w;
        w.n = 0;
        w.cut = false;
        iam_put_stmt(&w, m->stmt);
        iam_putz(&w, " never denies: ");
        iam_put_match(&w, m, t->r);
        end_step(t, &w);
    }
}

static void fault_step(teller *t) {
    const wr_iam_result *res = &t->story->result;
    iam_words w;
    put_layer(t, &w, res->layer, res->level);
    iam_put(&w, res->broken->name);
    iam_putz(&w, " cannot be judged: ");
    iam_put(&w, res->broken->error);
    end_step(t, &w);
}

static bool is_certain_deny(const teller *t) { return t->story->result.outcome == WR_DENY; }

static void tell(teller *t) {
    const wr_iam_result *res = &t->story->result;
    if (res->broken) fault_step(t);
    if (res->outcome == WR_FAULT) return;
    if (t->c.always == WR_IAM_R_NONE) {
        organization_steps(t);
        rest_steps(t);
    }
    if (res->rule != WR_IAM_R_NONE && res->rule != WR_IAM_R_NO_ALLOW)
        step(t, wr_iam_rule_text(res->rule));
    if (is_certain_deny(t) || res->outcome == WR_IMPLICIT_DENY) closest_step(t);
    dead_steps(t);
}

static void add_needed(teller *t) {
    const wr_iam_need *n = wr_iam_needed(t->e);
    wr_iam_story *s = t->story;
    bool ok = true;
    for (uint32_t i = 0; i < n->n_words; i++)
        for (uint64_t bits = n->keys[i]; bits; bits &= bits - 1) {
            uint32_t key = i * 64 + (uint32_t)__builtin_ctzll(bits);
            ok = ok && WR_PUSH(t->a, &s->needed, iam_key_words(t->st->set, key));
        }
    if (n->resource) ok = ok && WR_PUSH(t->a, &s->needed, WR_S("resource"));
    if (n->canonical_id)
        ok = ok && WR_PUSH(t->a, &s->needed, WR_S("canonical user id of the caller's account"));
    t->oom = t->oom || !ok;
    for (uint32_t i = 1; i < s->needed.n; i++)
        for (uint32_t k = i; k > 0 && wr_cmp(s->needed.v[k], s->needed.v[k - 1]) < 0; k--) {
            wr_str x = s->needed.v[k];
            s->needed.v[k] = s->needed.v[k - 1];
            s->needed.v[k - 1] = x;
        }
}

wr_rc wr_iam_explain(wr_iam_eval *e, const wr_iam_stack *st, const wr_iam_request *r, wr_arena *a,
                     wr_iam_story *out) {
    teller t = {.e = e, .st = st, .r = r, .a = a, .story = out};
    *out = (wr_iam_story){0};
    wr_iam_decide(e, st, r, &out->result);
    iam_case_of(st, r, &t.c);
    add_matches(&t);
    mark_decisive(&t);
    tell(&t);
    if (out->result.outcome == WR_UNKNOWN) add_needed(&t);
    return t.oom ? WR_NOMEM : WR_OK;
}
