// SPDX-License-Identifier: Apache-2.0
// Streams: files of any length read from front to end in flat memory, decompressed when they begin
// as gzip does. zlib is used here and nowhere else. Rules: RFC 1952; members that follow each other
// are one text (as gzip(1) reads them), zero bytes after the last are padding.

#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { IN_BLOCK = 64 * 1024, OUT_BLOCK = 64 * 1024 };

struct wr_stream {
    wr_ctx *ctx;
    wr_str name;
    int fd;
    uint64_t taken, given, size;
    bool started, gzip, inflating; // inflating: z is set up
    bool in_member, eof, ended;
    void (*tap)(void *arg, wr_str piece); // NULL: none
    void *tap_arg;
    z_stream z;
    unsigned char in[IN_BLOCK];
};

static const wr_span nowhere = {0, 0};

static void unreadable(wr_ctx *c, wr_str name, int err) {
    char text[128];
    const char *why = strerror_r(err, text, sizeof text);
    wr_diag *d = wr_report(c, WR_D_B0001, WR_ERROR, NULL, nowhere, "cannot read '%.*s': %s",
                           WR_FMT(name), why);
    if (err == EISDIR) wr_hint(c, d, "name a file in it");
}

static wr_stream *open_fd(wr_ctx *c, int fd, int err, wr_str name) {
    struct stat st;
    if (err == 0 && fstat(fd, &st) != 0) err = errno;
    else if (err == 0 && S_ISDIR(st.st_mode)) err = EISDIR;
    wr_stream *s = err || name.p == NULL ? NULL : calloc(1, sizeof *s);
    if (err) unreadable(c, name, err);
    if (s == NULL) {
        if (fd > STDERR_FILENO) (void)close(fd);
        if (!err) c->arena.oom = true;
        return NULL;
    }
    s->ctx = c;
    s->name = name;
    s->fd = fd;
    s->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
    return s;
}

wr_stream *wr_stream_open(wr_ctx *c, const char *path) {
    if (strcmp(path, "-") == 0) return open_fd(c, STDIN_FILENO, 0, WR_S("STDIN"));
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), err = fd < 0 ? errno : 0;
    return open_fd(c, fd, err, wr_dup(&c->arena, wr_strz(path)));
}

wr_stream *wr_stream_fd(wr_ctx *c, int fd, const char *name) {
    return open_fd(c, fd, 0, wr_dup(&c->arena, wr_strz(name)));
}

wr_str wr_stream_name(const wr_stream *s) { return s->name; }

uint64_t wr_stream_taken(const wr_stream *s, uint64_t *size) {
    if (size) *size = s->size;
    return s->taken;
}

void wr_stream_tap(wr_stream *s, void (*tap)(void *arg, wr_str piece), void *arg) {
    s->tap = tap;
    s->tap_arg = arg;
}

void wr_stream_close(wr_stream *s) {
    if (s == NULL) return;
    if (s->inflating) (void)inflateEnd(&s->z);
    if (s->fd != STDIN_FILENO) (void)close(s->fd);
    free(s);
}

// ---------------------------------------------------------------------------------- reading

static wr_rc stop(wr_stream *s, wr_rc rc) {
    s->ended = true;
    return rc;
}

static wr_rc damaged(wr_stream *s, const char *why) {
    wr_diag *d =
        wr_report(s->ctx, WR_D_B0004, WR_ERROR, NULL, nowhere,
                  "'%.*s': %s after %llu bytes (%llu bytes of text)", WR_FMT(s->name), why,
                  (unsigned long long)(s->taken - s->z.avail_in), (unsigned long long)s->given);
    wr_hint(s->ctx, d, "what came before was used; fetch the file again");
    return stop(s, WR_BAD);
}

