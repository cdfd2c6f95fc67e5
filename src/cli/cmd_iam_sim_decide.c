// SPDX-License-Identifier: Apache-2.0
// From a request as it was asked to an answer: the layers that apply (of the request, else of the
// flags, else of the dumps and the organization), a bench with them compiled, the facts of the
// request, the decision. One request and a batch take the same way.
//
// Always true: a request that cannot be decided is an error with a reason, never a deny; what no
// dump holds makes the answer unknown or an error, never an allow.

#include "cli/cmd_iam_sim.h"

typedef struct decide {
    sim *s;
    wr_ctx *x;
    const sim_ask *ask;
    sim_layers l;       // what applies
    sim_reload *reload; // NULL: the request has no document
    void *arg;
    wr_iam_principal who;
    wr_str owner;  // of the resource; may be empty
    bool is_trust; // the resource's policy is a role's trust policy
    bool caller_management, resource_management;
    sim_answer *out;
} decide;

static bool refuse(decide *d, const char *fmt, ...) WR_PRINTF(2, 3);
static bool refuse(decide *d, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    d->out->error = wr_vfmt(&d->x->arena, fmt, ap);
    va_end(ap);
    d->out->result = (wr_iam_result){.outcome = WR_FAULT, .possible = WR_BIT(WR_FAULT)};
    return false;
}

static bool no_memory(decide *d) { return refuse(d, "out of memory"); }

// ---------------------------------------------------------------------------------- layers

static bool take_shared(decide *d, const wr_iam_list *from, sim_list *to) {
    *to = (sim_list){0};
    for (uint32_t i = 0; i < from->n; i++) {
        sim_ref *ref = sim_ref_add(d->s, &d->x->arena, to);
        if (ref == NULL) return no_memory(d);
        *ref = (sim_ref){.policy = from->v[i], .name = from->v[i]->name};
    }
    return true;
}

// Who and what stands on the pages that a cut-off dump lacks is not known.
static bool is_whole(decide *d, const wr_acct *a) {
    if (a == NULL || !a->cut || d->s->takes_cut) return true;
    return refuse(d,
                  "'%.*s', the dump of account %.*s, is cut off: it says that more pages follow "
                  "(IsTruncated)",
                  WR_FMT(a->src->name), WR_FMT(a->id));
}

// Identity policies and boundary from the dump of the principal's account.
static bool layers_of_dump(decide *d) {
    const wr_world *w = &d->s->world;
    bool need = w->accounts.n > 0 && !d->l.has_identity;
    if (need && d->who.account.n && !is_whole(d, wr_world_account(w, d->who.account))) return false;
    if (d->who.kind == WR_IAM_FEDERATED_USER && need)
        return refuse(d,
                      "whose session %.*s is does not follow from its name: give the identity "
                      "policies of the user with --identity",
                      WR_FMT(d->who.text));
    if (d->who.kind != WR_IAM_USER && d->who.kind != WR_IAM_ROLE &&
        d->who.kind != WR_IAM_SESSION_OF_ROLE)
        return true;
    const wr_acct_entity *e = wr_world_entity(w, &d->who);
    if (e == NULL && need) {
        bool dumped = wr_world_account(w, d->who.account) != NULL;
        return refuse(d,
                      dumped ? "there is no principal %.*s in the dump of its account"
                             : "there is no dump of the account of %.*s",
                      WR_FMT(d->who.text));
    }
    if (e == NULL) return true;
    wr_iam_layers l = {0};
    bool missing = false;
    if (wr_acct_layers(d->x, wr_world_account(w, d->who.account), e, &l, &missing) != WR_OK)
        return no_memory(d);
    if (!d->l.has_identity && !take_shared(d, &l.identity, &d->l.identity)) return false;
    if (d->l.has_boundary || !l.has_boundary) return true;
    d->l.has_boundary = true;
    return take_shared(d, &l.boundary, &d->l.boundary);
}

