// SPDX-License-Identifier: Apache-2.0
// data: JSON to values, by the rules of entity data. Without a type: an object that is exactly
// {"__entity": {type, id}} or {"__extn": {fn, arg | args}} is an entity or the result of a
// constructor; one that is nearly so is an ordinary record. With the type a schema gives, the
// short forms are read too: {type, id}, {fn, arg}, and the argument of a constructor alone. Numbers
// are integers of 64 bits or a fault; null is one.
// Rules: Cedar entities JSON format; behaviour of cedar-policy 4.13.

#include "lang/cedar/data_int.h"

typedef struct reader {
    wr_ctx *c;
    const ced_reading *how;
    const wr_doc *d;
    uint32_t depth;
} reader;

// ---------------------------------------------------------------------------------- faults

void ced_put_place(wr_buf *b, const ced_place *p) {
    wr_str name = wr_utf8_cut(p->name, 80);
    switch (p->kind) {
    case CED_P_NONE: return;
    case CED_P_CONTEXT: wr_putz(b, "while parsing context, "); return;
    case CED_P_UID: wr_putz(b, "in uid field of <unknown entity>, "); return;
    case CED_P_PARENTS: wr_putz(b, "in parents field of `"); break;
    case CED_P_ATTR: wr_putf(b, "in attribute `%.*s` on `", WR_FMT(name)); break;
    case CED_P_TAG: wr_putf(b, "in tag `%.*s` on `", WR_FMT(name)); break;
    }
    wr_cedar_put_uid(b, (wr_cedar_uid){p->of->type, p->of->id});
    wr_putz(b, "`, ");
}

// Where something could not be computed.
static void put_place_of(wr_buf *b, const ced_place *p) {
    if (p->kind != CED_P_ATTR && p->kind != CED_P_TAG) return;
    wr_putf(b, "failed to evaluate %s `%.*s` of `", p->kind == CED_P_ATTR ? "attribute" : "tag",
            WR_FMT(wr_utf8_cut(p->name, 80)));
    wr_cedar_put_uid(b, (wr_cedar_uid){p->of->type, p->of->id});
    wr_putz(b, "`: ");
}

static wr_diag *report(reader *r, const wr_node *n, wr_buf *b) {
    wr_str text = wr_buf_str(b);
    wr_diag *d = wr_report(r->c, WR_D_P0201, WR_ERROR, wr_form_src(r->d, n), wr_form_span(n),
                           "%.*s", WR_FMT(text));
    wr_buf_fini(b);
    return d;
}

static bool fault(reader *r, const wr_node *n, const char *hint, const char *fmt, ...)
    WR_PRINTF(4, 5);
static bool fault(reader *r, const wr_node *n, const char *hint, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    wr_str msg = wr_vfmt(&r->c->arena, fmt, ap);
    va_end(ap);
    wr_buf b;
    wr_buf_init(&b, 0);
    ced_put_place(&b, &r->how->place);
    wr_puts(&b, msg);
    wr_diag *d = report(r, n, &b);
    if (hint) wr_hint(r->c, d, "%s", hint);
    return false;
}

// ---------------------------------------------------------------------------------- shapes

static const wr_node *get(const reader *r, const wr_node *m, const char *key) {
    return m->kind == WR_MAP ? wr_map_getz(r->d, m, key) : NULL;
}

static bool is_text(const wr_node *n) { return n != NULL && n->kind == WR_STR; }

// The value of a map of this key alone.
static const wr_node *only(const reader *r, const wr_node *n, const char *key) {
    return n->kind == WR_MAP && n->n == 1 ? get(r, n, key) : NULL;
}

bool ced_is_name(wr_str s) {
    size_t beg = 0;
    for (size_t i = 0; i <= s.n; i++) {
        char c = i < s.n ? s.p[i] : ':';
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                    (c >= '0' && c <= '9' && i > beg);
        if (word) continue;
        bool colons = i == s.n || (i + 1 < s.n && c == ':' && s.p[i + 1] == ':');
        if (!colons || i == beg || ced_reserved(wr_sub(s, beg, i))) return false;
        beg = i + 2;
        i++;
    }
    return true;
}

static bool is_uid(const reader *r, const wr_node *n) {
    return is_text(get(r, n, "type")) && is_text(get(r, n, "id"));
}

static bool is_extn(const reader *r, const wr_node *n) {
    const wr_node *args = get(r, n, "args");
    return is_text(get(r, n, "fn")) && (get(r, n, "arg") || (args && args->kind == WR_LIST));
}

// ---------------------------------------------------------------------------------- entities

