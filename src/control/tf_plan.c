// SPDX-License-Identifier: Apache-2.0
// tf_plan: what a Terraform plan holds: managed resources of every module as they are after apply,
// and what configures what, by the references of its configuration.
//
// Always true: a reference is followed through variables and outputs of modules at most MAX_HOPS
// times; what cannot be followed (locals, data sources) joins nothing.
// Rules: Terraform, "JSON Output Format" (plan, values and configuration representation).

#include "control/tf_int.h"

enum { MAX_HOPS = 16, MAX_STEPS = 4000000, MAX_MODULES = 64 };

wr_str tf_text(const tf_view *v, const wr_node *m, const char *key) {
    const wr_node *n = wr_map_getz(v->plan, m, key);
    return n && n->kind == WR_STR ? wr_node_str(n) : (wr_str){0};
}

static const wr_node *get(const tf_view *v, const wr_node *m, const char *key) {
    return m ? wr_map_getz(v->plan, m, key) : NULL;
}

static const wr_node *list_of(const tf_view *v, const wr_node *m, const char *key) {
    const wr_node *n = get(v, m, key);
    return n && n->kind == WR_LIST ? n : NULL;
}

static const wr_node *map_of(const tf_view *v, const wr_node *m, const char *key) {
    const wr_node *n = get(v, m, key);
    return n && n->kind == WR_MAP ? n : NULL;
}

// ---------------------------------------------------------------------------------- addresses

// Address without indices: module.a["x"].t.n → module.a.t.n. Quotes may hold brackets.
static wr_str bare(tf_view *v, wr_str s) {
    char *p = wr_alloc(&v->c->arena, s.n + 1);
    if (!p) return (wr_str){0};
    size_t n = 0;
    bool quoted = false;
    unsigned open = 0;
    for (size_t i = 0; i < s.n; i++) {
        char ch = s.p[i];
        if (quoted && ch == '\\') i++;
        else if (open && ch == '"') quoted = !quoted;
        else if (!quoted && ch == '[') open++;
        else if (!quoted && open && ch == ']') open--;
        else if (!open) p[n++] = ch;
    }
    return (wr_str){p, n};
}

static wr_str join_address(tf_view *v, wr_str module, wr_str rest) {
    if (module.n == 0) return rest;
    return wr_fmt(&v->c->arena, "%.*s.%.*s", WR_FMT(module), WR_FMT(rest));
}

// ---------------------------------------------------------------------------------- resources

static bool add_resource(tf_view *v, const wr_node *n, wr_str module, const wr_map *changes) {
    if (n->kind != WR_MAP || !wr_eq(tf_text(v, n, "mode"), WR_S("managed"))) return true;
    tf_resource *r = WR_NEW(&v->c->arena, tf_resource);
    if (!r) return false;
    r->node = n;
    r->address = tf_text(v, n, "address");
    r->type = tf_text(v, n, "type");
    r->name = tf_text(v, n, "name");
    r->module = module;
    r->values = map_of(v, n, "values");
    r->index = get(v, n, "index");
    const wr_node *change = wr_map_find(changes, r->address);
    r->unknown = map_of(v, change, "after_unknown");
    r->base = bare(v, r->address);
    void **at = wr_map_at(&v->by_base, r->base);
    if (!at) return false;
    r->twin = *at;
    *at = r;
    return WR_PUSH(&v->c->arena, &v->resources, r);
}

static wr_rc too_deep(tf_view *v, const wr_node *n) {
    (void)wr_report(v->c, WR_D_K0502, WR_ERROR, v->plan->srcs[n->src], n->span,
                    "modules are nested more than %d deep", (int)MAX_MODULES);
    return WR_LIMIT;
}

static wr_rc collect_module(tf_view *v, const wr_node *m, const wr_map *changes, uint32_t depth) {
    if (depth > MAX_MODULES) return too_deep(v, m);
    wr_str address = tf_text(v, m, "address");
    const wr_node *list = list_of(v, m, "resources"), *below = list_of(v, m, "child_modules");
    for (uint32_t i = 0; list && i < list->n; i++)
        if (!add_resource(v, &list->u.kids[i], address, changes)) return WR_NOMEM;
    wr_rc rc = WR_OK;
    for (uint32_t i = 0; below && i < below->n && rc == WR_OK; i++)
        rc = collect_module(v, &below->u.kids[i], changes, depth + 1);
    return rc;
}

