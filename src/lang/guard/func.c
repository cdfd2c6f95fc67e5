// SPDX-License-Identifier: Apache-2.0
// func: the functions of the language (guard-language.md §1.8): one row of the table each. What an
// argument cannot be used for is dropped from the answer; what cannot be converted is an error.
#include <math.h>

#include "lang/guard/eval_int.h"

typedef struct fn_call {
    g_eval *e;
    g_list *args;
    g_list *out;
} fn_call;

struct g_fn {
    const char *name;
    uint8_t arity;
    bool is_32;
    bool (*call)(fn_call *f);
};

// ---------------------------------------------------------------------------------- making values

static bool make(fn_call *f, wr_node n, const wr_node *origin) {
    g_derived *d = wr_alloc(&f->e->arena, sizeof *d);
    if (!d) return g_nomem(f->e);
    n.src = G_DERIVED_SRC;
    d->node = n;
    d->origin = origin;
    f->e->pinned++;
    return g_add(f->e, f->out, g_resolved(&d->node));
}

static bool make_str(fn_call *f, wr_str s, const wr_node *origin) {
    if (!s.p || s.n > UINT32_MAX) return g_nomem(f->e);
    if (!g_derive(f->e, s.n)) return false;
    return make(f, (wr_node){.kind = WR_STR, .n = (uint32_t)s.n, .u.s = s.p}, origin);
}

// Room for one text more than functions may make: what is cut off there is refused by g_derive.
static void text_init(fn_call *f, wr_buf *b) {
    wr_buf_init(b, (size_t)(f->e->ctx->limits.bytes - f->e->derived) + 1);
}

// The text in b, which ends here.
static bool make_text(fn_call *f, wr_buf *b, const wr_node *origin) {
    if (b->rc == WR_OK) return make_str(f, wr_buf_keep(b, &f->e->arena), origin);
    wr_buf_fini(b);
    return g_derive(f->e, f->e->ctx->limits.bytes + 1);
}

static bool make_int(fn_call *f, int64_t v, const wr_node *origin) {
    return make(f, (wr_node){.kind = WR_INT, .u.i = v}, origin);
}

// "failed to convert a {what}: {value} into {into} at {path}"
static bool cannot_convert(fn_call *f, const char *what, const wr_node *n, const char *into) {
    wr_buf b;
    wr_buf_init(&b, SIZE_MAX);
    g_vals v = {f->e->doc, f->e->file, f->e};
    wr_putf(&b, "failed to convert %s: ", what);
    if (n->kind == WR_STR) {
        wr_puts(&b, wr_node_str(n));
    } else if (n->kind == WR_CHAR) {
        char utf8[4];
        wr_put(&b, utf8, wr_utf8_put((uint32_t)n->u.i, utf8));
    } else {
        wr_put_i64(&b, n->u.i);
    }
    wr_putf(&b, " into %s at ", into);
    g_put_place(&b, &v, n);
    g_error_str(f->e, G_E_PARSE, wr_buf_str(&b));
    wr_buf_fini(&b);
    return false;
}

static const wr_node *value_at(const g_list *l, uint32_t i) {
    return l->v[i].tag == G_UNRESOLVED ? NULL : l->v[i].node;
}

// The only value of argument i (2 or 3), which must be there.
static bool single(fn_call *f, uint32_t i, const wr_node **out) {
    *out = NULL;
    if (f->args[i].n == 0)
        return g_panic(f->e, "argument %u of the function resolved to nothing", i + 1);
    *out = value_at(&f->args[i], 0);
    return true;
}

static int64_t digit_of(const wr_node *c) { // of a char, -1 when it is none
    return c->u.i >= '0' && c->u.i <= '9' ? c->u.i - '0' : -1;
}

// ---------------------------------------------------------------------------------- collections

static bool fn_count(fn_call *f) {
    const g_list *l = &f->args[0];
    int64_t n = 0;
    for (uint32_t i = 0; i < l->n; i++) n += l->v[i].tag != G_UNRESOLVED;
    return make_int(f, n, l->n ? l->v[0].node : NULL);
}

