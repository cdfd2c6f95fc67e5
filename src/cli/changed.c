// SPDX-License-Identifier: Apache-2.0
// Changed files. git is run as a program, never through a shell, and asked for names alone, ended
// by NULs, relative to the repository's folder: what differs from the revision in the working tree,
// and what git does not keep. What it ignores is among that: a plan made a minute ago is an input.
//
// Always true:
// - when git cannot answer, nothing is judged and that is said; a name of the command line never
//   becomes an option of git;
// - no program runs that the configuration of the repository, or of a submodule, names: a filter, a
//   hook, a monitor, a transport. Whoever made the repository must not run programs here.
// Rules: git(1), git-diff(1), git-ls-files(1), gitattributes(5), gitsubmodules(7).

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
    WR_VEC(wr_str) modules;   // submodules, as they were met, each with '/' at its end
    WR_VEC(const char *) off; // options of git that turn filters off
    const char **env;         // of git
    const char *rev;          // git is asked whether it is there
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

static bool no_revision(changed *x, const char *dir, const char *rev) {
    return fault(x,
                 "git has no revision '%s' in '%s': is that a work tree, and was the revision "
                 "fetched (a shallow clone has few)?",
                 rev, dir);
}

// ---------------------------------------------------------------------------------- git

static bool spawn_git(changed *x, const char *const *argv, int out, pid_t *pid) {
    posix_spawn_file_actions_t acts;
    if (posix_spawn_file_actions_init(&acts) != 0) return false;
    bool ok = posix_spawn_file_actions_adddup2(&acts, out, STDOUT_FILENO) == 0 &&
              posix_spawn_file_actions_addopen(&acts, STDIN_FILENO, "/dev/null", 0, 0) == 0;
    int err = ok ? posix_spawnp(pid, "git", &acts, NULL, (char *const *)(uintptr_t)argv,
                                (char *const *)(uintptr_t)x->env)
                 : ENOMEM;
    (void)posix_spawn_file_actions_destroy(&acts);
    if (err == 0) return true;
    char why[128];
    return fault(x, "git cannot be run: %s", strerror_r(err, why, sizeof why));
}

