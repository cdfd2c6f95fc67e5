// SPDX-License-Identifier: Apache-2.0
// out_console_tree: failures grouped by the resource they are about.
//
// The tree of reports is laid out once in the order it is printed: containers (rules and
// alternatives) that open and close, and leaves (checks). Each leaf is filed under the resources
// its values stand in. A resource's block is then the leaves filed there, within the containers.
// Rules: cfn-guard's cfn.rs, tf.rs and common.rs. The original prints every container in every
// resource, also where it holds nothing for it; ours does so up to MAX_EMPTY of them.

#include "lang/guard/out_int.h"

#include <stdlib.h>

enum { NONE = UINT32_MAX, MAX_EMPTY = 1 << 17 };

typedef struct box { // a container
    const g_report *rep;
    uint32_t up;       // container around it, NONE for a top rule
    uint32_t indent;   // of what is in it
    uint32_t beg, end; // leaves before it opens and before it closes
} box;

typedef struct leaf {
    const g_report *rep;
    uint32_t box;
    uint32_t rule; // top rule
} leaf;

typedef struct mark { // an end of a container, in printing order
    uint32_t box;
    bool open;
} mark;

typedef struct filed { // leaf under a resource
    uint32_t resource, leaf;
} filed;

typedef struct layout {
    g_details *c;
    wr_arena *a;
    const g_report *v; // top rules
    uint32_t n;
    WR_VEC(box) boxes;
    WR_VEC(leaf) leaves;
    WR_VEC(mark) marks;
    WR_VEC(filed) files;
    uint32_t *rule_mark;  // rule → its first mark; [n] the end
    uint32_t *rule_files; // rule → number of its leaves that are filed
    bool alien;
    uint32_t n_resources;
    // Rules of one name are a class, known by the first of them:
    uint32_t *first;     // rule → its class
    uint32_t *next_same; // rule → next rule of the class, or NONE
    uint32_t *prefix_at; // class → where its prefixes begin in prefixes, [class + 1] the end
    WR_VEC(uint32_t) prefixes; // classes whose name begins that of the class, itself included
    uint32_t *hit, *shown;     // class → last resource it has a leaf in, is printed for
} layout;

// ---------------------------------------------------------------------------------- laying out

static void file_leaf(layout *l, const wr_node *n, uint32_t at, uint32_t *other) {
    uint32_t r = n != NULL ? l->c->ops->resource(l->c, n, &l->alien) : NONE;
    if (r == NONE || r == *other) return;
    *other = r;
    (void)WR_PUSH(l->a, &l->files, ((filed){r, at}));
    l->rule_files[l->leaves.v[at].rule]++;
}

static void lay_leaf(layout *l, const g_report *r, uint32_t in, uint32_t rule) {
    uint32_t seen = NONE, at = l->leaves.n;
    if (!WR_PUSH(l->a, &l->leaves, ((leaf){r, in, rule}))) return;
    bool both = r->kind == G_P_CLAUSE && r->check == G_K_RESOLVED && !r->unary;
    file_leaf(l, r->from, at, &seen);
    if (both) file_leaf(l, r->to, at, &seen);
}

// Recursion follows the nesting of rules (see clauses.c).
static void lay(layout *l, const g_report *r, uint32_t in, uint32_t rule) {
    if (r->kind == G_P_CLAUSE || r->kind == G_P_BLOCK) {
        lay_leaf(l, r, in, rule);
        return;
    }
    uint32_t me = l->boxes.n;
    uint32_t base = in == NONE ? 2 : l->boxes.v[in].indent;
    box b = {r, in, base + (r->kind == G_P_RULE ? 4 : 2), l->leaves.n, 0};
    if (!WR_PUSH(l->a, &l->boxes, b) || !WR_PUSH(l->a, &l->marks, ((mark){me, true}))) return;
    for (uint32_t i = 0; i < r->n; i++) lay(l, &r->v[i], me, rule);
    l->boxes.v[me].end = l->leaves.n;
    (void)WR_PUSH(l->a, &l->marks, ((mark){me, false}));
}

static bool add_prefixes(layout *l, const wr_map *by_name, uint32_t rule) {
    wr_str name = l->v[rule].rule->name;
    l->prefix_at[rule] = l->prefixes.n;
    if (l->first[rule] != rule) return true;
    for (size_t k = 1; k <= name.n; k++) {
        uint32_t c = (uint32_t)(uintptr_t)wr_map_find(by_name, wr_sub(name, 0, k)) - 1u;
        if (c != NONE && !WR_PUSH(l->a, &l->prefixes, c)) return false;
    }
    return true;
}