wr_rc tf_collect(tf_view *v) {
    const wr_node *root = v->plan->root;
    const wr_node *planned = map_of(v, map_of(v, root, "planned_values"), "root_module");
    const wr_node *list = list_of(v, root, "resource_changes");
    wr_map changes;
    wr_map_init(&changes, &v->c->arena);
    wr_map_init(&v->by_base, &v->c->arena);
    if (!planned) {
        wr_diag *d = wr_report(v->c, WR_D_K0501, WR_ERROR, v->plan->srcs[root->src], root->span,
                               "the plan has no planned_values.root_module");
        wr_hint(v->c, d, "write it with: terraform show -json plan.out");
        return WR_BAD;
    }
    for (uint32_t i = 0; list && i < list->n; i++) {
        const wr_node *ch = &list->u.kids[i];
        void **at = wr_map_at(&changes, tf_text(v, ch, "address"));
        if (!at) return WR_NOMEM;
        *at = (void *)(uintptr_t)map_of(v, ch, "change");
    }
    return collect_module(v, planned, &changes, 0);
}

// ---------------------------------------------------------------------------------- configuration

typedef struct tf_ref { // one reference under way
    tf_resource *from;
    wr_str attribute;      // of from, top level
    wr_str module;         // instance in which the reference is read; empty: root
    const wr_node *config; // of that module
    uint32_t hops;
} tf_ref;

// The configuration of the module at an address (indices do not matter).
static const wr_node *module_config(tf_view *v, wr_str address) {
    const wr_node *at = map_of(v, map_of(v, v->plan->root, "configuration"), "root_module");
    wr_str s = bare(v, address);
    while (at && s.n > 0) { // module.NAME[.module.NAME…]
        if (!wr_starts(s, WR_S("module."))) return NULL;
        s = wr_sub(s, 7, s.n);
        size_t dot = wr_find(s, WR_S("."), 0);
        wr_str name = wr_sub(s, 0, dot == SIZE_MAX ? s.n : dot);
        s = wr_sub(s, dot == SIZE_MAX ? s.n : dot + 1, s.n);
        const char *z = wr_dupz(&v->c->arena, name);
        at = z ? map_of(v, map_of(v, map_of(v, at, "module_calls"), z), "module") : NULL;
    }
    return at;
}

// Where the last step of a module's address begins: "module.a.module.b" → 9; 0: it has one step.
static size_t last_step(wr_str module) {
    bool quoted = false;
    size_t at = 0;
    for (size_t i = 0; i < module.n; i++) {
        if (quoted && module.p[i] == '\\') i++;
        else if (module.p[i] == '"') quoted = !quoted;
        else if (!quoted && module.p[i] == '.' &&
                 wr_starts(wr_sub(module, i, module.n), WR_S(".module.")))
            at = i + 1;
    }
    return at;
}

static wr_str word(wr_str s, size_t *at) { // up to the next dot outside brackets
    size_t beg = *at, i = beg;
    bool quoted = false;
    unsigned open = 0;
    for (; i < s.n && (s.p[i] != '.' || quoted || open); i++) {
        if (s.p[i] == '"') quoted = !quoted;
        else if (!quoted && s.p[i] == '[') open++;
        else if (!quoted && open && s.p[i] == ']') open--;
    }
    *at = i < s.n ? i + 1 : i;
    return wr_sub(s, beg, i);
}

// ---------------------------------------------------------------------------------- linking

// The last word of a type: aws_s3_bucket → bucket.
static wr_str last_word(wr_str type) {
    size_t i = type.n;
    while (i > 0 && type.p[i - 1] != '_') i--;
    return wr_sub(type, i, type.n);
}

// aws_s3_bucket_logging configures the aws_s3_bucket that its `bucket` names, not the one in
// target_bucket. Of types that are no parts of the other, any attribute tells.
static bool attribute_tells(const tf_ref *f, const tf_resource *to) {
    wr_str from = f->from->type;
    bool part = from.n > to->type.n && wr_starts(from, to->type) && from.p[to->type.n] == '_';
    if (!part) return true;
    return wr_starts(f->attribute, last_word(to->type)) || wr_eq(f->attribute, WR_S("arn")) ||
           wr_eq(f->attribute, WR_S("name")) || wr_eq(f->attribute, WR_S("id"));
}

static bool same_index(const tf_resource *a, const tf_resource *b) {
    if (!a->index || !b->index || a->index->kind != b->index->kind) return false;
    if (a->index->kind == WR_INT) return a->index->u.i == b->index->u.i;
    return a->index->kind == WR_STR && wr_eq(wr_node_str(a->index), wr_node_str(b->index));
}

