// SPDX-License-Identifier: Apache-2.0
// The words of IAM's API: the text of the MalformedPolicyDocument error that CreatePolicy and its
// like answer a document with. IAM looks at a document in passes, each over all statements, and
// says only the first thing it finds: syntax, version, an older parser's complaints, Sids, actions,
// resources. The passes and their order follow from what the API answers to documents with several
// faults; the texts are the API's.
// Invariant: nothing is reported to the caller's context; only the answer is made there.

#include "lang/iam/parse_int.h"

typedef struct api {
    wr_arena *own; // of what is dropped at the end
    wr_arena *out; // of the answer
    const wr_doc *doc;
    const wr_node *root; // of the policy
    wr_iam_kind kind;
    const wr_node *stmt; // the statements: one or several in a row
    uint32_t n_stmts;
} api;

static const char syntax_error[] = "Syntax errors in policy.";
static const char legacy_error[] = "The policy failed legacy parsing";
static const char no_vendor[] =
    "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
static const char iam_path[] =
    "IAM resource path must either be \"*\" or start with user/, federated-user/, role/, group/, "
    "instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, "
    "oidc-provider/, report/, access-report/.";

static const wr_node *element(const api *a, uint32_t i, enum iam_element e) {
    return wr_map_getz(a->doc, a->stmt + i, iam_element_names[e]);
}

// One text or a list of them, as a row of nodes.
static const wr_node *row(const wr_node *n, uint32_t *count) {
    *count = n == NULL ? 0 : n->kind == WR_LIST ? n->n : 1;
    return n && n->kind == WR_LIST ? n->u.kids : n;
}

// ---------------------------------------------------------------------------------- syntax

static bool has_losers(const wr_node *m) { return (m->flags & WR_F_INDEXED) && wr_map_losers(m); }

static bool only_names(const wr_node *m, const char *const *names, unsigned n) {
    if (m->kind != WR_MAP || has_losers(m)) return false;
    for (uint32_t i = 0; i < m->n; i++) {
        unsigned k = 0;
        while (k < n && !wr_eq(wr_node_str(wr_map_key(m, i)), wr_strz(names[k]))) k++;
        if (k == n) return false;
    }
    return true;
}

static bool is_text(const wr_node *n) { return n == NULL || n->kind == WR_STR; }

static bool is_texts(const wr_node *n, bool nulls) {
    uint32_t count;
    if (n && n->kind != WR_STR && n->kind != WR_LIST) return false;
    const wr_node *at = row(n, &count);
    for (uint32_t i = 0; i < count; i++)
        if (at[i].kind != WR_STR && !(nulls && at[i].kind == WR_NULL)) return false;
    return true;
}

// The operator without ForAllValues:, ForAnyValue: and IfExists.
static const wr_iam_op *operator_of(wr_str s) {
    if (s.n > 13 && iam_same(wr_sub(s, 0, 13), WR_S("ForAllValues:"))) s = wr_sub(s, 13, s.n);
    else if (s.n > 12 && iam_same(wr_sub(s, 0, 12), WR_S("ForAnyValue:"))) s = wr_sub(s, 12, s.n);
    if (s.n > 8 && iam_same(wr_sub(s, s.n - 8, s.n), WR_S("IfExists"))) s = wr_sub(s, 0, s.n - 8);
    return wr_iam_op_find(s);
}

static bool is_scalars(const wr_node *n) {
    uint32_t count;
    const wr_node *at = row(n, &count);
    for (uint32_t i = 0; i < count; i++)
        if (at[i].kind == WR_MAP || at[i].kind == WR_LIST || at[i].kind == WR_NULL) return false;
    return true;
}

static bool condition_ok(const wr_node *c) {
    if (c == NULL) return true;
    if (c->kind != WR_MAP || has_losers(c)) return false;
    for (uint32_t i = 0; i < c->n; i++) {
        const wr_node *keys = wr_map_val(c, i);
        if (keys->kind != WR_MAP || has_losers(keys)) return false;
        if (keys->n > 0 && operator_of(wr_node_str(wr_map_key(c, i))) == NULL) return false;
        for (uint32_t k = 0; k < keys->n; k++)
            if (!is_scalars(wr_map_val(keys, k))) return false;
    }
    return true;
}

