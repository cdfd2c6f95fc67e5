// SPDX-License-Identifier: Apache-2.0
// Which kind of file a name says, and the test files that belong to rule files.
// Invariant: names decide, nothing is opened; order is that of the walk (base/find.c).

#include "cli/files.h"

#include <stdlib.h>

// ---------------------------------------------------------------------------------- names

static bool ends_in(wr_str s, const char *const *ends) {
    for (; *ends; ends++)
        if (wr_ends(s, wr_strz(*ends))) return true;
    return false;
}

bool cli_is_rules_name(wr_str path) {
    static const char *const ends[] = {".guard", ".ruleset", NULL};
    return ends_in(path, ends);
}

bool cli_is_data_name(wr_str path) {
    static const char *const ends[] = {".yaml", ".yml", ".json", ".jsn", ".template", NULL};
    return ends_in(path, ends);
}

bool cli_is_test_name(wr_str path) {
    static const char *const ends[] = {".json", ".yaml", ".JSON", ".YAML", ".yml", ".jsn", NULL};
    return ends_in(path, ends);
}

// ---------------------------------------------------------------------------------- tests

static wr_str parent_of(const char *path) {
    wr_str s = wr_strz(path);
    size_t n = s.n;
    while (n > 0 && s.p[n - 1] != '/') n--;
    while (n > 1 && s.p[n - 1] == '/') n--;
    return wr_sub(s, 0, n);
}

static int by_dir(const void *x, const void *y) {
    const cli_pair *a = x, *b = y;
    int d = wr_cmp(a->dir, b->dir);
    return d ? d : strcmp(a->rules, b->rules);
}

static bool add_rules(const wr_search *f, const char *path, cli_pairs *out) {
    wr_str name = wr_basename(wr_strz(path));
    static const char *const ends[] = {".guard", ".ruleset"};
    for (unsigned i = 0; i < 2; i++) {
        wr_str end = wr_strz(ends[i]);
        if (!wr_ends(name, end)) continue;
        cli_pair p = {path, parent_of(path), wr_sub(name, 0, name.n - end.n), {NULL, 0, 0}};
        (void)WR_PUSH(f->arena, out, p);
        return true;
    }
    return false;
}

// DIR/tests/NAME belongs to the first rule file of DIR (or that with the longest stem) whose stem
// NAME begins with. False: to none.
static bool add_test(const wr_search *f, const char *path, cli_pairs *pairs) {
    static const char *const ends[] = {".yaml", ".yml", ".json", ".jsn", NULL};
    wr_str name = wr_basename(wr_strz(path));
    wr_str dir = parent_of(path);
    cli_pair *best = NULL;
    if (!ends_in(name, ends) || !wr_eq(wr_basename(dir), WR_S("tests"))) return true;
    const char *dirz = wr_dupz(f->arena, dir);
    if (dirz == NULL) return true;
    wr_str grand = parent_of(dirz);
    for (uint32_t i = 0; i < pairs->n; i++) {
        cli_pair *p = &pairs->v[i];
        if (!wr_eq(p->dir, grand) || !wr_starts(name, p->stem)) continue;
        if (best == NULL || (f->longest && p->stem.n > best->stem.n)) best = p;
    }
    if (best) (void)WR_PUSH(f->arena, &best->tests, path);
    return best != NULL;
}

void cli_find_tests(const wr_search *f, const char *dir, cli_pairs *out, cli_words *lost) {
    cli_words all = {NULL, 0, 0};
    wr_walk(f, dir, &all);
    cli_words other = {NULL, 0, 0};
    for (uint32_t i = 0; i < all.n; i++)
        if (!add_rules(f, all.v[i], out)) (void)WR_PUSH(f->arena, &other, all.v[i]);
    for (uint32_t i = 0; i < other.n; i++)
        if (!add_test(f, other.v[i], out)) (void)WR_PUSH(f->arena, lost, other.v[i]);
    if (out->n) qsort(out->v, out->n, sizeof *out->v, by_dir);
}
