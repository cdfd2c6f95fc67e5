// SPDX-License-Identifier: Apache-2.0
// parliament_int: what the checks under parliament's codes share; private to lang/iam. They stand
// in check_parliament*.c and run as that program does: a statement that is malformed is not looked
// at further, and what spans statements is asked only when none is.
#ifndef WR_IAM_PARLIAMENT_INT_H
#define WR_IAM_PARLIAMENT_INT_H

#include "lang/iam/check_int.h"

// The next action at or after id `from` that the entry fits; WR_AWS_NONE: no more. "*" and
// malformed entries fit none here: they name no action.
uint32_t par_next(const chk_act *a, uint32_t from);
// Does an entry fit the action, "*" included?
bool par_fits(const chk_act *a, uint32_t id);
// Does the statement apply to the action (Action, or all but NotAction)?
bool par_applies(const chk_stmt *s, uint32_t id);
wr_str par_name(chk *k, uint32_t id); // "s3:GetObject", for people

// Resource types of an action that a statement about it must meet: the required ones; when none is
// required, one of all. WR_AWS_NONE: no more from index *i on.
uint32_t par_next_type(uint32_t action, uint32_t *i);
bool par_needs_all(uint32_t action); // all of those, not one of them
// May the resource (an ARN with wildcards and variables) be of the type? "*" is not asked.
bool par_is_of(uint32_t type, wr_str resource);

void par_principals(chk *k, const chk_stmt *s);
bool par_resources(chk *k, const chk_stmt *s); // false: one is no ARN
void par_matches(chk *k, const chk_stmt *s);   // of actions and resources
void par_conditions(chk *k, const chk_stmt *s);
void par_across(chk *k);    // what spans statements
void par_sensitive(chk *k); // what is allowed on the resources given with --sensitive

#endif
