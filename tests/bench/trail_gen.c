// SPDX-License-Identifier: Apache-2.0
// trail_gen: writes CloudTrail files as CloudTrail delivers them: {"Records":[...]}, gzip. Callers,
// actions, resources, addresses, times and errors vary; a seed and a number make the same file
// everywhere. About 1,200 bytes a record, as a trail of an organization has.
// Usage: trail_gen FOLDER FILES RECORDS_A_FILE [FIRST_FILE]
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

typedef unsigned long long ull;

static uint64_t next(uint64_t *s) { // splitmix64
    uint64_t z = (*s += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static const struct event {
    const char *source, *name;
    // 0 plain, 1 bucket, 2 object, 3 function, 4 role, 5 key, 6 user, 7 instances, 8 table
    int shape;
} events[] = {
    {"ec2", "DescribeInstances", 7},
    {"ec2", "RunInstances", 7},
    {"ec2", "DescribeVpcs", 0},
    {"ec2", "TerminateInstances", 7},
    {"ec2", "CreateTags", 7},
    {"ec2", "DescribeRouteTables", 0},
    {"s3", "GetObject", 2},
    {"s3", "PutObject", 2},
    {"s3", "GetBucketAcl", 1},
    {"s3", "ListBuckets", 0},
    {"s3", "DeleteObject", 2},
    {"s3", "GetBucketEncryption", 1},
    {"kms", "Decrypt", 5},
    {"kms", "GenerateDataKey", 5},
    {"sts", "AssumeRole", 4},
    {"sts", "GetCallerIdentity", 0},
    {"lambda", "Invoke", 3},
    {"lambda", "UpdateFunctionCode20150331v2", 3},
    {"iam", "GetRole", 6},
    {"iam", "CreateUser", 6},
    {"iam", "AttachRolePolicy", 6},
    {"iam", "ListRoles", 0},
    {"dynamodb", "DescribeTable", 8},
    {"dynamodb", "UpdateTable", 8},
    {"logs", "CreateLogStream", 0},
    {"monitoring", "DescribeAlarms", 0},
    {"cloudtrail", "LookupEvents", 0},
    {"organizations", "DescribeAccount", 0},
    {"ssm", "UpdateInstanceInformation", 0},
    {"config", "PutEvaluations", 0},
};
enum { N_EVENTS = sizeof events / sizeof events[0], ACCOUNTS = 200 };
static const char *const regions[] = {"us-east-1", "eu-west-1", "eu-central-1", "us-west-2",
                                      "ap-southeast-2"};

typedef struct out {
    char *p;
    size_t n;
} out;

#define PUT(o, ...) ((o)->n += (size_t)sprintf((o)->p + (o)->n, __VA_ARGS__))

static void put_identity(out *o, uint64_t *s, ull account, const char *time) {
    uint64_t r = next(s);
    unsigned who = (unsigned)(r >> 8) % 400;
    if (r % 100 < 3) {
        PUT(o, "\"userIdentity\":{\"type\":\"AWSService\",\"invokedBy\":\"config.amazonaws.com\"}");
    } else if (r % 100 < 25) {
        PUT(o,
            "\"userIdentity\":{\"type\":\"IAMUser\",\"principalId\":\"AIDA%016llX\",\"arn\":"
            "\"arn:aws:iam::%012llu:user/team-%u/user%u\",\"accountId\":\"%012llu\","
            "\"accessKeyId\":\"AKIA%016llX\",\"userName\":\"user%u\"}",
            (ull)next(s), account, who % 7, who, account, (ull)next(s), who);
    } else {
        PUT(o,
            "\"userIdentity\":{\"type\":\"AssumedRole\",\"principalId\":\"AROA%016llX:s%llu\","
            "\"arn\":\"arn:aws:sts::%012llu:assumed-role/role%u/s%llu\",\"accountId\":"
            "\"%012llu\",\"accessKeyId\":\"ASIA%016llX\",\"sessionContext\":{\"sessionIssuer\":"
            "{\"type\":\"Role\",\"principalId\":\"AROA%016llX\",\"arn\":\"arn:aws:iam::%012llu:"
            "role/app/role%u\",\"accountId\":\"%012llu\",\"userName\":\"role%u\"},"
            "\"webIdFederationData\":{},\"attributes\":{\"creationDate\":\"%s\","
            "\"mfaAuthenticated\":\"%s\"}}}",
            (ull)who, (ull)(r >> 20) % 100000, account, who, (ull)(r >> 20) % 100000, account,
            (ull)next(s), (ull)who, account, who, account, who, time, r & 1 ? "true" : "false");
    }
}

// What S3 records say of a bucket (shape 1) or of an object (shape 2).
static void put_s3(out *o, ull x, int shape, ull account, const char *region) {
    static const char rest[] = "\"responseElements\":null,";
    PUT(o,
        "\"requestParameters\":{\"bucketName\":\"data-%llu\",\"Host\":\"data-%llu.s3.%s."
        "amazonaws.com\"%s%llx%s},%s\"additionalEventData\":{\"SignatureVersion\":\"SigV4\","
        "\"CipherSuite\":\"ECDHE-RSA-AES128-GCM-SHA256\",\"bytesTransferredIn\":0,"
        "\"AuthenticationMethod\":\"AuthHeader\",\"bytesTransferredOut\":%llu},",
        x % 500, x % 500, region, shape == 2 ? ",\"key\":\"in/" : ",\"acl\":\"", x >> 9, "\"", rest,
        x % 100000);
    PUT(o, "\"resources\":[");
    if (shape == 2)
        PUT(o, "{\"type\":\"AWS::S3::Object\",\"ARN\":\"arn:aws:s3:::data-%llu/in/%llx\"},",
            x % 500, x >> 9);
    PUT(o,
        "{\"accountId\":\"%012llu\",\"type\":\"AWS::S3::Bucket\",\"ARN\":\"arn:aws:s3:::"
        "data-%llu\"}],",
        account, x % 500);
}

static void put_params(out *o, uint64_t *s, int shape, ull account, const char *region) {
    ull x = (ull)next(s);
    static const char rest[] = "\"responseElements\":null,";
    switch (shape) {
    case 1:
    case 2: put_s3(o, x, shape, account, region); break;
    case 3:
        PUT(o,
            "\"requestParameters\":{\"functionName\":\"fn-%llu\",\"dryRun\":false,\"publish\":"
            "true,\"s3Key\":\"build/%llx.zip\"},%s",
            x % 900, x, rest);
        break;
    case 4:
        PUT(o,
            "\"requestParameters\":{\"roleArn\":\"arn:aws:iam::%012llu:role/app/role%llu\","
            "\"roleSessionName\":\"s%llu\",\"durationSeconds\":3600},\"responseElements\":{"
            "\"credentials\":{\"accessKeyId\":\"ASIA%016llX\",\"sessionToken\":\"IQoJb3JpZ2lu"
            "%016llx%016llx%016llx%016llx\",\"expiration\":\"Jan 5, 2026, 9:00:00 AM\"}},"
            "\"resources\":[{\"accountId\":\"%012llu\",\"type\":\"AWS::IAM::Role\",\"ARN\":"
            "\"arn:aws:iam::%012llu:role/app/role%llu\"}],",
            account, x % 400, x >> 40, x, x * 3, x * 5, x * 7, x * 11, account, account, x % 400);
        break;
    case 5:
        PUT(o,
            "\"requestParameters\":{\"encryptionContext\":{\"aws:s3:arn\":\"arn:aws:s3:::data-"
            "%llu\"},\"encryptionAlgorithm\":\"SYMMETRIC_DEFAULT\"},%s\"resources\":[{"
            "\"accountId\":\"%012llu\",\"type\":\"AWS::KMS::Key\",\"ARN\":\"arn:aws:kms:%s:"
            "%012llu:key/0000%04llx-1111-2222-3333-444455556666\"}],",
            x % 500, rest, account, region, account, x % 300);
        break;
    case 6:
        PUT(o,
            "\"requestParameters\":{\"userName\":\"user%llu\",\"roleName\":\"role%llu\","
            "\"policyArn\":\"arn:aws:iam::aws:policy/ReadOnlyAccess\"},%s",
            x % 400, x % 400, rest);
        break;
    case 7:
        PUT(o,
            "\"requestParameters\":{\"instancesSet\":{\"items\":[{\"instanceId\":\"i-%017llx\","
            "\"minCount\":1,\"maxCount\":1}]},\"filterSet\":{\"items\":[{\"name\":\"tag:app\","
            "\"valueSet\":{\"items\":[{\"value\":\"a%llu\"}]}}]}},\"responseElements\":{"
            "\"requestId\":\"%016llx\",\"_return\":true},",
            x, x % 90, x * 13);
        break;
    case 8:
        PUT(o, "\"requestParameters\":{\"tableName\":\"orders-%llu\"},%s", x % 120, rest);
        break;
    default: PUT(o, "\"requestParameters\":{\"maxResults\":%llu},%s", x % 1000, rest);
    }
}

static void put_record(out *o, uint64_t *s, uint64_t number) {
    uint64_t r = next(s);
    const struct event *e = &events[r % N_EVENTS];
    const char *region = regions[(r >> 16) % 5];
    ull account = 100000000000ull + (r >> 24) % ACCOUNTS;
    unsigned t = (unsigned)(number % 86400);
    char time[32];
    snprintf(time, sizeof time, "2026-01-%02uT%02u:%02u:%02uZ", (unsigned)(r >> 40) % 28 + 1,
             t / 3600, t / 60 % 60, t % 60);
    PUT(o, "{\"eventVersion\":\"1.09\",");
    put_identity(o, s, account, time);
    ull x = (ull)next(s);
    PUT(o,
        ",\"eventTime\":\"%s\",\"eventSource\":\"%s.amazonaws.com\",\"eventName\":\"%s\","
        "\"awsRegion\":\"%s\",\"sourceIPAddress\":\"%llu.%llu.%llu.%llu\",\"userAgent\":"
        "\"aws-cli/2.%llu Python/3.11 Linux/6.1 source/x86_64 command/%s.x\",",
        time, e->source, e->name, region, x % 223 + 1, (x >> 8) % 256, (x >> 16) % 256,
        (x >> 24) % 256, (x >> 32) % 30, e->source);
    if (x % 50 == 0) PUT(o, "\"errorCode\":\"AccessDenied\",\"errorMessage\":\"Access Denied\",");
    put_params(o, s, e->shape, account, region);
    PUT(o,
        "\"requestID\":\"%016llX\",\"eventID\":\"%08llx-%04llx-4%03llx-8%03llx-%012llx\","
        "\"readOnly\":%s,\"eventType\":\"AwsApiCall\",\"managementEvent\":true,"
        "\"recipientAccountId\":\"%012llu\",\"eventCategory\":\"Management\",%s\"tlsDetails\":{"
        "\"tlsVersion\":\"TLSv1.3\",\"cipherSuite\":\"TLS_AES_128_GCM_SHA256\","
        "\"clientProvidedHostHeader\":\"%s.%s.amazonaws.com\"}}",
        x, (ull)next(s) >> 32, x & 0xFFFF, x >> 16 & 0xFFF, x >> 28 & 0xFFF, (ull)next(s) >> 16,
        x & 1 ? "true" : "false", account,
        x % 11 == 0 ? "\"vpcEndpointId\":\"vpce-0a1b2c3d\"," : "", e->source, region);
}

static uint64_t write_file(const char *folder, unsigned file, uint64_t records) {
    static char text[8192];
    char path[4096];
    uint64_t seed = 0xC10DD7A11u + file, bytes = 0;
    snprintf(path, sizeof path, "%s/trail-%04u.json.gz", folder, file);
    gzFile f = gzopen(path, "wb1");
    if (!f || gzbuffer(f, 1 << 18)) return 0;
    bytes += (uint64_t)gzputs(f, "{\"Records\":[");
    for (uint64_t i = 0; i < records; i++) {
        out o = {text, 0};
        if (i) PUT(&o, ",");
        put_record(&o, &seed, i);
        if (gzwrite(f, text, (unsigned)o.n) != (int)o.n) return 0;
        bytes += o.n;
    }
    bytes += (uint64_t)gzputs(f, "]}");
    return gzclose(f) == Z_OK ? bytes : 0;
}

int main(int argc, char **argv) {
    uint64_t bytes = 0;
    if (argc < 4) {
        fputs("usage: trail_gen FOLDER FILES RECORDS_A_FILE [FIRST_FILE]\n", stderr);
        return 64;
    }
    unsigned first = argc > 4 ? (unsigned)strtoul(argv[4], NULL, 10) : 0;
    unsigned files = (unsigned)strtoul(argv[2], NULL, 10);
    uint64_t records = strtoull(argv[3], NULL, 10);
    for (unsigned i = 0; i < files; i++) {
        uint64_t n = write_file(argv[1], first + i, records);
        if (n == 0) {
            perror(argv[1]);
            return 1;
        }
        bytes += n;
    }
    printf("%llu records, %llu bytes of text\n", (ull)(files * records), (ull)bytes);
    return 0;
}
