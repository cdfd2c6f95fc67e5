// SPDX-License-Identifier: Apache-2.0
// type_say: what the validator reports, in the words of cedar-policy 4.13, and what helps. A policy
// is typed in many environments: what was said of a place is not said again.

#include "lang/cedar/type_int.h"

#include <stdarg.h>
#include <stdio.h>

void ced_remark(ced_typing *t, wr_code code, bool warning, wr_span at, wr_str text, wr_str help) {
    wr_arena *a = &t->c->arena;
    const ced_policy *p = t->policy;
    if (p->of) at = p->of->at; // a link has no place of its own
    wr_cedar_remark r = {.policy = p,
                         .code = code,
                         .warning = warning,
                         .message = wr_dup(a, text),
                         .help = wr_dup(a, help),
                         .src = p->of ? p->of->src : p->src,
                         .at = at};
    if (WR_PUSH(a, &t->out->v, r)) t->out->n_errors += !warning;
}

void ced_fault_text(ced_typing *t, wr_code code, wr_span at, uint64_t key, wr_str help,
                    const wr_buf *text) {
    if (t->muted || t->spent) return;
    wr_buf b;
    wr_buf_init(&b, 0);
    // Two types that do not fit are named without the policy; the help does that.
    if (code != WR_D_P0405) wr_putf(&b, "for policy `%.*s`, ", WR_FMT(t->policy->id));
    size_t n = b.n;
    wr_puts(&b, wr_buf_str(text));
    wr_str said = wr_dup(t->scratch, wr_buf_str(&b));
    wr_putf(&b, " %u %u %llx", at.beg, at.end, (unsigned long long)key);
    wr_str id = wr_dup(&t->c->arena, wr_sub(wr_buf_str(&b), n, b.n));
    wr_buf_fini(&b);
    void **before = id.p ? wr_map_at(&t->said, id) : NULL;
    if (!before || *before || !said.p) return;
    *before = t;
    ced_remark(t, code, false, at, said, help);
}

void ced_fault_typed(ced_typing *t, wr_code code, wr_span at, wr_str help, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    wr_str text = wr_vfmt(t->scratch, fmt, ap);
    va_end(ap);
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_puts(&b, text);
    ced_fault_text(t, code, at, 0, help, &b);
    wr_buf_fini(&b);
}

// ---------------------------------------------------------------------------------- types

static const char *help_set(ced_help h, const ced_type *got) {
    bool set = got->kind == CED_T_SET, string = got->kind == CED_T_STRING;
    if (string && (h == CED_H_HAS || h == CED_H_CONTAINS || h == CED_H_IN_WHAT))
        return "try using `like` to examine the contents of a string";
    if ((set && (h == CED_H_HAS || h == CED_H_IN_WHAT)) || h == CED_H_IN)
        return "try using `contains`, `containsAny`, or `containsAll` to examine the contents of a "
               "set";
    if (string && h == CED_H_EMPTY) return "try using `== \"\"` to test if a string is empty";
    if (string && h == CED_H_ADD) return "Cedar does not support string concatenation";
    if (set && (h == CED_H_ADD || h == CED_H_ARITHMETIC))
        return "Cedar does not support computing the union, intersection, or difference of sets";
    return "";
}

static const char *help_text(ced_help h, const ced_type *got) {
    bool entity = got->kind == CED_T_ENTITY || got->kind == CED_T_ANY_ENTITY;
    if (h == CED_H_IS) return "Cedar only supports run time type tests for entities";
    if (h == CED_H_CONTAINS_ALL)
        return "try using `contains` to test if a single element is in a set";
    if (entity && h == CED_H_LIKE) return "try using `is` to test for an entity type";
    if (entity && h == CED_H_CONTAINS) return "try using `in` for entity hierarchy membership";
    if (got->kind == CED_T_RECORD && h == CED_H_CONTAINS)
        return "try using `has` to test for an attribute";
    return help_set(h, got);
}

void ced_say_unexpected(ced_typing *t, const ced_expr *e, const char *want, const ced_type *got,
                        ced_help help) {
    if (t->muted) return;
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_putf(&b, "unexpected type: expected %s but saw ", want);
    ced_type_say(t, &b, got);
    ced_fault_text(t, WR_D_P0404, ced_bare(e)->at, 0, wr_strz(help_text(help, got)), &b);
    wr_buf_fini(&b);
}

static void say_list(ced_typing *t, wr_buf *b, const ced_type *const *v, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        if (i) wr_putz(b, i + 1 < n ? ", " : n > 2 ? ", and " : " and ");
        ced_type_say(t, b, v[i]);
    }
}