bool sim_is_assume(wr_str action) {
    static const char *const names[] = {"sts:assumerole", "sts:tagsession",
                                        "sts:setsourceidentity"};
    char low[32];
    size_t n = action.n < sizeof low ? action.n : sizeof low;
    for (size_t i = 0; i < n; i++) low[i] = wr_low(action.p[i]);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (wr_starts(wr_strn(low, n), wr_strz(names[i]))) return true;
    return false;
}

static bool is_exact(const decide *d) {
    return d->ask->has_exact ? d->ask->exact : d->s->flags.exact;
}

// Whether a role may be assumed is for its trust policy to say. One that nobody gave is not known;
// where what is not given is absent, the caller's side alone decides.
static bool trust_of_dump(decide *d) {
    wr_iam_principal role;
    if (!d->is_trust || d->l.has_resource || !wr_iam_principal_parse(d->ask->resource, &role) ||
        role.kind != WR_IAM_ROLE)
        return true;
    if (wr_world_account(&d->s->world, role.account) == NULL) {
        wr_iam_list unseen = {&d->s->unseen_trust, 1};
        if (is_exact(d)) return true;
        d->l.has_resource = true;
        return take_shared(d, &unseen, &d->l.resource);
    }
    if (!is_whole(d, wr_world_account(&d->s->world, role.account))) return false;
    const wr_acct_entity *e = wr_world_role(&d->s->world, d->ask->resource);
    if (e == NULL)
        return refuse(d, "there is no role %.*s in the dump of its account",
                      WR_FMT(d->ask->resource));
    const wr_iam_policy *p = e->trust->missing ? e->trust->stand_in : e->trust->policy;
    wr_iam_list one = {&p, 1};
    d->l.has_resource = true;
    return take_shared(d, &one, &d->l.resource);
}

// A resource's policy that nobody gave may allow anything.
static bool policy_unseen(decide *d) {
    if (!d->ask->unseen_policy || d->is_trust || d->l.has_resource || is_exact(d)) return true;
    wr_iam_list unseen = {&d->s->unseen_policy, 1};
    d->l.has_resource = true;
    return take_shared(d, &unseen, &d->l.resource);
}

static bool levels_of_org(decide *d, wr_str account, wr_org_policy_kind kind, sim_list **out,
                          uint32_t *n) {
    wr_iam_list *levels;
    if (wr_world_levels(&d->s->world, &d->x->arena, account, kind, &levels, n) != WR_OK)
        return no_memory(d);
    *out = WR_NEW_N(&d->x->arena, sim_list, *n ? *n : 1);
    if (*out == NULL) return no_memory(d);
    for (uint32_t i = 0; i < *n; i++)
        if (!take_shared(d, &levels[i], &(*out)[i])) return false;
    return true;
}

// The request's own, else those of the flags.
static void merge(sim_layers *l, const sim_layers *flags) {
    if (!l->has_identity) l->identity = flags->identity;
    if (!l->has_boundary) l->boundary = flags->boundary;
    if (!l->has_session) l->session = flags->session;
    if (!l->has_endpoint) l->endpoint = flags->endpoint;
    if (!l->has_resource) l->resource = flags->resource;
    if (!l->has_scps) l->scps = flags->scps, l->n_scps = flags->n_scps;
    if (!l->has_rcps) l->rcps = flags->rcps, l->n_rcps = flags->n_rcps;
    l->has_identity = l->has_identity || flags->has_identity;
    l->has_boundary = l->has_boundary || flags->has_boundary;
    l->has_session = l->has_session || flags->has_session;
    l->has_endpoint = l->has_endpoint || flags->has_endpoint;
    l->has_resource = l->has_resource || flags->has_resource;
    l->has_scps = l->has_scps || flags->has_scps;
    l->has_rcps = l->has_rcps || flags->has_rcps;
}

