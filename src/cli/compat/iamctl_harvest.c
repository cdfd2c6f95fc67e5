// SPDX-License-Identifier: Apache-2.0
// Roles as rows, as iamctl harvests them: role × policy × action × resource, and a row for each
// principal of the trust policy. Actions are expanded over iam.json; a resource goes with the
// actions of the services whose ARNRegex it fits, "*" with all.
// Mended, unless --compat: NotAction, NotResource and NotPrincipal are said as such; actions are
// matched in any case; what iam.json does not know stays as written; conditions have a column of
// their own, boundaries rows of their own; what cannot be read is a row that says so.

#include "cli/compat/iamctl.h"

#include <stdlib.h>

const char *const ictl_column[ICTL_COLUMNS] = {"rolename",  "path",     "policyname", "policytype",
                                               "effect",    "service",  "action",     "arn",
                                               "principal", "condition"};

enum { PAGE = 100 }; // policies of a role that the original asks for

typedef struct ictl_fit { // services a resource goes with
    const uint32_t *v;    // index in services
    uint32_t n;
} ictl_fit;

typedef struct act { // one action of a statement
    wr_str service, name;
} act;
typedef WR_VEC(act) acts;

typedef struct harvest {
    ictl *x;
    ictl_side *s;
    ictl_row row; // what is the same for all rows of a policy, then of a statement
} harvest;

static void set(harvest *h, int column, wr_str s) { h->row.c[column] = ictl_text(h->x, s); }
static void emit(harvest *h) { (void)WR_PUSH(h->x->a, &h->s->rows, h->row); }

static bool same_nocase(wr_str a, wr_str b) {
    if (a.n != b.n) return false;
    for (size_t i = 0; i < a.n; i++)
        if (wr_low(a.p[i]) != wr_low(b.p[i])) return false;
    return true;
}

// ---------------------------------------------------------------------------------- patterns

// The character k against one unit of a pattern of Python's fnmatch at *i, which moves past it.
static bool one(wr_str p, size_t *i, char k, bool sets) {
    char c = p.p[(*i)++];
    if (c == '?') return true;
    if (c != '[' || !sets) return c == k || (!sets && wr_low(c) == wr_low(k));
    size_t at = *i, close;
    bool neg = at < p.n && p.p[at] == '!', hit = false;
    at += neg;
    close = wr_find(p, WR_S("]"), at + 1);
    if (close == SIZE_MAX) return k == '[';
    for (; at < close; at++) {
        bool range = at + 2 < close && p.p[at + 1] == '-';
        hit |= range ? k >= p.p[at] && k <= p.p[at + 2] : k == p.p[at];
        if (range) at += 2;
    }
    *i = close + 1;
    return hit != neg;
}

// sets: as fnmatch does, with [a-z] and case; else IAM's * and ? in any case.
static bool glob(wr_str p, wr_str s, bool sets) {
    size_t i = 0, k = 0, star = SIZE_MAX, from = 0;
    while (k < s.n) {
        size_t next = i;
        if (i < p.n && p.p[i] == '*') {
            star = ++i;
            from = k;
        } else if (i < p.n && one(p, &next, s.p[k], sets)) {
            i = next;
            k++;
        } else if (star != SIZE_MAX) {
            i = star;
            k = ++from;
        } else {
            return false;
        }
    }
    while (i < p.n && p.p[i] == '*') i++;
    return i == p.n;
}

static bool has_wildcard(wr_str s) {
    return s.n && (memchr(s.p, '*', s.n) || memchr(s.p, '?', s.n));
}

// ---------------------------------------------------------------------------------- actions

static void add_actions(harvest *h, const ictl_service *s, wr_str name, acts *out) {
    for (uint32_t i = 0; i < s->n_actions; i++)
        if (glob(name, s->actions[i], h->x->compat))
            (void)WR_PUSH(h->x->a, out, ((act){s->prefix, s->actions[i]}));
}

