// SPDX-License-Identifier: Apache-2.0
// print: a policy's tree as text, with the fewest parentheses that give the same tree again: those
// people wrote go, those the grammar needs come. What the text cannot say is refused, never
// written wrongly.
// Grammar: Cedar language 4.5. -(1) keeps its parentheses, since -1 is a literal; of ! or - at
// most four follow each other, and never both.

#include "lang/cedar/cedar_int.h"

enum level { L_IF, L_OR, L_AND, L_RELATION, L_SUM, L_PRODUCT, L_PREFIX, L_MEMBER };

typedef struct printer {
    wr_ctx *c;
    wr_buf *b;
    const ced_policy *policy;
    bool bad;
} printer;

static void put(printer *p, const ced_expr *e, enum level least);

static const ced_expr *bare(const ced_expr *e) {
    while (e->op == CED_PAREN) e = e->v[0];
    return e;
}

static enum level level_of(const ced_expr *e) {
    switch ((ced_op)e->op) {
    case CED_IF: return L_IF;
    case CED_OR: return L_OR;
    case CED_AND: return L_AND;
    case CED_EQ:
    case CED_NE:
    case CED_LT:
    case CED_LE:
    case CED_GT:
    case CED_GE:
    case CED_IN:
    case CED_HAS:
    case CED_LIKE:
    case CED_IS: return L_RELATION;
    case CED_ADD: return L_SUM;
    case CED_MUL: return L_PRODUCT;
    case CED_NOT:
    case CED_NEG: return L_PREFIX;
    case CED_LONG: return e->u.i < 0 ? L_PREFIX : L_MEMBER;
    default: return L_MEMBER;
    }
}

static void refuse(printer *p, const char *fmt, ...) WR_PRINTF(2, 3);
static void refuse(printer *p, const char *fmt, ...) {
    if (p->bad) return;
    p->bad = true;
    va_list ap;
    va_start(ap, fmt);
    wr_str msg = wr_vfmt(&p->c->arena, fmt, ap);
    va_end(ap);
    wr_str id = wr_utf8_cut(p->policy->id, 80);
    (void)wr_report(p->c, WR_D_P0105, WR_ERROR, NULL, (wr_span){0, 0},
                    "policy `%.*s` has no text: %.*s", WR_FMT(id), WR_FMT(msg));
}

static void quoted(wr_buf *b, wr_str s) {
    wr_putc(b, '"');
    ced_put_string(b, s, false);
    wr_putc(b, '"');
}

// ---------------------------------------------------------------------------------- operators

static void in_parentheses(printer *p, const ced_expr *e) {
    wr_putc(p->b, '(');
    put(p, e, L_IF);
    wr_putc(p->b, ')');
}

// A run of ! or of -.
static void put_prefix(printer *p, const ced_expr *e) {
    uint8_t op = e->op;
    uint32_t run = 0;
    for (; e->op == op && run < 4; run++) {
        wr_putc(p->b, op == CED_NOT ? '!' : '-');
        e = bare(e->v[0]);
    }
    bool minus = op == CED_NEG && e->op == CED_LONG;
    if (minus && e->u.i < 0 && run < 4) put(p, e, L_PREFIX);
    else if (minus) in_parentheses(p, e);
    else put(p, e, L_MEMBER);
}

static void put_chain(printer *p, const ced_expr *e) {
    static const struct {
        const char *sign;
        enum level first, others;
    } rows[] = {[CED_AND] = {" && ", L_AND, L_RELATION},
                [CED_OR] = {" || ", L_OR, L_AND},
                [CED_ADD] = {" + ", L_SUM, L_PRODUCT},
                [CED_MUL] = {" * ", L_PRODUCT, L_PREFIX}};
    for (uint32_t i = 0; i < e->n; i++) {
        bool minus = e->op == CED_ADD && (e->u.minus[i / 64] >> (i % 64) & 1);
        if (i > 0) wr_putz(p->b, minus ? " - " : rows[e->op].sign);
        put(p, e->v[i], i ? rows[e->op].others : rows[e->op].first);
    }
}

