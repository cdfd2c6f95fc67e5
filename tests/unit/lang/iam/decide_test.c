// SPDX-License-Identifier: Apache-2.0
// Decisions: each rule of docs/guide/iam-decisions.md as a situation with its outcome, the layer
// that decided and, where a rule decided, which. A row that cannot come out another way by breaking
// the rule it is about does not belong here.
#include "situation.h"

#define ALL "{'Effect':'Allow','Action':'*','Resource':'*'}"
#define NONE "{'Effect':'Deny','Action':'*','Resource':'*'}"
#define OTHER "{'Effect':'Allow','Action':'ec2:*','Resource':'*'}"
#define BROKEN "{'Effect':'Maybe','Action':'*','Resource':'*'}"
#define P(who) "{'Effect':'Allow','Principal':" who ",'Action':'*','Resource':'*'}"
#define T(who) "{'Effect':'Allow','Principal':" who ",'Action':'sts:*'}"
#define NP(who) "{'Effect':'Deny','NotPrincipal':" who ",'Action':'*','Resource':'*'}"
#define RCP "{'Effect':'Deny','Principal':'*','Action':'s3:*','Resource':'*'}"
#define SESSION "'caller':'arn:aws:sts::111122223333:assumed-role/app/s1'"
#define FEDERATED "'caller':'arn:aws:sts::111122223333:federated-user/bob'"
#define ROOT "'caller':'arn:aws:iam::111122223333:root'"
#define KEY "'action':'kms:Decrypt','resource':'arn:aws:kms:us-east-1:111122223333:key/k'"
#define ASSUME "'action':'sts:AssumeRole','resource':'arn:aws:iam::111122223333:role/app'"
#define SLR "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"

static void order(void **state) {
    (void)state;
    static const situation_row rows[] = {
        {"{}", "implicit", "identity policy", WR_IAM_R_NO_ALLOW},
        {"{'identity':[" ALL "]}", "allow", "identity policy", 0},
        {"{'identity':[" ALL "," NONE "]}", "deny", "identity policy", 0},
        {"{'identity':[" ALL "],'boundary':[" OTHER "]}", "implicit", "permissions boundary", 0},
        {"{'identity':[" ALL "],'boundary':[]}", "implicit", "permissions boundary", 0},
        {"{'identity':[" ALL "],'session':[" OTHER "]}", "implicit", "session policy", 0},
        {"{'identity':[" ALL "],'endpoint':[" P("{'AWS':'444455556666'}") "]}", "implicit",
         "endpoint policy", 0},
        {"{'identity':[" ALL "],'endpoint':[" P("{'AWS':'111122223333'}") "]}", "allow", NULL, 0},
        {"{'identity':[" ALL "],'endpoint':[]}", "implicit", "endpoint policy", 0},
        {"{'identity':[" ALL "],'scps':[[" ALL "],[" OTHER "]]}", "implicit", "SCP", 0},
        {"{'identity':[" ALL "],'scps':[[" ALL "],[]]}", "implicit", "SCP", 0},
        {"{'identity':[" ALL "],'scps':[[" OTHER "," ALL "],[" ALL "]]}", "allow", NULL, 0},
        {"{'identity':[" NONE "],'scps':[[" NONE "]]}", "deny", "SCP", 0},
        {"{'identity':[" ALL "],'rcps':[[],[" RCP "]]}", "deny", "RCP", 0},
        {"{'action':'ec2:RunInstances','resource':'*','identity':[" ALL "],"
         "'rcps':[[{'Effect':'Deny','Principal':'*','Action':'ec2:*','Resource':'*'}]]}",
         "allow", NULL, 0},
    };
    SITUATIONS(rows);
}

