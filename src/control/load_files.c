// SPDX-License-Identifier: Apache-2.0
// load_files: reading what stands in a repository, and nothing that stands outside of it: who
// proposes a change to a repository must not be shown other files of the machine that checks it. A
// name may not be absolute nor have "..", and where links lead is looked at before a file is
// opened. The library's files are read the same way, from the program itself.
//
// Always true: only regular files are opened (a pipe would wait for ever); our own formats are read
// under limits of their own, far below those for what is judged.

#include "control/control_int.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>

// A file of controls of this size is no file of controls.
enum { FORM_BYTES = 16 << 20, FORM_NODES = 1000000, FORM_DEPTH = 100 };

static const wr_str library_prefix = {"writ:", 5};

bool load_is_library(wr_str name) { return wr_starts(name, library_prefix); }

// ---------------------------------------------------------------------------------- names

// Drops "." and doubled slashes; false: absolute, empty, or with "..".
static bool clean(wr_arena *a, wr_str rel, wr_str *out) {
    char *p = wr_alloc(a, rel.n + 1);
    size_t n = 0;
    if (p == NULL || rel.n == 0 || rel.p[0] == '/' || memchr(rel.p, 0, rel.n)) return false;
    for (size_t i = 0; i < rel.n;) {
        size_t end = wr_find(rel, WR_S("/"), i);
        if (end > rel.n) end = rel.n;
        wr_str part = wr_sub(rel, i, end);
        i = end + 1;
        if (wr_eq(part, WR_S(".."))) return false;
        if (part.n == 0 || wr_eq(part, WR_S("."))) continue;
        if (n) p[n++] = '/';
        memcpy(p + n, part.p, part.n);
        n += part.n;
    }
    p[n] = 0;
    *out = wr_strn(p, n);
    return true;
}

bool load_name(load *l, const load_base *b, wr_form *f, const wr_node *n, wr_str rel, wr_str *out) {
    wr_str path;
    if (clean(&l->c->arena, rel, &path)) {
        *out =
            b->prefix.n ? wr_fmt(&l->c->arena, "%.*s%.*s", WR_FMT(b->prefix), WR_FMT(path)) : path;
        return out->p != NULL;
    }
    wr_code code = f->code;
    f->code = WR_D_K0103;
    wr_form_fault(f, n, "'%.*s' does not stand in the repository", WR_FMT(wr_utf8_cut(rel, 200)));
    wr_hint(l->c, f->last, "names are relative to the folder of writ.yaml, without '..'");
    f->code = code;
    return false;
}

const char *load_path(load *l, wr_str name) {
    wr_str root = l->r->root;
    if (wr_eq(root, WR_S("."))) return wr_dupz(&l->c->arena, name.n ? name : WR_S("."));
    return wr_fmt(&l->c->arena, "%.*s%s%.*s", WR_FMT(root), name.n ? "/" : "", WR_FMT(name)).p;
}

// ---------------------------------------------------------------------------------- reading

static const wr_src *refuse(load *l, wr_code code, wr_form *f, const wr_node *n, wr_str name,
                            const char *why) {
    const wr_src *src = f && n ? wr_form_src(f->doc, n) : NULL;
    wr_span at = wr_form_span(n);
    (void)wr_report(l->c, code, WR_ERROR, src, src ? at : (wr_span){0, 0}, "'%.*s' %s",
                    WR_FMT(wr_utf8_cut(name, 200)), why);
    if (f) f->bad = true;
    return NULL;
}

// NULL when path is a regular file within the repository; else why not, and in *code which fault.
static const char *look(const load *l, const char *path, wr_code *code) {
    char real[PATH_MAX];
    struct stat st;
    *code = WR_D_K0104;
    if (realpath(path, real) == NULL)
        return errno == ENOENT || errno == ENOTDIR ? "is not there" : "cannot be read";
    if (!wr_starts(wr_strz(real), l->real)) {
        *code = WR_D_K0103;
        return "is a link that leads out of the repository";
    }
    if (stat(real, &st) != 0) return "cannot be read";
    if (S_ISDIR(st.st_mode)) return "is a folder, a file is wanted";
    return S_ISREG(st.st_mode) ? NULL : "is no regular file";
}

