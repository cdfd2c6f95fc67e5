// SPDX-License-Identifier: Apache-2.0
// doc: the intrinsic functions over strings and lists: Fn::Sub, Fn::Join, Fn::Split, Fn::Select,
// Fn::Base64, Fn::FindInMap, Fn::GetAZs, Fn::Length, Fn::ToJsonString.
//
// Each takes the call and its argument and returns the value; or, when a fact is missing, the call
// as written, unresolved for the reason of the first part that is; or an error and the same. Rules:
// CloudFormation Template Reference, the page of each function.
#include "doc/cfn_resolve_int.h"

static void text_buf(wr_cfn *r, wr_buf *b) {
    uint64_t left = r->bytes < r->max_bytes ? r->max_bytes - r->bytes : 0;
    wr_buf_init(b, (size_t)left + 1); // one more: so that filling it is seen as the limit
}

// ------------------------------------------------------------------------ Fn::Sub

typedef struct sub {
    wr_cfn *r;
    const wr_node *f;    // the call
    const wr_node *text; // its string
    const wr_cfn_env *e;
    const wr_node *vars; // variable map as written, or NULL
    const wr_node *vals; // its values, resolved, in the same order
    wr_buf b;
    const wr_cfn_why *why; // of the first variable that is not known
    bool bad;              // an error was reported
} sub;

static bool is_name(wr_str s) {
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '_' || c == '.' || c == ':'))
            return false;
    }
    return s.n > 0;
}

static wr_node sub_value(sub *s, wr_str name) {
    const wr_node *var = wr_cfn_get(s->r, s->vars, name);
    if (var) return s->vals[(size_t)(var - s->vars->u.kids) / 2];
    size_t dot = wr_find(name, WR_S("."), 0);
    if (dot == SIZE_MAX) return wr_cfn_ref(s->r, s->f, name, s->e);
    return wr_cfn_getatt_of(s->r, s->f, wr_sub(name, 0, dot), wr_sub(name, dot + 1, name.n), s->e);
}

static void sub_variable(sub *s, wr_str name) {
    if (!is_name(name)) {
        wr_diag *d = wr_cfn_tell(s->r, WR_D_X0107, WR_ERROR, s->text,
                                 "${%.*s} in Fn::Sub is not a name", WR_FMT(name));
        wr_hint(s->r->c, d, "write ${!%.*s} to keep the text ${%.*s}", WR_FMT(name), WR_FMT(name));
        s->bad = true;
        return;
    }
    wr_node v = sub_value(s, name);
    wr_str t;
    if (wr_cfn_is_unknown(&v)) {
        const wr_cfn_why *w = wr_cfn_why_of(&v);
        s->bad |= w->told;
        if (!s->why) s->why = w;
    } else if (wr_cfn_is_novalue(&v)) {
        if (!s->why)
            s->why = wr_cfn_because(s->r, WR_D_X0009, WR_S("AWS::NoValue"),
                                    "what AWS::NoValue is in Fn::Sub is not documented");
    } else if (wr_cfn_text(s->r, &v, &t)) {
        wr_puts(&s->b, t);
    } else {
        wr_cfn_tell(s->r, WR_D_X0106, WR_ERROR, s->text, "${%.*s} in Fn::Sub is not a string",
                    WR_FMT(name));
        s->bad = true;
    }
}

static void sub_text(sub *s, wr_str t) {
    size_t at = 0;
    while (at < t.n && s->r->rc == WR_OK) {
        size_t beg = wr_find(t, WR_S("${"), at);
        size_t end = beg == SIZE_MAX ? SIZE_MAX : wr_find(t, WR_S("}"), beg);
        if (end == SIZE_MAX) break;
        wr_put(&s->b, t.p + at, beg - at);
        wr_str name = wr_sub(t, beg + 2, end);
        if (name.n && name.p[0] == '!') wr_putf(&s->b, "${%.*s}", (int)name.n - 1, name.p + 1);
        else sub_variable(s, name);
        at = end + 1;
    }
    wr_put(&s->b, t.p + at, t.n - at);
}

// Each variable once, used or not: a variable used twice must not be computed twice.
static bool sub_vars(sub *s) {
    if (!s->vars) return true;
    wr_node *v = WR_NEW_N(&s->r->tmp, wr_node, s->vars->n + 1u);
    if (!v || !wr_cfn_spend(s->r, s->vars->n)) return false;
    for (uint32_t i = 0; i < s->vars->n; i++)
        v[i] = wr_cfn_value(s->r, wr_map_val(s->vars, i), s->e);
    s->vals = v;
    return s->r->rc == WR_OK;
}

