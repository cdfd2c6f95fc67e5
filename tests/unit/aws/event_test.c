// SPDX-License-Identifier: Apache-2.0
// event_test: events to actions: other prefixes, dates, names that differ, what stays unknown, what
// is no request. Names of AWS that have been the same for years.

#include "aws/aws_int.h"

#include <setjmp.h>
#include <stdio.h>

#include <cmocka.h>

// want: "service:Action", "-" for no request, or "?" before names that stay as they are.
static void expect(const char *source, const char *name, const char *want) {
    wr_aws_event e = wr_aws_event_action(wr_strz(source), wr_strz(name));
    char got[256];
    if (e.none) snprintf(got, sizeof got, "-");
    else
        snprintf(got, sizeof got, "%s%.*s:%.*s", e.known ? "" : "?", WR_FMT(e.service),
                 WR_FMT(e.action));
    assert_string_equal(got, want);
}

static void same_names(void **state) {
    (void)state;
    expect("ec2.amazonaws.com", "RunInstances", "ec2:RunInstances");
    expect("sts.amazonaws.com", "assumerole", "sts:AssumeRole");
    expect("kms.amazonaws.com.cn", "Decrypt", "kms:Decrypt");
}

static void other_prefixes(void **state) {
    (void)state;
    expect("monitoring.amazonaws.com", "DescribeAlarms", "cloudwatch:DescribeAlarms");
    expect("email.amazonaws.com", "SendEmail", "ses:SendEmail");
    expect("streams.dynamodb.amazonaws.com", "GetRecords", "dynamodb:GetRecords");
    expect("runtime.lex.amazonaws.com", "PostText", "lex:PostText");
    expect("tagging.amazonaws.com", "GetResources", "tag:GetResources");
    expect("autoscaling.amazonaws.com", "PutScalingPolicy", "autoscaling:PutScalingPolicy");
    expect("autoscaling.amazonaws.com", "RegisterScalableTarget",
           "application-autoscaling:RegisterScalableTarget");
    expect("servicecatalog-appregistry.amazonaws.com", "ListApplications",
           "servicecatalog:ListApplications");
}

static void dates(void **state) {
    (void)state;
    expect("lambda.amazonaws.com", "ListFunctions20150331", "lambda:ListFunctions");
    expect("lambda.amazonaws.com", "UpdateFunctionCode20150331v2", "lambda:UpdateFunctionCode");
    expect("cloudfront.amazonaws.com", "CreateDistribution2020_05_31",
           "cloudfront:CreateDistribution");
    expect("cloudfront.amazonaws.com", "CreateDistributionWithTags2019_03_26",
           "cloudfront:CreateDistribution");
    expect("lambda.amazonaws.com", "NoSuchThing20150331", "?lambda:NoSuchThing");
    expect("lambda.amazonaws.com", "20150331", "?lambda:20150331");
    expect("lambda.amazonaws.com", "x150331", "?lambda:x150331");
}

static void other_names(void **state) {
    (void)state;
    expect("s3.amazonaws.com", "ListBuckets", "s3:ListAllMyBuckets");
    expect("s3.amazonaws.com", "GetBucketEncryption", "s3:GetEncryptionConfiguration");
    expect("s3.amazonaws.com", "HeadObject", "s3:GetObject");
    expect("s3.amazonaws.com", "UploadPart", "s3:PutObject");
    expect("s3.amazonaws.com", "DeleteBucketEncryption", "s3:PutEncryptionConfiguration");
    expect("s3.amazonaws.com", "DeleteBucketPublicAccessBlock", "s3:PutBucketPublicAccessBlock");
    expect("lambda.amazonaws.com", "Invoke", "lambda:InvokeFunction");
    expect("apigateway.amazonaws.com", "CreateRestApi", "apigateway:POST");
    expect("apigateway.amazonaws.com", "UpdateStage", "apigateway:PATCH");
    expect("bedrock-runtime.amazonaws.com", "Converse", "bedrock:InvokeModel");
    expect("iot.amazonaws.com", "CreateWirelessDevice", "iotwireless:CreateWirelessDevice");
}

// What several actions may stand for is left open, as is what nobody knows.
static void not_known(void **state) {
    (void)state;
    expect("dynamodb.amazonaws.com", "TransactWriteItems", "?dynamodb:TransactWriteItems");
    expect("apigateway.amazonaws.com", "NoSuchThing", "?apigateway:NoSuchThing");
    expect("nosuchservice.amazonaws.com", "Do", "?nosuchservice:Do");
    expect("", "", "?:");
}

static void no_requests(void **state) {
    (void)state;
    expect("signin.amazonaws.com", "ConsoleLogin", "-");
    expect("secretsmanager.amazonaws.com", "EndSecretVersionDelete", "-");
}

// Every row of the table is found, and leads to an action that is there.
static void all_rows(void **state) {
    (void)state;
    assert_true(aws_n_events > 300);
    for (uint32_t i = 0; i < aws_n_events; i++) {
        const aws_event *e = aws_events + i;
        wr_aws_event got = wr_aws_event_action(wr_aws_service_prefix(e->service), aws_str(e->name));
        assert_int_equal(got.none, e->action == UINT16_MAX);
        assert_int_equal(got.known, !got.none);
        if (got.known) assert_int_equal(wr_aws_action_find(got.service, got.action), e->action);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_names), cmocka_unit_test(other_prefixes),
        cmocka_unit_test(dates),      cmocka_unit_test(other_names),
        cmocka_unit_test(not_known),  cmocka_unit_test(no_requests),
        cmocka_unit_test(all_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
