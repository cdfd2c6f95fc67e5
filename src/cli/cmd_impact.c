// SPDX-License-Identifier: Apache-2.0
// impact: replays a trail against proposed SCPs and RCPs. Files are replayed by several threads,
// each with counters of its own that are added up in the end; what is said about files is printed
// as it comes, under a lock.
// Always true: a policy with errors, or a folder without a trail, ends the command before anything
// is counted; a file or record that cannot be read makes the exit code 2 whatever else was found.

#include "cli/cmd_impact.h"

#include <time.h>
#include <unistd.h>

#include "cli/cmd_guard.h"

enum { MAX_JOBS = 64 };

// ---------------------------------------------------------------------------------- policies

static bool add_policy(impact *m, const char *path, wr_iam_kind kind, wr_iam_set *set) {
    cli *c = m->c;
    const wr_src *src = cli_src(c, path, false, NULL);
    if (src == NULL) return false;
    wr_iam_parse_opts opts = {.kind = kind};
    const wr_iam_policy *p = wr_iam_add_text(set, src, cli_has(c, CLI_ALLOW_COMMENTS), &opts);
    (void)cli_say_diags(c, false);
    if (p == NULL || !WR_PUSH(&c->ctx.arena, &m->policies, p)) return false;
    if (p->broken)
        cli_complain(c, WR_D_A0204, WR_ERROR, "'%s' is no valid %s and cannot be replayed", path,
                     kind == WR_IAM_SCP ? "service control policy" : "resource control policy");
    return !p->broken;
}

static bool add_policies(impact *m, cli_id id, wr_iam_kind kind, wr_iam_set *set) {
    const cli_words *w = &m->c->val[id];
    bool ok = true;
    for (uint32_t i = 0; i < w->n; i++) ok = add_policy(m, w->v[i], kind, set) && ok;
    return ok;
}

static bool load_org(impact *m) {
    cli *c = m->c;
    const char *path = cli_value(c, CLI_ORG);
    wr_doc *doc = NULL;
    wr_org *org = NULL;
    if (path == NULL) return true;
    const wr_src *src = cli_src(c, path, false, NULL);
    wr_load how = {.profile = WR_LOAD_STRICT, .all = true};
    bool ok = src != NULL;
    how.is_json = ok && wr_looks_json(src->name, src->text);
    ok = ok && wr_doc_load(&c->ctx, src, &how, &doc) == WR_OK;
    ok = ok && wr_org_load(&c->ctx, doc, &org) == WR_OK;
    (void)cli_say_diags(c, false);
    m->opts.org = org;
    return ok;
}

// ---------------------------------------------------------------------------------- the trail

static bool is_trail_name(wr_str name) {
    static const char *const ends[] = {".json", ".jsonl", ".ndjson", ".log"};
    if (wr_ends(name, WR_S(".gz"))) name.n -= 3;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (wr_ends(name, wr_strz(ends[i]))) return true;
    return false;
}

static bool is_digest(wr_str path) {
    return wr_find(path, WR_S("CloudTrail-Digest"), 0) != SIZE_MAX;
}

static bool add_trail(impact *m, const char *path) {
    cli *c = m->c;
    wr_search f = {.arena = &c->ctx.arena};
    cli_words found = {NULL, 0, 0};
    bool plain = strcmp(path, "-") == 0 || wr_is_file(path) || !wr_exists(path);
    if (plain) return WR_PUSH(&c->ctx.arena, &m->files, path); // unreadable: said when it is read
    uint32_t before = m->files.n;
    wr_walk(&f, path, &found);
    for (uint32_t i = 0; i < found.n; i++) {
        if (!is_trail_name(wr_basename(wr_strz(found.v[i])))) continue;
        if (is_digest(wr_strz(found.v[i]))) m->skipped_digests++;
        else if (!WR_PUSH(&c->ctx.arena, &m->files, found.v[i])) return false;
    }
    if (m->files.n > before) return true;
    cli_complain(c, WR_D_A0203, WR_ERROR, "'%s' holds no trail file", path);
    return false;
}

// ---------------------------------------------------------------------------------- threads

