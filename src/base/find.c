// SPDX-License-Identifier: Apache-2.0
// find: walking directories and matching names of files. Walking uses a list of its own, not the
// call stack, and never enters a directory that it is in already (symbolic links in a circle).

#include "base/base.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

bool wr_exists(const char *path) {
    struct stat st;
    return stat(path, &st) == 0;
}

bool wr_is_file(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
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

bool wr_glob(wr_str p, wr_str s) {
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

bool wr_is_glob(const char *text) { return strpbrk(text, "*?[") != NULL && !wr_exists(text); }

bool wr_ignored(const wr_words *patterns, wr_str path) {
    for (uint32_t i = 0; patterns && i < patterns->n; i++) {
        wr_str p = wr_strz(patterns->v[i]);
        while (p.n > 1 && p.p[p.n - 1] == '/') p.n--;
        bool name_only = wr_find(p, WR_S("/"), 0) == SIZE_MAX;
        if (wr_glob(p, name_only ? wr_basename(path) : path)) return true;
        if (wr_starts(path, WR_S("./")) && wr_glob(p, wr_sub(path, 2, path.n))) return true;
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
static bool enter(const wr_search *f, items *open, const item *dir, items *todo) {
    items here = {NULL, 0, 0};
    DIR *d = opendir(dir->path);
    if (d == NULL) return false;
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
    return true;
}

void wr_walk(const wr_search *f, const char *base, wr_words *out) {
    items todo = {NULL, 0, 0}, open = {NULL, 0, 0};
    item it;
    if (!look_at(base, true, &it)) return;
    it.up = UINT32_MAX;
    (void)WR_PUSH(f->arena, &todo, it);
    while (todo.n) {
        it = todo.v[--todo.n];
        if (it.up != UINT32_MAX && wr_ignored(f->ignore, wr_strz(it.path))) continue;
        if (!it.dir) {
            if (f->all || wr_is_file(it.path)) (void)WR_PUSH(f->arena, out, it.path);
        } else if (!inside_itself(&open, &it)) {
            if (!enter(f, &open, &it, &todo) && f->all) (void)WR_PUSH(f->arena, out, it.path);
        }
    }
}

void wr_expand(const wr_search *f, const char *pattern, wr_words *out) {
    wr_str p = wr_strz(pattern);
    size_t first = strcspn(pattern, "*?[");
    while (first > 0 && pattern[first - 1] != '/') first--;
    const char *base = first == 0 ? "." : wr_dupz(f->arena, wr_sub(p, 0, first));
    wr_words all = {NULL, 0, 0};
    if (base == NULL) return;
    wr_walk(f, base, &all);
    for (uint32_t i = 0; i < all.n; i++) {
        const char *path = first == 0 ? all.v[i] + 2 : all.v[i]; // "./a" is "a" in the pattern
        if (wr_glob(p, wr_strz(path))) (void)WR_PUSH(f->arena, out, path);
    }
}
