// SPDX-License-Identifier: Apache-2.0
// check_plan: what a check is about before anything is judged: which controls, by which resource
// types they are found, which files, and after a change only what it concerns.
//
// Always true: when it cannot be told what a changed file concerns, everything is judged.
// Rules: docs/guide/check.md, "Only what changed".

#include "control/run_int.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

static uint64_t *set_new(run_plan *p) { return WR_NEW_N(&p->r->ctx->arena, uint64_t, p->n_words); }

// ---------------------------------------------------------------------------------- controls

static bool is_named(const wr_str *v, uint32_t n, wr_str s) {
    for (uint32_t i = 0; i < n; i++)
        if (wr_eq(v[i], s)) return true;
    return false;
}

static bool has_scope(const wr_scope *s) {
    return s->n_ous || s->n_accounts || s->n_except_accounts || s->n_except_ous || s->n_tags;
}

static bool is_broken(const wr_control_layer *y) {
    if (!wr_layer_runs(y)) return false;
    bool engine = y->means == WR_BY_GUARD ? y->guard != NULL : y->policy != NULL;
    return y->broken || !engine || (y->policy && y->policy->broken);
}

static bool index_control(run_plan *p, const wr_control *c, unsigned shape) {
    run_index *x = &p->index[shape];
    run_add(x->every, c->index);
    if (c->n_resources == 0 || shape == RUN_TF) {
        run_add(x->any, c->index);
        return true;
    }
    for (uint32_t i = 0; i < c->n_resources; i++) {
        void **at = wr_map_at(&x->by_type, c->resources[i]);
        if (at && *at == NULL) *at = set_new(p);
        if (at == NULL || *at == NULL) return false;
        run_add(*at, c->index);
    }
    return true;
}

static bool add_policy(run_plan *p, const wr_control *c, const wr_control_layer *y) {
    wr_arena *a = &p->r->ctx->arena;
    run_add(p->requests, c->index);
    if (y->means != WR_BY_SCP && y->means != WR_BY_RCP) return true;
    return WR_PUSH(a, &p->policies, y->policy) && WR_PUSH(a, &p->policy_of, c->index);
}

static bool add_control(run_plan *p, const wr_control *c) {
    unsigned on = 0;
    for (unsigned l = 0; l < WR_N_LAYERS; l++) {
        const wr_control_layer *y = &c->layer[l];
        if (is_broken(y)) {
            p->n_broken_layers++;
            continue;
        }
        if (y->means == WR_BY_GUARD) on |= y->on;
        else if (wr_layer_runs(y) && !add_policy(p, c, y)) return false;
        if (has_scope(&y->attach)) run_add(p->scoped, c->index);
    }
    if (has_scope(&c->scope)) run_add(p->scoped, c->index);
    for (unsigned s = 0; s < RUN_N_SHAPES; s++)
        if ((on >> s & 1) && !index_control(p, c, s)) return false;
    return true;
}

static bool add_controls(run_plan *p) {
    const wr_check_opts *o = p->o;
    for (uint32_t i = 0; i < p->r->controls.n; i++) {
        const wr_control *c = p->r->controls.v[i];
        if (o->n_controls && !is_named(o->controls, o->n_controls, c->id)) continue;
        run_add(p->wanted, i);
        if (!add_control(p, c)) return false;
    }
    return true;
}

// ---------------------------------------------------------------------------------- changes

typedef struct changes {
    run_plan *p;
    wr_map known; // files of inputs and tests → itself
    wr_map of;    // files of controls and policies → set of controls
    wr_map dirs;  // folders that hold such files
    wr_map links; // files that inputs and exceptions are links to
    wr_str root;  // the repository's folder without links, '/' at its end; empty: not known
} changes;

static wr_str folder_of(wr_str name) { return wr_sub(name, 0, name.n - wr_basename(name).n); }

static bool note(changes *x, wr_map *m, wr_str name) {
    void **at = wr_map_at(m, name);
    if (at) *at = x;
    return at != NULL;
}

