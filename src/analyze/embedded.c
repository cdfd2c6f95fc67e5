// SPDX-License-Identifier: Apache-2.0
// Policies inside CloudFormation templates: the properties of resources that hold one, through
// lists and Fn::If; objects, texts of JSON, Fn::Sub and Fn::Join of such texts, Fn::ToJsonString.
// Every policy that stands there is in the list, the unreadable and the unknown as such: what is
// left out would look like what was found good.

#include "analyze/embedded_int.h"

// ---------------------------------------------------------------------------------- one policy

static void add(emb *e, const wr_embedded *p) {
    if (!WR_PUSH(&e->c->arena, &e->found, *p)) e->rc = WR_NOMEM;
}

// Places of what the JSON reader said of a text become places of the file.
static void move_diags(const emb *e, wr_diag **first, const wr_src *from, const wr_embedded *p,
                       const emb_text *t) {
    for (wr_diag *d = *first; d != NULL; d = d->next) {
        if (d->src != from) continue;
        uint32_t at = 0;
        bool inside = t->exact && (d->span.beg + 1) * sizeof at <= t->from.n;
        if (inside) memcpy(&at, t->from.p + d->span.beg * sizeof at, sizeof at);
        d->src = e->doc->srcs[t->src];
        d->span = inside ? (wr_span){at, at + 1} : p->at->span;
    }
}

static wr_rc read_json(emb *e, const wr_src *src, wr_doc **out) {
    const wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true, .own_repeats = true};
    return wr_json_read(e->c, src, &how, out);
}

static void take_json(emb *e, wr_embedded *p, emb_text *t) {
    wr_str text = wr_dup(&e->c->arena, wr_buf_str(&t->text)); // strings of the document are in it
    wr_src *src = text.p ? wr_src_new(&e->c->arena, p->name, text, false) : NULL;
    if (src == NULL) {
        e->rc = WR_NOMEM;
        return;
    }
    wr_doc *inner = NULL;
    wr_ctx_mark mark = wr_ctx_mark_now(e->c);
    wr_diag **said = e->c->diags_tail;
    wr_rc rc = read_json(e, src, &inner);
    if (rc == WR_OK) {
        emb_make(e, p, inner, inner->root, t);
    } else if (rc == WR_BAD && t->open) { // a part that is not known may be what is missing
        wr_ctx_rewind(e->c, mark);
        p->unknown = WR_S("a text of which parts are not known");
    } else if (rc == WR_BAD || rc == WR_LIMIT) {
        p->broken = true;
        move_diags(e, said, src, p, t);
    } else {
        e->rc = rc;
    }
}

static void take_text(emb *e, wr_embedded *p, const wr_node *n) {
    emb_text t;
    emb_text_init(&t);
    bool text = emb_text_add(e, &t, n);
    wr_str s = wr_trim(wr_buf_str(&t.text));
    if (t.text.rc != WR_OK || t.from.rc != WR_OK) {
        e->rc = WR_NOMEM;
    } else if (!text || wr_eq(s, e->mark)) {
        p->unknown = emb_what(e, n);
        add(e, p);
    } else if (s.n > 0) {
        take_json(e, p, &t);
        add(e, p);
    }
    emb_text_fini(&t);
}

static wr_str path_of(emb *e, const wr_node *n) {
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_put_path(&b, e->doc, n);
    return wr_buf_keep(&b, &e->c->arena);
}

// "AppRole Policies/0/PolicyDocument": the owner, and the path below its properties.
static wr_str name_of(emb *e, const wr_embedded *p) {
    static const char *const above[] = {"/Properties/", "/change/after/"};
    wr_str path = p->path;
    for (int i = 0; i < 2; i++) {
        size_t at = wr_find(p->path, wr_strz(above[i]), 0);
        if (at < p->path.n) path = wr_sub(p->path, at + strlen(above[i]), p->path.n);
    }
    wr_str s = wr_fmt(&e->c->arena, "%.*s %.*s", WR_FMT(p->owner), WR_FMT(path));
    return s.p ? s : p->owner;
}

static wr_embedded placed(emb *e, const wr_embedded *proto, const wr_node *n) {
    wr_embedded p = *proto;
    p.at = n;
    p.path = path_of(e, n);
    p.name = name_of(e, &p);
    return p;
}

void emb_wait(emb *e, const wr_embedded *proto, const wr_node *at, wr_str what) {
    wr_embedded p = placed(e, proto, at);
    p.unknown = what;
    add(e, &p);
}

void emb_take(emb *e, const wr_embedded *proto, const wr_node *n) {
    wr_str fn;
    const wr_node *arg;
    if (e->rc != WR_OK || n->kind == WR_NULL) return;
    if (e->functions && emb_is_no_value(n)) return;
    wr_embedded p = placed(e, proto, n);
    if (e->functions && emb_function(n, &fn, &arg)) {
        if (wr_eq(fn, WR_S("Fn::If")) && arg->kind == WR_LIST && arg->n == 3) {
            emb_take(e, proto, arg->u.kids + 1);
            emb_take(e, proto, arg->u.kids + 2);
        } else if (wr_eq(fn, WR_S("Fn::ToJsonString"))) {
            emb_take(e, proto, arg->kind == WR_LIST && arg->n == 1 ? arg->u.kids : arg);
        } else {
            take_text(e, &p, n);
        }
    } else if (n->kind == WR_STR) {
        take_text(e, &p, n);
    } else {
        emb_make(e, &p, e->doc, n, NULL);
        add(e, &p);
    }
}

// ---------------------------------------------------------------------------------- templates

wr_str emb_cut_step(wr_str *path) {
    size_t slash = wr_find(*path, WR_S("/"), 0);
    wr_str step = wr_sub(*path, 0, slash);
    *path = slash < path->n ? wr_sub(*path, slash + 1, path->n) : wr_sub(*path, path->n, path->n);
    return step;
}

