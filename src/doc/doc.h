// SPDX-License-Identifier: Apache-2.0
// doc: the one document model. JSON, YAML, CloudFormation and Terraform plans become one frozen
// tree of 24-byte nodes with a span each, keys and values; writers; paths; a builder for trees that
// are made rather than read.
//
// Always true of a finished document:
// - nodes live in one array; the children of a container are contiguous; the tree never changes;
// - a map has n live entries in source order, kids[2i] the key, kids[2i+1] the value. When a key
//   repeats, the last value takes the place of the first and the losers stand after the live
//   entries, flagged WR_F_DUP, for those who want to complain;
// - numbers keep their lexeme: it is the text under the span;
// - spans are byte offsets into srcs[node->src]; line and column are computed when printed.
#ifndef WR_DOC_H
#define WR_DOC_H

#include "base/base.h"

typedef enum wr_kind {
    WR_NULL,
    WR_BOOL,
    WR_INT,   // fits int64
    WR_FLOAT, // anything else numeric
    WR_STR,
    WR_LIST,
    WR_MAP,
    // Never in a loaded document: literals of policy languages.
    WR_REGEX,       // u.ext: wr_lit_regex, whose first field is the pattern (a wr_str)
    WR_CHAR,        // u.i: code point
    WR_RANGE_INT,   // u.ext: wr_range
    WR_RANGE_FLOAT, // u.ext: wr_range
    WR_RANGE_CHAR,  // u.ext: wr_range
} wr_kind;

enum {
    WR_F_KEY = 1,      // a map key: kind WR_STR, u.sym
    WR_F_DUP = 2,      // a key that lost against a later one (see above)
    WR_F_TAGGED = 4,   // made from a short-form tag (!Ref x → {Ref: x}): map, key and value
    WR_F_QUOTED = 8,   // a string that stood in quotes or a block scalar
    WR_F_INDEXED = 16, // a map with kids[-1].u.ext = its hash index (and count of losers). That
                       // hidden node has the flag too, and kind WR_NULL
    WR_F_INEXACT = 32, // a number whose value is not exactly its lexeme's
    WR_F_UNKNOWN = 64, // the value is not known yet (after apply, or not resolvable); u.s names it
    WR_F_LITERAL = 128 // belongs to a policy, not to an input
};

typedef struct wr_node {
    uint8_t kind;  // wr_kind
    uint8_t flags; // WR_F_*
    uint16_t src;  // index into the document's srcs
    uint32_t n;    // bytes of a string, items of a list, live entries of a map
    wr_span span;  // of the value as written, quotes and brackets included
    union {
        bool b;
        int64_t i;
        double f;
        const char *s;              // WR_STR values (not keys): n bytes, not NUL-terminated
        const wr_sym *sym;          // keys
        const struct wr_node *kids; // list: n items; map: 2n nodes (then 2·losers)
        const void *ext;
    } u;
} wr_node;

typedef struct wr_range { // r[lo,hi] of a policy language
    union {
        int64_t i; // and code points
        double f;
    } lo, hi;
    bool lo_in, hi_in; // inclusive
} wr_range;

typedef enum wr_format { WR_JSON, WR_YAML } wr_format;

typedef enum wr_doc_kind { // recognised by shape; see wr_doc_classify
    WR_DOC_OTHER,
    WR_DOC_CFN,     // a map with a map `Resources`
    WR_DOC_TF_PLAN, // a map with a list `resource_changes`
} wr_doc_kind;

typedef struct wr_doc {
    wr_node *nodes;
    uint32_t n_nodes;
    // parent[i]: index of node i's container; UINT32_MAX for the root. NULL: wr_load.lean
    uint32_t *parent;
    const wr_node *root;
    const wr_src **srcs;
    uint32_t n_srcs;
    const wr_symtab *syms;
    wr_format format;
    wr_doc_kind kind;
    bool placeless;              // loaded by WR_LOAD_SERDE: the original knows no positions in it
    const struct wr_fact *facts; // of resolved templates: what unresolved nodes wait for
    uint32_t n_facts;
} wr_doc;