static bool index_names(layout *l) {
    wr_map by_name; // name → class + 1
    uint32_t *v = WR_NEW_N(l->a, uint32_t, 5 * ((size_t)l->n + 1));
    if (v == NULL) return false;
    l->first = v;
    l->next_same = v + (l->n + 1);
    l->prefix_at = v + 2 * ((size_t)l->n + 1);
    l->hit = v + 3 * ((size_t)l->n + 1);
    l->shown = v + 4 * ((size_t)l->n + 1);
    wr_map_init(&by_name, l->a);
    for (uint32_t i = l->n; i-- > 0;) {
        void **at = wr_map_at(&by_name, l->v[i].rule->name);
        if (at == NULL) return false;
        l->next_same[i] = (uint32_t)(uintptr_t)*at - 1u; // NONE when there is none
        *at = (void *)(uintptr_t)(i + 1u);
    }
    for (uint32_t i = 0; i < l->n; i++)
        l->first[i] = (uint32_t)(uintptr_t)wr_map_find(&by_name, l->v[i].rule->name) - 1u;
    for (uint32_t i = 0; i < l->n; i++)
        if (!add_prefixes(l, &by_name, i)) return false;
    l->prefix_at[l->n] = l->prefixes.n;
    return true;
}

static int by_resource(const void *a, const void *b) {
    const filed *x = a, *y = b;
    if (x->resource != y->resource) return x->resource < y->resource ? -1 : 1;
    return (x->leaf > y->leaf) - (x->leaf < y->leaf);
}

static bool lay_out(layout *l) {
    l->rule_mark = WR_NEW_N(l->a, uint32_t, l->n + 1u);
    l->rule_files = WR_NEW_N(l->a, uint32_t, l->n + 1u);
    if (l->rule_mark == NULL || l->rule_files == NULL) return false;
    for (uint32_t i = 0; i < l->n; i++) {
        l->rule_mark[i] = l->marks.n;
        lay(l, &l->v[i], NONE, i);
    }
    l->rule_mark[l->n] = l->marks.n;
    if (l->files.n > 0) qsort(l->files.v, l->files.n, sizeof *l->files.v, by_resource);
    for (uint32_t i = 0; i < l->files.n; i++)
        l->n_resources += i == 0 || l->files.v[i].resource != l->files.v[i - 1].resource;
    return !l->a->oom && index_names(l);
}

// ---------------------------------------------------------------------------------- containers

static void open_box(layout *l, const box *b) {
    wr_buf *out = l->c->b;
    if (b->rep->kind != G_P_RULE) {
        wr_pad(out, ' ', b->indent - 2);
        wr_putz(out, "ANY {\n");
        return;
    }
    wr_pad(out, ' ', b->indent - 4);
    wr_putz(out, "Rule = ");
    g_paint(out, l->c->p->b->color, "95", b->rep->rule->name);
    wr_putz(out, " {\n");
    if (b->rep->has_custom) g_put_custom(out, b->indent - 2, b->rep->custom, 0);
    wr_pad(out, ' ', b->indent - 2);
    wr_putz(out, "ALL {\n");
}

static void close_box(layout *l, const box *b) {
    wr_pad(l->c->b, ' ', b->indent - 2);
    wr_putz(l->c->b, "}\n");
    if (b->rep->kind != G_P_RULE) return;
    wr_pad(l->c->b, ' ', b->indent - 4);
    wr_putz(l->c->b, "}\n");
}

static void put_leaf(layout *l, const leaf *f) {
    g_put_failed_check(l->c, f->rep, l->boxes.v[f->box].indent);
}

// All containers of a rule, with the leaves of files[0 … n) in them.
static void put_rule_whole(layout *l, uint32_t rule, const filed *f, uint32_t n) {
    uint32_t next = 0;
    for (uint32_t m = l->rule_mark[rule]; m < l->rule_mark[rule + 1]; m++) {
        const box *b = &l->boxes.v[l->marks.v[m].box];
        uint32_t upto = l->marks.v[m].open ? b->beg : b->end;
        while (next < n && f[next].leaf < upto) put_leaf(l, &l->leaves.v[f[next++].leaf]);
        if (l->marks.v[m].open) open_box(l, b);
        else close_box(l, b);
    }
}

static void open_down_to(layout *l, uint32_t in, uint32_t stop) {
    if (in == stop) return;
    open_down_to(l, l->boxes.v[in].up, stop); // as deep as rules nest
    open_box(l, &l->boxes.v[in]);
}

static bool is_inside(const layout *l, uint32_t at, uint32_t outer) {
    return outer == NONE || (l->boxes.v[outer].beg <= at && at < l->boxes.v[outer].end);
}

// Only the containers that hold one of the leaves.
static void put_rule_sparse(layout *l, uint32_t rule, const filed *f, uint32_t n) {
    uint32_t cur = NONE;
    if (n == 0) {
        const box *b = &l->boxes.v[l->marks.v[l->rule_mark[rule]].box];
        open_box(l, b);
        close_box(l, b);
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        const leaf *lf = &l->leaves.v[f[i].leaf];
        while (!is_inside(l, f[i].leaf, cur)) {
            close_box(l, &l->boxes.v[cur]);
            cur = l->boxes.v[cur].up;
        }
        open_down_to(l, lf->box, cur);
        cur = lf->box;
        put_leaf(l, lf);
    }
    for (; cur != NONE; cur = l->boxes.v[cur].up) close_box(l, &l->boxes.v[cur]);
}

