// SPDX-License-Identifier: Apache-2.0
// What the command line of the IAM commands names: policy files, account dumps, the organization
// and its policies, condition keys. Everything is read once; all policies but that of the resource,
// whose kind depends on the action asked for, are in one set.

#include "cli/cmd_iam_sim.h"

#include <time.h>

// ---------------------------------------------------------------------------------- files

const wr_doc *sim_read(sim *s, const char *path) {
    wr_doc *doc = NULL;
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    const wr_src *src = cli_src(s->c, path, false, NULL);
    if (src == NULL || wr_doc_load(&s->c->ctx, src, &how, &doc) != WR_OK) doc = NULL;
    (void)cli_say_diags(s->c, false);
    return doc;
}

// YAML or JSON, by name and text.
static const wr_doc *read_any(sim *s, const char *path) {
    wr_doc *doc = NULL;
    const wr_src *src = cli_src(s->c, path, false, NULL);
    if (src == NULL) return NULL;
    wr_load how = {
        .profile = WR_LOAD_STRICT, .all = true, .is_json = wr_looks_json(src->name, src->text)};
    return wr_doc_load(&s->c->ctx, src, &how, &doc) == WR_OK ? doc : NULL;
}

// ---------------------------------------------------------------------------------- policies

sim_ref *sim_ref_add(sim *s, wr_arena *a, sim_list *to) {
    sim_ref none = {0};
    (void)s;
    return WR_PUSH(a, to, none) ? &to->v[to->n - 1] : NULL;
}

// Names that are known without a file, when a file's is like one.
static const char *meant(const char *path) {
    if (wr_similar(wr_strz(path), WR_S("FullAWSAccess")) > 0.6)
        return "the policy that AWS attaches is written FullAWSAccess";
    if (wr_similar(wr_strz(path), WR_S("RCPFullAWSAccess")) > 0.6)
        return "the policy that AWS attaches is written RCPFullAWSAccess";
    return NULL;
}

static bool is_dump(cli *c, const wr_src *src) {
    if (wr_find(src->text, WR_S("\"RoleDetailList\""), 0) == SIZE_MAX &&
        wr_find(src->text, WR_S("\"UserDetailList\""), 0) == SIZE_MAX)
        return false;
    wr_diag *d = wr_report(&c->ctx, WR_D_I0202, WR_ERROR, src, (wr_span){0, 1},
                           "this is an account dump, where a policy is wanted");
    wr_hint(&c->ctx, d, "give it with --account");
    (void)cli_say_diags(c, false);
    return true;
}

static bool add_file(sim *s, const char *path, wr_iam_kind kind, sim_list *to) {
    cli *c = s->c;
    const wr_src *src = cli_src(c, path, false, meant(path));
    if (src && is_dump(c, src)) return false;
    sim_ref *ref = src ? sim_ref_add(s, &c->ctx.arena, to) : NULL;
    if (ref == NULL) return false;
    ref->name = src->name;
    if (kind == WR_IAM_RESOURCE) {
        ref->src = src;
        return true;
    }
    wr_iam_parse_opts opts = {.kind = kind, .name = src->name};
    ref->policy = wr_iam_add_text(s->set, src, cli_has(c, CLI_ALLOW_COMMENTS), &opts);
    return ref->policy != NULL;
}

static bool add_files(sim *s, cli_id id, wr_iam_kind kind, sim_list *to, bool *has) {
    const cli_words *w = &s->c->val[id];
    bool ok = true;
    *has = cli_has(s->c, id);
    for (uint32_t i = 0; i < w->n; i++) ok = add_file(s, w->v[i], kind, to) && ok;
    return ok;
}

// One level: names joined by commas.
static bool add_level(sim *s, const char *word, wr_iam_kind kind, sim_list *to) {
    wr_str own = kind == WR_IAM_SCP ? WR_S("FullAWSAccess") : WR_S("RCPFullAWSAccess");
    wr_str rest = wr_strz(word);
    bool ok = true;
    while (rest.n) {
        size_t cut = wr_find(rest, WR_S(","), 0);
        wr_str one = cut == SIZE_MAX ? rest : wr_sub(rest, 0, cut);
        rest = cut == SIZE_MAX ? WR_S("") : wr_sub(rest, cut + 1, rest.n);
        const char *path = wr_dupz(&s->c->ctx.arena, one);
        if (!wr_eq(one, own)) {
            ok = path && add_file(s, path, kind, to) && ok;
        } else if (kind == WR_IAM_SCP) {
            sim_ref *ref = sim_ref_add(s, &s->c->ctx.arena, to);
            if (ref) *ref = (sim_ref){.policy = s->full_access, .name = own};
        }
    }
    return ok;
}

