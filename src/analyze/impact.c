// SPDX-License-Identifier: Apache-2.0
// Replay of trails against proposed SCPs and RCPs. Each record becomes a request, each policy is
// asked by itself what it would have done; what turns on facts that trails do not hold is unknown.
// For each kind of event the statements that may name its action are looked up once: a policy that
// cannot name it costs nothing.
// Always true: each record is counted exactly once in `kinds`; each call that is judged exactly
// once a policy; what is not certain is never counted as not denied.
// Rules: AWS Organizations User Guide ("SCP evaluation", "Tasks and entities not restricted by
// SCPs", "Resource control policies"); docs/internals/trail.md.

#include "analyze/impact_int.h"

enum { MAX_ACTIONS = 20000, SAID = 20 };

// ---------------------------------------------------------------------------------- actions

static bool alike(wr_str a, const char *b, size_t n) {
    if (a.n < n) return false;
    for (size_t i = 0; i < n; i++)
        if ((a.p[i] | 0x20) != (b[i] | 0x20)) return false;
    return true;
}

// Does the statement name every action of the service ("*", "s3:*")?
static bool names_all(const wr_iam_stmt *st, wr_str service) {
    for (uint32_t i = 0; i < st->actions.n; i++) {
        wr_str t = st->actions.v[i].raw;
        if (st->actions.v[i].flags & WR_IAM_P_ALL) return true;
        if (t.n == service.n + 2 && wr_ends(t, WR_S(":*")) && alike(service, t.p, service.n))
            return true;
    }
    return false;
}

// Can some pattern of the statement mean an action of the service?
static bool names_some(const wr_iam_stmt *st, wr_str service) {
    for (uint32_t i = 0; i < st->actions.n; i++) {
        wr_str t = st->actions.v[i].raw;
        size_t n = 0;
        while (n < t.n && t.p[n] != ':' && t.p[n] != '*' && t.p[n] != '?') n++;
        bool whole = n < t.n && t.p[n] == ':';
        if (alike(service, t.p, n) && (!whole || n == service.n)) return true;
    }
    return false;
}

// May the statement name the event's action? *unsure: it depends on which action that is.
static bool may_name(const wr_iam_stmt *st, const wr_iam_request *r, const wr_trail_action *a,
                     bool *unsure) {
    wr_tri named = wr_iam_match_action(st, r);
    *unsure = false;
    if (a->event.known) return named != WR_NO;
    wr_str service = a->event.service;
    if (names_all(st, service)) return !st->not_action;
    if (!names_some(st, service)) return st->not_action;
    return *unsure = true;
}

static bool add_refs(wr_impact *w, impact_action *a) {
    WR_VEC(impact_ref) refs = {NULL, 0, 0};
    const wr_impact_opts *o = w->o;
    for (uint32_t i = 0; i < o->n_policies; i++) {
        const wr_iam_policy *p = o->policies[i];
        bool rcp = p->kind == WR_IAM_RCP;
        if (rcp && !a->rcp) continue;
        for (uint32_t k = 0; k < p->n_stmts; k++) {
            impact_ref ref = {.policy = i, .stmt = &p->stmts[k]};
            if (!ref.stmt->deny && (rcp || !o->replace)) continue;
            if (!may_name(ref.stmt, &w->work->request, &a->action, &ref.unsure)) continue;
            if (!WR_PUSH(&w->ctx.arena, &refs, ref)) return false;
        }
    }
    a->refs = refs.v;
    a->n_refs = refs.n;
    return true;
}

static bool same(wr_str a, const char *lower) {
    wr_str b = wr_strz(lower);
    bool ok = a.n == b.n;
    for (size_t i = 0; i < b.n && ok; i++) {
        char c = a.p[i] >= 'A' && a.p[i] <= 'Z' ? (char)(a.p[i] | 0x20) : a.p[i];
        ok = c == b.p[i];
    }
    return ok;
}

static bool rcp_binds(const wr_trail_action *a) {
    uint32_t service = wr_aws_service_find(a->event.service);
    return service != WR_AWS_NONE && wr_aws_service_rcp(service) &&
           !same(a->text, "kms:retiregrant");
}

