// SPDX-License-Identifier: Apache-2.0
// What one side grants and the other does not, of one layer: each atom of the one side that the
// other does not have is held against all of the other's; what is left of its actions is a change.
// New access is an Allow that only B has or a Deny that only A has; lost access is the same with
// the sides exchanged, so comparing B with A says the same the other way round.
// Invariant: a request that the other side does not grant and this side does is always within a
// change. "May" is said where it is not proved that such a request exists.

#include "analyze/drift_int.h"

#include <stdlib.h>

typedef struct row { // a change before rows of one statement are joined
    const drift_item *g;
    wr_drift_why why;
    bool may;
    drift_ranges ids; // of FUTURE: empty
    uint32_t pattern; // of FUTURE: which
    const drift_item *other;
} row;

typedef struct against { // one atom of one side, and what it is held against
    drift *d;
    const drift_both *b;
    wr_drift_dir dir;
    wr_drift_side own, than; // whose change it is; the side that does not have it
    const drift_item *g;
    const drift_items *in; // of the other side
    bool unread;           // something of the other side is not known
    WR_VEC(row) rows;
} against;

static bool spend(drift *d, uint64_t n) {
    bool ok = d->steps > n;
    d->steps -= ok ? n : d->steps;
    return ok;
}

static const drift_item *at(const drift_items *v, uint32_t i) { return &v->v[i]; }

static bool comparable(const drift_atom *g, const drift_atom *h) {
    return h->opaque.n == 0 && h->deny == g->deny;
}

static bool covers(drift *d, const drift_atom *h, const drift_atom *g) {
    return comparable(g, h) && drift_who_within(g->who, h->who) &&
           drift_conds_imply(g->conds, h->conds) && drift_where_within(d, g->where, h->where);
}

static bool meets(drift *d, const drift_atom *h, const drift_atom *g) {
    bool who = drift_who_within(g->who, h->who) || g->who->not_principal || h->who->not_principal;
    return comparable(g, h) && who && drift_where_meets(d, g->where, h->where);
}

static bool overlap(drift *d, const drift_atom *h, const drift_ranges *left, drift_ranges *tmp) {
    const drift_ranges *ids = drift_ids(&d->world, h->acts);
    if (!spend(d, ids->r.n + left->r.n)) return false;
    drift_common(d->a, left, ids, tmp);
    return tmp->r.n > 0;
}

// Takes from *left what the atom h has.
static void take(drift *d, const drift_atom *h, drift_ranges *left) {
    drift_ranges rest = {0};
    drift_minus(d->a, left, drift_ids(&d->world, h->acts), &rest);
    *left = rest;
}

static void emit(against *x, row r) {
    r.g = x->g;
    if (x->unread) {
        r.may = true;
        r.why = WR_DRIFT_UNREAD;
    }
    (void)WR_PUSH(x->d->a, &x->rows, r);
}

// ---------------------------------------------------------------------------------- one atom

// Is pattern i of g among the actions of h, whoever names them first?
static bool holds_pattern(against *x, const drift_atom *h, uint32_t i) {
    const drift_atom *g = x->g->atom;
    return h->opaque.n == 0 && drift_acts_within(g->acts, i, h->acts) &&
           drift_who_within(g->who, h->who) && drift_where_within(x->d, g->where, h->where);
}

// Does this side itself deny pattern i of its Allow, or its boundary not let it through?
static bool blocked(against *x, uint32_t i) {
    const drift_items *own = &x->b->on[x->own], *limit = &x->b->limit[x->own];
    if (x->g->atom->deny) return false;
    for (uint32_t k = 0; k < own->n; k++) {
        const drift_atom *h = at(own, k)->atom;
        if (h->opaque.n == 0 && h->deny && h->conds->n == 0 && holds_pattern(x, h, i)) return true;
    }
    if (!x->b->limited[x->own]) return false;
    for (uint32_t k = 0; k < limit->n; k++) {
        const drift_atom *h = at(limit, k)->atom;
        if (h->opaque.n || (!h->deny && !drift_acts_apart(x->g->atom->acts, i, h->acts)))
            return false;
    }
    return true;
}

