// SPDX-License-Identifier: Apache-2.0
// check_crew: the threads of a check, and the order in which what they find comes out. Trails are
// taken first, because they are long and what they find comes last; then files are cut into parts,
// a template each, or some values of a file of items.
//
// Always true: findings do not depend on the number of threads. Parts leave in the order in which
// they were cut; at most `window` of them are on their way; one thread at a time cuts, one emits.

#include "control/run_int.h"

#include <time.h>

enum { MAX_JOBS = 64, ITEM_BYTES = 16 << 20 };

// ---------------------------------------------------------------------------------- diagnostics

void run_keep_diag(wr_ctx *c, const wr_diag *d) {
    wr_span own = {0, 0};
    wr_arena *a = &c->arena;
    const wr_src *src =
        d->src ? wr_src_cut(a, wr_dup(a, d->src->name), d->src, d->span, &own) : NULL;
    wr_diag *kept = wr_report(c, d->code, d->sev, src, own, "%.*s", WR_FMT(d->msg));
    if (d->hint.n) wr_hint(c, kept, "%.*s", WR_FMT(d->hint));
}

// Notes say what a template leaves open, which outcomes tell: they would drown the rest.
static void keep_diags(wr_ctx *to, const wr_ctx *from) {
    for (const wr_diag *d = from->diags; d; d = d->next)
        if (d->sev != WR_NOTE) run_keep_diag(to, d);
}

// ---------------------------------------------------------------------------------- cutting

void run_slot_reset(run_slot *s) {
    wr_ctx_rewind(&s->task, s->fresh);
    s->text.n = 0;
    s->n_pieces = 0;
    s->hits.v = NULL;
    s->hits.n = s->hits.cap = 0;
    s->requests.v = NULL;
    s->requests.n = s->requests.cap = 0;
    s->judged = s->not_evaluated = s->bytes = 0;
    s->whole = s->done = false;
    s->rc = WR_OK;
}

// The end of a file of many: what was wrong with it belongs to its last part.
static void end_file(run_crew *k, run_slot *s) {
    const wr_input_path *in = k->plan->inputs.v[k->input].in;
    if (wr_pull_rc(k->pull) != WR_OK) s->not_evaluated++;
    else if (wr_stream_taken(wr_pull_stream(k->pull), NULL) == 0) { // as after a failed download
        (void)wr_report(&s->task, WR_D_K0504, WR_ERROR, NULL, (wr_span){0, 0},
                        "'%.*s' is empty: a list of nothing is []", WR_FMT(in->path));
        s->not_evaluated++;
    }
    wr_pull_close(k->pull);
    k->pull = NULL;
    keep_diags(&s->task, &k->pull_ctx);
    wr_ctx_fini(&k->pull_ctx);
    k->input++;
}

static void open_file(run_crew *k, run_slot *s, const wr_input_path *in) {
    wr_pull_opts o = {.list = in->kind == WR_IN_ITEMS ? "configurationItems" : NULL,
                      .max_bytes = ITEM_BYTES};
    wr_ctx_init(&k->pull_ctx, &k->plan->r->ctx->limits);
    k->pull = wr_pull_open(&k->pull_ctx, in->path.p, &o);
    k->pulled = 0;
    if (k->pull) return;
    s->not_evaluated++;
    keep_diags(&s->task, &k->pull_ctx);
    wr_ctx_fini(&k->pull_ctx);
    k->input++;
}

static bool take_piece(run_slot *s, const wr_item *it) {
    s->piece[s->n_pieces++] = (run_piece){s->text.n, it->text.n, it->index, it->before};
    wr_puts(&s->text, it->text);
    return s->text.rc == WR_OK;
}

static void count_pulled(run_crew *k) {
    uint64_t now = wr_stream_taken(wr_pull_stream(k->pull), NULL);
    __atomic_fetch_add(&k->bytes, now - k->pulled, __ATOMIC_RELAXED);
    k->pulled = now;
}

static void cut_values(run_crew *k, run_slot *s, const wr_input_path *in) {
    wr_item it;
    if (k->pull == NULL) open_file(k, s, in);
    if (k->pull == NULL) return;
    while (s->n_pieces < RUN_PIECES && s->text.n < RUN_PIECE_BYTES) {
        if (!wr_pull_next(k->pull, &it)) {
            end_file(k, s);
            return;
        }
        if (!take_piece(s, &it)) {
            s->rc = WR_NOMEM;
            return;
        }
    }
    count_pulled(k);
}

// The next part of the work; false: there is none.
static bool cut(run_crew *k, run_slot *s) {
    if (k->input >= k->plan->inputs.n) return false;
    const wr_input_path *in = k->plan->inputs.v[k->input].in;
    run_slot_reset(s);
    s->input = k->input;
    s->whole = in->kind == WR_IN_TEMPLATE || in->kind == WR_IN_PLAN;
    if (s->whole) k->input++;
    else cut_values(k, s, in);
    return true;
}

