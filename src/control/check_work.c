// SPDX-License-Identifier: Apache-2.0
// check_work: one part of the work: a template, a plan, or some values of a file of items or
// requests, judged by every layer that applies and is in scope.
//
// Always true:
// - what cannot be read or judged is counted as not evaluated, with a diagnostic, and the rest of
//   the part is judged all the same;
// - memory that a value took is given back unless a finding or a diagnostic points to it.
// Rules: docs/guide/check.md, "What judges what".

#include "control/run_int.h"

enum { MAX_SCOPES = 4096 };

// ---------------------------------------------------------------------------------- scope

static bool fill_scope(run_worker *w, run_scope *x, wr_str account) {
    const run_plan *p = w->plan;
    uint64_t **const sets[] = {&x->out, &x->maybe, &x->out_there, &x->maybe_there};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        if ((*sets[i] = WR_NEW_N(&w->home.arena, uint64_t, p->n_words)) == NULL) return false;
    for (uint32_t i = 0; i < p->r->controls.n; i++) {
        const wr_control *c = p->r->controls.v[i];
        if (!run_has(p->scoped, i)) continue;
        wr_tri in = wr_scope_holds(p->r, &c->scope, account);
        wr_tri there =
            wr_tri_and(in, wr_scope_holds(p->r, &c->layer[WR_PREVENTATIVE].attach, account));
        if (in == WR_NO) run_add(x->out, i);
        if (in == WR_MAYBE) run_add(x->maybe, i);
        if (there == WR_NO) run_add(x->out_there, i);
        if (there == WR_MAYBE) run_add(x->maybe_there, i);
    }
    return true;
}

const run_scope *run_scope_of(run_worker *w, wr_str account) {
    if (w->last.scope && wr_eq(w->last.account, account)) return w->last.scope;
    run_scope *x = wr_map_find(&w->scopes, account);
    if (x == NULL) {
        // An attacker's file of items may name a million accounts: those beyond are as unknown.
        if (w->n_scopes >= MAX_SCOPES) return run_scope_of(w, WR_S(""));
        x = WR_NEW(&w->home.arena, run_scope);
        wr_str own = wr_dup(&w->home.arena, account);
        void **at = x && own.p ? wr_map_at(&w->scopes, own) : NULL;
        if (at == NULL || !fill_scope(w, x, own)) return NULL;
        *at = x;
        w->n_scopes++;
    }
    if (account.n <= sizeof w->last.room) {
        if (account.n) memcpy(w->last.room, account.p, account.n);
        w->last.account = wr_strn(w->last.room, account.n);
        w->last.scope = x;
    }
    return x;
}

// ---------------------------------------------------------------------------------- documents

// Controls that are about the bound input, by its types.
static void find_controls(run_worker *w, const run_input *in) {
    const run_plan *p = w->plan;
    const ctl_judge *j = &w->judge;
    unsigned shape = j->shape == WR_ON_CFN ? RUN_CFN : j->shape == WR_ON_TF ? RUN_TF : RUN_CI;
    const run_index *x = &p->index[shape];
    memcpy(w->set, j->any_type ? x->every : x->any, p->n_words * sizeof *w->set);
    for (uint32_t t = 0; t < j->n_types; t++) {
        const uint64_t *of = wr_map_find(&x->by_type, j->types[t]);
        for (uint32_t i = 0; of && i < p->n_words; i++) w->set[i] |= of[i];
    }
    for (uint32_t i = 0; i < p->n_words; i++) {
        w->set[i] &= p->wanted[i];
        if (!in->whole) w->set[i] &= p->changed[i];
    }
}

static bool judge_layer(run_worker *w, run_slot *s, const wr_control *c, wr_layer l, wr_str subject,
                        const run_where *at) {
    const wr_control_layer *y = &c->layer[l];
    ctl_verdict v;
    if (y->means != WR_BY_GUARD || y->broken || y->guard == NULL || !(y->on & w->judge.shape))
        return true;
    if (ctl_judge_guard(&w->judge, c, l, subject, &v) != WR_OK) return false;
    w->counts[c->index * WR_N_LAYERS + l].of[v.outcome]++;
    return v.n == 0 || run_find(w, s, c, l, &v, at, 1);
}

