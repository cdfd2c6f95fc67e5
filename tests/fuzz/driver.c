// SPDX-License-Identifier: Apache-2.0
// driver: runs a fuzz target over files and directories without a fuzzer, so that every input that
// ever mattered is tried again in every test run, with any compiler.
// Usage: TARGET PATH...   The input being tried is named on stderr when the target dies.
// A file whose name ends in .pack holds many inputs, each as its length in decimal, a line feed,
// the bytes and a line feed (tools/pack.py): what hours of fuzzing have kept.
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <signal.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char current[4096];

static void on_death(int sig) {
    // Only async-signal-safe calls here.
    static const char head[] = "died on: ";
    ssize_t n = write(2, head, sizeof(head) - 1);
    n = write(2, current, strlen(current));
    n = write(2, "\n", 1);
    (void)n;
    signal(sig, SIG_DFL);
    raise(sig);
}

// An exact copy, so that a read past the end is seen by sanitizers and valgrind.
static bool run_exact(const uint8_t *p, size_t n) {
    uint8_t *exact = malloc(n ? n : 1);
    if (!exact) return false;
    memcpy(exact, p, n);
    (void)LLVMFuzzerTestOneInput(exact, n);
    free(exact);
    return true;
}

static bool ends_in_pack(const char *path) {
    size_t n = strlen(path);
    return n > 5 && strcmp(path + n - 5, ".pack") == 0;
}

static bool run_pack(const char *path, const uint8_t *p, size_t n) {
    unsigned count = 0;
    for (size_t at = 0; at < n; count++) {
        size_t len = 0, i = at;
        while (i < n && p[i] >= '0' && p[i] <= '9' && len < n) len = len * 10 + (p[i++] - '0');
        if (i == at || i >= n || p[i] != '\n' || len >= n - i - 1 || p[i + 1 + len] != '\n') {
            fprintf(stderr, "%s: input %u is not as a pack has it\n", path, count);
            return false;
        }
        snprintf(current, sizeof current, "%s, input %u", path, count);
        if (!run_exact(p + i + 1, len)) return false;
        at = i + len + 2;
    }
    return count > 0;
}

static bool run_file(const char *path) {
    FILE *f = fopen(path, "rb");
    if (!f) {
        perror(path);
        return false;
    }
    snprintf(current, sizeof current, "%s", path);
    size_t n = 0, cap = 1 << 16;
    uint8_t *p = malloc(cap);
    while (p) {
        n += fread(p + n, 1, cap - n, f);
        if (n < cap) break;
        cap *= 2;
        uint8_t *q = realloc(p, cap);
        if (!q) free(p);
        p = q;
    }
    fclose(f);
    if (!p) return false;
    bool ok = ends_in_pack(path) ? run_pack(path, p, n) : run_exact(p, n);
    free(p);
    return ok;
}

static bool run_path(const char *path) {
    struct stat st;
    if (stat(path, &st) != 0) {
        perror(path);
        return false;
    }
    if (!S_ISDIR(st.st_mode)) return run_file(path);
    DIR *d = opendir(path);
    if (!d) return false;
    bool ok = true;
    const struct dirent *e;
    while ((e = readdir(d)) != NULL) { // corpora are flat
        char sub[4096];
        int n = snprintf(sub, sizeof sub, "%s/%s", path, e->d_name);
        if (n < 0 || (size_t)n >= sizeof sub || stat(sub, &st) != 0) ok = false;
        else if (S_ISREG(st.st_mode)) ok = run_file(sub) && ok;
    }
    closedir(d);
    return ok;
}

int main(int argc, char **argv) {
    const int deadly[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) signal(deadly[i], on_death);
    bool ok = true;
    for (int i = 1; i < argc; i++) ok = run_path(argv[i]) && ok;
    return ok ? 0 : 1;
}