// Where a file of the repository really stands, when links lead to it: its name there; else empty.
static wr_str real_name(const changes *x, wr_str name) {
    char real[PATH_MAX];
    wr_arena *a = &x->p->r->ctx->arena;
    if (x->root.n == 0 || wr_starts(name, WR_S("writ:"))) return WR_S("");
    const char *path = wr_fmt(a, "%.*s%.*s", WR_FMT(x->root), WR_FMT(name)).p;
    if (path == NULL || realpath(path, real) == NULL) return WR_S("");
    wr_str s = wr_strz(real);
    if (!wr_starts(s, x->root) || wr_eq(wr_sub(s, x->root.n, s.n), name)) return WR_S("");
    return wr_dup(a, wr_sub(s, x->root.n, s.n));
}

static bool note_control(changes *x, const wr_control *c, wr_str file) {
    if (file.n == 0) return true;
    void **at = wr_map_at(&x->of, file);
    if (at && *at == NULL) *at = set_new(x->p);
    if (at == NULL || *at == NULL) return false;
    run_add(*at, c->index);
    wr_str real = real_name(x, file);
    return note(x, &x->dirs, folder_of(file)) && (real.n == 0 || note_control(x, c, real));
}

// A file that is judged, or an exception: also under the name of where it really stands.
static bool note_input(changes *x, wr_str name) {
    wr_str real = real_name(x, name);
    if (!note(x, &x->known, name)) return false;
    void **at = real.n ? wr_map_at(&x->links, real) : NULL;
    if (at) *at = x;
    return real.n == 0 || at != NULL;
}

static bool note_all(changes *x) {
    const wr_repo *r = x->p->r;
    bool ok = true;
    for (uint32_t i = 0; ok && i < r->controls.n; i++) {
        const wr_control *c = r->controls.v[i];
        ok = note_control(x, c, c->file);
        for (unsigned l = 0; ok && l < WR_N_LAYERS; l++) ok = note_control(x, c, c->layer[l].file);
    }
    for (uint32_t i = 0; ok && i < r->exceptions.n; i++) {
        wr_str file = r->exceptions.v[i]->file, real = real_name(x, file);
        ok = note(x, &x->dirs, folder_of(file)) && (real.n == 0 || note(x, &x->links, real));
    }
    for (uint32_t i = 0; ok && i < r->inputs.n; i++) ok = note_input(x, r->inputs.v[i].name);
    for (uint32_t i = 0; ok && i < r->tests.n; i++) {
        const wr_src *src = r->tests.v[i]->place.src;
        wr_str name = src ? src->name : WR_S("");
        if (wr_starts(name, r->root)) name = wr_sub(name, r->root.n + 1, name.n);
        ok = note(x, &x->known, name);
    }
    return ok;
}

