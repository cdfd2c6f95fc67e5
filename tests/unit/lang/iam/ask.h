// SPDX-License-Identifier: Apache-2.0
// ask: a bench for tests of conditions and patterns: a statement and a context as JSON texts, and
// what the matchers say of them. In a context a text is a single value, a list several, null a key
// that is not known; a key with "!" before its name is known under that name a second time.
#ifndef WR_TEST_ASK_H
#define WR_TEST_ASK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "lang/iam/iam_int.h"

typedef struct ask {
    wr_ctx ctx;
    wr_iam_set *set;
    const wr_iam_policy *policy;
    wr_iam_request req;
    wr_iam_need need;
    uint64_t words[16];
} ask;

// A policy of one statement: body is what stands in it beside Effect and Action.
static inline void ask_open(ask *k, const char *version, const char *body) {
    wr_ctx_init(&k->ctx, NULL);
    wr_arena *a = &k->ctx.arena;
    k->set = wr_iam_set_new(&k->ctx);
    wr_str text =
        wr_fmt(a, "{%s%s%s\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",%s}]}",
               version ? "\"Version\":\"" : "", version ? version : "", version ? "\"," : "", body);
    wr_iam_parse_opts opts = {.kind = WR_IAM_IDENTITY};
    k->policy = wr_iam_add_text(k->set, wr_src_new(a, WR_S("p"), text, false), false, &opts);
    if (k->policy->broken) print_error("%s: %.*s\n", body, WR_FMT(k->policy->error));
    assert_false(k->policy->broken);
    wr_iam_freeze(k->set);
    assert_int_equal(wr_iam_request_init(&k->req, k->set, a), WR_OK);
    k->need = (wr_iam_need){.keys = k->words, .n_words = 16};
    assert_true(wr_iam_n_keys(k->set) <= 64 * 16);
}

static inline void ask_close(ask *k) { wr_ctx_fini(&k->ctx); }

static inline const wr_iam_stmt *ask_stmt(const ask *k) { return &k->policy->stmts[0]; }

// The request's context is what the JSON text says, all other keys being absent.
static inline void ask_context(ask *k, const char *json) {
    wr_arena *a = &k->ctx.arena;
    wr_iam_request_reset(&k->req, WR_IAM_ABSENT);
    memset(k->words, 0, sizeof k->words);
    k->need.resource = false;
    wr_doc *d;
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    wr_src *src = wr_src_new(a, WR_S("c"), wr_strz(json), false);
    assert_int_equal(wr_doc_load(&k->ctx, src, &how, &d), WR_OK);
    for (uint32_t i = 0; i < d->root->n; i++) {
        wr_str name = wr_node_str(wr_map_key(d->root, i));
        const wr_node *v = wr_map_val(d->root, i);
        if (name.n && name.p[0] == '!') name = wr_sub(name, 1, name.n);
        if (v->kind == WR_NULL) {
            wr_iam_request_unknown(&k->req, name);
            continue;
        }
        bool list = v->kind == WR_LIST;
        uint32_t n = list ? v->n : 1;
        wr_str *s = WR_NEW_N(a, wr_str, n + 1);
        for (uint32_t j = 0; j < n; j++) s[j] = wr_node_str(list ? v->u.kids + j : v);
        assert_int_equal(wr_iam_request_key(&k->req, a, name, s, n, list), WR_OK);
    }
}

// The keys needed, by id, one blank between them.
static inline wr_str ask_needed(ask *k) {
    wr_buf b;
    wr_buf_init(&b, 0);
    for (uint32_t i = 0; i < wr_iam_n_keys(k->set); i++)
        if (k->words[i / 64] >> i % 64 & 1)
            wr_putf(&b, "%s%.*s", b.n ? " " : "", WR_FMT(wr_iam_key_name(k->set, i)));
    if (k->need.resource) wr_putf(&b, "%sresource", b.n ? " " : "");
    return wr_buf_keep(&b, &k->ctx.arena);
}

#endif
