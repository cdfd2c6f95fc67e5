// SPDX-License-Identifier: Apache-2.0
// bench: rule files and documents from texts, ready to be reported; what the tests of Guard's own
// reports and of writ's reports of Guard share. Include it after cmocka.h.
#ifndef GUARD_BENCH_H
#define GUARD_BENCH_H

#include "lang/guard/guard.h"

typedef struct bench {
    wr_ctx c;
    wr_guard_set *set;
    const g_file *files[4];
    wr_guard_doc docs[8];
    wr_guard_batch b;
    wr_guard_tally t;
    wr_buf out;
} bench;

static void bench_init(bench *x) {
    *x = (bench){0};
    wr_ctx_init(&x->c, NULL);
    x->set = wr_guard_set_new(&x->c, &(wr_guard_opts){0});
    wr_buf_init(&x->out, 0);
    x->b = (wr_guard_batch){.ctx = &x->c, .set = x->set, .files = x->files, .docs = x->docs};
    x->b.summary = WR_GS_FAIL;
}

static void bench_fini(bench *x) {
    wr_buf_fini(&x->out);
    wr_guard_set_free(x->set);
    wr_ctx_fini(&x->c);
}

static void rules(bench *x, const char *name, const char *text) {
    wr_src *src = wr_src_new(&x->c.arena, wr_strz(name), wr_strz(text), false);
    assert_int_equal(wr_guard_add(x->set, src, wr_strz(name), &x->files[x->b.n_files]), WR_OK);
    x->b.n_files++;
}

static void data(bench *x, const char *name, const char *text) {
    wr_doc *doc;
    wr_src *src = wr_src_new(&x->c.arena, wr_strz(name), wr_strz(text), false);
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true, .syms = wr_guard_syms(x->set)};
    assert_int_equal(wr_json_read(&x->c, src, &how, &doc), WR_OK);
    x->docs[x->b.n_docs++] = (wr_guard_doc){doc, src->name, src};
}

static void says(bench *x, const char *what) {
    if (wr_find(wr_buf_str(&x->out), wr_strz(what), 0) == SIZE_MAX)
        fail_msg("missing: %s\nin:\n%s", what, x->out.p);
}

#endif
