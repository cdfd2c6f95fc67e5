// SPDX-License-Identifier: Apache-2.0
// doc, private: the state of one run of wr_cfn_resolve and what its files ask of each other.
//
// A value under way is a wr_node whose children lie in the run's own arena. Three marks live only
// here and never reach a finished document:
// - WR_F_LITERAL on a list: its items were made once and shared; each stands where the list does;
//   on an integer: made by a function, so the text under its span is not its lexeme;
// - WR_F_INEXACT on a string: the value of a Number parameter, written out as a number;
// - WR_F_UNKNOWN|WR_F_LITERAL on a map or list: unresolved; kids[-1].u.ext is its wr_cfn_why.
// A node of kind WR_CHAR stands for AWS::NoValue: whoever holds it drops it.
#ifndef WR_CFN_RESOLVE_INT_H
#define WR_CFN_RESOLVE_INT_H

#include "doc/doc.h"

// One loop variable of Fn::ForEach; the innermost first.
typedef struct wr_cfn_env {
    wr_str id;    // Identifier
    wr_str text;  // what ${Identifier} becomes
    wr_str alnum; // what &{Identifier} becomes: text without all that is not alphanumeric
    const struct wr_cfn_env *up;
} wr_cfn_env;

// Why a value could not be resolved.
typedef struct wr_cfn_why {
    wr_str what; // the fact that would settle it: "parameter Env"
    wr_str msg;  // the sentence for the note
    wr_code code;
    bool told;   // an error was reported already: no note needed
    bool spread; // nothing inside is known either: a macro may change it
} wr_cfn_why;

// A parameter of the template with its value, judged once before anything else.
typedef struct wr_cfn_param {
    wr_str name;
    const wr_node *key, *decl;
    bool is_list, is_number, is_ssm, no_echo;
    bool known;
    wr_node value;         // when known: a string or a list of strings; span set by who uses it
    const wr_cfn_why *why; // when not
} wr_cfn_param;

typedef enum wr_cfn_tri { WR_CFN_FALSE, WR_CFN_TRUE, WR_CFN_UNKNOWN } wr_cfn_tri;

typedef struct wr_cfn_cond {
    wr_str name;
    const wr_node *expr;
    const wr_cfn_env *env;
    enum { WR_CFN_NEW, WR_CFN_BUSY, WR_CFN_DONE } state;
    wr_cfn_tri is;
    const wr_cfn_why *why; // when unknown
} wr_cfn_cond;

// What a logical name stands for.
typedef struct wr_cfn_name {
    wr_cfn_param *param;   // NULL for a resource
    bool removed;          // resource: its condition is false
    const wr_cfn_cond *by; // the condition that removed it
} wr_cfn_name;

// One member of a map after Fn::ForEach has been unrolled.
typedef struct wr_cfn_entry {
    wr_str name;
    const wr_node *key, *val;
    const wr_cfn_env *env;
    const wr_cfn_why *left; // a loop that could not be unrolled; NULL for a member
} wr_cfn_entry;

typedef WR_VEC(wr_cfn_entry) wr_cfn_entries;

// An unresolved value that was written out: what it waits for and where it stands.
typedef struct wr_cfn {
    wr_ctx *c;
    const wr_doc *in;
    const wr_cfn_inputs *inputs; // may be NULL
    wr_symtab *syms;             // of the new document, over those of the old
    wr_arena tmp;                // values under way; given back after each resource
    wr_arena keep;               // what lives for the whole run
    wr_build out;
    uint16_t *src; // source index of the old document → of the new
    const wr_node *mappings;
    uint64_t max_nodes, max_bytes; // what the run may make
    wr_map names;                  // logical name → wr_cfn_name
    wr_map conds;                  // condition → wr_cfn_cond
    wr_map told;                   // what was reported, so that a loop says it once
    const wr_cfn_why *spread;      // of the macro in whose reach values are being written out
    bool lang_ext;                 // Transform names AWS::LanguageExtensions
    bool macros;          // Transform names something else: names may appear that are not written
    bool loops_left;      // a loop over Resources was not unrolled: the same
    bool cond_loops_left; // and over Conditions
    bool in_cond;         // inside Conditions: parameters only, and secrets may be compared
    bool secret;          // a NoEcho value was read for this condition: messages quote nothing
    uint32_t quiet;       // > 0: unresolved places inside an argument are the caller's to report
    uint32_t depth;
    uint32_t unsaid;      // notes that found no room
    uint64_t made, bytes; // nodes and text made so far
    wr_rc rc;             // sticky
} wr_cfn;

// Deepest nesting of values and references. A template CloudFormation takes is far below; the
// functions here recurse, so this and not wr_limits.depth bounds the stack.
enum { WR_CFN_DEPTH = 400, WR_CFN_LOOPS = 5 };

// ------------------------------------------------------------------------ running and reporting

bool wr_cfn_spend(wr_cfn *r, uint64_t nodes); // false (and sticky) when the limit is reached
bool wr_cfn_enter(wr_cfn *r);                 // one level deeper; pair with r->depth--
wr_str wr_cfn_keep(wr_cfn *r, wr_str s);      // a counted copy that outlives the run
wr_str wr_cfn_take(wr_cfn *r, wr_buf *b);     // the same of a buffer, which it frees
// Reports at n, once a place and message. Returns the diagnostic or NULL.
wr_diag *wr_cfn_tell(wr_cfn *r, wr_code code, wr_sev sev, const wr_node *n, const char *fmt, ...)
    WR_PRINTF(5, 6);
