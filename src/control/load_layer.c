// SPDX-License-Identifier: Apache-2.0
// load_layer: the layers of a control and their policies. A layer names one policy in its own
// language. What writ evaluates (Guard, SCP, RCP, IAM) is compiled here, once a file however many
// controls share it; the rest is declared: its file is there and has the form it says.
//
// Always true: a layer whose policy cannot be used is `broken`, with one place where that is said;
// it is neither a gap nor passed. A policy that several layers name is said to be bad once.

#include "control/control_int.h"

typedef struct layer_form {
    const wr_node *by[WR_N_MEANS];
    const wr_node *attach;
    wr_form_texts on;
    bool automatic, approve;
} layer_form;

#define AT(field) offsetof(layer_form, field)
#define BY(means) (offsetof(layer_form, by) + sizeof(const wr_node *) * (means))
static const wr_form_row preventative_rows[] = {
    {"scp", WR_FORM_ANY, false, BY(WR_BY_SCP), NULL},
    {"rcp", WR_FORM_ANY, false, BY(WR_BY_RCP), NULL},
    {"iam", WR_FORM_ANY, false, BY(WR_BY_IAM), NULL},
    {"cedar", WR_FORM_ANY, false, BY(WR_BY_CEDAR), NULL},
    {"declarative", WR_FORM_ANY, false, BY(WR_BY_DECLARATIVE), NULL},
    {"block-public-access", WR_FORM_ANY, false, BY(WR_BY_SETTING), NULL},
    {"attach", WR_FORM_MAP, false, AT(attach), NULL},
};
static const wr_form_row proactive_rows[] = {
    {"guard", WR_FORM_ANY, false, BY(WR_BY_GUARD), NULL},
    {"on", WR_FORM_TEXTS, false, AT(on), NULL},
};
static const wr_form_row detective_rows[] = {
    {"guard", WR_FORM_ANY, false, BY(WR_BY_GUARD), NULL},
    {"event", WR_FORM_ANY, false, BY(WR_BY_EVENT), NULL},
    {"on", WR_FORM_TEXTS, false, AT(on), NULL},
};
static const wr_form_row responsive_rows[] = {
    {"runbook", WR_FORM_ANY, false, BY(WR_BY_RUNBOOK), NULL},
    {"automatic", WR_FORM_BOOL, false, AT(automatic), NULL},
    {"approve", WR_FORM_BOOL, false, AT(approve), NULL},
};
#undef AT
#undef BY
#define ROWS(a)                                                                                    \
    { a, sizeof(a) / sizeof *(a) }
static const struct {
    const wr_form_row *v;
    uint32_t n;
} layer_rows[WR_N_LAYERS] = {
    [WR_PREVENTATIVE] = ROWS(preventative_rows),
    [WR_PROACTIVE] = ROWS(proactive_rows),
    [WR_DETECTIVE] = ROWS(detective_rows),
    [WR_RESPONSIVE] = ROWS(responsive_rows),
};
#undef ROWS

// ---------------------------------------------------------------------------------- policies

typedef struct policy_file { // a policy as it was read, for all that name it
    const g_file *guard;
    const wr_iam_policy *iam;
    bool broken, open;
} policy_file;

// n NULL: about the file.
static void say_form(load *l, const wr_src *src, const wr_node *n, const char *what) {
    (void)wr_report(l->c, WR_D_K0204, WR_ERROR, src, wr_form_span(n), "%s", what);
}

static bool use_guard(load *l, const wr_src *src, policy_file *p) {
    if (wr_guard_add(l->r->guard, src, wr_basename(src->name), &p->guard) != WR_OK) return false;
    if (!wr_guard_file_empty(p->guard)) return true;
    say_form(l, src, NULL, "there is no rule in this file: it would judge nothing");
    return false;
}

// Policies of the library that are about one's own organization stand there with this id.
static const wr_str placeholder = {"o-exampleorgid", 14};

// The policy with the repository's own organization in it.
static const wr_src *filled(load *l, const wr_src *src) {
    wr_str own = l->r->org ? l->r->org->id : WR_S(""), s = src->text;
    wr_buf b;
    wr_buf_init(&b, 0);
    for (size_t at = 0, next; at < s.n; at = next + placeholder.n) {
        next = wr_find(s, placeholder, at);
        if (next == SIZE_MAX) next = s.n;
        wr_puts(&b, wr_sub(s, at, next));
        if (next == s.n) break;
        wr_puts(&b, own);
    }
    wr_str text = wr_buf_keep(&b, &l->c->arena);
    return text.p ? wr_src_new(&l->c->arena, src->name, text, false) : NULL;
}

