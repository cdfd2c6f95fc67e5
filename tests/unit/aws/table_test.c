// SPDX-License-Identifier: Apache-2.0
// Tests of src/aws: the tables as they are looked up. What they assert of AWS is stable: names and
// forms that have been the same for years.

#include "aws/aws_int.h"

#include <setjmp.h>

#include <cmocka.h>

static void assert_str(wr_str s, const char *z) {
    if (!wr_eq(s, wr_strz(z))) fail_msg("\"%.*s\" is not \"%s\"", WR_FMT(s), z);
}

static void test_services(void **state) {
    (void)state;
    assert_true(wr_aws_n_services() > 400);
    for (uint32_t s = 0; s < wr_aws_n_services(); s++)
        assert_int_equal(wr_aws_service_find(wr_aws_service_prefix(s)), s);
    uint32_t s3 = wr_aws_service_find(WR_S("S3"));
    assert_str(wr_aws_service_title(s3), "Amazon S3");
    assert_true(wr_aws_service_rcp(s3));
    assert_false(wr_aws_service_rcp(wr_aws_service_find(WR_S("ec2"))));
    assert_int_equal(wr_aws_service_find(WR_S("s4")), WR_AWS_NONE);
    assert_int_equal(wr_aws_service_find(WR_S("")), WR_AWS_NONE);
}

// Every action is found by its name in any case; those of a service stand together, in order.
static void test_actions(void **state) {
    (void)state;
    assert_true(wr_aws_n_actions() > 20000);
    uint32_t seen = 0;
    for (uint32_t s = 0; s < wr_aws_n_services(); s++) {
        uint32_t n, first = wr_aws_service_actions(s, &n);
        assert_int_equal(first, seen);
        for (uint32_t a = first; a < first + n; a++) {
            char lower[128] = {0};
            wr_str name = wr_aws_action_name(a);
            assert_int_equal(wr_aws_action_service(a), s);
            assert_true(name.n < sizeof lower);
            for (size_t i = 0; i < name.n; i++) lower[i] = (char)aws_lower(name.p[i]);
            assert_int_equal(wr_aws_action_find(wr_aws_service_prefix(s), wr_strz(lower)), a);
        }
        seen += n;
    }
    assert_int_equal(seen, wr_aws_n_actions());
    assert_int_equal(wr_aws_action_find_full(WR_S("s3:GetObjects")), WR_AWS_NONE);
    assert_int_equal(wr_aws_action_find_full(WR_S("GetObject")), WR_AWS_NONE);
    assert_int_equal(wr_aws_action_find_full(WR_S("")), WR_AWS_NONE);
}

static void test_of_an_action(void **state) {
    (void)state;
    uint32_t get = wr_aws_action_find_full(WR_S("S3:getobject"));
    assert_str(wr_aws_action_name(get), "GetObject");
    assert_int_equal(wr_aws_action_level(get), WR_AWS_READ);
    assert_string_equal(wr_aws_level_name(wr_aws_action_level(get)), "Read");
    bool object = false;
    for (uint32_t i = 0; i < wr_aws_action_n_types(get); i++) {
        uint32_t t = wr_aws_action_type(get, i).type;
        if (!wr_eq(wr_aws_type_of_name(t), WR_S("object"))) continue;
        object = true;
        assert_str(wr_aws_type_arn(t), "arn:${Partition}:s3:::${BucketName}/${ObjectName}");
        assert_int_equal(wr_aws_type_service(t), wr_aws_service_find(WR_S("s3")));
    }
    assert_true(object);
    uint32_t all = wr_aws_action_find_full(WR_S("s3:ListAllMyBuckets"));
    assert_int_equal(wr_aws_action_n_types(all), 0);
    uint32_t policy = wr_aws_action_find_full(WR_S("iam:PutRolePolicy"));
    assert_int_equal(wr_aws_action_level(policy), WR_AWS_PERMISSIONS);
    assert_int_equal(wr_aws_action_n_types(policy), 1);
    assert_true(wr_aws_action_type(policy, 0).required);
    assert_str(wr_aws_type_of_name(wr_aws_action_type(policy, 0).type), "role");
}

