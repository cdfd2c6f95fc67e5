// SPDX-License-Identifier: Apache-2.0
// A run of the program: its outputs, its colours and how it ends. What could not be written is
// never a success.

#include "cli/cli.h"

#include <errno.h>
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
        } else if (w == 0 || (errno != EINTR && errno != EAGAIN)) {
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
    c->color = c->out_color && isatty(c->err_fd) == 1;
}

void cli_say(cli *c, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    char text[2048];
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    wr_putf(&c->err, "%s: %s\n", c->prog->name, text);
}

int cli_end(cli *c, int code) {
    if (c->ctx.arena.oom) {
        cli_say(c, "out of memory");
        code = c->prog->output_exit;
    }
    if (wr_buf_flush(&c->out) != WR_OK) {
        char text[128];
        if (c->prog->native)
            cli_say(c, "error[B0003]: output cannot be written: %s",
                    c->out_errno ? strerror_r(c->out_errno, text, sizeof text) : "out of memory");
        else
            wr_putf(&c->err, "Error occurred I/O error when reading %s (os error %d)\n",
                    strerror_r(c->out_errno, text, sizeof text), c->out_errno);
        code = c->prog->output_exit;
    }
    (void)wr_buf_flush(&c->err);
    if (c->out_fd != STDOUT_FILENO && close(c->out_fd) != 0 && code == 0)
        code = c->prog->output_exit;
    wr_buf_fini(&c->out);
    wr_buf_fini(&c->err);
    wr_ctx_fini(&c->ctx);
    return code;
}
