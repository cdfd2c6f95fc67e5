// SPDX-License-Identifier: Apache-2.0
// The view of Terraform plans: what is joined to what, and what is not known. Plans are JSON with
// ' for ", so that a row can be read.
#include "control/control.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct run {
    wr_ctx c;
    wr_doc *plan, *view;
    wr_rc rc;
} run;

// Parts of a plan: planned resources, resource_changes, configuration of the root module.
static void begin(run *t, const char *planned, const char *changes, const char *config) {
    memset(t, 0, sizeof *t);
    wr_ctx_init(&t->c, NULL);
    wr_str s = wr_fmt(&t->c.arena,
                      "{'planned_values':{'root_module':{%s}},'resource_changes':[%s],"
                      "'configuration':{'root_module':{%s}}}",
                      planned, changes, config);
    for (char *q = (char *)s.p; *q; q++)
        if (*q == '\'') *q = '"';
    wr_src *src = wr_src_new(&t->c.arena, WR_S("plan.json"), s, false);
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    assert_int_equal(wr_doc_load(&t->c, src, &how, &t->plan), WR_OK);
    t->rc = wr_tf_view(&t->c, t->plan, &t->view);
    assert_int_equal(t->rc, WR_OK);
}

static void end(run *t) { wr_ctx_fini(&t->c); }

static const wr_node *at(const run *t, const char *address, const char *part) {
    const wr_node *all = wr_map_getz(t->view, t->view->root, "resources");
    return wr_map_getz(t->view, wr_map_getz(t->view, all, address), part);
}

static void expect(const run *t, const char *address, const char *part, const char *want) {
    wr_buf b;
    wr_buf_init(&b, 0);
    const wr_node *n = at(t, address, part);
    assert_non_null(n);
    assert_int_equal(wr_put_json(&b, n, -1), WR_OK);
    wr_putc(&b, '\0');
    for (char *q = b.p; *q; q++)
        if (*q == '"') *q = '\'';
    assert_string_equal(b.p, want);
    wr_buf_fini(&b);
}

static void expect_waits(const run *t, const wr_node *n, const char *want) {
    wr_str what;
    assert_non_null(n);
    assert_true(wr_node_unknown(t->view, n, &what));
    if (!wr_eq(what, wr_strz(want))) fail_msg("waits for %.*s", WR_FMT(what));
}

#define R(address, type, name, more)                                                               \
    "{'address':'" address "','mode':'managed','type':'" type "','name':'" name "'," more "}"
#define C(type, name, exprs)                                                                       \
    "{'address':'" type "." name "','type':'" type "','name':'" name "','expressions':{" exprs "}" \
    "}"
#define BUCKET(address, name, value)                                                               \
    R(address, "aws_s3_bucket", name, "'values':{'bucket':'" value "'}")
#define VERSIONING(address, name, value)                                                           \
    R(address, "aws_s3_bucket_versioning", name, "'values':{'bucket':'" value "','status':'on'}")
#define REFS(...) "{'references':[" __VA_ARGS__ "]}"

// Plans are pieces of text that are read as they stand.
// clang-format off
static void joins_by_reference(void **state) {
    (void)state;
    run t;
    begin(
        &t,
        "'resources':[" BUCKET("aws_s3_bucket.a", "a", "a") "," BUCKET(
            "aws_s3_bucket.b", "b", "b") "," VERSIONING("aws_s3_bucket_versioning.a", "a",
                                                        "a") ","
                                                             "{'address':'data.x.y','mode':'data','"
                                                             "type':'x','name':'y','values':{}}]",
        "",
        "'resources':[" C("aws_s3_bucket_versioning", "a",
                          "'bucket':" REFS("'aws_s3_bucket.a.id','aws_s3_bucket.a'")) "]");
    expect(&t, "aws_s3_bucket.a", "joined",
           "{'aws_s3_bucket_versioning':[{'bucket':'a','status':'on'}]}");
    expect(&t, "aws_s3_bucket.b", "joined", "{}");
    expect(&t, "aws_s3_bucket.b", "values", "{'bucket':'b'}");
    assert_null(at(&t, "data.x.y", "values"));
    end(&t);
}

