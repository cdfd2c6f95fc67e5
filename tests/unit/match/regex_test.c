// SPDX-License-Identifier: Apache-2.0
// Regular expressions: what is a pattern, what matches, what a replacement expands to, and that no
// pattern or text takes more than it may. The expectations are those of fancy-regex 0.13.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "match/match.h"

enum { STEPS = 1000000, LONGEST = 65536 };

typedef struct fixture {
    wr_arena arena;
    wr_regex_scratch *scratch;
} fixture;

static int setup(void **state) {
    static fixture f;
    wr_arena_init(&f.arena, 0);
    f.scratch = wr_regex_scratch_new(STEPS);
    *state = &f;
    return f.scratch == NULL;
}

static int teardown(void **state) {
    fixture *f = *state;
    wr_regex_scratch_free(f->scratch);
    wr_arena_fini(&f->arena);
    return 0;
}

static wr_regex *compile(fixture *f, const char *pattern) {
    size_t at;
    wr_str err = {NULL, 0};
    wr_regex *re = wr_regex_new(&f->arena, wr_strz(pattern), LONGEST, &at, &err);
    if (re == NULL) print_error("%s: %.*s\n", pattern, WR_FMT(err));
    assert_non_null(re);
    return re;
}

static wr_regex_result search(fixture *f, const char *pattern, const char *text) {
    wr_regex *re = compile(f, pattern);
    wr_regex_result r = wr_regex_search(re, f->scratch, wr_strz(text));
    assert_int_equal(r, wr_regex_search(re, f->scratch, wr_strz(text))); // warm
    wr_regex_free(re);
    return r;
}

typedef struct match_row {
    const char *pattern, *text;
    wr_regex_result want;
} match_row;

static void check_rows(fixture *f, const match_row *rows, size_t n) {
    for (size_t i = 0; i < n; i++) {
        wr_regex_result r = search(f, rows[i].pattern, rows[i].text);
        if (r != rows[i].want) print_error("/%s/ on \"%s\"\n", rows[i].pattern, rows[i].text);
        assert_int_equal(r, rows[i].want);
    }
}

#define CHECK_ROWS(f, rows) check_rows((f), (rows), sizeof(rows) / sizeof *(rows))
enum { YES = WR_RE_YES, NO = WR_RE_NO };

static void literals(void **state) {
    static const match_row rows[] = {
        {"Bucket", "AWS::S3::Bucket", YES},
        {"Bucket", "AWS::S3::bucket", NO},
        {"^AWS", "AWS::S3", YES},
        {"^S3", "AWS::S3", NO},
        {"S3$", "AWS::S3", YES},
        {"AWS$", "AWS::S3", NO},
        {"^AWS$", "AWS", YES},
        {"^AWS$", "AWS\n", NO},
        {"", "", YES},
        {"^$", "", YES},
        {"^$", "x", NO},
        {"^", "x", YES},
        {"\\.\\$", "a.$", YES},
        {"\\x41\\u0042\\x{43}", "ABC", YES},
        {"\\e\\a\\t", "\x1b\a\t", YES},
        {"a{", "a{", YES},
        {"a{,b", "a{,b", YES},
        {"{{x:.*}}", "{{x:1}}", YES},
        {"]", "]", YES},
        {"é", "é", YES},
    };
    CHECK_ROWS(*state, rows);
}

static void regular(void **state) {
    static const match_row rows[] = {
        {"^m5\\..+?$", "m5.large", YES},
        {"^m5\\..+?$", "m5.", NO},
        {"a.c", "a\nc", NO},
        {"(?s)a.c", "a\nc", YES},
        {"(?m)^b$", "a\nb\nc", YES},
        {"^b$", "a\nb\nc", NO},
        {"a$", "a\n", NO},
        {"(?m)a$", "a\n", YES},
        {"(?i)aBc", "AbC", YES},
        {"(?i:a)b", "AB", NO},
        {"(?i)s", "ſ", YES},
        {"(?i)K", "\u212A", YES},
        {"(?i)[^s]", "ſ", NO},
        {"((?i)a)b", "AB", YES}, // flags leak out of a group
        {"\\w", "\u0301", YES},
        {"\\d", "٣", YES},
        {"\\s", "\u2003", YES},
        {"\\w", "²", NO},
        {"\\bfoo\\b", "a foo.", YES},
        {"\\bfoo\\b", "afoo", NO},
        {"\\Boo\\B", "fooo", YES},
        {"\\<foo\\>", "a foo b", YES},
        {"é\\b", "éa", NO},
        {"a{2,3}$", "baaaa", YES},
        {"^a{2,3}$", "aaaa", NO},
        {"^a{,2}$", "aa", YES},
        {"^(?:a|ab)(?:c|bcd)$", "abcd", YES},
        {"^a{0}b", "b", YES},
        {"x*", "", YES},
        {"\\h\\H", "fg", YES},
        {"\\A\\s*\\z", " \n", YES},
        {"(?x) a b # c", "ab", YES},
        {"(?x)[a b]", " ", YES},
        {"a(?#comment)b", "ab", YES},
        {"(?U)^a+$", "aaa", YES},
        {"\\p{Greek}\\p{Lu}\\pN", "αA1", YES},
        {"\\P{L}", "a", NO},
        {"\\p{gc!=Lu}", "a", YES},
        {"\\p{Script=Han}", "中", YES},
        {"\\p{scx:Hira}", "ー", YES},
        {"\\p{Age=1.1}", "a", YES},
        {"(?i)\\p{Lu}", "a", YES},
    };
    CHECK_ROWS(*state, rows);
}

