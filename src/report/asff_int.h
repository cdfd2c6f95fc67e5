// SPDX-License-Identifier: Apache-2.0
// asff_int: names of resource types in the AWS Security Finding Format; private to asff. The list
// is that of the format's ResourceDetails; a type that is not in it is "Other".
#ifndef WR_ASFF_INT_H
#define WR_ASFF_INT_H

#include "report/report_int.h"

// "AWS::S3::Bucket" → "AwsS3Bucket". Empty or not known: "Other".
wr_str asff_type(wr_str cloudformation);

#endif
