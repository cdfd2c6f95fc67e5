// SPDX-License-Identifier: Apache-2.0
// Regular expressions. Input: pattern, NUL, text, NUL, replacement. Whatever is taken for a pattern
// is searched and replaced; the two ask different engines when the pattern is regular, and they
// must agree on whether there is a match. What is refused has a message and a place.
#include <stdint.h>

#include "match/match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// The part up to the next NUL, and moves on behind it.
static wr_str part(wr_str *rest) {
    const char *nul = rest->n > 0 ? memchr(rest->p, 0, rest->n) : NULL;
    wr_str s = wr_sub(*rest, 0, nul != NULL ? (size_t)(nul - rest->p) : rest->n);
    *rest = wr_sub(*rest, nul != NULL ? s.n + 1 : s.n, rest->n);
    return s;
}

static void try_pattern(const wr_regex *re, wr_str text, wr_str replacement) {
    wr_regex_scratch *s = wr_regex_scratch_new(20000);
    WR_ASSERT(s != NULL);
    wr_buf out;
    wr_buf_init(&out, 1 << 20);
    wr_regex_result cold = wr_regex_search(re, s, text);
    wr_regex_result warm = wr_regex_search(re, s, text);
    wr_regex_result found = wr_regex_expand(re, s, text, replacement, &out);
    WR_ASSERT(cold == warm);
    WR_ASSERT(cold < 0 || found < 0 || cold == found);
    WR_ASSERT(found < 0 || out.rc != WR_OK || wr_utf8_check(wr_buf_str(&out)) == out.n);
    wr_buf_fini(&out);
    wr_regex_scratch_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 2000) return 0;
    wr_str rest = {(const char *)data, size};
    wr_str pattern = part(&rest), text = part(&rest), replacement = part(&rest);
    if (text.n > 200 || wr_utf8_check(text) != text.n) return 0;
    if (wr_utf8_check(replacement) != replacement.n) return 0;
    wr_arena a;
    wr_arena_init(&a, 0);
    size_t at = SIZE_MAX;
    wr_str err = {NULL, 0};
    wr_regex *re = wr_regex_new(&a, pattern, 1000, &at, &err);
    if (re != NULL) try_pattern(re, text, replacement);
    else WR_ASSERT(err.n > 0 && at <= pattern.n + 1);
    wr_regex_free(re);
    wr_arena_fini(&a);
    return 0;
}