typedef struct crew {
    impact *m;
    uint32_t next, running;
    uint64_t bytes, progress[2];
    wr_rc rc; // memory ran out
    wr_impact *parts[MAX_JOBS];
    pthread_mutex_t lock;
    pthread_cond_t changed;
} crew;

static void say(void *arg, const wr_diag *d) {
    crew *w = arg;
    cli *c = w->m->c;
    pthread_mutex_lock(&w->lock);
    if (d && (d->sev == WR_ERROR || !cli_has(c, CLI_QUIET))) wr_diag_print(&c->err, d, c->color);
    pthread_mutex_unlock(&w->lock);
}

typedef struct hand {
    crew *w;
    uint32_t i;
} hand;

static void *work(void *arg) {
    const hand *h = arg;
    crew *w = h->w;
    wr_impact *part = w->parts[h->i];
    wr_rc rc = part ? WR_OK : WR_NOMEM;
    while (rc != WR_NOMEM) {
        pthread_mutex_lock(&w->lock);
        uint32_t i = w->rc == WR_OK && w->next < w->m->files.n ? w->next++ : UINT32_MAX;
        pthread_mutex_unlock(&w->lock);
        if (i == UINT32_MAX) break;
        rc = wr_impact_file(part, w->m->files.v[i], i);
    }
    pthread_mutex_lock(&w->lock);
    if (rc == WR_NOMEM) w->rc = rc;
    w->running--;
    pthread_cond_signal(&w->changed);
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

static void put_progress(crew *w, bool last) {
    cli *c = w->m->c;
    uint64_t n = __atomic_load_n(&w->progress[0], __ATOMIC_RELAXED);
    if (last) wr_putz(&c->err, "\r\033[K");
    else
        wr_putf(&c->err, "\r%u of %u files, %llu records\033[K", w->next, w->m->files.n,
                (unsigned long long)n);
    (void)wr_buf_flush(&c->err);
}

// Until all threads are done; says how far they are, on a terminal.
static void wait_for(crew *w) {
    bool shown = isatty(w->m->c->err_fd) && !cli_has(w->m->c, CLI_QUIET);
    pthread_mutex_lock(&w->lock);
    while (w->running) {
        struct timespec t;
        (void)clock_gettime(CLOCK_REALTIME, &t);
        t.tv_nsec += 250 * 1000 * 1000;
        t.tv_sec += t.tv_nsec / 1000000000;
        t.tv_nsec %= 1000000000;
        (void)pthread_cond_timedwait(&w->changed, &w->lock, &t);
        if (shown && w->running) put_progress(w, false);
    }
    if (shown) put_progress(w, true);
    pthread_mutex_unlock(&w->lock);
}

static wr_rc run_crew(crew *w, uint32_t jobs) {
    hand hands[MAX_JOBS];
    pthread_t thread[MAX_JOBS];
    for (uint32_t i = 0; i < jobs; i++) hands[i] = (hand){.w = w, .i = i};
    w->running = jobs;
    uint32_t started = wr_threads_start(thread, jobs, work, hands, sizeof *hands);
    pthread_mutex_lock(&w->lock);
    w->running -= jobs - started;
    pthread_mutex_unlock(&w->lock);
    wait_for(w);
    wr_threads_join(thread, started);
    return started ? w->rc : WR_NOMEM;
}

static bool replay(impact *m, uint32_t jobs) {
    crew w = {.m = m};
    if (jobs > MAX_JOBS) jobs = MAX_JOBS;
    if (jobs > m->files.n) jobs = m->files.n;
    m->opts.say = say;
    m->opts.arg = &w;
    m->opts.progress = w.progress;
    pthread_mutex_init(&w.lock, NULL);
    pthread_cond_init(&w.changed, NULL);
    for (uint32_t i = 0; i < jobs; i++) w.parts[i] = wr_impact_new(&m->opts);
    wr_rc rc = run_crew(&w, jobs);
    m->all = w.parts[0];
    for (uint32_t i = 1; i < jobs; i++) {
        if (rc == WR_OK) rc = wr_impact_merge(m->all, w.parts[i]);
        wr_impact_free(w.parts[i]);
    }
    pthread_mutex_destroy(&w.lock);
    pthread_cond_destroy(&w.changed);
    if (rc != WR_OK) m->c->ctx.arena.oom = true;
    return rc == WR_OK;
}

// ---------------------------------------------------------------------------------- the command

static void take_groups(impact *m) {
    static const char *const names[] = {"principal", "action", "account"};
    const cli_words *w = &m->c->val[CLI_GROUP_BY];
    for (uint32_t i = 0; i < w->n; i++)
        for (unsigned k = 0; k < 3; k++)
            if (strcmp(w->v[i], names[k]) == 0) m->opts.group_by |= 1u << k;
    if (w->n == 0) m->opts.group_by = WR_IMPACT_BY_PRINCIPAL | WR_IMPACT_BY_ACTION;
}

static bool take_accounts(impact *m) {
    cli *c = m->c;
    const cli_words *w = &c->val[CLI_ACCOUNT];
    wr_str *v = WR_NEW_N(&c->ctx.arena, wr_str, w->n + 1u);
    if (v == NULL) return false;
    for (uint32_t i = 0; i < w->n; i++) {
        v[i] = wr_strz(w->v[i]);
        if (wr_iam_is_account(v[i])) continue;
        (void)cli_usage(c, "invalid value '%s' for '--account <ID>': twelve digits are wanted",
                        w->v[i]);
        return false;
    }
    m->opts.accounts = v;
    m->opts.n_accounts = w->n;
    return true;
}

// Files that hold nothing, or values none of which is a record: not the trail that was meant, so
// "none denied" would be no answer.
static bool nothing_read(const impact *m) {
    if (m->all->failed_files || m->all->kinds[WR_TRAIL_OTHER] < m->all->records) return false;
    (void)wr_report(&m->c->ctx, WR_D_A0203, WR_ERROR, NULL, (wr_span){0, 0},
                    "the trail holds no CloudTrail record");
    (void)cli_say_diags(m->c, false);
    return true;
}

static int exit_code(const impact *m) {
    const wr_impact_tally *all = &m->all->tallies[m->opts.n_policies];
    const char *on = cli_value(m->c, CLI_FAIL_ON);
    if (m->all->failed_files || m->all->broken || nothing_read(m)) return WX_ERROR;
    if (on == NULL || strcmp(on, "never") == 0) return WX_OK;
    if (all->n[WR_IMPACT_DENIED][0]) return WX_FINDINGS;
    if (strcmp(on, "unknown") == 0 && all->n[WR_IMPACT_UNKNOWN][0]) return WX_UNKNOWN;
    return WX_OK;
}

static int run(impact *m, uint32_t jobs) {
    cli *c = m->c;
    const char *format = cli_value(c, CLI_FORMAT);
    wr_iam_set *set = wr_iam_set_new(&c->ctx);
    if (set == NULL) return WX_ERROR;
    bool ok = load_org(m);
    ok = add_policies(m, CLI_SCP, WR_IAM_SCP, set) && ok;
    ok = add_policies(m, CLI_RCP, WR_IAM_RCP, set) && ok;
    const cli_words *trails = &c->val[CLI_TRAIL];
    for (uint32_t i = 0; i < trails->n; i++) ok = add_trail(m, trails->v[i]) && ok;
    if (!ok) return WX_ERROR;
    wr_iam_freeze(set);
    m->opts.set = set;
    m->opts.policies = m->policies.v;
    m->opts.n_policies = m->policies.n;
    m->opts.replace = cli_has(c, CLI_REPLACE);
    bool json = format && strcmp(format, "json") == 0;
    if (json) m->opts.digests = (void *)WR_NEW_N(&c->ctx.arena, uint8_t, (m->files.n + 1u) * 32u);
    if (json && m->opts.digests == NULL) return WX_ERROR;
    take_groups(m);
    int code = WX_ERROR;
    if (replay(m, jobs)) {
        wr_impact_sort(m->all);
        if (json) impact_put_json(m);
        else impact_put_text(m);
        code = exit_code(m);
    }
    wr_impact_free(m->all);
    return code;
}

int cli_impact(cli *c) {
    impact m = {.c = c, .max_shown = 20};
    uint32_t jobs = 1;
    if (!cli_jobs(c, &jobs) || !take_accounts(&m)) return c->prog->usage_exit;
    return run(&m, jobs);
}
