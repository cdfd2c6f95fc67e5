// SPDX-License-Identifier: Apache-2.0
// embedded_test: policies are found where templates and plans hold them, keep their places in the
// file, and what is not known before deployment is marked as such and never taken for a fact.

#include "analyze/analyze.h"

#include <setjmp.h>

#include <cmocka.h>

static wr_ctx ctx;
static wr_embedded_list list;
static const wr_src *src;

static int setup(void **state) {
    (void)state;
    wr_ctx_init(&ctx, NULL);
    return 0;
}
static int teardown(void **state) {
    (void)state;
    wr_ctx_fini(&ctx);
    return 0;
}

static void find_in(const char *text, bool json) {
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = json};
    wr_doc *doc;
    src = wr_src_new(&ctx.arena, json ? WR_S("t.json") : WR_S("t.yaml"), wr_strz(text), !json);
    assert_int_equal(wr_doc_load(&ctx, src, &how, &doc), WR_OK);
    assert_int_equal(wr_embedded_find(&ctx, doc, &list), WR_OK);
}

static void assert_str(wr_str s, const char *z) {
    if (!wr_eq(s, wr_strz(z))) fail_msg("\"%.*s\" is not \"%s\"", WR_FMT(s), z);
}

// The document as JSON.
static void assert_doc(uint32_t i, const char *want) {
    assert_true(i < list.n);
    assert_non_null(list.v[i].doc);
    wr_buf b;
    wr_buf_init(&b, 0);
    assert_int_equal(wr_put_json(&b, list.v[i].doc->root, -1), WR_OK);
    assert_str(wr_buf_keep(&b, &ctx.arena), want);
}

static const wr_node *at_path(const wr_embedded *e, const char *path) {
    for (uint32_t i = 0; i < e->doc->n_nodes; i++) {
        const wr_node *n = e->doc->nodes + i;
        wr_buf b;
        wr_buf_init(&b, 0);
        wr_put_path(&b, e->doc, n);
        bool same = wr_eq(wr_buf_keep(&b, &ctx.arena), wr_strz(path));
        bool hit = same && !(n->flags & WR_F_KEY);
        if (hit) return n;
    }
    fail_msg("no %s", path);
    return NULL;
}

// What stands in the file where the policy's value has its place.
static void assert_place(uint32_t i, const char *path, const char *want) {
    const wr_node *n = at_path(&list.v[i], path);
    assert_str(wr_sub(src->text, n->span.beg, n->span.end), want);
    assert_ptr_equal(list.v[i].doc->srcs[n->src], src);
}

static bool is_open(uint32_t i, const char *path) {
    return wr_embedded_open(&list.v[i], at_path(&list.v[i], path)->span);
}

static void roles(void **state) {
    (void)state;
    find_in("Resources:\n"
            "  App:\n"
            "    Type: AWS::IAM::Role\n"
            "    Properties:\n"
            "      AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: []}\n"
            "      Policies:\n"
            "        - PolicyName: read\n"
            "          PolicyDocument:\n"
            "            Statement: {Effect: Allow, Action: 's3:*', Resource: '*'}\n"
            "  Other: {Type: 'AWS::SNS::Topic', Properties: {PolicyDocument: {}}}\n",
            false);
    assert_int_equal(list.n, 2);
    assert_int_equal(list.v[0].kind, WR_IAM_TRUST);
    assert_int_equal(list.v[1].kind, WR_IAM_IDENTITY);
    assert_str(list.v[1].owner, "App");
    assert_str(list.v[1].type, "AWS::IAM::Role");
    assert_str(list.v[1].name, "App Policies/0/PolicyDocument");
    assert_str(list.v[1].path, "/Resources/App/Properties/Policies/0/PolicyDocument");
    assert_doc(0, "{\"Version\":\"2012-10-17\",\"Statement\":[]}");
    assert_doc(1, "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}}");
    assert_place(1, "/Statement/Action", "'s3:*'");
    assert_int_equal(list.v[1].n_open, 0);
}

