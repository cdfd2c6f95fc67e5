// SPDX-License-Identifier: Apache-2.0
// decide: one request over one stack. Every test is three-valued; what the missing facts leave
// open is a set of outcomes, and the outcome is certain only when the set has one member.
// Invariant: Kleene's logic: whatever the missing facts turn out to be, the outcome then is in
// `possible`. Nothing here allocates.
// Rules: IAM User Guide, "Policy evaluation logic" and its pages on cross-account requests,
// session policies and permissions boundaries; order and choices: docs/guide/iam-decisions.md.

#include "lang/iam/decide_int.h"

// ---------------------------------------------------------------------------------- statements

// Does the statement mean the caller? Only in layers that name principals.
static wr_tri test_principal(const iam_ref *ref, const wr_iam_stack *st, const wr_iam_request *r,
                             iam_names *how) {
    const wr_iam_stmt *s = ref->st;
    *how = IAM_NAMES_NOBODY;
    if (ref->layer != WR_IAM_L_RESOURCE && ref->layer != WR_IAM_L_ENDPOINT &&
        ref->layer != WR_IAM_L_RCP)
        return WR_YES;
    if (!s->has_principal) return s->deny && ref->layer != WR_IAM_L_RESOURCE ? WR_YES : WR_NO;
    if (s->not_principal && s->deny)
        return iam_principal_excluded(s, r, st && st->layers.has_boundary) ? WR_NO : WR_YES;
    *how = iam_principal_named(s, r);
    bool named = *how != IAM_NAMES_NOBODY;
    if (!named && s->not_principal) return WR_NO;
    if (named == s->not_principal && iam_principal_maybe(s, r)) {
        if (!named) *how = IAM_NAMES_ACCOUNT;
        return WR_MAYBE;
    }
    return named ? WR_YES : WR_NO;
}

wr_tri iam_test(const iam_ref *ref, const wr_iam_stack *st, const wr_iam_request *r, iam_tests *t) {
    t->failed = NULL;
    if (ref->sure) {
        t->principal = t->resource = t->conds = WR_YES;
        t->how = IAM_NAMES_NOBODY;
        return WR_YES;
    }
    t->resource = t->conds = WR_NO;
    t->principal = test_principal(ref, st, r, &t->how);
    if (t->principal == WR_NO) return WR_NO;
    t->resource = wr_iam_match_resource(ref->st, r, NULL);
    if (t->resource == WR_NO) return WR_NO;
    t->conds = ref->st->n_conds ? wr_iam_match_conds(ref->st, r, NULL, &t->failed) : WR_YES;
    return wr_tri_and(t->principal, wr_tri_and(t->resource, t->conds));
}

unsigned iam_group(const iam_ref *ref, iam_names how) {
    switch ((wr_iam_layer)ref->layer) {
    case WR_IAM_L_SCP: return IAM_G_SCP;
    case WR_IAM_L_ENDPOINT: return IAM_G_ENDPOINT;
    case WR_IAM_L_IDENTITY: return IAM_G_IDENTITY;
    case WR_IAM_L_BOUNDARY: return IAM_G_BOUNDARY;
    case WR_IAM_L_SESSION: return IAM_G_SESSION;
    default: return IAM_G_RESOURCE + (unsigned)how;
    }
}

// ---------------------------------------------------------------------------------- layers

static wr_tri binds(const iam_ref *ref, const iam_case *c) {
    if (ref->layer == WR_IAM_L_SCP) return c->scp;
    return ref->layer == WR_IAM_L_RCP ? c->rcp : WR_YES;
}

// The levels one after another: each must allow.
typedef struct scp_levels {
    wr_tri now; // of the level being read
    uint16_t level;
    const iam_ref *by;
    bool some; // an open level was met
} scp_levels;

static void level_end(iam_values *v, scp_levels *s) {
    if (s->now == WR_YES && s->level < 64) v->levels |= UINT64_C(1) << s->level;
    if (s->now < v->v[IAM_G_SCP]) {
        v->v[IAM_G_SCP] = s->now;
        v->level = s->level;
        v->by[IAM_G_SCP] = s->by;
    }
    s->level++;
    s->now = WR_NO;
    s->by = NULL;
}

static void take_allow(iam_values *v, scp_levels *s, const iam_ref *ref, wr_tri value,
                       iam_names how) {
    if (ref->layer == WR_IAM_L_SCP) {
        if (value > s->now) {
            s->now = value;
            s->by = ref;
        }
        return;
    }
    unsigned g = iam_group(ref, how);
    if (value <= v->v[g]) return;
    v->v[g] = value;
    v->by[g] = ref;
}

