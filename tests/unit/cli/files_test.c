// SPDX-License-Identifier: Apache-2.0
// Patterns, extensions and walking directories (src/cli/files.c): what a pattern matches and what
// not, the order of a walk, and that a walk ends where links make a circle.
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../../src/cli/files.c"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void patterns(void **state) {
    static const struct {
        const char *pattern, *path;
        bool hit;
    } row[] = {
        {"*.guard", "a.guard", true},
        {"*.guard", "d/a.guard", false},
        {"**/*.guard", "a.guard", true},
        {"**/*.guard", "d/e/a.guard", true},
        {"d/**/a", "d/a", true},
        {"d/**/a", "d/x/y/a", true},
        {"d/**", "d/x/y/a", true},
        {"**", "", true},
        {"a?c", "abc", true},
        {"a?c", "a/c", false},
        {"[a-c]x", "bx", true},
        {"[!a-c]x", "bx", false},
        {"[!a-c]x", "dx", true},
        {"[]x]y", "]y", true},
        {"[ab", "[ab", true},
        {"\\*", "*", true},
        {"\\*", "a", false},
        {"a*b*c", "aXbYbZc", true},
        {"a*b*c", "aXbYbZ", false},
        {"*/x", "a/b/x", false},
        {"**/b/*.y", "a/b/c/b/z.y", true},
        {"", "", true},
        {"", "a", false},
        {"*", "", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        if (wr_glob(wr_strz(row[i].pattern), wr_strz(row[i].path)) != row[i].hit)
            fail_msg("%s on %s", row[i].pattern, row[i].path);
}

static void patterns_cost_little(void **state) {
    char path[4001];
    (void)state;
    memset(path, 'a', 4000);
    path[4000] = 0;
    assert_false(wr_glob(WR_S("*a*a*a*a*a*a*a*a*a*b"), wr_strz(path)));
    assert_false(wr_glob(WR_S("**a**a**a**a**a**b"), wr_strz(path)));
}

static void ignoring(void **state) {
    const char *v[] = {"node_modules/", "a/*.yaml", "*.bak"};
    cli_words w = {v, 3, 3};
    (void)state;
    assert_true(wr_ignored(&w, WR_S("x/node_modules")));
    assert_true(wr_ignored(&w, WR_S("a/b.yaml")));
    assert_true(wr_ignored(&w, WR_S("./a/b.yaml")));
    assert_false(wr_ignored(&w, WR_S("c/a/b.yaml")));
    assert_true(wr_ignored(&w, WR_S("c/a/b.bak")));
    assert_false(wr_ignored(NULL, WR_S("a")));
}

static void extensions(void **state) {
    (void)state;
    assert_true(cli_is_rules_name(WR_S("a.guard")) && cli_is_rules_name(WR_S("a.ruleset")));
    assert_false(cli_is_rules_name(WR_S("a.GUARD")));
    assert_true(cli_is_data_name(WR_S("a.template")) && cli_is_data_name(WR_S("x/a.jsn")));
    assert_false(cli_is_data_name(WR_S("a.JSON")) || cli_is_data_name(WR_S("a.txt")));
    assert_true(cli_is_test_name(WR_S("a.JSON")));
    assert_false(cli_is_test_name(WR_S("a.template")));
}

static void touch(const char *path) {
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    close(fd);
}

static void walking(void **state) {
    static const char *const want[] = {"./a/m.guard", "./a/tests/m_tests.yaml", "./b.yaml"};
    char dir[] = "writ-files-XXXXXX";
    wr_arena a;
    cli_words found = {NULL, 0, 0};
    (void)state;
    assert_non_null(mkdtemp(dir));
    assert_int_equal(chdir(dir), 0);
    assert_int_equal(mkdir("a", 0700) | mkdir("a/tests", 0700), 0);
    touch("b.yaml");
    touch("a/m.guard");
    touch("a/tests/m_tests.yaml");
    assert_int_equal(symlink("..", "a/up"), 0); // a circle
    wr_arena_init(&a, 0);
    wr_search f = {.arena = &a, .follow = true};
    wr_walk(&f, ".", &found);
    assert_int_equal(found.n, 3);
    for (uint32_t i = 0; i < found.n; i++) assert_string_equal(found.v[i], want[i]);

    cli_pairs pairs = {NULL, 0, 0};
    cli_words lost = {NULL, 0, 0};
    cli_find_tests(&f, ".", &pairs, &lost);
    assert_int_equal(lost.n, 0);
    assert_int_equal(pairs.n, 1);
    assert_string_equal(pairs.v[0].rules, "./a/m.guard");
    assert_int_equal(pairs.v[0].tests.n, 1);

    f.follow = false;
    found.n = 0;
    wr_expand(&f, "a/**/*.yaml", &found);
    assert_int_equal(found.n, 1);
    assert_string_equal(found.v[0], "a/tests/m_tests.yaml");
    found.n = 0;
    wr_expand(&f, "*.yaml", &found);
    assert_int_equal(found.n, 1);
    wr_arena_fini(&a);
    unlink("a/up");
    unlink("a/tests/m_tests.yaml");
    unlink("a/m.guard");
    unlink("b.yaml");
    rmdir("a/tests");
    rmdir("a");
    assert_int_equal(chdir(".."), 0);
    rmdir(dir);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns), cmocka_unit_test(patterns_cost_little),
        cmocka_unit_test(ignoring), cmocka_unit_test(extensions),
        cmocka_unit_test(walking),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
