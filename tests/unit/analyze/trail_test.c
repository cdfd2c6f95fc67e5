// SPDX-License-Identifier: Apache-2.0
// CloudTrail records to requests: kinds, keys in their three states, actions, resources; broken
// JSON is never taken for a record, whatever is broken; and what a replay counts.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "analyze/analyze.h"

#define USER                                                                                       \
    "\"userIdentity\":{\"type\":\"IAMUser\",\"principalId\":\"AIDA1\",\"arn\":"                    \
    "\"arn:aws:iam::111122223333:user/ann\",\"accountId\":\"111122223333\",\"userName\":\"ann\"}"
#define ROLE(session)                                                                              \
    "\"userIdentity\":{\"type\":\"AssumedRole\",\"principalId\":\"AROA1:s\",\"arn\":"              \
    "\"arn:aws:sts::111122223333:assumed-role/deploy/s\",\"accountId\":\"111122223333\"" session   \
    "}"
#define ISSUER                                                                                     \
    ",\"sessionContext\":{\"sessionIssuer\":{\"arn\":\"arn:aws:iam::111122223333:role/ci/deploy\"" \
    "},\"attributes\":{\"creationDate\":\"2026-01-05T08:00:00Z\",\"mfaAuthenticated\":\"false\"}}"
#define EVENT(source, name)                                                                        \
    ",\"eventSource\":\"" source ".amazonaws.com\",\"eventName\":\"" name                          \
    "\",\"eventTime\":\"2026-01-05T08:00:00Z\",\"awsRegion\":\"eu-west-1\",\"eventType\":"         \
    "\"AwsApiCall\",\"recipientAccountId\":\"111122223333\""

static wr_trail_kind kind_of(const char *text) {
    wr_arena a;
    wr_trail_record rec;
    wr_arena_init(&a, 0);
    wr_trail_read(&a, wr_strz(text), &rec);
    wr_arena_fini(&a);
    return rec.kind;
}

static void kinds(void **state) {
    (void)state;
#define WHO(type, more) "{\"userIdentity\":{\"type\":\"" type "\"" more "}" EVENT("s3", "X") "}"
    assert_int_equal(kind_of("{" USER EVENT("s3", "GetObject") "}"), WR_TRAIL_CALL);
    assert_int_equal(kind_of(WHO("IAMUser", "")), WR_TRAIL_NAMELESS);
    assert_int_equal(kind_of(WHO("Root", ",\"arn\":\"a\"")), WR_TRAIL_CALL);
    assert_int_equal(kind_of(WHO("AWSService", "")), WR_TRAIL_SERVICE);
    assert_int_equal(kind_of(WHO("AWSAccount", ",\"accountId\":\"111122223333\"")),
                     WR_TRAIL_FOREIGN);
    assert_int_equal(kind_of(WHO("AWSAccount", ",\"accountId\":\"anonymous\"")),
                     WR_TRAIL_ANONYMOUS);
    assert_int_equal(kind_of(WHO("SAMLUser", "")), WR_TRAIL_FEDERATED);
    assert_int_equal(kind_of(WHO("IdentityCenterUser", "")), WR_TRAIL_NAMELESS);
    assert_int_equal(kind_of("{\"eventType\":\"AwsServiceEvent\",\"eventName\":\"a\","
                             "\"eventSource\":\"b\"}"),
                     WR_TRAIL_EVENT);
    assert_int_equal(kind_of("{\"eventType\":\"AwsCloudTrailInsight\"}"), WR_TRAIL_INSIGHT);
    assert_int_equal(kind_of("{\"digestStartTime\":\"x\"}"), WR_TRAIL_DIGEST);
    assert_int_equal(kind_of("{}"), WR_TRAIL_OTHER);
    assert_int_equal(kind_of("[1]"), WR_TRAIL_OTHER);
}

