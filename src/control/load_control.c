// SPDX-License-Identifier: Apache-2.0
// load_control: controls, one a file: what is said of one, its scope, the requirements it maps to,
// its layers (load_layer.c). Format: docs/guide/repository.md.
//
// Always true: a control that has an id is kept whatever else is wrong with it, so that its gaps
// and faults are seen; ids are unique over the repository and all that it includes.

#include "control/control_int.h"

typedef struct control_form {
    wr_str schema, id, title, objective, owner, rationale, remediation, severity;
    wr_form_texts resources;
    const wr_node *scope, *maps, *layers, *omit;
} control_form;

#define AT(field) offsetof(control_form, field)
static const wr_form_row control_rows[] = {
    {"schema", WR_FORM_TEXT, false, AT(schema), NULL},
    {"id", WR_FORM_TEXT, true, AT(id), NULL},
    {"title", WR_FORM_TEXT, true, AT(title), NULL},
    {"objective", WR_FORM_TEXT, false, AT(objective), NULL},
    {"severity", WR_FORM_TEXT, true, AT(severity), NULL},
    {"owner", WR_FORM_TEXT, false, AT(owner), NULL},
    {"rationale", WR_FORM_TEXT, false, AT(rationale), NULL},
    {"remediation", WR_FORM_TEXT, false, AT(remediation), NULL},
    {"resources", WR_FORM_TEXTS, false, AT(resources), NULL},
    {"scope", WR_FORM_MAP, false, AT(scope), NULL},
    {"maps", WR_FORM_MAP, false, AT(maps), NULL},
    {"layers", WR_FORM_MAP, true, AT(layers), NULL},
    {"omit", WR_FORM_MAP, false, AT(omit), NULL},
};
#undef AT

// ---------------------------------------------------------------------------------- what it says

static bool is_id(wr_str s) {
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool word = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!word && (i == 0 || (c != '.' && c != '-' && c != '_'))) return false;
    }
    return s.n > 0 && s.n <= 128;
}

// False: it is not there (said) or no severity.
static bool read_severity(wr_form *f, const wr_node *m, wr_str s, wr_control *out) {
    out->severity = WR_SEV_MEDIUM;
    if (s.n == 0 || wr_severity_parse(s, &out->severity)) return s.n > 0;
    wr_form_fault(f, wr_map_getz(f->doc, m, "severity"), "severity cannot be '%.*s'",
                  WR_FMT(wr_utf8_cut(s, 80)));
    wr_hint(f->c, f->last, "it is one of INFORMATIONAL, LOW, MEDIUM, HIGH, CRITICAL");
    return false;
}

// How urgent its findings are is not known: a guess would let them pass below --fail-on.
static void break_layers(wr_control *k) {
    for (unsigned l = 0; l < WR_N_LAYERS; l++) {
        wr_control_layer *y = &k->layer[l];
        if (y->means == WR_BY_NONE) continue;
        y->broken = true;
        y->why = WR_S("the severity of its control cannot be read");
    }
}

// "AWS::S3::Bucket", "Custom::Thing": parts of letters and digits between double colons.
static bool is_type(wr_str s) {
    uint32_t parts = 1;
    size_t part = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool word = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                    c == '_' || c == '@' || c == '-';
        if (word) {
            part++;
        } else if (c == ':' && part > 0 && i + 1 < s.n && s.p[i + 1] == ':') {
            parts++;
            part = 0;
            i++;
        } else {
            return false;
        }
    }
    return parts >= 2 && part > 0;
}

static void read_resources(wr_form *f, const wr_form_texts *t, wr_control *out) {
    out->resources = t->v;
    out->n_resources = t->n;
    for (uint32_t i = 0; i < t->n; i++) {
        if (is_type(t->v[i])) continue;
        wr_form_fault(f, t->at[i], "'%.*s' is no type of CloudFormation",
                      WR_FMT(wr_utf8_cut(t->v[i], 80)));
        wr_hint(f->c, f->last, "resources are types such as AWS::S3::Bucket");
    }
}

// ---------------------------------------------------------------------------------- one control

// Its id is good and new; else said.
static bool take_id(load *l, wr_form *f, const wr_node *m, wr_control *k) {
    const wr_node *n = wr_map_getz(f->doc, m, "id");
    if (k->id.n == 0) return false;
    if (!is_id(k->id)) {
        wr_form_fault(f, n, "'%.*s' is no id of a control", WR_FMT(wr_utf8_cut(k->id, 80)));
        wr_hint(l->c, f->last, "ids are letters, digits, '.', '-' and '_', such as S3.PUBLIC");
        return false;
    }
    wr_control **at = (wr_control **)wr_map_at(&l->r->by_id, k->id);
    if (at == NULL) return false;
    if (*at == NULL) {
        *at = k;
        return true;
    }
    f->code = WR_D_K0202;
    wr_form_fault(f, n, "control %.*s is there already: in %.*s", WR_FMT(k->id),
                  WR_FMT((*at)->file));
    f->code = WR_D_K0201;
    return false;
}

static void read_control(load *l, const load_base *b, wr_str name, wr_form *f) {
    const wr_node *m = f->doc->root;
    control_form s = {0};
    wr_control *k = WR_NEW(&l->c->arena, wr_control);
    if (k == NULL) return;
    (void)wr_form_read(f, m, "the control", control_rows,
                       sizeof control_rows / sizeof *control_rows, &s);
    *k = (wr_control){.id = s.id,
                      .title = s.title.n ? s.title : s.id,
                      .objective = s.objective,
                      .owner = s.owner,
                      .rationale = s.rationale,
                      .remediation = s.remediation,
                      .library = b->library,
                      .file = name,
                      .index = l->r->controls.n};
    if (s.schema.n && !wr_eq(s.schema, WR_S("writ/control/1")))
        wr_form_fault(f, wr_map_getz(f->doc, m, "schema"), "schema is 'writ/control/1' here");
    const wr_node *at = wr_map_getz(f->doc, m, "id");
    k->place = (wr_place){wr_form_src(f->doc, m), wr_form_span(at ? at : m)};
    if (!take_id(l, f, m, k)) return;
    bool rated = read_severity(f, m, s.severity, k);
    read_resources(f, &s.resources, k);
    if (s.scope) load_scope(l, f, s.scope, &k->scope);
    if (s.maps) load_maps(l, f, s.maps, k);
    load_layers(l, b, f, s.layers, s.omit, k);
    if (!rated) break_layers(k);
    (void)WR_PUSH(&l->c->arena, &l->r->controls, k);
}

static bool is_picked(const load_base *b, wr_str name) {
    wr_str file = wr_sub(name, b->prefix.n, name.n);
    for (uint32_t i = 0; i < b->picks.n; i++) {
        if (load_picks(b->picks.v[i], file)) return true;
    }
    return b->picks.n == 0;
}

void load_controls(load *l, load_base *b) {
    load_names files = {NULL, 0, 0};
    load_listed(l, b, &b->m.controls, "controls", "controls/*.y*ml", &files);
    for (uint32_t i = 0; i < files.n; i++) {
        if (!is_picked(b, files.v[i]) || wr_map_find(&l->lists, files.v[i])) continue;
        const wr_doc *doc = load_doc(l, files.v[i], NULL, NULL);
        wr_form f = {.c = l->c, .doc = doc, .code = WR_D_K0201, .bad = doc == NULL};
        if (doc) read_control(l, b, files.v[i], &f);
        if (f.bad) l->r->n_broken++;
    }
}