typedef WR_VEC(const drift_acts *) coverings; // actions of the other side's atoms that cover g

static void find_coverings(against *x, coverings *out) {
    for (uint32_t k = 0; k < x->in->n; k++) {
        const drift_atom *h = at(x->in, k)->atom;
        if (comparable(x->g->atom, h) && covers(x->d, h, x->g->atom))
            (void)WR_PUSH(x->d->a, out, h->acts);
    }
}

static bool held(against *x, const coverings *v, wr_str pat) {
    const drift_acts one = {.pat = &pat, .n = 1};
    for (uint32_t k = 0; k < v->n && spend(x->d, 1); k++)
        if (drift_acts_within(&one, 0, v->v[k])) return true;
    return false;
}

// Actions of services that nobody has named: of "*", and of a NotAction that names services.
static bool held_unnamed(const coverings *v) {
    for (uint32_t k = 0; k < v->n; k++) {
        bool all = v->v[k]->not_action;
        for (uint32_t i = 0; i < v->v[k]->n; i++) {
            wr_str p = v->v[k]->pat[i], service = wr_sub(p, 0, wr_find(p, WR_S(":"), 0));
            if (!v->v[k]->not_action) all |= wr_eq(p, WR_S("*"));
            else if (memchr(service.p, '*', service.n) || memchr(service.p, '?', service.n))
                all = false;
        }
        if (all) return true;
    }
    return false;
}

static void put_actions(drift *d, const row *r, wr_drift_change *ch);

// Does row r say all that the other side does not have of an atom of all actions, those that AWS
// adds to a service or in a new service included? "service:*" says so of a service, "all but …" of
// all that it does not name.
static bool said_all(against *x, const row *r) {
    coverings v = {NULL, 0, 0};
    wr_drift_change ch = {.n_actions = 0};
    put_actions(x->d, r, &ch);
    wr_str *low = WR_NEW_N(x->d->a, wr_str, ch.n_actions + 1);
    if (low == NULL) return false;
    for (uint32_t i = 0; i < ch.n_actions; i++) low[i] = drift_lower(x->d->a, ch.actions[i]);
    const drift_acts shown = {.pat = low, .n = ch.n_actions};
    find_coverings(x, &v);
    for (uint32_t s = 0; s < wr_aws_n_services(); s++) {
        wr_str pat = wr_fmt(x->d->a, "%.*s:*", WR_FMT(wr_aws_service_prefix(s)));
        const drift_acts one = {.pat = &pat, .n = 1};
        if (drift_acts_within(&one, 0, &shown) != ch.not_actions) continue;
        if (!drift_acts_apart(&one, 0, x->g->atom->acts) && !held(x, &v, pat)) return false;
    }
    return ch.not_actions || held_unnamed(&v);
}

// Is pattern i said as it is written in a row from `from` on, or, of all actions, all that the
// other side does not have?
static bool said(against *x, uint32_t i, uint32_t from) {
    const drift_acts *acts = x->g->atom->acts;
    bool all = acts->not_action || wr_eq(acts->pat[i], WR_S("*"));
    drift_ranges is = {0}, less = {0};
    if (acts->not_action) is = *drift_ids(&x->d->world, x->g->atom->acts);
    else drift_pattern_ids(&x->d->world, acts->pat[i], &is);
    for (uint32_t k = from; k < x->rows.n && is.r.n; k++) {
        drift_minus(x->d->a, &is, &x->rows.v[k].ids, &less);
        if (less.r.n == 0 || (all && said_all(x, &x->rows.v[k]))) return true;
    }
    return false;
}