const char *load_refuses(load *l, wr_str name, wr_code *code) {
    const char *path = load_path(l, name);
    return path ? look(l, path, code) : "cannot be read";
}

static const wr_src *library_text(load *l, wr_str name, wr_form *f, const wr_node *n) {
    const library_file *file = library_find(wr_sub(name, library_prefix.n, name.n));
    if (file == NULL) return refuse(l, WR_D_K0104, f, n, name, "is not in the library");
    return wr_src_new(&l->c->arena, name, wr_strn(file->text, file->n), false);
}

const wr_src *load_text(load *l, wr_str name, wr_form *f, const wr_node *n) {
    wr_ctx *c = l->c;
    wr_code code;
    wr_str text;
    if (load_is_library(name)) return library_text(l, name, f, n);
    const char *path = load_path(l, name);
    if (path == NULL) return NULL;
    const char *why = look(l, path, &code);
    if (why) return refuse(l, code, f, n, name, why);
    uint64_t bytes = c->limits.bytes;
    if (bytes > FORM_BYTES) c->limits.bytes = FORM_BYTES;
    wr_rc rc = wr_read_file(c, path, &text);
    c->limits.bytes = bytes;
    if (rc != WR_OK && f) f->bad = true;
    return rc == WR_OK ? wr_src_new(&c->arena, wr_strz(path), text, false) : NULL;
}

const wr_doc *load_tree(load *l, const wr_src *src, const wr_symtab *syms) {
    wr_ctx *c = l->c;
    wr_limits limits = c->limits;
    if (limits.nodes > FORM_NODES) c->limits.nodes = FORM_NODES;
    if (limits.depth > FORM_DEPTH) c->limits.depth = FORM_DEPTH;
    wr_load how = {.profile = WR_LOAD_STRICT,
                   .is_json = wr_looks_json(src->name, src->text),
                   .syms = syms,
                   .own_repeats = true,
                   .all = true};
    wr_doc *doc = NULL;
    wr_rc rc = wr_doc_load(c, src, &how, &doc);
    c->limits = limits;
    return rc == WR_OK ? doc : NULL;
}

const wr_doc *load_doc(load *l, wr_str name, wr_form *f, const wr_node *n) {
    const wr_src *src = load_text(l, name, f, n);
    return src ? load_tree(l, src, NULL) : NULL;
}

// ---------------------------------------------------------------------------------- patterns

static bool has_pattern(wr_str s) { return wr_scan_holds(s, '*', '?', '['); }

static bool is_data(wr_str name) {
    static const char *const ends[] = {".json",   ".yaml", ".yml",      ".jsonl",
                                       ".ndjson", ".gz",   ".template", ".jsn"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t n = strlen(ends[i]);
        if (name.n >= n && strncasecmp(name.p + name.n - n, ends[i], n) == 0) return true;
    }
    return false;
}

// The folder of a pattern before its first part with pattern characters: "a/b/*" → "a/b".
static wr_str literal_part(wr_str p) {
    size_t cut = 0;
    for (size_t i = 0; i < p.n; i++) {
        if (p.p[i] == '*' || p.p[i] == '?' || p.p[i] == '[') return wr_sub(p, 0, cut);
        if (p.p[i] == '/') cut = i;
    }
    return p;
}

static void expand_library(load *l, const load_base *b, wr_str pattern, bool data,
                           load_names *out) {
    pattern = wr_sub(pattern, b->prefix.n, pattern.n);
    for (uint32_t i = 0; i < library_count(); i++) {
        wr_str name = wr_strz(library_at(i)->name);
        if (!wr_glob(pattern, name) || (data && !is_data(name))) continue;
        (void)WR_PUSH(&l->c->arena, out, wr_fmt(&l->c->arena, "writ:%.*s", WR_FMT(name)));
    }
}

