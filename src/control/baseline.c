// SPDX-License-Identifier: Apache-2.0
// baseline: findings that were there before: an earlier JSON report (writ/check/1) or a baseline
// (writ/baseline/1, docs/guide/check.md). They are known and fail no run; those that are gone are
// resolved.
//
// Always true:
// - what an exception covered is not in a baseline: the day after the exception it is new;
// - what was unknown is not known to fail: when it fails, that is new;
// - a finding is resolved only when what it was about was judged in this run, or is gone.

#include "control/run_int.h"

typedef struct entry {
    wr_str fingerprint, control, layer, subject, resource, resource_type, account, title;
    wr_severity severity;
    bool open; // it was not known whether it fails
    int64_t since;
} entry;

struct wr_baseline {
    wr_map by_fingerprint; // → its place in v, from 1
    WR_VEC(entry) v;
};

// ---------------------------------------------------------------------------------- reading

// 0: it is no time as we write it.
static int64_t time_of(wr_str s) {
    int64_t t = 0;
    return wr_time_parse(s, &t) ? t : 0;
}

static wr_str text(const wr_doc *d, const wr_node *m, const char *key) {
    const wr_node *n = wr_map_getz(d, m, key);
    return n && n->kind == WR_STR ? wr_node_str(n) : WR_S("");
}

static bool is_fingerprint(wr_str s) {
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f'))) return false;
    return s.n == 64;
}

static wr_rc malformed(wr_ctx *c, const wr_doc *d, const wr_node *n, const char *what) {
    (void)wr_report(c, WR_D_F0001, WR_ERROR, d->srcs[n->src],
                    (wr_span){n->span.beg, n->span.beg + (n->span.end > n->span.beg)}, "%s", what);
    return WR_BAD;
}

static bool counts(const wr_doc *d, const wr_node *m) {
    wr_str life = text(d, m, "life"), outcome = text(d, m, "outcome");
    if (wr_eq(outcome, WR_S("ERROR"))) return false;
    return life.n == 0 || wr_eq(life, WR_S("NEW")) || wr_eq(life, WR_S("KNOWN"));
}

static wr_rc add(wr_ctx *c, wr_baseline *b, const wr_doc *d, const wr_node *m, int64_t run) {
    entry e = {.fingerprint = text(d, m, "fingerprint"),
               .control = text(d, m, "control"),
               .layer = text(d, m, "layer"),
               .subject = text(d, m, "subject"),
               .resource = text(d, m, "resource"),
               .resource_type = text(d, m, "resource_type"),
               .account = text(d, m, "account"),
               .title = text(d, m, "title")};
    if (m->kind != WR_MAP || !is_fingerprint(e.fingerprint))
        return malformed(c, d, m, "a finding has a fingerprint of 64 hexadecimal digits");
    if (!counts(d, m)) return WR_OK;
    e.open = wr_eq(text(d, m, "outcome"), WR_S("UNKNOWN"));
    e.since = time_of(text(d, m, "first_seen"));
    if (e.since == 0) e.since = run;
    if (!wr_severity_parse(text(d, m, "severity"), &e.severity)) e.severity = WR_SEV_MEDIUM;
    void **at = wr_map_at(&b->by_fingerprint, e.fingerprint);
    if (at == NULL) return WR_NOMEM;
    if (*at) {
        entry *same = &b->v.v[(uintptr_t)*at - 1];
        same->open = same->open && e.open;
        return WR_OK;
    }
    if (!WR_PUSH(&c->arena, &b->v, e)) return WR_NOMEM;
    *at = (void *)(uintptr_t)b->v.n;
    return WR_OK;
}

