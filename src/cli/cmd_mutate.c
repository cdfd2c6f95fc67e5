// SPDX-License-Identifier: Apache-2.0
// writ test --mutate: would the tests of the controls see a fault in a policy? Exit 0; 1: fewer
// mutants are killed than --min says, or the list of --survivors is not what survives; 2: a test is
// not met as it is, or something could not be used. Rules: docs/guide/mutation.md.

#include "cli/cmd_test.h"

#include <stdatomic.h>

typedef struct mutation {
    cli *c;
    cli_repo *repo;
    wr_mutated_list v;
    wr_survivors known;
    bool listed;    // there is a list of survivors
    bool **excused; // by policy, by mutant: it is on the list
    int64_t min;    // percent; -1: none wanted
    uint32_t n, killed, refused, n_known, cannot, stale;
} mutation;

// ---------------------------------------------------------------------------------- running

typedef struct crew {
    const wr_repo *r;
    wr_mutated_list *v;
    _Atomic uint32_t next;
    atomic_bool failed; // memory ran out
} crew;

typedef struct worker {
    crew *w;
    wr_ctx task, keep;
} worker;

static void *work(void *arg) {
    worker *k = arg;
    for (;;) {
        uint32_t i = atomic_fetch_add(&k->w->next, 1);
        if (i >= k->w->v->n || atomic_load(&k->w->failed)) return NULL;
        if (wr_mutate_one(k->w->r, &k->w->v->v[i], &k->task, &k->keep.arena) != WR_OK)
            atomic_store(&k->w->failed, true);
    }
}

// What was found lives in the workers, which the caller ends.
static bool run_all(mutation *m, worker *v, uint32_t jobs) {
    crew w = {.r = m->repo->r, .v = &m->v};
    for (uint32_t i = 0; i < jobs; i++) {
        v[i] = (worker){.w = &w};
        wr_ctx_init(&v[i].task, &m->c->ctx.limits);
        wr_ctx_init(&v[i].keep, &m->c->ctx.limits);
        v[i].task.now = m->c->ctx.now;
    }
    pthread_t *thread = WR_NEW_N(&m->c->ctx.arena, pthread_t, jobs);
    uint32_t more = thread ? jobs - 1 : 0;
    uint32_t started = wr_threads_start(thread, more, work, &v[1], sizeof *v);
    (void)work(&v[0]);
    wr_threads_join(thread, started);
    for (uint32_t i = 0; i < jobs; i++) v[i].w = NULL;
    return !atomic_load(&w.failed);
}

// ---------------------------------------------------------------------------------- what to run

static bool wanted(const mutation *m, const wr_control *k) {
    if (!cli_repo_wanted(m->c, k->id)) return false;
    if (k->library && !cli_has(m->c, CLI_CONTROL)) return false; // tested where it is kept
    return cli_repo_under(m->repo, k->file);
}

static bool plan(mutation *m) {
    const wr_repo *r = m->repo->r;
    for (uint32_t i = 0; i < r->controls.n; i++)
        if (wanted(m, r->controls.v[i]) &&
            wr_mutate_plan(m->repo->r, r->controls.v[i], &m->v) != WR_OK)
            return false;
    return true;
}

static bool load_list(mutation *m) {
    const char *path = cli_value(m->c, CLI_SURVIVORS);
    wr_ctx *x = &m->c->ctx;
    wr_str text;
    wr_doc *doc = NULL;
    if (path == NULL) return true;
    m->listed = true;
    bool ok = wr_read_file(x, path, &text) == WR_OK;
    const wr_src *src = ok ? wr_src_new(&x->arena, wr_strz(path), text, true) : NULL;
    wr_load how = {.profile = WR_LOAD_STRICT, .own_repeats = true, .all = true};
    if (src) how.is_json = wr_looks_json(src->name, src->text);
    ok = src && wr_doc_load(x, src, &how, &doc) == WR_OK &&
         wr_survivors_load(x, doc, &m->known) == WR_OK;
    (void)cli_say_diags(m->c, false);
    return ok;
}

// ---------------------------------------------------------------------------------- counting

static bool count_one(mutation *m, uint32_t i) {
    const wr_mutated *p = &m->v.v[i];
    m->excused[i] = WR_NEW_N(&m->c->ctx.arena, bool, p->n + 1u);
    if (m->excused[i] == NULL) return false;
    m->n += p->n;
    m->killed += p->n_killed;
    m->refused += p->n_refused;
    for (uint32_t k = 0; k < p->n; k++) {
        if (p->v[k].killed || !wr_survivor_known(&m->known, p, &p->v[k])) continue;
        m->excused[i][k] = true;
        m->n_known++;
    }
    if (p->cannot.n == 0) return true;
    m->cannot++;
    wr_diag *d = wr_report(&m->c->ctx, WR_D_K0601, WR_ERROR, p->control->place.src,
                           p->control->place.at, "%.*s: nothing was changed in %.*s: %.*s",
                           WR_FMT(p->control->id), WR_FMT(p->file), WR_FMT(p->cannot));
    wr_hint(&m->c->ctx, d, "'writ test' says why; every test has to be met first");
    return true;
}

