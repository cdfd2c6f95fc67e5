// SPDX-License-Identifier: Apache-2.0
// check: the table of codes, the run over one document, and how findings are made and told.
// Rules: IAM User Guide, "IAM policy validation check reference" (codes and categories),
// "IAM and AWS STS quotas", AWS Organizations User Guide, "Quotas" (sizes).

#include "lang/iam/check_int.h"

#include <stdlib.h>

// ---------------------------------------------------------------------------------- the table

static const wr_iam_issue_info issues[] = {
#define WR_IAM_ISSUE(code, category, origin, on, title, rule, fix)                                 \
    {#code, WR_IAM_CAT_##category, WR_IAM_FROM_##origin, WR_IAM_##on, title, rule, fix},
#include "lang/iam/check_codes.def"
#undef WR_IAM_ISSUE
};

const wr_iam_issue_info *wr_iam_issue_at(uint32_t i) {
    return i < WR_IAM_N_ISSUES ? &issues[i] : NULL;
}

bool wr_iam_issue_find(wr_str code, wr_iam_issue *out) {
    for (uint32_t i = 0; i < WR_IAM_N_ISSUES; i++) {
        if (!chk_same(code, issues[i].code)) continue;
        *out = (wr_iam_issue)i;
        return true;
    }
    return false;
}

// Letters in common at both ends: enough to find a slip.
static size_t likeness(wr_str a, wr_str b) {
    size_t n = a.n < b.n ? a.n : b.n, head = 0, tail = 0;
    while (head < n && (a.p[head] | 32) == (b.p[head] | 32)) head++;
    while (tail < n - head && (a.p[a.n - 1 - tail] | 32) == (b.p[b.n - 1 - tail] | 32)) tail++;
    return 2 * (head + tail) * 100 / (a.n + b.n + 1);
}

wr_str wr_iam_issue_near(wr_str code) {
    size_t top = 50;
    wr_str near = {NULL, 0};
    for (uint32_t i = 0; i < WR_IAM_N_ISSUES; i++) {
        wr_str c = wr_strz(issues[i].code);
        size_t s = likeness(code, c);
        if (s <= top) continue;
        top = s;
        near = c;
    }
    return near;
}

const char *wr_iam_category_name(wr_iam_category c) {
    static const char *const name[] = {"SUGGESTION", "WARNING", "SECURITY_WARNING", "ERROR"};
    return name[c];
}

wr_severity wr_iam_category_severity(wr_iam_category c) {
    static const wr_severity of[] = {WR_SEV_INFORMATIONAL, WR_SEV_LOW, WR_SEV_MEDIUM, WR_SEV_HIGH};
    return of[c];
}

const char *wr_iam_origin_name(wr_iam_origin o) {
    static const char *const name[] = {"access-analyzer", "parliament", "quota", "writ"};
    return name[o];
}

// Words broken into lines of at most 100 columns.
static void put_wrapped(wr_buf *b, const char *text) {
    enum { COLUMNS = 100 };
    size_t col = 0;
    wr_str s = wr_strz(text);
    for (size_t from = 0; from < s.n;) {
        size_t to = wr_find(s, WR_S(" "), from);
        if (to == SIZE_MAX) to = s.n;
        size_t n = wr_utf8_len(wr_sub(s, from, to));
        if (col > 0) wr_putc(b, col + 1 + n > COLUMNS ? '\n' : ' ');
        col = col > 0 && col + 1 + n <= COLUMNS ? col + 1 + n : n;
        wr_puts(b, wr_sub(s, from, to));
        from = to + 1;
    }
    wr_putc(b, '\n');
}

void wr_iam_put_issue(wr_buf *b, wr_iam_issue i, bool whole) {
    static const char *const on[] = {"", "; given only when asked for with --check",
                                     "; obsolete, given with --obsolete"};
    const wr_iam_issue_info *info = &issues[i];
    wr_putf(b, "%s %s: %s\n\n%s, from %s%s.\n\n", whole ? "#" : "###", info->code, info->title,
            wr_iam_category_name(info->category), wr_iam_origin_name(info->origin), on[info->on]);
    put_wrapped(b, info->rule);
    wr_putz(b, "\nWhat to do: ");
    put_wrapped(b, info->fix);
}

// ---------------------------------------------------------------------------------- words

static const char *const target_name[] = {
    "",
    "AWS::S3::Bucket",
    "AWS::S3::AccessPoint",
    "AWS::S3::MultiRegionAccessPoint",
    "AWS::S3ObjectLambda::AccessPoint",
    "AWS::IAM::AssumeRolePolicyDocument",
    "AWS::DynamoDB::Table",
    NULL,
};
_Static_assert(sizeof target_name / sizeof *target_name == WR_IAM_N_TARGETS + 1, "one a target");

const char *wr_iam_target_name(wr_iam_target t) { return target_name[t]; }
const char *const *wr_iam_target_names(void) { return target_name + 1; }

bool wr_iam_target_parse(wr_str s, wr_iam_target *out) {
    for (uint32_t i = 1; i < WR_IAM_N_TARGETS; i++) {
        if (!chk_same(s, target_name[i])) continue;
        *out = (wr_iam_target)i;
        return true;
    }
    return false;
}

static const struct {
    const char *name;
    uint32_t chars;
} quotas[] = {
    [WR_IAM_Q_MANAGED] = {"managed", 6144},
    [WR_IAM_Q_INLINE_USER] = {"inline-user", 2048},
    [WR_IAM_Q_INLINE_GROUP] = {"inline-group", 5120},
    [WR_IAM_Q_INLINE_ROLE] = {"inline-role", 10240},
    [WR_IAM_Q_TRUST] = {"trust", 2048},
    [WR_IAM_Q_SESSION] = {"session", 2048},
    [WR_IAM_Q_SCP] = {"scp", 5120},
    [WR_IAM_Q_RCP] = {"rcp", 5120},
    [WR_IAM_Q_RESOURCE] = {"resource", 20480},
};

const char *wr_iam_quota_name(wr_iam_quota q) { return quotas[q].name; }
uint32_t wr_iam_quota_default(wr_iam_quota q) { return quotas[q].chars; }

bool wr_iam_quota_parse(wr_str s, wr_iam_quota *out) {
    for (uint32_t i = 0; i < WR_IAM_N_QUOTAS; i++) {
        if (!wr_eq(s, wr_strz(quotas[i].name))) continue;
        *out = (wr_iam_quota)i;
        return true;
    }
    return false;
}

// ---------------------------------------------------------------------------------- findings

void chk_find(chk *k, wr_iam_issue issue, const wr_node *at, const char *fmt, ...) {
    if (!k->run->on[issue]) return;
    if (at == NULL) at = k->root;
    wr_iam_finding f = {.issue = issue,
                        .doc = k->doc,
                        .node = at,
                        .root = k->root,
                        .src = k->src != NULL ? k->src : k->doc->srcs[at->src],
                        .span = at->span,
                        .fix = wr_strz(issues[issue].fix)};
    if (k->at != NULL) f.sid = k->at->sid;
    va_list ap;
    va_start(ap, fmt);
    f.message = wr_vfmt(k->arena, fmt, ap);
    va_end(ap);
    if (f.message.p == NULL || !WR_PUSH(k->arena, k->out, f)) k->oom = true;
    else k->last = k->out->n;
}

void chk_fix(chk *k, const char *fmt, ...) {
    if (k->last == 0 || k->last != k->out->n) return;
    va_list ap;
    va_start(ap, fmt);
    wr_str fix = wr_vfmt(k->arena, fmt, ap);
    va_end(ap);
    if (fix.p == NULL) k->oom = true;
    else k->out->v[k->last - 1].fix = fix;
    k->last = 0;
}

static int by_place(const void *a, const void *b) {
    const wr_iam_finding *x = a, *y = b;
    if (x->span.beg != y->span.beg) return x->span.beg < y->span.beg ? -1 : 1;
    if (x->span.end != y->span.end) return x->span.end > y->span.end ? -1 : 1;
    if (x->issue != y->issue) return x->issue < y->issue ? -1 : 1;
    return wr_cmp(x->message, y->message);
}

static uint32_t index_in(const wr_node *list, const wr_node *n) {
    return (uint32_t)(n - list->u.kids);
}

// The step from container c to its child n.
static wr_iam_step step_to(const wr_node *c, const wr_node *n) {
    if (c->kind == WR_LIST) return (wr_iam_step){.index = index_in(c, n)};
    uint32_t i = index_in(c, n);
    return (wr_iam_step){.key = wr_node_str(&c->u.kids[i & ~1u]), .is_key = (i & 1u) == 0};
}

uint32_t wr_iam_finding_steps(const wr_iam_finding *f, wr_iam_step *out, uint32_t max) {
    uint32_t n = 0, i;
    if (f->node == NULL) return 0;
    for (const wr_node *x = f->node; x != f->root && x != NULL; x = wr_parent(f->doc, x)) n++;
    i = n;
    for (const wr_node *x = f->node; x != f->root && x != NULL;) {
        const wr_node *c = wr_parent(f->doc, x);
        i--;
        if (c == NULL) break;
        if (i < max) out[i] = step_to(c, x);
        x = c;
    }
    return n;
}

static bool is_name(wr_str s) {
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '_') return false;
    }
    return s.n > 0;
}