wr_rc wr_baseline_load(wr_ctx *c, const wr_doc *doc, wr_baseline **out) {
    wr_str schema = text(doc, doc->root, "schema");
    const wr_node *list = wr_map_getz(doc, doc->root, "findings");
    wr_baseline *b = WR_NEW(&c->arena, wr_baseline);
    *out = NULL;
    if (b == NULL) return WR_NOMEM;
    if (!wr_eq(schema, WR_S("writ/baseline/1")) && !wr_eq(schema, WR_S("writ/check/1")))
        return malformed(c, doc, doc->root,
                         "this is no baseline: the schema writ/baseline/1 or writ/check/1 is "
                         "wanted");
    if (list == NULL || list->kind != WR_LIST)
        return malformed(c, doc, list ? list : doc->root, "a baseline has a list of findings");
    wr_map_init(&b->by_fingerprint, &c->arena);
    int64_t run = time_of(text(doc, doc->root, "time"));
    for (uint32_t i = 0; i < list->n; i++) {
        wr_rc rc = add(c, b, doc, &list->u.kids[i], run ? run : 1);
        if (rc != WR_OK) return rc;
    }
    *out = b;
    return WR_OK;
}

uint32_t run_baseline_find(const wr_baseline *b, wr_str fingerprint) {
    uintptr_t i = (uintptr_t)wr_map_find(&b->by_fingerprint, fingerprint);
    return i ? (uint32_t)(i - 1) : UINT32_MAX;
}

uint32_t run_baseline_count(const wr_baseline *b) { return b->v.n; }

int64_t wr_baseline_since(const wr_baseline *b, wr_str fingerprint) {
    uint32_t i = run_baseline_find(b, fingerprint);
    return i == UINT32_MAX ? 0 : b->v.v[i].since;
}

int64_t run_baseline_since(const wr_baseline *b, const wr_finding *f) {
    uint32_t i = run_baseline_find(b, f->fingerprint);
    bool bad = WR_BIT(f->decision->outcome) & WR_IS_BAD;
    return i == UINT32_MAX || (bad && b->v.v[i].open) ? 0 : b->v.v[i].since;
}

// ---------------------------------------------------------------------------------- resolved

typedef struct judged { // what this run judged
    const run_crew *k;
    wr_map inputs; // name → its place in plan.inputs, from 1
    wr_map all;    // names of all inputs of the repository
    bool full;     // everything, by every control
} judged;

static bool judged_init(judged *j, const run_crew *k) {
    const run_plan *p = k->plan;
    wr_arena *a = &p->r->ctx->arena;
    *j = (judged){.k = k, .full = p->all && p->o->n_controls == 0};
    wr_map_init(&j->inputs, a);
    wr_map_init(&j->all, a);
    for (uint32_t i = 0; i < p->inputs.n; i++) {
        void **at = wr_map_at(&j->inputs, p->inputs.v[i].in->name);
        if (at == NULL) return false;
        *at = (void *)(uintptr_t)(i + 1);
    }
    for (uint32_t i = 0; i < p->r->inputs.n; i++) {
        void **at = wr_map_at(&j->all, p->r->inputs.v[i].name);
        if (at == NULL) return false;
        *at = j;
    }
    return true;
}

// Did the control judge here? One that is not there any more did not fail, once all was judged.
static bool control_was_there(const judged *j, const entry *e, bool whole) {
    const run_plan *p = j->k->plan;
    const wr_control *c = wr_control_find(p->r, e->control);
    wr_layer l;
    if (c == NULL) return j->full;
    if (wr_layer_parse(e->layer, &l) && c->layer[l].broken) return false;
    return run_has(p->wanted, c->index) && (whole || run_has(p->changed, c->index));
}

static bool was_judged(const judged *j, const entry *e) {
    const run_plan *p = j->k->plan;
    uintptr_t at = (uintptr_t)wr_map_find(&j->inputs, e->subject);
    wr_layer l;
    if (at) return !j->k->bad[at - 1] && control_was_there(j, e, p->inputs.v[at - 1].whole);
    if (wr_map_find(&j->all, e->subject)) return false; // it was left out
    for (uint32_t i = 0; i < p->o->n_only && !p->all; i++)
        if (wr_eq(p->o->only[i], e->subject)) return true; // a file that is gone
    if (!j->full || !wr_layer_parse(e->layer, &l)) return j->full;
    // A resource or a principal: gone, or in order, when all files that could hold it were judged.
    wr_input_kind kind = l == WR_DETECTIVE ? WR_IN_ITEMS : WR_IN_TRAIL;
    bool lost = l != WR_PROACTIVE && j->k->not_evaluated[kind] > 0;
    return !lost && control_was_there(j, e, true);
}

