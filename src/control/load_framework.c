// SPDX-License-Identifier: Apache-2.0
// load_framework: lists of requirements (NIST 800-53, PCI DSS, a team's own), and what a control
// maps to in them. A list of the repository counts before one of the library with the same id.
//
// Always true: a requirement that a control names stands in its framework's list. A library list is
// read when the first control maps to it: who maps to none pays for none.

#include "control/control_int.h"

typedef struct load_framework { // a wr_framework with its ids
    wr_framework pub;
    wr_map ids; // id → wr_posture_requirement
} load_framework;

typedef struct framework_form {
    wr_str schema, id, title;
    const wr_node *requirements;
} framework_form;

// ---------------------------------------------------------------------------------- lists

static void add_requirement(wr_form *f, load_framework *fw, wr_posture_requirement *v,
                            const wr_node *n, wr_str id, wr_str title) {
    void **at = id.n ? wr_map_at(&fw->ids, id) : NULL;
    if (at == NULL) return;
    if (*at) {
        wr_form_fault(f, n, "requirement '%.*s' stands in the list twice",
                      WR_FMT(wr_utf8_cut(id, 80)));
        return;
    }
    wr_posture_requirement *q = &v[fw->pub.n++];
    *q = (wr_posture_requirement){.id = id, .title = title};
    *at = q;
}

static void read_requirements(load *l, wr_form *f, load_framework *fw, const wr_node *n) {
    if (n->kind != WR_LIST && n->kind != WR_MAP) {
        wr_form_fault(f, n, "requirements are a list of ids, or a map of ids with titles");
        return;
    }
    wr_posture_requirement *v = WR_NEW_N(&l->c->arena, wr_posture_requirement, n->n + 1);
    if (v == NULL) return;
    fw->pub.v = v;
    for (uint32_t i = 0; n->kind == WR_LIST && i < n->n; i++) {
        wr_str id = WR_S("");
        if (wr_form_text(f, &n->u.kids[i], "a requirement", &id))
            add_requirement(f, fw, v, &n->u.kids[i], id, WR_S(""));
    }
    for (uint32_t i = 0; n->kind == WR_MAP && i < n->n; i++) {
        wr_str title = WR_S("");
        const wr_node *k = wr_map_key(n, i);
        (void)wr_form_text(f, wr_map_val(n, i), "the title of a requirement", &title);
        add_requirement(f, fw, v, k, wr_node_str(k), title);
    }
    if (n->kind == WR_MAP && wr_map_losers(n))
        wr_form_fault(f, wr_map_key(n, n->n), "requirement '%.*s' stands in the list twice",
                      WR_FMT(wr_utf8_cut(wr_node_str(wr_map_key(n, n->n)), 80)));
}

static load_framework *read_framework(load *l, wr_form *f, bool own) {
    static const wr_form_row rows[] = {
        {"schema", WR_FORM_TEXT, false, offsetof(framework_form, schema), NULL},
        {"id", WR_FORM_TEXT, true, offsetof(framework_form, id), NULL},
        {"title", WR_FORM_TEXT, false, offsetof(framework_form, title), NULL},
        {"requirements", WR_FORM_ANY, true, offsetof(framework_form, requirements), NULL},
    };
    framework_form s = {0};
    (void)wr_form_read(f, f->doc->root, "the framework", rows, 4, &s);
    if (s.id.n == 0 || s.requirements == NULL) return NULL;
    void **at = wr_map_at(&l->frameworks, s.id);
    load_framework *fw = at ? WR_NEW(&l->c->arena, load_framework) : NULL;
    if (fw == NULL) return NULL;
    if (*at) {
        wr_form_fault(f, wr_map_getz(f->doc, f->doc->root, "id"), "there are two lists '%.*s'",
                      WR_FMT(wr_utf8_cut(s.id, 80)));
        return NULL;
    }
    *at = fw;
    fw->pub = (wr_framework){.id = s.id, .title = s.title.n ? s.title : s.id, .own = own};
    wr_map_init(&fw->ids, &l->c->arena);
    read_requirements(l, f, fw, s.requirements);
    (void)WR_PUSH(&l->c->arena, &l->r->frameworks, &fw->pub);
    return fw;
}

void load_frameworks(load *l, load_base *b) {
    load_names files = {NULL, 0, 0};
    load_listed(l, b, &b->m.frameworks, "frameworks", NULL, &files);
    for (uint32_t i = 0; i < files.n; i++) {
        void **at = wr_map_at(&l->lists, files.v[i]);
        if (at) *at = b;
        if (b->library) continue; // read when they are asked for
        const wr_doc *doc = load_doc(l, files.v[i], NULL, NULL);
        wr_form f = {.c = l->c, .doc = doc, .code = WR_D_K0110, .bad = doc == NULL};
        load_framework *fw = doc ? read_framework(l, &f, true) : NULL;
        if (fw) fw->pub.file = files.v[i];
        if (f.bad) l->r->n_broken++;
    }
}