static void put_has(printer *p, const ced_expr *e) {
    wr_putz(p->b, " has ");
    if (e->u.path.n == 1) {
        ced_put_key(p->b, e->u.path.v[0]);
        return;
    }
    for (uint32_t i = 0; i < e->u.path.n; i++) {
        wr_str name = e->u.path.v[i];
        if (!ced_is_ident(name, false))
            refuse(p, "`has` over several attributes takes identifiers, and \"%.*s\" is none",
                   WR_FMT(wr_utf8_cut(name, 80)));
        if (i > 0) wr_putc(p->b, '.');
        wr_puts(p->b, name);
    }
}

static void put_pattern(printer *p, ced_pattern pattern) {
    wr_putz(p->b, " like \"");
    for (uint32_t i = 0; i < pattern.n; i++) {
        if (i > 0) wr_putc(p->b, '*');
        ced_put_string(p->b, pattern.lit[i], true);
    }
    wr_putc(p->b, '"');
}

static void put_relation(printer *p, const ced_expr *e) {
    static const char *const signs[] = {
        [CED_EQ] = " == ", [CED_NE] = " != ", [CED_LT] = " < ", [CED_LE] = " <= ",
        [CED_GT] = " > ",  [CED_GE] = " >= ", [CED_IN] = " in "};
    put(p, e->v[0], L_SUM);
    if (e->op == CED_HAS) put_has(p, e);
    else if (e->op == CED_LIKE) put_pattern(p, e->u.pattern);
    else if (e->op == CED_IS) {
        wr_putz(p->b, " is ");
        wr_puts(p->b, e->u.s);
        if (e->n < 2) return;
        wr_putz(p->b, " in ");
        put(p, e->v[1], L_SUM);
    } else {
        wr_putz(p->b, signs[e->op]);
        put(p, e->v[1], L_SUM);
    }
}

// ---------------------------------------------------------------------------------- the rest

static void put_list(printer *p, const ced_expr *e, uint32_t first) {
    for (uint32_t i = first; i < e->n; i++) {
        if (i > first) wr_putz(p->b, ", ");
        if (e->op == CED_RECORD) {
            ced_put_key(p->b, e->u.keys[i]);
            wr_putz(p->b, ": ");
        }
        put(p, e->v[i], L_IF);
    }
}

static void put_call(printer *p, const ced_expr *e) {
    const ced_fn_row *row = ced_fn_at((ced_fn)e->fn);
    if (row->method && e->n == 0) {
        refuse(p, "the method `%s` has no receiver", row->name);
        return;
    }
    if (row->method) {
        put(p, e->v[0], L_MEMBER);
        wr_putc(p->b, '.');
    }
    wr_putz(p->b, row->name);
    wr_putc(p->b, '(');
    put_list(p, e, row->method ? 1 : 0);
    wr_putc(p->b, ')');
}

static void put_get(printer *p, const ced_expr *e) {
    put(p, e->v[0], L_MEMBER);
    bool word = ced_is_ident(e->u.s, false);
    wr_putc(p->b, word ? '.' : '[');
    ced_put_key(p->b, e->u.s);
    if (!word) wr_putc(p->b, ']');
}

static void put_if(printer *p, const ced_expr *e) {
    static const char *const words[] = {"if ", " then ", " else "};
    for (uint32_t i = 0; i < 3; i++) {
        wr_putz(p->b, words[i]);
        put(p, e->v[i], L_IF);
    }
}

static void put_leaf(printer *p, const ced_expr *e) {
    switch ((ced_op)e->op) {
    case CED_BOOL: wr_putz(p->b, e->u.b ? "true" : "false"); break;
    case CED_LONG: wr_put_i64(p->b, e->u.i); break;
    case CED_STRING: quoted(p->b, e->u.s); break;
    case CED_ENTITY: wr_cedar_put_uid(p->b, (wr_cedar_uid){e->u.uid->type, e->u.uid->id}); break;
    case CED_PRINCIPAL: wr_putz(p->b, "principal"); break;
    case CED_ACTION: wr_putz(p->b, "action"); break;
    case CED_RESOURCE: wr_putz(p->b, "resource"); break;
    case CED_CONTEXT: wr_putz(p->b, "context"); break;
    default: wr_putz(p->b, e->slot ? "?resource" : "?principal"); break;
    }
}