static void classes(void **state) {
    static const match_row rows[] = {
        {"^[a-z&&[^aeiou]]+$", "xyz", YES},
        {"[a-z&&[^aeiou]]", "aei", NO},
        {"[a-z--[b-y]]", "m", NO},
        {"[a-z--[b-y]]", "z", YES},
        {"[a-m~~g-z]", "h", NO},
        {"[a-m~~g-z]", "z", YES},
        {"[[:alpha:]_-]", "-", YES},
        {"[[:^alpha:]]", "é", YES},
        {"[:alpha:]", "b", NO},
        {"[[:foo:]]", "f", YES},
        {"[]a]", "]", YES},
        {"[^]a]", "]", NO},
        {"[\\]\\-\\\\]", "\\", YES},
        {"[a-]", "-", YES},
        {"[\\d\\h]", "f", YES},
        {"[\\b]", "\b", YES},
        {"[a&&b]", "a", NO},
        {"(?i)[a-c--B]", "B", NO},
        {"[\\x41-\\u0043]", "B", YES},
        {"[^\\W]", "é", YES},
        {"[[a-c][x-z]]", "y", YES},
        {"[\\k]", "k", YES},
    };
    CHECK_ROWS(*state, rows);
}

static void irregular(void **state) {
    static const match_row rows[] = {
        {"a(?=b)", "ab", YES},
        {"a(?=b)", "ac", NO},
        {"a(?!b)", "ab", NO},
        {"(?<=a)b", "ab", YES},
        {"(?<!a)b", "ab", NO},
        {"(?<=a|bc)d", "bcd", YES},
        {"(?<=é)b", "éb", YES},
        {"(\\w)\\1", "hello", YES},
        {"(?<x>a)\\k<x>", "aa", YES},
        {"(?P<x>a)(?P=x)", "aa", YES},
        {"(a)\\k<-1>", "aa", YES},
        {"^(?>a+)ab", "aaab", NO},
        {"a++b", "aab", YES},
        {"a*+a", "aaa", NO},
        {"^(a)?(?(1)b|c)$", "ab", YES},
        {"^(a)?(?(1)b|c)$", "b", NO},
        {"(?(a)b|c)$", "ab", YES},
        {"x\\Ky", "xy", YES},
        {"\\Ga", "ba", NO},
        {"(?i)(a)\\1", "aA", NO}, // references heed case
        {"\\b(?=\\w)", "é", YES},
        {"(?=\\d)[^é]", "٣", YES},
        {"(?<![A-Z0-9])[A-Z0-9]{20}(?![A-Z0-9])", "id AKIAIOSFODNN7EXAMPLE.", YES},
        {"(?<![A-Z0-9])[A-Z0-9]{20}(?![A-Z0-9])", "AKIAIOSFODNN7EXAMPLE1", NO},
        {"(a)|\\0", "b", NO},
        {"(?=.*\\d)(?=.*[a-z])^.{3,}$", "ab1", YES},
        {"(?m)(?=^b)b", "a\nb", YES},
        {"(?!)", "", NO},
        {"(?:(?=a)a){2,1}", "a", YES}, // fancy-regex counts to the upper bound
    };
    CHECK_ROWS(*state, rows);
}

