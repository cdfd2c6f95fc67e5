// SPDX-License-Identifier: Apache-2.0
// cmd_impact: what the parts of `writ impact` share: what was asked for, and the result as text and
// as JSON. Printing changes nothing of a result.
#ifndef WR_CLI_CMD_IMPACT_H
#define WR_CLI_CMD_IMPACT_H

#include "analyze/analyze.h"
#include "cli/cli.h"

typedef struct impact {
    cli *c;
    wr_impact_opts opts;
    WR_VEC(const wr_iam_policy *) policies;
    cli_words files; // of the trail
    uint32_t skipped_digests;
    wr_impact *all; // the result
    uint32_t max_shown;
} impact;

void impact_put_text(impact *m);
void impact_put_json(impact *m);

#endif
