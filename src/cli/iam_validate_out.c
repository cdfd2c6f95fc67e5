// SPDX-License-Identifier: Apache-2.0
// iam_validate_out: findings as reports. For text, JUnit and SARIF a code that was found in a
// document is a failing decision and its findings are the reasons; JSON keeps the fields of Access
// Analyzer's ValidatePolicy (schema writ/iam-findings/1, docs/guide/iam-validate.md).
//
// Always true: a fingerprint is made of the code, the file, the owner and the path without
// indices, and what stands there; never of lines or messages.

#include "cli/iam_validate.h"

#include <stdlib.h>

static const wr_iam_issue_info *info_of(const wr_iam_finding *f) {
    return wr_iam_issue_at(f->issue);
}

// ---------------------------------------------------------------------------------- decisions

static wr_str keep_path(val *v, const val_policy *p, const wr_iam_finding *f) {
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_puts(&b, p->path);
    if (f->node != NULL && f->node != f->root) {
        wr_iam_step step[16];
        uint32_t n = wr_iam_finding_steps(f, step, 16);
        for (uint32_t i = 0; i < n && i < 16; i++) {
            if (step[i].key.p == NULL) wr_putf(&b, "/%u", step[i].index);
            else wr_putf(&b, "/%.*s", WR_FMT(step[i].key));
        }
    }
    return wr_buf_keep(&b, &v->c->ctx.arena);
}

static wr_reason reason_of(val *v, const val_policy *p, const wr_iam_finding *f) {
    wr_reason r = {.message = f->message,
                   .fix = f->fix,
                   .path = keep_path(v, p, f),
                   .input = f->src,
                   .input_at = f->span,
                   .resource = p->owner,
                   .resource_type = p->type};
    if (f->node != NULL && f->node->kind == WR_STR) r.which = wr_node_str(f->node);
    else r.which = f->sid;
    return r;
}

static wr_decision decision_of(const val *v, const val_file *file, const wr_iam_finding *f) {
    const wr_iam_issue_info *info = info_of(f);
    wr_decision d = {.subject = file->name,
                     .policy = wr_strz(wr_iam_category_name(info->category)),
                     .rule = wr_strz(info->code),
                     .title = wr_strz(info->title),
                     .index = (uint32_t)f->issue,
                     .severity = wr_iam_category_severity(info->category),
                     .rated = true,
                     .warn = !val_fails(v, info->category),
                     .outcome = WR_FAIL,
                     .time = v->c->ctx.now};
    memcpy(d.input_digest, file->digest, sizeof d.input_digest);
    return d;
}

typedef struct pair { // a finding and its policy
    const wr_iam_finding *f;
    const val_policy *p;
} pair;

static int by_weight(const void *a, const void *b) {
    const pair *x = a, *y = b;
    wr_iam_category cx = info_of(x->f)->category, cy = info_of(y->f)->category;
    if (cx != cy) return cx > cy ? -1 : 1;
    if (x->f->issue != y->f->issue) return x->f->issue < y->f->issue ? -1 : 1;
    return x->f < y->f ? -1 : x->f > y->f; // in order of the document
}

typedef struct judged { // one file's
    wr_decision *v;
    uint32_t n;
} judged;

// One decision a code; without findings one that says so.
static bool decide(val *v, const val_file *file, judged *out) {
    wr_arena *a = &v->c->ctx.arena;
    uint32_t n = 0, k = 0;
    for (uint32_t i = 0; i < file->n; i++) n += v->policies.v[file->first + i].n;
    pair *all = WR_NEW_N(a, pair, n + 1u);
    wr_reason *why = WR_NEW_N(a, wr_reason, n + 1u);
    out->v = WR_NEW_N(a, wr_decision, n + 1u);
    out->n = 0;
    if (all == NULL || why == NULL || out->v == NULL) return false;
    for (uint32_t i = 0; i < file->n; i++) {
        const val_policy *p = &v->policies.v[file->first + i];
        for (uint32_t j = 0; j < p->n; j++) all[k++] = (pair){&v->found.v[p->first + j], p};
    }
    qsort(all, n, sizeof *all, by_weight);
    for (uint32_t i = 0; i < n; i++) {
        why[i] = reason_of(v, all[i].p, all[i].f);
        if (i == 0 || all[i].f->issue != all[i - 1].f->issue) {
            out->v[out->n] = decision_of(v, file, all[i].f);
            out->v[out->n++].reasons = &why[i];
        }
        out->v[out->n - 1].n_reasons++;
    }
    if (n > 0 || file->n == 0) return true;
    out->v[out->n++] = (wr_decision){.subject = file->name,
                                     .policy = WR_S("writ"),
                                     .rule = WR_S("valid"),
                                     .index = WR_IAM_N_ISSUES,
                                     .outcome = WR_PASS,
                                     .time = v->c->ctx.now};
    memcpy(out->v->input_digest, file->digest, sizeof file->digest);
    return true;
}