static bool judge_bound(run_worker *w, run_slot *s, wr_str subject, const run_where *at) {
    const run_plan *p = w->plan;
    const run_scope *in = run_scope_of(w, at->account);
    if (in == NULL) return false;
    find_controls(w, &p->inputs.v[s->input]);
    for (uint32_t k = 0; k < p->n_words; k++) {
        uint64_t left = w->set[k] & ~in->out[k];
        for (; left; left &= left - 1) {
            uint32_t i = k * 64 + (uint32_t)__builtin_ctzll(left);
            const wr_control *c = p->r->controls.v[i];
            if (run_has(in->maybe, i)) w->doubtful[i] = true;
            if (!judge_layer(w, s, c, WR_PROACTIVE, subject, at) ||
                !judge_layer(w, s, c, WR_DETECTIVE, subject, at))
                return false;
        }
    }
    return true;
}

static void judge_document(run_worker *w, run_slot *s, const wr_doc *doc, const run_where *at) {
    const wr_input_path *in = w->plan->inputs.v[s->input].in;
    uint32_t errors = s->task.n_errors;
    wr_rc rc = ctl_bind(&w->judge, doc, in->name);
    // What CloudFormation would refuse is judged as far as it goes, and is no template that passes.
    bool refused = rc == WR_OK && s->task.n_errors > errors;
    unsigned want = in->kind == WR_IN_PLAN ? WR_ON_TF : WR_ON_CFN;
    if (rc == WR_OK && w->judge.shape != want) {
        (void)wr_report(&s->task, WR_D_K0505, WR_ERROR, doc->srcs[0],
                        (wr_span){doc->root->span.beg, doc->root->span.beg + 1},
                        want == WR_ON_TF ? "this stands among the plans and is none"
                                         : "this stands among the templates and is none");
        rc = WR_BAD;
    }
    if (rc == WR_OK && want == WR_ON_CFN)
        rc = template_requests(&s->task, w->plan->r, doc, in->name, &s->requests);
    if (rc == WR_NOMEM || (rc == WR_OK && !judge_bound(w, s, in->name, at))) s->rc = WR_NOMEM;
    else if (rc == WR_OK && !refused) s->judged++;
    else s->not_evaluated++;
}

static void judge_file(run_worker *w, run_slot *s) {
    const wr_input_path *in = w->plan->inputs.v[s->input].in;
    wr_ctx *c = &s->task;
    wr_str text;
    wr_doc *doc = NULL;
    const wr_src *src = NULL;
    if (wr_read_file(c, in->path.p, &text) == WR_OK)
        src = wr_src_new(&c->arena, in->path, text, false);
    wr_load how = {
        .profile = WR_LOAD_STRICT, .syms = wr_guard_syms(w->plan->r->guard), .all = true};
    if (src) s->bytes = text.n;
    if (src) how.is_json = wr_looks_json(in->name, text);
    if (src == NULL || wr_doc_load(c, src, &how, &doc) != WR_OK) {
        s->not_evaluated++;
        if (c->n_errors == 0)
            (void)wr_report(c, WR_D_B0001, WR_ERROR, NULL, (wr_span){0, 0}, "cannot read '%.*s'",
                            WR_FMT(in->path));
        return;
    }
    run_where at = {.account = in->account, .region = in->region, .text = text, .kind = in->kind};
    judge_document(w, s, doc, &at);
}

// ---------------------------------------------------------------------------------- items

static wr_str text_at(const wr_doc *d, const char *key) {
    const wr_node *n = wr_map_getz(d, d->root, key);
    return n && n->kind == WR_STR ? wr_node_str(n) : WR_S("");
}

static wr_str either(wr_str a, wr_str b) { return a.n ? a : b; }

// AWS Config, configurationItemStatus: what is not there any more, or not recorded.
static bool is_gone(wr_str status) {
    return wr_starts(status, WR_S("ResourceDeleted")) || wr_eq(status, WR_S("ResourceNotRecorded"));
}

