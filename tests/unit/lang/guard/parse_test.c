// SPDX-License-Identifier: Apache-2.0
// The grammar, case by case: does a text parse, and if not, which place and context does the
// original name. Every row was made with cfn-guard 3.1.1 and 3.2.0. Then what a parsed rule holds.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "lang/guard/guard_int.h"

// line:column and context of the parse error, NULL when the text parses. The two long contexts are
// shortened to OP and RHS.
typedef struct row {
    const char *text, *v31, *v32;
} row;

#define SAME ((const char *)-1)

// clang-format off
static const row rows[] = {
    {"a exists", NULL, SAME},
    {"a exists b exists", NULL, SAME},
    {"a in[\"x\"] b==\"x\"", NULL, SAME},
    {"a existsfoo", "1:9", SAME},
    {"a ininb", NULL, SAME},
    {"thisProp exists", "1:1", SAME},
    {"whenever exists", "1:5", SAME},
    {"some exists", "1:1", SAME},
    {"letter exists", NULL, SAME},
    {"some_x exists", NULL, SAME},
    {"a ! exists", "1:1", SAME},
    {"a !exists", NULL, SAME},
    {"a not exists", NULL, SAME},
    {"a not\nexists", "1:1", SAME},
    {"a Exists", "1:1", SAME},
    {"a NOT_IN [1]", "1:1", SAME},
    {"a == 'it\\'s'", NULL, SAME},
    {"a == \"x\\\"", "1:5 RHS", SAME},
    {"a == \"x", "1:5 RHS", SAME},
    {"a == /a\\/b/", NULL, SAME},
    {"a == /a\\//", "1:5 RHS", SAME},
    {"a == //", "1:5 RHS", SAME},
    {"a == /a(/", "1:5 RHS", SAME},
    {"a == -9223372036854775807", NULL, SAME},
    {"a == 9223372036854775808", "1:5 RHS", SAME},
    {"a == +1", "1:5 RHS", SAME},
    {"a == 1.5e3", NULL, SAME},
    {"a == 1.5e", "1:7", "1:5 RHS"},
    {"a == 1e5", "1:7", SAME},
    {"a == -1.5", "1:8", SAME},
    {"a == r[1,5]", NULL, SAME},
    {"a == r( a , z ]", NULL, SAME},
    {"a == r[1,2.0]", "1:5 RHS/Could not parse range", SAME},
    {"a == [1,]", "1:5 RHS", SAME},
    {"a == {a: 1, 'b c': [r(1.0,2.0), /x/]}", NULL, SAME},
    {"a == {a: 1,}", "1:5 RHS", SAME},
    {"a == TRUE", NULL, SAME},
    {"a == true", NULL, SAME},
    {"a exists << m >> b exists", NULL, SAME},
    {"a exists << m", "1:12 Unable to find a closing >> tag for message", SAME},
    {"a[ b exists ] exists", NULL, SAME},
    {"a[ ] exists", "1:3 There were no clauses present #1@3", SAME},
    {"a[ b ] exists", NULL, SAME},
    {"a['b'].'c'.\"d\"[*].*[0].5 exists", NULL, SAME},
    {"a[ x | b exists ] exists", NULL, SAME},
    {"a[ keys == /x/ ] exists", NULL, SAME},
    {"a[ keys x ] exists", "1:9", SAME},
    {"a[ keys not in ['x'] ].y exists", NULL, SAME},
    {"a[1 exists", "1:5", SAME},
    {"a.%v.b exists", NULL, SAME},
    {"%v exists", NULL, SAME},
    {"%v.b exists", NULL, SAME},
    {"%v[*].b exists", NULL, SAME},
    {"this exists", NULL, SAME},
    {"some a[*].b == 1", NULL, SAME},
    {"a == count(b)", NULL, SAME},
    {"a == count( b, 'c' ,d )", NULL, "1:11"},
    {"a == count()", "1:5 RHS", "1:11"},
    {"a == nope(b)", NULL, "1:10"},
    {"f(a, 1, count(b))", NULL, SAME},
    {"f(a", "1:4", "1:1"},
    {"let x = 1", NULL, SAME},
    {"let x := a.b", NULL, SAME},
    {"let x = count(a)", NULL, SAME},
    {"let x = count(a", "1:14", SAME},
    {"let x 1", "1:7", SAME},
    {"let x = ", "1:9", SAME},
    {"rule r { a exists }", NULL, SAME},
    {"rule r when a exists b exists { c exists or d exists }", NULL, SAME},
    {"rule r {}", "1:9", SAME},
    {"rule r { let x = 1 }", NULL, SAME},
    {"rule r { u }", "1:12", SAME},
    {"rule r { u\n}", NULL, SAME},
    {"rule r { not u <<m>> }", NULL, SAME},
    {"rule r { u or v\n}", NULL, SAME},
    {"rule p(a, b) { %a exists }", NULL, SAME},
    {"rule p(a,) { %a exists }", "1:10", SAME},
    {"rule p(a) when a exists { b exists }", "1:11", SAME},
    {"rule 1 { a exists }", "1:6", SAME},
    {"AWS::S3::Bucket { a exists }", NULL, SAME},
    {"AWS::S3::Bucket::MODULE { a exists }", NULL, SAME},
    {"A::B when c exists { a exists or b exists }", NULL, SAME},
    {"A::B a exists", NULL, SAME},
    {"A::B", "1:5", SAME},
    {"A::B{ a exists }", "1:5", SAME},
    {"when a exists { b exists }", NULL, SAME},
    {"when a exists { u\n}", NULL, SAME},
    {"when { a exists }", "1:6 There were no clauses present #1@6", SAME},
    {"a { b exists }", NULL, SAME},
    {"a !empty { b exists }", NULL, SAME},
    {"a { }", "1:1", SAME},
    {"a { b exists } or c { d exists }", NULL, SAME},
    {"a exists or", "1:10", SAME},
    {"a exists or b", "1:10", SAME},
    {"# c\na exists # d\n", NULL, SAME},
    {"a exists;", "1:9", SAME},
    {"a\xC2\xA0" "exists", "1:1", SAME},
    {"é exists", "1:1", SAME},
    {"aé exists", NULL, SAME},
};
// clang-format on

