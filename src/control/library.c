// SPDX-License-Identifier: Apache-2.0
// library: writ's own controls (the folder controls/), as they are embedded in the program by
// tools/library_gen.c, so that `include: writ:s3` needs no file.

#include "control/control_int.h"

static const library_file files[] = {
#include "library.inc"
};
enum { N_FILES = sizeof files / sizeof *files };

uint32_t library_count(void) { return N_FILES; }
const library_file *library_at(uint32_t i) {
    WR_ASSERT(i < N_FILES);
    return &files[i];
}

// By the order of strcmp, which that of the table is.
static int order(wr_str a, const char *b) {
    size_t n = strlen(b);
    int c = memcmp(a.p, b, a.n < n ? a.n : n);
    return c ? c : (a.n > n) - (a.n < n);
}

const library_file *library_find(wr_str name) {
    uint32_t lo = 0, hi = N_FILES;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        int c = order(name, files[mid].name);
        if (c == 0) return &files[mid];
        if (c < 0) hi = mid;
        else lo = mid + 1;
    }
    return NULL;
}

wr_str wr_library_text(wr_str name) {
    static const wr_str prefix = {"writ:", 5};
    if (!wr_starts(name, prefix)) return WR_S("");
    const library_file *f = library_find(wr_sub(name, prefix.n, name.n));
    return f ? wr_strn(f->text, f->n) : WR_S("");
}
