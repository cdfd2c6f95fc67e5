// SPDX-License-Identifier: Apache-2.0
// conform: is this value one of that type? What the schema says of entities and requests is held
// against what they are: types of values, members of enumerations, actions that exist.
// Rules: cedar-spec Validation (instance of type), RFC 53 (enumerated entities); words of
// cedar-policy 4.13.

#include "lang/cedar/data_int.h"

void ced_put_type(wr_buf *b, const ced_type *t) {
    static const char *const names[] = {
        [CED_T_BOOL] = "bool",     [CED_T_TRUE] = "bool",         [CED_T_FALSE] = "bool",
        [CED_T_LONG] = "long",     [CED_T_STRING] = "string",     [CED_T_DECIMAL] = "decimal",
        [CED_T_IP] = "ipaddr",     [CED_T_DATETIME] = "datetime", [CED_T_DURATION] = "duration",
        [CED_T_NEVER] = "nothing",
    };
    switch ((ced_type_kind)t->kind) {
    case CED_T_ENTITY: wr_putf(b, "`%.*s`", WR_FMT(t->entity[0]->name)); break;
    case CED_T_ANY_ENTITY: wr_putz(b, "an entity"); break;
    case CED_T_SET:
        wr_putc(b, '[');
        if (t->of) ced_put_type(b, t->of);
        wr_putc(b, ']');
        break;
    case CED_T_RECORD:
        wr_putz(b, "{ ");
        for (uint32_t i = 0; i < t->n; i++) {
            wr_putz(b, i ? ", \"" : "\"");
            ced_put_string(b, t->attrs[i].name, false);
            wr_putz(b, t->attrs[i].required ? "\" => (required) " : "\" => (optional) ");
            ced_put_type(b, t->attrs[i].type);
        }
        wr_putz(b, " }");
        break;
    default: wr_putz(b, names[t->kind]); break;
    }
}

void ced_put_value_type(wr_buf *b, const ced_val *v) {
    if (v->kind != CED_V_ENTITY) wr_putz(b, ced_kind_name(v));
    else wr_putf(b, "(entity of type `%.*s`)", WR_FMT(v->u.uid->type));
}

// With every key in quotes.
void ced_put_quoted_val(wr_buf *b, const ced_val *v) {
    if (v->kind != CED_V_SET && v->kind != CED_V_RECORD) {
        ced_put_val(b, v);
        return;
    }
    bool set = v->kind == CED_V_SET;
    wr_putc(b, set ? '[' : '{');
    for (uint32_t i = 0; i < v->n; i++) {
        if (i) wr_putz(b, ", ");
        if (!set) {
            wr_putc(b, '"');
            ced_put_string(b, v->u.rec[i].key, false);
            wr_putz(b, "\": ");
        }
        ced_put_quoted_val(b, set ? &v->u.set->v[i] : &v->u.rec[i].v);
    }
    wr_putc(b, set ? ']' : '}');
}

// ---------------------------------------------------------------------------------- types

static bool is_of(const ced_type *t, const ced_val *v) {
    for (uint32_t i = 0; i < t->n; i++)
        if (wr_eq(t->entity[i]->name, v->u.uid->type)) return true;
    return false;
}

static bool is_simple(const ced_type *t, const ced_val *v) {
    static const uint8_t kinds[] = {
        [CED_T_BOOL] = CED_V_BOOL,
        [CED_T_TRUE] = CED_V_BOOL,
        [CED_T_FALSE] = CED_V_BOOL,
        [CED_T_LONG] = CED_V_LONG,
        [CED_T_STRING] = CED_V_STRING,
        [CED_T_ENTITY] = CED_V_ENTITY,
        [CED_T_ANY_ENTITY] = CED_V_ENTITY,
        [CED_T_SET] = CED_V_SET,
        [CED_T_RECORD] = CED_V_RECORD,
        [CED_T_DECIMAL] = CED_V_DECIMAL,
        [CED_T_IP] = CED_V_IP,
        [CED_T_DATETIME] = CED_V_DATETIME,
        [CED_T_DURATION] = CED_V_DURATION,
        [CED_T_NEVER] = UINT8_MAX,
    };
    if (kinds[t->kind] != v->kind) return false;
    if (t->kind == CED_T_TRUE || t->kind == CED_T_FALSE) return v->u.b == (t->kind == CED_T_TRUE);
    return t->kind != CED_T_ENTITY || is_of(t, v);
}

static bool no(ced_misfit *m, ced_misfit_why why, const ced_type *t, const ced_val *v, wr_str key) {
    *m = (ced_misfit){why, t, v, key};
    return false;
}

static bool record_conforms(const ced_type *t, const ced_val *v, ced_misfit *m) {
    uint32_t at = 0; // both are in the order of their keys
    for (uint32_t i = 0; i < t->n; i++) {
        const ced_attr *a = &t->attrs[i];
        int c = -1;
        while (at < v->n && (c = wr_cmp(v->u.rec[at].key, a->name)) < 0) {
            if (!t->open) return no(m, CED_M_EXTRA, t, v, v->u.rec[at].key);
            at++;
        }
        if (at < v->n && c == 0) {
            if (!ced_conforms(a->type, &v->u.rec[at].v, m)) return false;
            at++;
        } else if (a->required) return no(m, CED_M_MISSING, t, v, a->name);
    }
    return t->open || at == v->n || no(m, CED_M_EXTRA, t, v, v->u.rec[at].key);
}

