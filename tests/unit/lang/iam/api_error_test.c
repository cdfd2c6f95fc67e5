// SPDX-License-Identifier: Apache-2.0
// The words of IAM's API: each of its texts once, and which of two faults it speaks of. The texts
// come from what the API answers; the conformance run holds them against recorded answers.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lang/iam/iam.h"

#define SYNTAX "Syntax errors in policy."
#define VERSION "Policy document must be version 2012-10-17 or greater."
#define LEGACY "The policy failed legacy parsing"
#define VENDOR "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
#define COLON "Actions/Condition can contain only one colon."
#define NO_ACTION "Policy statement must contain actions."
#define NO_RESOURCE "Policy statement must contain resources."
#define SIDS "Statement IDs (SID) in a single policy must be unique."

#define DOC(st) "{\"Version\":\"2012-10-17\",\"Statement\":" st "}"
#define ONE(body) DOC("{\"Effect\":\"Allow\"" body "}")
#define GET ",\"Action\":\"sqs:Get*\""
#define ALL ",\"Resource\":\"*\""
#define RES(r) ONE(GET ",\"Resource\":\"" r "\"")
#define DATE(d) ONE(GET ALL ",\"Condition\":{\"DateLessThan\":{\"aws:CurrentTime\":\"" d "\"}}")

typedef struct row {
    const char *text, *want;
} row;

static void check(const row *rows, size_t n, wr_iam_kind kind) {
    for (size_t i = 0; i < n; i++) {
        wr_ctx c;
        wr_ctx_init(&c, NULL);
        wr_str got = wr_iam_api_error(&c, wr_strz(rows[i].text), kind);
        if (!wr_eq(got, wr_strz(rows[i].want)))
            fail_msg("%s\nanswered \"%.*s\"", rows[i].text, WR_FMT(got));
        assert_int_equal(c.n_diags, 0);
        wr_ctx_fini(&c);
    }
}
#define CHECK(rows, kind) check(rows, sizeof(rows) / sizeof *(rows), kind)

static void syntax(void **state) {
    (void)state;
    static const row rows[] = {
        {"", SYNTAX},
        {"{", SYNTAX},
        {"[]", SYNTAX},
        {"{}", SYNTAX},
        {DOC("[]"), SYNTAX},
        {DOC("[7]"), SYNTAX},
        {ONE(GET ALL), ""},
        {DOC("[{\"Effect\":\"Deny\"" GET ALL "}]"), ""},
        {ONE(GET ALL ",\"Why\":1"), SYNTAX},
        {ONE(GET ALL GET), SYNTAX}, // repeated
        {ONE(GET ALL ",\"NotAction\":[]"), SYNTAX},
        {ONE(GET ALL ",\"Sid\":1"), SYNTAX},
        {ONE(",\"Action\":[null]" ALL), SYNTAX},
        {ONE(GET ",\"Resource\":[null,\"*\"]"), ""},
        {ONE(GET ALL ",\"Condition\":{\"Like\":{\"a\":\"b\"}}"), SYNTAX},
        {ONE(GET ALL ",\"Condition\":{\"Like\":{}}"), ""},
        {ONE(GET ALL ",\"Condition\":{\"ForAnyValue:ArnLikeIfExists\":{\"a\":[\"b\",1]}}"), ""},
        {ONE(GET ALL ",\"Condition\":{\"Bool\":{\"a\":[{}]}}"), SYNTAX},
        {"{\"Statement\":{\"Effect\":\"Allow\"" GET ALL "}}", VERSION},
        {"{\"Version\":\"2008-10-17\",\"Statement\":{\"Effect\":\"Allow\"" GET ALL "}}", VERSION},
        {"{\"Version\":\"1\",\"Statement\":{\"Effect\":\"Allow\"" GET ALL "}}", SYNTAX},
        {ONE(GET ALL ",\"Principal\":\"*\""), "Policy document should not specify a principal."},
    };
    CHECK(rows, WR_IAM_IDENTITY);
}

static void resources(void **state) {
    (void)state;
    static const row rows[] = {
        {RES("queue"), "Resource queue must be in ARN format or \"*\"."},
        {RES("arn:moon:sqs:a:b:c"),
         "Partition \"moon\" is not valid for resource \"arn:moon:sqs:a:b:c\"."},
        {RES("x:y"), "Partition \"y\" is not valid for resource \"arn:y:*:*:*:*\"."},
        {RES("arn:aws-cn:sqs"), ""},
        {RES("arn:aws"), "Resource vendor must be fully qualified and cannot contain regexes."},
        {RES("arn:aws:s*:::b"),
         "Resource vendor must be fully qualified and cannot contain regexes."},
        {RES("arn:aws:sqs::queue"), LEGACY},
        {RES("arn:aws::eu-west-1:1:q"), LEGACY},
        {RES("arn:aws:s3:eu-west-1::b"),
         "Resource arn:aws:s3:eu-west-1::b can not contain region information."},
        {RES("arn:aws:s3:eu-west-1:1:accesspoint/a"), ""},
        {RES("arn:aws:iam:eu-west-1:1:role/a"),
         "IAM resource arn:aws:iam:eu-west-1:1:role/a cannot contain region information."},
        {RES("arn:aws:iam::1:role/a"), ""},
        {RES("arn:aws:iam::1:a"),
         "IAM resource path must either be \"*\" or start with user/, federated-user/, role/, "
         "group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, "
         "saml-provider/, oidc-provider/, report/, access-report/."},
        {ONE(GET ",\"Resource\":[]"), NO_RESOURCE},
        {ONE(GET), NO_RESOURCE},
    };
    CHECK(rows, WR_IAM_IDENTITY);
}