// {type, id}
static bool read_uid(reader *r, const wr_node *n, const ced_uid **out) {
    const wr_node *type = get(r, n, "type"), *id = get(r, n, "id");
    wr_str name = wr_node_str(type);
    if (wr_map_losers(n) > 0) return fault(r, n, NULL, "a key stands in the object twice");
    if (!ced_is_name(name))
        return fault(r, type,
                     "an __entity escape should have a value like `{ \"type\": \"SomeType\", "
                     "\"id\": \"SomeId\" }`",
                     "`%.*s` is no name of an entity type, or needs to be normalized",
                     WR_FMT(wr_utf8_cut(name, 80)));
    *out = ced_uid_of(r->how->uids, name, wr_node_str(id));
    return *out != NULL;
}

// Where an entity is known to stand: the short form, and more members, are fine.
static bool read_reference(reader *r, const wr_node *n, const ced_uid **out) {
    if (n->kind == WR_NULL)
        return fault(r, n, NULL, "found a `null`; JSON `null`s are not allowed in Cedar");
    const wr_node *e = get(r, n, "__entity");
    if (e && is_uid(r, e)) return read_uid(r, e, out);
    if (is_uid(r, n)) return read_uid(r, n, out);
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_rc rc = wr_put_json(&b, n, -1);
    wr_str text = rc == WR_OK ? wr_utf8_cut(wr_buf_str(&b), 200) : WR_S("…");
    (void)fault(r, n,
                "literal entity references can be made with `{ \"type\": \"SomeType\", \"id\": "
                "\"SomeId\" }`",
                "expected a literal entity reference, but got `%.*s`", WR_FMT(text));
    wr_buf_fini(&b);
    return false;
}

static ced_val entity(const reader *r, const ced_uid *u) {
    if (r->how->store) return ced_entity_val(r->how->store, u);
    return (ced_val){.kind = CED_V_ENTITY, .of_store = !r->how->free, .u.uid = u};
}

// ---------------------------------------------------------------------------------- constructors

static bool read_value(reader *r, const wr_node *n, ced_val *out);
static bool read_typed(reader *r, const wr_node *n, const ced_type *t, ced_val *out);

static bool apply(reader *r, const wr_node *n, ced_fn fn, const ced_val *args, uint32_t count,
                  ced_val *out) {
    ced_node leaf[2] = {{.op = CED_BOOL, .k = args[0]}, {.op = CED_BOOL, .k = args[1]}};
    const ced_node *v[2] = {&leaf[0], &leaf[1]};
    ced_node call = {.op = CED_CALL, .fn = (uint8_t)fn, .n = count, .v = v};
    ced_run run = {.scratch = &r->c->arena};
    if (ced_eval_call(&run, &call, out)) return true;
    wr_buf b;
    wr_buf_init(&b, 0);
    put_place_of(&b, &r->how->place);
    ced_error_say(&b, &run.error);
    (void)report(r, n, &b);
    return false;
}

// The types of what a function takes, where they let a short form be read; NULL: read as it looks.
static const ced_type *argument_type(ced_fn f, uint32_t i) {
    static const ced_type types[] = {{.kind = CED_T_DECIMAL},
                                     {.kind = CED_T_IP},
                                     {.kind = CED_T_DATETIME},
                                     {.kind = CED_T_DURATION}};
    switch (f) {
    case CED_F_LESS_THAN:
    case CED_F_LESS_THAN_OR_EQUAL:
    case CED_F_GREATER_THAN:
    case CED_F_GREATER_THAN_OR_EQUAL: return &types[0];
    case CED_F_IS_IPV4:
    case CED_F_IS_IPV6:
    case CED_F_IS_LOOPBACK:
    case CED_F_IS_MULTICAST:
    case CED_F_IS_IN_RANGE: return &types[1];
    case CED_F_OFFSET: return &types[i == 0 ? 2 : 3];
    case CED_F_DURATION_SINCE:
    case CED_F_TO_DATE:
    case CED_F_TO_TIME: return &types[2];
    case CED_F_TO_MILLISECONDS:
    case CED_F_TO_SECONDS:
    case CED_F_TO_MINUTES:
    case CED_F_TO_HOURS:
    case CED_F_TO_DAYS: return &types[3];
    default: return NULL;
    }
}