static void judge_item(run_worker *w, run_slot *s, const wr_doc *d, wr_str text) {
    const wr_input_path *in = w->plan->inputs.v[s->input].in;
    wr_rc rc = WR_BAD;
    if (d->root->kind == WR_MAP && text_at(d, "resourceType").n) {
        rc = ctl_bind(&w->judge, d, in->name);
    } else {
        wr_diag *x = wr_report(&s->task, WR_D_K0504, WR_ERROR, d->srcs[0],
                               (wr_span){d->root->span.beg, d->root->span.beg + 1},
                               "this is no configuration item: it has no resourceType");
        wr_hint(&s->task, x, "items stand one a line, in a list, or under configurationItems");
    }
    if (rc == WR_OK && w->judge.shape != WR_ON_CI) {
        (void)wr_report(&s->task, WR_D_K0505, WR_ERROR, d->srcs[0],
                        (wr_span){d->root->span.beg, d->root->span.beg + 1},
                        "this stands among the items and is none");
        rc = WR_BAD;
    }
    if (rc != WR_OK) {
        if (rc == WR_NOMEM) s->rc = rc;
        s->not_evaluated++;
        return;
    }
    run_where at = {
        .account = either(either(text_at(d, "awsAccountId"), text_at(d, "accountId")), in->account),
        .region = either(text_at(d, "awsRegion"), in->region),
        .resource = either(either(text_at(d, "ARN"), text_at(d, "arn")), text_at(d, "resourceId")),
        .type = text_at(d, "resourceType"),
        .text = text,
        .kind = in->kind,
    };
    if (is_gone(text_at(d, "configurationItemStatus"))) {
        s->judged++;
        return;
    }
    // Two accounts may have a resource of one name, which only an ARN tells apart.
    if (either(text_at(d, "ARN"), text_at(d, "arn")).n == 0)
        at.identity = wr_fmt(&s->task.arena, "%.*s/%.*s/%.*s/%.*s", WR_FMT(at.account),
                             WR_FMT(at.region), WR_FMT(at.type), WR_FMT(at.resource));
    wr_str subject = either(at.resource, in->name);
    if (!judge_bound(w, s, subject, &at)) s->rc = WR_NOMEM;
    s->judged++;
}

// ---------------------------------------------------------------------------------- requests

// What is expected of the control. A word is about all of them: `allow` that none denies, `deny`
// that one does, which is asked in the end.
static wr_str expected(const ctl_request *q, const wr_control *c) {
    const wr_node *n = q->expect;
    for (uint32_t i = 0; n && n->kind == WR_MAP && i < n->n; i++)
        if (wr_eq(wr_node_str(wr_map_key(n, i)), c->id)) return wr_node_str(wr_map_val(n, i));
    bool all = n && n->kind == WR_STR && !wr_eq(wr_node_str(n), WR_S("deny"));
    return all ? wr_node_str(n) : WR_S("");
}

static bool is_word(wr_str s) {
    return wr_eq(s, WR_S("allow")) || wr_eq(s, WR_S("deny")) || wr_eq(s, WR_S("unknown")) ||
           wr_eq(s, WR_S("skip"));
}

static bool expects_well(run_slot *s, const wr_repo *r, const ctl_request *q) {
    const wr_node *n = q->expect, *bad = NULL;
    wr_str unknown = WR_S("");
    if (n == NULL) return true;
    if (n->kind == WR_STR && !is_word(wr_node_str(n))) bad = n;
    if (n->kind != WR_STR && n->kind != WR_MAP) bad = n;
    for (uint32_t i = 0; n->kind == WR_MAP && i < n->n; i++) {
        const wr_node *v = wr_map_val(n, i);
        if (v->kind != WR_STR || !is_word(wr_node_str(v))) bad = v;
        else if (!wr_control_find(r, wr_node_str(wr_map_key(n, i))))
            unknown = wr_node_str(wr_map_key(n, i)), bad = wr_map_key(n, i);
    }
    if (bad == NULL) return true;
    const wr_src *src = q->doc->srcs[bad->src];
    if (unknown.n)
        (void)wr_report(&s->task, WR_D_I0201, WR_ERROR, src, bad->span,
                        "expect names the control '%.*s', which is not there", WR_FMT(unknown));
    else
        (void)wr_report(&s->task, WR_D_I0201, WR_ERROR, src, bad->span,
                        "expect is allow, deny, unknown or skip, or a map of controls to these");
    return false;
}

