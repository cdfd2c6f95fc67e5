// SPDX-License-Identifier: Apache-2.0
// iam_validate_in: which policies a file holds: it is one, or it is a CloudFormation template, a
// Terraform plan or an account dump with policies inside. Each is judged where it stands.
//
// Always true: what is wrong with a policy is a finding; diagnostics say only what is wrong with
// the file around it.

#include "cli/iam_validate.h"

static bool push(val *v, val_policy p) {
    p.n = v->found.n - p.first;
    for (uint32_t i = p.first; i < v->found.n; i++)
        v->of[wr_iam_issue_at(v->found.v[i].issue)->category]++;
    return WR_PUSH(&v->c->ctx.arena, &v->policies, p);
}

// Takes back the diagnostics since *from whose codes begin with none of the letters.
static void keep_diags(wr_ctx *c, wr_diag **from, const char *letters) {
    wr_diag **d = from;
    while (*d != NULL) {
        if (strchr(letters, wr_code_name((*d)->code)[0]) != NULL) {
            d = &(*d)->next;
            continue;
        }
        c->n_diags--;
        if ((*d)->sev == WR_ERROR) c->n_errors--;
        *d = (*d)->next;
    }
    c->diags_tail = d;
}

// ---------------------------------------------------------------------------------- one policy

static wr_rc judge_plain(val *v, uint32_t file, const wr_doc *doc, const wr_src *src) {
    val_policy p = {.file = file, .kind = v->kind, .target = v->target, .first = v->found.n};
    if (!v->has_kind) {
        wr_iam_target seen;
        p.kind = wr_iam_guess_kind(doc, NULL, src->name, &seen, &p.why);
        if (p.target != WR_IAM_T_ANY) {
            p.kind = p.target == WR_IAM_T_ROLE ? WR_IAM_TRUST : WR_IAM_RESOURCE;
            p.why = NULL;
        } else {
            p.target = seen;
        }
    }
    wr_iam_checked what = {.doc = doc, .src = src, .kind = p.kind, .target = p.target};
    wr_rc rc = wr_iam_check(v->checker, &v->c->ctx.arena, &what, &v->found);
    return rc != WR_OK ? rc : push(v, p) ? WR_OK : WR_NOMEM;
}

// The text is no JSON: that is the finding.
static wr_rc judge_broken(val *v, uint32_t file, const wr_src *src) {
    val_policy p = {.file = file, .kind = v->kind, .first = v->found.n};
    wr_iam_checked what = {.kind = v->kind};
    const wr_doc *doc;
    wr_rc rc = wr_iam_check_text(v->checker, &v->c->ctx, src, &what, &doc, &v->found);
    return rc != WR_OK ? rc : push(v, p) ? WR_OK : WR_NOMEM;
}

static wr_rc say_text_broken(val *v, val_policy p, const wr_doc *doc, const wr_node *at) {
    wr_iam_finding f = {.issue = WR_IAM_C_JSON_SYNTAX_ERROR,
                        .doc = doc,
                        .src = doc->srcs[at->src],
                        .span = at->span,
                        .message = WR_S("the text of the policy is no JSON"),
                        .fix = WR_S("Correct the text of the policy.")};
    if (!WR_PUSH(&v->c->ctx.arena, &v->found, f)) return WR_NOMEM;
    return push(v, p) ? WR_OK : WR_NOMEM;
}

// ---------------------------------------------------------------------------------- templates

