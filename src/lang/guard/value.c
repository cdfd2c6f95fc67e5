// SPDX-License-Identifier: Apache-2.0
// value: where a value of a result stands and how the original spells it. A value is a node of the
// bound document, of the rule file's literals, of a text parsed by json_parse, or one made by a
// function; each kind has its path and place from somewhere else.
#include "lang/guard/eval_int.h"

typedef enum home { IN_DOC, IN_LITERALS, IN_PARSED, MADE } home;

static home home_of(const g_vals *v, const wr_node *n, const wr_doc **doc, const wr_node **origin) {
    *origin = NULL;
    if (n->src == G_DERIVED_SRC) {
        *origin = ((const g_derived *)(const void *)n)->origin;
        return MADE;
    }
    *doc = v->doc;
    if (wr_doc_owns(v->doc, n)) return IN_DOC;
    for (const g_file *f = v->file; f; f = f->prelude) {
        *doc = f->lits;
        if (f->lits && wr_doc_owns(f->lits, n)) return IN_LITERALS;
    }
    for (const g_parsed *p = v->eval->parsed; p; p = p->next) {
        *doc = p->doc;
        *origin = p->origin;
        if (wr_doc_owns(p->doc, n)) return IN_PARSED;
    }
    wr_assert_failed("a value has a home", __FILE__, __LINE__);
}

static void put_key_tail(wr_buf *b, const wr_node *n) { // keys whose path includes themselves
    if (!(n->flags & WR_F_KEY)) return;
    wr_putc(b, '/');
    wr_puts(b, wr_node_str(n));
}

static void put_literal_path(wr_buf *b, const wr_doc *doc, const wr_node *n) {
    wr_buf path;
    wr_buf_init(&path, SIZE_MAX);
    wr_put_path(&path, doc, n);
    wr_str s = wr_buf_str(&path);
    size_t second = wr_find(s, WR_S("/"), 1);
    if (second != SIZE_MAX) wr_puts(b, wr_sub(s, second, s.n));
    wr_buf_fini(&path);
    put_key_tail(b, n);
}

void g_put_path(wr_buf *b, const g_vals *v, const wr_node *n) {
    const wr_doc *doc;
    const wr_node *origin;
    switch (home_of(v, n, &doc, &origin)) {
    case IN_DOC:
        wr_put_path(b, doc, n);
        if (doc->placeless) put_key_tail(b, n);
        break;
    case IN_LITERALS: put_literal_path(b, doc, n); break;
    case IN_PARSED:
        if (origin) g_put_path(b, v, origin);
        wr_put_path(b, doc, n);
        put_key_tail(b, n);
        break;
    case MADE:
        if (origin) g_put_path(b, v, origin);
        break;
    }
}

const wr_node *g_origin(const g_vals *v, const wr_node *n) {
    const wr_doc *doc;
    const wr_node *origin;
    home h = home_of(v, n, &doc, &origin);
    if (h == IN_DOC) return n;
    if (h == IN_LITERALS || !origin) return NULL;
    return g_origin(v, origin);
}

wr_pos g_pos0(const g_vals *v, const wr_node *n) {
    const wr_node *o = g_origin(v, n);
    if (!o || v->doc->placeless || (o == v->doc->root && o->kind == WR_LIST)) return (wr_pos){0, 0};
    wr_pos p = wr_node_pos(v->doc, o);
    return (wr_pos){p.line - 1, p.col - 1};
}

bool g_place(const g_vals *v, const wr_node *n, const wr_src **src, wr_span *at) {
    const wr_node *o = g_origin(v, n);
    if (!o || o->src >= v->doc->n_srcs) return false;
    *src = v->doc->srcs[o->src];
    *at = o->span;
    return true;
}

void g_put_place(wr_buf *b, const g_vals *v, const wr_node *n) {
    wr_pos p = g_pos0(v, n);
    g_put_path(b, v, n);
    wr_putf(b, "[L:%u,C:%u]", p.line, p.col);
}

const char *g_type_info(const wr_node *n) {
    static const char *const name[] = {
        [WR_NULL] = "null",
        [WR_BOOL] = "bool",
        [WR_INT] = "int",
        [WR_FLOAT] = "float",
        [WR_STR] = "String",
        [WR_LIST] = "array",
        [WR_MAP] = "map",
        [WR_REGEX] = "Regex",
        [WR_CHAR] = "char",
        [WR_RANGE_INT] = "range(int, int)",
        [WR_RANGE_FLOAT] = "range(float, float)",
        [WR_RANGE_CHAR] = "range(char, char)",
    };
    return name[n->kind];
}

