// SPDX-License-Identifier: Apache-2.0
// Two account dumps compared: principals and managed policies are matched by name (with what
// counts as equal put in), each pair's statements are held against each other layer by layer, and
// what is no matter of statements (tags, paths, groups) by its text.
// Invariants: what is reported does not depend on the order of a dump; comparing B with A reports
// the same with new and lost exchanged (but for what neither dump holds, which is said once); a
// policy that cannot be read is counted, also where it is the same on both sides.
// Rules: IAM User Guide, "Policy evaluation logic" (a boundary limits, any Deny wins).

#include "analyze/drift_int.h"

#include <stdlib.h>

// Comparison steps one entity may take; then its rest is reported as not compared.
enum { STEPS = 200000000 };

typedef struct match { // an entity, or a pair of them
    wr_drift_entity e;
    wr_str key; // kind and name with what counts as equal put in
} match;
typedef WR_VEC(match) matches;

typedef struct slot { // entities of one key
    const void *on[WR_DRIFT_SIDES];
    uint32_t n[WR_DRIFT_SIDES];
    uint32_t at; // index in the list
} slot;

typedef struct pairing {
    drift *d;
    wr_map slots;
    matches list;
} pairing;

const char *wr_drift_layer_name(wr_drift_layer l) {
    static const char *const name[] = {"identity", "boundary", "trust", "document"};
    return name[l];
}

const char *wr_drift_kind_name(wr_drift_kind k) {
    static const char *const name[] = {"user", "group", "role", "managed policy"};
    return name[k];
}

const char *wr_drift_why_name(wr_drift_why w) {
    static const char *const name[] = {"added",  "relaxed", "changed", "unproved",
                                       "future", "unread",  "too-big"};
    return name[w];
}

bool wr_drift_new_access(const wr_drift *d) { return d->n_new > 0 || d->n_attrs_may > 0; }

// ---------------------------------------------------------------------------------- matching

static slot *slot_of(pairing *p, wr_str key) {
    void **at = wr_map_at(&p->slots, key);
    if (at && *at == NULL) *at = WR_NEW(p->d->a, slot);
    return at ? *at : NULL;
}

static wr_str key_of(pairing *p, wr_drift_kind kind, wr_str name, wr_drift_side side, bool exact) {
    wr_str same = exact ? name : drift_same(p->d, name, side);
    return wr_fmt(p->d->a, "%d%c%.*s", (int)kind, exact ? '=' : '~', WR_FMT(same));
}

// An entity whose name is taken: it stands alone under its own name.
static wr_str alone_key(pairing *p, wr_drift_kind kind, wr_str name, wr_drift_side side,
                        const wr_node *at) {
    const wr_doc *doc = p->d->acct[side]->doc;
    const wr_src *src = at && at->src < doc->n_srcs ? doc->srcs[at->src] : NULL;
    (void)wr_report(p->d->c, WR_D_A0302, WR_WARNING, src, src ? at->span : (wr_span){0, 0},
                    "%s '%.*s' is not matched: by the equivalency list it has the same name as "
                    "another one",
                    wr_drift_kind_name(kind), WR_FMT(name));
    return wr_fmt(p->d->a, "%d#%d%.*s", (int)kind, (int)side, WR_FMT(name));
}

static void put(pairing *p, wr_drift_entity *e, wr_drift_side side, wr_str key) {
    slot *s = slot_of(p, key);
    if (s == NULL) return;
    if (s->n[0] + s->n[1] == 0) {
        match m = {.e = *e, .key = key};
        s->at = p->list.n;
        (void)WR_PUSH(p->d->a, &p->list, m);
    } else {
        wr_drift_entity *to = &p->list.v[s->at].e;
        to->name[side] = e->name[side];
        to->arn[side] = e->arn[side];
        to->of[side] = e->of[side];
        to->policy[side] = e->policy[side];
    }
    s->n[side]++;
}

typedef struct listed { // everything one side has to match
    wr_drift_entity e;
    const wr_node *node;
} listed;
typedef WR_VEC(listed) listing;