// Would this ref change nothing any more?
static bool is_settled(const iam_values *v, const scp_levels *s, const iam_ref *ref) {
    if (ref->layer == WR_IAM_L_SCP) return s->now == WR_YES;
    return v->v[iam_group(ref, IAM_NAMES_NOBODY)] == WR_YES;
}

static void start_values(const wr_iam_stack *st, const iam_case *c, iam_values *v) {
    memset(v, 0, sizeof *v);
    v->v[IAM_G_SCP] = WR_YES;
    v->v[IAM_G_ENDPOINT] = st->layers.has_endpoint ? WR_NO : WR_YES;
    v->v[IAM_G_BOUNDARY] = st->layers.has_boundary ? WR_NO : WR_YES;
    v->v[IAM_G_SESSION] = st->layers.has_session ? WR_NO : WR_YES;
    v->v[IAM_G_IDENTITY] = c->root ? WR_YES : WR_NO;
}

// What a resource policy allows changes nothing where the caller's own side suffices.
static bool is_idle(const wr_iam_stack *st, const iam_case *c, const iam_values *v) {
    return !st->layers.resource ||
           (c->same == WR_YES && !c->needs_policy && !c->no_identity &&
            v->v[IAM_G_IDENTITY] == WR_YES && v->v[IAM_G_BOUNDARY] == WR_YES &&
            v->v[IAM_G_SESSION] == WR_YES);
}

static void sum_resource(const wr_iam_stack *st, const wr_iam_request *r, iam_walk *w,
                         iam_values *v) {
    iam_tests t;
    for (uint32_t i; iam_walk_next(w, &i);) {
        const iam_ref *ref = &st->refs[i];
        if (i < st->n_deny || ref->layer != WR_IAM_L_RESOURCE) continue;
        wr_tri value = iam_test(ref, st, r, &t);
        take_allow(v, NULL, ref, value, t.how);
    }
}

// Stops at the first Deny that is certain: nothing else counts then. w is at its start.
static void sum(const wr_iam_stack *st, const wr_iam_request *r, const iam_case *c, iam_walk *w,
                iam_values *v) {
    scp_levels s = {0};
    start_values(st, c, v);
    iam_walk again = *w;
    iam_tests t;
    for (uint32_t i; iam_walk_next(w, &i);) {
        const iam_ref *ref = &st->refs[i];
        wr_tri bound = binds(ref, c);
        if (bound == WR_NO) continue;
        if (i < st->n_deny) {
            wr_tri value = wr_tri_and(bound, iam_test(ref, st, r, &t));
            if (value <= v->deny) continue;
            v->deny = value;
            v->deny_by = ref;
            if (value == WR_YES) return;
            continue;
        }
        if (ref->layer == WR_IAM_L_RESOURCE) continue;
        if (ref->layer == WR_IAM_L_SCP)
            while (s.level < ref->level) level_end(v, &s);
        if (is_settled(v, &s, ref)) continue;
        wr_tri value = iam_test(ref, st, r, &t);
        take_allow(v, &s, ref, value, t.how);
    }
    if (c->scp != WR_NO)
        while (s.level < st->layers.n_scps) level_end(v, &s);
    if (!is_idle(st, c, v)) sum_resource(st, r, &again, v);
}

// ---------------------------------------------------------------------------------- the order

// The resource's side and the caller's, for a resource of the caller's account or of another's.
static wr_tri granted(const iam_case *c, const wr_tri v[IAM_N_GROUPS], bool same) {
    const wr_tri *by = v + IAM_G_RESOURCE;
    wr_tri limits = wr_tri_and(v[IAM_G_BOUNDARY], v[IAM_G_SESSION]);
    wr_tri own = wr_tri_and(v[IAM_G_IDENTITY], limits);
    wr_tri direct = wr_tri_or(by[IAM_NAMES_USER], by[IAM_NAMES_SESSION]);
    direct = wr_tri_or(wr_tri_or(direct, by[IAM_NAMES_ANYONE]), c->grant);
    wr_tri limited = wr_tri_or(by[IAM_NAMES_ROLE], by[IAM_NAMES_PARENT]);
    if (c->public_closed && !same) return WR_NO;
    if (c->no_identity) return wr_tri_or(direct, limited);
    if (!same) return wr_tri_and(wr_tri_or(wr_tri_or(direct, limited), by[IAM_NAMES_ACCOUNT]), own);
    direct = wr_tri_or(direct, wr_tri_and(limited, limits));
    wr_tri delegated = c->needs_policy ? wr_tri_and(by[IAM_NAMES_ACCOUNT], own) : own;
    return wr_tri_or(direct, delegated);
}

