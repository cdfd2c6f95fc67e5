// SPDX-License-Identifier: Apache-2.0
// rulegen: rules that hold for given CloudFormation templates: for each resource type a variable
// and a rule, for each property == its value, or IN the list of its values.
// Two manners. As the original: values are written as JSON without newlines, short-form tags are
// refused, and what comes out may not parse (then only the error is told); its order is random,
// ours is the order of first sight. Native: several templates, short forms, every literal written
// so that it reads back as the same value, properties that only some resources have asked for only
// there.
// Rules: guard-language.md §1.11, §4.
#include "lang/guard/guard_int.h"

typedef struct prop {
    wr_str name;
    WR_VEC(wr_str) texts; // distinct values, as written
    bool has_list;        // texts[0] is a list: `IN` then compares lists whole
    uint32_t n_resources; // that have it
    const char *why_not;  // native: why it cannot be written
    wr_map seen;          // texts
} prop;

typedef struct type {
    wr_str name;
    wr_str id; // as a name of the language
    WR_VEC(prop *) props;
    wr_map by_name;
    uint32_t n_resources;
} type;

typedef struct gen {
    wr_ctx *ctx;
    wr_arena *a;
    bool native;
    WR_VEC(type *) types;
    wr_map by_name; // types
    wr_map ids;
    wr_guard_gen *out;
} gen;

// ---------------------------------------------------------------------------------- compat values

static wr_str trim_unicode(wr_str s) {
    size_t beg = 0, next = 0, end = 0;
    while (next < s.n && wr_is_space(wr_utf8_next(s, &next))) beg = next;
    for (size_t i = beg; i < s.n;) {
        bool blank = wr_is_space(wr_utf8_next(s, &i));
        if (!blank) end = i;
    }
    return end > beg ? wr_sub(s, beg, end) : (wr_str){"", 0};
}

static wr_str compat_text(gen *g, const wr_node *v) {
    wr_buf json, b;
    wr_buf_init(&json, 0);
    wr_buf_init(&b, 0);
    if (v->kind != WR_STR && wr_put_json(&json, v, -1) != WR_OK) json.n = 0;
    wr_str s = trim_unicode(v->kind == WR_STR ? wr_node_str(v) : wr_buf_str(&json));
    if (v->kind == WR_STR) wr_putc(&b, '"');
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '\n') wr_putc(&b, s.p[i]);
    if (v->kind == WR_STR) wr_putc(&b, '"');
    wr_str text = wr_dup(g->a, wr_buf_str(&b));
    wr_buf_fini(&json);
    wr_buf_fini(&b);
    return text;
}

// ---------------------------------------------------------------------------------- literals

// Writes a literal that reads back as s; false when there is none.
static bool put_string(wr_buf *b, wr_str s) {
    if (s.n > 0 && s.p[s.n - 1] == '\\') return false;
    char q = memchr(s.p ? s.p : "", '"', s.n) ? '\'' : '"';
    wr_putc(b, q);
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\\' && i + 1 < s.n && s.p[i + 1] == q) return false;
        if (s.p[i] == q) wr_putc(b, '\\');
        wr_putc(b, s.p[i]);
    }
    wr_putc(b, q);
    return true;
}

// The language writes exponents with their sign and knows no negative fractions.
static bool put_float(wr_buf *b, double v) {
    if (!(v >= 0) || v > 1.7976931348623157e308) return false;
    wr_buf t;
    wr_buf_init(&t, 0);
    wr_put_f64_json(&t, v);
    for (size_t i = 0; i < t.n; i++) {
        wr_putc(b, t.p[i]);
        if (t.p[i] == 'e' && i + 1 < t.n && t.p[i + 1] != '-') wr_putc(b, '+');
    }
    wr_buf_fini(&t);
    return true;
}

static const char *put_literal(wr_buf *b, const wr_node *v, uint32_t depth);

