// SPDX-License-Identifier: Apache-2.0
// probes: one rule each. What a sentence of the AWS documents decides must be so; where they are
// silent or say two things, the guide's page says what we do and the probe must do that.
// Invariant: an ambiguous probe without a row in the page fails.
#include <stdlib.h>

#include "conf.h"

typedef struct page {
    wr_str text;
    wr_iam_set *set;
} page;

static const wr_iam_policy *add(void *arg, const wr_doc *d, const wr_node *n, wr_iam_kind k) {
    const wr_iam_parse_opts o = {.kind = k};
    return wr_iam_add(((page *)arg)->set, d, n, &o);
}

// The second column of the row "| `id` | outcome | …"; empty: there is none.
static wr_str choice_of(wr_arena *a, wr_str text, wr_str id) {
    wr_str row = wr_fmt(a, "\n| `%.*s` | ", WR_FMT(id));
    size_t at = wr_find(text, row, 0);
    if (at == SIZE_MAX) return (wr_str){0};
    size_t end = wr_find(text, WR_S(" |"), at + row.n);
    return end == SIZE_MAX ? (wr_str){0} : wr_sub(text, at + row.n, end);
}

static wr_outcome outcome_of(wr_str word) {
    static const struct {
        const char *word;
        wr_outcome o;
    } words[] = {{"allow", WR_ALLOW},
                 {"deny", WR_DENY},
                 {"implicit deny", WR_IMPLICIT_DENY},
                 {"error", WR_FAULT}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (wr_eq(word, wr_strz(words[i].word))) return words[i].o;
    return WR_UNKNOWN;
}

// The policies go into the set first: requests are made over a frozen one.
static bool decide(const wr_doc *d, wr_ctx *ctx, wr_iam_result *out) {
    page p = {.set = wr_iam_set_new(ctx)};
    wr_iam_layers l;
    wr_iam_request r;
    if (!p.set || !conf_layers(d, &ctx->arena, add, &p, &l)) return false;
    wr_iam_freeze(p.set);
    if (!conf_request(d, p.set, &ctx->arena, &r)) return false;
    wr_iam_stack *st = wr_iam_stack_new(&ctx->arena, p.set, &l);
    wr_iam_eval *e = wr_iam_eval_new(&ctx->arena, p.set);
    if (!st || !e) abort();
    wr_iam_decide(e, st, &r, out);
    return true;
}

static void probe(conf *c, const wr_doc *d, wr_ctx *ctx, wr_str choices) {
    wr_str id = conf_text(d, d->root, "id"), note = conf_text(d, d->root, "note");
    bool ambiguous = wr_eq(conf_text(d, d->root, "class"), WR_S("ambiguous"));
    conf_kind kind = ambiguous ? CONF_CHOICE : CONF_PROBE;
    wr_outcome want = conf_expect(d);
    wr_iam_result got;
    if (!decide(d, ctx, &got)) {
        conf_check(c, kind, id, false, "the case cannot be read");
        return;
    }
    if (ambiguous) want = outcome_of(choice_of(&ctx->arena, choices, id));
    if (want == WR_UNKNOWN) {
        conf_check(c, kind, id, false, "the page of choices does not name it (we say %s)",
                   wr_outcome_name(got.outcome));
        return;
    }
    conf_check(c, kind, id, got.outcome == want && got.possible == WR_BIT(want),
               "wanted %s, got %s (%s%s%.*s): %.*s", wr_outcome_name(want),
               wr_outcome_name(got.outcome), wr_iam_layer_name(got.layer), got.broken ? ", " : "",
               got.broken ? (int)got.broken->error.n : 0, got.broken ? got.broken->error.p : "",
               WR_FMT(note));
}

void conf_probes(conf *c) {
    wr_ctx ctx;
    wr_doc *d;
    wr_str choices = {0};
    if (c->choices && wr_read_file(&c->ctx, c->choices, &choices) != WR_OK)
        conf_broken(c, CONF_CHOICE, "the page of choices cannot be read");
    wr_pull *p = conf_open(c, &c->ctx, "cases/probes");
    for (;;) {
        wr_ctx_init(&ctx, NULL);
        bool more = p && conf_next(c, CONF_PROBE, p, &ctx, &d);
        if (more) probe(c, d, &ctx, choices);
        wr_ctx_fini(&ctx);
        if (!more) break;
    }
    wr_pull_close(p);
}
