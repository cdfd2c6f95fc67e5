// SPDX-License-Identifier: Apache-2.0
// Private to src/doc: what the YAML readers share. yaml_read.c owns libyaml and hands out events
// with byte spans; yaml_rec.c keeps a whole document's events for the readers that know aliases;
// yaml_guard.c, yaml_serde.c and yaml_strict.c make trees, one per profile; yaml_resolve.c says
// what a scalar is and yaml_tag.c what a CloudFormation short form is.
#ifndef WR_YAML_INT_H
#define WR_YAML_INT_H

#include "doc/doc.h"

typedef enum wr_yev_kind {
    WR_YEV_ERROR, // syntax, encoding or memory; see wr_yaml_error
    WR_YEV_END,   // of the stream
    WR_YEV_DOC,
    WR_YEV_DOC_END,
    WR_YEV_SCALAR,
    WR_YEV_ALIAS,
    WR_YEV_LIST,
    WR_YEV_LIST_END,
    WR_YEV_MAP,
    WR_YEV_MAP_END,
} wr_yev_kind;

typedef struct wr_yev {
    wr_yev_kind kind;
    bool plain;         // a scalar without quotes that is no block scalar
    bool flow;          // a list or map in brackets
    bool kept;          // s lives as long as the source or the arena
    uint32_t line, col; // 0-based start as libyaml counts it
    wr_span at;         // tag and anchor included
    wr_str s;           // a scalar's text; an alias' name. Dies with the next event unless kept
    const char *tag;    // resolved ("!Ref", "tag:yaml.org,2002:int") or NULL; dies with the event
    const char *anchor; // or NULL; dies with the event
} wr_yev;

typedef struct wr_yaml wr_yaml;

// NULL when out of memory. The reader lives in c->arena; wr_yaml_close frees what libyaml holds.
wr_yaml *wr_yaml_open(wr_ctx *c, const wr_src *src);
void wr_yaml_close(wr_yaml *y);
void wr_yaml_next(wr_yaml *y, wr_yev *ev);
// ev->s made to outlive the event; {NULL,0} when out of memory.
wr_str wr_yaml_keep(wr_yaml *y, wr_yev *ev);

typedef struct wr_yaml_error {
    bool nomem;
    const char *problem, *context; // context may be NULL
    uint32_t line, col;            // of the problem, 0-based
    uint32_t context_line, context_col;
    uint64_t offset; // of an encoding problem; else 0
    wr_span at;
} wr_yaml_error;
void wr_yaml_failed(wr_yaml *y, wr_yaml_error *e);
// The text serde_yaml 0.9 shows for it.
wr_str wr_yaml_error_text(wr_arena *a, const wr_yaml_error *e);

// A simple key ("a: b" without '?') whose start is over 1,024 bytes before its colon. The parser
// of the original counts bytes there and fails; libyaml counts characters.
// *colon is the colon's offset.
bool wr_yaml_key_too_long(wr_str text, wr_span key, uint32_t *colon);

// ------------------------------------------------------------------------------- recording

enum { WR_YREC_NONE = UINT32_MAX };

typedef struct wr_yrec {
    uint8_t kind; // wr_yev_kind: SCALAR, ALIAS, LIST, LIST_END, MAP, MAP_END
    bool plain;
    bool anchored;
    bool flow;
    uint32_t
        mate; // LIST, MAP: index of the end, or NONE while it is missing. ALIAS: target or NONE
    wr_span at;
    wr_str s;
    const char *tag;
    uint32_t line, col;
} wr_yrec;

typedef enum wr_yrec_rc {
    WR_YREC_DOC,    // a whole document
    WR_YREC_EMPTY,  // the stream holds none
    WR_YREC_SYNTAX, // error says what
    WR_YREC_ALIAS,  // an alias that names no anchor (serde only); bad is its event
    WR_YREC_DEEP,   // flow collections nested deeper than the limit; bad is the one too many
    WR_YREC_MANY,   // more nodes than the limit; bad is the one too many
    WR_YREC_NOMEM,
} wr_yrec_rc;

typedef struct wr_yrecs {
    WR_VEC(wr_yrec) ev;
    wr_arena *arena;
    bool serde;          // number anchors as serde_yaml does (see yaml_rec.c)
    uint32_t flow_limit; // of nested flow collections
    uint32_t depth_limit;
    uint32_t node_limit;
    uint32_t n_aliases;
    wr_yaml_error error;
    wr_yrec bad;
} wr_yrecs;

// Reads one document. arena, serde and the limits are set by the caller.
wr_yrec_rc wr_yaml_record(wr_yaml *y, wr_yrecs *r);
static inline uint32_t wr_yrec_after(const wr_yrecs *r, uint32_t i) { // the node that follows
    uint8_t k = r->ev.v[i].kind;
    return (k == WR_YEV_LIST || k == WR_YEV_MAP) ? r->ev.v[i].mate + 1 : i + 1;
}

// ------------------------------------------------------------------------------- scalars, tags

// Each fills kind and payload of *n from the text of a plain scalar without a tag. A string stays
// for the caller: kind WR_STR, u.s unset.
void wr_yaml_plain_guard(wr_str s, bool yaml12_bool, wr_node *n);
void wr_yaml_plain_strict(wr_str s, wr_node *n);
// False: an integer that serde_yaml refuses (see yaml_resolve.c).
bool wr_yaml_plain_serde(wr_str s, wr_node *n);
// A scalar under !!bool, !!int, !!float or !!null. False when the text has not that form.
typedef enum wr_yaml_core {
    WR_YCORE_NONE,
    WR_YCORE_BOOL,
    WR_YCORE_INT,
    WR_YCORE_FLOAT,
    WR_YCORE_NULL,
    WR_YCORE_STR,
    WR_YCORE_OTHER
} wr_yaml_core;
wr_yaml_core wr_yaml_core_tag(const char *tag); // NONE: not in tag:yaml.org,2002:
bool wr_yaml_core_guard(wr_str s, wr_yaml_core t, wr_node *n);
bool wr_yaml_core_strict(wr_str s, wr_yaml_core t, wr_node *n);
typedef enum wr_yserde { WR_YSERDE_OK, WR_YSERDE_BAD, WR_YSERDE_BIG } wr_yserde;
wr_yserde wr_yaml_core_serde(wr_str s, wr_yaml_core t, wr_node *n);
// The integer of a BIG text in decimal.
wr_str wr_yaml_big_text(wr_arena *a, wr_str s);

enum { WR_YFN_SCALAR = 1, WR_YFN_LIST = 2, WR_YFN_STRICT = 4 };
// Long name of a short form ("GetAtt" → "Fn::GetAtt") that is known in one of the ways asked for;
// {NULL,0} when there is none.
wr_str wr_yaml_long_name(wr_str name, unsigned how);

wr_rc wr_yaml_read_guard(wr_ctx *c, const wr_src *src, const wr_load *how, wr_doc **out);
wr_rc wr_yaml_read_serde(wr_ctx *c, const wr_src *src, const wr_load *how, wr_doc **out);
wr_rc wr_yaml_read_strict(wr_ctx *c, const wr_src *src, const wr_load *how, wr_doc **out);

#endif