static const char *put_items(wr_buf *b, const wr_node *v, uint32_t depth) {
    const char *why = NULL;
    wr_putc(b, v->kind == WR_MAP ? '{' : '[');
    for (uint32_t i = 0; i < v->n && !why; i++) {
        if (i > 0) wr_putz(b, ", ");
        if (v->kind == WR_LIST) {
            why = put_literal(b, &v->u.kids[i], depth + 1);
            continue;
        }
        if (!put_string(b, wr_node_str(wr_map_key(v, i)))) return "a key ends in a backslash";
        wr_putz(b, ": ");
        why = put_literal(b, wr_map_val(v, i), depth + 1);
    }
    wr_putc(b, v->kind == WR_MAP ? '}' : ']');
    return why;
}

enum { DEEPEST = 100 }; // literals nested deeper than this are not written

static const char *put_literal(wr_buf *b, const wr_node *v, uint32_t depth) {
    if (depth > DEEPEST) return "the value is nested too deeply";
    switch ((wr_kind)v->kind) {
    case WR_NULL: wr_putz(b, "null"); return NULL;
    case WR_BOOL: wr_putz(b, v->u.b ? "true" : "false"); return NULL;
    case WR_INT:
        if (v->u.i == INT64_MIN) return "the number is too small to be written";
        wr_put_i64(b, v->u.i);
        return NULL;
    case WR_FLOAT: return put_float(b, v->u.f) ? NULL : "negative fractions cannot be written";
    case WR_STR: return put_string(b, wr_node_str(v)) ? NULL : "its backslashes cannot be written";
    case WR_LIST:
    case WR_MAP: return put_items(b, v, depth);
    default: return "the value has no literal";
    }
}

static wr_str native_text(gen *g, const wr_node *v, const char **why_not) {
    wr_buf b;
    wr_buf_init(&b, 0);
    *why_not = put_literal(&b, v, 0);
    wr_str text = wr_dup(g->a, wr_buf_str(&b));
    wr_buf_fini(&b);
    return text;
}

// ---------------------------------------------------------------------------------- names

static bool name_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_name(wr_str s) {
    for (size_t i = 0; i < s.n; i++)
        if (!name_char(s.p[i])) return false;
    return s.n > 0 && (s.p[0] > '9') && s.p[0] != '_';
}

// aws_s3_bucket of AWS::S3::Bucket, unique and a name of the language when native.
static wr_str type_id(gen *g, wr_str name) {
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_str lower = wr_to_lower(g->a, name);
    if (g->native && (lower.n == 0 || lower.p[0] < 'a' || lower.p[0] > 'z')) wr_putz(&b, "type_");
    for (size_t i = 0; i < lower.n; i++) {
        bool colons = lower.p[i] == ':' && i + 1 < lower.n && lower.p[i + 1] == ':';
        if (colons) i++;
        wr_putc(&b, colons || (g->native && !name_char(lower.p[i])) ? '_' : lower.p[i]);
    }
    wr_str id = wr_dup(g->a, wr_buf_str(&b));
    wr_buf_fini(&b);
    if (!g->native) return id;
    wr_str plain = id;
    for (uint32_t n = 2;; n++) {
        void **slot = wr_map_at(&g->ids, id);
        if (!slot || !*slot) {
            if (slot) *slot = g;
            return id;
        }
        id = wr_fmt(g->a, "%.*s_%u", WR_FMT(plain), n);
    }
}

static type *type_of(gen *g, wr_str name) {
    void **slot = wr_map_at(&g->by_name, name);
    if (!slot) return NULL;
    void *known = *slot;
    if (known) return known;
    type *t = WR_NEW(g->a, type);
    if (!t || !WR_PUSH(g->a, &g->types, t)) return NULL;
    t->name = name;
    t->id = type_id(g, name);
    wr_map_init(&t->by_name, g->a);
    *slot = t;
    return t;
}

static prop *prop_of(gen *g, type *t, wr_str name) {
    void **slot = wr_map_at(&t->by_name, name);
    if (!slot) return NULL;
    void *known = *slot;
    if (known) return known;
    prop *p = WR_NEW(g->a, prop);
    if (!p || !WR_PUSH(g->a, &t->props, p)) return NULL;
    p->name = name;
    wr_map_init(&p->seen, g->a);
    *slot = p;
    return p;
}