// Does a text of the attribute name the other (by id, arn, name or the attribute itself)?
static bool same_value(const tf_view *v, const tf_ref *f, const tf_resource *to) {
    static const char *const by[] = {"id", "arn", "name", "bucket", "url", "function_name"};
    const char *z = wr_dupz(&v->c->arena, f->attribute);
    wr_str text = z ? tf_text(v, f->from->values, z) : (wr_str){0};
    for (size_t i = 0; text.n > 0 && i < sizeof by / sizeof *by; i++)
        if (wr_eq(tf_text(v, to->values, by[i]), text)) return true;
    return false;
}

typedef enum narrowing { BY_MODULE, BY_ADDRESS, BY_INDEX, BY_VALUE, N_NARROWINGS } narrowing;

static bool fits(const tf_view *v, const tf_ref *f, const tf_resource *to, wr_str address,
                 narrowing by) {
    switch (by) {
    case BY_MODULE: return wr_eq(to->module, f->module);
    case BY_ADDRESS: return wr_eq(to->address, address);
    case BY_INDEX: return same_index(f->from, to);
    default: return same_value(v, f, to);
    }
}

static bool join_to(tf_view *v, tf_resource *to, tf_resource *from, bool sure) {
    for (uint32_t i = 0; i < to->joins.n; i++) {
        if (to->joins.v[i].from != from) continue;
        to->joins.v[i].sure |= sure;
        return true;
    }
    tf_join j = {from, sure};
    return WR_PUSH(&v->c->arena, &to->joins, j);
}

// Joins f->from to the instances that address (in f->module) can mean: each test that some pass
// leaves only those; one left is sure.
static bool link_to(tf_view *v, const tf_ref *f, wr_str address) {
    wr_str full = join_address(v, f->module, address);
    tf_resource *first = wr_map_find(&v->by_base, bare(v, full));
    bool used[N_NARROWINGS] = {false};
    uint32_t left = 0;
    for (tf_resource *t = first; t; t = t->twin) left++;
    for (narrowing by = BY_MODULE; by < N_NARROWINGS && left > 1; by++) {
        uint32_t pass = 0;
        for (tf_resource *t = first; t; t = t->twin) {
            bool in = fits(v, f, t, full, by);
            for (narrowing k = BY_MODULE; k < by; k++) in &= !used[k] || fits(v, f, t, full, k);
            pass += in;
        }
        used[by] = pass > 0;
        if (pass > 0) left = pass;
    }
    for (tf_resource *t = first; t; t = t->twin) {
        bool in = t != f->from && attribute_tells(f, t);
        for (narrowing k = BY_MODULE; k < N_NARROWINGS; k++)
            in &= !used[k] || fits(v, f, t, full, k);
        if (in && !join_to(v, t, f->from, left == 1)) return false;
    }
    return true;
}

// ---------------------------------------------------------------------------------- references

static bool follow_all(tf_view *v, const tf_ref *f, const wr_node *expr, uint32_t depth);

// var.NAME: what the caller of this module gives.
static bool follow_variable(tf_view *v, const tf_ref *f, wr_str name) {
    if (f->module.n == 0) return true;
    size_t step = last_step(f->module);
    tf_ref up = *f;
    up.module = wr_sub(f->module, 0, step ? step - 1 : 0);
    up.config = module_config(v, up.module);
    up.hops++;
    wr_str call = bare(v, wr_sub(f->module, step + 7, f->module.n));
    const char *call_z = wr_dupz(&v->c->arena, call), *z = wr_dupz(&v->c->arena, name);
    if (!call_z || !z) return false;
    const wr_node *c = map_of(v, map_of(v, up.config, "module_calls"), call_z);
    const wr_node *expr = get(v, map_of(v, c, "expressions"), z);
    return !expr || follow_all(v, &up, expr, 0);
}

// module.NAME.OUTPUT: what the output is made of.
static bool follow_output(tf_view *v, const tf_ref *f, wr_str module, wr_str output) {
    tf_ref in = *f;
    in.module = join_address(v, f->module, wr_fmt(&v->c->arena, "module.%.*s", WR_FMT(module)));
    in.config = module_config(v, in.module);
    in.hops++;
    const char *z = wr_dupz(&v->c->arena, output);
    const wr_node *o = z ? map_of(v, map_of(v, in.config, "outputs"), z) : NULL;
    const wr_node *expr = get(v, o, "expression");
    return !expr || follow_all(v, &in, expr, 0);
}

static const wr_node *config_of(const tf_view *v, const tf_resource *r) {
    return wr_map_find(&v->config, r->base);
}

