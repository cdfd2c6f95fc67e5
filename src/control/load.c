// SPDX-License-Identifier: Apache-2.0
// load: a governance repository in memory. The manifest says which folders it consists of (itself,
// those it includes, groups of writ's own library); then everything is read in an order in which
// what is named is there before what names it: organization, framework lists, controls with their
// policies, exceptions, tests, inputs. Format: docs/guide/repository.md.
//
// Always true: a fault is one diagnostic, and what it does not touch is loaded all the same; files
// that could not be used are counted in n_broken, so that a check of them never ends as passed.

#include "control/control_int.h"

#include <limits.h>
#include <stdlib.h>

enum { MAX_INCLUDES = 16, EXCEPTION_DAYS = 365 };

static const wr_str manifest_name = {"writ.yaml", 9};

#define AT(field) offsetof(load_manifest, field)
static const wr_form_row manifest_rows[] = {
    {"schema", WR_FORM_TEXT, true, AT(schema), NULL},
    {"name", WR_FORM_TEXT, false, AT(name), NULL},
    {"organization", WR_FORM_TEXT, false, AT(organization), NULL},
    {"include", WR_FORM_TEXTS, false, AT(include), NULL},
    {"controls", WR_FORM_TEXTS, false, AT(controls), NULL},
    {"exceptions", WR_FORM_TEXTS, false, AT(exceptions), NULL},
    {"tests", WR_FORM_TEXTS, false, AT(tests), NULL},
    {"frameworks", WR_FORM_TEXTS, false, AT(frameworks), NULL},
    {"inputs", WR_FORM_MAP, false, AT(inputs), NULL},
    {"accounts", WR_FORM_LIST, false, AT(accounts), NULL},
    {"settings", WR_FORM_MAP, false, AT(settings), NULL},
};
#undef AT

// ---------------------------------------------------------------------------------- manifests

// NULL: there is no manifest that can be read, and that was said.
static load_base *read_manifest(load *l, const load_base *up, wr_str prefix, wr_form *f,
                                const wr_node *n) {
    load_base *b = WR_NEW(&l->c->arena, load_base);
    if (b == NULL) return NULL;
    *b = (load_base){.prefix = prefix, .up = up};
    b->library = wr_eq(prefix, WR_S("writ:"));
    wr_str name = wr_fmt(&l->c->arena, "%.*s%.*s", WR_FMT(prefix), WR_FMT(manifest_name));
    const wr_doc *doc = load_doc(l, name, f, n);
    if (doc == NULL) return NULL;
    b->form = (wr_form){.c = l->c, .doc = doc, .code = WR_D_K0101};
    const wr_node *schema = wr_map_getz(doc, doc->root, "schema");
    if (!wr_eq(wr_form_scalar(doc, schema), WR_S("writ/repository/1"))) {
        wr_form_fault(&b->form, schema ? schema : doc->root,
                      "this is no manifest: 'schema: writ/repository/1' is wanted");
        return NULL;
    }
    b->form.code = WR_D_K0102;
    if (!wr_form_read(&b->form, doc->root, "the manifest", manifest_rows,
                      sizeof manifest_rows / sizeof *manifest_rows, &b->m))
        l->r->n_broken++;
    (void)WR_PUSH(&l->c->arena, &l->bases, b);
    return b;
}

// ---------------------------------------------------------------------------------- includes

static void include_fault(load *l, load_base *b, wr_code code, const wr_node *n, wr_str what,
                          const char *why) {
    b->form.code = code;
    wr_form_fault(&b->form, n, "'%.*s' %s", WR_FMT(wr_utf8_cut(what, 200)), why);
    b->form.code = WR_D_K0102;
    l->r->n_broken++;
}

bool load_picks(wr_str pick, wr_str file) {
    wr_str base = wr_basename(file);
    return (file.n > pick.n && wr_starts(file, pick) && file.p[pick.n] == '/') ||
           (base.n == pick.n + 5 && wr_starts(base, pick) && wr_ends(base, WR_S(".yaml")));
}

// "writ:all", "writ:s3", "writ:S3.TLS".
static void include_library(load *l, load_base *b, const wr_node *n, wr_str what,
                            load_base **library) {
    wr_str pick = wr_sub(what, 5, what.n);
    bool all = wr_eq(pick, WR_S("all")), hit = all;
    wr_str near = WR_S("");
    double most = WR_NEAR;
    for (uint32_t i = 0; !hit && i < library_count(); i++) {
        wr_str file = wr_strz(library_at(i)->name);
        size_t slash = wr_find(file, WR_S("/"), 0);
        if (slash > file.n || wr_starts(file, WR_S("frameworks/"))) continue;
        hit = load_picks(pick, file);
        wr_str base = wr_basename(file), group = wr_sub(file, 0, slash);
        wr_str id = wr_ends(base, WR_S(".yaml")) ? wr_sub(base, 0, base.n - 5) : group;
        wr_str closer = wr_similar(pick, id) > wr_similar(pick, group) ? id : group;
        if (wr_similar(pick, closer) < most) continue;
        most = wr_similar(pick, closer);
        near = closer;
    }
    if (!hit) {
        include_fault(l, b, WR_D_K0106, n, what, "is neither a group nor a control of the library");
        if (near.n) wr_hint(l->c, b->form.last, "did you mean 'writ:%.*s'?", WR_FMT(near));
        return;
    }
    if (*library == NULL) *library = read_manifest(l, b, WR_S("writ:"), &b->form, n);
    else if ((*library)->picks.n == 0) return; // all of it is there
    if (*library && all) (*library)->picks = (load_names){NULL, 0, 0};
    else if (*library) (void)WR_PUSH(&l->c->arena, &(*library)->picks, pick);
}