static void functions(void **state) {
    (void)state;
    find_in("Resources:\n"
            "  P:\n"
            "    Type: AWS::IAM::ManagedPolicy\n"
            "    Properties:\n"
            "      PolicyDocument:\n"
            "        Statement:\n"
            "          - Effect: Allow\n"
            "            Action: !Ref Actions\n"
            "            Resource:\n"
            "              - !GetAtt Bucket.Arn\n"
            "              - !Sub 'arn:${AWS::Partition}:s3:::${Bucket}/*'\n"
            "              - !Sub '${Bucket.Arn}/*'\n"
            "              - !Join [':', [arn, aws, sqs, !Ref 'AWS::Region', "
            "!Ref 'AWS::AccountId', q]]\n"
            "            Condition:\n"
            "              NumericLessThan: {aws:MultiFactorAuthAge: !Ref Age}\n"
            "              Bool: !Ref B\n",
            false);
    assert_int_equal(list.n, 1);
    assert_doc(0, "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*:${unknown}\",\"Resource\":"
                  "[\"arn:aws:*:*:*:${unknown}\",\"arn:aws:s3:::${unknown}/*\","
                  "\"arn:aws:*:*:*:${unknown}\",\"arn:aws:sqs:us-east-1:111122223333:q\"],"
                  "\"Condition\":{\"NumericLessThan\":{\"aws:MultiFactorAuthAge\":\"0\"},"
                  "\"Bool\":{\"aws:PrincipalTag/unknown\":\"unknown\"}}}]}");
    assert_true(is_open(0, "/Statement/0/Action"));
    assert_true(is_open(0, "/Statement/0/Resource/0"));
    assert_true(is_open(0, "/Statement/0/Resource/1"));
    assert_true(is_open(0, "/Statement/0/Resource/2"));
    assert_false(is_open(0, "/Statement/0/Resource/3"));
    assert_false(is_open(0, "/Statement/0/Resource"));
    assert_false(is_open(0, "/Statement/0/Effect"));
    assert_false(is_open(0, "/Statement/0"));
    assert_true(is_open(0, "/Statement/0/Condition/NumericLessThan/aws:MultiFactorAuthAge"));
    assert_true(wr_embedded_has_open(&list.v[0], at_path(&list.v[0], "/Statement/0")->span));
    assert_false(
        wr_embedded_has_open(&list.v[0], at_path(&list.v[0], "/Statement/0/Effect")->span));
}

static void principals(void **state) {
    (void)state;
    find_in("Resources:\n"
            "  P:\n"
            "    Type: AWS::S3::BucketPolicy\n"
            "    Properties:\n"
            "      PolicyDocument:\n"
            "        Statement:\n"
            "          - Principal: {AWS: !Sub 'arn:aws:iam::${Other}:root'}\n"
            "          - Principal: {AWS: !GetAtt Role.Arn, Service: !Sub '${S}.amazonaws.com'}\n"
            "          - Principal: !Ref Who\n",
            false);
    assert_doc(0, "{\"Statement\":[{\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:root\"}},"
                  "{\"Principal\":{\"AWS\":\"111122223333\","
                  "\"Service\":\"ec2.amazonaws.com\"}},"
                  "{\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:root\"}}]}");
    assert_true(is_open(0, "/Statement/0/Principal/AWS"));
    assert_true(is_open(0, "/Statement/2/Principal"));
}

static void conditions(void **state) {
    (void)state;
    find_in("Resources:\n"
            "  P:\n"
            "    Type: AWS::IAM::Policy\n"
            "    Properties:\n"
            "      PolicyDocument:\n"
            "        Statement:\n"
            "          - !If [C, {Sid: A, Effect: Allow}, {Sid: B}]\n"
            "          - !If [C, {Sid: D}, !Ref 'AWS::NoValue']\n"
            "          - Fn::Transform: {Name: 'AWS::Include', Parameters: {Location: x}}\n"
            "          - {Sid: F, Effect: !Ref Effect}\n"
            "          - {Sid: E, Resource: !If [C, a, b], NotAction: !Ref 'AWS::NoValue'}\n",
            false);
    assert_doc(0, "{\"Statement\":[{\"Sid\":\"A\",\"Effect\":\"Allow\"},{\"Sid\":\"B\"},"
                  "{\"Sid\":\"D\"},{\"Sid\":\"E\",\"Resource\":\"a\"}]}");
    assert_true(list.v[0].cut);
    assert_int_equal(list.v[0].n_open, 0);
}

// Nothing of these is known; they are in the list and say why.
static void unknown(void **state) {
    (void)state;
    find_in(
        "Resources:\n"
        "  A: {Type: 'AWS::KMS::Key', Properties: {KeyPolicy: !Ref Text}}\n"
        "  B: {Type: 'AWS::KMS::Key', Properties: {KeyPolicy: {Statement: !Ref List}}}\n"
        "  C: {Type: 'AWS::KMS::Key', Properties: {KeyPolicy: !ImportValue k}}\n"
        "  D: {Type: 'AWS::KMS::Key', Properties: {KeyPolicy: !Ref 'AWS::NoValue'}}\n"
        "  E: {Type: 'AWS::KMS::Key', Properties: {KeyPolicy: {Statement: {Effect: !Ref E}}}}\n",
        false);
    assert_int_equal(list.n, 4);
    for (uint32_t i = 0; i < 4; i++) assert_null(list.v[i].doc);
    assert_str(list.v[0].unknown, "Ref Text");
    assert_str(list.v[1].unknown, "Ref List");
    assert_str(list.v[2].unknown, "Fn::ImportValue k");
    assert_str(list.v[3].unknown, "Ref E");
    assert_int_equal(ctx.n_errors, 0);
}

