// SPDX-License-Identifier: Apache-2.0
// request: a preventative layer on a request: would this SCP or RCP, beside FullAWSAccess, deny it;
// what does this IAM policy by itself say. The form of requests is that of `writ iam simulate`
// (docs/guide/iam-simulate.md); the policies that a request brings along have no say here, because
// the control's own is what is judged.
//
// Always true:
// - a field that is not known is an error: a misspelled key would silently change the decision;
// - a key that is not given is not known, unless the request says `exact`.
// Rules: AWS Organizations User Guide ("SCP effects on permissions", "Resource control policies").

#include "control/check_int.h"

// ---------------------------------------------------------------------------------- reading

typedef struct reader {
    wr_form form;
    ctl_request *q;
} reader;

static wr_str text_of(reader *x, const wr_node *n, const char *what) {
    if (n->kind == WR_STR) return wr_node_str(n);
    if (n->kind == WR_INT || n->kind == WR_FLOAT)
        return wr_sub(x->form.doc->srcs[n->src]->text, n->span.beg, n->span.end);
    if (n->kind == WR_BOOL) return n->u.b ? WR_S("true") : WR_S("false");
    wr_form_fault(&x->form, n, "%s is a %s, a text is wanted", what,
                  wr_kind_name((wr_kind)n->kind));
    return WR_S("");
}

static bool bool_of(reader *x, const wr_node *n, const char *what) {
    if (n->kind != WR_BOOL) wr_form_fault(&x->form, n, "%s is true or false", what);
    return n->kind == WR_BOOL && n->u.b;
}

// A text, or {"AWS": …}, {"Service": …}, {"Federated": …} as in a policy.
static wr_str principal_of(reader *x, const wr_node *n) {
    if (n->kind != WR_MAP || n->n != 1) return text_of(x, n, "principal");
    wr_str key = wr_node_str(wr_map_key(n, 0));
    const wr_node *v = wr_map_val(n, 0);
    if (wr_eq(key, WR_S("type")) && v->kind == WR_STR && wr_eq(wr_node_str(v), WR_S("Anonymous")))
        return WR_S("*");
    if (wr_eq(key, WR_S("AWS")) || wr_eq(key, WR_S("Service")) || wr_eq(key, WR_S("Federated")))
        return text_of(x, v, "principal");
    return text_of(x, n, "principal");
}

static void take_key(reader *x, wr_str name, const wr_node *v) {
    wr_arena *a = &x->form.c->arena;
    ctl_key k = {.name = name, .state = WR_IAM_PRESENT, .multi = v->kind == WR_LIST};
    k.n = k.multi ? v->n : 1;
    wr_str *values = WR_NEW_N(a, wr_str, k.n + 1);
    if (values == NULL) return;
    k.v = values;
    if (v->kind == WR_NULL) k = (ctl_key){.name = name, .state = WR_IAM_ABSENT};
    for (uint32_t i = 0; i < k.n; i++)
        values[i] = text_of(x, k.multi ? &v->u.kids[i] : v, "the value of a condition key");
    (void)WR_PUSH(a, &x->q->keys, k);
}

static void take_context(reader *x, const wr_node *n) {
    if (n->kind != WR_MAP) {
        wr_form_fault(&x->form, n, "context is an object of condition keys");
        return;
    }
    for (uint32_t i = 0; i < n->n; i++)
        take_key(x, wr_node_str(wr_map_key(n, i)), wr_map_val(n, i));
    if (wr_map_losers(n)) wr_form_fault(&x->form, n, "a condition key stands in context twice");
}

static void take_unknown(reader *x, const wr_node *n) {
    if (n->kind != WR_LIST) {
        wr_form_fault(&x->form, n, "unknown is a list of condition keys");
        return;
    }
    for (uint32_t i = 0; i < n->n; i++) {
        ctl_key k = {.state = WR_IAM_NOT_KNOWN, .name = text_of(x, &n->u.kids[i], "a key")};
        if (k.name.n) (void)WR_PUSH(&x->form.c->arena, &x->q->keys, k);
    }
}

enum field {
    F_ID,
    F_PRINCIPAL,
    F_ACTION,
    F_RESOURCE,
    F_RESOURCE_ACCOUNT,
    F_CONTEXT,
    F_UNKNOWN,
    F_EXACT,
    F_EXPECT,
    F_PRINCIPAL_MANAGEMENT,
    F_RESOURCE_MANAGEMENT,
    N_FIELDS,
};
static const char *const field_name[N_FIELDS] = {"id",
                                                 "principal",
                                                 "action",
                                                 "resource",
                                                 "resourceAccount",
                                                 "context",
                                                 "unknown",
                                                 "exact",
                                                 "expect",
                                                 "principalManagement",
                                                 "resourceManagement"};
