// SPDX-License-Identifier: Apache-2.0
// normalise: takes out of an output what may differ from the original's:
// console: the order of blocks (it changes from run to run), code excerpts, positions, and the
// block `Template { … }` in which ours gives the reasons that belong to no resource, where the
// original says nothing; SARIF: positions and the folder of the recording; JUnit: times;
// stderr: our warnings where the original is silent about what it leaves out.
#include <stdlib.h>
#include <unistd.h>

#include "conf.h"

typedef WR_VEC(wr_str) lines;

static bool digit(char c) { return c >= '0' && c <= '9'; }

// "[L:12,C:3]" → "[L:#,C:#]", in place of any line and column of that shape.
static wr_str mask_places(wr_arena *a, wr_str s) {
    wr_buf b;
    wr_buf_init(&b, SIZE_MAX);
    for (size_t i = 0; i < s.n;) {
        bool place = i + 2 < s.n && (s.p[i] == 'L' || s.p[i] == 'C') && s.p[i + 1] == ':' &&
                     digit(s.p[i + 2]);
        if (!place) {
            wr_putc(&b, s.p[i++]);
            continue;
        }
        wr_put(&b, s.p + i, 2);
        wr_putc(&b, '#');
        for (i += 2; i < s.n && digit(s.p[i]); i++) {}
    }
    wr_str r = wr_dup(a, wr_buf_str(&b));
    wr_buf_fini(&b);
    return r;
}

// "   12.  text" of a code excerpt.
static bool is_code(wr_str line) {
    size_t i = 0;
    while (i < line.n && line.p[i] == ' ') i++;
    size_t from = i;
    while (i < line.n && digit(line.p[i])) i++;
    return i > from && i < line.n && line.p[i] == '.';
}

static lines without_code(wr_arena *a, wr_str s) {
    lines v = {0};
    wr_str line;
    bool code = false;
    while (s.n > 0) {
        size_t end = wr_find(s, WR_S("\n"), 0);
        line = wr_sub(s, 0, end == SIZE_MAX ? s.n : end);
        s = end == SIZE_MAX ? (wr_str){0} : wr_sub(s, end + 1, s.n);
        if (wr_eq(wr_trim(line), WR_S("Code:"))) code = true;
        else if (!code || (!is_code(line) && wr_trim(line).n > 0)) {
            code = false;
            if (!WR_PUSH(a, &v, line)) abort();
        }
    }
    return v;
}

static int by_bytes(const void *x, const void *y) {
    return wr_cmp(*(const wr_str *)x, *(const wr_str *)y);
}

// Blocks between "{" at the end of a line and "}" become one item; the items of each block, and the
// blocks and lines at the top, are sorted. Depth is that of the report's braces.
static wr_str sorted_block(wr_arena *a, const lines *v, uint32_t *at, uint32_t depth) {
    lines items = {0};
    while (*at < v->n) {
        wr_str line = v->v[(*at)++], t = wr_trim(line);
        bool closes = t.n > 0 && t.p[0] == '}' && depth > 0;
        if (t.n > 0 && t.p[t.n - 1] == '{' && !closes && depth < 200) {
            wr_str inner = sorted_block(a, v, at, depth + 1);
            if (wr_eq(line, WR_S("Template {"))) continue;
            line = wr_fmt(a, "%.*s\n%.*s", WR_FMT(line), WR_FMT(inner));
        }
        if (!WR_PUSH(a, &items, line)) abort();
        if (closes) break;
    }
    qsort(items.v, items.n, sizeof *items.v, by_bytes);
    wr_buf b;
    wr_buf_init(&b, SIZE_MAX);
    for (uint32_t i = 0; i < items.n; i++) {
        wr_puts(&b, items.v[i]);
        wr_putc(&b, '\n');
    }
    wr_str r = wr_dup(a, wr_buf_str(&b));
    wr_buf_fini(&b);
    return r;
}

wr_str conf_normal_console(wr_arena *a, wr_str s) {
    lines v = without_code(a, mask_places(a, s));
    uint32_t at = 0;
    return sorted_block(a, &v, &at, 0);
}

// The digits after each occurrence of key become '#'.
static wr_str mask_after(wr_arena *a, wr_str s, wr_str key) {
    wr_buf b;
    wr_buf_init(&b, SIZE_MAX);
    size_t at = 0;
    for (size_t hit; (hit = wr_find(s, key, at)) != SIZE_MAX;) {
        wr_puts(&b, wr_sub(s, at, hit + key.n));
        wr_putc(&b, '#');
        for (at = hit + key.n; at < s.n && digit(s.p[at]); at++) {}
    }
    wr_puts(&b, wr_sub(s, at, s.n));
    wr_str r = wr_dup(a, wr_buf_str(&b));
    wr_buf_fini(&b);
    return r;
}

// The part of a recorded path that names a file of this folder.
static wr_str inside(wr_arena *a, wr_str path, const char *data) {
    for (size_t i = 0; i < path.n; i++) {
        if (i > 0 && path.p[i - 1] != '/') continue;
        wr_str rest = wr_sub(path, i, path.n);
        if (access(wr_fmt(a, "%s/%.*s", data, WR_FMT(rest)).p, F_OK) == 0) return rest;
    }
    return path;
}

wr_str conf_normal_sarif(wr_arena *a, wr_str s, const char *data) {
    s = mask_after(a, s, WR_S("\"startLine\": "));
    s = mask_places(a, mask_after(a, s, WR_S("\"startColumn\": ")));
    wr_str key = WR_S("\"uri\": \"");
    wr_buf b;
    wr_buf_init(&b, SIZE_MAX);
    size_t at = 0;
    for (size_t hit; (hit = wr_find(s, key, at)) != SIZE_MAX;) {
        size_t beg = hit + key.n, end = wr_find(s, WR_S("\""), beg);
        if (end == SIZE_MAX) break;
        wr_puts(&b, wr_sub(s, at, beg));
        wr_puts(&b, inside(a, wr_sub(s, beg, end), data));
        at = end;
    }
    wr_puts(&b, wr_sub(s, at, s.n));
    wr_str r = wr_dup(a, wr_buf_str(&b));
    wr_buf_fini(&b);
    return r;
}

wr_str conf_normal_stderr(wr_arena *a, wr_str s) {
    wr_buf b;
    wr_buf_init(&b, SIZE_MAX);
    while (s.n > 0) {
        size_t end = wr_find(s, WR_S("\n"), 0);
        wr_str line = wr_sub(s, 0, end == SIZE_MAX ? s.n : end + 1);
        s = wr_sub(s, line.n, s.n);
        if (!wr_starts(line, WR_S("cfn-guard: warning: "))) wr_puts(&b, line);
    }
    wr_str r = wr_dup(a, wr_buf_str(&b));
    wr_buf_fini(&b);
    return r;
}

wr_str conf_normal_junit(wr_arena *a, wr_str s) { return mask_after(a, s, WR_S("time=\"")); }