static bool find_layers(decide *d) {
    const wr_world *w = &d->s->world;
    enum { MOST = 1000 }; // levels of an organization: AWS has seven
    d->l = d->ask->layers;
    merge(&d->l, &d->s->flags.layers);
    if (d->l.n_scps > MOST || d->l.n_rcps > MOST)
        return refuse(d, "%u levels of SCPs or RCPs are more than %d",
                      (unsigned)(d->l.n_scps > MOST ? d->l.n_scps : d->l.n_rcps), (int)MOST);
    if (!layers_of_dump(d) || !trust_of_dump(d) || !policy_unseen(d)) return false;
    if (!d->l.has_scps && !levels_of_org(d, d->who.account, WR_ORG_SCP, &d->l.scps, &d->l.n_scps))
        return false;
    if (!d->l.has_rcps && !levels_of_org(d, d->owner, WR_ORG_RCP, &d->l.rcps, &d->l.n_rcps))
        return false;
    d->caller_management = d->ask->caller_management || wr_world_is_management(w, d->who.account);
    d->resource_management = d->ask->resource_management || wr_world_is_management(w, d->owner);
    return true;
}

// ---------------------------------------------------------------------------------- keys

static void key_ref(wr_buf *b, const sim_ref *r) {
    if (r->inline_) {
        wr_span at = r->node->span;
        wr_str text = wr_sub(r->doc->srcs[r->node->src]->text, at.beg, at.end);
        wr_putf(b, "I%zu:", text.n);
        wr_puts(b, text);
        return;
    }
    const void *p = r->policy ? (const void *)r->policy : r->node ? (const void *)r->node : r->src;
    wr_putc(b, r->policy ? 'P' : 'N');
    wr_put(b, (const char *)&p, sizeof p);
}

static void key_list(wr_buf *b, char tag, bool has, const sim_list *l) {
    wr_putf(b, "%c%d,%u", tag, has, (unsigned)l->n);
    for (uint32_t i = 0; i < l->n; i++) key_ref(b, &l->v[i]);
}

static void key_text(wr_buf *b, wr_str s) {
    wr_putf(b, "%zu:", s.n);
    wr_puts(b, s);
}

// What the policies of a request are: equal keys, equal stacks.
static bool make_key(const decide *d, uint8_t out[32]) {
    const sim_layers *l = &d->l;
    wr_buf b;
    wr_buf_init(&b, 0);
    key_list(&b, 'i', true, &l->identity);
    key_list(&b, 'b', l->has_boundary, &l->boundary);
    key_list(&b, 's', l->has_session, &l->session);
    key_list(&b, 'e', l->has_endpoint, &l->endpoint);
    key_list(&b, d->is_trust ? 't' : 'r', l->has_resource, &l->resource);
    for (uint32_t i = 0; i < l->n_scps; i++) key_list(&b, 'S', true, &l->scps[i]);
    for (uint32_t i = 0; i < l->n_rcps; i++) key_list(&b, 'R', true, &l->rcps[i]);
    wr_putf(&b, "m%d%d%d", d->caller_management, d->resource_management, d->ask->restrict_public);
    for (uint32_t i = 0; i < d->ask->n_grants; i++) {
        const wr_iam_grant *g = &d->ask->grants[i];
        wr_putc(&b, 'g');
        key_text(&b, g->grantee);
        for (uint32_t j = 0; j < g->n_operations; j++) key_text(&b, g->operations[j]);
    }
    bool ok = b.rc == WR_OK;
    if (ok) wr_sha256(wr_buf_str(&b), out);
    wr_buf_fini(&b);
    return ok;
}

// ---------------------------------------------------------------------------------- benches

typedef struct fitter { // puts a request's policies into the set of a bench
    decide *d;
    sim_bench *b;
    wr_iam_set *own;   // NULL: all are in the shared set
    const wr_doc *doc; // the request, in the bench's memory
    bool broken;
} fitter;

// A policy of the shared set in the bench's own; what is wrong with it was said when it was read.
static const wr_iam_policy *again(fitter *f, const wr_iam_policy *p) {
    wr_iam_parse_opts opts = {.kind = p->kind, .name = p->name};
    wr_ctx *c = &f->b->ctx;
    wr_ctx_mark before = wr_ctx_mark_now(c);
    bool comments = cli_has(f->d->s->c, CLI_ALLOW_COMMENTS);
    p = p->root ? wr_iam_add(f->own, p->doc, p->root, &opts)
                : wr_iam_add_text(f->own, p->src, comments, &opts);
    wr_ctx_hush(c, before);
    return p;
}

