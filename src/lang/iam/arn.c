// SPDX-License-Identifier: Apache-2.0
// ARNs: arn:partition:service:region:account:resource, cut at the first five colons; the sixth
// field holds whatever colons follow (AWS General Reference, "Amazon Resource Names").

#include "lang/iam/iam.h"

bool wr_iam_arn_split(wr_str s, wr_iam_arn *out) {
    const char *p = s.p, *end = s.p + s.n;
    for (int i = 0; i < 5; i++) {
        const char *colon = p == end ? NULL : memchr(p, ':', (size_t)(end - p));
        if (colon == NULL) return false;
        out->f[i] = wr_strn(p, (size_t)(colon - p));
        p = colon + 1;
    }
    out->f[5] = wr_strn(p, (size_t)(end - p));
    return wr_eq(out->f[0], WR_S("arn"));
}

bool wr_iam_is_account(wr_str s) {
    if (s.n != 12) return false;
    for (size_t i = 0; i < 12; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    return true;
}
