// SPDX-License-Identifier: Apache-2.0
// Checks by the codes of parliament: principals, resources, and whether the resources of a
// statement are of the types that its actions take.
// Rules: IAM User Guide, "IAM ARNs", "Principal"; Service Authorization Reference (resource types).

#include "lang/iam/parliament_int.h"

// ---------------------------------------------------------------------------------- principals

static bool is_provider(wr_str s) {
    static const char *const known[] = {"cognito-identity.amazonaws.com", "www.amazon.com",
                                        "graph.facebook.com", "accounts.google.com"};
    wr_iam_arn a;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (wr_eq(s, wr_strz(known[i]))) return true;
    return wr_iam_arn_split(s, &a) && wr_eq(a.f[WR_ARN_SERVICE], WR_S("iam")) &&
           wr_iam_is_account(a.f[WR_ARN_ACCOUNT]) &&
           (wr_starts(a.f[WR_ARN_RESOURCE], WR_S("saml-provider/")) ||
            wr_starts(a.f[WR_ARN_RESOURCE], WR_S("oidc-provider/")));
}

static bool is_aws_principal(wr_str s) {
    wr_iam_arn a;
    if (wr_eq(s, WR_S("*")) || wr_iam_is_account(s)) return true;
    if (!wr_iam_arn_split(s, &a) || a.f[WR_ARN_REGION].n > 0) return false;
    wr_str account = a.f[WR_ARN_ACCOUNT];
    if (wr_eq(a.f[WR_ARN_SERVICE], WR_S("sts"))) return wr_iam_is_account(account);
    return wr_eq(a.f[WR_ARN_SERVICE], WR_S("iam")) &&
           (account.n == 0 || wr_eq(account, WR_S("cloudfront")) || wr_iam_is_account(account));
}

static bool is_kind(wr_str key) {
    return wr_eq(key, WR_S("AWS")) || wr_eq(key, WR_S("Federated")) ||
           wr_eq(key, WR_S("Service")) || wr_eq(key, WR_S("CanonicalUser"));
}

void par_principals(chk *k, const chk_stmt *s) {
    const wr_node *p = s->el[s->not_principal ? EL_NOT_PRINCIPAL : EL_PRINCIPAL];
    for (uint32_t i = 0; p != NULL && p->kind == WR_MAP && i < p->n; i++)
        if (!is_kind(wr_node_str(wr_map_key(p, i))))
            chk_find(k, WR_IAM_C_UNKNOWN_PRINCIPAL, wr_map_key(p, i),
                     "there is no such kind of principal");
    for (uint32_t i = 0; i < s->n_who; i++) {
        const chk_who *w = &s->who[i];
        wr_str shown = wr_utf8_cut(w->text, 200);
        bool all = wr_eq(w->text, WR_S("*"));
        if ((w->kind == WR_IAM_WHO_ANYONE && !all) ||
            (w->kind == WR_IAM_WHO_AWS && !is_aws_principal(w->text)))
            chk_find(k, WR_IAM_C_UNKNOWN_PRINCIPAL, w->node, "%.*s is no AWS principal",
                     WR_FMT(shown));
        if (w->kind == WR_IAM_WHO_FEDERATED && !is_provider(w->text))
            chk_find(k, WR_IAM_C_UNKNOWN_FEDERATION_SOURCE, w->node, "%.*s is no identity provider",
                     WR_FMT(shown));
    }
}

// ---------------------------------------------------------------------------------- ARNs

static bool is_open(wr_str s) { return chk_has_wild(s) || wr_find(s, WR_S("${"), 0) < s.n; }

// By its form ("us-gov-west-1"), so that new ones are Regions too.
static bool is_region(wr_str s) {
    size_t dashes = 0;
    for (size_t i = 0; i < s.n; i++) {
        bool letter = s.p[i] >= 'a' && s.p[i] <= 'z', digit = s.p[i] >= '0' && s.p[i] <= '9';
        dashes += s.p[i] == '-';
        if (!letter && !digit && s.p[i] != '-') return false;
        if (digit && (dashes < 2 || i == 0)) return false;
    }
    return dashes >= 2 && s.p[s.n - 1] >= '0' && s.p[s.n - 1] <= '9';
}