static void expand(harvest *h, wr_str raw, acts *out) {
    ictl *x = h->x;
    size_t colon = wr_find(raw, WR_S(":"), 0);
    uint32_t n = out->n;
    if (wr_eq(raw, WR_S("*"))) {
        (void)WR_PUSH(x->a, out, ((act){raw, raw}));
        return;
    }
    if (colon == SIZE_MAX) return; // the parser has refused it
    wr_str service = wr_sub(raw, 0, colon), name = wr_sub(raw, colon + 1, raw.n);
    for (uint32_t i = 0; i < x->services.n; i++) {
        const ictl_service *s = &x->services.v[i];
        bool is = x->compat               ? wr_eq(s->prefix, service)
                  : has_wildcard(service) ? glob(service, s->prefix, false)
                                          : same_nocase(s->prefix, service);
        if (is) add_actions(h, s, name, out);
        if (is && (x->compat || !has_wildcard(service))) break; // the first of that name
    }
    // What the file does not know is not dropped.
    if (out->n == n && !x->compat) (void)WR_PUSH(x->a, out, ((act){service, name}));
}

static wr_str joined(harvest *h, const char *head, const wr_iam_pats *v) {
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_putz(&b, head);
    for (uint32_t i = 0; i < v->n; i++) {
        wr_putz(&b, i ? "; " : " ");
        wr_puts(&b, v->v[i].raw);
    }
    return wr_buf_keep(&b, h->x->a);
}

static void actions_of(harvest *h, const wr_iam_stmt *st, acts *out) {
    if (st->not_action && !h->x->compat) {
        act all_but = {WR_S("*"), joined(h, "NotAction", &st->actions)};
        (void)WR_PUSH(h->x->a, out, all_but);
        return;
    }
    for (uint32_t i = 0; i < st->actions.n; i++) expand(h, st->actions.v[i].raw, out);
}

// ---------------------------------------------------------------------------------- resources

static const ictl_fit *fit_of(harvest *h, wr_str arn) {
    ictl *x = h->x;
    void **at = wr_map_at(&x->fits, arn);
    if (at == NULL || *at) return at ? *at : NULL;
    ictl_fit *fit = WR_NEW(x->a, ictl_fit);
    WR_VEC(uint32_t) v = {NULL, 0, 0};
    for (uint32_t i = 0; i < x->services.n; i++) {
        const wr_regex *re = x->services.v[i].arn;
        if (re && wr_regex_search(re, x->scratch, arn) == WR_RE_YES) (void)WR_PUSH(x->a, &v, i);
    }
    if (fit) *fit = (ictl_fit){v.v, v.n};
    return *at = fit;
}

// How often the original writes an action with a resource: once for each service that fits.
static uint32_t times(harvest *h, const act *a, wr_str arn) {
    const ictl_fit *fit;
    uint32_t n = 0;
    if (wr_eq(arn, WR_S("*"))) return 1;
    fit = fit_of(h, arn);
    if (fit == NULL) return 0;
    if (wr_eq(a->service, WR_S("*"))) return h->x->compat ? fit->n : 1;
    for (uint32_t i = 0; i < fit->n; i++)
        n += same_nocase(h->x->services.v[fit->v[i]].prefix, a->service);
    if (h->x->compat) return n;
    return n || fit->n == 0 ? 1 : 0; // of no service at all: of any
}

static void emit_action(harvest *h, const act *a, const wr_iam_stmt *st) {
    uint32_t n = h->s->rows.n;
    set(h, ICTL_SERVICE, a->service);
    set(h, ICTL_ACTION, a->name);
    if (st->not_resource && !h->x->compat) {
        set(h, ICTL_ARN, joined(h, "NotResource", &st->resources));
        emit(h);
        return;
    }
    for (uint32_t turn = 0; turn < 2; turn++) {
        for (uint32_t i = 0; i < st->resources.n; i++) {
            wr_str arn = st->resources.v[i].raw;
            set(h, ICTL_ARN, arn);
            for (uint32_t k = turn ? 1 : times(h, a, arn); k > 0; k--) emit(h);
        }
        // An action whose service none of the resources is of is not dropped.
        if (h->s->rows.n > n || h->x->compat) return;
    }
}