// ---------------------------------------------------------------------------------- Display

static void put_char(wr_buf *b, int64_t cp) {
    char utf8[4];
    wr_put(b, utf8, wr_utf8_put((uint32_t)cp, utf8));
}

static void put_range(wr_buf *b, const wr_node *n) {
    const wr_range *r = n->u.ext;
    wr_putc(b, r->lo_in ? '[' : '(');
    for (int end = 0; end < 2; end++) {
        if (end) wr_putc(b, ',');
        if (n->kind == WR_RANGE_FLOAT) wr_put_f64_display(b, end ? r->hi.f : r->lo.f);
        else if (n->kind == WR_RANGE_INT) wr_put_i64(b, end ? r->hi.i : r->lo.i);
        else put_char(b, end ? r->hi.i : r->lo.i);
    }
    wr_putc(b, r->hi_in ? ']' : ')');
}

static void put_quoted(wr_buf *b, const char *before, wr_str s, const char *after) {
    wr_putz(b, before);
    wr_puts(b, s);
    wr_putz(b, after);
}

static void put_members(wr_buf *b, const wr_node *n) {
    wr_putc(b, n->kind == WR_MAP ? '{' : '[');
    for (uint32_t i = 0; i < n->n; i++) {
        if (i) wr_putc(b, ',');
        if (n->kind == WR_MAP) {
            put_quoted(b, "\"", wr_node_str(wr_map_key(n, i)), "\":");
            g_put_value_only(b, wr_map_val(n, i));
        } else {
            g_put_value_only(b, &n->u.kids[i]);
        }
    }
    wr_putc(b, n->kind == WR_MAP ? '}' : ']');
}

void g_put_value_only(wr_buf *b, const wr_node *n) {
    switch ((wr_kind)n->kind) {
    case WR_NULL: wr_putz(b, "\"NULL\""); break;
    case WR_STR: put_quoted(b, "\"", wr_node_str(n), "\""); break;
    case WR_REGEX: put_quoted(b, "\"/", ((const wr_lit_regex *)n->u.ext)->pattern, "/\""); break;
    case WR_BOOL: wr_putz(b, n->u.b ? "true" : "false"); break;
    case WR_INT: wr_put_i64(b, n->u.i); break;
    case WR_FLOAT: wr_put_f64_display(b, n->u.f); break;
    case WR_CHAR:
        wr_putc(b, '\'');
        put_char(b, n->u.i);
        wr_putc(b, '\'');
        break;
    case WR_LIST:
    case WR_MAP: put_members(b, n); break;
    case WR_RANGE_INT:
    case WR_RANGE_FLOAT:
    case WR_RANGE_CHAR: put_range(b, n); break;
    }
}

void g_put_display(wr_buf *b, const g_vals *v, const wr_node *n) {
    wr_putz(b, "Path=");
    g_put_place(b, v, n);
    wr_putz(b, " Value=");
    g_put_value_only(b, n);
}

// ---------------------------------------------------------------------------------- Debug

// Code points that Rust's Debug writes as an escape though they are no ASCII control: those that
// do not show.
static bool invisible(uint32_t cp) {
    return (cp >= 0x7f && cp <= 0x9f) || cp == 0xad || (cp >= 0x200b && cp <= 0x200f) ||
           (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff ||
           (cp >= 0xe000 && cp <= 0xf8ff) || (cp >= 0xfff0 && cp <= 0xfffb) || cp >= 0xe0000 ||
           cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) || cp == 0x202f ||
           cp == 0x205f || cp == 0x3000;
}

static void put_debug_char(wr_buf *b, uint32_t cp, char quote) {
    switch (cp) {
    case 0: wr_putz(b, "\\0"); return;
    case '\t': wr_putz(b, "\\t"); return;
    case '\r': wr_putz(b, "\\r"); return;
    case '\n': wr_putz(b, "\\n"); return;
    case '\\': wr_putz(b, "\\\\"); return;
    default: break;
    }
    if (cp == (uint32_t)quote) wr_putc(b, '\\');
    if (cp < 0x20 || invisible(cp)) wr_putf(b, "\\u{%x}", cp);
    else put_char(b, cp);
}