// ---------------------------------------------------------------------------------- emitting

static bool take_requests(run_crew *k, const run_slot *s) {
    wr_arena *a = &k->plan->r->ctx->arena;
    k->first_request = k->requests.n;
    for (uint32_t i = 0; i < s->requests.n; i++) {
        const wr_exception *from = s->requests.v[i];
        wr_exception *x = WR_NEW(a, wr_exception);
        uint64_t none = 0;
        if (x == NULL) return false;
        *x = *from;
        x->id = wr_dup(a, from->id);
        x->control = wr_dup(a, from->control);
        x->path = wr_dup(a, from->path);
        x->logical_id = wr_dup(a, from->logical_id);
        x->reason = wr_dup(a, from->reason);
        x->file = x->path;
        x->place = (wr_place){NULL, {0, 0}};
        if (!WR_PUSH(a, &k->requests, x) || !WR_PUSH(a, &k->request_uses, none)) return false;
    }
    return true;
}

static void emit(run_crew *k, run_slot *s) {
    wr_input_kind kind = k->plan->inputs.v[s->input].in->kind;
    wr_ctx *c = k->plan->r->ctx;
    keep_diags(c, &s->task);
    bool taken = take_requests(k, s);
    for (uint32_t i = 0; taken && i < s->hits.n; i++) run_emit(k, &s->hits.v[i]);
    k->judged[kind] += s->judged;
    k->not_evaluated[kind] += s->not_evaluated;
    if (s->not_evaluated) k->bad[s->input] = true;
    if (s->rc != WR_OK || !taken || c->arena.oom) {
        pthread_mutex_lock(&k->lock);
        k->rc = WR_NOMEM;
        pthread_mutex_unlock(&k->lock);
    }
}

// Whoever finishes the part whose turn it is emits it, and those behind it that are done.
static void finish(run_crew *k, run_slot *s) {
    pthread_mutex_lock(&k->lock);
    s->done = true;
    while (!k->emitting && k->written < k->next && k->slots[k->written % k->window].done) {
        run_slot *first = &k->slots[k->written % k->window];
        k->emitting = true;
        pthread_mutex_unlock(&k->lock);
        emit(k, first);
        pthread_mutex_lock(&k->lock);
        first->done = false;
        k->emitting = false;
        k->written++;
        pthread_cond_broadcast(&k->changed);
    }
    pthread_mutex_unlock(&k->lock);
}

// ---------------------------------------------------------------------------------- threads

// A part to judge, or NULL: all are taken. Called with the lock held.
static run_slot *take_part(run_crew *k) {
    for (;;) {
        if (k->rc != WR_OK || k->drained) return NULL;
        if (!k->producing && k->next - k->written < k->window) break;
        pthread_cond_wait(&k->changed, &k->lock);
    }
    run_slot *s = &k->slots[k->next % k->window];
    k->producing = true;
    pthread_mutex_unlock(&k->lock);
    bool some = cut(k, s);
    pthread_mutex_lock(&k->lock);
    k->producing = false;
    if (some) k->next++;
    else k->drained = true;
    pthread_cond_broadcast(&k->changed);
    return some ? s : NULL;
}

static wr_rc read_trails(run_crew *k, run_worker *w) {
    for (;;) {
        pthread_mutex_lock(&k->lock);
        uint32_t i =
            k->rc == WR_OK && k->next_trail < k->plan->trails.n ? k->next_trail++ : UINT32_MAX;
        pthread_mutex_unlock(&k->lock);
        if (i == UINT32_MAX) return WR_OK;
        wr_rc rc = run_trail_file(w, i);
        if (rc == WR_NOMEM) return rc;
    }
}

static void *work(void *arg) {
    run_worker *w = arg;
    run_crew *k = w->crew;
    wr_rc rc = read_trails(k, w);
    while (rc == WR_OK) {
        pthread_mutex_lock(&k->lock);
        run_slot *s = take_part(k);
        pthread_mutex_unlock(&k->lock);
        if (s == NULL) break;
        if (s->rc == WR_OK) run_judge(w, s);
        __atomic_fetch_add(&k->bytes, s->bytes, __ATOMIC_RELAXED);
        finish(k, s);
    }
    pthread_mutex_lock(&k->lock);
    if (rc != WR_OK) k->rc = rc;
    k->running--;
    pthread_cond_broadcast(&k->changed);
    pthread_cond_signal(&k->ended);
    pthread_mutex_unlock(&k->lock);
    return NULL;
}