// ---------------------------------------------------------------------------------- strings

static bool join_refused(fn_call *f, const g_qr *q) {
    wr_buf b;
    wr_buf_init(&b, SIZE_MAX);
    g_vals v = {f->e->doc, f->e->file, f->e};
    wr_putz(&b, q->tag == G_UNRESOLVED ? "Joining unresolved values is not allowed "
                                       : "Joining non string values ");
    g_put_display(&b, &v, q->node);
    if (q->tag == G_UNRESOLVED) {
        wr_putz(&b, ", unsatisfied part ");
        g_put_rest(&b, q->unres->rest, q->unres->n_rest);
    }
    g_error_str(f->e, G_E_INCOMPATIBLE, wr_buf_str(&b));
    wr_buf_fini(&b);
    return false;
}

static bool fn_join(fn_call *f) {
    const wr_node *d;
    char utf8[4];
    wr_str sep;
    if (!single(f, 1, &d)) return false;
    if (d && d->kind == WR_STR) sep = wr_node_str(d);
    else if (d && d->kind == WR_CHAR) sep = wr_strn(utf8, wr_utf8_put((uint32_t)d->u.i, utf8));
    else
        return g_error(f->e, G_E_PARSE,
                       "join function requires the second argument to be either a char or string");
    const g_list *l = &f->args[0];
    wr_buf b;
    text_init(f, &b);
    for (uint32_t i = 0; i < l->n; i++) {
        const wr_node *n = value_at(l, i);
        if (!n || n->kind != WR_STR) {
            wr_buf_fini(&b);
            return join_refused(f, &l->v[i]);
        }
        if (i) wr_puts(&b, sep);
        wr_puts(&b, wr_node_str(n));
    }
    return make_text(f, &b, l->n ? l->v[0].node : NULL);
}

typedef bool each_str(fn_call *f, const wr_node *n, wr_str s, void *arg);

// Calls fn for each string of the first argument; the others are dropped.
static bool for_strings(fn_call *f, each_str *fn, void *arg) {
    for (uint32_t i = 0; i < f->args[0].n; i++) {
        const wr_node *n = value_at(&f->args[0], i);
        if (n && n->kind == WR_STR && !fn(f, n, wr_node_str(n), arg)) return false;
    }
    return true;
}

static bool each_upper(fn_call *f, const wr_node *n, wr_str s, void *arg) {
    (void)arg;
    return make_str(f, wr_to_upper(&f->e->arena, s), n);
}

static bool each_lower(fn_call *f, const wr_node *n, wr_str s, void *arg) {
    (void)arg;
    return make_str(f, wr_to_lower(&f->e->arena, s), n);
}

static bool fn_to_upper(fn_call *f) { return for_strings(f, each_upper, NULL); }
static bool fn_to_lower(fn_call *f) { return for_strings(f, each_lower, NULL); }

static int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

static bool each_decoded(fn_call *f, const wr_node *n, wr_str s, void *arg) {
    (void)arg;
    char *p = wr_alloc(&f->e->arena, s.n + 1);
    if (!p) return g_nomem(f->e);
    size_t len = 0;
    for (size_t i = 0; i < s.n; i++) {
        int hi = s.p[i] == '%' && i + 2 < s.n ? hex(s.p[i + 1]) : -1;
        int lo = hi >= 0 ? hex(s.p[i + 2]) : -1;
        if (lo >= 0) i += 2;
        p[len++] = (char)(lo >= 0 ? hi << 4 | lo : s.p[i]);
    }
    wr_str out = wr_strn(p, len);
    return wr_utf8_check(out) < len || make_str(f, out, n);
}

static bool fn_url_decode(fn_call *f) { return for_strings(f, each_decoded, NULL); }

typedef struct bounds {
    size_t from, to;
} bounds;

