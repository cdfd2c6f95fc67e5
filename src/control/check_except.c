// SPDX-License-Identifier: Apache-2.0
// check_except: what is wrong with exceptions is a finding of the repository itself: control
// writ/exceptions, without a layer.
//
// Always true: an exception is unmatched only after a run that judged everything, by every control,
// and could evaluate all of it.
// Rules: docs/guide/exceptions.md; docs/guide/check.md, "Exceptions".

#include "control/run_int.h"

static const struct {
    wr_exception_fault bit;
    wr_severity severity;
    const char *message, *fix;
} faults[] = {
    {WR_X_EXPIRED, WR_SEV_MEDIUM, "the exception has expired: it covers nothing any more",
     "Mend what it covered and remove it, or have it approved again with a new expiry."},
    {WR_X_UNAPPROVED, WR_SEV_HIGH, "nobody approved the exception: it covers nothing",
     "Have it approved (approved_by) by a party other than who asked for it."},
    {WR_X_SELF_APPROVED, WR_SEV_HIGH,
     "the exception is approved by who asked for it: it covers nothing",
     "Have it approved (approved_by) by another party."},
    {WR_X_TOO_LONG, WR_SEV_MEDIUM,
     "the exception holds longer than the repository allows: it covers nothing",
     "Shorten it, or change settings.exception_days in writ.yaml."},
    {WR_X_REVIEW_DUE, WR_SEV_LOW, "the review of the exception is due",
     "Review it and set the next day of review."},
    {WR_X_UNMATCHED, WR_SEV_LOW, "the exception covers no finding",
     "Remove it when what it covered is mended; else correct what it names."},
    {WR_X_UNKNOWN_CONTROL, WR_SEV_MEDIUM,
     "the exception names a control that is not there: it covers nothing", "Correct the id."},
};

static bool emit_fault(run_crew *k, run_slot *s, const wr_exception *x, size_t i) {
    wr_arena *a = &s->task.arena;
    run_slot_reset(s);
    wr_reason *why = WR_NEW(a, wr_reason);
    wr_decision *d = WR_NEW(a, wr_decision);
    if (why == NULL || d == NULL) return false;
    *why = (wr_reason){.message = wr_strz(faults[i].message),
                       .fix = wr_strz(faults[i].fix),
                       .which = wr_strz(exception_fault_name(faults[i].bit)),
                       .resource = x->id,
                       .input = x->place.src,
                       .input_at = x->place.at};
    *d = (wr_decision){.subject = x->file,
                       .policy = x->file,
                       .rule = WR_S("writ/exceptions"),
                       .rule_id = WR_S("writ/exceptions"),
                       .title = WR_S("Exceptions hold, are approved and are needed"),
                       .severity = faults[i].severity,
                       .rated = true,
                       .outcome = WR_FAIL,
                       .reasons = why,
                       .n_reasons = 1,
                       .time = k->plan->r->ctx->now};
    run_hit h = {.f = {.decision = d,
                       .reason = why,
                       .fingerprint = wr_fingerprint(a, d, why),
                       .control = d->rule,
                       .title = d->title,
                       .owner = x->requested_by,
                       .remediation = why->fix,
                       .severity = d->severity,
                       .account = x->account,
                       .resource = x->id,
                       .times = 1}};
    const wr_baseline *b = k->plan->o->baseline;
    h.f.first_seen = b ? wr_baseline_since(b, h.f.fingerprint) : 0;
    h.f.life = h.f.first_seen ? WR_KNOWN : WR_NEW;
    run_emit(k, &h);
    return true;
}

static bool all_was_judged(const run_crew *k) {
    const run_plan *p = k->plan;
    uint64_t lost = p->n_broken_layers + p->r->n_broken;
    for (unsigned i = 0; i < WR_N_INPUT_KINDS; i++) lost += k->not_evaluated[i];
    for (uint32_t i = 0; i < p->r->controls.n * WR_N_LAYERS; i++)
        lost += k->workers[0].counts[i].of[WR_FAULT];
    return p->all && p->o->n_controls == 0 && lost == 0;
}

wr_rc run_exceptions(run_crew *k) {
    wr_repo *r = k->plan->r;
    bool full = all_was_judged(k);
    for (uint32_t i = 0; i < r->exceptions.n; i++) {
        wr_exception *x = r->exceptions.v[i];
        bool matched = false;
        for (uint32_t w = 0; w < k->jobs; w++) matched = matched || k->workers[w].matched[i];
        if (full && !matched && !(x->faults & EXCEPTION_VOID)) x->faults |= WR_X_UNMATCHED;
        for (size_t f = 0; f < sizeof faults / sizeof *faults; f++)
            if ((x->faults & faults[f].bit) && !emit_fault(k, &k->slots[0], x, f)) return WR_NOMEM;
    }
    return WR_OK;
}