// Actions that no one has named yet: does each pattern lie within one of the other side's? Rows
// from `from` on are those of the same atom.
static void future(against *x, uint32_t from) {
    const drift_atom *g = x->g->atom;
    for (uint32_t i = 0; i < (g->acts->not_action ? 1 : g->acts->n); i++) {
        wr_str p = g->acts->not_action ? WR_S("*") : g->acts->pat[i];
        bool wild = p.n && (memchr(p.p, '*', p.n) || memchr(p.p, '?', p.n)), found = false;
        for (uint32_t k = 0; k < x->in->n && wild && !found && spend(x->d, 1); k++) {
            const drift_atom *h = at(x->in, k)->atom;
            found =
                comparable(g, h) && drift_conds_imply(g->conds, h->conds) && holds_pattern(x, h, i);
        }
        if (wild && !found && !said(x, i, from) && !blocked(x, i))
            emit(x, (row){.why = WR_DRIFT_FUTURE, .may = true, .pattern = i});
    }
}

// Of *left, what this side's own Denies and boundary leave.
static void narrow(against *x, drift_ranges *left) {
    const drift_items *own = &x->b->on[x->own], *limit = &x->b->limit[x->own];
    drift_ranges tmp = {0}, allowed = {0};
    for (uint32_t i = 0; i < own->n; i++) {
        const drift_atom *h = at(own, i)->atom, *g = x->g->atom;
        if (h->opaque.n || !h->deny || h->conds->n || !overlap(x->d, h, left, &tmp)) continue;
        if (drift_who_within(g->who, h->who) && drift_where_within(x->d, g->where, h->where))
            take(x->d, h, left);
    }
    if (!x->b->limited[x->own]) return;
    for (uint32_t i = 0; i < limit->n; i++) {
        const drift_atom *h = at(limit, i)->atom;
        if (h->opaque.n) return;
        if (h->deny || !overlap(x->d, h, left, &tmp)) continue;
        for (uint32_t k = 0; k < tmp.r.n; k++) (void)WR_PUSH(x->d->a, &allowed.r, tmp.r.v[k]);
    }
    drift_ranges rest = *left, gone = {0};
    for (uint32_t i = 0; i < allowed.r.n; i++) {
        drift_ranges one = {.r = {&allowed.r.v[i], 1, 1}}, less = {0};
        drift_minus(x->d->a, &rest, &one, &less);
        rest = less;
    }
    drift_minus(x->d->a, left, &rest, &gone);
    *left = gone;
}

// h has the same under conditions that ask for more.
static bool stricter(const drift_atom *h, const drift_atom *g) {
    return drift_conds_imply(h->conds, g->conds) && !drift_conds_imply(g->conds, h->conds);
}

// The other side's first, as it stands in its dump, that shares actions with ids, meets g, and is
// (is not) stricter.
static const drift_item *nearest(against *x, const drift_ranges *ids, bool strict) {
    drift_ranges tmp = {0};
    const drift_item *found = NULL;
    for (uint32_t i = 0; i < x->in->n; i++) {
        const drift_item *at_i = at(x->in, i);
        const drift_atom *h = at_i->atom;
        bool before = found == NULL ||
                      (at_i->stmt && (found->stmt == NULL || at_i->stmt->id < found->stmt->id));
        if (before && comparable(x->g->atom, h) && stricter(h, x->g->atom) == strict &&
            overlap(x->d, h, ids, &tmp) && meets(x->d, h, x->g->atom))
            found = at_i;
    }
    return found;
}

// What is left of g's actions, by how much is known: nothing of the other side meets them; what
// meets them is stricter; anything else.
static void classify(against *x, const drift_ranges *left) {
    drift *d = x->d;
    drift_ranges none = *left, relaxed = {0}, open = {0}, tmp = {0};
    const drift_atom *g = x->g->atom;
    for (uint32_t i = 0; i < x->in->n && none.r.n; i++) {
        const drift_atom *h = at(x->in, i)->atom;
        if (comparable(g, h) && overlap(d, h, &none, &tmp) && meets(d, h, g)) take(d, h, &none);
    }
    if (none.r.n) emit(x, (row){.why = WR_DRIFT_ADDED, .ids = none});
    drift_minus(d->a, left, &none, &relaxed);
    tmp = relaxed;
    for (uint32_t i = 0; i < x->in->n && relaxed.r.n; i++) {
        const drift_atom *h = at(x->in, i)->atom;
        drift_ranges both = {0};
        if (comparable(g, h) && !stricter(h, g) && overlap(d, h, &relaxed, &both) && meets(d, h, g))
            take(d, h, &relaxed);
    }
    if (relaxed.r.n)
        emit(x,
             (row){.why = WR_DRIFT_RELAXED, .ids = relaxed, .other = nearest(x, &relaxed, true)});
    drift_minus(d->a, &tmp, &relaxed, &open);
    if (open.r.n == 0) return;
    const drift_item *other = nearest(x, &open, false);
    bool conds = other && !drift_conds_imply(g->conds, other->atom->conds);
    emit(x, (row){.why = conds ? WR_DRIFT_CHANGED : WR_DRIFT_UNPROVED,
                  .may = true,
                  .ids = open,
                  .other = other});
}

