// SPDX-License-Identifier: Apache-2.0
// doc: wr_cfn_resolve, the run over a template: which sections are resolved in which order, what is
// removed, and how the values under way become a document.
//
// Order matters: parameters, then names (loops over Resources unrolled), then conditions, which
// may use parameters only; then resources and outputs one at a time, each in memory that is given
// back. Rules: CloudFormation Template Reference, "Template sections" and "Intrinsic functions".
#include "doc/cfn_resolve_int.h"

// ------------------------------------------------------------------------ writing out

static bool is_dynamic(wr_str s) {
    return memchr(s.p, '{', s.n) != NULL && wr_find(s, WR_S("{{resolve:"), 0) != SIZE_MAX;
}

static bool is_secret(wr_str s) { // wholly or in part, and nothing else that is kept outside
    return (wr_find(s, WR_S("{{resolve:secretsmanager:"), 0) != SIZE_MAX ||
            wr_find(s, WR_S("{{resolve:ssm-secure:"), 0) != SIZE_MAX) &&
           wr_find(s, WR_S("{{resolve:ssm:"), 0) == SIZE_MAX;
}

// A Number parameter's text as the number it is.
static wr_node as_number(const wr_node *v) {
    wr_node n = *v;
    wr_str s = {v->u.s, v->n};
    int64_t i;
    double f;
    n.flags = 0;
    n.n = 0;
    if (wr_parse_i64(s, &i)) {
        n.kind = WR_INT;
        n.u.i = i;
    } else if (wr_parse_f64(s, &f)) {
        n.kind = WR_FLOAT;
        n.u.f = f;
    } else {
        return *v;
    }
    return n;
}

static void emit_scalar(wr_cfn *r, const wr_node *v) {
    wr_node n = *v;
    if (n.kind == WR_STR && (n.flags & WR_F_INEXACT)) n = as_number(&n);
    n.flags &= (uint8_t)(n.kind == WR_STR ? WR_F_TAGGED | WR_F_QUOTED : WR_F_INEXACT | WR_F_TAGGED);
    if (n.kind == WR_STR && is_dynamic((wr_str){n.u.s, n.n}) &&
        !(r->inputs && r->inputs->secrets_as_written && is_secret((wr_str){n.u.s, n.n}))) {
        wr_cfn_tell(r, WR_D_X0004, WR_NOTE, &n,
                    "%.*s is a dynamic reference: its value is kept "
                    "outside the template",
                    (int)n.n, n.u.s);
        n.flags |= WR_F_UNKNOWN;
    }
    n.src = r->src[n.src];
    if (r->spread) wr_build_wait(&r->out, &n, n.src, v->span, r->spread->what);
    wr_build_scalar(&r->out, n);
}

static void emit_key(wr_cfn *r, const wr_node *k) {
    uint8_t flags = (uint8_t)(k->flags & (WR_F_TAGGED | WR_F_QUOTED));
    wr_build_key(&r->out, r->src[k->src], k->span, flags, wr_sym_str(k->u.sym));
}

static void emit(wr_cfn *r, const wr_node *v);

// After a failure a key may lack its value; the builder is then only good for wr_build_abort.
static void close_box(wr_cfn *r, const wr_node *v) {
    if (r->rc == WR_OK) wr_build_close(&r->out, v->span.end);
}

static void open_box(wr_cfn *r, const wr_node *v) {
    wr_node box = {.flags = v->flags & WR_F_TAGGED, .src = r->src[v->src], .span = v->span};
    const wr_cfn_why *why = wr_cfn_is_unknown(v) ? wr_cfn_why_of(v) : r->spread;
    if (why) wr_build_wait(&r->out, &box, box.src, box.span, why->what);
    wr_build_open(&r->out, (wr_kind)v->kind, box.src, box.flags, box.span.beg);
}