wr_tri iam_allowed(const iam_case *c, const wr_tri v[IAM_N_GROUPS]) {
    if (c->never != WR_IAM_R_NONE) return WR_NO;
    wr_tri here = c->same == WR_NO ? WR_NO : granted(c, v, true);
    wr_tri there = c->same == WR_YES ? WR_NO : granted(c, v, false);
    wr_tri both = c->same == WR_YES ? here : there;
    if (c->same == WR_MAYBE) both = here == there ? here : WR_MAYBE;
    wr_tri scp = wr_tri_or(wr_tri_not(c->scp), v[IAM_G_SCP]);
    return wr_tri_and(wr_tri_and(scp, v[IAM_G_ENDPOINT]), both);
}

// ---------------------------------------------------------------------------------- faults

// The first layer with a policy that cannot be judged; *bound: does it surely apply?
static wr_iam_layer broken_layer(const wr_iam_stack *st, const iam_case *c, wr_tri *bound) {
    *bound = WR_NO;
    wr_iam_layer first = WR_IAM_L_NONE;
    if (!st->any_broken) return first;
    for (wr_iam_layer l = WR_IAM_L_SCP; l < WR_IAM_N_LAYERS; l++) {
        if (st->broken[l] == NULL) continue;
        wr_tri b = binds(&(iam_ref){.layer = (uint8_t)l}, c);
        if (b <= *bound) continue;
        *bound = b;
        first = l;
    }
    return first;
}

// ---------------------------------------------------------------------------------- needs

// Can anything turn on a group's value, once the other open groups are settled one way or another?
// With more open groups than a few it is taken to.
static bool matters(const iam_case *c, const iam_values *v, unsigned g) {
    enum { FEW = 6 };
    unsigned open[IAM_N_GROUPS], n = 0;
    if (v->v[g] != WR_MAYBE) return false;
    for (unsigned i = 0; i < IAM_N_GROUPS; i++)
        if (i != g && v->v[i] == WR_MAYBE) open[n++] = i;
    if (n > FEW) return true;
    wr_tri with[IAM_N_GROUPS];
    memcpy(with, v->v, sizeof with);
    for (unsigned way = 0; way < 1u << n; way++) {
        for (unsigned i = 0; i < n; i++) with[open[i]] = way >> i & 1u ? WR_YES : WR_NO;
        with[g] = WR_YES;
        wr_tri yes = iam_allowed(c, with);
        with[g] = WR_NO;
        if (iam_allowed(c, with) != yes) return true;
    }
    return false;
}

static void need_of(wr_iam_eval *e, const wr_iam_request *r, const iam_ref *ref,
                    const iam_tests *t) {
    if (t->principal == WR_MAYBE) e->need.canonical_id = true;
    if (t->resource == WR_MAYBE) (void)wr_iam_match_resource(ref->st, r, &e->need);
    if (t->conds == WR_MAYBE) (void)wr_iam_match_conds(ref->st, r, &e->need, NULL);
}

static bool scp_level_settled(const iam_values *v, uint16_t level) {
    return level < 64 && (v->levels >> level & 1u);
}

static void needs(wr_iam_eval *e, const wr_iam_stack *st, const wr_iam_request *r,
                  const iam_case *c, const iam_values *v, iam_walk *w) {
    bool group[IAM_N_GROUPS];
    for (unsigned g = 0; g < IAM_N_GROUPS; g++) group[g] = matters(c, v, g);
    iam_tests t;
    for (uint32_t i; iam_walk_next(w, &i);) {
        const iam_ref *ref = &st->refs[i];
        if (binds(ref, c) == WR_NO || iam_test(ref, st, r, &t) != WR_MAYBE) continue;
        if (i >= st->n_deny) {
            unsigned g = iam_group(ref, t.how);
            if (!group[g]) continue;
            if (g == IAM_G_SCP && scp_level_settled(v, ref->level)) continue;
        }
        need_of(e, r, ref, &t);
    }
}

// Facts about the caller and the resource that decide which rules bind.
static void needs_of_case(wr_iam_eval *e, const iam_case *c, const iam_values *v, bool fault) {
    iam_case other = *c;
    if (c->scp == WR_MAYBE || c->rcp == WR_MAYBE) {
        other.scp = c->scp == WR_MAYBE ? WR_YES : c->scp;
        bool turns = iam_allowed(&other, v->v) != iam_allowed(c, v->v) || v->deny == WR_MAYBE;
        if (turns || fault) e->need.keys[0] |= UINT64_C(1) << WR_IAM_K_PRINCIPAL_ARN;
    }
    other = *c;
    if (c->same == WR_MAYBE && c->never == WR_IAM_R_NONE) {
        other.same = WR_YES;
        wr_tri here = iam_allowed(&other, v->v);
        other.same = WR_NO;
        if (here != iam_allowed(&other, v->v)) e->need.resource = true;
    }
}

