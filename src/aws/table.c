// SPDX-License-Identifier: Apache-2.0
// Services, actions and resource types: looking them up and reading their rows.
// Facts: the Service Authorization Reference, through src/aws/data (NOTICE says whence).

#include "aws/aws_int.h"

const char *wr_aws_level_name(wr_aws_level l) {
    static const char *const name[] = {"List", "Read", "Write", "Permissions management",
                                       "Tagging"};
    return name[l];
}

// ---------------------------------------------------------------------------------- services

uint32_t wr_aws_n_services(void) { return aws_n_services; }

uint32_t wr_aws_service_find(wr_str prefix) {
    uint32_t at = aws_slot(aws_hash_text(AWS_HASH, prefix.p, prefix.n)) & aws_service_mask;
    for (; aws_service_slots[at] != 0; at = (at + 1) & aws_service_mask) {
        uint32_t id = aws_service_slots[at] - 1u;
        if (aws_same(aws_str(aws_services[id].prefix), prefix)) return id;
    }
    return WR_AWS_NONE;
}

wr_str wr_aws_service_prefix(uint32_t s) { return aws_str(aws_services[s].prefix); }
wr_str wr_aws_service_title(uint32_t s) { return aws_str(aws_services[s].title); }
bool wr_aws_service_rcp(uint32_t s) { return aws_services[s].rcp; }

uint32_t wr_aws_service_actions(uint32_t s, uint32_t *n) {
    *n = (uint32_t)aws_services[s + 1].first_action - aws_services[s].first_action;
    return aws_services[s].first_action;
}

uint32_t wr_aws_service_types(uint32_t s, uint32_t *n) {
    *n = (uint32_t)aws_services[s + 1].first_type - aws_services[s].first_type;
    return aws_services[s].first_type;
}

// ---------------------------------------------------------------------------------- actions

uint32_t wr_aws_n_actions(void) { return aws_n_actions; }

static wr_str prefix_of(uint32_t action) {
    return wr_aws_service_prefix(wr_aws_action_service(action));
}

uint32_t wr_aws_action_find(wr_str service, wr_str name) {
    uint32_t at = aws_slot(aws_hash_pair(service, name)) & aws_action_mask;
    for (; aws_action_slots[at] != 0; at = (at + 1) & aws_action_mask) {
        uint32_t id = aws_action_slots[at] - 1u;
        if (aws_same(aws_str(aws_actions[id].name), name) && aws_same(prefix_of(id), service))
            return id;
    }
    return WR_AWS_NONE;
}

uint32_t wr_aws_action_find_full(wr_str action) {
    size_t colon = wr_find(action, WR_S(":"), 0);
    if (colon >= action.n) return WR_AWS_NONE;
    return wr_aws_action_find(wr_sub(action, 0, colon), wr_sub(action, colon + 1, action.n));
}

uint32_t wr_aws_action_service(uint32_t a) {
    return aws_actions[a].service_level & ((1u << AWS_SERVICE_BITS) - 1);
}
wr_str wr_aws_action_name(uint32_t a) { return aws_str(aws_actions[a].name); }
wr_aws_level wr_aws_action_level(uint32_t a) {
    return (wr_aws_level)(aws_actions[a].service_level >> AWS_SERVICE_BITS);
}

uint32_t wr_aws_action_n_types(uint32_t a) { return aws_type_lists[aws_actions[a].types]; }

wr_aws_use wr_aws_action_type(uint32_t a, uint32_t i) {
    uint16_t item = aws_type_lists[aws_actions[a].types + 1u + i];
    return (wr_aws_use){.type = item & (AWS_REQUIRED - 1u), .required = item & AWS_REQUIRED};
}

uint32_t wr_aws_action_n_dependents(uint32_t a) { return aws_need_lists[aws_actions[a].needs]; }

uint32_t wr_aws_action_dependent(uint32_t a, uint32_t i) {
    return aws_need_lists[aws_actions[a].needs + 1u + i];
}

static bool has_id(uint16_t list, uint32_t id) {
    const uint16_t *v = aws_key_lists + list;
    for (uint32_t i = 1; i <= v[0]; i++)
        if (v[i] == id) return true;
    return false;
}

// Is the key listed for the action or for a resource type it takes?
static bool lists(uint32_t a, uint32_t key) {
    if (has_id(aws_actions[a].keys, key)) return true;
    for (uint32_t i = 0; i < wr_aws_action_n_types(a); i++)
        if (has_id(aws_restypes[wr_aws_action_type(a, i).type].keys, key)) return true;
    return false;
}

bool wr_aws_action_has_key(uint32_t a, wr_str key) {
    uint32_t id = aws_key_id(key);
    return id != WR_AWS_NONE && (aws_keys[id].global || lists(a, id));
}

bool wr_aws_action_lists_key(uint32_t a, wr_str key) {
    uint32_t id = aws_key_id(key);
    return id != WR_AWS_NONE && lists(a, id);
}

// ---------------------------------------------------------------------------------- resource types

uint32_t wr_aws_n_types(void) { return aws_n_types; }
wr_str wr_aws_type_of_name(uint32_t t) { return aws_str(aws_restypes[t].name); }
uint32_t wr_aws_type_service(uint32_t t) { return aws_restypes[t].service; }
wr_str wr_aws_type_arn(uint32_t t) { return aws_str(aws_restypes[t].arn); }
