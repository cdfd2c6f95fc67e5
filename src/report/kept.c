// SPDX-License-Identifier: Apache-2.0
// kept: findings of a check that a format tells in groups, or after what comes last: copies, and
// how many were not kept.
//
// Always true: nothing points to the finding that was given; memory is bounded by what the format
// allows (most in all, those of higher severity first, and most of one control and life). A place
// is kept as the lines around it, so that positions and excerpts stay what they were.

#include "report/report_int.h"

#include <stdlib.h>

static wr_str keep(report_kept *k, wr_str s) {
    const wr_sym *own = s.n > 0 ? wr_sym_in(&k->texts, s) : NULL;
    return own != NULL ? wr_sym_str(own) : WR_S("");
}

static const wr_src *keep_place(report_kept *k, const wr_src *src, wr_span at, wr_span *own) {
    return src ? wr_src_cut(&k->arena, keep(k, src->name), src, at, own) : NULL;
}

static void keep_decision(report_kept *k, const wr_decision *d, report_kept_one *one) {
    one->d = *d;
    one->d.subject = keep(k, d->subject);
    one->d.policy = keep(k, d->policy);
    one->d.rule = keep(k, d->rule);
    one->d.rule_id = keep(k, d->rule_id);
    one->d.title = keep(k, d->title);
    one->d.reasons = &one->why;
    one->d.n_reasons = 1;
}

static void keep_reason(report_kept *k, const wr_reason *why, report_kept_one *one) {
    wr_reason *w = &one->why;
    *w = *why;
    w->message = keep(k, why->message);
    w->found = keep(k, why->found);
    w->wanted = keep(k, why->wanted);
    w->custom = keep(k, why->custom);
    w->fix = keep(k, why->fix);
    w->which = keep(k, why->which);
    w->path = keep(k, why->path);
    w->resource = keep(k, why->resource);
    w->resource_type = keep(k, why->resource_type);
    w->input = keep_place(k, why->input, why->input_at, &w->input_at);
    w->policy = keep_place(k, why->policy, why->policy_at, &w->policy_at);
}

static void keep_finding(report_kept *k, const wr_finding *f, report_kept_one *one) {
    wr_finding *to = &one->f;
    *to = *f;
    keep_decision(k, f->decision, one);
    keep_reason(k, f->reason, one);
    to->decision = &one->d;
    to->reason = &one->why;
    to->fingerprint = wr_dup(&k->arena, f->fingerprint);
    to->control = keep(k, f->control);
    to->title = keep(k, f->title);
    to->owner = keep(k, f->owner);
    to->objective = keep(k, f->objective);
    to->remediation = keep(k, f->remediation);
    to->account = keep(k, f->account);
    to->region = keep(k, f->region);
    to->resource = keep(k, f->resource);
    to->resource_type = keep(k, f->resource_type);
    to->exception = keep(k, f->exception);
    wr_str *v = f->n_requirements > 0 ? WR_NEW_N(&k->arena, wr_str, f->n_requirements) : NULL;
    to->n_requirements = v != NULL ? f->n_requirements : 0;
    for (uint32_t i = 0; i < to->n_requirements; i++) v[i] = keep(k, f->requirements[i]);
    to->requirements = v;
}

static report_kept *kept_of(wr_report_state *r) {
    if (r->kept != NULL) return r->kept;
    wr_arena a;
    wr_arena_init(&a, 0);
    report_kept *k = WR_NEW(&a, report_kept);
    if (k == NULL) {
        wr_buf_fail(r->out, WR_NOMEM);
        return NULL;
    }
    k->arena = a;
    wr_symtab_init(&k->texts, &k->arena, NULL);
    wr_map_init(&k->groups, &k->arena);
    return r->kept = k;
}

static report_group *group_of(report_kept *k, wr_str control) {
    void **at = wr_map_at(&k->groups, keep(k, control));
    if (at == NULL) return NULL;
    if (*at == NULL) {
        report_group *g = WR_NEW(&k->arena, report_group);
        if (g == NULL || !WR_PUSH(&k->arena, &k->all, g)) return NULL;
        g->control = keep(k, control);
        g->order = UINT32_MAX;
        *at = g;
    }
    return *at;
}

void report_keep(wr_report_state *r, const wr_finding *f, uint32_t most, uint32_t most_alike) {
    report_kept *k = kept_of(r);
    report_group *g = k != NULL ? group_of(k, f->control) : NULL;
    if (g == NULL) return;
    uint64_t as_severe = 0;
    for (int s = (int)f->severity; s <= WR_SEV_CRITICAL; s++) as_severe += k->of_severity[s];
    g->seen[f->life]++;
    if (as_severe >= most || g->kept[f->life] >= most_alike) return;
    report_kept_one *one = WR_NEW(&k->arena, report_kept_one);
    if (one == NULL || !WR_PUSH(&k->arena, &k->v, one)) return;
    one->group = g;
    one->seq = k->v.n;
    keep_finding(k, f, one);
    g->kept[f->life]++;
    k->of_severity[f->severity]++;
}

// ---------------------------------------------------------------------------------- order

static int by_number(uint64_t a, uint64_t b) { return (a > b) - (a < b); }

static unsigned verdict_rank(wr_outcome o) { return o == WR_FAULT ? 2 : o == WR_UNKNOWN ? 1 : 0; }

static int by_control(const void *pa, const void *pb) {
    const report_kept_one *a = *(report_kept_one *const *)pa, *b = *(report_kept_one *const *)pb;
    int c = by_number(a->group->order, b->group->order);
    if (c == 0) c = wr_cmp(a->group->control, b->group->control); // those not of the posture
    if (c == 0) c = by_number(!a->f.has_layer, !b->f.has_layer);
    if (c == 0 && a->f.has_layer) c = by_number(a->f.layer, b->f.layer);
    return c != 0 ? c : by_number(a->seq, b->seq);
}

static int by_urgency(const void *pa, const void *pb) {
    const report_kept_one *a = *(report_kept_one *const *)pa, *b = *(report_kept_one *const *)pb;
    int c = by_number(a->f.life, b->f.life);
    if (c == 0) c = by_number(verdict_rank(a->d.outcome), verdict_rank(b->d.outcome));
    if (c == 0) c = by_number(b->f.severity, a->f.severity);
    return c != 0 ? c : by_control(pa, pb);
}

report_kept *report_kept_sorted(wr_report_state *r, const wr_posture *p, bool urgent_first) {
    report_kept *k = kept_of(r);
    if (k == NULL) return NULL;
    for (uint32_t i = 0; i < p->n_controls; i++) {
        report_group *g = wr_map_find(&k->groups, p->controls[i].id);
        if (g != NULL) g->order = i;
    }
    if (k->v.n > 0) qsort(k->v.v, k->v.n, sizeof *k->v.v, urgent_first ? by_urgency : by_control);
    return k;
}

void report_kept_free(wr_report_state *r) {
    if (r->kept == NULL) return;
    wr_arena a = r->kept->arena;
    if (a.oom) wr_buf_fail(r->out, WR_NOMEM);
    r->kept = NULL;
    wr_arena_fini(&a);
}
