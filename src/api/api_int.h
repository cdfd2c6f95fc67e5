// SPDX-License-Identifier: Apache-2.0
// api_int: how internal diagnostics and decisions become the public ones; private to api. What is
// made here lives in the arena it is given.
#ifndef WR_API_INT_H
#define WR_API_INT_H

#include <writ/writ.h>

#include "core/core.h"

writ_status wr_api_status(wr_rc rc);
// Public copies in a; NULL when memory ran out (or none and n is 0).
writ_diagnostic *wr_api_diagnostics(wr_arena *a, const wr_diag *list, size_t *n);
bool wr_api_decision(wr_arena *a, const wr_decision *d, writ_decision *out);

#endif