typedef struct parsed {
    wr_ctx ctx;
    wr_guard_set *set;
    const g_file *file;
    wr_rc rc;
} parsed;

static void parse(parsed *p, const char *text, wr_guard_level level, const char *name) {
    wr_guard_opts o = {.level = level};
    wr_ctx_init(&p->ctx, NULL);
    p->set = wr_guard_set_new(&p->ctx, &o);
    const wr_src *src = wr_src_new(&p->ctx.arena, wr_strz(name), wr_strz(text), false);
    p->rc = wr_guard_add(p->set, src, wr_strz(name), &p->file);
}

static void done(parsed *p) {
    wr_guard_set_free(p->set);
    wr_ctx_fini(&p->ctx);
}

static wr_str replace(wr_arena *a, wr_str s, const char *what, const char *by) {
    size_t at = wr_find(s, wr_strz(what), 0);
    if (at == SIZE_MAX) return s;
    return wr_fmt(a, "%.*s%s%.*s", (int)at, s.p, by, (int)(s.n - at - strlen(what)),
                  s.p + at + strlen(what));
}

// The whole text the original would print, made from a row's short form.
static wr_str original(parsed *p, const char *text, const char *want) {
    unsigned line, col;
    int n = 0;
    assert_int_equal(sscanf(want, "%u:%u%n", &line, &col, &n), 2);
    wr_str ctx = wr_strz(want + n + (want[n] == ' '));
    ctx = replace(&p->ctx.arena, ctx, "RHS",
                  "expecting either a property access \"engine.core\" or value like \"string\" or "
                  "[\"this\", \"that\"]");
    ctx =
        replace(&p->ctx.arena, ctx, "OP",
                "expecting comparison binary operators like >, <= or unary operators KEYS, EXISTS, "
                "EMPTY or NOT");
    wr_str t = wr_strz(text);
    size_t at = 0;
    for (unsigned i = 1; i < line; i++) at = wr_find(t, WR_S("\n"), at) + 1;
    for (unsigned i = 1; i < col; i++) wr_utf8_next(t, &at);
    return wr_fmt(
        &p->ctx.arena,
        "Parser Error when parsing `Parsing Error Error parsing file  at line %u at column "
        "%u, when handling %.*s, fragment %s`",
        line, col, WR_FMT(ctx), text + at);
}

static bool check(const row *r, wr_guard_level level, const char *want) {
    parsed p;
    parse(&p, r->text, level, "");
    wr_str got = wr_guard_file_error(p.file);
    bool ok = want ? p.rc == WR_BAD && wr_eq(got, original(&p, r->text, want)) && p.ctx.n_errors > 0
                   : p.rc == WR_OK && got.n == 0;
    if (!ok) printf("`%s` at level %d: %.*s\n", r->text, level, WR_FMT(got));
    done(&p);
    return ok;
}

static void test_grammar(void **state) {
    (void)state;
    int failed = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        failed += !check(&rows[i], WR_GUARD_31, rows[i].v31);
        failed += !check(&rows[i], WR_GUARD_32, rows[i].v32 == SAME ? rows[i].v31 : rows[i].v32);
    }
    assert_int_equal(failed, 0);
}