// ---------------------------------------------------------------------------------- maps

static load_framework *library_framework(load *l, wr_str id) {
    if (wr_find(id, WR_S("/"), 0) != SIZE_MAX) return NULL;
    wr_str file = wr_fmt(&l->c->arena, "frameworks/%.*s.yaml", WR_FMT(id));
    if (file.p == NULL || library_find(file) == NULL) return NULL;
    const wr_doc *doc = load_doc(l, wr_fmt(&l->c->arena, "writ:%.*s", WR_FMT(file)), NULL, NULL);
    wr_form f = {.c = l->c, .doc = doc, .code = WR_D_K0110};
    return doc ? read_framework(l, &f, false) : NULL;
}

static void say_framework(load *l, wr_form *f, const wr_node *k) {
    wr_str id = wr_node_str(k);
    load_names known = {NULL, 0, 0};
    for (uint32_t i = 0; i < l->r->frameworks.n; i++)
        (void)WR_PUSH(&l->c->arena, &known, l->r->frameworks.v[i]->id);
    for (uint32_t i = 0; i < library_count(); i++) {
        wr_str file = wr_strz(library_at(i)->name);
        if (wr_starts(file, WR_S("frameworks/")) && wr_ends(file, WR_S(".yaml")))
            (void)WR_PUSH(&l->c->arena, &known, wr_sub(file, 11, file.n - 5));
    }
    f->code = WR_D_K0206;
    wr_form_fault(f, k, "there is no framework '%.*s'", WR_FMT(wr_utf8_cut(id, 80)));
    f->code = WR_D_K0201;
    wr_str near = wr_near(known.v, known.n, id);
    if (near.n) wr_hint(l->c, f->last, "did you mean '%.*s'?", WR_FMT(near));
}

static wr_str requirement_at(const void *list, uint32_t i) {
    return ((const wr_posture_requirement *)list)[i].id;
}

static void say_requirement(load *l, wr_form *f, const load_framework *fw, const wr_node *n,
                            wr_str id) {
    f->code = WR_D_K0207;
    wr_form_fault(f, n, "%.*s has no requirement '%.*s'", WR_FMT(fw->pub.id),
                  WR_FMT(wr_utf8_cut(id, 80)));
    f->code = WR_D_K0201;
    wr_str near = wr_near_of(requirement_at, fw->pub.v, fw->pub.n, id);
    if (near.n) wr_hint(l->c, f->last, "did you mean '%.*s'?", WR_FMT(near));
}

typedef WR_VEC(wr_requirement) requirement_list;

static void map_one(load *l, wr_form *f, const load_framework *fw, const wr_node *n,
                    requirement_list *out) {
    wr_str id = WR_S("");
    if (!wr_form_text(f, n, "a requirement", &id)) return;
    const wr_posture_requirement *q = wr_map_find(&fw->ids, id);
    if (q == NULL) say_requirement(l, f, fw, n, id);
    for (uint32_t i = 0; q && i < out->n; i++) {
        if (!wr_eq(out->v[i].id, id) || !wr_eq(out->v[i].framework, fw->pub.id)) continue;
        wr_form_fault(f, n, "%.*s %.*s is named twice", WR_FMT(fw->pub.id), WR_FMT(id));
        q = NULL;
    }
    if (q) (void)WR_PUSH(&l->c->arena, out, ((wr_requirement){fw->pub.id, q->id}));
}

void load_maps(load *l, wr_form *f, const wr_node *maps, wr_control *out) {
    requirement_list all = {NULL, 0, 0};
    for (uint32_t i = 0; i < maps->n; i++) {
        const wr_node *k = wr_map_key(maps, i), *v = wr_map_val(maps, i);
        const load_framework *fw = wr_map_find(&l->frameworks, wr_node_str(k));
        if (fw == NULL) fw = library_framework(l, wr_node_str(k));
        if (fw == NULL) {
            say_framework(l, f, k);
            continue;
        }
        for (uint32_t n = 0; v->kind == WR_LIST && n < v->n; n++)
            map_one(l, f, fw, &v->u.kids[n], &all);
        if (v->kind != WR_LIST) map_one(l, f, fw, v, &all);
    }
    if (wr_map_losers(maps))
        wr_form_fault(f, wr_map_key(maps, maps->n), "maps has the key '%.*s' twice",
                      WR_FMT(wr_utf8_cut(wr_node_str(wr_map_key(maps, maps->n)), 80)));
    out->maps = all.v;
    out->n_maps = all.n;
}
