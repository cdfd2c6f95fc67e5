// SPDX-License-Identifier: Apache-2.0
// check_arn: resources: their form, and whether the service knows such ARNs; those that say the
// same twice; those that are not of the resource a policy hangs on.
// What is wrong with an ARN depends on its text alone and is kept by text for the run.
// Rules: IAM User Guide, "Resource", "Amazon Resource Names"; Service Authorization Reference.

#include "aws/regions.h"
#include "lang/iam/check_int.h"

enum { MAX_FAULTS = 4 };

typedef struct fault {
    wr_iam_issue issue;
    wr_str message, fix; // fix empty: the table's
} fault;

typedef struct arn_facts { // of one text
    fault v[MAX_FAULTS];
    uint32_t n;
} arn_facts;

static void add(chk *k, arn_facts *f, wr_iam_issue issue, wr_str message, wr_str fix) {
    if (message.p == NULL) k->oom = true;
    else if (f->n < MAX_FAULTS) f->v[f->n++] = (fault){issue, message, fix};
}

static bool is_open(wr_str s) { // holds a wildcard or a variable
    return chk_has_wild(s) || wr_find(s, WR_S("${"), 0) != SIZE_MAX;
}

// ---------------------------------------------------------------------------------- fields

// As wr_iam_arn_split, but the fields that are there; colons in ${} are none.
static unsigned split(wr_str s, wr_str field[6]) {
    unsigned n = 0;
    size_t from = 0, i = 0;
    for (; i < s.n && n < 5; i++) {
        if (s.p[i] == '$' && i + 1 < s.n && s.p[i + 1] == '{') {
            size_t end = wr_find(s, WR_S("}"), i);
            if (end == SIZE_MAX) break;
            i = end;
        } else if (s.p[i] == ':') {
            field[n++] = wr_sub(s, from, i);
            from = i + 1;
        }
    }
    field[n++] = wr_sub(s, from, s.n);
    return n;
}

static void check_partition(chk *k, arn_facts *f, wr_str p) {
    if (is_open(p) || wr_aws_partition_known(p)) return;
    add(k, f, WR_IAM_C_INVALID_PARTITION,
        wr_fmt(k->run->arena, "there is no partition %.*s", WR_FMT(p)), (wr_str){NULL, 0});
}

// ---------------------------------------------------------------------------------- forms

// What the forms of the service's ARNs that meet the resource say of a field.
typedef struct forms {
    uint32_t n;                 // that meet the resource
    bool region[2], account[2]; // some have it empty, some not
    bool account_word;          // some has the account's own text there
} forms;

// A resource type's ARN, in fields.
typedef struct chk_form {
    wr_str account, resource;
    wr_str collection; // the resource without its last part; the same when it has no such
    size_t plain;      // bytes of collection before its first * ? or $
    bool region;
    uint32_t next; // 1 + the next type of the same service
} chk_form;

static void see_form(forms *fs, const chk_form *f, wr_str account) {
    fs->n++;
    fs->region[f->region] = true;
    fs->account[f->account.n > 0] = true;
    fs->account_word |= wr_eq(f->account, account);
}

// "/workspaces/${Id}" without its last part: the collection, which listing and creating take.
static wr_str collection_of(wr_str form) {
    size_t at = form.n;
    while (at > 0 && form.p[at - 1] != '/' && form.p[at - 1] != ':') at--;
    bool part = at > 0 && at + 1 < form.n && form.p[at] == '$';
    return part ? wr_sub(form, 0, at - 1) : form;
}

static size_t plain_part(wr_str s) {
    size_t n = 0;
    while (n < s.n && s.p[n] != '*' && s.p[n] != '?' && s.p[n] != '$') n++;
    return n;
}

