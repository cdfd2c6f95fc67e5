// SPDX-License-Identifier: Apache-2.0
// Is one part of an atom within another: resources, principals, conditions. Every "yes" is a proof
// (whatever the first fits, the second fits); a "no" only says that this procedure sees none.
// Rules: IAM User Guide, "Resource" (a * that ends its field of an ARN goes on over colons, others
// stay inside), "Condition" (all must hold; of one's values any; of negated ones none).

#include "analyze/drift_int.h"

// ---------------------------------------------------------------------------------- patterns

static bool takes_one(uint32_t y, uint32_t x) {
    bool letter = x < DRIFT_T_ANY || x == DRIFT_T_SOME;
    if (y == DRIFT_T_ONE) return letter || x == DRIFT_T_ONE || x == DRIFT_T_ONE_IN;
    if (y == DRIFT_T_ONE_IN) return (letter && x != ':') || x == DRIFT_T_ONE_IN;
    return x == y && y != DRIFT_T_SOME;
}

static bool takes_run(uint32_t y, uint32_t x) {
    if (y == DRIFT_T_ANY) return true;
    return x != ':' && x != DRIFT_T_ANY && x != DRIFT_T_ONE && x < DRIFT_T_VAR;
}

static bool is_run(uint32_t t) { return t == DRIFT_T_ANY || t == DRIFT_T_ANY_IN; }

// y against the characters of x, row by row: at[k] says that y so far takes the first k of x.
static bool matches(drift *d, const uint32_t *x, uint32_t nx, const drift_pat *y) {
    wr_mark mark = wr_arena_mark(d->a);
    uint64_t cost = (uint64_t)(nx + 1) * (y->n + 1);
    bool *at = cost > d->steps ? NULL : wr_zalloc(d->a, nx + 1);
    d->steps -= cost > d->steps ? d->steps : cost;
    if (at == NULL) return false;
    at[0] = true;
    for (uint32_t i = 0; i < y->n; i++) {
        bool was = at[0]; // at[k - 1] of the row before
        if (!is_run(y->t[i])) at[0] = false;
        for (uint32_t k = 1; k <= nx; k++) {
            bool old = at[k];
            if (is_run(y->t[i])) at[k] = old || (at[k - 1] && takes_run(y->t[i], x[k - 1]));
            else at[k] = was && takes_one(y->t[i], x[k - 1]);
            was = old;
        }
    }
    bool yes = at[nx];
    wr_arena_rewind(d->a, mark);
    return yes;
}

static bool is_all(const drift_pat *p) { return p->n == 1 && p->t[0] == DRIFT_T_ANY; }

static bool pat_within(drift *d, const drift_pat *x, const drift_pat *y) {
    // Of requests without a resource only "*" itself is fitted.
    if (x == y || is_all(y)) return true;
    return !is_all(x) && matches(d, x->t, x->n, y);
}

// One character fits both? Variables may be anything.
static bool may_meet(uint32_t x, uint32_t y) {
    bool letters = x < DRIFT_T_ANY && y < DRIFT_T_ANY;
    return !letters || x == y;
}

static bool fixed(uint32_t t) { return !is_run(t) && t < DRIFT_T_VAR; }

// Nothing fits both: seen where they differ before the first run of either or after the last.
static bool pat_apart(const drift_pat *x, const drift_pat *y) {
    uint32_t n = x->n < y->n ? x->n : y->n, i = 0, k = 0;
    for (; i < n && fixed(x->t[i]) && fixed(y->t[i]); i++)
        if (!may_meet(x->t[i], y->t[i])) return true;
    bool whole = i == n; // the shorter one has an end that is fixed
    for (; k < n && fixed(x->t[x->n - k - 1]) && fixed(y->t[y->n - k - 1]); k++)
        if (!may_meet(x->t[x->n - k - 1], y->t[y->n - k - 1])) return true;
    if (!whole || x->n == y->n) return false;
    const drift_pat *longer = x->n > y->n ? x : y;
    for (i = n; i < longer->n; i++)
        if (fixed(longer->t[i])) return true; // more characters than the shorter can have
    return false;
}

