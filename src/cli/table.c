// SPDX-License-Identifier: Apache-2.0
#include "cli/cli.h"
const cli_prog cli_writ = {0};