// ---------------------------------------------------------------------------------- loading

typedef enum wr_profile {
    // writ's own: JSON by the JSON reader, YAML with anchors, aliases, merge keys, every
    // CloudFormation short form on scalars, sequences and mappings; one rule for every scalar
    // (YAML 1.2 core schema plus nothing; an empty value is null).
    WR_LOAD_STRICT,
    // cfn-guard 3.1 `validate`: JSON and YAML through libyaml events (guard-language.md §1.3).
    WR_LOAD_GUARD31,
    // cfn-guard `test` inputs, rulegen and json_parse: serde_yaml 0.9 → guard value (§1.3).
    WR_LOAD_SERDE,
} wr_profile;

typedef struct wr_load {
    wr_profile profile;
    const wr_symtab *syms; // frozen table to overlay (a policy's); may be NULL
    bool is_json;          // WR_LOAD_STRICT: pick the JSON reader. See wr_looks_json
    bool yaml12_bool; // WR_LOAD_GUARD31 only: cfn-guard 3.2's reading of plain yes/no/on/off/y/n
    // WR_LOAD_SERDE only: as into a serde_json value (rulegen): keys of any kind are their text,
    // the last of equal keys counts.
    bool any_key;
    // JSON and WR_LOAD_SERDE only: intern keys here, not in a table of the document's own, so that
    // many small texts do not stack as many tables; overrides syms. It must outlive the document.
    wr_symtab *into;
    bool own_repeats; // WR_LOAD_STRICT: the caller says what repeats, D0007 is not said
    // JSON only: ancestors are searched when they are asked for, which is hardly ever. A text of
    // more than 16 KiB is loaded as ever.
    bool lean;
    bool all; // YAML: it is an error when a second document follows
} wr_load;

// Reads src into *out (memory: c->arena). Diagnostics D…; WR_BAD when the text is no document.
// WR_LOAD_GUARD31 reports exactly one error, whose msg is the text that the original puts after
// "Error occurred "; D0014 is where it panics instead (exit code 101; see yaml_guard.c).
// WR_LOAD_SERDE reports exactly one error, whose msg is serde_yaml's own; D0006 is cfn-guard's own,
// said once the text has been read (see yaml_serde.c).
wr_rc wr_doc_load(wr_ctx *c, const wr_src *src, const wr_load *how, wr_doc **out) WR_MUST_USE;
// By the name's extension (.json, .jsn; .yaml, .yml), else by how the text begins: `{` and a quote
// or `}`, `[` and what begins a JSON value.
bool wr_looks_json(wr_str name, wr_str text);
wr_doc_kind wr_doc_classify(const wr_doc *d);

// The two readers (wr_doc_load picks one).
wr_rc wr_json_read(wr_ctx *c, const wr_src *src, const wr_load *how, wr_doc **out) WR_MUST_USE;
wr_rc wr_yaml_read(wr_ctx *c, const wr_src *src, const wr_load *how, wr_doc **out) WR_MUST_USE;

// ---------------------------------------------------------------------------------- pulling

// JSON values one at a time from a stream of any length: JSON lines, values one after another, the
// elements of top-level arrays, or those of one list in top-level objects ({"Records": [...]}, the
// list's name given; the other members are passed over). Memory is that of the largest value.
typedef struct wr_pull_opts {
    const char *list; // name of the list; NULL: objects are values themselves
    size_t max_bytes; // of one value; 0: 16 MiB
} wr_pull_opts;
typedef struct wr_pull wr_pull;
typedef struct wr_item { // one value, as it stands; it may be broken inside
    wr_str text;         // valid until the next call
    uint64_t index;      // from 1: its place among all values of the file
    wr_pos before;       // whole lines before it, columns of its line before it
} wr_item;