// What else such requests may hold: remarks, and policies, of which a control needs none.
static const char *const others[] = {"schema",
                                     "note",
                                     "class",
                                     "sim",
                                     "recorded",
                                     "wildcardOnlyAction",
                                     "identity",
                                     "policy",
                                     "boundary",
                                     "session",
                                     "resourcePolicy",
                                     "vpce",
                                     "scps",
                                     "rcps",
                                     "restrictPublicBuckets",
                                     "grants",
                                     NULL};

static void take_field(reader *x, enum field f, const wr_node *v) {
    ctl_request *q = x->q;
    switch (f) {
    case F_ID: q->id = text_of(x, v, "id"); break;
    case F_PRINCIPAL: q->principal = principal_of(x, v); break;
    case F_ACTION: q->action = text_of(x, v, "action"); break;
    case F_RESOURCE: q->resource = text_of(x, v, "resource"); break;
    case F_RESOURCE_ACCOUNT: q->resource_account = text_of(x, v, "resourceAccount"); break;
    case F_CONTEXT: take_context(x, v); break;
    case F_UNKNOWN: take_unknown(x, v); break;
    case F_EXACT: q->exact = bool_of(x, v, "exact"); break;
    case F_EXPECT: q->expect = v; break;
    case F_PRINCIPAL_MANAGEMENT: q->caller_management = bool_of(x, v, "principalManagement"); break;
    default: q->resource_management = bool_of(x, v, "resourceManagement"); break;
    }
}

static void take_entry(reader *x, const wr_node *key, const wr_node *v) {
    wr_str name = wr_node_str(key), near = {NULL, 0};
    double best = WR_NEAR;
    for (unsigned f = 0; f < N_FIELDS; f++) {
        wr_str known = wr_strz(field_name[f]);
        if (wr_eq(name, known)) {
            take_field(x, (enum field)f, v);
            return;
        }
        double like = wr_similar(name, known);
        if (like > best) near = known, best = like;
    }
    for (const char *const *w = others; *w; w++)
        if (wr_eq(name, wr_strz(*w))) return;
    wr_form_fault(&x->form, key, "a request has no field '%.*s'", WR_FMT(name));
    if (near.n) wr_hint(x->form.c, x->form.last, "is '%.*s' meant?", WR_FMT(near));
}

// ---------------------------------------------------------------------------------- checking

// An action that takes a resource and got none: which one is not known.
static void settle_resource(ctl_request *q) {
    if (q->resource.n > 0) return;
    uint32_t action = wr_aws_action_find_full(q->action);
    q->resource = WR_S("*");
    q->resource_unknown = !q->exact && action != WR_AWS_NONE && wr_aws_action_n_types(action) > 0;
}

static bool is_action(wr_str s) {
    size_t colon = wr_find(s, WR_S(":"), 0);
    if (colon == SIZE_MAX || colon == 0 || colon + 1 == s.n || s.n > 190) return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c <= ' ' || c > '~' || c == '*' || c == '?' || (c == ':' && i != colon)) return false;
    }
    return true;
}

// A policy that names an action does not match a misspelled one.
static void check_action(reader *x, const wr_node *n) {
    wr_str action = x->q->action, near = {0};
    size_t colon = wr_find(action, WR_S(":"), 0);
    if (wr_aws_action_find_full(action) != WR_AWS_NONE) return;
    wr_str prefix = wr_sub(action, 0, colon), name = wr_sub(action, colon + 1, action.n);
    uint32_t service = wr_aws_service_find(prefix);
    wr_diag *d = wr_report(x->form.c, WR_D_I0207, WR_WARNING, x->form.doc->srcs[n->src],
                           (wr_span){n->span.beg, n->span.beg + 1},
                           "'%.*s' is no action that is known", WR_FMT(action));
    if (service == WR_AWS_NONE) near = wr_aws_service_near(prefix);
    else if ((near = wr_aws_action_near(service, name)).n)
        near = wr_fmt(&x->form.c->arena, "%.*s:%.*s", WR_FMT(prefix), WR_FMT(near));
    if (near.n) wr_hint(x->form.c, d, "is '%.*s' meant?", WR_FMT(near));
}

