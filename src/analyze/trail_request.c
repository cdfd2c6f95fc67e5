// SPDX-License-Identifier: Apache-2.0
// From a CloudTrail record to a request. Each condition key that records can tell of is a row: how
// its value is told, and for which kinds of caller. A key without a row is not known; so is one
// whose row cannot tell. What a record would show if it were there, and does not, is absent.
// Always true: only keys that some policy asks for are filled; values are slices of the record.
// Rules: IAM User Guide, "AWS global condition context keys" (availability of each) and
// "Information available in all requests"; CloudTrail User Guide, "userIdentity element";
// docs/internals/trail.md says each row's reason.

#include "analyze/trail_int.h"

#include <stdio.h>

typedef struct making {
    const wr_trail_keys *k;
    const wr_trail_record *rec;
    wr_arena *arena;
    wr_trail_request *out;
    bool via;     // an AWS service made the call for the principal
    bool session; // temporary credentials
    wr_str owner; // account of the resource; empty: not known
    wr_str principal_account;
} making;

typedef wr_iam_state (*teller)(const making *m, uint16_t at, wr_str *v);

typedef struct row {
    const char *key;
    teller tell;
    uint16_t at;    // member of the record
    uint16_t kinds; // of records, WR_BIT each; for others the key is not known
} row;

typedef struct member { // an account of the organization
    wr_str path;
} member;

struct wr_trail_keys {
    const wr_iam_set *set;
    const wr_org *org;
    wr_map members; // account id → member
    struct asked {
        uint32_t key;
        const row *row;
    } * asked;
    uint32_t n_asked;
    uint32_t *tags; // keys aws:PrincipalTag/…
    uint32_t n_tags;
};

// ---------------------------------------------------------------------------------- tellers

static wr_iam_state present(wr_str *v, wr_str text) {
    *v = text;
    return WR_IAM_PRESENT;
}

static wr_str field(const making *m, uint16_t at) {
    return *(const wr_str *)(const void *)((const char *)m->rec + at);
}

static wr_iam_state text_or_unknown(const making *m, uint16_t at, wr_str *v) {
    *v = field(m, at);
    return v->n ? WR_IAM_PRESENT : WR_IAM_NOT_KNOWN;
}

static wr_iam_state text_or_absent(const making *m, uint16_t at, wr_str *v) {
    *v = field(m, at);
    return v->n ? WR_IAM_PRESENT : WR_IAM_ABSENT;
}

static wr_iam_state absent(const making *m, uint16_t at, wr_str *v) {
    (void)m, (void)at, (void)v;
    return WR_IAM_ABSENT;
}

// Of what only a service that calls for someone adds.
static wr_iam_state absent_if_direct(const making *m, uint16_t at, wr_str *v) {
    (void)at, (void)v;
    return m->via ? WR_IAM_NOT_KNOWN : WR_IAM_ABSENT;
}

// Of what only sessions of roles carry.
static wr_iam_state absent_without_role(const making *m, uint16_t at, wr_str *v) {
    *v = field(m, at);
    if (v->n) return WR_IAM_PRESENT;
    return wr_eq(m->rec->who, WR_S("AssumedRole")) || wr_eq(m->rec->who, WR_S("Role"))
               ? WR_IAM_NOT_KNOWN
               : WR_IAM_ABSENT;
}

static bool two(wr_str t, size_t i, int64_t *out) {
    if (t.p[i] < '0' || t.p[i] > '9' || t.p[i + 1] < '0' || t.p[i + 1] > '9') return false;
    *out = (t.p[i] - '0') * 10 + (t.p[i + 1] - '0');
    return true;
}

// 2023-07-10T11:42:36Z
static bool seconds(wr_str t, int64_t *out) {
    int64_t century, year, month, day, h, min, s;
    if (t.n != 20 || t.p[4] != '-' || t.p[10] != 'T' || t.p[19] != 'Z') return false;
    if (!two(t, 0, &century) || !two(t, 2, &year) || !two(t, 5, &month) || !two(t, 8, &day) ||
        !two(t, 11, &h) || !two(t, 14, &min) || !two(t, 17, &s))
        return false;
    year += century * 100;
    if (month < 1 || month > 12 || day < 1 || day > wr_days_in_month(year, month)) return false;
    *out = wr_days(year, month, day) * 86400 + h * 3600 + min * 60 + s;
    return true;
}