static wr_node sub_run(sub *s) {
    wr_cfn *r = s->r;
    if (!sub_vars(s)) return (wr_node){.kind = WR_NULL};
    text_buf(r, &s->b);
    sub_text(s, wr_cfn_subst(r, wr_node_str(s->text), s->e));
    if (!s->bad && !s->why) return wr_cfn_string(s->f, wr_cfn_take(r, &s->b));
    wr_buf_fini(&s->b);
    return wr_cfn_unknown(r, s->f, s->e, s->bad ? &wr_cfn_told : s->why);
}

wr_node wr_cfn_fn_sub(wr_cfn *r, const wr_node *f, const wr_node *arg, const wr_cfn_env *e) {
    sub s = {.r = r, .f = f, .text = arg, .e = e};
    if (arg->kind == WR_LIST && arg->n == 2 && arg->u.kids[1].kind == WR_MAP) {
        s.text = &arg->u.kids[0];
        s.vars = &arg->u.kids[1];
    } else if (arg->kind == WR_LIST && arg->n == 1) {
        s.text = &arg->u.kids[0];
    }
    if (s.text->kind == WR_STR) return sub_run(&s);
    wr_node v = s.text->kind == WR_MAP ? wr_cfn_value(r, s.text, e) : *s.text;
    if (wr_cfn_is_unknown(&v)) return wr_cfn_unknown(r, f, e, wr_cfn_why_of(&v));
    return wr_cfn_bad(r, f, e, WR_D_X0106, arg,
                      "Fn::Sub takes a string, or a list of a string and a map");
}

// ------------------------------------------------------------------------ Fn::Join, Fn::Split

wr_node wr_cfn_fn_join(wr_cfn *r, const wr_node *f, const wr_node *arg, const wr_cfn_env *e) {
    if (arg->kind != WR_LIST || arg->n != 2)
        return wr_cfn_bad(r, f, e, WR_D_X0106, arg, "Fn::Join takes a delimiter and a list");
    wr_node d = wr_cfn_value(r, &arg->u.kids[0], e), l = wr_cfn_list_arg(r, &arg->u.kids[1], e);
    wr_str by, t;
    wr_buf b;
    if (wr_cfn_is_unknown(&d)) return wr_cfn_unknown(r, f, e, wr_cfn_why_of(&d));
    if (wr_cfn_is_unknown(&l)) return wr_cfn_unknown(r, f, e, wr_cfn_why_of(&l));
    if (!wr_cfn_text(r, &d, &by) || l.kind != WR_LIST)
        return wr_cfn_bad(r, f, e, WR_D_X0106, arg, "Fn::Join takes a delimiter and a list");
    for (uint32_t i = 0; i < l.n; i++)
        if (wr_cfn_is_unknown(&l.u.kids[i]))
            return wr_cfn_unknown(r, f, e, wr_cfn_why_of(&l.u.kids[i]));
    text_buf(r, &b);
    for (uint32_t i = 0; i < l.n; i++) {
        if (!wr_cfn_text(r, &l.u.kids[i], &t)) {
            wr_buf_fini(&b);
            return wr_cfn_bad(r, f, e, WR_D_X0106, &l.u.kids[i],
                              "item %u of the list in Fn::Join is a %s, not a string", i,
                              wr_kind_name((wr_kind)l.u.kids[i].kind));
        }
        if (i) wr_puts(&b, by);
        wr_puts(&b, t);
    }
    return wr_cfn_string(f, wr_cfn_take(r, &b));
}

static size_t count_parts(wr_str s, wr_str by) {
    size_t n = 1;
    for (size_t at = wr_find(s, by, 0); at != SIZE_MAX; at = wr_find(s, by, at + by.n)) n++;
    return n;
}