static void check_request(reader *x, const wr_node *n) {
    ctl_request *q = x->q;
    wr_iam_arn arn;
    bool is_arn = wr_iam_arn_split(q->resource, &arn);
    if (q->principal.n == 0) wr_form_fault(&x->form, n, "the request has no principal");
    else if (!wr_iam_principal_parse(q->principal, &q->who))
        wr_form_fault(
            &x->form, n,
            "'%.*s' is no principal: an ARN of a user, role, session or root, a service or '*' "
            "is wanted",
            WR_FMT(q->principal));
    if (!is_action(q->action))
        wr_form_fault(&x->form, n,
                      "'%.*s' is no action: 'service:Name' without wildcards is wanted",
                      WR_FMT(q->action));
    else check_action(x, n);
    if (q->resource_account.n && !wr_iam_is_account(q->resource_account))
        wr_form_fault(&x->form, n, "'%.*s' is no account id: twelve digits are wanted",
                      WR_FMT(q->resource_account));
    if (!is_arn && wr_starts(q->resource, WR_S("arn:")))
        wr_form_fault(&x->form, n, "'%.*s' is no ARN", WR_FMT(q->resource));
    if (is_arn && q->resource_account.n && wr_iam_is_account(arn.f[WR_ARN_ACCOUNT]) &&
        !wr_eq(q->resource_account, arn.f[WR_ARN_ACCOUNT]) && !q->exact)
        wr_form_fault(&x->form, n, "%.*s is of account %.*s, not of %.*s", WR_FMT(q->resource),
                      WR_FMT(arn.f[WR_ARN_ACCOUNT]), WR_FMT(q->resource_account));
}

wr_rc ctl_request_read(wr_ctx *task, const wr_doc *d, const wr_node *n, ctl_request *out) {
    reader x = {{.c = task, .doc = d, .code = WR_D_I0201}, out};
    *out = (ctl_request){.node = n, .doc = d};
    if (n->kind != WR_MAP) {
        wr_form_fault(&x.form, n, "a request is a %s, an object is wanted",
                      wr_kind_name((wr_kind)n->kind));
        return WR_BAD;
    }
    for (uint32_t i = 0; i < n->n; i++) take_entry(&x, wr_map_key(n, i), wr_map_val(n, i));
    if (wr_map_losers(n)) wr_form_fault(&x.form, n, "a field of the request stands there twice");
    if (!x.form.bad) {
        settle_resource(out);
        check_request(&x, n);
    }
    if (task->arena.oom) return WR_NOMEM;
    return x.form.bad ? WR_BAD : WR_OK;
}

// ---------------------------------------------------------------------------------- asking

static wr_rc put_time(ctl_judge *j, wr_iam_request *r) {
    wr_arena *a = &j->task->arena;
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_put_time(&b, j->task->now);
    wr_str now = wr_buf_keep(&b, a), secs = wr_fmt(a, "%lld", (long long)j->task->now);
    if (now.p == NULL || secs.p == NULL) return WR_NOMEM;
    wr_rc rc = wr_iam_request_key(r, a, WR_S("aws:CurrentTime"), &now, 1, false);
    return rc == WR_OK ? wr_iam_request_key(r, a, WR_S("aws:EpochTime"), &secs, 1, false) : rc;
}

static wr_rc put_keys(ctl_judge *j, wr_iam_request *r, const ctl_request *q) {
    wr_arena *a = &j->task->arena;
    for (uint32_t i = 0; i < q->keys.n; i++) { // what was derived makes way
        uint32_t id = wr_iam_key_find(r->set, q->keys.v[i].name);
        if (id != UINT32_MAX) wr_iam_request_set(r, id, (wr_iam_ctx_value){.state = WR_IAM_ABSENT});
    }
    for (uint32_t i = 0; i < q->keys.n; i++) {
        const ctl_key *k = &q->keys.v[i];
        wr_rc rc = k->state == WR_IAM_PRESENT
                       ? wr_iam_request_key(r, a, k->name, k->v, k->n, k->multi)
                       : WR_OK;
        if (rc != WR_OK) return rc;
    }
    for (uint32_t i = 0; i < q->keys.n; i++) { // a key that is said to be both is not known
        const ctl_key *k = &q->keys.v[i];
        if (k->state != WR_IAM_NOT_KNOWN) continue;
        if (wr_eq(k->name, WR_S("resource"))) r->resource_unknown = true;
        else wr_iam_request_unknown(r, k->name);
    }
    return WR_OK;
}

static wr_rc make_request(ctl_judge *j, const ctl_request *q, wr_iam_request *r) {
    wr_arena *a = &j->task->arena;
    wr_world world = {.ctx = j->task, .set = j->r->iam, .org = j->r->org};
    wr_rc rc = wr_iam_request_init(r, j->r->iam, a);
    if (rc != WR_OK) return rc;
    wr_iam_request_reset(r, q->exact ? WR_IAM_ABSENT : WR_IAM_NOT_KNOWN);
    r->principal = q->who;
    rc = wr_iam_request_action(r, q->action);
    if (rc != WR_OK) {
        (void)wr_report(j->task, WR_D_I0201, WR_ERROR, q->doc->srcs[q->node->src],
                        (wr_span){q->node->span.beg, q->node->span.beg + 1},
                        "'%.*s' is no action: 'service:Name' without wildcards is wanted",
                        WR_FMT(q->action));
        return rc;
    }
    wr_iam_request_resource(r, q->resource);
    r->resource_unknown = q->resource_unknown;
    r->resource_account = q->resource_account;
    if (!q->exact || j->r->org) {
        rc = wr_world_derive(&world, a, r);
        if (rc == WR_OK) rc = put_time(j, r);
    }
    return rc == WR_OK ? put_keys(j, r, q) : rc;
}

