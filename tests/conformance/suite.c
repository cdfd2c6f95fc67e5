// SPDX-License-Identifier: Apache-2.0
// suite: the main of every conformance run: command line, waivers, tally (suite.h). Output: a line
// of time a part, the first failures of each section, a table, "N passed, M failed"; exit 1 when
// anything failed or nothing was there to pass.
#include <getopt.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "suite.h"

static bool next_line(wr_str *rest, wr_str *line) {
    while (rest->n > 0) {
        size_t end = wr_find(*rest, WR_S("\n"), 0);
        if (end == SIZE_MAX) end = rest->n;
        *line = wr_sub(*rest, 0, end);
        *rest = wr_sub(*rest, end + 1, rest->n);
        if (line->n && line->p[0] != '#') return true;
    }
    return false;
}

// Lines "section TAB id TAB reason".
static void read_waivers(conf *c, const char *path) {
    wr_str text = {0}, line;
    if (wr_read_file(&c->ctx, path, &text) != WR_OK) return;
    while (next_line(&text, &line)) {
        size_t one = wr_find(line, WR_S("\t"), 0), two = wr_find(line, WR_S("\t"), one + 1);
        if (one == SIZE_MAX || two == SIZE_MAX || two + 1 >= line.n) {
            printf("FAILED: waiver without section, id and reason: %.*s\n", WR_FMT(line));
            c->count[0].failed++;
            continue;
        }
        conf_waiver w = {wr_sub(line, 0, one), wr_sub(line, one + 1, two),
                         wr_sub(line, two + 1, line.n), false};
        if (!WR_PUSH(&c->ctx.arena, &c->waivers, w)) abort();
    }
}

static conf_waiver *find_waiver(conf *c, conf_kind kind, wr_str id) {
    for (uint32_t i = 0; i < c->waivers.n; i++) {
        conf_waiver *w = &c->waivers.v[i];
        if (wr_eq(w->kind, wr_strz(c->suite->sections[kind])) && wr_eq(w->id, id)) return w;
    }
    return NULL;
}

void conf_check(conf *c, conf_kind kind, wr_str id, bool ok, const char *what, ...) {
    conf_waiver *w = c->waivers.n ? find_waiver(c, kind, id) : NULL;
    conf_count *n = &c->count[kind];
    if (w) w->run = true;
    if (ok && !w) {
        n->passed++;
        return;
    }
    if (!ok && w) {
        n->waived++;
        return;
    }
    enum { SHOWN = 8 }; // of each section on stdout; all of them are in the log
    FILE *to[2] = {c->log, n->failed < SHOWN ? stdout : NULL};
    for (int i = 0; i < 2; i++) {
        if (!to[i]) continue;
        fprintf(to[i], "FAILED %s %.*s: ", c->suite->sections[kind], WR_FMT(id));
        if (w) {
            fputs("passes, so the waiver must go\n", to[i]);
            continue;
        }
        va_list ap;
        va_start(ap, what);
        vfprintf(to[i], what, ap);
        va_end(ap);
        fputc('\n', to[i]);
    }
    n->failed++;
}

void conf_broken(conf *c, conf_kind kind, const char *what) {
    conf_check(c, kind, WR_S("(file)"), false, "%s", what);
}

static int summary(const conf *c) {
    conf_count all = {0};
    printf("%-10s %10s %8s %8s\n", "section", "passed", "failed", "waived");
    for (uint32_t k = 0; k < c->suite->n_sections; k++) {
        const conf_count *n = &c->count[k];
        if (n->passed + n->failed + n->waived == 0) continue;
        printf("%-10s %10lu %8lu %8lu\n", c->suite->sections[k], (unsigned long)n->passed,
               (unsigned long)n->failed, (unsigned long)n->waived);
        all.passed += n->passed;
        all.failed += n->failed;
        all.waived += n->waived;
    }
    for (uint32_t i = 0; i < c->waivers.n; i++)
        if (c->waivers.v[i].run)
            printf("waived: %.*s %.*s: %.*s\n", WR_FMT(c->waivers.v[i].kind),
                   WR_FMT(c->waivers.v[i].id), WR_FMT(c->waivers.v[i].reason));
    printf("%lu passed, %lu failed\n", (unsigned long)all.passed, (unsigned long)all.failed);
    return all.failed || !all.passed ? 1 : 0;
}

static void part(conf *c, const char *name, void (*run)(conf *)) {
    struct timespec a, b;
    clock_gettime(CLOCK_MONOTONIC, &a);
    run(c);
    clock_gettime(CLOCK_MONOTONIC, &b);
    printf("%s: %.1f s\n", name,
           (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9);
    fflush(stdout);
}

static int usage(const conf_suite *s) {
    fprintf(stderr,
            "usage: %s [--sample] [--peer] [--program FILE] [--choices PAGE] "
            "[--waivers FILE] [--log FILE] DATA\n",
            s->name);
    return 64;
}

typedef struct words {
    const char *waivers, *log, *program;
    bool peer; // the program is the original itself: only what runs it
} words;

static bool options(conf *c, int argc, char **argv, words *w) {
    static const struct option known[] = {{"sample", no_argument, NULL, 's'},
                                          {"program", required_argument, NULL, 'p'},
                                          {"choices", required_argument, NULL, 'c'},
                                          {"waivers", required_argument, NULL, 'w'},
                                          {"log", required_argument, NULL, 'l'},
                                          {"peer", no_argument, NULL, 'x'},
                                          {NULL, 0, NULL, 0}};
    for (int o; (o = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        if (o == 's') c->sample = true;
        else if (o == 'p') w->program = optarg;
        else if (o == 'c') c->choices = optarg;
        else if (o == 'w') w->waivers = optarg;
        else if (o == 'l') w->log = optarg;
        else if (o == 'x') w->peer = true;
        else return false;
    }
    return optind + 1 == argc;
}

int conf_main(int argc, char **argv, const conf_suite *s) {
    static conf c;
    words w = {0};
    c.suite = s;
    if (!options(&c, argc, argv, &w)) return usage(s);
    if (!realpath(argv[optind], c.data) || (w.program && !realpath(w.program, c.program))) {
        perror(argv[optind]);
        return 1;
    }
    snprintf(c.tmp, sizeof c.tmp, "/tmp/writ-conformance-XXXXXX");
    if (!mkdtemp(c.tmp)) return 1;
    if (w.log) c.log = fopen(w.log, "w");
    wr_ctx_init(&c.ctx, NULL);
    if (w.waivers) read_waivers(&c, w.waivers);
    for (uint32_t i = 0; i < s->n_parts; i++)
        if (!w.peer || !s->parts[i].engine) part(&c, s->parts[i].name, s->parts[i].run);
    int rc = summary(&c);
    if (c.log) fclose(c.log);
    rmdir(c.tmp);
    wr_ctx_fini(&c.ctx);
    return rc;
}