static void list_side(drift *d, wr_drift_side side, listing *out) {
    const wr_acct *acct = d->acct[side];
    for (uint32_t i = 0; i < acct->entities.n; i++) {
        const wr_acct_entity *of = acct->entities.v[i];
        listed l = {.e = {.kind = (wr_drift_kind)of->kind}, .node = of->node};
        l.e.name[side] = of->name;
        l.e.arn[side] = of->arn;
        l.e.of[side] = of;
        (void)WR_PUSH(d->a, out, l);
    }
    for (uint32_t i = 0; i < acct->managed.n; i++) {
        const wr_acct_policy *p = acct->managed.v[i];
        listed l = {.e = {.kind = WR_DRIFT_POLICY}, .node = p->node};
        l.e.name[side] = p->name.n ? p->name : p->arn;
        l.e.arn[side] = p->arn;
        l.e.policy[side] = p;
        (void)WR_PUSH(d->a, out, l);
    }
}

// Names of policies are unique in an account, but AWS's may have the name of one's own.
static wr_str match_name(drift *d, const listed *l, wr_drift_side side) {
    wr_iam_arn arn;
    if (l->e.kind != WR_DRIFT_POLICY || !wr_iam_arn_split(l->e.arn[side], &arn) ||
        !wr_eq(arn.f[WR_ARN_ACCOUNT], WR_S("aws")))
        return l->e.name[side];
    return wr_fmt(d->a, "aws/%.*s", WR_FMT(l->e.name[side]));
}

// First those whose names are the same as written, then by what counts as equal; where that is not
// unambiguous nothing is matched.
static void pair_up(pairing *p) {
    listing on[WR_DRIFT_SIDES] = {0};
    wr_map exact[WR_DRIFT_SIDES], same[WR_DRIFT_SIDES];
    for (int s = 0; s < WR_DRIFT_SIDES; s++) {
        list_side(p->d, (wr_drift_side)s, &on[s]);
        wr_map_init(&exact[s], p->d->a);
        wr_map_init(&same[s], p->d->a);
        for (uint32_t i = 0; i < on[s].n; i++) {
            wr_drift_side side = (wr_drift_side)s;
            wr_str name = match_name(p->d, &on[s].v[i], side);
            void **e = wr_map_at(&exact[s], key_of(p, on[s].v[i].e.kind, name, side, true));
            void **f = wr_map_at(&same[s], key_of(p, on[s].v[i].e.kind, name, side, false));
            if (e == NULL || f == NULL) return;
            *e = &on[s];
            *f = (void *)((uintptr_t)*f + 1); // how many
        }
    }
    for (int s = 0; s < WR_DRIFT_SIDES; s++)
        for (uint32_t i = 0; i < on[s].n; i++) {
            wr_drift_side side = (wr_drift_side)s;
            listed *l = &on[s].v[i];
            wr_str name = match_name(p->d, l, side);
            wr_str as_is = key_of(p, l->e.kind, name, side, true);
            wr_str key = key_of(p, l->e.kind, name, side, false);
            bool clash = (uintptr_t)wr_map_find(&same[0], key) > 1 ||
                         (uintptr_t)wr_map_find(&same[1], key) > 1;
            if (clash && wr_map_find(&exact[1 - s], as_is)) key = as_is;
            else if (clash) key = alone_key(p, l->e.kind, name, side, l->node);
            put(p, &l->e, side, key);
        }
}

static int by_key(const void *x, const void *y) {
    const match *a = x, *b = y;
    if (a->e.kind != b->e.kind) return a->e.kind < b->e.kind ? -1 : 1;
    wr_str p = a->e.name[0].n ? a->e.name[0] : a->e.name[1];
    wr_str q = b->e.name[0].n ? b->e.name[0] : b->e.name[1];
    size_t n = p.n < q.n ? p.n : q.n;
    int c = n ? memcmp(p.p, q.p, n) : 0;
    if (c == 0) c = (p.n > q.n) - (p.n < q.n);
    return c ? c : wr_cmp(a->key, b->key);
}

