// SPDX-License-Identifier: Apache-2.0
// Statements in normal form: cut into atoms, equal parts made one. Order of statements and of
// lists, a text for a list of one, the case of actions, Sids do not show in an atom; names that
// count as equal are put in before anything is compared.
// Rules: IAM User Guide, "IAM JSON policy elements reference"; a variable is text in documents
// older than 2012-10-17, so the same text of two versions is not the same pattern.

#include "analyze/drift_int.h"

#include <stdlib.h>

wr_str drift_same(drift *d, wr_str s, wr_drift_side side) {
    return wr_equiv_apply(d->e, d->a, s, side);
}

static int by_text(const void *x, const void *y) {
    return wr_cmp(*(const wr_str *)x, *(const wr_str *)y);
}

// Sorts texts and keeps each once; returns how many are left.
static uint32_t sorted(wr_str *v, uint32_t n) {
    uint32_t last = 0;
    if (n < 2) return n;
    qsort(v, n, sizeof *v, by_text);
    for (uint32_t i = 1; i < n; i++)
        if (!wr_eq(v[i], v[last])) v[++last] = v[i];
    return last + 1;
}

// A text that says where it ends, so that lists of them cannot be taken for one another.
static void put_part(wr_buf *b, wr_str s) {
    wr_put_u64(b, s.n);
    wr_putc(b, ':');
    wr_puts(b, s);
}

// The place of a normal form in a map. *made: it is new.
static void **place(drift *d, wr_map *m, wr_buf *b, bool *made) {
    wr_str key = wr_buf_keep(b, d->a);
    void **at = key.p ? wr_map_at(m, key) : NULL;
    *made = at && *at == NULL;
    return at;
}

// ---------------------------------------------------------------------------------- actions

typedef struct named_action {
    wr_str pat, raw;
} named_action;

static int by_pat(const void *x, const void *y) {
    const named_action *a = x, *b = y;
    return wr_cmp(a->pat, b->pat);
}

static drift_acts *cut_actions(drift *d, const wr_iam_stmt *st) {
    uint32_t n = st->actions.n, kept = 0;
    named_action *v = WR_NEW_N(d->a, named_action, n + 1);
    wr_buf b;
    bool made;
    if (v == NULL) return NULL;
    for (uint32_t i = 0; i < n; i++)
        v[i] = (named_action){drift_lower(d->a, st->actions.v[i].raw), st->actions.v[i].raw};
    qsort(v, n, sizeof *v, by_pat);
    wr_buf_init(&b, 0);
    wr_putc(&b, st->not_action ? '!' : '=');
    for (uint32_t i = 0; i < n; i++) {
        if (kept && wr_eq(v[kept - 1].pat, v[i].pat)) continue;
        v[kept++] = v[i];
        put_part(&b, v[i].pat);
    }
    void **at = place(d, &d->acts, &b, &made);
    if (at == NULL || !made) return at ? *at : NULL;
    drift_acts *acts = WR_NEW(d->a, drift_acts);
    wr_str *pat = WR_NEW_N(d->a, wr_str, kept + 1), *raw = WR_NEW_N(d->a, wr_str, kept + 1);
    if (acts == NULL || pat == NULL || raw == NULL) return NULL;
    for (uint32_t i = 0; i < kept; i++) {
        pat[i] = v[i].pat;
        raw[i] = v[i].raw;
    }
    *acts = (drift_acts){.not_action = st->not_action, .pat = pat, .raw = raw, .n = kept};
    return *at = acts;
}

// ---------------------------------------------------------------------------------- resources

typedef struct tokens {
    WR_VEC(uint32_t) t;
    bool vars;
} tokens;

static void push(drift *d, tokens *k, uint32_t t) {
    uint32_t last = k->t.n ? k->t.v[k->t.n - 1] : 0;
    bool any = t == DRIFT_T_ANY || t == DRIFT_T_ANY_IN;
    if (any && last == t && k->t.n > 1) return; // ** is *
    // *? is ?*
    bool swap = (t == DRIFT_T_ONE && last == DRIFT_T_ANY) ||
                (t == DRIFT_T_ONE_IN && last == DRIFT_T_ANY_IN);
    if (swap) k->t.v[k->t.n - 1] = t;
    (void)WR_PUSH(d->a, &k->t, swap ? last : t);
}

