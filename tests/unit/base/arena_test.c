// SPDX-License-Identifier: Apache-2.0
// Arenas: alignment, caps, marks that span blocks, memory taken over, vectors. Runs with and
// without WR_ARENA_DEBUG.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/base.h"

static void items(void **state) {
    (void)state;
    wr_arena a;
    wr_arena_init(&a, 0);
    assert_non_null(wr_alloc(&a, 0)); // nothing is no failure
    for (size_t n = 1; n < 3000; n += 7) {
        char *p = wr_alloc(&a, n);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 8, 0);
        memset(p, 0xAB, n);
        char *z = wr_zalloc(&a, n);
        assert_true(z[0] == 0 && z[n - 1] == 0);
    }
    assert_non_null(wr_alloc(&a, (size_t)10 << 20)); // larger than any block
    assert_string_equal(wr_dupz(&a, WR_S("ab")), "ab");
    assert_true(wr_eq(wr_fmt(&a, "%d-%s", 7, "x"), WR_S("7-x")));
    assert_false(a.oom);
    wr_arena_fini(&a);
    assert_int_equal(a.used, 0);
}

static void caps(void **state) {
    (void)state;
    wr_arena a;
    wr_arena_init(&a, 100000);
    size_t n = 0;
    while (wr_alloc(&a, 40)) n++;
    assert_true(a.oom && n == 2500);
    assert_true(a.used <= 100000);
    assert_null(wr_alloc(&a, SIZE_MAX));
    assert_null(wr_dup(&a, WR_S("no room")).p);
    assert_null(wr_fmt(&a, "%s", "no room").p);
    WR_VEC(int) v = {0};
    bool pushed = WR_PUSH(&a, &v, 1);
    assert_false(pushed);
    void *refused = malloc(64);
    assert_null(wr_arena_adopt(&a, refused, 64)); // freed: leak checkers would tell
    wr_arena_fini(&a);

    wr_arena_init(&a, 0);
    assert_null(wr_alloc(&a, SIZE_MAX - 3)); // rounding up must not wrap
    assert_null(wr_alloc(&a, SIZE_MAX / 2 + 1));
    assert_true(a.oom);
    assert_non_null(wr_alloc(&a, 8)); // oom stays, what fits is still given
    assert_true(a.oom);
    wr_arena_fini(&a);
}

static void marks(void **state) {
    (void)state;
    wr_arena a;
    wr_arena_init(&a, 0);
    wr_mark start = wr_arena_mark(&a);
    char *keep = wr_alloc(&a, 100);
    memset(keep, 1, 100);
    wr_mark m = wr_arena_mark(&a);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 1000; i++) assert_non_null(wr_zalloc(&a, 1000));
        assert_non_null(wr_arena_adopt(&a, malloc(65536), 65536));
        assert_non_null(wr_zalloc(&a, 50));
        wr_arena_rewind(&a, m);
        assert_int_equal(a.used, m.used);
        for (int i = 0; i < 100; i++) assert_true(keep[i] == 1);
    }
    wr_arena_rewind(&a, start);
    assert_int_equal(a.used, 0);
    assert_non_null(wr_zalloc(&a, 8));
    wr_arena_fini(&a);
}

static void taking_over(void **state) {
    (void)state;
    wr_arena a;
    wr_arena_init(&a, 0);
    char *first = wr_arena_adopt(&a, malloc(8), 8); // into an arena without a block
    assert_non_null(first);
    char *x = wr_alloc(&a, 16);
    char *own = wr_arena_adopt(&a, malloc(32), 32);
    memset(own, 2, 32);
    wr_mark m = wr_arena_mark(&a); // right after: the newest block has no room of its own
    char *y = wr_alloc(&a, 16);
    memset(x, 3, 16);
    memset(y, 4, 16);
    wr_arena_rewind(&a, m);
    char *z = wr_alloc(&a, 16);
    memset(z, 5, 16);
    assert_true(x[15] == 3 && own[31] == 2);
    wr_arena_fini(&a);
}

static void giving_back(void **state) {
    (void)state;
    wr_arena a;
    wr_arena_init(&a, 0);
    char *first = wr_alloc(&a, 64), *x = wr_alloc(&a, 1000);
    memset(first, 1, 64);
    memset(x, 2, 1000);
    wr_arena_trim(&a, first, 64, 8); // not the newest: stays
    size_t used = a.used;
    wr_arena_trim(&a, x, 1000, 2000); // more than there is: stays
    assert_int_equal(a.used, used);
    wr_arena_trim(&a, x, 1000, 9);
    char *y = wr_alloc(&a, 24);
    memset(y, 3, 24);
    assert_true(first[63] == 1 && x[8] == 2);
#if !defined(WR_ARENA_DEBUG)
    assert_ptr_equal(y, x + 16);
    assert_int_equal(a.used, 64 + 16 + 24);
#endif
    wr_arena_fini(&a);
}

static void vectors(void **state) {
    (void)state;
    wr_arena a;
    wr_arena_init(&a, 0);
    WR_VEC(uint32_t) u = {0}, v = {0};
    for (uint32_t i = 0; i < 5000; i++) {
        assert_true(WR_PUSH(&a, &u, i));
        if (i % 3 == 0) assert_true(WR_PUSH(&a, &v, i));
    }
    for (uint32_t i = 0; i < 5000; i++) assert_int_equal(u.v[i], i);
    for (uint32_t i = 0; i < v.n; i++) assert_int_equal(v.v[i], 3 * i);
    uint32_t cap = UINT32_MAX / 2 + 1;
    uint8_t *huge = NULL;
    assert_false(wr_vec_grow(&a, &huge, &cap, 0, 1));
    assert_true(a.oom);
    wr_arena_fini(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items),       cmocka_unit_test(caps),    cmocka_unit_test(marks),
        cmocka_unit_test(taking_over), cmocka_unit_test(vectors), cmocka_unit_test(giving_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
