// SPDX-License-Identifier: Apache-2.0
// writ exceptions: who may break which control, why and until when; those that are at fault first.
// JSON: writ/exceptions/1. Exit 0; 1 when one that is listed is expired, invalid or due for review;
// 2 when a file could not be used.

#include <stdlib.h>

#include "cli/repo.h"

typedef struct listing {
    cli *c;
    const wr_repo *r;
    wr_posture p;
    WR_VEC(const wr_posture_exception *) v; // what is listed
    uint32_t n_faulty;
    bool some; // --expiring
    int64_t within;
} listing;

// Days that are left: 0 on the last.
static int64_t left(const listing *l, const wr_posture_exception *x) {
    return x->expires - l->p.today;
}

static bool is_state(const wr_posture_exception *x, const char *state) {
    return wr_eq(x->state, wr_strz(state));
}

// Faulty, then active by the day they end, then pending.
static int rank(const wr_posture_exception *x) {
    if (x->faults.n) return 0;
    return is_state(x, "active") ? 1 : 2;
}

static int by_urgency(const void *a, const void *b) {
    const wr_posture_exception *x = *(const wr_posture_exception *const *)a;
    const wr_posture_exception *y = *(const wr_posture_exception *const *)b;
    if (rank(x) != rank(y)) return rank(x) - rank(y);
    if (x->expires != y->expires) return x->expires < y->expires ? -1 : 1;
    return wr_cmp(x->id, y->id);
}

static void choose(listing *l) {
    for (uint32_t i = 0; i < l->p.n_exceptions; i++) {
        const wr_posture_exception *x = &l->p.exceptions[i];
        if (l->some && left(l, x) > l->within) continue;
        (void)WR_PUSH(&l->c->ctx.arena, &l->v, x);
        if (x->faults.n) l->n_faulty++;
    }
    if (l->v.n) qsort(l->v.v, l->v.n, sizeof *l->v.v, by_urgency);
}

// ---------------------------------------------------------------------------------- text

static wr_str when(listing *l, const wr_posture_exception *x) {
    wr_arena *a = &l->c->ctx.arena;
    long long n = (long long)left(l, x);
    wr_str day = cli_day(l->c, x->expires);
    if (is_state(x, "pending")) {
        wr_str from = cli_day(l->c, x->starts);
        return wr_fmt(a, "from %.*s until %.*s", WR_FMT(from), WR_FMT(day));
    }
    if (n < 0) return wr_fmt(a, "ended %.*s", WR_FMT(day));
    if (n == 0) return wr_fmt(a, "until %.*s, today", WR_FMT(day));
    return wr_fmt(a, "until %.*s, %lld day%s", WR_FMT(day), n, n == 1 ? "" : "s");
}

static void field(listing *l, const char *name, wr_str text) {
    wr_buf *b = &l->c->out;
    if (text.n == 0) return;
    wr_putf(b, "  %-12s  ", name);
    wr_put_safe(b, text);
    wr_putc(b, '\n');
}

static void put_one(listing *l, const wr_posture_exception *x) {
    wr_buf *b = &l->c->out;
    wr_putc(b, '\n');
    cli_bold(l->c, "%.*s", WR_FMT(x->control));
    wr_putz(b, "  ");
    wr_put_safe(b, x->id);
    wr_putf(b, "  %s, ", wr_dupz(&l->c->ctx.arena, x->state));
    wr_puts(b, when(l, x));
    wr_putc(b, '\n');
    field(l, "at fault", x->faults);
    field(l, "for", x->what);
    field(l, "reason", x->reason);
    field(l, "ticket", x->ticket);
    field(l, "requested by", x->requested_by);
    field(l, "approved by", x->approved_by);
    if (x->rated) field(l, "risk", wr_strz(wr_severity_name(x->risk)));
    if (x->review != INT64_MIN) field(l, "next review", cli_day(l->c, x->review));
    field(l, "file", x->file);
}

