// SPDX-License-Identifier: Apache-2.0
// util: files and tables of the folder, running the program under test, differences for people.
// Everything is kept in the arena it is given; a run that cannot even start ends the program.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conf.h"

wr_str conf_file(conf *c, const char *name) {
    wr_str path = wr_fmt(&c->ctx.arena, "%s/%s", c->data, name), text = {0};
    if (access(path.p, R_OK) != 0) {
        printf("skipped: no %s in %s\n", name, c->data);
        return text;
    }
    if (wr_read_file(&c->ctx, path.p, &text) != WR_OK) return (wr_str){0};
    return text;
}

bool conf_line(wr_str *rest, wr_str *line) {
    while (rest->n > 0) {
        size_t end = wr_find(*rest, WR_S("\n"), 0);
        if (end == SIZE_MAX) end = rest->n;
        *line = wr_sub(*rest, 0, end);
        *rest = wr_sub(*rest, end + 1, rest->n);
        if (line->n == 0 || line->p[0] != '#') return true;
    }
    return false;
}

size_t conf_fields(wr_str line, wr_str *v, size_t max) {
    size_t n = 0;
    while (n < max) {
        size_t tab = n + 1 == max ? SIZE_MAX : wr_find(line, WR_S("\t"), 0);
        v[n++] = wr_sub(line, 0, tab == SIZE_MAX ? line.n : tab);
        if (tab == SIZE_MAX) break;
        line = wr_sub(line, tab + 1, line.n);
    }
    return n;
}

static _Noreturn void child(const conf *c, const char *dir, const char *const *argv, int in,
                            const int fd[2]) {
    if (in < 0 || chdir(dir) != 0 || dup2(in, 0) < 0 || dup2(fd[0], 1) < 0 || dup2(fd[1], 2) < 0)
        _exit(126);
    alarm(120); // survives exec: nothing hangs the run
    execv(c->program, (char *const *)(uintptr_t)argv);
    _exit(127);
}

static wr_str read_all(wr_arena *a, int fd) {
    struct stat st;
    if (fstat(fd, &st) != 0) abort();
    size_t n = (size_t)st.st_size;
    char *p = wr_alloc(a, n + 1);
    if (!p) abort();
    for (size_t done = 0; done < n;) {
        ssize_t k = pread(fd, p + done, n - done, (off_t)done);
        if (k <= 0) abort();
        done += (size_t)k;
    }
    p[n] = 0;
    close(fd);
    return (wr_str){p, n};
}

conf_run conf_exec(conf *c, wr_arena *a, const char *dir, const char *const *argv, const char *in) {
    int fd[2] = {memfd_create("out", 0), memfd_create("err", 0)};
    int in_fd = open(in ? in : "/dev/null", O_RDONLY | O_CLOEXEC);
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0 || fd[0] < 0 || fd[1] < 0) abort();
    if (pid == 0) child(c, dir, argv, in_fd, fd);
    int st = 0;
    while (waitpid(pid, &st, 0) < 0 && errno == EINTR) {}
    if (in_fd >= 0) close(in_fd);
    conf_run r = {.code = WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st)};
    r.out = read_all(a, fd[0]);
    r.err = read_all(a, fd[1]);
    return r;
}

wr_str conf_replace(wr_arena *a, wr_str s, wr_str from, wr_str to) {
    wr_buf b;
    wr_buf_init(&b, SIZE_MAX);
    size_t at = 0;
    for (size_t hit; (hit = wr_find(s, from, at)) != SIZE_MAX; at = hit + from.n) {
        wr_puts(&b, wr_sub(s, at, hit));
        wr_puts(&b, to);
    }
    wr_puts(&b, wr_sub(s, at, s.n));
    wr_str r = wr_dup(a, wr_buf_str(&b));
    wr_buf_fini(&b);
    return r;
}

wr_str conf_diff(wr_arena *a, wr_str want, wr_str got) {
    wr_str w = {0}, g = {0};
    uint32_t line = 0;
    while (want.n > 0 || got.n > 0) {
        bool more_want = conf_line(&want, &w), more_got = conf_line(&got, &g);
        line++;
        if (!more_want) return wr_fmt(a, "line %u: more than wanted: %.*s", line, WR_FMT(g));
        if (!more_got) return wr_fmt(a, "line %u: ends before: %.*s", line, WR_FMT(w));
        if (!wr_eq(w, g))
            return wr_fmt(a, "line %u:\n  wanted %.*s\n  got    %.*s", line, WR_FMT(w), WR_FMT(g));
    }
    return WR_S("the end of the last line differs");
}