void ced_say_incompatible(ced_typing *t, const ced_expr *e, const ced_type *const *v, uint32_t n,
                          ced_lub_help why, const char *what) {
    static const char *const hints[] = {
        [CED_L_NONE] = "Types must be exactly equal to be compatible",
        [CED_L_QUALIFIER] =
            "Corresponding attributes of compatible record types must have the same optionality, "
            "either both being required or both being optional",
        [CED_L_WIDTH] = "Compatible record types must have exactly the same attributes",
        [CED_L_ENTITY] = "Different entity types are never compatible even when their attributes "
                         "would be compatible",
        [CED_L_ENTITY_RECORD] = "Entity and record types are never compatible even when their "
                                "attributes would be compatible",
    };
    const ced_type **set = WR_NEW_N(t->scratch, const ced_type *, n ? n : 1);
    uint32_t m = 0;
    if (t->muted || !set) return;
    for (uint32_t i = 0; i < n; i++) { // in order, each once
        uint32_t k = 0;
        while (k < m && ced_type_cmp(t, set[k], v[i]) < 0) k++;
        if (k < m && ced_type_cmp(t, set[k], v[i]) == 0) continue;
        for (uint32_t j = m++; j > k; j--) set[j] = set[j - 1];
        set[k] = v[i];
    }
    wr_buf b, h;
    wr_buf_init(&b, 0);
    wr_buf_init(&h, 0);
    wr_putz(&b, "the types ");
    say_list(t, &b, set, m);
    wr_putz(&b, " are not compatible");
    wr_putf(&h, "for policy `%.*s`, %s must have compatible types. %s", WR_FMT(t->policy->id), what,
            hints[why]);
    ced_fault_text(t, WR_D_P0405, ced_bare(e)->at, 0, wr_buf_str(&h), &b);
    wr_buf_fini(&b);
    wr_buf_fini(&h);
}

// ---------------------------------------------------------------------------------- attributes

typedef struct access { // an attribute of an attribute … of an entity, of context or of neither
    const ced_type *entity;
    bool context;
    WR_VEC(wr_str) names; // the last first
} access;

static access access_of(ced_typing *t, const ced_typed *x, wr_str name) {
    access a = {0};
    for (bool more = WR_PUSH(t->scratch, &a.names, name); more;) {
        if (x->type && x->type->kind == CED_T_ENTITY) a.entity = x->type;
        else if (x->op == CED_CONTEXT) a.context = true;
        else if (x->op == CED_GET) {
            more = WR_PUSH(t->scratch, &a.names, x->from->u.s);
            x = x->v[0];
            continue;
        }
        break;
    }
    return a;
}

static bool identifier(wr_str s) {
    wr_buf b;
    wr_buf_init(&b, 0);
    ced_put_key(&b, s);
    bool is = b.n && b.p[0] != '"';
    wr_buf_fini(&b);
    return is;
}

static void put_name(wr_buf *b, wr_str name, bool dot) {
    if (identifier(name)) {
        if (dot) wr_putc(b, '.');
        wr_puts(b, name);
        return;
    }
    wr_putz(b, "[\"");
    ced_put_string(b, name, false);
    wr_putz(b, "\"]");
}

static void say_access(wr_buf *b, const ced_typing *t, const access *a) {
    wr_putc(b, '`');
    for (uint32_t i = a->names.n; i-- > 0;) put_name(b, a->names.v[i], i + 1 < a->names.n);
    wr_putc(b, '`');
    if (a->entity && a->entity->n == 1)
        wr_putf(b, " on entity type `%.*s`", WR_FMT(a->entity->entity[0]->name));
    else if (a->entity) {
        wr_putz(b, " on entity types ");
        for (uint32_t i = 0; i < a->entity->n; i++)
            wr_putf(b, "%s`%.*s`", i ? ", " : "", WR_FMT(a->entity->entity[i]->name));
    } else if (a->context) {
        wr_putz(b, " in context for ");
        ced_say_uid(b, t->env.action->uid);
    }
}

static void help_guard(wr_buf *b, const access *a) {
    wr_putf(b, "try testing for the attribute's presence with `%s", a->context ? "context" : "e");
    for (uint32_t i = a->names.n; i-- > 1;) put_name(b, a->names.v[i], true);
    wr_putz(b, " has ");
    ced_put_key(b, a->names.v[0]);
    wr_putz(b, " && ..`");
}

