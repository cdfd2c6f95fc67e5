// SPDX-License-Identifier: Apache-2.0
// documents: the words of IAM's API for documents it refuses (moto/invalid-policies.json) and takes
// (moto/valid-policies.json); and published policies, none of which may be broken for us that the
// API takes.
// Invariant: the two readers (of policies, of the API's words) share nothing but the grammar's
// names, so each is held against the other.
#include <stdlib.h>
#include <unistd.h>

#include "conf.h"
#include "lang/iam/check.h"

// ---------------------------------------------------------------------------------- API

// The list in a JSON file of the folder; NULL (and a line "skipped: …") without it.
static const wr_node *read_list(conf *c, const char *name, wr_doc **d) {
    wr_str path = wr_fmt(&c->ctx.arena, "%s/%s", c->data, name), text;
    if (path.p == NULL) abort();
    if (access(path.p, R_OK) != 0) {
        printf("skipped: no %s in %s\n", name, c->data);
        return NULL;
    }
    const wr_src *src = wr_read_file(&c->ctx, path.p, &text) == WR_OK
                            ? wr_src_new(&c->ctx.arena, path, text, false)
                            : NULL;
    if (src && wr_json_read(&c->ctx, src, &(wr_load){.is_json = true}, d) == WR_OK &&
        (*d)->root->kind == WR_LIST)
        return (*d)->root;
    conf_broken(c, CONF_API, "a file that is no list");
    return NULL;
}

// A document as it is sent: texts as they are, objects as JSON.
static wr_str sent(const wr_node *n, wr_arena *a) {
    wr_buf b;
    if (n->kind == WR_STR) return wr_node_str(n);
    wr_buf_init(&b, 0);
    (void)wr_put_json(&b, n, -1);
    return wr_buf_keep(&b, a);
}

static void one_answer(conf *c, const char *kind, uint32_t i, const wr_node *doc, wr_str want) {
    wr_str id = wr_fmt(&c->ctx.arena, "%s-%u", kind, (unsigned)i);
    wr_str text = sent(doc, &c->ctx.arena);
    wr_str got = wr_iam_api_error(&c->ctx, text, WR_IAM_IDENTITY);
    conf_check(c, CONF_API, id, wr_eq(got, want), "wanted \"%.*s\", got \"%.*s\" for %.*s",
               WR_FMT(want), WR_FMT(got), WR_FMT(wr_utf8_cut(text, 300)));
}

// `writ iam validate` gives an error for what the API refuses. What it takes may still name no
// action or resource there is, which are Access Analyzer's errors: but no error that says that IAM
// refuses the document (those of our own codes) is given for it.
static void one_checked(conf *c, const char *kind, uint32_t i, const wr_node *doc, bool refused) {
    static const wr_iam_check_opts none;
    wr_str id = wr_fmt(&c->ctx.arena, "%s-%u-checked", kind, (unsigned)i);
    const wr_src *src = wr_src_new(&c->ctx.arena, id, sent(doc, &c->ctx.arena), false);
    wr_iam_checker *k = wr_iam_checker_new(&c->ctx, &none);
    const wr_iam_checked what = {.kind = WR_IAM_IDENTITY};
    wr_iam_findings found = {0};
    const wr_doc *read;
    const char *code = "none";
    if (!k || !src || wr_iam_check_text(k, &c->ctx, src, &what, &read, &found) != WR_OK) abort();
    for (uint32_t n = 0; n < found.n; n++) {
        const wr_iam_issue_info *info = wr_iam_issue_at(found.v[n].issue);
        if (info->category != WR_IAM_CAT_ERROR) continue;
        if (refused || info->origin == WR_IAM_FROM_WRIT) code = info->code;
    }
    conf_check(c, CONF_API, id, refused == (strcmp(code, "none") != 0),
               "error finding wanted: %d, got: %s for %.*s", (int)refused, code,
               WR_FMT(wr_utf8_cut(src->text, 300)));
    wr_iam_checker_free(k);
}

