// SPDX-License-Identifier: Apache-2.0
// report: the course of a report, and what formats share.
//
// Always true: whatever goes wrong on the way (memory, the sink) ends up in the output buffer's rc,
// so that a caller looks in one place.

#include "report/report_int.h"

void wr_report_init(wr_report_state *r, const wr_report_format *f, const wr_report_head *head,
                    wr_buf *out) {
    *r = (wr_report_state){.format = f, .head = head, .out = out};
    wr_buf_init(&r->tmp, 0);
    wr_arena_init(&r->arena, 0);
}

void wr_report_fini(wr_report_state *r) {
    if (r->tmp.rc != WR_OK) wr_buf_fail(r->out, r->tmp.rc);
    report_kept_free(r);
    if (r->arena.oom) wr_buf_fail(r->out, WR_NOMEM);
    if (r->has_o) wr_out_fini(&r->o);
    wr_arena_fini(&r->arena);
    wr_buf_fini(&r->tmp);
}

unsigned wr_report_wants(const wr_report_format *f, const wr_report_head *head, unsigned turn) {
    if (turn >= WR_REPORT_TURNS) return 0;
    return f->turns[turn] & ~(f->optional & ~head->listed);
}

void wr_report_begin(wr_report_state *r) {
    if (r->format->begin) r->format->begin(r);
}

void wr_report_turn(wr_report_state *r, unsigned turn) {
    r->turn = turn;
    if (r->format->turn_begin) r->format->turn_begin(r);
}

void wr_report_section(wr_report_state *r, uint32_t i, bool end) {
    if (r->format->section) r->format->section(r, i, end);
}

void wr_report_decisions(wr_report_state *r, const wr_decision *v, uint32_t n) {
    wr_mark mark = wr_arena_mark(&r->arena);
    r->format->decisions(r, v, n);
    wr_arena_rewind(&r->arena, mark);
}

void wr_report_end(wr_report_state *r) {
    if (r->format->end) r->format->end(r);
}

void wr_report_finding(wr_report_state *r, const wr_finding *f) {
    wr_mark mark = wr_arena_mark(&r->arena);
    r->format->finding(r, f);
    wr_arena_rewind(&r->arena, mark);
}

void wr_report_posture(wr_report_state *r, const wr_posture *p) {
    if (r->format->posture) r->format->posture(r, p);
}

unsigned wr_posture_there(const wr_posture_control *c) {
    unsigned bits = 0;
    for (unsigned l = 0; l < WR_N_LAYERS; l++)
        if (wr_cell_there(c->layer[l].cell)) bits |= 1u << l;
    return bits;
}

const char *wr_cell_name(wr_cell c) {
    static const char *const name[WR_N_CELLS] = {
        [WR_CELL_GAP] = "gap",   [WR_CELL_OMITTED] = "omitted", [WR_CELL_DECLARED] = "declared",
        [WR_CELL_RUNS] = "runs", [WR_CELL_BROKEN] = "broken",
    };
    return name[c];
}

// ---------------------------------------------------------------------------------- shared

uint64_t report_count(const wr_counts *c, unsigned outcomes) {
    uint64_t n = 0;
    for (unsigned o = 0; o < WR_N_OUTCOMES; o++)
        if (outcomes & WR_BIT(o)) n += c->of[o];
    return n;
}

void report_of_error(const wr_report_state *r, const wr_diag *e, wr_decision *d, wr_reason *why) {
    *why = (wr_reason){.message = e->msg, .fix = e->hint, .input = e->src, .input_at = e->span};
    *d = (wr_decision){.subject = e->src ? e->src->name : r->head->producer,
                       .policy = r->head->producer,
                       .rule = wr_strz(wr_code_name(e->code)),
                       .title = wr_strz(wr_code_title(e->code)),
                       .severity = WR_SEV_MEDIUM,
                       .outcome = WR_FAULT,
                       .reasons = why,
                       .n_reasons = 1,
                       .time = r->head->time};
}

wr_str report_fingerprint(wr_report_state *r, const report_one *one) {
    static const wr_reason none;
    if (one->f != NULL) return one->f->fingerprint;
    return wr_fingerprint(&r->arena, one->d, one->why != NULL ? one->why : &none);
}

void report_put_grouped(wr_buf *b, uint64_t n) {
    char digit[32];
    size_t len = 0;
    do {
        if (len % 4 == 3) digit[len++] = ',';
        digit[len++] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    while (len > 0) wr_putc(b, digit[--len]);
}

wr_str report_why_open(const wr_decision *d) {
    if (d->n_reasons > 0 && d->reasons[0].message.n > 0) return d->reasons[0].message;
    return d->outcome == WR_FAULT ? WR_S("an error without a text") : WR_S("facts are missing");
}

void report_begin_o(wr_report_state *r, wr_rc rc) {
    r->has_o = rc == WR_OK;
    if (!r->has_o) wr_buf_fail(r->out, rc);
}

void report_end_o(wr_report_state *r, bool newline) {
    if (r->o.rc != WR_OK) wr_buf_fail(r->out, r->o.rc);
    if (newline) wr_putc(r->out, '\n');
}

void report_time(wr_report_state *r, const char *key, int64_t t) {
    wr_buf *b = report_text(r);
    wr_put_time(b, t);
    wr_out_put(&r->o, key, wr_buf_str(b));
}

void report_day(wr_report_state *r, const char *key, int64_t days) {
    wr_buf *b = report_text(r);
    wr_put_day(b, days);
    wr_out_put(&r->o, key, wr_buf_str(b));
}

void report_item(wr_report_state *r) {
    if (!r->open) r->o.list(&r->o, false);
    r->open = true;
}

void report_list_end(wr_report_state *r) {
    if (r->open) r->o.end(&r->o);
    else r->o.list(&r->o, true);
    r->open = false;
}
