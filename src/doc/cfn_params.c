// SPDX-License-Identifier: Apache-2.0
// doc: parameter files: the four shapes in which the AWS tools take parameter values, read into one
// table of texts with their places.
//
// Shapes: [{ParameterKey, ParameterValue}] (aws cloudformation create-stack), {"Parameters": {…}}
// (CodePipeline template configuration), ["Key=Value"] (aws cloudformation deploy) and a plain map.
#include "doc/doc.h"

typedef struct reader {
    wr_ctx *c;
    wr_cfn_inputs *in;
    const wr_doc *d;
    const wr_src *src;
    wr_rc rc;
} reader;

void wr_cfn_inputs_init(wr_cfn_inputs *in, wr_arena *a) {
    *in = (wr_cfn_inputs){.arena = a};
    wr_map_init(&in->given, a);
}

wr_rc wr_cfn_inputs_set(wr_cfn_inputs *in, const wr_cfn_given *v) {
    void **at = wr_map_at(&in->given, v->name);
    if (!at) return WR_NOMEM;
    wr_cfn_given *g = *at;
    if (!g) {
        g = WR_NEW(in->arena, wr_cfn_given);
        if (!g || !WR_PUSH(in->arena, &in->names, v->name)) return WR_NOMEM;
        *at = g;
    }
    *g = *v;
    return WR_OK;
}

static void refuse(reader *r, const wr_node *at, const char *msg) {
    wr_diag *d = wr_report(r->c, WR_D_X0203, WR_ERROR, r->src, at->span, "%s", msg);
    wr_hint(r->c, d, "see docs/guide/resolve.md for the shapes of a parameter file");
    r->rc = WR_BAD;
}

static void set(reader *r, wr_str name, wr_str text, const wr_node *at, bool previous) {
    wr_arena *a = r->in->arena;
    wr_cfn_given g = {.previous = previous, .src = r->src, .span = at->span};
    g.name = wr_dup(a, name);
    g.text = wr_dup(a, text);
    if (a->oom || wr_cfn_inputs_set(r->in, &g) != WR_OK) r->rc = WR_NOMEM;
}

static bool scalar(reader *r, const wr_node *v, wr_buf *b) {
    switch (v->kind) {
    case WR_STR: wr_puts(b, wr_node_str(v)); return true;
    case WR_BOOL: wr_putz(b, v->u.b ? "true" : "false"); return true;
    case WR_INT:
    case WR_FLOAT: // as written: an account number may begin with 0
        wr_puts(b, wr_sub(r->src->text, v->span.beg, v->span.end));
        return true;
    default: return false;
    }
}

static bool text_of(reader *r, const wr_node *v, wr_buf *b) {
    if (v->kind != WR_LIST) return scalar(r, v, b);
    for (uint32_t i = 0; i < v->n; i++) {
        if (i) wr_putc(b, ',');
        if (!scalar(r, &v->u.kids[i], b)) return false;
    }
    return true;
}

static void value(reader *r, wr_str name, const wr_node *v) {
    wr_buf b;
    wr_buf_init(&b, (size_t)r->c->limits.bytes);
    if (!text_of(r, v, &b)) refuse(r, v, "a parameter's value is a string, a number or a list");
    else if (b.rc != WR_OK) r->rc = WR_NOMEM;
    else set(r, name, wr_buf_str(&b), v, false);
    wr_buf_fini(&b);
}

static bool is_true(const wr_node *v) {
    if (!v) return false;
    if (v->kind == WR_BOOL) return v->u.b;
    return v->kind == WR_STR && wr_eq(wr_node_str(v), WR_S("true"));
}

// {ParameterKey: …, ParameterValue: …} or {ParameterKey: …, UsePreviousValue: true}
static void pair(reader *r, const wr_node *m) {
    const wr_node *k = wr_map_getz(r->d, m, "ParameterKey");
    const wr_node *v = wr_map_getz(r->d, m, "ParameterValue");
    if (!k || k->kind != WR_STR) refuse(r, m, "an entry of a parameter file has a ParameterKey");
    else if (v) value(r, wr_node_str(k), v);
    else if (is_true(wr_map_getz(r->d, m, "UsePreviousValue")))
        set(r, wr_node_str(k), (wr_str){"", 0}, k, true);
    else refuse(r, m, "an entry has neither ParameterValue nor UsePreviousValue");
}

static void assignment(reader *r, wr_str s, const wr_node *at) {
    size_t eq = wr_find(s, WR_S("="), 0);
    if (eq == SIZE_MAX || eq == 0) refuse(r, at, "an entry is not Key=Value");
    else set(r, wr_sub(s, 0, eq), wr_sub(s, eq + 1, s.n), at, false);
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// "A=1 B=2": what a file of bare lines reads as.
static void assignments(reader *r, wr_str s, const wr_node *at) {
    size_t i = 0;
    while (i < s.n && r->rc == WR_OK) {
        while (i < s.n && is_blank(s.p[i])) i++;
        size_t beg = i;
        while (i < s.n && !is_blank(s.p[i])) i++;
        if (i > beg) assignment(r, wr_sub(s, beg, i), at);
    }
}

static void read_map(reader *r, const wr_node *m) {
    for (uint32_t i = 0; i < m->n; i++) {
        wr_str name = wr_node_str(wr_map_key(m, i));
        const wr_node *v = wr_map_val(m, i);
        if (v->kind == WR_MAP && wr_eq(name, WR_S("AWS::AvailabilityZones"))) {
            for (uint32_t k = 0; k < v->n; k++) {
                wr_str region = wr_node_str(wr_map_key(v, k));
                value(r, wr_fmt(r->in->arena, "%.*s::%.*s", WR_FMT(name), WR_FMT(region)),
                      wr_map_val(v, k));
            }
            continue;
        }
        value(r, name, v);
    }
}

static void read_list(reader *r, const wr_node *l) {
    for (uint32_t i = 0; i < l->n; i++) {
        const wr_node *v = &l->u.kids[i];
        if (v->kind == WR_MAP) pair(r, v);
        else if (v->kind == WR_STR) assignment(r, wr_node_str(v), v);
        else refuse(r, v, "an entry is neither a map nor Key=Value");
    }
}

static void read_root(reader *r) {
    const wr_node *root = r->d->root, *in = wr_map_getz(r->d, root, "Parameters");
    if (in && in->kind == WR_MAP) read_map(r, in);
    else if (root->kind == WR_MAP) read_map(r, root);
    else if (root->kind == WR_LIST) read_list(r, root);
    else if (root->kind == WR_STR) assignments(r, wr_node_str(root), root);
    else refuse(r, root, "a parameter file is a list or a map");
}

wr_rc wr_cfn_params_load(wr_ctx *c, const wr_src *src, wr_cfn_inputs *in) {
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = wr_looks_json(src->name, src->text)};
    wr_doc *d = NULL;
    wr_rc rc = wr_doc_load(c, src, &how, &d);
    if (rc != WR_OK) return rc;
    reader r = {.c = c, .in = in, .d = d, .src = src};
    read_root(&r);
    return r.rc;
}