static void test_empty(void **state) {
    (void)state;
    parsed p;
    parse(&p, " \n# nothing\n\t", WR_GUARD_31, "e.guard");
    assert_int_equal(p.rc, WR_OK);
    assert_true(wr_guard_file_empty(p.file));
    assert_int_equal(wr_guard_n_rules(p.file), 0);
    done(&p);
}

static void test_not_utf8(void **state) {
    (void)state;
    parsed p;
    parse(&p, "a == '\xFF'", WR_GUARD_31, "e.guard");
    assert_int_equal(p.rc, WR_BAD);
    assert_int_equal(p.ctx.diags->code, WR_D_D0001);
    done(&p);
}

static void test_names(void **state) {
    (void)state;
    parsed p;
    parse(&p, "rule b { x exists }\na exists\nrule c(q, r, q) { %q exists }", WR_GUARD_31,
          "f.guard");
    assert_int_equal(p.rc, WR_OK);
    assert_int_equal(wr_guard_n_rules(p.file), 2);
    assert_true(wr_eq(wr_guard_rule_name(wr_guard_rule(p.file, 0)), WR_S("f.guard/default")));
    assert_true(wr_eq(wr_guard_rule_name(wr_guard_rule(p.file, 1)), WR_S("b")));
    assert_int_equal(p.file->n_prules, 1);
    assert_int_equal(p.file->prules[0].n_params, 2);
    done(&p);
}

static void test_metadata(void **state) {
    (void)state;
    parsed p;
    parse(&p,
          "# @id no\n\n# about\n# @id S3-01\n## @severity high\n# @title Buckets: encrypted\n"
          "# @level warn\n# @owner me\nrule a { x exists }\n# @level maybe\n# @severity big\n"
          "rule b { x exists }\n# @id X\nx exists rule c { y exists }",
          WR_GUARD_31, "f");
    assert_int_equal(p.rc, WR_OK);
    const g_rule *a = &p.file->rules[1], *b = &p.file->rules[2], *c = &p.file->rules[3];
    assert_true(wr_eq(a->id, WR_S("S3-01")));
    assert_true(wr_eq(a->title, WR_S("Buckets: encrypted")));
    assert_true(a->has_severity && a->severity == WR_SEV_HIGH && a->warn);
    assert_true(!b->has_severity && !b->warn && c->id.n == 0);
    assert_int_equal(p.ctx.n_diags, 2);
    assert_int_equal(p.ctx.diags->code, WR_D_G0130);
    done(&p);
}

static wr_str shown(parsed *p, const g_clause *c) {
    wr_buf b;
    wr_buf_init(&b, 0);
    g_put_clause(&b, c);
    wr_str s = wr_dup(&p->ctx.arena, wr_buf_str(&b));
    wr_buf_fini(&b);
    return s;
}

static void test_show(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"%v[*].x exists", " %v[*].x EXISTS  "},
        {"not a.b !exists", "not a.b not EXISTS  "},
        {"a.*['k'][0].%v[ x | y exists ] == 1", " a.*.k.0.%v.x (filter-clauses) EQUALS  1"},
        {"this.a in [1, 'x', /y/, null, true, 1.5, {a: r(1,2]}]",
         " _.a IN  [1,\"x\",\"/y/\",\"NULL\",true,1.5,{\"a\":(1,2]}]"},
        {"a >= count(%b.c, 'd')", " a GREATER THAN EQUALS  count(%b[*].c, \"d\")"},
        {"%a.b is_struct", " %a[*].b IS MAP  "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        parsed p;
        parse(&p, cases[i][0], WR_GUARD_31, "");
        assert_int_equal(p.rc, WR_OK);
        wr_str s = shown(&p, &p.file->rules[0].block.cnf.v[0].v[0]);
        assert_string_equal(s.p, cases[i][1]);
        done(&p);
    }
    parsed p;
    parse(&p, "rule r {\n  not other\n}", WR_GUARD_31, "f.guard");
    wr_str s = shown(&p, &p.file->rules[0].block.cnf.v[0].v[0]);
    assert_string_equal(s.p, "Rule(other@Location[file:f.guard, line:2, column:3])");
    done(&p);
}

static const g_part *first_filter(const parsed *p) {
    const g_query *q = p->file->rules[0].block.cnf.v[0].v[0].query;
    for (uint32_t i = 0; i < q->n; i++)
        if (q->parts[i].kind == G_FILTER) return &q->parts[i];
    return NULL;
}