// Resource types by the service of their ARNs, which is not always the service that takes them.
bool chk_index_forms(wr_iam_checker *run) {
    uint32_t n = wr_aws_n_types();
    wr_map_init(&run->forms, run->arena);
    run->form = WR_NEW_N(run->arena, chk_form, n + 1u);
    if (run->form == NULL) return false;
    for (uint32_t t = 0; t < n; t++) {
        wr_str f[6];
        if (split(wr_aws_type_arn(t), f) < 6) continue;
        // arn:…:${Vendor}:…: of any service; only its own is known to have it.
        wr_str service = wr_find(f[2], WR_S("${"), 0) == SIZE_MAX
                             ? f[2]
                             : wr_aws_service_prefix(wr_aws_type_service(t));
        void **head = wr_map_at(&run->forms, service);
        if (head == NULL) return false;
        run->form[t] = (chk_form){.account = f[4],
                                  .resource = f[5],
                                  .collection = collection_of(f[5]),
                                  .plain = plain_part(collection_of(f[5])),
                                  .region = f[3].n > 0,
                                  .next = (uint32_t)(uintptr_t)*head};
        *head = (void *)(uintptr_t)(t + 1u);
    }
    return true;
}

// Forms that the service authorization reference does not list: collections and older resources,
// from the services' own documentation.
static const struct {
    const char *service, *resource;
} more_forms[] = {
    {"apigateway", "/*"},               // API Gateway V2
    {"autoscaling", "scalingPolicy:*"}, // of Application Auto Scaling
    {"cloudformation", "transform/*"},  // macros: arn:aws:cloudformation:…:aws:transform/…
    {"waf", "changetoken/*"},
    {"waf-regional", "changetoken/*"},
};

static bool is_more(const wr_str field[6]) {
    for (size_t i = 0; i < sizeof more_forms / sizeof *more_forms; i++)
        if (wr_eq(field[2], wr_strz(more_forms[i].service)) &&
            chk_meets(field[5], wr_strz(more_forms[i].resource)))
            return true;
    return false;
}

static forms forms_of(const chk *k, const wr_str field[6], uint32_t *n_types) {
    forms fs = {0};
    uint32_t t = (uint32_t)(uintptr_t)wr_map_find(&k->run->forms, field[2]);
    size_t plain = plain_part(field[5]);
    for (*n_types = 0; t > 0; (*n_types)++) {
        const chk_form *f = &k->run->form[t - 1];
        size_t same = plain < f->plain ? plain : f->plain;
        bool more = f->collection.n != f->resource.n;
        t = f->next;
        if (same > 0 && memcmp(field[5].p, f->collection.p, same) != 0) continue; // nearly all
        if (chk_meets(field[5], f->resource) || (more && chk_meets(field[5], f->collection)))
            see_form(&fs, f, field[4]);
    }
    return fs;
}

static void check_region(chk *k, arn_facts *f, const forms *fs, wr_str service, wr_str r) {
    wr_arena *a = k->run->arena;
    if (is_open(r)) return;
    if (r.n == 0) {
        if (fs->n > 0 && !fs->region[0])
            add(k, f, WR_IAM_C_MISSING_ARN_REGION,
                wr_fmt(a, "ARNs of %.*s have a Region", WR_FMT(service)), (wr_str){NULL, 0});
    } else if (fs->n > 0 && !fs->region[1]) {
        add(k, f, WR_IAM_C_ARN_REGION_NOT_ALLOWED,
            wr_fmt(a, "ARNs of %.*s of this form have no Region: %.*s", WR_FMT(service), WR_FMT(r)),
            (wr_str){NULL, 0});
    } else if (!wr_aws_region_known(r)) {
        add(k, f, WR_IAM_C_INVALID_ARN_REGION, wr_fmt(a, "there is no Region %.*s", WR_FMT(r)),
            (wr_str){NULL, 0});
    }
}

