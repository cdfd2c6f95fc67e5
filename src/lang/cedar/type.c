// SPDX-License-Identifier: Apache-2.0
// type: types by themselves: equal, ordered, one under the other, the least above two, as text.
// Rules: cedar-spec Validation/Types.lean (strict), cedar-policy's permissive mode: entity types
// join to a union, records to what they share.

#include "lang/cedar/type_int.h"

#include <stdlib.h>

const ced_type ced_t_bool = {.kind = CED_T_BOOL};
const ced_type ced_t_true = {.kind = CED_T_TRUE};
const ced_type ced_t_false = {.kind = CED_T_FALSE};
const ced_type ced_t_long = {.kind = CED_T_LONG};
const ced_type ced_t_string = {.kind = CED_T_STRING};
const ced_type ced_t_never = {.kind = CED_T_NEVER};

enum { MAX_TEXT = 1 << 16 }; // of one type in a message

bool ced_step(ced_typing *t, uint64_t n) {
    if (t->steps < n) t->spent = true;
    else t->steps -= n;
    return !t->spent;
}

// ---------------------------------------------------------------------------------- order

static wr_str last_name(wr_str s, wr_str *path) {
    for (size_t i = s.n; i >= 2; i--)
        if (s.p[i - 1] == ':' && s.p[i - 2] == ':') {
            *path = wr_sub(s, 0, i - 2);
            return wr_sub(s, i, s.n);
        }
    *path = WR_S("");
    return s;
}

int ced_name_cmp(wr_str a, wr_str b) {
    wr_str pa, pb;
    wr_str la = last_name(a, &pa), lb = last_name(b, &pb);
    int d = wr_cmp(la, lb);
    if (d || wr_eq(pa, pb)) return d;
    for (;;) { // component by component, fewer first
        if (!pa.n || !pb.n) return pa.n ? 1 : -1;
        size_t ea = wr_find(pa, WR_S("::"), 0), eb = wr_find(pb, WR_S("::"), 0);
        d = wr_cmp(wr_sub(pa, 0, ea), wr_sub(pb, 0, eb));
        if (d) return d;
        pa = ea == SIZE_MAX ? WR_S("") : wr_sub(pa, ea + 2, pa.n);
        pb = eb == SIZE_MAX ? WR_S("") : wr_sub(pb, eb + 2, pb.n);
    }
}

static int rank(const ced_type *x) { // the order of kinds in messages
    static const uint8_t of[] = {
        [CED_T_NEVER] = 0,     [CED_T_BOOL] = 1,       [CED_T_TRUE] = 2,      [CED_T_FALSE] = 3,
        [CED_T_LONG] = 4,      [CED_T_STRING] = 5,     [CED_T_SET] = 6,       [CED_T_RECORD] = 7,
        [CED_T_ENTITY] = 8,    [CED_T_ANY_ENTITY] = 9, [CED_T_DATETIME] = 10, [CED_T_DECIMAL] = 11,
        [CED_T_DURATION] = 12, [CED_T_IP] = 13,
    };
    return of[x->kind];
}

static int sign(int64_t d) { return d < 0 ? -1 : d > 0; }

static int entities_cmp(const ced_type *a, const ced_type *b) {
    for (uint32_t i = 0; i < a->n && i < b->n; i++) {
        int d =
            a->entity[i] == b->entity[i] ? 0 : ced_name_cmp(a->entity[i]->name, b->entity[i]->name);
        if (d) return d;
    }
    return sign((int64_t)a->n - b->n);
}

static int records_cmp(ced_typing *t, const ced_type *a, const ced_type *b) {
    for (uint32_t i = 0; i < a->n && i < b->n; i++) {
        int d = wr_cmp(a->attrs[i].name, b->attrs[i].name);
        if (!d) d = ced_type_cmp(t, a->attrs[i].type, b->attrs[i].type);
        if (!d) d = (int)a->attrs[i].required - (int)b->attrs[i].required;
        if (d) return d;
    }
    if (a->n != b->n) return a->n < b->n ? -1 : 1;
    return (int)b->open - (int)a->open;
}