static bool add_levels(sim *s, cli_id id, wr_iam_kind kind, sim_list **out, uint32_t *n,
                       bool *has) {
    const cli_words *w = &s->c->val[id];
    bool ok = true;
    *has = cli_has(s->c, id);
    *out = WR_NEW_N(&s->c->ctx.arena, sim_list, w->n ? w->n : 1);
    *n = *out ? w->n : 0;
    for (uint32_t i = 0; i < *n; i++) ok = add_level(s, w->v[i], kind, &(*out)[i]) && ok;
    return ok;
}

static const wr_iam_policy *add_own(sim *s, wr_iam_kind kind, const char *name, const char *text) {
    wr_iam_parse_opts opts = {.kind = kind, .name = wr_strz(name)};
    const wr_src *src = wr_src_new(&s->c->ctx.arena, opts.name, wr_strz(text), false);
    return src ? wr_iam_add_text(s->set, src, false, &opts) : NULL;
}

// Allows or denies as a key says that nobody knows.
#define UNSEEN(effect, operator)                                                                   \
    "{\"Effect\":\"" effect "\",\"Principal\":\"*\",\"Action\":[\"sts:AssumeRole*\","              \
    "\"sts:TagSession\",\"sts:SetSourceIdentity\"],\"Condition\":{\""                              \
    operator"\":{\"" WR_ACCT_MISSING "/the role's trust policy\":\"-\"}}}"

#define UNSEEN_POLICY                                                                              \
    "{\"Version\":\"2008-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\","        \
    "\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"" WR_ACCT_MISSING      \
    "/the resource's policy\":\"-\"}}}]}"

static bool add_layers(sim *s) {
    sim_layers *l = &s->flags.layers;
    s->full_access = add_own(s, WR_IAM_SCP, "FullAWSAccess",
                             "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
                             "\"Action\":\"*\",\"Resource\":\"*\"}]}");
    s->unseen_trust =
        add_own(s, WR_IAM_TRUST, "the role's trust policy (missing)",
                "{\"Version\":\"2008-10-17\",\"Statement\":[" UNSEEN(
                    "Allow", "StringEquals") "," UNSEEN("Deny", "StringNotEquals") "]}");
    s->unseen_policy =
        add_own(s, WR_IAM_RESOURCE, "the resource's policy (missing)", UNSEEN_POLICY);
    bool ok = s->full_access && s->unseen_trust && s->unseen_policy;
    ok = add_files(s, CLI_IDENTITY, WR_IAM_IDENTITY, &l->identity, &l->has_identity) && ok;
    ok = add_files(s, CLI_BOUNDARY, WR_IAM_BOUNDARY, &l->boundary, &l->has_boundary) && ok;
    ok = add_files(s, CLI_SESSION, WR_IAM_SESSION, &l->session, &l->has_session) && ok;
    ok = add_files(s, CLI_ENDPOINT, WR_IAM_ENDPOINT, &l->endpoint, &l->has_endpoint) && ok;
    ok = add_files(s, CLI_RESOURCE_POLICY, WR_IAM_RESOURCE, &l->resource, &l->has_resource) && ok;
    ok = add_levels(s, CLI_SCP, WR_IAM_SCP, &l->scps, &l->n_scps, &l->has_scps) && ok;
    return add_levels(s, CLI_RCP, WR_IAM_RCP, &l->rcps, &l->n_rcps, &l->has_rcps) && ok;
}

// ---------------------------------------------------------------------------------- names

static bool name_policy(sim *s, wr_str name, const wr_doc *doc, const wr_node *node) {
    sim_named *p = WR_NEW(&s->c->ctx.arena, sim_named);
    void **at = p ? wr_map_at(&s->named, name) : NULL;
    if (at == NULL) return false;
    if (*at) {
        cli_complain(s->c, WR_D_I0202, WR_ERROR, "two policies have the name '%.*s'", WR_FMT(name));
        return false;
    }
    *p = (sim_named){doc, node, name};
    *at = p;
    return true;
}