static void emit_container(wr_cfn *r, const wr_node *v) {
    bool shared = (v->flags & (WR_F_LITERAL | WR_F_UNKNOWN)) == WR_F_LITERAL;
    const wr_cfn_why *outer = r->spread;
    open_box(r, v);
    if (wr_cfn_is_unknown(v) && wr_cfn_why_of(v)->spread) r->spread = wr_cfn_why_of(v);
    for (uint32_t i = 0; i < v->n && r->rc == WR_OK; i++) {
        if (v->kind == WR_MAP) emit_key(r, wr_map_key(v, i));
        wr_node kid = v->kind == WR_MAP ? *wr_map_val(v, i) : v->u.kids[i];
        if (shared) {
            kid.src = v->src;
            kid.span = v->span;
        }
        emit(r, &kid);
    }
    r->spread = outer;
    close_box(r, v);
}

static void emit(wr_cfn *r, const wr_node *v) {
    if (!wr_cfn_spend(r, 1) || !wr_cfn_enter(r)) return;
    if (v->kind == WR_MAP || v->kind == WR_LIST) emit_container(r, v);
    else emit_scalar(r, v);
    r->depth--;
}

static void emit_named(wr_cfn *r, const wr_node *key, wr_str name, const wr_node *v) {
    uint8_t flags = (uint8_t)(key->flags & (WR_F_TAGGED | WR_F_QUOTED));
    wr_build_key(&r->out, r->src[key->src], key->span, flags, name);
    emit(r, v);
}

// ------------------------------------------------------------------------ sections

static void open_section(wr_cfn *r, const wr_node *key, const wr_node *sec) {
    emit_key(r, key);
    wr_build_open(&r->out, WR_MAP, r->src[sec->src], sec->flags & WR_F_TAGGED, sec->span.beg);
}

// A loop that was not unrolled stays under its own key.
static void emit_left(wr_cfn *r, const wr_cfn_entry *x) {
    wr_node v = wr_cfn_unknown(r, x->val, x->env, x->left);
    wr_cfn_note(r, &v);
    emit_named(r, x->key, x->name, &v);
}

static bool is_name_removed(const wr_cfn *r, wr_str name) {
    const wr_cfn_name *nm = wr_map_find(&r->names, name);
    return nm && nm->removed;
}

static bool is_removed(const wr_cfn *r, const wr_node *v) {
    return v->kind == WR_STR && is_name_removed(r, wr_node_str(v));
}

// Takes the names of removed resources out of DependsOn; an empty one goes too.
static void drop_depends(const wr_cfn *r, wr_node *body) {
    if (body->kind != WR_MAP || wr_cfn_is_unknown(body)) return;
    wr_node *kids = (wr_node *)body->u.kids; // made by this run, not yet part of a document
    for (uint32_t i = 0; i < body->n; i++) {
        if (!wr_eq(wr_node_str(&kids[2 * i]), WR_S("DependsOn"))) continue;
        wr_node *v = &kids[2 * i + 1];
        uint32_t left = !is_removed(r, v);
        if (v->kind == WR_LIST && v->n) {
            wr_node *item = (wr_node *)v->u.kids;
            left = 0;
            for (uint32_t k = 0; k < v->n; k++)
                if (!is_removed(r, &item[k])) item[left++] = item[k];
            v->n = left;
        }
        if (left) return;
        memmove(&kids[2 * i], &kids[2 * i + 2], (body->n - i - 1) * 2 * sizeof *kids);
        body->n--;
        return;
    }
}

// The condition that decides whether x is created. Its Condition key may need resolving itself.
static wr_cfn_tri created(wr_cfn *r, const wr_cfn_entry *x, wr_str *name) {
    const wr_node *at = wr_map_getz(r->in, x->val, "Condition");
    if (!at) return WR_CFN_TRUE;
    r->quiet++;
    wr_node v = wr_cfn_value(r, at, x->env);
    r->quiet--;
    if (wr_cfn_is_novalue(&v)) return WR_CFN_TRUE;
    if (v.kind != WR_STR) {
        if (!wr_cfn_is_unknown(&v))
            wr_cfn_tell(r, WR_D_X0106, WR_ERROR, at, "Condition takes the name of a condition");
        return WR_CFN_UNKNOWN;
    }
    const wr_cfn_why *why = NULL;
    *name = wr_node_str(&v);
    wr_cfn_tri is = wr_cfn_cond_named(r, at, *name, &why);
    if (is == WR_CFN_UNKNOWN && !why->told)
        wr_cfn_tell(r, WR_D_X0007, WR_NOTE, at,
                    "condition %.*s is not known (%.*s): %.*s is judged as if it were created",
                    WR_FMT(*name), WR_FMT(why->what), WR_FMT(x->name));
    return is;
}