void wr_iam_put_place(wr_buf *b, const wr_iam_finding *f) {
    wr_iam_step step[16] = {0};
    uint32_t n = wr_iam_finding_steps(f, step, 16);
    for (uint32_t i = 0; i < n && i < 16; i++) {
        if (step[i].key.p == NULL) {
            wr_putf(b, "[%u]", step[i].index);
        } else if (is_name(step[i].key)) {
            if (i > 0) wr_putc(b, '.');
            wr_puts(b, step[i].key);
        } else {
            wr_putc(b, '[');
            wr_put_json_str(b, step[i].key);
            wr_putc(b, ']');
        }
    }
}

// ---------------------------------------------------------------------------------- running

typedef void chk_of_doc(chk *k);
typedef void chk_of_stmt(chk *k, const chk_stmt *s);

static chk_of_doc *const of_doc[] = {chk_syntax, chk_sids, chk_size, chk_same_statements,
                                     chk_parliament};
static chk_of_stmt *const of_stmt[] = {
    chk_syntax_stmt,
    chk_actions,
    chk_redundant_actions,
    chk_resources,
    chk_variables,
    chk_principals,
    chk_trust,
    chk_grants,
    chk_conditions,
    chk_condition_keys,
    chk_condition_values,
    chk_tags,
    chk_redundant_resources,
    chk_target,
};

