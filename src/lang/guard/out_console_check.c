// SPDX-License-Identifier: Apache-2.0
// out_console_check: one failed check inside a resource's block: message, values, code excerpt.
// Rules: pprint_clauses and its callbacks of cfn-guard; columns as there. The line numbers of
// excerpts are the file's (the original loses count).

#include "lang/guard/out_int.h"

enum { WIDTH = 16, WIDTH_BLOCK = 19, WIDTH_BARE = 11, CODE_LINES = 6, MAX_LINE = 1000 };

static void put_field(wr_buf *b, uint32_t indent, const char *name, uint32_t width) {
    size_t n = strlen(name);
    wr_pad(b, ' ', indent);
    wr_put(b, name, n);
    if (n < width) wr_pad(b, ' ', width - n);
}

// The next part of a message, without blanks around it; empty parts are dropped.
static bool next_part(wr_str *rest, char sep, wr_str *part) {
    while (rest->p != NULL) {
        const char *end = rest->n > 0 ? memchr(rest->p, sep, rest->n) : NULL;
        size_t n = end != NULL ? (size_t)(end - rest->p) : rest->n;
        *part = wr_trim(wr_strn(rest->p, n));
        *rest = end != NULL ? wr_sub(*rest, n + 1, rest->n) : (wr_str){0};
        if (part->n > 0) return true;
    }
    return false;
}

void g_put_custom(wr_buf *b, uint32_t indent, wr_str message, uint32_t width) {
    if (message.n == 0) return;
    char sep = memchr(message.p, ';', message.n) != NULL ? ';' : '\n';
    wr_str rest = message, first, part;
    if (!next_part(&rest, sep, &first)) return;
    put_field(b, indent, "Message", width);
    if (!next_part(&rest, sep, &part)) {
        wr_putf(b, " = %.*s\n", WR_FMT(first));
        return;
    }
    wr_putz(b, " {\n");
    wr_pad(b, ' ', indent + 2);
    wr_puts(b, first);
    wr_putc(b, '\n');
    do {
        wr_pad(b, ' ', indent + 2);
        wr_puts(b, part);
        wr_putc(b, '\n');
    } while (next_part(&rest, sep, &part));
    wr_pad(b, ' ', indent);
    wr_putz(b, "}\n");
}

static void put_messages(g_details *c, const g_report *r, uint32_t indent, uint32_t width) {
    if (r->has_custom) g_put_custom(c->b, indent, r->custom, width);
    if (!r->has_error) return;
    put_field(c->b, indent, "Error", width);
    wr_putz(c->b, " = ");
    g_put_error(c->b, c->p->r->vals, r);
    wr_putc(c->b, '\n');
}

// ---------------------------------------------------------------------------------- code

static wr_str cut(wr_str line) {
    if (line.n <= MAX_LINE) return line;
    size_t n = MAX_LINE;
    while (n > 0 && ((unsigned char)line.p[n] & 0xC0) == 0x80) n--;
    return wr_sub(line, 0, n);
}

static void put_code(g_details *c, const wr_node *n, uint32_t indent) {
    const wr_src *src;
    wr_span at;
    if (!c->ops->code) return;
    wr_pad(c->b, ' ', indent);
    wr_putz(c->b, "Code:\n");
    if (n == NULL || !g_place(c->p->r->vals, n, &src, &at)) return;
    uint32_t line = wr_src_pos(src, at.beg).line;
    uint32_t from = line > 3 ? line - 3 : 1;
    for (uint32_t i = from; i < from + CODE_LINES && i <= src->n_lines; i++) {
        wr_str text = wr_src_line(src, i);
        if (i == src->n_lines && text.n == 0) break; // what follows the last line break
        wr_pad(c->b, ' ', indent + 2);
        wr_buf *tmp = g_text(c->p->tmp);
        wr_putf(tmp, "%5u.", i);
        wr_puts(tmp, cut(text));
        if (text.n > MAX_LINE) wr_putz(tmp, "…");
        g_paint(c->b, c->p->b->color, "92", wr_buf_str(tmp));
        wr_putc(c->b, '\n');
    }
}

// ---------------------------------------------------------------------------------- checks

static void open_check(g_details *c, const g_report *r, uint32_t indent) {
    wr_pad(c->b, ' ', indent);
    wr_putz(c->b, "Check = ");
    g_put_context_in(c->b, r->file, r->rec);
    wr_putz(c->b, " {\n");
}

static void close_at(g_details *c, uint32_t indent) {
    wr_pad(c->b, ' ', indent);
    wr_putz(c->b, "}\n");
}

