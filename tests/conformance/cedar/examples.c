// SPDX-License-Identifier: Apache-2.0
// examples: published applications with folders ALLOW and DENY of requests. Each request file
// stands two folders below its application; links of templates are in the file "linked".
#include <stdlib.h>

#include "conf.h"

static wr_str first(conf *c, wr_ctx *ctx, wr_str dir, const char *const *names) {
    for (; *names; names++) {
        wr_str text = conf_read(c, ctx, wr_fmt(&ctx->arena, "%.*s/%s", WR_FMT(dir), *names).p);
        if (text.p) return text;
    }
    return (wr_str){0};
}

static void decide(conf *c, const char *path, const char *folder, bool allow) {
    wr_str id = wr_strz(path);
    size_t cut = wr_find(id, wr_strz(folder), 0);
    if (cut == SIZE_MAX) return;
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    wr_str dir = wr_sub(id, 0, cut);
    static const char *const policies[] = {"policies.cedar", "photoapp.cedar", NULL};
    static const char *const entities[] = {"entities.json", "photoapp.cedarentities.json", NULL};
    static const char *const links[] = {"linked", NULL};
    static const char *const schemas[] = {"policies.cedarschema", "photoapp.cedarschema", NULL};
    conf_texts texts = {first(c, &ctx, dir, policies), first(c, &ctx, dir, entities),
                        first(c, &ctx, dir, schemas), first(c, &ctx, dir, links), false};
    // Its schema lacks types of its entities, and the reference refuses them together as well.
    if (wr_find(dir, WR_S("github_example"), 0) != SIZE_MAX) texts.schema = (wr_str){0};
    conf_app app;
    wr_doc *d = conf_json(&ctx, id, conf_read(c, &ctx, path));
    wr_cedar_request q;
    wr_cedar_answer a;
    if (!d || !conf_app_load(&ctx, &texts, &app)) {
        conf_check(c, CONF_EXAMPLE, id, false, "%.*s", WR_FMT(conf_said(&ctx)));
    } else if (wr_cedar_request_read(&ctx, d, d->root, app.schema, false, &q) != WR_OK) {
        conf_check(c, CONF_EXAMPLE, id, false, "%.*s", WR_FMT(conf_said(&ctx)));
    } else {
        if (wr_cedar_decide(app.eval, &q, &(wr_cedar_decide_opts){0}, &a) != WR_OK) abort();
        conf_check(c, CONF_EXAMPLE, id, a.allow == allow && a.n_errors == 0, "got %s, %u errors",
                   a.allow ? "allow" : "deny", a.n_errors);
        wr_cedar_eval_free(app.eval);
    }
    wr_ctx_fini(&ctx);
}

static void one(conf *c, const char *path) {
    decide(c, path, "/ALLOW/", true);
    decide(c, path, "/DENY/", false);
}

void conf_examples(conf *c) {
    (void)conf_walk(c, "use-cases", ".json", one);
    (void)conf_walk(c, "language-in-action", ".json", one);
}

// ---------------------------------------------------------------------------------- sandboxes

// tests-combined.json: [{request, entities, decision, reason, num_errors}] beside policy.cedar.
static void sandbox_test(conf *c, wr_ctx *ctx, wr_str policies, const wr_doc *d, const wr_node *n,
                         wr_str id) {
    wr_buf b;
    wr_buf_init(&b, SIZE_MAX);
    const wr_node *e = wr_map_getz(d, n, "entities");
    if (e == NULL || wr_put_json(&b, e, 0) != WR_OK) abort();
    conf_app app;
    conf_at want = {d, n};
    wr_str entities = wr_buf_keep(&b, &ctx->arena);
    if (conf_app_load(ctx, &(conf_texts){.policies = policies, .entities = entities}, &app)) {
        conf_answer(c, CONF_SANDBOX, ctx, &app, (conf_at){d, wr_map_getz(d, n, "request")}, want,
                    id);
        wr_cedar_eval_free(app.eval);
    } else conf_check(c, CONF_SANDBOX, id, false, "%.*s", WR_FMT(conf_said(ctx)));
}

static void sandbox(conf *c, const char *path) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    wr_str id = wr_strz(path), dir = wr_sub(id, 0, id.n - strlen("/tests-combined.json"));
    wr_doc *d = conf_json(&ctx, id, conf_read(c, &ctx, path));
    wr_str policies = conf_read(c, &ctx, wr_fmt(&ctx.arena, "%.*s/policy.cedar", WR_FMT(dir)).p);
    if (d == NULL || d->root->kind != WR_LIST) conf_broken(c, CONF_SANDBOX, path);
    else
        for (uint32_t i = 0; i < d->root->n; i++)
            sandbox_test(c, &ctx, policies, d, &d->root->u.kids[i],
                         wr_fmt(&ctx.arena, "%s#%u", path, i));
    wr_ctx_fini(&ctx);
}

void conf_sandbox(conf *c) {
    (void)conf_walk(c, "cli-sample-data", "tests-combined.json", sandbox);
}