static wr_rule_info *rules_of(val *v) {
    wr_rule_info *r = WR_NEW_N(&v->c->ctx.arena, wr_rule_info, WR_IAM_N_ISSUES + 1u);
    for (uint32_t i = 0; r != NULL && i < WR_IAM_N_ISSUES; i++) {
        const wr_iam_issue_info *info = wr_iam_issue_at(i);
        r[i] = (wr_rule_info){.policy = wr_strz(wr_iam_category_name(info->category)),
                              .rule = wr_strz(info->code),
                              .name = wr_strz(info->code),
                              .title = wr_strz(info->title),
                              .severity = wr_iam_category_severity(info->category),
                              .rated = true,
                              .warn = !val_fails(v, info->category)};
    }
    if (r != NULL)
        r[WR_IAM_N_ISSUES] = (wr_rule_info){.policy = WR_S("writ"),
                                            .rule = WR_S("valid"),
                                            .name = WR_S("valid"),
                                            .title = WR_S("The document has no findings")};
    return r;
}

static wr_str closing_of(val *v) {
    static const char *const word[] = {"suggestion", "warning", "security warning", "error"};
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_putf(&b, "%u polic%s:", v->policies.n, v->policies.n == 1 ? "y" : "ies");
    for (int k = WR_IAM_N_CATEGORIES - 1; k >= 0; k--)
        wr_putf(&b, " %u %s%s%s", v->of[k], word[k], v->of[k] == 1 ? "" : "s", k > 0 ? "," : "");
    return wr_buf_keep(&b, &v->c->ctx.arena);
}

static wr_rc report_with(val *v, const wr_report_format *f) {
    cli *c = v->c;
    wr_report_state r;
    wr_report_subject *s = WR_NEW_N(&c->ctx.arena, wr_report_subject, v->files.n + 1u);
    judged *j = WR_NEW_N(&c->ctx.arena, judged, v->files.n + 1u);
    wr_report_head h = {.producer = WR_S("writ iam validate"),
                        .rules = rules_of(v),
                        .n_rules = WR_IAM_N_ISSUES + 1u,
                        .subjects = s,
                        .n_subjects = v->files.n,
                        .errors = c->errors.v,
                        .n_errors = c->errors.n,
                        .time = c->ctx.now,
                        .color = c->out_color,
                        .closing = closing_of(v)};
    if (s == NULL || j == NULL || h.rules == NULL) return WR_NOMEM;
    for (uint32_t i = 0; i < v->files.n; i++) {
        if (!decide(v, &v->files.v[i], &j[i])) return WR_NOMEM;
        s[i].name = v->files.v[i].name;
        for (uint32_t d = 0; d < j[i].n; d++) {
            s[i].counts.of[j[i].v[d].outcome]++;
            s[i].counts.warned += j[i].v[d].warn;
            h.total.of[j[i].v[d].outcome]++;
            h.total.warned += j[i].v[d].warn;
        }
    }
    wr_report_init(&r, f, &h, &c->out);
    wr_report_begin(&r);
    for (unsigned t = 0; wr_report_wants(f, &h, t) != 0; t++) {
        wr_report_turn(&r, t);
        for (uint32_t i = 0; i < v->files.n; i++) {
            wr_report_section(&r, i, false);
            wr_report_decisions(&r, j[i].v, j[i].n);
            wr_report_section(&r, i, true);
        }
    }
    wr_report_end(&r);
    wr_report_fini(&r);
    return c->out.rc;
}

// ---------------------------------------------------------------------------------- JSON

static void put_position(wr_out *o, const char *key, const wr_src *src, uint32_t at) {
    wr_pos p = wr_src_pos(src, at);
    o->str(o, wr_strz(key));
    o->map(o, false);
    wr_out_num(o, "line", p.line);
    wr_out_num(o, "column", p.col - 1);
    wr_out_num(o, "offset", wr_utf8_len(wr_sub(src->text, 0, at)));
    o->end(o);
}

