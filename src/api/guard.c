// SPDX-License-Identifier: Apache-2.0
// guard: include/writ/guard.h over lang/guard. Rules live in one context until they are freed; each
// judgement has a context of its own, so that threads share nothing that is written.
#include <writ/guard.h>

#include <stdlib.h>
#include <time.h>

#include "api/api_int.h"
#include "lang/guard/guard.h"

struct writ_guard_rules {
    wr_ctx ctx;
    wr_guard_opts opts;
    int64_t now;
    wr_guard_set *set;
    WR_VEC(const g_file *) files;
    bool compiled;
    writ_diagnostic *diags;
    size_t n_diags;
};

struct writ_guard_result {
    wr_ctx ctx;
    writ_outcome outcome;
    WR_VEC(writ_decision) decisions;
    writ_diagnostic *diags;
    size_t n_diags;
};

// Reads the fields that the caller's version of the struct has.
static bool take_options(writ_guard_rules *r, const writ_guard_options *o, wr_limits *limits) {
    writ_guard_options full = {0};
    full.level = WRIT_GUARD_3_2;
    if (o) {
        if (o->size < offsetof(writ_guard_options, strict) || o->size > sizeof full) return false;
        memcpy(&full, o, o->size);
    }
    if (full.level == 0) full.level = WRIT_GUARD_3_2;
    if (full.level != WRIT_GUARD_3_1 && full.level != WRIT_GUARD_3_2) return false;
    r->opts.level = full.level == WRIT_GUARD_3_1 ? WR_GUARD_31 : WR_GUARD_32;
    r->opts.strict = full.strict != 0;
    r->now = full.now;
    if (full.max_bytes) limits->bytes = full.max_bytes;
    if (full.max_steps) limits->steps = full.max_steps;
    return true;
}

writ_status writ_guard_new(const writ_guard_options *options, writ_guard_rules **out) {
    if (!out) return WRIT_USAGE;
    *out = NULL;
    writ_guard_rules *r = calloc(1, sizeof *r);
    if (!r) return WRIT_NOMEM;
    wr_limits limits = wr_limits_default;
    if (!take_options(r, options, &limits)) {
        free(r);
        return WRIT_USAGE;
    }
    wr_ctx_init(&r->ctx, &limits);
    r->set = wr_guard_set_new(&r->ctx, &r->opts);
    if (!r->set) {
        writ_guard_free(r);
        return WRIT_NOMEM;
    }
    *out = r;
    return WRIT_OK;
}

void writ_guard_free(writ_guard_rules *r) {
    if (!r) return;
    if (r->set) wr_guard_set_free(r->set);
    wr_ctx_fini(&r->ctx);
    free(r);
}

// A source whose name and text are copies in the context.
static wr_src *copy_source(wr_ctx *c, const char *name, const char *text, size_t n) {
    wr_str t = wr_dup(&c->arena, wr_strn(text, n)), s = wr_dup(&c->arena, wr_strz(name));
    return c->arena.oom ? NULL : wr_src_new(&c->arena, s, t, true);
}

static bool too_large(wr_ctx *c, size_t n, const char *name) {
    if (n <= c->limits.bytes && n < UINT32_MAX) return false;
    wr_report(c, WR_D_B0002, WR_ERROR, NULL, (wr_span){0, 0}, "%s is larger than %llu bytes", name,
              (unsigned long long)c->limits.bytes);
    return true;
}

writ_status writ_guard_add(writ_guard_rules *r, const char *name, const char *text, size_t n) {
    if (!r || !name || (!text && n) || r->compiled) return WRIT_USAGE;
    if (too_large(&r->ctx, n, name)) return WRIT_LIMIT;
    wr_src *src = copy_source(&r->ctx, name, text ? text : "", n);
    if (!src) return WRIT_NOMEM;
    const g_file *f = NULL;
    wr_rc rc = wr_guard_add(r->set, src, src->name, &f);
    if (rc == WR_OK && !wr_guard_file_empty(f) && !WR_PUSH(&r->ctx.arena, &r->files, f))
        return WRIT_NOMEM;
    return wr_api_status(rc);
}

writ_status writ_guard_compile(writ_guard_rules *r) {
    if (!r || r->compiled) return WRIT_USAGE;
    r->compiled = true;
    r->diags = wr_api_diagnostics(&r->ctx.arena, r->ctx.diags, &r->n_diags);
    return r->ctx.arena.oom ? WRIT_NOMEM : WRIT_OK;
}

size_t writ_guard_n_diagnostics(const writ_guard_rules *r) {
    return r && r->compiled ? r->n_diags : 0;
}

const writ_diagnostic *writ_guard_diagnostic(const writ_guard_rules *r, size_t i) {
    return r && i < writ_guard_n_diagnostics(r) ? &r->diags[i] : NULL;
}

// ---------------------------------------------------------------------------------- judging

