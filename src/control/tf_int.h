// SPDX-License-Identifier: Apache-2.0
// tf_int: a Terraform plan while its view is made; private to control.
//
// Always true: a resource here is one instance of a managed resource that exists after apply;
// everything lives in the task's arena.
#ifndef WR_TF_INT_H
#define WR_TF_INT_H

#include <stdlib.h>

#include "control/control.h"

typedef struct tf_resource tf_resource;
typedef struct tf_join { // a resource that configures this one
    tf_resource *from;
    bool sure; // false: it may be another instance that is configured
} tf_join;

struct tf_resource {
    wr_str address, type, name; // module.a["x"].aws_s3_bucket.b[0]
    wr_str module;              // module.a["x"]; empty: the root module
    wr_str base;                // its address without indices: module.a.aws_s3_bucket.b
    const wr_node *node, *values, *index;
    const wr_node *unknown; // change.after_unknown; NULL: all is known
    WR_VEC(tf_join) joins;
    tf_resource *twin; // next instance with the same base
};

typedef struct tf_view {
    wr_ctx *c;
    const wr_doc *plan;
    WR_VEC(tf_resource *) resources; // in the plan's order, parents' modules first
    wr_map by_base;                  // base → newest instance; see twin
    wr_map config;                   // base → its part of the configuration
    wr_build out;
    uint16_t src;
    uint32_t depth, steps;
} tf_view;

// Reads planned_values and resource_changes. K0501 when the document has no such parts.
wr_rc tf_collect(tf_view *v) WR_MUST_USE;
// Finds by the references of `configuration` what configures what.
wr_rc tf_join_all(tf_view *v) WR_MUST_USE;

// Text under key, or empty.
wr_str tf_text(const tf_view *v, const wr_node *m, const char *key);

#endif