// The bucket that logs go to is not the one that is logged.
static void joins_by_the_attribute_that_tells(void **state) {
    (void)state;
    run t;
    begin(
        &t,
        "'resources':[" BUCKET("aws_s3_bucket.a", "a", "a") "," BUCKET(
            "aws_s3_bucket.logs", "logs",
            "logs") "," R("aws_s3_bucket_logging.a", "aws_s3_bucket_logging", "a",
                          "'values':{}") "," R("aws_cloudtrail.t", "aws_cloudtrail", "t",
                                               "'values':{'name':'t'}") "]",
        "",
        "'resources':[" C(
            "aws_s3_bucket_logging", "a",
            "'bucket':" REFS(
                "'aws_s3_bucket.a.id'") ","
                                        "'target_bucket':" REFS(
                                            "'aws_s3_bucket.logs.id'")) "," C("aws_cloudtrail", "t",
                                                                              "'s3_bucket_name'"
                                                                              ":" REFS(
                                                                                  "'aws_s3_bucket."
                                                                                  "logs.id'")) "]");
    expect(&t, "aws_s3_bucket.a", "joined", "{'aws_s3_bucket_logging':[{}]}");
    expect(&t, "aws_s3_bucket.logs", "joined", "{'aws_cloudtrail':[{'name':'t'}]}");
    end(&t);
}

static void instances_by_index(void **state) {
    (void)state;
    run t;
    begin(&t,
          "'resources':[" R(
              "aws_s3_bucket.a[\\'x\\']", "aws_s3_bucket", "a",
              "'index':'x','values':{}") "," R("aws_s3_bucket.a[\\'y\\']", "aws_s3_bucket", "a",
                                               "'index':'y','values':{}") "," R("aws_s3_bucket_"
                                                                                "policy.p[\\'y\\']",
                                                                                "aws_s3_bucket_"
                                                                                "policy",
                                                                                "p",
                                                                                "'index':'y','"
                                                                                "values':{'policy':"
                                                                                "'{}'}") "]",
          "",
          "'resources':[{'address':'aws_s3_bucket_policy.p','type':'aws_s3_bucket_policy',"
          "'name':'p','for_each_expression':" REFS(
              "'aws_s3_bucket.a'") ",'expressions':{"
                                   "'bucket':" REFS("'each.value.id','each.value'") "}}]");
    expect(&t, "aws_s3_bucket.a[\"x\"]", "joined", "{}");
    expect(&t, "aws_s3_bucket.a[\"y\"]", "joined", "{'aws_s3_bucket_policy':[{'policy':'{}'}]}");
    end(&t);
}

// Which of two is configured is not said: neither is guessed.
static void what_is_not_said_waits(void **state) {
    (void)state;
    run t;
    begin(
        &t,
        "'resources':[" R(
            "aws_s3_bucket.a[0]", "aws_s3_bucket", "a",
            "'index':0,'values':{}") "," R("aws_s3_bucket.a[1]", "aws_s3_bucket", "a",
                                           "'index':1,'values':{}") "," R("aws_s3_bucket_policy.p",
                                                                          "aws_s3_bucket_policy",
                                                                          "p", "'values':{}") "]",
        "",
        "'resources':[" C("aws_s3_bucket_policy", "p", "'bucket':" REFS("'aws_s3_bucket.a'")) "]");
    const wr_node *j = at(&t, "aws_s3_bucket.a[1]", "joined");
    j = wr_map_getz(t.view, j, "aws_s3_bucket_policy");
    assert_non_null(j);
    expect_waits(&t, &j->u.kids[0], "whether aws_s3_bucket_policy.p configures aws_s3_bucket.a[1]");
    end(&t);
}

