// SPDX-License-Identifier: Apache-2.0
// control: views of what controls are judged on: Terraform plans and configuration items as rules
// want to see them. Prints nothing.
//
// Always true: a view is a document like any other; every value in it has its place in the input;
// what cannot be known from the input waits (WR_F_UNKNOWN), named, and is never left out.
#ifndef WR_CONTROL_H
#define WR_CONTROL_H

#include "core/core.h"

// A Terraform plan as Guard rules of writ see it: {"resources": {address: {type, name, address,
// module, values, joined: {type: [values …]}}}}: what exists after apply in every module; joined
// holds the values of resources that configure this one, by the references of `configuration`; what
// is known only after apply is unknown (WR_F_UNKNOWN) and named.
wr_rc wr_tf_view(wr_ctx *c, const wr_doc *plan, wr_doc **out) WR_MUST_USE;

// A configuration item as rules see it: texts of JSON in configuration and
// supplementaryConfiguration are parsed; the rest is as recorded.
wr_rc wr_item_view(wr_ctx *c, const wr_doc *item, wr_doc **out) WR_MUST_USE;

#endif
