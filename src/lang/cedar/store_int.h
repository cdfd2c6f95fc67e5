// SPDX-License-Identifier: Apache-2.0
// cedar, the store: what reading entities (store.c) asks of the schema (store_schema.c). Every
// check that fails has said why (P0205) and returns false.
#ifndef WR_CEDAR_STORE_INT_H
#define WR_CEDAR_STORE_INT_H

#include "lang/cedar/data_int.h"

#include <stdlib.h>

bool ced_store_catch_up(wr_cedar_store *s); // places for the names that came since
bool ced_store_fault(wr_cedar_store *s, const wr_doc *d, const wr_node *n, wr_buf *b); // fini's b
// The entity's type; NULL without a schema and for actions.
bool ced_store_type(wr_cedar_store *s, const wr_doc *d, const wr_node *n, const ced_uid *u,
                    const ced_entity_type **out);
bool ced_store_value(wr_cedar_store *s, const wr_doc *d, const wr_node *n, const ced_place *place,
                     const ced_type *t, const ced_val *v);
bool ced_store_unknown(wr_cedar_store *s, const wr_doc *d, const wr_node *n,
                       const ced_place *place); // says that there may be no such attribute or tag
bool ced_store_complete(wr_cedar_store *s, const wr_doc *d, const wr_node *n, const ced_entity *e,
                        const ced_type *shape);
bool ced_store_parent(wr_cedar_store *s, const wr_doc *d, const wr_node *n, const ced_uid *u,
                      const ced_entity_type *type, const ced_uid *parent);
// Once ancestors are known: are the actions given those of the schema? Then its actions, all.
bool ced_store_given_actions(wr_cedar_store *s);
bool ced_store_add_actions(wr_cedar_store *s);

#endif
