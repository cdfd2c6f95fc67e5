// SPDX-License-Identifier: Apache-2.0
// stack: requests under several layers at once. The cases name documents; each is parsed once for
// each kind of policy it serves as.
// Invariant: the set is filled by a first reading of the cases and frozen before the second.
#include <stdlib.h>

#include "conf.h"

typedef struct stacks {
    wr_iam_set *set;
    wr_map documents; // id → wr_doc of the line
    wr_map policies;  // "kind id" → wr_iam_policy
    wr_arena *arena;
} stacks;

static const wr_iam_policy *get(void *arg, const wr_doc *d, const wr_node *n, wr_iam_kind k) {
    stacks *s = arg;
    (void)d;
    char key[80];
    if (n->kind != WR_STR || n->n > 64) return NULL;
    int len = snprintf(key, sizeof key, "%d %.*s", (int)k, WR_FMT(wr_node_str(n)));
    wr_str name = wr_strn(key, (size_t)len);
    if (s->set->frozen) return wr_map_find(&s->policies, name);
    void **at = wr_map_at(&s->policies, wr_dup(s->arena, name));
    const wr_doc *doc = wr_map_find(&s->documents, wr_node_str(n));
    if (!at || !doc) return NULL;
    if (*at) return *at;
    // One document serves as several kinds, so what only its kind forbids must not break it.
    const wr_iam_parse_opts o = {
        .kind = k, .name = wr_dup(s->arena, wr_node_str(n)), .tolerant = true};
    const wr_iam_policy *p = wr_iam_add(s->set, doc, wr_map_getz(doc, doc->root, "document"), &o);
    *at = (void *)(uintptr_t)p;
    return p;
}

static bool read_documents(conf *c, stacks *s) {
    wr_pull *p = conf_open(c, &c->ctx, "cases/stack-policies");
    wr_doc *d;
    while (p && conf_next(c, CONF_STACK, p, &c->ctx, &d)) {
        void **at = wr_map_at(&s->documents, conf_text(d, d->root, "id"));
        if (!at) abort();
        *at = d;
    }
    wr_pull_close(p);
    return p != NULL;
}

static void one_case(conf *c, stacks *s, wr_iam_eval *e, const wr_doc *d, wr_ctx *ctx) {
    wr_str id = conf_text(d, d->root, "id");
    wr_iam_layers l;
    wr_iam_request r;
    if (!conf_layers(d, &ctx->arena, get, s, &l)) {
        conf_check(c, CONF_STACK, id, false, "a policy of it is not there");
        return;
    }
    if (e == NULL) return; // first reading
    if (!conf_request(d, s->set, &ctx->arena, &r)) {
        conf_check(c, CONF_STACK, id, false, "the request cannot be read");
        return;
    }
    wr_iam_stack *st = wr_iam_stack_new(&ctx->arena, s->set, &l);
    if (!st) abort();
    wr_iam_result got;
    wr_iam_decide(e, st, &r, &got);
    wr_outcome want = conf_expect(d);
    conf_check(c, CONF_STACK, id, got.outcome == want, "wanted %s, got %s (%s%s%.*s)",
               wr_outcome_name(want), wr_outcome_name(got.outcome), wr_iam_layer_name(got.layer),
               got.broken ? ", " : "", got.broken ? (int)got.broken->error.n : 0,
               got.broken ? got.broken->error.p : "");
}

static bool read_cases(conf *c, stacks *s, wr_iam_eval *e) {
    wr_pull *p = conf_open(c, &c->ctx, "cases/stack-cases");
    wr_ctx ctx;
    wr_doc *d;
    wr_ctx_init(&ctx, NULL);
    wr_ctx_mark mark = wr_ctx_mark_now(&ctx);
    for (uint64_t n = 0; p && conf_next(c, CONF_STACK, p, &ctx, &d); n++) {
        if (!c->sample || n % 16 == 0) one_case(c, s, e, d, &ctx);
        wr_ctx_rewind(&ctx, mark);
    }
    wr_ctx_fini(&ctx);
    wr_pull_close(p);
    return p != NULL;
}

void conf_stacks(conf *c) {
    stacks s = {.set = wr_iam_set_new(&c->ctx), .arena = &c->ctx.arena};
    wr_map_init(&s.documents, s.arena);
    wr_map_init(&s.policies, s.arena);
    if (!s.set || !read_documents(c, &s) || !read_cases(c, &s, NULL)) return;
    wr_iam_freeze(s.set);
    wr_iam_eval *e = wr_iam_eval_new(s.arena, s.set);
    if (!e) abort();
    (void)read_cases(c, &s, e);
}
