// SPDX-License-Identifier: Apache-2.0
// A comparison of two account dumps for people, and the words that all formats share: one block an
// entity that differs, one line of totals. What stands in a dump reaches the terminal only through
// wr_put_safe.

#include "cli/diff_report.h"

// ---------------------------------------------------------------------------------- words

wr_str diff_join(const diff_report *r, const wr_str *v, uint32_t n, const char *sep) {
    wr_buf b;
    wr_buf_init(&b, 0);
    for (uint32_t i = 0; i < n; i++) {
        if (i) wr_putz(&b, sep);
        wr_puts(&b, v[i]);
    }
    return n ? wr_buf_keep(&b, &r->c->ctx.arena) : WR_S("");
}

bool diff_differs(const wr_drift_entity *e) {
    return e->n_changes || e->n_attrs || !e->name[WR_DRIFT_A].n || !e->name[WR_DRIFT_B].n;
}

wr_str diff_gaps(const diff_report *r) {
    const wr_drift *d = r->d;
    bool a = d->acct[WR_DRIFT_A]->cut, b = d->acct[WR_DRIFT_B]->cut;
    const char *cut = a && b ? "A and B are cut off: what their"
                      : a    ? "A is cut off: what its"
                             : "B is cut off: what its";
    wr_str s = WR_S("");
    if (d->n_broken)
        s = wr_fmt(&r->c->ctx.arena, "%u of the compared hold%s a policy that cannot be read",
                   (unsigned)d->n_broken, d->n_broken == 1 ? "s" : "");
    if (!a && !b) return s;
    return wr_fmt(&r->c->ctx.arena, "%.*s%s%s other pages hold was not compared", WR_FMT(s),
                  s.n ? "; " : "", cut);
}

const char *diff_label(const wr_drift_change *ch) {
    if (ch->dir == WR_DRIFT_NEW) return ch->may ? "may be new access" : "new access";
    return ch->may ? "may be lost access" : "lost access";
}

wr_str diff_name(const diff_report *r, const wr_drift_entity *e) {
    wr_str a = e->name[WR_DRIFT_A], b = e->name[WR_DRIFT_B];
    if (a.n == 0 || wr_eq(a, b)) return b;
    if (b.n == 0) return a;
    return wr_fmt(&r->c->ctx.arena, "%.*s -> %.*s", WR_FMT(a), WR_FMT(b));
}

wr_str diff_actions(const diff_report *r, const wr_drift_change *ch) {
    wr_str list = diff_join(r, ch->actions, ch->n_actions, ", ");
    if (ch->stmt == NULL && ch->why == WR_DRIFT_UNREAD && ch->what.n) return ch->what;
    if (!ch->not_actions) return list;
    if (ch->n_actions == 0) return WR_S("all actions");
    return wr_fmt(&r->c->ctx.arena, "all actions but %.*s", WR_FMT(list));
}

wr_str diff_why(const diff_report *r, const wr_drift_change *ch) {
    // The side that does not have what the statement's side has.
    char than = ch->side == WR_DRIFT_A ? 'B' : 'A';
    const char *does = ch->deny ? "denies" : "permits";
    wr_str lost = diff_join(r, ch->lost, ch->n_lost, ", and ");
    wr_arena *a = &r->c->ctx.arena;
    switch (ch->why) {
    case WR_DRIFT_ADDED: return wr_fmt(a, "nothing in %c %s it", than, does);
    case WR_DRIFT_RELAXED: return wr_fmt(a, "%c %s it only if %.*s", than, does, WR_FMT(lost));
    case WR_DRIFT_CHANGED:
        return wr_fmt(a, "%c %s it under other conditions: %.*s", than, does, WR_FMT(lost));
    case WR_DRIFT_UNPROVED:
        return wr_fmt(a, "not proved: statements of %c cover a part of it, or all together", than);
    case WR_DRIFT_FUTURE:
        return wr_fmt(a,
                      "%c names actions one by one: others of that name, and those that AWS adds, "
                      "are not among them",
                      than);
    case WR_DRIFT_UNREAD:
        return ch->what.n ? ch->what
                          : wr_fmt(a, "a policy of %c is not in the dump or cannot be read", than);
    case WR_DRIFT_TOO_BIG: return WR_S("not compared: the entity has too many statements");
    }
    return WR_S("");
}

static const wr_src *source_of(const wr_iam_stmt *st) {
    const wr_doc *doc = st->policy->doc;
    if (doc && st->node->src < doc->n_srcs) return doc->srcs[st->node->src];
    return st->policy->src;
}

wr_str diff_place(const diff_report *r, const wr_drift_change *ch) {
    const wr_src *src = ch->stmt && ch->stmt->node ? source_of(ch->stmt) : NULL;
    if (src == NULL) return WR_S("");
    wr_pos at = wr_src_pos(src, ch->stmt->node->span.beg);
    return wr_fmt(&r->c->ctx.arena, "%.*s:%u:%u", WR_FMT(src->name), at.line, at.col);
}

