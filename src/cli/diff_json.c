// SPDX-License-Identifier: Apache-2.0
// A comparison of two account dumps as JSON (schema writ/diff/1; docs/guide/diff.md says what the
// fields mean) and as CSV, one line an action and a resource.
// Fields may be added; none changes its meaning without a new number.

#include "cli/diff_report.h"

// ---------------------------------------------------------------------------------- json

static void put_statement(const diff_report *r, wr_out *o, const char *k,
                          const wr_acct_policy *policy, const wr_iam_stmt *st) {
    if (policy == NULL && st == NULL) return;
    wr_out_key(o, k);
    o->map(o, false);
    if (policy) {
        wr_out_put(o, "policy", policy->name);
        wr_out_some(o, "policy_arn", policy->arn);
    }
    if (st) {
        wr_drift_change at = {.stmt = st};
        wr_out_num(o, "index", st->index);
        wr_out_some(o, "sid", st->sid);
        wr_out_put(o, "effect", st->deny ? WR_S("Deny") : WR_S("Allow"));
        wr_out_some(o, "place", diff_place(r, &at));
    }
    o->end(o);
}

static void put_change(const diff_report *r, wr_out *o, const wr_drift_change *ch) {
    o->map(o, false);
    wr_out_put(o, "change", ch->dir == WR_DRIFT_NEW ? WR_S("new") : WR_S("lost"));
    wr_out_put(o, "verdict", ch->may ? WR_S("may differ") : WR_S("differs"));
    wr_out_put(o, "layer", wr_strz(wr_drift_layer_name(ch->layer)));
    wr_out_put(o, "effect", ch->deny ? WR_S("Deny") : WR_S("Allow"));
    wr_out_put(o, "side", ch->side == WR_DRIFT_A ? WR_S("a") : WR_S("b"));
    wr_out_list(o, ch->not_actions ? "not_actions" : "actions", ch->actions, ch->n_actions);
    wr_out_num(o, "known_actions", ch->n_known);
    bool trust = ch->layer == WR_DRIFT_TRUST;
    wr_out_list(o,
                trust ? (ch->not_where ? "not_principals" : "principals")
                      : (ch->not_where ? "not_resources" : "resources"),
                ch->where, ch->n_where);
    wr_out_list(o, "conditions", ch->conds, ch->n_conds);
    wr_out_list(o, "conditions_of_other", ch->lost, ch->n_lost);
    wr_out_put(o, "reason", wr_strz(wr_drift_why_name(ch->why)));
    wr_out_put(o, "message", diff_why(r, ch));
    wr_out_some(o, "through_group", ch->via);
    put_statement(r, o, "statement", ch->policy, ch->stmt);
    put_statement(r, o, "other", ch->other_policy, ch->other);
    wr_out_flag(o, "repeated", ch->repeats);
    wr_out_put(o, "fingerprint", ch->fingerprint);
    o->end(o);
}

static void put_attr(wr_out *o, const wr_drift_attr *at) {
    o->map(o, false);
    wr_out_put(o, "name", at->name);
    wr_out_key(o, "a");
    if (at->has_a) o->str(o, at->a);
    else o->null(o);
    wr_out_key(o, "b");
    if (at->has_b) o->str(o, at->b);
    else o->null(o);
    if (at->may) {
        wr_out_key(o, "may_be_new_access");
        o->boolean(o, true);
    }
    o->end(o);
}