// ---------------------------------------------------------------------------------- conditions

static int by_text(const void *x, const void *y) {
    return wr_cmp(*(const wr_str *)x, *(const wr_str *)y);
}

static wr_str condition(harvest *h, const wr_iam_cond *c) {
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_puts(&b, c->op_text);
    wr_putc(&b, ' ');
    for (size_t i = 0; i < c->key_text.n; i++) wr_putc(&b, wr_low(c->key_text.p[i]));
    wr_putz(&b, " = ");
    wr_str *v = WR_NEW_N(h->x->a, wr_str, c->n_values + 1);
    for (uint32_t i = 0; v && i < c->n_values; i++) v[i] = c->values[i].pat.raw;
    if (v) qsort(v, c->n_values, sizeof *v, by_text); // in order, however they are written
    for (uint32_t i = 0; v && i < c->n_values; i++) {
        if (i) wr_putz(&b, " | ");
        wr_puts(&b, v[i]);
    }
    return wr_buf_keep(&b, h->x->a);
}

static wr_str conditions(harvest *h, const wr_iam_stmt *st) {
    wr_buf b;
    wr_str *v = WR_NEW_N(h->x->a, wr_str, st->n_conds + 1);
    if (h->x->compat || st->n_conds == 0 || v == NULL) return WR_S("");
    for (uint32_t i = 0; i < st->n_conds; i++) v[i] = condition(h, &st->conds[i]);
    qsort(v, st->n_conds, sizeof *v, by_text);
    wr_buf_init(&b, 0);
    for (uint32_t i = 0; i < st->n_conds; i++) {
        if (i) wr_putz(&b, "; ");
        wr_puts(&b, v[i]);
    }
    return wr_buf_keep(&b, h->x->a);
}

// ---------------------------------------------------------------------------------- policies

// The policy's rows begin; false: it cannot be read, which is a row (or, as in the original,
// nothing: it would have died).
static bool begin(harvest *h, const wr_acct_policy *p, const char *name, const char *type) {
    set(h, ICTL_POLICY, name ? wr_strz(name) : p->name);
    set(h, ICTL_TYPE, wr_strz(type));
    for (int i = ICTL_EFFECT; i < ICTL_COLUMNS; i++) set(h, i, WR_S(""));
    bool gone = p->missing || p->policy == NULL;
    if (!gone && !p->policy->broken) return true;
    if (h->x->compat) return false;
    h->x->n_open++;
    set(h, ICTL_EFFECT, gone ? WR_S("Missing") : WR_S("Unreadable"));
    emit(h);
    return false;
}

static void statement(harvest *h, const wr_iam_stmt *st) {
    acts v = {NULL, 0, 0};
    set(h, ICTL_EFFECT, st->deny ? WR_S("Deny") : WR_S("Allow"));
    set(h, ICTL_CONDITION, conditions(h, st));
    actions_of(h, st, &v);
    for (uint32_t i = 0; i < v.n; i++) emit_action(h, &v.v[i], st);
}

static void policy(harvest *h, const wr_acct_policy *p, const char *type) {
    if (!begin(h, p, NULL, type)) return;
    for (uint32_t i = 0; i < p->policy->n_stmts; i++) statement(h, &p->policy->stmts[i]);
}

static wr_str who_joined(harvest *h, const wr_iam_stmt *st) {
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_putz(&b, "NotPrincipal");
    for (uint32_t i = 0; i < st->n_principals; i++) {
        wr_putz(&b, i ? "; " : " ");
        wr_puts(&b, st->principals[i].text);
    }
    return wr_buf_keep(&b, h->x->a);
}

