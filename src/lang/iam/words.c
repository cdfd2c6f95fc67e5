// SPDX-License-Identifier: Apache-2.0
// words: statements, tests and facts as phrases, for explanations and decisions.
// Invariant: what people wrote (names, values) is quoted as written and cut when long, never left
// out without a mark.
// Rules: docs/guide/iam-decisions.md says what an explanation holds.

#include "aws/aws.h"
#include "lang/iam/explain_int.h"

enum { SHOWN = 120, VALUES = 4 }; // bytes of a value, values of a list

void iam_put(iam_words *w, wr_str s) {
    size_t room = sizeof w->p - w->n;
    if (s.n > room) {
        s = wr_utf8_cut(s, room);
        w->cut = true;
    }
    if (s.n) memcpy(w->p + w->n, s.p, s.n);
    w->n += s.n;
}

void iam_putz(iam_words *w, const char *z) { iam_put(w, wr_strz(z)); }

void iam_put_n(iam_words *w, uint32_t n) {
    char d[10];
    size_t i = sizeof d;
    do d[--i] = (char)('0' + n % 10);
    while (n /= 10);
    iam_put(w, wr_strn(d + i, sizeof d - i));
}

wr_str iam_words_end(iam_words *w, wr_arena *a) {
    if (w->cut) {
        wr_str kept = wr_utf8_cut(wr_strn(w->p, w->n), sizeof w->p - 4);
        w->n = kept.n;
        w->cut = false;
        iam_putz(w, "…");
    }
    return wr_dup(a, wr_strn(w->p, w->n));
}

static void put_shown(iam_words *w, wr_str s) {
    wr_str part = wr_utf8_cut(s, SHOWN);
    iam_put(w, part);
    if (part.n < s.n) iam_putz(w, "…");
}

// " (file:line)"
static void put_place(iam_words *w, const wr_iam_policy *p, const wr_node *n) {
    const wr_src *src = p->doc && n ? p->doc->srcs[n->src] : p->src;
    if (src == NULL) return;
    iam_putz(w, " (");
    iam_put(w, src->name);
    iam_putz(w, ":");
    iam_put_n(w, wr_src_pos(src, n ? n->span.beg : 0).line);
    iam_putz(w, ")");
}

void iam_put_stmt(iam_words *w, const wr_iam_stmt *st) {
    iam_putz(w, "statement ");
    if (st->sid.n) {
        iam_putz(w, "'");
        put_shown(w, st->sid);
        iam_putz(w, "'");
    } else {
        iam_put_n(w, st->index + 1);
    }
    iam_putz(w, " of ");
    put_shown(w, st->policy->name);
    put_place(w, st->policy, st->node);
}

void iam_put_wanted(iam_words *w, const wr_iam_cond *c) {
    if (c->n_values == 0) iam_putz(w, "no value");
    for (uint32_t i = 0; i < c->n_values && i < VALUES; i++) {
        if (i) iam_putz(w, ", ");
        put_shown(w, c->values[i].pat.raw);
    }
    if (c->n_values > VALUES) iam_putz(w, ", …");
}

void iam_put_found(iam_words *w, const wr_iam_cond *c, const wr_iam_request *r) {
    if (c->key >= r->n_ctx || r->ctx[c->key].state == WR_IAM_ABSENT) {
        iam_putz(w, "nothing");
        return;
    }
    const wr_iam_ctx_value *v = &r->ctx[c->key];
    if (v->state == WR_IAM_NOT_KNOWN) {
        iam_putz(w, "a value that is not known");
        return;
    }
    if (v->n == 0) iam_putz(w, "an empty list");
    for (uint32_t i = 0; i < v->n && i < VALUES; i++) {
        if (i) iam_putz(w, ", ");
        put_shown(w, v->v[i]);
    }
    if (v->n > VALUES) iam_putz(w, ", …");
    if (v->multi && v->n > 0 && c->quant == WR_IAM_PLAIN && c->op->family != WR_IAM_NULL)
        iam_putz(w, " (several values want ForAllValues or ForAnyValue)");
}

static void put_cond(iam_words *w, const wr_iam_cond *c, const wr_iam_request *r) {
    iam_putz(w, "condition ");
    iam_put(w, c->op_text);
    iam_putz(w, " ");
    iam_put(w, c->key_text);
    iam_putz(w, " wants ");
    iam_put_wanted(w, c);
    iam_putz(w, ", found ");
    iam_put_found(w, c, r);
    if (wr_iam_cond_never(c)) iam_putz(w, "; no request ever matches it");
}

void iam_put_match(iam_words *w, const wr_iam_match *m, const wr_iam_request *r) {
    const wr_iam_stmt *st = m->stmt;
    if (m->principal == WR_NO) {
        iam_putz(w, st->not_principal ? "its NotPrincipal excludes the caller"
                                      : "its Principal does not name the caller");
    } else if (m->resource == WR_NO) {
        iam_putz(w,
                 st->not_resource ? "its NotResource excludes " : "its Resource does not match ");
        put_shown(w, r->resource);
    } else if (m->conds == WR_NO) {
        if (m->failed) put_cond(w, m->failed, r);
        else iam_putz(w, "a condition does not match");
    } else if (m->principal == WR_MAYBE) {
        iam_putz(w, "it names a canonical user id that may be the caller's account's");
    } else if (m->resource == WR_MAYBE) {
        iam_putz(w, "whether its resources match is not known");
    } else if (m->conds == WR_MAYBE) {
        if (m->failed) put_cond(w, m->failed, r);
    } else {
        iam_putz(w, "matches");
    }
}

// AWS's spelling where the key is one it has; else as the set holds it, in lower case.
wr_str iam_key_words(const wr_iam_set *s, uint32_t key) {
    wr_str name = wr_iam_key_name(s, key);
    wr_aws_key known;
    if (wr_aws_key_find(name, &known) && iam_same(known.name, name)) return known.name;
    return name;
}
