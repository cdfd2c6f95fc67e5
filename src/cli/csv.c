// SPDX-License-Identifier: Apache-2.0
// Cells of CSV files (RFC 4180), for every command that writes them. What an attacker can name, a
// role or a bucket, is never a formula for the spreadsheet that opens the file.

#include "cli/cli.h"

// A cell as RFC 4180 has it. A text that a spreadsheet would take for a formula gets a quote in
// front: names of roles may begin with '='.
void cli_csv_cell(wr_buf *b, wr_str s) {
    bool formula = s.n && s.p[0] != '\0' && strchr("=+-@\t\r", s.p[0]), quote = formula;
    for (size_t i = 0; i < s.n && !quote; i++) quote = s.p[i] != '\0' && strchr(",\"\r\n", s.p[i]);
    if (!quote) {
        wr_puts(b, s);
        return;
    }
    wr_putc(b, '"');
    if (formula) wr_putc(b, '\'');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"') wr_putc(b, '"');
        wr_putc(b, s.p[i]);
    }
    wr_putc(b, '"');
}
