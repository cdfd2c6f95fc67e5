// SPDX-License-Identifier: Apache-2.0
// Buffers for text being written. Without a sink the text stays in memory up to `max`; with one,
// full blocks are handed on. After the first failure nothing more is taken (cap == n), so what is
// in the buffer is always a prefix of what was written.

#include "base/base.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { GROW_FIRST = 1024, SINK_BLOCK = 64 * 1024 };
enum {
    COPY_MOST = 16 * 1024
}; // up to here copying into an arena costs less than a block of its own

void wr_buf_init(wr_buf *b, size_t max) { *b = (wr_buf){.max = max ? max : SIZE_MAX}; }

void wr_buf_init_sink(wr_buf *b, int (*sink)(void *, const char *, size_t), void *arg) {
    *b = (wr_buf){.max = SINK_BLOCK, .sink = sink, .arg = arg};
}

static int write_all(void *arg, const char *p, size_t n) {
    int fd = (int)(intptr_t)arg;
    while (n > 0) {
        ssize_t w = write(fd, p, n);
        if (w > 0) {
            p += w;
            n -= (size_t)w;
        } else if (w < 0 && errno == EAGAIN) {
            struct pollfd ready = {.fd = fd, .events = POLLOUT};
            (void)poll(&ready, 1, -1);
        } else if (w == 0 || errno != EINTR) {
            return 1;
        }
    }
    return 0;
}

void wr_buf_init_fd(wr_buf *b, int fd) { wr_buf_init_sink(b, write_all, (void *)(intptr_t)fd); }

void wr_buf_fini(wr_buf *b) {
    free(b->p);
    *b = (wr_buf){.max = b->max, .sink = b->sink, .arg = b->arg};
}

wr_str wr_buf_keep(wr_buf *b, wr_arena *a) {
    size_t n = b->n;
    char *p;
    if (n <= COPY_MOST && b->rc == WR_OK) {
        p = wr_alloc(a, n);
        if (p && n > 0) memcpy(p, b->p, n);
        wr_buf_fini(b);
        return p ? wr_strn(p, n) : (wr_str){NULL, 0};
    }
    p = b->rc == WR_OK ? realloc(b->p, n ? n : 1) : NULL;
    if (p) b->p = NULL;
    wr_buf_fini(b);
    p = p ? wr_arena_adopt(a, p, n) : NULL;
    return p ? wr_strn(p, n) : (wr_str){NULL, 0};
}

void wr_buf_fail(wr_buf *b, wr_rc rc) {
    if (b->rc == WR_OK) b->rc = rc;
    b->cap = b->n;
}

wr_rc wr_buf_flush(wr_buf *b) {
    if (b->rc == WR_OK && b->sink != NULL && b->n > 0) {
        if (b->sink(b->arg, b->p, b->n) != 0) wr_buf_fail(b, WR_IO);
        else b->n = 0;
    }
    return b->rc;
}

// Room for n more bytes in memory. False when that is over the cap or memory ran out.
static bool reserve(wr_buf *b, size_t n) {
    if (b->cap - b->n >= n) return true;
    if (n > b->max - b->n) {
        wr_buf_fail(b, WR_NOMEM);
        return false;
    }
    size_t want = b->n + n, cap = b->cap ? b->cap : GROW_FIRST;
    while (cap < want) cap = cap > SIZE_MAX / 2 ? want : cap * 2;
    if (b->sink != NULL || cap > b->max) cap = b->max;
    char *p = realloc(b->p, cap);
    if (p == NULL) {
        wr_buf_fail(b, WR_NOMEM);
        return false;
    }
    b->p = p;
    b->cap = cap;
    return true;
}

void wr_buf_room(wr_buf *b, size_t n) {
    if (b->rc == WR_OK && b->sink == NULL && b->cap - b->n < n && n <= b->max - b->n) {
        char *p = realloc(b->p, b->n + n);
        if (p == NULL) return;
        b->p = p;
        b->cap = b->n + n;
    }
}

void wr_put(wr_buf *b, const char *p, size_t n) {
    if (n == 0 || b->rc != WR_OK) return;
    if (b->sink != NULL && n > b->max - b->n) {
        if (wr_buf_flush(b) != WR_OK) return;
        if (n >= b->max) {
            if (b->sink(b->arg, p, n) != 0) wr_buf_fail(b, WR_IO);
            return;
        }
    }
    if (!reserve(b, n)) return;
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

void wr_put_hex(wr_buf *b, const uint8_t *bytes, size_t n) {
    static const char digit[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        wr_putc(b, digit[bytes[i] >> 4]);
        wr_putc(b, digit[bytes[i] & 15]);
    }
}

void wr_pad(wr_buf *b, char c, size_t n) {
    char chunk[64];
    memset(chunk, c, n < sizeof chunk ? n : sizeof chunk);
    while (n > 0 && b->rc == WR_OK) {
        size_t k = n < sizeof chunk ? n : sizeof chunk;
        wr_put(b, chunk, k);
        n -= k;
    }
}

void wr_putf(wr_buf *b, const char *fmt, ...) {
    char small[256];
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(small, sizeof small, fmt, ap);
    va_end(ap);
    if (n >= 0 && (size_t)n < sizeof small) {
        wr_put(b, small, (size_t)n);
    } else {
        char *big = n < 0 ? NULL : malloc((size_t)n + 1);
        if (big == NULL) {
            wr_buf_fail(b, WR_NOMEM);
        } else {
            (void)vsnprintf(big, (size_t)n + 1, fmt, again);
            wr_put(b, big, (size_t)n);
            free(big);
        }
    }
    va_end(again);
}

void wr_put_u64(wr_buf *b, uint64_t v) {
    char text[20], *p = text + sizeof text;
    do {
        *--p = (char)('0' + v % 10);
        v /= 10;
    } while (v);
    wr_put(b, p, (size_t)(text + sizeof text - p));
}

void wr_put_i64(wr_buf *b, int64_t v) {
    if (v < 0) wr_putc(b, '-');
    wr_put_u64(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}
