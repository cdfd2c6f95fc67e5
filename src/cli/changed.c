// SPDX-License-Identifier: Apache-2.0
// Changed files. git is run as a program, never through a shell, and asked for names alone, ended
// by NULs, relative to the repository's folder: what differs from the revision in the working tree,
// and what git does not keep. What it ignores is among that: a plan made a minute ago is an input.
//
// Always true: when git cannot answer, nothing is judged and that is said; a name of the command
// line never becomes an option of git.
// Rules: git-diff(1), git-ls-files(1).

#include "cli/changed.h"

#include "cli/cmd_guard.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

typedef struct changed {
    cli *c;
    const wr_repo *r;
    wr_str real, here; // folders without links: of the repository, the current one
    WR_VEC(wr_str) names;
} changed;

static bool fault(changed *x, const char *fmt, ...) WR_PRINTF(2, 3);
static bool fault(changed *x, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    wr_str s = wr_vfmt(&x->c->ctx.arena, fmt, ap);
    va_end(ap);
    cli_complain(x->c, WR_D_F0002, WR_ERROR, "%.*s", WR_FMT(s));
    return false;
}

// ---------------------------------------------------------------------------------- git

static bool spawn_git(changed *x, const char *const *argv, int out, pid_t *pid) {
    posix_spawn_file_actions_t acts;
    if (posix_spawn_file_actions_init(&acts) != 0) return false;
    bool ok = posix_spawn_file_actions_adddup2(&acts, out, STDOUT_FILENO) == 0 &&
              posix_spawn_file_actions_addopen(&acts, STDIN_FILENO, "/dev/null", 0, 0) == 0;
    int err = ok ? posix_spawnp(pid, "git", &acts, NULL, (char *const *)(uintptr_t)argv, environ)
                 : ENOMEM;
    (void)posix_spawn_file_actions_destroy(&acts);
    if (err == 0) return true;
    char why[128];
    return fault(x, "git cannot be run: %s", strerror_r(err, why, sizeof why));
}

