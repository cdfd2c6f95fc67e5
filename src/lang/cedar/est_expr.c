// SPDX-License-Identifier: Apache-2.0
// est_expr: expressions of policies in JSON to trees. An expression is an object of one member,
// the operator; Value holds entity data without a schema. What leans to the left in && || + - * is
// one chain, found in a loop, so that a long condition is not a deep one; all else is nested at
// most WR_CEDAR_DEPTH deep.
// Format: Cedar "JSON policy format"; words of faults as cedar-policy 4.13 says them.

#include "lang/cedar/est_int.h"

#include <stdlib.h>

// ---------------------------------------------------------------------------------- nodes

static ced_expr *node(est_reader *r, const wr_node *at, ced_op op, const ced_expr *const *v,
                      uint32_t n) {
    ced_expr *e = WR_NEW(&r->c->arena, ced_expr);
    const ced_expr **own = n ? WR_NEW_N(&r->c->arena, const ced_expr *, n) : NULL;
    if (e == NULL || (n && own == NULL)) {
        r->failed = true;
        return NULL;
    }
    *e = (ced_expr){.op = (uint8_t)op, .n = n, .v = own};
    for (uint32_t i = 0; i < n; i++) {
        if (v[i] == NULL) return NULL;
        own[i] = v[i];
        if (v[i]->depth >= e->depth) e->depth = (uint16_t)(v[i]->depth + 1);
    }
    if (e->depth <= WR_CEDAR_DEPTH) return e;
    est_fault(r, at, "the expression is nested more than %d deep", WR_CEDAR_DEPTH);
    return NULL;
}

static const ced_expr **room(est_reader *r, uint32_t n) {
    const ced_expr **v = WR_NEW_N(&r->c->arena, const ced_expr *, n + 1);
    if (v == NULL) r->failed = true;
    return v;
}

// Keys of a record in the order of their bytes, each with its value.
typedef struct entry {
    wr_str key;
    const wr_node *value;
} entry;

static int by_key(const void *a, const void *b) {
    return wr_cmp(((const entry *)a)->key, ((const entry *)b)->key);
}

typedef const ced_expr *reader(est_reader *r, const wr_node *n);

static const ced_expr *record(est_reader *r, const wr_node *n, reader *value) {
    if (n->kind != WR_MAP) {
        est_fault(r, n, "invalid type: %s, expected a map", est_kind(n));
        return NULL;
    }
    if (!est_no_repeats(r, n)) return NULL;
    entry *all = WR_NEW_N(&r->c->arena, entry, n->n + 1);
    wr_str *keys = WR_NEW_N(&r->c->arena, wr_str, n->n + 1);
    const ced_expr **v = room(r, n->n);
    if (all == NULL || keys == NULL || v == NULL) return NULL;
    for (uint32_t i = 0; i < n->n; i++) {
        all[i] = (entry){wr_node_str(wr_map_key(n, i)), wr_map_val(n, i)};
    }
    qsort(all, n->n, sizeof *all, by_key);
    for (uint32_t i = 0; i < n->n; i++) {
        keys[i] = wr_dup(&r->c->arena, all[i].key);
        v[i] = value(r, all[i].value);
        if (v[i] == NULL) return NULL;
    }
    ced_expr *e = node(r, n, CED_RECORD, v, n->n);
    if (e) e->u.keys = keys;
    return e;
}

static const ced_expr *list(est_reader *r, const wr_node *n, ced_op op, ced_fn fn, reader *value) {
    if (n->kind != WR_LIST) {
        est_fault(r, n, "invalid type: %s, expected a sequence", est_kind(n));
        return NULL;
    }
    const ced_expr **v = room(r, n->n);
    if (v == NULL) return NULL;
    for (uint32_t i = 0; i < n->n; i++) {
        v[i] = value(r, &n->u.kids[i]);
        if (v[i] == NULL) return NULL;
    }
    ced_expr *e = node(r, n, op, v, n->n);
    if (e) e->fn = (uint8_t)fn;
    return e;
}

static const ced_expr *string(est_reader *r, const wr_node *n) {
    ced_expr *e = node(r, n, CED_STRING, NULL, 0);
    return e && est_text(r, n, &e->u.s) ? e : NULL;
}

// ---------------------------------------------------------------------------------- Value

static const wr_node *get(const est_reader *r, const wr_node *m, const char *key) {
    return m->kind == WR_MAP ? wr_map_getz(r->d, m, key) : NULL;
}

