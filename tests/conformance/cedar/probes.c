// SPDX-License-Identifier: Apache-2.0
// probes: single behaviours measured on the reference: the value of an expression or the text of
// its error, which policies parse and with what words they are refused. The words are cut at 160
// bytes where they were recorded; ours may go on.
#include <stdlib.h>

#include "conf.h"

// What the expressions were asked about.
static const char entities[] =
    "[{\"uid\":{\"type\":\"User\",\"id\":\"a\"},\"attrs\":{\"n\":1},\"tags\":{\"t1\":\"v\"},"
    "\"parents\":[{\"type\":\"G\",\"id\":\"g\"}]},"
    "{\"uid\":{\"type\":\"G\",\"id\":\"g\"},\"attrs\":{},\"parents\":[{\"type\":\"G\",\"id\":"
    "\"top\"}]},"
    "{\"uid\":{\"type\":\"G\",\"id\":\"top\"},\"attrs\":{},\"parents\":[]}]";
static const char request[] = "{\"principal\":\"User::\\\"a\\\"\",\"action\":\"Action::\\\"v\\\"\","
                              "\"resource\":\"R::\\\"r\\\"\","
                              "\"context\":{\"a\":{\"b\":{\"c\":1}},\"k\":true,\"s\":\"hello\"}}";

// Faults as the reference begins them; else empty.
static wr_str first_fault(const wr_ctx *ctx) { return ctx->diags ? ctx->diags->msg : (wr_str){0}; }

// got begins with want, or is it
static bool words(wr_str want, wr_str got) {
    return want.n >= 140 ? wr_starts(got, wr_sub(want, 0, 140)) : wr_eq(want, got);
}

static const wr_str parse = {"PARSE failed to parse policies from string: ", 44};

static void expression(conf *c, wr_str text, wr_str want) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    wr_doc *e = conf_json(&ctx, WR_S("entities"), wr_strz(entities));
    wr_doc *q = conf_json(&ctx, WR_S("request"), wr_strz(request));
    wr_cedar_store *store = wr_cedar_store_new(&ctx, NULL);
    wr_cedar_request r;
    if (!e || !q || !store || wr_cedar_store_add(store, e) || wr_cedar_store_close(store) ||
        wr_cedar_request_read(&ctx, q, q->root, NULL, false, &r))
        abort();
    wr_src *src = wr_src_new(&ctx.arena, WR_S("expression"), text, false);
    const wr_cedar_expr *x;
    wr_cedar_value v;
    if (wr_cedar_expr_text(&ctx, src, &x) != WR_OK) {
        wr_str got = first_fault(&ctx);
        bool ok = wr_starts(want, parse) && words(wr_sub(want, parse.n, want.n), got);
        conf_check(c, CONF_EXPR, text, ok, "wanted %.*s, got %.*s", WR_FMT(want), WR_FMT(got));
    } else {
        if (wr_cedar_evaluate(&ctx, x, store, &r, &v) != WR_OK) abort();
        wr_str got = v.ok ? v.text : wr_fmt(&ctx.arena, "ERROR %.*s", WR_FMT(v.text));
        conf_check(c, CONF_EXPR, text, words(want, got), "wanted %.*s, got %.*s", WR_FMT(want),
                   WR_FMT(got));
    }
    wr_ctx_fini(&ctx);
}

static void policy(conf *c, wr_str text, wr_str want) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    wr_src *src = wr_src_new(&ctx.arena, WR_S("policies"), text, false);
    wr_cedar_set *set = wr_cedar_set_new(&ctx);
    wr_rc rc = wr_cedar_add_text(set, src, false);
    // What the reference's call for policies alone says of templates.
    if (rc == WR_OK && wr_cedar_count(set) > 0 && wr_cedar_is_template(wr_cedar_at(set, 0)) &&
        wr_eq(want, WR_S("PARSE static policy set includes a template")))
        want = WR_S("OK");
    wr_str got = rc == WR_OK ? WR_S("OK") : first_fault(&ctx);
    bool ok = rc == WR_OK ? wr_starts(want, WR_S("OK"))
                          : wr_starts(want, parse) && words(wr_sub(want, parse.n, want.n), got);
    conf_check(c, CONF_POLICY, text, ok, "wanted %.*s, got %.*s", WR_FMT(want), WR_FMT(got));
    wr_ctx_fini(&ctx);
}

static void each(conf *c, conf_kind kind, const wr_doc *d, const char *key,
                 void (*run)(conf *, wr_str, wr_str)) {
    const wr_node *list = wr_map_getz(d, d->root, key);
    if (list == NULL || list->kind != WR_LIST) {
        conf_broken(c, kind, key);
        return;
    }
    for (uint32_t i = 0; i < list->n; i++) {
        const wr_node *p = &list->u.kids[i];
        if (p->kind == WR_LIST && p->n == 2)
            run(c, wr_node_str(&p->u.kids[0]), wr_node_str(&p->u.kids[1]));
        else conf_broken(c, kind, "a probe that is no pair");
    }
}

void conf_probes(conf *c) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    wr_str text = conf_read(c, &ctx, "probes/oracle-probes-4.13.json");
    wr_doc *d = text.p ? conf_json(&ctx, WR_S("probes"), text) : NULL;
    if (text.p == NULL) printf("skipped: no probes in %s\n", c->data);
    else if (d == NULL) conf_broken(c, CONF_EXPR, "probes are no JSON");
    else {
        each(c, CONF_EXPR, d, "exprs", expression);
        each(c, CONF_POLICY, d, "policies", policy);
    }
    wr_ctx_fini(&ctx);
}
