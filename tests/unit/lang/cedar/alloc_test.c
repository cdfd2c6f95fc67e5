// SPDX-License-Identifier: Apache-2.0
// A warm decision allocates nothing, also where sets, records and addresses are made on the way and
// where policies cannot be evaluated; only texts of errors, when they are asked for, do.
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include "lang/cedar/cedar.h"

#include "allocs.h"

static wr_src *source(wr_ctx *c, const char *text) {
    return wr_src_new(&c->arena, WR_S("t"), wr_strz(text), false);
}

static void nothing_is_allocated(void **state) {
    (void)state;
#if defined(WR_ARENA_DEBUG)
    skip(); // every item of an arena is an allocation then
#endif
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    wr_cedar_set *set = wr_cedar_set_new(&c);
    assert_int_equal(
        wr_cedar_add_text(set,
                          source(&c, "permit(principal in G::\"g\", action, resource) when {"
                                     "[1, 2, 3, 4, 5, 6, 7, 8, principal.n, 10].contains(9) &&"
                                     "{a: principal.n, b: [principal]}.b == [principal] &&"
                                     "ip(principal.ip).isInRange(ip(\"10.0.0.0/8\")) };"
                                     "permit(principal, action, resource) when { principal.no };"),
                          false),
        WR_OK);
    wr_doc *d;
    const wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    assert_int_equal(
        wr_doc_load(&c,
                    source(&c, "[{\"uid\":{\"type\":\"U\",\"id\":\"u\"},\"attrs\":{\"n\":9,"
                               "\"ip\":\"10.1.2.3\"},\"parents\":[{\"type\":\"G\",\"id\":"
                               "\"g\"}]}]"),
                    &how, &d),
        WR_OK);
    wr_cedar_store *store = wr_cedar_store_new(&c, NULL);
    assert_int_equal(wr_cedar_store_add(store, d), WR_OK);
    assert_int_equal(wr_cedar_store_close(store), WR_OK);
    wr_cedar_eval *e = wr_cedar_eval_new(&c, wr_cedar_bind(&c, set, store));
    assert_non_null(e);
    const wr_cedar_request q = {.principal = {WR_S("U"), WR_S("u")},
                                .action = {WR_S("Action"), WR_S("a")},
                                .resource = {WR_S("R"), WR_S("r")}};
    wr_cedar_decide_opts o = {.messages = false};
    wr_cedar_answer got;
    assert_int_equal(wr_cedar_decide(e, &q, &o, &got), WR_OK); // warm
    assert_true(got.allow);
    assert_int_equal(got.n_errors, 1);
    unsigned long before = n_calls;
    for (unsigned i = 0; i < 1000; i++) assert_int_equal(wr_cedar_decide(e, &q, &o, &got), WR_OK);
    assert_int_equal(n_calls, before);
    o.messages = true;
    assert_int_equal(wr_cedar_decide(e, &q, &o, &got), WR_OK);
    assert_true(n_calls > before);
    wr_cedar_eval_free(e);
    wr_ctx_fini(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(counted),
                                       cmocka_unit_test(nothing_is_allocated)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