static bool each_sub(fn_call *f, const wr_node *n, wr_str s, void *arg) {
    const bounds *b = arg;
    if (s.n == 0 || b->from >= b->to || b->from > s.n || b->to > s.n) return true;
    bool cut = ((uint8_t)s.p[b->from] & 0xc0) == 0x80 ||
               (b->to < s.n && ((uint8_t)s.p[b->to] & 0xc0) == 0x80);
    if (cut) return g_panic(f->e, "substring cuts a UTF-8 character in two");
    return make_str(f, wr_sub(s, b->from, b->to), n);
}

// A number as the original turns it into an offset: modulo 65,536 for ints, clamped for floats.
static bool offset_of(fn_call *f, uint32_t i, const char *which, size_t *out) {
    const wr_node *n;
    if (!single(f, i, &n)) return false;
    if (n && n->kind == WR_INT) {
        *out = (uint16_t)n->u.i;
    } else if (n && n->kind == WR_FLOAT) {
        *out = !(n->u.f > 0) ? 0 : n->u.f >= 65535 ? 65535 : (uint16_t)n->u.f;
    } else {
        return g_error(f->e, G_E_PARSE,
                       "substring function requires the %s argument to be a number", which);
    }
    return true;
}

static bool fn_substring(fn_call *f) {
    bounds b = {0};
    return offset_of(f, 1, "second", &b.from) && offset_of(f, 2, "third", &b.to) &&
           for_strings(f, each_sub, &b);
}

typedef struct replacing {
    const wr_regex *re;
    wr_str with;
} replacing;

static bool each_replaced(fn_call *f, const wr_node *n, wr_str s, void *arg) {
    const replacing *r = arg;
    wr_buf b;
    text_init(f, &b);
    wr_regex_result res = wr_regex_expand(r->re, f->e->rx, s, r->with, &b);
    f->e->steps += wr_regex_spent(f->e->rx);
    if (res >= 0) return make_text(f, &b, n);
    wr_buf_fini(&b);
    return g_error(f->e, G_E_REGEX,
                   "Error executing regex: Max limit for backtracking count exceeded");
}

static bool text_argument(fn_call *f, uint32_t i, const char *which, wr_str *out) {
    const wr_node *n;
    if (!single(f, i, &n)) return false;
    if (!n || n->kind != WR_STR)
        return g_error(f->e, G_E_PARSE,
                       "regex_replace function requires the %s argument to be a string", which);
    *out = wr_node_str(n);
    return true;
}

static bool fn_regex_replace(fn_call *f) {
    wr_str pattern = {NULL, 0}, err = {NULL, 0};
    replacing r = {0};
    size_t at;
    if (!text_argument(f, 1, "second", &pattern) || !text_argument(f, 2, "third", &r.with))
        return false;
    bool any = false;
    for (uint32_t i = 0; i < f->args[0].n; i++) {
        const wr_node *n = value_at(&f->args[0], i);
        any |= n && n->kind == WR_STR;
    }
    if (!any) return true; // the pattern is not looked at
    f->e->steps += pattern.n;
    wr_regex *re = wr_regex_new(&f->e->arena, pattern, f->e->ctx->limits.regex_bytes, &at, &err);
    if (!re) return g_error_str(f->e, G_E_REGEX, err);
    r.re = re;
    bool ok = for_strings(f, each_replaced, &r);
    wr_regex_free(re);
    return ok;
}

// ---------------------------------------------------------------------------------- json_parse

static bool parse_refused(fn_call *f) {
    const wr_diag *last = f->e->sub->diags;
    while (last && last->next) last = last->next;
    wr_str text = last ? last->msg : WR_S("cannot be parsed");
    return g_error_str(f->e, last && last->code == WR_D_D0006 ? G_E_PLAIN : G_E_YAML, text);
}

