// SPDX-License-Identifier: Apache-2.0
// call: the functions and methods of Cedar, one row each. To add one: a row here, its number in
// cedar_int.h, its work in eval_call.c, its type in type_call.c.

#include "lang/cedar/cedar_int.h"

static const ced_fn_row rows[CED_N_FNS] = {
    [CED_F_CONTAINS] = {"contains", true, true, 2},
    [CED_F_CONTAINS_ALL] = {"containsAll", true, true, 2},
    [CED_F_CONTAINS_ANY] = {"containsAny", true, true, 2},
    [CED_F_IS_EMPTY] = {"isEmpty", true, true, 1},
    [CED_F_GET_TAG] = {"getTag", true, true, 2},
    [CED_F_HAS_TAG] = {"hasTag", true, true, 2},
    [CED_F_DECIMAL] = {"decimal", false, false, 1},
    [CED_F_LESS_THAN] = {"lessThan", true, false, 2},
    [CED_F_LESS_THAN_OR_EQUAL] = {"lessThanOrEqual", true, false, 2},
    [CED_F_GREATER_THAN] = {"greaterThan", true, false, 2},
    [CED_F_GREATER_THAN_OR_EQUAL] = {"greaterThanOrEqual", true, false, 2},
    [CED_F_IP] = {"ip", false, false, 1},
    [CED_F_IS_IPV4] = {"isIpv4", true, false, 1},
    [CED_F_IS_IPV6] = {"isIpv6", true, false, 1},
    [CED_F_IS_LOOPBACK] = {"isLoopback", true, false, 1},
    [CED_F_IS_MULTICAST] = {"isMulticast", true, false, 1},
    [CED_F_IS_IN_RANGE] = {"isInRange", true, false, 2},
    [CED_F_DATETIME] = {"datetime", false, false, 1},
    [CED_F_OFFSET] = {"offset", true, false, 2},
    [CED_F_DURATION_SINCE] = {"durationSince", true, false, 2},
    [CED_F_TO_DATE] = {"toDate", true, false, 1},
    [CED_F_TO_TIME] = {"toTime", true, false, 1},
    [CED_F_DURATION] = {"duration", false, false, 1},
    [CED_F_TO_MILLISECONDS] = {"toMilliseconds", true, false, 1},
    [CED_F_TO_SECONDS] = {"toSeconds", true, false, 1},
    [CED_F_TO_MINUTES] = {"toMinutes", true, false, 1},
    [CED_F_TO_HOURS] = {"toHours", true, false, 1},
    [CED_F_TO_DAYS] = {"toDays", true, false, 1},
    [CED_F_UNKNOWN] = {"unknown", false, false, 1},
};

const ced_fn_row *ced_fn_at(ced_fn f) { return &rows[f]; }

bool ced_fn_find(wr_str name, ced_fn *out) {
    for (unsigned i = 0; i < CED_N_FNS; i++) {
        if (!wr_eq(name, wr_strz(rows[i].name))) continue;
        *out = (ced_fn)i;
        return true;
    }
    return false;
}
