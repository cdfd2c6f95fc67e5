// SPDX-License-Identifier: Apache-2.0
// Symbol tables and maps: identity, overlays, growth, exhaustion. The hash spreads keys that differ
// little.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base.h"

static void identity(void **state) {
    (void)state;
    wr_arena a;
    wr_symtab t;
    wr_arena_init(&a, 0);
    wr_symtab_init(&t, &a, NULL);
    assert_null(wr_sym_find(&t, WR_S("x")));
    const wr_sym *first = wr_sym_in(&t, WR_S("k7"));
    const wr_sym *empty = wr_sym_in(&t, (wr_str){NULL, 0});
    assert_ptr_equal(empty, wr_sym_in(&t, WR_S("")));
    const wr_sym *nul = wr_sym_in(&t, WR_S("a\0b"));
    assert_true(nul->n == 3 && nul != wr_sym_in(&t, WR_S("a")));
    for (int i = 0; i < 20000; i++) {
        wr_str k = wr_fmt(&a, "k%d", i % 5000);
        const wr_sym *y = wr_sym_in(&t, k);
        assert_true(wr_eq(wr_sym_str(y), k) && y->p[y->n] == 0);
        assert_ptr_equal(wr_sym_find(&t, k), y);
    }
    assert_int_equal(t.n, 5003);
    assert_ptr_equal(wr_sym_in(&t, WR_S("k7")), first);
    assert_int_equal(first->id, 0);
    wr_arena_fini(&a);
}

// Keys that share a place of those seen lately, and lengths around every way of comparing.
static void again(void **state) {
    (void)state;
    wr_arena a;
    wr_symtab t;
    char text[40];
    wr_arena_init(&a, 0);
    wr_symtab_init(&t, &a, NULL);
    assert_ptr_equal(wr_sym_again(&t, WR_S("")), wr_sym_in(&t, WR_S("")));
    for (int round = 0; round < 2; round++) {
        for (size_t n = 1; n < sizeof text; n++) {
            for (size_t at = 0; at < n; at++) {
                memset(text, 'k', sizeof text);
                const wr_sym *plain = wr_sym_again(&t, wr_strn(text, n));
                text[at] = 'x';
                const wr_sym *other = wr_sym_again(&t, wr_strn(text, n));
                assert_ptr_not_equal(plain, other);
                assert_ptr_equal(other, wr_sym_in(&t, wr_strn(text, n)));
                assert_true(wr_eq(wr_sym_str(other), wr_strn(text, n)));
            }
        }
    }
    wr_arena_fini(&a);
}

static void overlays(void **state) {
    (void)state;
    wr_arena a;
    wr_symtab base, top, third;
    wr_arena_init(&a, 0);
    wr_symtab_init(&base, &a, NULL);
    const wr_sym *x = wr_sym_in(&base, WR_S("x"));
    wr_symtab_init(&top, &a, &base);
    assert_ptr_equal(wr_sym_in(&top, WR_S("x")), x);
    assert_int_equal(top.n, 0);
    const wr_sym *y = wr_sym_in(&top, WR_S("y"));
    assert_int_equal(y->id, 1); // goes on after the parent's
    wr_symtab_init(&third, &a, &top);
    assert_ptr_equal(wr_sym_in(&third, WR_S("x")), x);
    assert_ptr_equal(wr_sym_find(&third, WR_S("y")), y);
    assert_int_equal(wr_sym_in(&third, WR_S("z"))->id, 2);
    assert_null(wr_sym_find(&base, WR_S("y")));
    wr_arena_fini(&a);
}

static void maps(void **state) {
    (void)state;
    wr_arena a;
    wr_map m;
    static int values[3000];
    wr_arena_init(&a, 0);
    wr_map_init(&m, &a);
    assert_null(wr_map_find(&m, WR_S("x")));
    assert_int_equal(a.used, 0); // empty maps cost nothing
    for (int i = 0; i < 3000; i++) {
        void **at = wr_map_at(&m, wr_fmt(&a, "%d", i));
        assert_non_null(at);
        assert_null(*at);
        *at = &values[i];
    }
    for (int i = 0; i < 3000; i++)
        assert_ptr_equal(wr_map_find(&m, wr_fmt(&a, "%d", i)), &values[i]);
    assert_null(wr_map_find(&m, WR_S("3000")));
    assert_ptr_equal(*wr_map_at(&m, WR_S("5")), &values[5]);
    assert_int_equal(m.n, 3000);
    wr_arena_fini(&a);
}

static void exhaustion(void **state) {
    (void)state;
    wr_arena a;
    wr_symtab t;
    wr_map m;
    wr_arena_init(&a, 20000);
    wr_symtab_init(&t, &a, NULL);
    wr_map_init(&m, &a);
    bool sym = true, map = true;
    for (int i = 0; i < 2000; i++) {
        char key[16] = {(char)('a' + i % 26), (char)('a' + i / 26 % 26), (char)('a' + i / 676)};
        sym = wr_sym_in(&t, wr_strz(key)) != NULL;
        map = wr_map_at(&m, wr_strz(key)) != NULL;
    }
    assert_true(!sym && !map && a.oom);
    assert_non_null(wr_sym_find(&t, WR_S("aaa"))); // what is there stays
    wr_arena_fini(&a);
}

// Keys that differ in two bytes, any length: 4096 random hashes take 63 % of 4096 slots.
static void spread(void **state) {
    (void)state;
    static uint8_t seen[4096];
    char key[64];
    memset(key, 'a', sizeof key);
    for (size_t len = 2; len < 64; len++) {
        unsigned taken = 0;
        memset(seen, 0, sizeof seen);
        for (unsigned i = 0; i < 4096; i++) {
            key[len / 2 - 1] = (char)(i & 63);
            key[len - 1] = (char)(i >> 6);
            size_t slot = wr_hash(wr_strn(key, len), 12345) & 4095;
            taken += !seen[slot];
            seen[slot] = 1;
        }
        assert_in_range(taken, 2450, 2730);
        memset(key, 'a', sizeof key);
    }
    assert_true(wr_hash(WR_S("a"), 1) != wr_hash(WR_S("a"), 2));
    assert_true(wr_hash(WR_S("a"), 1) != wr_hash(WR_S("a\0"), 1));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity), cmocka_unit_test(again),      cmocka_unit_test(overlays),
        cmocka_unit_test(maps),     cmocka_unit_test(exhaustion), cmocka_unit_test(spread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