static void refused(void **state) {
    static const struct {
        const char *pattern;
        size_t at;
        const char *why;
    } rows[] = {
        {"(", 1, "Parsing error at position 1: Opening parenthesis without closing parenthesis"},
        {"a)", 1, "Parsing error at position 1: General parsing error: end of string not reached"},
        {"*a", 0, "Parsing error at position 0: Target of repeat operator is invalid"},
        {"a**", 2, "Parsing error at position 2: Target of repeat operator is invalid"},
        {"^*", 1, "Parsing error at position 1: Target of repeat operator is invalid"},
        {"\\", 0, "Parsing error at position 0: Backslash without following character"},
        {"\\q", 0, "Parsing error at position 0: Invalid escape: \\q"},
        {"\\Z", 0, "Parsing error at position 0: Invalid escape: \\Z"},
        {"\\b{start}", 0, "Parsing error at position 0: Invalid escape: \\b"},
        {"\\x4", 2, "Parsing error at position 2: Invalid hex escape"},
        {"\\u{d800}", 2,
         "Parsing error at position 2: Invalid codepoint for hex or unicode escape"},
        {"\\p{L", 0, "Parsing error at position 0: Unicode escape not closed"},
        {"[a", 2, "Parsing error at position 2: Invalid character class"},
        {"[\\1]", 1, "Parsing error at position 1: Invalid character class"},
        {"(?q)", 2, "Parsing error at position 2: Unknown group flag: (?q"},
        {"(?-u)", 3, "Parsing error at position 3: Disabling Unicode not supported"},
        {"(?<1", 1, "Parsing error at position 1: Could not parse group name"},
        {"\\k<x>", 2, "Parsing error at position 2: Invalid group name in back reference: x"},
        {"(?<x>a)\\1", 9,
         "Error compiling regex: Numbered backref/call not allowed because named "
         "group was used, use a named backref instead"},
        {"(abc)\\2", 6, "Error compiling regex: Invalid back reference"},
        {"(?<=a+)b", 0, "Error compiling regex: Look-behind assertion without constant size"},
        {"(?(a))", 5,
         "Parsing error at position 5: General parsing error: expected conditional to "
         "be a backreference or at least an expression for when the condition is true"},
        {"\\p{Foo}", 0, "Error compiling regex: Regex error: Unicode property not found"},
        {"\\p{sc=Foo}", 0, "Error compiling regex: Regex error: Unicode property value not found"},
        {"[z-a]", 0,
         "Error compiling regex: Regex error: invalid character class range, the start "
         "must be <= the end"},
        {"a{2,1}", 5,
         "Error compiling regex: Regex error: invalid repetition count range, the "
         "start must be <= the end"},
    };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t at = 0;
        wr_str err = {NULL, 0};
        wr_regex *re = wr_regex_new(&f->arena, wr_strz(rows[i].pattern), LONGEST, &at, &err);
        if (re != NULL) print_error("accepted: %s\n", rows[i].pattern);
        assert_null(re);
        assert_string_equal(err.p, rows[i].why);
        if (at != rows[i].at) print_error("%s at %zu\n", rows[i].pattern, at);
        assert_int_equal(at, rows[i].at);
    }
}

static void refused_by_size(void **state) {
    fixture *f = *state;
    size_t at;
    wr_str err;
    assert_null(wr_regex_new(&f->arena, WR_S("aaaa"), 3, &at, &err));
    assert_null(wr_regex_new(&f->arena, wr_strn("a\xff", 2), 3, &at, &err));
    assert_null(wr_regex_new(&f->arena, WR_S("(?:(?:a{1000}){1000}){1000}"), LONGEST, &at, &err));
    assert_null(
        wr_regex_new(&f->arena, WR_S("(?=a)(?:(?:a{9999}b){9999}){9999}"), LONGEST, &at, &err));
    char deep[1000];
    memset(deep, '(', sizeof deep);
    assert_null(wr_regex_new(&f->arena, wr_strn(deep, sizeof deep), LONGEST, &at, &err));
    memset(deep, '[', sizeof deep);
    assert_null(wr_regex_new(&f->arena, wr_strn(deep, sizeof deep), LONGEST, &at, &err));
}

