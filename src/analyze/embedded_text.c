// SPDX-License-Identifier: Apache-2.0
// Texts of templates with the place of each byte: strings as they are written in JSON or YAML, and
// what Fn::Sub, Fn::Join and Ref make of them as far as that is known before deployment.
// Pseudo parameters of which any value would do have one: an account, a region, a partition.
// Rules: CloudFormation User Guide, "Intrinsic function reference", "Pseudo parameters".

#include "analyze/embedded_int.h"

void emb_text_init(emb_text *t) {
    *t = (emb_text){.exact = true};
    wr_buf_init(&t->text, 0);
    wr_buf_init(&t->from, 0);
}

void emb_text_fini(emb_text *t) {
    wr_buf_fini(&t->text);
    wr_buf_fini(&t->from);
}

static void put_byte(emb_text *t, char c, uint32_t from) {
    wr_putc(&t->text, c);
    wr_put(&t->from, (const char *)&from, sizeof from);
}

static void put_text(emb_text *t, wr_str s, uint32_t from) {
    for (size_t i = 0; i < s.n; i++) put_byte(t, s.p[i], from);
}

static void put_mark(emb *e, emb_text *t, uint32_t from) {
    put_text(t, e->mark, from);
    t->open = true;
}

// ---------------------------------------------------------------------------------- places

