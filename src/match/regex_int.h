// SPDX-License-Identifier: Apache-2.0
// Inside of match/regex: what the steps from a pattern's text to a match hand to each other.
//
//   text ─regex_parse─> tree ─regex_check─> tree with sizes ─┬─regex_prog─> program ─┬─regex_dfa
//          (regex_class, regex_set: character classes)       │      (regular)        └─regex_pike
//                                                            └─regex_pcre─> PCRE2 code (the rest)
//
// A pattern is regular when it uses nothing but what a finite automaton can do; those are matched
// in time linear in the text. Look-around, back-references, atomic groups, conditionals, \K and \G
// need a backtracking matcher; for those, and only those, there is PCRE2.
#ifndef WR_MATCH_REGEX_INT_H
#define WR_MATCH_REGEX_INT_H

#include "match/match.h"

#define RX_MAX_CP 0x10FFFFu
#define RX_INF UINT64_MAX // upper bound of a repetition without one

// ---------------------------------------------------------------------------------- sets

typedef struct rx_range {
    uint32_t lo, hi; // inclusive
} rx_range;

// A set of code points. Frozen sets are sorted, and their ranges neither overlap nor touch.
typedef struct rx_set {
    WR_VEC(rx_range) r;
    uint64_t ascii[2]; // bitmap of the first 128, valid once frozen
} rx_set;

bool rx_set_add(wr_arena *a, rx_set *s, uint32_t lo, uint32_t hi);
bool rx_set_add_set(wr_arena *a, rx_set *s, const rx_set *more);
void rx_set_freeze(rx_set *s);
bool rx_set_has(const rx_set *s, uint32_t cp); // s is frozen
bool rx_set_negate(wr_arena *a, rx_set *s);    // s is frozen, and stays so
bool rx_set_fold(wr_arena *a, rx_set *s);      // adds all that differs only in case; freezes
bool rx_set_and(wr_arena *a, rx_set *s, const rx_set *other); // both frozen
bool rx_set_minus(wr_arena *a, rx_set *s, const rx_set *other);
bool rx_set_xor(wr_arena *a, rx_set *s, const rx_set *other);
bool rx_set_perl(wr_arena *a, rx_set *s, char which);   // adds \d \s \w
bool rx_set_ascii(wr_arena *a, rx_set *s, wr_str name); // adds [:name:]; false: no such name
// Adds the code points of a Unicode property, named as between the braces of \p{…}.
typedef enum rx_found { RX_FOUND, RX_NO_PROPERTY, RX_NO_VALUE, RX_NOT_HERE } rx_found;
rx_found rx_set_property(wr_arena *a, rx_set *s, wr_str name, bool *negated);

// ---------------------------------------------------------------------------------- tree

typedef enum rx_kind {
    RX_EMPTY,
    RX_CHAR,      // cp
    RX_SET,       // set
    RX_CAT,       // children in turn
    RX_ALT,       // one of the children, the first that leads to a match
    RX_GROUP,     // capture number lo; one child
    RX_REPEAT,    // lo..hi times the child
    RX_ASSERT,    // which
    RX_LOOK,      // which; one child
    RX_BACKREF,   // group lo
    RX_ATOMIC,    // one child
    RX_KEEP,      // \K
    RX_CONTINUE,  // \G
    RX_HAS_GROUP, // group lo has matched
    RX_IF,        // children: condition, then, else
} rx_kind;

typedef enum rx_assert {
    RX_TEXT_START,
    RX_TEXT_END,
    RX_LINE_START,
    RX_LINE_END,
    RX_WORD_START,
    RX_WORD_END,
    RX_WORD_EDGE,
    RX_NOT_WORD_EDGE,
} rx_assert;

typedef enum rx_look { RX_AHEAD, RX_NOT_AHEAD, RX_BEHIND, RX_NOT_BEHIND } rx_look;

typedef struct rx_node {
    rx_kind kind;
    uint8_t which; // rx_assert or rx_look
    bool greedy;
    // found by rx_check:
    bool hard;       // fancy-regex runs this on its own matcher
    bool irregular;  // a finite automaton cannot do this
    bool const_size; // all matches have min_size code points
    bool has_group;  // captures, itself or below
    uint32_t cp;
    uint32_t at; // in the pattern: for errors
    uint64_t lo, hi;
    uint64_t min_size;
    const rx_set *set;
    struct rx_node *child, *last; // first and last child
    struct rx_node *next;         // sibling
} rx_node;

typedef struct rx_name {
    wr_str name;
    uint32_t group;
} rx_name;

