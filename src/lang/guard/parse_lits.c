// SPDX-License-Identifier: Apache-2.0
// parse_lits: the document that holds all literals of a rule file, and the original's text for a
// parse error.
// Literals were parsed into loose trees, some of them by alternatives that lost. Here the finished
// AST is walked, the literals it uses are copied into one frozen document (root: a list), and the
// operands are pointed at them.
#include "lang/guard/parse_int.h"
#include "lang/guard/walk.h"

typedef struct placer {
    g_ps *p;
    wr_build b;
    WR_VEC(g_value *) used; // operand i is item i of the root
} placer;

// Depth is bounded by the parser's limit.
static void copy(wr_build *b, const wr_node *n) {
    if (n->kind == WR_LIST) {
        wr_build_open(b, WR_LIST, 0, n->flags, n->span.beg);
        for (uint32_t i = 0; i < n->n; i++) copy(b, &n->u.kids[i]);
        wr_build_close(b, n->span.end);
    } else if (n->kind == WR_MAP) {
        wr_build_open(b, WR_MAP, 0, n->flags, n->span.beg);
        for (uint32_t i = 0; i < n->n; i++) {
            const wr_node *k = &n->u.kids[2 * i];
            wr_build_key(b, 0, k->span, k->flags, wr_strn(k->u.s, k->n));
            copy(b, k + 1);
        }
        wr_build_close(b, n->span.end);
    } else {
        wr_build_scalar(b, *n);
    }
}

static void take(g_walk *walk, g_value *v) {
    placer *w = walk->arg;
    if (v->kind != G_V_LITERAL) return;
    copy(&w->b, v->u.lit);
    if (!WR_PUSH(&w->p->scratch, &w->used, v)) w->p->rc = WR_NOMEM;
}

wr_rc g_place_literals(g_ps *p, g_file *f) {
    placer w = {.p = p};
    wr_build_init(&w.b, p->set->ctx, &p->set->syms);
    wr_build_src(&w.b, p->src);
    wr_build_open(&w.b, WR_LIST, 0, WR_F_LITERAL, 0);
    g_walk walk = {.value = take, .arg = &w};
    g_walk_file(&walk, f);
    wr_build_close(&w.b, (uint32_t)p->t.n);
    wr_doc *d = NULL;
    wr_rc rc = wr_build_end(&w.b, &d);
    if (rc != WR_OK) return rc;
    if (p->rc != WR_OK) return p->rc;
    for (uint32_t i = 0; i < w.used.n; i++) w.used.v[i]->u.lit = &d->root->u.kids[i];
    f->lits = d;
    return WR_OK;
}

// ---------------------------------------------------------------------------------- error text

wr_str g_original_error(g_ps *p) {
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_pos at = wr_src_pos(p->src, p->err_at);
    wr_putf(&b,
            "Parser Error when parsing `Parsing Error Error parsing file %.*s at line %u at "
            "column %u, when handling ",
            WR_FMT(p->name), at.line, at.col);
    for (const g_ctxt *c = p->err_ctx; c; c = c->next) {
        wr_puts(&b, c->text);
        if (c->next) wr_putc(&b, '/');
    }
    wr_putz(&b, ", fragment ");
    wr_puts(&b, wr_sub(p->t, p->err_at, p->t.n));
    wr_putc(&b, '`');
    wr_str text = b.rc == WR_OK ? wr_dup(p->a, wr_buf_str(&b)) : (wr_str){0};
    wr_buf_fini(&b);
    return text;
}