// The outcome of several rules is the weightiest of theirs.
static void fold(writ_outcome *all, g_status st) {
    static const uint8_t weight[] = {
        [WRIT_SKIP] = 0, [WRIT_PASS] = 1, [WRIT_UNKNOWN] = 2, [WRIT_FAIL] = 3, [WRIT_ERROR] = 4};
    static const uint8_t as[] = {[G_PASS] = WRIT_PASS,
                                 [G_FAIL] = WRIT_FAIL,
                                 [G_SKIP] = WRIT_SKIP,
                                 [G_ERROR] = WRIT_ERROR,
                                 [G_UNKNOWN] = WRIT_UNKNOWN};
    if (weight[as[st]] > weight[*all]) *all = (writ_outcome)as[st];
}

static writ_status keep_decisions(writ_guard_result *res, const g_result *g, wr_str subject) {
    uint32_t n = 0;
    const wr_decision *v = wr_guard_decisions(&res->ctx.arena, g, subject, res->ctx.now, &n);
    if (!v && n) return WRIT_NOMEM;
    for (uint32_t i = 0; i < n; i++) {
        writ_decision d;
        if (!wr_api_decision(&res->ctx.arena, &v[i], &d) ||
            !WR_PUSH(&res->ctx.arena, &res->decisions, d))
            return WRIT_NOMEM;
    }
    return WRIT_OK;
}

static writ_status judge_all(const writ_guard_rules *r, writ_guard_result *res, const wr_doc *doc,
                             wr_str subject) {
    wr_guard_eval *e = wr_guard_eval_new(&res->ctx, r->set);
    if (!e) return WRIT_NOMEM;
    writ_status st = WRIT_OK;
    wr_guard_bind(e, doc, subject);
    for (uint32_t i = 0; i < r->files.n && st == WRIT_OK; i++) {
        const g_result *g = wr_guard_run(e, r->files.v[i], (wr_guard_run_opts){0});
        st = g ? keep_decisions(res, g, subject) : WRIT_NOMEM;
        for (uint32_t k = 0; g && k < g->n_rules; k++) fold(&res->outcome, g->rules[k].status);
        wr_guard_rewind(e);
    }
    wr_guard_eval_free(e);
    return st;
}

static writ_status load_and_judge(const writ_guard_rules *r, writ_guard_result *res,
                                  const char *name, const char *text, size_t n) {
    if (too_large(&res->ctx, n, name)) return WRIT_LIMIT;
    wr_src *src = copy_source(&res->ctx, name, text, n);
    if (!src) return WRIT_NOMEM;
    wr_load how = {.profile = r->opts.level == WR_GUARD_31 ? WR_LOAD_GUARD31 : WR_LOAD_STRICT,
                   .syms = wr_guard_syms(r->set),
                   .is_json = wr_looks_json(src->name, src->text)};
    wr_doc *doc = NULL;
    wr_rc rc = wr_doc_load(&res->ctx, src, &how, &doc);
    return rc == WR_OK ? judge_all(r, res, doc, src->name) : wr_api_status(rc);
}

writ_status writ_guard_judge(const writ_guard_rules *r, const char *name, const char *text,
                             size_t n, writ_guard_result **out) {
    if (!out) return WRIT_USAGE;
    *out = NULL;
    if (!r || !r->compiled || !name || (!text && n)) return WRIT_USAGE;
    writ_guard_result *res = calloc(1, sizeof *res);
    if (!res) return WRIT_NOMEM;
    wr_ctx_init(&res->ctx, &r->ctx.limits);
    res->ctx.now = r->now ? r->now : (int64_t)time(NULL);
    res->outcome = WRIT_SKIP;
    writ_status st = load_and_judge(r, res, name, text ? text : "", n);
    if (st != WRIT_OK) res->outcome = WRIT_ERROR;
    res->diags = wr_api_diagnostics(&res->ctx.arena, res->ctx.diags, &res->n_diags);
    if (st == WRIT_NOMEM) {
        writ_guard_result_free(res);
        return st;
    }
    *out = res;
    return st;
}

void writ_guard_result_free(writ_guard_result *res) {
    if (!res) return;
    wr_ctx_fini(&res->ctx);
    free(res);
}

writ_outcome writ_guard_outcome(const writ_guard_result *res) {
    return res ? res->outcome : WRIT_ERROR;
}

size_t writ_guard_n_decisions(const writ_guard_result *res) { return res ? res->decisions.n : 0; }

const writ_decision *writ_guard_decision(const writ_guard_result *res, size_t i) {
    return i < writ_guard_n_decisions(res) ? &res->decisions.v[i] : NULL;
}

size_t writ_guard_result_n_diagnostics(const writ_guard_result *res) {
    return res ? res->n_diags : 0;
}

const writ_diagnostic *writ_guard_result_diagnostic(const writ_guard_result *res, size_t i) {
    return i < writ_guard_result_n_diagnostics(res) ? &res->diags[i] : NULL;
}