wr_iam_checker *wr_iam_checker_new(wr_ctx *c, const wr_iam_check_opts *o) {
    wr_iam_checker *k = WR_NEW(&c->arena, wr_iam_checker);
    bool some = false;
    if (k == NULL) return NULL;
    k->ctx = c;
    k->arena = &c->arena;
    k->comments = o->comments;
    k->sensitive = o->sensitive;
    k->n_sensitive = o->n_sensitive;
    for (uint32_t i = 0; i < WR_IAM_N_ISSUES; i++) some |= o->only[i];
    for (uint32_t i = 0; i < WR_IAM_N_ISSUES; i++)
        k->on[i] =
            some ? o->only[i]
                 : issues[i].on == WR_IAM_ON || (issues[i].on == WR_IAM_OBSOLETE && o->obsolete);
    k->on[WR_IAM_C_SENSITIVE_ACCESS] |= o->n_sensitive > 0;
    for (uint32_t i = 0; i < WR_IAM_N_QUOTAS; i++)
        k->quota[i] = o->quota[i] != 0 ? o->quota[i] : quotas[i].chars;
    wr_map_init(&k->acts, k->arena);
    wr_map_init(&k->keys, k->arena);
    wr_map_init(&k->arns, k->arena);
    k->by_service = WR_NEW_N(k->arena, uint32_t, wr_aws_n_services() + 1u);
    k->seen = WR_NEW_N(k->arena, uint32_t, wr_aws_n_actions() + 1u);
    wr_arena_init(&k->scratch, 0);
    if (!chk_index_forms(k) || k->by_service == NULL || k->seen == NULL) return NULL;
    return k;
}