static void hold(against *x, const drift_item *g) {
    drift *d = x->d;
    drift_ranges left = *drift_ids(&d->world, g->atom->acts), tmp = {0};
    uint32_t from = x->rows.n;
    x->g = g;
    for (uint32_t i = 0; i < x->in->n && left.r.n && d->steps; i++) {
        const drift_atom *h = at(x->in, i)->atom;
        if (comparable(g->atom, h) && overlap(d, h, &left, &tmp) && covers(d, h, g->atom))
            take(d, h, &left);
    }
    if (!g->atom->deny) narrow(x, &left);
    if (left.r.n && d->steps) classify(x, &left);
    if (d->steps == 0)
        emit(x, (row){.why = WR_DRIFT_TOO_BIG,
                      .may = true,
                      .ids = *drift_ids(&d->world, g->atom->acts)});
    else future(x, from);
}

// ---------------------------------------------------------------------------------- texts

typedef WR_VEC(wr_str) texts;

static wr_str raw_cond(drift *d, const wr_iam_cond *c) {
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_putf(&b, "%.*s %.*s = ", WR_FMT(c->op_text), WR_FMT(c->key_text));
    for (uint32_t i = 0; i < c->n_values; i++) {
        if (i) wr_putz(&b, " | ");
        wr_puts(&b, c->values[i].pat.raw);
    }
    return wr_buf_keep(&b, d->a);
}

// Names of ids; a service whose actions are all among them is "service:*".
static void name_ids(drift *d, const drift_ranges *ids, uint32_t most, texts *out) {
    uint32_t known = wr_aws_n_actions(), dropped = 0;
    for (uint32_t i = 0; i < ids->r.n; i++) {
        for (uint32_t id = ids->r.v[i].beg; id < ids->r.v[i].end;) {
            uint32_t n = 0, s = id < known ? wr_aws_action_service(id) : WR_AWS_NONE;
            bool whole = s != WR_AWS_NONE && wr_aws_service_actions(s, &n) == id &&
                         id + n <= ids->r.v[i].end && n > 1;
            id += whole ? n : 1;
            if (out->n >= most) {
                dropped++;
                continue;
            }
            wr_str name = whole ? wr_fmt(d->a, "%.*s:*", WR_FMT(wr_aws_service_prefix(s)))
                                : drift_action_name(&d->world, d->a, id - 1);
            (void)WR_PUSH(d->a, out, name);
        }
    }
    if (dropped) (void)WR_PUSH(d->a, out, wr_fmt(d->a, "(and %u more)", (unsigned)dropped));
}

// The same, or the names of all others where those are few.
static void name_or_rest(drift *d, const drift_ranges *ids, bool may_rest, texts *out, bool *rest) {
    enum { MOST = 2000, FEW = 100 };
    uint32_t size = drift_world_size(&d->world);
    drift_range all = {0, size};
    drift_ranges others = {0}, world = {.r = {&all, 1, 1}};
    *rest = may_rest && drift_count(ids, size) > size / 2;
    if (*rest) {
        drift_minus(d->a, &world, ids, &others);
        name_ids(d, &others, FEW + 1, out);
        if (out->n <= FEW) return;
        out->n = 0;
        *rest = false;
    }
    name_ids(d, ids, MOST, out);
}

