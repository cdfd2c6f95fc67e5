// SPDX-License-Identifier: Apache-2.0
// schema: schemas measured on the reference: which texts and JSON are schemas and with what words
// the others are refused; each schema of the corpus as JSON, as written and resolved, and what a
// round trip by text and by JSON leaves of it.
#include <stdlib.h>

#include "conf.h"

// ---------------------------------------------------------------------------------- comparing

static bool same(const wr_doc *d, const wr_node *a, const wr_doc *e, const wr_node *b) {
    if (a->kind != b->kind) return false;
    switch ((wr_kind)a->kind) {
    case WR_BOOL: return a->u.b == b->u.b;
    case WR_INT: return a->u.i == b->u.i;
    case WR_STR: return wr_eq(wr_node_str(a), wr_node_str(b));
    case WR_LIST:
        if (a->n != b->n) return false;
        for (uint32_t i = 0; i < a->n; i++)
            if (!same(d, &a->u.kids[i], e, &b->u.kids[i])) return false;
        return true;
    case WR_MAP:
        if (a->n != b->n) return false;
        for (uint32_t i = 0; i < a->n; i++) {
            const wr_sym *key = wr_sym_find(e->syms, wr_node_str(wr_map_key(a, i)));
            const wr_node *other = key ? wr_map_get(b, key) : NULL;
            if (other == NULL || !same(d, wr_map_val(a, i), e, other)) return false;
        }
        return true;
    default: return a->kind == WR_NULL;
    }
}

static wr_str as_json(wr_ctx *ctx, const wr_cedar_schema *s, bool resolved) {
    wr_buf b;
    wr_out o;
    wr_buf_init(&b, 0);
    if (wr_out_json_line(&o, &b) != WR_OK) abort();
    wr_cedar_schema_put_json(&o, s, resolved);
    wr_out_fini(&o);
    return wr_buf_keep(&b, &ctx->arena);
}

static wr_str as_text(wr_ctx *ctx, const wr_cedar_schema *s) {
    wr_buf b;
    wr_buf_init(&b, 0);
    if (wr_cedar_schema_put_text(ctx, &b, s) != WR_OK) {
        wr_buf_fini(&b);
        return WR_S("cannot be written");
    }
    return wr_buf_keep(&b, &ctx->arena);
}

static bool equal(wr_ctx *ctx, wr_str ours, wr_str theirs) {
    wr_doc *a = conf_json(ctx, WR_S("ours"), ours), *b = conf_json(ctx, WR_S("theirs"), theirs);
    return a && b && same(a, a->root, b, b->root);
}

// ---------------------------------------------------------------------------------- the corpus

static void round_trips(conf *c, wr_ctx *ctx, wr_str id, const wr_cedar_schema *s) {
    wr_str text = as_text(ctx, s), json = as_json(ctx, s, false), means = as_json(ctx, s, true);
    wr_cedar_schema *by_text, *by_json;
    wr_src *src = wr_src_new(&ctx->arena, WR_S("printed"), text, false);
    if (src == NULL || wr_cedar_schema_text(ctx, src, &by_text) != WR_OK) by_text = NULL;
    conf_check(c, CONF_TRIP, wr_fmt(&ctx->arena, "%.*s text", WR_FMT(id)),
               by_text && wr_eq(as_text(ctx, by_text), text), "%.*s", WR_FMT(conf_said(ctx)));
    wr_doc *d = conf_json(ctx, WR_S("written"), json);
    if (d == NULL || wr_cedar_schema_json(ctx, d, &by_json) != WR_OK) by_json = NULL;
    conf_check(c, CONF_TRIP, wr_fmt(&ctx->arena, "%.*s JSON", WR_FMT(id)),
               by_json && wr_eq(as_json(ctx, by_json, false), json) &&
                   wr_eq(as_json(ctx, by_json, true), means) && wr_eq(as_text(ctx, by_json), text),
               "%.*s", WR_FMT(conf_said(ctx)));
}

