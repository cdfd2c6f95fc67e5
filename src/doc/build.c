// SPDX-License-Identifier: Apache-2.0
// The builder: turns a sequence of open / key / scalar / close into a frozen document.
// Children wait on `stack` until their container closes; then they move as one block to `nodes`,
// so that every container's children are contiguous and children stand before their container.
// Pointers between nodes are indices until wr_build_end, because both arrays move while they grow.

#include "doc/build_int.h"

static const size_t node_size = sizeof(wr_node);

void wr_build_init(wr_build *b, wr_ctx *c, wr_symtab *syms) {
    *b = (wr_build){.ctx = c, .syms = syms};
    wr_buf_init(&b->stack, 0);
    wr_buf_init(&b->nodes, 0);
    wr_buf_init(&b->open, 0);
}

void wr_build_abort(wr_build *b) {
    wr_buf_fini(&b->stack);
    if (b->lent) b->nodes = (wr_buf){0};
    b->lent = false;
    wr_buf_fini(&b->nodes);
    wr_buf_fini(&b->open);
}

// After a failure the stack takes nothing more and every call is a no-op.
static void fail(wr_build *b, wr_rc rc) {
    if (b->rc == WR_OK) b->rc = rc;
    b->stack.cap = b->stack.n;
}

static wr_node *stack_at(const wr_build *b, uint32_t i) {
    return (wr_node *)(void *)b->stack.p + i; // malloc'd: aligned for anything
}

static uint32_t stack_n(const wr_build *b) { return (uint32_t)(b->stack.n / node_size); }

static uint32_t nodes_n(const wr_build *b) { return (uint32_t)(b->nodes.n / node_size); }

static uint32_t open_n(const wr_build *b) { return (uint32_t)(b->open.n / sizeof(uint32_t)); }

// wr_put without the call in the common case.
static inline void append(wr_buf *b, const void *p, size_t n) {
    if (b->cap - b->n >= n) {
        memcpy(b->p + b->n, p, n);
        b->n += n;
    } else {
        wr_put(b, p, n);
    }
}

// Room for the nodes of a text of n bytes, of the size that most need. Of small texts the nodes
// come to be where they stay: in the arena.
void wr_build_room(wr_build *b, size_t n) {
    enum { LENT = 64 * 1024, SMALL = 1024 * 1024 };
    wr_buf_room(&b->stack, (n < LENT ? 16 + n / 64 : LENT / 64) * node_size);
    if (n <= LENT) {
        size_t room = (8 + n / 14) * node_size;
        char *p = wr_alloc(&b->ctx->arena, room);
        if (p == NULL) return;
        b->nodes.p = p;
        b->nodes.cap = room;
        b->lent = true;
    } else if (n <= SMALL) {
        wr_buf_room(&b->nodes, n / 20 * node_size);
    }
}

// The arena's room does not suffice: the nodes move to memory that grows.
static void move_out(wr_build *b) {
    wr_buf own;
    wr_buf_init(&own, 0);
    wr_buf_room(&own, 2 * b->nodes.cap);
    wr_put(&own, b->nodes.p, b->nodes.n);
    b->nodes = own;
    b->lent = false;
}

// Most blocks are a few nodes: a loop of fixed copies beats the general one.
static void append_nodes(wr_build *b, const wr_node *kids, uint32_t n) {
    wr_buf *to = &b->nodes;
    size_t bytes = n * node_size;
    if (n == 0) return;
    if (bytes > to->cap - to->n && b->lent) move_out(b);
    if (n <= 8 && bytes <= to->cap - to->n) {
        wr_node *at = (wr_node *)(void *)(to->p + to->n);
        for (uint32_t i = 0; i < n; i++) at[i] = kids[i];
        to->n += bytes;
    } else {
        wr_put(to, (const char *)kids, bytes);
    }
}

