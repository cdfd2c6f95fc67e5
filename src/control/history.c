// SPDX-License-Identifier: Apache-2.0
// history: findings over successive runs of `writ check`, from their JSON reports (writ/check/1):
// opened, closed, opened again, how long it took. Rules: docs/guide/report.md.
//
// Always true:
// - a finding is closed only by a whole run that evaluated what it was found in: runs of some
//   inputs close nothing, and where a run has an error for the input, or the layer is broken, the
//   finding stays open and is marked unsure;
// - a finding whose control is gone was not remediated, nor was one that an exception suppresses;
// - of a report only what is kept here is copied, so that many runs fit.

#include "control/control.h"

#include <stdlib.h>

typedef struct entry { // a finding in one run
    wr_tracked *t;
    uint8_t life, severity;
    bool automatic;
    int64_t first_seen;
} entry;

typedef struct run {
    int64_t time;
    uint32_t order; // as they came
    bool partial;
    WR_VEC(entry) entries;
    wr_map controls;     // id → layers_of
    WR_VEC(wr_str) lost; // inputs that could not be evaluated
} run;

struct history_runs {
    WR_VEC(run *) v;
    run *current;
};

typedef struct layers_of { // what a run says of a control
    bool automatic;
    bool broken[WR_N_LAYERS];
} layers_of;

wr_history *wr_history_new(wr_ctx *c) {
    wr_history *h = WR_NEW(&c->arena, wr_history);
    if (h == NULL) return NULL;
    h->c = c;
    h->runs = WR_NEW(&c->arena, struct history_runs);
    wr_map_init(&h->by_fingerprint, &c->arena);
    wr_map_init(&h->by_exception, &c->arena);
    wr_symtab_init(&h->texts, &c->arena, NULL);
    return h->runs ? h : NULL;
}

// Equal texts once: most of what a run says, the run before said too.
static wr_str keep(wr_history *h, wr_str s) {
    const wr_sym *sym = s.n ? wr_sym_in(&h->texts, s) : NULL;
    return sym ? wr_sym_str(sym) : WR_S("");
}

static run *new_run(wr_history *h, int64_t time, bool partial) {
    run *r = WR_NEW(&h->c->arena, run);
    if (r == NULL) return NULL;
    r->time = time;
    r->partial = partial;
    r->order = h->runs->v.n;
    wr_map_init(&r->controls, &h->c->arena);
    return WR_PUSH(&h->c->arena, &h->runs->v, r) ? r : NULL;
}

static wr_tracked *track(wr_history *h, wr_str fingerprint) {
    wr_str key = keep(h, fingerprint);
    void **at = wr_map_at(&h->by_fingerprint, key);
    wr_tracked *t = at ? *at : NULL;
    if (at == NULL || t) return t;
    t = WR_NEW(&h->c->arena, wr_tracked);
    if (t == NULL || !WR_PUSH(&h->c->arena, &h->findings, t)) return NULL;
    t->fingerprint = key;
    t->state = WR_TRACK_CLOSED;
    t->described = INT64_MIN;
    return *at = t;
}

// ---------------------------------------------------------------------------------- reading

typedef struct reader {
    wr_history *h;
    wr_ctx *task;
    const wr_doc *d;
    run *r;
} reader;

static wr_str text(const reader *x, const wr_node *m, const char *key) {
    const wr_node *n = wr_map_getz(x->d, m, key);
    return n && n->kind == WR_STR ? wr_node_str(n) : WR_S("");
}

static const wr_node *part(const reader *x, const wr_node *m, const char *key, wr_kind kind) {
    const wr_node *n = wr_map_getz(x->d, m, key);
    return n && n->kind == kind ? n : NULL;
}

static bool flag(const reader *x, const wr_node *m, const char *key) {
    const wr_node *n = part(x, m, key, WR_BOOL);
    return n && n->u.b;
}

static int64_t number(const reader *x, const wr_node *m, const char *key) {
    const wr_node *n = part(x, m, key, WR_INT);
    return n ? n->u.i : 0;
}