static void check_account(chk *k, arn_facts *f, const forms *fs, wr_str service, wr_str acc) {
    wr_arena *a = k->run->arena;
    if (acc.n == 0 || is_open(acc)) return;
    if (fs->n > 0 && !fs->account[1])
        add(k, f, WR_IAM_C_ARN_ACCOUNT_NOT_ALLOWED,
            wr_fmt(a, "ARNs of %.*s of this form have no account: %.*s", WR_FMT(service),
                   WR_FMT(acc)),
            (wr_str){NULL, 0});
    else if (!wr_iam_is_account(acc) && !fs->account_word && !wr_eq(acc, WR_S("aws")) &&
             !wr_eq(acc, WR_S("cloudfront")))
        add(k, f, WR_IAM_C_INVALID_ARN_ACCOUNT,
            wr_fmt(a, "%.*s is no account id of twelve digits", WR_FMT(acc)), (wr_str){NULL, 0});
}

static bool has_capital(wr_str s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= 'A' && s.p[i] <= 'Z') return true;
    return false;
}

static void check_fields(chk *k, arn_facts *f, const wr_str field[6]) {
    wr_arena *a = k->run->arena;
    wr_str service = field[2];
    check_partition(k, f, field[1]);
    if (is_open(service)) return;
    if (has_capital(service)) {
        add(k, f, WR_IAM_C_INVALID_ARN_SERVICE_CASE,
            wr_fmt(a, "the service %.*s is not in lower case", WR_FMT(service)), (wr_str){NULL, 0});
        return;
    }
    uint32_t svc = wr_aws_service_find(service), n_types = 0;
    forms fs = forms_of(k, field, &n_types);
    if (svc == WR_AWS_NONE && n_types == 0) {
        if (wr_aws_arn_service_known(service)) return;
        wr_str near = wr_aws_service_near(service);
        add(k, f, WR_IAM_C_INVALID_SERVICE, wr_fmt(a, "there is no service %.*s", WR_FMT(service)),
            near.n > 0 ? wr_fmt(a, "Write %.*s, if that is meant.", WR_FMT(near))
                       : (wr_str){NULL, 0});
        return;
    }
    if (n_types > 0 && fs.n == 0 && !is_more(field))
        add(k, f, WR_IAM_C_INVALID_ARN_RESOURCE,
            wr_fmt(a, "%.*s fits no form of ARN of %.*s", WR_FMT(wr_utf8_cut(field[5], 80)),
                   WR_FMT(service)),
            (wr_str){NULL, 0});
    check_region(k, f, &fs, service, field[3]);
    check_account(k, f, &fs, service, field[4]);
}

static void find_faults(chk *k, arn_facts *f, wr_str text) {
    wr_arena *a = k->run->arena;
    wr_str field[6];
    if (wr_eq(text, WR_S("*"))) return;
    unsigned n = split(text, field);
    wr_str last = field[n - 1];
    bool open_end = last.n > 0 && last.p[last.n - 1] == '*';
    if (!is_open(field[0]) && !wr_eq(field[0], WR_S("arn"))) {
        add(k, f, WR_IAM_C_INVALID_ARN_PREFIX,
            wr_fmt(a, "the resource %.*s is neither * nor an ARN", WR_FMT(wr_utf8_cut(text, 80))),
            (wr_str){NULL, 0});
        return;
    }
    if (is_open(field[0])) return; // a pattern or a variable for all of it
    if (n < 6 && !open_end) {
        add(k, f, WR_IAM_C_MISSING_ARN_FIELD, wr_fmt(a, "the ARN has %u of six fields", n),
            (wr_str){NULL, 0});
        return;
    }
    if (n == 6) check_fields(k, f, field);
}

// What is wrong with a text, found once for the run.
static const arn_facts *facts_of(chk *k, wr_str text) {
    arn_facts *f = wr_map_find(&k->run->arns, text);
    if (f != NULL) return f;
    f = WR_NEW(k->run->arena, arn_facts);
    void **slot = wr_map_at(&k->run->arns, text);
    if (f == NULL || slot == NULL) {
        k->oom = true;
        return NULL;
    }
    *slot = f;
    find_faults(k, f, text);
    return f;
}