// A file of JSON lines {"id": NAME, "document": {…}} ("name" and "policy" are taken too).
static bool name_lines(sim *s, const char *path) {
    cli *c = s->c;
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    wr_pull_opts lines = {0};
    wr_pull *in = wr_pull_open(&c->ctx, path, &lines);
    bool ok = in != NULL;
    wr_item it;
    while (ok && wr_pull_next(in, &it)) {
        wr_doc *d = NULL;
        ok = wr_pull_load(in, &it, &c->ctx, &how, &d) == WR_OK;
        if (!ok) break;
        const wr_node *id = wr_map_getz(d, d->root, "id");
        const wr_node *doc = wr_map_getz(d, d->root, "document");
        if (id == NULL) id = wr_map_getz(d, d->root, "name");
        if (doc == NULL) doc = wr_map_getz(d, d->root, "policy");
        if (id == NULL || id->kind != WR_STR || doc == NULL || doc->kind != WR_MAP) {
            (void)wr_report(&c->ctx, WR_D_I0202, WR_ERROR, d->srcs[0], d->root->span,
                            "a named policy has an id and a document");
            ok = false;
        } else {
            ok = name_policy(s, wr_node_str(id), d, doc);
        }
    }
    ok = ok && wr_pull_rc(in) == WR_OK;
    wr_pull_close(in);
    return cli_say_diags(c, false) == 0 && ok;
}

static bool name_all(sim *s) {
    const cli_words *w = &s->c->val[CLI_POLICY];
    for (uint32_t i = 0; i < w->n; i++) {
        const char *eq = strchr(w->v[i], '=');
        if (eq == NULL) {
            if (!name_lines(s, w->v[i])) return false;
            continue;
        }
        const wr_doc *d = sim_read(s, eq + 1);
        if (d == NULL || !name_policy(s, wr_strn(w->v[i], (size_t)(eq - w->v[i])), d, d->root))
            return false;
    }
    return true;
}

bool sim_ref_named(sim *s, wr_arena *a, wr_str name, bool files, sim_list *to) {
    const sim_named *p = wr_map_find(&s->named, name);
    sim_ref *ref;
    if (p == NULL && files && !s->batch) {
        const char *path = wr_dupz(a, name);
        const wr_doc *d = path ? sim_read(s, path) : NULL;
        if (d == NULL || (ref = sim_ref_add(s, a, to)) == NULL) return false;
        *ref = (sim_ref){.doc = d, .node = d->root, .name = name};
        return true;
    }
    if (p == NULL || (ref = sim_ref_add(s, a, to)) == NULL) return false;
    *ref = (sim_ref){.doc = p->doc, .node = p->node, .name = p->name};
    return true;
}

// ---------------------------------------------------------------------------------- the world

static bool add_accounts(sim *s) {
    cli *c = s->c;
    const cli_words *w = &c->val[CLI_ACCOUNT];
    bool ok = true;
    for (uint32_t i = 0; i < w->n; i++) {
        const wr_doc *doc = NULL;
        wr_acct *acct = NULL;
        const wr_src *src = cli_src(c, w->v[i], false, NULL);
        bool good = src && wr_acct_read(&c->ctx, src, &doc) == WR_OK &&
                    wr_acct_load(&c->ctx, s->set, doc, &acct) == WR_OK &&
                    wr_world_add(&s->world, acct) == WR_OK;
        (void)cli_say_diags(c, false);
        ok = ok && good;
    }
    return ok;
}

// A policy's file stands beside the organization file.
static const wr_src *org_text(void *arg, const wr_org_policy *p) {
    sim *s = arg;
    const wr_src *org = s->world.org->src;
    wr_str dir = wr_sub(org->name, 0, org->name.n - wr_basename(org->name).n);
    if (wr_starts(p->file, WR_S("/")) || wr_eq(org->name, WR_S("stdin"))) dir = WR_S("");
    wr_str path = wr_fmt(&s->c->ctx.arena, "%.*s%.*s", WR_FMT(dir), WR_FMT(p->file)), text;
    if (path.p == NULL) return NULL;
    const char *why = cli_read(s->c, path.p, &text);
    if (why == NULL) return wr_src_new(&s->c->ctx.arena, path, text, false);
    (void)wr_report(&s->c->ctx, WR_D_B0001, WR_ERROR, org, p->at ? p->at->span : (wr_span){0, 0},
                    "cannot read '%.*s': %s", WR_FMT(path), why);
    return NULL;
}

