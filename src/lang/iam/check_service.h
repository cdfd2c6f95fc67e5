// SPDX-License-Identifier: Apache-2.0
// check_service: what several checks ask about service principals and conditions; private to
// lang/iam. Pure functions.
#ifndef WR_IAM_CHECK_SERVICE_H
#define WR_IAM_CHECK_SERVICE_H

#include "lang/iam/check_int.h"

// service.amazonaws.com, service.region.amazonaws.com, and those of other partitions. regional: the
// Region must be there.
bool chk_is_service_principal(wr_str s, bool regional);

// Is a key that is missing from the request a "no" for this condition? Not for IfExists, Null,
// negated operators and ForAllValues.
static inline bool chk_wants_value(const chk_cond *c) {
    return c->op != NULL && !c->if_exists && !c->op->negated && c->op->family != WR_IAM_NULL &&
           c->quant != WR_IAM_FOR_ALL;
}

#endif