// Is n a map of exactly these keys?
static bool is_just(const est_reader *r, const wr_node *n, const char *a, const char *b) {
    if (n->kind != WR_MAP || n->n != (b ? 2u : 1u)) return false;
    return get(r, n, a) != NULL && (b == NULL || get(r, n, b) != NULL);
}

static bool is_text(const wr_node *n) { return n != NULL && n->kind == WR_STR; }

static const ced_expr *value(est_reader *r, const wr_node *n);

static bool is_extn(const est_reader *r, const wr_node *n) {
    if (is_just(r, n, "fn", "arg")) return is_text(get(r, n, "fn"));
    return is_just(r, n, "fn", "args") && is_text(get(r, n, "fn")) &&
           get(r, n, "args")->kind == WR_LIST;
}

// {fn, arg | args}: how many arguments are right is for evaluation to say.
static const ced_expr *extn(est_reader *r, const wr_node *n) {
    const wr_node *name = get(r, n, "fn"), *arg = get(r, n, "arg");
    wr_str text = wr_node_str(name);
    ced_fn fn;
    if (!ced_fn_find(text, &fn) || ced_fn_at(fn)->built_in) {
        est_fault(r, name, "`%.*s` is not a valid function", WR_FMT(wr_utf8_cut(text, 80)));
        return NULL;
    }
    if (arg == NULL) return list(r, get(r, n, "args"), CED_CALL, fn, value);
    const ced_expr *v = value(r, arg);
    ced_expr *e = v ? node(r, n, CED_CALL, &v, 1) : NULL;
    if (e) e->fn = (uint8_t)fn;
    return e;
}

static const ced_expr *map_value(est_reader *r, const wr_node *n) {
    if (is_just(r, n, "__expr", NULL)) {
        est_fault(r, n, "the `__expr` escape is no longer supported");
        return NULL;
    }
    const wr_node *in = is_just(r, n, "__entity", NULL) ? get(r, n, "__entity") : NULL;
    if (in && is_just(r, in, "type", "id") && is_text(get(r, in, "type")) &&
        is_text(get(r, in, "id"))) {
        ced_expr *e = node(r, n, CED_ENTITY, NULL, 0);
        if (e) e->u.uid = est_uid(r, in);
        return e && e->u.uid ? e : NULL;
    }
    in = is_just(r, n, "__extn", NULL) ? get(r, n, "__extn") : NULL;
    return in && is_extn(r, in) ? extn(r, in) : record(r, n, value);
}

static const ced_expr *leaf_value(est_reader *r, const wr_node *n) {
    if (n->kind == WR_STR) return string(r, n);
    ced_expr *e = node(r, n, n->kind == WR_BOOL ? CED_BOOL : CED_LONG, NULL, 0);
    if (e == NULL) return NULL;
    if (n->kind == WR_BOOL) e->u.b = n->u.b;
    else e->u.i = n->u.i;
    return e;
}

static const ced_expr *value(est_reader *r, const wr_node *n) {
    if (r->depth >= WR_CEDAR_DEPTH) {
        est_fault(r, n, "the value is nested more than %d deep", WR_CEDAR_DEPTH);
        return NULL;
    }
    const ced_expr *e = NULL;
    r->depth++;
    switch ((wr_kind)n->kind) {
    case WR_BOOL:
    case WR_INT:
    case WR_STR: e = leaf_value(r, n); break;
    case WR_LIST: e = list(r, n, CED_SET, (ced_fn)0, value); break;
    case WR_MAP: e = map_value(r, n); break;
    case WR_NULL: est_fault(r, n, "found a `null`; JSON `null`s are not allowed in Cedar"); break;
    default: est_fault(r, n, "this number is no integer of 64 bits"); break;
    }
    r->depth--;
    return e;
}

// ---------------------------------------------------------------------------------- leaves

static const ced_expr *variable(est_reader *r, const wr_node *n) {
    static const char *const names[] = {"principal", "action", "resource", "context"};
    static const ced_op ops[] = {CED_PRINCIPAL, CED_ACTION, CED_RESOURCE, CED_CONTEXT};
    if (n->kind != WR_STR) {
        est_fault(r, n, "invalid type: %s, expected string or map", est_kind(n));
        return NULL;
    }
    wr_str s = wr_node_str(n);
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (wr_eq(s, wr_strz(names[i]))) return node(r, n, ops[i], NULL, 0);
    est_fault(
        r, n,
        "unknown variant `%.*s`, expected one of `principal`, `action`, `resource`, `context`",
        WR_FMT(wr_utf8_cut(s, 80)));
    return NULL;
}

