// SPDX-License-Identifier: Apache-2.0
// schema_print: a schema as Cedar text, in the order of its names. What JSON can say and text
// cannot is refused by name: a shape that is no record, and a reference that text would read as
// something else (an entity type behind a common type of the same name). cedar-policy 4.13 prints
// those and changes their meaning.
// Layout: that of cedar-policy 4.13.

#include "lang/cedar/schema_int.h"

typedef struct writer {
    wr_ctx *c;
    wr_buf *b;
    const wr_cedar_schema *s;
    const sch_space *p;
    bool ok;
} writer;

static wr_diag *refuse(writer *w, wr_span at, const char *fmt, ...) WR_PRINTF(3, 4);
static wr_diag *refuse(writer *w, wr_span at, const char *fmt, ...) {
    w->ok = false;
    va_list ap;
    va_start(ap, fmt);
    wr_diag *d = wr_vreport(w->c, WR_D_P0306, WR_ERROR, w->s->src, at, fmt, ap);
    va_end(ap);
    return d;
}

static void put_quoted(writer *w, wr_str s) {
    wr_putc(w->b, '"');
    ced_put_string(w->b, s, false);
    wr_putc(w->b, '"');
}

static void put_line(writer *w, uint32_t indent) {
    wr_putc(w->b, '\n');
    wr_pad(w->b, ' ', indent);
}

static void put_notes(writer *w, sch_notes notes, uint32_t indent) {
    for (uint32_t i = 0; i < notes.n; i++) {
        wr_putc(w->b, '@');
        wr_puts(w->b, notes.v[i].key);
        if (notes.v[i].has_value) {
            wr_putc(w->b, '(');
            put_quoted(w, notes.v[i].value);
            wr_putc(w->b, ')');
        }
        put_line(w, indent);
    }
}

// ---------------------------------------------------------------------------------- types

static const char *what_is(const sch_target *t) {
    if (t->common) return "common type";
    return t->entity ? "entity type" : "built-in type";
}

// Does the name mean, where a kind of Cedar text stands, what it means in t?
static void put_name(writer *w, const sch_type *t, sch_kind in_text) {
    sch_target is = {0}, reads = {0};
    sch_type text = *t;
    text.kind = (uint8_t)in_text;
    (void)sch_find(w->s, w->p, t, &is);
    bool found = sch_find(w->s, w->p, &text, &reads);
    if (!found || is.common != reads.common || is.entity != reads.entity ||
        is.built_in != reads.built_in) {
        wr_diag *d =
            refuse(w, t->at, "the name `%.*s` means the %s, and text would read it as the %s",
                   WR_FMT(t->name), what_is(&is), found ? what_is(&reads) : "type");
        wr_hint(w->c, d, "rename one of the two");
    }
    wr_puts(w->b, t->name);
}

static void put_type(writer *w, const sch_type *t, uint32_t indent);

static void put_record(writer *w, const sch_type *t, uint32_t indent) {
    wr_putc(w->b, '{');
    for (uint32_t i = 0; i < t->n; i++) {
        const sch_attr *a = &t->attrs[i];
        put_line(w, indent + 2);
        put_notes(w, a->notes, indent + 2);
        ced_put_key(w->b, a->name);
        wr_putz(w->b, a->required ? ": " : "?: ");
        put_type(w, a->type, indent + 2);
        if (i + 1 < t->n) wr_putc(w->b, ',');
    }
    if (t->n) put_line(w, indent);
    wr_putc(w->b, '}');
}

static void put_type(writer *w, const sch_type *t, uint32_t indent) {
    switch ((sch_kind)t->kind) {
    case SCH_LONG: wr_putz(w->b, "__cedar::Long"); break;
    case SCH_STRING: wr_putz(w->b, "__cedar::String"); break;
    case SCH_BOOL: wr_putz(w->b, "__cedar::Bool"); break;
    case SCH_EXTENSION:
        wr_putz(w->b, "__cedar::");
        wr_puts(w->b, t->name);
        break;
    case SCH_SET:
        wr_putz(w->b, "Set<");
        put_type(w, t->of, indent);
        wr_putc(w->b, '>');
        break;
    case SCH_RECORD: put_record(w, t, indent); break;
    default: put_name(w, t, SCH_NAME); break;
    }
}

// ---------------------------------------------------------------------------------- declarations

static void put_refs(writer *w, const sch_ref *v, uint32_t n) {
    wr_putc(w->b, '[');
    for (uint32_t i = 0; i < n; i++) {
        if (i) wr_putz(w->b, ", ");
        wr_puts(w->b, v[i].name);
    }
    wr_putc(w->b, ']');
}

