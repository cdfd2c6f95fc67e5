// SPDX-License-Identifier: Apache-2.0
// Buffers: growth, caps, sinks that take, refuse or are a file descriptor; what is kept is always
// a prefix of what was written.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/base.h"

static void growing(void **state) {
    (void)state;
    wr_buf b;
    wr_buf_init(&b, 0);
    assert_true(wr_eq(wr_buf_str(&b), WR_S("")));
    for (int i = 0; i < 1000; i++) wr_putc(&b, 'x');
    wr_putz(&b, "-");
    wr_puts(&b, WR_S("y"));
    wr_pad(&b, '.', 130);
    wr_put(&b, NULL, 0);
    assert_int_equal(b.n, 1132);
    assert_int_equal(b.rc, WR_OK);
    b.n = 0;
    wr_put_i64(&b, INT64_MIN);
    wr_putc(&b, ' ');
    wr_put_i64(&b, 0);
    wr_putc(&b, ' ');
    wr_put_u64(&b, UINT64_MAX);
    assert_true(wr_eq(wr_buf_str(&b), WR_S("-9223372036854775808 0 18446744073709551615")));
    b.n = 0;
    wr_putf(&b, "%s|%300d|", "a", 5); // longer than what the stack holds
    assert_int_equal(b.n, 303);
    assert_int_equal(wr_buf_flush(&b), WR_OK);
    assert_int_equal(b.n, 303);
    wr_buf_fini(&b);
}

static void capped(void **state) {
    (void)state;
    wr_buf b;
    wr_buf_init(&b, 10);
    wr_putz(&b, "12345678");
    wr_putz(&b, "too long");
    assert_int_equal(b.rc, WR_NOMEM);
    wr_putc(&b, 'x'); // would fit, but then the text would have a hole
    wr_putf(&b, "%d", 1);
    wr_pad(&b, ' ', 5);
    assert_true(wr_eq(wr_buf_str(&b), WR_S("12345678")));
    wr_buf_fini(&b);

    wr_buf_init(&b, 4);
    wr_putz(&b, "1234"); // exactly
    assert_int_equal(b.rc, WR_OK);
    wr_putc(&b, '5');
    assert_int_equal(b.rc, WR_NOMEM);
    wr_buf_fail(&b, WR_BAD);
    assert_int_equal(b.rc, WR_NOMEM); // the first reason stays
    wr_buf_fini(&b);
}

typedef struct taker {
    size_t n, calls, room;
    unsigned sum;
} taker;

static int take(void *arg, const char *p, size_t n) {
    taker *t = arg;
    t->calls++;
    if (t->n + n > t->room) return 1;
    t->n += n;
    for (size_t i = 0; i < n; i++) t->sum += (unsigned char)p[i];
    return 0;
}

static void sinks(void **state) {
    (void)state;
    taker t = {.room = SIZE_MAX};
    wr_buf b;
    wr_buf_init_sink(&b, take, &t);
    static char big[200000];
    memset(big, 1, sizeof big);
    for (int i = 0; i < 100000; i++) wr_putz(&b, "\x01\x01\x01");
    wr_put(&b, big, sizeof big);
    for (int i = 0; i < 70000; i++) wr_putc(&b, 1);
    assert_true(b.cap <= 64 * 1024); // memory stays flat
    assert_int_equal(wr_buf_flush(&b), WR_OK);
    assert_int_equal(t.n, 570000);
    assert_int_equal(t.sum, 570000);
    wr_buf_fini(&b);

    taker full = {.room = 100000};
    wr_buf_init_sink(&b, take, &full);
    for (int i = 0; i < 100000; i++) wr_putz(&b, "\x01\x01\x01");
    assert_int_equal(wr_buf_flush(&b), WR_IO);
    size_t calls = full.calls;
    wr_putz(&b, "more");
    assert_int_equal(wr_buf_flush(&b), WR_IO);
    assert_int_equal(full.calls, calls); // not asked again
    wr_buf_fini(&b);
}

static void descriptors(void **state) {
    (void)state;
    int fd[2];
    assert_int_equal(pipe(fd), 0);
    wr_buf b;
    wr_buf_init_fd(&b, fd[1]);
    wr_putz(&b, "hello");
    assert_int_equal(wr_buf_flush(&b), WR_OK);
    wr_buf_fini(&b);
    char got[8];
    assert_int_equal(read(fd[0], got, sizeof got), 5);
    close(fd[0]);
    close(fd[1]);
    int dev = open("/dev/full", O_WRONLY | O_CLOEXEC);
    wr_buf_init_fd(&b, dev);
    wr_putz(&b, "hello");
    assert_int_equal(wr_buf_flush(&b), WR_IO);
    wr_buf_fini(&b);
    close(dev);
}

static void keeping(void **state) {
    (void)state;
    wr_arena a;
    wr_buf b;
    wr_arena_init(&a, 0);
    wr_buf_init(&b, 0);
    wr_pad(&b, 'k', 1000);
    wr_str s = wr_buf_keep(&b, &a);
    assert_int_equal(s.n, 1000);
    assert_true(s.p[999] == 'k' && b.p == NULL && b.n == 0);
    wr_putz(&b, "again");
    assert_int_equal(wr_buf_keep(&b, &a).n, 5);
    s = wr_buf_keep(&b, &a); // nothing written: empty, not failed
    assert_true(s.p != NULL && s.n == 0);
    wr_buf_init(&b, 3);
    wr_putz(&b, "long");
    assert_null(wr_buf_keep(&b, &a).p);
    wr_arena_fini(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(growing),     cmocka_unit_test(capped),  cmocka_unit_test(sinks),
        cmocka_unit_test(descriptors), cmocka_unit_test(keeping),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