static void nearest(wr_str name, const ced_type *rec, wr_str *best, double *how) {
    for (uint32_t i = 0; rec && i < rec->n; i++) {
        double d = wr_similar(name, rec->attrs[i].name);
        if (d < WR_NEAR || d <= *how) continue;
        *how = d;
        *best = rec->attrs[i].name;
    }
}

static void help_missing(wr_buf *b, const ced_type *of, wr_str name, bool maybe) {
    wr_str best = {0};
    double how = 0;
    if (of->kind == CED_T_RECORD) nearest(name, of, &best, &how);
    for (uint32_t i = 0; of->kind == CED_T_ENTITY && i < of->n; i++)
        nearest(name, of->entity[i]->shape, &best, &how);
    if (best.p) {
        wr_putz(b, "did you mean `");
        put_name(b, best, false);
        wr_putz(b, "`?");
    }
    if (maybe && best.p)
        wr_putz(b, " (there may also be additional attributes that the validator is not able to "
                   "reason about)");
    else if (maybe)
        wr_putz(b, "there may be additional attributes that the validator is not able to reason "
                   "about");
}

void ced_say_attr(ced_typing *t, const ced_expr *e, const ced_typed *of, wr_str name,
                  ced_found found) {
    if (t->muted) return;
    access a = access_of(t, of, name);
    wr_buf b, h;
    wr_buf_init(&b, 0);
    wr_buf_init(&h, 0);
    wr_putz(&b, found.type ? "unable to guarantee safety of access to optional attribute "
                           : "attribute ");
    say_access(&b, t, &a);
    if (!found.type) wr_putz(&b, " not found");
    if (found.type) help_guard(&h, &a);
    else help_missing(&h, of->type, name, found.maybe);
    ced_fault_text(t, WR_D_P0406, e->at, 0, wr_buf_str(&h), &b);
    wr_buf_fini(&b);
    wr_buf_fini(&h);
}

// ---------------------------------------------------------------------------------- expressions

void ced_say_uid(wr_buf *b, const ced_uid *u) {
    wr_puts(b, u->type);
    wr_putz(b, "::\"");
    ced_put_string(b, u->id, false);
    wr_putc(b, '"');
}

static void say(wr_buf *b, const ced_typed *x);

static void say_tight(wr_buf *b, const ced_typed *x) { // as an operand
    bool simple = x->op < CED_NOT || x->op == CED_GET || x->op == CED_SET || x->op == CED_RECORD ||
                  x->op == CED_CALL;
    if (!simple) wr_putc(b, '(');
    say(b, x);
    if (!simple) wr_putc(b, ')');
}

static void say_leaf(wr_buf *b, const ced_typed *x) {
    static const char *const vars[] = {
        [CED_PRINCIPAL] = "principal",
        [CED_ACTION] = "action",
        [CED_RESOURCE] = "resource",
        [CED_CONTEXT] = "context",
    };
    const ced_expr *e = x->from;
    if (!e) return;
    switch ((ced_op)e->op) {
    case CED_BOOL: wr_putz(b, e->u.b ? "true" : "false"); return;
    case CED_LONG: wr_put_i64(b, e->u.i); return;
    case CED_STRING:
        wr_putc(b, '"');
        ced_put_string(b, e->u.s, false);
        wr_putc(b, '"');
        return;
    case CED_ENTITY: ced_say_uid(b, e->u.uid); return;
    case CED_SLOT: wr_putz(b, e->slot ? "?resource" : "?principal"); return;
    default: wr_putz(b, vars[e->op]); return;
    }
}

static void say_list_of(wr_buf *b, const ced_typed *x, uint32_t from) {
    for (uint32_t i = from; i < x->n; i++) {
        if (i > from) wr_putz(b, ", ");
        say(b, x->v[i]);
    }
}

static void say_call(wr_buf *b, const ced_typed *x) {
    const ced_fn_row *f = ced_fn_at((ced_fn)x->from->fn);
    bool method = f->method && x->n;
    if (method) {
        say_tight(b, x->v[0]);
        wr_putc(b, '.');
    }
    wr_putz(b, f->name);
    wr_putc(b, '(');
    say_list_of(b, x, method);
    wr_putc(b, ')');
}

static void say_record(wr_buf *b, const ced_typed *x) {
    wr_putc(b, '{');
    for (uint32_t i = 0; i < x->n; i++) {
        if (i) wr_putz(b, ", ");
        ced_put_key(b, x->from->u.keys[i]);
        wr_putz(b, ": ");
        say(b, x->v[i]);
    }
    wr_putc(b, '}');
}

