// SPDX-License-Identifier: Apache-2.0
// cedar, inside: the tree of a policy as written, values, entities, types. The tree keeps what
// people wrote (>, !=, parentheses, extended has, one node a chain of && or +), so that JSON and
// printing lose nothing; evaluation and validation desugar as they go (compile.c, type*.c).
//
// Files: lex.c token.c parse*.c (text → tree), est*.c (JSON ↔ tree), print.c (tree → text),
// format*.c (tokens laid out), ext_*.c (decimal, ip, datetime, duration), value.c, data*.c (JSON ↔
// values, entities), store.c, compile.c eval.c index.c decide.c, schema*.c, type*.c, level.c.
#ifndef WR_CEDAR_INT_H
#define WR_CEDAR_INT_H

#include "lang/cedar/cedar.h"

// ---------------------------------------------------------------------------------- the tree

typedef enum ced_op {
    // Leaves
    CED_BOOL,
    CED_LONG,
    CED_STRING,
    CED_ENTITY,
    CED_PRINCIPAL,
    CED_ACTION,
    CED_RESOURCE,
    CED_CONTEXT,
    CED_SLOT, // only in scopes
    // One operand
    CED_NOT,
    CED_NEG,
    CED_PAREN, // as written; means its operand
    CED_GET,   // a.name, a["name"]
    CED_HAS,   // a has name, a has n1.n2 …
    CED_LIKE,
    CED_IS, // a is T, a is T in b (two operands)
    // Two
    CED_EQ,
    CED_NE,
    CED_LT,
    CED_LE,
    CED_GT,
    CED_GE,
    CED_IN,
    // Any number
    CED_AND,
    CED_OR,
    CED_ADD, // a + b - c: signs tells which
    CED_MUL,
    CED_SET,
    CED_RECORD, // values, keys beside
    CED_CALL,   // receiver or first argument first
    // Three
    CED_IF,
} ced_op;

// Functions and methods in one table (call.c): name, style, arguments, what it takes and gives.
typedef enum ced_fn {
    CED_F_CONTAINS,
    CED_F_CONTAINS_ALL,
    CED_F_CONTAINS_ANY,
    CED_F_IS_EMPTY,
    CED_F_GET_TAG,
    CED_F_HAS_TAG,
    CED_F_DECIMAL,
    CED_F_LESS_THAN,
    CED_F_LESS_THAN_OR_EQUAL,
    CED_F_GREATER_THAN,
    CED_F_GREATER_THAN_OR_EQUAL,
    CED_F_IP,
    CED_F_IS_IPV4,
    CED_F_IS_IPV6,
    CED_F_IS_LOOPBACK,
    CED_F_IS_MULTICAST,
    CED_F_IS_IN_RANGE,
    CED_F_DATETIME,
    CED_F_OFFSET,
    CED_F_DURATION_SINCE,
    CED_F_TO_DATE,
    CED_F_TO_TIME,
    CED_F_DURATION,
    CED_F_TO_MILLISECONDS,
    CED_F_TO_SECONDS,
    CED_F_TO_MINUTES,
    CED_F_TO_HOURS,
    CED_F_TO_DAYS,
    CED_F_UNKNOWN,
    CED_N_FNS,
} ced_fn;
typedef struct ced_fn_row {
    const char *name;
    bool method;   // a.f(b), else f(a)
    bool built_in; // contains … hasTag: a wrong number of arguments does not parse
    uint8_t args;  // the receiver counted
} ced_fn_row;
const ced_fn_row *ced_fn_at(ced_fn f);
bool ced_fn_find(wr_str name, ced_fn *out);

typedef struct ced_pattern { // of like: what stands between the stars
    const wr_str *lit;
    uint32_t n; // literals; stars between them: n - 1
} ced_pattern;

