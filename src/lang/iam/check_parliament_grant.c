// SPDX-License-Identifier: Apache-2.0
// Checks by the codes of parliament: what the statements of a policy grant together. Policies of
// organizations and endpoints grant nothing and are not asked.
// Rules: the ways to more privileges are those that Rhino Security Labs published (2018) and what
// AWS's documents say of the actions; actions that return credentials from the API references.
// An action counts as allowed when a statement allows it on some resource and none denies it on all
// without a condition.

#include "lang/iam/parliament_int.h"

// ---------------------------------------------------------------------------------- allowed

static bool says_star(const chk_stmt *s) {
    if (s->not_resource) return false;
    for (uint32_t i = 0; i < s->resources.n; i++)
        if (chk_is_text(&s->resources.v[i]) && wr_eq(wr_node_str(&s->resources.v[i]), WR_S("*")))
            return true;
    return false;
}

static bool has_conditions(const chk_stmt *s) { return s->el[EL_CONDITION] != NULL; }

static bool denied_all(const chk *k, uint32_t id) {
    if (id == WR_AWS_NONE) return false;
    for (uint32_t i = 0; i < k->n_stmts; i++) {
        const chk_stmt *s = &k->stmts[i];
        if (s->deny && !has_conditions(s) && says_star(s) && par_applies(s, id)) return true;
    }
    return false;
}

// The statement that allows the action on some resource, or NULL.
static const chk_stmt *allowed(const chk *k, uint32_t id) {
    if (id == WR_AWS_NONE || denied_all(k, id)) return NULL;
    for (uint32_t i = 0; i < k->n_stmts; i++)
        if (k->stmts[i].allow && par_applies(&k->stmts[i], id)) return &k->stmts[i];
    return NULL;
}

// Where in the statement the action is named.
static const wr_node *named(const chk_stmt *s, uint32_t id) {
    for (uint32_t i = 0; i < s->n_acts && !s->not_action; i++)
        if (par_fits(s->acts[i].act, id)) return s->acts[i].node;
    return s->el[s->not_action ? EL_NOT_ACTION : EL_ACTION];
}

// ---------------------------------------------------------------------------------- escalation

enum { MAX_STEPS = 5 };
static const char *const ways[][MAX_STEPS] = {
    {"iam:CreateAccessKey"},
    {"iam:CreateLoginProfile"},
    {"iam:UpdateLoginProfile"},
    {"iam:CreatePolicyVersion"},
    {"iam:SetDefaultPolicyVersion"},
    {"iam:AttachUserPolicy"},
    {"iam:AttachGroupPolicy"},
    {"iam:AttachRolePolicy", "sts:AssumeRole"},
    {"iam:PutUserPolicy"},
    {"iam:PutGroupPolicy"},
    {"iam:PutRolePolicy", "sts:AssumeRole"},
    {"iam:AddUserToGroup"},
    {"iam:UpdateAssumeRolePolicy", "sts:AssumeRole"},
    {"iam:PassRole", "ec2:RunInstances"},
    {"iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"},
    {"iam:PassRole", "lambda:CreateFunction", "lambda:CreateEventSourceMapping"},
    {"iam:PassRole", "glue:CreateDevEndpoint"},
    {"iam:PassRole", "cloudformation:CreateStack"},
    {"iam:PassRole", "datapipeline:CreatePipeline"},
    {"glue:UpdateDevEndpoint"},
    {"lambda:UpdateFunctionCode"},
};
enum { N_WAYS = sizeof ways / sizeof *ways };

// Actions on a bucket, and those on its objects that they can bring about.
enum { N_PAIRS = 3 };
static const struct {
    const char *on_bucket, *on_objects[3];
} pairs[N_PAIRS] = {{"PutBucketPolicy", {"PutObject", "GetObject", "DeleteObject"}},
                    {"PutBucketAcl", {"PutObject", "GetObject", "DeleteObject"}},
                    {"PutLifecycleConfiguration", {"DeleteObject"}}};

typedef struct par_ids { // of the names above
    uint32_t way[N_WAYS][MAX_STEPS], on_bucket[N_PAIRS], on_objects[N_PAIRS][3];
    uint32_t iam, glue, lambda, s3; // services
} par_ids;