// The actions of a row: patterns as written where all they mean is in it, names for the rest.
static void put_actions(drift *d, const row *r, wr_drift_change *ch) {
    const drift_acts *acts = r->g->atom->acts;
    drift_ranges left = r->ids, less = {0}, is = {0};
    texts out = {0};
    ch->n_known = drift_count(&r->ids, wr_aws_n_actions());
    drift_minus(d->a, drift_ids(&d->world, r->g->atom->acts), &r->ids, &less);
    if (acts->not_action && (less.r.n == 0 || r->why == WR_DRIFT_FUTURE)) {
        ch->not_actions = true;
        ch->actions = acts->raw;
        ch->n_actions = acts->n;
        return;
    }
    if (r->why == WR_DRIFT_FUTURE) {
        ch->actions = &acts->raw[r->pattern];
        ch->n_actions = 1;
        return;
    }
    for (uint32_t i = 0; i < acts->n && !acts->not_action; i++) {
        is.r.n = 0;
        drift_pattern_ids(&d->world, acts->pat[i], &is);
        drift_minus(d->a, &is, &r->ids, &less);
        if (is.r.n == 0 || less.r.n) continue;
        (void)WR_PUSH(d->a, &out, acts->raw[i]);
        drift_minus(d->a, &left, &is, &less);
        left = less;
        less = (drift_ranges){0};
    }
    name_or_rest(d, &left, out.n == 0, &out, &ch->not_actions);
    ch->actions = out.v;
    ch->n_actions = out.n;
}

static wr_str who_shown(drift *d, const wr_iam_named *n) {
    static const char *const kind[] = {"", "", "Service ", "Federated ", "CanonicalUser "};
    return wr_fmt(d->a, "%s%.*s", kind[n->who], WR_FMT(n->text));
}

static void put_where(drift *d, const row *r, wr_drift_layer layer, texts *out, bool *not_where) {
    const wr_iam_stmt *st = r->g->stmt;
    if (st == NULL) {
        (void)WR_PUSH(d->a, out, WR_S("*")); // no boundary
        return;
    }
    if (layer == WR_DRIFT_TRUST) {
        *not_where = st->not_principal;
        uint32_t from = st->not_principal ? 0 : r->g->who;
        uint32_t to = st->not_principal ? st->n_principals : from + 1;
        for (uint32_t i = from; i < to && i < st->n_principals; i++)
            (void)WR_PUSH(d->a, out, who_shown(d, &st->principals[i]));
        return;
    }
    *not_where = st->not_resource;
    uint32_t from = st->not_resource ? 0 : r->g->res;
    uint32_t to = st->not_resource ? st->resources.n : from + 1;
    for (uint32_t i = from; i < to && i < st->resources.n; i++)
        (void)WR_PUSH(d->a, out, st->resources.v[i].raw);
}

static void put_conds(drift *d, const row *r, wr_drift_change *ch) {
    texts has = {0}, lost = {0};
    const wr_iam_stmt *st = r->g->stmt;
    for (uint32_t i = 0; st && i < st->n_conds; i++)
        (void)WR_PUSH(d->a, &has, raw_cond(d, &st->conds[i]));
    const wr_iam_stmt *other = r->other ? r->other->stmt : NULL;
    wr_drift_side side = ch->side == WR_DRIFT_A ? WR_DRIFT_B : WR_DRIFT_A;
    for (uint32_t i = 0; other && i < other->n_conds; i++) {
        const drift_cond *c = drift_cond_of(d, other, &other->conds[i], side);
        if (c && !drift_conds_have(r->g->atom->conds, c))
            (void)WR_PUSH(d->a, &lost, raw_cond(d, &other->conds[i]));
    }
    ch->conds = has.v;
    ch->n_conds = has.n;
    ch->lost = lost.v;
    ch->n_lost = lost.n;
}

// ---------------------------------------------------------------------------------- changes

static int by_number(uint32_t x, uint32_t y) { return x < y ? -1 : x > y; }