wr_node wr_cfn_fn_split(wr_cfn *r, const wr_node *f, const wr_node *arg, const wr_cfn_env *e) {
    if (arg->kind != WR_LIST || arg->n != 2)
        return wr_cfn_bad(r, f, e, WR_D_X0106, arg, "Fn::Split takes a delimiter and a string");
    wr_node d = wr_cfn_value(r, &arg->u.kids[0], e), v = wr_cfn_value(r, &arg->u.kids[1], e);
    wr_str by, s;
    if (wr_cfn_is_unknown(&d)) return wr_cfn_unknown(r, f, e, wr_cfn_why_of(&d));
    if (wr_cfn_is_unknown(&v)) return wr_cfn_unknown(r, f, e, wr_cfn_why_of(&v));
    if (!wr_cfn_text(r, &d, &by) || !by.n || !wr_cfn_text(r, &v, &s))
        return wr_cfn_bad(r, f, e, WR_D_X0106, arg,
                          "Fn::Split takes a delimiter that is not empty and a string");
    size_t n = count_parts(s, by);
    wr_node *items = wr_cfn_spend(r, n) ? WR_NEW_N(&r->tmp, wr_node, n) : NULL;
    if (!items) return (wr_node){.kind = WR_NULL};
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        size_t end = i + 1 < n ? wr_find(s, by, at) : s.n;
        items[i] = wr_cfn_string(f, wr_sub(s, at, end));
        at = end + by.n;
    }
    return wr_cfn_list_of(f, items, n);
}

// ------------------------------------------------------------------------ Fn::Select

static bool index_of(wr_cfn *r, const wr_node *v, uint32_t *out) {
    wr_str t;
    int64_t i;
    if (!wr_cfn_text(r, v, &t) || !wr_parse_i64(wr_trim(t), &i)) return false;
    *out = i < 0 || i > UINT32_MAX ? UINT32_MAX : (uint32_t)i;
    return true;
}

wr_node wr_cfn_fn_select(wr_cfn *r, const wr_node *f, const wr_node *arg, const wr_cfn_env *e) {
    if (arg->kind != WR_LIST || arg->n != 2)
        return wr_cfn_bad(r, f, e, WR_D_X0106, arg, "Fn::Select takes an index and a list");
    const wr_node *from = &arg->u.kids[1];
    wr_node i = wr_cfn_value(r, &arg->u.kids[0], e);
    uint32_t at = 0;
    if (wr_cfn_is_unknown(&i)) return wr_cfn_unknown(r, f, e, wr_cfn_why_of(&i));
    if (!index_of(r, &i, &at))
        return wr_cfn_bad(r, f, e, WR_D_X0106, &arg->u.kids[0],
                          "the index of Fn::Select is not a whole number");
    // Of a list that is written out only the chosen item need be known.
    wr_node l = from->kind == WR_LIST ? *from : wr_cfn_value(r, from, e);
    if (wr_cfn_is_unknown(&l)) return wr_cfn_unknown(r, f, e, wr_cfn_why_of(&l));
    if (l.kind != WR_LIST)
        return wr_cfn_bad(r, f, e, WR_D_X0106, from, "Fn::Select takes an index and a list");
    if (at >= l.n)
        return wr_cfn_bad(r, f, e, WR_D_X0105, f, "Fn::Select asks for item %u of %u", at, l.n);
    wr_node v = from->kind == WR_LIST ? wr_cfn_value(r, &l.u.kids[at], e) : l.u.kids[at];
    if (v.kind == WR_NULL && r->rc == WR_OK)
        return wr_cfn_bad(r, f, e, WR_D_X0106, f, "Fn::Select chose null");
    if (wr_cfn_is_unknown(&v)) return wr_cfn_unknown(r, f, e, wr_cfn_why_of(&v));
    if (l.flags & WR_F_LITERAL) { // a shared list: its items stand where the call does
        v.src = f->src;
        v.span = f->span;
    }
    return v;
}

// ------------------------------------------------------------------------ Fn::Base64

static void put_base64(wr_buf *b, wr_str s) {
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < s.n; i += 3) {
        size_t left = s.n - i;
        uint32_t v = (uint32_t)(unsigned char)s.p[i] << 16;
        if (left > 1) v |= (uint32_t)(unsigned char)s.p[i + 1] << 8;
        if (left > 2) v |= (unsigned char)s.p[i + 2];
        wr_putc(b, digit[v >> 18]);
        wr_putc(b, digit[v >> 12 & 63]);
        wr_putc(b, left > 1 ? digit[v >> 6 & 63] : '=');
        wr_putc(b, left > 2 ? digit[v & 63] : '=');
    }
}

wr_node wr_cfn_fn_base64(wr_cfn *r, const wr_node *f, const wr_node *arg, const wr_cfn_env *e) {
    wr_node v = wr_cfn_value(r, arg, e);
    wr_str s;
    wr_buf b;
    if (wr_cfn_is_unknown(&v)) return wr_cfn_unknown(r, f, e, wr_cfn_why_of(&v));
    if (!wr_cfn_text(r, &v, &s))
        return wr_cfn_bad(r, f, e, WR_D_X0106, arg, "Fn::Base64 takes a string");
    text_buf(r, &b);
    put_base64(&b, s);
    return wr_cfn_string(f, wr_cfn_take(r, &b));
}