static const wr_iam_policy *fit(fitter *f, const sim_ref *r, wr_iam_kind kind) {
    const wr_iam_policy *p;
    wr_iam_parse_opts opts = {.kind = kind, .name = r->name};
    if (f->own == NULL) {
        p = r->policy;
    } else if (r->policy) {
        p = again(f, r->policy);
    } else if (r->node == NULL) {
        p = wr_iam_add_text(f->own, r->src, cli_has(f->d->s->c, CLI_ALLOW_COMMENTS), &opts);
    } else if (r->inline_) {
        WR_ASSERT(f->doc && f->doc->n_nodes == r->doc->n_nodes);
        p = wr_iam_add(f->own, f->doc, &f->doc->nodes[r->node - r->doc->nodes], &opts);
    } else {
        p = wr_iam_add(f->own, r->doc, r->node, &opts);
    }
    f->broken = f->broken || p == NULL || p->broken;
    return p;
}

static bool fit_list(fitter *f, const sim_list *from, wr_iam_kind kind, wr_iam_list *out) {
    const wr_iam_policy **v =
        WR_NEW_N(&f->b->ctx.arena, const wr_iam_policy *, from->n ? from->n : 1);
    for (uint32_t i = 0; v && i < from->n; i++)
        if ((v[i] = fit(f, &from->v[i], kind)) == NULL) return false;
    *out = (wr_iam_list){v, from->n};
    return v != NULL;
}

static bool fit_levels(fitter *f, const sim_list *from, uint32_t n, wr_iam_kind kind,
                       const wr_iam_list **out) {
    wr_iam_list *v = WR_NEW_N(&f->b->ctx.arena, wr_iam_list, n ? n : 1);
    for (uint32_t i = 0; v && i < n; i++)
        if (!fit_list(f, &from[i], kind, &v[i])) return false;
    *out = v;
    return v != NULL;
}

static bool fit_grants(fitter *f, wr_iam_layers *l) {
    const sim_ask *ask = f->d->ask;
    wr_arena *a = &f->b->ctx.arena;
    wr_iam_grant *g = WR_NEW_N(a, wr_iam_grant, ask->n_grants ? ask->n_grants : 1);
    for (uint32_t i = 0; g && i < ask->n_grants; i++) {
        const wr_iam_grant *from = &ask->grants[i];
        wr_str *ops = WR_NEW_N(a, wr_str, from->n_operations ? from->n_operations : 1);
        if (ops == NULL) return false;
        for (uint32_t j = 0; j < from->n_operations; j++) ops[j] = wr_dup(a, from->operations[j]);
        g[i] = (wr_iam_grant){wr_dup(a, from->grantee), ops, from->n_operations};
    }
    l->grants = g;
    l->n_grants = ask->n_grants;
    return g != NULL;
}

static bool fit_layers(fitter *f, wr_iam_layers *l) {
    decide *d = f->d;
    const sim_layers *from = &d->l;
    wr_iam_list resource = {NULL, 0};
    *l = (wr_iam_layers){.has_boundary = from->has_boundary,
                         .has_session = from->has_session,
                         .has_endpoint = from->has_endpoint,
                         .n_scps = from->n_scps,
                         .n_rcps = from->n_rcps,
                         .caller_management = d->caller_management,
                         .resource_management = d->resource_management,
                         .restrict_public = d->ask->restrict_public};
    bool ok =
        fit_list(f, &from->identity, WR_IAM_IDENTITY, &l->identity) &&
        fit_list(f, &from->boundary, WR_IAM_BOUNDARY, &l->boundary) &&
        fit_list(f, &from->session, WR_IAM_SESSION, &l->session) &&
        fit_list(f, &from->endpoint, WR_IAM_ENDPOINT, &l->endpoint) &&
        fit_list(f, &from->resource, d->is_trust ? WR_IAM_TRUST : WR_IAM_RESOURCE, &resource) &&
        fit_levels(f, from->scps, from->n_scps, WR_IAM_SCP, &l->scps) &&
        fit_levels(f, from->rcps, from->n_rcps, WR_IAM_RCP, &l->rcps) && fit_grants(f, l);
    l->has_resource = resource.n > 0;
    l->resource = resource.n ? resource.v[0] : NULL;
    return ok;
}