static int by_stmt(const wr_iam_stmt *x, const wr_iam_stmt *y) { // none last
    return by_number(x ? x->id : UINT32_MAX, y ? y->id : UINT32_MAX);
}

static int by_ids(const drift_ranges *x, const drift_ranges *y) {
    uint32_t n = x->r.n < y->r.n ? x->r.n : y->r.n;
    int c = n ? memcmp(x->r.v, y->r.v, n * sizeof *x->r.v) : 0;
    return c ? c : by_number(x->r.n, y->r.n);
}

static int by_row(const void *p, const void *q) {
    const row *x = p, *y = q;
    int c = by_stmt(x->g->stmt, y->g->stmt);
    if (c == 0) c = by_number(x->why, y->why);
    if (c == 0) c = by_number(x->pattern, y->pattern);
    if (c == 0) c = by_ids(&x->ids, &y->ids);
    if (c == 0) c = by_stmt(x->other ? x->other->stmt : NULL, y->other ? y->other->stmt : NULL);
    if (c == 0) c = by_number(x->g->res, y->g->res);
    return c ? c : by_number(x->g->who, y->g->who);
}

static bool joins(const row *x, const row *y) { // they differ in resource or principal alone
    row a = *x, b = *y;
    drift_item g = *y->g;
    g.res = x->g->res;
    g.who = x->g->who;
    b.g = &g;
    return x->g->stmt != NULL && by_row(&a, &b) == 0;
}

// Of the statement and what of it changed, whoever has it.
static wr_str change_key(drift *d, const wr_drift_change *ch) {
    wr_buf t;
    wr_buf_init(&t, 0);
    wr_putf(&t, "%d %d %d %u %.*s\n", (int)ch->dir, ch->deny, (int)ch->why,
            ch->stmt ? (unsigned)ch->stmt->id : UINT32_MAX, WR_FMT(ch->what));
    for (uint32_t i = 0; i < ch->n_actions; i++) wr_putf(&t, "%.*s\n", WR_FMT(ch->actions[i]));
    for (uint32_t i = 0; i < ch->n_where; i++) wr_putf(&t, "w%.*s\n", WR_FMT(ch->where[i]));
    return wr_buf_keep(&t, d->a);
}

static wr_str print_of(drift *d, const drift_both *b, const wr_drift_change *ch) {
    wr_drift_side side = ch->side;
    uint8_t sum[32];
    wr_buf t;
    wr_buf_init(&t, 0);
    wr_putf(&t, "writ/diff/1\n%.*s\n%d %d %d\n", WR_FMT(b->subject), (int)ch->layer, (int)ch->dir,
            ch->deny);
    wr_putf(&t, "%.*s\n", WR_FMT(ch->what));
    for (uint32_t i = 0; i < ch->n_actions; i++) wr_putf(&t, "a%.*s\n", WR_FMT(ch->actions[i]));
    for (uint32_t i = 0; i < ch->n_where; i++)
        wr_putf(&t, "w%.*s\n", WR_FMT(drift_same(d, ch->where[i], side)));
    for (uint32_t i = 0; i < ch->n_conds; i++)
        wr_putf(&t, "c%.*s\n", WR_FMT(drift_same(d, ch->conds[i], side)));
    wr_sha256(wr_buf_str(&t), sum);
    t.n = 0;
    for (int i = 0; i < 32; i++) wr_putf(&t, "%02x", sum[i]);
    return wr_buf_keep(&t, d->a);
}