// ---------------------------------------------------------------------------------- judging

static bool is_bound(wr_means m, const ctl_request *q) {
    if (m != WR_BY_SCP && m != WR_BY_RCP) return true;
    if (q->who.service_linked) return false;
    if (m == WR_BY_RCP) return !q->resource_management;
    return q->who.account.n > 0 && !q->caller_management;
}

// What an IAM policy by itself says; whether other policies are wanted too is not asked.
static wr_outcome said(ctl_judge *j, const wr_iam_policy *p, const wr_iam_request *r) {
    wr_iam_says says;
    wr_iam_say(j->iam, p, r, &says);
    if (says.deny == WR_YES) return WR_DENY;
    if (says.deny == WR_MAYBE || says.allow == WR_MAYBE) return WR_UNKNOWN;
    return says.allow == WR_YES ? WR_ALLOW : WR_IMPLICIT_DENY;
}

// An SCP or RCP denies, may deny, or leaves what FullAWSAccess allows.
static wr_outcome left(const wr_iam_result *res) {
    if (res->outcome == WR_FAULT || res->outcome == WR_DENY) return res->outcome;
    return res->outcome == WR_UNKNOWN && (res->possible & WR_BIT(WR_DENY)) ? WR_UNKNOWN : WR_ALLOW;
}

static wr_iam_stack *stack_of(ctl_judge *j, const wr_control_layer *y, wr_iam_request *r) {
    wr_iam_list *list = WR_NEW(&j->task->arena, wr_iam_list);
    wr_iam_layers l = {0};
    if (list == NULL) return NULL;
    *list = (wr_iam_list){&y->policy, 1};
    if (y->means == WR_BY_SCP) l.scps = list, l.n_scps = 1;
    else if (y->means == WR_BY_RCP) l.rcps = list, l.n_rcps = 1;
    else { // by itself: whose the resource is has another policy say
        l.identity = *list;
        r->resource_account = r->principal.account;
    }
    return wr_iam_stack_new(&j->task->arena, j->r->iam, &l);
}

// The story's reasons as this layer's, placed where the request stands.
static wr_rc take_reasons(ctl_judge *j, const wr_iam_story *story, const wr_iam_request *r,
                          const ctl_request *q, wr_decision *d) {
    wr_decision told;
    wr_arena *a = &j->task->arena;
    wr_rc rc = wr_iam_decision(story, r, d->policy_digest, a, &told);
    wr_reason *why = WR_NEW_N(a, wr_reason, told.n_reasons + 1u);
    if (rc != WR_OK || why == NULL) return WR_NOMEM;
    bool other = told.outcome != d->outcome; // a rule of the service, not this policy
    for (uint32_t i = 0; i < (other ? 1 : told.n_reasons); i++) {
        if (other) why[i].message = WR_S("no statement of the policy allows it");
        else why[i] = told.reasons[i];
        why[i].which = q->id;
        why[i].resource = q->resource;
        why[i].input = q->doc->srcs[q->node->src];
        why[i].input_at = (wr_span){q->node->span.beg, q->node->span.beg + 1};
    }
    d->reasons = why;
    d->n_reasons = other ? 1 : told.n_reasons;
    memcpy(d->input_digest, told.input_digest, sizeof d->input_digest);
    return WR_OK;
}

wr_rc ctl_judge_request(ctl_judge *j, const wr_control *c, wr_layer l, const ctl_request *q,
                        wr_str subject, ctl_verdict *v) {
    const wr_control_layer *y = &c->layer[l];
    wr_iam_request r;
    wr_iam_story story;
    *v = (ctl_verdict){.outcome = WR_SKIP};
    if (!is_bound(y->means, q)) return WR_OK;
    wr_rc rc = make_request(j, q, &r);
    if (rc != WR_OK) return rc;
    if (j->iam == NULL) j->iam = wr_iam_eval_new(&j->home->arena, j->r->iam);
    const wr_iam_stack *st = j->iam ? stack_of(j, y, &r) : NULL;
    if (st == NULL || wr_iam_explain(j->iam, st, &r, &j->task->arena, &story) != WR_OK)
        return WR_NOMEM;
    v->outcome = y->means == WR_BY_IAM ? said(j, y->policy, &r) : left(&story.result);
    if (v->outcome == WR_ALLOW) return WR_OK;
    wr_decision *d = &v->part[v->n++];
    *d = ctl_decision_of(j, c, l, subject, v->outcome);
    return take_reasons(j, &story, &r, q, d);
}