// The finished nodes in the arena, or NULL.
static wr_node *keep_nodes(wr_build *b) {
    char *p = b->nodes.p;
    wr_arena *a = &b->ctx->arena;
    if (b->lent && b->nodes.rc == WR_OK) wr_arena_trim(a, p, b->nodes.cap, b->nodes.n);
    else p = (char *)(uintptr_t)wr_buf_keep(&b->nodes, a).p;
    return (wr_node *)(void *)p; // malloc'd or an arena's: aligned
}

static const wr_src *src_at(const wr_build *b, uint16_t i) {
    return i < b->srcs.n ? b->srcs.v[i] : NULL;
}

// With `more` nodes to come; n is where to point when they are too many.
static bool within_limit(wr_build *b, const wr_node *n, uint32_t more) {
    if ((b->stack.n + b->nodes.n) / node_size + more <= b->ctx->limits.nodes) return true;
    wr_report(b->ctx, WR_D_D0005, WR_ERROR, src_at(b, n->src), n->span,
              "the document has more than %u nodes", (unsigned)b->ctx->limits.nodes);
    fail(b, WR_LIMIT);
    return false;
}

void wr_build_push_slow(wr_build *b, wr_node n) {
    if (b->rc != WR_OK || !within_limit(b, &n, 1)) return;
    wr_put(&b->stack, (const char *)&n, sizeof n);
    if (b->stack.rc != WR_OK) fail(b, b->stack.rc);
}

enum { FACT_SRC = UINT16_MAX }; // no source: the node's place is kept with its fact

uint16_t wr_build_src(wr_build *b, const wr_src *src) {
    for (uint32_t i = b->srcs.n; i-- > 0;)
        if (b->srcs.v[i] == src) return (uint16_t)i;
    if (b->srcs.n >= FACT_SRC) {
        wr_report(b->ctx, WR_D_D0014, WR_ERROR, src, (wr_span){0, 0},
                  "the document is made of more than %u texts", (unsigned)FACT_SRC);
        fail(b, WR_LIMIT);
        return 0;
    }
    // NOLINTNEXTLINE(bugprone-sizeof-expression): a vector of pointers
    if (!WR_PUSH(&b->ctx->arena, &b->srcs, src)) {
        fail(b, WR_NOMEM);
        return 0;
    }
    return (uint16_t)(b->srcs.n - 1);
}

void wr_build_scalar(wr_build *b, wr_node n) { wr_build_push(b, n); }

void wr_build_str(wr_build *b, uint16_t src, wr_span at, uint8_t flags, wr_str s) {
    if (s.n >= UINT32_MAX) {
        fail(b, WR_LIMIT);
        return;
    }
    wr_build_push(b, (wr_node){.kind = WR_STR,
                               .flags = flags,
                               .src = src,
                               .n = (uint32_t)s.n,
                               .span = at,
                               .u.s = s.p ? s.p : ""});
}

void wr_build_key(wr_build *b, uint16_t src, wr_span at, uint8_t flags, wr_str s) {
    if (b->rc != WR_OK) return;
    const wr_sym *y = wr_sym_again(b->syms, s);
    if (y == NULL) {
        fail(b, WR_NOMEM);
        return;
    }
    wr_build_push(b, (wr_node){.kind = WR_STR,
                               .flags = flags | WR_F_KEY,
                               .src = src,
                               .n = y->n,
                               .span = at,
                               .u.sym = y});
}

void wr_build_open(wr_build *b, wr_kind kind, uint16_t src, uint8_t flags, uint32_t beg) {
    if (b->rc != WR_OK) return;
    if (open_n(b) >= b->ctx->limits.depth) {
        wr_report(b->ctx, WR_D_D0004, WR_ERROR, src_at(b, src), (wr_span){beg, beg + 1},
                  "the document is nested more than %u deep", (unsigned)b->ctx->limits.depth);
        fail(b, WR_LIMIT);
        return;
    }
    uint32_t at = stack_n(b);
    wr_build_push(b,
                  (wr_node){.kind = (uint8_t)kind, .flags = flags, .src = src, .span = {beg, beg}});
    append(&b->open, &at, sizeof at);
    if (b->open.rc != WR_OK) fail(b, b->open.rc);
}

