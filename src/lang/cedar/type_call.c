// SPDX-License-Identifier: Apache-2.0
// type_call: calls: methods of sets, tags, functions of the extension types. To add an extension
// function: a row in call.c, and here what it takes and gives.
// Rules: cedar-spec Validation/Typechecker.lean, cedar-policy 4.13.

#include "lang/cedar/type_int.h"

static const ced_type decimal = {.kind = CED_T_DECIMAL};
static const ced_type ip = {.kind = CED_T_IP};
static const ced_type datetime = {.kind = CED_T_DATETIME};
static const ced_type duration = {.kind = CED_T_DURATION};

typedef struct sig { // of an extension function
    const ced_type *gives;
    uint8_t takes[2]; // ced_want
} sig;

static const sig sigs[CED_N_FNS] = {
    [CED_F_DECIMAL] = {&decimal, {CED_W_STRING}},
    [CED_F_LESS_THAN] = {&ced_t_bool, {CED_W_DECIMAL, CED_W_DECIMAL}},
    [CED_F_LESS_THAN_OR_EQUAL] = {&ced_t_bool, {CED_W_DECIMAL, CED_W_DECIMAL}},
    [CED_F_GREATER_THAN] = {&ced_t_bool, {CED_W_DECIMAL, CED_W_DECIMAL}},
    [CED_F_GREATER_THAN_OR_EQUAL] = {&ced_t_bool, {CED_W_DECIMAL, CED_W_DECIMAL}},
    [CED_F_IP] = {&ip, {CED_W_STRING}},
    [CED_F_IS_IPV4] = {&ced_t_bool, {CED_W_IP}},
    [CED_F_IS_IPV6] = {&ced_t_bool, {CED_W_IP}},
    [CED_F_IS_LOOPBACK] = {&ced_t_bool, {CED_W_IP}},
    [CED_F_IS_MULTICAST] = {&ced_t_bool, {CED_W_IP}},
    [CED_F_IS_IN_RANGE] = {&ced_t_bool, {CED_W_IP, CED_W_IP}},
    [CED_F_DATETIME] = {&datetime, {CED_W_STRING}},
    [CED_F_OFFSET] = {&datetime, {CED_W_DATETIME, CED_W_DURATION}},
    [CED_F_DURATION_SINCE] = {&duration, {CED_W_DATETIME, CED_W_DATETIME}},
    [CED_F_TO_DATE] = {&datetime, {CED_W_DATETIME}},
    [CED_F_TO_TIME] = {&duration, {CED_W_DATETIME}},
    [CED_F_DURATION] = {&duration, {CED_W_STRING}},
    [CED_F_TO_MILLISECONDS] = {&ced_t_long, {CED_W_DURATION}},
    [CED_F_TO_SECONDS] = {&ced_t_long, {CED_W_DURATION}},
    [CED_F_TO_MINUTES] = {&ced_t_long, {CED_W_DURATION}},
    [CED_F_TO_HOURS] = {&ced_t_long, {CED_W_DURATION}},
    [CED_F_TO_DAYS] = {&ced_t_long, {CED_W_DURATION}},
    [CED_F_UNKNOWN] = {&ced_t_never, {CED_W_STRING}},
};

static ced_ans made(ced_typing *t, const ced_expr *e, const ced_type *type,
                    const ced_typed *const *v, bool ok) {
    return (ced_ans){.x = ced_typed_new(t, CED_CALL, e, type, v, e->n), .ok = ok};
}

// ---------------------------------------------------------------------------------- extensions

static bool good_text(ced_typing *t, const ced_expr *e) {
    static const char *const what[] = {
        [CED_F_DECIMAL] = "a decimal value",
        [CED_F_IP] = "IP address",
        [CED_F_DATETIME] = "a datetime value",
        [CED_F_DURATION] = "a duration value",
    };
    const ced_expr *a = e->n == 1 ? ced_bare(e->v[0]) : NULL;
    if (!a || a->op != CED_STRING || !ced_is_constructor((ced_fn)e->fn)) return true;
    ced_ip room;
    ced_val value;
    ced_ext_fault f = ced_construct((ced_fn)e->fn, a->u.s, &room, &value);
    if (f == CED_X_OK) return true;
    wr_buf b, why;
    wr_buf_init(&b, 0);
    wr_buf_init(&why, 0);
    ced_put_string(&b, a->u.s, false);
    ced_ext_say(&why, f, a->u.s);
    ced_fault_typed(t, WR_D_P0408, e->at, wr_buf_str(&why),
                    "error during extension function argument validation: failed to parse as %s: "
                    "`\"%.*s\"`",
                    what[e->fn], WR_FMT(wr_buf_str(&b)));
    wr_buf_fini(&b);
    wr_buf_fini(&why);
    return false;
}

static bool literals(const ced_expr *e) {
    for (uint32_t i = 0; i < e->n; i++) {
        ced_op op = (ced_op)ced_bare(e->v[i])->op;
        if (op != CED_STRING && op != CED_LONG && op != CED_BOOL && op != CED_ENTITY) return false;
    }
    return true;
}

static bool good_args(ced_typing *t, const ced_expr *e) {
    uint32_t want = ced_fn_at((ced_fn)e->fn)->args;
    bool ok = e->n == want;
    if (!ok)
        ced_fault_typed(t, WR_D_P0408, e->at, (wr_str){0},
                        "wrong number of arguments in extension function application. Expected %u, "
                        "got %u",
                        want, e->n);
    if (!good_text(t, e)) ok = false;
    if (t->strict && ced_is_constructor((ced_fn)e->fn) && !literals(e)) {
        ced_fault_typed(
            t, WR_D_P0408, e->at,
            WR_S("consider applying extension constructors inside attribute values when "
                 "constructing entity or context data"),
            "extension constructors may not be called with non-literal expressions");
        ok = false;
    }
    return ok;
}