void chk_resources(chk *k, const chk_stmt *s) {
    for (uint32_t i = 0; i < s->resources.n; i++) {
        const wr_node *n = &s->resources.v[i];
        if (!chk_is_text(n)) continue;
        wr_str text = wr_node_str(n);
        if (text.n == 1 && text.p[0] == '*') continue;
        const arn_facts *f = facts_of(k, text);
        for (uint32_t j = 0; f != NULL && j < f->n; j++) {
            chk_find(k, f->v[j].issue, n, "%.*s", WR_FMT(f->v[j].message));
            if (f->v[j].fix.n > 0) chk_fix(k, "%.*s", WR_FMT(f->v[j].fix));
        }
        if (k->kind == WR_IAM_SCP && s->allow)
            chk_find(k, WR_IAM_C_SCP_SYNTAX_ERROR_ALLOW_RESOURCE, n,
                     "service control policies allowed nothing but * before 2025");
    }
}

// ---------------------------------------------------------------------------------- redundancy

// An entry as the search for what covers it sees it.
typedef struct listed {
    wr_str text;
    bool open; // a pattern; those with variables cover their own text only
} listed;

static bool covers(const listed *p, const listed *q) {
    if (p->text.n == q->text.n && wr_eq(p->text, q->text)) return true;
    return p->open && chk_covers(p->text, q->text, false);
}

static listed *list_resources(chk *k, chk_items it) {
    listed *v = WR_NEW_N(&k->run->scratch, listed, it.n);
    for (uint32_t i = 0; v != NULL && i < it.n; i++) {
        if (!chk_is_text(&it.v[i])) continue;
        v[i].text = wr_node_str(&it.v[i]);
        v[i].open = chk_has_wild(v[i].text) && !chk_has_variable(v[i].text);
    }
    if (v == NULL) k->oom = true;
    return v;
}

void chk_redundant_resources(chk *k, const chk_stmt *s) {
    enum { MAX_PAIRS = 2048 }; // longer lists are looked at up to here: the cost is a square
    chk_items it = s->resources;
    uint32_t n = 0, first = 0, by = 0;
    if (it.n < 2 || !chk_on(k, WR_IAM_C_REDUNDANT_RESOURCE)) return;
    if (it.n > MAX_PAIRS) it.n = MAX_PAIRS;
    const listed *v = list_resources(k, it);
    for (uint32_t i = 0; v != NULL && i < it.n; i++) {
        if (v[i].text.p == NULL) continue;
        for (uint32_t j = 0; j < it.n; j++) {
            if (j == i || v[j].text.p == NULL || !covers(&v[j], &v[i])) continue;
            if (j > i && covers(&v[i], &v[j])) continue;
            if (n++ == 0) {
                first = i;
                by = j;
            }
            break;
        }
    }
    if (n == 0) return;
    chk_find(k, WR_IAM_C_REDUNDANT_RESOURCE, &it.v[first],
             "%.*s is covered by %.*s: %u in this list", WR_FMT(wr_utf8_cut(v[first].text, 200)),
             WR_FMT(wr_utf8_cut(v[by].text, 200)), n);
}

// ---------------------------------------------------------------------------------- targets

// The services and resource types whose policy it is, by words of their ARN forms.
static const struct {
    const char *service, *what;
    const char *types[6];
} targets[WR_IAM_N_TARGETS] = {
    [WR_IAM_T_BUCKET] = {"s3", "a bucket", {"bucket", "object"}},
    [WR_IAM_T_ACCESS_POINT] = {"s3",
                               "an access point",
                               {"accesspoint", "accesspointobject", "object", "bucket"}},
    [WR_IAM_T_MULTI_REGION] = {"s3",
                               "a multi-Region access point",
                               {"multiregionaccesspoint", "object", "bucket", "accesspoint"}},
    [WR_IAM_T_OBJECT_LAMBDA] = {"s3-object-lambda",
                                "an Object Lambda access point",
                                {"objectlambdaaccesspoint", "object"}},
    [WR_IAM_T_TABLE] = {"dynamodb", "a table", {"table", "index", "stream"}},
};

