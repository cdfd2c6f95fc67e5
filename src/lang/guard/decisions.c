// SPDX-License-Identifier: Apache-2.0
// decisions: the result of an evaluation in the product's own vocabulary: one decision a rule, a
// reason for each failed check, one for an error. Digests are the caller's to fill in.

#include "lang/guard/reasons.h"

wr_rule_info g_rule_info(const g_file *f, const g_rule *rule) {
    return (wr_rule_info){
        .policy = f->name,
        .rule = g_short_rule(f->name, rule->name),
        .name = rule->name,
        .id = rule->id,
        .title = rule->title,
        .severity = rule->has_severity ? rule->severity : WR_SEV_MEDIUM,
        .rated = rule->has_severity,
        .warn = rule->warn,
    };
}

wr_outcome g_outcome(g_status st) {
    static const wr_outcome outcome[] = {[G_PASS] = WR_PASS,
                                         [G_FAIL] = WR_FAIL,
                                         [G_SKIP] = WR_SKIP,
                                         [G_ERROR] = WR_FAULT,
                                         [G_UNKNOWN] = WR_UNKNOWN};
    return outcome[st];
}

wr_decision g_decision(const g_file *f, const g_rule *rule, g_status st, wr_str subject,
                       int64_t now) {
    return (wr_decision){
        .subject = subject,
        .policy = f->name,
        .rule = g_short_rule(f->name, rule->name),
        .rule_id = rule->id,
        .title = rule->title,
        .index = rule->index,
        .severity = rule->has_severity ? rule->severity : WR_SEV_MEDIUM,
        .rated = rule->has_severity,
        .warn = rule->warn,
        .outcome = g_outcome(st),
        .time = now,
    };
}

static wr_str take(wr_arena *a, wr_buf *tmp) {
    wr_str s = wr_dup(a, wr_buf_str(tmp));
    tmp->n = 0;
    return s;
}

// The path a value has, or would have if it were there (as far as that is plain keys).
static void put_wanted_path(wr_buf *b, const g_result *r, const g_report *p) {
    g_put_path(b, r->vals, g_report_node(p));
    if (p->check != G_K_UNRESOLVED || p->unres == NULL) return;
    for (uint32_t i = 0; i < p->unres->n_rest && p->unres->rest[i].kind == G_KEY; i++)
        wr_putf(b, "/%.*s", WR_FMT(wr_sym_str(p->unres->rest[i].key)));
}

// The author's words without the indentation they have in the rules.
static void put_plain_lines(wr_buf *b, wr_str s) {
    size_t from = 0, begun = b->n;
    while (from < s.n) {
        size_t to = wr_find(s, WR_S("\n"), from);
        wr_str line = wr_trim(wr_sub(s, from, to));
        from = to == SIZE_MAX ? s.n : to + 1;
        if (line.n == 0) continue;
        if (b->n > begun) wr_putc(b, '\n');
        wr_puts(b, line);
    }
}

static wr_reason reason_of(wr_arena *a, wr_buf *tmp, const g_result *r, const g_report *p,
                           const g_rule *rule) {
    g_resource res;
    wr_buf scratch;
    wr_reason out = {.policy = p->file->src, .policy_at = g_report_clause(p, rule)};
    wr_buf_init(&scratch, 0);
    tmp->n = 0;
    g_put_found(tmp, &scratch, r->vals, p);
    size_t found = tmp->n;
    wr_putz(tmp, "; wanted: ");
    size_t wanted = tmp->n;
    g_put_wanted(tmp, &scratch, r->vals, p);
    wr_buf_fini(&scratch);
    out.message = take(a, tmp);
    out.found = wr_sub(out.message, 0, found);
    out.wanted = wr_sub(out.message, wanted, out.message.n);
    if (p->has_custom) {
        put_plain_lines(tmp, p->custom);
        out.custom = take(a, tmp);
    }
    if (g_report_node(p) != NULL) {
        put_wanted_path(tmp, r, p);
        out.path = take(a, tmp);
    }
    if (!g_report_place(r->vals, p, &out.input, &out.input_at)) out.input = NULL;
    if (g_report_resource(r->vals, p, &res)) {
        out.resource = wr_dup(a, res.id);
        out.resource_type = wr_dup(a, res.type);
    }
    return out;
}

typedef struct reasons {
    wr_arena *a;
    wr_buf tmp;
    const g_result *r;
    WR_VEC(wr_reason) v;
} reasons;

static void add_reason(void *arg, const g_report *p, const g_report *rule) {
    reasons *s = arg;
    (void)WR_PUSH(s->a, &s->v, reason_of(s->a, &s->tmp, s->r, p, rule->rule));
}

// The one reason of a rule without a verdict.
static void add_no_verdict(wr_arena *a, const g_result *r, const g_rule_result *rr,
                           wr_decision *d) {
    g_resource res;
    wr_buf tmp;
    wr_reason *why = WR_NEW(a, wr_reason);
    if (why == NULL) return;
    wr_buf_init(&tmp, 0);
    g_put_no_verdict(&tmp, r, rr);
    why->message = take(a, &tmp);
    why->policy = rr->rule->src;
    why->policy_at = rr->rule->name_span;
    if (rr->status == G_UNKNOWN && rr->unknown != NULL) {
        g_put_path(&tmp, r->vals, rr->unknown);
        why->path = take(a, &tmp);
        if (!g_place_of(r->vals, rr->unknown, &why->input, &why->input_at)) why->input = NULL;
        if (g_resource_of(r->vals, rr->unknown, &res)) {
            why->resource = wr_dup(a, res.id);
            why->resource_type = wr_dup(a, res.type);
        }
    }
    wr_buf_fini(&tmp);
    d->reasons = why;
    d->n_reasons = 1;
}

wr_decision *wr_guard_decisions(wr_arena *a, const g_result *r, wr_str subject, int64_t now,
                                uint32_t *n) {
    wr_decision *d = WR_NEW_N(a, wr_decision, r->n_rules + 1u);
    uint32_t n_failed, next = 0;
    const g_report *failed = g_failed(a, r, true, &n_failed);
    *n = 0;
    if (d == NULL || a->oom) return NULL;
    for (uint32_t i = 0; i < r->n_rules; i++) {
        const g_rule_result *rr = &r->rules[i];
        d[i] = g_decision(r->file, rr->rule, rr->status, subject, now);
        if (g_no_verdict(rr->status)) add_no_verdict(a, r, rr, &d[i]);
        if (rr->status != G_FAIL || next == n_failed || failed[next].rule != rr->rule) continue;
        reasons s = {.a = a, .r = r};
        wr_buf_init(&s.tmp, 0);
        g_each_message(&failed[next++], add_reason, &s);
        wr_buf_fini(&s.tmp);
        d[i].reasons = s.v.v;
        d[i].n_reasons = s.v.n;
    }
    *n = r->n_rules;
    return a->oom ? NULL : d;
}