// ${…} that begins at i of s: a literal character, or the variable by its text. Returns where it
// ends, or i when it does not.
static size_t variable(drift *d, wr_str s, size_t i, tokens *k) {
    size_t end = wr_find(s, WR_S("}"), i);
    if (end == SIZE_MAX) return i;
    wr_str in = wr_sub(s, i + 2, end);
    if (in.n == 1 && strchr("*?$", in.p[0])) {
        push(d, k, (unsigned char)in.p[0]);
        return end + 1;
    }
    bool dflt = in.n && memchr(in.p, ',', in.n);
    const wr_sym *sym = wr_sym_in(&d->vars, dflt ? in : drift_lower(d->a, in));
    if (sym == NULL) return i;
    k->vars = true;
    push(d, k, DRIFT_T_VAR + sym->id);
    return end + 1;
}

static const drift_pat *cut_pattern(drift *d, wr_str s, bool variables) {
    tokens k = {0};
    bool arn = wr_starts(s, WR_S("arn:")), made;
    unsigned field = arn ? 0 : 5;
    wr_buf b;
    for (size_t i = 0; i < s.n;) {
        size_t end =
            variables && wr_starts(wr_sub(s, i, s.n), WR_S("${")) ? variable(d, s, i, &k) : i;
        if (end > i) {
            i = end;
            continue;
        }
        char c = s.p[i];
        bool inside = field < 5; // a field that a colon ends
        bool last = i + 1 == s.n || s.p[i + 1] == ':';
        if (c == '*') push(d, &k, inside && !last ? DRIFT_T_ANY_IN : DRIFT_T_ANY);
        else if (c == '?') push(d, &k, inside ? DRIFT_T_ONE_IN : DRIFT_T_ONE);
        if (c == '*' || c == '?') {
            i++;
            continue;
        }
        if (c == ':' && inside) field++;
        push(d, &k, wr_utf8_next(s, &i));
    }
    wr_buf_init(&b, 0);
    wr_put(&b, (const char *)k.t.v, k.t.n * sizeof *k.t.v);
    void **at = place(d, &d->pats, &b, &made);
    if (at == NULL || !made) return at ? *at : NULL;
    drift_pat *p = WR_NEW(d->a, drift_pat);
    if (p) *p = (drift_pat){.t = k.t.v, .n = k.t.n, .vars = k.vars};
    return *at = p;
}

static int by_address(const void *x, const void *y) {
    const void *a = *(const void *const *)x, *b = *(const void *const *)y;
    return (a > b) - (a < b);
}

// from … n of the statement's resources as one.
static const drift_where *cut_where(drift *d, const wr_iam_stmt *st, uint32_t from, uint32_t n,
                                    wr_drift_side side) {
    const drift_pat **p = WR_NEW_N(d->a, const drift_pat *, n + 1);
    wr_buf b;
    bool made;
    if (p == NULL) return NULL;
    for (uint32_t i = 0; i < n; i++) {
        wr_str raw = st->resources.v[from + i].raw;
        p[i] = cut_pattern(d, drift_same(d, raw, side), st->policy->variables);
    }
    qsort(p, n, sizeof *p, by_address); // equal lists are equal lists of pointers
    wr_buf_init(&b, 0);
    wr_putc(&b, st->has_resource ? (st->not_resource ? '!' : '=') : '-');
    wr_put(&b, (const char *)p, n * sizeof *p);
    void **at = place(d, &d->wheres, &b, &made);
    if (at == NULL || !made) return at ? *at : NULL;
    drift_where *w = WR_NEW(d->a, drift_where);
    if (w) *w = (drift_where){!st->has_resource, st->not_resource, p, n};
    return *at = w;
}

// ---------------------------------------------------------------------------------- principals

static wr_str who_text(drift *d, const wr_iam_named *n, wr_drift_side side) {
    static const char *const kind[] = {"*", "AWS", "Service", "Federated", "CanonicalUser"};
    wr_str text = n->account.n ? n->account : n->text;
    if (n->who == WR_IAM_WHO_ANYONE || (n->who == WR_IAM_WHO_AWS && n->all)) return WR_S("*");
    return wr_fmt(d->a, "%s %.*s", kind[n->who], WR_FMT(drift_same(d, text, side)));
}

static const drift_who *cut_who(drift *d, const wr_iam_stmt *st, uint32_t from, uint32_t n,
                                wr_drift_side side) {
    wr_str *v = WR_NEW_N(d->a, wr_str, n + 1);
    wr_buf b;
    bool made;
    if (v == NULL) return NULL;
    for (uint32_t i = 0; i < n; i++) v[i] = who_text(d, &st->principals[from + i], side);
    uint32_t kept = sorted(v, n);
    wr_buf_init(&b, 0);
    wr_putc(&b, st->has_principal ? (st->not_principal ? '!' : '=') : '-');
    for (uint32_t i = 0; i < kept; i++) put_part(&b, v[i]);
    void **at = place(d, &d->whos, &b, &made);
    if (at == NULL || !made) return at ? *at : NULL;
    drift_who *w = WR_NEW(d->a, drift_who);
    if (w == NULL) return NULL;
    w->absent = !st->has_principal;
    w->not_principal = st->not_principal;
    w->anyone = !w->absent && !w->not_principal && n == 1 && wr_eq(v[0], WR_S("*"));
    w->aws = n == 1 && wr_starts(v[0], WR_S("AWS "));
    w->key = kept ? v[0] : (wr_str){0};
    return *at = w;
}

