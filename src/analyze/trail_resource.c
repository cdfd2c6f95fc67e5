// SPDX-License-Identifier: Apache-2.0
// Which resource a record is about: one of those it lists, if the action takes such a resource; or
// the one its requestParameters name, where a name alone makes the ARN certain. It is not where the
// record leaves out part of the ARN (the path of a role, the suffix of a secret), where the owner
// may be another account, or where the action takes several resources.
// Rules: Service Authorization Reference (resource types of actions), API references of the
// services (what a bare name means).

#include "analyze/trail_int.h"

// ---------------------------------------------------------------------------------- forms

static bool one_of(char c, const char *set) { return c && strchr(set, c) != NULL; }

// Does arn have the form "arn:${Partition}:s3:::${Name}"? A part stands for any text but the empty.
static bool fits(wr_str form, wr_str arn) {
    size_t i = 0, k = 0, back_i = 0, back_k = 0;
    bool back = false;
    while (k < arn.n || i < form.n) {
        bool part = i + 1 < form.n && form.p[i] == '$' && form.p[i + 1] == '{';
        if (part && k < arn.n) {
            size_t close = wr_find(form, WR_S("}"), i);
            if (close == SIZE_MAX) return false;
            i = back_i = close + 1;
            k = back_k = k + 1;
            back = true;
        } else if (i < form.n && k < arn.n && form.p[i] == arn.p[k]) {
            i++;
            k++;
        } else if (back && back_k < arn.n) {
            i = back_i;
            k = ++back_k;
        } else {
            return false;
        }
    }
    return true;
}

// The forms of S3 tell buckets and objects apart by a slash only.
static bool fits_type(uint32_t type, wr_str arn) {
    wr_str form = wr_aws_type_arn(type), name = wr_aws_type_of_name(type);
    if (!fits(form, arn)) return false;
    if (wr_eq(name, WR_S("bucket")) && wr_find(form, WR_S(":s3:::"), 0) != SIZE_MAX)
        return memchr(arn.p, '/', arn.n) == NULL;
    return true;
}

static bool action_takes(uint32_t action, wr_str arn) {
    uint32_t n = wr_aws_action_n_types(action);
    for (uint32_t i = 0; i < n; i++)
        if (fits_type(wr_aws_action_type(action, i).type, arn)) return true;
    return false;
}

uint32_t trail_fitting_resources(const wr_trail_record *rec, uint32_t action, wr_str *out) {
    uint32_t n = 0;
    // What a record lists is more than what a table does not know.
    bool all = action == WR_AWS_NONE || wr_aws_action_n_types(action) == 0;
    for (uint32_t i = 0; i < rec->n_resources; i++)
        if (all || action_takes(action, rec->resources[i].arn)) out[n++] = rec->resources[i].arn;
    return n;
}

// ---------------------------------------------------------------------------------- names

typedef enum how {
    ARN,    // only an ARN will do
    NAME,   // a name means the caller's own account
    KEY_ID, // of KMS: an id, no alias
    QUEUE,  // the URL of a queue
} how;

static const struct {
    const char *service, *type, *param, *form;
    how how;
} rows[] = {
    {"s3", "bucket", "bucketName", "arn:P:s3:::$", NAME},
    {"dynamodb", "table", "tableName", "arn:P:dynamodb:R:A:table/$", NAME},
    {"lambda", "function", "functionName", "arn:P:lambda:R:A:function:$", NAME},
    {"kinesis", "stream", "streamName", "arn:P:kinesis:R:A:stream/$", NAME},
    {"ec2", "instance", "instanceId", "arn:P:ec2:R:A:instance/$", NAME},
    {"kms", "key", "keyId", "arn:P:kms:R:A:key/$", KEY_ID},
    {"sqs", "queue", "queueUrl", "arn:P:sqs:R:$", QUEUE},
    {"sns", "topic", "topicArn", "", ARN},
    {"sts", "role", "roleArn", "", ARN},
    {"iam", "policy", "policyArn", "", ARN},
    {"states", "statemachine", "stateMachineArn", "", ARN},
    {"rds", "db", "resourceName", "", ARN},
};