// c outlives the reader; it owns the reader's memory and takes what there is to say about the
// stream (B0001, B0004, D0020, D0021, D0022). NULL when the file cannot be read.
wr_pull *wr_pull_open(wr_ctx *c, const char *path, const wr_pull_opts *o);
wr_pull *wr_pull_from(wr_ctx *c, wr_stream *s, const wr_pull_opts *o); // takes s over; NULL is NULL
// The next value. False at the end.
bool wr_pull_next(wr_pull *p, wr_item *out);
// WR_OK, or the first thing that was wrong with the stream (not with single values).
wr_rc wr_pull_rc(const wr_pull *p);
const wr_stream *wr_pull_stream(const wr_pull *p);
void wr_pull_close(wr_pull *p); // NULL is fine
// Loads a value by wr_json_read; text, source and document live in c's arena (wr_ctx_rewind takes
// them back). Positions in *out, and in diagnostics, are those in the whole file.
wr_rc wr_pull_load(wr_pull *p, const wr_item *it, wr_ctx *c, const wr_load *how,
                   wr_doc **out) WR_MUST_USE;

// ---------------------------------------------------------------------------------- building

struct wr_build_fact { // what a node waits for, and its place
    wr_str what;
    uint16_t src;
    wr_span at;
};

// Makes a document bottom-up. Keys are interned in b->syms. Sticky failure, seen by wr_build_end.
// Every wr_build_init is followed by one wr_build_end or wr_build_abort.
typedef struct wr_build {
    wr_ctx *ctx;
    wr_symtab *syms;
    wr_buf stack; // wr_node each: open containers and their children so far
    wr_buf nodes; // wr_node each: blocks of finished children; u.i of a container is an index here
    wr_buf open;  // uint32_t each: index in stack of each open container
    WR_VEC(const wr_src *) srcs;
    WR_VEC(struct wr_build_fact) facts; // see wr_build_wait
    bool lean;                          // the document shall have no parent array
    bool lent;                          // nodes are in room of the arena: see wr_build_room
    bool warn_repeats;                  // a repeated key is worth a D0007 warning
    wr_rc rc;
} wr_build;

void wr_build_init(wr_build *b, wr_ctx *c, wr_symtab *syms);
uint16_t wr_build_src(wr_build *b, const wr_src *src); // adds a source, returns its index
void wr_build_scalar(wr_build *b, wr_node n);          // kind, flags, src, span and payload set
void wr_build_str(wr_build *b, uint16_t src, wr_span at, uint8_t flags, wr_str s); // s must outlive
void wr_build_key(wr_build *b, uint16_t src, wr_span at, uint8_t flags, wr_str s);
void wr_build_open(wr_build *b, wr_kind kind, uint16_t src, uint8_t flags, uint32_t beg);
void wr_build_close(wr_build *b, uint32_t end); // closes the innermost; checks keys; indexes
// A node that stands at src, at and is not known yet: puts flag, place and `what` would settle it
// into *n, which then goes to wr_build_scalar, or whose src, flags and span.beg go to
// wr_build_open. what must outlive the document.
void wr_build_wait(wr_build *b, wr_node *n, uint16_t src, wr_span at, wr_str what);
// Deep copy of a finished subtree of another document, losers left out. Its spans keep their
// source, and its strings their memory: from's text must outlive the copy.
void wr_build_copy(wr_build *b, const wr_doc *from, const wr_node *n);
// Freezes what was built (one root, nothing open); the reader sets format. Frees the builder's
// scratch in every case. WR_LIMIT / WR_NOMEM as the case was.
wr_rc wr_build_end(wr_build *b, wr_doc **out) WR_MUST_USE;
void wr_build_abort(wr_build *b);

// ---------------------------------------------------------------------------------- reading

