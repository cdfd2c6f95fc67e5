// SPDX-License-Identifier: Apache-2.0
// writ iam validate: findings of policy documents, in files, folders and stdin.
// Exit codes (docs/adr/0008): 0 nothing at or over the threshold, 1 findings, 2 something could not
// be read or judged, 64 a wrong command line.

#include "cli/iam_validate.h"

// ---------------------------------------------------------------------------------- options

static bool read_quota(cli *c, const char *word, uint32_t *quota) {
    const char *eq = strchr(word, '=');
    wr_iam_quota q;
    int64_t n;
    wr_str name = eq != NULL ? wr_strn(word, (size_t)(eq - word)) : wr_strz(word);
    if (eq != NULL && wr_iam_quota_parse(name, &q) && wr_parse_i64(wr_strz(eq + 1), &n) && n > 0 &&
        n <= 1 << 24) {
        quota[q] = (uint32_t)n;
        return true;
    }
    (void)cli_usage(c,
                    "invalid value '%s' for '--quota <NAME=N>': a number of characters is wanted "
                    "for managed, inline-user, inline-group, inline-role, trust, session, scp, rcp "
                    "or resource",
                    word);
    return false;
}

// A code, or whose codes.
static bool read_check(cli *c, const char *word, bool *only) {
    wr_iam_issue i;
    bool some = false;
    if (wr_iam_issue_find(wr_strz(word), &i)) return only[i] = true;
    for (uint32_t k = 0; k < WR_IAM_N_ISSUES; k++) {
        const wr_iam_issue_info *info = wr_iam_issue_at(k);
        if (strcmp(word, wr_iam_origin_name(info->origin)) != 0) continue;
        some = true;
        if (info->on != WR_IAM_OBSOLETE || cli_has(c, CLI_OBSOLETE)) only[k] = true;
    }
    if (some) return true;
    wr_str near = wr_iam_issue_near(wr_strz(word));
    (void)cli_usage(c, "invalid value '%s' for '--check <CODE>'%s%.*s%s", word,
                    near.n > 0 ? "; similar: '" : "", WR_FMT(near), near.n > 0 ? "'" : "");
    return false;
}

static bool read_sensitive(cli *c, wr_iam_check_opts *o) {
    const cli_words *w = &c->val[CLI_SENSITIVE];
    wr_iam_sensitive *v = WR_NEW_N(&c->ctx.arena, wr_iam_sensitive, w->n + 1u);
    if (v == NULL) return false;
    for (uint32_t i = 0; i < w->n; i++) {
        if (wr_iam_sensitive_parse(wr_strz(w->v[i]), &v[i])) continue;
        (void)cli_usage(c,
                        "invalid value '%s' for '--sensitive <ARN>': an ARN of six fields is "
                        "wanted, or ACTION=ARN",
                        w->v[i]);
        return false;
    }
    o->sensitive = v;
    o->n_sensitive = w->n;
    if (w->n > 0 || !o->only[WR_IAM_C_SENSITIVE_ACCESS]) return true;
    for (uint32_t i = 0; i < c->val[CLI_CHECK].n; i++) {
        wr_iam_issue issue;
        if (!wr_iam_issue_find(wr_strz(c->val[CLI_CHECK].v[i]), &issue) ||
            issue != WR_IAM_C_SENSITIVE_ACCESS)
            continue;
        (void)cli_usage(c, "--check SENSITIVE_ACCESS needs --sensitive <ARN>: which resources are");
        return false;
    }
    return true;
}

static bool read_threshold(const char *word, wr_iam_category *out) {
    static const char *const words[] = {"suggestion", "warning", "security", "error", "never"};
    for (int i = 0; i <= WR_IAM_N_CATEGORIES; i++)
        if (strcmp(word, words[i]) == 0) *out = (wr_iam_category)i;
    return true;
}

static bool read_options(val *v) {
    cli *c = v->c;
    wr_iam_check_opts *o = WR_NEW(&c->ctx.arena, wr_iam_check_opts);
    const char *kind = cli_value(c, CLI_KIND), *target = cli_value(c, CLI_TYPE);
    if (o == NULL) return false;
    o->obsolete = cli_has(c, CLI_OBSOLETE);
    o->comments = v->comments = cli_has(c, CLI_ALLOW_COMMENTS);
    for (uint32_t i = 0; i < c->val[CLI_QUOTA].n; i++)
        if (!read_quota(c, c->val[CLI_QUOTA].v[i], o->quota)) return false;
    for (uint32_t i = 0; i < c->val[CLI_CHECK].n; i++)
        if (!read_check(c, c->val[CLI_CHECK].v[i], o->only)) return false;
    if (!read_sensitive(c, o)) return false;
    v->has_kind = kind != NULL && wr_iam_kind_parse(wr_strz(kind), &v->kind);
    if (target != NULL) (void)wr_iam_target_parse(wr_strz(target), &v->target);
    if (v->target != WR_IAM_T_ANY && v->has_kind && v->kind != WR_IAM_RESOURCE &&
        !(v->kind == WR_IAM_TRUST && v->target == WR_IAM_T_ROLE)) {
        (void)cli_usage(c, "--resource-type is for policies of the kind resource, not %s", kind);
        return false;
    }
    v->checker = wr_iam_checker_new(&c->ctx, o);
    return v->checker != NULL && read_threshold(cli_value(c, CLI_FAIL_ON), &v->fail_on);
}

