// SPDX-License-Identifier: Apache-2.0
// writ check: a governance repository judged, in the format asked for; baselines read and written;
// only what changed, by a list or by git (changed.c).
//
// Always true: what could not be evaluated makes the exit code 2 whatever else was found; a format
// that is not for findings is refused by name before anything is judged.

#include "cli/changed.h"
#include "cli/repo.h"
#include "report/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct check {
    cli *c;
    cli_repo repo;
    const wr_report_format *format;
    wr_report_state report;
    wr_report_head head;
    wr_check_opts opts;
    wr_severity fail_on;
    bool fail_never;
    uint64_t failing; // new findings at or over fail_on
    bool shows_progress;
    const char *baseline_path; // to write; NULL: none
    wr_baseline_writer writer;
    wr_buf writing;
    const char *beside;
    int fd;
    wr_history *history; // of --history; NULL: none
} check;

// ---------------------------------------------------------------------------------- options

static bool take_format(check *k) {
    const char *name = cli_value(k->c, CLI_FORMAT);
    k->format = wr_report_find(wr_strz(name ? name : "text"));
    if (k->format && k->format->finding) return true;
    (void)cli_usage(k->c, "the format '%s' is not for the findings of a check", name);
    return false;
}

static bool take_fail_on(check *k) {
    const char *word = cli_value(k->c, CLI_FAIL_ON);
    k->fail_on = k->repo.r->settings.fail_on;
    k->fail_never = word && strcmp(word, "never") == 0;
    return !word || k->fail_never || wr_severity_parse(wr_strz(word), &k->fail_on);
}

static bool take_controls(check *k) {
    const cli_words *w = &k->c->val[CLI_CONTROL];
    wr_str *v = WR_NEW_N(&k->c->ctx.arena, wr_str, w->n + 1u);
    if (v == NULL || !cli_repo_wants(k->c, &k->repo)) return false;
    for (uint32_t i = 0; i < w->n; i++) v[i] = wr_strz(w->v[i]);
    k->opts.controls = v;
    k->opts.n_controls = w->n;
    return true;
}

// A baseline of only a part would make everything else look new.
static bool whole_baseline(check *k) {
    static const cli_id parts[] = {CLI_SINCE, CLI_CHANGED, CLI_CHANGED_FROM, CLI_CONTROL};
    k->baseline_path = cli_value(k->c, CLI_WRITE_BASELINE);
    for (size_t i = 0; k->baseline_path && i < sizeof parts / sizeof *parts; i++) {
        if (!cli_has(k->c, parts[i])) continue;
        (void)cli_usage(k->c, "--write-baseline writes what the whole repository comes to: it "
                              "cannot be used with --since, --changed, --changed-from, --control");
        return false;
    }
    return true;
}

static bool read_baseline(check *k) {
    cli *c = k->c;
    const char *path = cli_value(c, CLI_BASELINE);
    wr_str text;
    wr_doc *doc = NULL;
    wr_baseline *b = NULL;
    if (path == NULL) return true;
    const char *why = cli_read(c, path, &text);
    if (why) {
        cli_complain(c, WR_D_B0001, WR_ERROR, "cannot read '%s': %s", path, why);
        return false;
    }
    const wr_src *src = wr_src_new(&c->ctx.arena, wr_strz(path), text, false);
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    bool read = src && wr_doc_load(&c->ctx, src, &how, &doc) == WR_OK;
    bool ok = read && wr_baseline_load(&c->ctx, doc, &b) == WR_OK;
    (void)cli_say_diags(c, false);
    if (!read)
        cli_complain(c, WR_D_F0001, WR_ERROR,
                     "'%s' is no baseline: what --write-baseline or --format json wrote is wanted",
                     path);
    k->opts.baseline = b;
    return ok;
}

// ---------------------------------------------------------------------------------- findings

static bool fails(const check *k, const wr_finding *f) {
    return !k->fail_never && f->life == WR_NEW && (WR_BIT(f->decision->outcome) & WR_IS_BAD) &&
           f->severity >= k->fail_on;
}