static bool all_shared(const sim_list *l) {
    for (uint32_t i = 0; i < l->n; i++)
        if (l->v[i].policy == NULL) return false;
    return true;
}

static bool shares(const sim_layers *l) {
    bool ok = all_shared(&l->identity) && all_shared(&l->boundary) && all_shared(&l->session) &&
              all_shared(&l->endpoint) && all_shared(&l->resource);
    for (uint32_t i = 0; ok && i < l->n_scps; i++) ok = all_shared(&l->scps[i]);
    for (uint32_t i = 0; ok && i < l->n_rcps; i++) ok = all_shared(&l->rcps[i]);
    return ok;
}

static void clear(sim *s, sim_bench *b) {
    if (!b->live) return;
    s->bench_bytes -= b->bytes;
    wr_ctx_fini(&b->ctx);
    *b = (sim_bench){0};
}

// What a bench of its own needs besides the stack.
static bool equip(fitter *f) {
    sim_bench *b = f->b;
    if (f->own == NULL) {
        b->set = f->d->s->set;
        b->eval = f->d->s->eval;
        b->req = &f->d->s->req;
        return true;
    }
    wr_iam_freeze(f->own);
    b->set = f->own;
    b->eval = wr_iam_eval_new(&b->ctx.arena, f->own);
    b->req = WR_NEW(&b->ctx.arena, wr_iam_request);
    return b->eval && b->req && wr_iam_request_init(b->req, f->own, &b->ctx.arena) == WR_OK;
}

static bool build(decide *d, sim_bench *b, const uint8_t key[32]) {
    wr_iam_layers l;
    wr_ctx_init(&b->ctx, NULL);
    b->live = true;
    fitter f = {.d = d, .b = b};
    if (!shares(&d->l)) {
        f.own = wr_iam_set_new(&b->ctx);
        f.doc = d->reload ? d->reload(d->arg, &b->ctx) : NULL;
        if (f.own == NULL || (d->reload && f.doc == NULL)) return no_memory(d);
    }
    if (!fit_layers(&f, &l) || !equip(&f)) return no_memory(d);
    b->stack = wr_iam_stack_new(&b->ctx.arena, b->set, &l);
    if (b->stack == NULL || b->ctx.arena.oom) return no_memory(d);
    memcpy(b->key, key, sizeof b->key);
    b->keep = !f.broken; // the place of an error is that of this request
    b->bytes = b->ctx.arena.used;
    d->s->bench_bytes += b->bytes;
    return true;
}

static void clear_all(sim *s) {
    for (uint32_t i = 0; i < SIM_ROWS * SIM_WAYS; i++)
        clear(s, &s->bench[i / SIM_WAYS][i % SIM_WAYS]);
}

// The bench with these policies; one that was not used for long makes room.
static sim_bench *take_bench(decide *d) {
    sim *s = d->s;
    uint8_t key[32];
    if (!make_key(d, key)) {
        (void)no_memory(d);
        return NULL;
    }
    sim_bench *row = s->bench[key[0] % SIM_ROWS], *oldest = row;
    for (uint32_t i = 0; i < SIM_WAYS; i++) {
        if (row[i].live && row[i].keep && memcmp(row[i].key, key, sizeof key) == 0) {
            row[i].used = ++s->tick;
            return &row[i];
        }
        if (!row[i].live || (oldest->live && row[i].used < oldest->used)) oldest = &row[i];
    }
    if (s->bench_bytes > SIM_BENCH_BYTES) clear_all(s);
    clear(s, oldest);
    if (!build(d, oldest, key)) return NULL;
    oldest->used = oldest->keep ? ++s->tick : 0;
    return oldest;
}

// ---------------------------------------------------------------------------------- the request

