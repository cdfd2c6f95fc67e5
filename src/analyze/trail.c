// SPDX-License-Identifier: Apache-2.0
// CloudTrail records: which members matter, what kind of record it is, whether the call had failed.
// A record that is no request of a principal gets a kind that says so: none vanishes.
// Rules: AWS CloudTrail User Guide, "CloudTrail record contents" and "userIdentity element";
// docs/internals/trail.md.

#include "analyze/trail_int.h"

#define AT(member) offsetof(wr_trail_record, member)
#define TEXT(name, member)                                                                         \
    { name, sizeof(name) - 1, TRAIL_TEXT, AT(member), NULL }
#define RAW(name, member)                                                                          \
    { name, sizeof(name) - 1, TRAIL_RAW, AT(member), NULL }
#define OBJECT(name, table)                                                                        \
    { name, sizeof(name) - 1, TRAIL_OBJECT, 0, table }
#define TABLE(fields, lengths)                                                                     \
    { fields, sizeof(fields) / sizeof *(fields), lengths }
#define L(n) (1u << (n))

static const trail_field issuer_fields[] = {TEXT("arn", issuer)};
static const trail_table issuer_table = TABLE(issuer_fields, L(3));
static const trail_field attribute_fields[] = {TEXT("creationDate", created),
                                               TEXT("mfaAuthenticated", mfa)};
static const trail_table attribute_table = TABLE(attribute_fields, L(12) | L(16));
static const trail_field web_fields[] = {TEXT("federatedProvider", web_provider)};
static const trail_table web_table = TABLE(web_fields, L(17));
static const trail_field session_fields[] = {
    OBJECT("sessionIssuer", &issuer_table),    OBJECT("attributes", &attribute_table),
    OBJECT("webIdFederationData", &web_table), TEXT("sourceIdentity", source_identity),
    TEXT("ec2RoleDelivery", delivery),         TEXT("assumedRoot", assumed_root),
};
static const trail_table session_table =
    TABLE(session_fields, L(13) | L(10) | L(19) | L(14) | L(15) | L(11));
static const trail_field behalf_fields[] = {TEXT("userId", on_behalf)};
static const trail_table behalf_table = TABLE(behalf_fields, L(6));
static const trail_field identity_fields[] = {
    TEXT("type", who),
    TEXT("principalId", principal_id),
    TEXT("arn", arn),
    TEXT("accountId", account),
    TEXT("userName", user),
    TEXT("invokedBy", invoked_by),
    TEXT("identityProvider", provider),
    OBJECT("sessionContext", &session_table),
    OBJECT("onBehalfOf", &behalf_table),
};
static const trail_table identity_table =
    TABLE(identity_fields, L(4) | L(11) | L(3) | L(9) | L(8) | L(16) | L(14) | L(10));
static const trail_field tls_fields[] = {TEXT("tlsVersion", tls)};
static const trail_table tls_table = TABLE(tls_fields, L(10));
static const trail_field record_fields[] = {
    TEXT("eventVersion", version),
    OBJECT("userIdentity", &identity_table),
    TEXT("eventTime", time),
    TEXT("eventSource", source),
    TEXT("eventName", name),
    TEXT("awsRegion", region),
    TEXT("sourceIPAddress", address),
    TEXT("userAgent", agent),
    TEXT("errorCode", error),
    RAW("requestParameters", params),
    RAW("additionalEventData", extra),
    TEXT("eventID", id),
    TEXT("eventType", type),
    TEXT("recipientAccountId", recipient),
    {"resources", 9, TRAIL_RESOURCES, AT(resources), NULL},
    TEXT("vpcEndpointId", vpce),
    TEXT("vpcEndpointAccountId", vpce_account),
    OBJECT("tlsDetails", &tls_table),
    TEXT("digestStartTime", digest),
};
static const trail_table record_table =
    TABLE(record_fields,
          L(12) | L(9) | L(11) | L(15) | L(17) | L(19) | L(7) | L(18) | L(13) | L(20) | L(10));

const char *wr_trail_kind_text(wr_trail_kind k) {
    static const char *const texts[WR_TRAIL_N_KINDS] = {
        "requests of principals",
        "requests of AWS services",
        "requests of principals of other accounts, known by the account alone",
        "unsigned requests",
        "requests in the name of an identity provider",
        "requests of callers without an ARN",
        "events of AWS services, no requests",
        "CloudTrail Insights, no requests",
        "digests, no records",
        "values that are no CloudTrail records",
        "broken records",
    };
    return texts[k];
}

static bool is(wr_str s, const char *word) { return wr_eq(s, wr_strz(word)); }

// By userIdentity.type; "Role" is how some services write it.
static wr_trail_kind kind_of_caller(const wr_trail_record *rec) {
    static const char *const named[] = {"IAMUser", "AssumedRole", "Root", "FederatedUser", "Role"};
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
        if (is(rec->who, named[i])) return rec->arn.n ? WR_TRAIL_CALL : WR_TRAIL_NAMELESS;
    if (is(rec->who, "AWSService")) return WR_TRAIL_SERVICE;
    if (is(rec->who, "SAMLUser") || is(rec->who, "WebIdentityUser")) return WR_TRAIL_FEDERATED;
    if (!is(rec->who, "AWSAccount")) return WR_TRAIL_NAMELESS;
    bool account = wr_iam_is_account(rec->account);
    return account ? WR_TRAIL_FOREIGN : WR_TRAIL_ANONYMOUS;
}

static wr_trail_kind kind_of(const wr_trail_record *rec) {
    if (rec->name.n == 0 || rec->source.n == 0) {
        if (rec->digest.n) return WR_TRAIL_DIGEST;
        return is(rec->type, "AwsCloudTrailInsight") ? WR_TRAIL_INSIGHT : WR_TRAIL_OTHER;
    }
    if (is(rec->type, "AwsCloudTrailInsight")) return WR_TRAIL_INSIGHT;
    if (is(rec->type, "AwsServiceEvent")) return WR_TRAIL_EVENT;
    return kind_of_caller(rec);
}

void wr_trail_read(wr_arena *a, wr_str text, wr_trail_record *out) {
    memset(out, 0, offsetof(wr_trail_record, resources));
    out->n_resources = 0;
    out->more_resources = false;
    trail_scan s = {text.p, text.p + text.n, a, true};
    if (text.n == 0 || *text.p != '{') {
        out->kind = WR_TRAIL_OTHER; // the JSON reader tells whether it is JSON
        return;
    }
    if (!trail_scan_object(&s, &record_table, out) || s.p != s.end) {
        out->kind = WR_TRAIL_BROKEN;
        return;
    }
    out->kind = kind_of(out);
}

bool wr_trail_failed(const wr_trail_record *rec, bool *denied) {
    static const char *const words[] = {"AccessDenied", "UnauthorizedOperation", "Unauthorized",
                                        "AuthorizationError", "Forbidden"};
    if (denied) *denied = false;
    if (rec->error.n == 0) return false;
    for (size_t i = 0; denied && i < sizeof words / sizeof words[0]; i++)
        if (wr_find(rec->error, wr_strz(words[i]), 0) != SIZE_MAX) *denied = true;
    return true;
}
