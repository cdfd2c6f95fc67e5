// SPDX-License-Identifier: Apache-2.0
// iam what-can: what one principal of the account dumps may do. Every action that AWS documents is
// decided with the resource and all condition keys left open that were not given: what is allowed
// then is allowed on everything; what may be allowed is listed with the statements that allow it,
// what they are limited to, and what it depends on. Boundaries and SCPs count; policies of
// resources are not asked, for they are not in the dumps.

#include "cli/cmd_iam_sim.h"

typedef struct may { // an action that may be allowed
    uint32_t action;
    bool always; // on every resource, whatever the keys that are not known
} may;

typedef struct what {
    sim *s;
    wr_ctx x;
    sim_ask ask;
    wr_out o;
    bool json;
    wr_iam_list identity; // of the principal
    uint32_t n_always, n_depends, n_services, n_errors;
    wr_str error; // the first
} what;

// ---------------------------------------------------------------------------------- statements

// Does the Allow name the action? Resources and conditions are what it is limited to.
static bool allows(const what *w, const wr_iam_stmt *st, uint32_t action) {
    wr_iam_request *r = &w->s->req;
    char full[192];
    wr_str service = wr_aws_service_prefix(wr_aws_action_service(action));
    wr_str name = wr_aws_action_name(action);
    if (st->deny || service.n + name.n + 1 > sizeof full) return false;
    memcpy(full, service.p, service.n);
    full[service.n] = ':';
    memcpy(full + service.n + 1, name.p, name.n);
    if (wr_iam_request_action(r, wr_strn(full, service.n + 1 + name.n)) != WR_OK) return false;
    return wr_iam_match_action(st, r) == WR_YES;
}

static void put_limits(wr_buf *b, const wr_iam_stmt *st) {
    if (sim_stands_in(st)) {
        wr_putz(b, " what it says is not known");
        return;
    }
    wr_putz(b, st->not_resource ? " not on" : " on");
    for (uint32_t i = 0; i < st->resources.n; i++) {
        wr_putz(b, i ? ", " : " ");
        wr_put_safe(b, st->resources.v[i].raw);
    }
    for (uint32_t i = 0; i < st->n_conds; i++) {
        wr_putz(b, i ? ", " : " if ");
        wr_put_safe(b, st->conds[i].op_text);
        wr_putc(b, ' ');
        wr_put_safe(b, st->conds[i].key_text);
    }
}

// Names of actions, filled into lines.
static void put_names(wr_buf *b, const may *v, uint32_t n, const bool *in, bool always) {
    size_t col = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!in[i] || v[i].always != always) continue;
        wr_str name = wr_aws_action_name(v[i].action);
        if (col == 0 || col + 1 + name.n > 92) {
            wr_putz(b, col ? "\n      " : "      ");
            col = 6;
        } else {
            wr_putc(b, ' ');
            col++;
        }
        wr_puts(b, name);
        col += name.n;
    }
    if (col) wr_putc(b, '\n');
}

static uint32_t count(const may *v, uint32_t n, const bool *in, bool always) {
    uint32_t k = 0;
    for (uint32_t i = 0; i < n; i++) k += in[i] && v[i].always == always;
    return k;
}

static void put_stmt_text(what *w, const wr_iam_stmt *st, const may *v, uint32_t n, const bool *in,
                          uint32_t total) {
    wr_buf *b = &w->s->c->out;
    uint32_t always = count(v, n, in, true), depends = count(v, n, in, false);
    wr_putz(b, "  ");
    sim_put_stmt(b, st);
    wr_putz(b, "\n   ");
    put_limits(b, st);
    wr_putc(b, '\n');
    if (always == total || depends == total) {
        wr_putf(b, "    %s: all %u actions\n", always ? "always" : "may", (unsigned)total);
        return;
    }
    if (always) {
        wr_putf(b, "    always, %u:\n", (unsigned)always);
        put_names(b, v, n, in, true);
    }
    if (depends) {
        wr_putf(b, "    may, %u:\n", (unsigned)depends);
        put_names(b, v, n, in, false);
    }
}