static void replacements(void **state) {
    static const struct {
        const char *pattern, *text, *replacement, *want;
    } rows[] = {
        {"o", "Hello World", "0", "00"},
        {"x", "Hello", "0", ""},
        {"(\\w+) (\\w+)", "hello world", "$2 $1", "world hello"},
        {"(\\w)(\\w)", "abcd", "${2}x${1}-", "bxa-dxc-"},
        {"(\\w)(\\w)", "ab", "$1x", ""}, // group "1x"
        {"(?<n>a)", "a", "<$n><${n}><$1><$0>", "<a><a><a><a>"},
        {"a", "a", "$$ $ ${ $- $9", "$ $ ${ $- "},
        {"a*", "baac", "<$0>", "<><aa><>"},
        {"", "é1", "-", "---"},
        {"(a)|b", "ba", "[$1]", "[][a]"},
        {"(?=(.))", "ab", "$1", "ab"},
        {"a\\Kb", "abab", "<$0>", "<b><b>"},
        {"(\\w)\\1", "aabbc", "$1", "ab"},
        {"\\b", "a b", "|", "||||"},
        {"(a|ab)(c|bcd)", "abcd", "$1,$2", "a,bcd"},
        {"(a*)*", "b", "<$1>", "<><>"},
        {"(?<1>b)a", "ba", "$1", "b"},
        {"(?:a(?<x>b)?)+", "aba", "$x", "b"},
    };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        wr_regex *re = compile(f, rows[i].pattern);
        wr_buf out;
        wr_buf_init(&out, 1000);
        wr_regex_result r = wr_regex_expand(re, f->scratch, wr_strz(rows[i].text),
                                            wr_strz(rows[i].replacement), &out);
        wr_str want = wr_strz(rows[i].want);
        if (!wr_eq(wr_buf_str(&out), want))
            print_error("/%s/ on \"%s\": %.*s\n", rows[i].pattern, rows[i].text,
                        WR_FMT(wr_buf_str(&out)));
        assert_true(wr_eq(wr_buf_str(&out), want));
        assert_true(r >= 0);
        wr_buf_fini(&out);
        wr_regex_free(re);
    }
}

static char *repeat(const char *unit, size_t n, const char *tail) {
    size_t k = strlen(unit);
    char *p = malloc(n * k + strlen(tail) + 1);
    assert_non_null(p);
    for (size_t i = 0; i < n; i++) memcpy(p + i * k, unit, k);
    memcpy(p + n * k, tail, strlen(tail) + 1);
    return p;
}

// What Rust's regex crate does in linear time has an answer here too.
static void linear(void **state) {
    static const char *const patterns[] = {
        "(a+)+$",       "(a|aa)+$",         "(aa+)+y",       "((a*)*)*c",    "(.*)(.*)(.*)x",
        "(a|b|ab)*bc$", "(?:a?){50}a{50}$", "^(\\w+\\s?)*$", "(?=.*a+b+c)d", "[ab]*a[ab]{15}c",
    };
    char *text = repeat("a", 10000, "b!");
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        assert_int_equal(search(*state, patterns[i], text), NO);
    free(text);
}

static void states_are_bounded(void **state) {
    // Needs 2^13 states: the automaton is flushed on the way.
    char *text = malloc(200001);
    assert_non_null(text);
    uint32_t x = 1;
    for (size_t i = 0; i < 200000; i++) {
        x = x * 1664525u + 1013904223u;
        text[i] = x >> 31 ? 'a' : 'b';
    }
    text[200000] = 0;
    assert_int_equal(search(*state, "a[ab]{12}c", text), NO);
    assert_int_equal(search(*state, "a[ab]{12}$", text), text[200000 - 13] == 'a' ? YES : NO);
    free(text);
}

static void budget(void **state) {
    fixture *f = *state;
    assert_int_equal(search(f, "(a+)+\\1$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"), WR_RE_LIMIT);
    char *text = repeat("ab", 100000, "dc");
    assert_int_equal(search(f, "(?>[ab]*)c", text), WR_RE_LIMIT); // each start goes through all
    free(text);
    wr_regex *re = compile(f, "(a+)+\\1$");
    wr_buf out;
    wr_buf_init(&out, 1000);
    assert_int_equal(wr_regex_expand(re, f->scratch, WR_S("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"),
                                     WR_S("x"), &out),
                     WR_RE_LIMIT);
    wr_buf_fini(&out);
    wr_regex_free(re);
}