// {fn, arg | args}
static bool read_extn(reader *r, const wr_node *n, bool typed, ced_val *out) {
    const wr_node *fn = get(r, n, "fn"), *arg = get(r, n, "arg"), *args = get(r, n, "args");
    wr_str name = wr_node_str(fn);
    ced_fn f;
    ced_val v[2] = {{0}, {0}};
    if (!ced_fn_find(name, &f) || ced_fn_at(f)->built_in || f == CED_F_UNKNOWN) {
        wr_buf b;
        wr_buf_init(&b, 0);
        put_place_of(&b, &r->how->place);
        wr_putf(&b, "extension function `%.*s` does not exist", WR_FMT(wr_utf8_cut(name, 80)));
        (void)report(r, fn, &b);
        return false;
    }
    uint32_t count = arg ? 1 : args->n;
    if (count != ced_fn_at(f)->args)
        return fault(r, n, NULL,
                     "wrong number of arguments provided to extension function `%s`: expected %u, "
                     "got %u",
                     ced_fn_at(f)->name, ced_fn_at(f)->args, count);
    for (uint32_t i = 0; i < count; i++) {
        const ced_type *t = typed ? argument_type(f, i) : NULL;
        const wr_node *a = arg ? arg : &args->u.kids[i];
        if (t ? !read_typed(r, a, t, &v[i]) : !read_value(r, a, &v[i])) return false;
    }
    return apply(r, n, f, v, count, out);
}

// Where the type is an extension's: the long forms, or what its constructor takes.
static bool read_extension(reader *r, const wr_node *n, const ced_type *t, ced_val *out) {
    static const uint8_t constructors[] = {[CED_T_DECIMAL] = CED_F_DECIMAL,
                                           [CED_T_IP] = CED_F_IP,
                                           [CED_T_DATETIME] = CED_F_DATETIME,
                                           [CED_T_DURATION] = CED_F_DURATION};
    const wr_node *e = get(r, n, "__extn");
    if (e && is_extn(r, e)) return read_extn(r, e, true, out);
    if (is_extn(r, n)) return read_extn(r, n, true, out);
    ced_val v[2] = {{0}, {0}};
    if (!read_value(r, n, &v[0])) return false;
    return apply(r, n, (ced_fn)constructors[t->kind], v, 1, out);
}

// ---------------------------------------------------------------------------------- containers

static bool read_list(reader *r, const wr_node *n, const ced_type *of, ced_val *out) {
    ced_val *v = WR_NEW_N(&r->c->arena, ced_val, n->n + 1);
    if (v == NULL) return false;
    for (uint32_t i = 0; i < n->n; i++) {
        const wr_node *one = &n->u.kids[i];
        if (of ? !read_typed(r, one, of, &v[i]) : !read_value(r, one, &v[i])) return false;
    }
    return ced_set_make(&r->c->arena, v, n->n, out);
}

static bool no_repeats(reader *r, const wr_node *n) {
    return wr_map_losers(n) == 0 || fault(r, n, NULL, "a key stands in the object twice");
}

static bool read_record(reader *r, const wr_node *n, ced_val *out) {
    if (!no_repeats(r, n)) return false;
    ced_field *f = WR_NEW_N(&r->c->arena, ced_field, n->n + 1);
    if (f == NULL) return false;
    for (uint32_t i = 0; i < n->n; i++) {
        f[i].key = wr_node_str(wr_map_key(n, i));
        if (!read_value(r, wr_map_val(n, i), &f[i].v)) return false;
    }
    return ced_record_make(&r->c->arena, f, n->n, out);
}

static const ced_attr *attribute(const ced_type *t, wr_str name) {
    uint32_t lo = 0, hi = t->n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        int c = wr_cmp(t->attrs[mid].name, name);
        if (c == 0) return &t->attrs[mid];
        if (c < 0) lo = mid + 1;
        else hi = mid;
    }
    return NULL;
}

static bool misfit(reader *r, const wr_node *n, const ced_misfit *m) {
    wr_buf b;
    wr_buf_init(&b, 0);
    ced_put_place(&b, &r->how->place);
    ced_misfit_say(&b, m);
    (void)report(r, n, &b);
    return false;
}

static bool read_typed_record(reader *r, const wr_node *n, const ced_type *t, ced_val *out) {
    if (!no_repeats(r, n)) return false;
    ced_field *f = WR_NEW_N(&r->c->arena, ced_field, n->n + 1);
    if (f == NULL) return false;
    for (uint32_t i = 0; i < n->n; i++) {
        const ced_attr *a = attribute(t, wr_node_str(wr_map_key(n, i)));
        f[i].key = wr_node_str(wr_map_key(n, i));
        if (a == NULL)
            return misfit(r, wr_map_key(n, i), &(ced_misfit){CED_M_EXTRA, t, NULL, f[i].key});
        if (!read_typed(r, wr_map_val(n, i), a->type, &f[i].v)) return false;
    }
    if (!ced_record_make(&r->c->arena, f, n->n, out)) return false;
    for (uint32_t i = 0; i < t->n; i++)
        if (t->attrs[i].required && !ced_record_get(out, t->attrs[i].name))
            return misfit(r, n, &(ced_misfit){CED_M_MISSING, t, NULL, t->attrs[i].name});
    return true;
}

