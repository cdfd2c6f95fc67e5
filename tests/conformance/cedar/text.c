// SPDX-License-Identifier: Apache-2.0
// text: policies as JSON and as text again, laid out, linked from templates. What the reference
// wrote is written; and a policy that went through JSON, the formatter or a template answers as it
// did.
#include <stdlib.h>

#include "conf.h"

static wr_str json_of(wr_ctx *ctx, const ced_policy *p) {
    wr_buf b;
    wr_out o;
    wr_buf_init(&b, 0);
    if (p == NULL || wr_out_json_line(&o, &b) != WR_OK) return WR_S("");
    wr_cedar_policy_json(&o, p);
    wr_out_fini(&o);
    return wr_trim(wr_buf_keep(&b, &ctx->arena));
}

static wr_cedar_set *set_of_text(wr_ctx *ctx, wr_str text) {
    wr_cedar_set *s = wr_cedar_set_new(ctx);
    wr_src *src = wr_src_new(&ctx->arena, WR_S("policies"), text, false);
    return s && src && wr_cedar_add_text(s, src, false) == WR_OK ? s : NULL;
}

static wr_cedar_set *set_of_json(wr_ctx *ctx, wr_str json, wr_str id) {
    wr_cedar_set *s = wr_cedar_set_new(ctx);
    wr_doc *d = conf_json(ctx, WR_S("policy"), json);
    return s && d && wr_cedar_add_json(s, d, id) == WR_OK ? s : NULL;
}

static wr_str formatted(wr_ctx *ctx, wr_str text, uint32_t width, uint32_t indent) {
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_src *src = wr_src_new(&ctx->arena, WR_S("policies"), text, false);
    const wr_cedar_format_opts o = {width, indent};
    if (src == NULL || wr_cedar_format(ctx, src, &o, &b) != WR_OK) wr_buf_fini(&b);
    return wr_buf_keep(&b, &ctx->arena);
}

static void same(conf *c, conf_kind kind, wr_str id, wr_str want, wr_str got) {
    conf_check(c, kind, id, want.n > 0 && wr_eq(want, got), "wanted\n%.*s\ngot\n%.*s", WR_FMT(want),
               WR_FMT(got));
}

// ---------------------------------------------------------------------------------- the corpus

// JSON → tree → text → tree gives the JSON again.
static void there_and_back(conf *c, wr_ctx *ctx, wr_str id, wr_str json) {
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_cedar_set *s = set_of_json(ctx, json, WR_S("policy0")), *again = NULL;
    same(c, CONF_EST, wr_fmt(&ctx->arena, "%.*s/again", WR_FMT(id)), json,
         s ? json_of(ctx, wr_cedar_at(s, 0)) : WR_S(""));
    if (s && wr_cedar_policy_text(ctx, &b, wr_cedar_at(s, 0)) == WR_OK)
        again = set_of_text(ctx, wr_buf_keep(&b, &ctx->arena));
    wr_buf_fini(&b);
    same(c, CONF_EST, wr_fmt(&ctx->arena, "%.*s/text", WR_FMT(id)), json,
         again ? json_of(ctx, wr_cedar_at(again, 0)) : WR_S(""));
}

static void layouts(conf *c, wr_ctx *ctx, const wr_doc *d, wr_str id, wr_str text) {
    static const struct {
        const char *key;
        uint32_t width, indent;
    } rows[] = {{"fmt80_2", 80, 2}, {"fmt40_4", 40, 4}};
    for (unsigned i = 0; i < 2; i++) {
        wr_str got = formatted(ctx, text, rows[i].width, rows[i].indent);
        wr_str key = wr_fmt(&ctx->arena, "%.*s/%s", WR_FMT(id), rows[i].key);
        same(c, CONF_FORMAT, key, wr_node_str(wr_map_getz(d, d->root, rows[i].key)), got);
        same(c, CONF_FORMAT, wr_fmt(&ctx->arena, "%.*s/again", WR_FMT(key)), got,
             formatted(ctx, got, rows[i].width, rows[i].indent));
    }
}