static void same_account(void **state) {
    (void)state;
    static const situation_row rows[] = {
        {"{'policy':" P("{'AWS':'arn:aws:iam::111122223333:user/bob'}") ",'boundary':[]}", "allow",
         "resource policy", 0},
        {"{'policy':" P("{'AWS':'arn:aws:iam::111122223333:user/eve'}") "}", "implicit",
         "identity policy", 0},
        {"{'policy':" P("{'AWS':'arn:aws-cn:iam::111122223333:user/bob'}") "}", "implicit", NULL,
         0},
        {"{" SESSION
         ",'policy':" P("{'AWS':'arn:aws:sts::111122223333:assumed-role/app/s1'}") ",'session':[],'"
                                                                                   "boundary':[]}",
         "allow", "resource policy", 0},
        {"{" SESSION ",'policy':" P("{'AWS':'arn:aws:sts::111122223333:assumed-role/app/s2'}") "}",
         "implicit", NULL, 0},
        {"{" SESSION ",'policy':" P("{'AWS':'arn:aws:iam::111122223333:role/a/b/App'}") "}",
         "allow", "resource policy", 0},
        {"{" SESSION
         ",'policy':" P("{'AWS':'arn:aws:iam::111122223333:role/app'}") ",'session':[" OTHER "]}",
         "implicit", NULL, 0},
        {"{" SESSION
         ",'policy':" P("{'AWS':'arn:aws:iam::111122223333:role/app'}") ",'boundary':[" OTHER "]}",
         "implicit", "permissions boundary", 0},
        {"{" SESSION ",'policy':" P("{'AWS':'arn:aws:iam::444455556666:role/app'}") "}", "implicit",
         NULL, 0},
        {"{" FEDERATED
         ",'policy':" P("{'AWS':'arn:aws:iam::111122223333:user/bob'}") ",'session':[" ALL "]}",
         "allow", NULL, 0},
        {"{" FEDERATED
         ",'policy':" P("{'AWS':'arn:aws:iam::111122223333:user/bob'}") ",'session':[" OTHER "]}",
         "implicit", NULL, 0},
        {"{'policy':" P("'*'") ",'boundary':[],'session':[]}", "allow", "resource policy", 0},
        {"{'policy':" P("{'AWS':'111122223333'}") "}", "implicit", "identity policy", 0},
        {"{" ROOT "}", "allow", "rule of the service", WR_IAM_R_ROOT},
        {"{" ROOT ",'scps':[[" OTHER "]]}", "implicit", "SCP", 0},
        {"{" ROOT ",'policy':" NP("{'AWS':'arn:aws:iam::111122223333:user/bob'}") "}", "deny",
         "resource policy", 0},
        {"{" ROOT ",'owner':'444455556666'}", "implicit", "resource policy", 0},
    };
    SITUATIONS(rows);
}

static void other_account(void **state) {
    (void)state;
#define X "'owner':'444455556666'"
#define BOB "{'AWS':'arn:aws:iam::111122223333:user/bob'}"
    static const situation_row rows[] = {
        {"{" X ",'identity':[" ALL "]}", "implicit", "resource policy", 0},
        {"{" X ",'policy':" P(BOB) "}", "implicit", "identity policy", 0},
        {"{" X ",'policy':" P("'*'") "}", "implicit", "identity policy", 0},
        {"{" X ",'identity':[" ALL "],'policy':" P(BOB) "}", "allow", "identity policy", 0},
        {"{" X ",'identity':[" ALL "],'policy':" P("{'AWS':'111122223333'}") "}", "allow", NULL, 0},
        {"{" X ",'identity':[" ALL "],'policy':" P("{'AWS':'444455556666'}") "}", "implicit",
         "resource policy", 0},
        {"{" X ",'identity':[" ALL "],'policy':" P(BOB) ",'boundary':[" OTHER "]}", "implicit",
         "permissions boundary", 0},
        {"{" X "," ROOT ",'policy':" P("{'AWS':'111122223333'}") "}", "allow", NULL, 0},
        {"{" X ",'identity':[" ALL "],'policy':" P(BOB) ",'scps':[[" OTHER "]]}", "implicit", "SCP",
         0},
        {"{'resource':'arn:aws:sqs:us-east-1:444455556666:q','action':'sqs:SendMessage',"
         "'identity':[" ALL "]}",
         "implicit", "resource policy", 0},
    };
    SITUATIONS(rows);
}