static void out_lists(wr_out *o, const may *v, uint32_t n, const bool *in) {
    for (int always = 1; always >= 0; always--) {
        wr_out_key(o, always ? "always" : "may");
        o->list(o, false);
        for (uint32_t i = 0; i < n; i++)
            if (in[i] && v[i].always == (always != 0)) o->str(o, wr_aws_action_name(v[i].action));
        o->end(o);
    }
}

static void out_patterns(wr_out *o, const char *key, const wr_iam_pats *pats) {
    wr_out_key(o, key);
    o->list(o, pats->n == 0);
    for (uint32_t i = 0; i < pats->n; i++) o->str(o, pats->v[i].raw);
    if (pats->n) o->end(o);
}

static void put_stmt_json(what *w, const wr_iam_stmt *st, const may *v, uint32_t n,
                          const bool *in) {
    wr_out *o = &w->o;
    uint32_t n_conds = sim_stands_in(st) ? 0 : st->n_conds;
    o->map(o, false);
    sim_out_stmt(o, st);
    out_patterns(o, st->not_action ? "not_action" : "action", &st->actions);
    out_patterns(o, st->not_resource ? "not_resource" : "resource", &st->resources);
    wr_out_key(o, "conditions");
    o->list(o, n_conds == 0);
    for (uint32_t i = 0; i < n_conds; i++)
        o->str(o, wr_fmt(&w->x.arena, "%.*s %.*s", WR_FMT(st->conds[i].op_text),
                         WR_FMT(st->conds[i].key_text)));
    if (n_conds) o->end(o);
    out_lists(o, v, n, in);
    o->end(o);
}

// ---------------------------------------------------------------------------------- services

// Does the policy of the resource have to allow it too? Roles by their trust policies, keys by
// their key policies (IAM User Guide, "Cross account resource access"; KMS, "Key policies").
static bool asks_resource(wr_str action) {
    return sim_is_assume(action) || wr_starts(action, WR_S("kms:"));
}

// The actions of one service that may be allowed. False: an error.
static bool ask_service(what *w, uint32_t service, may *out, uint32_t *n) {
    uint32_t total, first = wr_aws_service_actions(service, &total);
    *n = 0;
    for (uint32_t i = 0; i < total; i++) {
        sim_answer a;
        wr_ctx_mark mark = wr_ctx_mark_now(&w->x);
        w->ask.action = wr_fmt(&w->x.arena, "%.*s:%.*s", WR_FMT(wr_aws_service_prefix(service)),
                               WR_FMT(wr_aws_action_name(first + i)));
        sim_decide(w->s, &w->x, &w->ask, NULL, NULL, 0, &a);
        wr_outcome o = a.result.outcome;
        bool may_be = o == WR_ALLOW || (o == WR_UNKNOWN && (a.result.possible & WR_BIT(WR_ALLOW)));
        if (may_be) out[(*n)++] = (may){first + i, o == WR_ALLOW && !asks_resource(w->ask.action)};
        if (o == WR_FAULT && w->n_errors++ == 0) w->error = wr_dup(&w->s->c->ctx.arena, a.error);
        wr_ctx_rewind(&w->x, mark);
    }
    return true;
}

// What no statement allows: sts:GetCallerIdentity.
static void put_ruled(what *w, const may *v, uint32_t n, const bool *in) {
    if (count(v, n, in, true) + count(v, n, in, false) == 0) return;
    if (w->json) {
        w->o.map(&w->o, false);
        wr_out_put(&w->o, "rule", wr_strz(wr_iam_rule_text(WR_IAM_R_CALLER_IDENTITY)));
        out_lists(&w->o, v, n, in);
        w->o.end(&w->o);
        return;
    }
    wr_putf(&w->s->c->out, "  %s\n", wr_iam_rule_text(WR_IAM_R_CALLER_IDENTITY));
    put_names(&w->s->c->out, v, n, in, true);
    put_names(&w->s->c->out, v, n, in, false);
}

