// SPDX-License-Identifier: Apache-2.0
// conclude: from the values of the layers to the result: the outcome when only one is possible, and
// which layer, statement or rule made it so.
// Invariant: layers are blamed in the order of evaluation (the order of wr_iam_layer); an Allow is
// put down to the resource policy only where the caller's own policies would not have sufficed.
// Rules: docs/guide/iam-decisions.md, "Order of decision".

#include "lang/iam/decide_int.h"

static void put_down_to(wr_iam_result *out, const iam_ref *ref) {
    out->layer = (wr_iam_layer)ref->layer;
    out->level = ref->level;
    out->stmt = ref->st;
}

static bool own_allows(const iam_values *v) {
    return v->v[IAM_G_IDENTITY] == WR_YES && v->v[IAM_G_BOUNDARY] == WR_YES &&
           v->v[IAM_G_SESSION] == WR_YES;
}

// The strongest way in which the resource policy names the caller with this value.
static const iam_ref *resource_by(const iam_values *v, wr_tri value) {
    for (unsigned how = IAM_NAMES_USER; how > IAM_NAMES_NOBODY; how--)
        if (v->v[IAM_G_RESOURCE + how] == value) return v->by[IAM_G_RESOURCE + how];
    return NULL;
}

static void allow(const iam_case *c, const iam_values *v, wr_iam_result *out) {
    bool by_own = !c->no_identity && own_allows(v);
    const iam_ref *by = by_own ? v->by[IAM_G_IDENTITY] : resource_by(v, WR_YES);
    if (by) {
        put_down_to(out, by);
        return;
    }
    out->layer = WR_IAM_L_RULE;
    out->rule = by_own ? WR_IAM_R_ROOT : WR_IAM_R_GRANT;
}

static bool resource_says(const iam_values *v, wr_tri least) {
    for (unsigned how = IAM_NAMES_ACCOUNT; how <= IAM_NAMES_USER; how++)
        if (v->v[IAM_G_RESOURCE + how] >= least) return true;
    return false;
}

// The first layer whose silence suffices; least: WR_YES asks for what is not certain instead.
static wr_iam_layer silent(const iam_case *c, const iam_values *v, wr_tri least) {
    bool resource = resource_says(v, least) || c->grant >= least;
    if (c->scp != WR_NO && v->v[IAM_G_SCP] < least) return WR_IAM_L_SCP;
    if (v->v[IAM_G_ENDPOINT] < least) return WR_IAM_L_ENDPOINT;
    if (!resource && (c->no_identity || c->needs_policy || c->same == WR_NO))
        return WR_IAM_L_RESOURCE;
    // What is given to the role, or the user behind a session, needs no identity policy.
    bool limited = c->same != WR_NO && (v->v[IAM_G_RESOURCE + IAM_NAMES_ROLE] >= least ||
                                        v->v[IAM_G_RESOURCE + IAM_NAMES_PARENT] >= least);
    if (v->v[IAM_G_IDENTITY] < least && !limited)
        return c->no_identity ? WR_IAM_L_RESOURCE : WR_IAM_L_IDENTITY;
    if (v->v[IAM_G_BOUNDARY] < least) return WR_IAM_L_BOUNDARY;
    if (v->v[IAM_G_SESSION] < least) return WR_IAM_L_SESSION;
    return WR_IAM_L_RESOURCE; // it speaks, but not for this caller
}

static void implicit(const iam_case *c, const iam_values *v, wr_iam_result *out) {
    out->rule = c->never;
    if (out->rule == WR_IAM_R_NONE && c->public_closed && c->same != WR_YES &&
        resource_says(v, WR_YES))
        out->rule = WR_IAM_R_PUBLIC_BLOCKED;
    if (out->rule != WR_IAM_R_NONE) {
        out->layer = WR_IAM_L_RULE;
        return;
    }
    out->rule = WR_IAM_R_NO_ALLOW;
    out->layer = silent(c, v, WR_MAYBE);
    if (out->layer == WR_IAM_L_SCP) out->level = v->level;
}

// The first open layer: a Deny that may be, or an Allow that may not.
static void unknown(const iam_case *c, const iam_values *v, wr_iam_result *out) {
    wr_iam_layer l = silent(c, v, WR_YES);
    bool open = out->possible & WR_BIT(WR_ALLOW) && out->possible & WR_BIT(WR_IMPLICIT_DENY);
    if (v->deny == WR_MAYBE && (!open || (wr_iam_layer)v->deny_by->layer <= l)) {
        put_down_to(out, v->deny_by);
        return;
    }
    if (!open) return; // whether a broken policy applies
    out->layer = l;
    if (l == WR_IAM_L_SCP) out->level = v->level;
    static const uint8_t group[WR_IAM_N_LAYERS] = {
        [WR_IAM_L_SCP] = IAM_G_SCP,           [WR_IAM_L_ENDPOINT] = IAM_G_ENDPOINT,
        [WR_IAM_L_IDENTITY] = IAM_G_IDENTITY, [WR_IAM_L_BOUNDARY] = IAM_G_BOUNDARY,
        [WR_IAM_L_SESSION] = IAM_G_SESSION,
    };
    const iam_ref *by = l == WR_IAM_L_RESOURCE ? resource_by(v, WR_MAYBE) : v->by[group[l]];
    if (by) out->stmt = by->st;
}

void iam_conclude(const wr_iam_stack *st, const iam_case *c, const iam_values *v,
                  wr_iam_result *out) {
    (void)st;
    if (c->always != WR_IAM_R_NONE) {
        out->outcome = WR_ALLOW;
        out->layer = WR_IAM_L_RULE;
        out->rule = c->always;
        return;
    }
    if (out->possible == WR_BIT(WR_DENY)) {
        out->outcome = WR_DENY;
        put_down_to(out, v->deny_by);
    } else if (out->possible == WR_BIT(WR_ALLOW)) {
        out->outcome = WR_ALLOW;
        allow(c, v, out);
    } else if (out->possible == WR_BIT(WR_IMPLICIT_DENY)) {
        out->outcome = WR_IMPLICIT_DENY;
        implicit(c, v, out);
    } else {
        out->outcome = WR_UNKNOWN;
        unknown(c, v, out);
    }
}