// ---------------------------------------------------------------------------------- statements

static void cut_all(drift *d, const wr_acct_policies *p, wr_drift_side side, wr_str via,
                    drift_items *to) {
    for (uint32_t i = 0; i < p->n; i++) drift_cut(d, &p->v[i], side, via, to);
}

static void cut_identity(drift *d, const wr_acct_entity *e, wr_drift_side side, drift_items *to) {
    cut_all(d, &e->inline_, side, (wr_str){0}, to);
    cut_all(d, &e->attached, side, (wr_str){0}, to);
    for (uint32_t i = 0; i < e->n_groups; i++) {
        wr_str name = e->groups[i].name;
        const wr_acct_entity *g = wr_acct_named(d->acct[side], WR_ACCT_GROUP, name);
        if (g) {
            cut_all(d, &g->inline_, side, name, to);
            cut_all(d, &g->attached, side, name, to);
        } else {
            wr_str what = wr_fmt(d->a, "missing group %.*s", WR_FMT(drift_same(d, name, side)));
            drift_cut_opaque(d, what, NULL, name, to);
        }
    }
    drift_items_sort(to);
}

// Both ways; of an entity that is on one side only, what it has there.
static void both_ways(drift *d, const match *m, const drift_both *b, drift_changes *out) {
    if (m->e.name[WR_DRIFT_B].n) drift_layer(d, b, WR_DRIFT_NEW, out);
    if (m->e.name[WR_DRIFT_A].n) drift_layer(d, b, WR_DRIFT_LOST, out);
}

// No boundary is one that allows everything.
static void cut_boundary(drift *d, const wr_acct_entity *e, wr_drift_side side, drift_items *to) {
    if (e->boundary) {
        drift_cut(d, e->boundary, side, (wr_str){0}, to);
    } else {
        drift_item all = {.atom = drift_atom_all(d)};
        if (all.atom) (void)WR_PUSH(d->a, to, all);
    }
    drift_items_sort(to);
}

static void compare_principal(drift *d, match *m, drift_changes *out) {
    const wr_acct_entity *const *of = m->e.of;
    drift_both identity = {.layer = WR_DRIFT_IDENTITY, .subject = m->key};
    drift_both limit = {.layer = WR_DRIFT_BOUNDARY, .subject = m->key};
    drift_both trust = {.layer = WR_DRIFT_TRUST, .subject = m->key};
    for (int s = 0; s < WR_DRIFT_SIDES; s++) {
        wr_drift_side side = (wr_drift_side)s;
        if (of[s] == NULL) continue;
        cut_identity(d, of[s], side, &identity.on[s]);
        if (of[s]->trust) drift_cut(d, of[s]->trust, side, (wr_str){0}, &trust.on[s]);
        drift_items_sort(&trust.on[s]);
        identity.limited[s] = of[s]->boundary != NULL;
        cut_boundary(d, of[s], side, &limit.on[s]);
        identity.limit[s] = limit.on[s];
    }
    both_ways(d, m, &identity, out);
    both_ways(d, m, &trust, out);
    if (of[0] && of[1] && (of[0]->boundary || of[1]->boundary)) both_ways(d, m, &limit, out);
}

// The text of a policy that neither dump holds may have changed, unless they are the same dump.
static void compare_policy(drift *d, match *m, drift_changes *out) {
    drift_both b = {.layer = WR_DRIFT_DOCUMENT, .subject = m->key};
    if (m->e.policy[0] == NULL || m->e.policy[1] == NULL) return;
    for (int s = 0; s < WR_DRIFT_SIDES; s++) {
        drift_cut(d, m->e.policy[s], (wr_drift_side)s, (wr_str){0}, &b.on[s]);
        drift_items_sort(&b.on[s]);
    }
    both_ways(d, m, &b, out);
}

// ---------------------------------------------------------------------------------- attributes