static void put_rule(layout *l, uint32_t rule, const filed *f, uint32_t n) {
    uint64_t boxes = (l->rule_mark[rule + 1] - l->rule_mark[rule]) / 2;
    if (boxes * l->n_resources <= MAX_EMPTY) put_rule_whole(l, rule, f, n);
    else put_rule_sparse(l, rule, f, n);
}

// ---------------------------------------------------------------------------------- resources

typedef WR_VEC(uint32_t) list;

static int by_number(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

// The rules a resource's block shows: those with a leaf in it, and those whose name begins the name
// of such a rule (the original tells rules apart by the beginning of a text).
static void rules_of(layout *l, const filed *f, uint32_t n, uint32_t resource, list *out) {
    out->n = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t class = l->first[l->leaves.v[f[i].leaf].rule];
        if (l->hit[class] == resource) continue;
        l->hit[class] = resource;
        for (uint32_t k = l->prefix_at[class]; k < l->prefix_at[class + 1]; k++) {
            uint32_t r = l->prefixes.v[k];
            if (l->shown[r] == resource) continue;
            l->shown[r] = resource;
            for (; r != NONE; r = l->next_same[r]) (void)WR_PUSH(l->a, out, r);
        }
    }
    if (out->n > 1) qsort(out->v, out->n, sizeof *out->v, by_number);
}

// number: of the resource among those printed, from 1.
static void put_resource(layout *l, const filed *f, uint32_t n, uint32_t number, list *rules) {
    uint32_t at = 0;
    l->c->ops->head(l->c, f[0].resource);
    rules_of(l, f, n, number, rules);
    for (uint32_t i = 0; i < rules->n; i++) {
        uint32_t beg = at;
        while (at < n && l->leaves.v[f[at].leaf].rule == rules->v[i]) at++;
        put_rule(l, rules->v[i], f + beg, at - beg);
    }
    wr_putz(l->c->b, "}\n");
}

// Rules none of whose failures is about a resource: the original says nothing about them.
static void put_rest(layout *l) {
    bool begun = false;
    for (uint32_t rule = 0; rule < l->n; rule++) {
        if (l->rule_files[rule] > 0) continue;
        const box *b = &l->boxes.v[l->marks.v[l->rule_mark[rule]].box];
        filed *f = WR_NEW_N(l->a, filed, b->end - b->beg + 1u);
        if (f == NULL) return;
        for (uint32_t i = b->beg; i < b->end; i++) f[i - b->beg].leaf = i;
        if (!begun) wr_putf(l->c->b, "%s {\n", l->c->ops->rest);
        begun = true;
        put_rule_whole(l, rule, f, b->end - b->beg);
    }
    if (begun) wr_putz(l->c->b, "}\n");
}

static void put_all(layout *l) {
    wr_buf *b = l->c->b;
    list rules = {0};
    uint32_t number = 0;
    wr_putf(b, "Evaluating data %.*s against rules %.*s\nNumber of non-compliant resources ",
            WR_FMT(l->c->p->doc->name), WR_FMT(l->c->p->r->file->name));
    wr_buf *count = g_text(l->c->p->tmp);
    wr_put_u64(count, l->n_resources);
    g_paint(b, l->c->p->b->color, "1", wr_buf_str(count));
    wr_putc(b, '\n');
    for (uint32_t i = 0, k; i < l->files.n; i = k) {
        for (k = i + 1; k < l->files.n && l->files.v[k].resource == l->files.v[i].resource;) k++;
        put_resource(l, l->files.v + i, k - i, ++number, &rules);
    }
    put_rest(l);
}

bool g_console_resources(wr_buf *b, const g_printer *p, g_console how, const g_report *v,
                         uint32_t n) {
    const wr_doc *doc = p->doc->doc;
    g_details c = {.b = b, .p = p};
    c.ops = how == G_CON_CFN ? &g_details_cfn : &g_details_tf;
    c.entries = wr_map_getz(doc, doc->root, how == G_CON_CFN ? "Resources" : "resource_changes");
    layout l = {.c = &c, .a = p->arena, .v = v, .n = n};
    if (!lay_out(&l)) {
        p->arena->oom = true;
        return true;
    }
    if (l.alien) return false;
    put_all(&l);
    return true;
}

uint32_t g_ancestors(const wr_doc *d, const wr_node *n, const wr_node **v, uint32_t max) {
    uint32_t depth = 0;
    for (const wr_node *k = n; (k = wr_parent(d, k)) != NULL;) depth++;
    uint32_t at = depth;
    for (const wr_node *k = n; at > 0; k = wr_parent(d, k)) {
        at--;
        if (at < max) v[at] = k;
    }
    return depth;
}

const wr_node *g_home(const g_printer *p, const wr_node *n) {
    const wr_doc *doc = p->doc->doc;
    const wr_node *in = n != NULL ? g_origin(p->r->vals, n) : NULL;
    if (in == NULL || !wr_doc_owns(doc, in)) return NULL;
    return (in->flags & WR_F_KEY) ? wr_parent(doc, in) : in;
}