static bool statement_ok(const api *a, uint32_t i) {
    if (!only_names(a->stmt + i, iam_element_names, IAM_N_ELEMENTS)) return false;
    const wr_node *effect = element(a, i, IAM_E_EFFECT);
    if (effect == NULL || effect->kind != WR_STR) return false;
    wr_str e = wr_node_str(effect);
    if (!iam_same(e, WR_S("Allow")) && !iam_same(e, WR_S("Deny"))) return false;
    const wr_node *action = element(a, i, IAM_E_ACTION), *not_a = element(a, i, IAM_E_NOT_ACTION);
    const wr_node *res = element(a, i, IAM_E_RESOURCE), *not_r = element(a, i, IAM_E_NOT_RESOURCE);
    if ((action && not_a) || (res && not_r)) return false;
    return is_text(element(a, i, IAM_E_SID)) && is_texts(action, false) && is_texts(not_a, false) &&
           is_texts(res, true) && is_texts(not_r, true) &&
           condition_ok(element(a, i, IAM_E_CONDITION));
}

static bool syntax_ok(api *a) {
    const wr_node *root = a->root;
    if (!only_names(root, iam_top_names, IAM_N_TOP)) return false;
    const wr_node *version = wr_map_getz(a->doc, root, "Version");
    if (!is_text(version) || !is_text(wr_map_getz(a->doc, root, "Id"))) return false;
    if (version && !wr_eq(wr_node_str(version), WR_S("2012-10-17")) &&
        !wr_eq(wr_node_str(version), WR_S("2008-10-17")))
        return false;
    a->stmt = row(wr_map_getz(a->doc, root, "Statement"), &a->n_stmts);
    for (uint32_t i = 0; i < a->n_stmts; i++)
        if (!statement_ok(a, i)) return false;
    return a->n_stmts > 0;
}

// ---------------------------------------------------------------------------------- dates

// Digits at *p up to end, at most max (up to nine) of them, as a number; -1 when there is none or
// there are too many.
static int take_number(const char **p, const char *end, int max) {
    int v = 0, n = 0;
    while (*p != end && **p >= '0' && **p <= '9' && n <= max) {
        if (n++ < max) v = v * 10 + (**p - '0');
        (*p)++;
    }
    return n == 0 || n > max ? -1 : v;
}

static bool take(const char **p, const char *end, char c) {
    if (*p == end || **p != c) return false;
    (*p)++;
    return true;
}

// Z, or +hh or +hh:mm with two digits each.
static bool zone_ok(const char *p, const char *end) {
    if (p == end || (*p | 0x20) == 'z') return p == end || p + 1 == end;
    if (*p != '+' && *p != '-') return false;
    size_t n = (size_t)(end - p);
    p++;
    int h = take_number(&p, end, 2), m = 0;
    if (n != 3 && (n != 6 || !take(&p, end, ':') || (m = take_number(&p, end, 2)) < 0))
        return false;
    return h >= 0 && h <= 23 && m <= 59 && p == end;
}

// h:mm:ss.fraction with a zone, each part only with those before it.
static bool time_ok(const char *p, const char *end) {
    if (p == end) return true;
    int h = take_number(&p, end, 2);
    if (h < 0 || h > 24) return false;
    for (int i = 0; i < 2 && take(&p, end, ':'); i++) {
        int v = take_number(&p, end, 2);
        if (v < 0 || v > 59) return false;
    }
    if (take(&p, end, '.')) {
        const char *digits = p;
        while (p != end && *p >= '0' && *p <= '9') p++;
        if (p == digits || p - digits > 9) return false;
    }
    return zone_ok(p, end);
}

// What the older parser takes for a date: seconds since 1970 that fit 64 bits, or a year, month and
// day, each only with those before it, and a time.
static bool date_ok(wr_str s) {
    int64_t seconds;
    if (wr_parse_i64(s, &seconds)) return true;
    const char *p = s.p, *end = s.p + s.n;
    (void)take(&p, end, '-');
    if (take_number(&p, end, 9) < 0) return false;
    if (take(&p, end, '-')) {
        int m = take_number(&p, end, 2);
        if (m < 1 || m > 12) return false;
        if (take(&p, end, '-')) {
            int d = take_number(&p, end, 2);
            if (d < 1 || d > 31) return false;
        }
    }
    return p == end || ((*p | 0x20) == 't' && time_ok(p + 1, end));
}