static void actions(void **state) {
    (void)state;
    static const row rows[] = {
        {ONE(ALL), NO_ACTION},
        {ONE(",\"NotAction\":[]" ALL), NO_ACTION},
        {ONE(",\"Action\":\"*\"" ALL), ""},
        {ONE(",\"Action\":\"Get\"" ALL), VENDOR},
        {ONE(",\"Action\":\"a:b:c\"" ALL), COLON},
        {ONE(",\"Action\":[\"sqs:x\",\"s q:x\"]" ALL), "Vendor s q is not valid"},
    };
    CHECK(rows, WR_IAM_IDENTITY);
}

static void dates(void **state) {
    (void)state;
    static const row rows[] = {
        {DATE("2026-01-31T10:00:00Z"), ""},
        {DATE("2026-01-31"), ""},
        {DATE("2026"), ""},
        {DATE("2026-12t1:05+01:30"), ""},
        {DATE("-9223372036854775808"), ""},
        {DATE("9999999999999999999"), LEGACY},
        {DATE("tomorrow"), LEGACY},
        {DATE("2026-00"), LEGACY},
        {DATE("2026-01-32"), LEGACY},
        {DATE("2026-01-31T25:00"), LEGACY},
        {DATE("2026-01-31T10:60"), LEGACY},
        {DATE("2026-01-31T10:00:00.0123456789"), LEGACY},
        {DATE("2026-01-31T10:00+1"), LEGACY},
        {DATE("2026-01-31T10:00+01:3"), LEGACY},
        {DATE("2026-01-31T10:00x"), LEGACY},
        {DATE("9999999999-01"), LEGACY},
    };
    CHECK(rows, WR_IAM_IDENTITY);
}

// Of several faults: syntax, version, older parser, Sids, actions there, resources, actions,
// resources there.
static void order(void **state) {
    (void)state;
    static const row rows[] = {
        {"{\"Statement\":{\"Effect\":\"allow\"}}", VERSION},
        {DOC("{\"Effect\":\"allow\",\"Resource\":\"x\"}"), LEGACY},
        {DOC("[{\"Effect\":\"Deny\",\"Sid\":\"a\"},{\"Effect\":\"Deny\",\"Sid\":\"a\"}]"), SIDS},
        {DOC("[{\"Effect\":\"Deny\",\"Sid\":\"\"},{\"Effect\":\"Deny\",\"Sid\":\"\"}]"), NO_ACTION},
        {ONE(",\"Resource\":\"x\""), NO_ACTION},
        {ONE(",\"Action\":\"x\",\"Resource\":\"y\""), "Resource y must be in ARN format or \"*\"."},
        {ONE(",\"Action\":\"x\""), VENDOR},
        {ONE(GET ",\"Resource\":[\"arn:moon:s3:::b\",\"arn:aws:s3::b\"]"),
         "Partition \"moon\" is not valid for resource \"arn:moon:s3:::b\"."},
        {ONE(GET ",\"Resource\":[\"arn:aws:s3::b\",\"arn:moon:s3:::b\"]"), LEGACY},
    };
    CHECK(rows, WR_IAM_IDENTITY);
}

static void trust(void **state) {
    (void)state;
#define WHO ",\"Principal\":{\"AWS\":\"111122223333\"}"
#define ASSUME ",\"Action\":\"sts:AssumeRole\""
    static const row rows[] = {
        {ONE(ASSUME WHO), ""},
        {ONE(ASSUME WHO ALL), "Has prohibited field Resource"},
        {ONE(ASSUME), "Missing required field Principal"},
        {ONE(GET WHO), "AssumeRole policy may only specify STS AssumeRole actions."},
        {ONE(WHO), NO_ACTION},
        {"{\"Statement\":{\"Effect\":\"Allow\"" ASSUME WHO "}}", ""},
    };
    static const row other[] = {{ONE(GET WHO), ""}, {"{", SYNTAX}};
    CHECK(rows, WR_IAM_TRUST);
    CHECK(other, WR_IAM_RESOURCE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(syntax), cmocka_unit_test(resources), cmocka_unit_test(actions),
        cmocka_unit_test(dates),  cmocka_unit_test(order),     cmocka_unit_test(trust),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