static void put_statements(what *w, const may *v, uint32_t n, uint32_t total) {
    bool *in = WR_NEW_N(&w->x.arena, bool, n), *ruled = WR_NEW_N(&w->x.arena, bool, n);
    if (in == NULL || ruled == NULL) return;
    for (uint32_t m = 0; m < n; m++) ruled[m] = true;
    for (uint32_t i = 0; i < w->identity.n; i++) {
        const wr_iam_policy *p = w->identity.v[i];
        for (uint32_t k = 0; k < p->n_stmts; k++) {
            bool some = false;
            for (uint32_t m = 0; m < n; m++) {
                in[m] = allows(w, &p->stmts[k], v[m].action);
                some = some || in[m];
                ruled[m] = ruled[m] && !in[m];
            }
            if (!some) continue;
            if (w->json) put_stmt_json(w, &p->stmts[k], v, n, in);
            else put_stmt_text(w, &p->stmts[k], v, n, in, total);
        }
    }
    put_ruled(w, v, n, ruled);
}

static void put_service(what *w, uint32_t service, const may *v, uint32_t n, uint32_t total) {
    wr_buf *b = &w->s->c->out;
    wr_str prefix = wr_aws_service_prefix(service);
    uint32_t always = 0;
    for (uint32_t i = 0; i < n; i++) always += v[i].always;
    w->n_always += always;
    w->n_depends += n - always;
    w->n_services++;
    if (w->json) {
        w->o.map(&w->o, false);
        wr_out_put(&w->o, "service", prefix);
        wr_out_num(&w->o, "actions", total);
        wr_out_num(&w->o, "always", always);
        wr_out_num(&w->o, "may", n - always);
        wr_out_key(&w->o, "statements");
        w->o.list(&w->o, false);
        put_statements(w, v, n, total);
        w->o.end(&w->o);
        w->o.end(&w->o);
        return;
    }
    wr_putf(b, "%.*s: %u of %u actions", WR_FMT(prefix), (unsigned)n, (unsigned)total);
    if (n > always) wr_putf(b, ", %u of them not always", (unsigned)(n - always));
    wr_putc(b, '\n');
    put_statements(w, v, n, total);
}

static bool wanted(const cli *c, uint32_t service) {
    const cli_words *only = &c->val[CLI_SERVICE];
    for (uint32_t i = 0; i < only->n; i++)
        if (wr_aws_service_find(wr_strz(only->v[i])) == service) return true; // in any case
    return only->n == 0;
}

static void ask_all(what *w) {
    for (uint32_t s = 0; s < wr_aws_n_services(); s++) {
        uint32_t total, n;
        if (!wanted(w->s->c, s)) continue;
        (void)wr_aws_service_actions(s, &total);
        wr_ctx_mark mark = wr_ctx_mark_now(&w->x);
        may *v = WR_NEW_N(&w->x.arena, may, total ? total : 1);
        if (v && ask_service(w, s, v, &n) && n) put_service(w, s, v, n, total);
        wr_ctx_rewind(&w->x, mark);
    }
}

// ---------------------------------------------------------------------------------- all

static void put_layers(what *w, const wr_acct_entity *e) {
    wr_buf *b = &w->s->c->out;
    if (e->boundary) {
        wr_putz(b, "boundary: ");
        wr_put_safe(b, e->boundary->name);
        wr_putc(b, '\n');
    }
    if (w->s->world.org) wr_putz(b, "SCPs: those of the organization file\n");
    if (w->n_errors) {
        wr_putf(b, "error: %u actions cannot be judged: ", (unsigned)w->n_errors);
        wr_put_safe(b, w->error);
        wr_putc(b, '\n');
    }
    wr_putf(b, "actions: %u always, %u by resource or condition; services: %u\n",
            (unsigned)w->n_always, (unsigned)w->n_depends, (unsigned)w->n_services);
}

