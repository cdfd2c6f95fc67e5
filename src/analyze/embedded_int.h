// SPDX-License-Identifier: Apache-2.0
// embedded_int: what finding a policy in a template (embedded.c, embedded_tf.c), reading its texts
// (embedded_text.c) and making a document of it (embedded_make.c) share; private to analyze.
#ifndef WR_EMBEDDED_INT_H
#define WR_EMBEDDED_INT_H

#include "analyze/analyze.h"

// One search through one document.
typedef struct emb {
    wr_ctx *c;
    const wr_doc *doc;
    wr_symtab *syms; // of all documents made
    bool functions;  // of CloudFormation
    wr_str mark; // stands for an unknown part in a text: a character that the file does not have
    WR_VEC(wr_embedded) found;
    wr_rc rc; // sticky
} emb;

// A place where a kind of resource has a policy (embedded_table.c).
typedef struct emb_row {
    const char *type; // "AWS::IAM::Role", "aws_iam_role"
    const char *path; // keys joined by '/', '*' is every item of a list
    uint8_t kind;     // wr_iam_kind
    bool maybe;       // holds other things as well: a policy only when it has a Statement
} emb_row;
// The rows of a type stand together: the first, or NULL.
const emb_row *emb_rows_of(wr_str type, uint32_t *n);

// ---- embedded_text.c: texts with the place of each byte

typedef struct emb_text {
    wr_buf text; // bytes
    wr_buf from; // uint32_t each: offset in the file's text of each byte
    bool open;   // it has e->mark in it
    bool exact;  // every byte's place is known; else places are those of whole strings
    uint16_t src;
} emb_text;
void emb_text_init(emb_text *t);
void emb_text_fini(emb_text *t);
// The text of a scalar, or of an intrinsic function as far as it is known before deployment: Ref
// of pseudo parameters, Fn::Sub, Fn::Join; e->mark for each part that is not. False: no text (a
// list, a map that is no function).
bool emb_text_add(emb *e, emb_text *t, const wr_node *n);
// An intrinsic function: a map with one key, Ref, Fn::… or Condition. *arg: its argument.
bool emb_function(const wr_node *n, wr_str *name, const wr_node **arg);
bool emb_is_no_value(const wr_node *n);    // {"Ref": "AWS::NoValue"}
wr_str emb_what(emb *e, const wr_node *n); // "Ref Bucket", for people

// ---- embedded_make.c: the document

// A value of `doc` (the file's, or one read from a text t of it) as a policy of its own into
// p->doc, with p->open. p->unknown instead when nothing of it is known.
void emb_make(emb *e, wr_embedded *p, const wr_doc *doc, const wr_node *root, const emb_text *t);
// A policy that stands at n: an object, a text of JSON, or a function that gives one of these.
void emb_take(emb *e, const wr_embedded *proto, const wr_node *n);

// A policy known only later.
void emb_wait(emb *e, const wr_embedded *proto, const wr_node *at, wr_str what);

const wr_node *emb_get(const wr_node *m, wr_str key); // NULL: no map, or no such key
wr_str emb_cut_step(wr_str *path);                    // its first key, up to '/'
// The kind of an Organizations policy; false: it is none of IAM's, or not known which.
bool emb_kind_of(const wr_node *properties, const char *key, wr_iam_kind *kind);

void emb_in_template(emb *e); // embedded.c
void emb_in_plan(emb *e);     // embedded_tf.c
#endif
