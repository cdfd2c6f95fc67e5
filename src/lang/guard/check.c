// SPDX-License-Identifier: Apache-2.0
// check: what a rule file that parses says wrongly all the same: names that nothing defines, calls
// that cannot work. Warnings, which change no verdict; errors under the strict option.
// Rules: reference/guard.md §1.1–§1.8; each code has its page in docs/diag.
#include "lang/guard/walk.h"

typedef struct checker {
    wr_guard_set *set;
    g_file *f;
    wr_sev sev;
} checker;

static void warn(checker *k, wr_code code, wr_span at, const char *hint, const char *fmt, ...)
    WR_PRINTF(5, 6);
static void warn(checker *k, wr_code code, wr_span at, const char *hint, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    wr_mark m = wr_arena_mark(&k->set->scratch);
    wr_str msg = wr_vfmt(&k->set->scratch, fmt, ap);
    va_end(ap);
    wr_diag *d = wr_report(k->set->ctx, code, k->sev, k->f->src, at, "%.*s", WR_FMT(msg));
    if (hint) wr_hint(k->set->ctx, d, "%s", hint);
    wr_arena_rewind(&k->set->scratch, m);
}

static void check_call(checker *k, const g_call *c) {
    wr_span at = {c->at, c->at + (uint32_t)c->name.n};
    if (!c->fn) {
        warn(k, WR_D_G0202, at, "evaluating it is an error", "there is no function %.*s",
             WR_FMT(c->name));
    } else if (g_fn_arity(c->fn) != c->n) {
        warn(k, WR_D_G0203, at, "evaluating it is an error", "%.*s takes %u arguments, not %u",
             WR_FMT(c->name), g_fn_arity(c->fn), c->n);
    }
}

static void check_value(g_walk *w, g_value *v) {
    if (v->kind == G_V_CALL) check_call(w->arg, v->u.call);
}

void g_check(wr_guard_set *s, g_file *f) {
    checker k = {.set = s, .f = f, .sev = s->opts.strict ? WR_ERROR : WR_WARNING};
    g_walk w = {.value = check_value, .arg = &k};
    g_walk_file(&w, f);
}