static bool wait_for(pid_t pid) {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return false;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// What git writes, or false: it failed, and wrote why to stderr itself.
static bool run_git(changed *x, const char *const *argv, wr_str *out) {
    int ends[2];
    pid_t pid;
    if (pipe(ends) != 0) return fault(x, "git cannot be run: out of pipes");
    (void)wr_buf_flush(&x->c->err);
    bool started = spawn_git(x, argv, ends[1], &pid);
    (void)close(ends[1]);
    if (!started) {
        (void)close(ends[0]);
        return false;
    }
    wr_rc rc = wr_read_fd(&x->c->ctx, ends[0], "git", out);
    (void)close(ends[0]);
    bool ok = wait_for(pid);
    if (ok && rc == WR_OK) return true;
    return fault(x, "git cannot say what changed in '%.*s'", WR_FMT(x->r->root));
}

static bool add_name(changed *x, wr_str s) {
    return s.n == 0 || WR_PUSH(&x->c->ctx.arena, &x->names, s);
}

static bool add_list(changed *x, wr_str list, char end) {
    wr_str mark = {&end, 1};
    while (list.n) {
        size_t n = wr_find(list, mark, 0);
        if (n == SIZE_MAX) n = list.n;
        if (!add_name(x, wr_sub(list, 0, n))) return false;
        list = wr_sub(list, n + 1, list.n);
    }
    return true;
}

static bool ask_git(changed *x, const char *rev) {
    const char *root = wr_dupz(&x->c->ctx.arena, x->r->root);
    // A program that the repository's own configuration names is not run.
    const char *const diff[] = {"git",
                                "-C",
                                root,
                                "-c",
                                "core.fsmonitor=false",
                                "diff",
                                "--name-only",
                                "--no-renames",
                                "--no-ext-diff",
                                "-z",
                                "--relative",
                                rev,
                                "--",
                                NULL};
    const char *const others[] = {"git",      "-C", root, "-c", "core.fsmonitor=false",
                                  "ls-files", "-z", "-o", NULL};
    wr_str list = {0};
    if (*rev == '-' || *rev == '\0') return fault(x, "'%s' is no revision", rev);
    // What has no revision, or is in no work tree, makes git diff tell all about its options.
    const char *what = wr_fmt(&x->c->ctx.arena, "%s^{commit}", rev).p;
    const char *const verify[] = {"git", "-C", root, "rev-parse", "--verify", what, NULL};
    if (what == NULL || !run_git(x, verify, &list)) return false;
    return run_git(x, diff, &list) && add_list(x, list, '\0') && run_git(x, others, &list) &&
           add_list(x, list, '\0');
}

// ---------------------------------------------------------------------------------- names

// "." and ".." are taken out: a/./b/../c is a/c.
static wr_str plain(changed *x, wr_str path) {
    char *p = wr_alloc(&x->c->ctx.arena, path.n + 2);
    size_t n = 0;
    if (p == NULL) return (wr_str){0};
    while (path.n) {
        size_t end = wr_find(path, WR_S("/"), 0);
        wr_str part = wr_sub(path, 0, end == SIZE_MAX ? path.n : end);
        path = wr_sub(path, part.n + 1, path.n);
        if (part.n == 0 || wr_eq(part, WR_S("."))) continue;
        if (wr_eq(part, WR_S(".."))) {
            while (n > 0 && p[--n] != '/') {}
            continue;
        }
        p[n++] = '/';
        memcpy(p + n, part.p, part.n);
        n += part.n;
    }
    return wr_strn(p, n);
}

// A name as it was given: relative to the current folder, or to the repository. One that is there
// in neither way is taken both ways: the file may be gone.
static bool add_given(changed *x, wr_str name) {
    wr_arena *a = &x->c->ctx.arena;
    wr_str full = name;
    if (name.n == 0) return true;
    if (!wr_starts(name, WR_S("/"))) full = wr_fmt(a, "%.*s/%.*s", WR_FMT(x->here), WR_FMT(name));
    full = plain(x, full);
    wr_str root = plain(x, x->real);
    if (wr_starts(full, root) && full.n > root.n && (root.n == 0 || full.p[root.n] == '/') &&
        !add_name(x, wr_sub(full, root.n + 1, full.n)))
        return false;
    if (wr_starts(name, WR_S("/"))) return true;
    wr_str inside = plain(x, name);
    return add_name(x, wr_sub(inside, inside.n > 0, inside.n));
}

static bool add_words(changed *x) {
    const cli_words *w = &x->c->val[CLI_CHANGED];
    for (uint32_t i = 0; i < w->n; i++)
        if (!add_given(x, wr_strz(w->v[i]))) return false;
    return true;
}

// Names on lines, or with NULs between when there is one.
static bool add_file(changed *x, const char *path) {
    wr_str text;
    bool in = strcmp(path, "-") == 0;
    const char *why = cli_read(x->c, in ? NULL : path, &text);
    if (why) {
        cli_complain(x->c, WR_D_B0001, WR_ERROR, "cannot read '%s': %s", path, why);
        return false;
    }
    char end = memchr(text.p, '\0', text.n) ? '\0' : '\n';
    wr_str mark = {&end, 1};
    while (text.n) {
        size_t n = wr_find(text, mark, 0);
        if (n == SIZE_MAX) n = text.n;
        wr_str name = wr_sub(text, 0, n);
        if (end == '\n' && wr_ends(name, WR_S("\r"))) name.n--;
        if (!add_given(x, name)) return false;
        text = wr_sub(text, n + 1, text.n);
    }
    return true;
}

static bool find_folders(changed *x) {
    char path[PATH_MAX];
    wr_arena *a = &x->c->ctx.arena;
    const char *root = wr_dupz(a, x->r->root);
    if (root == NULL || realpath(root, path) == NULL) return false;
    x->real = wr_dup(a, wr_strz(path));
    if (getcwd(path, sizeof path) == NULL) return fault(x, "the current folder is gone");
    x->here = wr_dup(a, wr_strz(path));
    return x->real.p && x->here.p;
}

bool cli_changed(cli *c, const wr_repo *r, wr_check_opts *o) {
    changed x = {.c = c, .r = r};
    const char *rev = cli_value(c, CLI_SINCE), *from = cli_value(c, CLI_CHANGED_FROM);
    o->all = !rev && !from && !cli_has(c, CLI_CHANGED);
    if (o->all) return true;
    if (!find_folders(&x)) return false;
    if (rev && !ask_git(&x, rev)) return false;
    if (!add_words(&x) || (from && !add_file(&x, from))) return false;
    o->only = x.names.v;
    o->n_only = x.names.n;
    return !c->ctx.arena.oom;
}