static void without_account(void **state) {
    (void)state;
#define SERVICE "'caller':'logs.amazonaws.com'"
    static const situation_row rows[] = {
        {"{" SERVICE ",'policy':" P("{'Service':'logs.amazonaws.com'}") ",'scps':[[" NONE "]]}",
         "allow", "resource policy", 0},
        {"{" SERVICE ",'policy':" P("{'Service':'sns.amazonaws.com'}") "}", "implicit",
         "resource policy", 0},
        {"{" SERVICE ",'policy':" P("{'Service':'logs.amazonaws.com'}") ",'rcps':[[" RCP "]]}",
         "deny", "RCP", 0},
        {"{" SERVICE ",'policy':" P("{'AWS':'111122223333'}") "}", "implicit", NULL, 0},
        {"{'caller':'*','policy':" P("'*'") "}", "allow", "resource policy", 0},
        {"{'caller':'*','policy':" P("{'AWS':'111122223333'}") "}", "implicit", "resource policy",
         0},
        {"{'caller':'*','identity':[" ALL "]}", "implicit", "resource policy", 0},
        {"{'caller':'*','policy':" P("'*'") ",'rcps':[[" RCP "]]}", "deny", "RCP", 0},
        {"{'caller':'*','action':'sts:GetCallerIdentity','resource':'*'}", "implicit", NULL, 0},
        {"{'caller':'accounts.google.com','action':'sts:AssumeRoleWithWebIdentity',"
         "'resource':'arn:aws:iam::111122223333:role/app','trust':" T(
             "{'Federated':'accounts.google.com'}") "}",
         "allow", NULL, 0},
        {"{'caller':'accounts.google.com','action':'sts:AssumeRoleWithWebIdentity',"
         "'resource':'arn:aws:iam::111122223333:role/app','trust':" T(
             "{'Federated':'www.amazon.com'}") "}",
         "implicit", NULL, 0},
        {"{'caller':'arn:aws:iam::111122223333:saml-provider/a','action':'sts:AssumeRoleWithSAML',"
         "'resource':'arn:aws:iam::111122223333:role/app','trust':" T(
             "{'Federated':'arn:aws:iam::111122223333:saml-provider/b'}") "}",
         "implicit", NULL, 0},
    };
    SITUATIONS(rows);
}

static void organizations(void **state) {
    (void)state;
    static const situation_row rows[] = {
        {"{'identity':[" ALL "],'scps':[[" NONE "]],'flags':['caller-management']}", "allow", NULL,
         0},
        {"{'identity':[" ALL "],'rcps':[[" RCP "]],'flags':['caller-management']}", "deny", "RCP",
         0},
        {"{'identity':[" ALL "],'rcps':[[" RCP "]],'flags':['resource-management']}", "allow", NULL,
         0},
        {"{'caller':'" SLR "','identity':[" ALL "],'scps':[[" NONE "]],'rcps':[[" RCP "]]}",
         "allow", NULL, 0},
        {"{'caller':'arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForX/s','context':"
         "{'aws:PrincipalArn':'" SLR "'},'identity':[" ALL "],'scps':[[" NONE "]]}",
         "allow", NULL, 0},
        {"{'caller':'arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForX/s',"
         "'identity':[" ALL "],'scps':[[" NONE "]]}",
         "deny", "SCP", 0},
        {"{'caller':'arn:aws:sts::111122223333:assumed-role/other/s','context':"
         "{'aws:PrincipalArn':'" SLR "'},'identity':[" ALL "],'scps':[[" NONE "]]}",
         "deny", "SCP", 0},
        {"{'action':'kms:RetireGrant','resource':'arn:aws:kms:us-east-1:111122223333:key/k',"
         "'policy':" P("{'AWS':'arn:aws:iam::111122223333:user/bob'}") ",'rcps':[[{'Effect':'Deny',"
                                                                       "'Principal':'*','Action':'"
                                                                       "kms:*','Resource':'*'}]]}",
         "allow", NULL, 0},
    };
    SITUATIONS(rows);
}