static bool follow(tf_view *v, const tf_ref *f, wr_str ref) {
    if (f->hops > MAX_HOPS) return true;
    if (++v->steps > MAX_STEPS) return false;
    size_t at = 0;
    wr_str first = word(ref, &at), second = word(ref, &at);
    if (second.n == 0 && !wr_eq(first, WR_S("each"))) return true;
    if (wr_eq(first, WR_S("var"))) return follow_variable(v, f, bare(v, second));
    if (wr_eq(first, WR_S("module"))) return follow_output(v, f, second, bare(v, word(ref, &at)));
    if (wr_eq(first, WR_S("each"))) {
        tf_ref in = *f;
        in.hops++;
        const wr_node *c = config_of(v, f->from);
        const wr_node *expr =
            wr_eq(f->module, f->from->module) ? get(v, c, "for_each_expression") : NULL;
        return !expr || follow_all(v, &in, expr, 0);
    }
    static const char *const none[] = {"data", "local", "count", "path", "self", "terraform"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (wr_eq(first, wr_strz(none[i]))) return true;
    return link_to(v, f, wr_fmt(&v->c->arena, "%.*s.%.*s", WR_FMT(first), WR_FMT(second)));
}

// An expression, or a block or list of blocks of them. "aws_s3_bucket.b.id" comes together with
// its prefixes; the longest says all.
static bool follow_all(tf_view *v, const tf_ref *f, const wr_node *expr, uint32_t depth) {
    if (depth > v->c->limits.depth) return true;
    if (expr->kind == WR_LIST) {
        for (uint32_t i = 0; i < expr->n; i++)
            if (!follow_all(v, f, &expr->u.kids[i], depth + 1)) return false;
        return true;
    }
    if (expr->kind != WR_MAP) return true;
    const wr_node *refs = list_of(v, expr, "references");
    wr_str before = {0};
    for (uint32_t i = 0; refs && i < refs->n; i++) {
        const wr_node *r = &refs->u.kids[i];
        if (r->kind != WR_STR) continue;
        if (!wr_starts(before, wr_node_str(r)) && !follow(v, f, wr_node_str(r))) return false;
        before = wr_node_str(r);
    }
    for (uint32_t i = 0; !refs && i < expr->n; i++)
        if (!follow_all(v, f, wr_map_val(expr, i), depth + 1)) return false;
    return true;
}

// Every resource of the configuration by its address, in which no indices stand.
static wr_rc index_config(tf_view *v, const wr_node *m, wr_str address, uint32_t depth) {
    if (depth > MAX_MODULES) return too_deep(v, m);
    const wr_node *list = list_of(v, m, "resources"), *calls = map_of(v, m, "module_calls");
    for (uint32_t i = 0; list && i < list->n; i++) {
        wr_str own = tf_text(v, &list->u.kids[i], "address");
        void **at = wr_map_at(&v->config, join_address(v, address, own));
        if (!at) return WR_NOMEM;
        *at = (void *)(uintptr_t)&list->u.kids[i];
    }
    wr_rc rc = WR_OK;
    for (uint32_t i = 0; calls && i < calls->n && rc == WR_OK; i++) {
        const wr_node *in = map_of(v, wr_map_val(calls, i), "module");
        wr_str name = wr_node_str(wr_map_key(calls, i));
        wr_str step = wr_fmt(&v->c->arena, "module.%.*s", WR_FMT(name));
        if (in) rc = index_config(v, in, join_address(v, address, step), depth + 1);
    }
    return rc;
}

static wr_rc stopped(tf_view *v) {
    if (v->steps <= MAX_STEPS) return WR_NOMEM;
    (void)wr_report(v->c, WR_D_K0503, WR_ERROR, v->plan->srcs[v->plan->root->src],
                    v->plan->root->span, "the plan has more than %d references to follow",
                    (int)MAX_STEPS);
    return WR_LIMIT;
}

wr_rc tf_join_all(tf_view *v) {
    const wr_node *root = map_of(v, map_of(v, v->plan->root, "configuration"), "root_module");
    wr_map_init(&v->config, &v->c->arena);
    wr_rc rc = root ? index_config(v, root, (wr_str){0}, 0) : WR_OK;
    if (rc != WR_OK) return rc;
    for (uint32_t i = 0; i < v->resources.n; i++) {
        tf_resource *r = v->resources.v[i];
        const wr_node *config = config_of(v, r);
        const wr_node *exprs = map_of(v, config, "expressions");
        for (uint32_t k = 0; exprs && k < exprs->n; k++) {
            tf_ref f = {.from = r,
                        .attribute = wr_node_str(wr_map_key(exprs, k)),
                        .module = r->module,
                        .config = module_config(v, r->module)};
            if (!follow_all(v, &f, wr_map_val(exprs, k), 0)) return stopped(v);
        }
    }
    return WR_OK;
}
