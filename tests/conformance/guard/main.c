// SPDX-License-Identifier: Apache-2.0
// main: compares the Guard engine and the cfn-guard personality with recorded verdicts of the real
// tool, in a folder as its README describes (any folder of that shape; what is missing is skipped).
// Usage: guard [--sample] [--program FILE] [--waivers FILE] [--log FILE] DATA
#include <getopt.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "conf.h"

const char *const conf_kind_names[CONF_KINDS] = {"validate", "test", "probe", "sample", "stderr"};

static void read_waivers(conf *c, const char *path) {
    wr_str text = {0}, line;
    if (wr_read_file(&c->ctx, path, &text) != WR_OK) return;
    while (conf_line(&text, &line)) {
        wr_str f[3];
        if (line.n == 0) continue;
        if (conf_fields(line, f, 3) != 3 || f[2].n == 0) {
            printf("FAILED: waiver without kind, id and reason: %.*s\n", WR_FMT(line));
            c->count[CONF_VALIDATE].failed++;
        } else if (!WR_PUSH(&c->ctx.arena, &c->waivers, ((conf_waiver){f[0], f[1], f[2], false}))) {
            abort();
        }
    }
}

static conf_waiver *find_waiver(conf *c, conf_kind kind, const char *id) {
    for (uint32_t i = 0; i < c->waivers.n; i++) {
        conf_waiver *w = &c->waivers.v[i];
        if (wr_eq(w->kind, wr_strz(conf_kind_names[kind])) && wr_eq(w->id, wr_strz(id))) return w;
    }
    return NULL;
}

void conf_check(conf *c, conf_kind kind, const char *id, bool ok, const char *what, ...) {
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
    enum { SHOWN = 8 }; // of each kind on stdout; all of them are in the log
    FILE *to[2] = {c->log, n->failed < SHOWN ? stdout : NULL};
    for (int i = 0; i < 2; i++) {
        if (!to[i]) continue;
        fprintf(to[i], "FAILED %s %s: ", conf_kind_names[kind], id);
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

static int summary(const conf *c) {
    conf_count all = {0};
    printf("%-10s %10s %8s %8s\n", "kind", "passed", "failed", "waived");
    for (int k = 0; k < CONF_KINDS; k++) {
        const conf_count *n = &c->count[k];
        if (n->passed + n->failed + n->waived == 0) continue;
        printf("%-10s %10lu %8lu %8lu\n", conf_kind_names[k], (unsigned long)n->passed,
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

static int usage(void) {
    fputs("usage: guard [--sample] [--program FILE] [--waivers FILE] [--log FILE] DATA\n", stderr);
    return 64;
}

int main(int argc, char **argv) {
    static const struct option options[] = {
        {"sample", no_argument, NULL, 's'},        {"program", required_argument, NULL, 'p'},
        {"waivers", required_argument, NULL, 'w'}, {"log", required_argument, NULL, 'l'},
        {"peer", no_argument, NULL, 'x'},          {NULL, 0, NULL, 0}};
    static conf c;
    bool peer = false; // the program is the original itself: only what runs it
    const char *waivers = NULL, *log = NULL, *program = "build/cfn-guard";
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (o == 's') c.sample = true;
        else if (o == 'p') program = optarg;
        else if (o == 'w') waivers = optarg;
        else if (o == 'l') log = optarg;
        else if (o == 'x') peer = true;
        else return usage();
    }
    if (optind + 1 != argc) return usage();
    char program_abs[PATH_MAX];
    if (!realpath(argv[optind], c.data) || !realpath(program, program_abs)) {
        perror(argv[optind]);
        return 1;
    }
    c.program = program_abs;
    snprintf(c.tmp, sizeof c.tmp, "/tmp/writ-conformance-XXXXXX");
    if (!mkdtemp(c.tmp)) return 1;
    if (log) c.log = fopen(log, "w");
    wr_ctx_init(&c.ctx, NULL);
    if (waivers) read_waivers(&c, waivers);
    if (!peer) part(&c, "validate", conf_validate);
    part(&c, "test", conf_tests);
    part(&c, "probes", conf_probes);
    part(&c, "samples", conf_samples);
    int rc = summary(&c);
    if (c.log) fclose(c.log);
    rmdir(c.tmp);
    wr_ctx_fini(&c.ctx);
    return rc;
}