static void put_common(writer *w, const sch_common *t, uint32_t indent) {
    put_notes(w, t->notes, indent);
    wr_putz(w->b, "type ");
    wr_puts(w->b, t->name);
    wr_putz(w->b, " = ");
    put_type(w, t->type, indent);
    wr_putz(w->b, ";\n");
}

static void put_entity(writer *w, const sch_entity *e, uint32_t indent) {
    put_notes(w, e->notes, indent);
    wr_putz(w->b, "entity ");
    wr_puts(w->b, e->name);
    if (e->is_enum) {
        wr_putz(w->b, " enum [");
        for (uint32_t i = 0; i < e->n_ids; i++) {
            if (i) wr_putz(w->b, ", ");
            put_quoted(w, e->ids[i]);
        }
        wr_putc(w->b, ']');
    }
    if (e->n_up) {
        wr_putz(w->b, " in ");
        put_refs(w, e->up, e->n_up);
    }
    if (e->shape && e->shape->kind != SCH_RECORD) {
        wr_diag *d = refuse(w, e->shape->at,
                            "the following entities have shapes that cannot be converted to Cedar "
                            "schema syntax: [%.*s]",
                            WR_FMT(e->model->name));
        wr_hint(w->c, d,
                "entity shapes may only be record types; in the Cedar schema syntax, they "
                "additionally may not reference common type definitions");
    } else if (e->shape && e->shape->n) {
        wr_putz(w->b, " = ");
        put_type(w, e->shape, indent);
    }
    if (e->tags) {
        wr_putz(w->b, " tags ");
        put_type(w, e->tags, indent);
    }
    wr_putz(w->b, ";\n");
}

static void put_members(writer *w, const sch_action *a) {
    if (a->n_up == 0) return;
    wr_putz(w->b, " in [");
    for (uint32_t i = 0; i < a->n_up; i++) {
        if (i) wr_putz(w->b, ", ");
        wr_str type = a->up[i].type;
        wr_cedar_put_uid(w->b, (wr_cedar_uid){type.n ? type : WR_S("Action"), a->up[i].id});
    }
    wr_putc(w->b, ']');
}

static void put_context(writer *w, const sch_action *a, uint32_t indent) {
    if (a->context == NULL) wr_putz(w->b, "{}");
    else if (a->context->kind == SCH_RECORD) put_record(w, a->context, indent);
    else put_name(w, a->context, SCH_COMMON);
}

static void put_action(writer *w, const sch_action *a, uint32_t indent) {
    put_notes(w, a->notes, indent);
    wr_putz(w->b, "action ");
    put_quoted(w, a->id);
    put_members(w, a);
    if (a->n_principals && a->n_resources) {
        wr_putz(w->b, " appliesTo {");
        put_line(w, indent + 2);
        wr_putz(w->b, "principal: ");
        put_refs(w, a->principals, a->n_principals);
        wr_putc(w->b, ',');
        put_line(w, indent + 2);
        wr_putz(w->b, "resource: ");
        put_refs(w, a->resources, a->n_resources);
        wr_putc(w->b, ',');
        put_line(w, indent + 2);
        wr_putz(w->b, "context: ");
        put_context(w, a, indent + 2);
        put_line(w, indent);
        wr_putc(w->b, '}');
    }
    wr_putz(w->b, ";\n");
}

static void begin(writer *w, bool *first, uint32_t indent) {
    if (!*first) wr_putc(w->b, '\n');
    *first = false;
    wr_pad(w->b, ' ', indent);
}

static void put_space(writer *w, const sch_space *p, bool *first) {
    uint32_t indent = p->name.n ? 2 : 0;
    w->p = p;
    if (p->name.n) {
        begin(w, first, 0);
        put_notes(w, p->notes, 0);
        wr_putz(w->b, "namespace ");
        wr_puts(w->b, p->name);
        wr_putz(w->b, " {\n");
        *first = true;
    }
    for (uint32_t i = 0; i < p->commons.n; i++) {
        begin(w, first, indent);
        put_common(w, p->commons.v[i], indent);
    }
    for (uint32_t i = 0; i < p->entities.n; i++) {
        begin(w, first, indent);
        put_entity(w, p->entities.v[i], indent);
    }
    for (uint32_t i = 0; i < p->actions.n; i++) {
        begin(w, first, indent);
        put_action(w, p->actions.v[i], indent);
    }
    if (p->name.n) wr_putz(w->b, "}\n");
    if (p->name.n) *first = false;
}

wr_rc wr_cedar_schema_put_text(wr_ctx *c, wr_buf *b, const wr_cedar_schema *s) {
    writer w = {.c = c, .b = b, .s = s, .ok = true};
    bool first = true;
    for (uint32_t i = 0; i < s->spaces.n; i++) put_space(&w, s->spaces.v[i], &first);
    if (b->rc != WR_OK) return b->rc;
    return w.ok ? WR_OK : WR_BAD;
}
