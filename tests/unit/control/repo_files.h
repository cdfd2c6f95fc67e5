// SPDX-License-Identifier: Apache-2.0
// repo_files: a repository in a folder of its own for one test: files are given as name and text;
// all of it is removed at the end. Always true: nothing outside of that folder is touched.
#ifndef WR_TEST_REPO_FILES_H
#define WR_TEST_REPO_FILES_H

#include "control/control.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct repo_files {
    char dir[64];
    wr_ctx c;
    wr_repo *r;
    wr_rc rc;
} repo_files;

static void repo_put(const repo_files *t, const char *name, const char *text) {
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", t->dir, name);
    for (char *p = strchr(path + strlen(t->dir) + 1, '/'); p; p = strchr(p + 1, '/')) {
        *p = 0;
        (void)mkdir(path, 0700);
        *p = '/';
    }
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

// today: 2026-11-24. files: name, text, …, NULL.
static void repo_begin(repo_files *t, const char *const *files) {
    memset(t, 0, sizeof *t);
    (void)snprintf(t->dir, sizeof t->dir, "%s", "/tmp/writ-repo-XXXXXX");
    assert_non_null(mkdtemp(t->dir));
    for (; *files; files += 2) repo_put(t, files[0], files[1]);
    wr_ctx_init(&t->c, NULL);
    t->c.now = wr_days(2026, 11, 24) * 86400 + 3600;
    static const wr_repo_opts all = {.tests = true, .inputs = true};
    t->rc = wr_repo_load(&t->c, wr_strz(t->dir), &all, &t->r);
}

static int repo_unlink(const char *path, const struct stat *st, int flag, struct FTW *w) {
    (void)st, (void)flag, (void)w;
    return remove(path);
}

static void repo_end(repo_files *t) {
    wr_repo_free(t->r);
    wr_ctx_fini(&t->c);
    assert_int_equal(nftw(t->dir, repo_unlink, 16, FTW_DEPTH | FTW_PHYS), 0);
}

// Diagnostics as "K0102 3:1, …" in order.
static inline void repo_expect(repo_files *t, const char *want) {
    wr_buf b;
    wr_buf_init(&b, 0);
    for (const wr_diag *d = t->c.diags; d; d = d->next) {
        wr_putf(&b, "%s%s", b.n ? ", " : "", wr_code_name(d->code));
        if (d->src == NULL) continue;
        wr_pos at = wr_src_pos(d->src, d->span.beg);
        wr_putf(&b, " %u:%u", (unsigned)at.line, (unsigned)at.col);
    }
    wr_putc(&b, 0);
    assert_string_equal(b.p ? b.p : "", want);
    wr_buf_fini(&b);
}

#endif
