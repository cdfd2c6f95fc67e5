// SPDX-License-Identifier: Apache-2.0
// trail: requests made of CloudTrail records against those recorded (section trail), and the replay
// of recorded requests against SCPs (section replay): all three columns of the table, and the ids.
// Invariant: ours may know more than the recorded request, never less, and never otherwise, but for
// the kinds of difference that docs/internals/trail.md lists.
#include <dirent.h>
#include <stdlib.h>

#include "analyze/analyze.h"
#include "conf.h"

// Keys that the recorded requests know: absent where they are not in the context.
static const char *const known[] = {
    "aws:RequestedRegion",
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalType",
    "aws:SourceIp",
    "aws:ViaAWSService",
    "aws:UserAgent",
    "aws:MultiFactorAuthPresent",
    "aws:TokenIssueTime",
    "aws:username",
    "aws:PrincipalIsAWSService",
    "aws:SourceVpce",
    "aws:PrincipalOrgID",
    "aws:PrincipalServiceName",
    "aws:AssumedRoot",
};
enum { N_KNOWN = sizeof known / sizeof known[0] };

static wr_doc *load(wr_ctx *c, const char *name, const char *text) {
    wr_doc *d = NULL;
    const wr_src *src = wr_src_new(&c->arena, wr_strz(name), wr_strz(text), false);
    if (!src || wr_json_read(c, src, &(wr_load){.is_json = true}, &d) != WR_OK) abort();
    return d;
}

// ---------------------------------------------------------------------------------- extraction

typedef struct extraction {
    conf *c;
    wr_map wanted; // eventID → the line's document
    wr_iam_set *set;
    wr_trail_keys *keys;
    wr_iam_request request;
    wr_trail_request made;
    uint64_t better_action, more_resource, no_resource, more_epoch, via_endpoint, seen;
} extraction;

static bool has_text(const wr_iam_ctx_value *v, wr_str text) {
    return v->state == WR_IAM_PRESENT && v->n == 1 && wr_eq(v->v[0], text);
}

static const wr_iam_ctx_value *value_of(const extraction *x, const char *key) {
    uint32_t k = wr_iam_key_find(x->set, wr_strz(key));
    return k == UINT32_MAX ? NULL : &x->request.ctx[k];
}

static void compare_key(extraction *x, wr_str id, const char *key, const wr_node *want) {
    const wr_iam_ctx_value *v = value_of(x, key);
    if (v == NULL) abort();
    if (want == NULL) {
        conf_check(x->c, CONF_TRAIL, id, v->state != WR_IAM_NOT_KNOWN, "%s: absent, got unknown",
                   key);
        if (v->state != WR_IAM_PRESENT) return;
        if (strcmp(key, "aws:EpochTime") == 0) x->more_epoch++;
        else conf_check(x->c, CONF_TRAIL, id, false, "%s: absent, got a value", key);
        return;
    }
    wr_str text = wr_node_str(want);
    // Through an endpoint the address has another key: docs/internals/trail.md.
    bool moved = strcmp(key, "aws:SourceIp") == 0 && v->state == WR_IAM_ABSENT &&
                 has_text(value_of(x, "aws:VpcSourceIp"), text);
    x->via_endpoint += moved;
    conf_check(x->c, CONF_TRAIL, id, moved || has_text(v, text), "%s: wanted %.*s", key,
               WR_FMT(text));
}

// The same action; or one of IAM's where the recorded one is none (the source is not the prefix).
static bool same_action(extraction *x, wr_str want, wr_str got) {
    bool same = want.n == got.n;
    for (size_t i = 0; i < want.n && same; i++) same = (want.p[i] | 0x20) == (got.p[i] | 0x20);
    if (same) return true;
    bool better =
        wr_aws_action_find_full(want) == WR_AWS_NONE && wr_aws_action_find_full(got) != WR_AWS_NONE;
    x->better_action += better;
    return better;
}

