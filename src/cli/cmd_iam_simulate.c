// SPDX-License-Identifier: Apache-2.0
// iam simulate: one request, by flags or as a JSON file, or a batch of them as JSON lines, decided
// over policies given by flags, in the request, in account dumps and an organization file. Of a
// batch, every line gives one decision in its order; what is wrong with a line is its decision's
// error, and memory does not grow with their number.

#include "cli/cmd_iam_sim.h"

#include <unistd.h>

typedef struct one { // where a request can be read again
    wr_pull *in;
    const wr_item *it;
} one;

static const wr_doc *reload_item(void *arg, wr_ctx *into) {
    const one *o = arg;
    wr_doc *d = NULL;
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    return wr_pull_load(o->in, o->it, into, &how, &d) == WR_OK ? d : NULL;
}

static const wr_doc *reload_doc(void *arg, wr_ctx *into) {
    const wr_doc *from = arg;
    wr_doc *d = NULL;
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    return wr_doc_load(into, from->srcs[0], &how, &d) == WR_OK ? d : NULL;
}

// "file:line:col: what is wrong", the first error said in x.
static wr_str first_error(wr_ctx *x) {
    const wr_diag *d = x->diags;
    while (d && d->sev != WR_ERROR) d = d->next;
    if (d == NULL) return WR_S("out of memory");
    if (d->src == NULL) return d->msg;
    wr_pos at = wr_src_pos(d->src, d->span.beg);
    return wr_fmt(&x->arena, "%.*s:%u:%u: %.*s", WR_FMT(d->src->name), (unsigned)at.line,
                  (unsigned)at.col, WR_FMT(d->msg));
}

// ---------------------------------------------------------------------------------- one

static int answer_one(sim *s, const sim_ask *ask, const wr_doc *doc) {
    cli *c = s->c;
    sim_answer a;
    bool json = strcmp(cli_value(c, CLI_FORMAT), "json") == 0;
    unsigned want = (cli_has(c, CLI_EXPLAIN) ? SIM_STORY : 0) | (json ? SIM_DECISION : 0);
    sim_decide(s, &c->ctx, ask, doc ? reload_doc : NULL, (void *)(uintptr_t)doc, want, &a);
    (void)cli_say_diags(c, false);
    if (a.bench) // what is wrong with policies that stand in the request
        for (const wr_diag *d = a.bench->ctx.diags; d; d = d->next)
            if (d->sev == WR_ERROR || (d->sev == WR_WARNING && !cli_has(c, CLI_QUIET)))
                wr_diag_print(&c->err, d, c->color);
    wr_out o;
    if (!json) {
        sim_put_text(s, ask, &a);
        return sim_exit(a.result.outcome);
    }
    if (wr_out_json(&o, &c->out) != WR_OK) return WX_ERROR;
    sim_put_json(s, &o, ask, &a, false);
    wr_out_fini(&o);
    return sim_exit(a.result.outcome);
}

static void flag(const cli *c, cli_id id, wr_str *out) {
    if (cli_has(c, id)) *out = wr_strz(cli_value(c, id));
}

static int run_one(sim *s) {
    cli *c = s->c;
    sim_ask ask = {0};
    const char *path = cli_value(c, CLI_REQUEST);
    const wr_doc *doc = NULL;
    if (path) {
        doc = sim_read(s, path);
        bool ok = doc && sim_ask_read(s, &c->ctx, doc, doc->root, &ask);
        (void)cli_say_diags(c, false);
        if (!ok) return WX_ERROR;
    }
    flag(c, CLI_PRINCIPAL, &ask.principal); // flags say it anew
    flag(c, CLI_ACTION, &ask.action);
    flag(c, CLI_RESOURCE, &ask.resource);
    flag(c, CLI_RESOURCE_ACCOUNT, &ask.resource_account);
    if (ask.principal.n == 0) return cli_usage(c, "the request has no principal: give --principal");
    sim_settle_resource(s, &ask);
    sim_check_ask(s, &ask);
    return answer_one(s, &ask, doc);
}