const wr_node *emb_get(const wr_node *m, wr_str key) {
    for (uint32_t i = 0; m->kind == WR_MAP && i < m->n; i++)
        if (wr_eq(wr_node_str(wr_map_key(m, i)), key)) return wr_map_val(m, i);
    return NULL;
}

// Does n hold a policy, where policies are mixed with their names?
static bool looks_like_policy(const wr_node *n) {
    return n->kind == WR_MAP && emb_get(n, WR_S("Statement")) != NULL;
}

static void follow(emb *e, const wr_embedded *proto, const emb_row *row, const wr_node *n,
                   wr_str path) {
    wr_str fn;
    const wr_node *arg;
    if (path.n == 0 && !row->maybe) {
        emb_take(e, proto, n);
    } else if (emb_function(n, &fn, &arg)) {
        if (!wr_eq(fn, WR_S("Fn::If")) || arg->kind != WR_LIST || arg->n != 3) return;
        follow(e, proto, row, arg->u.kids + 1, path);
        follow(e, proto, row, arg->u.kids + 2, path);
    } else if (path.n == 0) {
        if (looks_like_policy(n)) emb_take(e, proto, n);
    } else {
        wr_str rest = path, step = emb_cut_step(&rest);
        bool all = wr_eq(step, WR_S("*"));
        for (uint32_t i = 0; all && n->kind == WR_LIST && i < n->n; i++)
            follow(e, proto, row, n->u.kids + i, rest);
        const wr_node *v = all ? NULL : emb_get(n, step);
        if (v != NULL) follow(e, proto, row, v, rest);
    }
}

bool emb_kind_of(const wr_node *properties, const char *key, wr_iam_kind *kind) {
    const wr_node *type = emb_get(properties, wr_strz(key));
    wr_str s = type && type->kind == WR_STR ? wr_node_str(type) : WR_S("");
    bool rcp = wr_eq(s, WR_S("RESOURCE_CONTROL_POLICY"));
    *kind = rcp ? WR_IAM_RCP : WR_IAM_SCP;
    return rcp || wr_eq(s, WR_S("SERVICE_CONTROL_POLICY"));
}

static void in_resource(emb *e, const wr_node *key) {
    const wr_node *type = emb_get(key + 1, WR_S("Type"));
    const wr_node *properties = emb_get(key + 1, WR_S("Properties"));
    if (type == NULL || type->kind != WR_STR || properties == NULL) return;
    wr_embedded proto = {.owner = wr_node_str(key), .type = wr_node_str(type)};
    uint32_t n;
    const emb_row *row = emb_rows_of(proto.type, &n);
    for (uint32_t i = 0; i < n; i++) {
        proto.kind = (wr_iam_kind)row[i].kind;
        if (proto.kind == WR_IAM_SCP && !emb_kind_of(properties, "Type", &proto.kind)) continue;
        follow(e, &proto, row + i, properties, wr_strz(row[i].path));
    }
}

void emb_in_template(emb *e) {
    const wr_node *resources = wr_map_getz(e->doc, e->doc->root, "Resources");
    for (uint32_t i = 0; i < resources->n && e->rc == WR_OK; i++)
        in_resource(e, wr_map_key(resources, i));
}

// ---------------------------------------------------------------------------------- all

enum { MARK_FIRST = 0xE000, MARKS = 0x1000 }; // private use, EE xx xx as UTF-8

static void note_marks(wr_str s, uint8_t used[MARKS / 8]) {
    for (size_t i = wr_find(s, WR_S("\xEE"), 0); i < s.n; i = wr_find(s, WR_S("\xEE"), i)) {
        uint32_t k = wr_utf8_next(s, &i) - MARK_FIRST;
        if (k < MARKS) used[k / 8] |= (uint8_t)(1u << k % 8);
    }
}

// A character that stands nowhere in the document: no text can be made to look unknown.
static wr_rc choose_mark(emb *e) {
    uint8_t used[MARKS / 8] = {0};
    for (uint32_t i = 0; i < e->doc->n_nodes; i++)
        if (e->doc->nodes[i].kind == WR_STR) note_marks(wr_node_str(e->doc->nodes + i), used);
    uint32_t k = 0;
    while (k < MARKS && (used[k / 8] >> k % 8 & 1)) k++;
    char p[4];
    e->mark = wr_dup(&e->c->arena, wr_strn(p, wr_utf8_put(MARK_FIRST + k % MARKS, p)));
    if (k < MARKS) return e->mark.p ? WR_OK : WR_NOMEM;
    (void)wr_report(e->c, WR_D_D0014, WR_ERROR, e->doc->srcs[0], (wr_span){0, 0},
                    "the document uses every character of the private use area");
    return WR_LIMIT;
}

wr_rc wr_embedded_find(wr_ctx *c, const wr_doc *doc, wr_embedded_list *out) {
    *out = (wr_embedded_list){0};
    wr_doc_kind kind = wr_doc_classify(doc);
    if (kind == WR_DOC_OTHER) return WR_OK;
    emb e = {.c = c, .doc = doc, .syms = WR_NEW(&c->arena, wr_symtab)};
    if (e.syms == NULL) return WR_NOMEM;
    wr_rc rc = choose_mark(&e);
    if (rc != WR_OK) return rc;
    e.functions = kind == WR_DOC_CFN;
    wr_symtab_init(e.syms, &c->arena, NULL);
    if (kind == WR_DOC_CFN) emb_in_template(&e);
    else emb_in_plan(&e);
    *out = (wr_embedded_list){.v = e.found.v, .n = e.found.n};
    return c->arena.oom ? WR_NOMEM : e.rc;
}