static void put_text(listing *l) {
    static const char *const state[] = {"active", "pending", "expired", "invalid", "request"};
    wr_buf *b = &l->c->out;
    const char *comma = ": ";
    cli_bold(l->c, "%.*s", WR_FMT(l->p.name));
    wr_putf(b, ": %u exception%s", l->v.n, l->v.n == 1 ? "" : "s");
    if (l->some) wr_putf(b, " ending within %lld days", (long long)l->within);
    for (size_t s = 0; s < sizeof state / sizeof *state; s++) {
        uint32_t n = 0;
        for (uint32_t i = 0; i < l->v.n; i++) n += is_state(l->v.v[i], state[s]);
        if (n == 0) continue;
        wr_putf(b, "%s%u %s", comma, n, state[s]);
        comma = ", ";
    }
    if (l->n_faulty) wr_putf(b, "%s%u at fault", comma, l->n_faulty);
    wr_putc(b, '\n');
    cli_put_unusable(l->c, l->r);
    for (uint32_t i = 0; i < l->v.n; i++) put_one(l, l->v.v[i]);
}

// ---------------------------------------------------------------------------------- json

static void json_one(listing *l, wr_out *o, const wr_posture_exception *x) {
    o->map(o, false);
    wr_out_put(o, "id", x->id);
    wr_out_put(o, "control", x->control);
    wr_out_put(o, "what", x->what);
    wr_out_put(o, "state", x->state);
    wr_out_some(o, "faults", x->faults);
    wr_out_some(o, "reason", x->reason);
    wr_out_some(o, "ticket", x->ticket);
    wr_out_some(o, "requested_by", x->requested_by);
    wr_out_some(o, "approved_by", x->approved_by);
    wr_out_put(o, "starts", cli_day(l->c, x->starts));
    wr_out_put(o, "expires", cli_day(l->c, x->expires));
    if (x->review != INT64_MIN) wr_out_put(o, "review", cli_day(l->c, x->review));
    if (x->rated) wr_out_put(o, "risk", wr_strz(wr_severity_name(x->risk)));
    wr_out_int(o, "days_left", left(l, x));
    wr_out_put(o, "file", x->file);
    o->end(o);
}

static wr_rc put_json(listing *l) {
    wr_out out, *o = &out;
    if (wr_out_json(o, &l->c->out) != WR_OK) return WR_NOMEM;
    o->map(o, false);
    wr_out_put(o, "schema", WR_S("writ/exceptions/1"));
    wr_out_put(o, "repository", l->p.name);
    wr_out_put(o, "today", cli_day(l->c, l->p.today));
    wr_out_int(o, "faulty", l->n_faulty);
    wr_out_int(o, "unusable", l->r->n_broken);
    if (wr_out_open_list(o, "exceptions", l->v.n)) {
        for (uint32_t i = 0; i < l->v.n; i++) json_one(l, o, l->v.v[i]);
        o->end(o);
    }
    o->end(o);
    wr_putc(&l->c->out, '\n');
    wr_out_fini(o);
    return o->rc;
}

int cli_exceptions(cli *c) {
    listing l = {.c = c, .some = cli_has(c, CLI_EXPIRING)};
    cli_repo repo;
    int code = WX_ERROR;
    wr_rc rc = WR_OK;
    if (l.some && !cli_days(c, CLI_EXPIRING, "--expiring", &l.within)) return c->prog->usage_exit;
    if (!cli_open_output(c, &code)) return code;
    if (!cli_repo_open(c, &(wr_repo_opts){.tests = false}, &repo)) return WX_ERROR;
    l.r = repo.r;
    if (wr_posture_make(repo.r, &l.p) != WR_OK) return WX_ERROR;
    choose(&l);
    if (strcmp(cli_value(c, CLI_FORMAT), "json") == 0) rc = put_json(&l);
    else put_text(&l);
    code = cli_repo_code(&repo);
    if (rc != WR_OK) code = WX_ERROR;
    if (code == WX_OK && l.n_faulty) code = WX_FINDINGS;
    wr_repo_free(repo.r);
    return code;
}