// The action of the record in hand; new ones are looked up in all policies. NULL without memory.
static const impact_action *action_of(wr_impact *w) {
    impact_work *k = w->work;
    const wr_trail_record *rec = &k->record;
    k->key.n = 0;
    wr_puts(&k->key, rec->source);
    wr_putc(&k->key, ' ');
    wr_puts(&k->key, rec->name);
    if (k->key.rc != WR_OK) return NULL;
    impact_action *a = wr_map_find(&k->actions, wr_buf_str(&k->key));
    if (a) return a;
    bool keep = k->actions.n < MAX_ACTIONS;
    wr_arena *mem = keep ? &w->ctx.arena : &k->scratch.arena;
    wr_trail_record copy = {.source = wr_dup(mem, rec->source), .name = wr_dup(mem, rec->name)};
    a = WR_NEW(mem, impact_action);
    if (a == NULL || copy.name.p == NULL || copy.source.p == NULL) return NULL;
    a->judged = wr_trail_action_of(mem, &copy, &a->action) &&
                wr_iam_request_action(&k->request, a->action.text) == WR_OK;
    a->spared = a->judged && same(a->action.text, "sts:getcalleridentity");
    a->rcp = a->judged && rcp_binds(&a->action);
    if (a->judged && !a->spared && !add_refs(w, a)) return NULL;
    void **slot = keep ? wr_map_at(&k->actions, wr_dup(mem, wr_buf_str(&k->key))) : NULL;
    if (slot) *slot = a;
    return slot || !keep ? a : NULL;
}

// ---------------------------------------------------------------------------------- judging

static wr_tri test(const impact_ref *ref, const wr_iam_request *r, wr_iam_need *need) {
    wr_tri v = wr_iam_match_resource(ref->stmt, r, need);
    if (v != WR_NO) v = wr_tri_and(v, wr_iam_match_conds(ref->stmt, r, need, NULL));
    return ref->unsure ? wr_tri_and(v, WR_MAYBE) : v;
}

// All statements about the resource that the request has now.
static void ask(impact_work *k, const impact_action *a, uint32_t n_policies) {
    for (uint32_t i = 0; i <= n_policies; i++) {
        k->judged[i].deny = k->judged[i].allow = WR_NO;
        k->judged[i].stmt = NULL;
    }
    for (uint32_t i = 0; i < a->n_refs; i++) {
        const impact_ref *ref = &a->refs[i];
        impact_judged *j = &k->judged[ref->policy];
        wr_tri *value = ref->stmt->deny ? &j->deny : &j->allow;
        if (j->exempt || *value == WR_YES) continue;
        wr_tri v = test(ref, &k->request, NULL);
        if (v <= *value) continue;
        *value = v;
        if (ref->stmt->deny) j->stmt = ref->stmt;
    }
}

static bool is_listed(const wr_impact_opts *o, wr_str account) {
    for (uint32_t i = 0; i < o->n_accounts; i++)
        if (wr_eq(o->accounts[i], account)) return true;
    return o->n_accounts == 0;
}

// Do policies of the organization bind calls of (RCPs: on) this account?
static bool binds_account(const wr_impact_opts *o, wr_str account) {
    if (!is_listed(o, account)) return false;
    if (o->org == NULL) return true;
    const wr_org_account *a = wr_org_account_find(o->org, account);
    return a != NULL && !a->management;
}

typedef struct binding { // of the call in hand
    bool scp, rcp;       // do such policies bind its accounts?
} binding;

static binding binding_of(const wr_impact *w, const impact_action *a) {
    const impact_work *k = w->work;
    if (k->made.service_linked == WR_YES) return (binding){false, false};
    return (binding){k->record.kind == WR_TRAIL_CALL && binds_account(w->o, k->record.account),
                     a->rcp && binds_account(w->o, k->request.resource_account)};
}

static bool is_exempt(const wr_impact *w, uint32_t policy, const binding *b) {
    const wr_impact_opts *o = w->o;
    const impact_work *k = w->work;
    bool rcp = o->policies[policy]->kind == WR_IAM_RCP;
    if (!(rcp ? b->rcp : b->scp)) return true;
    wr_str account = rcp ? k->request.resource_account : k->record.account;
    return o->binds && !o->binds(o->binds_arg, policy, account);
}

