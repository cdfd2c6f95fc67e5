// SPDX-License-Identifier: Apache-2.0
// Statements: Sid, Effect, Action, Resource, Condition and what each kind of document says about
// them. Patterns and conditions are compiled by pattern.c and cond.c; what is checked here is the
// shape that AWS insists on. Whether an action or a service exists is no question of the grammar.
// Rules: IAM User Guide, "IAM JSON policy elements reference"; for roles "Terms and concepts"
// (trust policies); Organizations User Guide, "RCP syntax". What the API refuses: see api_error.c.

#include "lang/iam/parse_int.h"
#include "lang/iam/scan_int.h"

#include <stdlib.h>

const char *const iam_element_names[IAM_N_ELEMENTS] = {
    "Sid",       "Effect",   "Principal",   "NotPrincipal", "Action",
    "NotAction", "Resource", "NotResource", "Condition",
};

typedef struct parts { // of one statement
    const wr_node *key[IAM_N_ELEMENTS], *val[IAM_N_ELEMENTS];
    bool full_access; // it is the one of RCPFullAWSAccess
} parts;

static const char *kind_words(wr_iam_kind k) {
    static const char *const words[WR_IAM_N_KINDS] = {
        "an identity policy",       "a permissions boundary",
        "a session policy",         "a resource policy",
        "a trust policy",           "an endpoint policy",
        "a service control policy", "a resource control policy",
    };
    return words[k];
}

// ---------------------------------------------------------------------------------- Sid, Effect

static bool is_alnum(wr_str s) {
    for (size_t i = 0; i < s.n; i++) {
        char c = iam_lower(s.p[i]);
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) return false;
    }
    return true;
}

static void take_sid(iam_reader *r, const wr_node *n, wr_iam_stmt *st) {
    if (n == NULL || !iam_text(r, n, "Sid", &st->sid)) return;
    if (!iam_rules_of[r->policy->kind].plain_sid || is_alnum(st->sid)) return;
    wr_str shown = wr_utf8_cut(st->sid, 100);
    wr_diag *d =
        iam_warn(r, WR_D_I0111, n, "the Sid '%.*s' is not only letters and digits", WR_FMT(shown));
    wr_hint(r->set->ctx, d, "IAM documents A-Z, a-z and 0-9");
}

static void take_effect(iam_reader *r, const parts *p, wr_iam_stmt *st) {
    const wr_node *n = p->val[IAM_E_EFFECT];
    wr_str s;
    if (n == NULL) {
        wr_diag *d = iam_fault(r, WR_D_I0105, st->node, "the statement has no Effect");
        wr_hint(r->set->ctx, d, "write \"Effect\": \"Allow\" or \"Effect\": \"Deny\"");
        return;
    }
    if (!iam_text(r, n, "Effect", &s)) return;
    st->deny = wr_eq(s, WR_S("Deny"));
    if (st->deny) return;
    if (wr_eq(s, WR_S("Allow"))) {
        if (!iam_rules_of[r->policy->kind].deny_only || p->full_access) return;
        iam_kind_fault(r, WR_D_I0115, n, "%s only denies", kind_words(r->policy->kind));
        return;
    }
    st->deny = iam_same(s, WR_S("Deny"));
    wr_str shown = wr_utf8_cut(s, 40);
    wr_diag *d = iam_fault(r, WR_D_I0110, n, "Effect is Allow or Deny, not '%.*s'", WR_FMT(shown));
    if (st->deny || iam_same(s, WR_S("Allow")))
        wr_hint(r->set->ctx, d, "write %s", st->deny ? "Deny" : "Allow");
}

// ---------------------------------------------------------------------------------- lists

// The one of two elements that is there; both: a fault, and the Not… form counts for nothing.
static const wr_node *one_of(iam_reader *r, const parts *p, int plain, int negated, bool *is_not) {
    *is_not = p->val[plain] == NULL && p->val[negated] != NULL;
    if (p->val[plain] && p->val[negated]) {
        wr_diag *d = iam_fault(r, WR_D_I0107, p->key[negated], "a statement has %s or %s, not both",
                               iam_element_names[plain], iam_element_names[negated]);
        wr_hint(r->set->ctx, d, "make two statements of it");
    }
    return p->val[plain] ? p->val[plain] : p->val[negated];
}