// The folder of a name without links; "" when it is not there.
static wr_str real_folder(load *l, wr_str name) {
    char real[PATH_MAX];
    const char *path = load_path(l, name);
    if (path == NULL || realpath(path, real) == NULL) return WR_S("");
    return wr_dup(&l->c->arena, wr_strz(real));
}

// Folders are told apart by where they are: a link may lead back to one that is being included.
static void include_folder(load *l, load_base *b, const wr_node *n, wr_str what) {
    wr_str name;
    uint32_t depth = 0;
    if (!load_name(l, b, &b->form, n, what, &name)) {
        l->r->n_broken++;
        return;
    }
    while (name.n && name.p[name.n - 1] == '/') name.n--;
    wr_str real = real_folder(l, name);
    for (const load_base *up = b; up; up = up->up, depth++) {
        if (!wr_eq(up->real, real)) continue;
        include_fault(l, b, WR_D_K0105, n, what, "is included by itself");
        return;
    }
    for (uint32_t i = 0; real.n && i < l->bases.n; i++)
        if (wr_eq(l->bases.v[i]->real, real)) return; // two folders may share a third
    if (depth == MAX_INCLUDES) {
        include_fault(l, b, WR_D_K0105, n, what, "is included too deep: 16 folders at most");
        return;
    }
    wr_str prefix = wr_fmt(&l->c->arena, "%.*s/", WR_FMT(name));
    load_base *made = read_manifest(l, b, prefix, &b->form, n);
    if (made) made->real = real;
    else l->r->n_broken++;
}

// The bases that b includes are added behind it; l->bases is the list of what is to be done.
static void read_includes(load *l) {
    load_base *library = NULL;
    for (uint32_t i = 0; i < l->bases.n; i++) {
        load_base *b = l->bases.v[i];
        for (uint32_t k = 0; !b->library && k < b->m.include.n; k++) {
            wr_str what = b->m.include.v[k];
            if (wr_starts(what, WR_S("writ:")))
                include_library(l, b, b->m.include.at[k], what, &library);
            else include_folder(l, b, b->m.include.at[k], what);
        }
    }
}

// ---------------------------------------------------------------------------------- settings

typedef struct settings_form {
    uint32_t in_template, exception_days;
    wr_str fail_on;
} settings_form;

static void read_settings(load *l, load_base *b) {
    static const char *const in_template[] = {"list", "honour", NULL};
    static const wr_form_row rows[] = {
        {"in_template_suppressions", WR_FORM_WORD, false, offsetof(settings_form, in_template),
         in_template},
        {"exception_days", WR_FORM_COUNT, false, offsetof(settings_form, exception_days), NULL},
        {"fail_on", WR_FORM_TEXT, false, offsetof(settings_form, fail_on), NULL},
    };
    wr_settings *out = &l->r->settings;
    settings_form s = {.exception_days = EXCEPTION_DAYS};
    *out = (wr_settings){.exception_days = EXCEPTION_DAYS, .fail_on = WR_SEV_LOW};
    if (b->m.settings == NULL) return;
    bool good = wr_form_read(&b->form, b->m.settings, "settings", rows, 3, &s);
    out->honour_in_template = s.in_template == 1;
    out->exception_days = s.exception_days;
    if (s.fail_on.n && !wr_severity_parse(s.fail_on, &out->fail_on)) {
        wr_form_fault(&b->form, wr_map_getz(b->form.doc, b->m.settings, "fail_on"),
                      "fail_on cannot be '%.*s'", WR_FMT(wr_utf8_cut(s.fail_on, 80)));
        wr_hint(l->c, b->form.last, "it is one of INFORMATIONAL, LOW, MEDIUM, HIGH, CRITICAL");
        good = false;
    }
    if (!good) l->r->n_broken++;
}

// ---------------------------------------------------------------------------------- all of it

static void read_org(load *l, load_base *b) {
    wr_str name;
    wr_org *org = NULL;
    if (b->m.organization.n == 0) return;
    const wr_node *n = wr_map_getz(b->form.doc, b->form.doc->root, "organization");
    l->org_broken = true;
    if (load_name(l, b, &b->form, n, b->m.organization, &name)) {
        const wr_doc *doc = load_doc(l, name, &b->form, n);
        if (doc && wr_org_load(l->c, doc, &org) == WR_OK) l->org_broken = false;
    }
    l->r->org = l->org_broken ? NULL : org;
    if (l->org_broken) l->r->n_broken++;
}

