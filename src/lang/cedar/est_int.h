// SPDX-License-Identifier: Apache-2.0
// est, inside: what the readers of policies (est_read.c) and of expressions (est_expr.c) in JSON
// share. One fault a policy is said; what was read of it is then left alone.
#ifndef WR_CEDAR_EST_INT_H
#define WR_CEDAR_EST_INT_H

#include "lang/cedar/cedar_int.h"

typedef struct est_reader {
    wr_ctx *c;
    const wr_doc *d;
    ced_uids *uids;
    uint32_t depth; // of expressions in each other
    bool failed;    // in the policy being read
    const char *clause;
} est_reader;

// Says one fault at n, unless one was said of this policy. Returns false.
bool est_fault(est_reader *r, const wr_node *n, const char *fmt, ...) WR_PRINTF(3, 4);
// The members of a map by name: v[i] is that of names[i] or NULL. Unknown and repeated members are
// faults, and missing ones of the first `required`.
bool est_members(est_reader *r, const wr_node *n, const char *const *names, uint32_t count,
                 uint32_t required, const wr_node **v);
// The same, but members that are not known are passed over with a warning, as the reference passes
// over them silently.
bool est_some_members(est_reader *r, const wr_node *n, const char *const *names, uint32_t count,
                      const wr_node **v);
bool est_text(est_reader *r, const wr_node *n, wr_str *out); // a copy
bool est_type_name(est_reader *r, const wr_node *n, wr_str *out);
// {type, id}, or that in {"__entity": …}. NULL: a fault was said.
const ced_uid *est_uid(est_reader *r, const wr_node *n);
bool est_no_repeats(est_reader *r, const wr_node *map);
const char *est_kind(const wr_node *n); // "string", "map", … as the reference names them

const ced_expr *est_expr(est_reader *r, const wr_node *n); // NULL: a fault was said

#endif
