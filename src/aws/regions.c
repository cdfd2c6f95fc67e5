// SPDX-License-Identifier: Apache-2.0
// regions: see regions.h. Facts from the AWS General Reference, "Regions and endpoints" and
// "Partitions" (2026-09), and from the ARNs of AWS managed policies.

#include "aws/regions.h"

static const char *const regions[] = {
    "af-south-1",     "ap-east-1",       "ap-east-2",      "ap-northeast-1", "ap-northeast-2",
    "ap-northeast-3", "ap-south-1",      "ap-south-2",     "ap-southeast-1", "ap-southeast-2",
    "ap-southeast-3", "ap-southeast-4",  "ap-southeast-5", "ap-southeast-6", "ap-southeast-7",
    "ca-central-1",   "ca-west-1",       "cn-north-1",     "cn-northwest-1", "eu-central-1",
    "eu-central-2",   "eu-isoe-west-1",  "eu-north-1",     "eu-south-1",     "eu-south-2",
    "eu-west-1",      "eu-west-2",       "eu-west-3",      "eusc-de-east-1", "global",
    "il-central-1",   "me-central-1",    "me-south-1",     "me-west-1",      "mx-central-1",
    "sa-east-1",      "sa-west-1",       "us-east-1",      "us-east-2",      "us-gov-east-1",
    "us-gov-west-1",  "us-iso-east-1",   "us-iso-west-1",  "us-isob-east-1", "us-isob-west-1",
    "us-isof-east-1", "us-isof-south-1", "us-west-1",      "us-west-2",
};

static const char *const partitions[] = {"aws",       "aws-cn",    "aws-eusc",  "aws-iso",
                                         "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-us-gov"};

static bool is_one(wr_str s, const char *const *v, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (wr_eq(s, wr_strz(v[i]))) return true;
    return false;
}

bool wr_aws_region_known(wr_str name) {
    return is_one(name, regions, sizeof regions / sizeof *regions);
}

bool wr_aws_partition_known(wr_str name) {
    return is_one(name, partitions, sizeof partitions / sizeof *partitions);
}

bool wr_aws_arn_service_known(wr_str service) {
    static const char *const more[] = {"cloudwatch-metrics"};
    return is_one(service, more, sizeof more / sizeof *more);
}

// The same but for one character, or for two neighbours that changed places.
static bool one_off(wr_str a, wr_str b) {
    size_t n = a.n < b.n ? a.n : b.n, i = 0, j = 0;
    while (i < n && a.p[i] == b.p[i]) i++;
    while (j < n - i && a.p[a.n - 1 - j] == b.p[b.n - 1 - j]) j++;
    size_t left = a.n - i - j, right = b.n - i - j;
    if (left <= 1 && right <= 1) return true;
    return left == 2 && right == 2 && a.p[i] == b.p[i + 1] && a.p[i + 1] == b.p[i];
}

wr_str wr_aws_region_near(wr_str name) {
    for (size_t i = 0; i < sizeof regions / sizeof *regions; i++)
        if (one_off(name, wr_strz(regions[i]))) return wr_strz(regions[i]);
    return (wr_str){NULL, 0};
}