int ced_type_cmp(ced_typing *t, const ced_type *a, const ced_type *b) {
    if (a == b || !ced_step(t, 1)) return 0;
    int d = rank(a) - rank(b);
    if (d) return d;
    if (a->kind == CED_T_SET) return ced_type_cmp(t, a->of, b->of);
    if (a->kind == CED_T_ENTITY) return entities_cmp(a, b);
    if (a->kind == CED_T_RECORD) return records_cmp(t, a, b);
    return 0;
}

bool ced_type_same(ced_typing *t, const ced_type *a, const ced_type *b) {
    return ced_type_cmp(t, a, b) == 0;
}

uint64_t ced_type_hash(ced_typing *t, const ced_type *x) {
    if (!x || !ced_step(t, 1)) return 1;
    uint64_t h = (x->kind + 2u) * 0x9e3779b97f4a7c15u;
    if (x->kind == CED_T_SET) h ^= ced_type_hash(t, x->of) * 31;
    for (uint32_t i = 0; i < x->n; i++) {
        h = (h ^ (h >> 29)) * 0xbf58476d1ce4e5b9u;
        if (x->kind == CED_T_ENTITY) h ^= wr_hash(x->entity[i]->name, 1);
        else
            h ^= wr_hash(x->attrs[i].name, 2) + ced_type_hash(t, x->attrs[i].type) +
                 x->attrs[i].required;
    }
    return h;
}

// ---------------------------------------------------------------------------------- under

static bool under(ced_typing *t, const ced_type *a, const ced_type *b, bool strict);

static const ced_attr *attr_find(const ced_type *rec, wr_str name) {
    uint32_t lo = 0, hi = rec->n;
    while (lo < hi) {
        uint32_t m = lo + (hi - lo) / 2;
        int d = wr_cmp(rec->attrs[m].name, name);
        if (d == 0) return &rec->attrs[m];
        if (d < 0) lo = m + 1;
        else hi = m;
    }
    return NULL;
}

static bool record_under(ced_typing *t, const ced_type *a, const ced_type *b, bool strict) {
    if (a->open && !b->open) return false;
    if (!b->open && a->n != b->n) return false;
    for (uint32_t i = 0; i < b->n; i++) {
        const ced_attr *y = &b->attrs[i], *x = attr_find(a, y->name);
        if (!x) return false;
        if (strict ? x->required != y->required : !x->required && y->required) return false;
        if (!under(t, x->type, y->type, strict)) return false;
    }
    return true;
}

static bool has_entity(const ced_type *x, const ced_entity_type *e) {
    for (uint32_t i = 0; i < x->n; i++)
        if (x->entity[i] == e) return true;
    return false;
}

static bool entity_under(const ced_type *a, const ced_type *b, bool strict) {
    if (strict && a->n != b->n) return false;
    for (uint32_t i = 0; i < a->n; i++)
        if (!has_entity(b, a->entity[i])) return false;
    return true;
}

// Is every value of a one of b?
static bool under(ced_typing *t, const ced_type *a, const ced_type *b, bool strict) {
    if (a == b || a->kind == CED_T_NEVER) return true;
    if (!ced_step(t, 1)) return false;
    if (b->kind == CED_T_BOOL)
        return a->kind == CED_T_BOOL || a->kind == CED_T_TRUE || a->kind == CED_T_FALSE;
    if (b->kind == CED_T_ANY_ENTITY)
        return a->kind == CED_T_ANY_ENTITY || (a->kind == CED_T_ENTITY && !strict);
    if (a->kind != b->kind) return false;
    if (a->kind == CED_T_SET) return under(t, a->of, b->of, strict);
    if (a->kind == CED_T_ENTITY) return entity_under(a, b, strict);
    if (a->kind == CED_T_RECORD) return record_under(t, a, b, strict);
    return true;
}

// ---------------------------------------------------------------------------------- above