// A pattern that failed: where and why. Set once; the first error stays.
typedef struct rx_error {
    wr_arena *arena;
    bool failed;
    size_t at;
    wr_str text; // as fancy-regex would say it
} rx_error;

void rx_fail(rx_error *e, size_t at, const char *fmt, ...) WR_PRINTF(3, 4);
// "Parsing error at position N: …", and "Error compiling regex: …"
void rx_fail_parse(rx_error *e, size_t at, const char *what);
void rx_fail_compile(rx_error *e, size_t at, const char *what);

typedef struct rx_tree {
    rx_node *root;
    uint32_t n_groups; // without the whole match
    WR_VEC(rx_name) names;
} rx_tree;

// The pattern's tree in arena a, or false and *err.
bool rx_parse(wr_arena *a, wr_str pattern, rx_tree *out, rx_error *err);
// An identifier between open and close at byte `from` of s; *end is after close. relative: it may
// be '-' and digits.
bool rx_read_id(wr_str s, size_t from, const char *open, const char *close, bool relative,
                wr_str *id, size_t *end);
// A bracketed class, escapes already those of the regex crate; at: for errors.
bool rx_class(wr_arena *a, wr_str text, bool fold, rx_set *out, rx_error *err, size_t at);
// \p{…} or \pX as written, from the p or P on.
bool rx_class_property(wr_arena *a, wr_str text, bool fold, rx_set *out, rx_error *err, size_t at);
// Sizes, back-references, and what each of fancy-regex's steps refuses.
bool rx_check(rx_node *root, rx_error *err);

// ---------------------------------------------------------------------------------- program

typedef enum rx_op {
    RX_I_CHAR,
    RX_I_SET,
    RX_I_SPLIT,
    RX_I_JUMP,
    RX_I_SAVE,
    RX_I_ASSERT,
    RX_I_MATCH
} rx_op;

typedef struct rx_inst {
    rx_op op;
    uint32_t x, y; // char: cp; set: index; split: preferred, other; jump: to; save: slot; assert
} rx_inst;

typedef struct rx_prog {
    rx_inst *inst;
    uint32_t n;
    const rx_set **set;
    uint32_t n_sets;
    uint32_t n_slots;
    bool anchored;  // matches only where the search begins: at the start of the text
    bool uses_word; // has an assertion about words, about lines
    bool uses_line;
} rx_prog;

// NULL: too large, or out of memory.
rx_prog *rx_prog_new(wr_arena *a, const rx_node *root, uint32_t n_groups);

// Is assertion k true between two characters? Ends of the text are false, false and at_start or
// at_end.
typedef struct rx_place {
    bool at_start, at_end;
    bool after_line, before_line; // a line feed stands before, after
    bool after_word, before_word;
} rx_place;
bool rx_holds(rx_assert k, const rx_place *p);

typedef struct rx_dfa rx_dfa;
rx_dfa *rx_dfa_new(wr_arena *a, const rx_prog *prog);
// Is there a match at or after byte `from` (at it, when the program is anchored)? *stopped: the
// byte up to which the text was read. *work: instructions that may be followed to make states,
// counted down.
wr_regex_result rx_dfa_search(rx_dfa *d, const rx_prog *prog, wr_str text, size_t from,
                              size_t *stopped, uint64_t *work);

// Leftmost-first match at or after byte `from`; slot[2g], slot[2g+1] are group g's ends or
// SIZE_MAX. *budget counts down.
wr_regex_result rx_pike_search(wr_arena *a, const rx_prog *prog, wr_str text, size_t from,
                               size_t *slot, uint64_t *budget);

// ---------------------------------------------------------------------------------- PCRE2

// A look-ahead whose body is regular and captures nothing: PCRE2 asks a DFA about it.
typedef struct rx_ahead {
    rx_prog *prog; // anchored
    bool negated;
} rx_ahead;

typedef struct rx_pcre {
    struct pcre2_real_code_8 *code;
    rx_ahead *ahead;
    uint32_t n_ahead;
} rx_pcre;

rx_pcre *rx_pcre_new(wr_arena *a, const rx_tree *tree, rx_error *err);
void rx_pcre_free(rx_pcre *p);
// As rx_pike_search; slot may be NULL. dfa: one for each look-ahead. *steps: its budget, counted
// down.
wr_regex_result rx_pcre_search(const rx_pcre *p, rx_dfa **dfa, wr_str text, size_t from,
                               size_t *slot, uint32_t n_slots, uint64_t *steps);

#endif
