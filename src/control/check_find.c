// SPDX-License-Identifier: Apache-2.0
// check_find: from a verdict to findings: identity, place in the life of a finding, and what the
// control says of itself.
//
// Always true:
// - reasons of one verdict with one fingerprint are one finding, seen several times: indices of
//   lists do not count, as everywhere in fingerprints;
// - what could not be evaluated is never suppressed, nor known: it is an error each time.
// Rules: docs/guide/check.md, "Findings".

#include "control/run_int.h"

// What tells a finding from others over time: control and layer, rule (or request), what was
// judged, the resource, the path.
static wr_str fingerprint_of(wr_arena *a, const wr_control *c, wr_layer l, const wr_decision *d,
                             const wr_reason *r, wr_str resource) {
    wr_decision as = *d;
    wr_reason why = *r;
    as.rule_id = wr_fmt(a, "%.*s/%s", WR_FMT(c->id), wr_layer_name(l));
    if (why.resource.n == 0) why.resource = resource;
    return as.rule_id.p ? wr_fingerprint(a, &as, &why) : (wr_str){0};
}

static const wr_exception *covered_by(run_worker *w, const run_slot *s, const wr_finding *f) {
    const wr_repo *r = w->plan->r;
    const wr_exception *first = NULL;
    for (uint32_t i = 0; i < r->exceptions.n; i++) {
        const wr_exception *x = r->exceptions.v[i];
        if (!exception_covers(r, x, f, w->plan->today)) continue;
        w->matched[i] = true;
        if (first == NULL) first = x;
    }
    for (uint32_t i = 0; first == NULL && i < s->requests.n; i++)
        if (exception_covers(r, s->requests.v[i], f, w->plan->today)) first = s->requests.v[i];
    return first;
}

void run_settle(run_worker *w, const run_slot *s, run_hit *h) {
    const wr_baseline *b = w->plan->o->baseline;
    wr_finding *f = &h->f;
    f->life = WR_NEW;
    if (f->decision->outcome == WR_FAULT) return;
    f->first_seen = b ? run_baseline_since(b, f) : 0;
    if (f->first_seen) f->life = WR_KNOWN;
    h->by = covered_by(w, s, f);
    if (h->by == NULL) return;
    f->life = WR_SUPPRESSED;
    f->exception = h->by->id;
    f->until = h->by->request ? w->plan->today : h->by->expires;
}

static run_hit hit_of(const run_worker *w, const wr_control *c, wr_layer l, const wr_decision *d,
                      const wr_reason *r, const run_where *at) {
    const wr_posture_control *about = &w->plan->controls[c->index];
    run_hit h = {0};
    h.f = (wr_finding){.decision = d,
                       .reason = r,
                       .control = c->id,
                       .has_layer = true,
                       .layer = l,
                       .title = c->title,
                       .owner = c->owner,
                       .objective = c->objective,
                       .remediation = c->remediation,
                       .severity = c->severity,
                       .account = at->account,
                       .region = at->region,
                       .resource = at->resource.n ? at->resource : r->resource,
                       .resource_type = at->type.n ? at->type : r->resource_type,
                       .requirements = about->requirements,
                       .n_requirements = about->n_requirements,
                       .times = 1};
    return h;
}

// The part's own copy, with the digests of what was judged and by what.
static wr_decision *own_decision(run_slot *s, const wr_control *c, wr_layer l,
                                 const wr_decision *part, const run_where *at) {
    wr_decision *d = WR_NEW(&s->task.arena, wr_decision);
    const wr_control_layer *y = &c->layer[l];
    if (d == NULL) return NULL;
    *d = *part;
    if (at->text.n) wr_sha256(at->text, d->input_digest);
    if (y->policy) wr_iam_digest(y->policy, d->policy_digest);
    else if (y->guard) wr_sha256(wr_guard_file_src(y->guard)->text, d->policy_digest);
    return d;
}

static bool find_part(run_worker *w, run_slot *s, const wr_control *c, wr_layer l,
                      const wr_decision *part, const run_where *at, uint64_t times) {
    wr_arena *a = &s->task.arena;
    wr_decision *d = own_decision(s, c, l, part, at);
    wr_map seen; // fingerprint → its place among the hits, from 1
    if (d == NULL) return false;
    wr_map_init(&seen, a);
    for (uint32_t i = 0; i < d->n_reasons; i++) {
        run_hit h = hit_of(w, c, l, d, &d->reasons[i], at);
        h.f.times = times;
        h.f.fingerprint = fingerprint_of(a, c, l, d, &d->reasons[i],
                                         at->identity.n ? at->identity : at->resource);
        if (h.f.fingerprint.n == 0) return false;
        void **slot = d->n_reasons > 1 ? wr_map_at(&seen, h.f.fingerprint) : NULL;
        if (slot && *slot) {
            s->hits.v[(uintptr_t)*slot - 1].f.times += times;
            continue;
        }
        run_settle(w, s, &h);
        if (!WR_PUSH(a, &s->hits, h)) return false;
        if (slot) *slot = (void *)(uintptr_t)s->hits.n;
    }
    return !a->oom;
}

bool run_find(run_worker *w, run_slot *s, const wr_control *c, wr_layer l, const ctl_verdict *v,
              const run_where *at, uint64_t times) {
    for (uint32_t i = 0; i < v->n; i++)
        if (!find_part(w, s, c, l, &v->part[i], at, times)) return false;
    return true;
}

// ---------------------------------------------------------------------------------- out

static bool is_bad(const wr_finding *f) { return WR_BIT(f->decision->outcome) & WR_IS_BAD; }

static void count_life(run_crew *k, const wr_finding *f) {
    wr_posture *p = k->p;
    if (!is_bad(f)) return;
    p->lives[f->life]++;
    if (f->life == WR_NEW || f->life == WR_KNOWN) p->severities[f->severity]++;
    const wr_control *c = wr_control_find(k->plan->r, f->control);
    if (c == NULL || !f->has_layer) return;
    wr_posture_control *pc = (wr_posture_control *)(uintptr_t)&p->controls[c->index];
    pc->layer[f->layer].lives[f->life]++;
}

static void count_use(run_crew *k, const wr_exception *x) {
    if (!x->request) k->uses[x->index]++;
    else k->request_uses.v[k->first_request + x->index]++;
}

void run_emit(run_crew *k, run_hit *h) {
    const wr_baseline *b = k->plan->o->baseline;
    uint32_t i = b ? run_baseline_find(b, h->f.fingerprint) : UINT32_MAX;
    if (i != UINT32_MAX) k->met[i] = true;
    if (h->by) count_use(k, h->by);
    count_life(k, &h->f);
    if (k->sink && k->sink->found) k->sink->found(k->sink->arg, &h->f);
}