// The only type of resource that a request for the action must name; WR_AWS_NONE: several, or it
// depends.
static uint32_t only_type(uint32_t action) {
    uint32_t n = wr_aws_action_n_types(action), found = WR_AWS_NONE, required = 0;
    for (uint32_t i = 0; i < n; i++) {
        wr_aws_use u = wr_aws_action_type(action, i);
        if (u.required) required++;
        if (u.required || n == 1) found = u.type;
    }
    return required > 1 ? WR_AWS_NONE : found;
}

static bool is_name(wr_str s) {
    if (s.n == 0 || s.n > 512) return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!word && !one_of(c, "-_.")) return false;
    }
    return !wr_ends(s, WR_S("-s3alias"));
}

// https://sqs.REGION.amazonaws.com/ACCOUNT/NAME → "ACCOUNT:NAME".
static wr_str queue_of(wr_arena *a, wr_str url) {
    wr_str name = wr_basename(url);
    if (name.n + 14 > url.n || !is_name(name)) return WR_S("");
    wr_str account = wr_sub(url, url.n - name.n - 13, url.n - name.n - 1);
    if (!wr_iam_is_account(account) || url.p[url.n - name.n - 14] != '/') return WR_S("");
    return wr_fmt(a, "%.*s:%.*s", WR_FMT(account), WR_FMT(name));
}

static wr_str named(wr_arena *a, how h, wr_str value) {
    switch (h) {
    case QUEUE: return queue_of(a, value);
    case KEY_ID:
        return is_name(value) && (value.n == 36 || wr_starts(value, WR_S("mrk-"))) ? value
                                                                                   : WR_S("");
    case NAME: return is_name(value) ? value : WR_S("");
    case ARN: break;
    }
    return WR_S("");
}

static wr_str partition_of(const wr_trail_record *rec) {
    wr_iam_arn arn;
    return wr_iam_arn_split(rec->arn, &arn) ? arn.f[WR_ARN_PARTITION] : WR_S("");
}

// Fills P, R, A and $ of a form.
static wr_str build(wr_arena *a, const char *form, const wr_trail_record *rec, wr_str name) {
    wr_buf b;
    wr_str partition = partition_of(rec), account = rec->recipient;
    if (partition.n == 0 || rec->region.n == 0 || !wr_iam_is_account(account)) return WR_S("");
    if (!wr_eq(account, rec->account)) return WR_S(""); // whose resource it is, is not certain
    wr_buf_init(&b, 4096);
    for (; *form; form++) {
        if (*form == 'P') wr_puts(&b, partition);
        else if (*form == 'R') wr_puts(&b, rec->region);
        else if (*form == 'A') wr_puts(&b, account);
        else if (*form == '$') wr_puts(&b, name);
        else wr_putc(&b, *form);
    }
    return wr_buf_keep(&b, a);
}

uint32_t trail_named_resource(wr_arena *a, const wr_trail_record *rec, uint32_t action,
                              wr_str *out) {
    if (action == WR_AWS_NONE || rec->params.n == 0) return 0;
    uint32_t type = only_type(action);
    if (type == WR_AWS_NONE) return 0;
    wr_str service = wr_aws_service_prefix(wr_aws_type_service(type));
    wr_str name = wr_aws_type_of_name(type);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!wr_eq(service, wr_strz(rows[i].service)) || !wr_eq(name, wr_strz(rows[i].type)))
            continue;
        wr_str value = trail_member(a, rec->params, rows[i].param);
        if (wr_starts(value, WR_S("arn:")) && fits_type(type, value)) {
            *out = value;
            return 1;
        }
        value = named(a, rows[i].how, value);
        if (value.n) *out = build(a, rows[i].form, rec, value);
        return value.n && out->n;
    }
    return 0;
}