// Decides which resources are created, before any is written: DependsOn needs to know.
static void mark_removed(wr_cfn *r, const wr_cfn_entries *all) {
    for (uint32_t i = 0; i < all->n && r->rc == WR_OK; i++) {
        const wr_cfn_entry *x = &all->v[i];
        wr_str by = {0};
        if (x->left || created(r, x, &by) != WR_CFN_FALSE) continue;
        wr_cfn_name *nm = wr_map_find(&r->names, x->name);
        if (!nm || nm->param) continue;
        nm->removed = true;
        nm->by = wr_map_find(&r->conds, by);
    }
}

static void emit_entries(wr_cfn *r, const wr_cfn_entries *all, bool resources) {
    for (uint32_t i = 0; i < all->n && r->rc == WR_OK; i++) {
        const wr_cfn_entry *x = &all->v[i];
        wr_str by;
        wr_mark m = wr_arena_mark(&r->tmp);
        if (x->left) {
            emit_left(r, x);
        } else if (resources ? !is_name_removed(r, x->name) : created(r, x, &by) != WR_CFN_FALSE) {
            wr_node v = wr_cfn_place(r, x->val, x->env);
            if (resources) drop_depends(r, &v);
            if (!wr_cfn_is_novalue(&v)) emit_named(r, x->key, x->name, &v);
        }
        wr_arena_rewind(&r->tmp, m);
    }
}

// A condition becomes what it comes to; one that is not known stays as written.
static wr_node condition(wr_cfn *r, const wr_cfn_entry *x) {
    const wr_cfn_why *why = NULL;
    wr_cfn_tri is = wr_cfn_cond_named(r, x->key, x->name, &why);
    wr_node v = {.kind = WR_BOOL, .src = x->val->src, .span = x->val->span};
    v.u.b = is == WR_CFN_TRUE;
    if (is != WR_CFN_UNKNOWN) return v;
    if (x->val->kind != WR_MAP && x->val->kind != WR_LIST) return *x->val;
    if (!why->told)
        why = wr_cfn_because(r, WR_D_X0007, why->what, "condition %.*s is not known (%.*s)",
                             WR_FMT(x->name), WR_FMT(why->what));
    v = wr_cfn_unknown(r, x->val, x->env, why);
    wr_cfn_note(r, &v);
    return v;
}

static void emit_conditions(wr_cfn *r, const wr_cfn_entries *all) {
    for (uint32_t i = 0; i < all->n && r->rc == WR_OK; i++) {
        const wr_cfn_entry *x = &all->v[i];
        if (x->left) {
            emit_left(r, x);
            continue;
        }
        wr_node v = condition(r, x);
        emit_named(r, x->key, x->name, &v);
    }
}

// ------------------------------------------------------------------------ the run

typedef struct sections {
    const wr_node *resources, *outputs, *conditions;
    wr_cfn_entries res, out, cond;
} sections;

static void see_transform(wr_cfn *r, const wr_node *t) {
    wr_str name = {0};
    if (t->kind == WR_STR) name = wr_node_str(t);
    const wr_node *in = wr_map_getz(r->in, t, "Name");
    if (in && in->kind == WR_STR) name = wr_node_str(in);
    if (wr_eq(name, WR_S("AWS::LanguageExtensions"))) {
        r->lang_ext = true;
        return;
    }
    r->macros = true;
    if (wr_starts(name, WR_S("AWS::Serverless-")))
        wr_cfn_tell(r, WR_D_X0005, WR_NOTE, t,
                    "the Serverless transform is not run: resources of "
                    "type AWS::Serverless::… are judged as written");
    else
        wr_cfn_tell(r, WR_D_X0005, WR_WARNING, t,
                    "macro %.*s is not run: it may change any part "
                    "of the template, which is judged as written",
                    WR_FMT(name));
}

