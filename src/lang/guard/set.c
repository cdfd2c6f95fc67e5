// SPDX-License-Identifier: Apache-2.0
// set: rule files compiled together: one table of symbols, one of patterns. All memory is the
// context's; what is not memory (compiled patterns) is freed by wr_guard_set_free.
#include "lang/guard/guard_int.h"

static const char *const status_names[] = {[G_PASS] = "PASS",
                                           [G_FAIL] = "FAIL",
                                           [G_SKIP] = "SKIP",
                                           [G_ERROR] = "ERROR",
                                           [G_UNKNOWN] = "UNKNOWN"};

const char *g_status_name(g_status s) { return status_names[s]; }

wr_guard_set *wr_guard_set_new(wr_ctx *c, const wr_guard_opts *opts) {
    wr_guard_set *s = WR_NEW(&c->arena, wr_guard_set);
    if (!s) return NULL;
    s->ctx = c;
    if (opts) s->opts = *opts;
    wr_symtab_init(&s->syms, &c->arena, NULL);
    wr_map_init(&s->patterns, &c->arena);
    wr_arena_init(&s->scratch, 0);
    return s;
}

void wr_guard_set_free(wr_guard_set *s) {
    if (!s) return;
    for (uint32_t i = 0; i < s->regexes.n; i++) wr_regex_free(s->regexes.v[i]);
    s->regexes.n = 0;
    wr_arena_fini(&s->scratch);
}

const wr_symtab *wr_guard_syms(const wr_guard_set *s) { return &s->syms; }

static void mark_prelude(g_file *f) {
    f->is_prelude = true;
    for (uint32_t i = 0; i < f->n_rules; i++) f->rules[i].prelude = true;
    for (uint32_t i = 0; i < f->n_prules; i++) f->prules[i].prelude = true;
}

static wr_rc add(wr_guard_set *s, const wr_src *src, wr_str name, bool prelude, g_file **out) {
    wr_rc rc = g_parse(s, src, name, out);
    if (rc != WR_OK) return rc;
    (*out)->prelude = s->prelude;
    if (prelude) mark_prelude(*out);
    g_compile(s, *out);
    if (s->ctx->arena.oom) return WR_NOMEM;
    uint32_t errors = s->ctx->n_errors;
    if (!(*out)->empty) g_check(s, *out);
    if (s->ctx->arena.oom) return WR_NOMEM;
    if (s->ctx->n_errors == errors) return WR_OK;
    (*out)->parse_error = WR_S("The rules do not pass the strict check");
    return WR_BAD;
}

wr_rc wr_guard_add(wr_guard_set *s, const wr_src *src, wr_str name, const g_file **out) {
    g_file *f = NULL;
    wr_rc rc = add(s, src, name, false, &f);
    *out = f;
    if (rc == WR_OK) s->n_files++;
    return rc;
}

// a, then b, in one new array; false when there is no memory.
static void *joined(wr_arena *a, const void *v, uint32_t n, const void *w, uint32_t m,
                    size_t size) {
    char *to = wr_alloc(a, (n + m + 1u) * size);
    if (!to) return NULL;
    if (n > 0) memcpy(to, v, n * size);
    if (m > 0) memcpy(to + n * size, w, m * size);
    return to;
}

// Makes a prelude hold the one before it too, so that evaluation looks in one place. What f itself
// defines wins: the last let and the last parameterised rule of a name, the first rule.
static bool merge(wr_ctx *c, g_file *f, const g_file *old) {
    g_let *lets = joined(&c->arena, old->lets, old->n_lets, f->lets, f->n_lets, sizeof *lets);
    g_rule *rules =
        joined(&c->arena, f->rules, f->n_rules, old->rules, old->n_rules, sizeof *rules);
    g_rule *prules =
        joined(&c->arena, old->prules, old->n_prules, f->prules, f->n_prules, sizeof *prules);
    if (!lets || !rules || !prules) return false;
    f->lets = lets;
    f->n_lets += old->n_lets;
    f->rules = rules;
    f->n_rules += old->n_rules;
    f->prules = prules;
    f->n_prules += old->n_prules;
    for (uint32_t i = 0; i < f->n_rules; i++) rules[i].index = i;
    for (uint32_t i = 0; i < f->n_prules; i++) prules[i].index = i;
    return g_index_rules(f->set, f);
}

wr_rc wr_guard_add_prelude(wr_guard_set *s, const wr_src *src, wr_str name) {
    g_file *f = NULL;
    wr_rc rc = add(s, src, name, true, &f);
    if (rc != WR_OK) return rc;
    if (s->prelude && !merge(s->ctx, f, s->prelude)) return WR_NOMEM;
    s->prelude = f;
    return WR_OK;
}

wr_str wr_guard_file_name(const g_file *f) { return f->name; }
const wr_src *wr_guard_file_src(const g_file *f) { return f->src; }
bool wr_guard_file_empty(const g_file *f) { return f->empty; }
wr_str wr_guard_file_error(const g_file *f) { return f->parse_error; }
uint32_t wr_guard_n_rules(const g_file *f) { return f->n_rules; }
const g_rule *wr_guard_rule(const g_file *f, uint32_t i) {
    WR_ASSERT(i < f->n_rules);
    return &f->rules[i];
}
wr_str wr_guard_rule_name(const g_rule *r) { return r->name; }