static wr_str word_of(wr_outcome o) {
    if (o == WR_ALLOW) return WR_S("allow");
    if (o == WR_UNKNOWN) return WR_S("unknown");
    return o == WR_SKIP ? WR_S("skip") : WR_S("deny");
}

static wr_reason reason_of(const ctl_request *q, wr_str message) {
    return (wr_reason){.message = message,
                       .which = q->id,
                       .resource = q->resource,
                       .input = q->doc->srcs[q->node->src],
                       .input_at = {q->node->span.beg, q->node->span.beg + 1}};
}

// A decision that is not the one expected is a failure of the control.
static bool compare(run_slot *s, const ctl_request *q, wr_str want, ctl_verdict *v) {
    wr_arena *a = &s->task.arena;
    wr_outcome got = v->outcome;
    wr_decision *d = &v->part[0];
    bool open = got == WR_UNKNOWN || got == WR_FAULT;
    if (want.n == 0) { // nothing is expected: what can be told is told
        if (open) return true;
        v->outcome = got == WR_SKIP ? WR_SKIP : WR_PASS;
        v->n = 0;
        return true;
    }
    if (got != WR_FAULT && wr_eq(word_of(got), want)) {
        v->outcome = WR_PASS;
        v->n = 0;
        return true;
    }
    if (open) return true;
    const wr_reason none = {0}, *said = v->n ? &d->reasons[0] : &none;
    wr_reason *why = WR_NEW(a, wr_reason);
    if (why == NULL) return false;
    *why = reason_of(q, wr_fmt(a, "%.*s; expected: %.*s", WR_FMT(word_of(got)), WR_FMT(want)));
    why->found = word_of(got);
    why->wanted = want;
    why->custom = said->message;
    why->policy = said->policy;
    why->policy_at = said->policy_at;
    v->outcome = d->outcome = WR_FAIL;
    v->n = 1;
    d->reasons = why;
    d->n_reasons = 1;
    return true;
}

// A request of which `deny` is expected, and no control denies it: a finding of no control.
static bool nobody_denies(run_worker *w, run_slot *s, const wr_input_path *in, const ctl_request *q,
                          const run_where *at) {
    wr_arena *a = &s->task.arena;
    wr_decision *d = WR_NEW(a, wr_decision);
    wr_reason *why = WR_NEW(a, wr_reason);
    if (d == NULL || why == NULL) return false;
    *why = reason_of(q, WR_S("no control denies it; expected: deny"));
    *d = (wr_decision){.subject = in->name,
                       .rule = WR_S("writ/requests"),
                       .title = WR_S("Requests that are to be denied are"),
                       .severity = WR_SEV_HIGH,
                       .outcome = WR_FAIL,
                       .reasons = why,
                       .n_reasons = 1,
                       .time = s->task.now};
    run_hit h = {.f = {.decision = d,
                       .reason = why,
                       .fingerprint = wr_fingerprint(a, d, why),
                       .control = d->rule,
                       .has_layer = true,
                       .layer = WR_PREVENTATIVE,
                       .title = d->title,
                       .severity = d->severity,
                       .account = at->account,
                       .region = at->region,
                       .resource = q->resource,
                       .times = 1}};
    if (h.f.fingerprint.n == 0) return false;
    run_settle(w, s, &h);
    return WR_PUSH(a, &s->hits, h);
}

static wr_rc ask(run_worker *w, run_slot *s, const wr_control *c, const ctl_request *q,
                 const run_where *at, bool *denied) {
    const wr_input_path *in = w->plan->inputs.v[s->input].in;
    ctl_verdict v;
    wr_rc rc = ctl_judge_request(&w->judge, c, WR_PREVENTATIVE, q, in->name, &v);
    if (rc != WR_OK) return rc;
    *denied = *denied || v.outcome == WR_DENY;
    if (v.n == 0) v.part[0] = ctl_decision_of(&w->judge, c, WR_PREVENTATIVE, in->name, v.outcome);
    if (!compare(s, q, expected(q, c), &v)) return WR_NOMEM;
    w->counts[c->index * WR_N_LAYERS + WR_PREVENTATIVE].of[v.outcome]++;
    return v.n == 0 || run_find(w, s, c, WR_PREVENTATIVE, &v, at, 1) ? WR_OK : WR_NOMEM;
}