static wr_iam_target target_of_type(wr_str type) {
    static const struct {
        const char *type;
        wr_iam_target target;
    } row[] = {
        {"AWS::S3::BucketPolicy", WR_IAM_T_BUCKET},
        {"aws_s3_bucket_policy", WR_IAM_T_BUCKET},
        {"AWS::S3::AccessPoint", WR_IAM_T_ACCESS_POINT},
        {"AWS::S3::AccessPointPolicy", WR_IAM_T_ACCESS_POINT},
        {"aws_s3_access_point", WR_IAM_T_ACCESS_POINT},
        {"aws_s3control_access_point_policy", WR_IAM_T_ACCESS_POINT},
        {"AWS::S3::MultiRegionAccessPointPolicy", WR_IAM_T_MULTI_REGION},
        {"aws_s3control_multi_region_access_point_policy", WR_IAM_T_MULTI_REGION},
        {"AWS::S3ObjectLambda::AccessPointPolicy", WR_IAM_T_OBJECT_LAMBDA},
        {"aws_s3control_object_lambda_access_point_policy", WR_IAM_T_OBJECT_LAMBDA},
        {"AWS::DynamoDB::Table", WR_IAM_T_TABLE},
        {"AWS::DynamoDB::GlobalTable", WR_IAM_T_TABLE},
        {"aws_dynamodb_resource_policy", WR_IAM_T_TABLE},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        if (wr_eq(type, wr_strz(row[i].type))) return row[i].target;
    return WR_IAM_T_ANY;
}

// Findings about what is not known before deployment may be false: they are taken back.
static void drop_open(val *v, const wr_embedded *e, uint32_t from) {
    uint32_t n = from;
    for (uint32_t i = from; i < v->found.n; i++) {
        const wr_iam_finding *f = &v->found.v[i];
        bool part = f->node != NULL && (f->node->kind == WR_MAP || f->node->kind == WR_LIST);
        if (wr_embedded_open(e, f->span)) continue;
        if (part && wr_embedded_has_open(e, f->span)) continue;
        if (e->cut && f->node == f->root) continue;
        v->found.v[n++] = *f;
    }
    v->found.n = n;
}

// What is not known before deployment is not passed over in silence.
static void say_unknown(val *v, const wr_doc *doc, const wr_embedded *e) {
    bool whole = e->doc == NULL;
    if (whole ? e->broken : !e->cut) return;
    v->unknown = true;
    wr_diag *d = wr_report(&v->c->ctx, WR_D_I0118, WR_WARNING, doc->srcs[e->at->src], e->at->span,
                           whole ? "%.*s: the policy is not checked: it is not known yet (%.*s)"
                                 : "%.*s: statements that are not known yet are not checked%.*s",
                           WR_FMT(e->owner), WR_FMT(e->unknown));
    wr_hint(&v->c->ctx, d, "give parameters their values, or check what is deployed");
}

static wr_rc judge_embedded(val *v, uint32_t file, const wr_doc *doc, const wr_embedded *e) {
    val_policy p = {.file = file,
                    .kind = e->kind,
                    .target = e->kind == WR_IAM_RESOURCE ? target_of_type(e->type) : WR_IAM_T_ANY,
                    .owner = e->owner,
                    .type = e->type,
                    .path = e->path,
                    .first = v->found.n};
    say_unknown(v, doc, e);
    if (e->doc == NULL) return e->broken ? say_text_broken(v, p, doc, e->at) : WR_OK;
    wr_iam_checked what = {.doc = e->doc, .kind = p.kind, .target = p.target};
    wr_rc rc = wr_iam_check(v->checker, &v->c->ctx.arena, &what, &v->found);
    if (rc != WR_OK) return rc;
    drop_open(v, e, p.first);
    return push(v, p) ? WR_OK : WR_NOMEM;
}

static wr_rc judge_template(val *v, uint32_t file, const wr_doc *doc) {
    wr_ctx *c = &v->c->ctx;
    wr_diag **from = c->diags_tail;
    wr_embedded_list list;
    wr_rc rc = wr_embedded_find(c, doc, &list);
    keep_diags(c, from, "");
    for (uint32_t i = 0; rc == WR_OK && i < list.n; i++)
        rc = judge_embedded(v, file, doc, &list.v[i]);
    return rc;
}

// ---------------------------------------------------------------------------------- dumps

static bool is_dump(const wr_doc *doc) {
    static const char *const keys[] = {"UserDetailList", "RoleDetailList", "GroupDetailList"};
    for (size_t i = 0; i < 3; i++) {
        const wr_node *n = wr_map_getz(doc, doc->root, keys[i]);
        if (n != NULL && n->kind == WR_LIST) return true;
    }
    return false;
}

static wr_rc judge_held(val *v, uint32_t file, const wr_acct *a, const wr_acct_policy *held,
                        val_policy p, wr_iam_quota quota) {
    if (held->missing || held->policy == NULL || held->node == NULL) return WR_OK;
    wr_buf path;
    wr_buf_init(&path, 0);
    wr_put_path(&path, a->doc, held->node);
    p.path = wr_buf_keep(&path, &v->c->ctx.arena);
    p.file = file;
    p.first = v->found.n;
    const wr_iam_policy *pol = held->policy;
    if (pol->doc == NULL) return say_text_broken(v, p, a->doc, held->node);
    wr_iam_checked what = {
        .doc = pol->doc, .root = pol->root, .src = pol->src, .kind = p.kind, .quota = quota};
    wr_rc rc = wr_iam_check(v->checker, &v->c->ctx.arena, &what, &v->found);
    return rc != WR_OK ? rc : push(v, p) ? WR_OK : WR_NOMEM;
}

// All inline policies of one entity count against one quota; the finding is the last policy's.
static wr_rc judge_together(val *v, const wr_acct_entity *e, wr_iam_quota quota) {
    wr_arena *arena = &v->c->ctx.arena;
    wr_iam_checked *what = WR_NEW_N(arena, wr_iam_checked, e->inline_.n + 1u);
    uint32_t n = 0, from = v->found.n;
    if (what == NULL) return WR_NOMEM;
    for (uint32_t i = 0; i < e->inline_.n; i++) {
        const wr_iam_policy *p = e->inline_.v[i].policy;
        if (e->inline_.v[i].missing || p == NULL || p->doc == NULL) continue;
        what[n++] = (wr_iam_checked){.doc = p->doc, .root = p->root, .src = p->src, .quota = quota};
    }
    wr_rc rc = wr_iam_check_together(v->checker, arena, what, n, &v->found);
    for (uint32_t i = from; i < v->found.n; i++) {
        v->policies.v[v->policies.n - 1].n++;
        v->of[wr_iam_issue_at(v->found.v[i].issue)->category]++;
    }
    return rc;
}

static wr_rc judge_entity(val *v, uint32_t file, const wr_acct *a, const wr_acct_entity *e) {
    static const char *const type[] = {"user", "group", "role"};
    static const wr_iam_quota quota[] = {WR_IAM_Q_INLINE_USER, WR_IAM_Q_INLINE_GROUP,
                                         WR_IAM_Q_INLINE_ROLE};
    val_policy p = {.owner = e->name, .type = wr_strz(type[e->kind])};
    wr_rc rc = WR_OK;
    for (uint32_t i = 0; rc == WR_OK && i < e->inline_.n; i++)
        rc = judge_held(v, file, a, &e->inline_.v[i], p, quota[e->kind]);
    if (rc == WR_OK) rc = judge_together(v, e, quota[e->kind]);
    p.kind = WR_IAM_TRUST;
    if (rc == WR_OK && e->trust != NULL) rc = judge_held(v, file, a, e->trust, p, WR_IAM_Q_TRUST);
    return rc;
}

// AWS's own policies are not the account's to change.
static bool aws_owns(const wr_acct_policy *p) {
    return wr_find(p->arn, WR_S(":iam::aws:"), 0) != SIZE_MAX;
}

static wr_rc judge_dump(val *v, uint32_t file, const wr_doc *doc) {
    wr_ctx *c = &v->c->ctx;
    wr_diag **from = c->diags_tail;
    wr_iam_set *set = wr_iam_set_new(c);
    wr_acct *a;
    if (set == NULL) return WR_NOMEM;
    wr_rc rc = wr_acct_load(c, set, doc, &a);
    keep_diags(c, from, "A");
    if (rc == WR_BAD) v->unread = true;
    if (rc != WR_OK) return rc == WR_BAD ? WR_OK : rc;
    for (uint32_t i = 0; rc == WR_OK && i < a->entities.n; i++)
        rc = judge_entity(v, file, a, a->entities.v[i]);
    for (uint32_t i = 0; rc == WR_OK && i < a->managed.n; i++) {
        const wr_acct_policy *m = a->managed.v[i];
        val_policy p = {.owner = m->name, .type = WR_S("policy")};
        if (!aws_owns(m)) rc = judge_held(v, file, a, m, p, WR_IAM_Q_MANAGED);
    }
    return rc;
}

// ---------------------------------------------------------------------------------- files

// Does it look like a policy, so that a folder's file is judged?
static bool is_policy(const wr_doc *doc) {
    return doc->root->kind == WR_MAP && wr_map_getz(doc, doc->root, "Statement") != NULL;
}

static wr_rc judge_doc(val *v, uint32_t file, const wr_doc *doc, const wr_src *src, bool json,
                       bool named) {
    cli *c = v->c;
    if (wr_doc_classify(doc) != WR_DOC_OTHER) return judge_template(v, file, doc);
    if (is_dump(doc)) return judge_dump(v, file, doc);
    if (!named && !is_policy(doc)) return WR_OK;
    if (json) return judge_plain(v, file, doc, src);
    v->unread = true;
    wr_diag *d = wr_report(&c->ctx, WR_D_C0008, WR_ERROR, src, (wr_span){0, 0},
                           "a policy is JSON, and this is YAML and no CloudFormation template");
    wr_hint(&c->ctx, d, "give the policy as JSON, as IAM takes it");
    return WR_OK;
}

wr_rc val_text(val *v, const char *path, wr_str name, wr_str text, bool named) {
    wr_ctx *c = &v->c->ctx;
    wr_diag **from = c->diags_tail;
    val_file f = {.path = path, .name = name, .first = v->policies.n};
    const wr_src *src = wr_src_new(&c->arena, name, text, false);
    uint32_t file = v->files.n;
    wr_doc *doc = NULL;
    if (src == NULL) return WR_NOMEM;
    wr_sha256(text, f.digest);
    bool yaml = wr_ends(name, WR_S(".yaml")) || wr_ends(name, WR_S(".yml")) ||
                (wr_ends(name, WR_S(".template")) && !wr_looks_json(name, text));
    wr_load how = {.profile = WR_LOAD_STRICT, .all = true};
    wr_rc rc = yaml ? wr_doc_load(c, src, &how, &doc) : wr_iam_read_json(c, src, v->comments, &doc);
    if (!WR_PUSH(&c->arena, &v->files, f)) return WR_NOMEM;
    if (rc == WR_OK) {
        rc = judge_doc(v, file, doc, src, !yaml, named);
    } else if (rc == WR_BAD && !yaml) {
        keep_diags(c, from, "");
        rc = judge_broken(v, file, src);
    } else if (rc != WR_NOMEM) {
        v->unread = true;
        rc = WR_OK;
    }
    v->files.v[file].n = v->policies.n - f.first;
    return rc;
}
