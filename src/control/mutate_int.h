// SPDX-License-Identifier: Apache-2.0
// mutate_int: small faults put into policies; private to control. One file a language: Guard's are
// made by the language itself (wr_guard_mutants), those of IAM documents by mutate_iam.c.
#ifndef WR_MUTATE_INT_H
#define WR_MUTATE_INT_H

#include "control/control.h"

typedef struct ctl_edit { // of a policy's text
    wr_span at, of;       // of: what is meant, without the comma that goes too
    wr_str with, what;
} ctl_edit;
typedef WR_VEC(ctl_edit) ctl_edits;

// Edits of a policy document that is JSON and not broken, in the order of its text. False: no
// memory.
bool ctl_iam_mutants(wr_arena *a, const wr_iam_policy *p, ctl_edits *out);

#endif