static wr_str without_slashes(wr_str dir) {
    while (dir.n > 1 && dir.p[dir.n - 1] == '/') dir.n--;
    return dir.n ? dir : WR_S(".");
}

// l->real; false: the folder is not there.
static bool find_root(load *l, wr_str dir) {
    char real[PATH_MAX];
    l->r->root = wr_dup(&l->c->arena, without_slashes(dir));
    const char *path = wr_dupz(&l->c->arena, l->r->root);
    if (path == NULL) return false;
    if (realpath(path, real) == NULL) {
        wr_diag *d = wr_report(l->c, WR_D_K0101, WR_ERROR, NULL, (wr_span){0, 0},
                               "there is no folder '%s'", path);
        wr_hint(l->c, d, "a repository is a folder with writ.yaml; 'writ init' makes one");
        return false;
    }
    if (!wr_exists(load_path(l, manifest_name))) {
        wr_diag *d = wr_report(l->c, WR_D_K0101, WR_ERROR, NULL, (wr_span){0, 0},
                               "there is no writ.yaml in '%s'", path);
        wr_hint(l->c, d, "a repository is a folder with writ.yaml; 'writ init' makes one");
        return false;
    }
    l->real = wr_fmt(&l->c->arena, "%s%s", real, strcmp(real, "/") == 0 ? "" : "/");
    return l->real.p != NULL;
}

static wr_repo *new_repo(wr_ctx *c) {
    static const wr_guard_opts guard = {.level = WR_GUARD_32};
    wr_repo *r = WR_NEW(&c->arena, wr_repo);
    if (r == NULL) return NULL;
    r->ctx = c;
    r->guard = wr_guard_set_new(c, &guard);
    r->iam = wr_iam_set_new(c);
    wr_map_init(&r->by_id, &c->arena);
    return r->guard && r->iam ? r : NULL;
}

static bool begin(load *l, wr_ctx *c) {
    *l = (load){.c = c, .r = new_repo(c)};
    wr_map *const maps[] = {&l->policies, &l->frameworks, &l->lists, &l->exceptions};
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) wr_map_init(maps[i], &c->arena);
    return l->r != NULL;
}

static void load_all(load *l, const wr_repo_opts *opts) {
    load_base *b = l->bases.v[0];
    read_settings(l, b);
    read_org(l, b);
    read_includes(l);
    for (uint32_t i = 0; i < l->bases.n; i++) load_frameworks(l, l->bases.v[i]);
    for (uint32_t i = 0; i < l->bases.n; i++) load_controls(l, l->bases.v[i]);
    wr_iam_freeze(l->r->iam);
    load_exceptions(l, b);
    for (uint32_t i = 0; opts->tests && i < l->bases.n; i++)
        if (!l->bases.v[i]->library) load_tests(l, l->bases.v[i]);
    if (opts->inputs) load_inputs(l, b);
}

wr_rc wr_repo_load(wr_ctx *c, wr_str dir, const wr_repo_opts *opts, wr_repo **out) {
    load l;
    *out = NULL;
    if (!begin(&l, c)) return WR_NOMEM;
    load_base *b = find_root(&l, dir) ? read_manifest(&l, NULL, WR_S(""), NULL, NULL) : NULL;
    if (b) {
        b->real = wr_sub(l.real, 0, l.real.n > 1 ? l.real.n - 1 : 1);
        l.r->name = b->m.name.n ? b->m.name : wr_basename(wr_sub(l.real, 0, l.real.n - 1));
        load_all(&l, opts);
    }
    if (b && !c->arena.oom) {
        *out = l.r;
        return WR_OK;
    }
    wr_guard_set_free(l.r->guard);
    return c->arena.oom ? WR_NOMEM : WR_BAD;
}

wr_rc wr_library_load(wr_ctx *c, wr_repo **out) {
    load l;
    *out = NULL;
    if (!begin(&l, c)) return WR_NOMEM;
    l.r->root = WR_S(".");
    load_base *b = read_manifest(&l, NULL, WR_S("writ:"), NULL, NULL);
    if (b) {
        l.r->name = b->m.name;
        load_frameworks(&l, b);
        load_controls(&l, b);
        wr_iam_freeze(l.r->iam);
        *out = l.r;
        if (!c->arena.oom) return WR_OK;
    }
    wr_guard_set_free(l.r->guard);
    return c->arena.oom ? WR_NOMEM : WR_BAD;
}

void wr_repo_free(wr_repo *r) {
    if (r) wr_guard_set_free(r->guard);
}

const wr_control *wr_control_find(const wr_repo *r, wr_str id) {
    return wr_map_find(&r->by_id, id);
}
