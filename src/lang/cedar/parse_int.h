// SPDX-License-Identifier: Apache-2.0
// cedar, reading text: tokens, and the parser that policies and schemas share (tokens, faults,
// recovery). A text is cut into tokens once; comments are no tokens but stand between them, so that
// the formatter finds them again by the bytes in between.
#ifndef WR_CEDAR_PARSE_INT_H
#define WR_CEDAR_PARSE_INT_H

#include "lang/cedar/cedar_int.h"

typedef enum ced_tok_kind {
    CED_TK_END,
    CED_TK_IDENT,
    CED_TK_NUMBER,
    CED_TK_STRING, // with its quotes
    CED_TK_SLOT,   // ?principal, ?resource, and ?other, which is nothing
    CED_TK_COLONS, // ::
    CED_TK_EQ,     // ==
    CED_TK_NE,
    CED_TK_LT,
    CED_TK_LE,
    CED_TK_GT,
    CED_TK_GE,
    CED_TK_AND,
    CED_TK_OR,
    CED_TK_ASSIGN, // a lone =, of schemas; a mistake in policies
    CED_TK_PUNCT,  // one character: ; , . : ( ) { } [ ] @ ! + - * / % ?
} ced_tok_kind;

typedef struct ced_tok {
    uint8_t kind;
    char c; // PUNCT: which
    wr_span at;
} ced_tok;

typedef struct ced_toks {
    ced_tok *v; // the last is END
    uint32_t n, cap;
    bool of_schema; // a lone ? is a token
} ced_toks;
// False: faults were reported (tokens that are none are left out), or memory ran out.
bool ced_lex(wr_ctx *c, const wr_src *src, wr_code code, ced_toks *out);

typedef struct ced_parser {
    wr_ctx *c;
    const wr_src *src;
    const ced_tok *t; // the token to read next
    ced_uids *uids;
    wr_code code;   // of its faults
    uint32_t depth; // of what is being read
    bool unless;    // the condition being read is one
    bool failed;    // in the policy or declaration being read
    bool bad;       // anywhere
} ced_parser;

static inline wr_str ced_text(const ced_parser *p, const ced_tok *t) {
    return wr_sub(p->src->text, t->at.beg, t->at.end);
}
static inline bool ced_is(const ced_parser *p, char c) {
    return p->t->kind == CED_TK_PUNCT && p->t->c == c;
}
bool ced_is_word(const ced_parser *p, const char *word); // an identifier, this one
bool ced_take(ced_parser *p, char c);                    // reads it when it is next
bool ced_want(ced_parser *p, char c);                    // else a fault
// One fault a policy: what follows the first is mostly its echo. Returns false.
bool ced_fault(ced_parser *p, wr_span at, const char *fmt, ...) WR_PRINTF(3, 4);
bool ced_unexpected(ced_parser *p); // "unexpected token `…`"
// A::B::C, blanks and comments between them taken out. dst: memory of the name.
bool ced_name(ced_parser *p, wr_str *out);
// The text a string token means. of_pattern: \* is kept as 0xFF, which no text has.
bool ced_unquote(ced_parser *p, const ced_tok *t, bool of_pattern, wr_str *out);

// parse_expr.c
const ced_expr *ced_parse_expr(ced_parser *p); // NULL: faults were reported
ced_expr *ced_new(ced_parser *p, ced_op op, wr_span at, const ced_expr *const *v, uint32_t n);
// s cut at its stars; \\* is 0xFF in it.
bool ced_pattern_of(wr_arena *a, wr_str s, ced_pattern *out);
bool ced_parse_entity(ced_parser *p, const ced_uid **out); // Name::"id"

#endif
