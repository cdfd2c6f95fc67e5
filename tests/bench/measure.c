// SPDX-License-Identifier: Apache-2.0
// measure: runs a command several times and says what it cost: medians of CPU (user + system) and
// wall time in milliseconds, peak resident memory in KiB, and the exit code. Small, so that its own
// memory, which the kernel counts until exec, does not show in the figures.
// Usage: measure RUNS COMMAND ARG...   Output of the command goes to /dev/null.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_RUNS = 200 };

static double seconds(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec / 1e6; }

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *v, int n) {
    qsort(v, (size_t)n, sizeof *v, by_value);
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static int run(char **argv, double *cpu, double *wall, long *rss) {
    double start = now();
    pid_t pid = fork();
    if (pid < 0) return -1;
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, 0);
        dup2(null, 1);
        dup2(null, 2);
        execvp(argv[0], argv);
        _exit(127);
    }
    int st;
    struct rusage u;
    if (wait4(pid, &st, 0, &u) < 0) return -1;
    *wall = (now() - start) * 1e3;
    *cpu = (seconds(u.ru_utime) + seconds(u.ru_stime)) * 1e3;
    if (u.ru_maxrss > *rss) *rss = u.ru_maxrss;
    return WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st);
}

int main(int argc, char **argv) {
    static double cpu[MAX_RUNS], wall[MAX_RUNS];
    int runs = argc > 2 ? (int)strtol(argv[1], NULL, 10) : 0, code = 0;
    long rss = 0;
    if (runs < 1 || runs > MAX_RUNS) {
        fputs("usage: measure RUNS COMMAND ARG...\n", stderr);
        return 64;
    }
    for (int i = 0; i < runs; i++) {
        int rc = run(argv + 2, &cpu[i], &wall[i], &rss);
        if (rc < 0 || (i > 0 && rc != code)) return 1;
        code = rc;
    }
    printf("%.3f %.3f %ld %d\n", median(cpu, runs), median(wall, runs), rss, code);
    return 0;
}
