// SPDX-License-Identifier: Apache-2.0
// guard_report: where Guard's decisions meet the report formats, which know nothing of each other.
// Everything writ itself reports of a Guard run goes through here; the original's formats, and JSON
// and YAML in its shape, do not.
#ifndef WR_CLI_GUARD_REPORT_H
#define WR_CLI_GUARD_REPORT_H

#include "lang/guard/guard.h"
#include "report/report.h"

// Judges a (native) batch and writes a report of it. events: with what its verbose and print_json
// ask for, after each file × document.
wr_rc cli_guard_report(const wr_guard_batch *b, const wr_report_format *f, bool events, wr_buf *out,
                       wr_guard_tally *t) WR_MUST_USE;

#endif
