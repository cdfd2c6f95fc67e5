// SPDX-License-Identifier: Apache-2.0
// Does a statement speak of the request's action and resource? Owns: wr_iam_match_action,
// wr_iam_match_resource. Invariants: nothing is allocated.
// Rules: IAM User Guide, "Action", "NotAction", "Resource", "NotResource"; "Policy variables with
// no value": such a pattern matches no resource, and a statement whose NotResource has one does not
// apply. Actions without resources are requested of "*", which only Resource "*" names.

#include "lang/iam/iam_int.h"

wr_tri wr_iam_match_action(const wr_iam_stmt *st, const wr_iam_request *r) {
    wr_str action = {r->action_lower, r->action_n};
    bool named = false;
    for (uint32_t i = 0; i < st->actions.n && !named; i++)
        named = wr_iam_pat_match(&st->actions.v[i], action, NULL, NULL) == WR_YES;
    return named != st->not_action ? WR_YES : WR_NO;
}

static bool names_all(const wr_iam_stmt *st) {
    for (uint32_t i = 0; i < st->resources.n; i++)
        if (st->resources.v[i].flags & WR_IAM_P_ALL) return true;
    return false;
}

// The most that the patterns say of the resource; what that turns on goes to need.
static wr_tri named(const wr_iam_stmt *st, const wr_iam_request *r, wr_iam_need *need) {
    wr_tri any = WR_NO;
    for (uint32_t i = 0; i < st->resources.n && any != WR_YES; i++)
        any = wr_tri_or(any, wr_iam_pat_match(&st->resources.v[i], r->resource, r, NULL));
    for (uint32_t i = 0; need && any == WR_MAYBE && i < st->resources.n; i++)
        (void)wr_iam_pat_match(&st->resources.v[i], r->resource, r, need);
    return any;
}

static wr_tri valueless(const wr_iam_stmt *st, const wr_iam_request *r, wr_iam_need *need) {
    wr_tri any = WR_NO;
    for (uint32_t i = 0; i < st->resources.n && any != WR_YES; i++)
        any = wr_tri_or(any, iam_pat_valueless(&st->resources.v[i], r, NULL));
    for (uint32_t i = 0; need && any == WR_MAYBE && i < st->resources.n; i++)
        (void)iam_pat_valueless(&st->resources.v[i], r, need);
    return any;
}

wr_tri wr_iam_match_resource(const wr_iam_stmt *st, const wr_iam_request *r, wr_iam_need *need) {
    if (!st->has_resource) return WR_YES; // the resource the policy is attached to
    if (r->resource_unknown) {
        if (names_all(st)) return st->not_resource ? WR_NO : WR_YES;
        if (need) need->resource = true;
        return WR_MAYBE;
    }
    if (!st->not_resource) return named(st, r, need);
    wr_tri in = named(st, r, NULL), none = valueless(st, r, NULL);
    wr_tri t = wr_tri_and(wr_tri_not(in), wr_tri_not(none));
    if (t == WR_MAYBE && need) {
        (void)named(st, r, need);
        (void)valueless(st, r, need);
    }
    return t;
}