static const ced_expr *slot(est_reader *r, const wr_node *n) {
    wr_str s = n->kind == WR_STR ? wr_node_str(n) : WR_S("");
    if (wr_eq(s, WR_S("?principal")) || wr_eq(s, WR_S("?resource")))
        est_fault(r, n, "found template slot %.*s in a `%s` clause", WR_FMT(s), r->clause);
    else
        est_fault(r, n, "unknown variant `%.*s`, expected `?principal` or `?resource`",
                  WR_FMT(wr_utf8_cut(s, 80)));
    return NULL;
}

// ---------------------------------------------------------------------------------- operators

static const char *const one[] = {"arg"};
static const char *const two[] = {"left", "right"};

static const ced_expr *unary(est_reader *r, const wr_node *n, ced_op op) {
    const wr_node *m;
    if (!est_members(r, n, one, 1, 1, &m)) return NULL;
    const ced_expr *v = est_expr(r, m);
    return v ? node(r, n, op, &v, 1) : NULL;
}

static const ced_expr *binary(est_reader *r, const wr_node *n, ced_op op, ced_fn fn) {
    const wr_node *m[2];
    if (!est_members(r, n, two, 2, 2, m)) return NULL;
    const ced_expr *v[2];
    v[0] = est_expr(r, m[0]);
    v[1] = v[0] ? est_expr(r, m[1]) : NULL;
    ced_expr *e = v[1] ? node(r, n, op, v, 2) : NULL;
    if (e) e->fn = (uint8_t)fn;
    return e;
}

// The chain operator of an expression that is nothing else: CED_AND, CED_OR, CED_ADD (*minus tells
// which), CED_MUL; else CED_BOOL.
static ced_op chain_op(const wr_node *n, bool *minus) {
    if (n->kind != WR_MAP || n->n != 1 || wr_map_losers(n) > 0) return CED_BOOL;
    wr_str s = wr_node_str(wr_map_key(n, 0));
    *minus = wr_eq(s, WR_S("-"));
    if (*minus || wr_eq(s, WR_S("+"))) return CED_ADD;
    if (wr_eq(s, WR_S("*"))) return CED_MUL;
    if (wr_eq(s, WR_S("&&"))) return CED_AND;
    return wr_eq(s, WR_S("||")) ? CED_OR : CED_BOOL;
}

typedef struct chain_link {
    const wr_node *right;
    bool minus;
} chain_link;

// ((a + b) - c) from the outside: links are met from the last to the first.
static const ced_expr *chain(est_reader *r, const wr_node *n, ced_op op) {
    WR_VEC(chain_link) links = {0};
    const wr_node *first = n;
    bool minus = false;
    while (chain_op(first, &minus) == op) {
        const wr_node *m[2];
        if (!est_members(r, wr_map_val(first, 0), two, 2, 2, m)) return NULL;
        if (!WR_PUSH(&r->c->arena, &links, ((chain_link){m[1], minus}))) return NULL;
        first = m[0];
    }
    uint32_t count = links.n + 1;
    const ced_expr **v = room(r, count);
    uint64_t *signs = WR_NEW_N(&r->c->arena, uint64_t, count / 64 + 1);
    if (v == NULL || signs == NULL) return NULL;
    v[0] = est_expr(r, first);
    for (uint32_t i = 1; i < count && v[i - 1] != NULL; i++) {
        const chain_link *l = &links.v[links.n - i];
        v[i] = est_expr(r, l->right);
        if (l->minus) signs[i / 64] |= UINT64_C(1) << (i % 64);
    }
    ced_expr *e = v[count - 1] ? node(r, n, op, v, count) : NULL;
    if (e && op == CED_ADD) e->u.minus = signs;
    return e;
}

static const ced_expr *access(est_reader *r, const wr_node *n) {
    static const char *const names[] = {"left", "attr"};
    const wr_node *m[2];
    wr_str name;
    if (!est_members(r, n, names, 2, 2, m) || !est_text(r, m[1], &name)) return NULL;
    const ced_expr *v = est_expr(r, m[0]);
    ced_expr *e = v ? node(r, n, CED_GET, &v, 1) : NULL;
    if (e == NULL) return NULL;
    e->u.s = name;
    e->string = !ced_is_ident(name, false);
    return e;
}