static bool management(const wr_repo *r, wr_str account) {
    return r->org && r->org->management && wr_eq(r->org->management->id, account);
}

static void judge_request(run_worker *w, run_slot *s, const wr_doc *d, wr_str text) {
    const run_plan *p = w->plan;
    const run_input *in = &p->inputs.v[s->input];
    ctl_request q;
    wr_rc rc = ctl_request_read(&s->task, d, d->root, &q);
    if (rc != WR_OK || !expects_well(s, p->r, &q)) {
        s->not_evaluated++;
        return;
    }
    if (q.id.n == 0) // what tells it from others over time
        q.id = wr_fmt(&s->task.arena, "%.*s %.*s %.*s", WR_FMT(q.principal), WR_FMT(q.action),
                      WR_FMT(q.resource));
    wr_str owner = either(q.resource_account, q.who.account);
    q.caller_management = q.caller_management || management(p->r, q.who.account);
    q.resource_management = q.resource_management || management(p->r, owner);
    run_where at = {.account = either(q.who.account, in->in->account),
                    .region = in->in->region,
                    .text = text,
                    .kind = in->in->kind};
    bool denied = false;
    for (uint32_t i = 0; i < p->r->controls.n; i++) {
        const wr_control *c = p->r->controls.v[i];
        bool rcp = c->layer[WR_PREVENTATIVE].means == WR_BY_RCP;
        if (!run_has(p->requests, i) || !run_has(p->wanted, i)) continue;
        if (!in->whole && !run_has(p->changed, i)) continue;
        const run_scope *where = run_scope_of(w, rcp ? owner : q.who.account);
        if (where == NULL) s->rc = WR_NOMEM;
        if (where == NULL || run_has(where->out_there, i)) continue;
        if (run_has(where->maybe_there, i)) w->doubtful[i] = true;
        rc = ask(w, s, c, &q, &at, &denied);
        if (rc == WR_NOMEM) s->rc = rc;
        if (rc == WR_BAD) { // no policy can judge it, and that was said
            s->not_evaluated++;
            return;
        }
    }
    bool wanted = q.expect && q.expect->kind == WR_STR &&
                  wr_eq(wr_node_str(q.expect), WR_S("deny")) && in->whole && p->o->n_controls == 0;
    if (wanted && !denied && !nobody_denies(w, s, in->in, &q, &at)) s->rc = WR_NOMEM;
    s->judged++;
}

// ---------------------------------------------------------------------------------- parts

static void judge_piece(run_worker *w, run_slot *s, const run_piece *piece) {
    const wr_input_path *in = w->plan->inputs.v[s->input].in;
    wr_ctx *c = &s->task;
    wr_str text = wr_strn(s->text.p + piece->at, piece->n);
    wr_src *src = wr_src_new(&c->arena, in->path, text, false);
    wr_load how = {
        .profile = WR_LOAD_STRICT, .is_json = true, .syms = wr_guard_syms(w->plan->r->guard)};
    wr_doc *d = NULL;
    if (src) src->before = piece->before;
    if (src == NULL) s->rc = WR_NOMEM;
    else if (wr_doc_load(c, src, &how, &d) != WR_OK) s->not_evaluated++;
    else if (in->kind == WR_IN_ITEMS) judge_item(w, s, d, text);
    else judge_request(w, s, d, text);
}

void run_judge(run_worker *w, run_slot *s) {
    w->judge.task = &s->task;
    s->task.now = w->plan->r->ctx->now;
    if (s->whole) {
        judge_file(w, s);
        return;
    }
    for (uint32_t i = 0; i < s->n_pieces && s->rc == WR_OK; i++) {
        wr_ctx_mark m = wr_ctx_mark_now(&s->task);
        uint32_t hits = s->hits.n;
        judge_piece(w, s, &s->piece[i]);
        if (s->hits.n == hits && s->task.n_diags == m.n_diags) wr_ctx_rewind(&s->task, m);
    }
    if (s->task.arena.oom) s->rc = WR_NOMEM;
}
