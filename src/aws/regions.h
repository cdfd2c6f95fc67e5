// SPDX-License-Identifier: Apache-2.0
// regions: the Regions and partitions of AWS, and services that stand in ARNs under a name that is
// no prefix of actions. Small lists that change a few times a year; ASCII case counts.
#ifndef WR_AWS_REGIONS_H
#define WR_AWS_REGIONS_H

#include "core/core.h"

bool wr_aws_region_known(wr_str name);         // "eu-central-1"
bool wr_aws_partition_known(wr_str name);      // "aws-cn"
bool wr_aws_arn_service_known(wr_str service); // beyond wr_aws_service_find
wr_str wr_aws_region_near(wr_str name);        // one character away; "" when none is

#endif