// ---------------------------------------------------------------------------------- conditions

static wr_str cond_value(drift *d, const wr_iam_stmt *st, const wr_iam_cond *c, uint32_t i,
                         wr_drift_side side) {
    wr_str s = drift_same(d, c->values[i].pat.raw, side);
    if (c->op->family == WR_IAM_BOOL || c->op->family == WR_IAM_NULL ||
        (c->values[i].pat.flags & WR_IAM_P_FOLD))
        s = drift_lower(d->a, s);
    // Text in an old document, a variable in a new one.
    if (!st->policy->variables && wr_find(s, WR_S("${"), 0) != SIZE_MAX)
        s = wr_fmt(d->a, "(text) %.*s", WR_FMT(s));
    return s;
}

static const wr_iam_op *cond_op(const wr_iam_op *op) { // IAM's ArnEquals is its ArnLike
    const wr_iam_op *same = NULL;
    if (strcmp(op->name, "ArnEquals") == 0) same = wr_iam_op_find(WR_S("ArnLike"));
    if (strcmp(op->name, "ArnNotEquals") == 0) same = wr_iam_op_find(WR_S("ArnNotLike"));
    return same ? same : op;
}

const drift_cond *drift_cond_of(drift *d, const wr_iam_stmt *st, const wr_iam_cond *c,
                                wr_drift_side side) {
    drift_cond *n = WR_NEW(d->a, drift_cond);
    wr_str *v = WR_NEW_N(d->a, wr_str, c->n_values + 1);
    wr_buf b;
    bool made;
    if (n == NULL || v == NULL) return NULL;
    for (uint32_t i = 0; i < c->n_values; i++) v[i] = cond_value(d, st, c, i, side);
    *n = (drift_cond){.op = cond_op(c->op),
                      .quant = c->quant,
                      .if_exists = c->if_exists,
                      .key = drift_lower(d->a, c->key_text),
                      .val = v,
                      .n = sorted(v, c->n_values)};
    wr_buf_init(&b, 0);
    wr_putf(&b, "%d%d%s:", (int)n->quant, n->if_exists, n->op->name);
    put_part(&b, n->key);
    for (uint32_t i = 0; i < n->n; i++) put_part(&b, v[i]);
    void **at = place(d, &d->conds, &b, &made);
    if (at == NULL || !made) return at ? *at : NULL;
    n->id = d->conds.n;
    return *at = n;
}

static int by_cond(const void *x, const void *y) {
    const drift_cond *a = *(const drift_cond *const *)x, *b = *(const drift_cond *const *)y;
    return a->id < b->id ? -1 : a->id > b->id;
}

static const drift_conds *cut_conds(drift *d, const wr_iam_stmt *st, wr_drift_side side) {
    const drift_cond **v = WR_NEW_N(d->a, const drift_cond *, st->n_conds + 1);
    uint32_t n = 0;
    wr_buf b;
    bool made;
    if (v == NULL) return NULL;
    for (uint32_t i = 0; i < st->n_conds; i++)
        if ((v[n] = drift_cond_of(d, st, &st->conds[i], side)) == NULL) return NULL;
        else n++;
    if (n) qsort(v, n, sizeof *v, by_cond);
    wr_buf_init(&b, 0);
    wr_putc(&b, '=');
    for (uint32_t i = 0; i < n; i++) wr_put(&b, (const char *)&v[i]->id, sizeof v[i]->id);
    void **at = place(d, &d->sets, &b, &made);
    if (at == NULL || !made) return at ? *at : NULL;
    drift_conds *set = WR_NEW(d->a, drift_conds);
    if (set) *set = (drift_conds){v, n};
    return *at = set;
}

// ---------------------------------------------------------------------------------- atoms

static const drift_atom *one_atom(drift *d, const drift_atom *is) {
    const void *part[] = {is->acts, is->where, is->who, is->conds};
    wr_buf b;
    bool made;
    wr_buf_init(&b, 0);
    wr_putc(&b, is->opaque.n ? '?' : is->deny ? '-' : '+');
    if (is->opaque.n) wr_puts(&b, is->opaque);
    else wr_put(&b, (const char *)part, sizeof part);
    void **at = place(d, &d->atoms, &b, &made);
    if (at == NULL || !made) return at ? *at : NULL;
    drift_atom *n = WR_NEW(d->a, drift_atom);
    if (n == NULL) return NULL;
    *n = *is;
    n->id = d->atoms.n;
    return *at = n;
}

