// SPDX-License-Identifier: Apache-2.0
// doc: values under way: the walk over maps, lists and strings, the table of intrinsic functions,
// names (Ref, Fn::GetAtt), and how an unresolved value is made and reported.
//
// A function is a map with exactly one member. An unresolved one is copied as written, only loop
// identifiers replaced, and carries its reason; the reason is reported where the value comes to
// stand in the document, once. Rules: CloudFormation Template Reference, "Intrinsic functions".
#include "doc/cfn_resolve_int.h"

#include <stdio.h>

// ------------------------------------------------------------------------ limits

static void stop(wr_cfn *r, wr_code code, const char *what, uint64_t limit) {
    if (r->rc != WR_OK) return;
    r->rc = WR_LIMIT;
    wr_diag *d = wr_report(r->c, code, WR_ERROR, r->in->n_srcs ? r->in->srcs[0] : NULL,
                           (wr_span){0, 0}, "resolving the template makes more than %llu %s",
                           (unsigned long long)limit, what);
    wr_hint(r->c, d, "see Fn::ForEach and nested Fn::Sub: each level multiplies the one below");
}

bool wr_cfn_spend(wr_cfn *r, uint64_t nodes) {
    r->made += nodes;
    if (r->made > r->max_nodes) stop(r, WR_D_X0301, "nodes", r->max_nodes);
    return r->rc == WR_OK;
}

static bool spend_bytes(wr_cfn *r, uint64_t n) {
    r->bytes += n;
    if (r->bytes > r->max_bytes) stop(r, WR_D_X0302, "bytes of text", r->max_bytes);
    return r->rc == WR_OK;
}

bool wr_cfn_enter(wr_cfn *r) {
    if (r->rc != WR_OK) return false;
    uint32_t most = r->c->limits.depth < WR_CFN_DEPTH ? r->c->limits.depth : WR_CFN_DEPTH;
    if (r->depth >= most) {
        stop(r, WR_D_X0303, "levels of nesting", most);
        return false;
    }
    r->depth++;
    return true;
}

wr_str wr_cfn_keep(wr_cfn *r, wr_str s) {
    if (!spend_bytes(r, s.n)) return (wr_str){0};
    return wr_dup(&r->c->arena, s);
}

wr_str wr_cfn_take(wr_cfn *r, wr_buf *b) {
    // The buffer was given what is left as its cap: when it is full, that is the limit.
    if (b->rc != WR_OK) stop(r, WR_D_X0302, "bytes of text", r->max_bytes);
    wr_str s = r->rc == WR_OK ? wr_cfn_keep(r, wr_buf_str(b)) : (wr_str){0};
    wr_buf_fini(b);
    return s;
}

// ------------------------------------------------------------------------ reporting

// The sentence. Where a secret was read it might quote it: then only the title of the code is said.
static wr_str format(const wr_cfn *r, wr_code code, char *to, size_t cap, const char *fmt,
                     va_list ap) {
    if (r->secret) return wr_strz(wr_code_title(code));
    int n = vsnprintf(to, cap, fmt, ap);
    size_t len = n < 0 ? 0 : (size_t)n < cap ? (size_t)n : cap - 1;
    return wr_sub((wr_str){to, len}, 0, wr_utf8_check((wr_str){to, len})); // cut between characters
}

// One place and sentence is said once, however often a loop comes by.
static bool is_news(wr_cfn *r, wr_code code, const wr_node *n, wr_str msg) {
    struct {
        uint64_t msg;
        uint32_t code, src, beg, end, len, zero; // no padding: the bytes are the key
    } k = {wr_hash(msg, 0), code, n->src, n->span.beg, n->span.end, (uint32_t)msg.n, 0};
    wr_str probe = {(const char *)&k, sizeof k};
    if (wr_map_find(&r->told, probe)) return false;
    wr_str key = wr_dup(&r->keep, probe);
    void **at = key.p ? wr_map_at(&r->told, key) : NULL;
    if (at) *at = r;
    return true;
}

