// SPDX-License-Identifier: Apache-2.0
// The faults that are put into rule files: which there are of each construct, that each is another
// text, that what should compile does, and that messages, names and comments stay.
#include "lang/guard/guard.h"

#include <setjmp.h>
#include <stdio.h>

#include <cmocka.h>

typedef struct world {
    wr_ctx c;
    wr_guard_set *set;
    const g_file *file;
    wr_str text;
    const wr_guard_mutant *v;
    uint32_t n;
} world;

static const wr_guard_opts level = {.level = WR_GUARD_32};

static void begin(world *w, const char *rules) {
    *w = (world){.text = wr_strz(rules)};
    wr_ctx_init(&w->c, NULL);
    w->set = wr_guard_set_new(&w->c, &level);
    wr_src *src = wr_src_new(&w->c.arena, WR_S("r.guard"), w->text, false);
    assert_int_equal(wr_guard_add(w->set, src, src->name, &w->file), WR_OK);
    w->v = wr_guard_mutants(&w->c.arena, w->file, &w->n);
    assert_non_null(w->v);
}

static void end(world *w) {
    wr_guard_set_free(w->set);
    wr_ctx_fini(&w->c);
}

static wr_str applied(world *w, const wr_guard_mutant *m) {
    assert_true(m->at.beg <= m->at.end && m->at.end <= w->text.n);
    assert_true(m->of.beg < m->of.end || m->at.beg == m->at.end);
    return wr_fmt(&w->c.arena, "%.*s%.*s%.*s", WR_FMT(wr_sub(w->text, 0, m->at.beg)),
                  WR_FMT(m->with), WR_FMT(wr_sub(w->text, m->at.end, w->text.n)));
}

static bool compiles(world *w, wr_str text) {
    wr_ctx c;
    const g_file *f;
    (void)w;
    wr_ctx_init(&c, NULL);
    wr_guard_set *set = wr_guard_set_new(&c, &level);
    wr_src *src = wr_src_new(&c.arena, WR_S("m.guard"), text, false);
    bool ok = wr_guard_add(set, src, src->name, &f) == WR_OK;
    wr_guard_set_free(set);
    wr_ctx_fini(&c);
    return ok;
}

// All of `wanted` (texts of rules, NULL at the end) come out, each compiles, and nothing else does.
static void expect(const char *rules, const char *const *wanted) {
    world w;
    begin(&w, rules);
    uint32_t n = 0, compiled = 0;
    for (; wanted[n]; n++) {
        bool found = false;
        for (uint32_t i = 0; i < w.n; i++)
            found = found || wr_eq(applied(&w, &w.v[i]), wr_strz(wanted[n]));
        if (!found) print_error("missing: %s\n", wanted[n]);
        assert_true(found);
    }
    for (uint32_t i = 0; i < w.n; i++) {
        wr_str text = applied(&w, &w.v[i]);
        assert_false(wr_eq(text, w.text));
        assert_true(w.v[i].what.n > 0);
        if (!compiles(&w, text)) continue;
        compiled++;
        bool known = false;
        for (uint32_t k = 0; k < n; k++) known = known || wr_eq(text, wr_strz(wanted[k]));
        if (!known) print_error("besides: %.*s\n", WR_FMT(text));
    }
    assert_int_equal(compiled, n);
    end(&w);
}

static void operators(void **state) {
    (void)state;
    expect("rule r { a == 1 }", (const char *[]){"rule r { a != 1 }", "rule r { a == 2 }", NULL});
    expect("rule r { a != true }",
           (const char *[]){"rule r { a == true }", "rule r { a != false }", NULL});
    expect("rule r { a >= 5 }",
           (const char *[]){"rule r { a < 5 }", "rule r { a > 5 }", "rule r { a >= 6 }", NULL});
    expect("rule r { a <2.5 }", (const char *[]){"rule r { a >=2.5 }", "rule r { a <=2.5 }",
                                                 "rule r { a <3.500 }", NULL});
    expect("rule r { a exists }", (const char *[]){"rule r { a !exists }", NULL});
    expect("rule r { a not exists }", (const char *[]){"rule r { a exists }", NULL});
    expect("rule r { a # why\n !empty <<a must not be empty, x == 1>> }",
           (const char *[]){"rule r { a # why\n empty <<a must not be empty, x == 1>> }", NULL});
    expect("rule r { a is_list }", (const char *[]){"rule r { a !is_list }", NULL});
}

