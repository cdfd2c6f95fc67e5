// SPDX-License-Identifier: Apache-2.0
// Fuzzes files of inputs: after a first letter (i items, r requests, t trail, c template, p plan)
// the text is judged by a small repository, once by one thread and once by three. What comes out
// must hold together: what was not evaluated makes the result bad and is said, failures are counted
// once, fingerprints have their form, and the two runs find the same in the same order.
#include "control/control.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[64];

static void check(bool ok) {
    if (!ok) abort();
}

static const struct {
    const char *name, *text;
} files[] = {
    {"writ.yaml", "schema: writ/repository/1\nname: f\n"},
    {"controls/b.yaml",
     "id: B.ONE\ntitle: b\nobjective: a/b\nseverity: HIGH\nowner: o\nremediation: r\n"
     "layers:\n  proactive: {guard: p.guard, on: [cloudformation, terraform-plan]}\n"
     "  detective: {guard: p.guard, on: configuration-item}\n  preventative: {scp: p.json}\n"
     "omit: {responsive: none}\n"},
    {"p.guard",
     "rule cfn when Resources exists { Resources.*.Properties.A == 'x' }\n"
     "rule tf when resources exists { resources.*.values.a == 'x' }\n"
     "rule ci when resourceType exists { configuration.a == 'x'\n configuration.b[*] > 1 }\n"
     "rule err when resourceType exists { configuration.n empty }\n"},
    {"p.json",
     "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"s3:*\","
     "\"Resource\":\"*\",\"Condition\":{\"StringNotEquals\":{\"aws:PrincipalTag/t\":\"x\"}}}}"},
};
static const struct {
    char mark;
    const char *name;
} inputs[] = {{'i', "inventory/i.json"},
              {'r', "requests/r.json"},
              {'t', "trail/t.json"},
              {'c', "templates/c.yaml"},
              {'p', "plans/p.json"}};
static const char *const folders[] = {"controls", "inventory", "requests",
                                      "trail",    "templates", "plans"};
enum {
    N_FILES = sizeof files / sizeof *files,
    N_INPUTS = sizeof inputs / sizeof *inputs,
    N_FOLDERS = sizeof folders / sizeof *folders
};

static const char *at(const char *name) {
    static char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", root, name);
    return path;
}

static void put(const char *name, wr_str text) {
    int fd = open(at(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    check(fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n && close(fd) == 0);
}

static void clean(void) {
    for (int i = 0; i < N_FILES; i++) (void)unlink(at(files[i].name));
    for (int i = 0; i < N_INPUTS; i++) (void)unlink(at(inputs[i].name));
    for (int i = 0; i < N_FOLDERS; i++) (void)rmdir(at(folders[i]));
    (void)rmdir(root);
}

static void make_root(void) {
    (void)snprintf(root, sizeof root, "%s/writ-fuzz-XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    check(mkdtemp(root) != NULL);
    for (int i = 0; i < N_FOLDERS; i++) check(mkdir(at(folders[i]), 0700) == 0);
    for (int i = 0; i < N_FILES; i++) put(files[i].name, wr_strz(files[i].text));
    (void)atexit(clean);
}

typedef struct sums {
    uint64_t bad, open, hash;
} sums;

static void found(void *arg, const wr_finding *f) {
    sums *s = arg;
    unsigned bit = WR_BIT(f->decision->outcome);
    check(f->fingerprint.n == 64 && f->times > 0 && f->reason != NULL && f->reason->message.n > 0);
    check(bit & (WR_IS_BAD | WR_IS_OPEN));
    check(f->life == WR_NEW);
    if (bit & WR_IS_BAD) s->bad++;
    else s->open++;
    s->hash = s->hash * 31 + wr_hash(f->fingerprint, f->times);
    s->hash = s->hash * 31 + wr_hash(f->reason->message, 7);
}

static sums run(uint32_t jobs) {
    static const wr_repo_opts load = {.tests = true, .inputs = true};
    wr_check_opts o = {.all = true, .jobs = jobs};
    sums s = {0};
    wr_check_sink sink = {&s, found};
    wr_posture p;
    wr_repo *r = NULL;
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    c.now = wr_days(2026, 11, 24) * 86400;
    check(wr_repo_load(&c, wr_strz(root), &load, &r) == WR_OK && r->n_broken == 0);
    wr_rc rc = wr_check(r, &o, &sink, &p);
    check(rc == (p.not_evaluated ? WR_BAD : WR_OK));
    check(p.lives[WR_NEW] == s.bad && p.lives[WR_KNOWN] + p.lives[WR_SUPPRESSED] == 0);
    uint64_t lost = 0, fails = 0, opened = 0;
    for (uint32_t i = 0; i < p.n_inputs; i++) lost += p.inputs[i].not_evaluated;
    for (uint32_t l = 0; l < WR_N_LAYERS; l++) {
        const wr_counts *n = &p.controls[0].layer[l].counts;
        fails += n->of[WR_FAIL];
        opened += n->of[WR_FAULT] + n->of[WR_UNKNOWN];
    }
    check(lost <= p.not_evaluated);
    if (fails) check(s.bad > 0);
    if (opened) check(s.open > 0);
    if (lost) check(c.n_diags > 0);
    wr_repo_free(r);
    wr_ctx_fini(&c);
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (root[0] == 0) make_root();
    if (size == 0) return 0;
    const char *name = inputs[0].name;
    for (int i = 0; i < N_INPUTS; i++)
        if (inputs[i].mark == (char)data[0]) name = inputs[i].name;
    put(name, wr_strn((const char *)data + 1, size - 1));
    sums one = run(1), three = run(3);
    check(one.bad == three.bad && one.open == three.open && one.hash == three.hash);
    (void)unlink(at(name));
    return 0;
}