typedef struct attrs {
    drift *d;
    WR_VEC(wr_drift_attr) v;
} attrs;

// Does a policy of the two dumps ask for a tag, by a condition or a variable? What it then permits
// changes with the tag, and no statement does. A path is in ARNs, which patterns of all kinds fit.
static bool is_asked_for(drift *d, wr_str name) {
    static const char *const prefix[] = {"aws:PrincipalTag", "aws:ResourceTag", "iam:ResourceTag"};
    if (wr_eq(name, WR_S("path"))) return true;
    if (!wr_starts(name, WR_S("tag "))) return false;
    wr_str tag = wr_sub(name, 4, name.n);
    for (size_t i = 0; i < sizeof prefix / sizeof *prefix; i++) {
        wr_str key = wr_fmt(d->a, "%s/%.*s", prefix[i], WR_FMT(tag));
        if (key.p == NULL || wr_iam_key_find(d->acct[WR_DRIFT_A]->set, key) != UINT32_MAX)
            return true;
    }
    return false;
}

static void attr(attrs *x, wr_str name, const wr_str *a, const wr_str *b) {
    wr_drift_attr at = {.name = name, .has_a = a != NULL, .has_b = b != NULL};
    at.may = is_asked_for(x->d, name);
    if (a) at.a = *a;
    if (b) at.b = *b;
    (void)WR_PUSH(x->d->a, &x->v, at);
}

static bool equal(drift *d, wr_str a, wr_str b) {
    return wr_eq(drift_same(d, a, WR_DRIFT_A), drift_same(d, b, WR_DRIFT_B));
}

static void compare_text(attrs *x, const char *name, wr_str a, wr_str b) {
    if (!equal(x->d, a, b)) attr(x, wr_strz(name), a.n ? &a : NULL, b.n ? &b : NULL);
}

typedef struct pair { // a key and its value, with what counts as equal put in, and as written
    wr_str key, same, raw_key, raw;
} pair;

static int by_pair(const void *x, const void *y) {
    const pair *a = x, *b = y;
    int c = wr_cmp(a->key, b->key);
    return c ? c : wr_cmp(a->same, b->same);
}

static pair *tags_of(drift *d, const wr_acct_entity *e, wr_drift_side side) {
    pair *v = WR_NEW_N(d->a, pair, e->n_tags + 1);
    for (uint32_t i = 0; v && i < e->n_tags; i++)
        v[i] = (pair){drift_same(d, e->tags[i].key, side), drift_same(d, e->tags[i].value, side),
                      e->tags[i].key, e->tags[i].value};
    if (v) qsort(v, e->n_tags, sizeof *v, by_pair);
    return v;
}

static pair *groups_of(drift *d, const wr_acct_entity *e, wr_drift_side side) {
    pair *v = WR_NEW_N(d->a, pair, e->n_groups + 1);
    for (uint32_t i = 0; v && i < e->n_groups; i++)
        v[i] = (pair){.key = drift_same(d, e->groups[i].name, side),
                      .raw_key = e->groups[i].name,
                      .raw = e->groups[i].name};
    if (v) qsort(v, e->n_groups, sizeof *v, by_pair);
    return v;
}

// Two sorted lists of keys and values.
static void compare_pairs(attrs *x, const char *what, const pair *a, uint32_t na, const pair *b,
                          uint32_t nb) {
    uint32_t i = 0, k = 0;
    while (a && b && (i < na || k < nb)) {
        int c = i == na ? 1 : k == nb ? -1 : wr_cmp(a[i].key, b[k].key);
        wr_str key = c > 0 ? b[k].raw_key : a[i].raw_key;
        if (c || !wr_eq(a[i].same, b[k].same))
            attr(x, wr_fmt(x->d->a, "%s %.*s", what, WR_FMT(key)), c <= 0 ? &a[i].raw : NULL,
                 c >= 0 ? &b[k].raw : NULL);
        i += c <= 0;
        k += c >= 0;
    }
}

static wr_str boundary_name(const wr_acct_entity *e) {
    return e->boundary ? e->boundary->arn : (wr_str){0};
}