static wr_impact_verdict verdict(const wr_impact *w, const impact_judged *j, bool full) {
    if (j->exempt) return WR_IMPACT_EXEMPT;
    wr_tri deny = full ? j->deny : wr_tri_or(j->deny, wr_tri_not(j->allow));
    if (w->work->made.service_linked == WR_MAYBE) deny = wr_tri_and(deny, WR_MAYBE);
    return deny == WR_YES     ? WR_IMPACT_DENIED
           : deny == WR_MAYBE ? WR_IMPACT_UNKNOWN
                              : WR_IMPACT_PASSED;
}

static void keep_worst(const wr_impact *w, impact_judged *j, bool full, uint32_t resource) {
    wr_impact_verdict v = verdict(w, j, full);
    if (resource > 0 && v <= j->worst) return;
    j->worst = v;
    j->worst_stmt = j->stmt;
    j->worst_at = resource;
}

// All policies together: a Deny of any; an Allow of any SCP, when they replace FullAWSAccess.
static void judge_together(const wr_impact *w, uint32_t resource) {
    const wr_impact_opts *o = w->o;
    impact_judged *all = &w->work->judged[o->n_policies];
    bool full = true;
    for (uint32_t i = 0; i < o->n_policies; i++) {
        const impact_judged *j = &w->work->judged[i];
        if (j->exempt) continue;
        if (j->deny > all->deny) {
            all->deny = j->deny;
            all->stmt = j->stmt;
        }
        all->allow = wr_tri_or(all->allow, j->allow);
        if (o->replace && o->policies[i]->kind == WR_IAM_SCP) full = false;
    }
    keep_worst(w, all, full, resource);
}

static void use_resource(impact_work *k, uint32_t i) {
    const wr_trail_request *made = &k->made;
    bool known = i < made->n_resources;
    k->request.resource_unknown = !known;
    wr_iam_request_resource(&k->request, known ? made->resources[i] : WR_S("*"));
}

static void judge(wr_impact *w, const impact_action *a) {
    const wr_impact_opts *o = w->o;
    impact_work *k = w->work;
    bool all_exempt = true;
    binding bound = binding_of(w, a);
    for (uint32_t i = 0; i < o->n_policies; i++) {
        k->judged[i].exempt = is_exempt(w, i, &bound);
        all_exempt = all_exempt && k->judged[i].exempt;
    }
    k->judged[o->n_policies].exempt = all_exempt;
    for (uint32_t i = 0; a->spared && i <= o->n_policies; i++)
        k->judged[i].worst = k->judged[i].exempt ? WR_IMPACT_EXEMPT : WR_IMPACT_PASSED;
    if (a->spared) return;
    uint32_t n = k->made.n_resources + (k->made.n_resources == 0 || k->made.more_resources);
    for (uint32_t r = 0; r < n; r++) {
        if (n > 1) use_resource(k, r);
        ask(k, a, o->n_policies);
        for (uint32_t i = 0; i < o->n_policies; i++)
            keep_worst(w, &k->judged[i], !o->replace || o->policies[i]->kind == WR_IAM_RCP, r);
        judge_together(w, r);
    }
}

static void set_fact(uint64_t *facts, uint32_t f) { facts[f / 64] |= (uint64_t)1 << f % 64; }

// The facts that policies [from, to) wait for.
static void find_facts(wr_impact *w, const impact_action *a, uint32_t from, uint32_t to) {
    impact_work *k = w->work;
    memset(k->need.keys, 0, k->need.n_words * sizeof *k->need.keys);
    memset(k->facts, 0, (w->n_facts / 64 + 1) * sizeof *k->facts);
    k->need.resource = false;
    for (uint32_t i = 0; i < a->n_refs; i++) {
        const impact_ref *ref = &a->refs[i];
        if (ref->policy < from || ref->policy >= to || k->judged[ref->policy].exempt) continue;
        if (test(ref, &k->request, NULL) != WR_MAYBE) continue;
        (void)test(ref, &k->request, &k->need);
        if (ref->unsure) set_fact(k->facts, WR_IMPACT_F_ACTION);
    }
    if (k->need.resource) set_fact(k->facts, WR_IMPACT_F_RESOURCE);
    if (k->made.service_linked == WR_MAYBE) set_fact(k->facts, WR_IMPACT_F_ROLE);
    for (uint32_t i = 0; i < w->n_facts - WR_IMPACT_N_FACTS; i++)
        if (k->need.keys[i / 64] >> i % 64 & 1) set_fact(k->facts, i + WR_IMPACT_N_FACTS);
}

