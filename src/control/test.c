// SPDX-License-Identifier: Apache-2.0
// test: controls by their own tests: one input, one layer, the outcome that is expected of it; and
// which layers have tests at all. Format: docs/guide/test.md.
//
// Always true: a test whose input or layer could not be used is not met, whatever it expects,
// unless it expects exactly that (`error`).

#include "control/control.h"

// Which mark a test is that expects this outcome.
static unsigned mark_of(wr_outcome want) {
    if (WR_BIT(want) & WR_IS_GOOD) return WR_TESTED_GOOD;
    if (WR_BIT(want) & WR_IS_BAD) return WR_TESTED_BAD;
    return want == WR_SKIP ? WR_TESTED_SKIP : WR_TESTED_OPEN;
}

wr_rc wr_test_marks(const wr_repo *r, uint8_t **out) {
    wr_arena *a = &r->ctx->arena;
    wr_map by_id;
    wr_map_init(&by_id, a);
    *out = WR_NEW_N(a, uint8_t, (size_t)r->controls.n * WR_N_LAYERS + 1);
    if (*out == NULL) return WR_NOMEM;
    for (uint32_t i = 0; i < r->controls.n; i++) {
        void **at = wr_map_at(&by_id, r->controls.v[i]->id);
        if (at == NULL) return WR_NOMEM;
        *at = &(*out)[(size_t)i * WR_N_LAYERS];
    }
    for (uint32_t i = 0; i < r->tests.n; i++) {
        const wr_control_test *t = r->tests.v[i];
        uint8_t *marks = wr_map_find(&by_id, t->control);
        if (marks) marks[t->layer] = (uint8_t)(marks[t->layer] | mark_of(t->want));
    }
    return WR_OK;
}

// ---------------------------------------------------------------------------------- running

// The input as a document of its own.
static wr_rc own_document(const wr_repo *r, const wr_control_test *t, wr_ctx *task,
                          const wr_doc **out) {
    wr_symtab *syms = WR_NEW(&task->arena, wr_symtab);
    wr_doc *d = NULL;
    wr_build b;
    if (syms == NULL) return WR_NOMEM;
    wr_symtab_init(syms, &task->arena, wr_guard_syms(r->guard));
    wr_build_init(&b, task, syms);
    wr_build_copy(&b, t->doc, t->input);
    wr_rc rc = wr_build_end(&b, &d);
    *out = d;
    return rc;
}

static wr_rc read_document(const wr_repo *r, const wr_control_test *t, wr_ctx *task,
                           const wr_doc **out) {
    wr_str text, path = wr_fmt(&task->arena, "%.*s/%.*s", WR_FMT(r->root), WR_FMT(t->file));
    wr_doc *d = NULL;
    if (path.p == NULL) return WR_NOMEM;
    wr_rc rc = wr_read_file(task, path.p, &text);
    if (rc != WR_OK) return rc;
    const wr_src *src = wr_src_new(&task->arena, path, text, true);
    if (src == NULL) return WR_NOMEM;
    wr_load how = {.profile = WR_LOAD_STRICT, .syms = wr_guard_syms(r->guard), .all = true};
    how.is_json = wr_looks_json(src->name, src->text);
    rc = wr_doc_load(task, src, &how, &d);
    *out = d;
    return rc;
}

static wr_rc document_of(const wr_repo *r, const wr_control_test *t, wr_ctx *task,
                         const wr_doc **out) {
    *out = t->doc;
    if (t->input == NULL) return read_document(r, t, task, out);
    return t->input == t->doc->root ? WR_OK : own_document(r, t, task, out);
}

// Why a layer cannot be tested at all; empty: it can.
static wr_str cannot(wr_ctx *task, const wr_control_layer *l) {
    if (l->broken && l->why.n)
        return wr_fmt(&task->arena, "the layer is broken: %.*s", WR_FMT(l->why));
    if (l->broken)
        return wr_fmt(&task->arena, "the layer is broken: %.*s could not be used", WR_FMT(l->file));
    if (l->means == WR_BY_NONE) return WR_S("the control has no such layer");
    if (wr_layer_runs(l)) return WR_S("");
    if (l->open) return wr_fmt(&task->arena, "'%.*s' %s", WR_FMT(l->file), wr_layer_open);
    return wr_fmt(&task->arena, "the layer is declared (%s), not evaluated",
                  wr_means_name(l->means));
}

// What decided, with the place of the clause and of the value.
static wr_str why_of(wr_ctx *task, const wr_decision *d) {
    wr_arena *a = &task->arena;
    if (d->n_reasons == 0 || d->reasons[0].message.n == 0) {
        if (d->outcome == WR_PASS) return WR_S("no rule fails");
        if (d->outcome == WR_ALLOW) return WR_S("no statement denies");
        if (d->outcome == WR_SKIP) return WR_S("no rule applies to the input");
        return WR_S("no reason was given");
    }
    const wr_reason *y = &d->reasons[0];
    wr_str s = wr_dup(a, y->message);
    if (y->path.n) s = wr_fmt(a, "%.*s, at %.*s", WR_FMT(s), WR_FMT(y->path));
    if (y->policy) {
        wr_pos at = wr_src_pos(y->policy, y->policy_at.beg);
        s = wr_fmt(a, "%.*s; %.*s:%u:%u", WR_FMT(s), WR_FMT(y->policy->name), at.line, at.col);
    }
    return s;
}

static bool meets(wr_outcome want, wr_outcome got) {
    if (want == WR_DENY) return got == WR_DENY || got == WR_IMPLICIT_DENY;
    return want == got;
}

static wr_rc judge(wr_repo *r, const wr_control *c, wr_ctx *task, wr_tested *out) {
    const wr_control_test *t = out->test;
    const wr_doc *doc = NULL;
    wr_decision d = {.outcome = WR_FAULT};
    wr_ctx_mark before = wr_ctx_mark_now(task);
    wr_rc rc = document_of(r, t, task, &doc);
    bool read = rc == WR_OK;
    if (read) rc = wr_layer_judge(r, c, t->layer, doc, t->name, task, &d);
    if (rc == WR_NOMEM || task->arena.oom) return WR_NOMEM;
    out->got = rc == WR_OK ? d.outcome : WR_FAULT;
    out->met = read && meets(t->want, out->got);
    const wr_diag *said = *before.tail;
    if (rc != WR_OK && said) out->why = wr_dup(&task->arena, said->msg);
    else out->why = why_of(task, &d);
    return WR_OK;
}

wr_rc wr_test_one(wr_repo *r, const wr_control_test *t, wr_ctx *task, wr_tested *out) {
    const wr_control *c = wr_control_find(r, t->control);
    *out = (wr_tested){.test = t, .control = c, .got = WR_FAULT};
    if (c == NULL) {
        out->why = wr_fmt(&task->arena, "there is no control '%.*s'", WR_FMT(t->control));
        return WR_OK;
    }
    out->why = cannot(task, &c->layer[t->layer]);
    return out->why.n ? WR_OK : judge(r, c, task, out);
}