static int wait_for(pid_t pid) {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// No transport (a partial clone would fetch from where its configuration says, by a program that it
// names), no hook, no program that watches files; a bare repository among the files is none.
static const char *const safe_env[] = {"GIT_ALLOW_PROTOCOL=none", "GIT_NO_LAZY_FETCH=1",
                                       "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0"};
static const char *const safe_options[] = {
    "git",
    "--no-pager",
    "--literal-pathspecs",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "safe.bareRepository=explicit",
    "-C",
};
#define N_OF(v) (sizeof(v) / sizeof *(v))

static bool is_set_here(const char *var) {
    for (size_t i = 0; i < N_OF(safe_env); i++) {
        const char *end = strchr(safe_env[i], '=');
        if (strncmp(var, safe_env[i], (size_t)(end - safe_env[i]) + 1) == 0) return true;
    }
    return false;
}

static bool make_env(changed *x) {
    size_t n = 0, k = 0;
    while (environ[n]) n++;
    x->env = WR_NEW_N(&x->c->ctx.arena, const char *, n + N_OF(safe_env) + 1);
    if (x->env == NULL) return false;
    for (size_t i = 0; i < n; i++)
        if (!is_set_here(environ[i])) x->env[k++] = environ[i];
    for (size_t i = 0; i < N_OF(safe_env); i++) x->env[k++] = safe_env[i];
    return true;
}

// What git writes, asked in a folder with further options for git itself; false: it failed, and
// wrote why to stderr itself. may_find: exit code 1 is an answer too, that there is nothing.
static bool run_git(changed *x, const char *dir, const char *const *args, bool may_find,
                    wr_str *out) {
    wr_arena *a = &x->c->ctx.arena;
    WR_VEC(const char *) argv = {NULL, 0, 0};
    bool ok = dir != NULL;
    for (size_t i = 0; i < N_OF(safe_options); i++) ok = ok && WR_PUSH(a, &argv, safe_options[i]);
    ok = ok && WR_PUSH(a, &argv, dir);
    for (uint32_t i = 0; i < x->off.n; i++) ok = ok && WR_PUSH(a, &argv, x->off.v[i]);
    for (; ok && *args; args++) ok = WR_PUSH(a, &argv, *args);
    int ends[2];
    pid_t pid = -1;
    if (!ok || !WR_PUSH(a, &argv, NULL)) return false;
    if (pipe(ends) != 0) return fault(x, "git cannot be run: out of pipes");
    (void)wr_buf_flush(&x->c->err);
    bool started = spawn_git(x, argv.v, ends[1], &pid);
    (void)close(ends[1]);
    if (!started) {
        (void)close(ends[0]);
        return false;
    }
    wr_rc rc = wr_read_fd(&x->c->ctx, ends[0], "git", out);
    (void)close(ends[0]);
    int code = wait_for(pid);
    if (rc == WR_OK && (code == 0 || (may_find && code == 1))) return true;
    return x->rev ? no_revision(x, dir, x->rev)
                  : fault(x, "git cannot say what changed in '%s'", dir);
}

// Takes the text up to the next NUL off the list.
static wr_str next_of(wr_str *list) {
    size_t n = wr_find(*list, (wr_str){"", 1}, 0);
    wr_str one = wr_sub(*list, 0, n < list->n ? n : list->n);
    *list = wr_sub(*list, one.n + 1, list->n);
    return one;
}

// Programs that the configuration names to be given files as they are compared (filters of
// gitattributes) are turned off: what they would change counts as changed.
static bool no_filters(changed *x, const char *dir) {
    static const char *const ask[] = {"config",       "-z",         "--name-only",
                                      "--get-regexp", "^filter[.]", NULL};
    wr_arena *a = &x->c->ctx.arena;
    wr_str list = {0};
    x->off.n = 0;
    if (!run_git(x, dir, ask, true, &list)) return false;
    while (list.n) {
        wr_str key = next_of(&list);
        bool required = wr_ends(key, WR_S(".required"));
        if (memchr(key.p, '=', key.n)) // -c would take another name
            return fault(x, "git is configured with a filter that cannot be turned off: '%.*s'",
                         WR_FMT(wr_utf8_cut(key, 80)));
        wr_str set = wr_fmt(a, "%.*s=%s", WR_FMT(key), required ? "false" : "");
        if (set.p == NULL || !WR_PUSH(a, &x->off, "-c") || !WR_PUSH(a, &x->off, set.p))
            return false;
    }
    return true;
}

static bool add_name(changed *x, wr_str s) {
    return s.n == 0 || WR_PUSH(&x->c->ctx.arena, &x->names, s);
}

static bool add_list(changed *x, wr_str prefix, wr_str list) {
    while (list.n) {
        wr_str name = next_of(&list);
        if (prefix.n) name = wr_fmt(&x->c->ctx.arena, "%.*s%.*s", WR_FMT(prefix), WR_FMT(name));
        if (!add_name(x, name)) return false;
    }
    return true;
}

// A submodule that is there is asked by itself: git would run programs that its own configuration
// names.
static bool add_module(changed *x, wr_str name) {
    enum { MAX_MODULES = 1000 };
    wr_arena *a = &x->c->ctx.arena;
    const char *mark = wr_fmt(a, "%.*s/%.*s/.git", WR_FMT(x->r->root), WR_FMT(name)).p;
    if (mark == NULL) return false;
    if (access(mark, F_OK) != 0) return true;
    if (x->modules.n >= MAX_MODULES) return fault(x, "there are more than 1000 submodules");
    return WR_PUSH(a, &x->modules, wr_fmt(a, "%.*s/", WR_FMT(name)));
}

// "H 100644 <id> 0<tab>name": submodules, and files that git was told not to look at.
static bool add_index(changed *x, wr_str prefix, wr_str list) {
    while (list.n) {
        wr_str line = next_of(&list);
        size_t tab = wr_find(line, WR_S("\t"), 0);
        if (tab == SIZE_MAX || tab < 10) return fault(x, "git lists files in another form");
        wr_str name = wr_sub(line, tab + 1, line.n), mode = wr_sub(line, 2, 8);
        bool unseen = line.p[0] == 'S' || (line.p[0] >= 'a' && line.p[0] <= 'z');
        if (prefix.n) name = wr_fmt(&x->c->ctx.arena, "%.*s%.*s", WR_FMT(prefix), WR_FMT(name));
        if (unseen && !add_name(x, name)) return false;
        if (wr_eq(mode, WR_S("160000")) && !add_module(x, name)) return false;
    }
    return true;
}

// What differs from rev in one work tree, below a folder whose names begin with prefix.
static bool ask_tree(changed *x, wr_str prefix, const char *rev) {
    const char *const diff[] = {"diff",
                                "--name-only",
                                "--no-renames",
                                "--no-ext-diff",
                                "--no-textconv",
                                "--ignore-submodules=dirty",
                                "-z",
                                "--relative",
                                rev,
                                "--",
                                NULL};
    static const char *const others[] = {"ls-files", "-z", "-o", NULL};
    static const char *const index[] = {"ls-files", "-z", "-s", "-v", NULL};
    wr_arena *a = &x->c->ctx.arena;
    // What has no revision, or is in no work tree, makes git diff tell all about its options.
    const char *what = wr_fmt(a, "%s^{commit}", rev).p;
    const char *const verify[] = {"rev-parse", "--verify", what, NULL};
    const char *dir = wr_fmt(a, "%.*s/%.*s", WR_FMT(x->r->root), WR_FMT(prefix)).p;
    wr_str list = {0};
    if (what == NULL || dir == NULL) return false;
    if (!no_filters(x, dir)) return false;
    x->rev = rev;
    bool there = run_git(x, dir, verify, false, &list);
    x->rev = NULL;
    return there && run_git(x, dir, diff, false, &list) && add_list(x, prefix, list) &&
           run_git(x, dir, others, false, &list) && add_list(x, prefix, list) &&
           run_git(x, dir, index, false, &list) && add_index(x, prefix, list);
}

static bool ask_git(changed *x, const char *rev) {
    if (*rev == '-' || *rev == '\0') return fault(x, "'%s' is no revision", rev);
    if (!make_env(x) || !ask_tree(x, WR_S(""), rev)) return false;
    // That a submodule stands at another commit was said above; what it is changed in is not.
    for (uint32_t i = 0; i < x->modules.n; i++)
        if (!ask_tree(x, x->modules.v[i], "HEAD")) return false;
    return true;
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

// A name that was typed and is nowhere may be a slip.
static void say_gone(changed *x, const char *name) {
    const char *inside = wr_fmt(&x->c->ctx.arena, "%.*s/%s", WR_FMT(x->real), name).p;
    if (access(name, F_OK) == 0 || (inside && access(inside, F_OK) == 0)) return;
    cli_complain(x->c, WR_D_F0003, WR_WARNING, "there is no file '%s': it is taken as removed",
                 name);
}

static bool add_words(changed *x) {
    const cli_words *w = &x->c->val[CLI_CHANGED];
    for (uint32_t i = 0; i < w->n; i++) {
        if (!add_given(x, wr_strz(w->v[i]))) return false;
        say_gone(x, w->v[i]);
    }
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
