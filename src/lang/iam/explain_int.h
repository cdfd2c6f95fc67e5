// SPDX-License-Identifier: Apache-2.0
// explain_int: how explanations are put into words; private to lang/iam.
//
// Always true: a text that would be longer than the buffer ends in "…".
#ifndef WR_IAM_EXPLAIN_INT_H
#define WR_IAM_EXPLAIN_INT_H

#include "lang/iam/decide_int.h"

typedef struct iam_words { // a sentence being written
    size_t n;
    bool cut;
    char p[1500];
} iam_words;
void iam_put(iam_words *w, wr_str s);
void iam_putz(iam_words *w, const char *z);
void iam_put_n(iam_words *w, uint32_t n);
wr_str iam_words_end(iam_words *w, wr_arena *a); // {NULL,0} without memory

void iam_put_stmt(iam_words *w, const wr_iam_stmt *st);
void iam_put_match(iam_words *w, const wr_iam_match *m, const wr_iam_request *r);
void iam_put_wanted(iam_words *w, const wr_iam_cond *c);
void iam_put_found(iam_words *w, const wr_iam_cond *c, const wr_iam_request *r);
wr_str iam_key_words(const wr_iam_set *s, uint32_t key);

#endif