static bool use_iam(load *l, const wr_src *src, wr_means means, policy_file *p) {
    static const wr_iam_kind kind[WR_N_MEANS] = {
        [WR_BY_SCP] = WR_IAM_SCP, [WR_BY_RCP] = WR_IAM_RCP, [WR_BY_IAM] = WR_IAM_IDENTITY};
    wr_iam_parse_opts opts = {.kind = kind[means]};
    bool open = load_is_library(src->name) && wr_find(src->text, placeholder, 0) != SIZE_MAX;
    p->open = open && (l->r->org == NULL || l->r->org->id.n == 0);
    if (open && !p->open) src = filled(l, src);
    if (src == NULL) return false;
    p->iam = wr_iam_add_text(l->r->iam, src, false, &opts);
    return p->iam && !p->iam->broken;
}

// EventBridge: fields hold lists of what they may be, or further fields.
static bool is_event_pattern(const wr_node *m) {
    for (uint32_t i = 0; i < m->n; i++) {
        const wr_node *v = wr_map_val(m, i);
        if (v->kind != WR_LIST && v->kind != WR_MAP) return false;
    }
    return m->n > 0;
}

static bool is_setting(const wr_node *m) {
    static const char *const keys[] = {"BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy",
                                       "RestrictPublicBuckets"};
    for (uint32_t i = 0; i < m->n; i++) {
        bool known = wr_map_val(m, i)->kind == WR_BOOL;
        uint32_t k = 0;
        while (k < 4 && !wr_eq(wr_node_str(wr_map_key(m, i)), wr_strz(keys[k]))) k++;
        if (!known || k == 4) return false;
    }
    return m->n > 0;
}

// A declared policy's form: as far as it can be told without its engine.
static bool has_form(load *l, const wr_src *src, const wr_node *m, wr_means means) {
    const char *what = NULL;
    if (m->kind != WR_MAP || m->n == 0) what = "this is no map: a document with keys is wanted";
    else if (means == WR_BY_EVENT && !is_event_pattern(m))
        what = "this is no event pattern: its fields hold lists of values, or further fields";
    else if (means == WR_BY_SETTING && !is_setting(m))
        what = "this is no S3 Block Public Access: BlockPublicAcls, IgnorePublicAcls, "
               "BlockPublicPolicy, RestrictPublicBuckets, each true or false";
    if (what) say_form(l, src, m, what);
    return what == NULL;
}

static bool use_declared(load *l, const wr_src *src, wr_means means) {
    size_t bad = wr_utf8_check(src->text);
    if (means != WR_BY_CEDAR) {
        const wr_doc *doc = load_tree(l, src, NULL);
        return doc && has_form(l, src, doc->root, means);
    }
    if (bad == src->text.n && wr_trim(src->text).n) return true;
    wr_span at = {(uint32_t)bad, (uint32_t)bad};
    (void)wr_report(l->c, WR_D_K0204, WR_ERROR, src, at, "%s",
                    bad < src->text.n ? "this is no UTF-8 text"
                                      : "there is no policy in this file");
    return false;
}

static const policy_file *use(load *l, wr_form *f, const wr_node *n, wr_str name, wr_means means) {
    wr_str key = wr_fmt(&l->c->arena, "%s %.*s", wr_means_name(means), WR_FMT(name));
    policy_file **at = key.p ? (policy_file **)wr_map_at(&l->policies, key) : NULL;
    if (at == NULL || *at) return at ? *at : NULL;
    policy_file *p = *at = WR_NEW(&l->c->arena, policy_file);
    if (p == NULL) return NULL;
    const wr_src *src = load_text(l, name, f, n);
    if (src == NULL) p->broken = true;
    else if (means == WR_BY_GUARD) p->broken = !use_guard(l, src, p);
    else if (means == WR_BY_SCP || means == WR_BY_RCP || means == WR_BY_IAM)
        p->broken = !use_iam(l, src, means, p);
    else p->broken = !use_declared(l, src, means);
    if (p->broken) l->r->n_broken++;
    return p;
}

// ---------------------------------------------------------------------------------- one layer

static void layer_fault(wr_form *f, const wr_node *n, const char *fmt, const char *a,
                        const char *b) {
    f->code = WR_D_K0203;
    wr_form_fault(f, n, fmt, a, b);
    f->code = WR_D_K0201;
}

static void read_on(wr_form *f, wr_layer layer, const wr_form_texts *t, unsigned *on) {
    static const char *const word[] = {"cloudformation", "terraform-plan", "configuration-item"};
    unsigned may = layer == WR_PROACTIVE ? WR_ON_CFN | WR_ON_TF : WR_ON_CI;
    *on = t->n ? 0 : may;
    for (uint32_t i = 0; i < t->n; i++) {
        unsigned bit = 0;
        for (unsigned k = 0; k < 3; k++)
            if (wr_eq(t->v[i], wr_strz(word[k]))) bit = 1u << k;
        if (bit & may) {
            *on |= bit;
            continue;
        }
        wr_form_fault(f, t->at[i], "the %s layer is not on '%.*s'", wr_layer_name(layer),
                      WR_FMT(wr_utf8_cut(t->v[i], 80)));
        wr_hint(f->c, f->last,
                layer == WR_PROACTIVE ? "it is on cloudformation, terraform-plan or both"
                                      : "it is on configuration-item");
    }
}

