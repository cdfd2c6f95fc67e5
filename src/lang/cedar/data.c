// SPDX-License-Identifier: Apache-2.0
// data: JSON to values, by the rules of entity data: an object that is exactly {"__entity": {type,
// id}} or {"__extn": {fn, arg | args}} is an entity or the result of a constructor; one that is nearly
// so is an ordinary record. Numbers are integers of 64 bits or a fault; null is one.
// Rules: Cedar entities JSON format; behaviour of cedar-policy 4.13.

#include "lang/cedar/eval_int.h"

typedef struct reader {
    wr_ctx *c;
    const wr_doc *d;
    ced_uids *uids;
    const wr_cedar_store *store; // names it has are its own; NULL: uids are the store's
    bool free;                   // of no store
    uint32_t depth;
} reader;

static bool fault(reader *r, const wr_node *n, const char *fmt, ...) WR_PRINTF(3, 4);
static bool fault(reader *r, const wr_node *n, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    wr_str msg = wr_vfmt(&r->c->arena, fmt, ap);
    va_end(ap);
    (void)wr_report(r->c, WR_D_P0201, WR_ERROR, wr_form_src(r->d, n), wr_form_span(n), "%.*s",
                    WR_FMT(msg));
    return false;
}

static const wr_node *get(const reader *r, const wr_node *m, const char *key) {
    return m->kind == WR_MAP ? wr_map_getz(r->d, m, key) : NULL;
}

static bool is_text(const wr_node *n) { return n != NULL && n->kind == WR_STR; }