static bool refuse(const reader *x, wr_code code, const wr_node *at, const char *why) {
    wr_diag *d =
        wr_report(x->task, code, WR_ERROR, wr_form_src(x->d, at), wr_form_span(at), "%s", why);
    wr_hint(x->task, d, "a report is what 'writ check --format json' writes");
    return false;
}

static wr_track_place place(const reader *x, const wr_node *m, const char *key) {
    const wr_node *p = part(x, m, key, WR_MAP);
    const wr_node *begin = p ? part(x, p, "begin", WR_MAP) : NULL;
    if (begin == NULL) return (wr_track_place){0};
    int64_t line = number(x, begin, "line"), col = number(x, begin, "column");
    if (line < 0 || line > UINT32_MAX || col < 0 || col > UINT32_MAX) return (wr_track_place){0};
    return (wr_track_place){keep(x->h, text(x, p, "file")), (uint32_t)line, (uint32_t)col};
}

static void describe_reason(const reader *x, const wr_node *f, wr_tracked *t) {
    const wr_node *y = part(x, f, "reason", WR_MAP);
    if (y == NULL) return;
    t->message = keep(x->h, text(x, y, "message"));
    t->found = keep(x->h, text(x, y, "found"));
    t->wanted = keep(x->h, text(x, y, "wanted"));
    t->custom = keep(x->h, text(x, y, "custom"));
    t->fix = keep(x->h, text(x, y, "fix"));
    t->path = keep(x->h, text(x, y, "path"));
    t->input = place(x, y, "input");
    t->clause = place(x, y, "policy");
}

static void describe(const reader *x, const wr_node *f, wr_tracked *t) {
    const struct {
        const char *key;
        wr_str *to;
    } row[] = {
        {"control", &t->control}, {"title", &t->title},
        {"owner", &t->owner},     {"objective", &t->objective},
        {"layer", &t->layer},     {"remediation", &t->remediation},
        {"subject", &t->subject}, {"account", &t->account},
        {"region", &t->region},   {"resource", &t->resource},
        {"policy", &t->policy},   {"resource_type", &t->resource_type},
        {"rule", &t->rule},       {"exception", &t->exception},
        {"outcome", &t->outcome}, {"until", &t->until},
    };
    t->described = x->r->time;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        *row[i].to = keep(x->h, text(x, f, row[i].key));
    (void)wr_severity_parse(text(x, f, "severity"), &t->severity);
    describe_reason(x, f, t);
}

static bool life_parse(wr_str s, uint8_t *out) {
    for (unsigned i = 0; i < WR_N_LIVES; i++) {
        if (!wr_eq(s, wr_strz(wr_life_name((wr_life)i)))) continue;
        *out = (uint8_t)i;
        return true;
    }
    return false;
}

static bool add_lost(const reader *x, wr_str name) {
    wr_str s = keep(x->h, name);
    return s.n == 0 || WR_PUSH(&x->h->c->arena, &x->r->lost, s);
}

static bool read_finding(const reader *x, const wr_node *f) {
    entry e = {0};
    wr_severity severity = WR_SEV_MEDIUM;
    wr_str fingerprint = f->kind == WR_MAP ? text(x, f, "fingerprint") : WR_S("");
    if (fingerprint.n == 0 || !life_parse(text(x, f, "life"), &e.life) ||
        !wr_severity_parse(text(x, f, "severity"), &severity))
        return refuse(x, WR_D_F0050, f,
                      "a finding of the report has no fingerprint, life or "
                      "severity");
    e.t = track(x->h, fingerprint);
    if (e.t == NULL) return false;
    e.severity = (uint8_t)severity;
    const layers_of *k = wr_map_find(&x->r->controls, text(x, f, "control"));
    e.automatic = k && k->automatic;
    (void)wr_time_parse(text(x, f, "first_seen"), &e.first_seen);
    if (wr_eq(text(x, f, "outcome"), WR_S("ERROR")) && !add_lost(x, text(x, f, "subject")))
        return false;
    if (x->r->time >= e.t->described) describe(x, f, e.t);
    return WR_PUSH(&x->h->c->arena, &x->r->entries, e);
}

static layers_of *control_of(wr_history *h, run *r, wr_str id) {
    void **at = wr_map_at(&r->controls, keep(h, id));
    if (at == NULL) return NULL;
    if (*at == NULL) *at = WR_NEW(&h->c->arena, layers_of);
    return *at;
}