// The one policy that a layer names; WR_BY_NONE: none or several, which was said.
static wr_means means_of(wr_form *f, const wr_node *n, wr_layer layer, const layer_form *s) {
    wr_means found = WR_BY_NONE;
    for (uint32_t k = 0; k < WR_N_MEANS; k++) {
        if (s->by[k] == NULL) continue;
        if (found != WR_BY_NONE) {
            layer_fault(f, s->by[k], "a layer has one policy: %s stands beside %s",
                        wr_means_name((wr_means)k), wr_means_name(found));
            return WR_BY_NONE;
        }
        found = (wr_means)k;
    }
    if (found == WR_BY_NONE && n->kind == WR_MAP)
        layer_fault(f, n, "the %s layer names no policy%s", wr_layer_name(layer), "");
    return found;
}

static void read_policy(load *l, const load_base *b, wr_form *f, const wr_node *n,
                        wr_control_layer *out) {
    wr_str rel = WR_S("");
    out->broken = true;
    if (out->means == WR_BY_SETTING && n->kind == WR_MAP) { // stands here itself
        out->broken = !has_form(l, wr_form_src(f->doc, n), n, WR_BY_SETTING);
        return;
    }
    if (!wr_form_text(f, n, wr_means_name(out->means), &rel)) return;
    if (!load_name(l, b, f, n, rel, &out->file)) return;
    const policy_file *p = use(l, f, n, out->file, out->means);
    if (p == NULL) return;
    out->broken = p->broken;
    out->open = p->open;
    out->guard = p->broken ? NULL : p->guard;
    out->policy = p->iam;
}

static void read_layer(load *l, const load_base *b, wr_form *f, const wr_node *n, wr_layer layer,
                       wr_control_layer *out) {
    layer_form s = {0};
    out->place = (wr_place){wr_form_src(f->doc, n), wr_form_span(n)};
    out->broken = true;
    if (!wr_form_read(f, n, "the layer", layer_rows[layer].v, layer_rows[layer].n, &s) &&
        n->kind != WR_MAP)
        return;
    out->means = means_of(f, n, layer, &s);
    if (out->means == WR_BY_NONE) return;
    out->automatic = s.automatic;
    out->approve = s.approve;
    if (out->means == WR_BY_GUARD) read_on(f, layer, &s.on, &out->on);
    else if (s.on.n)
        layer_fault(f, s.on.at[0], "on is for guard, not for %s%s", wr_means_name(out->means), "");
    if (s.attach && out->means != WR_BY_SCP && out->means != WR_BY_RCP)
        layer_fault(f, s.attach, "%s is not attached: only scp and rcp are%s",
                    wr_means_name(out->means), "");
    else if (s.attach) load_scope(l, f, s.attach, &out->attach);
    read_policy(l, b, f, s.by[out->means], out);
    if (out->means == WR_BY_GUARD && out->on == 0) out->broken = true; // it would judge nothing
}

// ---------------------------------------------------------------------------------- all layers

static void read_omitted(wr_form *f, const wr_node *omit, wr_control *out) {
    for (uint32_t i = 0; i < WR_N_LAYERS; i++) {
        const char *name = wr_layer_name((wr_layer)i);
        const wr_node *why = wr_map_getz(f->doc, omit, name);
        wr_control_layer *y = &out->layer[i];
        if (why == NULL) continue;
        if (y->place.src) {
            layer_fault(f, why, "the %s layer is there: it cannot be left out as well%s", name, "");
        } else if (wr_form_text(f, why, name, &y->why)) {
            y->omitted = true;
            y->place = (wr_place){wr_form_src(f->doc, why), wr_form_span(why)};
        }
    }
}

void load_layers(load *l, const load_base *b, wr_form *f, const wr_node *layers,
                 const wr_node *omit, wr_control *out) {
    wr_form_row rows[WR_N_LAYERS];
    const wr_node *at[WR_N_LAYERS] = {0};
    for (uint32_t i = 0; i < WR_N_LAYERS; i++)
        rows[i] = (wr_form_row){wr_layer_name((wr_layer)i), WR_FORM_ANY, false,
                                sizeof(const wr_node *) * i, NULL};
    if (layers) (void)wr_form_read(f, layers, "layers", rows, WR_N_LAYERS, at);
    for (uint32_t i = 0; i < WR_N_LAYERS; i++)
        if (at[i]) read_layer(l, b, f, at[i], (wr_layer)i, &out->layer[i]);
    if (omit == NULL) return;
    wr_form_keys(f, omit, "omit", rows, WR_N_LAYERS);
    read_omitted(f, omit, out);
}
