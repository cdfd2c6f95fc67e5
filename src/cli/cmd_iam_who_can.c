// SPDX-License-Identifier: Apache-2.0
// iam who-can: every user and role of the account dumps, and each account's root user, asked for
// one action on one resource by the same decision as `iam simulate`. Who surely may not is counted,
// who may, who might and who cannot be judged are listed. Of a dump that is cut off there are
// others who were not asked: that is said, and is an error. A policy of the resource that was not
// given is not known: who may only by it, in the account that owns the resource, is counted apart;
// of other accounts it must allow too, so that who may on its own side is listed as unknown.

#include "cli/cmd_iam_sim.h"

// How an answer is listed. UNLESS: no policy that was given allows it, one of the resource may.
enum { RANK_ALLOW, RANK_UNKNOWN, RANK_ERROR, RANK_NO, RANK_UNLESS, N_RANKS };

typedef struct who {
    sim *s;
    wr_ctx x; // of the principal being asked about
    sim_ask ask;
    wr_out o;
    wr_str owner; // of the resource
    bool json, cut, unseen, assumed;
    wr_buf part[N_RANKS]; // texts
    uint32_t count[N_RANKS];
} who;

static unsigned rank_of(const wr_iam_result *r) {
    switch (r->outcome) {
    case WR_ALLOW: return RANK_ALLOW;
    // Who the missing facts can only keep out is as good as kept out.
    case WR_UNKNOWN:
        return r->possible & (WR_BIT(WR_ALLOW) | WR_BIT(WR_FAULT)) ? RANK_UNKNOWN : RANK_NO;
    case WR_FAULT: return RANK_ERROR;
    default: return RANK_NO;
    }
}

// Does the principal's account own the resource?
static bool is_owner(const who *w, wr_str arn) {
    wr_iam_arn a;
    return wr_iam_arn_split(arn, &a) && wr_eq(a.f[WR_ARN_ACCOUNT], w->owner);
}

// First by what was given; who may not by that, once more with a policy of the resource that says
// nobody knows what.
static unsigned ask_twice(who *w, wr_str arn, sim_answer *a) {
    unsigned want = w->json ? SIM_DECISION : 0;
    w->ask.unseen_policy = false;
    sim_decide(w->s, &w->x, &w->ask, NULL, NULL, want, a);
    unsigned rank = rank_of(&a->result);
    if (!w->unseen || rank != RANK_NO || a->result.outcome == WR_DENY) return rank;
    w->ask.unseen_policy = true;
    sim_decide(w->s, &w->x, &w->ask, NULL, NULL, want, a);
    rank = rank_of(&a->result);
    return rank == RANK_UNKNOWN && is_owner(w, arn) ? RANK_UNLESS : rank;
}