static bool dates_ok(const wr_node *keys) {
    for (uint32_t k = 0; k < keys->n; k++) {
        uint32_t n;
        const wr_node *at = row(wr_map_val(keys, k), &n);
        for (uint32_t i = 0; i < n; i++)
            if (at[i].kind == WR_STR && !date_ok(wr_node_str(at + i))) return false;
    }
    return true;
}

// ---------------------------------------------------------------------------------- passes

// What the older parser says of effects and dates.
static bool legacy_ok(const api *a) {
    for (uint32_t i = 0; i < a->n_stmts; i++) {
        wr_str e = wr_node_str(element(a, i, IAM_E_EFFECT));
        if (!wr_eq(e, WR_S("Allow")) && !wr_eq(e, WR_S("Deny"))) return false;
        const wr_node *c = element(a, i, IAM_E_CONDITION);
        for (uint32_t k = 0; c && k < c->n; k++) {
            const wr_iam_op *op = operator_of(wr_node_str(wr_map_key(c, k)));
            if (op && op->family == WR_IAM_DATE && !dates_ok(wr_map_val(c, k))) return false;
        }
    }
    return true;
}

static bool is_partition(wr_str s) {
    static const char *const all[] = {"aws",       "aws-cn",    "aws-us-gov",
                                      "aws-iso",   "aws-iso-b", "aws-iso-e",
                                      "aws-iso-f", "aws-eusc",  "*"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (wr_eq(s, wr_strz(all[i]))) return true;
    return false;
}

// The six fields of what is to be an ARN; the first counts as "arn", missing ones as "*".
static uint32_t fields_of(wr_str s, wr_str f[6]) {
    uint32_t n = 0;
    for (size_t at = 0; n < 6; n++) {
        size_t colon = n == 5 ? SIZE_MAX : wr_find(s, WR_S(":"), at);
        f[n] = wr_sub(s, at, colon == SIZE_MAX ? s.n : colon);
        if (colon == SIZE_MAX) {
            n++;
            break;
        }
        at = colon + 1;
    }
    for (uint32_t i = n; i < 6; i++) f[i] = WR_S("*");
    return n;
}

static bool starts_any(wr_str s, const char *const *with, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (wr_starts(s, wr_strz(with[i]))) return true;
    return false;
}

// IAM has no Regions; of S3 only what is not a bucket or an object has.
static wr_str region_error(const api *a, wr_str s, const wr_str f[6]) {
    static const char *const paths[] = {"user/",
                                        "federated-user/",
                                        "role/",
                                        "group/",
                                        "instance-profile/",
                                        "mfa/",
                                        "server-certificate/",
                                        "policy/",
                                        "sms-mfa/",
                                        "saml-provider/",
                                        "oidc-provider/",
                                        "report/",
                                        "access-report/"};
    static const char *const regional[] = {"accesspoint", "job", "storage-lens", "async-request",
                                           "access-grants"};
    wr_str region = f[WR_ARN_REGION], path = f[WR_ARN_RESOURCE];
    if (wr_eq(f[WR_ARN_SERVICE], WR_S("iam"))) {
        if (region.n > 0 && !wr_eq(region, WR_S("*")))
            return wr_fmt(a->out, "IAM resource %.*s cannot contain region information.",
                          WR_FMT(s));
        // "root" is not in the text, but AWS's own policies for central root access name it.
        if (!wr_eq(path, WR_S("*")) && !wr_eq(path, WR_S("root")) &&
            !starts_any(path, paths, sizeof paths / sizeof *paths))
            return wr_dup(a->out, wr_strz(iam_path));
    } else if (wr_eq(f[WR_ARN_SERVICE], WR_S("s3")) && region.n > 0 && !wr_eq(region, WR_S("*")) &&
               !starts_any(path, regional, sizeof regional / sizeof *regional)) {
        return wr_fmt(a->out, "Resource %.*s can not contain region information.", WR_FMT(s));
    }
    return WR_S("");
}

// What is wrong with a resource; empty when nothing is. *legacy: for the older parser.
static wr_str resource_error(const api *a, wr_str s, bool *legacy) {
    wr_str f[6];
    if (wr_eq(s, WR_S("*"))) return WR_S("");
    if (wr_find(s, WR_S(":"), 0) == SIZE_MAX)
        return wr_fmt(a->out, "Resource %.*s must be in ARN format or \"*\".", WR_FMT(s));
    uint32_t n = fields_of(s, f);
    wr_str service = f[WR_ARN_SERVICE];
    if (!is_partition(f[WR_ARN_PARTITION]))
        return wr_fmt(a->out,
                      "Partition \"%.*s\" is not valid for resource "
                      "\"arn:%.*s:%.*s:%.*s:%.*s:%.*s\".",
                      WR_FMT(f[1]), WR_FMT(f[1]), WR_FMT(f[2]), WR_FMT(f[3]), WR_FMT(f[4]),
                      WR_FMT(f[5]));
    *legacy = service.n == 0 || (n < 6 && wr_find(s, WR_S("::"), 0) != SIZE_MAX);
    if (*legacy) return wr_dup(a->out, wr_strz(legacy_error));
    if (memchr(service.p, '*', service.n) || memchr(service.p, '?', service.n))
        return wr_dup(a->out, WR_S("Resource vendor must be fully qualified and cannot contain "
                                   "regexes."));
    return region_error(a, s, f);
}

// The first resource in the document that something is wrong with.
static wr_str resources_error(const api *a, bool *legacy) {
    for (uint32_t i = 0; i < a->n_stmts; i++) {
        uint32_t n;
        const wr_node *at = element(a, i, IAM_E_RESOURCE);
        at = row(at ? at : element(a, i, IAM_E_NOT_RESOURCE), &n);
        for (uint32_t k = 0; k < n; k++) {
            if (at[k].kind != WR_STR) continue;
            wr_str e = resource_error(a, wr_node_str(at + k), legacy);
            if (e.n > 0) return e;
        }
    }
    return WR_S("");
}

static wr_str sids_error(api *a) {
    wr_symtab seen;
    wr_symtab_init(&seen, a->own, NULL);
    uint32_t count = 0;
    for (uint32_t i = 0; i < a->n_stmts; i++) {
        const wr_node *sid = element(a, i, IAM_E_SID);
        if (sid == NULL || sid->n == 0) continue;
        const wr_sym *y = wr_sym_in(&seen, wr_node_str(sid));
        if (y == NULL) break;
        if (y->id != count++) return WR_S("Statement IDs (SID) in a single policy must be unique.");
    }
    return WR_S("");
}

static bool all_have(const api *a, enum iam_element plain, enum iam_element negated) {
    for (uint32_t i = 0; i < a->n_stmts; i++) {
        uint32_t n;
        const wr_node *at = element(a, i, plain);
        (void)row(at ? at : element(a, i, negated), &n);
        if (n == 0) return false;
    }
    return true;
}

static wr_str action_error(const api *a, wr_str s) {
    if (wr_eq(s, WR_S("*"))) return WR_S("");
    size_t colon = wr_find(s, WR_S(":"), 0);
    if (colon == SIZE_MAX) return wr_strz(no_vendor);
    if (wr_find(s, WR_S(":"), colon + 1) != SIZE_MAX)
        return WR_S("Actions/Condition can contain only one colon.");
    for (size_t i = 0; i < colon; i++) {
        char c = iam_lower(s.p[i]);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr("-._*?", c)) continue;
        return wr_fmt(a->out, "Vendor %.*s is not valid", (int)colon, s.p);
    }
    return WR_S("");
}

