// SPDX-License-Identifier: Apache-2.0
// html_int: the parts of the page of a check, one file each; private to them. Always true: text
// from outside goes through html_text; nothing from outside is a name, a URL, a style or a script.
#ifndef WR_HTML_INT_H
#define WR_HTML_INT_H

#include "report/report_int.h"

// How much of what the page shows; the rest is counted and stands in JSON.
enum {
    HTML_FINDINGS = 2000,
    HTML_ALIKE = 500, // findings of one control and life
    HTML_CONTROLS = 1000,
    HTML_ROWS = 200, // objectives, exceptions, requirements without a control, errors
    HTML_RUNS = 60,
};

void html_text(wr_buf *b, wr_str s);
void html_number(wr_buf *b, uint64_t n);
void html_cell(wr_buf *b, wr_str s);                 // <td>…</td>
void html_cell_number(wr_buf *b, uint64_t n);        // <td class="n">…</td>
void html_severity(wr_buf *b, wr_severity s);        // a coloured word
void html_head(wr_buf *b, const char *const *names); // <thead>: names, NULL last; "#…" is numeric
void html_more(wr_buf *b, uint64_t n, uint64_t shown, const char *what); // "12 more … in JSON"
// The longest part of at most n characters, "…" after it when it was cut.
void html_short(wr_buf *b, wr_str s, size_t n);

void html_coverage(wr_buf *b, const wr_posture *p); // heat map, matrix, gaps
void html_frameworks(wr_buf *b, const wr_posture *p);
void html_findings(wr_buf *b, const report_kept *k);
void html_exceptions(wr_buf *b, const wr_posture *p); // time line and table
void html_trend(wr_buf *b, const wr_posture *p);

#endif
