// SPDX-License-Identifier: Apache-2.0
// iam simulate: one request, or a batch of them, decided over policies given by flags, a request
// file, account dumps and an organization file.

#include "cli/cli.h"

int cli_iam_simulate(cli *c) { return cli_usage(c, "decisions are not part of this build"); }
