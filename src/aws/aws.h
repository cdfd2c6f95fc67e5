// SPDX-License-Identifier: Apache-2.0
// aws: what is known of AWS as data: the service authorization reference (services, actions,
// resource types, condition keys), which services RCPs reach, which CloudTrail events are which
// IAM actions. Facts only, constant tables generated from src/aws/data; no policy logic.
//
// Always true: nothing here is ever written; ids are stable within one build only; actions of one
// service have neighbouring ids, in order of their lower-case names; lookups ignore ASCII case.
// Source, licence and date of the facts: NOTICE.
#ifndef WR_AWS_H
#define WR_AWS_H

#include "core/core.h"

#define WR_AWS_NONE UINT32_MAX

typedef enum wr_aws_level { // access level of an action
    WR_AWS_LIST,
    WR_AWS_READ,
    WR_AWS_WRITE,
    WR_AWS_PERMISSIONS, // permissions management
    WR_AWS_TAGGING,
} wr_aws_level;
const char *wr_aws_level_name(wr_aws_level l); // "Permissions management"

typedef enum wr_aws_type { // of the values of a condition key
    WR_AWS_STRING,
    WR_AWS_ARN,
    WR_AWS_NUMERIC,
    WR_AWS_DATE,
    WR_AWS_BOOL,
    WR_AWS_IP,
    WR_AWS_BINARY,
} wr_aws_type;
const char *wr_aws_type_name(wr_aws_type t); // "String"

// ---------------------------------------------------------------------------------- services

uint32_t wr_aws_n_services(void);
uint32_t wr_aws_service_find(wr_str prefix); // "s3" → id; WR_AWS_NONE
wr_str wr_aws_service_prefix(uint32_t service);
wr_str wr_aws_service_title(uint32_t service); // "Amazon S3"
bool wr_aws_service_rcp(uint32_t service);     // do RCPs apply to it?
wr_str wr_aws_service_near(wr_str prefix);     // the most similar prefix; "" when none is
uint32_t wr_aws_service_actions(uint32_t s, uint32_t *n); // first action id, and how many

// ---------------------------------------------------------------------------------- actions

uint32_t wr_aws_n_actions(void);
uint32_t wr_aws_action_find(wr_str service, wr_str name); // ("s3", "getobject") → id
uint32_t wr_aws_action_find_full(wr_str action);          // "s3:GetObject"
uint32_t wr_aws_action_service(uint32_t action);
wr_str wr_aws_action_name(uint32_t action); // "GetObject", in AWS's case
wr_aws_level wr_aws_action_level(uint32_t action);
wr_str wr_aws_action_near(uint32_t service, wr_str name); // the most similar action's name; ""
// Resource types an action takes, as ids; none: the action takes only Resource "*".
typedef struct wr_aws_use {
    uint32_t type; // resource type id
    bool required; // must be named in a statement that allows the action
} wr_aws_use;
uint32_t wr_aws_action_n_types(uint32_t action);
wr_aws_use wr_aws_action_type(uint32_t action, uint32_t i);
// Actions that a caller needs besides (dependent actions), as ids.
uint32_t wr_aws_action_n_dependents(uint32_t action);
uint32_t wr_aws_action_dependent(uint32_t action, uint32_t i); // iam:PassRole
// Does the action, by itself or through a resource type it takes, have this condition key (any
// case; "aws:RequestTag/Team" fits "aws:RequestTag/${TagKey}")? Global keys: true for all actions.
bool wr_aws_action_has_key(uint32_t action, wr_str key);
// The same without the rule for global keys: is it listed? Tag keys are, one action at a time.
bool wr_aws_action_lists_key(uint32_t action, wr_str key);

// ---------------------------------------------------------------------------------- resource types

uint32_t wr_aws_n_types(void);
wr_str wr_aws_type_of_name(uint32_t type); // "bucket"
uint32_t wr_aws_type_service(uint32_t type);
uint32_t wr_aws_service_types(uint32_t s, uint32_t *n); // first type id, and how many
// Form of its ARN, with ${Partition}, ${Region}, ${Account} and ${Names}.
wr_str wr_aws_type_arn(uint32_t type);

// ---------------------------------------------------------------------------------- condition keys

typedef struct wr_aws_key {
    wr_str name; // as AWS spells it: "aws:RequestTag/${TagKey}"
    wr_aws_type type;
    bool multi;  // ArrayOf…: holds several values
    bool global; // aws:… keys of the global list
} wr_aws_key;
// By any spelling; parts in ${} match any non-empty text. False: no such key is known.
bool wr_aws_key_find(wr_str name, wr_aws_key *out);
// Is it what may stand before the colon of a key: "s3", "aws", "saml", or any provider's host
// ("oidc.eks.eu-west-1.amazonaws.com/id/1", which no table can hold)?
bool wr_aws_key_prefix_known(wr_str prefix);
wr_str wr_aws_key_near(wr_str name); // most similar known key; "" when none is near

// ---------------------------------------------------------------------------------- CloudTrail

// The IAM action an event records: eventSource "s3.amazonaws.com", eventName "ListBuckets" →
// "s3", "ListAllMyBuckets"; dates in names are dropped ("ListFunctions20150331"). When no such
// action is in the table, known is false and the names are those of the event: what a policy says
// of it is then not known (an event that several actions may stand for, TransactWriteItems, is
// such a one too). Slices of constants or of the arguments. Rules: docs/internals/aws.md.
typedef struct wr_aws_event {
    wr_str service, action;
    bool known; // the action is in the table
    bool none;  // the event records no API request that a policy decides (AwsServiceEvent …)
} wr_aws_event;
wr_aws_event wr_aws_event_action(wr_str source, wr_str name);

#endif