typedef struct ced_expr {
    uint8_t op;                      // ced_op
    uint8_t fn;                      // CED_CALL: ced_fn
    bool slot;                       // CED_SLOT: is it ?resource
    bool string;                     // CED_GET, CED_HAS: the name was a string literal
    uint16_t depth;                  // of the tree below, at most WR_CEDAR_DEPTH
    uint32_t n;                      // operands
    wr_span at;                      // in the policy's text; empty: from JSON
    const struct ced_expr *const *v; // operands
    union {
        bool b;
        int64_t i;
        wr_str s; // STRING; GET: name; IS: type
        const struct ced_uid *uid;
        const wr_str *keys; // RECORD: n of them, as written
        struct {
            const wr_str *v;
            uint32_t n;
        } path;                // HAS
        ced_pattern pattern;   // LIKE
        const uint64_t *minus; // ADD: bit i set: operand i is subtracted (i ≥ 1)
    } u;
} ced_expr;

typedef enum ced_scope_op { CED_S_ALL, CED_S_EQ, CED_S_IN, CED_S_IS, CED_S_IS_IN } ced_scope_op;
typedef struct ced_scope {
    uint8_t op;                     // ced_scope_op
    bool slot;                      // EQ, IN, IS_IN: the slot of this variable instead of an entity
    bool list;                      // IN of an action: written as a list
    wr_str type;                    // IS, IS_IN
    const struct ced_uid *const *v; // EQ, IN, IS_IN
    uint32_t n;
    wr_span at;
} ced_scope;

typedef struct ced_condition {
    bool unless;
    const ced_expr *e;
    wr_span at;
} ced_condition;

struct ced_policy {
    wr_str id;
    bool permit, is_template;
    const ced_policy *of; // a link: its template; scopes and conditions are the template's
    const struct ced_uid *slots[WR_CEDAR_N_SLOTS]; // of a link
    ced_scope scope[3];                            // principal, action, resource
    const ced_condition *conditions;
    uint32_t n_conditions;
    const wr_cedar_annotation *annotations;
    uint32_t n_annotations;
    const wr_src *src;
    wr_span at;
    uint32_t index; // in the set
};

struct wr_cedar_set {
    wr_ctx *c;
    struct ced_uids *uids;  // literals
    WR_VEC(ced_policy *) v; // in order of adding
    wr_map by_id;
    uint32_t n_parsed; // for the next "policyN"
};
// Adds p under its id; a fault (at) when the id is taken.
bool ced_set_add(wr_cedar_set *s, ced_policy *p, const wr_src *src, wr_span at, wr_code code);
// Takes out what was added behind the first n.
void ced_set_cut(wr_cedar_set *s, uint32_t n);
// An expression of a policy as text (print.c). WR_BAD: the context was told what it cannot say.
wr_rc ced_expr_text(wr_ctx *c, wr_buf *b, const ced_policy *of, const ced_expr *e) WR_MUST_USE;
void ced_expr_json(wr_out *o, const ced_expr *e); // est_write.c

// ---------------------------------------------------------------------------------- values

// An entity's name, once a table. `at`: its place there; a table is a set's or a store's.
typedef struct ced_uid {
    wr_str type, id;
    uint64_t hash; // with its table's seed
    uint32_t at;
} ced_uid;
typedef struct ced_uids ced_uids;
ced_uids *ced_uids_new(wr_arena *a);
const ced_uid *ced_uid_of(ced_uids *t, wr_str type, wr_str id); // texts are copied; NULL: no memory
const ced_uid *ced_uid_find(const ced_uids *t, wr_str type, wr_str id);
uint32_t ced_uids_count(const ced_uids *t);
const ced_uid *ced_uids_at(const ced_uids *t, uint32_t i);
uint64_t ced_uid_hash(const ced_uids *t, wr_str type, wr_str id);
static inline bool ced_uid_same(const ced_uid *a, const ced_uid *b) {
    return a == b || (wr_eq(a->id, b->id) && wr_eq(a->type, b->type));
}

typedef enum ced_kind {
    CED_V_BOOL,
    CED_V_LONG,
    CED_V_STRING,
    CED_V_ENTITY,
    CED_V_SET,
    CED_V_RECORD,
    CED_V_DECIMAL,  // i: times 10⁴
    CED_V_DATETIME, // i: ms since 1970
    CED_V_DURATION, // i: ms
    CED_V_IP,
} ced_kind;