static ced_ans extension(ced_typing *t, const ced_cap *prior, const ced_expr *e) {
    const sig *s = &sigs[e->fn];
    const ced_typed **v = WR_NEW_N(t->scratch, const ced_typed *, e->n ? e->n : 1);
    if (!v) return (ced_ans){.x = ced_typed_new(t, CED_CALL, e, NULL, NULL, 0)};
    bool fine = good_args(t, e), ok = fine;
    for (uint32_t i = 0; i < e->n; i++) {
        ced_ans a = fine ? ced_expect(t, prior, e->v[i], (ced_want)s->takes[i], CED_H_NONE)
                         : ced_type_of(t, prior, e->v[i]);
        ok = ok && a.ok;
        v[i] = a.x;
    }
    return made(t, e, s->gives, v, ok);
}

// ---------------------------------------------------------------------------------- sets

static ced_ans is_empty(ced_typing *t, const ced_cap *prior, const ced_expr *e) {
    ced_ans a = ced_expect(t, prior, e->v[0], CED_W_SET, CED_H_EMPTY);
    return made(t, e, &ced_t_bool, &a.x, a.ok);
}

static ced_ans contains(ced_typing *t, const ced_cap *prior, const ced_expr *e) {
    ced_ans a = ced_expect(t, prior, e->v[0], CED_W_SET, CED_H_CONTAINS);
    bool one = e->fn == CED_F_CONTAINS;
    ced_ans b = one ? ced_type_of(t, prior, e->v[1])
                    : ced_expect(t, prior, e->v[1], CED_W_SET, CED_H_CONTAINS_ALL);
    const ced_type *l = a.x->type;
    if (one && l) l = l->kind == CED_T_SET ? l->of : NULL;
    const char *what =
        one ? "elements of the first operand and the second operand to a `contains` expression"
            : "elements of both set operands to a `containsAll` or `containsAny` expression";
    bool ok = !t->strict || ced_agree(t, e, l, b.x->type, what);
    const ced_typed *v[] = {a.x, b.x};
    return made(t, e, &ced_t_bool, v, a.ok && b.ok && ok);
}

// ---------------------------------------------------------------------------------- tags

// The type of tags of an entity; NULL: it has none, or none of a union does, or they have no type
// in common (*clash).
static const ced_type *tag_type(ced_typing *t, const ced_expr *e, const ced_type *of, bool *clash) {
    const ced_type **v = WR_NEW_N(t->scratch, const ced_type *, of->n ? of->n : 1);
    uint32_t n = 0;
    *clash = false;
    for (uint32_t i = 0; v && i < of->n && of->kind == CED_T_ENTITY; i++)
        if (of->entity[i]->tags) v[n++] = of->entity[i]->tags;
    if (!n) return NULL;
    if (n == 1) return v[0];
    const ced_type *all = ced_common(t, e, v, n, "tag types for a `.getTag()` operation");
    *clash = !all;
    return all;
}

static bool may_have_tags(const ced_type *of) {
    for (uint32_t i = 0; of->kind == CED_T_ENTITY && i < of->n; i++)
        if (of->entity[i]->tags) return true;
    return of->kind == CED_T_ANY_ENTITY;
}

static const ced_type *get_tag(ced_typing *t, const ced_expr *e, const ced_type *of,
                               const ced_typed *tag, bool known) {
    bool clash;
    if (!known) {
        ced_say_tag(t, e, of, tag);
        return NULL;
    }
    const ced_type *x = tag_type(t, e, of, &clash);
    if (x || clash) return x;
    bool one = of->kind == CED_T_ENTITY && of->n == 1;
    ced_fault_typed(t, WR_D_P0406, e->at, (wr_str){0},
                    "`.getTag()` is not allowed on entities of %s%.*s%s because no `tags` were "
                    "declared on the entity type in the schema",
                    one ? "type `" : "this type", one ? (int)of->entity[0]->name.n : 0,
                    one ? of->entity[0]->name.p : "", one ? "`" : "");
    return NULL;
}

static ced_ans tags(ced_typing *t, const ced_cap *prior, const ced_expr *e) {
    ced_ans a = ced_expect(t, prior, e->v[0], CED_W_ENTITY, CED_H_NONE);
    ced_ans b = ced_expect(t, prior, e->v[1], CED_W_STRING, CED_H_NONE);
    const ced_typed *v[] = {a.x, b.x};
    const ced_type *of = a.x->type;
    if (!of) return made(t, e, NULL, v, false);
    ced_cap cap = {.e = e->v[0], .tag = e->v[1]};
    bool known = ced_cap_has(t, prior, &cap), ok = a.ok && b.ok;
    if (e->fn == CED_F_GET_TAG) {
        const ced_type *x = get_tag(t, e, of, b.x, known);
        return made(t, e, x, v, ok && x);
    }
    const ced_type *x = !may_have_tags(of) ? &ced_t_false : known ? &ced_t_true : &ced_t_bool;
    ced_ans r = made(t, e, x, v, ok);
    if (ok) r.caps = ced_cap_new(t, &cap);
    return r;
}

ced_ans ced_type_call(ced_typing *t, const ced_cap *prior, const ced_expr *e) {
    switch ((ced_fn)e->fn) {
    case CED_F_CONTAINS:
    case CED_F_CONTAINS_ALL:
    case CED_F_CONTAINS_ANY: return contains(t, prior, e);
    case CED_F_IS_EMPTY: return is_empty(t, prior, e);
    case CED_F_GET_TAG:
    case CED_F_HAS_TAG: return tags(t, prior, e);
    default: return extension(t, prior, e);
    }
}