static wr_rc count_call(wr_impact *w, const impact_action *a, const impact_call *call) {
    const wr_impact_opts *o = w->o;
    impact_work *k = w->work;
    for (uint32_t i = 0; i <= o->n_policies; i++) {
        const impact_judged *j = &k->judged[i];
        bool unknown = j->worst == WR_IMPACT_UNKNOWN;
        if (unknown) {
            use_resource(k, j->worst_at);
            find_facts(w, a, i < o->n_policies ? i : 0, i < o->n_policies ? i + 1 : i);
        }
        wr_rc rc = impact_count(w, i, j->worst, call, j->worst_stmt, unknown ? k->facts : NULL);
        if (rc != WR_OK) return rc;
    }
    return WR_OK;
}

// ---------------------------------------------------------------------------------- records

static wr_rc judge_record(wr_impact *w) {
    impact_work *k = w->work;
    const wr_trail_record *rec = &k->record;
    const impact_action *a = action_of(w);
    if (a == NULL) return WR_NOMEM;
    wr_rc rc = a->judged ? wr_trail_make(k->keys, &k->scratch.arena, rec, &a->action, &k->request,
                                         &k->made)
                         : WR_BAD;
    if (rc != WR_OK) {
        w->formless++;
        return rc == WR_BAD ? WR_OK : rc;
    }
    bool denied;
    impact_call call = {.principal = k->made.caller,
                        .action = a->action.text,
                        .account = rec->account.n ? rec->account : rec->recipient};
    call.failed = wr_trail_failed(rec, &denied);
    w->failed += call.failed;
    w->denied += denied;
    if (!is_listed(w->o, rec->account) && !is_listed(w->o, k->request.resource_account))
        w->outside++;
    judge(w, a);
    return count_call(w, a, &call);
}

// What a record that cannot be read lacks, in words.
static void explain(wr_impact *w, wr_pull *p, const wr_item *it) {
    impact_work *k = w->work;
    wr_doc *doc = NULL;
    uint32_t had = k->scratch.n_errors;
    wr_rc rc = wr_pull_load(p, it, &k->scratch, &(wr_load){.is_json = true}, &doc);
    if (rc == WR_OK && k->scratch.n_errors == had) {
        const wr_src *src = doc->srcs[0];
        wr_diag *d = wr_report(&k->scratch, WR_D_A0201, WR_WARNING, src, (wr_span){0, 1},
                               "this is no CloudTrail record: it lacks eventSource or eventName");
        wr_hint(&k->scratch, d, "records stand in {\"Records\": [...]}, in an array or one a line");
    }
}

static void tell(const wr_impact *w, wr_ctx *c, uint32_t *said) {
    for (const wr_diag *d = c->diags; d; d = d->next)
        if ((*said)++ < SAID && w->o->say) w->o->say(w->o->arg, d);
}

static wr_rc replay(wr_impact *w, wr_pull *p, uint32_t *said) {
    impact_work *k = w->work;
    wr_item it;
    wr_rc rc = WR_OK;
    uint64_t taken = 0;
    while (rc == WR_OK && wr_pull_next(p, &it)) {
        k->at_record = it.index;
        k->at_line = (uint64_t)it.before.line + 1;
        wr_trail_read(&k->scratch.arena, it.text, &k->record);
        wr_trail_kind kind = k->record.kind;
        if (kind == WR_TRAIL_OTHER || kind == WR_TRAIL_BROKEN) {
            explain(w, p, &it);
            if (k->scratch.n_errors) kind = WR_TRAIL_BROKEN;
            tell(w, &k->scratch, said);
        }
        w->records++;
        w->kinds[kind]++;
        w->broken += kind == WR_TRAIL_BROKEN;
        if (kind < WR_TRAIL_NAMELESS) rc = judge_record(w);
        wr_ctx_rewind(&k->scratch, k->mark);
        if (w->o->progress && it.index % 1024 == 0) {
            uint64_t now = wr_stream_taken(wr_pull_stream(p), NULL);
            __atomic_fetch_add(&w->o->progress[0], 1024, __ATOMIC_RELAXED);
            __atomic_fetch_add(&w->o->progress[1], now - taken, __ATOMIC_RELAXED);
            taken = now;
        }
    }
    return rc;
}