static const char *fault_of(wr_str s) {
    wr_iam_arn a;
    if (!wr_starts(s, WR_S("arn:"))) return "does not begin with arn:";
    if (!wr_iam_arn_split(s, &a)) return "does not have six fields";
    wr_str partition = a.f[WR_ARN_PARTITION], account = a.f[WR_ARN_ACCOUNT];
    bool known = partition.n == 0 || wr_eq(partition, WR_S("aws")) ||
                 wr_starts(partition, WR_S("aws-")) || is_open(partition);
    if (!known) return "has a partition that is not known";
    if (a.f[WR_ARN_REGION].n > 0 && !is_open(a.f[WR_ARN_REGION]) && !is_region(a.f[WR_ARN_REGION]))
        return "has a Region that is none";
    if (account.n > 0 && !is_open(account) && !wr_iam_is_account(account) &&
        !wr_eq(account, WR_S("aws")) && !wr_eq(account, WR_S("cloudfront")))
        return "has an account that is not twelve digits";
    return NULL;
}

bool par_resources(chk *k, const chk_stmt *s) {
    bool good = true;
    for (uint32_t i = 0; i < s->resources.n; i++) {
        const wr_node *n = &s->resources.v[i];
        wr_str text = chk_is_text(n) ? wr_node_str(n) : (wr_str){"", 0};
        if (wr_eq(text, WR_S("*"))) continue;
        const char *fault = chk_is_text(n) ? fault_of(text) : "is no text";
        if (fault == NULL) continue;
        good = false;
        chk_find(k, WR_IAM_C_INVALID_ARN, n, "the resource %.*s%s%s",
                 WR_FMT(wr_utf8_cut(text, 200)), text.n > 0 ? " " : "", fault);
    }
    return good;
}

// ---------------------------------------------------------------------------------- types

bool par_needs_all(uint32_t action) {
    for (uint32_t i = 0; i < wr_aws_action_n_types(action); i++)
        if (wr_aws_action_type(action, i).required) return true;
    return false;
}

uint32_t par_next_type(uint32_t action, uint32_t *i) {
    bool required = par_needs_all(action);
    while (*i < wr_aws_action_n_types(action)) {
        wr_aws_use use = wr_aws_action_type(action, (*i)++);
        if (use.required || !required) return use.type;
    }
    return WR_AWS_NONE;
}

// The form of a type's ARN with * for each part; out has room for it.
static wr_str form_of(uint32_t type, char out[512]) {
    wr_str s = wr_aws_type_arn(type);
    size_t n = 0;
    for (size_t i = 0; i < s.n && n < 512; i++) {
        bool part = s.p[i] == '$' && i + 1 < s.n && s.p[i + 1] == '{';
        size_t end = part ? wr_find(s, WR_S("}"), i) : i;
        out[n++] = part ? '*' : s.p[i];
        if (end < s.n) i = end;
    }
    return wr_strn(out, n);
}

// The text without its ${…}, each a letter.
static wr_str without_variables(wr_str s, char out[1024]) {
    size_t n = 0;
    for (size_t i = 0; i < s.n && n < 1024; i++) {
        bool var = s.p[i] == '$' && i + 1 < s.n && s.p[i + 1] == '{';
        size_t end = var ? wr_find(s, WR_S("}"), i) : i;
        out[n++] = var ? 'v' : s.p[i];
        if (end < s.n) i = end;
    }
    return wr_strn(out, n);
}

// The word at the beginning of "cluster/*" or "log-group:*"; empty: it begins otherwise.
static wr_str first_word(wr_str id) {
    size_t n = 0;
    while (n < id.n && (id.p[n] == '-' || id.p[n] == '_' || (id.p[n] | 0x20) >= 'a') &&
           id.p[n] != '/' && id.p[n] != ':' && id.p[n] != '*')
        n++;
    return n > 1 && n + 1 < id.n && (id.p[n] == '/' || id.p[n] == ':') ? wr_sub(id, 0, n)
                                                                       : (wr_str){"", 0};
}

static bool fields_meet(const wr_iam_arn *form, const wr_iam_arn *r) {
    for (int i = WR_ARN_PARTITION; i < WR_ARN_RESOURCE; i++) {
        if (wr_eq(form->f[i], WR_S("*")) && r->f[i].n == 0) return false;
        if (!wr_eq(r->f[i], WR_S("*")) && !chk_meets(form->f[i], r->f[i])) return false;
    }
    return true;
}

bool par_is_of(uint32_t type, wr_str resource) {
    char buf[512], plain[1024];
    wr_iam_arn form, r;
    if (!wr_iam_arn_split(form_of(type, buf), &form) || !wr_iam_arn_split(resource, &r) ||
        !fields_meet(&form, &r))
        return false;
    wr_str id = form.f[WR_ARN_RESOURCE], name = wr_aws_type_of_name(type);
    wr_str bare = without_variables(r.f[WR_ARN_RESOURCE], plain), word = first_word(id);
    bool bucket = chk_same(name, "bucket"); // its name has no slash, though the form says *
    if (bucket && wr_find(bare, WR_S("/"), 0) < bare.n) return false;
    if (!chk_meets(id, r.f[WR_ARN_RESOURCE])) return false;
    bool named = !wr_eq(bare, WR_S("*")) && !wr_starts(r.f[WR_ARN_RESOURCE], WR_S("${"));
    if (word.n > 0 && named && !wr_starts(bare, word)) return false;
    return wr_find(bare, WR_S(":"), 0) >= bare.n || wr_find(id, WR_S(":"), 0) < id.n;
}

