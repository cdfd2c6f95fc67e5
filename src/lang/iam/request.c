// SPDX-License-Identifier: Apache-2.0
// request: who wants to do what on which resource, with what is known of the context, over one
// frozen set. Values are slices of the caller's memory.
// Invariant: every key the set's policies ask for is in exactly one of three states; the last value
// given counts, save of tags, where keys that differ by case only keep the values of both.
// Rules: IAM User Guide, "The request context"; "condition key names are not case-sensitive"; "Tags
// in IAM" (both of two tag keys that differ by case only match).

#include "lang/iam/iam_int.h"

wr_rc wr_iam_request_init(wr_iam_request *r, const wr_iam_set *s, wr_arena *a) {
    WR_ASSERT(s->frozen);
    *r = (wr_iam_request){.set = s, .n_ctx = wr_iam_n_keys(s)};
    r->ctx = WR_NEW_N(a, wr_iam_ctx_value, r->n_ctx ? r->n_ctx : 1);
    if (r->ctx == NULL) return WR_NOMEM;
    wr_iam_request_reset(r, WR_IAM_ABSENT);
    return WR_OK;
}

void wr_iam_request_reset(wr_iam_request *r, wr_iam_state others) {
    for (uint32_t i = 0; i < r->n_ctx; i++)
        r->ctx[i] = (wr_iam_ctx_value){.state = (uint8_t)others};
    r->principal = (wr_iam_principal){.kind = WR_IAM_ANONYMOUS};
    r->action = r->resource = r->resource_account = (wr_str){0};
    r->arn = (wr_iam_arn){0};
    r->is_arn = r->resource_unknown = false;
    r->action_n = 0;
    r->action_lower[0] = 0;
    r->action_hash = 0;
}

// A request is for one action: no wildcards, one colon, printable ASCII.
wr_rc wr_iam_request_action(wr_iam_request *r, wr_str action) {
    r->action = (wr_str){0};
    r->action_n = 0;
    r->action_hash = 0;
    if (action.n == 0 || action.n >= sizeof r->action_lower) return WR_BAD;
    size_t colon = SIZE_MAX;
    for (size_t i = 0; i < action.n; i++) {
        char c = action.p[i];
        if (c <= ' ' || c > '~' || c == '*' || c == '?') return WR_BAD;
        if (c == ':') {
            if (colon != SIZE_MAX || i == 0) return WR_BAD;
            colon = i;
        }
        r->action_lower[i] = wr_low(c);
    }
    if (colon == SIZE_MAX || colon + 1 == action.n) return WR_BAD;
    r->action_lower[action.n] = 0;
    r->action_n = (uint32_t)action.n;
    r->action = action;
    r->action_hash = wr_hash(wr_strn(r->action_lower, action.n), r->set->keys.seed);
    return WR_OK;
}

void wr_iam_request_resource(wr_iam_request *r, wr_str resource) {
    r->resource = resource;
    r->is_arn = wr_iam_arn_split(resource, &r->arn);
    if (!r->is_arn) r->arn = (wr_iam_arn){0};
}

void wr_iam_request_set(wr_iam_request *r, uint32_t key, wr_iam_ctx_value v) {
    WR_ASSERT(key < r->n_ctx);
    r->ctx[key] = v;
}

wr_rc wr_iam_request_key(wr_iam_request *r, wr_arena *a, wr_str name, const wr_str *v, uint32_t n,
                         bool multi) {
    uint32_t key = wr_iam_key_find(r->set, name);
    if (key == UINT32_MAX) return WR_OK;
    wr_iam_ctx_value *old = &r->ctx[key];
    // Tags are told apart by case where they are set, not where they are asked for.
    bool tag = name.n && memchr(name.p, '/', name.n) != NULL;
    if (old->state != WR_IAM_PRESENT || !tag) {
        wr_iam_request_set(r, key, (wr_iam_ctx_value){WR_IAM_PRESENT, multi, n, v});
        return WR_OK;
    }
    if (n > UINT32_MAX - old->n) return WR_NOMEM;
    wr_str *both = WR_NEW_N(a, wr_str, old->n + n + 1u);
    if (both == NULL) return WR_NOMEM;
    for (uint32_t i = 0; i < old->n; i++) both[i] = old->v[i];
    for (uint32_t i = 0; i < n; i++) both[old->n + i] = v[i];
    wr_iam_request_set(r, key,
                       (wr_iam_ctx_value){WR_IAM_PRESENT, old->multi || multi, old->n + n, both});
    return WR_OK;
}

void wr_iam_request_unknown(wr_iam_request *r, wr_str name) {
    uint32_t key = wr_iam_key_find(r->set, name);
    if (key != UINT32_MAX)
        wr_iam_request_set(r, key, (wr_iam_ctx_value){.state = WR_IAM_NOT_KNOWN});
}