// How many bytes of the file an escape of JSON takes, and how many bytes it stands for; 0: another
// escape than JSON has.
static size_t escape(wr_str raw, size_t r, wr_str content, size_t i, size_t *stands_for) {
    *stands_for = 1;
    if (r + 1 >= raw.n) return 0;
    char c = raw.p[r + 1];
    if (c != 'u') return c != '\0' && strchr("\"\\/bfnrt", c) ? 2 : 0;
    size_t next = i;
    bool wide = wr_utf8_next(content, &next) > 0xffff;
    *stands_for = next - i;
    return wide ? 12 : 6;
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Behind the tag that stands before a value: `!Sub |` → `|`.
static size_t after_tag(wr_str raw) {
    size_t i = 0;
    if (raw.n == 0 || raw.p[0] != '!') return 0;
    while (i < raw.n && !is_blank(raw.p[i])) i++;
    while (i < raw.n && is_blank(raw.p[i])) i++;
    return i;
}

// Offset in raw of each byte of content: a string as written, quoted or not, or a block with its
// indentation. False when they do not run side by side.
static bool align(emb_text *t, wr_str raw, wr_str content, uint32_t base) {
    size_t tag = after_tag(raw);
    raw = wr_sub(raw, tag, raw.n);
    base += (uint32_t)tag;
    char quote = raw.n > 0 && (raw.p[0] == '"' || raw.p[0] == '\'') ? raw.p[0] : 0;
    size_t r = quote != 0;
    if (raw.n > 0 && (raw.p[0] == '|' || raw.p[0] == '>')) r = wr_find(raw, WR_S("\n"), 0);
    for (size_t i = 0; i < content.n; i++) {
        char c = content.p[i];
        size_t stands_for = 1, takes = 1;
        if (r < raw.n && quote == '"' && raw.p[r] == '\\') {
            takes = escape(raw, r, content, i, &stands_for);
            if (takes == 0) return false;
        } else {
            while (r < raw.n && raw.p[r] != c && is_blank(raw.p[r]) &&
                   !(is_blank(c) && raw.p[r] == '\n'))
                r++;
            if (r >= raw.n || (raw.p[r] != c && !is_blank(c))) return false;
            if (quote == '\'' && c == '\'') takes = 2;
        }
        for (size_t k = 0; k < stands_for; k++) put_byte(t, content.p[i + k], base + (uint32_t)r);
        i += stands_for - 1;
        r += takes;
    }
    return true;
}

static uint16_t src_of(const emb *e, const wr_node *n) {
    return n->src < e->doc->n_srcs ? n->src : 0;
}

static wr_str written(const emb *e, const wr_node *n) {
    return wr_sub(e->doc->srcs[src_of(e, n)]->text, n->span.beg, n->span.end);
}

static void add_string(emb *e, emb_text *t, const wr_node *n) {
    wr_str s = wr_node_str(n);
    size_t text_n = t->text.n, from_n = t->from.n;
    if (align(t, written(e, n), s, n->span.beg)) return;
    t->text.n = text_n;
    t->from.n = from_n;
    t->exact = false;
    put_text(t, s, n->span.beg);
}

// ---------------------------------------------------------------------------------- functions

bool emb_function(const wr_node *n, wr_str *name, const wr_node **arg) {
    if (n->kind != WR_MAP || n->n != 1) return false;
    *name = wr_node_str(wr_map_key(n, 0));
    *arg = wr_map_val(n, 0);
    return wr_eq(*name, WR_S("Ref")) || wr_starts(*name, WR_S("Fn::")) ||
           (wr_eq(*name, WR_S("Condition")) && (*arg)->kind == WR_STR);
}

bool emb_is_no_value(const wr_node *n) {
    wr_str name;
    const wr_node *arg;
    return emb_function(n, &name, &arg) && wr_eq(name, WR_S("Ref")) && arg->kind == WR_STR &&
           wr_eq(wr_node_str(arg), WR_S("AWS::NoValue"));
}

wr_str emb_what(emb *e, const wr_node *n) {
    wr_str name;
    const wr_node *arg;
    if (!emb_function(n, &name, &arg)) return WR_S("a value");
    wr_str first = {0}, second = {0};
    if (arg->kind == WR_STR) first = wr_node_str(arg);
    if (arg->kind == WR_LIST && arg->n > 0 && arg->u.kids[0].kind == WR_STR)
        first = wr_node_str(arg->u.kids);
    if (arg->kind == WR_LIST && arg->n == 2 && arg->u.kids[1].kind == WR_STR)
        second = wr_node_str(arg->u.kids + 1);
    wr_str s = wr_fmt(&e->c->arena, "%.*s%s%.*s%s%.*s", WR_FMT(name), first.n ? " " : "",
                      WR_FMT(wr_utf8_cut(first, 80)), second.n ? "." : "",
                      WR_FMT(wr_utf8_cut(second, 80)));
    return s.p ? s : name;
}

// A value that any deployment could have; false: no such pseudo parameter.
static bool pseudo(wr_str name, wr_str *value) {
    static const struct {
        const char *name, *value;
    } known[] = {
        {"AWS::Partition", "aws"},
        {"AWS::Region", "us-east-1"},
        {"AWS::AccountId", "111122223333"},
        {"AWS::URLSuffix", "amazonaws.com"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!wr_eq(name, wr_strz(known[i].name))) continue;
        *value = wr_strz(known[i].value);
        return true;
    }
    return false;
}

static void add_named(emb *e, emb_text *t, wr_str name, uint32_t from) {
    wr_str value;
    if (pseudo(name, &value)) put_text(t, value, from);
    else put_mark(e, t, from);
}

// One ${…} of Fn::Sub: a variable of its own map, or a name.
static void add_variable(emb *e, emb_text *t, wr_str name, const wr_node *map, uint32_t from) {
    const wr_node *own = NULL;
    for (uint32_t i = 0; map != NULL && i < map->n; i++)
        if (wr_eq(wr_node_str(wr_map_key(map, i)), name)) own = wr_map_val(map, i);
    if (own == NULL) {
        add_named(e, t, name, from);
        return;
    }
    emb_text value; // its bytes have the variable's place: they are not in the text around it
    emb_text_init(&value);
    if (emb_text_add(e, &value, own)) {
        put_text(t, wr_buf_str(&value.text), from);
        t->open = t->open || value.open;
    } else {
        put_mark(e, t, from);
    }
    emb_text_fini(&value);
}

static void substitute(emb *e, emb_text *t, const emb_text *form, const wr_node *map) {
    wr_str s = wr_buf_str(&form->text);
    for (size_t i = 0; i < s.n;) {
        uint32_t from;
        memcpy(&from, form->from.p + i * sizeof from, sizeof from);
        size_t end = wr_find(s, WR_S("}"), i);
        bool opens = i + 2 < s.n && s.p[i] == '$' && s.p[i + 1] == '{' && end < s.n;
        if (opens && s.p[i + 2] == '!') { // ${!x} is the text ${x}
            put_text(t, WR_S("${"), from);
            i += 3;
        } else if (opens) {
            add_variable(e, t, wr_trim(wr_sub(s, i + 2, end)), map, from);
            i = end + 1;
        } else {
            put_byte(t, s.p[i++], from);
        }
    }
}

static bool add_sub(emb *e, emb_text *t, const wr_node *arg) {
    const wr_node *form = arg, *map = NULL;
    if (arg->kind == WR_LIST && arg->n == 2) {
        form = arg->u.kids;
        map = arg->u.kids[1].kind == WR_MAP ? arg->u.kids + 1 : NULL;
    }
    if (form->kind != WR_STR) return false;
    emb_text text;
    emb_text_init(&text);
    add_string(e, &text, form);
    t->exact = t->exact && text.exact;
    substitute(e, t, &text, map);
    emb_text_fini(&text);
    return true;
}

static bool add_join(emb *e, emb_text *t, const wr_node *arg) {
    if (arg->kind != WR_LIST || arg->n != 2 || arg->u.kids[0].kind != WR_STR ||
        arg->u.kids[1].kind != WR_LIST)
        return false;
    const wr_node *parts = arg->u.kids + 1;
    for (uint32_t i = 0; i < parts->n; i++) {
        const wr_node *part = parts->u.kids + i;
        if (i > 0) put_text(t, wr_node_str(arg->u.kids), part->span.beg);
        if (!emb_text_add(e, t, part)) put_mark(e, t, part->span.beg);
    }
    return true;
}

bool emb_text_add(emb *e, emb_text *t, const wr_node *n) {
    wr_str name;
    const wr_node *arg;
    if (t->text.n == 0) t->src = src_of(e, n);
    t->exact = t->exact && t->src == src_of(e, n);
    if (n->kind == WR_STR) {
        add_string(e, t, n);
        return true;
    }
    if (n->kind == WR_INT || n->kind == WR_FLOAT || n->kind == WR_BOOL) {
        put_text(t, written(e, n), n->span.beg);
        return true;
    }
    if (!emb_function(n, &name, &arg)) return false;
    if (wr_eq(name, WR_S("Fn::Sub")) && add_sub(e, t, arg)) return true;
    if (wr_eq(name, WR_S("Fn::Join")) && add_join(e, t, arg)) return true;
    if (wr_eq(name, WR_S("Ref")) && arg->kind == WR_STR)
        add_named(e, t, wr_node_str(arg), n->span.beg);
    else put_mark(e, t, n->span.beg);
    return true;
}
