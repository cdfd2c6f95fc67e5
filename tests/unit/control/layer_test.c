// SPDX-License-Identifier: Apache-2.0
// One layer on one input: outcomes of Guard layers on the three shapes, documents over other
// symbols than the rules', types that a control is about, layers that cannot judge; SCPs, RCPs and
// IAM policies on requests.
#include "control/check_int.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct world {
    wr_ctx c;
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
    w->r.ctx = &w->c;
    w->r.guard = wr_guard_set_new(&w->c, &guard);
    w->r.iam = wr_iam_set_new(&w->c);
    w->control = (wr_control){.id = WR_S("T.ONE"), .title = WR_S("t"), .severity = WR_SEV_HIGH};
}

static void end(world *w) {
    wr_guard_set_free(w->r.guard);
    wr_ctx_fini(&w->c);
}

static void guard_layer(world *w, wr_layer l, const char *rules, unsigned on) {
    wr_src *src = wr_src_new(&w->c.arena, WR_S("r.guard"), wr_strz(rules), false);
    wr_control_layer *y = &w->control.layer[l];
    *y = (wr_control_layer){.means = WR_BY_GUARD, .file = WR_S("r.guard"), .on = on};
    assert_int_equal(wr_guard_add(w->r.guard, src, src->name, &y->guard), WR_OK);
}

static void policy_layer(world *w, wr_means m, const char *text) {
    wr_src *src = wr_src_new(&w->c.arena, WR_S("p.json"), quoted(&w->c.arena, text), false);
    wr_iam_parse_opts o = {.kind = m == WR_BY_SCP   ? WR_IAM_SCP
                                   : m == WR_BY_RCP ? WR_IAM_RCP
                                                    : WR_IAM_IDENTITY};
    wr_control_layer *y = &w->control.layer[WR_PREVENTATIVE];
    *y = (wr_control_layer){.means = m, .file = WR_S("p.json")};
    y->policy = wr_iam_add_text(w->r.iam, src, false, &o);
    assert_false(y->policy->broken);
    wr_iam_freeze(w->r.iam);
}

// Judges text, loaded over a symbol table of its own.
static wr_rc judge(world *w, wr_layer l, const char *text, wr_decision *out) {
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    wr_src *src = wr_src_new(&w->c.arena, WR_S("i.json"), quoted(&w->c.arena, text), false);
    wr_doc *d;
    assert_int_equal(wr_doc_load(&w->c, src, &how, &d), WR_OK);
    return wr_layer_judge(&w->r, &w->control, l, d, WR_S("i.json"), &w->c, out);
}

static void want(world *w, wr_layer l, const char *text, wr_outcome o) {
    wr_decision d;
    assert_int_equal(judge(w, l, text, &d), WR_OK);
    assert_string_equal(wr_outcome_name(d.outcome), wr_outcome_name(o));
    bool open = WR_BIT(o) & (WR_IS_BAD | WR_IS_OPEN);
    assert_int_equal(d.n_reasons > 0, open);
}

static const char rules[] = "rule cfn when Resources exists {\n"
                            "  let v = Resources.*[ Type == 'AWS::S3::Bucket' ]\n"
                            "  when %v !empty { %v.Properties.Acl == 'Private' }\n"
                            "}\n"
                            "rule tf when resources exists {\n"
                            "  let b = resources.*[ type == 'aws_s3_bucket' ]\n"
                            "  when %b !empty { %b.values.acl == 'private' }\n"
                            "}\n"
                            "rule ci when resourceType exists {\n"
                            "  configuration.acl == 'private'\n"
                            "}\n";

#define TEMPLATE(acl)                                                                              \
    "{'Resources':{'B':{'Type':'AWS::S3::Bucket','Properties':{'Acl':'" acl "'}}}}"

static void shapes(void **state) {
    (void)state;
    world w;
    begin(&w);
    guard_layer(&w, WR_PROACTIVE, rules, WR_ON_CFN | WR_ON_TF);
    guard_layer(&w, WR_DETECTIVE, rules, WR_ON_CI);
    want(&w, WR_PROACTIVE, TEMPLATE("Private"), WR_PASS);
    want(&w, WR_PROACTIVE, TEMPLATE("PublicRead"), WR_FAIL);
    want(&w, WR_PROACTIVE, "{'Resources':{'Q':{'Type':'AWS::SQS::Queue'}}}", WR_SKIP);
    want(&w, WR_DETECTIVE, TEMPLATE("PublicRead"), WR_SKIP); // not what the layer is on
    static const char plan[] =
        "{'planned_values':{'root_module':{'resources':[{'address':'aws_s3_bucket.b','mode':"
        "'managed','type':'aws_s3_bucket','name':'b','values':{%s}}]}},'resource_changes':[{"
        "'address':'aws_s3_bucket.b','change':{'after_unknown':{%s}}}]}";
    char text[1000];
    snprintf(text, sizeof text, plan, "'acl':'private'", "");
    want(&w, WR_PROACTIVE, text, WR_PASS);
    snprintf(text, sizeof text, plan, "'acl':'public-read'", "");
    want(&w, WR_PROACTIVE, text, WR_FAIL);
    snprintf(text, sizeof text, plan, "", "'acl':true");
    want(&w, WR_PROACTIVE, text, WR_UNKNOWN);
    want(&w, WR_DETECTIVE, "{'resourceType':'AWS::S3::Bucket','configuration':'{\\'acl\\':1}'}",
         WR_FAIL);
    want(&w, WR_DETECTIVE, "{'resourceType':'AWS::S3::Bucket','configuration':{'acl':'private'}}",
         WR_PASS);
    end(&w);
}

