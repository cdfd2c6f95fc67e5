// SPDX-License-Identifier: Apache-2.0
// Reading whole files. They are read, not mapped: a mapped file that is cut short while we look at
// it would kill the process. Sizes are believed only as a first guess (pipes, /proc, growing logs).

#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const wr_span nowhere = {0, 0};

static wr_rc cannot_read(wr_ctx *c, const char *name, int err) {
    char text[128];
    // The GNU strerror_r: may return a constant and leave text alone.
    const char *why = strerror_r(err, text, sizeof text);
    wr_diag *d =
        wr_report(c, WR_D_B0001, WR_ERROR, NULL, nowhere, "cannot read '%s': %s", name, why);
    if (err == EISDIR) wr_hint(c, d, "name a file in it");
    return WR_IO;
}

static wr_rc too_large(wr_ctx *c, const char *name) {
    wr_diag *d = wr_report(c, WR_D_B0002, WR_ERROR, NULL, nowhere,
                           "'%s' is larger than the limit of %llu bytes", name,
                           (unsigned long long)c->limits.bytes);
    wr_hint(c, d, "split it, or raise the limit on bytes");
    return WR_LIMIT;
}

// read(2) until n bytes are there or the file ends. -1 with errno on failure.
static ssize_t read_full(int fd, char *p, size_t n) {
    size_t got = 0;
    while (got < n) {
        ssize_t r = read(fd, p + got, n - got);
        if (r == 0) break;
        if (r > 0) got += (size_t)r;
        else if (errno != EINTR) return -1;
    }
    return (ssize_t)got;
}

// The rest of fd after the bytes in b, up to the limit.
static wr_rc read_rest(wr_ctx *c, int fd, const char *name, wr_buf *b) {
    char chunk[16 * 1024];
    for (;;) {
        ssize_t r = read_full(fd, chunk, sizeof chunk);
        if (r < 0) return cannot_read(c, name, errno);
        wr_put(b, chunk, (size_t)r);
        if (b->n > c->limits.bytes) return too_large(c, name);
        if (b->rc != WR_OK) return b->rc;
        if ((size_t)r < sizeof chunk) return WR_OK;
    }
}

static wr_rc read_stream(wr_ctx *c, int fd, const char *name, wr_str head, wr_str *out) {
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_puts(&b, head);
    wr_rc rc = read_rest(c, fd, name, &b);
    if (rc != WR_OK) {
        wr_buf_fini(&b);
        return rc;
    }
    wr_putc(&b, 0);
    *out = wr_buf_keep(&b, &c->arena);
    if (out->p == NULL) return WR_NOMEM;
    out->n--; // the NUL
    return WR_OK;
}

wr_rc wr_read_fd(wr_ctx *c, int fd, const char *name, wr_str *out) {
    struct stat st;
    *out = (wr_str){NULL, 0};
    if (fstat(fd, &st) != 0) return cannot_read(c, name, errno);
    if (S_ISDIR(st.st_mode)) return cannot_read(c, name, EISDIR);
    if (!S_ISREG(st.st_mode) || st.st_size == 0) return read_stream(c, fd, name, WR_S(""), out);
    if ((uint64_t)st.st_size > c->limits.bytes) return too_large(c, name);

    size_t n = (size_t)st.st_size;
    char *p = wr_alloc(&c->arena, n + 1);
    if (p == NULL) return WR_NOMEM;
    ssize_t r = read_full(fd, p, n + 1); // one more than there should be: has it grown?
    if (r < 0) return cannot_read(c, name, errno);
    if ((size_t)r > n) return read_stream(c, fd, name, wr_strn(p, (size_t)r), out);
    p[r] = 0;
    *out = wr_strn(p, (size_t)r);
    return WR_OK;
}

wr_rc wr_read_file(wr_ctx *c, const char *path, wr_str *out) {
    *out = (wr_str){NULL, 0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return cannot_read(c, path, errno);
    wr_rc rc = wr_read_fd(c, fd, path, out);
    (void)close(fd);
    return rc;
}