static void test_needs(void **state) {
    (void)state;
    uint32_t create = wr_aws_action_find_full(WR_S("lambda:CreateFunction"));
    uint32_t pass = wr_aws_action_find_full(WR_S("iam:PassRole"));
    bool found = false;
    for (uint32_t i = 0; i < wr_aws_action_n_dependents(create); i++)
        found = found || wr_aws_action_dependent(create, i) == pass;
    assert_true(found);
    assert_int_equal(wr_aws_action_n_dependents(pass), 0);
}

static void test_types(void **state) {
    (void)state;
    uint32_t seen = 0;
    for (uint32_t s = 0; s < wr_aws_n_services(); s++) {
        uint32_t n, first = wr_aws_service_types(s, &n);
        assert_int_equal(first, seen);
        for (uint32_t t = first; t < first + n; t++) {
            assert_int_equal(wr_aws_type_service(t), s);
            assert_true(wr_starts(wr_aws_type_arn(t), WR_S("arn:")));
        }
        seen += n;
    }
    assert_int_equal(seen, wr_aws_n_types());
}

static wr_aws_key key(const char *name) {
    wr_aws_key k;
    assert_true(wr_aws_key_find(wr_strz(name), &k));
    return k;
}

static void test_keys(void **state) {
    (void)state;
    wr_aws_key k = key("AWS:sourceip");
    assert_str(k.name, "aws:SourceIp");
    assert_int_equal(k.type, WR_AWS_IP);
    assert_true(k.global);
    assert_false(k.multi);
    k = key("aws:TagKeys");
    assert_true(k.multi);
    assert_int_equal(k.type, WR_AWS_STRING);
    assert_int_equal(key("aws:MultiFactorAuthPresent").type, WR_AWS_BOOL);
    assert_int_equal(key("aws:TokenIssueTime").type, WR_AWS_DATE);
    assert_int_equal(key("aws:PrincipalArn").type, WR_AWS_ARN);
    assert_string_equal(wr_aws_type_name(WR_AWS_IP), "IPAddress");
    assert_false(key("s3:prefix").global);
    assert_true(key("token.actions.githubusercontent.com:sub").type == WR_AWS_STRING);
    for (uint32_t i = 0; i < aws_n_keys; i++)
        assert_int_equal(aws_key_id(aws_str(aws_keys[i].name)), i);
}

static void test_keys_with_parts(void **state) {
    (void)state;
    assert_str(key("aws:RequestTag/Team").name, "aws:RequestTag/${TagKey}");
    assert_str(key("aws:requesttag/a/b:c").name, "aws:RequestTag/${TagKey}");
    assert_str(key("aws:PrincipalTag/x").name, "aws:PrincipalTag/${TagKey}");
    assert_true(key("aws:PrincipalTag/x").global);
    assert_str(key("kms:EncryptionContext:app").name,
               "kms:EncryptionContext:${EncryptionContextKey}");
    assert_str(key("events:metadata/a/matcher").name, "events:Metadata/${MetadataKey}/Matcher");
    assert_str(key("events:metadata/a").name, "events:Metadata/${MetadataKey}");
    assert_str(key("agent.x.buildkite.dev:cluster_id").name,
               "agent.${Domain}.buildkite.dev:cluster_id");
    assert_str(key("oidc.eks.eu-west-1.amazonaws.com/id/1:sub").name, "${Provider}:sub");
    assert_str(key("token.actions.githubusercontent.com:aud").name, "${Provider}:aud");
    assert_str(key("accounts.google.com:aud").name, "accounts.google.com:aud");
    wr_aws_key k;
    assert_false(wr_aws_key_find(WR_S("s3:sub"), &k));
    assert_false(wr_aws_key_find(WR_S("a.b:c:"), &k));
    assert_false(wr_aws_key_find(WR_S("aws:RequestTag/"), &k));
    assert_false(wr_aws_key_find(WR_S("aws:RequestTag"), &k));
    assert_false(wr_aws_key_find(WR_S("agent..buildkite.dev:cluster_id"), &k));
    assert_false(wr_aws_key_find(WR_S("aws:SourceIpp"), &k));
    assert_false(wr_aws_key_find(WR_S(""), &k));
}