static void types(void **state) {
    (void)state;
    static const wr_str bucket[] = {{"AWS::S3::Bucket", 15}};
    world w;
    begin(&w);
    guard_layer(&w, WR_PROACTIVE, "rule never { Nothing exists }\n", WR_ON_CFN);
    w.control.resources = bucket;
    w.control.n_resources = 1;
    want(&w, WR_PROACTIVE, TEMPLATE("x"), WR_FAIL);
    want(&w, WR_PROACTIVE, "{'Resources':{'Q':{'Type':'AWS::SQS::Queue'}}}", WR_SKIP);
    // A type that cannot be told may be any.
    want(&w, WR_PROACTIVE, "{'Resources':{'Q':{'Type':7}}}", WR_FAIL);
    want(&w, WR_PROACTIVE, "{'Resources':{'R':[]}}", WR_FAIL);
    end(&w);
}

static void no_verdict(void **state) {
    (void)state;
    world w;
    wr_decision d;
    begin(&w);
    guard_layer(&w, WR_PROACTIVE, rules, WR_ON_CFN);
    assert_int_equal(judge(&w, WR_PROACTIVE, "{'Parameters':{}}", &d), WR_BAD);
    assert_int_equal(d.outcome, WR_FAULT);
    assert_int_equal(w.c.diags->code, WR_D_K0505);
    w.control.layer[WR_PROACTIVE].broken = true;
    want(&w, WR_PROACTIVE, TEMPLATE("Private"), WR_FAULT);
    want(&w, WR_DETECTIVE, TEMPLATE("Private"), WR_FAULT); // not there
    w.control.layer[WR_RESPONSIVE].means = WR_BY_RUNBOOK;
    want(&w, WR_RESPONSIVE, TEMPLATE("Private"), WR_FAULT); // declared
    end(&w);
}

// A failed check must not hide behind an error, nor the error behind it.
static void parts(void **state) {
    (void)state;
    world w;
    begin(&w);
    guard_layer(&w, WR_PROACTIVE,
                "rule a { Resources.B.Properties.Acl == 'Private' }\n"
                "rule b { Resources.B.Properties.N empty }\n",
                WR_ON_CFN);
    ctl_judge j;
    ctl_verdict v;
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true, .syms = wr_guard_syms(w.r.guard)};
    wr_str text = quoted(&w.c.arena, "{'Resources':{'B':{'Properties':{'Acl':'x','N':5}}}}");
    wr_doc *d;
    assert_int_equal(
        wr_doc_load(&w.c, wr_src_new(&w.c.arena, WR_S("i.json"), text, false), &how, &d), WR_OK);
    ctl_judge_init(&j, &w.r, &w.c, &w.c);
    assert_int_equal(ctl_bind(&j, d, WR_S("i.json")), WR_OK);
    assert_int_equal(ctl_judge_guard(&j, &w.control, WR_PROACTIVE, WR_S("i.json"), &v), WR_OK);
    assert_int_equal(v.outcome, WR_FAULT);
    assert_int_equal(v.n, 2);
    assert_int_equal(v.part[0].outcome, WR_FAULT);
    assert_int_equal(v.part[1].outcome, WR_FAIL);
    assert_true(wr_eq(v.part[0].reasons[0].which, WR_S("b")));
    assert_true(wr_eq(v.part[1].reasons[0].which, WR_S("a")));
    ctl_judge_fini(&j);
    end(&w);
}

// ---------------------------------------------------------------------------------- requests

#define ANN "'principal':'arn:aws:iam::111111111111:user/ann'"
static const char scp[] = "{'Version':'2012-10-17','Statement':{'Effect':'Deny','Action':"
                          "'s3:DeleteBucket','Resource':'*','Condition':{'StringNotEquals':"
                          "{'aws:PrincipalTag/team':'ops'}}}}";