wr_str diff_source(const diff_report *r, const wr_drift_change *ch) {
    wr_arena *a = &r->c->ctx.arena;
    const wr_acct_policy *p = ch->policy;
    if (p == NULL) return ch->what;
    const char *kind = p->arn.n ? "managed policy " : "inline policy ";
    if (ch->layer == WR_DRIFT_TRUST) kind = "";
    if (ch->layer == WR_DRIFT_BOUNDARY) kind = "boundary ";
    wr_str s = wr_fmt(a, "%s%.*s", kind, WR_FMT(p->name));
    if (ch->stmt) s = wr_fmt(a, "%.*s, statement %u", WR_FMT(s), (unsigned)ch->stmt->index + 1);
    if (ch->stmt && ch->stmt->sid.n) s = wr_fmt(a, "%.*s (%.*s)", WR_FMT(s), WR_FMT(ch->stmt->sid));
    if (ch->via.n) s = wr_fmt(a, "%.*s, through group %.*s", WR_FMT(s), WR_FMT(ch->via));
    return s;
}

// ---------------------------------------------------------------------------------- lines

static void paint(const diff_report *r, const char *sgr, const char *text) {
    wr_buf *b = &r->c->out;
    if (r->c->out_color) wr_putf(b, "\033[%sm", sgr);
    wr_putz(b, text);
    if (r->c->out_color) wr_putz(b, "\033[0m");
}

static void line(const diff_report *r, const char *indent, const char *head, wr_str text) {
    wr_buf *b = &r->c->out;
    wr_putz(b, indent);
    wr_putz(b, head);
    wr_put_safe(b, text);
    wr_putc(b, '\n');
}

static void lines(const diff_report *r, const char *head, const wr_str *v, uint32_t n) {
    enum { SHOWN = 20 };
    for (uint32_t i = 0; i < n && (i < SHOWN || r->all); i++) {
        char pad[16] = "       ";
        line(r, "      ", i ? pad + 7 - strlen(head) : head, v[i]);
    }
    if (n > SHOWN && !r->all) wr_putf(&r->c->out, "      ... and %u more\n", n - SHOWN);
}

static void put_change(const diff_report *r, const wr_drift_change *ch) {
    static const char *const sgr[] = {"1;31", "1;33"};
    static const char *const mark[] = {"+ ", "- "};
    wr_buf *b = &r->c->out;
    wr_putz(b, "  ");
    paint(r, sgr[ch->dir], mark[ch->dir]);
    paint(r, sgr[ch->dir], diff_label(ch));
    if (ch->layer != WR_DRIFT_IDENTITY && ch->layer != WR_DRIFT_DOCUMENT)
        wr_putf(b, " (%s)", wr_drift_layer_name(ch->layer));
    wr_putz(b, ": ");
    if (ch->deny) wr_putf(b, ch->dir == WR_DRIFT_NEW ? "no longer denied: " : "now denied: ");
    wr_put_safe(b, diff_actions(r, ch));
    wr_putc(b, '\n');
    if (ch->not_where)
        line(r, "      ", ch->layer == WR_DRIFT_TRUST ? "for all but " : "on all but ",
             diff_join(r, ch->where, ch->n_where, ", "));
    else lines(r, ch->layer == WR_DRIFT_TRUST ? "for " : "on ", ch->where, ch->n_where);
    lines(r, "if ", ch->conds, ch->n_conds);
    wr_str place = diff_place(r, ch), by = diff_source(r, ch);
    if (ch->stmt == NULL && ch->policy == NULL) line(r, "      ", "", ch->what);
    else
        line(r, "      ", ch->deny ? "was in " : "by ",
             place.n ? wr_fmt(&r->c->ctx.arena, "%.*s (%.*s)", WR_FMT(by), WR_FMT(place)) : by);
    if (!(ch->what.n && ch->why == WR_DRIFT_UNREAD)) line(r, "      ", "", diff_why(r, ch));
}

static void put_attr(const diff_report *r, const wr_drift_attr *at) {
    wr_arena *a = &r->c->ctx.arena;
    wr_str x = at->has_a ? at->a : WR_S("(none)"), y = at->has_b ? at->b : WR_S("(none)");
    bool bare = wr_starts(at->name, WR_S("group "));
    paint(r, "1;36", "  ~ ");
    if (bare) line(r, "", at->has_b ? "now in " : "no longer in ", at->name);
    else
        line(r, "", "",
             wr_fmt(a, "%.*s: %.*s -> %.*s%s", WR_FMT(at->name), WR_FMT(x), WR_FMT(y),
                    at->may ? " (policies ask for it: may be new access)" : ""));
}