static const char *hint_for(wr_code code) {
    switch (code) {
    case WR_D_X0002: return "give it in a file named with --parameters, or a Default";
    case WR_D_X0003: return "give it, under this name, in a file named with --parameters";
    case WR_D_X0101: return "names are case-sensitive and must be in Parameters or Resources";
    case WR_D_X0102: return "define it in Conditions; names are case-sensitive";
    case WR_D_X0109: return "add `Transform: AWS::LanguageExtensions` at the top of the template";
    case WR_D_X0111: return "&{Identifier} inserts only the letters and digits of a value";
    default: return NULL;
    }
}

static wr_diag *tell(wr_cfn *r, wr_code code, wr_sev sev, const wr_node *n, wr_str msg) {
    if (!is_news(r, code, n, msg)) return NULL;
    if (sev == WR_NOTE && r->c->n_diags >= r->c->limits.diags / 2) { // the rest is for errors
        r->unsaid++;
        return NULL;
    }
    const wr_src *src = n->src < r->in->n_srcs ? r->in->srcs[n->src] : NULL;
    wr_diag *d = wr_report(r->c, code, sev, src, n->span, "%.*s", WR_FMT(msg));
    const char *hint = hint_for(code);
    if (hint) wr_hint(r->c, d, "%s", hint);
    return d;
}

wr_diag *wr_cfn_tell(wr_cfn *r, wr_code code, wr_sev sev, const wr_node *n, const char *fmt, ...) {
    char buf[600];
    va_list ap;
    va_start(ap, fmt);
    wr_str msg = format(r, code, buf, sizeof buf, fmt, ap);
    va_end(ap);
    return tell(r, code, sev, n, msg);
}

const wr_cfn_why wr_cfn_told = {
    .what = {"a correct template", 18}, .code = WR_D_X0009, .told = true};

const wr_cfn_why *wr_cfn_because(wr_cfn *r, wr_code code, wr_str what, const char *fmt, ...) {
    char buf[600];
    va_list ap;
    va_start(ap, fmt);
    wr_str msg = format(r, code, buf, sizeof buf, fmt, ap);
    va_end(ap);
    wr_cfn_why *w = WR_NEW(&r->keep, wr_cfn_why);
    if (!w) {
        if (r->rc == WR_OK) r->rc = WR_NOMEM;
        return &wr_cfn_told;
    }
    if (r->secret) what = WR_S("a NoEcho parameter");
    *w = (wr_cfn_why){.what = what, .msg = wr_dup(&r->keep, msg), .code = code};
    return w;
}

void wr_cfn_note(wr_cfn *r, const wr_node *v) {
    if (!wr_cfn_is_unknown(v)) return;
    const wr_cfn_why *w = wr_cfn_why_of(v);
    if (!w->told) tell(r, w->code, WR_NOTE, v, w->msg);
}

wr_node wr_cfn_bad(wr_cfn *r, const wr_node *n, const wr_cfn_env *e, wr_code code,
                   const wr_node *at, const char *fmt, ...) {
    char buf[600];
    va_list ap;
    va_start(ap, fmt);
    wr_str msg = format(r, code, buf, sizeof buf, fmt, ap);
    va_end(ap);
    tell(r, code, WR_ERROR, at, msg);
    return wr_cfn_unknown(r, n, e, &wr_cfn_told);
}

// ------------------------------------------------------------------------ making values

wr_node wr_cfn_string(const wr_node *at, wr_str s) {
    wr_node v = {.kind = WR_STR, .flags = WR_F_QUOTED, .src = at->src, .span = at->span};
    v.n = (uint32_t)s.n;
    v.u.s = s.p;
    return v;
}

wr_node wr_cfn_list_of(const wr_node *at, wr_node *items, size_t n) {
    wr_node v = {.kind = WR_LIST, .src = at->src, .span = at->span};
    v.n = (uint32_t)n;
    v.u.kids = items;
    return v;
}

wr_node wr_cfn_unknown(wr_cfn *r, const wr_node *n, const wr_cfn_env *e, const wr_cfn_why *why) {
    wr_node v = e ? wr_cfn_copy(r, n, e) : *n;
    if (n->kind != WR_MAP && n->kind != WR_LIST) return v; // a loop over nothing: an error was told
    size_t k = (n->kind == WR_MAP ? 2u : 1u) * (size_t)v.n;
    wr_node *kids = wr_cfn_spend(r, k) ? WR_NEW_N(&r->tmp, wr_node, k + 1) : NULL;
    if (!kids) return (wr_node){.kind = WR_NULL};
    kids[0].u.ext = why;
    if (k) memcpy(kids + 1, v.u.kids, k * sizeof *kids);
    v.u.kids = kids + 1;
    v.flags = (uint8_t)((v.flags & WR_F_TAGGED) | WR_F_UNKNOWN | WR_F_LITERAL);
    return v;
}