static void add_piece(void *sum, wr_str piece) { wr_digest_add(sum, piece); }

wr_rc wr_impact_file(wr_impact *w, const char *path, uint32_t index) {
    wr_ctx c;
    uint32_t said = 0;
    wr_ctx_init(&c, NULL);
    w->work->file = index;
    w->files++;
    wr_pull_opts o = {.list = "Records", .max_bytes = w->o->max_record};
    wr_digest *sum = w->o->digests ? wr_digest_new() : NULL;
    wr_stream *s = wr_stream_open(&c, path);
    if (s && sum) wr_stream_tap(s, add_piece, sum);
    wr_pull *p = wr_pull_from(&c, s, &o);
    wr_rc rc = p ? replay(w, p, &said) : WR_IO;
    if (rc == WR_OK) rc = wr_pull_rc(p);
    wr_pull_close(p);
    if (sum) wr_digest_end(sum, w->o->digests[index]);
    tell(w, &c, &said);
    if (said > SAID && w->o->say) {
        wr_ctx_fini(&c);
        wr_ctx_init(&c, NULL);
        w->o->say(w->o->arg, wr_report(&c, WR_D_A0202, WR_WARNING, NULL, (wr_span){0, 0},
                                       "'%s': %u more things to say are left out", path,
                                       (unsigned)(said - SAID)));
    }
    w->failed_files += rc != WR_OK;
    wr_ctx_fini(&c);
    return rc;
}

// ---------------------------------------------------------------------------------- a worker

static bool init_work(wr_impact *w) {
    impact_work *k = w->work;
    wr_arena *a = &w->ctx.arena;
    const wr_impact_opts *o = w->o;
    w->n_facts = wr_iam_n_keys(o->set) + WR_IMPACT_N_FACTS;
    wr_ctx_init(&k->scratch, NULL);
    (void)wr_alloc(&k->scratch.arena, 1); // keeps the first block over rewinds
    k->mark = wr_ctx_mark_now(&k->scratch);
    wr_buf_init(&k->key, 64 << 10);
    wr_map_init(&k->actions, a);
    wr_map_init(&k->rows, a);
    k->keys = wr_trail_keys_new(a, o->set, o->org);
    k->judged = WR_NEW_N(a, impact_judged, o->n_policies + 1u);
    k->need.n_words = w->n_facts / 64 + 1;
    k->need.keys = WR_NEW_N(a, uint64_t, k->need.n_words);
    k->facts = WR_NEW_N(a, uint64_t, k->need.n_words);
    w->tallies = WR_NEW_N(a, wr_impact_tally, o->n_policies + 1u);
    for (uint32_t i = 0; w->tallies && i <= o->n_policies; i++)
        w->tallies[i].facts = WR_NEW_N(a, uint64_t, w->n_facts);
    return wr_iam_request_init(&k->request, o->set, a) == WR_OK && k->keys && k->facts &&
           k->judged && k->need.keys && w->tallies && !a->oom && !k->scratch.arena.oom;
}

wr_impact *wr_impact_new(const wr_impact_opts *o) {
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    wr_impact *w = WR_NEW(&c.arena, wr_impact);
    impact_work *k = WR_NEW(&c.arena, impact_work);
    if (w == NULL || k == NULL) {
        wr_ctx_fini(&c);
        return NULL;
    }
    w->o = o;
    w->work = k;
    w->ctx = c; // from here on the worker owns the memory it stands in
    w->ctx.diags_tail = &w->ctx.diags;
    if (init_work(w)) return w;
    wr_impact_free(w);
    return NULL;
}

void wr_impact_free(wr_impact *w) {
    if (w == NULL) return;
    wr_ctx_fini(&w->work->scratch);
    wr_buf_fini(&w->work->key);
    wr_ctx c = w->ctx;
    wr_arena_fini(&c.arena);
}
