// SPDX-License-Identifier: Apache-2.0
// tf_view: a Terraform plan as rules see it. What exists after apply, by address; resources that
// configure another one stand with it, under `joined`, by type; what is known only after apply is
// a value that waits for a fact.
//
// Invariant: nothing is joined that does not belong: where a plan does not say which instance is
// configured, a waiting value is joined to each, so that rules come out unknown.
// Rules: Terraform, "JSON Output Format" (values, plan and configuration representation).

#include "control/tf_int.h"

enum { MAX_PATH = 1000 }; // bytes of a fact's name: what nests deeper is named by its top

// Keys that the view makes stand where their resource begins.
static void put_key_of(tf_view *v, const wr_node *at, wr_str key) {
    wr_build_key(&v->out, v->src, (wr_span){at->span.beg, at->span.beg + 1}, 0, key);
}

static void put_key(tf_view *v, const wr_node *at, const char *name) {
    put_key_of(v, at, wr_strz(name));
}

static void put_text(tf_view *v, const wr_node *from, wr_str s) {
    wr_build_str(&v->out, v->src, from ? from->span : (wr_span){0, 0}, 0, s);
}

// ---------------------------------------------------------------------------------- values

static bool says_unknown(const wr_node *u) { return u && u->kind == WR_BOOL && u->u.b; }

// Does anything below say that it is known only after apply?
static bool any_unknown(const tf_view *v, const wr_node *u, uint32_t depth) {
    if (!u || depth > v->c->limits.depth) return false;
    if (u->kind == WR_BOOL) return u->u.b;
    uint32_t step = u->kind == WR_MAP ? 2 : 1,
             n = u->kind == WR_MAP || u->kind == WR_LIST ? u->n : 0;
    for (uint32_t i = 0; i < n; i++)
        if (any_unknown(v, &u->u.kids[i * step + step - 1], depth + 1)) return true;
    return false;
}

static void put_waiting(tf_view *v, const wr_node *at, wr_str what) {
    wr_node n = {.kind = WR_NULL};
    wr_build_wait(&v->out, &n, v->src, at->span, what);
    wr_build_scalar(&v->out, n);
}

static const wr_node *under(const wr_node *m, const wr_node *key) {
    if (!m || m->kind != WR_MAP) return NULL;
    for (uint32_t i = 0; i < m->n; i++)
        if (wr_eq(wr_node_str(wr_map_key(m, i)), wr_node_str(key))) return wr_map_val(m, i);
    return NULL;
}

static void put_value(tf_view *v, const wr_node *val, const wr_node *u, wr_str path);

static wr_str step_into(tf_view *v, wr_str path, const wr_node *key, uint32_t i) {
    wr_arena *a = &v->c->arena;
    if (path.n > MAX_PATH) return path;
    if (key) return wr_fmt(a, "%.*s.%.*s", WR_FMT(path), WR_FMT(wr_node_str(key)));
    return wr_fmt(a, "%.*s[%u]", WR_FMT(path), (unsigned)i);
}

static void put_entry(tf_view *v, const wr_node *key, const wr_node *val, const wr_node *u,
                      wr_str path) {
    wr_build_key(&v->out, v->src, key->span, 0, wr_node_str(key));
    put_value(v, val, u, step_into(v, path, key, 0));
}

static void put_map(tf_view *v, const wr_node *val, const wr_node *u, wr_str path) {
    const wr_node *at = val ? val : u;
    wr_build_open(&v->out, WR_MAP, v->src, 0, at->span.beg);
    for (uint32_t i = 0; val && i < val->n; i++)
        put_entry(v, wr_map_key(val, i), wr_map_val(val, i), under(u, wr_map_key(val, i)), path);
    for (uint32_t i = 0; u && u->kind == WR_MAP && i < u->n; i++) {
        const wr_node *key = wr_map_key(u, i);
        if (under(val, key) || !any_unknown(v, wr_map_val(u, i), 0)) continue;
        put_entry(v, key, NULL, wr_map_val(u, i), path);
    }
    wr_build_close(&v->out, at->span.end);
}

static void put_list(tf_view *v, const wr_node *val, const wr_node *u, wr_str path) {
    const wr_node *at = val ? val : u;
    uint32_t n = val ? val->n : 0, n_u = u && u->kind == WR_LIST ? u->n : 0;
    wr_build_open(&v->out, WR_LIST, v->src, 0, at->span.beg);
    for (uint32_t i = 0; i < n || i < n_u; i++)
        put_value(v, i < n ? &val->u.kids[i] : NULL, i < n_u ? &u->u.kids[i] : NULL,
                  step_into(v, path, NULL, i));
    wr_build_close(&v->out, at->span.end);
}

