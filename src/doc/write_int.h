// SPDX-License-Identifier: Apache-2.0
// Private to the writers of src/doc: the two sinks behind wr_out, and what they share.
// A sink is told of values and container borders in order; it never sees a tree, so a report of any
// size is written in the memory of its depth.
#ifndef WR_WRITE_INT_H
#define WR_WRITE_INT_H

#include "doc/doc.h"

// JSON being written. Memory: one frame for each open container.
typedef struct json_out {
    wr_buf *b;
    wr_arena arena;       // owns this struct too, when it was made by json_out_new
    WR_VEC(uint8_t) open; // JSON_* flags of each open container
    uint32_t level;       // indentation where writing began; pretty only
    bool compact;
    wr_rc rc; // sticky
} json_out;

void json_out_init(json_out *j, wr_buf *b, int indent);
void json_out_fini(json_out *j);
void json_out_open(json_out *j, bool map, bool empty);
void json_out_end(json_out *j);
void json_out_str(json_out *j, wr_str s);
void json_out_text(json_out *j, const char *text); // null, true …: as it is
void json_out_i64(json_out *j, int64_t v);
void json_out_f64(json_out *j, double v);

// The calls of wr_out over a JSON sink that the caller owns.
void json_out_calls(wr_out *o, json_out *j);

// A literal of a policy language as text: /re/, r's bounds as [1,5), a character as itself.
void wr_put_literal(wr_buf *b, const wr_node *n);

// Writes a subtree to any sink. Iterative.
void wr_out_walk(wr_out *o, const wr_node *n);

// The buffer y writes to.
wr_buf *wr_yaml_buf(const wr_yaml_out *y);

// How YAML may write a text (yaml_scalar.c).
typedef enum yaml_style { YAML_PLAIN, YAML_SINGLE, YAML_DOUBLE, YAML_LITERAL } yaml_style;

typedef struct yaml_text {
    bool multiline;              // has a line break of any kind
    bool plain, single, literal; // styles that would read back as the same text
} yaml_text;

yaml_text yaml_analyze(wr_str s);
// The style serde_yaml asks for: plain unless the text would be read as something else.
yaml_style yaml_wanted(wr_str s, bool padded_plain);

#endif