static void cut_statement(drift *d, const wr_iam_stmt *st, const wr_acct_policy *p,
                          wr_drift_side side, drift_items *to) {
    drift_atom is = {.deny = st->deny, .acts = cut_actions(d, st), .conds = cut_conds(d, st, side)};
    bool all_res = !st->has_resource || st->not_resource;
    bool all_who = !st->has_principal || st->not_principal;
    uint32_t n_res = all_res ? 1 : st->resources.n, n_who = all_who ? 1 : st->n_principals;
    for (uint32_t r = 0; r < n_res; r++) {
        is.where = cut_where(d, st, r, all_res ? st->resources.n : 1, side);
        for (uint32_t w = 0; w < n_who && is.where; w++) {
            is.who = cut_who(d, st, w, all_who ? st->n_principals : 1, side);
            if (is.acts == NULL || is.conds == NULL || is.who == NULL) return;
            const drift_atom *atom = one_atom(d, &is);
            drift_item item = {.atom = atom, .stmt = st, .policy = p, .res = r, .who = w};
            if (atom) (void)WR_PUSH(d->a, to, item);
        }
    }
}

void drift_cut_opaque(drift *d, wr_str what, const wr_acct_policy *p, wr_str via, drift_items *to) {
    drift_atom is = {.opaque = what};
    const drift_atom *atom = one_atom(d, &is);
    drift_item item = {.atom = atom, .policy = p, .via = via};
    if (atom) (void)WR_PUSH(d->a, to, item);
}

static wr_str broken_text(drift *d, const wr_iam_policy *p) {
    uint8_t sum[32];
    wr_buf b;
    wr_iam_digest(p, sum);
    wr_buf_init(&b, 0);
    wr_putz(&b, "broken ");
    for (int i = 0; i < 32; i++) wr_putf(&b, "%02x", sum[i]);
    return wr_buf_keep(&b, d->a);
}

void drift_cut(drift *d, const wr_acct_policy *p, wr_drift_side side, wr_str via, drift_items *to) {
    if (p->missing || p->policy == NULL) {
        wr_str arn = p->arn.n ? p->arn : p->name;
        wr_str what = wr_fmt(d->a, "missing %.*s", WR_FMT(drift_same(d, arn, side)));
        drift_cut_opaque(d, what, p, via, to);
        return;
    }
    if (p->policy->broken) {
        drift_cut_opaque(d, broken_text(d, p->policy), p, via, to);
        return;
    }
    drift_items *cut = &d->cut[p->policy->id_in_set];
    if (cut->n == 0)
        for (uint32_t i = 0; i < p->policy->n_stmts; i++)
            cut_statement(d, &p->policy->stmts[i], p, side, cut);
    for (uint32_t i = 0; i < cut->n; i++) {
        drift_item item = cut->v[i];
        item.policy = p;
        item.via = via;
        (void)WR_PUSH(d->a, to, item);
    }
}

const drift_atom *drift_atom_all(drift *d) {
    static const char star[] = "*";
    wr_iam_pat *all = WR_NEW(d->a, wr_iam_pat);
    wr_iam_policy *none = WR_NEW(d->a, wr_iam_policy);
    drift_items items = {0};
    if (all == NULL || none == NULL) return NULL;
    *all = (wr_iam_pat){.raw = wr_strz(star)};
    wr_iam_stmt st = {
        .policy = none, .has_resource = true, .actions = {all, 1}, .resources = {all, 1}};
    cut_statement(d, &st, NULL, WR_DRIFT_A, &items);
    return items.n ? items.v[0].atom : NULL;
}

static int by_item(const void *x, const void *y) {
    const drift_item *a = x, *b = y;
    if (a->atom->id != b->atom->id) return a->atom->id < b->atom->id ? -1 : 1;
    if (a->stmt == NULL || b->stmt == NULL) return (b->stmt == NULL) - (a->stmt == NULL);
    return a->stmt->id < b->stmt->id ? -1 : a->stmt->id > b->stmt->id;
}

void drift_items_sort(drift_items *v) {
    uint32_t n = 0;
    if (v->n < 2) return;
    qsort(v->v, v->n, sizeof *v->v, by_item);
    for (uint32_t i = 1; i < v->n; i++)
        if (v->v[i].atom != v->v[n].atom) v->v[++n] = v->v[i];
    v->n = n + 1;
}