// Cut anywhere, or with any byte replaced by one that breaks it, a record is broken or no record,
// exactly as the JSON reader says.
static void broken(void **state) {
    (void)state;
    static const char text[] =
        "{\"a\":[1,-2.5e+3,{\"b\":null}],\"c\":\"\\u00e9\\n\",\"d\":true," USER
        ",\"resources\":[{\"ARN\":\"x\"},{}]}";
    wr_arena a;
    wr_trail_record rec;
    wr_arena_init(&a, 0);
    for (size_t n = 1; n < sizeof text - 1; n++) {
        wr_trail_read(&a, wr_strn(text, n), &rec);
        assert_int_equal(rec.kind, WR_TRAIL_BROKEN);
    }
    static const char *const bad[] = {
        "{\"a\":01}",
        "{\"a\":1.}",
        "{\"a\":-}",
        "{\"a\":1e}",
        "{\"a\":tru}",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{a:1}",
        "{\"a\":[1,]}",
        "{\"a\":[1}",
        "{\"a\":{]}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12g4\"}",
        "{\"a\":\"\n\"}",
        "{\"a\":1}x",
        "{\"eventName\":\"\\ud800\"}",
        "{\"eventName\":\"\xFF\"}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(kind_of(bad[i]), WR_TRAIL_BROKEN);
    wr_arena_fini(&a);
}

// ---------------------------------------------------------------------------------- requests

typedef struct fixture {
    wr_ctx ctx;
    wr_iam_set *set;
    wr_trail_keys *keys;
    wr_iam_request r;
    wr_trail_record rec;
    wr_trail_action action;
    wr_trail_request made;
} fixture;

static const char *const asked[] = {
    "aws:RequestedRegion",
    "aws:EpochTime",
    "aws:PrincipalArn",
    "aws:SourceIp",
    "aws:VpcSourceIp",
    "aws:SourceVpce",
    "aws:SourceVpc",
    "aws:ViaAWSService",
    "aws:CalledVia",
    "aws:UserAgent",
    "aws:TokenIssueTime",
    "aws:username",
    "aws:MultiFactorAuthPresent",
    "aws:MultiFactorAuthAge",
    "aws:PrincipalTag/team",
    "aws:SecureTransport",
    "aws:ResourceAccount",
    "aws:PrincipalOrgID",
    "aws:SourceIdentity",
    "sts:ExternalId",
    "s3:prefix",
    "aws:PrincipalType",
};

static void begin(fixture *f) {
    wr_ctx_init(&f->ctx, NULL);
    f->set = wr_iam_set_new(&f->ctx);
    assert_non_null(f->set);
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
        assert_int_not_equal(wr_iam_key_in(f->set, wr_strz(asked[i])), UINT32_MAX);
    wr_iam_freeze(f->set);
    f->keys = wr_trail_keys_new(&f->ctx.arena, f->set, NULL);
    assert_non_null(f->keys);
    assert_int_equal(wr_iam_request_init(&f->r, f->set, &f->ctx.arena), WR_OK);
}

static void make(fixture *f, const char *text) {
    wr_trail_read(&f->ctx.arena, wr_strz(text), &f->rec);
    assert_true(f->rec.kind < WR_TRAIL_NAMELESS);
    assert_true(wr_trail_action_of(&f->ctx.arena, &f->rec, &f->action));
    assert_int_equal(wr_trail_make(f->keys, &f->ctx.arena, &f->rec, &f->action, &f->r, &f->made),
                     WR_OK);
}

// "value", "-" when absent, "?" when not known.
static const char *key(fixture *f, const char *name) {
    const wr_iam_ctx_value *v = &f->r.ctx[wr_iam_key_find(f->set, wr_strz(name))];
    if (v->state == WR_IAM_ABSENT) return "-";
    if (v->state == WR_IAM_NOT_KNOWN) return "?";
    assert_int_equal(v->n, 1);
    return wr_dupz(&f->ctx.arena, v->v[0]);
}

static const char *resource(fixture *f) {
    return f->r.resource_unknown ? "?" : wr_dupz(&f->ctx.arena, f->r.resource);
}

static void keys_of_a_user(void **state) {
    (void)state;
    fixture f;
    begin(&f);
    make(&f, "{" USER EVENT("s3", "ListBuckets") ",\"sourceIPAddress\":\"198.51.100.7\","
                                                 "\"userAgent\":\"a\\\"b\",\"additionalEventData\":"
                                                 "{\"CipherSuite\":\"x\"}}");
    assert_string_equal(key(&f, "aws:RequestedRegion"), "eu-west-1");
    assert_string_equal(key(&f, "aws:EpochTime"), "1767600000");
    assert_string_equal(key(&f, "aws:PrincipalArn"), "arn:aws:iam::111122223333:user/ann");
    assert_string_equal(key(&f, "aws:PrincipalType"), "User");
    assert_string_equal(key(&f, "aws:SourceIp"), "198.51.100.7");
    assert_string_equal(key(&f, "aws:VpcSourceIp"), "-");
    assert_string_equal(key(&f, "aws:SourceVpc"), "-");
    assert_string_equal(key(&f, "aws:ViaAWSService"), "false");
    assert_string_equal(key(&f, "aws:CalledVia"), "-");
    assert_string_equal(key(&f, "aws:UserAgent"), "a\"b");
    assert_string_equal(key(&f, "aws:username"), "ann");
    assert_string_equal(key(&f, "aws:MultiFactorAuthPresent"), "-");
    assert_string_equal(key(&f, "aws:MultiFactorAuthAge"), "-");
    assert_string_equal(key(&f, "aws:TokenIssueTime"), "-");
    assert_string_equal(key(&f, "aws:PrincipalTag/team"), "?");
    assert_string_equal(key(&f, "aws:SecureTransport"), "true");
    assert_string_equal(key(&f, "aws:PrincipalOrgID"), "?");
    assert_string_equal(key(&f, "s3:prefix"), "?");
    assert_string_equal(resource(&f), "*");
    assert_true(wr_eq(f.action.text, WR_S("s3:ListAllMyBuckets")));
    wr_ctx_fini(&f.ctx);
}

static void keys_of_sessions(void **state) {
    (void)state;
    fixture f;
    begin(&f);
    make(&f, "{" ROLE(ISSUER) EVENT("s3", "GetBucketAcl") ",\"sourceIPAddress\":\"10.0.0.9\","
                                                          "\"vpcEndpointId\":\"vpce-1\"}");
    assert_string_equal(key(&f, "aws:PrincipalArn"), "arn:aws:iam::111122223333:role/ci/deploy");
    assert_string_equal(key(&f, "aws:MultiFactorAuthPresent"), "false");
    assert_string_equal(key(&f, "aws:TokenIssueTime"), "2026-01-05T08:00:00Z");
    assert_string_equal(key(&f, "aws:username"), "-");
    assert_string_equal(key(&f, "aws:SourceIp"), "-");
    assert_string_equal(key(&f, "aws:VpcSourceIp"), "10.0.0.9");
    assert_string_equal(key(&f, "aws:SourceVpce"), "vpce-1");
    assert_string_equal(key(&f, "aws:SourceVpc"), "?");
    assert_string_equal(key(&f, "aws:SecureTransport"), "?"); // S3 takes plain HTTP
    assert_string_equal(key(&f, "aws:SourceIdentity"), "?");
    // Without issuer the role's path is not recorded.
    make(&f, "{" ROLE("") EVENT("ec2", "DescribeVpcs") "}");
    assert_string_equal(key(&f, "aws:PrincipalArn"), "?");
    assert_string_equal(key(&f, "aws:MultiFactorAuthPresent"), "?");
    assert_int_equal(f.made.service_linked, WR_NO);
    // A service calls for the user.
    make(&f, "{" USER EVENT("kms", "Decrypt") ",\"sourceIPAddress\":\"rds.amazonaws.com\"}");
    assert_string_equal(key(&f, "aws:ViaAWSService"), "true");
    assert_string_equal(key(&f, "aws:SourceIp"), "-");
    assert_string_equal(key(&f, "aws:CalledVia"), "?");
    wr_ctx_fini(&f.ctx);
}

static void resources(void **state) {
    (void)state;
    static const struct {
        const char *text, *want;
    } rows[] = {
        {EVENT("s3", "GetObject") ",\"resources\":[{\"ARN\":\"arn:aws:s3:::b/k\"},{\"accountId\":"
                                  "\"444455556666\",\"ARN\":\"arn:aws:s3:::b\"}]",
         "arn:aws:s3:::b/k"},
        // The bucket alone is not what an object's action is about.
        {EVENT("s3", "DeleteObjects") ",\"resources\":[{\"ARNPrefix\":\"arn:aws:s3:::b/\"},{\"ARN"
                                      "\":\"arn:aws:s3:::b\"}]",
         "?"},
        {EVENT("dynamodb", "DescribeTable") ",\"requestParameters\":{\"tableName\":\"t\"}",
         "arn:aws:dynamodb:eu-west-1:111122223333:table/t"},
        {EVENT("lambda", "GetFunction20150331v2") ",\"requestParameters\":{\"functionName\":"
                                                  "\"f\"}",
         "arn:aws:lambda:eu-west-1:111122223333:function:f"},
        {EVENT("kms", "DescribeKey") ",\"requestParameters\":{\"keyId\":\"alias/x\"}", "?"},
        {EVENT("iam", "GetRole") ",\"requestParameters\":{\"roleName\":\"r\"}", "?"},
        {EVENT("iam", "GetPolicy") ",\"requestParameters\":{\"policyArn\":"
                                   "\"arn:aws:iam::aws:policy/ReadOnlyAccess\"}",
         "arn:aws:iam::aws:policy/ReadOnlyAccess"},
        {EVENT("ec2", "DescribeVpcs") ",\"requestParameters\":{\"vpcSet\":{}}", "*"},
        {EVENT("ec2", "RunInstances") ",\"requestParameters\":{\"instanceId\":\"i-1\"}", "?"},
        {EVENT("sqs", "SendMessage") ",\"requestParameters\":{\"queueUrl\":\"https://sqs.eu-west-1"
                                     ".amazonaws.com/444455556666/q\"}",
         "arn:aws:sqs:eu-west-1:444455556666:q"},
    };
    fixture f;
    begin(&f);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        make(&f, wr_fmt(&f.ctx.arena, "{%s%s}", USER, rows[i].text).p);
        assert_string_equal(resource(&f), rows[i].want);
    }
    wr_ctx_fini(&f.ctx);
}

static void failures(void **state) {
    (void)state;
    static const struct {
        const char *code;
        bool failed, denied;
    } rows[] = {{"", false, false},
                {"AccessDenied", true, true},
                {"Client.UnauthorizedOperation", true, true},
                {"AccessDeniedException", true, true},
                {"NoSuchBucketPolicy", true, false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        wr_trail_record rec = {.error = wr_strz(rows[i].code)};
        bool denied;
        assert_int_equal(wr_trail_failed(&rec, &denied), rows[i].failed);
        assert_int_equal(denied, rows[i].denied);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds),          cmocka_unit_test(broken),
        cmocka_unit_test(keys_of_a_user), cmocka_unit_test(keys_of_sessions),
        cmocka_unit_test(resources),      cmocka_unit_test(failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