static wr_str actions_error(const api *a) {
    for (uint32_t i = 0; i < a->n_stmts; i++) {
        uint32_t n;
        const wr_node *at = element(a, i, IAM_E_ACTION);
        at = row(at ? at : element(a, i, IAM_E_NOT_ACTION), &n);
        for (uint32_t k = 0; k < n; k++) {
            wr_str e = action_error(a, wr_node_str(at + k));
            if (e.n > 0) return e;
        }
    }
    return WR_S("");
}

// ---------------------------------------------------------------------------------- kinds

static bool any_has(const api *a, enum iam_element e) {
    for (uint32_t i = 0; i < a->n_stmts; i++)
        if (element(a, i, e)) return true;
    return false;
}

static wr_str trust_error(const api *a) {
    if (any_has(a, IAM_E_RESOURCE)) return WR_S("Has prohibited field Resource");
    if (any_has(a, IAM_E_NOT_RESOURCE)) return WR_S("Has prohibited field NotResource");
    for (uint32_t i = 0; i < a->n_stmts; i++)
        if (!element(a, i, IAM_E_PRINCIPAL) && !element(a, i, IAM_E_NOT_PRINCIPAL))
            return WR_S("Missing required field Principal");
    if (!all_have(a, IAM_E_ACTION, IAM_E_NOT_ACTION))
        return WR_S("Policy statement must contain actions.");
    wr_str e = actions_error(a);
    if (e.n > 0) return e;
    for (uint32_t i = 0; i < a->n_stmts; i++) {
        uint32_t n;
        const wr_node *at = row(element(a, i, IAM_E_ACTION), &n);
        for (uint32_t k = 0; k < n; k++)
            if (!iam_same(wr_sub(wr_node_str(at + k), 0, 4), WR_S("sts:")))
                return WR_S("AssumeRole policy may only specify STS AssumeRole actions.");
    }
    return WR_S("");
}