static inline wr_str wr_node_str(const wr_node *n) { // WR_STR, key or value
    return (n->flags & WR_F_KEY) ? wr_sym_str(n->u.sym) : (wr_str){n->u.s, n->n};
}
static inline const wr_node *wr_map_key(const wr_node *m, uint32_t i) { return m->u.kids + 2u * i; }
static inline const wr_node *wr_map_val(const wr_node *m, uint32_t i) {
    return m->u.kids + 2u * i + 1u;
}
uint32_t wr_map_losers(const wr_node *m); // entries after the n live ones
const wr_node *wr_map_get_indexed(const wr_node *m, const wr_sym *key);
// Value under key (a symbol of the document's table or one it overlays), or NULL. O(1).
static inline const wr_node *wr_map_get(const wr_node *m, const wr_sym *key) {
    if (m->flags & WR_F_INDEXED) return wr_map_get_indexed(m, key);
    const wr_node *k = m->u.kids, *e = k + 2u * m->n;
    for (; k != e; k += 2)
        if (k->u.sym == key) return k + 1;
    return NULL;
}
// The same by text; NULL when m is NULL or no map.
const wr_node *wr_map_getz(const wr_doc *d, const wr_node *m, const char *key);

const wr_node *wr_parent(const wr_doc *d, const wr_node *n); // container, NULL for the root
bool wr_doc_owns(const wr_doc *d, const wr_node *n);
wr_pos wr_node_pos(const wr_doc *d, const wr_node *n); // 1-based, in its own source
const char *wr_kind_name(wr_kind k);                   // "map", "string" …

// "/Resources/A/Tags/0": keys and indices joined by '/', nothing escaped; "" for the root. A key
// node has the path of its map.
void wr_put_path(wr_buf *b, const wr_doc *d, const wr_node *n);

// ---------------------------------------------------------------------------------- forms

// Maps of our own file formats, read by tables (form.c): unknown, repeated and missing keys, values
// of the wrong kind are one diagnostic each, with the key that was meant.
typedef enum wr_form_kind { // what is stored
    WR_FORM_TEXT,           // wr_str: not empty; numbers as they are written
    WR_FORM_TEXTS,          // wr_form_texts: one text or a list of them
    WR_FORM_BOOL,           // bool
    WR_FORM_COUNT,          // uint32_t
    WR_FORM_DAY,            // int64_t: days since 1970-01-01, of a day written 2026-11-01
    WR_FORM_WORD,           // uint32_t: index in words
    WR_FORM_MAP,            // const wr_node *
    WR_FORM_LIST,           // const wr_node *
    WR_FORM_ANY,            // const wr_node *
} wr_form_kind;

typedef struct wr_form_texts {
    const wr_str *v;
    const wr_node *const *at; // where each stands
    uint32_t n;
} wr_form_texts;

typedef struct wr_form_row {
    const char *key;
    wr_form_kind kind;
    bool required;
    size_t at;                // offset of the field
    const char *const *words; // WR_FORM_WORD: NULL at the end, at most 32
} wr_form_row;

typedef struct wr_form { // one file being read
    wr_ctx *c;
    const wr_doc *doc;
    wr_code code;  // of its diagnostics
    bool bad;      // something was said
    wr_diag *last; // for a hint; may be NULL
} wr_form;

// what: the thing the map says, "the control". False: something is wrong with it (and was said);
// what was not stored is as it was. The memory is f->c's.
bool wr_form_read(wr_form *f, const wr_node *m, const char *what, const wr_form_row *rows,
                  uint32_t n, void *out);
// Its parts, for maps that are read another way: unknown and repeated keys; one text.
void wr_form_keys(wr_form *f, const wr_node *m, const char *what, const wr_form_row *rows,
                  uint32_t n);