// An index in the reference, or a value that only one has, settles it.
static void a_value_settles_it(void **state) {
    (void)state;
    run t;
    begin(&t,
          "'resources':[" BUCKET("aws_s3_bucket.a[0]", "a", "zero") "," BUCKET(
              "aws_s3_bucket.a[1]", "a", "one") "," VERSIONING("aws_s3_bucket_versioning.v", "v",
                                                               "one") "]",
          "",
          "'resources':[" C("aws_s3_bucket_versioning", "v",
                            "'bucket':" REFS("'aws_s3_bucket.a'")) "]");
    expect(&t, "aws_s3_bucket.a[0]", "joined", "{}");
    expect(&t, "aws_s3_bucket.a[1]", "joined",
           "{'aws_s3_bucket_versioning':[{'bucket':'one','status':'on'}]}");
    end(&t);
}

// A versioning in module v gets the root's bucket by a variable; one in w gets that of b, which
// comes out of b by an output.
static const char in_modules[] =
    "'resources':[" BUCKET("aws_s3_bucket.a", "a", "a") "],'child_modules':["
    "{'address':'module.v','resources':["
    VERSIONING("module.v.aws_s3_bucket_versioning.x", "x", "a") "]},"
    "{'address':'module.b','resources':["
    BUCKET("module.b.aws_s3_bucket.in", "in", "in") "]},"
    "{'address':'module.w','resources':["
    VERSIONING("module.w.aws_s3_bucket_versioning.x", "x", "in") "]}]";
static const char calls[] =
    "'module_calls':{"
    "'v':{'expressions':{'to':" REFS("'aws_s3_bucket.a.id'") "},'module':{'resources':["
    C("aws_s3_bucket_versioning", "x", "'bucket':" REFS("'var.to'")) "]}},"
    "'w':{'expressions':{'to':" REFS("'module.b.id','module.b'") "},'module':{'resources':["
    C("aws_s3_bucket_versioning", "x", "'bucket':" REFS("'var.to'")) "]}},"
    "'b':{'module':{'outputs':{'id':{'expression':" REFS("'aws_s3_bucket.in.id'") "}},"
    "'resources':[]}}}";

static void follows_variables_and_outputs(void **state) {
    (void)state;
    run t;
    begin(&t, in_modules, "", calls);
    expect(&t, "aws_s3_bucket.a", "joined",
           "{'aws_s3_bucket_versioning':[{'bucket':'a','status':'on'}]}");
    expect(&t, "module.b.aws_s3_bucket.in", "joined",
           "{'aws_s3_bucket_versioning':[{'bucket':'in','status':'on'}]}");
    end(&t);
}

static void known_after_apply(void **state) {
    (void)state;
    run t;
    begin(&t,
          "'resources':[" R("aws_x.a", "aws_x", "a",
                            "'values':{'name':'n','list':[{'k':1},{}],'on':false}") "]",
          "{'address':'aws_x.a','change':{'after_unknown':{'id':true,'list':[{},{'k':true}],"
          "'on':false,'tags':{}}}}",
          "");
    expect(&t, "aws_x.a", "values",
           "{'name':'n','list':[{'k':1},{'k':null}],'on':false,'id':null}");
    const wr_node *v = at(&t, "aws_x.a", "values");
    expect_waits(&t, wr_map_getz(t.view, v, "id"), "aws_x.a.id");
    const wr_node *list = wr_map_getz(t.view, v, "list");
    expect_waits(&t, wr_map_getz(t.view, &list->u.kids[1], "k"), "aws_x.a.list[1].k");
    assert_false(wr_node_unknown(t.view, wr_map_getz(t.view, v, "on"), NULL));
    end(&t);
}