// ------------------------------------------------------------------------ Fn::FindInMap

typedef struct find {
    wr_str key[3]; // map, first key, second key
    const wr_node *fallback;
} find;

// What is missing of the path, for the message; NULL when nothing is.
static const wr_node *find_value(wr_cfn *r, const find *q, const wr_node **at, int *missing) {
    const wr_node *v = r->mappings;
    for (int i = 0; i < 3; i++) {
        *at = v;
        *missing = i;
        v = wr_cfn_get(r, v, q->key[i]);
        if (!v) return NULL;
    }
    return v;
}

static wr_node not_found(wr_cfn *r, const wr_node *f, const find *q, const wr_node *at, int i,
                         const wr_cfn_env *e) {
    if (q->fallback) return wr_cfn_value(r, q->fallback, e);
    if (wr_map_getz(r->in, at, "Fn::Transform") || (i == 0 && r->macros))
        return wr_cfn_unknown(
            r, f, e,
            wr_cfn_because(r, WR_D_X0005, WR_S("a macro in Mappings"),
                           "%.*s is not in the mapping: a macro that is not run may add it",
                           WR_FMT(q->key[i])));
    if (i == 0)
        return wr_cfn_bad(r, f, e, WR_D_X0104, f, "there is no mapping %.*s", WR_FMT(q->key[0]));
    return wr_cfn_bad(r, f, e, WR_D_X0104, f, "mapping %.*s has no key %.*s%s%.*s",
                      WR_FMT(q->key[0]), WR_FMT(q->key[1]), i == 2 ? "." : "",
                      i == 2 ? (int)q->key[2].n : 0, q->key[2].p);
}

static const wr_node *fallback_of(const wr_cfn *r, const wr_node *arg) {
    return arg->n > 3 ? wr_map_getz(r->in, &arg->u.kids[3], "DefaultValue") : NULL;
}

wr_node wr_cfn_fn_find(wr_cfn *r, const wr_node *f, const wr_node *arg, const wr_cfn_env *e) {
    find q = {0};
    if (arg->kind != WR_LIST || arg->n < 3 || arg->n > 4 || (arg->n == 4 && !fallback_of(r, arg)))
        return wr_cfn_bad(r, f, e, WR_D_X0106, arg,
                          "Fn::FindInMap takes a map, two keys and perhaps {DefaultValue: …}");
    q.fallback = fallback_of(r, arg);
    for (uint32_t i = 0; i < 3; i++) {
        wr_node v = wr_cfn_value(r, &arg->u.kids[i], e);
        if (wr_cfn_is_unknown(&v)) return wr_cfn_unknown(r, f, e, wr_cfn_why_of(&v));
        if (!wr_cfn_text(r, &v, &q.key[i]))
            return wr_cfn_bad(r, f, e, WR_D_X0106, &arg->u.kids[i],
                              "the names and keys of Fn::FindInMap are strings");
    }
    const wr_node *at = NULL;
    int missing = 0;
    const wr_node *v = find_value(r, &q, &at, &missing);
    if (!v) return not_found(r, f, &q, at, missing, e);
    return wr_cfn_copy(r, v, NULL);
}

// ------------------------------------------------------------------------ Fn::GetAZs

wr_node wr_cfn_split_commas(wr_cfn *r, const wr_node *f, wr_str text) {
    size_t n = count_parts(text, WR_S(",")), at = 0;
    wr_node *items = wr_cfn_spend(r, n) ? WR_NEW_N(&r->tmp, wr_node, n) : NULL;
    if (!items) return (wr_node){.kind = WR_NULL};
    for (size_t i = 0; i < n; i++) {
        size_t end = wr_find(text, WR_S(","), at);
        items[i] = wr_cfn_string(f, wr_trim(wr_sub(text, at, end < text.n ? end : text.n)));
        at = end + 1;
    }
    return wr_cfn_list_of(f, items, n);
}

static const wr_cfn_given *given(const wr_cfn *r, wr_str name) {
    const wr_cfn_given *g = r->inputs ? wr_map_find(&r->inputs->given, name) : NULL;
    return g && !g->previous ? g : NULL;
}