// ---------------------------------------------------------------------------------- reading

static bool add_value(gen *g, prop *p, const wr_node *v) {
    p->n_resources++;
    const char *why_not = NULL;
    wr_str text = g->native ? native_text(g, v, &why_not) : compat_text(g, v);
    if (why_not) p->why_not = why_not;
    void **slot = wr_map_at(&p->seen, text);
    if (!slot) return false;
    if (*slot) return true;
    *slot = p;
    if (!WR_PUSH(g->a, &p->texts, text)) return false;
    if (g->native && v->kind == WR_LIST && !p->has_list) {
        p->has_list = true;
        wr_str first = p->texts.v[0];
        p->texts.v[0] = text;
        p->texts.v[p->texts.n - 1] = first;
    }
    return true;
}

static wr_gen_rc add_resource(gen *g, const wr_doc *d, const wr_node *r) {
    const wr_node *props = r->kind == WR_MAP ? wr_map_getz(d, r, "Properties") : NULL;
    const wr_node *name = r->kind == WR_MAP ? wr_map_getz(d, r, "Type") : NULL;
    bool typed = name && name->kind == WR_STR;
    if (!props || props->kind != WR_MAP) props = NULL;
    if (g->native ? !typed : !props || props->n == 0) return WR_GEN_OK;
    if (!typed) {
        g->out->error = WR_S("a resource has properties but no Type that is text");
        return WR_GEN_PANIC;
    }
    type *t = type_of(g, wr_node_str(name));
    if (!t) return WR_GEN_NOMEM;
    t->n_resources++;
    for (uint32_t i = 0; props && i < props->n; i++) {
        prop *p = prop_of(g, t, wr_node_str(wr_map_key(props, i)));
        if (!p || !add_value(g, p, wr_map_val(props, i))) return WR_GEN_NOMEM;
    }
    return WR_GEN_OK;
}

// What serde calls a value that is no map.
static wr_str unexpected(gen *g, const wr_node *n, const char *null) {
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_putz(&b, "invalid type: ");
    switch ((wr_kind)n->kind) {
    case WR_NULL: wr_putz(&b, null); break;
    case WR_BOOL: wr_putf(&b, "boolean `%s`", n->u.b ? "true" : "false"); break;
    case WR_INT: wr_putf(&b, "integer `%lld`", (long long)n->u.i); break;
    case WR_FLOAT:
        wr_putz(&b, "floating point `");
        wr_put_f64_debug(&b, n->u.f);
        wr_putc(&b, '`');
        break;
    case WR_STR: wr_putf(&b, "string \"%.*s\"", WR_FMT(wr_node_str(n))); break;
    default: wr_putz(&b, "sequence"); break;
    }
    wr_putz(&b, ", expected a map");
    wr_str text = wr_dup(g->a, wr_buf_str(&b));
    wr_buf_fini(&b);
    return text;
}

static wr_gen_rc refuse(gen *g, const char *what, wr_str detail) {
    g->out->error = wr_fmt(g->a, "%s%.*s", what, WR_FMT(detail));
    return WR_GEN_BAD;
}

// ---------------------------------------------------------------------------------- tags

// A.B[1].C, as serde_yaml writes where a value stands.
static void put_serde_path(wr_buf *b, const wr_doc *d, const wr_node *n) {
    const wr_node *up = wr_parent(d, n);
    if (!up) return;
    put_serde_path(b, d, up); // documents have a depth limit
    uint32_t i = (uint32_t)(n - up->u.kids);
    if (up->kind == WR_LIST) {
        wr_putf(b, "[%u]", i);
        return;
    }
    if (b->n > 0) wr_putc(b, '.');
    wr_puts(b, wr_node_str(&up->u.kids[i & ~1u]));
}

static bool tagged(const wr_doc *d, const wr_node *n) {
    if (n->flags & WR_F_TAGGED) return true;
    wr_str t = d->srcs[n->src]->text;
    wr_str at = wr_sub(t, n->span.beg, t.n);
    return wr_starts(at, WR_S("!")) && !wr_starts(at, WR_S("!!"));
}