static bool read_control(const reader *x, const wr_node *n) {
    const wr_node *layers = part(x, n, "layers", WR_MAP);
    layers_of *k = control_of(x->h, x->r, text(x, n, "id"));
    if (k == NULL) return false;
    k->automatic = flag(x, n, "automatic");
    for (unsigned l = 0; layers && l < WR_N_LAYERS; l++) {
        const wr_node *y = part(x, layers, wr_layer_name((wr_layer)l), WR_MAP);
        k->broken[l] = y && wr_eq(text(x, y, "state"), WR_S("broken"));
    }
    return true;
}

static bool use_exception(wr_history *h, const run *r, const wr_used *u) {
    void **at = wr_map_at(&h->by_exception, keep(h, u->id));
    if (at == NULL) return false;
    wr_used *have = *at;
    if (have == NULL) {
        have = WR_NEW(&h->c->arena, wr_used);
        if (have == NULL || !WR_PUSH(&h->c->arena, &h->exceptions, have)) return false;
        have->described = INT64_MIN;
        *at = have;
    }
    if (u->uses > 0) have->runs++;
    if (r->time < have->described) return true;
    uint32_t runs = have->runs;
    *have = (wr_used){.id = keep(h, u->id),
                      .control = keep(h, u->control),
                      .state = keep(h, u->state),
                      .what = keep(h, u->what),
                      .expires = keep(h, u->expires),
                      .runs = runs,
                      .uses = u->uses,
                      .described = r->time};
    return true;
}

static bool read_exception(const reader *x, const wr_node *n) {
    int64_t uses = number(x, n, "uses");
    wr_used u = {.id = text(x, n, "id"),
                 .control = text(x, n, "control"),
                 .state = text(x, n, "state"),
                 .what = text(x, n, "what"),
                 .expires = text(x, n, "expires"),
                 .uses = uses > 0 ? (uint64_t)uses : 0};
    return u.id.n == 0 || use_exception(x->h, x->r, &u);
}

static bool read_error(const reader *x, const wr_node *n) {
    const wr_node *p = part(x, n, "place", WR_MAP);
    return p == NULL || add_lost(x, text(x, p, "file"));
}

static bool each(const reader *x, const char *key,
                 bool (*take)(const reader *x, const wr_node *n)) {
    const wr_node *list = part(x, x->d->root, key, WR_LIST);
    for (uint32_t i = 0; list && i < list->n; i++) {
        const wr_node *n = &list->u.kids[i];
        if (n->kind != WR_MAP) return refuse(x, WR_D_F0050, n, "the report is malformed");
        if (!take(x, n)) return false;
    }
    return true;
}

static bool is_repeat(const reader *x, int64_t time) {
    const wr_node *root = x->d->root;
    for (uint32_t i = 0; i < x->h->runs->v.n; i++) {
        if (x->h->runs->v.v[i]->time != time) continue;
        wr_diag *d = wr_report(x->task, WR_D_F0052, WR_WARNING, wr_form_src(x->d, root),
                               wr_form_span(root), "the report is of a run that is there already");
        wr_hint(x->task, d, "two reports say the same time; the first counts");
        return true;
    }
    return false;
}

static bool begin_report(reader *x, bool *repeat) {
    const wr_node *root = x->d->root;
    int64_t time = 0;
    *repeat = false;
    if (root->kind != WR_MAP || !wr_eq(text(x, root, "schema"), WR_S("writ/check/1")))
        return refuse(x, WR_D_F0050, root,
                      "this is no report of writ check: its schema is not "
                      "writ/check/1");
    const wr_node *summary = part(x, root, "summary", WR_MAP);
    if (!wr_time_parse(text(x, root, "time"), &time) || summary == NULL ||
        part(x, root, "findings", WR_LIST) == NULL || part(x, root, "controls", WR_LIST) == NULL)
        return refuse(x, WR_D_F0050, root,
                      "the report lacks its time, summary, findings or "
                      "controls: it is cut off");
    wr_str name = text(x, root, "repository");
    if (x->h->runs->v.n == 0) {
        x->h->repository = keep(x->h, name);
    } else if (!wr_eq(x->h->repository, name)) {
        wr_str why = wr_fmt(&x->task->arena, "the report is of repository '%.*s', not of '%.*s'",
                            WR_FMT(name), WR_FMT(x->h->repository));
        return refuse(x, WR_D_F0051, root, why.p ? why.p : "another repository");
    }
    *repeat = is_repeat(x, time);
    if (*repeat) return true;
    x->r = new_run(x->h, time, flag(x, summary, "partial"));
    return x->r != NULL;
}