// ---------------------------------------------------------------------------------- files

static void trouble(val *v, const char *path, const char *why) {
    v->unread = true;
    (void)wr_report(&v->c->ctx, WR_D_B0001, WR_ERROR, NULL, (wr_span){0, 0}, "cannot read '%s': %s",
                    path, why);
}

static wr_rc judge_file(val *v, const char *path, bool named) {
    wr_str text = {NULL, 0}, name = path != NULL ? wr_strz(path) : WR_S("stdin");
    const char *why = cli_read(v->c, path, &text);
    if (why != NULL) {
        trouble(v, path != NULL ? path : "stdin", why);
        return WR_OK;
    }
    if (wr_starts(name, WR_S("./"))) name = wr_sub(name, 2, name.n);
    wr_rc rc = val_text(v, path, name, text, named);
    (void)cli_say_diags(v->c, false);
    return rc;
}

static bool is_wanted(wr_str path) {
    return wr_ends(path, WR_S(".json")) || wr_ends(path, WR_S(".yaml")) ||
           wr_ends(path, WR_S(".yml")) || wr_ends(path, WR_S(".template"));
}

static wr_rc judge_folder(val *v, const char *path) {
    cli *c = v->c;
    wr_search find = cli_finder(c);
    cli_words paths = {NULL, 0, 0};
    uint32_t before = v->policies.n, unread = v->unread;
    wr_rc rc = WR_OK;
    wr_walk(&find, path, &paths);
    for (uint32_t i = 0; i < paths.n && rc == WR_OK; i++)
        if (is_wanted(wr_strz(paths.v[i]))) rc = judge_file(v, paths.v[i], false);
    if (rc != WR_OK || v->policies.n > before || unread != (uint32_t)v->unread) return rc;
    v->unread = true;
    (void)wr_report(&c->ctx, WR_D_C0001, WR_ERROR, NULL, (wr_span){0, 0}, "no policies in '%s'",
                    path);
    return rc;
}

static wr_rc judge_all(val *v) {
    const cli_words *w = &v->c->val[CLI_POLICY];
    wr_rc rc = WR_OK;
    if (w->n == 0) return judge_file(v, NULL, true);
    for (uint32_t i = 0; i < w->n && rc == WR_OK; i++) {
        const char *path = w->v[i];
        if (strcmp(path, "-") == 0) rc = judge_file(v, NULL, true);
        else if (wr_exists(path) && !wr_is_file(path)) rc = judge_folder(v, path);
        else rc = judge_file(v, path, true);
        (void)cli_say_diags(v->c, false);
    }
    return rc;
}

// ---------------------------------------------------------------------------------- kinds

// What was guessed, for people: each document of a few, counts of many.
static void say_kinds(val *v) {
    enum { FEW = 8 };
    uint32_t guessed[WR_IAM_N_KINDS] = {0}, n = 0;
    if (cli_has(v->c, CLI_QUIET)) return;
    for (uint32_t i = 0; i < v->policies.n; i++) {
        const val_policy *p = &v->policies.v[i];
        if (p->why == NULL) continue;
        guessed[p->kind]++;
        n++;
    }
    for (uint32_t i = 0; i < v->policies.n && n <= FEW; i++) {
        const val_policy *p = &v->policies.v[i];
        if (p->why == NULL) continue;
        const char *t = wr_iam_target_name(p->target);
        cli_say(v->c, "%.*s is judged as a policy of kind %s%s%s (%s; --kind says otherwise)",
                WR_FMT(v->files.v[p->file].name), wr_iam_kind_name(p->kind), *t ? " of " : "", t,
                p->why);
    }
    for (uint32_t k = 0; k < WR_IAM_N_KINDS && n > FEW; k++)
        if (guessed[k] > 0)
            cli_say(v->c, "%u documents are judged as policies of kind %s (--kind says otherwise)",
                    guessed[k], wr_iam_kind_name((wr_iam_kind)k));
}

int cli_iam_validate(cli *c) {
    val v = {.c = c};
    bool ready = read_options(&v);
    wr_rc rc = ready ? judge_all(&v) : WR_BAD;
    wr_iam_checker_free(v.checker);
    if (!ready) return c->bad_line ? c->prog->usage_exit : WX_ERROR;
    if (rc == WR_OK) {
        say_kinds(&v);
        rc = val_report(&v);
    }
    if (rc != WR_OK) {
        if (c->out.rc == WR_OK) cli_say(c, "out of memory");
        return WX_ERROR;
    }
    if (v.unread) return WX_ERROR;
    for (uint32_t k = 0; k < WR_IAM_N_CATEGORIES; k++)
        if (v.of[k] > 0 && val_fails(&v, (wr_iam_category)k)) return WX_FINDINGS;
    return v.unknown ? WX_UNKNOWN : WX_OK;
}