// A folder among what was found: one that cannot be read, whatever may stand in it, or a link,
// which is not followed. Both are said: what is not looked at must be seen.
static bool is_lost(load *l, wr_str pattern, wr_str name, const char *path) {
    struct stat st, link;
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode) || lstat(path, &link) != 0) return false;
    bool linked = S_ISLNK(link.st_mode);
    if (linked && !wr_glob(pattern, name)) return true;
    (void)wr_report(l->c, WR_D_K0104, linked ? WR_WARNING : WR_ERROR, NULL, (wr_span){0, 0},
                    "'%.*s' is %s", WR_FMT(wr_utf8_cut(name, 200)),
                    linked ? "a link to a folder: what is in it is passed over"
                           : "a folder that cannot be read");
    if (!linked) l->r->n_broken++;
    return true;
}

void load_expand(load *l, const load_base *b, wr_str pattern, bool data, load_names *out) {
    static const char *hidden[] = {".git"};
    wr_words skip = {hidden, 1, 1}, found = {NULL, 0, 0};
    wr_search how = {.arena = &l->c->arena, .ignore = &skip, .all = true};
    if (b->library) {
        expand_library(l, b, pattern, data, out);
        return;
    }
    const char *base = load_path(l, literal_part(pattern)), *root = load_path(l, WR_S(""));
    if (base == NULL || root == NULL) return;
    // Names begin behind the folder and its slash; those of "." stand alone or behind "./".
    size_t cut = wr_eq(l->r->root, WR_S(".")) ? 0 : strlen(root) + 1;
    wr_walk(&how, base, &found);
    for (uint32_t i = 0; i < found.n; i++) {
        wr_str path = wr_strz(found.v[i]);
        if (cut == 0 && wr_starts(path, WR_S("./"))) path = wr_sub(path, 2, path.n);
        wr_str name = wr_sub(path, cut, path.n);
        if (is_lost(l, pattern, name, found.v[i])) continue;
        if (!wr_eq(pattern, name) && !wr_glob(pattern, name)) continue;
        if (!data || is_data(name)) (void)WR_PUSH(&l->c->arena, out, name);
    }
}

static void add_new(load *l, wr_map *seen, load_names *out, wr_str name) {
    void **at = wr_map_at(seen, name);
    if (at == NULL || *at) return;
    *at = out;
    (void)WR_PUSH(&l->c->arena, out, name);
}

// A pattern that means nothing: what it was to name is then not looked at, and that must be seen.
static void say_empty(load *l, load_base *b, const wr_node *n, wr_str pattern, bool hard) {
    wr_diag *d =
        wr_report(l->c, WR_D_K0107, hard ? WR_ERROR : WR_WARNING, wr_form_src(b->form.doc, n),
                  wr_form_span(n), "'%.*s' matches no file", WR_FMT(wr_utf8_cut(pattern, 200)));
    wr_hint(l->c, d, "patterns are relative to the folder of writ.yaml; ** crosses folders");
    if (hard) l->r->n_broken++;
}

void load_listed(load *l, load_base *b, const wr_form_texts *listed, const char *key,
                 const char *dflt, load_names *out) {
    wr_map seen;
    wr_map_init(&seen, &l->c->arena);
    bool given = listed->v != NULL;
    uint32_t n = given ? listed->n : dflt != NULL;
    for (uint32_t i = 0; i < n; i++) {
        wr_str rel = given ? listed->v[i] : wr_strz(dflt), pattern;
        const wr_node *at = given ? listed->at[i] : NULL;
        load_names some = {NULL, 0, 0};
        if (!load_name(l, b, &b->form, at, rel, &pattern)) {
            l->r->n_broken++;
            continue;
        }
        load_expand(l, b, pattern, !given || wr_ends(pattern, WR_S("*")), &some);
        bool hard = !has_pattern(pattern) || strcmp(key, "controls") == 0;
        if (given && some.n == 0) say_empty(l, b, at, pattern, hard);
        for (uint32_t k = 0; k < some.n; k++) add_new(l, &seen, out, some.v[k]);
    }
}
