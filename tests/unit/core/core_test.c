// SPDX-License-Identifier: Apache-2.0
// core_test: names, digests, and that a fingerprint follows what matters (rule, subject, resource,
// path without indices) and nothing else.

#include "core/core.h"

#include <setjmp.h>

#include <cmocka.h>

static void severities(void **state) {
    wr_severity s;
    (void)state;
    assert_true(wr_severity_parse(WR_S("high"), &s));
    assert_int_equal(s, WR_SEV_HIGH);
    assert_true(wr_severity_parse(WR_S("Informational"), &s));
    assert_int_equal(s, WR_SEV_INFORMATIONAL);
    assert_false(wr_severity_parse(WR_S("highest"), &s));
    assert_false(wr_severity_parse(WR_S(""), &s));
    assert_string_equal(wr_severity_name(WR_SEV_CRITICAL), "CRITICAL");
    assert_string_equal(wr_outcome_name(WR_FAULT), "ERROR");
    assert_string_equal(wr_outcome_name(WR_IMPLICIT_DENY), "IMPLICIT_DENY");
}

static void sha256_vectors(void **state) {
    static const uint8_t empty[4] = {0xe3, 0xb0, 0xc4, 0x42}, abc[4] = {0xba, 0x78, 0x16, 0xbf};
    uint8_t sum[32];
    (void)state;
    wr_sha256(WR_S(""), sum);
    assert_memory_equal(sum, empty, 4);
    wr_sha256(WR_S("abc"), sum);
    assert_memory_equal(sum, abc, 4);
}

static wr_str print_of(wr_arena *a, const char *rule, const char *resource, const char *path) {
    wr_decision d = {.subject = WR_S("t.yaml"), .policy = WR_S("r.guard"), .rule = wr_strz(rule)};
    wr_reason r = {.resource = wr_strz(resource), .path = wr_strz(path), .message = WR_S("m")};
    wr_str s = wr_fingerprint(a, &d, &r);
    assert_int_equal(s.n, 64);
    return s;
}

static void fingerprints(void **state) {
    wr_arena a;
    (void)state;
    wr_arena_init(&a, 0);
    wr_str base = print_of(&a, "rule", "A", "/Resources/A/Tags/0/Key");
    assert_true(wr_eq(base, print_of(&a, "rule", "A", "/Resources/A/Tags/17/Key")));
    assert_false(wr_eq(base, print_of(&a, "rule", "A", "/Resources/A/Tags/0/Value")));
    assert_false(wr_eq(base, print_of(&a, "rule", "B", "/Resources/A/Tags/0/Key")));
    assert_false(wr_eq(base, print_of(&a, "other", "A", "/Resources/A/Tags/0/Key")));
    // Parts do not run into each other.
    assert_false(wr_eq(print_of(&a, "ab", "c", ""), print_of(&a, "a", "bc", "")));
    wr_arena_fini(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(severities),
        cmocka_unit_test(sha256_vectors),
        cmocka_unit_test(fingerprints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
