// SPDX-License-Identifier: Apache-2.0
// check_text: texts to documents, with what is no JSON as a finding; and which kind of policy a
// document shows by itself.
// Rules: IAM User Guide, "Types of policies"; "Principal" (who has one).

#include "lang/iam/check_int.h"
#include "lang/iam/parse_int.h"

wr_rc wr_iam_read_json(wr_ctx *c, const wr_src *src, bool comments, wr_doc **out) {
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true, .own_repeats = true};
    iam_comments found;
    if (!comments) return wr_json_read(c, src, &how, out);
    if (!iam_blank_comments(&c->arena, src->text, &found)) return WR_NOMEM;
    if (found.n == 0) return wr_json_read(c, src, &how, out);
    wr_src *plain = wr_src_new(&c->arena, src->name, found.blanked, false);
    if (plain == NULL) return WR_NOMEM;
    wr_rc rc = wr_json_read(c, plain, &how, out);
    if (rc == WR_OK) (*out)->srcs[0] = src;
    return rc;
}

static bool at_comment(const wr_src *src, uint32_t at) {
    wr_str two = wr_sub(src->text, at, at + 2u);
    return wr_eq(two, WR_S("//")) || wr_eq(two, WR_S("/*"));
}

// The first error of the reader as a finding; the diagnostics it made are taken back.
static wr_rc say_no_json(wr_iam_checker *k, wr_ctx *c, const wr_src *src, wr_diag **from,
                         wr_iam_findings *out) {
    const wr_diag *d = *from;
    while (d != NULL && d->sev != WR_ERROR) d = d->next;
    wr_iam_finding f = {.issue = WR_IAM_C_JSON_SYNTAX_ERROR, .src = src};
    f.message = d != NULL ? d->msg : WR_S("the text is no JSON");
    f.fix = d != NULL && d->hint.n > 0 ? d->hint : wr_strz(wr_iam_issue_at(f.issue)->fix);
    if (d != NULL) f.span = d->span;
    if (at_comment(src, f.span.beg)) {
        f.message = WR_S("JSON has no comments, and AWS refuses a document with one");
        f.fix = WR_S("Remove the comment, or pass over comments with --allow-comments.");
    }
    *from = NULL;
    c->diags_tail = from;
    if (!k->on[f.issue]) f.issue = WR_IAM_C_MALFORMED_JSON;
    if (!k->on[f.issue]) return WR_OK;
    return WR_PUSH(&c->arena, out, f) ? WR_OK : WR_NOMEM;
}

wr_rc wr_iam_check_text(wr_iam_checker *k, wr_ctx *c, const wr_src *src, const wr_iam_checked *what,
                        const wr_doc **doc, wr_iam_findings *out) {
    wr_diag **from = c->diags_tail;
    uint32_t n = c->n_diags, errors = c->n_errors;
    wr_doc *read = NULL;
    wr_iam_checked one = *what;
    *doc = NULL;
    wr_rc rc = wr_iam_read_json(c, src, k->comments, &read);
    if (rc == WR_BAD) {
        rc = say_no_json(k, c, src, from, out);
        c->n_diags = n;
        c->n_errors = errors;
        return rc;
    }
    if (rc != WR_OK) return rc;
    *doc = one.doc = read;
    one.root = NULL;
    one.src = src;
    return wr_iam_check(k, &c->arena, &one, out);
}

// ---------------------------------------------------------------------------------- kinds

typedef struct signs { // what the statements have in common
    uint32_t n, principals, all_deny, anyone, sts, resources;
    wr_str arn; // of the first resource
} signs;

static void look_at_actions(const wr_doc *d, const wr_node *s, signs *g) {
    const wr_node *a = wr_map_getz(d, s, "Action");
    chk_items it = chk_items_of(a);
    uint32_t sts = 0;
    for (uint32_t i = 0; i < it.n; i++)
        sts += chk_is_text(&it.v[i]) && wr_starts(wr_node_str(&it.v[i]), WR_S("sts:"));
    g->sts += it.n > 0 && sts == it.n;
}

static void look_at(const wr_doc *d, const wr_node *s, signs *g) {
    const wr_node *p = wr_map_getz(d, s, "Principal"), *e = wr_map_getz(d, s, "Effect");
    const wr_node *r = wr_map_getz(d, s, "Resource");
    if (p == NULL) p = wr_map_getz(d, s, "NotPrincipal");
    if (r == NULL) r = wr_map_getz(d, s, "NotResource");
    g->n++;
    g->principals += p != NULL;
    g->anyone += p != NULL && chk_is_text(p) && wr_eq(wr_node_str(p), WR_S("*"));
    g->all_deny += e != NULL && chk_is_text(e) && wr_eq(wr_node_str(e), WR_S("Deny"));
    g->resources += r != NULL;
    chk_items it = chk_items_of(r);
    if (g->arn.n == 0 && it.n > 0 && chk_is_text(it.v)) g->arn = wr_node_str(it.v);
    look_at_actions(d, s, g);
}

static wr_iam_target target_of(wr_str arn) {
    wr_iam_arn a;
    if (!wr_iam_arn_split(arn, &a)) return WR_IAM_T_ANY;
    wr_str res = a.f[WR_ARN_RESOURCE];
    if (wr_eq(a.f[2], WR_S("dynamodb")) && wr_starts(res, WR_S("table/"))) return WR_IAM_T_TABLE;
    if (wr_eq(a.f[2], WR_S("s3-object-lambda"))) return WR_IAM_T_OBJECT_LAMBDA;
    if (!wr_eq(a.f[2], WR_S("s3"))) return WR_IAM_T_ANY;
    if (wr_starts(res, WR_S("accesspoint/")))
        return a.f[WR_ARN_REGION].n > 0 ? WR_IAM_T_ACCESS_POINT : WR_IAM_T_MULTI_REGION;
    return a.f[WR_ARN_REGION].n == 0 && a.f[WR_ARN_ACCOUNT].n == 0 ? WR_IAM_T_BUCKET : WR_IAM_T_ANY;
}

static bool name_has(wr_str name, const char *word) {
    size_t n = strlen(word);
    wr_str base = wr_basename(name);
    for (size_t i = 0; i + n <= base.n; i++)
        if (chk_same(wr_sub(base, i, i + n), word)) return true;
    return false;
}

wr_iam_kind wr_iam_guess_kind(const wr_doc *doc, const wr_node *root, wr_str name,
                              wr_iam_target *target, const char **why) {
    signs g = {0};
    const wr_node *st = wr_map_getz(doc, root != NULL ? root : doc->root, "Statement");
    chk_items it = chk_items_of(st);
    for (uint32_t i = 0; i < it.n; i++)
        if (it.v[i].kind == WR_MAP) look_at(doc, &it.v[i], &g);
    *target = WR_IAM_T_ANY;
    *why = "no statement names a principal";
    if (g.principals == 0) {
        if (!name_has(name, "scp")) return WR_IAM_IDENTITY;
        *why = "no statement names a principal, and the file's name says scp";
        return WR_IAM_SCP;
    }
    *why = "all statements deny to anyone, and the file's name says rcp";
    if (g.anyone == g.n && g.all_deny == g.n && name_has(name, "rcp")) return WR_IAM_RCP;
    *why = "statements name principals and sts actions, and no resource";
    if (g.resources == 0 && g.sts == g.n) return WR_IAM_TRUST;
    *why = "statements name principals";
    *target = target_of(g.arn);
    if (*target != WR_IAM_T_ANY) *why = "statements name principals, and resources of this type";
    return WR_IAM_RESOURCE;
}