static void oracle_test(conf *c, const conf_tar *t, wr_ctx *ctx, const wr_doc *d) {
    wr_str id = wr_node_str(wr_map_getz(d, d->root, "id"));
    wr_str text = conf_tar_get(t, wr_fmt(&ctx->arena, "%.*s.cedar", WR_FMT(id)));
    if (text.p == NULL) { // data of another folder
        text = conf_tar_get(t, wr_fmt(&ctx->arena, "corpus-tests/%.*s.cedar", WR_FMT(id)));
    }
    wr_cedar_set *s = set_of_text(ctx, text);
    if (s == NULL) {
        conf_check(c, CONF_EST, id, false, "%.*s", WR_FMT(conf_said(ctx)));
        return;
    }
    wr_str json = json_of(ctx, wr_cedar_at(s, 0));
    same(c, CONF_EST, id, wr_node_str(wr_map_getz(d, d->root, "est")), json);
    there_and_back(c, ctx, id, json);
    layouts(c, ctx, d, id, text);
}

static void oracle(conf *c, const conf_tar *t) {
    static const char name[] = "corpus-oracle-4.13.jsonl.gz";
    const wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    const wr_pull_opts opts = {0};
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    wr_str path = wr_fmt(&ctx.arena, "%s/%s", c->data, name);
    wr_pull *p = wr_exists(path.p) ? wr_pull_open(&ctx, path.p, &opts) : NULL;
    if (p == NULL) printf("skipped: no %s in %s\n", name, c->data);
    wr_item it;
    for (uint32_t n = 0; p && wr_pull_next(p, &it); n++) {
        if (c->sample && n % 16 != 0) continue;
        wr_ctx one;
        wr_doc *d;
        wr_ctx_init(&one, NULL);
        if (wr_pull_load(p, &it, &one, &how, &d) == WR_OK) oracle_test(c, t, &one, d);
        else conf_broken(c, CONF_EST, "a line of the oracle is no JSON");
        wr_ctx_fini(&one);
    }
    if (p && wr_pull_rc(p) != WR_OK) conf_broken(c, CONF_EST, "the oracle ends early");
    wr_pull_close(p);
    wr_ctx_fini(&ctx);
}

// ---------------------------------------------------------------------------------- twins

static void answers(conf *c, wr_ctx *ctx, const conf_app *app, const wr_doc *d, wr_cedar_set *set,
                    wr_str id) {
    conf_app twin = *app;
    twin.set = set;
    if (set == NULL) {
        conf_check(c, CONF_TWIN, id, false, "%.*s", WR_FMT(conf_said(ctx)));
        return;
    }
    twin.bound = wr_cedar_bind(ctx, set, app->store);
    twin.eval = twin.bound ? wr_cedar_eval_new(ctx, twin.bound) : NULL;
    if (twin.eval == NULL) abort();
    conf_requests(c, CONF_TWIN, ctx, &twin, d, id);
    wr_cedar_eval_free(twin.eval);
}

// Where the object that begins at i ends.
static size_t object_end(wr_str s, size_t i) {
    bool in = false;
    for (int depth = 0; i < s.n; i++) {
        if (in && s.p[i] == '\\') i++;
        else if (s.p[i] == '"') in = !in;
        else if (!in && s.p[i] == '{') depth++;
        else if (!in && s.p[i] == '}' && --depth == 0) return i + 1;
    }
    return s.n;
}

// The entity of a scope turned into the slot: what it was comes into *uid. False: it has none.
static bool make_slot(wr_ctx *ctx, wr_str *json, const char *name, wr_cedar_uid *uid) {
    wr_str key = wr_fmt(&ctx->arena, "\"%s\":{", name), s = *json;
    size_t at = wr_find(s, key, 0);
    if (at == SIZE_MAX) return false;
    size_t end = object_end(s, at + key.n - 1), e = wr_find(s, WR_S("\"entity\":{"), at);
    if (e == SIZE_MAX || e >= end) return false;
    size_t stop = object_end(s, e + 9);
    wr_doc *d = conf_json(ctx, WR_S("entity"), wr_sub(s, e + 9, stop));
    if (d == NULL) return false;
    *uid = (wr_cedar_uid){wr_node_str(wr_map_getz(d, d->root, "type")),
                          wr_node_str(wr_map_getz(d, d->root, "id"))};
    *json = wr_fmt(&ctx->arena, "%.*s\"slot\":\"?%s\"%.*s", WR_FMT(wr_sub(s, 0, e)), name,
                   WR_FMT(wr_sub(s, stop, s.n)));
    return true;
}