// An entry of a policy that was tried, and did not survive.
static bool was_tried(const mutation *m, const wr_survivor *s) {
    const wr_control *k = wr_control_find(m->repo->r, s->control);
    if (k && !wanted(m, k)) return false;
    for (uint32_t i = 0; i < m->v.n; i++)
        if (m->v.v[i].control == k && wr_eq(m->v.v[i].file, s->policy))
            return m->v.v[i].cannot.n == 0;
    return true; // no such policy
}

static bool count(mutation *m) {
    m->excused = WR_NEW_N(&m->c->ctx.arena, bool *, m->v.n + 1u);
    if (m->excused == NULL) return false;
    for (uint32_t i = 0; i < m->v.n; i++)
        if (!count_one(m, i)) return false;
    for (uint32_t i = 0; i < m->known.n; i++) {
        const wr_survivor *s = &m->known.v[i];
        if (s->met || !was_tried(m, s)) continue;
        m->stale++;
        wr_diag *d = wr_report(&m->c->ctx, WR_D_K0603, WR_ERROR, s->place.src, s->place.at,
                               "this mutant of %.*s does not survive", WR_FMT(s->control));
        wr_hint(&m->c->ctx, d,
                "remove it from the list: a test kills it now, or the policy is "
                "another");
    }
    return true;
}

// What counts: all mutants but those that are known to survive.
static uint32_t counted(const mutation *m) { return m->n - m->n_known; }

static uint32_t survived(const mutation *m) { return counted(m) - m->killed; }

static bool below(const mutation *m) {
    return m->min >= 0 && (uint64_t)m->killed * 100 < (uint64_t)m->min * counted(m);
}

static int exit_code(const mutation *m) {
    if (cli_repo_code(m->repo) != WX_OK || m->cannot) return WX_ERROR;
    if (below(m) || m->stale || (m->listed && survived(m))) return WX_FINDINGS;
    return WX_OK;
}

// ---------------------------------------------------------------------------------- text

static void put_layers(wr_buf *b, unsigned layers) {
    bool first = true;
    for (unsigned l = 0; l < WR_N_LAYERS; l++) {
        if (!(layers >> l & 1)) continue;
        if (!first) wr_putz(b, ", ");
        wr_putz(b, wr_layer_name((wr_layer)l));
        first = false;
    }
}

static void put_survivor(mutation *m, const wr_mutant *x) {
    wr_buf *b = &m->c->out;
    wr_pos at = wr_src_pos(x->place.src, x->place.at.beg);
    wr_putz(b, m->c->out_color ? "  \033[31mSURVIVED\033[0m " : "  SURVIVED ");
    wr_put_safe(b, x->place.src->name);
    wr_putf(b, ":%u:%u: ", (unsigned)at.line, (unsigned)at.col);
    wr_put_safe(b, x->what);
    wr_putc(b, '\n');
}

static void put_policy(mutation *m, uint32_t i) {
    const wr_mutated *p = &m->v.v[i];
    wr_buf *b = &m->c->out;
    uint32_t known = 0;
    for (uint32_t k = 0; k < p->n; k++) known += m->excused[i][k];
    cli_bold(m->c, "%.*s", WR_FMT(p->control->id));
    wr_putz(b, "  ");
    wr_put_safe(b, p->file);
    wr_putz(b, " (");
    put_layers(b, p->layers);
    if (p->cannot.n) wr_putz(b, "): not tried: a test is not met\n");
    else wr_putf(b, "): %u of %u killed", p->n_killed, p->n - known);
    if (p->cannot.n) return;
    if (known) wr_putf(b, ", %u known to survive", known);
    wr_putz(b, p->n_tests ? "\n" : "; there are no tests\n");
    for (uint32_t k = 0; k < p->n; k++)
        if (!p->v[k].killed && !m->excused[i][k]) put_survivor(m, &p->v[k]);
}

static void put_text(mutation *m) {
    wr_buf *b = &m->c->out;
    for (uint32_t i = 0; i < m->v.n; i++) put_policy(m, i);
    uint32_t of = counted(m), tenths = of ? (uint32_t)((uint64_t)m->killed * 1000 / of) : 0;
    wr_putf(b, "\n%u mutant%s of %u polic%s: %u killed, %u survived", m->n, m->n == 1 ? "" : "s",
            m->v.n, m->v.n == 1 ? "y" : "ies", m->killed, survived(m));
    if (m->n_known) wr_putf(b, ", %u known to survive", m->n_known);
    if (of) wr_putf(b, "; %u.%u %% killed", tenths / 10, tenths % 10);
    if (below(m)) wr_putf(b, ", %lld %% wanted", (long long)m->min);
    wr_putc(b, '\n');
}