static void compare_attrs(drift *d, match *m) {
    attrs x = {.d = d};
    const wr_acct_entity *a = m->e.of[WR_DRIFT_A], *b = m->e.of[WR_DRIFT_B];
    if (a && b) {
        compare_text(&x, "path", a->path, b->path);
        compare_text(&x, "boundary", boundary_name(a), boundary_name(b));
        compare_pairs(&x, "group", groups_of(d, a, WR_DRIFT_A), a->n_groups,
                      groups_of(d, b, WR_DRIFT_B), b->n_groups);
        compare_pairs(&x, "tag", tags_of(d, a, WR_DRIFT_A), a->n_tags, tags_of(d, b, WR_DRIFT_B),
                      b->n_tags);
    }
    m->e.attrs = x.v.v;
    m->e.n_attrs = x.v.n;
}

// ---------------------------------------------------------------------------------- all of it

static void put_policies(const wr_acct_policies *p, bool names, wr_buf *b) {
    uint8_t sum[32];
    for (uint32_t i = 0; i < p->n; i++) {
        if (names) wr_puts(b, p->v[i].name);
        if (p->v[i].policy == NULL) continue;
        wr_iam_digest(p->v[i].policy, sum);
        wr_put(b, (const char *)sum, sizeof sum);
    }
}

static bool written_alike(const match *m) {
    wr_buf b[WR_DRIFT_SIDES];
    for (int s = 0; s < WR_DRIFT_SIDES; s++) {
        const wr_acct_entity *e = m->e.of[s];
        wr_acct_policies one = {e ? e->trust : m->e.policy[s], e && e->trust == NULL ? 0 : 1};
        wr_buf_init(&b[s], 0);
        put_policies(&one, false, &b[s]);
        if (e) put_policies(&e->inline_, true, &b[s]);
        if (e) put_policies(&e->attached, true, &b[s]);
    }
    bool alike = wr_eq(wr_buf_str(&b[0]), wr_buf_str(&b[1]));
    wr_buf_fini(&b[0]);
    wr_buf_fini(&b[1]);
    return alike;
}

static bool is_broken(const wr_acct_policy *p) { return p && p->policy && p->policy->broken; }

// Itself, not by its groups or managed policies: those are entities of their own.
static bool has_broken(const wr_acct_entity *e) {
    bool broken = is_broken(e->trust);
    for (uint32_t i = 0; i < e->inline_.n; i++) broken |= is_broken(&e->inline_.v[i]);
    return broken;
}

static void compare_one(drift *d, match *m) {
    drift_changes v = {0};
    d->steps = STEPS;
    if (m->e.kind == WR_DRIFT_POLICY) compare_policy(d, m, &v);
    else compare_principal(d, m, &v);
    compare_attrs(d, m);
    m->e.changes = v.v;
    m->e.n_changes = v.n;
    for (int s = 0; s < WR_DRIFT_SIDES; s++)
        m->e.broken |= m->e.of[s] ? has_broken(m->e.of[s]) : is_broken(m->e.policy[s]);
}

static void count_one(drift *d, match *m, bool one_account) {
    wr_drift *out = d->out;
    wr_drift_counts *of = &out->of[m->e.kind];
    bool in_a = m->e.name[WR_DRIFT_A].n > 0, in_b = m->e.name[WR_DRIFT_B].n > 0;
    of->on[WR_DRIFT_A] += in_a;
    of->on[WR_DRIFT_B] += in_b;
    of->common += in_a && in_b;
    of->only[WR_DRIFT_A] += !in_b;
    of->only[WR_DRIFT_B] += !in_a;
    bool differs = m->e.n_changes || m->e.n_attrs || !in_a || !in_b;
    of->different += differs && in_a && in_b;
    if (!differs && one_account) m->e.text_only = !written_alike(m);
    out->n_text_only += m->e.text_only;
    out->n_broken += m->e.broken;
    out->n_attrs += m->e.n_attrs;
    for (uint32_t i = 0; i < m->e.n_attrs; i++) out->n_attrs_may += m->e.attrs[i].may;
    if (differs) out->same = false;
    for (uint32_t i = 0; i < m->e.n_changes; i++) {
        if (m->e.changes[i].repeats) continue;
        out->n_new += m->e.changes[i].dir == WR_DRIFT_NEW;
        out->n_lost += m->e.changes[i].dir == WR_DRIFT_LOST;
        out->n_may += m->e.changes[i].may;
    }
}

