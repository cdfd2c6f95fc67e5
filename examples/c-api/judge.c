/* SPDX-License-Identifier: Apache-2.0
 *
 * judge: compiles the Guard rules given first and judges the documents after `--`, one thread a
 * document. Build: cc judge.c $(pkg-config --cflags --libs writ)
 *
 *     ./judge s3.guard iam.guard -- template.yaml other.json
 *
 * Exit code: 0 nothing failed, 1 a rule failed, 2 something could not be judged.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <writ/guard.h>

typedef struct job {
    const writ_guard_rules *rules;
    const char *path;
    writ_guard_result *result;
} job;

static char *read_all(const char *path, size_t *n) {
    FILE *f = fopen(path, "rb");
    char *p = NULL;
    size_t cap = 0;
    *n = 0;
    if (!f) return NULL;
    for (;;) {
        char *more = cap - *n ? p : realloc(p, cap = cap ? cap * 2 : 65536);
        if (!more) break;
        p = more;
        size_t got = fread(p + *n, 1, cap - *n, f);
        if (!got) break;
        *n += got;
    }
    fclose(f);
    return p;
}

static void *judge(void *arg) {
    job *j = (job *)arg;
    size_t n;
    char *text = read_all(j->path, &n);
    if (text) writ_guard_judge(j->rules, j->path, text, n, &j->result);
    free(text);
    return NULL;
}

static void show(const writ_diagnostic *d) {
    fprintf(stderr, "%s:%u:%u: %s: %s\n", d->source, d->line, d->column, d->code, d->message);
}

static int report(const job *j) {
    size_t i, k;
    if (!j->result) {
        fprintf(stderr, "%s: cannot be read\n", j->path);
        return 2;
    }
    for (i = 0; i < writ_guard_result_n_diagnostics(j->result); i++)
        show(writ_guard_result_diagnostic(j->result, i));
    for (i = 0; i < writ_guard_n_decisions(j->result); i++) {
        const writ_decision *d = writ_guard_decision(j->result, i);
        if (d->outcome == WRIT_PASS || d->outcome == WRIT_SKIP) continue;
        for (k = 0; k < d->n_reasons; k++)
            printf("%s:%u:%u: %s: %s\n", d->subject, d->reasons[k].line, d->reasons[k].column,
                   d->rule, d->reasons[k].message);
    }
    switch (writ_guard_outcome(j->result)) {
    case WRIT_PASS:
    case WRIT_SKIP: return 0;
    case WRIT_FAIL: return 1;
    default: return 2;
    }
}

static int add_rules(writ_guard_rules *rules, const char *path) {
    size_t n;
    char *text = read_all(path, &n);
    writ_status st = text ? writ_guard_add(rules, path, text, n) : WRIT_USAGE;
    free(text);
    return st == WRIT_OK ? 0 : 2;
}

int main(int argc, char **argv) {
    writ_guard_rules *rules;
    int i = 1, exit_code = 0, n;
    if (argc < 4) {
        fprintf(stderr, "usage: %s RULES... -- DOCUMENT...\n", argv[0]);
        return 2;
    }
    if (writ_guard_new(NULL, &rules) != WRIT_OK) return 2;
    for (; i < argc && strcmp(argv[i], "--") != 0; i++) exit_code |= add_rules(rules, argv[i]);
    writ_guard_compile(rules);
    for (size_t k = 0; k < writ_guard_n_diagnostics(rules); k++)
        show(writ_guard_diagnostic(rules, k));
    n = argc - i - 1;
    if (n > 0) {
        job *jobs = (job *)calloc((size_t)n, sizeof *jobs);
        pthread_t *threads = (pthread_t *)calloc((size_t)n, sizeof *threads);
        if (!jobs || !threads) return 2;
        for (int k = 0; k < n; k++) {
            jobs[k].rules = rules;
            jobs[k].path = argv[i + 1 + k];
            if (pthread_create(&threads[k], NULL, judge, &jobs[k])) return 2;
        }
        for (int k = 0; k < n; k++) {
            pthread_join(threads[k], NULL);
            int code = report(&jobs[k]);
            if (code > exit_code) exit_code = code;
            writ_guard_result_free(jobs[k].result);
        }
        free(jobs);
        free(threads);
    }
    writ_guard_free(rules);
    return exit_code;
}