// Room for the patterns of an element; *v is NULL when it has none.
static bool room_for(iam_reader *r, const iam_texts *t, wr_iam_pat **v) {
    size_t n = (size_t)(t->end - t->at);
    *v = n ? wr_alloc(&r->set->ctx->arena, n * sizeof **v) : NULL;
    return n == 0 || *v != NULL;
}

static void report_empty(iam_reader *r, const wr_node *n, const char *what) {
    iam_fault(r, WR_D_I0116, n, "the list of %s is empty", what);
}

// ---------------------------------------------------------------------------------- actions

// What a service's name is made of, wildcards included.
static const bool service_char[256] = {
    ['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1, ['g'] = 1, ['h'] = 1,
    ['i'] = 1, ['j'] = 1, ['k'] = 1, ['l'] = 1, ['m'] = 1, ['n'] = 1, ['o'] = 1, ['p'] = 1,
    ['q'] = 1, ['r'] = 1, ['s'] = 1, ['t'] = 1, ['u'] = 1, ['v'] = 1, ['w'] = 1, ['x'] = 1,
    ['y'] = 1, ['z'] = 1, ['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1, ['E'] = 1, ['F'] = 1,
    ['G'] = 1, ['H'] = 1, ['I'] = 1, ['J'] = 1, ['K'] = 1, ['L'] = 1, ['M'] = 1, ['N'] = 1,
    ['O'] = 1, ['P'] = 1, ['Q'] = 1, ['R'] = 1, ['S'] = 1, ['T'] = 1, ['U'] = 1, ['V'] = 1,
    ['W'] = 1, ['X'] = 1, ['Y'] = 1, ['Z'] = 1, ['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1,
    ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1, ['8'] = 1, ['9'] = 1, ['-'] = 1, ['.'] = 1,
    ['_'] = 1, ['*'] = 1, ['?'] = 1,
};

static inline size_t service_end(wr_str s) {
    size_t i = 0;
    while (i < s.n && service_char[(unsigned char)s.p[i]]) i++;
    return i;
}

static void report_action(iam_reader *r, const wr_node *n, wr_str s, size_t at) {
    wr_str shown = wr_utf8_cut(s, 100);
    size_t colon = wr_find(s, WR_S(":"), 0);
    wr_diag *d;
    if (colon == SIZE_MAX) {
        d = iam_fault(r, WR_D_I0112, n, "the action '%.*s' names no service", WR_FMT(shown));
        wr_hint(r->set->ctx, d, "write service:Action, s3:GetObject for one, or * for all");
    } else if (at < colon || colon == 0) {
        d = iam_fault(r, WR_D_I0112, n, "'%.*s' is not the name of a service",
                      WR_FMT(wr_utf8_cut(wr_sub(s, 0, colon), 100)));
        wr_hint(r->set->ctx, d, "names of services have letters, digits and '-'");
    } else {
        d = iam_fault(r, WR_D_I0112, n, "the action '%.*s' has more than one colon", WR_FMT(shown));
        wr_hint(r->set->ctx, d, "write service:Action; each action is a text of its own");
    }
}

// "*", or a service, one colon, an action. *last: the service with its colon of the action before,
// which is mostly that of the next too.
static bool check_action(iam_reader *r, const wr_node *n, wr_str s, wr_str *last) {
    if (s.n == 1 && s.p[0] == '*') return true;
    size_t at = last->n > 0 && wr_starts(s, *last) ? last->n - 1 : service_end(s);
    if (at > 0 && at < s.n && s.p[at] == ':' && memchr(s.p + at + 1, ':', s.n - at - 1) == NULL) {
        *last = wr_sub(s, 0, at + 1);
        return true;
    }
    report_action(r, n, s, at);
    return false;
}

// Nearly all actions: a service, a colon and no special character behind it but a star at the end.
// Such a text is its own pattern; false: it needs a closer look, and nothing is done.
static inline bool take_plain_action(const wr_node *n, wr_str s, wr_str *last, wr_iam_pat *out) {
    if (s.n > IAM_SCAN_MOST) return false;
    uint64_t at = iam_specials(s.p, s.n);
    if (at == 0) return false;
    size_t colon = (size_t)__builtin_ctzll(at), star = s.p[s.n - 1] == '*', end = s.n - star;
    if (s.p[colon] != ':' || (at & (at - 1)) != (uint64_t)star << (s.n - 1)) return false;
    if (colon + 1 != last->n || !iam_same_bytes(s.p, last->p, colon + 1)) {
        if (colon == 0 || service_end(s) != colon) return false;
        *last = wr_strn(s.p, colon + 1);
    }
    *out = (wr_iam_pat){.raw = s,
                        .node = n,
                        .u.lit = s.p,
                        .n = (uint32_t)end,
                        .flags = WR_IAM_P_NOCASE | (star ? WR_IAM_P_PREFIX : WR_IAM_P_LITERAL)};
    return true;
}

// A role is assumed through STS, so a trust policy can name nothing else.
static void check_trust_action(iam_reader *r, const wr_node *n, wr_str s) {
    if (s.n > 4 && iam_same(wr_sub(s, 0, 4), WR_S("sts:"))) return;
    wr_diag *d = iam_kind_fault(r, WR_D_I0115, n, "a trust policy has actions of sts only");
    wr_hint(r->set->ctx, d,
            "write sts:AssumeRole, sts:AssumeRoleWithSAML, "
            "sts:AssumeRoleWithWebIdentity, sts:TagSession or "
            "sts:SetSourceIdentity");
}

static void check_rcp_action(iam_reader *r, const wr_node *n, wr_str s) {
    if (!wr_eq(s, WR_S("*")) && !wr_starts(s, WR_S("*:"))) return;
    wr_diag *d = iam_kind_fault(r, WR_D_I0115, n,
                                "an action of a resource control policy names "
                                "its service");
    wr_hint(r->set->ctx, d, "write s3:*, sts:* and so on, for each service meant");
}

static bool take_actions(iam_reader *r, const parts *p, wr_iam_stmt *st) {
    const wr_node *n = one_of(r, p, IAM_E_ACTION, IAM_E_NOT_ACTION, &st->not_action);
    wr_iam_kind kind = r->policy->kind;
    if (n == NULL) {
        iam_fault(r, WR_D_I0105, st->node, "the statement has neither Action nor NotAction");
        return true;
    }
    if (st->not_action && kind == WR_IAM_RCP)
        iam_kind_fault(r, WR_D_I0108, n - 1, "%s has no NotAction", kind_words(kind));
    iam_texts t;
    wr_iam_pat *v;
    wr_str s, service = WR_S("");
    const char *what = iam_element_names[st->not_action ? IAM_E_NOT_ACTION : IAM_E_ACTION];
    if (!iam_texts_begin(r, n, what, &t)) return true;
    if (t.at == t.end) report_empty(r, n, what);
    if (!room_for(r, &t, &v)) return false;
    st->actions.v = v;
    while (iam_texts_next(r, &t, &n, &s)) {
        wr_iam_pat *pat = &v[st->actions.n];
        bool plain = take_plain_action(n, s, &service, pat);
        if (!plain && !check_action(r, n, s, &service)) continue;
        if (kind == WR_IAM_TRUST) check_trust_action(r, n, s);
        if (kind == WR_IAM_RCP && !p->full_access) check_rcp_action(r, n, s);
        if (!plain && iam_pat_make(r, s, n, IAM_PAT_ACTION, pat) != WR_OK) return false;
        st->actions.n++;
    }
    return true;
}

// ---------------------------------------------------------------------------------- resources

// How many fields an ARN has, up to six.
static unsigned count_fields(wr_str s) {
    unsigned n = 1;
    if (s.n <= IAM_SCAN_MOST) {
        for (uint64_t at = iam_specials(s.p, s.n); at && n < 6; at &= at - 1)
            n += s.p[__builtin_ctzll(at)] == ':';
        return n;
    }
    const char *p = s.p, *end = s.p + s.n;
    while (n < 6 && (p = memchr(p, ':', (size_t)(end - p))) != NULL) {
        n++;
        p++;
    }
    return n;
}

static bool report_resource(iam_reader *r, const wr_node *n, wr_str s, const char *why) {
    wr_str shown = wr_utf8_cut(s, 100);
    wr_diag *d = iam_fault(r, WR_D_I0113, n, "the resource '%.*s' %s", WR_FMT(shown), why);
    wr_hint(r->set->ctx, d, "write arn:partition:service:region:account:resource, or * for all");
    return false;
}

// Is s "*" or an ARN? Fields that are missing at the end are filled with "*", as IAM does:
// arn:aws:sqs is arn:aws:sqs:*:*:*; *full is then the longer text.
static bool check_resource(iam_reader *r, const wr_node *n, wr_str s, wr_str *full) {
    static const char stars[] = ":*:*:*";
    *full = s;
    if (s.n == 1 && s.p[0] == '*') return true;
    if (!wr_starts(s, WR_S("arn:"))) return report_resource(r, n, s, "is neither * nor an ARN");
    unsigned fields = count_fields(s);
    if (fields == 6) return true;
    size_t service = wr_find(s, WR_S(":"), 4);
    bool star = s.p[s.n - 1] == '*'; // it runs over the colons
    if (service == SIZE_MAX ? !star : service + 1 == s.n || s.p[service + 1] == ':')
        return report_resource(r, n, s, "names no service");
    if (wr_find(s, WR_S("::"), 0) != SIZE_MAX)
        return report_resource(r, n, s, "has too few colons");
    if (star) return true;
    *full = wr_fmt(&r->set->ctx->arena, "%.*s%.*s", WR_FMT(s), (int)(2 * (6 - fields)), stars);
    return true;
}

static void check_resource_wanted(iam_reader *r, const wr_node *key, const wr_iam_stmt *st) {
    wr_iam_kind kind = r->policy->kind;
    uint8_t need = iam_rules_of[kind].resource;
    wr_diag *d;
    if (key == NULL && need == IAM_MUST) {
        // A resource control policy is a resource policy by nature: without one it means all.
        static const char text[] = "the statement has neither Resource nor NotResource";
        d = kind == WR_IAM_RCP ? iam_kind_fault(r, WR_D_I0105, st->node, text)
                               : iam_fault(r, WR_D_I0105, st->node, text);
        wr_hint(r->set->ctx, d, "name ARNs, or write \"Resource\": \"*\"");
    } else if (key != NULL && need == IAM_MUST_NOT) {
        d = iam_kind_fault(r, WR_D_I0108, key, "%s has no %s", kind_words(kind),
                           st->not_resource ? "NotResource" : "Resource");
        wr_hint(r->set->ctx, d, "the resource is the role itself; remove the element");
    }
}

static bool take_resources(iam_reader *r, const parts *p, wr_iam_stmt *st) {
    const wr_node *n = one_of(r, p, IAM_E_RESOURCE, IAM_E_NOT_RESOURCE, &st->not_resource);
    check_resource_wanted(r, n ? n - 1 : NULL, st);
    if (n == NULL) return true;
    iam_texts t;
    wr_iam_pat *v;
    wr_str s, full;
    const char *what = iam_element_names[st->not_resource ? IAM_E_NOT_RESOURCE : IAM_E_RESOURCE];
    st->has_resource = true;
    if (!iam_texts_begin(r, n, what, &t)) return true;
    if (t.at == t.end) report_empty(r, n, what);
    if (!room_for(r, &t, &v)) return false;
    st->resources.v = v;
    while (iam_texts_next(r, &t, &n, &s)) {
        if (!check_resource(r, n, s, &full)) continue;
        wr_iam_pat *pat = &v[st->resources.n];
        if (full.p == NULL || iam_pat_make(r, full, n, IAM_PAT_RESOURCE, pat) != WR_OK)
            return false;
        pat->raw = s;
        st->resources.n++;
    }
    return true;
}

// ---------------------------------------------------------------------------------- principals

static bool is_anyone(const wr_node *n) {
    return n->kind == WR_STR && wr_eq(wr_node_str(n), WR_S("*"));
}

static bool take_principals(iam_reader *r, const parts *p, wr_iam_stmt *st) {
    wr_iam_kind kind = r->policy->kind;
    const iam_rules *rules = &iam_rules_of[kind];
    const wr_node *n = one_of(r, p, IAM_E_PRINCIPAL, IAM_E_NOT_PRINCIPAL, &st->not_principal);
    const char *name = iam_element_names[st->not_principal ? IAM_E_NOT_PRINCIPAL : IAM_E_PRINCIPAL];
    wr_diag *d;
    if (n == NULL) {
        if (rules->principal != IAM_MUST) return true;
        d = iam_kind_fault(r, WR_D_I0105, st->node, "the statement has no Principal");
        wr_hint(r->set->ctx, d, "%s says to whom it applies", kind_words(kind));
        return true;
    }
    st->has_principal = true;
    if (rules->principal == IAM_MUST_NOT || (st->not_principal && !rules->not_principal)) {
        d = iam_kind_fault(r, WR_D_I0108, n - 1, "%s has no %s", kind_words(kind), name);
        if (rules->principal == IAM_MUST_NOT)
            wr_hint(r->set->ctx, d, "it applies to what it is attached to; remove the element");
    } else if (kind == WR_IAM_RCP && !is_anyone(n)) {
        d = iam_kind_fault(r, WR_D_I0115, n, "the Principal of a resource control policy is \"*\"");
        wr_hint(r->set->ctx, d, "use a condition on aws:PrincipalArn or aws:PrincipalOrgID");
    }
    return iam_parse_who(r, n, st);
}

// ---------------------------------------------------------------------------------- conditions

// The pairs of operator and key of a Condition, and reports what has not the shape of one.
static uint32_t count_conds(iam_reader *r, const wr_node *n) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < n->n; i++) {
        const wr_node *op = wr_map_key(n, i), *keys = wr_map_val(n, i);
        wr_str name = wr_utf8_cut(wr_node_str(op), 100);
        if (iam_unknown(r, keys)) continue;
        if (keys->kind != WR_MAP) {
            wr_diag *d = iam_fault(r, WR_D_I0106, keys,
                                   "what %.*s compares must be an object, "
                                   "not %s",
                                   WR_FMT(name), iam_a_kind(keys));
            wr_hint(r->set->ctx, d, "write {\"%.*s\": {\"key\": \"value\"}}", WR_FMT(name));
            continue;
        }
        iam_repeats(r, keys);
        count += keys->n;
    }
    return count;
}

static bool take_op(iam_reader *r, const wr_node *op, wr_iam_cond *v, wr_iam_stmt *st) {
    const wr_node *keys = op + 1;
    if (keys->kind != WR_MAP || (keys->flags & WR_F_UNKNOWN)) return true;
    for (uint32_t i = 0; i < keys->n; i++) {
        const wr_node *value = wr_map_val(keys, i);
        wr_rc rc = iam_cond_make(r, op, wr_map_key(keys, i), value, &v[st->n_conds]);
        if (rc == WR_NOMEM) return false;
        if (rc == WR_OK) st->n_conds++;
    }
    return true;
}

static int fold_cmp(wr_str a, wr_str b) {
    for (size_t i = 0; i < a.n && i < b.n; i++) {
        unsigned char x = (unsigned char)iam_lower(a.p[i]), y = (unsigned char)iam_lower(b.p[i]);
        if (x != y) return x < y ? -1 : 1;
    }
    return (a.n > b.n) - (a.n < b.n);
}

static int by_question(const void *a, const void *b) {
    const wr_iam_cond *x = *(const wr_iam_cond *const *)a, *y = *(const wr_iam_cond *const *)b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    int c = fold_cmp(x->op_text, y->op_text);
    return c ? c : (x->id > y->id) - (x->id < y->id);
}

// Case of operators and keys does not count, so what differs by it only stands twice too: both
// would have to hold, and a Deny that reads like "a or b" would deny nothing.
static bool cased_repeats(iam_reader *r, const wr_iam_stmt *st) {
    if (st->n_conds < 2) return true;
    const wr_iam_cond **v = WR_NEW_N(&r->set->ctx->arena, const wr_iam_cond *, st->n_conds);
    if (v == NULL) return false;
    for (uint32_t i = 0; i < st->n_conds; i++) v[i] = &st->conds[i];
    qsort(v, st->n_conds, sizeof *v, by_question);
    for (uint32_t i = 1; i < st->n_conds; i++) {
        if (v[i]->key != v[i - 1]->key || !iam_same(v[i]->op_text, v[i - 1]->op_text)) continue;
        wr_pos pos = wr_node_pos(r->doc, v[i - 1]->key_node);
        wr_diag *d = iam_fault(
            r, WR_D_I0103, v[i]->key_node, "'%.*s' stands more than once under %.*s",
            WR_FMT(wr_utf8_cut(v[i]->key_text, 100)), WR_FMT(wr_utf8_cut(v[i]->op_text, 100)));
        wr_hint(r->set->ctx, d, "case does not count: it stands before at line %u, column %u",
                (unsigned)pos.line, (unsigned)pos.col);
    }
    return true;
}

static bool take_conds(iam_reader *r, const wr_node *n, wr_iam_stmt *st) {
    if (n == NULL || iam_unknown(r, n)) return true;
    if (n->kind != WR_MAP) {
        wr_diag *d =
            iam_fault(r, WR_D_I0106, n, "Condition must be an object, not %s", iam_a_kind(n));
        wr_hint(r->set->ctx, d, "write {\"StringEquals\": {\"key\": \"value\"}}");
        return true;
    }
    iam_repeats(r, n);
    uint32_t count = count_conds(r, n);
    if (count == 0) return true;
    wr_iam_cond *v = WR_NEW_N(&r->set->ctx->arena, wr_iam_cond, count);
    if (v == NULL) return false;
    st->conds = v;
    for (uint32_t i = 0; i < n->n; i++)
        if (!take_op(r, wr_map_key(n, i), v, st)) return false;
    return cased_repeats(r, st);
}

// ---------------------------------------------------------------------------------- statements

// RCPFullAWSAccess, which AWS attaches everywhere, is the one RCP that allows.
static bool is_full_access(const parts *p) {
    const wr_node *effect = p->val[IAM_E_EFFECT];
    if (effect == NULL || effect->kind != WR_STR || !wr_eq(wr_node_str(effect), WR_S("Allow")))
        return false;
    static const int all[] = {IAM_E_PRINCIPAL, IAM_E_ACTION, IAM_E_RESOURCE};
    for (int i = 0; i < 3; i++)
        if (p->val[all[i]] == NULL || !is_anyone(p->val[all[i]])) return false;
    return p->val[IAM_E_CONDITION] == NULL && p->val[IAM_E_NOT_ACTION] == NULL &&
           p->val[IAM_E_NOT_RESOURCE] == NULL && p->val[IAM_E_NOT_PRINCIPAL] == NULL;
}

bool iam_parse_stmt(iam_reader *r, const wr_node *m, wr_iam_stmt *st) {
    parts p = {0};
    iam_take_map(r, m, iam_element_names, IAM_N_ELEMENTS, p.key, p.val, "statement");
    take_sid(r, p.val[IAM_E_SID], st);
    p.full_access = is_full_access(&p);
    take_effect(r, &p, st);
    return take_principals(r, &p, st) && take_actions(r, &p, st) && take_resources(r, &p, st) &&
           take_conds(r, p.val[IAM_E_CONDITION], st);
}