static bool each_parsed(fn_call *f, const wr_node *n, wr_str s, void *arg) {
    g_eval *e = f->e;
    (void)arg;
    if (!e->sub) {
        if (!(e->sub = WR_NEW(&e->arena, wr_ctx))) return g_nomem(e);
        wr_ctx_init(e->sub, &e->ctx->limits);
        wr_symtab_init(&e->extra, &e->sub->arena, e->doc->syms);
        e->pinned++;
    }
    wr_src *src = wr_src_new(&e->sub->arena, WR_S("json_parse"), s, true);
    g_parsed *p = WR_NEW(&e->arena, g_parsed);
    wr_doc *doc;
    if (!src || !p) return g_nomem(e);
    wr_load how = {.profile = WR_LOAD_SERDE, .into = &e->extra};
    if (wr_doc_load(e->sub, src, &how, &doc) != WR_OK) return parse_refused(f);
    if (!g_derive(e, s.n + (uint64_t)doc->n_nodes * sizeof(wr_node))) return false;
    *p = (g_parsed){doc, n, e->parsed};
    e->parsed = p;
    e->n_overlays++;
    e->steps += (uint64_t)e->n_overlays * (1 + doc->n_nodes / 2) / 16; // keys went through all
    if (!g_step(e)) return false;
    e->pinned++;
    return g_add(e, f->out, g_resolved(doc->root));
}

static bool fn_json_parse(fn_call *f) { return for_strings(f, each_parsed, NULL); }

// ---------------------------------------------------------------------------------- conversions

typedef bool each_value(fn_call *f, const wr_node *n);

static bool for_values(fn_call *f, each_value *fn) {
    for (uint32_t i = 0; i < f->args[0].n; i++) {
        const wr_node *n = value_at(&f->args[0], i);
        if (n && !fn(f, n)) return false;
    }
    return true;
}

static int64_t truncated(double v) { // Rust's `as i64`: saturating, NaN is 0
    if (v != v) return 0;
    if (v >= 9223372036854775808.0) return INT64_MAX;
    if (v <= -9223372036854775808.0) return INT64_MIN;
    return (int64_t)v;
}

static bool to_int(fn_call *f, const wr_node *n) {
    int64_t v;
    switch ((wr_kind)n->kind) {
    case WR_STR:
        if (!wr_parse_i64(wr_node_str(n), &v))
            return cannot_convert(f, "a string", n, "an integer");
        return make_int(f, v, n);
    case WR_INT: return make_int(f, n->u.i, n);
    case WR_FLOAT: return make_int(f, truncated(n->u.f), n);
    case WR_CHAR:
        v = digit_of(n);
        return v < 0 ? cannot_convert(f, "a character", n, "an integer") : make_int(f, v, n);
    default: return true;
    }
}

static bool to_float(fn_call *f, const wr_node *n) {
    wr_node made = {.kind = WR_FLOAT};
    switch ((wr_kind)n->kind) {
    case WR_STR:
        if (!wr_parse_f64(wr_node_str(n), &made.u.f))
            return cannot_convert(f, "a string", n, "a float");
        break;
    case WR_INT: made.u.f = (double)n->u.i; break;
    case WR_FLOAT: made.u.f = n->u.f; break;
    case WR_CHAR:
        if (digit_of(n) < 0) return cannot_convert(f, "a character", n, "a float");
        made.u.f = (double)digit_of(n);
        break;
    default: return true;
    }
    return make(f, made, n);
}

static bool to_bool(fn_call *f, const wr_node *n) {
    if (n->kind == WR_BOOL) return make(f, (wr_node){.kind = WR_BOOL, .u.b = n->u.b}, n);
    if (n->kind != WR_STR) return true;
    wr_str low = wr_to_lower(&f->e->arena, wr_node_str(n));
    if (low.p == NULL) return g_nomem(f->e);
    bool yes = wr_eq(low, WR_S("true"));
    if (!yes && !wr_eq(low, WR_S("false"))) return cannot_convert(f, "a string", n, "a boolean");
    return make(f, (wr_node){.kind = WR_BOOL, .u.b = yes}, n);
}