static uint32_t id_of(const char *service, const char *name) {
    return name == NULL ? WR_AWS_NONE : wr_aws_action_find(wr_strz(service), wr_strz(name));
}

static const par_ids *ids_of(chk *k) {
    if (k->run->par != NULL) return k->run->par;
    par_ids *ids = WR_NEW(k->run->arena, par_ids);
    if (ids == NULL) {
        k->oom = true;
        return NULL;
    }
    for (uint32_t i = 0; i < N_WAYS; i++)
        for (int j = 0; j < MAX_STEPS && ways[i][j] != NULL; j++)
            ids->way[i][j] = wr_aws_action_find_full(wr_strz(ways[i][j]));
    for (uint32_t i = 0; i < N_PAIRS; i++) {
        ids->on_bucket[i] = id_of("s3", pairs[i].on_bucket);
        for (int j = 0; j < 3; j++) ids->on_objects[i][j] = id_of("s3", pairs[i].on_objects[j]);
    }
    ids->iam = wr_aws_service_find(WR_S("iam"));
    ids->glue = wr_aws_service_find(WR_S("glue"));
    ids->lambda = wr_aws_service_find(WR_S("lambda"));
    ids->s3 = wr_aws_service_find(WR_S("s3"));
    return k->run->par = ids;
}

// May the policy allow actions of the service at all? Most are about few services.
static bool grants(const chk *k, uint32_t service) {
    for (uint32_t i = 0; i < k->n_stmts; i++) {
        const chk_stmt *s = &k->stmts[i];
        if (!s->allow) continue;
        if (s->not_action) return true;
        for (uint32_t j = 0; j < s->n_acts; j++) {
            const chk_act *a = s->acts[j].act;
            if (a->all || a->wild_service || a->svc == service) return true;
        }
    }
    return false;
}

static bool is_open(const chk *k, const par_ids *ids, uint32_t way) {
    for (int i = 0; i < MAX_STEPS && ways[way][i] != NULL; i++)
        if (allowed(k, ids->way[way][i]) == NULL) return false;
    return true;
}

static void check_escalation(chk *k, const par_ids *ids) {
    enum { SHOWN = 4 };
    uint32_t n = 0, first = 0;
    wr_buf b;
    wr_buf_init(&b, 4096);
    for (uint32_t i = 0; i < N_WAYS; i++) {
        if (!is_open(k, ids, i)) continue;
        if (n == 0) first = i;
        if (n++ >= SHOWN) continue;
        wr_putz(&b, n > 1 ? "; " : "");
        for (int j = 0; j < MAX_STEPS && ways[i][j] != NULL; j++)
            wr_putf(&b, "%s%s", j > 0 ? " with " : "", ways[i][j]);
    }
    if (n > SHOWN) wr_putf(&b, "; and %u more", n - SHOWN);
    if (n > 0) {
        uint32_t id = ids->way[first][0];
        chk_find(k, WR_IAM_C_PRIVILEGE_ESCALATION, named(allowed(k, id), id),
                 "what is allowed can be turned into more: %.*s", WR_FMT(wr_buf_str(&b)));
    }
    wr_buf_fini(&b);
}

// ---------------------------------------------------------------------------------- lists

static const char *const credentials[] = {
    "codepipeline:PollForJobs",
    "cognito-idp:AssociateSoftwareToken",
    "cognito-idp:DescribeUserPoolClient",
    "cognito-identity:GetOpenIdToken",
    "cognito-identity:GetOpenIdTokenForDeveloperIdentity",
    "cognito-identity:GetCredentialsForIdentity",
    "connect:GetFederationToken",
    "ecr:GetAuthorizationToken",
    "gamelift:RequestUploadCredentials",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreateServiceSpecificCredential",
    "iam:ResetServiceSpecificCredential",
    "iam:UpdateAccessKey",
    "iot:AssumeRoleWithCertificate",
    "lightsail:GetInstanceAccessDetails",
    "lightsail:GetRelationalDatabaseMasterUserPassword",
    "mediapackage:RotateIngestEndpointCredentials",
    "rds-db:connect",
    "redshift:GetClusterCredentials",
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:GetFederationToken",
    "sts:GetSessionToken",
};

