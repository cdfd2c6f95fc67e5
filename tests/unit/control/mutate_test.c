// SPDX-License-Identifier: Apache-2.0
// Faults in policies under the tests of their control: what is killed and what survives, policies
// that several layers share, tests that are not met; which faults an SCP gets; the list of
// survivors.
#include "control/mutate_int.h"

#include <setjmp.h>
#include <stdio.h>

#include <cmocka.h>

typedef struct world {
    wr_ctx c, task;
    wr_repo r;
    wr_control control;
} world;

static wr_str quoted(wr_arena *a, const char *s) { // ' stands for "
    char *in = (char *)wr_dupz(a, wr_strz(s));
    for (char *q = in; *q; q++)
        if (*q == '\'') *q = '"';
    return wr_strz(in);
}

static void begin(world *w) {
    static const wr_guard_opts guard = {.level = WR_GUARD_32};
    *w = (world){0};
    wr_ctx_init(&w->c, NULL);
    wr_ctx_init(&w->task, NULL);
    w->r.ctx = &w->c;
    w->r.guard = wr_guard_set_new(&w->c, &guard);
    w->r.iam = wr_iam_set_new(&w->c);
    wr_map_init(&w->r.by_id, &w->c.arena);
    w->control = (wr_control){.id = WR_S("T.ONE"), .title = WR_S("t"), .severity = WR_SEV_HIGH};
    *wr_map_at(&w->r.by_id, w->control.id) = &w->control;
    assert_true(WR_PUSH(&w->c.arena, &w->r.controls, &w->control)); // NOLINT: a pointer
}

static void end(world *w) {
    wr_guard_set_free(w->r.guard);
    wr_ctx_fini(&w->c);
    wr_ctx_fini(&w->task);
}

static void guard_layers(world *w, const char *rules) {
    wr_src *src = wr_src_new(&w->c.arena, WR_S("r.guard"), wr_strz(rules), false);
    wr_control_layer y = {.means = WR_BY_GUARD, .file = WR_S("r.guard"), .on = WR_ON_CFN};
    assert_int_equal(wr_guard_add(w->r.guard, src, src->name, &y.guard), WR_OK);
    w->control.layer[WR_PROACTIVE] = y;
    y.on = WR_ON_CI;
    w->control.layer[WR_DETECTIVE] = y;
}

static const wr_iam_policy *scp(world *w, const char *text) {
    wr_src *src = wr_src_new(&w->c.arena, WR_S("p.json"), quoted(&w->c.arena, text), false);
    const wr_iam_policy *p =
        wr_iam_add_text(w->r.iam, src, false, &(wr_iam_parse_opts){.kind = WR_IAM_SCP});
    assert_non_null(p);
    assert_false(p->broken);
    w->control.layer[WR_PREVENTATIVE] =
        (wr_control_layer){.means = WR_BY_SCP, .file = WR_S("p.json"), .policy = p};
    return p;
}

static const wr_doc *doc_of(world *w, const char *text) {
    wr_src *src = wr_src_new(&w->c.arena, WR_S("t.json"), quoted(&w->c.arena, text), false);
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    wr_doc *d = NULL;
    assert_int_equal(wr_doc_load(&w->c, src, &how, &d), WR_OK);
    return d;
}

static void test_of(world *w, wr_layer l, const char *input, wr_outcome want) {
    wr_control_test *t = WR_NEW(&w->c.arena, wr_control_test);
    t->control = w->control.id;
    t->name = WR_S("test");
    t->layer = l;
    t->doc = doc_of(w, input);
    t->input = t->doc->root;
    t->want = want;
    assert_true(WR_PUSH(&w->c.arena, &w->r.tests, t)); // NOLINT: a pointer
}

static wr_mutated run(world *w) {
    wr_mutated_list v = {NULL, 0, 0};
    assert_int_equal(wr_mutate_plan(&w->r, &w->control, &v), WR_OK);
    assert_int_equal(v.n, 1);
    assert_int_equal(wr_mutate_one(&w->r, &v.v[0], &w->task, &w->c.arena), WR_OK);
    return v.v[0];
}

static bool survives(const wr_mutated *m, const char *what) {
    for (uint32_t i = 0; i < m->n; i++)
        if (wr_eq(m->v[i].what, wr_strz(what))) return !m->v[i].killed;
    print_error("there is no mutant '%s'\n", what);
    assert_true(false);
    return false;
}