static void linked(conf *c, wr_ctx *ctx, const conf_app *app, const wr_doc *d, wr_str json,
                   wr_str id) {
    static const char *const names[WR_CEDAR_N_SLOTS] = {"principal", "resource"};
    wr_cedar_uid uid[WR_CEDAR_N_SLOTS];
    const wr_cedar_uid *slots[WR_CEDAR_N_SLOTS] = {NULL, NULL};
    for (unsigned i = 0; i < WR_CEDAR_N_SLOTS; i++)
        if (make_slot(ctx, &json, names[i], &uid[i])) slots[i] = &uid[i];
    if (slots[0] == NULL && slots[1] == NULL) return;
    wr_cedar_set *s = set_of_json(ctx, json, WR_S("t"));
    if (s && wr_cedar_link(s, WR_S("t"), WR_S("policy0"), slots) != WR_OK) s = NULL;
    answers(c, ctx, app, d, s, wr_fmt(&ctx->arena, "%.*s/link", WR_FMT(id)));
}

static void twins(conf *c, const conf_tar *t, wr_str name) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    conf_app app;
    wr_str id = wr_sub(name, 0, name.n - 5);
    wr_str text = conf_tar_get(t, wr_fmt(&ctx.arena, "%.*s.cedar", WR_FMT(id)));
    wr_str entities = conf_tar_get(t, wr_fmt(&ctx.arena, "%.*s.entities.json", WR_FMT(id)));
    wr_doc *d = conf_json(&ctx, name, conf_tar_get(t, name));
    if (d && conf_app_load(&ctx, &(conf_texts){.policies = text, .entities = entities}, &app)) {
        wr_str json = json_of(&ctx, wr_cedar_at(app.set, 0));
        answers(c, &ctx, &app, d, set_of_json(&ctx, json, WR_S("policy0")),
                wr_fmt(&ctx.arena, "%.*s/json", WR_FMT(id)));
        answers(c, &ctx, &app, d, set_of_text(&ctx, formatted(&ctx, text, 80, 2)),
                wr_fmt(&ctx.arena, "%.*s/format", WR_FMT(id)));
        linked(c, &ctx, &app, d, json, id);
        wr_cedar_eval_free(app.eval);
    } else conf_check(c, CONF_TWIN, id, false, "%.*s", WR_FMT(conf_said(&ctx)));
    wr_ctx_fini(&ctx);
}

void conf_text(conf *c) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    conf_tar *t = conf_tar_open(c, &ctx, "corpus-tests.tar.gz");
    if (t) oracle(c, t);
    for (uint32_t i = 0, seen = 0; t && i < t->names.n; i++) {
        wr_str name = t->names.v[i];
        if (!wr_ends(name, WR_S(".json")) || wr_ends(name, WR_S(".entities.json"))) continue;
        if (!c->sample || seen % 16 == 0) twins(c, t, name);
        seen++;
    }
    wr_ctx_fini(&ctx);
}

// ---------------------------------------------------------------------------------- snapshots

