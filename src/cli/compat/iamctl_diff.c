// SPDX-License-Identifier: Apache-2.0
// Rows of two accounts compared, as iamctl does it: equal names put into every cell, then sets of
// roles and of rows against each other; 19 files, 23 lines and a table. Rows stand in order of
// their texts, so that two runs give the same files.
// Rules: the names of the files, the lines and the metrics are the original's.

#include "cli/compat/iamctl.h"

#include <stdlib.h>

typedef struct side { // of the comparison: everything with equal names put in
    const ictl_side *of;
    ictl_rows rows;  // as many as harvested
    ictl_rows set;   // each once
    ictl_rows roles; // (name, path), each once
} side;

typedef struct cmp {
    ictl *x;
    side on[WR_DRIFT_SIDES];
    uint32_t metric[13][WR_DRIFT_SIDES];
    uint32_t n_metrics;
    bool failed;
} cmp;

static const uint8_t name_path[] = {ICTL_ROLE, ICTL_PATH};
static const char *const head_name[] = {"rolename", NULL};
static const char *const head_name_path[] = {"rolename", "path", NULL};

// ---------------------------------------------------------------------------------- rows

static int by_number(const void *p, const void *q) { return memcmp(p, q, sizeof(ictl_row)); }

static void unique(ictl_rows *v) {
    uint32_t n = 0;
    if (v->n < 2) return;
    qsort(v->v, v->n, sizeof *v->v, by_number);
    for (uint32_t i = 1; i < v->n; i++)
        if (by_number(&v->v[i], &v->v[n]) != 0) v->v[++n] = v->v[i];
    v->n = n + 1;
}

static int by_text(const void *p, const void *q, void *arg) {
    const ictl_row *a = p, *b = q;
    const ictl *x = arg;
    for (int i = 0; i < ICTL_COLUMNS; i++) {
        wr_str s = x->text.v[a->c[i]], t = x->text.v[b->c[i]];
        size_t n = s.n < t.n ? s.n : t.n;
        int c = n ? memcmp(s.p, t.p, n) : 0;
        if (c == 0) c = (s.n > t.n) - (s.n < t.n);
        if (c) return c;
    }
    return 0;
}

static void in_order(ictl *x, ictl_rows *v) {
    if (v->n > 1) qsort_r(v->v, v->n, sizeof *v->v, by_text, x);
}

static ictl_rows copy(ictl *x, const ictl_rows *v) {
    ictl_rows out = {WR_NEW_N(x->a, ictl_row, v->n + 1), 0, v->n + 1};
    if (out.v == NULL) return (ictl_rows){NULL, 0, 0};
    if (v->n) memcpy(out.v, v->v, v->n * sizeof *v->v);
    out.n = v->n;
    return out;
}

// x without what is in y, or only that; both in order of by_number.
static ictl_rows select_rows(ictl *x, const ictl_rows *v, const ictl_rows *w, bool common) {
    ictl_rows out = {NULL, 0, 0};
    uint32_t k = 0;
    for (uint32_t i = 0; i < v->n; i++) {
        while (k < w->n && by_number(&w->v[k], &v->v[i]) < 0) k++;
        bool in = k < w->n && by_number(&w->v[k], &v->v[i]) == 0;
        if (in == common) (void)WR_PUSH(x->a, &out, v->v[i]);
    }
    return out;
}

static bool service_linked(const ictl *x, const ictl_row *r) {
    return wr_starts(x->text.v[r->c[ICTL_PATH]], WR_S("/aws-service-role/"));
}

enum which { ALL, LINKED, OTHERS };

static ictl_rows only(cmp *m, const ictl_rows *v, enum which w) {
    ictl_rows out = {NULL, 0, 0};
    for (uint32_t i = 0; i < v->n; i++)
        if (w == ALL || service_linked(m->x, &v->v[i]) == (w == LINKED))
            (void)WR_PUSH(m->x->a, &out, v->v[i]);
    return out;
}

// ---------------------------------------------------------------------------------- equal names