static bool is_ours(wr_str name) {
    static const char *const ends[] = {".yaml", ".yml", ".json", ".guard", ".ruleset"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (wr_ends(name, wr_strz(ends[i]))) return true;
    return false;
}

// A folder (a submodule, a repository within that git does not look into), or a link, through which
// any file may be reached.
static bool is_many(const changes *x, wr_str name) {
    struct stat st;
    const wr_str root = x->root.n ? x->root : WR_S("./");
    const char *path = wr_fmt(&x->p->r->ctx->arena, "%.*s%.*s", WR_FMT(root), WR_FMT(name)).p;
    if (wr_ends(name, WR_S("/"))) return true;
    return path && lstat(path, &st) == 0 && (S_ISDIR(st.st_mode) || S_ISLNK(st.st_mode));
}

static bool is_framework(const wr_repo *r, wr_str name) {
    for (uint32_t i = 0; i < r->frameworks.n; i++)
        if (wr_eq(r->frameworks.v[i]->file, name)) return true;
    return false;
}

// A file beside the manifest that nothing was loaded from is what it may be anywhere, a note or a
// report, when it is there and all that the manifest names could be read.
static bool is_idle(const changes *x, wr_str name) {
    struct stat st;
    const char *path = wr_fmt(&x->p->r->ctx->arena, "%.*s%.*s", WR_FMT(x->root), WR_FMT(name)).p;
    if (folder_of(name).n || wr_map_find(&x->dirs, WR_S(""))) return false;
    return x->root.n && x->p->r->n_broken == 0 && path && lstat(path, &st) == 0;
}

// Does a file that nothing was loaded from concern everything? It may have been a control, a policy
// or an exception and be gone, or be the manifest, the organization, a list of a framework.
static bool concerns_all(const changes *x, wr_str name) {
    static const char *const dirs[] = {"controls/", "policies/", "exceptions/", "frameworks/"};
    const wr_repo *r = x->p->r;
    wr_str dir = folder_of(name);
    if (wr_eq(wr_basename(name), WR_S("writ.yaml"))) return true;
    if (r->org && r->org->src && wr_ends(r->org->src->name, name)) return true;
    if (wr_map_find(&x->links, name) || is_many(x, name)) return true;
    if (is_framework(r, name)) return true;
    if (!is_ours(name) || is_idle(x, name)) return false;
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
        if (wr_starts(name, wr_strz(dirs[i]))) return true;
    return dir.n == 0 || wr_map_find(&x->dirs, dir) != NULL;
}

static wr_str real_root(wr_repo *r) {
    char real[PATH_MAX];
    const char *root = wr_dupz(&r->ctx->arena, r->root);
    if (root == NULL || realpath(root, real) == NULL) return WR_S("");
    return wr_fmt(&r->ctx->arena, "%s%s", real, real[1] ? "/" : "");
}

static bool take_changes(run_plan *p) {
    changes x = {.p = p};
    wr_map_init(&x.known, &p->r->ctx->arena);
    wr_map_init(&x.of, &p->r->ctx->arena);
    wr_map_init(&x.dirs, &p->r->ctx->arena);
    wr_map_init(&x.links, &p->r->ctx->arena);
    x.root = real_root(p->r);
    if (!note_all(&x)) return false;
    for (uint32_t i = 0; i < p->o->n_only && !p->all; i++) {
        wr_str name = p->o->only[i];
        const uint64_t *of = wr_map_find(&x.of, name);
        for (uint32_t k = 0; of && k < p->n_words; k++) p->changed[k] |= of[k];
        if (of == NULL && !wr_map_find(&x.known, name)) p->all = concerns_all(&x, name);
        if (p->all) p->why_all = name;
    }
    return true;
}

// ---------------------------------------------------------------------------------- inputs

static bool any(const run_plan *p, const uint64_t *set) {
    for (uint32_t i = 0; i < p->n_words; i++)
        if (set[i] & p->wanted[i]) return true;
    return false;
}

static bool add_inputs(run_plan *p) {
    wr_map only;
    wr_map_init(&only, &p->r->ctx->arena);
    for (uint32_t i = 0; !p->all && i < p->o->n_only; i++) {
        void **at = wr_map_at(&only, p->o->only[i]);
        if (at == NULL) return false;
        *at = p;
    }
    bool some = any(p, p->changed);
    for (uint32_t i = 0; i < p->r->inputs.n; i++) {
        const wr_input_path *in = &p->r->inputs.v[i];
        run_input x = {.in = in, .whole = p->all || wr_map_find(&only, in->name)};
        struct stat st;
        if (!x.whole && !some) continue;
        if (stat(in->path.p, &st) == 0 && S_ISREG(st.st_mode)) p->bytes += (uint64_t)st.st_size;
        bool ok = in->kind == WR_IN_TRAIL ? WR_PUSH(&p->r->ctx->arena, &p->trails, x)
                                          : WR_PUSH(&p->r->ctx->arena, &p->inputs, x);
        if (!ok) return false;
    }
    return true;
}

wr_rc run_plan_make(wr_repo *r, const wr_check_opts *o, const wr_posture *p, run_plan *out) {
    *out = (run_plan){.r = r,
                      .o = o,
                      .today = p->today,
                      .controls = p->controls,
                      .n_words = r->controls.n / 64 + 1,
                      .all = o->all};
    uint64_t **const sets[] = {&out->wanted, &out->changed, &out->scoped, &out->requests};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        if ((*sets[i] = set_new(out)) == NULL) return WR_NOMEM;
    for (unsigned s = 0; s < RUN_N_SHAPES; s++) {
        wr_map_init(&out->index[s].by_type, &r->ctx->arena);
        out->index[s].any = set_new(out);
        out->index[s].every = set_new(out);
        if (!out->index[s].any || !out->index[s].every) return WR_NOMEM;
    }
    bool ok = add_controls(out) && (out->all || take_changes(out)) && add_inputs(out);
    return ok && !r->ctx->arena.oom ? WR_OK : WR_NOMEM;
}