static void put_entity(const diff_report *r, wr_out *o, const wr_drift_entity *e) {
    static const char *const side[] = {"a", "b"};
    o->map(o, false);
    wr_out_put(o, "kind", wr_strz(wr_drift_kind_name(e->kind)));
    for (int s = 0; s < WR_DRIFT_SIDES; s++) {
        wr_out_key(o, side[s]);
        if (e->name[s].n == 0) {
            o->null(o);
            continue;
        }
        o->map(o, false);
        wr_out_put(o, "name", e->name[s]);
        wr_out_some(o, "arn", e->arn[s]);
        o->end(o);
    }
    wr_out_put(o, "status",
               e->name[WR_DRIFT_B].n == 0   ? WR_S("only in a")
               : e->name[WR_DRIFT_A].n == 0 ? WR_S("only in b")
               : diff_differs(e)            ? WR_S("different")
               : e->text_only               ? WR_S("text only")
                                            : WR_S("same"));
    wr_out_key(o, "changes");
    o->list(o, e->n_changes == 0);
    for (uint32_t i = 0; i < e->n_changes; i++) put_change(r, o, &e->changes[i]);
    if (e->n_changes) o->end(o);
    wr_out_key(o, "attributes");
    o->list(o, e->n_attrs == 0);
    for (uint32_t i = 0; i < e->n_attrs; i++) put_attr(o, &e->attrs[i]);
    if (e->n_attrs) o->end(o);
    o->end(o);
}

static void put_inputs(const diff_report *r, wr_out *o) {
    static const char *const side[] = {"a", "b"};
    static const char hex[] = "0123456789abcdef";
    for (int s = 0; s < WR_DRIFT_SIDES; s++) {
        uint8_t sum[32];
        char text[64];
        wr_out_key(o, side[s]);
        o->map(o, false);
        wr_out_put(o, "file", wr_strz(r->path[s]));
        wr_out_put(o, "account", r->d->acct[s]->id);
        wr_out_flag(o, "cut_off", r->d->acct[s]->cut);
        wr_sha256(r->d->acct[s]->src->text, sum);
        for (int i = 0; i < 32; i++) {
            text[2 * i] = hex[sum[i] >> 4];
            text[2 * i + 1] = hex[sum[i] & 15];
        }
        wr_out_put(o, "sha256", wr_strn(text, sizeof text));
        o->end(o);
    }
}

static void put_summary(const diff_report *r, wr_out *o) {
    const wr_drift *d = r->d;
    wr_out_key(o, "summary");
    o->map(o, false);
    wr_out_flag(o, "same", d->same);
    wr_out_flag(o, "complete", diff_gaps(r).n == 0);
    wr_out_num(o, "unreadable", d->n_broken);
    wr_out_num(o, "new_access", d->n_new);
    wr_out_num(o, "lost_access", d->n_lost);
    wr_out_num(o, "not_proved", d->n_may);
    wr_out_num(o, "attributes", d->n_attrs);
    wr_out_num(o, "text_only", d->n_text_only);
    for (int k = 0; k < WR_DRIFT_KINDS; k++) {
        static const char *const name[] = {"users", "groups", "roles", "managed_policies"};
        wr_out_key(o, name[k]);
        o->map(o, false);
        wr_out_num(o, "a", d->of[k].on[WR_DRIFT_A]);
        wr_out_num(o, "b", d->of[k].on[WR_DRIFT_B]);
        wr_out_num(o, "common", d->of[k].common);
        wr_out_num(o, "different", d->of[k].different);
        wr_out_num(o, "only_a", d->of[k].only[WR_DRIFT_A]);
        wr_out_num(o, "only_b", d->of[k].only[WR_DRIFT_B]);
        o->end(o);
    }
    o->end(o);
}

void diff_put_json(const diff_report *r) {
    wr_out out, *o = &out;
    uint32_t n = 0;
    if (wr_out_json(o, &r->c->out) != WR_OK) return;
    o->map(o, false);
    wr_out_put(o, "schema", WR_S("writ/diff/1"));
    wr_out_put(o, "producer", wr_strz(r->c->prog->version));
    put_inputs(r, o);
    wr_out_key(o, "entities");
    for (uint32_t i = 0; i < r->d->entities.n; i++)
        n += r->all || diff_differs(&r->d->entities.v[i]);
    o->list(o, n == 0);
    for (uint32_t i = 0; i < r->d->entities.n; i++)
        if (r->all || diff_differs(&r->d->entities.v[i])) put_entity(r, o, &r->d->entities.v[i]);
    if (n) o->end(o);
    put_summary(r, o);
    o->end(o);
    wr_out_fini(o);
    wr_putc(&r->c->out, '\n');
}