static bool is_type(wr_iam_target t, wr_str type) {
    for (size_t i = 0; i < 6 && targets[t].types[i] != NULL; i++)
        if (wr_eq(type, wr_strz(targets[t].types[i]))) return true;
    return false;
}

static bool action_is_its_own(wr_iam_target t, const chk_act *a) {
    uint32_t svc = wr_aws_service_find(wr_strz(targets[t].service));
    if (t == WR_IAM_T_OBJECT_LAMBDA && a->svc == wr_aws_service_find(WR_S("s3"))) return false;
    if (a->svc != svc) return false;
    if (a->id == WR_AWS_NONE || t == WR_IAM_T_OBJECT_LAMBDA) return true;
    uint32_t n = wr_aws_action_n_types(a->id);
    for (uint32_t i = 0; i < n; i++)
        if (is_type(t, wr_aws_type_of_name(wr_aws_action_type(a->id, i).type))) return true;
    return false;
}

static void check_target_actions(chk *k, const chk_stmt *s) {
    for (uint32_t i = 0; i < s->n_acts; i++) {
        const chk_act *a = s->acts[i].act;
        if (a->all || a->malformed || a->wild_service || a->svc == WR_AWS_NONE) continue;
        if (action_is_its_own(k->target, a)) continue;
        chk_find(k, WR_IAM_C_UNSUPPORTED_ACTION_IN_POLICY, s->acts[i].node,
                 "%.*s does nothing in the policy of %s", WR_FMT(a->text), targets[k->target].what);
    }
}

// The ARN's resource for access points: accesspoint/name[/object/…]; tables: table/….
static bool arn_is_its_own(wr_iam_target t, const wr_str f[6]) {
    wr_str r = f[5];
    if (!chk_meets(f[2], wr_strz(targets[t].service))) return false;
    switch (t) {
    case WR_IAM_T_BUCKET: return !wr_starts(r, WR_S("accesspoint/")) || f[3].n == 0;
    case WR_IAM_T_TABLE: return chk_meets(r, WR_S("table/*"));
    default: return chk_meets(r, WR_S("accesspoint/*"));
    }
}

static void check_target_arns(chk *k, const chk_stmt *s) {
    for (uint32_t i = 0; i < s->resources.n; i++) {
        const wr_node *n = &s->resources.v[i];
        wr_str f[6];
        if (!chk_is_text(n) || split(wr_node_str(n), f) < 6 || !wr_eq(f[0], WR_S("arn"))) continue;
        if (arn_is_its_own(k->target, f)) continue;
        chk_find(k, WR_IAM_C_UNSUPPORTED_RESOURCE_ARN_IN_POLICY, n,
                 "the policy of %s cannot speak of %.*s", targets[k->target].what,
                 WR_FMT(wr_utf8_cut(wr_node_str(n), 200)));
    }
}

static void check_rcp_actions(chk *k, const chk_stmt *s) {
    for (uint32_t i = 0; i < s->n_acts; i++) {
        const chk_act *a = s->acts[i].act;
        if (a->svc == WR_AWS_NONE || wr_aws_service_rcp(a->svc)) continue;
        chk_find(k, WR_IAM_C_UNSUPPORTED_ACTION_IN_POLICY, s->acts[i].node,
                 "resource control policies do not reach %.*s",
                 WR_FMT(wr_aws_service_title(a->svc)));
    }
}

void chk_target(chk *k, const chk_stmt *s) {
    if (k->kind == WR_IAM_RCP) check_rcp_actions(k, s);
    if (k->kind != WR_IAM_RESOURCE || targets[k->target].service == NULL) return;
    check_target_actions(k, s);
    check_target_arns(k, s);
}
