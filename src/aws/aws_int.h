// SPDX-License-Identifier: Apache-2.0
// aws_int: the shape of the generated tables. The host program that writes them (tools/aws_gen.c)
// and those who read them both include it, so that hashes and packings cannot part ways.
#ifndef WR_AWS_INT_H
#define WR_AWS_INT_H

#include "aws/aws.h"

// A text of the tables: offset in aws_pool and length.
typedef uint32_t aws_text;
enum { AWS_LEN_BITS = 9, AWS_MAX_LEN = (1 << AWS_LEN_BITS) - 1, AWS_MAX_POOL = 1 << 23 };
#define AWS_TEXT(off, len) ((aws_text)(off) << AWS_LEN_BITS | (aws_text)(len))

typedef struct aws_service {
    aws_text prefix, title;
    uint16_t first_action, first_type; // those of the next row end it: one row more than services
    bool rcp;
} aws_service;

typedef struct aws_action {
    aws_text name;
    uint16_t types, keys, needs; // starts of lists: count, then items
    uint16_t service_level;      // service | level << 12
} aws_action;
enum { AWS_SERVICE_BITS = 12, AWS_REQUIRED = 0x8000 }; // AWS_REQUIRED: in an item of a types list

typedef struct aws_restype {
    aws_text name, arn;
    uint16_t service, keys;
} aws_restype;

typedef struct aws_key {
    aws_text name;
    uint8_t type; // wr_aws_type
    bool multi, global;
} aws_key;

// A key with a ${part}; those with the same literal text before the first part stand together.
typedef struct aws_pattern {
    uint16_t key;
    uint8_t prefix; // bytes of that text
    bool last;      // of those with this text
} aws_pattern;

// An event source whose actions have another prefix than its own name, or one of several.
enum { AWS_MAX_PREFIXES = 8 };
typedef struct aws_source {
    aws_text name; // without ".amazonaws.com"
    uint16_t n, services[AWS_MAX_PREFIXES];
} aws_source;

// An event whose action has another name.
typedef struct aws_event {
    aws_text name;
    uint16_t service, action; // UINT16_MAX: no request that a policy decides
} aws_event;

extern const char aws_pool[];
extern const aws_service aws_services[];
extern const aws_action aws_actions[];
extern const aws_restype aws_restypes[];
extern const aws_key aws_keys[];
extern const aws_pattern aws_patterns[];
extern const aws_source aws_sources[];
extern const aws_event aws_events[];
extern const aws_text aws_prefixes[]; // of keys, where no service has them
extern const uint16_t aws_type_lists[], aws_key_lists[], aws_need_lists[]; // list 0 is empty
extern const uint32_t aws_n_services, aws_n_actions, aws_n_types, aws_n_keys, aws_n_patterns,
    aws_n_prefixes, aws_n_events;

// Open addressing over an id + 1 (0: free); the mask is the number of slots less one.
extern const uint16_t aws_service_slots[], aws_action_slots[], aws_key_slots[], aws_pattern_slots[],
    aws_source_slots[], aws_event_slots[];
extern const uint32_t aws_service_mask, aws_action_mask, aws_key_mask, aws_pattern_mask,
    aws_source_mask, aws_event_mask;

static inline unsigned char aws_lower(char c) {
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}
enum { AWS_HASH = 0x811c9dc5 };
static inline uint32_t aws_hash_byte(uint32_t h, char c) {
    return (h ^ aws_lower(c)) * 0x01000193u;
}
static inline uint32_t aws_hash_text(uint32_t h, const char *p, size_t n) {
    for (size_t i = 0; i < n; i++) h = aws_hash_byte(h, p[i]);
    return h;
}
static inline uint32_t aws_hash_pair(wr_str service, wr_str name) { // "service:name"
    uint32_t h = aws_hash_text(AWS_HASH, service.p, service.n);
    return aws_hash_text(aws_hash_byte(h, ':'), name.p, name.n);
}
static inline uint32_t aws_slot(uint32_t h) { return h ^ h >> 15; }

static inline wr_str aws_str(aws_text t) {
    return (wr_str){aws_pool + (t >> AWS_LEN_BITS), t & AWS_MAX_LEN};
}
static inline bool aws_same(wr_str a, wr_str b) { // but for ASCII case
    if (a.n != b.n) return false;
    for (size_t i = 0; i < a.n; i++)
        if (aws_lower(a.p[i]) != aws_lower(b.p[i])) return false;
    return true;
}

// keys.c: id of the key that name is or fits, or WR_AWS_NONE.
uint32_t aws_key_id(wr_str name);

// near.c: how many letters must be changed, added, taken away or swapped with the next to make b
// of a, case aside; more than max is max + 1.
uint32_t aws_distance(wr_str a, wr_str b, uint32_t max);

#endif