wr_rc wr_history_add(wr_history *h, wr_ctx *task, const wr_doc *doc) {
    reader x = {.h = h, .task = task, .d = doc};
    bool repeat;
    bool ok = begin_report(&x, &repeat);
    if (ok && repeat) return WR_OK;
    ok = ok && each(&x, "controls", read_control) && each(&x, "findings", read_finding) &&
         each(&x, "exceptions", read_exception) && each(&x, "errors", read_error);
    if (h->c->arena.oom) return WR_NOMEM;
    if (!ok && x.r) h->runs->v.n--; // it counts for nothing
    return ok ? WR_OK : WR_BAD;
}

// ---------------------------------------------------------------------------------- this run

wr_rc wr_history_begin(wr_history *h, int64_t time, bool partial) {
    h->runs->current = new_run(h, time, partial);
    return h->runs->current ? WR_OK : WR_NOMEM;
}

wr_rc wr_history_found(wr_history *h, const wr_finding *f) {
    run *r = h->runs->current;
    entry e = {.t = track(h, f->fingerprint),
               .life = (uint8_t)f->life,
               .severity = (uint8_t)f->severity,
               .first_seen = f->first_seen};
    if (e.t == NULL) return WR_NOMEM;
    if (e.t->described == INT64_MIN || r->time >= e.t->described) {
        e.t->described = r->time;
        e.t->control = keep(h, f->control);
        e.t->owner = keep(h, f->owner);
        e.t->subject = keep(h, f->decision->subject);
        e.t->severity = f->severity;
        e.t->layer = f->has_layer ? wr_strz(wr_layer_name(f->layer)) : WR_S("");
    }
    if (f->decision->outcome == WR_FAULT) {
        wr_str lost = keep(h, f->decision->subject);
        if (lost.n && !WR_PUSH(&h->c->arena, &r->lost, lost)) return WR_NOMEM;
    }
    return WR_PUSH(&h->c->arena, &r->entries, e) ? WR_OK : WR_NOMEM;
}

wr_rc wr_history_done(wr_history *h, const wr_posture *p) {
    run *r = h->runs->current;
    for (uint32_t i = 0; i < p->n_controls; i++) {
        layers_of *k = control_of(h, r, p->controls[i].id);
        if (k == NULL) return WR_NOMEM;
        k->automatic = p->controls[i].automatic;
        for (unsigned l = 0; l < WR_N_LAYERS; l++)
            k->broken[l] = p->controls[i].layer[l].cell == WR_CELL_BROKEN;
    }
    for (uint32_t i = 0; i < r->entries.n; i++) {
        const layers_of *k = wr_map_find(&r->controls, r->entries.v[i].t->control);
        r->entries.v[i].automatic = k && k->automatic;
    }
    h->runs->current = NULL;
    return WR_OK;
}

// ---------------------------------------------------------------------------------- the story