// The first tagged value under n in document order; the root's own tag does not matter.
static const wr_node *first_tagged(const wr_doc *d, const wr_node *n) {
    uint32_t step = n->kind == WR_MAP ? 2 : 1;
    if (n->kind != WR_MAP && n->kind != WR_LIST) return NULL;
    for (uint32_t i = 0; i < n->n; i++) {
        const wr_node *v = &n->u.kids[i * step + step - 1];
        const wr_node *hit = tagged(d, v) ? v : first_tagged(d, v);
        if (hit) return hit;
    }
    return NULL;
}

static wr_gen_rc refuse_tag(gen *g, const wr_doc *d, const wr_node *n) {
    wr_buf b;
    wr_buf_init(&b, 0);
    put_serde_path(&b, d, n);
    wr_pos at = wr_node_pos(d, n);
    wr_putf(&b, ": invalid type: enum, expected any valid JSON value at line %u column %u", at.line,
            at.col);
    wr_gen_rc rc = refuse(g, "Parsing error handling template file, Error = ", wr_buf_str(&b));
    wr_buf_fini(&b);
    return rc;
}

static wr_gen_rc refuse_root(gen *g, const wr_doc *d) {
    wr_str what = unexpected(g, d->root, "unit value");
    wr_pos at = wr_node_pos(d, d->root);
    if (at.line > 1 || at.col > 1)
        what = wr_fmt(g->a, "%.*s at line %u column %u", WR_FMT(what), at.line, at.col);
    return refuse(g, "Parsing error handling template file, Error = ", what);
}

static wr_gen_rc add_template(gen *g, const wr_doc *d) {
    bool blank = d->root->kind == WR_NULL && d->root->span.beg == d->root->span.end;
    if (d->root->kind != WR_MAP && !blank) // a text without a value reads as an empty map
        return refuse_root(g, d);
    const wr_node *bad = g->native ? NULL : first_tagged(d, d->root);
    if (bad) return refuse_tag(g, d, bad);
    const wr_node *resources = wr_map_getz(d, d->root, "Resources");
    if (!resources) return refuse(g, "Template lacks a Resources section", (wr_str){"", 0});
    if (resources->kind != WR_MAP)
        return refuse(g, "Template Resources section has an invalid structure: ",
                      unexpected(g, resources, "null"));
    wr_gen_rc rc = WR_GEN_OK;
    for (uint32_t i = 0; i < resources->n && rc == WR_GEN_OK; i++)
        rc = add_resource(g, d, wr_map_val(resources, i));
    return rc;
}

// ---------------------------------------------------------------------------------- writing

static void put_comparison(wr_buf *b, const prop *p) {
    bool many = p->texts.n > 1;
    wr_putz(b, many ? " IN [" : " == ");
    for (uint32_t i = 0; i < p->texts.n; i++) {
        if (i > 0) wr_putz(b, ", ");
        wr_puts(b, p->texts.v[i]);
    }
    wr_putz(b, many ? "]\n" : "\n");
}

// A property name as a part of a query; false when no part means it: text after % is a variable,
// and digits are an index.
static bool put_key(wr_buf *b, wr_str name) {
    int64_t i;
    if (is_name(name)) {
        wr_puts(b, name);
        return true;
    }
    if (name.n == 0 || name.p[0] == '%' || wr_parse_i64(name, &i)) return false;
    return put_string(b, name);
}

static void put_native_prop(wr_buf *b, const type *t, const prop *p) {
    wr_buf key;
    wr_buf_init(&key, 0);
    const char *why_not = put_key(&key, p->name) ? p->why_not : "the name cannot be written";
    if (why_not) {
        wr_putz(b, "  # ");
        wr_put_json_str(b, p->name);
        wr_putf(b, ": %s\n", why_not);
    } else {
        wr_putf(b, "  %%%.*s_resources", WR_FMT(t->id));
        if (p->n_resources < t->n_resources)
            wr_putf(b, "[ Properties.%.*s exists ]", WR_FMT(wr_buf_str(&key)));
        wr_putf(b, ".Properties.%.*s", WR_FMT(wr_buf_str(&key)));
        put_comparison(b, p);
    }
    wr_buf_fini(&key);
}