static void put_location(wr_out *o, const wr_iam_finding *f) {
    wr_iam_step step[16];
    uint32_t n = wr_iam_finding_steps(f, step, 16);
    o->str(o, WR_S("locations"));
    o->list(o, false);
    o->map(o, false);
    o->str(o, WR_S("path"));
    o->list(o, n == 0);
    for (uint32_t i = 0; i < n && i < 16; i++) {
        o->map(o, false);
        if (step[i].key.p == NULL) wr_out_num(o, "index", step[i].index);
        else wr_out_put(o, step[i].is_key ? "key" : "value", step[i].key);
        o->end(o);
    }
    if (n > 0) o->end(o);
    o->str(o, WR_S("span"));
    o->map(o, false);
    put_position(o, "start", f->src, f->span.beg);
    put_position(o, "end", f->src, f->span.end);
    o->end(o);
    o->end(o);
    o->end(o);
}

static void put_finding(val *v, wr_out *o, const val_policy *p, const wr_iam_finding *f) {
    const val_file *file = &v->files.v[p->file];
    wr_decision d = decision_of(v, file, f);
    wr_reason r = reason_of(v, p, f);
    wr_buf place;
    wr_buf_init(&place, 0);
    wr_iam_put_place(&place, f);
    o->map(o, false);
    wr_out_put(o, "findingType", wr_strz(wr_iam_category_name(info_of(f)->category)));
    wr_out_put(o, "issueCode", wr_strz(info_of(f)->code));
    wr_out_put(o, "findingDetails", f->message);
    wr_out_put(o, "fix", f->fix);
    wr_out_put(o, "origin", wr_strz(wr_iam_origin_name(info_of(f)->origin)));
    wr_out_some(o, "sid", f->sid);
    wr_out_put(o, "place", wr_buf_str(&place));
    put_location(o, f);
    wr_out_put(o, "fingerprint", wr_fingerprint(&v->c->ctx.arena, &d, &r));
    o->end(o);
    wr_buf_fini(&place);
}

static void put_policy(val *v, wr_out *o, const val_policy *p) {
    o->map(o, false);
    wr_out_put(o, "file", v->files.v[p->file].name);
    wr_out_put(o, "kind", wr_strz(wr_iam_kind_name(p->kind)));
    wr_out_some(o, "resourceType", wr_strz(wr_iam_target_name(p->target)));
    if (p->why != NULL) wr_out_put(o, "kindGuessedFrom", wr_strz(p->why));
    wr_out_some(o, "owner", p->owner);
    wr_out_some(o, "ownerType", p->type);
    wr_out_some(o, "pathInFile", p->path);
    o->str(o, WR_S("findings"));
    o->list(o, p->n == 0);
    for (uint32_t i = 0; i < p->n; i++) put_finding(v, o, p, &v->found.v[p->first + i]);
    if (p->n > 0) o->end(o);
    o->end(o);
}

static void put_errors(val *v, wr_out *o) {
    cli *c = v->c;
    o->str(o, WR_S("errors"));
    o->list(o, c->errors.n == 0);
    for (uint32_t i = 0; i < c->errors.n; i++) {
        const wr_diag *d = c->errors.v[i];
        o->map(o, false);
        wr_out_put(o, "code", wr_strz(wr_code_name(d->code)));
        wr_out_put(o, "message", d->msg);
        if (d->src != NULL) wr_out_put(o, "file", d->src->name);
        o->end(o);
    }
    if (c->errors.n > 0) o->end(o);
}

static wr_rc report_json(val *v) {
    static const char *const word[] = {"suggestions", "warnings", "securityWarnings", "errors"};
    wr_out o;
    wr_rc rc = wr_out_json(&o, &v->c->out);
    if (rc != WR_OK) return rc;
    o.map(&o, false);
    wr_out_put(&o, "schema", WR_S("writ/iam-findings/1"));
    o.str(&o, WR_S("policies"));
    o.list(&o, v->policies.n == 0);
    for (uint32_t i = 0; i < v->policies.n; i++) put_policy(v, &o, &v->policies.v[i]);
    if (v->policies.n > 0) o.end(&o);
    put_errors(v, &o);
    o.str(&o, WR_S("summary"));
    o.map(&o, false);
    wr_out_num(&o, "policies", v->policies.n);
    for (int k = WR_IAM_N_CATEGORIES - 1; k >= 0; k--) wr_out_num(&o, word[k], v->of[k]);
    o.end(&o);
    o.end(&o);
    rc = o.rc;
    wr_out_fini(&o);
    wr_putc(&v->c->out, '\n');
    return rc != WR_OK ? rc : v->c->out.rc;
}

wr_rc val_report(val *v) {
    const char *format = cli_value(v->c, CLI_FORMAT);
    if (strcmp(format, "json") == 0) return report_json(v);
    return report_with(v, wr_report_find(wr_strz(format)));
}