static ced_type *made(ced_typing *t, ced_type_kind kind) {
    ced_type *x = WR_NEW(t->scratch, ced_type);
    if (x) x->kind = (uint8_t)kind;
    return x;
}

static const ced_type *entity_union(ced_typing *t, const ced_type *a, const ced_type *b) {
    ced_type *x = made(t, CED_T_ENTITY);
    const ced_entity_type **v = WR_NEW_N(t->scratch, const ced_entity_type *, a->n + b->n);
    if (!x || !v || !ced_step(t, a->n + b->n)) return NULL;
    uint32_t i = 0, j = 0, n = 0;
    while (i < a->n || j < b->n) {
        int d = i == a->n   ? 1
                : j == b->n ? -1
                            : ced_name_cmp(a->entity[i]->name, b->entity[j]->name);
        v[n++] = d <= 0 ? a->entity[i] : b->entity[j];
        i += d <= 0;
        j += d >= 0;
    }
    x->entity = v;
    x->n = n;
    return x;
}

static const ced_type *record_strict(ced_typing *t, const ced_type *a, const ced_type *b,
                                     ced_lub_help *why) {
    ced_type *x = made(t, CED_T_RECORD);
    ced_attr *v = WR_NEW_N(t->scratch, ced_attr, a->n ? a->n : 1);
    if (!x || !v) return NULL;
    *why = CED_L_WIDTH;
    if (a->n != b->n) return NULL;
    for (uint32_t i = 0; i < a->n; i++)
        if (!wr_eq(a->attrs[i].name, b->attrs[i].name)) return NULL;
    for (uint32_t i = 0; i < a->n; i++) {
        *why = CED_L_QUALIFIER;
        if (a->attrs[i].required != b->attrs[i].required) return NULL;
        v[i] = a->attrs[i];
        v[i].type = ced_type_lub(t, a->attrs[i].type, b->attrs[i].type, true, why);
        if (!v[i].type) return NULL;
    }
    x->attrs = v;
    x->n = a->n;
    x->open = a->open || b->open;
    return x;
}

static const ced_type *record_loose(ced_typing *t, const ced_type *a, const ced_type *b) {
    ced_type *x = made(t, CED_T_RECORD);
    ced_attr *v = WR_NEW_N(t->scratch, ced_attr, a->n ? a->n : 1);
    if (!x || !v) return NULL;
    for (uint32_t i = 0; i < a->n; i++) {
        const ced_attr *p = &a->attrs[i], *q = attr_find(b, p->name);
        ced_lub_help why;
        const ced_type *both = q ? ced_type_lub(t, p->type, q->type, false, &why) : NULL;
        if (!both) continue;
        v[x->n] = *p;
        v[x->n].type = both;
        v[x->n++].required = p->required && q->required;
    }
    x->attrs = v;
    x->open = a->open || b->open || x->n != a->n || x->n != b->n;
    return x;
}

static bool entityish(const ced_type *x) {
    return x->kind == CED_T_ENTITY || x->kind == CED_T_ANY_ENTITY;
}

static const ced_type *lub_unlike(const ced_type *a, const ced_type *b, ced_lub_help *why) {
    if ((a->kind == CED_T_TRUE || a->kind == CED_T_FALSE) &&
        (b->kind == CED_T_TRUE || b->kind == CED_T_FALSE))
        return &ced_t_bool;
    if ((a->kind == CED_T_RECORD && entityish(b)) || (b->kind == CED_T_RECORD && entityish(a)))
        *why = CED_L_ENTITY_RECORD;
    return NULL;
}

const ced_type *ced_type_lub(ced_typing *t, const ced_type *a, const ced_type *b, bool strict,
                             ced_lub_help *why) {
    *why = CED_L_NONE;
    if (under(t, a, b, strict)) return b;
    if (under(t, b, a, strict)) return a;
    if (t->spent) return NULL;
    if (a->kind != b->kind) return lub_unlike(a, b, why);
    if (a->kind == CED_T_SET) {
        const ced_type *of = ced_type_lub(t, a->of, b->of, strict, why);
        ced_type *x = of ? made(t, CED_T_SET) : NULL;
        if (x) x->of = of;
        return x;
    }
    if (a->kind == CED_T_ENTITY) {
        *why = CED_L_ENTITY;
        return strict ? NULL : entity_union(t, a, b);
    }
    if (a->kind == CED_T_RECORD)
        return strict ? record_strict(t, a, b, why) : record_loose(t, a, b);
    return NULL;
}