static void ask_one(who *w, wr_str arn) {
    sim_answer a;
    wr_ctx_mark mark = wr_ctx_mark_now(&w->x);
    w->ask.principal = arn;
    unsigned rank = ask_twice(w, arn, &a);
    w->count[rank]++;
    if (rank <= RANK_ERROR && w->json) {
        w->o.map(&w->o, false);
        wr_out_put(&w->o, "principal", arn);
        sim_out_result(&w->o, &a);
        sim_out_decision(w->s, &w->o, &a);
        w->o.end(&w->o);
    } else if (rank <= RANK_ERROR) {
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

static bool begin(who *w) {
    wr_out *o = &w->o;
    if (!w->json) return true;
    if (wr_out_json(o, &w->s->c->out) != WR_OK) return false;
    o->map(o, false);
    wr_out_put(o, "schema", WR_S("writ/iam-who-can/1"));
    wr_out_time(o, "time", w->s->c->ctx.now);
    wr_out_put(o, "action", w->ask.action);
    wr_out_put(o, "resource", w->ask.resource);
    if (w->assumed) wr_out_put(o, "assumed_resource_account", w->owner);
    wr_out_key(o, "principals");
    o->list(o, false);
    return true;
}

static void end_json(who *w) {
    static const char *const name[N_RANKS] = {"allow", "unknown", "error", "no",
                                              "unless_resource_policy"};
    static const wr_str policy = {"the resource's policy (--resource-policy)", 41};
    wr_out *o = &w->o;
    o->end(o);
    wr_out_key(o, "counts");
    o->map(o, false);
    for (unsigned i = 0; i < N_RANKS; i++) wr_out_num(o, name[i], w->count[i]);
    o->end(o);
    wr_out_list(o, "not_known", &policy, w->unseen);
    wr_out_flag(o, "complete", !w->cut);
    o->end(o);
    wr_out_fini(o);
    wr_putc(&w->s->c->out, '\n');
}

static void end_text(who *w) {
    static const wr_outcome outcome[] = {WR_ALLOW, WR_UNKNOWN, WR_FAULT};
    wr_buf *b = &w->s->c->out;
    for (unsigned i = 0; i <= RANK_ERROR; i++) {
        if (w->count[i] == 0) continue;
        sim_put_outcome(w->s, outcome[i]);
        wr_putz(b, ":\n");
        wr_puts(b, wr_buf_str(&w->part[i]));
    }
    wr_putf(b, "%u allowed, %u unknown, %u error%s, %u not allowed\n",
            (unsigned)w->count[RANK_ALLOW], (unsigned)w->count[RANK_UNKNOWN],
            (unsigned)w->count[RANK_ERROR], w->count[RANK_ERROR] == 1 ? "" : "s",
            (unsigned)w->count[RANK_NO]);
    if (w->count[RANK_UNLESS])
        wr_putf(b,
                "unknown: %u more may if the resource's policy allows them, which is not given "
                "(--resource-policy)\n",
                (unsigned)w->count[RANK_UNLESS]);
    if (w->unseen && w->count[RANK_ALLOW])
        wr_putz(b, "taken for granted: the resource's policy denies none of them\n");
    if (w->assumed)
        wr_putf(b, "taken for granted: account %.*s owns the resource (--resource-account)\n",
                WR_FMT(w->owner));
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

// Services whose resources have no policies of their own (IAM User Guide, "AWS services that work
// with IAM"). Of all others a resource may have one, and what it says counts.
static bool may_have_policy(const who *w) {
    static const char *const none[] = {"autoscaling", "cloudformation",
                                       "cloudfront",  "cloudwatch",
                                       "config",      "ec2",
                                       "ecs",         "eks",
                                       "elasticache", "elasticloadbalancing",
                                       "iam",         "rds",
                                       "route53"};
    wr_iam_arn arn;
    if (!wr_iam_arn_split(w->ask.resource, &arn)) return false;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (wr_eq(arn.f[WR_ARN_SERVICE], wr_strz(none[i]))) return false;
    return !sim_is_assume(w->ask.action);
}

// Whose the resource is. False: it does not follow.
static bool find_owner(who *w) {
    const wr_world *world = &w->s->world;
    wr_iam_arn arn;
    if (w->ask.resource_account.n) {
        w->owner = w->ask.resource_account;
        return true;
    }
    if (!wr_iam_arn_split(w->ask.resource, &arn)) return true;
    w->owner = arn.f[WR_ARN_ACCOUNT];
    if (w->owner.n || world->accounts.n == 0) return true;
    if (world->accounts.n > 1) return false;
    w->ask.resource_account = w->owner = world->accounts.v[0]->id;
    w->assumed = w->owner.n > 0;
    return true;
}

static int run(who *w) {
    cli *c = w->s->c;
    const wr_world *world = &w->s->world;
    if (!find_owner(w))
        return cli_usage(c,
                         "whose %.*s is does not follow from its name, and there are several "
                         "accounts: give --resource-account",
                         WR_FMT(w->ask.resource));
    w->unseen = !w->s->flags.layers.has_resource && !w->s->flags.exact && may_have_policy(w);
    w->s->takes_cut = true;
    wr_ctx_init(&w->x, NULL);
    for (unsigned i = 0; i < N_RANKS; i++) wr_buf_init(&w->part[i], 0);
    sim_check_ask(w->s, &w->ask);
    if (!begin(w)) return WX_ERROR;
    for (uint32_t i = 0; i < world->accounts.n; i++) ask_account(w, world->accounts.v[i]);
    if (w->json) end_json(w);
    else end_text(w);
    for (unsigned i = 0; i < N_RANKS; i++) {
        if (w->part[i].rc != WR_OK) c->ctx.arena.oom = true;
        wr_buf_fini(&w->part[i]);
    }
    wr_ctx_fini(&w->x);
    return w->count[RANK_ERROR] || w->cut ? WX_ERROR : WX_OK;
}

int cli_iam_who_can(cli *c) {
    sim *s = WR_NEW(&c->ctx.arena, sim);
    if (s == NULL) return WX_ERROR;
    who w = {.s = s};
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