static void check_credentials(chk *k) {
    uint32_t n = 0, first = 0;
    for (size_t i = 0; i < sizeof credentials / sizeof *credentials; i++) {
        uint32_t id = wr_aws_action_find_full(wr_strz(credentials[i]));
        if (allowed(k, id) == NULL) continue;
        if (n++ == 0) first = id;
    }
    if (n == 0) return;
    chk_find(k, WR_IAM_C_CREDENTIALS_EXPOSURE, named(allowed(k, first), first),
             "%.*s returns credentials%s", WR_FMT(par_name(k, first)),
             n > 1 ? ", as other actions allowed here do" : "");
}

// The first that is allowed is named; a policy that allows all allows it too.
static void check_permissions(chk *k) {
    for (uint32_t id = 0; id < wr_aws_n_actions(); id++) {
        if (wr_aws_action_level(id) != WR_AWS_PERMISSIONS || allowed(k, id) == NULL) continue;
        chk_find(k, WR_IAM_C_PERMISSIONS_MANAGEMENT_ACTIONS, named(allowed(k, id), id),
                 "%.*s changes who may do what", WR_FMT(par_name(k, id)));
        return;
    }
}

// ---------------------------------------------------------------------------------- buckets

// Texts of resources, each with the statements that have it: policies may have ten thousands of
// both, and each is asked about by its text.
typedef struct spot {
    WR_VEC(const chk_stmt *) stmts;
    uint8_t said[N_PAIRS]; // 0: not asked yet; 1: nothing is to be said; 2 + j: of on_objects[j]
} spot;

typedef struct buckets {
    chk *k;
    const par_ids *ids;
    wr_map spots;                                // by text
    bool denied[N_PAIRS], denied_on[N_PAIRS][3]; // on all resources
} buckets;

static spot *spot_at(buckets *b, wr_str text) {
    void **at = wr_map_at(&b->spots, text);
    if (at && *at == NULL) *at = WR_NEW(&b->k->run->scratch, spot);
    if (at == NULL || *at == NULL) b->k->oom = true;
    return at ? *at : NULL;
}

static void put_spot(buckets *b, const chk_stmt *s, wr_str text) {
    spot *p = spot_at(b, text);
    if (p == NULL || (p->stmts.n && p->stmts.v[p->stmts.n - 1] == s)) return;
    if (!WR_PUSH(&b->k->run->scratch, &p->stmts, s)) b->k->oom = true;
}

static bool open_buckets(buckets *b, chk *k, const par_ids *ids) {
    *b = (buckets){.k = k, .ids = ids};
    wr_map_init(&b->spots, &k->run->scratch);
    for (uint32_t i = 0; i < k->n_stmts; i++) {
        const chk_stmt *s = &k->stmts[i];
        if (s->not_resource) put_spot(b, s, WR_S("*"));
        for (uint32_t r = 0; !s->not_resource && r < s->resources.n; r++)
            if (chk_is_text(&s->resources.v[r])) put_spot(b, s, wr_node_str(&s->resources.v[r]));
    }
    for (uint32_t i = 0; i < N_PAIRS; i++) {
        b->denied[i] = denied_all(k, ids->on_bucket[i]);
        for (int j = 0; j < 3; j++) b->denied_on[i][j] = denied_all(k, ids->on_objects[i][j]);
    }
    return !k->oom;
}

// Does the statement, which has this text, speak of the action on it?
static bool speaks_of(const chk_stmt *s, uint32_t id, wr_str text) {
    if (!par_applies(s, id)) return false;
    if (wr_eq(text, WR_S("*"))) return true;
    uint32_t t = 0;
    for (uint32_t type; (type = par_next_type(id, &t)) != WR_AWS_NONE;)
        if (par_is_of(type, text)) return true;
    return false;
}

static bool allowed_on(const buckets *b, uint32_t id, wr_str text) {
    const spot *p = wr_map_find(&b->spots, text);
    bool allow = false;
    for (uint32_t i = 0; p && i < p->stmts.n; i++) {
        const chk_stmt *s = p->stmts.v[i];
        if (!speaks_of(s, id, text)) continue;
        if (s->deny && !has_conditions(s)) return false;
        allow = allow || s->allow;
    }
    return allow;
}

