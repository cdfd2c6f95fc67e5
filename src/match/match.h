// SPDX-License-Identifier: Apache-2.0
// match: does this value fit that pattern. Regular expressions in the syntax of Rust's regex and
// fancy-regex crates (what Guard rules are written in) behind one seam: automata of our own for
// those that are regular, PCRE2 for the rest (docs/internals/match.md). Case conversions of keys.
#ifndef WR_MATCH_H
#define WR_MATCH_H

#include "doc/doc.h"

// A compiled pattern: immutable, shared between threads.
typedef struct wr_regex wr_regex;

typedef enum wr_regex_result {
    WR_RE_NO = 0,
    WR_RE_YES = 1,
    WR_RE_LIMIT = -1, // the step budget ran out: no answer
    WR_RE_ERROR = -2, // memory ran out, or PCRE2 said something else
} wr_regex_result;

// Matching needs scratch memory of one thread; make one per task, use it for all patterns.
typedef struct wr_regex_scratch wr_regex_scratch;
wr_regex_scratch *wr_regex_scratch_new(uint32_t steps); // budget of one match; NULL = no memory
void wr_regex_scratch_free(wr_regex_scratch *s);

// Checks pattern (fancy-regex 0.13 syntax) and compiles it. NULL and *err (in arena a) when it is
// no pattern: byte offset in the pattern and what was expected. max_bytes: longest pattern taken.
// The pattern is heap memory of its own: wr_regex_free ends it, not the arena.
wr_regex *wr_regex_new(wr_arena *a, wr_str pattern, uint32_t max_bytes, size_t *err_at,
                       wr_str *err);
void wr_regex_free(wr_regex *re);            // NULL is fine
wr_str wr_regex_pattern(const wr_regex *re); // as written

// Unanchored search in s (valid UTF-8).
wr_regex_result wr_regex_search(const wr_regex *re, wr_regex_scratch *s, wr_str text);

// What searching with s has cost since this was last asked, in steps as those of the budget.
uint64_t wr_regex_spent(wr_regex_scratch *s);

// fancy-regex's captures_iter + expand: appends, for each match in turn, the replacement with
// $1 ${1} $name ${name} $$ expanded as fancy_regex::Expander::default does; nothing else of text.
wr_regex_result wr_regex_expand(const wr_regex *re, wr_regex_scratch *s, wr_str text,
                                wr_str replacement, wr_buf *out);

// u.ext of a WR_REGEX node.
typedef struct wr_lit_regex {
    wr_str pattern;
    wr_regex *re;
} wr_lit_regex;

// ---------------------------------------------------------------------------------- cases

// The conversions a map's keys are tried with, in Guard's order.
typedef enum wr_case {
    WR_CASE_CAMEL,  // maxSize
    WR_CASE_CLASS,  // MaxSize, its last word in the singular
    WR_CASE_KEBAB,  // max-size
    WR_CASE_PASCAL, // MaxSize
    WR_CASE_SNAKE,  // max_size
    WR_CASE_TITLE,  // Max Size
    WR_CASE_TRAIN,  // Max-Size
} wr_case;
enum { WR_N_CASES = WR_CASE_TRAIN + 1 };

// Whose conversions: they differ in plurals and in digits within Title Case.
typedef enum wr_case_crate {
    WR_CASE_INFLECTOR, // Guard 3.1
    WR_CASE_CRUET,     // Guard 3.2
} wr_case_crate;

// in (valid UTF-8) converted, in the arena; {NULL, 0} when memory runs out.
wr_str wr_case_convert(wr_arena *a, wr_case which, wr_case_crate crate, wr_str in);

#endif