static uint32_t sanitized(cmp *m, uint32_t text, wr_drift_side s, uint32_t *memo, uint32_t n_memo) {
    ictl *x = m->x;
    if (text < n_memo && memo[text]) return memo[text] - 1;
    wr_str raw = x->text.v[text];
    wr_str same = x->compat ? wr_equiv_apply_plain(x->list, x->a, raw)
                            : wr_equiv_apply(x->list, x->a, raw, s);
    uint32_t to = ictl_text(x, same);
    if (text < n_memo) memo[text] = to + 1;
    return to;
}

static void sanitize(cmp *m, wr_drift_side s, const ictl_rows *from, ictl_rows *to) {
    uint32_t n = m->x->text.n, *memo = WR_NEW_N(m->x->a, uint32_t, n + 1);
    *to = copy(m->x, from);
    for (uint32_t i = 0; memo && i < to->n; i++)
        for (int k = 0; k < ICTL_COLUMNS; k++)
            to->v[i].c[k] = sanitized(m, to->v[i].c[k], s, memo, n);
}

static void prepare(cmp *m, wr_drift_side s) {
    side *on = &m->on[s];
    uint32_t empty = ictl_text(m->x, WR_S(""));
    sanitize(m, s, &on->of->rows, &on->rows);
    on->set = copy(m->x, &on->rows);
    unique(&on->set);
    // The original knows a role only by its rows.
    if (m->x->compat) on->roles = copy(m->x, &on->rows);
    else sanitize(m, s, &on->of->roles, &on->roles);
    for (uint32_t i = 0; i < on->roles.n; i++)
        for (int k = ICTL_POLICY; k < ICTL_COLUMNS; k++) on->roles.v[i].c[k] = empty;
    unique(&on->roles);
}

// ---------------------------------------------------------------------------------- files

static void file(cmp *m, const char *name, ictl_rows rows, const char *const *head,
                 const uint8_t *columns, uint32_t n) {
    in_order(m->x, &rows);
    if (name == NULL || !ictl_write(m->x, name, &rows, head, columns, n)) m->failed = true;
}

static void roles_file(cmp *m, const char *name, const ictl_rows *rows, bool path) {
    file(m, name, *rows, path ? head_name_path : head_name, name_path, path ? 2 : 1);
}

static void names_file(cmp *m, const char *name, ictl_rows *rows) { // names alone, each once
    uint32_t empty = ictl_text(m->x, WR_S(""));
    ictl_rows v = copy(m->x, rows);
    for (uint32_t i = 0; i < v.n; i++)
        for (int k = ICTL_PATH; k < ICTL_COLUMNS; k++) v.v[i].c[k] = empty;
    unique(&v);
    rows->n = v.n;
    roles_file(m, name, &v, false);
}

static void metric(cmp *m, uint32_t a, uint32_t b) {
    m->metric[m->n_metrics][WR_DRIFT_A] = a;
    m->metric[m->n_metrics++][WR_DRIFT_B] = b;
}

#define OUT(...) wr_putf(&m->x->c->out, __VA_ARGS__)
#define NAME(...) wr_fmt(m->x->a, __VA_ARGS__).p

static const char *tag(const cmp *m, int s) { return m->on[s].of->tag; }

// Roles of each account.
static void part_roles(cmp *m) {
    ictl_rows all[2], linked[2], others[2];
    for (int s = 0; s < 2; s++) {
        all[s] = only(m, &m->on[s].roles, ALL);
        linked[s] = only(m, &m->on[s].roles, LINKED);
        others[s] = only(m, &m->on[s].roles, OTHERS);
        OUT("Number of roles in %s: %u\n", tag(m, s), all[s].n);
        roles_file(m, NAME("%s_roles.csv", tag(m, s)), &all[s], true);
        names_file(m, NAME("%s_service_linked_roles.csv", tag(m, s)), &linked[s]);
        OUT("Number of service linked roles in %s: %u\n", tag(m, s), linked[s].n);
        names_file(m, NAME("%s_non_service_linked_roles.csv", tag(m, s)), &others[s]);
        OUT("Number of Non-service linked roles in %s: %u\n", tag(m, s), others[s].n);
    }
    metric(m, all[0].n, all[1].n);
    metric(m, linked[0].n, linked[1].n);
    metric(m, others[0].n, others[1].n);
}

