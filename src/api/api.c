// SPDX-License-Identifier: Apache-2.0
// api: what the public C API shares: status codes, diagnostics and decisions as the host sees them.
// All that a host gets is copied into the arena of the object it asked, with a NUL after each text.
#include "api/api_int.h"

const char *writ_version(void) { return WRIT_VERSION; }

writ_status wr_api_status(wr_rc rc) {
    switch (rc) {
    case WR_OK: return WRIT_OK;
    case WR_NOMEM: return WRIT_NOMEM;
    case WR_LIMIT: return WRIT_LIMIT;
    case WR_IO:
    case WR_BAD: break;
    }
    return WRIT_BAD;
}

static const char *text(wr_arena *a, wr_str s) { return s.n ? wr_dupz(a, s) : ""; }

static void place(const wr_src *src, wr_span at, uint32_t *line, uint32_t *column) {
    *line = *column = 0;
    if (!src) return;
    wr_pos p = wr_src_pos(src, at.beg);
    *line = p.line;
    *column = p.col;
}

writ_diagnostic *wr_api_diagnostics(wr_arena *a, const wr_diag *list, size_t *n) {
    *n = 0;
    for (const wr_diag *d = list; d; d = d->next) ++*n;
    writ_diagnostic *v = *n ? WR_NEW_N(a, writ_diagnostic, *n) : NULL;
    if (!v) {
        *n = 0;
        return NULL;
    }
    writ_diagnostic *o = v;
    for (const wr_diag *d = list; d; d = d->next, o++) {
        o->code = wr_code_name(d->code);
        o->severity = (writ_severity)d->sev;
        o->source = d->src ? text(a, d->src->name) : "";
        place(d->src, d->span, &o->line, &o->column);
        o->message = text(a, d->msg);
        o->hint = text(a, d->hint);
    }
    return a->oom ? NULL : v;
}

static void reason(wr_arena *a, const wr_reason *r, writ_reason *out) {
    out->message = text(a, r->message);
    out->custom = text(a, r->custom);
    out->path = text(a, r->path);
    out->resource = text(a, r->resource);
    out->type = text(a, r->resource_type);
    place(r->input, r->input_at, &out->line, &out->column);
    place(r->policy, r->policy_at, &out->rule_line, &out->rule_column);
}

static writ_outcome outcome(wr_outcome o) {
    switch (o) {
    case WR_PASS:
    case WR_ALLOW: return WRIT_PASS;
    case WR_SKIP: return WRIT_SKIP;
    case WR_FAULT: return WRIT_ERROR;
    case WR_UNKNOWN: return WRIT_UNKNOWN;
    case WR_FAIL:
    case WR_DENY:
    case WR_IMPLICIT_DENY: break;
    }
    return WRIT_FAIL;
}

bool wr_api_decision(wr_arena *a, const wr_decision *d, writ_decision *out) {
    writ_reason *v = WR_NEW_N(a, writ_reason, d->n_reasons + 1);
    if (!v) return false;
    for (uint32_t i = 0; i < d->n_reasons; i++) reason(a, &d->reasons[i], &v[i]);
    *out = (writ_decision){
        .subject = text(a, d->subject),
        .policy = text(a, d->policy),
        .rule = text(a, d->rule),
        .rule_id = text(a, d->rule_id),
        .severity = wr_severity_name(d->severity),
        .outcome = outcome(d->outcome),
        .reasons = v,
        .n_reasons = d->n_reasons,
    };
    return !a->oom;
}