static void test_prefixes(void **state) {
    (void)state;
    assert_true(wr_aws_key_prefix_known(WR_S("s3")));
    assert_true(wr_aws_key_prefix_known(WR_S("aws")));
    assert_true(wr_aws_key_prefix_known(WR_S("SAML")));
    assert_true(wr_aws_key_prefix_known(WR_S("accounts.google.com")));
    assert_true(wr_aws_key_prefix_known(WR_S("agent.acme.buildkite.dev")));
    assert_true(wr_aws_key_prefix_known(WR_S("oidc.eks.eu-west-1.amazonaws.com/id/1")));
    assert_false(wr_aws_key_prefix_known(WR_S(".com")));
    assert_false(wr_aws_key_prefix_known(WR_S("${Provider}x")));
    assert_false(wr_aws_key_prefix_known(WR_S("s33")));
    assert_false(wr_aws_key_prefix_known(WR_S("")));
}

static void test_keys_of_actions(void **state) {
    (void)state;
    uint32_t list = wr_aws_action_find_full(WR_S("s3:ListBucket"));
    assert_true(wr_aws_action_has_key(list, WR_S("S3:Prefix")));
    assert_true(wr_aws_action_has_key(list, WR_S("aws:SourceVpc")));
    assert_false(wr_aws_action_has_key(list, WR_S("s3:x-amz-acl")));
    assert_false(wr_aws_action_has_key(list, WR_S("s3:nothing")));
    uint32_t run = wr_aws_action_find_full(WR_S("ec2:RunInstances"));
    assert_true(wr_aws_action_has_key(run, WR_S("ec2:InstanceType"))); // by a resource type
    assert_true(wr_aws_action_has_key(run, WR_S("ec2:ResourceTag/Team")));
    uint32_t web = wr_aws_action_find_full(WR_S("sts:AssumeRoleWithWebIdentity"));
    assert_true(wr_aws_action_has_key(web, WR_S("login.acme.com:aud")));
    assert_false(wr_aws_action_has_key(list, WR_S("login.acme.com:aud")));
}

static void test_near(void **state) {
    (void)state;
    uint32_t s3 = wr_aws_service_find(WR_S("s3"));
    assert_str(wr_aws_action_near(s3, WR_S("getobjcet")), "GetObject");
    assert_str(wr_aws_action_near(s3, WR_S("ListBuckets")), "ListBucket");
    assert_str(wr_aws_action_near(s3, WR_S("Zebra")), "");
    assert_str(wr_aws_action_near(s3, WR_S("")), "");
    assert_str(wr_aws_service_near(WR_S("dynamdb")), "dynamodb");
    assert_str(wr_aws_service_near(WR_S("nosuchthing")), "");
    assert_str(wr_aws_key_near(WR_S("aws:SourceIpp")), "aws:SourceIp");
    assert_str(wr_aws_key_near(WR_S("aws:PrincipleTag/Team")), "aws:PrincipalTag/${TagKey}");
    assert_str(wr_aws_key_near(WR_S("qqqq:zzzzzzzz")), "");
}

static void test_distance(void **state) {
    (void)state;
    assert_int_equal(aws_distance(WR_S("abc"), WR_S("ABC"), 3), 0);
    assert_int_equal(aws_distance(WR_S("abc"), WR_S("acb"), 3), 1);
    assert_int_equal(aws_distance(WR_S("abc"), WR_S("ab"), 3), 1);
    assert_int_equal(aws_distance(WR_S("abcd"), WR_S("axyd"), 3), 2);
    assert_int_equal(aws_distance(WR_S("abcd"), WR_S("wxyz"), 3), 4);
    assert_int_equal(aws_distance(WR_S("abcdefgh"), WR_S("a"), 3), 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_services),        cmocka_unit_test(test_actions),
        cmocka_unit_test(test_of_an_action),    cmocka_unit_test(test_needs),
        cmocka_unit_test(test_types),           cmocka_unit_test(test_keys),
        cmocka_unit_test(test_keys_with_parts), cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_keys_of_actions), cmocka_unit_test(test_near),
        cmocka_unit_test(test_distance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