// Values nest at most WR_CEDAR_DEPTH deep: who read them saw to that.
bool ced_conforms(const ced_type *t, const ced_val *v, ced_misfit *m) {
    if (!is_simple(t, v)) return no(m, CED_M_TYPE, t, v, WR_S(""));
    if (t->kind == CED_T_RECORD) return record_conforms(t, v, m);
    if (t->kind != CED_T_SET) return true;
    if (t->of == NULL) return v->n == 0 || no(m, CED_M_TYPE, t, v, WR_S(""));
    for (uint32_t i = 0; i < v->n; i++)
        if (!ced_conforms(t->of, &v->u.set->v[i], m)) return false;
    return true;
}

void ced_misfit_say(wr_buf *b, const ced_misfit *m) {
    wr_str key = wr_utf8_cut(m->key, 80);
    switch (m->why) {
    case CED_M_MISSING:
        wr_putf(b, "expected the record to have an attribute `%.*s`, but it does not", WR_FMT(key));
        break;
    case CED_M_EXTRA:
        wr_putf(b, "record attribute `%.*s` should not exist according to the schema", WR_FMT(key));
        break;
    case CED_M_TYPE:
        wr_putz(b, "type mismatch: value was expected to have type ");
        ced_put_type(b, m->type);
        wr_putz(b, ", but it actually has type ");
        ced_put_value_type(b, m->v);
        wr_putz(b, ": `");
        ced_put_quoted_val(b, m->v);
        wr_putc(b, '`');
        break;
    }
}

// ---------------------------------------------------------------------------------- names

ced_uid_fault ced_uid_check(const wr_cedar_schema *s, wr_cedar_uid u) {
    const ced_entity_type *e = ced_schema_entity(s, u.type);
    if (e == NULL) {
        if (!ced_is_action(u.type)) return CED_U_UNDECLARED;
        return ced_schema_action(s, u.type, u.id) ? CED_U_FINE : CED_U_NO_ACTION;
    }
    for (uint32_t i = 0; i < e->n_ids; i++)
        if (wr_eq(e->ids[i], u.id)) return CED_U_FINE;
    return e->is_enum ? CED_U_NO_MEMBER : CED_U_FINE;
}

const ced_uid *ced_val_check(const wr_cedar_schema *s, const ced_val *v, ced_uid_fault *why) {
    if (v->kind == CED_V_ENTITY) {
        *why = ced_uid_check(s, (wr_cedar_uid){v->u.uid->type, v->u.uid->id});
        return *why == CED_U_FINE ? NULL : v->u.uid;
    }
    if (v->kind != CED_V_SET && v->kind != CED_V_RECORD) return NULL;
    for (uint32_t i = 0; i < v->n; i++) {
        const ced_val *in = v->kind == CED_V_SET ? &v->u.set->v[i] : &v->u.rec[i].v;
        const ced_uid *u = ced_val_check(s, in, why);
        if (u) return u;
    }
    return NULL;
}

void ced_uid_fault_say(wr_buf *b, wr_cedar_uid u, ced_uid_fault why) {
    switch (why) {
    case CED_U_FINE: break;
    case CED_U_NO_MEMBER:
        wr_putz(b, "entity `");
        wr_cedar_put_uid(b, u);
        wr_putz(b, "` is of an enumerated entity type, but `\"");
        ced_put_string(b, u.id, false);
        wr_putz(b, "\"` is not declared as a valid eid");
        break;
    case CED_U_NO_ACTION:
        wr_putz(b, "found action entity `");
        wr_cedar_put_uid(b, u);
        wr_putz(b, "`, but it was not declared as an action in the schema");
        break;
    case CED_U_UNDECLARED:
        wr_putz(b, "entity `");
        wr_cedar_put_uid(b, u);
        wr_putf(b, "` has type `%.*s` which is not declared in the schema", WR_FMT(u.type));
        break;
    }
}

// What to do about it; nothing for most.
void ced_uid_fault_hint(wr_buf *b, const wr_cedar_schema *s, wr_cedar_uid u, ced_uid_fault why) {
    enum { SHOWN = 8 };
    if (why == CED_U_NO_MEMBER) {
        const ced_entity_type *e = ced_schema_entity(s, u.type);
        wr_putz(b, "valid entity eids: ");
        for (uint32_t i = 0; i < e->n_ids && i < SHOWN; i++) {
            wr_putz(b, i ? ", \"" : "\"");
            ced_put_string(b, e->ids[i], false);
            wr_putc(b, '"');
        }
        if (e->n_ids > SHOWN) wr_putz(b, ", …");
    }
    if (why != CED_U_UNDECLARED) return;
    wr_str near = ced_near_entity(s, u.type);
    if (near.n) wr_putf(b, "did you mean `%.*s`?", WR_FMT(near));
}

static wr_str name_at(const void *list, uint32_t i) {
    const ced_entity_type *e = ced_schema_entity_at(list, i);
    return e->name;
}

wr_str ced_near_entity(const wr_cedar_schema *s, wr_str name) {
    uint32_t n = 0;
    while (n < 10000 && ced_schema_entity_at(s, n)) n++;
    return wr_near_of(name_at, s, n, name);
}
