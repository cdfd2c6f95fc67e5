// SPDX-License-Identifier: Apache-2.0
// Reading files: regular, empty, pipes, files that lie about their size; and what is refused:
// directories, missing and too large ones (B0001, B0002).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/base.h"

static char dir[] = "/tmp/io_testXXXXXX", path[64];

static int make_dir(void **state) {
    (void)state;
    if (mkdtemp(dir) == NULL) return 1;
    (void)snprintf(path, sizeof path, "%s/file", dir);
    return 0;
}

static int drop_dir(void **state) {
    (void)state;
    (void)unlink(path);
    return rmdir(dir);
}

static void fill(size_t n) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    for (size_t i = 0; i < n; i++) assert_int_equal(write(fd, "x", 1), 1);
    close(fd);
}

static void files(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 1, 4096, 20000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        wr_ctx c;
        wr_str s;
        fill(sizes[i]);
        wr_ctx_init(&c, NULL);
        assert_int_equal(wr_read_file(&c, path, &s), WR_OK);
        assert_int_equal(s.n, sizes[i]);
        assert_int_equal(s.p[s.n], 0);
        wr_ctx_fini(&c);
    }
}

static void pipes(void **state) {
    (void)state;
    int fd[2];
    char chunk[5000];
    memset(chunk, 'p', sizeof chunk);
    assert_int_equal(pipe(fd), 0);
    for (int i = 0; i < 10; i++) assert_int_equal(write(fd[1], chunk, sizeof chunk), 5000);
    close(fd[1]);
    wr_ctx c;
    wr_str s;
    wr_ctx_init(&c, NULL);
    assert_int_equal(wr_read_fd(&c, fd[0], "STDIN", &s), WR_OK);
    assert_true(s.n == 50000 && s.p[49999] == 'p' && s.p[50000] == 0);
    close(fd[0]);
    assert_int_equal(wr_read_file(&c, "/proc/self/stat", &s), WR_OK); // says its size is 0
    assert_true(s.n > 0);
    assert_int_equal(c.n_diags, 0);
    wr_ctx_fini(&c);
}

static void refused(const char *name, const wr_limits *limits, wr_rc rc, wr_code code) {
    wr_ctx c;
    wr_str s;
    wr_ctx_init(&c, limits);
    assert_int_equal(wr_read_file(&c, name, &s), rc);
    assert_int_equal(c.n_errors, 1);
    assert_int_equal(c.diags->code, code);
    assert_null(s.p);
    wr_ctx_fini(&c);
}

static void refusals(void **state) {
    (void)state;
    wr_limits small = wr_limits_default;
    small.bytes = 100;
    fill(101);
    refused("/", NULL, WR_IO, WR_D_B0001);
    refused("/nowhere/at/all", NULL, WR_IO, WR_D_B0001);
    refused(path, &small, WR_LIMIT, WR_D_B0002);
    refused("/dev/zero", &small, WR_LIMIT, WR_D_B0002);
    wr_ctx c;
    wr_str s;
    wr_ctx_init(&c, &small);
    assert_int_equal(wr_read_fd(&c, -1, "STDIN", &s), WR_IO);
    fill(100);
    assert_int_equal(wr_read_file(&c, path, &s), WR_OK);
    wr_ctx_fini(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files),
        cmocka_unit_test(pipes),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
