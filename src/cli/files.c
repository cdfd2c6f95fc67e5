// SPDX-License-Identifier: Apache-2.0
// Walking directories and matching names. Walking uses a list of its own, not the call stack, and
// never enters a directory that it is in already (symbolic links in a circle).

#include "cli/files.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

bool cli_exists(const char *path) {
    struct stat st;
    return stat(path, &st) == 0;
}

bool cli_is_file(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

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

// ---------------------------------------------------------------------------------- patterns

// Matches one character of a pattern (not '*') against c; *i moves past it.
static bool match_one(wr_str p, size_t *i, char c) {
    char k = p.p[(*i)++];
    if (k == '?') return c != '/';
    if (k == '\\' && *i < p.n) return p.p[(*i)++] == c;
    size_t close = k == '[' ? wr_find(p, WR_S("]"), *i + 1) : SIZE_MAX;
    if (close == SIZE_MAX) return k == c;
    size_t at = *i;
    bool neg = p.p[at] == '!' || p.p[at] == '^', hit = false;
    for (at += neg; at < close; at++) {
        bool range = at + 2 < close && p.p[at + 1] == '-';
        hit |= range ? c >= p.p[at] && c <= p.p[at + 2] : c == p.p[at];
        if (range) at += 2;
    }
    *i = close + 1;
    return hit != neg && c != '/';
}

// Where to go on when the rest of a pattern does not match: after a star, one character further.
typedef struct retry {
    size_t pat, text;
    bool set;
} retry;

bool cli_glob(wr_str p, wr_str s) {
    retry star = {0, 0, false}, deep = {0, 0, false};
    size_t i = 0, k = 0;
    for (;;) {
        if (i < p.n && p.p[i] == '*') {
            bool across = i + 1 < p.n && p.p[i + 1] == '*';
            i += across ? 2 : 1;
            if (across && i < p.n && p.p[i] == '/') i++; // "**/" also matches nothing
            if (across) {
                deep = (retry){i, k, true};
                star.set = false;
            } else {
                star = (retry){i, k, true};
            }
            continue;
        }
        if (i == p.n && k == s.n) return true;
        if (i < p.n && k < s.n && match_one(p, &i, s.p[k])) {
            k++;
            continue;
        }
        if (star.set && star.text < s.n && s.p[star.text] != '/') {
            k = ++star.text;
            i = star.pat;
        } else if (deep.set && deep.text < s.n) {
            k = ++deep.text;
            i = deep.pat;
            star.set = false;
        } else {
            return false;
        }
    }
}

bool cli_is_glob(const char *text) { return strpbrk(text, "*?[") != NULL && !cli_exists(text); }

bool cli_ignored(const cli_words *patterns, wr_str path) {
    for (uint32_t i = 0; patterns && i < patterns->n; i++) {
        wr_str p = wr_strz(patterns->v[i]);
        while (p.n > 1 && p.p[p.n - 1] == '/') p.n--;
        bool name_only = wr_find(p, WR_S("/"), 0) == SIZE_MAX;
        if (cli_glob(p, name_only ? wr_basename(path) : path)) return true;
        if (wr_starts(path, WR_S("./")) && cli_glob(p, wr_sub(path, 2, path.n))) return true;
    }
    return false;
}

// ---------------------------------------------------------------------------------- walking

typedef struct item {
    const char *path;
    int64_t time; // nanoseconds, for sorting
    dev_t dev;
    ino_t ino;
    uint32_t up; // directory it stands in, as an index of the list; UINT32_MAX for the base
    bool dir;    // to be entered
} item;

typedef WR_VEC(item) items;

static int by_name(const void *x, const void *y) {
    const item *a = x, *b = y;
    return strcmp(wr_basename(wr_strz(a->path)).p, wr_basename(wr_strz(b->path)).p);
}

static int by_time(const void *x, const void *y) {
    const item *a = x, *b = y;
    return a->time != b->time ? (a->time < b->time ? -1 : 1) : by_name(x, y);
}

static const char *join(wr_arena *a, const char *dir, const char *name) {
    size_t n = strlen(dir);
    const char *sep = n > 0 && dir[n - 1] == '/' ? "" : "/";
    return wr_fmt(a, "%s%s%s", dir, sep, name).p;
}

static bool look_at(const char *path, bool follow, item *out) {
    struct stat st;
    int rc = follow ? stat(path, &st) : lstat(path, &st);
    if (rc != 0) return false;
    *out = (item){.path = path,
                  .dev = st.st_dev,
                  .ino = st.st_ino,
                  .dir = S_ISDIR(st.st_mode),
                  .time = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec};
    return true;
}

static bool inside_itself(const items *open, const item *it) {
    for (uint32_t up = it->up; up != UINT32_MAX; up = open->v[up].up) {
        WR_ASSERT(open->v != NULL && up < open->n);
        if (open->v[up].dev == it->dev && open->v[up].ino == it->ino) return true;
    }
    return false;
}

// Adds what stands in a directory to the list of what is to come, the first last.
static void enter(const cli_find *f, items *open, const item *dir, items *todo) {
    items here = {NULL, 0, 0};
    DIR *d = opendir(dir->path);
    if (d == NULL) return;
    uint32_t up = open->n;
    (void)WR_PUSH(f->arena, open, *dir);
    for (const struct dirent *e; (e = readdir(d)) != NULL;) {
        item it;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        const char *path = join(f->arena, dir->path, e->d_name);
        if (path == NULL || !look_at(path, f->follow, &it)) continue;
        it.up = up;
        (void)WR_PUSH(f->arena, &here, it);
    }
    (void)closedir(d);
    if (here.n) qsort(here.v, here.n, sizeof *here.v, f->by_time ? by_time : by_name);
    for (uint32_t i = here.n; i > 0; i--) (void)WR_PUSH(f->arena, todo, here.v[i - 1]);
}

void cli_walk(const cli_find *f, const char *base, cli_words *out) {
    items todo = {NULL, 0, 0}, open = {NULL, 0, 0};
    item it;
    if (!look_at(base, true, &it)) return;
    it.up = UINT32_MAX;
    (void)WR_PUSH(f->arena, &todo, it);
    while (todo.n) {
        it = todo.v[--todo.n];
        if (it.up != UINT32_MAX && cli_ignored(f->ignore, wr_strz(it.path))) continue;
        if (!it.dir) {
            if (cli_is_file(it.path)) (void)WR_PUSH(f->arena, out, it.path);
        } else if (!inside_itself(&open, &it)) {
            enter(f, &open, &it, &todo);
        }
    }
}

void cli_expand(const cli_find *f, const char *pattern, cli_words *out) {
    wr_str p = wr_strz(pattern);
    size_t first = strcspn(pattern, "*?[");
    while (first > 0 && pattern[first - 1] != '/') first--;
    const char *base = first == 0 ? "." : wr_dupz(f->arena, wr_sub(p, 0, first));
    cli_words all = {NULL, 0, 0};
    if (base == NULL) return;
    cli_walk(f, base, &all);
    for (uint32_t i = 0; i < all.n; i++) {
        const char *path = first == 0 ? all.v[i] + 2 : all.v[i]; // "./a" is "a" in the pattern
        if (cli_glob(p, wr_strz(path))) (void)WR_PUSH(f->arena, out, path);
    }
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

static bool add_rules(const cli_find *f, const char *path, cli_pairs *out) {
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
static bool add_test(const cli_find *f, const char *path, cli_pairs *pairs) {
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

void cli_find_tests(const cli_find *f, const char *dir, cli_pairs *out, cli_words *lost) {
    cli_words all = {NULL, 0, 0};
    cli_walk(f, dir, &all);
    cli_words other = {NULL, 0, 0};
    for (uint32_t i = 0; i < all.n; i++)
        if (!add_rules(f, all.v[i], out)) (void)WR_PUSH(f->arena, &other, all.v[i]);
    for (uint32_t i = 0; i < other.n; i++)
        if (!add_test(f, other.v[i], out)) (void)WR_PUSH(f->arena, lost, other.v[i]);
    if (out->n) qsort(out->v, out->n, sizeof *out->v, by_dir);
}
