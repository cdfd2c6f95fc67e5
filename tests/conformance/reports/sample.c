// SPDX-License-Identifier: Apache-2.0
// sample: writes the report of a small made-up check in a format, for validators: as in life,
// with a text that tries to break the format everywhere (hostile N), or with many findings.
// Usage: reports FORMAT [times N | hostile N]; exit code 64 when there is no such format or text.
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../unit/report/formed.h"
#include "../../unit/report/sample.h"

int main(int argc, char **argv) {
    sample x;
    wr_buf out;
    const wr_report_format *f = argc > 1 ? wr_report_find(wr_strz(argv[1])) : NULL;
    long n = argc > 3 ? strtol(argv[3], NULL, 10) : 1;
    bool is_hostile = argc > 3 && strcmp(argv[2], "hostile") == 0;
    if (f == NULL || f->finding == NULL || n < 0 || (is_hostile && n >= N_HOSTILE)) return 64;
    sample_init(&x, is_hostile ? wr_strz(hostile[n]) : WR_S(""));
    wr_buf_init_fd(&out, 1);
    sample_run(&x, f, is_hostile ? 1 : (uint32_t)n, &out);
    wr_rc rc = wr_buf_flush(&out);
    wr_buf_fini(&out);
    sample_fini(&x);
    return rc == WR_OK ? 0 : 2;
}
