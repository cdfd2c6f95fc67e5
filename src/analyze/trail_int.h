// SPDX-License-Identifier: Apache-2.0
// trail_int: what the scanner of CloudTrail records shares with those who make requests of them;
// private to analyze. A scan never reads beyond its text and keeps nothing of its own.
#ifndef WR_TRAIL_INT_H
#define WR_TRAIL_INT_H

#include "analyze/analyze.h"

// A JSON text walked member by member; what nobody asks for is passed over, but checked.
typedef struct trail_scan {
    const char *p, *end;
    wr_arena *arena; // for texts with escapes
    bool ok;         // sticky
} trail_scan;

typedef enum trail_take {
    TRAIL_TEXT, // a string, or the lexeme of true, false or a number; null is no text
    TRAIL_RAW,  // the value as written
    TRAIL_OBJECT,
    TRAIL_RESOURCES,
} trail_take;

typedef struct trail_field { // one member that is wanted
    const char *name;
    uint8_t n; // of name
    uint8_t take;
    uint16_t at;                     // where in wr_trail_record
    const struct trail_table *inner; // TRAIL_OBJECT
} trail_field;
typedef struct trail_table {
    const trail_field *v;
    uint32_t n;
    uint32_t lengths; // bit per length of a name
} trail_table;

// Reads the object of which s stands at the opening bracket into rec. False: s is not ok.
bool trail_scan_object(trail_scan *s, const trail_table *t, wr_trail_record *rec);
// The text of the member `name` of the object raw (any JSON); empty when there is none.
wr_str trail_member(wr_arena *a, wr_str raw, const char *name);

// Resources of a record that its requestParameters name: trail_resource.c. Returns how many of out
// were filled (0 or 1); what is not certain is left out.
uint32_t trail_named_resource(wr_arena *a, const wr_trail_record *rec, uint32_t action,
                              wr_str *out);
// Those of the record's `resources` that the action takes.
uint32_t trail_fitting_resources(const wr_trail_record *rec, uint32_t action, wr_str *out);

#endif