static int by_time(const void *a, const void *b) {
    const run *x = *(run *const *)a, *y = *(run *const *)b;
    if (x->time != y->time) return x->time < y->time ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

static int by_value(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

// Is name, as a report opened it, the input whose identity is subject?
static bool is_file(wr_str name, wr_str subject) {
    if (!wr_ends(name, subject)) return false;
    return name.n == subject.n || name.p[name.n - subject.n - 1] == '/';
}

// Could the run not see what the finding was found in?
static bool blind(const run *r, const wr_tracked *t) {
    const layers_of *k = wr_map_find(&r->controls, t->control);
    for (unsigned l = 0; k && l < WR_N_LAYERS; l++)
        if (k->broken[l] && wr_eq(t->layer, wr_strz(wr_layer_name((wr_layer)l)))) return true;
    for (uint32_t i = 0; i < r->lost.n; i++)
        if (t->subject.n && is_file(r->lost.v[i], t->subject)) return true;
    return false;
}

static void open_one(const run *r, wr_tracked *t, const entry *e, wr_posture_run *out) {
    if (t->state == WR_TRACK_OPEN) return;
    bool first = t->times_opened == 0;
    // An exception that ended does not make the finding younger.
    if (t->state != WR_TRACK_SUPPRESSED || first) {
        t->times_opened++;
        t->opened = first && e->first_seen && e->first_seen < r->time ? e->first_seen : r->time;
    }
    t->state = WR_TRACK_OPEN;
    out->opened++;
}

static void take_entry(const run *r, uint32_t stamp, const entry *e, wr_posture_run *out) {
    wr_tracked *t = e->t;
    out->lives[e->life]++;
    t->automatic = e->automatic;
    if (e->life == WR_RESOLVED) { // it stood in a baseline: closed by this run, if not before
        if (t->times_opened == 0 && e->first_seen) open_one(r, t, e, &(wr_posture_run){0});
        return;
    }
    t->run = stamp;
    t->last_seen = r->time;
    t->unsure = false;
    if (e->life == WR_SUPPRESSED) {
        if (t->times_opened == 0) {
            t->times_opened = 1;
            t->opened = e->first_seen && e->first_seen < r->time ? e->first_seen : r->time;
        }
        if (t->state == WR_TRACK_OPEN) out->closed++;
        if (t->state != WR_TRACK_SUPPRESSED) t->ended = r->time;
        t->state = WR_TRACK_SUPPRESSED;
        return;
    }
    out->severities[e->severity]++;
    open_one(r, t, e, out);
}

static bool close_one(wr_history *h, const run *r, wr_tracked *t, wr_posture_run *out) {
    bool was_open = t->state == WR_TRACK_OPEN;
    if (t->control.n && wr_map_find(&r->controls, t->control) == NULL && t->layer.n) {
        t->state = WR_TRACK_GONE;
    } else if (blind(r, t)) {
        t->unsure = true;
        return true;
    } else {
        t->state = WR_TRACK_CLOSED;
    }
    t->ended = r->time;
    if (!was_open) return true;
    out->closed++;
    if (t->state == WR_TRACK_GONE) return true;
    if (t->automatic) h->n_automatic++;
    return WR_PUSH(&h->c->arena, &h->remediated, r->time - t->opened);
}

static bool replay(wr_history *h, const run *r, uint32_t stamp) {
    wr_posture_run out = {.time = r->time};
    for (uint32_t i = 0; i < r->entries.n; i++) take_entry(r, stamp, &r->entries.v[i], &out);
    for (uint32_t i = 0; i < h->findings.n; i++) {
        wr_tracked *t = h->findings.v[i];
        bool stands = t->state == WR_TRACK_OPEN || t->state == WR_TRACK_SUPPRESSED;
        if (stands && t->run != stamp && !close_one(h, r, t, &out)) return false;
    }
    return WR_PUSH(&h->c->arena, &h->trend, out);
}

wr_rc wr_history_end(wr_history *h) {
    struct history_runs *s = h->runs;
    if (s->v.n) qsort(s->v.v, s->v.n, sizeof(run *), by_time);
    for (uint32_t i = 0; i < s->v.n; i++) {
        if (s->v.v[i]->partial) h->n_partial++;
        else if (!replay(h, s->v.v[i], i + 1)) return WR_NOMEM;
    }
    for (uint32_t i = 0; i < h->findings.n; i++)
        if (h->findings.v[i]->times_opened > 1) h->n_recurring++;
    if (h->remediated.n) qsort(h->remediated.v, h->remediated.n, sizeof *h->remediated.v, by_value);
    return WR_OK;
}

int64_t wr_history_percentile(const wr_history *h, uint32_t p) {
    enum { ALL = 100 };
    uint64_t n = h->remediated.n;
    if (n == 0) return -1;
    uint64_t rank = (n * p + ALL - 1) / ALL;
    return h->remediated.v[rank ? rank - 1 : 0];
}
