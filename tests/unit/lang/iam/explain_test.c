// SPDX-License-Identifier: Apache-2.0
// Explanations: the sentences, the tests of each statement, the Allow that came closest, the facts
// needed, and the story as a decision.
#include "situation.h"

static void tells(const char *text, const char *const *steps) {
    situation s;
    situation_open(&s, text);
    wr_iam_story story;
    assert_int_equal(wr_iam_explain(s.eval, s.stack, &s.req, &s.ctx.arena, &story), WR_OK);
    uint32_t n = 0;
    while (steps[n]) n++;
    for (uint32_t i = 0; i < n || i < story.steps.n; i++) {
        wr_str got = i < story.steps.n ? story.steps.v[i] : WR_S("(none)");
        wr_str want = i < n ? wr_strz(steps[i]) : WR_S("(none)");
        if (!wr_eq(got, want))
            print_error("step %u\n  wanted %.*s\n  got    %.*s\n", i, WR_FMT(want), WR_FMT(got));
        assert_true(wr_eq(got, want));
    }
    situation_close(&s);
}
#define TELLS(text, ...) tells(text, (const char *const[]){__VA_ARGS__, NULL})

static void sentences(void **state) {
    (void)state;
    TELLS("{'scps':[[{'Effect':'Allow','Action':'*','Resource':'*'}]],'identity':[{'Sid':'Read',"
          "'Effect':'Allow','Action':'s3:Get*','Resource':'*'}]}",
          "SCP level 1 of 1: allowed by statement 1 of scp-2 (scp-2:1)",
          "identity policy: allowed by statement 'Read' of identity-1 (identity-1:1)");
    TELLS("{'identity':[{'Effect':'Allow','Action':'s3:PutObject','Resource':'*'}]}",
          "identity policy: no statement that allows names the action");
    TELLS("{'identity':[[{'Effect':'Allow','Action':'s3:*','Resource':'arn:aws:s3:::other/*'},"
          "{'Effect':'Allow','Action':'s3:*','Resource':'*','Condition':{'StringEquals':"
          "{'aws:SourceVpc':['vpc-1','vpc-2']}}}]],'context':{'aws:SourceVpc':'vpc-3'}}",
          "identity policy: no statement allows it",
          "closest Allow: statement 2 of identity-1 (identity-1:1): condition StringEquals "
          "aws:SourceVpc wants vpc-1, vpc-2, found vpc-3");
    TELLS("{'identity':[{'Effect':'Allow','Action':'s3:*','Resource':'*'}],'boundary':["
          "{'Effect':'Allow','Action':'s3:*','Resource':'arn:aws:s3:::other'}]}",
          "identity policy: allowed by statement 1 of identity-1 (identity-1:1)",
          "permissions boundary: no statement allows it",
          "closest Allow: statement 1 of boundary-2 (boundary-2:1): its Resource does not match "
          "arn:aws:s3:::b/k");
    TELLS("{'identity':[[{'Effect':'Allow','Action':'s3:*','Resource':'*'},{'Effect':'Deny',"
          "'Action':'*','Resource':'*','Condition':{'Bool':{'aws:SecureTransport':'false'}}}]],"
          "'context':{'aws:SecureTransport':null}}",
          "identity policy: may be denied by statement 2 of identity-1 (identity-1:1): condition "
          "Bool aws:SecureTransport wants false, found a value that is not known",
          "identity policy: allowed by statement 1 of identity-1 (identity-1:1)");
    TELLS("{'action':'sts:AssumeRole','resource':'arn:aws:iam::111122223333:role/a','identity':["
          "{'Effect':'Allow','Action':'sts:*','Resource':'*'}]}",
          "resource policy: the role's trust policy was not given; it must allow this too",
          "identity policy: allowed by statement 1 of identity-1 (identity-1:1)");
    TELLS("{'caller':'logs.amazonaws.com','scps':[[]],'rcps':[[]],'policy':{'Effect':'Allow',"
          "'Principal':{'Service':'sns.amazonaws.com'},'Action':'*','Resource':'*'}}",
          "SCPs do not bind this caller", "RCP level 1 of 1: no statement denies it",
          "resource policy: no statement allows it",
          "closest Allow: statement 1 of resource-1 (resource-1:1): its Principal does not name "
          "the caller");
    TELLS("{'identity':[{'Effect':'Allow','Action':'*'}]}",
          "identity policy: identity-1 cannot be judged: identity-1:1:37: the statement has "
          "neither Resource nor NotResource");
    TELLS("{'action':'sts:GetCallerIdentity','resource':'*'}",
          "sts:GetCallerIdentity needs no permission and no policy can deny it");
}