static void emit_resolved(run_crew *k, const entry *e) {
    wr_layer l = WR_PROACTIVE;
    bool has_layer = wr_layer_parse(e->layer, &l);
    const wr_control *c = wr_control_find(k->plan->r, e->control);
    wr_reason why = {.message = WR_S("it was found before and is no longer there"),
                     .resource = e->resource,
                     .resource_type = e->resource_type};
    wr_decision d = {.subject = e->subject,
                     .policy = c && has_layer ? c->layer[l].file : WR_S(""),
                     .rule = e->control,
                     .title = e->title,
                     .index = c ? c->index : 0,
                     .severity = e->severity,
                     .rated = true,
                     .outcome = WR_FAIL,
                     .reasons = &why,
                     .n_reasons = 1,
                     .time = k->plan->r->ctx->now};
    run_hit h = {.f = {.decision = &d,
                       .reason = &why,
                       .fingerprint = e->fingerprint,
                       .control = e->control,
                       .has_layer = has_layer,
                       .layer = l,
                       .title = c ? c->title : e->title,
                       .severity = e->severity,
                       .account = e->account,
                       .resource = e->resource,
                       .resource_type = e->resource_type,
                       .times = 1,
                       .life = WR_RESOLVED,
                       .first_seen = e->since}};
    if (c) {
        h.f.owner = c->owner;
        h.f.objective = c->objective;
        h.f.remediation = c->remediation;
        h.f.requirements = k->plan->controls[c->index].requirements;
        h.f.n_requirements = k->plan->controls[c->index].n_requirements;
    }
    run_emit(k, &h);
}

wr_rc run_baseline_end(run_crew *k) {
    const wr_baseline *b = k->plan->o->baseline;
    judged j;
    if (b == NULL) return WR_OK;
    if (!judged_init(&j, k)) return WR_NOMEM;
    for (uint32_t i = 0; i < b->v.n; i++)
        if (!k->met[i] && was_judged(&j, &b->v.v[i])) emit_resolved(k, &b->v.v[i]);
    return WR_OK;
}

// ---------------------------------------------------------------------------------- writing

wr_rc wr_baseline_begin(wr_baseline_writer *w, wr_buf *out, wr_str name, int64_t now) {
    *w = (wr_baseline_writer){.now = now};
    wr_rc rc = wr_out_json(&w->o, out);
    if (rc != WR_OK) return rc;
    w->o.map(&w->o, false);
    wr_out_some(&w->o, "schema", WR_S("writ/baseline/1"));
    wr_out_some(&w->o, "repository", name);
    wr_out_time(&w->o, "time", now);
    w->o.str(&w->o, WR_S("findings"));
    return WR_OK;
}

void wr_baseline_add(wr_baseline_writer *w, const wr_finding *f) {
    wr_out *o = &w->o;
    if (f->life != WR_NEW && f->life != WR_KNOWN) return;
    if (f->decision->outcome == WR_FAULT) return;
    if (w->n++ == 0) o->list(o, false);
    o->map(o, false);
    wr_out_some(o, "fingerprint", f->fingerprint);
    wr_out_some(o, "control", f->control);
    if (f->has_layer) wr_out_some(o, "layer", wr_strz(wr_layer_name(f->layer)));
    wr_out_some(o, "outcome", wr_strz(wr_outcome_name(f->decision->outcome)));
    wr_out_some(o, "severity", wr_strz(wr_severity_name(f->severity)));
    wr_out_some(o, "title", f->title);
    wr_out_some(o, "subject", f->decision->subject);
    wr_out_some(o, "account", f->account);
    wr_out_some(o, "resource", f->resource);
    wr_out_some(o, "resource_type", f->resource_type);
    wr_out_time(o, "first_seen", f->first_seen ? f->first_seen : w->now);
    o->end(o);
}

wr_rc wr_baseline_end(wr_baseline_writer *w) {
    if (w->n == 0) w->o.list(&w->o, true);
    else w->o.end(&w->o);
    w->o.end(&w->o);
    wr_putc(w->o.buf, '\n');
    wr_rc rc = w->o.rc != WR_OK ? w->o.rc : w->o.buf->rc;
    wr_out_fini(&w->o);
    return rc;
}