static void read_transforms(wr_cfn *r) {
    const wr_node *t = wr_map_getz(r->in, r->in->root, "Transform");
    if (!t) return;
    if (t->kind != WR_LIST) {
        see_transform(r, t);
        return;
    }
    for (uint32_t i = 0; i < t->n; i++) see_transform(r, &t->u.kids[i]);
}

// A resource that stands for a file of resources, as the rain tool has it: {Rain::Module: FILE}, or
// the file's path when the tag was lost on the way.
static bool is_module(const wr_cfn *r, const wr_node *body) {
    const wr_node *type = wr_map_getz(r->in, body, "Type");
    return type && (type->kind == WR_MAP ||
                    (type->kind == WR_STR && wr_find(wr_node_str(type), WR_S("/"), 0) != SIZE_MAX));
}

static void name_resources(wr_cfn *r, const wr_cfn_entries *all) {
    for (uint32_t i = 0; i < all->n && r->rc == WR_OK; i++) {
        if (all->v[i].left) continue;
        void **at = wr_map_at(&r->names, all->v[i].name);
        wr_cfn_name *nm = at ? WR_NEW(&r->keep, wr_cfn_name) : NULL;
        if (!nm) {
            r->rc = WR_NOMEM;
            return;
        }
        if (is_module(r, all->v[i].val)) r->macros = true;
        if (!*at) *at = nm; // a parameter of the same name keeps it; CloudFormation forbids that
    }
}

static void prepare(wr_cfn *r, sections *s) {
    const wr_node *root = r->in->root;
    s->resources = wr_map_getz(r->in, root, "Resources");
    s->outputs = wr_map_getz(r->in, root, "Outputs");
    s->conditions = wr_map_getz(r->in, root, "Conditions");
    r->mappings = wr_map_getz(r->in, root, "Mappings");
    read_transforms(r);
    if (!wr_cfn_params_read(r)) return;
    bool left = false;
    if (s->conditions && s->conditions->kind == WR_MAP) {
        wr_cfn_unroll(r, s->conditions, NULL, true, &s->cond, &r->cond_loops_left);
    }
    wr_cfn_unroll(r, s->resources, NULL, true, &s->res, &r->loops_left);
    if (s->outputs && s->outputs->kind == WR_MAP)
        wr_cfn_unroll(r, s->outputs, NULL, true, &s->out, &left);
    name_resources(r, &s->res);
    wr_cfn_conds_read(r, &s->cond);
    mark_removed(r, &s->res);
}

static void emit_root(wr_cfn *r, const sections *s) {
    const wr_node *root = r->in->root;
    wr_build_open(&r->out, WR_MAP, r->src[root->src], 0, root->span.beg);
    for (uint32_t i = 0; i < root->n && r->rc == WR_OK; i++) {
        const wr_node *key = wr_map_key(root, i), *val = wr_map_val(root, i);
        bool map = val->kind == WR_MAP;
        if (val == s->resources || (val == s->outputs && map) || (val == s->conditions && map)) {
            open_section(r, key, val);
            if (val == s->conditions) emit_conditions(r, &s->cond);
            else emit_entries(r, val == s->resources ? &s->res : &s->out, val == s->resources);
            close_box(r, val);
            continue;
        }
        if (wr_eq(wr_node_str(key), WR_S("Rules")))
            wr_cfn_tell(r, WR_D_X0008, WR_NOTE, key,
                        "the Rules section is not evaluated: parameter values may break it");
        emit_key(r, key);
        wr_build_copy(&r->out, r->in, val);
    }
    close_box(r, root);
}

