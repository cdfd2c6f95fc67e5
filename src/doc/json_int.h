// SPDX-License-Identifier: Apache-2.0
// Private to the JSON reader: its state, and the errors. json_read.c finds them, json_error.c says
// them in words.
#ifndef WR_JSON_INT_H
#define WR_JSON_INT_H

#include "doc/build_int.h"

typedef struct json {
    wr_ctx *ctx;
    const wr_src *src;
    const char *beg, *p, *end;
    wr_build b;
    uint16_t src_id;
    bool in_map; // the innermost open container is a map
} json;

typedef enum json_error {
    JSON_E_EMPTY,          // no value at all
    JSON_E_VALUE,          // a value was expected at `from`
    JSON_E_KEY,            // a key was expected
    JSON_E_COLON,          // a colon was expected
    JSON_E_COMMA,          // a comma or a closing bracket was expected
    JSON_E_TRAILING_COMMA, // span: the comma
    JSON_E_AFTER,          // something stands after the root
    JSON_E_OPEN_STRING,    // span: from the opening quote
    JSON_E_CONTROL,        // span: the control
    JSON_E_ESCAPE,         // span: the escape, as far as it was read
    JSON_E_HEX,
    JSON_E_SURROGATE,
    JSON_E_UTF8,
    JSON_E_MINUS, // span: the number, as far as it was read
    JSON_E_LEADING_ZERO,
    JSON_E_FRACTION,
    JSON_E_EXPONENT,
    JSON_E_RANGE,
} json_error;

static inline uint32_t json_at(const json *j, const char *p) { return (uint32_t)(p - j->beg); }

// Ends the reading with one diagnostic; returns false so that callers can return it. from == to:
// the token at from is what should not be there.
bool json_fail(json *j, json_error why, const char *from, const char *to);
// Ends the reading for a reason that is not the text's.
bool json_stop(json *j, wr_rc rc);

#endif