// {Ref: AWS::Region}: the deployment's own region, as "" is, whether or not its name is known. An
// empty `!GetAZs` is read as null in some JSON renderings of YAML templates.
static bool is_own_region(const wr_node *arg) {
    if (arg->kind == WR_NULL) return true;
    if (arg->kind != WR_MAP || arg->n != 1 || wr_map_val(arg, 0)->kind != WR_STR) return false;
    return wr_eq(wr_node_str(wr_map_key(arg, 0)), WR_S("Ref")) &&
           wr_eq(wr_node_str(wr_map_val(arg, 0)), WR_S("AWS::Region"));
}

wr_node wr_cfn_fn_azs(wr_cfn *r, const wr_node *f, const wr_node *arg, const wr_cfn_env *e) {
    const wr_cfn_given *own = given(r, WR_S("AWS::Region")), *z;
    wr_str region = {0};
    if (!is_own_region(arg)) {
        wr_node v = wr_cfn_value(r, arg, e);
        if (wr_cfn_is_unknown(&v)) return wr_cfn_unknown(r, f, e, wr_cfn_why_of(&v));
        if (!wr_cfn_text(r, &v, &region))
            return wr_cfn_bad(r, f, e, WR_D_X0106, arg, "Fn::GetAZs takes a region");
    }
    bool is_own = !region.n || (own && wr_eq(own->text, region));
    if (!region.n && own) region = own->text;
    z = given(r, wr_fmt(&r->keep, "AWS::AvailabilityZones::%.*s", WR_FMT(region)));
    if (!z && is_own) z = given(r, WR_S("AWS::AvailabilityZones"));
    if (z) return wr_cfn_split_commas(r, f, z->text);
    return wr_cfn_unknown(r, f, e,
                          wr_cfn_because(r, WR_D_X0004, WR_S("AWS::AvailabilityZones"),
                                         "the availability zones of %.*s depend on the account",
                                         WR_FMT(region.n ? region : WR_S("the region"))));
}

// ------------------------------------------------------------------------ Fn::Length, ToJsonString

// The first unresolved value in v, or NULL. An unresolved Fn::If may also stand for nothing.
static const wr_node *first_unknown(const wr_node *v) {
    if (wr_cfn_is_unknown(v)) return v;
    if (v->kind != WR_MAP && v->kind != WR_LIST) return NULL;
    const wr_node *found = NULL;
    for (uint32_t i = 0; i < v->n && !found; i++)
        found = first_unknown(v->kind == WR_MAP ? wr_map_val(v, i) : &v->u.kids[i]);
    return found;
}

static bool may_vanish(const wr_node *v) {
    return wr_cfn_is_unknown(v) && v->kind == WR_MAP &&
           wr_eq(wr_node_str(wr_map_key(v, 0)), WR_S("Fn::If"));
}

wr_node wr_cfn_fn_length(wr_cfn *r, const wr_node *f, const wr_node *arg, const wr_cfn_env *e) {
    r->quiet++;
    wr_node l = wr_cfn_list_arg(r, arg, e);
    r->quiet--;
    if (wr_cfn_is_unknown(&l)) return wr_cfn_unknown(r, f, e, wr_cfn_why_of(&l));
    if (l.kind != WR_LIST) return wr_cfn_bad(r, f, e, WR_D_X0106, arg, "Fn::Length takes a list");
    for (uint32_t i = 0; i < l.n; i++)
        if (may_vanish(&l.u.kids[i])) return wr_cfn_unknown(r, f, e, wr_cfn_why_of(&l.u.kids[i]));
    wr_node v = {.kind = WR_INT, .flags = WR_F_LITERAL, .src = f->src, .span = f->span};
    v.u.i = l.n;
    return v;
}

wr_node wr_cfn_fn_json(wr_cfn *r, const wr_node *f, const wr_node *arg, const wr_cfn_env *e) {
    wr_buf b;
    r->quiet++;
    wr_node v = wr_cfn_value(r, arg, e);
    r->quiet--;
    if (r->rc != WR_OK) return v;
    const wr_node *u = first_unknown(&v);
    if (u) return wr_cfn_unknown(r, f, e, wr_cfn_why_of(u));
    if (v.kind != WR_MAP && v.kind != WR_LIST)
        return wr_cfn_bad(r, f, e, WR_D_X0106, arg, "Fn::ToJsonString takes a map or a list");
    text_buf(r, &b);
    if (wr_put_json(&b, &v, -1) == WR_BAD) {
        wr_buf_fini(&b);
        return wr_cfn_bad(r, f, e, WR_D_X0106, arg, "a number here cannot be written as JSON");
    }
    return wr_cfn_string(f, wr_cfn_take(r, &b));
}