static wr_iam_state tell_time(const making *m, uint16_t at, wr_str *v) {
    int64_t s;
    *v = field(m, at);
    return seconds(*v, &s) ? WR_IAM_PRESENT : WR_IAM_NOT_KNOWN;
}

static wr_iam_state tell_epoch(const making *m, uint16_t at, wr_str *v) {
    int64_t s;
    if (!seconds(field(m, at), &s)) return WR_IAM_NOT_KNOWN;
    int n = snprintf(m->out->epoch, sizeof m->out->epoch, "%lld", (long long)s);
    return present(v, wr_strn(m->out->epoch, (size_t)n));
}

// The ARN of the role of a session, of the caller itself else.
static wr_iam_state tell_principal(const making *m, uint16_t at, wr_str *v) {
    (void)at;
    if (m->rec->kind == WR_TRAIL_SERVICE || m->rec->kind == WR_TRAIL_ANONYMOUS)
        return WR_IAM_ABSENT;
    if (m->rec->kind != WR_TRAIL_CALL) return WR_IAM_NOT_KNOWN;
    bool session = wr_find(m->rec->arn, WR_S(":assumed-role/"), 0) != SIZE_MAX;
    if (session && m->rec->issuer.n == 0) return WR_IAM_NOT_KNOWN; // its path is not recorded
    return present(v, session ? m->rec->issuer : m->rec->arn);
}

static wr_iam_state tell_type(const making *m, uint16_t at, wr_str *v) {
    static const struct {
        const char *who, *type;
    } types[] = {{"IAMUser", "User"},
                 {"AssumedRole", "AssumedRole"},
                 {"Role", "AssumedRole"},
                 {"Root", "Account"},
                 {"FederatedUser", "FederatedUser"}};
    (void)at;
    if (m->rec->kind == WR_TRAIL_ANONYMOUS) return present(v, WR_S("Anonymous"));
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (wr_eq(m->rec->who, wr_strz(types[i].who))) return present(v, wr_strz(types[i].type));
    return WR_IAM_NOT_KNOWN;
}

static wr_iam_state tell_user_name(const making *m, uint16_t at, wr_str *v) {
    return wr_eq(m->rec->who, WR_S("IAMUser")) ? text_or_unknown(m, at, v) : WR_IAM_ABSENT;
}

static const member *member_of(const making *m, wr_str account) {
    return m->k->org && account.n ? wr_map_find(&m->k->members, account) : NULL;
}

static wr_iam_state tell_org(const making *m, uint16_t at, wr_str *v) {
    bool resource = at != 0;
    if (!member_of(m, resource ? m->owner : m->principal_account)) return WR_IAM_NOT_KNOWN;
    *v = m->k->org->id;
    return v->n ? WR_IAM_PRESENT : WR_IAM_NOT_KNOWN;
}

static wr_iam_state tell_org_path(const making *m, uint16_t at, wr_str *v) {
    const member *a = member_of(m, at != 0 ? m->owner : m->principal_account);
    if (a == NULL || m->k->org->id.n == 0) return WR_IAM_NOT_KNOWN;
    return present(v, a->path);
}

static wr_iam_state tell_owner(const making *m, uint16_t at, wr_str *v) {
    (void)at;
    *v = m->owner;
    return v->n ? WR_IAM_PRESENT : WR_IAM_NOT_KNOWN;
}

static bool is_address(wr_str s) {
    bool digit = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool hex = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
        if (!hex && c != '.' && c != ':') return false;
        digit = digit || (c >= '0' && c <= '9');
    }
    return digit && (memchr(s.p, '.', s.n) != NULL || memchr(s.p, ':', s.n) != NULL);
}

// Through an endpoint a request has the address under another name.
static wr_iam_state tell_address(const making *m, uint16_t at, wr_str *v) {
    if (m->rec->vpce.n || m->via) return WR_IAM_ABSENT;
    *v = field(m, at);
    return is_address(*v) ? WR_IAM_PRESENT : v->n ? WR_IAM_ABSENT : WR_IAM_NOT_KNOWN;
}

static wr_iam_state tell_vpc_address(const making *m, uint16_t at, wr_str *v) {
    if (m->rec->vpce.n == 0) return WR_IAM_ABSENT;
    *v = field(m, at);
    return is_address(*v) ? WR_IAM_PRESENT : WR_IAM_NOT_KNOWN;
}