static void keys_and_roles(void **state) {
    (void)state;
#define ACCOUNT "{'AWS':'arn:aws:iam::111122223333:root'}"
#define EVE "{'AWS':'arn:aws:iam::111122223333:user/eve'}"
    static const situation_row rows[] = {
        {"{" KEY ",'identity':[" ALL "]}", "implicit", "resource policy", 0},
        {"{" KEY ",'identity':[" ALL "],'policy':" P(EVE) "}", "implicit", "resource policy", 0},
        {"{" KEY ",'identity':[" ALL "],'policy':" P(ACCOUNT) "}", "allow", NULL, 0},
        {"{" KEY ",'policy':" P(ACCOUNT) "}", "implicit", "identity policy", 0},
        {"{" KEY "," ROOT ",'policy':" P(EVE) "}", "implicit", "resource policy", 0},
        {"{" KEY
         ",'grants':{'arn:aws:iam::111122223333:user/bob':['Decrypt']},'policy':" P(EVE) "}",
         "allow", "rule of the service", WR_IAM_R_GRANT},
        {"{" KEY
         ",'grants':{'arn:aws:iam::111122223333:user/bob':['Encrypt']},'policy':" P(EVE) "}",
         "implicit", NULL, 0},
        {"{" KEY "," SESSION ",'grants':{'arn:aws:iam::111122223333:role/app':['Decrypt']}}",
         "allow", NULL, WR_IAM_R_GRANT},
        {"{'owner':'444455556666','action':'kms:Decrypt','resource':"
         "'arn:aws:kms:us-east-1:444455556666:key/k','grants':"
         "{'arn:aws:iam::111122223333:user/bob':['Decrypt']}}",
         "implicit", "identity policy", 0},
        {"{'action':'kms:UpdateAlias','resource':'arn:aws:kms:us-east-1:111122223333:alias/a',"
         "'identity':[" ALL "]}",
         "allow", NULL, 0},
        {"{" ASSUME ",'trust':" T(BOB) "}", "allow", "resource policy", 0},
        {"{" ASSUME ",'trust':" T(ACCOUNT) "}", "implicit", "identity policy", 0},
        {"{" ASSUME ",'trust':" T(ACCOUNT) ",'identity':[" ALL "]}", "allow", NULL, 0},
        {"{" ASSUME ",'trust':" T(EVE) ",'identity':[" ALL "]}", "implicit", "resource policy", 0},
        {"{" ASSUME "," ROOT ",'trust':" T(ACCOUNT) "}", "implicit", "rule of the service",
         WR_IAM_R_ROOT_ASSUME},
        {"{'action':'sts:TagSession','resource':'arn:aws:iam::111122223333:role/app',"
         "'identity':[" ALL "],'trust':" T(EVE) "}",
         "implicit", "resource policy", 0},
    };
    SITUATIONS(rows);
}

