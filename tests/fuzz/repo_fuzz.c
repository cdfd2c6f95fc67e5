// SPDX-License-Identifier: Apache-2.0
// Fuzzes governance repositories: a text is cut at lines "%X" into the files of a small one (m
// manifest, c and d controls, x exceptions, t tests, o organization, f framework list, g Guard, j
// JSON), which is then loaded. What is taken must hold together: an error is always counted, layers
// have what they say they have, a void exception covers nothing, and a finding whose account is not
// known is covered by none that names one.
#include "control/control_int.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[64];

static const struct {
    char mark;
    const char *name;
} parts[] = {
    {'m', "writ.yaml"},       {'c', "controls/a.yaml"},
    {'d', "controls/d.yaml"}, {'x', "exceptions/a.yaml"},
    {'t', "tests/a.yaml"},    {'o', "org.yaml"},
    {'f', "f.yaml"},          {'g', "p.guard"},
    {'j', "p.json"},
};
enum { N_PARTS = sizeof parts / sizeof *parts };

static void check(bool ok) {
    if (!ok) abort();
}

static void clean(void) {
    char path[128];
    for (int i = 0; i < N_PARTS; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", root, parts[i].name);
        (void)unlink(path);
    }
    static const char *const folders[] = {"controls", "exceptions", "tests"};
    for (int i = 0; i < 3; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", root, folders[i]);
        (void)rmdir(path);
    }
    (void)rmdir(root);
}

static void make_root(void) {
    static const char *const folders[] = {"controls", "exceptions", "tests"};
    char path[128];
    (void)snprintf(root, sizeof root, "%s/writ-fuzz-XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    check(mkdtemp(root) != NULL);
    for (int i = 0; i < 3; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", root, folders[i]);
        check(mkdir(path, 0700) == 0);
    }
    (void)atexit(clean);
}

static void put(const char *name, wr_str text) {
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", root, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    check(fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n && close(fd) == 0);
}

// The part of mark, or nothing.
static wr_str part_of(wr_str all, char mark) {
    size_t at = 0;
    while (at < all.n) {
        size_t end = wr_find(all, WR_S("\n%"), at);
        wr_str part = wr_sub(all, at, end);
        if (part.n > 2 && part.p[0] == '%' && part.p[1] == mark) return wr_sub(part, 3, part.n);
        if (end >= all.n) break;
        at = end + 1;
    }
    return WR_S("");
}

static void check_layer(const wr_control_layer *y) {
    if (y->omitted) check(y->means == WR_BY_NONE && y->why.n > 0 && !y->broken);
    if (y->broken) return;
    if (y->means == WR_BY_GUARD) check(y->guard != NULL && y->on != 0);
    if (y->means == WR_BY_SCP || y->means == WR_BY_RCP || y->means == WR_BY_IAM)
        check(y->policy != NULL && !y->policy->broken);
}

static void check_exceptions(const wr_repo *r) {
    wr_decision d = {.subject = WR_S("t.yaml")};
    wr_reason why = {.resource = WR_S("A")};
    int64_t today = wr_days(2026, 11, 24);
    for (uint32_t i = 0; i < r->controls.n; i++) {
        wr_finding f = {.decision = &d, .reason = &why, .control = r->controls.v[i]->id};
        const wr_exception *x = NULL;
        for (uint32_t k = 0; x == NULL && k < r->exceptions.n; k++)
            if (exception_covers(r, r->exceptions.v[k], &f, today)) x = r->exceptions.v[k];
        if (x == NULL) continue;
        check(x->account.n == 0 && x->ou.n == 0 && x->resource.n == 0);
        check((x->faults & ~(unsigned)WR_X_REVIEW_DUE) == 0);
        check(x->starts <= today && today <= x->expires && x->n_approved_by > 0);
    }
}

static void check_repo(const wr_repo *r) {
    for (uint32_t i = 0; i < r->controls.n; i++) {
        const wr_control *k = r->controls.v[i];
        check(k->index == i && wr_control_find(r, k->id) == k);
        for (int l = 0; l < WR_N_LAYERS; l++) check_layer(&k->layer[l]);
        wr_tri t = wr_scope_holds(r, &k->scope, WR_S(""));
        bool anywhere = k->scope.n_ous + k->scope.n_accounts + k->scope.n_except_accounts +
                            k->scope.n_except_ous + k->scope.n_tags ==
                        0;
        check(t == (anywhere ? WR_YES : WR_MAYBE));
        t = wr_scope_holds(r, &k->scope, WR_S("111111111111"));
        check(t == WR_YES || t == WR_NO || t == WR_MAYBE);
    }
    for (uint32_t i = 0; i < r->tests.n; i++) {
        const wr_control_test *t = r->tests.v[i];
        check((t->input != NULL) == (t->doc != NULL) && (t->input != NULL || t->file.n > 0));
    }
    check_exceptions(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const wr_repo_opts opts = {.tests = true, .inputs = true};
    wr_str all = {(const char *)data, size};
    wr_limits limits = wr_limits_default;
    wr_ctx c;
    wr_repo *r = NULL;
    if (root[0] == 0) make_root();
    for (int i = 0; i < N_PARTS; i++) put(parts[i].name, part_of(all, parts[i].mark));
    limits.diags = 100;
    wr_ctx_init(&c, &limits);
    c.now = wr_days(2026, 11, 24) * 86400;
    wr_rc rc = wr_repo_load(&c, wr_strz(root), &opts, &r);
    check(rc == WR_OK || c.n_errors > 0);
    if (rc == WR_OK) {
        check((c.n_errors > 0) == (r->n_broken > 0)); // never an error without its exit code
        check_repo(r);
        wr_repo_free(r);
    }
    wr_ctx_fini(&c);
    return 0;
}