const wr_cfn_why *wr_cfn_because(wr_cfn *r, wr_code code, wr_str what, const char *fmt, ...)
    WR_PRINTF(4, 5);
extern const wr_cfn_why wr_cfn_told; // the reason of a value whose error was reported
// Notes that the unresolved value v stands in the document, unless that was said.
void wr_cfn_note(wr_cfn *r, const wr_node *v);

// ------------------------------------------------------------------------ values

wr_node wr_cfn_value(wr_cfn *r, const wr_node *n, const wr_cfn_env *e); // as an argument
wr_node wr_cfn_place(wr_cfn *r, const wr_node *n, const wr_cfn_env *e); // as part of the document
wr_node wr_cfn_copy(wr_cfn *r, const wr_node *n, const wr_cfn_env *e);  // ${Identifier} only
wr_node wr_cfn_unknown(wr_cfn *r, const wr_node *n, const wr_cfn_env *e, const wr_cfn_why *why);
// Reports an error at `at` and leaves n unresolved.
wr_node wr_cfn_bad(wr_cfn *r, const wr_node *n, const wr_cfn_env *e, wr_code code,
                   const wr_node *at, const char *fmt, ...) WR_PRINTF(6, 7);
wr_node wr_cfn_string(const wr_node *at, wr_str s);
wr_node wr_cfn_list_of(const wr_node *at, wr_node *items, size_t n);
wr_node wr_cfn_split_commas(wr_cfn *r, const wr_node *at, wr_str text); // trimmed
bool wr_cfn_text(wr_cfn *r, const wr_node *v, wr_str *out); // a scalar as CloudFormation spells it
wr_str wr_cfn_subst(wr_cfn *r, wr_str s, const wr_cfn_env *e);
const wr_node *wr_cfn_get(const wr_cfn *r, const wr_node *map, wr_str key);
// A list argument, item by item, NoValue dropped; items may be unresolved. The caller checks kind.
wr_node wr_cfn_list_arg(wr_cfn *r, const wr_node *n, const wr_cfn_env *e);
// The value of a name as Ref gives it, for the call n.
wr_node wr_cfn_ref(wr_cfn *r, const wr_node *n, wr_str name, const wr_cfn_env *e);
wr_node wr_cfn_getatt_of(wr_cfn *r, const wr_node *n, wr_str name, wr_str attr,
                         const wr_cfn_env *e);

static inline bool wr_cfn_is_unknown(const wr_node *v) {
    return (v->flags & (WR_F_UNKNOWN | WR_F_LITERAL)) == (WR_F_UNKNOWN | WR_F_LITERAL);
}
static inline const wr_cfn_why *wr_cfn_why_of(const wr_node *v) { return v->u.kids[-1].u.ext; }
static inline bool wr_cfn_is_novalue(const wr_node *v) { return v->kind == WR_CHAR; }

// ------------------------------------------------------------------------ functions

// f: the call ({"Fn::X": arg}); arg: its argument.
typedef wr_node wr_cfn_fn(wr_cfn *r, const wr_node *f, const wr_node *arg, const wr_cfn_env *e);
#define WR_CFN_FN(name)                                                                            \
    wr_node name(wr_cfn *r, const wr_node *f, const wr_node *arg, const wr_cfn_env *e)
WR_CFN_FN(wr_cfn_fn_sub);
WR_CFN_FN(wr_cfn_fn_join);
WR_CFN_FN(wr_cfn_fn_split);
WR_CFN_FN(wr_cfn_fn_select);
WR_CFN_FN(wr_cfn_fn_base64);
WR_CFN_FN(wr_cfn_fn_cidr);
WR_CFN_FN(wr_cfn_fn_find);
WR_CFN_FN(wr_cfn_fn_azs);
WR_CFN_FN(wr_cfn_fn_length);
WR_CFN_FN(wr_cfn_fn_json);
WR_CFN_FN(wr_cfn_fn_if);
#undef WR_CFN_FN

// ------------------------------------------------------------------------ sections

bool wr_cfn_params_read(wr_cfn *r);
wr_node wr_cfn_pseudo(wr_cfn *r, const wr_node *n, wr_str name, const wr_cfn_env *e);
wr_node wr_cfn_param_value(wr_cfn *r, const wr_node *n, const wr_cfn_param *p, const wr_cfn_env *e);

void wr_cfn_conds_read(wr_cfn *r, const wr_cfn_entries *all);
// The named condition; asked for at n. Unknown comes with *why.
wr_cfn_tri wr_cfn_cond_named(wr_cfn *r, const wr_node *n, wr_str name, const wr_cfn_why **why);

// The members of a map with every Fn::ForEach unrolled. Repeated keys are reported and dropped.
void wr_cfn_unroll(wr_cfn *r, const wr_node *map, const wr_cfn_env *e, bool ids,
                   wr_cfn_entries *out, bool *left);
bool wr_cfn_is_loop(wr_str key); // starts with Fn::ForEach::

#endif
