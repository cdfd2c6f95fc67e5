// SPDX-License-Identifier: Apache-2.0
// case: one line of a file of cases to layers and a request; files of the folder.
// Invariant: a case that does not have the form its README gives is never decided by half: it
// fails.
#include <stdlib.h>
#include <unistd.h>

#include "conf.h"

wr_pull *conf_open(conf *c, wr_ctx *ctx, const char *name) {
    for (int gz = 0; gz < 2; gz++) {
        wr_str path = wr_fmt(&c->ctx.arena, "%s/%s.jsonl%s", c->data, name, gz ? ".gz" : "");
        if (path.p == NULL) abort();
        if (access(path.p, R_OK) == 0) return wr_pull_open(ctx, path.p, &(wr_pull_opts){0});
    }
    printf("skipped: no %s.jsonl in %s\n", name, c->data);
    return NULL;
}

bool conf_next(conf *c, conf_kind kind, wr_pull *p, wr_ctx *ctx, wr_doc **out) {
    static const wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    wr_item it;
    while (wr_pull_next(p, &it)) {
        if (wr_pull_load(p, &it, ctx, &how, out) == WR_OK) return true;
        conf_broken(c, kind, "a line that is no JSON");
    }
    if (wr_pull_rc(p) != WR_OK) conf_broken(c, kind, "the file cannot be read to its end");
    return false;
}

wr_str conf_text(const wr_doc *d, const wr_node *n, const char *key) {
    const wr_node *v = wr_map_getz(d, n, key);
    return v && v->kind == WR_STR ? wr_node_str(v) : (wr_str){0};
}

wr_outcome conf_expect(const wr_doc *d) {
    wr_str s = conf_text(d, d->root, "expect");
    if (wr_eq(s, WR_S("Allowed"))) return WR_ALLOW;
    if (wr_eq(s, WR_S("ImplicitlyDenied"))) return WR_IMPLICIT_DENY;
    return wr_eq(s, WR_S("ExplicitlyDenied")) ? WR_DENY : WR_UNKNOWN;
}

// ---------------------------------------------------------------------------------- layers

typedef struct source {
    const wr_doc *d;
    wr_arena *a;
    conf_policies *get;
    void *arg;
} source;

// A list of policies, or one alone.
static bool list(const source *s, const wr_node *n, wr_iam_kind k, wr_iam_list *out) {
    *out = (wr_iam_list){0};
    if (n == NULL) return true;
    uint32_t count = n->kind == WR_LIST ? n->n : 1;
    const wr_iam_policy **v = WR_NEW_N(s->a, const wr_iam_policy *, count + 1u);
    if (v == NULL) return false;
    for (uint32_t i = 0; i < count; i++) {
        v[i] = s->get(s->arg, s->d, n->kind == WR_LIST ? &n->u.kids[i] : n, k);
        if (v[i] == NULL) return false;
    }
    *out = (wr_iam_list){v, count};
    return true;
}

static bool levels(const source *s, const char *key, wr_iam_kind k, const wr_iam_list **out,
                   uint32_t *n) {
    const wr_node *all = wr_map_getz(s->d, s->d->root, key);
    *n = 0;
    if (all == NULL) return true;
    if (all->kind != WR_LIST) return false;
    wr_iam_list *v = WR_NEW_N(s->a, wr_iam_list, all->n + 1u);
    if (v == NULL) return false;
    for (uint32_t i = 0; i < all->n; i++)
        if (!list(s, &all->u.kids[i], k, &v[i])) return false;
    *out = v;
    *n = all->n;
    return true;
}

bool conf_layers(const wr_doc *d, wr_arena *a, conf_policies *get, void *arg, wr_iam_layers *out) {
    const source s = {d, a, get, arg};
    *out = (wr_iam_layers){0};
    const wr_node *boundary = wr_map_getz(d, d->root, "boundary");
    const wr_node *session = wr_map_getz(d, d->root, "session");
    const wr_node *endpoint = wr_map_getz(d, d->root, "vpce");
    const wr_node *resource = wr_map_getz(d, d->root, "resourcePolicy");
    bool role = wr_starts(conf_text(d, d->root, "action"), WR_S("sts:AssumeRole"));
    wr_iam_list one;
    out->has_boundary = boundary != NULL;
    out->has_session = session != NULL;
    out->has_endpoint = endpoint != NULL;
    out->has_resource = resource != NULL;
    if (!list(&s, wr_map_getz(d, d->root, "identity"), WR_IAM_IDENTITY, &out->identity) ||
        !list(&s, boundary, WR_IAM_BOUNDARY, &out->boundary) ||
        !list(&s, session, WR_IAM_SESSION, &out->session) ||
        !list(&s, endpoint, WR_IAM_ENDPOINT, &out->endpoint) ||
        !list(&s, resource, role ? WR_IAM_TRUST : WR_IAM_RESOURCE, &one) || one.n > 1)
        return false;
    out->resource = one.n ? one.v[0] : NULL;
    return levels(&s, "scps", WR_IAM_SCP, &out->scps, &out->n_scps) &&
           levels(&s, "rcps", WR_IAM_RCP, &out->rcps, &out->n_rcps);
}

// ---------------------------------------------------------------------------------- requests

static bool context(const wr_doc *d, wr_arena *a, wr_iam_request *out) {
    const wr_node *ctx = wr_map_getz(d, d->root, "context");
    for (uint32_t i = 0; ctx && i < ctx->n; i++) {
        const wr_node *v = wr_map_val(ctx, i);
        bool multi = v->kind == WR_LIST;
        uint32_t n = multi ? v->n : 1;
        wr_str *text = WR_NEW_N(a, wr_str, n + 1u);
        for (uint32_t k = 0; text && k < n; k++) {
            const wr_node *one = multi ? &v->u.kids[k] : v;
            if (one->kind != WR_STR) return false;
            text[k] = wr_node_str(one);
        }
        if (!text ||
            wr_iam_request_key(out, a, wr_node_str(wr_map_key(ctx, i)), text, n, multi) != WR_OK)
            return false;
    }
    return true;
}

bool conf_request(const wr_doc *d, const wr_iam_set *s, wr_arena *a, wr_iam_request *out) {
    if (wr_iam_request_init(out, s, a) != WR_OK) return false;
    const wr_node *who = wr_map_getz(d, d->root, "principal");
    if (who == NULL) return false;
    wr_str name = who->kind == WR_STR ? wr_node_str(who) : WR_S("*"); // objects are anonymous
    if (!wr_iam_principal_parse(name, &out->principal)) return false;
    if (wr_iam_request_action(out, conf_text(d, d->root, "action")) != WR_OK) return false;
    wr_iam_request_resource(out, conf_text(d, d->root, "resource"));
    out->resource_account = conf_text(d, d->root, "resourceAccount");
    return context(d, a, out);
}