// ---------------------------------------------------------------------------------- waiting

// The place of a value that waits is kept with the fact, and the fact's number in the node, until
// the document is frozen and its nodes have their indices (tie_facts).
void wr_build_wait(wr_build *b, wr_node *n, uint16_t src, wr_span at, wr_str what) {
    struct wr_build_fact f = {what, src, at};
    if (!WR_PUSH(&b->ctx->arena, &b->facts, f)) {
        fail(b, WR_NOMEM);
        return;
    }
    n->flags |= WR_F_UNKNOWN;
    n->src = FACT_SRC;
    n->span = (wr_span){b->facts.n - 1, 0};
}

// Gives the nodes that wait their places back, and the document the table of what they wait for.
static bool tie_facts(wr_build *b, wr_doc *d) {
    if (b->facts.n == 0) return true;
    wr_fact *f = WR_NEW_N(&b->ctx->arena, wr_fact, b->facts.n);
    if (!f) return false;
    for (uint32_t i = 0; i < d->n_nodes && d->n_facts < b->facts.n; i++) {
        wr_node *n = &d->nodes[i];
        if (n->src != FACT_SRC || !(n->flags & WR_F_UNKNOWN)) continue;
        const struct wr_build_fact *from = &b->facts.v[n->span.beg];
        n->src = from->src;
        n->span = from->at;
        f[d->n_facts++] = (wr_fact){i, from->what};
    }
    d->facts = f;
    return true;
}

// ---------------------------------------------------------------------------------- closing maps

static void warn_repeat(wr_build *b, const wr_node *live, const wr_node *late) {
    wr_str key = wr_utf8_cut(wr_sym_str(late->u.sym), 100);
    wr_diag *d = wr_report(b->ctx, WR_D_D0007, WR_WARNING, src_at(b, late->src), late->span,
                           "key '%.*s' is repeated; this last value counts", WR_FMT(key));
    const wr_src *src = src_at(b, live->src);
    if (d == NULL || src == NULL) return;
    wr_pos pos = wr_src_pos(src, live->span.beg);
    wr_hint(b->ctx, d, "it stands before at line %u, column %u", (unsigned)pos.line,
            (unsigned)pos.col);
}

// A repeated key: the later pair takes the place of the earlier, which becomes a loser.
static void displace(wr_build *b, wr_node *live, wr_node *late) {
    wr_node pair[2] = {live[0], live[1]};
    if (b->warn_repeats) warn_repeat(b, live, late);
    live[0] = late[0];
    live[1] = late[1];
    late[0] = pair[0];
    late[1] = pair[1];
    late[0].flags |= WR_F_DUP;
}

// Moves the pairs flagged WR_F_DUP behind the others; both groups keep their order.
static void losers_last(wr_node *kids, uint32_t n, uint32_t losers) {
    uint32_t to = 0;
    wr_buf late;
    wr_buf_init(&late, 0);
    for (uint32_t i = 0; i < n; i++) {
        wr_node *pair = kids + 2u * i;
        if (pair->flags & WR_F_DUP) {
            wr_put(&late, (const char *)pair, 2 * node_size);
        } else {
            if (to != i) memcpy(kids + 2u * to, pair, 2 * node_size);
            to++;
        }
    }
    if (late.rc == WR_OK) memcpy(kids + 2u * to, late.p, (size_t)losers * 2 * node_size);
    wr_buf_fini(&late);
}

static uint32_t repeats_linear(wr_build *b, wr_node *kids, uint32_t n) {
    uint32_t losers = 0;
    for (uint32_t i = 1; i < n; i++) {
        for (uint32_t k = 0; k < i; k++) {
            if (kids[2u * k].u.sym != kids[2u * i].u.sym) continue;
            if (kids[2u * k].flags & WR_F_DUP) continue;
            displace(b, kids + 2u * k, kids + 2u * i);
            losers++;
            break;
        }
    }
    return losers;
}

