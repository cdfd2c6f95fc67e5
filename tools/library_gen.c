// SPDX-License-Identifier: Apache-2.0
// library_gen: makes the table of writ's own library of controls from the folder controls/.
// Usage: library_gen FOLDER FILE... > library.inc
//
// Files are sorted by name, whatever order they are given in, so that every build of the same
// source is the same. Texts become string literals cut at line feeds: quick to compile, and what
// changed can be read.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void fail(const char *path, const char *what) {
    fprintf(stderr, "library_gen: %s: %s\n", path, what);
    exit(1);
}

static int by_text(const void *x, const void *y) {
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static char *read_all(const char *path, size_t *n) {
    FILE *f = fopen(path, "rb");
    if (f == NULL || fseek(f, 0, SEEK_END) != 0) fail(path, "cannot be read");
    long size = ftell(f);
    char *text = malloc((size_t)size + 1);
    if (text == NULL) fail(path, "no memory");
    rewind(f);
    *n = fread(text, 1, (size_t)size, f);
    if (*n != (size_t)size) fail(path, "cannot be read");
    fclose(f);
    return text;
}

static void put_text(const char *text, size_t n) {
    fputs("  \"", stdout);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '\n') fputs(i + 1 < n ? "\\n\"\n  \"" : "\\n", stdout);
        else if (c == '"' || c == '\\' || c == '?') printf("\\%c", c);
        else if (c >= 0x20 && c < 0x7f) putchar(c);
        else printf("\\%03o", c);
    }
    fputs("\"", stdout);
}

int main(int argc, char **argv) {
    if (argc < 2) fail("usage", "library_gen FOLDER FILE...");
    size_t folder = strlen(argv[1]);
    qsort(argv + 2, (size_t)argc - 2, sizeof *argv, by_text);
    for (int i = 2; i < argc; i++) {
        size_t n;
        char *text = read_all(argv[i], &n);
        if (strncmp(argv[i], argv[1], folder) != 0 || argv[i][folder] != '/')
            fail(argv[i], "does not stand in the folder");
        printf("{\"%s\",\n", argv[i] + folder + 1);
        put_text(text, n);
        printf(",\n  %zu},\n", n);
        free(text);
    }
    if (fclose(stdout) != 0) fail("output", "cannot be written");
    return 0;
}
