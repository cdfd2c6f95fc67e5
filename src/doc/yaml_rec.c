// SPDX-License-Identifier: Apache-2.0
// Keeps the events of one document, for the readers that know aliases: an alias is then an index.
//
// Always true of a whole recorded document: every LIST and MAP has its mate; an alias' target
// stands before it or (serde only) is any event with an anchor.
//
// serde_yaml numbers anchors by how many names it has seen, so that a redefined anchor takes the
// number the next new name will get, and aliases follow the number once all is read. Odd, but its
// results depend on it: r->serde.

#include "doc/yaml_int.h"

typedef struct recorder {
    wr_yaml *y;
    wr_yrecs *r;
    wr_map names;            // anchor → number + 1 (serde) or event index + 1
    WR_VEC(uint32_t) target; // serde: event of each number
    WR_VEC(uint32_t) open;
    uint32_t n_names;
    uint32_t n_nodes;
    uint32_t flow;
    bool nomem;
} recorder;

static void note_anchor(recorder *k, const char *anchor, uint32_t index) {
    void **at = wr_map_at(&k->names, wr_strz(anchor));
    uint32_t number = k->r->serde ? k->n_names : index;
    if (at == NULL) {
        k->nomem = true;
        return;
    }
    k->n_names += *at == NULL;
    *at = (void *)((uintptr_t)number + 1);
    if (!k->r->serde) return;
    while (k->target.n <= number && !k->nomem)
        k->nomem = !WR_PUSH(k->r->arena, &k->target, WR_YREC_NONE);
    if (!k->nomem) k->target.v[number] = index;
}

static void set_alias(recorder *k, wr_yrec *e) {
    uintptr_t number = (uintptr_t)wr_map_find(&k->names, e->s);
    e->mate = number ? (uint32_t)(number - 1) : WR_YREC_NONE;
}

static void push(recorder *k, wr_yev *ev) {
    wr_arena *a = k->r->arena;
    wr_yrec e = {.kind = (uint8_t)ev->kind,
                 .plain = ev->plain,
                 .anchored = ev->anchor != NULL,
                 .flow = ev->flow,
                 .mate = WR_YREC_NONE,
                 .at = ev->at,
                 .line = ev->line,
                 .col = ev->col};
    uint32_t index = k->r->ev.n;
    if (ev->kind == WR_YEV_SCALAR || ev->kind == WR_YEV_ALIAS) e.s = wr_yaml_keep(k->y, ev);
    if (ev->tag) e.tag = wr_dupz(a, wr_strz(ev->tag));
    if (ev->kind == WR_YEV_ALIAS) set_alias(k, &e);
    k->r->n_aliases += ev->kind == WR_YEV_ALIAS;
    if (ev->anchor) note_anchor(k, ev->anchor, index);
    if (ev->kind == WR_YEV_LIST_END || ev->kind == WR_YEV_MAP_END)
        k->r->ev.v[k->open.v[--k->open.n]].mate = index;
    else k->n_nodes++;
    if ((ev->tag && e.tag == NULL) || !WR_PUSH(a, &k->r->ev, e)) k->nomem = true;
}

static bool is_open(wr_yev_kind k) { return k == WR_YEV_LIST || k == WR_YEV_MAP; }

// Depth after this event; the flow depth sinks when a flow collection ends.
static void count_depth(recorder *k, const wr_yev *ev) {
    if (is_open(ev->kind)) {
        if (ev->flow) k->flow++;
        if (!WR_PUSH(k->r->arena, &k->open, k->r->ev.n)) k->nomem = true;
    } else if (k->flow > 0 && (ev->kind == WR_YEV_LIST_END || ev->kind == WR_YEV_MAP_END)) {
        k->flow--; // inside a flow collection every collection is one
    }
}

static void resolve_serde_aliases(recorder *k) {
    for (uint32_t i = 0; i < k->r->ev.n; i++) {
        wr_yrec *e = &k->r->ev.v[i];
        if (e->kind == WR_YEV_ALIAS && e->mate != WR_YREC_NONE) e->mate = k->target.v[e->mate];
    }
}

static wr_yrec_rc stop(recorder *k, const wr_yev *ev, wr_yrec_rc rc) {
    k->r->bad = (wr_yrec){
        .at = ev->at, .line = ev->line, .col = ev->col, .flow = k->flow > k->r->flow_limit};
    return rc;
}

static wr_yrec_rc record(recorder *k) {
    for (;;) {
        wr_yev ev;
        wr_yaml_next(k->y, &ev);
        switch (ev.kind) {
        case WR_YEV_ERROR:
            wr_yaml_failed(k->y, &k->r->error);
            return k->r->error.nomem ? WR_YREC_NOMEM : WR_YREC_SYNTAX;
        case WR_YEV_END: return WR_YREC_EMPTY;
        case WR_YEV_DOC: continue;
        case WR_YEV_DOC_END: return WR_YREC_DOC;
        default: break;
        }
        count_depth(k, &ev);
        push(k, &ev);
        if (k->nomem) return WR_YREC_NOMEM;
        const wr_yrec *e = &k->r->ev.v[k->r->ev.n - 1];
        if (k->r->serde && ev.kind == WR_YEV_ALIAS && e->mate == WR_YREC_NONE) {
            k->r->ev.n--;
            return stop(k, &ev, WR_YREC_ALIAS);
        }
        if (k->flow > k->r->flow_limit || k->open.n > k->r->depth_limit)
            return stop(k, &ev, WR_YREC_DEEP);
        if (k->n_nodes > k->r->node_limit) return stop(k, &ev, WR_YREC_MANY);
    }
}

wr_yrec_rc wr_yaml_record(wr_yaml *y, wr_yrecs *r) {
    recorder k = {.y = y, .r = r};
    wr_map_init(&k.names, r->arena);
    wr_yrec_rc rc = record(&k);
    if (r->serde) resolve_serde_aliases(&k);
    return rc;
}