static void either(void **state) {
    (void)state;
    find_in("Resources:\n"
            "  A:\n"
            "    Type: AWS::KMS::Key\n"
            "    Properties: {KeyPolicy: !If [C, {Id: a}, {Id: b}]}\n"
            "  B:\n"
            "    Type: AWS::IAM::User\n"
            "    Properties:\n"
            "      Policies: [!If [C, {PolicyDocument: {Id: c}}, !Ref 'AWS::NoValue']]\n",
            false);
    assert_int_equal(list.n, 3);
    assert_doc(0, "{\"Id\":\"a\"}");
    assert_doc(1, "{\"Id\":\"b\"}");
    assert_doc(2, "{\"Id\":\"c\"}");
    assert_str(list.v[1].path, "/Resources/A/Properties/KeyPolicy/Fn::If/2");
}

static void organizations(void **state) {
    (void)state;
    find_in("Resources:\n"
            "  S: {Type: 'AWS::Organizations::Policy', Properties: {Type: SERVICE_CONTROL_POLICY,"
            " Content: '{\"Statement\": []}'}}\n"
            "  R: {Type: 'AWS::Organizations::Policy', Properties: {Type: RESOURCE_CONTROL_POLICY,"
            " Content: {Statement: []}}}\n"
            "  T: {Type: 'AWS::Organizations::Policy', Properties: {Type: TAG_POLICY,"
            " Content: {tags: {}}}}\n",
            false);
    assert_int_equal(list.n, 2);
    assert_int_equal(list.v[0].kind, WR_IAM_SCP);
    assert_int_equal(list.v[1].kind, WR_IAM_RCP);
    assert_doc(0, "{\"Statement\":[]}");
}

static void sam(void **state) {
    (void)state;
    find_in("Transform: AWS::Serverless-2016-10-31\n"
            "Resources:\n"
            "  F:\n"
            "    Type: AWS::Serverless::Function\n"
            "    Properties:\n"
            "      Policies:\n"
            "        - AWSLambdaBasicExecutionRole\n"
            "        - S3ReadPolicy: {BucketName: b}\n"
            "        - !If [C, {Statement: [{Sid: a}]}, AmazonS3FullAccess]\n",
            false);
    assert_int_equal(list.n, 1);
    assert_doc(0, "{\"Statement\":[{\"Sid\":\"a\"}]}");
}

// Texts keep the places of their parts, through escapes and indentation.
static void texts(void **state) {
    (void)state;
    find_in("{\"Resources\": {\"A\": {\"Type\": \"AWS::SQS::QueuePolicy\", \"Properties\": "
            "{\"PolicyDocument\": \"{\\\"Statement\\\":\\n [{\\\"Sid\\\": \\\"\\u00e9\\\", "
            "\\\"Action\\\": \\\"sqs:*\\\", \\\"N\\\": 7}]}\"}}}}",
            true);
    assert_int_equal(list.n, 1);
    assert_doc(0, "{\"Statement\":[{\"Sid\":\"\xC3\xA9\",\"Action\":\"sqs:*\",\"N\":7}]}");
    assert_place(0, "/Statement/0/Action", "\\\"sqs:*\\\"");
    assert_place(0, "/Statement/0/N", "7");
    find_in("Resources:\n"
            "  A:\n"
            "    Type: AWS::Logs::ResourcePolicy\n"
            "    Properties:\n"
            "      PolicyDocument: !Sub |\n"
            "        {\n"
            "          \"Statement\": {\"Action\": \"logs:Put*\",\n"
            "            \"Resource\": \"arn:aws:logs:${AWS::Region}:${Other}:*\"}\n"
            "        }\n",
            false);
    assert_int_equal(list.n, 1);
    assert_doc(0, "{\"Statement\":{\"Action\":\"logs:Put*\","
                  "\"Resource\":\"arn:aws:logs:us-east-1:${unknown}:*\"}}");
    assert_place(0, "/Statement/Action", "\"logs:Put*\"");
    assert_place(0, "/Statement/Resource", "\"arn:aws:logs:${AWS::Region}:${Other}:*\"");
    assert_true(is_open(0, "/Statement/Resource"));
    assert_false(is_open(0, "/Statement/Action"));
}

