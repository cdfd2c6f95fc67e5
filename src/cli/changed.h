// SPDX-License-Identifier: Apache-2.0
// changed: which files of a repository changed: as a list says, or as git does.
// Always true: names are relative to the repository, whatever folder the command is run in; when
// it cannot be told what changed, that is an error and nothing is judged.
#ifndef WR_CLI_CHANGED_H
#define WR_CLI_CHANGED_H

#include "cli/cli.h"
#include "control/control.h"

// Fills in what a check is about by --since, --changed, --changed-from; everything without them.
// False: said why (F0002).
bool cli_changed(cli *c, const wr_repo *r, wr_check_opts *o);

#endif
