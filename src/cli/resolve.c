// SPDX-License-Identifier: Apache-2.0
// --resolve and --parameters: what is known of a deployment, read once, and each template with its
// intrinsic functions resolved before it is judged (doc/cfn_resolve.c does it).

#include "cli/cmd_guard.h"

struct cli_resolver {
    wr_cfn_inputs in;
    wr_regex_scratch *scratch; // made when the first AllowedPattern is met
    wr_arena patterns;
    uint32_t steps, bytes;
};

// Does the whole text match an AllowedPattern?
static int matches(void *arg, wr_str pattern, wr_str text) {
    cli_resolver *r = arg;
    size_t at;
    wr_str err;
    wr_mark mark = wr_arena_mark(&r->patterns);
    if (r->scratch == NULL) r->scratch = wr_regex_scratch_new(r->steps);
    wr_str whole = wr_fmt(&r->patterns, "^(?:%.*s)$", WR_FMT(pattern));
    wr_regex *re =
        r->scratch && whole.p ? wr_regex_new(&r->patterns, whole, r->bytes, &at, &err) : NULL;
    wr_regex_result hit = re ? wr_regex_search(re, r->scratch, text) : WR_RE_ERROR;
    wr_regex_free(re);
    wr_arena_rewind(&r->patterns, mark);
    return hit == WR_RE_YES ? 1 : hit == WR_RE_NO ? 0 : -1;
}

// "Name=Value" on the command line.
static wr_rc given_here(cli *c, cli_resolver *r, const char *word, size_t eq) {
    wr_cfn_given g = {.name = wr_strn(word, eq), .text = wr_strz(word + eq + 1)};
    (void)c;
    return wr_cfn_inputs_set(&r->in, &g);
}

static wr_rc given_in_file(cli *c, cli_resolver *r, const char *path) {
    wr_str text;
    const char *why = cli_read(c, path, &text);
    if (why) {
        (void)wr_report(&c->ctx, WR_D_B0001, WR_ERROR, NULL, (wr_span){0, 0},
                        "cannot read '%s': %s", path, why);
        return WR_IO;
    }
    wr_src *src = wr_src_new(&c->ctx.arena, wr_strz(path), text, true);
    if (src == NULL) return WR_NOMEM;
    src->secret = true; // who may not see a NoEcho value, may read this run's log
    return wr_cfn_params_load(&c->ctx, src, &r->in);
}

wr_rc cli_resolver_new(cli *c, cli_resolver **out) {
    const cli_words *w = &c->val[CLI_PARAMETERS];
    wr_rc rc = WR_OK;
    *out = NULL;
    if (!cli_has(c, CLI_RESOLVE) && w->n == 0) return WR_OK;
    cli_resolver *r = WR_NEW(&c->ctx.arena, cli_resolver);
    if (r == NULL) return WR_NOMEM;
    wr_cfn_inputs_init(&r->in, &c->ctx.arena);
    wr_arena_init(&r->patterns, 0);
    r->steps = c->ctx.limits.regex_steps;
    r->bytes = c->ctx.limits.regex_bytes;
    r->in.match = matches;
    r->in.match_arg = r;
    for (uint32_t i = 0; i < w->n; i++) {
        const char *eq = strchr(w->v[i], '=');
        bool inline_value = eq && !wr_exists(w->v[i]);
        wr_rc got = inline_value ? given_here(c, r, w->v[i], (size_t)(eq - w->v[i]))
                                 : given_in_file(c, r, w->v[i]);
        if (got != WR_OK) rc = got;
    }
    *out = r;
    return rc;
}

void cli_resolver_free(cli_resolver *r) {
    if (r == NULL) return;
    wr_regex_scratch_free(r->scratch);
    wr_arena_fini(&r->patterns);
}

wr_rc cli_resolve(cli_resolver *r, wr_ctx *ctx, const wr_doc *in, const wr_doc **out) {
    wr_doc *doc = NULL;
    wr_rc rc = wr_cfn_resolve(ctx, in, &r->in, &doc);
    *out = doc;
    return rc;
}