// References that go round, texts where objects belong.
static void odd_plans(void **state) {
    (void)state;
    run t;
    begin(&t,
          "'resources':[" R("a.b", "a", "b", "'values':3") ",7,{}],'child_modules':[3,"
          "{'address':'module.m','resources':[" R("module.m.a.b", "a", "b", "'values':{}") "]}]",
          "5,{'address':'a.b','change':[]}",
          "'resources':[4," C("a", "b", "'x':" REFS("'module.m.o','each.value',3") ",'y':'z'") "],"
          "'module_calls':{'m':{'expressions':{'v':" REFS("'module.m.o'") "},'module':{"
          "'resources':[" C("a", "b", "'q':" REFS("'var.v'")) "],"
          "'outputs':{'o':{'expression':" REFS("'var.v'") "}}}}}");
    expect(&t, "a.b", "values", "{}");
    end(&t);
}
// clang-format on

static wr_rc view_of(run *t, wr_str text) {
    memset(t, 0, sizeof *t);
    wr_ctx_init(&t->c, NULL);
    wr_src *src = wr_src_new(&t->c.arena, WR_S("p"), wr_dup(&t->c.arena, text), false);
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    assert_int_equal(wr_doc_load(&t->c, src, &how, &t->plan), WR_OK);
    return wr_tf_view(&t->c, t->plan, &t->view);
}

static void no_plans(void **state) {
    (void)state;
    static const char *const bad[] = {"[]", "{}", "{\"planned_values\":{\"root_module\":[]}}",
                                      "{\"planned_values\":1}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        run t;
        assert_int_equal(view_of(&t, wr_strz(bad[i])), WR_BAD);
        assert_int_equal(t.c.diags->code, WR_D_K0501);
        end(&t);
    }
}

static void put_quoted(wr_buf *b, const char *z) {
    for (; *z; z++) wr_putc(b, *z == '\'' ? '"' : *z);
}

static void put_refs(wr_buf *b, const char *form) { // nine references to the same thing
    for (int i = 0; i < 9; i++) {
        if (i) wr_putc(b, ',');
        wr_putf(b, "\"%s[%d]%s\"", form, i, *form == 'm' ? ".o" : "");
    }
}

// Outputs that name each other over and over: refused, not followed for ever.
static void too_many_references(void **state) {
    (void)state;
    run t;
    wr_buf b;
    wr_buf_init(&b, 0);
    put_quoted(&b, "{'planned_values':{'root_module':{'resources':[{'address':'a.b','mode':"
                   "'managed','type':'a','name':'b'}]}},'configuration':{'root_module':{");
    put_quoted(&b, "'resources':[{'address':'a.b','expressions':{'x':{'references':['module.m.o'"
                   "]}}}],'module_calls':{'m':{'expressions':{'v':{'references':[");
    put_refs(&b, "module.m");
    put_quoted(&b, "]}},'module':{'outputs':{'o':{'expression':{'references':[");
    put_refs(&b, "var.v");
    put_quoted(&b, "]}}}}}}}}}");
    assert_int_equal(view_of(&t, wr_buf_str(&b)), WR_LIMIT);
    assert_int_equal(t.c.diags->code, WR_D_K0503);
    wr_buf_fini(&b);
    end(&t);
}

static void too_deep(void **state) {
    (void)state;
    run t;
    wr_buf b;
    wr_buf_init(&b, 0);
    put_quoted(&b, "{'planned_values':{'root_module':");
    for (int i = 0; i < 70; i++) put_quoted(&b, "{'child_modules':[");
    put_quoted(&b, "{}");
    for (int i = 0; i < 70; i++) put_quoted(&b, "]}");
    put_quoted(&b, "}}");
    assert_int_equal(view_of(&t, wr_buf_str(&b)), WR_LIMIT);
    assert_int_equal(t.c.diags->code, WR_D_K0502);
    wr_buf_fini(&b);
    end(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joins_by_reference), cmocka_unit_test(joins_by_the_attribute_that_tells),
        cmocka_unit_test(instances_by_index), cmocka_unit_test(what_is_not_said_waits),
        cmocka_unit_test(a_value_settles_it), cmocka_unit_test(follows_variables_and_outputs),
        cmocka_unit_test(known_after_apply),  cmocka_unit_test(odd_plans),
        cmocka_unit_test(no_plans),           cmocka_unit_test(too_many_references),
        cmocka_unit_test(too_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