static const ced_expr *has(est_reader *r, const wr_node *n) {
    static const char *const names[] = {"left", "attr"};
    const wr_node *m[2];
    if (!est_members(r, n, names, 2, 2, m)) return NULL;
    const wr_node *at = m[1], *v = at->kind == WR_LIST ? at->u.kids : at;
    uint32_t count = at->kind == WR_LIST ? at->n : 1;
    bool ok = count > 0;
    for (uint32_t i = 0; i < count; i++) ok &= v[i].kind == WR_STR;
    if (!ok) {
        est_fault(r, at, "`attr` of `has` is a string or a list of strings that is not empty");
        return NULL;
    }
    wr_str *path = WR_NEW_N(&r->c->arena, wr_str, count);
    for (uint32_t i = 0; path && i < count; i++) path[i] = wr_dup(&r->c->arena, wr_node_str(&v[i]));
    const ced_expr *left = path ? est_expr(r, m[0]) : NULL;
    ced_expr *e = left ? node(r, n, CED_HAS, &left, 1) : NULL;
    if (e == NULL) return NULL;
    e->string = count == 1 && !ced_is_ident(path[0], false);
    e->u.path.v = path;
    e->u.path.n = count;
    if (count + e->depth <= WR_CEDAR_DEPTH) return e;
    est_fault(r, n, "the expression is nested more than %d deep", WR_CEDAR_DEPTH);
    return NULL;
}

// One piece of a pattern: "Wildcard" ends the literal in b, {"Literal": s} adds to it.
static bool piece(est_reader *r, const wr_node *n, wr_buf *b, bool *star) {
    bool map = n->kind == WR_MAP;
    if (map && (n->n != 1 || !est_no_repeats(r, n)))
        return est_fault(r, n, "invalid value: map, expected map with a single key");
    if (!map && n->kind != WR_STR)
        return est_fault(r, n, "invalid type: %s, expected string or map", est_kind(n));
    wr_str s = wr_node_str(map ? wr_map_key(n, 0) : n);
    *star = !map && wr_eq(s, WR_S("Wildcard"));
    if (*star) return true;
    if (!map || !wr_eq(s, WR_S("Literal")))
        return est_fault(r, n, "unknown variant `%.*s`, expected `Wildcard` or `Literal`",
                         WR_FMT(wr_utf8_cut(s, 80)));
    const wr_node *text = wr_map_val(n, 0);
    if (text->kind != WR_STR)
        return est_fault(r, text, "invalid type: %s, expected a string", est_kind(text));
    wr_puts(b, wr_node_str(text));
    return true;
}

static bool pattern(est_reader *r, const wr_node *n, ced_pattern *out) {
    if (n->kind != WR_LIST)
        return est_fault(r, n, "invalid type: %s, expected a sequence", est_kind(n));
    WR_VEC(wr_str) lit = {0};
    wr_buf b;
    wr_buf_init(&b, 0);
    bool ok = true;
    for (uint32_t i = 0; ok && i <= n->n; i++) {
        bool star = true; // the end ends the last literal
        if (i < n->n) ok = piece(r, &n->u.kids[i], &b, &star);
        if (!ok || !star) continue;
        wr_str part = b.n ? wr_dup(&r->c->arena, wr_buf_str(&b)) : WR_S("");
        b.n = 0;
        ok = WR_PUSH(&r->c->arena, &lit, part);
    }
    ok &= b.rc == WR_OK;
    wr_buf_fini(&b);
    *out = (ced_pattern){lit.v, lit.n};
    return ok;
}

static const ced_expr *like(est_reader *r, const wr_node *n) {
    static const char *const names[] = {"left", "pattern"};
    const wr_node *m[2];
    ced_pattern p;
    if (!est_members(r, n, names, 2, 2, m) || !pattern(r, m[1], &p)) return NULL;
    const ced_expr *v = est_expr(r, m[0]);
    ced_expr *e = v ? node(r, n, CED_LIKE, &v, 1) : NULL;
    if (e) e->u.pattern = p;
    return e;
}

static const ced_expr *is(est_reader *r, const wr_node *n) {
    static const char *const names[] = {"left", "entity_type", "in"};
    const wr_node *m[3];
    wr_str type;
    if (!est_members(r, n, names, 3, 2, m) || !est_type_name(r, m[1], &type)) return NULL;
    const ced_expr *v[2];
    uint32_t count = m[2] && m[2]->kind != WR_NULL ? 2 : 1;
    v[0] = est_expr(r, m[0]);
    if (v[0] && count == 2) v[1] = est_expr(r, m[2]);
    if (v[0] == NULL || (count == 2 && v[1] == NULL)) return NULL;
    ced_expr *e = node(r, n, CED_IS, v, count);
    if (e) e->u.s = type;
    return e;
}