static void scps(void **state) {
    (void)state;
    world w;
    begin(&w);
    policy_layer(&w, WR_BY_SCP, scp);
    want(&w, WR_PREVENTATIVE,
         "{" ANN ",'action':'s3:DeleteBucket','resource':'arn:aws:s3:::b','context':"
         "{'aws:PrincipalTag/team':'web'}}",
         WR_DENY);
    want(&w, WR_PREVENTATIVE,
         "{" ANN ",'action':'s3:DeleteBucket','resource':'arn:aws:s3:::b','context':"
         "{'aws:PrincipalTag/team':'ops'}}",
         WR_ALLOW);
    want(&w, WR_PREVENTATIVE, "{" ANN ",'action':'s3:DeleteBucket','resource':'arn:aws:s3:::b'}",
         WR_UNKNOWN);
    want(&w, WR_PREVENTATIVE,
         "{" ANN ",'action':'s3:DeleteBucket','resource':'arn:aws:s3:::b','exact':true}", WR_DENY);
    want(&w, WR_PREVENTATIVE, "{" ANN ",'action':'s3:ListBucket','resource':'arn:aws:s3:::b'}",
         WR_ALLOW);
    want(&w, WR_PREVENTATIVE,
         "{" ANN ",'action':'s3:DeleteBucket','resource':'arn:aws:s3:::b','exact':true,"
         "'principalManagement':true}",
         WR_SKIP);
    want(&w, WR_PREVENTATIVE,
         "{'principal':'ec2.amazonaws.com','action':'s3:DeleteBucket','resource':"
         "'arn:aws:s3:::b','exact':true}",
         WR_SKIP);
    end(&w);
}

static void rcps(void **state) {
    (void)state;
    world w;
    begin(&w);
    policy_layer(&w, WR_BY_RCP,
                 "{'Version':'2012-10-17','Statement':{'Effect':'Deny','Principal':'*','Action':"
                 "'s3:*','Resource':'*','Condition':{'Bool':{'aws:SecureTransport':'false'}}}}");
    want(&w, WR_PREVENTATIVE,
         "{'principal':'*','action':'s3:GetObject','resource':'arn:aws:s3:::b/k','context':"
         "{'aws:SecureTransport':false}}",
         WR_DENY);
    want(&w, WR_PREVENTATIVE,
         "{'principal':'*','action':'s3:GetObject','resource':'arn:aws:s3:::b/k','context':"
         "{'aws:SecureTransport':true}}",
         WR_ALLOW);
    end(&w);
}

static void iam(void **state) {
    (void)state;
    world w;
    begin(&w);
    policy_layer(&w, WR_BY_IAM,
                 "{'Version':'2012-10-17','Statement':{'Effect':'Allow','Action':'kms:Decrypt',"
                 "'Resource':'arn:aws:kms:eu-west-1:222222222222:key/k'}}");
    // By itself: that the key's policy has a say too is another question.
    want(&w, WR_PREVENTATIVE,
         "{" ANN ",'action':'kms:Decrypt','resource':'arn:aws:kms:eu-west-1:222222222222:key/k'}",
         WR_ALLOW);
    want(&w, WR_PREVENTATIVE,
         "{" ANN ",'action':'kms:Encrypt','resource':'arn:aws:kms:eu-west-1:222222222222:key/k'}",
         WR_IMPLICIT_DENY);
    end(&w);
}

static void bad_requests(void **state) {
    (void)state;
    static const char *const bad[] = {
        "{}",
        "[]",
        "{" ANN ",'action':'s3'}",
        "{" ANN ",'action':'s3:*'}",
        "{" ANN ",'action':'s3:GetObject','resorce':'*'}",
        "{'principal':'ann','action':'s3:GetObject'}",
        "{" ANN ",'action':'s3:GetObject','context':[]}",
        "{" ANN ",'action':'s3:GetObject','resource':'arn:x'}",
        "{" ANN ",'action':'s3:GetObject','resourceAccount':'1'}",
        "{" ANN ",'action':'s3:GetObject','action':'s3:PutObject'}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        world w;
        wr_decision d;
        begin(&w);
        policy_layer(&w, WR_BY_SCP, scp);
        assert_int_equal(judge(&w, WR_PREVENTATIVE, bad[i], &d), WR_BAD);
        assert_int_equal(d.outcome, WR_FAULT);
        assert_int_not_equal(w.c.n_errors, 0);
        end(&w);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes), cmocka_unit_test(types),        cmocka_unit_test(no_verdict),
        cmocka_unit_test(parts),  cmocka_unit_test(scps),         cmocka_unit_test(rcps),
        cmocka_unit_test(iam),    cmocka_unit_test(bad_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