static void special(void **state) {
    (void)state;
#define FIXED "{'Effect':'Allow','Principal':'*','Action':'*','Resource':'*','Condition':"
    static const situation_row rows[] = {
        {"{'action':'sts:GetCallerIdentity','resource':'*','identity':[" NONE "," BROKEN "]}",
         "allow", "rule of the service", WR_IAM_R_CALLER_IDENTITY},
        {"{'action':'iam:CreatePolicyVersion','resource':'arn:aws:iam::aws:policy/X',"
         "'identity':[" ALL "]}",
         "implicit", "rule of the service", WR_IAM_R_SERVICE_OWNED},
        {"{'action':'iam:GetPolicy','resource':'arn:aws:iam::aws:policy/X','identity':[" ALL "]}",
         "allow", NULL, 0},
        {"{'action':'iam:DeleteRole','resource':'arn:aws:iam::111122223333:role/aws-reserved/x',"
         "'identity':[" ALL "]}",
         "implicit", NULL, WR_IAM_R_SERVICE_OWNED},
        {"{'action':'iam:PassRole','resource':'arn:aws:iam::111122223333:role/aws-reserved/x',"
         "'identity':[" ALL "]}",
         "implicit", NULL, WR_IAM_R_SERVICE_OWNED},
        {"{'action':'iam:CreateServiceLinkedRole',"
         "'resource':'arn:aws:iam::111122223333:role/aws-reserved/x','identity':[" ALL "]}",
         "implicit", NULL, WR_IAM_R_SERVICE_OWNED},
        {"{'action':'iam:GetRole','resource':'arn:aws:iam::111122223333:role/aws-reserved/x',"
         "'identity':[" ALL "]}",
         "allow", NULL, 0},
        // An account that is none: whose queue is meant is not known, so it is not the caller's.
        {"{'action':'sqs:SendMessage','resource':'arn:aws:sqs:us-east-1:11112222333:q',"
         "'identity':[" ALL "]}",
         "unknown", "resource policy", 0},
        {"{'action':'sqs:SendMessage','resource':'arn:aws:sqs:us-east-1:11112222333:q'}",
         "implicit", NULL, WR_IAM_R_NO_ALLOW},
        {"{'action':'kms:DeleteAlias','resource':'arn:aws:kms:us-east-1:111122223333:alias/aws/s3',"
         "'identity':[" ALL "]}",
         "implicit", NULL, WR_IAM_R_SERVICE_OWNED},
        {"{'caller':'*','policy':" P("'*'") ",'flags':['restrict-public']}", "implicit",
         "rule of the service", WR_IAM_R_PUBLIC_BLOCKED},
        {"{'policy':" P("'*'") ",'flags':['restrict-public']}", "allow", "resource policy", 0},
        {"{'owner':'444455556666','identity':[" ALL
         "],'policy':" P("'*'") ",'flags':['restrict-public']}",
         "implicit", NULL, WR_IAM_R_PUBLIC_BLOCKED},
        {"{'caller':'*','context':{'aws:SourceVpc':'vpc-1'},'policy':" FIXED
         "{'StringEquals':{'aws:SourceVpc':'vpc-1'}}},'flags':['restrict-public']}",
         "allow", NULL, 0},
        {"{'caller':'*','context':{'aws:SourceVpc':'vpc-1'},'policy':" FIXED
         "{'StringLike':{'aws:SourceVpc':'vpc-*'}}},'flags':['restrict-public']}",
         "implicit", NULL, WR_IAM_R_PUBLIC_BLOCKED},
        {"{'caller':'*','context':{'aws:SourceIp':'10.1.2.3'},'policy':" FIXED
         "{'IpAddress':{'aws:SourceIp':'10.0.0.0/8'}}},'flags':['restrict-public']}",
         "allow", NULL, 0},
        {"{'caller':'*','context':{'aws:SourceIp':'10.1.2.3'},'policy':" FIXED
         "{'IpAddress':{'aws:SourceIp':'8.0.0.0/6'}}},'flags':['restrict-public']}",
         "implicit", NULL, WR_IAM_R_PUBLIC_BLOCKED},
        {"{'caller':'*','context':{'aws:UserAgent':'x'},'policy':" FIXED
         "{'StringEquals':{'aws:UserAgent':'x'}}},'flags':['restrict-public']}",
         "implicit", NULL, WR_IAM_R_PUBLIC_BLOCKED},
    };
    SITUATIONS(rows);
}

static void not_principal(void **state) {
    (void)state;
#define A1 "'arn:aws:iam::111122223333:root'"
    static const situation_row rows[] = {
        {"{'identity':[" ALL "],'policy':" NP("{'AWS':['arn:aws:iam::111122223333:user/bob']}") "}",
         "deny", "resource policy", 0},
        {"{'identity':[" ALL
         "],'policy':" NP("{'AWS':['arn:aws:iam::111122223333:user/bob'," A1 "]}") "}",
         "allow", NULL, 0},
        {"{'identity':[" ALL "],'policy':" NP("{'AWS':['arn:aws:iam::111122223333:user/bob'," A1
                                              "]}") ",'boundary':[" ALL "]}",
         "deny", NULL, 0},
        {"{" SESSION ",'identity':[" ALL
         "],'policy':" NP("{'AWS':['arn:aws:iam::111122223333:role/app'," A1 "]}") "}",
         "deny", NULL, 0},
        {"{" SESSION ",'identity':[" ALL
         "],'policy':" NP("{'AWS':['arn:aws:iam::111122223333:role/app'," A1
                          ",'arn:aws:sts::111122223333:assumed-role/app/s1']}") "}",
         "allow", NULL, 0},
        {"{" ROOT ",'policy':" NP("{'AWS':" A1 "}") "}", "allow", NULL, 0},
        {"{'caller':'*','policy':[" P("'*'") "," NP("{'AWS':" A1 "}") "]}", "deny", NULL, 0},
        {"{'caller':'logs.amazonaws.com','policy':[" P("'*'") "," NP(
             "{'Service':'logs.amazonaws.com'}") "]}",
         "allow", NULL, 0},
        {"{'policy':{'Effect':'Allow','NotPrincipal':{'AWS':'arn:aws:iam::111122223333:user/eve'},"
         "'Action':'*','Resource':'*'}}",
         "allow", "resource policy", 0},
        {"{'policy':{'Effect':'Allow','NotPrincipal':{'AWS':'arn:aws:iam::111122223333:user/bob'},"
         "'Action':'*','Resource':'*'}}",
         "implicit", NULL, 0},
    };
    SITUATIONS(rows);
}