// The change that rows x … y - 1, which join, are.
static void put_change(against *x, const row *r, uint32_t n, drift_changes *out) {
    drift *d = x->d;
    texts where = {0};
    wr_drift_change ch = {.dir = x->dir,
                          .layer = x->b->layer,
                          .why = r->why,
                          .may = r->may,
                          .deny = r->g->atom->deny,
                          .stmt = r->g->stmt,
                          .side = x->own,
                          .policy = r->g->policy,
                          .via = r->g->via,
                          .other = r->other ? r->other->stmt : NULL,
                          .other_policy = r->other ? r->other->policy : NULL};
    if (r->g->stmt == NULL && r->g->policy == NULL)
        ch.what = ch.side == WR_DRIFT_A ? WR_S("A has no boundary") : WR_S("B has no boundary");
    put_actions(d, r, &ch);
    for (uint32_t i = 0; i < n; i++) put_where(d, &r[i], x->b->layer, &where, &ch.not_where);
    ch.where = where.v;
    ch.n_where = where.n;
    put_conds(d, r, &ch);
    ch.fingerprint = print_of(d, x->b, &ch);
    ch.key = change_key(d, &ch);
    (void)WR_PUSH(d->a, out, ch);
}

void drift_unread(drift *d, const drift_both *b, wr_drift_dir dir, wr_drift_side side,
                  const drift_item *g, wr_str what, drift_changes *out) {
    wr_drift_change ch = {.dir = dir,
                          .layer = b->layer,
                          .why = WR_DRIFT_UNREAD,
                          .may = true,
                          .side = side,
                          .policy = g->policy,
                          .via = g->via,
                          .what = what};
    ch.fingerprint = print_of(d, b, &ch);
    ch.key = change_key(d, &ch);
    (void)WR_PUSH(d->a, out, ch);
}

static void put_opaque(against *x, const drift_item *g, drift_changes *out) {
    const wr_acct_policy *p = g->policy;
    bool broken = wr_starts(g->atom->opaque, WR_S("broken"));
    wr_str name = p && p->arn.n ? p->arn : p ? p->name : WR_S("");
    wr_str what =
        broken ? wr_fmt(x->d->a, "policy %.*s cannot be read", WR_FMT(name))
               : wr_fmt(x->d->a, "%.*s is not in the dump",
                        WR_FMT(p ? name : wr_sub(g->atom->opaque, sizeof "missing", SIZE_MAX)));
    drift_unread(x->d, x->b, x->dir, x->own, g, what, out);
}

static bool has_opaque(const drift_items *v) {
    for (uint32_t i = 0; i < v->n; i++)
        if (at(v, i)->atom->opaque.n) return true;
    return false;
}

// Each atom of one side that the other does not have; both are sorted by atom.
static void each_missing(against *x, const drift_items *mine, bool deny, drift_changes *out) {
    uint32_t k = 0;
    for (uint32_t i = 0; i < mine->n; i++) {
        const drift_item *g = at(mine, i);
        while (k < x->in->n && at(x->in, k)->atom->id < g->atom->id) k++;
        if (k < x->in->n && at(x->in, k)->atom == g->atom) continue;
        if (g->atom->opaque.n) put_opaque(x, g, out);
        else if (g->atom->deny == deny) hold(x, g);
    }
}

static void join_rows(against *x, drift_changes *out) {
    if (x->rows.n) qsort(x->rows.v, x->rows.n, sizeof *x->rows.v, by_row);
    for (uint32_t i = 0, n; i < x->rows.n; i += n) {
        for (n = 1; i + n < x->rows.n && joins(&x->rows.v[i], &x->rows.v[i + n]); n++) continue;
        put_change(x, &x->rows.v[i], n, out);
    }
}

void drift_layer(drift *d, const drift_both *b, wr_drift_dir dir, drift_changes *out) {
    wr_drift_side has = dir == WR_DRIFT_NEW ? WR_DRIFT_B : WR_DRIFT_A;
    wr_drift_side than = dir == WR_DRIFT_NEW ? WR_DRIFT_A : WR_DRIFT_B;
    against allow = {.d = d, .b = b, .dir = dir, .own = has, .than = than, .in = &b->on[than]};
    against deny = {.d = d, .b = b, .dir = dir, .own = than, .than = has, .in = &b->on[has]};
    allow.unread = has_opaque(allow.in);
    deny.unread = has_opaque(deny.in);
    each_missing(&allow, &b->on[has], false, out);
    join_rows(&allow, out);
    each_missing(&deny, &b->on[than], true, out);
    join_rows(&deny, out);
}