static bool put_keys(decide *d, wr_iam_request *r, const sim_ask *ask) {
    for (uint32_t i = 0; i < ask->keys.n; i++) { // what was derived makes way
        const sim_key *k = &ask->keys.v[i];
        uint32_t id = wr_iam_key_find(r->set, k->name);
        if (id != UINT32_MAX) wr_iam_request_set(r, id, (wr_iam_ctx_value){.state = WR_IAM_ABSENT});
    }
    for (uint32_t i = 0; i < ask->keys.n; i++) {
        const sim_key *k = &ask->keys.v[i];
        if (k->state == WR_IAM_PRESENT &&
            wr_iam_request_key(r, &d->x->arena, k->name, k->v, k->n, k->multi) != WR_OK)
            return no_memory(d);
    }
    for (uint32_t i = 0; i < ask->keys.n; i++) { // a key that is said to be both is not known
        const sim_key *k = &ask->keys.v[i];
        if (k->state != WR_IAM_NOT_KNOWN) continue;
        if (wr_eq(k->name, WR_S("resource"))) r->resource_unknown = true;
        else wr_iam_request_unknown(r, k->name);
    }
    return true;
}

static bool put_time(decide *d, wr_iam_request *r) {
    const sim *s = d->s;
    if (s->now_text.n == 0) return true;
    return (wr_iam_request_key(r, &d->x->arena, WR_S("aws:CurrentTime"), &s->now_text, 1, false) ==
                WR_OK &&
            wr_iam_request_key(r, &d->x->arena, WR_S("aws:EpochTime"), &s->now_secs, 1, false) ==
                WR_OK) ||
           no_memory(d);
}

void sim_settle_resource(const sim *s, sim_ask *ask) {
    if (ask->resource.n > 0) return;
    uint32_t action = wr_aws_action_find_full(ask->action);
    bool exact = ask->has_exact ? ask->exact : s->flags.exact;
    ask->resource = WR_S("*");
    ask->resource_unknown = !exact && action != WR_AWS_NONE && wr_aws_action_n_types(action) > 0;
}

static bool fill(decide *d, wr_iam_request *r) {
    const sim_ask *ask = d->ask;
    bool exact = is_exact(d);
    wr_iam_request_reset(r, exact ? WR_IAM_ABSENT : WR_IAM_NOT_KNOWN);
    r->principal = d->who;
    if (wr_iam_request_action(r, ask->action) != WR_OK)
        return refuse(d, "'%.*s' is no action: 'service:Name' without wildcards is wanted",
                      WR_FMT(ask->action));
    wr_iam_request_resource(r, ask->resource);
    r->resource_unknown = ask->resource_unknown;
    r->resource_account = ask->resource_account;
    // --exact without a world is the reading of test suites: the context is all there is.
    bool derive = !exact || d->s->world.accounts.n > 0 || d->s->world.org != NULL;
    if (derive && wr_world_derive(&d->s->world, &d->x->arena, r) != WR_OK) return no_memory(d);
    wr_acct_request_missing(r);
    return put_time(d, r) && put_keys(d, r, &d->s->flags) && put_keys(d, r, ask);
}

// ---------------------------------------------------------------------------------- the answer

// What may stand in an ARN where the account does: one, nothing, or a word of AWS's.
static bool is_owner(wr_str s) {
    if (wr_iam_is_account(s)) return true;
    for (size_t i = 0; i < s.n; i++)
        if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && s.p[i] != '-') return false;
    return true;
}