static wr_map_index *index_new(wr_build *b, uint32_t n) {
    uint32_t slots = 4;
    while (slots < n + n / 2) slots *= 2;
    wr_map_index *x = wr_zalloc(&b->ctx->arena, sizeof *x + slots * sizeof x->slot[0]);
    if (x) x->mask = slots - 1;
    return x;
}

// Puts entry i into the index, or returns the entry (+1) that has its key already.
static uint32_t index_put(wr_map_index *x, const wr_node *kids, uint32_t i) {
    const wr_sym *key = kids[2u * i].u.sym;
    uint32_t s = key->hash & x->mask;
    for (; x->slot[s]; s = (s + 1) & x->mask)
        if (kids[2u * (x->slot[s] - 1)].u.sym == key) return x->slot[s];
    x->slot[s] = i + 1;
    return 0;
}

static uint32_t repeats_indexed(wr_build *b, wr_map_index *x, wr_node *kids, uint32_t n) {
    uint32_t losers = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t had = index_put(x, kids, i);
        if (had == 0) continue;
        displace(b, kids + 2u * (had - 1), kids + 2u * i);
        losers++;
    }
    return losers;
}

static void reindex(wr_map_index *x, const wr_node *kids, uint32_t live) {
    memset(x->slot, 0, ((size_t)x->mask + 1) * sizeof x->slot[0]);
    for (uint32_t i = 0; i < live; i++) (void)index_put(x, kids, i);
}

// Settles repeated keys and makes the index where there shall be one.
static wr_map_index *close_map(wr_build *b, wr_node *map, wr_node *kids, uint32_t n) {
    map->n = n;
    wr_map_index *x = NULL;
    uint32_t losers = 0;
    if (n > WR_MAP_LINEAR) {
        x = index_new(b, n);
        if (x) losers = repeats_indexed(b, x, kids, n);
    } else {
        losers = repeats_linear(b, kids, n);
        if (losers == 0) return NULL;
        x = index_new(b, n);
    }
    if (x == NULL) {
        fail(b, WR_NOMEM);
        return NULL;
    }
    if (losers) {
        map->n = n - losers;
        x->losers = losers;
        losers_last(kids, n, losers);
        reindex(x, kids, map->n);
    }
    map->flags |= WR_F_INDEXED;
    return x;
}

static void check_keys(const wr_node *kids, uint32_t n) {
    WR_ASSERT(n % 2 == 0);
    for (uint32_t i = 0; i < n; i += 2) WR_ASSERT(kids[i].flags & WR_F_KEY);
}

void wr_build_close(wr_build *b, uint32_t end) {
    if (b->rc != WR_OK) return;
    WR_ASSERT(b->open.n > 0);
    uint32_t at;
    b->open.n -= sizeof at;
    memcpy(&at, b->open.p + b->open.n, sizeof at);
    wr_node *box = stack_at(b, at), *kids = box + 1;
    uint32_t n = stack_n(b) - at - 1;
    box->span.end = end;
    if (!within_limit(b, box, 0)) return;
    if (box->kind == WR_MAP) {
        check_keys(kids, n);
        wr_map_index *x = close_map(b, box, kids, n / 2);
        if (b->rc != WR_OK) return;
        if (x) {
            wr_node head = {.kind = WR_NULL, .flags = WR_F_INDEXED, .src = box->src, .u.ext = x};
            append_nodes(b, &head, 1);
        }
    } else {
        box->n = n;
    }
    box->u.i = nodes_n(b);
    append_nodes(b, kids, n);
    b->stack.n = (at + 1) * node_size;
    if (b->nodes.rc != WR_OK) fail(b, b->nodes.rc);
}

// ---------------------------------------------------------------------------------- copying