static void found(void *arg, const wr_finding *f) {
    check *k = arg;
    k->failing += fails(k, f);
    wr_report_finding(&k->report, f);
    if (k->baseline_path) wr_baseline_add(&k->writer, f);
    if (k->history && wr_history_found(k->history, f) != WR_OK) k->c->ctx.arena.oom = true;
}

static void progress(void *arg, uint64_t done, uint64_t of, wr_str what) {
    check *k = arg;
    unsigned long long percent = of ? (done < of ? done : of) * 100 / of : 0;
    wr_putf(&k->c->err, "\r%llu%% ", percent);
    wr_put_safe(&k->c->err, wr_utf8_cut(what, 60));
    wr_putz(&k->c->err, "\033[K");
    (void)wr_buf_flush(&k->c->err);
}

static void clear_progress(check *k) {
    if (!k->shows_progress) return;
    wr_putz(&k->c->err, "\r\033[K");
    (void)wr_buf_flush(&k->c->err);
}

// ---------------------------------------------------------------------------------- baseline out

static bool cannot_write(check *k, int err) {
    char why[128];
    cli_complain(k->c, WR_D_B0003, WR_ERROR, "cannot write '%s': %s", k->baseline_path,
                 strerror_r(err, why, sizeof why));
    return false;
}

// Beside the file, and in its place when it is whole.
static bool begin_baseline(check *k) {
    if (k->baseline_path == NULL) return true;
    k->beside = wr_fmt(&k->c->ctx.arena, "%s.new", k->baseline_path).p;
    if (k->beside == NULL) return false;
    k->fd = open(k->beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (k->fd < 0) return cannot_write(k, errno);
    wr_buf_init_fd(&k->writing, k->fd);
    return wr_baseline_begin(&k->writer, &k->writing, k->repo.r->name, k->c->ctx.now) == WR_OK;
}

static bool end_baseline(check *k, bool whole) {
    if (k->baseline_path == NULL) return true;
    errno = 0;
    bool ok = wr_baseline_end(&k->writer) == WR_OK && wr_buf_flush(&k->writing) == WR_OK;
    wr_buf_fini(&k->writing);
    if (close(k->fd) != 0) ok = false;
    if (ok && whole && rename(k->beside, k->baseline_path) != 0) ok = false;
    int err = errno ? errno : EIO;
    if (ok && whole) return true;
    (void)unlink(k->beside);
    return whole ? cannot_write(k, err) : false;
}

// ---------------------------------------------------------------------------------- history

// Earlier reports, and this run as the latest.
static bool begin_history(check *k) {
    cli *c = k->c;
    if (!cli_has(c, CLI_HISTORY)) return true;
    k->history = wr_history_new(&c->ctx);
    if (k->history == NULL || !cli_add_reports(c, k->history, &c->val[CLI_HISTORY])) return false;
    wr_str was = k->history->repository, is = k->repo.r->name;
    if (was.n && !wr_eq(was, is)) {
        cli_complain(c, WR_D_F0051, WR_ERROR, "the history is of repository '%.*s', not of '%.*s'",
                     WR_FMT(was), WR_FMT(is));
        return false;
    }
    bool partial = !k->opts.all || k->opts.n_controls > 0;
    return wr_history_begin(k->history, c->ctx.now, partial) == WR_OK;
}

static void end_history(check *k, wr_posture *p) {
    wr_history *h = k->history;
    if (h == NULL) return;
    if (wr_history_done(h, p) != WR_OK || wr_history_end(h) != WR_OK) k->c->ctx.arena.oom = true;
    p->runs = h->trend.v;
    p->n_runs = h->trend.n;
}

// ---------------------------------------------------------------------------------- the command

// What was said while it was judged, and before: in reports too.
static void take_errors(check *k) {
    wr_arena *a = &k->c->ctx.arena;
    WR_VEC(const wr_diag *) v = {NULL, 0, 0};
    for (uint32_t i = 0; i < k->c->errors.n; i++) (void)WR_PUSH(a, &v, k->c->errors.v[i]);
    for (const wr_diag *d = k->c->ctx.diags; d; d = d->next)
        if (d->sev == WR_ERROR) (void)WR_PUSH(a, &v, d);
    k->head.errors = v.v;
    k->head.n_errors = v.n;
}

static bool make_rules(check *k) {
    const wr_repo *r = k->repo.r;
    wr_rule_info *v = WR_NEW_N(&k->c->ctx.arena, wr_rule_info, r->controls.n + 1);
    if (v == NULL) return false;
    for (uint32_t i = 0; i < r->controls.n; i++) {
        const wr_control *c = r->controls.v[i];
        v[i] = (wr_rule_info){.policy = c->file,
                              .rule = c->id,
                              .name = c->id,
                              .id = c->id,
                              .title = c->title,
                              .severity = c->severity,
                              .rated = true};
    }
    k->head.rules = v;
    k->head.n_rules = r->controls.n;
    return true;
}

static int judge(check *k) {
    cli *c = k->c;
    wr_posture p;
    wr_check_sink sink = {k, found};
    k->head.producer = WR_S("writ check");
    k->head.time = c->ctx.now;
    k->head.color = c->out_color;
    k->head.check = true;
    k->shows_progress = isatty(c->err_fd) == 1 && !cli_has(c, CLI_QUIET);
    if (k->shows_progress) k->opts.progress = progress;
    k->opts.arg = k;
    if (!make_rules(k) || !begin_baseline(k)) return WX_ERROR;
    wr_report_init(&k->report, k->format, &k->head, &c->out);
    wr_report_begin(&k->report);
    wr_rc rc = wr_check(k->repo.r, &k->opts, &sink, &p);
    clear_progress(k);
    bool whole = rc == WR_OK || rc == WR_BAD;
    if (whole) {
        p.fail_on = k->fail_on;
        end_history(k, &p);
        take_errors(k);
        wr_report_posture(&k->report, &p);
        wr_report_end(&k->report);
    }
    wr_report_fini(&k->report);
    (void)cli_say_diags(c, false);
    bool wrote = end_baseline(k, whole);
    if (!whole) {
        cli_say(c, "the check could not be ended: out of memory");
        return WX_ERROR;
    }
    if (rc == WR_BAD || !wrote || cli_repo_code(&k->repo) != WX_OK) return WX_ERROR;
    return k->failing ? WX_FINDINGS : WX_OK;
}

static int run(check *k) {
    cli *c = k->c;
    int code = WX_ERROR;
    if (!take_fail_on(k) || !take_controls(k)) return c->prog->usage_exit;
    if (!cli_changed(c, k->repo.r, &k->opts) || !read_baseline(k)) return WX_ERROR;
    if (!begin_history(k)) return WX_ERROR;
    if (cli_has(c, CLI_OUTPUT) && !cli_open_output(c, &code)) return code;
    return judge(k);
}

// A folder or a file of a repository is not judged alone: nobody is to think that it was.
static bool is_whole(check *k) {
    const char *named = cli_value(k->c, CLI_DIR);
    if (named == NULL || k->repo.under.n == 0) return true;
    if (access(named, F_OK) != 0) return !cli_usage(k->c, "there is no folder '%s'", named);
    (void)cli_usage(k->c,
                    "'%s' is in the repository '%.*s', which is judged as a whole: name that, and "
                    "what to judge of it by --changed FILE or --control ID",
                    named, WR_FMT(k->repo.r->root));
    return false;
}

int cli_check(cli *c) {
    check k = {.c = c};
    wr_repo_opts load = {.tests = true, .inputs = true};
    if (!cli_jobs(c, &k.opts.jobs) || !take_format(&k) || !whole_baseline(&k))
        return c->prog->usage_exit;
    if (!cli_repo_open(c, &load, &k.repo)) return WX_ERROR;
    int code = is_whole(&k) ? run(&k) : c->prog->usage_exit;
    wr_repo_free(k.repo.r);
    return code;
}
