// SPDX-License-Identifier: Apache-2.0
// yaml_show: loads a text and shows the tree, or what was wrong with it, as one line to compare.
// Null is ~, strings are quoted without escapes, a float ends in a digit after a point or an
// exponent, a map or list made from a short form begins with !.
#ifndef WR_YAML_SHOW_H
#define WR_YAML_SHOW_H

#include "doc/doc.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static inline void show_node(wr_buf *b, const wr_node *n) {
    if ((n->flags & WR_F_TAGGED) && n->kind >= WR_LIST) wr_putc(b, '!');
    switch ((wr_kind)n->kind) {
    case WR_NULL: wr_putc(b, '~'); break;
    case WR_BOOL: wr_putz(b, n->u.b ? "true" : "false"); break;
    case WR_INT: wr_put_i64(b, n->u.i); break;
    case WR_FLOAT: wr_put_f64_debug(b, n->u.f); break;
    case WR_LIST:
        wr_putc(b, '[');
        for (uint32_t i = 0; i < n->n; i++) {
            if (i) wr_putc(b, ' ');
            show_node(b, n->u.kids + i);
        }
        wr_putc(b, ']');
        break;
    case WR_MAP:
        wr_putc(b, '{');
        for (uint32_t i = 0; i < n->n; i++) {
            if (i) wr_putc(b, ' ');
            wr_puts(b, wr_node_str(wr_map_key(n, i)));
            wr_putc(b, ':');
            show_node(b, wr_map_val(n, i));
        }
        wr_putc(b, '}');
        break;
    default:
        wr_putc(b, '"');
        wr_puts(b, wr_node_str(n));
        wr_putc(b, '"');
    }
}

static inline wr_rc show_load(wr_ctx *c, const wr_load *how, wr_str text, wr_doc **doc) {
    const wr_src *src = wr_src_new(&c->arena, WR_S("f.yaml"), text, true);
    *doc = NULL;
    return src ? wr_doc_load(c, src, how, doc) : WR_NOMEM;
}

// The tree, then a line "\nCODE line:col message" for each diagnostic.
static inline char *show(const wr_load *how, wr_str text) {
    static char out[65536];
    wr_ctx c;
    wr_doc *doc;
    wr_buf b;
    wr_ctx_init(&c, NULL);
    wr_buf_init(&b, sizeof out - 1);
    wr_rc rc = show_load(&c, how, text, &doc);
    assert_int_equal(rc == WR_OK, doc != NULL);
    assert_int_equal(rc != WR_OK, c.n_errors > 0);
    if (doc) show_node(&b, doc->root);
    for (const wr_diag *d = c.diags; d; d = d->next) {
        wr_pos at = wr_src_pos(d->src, d->span.beg);
        if (b.n) wr_putc(&b, '\n');
        wr_putf(&b, "%s %u:%u %.*s", wr_code_name(d->code), (unsigned)at.line, (unsigned)at.col,
                WR_FMT(d->msg));
    }
    assert_int_equal(b.rc, WR_OK);
    if (b.n) memcpy(out, b.p, b.n);
    out[b.n] = 0;
    wr_buf_fini(&b);
    wr_ctx_fini(&c);
    return out;
}

typedef struct shown {
    const char *text, *want;
} shown;

static inline void check_shown(const wr_load *how, const shown *t, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const char *got = show(how, wr_strz(t[i].text));
        if (strcmp(got, t[i].want) != 0) print_error("text: %s\n", t[i].text);
        assert_string_equal(got, t[i].want);
    }
}
#define CHECK_SHOWN(how, table) check_shown((how), (table), sizeof(table) / sizeof *(table))

// Loads with ever more memory until it is enough: every failure on the way is clean.
static inline void check_memory(const wr_load *how, const char *text) {
    wr_rc rc = WR_NOMEM;
    for (size_t cap = 64; rc == WR_NOMEM; cap += 64) {
        wr_ctx c;
        wr_doc *doc;
        wr_ctx_init(&c, NULL);
        c.arena.cap = cap;
        rc = show_load(&c, how, wr_strz(text), &doc);
        if (rc == WR_NOMEM) assert_null(doc);
        wr_ctx_fini(&c);
        assert_true(cap < 1u << 20);
    }
    assert_int_equal(rc, WR_OK);
}

// n times unit, between head and tail. Freed by the caller.
static inline char *repeat(const char *head, const char *unit, size_t n, const char *tail) {
    size_t u = strlen(unit), h = strlen(head);
    char *s = malloc(h + u * n + strlen(tail) + 1);
    assert_non_null(s);
    memcpy(s, head, h);
    for (size_t i = 0; i < n; i++) memcpy(s + h + i * u, unit, u);
    strcpy(s + h + u * n, tail);
    return s;
}

#endif