static void compare(extraction *x, const wr_doc *d) {
    const wr_iam_request *r = &x->request;
    wr_str id = conf_text(d, d->root, "id"), resource = conf_text(d, d->root, "resource");
    const wr_node *context = wr_map_getz(d, d->root, "context");
    wr_str principal = conf_text(d, d->root, "principal"), action = conf_text(d, d->root, "action");
    conf_check(x->c, CONF_TRAIL, id, wr_eq(r->principal.text, principal), "principal");
    conf_check(x->c, CONF_TRAIL, id, same_action(x, action, r->action),
               "action: wanted %.*s, got %.*s", WR_FMT(action), WR_FMT(r->action));
    conf_check(x->c, CONF_TRAIL, id,
               wr_eq(r->resource_account, conf_text(d, d->root, "resourceAccount")), "account");
    if (!wr_eq(resource, WR_S("*")))
        conf_check(x->c, CONF_TRAIL, id, wr_eq(r->resource, resource) && !r->resource_unknown,
                   "resource of %.*s: wanted %.*s, got %.*s", WR_FMT(action), WR_FMT(resource),
                   WR_FMT(r->resource));
    else if (!r->resource_unknown && wr_eq(r->resource, WR_S("*"))) x->no_resource++;
    else if (!r->resource_unknown) x->more_resource++;
    for (int i = 0; i < N_KNOWN; i++)
        compare_key(x, id, known[i], wr_map_getz(d, context, known[i]));
    for (uint32_t i = 0; context && i < context->n; i++) {
        const char *key = wr_dupz(&x->c->ctx.arena, wr_node_str(wr_map_key(context, i)));
        bool listed = false;
        for (int k = 0; k < N_KNOWN; k++) listed = listed || strcmp(known[k], key) == 0;
        if (!listed) compare_key(x, id, key, wr_map_val(context, i));
    }
}

static void one_file(extraction *x, const char *path) {
    wr_ctx c, one;
    wr_item it;
    wr_trail_record rec;
    wr_ctx_init(&c, NULL);
    wr_ctx_init(&one, NULL);
    wr_ctx_mark mark = wr_ctx_mark_now(&one);
    wr_pull *p = wr_pull_open(&c, path, &(wr_pull_opts){.list = "Records"});
    while (p && wr_pull_next(p, &it)) {
        wr_trail_action action;
        wr_ctx_rewind(&one, mark);
        wr_trail_read(&one.arena, it.text, &rec);
        wr_doc *d = wr_map_find(&x->wanted, rec.id);
        if (rec.kind != WR_TRAIL_CALL) {
            conf_check(x->c, CONF_TRAIL, rec.id, d == NULL, "a request is taken for none");
            continue;
        }
        bool ok = d && wr_trail_action_of(&one.arena, &rec, &action) &&
                  wr_trail_make(x->keys, &one.arena, &rec, &action, &x->request, &x->made) == WR_OK;
        conf_check(x->c, CONF_TRAIL, rec.id, ok, "no such request is recorded, or none was made");
        x->seen++;
        if (ok) compare(x, d);
    }
    if (!p || wr_pull_rc(p) != WR_OK) conf_broken(x->c, CONF_TRAIL, path);
    wr_pull_close(p);
    wr_ctx_fini(&one);
    wr_ctx_fini(&c);
}

static bool read_wanted(extraction *x) {
    wr_pull *p = conf_open(x->c, &x->c->ctx, "cases/trail-requests");
    wr_doc *d;
    wr_map_init(&x->wanted, &x->c->ctx.arena);
    while (p && conf_next(x->c, CONF_TRAIL, p, &x->c->ctx, &d)) {
        void **at = wr_map_at(&x->wanted, conf_text(d, d->root, "id"));
        if (!at) abort();
        *at = d;
    }
    wr_pull_close(p);
    return p != NULL;
}

static void make_keys(extraction *x) {
    static const char *const more[] = {"aws:SecureTransport", "aws:VpcSourceIp"};
    wr_ctx *c = &x->c->ctx;
    wr_org *org;
    x->set = wr_iam_set_new(c);
    for (int i = 0; x->set && i < N_KNOWN; i++) (void)wr_iam_key_in(x->set, wr_strz(known[i]));
    for (int i = 0; x->set && i < 2; i++) (void)wr_iam_key_in(x->set, wr_strz(more[i]));
    // The recorded requests take the account for a member of this organization.
    const wr_doc *d = load(c, "org",
                           "{\"schema\":\"writ/organization/1\",\"id\":\"o-abcdefgh12\",\"root\":{"
                           "\"accounts\":[{\"id\":\"123837392027\",\"name\":\"a\"}]}}");
    if (!x->set || wr_org_load(c, d, &org) != WR_OK) abort();
    wr_iam_freeze(x->set);
    x->keys = wr_trail_keys_new(&c->arena, x->set, org);
    if (!x->keys || wr_iam_request_init(&x->request, x->set, &c->arena) != WR_OK) abort();
}