static void matches(void **state) {
    (void)state;
    situation s;
    situation_open(&s, "{'identity':[[{'Effect':'Allow','Action':'s3:*','Resource':'*'},{'Effect':"
                       "'Deny','Action':'s3:*','Resource':'arn:aws:s3:::x'},{'Effect':'Allow',"
                       "'Action':'ec2:*','Resource':'*'}],{'Effect':'Deny','NotAction':'ec2:*',"
                       "'Resource':'*','Condition':{'StringEquals':{'k':'a'}}}],'scps':[[{'Effect':"
                       "'Allow','Action':'*','Resource':'*'}]],'context':{'k':'a'}}");
    wr_iam_story story;
    assert_int_equal(wr_iam_explain(s.eval, s.stack, &s.req, &s.ctx.arena, &story), WR_OK);
    static const struct {
        wr_iam_layer layer;
        uint32_t index;
        wr_tri resource, conds;
        bool decisive;
    } want[] = {
        // the third statement does not name the action; places in order, Deny or not
        {WR_IAM_L_SCP, 0, WR_YES, WR_YES, false},
        {WR_IAM_L_IDENTITY, 0, WR_YES, WR_YES, false},
        {WR_IAM_L_IDENTITY, 1, WR_NO, WR_NO, false},
        {WR_IAM_L_IDENTITY, 0, WR_YES, WR_YES, true},
    };
    assert_int_equal(story.matches.n, 4);
    for (uint32_t i = 0; i < 4; i++) {
        const wr_iam_match *m = &story.matches.v[i];
        assert_int_equal(m->layer, want[i].layer);
        assert_int_equal(m->stmt->index, want[i].index);
        assert_int_equal(m->resource, want[i].resource);
        assert_int_equal(m->conds, want[i].conds);
        assert_int_equal(m->decisive, want[i].decisive);
    }
    situation_close(&s);
}

static wr_decision decision(situation *s, const char *text) {
    wr_iam_story story;
    wr_decision d;
    uint8_t policies[32];
    situation_open(s, text);
    assert_int_equal(wr_iam_explain(s->eval, s->stack, &s->req, &s->ctx.arena, &story), WR_OK);
    wr_iam_stack_digest(s->stack, policies);
    assert_int_equal(wr_iam_decision(&story, &s->req, policies, &s->ctx.arena, &d), WR_OK);
    assert_memory_equal(d.policy_digest, policies, 32);
    return d;
}

static void assert_text(wr_str got, const char *want) {
    if (!wr_eq(got, wr_strz(want))) print_error("wanted %s\ngot    %.*s\n", want, WR_FMT(got));
    assert_true(wr_eq(got, wr_strz(want)));
}

static void decisions(void **state) {
    (void)state;
    situation s;
    wr_decision d = decision(&s, "{'identity':[{'Sid':'No','Effect':'Deny','Action':'*',"
                                 "'Resource':'*'}]}");
    assert_int_equal(d.outcome, WR_DENY);
    assert_text(d.policy, "identity-1");
    assert_text(d.rule, "No");
    assert_int_equal(d.n_reasons, 1);
    assert_text(d.reasons[0].message,
                "identity policy denies: statement 'No' of identity-1 (identity-1:1)");
    assert_non_null(d.reasons[0].policy);
    assert_int_equal(d.reasons[0].policy->text.p[d.reasons[0].policy_at.beg], '{');
    situation_close(&s);

    uint8_t with[32], without[32];
    d = decision(&s, "{'identity':[{'Effect':'Allow','Action':'*','Resource':'*','Condition':"
                     "{'StringEquals':{'aws:SourceVpc':'a'}}}],'context':{'aws:SourceVpc':null}}");
    assert_int_equal(d.outcome, WR_UNKNOWN);
    assert_int_equal(d.n_reasons, 1);
    assert_text(d.reasons[0].message, "it depends on aws:SourceVpc");
    memcpy(with, d.input_digest, 32);
    situation_close(&s);

    d = decision(&s, "{'identity':[{'Effect':'Allow','Action':'*','Resource':'*','Condition':"
                     "{'StringEquals':{'aws:SourceVpc':'a'}}}]}");
    assert_int_equal(d.outcome, WR_IMPLICIT_DENY);
    assert_text(d.reasons[0].message, "identity policy: no statement allows it");
    memcpy(without, d.input_digest, 32);
    assert_memory_not_equal(with, without, 32);
    situation_close(&s);

    d = decision(&s, "{'identity':[{'Effect':'Allow','Action':'*'}]}");
    assert_int_equal(d.outcome, WR_FAULT);
    assert_int_equal(d.n_reasons, 1);
    assert_text(d.policy, "identity-1");
    situation_close(&s);
}

// The digests cover what is not known of the resource, and policies that did not decide.
static void digests(void **state) {
    (void)state;
    situation s;
    static const char one[] = "{'identity':[{'Effect':'Allow','Action':'*','Resource':'*'}]}";
    wr_decision d = decision(&s, one);
    uint8_t with[32], without[32];
    memcpy(without, d.input_digest, 32);
    memcpy(with, d.policy_digest, 32);
    s.req.resource_unknown = true;
    wr_iam_story story;
    assert_int_equal(wr_iam_explain(s.eval, s.stack, &s.req, &s.ctx.arena, &story), WR_OK);
    assert_int_equal(wr_iam_decision(&story, &s.req, with, &s.ctx.arena, &d), WR_OK);
    assert_memory_not_equal(d.input_digest, without, 32);
    situation_close(&s);
    static const char *const others[] = {
        "{'identity':[{'Effect':'Allow','Action':'*','Resource':'*'},"
        "{'Effect':'Deny','Action':'a:b','Resource':'*'}]}",
        "{'identity':[{'Effect':'Allow','Action':'*','Resource':'*'}],'boundary':["
        "{'Effect':'Allow','Action':'*','Resource':'*'}]}",
        "{'identity':[{'Effect':'Allow','Action':'*','Resource':'*'}],'flags':['restrict-public']}",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        d = decision(&s, others[i]);
        assert_memory_not_equal(d.policy_digest, with, 32);
        assert_memory_equal(d.input_digest, without, 32);
        situation_close(&s);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sentences),
        cmocka_unit_test(matches),
        cmocka_unit_test(decisions),
        cmocka_unit_test(digests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