static void tell_progress(run_crew *k) {
    const wr_check_opts *o = k->plan->o;
    uint32_t i = k->input < k->plan->inputs.n ? k->input : k->plan->inputs.n;
    wr_str what = i < k->plan->inputs.n ? k->plan->inputs.v[i].in->name : WR_S("trails");
    uint64_t done = __atomic_load_n(&k->bytes, __ATOMIC_RELAXED) +
                    __atomic_load_n(&k->trail[1], __ATOMIC_RELAXED);
    if (o->progress) o->progress(o->arg, done, k->plan->bytes, what);
}

static void wait_for_all(run_crew *k) {
    enum { EVERY = 250 * 1000 * 1000, SECOND = 1000000000 };
    pthread_mutex_lock(&k->lock);
    while (k->running) {
        struct timespec t;
        (void)clock_gettime(CLOCK_REALTIME, &t);
        t.tv_nsec += EVERY;
        t.tv_sec += t.tv_nsec / SECOND;
        t.tv_nsec %= SECOND;
        (void)pthread_cond_timedwait(&k->ended, &k->lock, &t);
        if (k->running && !k->producing) tell_progress(k);
    }
    pthread_mutex_unlock(&k->lock);
}

static wr_rc run_threads(run_crew *k) {
    pthread_t thread[MAX_JOBS];
    k->running = k->jobs;
    uint32_t started = wr_threads_start(thread, k->jobs, work, k->workers, sizeof *k->workers);
    pthread_mutex_lock(&k->lock);
    k->running -= k->jobs - started;
    pthread_mutex_unlock(&k->lock);
    wait_for_all(k);
    wr_threads_join(thread, started);
    return started ? k->rc : WR_NOMEM;
}

// ---------------------------------------------------------------------------------- all of it

bool run_worker_init(run_worker *w, run_crew *k) {
    const wr_repo *r = k->plan->r;
    *w = (run_worker){.crew = k, .plan = k->plan};
    wr_ctx_init(&w->home, &r->ctx->limits);
    wr_arena *a = &w->home.arena;
    w->home.now = r->ctx->now;
    ctl_judge_init(&w->judge, r, &w->home, &w->home);
    wr_map_init(&w->scopes, a);
    w->counts = WR_NEW_N(a, wr_counts, r->controls.n * WR_N_LAYERS + 1);
    w->doubtful = WR_NEW_N(a, bool, r->controls.n + 1);
    w->matched = WR_NEW_N(a, bool, r->exceptions.n + 1);
    w->set = WR_NEW_N(a, uint64_t, k->plan->n_words);
    return w->counts && w->doubtful && w->matched && w->set;
}

void run_worker_fini(run_worker *w) {
    wr_impact_free(w->impact);
    ctl_judge_fini(&w->judge);
    wr_ctx_fini(&w->home);
}

static bool make_slots(run_crew *k) {
    wr_arena *a = &k->plan->r->ctx->arena;
    k->window = 2 * k->jobs + 2;
    k->slots = WR_NEW_N(a, run_slot, k->window);
    for (uint32_t i = 0; k->slots && i < k->window; i++) {
        run_slot *s = &k->slots[i];
        wr_ctx_init(&s->task, &k->plan->r->ctx->limits);
        (void)wr_alloc(&s->task.arena, 1); // keeps the first block over rewinds
        s->fresh = wr_ctx_mark_now(&s->task);
        wr_buf_init(&s->text, 0);
    }
    return k->slots != NULL;
}

wr_rc run_crew_go(run_crew *k) {
    wr_arena *a = &k->plan->r->ctx->arena;
    if (k->jobs < 1) k->jobs = 1;
    if (k->jobs > MAX_JOBS) k->jobs = MAX_JOBS;
    k->workers = WR_NEW_N(a, run_worker, k->jobs);
    if (k->workers == NULL || !make_slots(k)) return WR_NOMEM;
    bool ok = true;
    for (uint32_t i = 0; i < k->jobs; i++) ok = run_worker_init(&k->workers[i], k) && ok;
    pthread_mutex_init(&k->lock, NULL);
    pthread_cond_init(&k->changed, NULL);
    pthread_cond_init(&k->ended, NULL);
    wr_rc rc = ok ? run_threads(k) : WR_NOMEM;
    if (k->pull) { // memory ran out
        wr_pull_close(k->pull);
        wr_ctx_fini(&k->pull_ctx);
    }
    pthread_mutex_destroy(&k->lock);
    pthread_cond_destroy(&k->changed);
    pthread_cond_destroy(&k->ended);
    return rc;
}

void run_crew_fini(run_crew *k) {
    for (uint32_t i = 0; k->workers && i < k->jobs; i++) run_worker_fini(&k->workers[i]);
    for (uint32_t i = 0; k->slots && i < k->window; i++) {
        wr_ctx_fini(&k->slots[i].task);
        wr_buf_fini(&k->slots[i].text);
    }
    for (uint32_t i = 0; k->trail_said && i < k->plan->trails.n; i++)
        wr_ctx_fini(&k->trail_said[i]);
}