static void trust_rows(harvest *h, const wr_iam_stmt *st, const act *a) {
    set(h, ICTL_SERVICE, a->service);
    set(h, ICTL_ACTION, a->name);
    if (st->not_principal && !h->x->compat) {
        set(h, ICTL_PRINCIPAL, who_joined(h, st));
        emit(h);
        return;
    }
    for (uint32_t i = 0; i < st->n_principals; i++) {
        set(h, ICTL_PRINCIPAL, st->principals[i].text);
        emit(h);
    }
}

static void trust(harvest *h, const wr_acct_policy *p) {
    static const act assume = {{"sts", 3}, {"AssumeRole", 10}};
    if (!begin(h, p, "trust", "trust")) return;
    for (uint32_t i = 0; i < p->policy->n_stmts; i++) {
        const wr_iam_stmt *st = &p->policy->stmts[i];
        acts v = {NULL, 0, 0};
        set(h, ICTL_EFFECT, st->deny ? WR_S("Deny") : WR_S("Allow"));
        set(h, ICTL_CONDITION, conditions(h, st));
        if (h->x->compat) (void)WR_PUSH(h->x->a, &v, assume); // whatever it says
        else actions_of(h, st, &v);
        for (uint32_t k = 0; k < v.n; k++) trust_rows(h, st, &v.v[k]);
    }
    set(h, ICTL_PRINCIPAL, WR_S(""));
}

static void policies(harvest *h, const wr_acct_policies *v, const char *type) {
    uint32_t n = h->x->compat && v->n > PAGE ? PAGE : v->n;
    for (uint32_t i = 0; i < n; i++) policy(h, &v->v[i], type);
}

static void role(harvest *h, const wr_acct_entity *e) {
    for (int i = 0; i < ICTL_COLUMNS; i++) set(h, i, WR_S(""));
    set(h, ICTL_ROLE, e->name);
    set(h, ICTL_PATH, e->path);
    (void)WR_PUSH(h->x->a, &h->s->roles, h->row);
    if (e->trust) trust(h, e->trust);
    policies(h, &e->inline_, "inline");
    policies(h, &e->attached, "managed");
    if (e->boundary && !h->x->compat) policy(h, e->boundary, "boundary");
}

// ---------------------------------------------------------------------------------- a dump

static bool load(ictl *x, ictl_side *s) {
    const wr_doc *doc = NULL;
    wr_acct *acct = NULL;
    const wr_src *src = cli_src(x->c, s->file, true, NULL);
    if (src == NULL) {
        cli_say(x->c, "AWS profiles are not supported: give a file that aws iam "
                      "get-account-authorization-details --profile NAME has written");
        return false;
    }
    if (wr_acct_read(&x->c->ctx, src, &doc) == WR_OK)
        (void)!wr_acct_load(&x->c->ctx, x->set, doc, &acct);
    (void)cli_say_diags(x->c, false);
    s->acct = acct;
    x->n_cut += acct && acct->cut;
    return acct != NULL;
}

bool ictl_harvest(ictl *x, ictl_side *s) {
    harvest h = {.x = x, .s = s};
    const char *head[ICTL_COLUMNS + 1] = {NULL};
    if (!load(x, s)) return false;
    for (uint32_t i = 0; i < s->acct->entities.n; i++)
        if (s->acct->entities.v[i]->kind == WR_ACCT_ROLE) role(&h, s->acct->entities.v[i]);
    uint32_t n = x->compat ? ICTL_CONDITION : ICTL_COLUMNS;
    for (uint32_t i = 0; i < n; i++) head[i] = ictl_column[i];
    wr_str base = wr_basename(wr_strz(s->file));
    const char *dot = base.n ? memrchr(base.p, '.', base.n) : NULL;
    if (dot && dot > base.p) base.n = (size_t)(dot - base.p);
    const char *name = wr_fmt(x->a, "%s_%.*s_iam_tuples.csv", s->tag, WR_FMT(base)).p;
    return name && ictl_write(x, name, &s->rows, head, NULL, n);
}