void conf_trail(conf *c) {
    static extraction x;
    char folder[PATH_MAX], path[PATH_MAX + 256];
    x.c = c;
    snprintf(folder, sizeof folder, "%.4000s/cloudtrail-invictus/CloudTrail", c->data);
    DIR *dir = opendir(folder);
    if (!dir) {
        printf("skipped: no cloudtrail-invictus in the folder\n");
        return;
    }
    if (read_wanted(&x)) {
        make_keys(&x);
        for (const struct dirent *e; (e = readdir(dir)) != NULL;) {
            if (e->d_name[0] == '.') continue;
            snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
            one_file(&x, path);
        }
        conf_check(c, CONF_TRAIL, WR_S("(all)"), x.seen == x.wanted.n, "%lu of %u requests",
                   (unsigned long)x.seen, (unsigned)x.wanted.n);
        printf(
            "trail: knows more: %lu actions of IAM where the recorded one is none, %lu resources "
            "by name, %lu actions without resources, %lu aws:EpochTime; %lu addresses are "
            "aws:VpcSourceIp\n",
            (unsigned long)x.better_action, (unsigned long)x.more_resource,
            (unsigned long)x.no_resource, (unsigned long)x.more_epoch,
            (unsigned long)x.via_endpoint);
    }
    (void)closedir(dir);
}

// ---------------------------------------------------------------------------------- replay

typedef struct scp {
    const wr_iam_policy *policy;
    wr_map got;    // id → "D" or "U"
    uint64_t n[3]; // denied, unknown, not denied
} scp;
static const char denied[] = "D", unknown[] = "U";

typedef struct replay {
    conf *c;
    wr_iam_set *set;
    wr_map by_name;  // file → scp
    WR_VEC(scp *) v; // those of the table
    wr_iam_eval *eval;
    uint32_t known[N_KNOWN];
} replay;

static bool read_policies(replay *y) {
    conf *c = y->c;
    wr_pull *p = conf_open(c, &c->ctx, "org-policies-materialised");
    wr_doc *d;
    wr_map_init(&y->by_name, &c->ctx.arena);
    while (p && conf_next(c, CONF_REPLAY, p, &c->ctx, &d)) {
        if (!wr_eq(conf_text(d, d->root, "kind"), WR_S("scp"))) continue;
        scp *s = WR_NEW(&c->ctx.arena, scp);
        wr_str name = conf_text(d, d->root, "file");
        void **at = s ? wr_map_at(&y->by_name, name) : NULL;
        if (!at) abort();
        s->policy = wr_iam_add(y->set, d, wr_map_getz(d, d->root, "policy"),
                               &(wr_iam_parse_opts){.kind = WR_IAM_SCP, .name = name});
        wr_map_init(&s->got, &c->ctx.arena);
        *at = s;
    }
    wr_pull_close(p);
    return p != NULL;
}

static void judge(replay *y, const wr_iam_request *r, wr_str id) {
    bool spared = wr_eq(r->action, WR_S("sts:GetCallerIdentity"));
    for (uint32_t i = 0; i < y->v.n; i++) {
        wr_iam_says says;
        wr_iam_say(y->eval, y->v.v[i]->policy, r, &says);
        if (says.deny == WR_NO || spared) {
            y->v.v[i]->n[2]++;
            continue;
        }
        y->v.v[i]->n[says.deny == WR_YES ? 0 : 1]++;
        void **at = wr_map_at(&y->v.v[i]->got, wr_dup(&y->c->ctx.arena, id));
        if (!at) abort();
        *at = (void *)(uintptr_t)(says.deny == WR_YES ? denied : unknown);
    }
}

static void one_request(replay *y, const wr_doc *d, wr_arena *a) {
    wr_iam_request r;
    wr_str id = conf_text(d, d->root, "id");
    bool ok = conf_request(d, y->set, a, &r);
    if (!ok) conf_check(y->c, CONF_REPLAY, id, false, "the request cannot be read");
    if (!ok) return;
    r.resource_unknown = wr_eq(r.resource, WR_S("*"));
    for (uint32_t k = 0; k < r.n_ctx; k++) {
        bool told = r.ctx[k].state == WR_IAM_PRESENT;
        for (int i = 0; i < N_KNOWN && !told; i++) told = y->known[i] == k;
        if (!told) wr_iam_request_set(&r, k, (wr_iam_ctx_value){.state = WR_IAM_NOT_KNOWN});
    }
    judge(y, &r, id);
}

