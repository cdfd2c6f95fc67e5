// SPDX-License-Identifier: Apache-2.0
// cedar, schemas: what a schema says as written (namespaces, declarations, types by name), kept
// for printing, and beside it what it means (ced_entity_type, ced_action, ced_type of cedar_int.h),
// made from it once by resolving every name.
//
// Stages, each run only when the one before found nothing wrong: reading (schema_text.c: Cedar,
// schema_read.c: JSON), names (schema_names.c), types and members (schema_model.c). Always true of
// a schema that a caller gets: every name in it is resolved, nothing is declared twice.
#ifndef WR_CEDAR_SCHEMA_INT_H
#define WR_CEDAR_SCHEMA_INT_H

#include "lang/cedar/parse_int.h"

typedef enum sch_kind { // of a type as written
    SCH_NAME,           // A::B, in JSON EntityOrCommon: common type, else entity, else built in
    SCH_COMMON,         // JSON {"type": "A"}
    SCH_ENTITY,         // JSON {"type": "Entity", "name": "A"}
    SCH_EXTENSION,      // JSON {"type": "Extension", "name": "ipaddr"}
    SCH_LONG,           // JSON alone
    SCH_STRING,
    SCH_BOOL,
    SCH_SET,
    SCH_RECORD,
} sch_kind;

typedef struct sch_notes { // annotations, by key
    const wr_cedar_annotation *v;
    uint32_t n;
} sch_notes;

typedef struct sch_attr {
    wr_str name;
    wr_span at;
    const struct sch_type *type;
    bool required;
    sch_notes notes;
} sch_attr;

typedef struct sch_type {
    uint8_t kind; // sch_kind
    wr_span at;
    wr_str name;               // NAME … EXTENSION
    const struct sch_type *of; // SET
    const sch_attr *attrs;     // RECORD, by name, no two the same
    uint32_t n;
} sch_type;

typedef struct sch_ref { // a name, of an entity type
    wr_str name;
    wr_span at;
} sch_ref;

typedef struct sch_member { // of an action: a group
    wr_str type, id;        // type empty: not said
    wr_span at;
} sch_member;

typedef struct sch_entity {
    wr_str name;
    wr_span at;
    sch_notes notes;
    const sch_ref *up;
    uint32_t n_up;
    bool is_enum;
    const wr_str *ids;
    uint32_t n_ids;
    const sch_type *shape, *tags; // NULL: not said
    const struct sch_space *space;
    ced_entity_type *model;
} sch_entity;

typedef struct sch_common {
    wr_str name, full;
    wr_span at;
    sch_notes notes;
    const sch_type *type;
    const struct sch_space *space;
    const ced_type *model;
    uint32_t depth; // of model
    uint8_t state;  // 0 not begun, 1 being resolved, 2 done
} sch_common;

typedef struct sch_action {
    wr_str id;
    wr_span at;
    sch_notes notes;
    const sch_member *up;
    uint32_t n_up;
    bool applies; // appliesTo was written
    const sch_ref *principals, *resources;
    uint32_t n_principals, n_resources;
    const sch_type *context; // NULL: not said
    const ced_uid *uid;
    const struct sch_space *space;
    ced_action *model;
} sch_action;

typedef struct sch_space {
    wr_str name; // "": the empty one
    wr_span at;
    sch_notes notes;
    WR_VEC(sch_entity *) entities; // by name, once read
    WR_VEC(sch_action *) actions;
    WR_VEC(sch_common *) commons;
    ced_entity_type *action_type; // NAME::Action, when it has actions
} sch_space;

struct wr_cedar_schema {
    wr_ctx *c;
    const wr_src *src;
    WR_VEC(sch_space *) spaces; // by name
    wr_map by_space;
    wr_map commons, entities; // whole name → sch_common, sch_entity
    wr_map action_types;      // whole name → ced_entity_type
    ced_uids *uids;           // of declared actions alone: uid->at is the index in action
    WR_VEC(sch_action *) by_uid;
    const ced_entity_type **entity;
    const ced_action **action;
    uint32_t n_entities, n_actions;
};

// A fault of the schema at this place. Returns the diagnostic (NULL: too many, or no memory).
wr_diag *sch_fault(wr_cedar_schema *s, wr_code code, wr_span at, const char *fmt, ...)
    WR_PRINTF(4, 5);

// schema_decl.c: declarations put into their namespace; doubles and reserved names are faults
// (false). The caller made them.
sch_space *sch_space_add(wr_cedar_schema *s, wr_str name, wr_span at); // NULL: it is there already
bool sch_entity_add(wr_cedar_schema *s, sch_space *p, sch_entity *e);
bool sch_action_add(wr_cedar_schema *s, sch_space *p, sch_action *a);
bool sch_common_add(wr_cedar_schema *s, sch_space *p, sch_common *t);
// Sorted by name, of equal ones the last; returns how many are left.
uint32_t sch_attrs_sort(sch_attr *v, uint32_t n);
void sch_notes_sort(wr_cedar_annotation *v, uint32_t n);
bool sch_has_own(wr_str name);   // has a component __cedar
bool sch_is_action(wr_str type); // Action, or …::Action
wr_str sch_join(wr_arena *a, wr_str space, wr_str name);

// schema_names.c: what a name means where it stands.
typedef struct sch_target {
    const sch_common *common; // one of these three
    ced_entity_type *entity;
    const ced_type *built_in;
} sch_target;
// Without a diagnostic; false: nothing of these kinds has the name.
bool sch_find(const wr_cedar_schema *s, const sch_space *p, const sch_type *t, sch_target *out);
ced_entity_type *sch_find_entity(const wr_cedar_schema *s, const sch_space *p, wr_str name);
const ced_uid *sch_find_member(const wr_cedar_schema *s, const sch_space *p, const sch_member *m);
const ced_type *sch_built_in(wr_str name); // Long, ipaddr …; NULL
const ced_type *sch_extension(wr_str name);
wr_rc sch_names(wr_cedar_schema *s) WR_MUST_USE; // maps, shadowing, reserved names

// schema_model.c: the model, and every fault of it.
wr_rc sch_model(wr_cedar_schema *s) WR_MUST_USE;

wr_cedar_schema *sch_new(wr_ctx *c, const wr_src *src);
wr_rc sch_finish(wr_cedar_schema *s, bool ok, wr_cedar_schema **out) WR_MUST_USE;

#endif
