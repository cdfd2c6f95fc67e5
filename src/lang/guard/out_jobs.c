// SPDX-License-Identifier: Apache-2.0
// out_jobs: the threads that make a report, each with an evaluator of its own, and the first pass.
//
// Always true: what is written does not depend on the number of threads. Items are taken in order,
// at most WINDOW per thread ahead of the writer, and written in order. An item that has become long
// waits for its turn and then writes itself, so that memory has a bound whatever is reported.

#include "lang/guard/out_int.h"

enum { WINDOW = 4, MAX_JOBS = 256, KEEP = 4 << 20 };

wr_rc g_worker_init(g_worker *w, const wr_guard_batch *b, const g_grid *grid) {
    *w = (g_worker){.b = b, .grid = grid};
    wr_ctx_init(&w->ctx, &b->ctx->limits);
    w->ctx.now = b->ctx->now;
    wr_arena_init(&w->arena, b->ctx->arena.cap);
    (void)wr_alloc(&w->arena, 1); // keeps the first block over rewinds
    w->mark = wr_arena_mark(&w->arena);
    wr_buf_init(&w->tmp, 0);
    w->eval = wr_guard_eval_new(&w->ctx, b->set);
    if (w->eval == NULL) w->rc = WR_NOMEM;
    return w->rc;
}

void g_worker_fini(g_worker *w) {
    wr_guard_eval_free(w->eval);
    wr_buf_fini(&w->tmp);
    wr_arena_fini(&w->arena);
    wr_ctx_fini(&w->ctx);
}

const g_result *g_worker_run(g_worker *w, uint32_t d, uint32_t f, wr_guard_run_opts o) {
    const wr_guard_doc *doc = &w->b->docs[d];
    wr_arena_rewind(&w->arena, w->mark);
    if (w->doc != doc) wr_guard_bind(w->eval, doc->doc, doc->name);
    else wr_guard_rewind(w->eval);
    w->doc = doc;
    const g_result *r = wr_guard_run(w->eval, w->b->files[f], o);
    if (r == NULL && w->rc == WR_OK) w->rc = WR_NOMEM;
    return r;
}

// ---------------------------------------------------------------------------------- in order

struct queue;
typedef struct slot {
    struct queue *q;
    uint32_t item;
    wr_buf buf;  // what the worker writes to; its sink is below
    wr_buf kept; // what came out of it before its turn
    bool done;
} slot;

typedef struct queue {
    const wr_guard_batch *b;
    const g_grid *grid;
    g_work work;
    void *arg;
    uint32_t n, next, written;
    uint32_t window;
    slot *slots; // of items written … written + window - 1, by number modulo window
    wr_buf *out; // touched by the worker of item `written` until it is done, else by the writer
    wr_rc rc;
    pthread_mutex_t lock;
    pthread_cond_t changed;
} queue;

// Text of an item: straight out when it is its turn, else kept, and no more than KEEP of it.
static int pass_on(void *arg, const char *p, size_t n) {
    slot *s = arg;
    queue *q = s->q;
    pthread_mutex_lock(&q->lock);
    while (s->kept.n + n > KEEP && q->written != s->item && q->rc == WR_OK)
        pthread_cond_wait(&q->changed, &q->lock);
    bool mine = q->written == s->item;
    wr_rc rc = q->rc;
    pthread_mutex_unlock(&q->lock);
    if (rc != WR_OK) return 1;
    if (mine && s->kept.n > 0) {
        wr_puts(q->out, wr_buf_str(&s->kept));
        wr_buf_fini(&s->kept);
    }
    wr_buf *to = mine ? q->out : &s->kept;
    wr_put(to, p, n);
    return to->rc != WR_OK;
}

static bool take(queue *q, uint32_t *i) {
    pthread_mutex_lock(&q->lock);
    while (q->rc == WR_OK && q->next < q->n && q->next - q->written >= q->window)
        pthread_cond_wait(&q->changed, &q->lock);
    bool ok = q->rc == WR_OK && q->next < q->n;
    if (ok) *i = q->next++;
    pthread_mutex_unlock(&q->lock);
    return ok;
}

