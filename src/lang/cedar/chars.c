// SPDX-License-Identifier: Apache-2.0
// chars: what Cedar asks of characters: the scripts they are of, whether identifiers may hold them,
// whether texts escape them. Tables: unicode_scripts.h, written by tools/unicode_scripts.py.
// Rules: Unicode Technical Standard 39; Rust's str::escape_debug.

#include "lang/cedar/type_int.h"
#include "lang/cedar/unicode_scripts.h"

#define COUNT(v) (uint32_t)(sizeof(v) / sizeof *(v))

static uint32_t run_of(const uint32_t *v, uint32_t n, uint32_t key) { // the last not above key
    uint32_t lo = 0, hi = n;
    while (hi - lo > 1) {
        uint32_t m = lo + (hi - lo) / 2;
        if (v[m] <= key) lo = m;
        else hi = m;
    }
    return v[lo];
}

const uint64_t *ced_scripts(uint32_t cp) {
    return script_sets[run_of(script_runs, COUNT(script_runs), cp << 9 | 0x1ff) & 0x1ff];
}

bool ced_in_identifier(uint32_t cp) {
    return run_of(allowed_runs, COUNT(allowed_runs), cp << 1 | 1) & 1;
}

bool ced_escaped(uint32_t cp, bool front) {
    if (cp >= ' ' && cp < 0x7f) return false;
    uint32_t how = run_of(escape_runs, COUNT(escape_runs), cp << 2 | 3) & 3;
    return how == 1 || (how == 2 && front);
}