static void put_debug_str(wr_buf *b, wr_str s) {
    wr_putc(b, '"');
    for (size_t i = 0; i < s.n;) put_debug_char(b, wr_utf8_next(s, &i), '"');
    wr_putc(b, '"');
}

void g_put_debug_path(wr_buf *b, const g_vals *v, const wr_node *n) {
    wr_buf path;
    wr_buf_init(&path, SIZE_MAX);
    g_put_path(&path, v, n);
    wr_pos p = g_pos0(v, n);
    wr_putz(b, "Path(");
    put_debug_str(b, wr_buf_str(&path));
    wr_putf(b, ", Location { line: %u, col: %u })", p.line, p.col);
    wr_buf_fini(&path);
}

static void put_debug_bound(wr_buf *b, const wr_node *n, bool hi) {
    const wr_range *r = n->u.ext;
    if (n->kind == WR_RANGE_FLOAT) {
        wr_put_f64_debug(b, hi ? r->hi.f : r->lo.f);
    } else if (n->kind == WR_RANGE_INT) {
        wr_put_i64(b, hi ? r->hi.i : r->lo.i);
    } else {
        wr_putc(b, '\'');
        put_debug_char(b, (uint32_t)(hi ? r->hi.i : r->lo.i), '\'');
        wr_putc(b, '\'');
    }
}

static void put_debug_map(wr_buf *b, const g_vals *v, const wr_node *n) {
    wr_putz(b, "MapValue { keys: [");
    for (uint32_t i = 0; i < n->n; i++) {
        if (i) wr_putz(b, ", ");
        g_put_debug(b, v, wr_map_key(n, i));
    }
    wr_putz(b, "], values: {");
    for (uint32_t i = 0; i < n->n; i++) {
        if (i) wr_putz(b, ", ");
        put_debug_str(b, wr_node_str(wr_map_key(n, i)));
        wr_putz(b, ": ");
        g_put_debug(b, v, wr_map_val(n, i));
    }
    wr_putz(b, "} }");
}

static void put_debug_list(wr_buf *b, const g_vals *v, const wr_node *n) {
    wr_putc(b, '[');
    for (uint32_t i = 0; i < n->n; i++) {
        if (i) wr_putz(b, ", ");
        g_put_debug(b, v, &n->u.kids[i]);
    }
    wr_putc(b, ']');
}

static void put_debug_payload(wr_buf *b, const g_vals *v, const wr_node *n) {
    switch ((wr_kind)n->kind) {
    case WR_NULL: break;
    case WR_STR: put_debug_str(b, wr_node_str(n)); break;
    case WR_REGEX: put_debug_str(b, ((const wr_lit_regex *)n->u.ext)->pattern); break;
    case WR_BOOL: wr_putz(b, n->u.b ? "true" : "false"); break;
    case WR_INT: wr_put_i64(b, n->u.i); break;
    case WR_FLOAT: wr_put_f64_debug(b, n->u.f); break;
    case WR_CHAR:
        wr_putc(b, '\'');
        put_debug_char(b, (uint32_t)n->u.i, '\'');
        wr_putc(b, '\'');
        break;
    case WR_LIST: put_debug_list(b, v, n); break;
    case WR_MAP: put_debug_map(b, v, n); break;
    case WR_RANGE_INT:
    case WR_RANGE_FLOAT:
    case WR_RANGE_CHAR: {
        const wr_range *r = n->u.ext;
        wr_putz(b, "RangeType { upper: ");
        put_debug_bound(b, n, true);
        wr_putz(b, ", lower: ");
        put_debug_bound(b, n, false);
        wr_putf(b, ", inclusive: %d }", (r->lo_in ? 1 : 0) | (r->hi_in ? 2 : 0));
        break;
    }
    }
}

void g_put_debug(wr_buf *b, const g_vals *v, const wr_node *n) {
    static const char *const name[] = {
        [WR_NULL] = "Null",
        [WR_BOOL] = "Bool",
        [WR_INT] = "Int",
        [WR_FLOAT] = "Float",
        [WR_STR] = "String",
        [WR_LIST] = "List",
        [WR_MAP] = "Map",
        [WR_REGEX] = "Regex",
        [WR_CHAR] = "Char",
        [WR_RANGE_INT] = "RangeInt",
        [WR_RANGE_FLOAT] = "RangeFloat",
        [WR_RANGE_CHAR] = "RangeChar",
    };
    bool pair = n->kind != WR_NULL;
    wr_putf(b, "%s(%s", name[n->kind], pair ? "(" : "");
    g_put_debug_path(b, v, n);
    if (pair) wr_putz(b, ", ");
    put_debug_payload(b, v, n);
    wr_putz(b, pair ? "))" : ")");
}