// A value as planned, with what after_unknown (u) says of it. val NULL: not in the values.
static void put_value(tf_view *v, const wr_node *val, const wr_node *u, wr_str path) {
    if (v->depth >= v->c->limits.depth || v->out.rc != WR_OK) return;
    v->depth++;
    if (says_unknown(u)) put_waiting(v, val ? val : u, path);
    else if (!any_unknown(v, u, 0) && val) wr_build_copy(&v->out, v->plan, val);
    else if (val ? val->kind == WR_MAP : u && u->kind == WR_MAP) put_map(v, val, u, path);
    else if (val ? val->kind == WR_LIST : u && u->kind == WR_LIST) put_list(v, val, u, path);
    else if (val) wr_build_copy(&v->out, v->plan, val);
    else put_waiting(v, u, path);
    v->depth--;
}

static void put_values(tf_view *v, const tf_resource *r) {
    static const wr_node nothing = {.kind = WR_MAP};
    const wr_node *val = r->values ? r->values : &nothing;
    wr_str address = wr_fmt(&v->c->arena, "%.*s", WR_FMT(r->address));
    put_value(v, val, r->unknown, address);
}

// ---------------------------------------------------------------------------------- joined

static int by_type(const void *a, const void *b) {
    const tf_join *x = a, *y = b;
    int c = wr_cmp(x->from->type, y->from->type);
    return c ? c : wr_cmp(x->from->address, y->from->address);
}

static void put_joined(tf_view *v, tf_resource *r) {
    if (r->joins.n) qsort(r->joins.v, r->joins.n, sizeof *r->joins.v, by_type);
    wr_build_open(&v->out, WR_MAP, v->src, 0, r->node->span.beg);
    for (uint32_t i = 0; i < r->joins.n;) {
        wr_str type = r->joins.v[i].from->type;
        put_key_of(v, r->node, type);
        wr_build_open(&v->out, WR_LIST, v->src, 0, r->node->span.beg);
        for (; i < r->joins.n && wr_eq(r->joins.v[i].from->type, type); i++) {
            const tf_join *j = &r->joins.v[i];
            if (j->sure) put_values(v, j->from);
            else
                put_waiting(v, j->from->node,
                            wr_fmt(&v->c->arena, "whether %.*s configures %.*s",
                                   WR_FMT(j->from->address), WR_FMT(r->address)));
        }
        wr_build_close(&v->out, r->node->span.end);
    }
    wr_build_close(&v->out, r->node->span.end);
}

static void put_resource(tf_view *v, tf_resource *r) {
    put_key_of(v, r->node, r->address);
    wr_build_open(&v->out, WR_MAP, v->src, 0, r->node->span.beg);
    put_key(v, r->node, "type");
    put_text(v, r->node, r->type);
    put_key(v, r->node, "name");
    put_text(v, r->node, r->name);
    put_key(v, r->node, "address");
    put_text(v, r->node, r->address);
    put_key(v, r->node, "module");
    put_text(v, r->node, r->module);
    put_key(v, r->node, "values");
    put_values(v, r);
    put_key(v, r->node, "joined");
    put_joined(v, r);
    wr_build_close(&v->out, r->node->span.end);
}

static wr_rc write_out(tf_view *v, wr_doc **out) {
    const wr_node *root = v->plan->root;
    wr_symtab *syms = WR_NEW(&v->c->arena, wr_symtab);
    if (!syms) return WR_NOMEM;
    wr_symtab_init(syms, &v->c->arena, v->plan->syms);
    wr_build_init(&v->out, v->c, syms);
    v->src = wr_build_src(&v->out, v->plan->srcs[root->src]);
    wr_build_open(&v->out, WR_MAP, v->src, 0, root->span.beg);
    put_key(v, root, "resources");
    wr_build_open(&v->out, WR_MAP, v->src, 0, root->span.beg);
    for (uint32_t i = 0; i < v->resources.n; i++) put_resource(v, v->resources.v[i]);
    wr_build_close(&v->out, root->span.end);
    wr_build_close(&v->out, root->span.end);
    wr_rc rc = wr_build_end(&v->out, out);
    if (rc == WR_OK) (*out)->format = v->plan->format;
    return rc;
}

wr_rc wr_tf_view(wr_ctx *c, const wr_doc *plan, wr_doc **out) {
    tf_view v = {.c = c, .plan = plan};
    *out = NULL;
    wr_rc rc = tf_collect(&v);
    if (rc == WR_OK) rc = tf_join_all(&v);
    if (rc == WR_OK && c->arena.oom) rc = WR_NOMEM;
    return rc == WR_OK ? write_out(&v, out) : rc;
}