// ---------------------------------------------------------------------------------- attributes

// Of a union: what all its types have, joined.
static ced_found attr_of_union(ced_typing *t, const ced_type *x, wr_str name) {
    ced_found f = {.required = true};
    bool all = true;
    for (uint32_t i = 0; i < x->n && ced_step(t, 1); i++) {
        const ced_type *shape = x->entity[i]->shape;
        const ced_attr *a = shape ? attr_find(shape, name) : NULL;
        ced_lub_help why;
        if (!a) {
            all = false;
            continue;
        }
        f.maybe = true;
        f.required = f.required && a->required;
        if (i && all) f.type = f.type ? ced_type_lub(t, f.type, a->type, false, &why) : NULL;
        else f.type = a->type;
        if (!f.type) all = false;
    }
    if (!all) f.type = NULL;
    return f;
}

ced_found ced_attr_of(ced_typing *t, const ced_type *x, wr_str name) {
    ced_found f = {0};
    if (x->kind == CED_T_NEVER || x->kind == CED_T_ANY_ENTITY) f.maybe = true;
    if (x->kind == CED_T_ENTITY) return attr_of_union(t, x, name);
    if (x->kind != CED_T_RECORD) return f;
    const ced_attr *a = attr_find(x, name);
    f.maybe = x->open || a;
    if (!a) return f;
    f.type = a->type;
    f.required = a->required;
    return f;
}

// ---------------------------------------------------------------------------------- text

static void say_entities(wr_buf *b, const ced_type *x) {
    if (x->n != 1) wr_putz(b, "__cedar::internal::Union<");
    for (uint32_t i = 0; i < x->n; i++) {
        if (i) wr_putz(b, ", ");
        wr_puts(b, x->entity[i]->name);
    }
    if (x->n != 1) wr_putc(b, '>');
}

static void say_record(ced_typing *t, wr_buf *b, const ced_type *x) {
    wr_putz(b, x->open ? "__cedar::internal::OpenRecord{" : "{");
    for (uint32_t i = 0; i < x->n && b->n < MAX_TEXT; i++) {
        wr_puts(b, x->attrs[i].name);
        wr_putz(b, x->attrs[i].required ? ": " : "?: ");
        ced_type_say(t, b, x->attrs[i].type);
        wr_putc(b, ',');
    }
    wr_putc(b, '}');
}

void ced_type_say(ced_typing *t, wr_buf *b, const ced_type *x) {
    static const char *const names[] = {
        [CED_T_BOOL] = "Bool",
        [CED_T_TRUE] = "__cedar::internal::True",
        [CED_T_FALSE] = "__cedar::internal::False",
        [CED_T_LONG] = "Long",
        [CED_T_STRING] = "String",
        [CED_T_ANY_ENTITY] = "__cedar::internal::AnyEntity",
        [CED_T_DECIMAL] = "decimal",
        [CED_T_IP] = "ipaddr",
        [CED_T_DATETIME] = "datetime",
        [CED_T_DURATION] = "duration",
        [CED_T_NEVER] = "__cedar::internal::Never",
    };
    if (!ced_step(t, 1)) return;
    if (b->n >= MAX_TEXT) wr_putz(b, "…");
    else if (x->kind == CED_T_RECORD) say_record(t, b, x);
    else if (x->kind == CED_T_ENTITY) say_entities(b, x);
    else if (x->kind == CED_T_SET) {
        wr_putz(b, "Set<");
        ced_type_say(t, b, x->of);
        wr_putc(b, '>');
    } else wr_putz(b, names[x->kind]);
}
