// SPDX-License-Identifier: Apache-2.0
// util: files of the folder, archives in memory, loading an application, comparing answers.
// Archives are ustar as tar writes them (POSIX 1003.1, ustar interchange format).
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf.h"

static wr_str read_all(wr_ctx *ctx, const char *path) {
    wr_stream *s = wr_stream_open(ctx, path);
    wr_buf b;
    wr_buf_init(&b, SIZE_MAX);
    bool end = s == NULL;
    while (!end)
        if (wr_stream_more(s, &b, &end) != WR_OK) end = true;
    wr_stream_close(s);
    return wr_buf_keep(&b, &ctx->arena);
}

static size_t octal(const char *p, size_t n) {
    size_t v = 0;
    for (size_t i = 0; i < n && p[i] >= '0' && p[i] <= '7'; i++) v = v * 8 + (size_t)(p[i] - '0');
    return v;
}

conf_tar *conf_tar_open(conf *c, wr_ctx *ctx, const char *name) {
    wr_str path = wr_fmt(&ctx->arena, "%s/%s", c->data, name);
    conf_tar *t = WR_NEW(&ctx->arena, conf_tar);
    if (path.p == NULL || t == NULL) abort();
    if (access(path.p, R_OK) != 0) {
        printf("skipped: no %s in %s\n", name, c->data);
        return NULL;
    }
    wr_map_init(&t->by_name, &ctx->arena);
    wr_str all = read_all(ctx, path.p);
    for (size_t at = 0; at + 512 <= all.n && all.p[at] != 0;) {
        const char *h = all.p + at;
        size_t size = octal(h + 124, 11);
        wr_str *file = WR_NEW(&ctx->arena, wr_str), key = wr_strn(h, strnlen(h, 100));
        if (file == NULL || at + 512 + size > all.n) abort();
        *file = wr_strn(h + 512, size);
        void **slot = wr_map_at(&t->by_name, key);
        if (slot == NULL || !WR_PUSH(&ctx->arena, &t->names, key)) abort();
        *slot = file;
        at += 512 + (size + 511) / 512 * 512;
    }
    return t;
}

wr_str conf_tar_get(const conf_tar *t, wr_str name) {
    const wr_str *s = wr_map_find(&t->by_name, name);
    return s ? *s : (wr_str){0};
}

wr_str conf_read(conf *c, wr_ctx *ctx, const char *name) {
    wr_str path = wr_fmt(&ctx->arena, "%s/%s", c->data, name), text = {0};
    if (path.p == NULL) abort();
    if (access(path.p, R_OK) != 0 || wr_read_file(ctx, path.p, &text) != WR_OK) return (wr_str){0};
    return text;
}

wr_doc *conf_json(wr_ctx *ctx, wr_str name, wr_str text) {
    static const wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    wr_doc *d = NULL;
    wr_src *s = wr_src_new(&ctx->arena, name, text, false);
    if (s == NULL) abort();
    return wr_doc_load(ctx, s, &how, &d) == WR_OK ? d : NULL;
}

wr_str conf_said(wr_ctx *ctx) {
    wr_buf b;
    wr_buf_init(&b, 4096);
    for (const wr_diag *d = ctx->diags; d; d = d->next) wr_diag_print(&b, d, false);
    return wr_buf_keep(&b, &ctx->arena);
}

static bool link_all(wr_ctx *ctx, wr_cedar_set *set, wr_str links) {
    wr_doc *d = conf_json(ctx, WR_S("links"), links);
    if (d == NULL || d->root->kind != WR_LIST) return false;
    for (uint32_t i = 0; i < d->root->n; i++) {
        const wr_node *n = &d->root->u.kids[i], *args = wr_map_getz(d, n, "args");
        static const char *const names[] = {"?principal", "?resource"};
        wr_cedar_uid uid[WR_CEDAR_N_SLOTS];
        const wr_cedar_uid *slots[WR_CEDAR_N_SLOTS] = {0};
        for (unsigned k = 0; k < WR_CEDAR_N_SLOTS; k++) {
            const wr_node *v = wr_map_getz(d, args, names[k]);
            if (v == NULL) continue;
            wr_src *s = wr_src_new(&ctx->arena, WR_S("slot"), wr_node_str(v), false);
            if (!wr_cedar_uid_parse(ctx, s, &uid[k])) return false;
            slots[k] = &uid[k];
        }
        if (wr_cedar_link(set, wr_node_str(wr_map_getz(d, n, "template_id")),
                          wr_node_str(wr_map_getz(d, n, "link_id")), slots) != WR_OK)
            return false;
    }
    return true;
}

static bool load_schema(wr_ctx *ctx, const conf_texts *t, wr_cedar_schema **out) {
    if (t->schema.n == 0) return true;
    if (t->schema_json) {
        wr_doc *d = conf_json(ctx, WR_S("schema"), t->schema);
        return d && wr_cedar_schema_json(ctx, d, out) == WR_OK;
    }
    wr_src *s = wr_src_new(&ctx->arena, WR_S("schema"), t->schema, false);
    return s && wr_cedar_schema_text(ctx, s, out) == WR_OK;
}