// The request as it stands for all actions: one decision, for its digests.
static void out_decision(what *w) {
    sim_answer a;
    wr_ctx_mark mark = wr_ctx_mark_now(&w->x);
    w->ask.action = WR_S("sts:GetCallerIdentity");
    sim_decide(w->s, &w->x, &w->ask, NULL, NULL, SIM_DECISION, &a);
    sim_out_decision(w->s, &w->o, &a);
    wr_ctx_rewind(&w->x, mark);
}

static bool begin_json(what *w) {
    wr_out *o = &w->o;
    if (wr_out_json(o, &w->s->c->out) != WR_OK) return false;
    o->map(o, false);
    wr_out_put(o, "schema", WR_S("writ/iam-what-can/1"));
    wr_out_put(o, "principal", w->ask.principal);
    out_decision(w);
    wr_out_key(o, "services");
    o->list(o, false);
    return true;
}

static void end_json(what *w) {
    wr_out *o = &w->o;
    o->end(o);
    wr_out_num(o, "always", w->n_always);
    wr_out_num(o, "may", w->n_depends);
    if (w->n_errors) {
        wr_out_num(o, "errors", w->n_errors);
        wr_out_put(o, "error", w->error);
    }
    o->end(o);
    wr_out_fini(o);
    wr_putc(&w->s->c->out, '\n');
}

static int run(what *w, const wr_acct_entity *e) {
    cli *c = w->s->c;
    sim_key open = {.name = WR_S("resource"), .state = WR_IAM_NOT_KNOWN};
    wr_ctx_init(&w->x, NULL);
    (void)WR_PUSH(&c->ctx.arena, &w->ask.keys, open);
    w->ask.resource = WR_S("*");
    if (w->json && !begin_json(w)) return WX_ERROR;
    ask_all(w);
    if (w->json) end_json(w);
    else put_layers(w, e);
    wr_ctx_fini(&w->x);
    return w->n_errors ? WX_ERROR : WX_OK;
}

static int find(what *w) {
    cli *c = w->s->c;
    wr_iam_principal who;
    const char *word = cli_value(c, CLI_PRINCIPAL);
    w->ask.principal = wr_strz(word);
    if (!wr_iam_principal_parse(w->ask.principal, &who) ||
        (who.kind != WR_IAM_USER && who.kind != WR_IAM_ROLE && who.kind != WR_IAM_SESSION_OF_ROLE))
        return cli_usage(c, "'%s' is no ARN of a user, a role or a role's session", word);
    const wr_acct_entity *e = wr_world_entity(&w->s->world, &who);
    if (e == NULL) {
        cli_complain(c, WR_D_I0203, WR_ERROR, "there is no principal %s in the account dumps",
                     word);
        return WX_ERROR;
    }
    wr_iam_layers l = {0};
    bool missing = false;
    const wr_acct *acct = wr_world_account(&w->s->world, who.account);
    if (acct->cut) {
        cli_complain(
            c, WR_D_I0203, WR_ERROR,
            "'%.*s' is cut off (IsTruncated): what the other pages hold may allow and deny",
            WR_FMT(acct->src->name));
        return WX_ERROR;
    }
    if (wr_acct_layers(&c->ctx, acct, e, &l, &missing) != WR_OK) return WX_ERROR;
    w->identity = l.identity;
    w->ask.resource_account = who.account; // what others own takes their policies too
    return run(w, e);
}

int cli_iam_what_can(cli *c) {
    sim *s = WR_NEW(&c->ctx.arena, sim);
    if (s == NULL) return WX_ERROR;
    what w = {.s = s};
    w.json = strcmp(cli_value(c, CLI_FORMAT), "json") == 0;
    for (uint32_t i = 0; i < c->val[CLI_SERVICE].n; i++)
        if (wr_aws_service_find(wr_strz(c->val[CLI_SERVICE].v[i])) == WR_AWS_NONE)
            return cli_usage(c, "there is no service '%s'", c->val[CLI_SERVICE].v[i]);
    int code = WX_ERROR;
    if (sim_open(s, c)) code = find(&w);
    else if (c->bad_line) code = c->prog->usage_exit;
    (void)cli_say_diags(c, false);
    sim_close(s);
    return code;
}