static void literals(void **state) {
    (void)state;
    expect("rule r { a in ['x', 'y'] }",
           (const char *[]){"rule r { a not in ['x', 'y'] }", "rule r { a in ['y'] }",
                            "rule r { a in ['x'] }", NULL});
    expect(
        "rule r { a not in [\"x\"] }",
        (const char *[]){"rule r { a in [\"x\"] }", "rule r { a not in [\"writ-mutant\"] }", NULL});
    expect("rule r { a == /^arn:/ }",
           (const char *[]){"rule r { a != /^arn:/ }", "rule r { a == /^writ mutant$/ }", NULL});
    expect("let v = 'x'\nrule r { a == %v }",
           (const char *[]){"let v = 'writ-mutant'\nrule r { a == %v }",
                            "let v = 'x'\nrule r { a != %v }", NULL});
    expect("rule r { a in r[1, 9] }",
           (const char *[]){"rule r { a not in r[1, 9] }",
                            "rule r { a in r[9000000000, 9000000001] }", NULL});
}

static void clauses(void **state) {
    (void)state;
    expect("rule r { a exists\n b exists }",
           (const char *[]){"rule r { a !exists\n b exists }", "rule r { a exists\n b !exists }",
                            "rule r { \n b exists }", "rule r { a exists\n  }", NULL});
    expect("rule r { a exists or b exists }",
           (const char *[]){"rule r { a !exists or b exists }", "rule r { a exists or b !exists }",
                            "rule r { b exists }", "rule r { a exists }",
                            "rule r { a exists\nb exists }", NULL});
    expect("rule r when a exists { b exists }",
           (const char *[]){"rule r  { b exists }", "rule r when a !exists { b exists }",
                            "rule r when a exists { b !exists }", NULL});
}

static void queries(void **state) {
    (void)state;
    expect("rule r { some a[*].b exists }",
           (const char *[]){"rule r { a[*].b exists }", "rule r { some a[*].b !exists }", NULL});
    expect("rule r { a[ k == 'x' ].b exists }",
           (const char *[]){"rule r { a[*].b exists }", "rule r { a[ k != 'x' ].b exists }",
                            "rule r { a[ k == 'writ-mutant' ].b exists }",
                            "rule r { a[ k == 'x' ].b !exists }", NULL});
    expect("rule r { a.*[ k exists ] { b exists } }",
           (const char *[]){"rule r { a.* { b exists } }",
                            "rule r { a.*[ k !exists ] { b exists } }",
                            "rule r { a.*[ k exists ] { b !exists } }", NULL});
    expect("rule r { a[ keys == /x/ ] exists }",
           (const char *[]){"rule r { a.* exists }",
                            "rule r { a[ keys == /^writ mutant$/ ] exists }",
                            "rule r { a[ keys == /x/ ] !exists }", NULL});
}

static void references(void **state) {
    (void)state;
    expect("rule p { a exists }\nrule r { p\n}",
           (const char *[]){"rule p { a !exists }\nrule r { p\n}",
                            "rule p { a exists }\nrule r { not p\n}", NULL});
    expect("rule p { a exists }\nrule r when not p { b exists }",
           (const char *[]){"rule p { a !exists }\nrule r when not p { b exists }",
                            "rule p { a exists }\nrule r when p { b exists }",
                            "rule p { a exists }\nrule r  { b exists }",
                            "rule p { a exists }\nrule r when not p { b !exists }", NULL});
    expect("rule p(x) { %x == 1 }\nrule r { p(a) }",
           (const char *[]){"rule p(x) { %x != 1 }\nrule r { p(a) }",
                            "rule p(x) { %x == 2 }\nrule r { p(a) }", NULL});
}

// The name of a type is none of the literals, and the type's own query is not in the text.
static void types(void **state) {
    (void)state;
    expect("AWS::S3::Bucket when a exists { b exists }",
           (const char *[]){"AWS::S3::Bucket  { b exists }",
                            "AWS::S3::Bucket when a !exists { b exists }",
                            "AWS::S3::Bucket when a exists { b !exists }", NULL});
}

static void order(void **state) {
    (void)state;
    world w;
    begin(&w, "let l = [1, 2]\nrule r when a exists { some b[ c == 1 ].d in %l or e < 3 <<m>> }");
    assert_true(w.n > 10);
    for (uint32_t i = 1; i < w.n; i++) assert_true(w.v[i - 1].at.beg <= w.v[i].at.beg);
    assert_true(wr_eq(w.v[0].what, WR_S("a member left out: 1")));
    end(&w);
    begin(&w, "# nothing here\n");
    assert_int_equal(w.n, 0);
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators), cmocka_unit_test(literals),   cmocka_unit_test(clauses),
        cmocka_unit_test(queries),   cmocka_unit_test(references), cmocka_unit_test(types),
        cmocka_unit_test(order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