static bool add_org(sim *s) {
    const char *path = cli_value(s->c, CLI_ORG);
    if (path == NULL) return true;
    const wr_doc *doc = read_any(s, path);
    wr_org *org = NULL;
    bool ok = doc && wr_org_load(&s->c->ctx, doc, &org) == WR_OK &&
              wr_world_organize(&s->world, org, org_text, s) == WR_OK;
    (void)cli_say_diags(s->c, false);
    return ok;
}

// ---------------------------------------------------------------------------------- keys

// What is said of a value that cannot be of its key's type; NULL when it can.
static const char *bad_value(const wr_aws_key *k, wr_str v) {
    double f;
    switch (k->type) {
    case WR_AWS_BOOL:
        return wr_eq(v, WR_S("true")) || wr_eq(v, WR_S("false")) ? NULL : "true or false";
    case WR_AWS_NUMERIC: return wr_parse_f64(v, &f) ? NULL : "a number";
    case WR_AWS_ARN: return wr_starts(v, WR_S("arn:")) ? NULL : "an ARN";
    case WR_AWS_IP: return memchr(v.p, '.', v.n) || memchr(v.p, ':', v.n) ? NULL : "an IP address";
    default: return NULL;
    }
}

static void check_key(sim *s, wr_str name, const wr_str *value) {
    wr_aws_key k;
    const char *wanted;
    if (!wr_aws_key_find(name, &k)) {
        wr_str near = wr_aws_key_near(name);
        wr_diag *d = wr_report(&s->c->ctx, WR_D_I0206, WR_WARNING, NULL, (wr_span){0, 0},
                               "'%.*s' is no condition key that is known", WR_FMT(name));
        if (near.n) wr_hint(&s->c->ctx, d, "is '%.*s' meant?", WR_FMT(near));
    } else if (value && value->n && (wanted = bad_value(&k, *value)) != NULL) {
        (void)wr_report(&s->c->ctx, WR_D_I0206, WR_WARNING, NULL, (wr_span){0, 0},
                        "'%.*s' is the value of %.*s, where %s is wanted", WR_FMT(*value),
                        WR_FMT(k.name), wanted);
    }
}

void sim_check_ask(sim *s, const sim_ask *ask) {
    wr_ctx *x = &s->c->ctx;
    size_t colon = wr_find(ask->action, WR_S(":"), 0);
    if (colon != SIZE_MAX && wr_aws_action_find_full(ask->action) == WR_AWS_NONE) {
        wr_str prefix = wr_sub(ask->action, 0, colon);
        wr_str name = wr_sub(ask->action, colon + 1, ask->action.n), near = {0};
        uint32_t service = wr_aws_service_find(prefix);
        wr_diag *d = wr_report(x, WR_D_I0207, WR_WARNING, NULL, (wr_span){0, 0},
                               "'%.*s' is no action that is known", WR_FMT(ask->action));
        if (service == WR_AWS_NONE) near = wr_aws_service_near(prefix);
        else if ((near = wr_aws_action_near(service, name)).n)
            near = wr_fmt(&x->arena, "%.*s:%.*s", WR_FMT(prefix), WR_FMT(near));
        if (near.n) wr_hint(x, d, "is '%.*s' meant?", WR_FMT(near));
    }
    if (!wr_eq(ask->resource, WR_S("*")) && !wr_starts(ask->resource, WR_S("arn:")))
        (void)wr_report(x, WR_D_I0207, WR_WARNING, NULL, (wr_span){0, 0},
                        "'%.*s' is no ARN: only Resource \"*\" is sure to match it",
                        WR_FMT(ask->resource));
    (void)cli_say_diags(s->c, false);
}

// Case does not count, but in the key of a tag: `…/Team` and `…/team` are two tags with a value
// each, and not one with two.
static bool same_key(wr_str a, wr_str b) {
    bool tag = false;
    if (a.n != b.n) return false;
    for (size_t i = 0; i < a.n; i++) {
        if (tag ? a.p[i] != b.p[i] : wr_low(a.p[i]) != wr_low(b.p[i])) return false;
        tag = tag || a.p[i] == '/';
    }
    return true;
}