static const char bucket[] = "{'Resources': {'B': {'Type': 'AWS::S3::Bucket', 'Properties': "
                             "{'Public': %s, 'Days': 7}}}}";

static void bucket_test(world *w, const char *is_public, wr_outcome want) {
    wr_str s = wr_fmt(&w->c.arena, bucket, is_public);
    test_of(w, WR_PROACTIVE, s.p, want);
}

static void guard(void **state) {
    (void)state;
    world w;
    begin(&w);
    guard_layers(&w, "rule r { Resources.*.Properties.Public == false\n"
                     "Resources.*.Properties.Days > 3 }");
    bucket_test(&w, "false", WR_PASS);
    bucket_test(&w, "true", WR_FAIL);
    wr_mutated m = run(&w);
    assert_int_equal(m.layers, 1u << WR_PROACTIVE | 1u << WR_DETECTIVE);
    assert_int_equal(m.n_tests, 2);
    assert_int_equal(m.cannot.n, 0);
    assert_false(survives(&m, "== becomes !=: Resources.*.Properties.Public == false"));
    assert_false(survives(&m, "a clause left out: Resources.*.Properties.Public == false"));
    assert_true(survives(&m, "a clause left out: Resources.*.Properties.Days > 3"));
    assert_true(survives(&m, "> becomes >=: Resources.*.Properties.Days > 3"));
    assert_false(survives(&m, "> becomes <=: Resources.*.Properties.Days > 3"));
    uint32_t killed = 0;
    for (uint32_t i = 0; i < m.n; i++) killed += m.v[i].killed;
    assert_int_equal(m.n_killed, killed);
    assert_int_equal(wr_src_pos(m.v[m.n - 1].place.src, m.v[m.n - 1].place.at.beg).line, 2);
    end(&w);
}

static void without_tests(void **state) {
    (void)state;
    world w;
    begin(&w);
    guard_layers(&w, "rule r { Resources exists }");
    wr_mutated m = run(&w);
    assert_int_equal(m.n_tests, 0);
    assert_int_equal(m.n, 1);
    assert_int_equal(m.n_killed, 0);
    end(&w);
}

static void unmet(void **state) {
    (void)state;
    world w;
    begin(&w);
    guard_layers(&w, "rule r { Resources.*.Properties.Public == false }");
    bucket_test(&w, "true", WR_PASS);
    wr_mutated m = run(&w);
    assert_true(wr_eq(m.cannot, WR_S("test 'test' is not met as it is")));
    assert_int_equal(m.n, 0);
    end(&w);
}

static void broken_is_left_out(void **state) {
    (void)state;
    world w;
    wr_mutated_list v = {NULL, 0, 0};
    begin(&w);
    guard_layers(&w, "rule r { Resources exists }");
    w.control.layer[WR_PROACTIVE].broken = w.control.layer[WR_DETECTIVE].broken = true;
    w.control.layer[WR_RESPONSIVE].means = WR_BY_RUNBOOK;
    assert_int_equal(wr_mutate_plan(&w.r, &w.control, &v), WR_OK);
    assert_int_equal(v.n, 0);
    end(&w);
}

// ---------------------------------------------------------------------------------- SCPs

static const char keep[] =
    "{'Version': '2012-10-17', 'Statement': [{'Effect': 'Deny', 'Action': ['s3:DeleteBucket', "
    "'s3:PutBucketAcl'], 'Resource': '*', 'Condition': {'StringNotEquals': {'aws:PrincipalTag/a': "
    "'b'}, 'Bool': {'aws:SecureTransport': 'false'}}}]}";