static void finish(wr_cfn *r, wr_doc **out) {
    if (r->rc != WR_OK) {
        wr_build_abort(&r->out);
        return;
    }
    r->rc = wr_build_end(&r->out, out);
    if (r->rc != WR_OK) return;
    (*out)->format = r->in->format;
    (*out)->kind = r->in->kind;
    if (r->unsaid)
        (void)wr_report(r->c, WR_D_X0010, WR_NOTE, r->in->srcs[r->in->root->src], (wr_span){0, 0},
                        "%u more places are not resolved", (unsigned)r->unsaid);
}

// Loops and substitutions may make much of little; a template CloudFormation takes has 1 MiB.
static void set_limits(wr_cfn *r) {
    const wr_limits *l = &r->c->limits;
    r->max_nodes = (uint64_t)r->in->n_nodes * 8 + 2000000;
    if (r->max_nodes > l->nodes) r->max_nodes = l->nodes;
    r->max_bytes = (uint64_t)r->in->n_nodes * 256 + ((uint64_t)64 << 20);
    if (r->max_bytes > l->bytes) r->max_bytes = l->bytes;
}

static wr_rc start(wr_cfn *r) {
    r->syms = WR_NEW(&r->c->arena, wr_symtab);
    r->src = WR_NEW_N(&r->keep, uint16_t, r->in->n_srcs + 1u);
    if (!r->syms || !r->src) return WR_NOMEM;
    wr_symtab_init(r->syms, &r->c->arena, r->in->syms);
    wr_map_init(&r->names, &r->keep);
    wr_map_init(&r->conds, &r->keep);
    wr_map_init(&r->told, &r->keep);
    set_limits(r);
    wr_build_init(&r->out, r->c, r->syms);
    for (uint32_t i = 0; i < r->in->n_srcs; i++) r->src[i] = wr_build_src(&r->out, r->in->srcs[i]);
    return WR_OK;
}

wr_rc wr_cfn_resolve(wr_ctx *c, const wr_doc *in, const wr_cfn_inputs *inputs, wr_doc **out) {
    wr_cfn r = {.c = c, .in = in, .inputs = inputs};
    sections s = {0};
    *out = NULL;
    wr_arena_init(&r.tmp, 0);
    wr_arena_init(&r.keep, 0);
    r.rc = start(&r);
    if (r.rc == WR_OK) {
        const wr_node *res = wr_map_getz(in, in->root, "Resources");
        if (res && res->kind == WR_MAP) {
            prepare(&r, &s);
            if (r.rc == WR_OK) emit_root(&r, &s);
        } else {
            wr_build_copy(&r.out, in, in->root);
        }
        if ((r.tmp.oom || r.keep.oom) && r.rc == WR_OK) r.rc = WR_NOMEM;
        finish(&r, out);
    }
    wr_arena_fini(&r.tmp);
    wr_arena_fini(&r.keep);
    if (c->arena.oom && r.rc == WR_OK) r.rc = WR_NOMEM;
    if (r.rc != WR_OK) *out = NULL;
    return r.rc;
}

// ------------------------------------------------------------------------ asking afterwards

static wr_str fact_of(const wr_doc *d, uint32_t node) {
    uint32_t lo = 0, hi = d->n_facts;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (d->facts[mid].node < node) lo = mid + 1;
        else hi = mid;
    }
    return lo < d->n_facts && d->facts[lo].node == node ? d->facts[lo].what : (wr_str){0};
}

bool wr_node_unknown(const wr_doc *d, const wr_node *n, wr_str *what) {
    if (!(n->flags & WR_F_UNKNOWN)) return false;
    if (!what) return true;
    *what = (wr_str){0};
    if (d && d->n_facts && wr_doc_owns(d, n)) *what = fact_of(d, (uint32_t)(n - d->nodes));
    if (what->n) return true;
    if (n->kind == WR_STR) *what = wr_node_str(n);
    else if (n->kind == WR_MAP && n->n) *what = wr_node_str(wr_map_key(n, 0));
    return true;
}