void conf_api(conf *c) {
    wr_doc *d;
    const wr_node *list = read_list(c, "moto/invalid-policies.json", &d);
    for (uint32_t i = 0; list && i < list->n; i++) {
        const wr_node *row = &list->u.kids[i], *doc = wr_map_getz(d, row, "document");
        if (doc) {
            one_answer(c, "invalid", i, doc, conf_text(d, row, "error_message"));
            one_checked(c, "invalid", i, doc, true);
        } else {
            conf_broken(c, CONF_API, "a row without document");
        }
    }
    list = read_list(c, "moto/valid-policies.json", &d);
    for (uint32_t i = 0; list && i < list->n; i++) {
        one_answer(c, "valid", i, &list->u.kids[i], WR_S(""));
        one_checked(c, "valid", i, &list->u.kids[i], false);
    }
}

// ---------------------------------------------------------------------------------- published

static bool has_principal(const wr_doc *d, const wr_node *doc) {
    const wr_node *st = wr_map_getz(d, doc, "Statement");
    uint32_t n = st == NULL ? 0 : st->kind == WR_LIST ? st->n : 1;
    for (uint32_t i = 0; i < n; i++) {
        const wr_node *one = st->kind == WR_LIST ? &st->u.kids[i] : st;
        if (wr_map_getz(d, one, "Principal") || wr_map_getz(d, one, "NotPrincipal")) return true;
    }
    return false;
}

// By the row's own word, else by what it looks like.
static wr_iam_kind kind_of(const wr_doc *d, const wr_node *doc) {
    wr_str said = conf_text(d, d->root, "kind");
    wr_iam_kind k;
    if (wr_eq(said, WR_S("vpce"))) return WR_IAM_ENDPOINT;
    if (wr_iam_kind_parse(said, &k)) return k;
    return has_principal(d, doc) ? WR_IAM_RESOURCE : WR_IAM_IDENTITY;
}

// Names that stand in for one ("ACCOUNT-B-ID") are refused, but not by the grammar, so the API's
// words that we have do not say it.
static bool only_principals(const wr_ctx *ctx) {
    bool all = ctx->n_errors > 0;
    for (const wr_diag *d = ctx->diags; d; d = d->next)
        all = all && (d->sev != WR_ERROR || d->code == WR_D_I0114);
    return all;
}

static void one_document(conf *c, wr_ctx *ctx, const wr_doc *d, const char *file, unsigned n) {
    const wr_node *doc = wr_map_getz(d, d->root, "document");
    if (doc == NULL) doc = wr_map_getz(d, d->root, "policy");
    wr_iam_set *s = wr_iam_set_new(ctx);
    if (doc == NULL || s == NULL) {
        conf_broken(c, CONF_DOCUMENT, "a row without document");
        return;
    }
    // Published examples are filled in by readers; what the kind alone forbids does not count.
    wr_iam_parse_opts o = {.kind = kind_of(d, doc), .tolerant = true};
    const wr_iam_policy *p = wr_iam_add(s, d, doc, &o);
    if (p == NULL) abort();
    bool refused =
        wr_iam_api_error(ctx, sent(doc, &ctx->arena), o.kind).n > 0 || only_principals(ctx);
    wr_str id = wr_fmt(&ctx->arena, "%s:%u", file, n);
    conf_check(c, CONF_DOCUMENT, id, !p->broken || refused, "broken: %.*s", WR_FMT(p->error));
}

void conf_documents(conf *c) {
    static const char *const files[] = {
        "cases/managed-policies",
        "cases/stack-policies",
        "org-policies-materialised",
        "aws-docs-examples/policies",
        "custom-policy-check-samples/reference-policies",
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        wr_pull *p = conf_open(c, &c->ctx, files[i]);
        wr_ctx ctx;
        wr_doc *d;
        wr_ctx_init(&ctx, NULL);
        wr_ctx_mark mark = wr_ctx_mark_now(&ctx);
        for (unsigned n = 1; p && conf_next(c, CONF_DOCUMENT, p, &ctx, &d); n++) {
            if (!c->sample || n % 16 == 0) one_document(c, &ctx, d, files[i], n);
            wr_ctx_rewind(&ctx, mark);
        }
        wr_ctx_fini(&ctx);
        wr_pull_close(p);
    }
}