static void broken(void **state) {
    (void)state;
    static const situation_row rows[] = {
        {"{'identity':[" ALL "," BROKEN "]}", "error", "identity policy", 0},
        {"{'identity':[" NONE "," BROKEN "]}", "error", "identity policy", 0},
        {"{'identity':[" NONE "],'boundary':[" BROKEN "]}", "error", "permissions boundary", 0},
        {"{'identity':[" NONE "],'scps':[[" ALL "],[" BROKEN "]]}", "error", "SCP", 0},
        {"{'identity':[" ALL "],'scps':[[" BROKEN "]],'flags':['caller-management']}", "allow",
         NULL, 0},
        {"{'identity':[" ALL "],'rcps':[[" BROKEN "]],'action':'ec2:RunInstances'}", "allow", NULL,
         0},
        {"{'identity':[" ALL "],'rcps':[[" BROKEN "]]}", "error", "RCP", 0},
        {"{'identity':[" ALL "],'policy':" BROKEN "}", "error", "resource policy", 0},
        {"{'identity':[" ALL "],'session':[" BROKEN "]}", "error", "session policy", 0},
        {"{'identity':[" ALL "],'endpoint':[" BROKEN "]}", "error", "endpoint policy", 0},
    };
    SITUATIONS(rows);
}

// What is open: outcome unknown, the outcomes possible, the facts named.
static void open_(const char *text, unsigned possible, const char *needed) {
    situation s;
    situation_open(&s, text);
    wr_iam_story story;
    assert_int_equal(wr_iam_explain(s.eval, s.stack, &s.req, &s.ctx.arena, &story), WR_OK);
    char names[256] = "";
    for (uint32_t i = 0; i < story.needed.n; i++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%.*s", i ? " " : "",
                 WR_FMT(story.needed.v[i]));
    bool ok = story.result.outcome == WR_UNKNOWN && story.result.possible == possible &&
              strcmp(names, needed) == 0;
    if (!ok)
        print_error("%s\n  outcome %s, possible %x needs \"%s\", not %x needs \"%s\"\n", text,
                    situation_outcome(&story.result), story.result.possible, names, possible,
                    needed);
    assert_true(ok);
    situation_close(&s);
}