static bool lexeme(const wr_cfn *r, const wr_node *v, wr_str *out) {
    if ((v->flags & WR_F_LITERAL) || v->src >= r->in->n_srcs) return false;
    wr_str text = r->in->srcs[v->src]->text;
    if (v->span.beg >= v->span.end || v->span.end > text.n) return false;
    *out = wr_sub(text, v->span.beg, v->span.end);
    char c = *out->p; // of the number itself, not of a tag before it or of a resolved function
    return ((c >= '0' && c <= '9') || c == '.' || c == '+' || c == '-') &&
           memchr(out->p, '\n', out->n) == NULL;
}

bool wr_cfn_text(wr_cfn *r, const wr_node *v, wr_str *out) {
    switch (v->kind) {
    case WR_STR: *out = wr_node_str(v); return true;
    case WR_BOOL: *out = v->u.b ? WR_S("true") : WR_S("false"); return true;
    case WR_INT:
        if (!lexeme(r, v, out)) *out = wr_fmt(&r->c->arena, "%lld", (long long)v->u.i);
        return true;
    case WR_FLOAT:
        if (!lexeme(r, v, out)) *out = wr_fmt(&r->c->arena, "%.17g", v->u.f);
        return true;
    default: return false;
    }
}

const wr_node *wr_cfn_get(const wr_cfn *r, const wr_node *map, wr_str key) {
    if (!map || map->kind != WR_MAP) return NULL;
    const wr_sym *sym = wr_sym_find(r->syms, key);
    return sym ? wr_map_get(map, sym) : NULL;
}

// ------------------------------------------------------------------------ loop identifiers

// The variable whose ${Identifier} or &{Identifier} stands at s[i]; *n its length there.
static const wr_cfn_env *variable_at(wr_str s, size_t i, const wr_cfn_env *e, size_t *n) {
    if (i + 2 >= s.n || (s.p[i] != '$' && s.p[i] != '&') || s.p[i + 1] != '{') return NULL;
    for (; e; e = e->up) {
        wr_str name = wr_sub(s, i + 2, i + 2 + e->id.n);
        if (!wr_eq(name, e->id) || i + 2 + e->id.n >= s.n || s.p[i + 2 + e->id.n] != '}') continue;
        *n = e->id.n + 3;
        return e;
    }
    return NULL;
}

wr_str wr_cfn_subst(wr_cfn *r, wr_str s, const wr_cfn_env *e) {
    if (!e || memchr(s.p, '{', s.n) == NULL) return s;
    wr_buf b;
    size_t from = 0, n = 0;
    bool any = false;
    wr_buf_init(&b, r->max_bytes - (r->bytes < r->max_bytes ? r->bytes : r->max_bytes) + 1);
    for (size_t i = 0; i + 2 < s.n; i++) {
        const wr_cfn_env *at = variable_at(s, i, e, &n);
        if (!at) continue;
        any = true;
        wr_put(&b, s.p + from, i - from);
        wr_puts(&b, s.p[i] == '&' ? at->alnum : at->text);
        from = i + n;
        i = from - 1;
    }
    if (any) wr_put(&b, s.p + from, s.n - from);
    if (any) return wr_cfn_take(r, &b);
    wr_buf_fini(&b);
    return s;
}

static wr_node subst_str(wr_cfn *r, const wr_node *n, const wr_cfn_env *e) {
    wr_node v = *n;
    wr_str s = wr_cfn_subst(r, wr_node_str(n), e);
    v.n = (uint32_t)s.n;
    v.u.s = s.p;
    v.flags &= (uint8_t) ~(WR_F_KEY | WR_F_UNKNOWN);
    return v;
}

static wr_node subst_key(wr_cfn *r, const wr_node *k, const wr_cfn_env *e) {
    wr_node v = *k;
    wr_str old = wr_sym_str(k->u.sym), s = wr_cfn_subst(r, old, e);
    if (s.p == old.p) return v;
    const wr_sym *sym = wr_sym_in(r->syms, s);
    if (!sym) {
        if (r->rc == WR_OK) r->rc = WR_NOMEM;
        return v;
    }
    v.u.sym = sym;
    v.n = (uint32_t)s.n;
    return v;
}