static void put_repeats(const diff_report *r, const wr_drift_entity *e) {
    uint32_t n = 0;
    const wr_drift_change *first = NULL;
    for (uint32_t i = 0; i < e->n_changes; i++) {
        if (!e->changes[i].repeats) continue;
        n++;
        if (first == NULL) first = &e->changes[i];
    }
    if (n == 0) return;
    wr_str by = first->via.n ? first->via : first->policy->name;
    wr_putf(&r->c->out, "  = %u change%s that %s said under %s ", n, n == 1 ? "" : "s",
            n == 1 ? "is" : "are", first->via.n ? "group" : "managed policy");
    wr_put_safe(&r->c->out, by);
    wr_putz(&r->c->out, "\n");
}

static void put_entity(const diff_report *r, const wr_drift_entity *e) {
    wr_buf *b = &r->c->out;
    paint(r, "1", wr_drift_kind_name(e->kind));
    wr_putc(b, ' ');
    wr_put_safe(b, diff_name(r, e));
    if (e->name[WR_DRIFT_B].n == 0) wr_putz(b, ": only in A");
    else if (e->name[WR_DRIFT_A].n == 0) wr_putz(b, ": only in B");
    else if (e->text_only) wr_putz(b, ": the same, written in another way");
    else if (!diff_differs(e)) wr_putz(b, ": the same");
    wr_putc(b, '\n');
    for (uint32_t i = 0; i < e->n_changes; i++)
        if (!e->changes[i].repeats || r->all) put_change(r, &e->changes[i]);
    if (!r->all) put_repeats(r, e);
    for (uint32_t i = 0; i < e->n_attrs; i++) put_attr(r, &e->attrs[i]);
    if (diff_differs(e)) wr_putc(b, '\n');
}

static void put_head(const diff_report *r, wr_drift_side s) {
    const wr_drift *d = r->d;
    wr_buf *b = &r->c->out;
    wr_putf(b, "%c  ", "AB"[s]);
    wr_put_safe(b, wr_strz(r->path[s]));
    wr_putz(b, ": account ");
    wr_put_safe(b, d->acct[s]->id.n ? d->acct[s]->id : WR_S("(unknown)"));
    for (int k = 0; k < WR_DRIFT_KINDS; k++) {
        uint32_t n = d->of[k].on[s];
        const char *name = wr_drift_kind_name((wr_drift_kind)k);
        if (k == WR_DRIFT_POLICY) name = n == 1 ? "managed policy" : "managed policies";
        wr_putf(b, ", %u %s%s", n, name, k == WR_DRIFT_POLICY || n == 1 ? "" : "s");
    }
    wr_putc(b, '\n');
}

static void put_totals(const diff_report *r) {
    const wr_drift *d = r->d;
    uint32_t common = 0, different = 0, only[WR_DRIFT_SIDES] = {0, 0};
    wr_buf *b = &r->c->out;
    for (int k = 0; k < WR_DRIFT_KINDS; k++) {
        common += d->of[k].common;
        different += d->of[k].different;
        for (int s = 0; s < WR_DRIFT_SIDES; s++) only[s] += d->of[k].only[s];
    }
    if (d->same) wr_putf(b, "no difference: ");
    wr_putf(b, "%u in both, %u of them different; %u only in A, %u only in B\n", common, different,
            only[WR_DRIFT_A], only[WR_DRIFT_B]);
    if (d->same) return;
    wr_putf(b, "%u new access, %u lost access", d->n_new, d->n_lost);
    if (d->n_may) wr_putf(b, " (%u of them not proved)", d->n_may);
    wr_putf(b, "; %u other difference%s\n", d->n_attrs, d->n_attrs == 1 ? "" : "s");
}

// The two accounts' own ids are the most frequent difference of all.
static void put_advice(const diff_report *r) {
    const wr_acct *const *acct = r->d->acct;
    if (r->d->same || r->equal_ids || r->list || wr_eq(acct[0]->id, acct[1]->id)) return;
    if (acct[0]->id.n == 0 || acct[1]->id.n == 0) return;
    wr_putz(&r->c->out,
            "the account ids were compared as written; --account-ids equal makes the two "
            "count as equal\n");
}

void diff_put_text(const diff_report *r) {
    put_head(r, WR_DRIFT_A);
    put_head(r, WR_DRIFT_B);
    wr_putc(&r->c->out, '\n');
    for (uint32_t i = 0; i < r->d->entities.n; i++) {
        const wr_drift_entity *e = &r->d->entities.v[i];
        if (diff_differs(e) || r->all) put_entity(r, e);
    }
    put_totals(r);
    wr_str gaps = diff_gaps(r);
    if (gaps.n) line(r, "", "not complete: ", gaps);
    put_advice(r);
}
