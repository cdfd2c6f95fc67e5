// SPDX-License-Identifier: Apache-2.0
// cedar, reading data: values of JSON with or without types, what messages say of the place they
// stand at, and what the schema asks of them. Shared by data.c, conform.c, store.c, request.c.
#ifndef WR_CEDAR_DATA_INT_H
#define WR_CEDAR_DATA_INT_H

#include "lang/cedar/eval_int.h"

static inline bool ced_is_action(wr_str type) {
    return wr_eq(type, WR_S("Action")) || wr_ends(type, WR_S("::Action"));
}

// ---------------------------------------------------------------------------------- reading

typedef enum ced_place_kind {
    CED_P_NONE,
    CED_P_ATTR,
    CED_P_TAG,
    CED_P_UID, // the uid of an entity
    CED_P_PARENTS,
    CED_P_CONTEXT,
} ced_place_kind;
typedef struct ced_place { // where a value stands, for messages
    ced_place_kind kind;
    wr_str name;       // ATTR, TAG
    const ced_uid *of; // ATTR, TAG, PARENTS
} ced_place;

typedef struct ced_reading {
    const wr_doc *d;
    ced_uids *uids;              // where new names go
    const wr_cedar_store *store; // names it has are its own; NULL: uids are the store's …
    bool free;                   // … or of no store
    ced_place place;
} ced_reading;
// A value of JSON; type NULL: by its looks alone, else by the type: {type, id} is an entity, a
// text the argument of an extension's constructor, records are closed. What needs no type to be
// read may still be of another one (ced_conforms). Faults: P0201.
wr_rc ced_read(wr_ctx *c, const ced_reading *how, const wr_node *n, const ced_type *type,
               ced_val *out) WR_MUST_USE;
bool ced_read_uid(wr_ctx *c, const ced_reading *how, const wr_node *n, const ced_uid **out);
void ced_put_place(wr_buf *b, const ced_place *p); // "in attribute `a` on `T::"i"`, "

// ---------------------------------------------------------------------------------- conforming

typedef enum ced_misfit_why { CED_M_TYPE, CED_M_MISSING, CED_M_EXTRA } ced_misfit_why;
typedef struct ced_misfit { // the first place at which a value is not of its type
    ced_misfit_why why;
    const ced_type *type;
    const ced_val *v;
    wr_str key; // MISSING, EXTRA
} ced_misfit;
bool ced_conforms(const ced_type *t, const ced_val *v, ced_misfit *m);
void ced_misfit_say(wr_buf *b, const ced_misfit *m); // "type mismatch: …"
void ced_put_type(wr_buf *b, const ced_type *t);
void ced_put_value_type(wr_buf *b, const ced_val *v);
void ced_put_quoted_val(wr_buf *b, const ced_val *v);

typedef enum ced_uid_fault {
    CED_U_FINE,
    CED_U_UNDECLARED, // its type
    CED_U_NO_MEMBER,  // of its enumeration
    CED_U_NO_ACTION,
} ced_uid_fault;
ced_uid_fault ced_uid_check(const wr_cedar_schema *s, wr_cedar_uid u);
// The first name in a value that the schema does not know; NULL: there is none.
const ced_uid *ced_val_check(const wr_cedar_schema *s, const ced_val *v, ced_uid_fault *why);
void ced_uid_fault_say(wr_buf *b, wr_cedar_uid u, ced_uid_fault why);
void ced_uid_fault_hint(wr_buf *b, const wr_cedar_schema *s, wr_cedar_uid u, ced_uid_fault why);
wr_str ced_near_entity(const wr_cedar_schema *s, wr_str name);

#endif
