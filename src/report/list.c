// SPDX-License-Identifier: Apache-2.0
// The formats there are. To add one: a file with its wr_report_format, its name in report_int.h, a
// line here.

#include "report/report_int.h"

static const wr_report_format *const formats[] = {
    &wr_report_text,  &wr_report_json, &wr_report_yaml, &wr_report_junit,
    &wr_report_sarif, &wr_report_asff, &wr_report_ocsf, &wr_report_html,
};
enum { N_FORMATS = sizeof formats / sizeof *formats };

const wr_report_format *wr_report_at(size_t i) { return i < N_FORMATS ? formats[i] : NULL; }

const wr_report_format *wr_report_find(wr_str name) {
    for (size_t i = 0; i < N_FORMATS; i++)
        if (wr_eq(wr_strz(formats[i]->name), name)) return formats[i];
    return NULL;
}