static void test_compiled(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool eq, only;
    } cases[] = {
        {"R.*[ Type == 'T' ] exists", true, true},
        {"R.*[ Type == 'T' a.b exists ] exists", true, false},
        {"R.*[ a is_list Type == 'T' c in ['x'] ] exists", true, false},
        {"R.*[ Type == /T/ ] exists", false, false},
        {"R.*[ Type != 'T' ] exists", false, false},
        {"R.*[ Type == 'T' or a exists ] exists", false, false},
        {"R.*[ Type == 'T' a empty ] exists", false, false},
        {"R.*[ Type == 'T' a == /x/ ] exists", false, false},
        {"R.*[ Type == 'T' a == %v ] exists", false, false},
        {"R.*[ Type == 'T' a[ b exists ] exists ] exists", false, false},
        {"R.*[ n | Type == 'T' ] exists", false, false},
        {"R.*[ a.Type == 'T' ] exists", false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        parsed p;
        parse(&p, cases[i].text, WR_GUARD_31, "");
        assert_int_equal(p.rc, WR_OK);
        const g_part *f = first_filter(&p);
        assert_non_null(f);
        assert_int_equal(f->eq_key != NULL, cases[i].eq);
        assert_int_equal(f->eq_only, cases[i].only);
        done(&p);
    }
    parsed p;
    parse(&p, "max_size.max_size exists", WR_GUARD_31, "");
    const g_part *parts = p.file->rules[0].block.cnf.v[0].v[0].query->parts;
    assert_string_equal(parts[0].conv[WR_CASE_PASCAL]->p, "MaxSize");
    assert_string_equal(parts[0].conv[WR_CASE_KEBAB]->p, "max-size");
    assert_ptr_equal(parts[0].conv[0], parts[1].conv[0]);
    done(&p);
}

static void test_prelude(void **state) {
    (void)state;
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    wr_guard_set *s = wr_guard_set_new(&c, NULL);
    const char *texts[] = {"let a = 1\nrule one { x exists }\nrule f(p) { %p exists }",
                           "let b = 2\nrule two { one }\n", "rule t { two\n f(%a)\n %b exists }"};
    const wr_src *src[3];
    for (int i = 0; i < 3; i++) src[i] = wr_src_new(&c.arena, WR_S("p"), wr_strz(texts[i]), false);
    assert_int_equal(wr_guard_add_prelude(s, src[0], WR_S("p1")), WR_OK);
    assert_int_equal(wr_guard_add_prelude(s, src[1], WR_S("p2")), WR_BAD); // `two { one }`: no end
    src[1] = wr_src_new(&c.arena, WR_S("p"), WR_S("let b = 2\nrule two { one\n}"), false);
    assert_int_equal(wr_guard_add_prelude(s, src[1], WR_S("p2")), WR_OK);
    uint32_t before = c.n_diags;
    const g_file *f;
    assert_int_equal(wr_guard_add(s, src[2], WR_S("f"), &f), WR_OK);
    assert_int_equal(c.n_diags, before);
    assert_int_equal(f->prelude->n_rules, 2);
    assert_int_equal(f->prelude->n_lets, 2);
    assert_true(f->prelude->rules[1].prelude && f->prelude->rules[1].index == 1);
    assert_int_equal(wr_guard_n_rules(f), 1);
    wr_guard_set_free(s);
    wr_ctx_fini(&c);
}

// As deep as is allowed, and one deeper; each level of each kind costs C stack.
static void test_depth(void **state) {
    (void)state;
    static const char *const kinds[][3] = {{"a[ ", "a exists", " ] exists"},
                                           {"a { ", "a exists", " }"},
                                           {"x == [", "1", "]"},
                                           {"x == count(", "a", ")"},
                                           {"when a exists { ", "a exists", " }"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        for (int n = 199; n <= 210; n += 11) {
            wr_buf b;
            wr_buf_init(&b, 0);
            bool nest = i == 2 || i == 3;
            if (nest) wr_putz(&b, "x == ");
            const char *open = nest ? kinds[i][0] + 5 : kinds[i][0];
            for (int j = 0; j < n; j++) wr_putz(&b, open);
            wr_putz(&b, kinds[i][1]);
            for (int j = 0; j < n; j++) wr_putz(&b, kinds[i][2]);
            wr_putc(&b, '\0');
            parsed p;
            parse(&p, b.p, WR_GUARD_31, "deep");
            assert_int_equal(p.rc, n == 199 ? WR_OK : WR_LIMIT);
            if (n > 199) assert_int_equal(p.ctx.diags->code, WR_D_G0115);
            done(&p);
            wr_buf_fini(&b);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grammar),  cmocka_unit_test(test_empty),
        cmocka_unit_test(test_not_utf8), cmocka_unit_test(test_names),
        cmocka_unit_test(test_metadata), cmocka_unit_test(test_show),
        cmocka_unit_test(test_compiled), cmocka_unit_test(test_prelude),
        cmocka_unit_test(test_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