bool wr_form_text(wr_form *f, const wr_node *n, const char *key, wr_str *out);
// Says one fault at n (NULL: at the beginning of the file) and marks the file bad.
void wr_form_fault(wr_form *f, const wr_node *n, const char *fmt, ...) WR_PRINTF(3, 4);
// Text, or a number as it is written; "" for the rest and for NULL.
wr_str wr_form_scalar(const wr_doc *d, const wr_node *n);
// Where a diagnostic about n points: of a map or list its first character.
const wr_src *wr_form_src(const wr_doc *d, const wr_node *n);
wr_span wr_form_span(const wr_node *n);
// The most similar of some words, or "" when none is near: for "did you mean".
wr_str wr_near(const wr_str *words, uint32_t n, wr_str word);
wr_str wr_near_of(wr_str (*at)(const void *list, uint32_t i), const void *list, uint32_t n,
                  wr_str word);

// ---------------------------------------------------------------------------------- CloudFormation

// A parameter value as it was given: CloudFormation's values are texts, lists joined by commas.
typedef struct wr_cfn_given {
    wr_str name; // parameter or pseudo parameter (AWS::Region)
    wr_str text;
    bool previous;     // UsePreviousValue: there is a value, but not here
    const wr_src *src; // where it was given; NULL for the command line
    wr_span span;
} wr_cfn_given;

// What is known of a deployment beside the template. Read-only while templates are resolved, so it
// may be shared between threads; `match` is then set in a copy for each.
typedef struct wr_cfn_inputs {
    wr_arena *arena;
    wr_map given;         // name → wr_cfn_given; a later value replaces an earlier one
    WR_VEC(wr_str) names; // all names in the order they were first given
    // Does all of text match the pattern? 1, 0, or negative when that cannot be told. May be NULL:
    // AllowedPattern is then not checked (and a note says so).
    int (*match)(void *arg, wr_str pattern, wr_str text);
    void *match_arg;
    // References to Secrets Manager and secure parameters stay the known texts they are: for rules
    // that ask for that form. What they stand for is nobody's to judge.
    bool secrets_as_written;
} wr_cfn_inputs;

void wr_cfn_inputs_init(wr_cfn_inputs *in, wr_arena *a);
// Adds or replaces one value. name and text must outlive the inputs.
wr_rc wr_cfn_inputs_set(wr_cfn_inputs *in, const wr_cfn_given *v) WR_MUST_USE;
// Reads a parameter file, JSON or YAML: [{ParameterKey, ParameterValue | UsePreviousValue}],
// {"Parameters": {…}}, a plain map, or ["Key=Value", …]. Names beginning with AWS:: give pseudo
// parameters; AWS::AvailabilityZones gives what Fn::GetAZs returns for AWS::Region, and
// AWS::AvailabilityZones::REGION for another. WR_BAD (X0203) when it is none of these.
wr_rc wr_cfn_params_load(wr_ctx *c, const wr_src *src, wr_cfn_inputs *in) WR_MUST_USE;

// Makes *out (memory: c->arena) from the template in, with every intrinsic function resolved that
// can be resolved before deployment (docs/guide/resolve.md says which and how). The others stay as
// written, flagged WR_F_UNKNOWN, with a note (X00…) that says why. What CloudFormation would refuse
// is reported as an error (X01…, X02…) and stays as written too; the result is still WR_OK. A
// document that is no template is copied. in and inputs must outlive *out. WR_LIMIT (X03…) when the
// result would be too large.
wr_rc wr_cfn_resolve(wr_ctx *c, const wr_doc *in, const wr_cfn_inputs *inputs,
                     wr_doc **out) WR_MUST_USE;

typedef struct wr_fact {
    uint32_t node; // index in nodes, ascending
    wr_str what;   // "parameter Env", "Ref Bucket"
} wr_fact;

// Is the value not known before deployment? *what (may be NULL) then names the fact that would
// settle it. d may be NULL: what is then only the function's name.
bool wr_node_unknown(const wr_doc *d, const wr_node *n, wr_str *what);

// ---------------------------------------------------------------------------------- writing