static void broken_texts(void **state) {
    (void)state;
    find_in("{\"Resources\": {\"A\": {\"Type\": \"AWS::SQS::QueuePolicy\", \"Properties\": "
            "{\"PolicyDocument\": \"{\\\"Statement\\\": [}\"}}}}",
            true);
    assert_int_equal(list.n, 1);
    assert_true(list.v[0].broken);
    assert_int_equal(ctx.n_errors, 1);
    assert_ptr_equal(ctx.diags->src, src);
    assert_int_equal(src->text.p[ctx.diags->span.beg], '}');
    // A part that is not known may be what is missing.
    wr_ctx_fini(&ctx);
    wr_ctx_init(&ctx, NULL);
    find_in("Resources: {A: {Type: 'AWS::SQS::QueuePolicy', Properties: {PolicyDocument: "
            "!Sub '{\"Statement\": ${S}}'}}}",
            false);
    assert_int_equal(list.n, 1);
    assert_false(list.v[0].broken);
    assert_int_equal(ctx.n_errors, 0);
    assert_true(list.v[0].unknown.n > 0);
}

// Repeated keys stay repeated: the parser must see them.
static void repeats(void **state) {
    (void)state;
    find_in("{\"Resources\": {\"A\": {\"Type\": \"AWS::KMS::Key\", \"Properties\": {\"KeyPolicy\": "
            "{\"Id\": \"a\", \"Statement\": [], \"Id\": \"b\"}}}}}",
            true);
    assert_doc(0, "{\"Id\":\"b\",\"Statement\":[]}");
    assert_int_equal(wr_map_losers(list.v[0].doc->root), 1);
}

static void plans(void **state) {
    (void)state;
    find_in("{\"resource_changes\": [\n"
            "{\"address\": \"module.a.aws_iam_role.r[0]\", \"type\": \"aws_iam_role\", \"change\": "
            "{\"after\": {\"assume_role_policy\": \"{\\\"Statement\\\":[]}\", "
            "\"inline_policy\": [{\"policy\": \"{\\\"Id\\\":\\\"x\\\"}\"}, {}]}, "
            "\"after_unknown\": {\"inline_policy\": [{}, {\"policy\": true}]}}},\n"
            "{\"address\": \"aws_s3_bucket_policy.b\", \"type\": \"aws_s3_bucket_policy\", "
            "\"change\": {\"after\": {}, \"after_unknown\": {\"policy\": true}}},\n"
            "{\"address\": \"aws_iam_policy.gone\", \"type\": \"aws_iam_policy\", "
            "\"change\": {\"actions\": [\"delete\"], \"after\": null}},\n"
            "{\"address\": \"aws_organizations_policy.p\", \"type\": \"aws_organizations_policy\", "
            "\"change\": {\"after\": {\"type\": \"RESOURCE_CONTROL_POLICY\", "
            "\"content\": \"{\\\"Statement\\\":{\\\"Ref\\\":\\\"x\\\"}}\"}}}]}",
            true);
    assert_int_equal(list.n, 5);
    assert_str(list.v[0].owner, "module.a.aws_iam_role.r[0]");
    assert_str(list.v[0].name, "module.a.aws_iam_role.r[0] assume_role_policy");
    assert_int_equal(list.v[0].kind, WR_IAM_TRUST);
    assert_doc(1, "{\"Id\":\"x\"}");
    assert_str(list.v[2].unknown, "known after apply");
    assert_null(list.v[3].doc);
    assert_int_equal(list.v[4].kind, WR_IAM_RCP);
    assert_doc(4, "{\"Statement\":{\"Ref\":\"x\"}}"); // no function: the parser refuses it
}

static void no_template(void **state) {
    (void)state;
    find_in("{\"Statement\": []}", true);
    assert_int_equal(list.n, 0);
    find_in("Resources: {A: [], B: {Type: 3}, C: {Type: 'AWS::KMS::Key'}, "
            "D: {Type: 'AWS::KMS::Key', Properties: 3}}",
            false);
    assert_int_equal(list.n, 0);
    find_in("{\"resource_changes\": [3, {\"type\": \"aws_iam_policy\"}, "
            "{\"type\": \"aws_iam_policy\", \"change\": {\"after\": []}}]}",
            true);
    assert_int_equal(list.n, 0);
}

// A text with characters of the private use area is known all the same.
static void no_disguise(void **state) {
    (void)state;
    find_in("{\"Resources\": {\"A\": {\"Type\": \"AWS::KMS::Key\", \"Properties\": {\"KeyPolicy\": "
            "{\"Id\": \"\xEE\x80\x80\\ue001\"}}}}}",
            true);
    assert_int_equal(list.v[0].n_open, 0);
    assert_doc(0, "{\"Id\":\"\xEE\x80\x80\xEE\x80\x81\"}");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(roles),        TEST(functions), TEST(principals),    TEST(conditions),  TEST(unknown),
        TEST(either),       TEST(sam),       TEST(organizations), TEST(texts),       TEST(repeats),
        TEST(broken_texts), TEST(plans),     TEST(no_template),   TEST(no_disguise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