static void fail(queue *q, wr_rc rc) {
    pthread_mutex_lock(&q->lock);
    if (q->rc == WR_OK) q->rc = rc;
    pthread_cond_broadcast(&q->changed);
    pthread_mutex_unlock(&q->lock);
}

static void *work_loop(void *arg) {
    queue *q = arg;
    g_worker w;
    uint32_t i;
    wr_rc rc = g_worker_init(&w, q->b, q->grid);
    while (rc == WR_OK && take(q, &i)) {
        slot *s = &q->slots[i % q->window];
        s->item = i;
        q->work(&w, q->arg, i, &s->buf);
        rc = w.rc != WR_OK ? w.rc : s->buf.rc;
        pthread_mutex_lock(&q->lock);
        s->done = true;
        pthread_cond_broadcast(&q->changed);
        pthread_mutex_unlock(&q->lock);
    }
    if (rc != WR_OK) fail(q, rc);
    g_worker_fini(&w);
    return NULL;
}

// Writes the items as they get done; the caller's thread.
static void write_loop(queue *q) {
    pthread_mutex_lock(&q->lock);
    while (q->rc == WR_OK && q->written < q->n) {
        slot *s = &q->slots[q->written % q->window];
        if (!s->done) {
            pthread_cond_wait(&q->changed, &q->lock);
            continue;
        }
        pthread_mutex_unlock(&q->lock);
        wr_puts(q->out, wr_buf_str(&s->kept));
        wr_puts(q->out, wr_buf_str(&s->buf));
        wr_buf_fini(&s->kept);
        wr_buf_fini(&s->buf);
        pthread_mutex_lock(&q->lock);
        s->done = false;
        q->written++;
        if (q->out->rc != WR_OK && q->rc == WR_OK) q->rc = q->out->rc;
        pthread_cond_broadcast(&q->changed);
    }
    pthread_mutex_unlock(&q->lock);
}

static wr_rc alone(const wr_guard_batch *b, const g_grid *grid, uint32_t n, g_work work, void *arg,
                   wr_buf *out) {
    g_worker w;
    wr_rc rc = g_worker_init(&w, b, grid);
    for (uint32_t i = 0; rc == WR_OK && i < n; i++) {
        work(&w, arg, i, out);
        rc = w.rc != WR_OK ? w.rc : out->rc;
    }
    g_worker_fini(&w);
    return rc;
}

wr_rc g_in_order(const wr_guard_batch *b, const g_grid *grid, uint32_t n, g_work work, void *arg,
                 wr_buf *out) {
    uint32_t jobs = b->jobs < MAX_JOBS ? b->jobs : MAX_JOBS;
    pthread_t thread[MAX_JOBS];
    if (jobs > n) jobs = n;
    if (jobs <= 1) return alone(b, grid, n, work, arg, out);
    queue q = {.b = b, .grid = grid, .work = work, .arg = arg, .n = n, .out = out};
    q.window = jobs * WINDOW;
    wr_arena mem;
    wr_arena_init(&mem, 0);
    q.slots = WR_NEW_N(&mem, slot, q.window);
    if (q.slots == NULL) return WR_NOMEM;
    for (uint32_t i = 0; i < q.window; i++) {
        q.slots[i].q = &q;
        wr_buf_init(&q.slots[i].kept, 0);
        wr_buf_init_sink(&q.slots[i].buf, pass_on, &q.slots[i]);
    }
    pthread_mutex_init(&q.lock, NULL);
    pthread_cond_init(&q.changed, NULL);
    uint32_t started = wr_threads_start(thread, jobs, work_loop, &q, 0);
    if (started > 0) write_loop(&q);
    wr_threads_join(thread, started);
    for (uint32_t i = 0; i < q.window; i++) {
        wr_buf_fini(&q.slots[i].buf);
        wr_buf_fini(&q.slots[i].kept);
    }
    wr_arena_fini(&mem);
    pthread_cond_destroy(&q.changed);
    pthread_mutex_destroy(&q.lock);
    return started > 0 ? q.rc : alone(b, grid, n, work, arg, out);
}