void wr_iam_checker_free(wr_iam_checker *k) {
    if (k) wr_arena_fini(&k->scratch);
}

static void run_all(chk *k) {
    for (size_t i = 0; i < sizeof of_doc / sizeof *of_doc; i++) of_doc[i](k);
    for (uint32_t s = 0; s < k->n_stmts; s++) {
        k->at = &k->stmts[s];
        for (size_t i = 0; i < sizeof of_stmt / sizeof *of_stmt; i++) of_stmt[i](k, k->at);
    }
    k->at = NULL;
}

// What IAM itself says, when nothing found so far says why it would refuse the document.
static void ask_api(chk *k, uint32_t from) {
    if (!chk_on(k, WR_IAM_C_MALFORMED_POLICY_DOCUMENT)) return;
    if (!chk_identity(k) && k->kind != WR_IAM_TRUST) return;
    for (uint32_t i = from; i < k->out->n; i++)
        if (issues[k->out->v[i].issue].category == WR_IAM_CAT_ERROR) return;
    wr_str said = iam_api_answer(&k->run->scratch, k->arena, k->doc, k->root, k->kind);
    if (said.n > 0)
        chk_find(k, WR_IAM_C_MALFORMED_POLICY_DOCUMENT, NULL, "IAM refuses the document: %.*s",
                 WR_FMT(said));
}

wr_rc wr_iam_check(wr_iam_checker *run, wr_arena *a, const wr_iam_checked *what,
                   wr_iam_findings *out) {
    uint32_t from = out->n;
    chk k = {.run = run,
             .arena = a,
             .out = out,
             .doc = what->doc,
             .root = what->root != NULL ? what->root : what->doc->root,
             .src = what->src,
             .kind = what->kind,
             .target = what->target,
             .quota = what->quota};
    if (k.target == WR_IAM_T_ROLE && k.kind == WR_IAM_RESOURCE) k.kind = WR_IAM_TRUST;
    wr_mark m = wr_arena_mark(&run->scratch);
    if (chk_view(&k)) {
        run_all(&k);
        ask_api(&k, from);
    } else {
        k.oom = true;
    }
    wr_arena_rewind(&run->scratch, m);
    if (k.oom || a->oom || run->arena->oom || run->scratch.oom) return WR_NOMEM;
    if (out->n - from > 1) qsort(out->v + from, out->n - from, sizeof *out->v, by_place);
    return WR_OK;
}

wr_rc wr_iam_check_together(wr_iam_checker *run, wr_arena *a, const wr_iam_checked *what,
                            uint32_t n, wr_iam_findings *out) {
    size_t chars = 0;
    if (n < 2) return WR_OK;
    const wr_iam_checked *last = &what[n - 1];
    chk k = {.run = run,
             .arena = a,
             .out = out,
             .doc = last->doc,
             .root = last->root != NULL ? last->root : last->doc->root,
             .src = last->src};
    uint32_t quota = run->quota[last->quota];
    for (uint32_t i = 0; i < n; i++)
        chars += chk_chars(what[i].doc, what[i].root != NULL ? what[i].root : what[i].doc->root,
                           last->quota);
    if (chars > quota)
        chk_find(&k, WR_IAM_C_INLINE_POLICIES_EXCEED_QUOTA, NULL,
                 "the %u inline policies have %llu characters besides white space, the quota %s "
                 "is %u for all together",
                 n, (unsigned long long)chars, wr_iam_quota_name(last->quota), quota);
    return k.oom || a->oom ? WR_NOMEM : WR_OK;
}