static bool to_str(fn_call *f, const wr_node *n) {
    wr_buf b;
    char utf8[4];
    if (n->kind == WR_STR) return make_str(f, wr_node_str(n), n);
    text_init(f, &b);
    if (n->kind == WR_INT) wr_put_i64(&b, n->u.i);
    else if (n->kind == WR_FLOAT) wr_put_f64_display(&b, n->u.f);
    else if (n->kind == WR_BOOL) wr_putz(&b, n->u.b ? "true" : "false");
    else if (n->kind == WR_CHAR) wr_put(&b, utf8, wr_utf8_put((uint32_t)n->u.i, utf8));
    else {
        wr_buf_fini(&b);
        return true;
    }
    return make_text(f, &b, n);
}

static bool to_char(fn_call *f, const wr_node *n) {
    wr_node made = {.kind = WR_CHAR};
    if (n->kind == WR_CHAR) return to_str(f, n);
    if (n->kind == WR_INT) {
        if (n->u.i < 0 || n->u.i > 9) return cannot_convert(f, "an int", n, "a char");
        made.u.i = '0' + n->u.i;
        return make(f, made, n);
    }
    if (n->kind != WR_STR) return true;
    wr_str s = wr_node_str(n);
    if (s.n > 1) return cannot_convert(f, "an string", n, "a char");
    made.u.i = s.n ? s.p[0] : 0;
    return s.n == 0 || make(f, made, n);
}

static bool fn_parse_int(fn_call *f) { return for_values(f, to_int); }
static bool fn_parse_float(fn_call *f) { return for_values(f, to_float); }
static bool fn_parse_boolean(fn_call *f) { return for_values(f, to_bool); }
static bool fn_parse_string(fn_call *f) { return for_values(f, to_str); }
static bool fn_parse_char(fn_call *f) { return for_values(f, to_char); }

// ---------------------------------------------------------------------------------- time

static bool fn_now(fn_call *f) { return make_int(f, f->e->ctx->now, NULL); }

// n digits at *i; false when there are not.
static bool digits(wr_str s, size_t *i, uint32_t n, int64_t *out) {
    *out = 0;
    for (uint32_t k = 0; k < n; k++, (*i)++) {
        if (*i >= s.n || s.p[*i] < '0' || s.p[*i] > '9') return false;
        *out = *out * 10 + (s.p[*i] - '0');
    }
    return true;
}

static bool literally(wr_str s, size_t *i, const char *any) {
    if (*i >= s.n || !strchr(any, s.p[*i]) || !s.p[*i]) return false;
    (*i)++;
    return true;
}

// RFC 3339, section 5.6, with a space allowed for T and a leap second.
static bool parse_rfc3339(wr_str s, int64_t *out) {
    int64_t y, mo, d, h, mi, sec, zh = 0, zm = 0, sign = 1;
    size_t i = 0;
    if (!digits(s, &i, 4, &y) || !literally(s, &i, "-") || !digits(s, &i, 2, &mo) ||
        !literally(s, &i, "-") || !digits(s, &i, 2, &d) || !literally(s, &i, "Tt ") ||
        !digits(s, &i, 2, &h) || !literally(s, &i, ":") || !digits(s, &i, 2, &mi) ||
        !literally(s, &i, ":") || !digits(s, &i, 2, &sec))
        return false;
    if (i < s.n && s.p[i] == '.') {
        size_t from = ++i;
        while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9') i++;
        if (i == from) return false;
    }
    if (!literally(s, &i, "Zz")) {
        sign = i < s.n && s.p[i] == '-' ? -1 : 1;
        if (!literally(s, &i, "+-") || !digits(s, &i, 2, &zh) || !literally(s, &i, ":") ||
            !digits(s, &i, 2, &zm))
            return false;
    }
    if (i != s.n || mo < 1 || mo > 12 || d < 1 || d > wr_days_in_month(y, mo) || h > 23 ||
        mi > 59 || sec > 60 || zh > 23 || zm > 59)
        return false;
    if (sec == 60) sec = 59;
    *out = wr_days(y, mo, d) * 86400 + h * 3600 + mi * 60 + sec - sign * (zh * 3600 + zm * 60);
    return true;
}

