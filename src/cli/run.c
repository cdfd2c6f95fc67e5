// SPDX-License-Identifier: Apache-2.0
// A run of the program: its outputs, its colours and how it ends. What could not be written is
// never a success.

#include "cli/cli.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

// A sink that remembers why it failed.
static int write_out(void *arg, const char *p, size_t n) {
    cli *c = arg;
    while (n > 0) {
        ssize_t w = write(c->out_fd, p, n);
        if (w > 0) {
            p += w;
            n -= (size_t)w;
        } else if (w < 0 && errno == EAGAIN) { // stdout was made non-blocking by another process
            struct pollfd ready = {.fd = c->out_fd, .events = POLLOUT};
            (void)poll(&ready, 1, -1);
        } else if (w == 0 || errno != EINTR) {
            c->out_errno = w == 0 ? EIO : errno;
            return 1;
        }
    }
    return 0;
}

// The colour rules of the `colored` crate, which the original prints with.
static bool wants_color(int fd) {
    const char *force = getenv("CLICOLOR_FORCE"), *no = getenv("NO_COLOR");
    const char *clicolor = getenv("CLICOLOR");
    if (force && strcmp(force, "0") != 0) return true;
    if (no) return false;
    if (clicolor && strcmp(clicolor, "0") == 0) return false;
    return isatty(fd) == 1;
}

void cli_init(cli *c, const cli_prog *prog) {
    *c = (cli){.prog = prog, .out_fd = STDOUT_FILENO, .err_fd = STDERR_FILENO};
    wr_ctx_init(&c->ctx, NULL);
    wr_buf_init_sink(&c->out, write_out, c);
    wr_buf_init_fd(&c->err, c->err_fd);
    c->out_color = wants_color(c->out_fd);
    c->color = wants_color(c->err_fd);
}

void cli_say(cli *c, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    char text[2048];
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    wr_putf(&c->err, "%s: %s\n", c->prog->name, text);
}

void cli_complain(cli *c, wr_code code, wr_sev sev, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    char text[2048];
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    wr_diag d = {.code = code, .sev = sev, .msg = wr_strz(text)};
    if (sev == WR_ERROR || !cli_has(c, CLI_QUIET)) wr_diag_print(&c->err, &d, c->color);
}

// ---------------------------------------------------------------------------------- time

// 2026-01-31, 2026-01-31T12:00:00Z or seconds.
static bool parse_time(wr_str t, int64_t *out) {
    enum { DAY = 86400 };
    int64_t day;
    if (wr_day_parse(t, &day)) *out = day * DAY;
    else return wr_time_parse(t, out) || wr_parse_i64(t, out);
    return true;
}

bool cli_apply(cli *c) {
    const char *color = cli_value(c, CLI_COLOR), *now = cli_value(c, CLI_NOW);
    if (color && strcmp(color, "auto") != 0) c->color = c->out_color = strcmp(color, "always") == 0;
    if (now && !parse_time(wr_strz(now), &c->ctx.now)) {
        (void)cli_usage(c,
                        "invalid value '%s' for '--now <TIME>': a date, a time in UTC or "
                        "seconds since 1970 are wanted",
                        now);
        return false;
    }
    return true;
}

int cli_end(cli *c, int code) {
    if (c->ctx.arena.oom) {
        cli_say(c, "out of memory");
        code = c->prog->output_exit;
    }
    if (wr_buf_flush(&c->out) != WR_OK) {
        char text[128];
        bool left = c->out_errno == EPIPE && c->out_fd == STDOUT_FILENO; // who read has enough
        if (c->prog->native && !left)
            cli_complain(c, WR_D_B0003, WR_ERROR, "output cannot be written: %s",
                         c->out_errno ? strerror_r(c->out_errno, text, sizeof text)
                                      : "out of memory");
        else if (!c->prog->native)
            wr_putf(&c->err, "Error occurred I/O error when reading %s (os error %d)\n",
                    strerror_r(c->out_errno, text, sizeof text), c->out_errno);
        code = c->prog->output_exit;
    }
    if (wr_buf_flush(&c->err) == WR_NOMEM) {
        static const char text[] = ": out of memory\n";
        (void)!write(c->err_fd, c->prog->name, strlen(c->prog->name));
        (void)!write(c->err_fd, text, sizeof text - 1);
        code = c->prog->output_exit;
    }
    if (c->out_fd != STDOUT_FILENO && close(c->out_fd) != 0 && code == 0)
        code = c->prog->output_exit;
    wr_buf_fini(&c->out);
    wr_buf_fini(&c->err);
    wr_ctx_fini(&c->ctx);
    return code;
}
