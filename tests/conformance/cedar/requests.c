// SPDX-License-Identifier: Apache-2.0
// requests: tests of the public corpus, hand-written tests, applications with measured answers: one
// set of policies, one store, many requests each. Policies, entities and requests of a test live in
// a context of its own.
#include <stdlib.h>

#include "conf.h"

static void corpus_test(conf *c, const conf_tar *t, wr_str name) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    conf_app app;
    wr_str stem = wr_sub(name, 0, name.n - 5);
    wr_str policies = conf_tar_get(t, wr_fmt(&ctx.arena, "%.*s.cedar", WR_FMT(stem)));
    wr_str entities = conf_tar_get(t, wr_fmt(&ctx.arena, "%.*s.entities.json", WR_FMT(stem)));
    wr_doc *d = conf_json(&ctx, name, conf_tar_get(t, name));
    if (d && conf_app_load(&ctx, &(conf_texts){.policies = policies, .entities = entities}, &app)) {
        conf_requests(c, CONF_CORPUS, &ctx, &app, d, stem);
        wr_cedar_eval_free(app.eval);
    } else conf_check(c, CONF_CORPUS, stem, false, "%.*s", WR_FMT(conf_said(&ctx)));
    wr_ctx_fini(&ctx);
}

void conf_corpus(conf *c) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    conf_tar *t = conf_tar_open(c, &ctx, "corpus-tests.tar.gz");
    for (uint32_t i = 0, seen = 0; t && i < t->names.n; i++) {
        wr_str name = t->names.v[i];
        if (!wr_ends(name, WR_S(".json")) || wr_ends(name, WR_S(".entities.json"))) continue;
        if (!c->sample || seen % 16 == 0) corpus_test(c, t, name);
        seen++;
    }
    wr_ctx_fini(&ctx);
}

// A test file that names its policies and entities, below root.
static void test_file(conf *c, conf_kind kind, const char *root, const char *path) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    conf_app app;
    wr_str id = wr_strz(path);
    wr_doc *d = conf_json(&ctx, id, conf_read(c, &ctx, path));
    if (d == NULL) {
        conf_check(c, kind, id, false, "%.*s", WR_FMT(conf_said(&ctx)));
        wr_ctx_fini(&ctx);
        return;
    }
    wr_str text[3];
    static const char *const keys[] = {"policies", "entities", "schema"};
    for (unsigned i = 0; i < 3; i++) {
        wr_str name = wr_node_str(wr_map_getz(d, d->root, keys[i]));
        text[i] = conf_read(c, &ctx, wr_fmt(&ctx.arena, "%s/%.*s", root, WR_FMT(name)).p);
    }
    const conf_texts texts = {.policies = text[0], .entities = text[1], .schema = text[2]};
    if (text[0].p && text[1].p && conf_app_load(&ctx, &texts, &app)) {
        conf_requests(c, kind, &ctx, &app, d, id);
        wr_cedar_eval_free(app.eval);
    } else conf_check(c, kind, id, false, "%.*s", WR_FMT(conf_said(&ctx)));
    wr_ctx_fini(&ctx);
}

static void hand(conf *c, const char *path) { test_file(c, CONF_HAND, "handwritten", path); }
static void app(conf *c, const char *path) { test_file(c, CONF_APPS, "apps", path); }

void conf_hand(conf *c) { (void)conf_walk(c, "handwritten/tests", ".json", hand); }
void conf_apps(conf *c) { (void)conf_walk(c, "apps/oracle", ".json", app); }

// ---------------------------------------------------------------------------------- bench data

// gdrive/gdrive-5-0.expect.json beside .json (entities) and .req.json.
static void store(conf *c, const conf_tar *t, wr_str name) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    conf_app a;
    wr_str stem = wr_sub(name, 0, name.n - strlen(".expect.json"));
    wr_str dir = wr_sub(name, 0, wr_find(name, WR_S("/"), 0));
    wr_str policies = conf_tar_get(t, wr_fmt(&ctx.arena, "%.*s/policies.cedar", WR_FMT(dir)));
    if (!policies.p)
        policies = conf_tar_get(t, wr_fmt(&ctx.arena, "%.*s/%.*s.cedar", WR_FMT(dir), WR_FMT(dir)));
    wr_str entities = conf_tar_get(t, wr_fmt(&ctx.arena, "%.*s.json", WR_FMT(stem)));
    wr_doc *q =
        conf_json(&ctx, stem, conf_tar_get(t, wr_fmt(&ctx.arena, "%.*s.req.json", WR_FMT(stem))));
    wr_doc *e = conf_json(&ctx, name, conf_tar_get(t, name));
    wr_str schema =
        conf_tar_get(t, wr_fmt(&ctx.arena, "%.*s/%.*s.cedarschema.json", WR_FMT(dir), WR_FMT(dir)));
    const conf_texts texts = {policies, entities, schema, (wr_str){0}, true};
    bool ok = q && e && q->root->n == e->root->n && conf_app_load(&ctx, &texts, &a);
    if (!ok) conf_check(c, CONF_BENCH, stem, false, "%.*s", WR_FMT(conf_said(&ctx)));
    for (uint32_t i = 0; ok && i < q->root->n; i++)
        conf_answer(c, CONF_BENCH, &ctx, &a, (conf_at){q, &q->root->u.kids[i]},
                    (conf_at){e, &e->root->u.kids[i]},
                    wr_fmt(&ctx.arena, "%.*s#%u", WR_FMT(stem), i));
    if (ok) wr_cedar_eval_free(a.eval);
    wr_ctx_fini(&ctx);
}

void conf_bench(conf *c) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    conf_tar *t = conf_tar_open(c, &ctx, "bench/oopsla-apps.tar.gz");
    for (uint32_t i = 0; t && i < t->names.n; i++)
        if (wr_ends(t->names.v[i], WR_S(".expect.json"))) store(c, t, t->names.v[i]);
    wr_ctx_fini(&ctx);
}