static void put_bare(printer *p, const ced_expr *e) {
    switch ((ced_op)e->op) {
    case CED_IF: put_if(p, e); break;
    case CED_AND:
    case CED_OR:
    case CED_ADD:
    case CED_MUL: put_chain(p, e); break;
    case CED_NOT:
    case CED_NEG: put_prefix(p, e); break;
    case CED_GET: put_get(p, e); break;
    case CED_CALL: put_call(p, e); break;
    case CED_SET:
    case CED_RECORD:
        wr_putc(p->b, e->op == CED_SET ? '[' : '{');
        put_list(p, e, 0);
        wr_putc(p->b, e->op == CED_SET ? ']' : '}');
        break;
    default:
        if (level_of(e) == L_RELATION) put_relation(p, e);
        else put_leaf(p, e);
    }
}

static void put(printer *p, const ced_expr *e, enum level least) {
    e = bare(e);
    bool open = level_of(e) < least;
    if (open) wr_putc(p->b, '(');
    put_bare(p, e);
    if (open) wr_putc(p->b, ')');
}

wr_rc ced_expr_text(wr_ctx *c, wr_buf *b, const ced_policy *of, const ced_expr *e) {
    printer p = {c, b, of, false};
    put(&p, e, L_IF);
    return p.bad ? WR_BAD : b->rc;
}

// ---------------------------------------------------------------------------------- policies

static void put_uid(printer *p, const ced_uid *u) {
    wr_cedar_put_uid(p->b, (wr_cedar_uid){u->type, u->id});
}

static void put_operand(printer *p, const ced_scope *s, unsigned which) {
    const ced_uid *filled = p->policy->slots[which == 2 ? WR_CEDAR_RESOURCE : WR_CEDAR_PRINCIPAL];
    if (s->slot && filled == NULL) {
        wr_putz(p->b, which == 2 ? "?resource" : "?principal");
    } else if (s->slot) {
        put_uid(p, filled);
    } else if (!s->list) {
        put_uid(p, s->v[0]);
    } else {
        wr_putc(p->b, '[');
        for (uint32_t i = 0; i < s->n; i++) {
            if (i > 0) wr_putz(p->b, ", ");
            put_uid(p, s->v[i]);
        }
        wr_putc(p->b, ']');
    }
}

static void put_scope(printer *p, const ced_scope *s, unsigned which) {
    static const char *const variables[3] = {"principal", "action", "resource"};
    wr_putz(p->b, variables[which]);
    if (s->op == CED_S_ALL) return;
    if (s->op == CED_S_IS || s->op == CED_S_IS_IN) {
        wr_putz(p->b, " is ");
        wr_puts(p->b, s->type);
    }
    if (s->op == CED_S_IS) return;
    wr_putz(p->b, s->op == CED_S_EQ ? " == " : " in ");
    put_operand(p, s, which);
}

wr_rc wr_cedar_policy_text(wr_ctx *c, wr_buf *b, const ced_policy *policy) {
    printer p = {c, b, policy, false};
    const ced_policy *body = policy->of ? policy->of : policy;
    for (uint32_t i = 0; i < body->n_annotations; i++) {
        const wr_cedar_annotation *a = &body->annotations[i];
        wr_putc(b, '@');
        wr_puts(b, a->key);
        if (a->has_value) {
            wr_putc(b, '(');
            quoted(b, a->value);
            wr_putc(b, ')');
        }
        wr_putc(b, '\n');
    }
    wr_putz(b, body->permit ? "permit(" : "forbid(");
    for (unsigned i = 0; i < 3; i++) {
        if (i > 0) wr_putz(b, ", ");
        put_scope(&p, &body->scope[i], i);
    }
    wr_putc(b, ')');
    for (uint32_t i = 0; i < body->n_conditions; i++) {
        wr_putz(b, body->conditions[i].unless ? " unless { " : " when { ");
        put(&p, body->conditions[i].e, L_IF);
        wr_putz(b, " }");
    }
    wr_putc(b, ';');
    return p.bad ? WR_BAD : b->rc;
}