static void put_debug_unres(wr_buf *b, const g_vals *v, const g_unres *u) {
    wr_buf t;
    wr_buf_init(&t, SIZE_MAX);
    wr_putz(b, "UnResolved { traversed_to: ");
    g_put_debug(b, v, u->node);
    wr_putz(b, ", remaining_query: ");
    g_put_rest(&t, u->rest, u->n_rest);
    put_debug_str(b, wr_buf_str(&t));
    t.n = 0;
    g_put_why(&t, v, u);
    wr_putz(b, ", reason: Some(");
    put_debug_str(b, wr_buf_str(&t));
    wr_putz(b, ") }");
    wr_buf_fini(&t);
}

static void put_debug_qrs(wr_buf *b, const g_vals *v, const g_qr *q, uint32_t n) {
    static const char *const tag[] = {"Literal", "Resolved", "UnResolved"};
    wr_putc(b, '[');
    for (uint32_t i = 0; i < n; i++) {
        wr_putf(b, "%s%s(", i ? ", " : "", tag[q[i].tag]);
        if (q[i].tag == G_UNRESOLVED) put_debug_unres(b, v, q[i].unres);
        else g_put_debug(b, v, q[i].node);
        wr_putc(b, ')');
    }
    wr_putc(b, ']');
}

// ---------------------------------------------------------------------------------- queries

static void put_part(wr_buf *b, const g_part *p) {
    switch ((g_part_kind)p->kind) {
    case G_THIS: wr_putc(b, '_'); break;
    case G_KEY: wr_puts(b, wr_sym_str(p->key)); break;
    case G_VAR:
        wr_putc(b, '%');
        wr_puts(b, wr_sym_str(p->key));
        break;
    case G_INDEX: wr_put_i64(b, p->index); break;
    case G_ALL_VALUES: wr_putc(b, '*'); break;
    case G_ALL_INDICES: wr_putz(b, "[*]"); break;
    case G_FILTER:
    case G_KEY_FILTER:
        if (p->name) wr_puts(b, wr_sym_str(p->name));
        wr_putz(b, p->kind == G_FILTER ? " (filter-clauses)" : " (map-key-filter-clauses)");
        break;
    }
}

// Joined by dots, except that ".[" is written "[" wherever it comes from.
static void put_joined(wr_buf *b, wr_str s) {
    size_t from = 0, at;
    while ((at = wr_find(s, WR_S(".["), from)) != SIZE_MAX) {
        wr_puts(b, wr_sub(s, from, at));
        wr_putc(b, '[');
        from = at + 2;
    }
    wr_puts(b, wr_sub(s, from, s.n));
}

void g_put_rest(wr_buf *b, const g_part *parts, uint32_t n) {
    wr_buf t;
    wr_buf_init(&t, SIZE_MAX);
    for (uint32_t i = 0; i < n; i++) {
        if (i) wr_putc(&t, '.');
        put_part(&t, &parts[i]);
    }
    put_joined(b, wr_buf_str(&t));
    wr_buf_fini(&t);
}

void g_put_qrs(wr_buf *b, const g_vals *v, const g_qr *q, uint32_t n) {
    wr_buf t;
    wr_buf_init(&t, SIZE_MAX);
    for (uint32_t i = 0; i < n; i++) {
        static const char *const before[] = {"literal, ", "(resolved, ", "(unresolved, "};
        if (i) wr_putc(&t, '.');
        wr_putz(&t, before[q[i].tag]);
        g_put_display(&t, v, q[i].node);
        if (q[i].tag != G_LITERAL) wr_putc(&t, ')');
    }
    put_joined(b, wr_buf_str(&t));
    wr_buf_fini(&t);
}

// ---------------------------------------------------------------------------------- reasons