static void scp_mutants(void **state) {
    (void)state;
    static const char *const wanted[] = {
        "statement 1: \"Deny\" becomes \"Allow\"",
        "statement 1: \"Action\" becomes \"NotAction\"",
        "statement 1: an action left out: \"s3:DeleteBucket\"",
        "statement 1: an action left out: \"s3:PutBucketAcl\"",
        "statement 1: \"Resource\" becomes \"NotResource\"",
        "statement 1: \"*\" becomes \"arn:aws:writ:::mutant\"",
        "statement 1: \"StringNotEquals\" becomes \"StringEquals\"",
        "statement 1: \"b\" becomes \"writ-mutant\"",
        "statement 1: \"Bool\" becomes \"BoolIfExists\"",
        "statement 1: \"false\" becomes \"true\"",
    };
    world w;
    ctl_edits v = {NULL, 0, 0};
    begin(&w);
    const wr_iam_policy *p = scp(&w, keep);
    assert_true(ctl_iam_mutants(&w.c.arena, p, &v));
    for (size_t k = 0; k < sizeof wanted / sizeof *wanted; k++) {
        uint32_t found = 0;
        for (uint32_t i = 0; i < v.n; i++) found += wr_eq(v.v[i].what, wr_strz(wanted[k]));
        if (found != 1) print_error("%u times: %s\n", found, wanted[k]);
        assert_int_equal(found, 1);
    }
    // Besides: Condition, and each of its two operators, left out.
    assert_int_equal(v.n, sizeof wanted / sizeof *wanted + 3);
    for (uint32_t i = 1; i < v.n; i++) assert_true(v.v[i - 1].at.beg <= v.v[i].at.beg);
    end(&w);
}

static void scp_run(void **state) {
    (void)state;
    world w;
    begin(&w);
    scp(&w, keep);
    test_of(&w, WR_PREVENTATIVE,
            "{'principal': 'arn:aws:iam::111122223333:role/r', 'action': 's3:DeleteBucket', "
            "'resource': 'arn:aws:s3:::b', 'context': {'aws:SecureTransport': 'false', "
            "'aws:PrincipalTag/a': 'c'}}",
            WR_DENY);
    wr_mutated m = run(&w);
    assert_int_equal(m.cannot.n, 0);
    assert_false(survives(&m, "statement 1: \"Deny\" becomes \"Allow\""));
    assert_false(survives(&m, "statement 1: an action left out: \"s3:DeleteBucket\""));
    assert_true(survives(&m, "statement 1: an action left out: \"s3:PutBucketAcl\""));
    assert_true(survives(&m, "statement 1: \"Bool\" becomes \"BoolIfExists\""));
    assert_false(w.c.n_errors > 0);
    end(&w);
}

// ---------------------------------------------------------------------------------- survivors

static void survivors(void **state) {
    (void)state;
    world w;
    wr_survivors s = {NULL, 0, 0};
    begin(&w);
    const wr_doc *d =
        doc_of(&w, "{'schema': 'writ/survivors/1', 'survivors': [{'control': 'T.ONE', "
                   "'policy': 'p', 'what': 'x', 'reason': 'y'}]}");
    assert_int_equal(wr_survivors_load(&w.c, d, &s), WR_OK);
    assert_int_equal(s.n, 1);
    wr_mutated m = {.control = &w.control, .file = WR_S("p")}, other = m;
    wr_mutant x = {.what = WR_S("x")}, z = {.what = WR_S("z")};
    other.file = WR_S("q");
    assert_false(wr_survivor_known(&s, &m, &z));
    assert_false(wr_survivor_known(&s, &other, &x));
    assert_true(wr_survivor_known(&s, &m, &x));
    assert_false(wr_survivor_known(&s, &m, &x)); // an entry is for one
    assert_true(s.v[0].met);
    end(&w);
}

static void bad_survivors(void **state) {
    (void)state;
    static const char *const bad[] = {
        "[]",
        "{'schema': 'writ/survivors/1'}",
        "{'schema': 'writ/survivors/2', 'survivors': []}",
        "{'schema': 'writ/survivors/1', 'survivors': ['x']}",
        "{'schema': 'writ/survivors/1', 'survivors': [{'control': 'T.ONE', 'policy': 'p', 'what': "
        "'x'}]}",
        "{'schema': 'writ/survivors/1', 'survivors': [{'control': 'T.ONE', 'policy': 'p', 'what': "
        "'x', 'reason': ''}]}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        world w;
        wr_survivors s = {NULL, 0, 0};
        begin(&w);
        assert_int_equal(wr_survivors_load(&w.c, doc_of(&w, bad[i]), &s), WR_BAD);
        assert_int_equal(w.c.diags->code, WR_D_K0602);
        end(&w);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guard),       cmocka_unit_test(without_tests),
        cmocka_unit_test(unmet),       cmocka_unit_test(broken_is_left_out),
        cmocka_unit_test(scp_mutants), cmocka_unit_test(scp_run),
        cmocka_unit_test(survivors),   cmocka_unit_test(bad_survivors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