bool conf_app_load(wr_ctx *ctx, const conf_texts *t, conf_app *out) {
    *out = (conf_app){.set = wr_cedar_set_new(ctx)};
    if (!load_schema(ctx, t, &out->schema)) return false;
    out->store = wr_cedar_store_new(ctx, out->schema);
    wr_src *src = wr_src_new(&ctx->arena, WR_S("policies"), t->policies, false);
    wr_doc *d = conf_json(ctx, WR_S("entities"), t->entities);
    if (!src || !d || !out->set || !out->store) return false;
    if (wr_cedar_add_text(out->set, src, t->links.n > 0) != WR_OK) return false;
    if (t->links.n && !link_all(ctx, out->set, t->links)) return false;
    if (wr_cedar_store_add(out->store, d) != WR_OK || wr_cedar_store_close(out->store) != WR_OK)
        return false;
    out->bound = wr_cedar_bind(ctx, out->set, out->store);
    out->eval = out->bound ? wr_cedar_eval_new(ctx, out->bound) : NULL;
    return out->eval != NULL;
}

// ---------------------------------------------------------------------------------- answers

static bool named(const wr_node *list, wr_str id) {
    for (uint32_t i = 0; i < list->n; i++)
        if (wr_eq(wr_node_str(&list->u.kids[i]), id)) return true;
    return false;
}

static bool same_reasons(const wr_node *list, const wr_cedar_answer *a) {
    if (list == NULL || list->kind != WR_LIST || list->n != a->n_reasons) return false;
    for (uint32_t i = 0; i < a->n_reasons; i++)
        if (!named(list, wr_cedar_id(a->reasons[i]))) return false;
    return true;
}

static bool same_errors(const wr_node *list, const wr_cedar_answer *a) {
    if (list && list->kind == WR_INT) return list->u.i == (int64_t)a->n_errors;
    if (list == NULL || list->kind != WR_LIST || list->n != a->n_errors) return false;
    for (uint32_t i = 0; i < a->n_errors; i++)
        if (!named(list, wr_cedar_id(a->errors[i].policy))) return false;
    return true;
}

static const wr_node *either(conf_at at, const char *a, const char *b) {
    const wr_node *v = wr_map_getz(at.d, at.n, a);
    return v ? v : wr_map_getz(at.d, at.n, b);
}

void conf_answer(conf *c, conf_kind kind, wr_ctx *ctx, const conf_app *app, conf_at request,
                 conf_at want, wr_str id) {
    wr_cedar_request q;
    wr_cedar_answer a;
    if (wr_cedar_request_read(ctx, request.d, request.n, app->schema, false, &q) != WR_OK) {
        conf_check(c, kind, id, false, "request: %.*s", WR_FMT(conf_said(ctx)));
        return;
    }
    const wr_cedar_decide_opts o = {.messages = true};
    if (wr_cedar_decide(app->eval, &q, &o, &a) != WR_OK) abort();
    wr_str word = wr_node_str(either(want, "decision", "d"));
    bool allow = wr_same(word, WR_S("allow"));
    const wr_node *errors = either(want, "errors", "e");
    if (errors == NULL) errors = wr_map_getz(want.d, want.n, "num_errors");
    bool ok = (allow || wr_same(word, WR_S("deny"))) && allow == a.allow &&
              same_reasons(either(want, "reason", "r"), &a) && same_errors(errors, &a);
    conf_check(c, kind, id, ok, "wanted %.*s, got %s, %u reasons, %u errors %.*s", WR_FMT(word),
               a.allow ? "allow" : "deny", a.n_reasons, a.n_errors,
               WR_FMT(a.n_errors ? a.errors[0].message : WR_S("")));
}

void conf_requests(conf *c, conf_kind kind, wr_ctx *ctx, const conf_app *app, const wr_doc *d,
                   wr_str id) {
    const wr_node *list = wr_map_getz(d, d->root, "requests");
    if (list == NULL || list->kind != WR_LIST) {
        conf_check(c, kind, id, false, "the test has no requests");
        return;
    }
    for (uint32_t i = 0; i < list->n; i++) {
        conf_at at = {d, &list->u.kids[i]};
        conf_answer(c, kind, ctx, app, at, at, wr_fmt(&ctx->arena, "%.*s#%u", WR_FMT(id), i));
    }
}

// ---------------------------------------------------------------------------------- folders

static bool visit(conf *c, wr_str dir, wr_str suffix, conf_each *each, int depth) {
    struct dirent **v;
    int n = scandir(wr_fmt(&c->ctx.arena, "%s/%.*s", c->data, WR_FMT(dir)).p, &v, NULL, alphasort);
    if (n < 0) return false;
    for (int i = 0; i < n; i++) {
        struct stat st;
        wr_str name = wr_fmt(&c->ctx.arena, "%.*s/%s", WR_FMT(dir), v[i]->d_name);
        bool hidden = v[i]->d_name[0] == '.';
        free(v[i]);
        if (hidden || stat(wr_fmt(&c->ctx.arena, "%s/%s", c->data, name.p).p, &st) != 0) continue;
        if (S_ISDIR(st.st_mode) && depth < 8) (void)visit(c, name, suffix, each, depth + 1);
        if (S_ISREG(st.st_mode) && wr_ends(name, suffix)) each(c, name.p);
    }
    free(v);
    return true;
}

bool conf_walk(conf *c, const char *dir, const char *suffix, conf_each *each) {
    bool there = visit(c, wr_strz(dir), wr_strz(suffix), each, 0);
    if (!there) printf("skipped: no %s in %s\n", dir, c->data);
    return there;
}