// Is n a map of exactly these keys?
static bool is_just(const reader *r, const wr_node *n, const char *a, const char *b) {
    if (n->kind != WR_MAP || n->n != (b ? 2u : 1u)) return false;
    return get(r, n, a) != NULL && (b == NULL || get(r, n, b) != NULL);
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

// {type, id}
static bool read_uid(reader *r, const wr_node *n, const ced_uid **out) {
    const wr_node *type = get(r, n, "type"), *id = get(r, n, "id");
    wr_str name = wr_node_str(type);
    if (!ced_is_name(name))
        return fault(r, type, "`%.*s` is no name of an entity type, or needs to be normalized",
                     WR_FMT(wr_utf8_cut(name, 80)));
    *out = ced_uid_of(r->uids, name, wr_node_str(id));
    return *out != NULL;
}

static bool is_uid(const reader *r, const wr_node *n) {
    return is_just(r, n, "type", "id") && is_text(get(r, n, "type")) && is_text(get(r, n, "id"));
}

bool ced_uid_read(wr_ctx *c, const wr_doc *d, const wr_node *n, ced_uids *uids,
                  const ced_uid **out) {
    reader r = {.c = c, .d = d, .uids = uids};
    const wr_node *e = is_just(&r, n, "__entity", NULL) ? get(&r, n, "__entity") : n;
    if (is_uid(&r, e)) return read_uid(&r, e, out);
    return fault(&r, n, "expected a literal entity reference: {\"type\": …, \"id\": …}");
}

static bool read_value(reader *r, const wr_node *n, ced_val *out);

// ---------------------------------------------------------------------------------- constructors

static bool apply(reader *r, const wr_node *n, ced_fn fn, const ced_val *args, uint32_t count,
                  ced_val *out) {
    ced_node leaf[2] = {{.op = CED_BOOL, .k = args[0]}, {.op = CED_BOOL, .k = args[1]}};
    const ced_node *v[2] = {&leaf[0], &leaf[1]};
    ced_node call = {.op = CED_CALL, .fn = (uint8_t)fn, .n = count, .v = v};
    ced_run run = {.scratch = &r->c->arena};
    if (ced_eval_call(&run, &call, out)) return true;
    wr_buf b;
    wr_buf_init(&b, 0);
    ced_error_say(&b, &run.error);
    bool said = fault(r, n, "%.*s", WR_FMT(wr_buf_str(&b)));
    wr_buf_fini(&b);
    return said;
}

static bool read_extn(reader *r, const wr_node *n, ced_val *out) {
    const wr_node *fn = get(r, n, "fn"), *arg = get(r, n, "arg"), *args = get(r, n, "args");
    wr_str name = wr_node_str(fn);
    ced_fn f;
    ced_val v[2] = {{0}, {0}};
    if (!ced_fn_find(name, &f) || ced_fn_at(f)->built_in || f == CED_F_UNKNOWN)
        return fault(r, fn, "extension function `%.*s` does not exist",
                     WR_FMT(wr_utf8_cut(name, 80)));
    uint32_t count = arg ? 1 : args->n;
    if (count != ced_fn_at(f)->args)
        return fault(r, n,
                     "wrong number of arguments provided to extension function `%s`: expected %u, "
                     "got %u",
                     ced_fn_at(f)->name, ced_fn_at(f)->args, count);
    for (uint32_t i = 0; i < count; i++)
        if (!read_value(r, arg ? arg : &args->u.kids[i], &v[i])) return false;
    return apply(r, n, f, v, count, out);
}

static bool is_extn(const reader *r, const wr_node *n) {
    if (is_just(r, n, "fn", "arg")) return is_text(get(r, n, "fn"));
    return is_just(r, n, "fn", "args") && is_text(get(r, n, "fn")) &&
           get(r, n, "args")->kind == WR_LIST;
}

// ---------------------------------------------------------------------------------- containers

static bool read_list(reader *r, const wr_node *n, ced_val *out) {
    ced_val *v = WR_NEW_N(&r->c->arena, ced_val, n->n + 1);
    if (v == NULL) return false;
    for (uint32_t i = 0; i < n->n; i++)
        if (!read_value(r, &n->u.kids[i], &v[i])) return false;
    return ced_set_make(&r->c->arena, v, n->n, out);
}

static bool read_record(reader *r, const wr_node *n, ced_val *out) {
    if (wr_map_losers(n) > 0) return fault(r, n, "a key stands in the object twice");
    ced_field *f = WR_NEW_N(&r->c->arena, ced_field, n->n + 1);
    if (f == NULL) return false;
    for (uint32_t i = 0; i < n->n; i++) {
        f[i].key = wr_node_str(wr_map_key(n, i));
        if (!read_value(r, wr_map_val(n, i), &f[i].v)) return false;
    }
    return ced_record_make(&r->c->arena, f, n->n, out);
}

static bool read_map(reader *r, const wr_node *n, ced_val *out) {
    if (is_just(r, n, "__expr", NULL))
        return fault(r, n, "the __expr escape is no longer supported");
    const wr_node *e = is_just(r, n, "__entity", NULL) ? get(r, n, "__entity") : NULL;
    if (e && is_uid(r, e)) {
        const ced_uid *u;
        if (!read_uid(r, e, &u)) return false;
        *out =
            (ced_val){.kind = CED_V_ENTITY, .of_store = r->store == NULL && !r->free, .u.uid = u};
        if (r->store) *out = ced_entity_val(r->store, u);
        return true;
    }
    e = is_just(r, n, "__extn", NULL) ? get(r, n, "__extn") : NULL;
    if (e && is_extn(r, e)) return read_extn(r, e, out);
    return read_record(r, n, out);
}

static bool read_value(reader *r, const wr_node *n, ced_val *out) {
    if (r->depth >= WR_CEDAR_DEPTH)
        return fault(r, n, "the value is nested more than %d deep", WR_CEDAR_DEPTH);
    bool ok = true;
    r->depth++;
    switch ((wr_kind)n->kind) {
    case WR_BOOL: *out = (ced_val){.kind = CED_V_BOOL, .u.b = n->u.b}; break;
    case WR_INT: *out = (ced_val){.kind = CED_V_LONG, .u.i = n->u.i}; break;
    case WR_STR: {
        wr_str s = wr_node_str(n);
        *out = (ced_val){.kind = CED_V_STRING, .n = (uint32_t)s.n, .u.s = s.p};
        break;
    }
    case WR_LIST: ok = read_list(r, n, out); break;
    case WR_MAP: ok = read_map(r, n, out); break;
    case WR_NULL: ok = fault(r, n, "found a `null`; Cedar has no null"); break;
    default: ok = fault(r, n, "this number is no integer of 64 bits"); break;
    }
    r->depth--;
    return ok;
}

wr_rc ced_val_read(wr_ctx *c, const wr_doc *d, const wr_node *n, ced_uids *uids,
                   const wr_cedar_store *store, ced_val *out) {
    reader r = {.c = c, .d = d, .uids = uids, .store = store};
    if (read_value(&r, n, out)) return WR_OK;
    return c->arena.oom ? WR_NOMEM : WR_BAD;
}

wr_rc ced_val_read_free(wr_ctx *c, const wr_doc *d, const wr_node *n, ced_uids *uids,
                        ced_val *out) {
    reader r = {.c = c, .d = d, .uids = uids, .free = true};
    if (read_value(&r, n, out)) return WR_OK;
    return c->arena.oom ? WR_NOMEM : WR_BAD;
}
