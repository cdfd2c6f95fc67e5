// SPDX-License-Identifier: Apache-2.0
// iam who-can: every user and role of the account dumps, and each account's root user, asked for
// one action on one resource by the same decision as `iam simulate`. Who surely may not is counted,
// who may, who might and who cannot be judged are listed. Of a dump that is cut off there are
// others who were not asked: that is said, and is an error.

#include "cli/cmd_iam_sim.h"

typedef struct who {
    sim *s;
    wr_ctx x; // of the principal being asked about
    sim_ask ask;
    sim_json j;
    bool json, cut;
    wr_buf part[4]; // allow, unknown, error: texts; by rank
    uint32_t count[4];
} who;

enum { RANK_ALLOW, RANK_UNKNOWN, RANK_ERROR, RANK_NO };

static unsigned rank_of(wr_outcome o) {
    switch (o) {
    case WR_ALLOW: return RANK_ALLOW;
    case WR_UNKNOWN: return RANK_UNKNOWN;
    case WR_FAULT: return RANK_ERROR;
    default: return RANK_NO;
    }
}

static void ask_one(who *w, wr_str arn) {
    sim_answer a;
    wr_ctx_mark mark = wr_ctx_mark_now(&w->x);
    w->ask.principal = arn;
    sim_decide(w->s, &w->x, &w->ask, NULL, NULL, false, &a);
    unsigned rank = rank_of(a.result.outcome);
    // Who the missing facts can only keep out is as good as kept out.
    if (rank == RANK_UNKNOWN && !(a.result.possible & (WR_BIT(WR_ALLOW) | WR_BIT(WR_FAULT))))
        rank = RANK_NO;
    w->count[rank]++;
    if (rank != RANK_NO && w->json) {
        sim_json_next(&w->j);
        sim_json_open(&w->j, '{');
        sim_json_str(&w->j, "principal", arn);
        sim_json_result(&w->j, &a);
        sim_json_shut(&w->j, '}');
    } else if (rank != RANK_NO) {
        wr_putz(&w->part[rank], "  ");
        wr_put_safe(&w->part[rank], arn);
        wr_putz(&w->part[rank], "\n  ");
        sim_put_line(&w->part[rank], &a);
    }
    wr_ctx_rewind(&w->x, mark);
}

static void ask_account(who *w, const wr_acct *acct) {
    w->cut |= acct->cut;
    if (acct->id.n) {
        wr_str root = wr_fmt(&w->s->c->ctx.arena, "arn:%.*s:iam::%.*s:root",
                             WR_FMT(acct->partition), WR_FMT(acct->id));
        if (root.p) ask_one(w, root);
    }
    for (uint32_t i = 0; i < acct->entities.n; i++) {
        const wr_acct_entity *e = acct->entities.v[i];
        if (e->kind != WR_ACCT_GROUP) ask_one(w, e->arn);
    }
}

static void begin(who *w) {
    if (!w->json) return;
    sim_json_open(&w->j, '{');
    sim_json_str(&w->j, "schema", WR_S("writ/iam-who-can/1"));
    sim_json_str(&w->j, "action", w->ask.action);
    sim_json_str(&w->j, "resource", w->ask.resource);
    sim_json_name(&w->j, "principals");
    sim_json_open(&w->j, '[');
}

static void end(who *w) {
    static const wr_outcome outcome[] = {WR_ALLOW, WR_UNKNOWN, WR_FAULT};
    static const char *const name[] = {"allow", "unknown", "error", "no"};
    wr_buf *b = &w->s->c->out;
    if (w->json) {
        sim_json_shut(&w->j, ']');
        sim_json_name(&w->j, "counts");
        sim_json_open(&w->j, '{');
        for (unsigned i = 0; i < 4; i++) sim_json_num(&w->j, name[i], w->count[i]);
        sim_json_shut(&w->j, '}');
        sim_json_name(&w->j, "complete");
        wr_putz(b, w->cut ? "false" : "true");
        sim_json_shut(&w->j, '}');
        wr_putc(b, '\n');
        return;
    }
    for (unsigned i = 0; i < RANK_NO; i++) {
        if (w->count[i] == 0) continue;
        sim_put_outcome(w->s, outcome[i]);
        wr_putz(b, ":\n");
        wr_puts(b, wr_buf_str(&w->part[i]));
    }
    wr_putf(b, "%u allowed, %u unknown, %u error%s, %u not allowed\n", (unsigned)w->count[0],
            (unsigned)w->count[1], (unsigned)w->count[2], w->count[2] == 1 ? "" : "s",
            (unsigned)w->count[3]);
    if (w->cut) wr_putz(b, "not complete: a dump is cut off, and who it lacks was not asked\n");
}

// What would be the same error for every principal is said once.
static bool is_sound(const sim_ask *ask) {
    wr_iam_arn arn;
    if (wr_find(ask->action, WR_S(":"), 0) == SIZE_MAX ||
        wr_find(ask->action, WR_S("*"), 0) != SIZE_MAX ||
        wr_find(ask->action, WR_S("?"), 0) != SIZE_MAX)
        return false;
    return wr_eq(ask->resource, WR_S("*")) || !wr_starts(ask->resource, WR_S("arn:")) ||
           wr_iam_arn_split(ask->resource, &arn);
}

static int run(who *w) {
    cli *c = w->s->c;
    const wr_world *world = &w->s->world;
    wr_ctx_init(&w->x, NULL);
    for (unsigned i = 0; i < 4; i++) wr_buf_init(&w->part[i], 0);
    sim_check_ask(w->s, &w->ask);
    begin(w);
    for (uint32_t i = 0; i < world->accounts.n; i++) ask_account(w, world->accounts.v[i]);
    end(w);
    for (unsigned i = 0; i < 4; i++) {
        if (w->part[i].rc != WR_OK) c->ctx.arena.oom = true;
        wr_buf_fini(&w->part[i]);
    }
    wr_ctx_fini(&w->x);
    return w->count[RANK_ERROR] || w->cut ? WX_ERROR : WX_OK;
}

int cli_iam_who_can(cli *c) {
    sim *s = WR_NEW(&c->ctx.arena, sim);
    if (s == NULL) return WX_ERROR;
    who w = {.s = s, .j = {.b = &c->out, .first = true}};
    w.json = strcmp(cli_value(c, CLI_FORMAT), "json") == 0;
    w.ask = (sim_ask){.action = wr_strz(cli_value(c, CLI_ACTION)),
                      .resource = wr_strz(cli_value(c, CLI_RESOURCE))};
    if (cli_has(c, CLI_RESOURCE_ACCOUNT))
        w.ask.resource_account = wr_strz(cli_value(c, CLI_RESOURCE_ACCOUNT));
    if (!is_sound(&w.ask))
        return cli_usage(
            c,
            "'%s' on '%s': an action 'service:Name' without wildcards and an ARN or '*' "
            "are wanted",
            cli_value(c, CLI_ACTION), cli_value(c, CLI_RESOURCE));
    int code = WX_ERROR;
    if (sim_open(s, c)) code = run(&w);
    else if (c->bad_line) code = c->prog->usage_exit;
    (void)cli_say_diags(c, false);
    sim_close(s);
    return code;
}