static void unknown(void **state) {
    (void)state;
#define IF(effect, key)                                                                            \
    "{'Effect':'" effect "','Action':'*','Resource':'*','Condition':{'StringEquals':{'" key        \
    "':'a'}}}"
    const unsigned allow = WR_BIT(WR_ALLOW), deny = WR_BIT(WR_DENY),
                   none = WR_BIT(WR_IMPLICIT_DENY), fault = WR_BIT(WR_FAULT);
    open_("{'identity':[" IF("Allow", "k") "],'context':{'k':null}}", allow | none, "k");
    open_("{'identity':[" ALL "," IF("Deny", "k") "],'context':{'k':null}}", allow | deny, "k");
    open_("{'identity':[" IF("Deny", "k") "],'context':{'k':null}}", deny | none, "k");
    // An Allow that is certain makes another's key idle, a Deny's stays.
    open_("{'identity':[" ALL "," IF("Allow", "j") "," IF("Deny", "k") "],'context':{'k':null,"
                                                                       "'j':null}}",
          allow | deny, "k");
    // The boundary allows nothing: what the identity policies turn on is idle.
    open_("{'identity':[" IF("Allow", "j") "," IF("Deny", "k") "],'boundary':[],'context':{'k':null"
                                                               ",'j':null}}",
          deny | none, "k");
    // A statement that another test excludes is idle.
    open_("{'identity':[" IF("Allow",
                             "k") ",{'Effect':'Deny','Action':'*','Resource':"
                                  "'arn:aws:s3:::other/"
                                  "*','Condition':{'StringEquals':{'j':'a'}}}],'context':{'k':null,"
                                  "'j':null}}",
          allow | none, "k");
    // An SCP level that is certain is idle, another is not.
    open_("{'identity':[" ALL "],'scps':[[" ALL
          "," IF("Allow", "j") "],[" IF("Allow", "k") "]],'context':{'k':null,'j':null}}",
          allow | none, "k");
    open_("{'caller':'arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForX/s','identity':[" ALL
          "],'scps':[[" NONE "]],'context':{'aws:PrincipalArn':null}}",
          allow | deny, "aws:PrincipalArn");
    open_("{'caller':'arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForX/s','identity':[" ALL
          "],'scps':[[" BROKEN "]],'context':{'aws:PrincipalArn':null}}",
          allow | fault, "aws:PrincipalArn");
    open_("{'identity':[" ALL "],'flags':['resource-unknown']}", allow | none, "resource");
    open_("{'identity':[{'Effect':'Allow','Action':'*','Resource':'arn:aws:s3:::b/*'}],"
          "'owner':'111122223333','flags':['resource-unknown']}",
          allow | none, "resource");
    open_("{'identity':[" ALL "],'policy':{'Effect':'Deny','Principal':{'CanonicalUser':'79a5'},"
          "'Action':'*','Resource':'*'}}",
          allow | deny, "canonical user id of the caller's account");
}

static void settled(void **state) {
    (void)state;
    static const situation_row rows[] = {
        // keys are not known, and nothing turns on them
        {"{'identity':[" ALL "," IF("Allow", "k") "],'context':{'k':null}}", "allow", NULL, 0},
        {"{'identity':[" NONE "," IF("Deny", "k") "],'context':{'k':null}}", "deny", NULL, 0},
        {"{'identity':[" IF("Allow", "k") "],'boundary':[],'context':{'k':null}}", "implicit", NULL,
         0},
        {"{'identity':[" ALL "],'flags':['resource-unknown'],'owner':'111122223333'}", "allow",
         NULL, 0},
    };
    SITUATIONS(rows);
}

// A decision, warm or not, takes no memory; the cache never answers for another stack.
static void no_memory(void **state) {
    (void)state;
    situation s;
    situation_open(&s, "{'identity':[" ALL "],'boundary':[" IF(
                           "Allow", "k") "],'scps':[[" ALL "]],'context':{'k':null}}");
    size_t used = s.ctx.arena.used;
    for (int i = 0; i < 3; i++) {
        wr_iam_decide(s.eval, s.stack, &s.req, &s.got);
        assert_int_equal(s.got.outcome, WR_UNKNOWN);
    }
    assert_int_equal(s.ctx.arena.used, used);
    // Another stack where the old one stood: the walk kept for the old one must not be used.
    wr_mark mark = wr_arena_mark(&s.ctx.arena);
    wr_iam_stack *one = wr_iam_stack_new(&s.ctx.arena, s.set, &s.layers);
    wr_iam_decide(s.eval, one, &s.req, &s.got);
    wr_arena_rewind(&s.ctx.arena, mark);
    wr_iam_layers other = s.layers;
    other.identity.n = 0;
    wr_iam_stack *two = wr_iam_stack_new(&s.ctx.arena, s.set, &other);
    wr_iam_decide(s.eval, two, &s.req, &s.got);
    assert_int_equal(s.got.outcome, WR_IMPLICIT_DENY);
    situation_close(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order),         cmocka_unit_test(same_account),
        cmocka_unit_test(other_account), cmocka_unit_test(without_account),
        cmocka_unit_test(organizations), cmocka_unit_test(keys_and_roles),
        cmocka_unit_test(special),       cmocka_unit_test(not_principal),
        cmocka_unit_test(broken),        cmocka_unit_test(unknown),
        cmocka_unit_test(settled),       cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