// ---------------------------------------------------------------------------------- json

static void json_survivor(wr_out *o, const wr_mutant *x, bool known) {
    wr_pos at = wr_src_pos(x->place.src, x->place.at.beg);
    o->map(o, false);
    wr_out_put(o, "what", x->what);
    wr_out_key(o, "place");
    o->map(o, false);
    wr_out_put(o, "file", x->place.src->name);
    wr_out_int(o, "line", at.line);
    wr_out_int(o, "column", at.col);
    o->end(o);
    wr_out_flag(o, "known", known);
    o->end(o);
}

static void json_policy(const mutation *m, wr_out *o, uint32_t i) {
    const wr_mutated *p = &m->v.v[i];
    o->map(o, false);
    wr_out_put(o, "control", p->control->id);
    wr_out_put(o, "policy", p->file);
    (void)wr_out_open_list(o, "layers", 1);
    for (unsigned l = 0; l < WR_N_LAYERS; l++)
        if (p->layers >> l & 1) o->str(o, wr_strz(wr_layer_name((wr_layer)l)));
    o->end(o);
    wr_out_int(o, "tests", p->n_tests);
    wr_out_int(o, "mutants", p->n);
    wr_out_int(o, "killed", p->n_killed);
    wr_out_int(o, "not_compiled", p->n_refused);
    wr_out_some(o, "not_tried", p->cannot);
    if (wr_out_open_list(o, "survivors", p->n - p->n_killed)) {
        for (uint32_t k = 0; k < p->n; k++)
            if (!p->v[k].killed) json_survivor(o, &p->v[k], m->excused[i][k]);
        o->end(o);
    }
    o->end(o);
}

static wr_rc put_json(mutation *m) {
    wr_out out, *o = &out;
    if (wr_out_json(o, &m->c->out) != WR_OK) return WR_NOMEM;
    o->map(o, false);
    wr_out_put(o, "schema", WR_S("writ/mutation/1"));
    wr_out_put(o, "repository", m->repo->r->name);
    wr_out_key(o, "summary");
    o->map(o, false);
    wr_out_int(o, "policies", m->v.n);
    wr_out_int(o, "mutants", m->n);
    wr_out_int(o, "killed", m->killed);
    wr_out_int(o, "survived", survived(m));
    wr_out_int(o, "known_to_survive", m->n_known);
    wr_out_int(o, "not_compiled", m->refused);
    wr_out_int(o, "policies_not_tried", m->cannot);
    wr_out_int(o, "errors", m->repo->errors);
    wr_out_flag(o, "enough", exit_code(m) == WX_OK);
    o->end(o);
    if (wr_out_open_list(o, "policies", m->v.n)) {
        for (uint32_t i = 0; i < m->v.n; i++) json_policy(m, o, i);
        o->end(o);
    }
    o->end(o);
    wr_putc(&m->c->out, '\n');
    wr_out_fini(o);
    return o->rc;
}

// ---------------------------------------------------------------------------------- the command

static bool read_min(mutation *m) {
    const char *v = cli_value(m->c, CLI_MIN);
    m->min = -1;
    if (v == NULL) return true;
    wr_str s = wr_strz(v);
    if (wr_ends(s, WR_S("%"))) s.n--;
    if (wr_parse_i64(s, &m->min) && m->min >= 0 && m->min <= 100 && *s.p != '+') return true;
    (void)cli_usage(m->c, "invalid value '%s' for '--min <PERCENT>': it is from 0 to 100", v);
    return false;
}

static int run(mutation *m, uint32_t jobs) {
    cli *c = m->c;
    worker *v = WR_NEW_N(&c->ctx.arena, worker, jobs);
    if (v == NULL || !plan(m)) return WX_ERROR;
    if (m->v.n == 0) {
        cli_complain(c, WR_D_K0604, WR_ERROR, "nothing was changed: no policy of a control runs");
        return WX_ERROR;
    }
    bool ok = run_all(m, v, jobs) && count(m);
    (void)cli_say_diags(c, false);
    if (!ok) c->ctx.arena.oom = true;
    else if (strcmp(cli_value(c, CLI_FORMAT), "json") == 0) ok = put_json(m) == WR_OK;
    else put_text(m);
    for (uint32_t i = 0; i < jobs; i++) {
        wr_ctx_fini(&v[i].task);
        wr_ctx_fini(&v[i].keep);
    }
    return ok ? exit_code(m) : WX_ERROR;
}

int cli_mutate(cli *c, cli_repo *repo, uint32_t jobs) {
    mutation m = {.c = c, .repo = repo};
    if (strcmp(cli_value(c, CLI_FORMAT), "junit") == 0)
        return cli_usage(c, "what --mutate finds has no junit form: text and json are there");
    if (!read_min(&m)) return c->prog->usage_exit;
    if (!load_list(&m)) return WX_ERROR;
    return run(&m, jobs);
}
