// SPDX-License-Identifier: Apache-2.0
// exception_load: time-bound exemptions of a repository, one a file or a list of them. Format:
// docs/guide/exceptions.md.
//
// Always true: an exception that is malformed is none: it covers nothing. One that is well formed
// but void (expired, approved by who asked for it) is kept with its faults, to be reported.

#include "control/control_int.h"

typedef struct exception_form {
    wr_str schema, id, control, resource, account, ou, path, logical_id;
    wr_str reason, ticket, requested_by, risk;
    wr_form_texts approved_by, compensating;
    int64_t starts, expires, review;
} exception_form;

#define TEXT(key, required)                                                                        \
    { #key, WR_FORM_TEXT, required, offsetof(exception_form, key), NULL }
#define TEXTS(key)                                                                                 \
    { #key, WR_FORM_TEXTS, false, offsetof(exception_form, key), NULL }
#define DAY(key, required)                                                                         \
    { #key, WR_FORM_DAY, required, offsetof(exception_form, key), NULL }
static const wr_form_row exception_rows[] = {
    TEXT(schema, false),  TEXT(id, false),     TEXT(control, true),      TEXT(resource, false),
    TEXT(account, false), TEXT(ou, false),     TEXT(path, false),        TEXT(logical_id, false),
    TEXT(reason, true),   TEXT(ticket, false), TEXT(requested_by, true), TEXTS(approved_by),
    DAY(starts, true),    DAY(expires, true),  DAY(review, false),       TEXT(risk, false),
    TEXTS(compensating),
};
#undef TEXT
#undef TEXTS
#undef DAY

static void fault(wr_form *f, wr_code code, const wr_node *n, const char *text) {
    wr_code before = f->code;
    f->code = code;
    wr_form_fault(f, n, "%s", text);
    f->code = before;
}

// "exceptions/website.yaml" is website.
static wr_str id_of_file(wr_str name) {
    wr_str base = wr_basename(name);
    size_t dot = base.n;
    while (dot > 0 && base.p[dot - 1] != '.') dot--;
    return dot > 1 ? wr_sub(base, 0, dot - 1) : base;
}

static bool is_new(load *l, wr_form *f, const wr_node *m, const wr_exception *x) {
    const wr_exception **at = (const wr_exception **)wr_map_at(&l->exceptions, x->id);
    if (at == NULL) return false;
    if (*at == NULL) {
        *at = x;
        return true;
    }
    const wr_node *n = wr_map_getz(f->doc, m, "id");
    fault(f, WR_D_K0304, n ? n : m, "an exception of this id is there already");
    wr_hint(l->c, f->last, "the other stands in %.*s", WR_FMT((*at)->file));
    return false;
}

static void check_risk(wr_form *f, const wr_node *m, wr_str risk, wr_exception *x) {
    if (risk.n == 0) return;
    x->rated = wr_severity_parse(risk, &x->risk);
    if (x->rated) return;
    wr_form_fault(f, wr_map_getz(f->doc, m, "risk"), "risk cannot be '%.*s'",
                  WR_FMT(wr_utf8_cut(risk, 80)));
    wr_hint(f->c, f->last, "it is one of INFORMATIONAL, LOW, MEDIUM, HIGH, CRITICAL");
}

// What holds between the parts of one exception.
static void check_exception(wr_form *f, const wr_node *m, const exception_form *s) {
    if (s->expires < s->starts)
        fault(f, WR_D_K0302, wr_map_getz(f->doc, m, "expires"), "it expires before it starts");
    if (s->review != INT64_MIN && (s->review < s->starts || s->review > s->expires))
        fault(f, WR_D_K0302, wr_map_getz(f->doc, m, "review"),
              "review is not between starts and expires");
    if (s->resource.n + s->account.n + s->ou.n + s->path.n + s->logical_id.n == 0) {
        fault(f, WR_D_K0303, m, "the exception does not say what it is for");
        wr_hint(f->c, f->last, "name at least one of resource, account, ou, path, logical_id");
    }
    if (s->schema.n && !wr_eq(s->schema, WR_S("writ/exception/1")))
        wr_form_fault(f, wr_map_getz(f->doc, m, "schema"), "schema is 'writ/exception/1' here");
}

static void read_exception(load *l, wr_form *f, const wr_node *m, wr_str name, wr_str id) {
    exception_form s = {.review = INT64_MIN};
    wr_exception *x = WR_NEW(&l->c->arena, wr_exception);
    if (x == NULL) return;
    bool bad = f->bad;
    f->bad = false;
    if (wr_form_read(f, m, "the exception", exception_rows,
                     sizeof exception_rows / sizeof *exception_rows, &s))
        check_exception(f, m, &s);
    *x = (wr_exception){.id = s.id.n ? s.id : id,
                        .control = s.control,
                        .resource = s.resource,
                        .account = s.account,
                        .ou = s.ou,
                        .path = s.path,
                        .logical_id = s.logical_id,
                        .reason = s.reason,
                        .ticket = s.ticket,
                        .requested_by = s.requested_by,
                        .approved_by = s.approved_by.v,
                        .n_approved_by = s.approved_by.n,
                        .compensating = s.compensating.v,
                        .n_compensating = s.compensating.n,
                        .starts = s.starts,
                        .expires = s.expires,
                        .review = s.review,
                        .file = name,
                        .place = {wr_form_src(f->doc, m), wr_form_span(m)},
                        .index = l->r->exceptions.n};
    check_risk(f, m, s.risk, x);
    if (!f->bad && is_new(l, f, m, x)) {
        x->faults = exception_faults(l->r, x, wr_day_of(l->c->now));
        (void)WR_PUSH(&l->c->arena, &l->r->exceptions, x);
    }
    f->bad = f->bad || bad;
}

static void read_file(load *l, wr_form *f, wr_str name) {
    const wr_node *root = f->doc->root;
    wr_str id = id_of_file(name);
    if (root->kind != WR_LIST) {
        read_exception(l, f, root, name, id);
        return;
    }
    for (uint32_t i = 0; i < root->n; i++)
        read_exception(l, f, &root->u.kids[i], name,
                       wr_fmt(&l->c->arena, "%.*s-%u", WR_FMT(id), (unsigned)i + 1));
}

void load_exceptions(load *l, load_base *b) {
    load_names files = {NULL, 0, 0};
    load_listed(l, b, &b->m.exceptions, "exceptions", "exceptions/*.y*ml", &files);
    for (uint32_t i = 0; i < files.n; i++) {
        const wr_doc *doc = load_doc(l, files.v[i], NULL, NULL);
        wr_form f = {.c = l->c, .doc = doc, .code = WR_D_K0301, .bad = doc == NULL};
        if (doc) read_file(l, &f, files.v[i]);
        if (f.bad) l->r->n_broken++;
    }
}