typedef struct absent { // what principals of a dump have and the dump does not hold
    wr_drift_kind kind; // of a group, or a managed policy
    wr_str name, id;    // id: what it is matched by
    const wr_acct_policy *policy;
} absent;

typedef struct absences {
    drift *d;
    pairing *p;
    wr_drift_side side;
    wr_map seen[WR_DRIFT_SIDES]; // id → absent
} absences;

// Lacking on both sides: its text may differ. Said once, as what may be new.
static void put_absent(absences *x, const absent *a, const absent *b) {
    drift *d = x->d;
    drift_both what = {.layer = WR_DRIFT_DOCUMENT};
    drift_item item = {.policy = b->policy};
    drift_changes v = {0};
    what.subject = wr_fmt(d->a, "%d~%.*s", (int)b->kind, WR_FMT(b->id));
    drift_unread(d, &what, WR_DRIFT_NEW, WR_DRIFT_B, &item,
                 b->policy ? WR_S("its text is in neither dump") : WR_S("it is in neither dump"),
                 &v);
    match m = {.e = {.kind = b->kind, .name = {a->name, b->name}}, .key = what.subject};
    if (b->policy) {
        m.e.arn[WR_DRIFT_A] = a->policy->arn;
        m.e.arn[WR_DRIFT_B] = b->policy->arn;
        m.e.policy[WR_DRIFT_A] = a->policy;
        m.e.policy[WR_DRIFT_B] = b->policy;
    }
    m.e.changes = v.v;
    m.e.n_changes = v.n;
    (void)WR_PUSH(d->a, &x->p->list, m);
}

static void note_absent(absences *x, absent is) {
    drift *d = x->d;
    is.id = wr_fmt(d->a, "%d %.*s", (int)is.kind, WR_FMT(drift_same(d, is.id, x->side)));
    void **at = wr_map_at(&x->seen[x->side], is.id);
    if (at == NULL || *at) return;
    absent *own = WR_NEW(d->a, absent);
    if (own == NULL) return;
    *own = is;
    *at = own;
    const absent *other = x->side == WR_DRIFT_B ? wr_map_find(&x->seen[WR_DRIFT_A], is.id) : NULL;
    if (other) put_absent(x, other, own);
}

static void absent_of(absences *x, const wr_acct_entity *e) {
    for (uint32_t k = 0; k <= e->attached.n; k++) {
        const wr_acct_policy *q = k < e->attached.n ? &e->attached.v[k] : e->boundary;
        if (q && q->missing && q->arn.n)
            note_absent(x, (absent){WR_DRIFT_POLICY, q->name, q->arn, q});
    }
    for (uint32_t k = 0; k < e->n_groups; k++) {
        wr_str name = e->groups[k].name;
        if (e->groups[k].stand_in) note_absent(x, (absent){WR_DRIFT_GROUP, name, name, NULL});
    }
}

// A policy or a group that neither dump holds may have changed, unless the dumps are one.
static void find_absent(drift *d, pairing *p) {
    const wr_acct *a = d->acct[WR_DRIFT_A], *b = d->acct[WR_DRIFT_B];
    absences x = {.d = d, .p = p};
    if (a->src && b->src && wr_eq(a->src->text, b->src->text)) return;
    for (int s = 0; s < WR_DRIFT_SIDES; s++) {
        x.side = (wr_drift_side)s;
        wr_map_init(&x.seen[s], d->a);
        for (uint32_t i = 0; i < d->acct[s]->entities.n; i++)
            absent_of(&x, d->acct[s]->entities.v[i]);
    }
}