static const char *operator_of(const ced_typed *x, uint32_t i) {
    static const char *const names[] = {
        [CED_EQ] = " == ", [CED_NE] = " == ", [CED_LT] = " < ",  [CED_LE] = " <= ",
        [CED_GT] = " <= ", [CED_GE] = " < ",  [CED_IN] = " in ", [CED_AND] = " && ",
        [CED_OR] = " || ", [CED_ADD] = " + ", [CED_MUL] = " * ",
    };
    if (x->op == CED_ADD && ((x->from->u.minus[i / 64] >> (i % 64)) & 1)) return " - ";
    return names[x->op];
}

static void say_chain(wr_buf *b, const ced_typed *x) {
    bool turned = x->op == CED_NE || x->op == CED_GT || x->op == CED_GE;
    if (turned) wr_putz(b, "!(");
    for (uint32_t i = 2; i < x->n; i++) wr_putc(b, '(');
    for (uint32_t i = 0; i < x->n; i++) {
        if (i) wr_putz(b, operator_of(x, i));
        say_tight(b, x->v[i]);
        if (i && i + 1 < x->n) wr_putc(b, ')');
    }
    if (turned) wr_putc(b, ')');
}

static void say_pattern(wr_buf *b, ced_pattern p) {
    for (uint32_t i = 0; i < p.n; i++) {
        if (i) wr_putc(b, '*');
        ced_put_string(b, p.lit[i], true);
    }
}

static void say_test(wr_buf *b, const ced_typed *x) { // has, like, is, if
    if (x->op == CED_IF) {
        for (uint32_t i = 0; i < 3; i++) {
            wr_putz(b, i == 0 ? "if " : i == 1 ? " then " : " else ");
            say(b, x->v[i]);
        }
        return;
    }
    say_tight(b, x->v[0]);
    if (x->op == CED_IS) wr_putf(b, " is %.*s", WR_FMT(x->from->u.s));
    if (x->op == CED_LIKE) {
        wr_putz(b, " like \"");
        say_pattern(b, x->from->u.pattern);
        wr_putc(b, '"');
    }
    for (uint32_t i = 0; x->op == CED_HAS && i < x->from->u.path.n; i++) {
        wr_putz(b, i ? "." : " has ");
        ced_put_key(b, x->from->u.path.v[i]);
    }
}

static void say(wr_buf *b, const ced_typed *x) {
    switch ((ced_op)x->op) {
    case CED_NOT:
    case CED_NEG:
        wr_putz(b, x->op == CED_NOT ? "!" : "-(");
        if (x->op == CED_NOT) say_tight(b, x->v[0]);
        else {
            say(b, x->v[0]);
            wr_putc(b, ')');
        }
        return;
    case CED_GET:
        say_tight(b, x->v[0]);
        put_name(b, x->from->u.s, true);
        return;
    case CED_SET:
        wr_putc(b, '[');
        say_list_of(b, x, 0);
        wr_putc(b, ']');
        return;
    case CED_RECORD: say_record(b, x); return;
    case CED_CALL: say_call(b, x); return;
    case CED_HAS:
    case CED_LIKE:
    case CED_IS:
    case CED_IF: say_test(b, x); return;
    default:
        if (x->n) say_chain(b, x);
        else say_leaf(b, x);
    }
}

static uint64_t types_of(ced_typing *t, const ced_typed *x) {
    uint64_t h = ced_type_hash(t, x->type);
    for (uint32_t i = 0; i < x->n && ced_step(t, 1); i++)
        h = (h ^ (h >> 31)) * 0x94d049bb133111ebu + types_of(t, x->v[i]);
    return h;
}

// The same tag of another type is another fault.
void ced_say_tag(ced_typing *t, const ced_expr *e, const ced_type *of, const ced_typed *tag) {
    if (t->muted) return;
    wr_buf b, h;
    wr_buf_init(&b, 0);
    wr_buf_init(&h, 0);
    wr_putz(&h, "try testing for the tag's presence with `.hasTag(");
    say(&h, tag);
    wr_putz(&h, ") && ..`");
    wr_putz(&b, "unable to guarantee safety of access to tag `");
    say(&b, tag);
    bool one = of->kind == CED_T_ENTITY && of->n == 1;
    wr_putz(&b, one ? "` on entity type `" : "`");
    if (one) wr_putf(&b, "%.*s`", WR_FMT(of->entity[0]->name));
    uint64_t key = types_of(t, tag) + ced_type_hash(t, of) * 3;
    ced_fault_text(t, WR_D_P0406, e->at, key, wr_buf_str(&h), &b);
    wr_buf_fini(&b);
    wr_buf_fini(&h);
}