typedef struct ced_val {
    uint8_t kind;
    bool of_store; // ENTITY: uid is the store's (its `at` is the entity's place), else a literal's
    uint32_t n;    // STRING: bytes; SET: elements; RECORD: attributes
    union {
        bool b;
        int64_t i;
        const char *s;
        const ced_uid *uid;
        const struct ced_set *set;
        const struct ced_field *rec; // by key, in byte order
        const struct ced_ip *ip;
    } u;
} ced_val;
typedef struct ced_field {
    wr_str key;
    ced_val v;
} ced_field;
typedef struct ced_set {
    const ced_val *v; // no two equal; as first met
    uint32_t n;
    const uint32_t *table; // hash table of places + 1, size a power of two; NULL when n is small
    uint32_t mask;
    uint64_t seed; // of the table: random
} ced_set;
typedef struct ced_ip {
    uint8_t b[16]; // v4: the last four
    uint8_t prefix;
    bool v6;
} ced_ip;

bool ced_val_eq(const ced_val *a, const ced_val *b); // never fails: other kinds are unequal
uint64_t ced_val_hash(const ced_val *v, uint64_t seed);
// Sorts keys; the set without its doubles. Memory: a. False: no memory.
bool ced_set_make(wr_arena *a, const ced_val *v, uint32_t n, ced_val *out);
bool ced_record_make(wr_arena *a, ced_field *v, uint32_t n, ced_val *out); // keys are distinct
const ced_val *ced_record_get(const ced_val *rec, wr_str key);
bool ced_set_has(const ced_val *set, const ced_val *v);
bool ced_like(ced_pattern p, wr_str s); // linear in |p|·|s| at worst

// Extension values from their texts (ext.c).
typedef enum ced_ext_fault {
    CED_X_OK,
    CED_X_DECIMAL,
    CED_X_DECIMAL_DIGITS,
    CED_X_DECIMAL_RANGE,
    CED_X_IP,
    CED_X_IP_LONG,
    CED_X_IP_EMBEDDED,
    CED_X_IP_PREFIX_EMPTY,
    CED_X_IP_PREFIX_DIGIT,
    CED_X_IP_PREFIX_ZERO,
    CED_X_IP_PREFIX_LONG,
    CED_X_IP_PREFIX_LIMIT,
    CED_X_DATE,
    CED_X_DATE_RANGE,
    CED_X_TIME,
    CED_X_TIME_RANGE,
    CED_X_ZONE,
    CED_X_ZONE_RANGE,
    CED_X_DURATION,
    CED_X_DURATION_RANGE,
} ced_ext_fault;
// decimal("1.0") …: the value that one of the four constructors makes of a text. room: of an
// address, which *out points to; only ip needs it.
bool ced_is_constructor(ced_fn fn);
ced_ext_fault ced_construct(ced_fn fn, wr_str s, ced_ip *room, ced_val *out);
void ced_ext_say(wr_buf *b, ced_ext_fault f, wr_str s); // s: the text that is at fault
bool ced_ip_in(const ced_ip *a, const ced_ip *b);       // is all of a in b?
bool ced_ip_loopback(const ced_ip *a);
bool ced_ip_multicast(const ced_ip *a);
void ced_put_val(wr_buf *b, const ced_val *v);             // as Cedar text
void ced_put_string(wr_buf *b, wr_str s, bool in_pattern); // its escapes, without quotes
bool ced_escaped(uint32_t cp, bool front);                 // is it, in a text? (chars.c)
void ced_put_key(wr_buf *b, wr_str key); // as an identifier where it can be one, else quoted
const char *ced_kind_name(const ced_val *v);
bool ced_is_ident(wr_str s, bool reserved_too); // a word; reserved ones: those of ced_reserved
bool ced_is_name(wr_str s);                     // words that are not reserved, joined by ::
bool ced_reserved(wr_str word);                 // true false if then else in like has is __cedar

// One JSON value → value, without a schema (data.c); names go into uids. Faults: P0201.
// store NULL: uids is a store's own table; else names that the store has are the store's.
wr_rc ced_val_read(wr_ctx *c, const wr_doc *d, const wr_node *n, ced_uids *uids,
                   const wr_cedar_store *store, ced_val *out) WR_MUST_USE;