static void copy_head(wr_build *b, const wr_doc *from, const wr_node *n) {
    wr_node c = *n;
    c.src = wr_build_src(b, from->srcs[n->src]);
    wr_str what;
    bool box = n->kind == WR_LIST || n->kind == WR_MAP;
    if (from->n_facts && wr_node_unknown(from, n, &what)) wr_build_wait(b, &c, c.src, c.span, what);
    if (box) {
        wr_build_open(b, n->kind, c.src, c.flags & (uint8_t)~WR_F_INDEXED, c.span.beg);
    } else if (n->flags & WR_F_KEY) {
        wr_build_key(b, c.src, n->span, n->flags & (uint8_t)~WR_F_DUP, wr_sym_str(n->u.sym));
    } else {
        wr_build_push(b, c);
    }
}

static uint32_t live_kids(const wr_node *n) {
    return n->kind == WR_LIST ? n->n : n->kind == WR_MAP ? 2 * n->n : 0;
}

// Walks by the parent array: no stack of its own, so no depth is too deep.
void wr_build_copy(wr_build *b, const wr_doc *from, const wr_node *n) {
    const wr_node *at = n;
    while (b->rc == WR_OK) {
        copy_head(b, from, at);
        if (live_kids(at) > 0) {
            at = at->u.kids;
            continue;
        }
        if (at->kind == WR_LIST || at->kind == WR_MAP) wr_build_close(b, at->span.end);
        while (at != n) {
            const wr_node *up = wr_parent(from, at);
            if (++at < up->u.kids + live_kids(up)) break;
            wr_build_close(b, up->span.end);
            at = up;
        }
        if (at == n) return;
    }
}

// ---------------------------------------------------------------------------------- freezing

static void note_parent(wr_doc *d, uint32_t i) {
    const wr_node *n = &d->nodes[i];
    uint32_t beg = (uint32_t)(n->u.kids - d->nodes), count = n->n;
    if (n->kind == WR_MAP) count = 2 * (n->n + wr_map_losers(n));
    for (uint32_t k = beg; k < beg + count; k++) d->parent[k] = i;
    if (n->flags & WR_F_INDEXED) d->parent[beg - 1] = i;
}

// Indices become pointers.
static void link_kids(wr_doc *d) {
    for (uint32_t i = 0; i < d->n_nodes; i++) {
        wr_node *n = &d->nodes[i];
        if (n->kind != WR_LIST && n->kind != WR_MAP) continue;
        n->u.kids = d->nodes + (uint32_t)n->u.i;
        if (d->parent) note_parent(d, i);
    }
}

static wr_rc freeze(wr_build *b, wr_doc **out) {
    wr_arena *a = &b->ctx->arena;
    WR_ASSERT(b->open.n == 0 && stack_n(b) == 1);
    append_nodes(b, stack_at(b, 0), 1);
    uint32_t n = nodes_n(b);
    wr_node *nodes = keep_nodes(b);
    wr_doc *d = WR_NEW(a, wr_doc);
    uint32_t *parent = b->lean ? NULL : wr_alloc(a, n * sizeof *parent);
    if (d == NULL || nodes == NULL || (parent == NULL && !b->lean)) return WR_NOMEM;
    d->nodes = nodes;
    d->n_nodes = n;
    d->parent = parent;
    if (parent) parent[n - 1] = UINT32_MAX;
    link_kids(d);
    d->root = d->nodes + n - 1;
    d->srcs = b->srcs.v;
    d->n_srcs = b->srcs.n;
    d->syms = b->syms;
    d->kind = wr_doc_classify(d);
    if (!tie_facts(b, d)) return WR_NOMEM;
    *out = d;
    return WR_OK;
}

wr_rc wr_build_end(wr_build *b, wr_doc **out) {
    *out = NULL;
    if (b->rc == WR_OK) b->rc = freeze(b, out);
    wr_build_abort(b);
    return b->rc;
}