static const ced_expr *conditional(est_reader *r, const wr_node *n) {
    static const char *const names[] = {"if", "then", "else"};
    const wr_node *m[3];
    const ced_expr *v[3];
    if (!est_members(r, n, names, 3, 3, m)) return NULL;
    for (uint32_t i = 0; i < 3; i++) {
        v[i] = est_expr(r, m[i]);
        if (v[i] == NULL) return NULL;
    }
    return node(r, n, CED_IF, v, 3);
}

// ---------------------------------------------------------------------------------- one of all

static const ced_expr *call(est_reader *r, const wr_node *n, ced_fn fn) {
    const ced_fn_row *row = ced_fn_at(fn);
    if (!row->built_in) return list(r, n, CED_CALL, fn, est_expr);
    if (row->args == 2) return binary(r, n, CED_CALL, fn);
    const wr_node *m;
    if (!est_members(r, n, one, 1, 1, &m)) return NULL;
    const ced_expr *v = est_expr(r, m);
    ced_expr *e = v ? node(r, n, CED_CALL, &v, 1) : NULL;
    if (e) e->fn = (uint8_t)fn;
    return e;
}

static const ced_expr *unknown(est_reader *r, const wr_node *n, wr_str name) {
    est_fault(r, n,
              "unknown variant `%.*s`, expected one of `Value`, `Var`, `Slot`, `!`, `neg`, `==`, "
              "`!=`, `in`, `<`, `<=`, `>`, `>=`, `&&`, `||`, `+`, `-`, `*`, `contains`, "
              "`containsAll`, `containsAny`, `isEmpty`, `getTag`, `hasTag`, `.`, `has`, `like`, "
              "`is`, `if-then-else`, `Set`, `Record`",
              WR_FMT(wr_utf8_cut(name, 80)));
    return NULL;
}

static ced_op simple_op(wr_str name) {
    static const struct {
        const char *name;
        ced_op op;
    } rows[] = {{"!", CED_NOT}, {"neg", CED_NEG}, {"==", CED_EQ}, {"!=", CED_NE}, {"<", CED_LT},
                {"<=", CED_LE}, {">", CED_GT},    {">=", CED_GE}, {"in", CED_IN}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (wr_eq(name, wr_strz(rows[i].name))) return rows[i].op;
    return CED_BOOL;
}

static const ced_expr *set(est_reader *r, const wr_node *n) {
    return list(r, n, CED_SET, (ced_fn)0, est_expr);
}

static const ced_expr *record_of(est_reader *r, const wr_node *n) { return record(r, n, est_expr); }

// The operator `name` over m, its member.
static const ced_expr *operation(est_reader *r, const wr_node *n, wr_str name, const wr_node *m) {
    static const struct {
        const char *name;
        reader *read;
    } rows[] = {
        {"Value", value}, {"Var", variable},    {"Slot", slot}, {".", access},
        {"has", has},     {"like", like},       {"is", is},     {"if-then-else", conditional},
        {"Set", set},     {"Record", record_of}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (wr_eq(name, wr_strz(rows[i].name))) return rows[i].read(r, m);
    bool minus;
    ced_op op = chain_op(n, &minus);
    if (op != CED_BOOL) return chain(r, n, op);
    op = simple_op(name);
    if (op == CED_NOT || op == CED_NEG) return unary(r, m, op);
    if (op != CED_BOOL) return binary(r, m, op, (ced_fn)0);
    ced_fn fn;
    return ced_fn_find(name, &fn) ? call(r, m, fn) : unknown(r, n, name);
}

const ced_expr *est_expr(est_reader *r, const wr_node *n) {
    if (r->failed) return NULL;
    if (r->depth >= WR_CEDAR_DEPTH) {
        est_fault(r, n, "the expression is nested more than %d deep", WR_CEDAR_DEPTH);
        return NULL;
    }
    if (n->kind != WR_MAP) {
        est_fault(r, n, "invalid type: %s, expected JSON object representing an expression",
                  est_kind(n));
        return NULL;
    }
    if (n->n == 0) {
        est_fault(r, n, "empty map is not a valid expression");
        return NULL;
    }
    if (!est_no_repeats(r, n)) return NULL;
    wr_str name = wr_node_str(wr_map_key(n, 0));
    if (n->n > 1) {
        wr_str other = wr_node_str(wr_map_key(n, 1));
        est_fault(
            r, n,
            "JSON object representing an `Expr` should have only one key, but found two keys: "
            "`%.*s` and `%.*s`",
            WR_FMT(wr_utf8_cut(name, 80)), WR_FMT(wr_utf8_cut(other, 80)));
        return NULL;
    }
    r->depth++;
    const ced_expr *e = operation(r, n, name, wr_map_val(n, 0));
    r->depth--;
    return e;
}
