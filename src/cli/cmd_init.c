// SPDX-License-Identifier: Apache-2.0
// writ init: a governance repository that works: the files of examples/skeleton, which the build
// embeds. Days in them are counted from today, so that its exception holds when it is looked at.
//
// Always true: nothing that is there is written over: all names are looked at before the first file
// is made, and files are made only where there is none. Exit 0; 2 when it was not made.

#include "cli/cmd_guard.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
    const char *name, *text;
    uint32_t n;
} files[] = {
#include "skeleton.inc"
};
enum { N_FILES = sizeof files / sizeof *files };

static bool refuse(cli *c, const char *path, const char *why) {
    cli_complain(c, WR_D_B0003, WR_ERROR, "output cannot be written: '%s': %s", path, why);
    return false;
}

static bool fail(cli *c, const char *path, int err) {
    char text[128];
    return refuse(c, path, strerror_r(err, text, sizeof text));
}

// ---------------------------------------------------------------------------------- texts

// The end of "@TODAY@" or "@TODAY+90@" at from, and the days in it; SIZE_MAX: none is there.
static size_t day_mark(wr_str s, size_t from, int64_t *days) {
    static const wr_str mark = {"@TODAY", 6};
    size_t at = from + mark.n, end = wr_find(s, WR_S("@"), at);
    *days = 0;
    if (!wr_starts(wr_sub(s, from, s.n), mark) || end > s.n) return SIZE_MAX;
    if (end > at && !wr_parse_i64(wr_sub(s, at, end), days)) return SIZE_MAX;
    return end + 1;
}

static void put_text(wr_buf *b, wr_str s, int64_t today) {
    for (size_t i = 0; i < s.n;) {
        int64_t days;
        size_t end = s.p[i] == '@' ? day_mark(s, i, &days) : SIZE_MAX;
        if (end == SIZE_MAX) {
            wr_putc(b, s.p[i++]);
        } else {
            wr_put_day(b, today + days);
            i = end;
        }
    }
}

// ---------------------------------------------------------------------------------- files

// The folders above path, each made when it is not there.
static bool make_folders(cli *c, const char *path) {
    for (const char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
        const char *dir = wr_dupz(&c->ctx.arena, wr_strn(path, (size_t)(p - path)));
        if (dir == NULL) return fail(c, path, ENOMEM);
        if (mkdir(dir, 0777) != 0 && errno != EEXIST) return fail(c, dir, errno);
    }
    return true;
}

static bool make_file(cli *c, const char *path, wr_str text) {
    wr_buf b;
    if (!make_folders(c, path)) return false;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) return fail(c, path, errno);
    wr_buf_init_fd(&b, fd);
    put_text(&b, text, wr_day_of(c->ctx.now));
    wr_rc rc = wr_buf_flush(&b);
    int err = errno;
    wr_buf_fini(&b);
    if (close(fd) != 0 && rc == WR_OK) return fail(c, path, errno);
    return rc == WR_OK || fail(c, path, err);
}

static const char *path_of(cli *c, wr_str dir, const char *name) {
    const char *slash = wr_ends(dir, WR_S("/")) ? "" : "/";
    return wr_fmt(&c->ctx.arena, "%.*s%s%s", WR_FMT(dir), slash, name).p;
}

static bool is_free(cli *c, wr_str dir) {
    struct stat st;
    for (uint32_t i = 0; i < N_FILES; i++) {
        const char *path = path_of(c, dir, files[i].name);
        if (path == NULL) return fail(c, files[i].name, ENOMEM);
        if (lstat(path, &st) == 0)
            return refuse(c, path, "there is a file already: name a new folder");
    }
    return true;
}

int cli_run_init(cli *c) {
    wr_str dir = wr_strz(cli_value(c, CLI_DIR));
    if (dir.n == 0) return cli_usage(c, "DIR is empty: name a folder");
    if (wr_eq(dir, WR_S("-"))) return cli_usage(c, "'-' is no folder: name one");
    bool good = is_free(c, dir);
    for (uint32_t i = 0; good && i < N_FILES; i++) {
        const char *path = path_of(c, dir, files[i].name);
        good = path && make_file(c, path, wr_strn(files[i].text, files[i].n));
    }
    if (!good) return WX_ERROR;
    if (cli_has(c, CLI_QUIET)) return WX_OK;
    wr_putf(&c->out, "Made a governance repository of %d files in ", (int)N_FILES);
    wr_put_safe(&c->out, dir);
    wr_putz(&c->out, ": one control in four layers.\n\nTry next:\n");
    static const char *const next[] = {"check", "test", "coverage"};
    for (size_t i = 0; i < sizeof next / sizeof *next; i++) {
        wr_putf(&c->out, "  writ %s ", next[i]);
        wr_put_safe(&c->out, dir);
        wr_putc(&c->out, '\n');
    }
    return WX_OK;
}