static void put_native_head(wr_buf *b, const type *t) {
    wr_putf(b, "let %.*s_resources = Resources.*[ Type == ", WR_FMT(t->id));
    put_string(b, t->name);
    wr_putf(b, " ]\nrule %.*s when %%%.*s_resources !empty {\n", WR_FMT(t->id), WR_FMT(t->id));
}

// A rule needs at least one clause that is no comment.
static bool writable(const type *t) {
    wr_buf b;
    wr_buf_init(&b, 0);
    bool yes = false;
    for (uint32_t i = 0; i < t->props.n && !yes; i++)
        yes = !t->props.v[i]->why_not && put_key(&b, t->props.v[i]->name);
    yes = yes && put_string(&b, t->name);
    wr_buf_fini(&b);
    return yes;
}

static void put_type(gen *g, wr_buf *b, const type *t) {
    if (g->native) {
        if (!writable(t)) return;
        put_native_head(b, t);
    } else {
        wr_putf(b, "let %.*s_resources = Resources.*[ Type == '%.*s' ]\n", WR_FMT(t->id),
                WR_FMT(t->name));
        wr_putf(b, "rule %.*s when %%%.*s_resources !empty {\n", WR_FMT(t->id), WR_FMT(t->id));
    }
    for (uint32_t i = 0; i < t->props.n; i++) {
        const prop *p = t->props.v[i];
        if (g->native) {
            put_native_prop(b, t, p);
            continue;
        }
        wr_putf(b, "  %%%.*s_resources.Properties.%.*s", WR_FMT(t->id), WR_FMT(p->name));
        put_comparison(b, p);
    }
    wr_putz(b, "}\n");
}

// Are the generated rules rules? They were made from names and texts of a template.
static wr_gen_rc proof(gen *g, wr_str text) {
    wr_ctx c;
    wr_ctx_init(&c, &g->ctx->limits);
    wr_guard_opts o = {.level = WR_GUARD_31};
    wr_guard_set *s = wr_guard_set_new(&c, &o);
    wr_src *src = wr_src_new(&c.arena, (wr_str){"", 0}, text, false);
    g_file *f = NULL;
    wr_rc rc = s && src ? g_parse(s, src, (wr_str){"", 0}, &f) : WR_NOMEM;
    if (rc == WR_BAD || rc == WR_LIMIT)
        g->out->error = wr_fmt(g->a, "Parsing error with generated rules file, Error = %.*s",
                               WR_FMT(f->parse_error));
    wr_guard_set_free(s);
    wr_ctx_fini(&c);
    return rc == WR_OK ? WR_GEN_OK : rc == WR_NOMEM ? WR_GEN_NOMEM : WR_GEN_UNPARSABLE;
}

wr_gen_rc wr_guard_rulegen(wr_ctx *c, const wr_doc *const *docs, uint32_t n, bool native,
                           wr_guard_gen *out) {
    gen g = {.ctx = c, .a = &c->arena, .native = native, .out = out};
    *out = (wr_guard_gen){0};
    wr_map_init(&g.by_name, g.a);
    wr_map_init(&g.ids, g.a);
    wr_gen_rc rc = WR_GEN_OK;
    for (uint32_t i = 0; i < n && rc == WR_GEN_OK; i++) rc = add_template(&g, docs[i]);
    if (rc != WR_GEN_OK) return rc;
    wr_buf b;
    wr_buf_init(&b, 0);
    for (uint32_t i = 0; i < g.types.n; i++) put_type(&g, &b, g.types.v[i]);
    out->rules = wr_dup(g.a, wr_buf_str(&b));
    rc = b.rc != WR_OK || g.a->oom ? WR_GEN_NOMEM : proof(&g, out->rules);
    wr_buf_fini(&b);
    return rc;
}