// ---------------------------------------------------------------------------------- batch

typedef struct batch {
    sim *s;
    wr_pull *in;
    wr_ctx x; // of the line being decided
    wr_out o;
    uint64_t n, errors;
} batch;

static void one_line(batch *t, const wr_item *it) {
    sim *s = t->s;
    wr_doc *d = NULL;
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    sim_ask ask = {0};
    sim_answer a = {0};
    one where = {t->in, it};
    wr_ctx_mark mark = wr_ctx_mark_now(&t->x);
    if (wr_pull_load(t->in, it, &t->x, &how, &d) == WR_OK &&
        sim_ask_read(s, &t->x, d, d->root, &ask)) {
        sim_settle_resource(s, &ask);
        sim_decide(s, &t->x, &ask, reload_item, &where, SIM_DECISION, &a);
        if (a.bench == NULL) {
            wr_pos at = wr_node_pos(d, d->root);
            a.error = wr_fmt(&t->x.arena, "%.*s:%u:%u: %.*s", WR_FMT(d->srcs[0]->name),
                             (unsigned)at.line, (unsigned)at.col, WR_FMT(a.error));
        }
    } else {
        a.result = (wr_iam_result){.outcome = WR_FAULT, .possible = WR_BIT(WR_FAULT)};
        a.error = first_error(&t->x);
    }
    if (ask.id.n == 0) ask.id = wr_fmt(&t->x.arena, "%llu", (unsigned long long)it->index);
    t->n++;
    t->errors += a.result.outcome == WR_FAULT;
    sim_put_json(s, &t->o, &ask, &a, true);
    wr_ctx_rewind(&t->x, mark);
}

static void show_progress(batch *t, bool tty, bool done) {
    cli *c = t->s->c;
    if (!tty || (t->n % 65536 && !done)) return;
    if (done) wr_putz(&c->err, "\r\033[K");
    else wr_putf(&c->err, "\r%llu requests", (unsigned long long)t->n);
    (void)wr_buf_flush(&c->err);
}

static int run_batch(sim *s) {
    cli *c = s->c;
    const char *path = cli_value(c, CLI_BATCH);
    bool tty = !cli_has(c, CLI_QUIET) && isatty(c->err_fd) == 1 && isatty(c->out_fd) != 1;
    wr_pull_opts how = {0};
    wr_ctx in_ctx;
    batch t = {.s = s};
    wr_item it;
    wr_ctx_init(&in_ctx, NULL);
    wr_ctx_init(&t.x, NULL);
    if (wr_out_json_line(&t.o, &c->out) != WR_OK) return WX_ERROR;
    t.in = wr_pull_open(&in_ctx, path, &how);
    while (t.in && c->out.rc == WR_OK && wr_pull_next(t.in, &it)) {
        one_line(&t, &it);
        show_progress(&t, tty, false);
    }
    show_progress(&t, tty, true);
    bool ok = t.in && wr_pull_rc(t.in) == WR_OK && t.errors == 0;
    for (const wr_diag *d = in_ctx.diags; d; d = d->next) wr_diag_print(&c->err, d, c->color);
    wr_pull_close(t.in);
    wr_out_fini(&t.o);
    wr_ctx_fini(&t.x);
    wr_ctx_fini(&in_ctx);
    return ok ? WX_OK : WX_ERROR;
}

int cli_iam_simulate(cli *c) {
    sim *s = WR_NEW(&c->ctx.arena, sim);
    if (s == NULL) return WX_ERROR;
    if (!cli_has(c, CLI_BATCH) && !cli_has(c, CLI_REQUEST) && !cli_has(c, CLI_PRINCIPAL))
        return cli_usage(c, "the request has no principal: give --principal");
    int code = WX_ERROR;
    if (sim_open(s, c)) code = s->batch ? run_batch(s) : run_one(s);
    else if (c->bad_line) code = c->prog->usage_exit;
    (void)cli_say_diags(c, false);
    sim_close(s);
    return code;
}