// …/x@dir__file.cedar.snap: three lines of head between two of ---, then the text.
static void snapshot(conf *c, const char *path) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    wr_str id = wr_strz(path), name = wr_basename(id), want = conf_read(c, &ctx, path);
    bool cli = wr_find(id, WR_S("cli-snapshots"), 0) != SIZE_MAX;
    size_t at = wr_find(name, WR_S("@"), 0), head = wr_find(want, WR_S("\n---\n"), 0);
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_putz(&b, cli ? "cli-sample-data/" : "formatter/");
    for (size_t i = at + 1; at != SIZE_MAX && i + 5 < name.n; i++) {
        bool slash = name.p[i] == '_' && name.p[i + 1] == '_';
        wr_putc(&b, slash ? '/' : name.p[i]);
        i += slash;
    }
    wr_str file = wr_buf_keep(&b, &ctx.arena);
    wr_str text = conf_read(c, &ctx, wr_dupz(&ctx.arena, file));
    wr_str got = formatted(&ctx, text, 80, 2);
    // The snapshots are kept without line ends around them.
    wr_str body = head == SIZE_MAX ? want : wr_sub(want, head + 5, want.n);
    bool ok = text.p != NULL && got.n > 0 && wr_eq(wr_trim(body), wr_trim(got));
    conf_check(c, CONF_FORMAT, id, ok, "wanted\n%.*s\ngot\n%.*s", WR_FMT(body), WR_FMT(got));
    wr_ctx_fini(&ctx);
}

void conf_snapshots(conf *c) {
    (void)conf_walk(c, "formatter/snapshots", ".snap", snapshot);
    (void)conf_walk(c, "formatter/cli-snapshots", ".snap", snapshot);
}

// ---------------------------------------------------------------------------------- probes

// Texts of both with blanks and line ends alike; {BASE} in JSON is the plainest policy's members.
static wr_str one_line(wr_ctx *ctx, wr_str s) {
    wr_buf b;
    wr_buf_init(&b, 0);
    for (size_t i = 0; i < s.n; i++) wr_putc(&b, s.p[i] == '\n' ? ' ' : s.p[i]);
    return wr_buf_keep(&b, &ctx->arena);
}

static wr_str filled(wr_ctx *ctx, wr_str s) {
    static const char base[] =
        "\"effect\":\"permit\",\"principal\":{\"op\":\"All\"},\"action\":{\"op\":\"All\"},"
        "\"resource\":{\"op\":\"All\"},\"conditions\":[]";
    size_t at = wr_find(s, WR_S("{BASE"), 0);
    if (at == SIZE_MAX) return s;
    return wr_fmt(&ctx->arena, "%.*s{%s%.*s", WR_FMT(wr_sub(s, 0, at)), base,
                  WR_FMT(wr_sub(s, at + 5, s.n)));
}

static void est_probe(conf *c, wr_str json, wr_str want) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_cedar_set *s = set_of_json(&ctx, filled(&ctx, json), WR_S("p"));
    bool text = s && wr_cedar_policy_text(&ctx, &b, wr_cedar_at(s, 0)) == WR_OK;
    wr_str got = text ? one_line(&ctx, wr_buf_str(&b)) : conf_said(&ctx);
    bool ok = text ? wr_starts(want, WR_S("policy: ")) && wr_eq(wr_sub(want, 8, want.n), got)
                   : wr_starts(want, WR_S("failed to parse"));
    conf_check(c, CONF_EST_PROBE, json, ok, "wanted %.*s, got %.*s", WR_FMT(want), WR_FMT(got));
    wr_buf_fini(&b);
    wr_ctx_fini(&ctx);
}

void conf_est_probes(conf *c) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    wr_str text = conf_read(c, &ctx, "probes/oracle-probes2-4.13.json");
    wr_doc *d = text.p ? conf_json(&ctx, WR_S("probes"), text) : NULL;
    const wr_node *list = d ? wr_map_getz(d, d->root, "est") : NULL;
    if (text.p == NULL) printf("skipped: no probes of policies in JSON in %s\n", c->data);
    else if (list == NULL || list->kind != WR_LIST) conf_broken(c, CONF_EST_PROBE, "est");
    for (uint32_t i = 0; list && list->kind == WR_LIST && i < list->n; i++) {
        const wr_node *p = &list->u.kids[i];
        if (p->kind == WR_LIST && p->n == 2)
            est_probe(c, wr_node_str(&p->u.kids[0]), wr_node_str(&p->u.kids[1]));
        else conf_broken(c, CONF_EST_PROBE, "a probe that is no pair");
    }
    wr_ctx_fini(&ctx);
}