static void find_needs(wr_iam_eval *e, const wr_iam_stack *st, const wr_iam_request *r,
                       const iam_case *c, const iam_values *v, bool fault) {
    iam_walk w;
    memset(e->need.keys, 0, e->need.n_words * sizeof *e->need.keys);
    e->need.resource = e->need.canonical_id = false;
    iam_walk_cached(&w, e->cache, st, r);
    needs(e, st, r, c, v, &w);
    needs_of_case(e, c, v, fault);
}

// ---------------------------------------------------------------------------------- deciding

static void outcomes(wr_tri deny, wr_tri allow, wr_iam_result *out) {
    if (deny != WR_NO) out->possible |= WR_BIT(WR_DENY);
    if (deny == WR_YES) return;
    if (allow != WR_NO) out->possible |= WR_BIT(WR_ALLOW);
    if (allow != WR_YES) out->possible |= WR_BIT(WR_IMPLICIT_DENY);
}

// Facts about the caller and the resource are open: each way they may turn out is looked at by
// itself, so that what they decide together is not taken apart. *last: of the last way.
static void each_case(wr_iam_eval *e, const wr_iam_stack *st, const wr_iam_request *r,
                      const iam_case *c, iam_case *last, iam_values *v, wr_iam_result *out) {
    for (unsigned k = 0; k < 4; k++) {
        iam_case one = *c;
        wr_tri linked = k & 1 ? WR_YES : WR_NO, same = k & 2 ? WR_YES : WR_NO, bound;
        if (one.scp == WR_MAYBE) one.scp = linked;
        if (one.rcp == WR_MAYBE) one.rcp = linked;
        if (one.same == WR_MAYBE) one.same = same;
        (void)broken_layer(st, &one, &bound);
        if (bound == WR_YES) {
            out->possible |= WR_BIT(WR_FAULT);
            continue;
        }
        iam_walk w;
        iam_walk_cached(&w, e->cache, st, r);
        sum(st, r, &one, &w, v);
        outcomes(v->deny, v->deny == WR_YES ? WR_NO : iam_allowed(&one, v->v), out);
        *last = one;
    }
}

static void fault(const wr_iam_stack *st, wr_iam_layer l, wr_iam_result *out) {
    out->layer = l;
    out->level = st->broken_level[l];
    out->broken = st->broken[l];
}

void wr_iam_decide(wr_iam_eval *e, const wr_iam_stack *st, const wr_iam_request *r,
                   wr_iam_result *out) {
    WR_ASSERT(e->set == st->set && r->set == st->set && r->action_n > 0);
    *out = (wr_iam_result){.outcome = WR_UNKNOWN};
    iam_case c;
    iam_case_of(st, r, &c);
    if (c.always != WR_IAM_R_NONE) {
        out->possible = WR_BIT(WR_ALLOW);
        iam_conclude(st, &c, NULL, out);
        return;
    }
    wr_tri bound;
    wr_iam_layer broken = broken_layer(st, &c, &bound);
    if (bound == WR_YES) {
        out->possible = WR_BIT(WR_FAULT);
        out->outcome = WR_FAULT;
        fault(st, broken, out);
        return;
    }
    iam_values v;
    iam_case last = c;
    bool open = c.scp == WR_MAYBE || c.rcp == WR_MAYBE || c.same == WR_MAYBE;
    if (open) each_case(e, st, r, &c, &last, &v, out);
    bool certain = (out->possible & (out->possible - 1)) == 0;
    if (!open || !certain) {
        last = c;
        iam_walk w;
        iam_walk_cached(&w, e->cache, st, r);
        sum(st, r, &c, &w, &v);
    }
    if (!open) outcomes(v.deny, v.deny == WR_YES ? WR_NO : iam_allowed(&c, v.v), out);
    iam_conclude(st, &last, &v, out);
    if (out->outcome != WR_UNKNOWN) return;
    find_needs(e, st, r, &c, &v, bound == WR_MAYBE);
    if (bound == WR_MAYBE) fault(st, broken, out);
}

wr_iam_eval *wr_iam_eval_new(wr_arena *a, const wr_iam_set *s) {
    WR_ASSERT(s->frozen);
    wr_iam_eval *e = WR_NEW(a, wr_iam_eval);
    if (e == NULL) return NULL;
    e->set = s;
    e->need.n_words = wr_iam_n_keys(s) / 64 + 1;
    e->need.keys = WR_NEW_N(a, uint64_t, e->need.n_words);
    e->cache = WR_NEW_N(a, iam_cached, IAM_CACHE_ENTRIES);
    return e->need.keys && e->cache ? e : NULL;
}

const wr_iam_need *wr_iam_needed(const wr_iam_eval *e) { return &e->need; }