static void put_why_index(wr_buf *b, const g_vals *v, const g_unres *u) {
    switch (u->why) {
    case G_Y_INDEX_BOUNDS:
        wr_putz(b, "Array Index out of bounds for path = ");
        g_put_place(b, v, u->node);
        wr_putf(b, " on index = %d inside Array = ", u->index);
        put_debug_list(b, v, u->node);
        wr_putz(b, ", remaining query = ");
        g_put_rest(b, u->rest, u->n_rest);
        break;
    case G_Y_NOT_LIST_KEY:
    case G_Y_NOT_LIST_INDEX:
        wr_putf(b, "Attempting to retrieve from index %d but type is not an array at path ",
                u->index);
        g_put_place(b, v, u->node);
        if (u->why == G_Y_NOT_LIST_INDEX) wr_putf(b, ", type %s", g_type_info(u->node));
        break;
    default: // G_Y_VAR_INDEX
        wr_putf(b,
                "Index %d on the set of values returned for variable %s on the join, is out of "
                "bounds. Length %u, Values = ",
                u->index, u->part->key->p, u->n_keys);
        put_debug_qrs(b, v, u->keys, u->n_keys);
        break;
    }
}

static void put_why_variable(wr_buf *b, const g_vals *v, const g_unres *u) {
    if (u->why == G_Y_VAR_UNRESOLVED) {
        wr_putf(b,
                "Keys returned for variable %s could not completely resolve. Path traversed until ",
                u->part->key->p);
        g_put_place(b, v, u->inner->node);
        g_put_why(b, v, u->inner);
        return;
    }
    wr_putf(b, "Could not locate key = %.*s inside struct at path = ", WR_FMT(u->text));
    g_put_place(b, v, u->node);
}

static void put_why_key(wr_buf *b, const g_vals *v, const g_unres *u) {
    const char *percent = u->part->kind == G_VAR ? "%" : "";
    if (u->why == G_Y_NO_KEY) {
        wr_putf(b, "Could not find key %s%s inside struct at path ", percent, u->part->key->p);
        g_put_place(b, v, u->node);
        return;
    }
    wr_putf(b, "Attempting to retrieve from key %s%s but type is not an struct type at path ",
            percent, u->part->key->p);
    g_put_place(b, v, u->node);
    wr_putf(b, ", Type = %s, Value = ", g_type_info(u->node));
    g_put_debug(b, v, u->node);
}

void g_put_why(wr_buf *b, const g_vals *v, const g_unres *u) {
    switch (u->why) {
    case G_Y_INDEX_BOUNDS:
    case G_Y_NOT_LIST_KEY:
    case G_Y_NOT_LIST_INDEX:
    case G_Y_VAR_INDEX: put_why_index(b, v, u); break;
    case G_Y_VAR_UNRESOLVED:
    case G_Y_VAR_NO_KEY: put_why_variable(b, v, u); break;
    case G_Y_NO_KEY:
    case G_Y_NOT_MAP: put_why_key(b, v, u); break;
    case G_Y_NO_ENTRIES:
        wr_putz(b, "No more entries for value at path = ");
        g_put_place(b, v, u->node);
        wr_putf(b, " on type = %s ", g_type_info(u->node));
        break;
    case G_Y_UNKNOWN:
        wr_putz(b, "Value is not known yet at path = ");
        g_put_place(b, v, u->node);
        break;
    case G_Y_NOT_FILTERABLE:
    case G_Y_NOT_KEYED:
        wr_putz(b, u->why == G_Y_NOT_FILTERABLE
                       ? "Filter on value type that was not a struct or array "
                       : "Map Filter for keys was not a struct ");
        wr_putf(b, "%s ", g_type_info(u->node));
        g_put_place(b, v, u->node);
        break;
    }
}

void g_put_nc(wr_buf *b, const g_vals *v, const g_rec *rec) {
    switch ((g_nc)rec->nc) {
    case G_NC_NONE: break;
    case G_NC_KINDS:
        wr_putf(b, "PathAwareValues are not comparable %s, %s", g_type_info(rec->nc_a),
                g_type_info(rec->nc_b));
        break;
    case G_NC_FLOATS: wr_putz(b, "Float values are not comparable"); break;
    case G_NC_TYPES:
    case G_NC_CANNOT:
        wr_putz(b, rec->nc == G_NC_TYPES ? "Type not comparable, " : "Can not compare type ");
        g_put_display(b, v, rec->nc_a);
        wr_putz(b, ", ");
        g_put_display(b, v, rec->nc_b);
        break;
    }
}