static void part_common(cmp *m, const ictl_rows *common) {
    ictl_rows linked = only(m, common, LINKED), others = only(m, common, OTHERS);
    OUT("Number of common roles: %u\n", common->n);
    roles_file(m, "common_roles.csv", common, true);
    OUT("Number of common roles that are service linked: %u\n", linked.n);
    roles_file(m, "common_service_linked_roles.csv", &linked, false);
    OUT("Number of common roles that are Non-service linked: %u\n", others.n);
    roles_file(m, "common_non_service_linked_roles.csv", &others, false);
    metric(m, common->n, common->n);
    metric(m, linked.n, linked.n);
    metric(m, others.n, others.n);
}

// Roles of one account that the other does not have. Two of the original's file names are wrong:
// one ends in a blank, one names the second tag twice.
static void part_unique(cmp *m, uint32_t n[3][2]) {
    bool bad = m->x->compat;
    for (int s = 0; s < 2; s++) {
        const char *a = tag(m, s), *b = tag(m, 1 - s);
        ictl_rows all = select_rows(m->x, &m->on[s].roles, &m->on[1 - s].roles, false);
        ictl_rows linked = only(m, &all, LINKED), others = only(m, &all, OTHERS);
        n[0][s] = all.n;
        n[1][s] = linked.n;
        n[2][s] = others.n;
        OUT("Number of roles from %s not in %s: %u\n", a, b, all.n);
        roles_file(m, NAME("roles_in_%s_but_not_in_%s.csv", a, bad && s == 1 ? a : b), &all, true);
        OUT("Number of service linked roles from %s not in %s: %u\n", a, b, linked.n);
        roles_file(
            m,
            NAME("service_linked_roles_in_%s_but_not_in_%s%s.csv", a, b, bad && s == 0 ? " " : ""),
            &linked, true);
        OUT("Number of non-service linked roles from %s not in %s: %u\n", a, b, others.n);
        roles_file(m, NAME("non_service_linked_roles_in_%s_but_not_in_%s.csv", a, b), &others,
                   true);
    }
    for (int i = 0; i < 3; i++) metric(m, n[i][0], n[i][1]);
}

// Rows whose role, by its name, both have.
static ictl_rows of_common(cmp *m, const ictl_rows *rows, const ictl_rows *common) {
    ictl_rows out = {NULL, 0, 0};
    uint32_t n = m->x->text.n;
    bool *is = WR_NEW_N(m->x->a, bool, n + 1);
    for (uint32_t i = 0; is && i < common->n; i++) is[common->v[i].c[ICTL_ROLE]] = true;
    for (uint32_t i = 0; is && i < rows->n; i++)
        if (is[rows->v[i].c[ICTL_ROLE]]) (void)WR_PUSH(m->x->a, &out, rows->v[i]);
    return out;
}

// The original's header of these files has eight names over nine columns.
static const char *const *diff_head(const cmp *m, const char *out[ICTL_COLUMNS + 1]) {
    static const char *const wrong[] = {"rolename", "path",   "trust", "policyname", "effect",
                                        "service",  "action", "arn",   NULL};
    if (m->x->compat) return wrong;
    for (int i = 0; i < ICTL_COLUMNS; i++) out[i] = ictl_column[i];
    out[ICTL_COLUMNS] = NULL;
    return out;
}

static void part_items(cmp *m, const ictl_rows *common, uint32_t n[2]) {
    const char *own[ICTL_COLUMNS + 1];
    const char *const *head = diff_head(m, own);
    uint32_t roles[2];
    for (int s = 0; s < 2; s++) {
        const char *a = tag(m, s), *b = tag(m, 1 - s);
        ictl_rows all = select_rows(m->x, &m->on[s].set, &m->on[1 - s].set, false);
        ictl_rows rows = of_common(m, &all, common), names = copy(m->x, &rows);
        n[s] = rows.n;
        OUT("There are %u items that are in different in %s among common roles between %s,%s\n",
            rows.n, a, tag(m, 0), tag(m, 1));
        file(m, NAME("%s_to_%s_common_role_difference_items.csv", a, b), rows, head, NULL,
             m->x->compat ? ICTL_CONDITION : ICTL_COLUMNS);
        names_file(m, NAME("common_roles_in_%s_with_differences.csv", a), &names);
        roles[s] = names.n;
        OUT("There are %u common roles in %s that have differences with %s \n", names.n, a, b);
    }
    metric(m, roles[0], roles[1]);
    metric(m, n[0], n[1]);
}