// Patterns that would take long to compile are refused, or take no time after all.
// The budget is one replacement's, however many matches it has, and what it cost is told.
static void replacing_is_bounded(void **state) {
    fixture *f = *state;
    enum { N = 200000 };
    char *text = malloc(N + 1);
    assert_non_null(text);
    memset(text, 'x', N);
    text[N] = 0;
    wr_buf out;
    wr_buf_init(&out, 0);
    wr_regex *re = compile(f, "(?=(x+))x"); // looks to the end from every place
    assert_int_equal(wr_regex_expand(re, f->scratch, wr_strz(text), WR_S("y"), &out), WR_RE_LIMIT);
    assert_true(wr_regex_spent(f->scratch) >= STEPS);
    assert_int_equal(wr_regex_spent(f->scratch), 0);
    wr_regex_free(re);

    char pattern[4 * 5000 + 1] = ""; // more captures than there is room for
    for (size_t i = 0; i < 5000; i++) memcpy(pattern + 3 * i, "(x)", 4);
    re = compile(f, pattern);
    assert_int_equal(wr_regex_expand(re, f->scratch, wr_strz(text), WR_S("y"), &out), WR_RE_LIMIT);
    wr_regex_free(re);
    wr_buf_fini(&out);
    free(text);
}

// Always new states: the work of making them is bounded.
static void automata_are_bounded(void **state) {
    fixture *f = *state;
    enum { N = 4 << 20 };
    char *text = malloc(N + 1);
    uint32_t x = 1;
    assert_non_null(text);
    for (size_t i = 0; i < N; i++) {
        x = x * 1664525u + 1013904223u;
        text[i] = x >> 31 ? 'a' : 'b';
    }
    text[N] = 0;
    wr_regex *re = compile(f, "a[ab]{900}c");
    assert_int_equal(wr_regex_search(re, f->scratch, wr_strz(text)), WR_RE_LIMIT);
    assert_true(wr_regex_spent(f->scratch) > 0);
    wr_regex_free(re);
    free(text);
}

static void compiling_is_bounded(void **state) {
    fixture *f = *state;
    assert_int_equal(search(f, "(?:a{0}){4000000000}", "x"), YES);
    assert_int_equal(search(f, "(?:a{0}){4000000000,}b", "b"), YES);
    size_t at;
    wr_str err;
    assert_null(wr_regex_new(&f->arena, WR_S("(?:a{0}){0,4000000000}"), LONGEST, &at, &err));
    assert_null(wr_regex_new(&f->arena, WR_S("(?:){3}"), LONGEST, &at, &err));
    assert_null(
        wr_regex_new(&f->arena, WR_S("(?:(){4000000000}){4000000000}"), LONGEST, &at, &err));
}

static void *search_in_thread(void *arg) {
    const wr_regex *const *re = arg;
    wr_regex_scratch *s = wr_regex_scratch_new(STEPS);
    if (s == NULL) return arg;
    bool ok = true;
    for (int i = 0; i < 500; i++) {
        ok &= wr_regex_search(re[0], s, WR_S("arn:aws:s3:::bucket")) == WR_RE_YES;
        ok &= wr_regex_search(re[1], s, WR_S("hello")) == WR_RE_YES;
    }
    wr_regex_scratch_free(s);
    return ok ? NULL : arg;
}

static void threads(void **state) {
    wr_regex *re[] = {compile(*state, "^arn:(aws|cn):\\w+:"), compile(*state, "(?=.*o)(l)\\1")};
    pthread_t t[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&t[i], NULL, search_in_thread, re), 0);
    for (int i = 0; i < 4; i++) {
        void *bad;
        pthread_join(t[i], &bad);
        assert_null(bad);
    }
    wr_regex_free(re[0]);
    wr_regex_free(re[1]);
}

// The cache of automata is keyed by the pattern, not by its address.
static void cache_outlives_patterns(void **state) {
    fixture *f = *state;
    for (int i = 0; i < 2000; i++) {
        char pattern[32];
        snprintf(pattern, sizeof pattern, "^[a-z]+%d$", i);
        wr_regex *re = compile(f, pattern);
        wr_str text = wr_fmt(&f->arena, "abc%d", i);
        assert_int_equal(wr_regex_search(re, f->scratch, text), YES);
        assert_int_equal(wr_regex_search(re, f->scratch, WR_S("abcx")), NO);
        wr_regex_free(re);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals),
        cmocka_unit_test(regular),
        cmocka_unit_test(classes),
        cmocka_unit_test(irregular),
        cmocka_unit_test(refused),
        cmocka_unit_test(refused_by_size),
        cmocka_unit_test(replacements),
        cmocka_unit_test(linear),
        cmocka_unit_test(states_are_bounded),
        cmocka_unit_test(budget),
        cmocka_unit_test(compiling_is_bounded),
        cmocka_unit_test(replacing_is_bounded),
        cmocka_unit_test(automata_are_bounded),
        cmocka_unit_test(threads),
        cmocka_unit_test(cache_outlives_patterns),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