// ---------------------------------------------------------------------------------- matching

typedef struct tally { // of a statement's actions
    uint32_t n, lost, star, whole;
    uint32_t first_lost, first_star;
} tally;

static bool names_all(const chk_stmt *s) {
    for (uint32_t i = 0; i < s->resources.n; i++)
        if (chk_is_text(&s->resources.v[i]) && wr_eq(wr_node_str(&s->resources.v[i]), WR_S("*")))
            return true;
    return false;
}

// Is one of the resources of the type? *whole: as wide as its form, partition aside.
static bool meets_type(const chk_stmt *s, uint32_t type, bool *whole) {
    char buf[512];
    wr_str form = form_of(type, buf);
    bool found = false;
    *whole = false;
    for (uint32_t i = 0; i < s->resources.n; i++) {
        if (!chk_is_text(&s->resources.v[i])) continue;
        wr_str r = wr_node_str(&s->resources.v[i]);
        wr_iam_arn a, f;
        if (!par_is_of(type, r)) continue;
        found = true;
        if (!wr_iam_arn_split(r, &a) || !wr_iam_arn_split(form, &f)) continue;
        bool wide = true;
        for (int k = WR_ARN_SERVICE; k <= WR_ARN_RESOURCE; k++)
            wide = wide && chk_covers(a.f[k], f.f[k], false);
        *whole = *whole || wide;
    }
    return found;
}

static void count_action(const chk_stmt *s, uint32_t id, bool all, tally *t) {
    uint32_t met = 0, types = 0, wide = 0, i = 0;
    for (uint32_t type; (type = par_next_type(id, &i)) != WR_AWS_NONE; types++) {
        bool whole;
        if (!meets_type(s, type, &whole)) continue;
        met++;
        wide += whole;
    }
    bool good = all || (types > 0 && (par_needs_all(id) ? met == types : met > 0));
    if (!good && t->lost++ == 0) t->first_lost = id;
    if (all && types > 0 && t->star++ == 0) t->first_star = id;
    t->whole += !all && met > 0 && wide == met;
    t->n++;
}

static void say(chk *k, const chk_stmt *s, const tally *t) {
    if (t->lost > 0) {
        chk_find(k, WR_IAM_C_RESOURCE_MISMATCH, s->node,
                 "no resource here is of the types that %.*s takes%s",
                 WR_FMT(par_name(k, t->first_lost)),
                 t->lost > 1 ? ", nor of those of other actions here" : "");
        if (wr_aws_action_n_types(t->first_lost) == 0)
            chk_fix(k, "Allow %.*s on \"*\", in a statement of its own.",
                    WR_FMT(par_name(k, t->first_lost)));
    }
    if (t->star > 0) {
        uint32_t i = 0;
        wr_str arn = wr_aws_type_arn(par_next_type(t->first_star, &i));
        chk_find(k, WR_IAM_C_RESOURCE_STAR, s->el[EL_RESOURCE],
                 "%.*s could be allowed on some resources only",
                 WR_FMT(par_name(k, t->first_star)));
        chk_fix(k, "Name resources, for example %.*s.", WR_FMT(arn));
    }
    if (t->n > 0 && t->whole == t->n)
        chk_find(k, WR_IAM_C_RESOURCE_EFFECTIVELY_STAR, s->el[EL_RESOURCE],
                 "the resources are all there are for these actions");
}

void par_matches(chk *k, const chk_stmt *s) {
    if (!s->allow || s->not_action || s->not_resource || s->resources.n == 0) return;
    if (!chk_on(k, WR_IAM_C_RESOURCE_MISMATCH) && !chk_on(k, WR_IAM_C_RESOURCE_STAR) &&
        !chk_on(k, WR_IAM_C_RESOURCE_EFFECTIVELY_STAR))
        return;
    bool all = names_all(s);
    tally t = {0};
    for (uint32_t i = 0; i < s->n_acts; i++) {
        const chk_act *a = s->acts[i].act;
        for (uint32_t id = par_next(a, 0); id != WR_AWS_NONE; id = par_next(a, id + 1))
            count_action(s, id, all, &t);
    }
    say(k, s, &t);
}