// Of what an endpoint adds to a request.
static wr_iam_state tell_endpoint(const making *m, uint16_t at, wr_str *v) {
    if (m->rec->vpce.n == 0) return WR_IAM_ABSENT;
    return at ? text_or_unknown(m, at, v) : WR_IAM_NOT_KNOWN;
}

static wr_iam_state tell_via(const making *m, uint16_t at, wr_str *v) {
    (void)at;
    return present(v, m->via ? WR_S("true") : WR_S("false"));
}

static wr_iam_state tell_is_service(const making *m, uint16_t at, wr_str *v) {
    (void)at;
    return present(v, m->rec->kind == WR_TRAIL_SERVICE ? WR_S("true") : WR_S("false"));
}

static wr_iam_state tell_service_name(const making *m, uint16_t at, wr_str *v) {
    return m->rec->kind == WR_TRAIL_SERVICE ? text_or_unknown(m, at, v) : WR_IAM_ABSENT;
}

// CloudTrail cuts it at 1 KB.
static wr_iam_state tell_agent(const making *m, uint16_t at, wr_str *v) {
    *v = field(m, at);
    return v->n && v->n < 1000 ? WR_IAM_PRESENT : WR_IAM_NOT_KNOWN;
}

// Long-term credentials carry neither of the next two.
static wr_iam_state tell_session_text(const making *m, uint16_t at, wr_str *v) {
    *v = field(m, at);
    if (v->n) return WR_IAM_PRESENT;
    return m->session || !wr_eq(m->rec->who, WR_S("IAMUser")) ? WR_IAM_NOT_KNOWN : WR_IAM_ABSENT;
}

static wr_iam_state tell_mfa_age(const making *m, uint16_t at, wr_str *v) {
    wr_str mfa;
    wr_iam_state s = tell_session_text(m, at, &mfa);
    (void)v;
    return s == WR_IAM_PRESENT && wr_eq(mfa, WR_S("true")) ? WR_IAM_NOT_KNOWN
           : s == WR_IAM_NOT_KNOWN                         ? WR_IAM_NOT_KNOWN
                                                           : WR_IAM_ABSENT;
}