static void read_requests(replay *y) {
    wr_ctx ctx;
    wr_doc *d;
    wr_ctx_init(&ctx, NULL);
    wr_ctx_mark mark = wr_ctx_mark_now(&ctx);
    wr_pull *p = conf_open(y->c, &y->c->ctx, "cases/trail-requests");
    while (p && conf_next(y->c, CONF_REPLAY, p, &ctx, &d)) {
        one_request(y, d, &ctx.arena);
        wr_ctx_rewind(&ctx, mark);
    }
    wr_pull_close(p);
    wr_ctx_fini(&ctx);
}

static wr_str cut(wr_str *rest, const char *sep) {
    size_t end = wr_find(*rest, wr_strz(sep), 0);
    wr_str one = wr_sub(*rest, 0, end);
    *rest = end == SIZE_MAX ? WR_S("") : wr_sub(*rest, end + 1, rest->n);
    return one;
}

// The table: which SCPs are asked (want NULL: first reading), or what they answered.
static bool read_table(replay *y, bool compare) {
    static const char *const columns[] = {"denied", "unknown", "not denied"};
    char path[PATH_MAX];
    wr_str text;
    snprintf(path, sizeof path, "%.4000s/cases/trail-scp-impact.tsv", y->c->data);
    if (wr_read_file(&y->c->ctx, path, &text) != WR_OK) return false;
    (void)cut(&text, "\n");
    while (text.n) {
        wr_str line = cut(&text, "\n"), name = cut(&line, "\t");
        scp *s = wr_map_find(&y->by_name, name);
        if (!s || !s->policy || s->policy->broken) {
            if (!compare) conf_check(y->c, CONF_REPLAY, name, false, "the SCP is not there");
            continue;
        }
        if (!compare && !WR_PUSH(&y->c->ctx.arena, &y->v, s)) abort();
        (void)cut(&line, "\t");
        for (int i = 0; i < 3 && compare; i++) {
            int64_t n = -1;
            (void)wr_parse_i64(cut(&line, "\t"), &n);
            conf_check(y->c, CONF_REPLAY, name, n >= 0 && s->n[i] == (uint64_t)n,
                       "%s: wanted %ld, got %lu", columns[i], (long)n, (unsigned long)s->n[i]);
        }
    }
    return true;
}

static void compare_ids(replay *y) {
    conf *c = y->c;
    wr_pull *p = conf_open(c, &c->ctx, "cases/trail-scp-denied");
    wr_doc *d;
    while (p && conf_next(c, CONF_REPLAY, p, &c->ctx, &d)) {
        wr_str name = conf_text(d, d->root, "scp");
        const scp *s = wr_map_find(&y->by_name, name);
        static const char *const lists[] = {"denied", "unknown"}, *const marks[] = {"D", "U"};
        for (int k = 0; k < 2; k++) {
            const wr_node *ids = wr_map_getz(d, d->root, lists[k]);
            uint32_t same = 0;
            for (uint32_t i = 0; s && ids && i < ids->n; i++) {
                const char *got = wr_map_find(&s->got, wr_node_str(&ids->u.kids[i]));
                same += got && *got == *marks[k];
            }
            conf_check(c, CONF_REPLAY, name, s && ids && same == ids->n && same == s->n[k],
                       "%s ids: %u of %u", lists[k], same, ids ? ids->n : 0);
        }
    }
    wr_pull_close(p);
}

void conf_replay(conf *c) {
    replay y = {.c = c, .set = wr_iam_set_new(&c->ctx)};
    if (!y.set || !read_policies(&y) || !read_table(&y, false)) return;
    wr_iam_freeze(y.set);
    y.eval = wr_iam_eval_new(&c->ctx.arena, y.set);
    if (!y.eval) abort();
    for (int i = 0; i < N_KNOWN; i++) y.known[i] = wr_iam_key_find(y.set, wr_strz(known[i]));
    read_requests(&y);
    (void)read_table(&y, true);
    compare_ids(&y);
}
