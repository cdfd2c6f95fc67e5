// SPDX-License-Identifier: Apache-2.0
// sarif_check: what SARIF says of the controls and findings of a check beyond rules and results:
// help and tags, suppressions, how findings compare with the baseline, and what was left out.
// Rules: SARIF 2.1.0 §3.27.23, 3.27.24, 3.35, 3.49.11; of GitHub code scanning: at most 25,000
// results a run, at most 20 tags a rule, properties.security-severity.
// Invariant: what is resolved is no result, since readers that know no baselineState (GitHub) would
// open it again.

#include "report/sarif_int.h"

enum { MOST_RESULTS = 25000, MOST_TAGS = 20 };

void sarif_help(wr_report_state *r, const wr_posture_control *c) {
    wr_out *o = &r->o;
    wr_buf *text = report_text(r);
    sarif_text(o, "fullDescription", c->rationale.n > 0 ? c->rationale : c->title);
    wr_puts(text, c->rationale.n > 0 ? c->rationale : c->title);
    if (c->remediation.n > 0) {
        wr_putz(text, "\n\nTo mend it: ");
        wr_puts(text, c->remediation);
    }
    if (c->owner.n > 0) {
        wr_putz(text, "\n\nOwner: ");
        wr_puts(text, c->owner);
    }
    if (text->n == 0) wr_puts(text, c->id);
    sarif_text(o, "help", wr_buf_str(text));
}

// Tags are a set.
static uint32_t add_tag(wr_str tag[MOST_TAGS], uint32_t n, wr_str s) {
    for (uint32_t i = 0; i < n; i++)
        if (wr_eq(tag[i], s)) return n;
    if (n < MOST_TAGS) tag[n++] = s;
    return n;
}

void sarif_tags(wr_report_state *r, const wr_posture_control *c) {
    static const char *const score[] = {"0.0", "3.0", "5.5", "8.0", "9.5"};
    wr_out *o = &r->o;
    wr_out_put(o, "security-severity", wr_strz(score[c->severity]));
    wr_out_put(o, "precision", WR_S("very-high"));
    wr_out_some(o, "objective", c->objective);
    wr_out_some(o, "owner", c->owner);
    wr_out_key(o, "tags");
    o->list(o, false);
    wr_str tag[MOST_TAGS] = {WR_S("security")};
    uint32_t n = 1;
    if (c->objective.n > 0) n = add_tag(tag, n, c->objective);
    for (uint32_t i = 0; i < c->n_requirements; i++) n = add_tag(tag, n, c->requirements[i]);
    for (uint32_t i = 0; i < n; i++) o->str(o, tag[i]);
    o->end(o);
    if (c->n_requirements > 0) wr_out_list(o, "requirements", c->requirements, c->n_requirements);
}

void sarif_circumstances(wr_report_state *r, const wr_finding *f) {
    wr_out *o = &r->o;
    wr_out_key(o, "properties");
    o->map(o, false);
    wr_out_put(o, "fingerprint", f->fingerprint);
    wr_out_put(o, "life", wr_strz(wr_life_name(f->life)));
    wr_out_put(o, "severity", wr_strz(wr_severity_name(f->severity)));
    if (f->has_layer) wr_out_put(o, "layer", wr_strz(wr_layer_name(f->layer)));
    wr_out_some(o, "owner", f->owner);
    wr_out_some(o, "account", f->account);
    wr_out_some(o, "region", f->region);
    wr_out_some(o, "resourceType", f->resource_type);
    if (f->first_seen != 0) report_time(r, "firstSeen", f->first_seen);
    o->end(o);
}

static void out_suppression(wr_report_state *r, const wr_finding *f) {
    wr_out *o = &r->o;
    wr_buf *text = report_text(r);
    wr_putz(text, "covered until ");
    wr_put_day(text, f->until);
    wr_putz(text, " by the exception ");
    wr_puts(text, f->exception);
    wr_out_key(o, "suppressions");
    o->list(o, false);
    o->map(o, false);
    wr_out_put(o, "kind", WR_S("external"));
    wr_out_put(o, "status", WR_S("accepted"));
    wr_out_put(o, "justification", wr_buf_str(text));
    o->end(o);
    o->end(o);
}

void sarif_life(wr_report_state *r, const wr_finding *f) {
    bool was_there = f->life == WR_KNOWN || (f->life == WR_SUPPRESSED && f->first_seen != 0);
    wr_out_put(&r->o, "baselineState", was_there ? WR_S("unchanged") : WR_S("new"));
    if (f->life == WR_SUPPRESSED) out_suppression(r, f);
    if (f->times > 1) wr_out_num(&r->o, "occurrenceCount", f->times);
    sarif_circumstances(r, f);
}

void sarif_finding(wr_report_state *r, const wr_finding *f) {
    if (f->life != WR_RESOLVED) report_keep(r, f, MOST_RESULTS, UINT32_MAX);
}

static uint64_t left_out(const report_kept *k, uint64_t written) {
    uint64_t seen = 0;
    for (uint32_t i = 0; i < k->all.n; i++)
        for (int l = 0; l < WR_N_LIVES; l++) seen += k->all.v[i]->seen[l];
    return seen - written;
}

static void out_left_out(wr_report_state *r, uint64_t n) {
    wr_out *o = &r->o;
    wr_buf *text = report_text(r);
    report_item(r);
    o->map(o, false);
    wr_out_put(o, "level", WR_S("warning"));
    report_put_grouped(text, n);
    wr_putz(text, " further findings, the least severe ones, are not in this file: code scanning "
                  "takes 25,000 results a run. The format json has them all.");
    sarif_text(o, "message", wr_buf_str(text));
    o->end(o);
}

// k is by urgency: of those of one life, the most severe come first.
void sarif_open_findings(wr_report_state *r, const report_kept *k) {
    uint32_t open = 0, bad = 0;
    for (uint32_t i = 0; i < k->v.n; i++) {
        if (!report_is(&k->v.v[i]->d, WR_IS_OPEN)) {
            bad++;
            continue;
        }
        if (open++ >= MOST_RESULTS) continue;
        report_one one = report_of_finding(&k->v.v[i]->f);
        sarif_notification(r, &one, k->v.v[i]->group->order);
    }
    if (open > MOST_RESULTS) open = MOST_RESULTS;
    if (bad > MOST_RESULTS) bad = MOST_RESULTS;
    uint64_t left = left_out(k, (uint64_t)open + bad);
    if (left > 0) out_left_out(r, left);
}

void sarif_bad_findings(wr_report_state *r, const report_kept *k) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < k->v.n && n < MOST_RESULTS; i++) {
        if (report_is(&k->v.v[i]->d, WR_IS_OPEN)) continue;
        report_one one = report_of_finding(&k->v.v[i]->f);
        sarif_result(r, &one, k->v.v[i]->group->order);
        n++;
    }
}