static bool read_map(reader *r, const wr_node *n, ced_val *out) {
    if (only(r, n, "__expr"))
        return fault(r, n,
                     "to create an entity reference, use `__entity`; to create an extension value, "
                     "use `__extn`; and for all other values, use JSON directly",
                     "the `__expr` escape is no longer supported");
    const wr_node *e = only(r, n, "__entity");
    if (e && is_uid(r, e)) {
        const ced_uid *u = NULL;
        if (!read_uid(r, e, &u) || u == NULL) return false;
        *out = entity(r, u);
        return true;
    }
    e = only(r, n, "__extn");
    if (e && is_extn(r, e)) return read_extn(r, e, false, out);
    return read_record(r, n, out);
}

// ---------------------------------------------------------------------------------- values

static bool deeper(reader *r, const wr_node *n) {
    if (r->depth >= WR_CEDAR_DEPTH)
        return fault(r, n, NULL, "the value is nested more than %d deep", WR_CEDAR_DEPTH);
    r->depth++;
    return true;
}

static bool read_value(reader *r, const wr_node *n, ced_val *out) {
    if (!deeper(r, n)) return false;
    bool ok = true;
    switch ((wr_kind)n->kind) {
    case WR_BOOL: *out = (ced_val){.kind = CED_V_BOOL, .u.b = n->u.b}; break;
    case WR_INT: *out = (ced_val){.kind = CED_V_LONG, .u.i = n->u.i}; break;
    case WR_STR: {
        wr_str s = wr_node_str(n);
        *out = (ced_val){.kind = CED_V_STRING, .n = (uint32_t)s.n, .u.s = s.p};
        break;
    }
    case WR_LIST: ok = read_list(r, n, NULL, out); break;
    case WR_MAP: ok = read_map(r, n, out); break;
    case WR_NULL:
        ok = fault(r, n, NULL, "found a `null`; JSON `null`s are not allowed in Cedar");
        break;
    default: ok = fault(r, n, NULL, "this number is no integer of 64 bits"); break;
    }
    r->depth--;
    return ok;
}

// What is no list or map where the type asks for one.
static bool wrong_kind(reader *r, const wr_node *n, const ced_type *t) {
    ced_val v;
    if (!read_value(r, n, &v)) return false;
    return misfit(r, n, &(ced_misfit){CED_M_TYPE, t, &v, WR_S("")});
}

static bool read_typed(reader *r, const wr_node *n, const ced_type *t, ced_val *out) {
    if (!deeper(r, n)) return false;
    bool ok = false;
    const ced_uid *u;
    switch ((ced_type_kind)t->kind) {
    case CED_T_ENTITY:
    case CED_T_ANY_ENTITY:
        ok = read_reference(r, n, &u);
        if (ok) *out = entity(r, u);
        break;
    case CED_T_SET:
        ok = n->kind == WR_LIST ? read_list(r, n, t->of, out) : wrong_kind(r, n, t);
        break;
    case CED_T_RECORD:
        ok = n->kind == WR_MAP ? read_typed_record(r, n, t, out) : wrong_kind(r, n, t);
        break;
    case CED_T_DECIMAL:
    case CED_T_IP:
    case CED_T_DATETIME:
    case CED_T_DURATION: ok = read_extension(r, n, t, out); break;
    default: ok = read_value(r, n, out); break;
    }
    r->depth--;
    return ok;
}

// ---------------------------------------------------------------------------------- outside

wr_rc ced_read(wr_ctx *c, const ced_reading *how, const wr_node *n, const ced_type *type,
               ced_val *out) {
    reader r = {c, how, how->d, 0};
    if (type ? read_typed(&r, n, type, out) : read_value(&r, n, out)) return WR_OK;
    return c->arena.oom ? WR_NOMEM : WR_BAD;
}

bool ced_read_uid(wr_ctx *c, const ced_reading *how, const wr_node *n, const ced_uid **out) {
    reader r = {c, how, how->d, 0};
    return read_reference(&r, n, out);
}

bool ced_uid_read(wr_ctx *c, const wr_doc *d, const wr_node *n, ced_uids *uids,
                  const ced_uid **out) {
    ced_reading how = {.d = d, .uids = uids};
    return ced_read_uid(c, &how, n, out);
}

wr_rc ced_val_read(wr_ctx *c, const wr_doc *d, const wr_node *n, ced_uids *uids,
                   const wr_cedar_store *store, ced_val *out) {
    ced_reading how = {.d = d, .uids = uids, .store = store};
    return ced_read(c, &how, n, NULL, out);
}

wr_rc ced_val_read_free(wr_ctx *c, const wr_doc *d, const wr_node *n, ced_uids *uids,
                        ced_val *out) {
    ced_reading how = {.d = d, .uids = uids, .free = true};
    return ced_read(c, &how, n, NULL, out);
}