// A JSON string with serde_json's escapes (\" \\ \b \f \n \r \t \u00xx), quotes included.
void wr_put_json_str(wr_buf *b, wr_str s);
// Subtree as JSON: indent < 0 compact ({"a":1}); else pretty as serde_json does (two blanks a
// level, "a": 1, [] and {} when empty), starting at level indent. Literal kinds become strings:
// /re/, [1,5).
// WR_BAD (nothing sensible written) for a float that is not finite.
wr_rc wr_put_json(wr_buf *b, const wr_node *n, int indent);

// YAML in the shape serde_yaml 0.9 writes: used by every YAML report. The writer is an event sink.
typedef struct wr_yaml_out wr_yaml_out;
wr_yaml_out *wr_yaml_out_new(wr_buf *b);      // heap; NULL on failure
void wr_yaml_padded_plain(wr_yaml_out *y);    // 007 is written plain, not quoted
void wr_yaml_map(wr_yaml_out *y, bool empty); // then pairs of values, then _end (not when empty)
void wr_yaml_list(wr_yaml_out *y, bool empty);
void wr_yaml_end(wr_yaml_out *y);
void wr_yaml_str(wr_yaml_out *y, wr_str s); // quoted, plain or block as serde_yaml chooses
void wr_yaml_i64(wr_yaml_out *y, int64_t v);
void wr_yaml_f64(wr_yaml_out *y, double v);
void wr_yaml_bool(wr_yaml_out *y, bool v);
void wr_yaml_null(wr_yaml_out *y);
void wr_yaml_node(wr_yaml_out *y, const wr_node *n);
void wr_yaml_out_free(wr_yaml_out *y);

// A JSON writer with the same calls, so that a report is written once for both (doc/out.c). A map
// is written as its keys (strings) and values in turn, then end; an empty one has no end.
typedef struct wr_out {
    void (*map)(struct wr_out *o, bool empty);
    void (*list)(struct wr_out *o, bool empty);
    void (*end)(struct wr_out *o);
    void (*str)(struct wr_out *o, wr_str s);
    void (*i64)(struct wr_out *o, int64_t v);
    void (*f64)(struct wr_out *o, double v);
    void (*boolean)(struct wr_out *o, bool v);
    void (*null)(struct wr_out *o);
    void (*node)(struct wr_out *o, const wr_node *n); // subtree
    wr_buf *buf;
    void *impl;
    wr_rc rc; // sticky: WR_BAD after a float that is not finite
} wr_out;
wr_rc wr_out_json(wr_out *o, wr_buf *b) WR_MUST_USE;      // pretty, as serde_json::to_writer_pretty
wr_rc wr_out_json_line(wr_out *o, wr_buf *b) WR_MUST_USE; // no blanks; may be used for many lines
wr_rc wr_out_yaml(wr_out *o, wr_buf *b) WR_MUST_USE;      // as serde_yaml::to_writer
// As the serde_yaml of cfn-guard 3.1 (0.9.17), which leaves 007 plain; no effect on JSON.
void wr_out_padded_plain(wr_out *o);
void wr_out_fini(wr_out *o);

// One entry of a map.
void wr_out_key(wr_out *o, const char *key);
void wr_out_put(wr_out *o, const char *key, wr_str v);
void wr_out_open(wr_out *o, const char *key); // a map, to be ended
// A list, to be ended; false: it is empty, and ended.
bool wr_out_open_list(wr_out *o, const char *key, uint32_t n);
void wr_out_some(wr_out *o, const char *key, wr_str v); // nothing when v is empty
void wr_out_num(wr_out *o, const char *key, uint64_t n);
void wr_out_int(wr_out *o, const char *key, int64_t n);
void wr_out_flag(wr_out *o, const char *key, bool v);
void wr_out_list(wr_out *o, const char *key, const wr_str *v, uint32_t n);
void wr_out_digest(wr_out *o, const char *key, const uint8_t sum[32]); // 64 hex digits
void wr_out_time(wr_out *o, const char *key, int64_t t);               // "2026-01-31T12:00:00Z"

#endif