// ------------------------------------------------------------------------ the walk

typedef wr_node walk_fn(wr_cfn *r, const wr_node *n, const wr_cfn_env *e);

static wr_node walk_list(wr_cfn *r, const wr_node *n, const wr_cfn_env *e, walk_fn *f) {
    wr_node *kids = wr_cfn_spend(r, n->n) ? WR_NEW_N(&r->tmp, wr_node, n->n + 1u) : NULL;
    if (!kids) return (wr_node){.kind = WR_NULL};
    uint32_t k = 0;
    for (uint32_t i = 0; i < n->n && r->rc == WR_OK; i++) {
        kids[k] = f(r, &n->u.kids[i], e);
        k += !wr_cfn_is_novalue(&kids[k]);
    }
    wr_node v = *n;
    v.flags &= WR_F_TAGGED;
    v.n = k;
    v.u.kids = kids;
    return v;
}

static wr_node walk_map(wr_cfn *r, const wr_node *n, const wr_cfn_env *e, walk_fn *f) {
    wr_node *kids = wr_cfn_spend(r, n->n) ? WR_NEW_N(&r->tmp, wr_node, 2u * n->n + 1u) : NULL;
    if (!kids) return (wr_node){.kind = WR_NULL};
    uint32_t k = 0;
    for (uint32_t i = 0; i < n->n && r->rc == WR_OK; i++) {
        kids[2 * k] = subst_key(r, wr_map_key(n, i), e);
        kids[2 * k + 1] = f(r, wr_map_val(n, i), e);
        k += !wr_cfn_is_novalue(&kids[2 * k + 1]);
    }
    wr_node v = *n;
    v.flags &= WR_F_TAGGED;
    v.n = k;
    v.u.kids = kids;
    return v;
}

wr_node wr_cfn_copy(wr_cfn *r, const wr_node *n, const wr_cfn_env *e) {
    wr_node v = *n;
    if (!wr_cfn_enter(r)) return (wr_node){.kind = WR_NULL};
    if (n->kind == WR_LIST) v = walk_list(r, n, e, wr_cfn_copy);
    else if (n->kind == WR_MAP) v = walk_map(r, n, e, wr_cfn_copy);
    else if (n->kind == WR_STR) v = subst_str(r, n, e);
    r->depth--;
    return v;
}

// A map in which loops stand among other members.
static wr_node looped_map(wr_cfn *r, const wr_node *n, const wr_cfn_env *e) {
    wr_cfn_entries all = {0};
    bool left = false;
    wr_cfn_unroll(r, n, e, false, &all, &left);
    wr_node *kids = wr_cfn_spend(r, all.n) ? WR_NEW_N(&r->tmp, wr_node, 2u * all.n + 1u) : NULL;
    if (!kids) return (wr_node){.kind = WR_NULL};
    uint32_t k = 0;
    for (uint32_t i = 0; i < all.n && r->rc == WR_OK; i++) {
        const wr_cfn_entry *x = &all.v[i];
        const wr_sym *sym = wr_sym_in(r->syms, x->name);
        if (!sym) return (wr_node){.kind = WR_NULL};
        kids[2 * k] = *x->key;
        kids[2 * k].u.sym = sym;
        kids[2 * k].n = sym->n;
        kids[2 * k + 1] =
            x->left ? wr_cfn_unknown(r, x->val, x->env, x->left) : wr_cfn_place(r, x->val, x->env);
        if (x->left && !r->quiet && r->rc == WR_OK) wr_cfn_note(r, &kids[2 * k + 1]);
        k += !wr_cfn_is_novalue(&kids[2 * k + 1]);
    }
    wr_node v = *n;
    v.flags &= WR_F_TAGGED;
    v.n = k;
    v.u.kids = kids;
    return v;
}