static bool objects_allowed(const buckets *b, uint32_t id, wr_str bucket) {
    if (allowed_on(b, id, bucket)) return true;
    wr_str all = wr_fmt(&b->k->run->scratch, "%.*s/*", WR_FMT(bucket));
    if (all.p == NULL) b->k->oom = true;
    return all.p != NULL && allowed_on(b, id, all);
}

// What is to be said of pair i on this bucket, as in spot.
static uint8_t judge_pair(const buckets *b, uint32_t i, wr_str bucket) {
    uint32_t id = b->ids->on_bucket[i];
    if (b->denied[i] || !allowed_on(b, id, bucket)) return 1;
    for (uint8_t j = 0; j < 3; j++) {
        uint32_t other = b->ids->on_objects[i][j];
        if (other == WR_AWS_NONE) continue;
        if (b->denied_on[i][j] || !objects_allowed(b, other, bucket)) return (uint8_t)(2 + j);
    }
    return 1;
}

static void check_bucket(buckets *b, const chk_stmt *s, const wr_node *n) {
    wr_str bucket = s->not_resource ? WR_S("*") : wr_node_str(n);
    spot *p = spot_at(b, bucket);
    for (uint32_t i = 0; p && i < N_PAIRS; i++) {
        uint32_t id = b->ids->on_bucket[i];
        if (id == WR_AWS_NONE || !speaks_of(s, id, bucket)) continue;
        if (p->said[i] == 0) p->said[i] = judge_pair(b, i, bucket);
        if (p->said[i] == 1) continue;
        chk_find(b->k, WR_IAM_C_RESOURCE_POLICY_PRIVILEGE_ESCALATION, n,
                 "s3:%s is allowed on %.*s and s3:%s is not: the one can bring about the other",
                 pairs[i].on_bucket, WR_FMT(wr_utf8_cut(bucket, 200)),
                 pairs[i].on_objects[p->said[i] - 2]);
        return;
    }
}

static void check_buckets(chk *k, const par_ids *ids) {
    buckets b;
    if (!open_buckets(&b, k, ids)) return;
    for (uint32_t i = 0; i < k->n_stmts; i++) {
        const chk_stmt *s = &k->stmts[i];
        if (!s->allow) continue;
        k->at = s;
        for (uint32_t r = 0; r < s->resources.n; r++) {
            if (chk_is_text(&s->resources.v[r])) check_bucket(&b, s, &s->resources.v[r]);
            if (s->not_resource) break;
        }
    }
    k->at = NULL;
}

// ---------------------------------------------------------------------------------- all

static void check_negated(chk *k) {
    for (uint32_t i = 0; i < k->n_stmts; i++) {
        const chk_stmt *s = &k->stmts[i];
        k->at = s;
        if (s->allow && s->not_principal)
            chk_find(k, WR_IAM_C_NOTPRINCIPAL_WITH_ALLOW, s->key[EL_NOT_PRINCIPAL],
                     "everyone is allowed but those named, anonymous callers too");
        else if (s->allow && s->not_resource)
            chk_find(k, WR_IAM_C_NOTRESOURCE_WITH_ALLOW, s->key[EL_NOT_RESOURCE],
                     "all resources are allowed but those named, future ones too");
    }
    k->at = NULL;
}

void par_across(chk *k) {
    check_negated(k);
    if (chk_org(k) || k->kind == WR_IAM_ENDPOINT || k->kind == WR_IAM_BOUNDARY) return;
    const par_ids *ids = ids_of(k);
    if (ids == NULL) return;
    if (chk_on(k, WR_IAM_C_RESOURCE_POLICY_PRIVILEGE_ESCALATION) && grants(k, ids->s3))
        check_buckets(k, ids);
    par_sensitive(k);
    if (k->kind == WR_IAM_TRUST) return; // what it allows is to take the role
    bool may = grants(k, ids->iam) || grants(k, ids->glue) || grants(k, ids->lambda);
    if (may && chk_on(k, WR_IAM_C_PRIVILEGE_ESCALATION)) check_escalation(k, ids);
    if (chk_on(k, WR_IAM_C_CREDENTIALS_EXPOSURE)) check_credentials(k);
    if (chk_on(k, WR_IAM_C_PERMISSIONS_MANAGEMENT_ACTIONS)) check_permissions(k);
}
