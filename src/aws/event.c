// SPDX-License-Identifier: Apache-2.0
// CloudTrail events to IAM actions. An event is named after the operation of the API, the action
// after what it lets one do: mostly the same word, but not the same prefix ("monitoring" is
// "cloudwatch"), not without a date ("ListFunctions20150331"), not for S3 and API Gateway.
// Facts: data/sources.tsv and data/events.tsv. What is not known stays as it was recorded.

#include "aws/aws_int.h"

// "data.iot.amazonaws.com" and "data.iot.amazonaws.com.cn" → "data.iot".
static wr_str label_of(wr_str source) {
    return wr_sub(source, 0, wr_find(source, WR_S(".amazonaws.com"), 0));
}

static const aws_source *source_find(wr_str label) {
    uint32_t at = aws_slot(aws_hash_text(AWS_HASH, label.p, label.n)) & aws_source_mask;
    for (; aws_source_slots[at] != 0; at = (at + 1) & aws_source_mask) {
        const aws_source *s = aws_sources + aws_source_slots[at] - 1;
        if (aws_same(aws_str(s->name), label)) return s;
    }
    return NULL;
}

// Services whose action it may be, the likeliest first; 0: none is known.
static uint32_t services_of(wr_str label, uint16_t v[AWS_MAX_PREFIXES]) {
    const aws_source *s = source_find(label);
    if (s != NULL) {
        memcpy(v, s->services, sizeof s->services);
        return s->n;
    }
    uint32_t id = wr_aws_service_find(label);
    for (size_t dot = wr_find(label, WR_S("."), 0); id == WR_AWS_NONE && dot < label.n;
         dot = wr_find(label, WR_S("."), dot + 1))
        id = wr_aws_service_find(wr_sub(label, dot + 1, label.n));
    if (id == WR_AWS_NONE) return 0;
    v[0] = (uint16_t)id;
    return 1;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static size_t drop_digits(wr_str s, size_t end, size_t want) {
    size_t n = 0;
    while (n < want && n < end && is_digit(s.p[end - 1 - n])) n++;
    return n == want ? end - n : SIZE_MAX;
}

// Without the date of the API's version at its end: 20150331, 2020_05_31, 20150331v2.
static wr_str without_date(wr_str name) {
    size_t end = name.n, v = name.n;
    while (v > 0 && is_digit(name.p[v - 1])) v--;
    if (v > 0 && v < name.n && name.p[v - 1] == 'v') end = v - 1;
    static const size_t part[] = {2, 2, 4};
    for (int i = 0; i < 3; i++) {
        end = drop_digits(name, end, part[i]);
        if (end == SIZE_MAX || end == 0) return name;
        if (i < 2 && name.p[end - 1] == '_') end--;
    }
    return wr_sub(name, 0, end);
}

static const aws_event *event_find(uint32_t service, wr_str name) {
    uint32_t h = aws_hash_pair(wr_aws_service_prefix(service), name);
    uint32_t at = aws_slot(h) & aws_event_mask;
    for (; aws_event_slots[at] != 0; at = (at + 1) & aws_event_mask) {
        const aws_event *e = aws_events + aws_event_slots[at] - 1;
        if (e->service == service && aws_same(aws_str(e->name), name)) return e;
    }
    return NULL;
}

static bool resolve(uint32_t service, wr_str name, wr_aws_event *out) {
    uint32_t action = wr_aws_action_find(wr_aws_service_prefix(service), name);
    if (action == WR_AWS_NONE) {
        const aws_event *e = event_find(service, name);
        if (e == NULL) return false;
        if (e->action == UINT16_MAX) {
            out->service = wr_aws_service_prefix(service);
            return out->none = true;
        }
        action = e->action;
    }
    out->service = wr_aws_service_prefix(wr_aws_action_service(action));
    out->action = wr_aws_action_name(action);
    return out->known = true;
}

wr_aws_event wr_aws_event_action(wr_str source, wr_str name) {
    uint16_t v[AWS_MAX_PREFIXES];
    wr_str label = label_of(source), bare = without_date(name);
    uint32_t n = services_of(label, v);
    wr_aws_event out = {.service = n > 0 ? wr_aws_service_prefix(v[0]) : label, .action = bare};
    for (uint32_t i = 0; i < n; i++)
        if (resolve(v[i], name, &out) || (bare.n < name.n && resolve(v[i], bare, &out))) break;
    return out;
}
