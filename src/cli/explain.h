// SPDX-License-Identifier: Apache-2.0
// explain: what `writ explain` says beside the pages of diagnostics: controls, groups of the
// library, requirements, findings of a check.
//
// Always true: what was not found is not half printed.
#ifndef WR_CLI_EXPLAIN_H
#define WR_CLI_EXPLAIN_H

#include "cli/repo.h"

// A control of the repository or of the library, a group of the library (writ:s3), a requirement
// (AC-3). False: there is none of that name, and nothing was printed;
// *near is then a control of nearly that name, or empty.
bool cli_explain_repo(cli *c, const char *asked, wr_str *near, int *code);
bool cli_is_fingerprint(const char *s); // its first characters, at least
// A finding by the beginning of its fingerprint, in the reports of --report. The exit code.
int cli_explain_finding(cli *c, const char *asked);

#endif