// ---------------------------------------------------------------------------------- resources

static bool has_vars(const drift_where *w) {
    for (uint32_t i = 0; i < w->n; i++)
        if (w->p[i]->vars) return true;
    return false;
}

static bool within_some(drift *d, const drift_pat *x, const drift_where *y) {
    for (uint32_t i = 0; i < y->n; i++)
        if (pat_within(d, x, y->p[i])) return true;
    return false;
}

bool drift_where_within(drift *d, const drift_where *x, const drift_where *y) {
    if (x == y) return true;
    if (x->absent || y->absent) return false;
    if (!y->not_resource) {
        if (x->not_resource) return y->n == 1 && is_all(y->p[0]);
        return x->n == 1 && within_some(d, x->p[0], y);
    }
    // A NotResource whose variable has no value does not apply.
    if (has_vars(y)) return false;
    for (uint32_t i = 0; i < y->n; i++) {
        bool out = x->not_resource ? within_some(d, y->p[i], x) : pat_apart(x->p[0], y->p[i]);
        if (!out) return false;
    }
    return true;
}

// A resource that x fits, and hardly anything else: runs and single characters become characters
// that no policy has.
static uint32_t witness(drift *d, const drift_where *x, uint32_t **out) {
    static const uint32_t star[] = {DRIFT_T_ANY};
    const drift_pat any = {.t = star, .n = 1};
    const drift_pat *p = x->not_resource ? &any : x->p[0];
    uint32_t *w = WR_NEW_N(d->a, uint32_t, 3 * p->n + 1), n = 0;
    for (uint32_t i = 0; w && i < p->n; i++) {
        uint32_t t = p->t[i];
        bool some = is_run(t) || t == DRIFT_T_ONE || t == DRIFT_T_ONE_IN;
        for (int k = is_run(t) ? 3 : 1; k > 0; k--) w[n++] = some ? DRIFT_T_SOME : t;
    }
    *out = w;
    return w ? n : 0;
}

bool drift_where_meets(drift *d, const drift_where *x, const drift_where *y) {
    uint32_t *w, n;
    if (x == y) return true;
    if (x->absent || y->absent || (n = witness(d, x, &w)) == 0) return true;
    for (uint32_t i = 0; x->not_resource && i < x->n; i++)
        if (matches(d, w, n, x->p[i])) return true; // x does not fit its own witness
    for (uint32_t i = 0; i < y->n; i++)
        if (matches(d, w, n, y->p[i])) return !y->not_resource || d->steps == 0;
    return y->not_resource || d->steps == 0;
}

// ---------------------------------------------------------------------------------- principals

bool drift_who_within(const drift_who *x, const drift_who *y) {
    return x == y || (y->anyone && !x->not_principal && (x->aws || x->anyone));
}

// ---------------------------------------------------------------------------------- conditions

static bool among(const wr_str *x, uint32_t nx, const wr_str *y, uint32_t ny) { // both sorted
    uint32_t k = 0;
    for (uint32_t i = 0; i < nx; i++) {
        while (k < ny && wr_cmp(y[k], x[i]) < 0) k++;
        if (k == ny || !wr_eq(y[k], x[i])) return false;
    }
    return true;
}

static bool cond_implies(const drift_cond *x, const drift_cond *y) {
    if (x == y) return true;
    if (x->op != y->op || x->quant != y->quant || !wr_eq(x->key, y->key)) return false;
    if (x->if_exists && !y->if_exists) return false;
    // More values let more in; of a negated operator fewer do.
    return x->op->negated ? among(y->val, y->n, x->val, x->n) : among(x->val, x->n, y->val, y->n);
}

bool drift_conds_have(const drift_conds *x, const drift_cond *c) {
    for (uint32_t i = 0; i < x->n; i++)
        if (cond_implies(x->v[i], c)) return true;
    return false;
}

bool drift_conds_imply(const drift_conds *x, const drift_conds *y) {
    if (x == y) return true;
    for (uint32_t i = 0; i < y->n; i++)
        if (!drift_conds_have(x, y->v[i])) return false;
    return true;
}