static wr_str identity_error(api *a) {
    const wr_node *version = wr_map_getz(a->doc, a->root, "Version");
    if (version == NULL || !wr_eq(wr_node_str(version), WR_S("2012-10-17")))
        return WR_S("Policy document must be version 2012-10-17 or greater.");
    if (any_has(a, IAM_E_PRINCIPAL) || any_has(a, IAM_E_NOT_PRINCIPAL))
        return WR_S("Policy document should not specify a principal.");
    bool legacy = !legacy_ok(a);
    wr_str resource = legacy ? wr_strz(legacy_error) : resources_error(a, &legacy);
    if (legacy) return resource;
    wr_str e = sids_error(a);
    if (e.n > 0) return e;
    if (!all_have(a, IAM_E_ACTION, IAM_E_NOT_ACTION))
        return WR_S("Policy statement must contain actions.");
    if (resource.n > 0) return resource;
    e = actions_error(a);
    if (e.n > 0) return e;
    if (!all_have(a, IAM_E_RESOURCE, IAM_E_NOT_RESOURCE))
        return WR_S("Policy statement must contain resources.");
    return WR_S("");
}

static wr_str error_of(api *a) {
    if (!syntax_ok(a)) return wr_strz(syntax_error);
    if (a->kind == WR_IAM_IDENTITY || a->kind == WR_IAM_BOUNDARY || a->kind == WR_IAM_SESSION)
        return identity_error(a);
    // Other services answer in words of their own; what is left is IAM's grammar.
    if (a->kind == WR_IAM_TRUST) return trust_error(a);
    return WR_S("");
}

wr_str iam_api_answer(wr_arena *scratch, wr_arena *out, const wr_doc *doc, const wr_node *root,
                      wr_iam_kind kind) {
    api a = {.own = scratch, .out = out, .doc = doc, .root = root, .kind = kind};
    return error_of(&a);
}

wr_str wr_iam_api_error(wr_ctx *c, wr_str text, wr_iam_kind kind) {
    wr_ctx own;
    wr_doc *doc = NULL;
    wr_ctx_init(&own, &c->limits);
    const wr_src *src = wr_src_new(&own.arena, WR_S("policy"), text, false);
    const wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true, .own_repeats = true};
    wr_str e = wr_strz(syntax_error);
    if (src && wr_json_read(&own, src, &how, &doc) == WR_OK)
        e = iam_api_answer(&own.arena, &c->arena, doc, doc->root, kind);
    wr_ctx_fini(&own);
    return e;
}