// Services that still take requests without TLS.
static bool takes_plain(wr_str service) {
    static const char *const names[] = {"s3", "sqs", "sns", "dynamodb", "ec2", "cloudwatch"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (wr_eq(service, wr_strz(names[i]))) return true;
    return false;
}

static wr_iam_state tell_tls(const making *m, uint16_t at, wr_str *v) {
    (void)at;
    bool sure = m->rec->tls.n || m->via || wr_starts(m->rec->agent, WR_S("AWS Internal")) ||
                !takes_plain(m->out->action->event.service) ||
                wr_find(m->rec->extra, WR_S("\"CipherSuite\""), 0) != SIZE_MAX;
    return sure ? present(v, WR_S("true")) : WR_IAM_NOT_KNOWN;
}

// "TLSv1.2" → "1.2"; of S3 only.
static wr_iam_state tell_tls_version(const making *m, uint16_t at, wr_str *v) {
    wr_str tls = field(m, at);
    if (!wr_starts(tls, WR_S("TLSv"))) return WR_IAM_NOT_KNOWN;
    return present(v, wr_sub(tls, 4, tls.n));
}

static wr_iam_state tell_external_id(const making *m, uint16_t at, wr_str *v) {
    (void)at;
    if (!wr_eq(m->out->action->event.service, WR_S("sts"))) return WR_IAM_NOT_KNOWN;
    *v = trail_member(m->arena, m->rec->params, "externalId");
    return v->n ? WR_IAM_PRESENT : WR_IAM_NOT_KNOWN;
}

static wr_iam_state tell_session_name(const making *m, uint16_t at, wr_str *v) {
    (void)at;
    if (!wr_eq(m->out->action->event.service, WR_S("sts"))) return WR_IAM_NOT_KNOWN;
    *v = trail_member(m->arena, m->rec->params, "roleSessionName");
    return v->n ? WR_IAM_PRESENT : WR_IAM_NOT_KNOWN;
}

// ---------------------------------------------------------------------------------- the table

#define AT(member) offsetof(wr_trail_record, member)
enum {
    CALLS = WR_BIT(WR_TRAIL_CALL),
    OTHERS = WR_BIT(WR_TRAIL_CALL) | WR_BIT(WR_TRAIL_FOREIGN),
    SIGNED = OTHERS | WR_BIT(WR_TRAIL_FEDERATED),
    PEOPLE = SIGNED | WR_BIT(WR_TRAIL_ANONYMOUS),
    ALL = PEOPLE | WR_BIT(WR_TRAIL_SERVICE),
};

static const row rows[] = {
    {"aws:RequestedRegion", text_or_unknown, AT(region), ALL},
    {"aws:CurrentTime", tell_time, AT(time), ALL},
    {"aws:EpochTime", tell_epoch, AT(time), ALL},
    {"aws:PrincipalArn", tell_principal, 0, ALL},
    {"aws:PrincipalAccount", text_or_unknown, AT(account), OTHERS},
    {"aws:PrincipalType", tell_type, 0, PEOPLE},
    {"aws:userid", text_or_unknown, AT(principal_id), OTHERS},
    {"aws:username", tell_user_name, AT(user), CALLS},
    {"aws:PrincipalOrgID", tell_org, 0, OTHERS},
    {"aws:PrincipalOrgPaths", tell_org_path, 0, OTHERS},
    {"aws:PrincipalIsAWSService", tell_is_service, 0, ALL},
    {"aws:PrincipalServiceName", tell_service_name, AT(invoked_by), ALL},
    {"aws:PrincipalServiceNamesList", absent, 0, PEOPLE},
    {"aws:ResourceAccount", tell_owner, 0, ALL},
    {"aws:ResourceOrgID", tell_org, 1, ALL},
    {"aws:ResourceOrgPaths", tell_org_path, 1, ALL},
    {"aws:SourceIp", tell_address, AT(address), PEOPLE},
    {"aws:VpcSourceIp", tell_vpc_address, AT(address), PEOPLE},
    {"aws:SourceVpce", tell_endpoint, AT(vpce), PEOPLE},
    {"aws:VpceAccount", tell_endpoint, AT(vpce_account), PEOPLE},
    {"aws:SourceVpc", tell_endpoint, 0, PEOPLE},
    {"aws:SourceVpcArn", tell_endpoint, 0, PEOPLE},
    {"aws:VpceOrgID", tell_endpoint, 0, PEOPLE},
    {"aws:VpceOrgPaths", tell_endpoint, 0, PEOPLE},
    {"aws:ViaAWSService", tell_via, 0, PEOPLE},
    {"aws:CalledVia", absent_if_direct, 0, PEOPLE},
    {"aws:CalledViaFirst", absent_if_direct, 0, PEOPLE},
    {"aws:CalledViaLast", absent_if_direct, 0, PEOPLE},
    {"aws:SourceArn", absent_if_direct, 0, PEOPLE},
    {"aws:SourceAccount", absent_if_direct, 0, PEOPLE},
    {"aws:SourceOwner", absent_if_direct, 0, PEOPLE},
    {"aws:SourceOrgID", absent_if_direct, 0, PEOPLE},
    {"aws:SourceOrgPaths", absent_if_direct, 0, PEOPLE},
    {"aws:UserAgent", tell_agent, AT(agent), PEOPLE},
    {"aws:MultiFactorAuthPresent", tell_session_text, AT(mfa), CALLS},
    {"aws:MultiFactorAuthAge", tell_mfa_age, AT(mfa), CALLS},
    {"aws:TokenIssueTime", tell_session_text, AT(created), CALLS},
    {"aws:AssumedRoot", text_or_absent, AT(assumed_root), CALLS},
    {"aws:SourceIdentity", absent_without_role, AT(source_identity), CALLS},
    {"aws:FederatedProvider", absent_without_role, AT(web_provider), CALLS},
    {"ec2:RoleDelivery", absent_without_role, AT(delivery), CALLS},
    {"ec2:SourceInstanceArn", absent_without_role, AT(one.arn), CALLS},
    {"aws:Ec2InstanceSourceVpc", absent_without_role, AT(one.arn), CALLS},
    {"aws:Ec2InstanceSourcePrivateIPv4", absent_without_role, AT(one.arn), CALLS},
    {"lambda:SourceFunctionArn", absent_without_role, AT(one.arn), CALLS},
    {"ssm:SourceInstanceArn", absent_without_role, AT(one.arn), CALLS},
    {"glue:RoleAssumedBy", absent_without_role, AT(one.arn), CALLS},
    {"glue:CredentialIssuingService", absent_without_role, AT(one.arn), CALLS},
    {"aws:ChatbotSourceArn", absent_without_role, AT(one.arn), CALLS},
    {"identitystore:UserId", text_or_unknown, AT(on_behalf), CALLS},
    {"aws:SecureTransport", tell_tls, 0, ALL},
    {"s3:TlsVersion", tell_tls_version, AT(tls), ALL},
    {"sts:ExternalId", tell_external_id, 0, ALL},
    {"sts:RoleSessionName", tell_session_name, 0, ALL},
};
enum { N_ROWS = sizeof rows / sizeof rows[0] };
_Static_assert(N_ROWS <= sizeof((wr_trail_request *)0)->values / sizeof(wr_str),
               "a value has a place for each row");

// ---------------------------------------------------------------------------------- keys

static bool add_members(wr_trail_keys *k, wr_arena *a) {
    wr_map_init(&k->members, a);
    for (uint32_t i = 0; k->org && i < k->org->accounts.n; i++) {
        const wr_org_account *acc = k->org->accounts.v[i];
        member *m = WR_NEW(a, member);
        void **slot = m ? wr_map_at(&k->members, acc->id) : NULL;
        if (slot == NULL) return false;
        m->path = wr_org_path(a, k->org, acc);
        *slot = m;
    }
    return true;
}

wr_trail_keys *wr_trail_keys_new(wr_arena *a, const wr_iam_set *s, const wr_org *org) {
    wr_trail_keys *k = WR_NEW(a, wr_trail_keys);
    if (k == NULL) return NULL;
    k->set = s;
    k->org = org;
    k->asked = WR_NEW_N(a, struct asked, N_ROWS);
    k->tags = WR_NEW_N(a, uint32_t, wr_iam_n_keys(s) + 1u);
    if (k->asked == NULL || k->tags == NULL || !add_members(k, a)) return NULL;
    for (size_t i = 0; i < N_ROWS; i++) {
        uint32_t key = wr_iam_key_find(s, wr_strz(rows[i].key));
        if (key != UINT32_MAX) k->asked[k->n_asked++] = (struct asked){key, &rows[i]};
    }
    for (uint32_t i = 0; i < wr_iam_n_keys(s); i++)
        if (wr_starts(wr_iam_key_name(s, i), WR_S("aws:principaltag/"))) k->tags[k->n_tags++] = i;
    return k;
}

// ---------------------------------------------------------------------------------- the request

bool wr_trail_action_of(wr_arena *a, const wr_trail_record *rec, wr_trail_action *out) {
    out->event = wr_aws_event_action(rec->source, rec->name);
    wr_str s = out->event.service, n = out->event.action;
    if (s.n == 0 || n.n == 0) return false;
    out->text = wr_fmt(a, "%.*s:%.*s", WR_FMT(s), WR_FMT(n));
    out->id = out->event.known ? wr_aws_action_find(s, n) : WR_AWS_NONE;
    return out->text.p != NULL;
}

// Names of service-linked roles begin alike; their path makes it certain.
static wr_tri is_service_linked(const wr_trail_record *rec, const wr_iam_principal *p) {
    wr_iam_principal role;
    if (p->kind != WR_IAM_SESSION_OF_ROLE) return p->service_linked ? WR_YES : WR_NO;
    if (rec->issuer.n && wr_iam_principal_parse(rec->issuer, &role))
        return role.service_linked ? WR_YES : WR_NO;
    return wr_starts(p->name, WR_S("AWSServiceRoleFor")) ? WR_MAYBE : WR_NO;
}

static wr_rc fill_principal(const wr_trail_record *rec, wr_iam_request *r, wr_trail_request *out) {
    wr_iam_principal *p = &r->principal;
    out->service_linked = WR_NO;
    switch (rec->kind) {
    case WR_TRAIL_CALL:
        if (!wr_iam_principal_parse(rec->arn, p)) return WR_BAD;
        out->service_linked = is_service_linked(rec, p);
        p->service_linked = out->service_linked == WR_YES;
        out->caller = p->kind == WR_IAM_SESSION_OF_ROLE && rec->issuer.n ? rec->issuer : rec->arn;
        return WR_OK;
    case WR_TRAIL_SERVICE:
        *p = (wr_iam_principal){.kind = WR_IAM_SERVICE, .text = rec->invoked_by};
        break;
    case WR_TRAIL_FEDERATED:
        *p = (wr_iam_principal){.kind = WR_IAM_FEDERATED, .text = rec->provider};
        break;
    case WR_TRAIL_FOREIGN:
        *p = (wr_iam_principal){.kind = WR_IAM_ROOT, .text = rec->account, .account = rec->account};
        break;
    case WR_TRAIL_ANONYMOUS: p->text = WR_S("anonymous"); break;
    default: return WR_BAD;
    }
    out->caller = p->text;
    return WR_OK;
}

// The account that owns all the resources a record lists.
static wr_str owner_of(const wr_trail_record *rec, const wr_iam_request *r) {
    wr_str owner = {NULL, 0};
    for (uint32_t i = 0; i < rec->n_resources; i++) {
        wr_str one = rec->resources[i].account;
        if (one.n == 0) continue;
        if (owner.n && !wr_eq(owner, one)) return WR_S("");
        owner = one;
    }
    if (owner.n == 0 && r->is_arn && wr_iam_is_account(r->arn.f[WR_ARN_ACCOUNT]))
        owner = r->arn.f[WR_ARN_ACCOUNT];
    return wr_iam_is_account(owner) ? owner : WR_S("");
}

static void fill_resource(const making *m, wr_iam_request *r) {
    wr_trail_request *out = m->out;
    const wr_trail_record *rec = m->rec;
    out->n_resources = trail_fitting_resources(rec, out->action->id, out->resources);
    out->more_resources = rec->more_resources && out->n_resources > 0;
    if (out->n_resources == 0)
        out->n_resources = trail_named_resource(m->arena, rec, out->action->id, &out->resources[0]);
    bool none = out->n_resources == 0 && rec->n_resources == 0 && out->action->id != WR_AWS_NONE &&
                wr_aws_action_n_types(out->action->id) == 0;
    if (none) out->resources[out->n_resources++] = WR_S("*");
    r->resource_unknown = out->n_resources == 0;
    wr_iam_request_resource(r, out->n_resources ? out->resources[0] : WR_S("*"));
}

static bool is_via(const wr_trail_record *rec) {
    if (rec->kind == WR_TRAIL_SERVICE) return false;
    return rec->invoked_by.n || (rec->address.n && !is_address(rec->address));
}

static void fill_tags(const making *m, wr_iam_request *r) {
    bool bare = wr_eq(m->rec->who, WR_S("Root")) || m->rec->kind == WR_TRAIL_SERVICE ||
                m->rec->kind == WR_TRAIL_ANONYMOUS;
    for (uint32_t i = 0; bare && i < m->k->n_tags; i++)
        wr_iam_request_set(r, m->k->tags[i], (wr_iam_ctx_value){.state = WR_IAM_ABSENT});
}

wr_rc wr_trail_make(const wr_trail_keys *k, wr_arena *a, const wr_trail_record *rec,
                    const wr_trail_action *action, wr_iam_request *r, wr_trail_request *out) {
    making m = {.k = k,
                .rec = rec,
                .arena = a,
                .out = out,
                .via = is_via(rec),
                .session = rec->created.n || rec->issuer.n || rec->mfa.n,
                .principal_account = rec->account};
    out->action = action;
    out->n_resources = 0;
    wr_iam_request_reset(r, WR_IAM_NOT_KNOWN);
    wr_rc rc = wr_iam_request_action(r, action->text);
    if (rc == WR_OK) rc = fill_principal(rec, r, out);
    if (rc != WR_OK) return rc;
    fill_resource(&m, r);
    m.owner = owner_of(rec, r);
    r->resource_account = m.owner.n ? m.owner : rec->recipient;
    for (uint32_t i = 0; i < k->n_asked; i++) {
        const row *w = k->asked[i].row;
        wr_str *v = &out->values[w - rows];
        wr_iam_ctx_value one = {.state = WR_IAM_NOT_KNOWN};
        if (w->kinds >> rec->kind & 1) one.state = (uint8_t)w->tell(&m, w->at, v);
        if (one.state == WR_IAM_PRESENT) {
            one.n = 1;
            one.v = v;
        }
        wr_iam_request_set(r, k->asked[i].key, one);
    }
    fill_tags(&m, r);
    return WR_OK;
}