// Bytes behind the unread rest of `in`, which is moved to its beginning. Fills it unless the file
// ends.
static wr_rc fill(wr_stream *s) {
    size_t n = s->z.avail_in;
    if (n > 0 && s->z.next_in != s->in) memmove(s->in, s->z.next_in, n);
    while (n < IN_BLOCK && !s->eof) {
        ssize_t r = read(s->fd, s->in + n, IN_BLOCK - n);
        if (r > 0) {
            if (s->tap) s->tap(s->tap_arg, wr_strn((const char *)s->in + n, (size_t)r));
            n += (size_t)r;
            s->taken += (uint64_t)r;
            if (s->started) break; // a pipe gives what it has
        } else if (r == 0) {
            s->eof = true;
        } else if (errno != EINTR) {
            unreadable(s->ctx, s->name, errno);
            return stop(s, WR_IO);
        }
        if (!s->started && n >= 2) break;
    }
    s->z.next_in = s->in;
    s->z.avail_in = (unsigned)n;
    return WR_OK;
}

static bool at_member(const wr_stream *s) {
    return s->z.avail_in >= 2 && s->z.next_in[0] == 0x1F && s->z.next_in[1] == 0x8B;
}

static wr_rc start(wr_stream *s) {
    wr_rc rc = fill(s);
    s->started = true;
    if (rc != WR_OK || !at_member(s)) return rc;
    if (inflateInit2(&s->z, MAX_WBITS + 16) != Z_OK) return stop(s, WR_NOMEM);
    s->gzip = s->inflating = s->in_member = true;
    return WR_OK;
}

// Between members: another one, padding, or what should not be there. *end: nothing follows.
static wr_rc next_member(wr_stream *s, bool *end) {
    for (;;) {
        while (s->z.avail_in > 0 && *s->z.next_in == 0) {
            s->z.next_in++;
            s->z.avail_in--;
        }
        if (s->z.avail_in >= 2 || (s->eof && s->z.avail_in > 0)) break;
        if (s->eof) {
            *end = true;
            return stop(s, WR_OK);
        }
        wr_rc rc = fill(s);
        if (rc != WR_OK) return rc;
    }
    if (!at_member(s)) return damaged(s, "bytes that are no gzip data follow");
    if (inflateReset(&s->z) != Z_OK) return stop(s, WR_NOMEM);
    s->in_member = true;
    return WR_OK;
}

static wr_rc more_gzip(wr_stream *s, wr_buf *b, bool *end) {
    unsigned char out[OUT_BLOCK];
    s->z.next_out = out;
    s->z.avail_out = OUT_BLOCK;
    wr_rc rc = WR_OK;
    while (rc == WR_OK && s->z.avail_out > 0 && !s->ended) {
        if (!s->in_member) {
            rc = next_member(s, end);
            continue;
        }
        if (s->z.avail_in == 0 && (rc = fill(s)) != WR_OK) break;
        unsigned had = s->z.avail_out;
        int z = inflate(&s->z, Z_NO_FLUSH);
        s->given += had - s->z.avail_out;
        if (z == Z_STREAM_END) s->in_member = false;
        else if (z == Z_MEM_ERROR) rc = stop(s, WR_NOMEM);
        else if (z != Z_OK && z != Z_BUF_ERROR) rc = damaged(s, "the gzip data is damaged");
        else if (s->z.avail_in == 0 && s->eof && s->z.avail_out > 0)
            rc = damaged(s, "the gzip data ends early");
    }
    wr_put(b, (const char *)out, OUT_BLOCK - s->z.avail_out);
    return rc != WR_OK ? rc : b->rc;
}

wr_rc wr_stream_more(wr_stream *s, wr_buf *b, bool *end) {
    wr_rc rc = WR_OK;
    *end = false;
    if (!s->ended && !s->started) rc = start(s);
    if (s->ended) {
        *end = true;
        return rc;
    }
    if (s->gzip) return more_gzip(s, b, end);
    if (s->z.avail_in == 0) rc = fill(s);
    if (rc != WR_OK) return rc;
    wr_put(b, (const char *)s->z.next_in, s->z.avail_in);
    s->given += s->z.avail_in;
    s->z.avail_in = 0;
    s->ended = *end = s->eof;
    return b->rc;
}