// {Fn::Transform: {Name}} beside other members. AWS::Include adds members; another macro may change
// those that are there, too.
static wr_node macro_map(wr_cfn *r, const wr_node *n, const wr_node *t, const wr_cfn_env *e) {
    const wr_node *name = wr_map_getz(r->in, t, "Name");
    wr_str s = name && name->kind == WR_STR ? wr_node_str(name) : WR_S("without a name");
    bool adds = wr_eq(s, WR_S("AWS::Include"));
    wr_cfn_why why = *wr_cfn_because(r, WR_D_X0005, wr_fmt(&r->c->arena, "macro %.*s", WR_FMT(s)),
                                     "macro %.*s is not run: it may %s", WR_FMT(s),
                                     adds ? "add to this map" : "change everything in this map");
    why.spread = !adds;
    wr_cfn_why *kept = WR_NEW(&r->keep, wr_cfn_why);
    if (!kept) return (wr_node){.kind = WR_NULL};
    *kept = why;
    if (!adds) return wr_cfn_unknown(r, n, e, kept);
    wr_node v = walk_map(r, n, e, wr_cfn_place);
    return r->rc == WR_OK ? wr_cfn_unknown(r, &v, NULL, kept) : v;
}

static wr_node call(wr_cfn *r, const wr_node *n, const wr_cfn_env *e, bool *is_call);

static wr_node map_value(wr_cfn *r, const wr_node *n, const wr_cfn_env *e) {
    bool is_call = false, loops = false;
    if (n->n == 1) {
        wr_node v = call(r, n, e, &is_call);
        if (is_call) return v;
    }
    for (uint32_t i = 0; i < n->n; i++) {
        wr_str k = wr_sym_str(wr_map_key(n, i)->u.sym);
        if (k.n < 4 || k.p[0] != 'F') continue;
        if (wr_eq(k, WR_S("Fn::Transform"))) return macro_map(r, n, wr_map_val(n, i), e);
        loops |= wr_cfn_is_loop(k);
    }
    return loops ? looped_map(r, n, e) : walk_map(r, n, e, wr_cfn_place);
}

wr_node wr_cfn_value(wr_cfn *r, const wr_node *n, const wr_cfn_env *e) {
    wr_node v = *n;
    if (!wr_cfn_enter(r)) return (wr_node){.kind = WR_NULL};
    if (n->kind == WR_LIST) v = walk_list(r, n, e, wr_cfn_place);
    else if (n->kind == WR_MAP) v = map_value(r, n, e);
    else if (n->kind == WR_STR) v = subst_str(r, n, e);
    r->depth--;
    if (r->rc != WR_OK) return (wr_node){.kind = WR_NULL};
    return v;
}

wr_node wr_cfn_place(wr_cfn *r, const wr_node *n, const wr_cfn_env *e) {
    wr_node v = wr_cfn_value(r, n, e);
    if (!r->quiet) wr_cfn_note(r, &v);
    return v;
}

wr_node wr_cfn_list_arg(wr_cfn *r, const wr_node *n, const wr_cfn_env *e) {
    return n->kind == WR_LIST ? walk_list(r, n, e, wr_cfn_value) : wr_cfn_value(r, n, e);
}

// ------------------------------------------------------------------------ names

// A name that is nowhere: an error, unless a macro or a loop may still make it.
static wr_node undefined(wr_cfn *r, const wr_node *n, wr_str name, const wr_cfn_env *e) {
    wr_str what = wr_fmt(&r->c->arena, "Ref %.*s", WR_FMT(name));
    if (r->macros)
        return wr_cfn_unknown(
            r, n, e,
            wr_cfn_because(r, WR_D_X0005, what,
                           "%.*s is not in the template: a macro that is not run may make it",
                           WR_FMT(name)));
    if (r->loops_left)
        return wr_cfn_unknown(
            r, n, e,
            wr_cfn_because(r, WR_D_X0009, what,
                           "%.*s is not in the template: a loop that is not unrolled may make it",
                           WR_FMT(name)));
    return wr_cfn_bad(r, n, e, WR_D_X0101, n, "%.*s is neither a parameter nor a resource",
                      WR_FMT(name));
}

static wr_node of_resource(wr_cfn *r, const wr_node *n, wr_str what, const wr_cfn_name *nm,
                           wr_str name, const wr_cfn_env *e) {
    if (r->in_cond)
        return wr_cfn_bad(r, n, e, WR_D_X0113, n, "conditions cannot refer to resource %.*s",
                          WR_FMT(name));
    if (nm->removed)
        return wr_cfn_unknown(
            r, n, e,
            wr_cfn_because(r, WR_D_X0001, what,
                           "%.*s: resource %.*s is not created, because condition %.*s is false",
                           WR_FMT(what), WR_FMT(name), WR_FMT(nm->by->name)));
    return wr_cfn_unknown(
        r, n, e,
        wr_cfn_because(r, WR_D_X0001, what, "%.*s is known only after deployment", WR_FMT(what)));
}