static void put_unresolved(g_details *c, const g_report *r, uint32_t indent) {
    const g_vals *v = c->p->r->vals;
    open_check(c, r, indent);
    if (r->has_custom) g_put_custom(c->b, indent + 2, r->custom, 0);
    wr_pad(c->b, ' ', indent + 2);
    wr_putz(c->b, "RequiredPropertyError {\n");
    wr_pad(c->b, ' ', indent + 4);
    wr_putz(c->b, "PropertyPath = ");
    g_put_place(c->b, v, r->unres->node);
    wr_putc(c->b, '\n');
    wr_pad(c->b, ' ', indent + 4);
    wr_putz(c->b, "MissingProperty = ");
    g_put_rest(c->b, r->unres->rest, r->unres->n_rest);
    wr_putc(c->b, '\n');
    wr_buf *why = g_text(c->p->tmp);
    g_put_why(why, v, r->unres);
    if (why->n > 0) {
        wr_pad(c->b, ' ', indent + 4);
        wr_putf(c->b, "Reason = %.*s\n", WR_FMT(wr_buf_str(why)));
    }
    put_code(c, r->unres->node, indent + 4);
    close_at(c, indent + 2);
    close_at(c, indent);
}

static void put_block(g_details *c, const g_report *r, uint32_t indent) {
    uint32_t width = WIDTH_BARE;
    open_check(c, r, indent);
    wr_pad(c->b, ' ', indent + 2);
    wr_putz(c->b, "RequiredPropertyError {\n");
    if (r->unres != NULL) {
        wr_buf *path = g_text(c->p->tmp);
        g_put_path(path, c->p->r->vals, r->unres->node);
        if (path->n > 0) {
            width = WIDTH_BLOCK;
            put_field(c->b, indent + 4, "PropertyPath", width);
            wr_putf(c->b, "= %.*s\n", WR_FMT(wr_buf_str(path)));
            put_field(c->b, indent + 4, "MissingProperty", width);
            wr_putz(c->b, "= ");
            g_put_rest(c->b, r->unres->rest, r->unres->n_rest);
            wr_putc(c->b, '\n');
        }
    }
    put_messages(c, r, indent + 4, width);
    if (r->unres != NULL) put_code(c, r->unres->node, indent + 4);
    wr_putc(c->b, '\n');
    close_at(c, indent + 2);
    close_at(c, indent);
}

static void put_values(g_details *c, const g_report *r, uint32_t indent) {
    put_field(c->b, indent, "PropertyPath", WIDTH);
    wr_putz(c->b, "= ");
    c->ops->path(c, r->from);
    wr_putc(c->b, '\n');
    put_field(c->b, indent, "Operator", WIDTH);
    wr_putf(c->b, "= %s\n", g_op_report(r->op, r->op_neg));
    if (r->unary) return;
    put_field(c->b, indent, "Value", WIDTH);
    wr_putz(c->b, "= ");
    g_put_value_only(c->b, r->from);
    wr_putc(c->b, '\n');
    put_field(c->b, indent, "ComparedWith", WIDTH);
    wr_putz(c->b, "= ");
    if (r->check == G_K_RESOLVED) g_put_value_only(c->b, r->to);
    else wr_putc(c->b, '[');
    bool first = true;
    for (uint32_t i = 0; r->check == G_K_IN_RESOLVED && i < r->n_ins; i++) {
        if (r->ins[i].tag != G_RESOLVED) continue;
        if (!first) wr_putz(c->b, ", ");
        first = false;
        g_put_value_only(c->b, r->ins[i].node);
    }
    if (r->check == G_K_IN_RESOLVED) wr_putc(c->b, ']');
    wr_putc(c->b, '\n');
}

static void put_comparison(g_details *c, const g_report *r, uint32_t indent) {
    bool in = r->check == G_K_IN_RESOLVED;
    const wr_src *src;
    wr_span at;
    const wr_node *where = r->from;
    if (!r->unary && !in && !g_place(c->p->r->vals, where, &src, &at)) where = r->to;
    open_check(c, r, indent);
    wr_pad(c->b, ' ', indent + 2);
    wr_putz(c->b, "ComparisonError {\n");
    put_messages(c, r, indent + 4, WIDTH);
    if (in) close_at(c, indent + 2); // the original closes it before the values
    put_values(c, r, indent + 4);
    put_code(c, where, indent + 4);
    wr_putc(c->b, '\n');
    if (!in) close_at(c, indent + 2);
    close_at(c, indent);
}

// A check about no value: the original never prints one.
static void put_bare(g_details *c, const g_report *r, uint32_t indent) {
    open_check(c, r, indent);
    put_messages(c, r, indent + 2, 0);
    close_at(c, indent);
}

void g_put_failed_check(g_details *c, const g_report *r, uint32_t indent) {
    if (r->kind == G_P_BLOCK) put_block(c, r, indent);
    else if (r->check == G_K_UNRESOLVED) put_unresolved(c, r, indent);
    else if (r->check == G_K_UNRESOLVED_CONTEXT) put_bare(c, r, indent);
    else put_comparison(c, r, indent);
}