// ---------------------------------------------------------------------------------- the table

static void rule(cmp *m, const char *l, const char *mid, const char *r, const char *title,
                 const size_t w[3]) {
    OUT("%s%s", l, title);
    for (int i = 0; i < 3; i++) {
        size_t n = w[i] + 2, skip = i == 0 ? strlen(title) : 0;
        for (size_t k = skip; k < n; k++) OUT("\xE2\x94\x80");
        OUT("%s", i < 2 ? mid : r);
    }
    OUT("\n");
}

static void cells(cmp *m, const size_t w[3], const char *a, const char *b, const char *c) {
    OUT("\xE2\x94\x82 %s", a);
    wr_pad(&m->x->c->out, ' ', w[0] - strlen(a));
    const char *const v[] = {b, c};
    for (int i = 0; i < 2; i++) {
        OUT(" \xE2\x94\x82 ");
        wr_pad(&m->x->c->out, ' ', w[i + 1] - wr_utf8_len(wr_strz(v[i])));
        OUT("%s", v[i]);
    }
    OUT(" \xE2\x94\x82\n");
}

static void table(cmp *m) {
    static const char *const name[] = {"Harvested Items",
                                       "Sanitized Items",
                                       "Roles",
                                       "Service Linked Roles",
                                       "Non-Service Linked Roles",
                                       "Common Roles",
                                       "Common Service Linked Roles",
                                       "Common Non-Service Linked Roles",
                                       "Unique Roles",
                                       "Unique Service Linked Roles",
                                       "Unique Non-Service Linked Roles",
                                       "Common Roles with Differences",
                                       "Differences among Common Roles"};
    const char *text[13][2];
    size_t w[3] = {31, wr_utf8_len(wr_strz(tag(m, 0))), wr_utf8_len(wr_strz(tag(m, 1)))};
    for (uint32_t i = 0; i < 13; i++)
        for (int s = 0; s < 2; s++) {
            text[i][s] = NAME("%u", m->metric[i][s]);
            if (text[i][s] == NULL) return;
            if (strlen(text[i][s]) > w[s + 1]) w[s + 1] = strlen(text[i][s]);
        }
    rule(m, "\xE2\x94\x8C", "\xE2\x94\xAC", "\xE2\x94\x90", "Summary Report", w);
    cells(m, w, "Metric", tag(m, 0), tag(m, 1));
    for (uint32_t i = 0; i < 13; i++) {
        rule(m, "\xE2\x94\x9C", "\xE2\x94\xBC", "\xE2\x94\xA4", "", w);
        cells(m, w, name[i], text[i][0], text[i][1]);
    }
    rule(m, "\xE2\x94\x94", "\xE2\x94\xB4", "\xE2\x94\x98", "", w);
}

bool ictl_compare(ictl *x, ictl_side *a, ictl_side *b, bool *different) {
    cmp comparison = {.x = x, .on = {{.of = a}, {.of = b}}}, *m = &comparison;
    uint32_t alone[3][2], items[2];
    prepare(m, WR_DRIFT_A);
    prepare(m, WR_DRIFT_B);
    OUT("\nSummary report in text format:\n\n");
    for (int s = 0; s < 2; s++) OUT("Number of items in %s: %u\n", tag(m, s), m->on[s].of->rows.n);
    metric(m, a->rows.n, b->rows.n);
    for (int s = 0; s < 2; s++)
        OUT("Number of items in %s after sanitizing: %u\n", tag(m, s), m->on[s].rows.n);
    metric(m, m->on[0].rows.n, m->on[1].rows.n);
    part_roles(m);
    ictl_rows common = select_rows(x, &m->on[0].roles, &m->on[1].roles, true);
    part_common(m, &common);
    part_unique(m, alone);
    part_items(m, &common, items);
    OUT("\nSummary report in tabular format:\n\n");
    table(m);
    OUT("\nDetailed reports are available at this location:\n%s\n\n", x->dir);
    *different = alone[0][0] || alone[0][1] || items[0] || items[1];
    return !m->failed && !x->a->oom;
}