wr_node wr_cfn_ref(wr_cfn *r, const wr_node *n, wr_str name, const wr_cfn_env *e) {
    for (const wr_cfn_env *v = e; v; v = v->up)
        if (wr_eq(v->id, name)) return wr_cfn_string(n, v->text);
    if (wr_starts(name, WR_S("AWS::"))) return wr_cfn_pseudo(r, n, name, e);
    const wr_cfn_name *nm = wr_map_find(&r->names, name);
    if (!nm) return undefined(r, n, name, e);
    if (nm->param) return wr_cfn_param_value(r, n, nm->param, e);
    return of_resource(r, n, wr_fmt(&r->c->arena, "Ref %.*s", WR_FMT(name)), nm, name, e);
}

wr_node wr_cfn_getatt_of(wr_cfn *r, const wr_node *n, wr_str name, wr_str attr,
                         const wr_cfn_env *e) {
    const wr_cfn_name *nm = wr_map_find(&r->names, name);
    if (!nm && (r->macros || r->loops_left)) return undefined(r, n, name, e);
    if (!nm || nm->param)
        return wr_cfn_bad(r, n, e, WR_D_X0101, n, "%.*s is not a resource of the template",
                          WR_FMT(name));
    wr_str what = wr_fmt(&r->c->arena, "Fn::GetAtt %.*s.%.*s", WR_FMT(name), WR_FMT(attr));
    return of_resource(r, n, what, nm, name, e);
}

// The call n with its argument replaced: what a name comes to, when it was computed.
static wr_node with_arg(wr_cfn *r, const wr_node *n, wr_node arg) {
    wr_node *kids = WR_NEW_N(&r->tmp, wr_node, 2);
    if (!kids) return *n;
    kids[0] = *wr_map_key(n, 0);
    kids[1] = arg;
    wr_node v = *n;
    v.flags &= WR_F_TAGGED;
    v.u.kids = kids;
    return v;
}

static wr_node fn_ref(wr_cfn *r, const wr_node *n, const wr_node *arg, const wr_cfn_env *e) {
    if (arg->kind != WR_STR && !(r->lang_ext && arg->kind == WR_MAP))
        return wr_cfn_bad(r, n, e, WR_D_X0106, arg, "Ref takes a name");
    wr_node v = wr_cfn_value(r, arg, e);
    if (wr_cfn_is_unknown(&v)) return wr_cfn_unknown(r, n, e, wr_cfn_why_of(&v));
    if (v.kind != WR_STR) return wr_cfn_bad(r, n, e, WR_D_X0106, arg, "Ref takes a name");
    wr_node now = with_arg(r, n, v);
    return wr_cfn_ref(r, &now, wr_node_str(&v), e);
}

static wr_node fn_getatt(wr_cfn *r, const wr_node *n, const wr_node *arg, const wr_cfn_env *e) {
    wr_node v = {.kind = WR_NULL};
    if (arg->kind != WR_MAP) v = wr_cfn_list_arg(r, arg, e);
    wr_str name = {0}, attr = {0};
    if (v.kind == WR_STR) {
        wr_str s = wr_node_str(&v);
        size_t dot = wr_find(s, WR_S("."), 0);
        if (dot != SIZE_MAX) {
            name = wr_sub(s, 0, dot);
            attr = wr_sub(s, dot + 1, s.n);
        }
    } else if (v.kind == WR_LIST && v.n >= 2) {
        for (uint32_t i = 0; i < v.n; i++)
            if (wr_cfn_is_unknown(&v.u.kids[i]))
                return wr_cfn_unknown(r, n, e, wr_cfn_why_of(&v.u.kids[i]));
        if (!wr_cfn_text(r, &v.u.kids[0], &name) || !wr_cfn_text(r, &v.u.kids[1], &attr))
            name.n = 0;
    }
    if (!name.n || !attr.n)
        return wr_cfn_bad(r, n, e, WR_D_X0106, arg, "Fn::GetAtt takes a resource and an attribute");
    wr_node now = with_arg(r, n, v);
    return wr_cfn_getatt_of(r, &now, name, attr, NULL);
}