static bool find_owner(decide *d) {
    const sim_ask *ask = d->ask;
    wr_iam_arn arn;
    if (ask->resource_account.n && !wr_iam_is_account(ask->resource_account))
        return refuse(d, "'%.*s' is no account id: twelve digits are wanted",
                      WR_FMT(ask->resource_account));
    bool is_arn = wr_iam_arn_split(ask->resource, &arn);
    if (!is_arn && wr_starts(ask->resource, WR_S("arn:")))
        return refuse(d,
                      "'%.*s' is no ARN: arn:partition:service:region:account:resource is "
                      "wanted",
                      WR_FMT(ask->resource));
    d->owner = ask->resource_account;
    if (is_arn && d->owner.n == 0 && !is_exact(d) && !is_owner(arn.f[WR_ARN_ACCOUNT]))
        return refuse(d, "%.*s names an account '%.*s', which is none: twelve digits are wanted",
                      WR_FMT(ask->resource), WR_FMT(arn.f[WR_ARN_ACCOUNT]));
    // Suites of tests (exact) decide such requests; in life one of the two is a slip.
    if (d->owner.n && is_arn && wr_iam_is_account(arn.f[WR_ARN_ACCOUNT]) &&
        !wr_eq(d->owner, arn.f[WR_ARN_ACCOUNT]) && !is_exact(d))
        return refuse(d, "%.*s is of account %.*s, not of %.*s", WR_FMT(ask->resource),
                      WR_FMT(arn.f[WR_ARN_ACCOUNT]), WR_FMT(d->owner));
    if (d->owner.n == 0 && is_arn && wr_iam_is_account(arn.f[WR_ARN_ACCOUNT]))
        d->owner = arn.f[WR_ARN_ACCOUNT];
    if (d->owner.n == 0) {
        d->owner = d->who.account;
        if (!wr_eq(ask->resource, WR_S("*"))) d->out->assumed_owner = d->owner;
    }
    return true;
}

static bool begin(decide *d) {
    const sim_ask *ask = d->ask;
    if (ask->principal.n == 0) return refuse(d, "the request has no principal");
    if (ask->action.n == 0) return refuse(d, "the request has no action");
    if (!wr_iam_principal_parse(ask->principal, &d->who))
        return refuse(d,
                      "'%.*s' is no principal: an ARN of a user, role, session or root, a "
                      "service or '*' is wanted",
                      WR_FMT(ask->principal));
    d->is_trust = sim_is_assume(ask->action);
    return find_owner(d) && find_layers(d);
}

static void note_needed(decide *d, const wr_iam_set *set, const wr_iam_need *need) {
    wr_arena *a = &d->x->arena;
    if (need->resource) (void)WR_PUSH(a, &d->out->needed, WR_S("resource"));
    for (uint32_t k = 0; k < wr_iam_n_keys(set); k++) {
        if (k / 64 >= need->n_words || !(need->keys[k / 64] >> (k % 64) & 1)) continue;
        (void)WR_PUSH(a, &d->out->needed, wr_world_fact(a, set, wr_iam_key_name(set, k)));
    }
}

static bool make_decision(decide *d, sim_bench *b) {
    if (!b->digested) wr_iam_stack_digest(b->stack, b->digest);
    b->digested = true;
    sim_answer *out = d->out;
    out->decided =
        wr_iam_decision(&out->story, b->req, b->digest, &d->x->arena, &out->decision) == WR_OK;
    out->decision.time = d->s->c->ctx.now;
    return out->decided;
}

void sim_decide(sim *s, wr_ctx *x, const sim_ask *ask, sim_reload *reload, void *arg, unsigned want,
                sim_answer *out) {
    *out = (sim_answer){0};
    decide d = {.s = s, .x = x, .ask = ask, .reload = reload, .arg = arg, .out = out};
    if (!begin(&d)) return;
    sim_bench *b = take_bench(&d);
    if (b == NULL || !fill(&d, b->req)) return;
    out->bench = b;
    if (want) {
        if (wr_iam_explain(b->eval, b->stack, b->req, &x->arena, &out->story) != WR_OK ||
            ((want & SIM_DECISION) && !make_decision(&d, b))) {
            (void)no_memory(&d);
            return;
        }
        out->explained = want & SIM_STORY;
        out->result = out->story.result;
    } else {
        wr_iam_decide(b->eval, b->stack, b->req, &out->result);
    }
    if (out->result.outcome == WR_FAULT)
        out->error =
            out->result.broken ? out->result.broken->error : WR_S("the request cannot be judged");
    if (out->result.outcome == WR_UNKNOWN) note_needed(&d, b->set, wr_iam_needed(b->eval));
}