static bool each_epoch(fn_call *f, const wr_node *n, wr_str s, void *arg) {
    int64_t t;
    (void)arg;
    if (parse_rfc3339(s, &t)) return make_int(f, t, n);
    wr_buf b;
    wr_buf_init(&b, SIZE_MAX);
    g_vals v = {f->e->doc, f->e->file, f->e};
    wr_putf(&b, "Failed to parse datetime: %.*s at ", WR_FMT(s));
    g_put_place(&b, &v, n);
    wr_putz(&b, ": input is not a date and time of RFC 3339");
    g_error_str(f->e, G_E_PARSE, wr_buf_str(&b));
    wr_buf_fini(&b);
    return false;
}

static bool fn_parse_epoch(fn_call *f) { return for_strings(f, each_epoch, NULL); }

// ---------------------------------------------------------------------------------- the table

static const g_fn fns[] = {
    {"count", 1, false, fn_count},
    {"join", 2, false, fn_join},
    {"json_parse", 1, false, fn_json_parse},
    {"now", 0, true, fn_now},
    {"parse_boolean", 1, false, fn_parse_boolean},
    {"parse_char", 1, false, fn_parse_char},
    {"parse_epoch", 1, true, fn_parse_epoch},
    {"parse_float", 1, false, fn_parse_float},
    {"parse_int", 1, false, fn_parse_int},
    {"parse_string", 1, false, fn_parse_string},
    {"regex_replace", 3, false, fn_regex_replace},
    {"substring", 3, false, fn_substring},
    {"to_lower", 1, false, fn_to_lower},
    {"to_upper", 1, false, fn_to_upper},
    {"url_decode", 1, false, fn_url_decode},
};

uint32_t g_fn_count(void) { return sizeof fns / sizeof fns[0]; }
const g_fn *g_fn_at(uint32_t i) { return &fns[i]; }
uint32_t g_fn_arity(const g_fn *f) { return f->arity; }
bool g_fn_is_32(const g_fn *f) { return f->is_32; }
wr_str g_fn_name(const g_fn *f) { return wr_strz(f->name); }

const g_fn *g_fn_find(wr_str name) {
    for (uint32_t i = 0; i < g_fn_count(); i++)
        if (wr_eq(wr_strz(fns[i].name), name)) return &fns[i];
    return NULL;
}

// Of what is not known nothing can be worked out: it is the answer itself, beside what is made of
// the rest, so that a clause about the answer turns on it. A value that is there counts, known or
// not.
static bool keep_unknown(fn_call *f, const g_call *c, bool *done) {
    g_list rest = {0};
    bool counts = c->fn->call == fn_count;
    bool whole = counts || c->fn->call == fn_join;
    uint32_t n_found = 0;
    for (uint32_t i = 0; i < c->n; i++) {
        for (uint32_t j = 0; j < f->args[i].n; j++) {
            const g_qr *q = &f->args[i].v[j];
            bool open = (!counts || q->tag == G_UNRESOLVED) && g_qr_unknown(f->e, q);
            n_found += open;
            *done |= open && (whole || i > 0);
            if (open && !g_add(f->e, f->out, *q)) return false;
            if (!open && i == 0 && !g_add(f->e, &rest, *q)) return false;
        }
    }
    if (n_found && c->n) f->args[0] = rest;
    return true;
}

bool g_call_fn(g_eval *e, g_scope *s, const g_call *c, g_list *out) {
    if (!c->fn || (c->fn->is_32 && !e->is_32))
        return g_error(e, G_E_PARSE, "no such function named %.*s exists", WR_FMT(c->name));
    if (c->n != c->fn->arity)
        return g_error(e, G_E_PARSE,
                       "%.*s function requires %u arguments be passed, but received %u",
                       WR_FMT(c->name), c->fn->arity, c->n);
    g_list args[3] = {{0}};
    if (!g_enter(e)) return false;
    for (uint32_t i = 0; i < c->n; i++)
        if (!g_operand(e, s, &c->args[i], &args[i])) return false;
    fn_call f = {e, args, out};
    bool done = false;
    bool ok = !e->has_unknown || keep_unknown(&f, c, &done);
    if (ok && !done) ok = c->fn->call(&f);
    g_leave(e);
    return ok;
}
