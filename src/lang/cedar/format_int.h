// SPDX-License-Identifier: Apache-2.0
// format, inside: a layout is a tree of texts and places where a line may break; format.c makes it
// from tokens, layout.c writes it. After Wadler, "A prettier printer": a group is written on one
// line when it fits, else all places of its own break.
#ifndef WR_CEDAR_FORMAT_INT_H
#define WR_CEDAR_FORMAT_INT_H

#include "lang/cedar/cedar_int.h"

typedef enum lay_kind {
    LAY_TEXT,
    LAY_LINE, // a blank, or a break
    LAY_SOFT, // nothing, or a break
    LAY_HARD, // a break
    LAY_END,  // a break behind a comment: indented no more than what comes next
    LAY_NEST, // breaks inside are indented by n more
    LAY_GROUP,
    LAY_CAT, // parts behind each other
} lay_kind;

typedef struct lay {
    uint8_t kind;
    uint32_t n; // CAT: parts; NEST: columns; TEXT: columns it takes
    union {
        wr_str s;
        const struct lay *of;
        const struct lay *const *v;
    } u;
} lay;

// Writes l to out. Lines of nothing but blanks are left out. False: no memory.
bool lay_write(wr_buf *out, const lay *l, uint32_t width);
uint32_t lay_width(wr_str s); // columns of a text

#endif