// ---------------------------------------------------------------------------------- csv

enum { COLUMNS = 17 };
static void row(const diff_report *r, const wr_str v[COLUMNS]) {
    for (int i = 0; i < COLUMNS; i++) {
        if (i) wr_putc(&r->c->out, ',');
        cli_csv_cell(&r->c->out, v[i]);
    }
    wr_putz(&r->c->out, "\r\n");
}

static void change_row(const diff_report *r, const wr_drift_entity *e, const wr_drift_change *ch,
                       wr_str action, wr_str where) {
    wr_str none = WR_S("");
    bool trust = ch->layer == WR_DRIFT_TRUST;
    wr_str v[COLUMNS] = {wr_strz(wr_drift_kind_name(e->kind)),
                         e->name[WR_DRIFT_A],
                         e->name[WR_DRIFT_B],
                         ch->dir == WR_DRIFT_NEW ? WR_S("new") : WR_S("lost"),
                         ch->may ? WR_S("may differ") : WR_S("differs"),
                         wr_strz(wr_drift_layer_name(ch->layer)),
                         ch->deny ? WR_S("Deny") : WR_S("Allow"),
                         action,
                         trust ? none : where,
                         trust ? where : none,
                         diff_join(r, ch->conds, ch->n_conds, "; "),
                         diff_join(r, ch->lost, ch->n_lost, "; "),
                         diff_why(r, ch),
                         ch->policy ? ch->policy->name : none,
                         ch->stmt ? ch->stmt->sid : none,
                         diff_place(r, ch),
                         ch->fingerprint};
    row(r, v);
}

// A line for each action and resource; what is said of all but some is one cell.
static void change_rows(const diff_report *r, const wr_drift_entity *e, const wr_drift_change *ch) {
    wr_str rest = diff_join(r, ch->where, ch->n_where, " "), all = diff_actions(r, ch);
    if (ch->not_where) rest = wr_fmt(&r->c->ctx.arena, "all but %.*s", WR_FMT(rest));
    bool each_where = !ch->not_where && ch->n_where;
    bool each_action = !ch->not_actions && ch->n_actions;
    const wr_str *act = each_action ? ch->actions : &all;
    const wr_str *where = each_where ? ch->where : &rest;
    for (uint32_t i = 0; i < (each_action ? ch->n_actions : 1); i++)
        for (uint32_t k = 0; k < (each_where ? ch->n_where : 1); k++)
            change_row(r, e, ch, act[i], where[k]);
}

void diff_put_csv(const diff_report *r) {
    static const char head[] =
        "kind,name_a,name_b,change,verdict,layer,effect,action,resource,principal,conditions,"
        "conditions_of_other,reason,policy,sid,place,fingerprint\r\n";
    wr_putz(&r->c->out, head);
    for (uint32_t i = 0; i < r->d->entities.n; i++) {
        const wr_drift_entity *e = &r->d->entities.v[i];
        wr_str none = WR_S("");
        bool in_a = e->name[WR_DRIFT_A].n, in_b = e->name[WR_DRIFT_B].n;
        wr_str v[COLUMNS] = {wr_strz(wr_drift_kind_name(e->kind)), e->name[0], e->name[1]};
        v[3] = !in_b ? WR_S("only in a") : !in_a ? WR_S("only in b") : none;
        if (!in_a || !in_b) row(r, v);
        for (uint32_t k = 0; k < e->n_changes; k++) change_rows(r, e, &e->changes[k]);
        for (uint32_t k = 0; k < e->n_attrs; k++) {
            const wr_drift_attr *at = &e->attrs[k];
            v[3] = WR_S("attribute");
            v[4] = WR_S("differs");
            v[12] = wr_fmt(&r->c->ctx.arena, "%.*s: %.*s -> %.*s", WR_FMT(at->name),
                           WR_FMT(at->has_a ? at->a : WR_S("(none)")),
                           WR_FMT(at->has_b ? at->b : WR_S("(none)")));
            row(r, v);
        }
    }
}