// The same for any store: its entities are looked up when they are asked for.
wr_rc ced_val_read_free(wr_ctx *c, const wr_doc *d, const wr_node *n, ced_uids *uids,
                        ced_val *out) WR_MUST_USE;
ced_val ced_entity_val(const wr_cedar_store *store, const ced_uid *uid);
bool ced_uid_read(wr_ctx *c, const wr_doc *d, const wr_node *n, ced_uids *uids,
                  const ced_uid **out); // {type, id}, or that in {"__entity": …}
wr_str ced_uid_text(wr_arena *a, const ced_uid *u);
void ced_val_json(wr_out *o, const ced_val *v);

typedef struct ced_entity {
    const ced_uid *uid;
    bool there;          // given (or a schema's action); else only named by others
    ced_val attrs, tags; // records
    const uint32_t *up;  // ancestors, all, sorted places
    uint32_t n_up;
    const uint32_t *parents;
    uint32_t n_parents;
} ced_entity;
typedef struct ced_given { // an action that the data gives, and where
    uint32_t at;
    const wr_src *src;
    wr_span span;
} ced_given;
struct wr_cedar_store {
    wr_ctx *c;
    const wr_cedar_schema *schema;
    ced_uids *uids; // uid->at is the place in v
    WR_VEC(ced_entity) v;
    WR_VEC(ced_given) given; // with a schema
    bool closed;
};
bool ced_is_under(const wr_cedar_store *s, uint32_t entity, uint32_t above); // not reflexive

// ---------------------------------------------------------------------------------- schemas

typedef enum ced_type_kind {
    CED_T_BOOL,
    CED_T_TRUE,
    CED_T_FALSE,
    CED_T_LONG,
    CED_T_STRING,
    CED_T_ENTITY, // one type, or several (permissive)
    CED_T_ANY_ENTITY,
    CED_T_SET, // of NULL: the empty set (permissive)
    CED_T_RECORD,
    CED_T_DECIMAL,
    CED_T_IP,
    CED_T_DATETIME,
    CED_T_DURATION,
    CED_T_NEVER,
} ced_type_kind;
typedef struct ced_attr {
    wr_str name;
    const struct ced_type *type;
    bool required;
    const wr_cedar_annotation *annotations;
    uint32_t n_annotations;
} ced_attr;
typedef struct ced_type {
    uint8_t kind;
    bool open;                 // RECORD: may hold more than is said (permissive lub)
    const struct ced_type *of; // SET
    const ced_attr *attrs;     // RECORD, by name
    uint32_t n;                // attrs, or entity types
    const struct ced_entity_type *const *entity;
} ced_type;

typedef struct ced_entity_type {
    wr_str name;                  // whole
    const ced_type *shape, *tags; // tags NULL: none
    const wr_str *ids;            // of an enumeration
    uint32_t n_ids;
    bool is_enum, is_action;                 // is_action: NS::Action, which only actions have
    const struct ced_entity_type *const *up; // types its members can be in, all of them; by index
    uint32_t n_up;
    uint32_t index;
    const ced_type *self; // ENTITY, this one
} ced_entity_type;
typedef struct ced_action {
    const ced_uid *uid;
    const struct ced_action *const *up; // groups, all of them, by index
    uint32_t n_up;
    bool applies;                // to something: both lists hold something
    const ced_entity_type *type; // NS::Action
    const ced_entity_type *const *principals, *const *resources;
    uint32_t n_principals, n_resources;
    const ced_type *context;
    uint32_t index;
} ced_action;
const ced_entity_type *ced_schema_entity(const wr_cedar_schema *s, wr_str name);
// NS::Action of a namespace that declares actions; ced_schema_entity does not find it.
const ced_entity_type *ced_schema_action_type(const wr_cedar_schema *s, wr_str name);
const ced_action *ced_schema_action(const wr_cedar_schema *s, wr_str type, wr_str id);
const ced_entity_type *ced_schema_entity_at(const wr_cedar_schema *s, uint32_t i); // NULL: the end
const ced_action *ced_schema_action_at(const wr_cedar_schema *s, uint32_t i);

#endif