static void corpus_schema(conf *c, const conf_tar *t, const wr_doc *d) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    wr_str id = wr_node_str(wr_map_getz(d, d->root, "id"));
    wr_str name = wr_fmt(&ctx.arena, "corpus-tests/%.*s.cedarschema", WR_FMT(id));
    wr_src *src = wr_src_new(&ctx.arena, name, conf_tar_get(t, name), false);
    wr_cedar_schema *s;
    if (src == NULL || wr_cedar_schema_text(&ctx, src, &s) != WR_OK) {
        conf_check(c, CONF_CONVERT, id, false, "%.*s", WR_FMT(conf_said(&ctx)));
    } else {
        static const char *const keys[] = {"schemaJson", "schemaJsonResolved"};
        for (unsigned i = 0; i < 2; i++) {
            wr_str ours = as_json(&ctx, s, i == 1);
            wr_str theirs = wr_node_str(wr_map_getz(d, d->root, keys[i]));
            conf_check(c, CONF_CONVERT, wr_fmt(&ctx.arena, "%.*s %s", WR_FMT(id), keys[i]),
                       equal(&ctx, ours, theirs), "wanted %.*s, got %.*s", WR_FMT(theirs),
                       WR_FMT(ours));
        }
        round_trips(c, &ctx, id, s);
    }
    wr_ctx_fini(&ctx);
}

static void corpus(conf *c) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    conf_tar *t = conf_tar_open(c, &ctx, "corpus-tests.tar.gz");
    wr_str path = wr_fmt(&ctx.arena, "%s/corpus-oracle-4.13.jsonl.gz", c->data);
    const wr_pull_opts opts = {0};
    wr_pull *p = t ? wr_pull_open(&ctx, path.p, &opts) : NULL;
    const wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    wr_item it;
    for (uint32_t i = 0; p && wr_pull_next(p, &it); i++) {
        wr_ctx_mark m = wr_ctx_mark_now(&ctx);
        wr_doc *d;
        if (c->sample && i % 16 != 0) continue;
        if (wr_pull_load(p, &it, &ctx, &how, &d) == WR_OK) corpus_schema(c, t, d);
        else conf_broken(c, CONF_CONVERT, "a line of the oracle is no JSON");
        wr_ctx_rewind(&ctx, m);
    }
    wr_pull_close(p);
    wr_ctx_fini(&ctx);
}

// ---------------------------------------------------------------------------------- probes

bool conf_words(const wr_ctx *ctx, wr_str want, const char *const *prefixes) {
    bool cut = want.n >= 150;
    for (; *prefixes; prefixes++)
        if (wr_starts(want, wr_strz(*prefixes))) want = wr_sub(want, strlen(*prefixes), want.n);
    for (const wr_diag *d = ctx->diags; d; d = d->next)
        if (cut ? wr_starts(d->msg, want) : wr_eq(d->msg, want)) return true;
    return false;
}

static void probe(conf *c, const wr_doc *d, const wr_node *n) {
    static const char *const prefixes[] = {
        "failed to parse schema from string: ", "error parsing schema: ",
        "failed to parse schema from JSON: ", NULL};
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    const wr_node *in = &n->u.kids[0];
    wr_str want = wr_node_str(&n->u.kids[1]), id = wr_node_str(in);
    wr_cedar_schema *s;
    wr_rc rc = WR_BAD;
    if (in->kind == WR_STR) {
        wr_src *src = wr_src_new(&ctx.arena, WR_S("schema"), wr_node_str(in), false);
        rc = src ? wr_cedar_schema_text(&ctx, src, &s) : WR_NOMEM;
    } else {
        id = wr_sub(d->srcs[in->src]->text, in->span.beg, in->span.end);
        wr_doc *own = conf_json(&ctx, WR_S("schema"), id);
        rc = own ? wr_cedar_schema_json(&ctx, own, &s) : WR_BAD;
    }
    bool ok =
        wr_eq(want, WR_S("OK")) ? rc == WR_OK : rc != WR_OK && conf_words(&ctx, want, prefixes);
    conf_check(c, CONF_SCHEMA, id, ok, "wanted %.*s, got %.*s", WR_FMT(want),
               WR_FMT(conf_said(&ctx)));
    wr_ctx_fini(&ctx);
}

static void probes(conf *c) {
    static const char *const keys[] = {"schemaText", "schemaJson"};
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    wr_str text = conf_read(c, &ctx, "probes/oracle-probes2-4.13.json");
    wr_doc *d = text.p ? conf_json(&ctx, WR_S("probes"), text) : NULL;
    if (text.p == NULL) printf("skipped: no probes of schemas in %s\n", c->data);
    else if (d == NULL) conf_broken(c, CONF_SCHEMA, "probes are no JSON");
    for (unsigned k = 0; d && k < 2; k++) {
        const wr_node *list = wr_map_getz(d, d->root, keys[k]);
        if (list == NULL || list->kind != WR_LIST) conf_broken(c, CONF_SCHEMA, keys[k]);
        for (uint32_t i = 0; list && list->kind == WR_LIST && i < list->n; i++)
            probe(c, d, &list->u.kids[i]);
    }
    wr_ctx_fini(&ctx);
}

void conf_schema(conf *c) {
    probes(c);
    corpus(c);
}