static bool add_key(sim *s, sim_ask *ask, const char *word, bool unknown) {
    wr_arena *a = &s->c->ctx.arena;
    wr_str w = wr_strz(word);
    size_t eq = unknown ? SIZE_MAX : wr_find(w, WR_S("="), 0);
    wr_str name = eq == SIZE_MAX ? w : wr_sub(w, 0, eq);
    wr_str value = eq == SIZE_MAX ? WR_S("") : wr_sub(w, eq + 1, w.n);
    wr_aws_key known;
    if (name.n == 0) {
        (void)cli_usage(s->c, "invalid value '%s': KEY=VALUE is wanted", word);
        return false;
    }
    if (!unknown || !wr_eq(name, WR_S("resource")))
        check_key(s, name, eq != SIZE_MAX ? &value : NULL);
    for (uint32_t i = 0; i < ask->keys.n; i++) {
        sim_key *k = &ask->keys.v[i];
        if (!same_key(k->name, name)) continue;
        if (k->state != WR_IAM_PRESENT || eq == SIZE_MAX) {
            (void)cli_usage(s->c, "the key '%.*s' is given twice, in two ways", WR_FMT(name));
            return false;
        }
        wr_str *v = WR_NEW_N(a, wr_str, k->n + 1);
        if (v == NULL) return false;
        memcpy(v, k->v, k->n * sizeof *v);
        v[k->n] = value;
        *k = (sim_key){k->name, v, k->n + 1, true, WR_IAM_PRESENT};
        return true;
    }
    sim_key k = {.name = name, .state = unknown ? WR_IAM_NOT_KNOWN : WR_IAM_ABSENT};
    if (eq != SIZE_MAX) {
        wr_str *v = WR_NEW(a, wr_str);
        if (v == NULL) return false;
        *v = value;
        k = (sim_key){name, v, 1, wr_aws_key_find(name, &known) && known.multi, WR_IAM_PRESENT};
    }
    return WR_PUSH(a, &ask->keys, k);
}

bool sim_flag_keys(sim *s, sim_ask *ask) {
    const cli_words *known = &s->c->val[CLI_CONTEXT], *unknown = &s->c->val[CLI_UNKNOWN];
    bool ok = true;
    for (uint32_t i = 0; ok && i < known->n; i++) ok = add_key(s, ask, known->v[i], false);
    for (uint32_t i = 0; ok && i < unknown->n; i++) ok = add_key(s, ask, unknown->v[i], true);
    (void)cli_say_diags(s->c, false);
    return ok;
}

static void take_now(sim *s) {
    if (cli_value(s->c, CLI_NOW) == NULL) return;
    time_t t = (time_t)s->c->ctx.now;
    struct tm tm;
    char text[64];
    if (gmtime_r(&t, &tm) == NULL || strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        return;
    s->now_text = wr_dup(&s->c->ctx.arena, wr_strz(text));
    s->now_secs = wr_fmt(&s->c->ctx.arena, "%lld", (long long)t);
}

// ---------------------------------------------------------------------------------- all

bool sim_open(sim *s, cli *c) {
    *s = (sim){.c = c, .set = wr_iam_set_new(&c->ctx), .batch = cli_has(c, CLI_BATCH)};
    if (s->set == NULL) return false;
    wr_world_init(&s->world, &c->ctx, s->set);
    wr_map_init(&s->named, &c->ctx.arena);
    take_now(s);
    s->flags.exact = cli_has(c, CLI_EXACT);
    // Each part is read whatever became of the others: all that is wrong is said at once.
    bool ok = add_layers(s);
    (void)cli_say_diags(c, false);
    ok = name_all(s) && ok;
    ok = add_accounts(s) && ok;
    ok = add_org(s) && ok;
    ok = sim_flag_keys(s, &s->flags) && ok;
    if (!ok || c->ctx.arena.oom) return false;
    wr_iam_freeze(s->set);
    s->eval = wr_iam_eval_new(&c->ctx.arena, s->set);
    return s->eval && wr_iam_request_init(&s->req, s->set, &c->ctx.arena) == WR_OK;
}

void sim_close(sim *s) {
    for (uint32_t i = 0; i < SIM_ROWS * SIM_WAYS; i++)
        if (s->bench[i / SIM_WAYS][i % SIM_WAYS].live)
            wr_ctx_fini(&s->bench[i / SIM_WAYS][i % SIM_WAYS].ctx);
}