static wr_node fn_import(wr_cfn *r, const wr_node *n, const wr_node *arg, const wr_cfn_env *e) {
    wr_str s = {0};
    wr_node v = wr_cfn_value(r, arg, e);
    wr_cfn_text(r, &v, &s);
    wr_str what = wr_fmt(&r->c->arena, "Fn::ImportValue%s%.*s", s.n ? " " : "", WR_FMT(s));
    return wr_cfn_unknown(
        r, n, e,
        wr_cfn_because(r, WR_D_X0004, what, "%.*s is exported by another stack", WR_FMT(what)));
}

// A function that exists but has no value here: condition functions outside Conditions, functions
// of Rules, and functions newer than this table.
static wr_node fn_other(wr_cfn *r, const wr_node *n, const wr_node *arg, const wr_cfn_env *e) {
    (void)arg;
    wr_str name = wr_sym_str(wr_map_key(n, 0)->u.sym);
    return wr_cfn_unknown(
        r, n, e,
        wr_cfn_because(r, WR_D_X0009, name, "%.*s is not resolved in this place", WR_FMT(name)));
}

// {Rain::Embed: …}: a directive of the rain tool, which writes the template that is deployed.
static wr_node fn_rain(wr_cfn *r, const wr_node *n, wr_str name, const wr_cfn_env *e) {
    return wr_cfn_unknown(r, n, e,
                          wr_cfn_because(r, WR_D_X0005, name,
                                         "%.*s is not run: judge what `rain pkg` makes of it",
                                         WR_FMT(name)));
}

// ------------------------------------------------------------------------ the table

typedef struct fn_row {
    wr_str name;
    wr_cfn_fn *fn;
    bool ext; // only with AWS::LanguageExtensions
} fn_row;

#define ROW(name, fn, ext)                                                                         \
    { {name, sizeof(name) - 1}, fn, ext }
static const fn_row fn_rows[] = {
    ROW("Ref", fn_ref, false),
    ROW("Fn::Sub", wr_cfn_fn_sub, false),
    ROW("Fn::GetAtt", fn_getatt, false),
    ROW("Fn::Join", wr_cfn_fn_join, false),
    ROW("Fn::If", wr_cfn_fn_if, false),
    ROW("Fn::FindInMap", wr_cfn_fn_find, false),
    ROW("Fn::Select", wr_cfn_fn_select, false),
    ROW("Fn::Split", wr_cfn_fn_split, false),
    ROW("Fn::Base64", wr_cfn_fn_base64, false),
    ROW("Fn::GetAZs", wr_cfn_fn_azs, false),
    ROW("Fn::ImportValue", fn_import, false),
    ROW("Fn::Cidr", wr_cfn_fn_cidr, false),
    ROW("Fn::Length", wr_cfn_fn_length, true),
    ROW("Fn::ToJsonString", wr_cfn_fn_json, true),
};
#undef ROW

static wr_node call(wr_cfn *r, const wr_node *n, const wr_cfn_env *e, bool *is_call) {
    wr_str name = wr_sym_str(wr_map_key(n, 0)->u.sym);
    const wr_node *arg = wr_map_val(n, 0);
    wr_node none = {.kind = WR_NULL};
    *is_call = wr_starts(name, WR_S("Rain::"));
    if (*is_call) return fn_rain(r, n, name, e);
    bool fn = wr_starts(name, WR_S("Fn::"));
    if ((!fn && !wr_eq(name, WR_S("Ref"))) || wr_cfn_is_loop(name) ||
        wr_eq(name, WR_S("Fn::Transform")))
        return none;
    *is_call = true;
    for (size_t i = 0; i < sizeof fn_rows / sizeof *fn_rows; i++) {
        const fn_row *row = &fn_rows[i];
        if (!wr_eq(row->name, name)) continue;
        if (row->ext && !r->lang_ext)
            return wr_cfn_bad(r, n, e, WR_D_X0109, n,
                              "%.*s needs the AWS::LanguageExtensions transform", WR_FMT(name));
        return row->fn(r, n, arg, e);
    }
    return fn_other(r, n, arg, e);
}