// A changed managed policy or group is reported once, and not again with all who have it.
static void mark_repeats(drift *d, const matches *v) {
    static const wr_drift_kind said_by[] = {WR_DRIFT_POLICY, WR_DRIFT_GROUP};
    wr_map said;
    wr_map_init(&said, d->a);
    for (size_t turn = 0; turn < 3; turn++)
        for (uint32_t i = 0; i < v->n; i++) {
            const wr_drift_entity *e = &v->v[i].e;
            bool says = turn < 2 && e->kind == said_by[turn];
            bool looks =
                turn == 1 ? e->kind == WR_DRIFT_GROUP : turn == 2 && e->kind != WR_DRIFT_GROUP;
            for (uint32_t k = 0; k < e->n_changes; k++) {
                wr_drift_change *ch = (wr_drift_change *)(uintptr_t)&e->changes[k];
                if (e->kind == WR_DRIFT_POLICY && turn) continue;
                if (looks && ch->stmt && wr_map_find(&said, ch->key)) ch->repeats = true;
                void **at = says && ch->stmt && !ch->repeats ? wr_map_at(&said, ch->key) : NULL;
                if (at) *at = ch;
            }
        }
}

static void blurred(drift *d) {
    wr_str key, x, y;
    for (int s = 0; s < WR_DRIFT_SIDES; s++)
        for (uint32_t at = 0; (at = wr_equiv_blurred(d->e, (wr_drift_side)s, at, &key, &x, &y));)
            wr_hint(d->c,
                    wr_report(d->c, WR_D_A0303, WR_WARNING, NULL, (wr_span){0, 0},
                              "%c holds both '%.*s' and '%.*s', which the equivalency list makes "
                              "equal: differences between them are not seen",
                              "AB"[s], WR_FMT(x), WR_FMT(y)),
                    "say which belongs to which side: {\"%.*s\": {\"a\": ..., \"b\": ...}}",
                    WR_FMT(key));
}

static void drift_init(drift *d, wr_ctx *c, const wr_acct *a, const wr_acct *b, wr_equiv *e) {
    *d = (drift){.c = c, .a = &c->arena, .e = e, .acct = {a, b}, .world = {.arena = &c->arena}};
    wr_map *const maps[] = {&d->acts,  &d->pats, &d->wheres, &d->whos,
                            &d->conds, &d->sets, &d->atoms};
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) wr_map_init(maps[i], d->a);
    wr_symtab_init(&d->vars, d->a, NULL);
    if (e) wr_equiv_mark(e);
    drift_world_make(&d->world, a->set);
    d->cut = WR_NEW_N(d->a, drift_items, a->set->policies.n + 1);
    d->out = WR_NEW(d->a, wr_drift);
}

wr_rc wr_drift_compare(wr_ctx *c, const wr_acct *a, const wr_acct *b, wr_equiv *e, wr_drift **out) {
    drift d;
    WR_ASSERT(a->set == b->set);
    drift_init(&d, c, a, b, e);
    *out = d.out;
    if (d.out == NULL || d.cut == NULL) return WR_NOMEM;
    *d.out = (wr_drift){.acct = {a, b}, .same = true};
    pairing p = {.d = &d};
    wr_map_init(&p.slots, d.a);
    pair_up(&p);
    for (uint32_t i = 0; i < p.list.n; i++) compare_one(&d, &p.list.v[i]);
    mark_repeats(&d, &p.list);
    find_absent(&d, &p);
    if (p.list.n) qsort(p.list.v, p.list.n, sizeof *p.list.v, by_key);
    bool one_account = wr_eq(a->id, b->id);
    for (uint32_t i = 0; i < p.list.n; i++) {
        count_one(&d, &p.list.v[i], one_account);
        (void)WR_PUSH(d.a, &d.out->entities, p.list.v[i].e);
    }
    blurred(&d);
    return c->arena.oom ? WR_NOMEM : WR_OK;
}
