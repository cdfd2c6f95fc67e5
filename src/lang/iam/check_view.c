// SPDX-License-Identifier: Apache-2.0
// check_view: what is written in a document, laid out for the checks: statements, their elements,
// actions, principals and conditions with what their texts mean. Judges nothing.
//
// Always true: nodes of the wrong kind are left out here and said by check_syntax.c; a text's
// meaning is worked out once for a run.
// Rules: IAM User Guide, "Grammar of the IAM JSON policy language".

#include "lang/iam/check_int.h"

const char *const chk_el_name[EL_N] = {
    [EL_SID] = "Sid",
    [EL_EFFECT] = "Effect",
    [EL_PRINCIPAL] = "Principal",
    [EL_NOT_PRINCIPAL] = "NotPrincipal",
    [EL_ACTION] = "Action",
    [EL_NOT_ACTION] = "NotAction",
    [EL_RESOURCE] = "Resource",
    [EL_NOT_RESOURCE] = "NotResource",
    [EL_CONDITION] = "Condition",
};

static bool fail(chk *k) {
    k->oom = true;
    return false;
}

// ---------------------------------------------------------------------------------- actions

static void split_action(chk_act *a) {
    const char *at = a->text.n > 0 ? memchr(a->text.p, ':', a->text.n) : NULL;
    size_t colon = at != NULL ? (size_t)(at - a->text.p) : 0;
    a->svc = a->id = WR_AWS_NONE;
    a->all = wr_eq(a->text, WR_S("*"));
    a->vars = chk_has_variable(a->text);
    if (a->all) return;
    a->malformed =
        colon == 0 || colon + 1 == a->text.n || memchr(at + 1, ':', a->text.n - colon - 1) != NULL;
    if (a->malformed) return;
    a->service = wr_sub(a->text, 0, colon);
    a->name = wr_sub(a->text, colon + 1, a->text.n);
    a->wild_service = chk_has_wild(a->service);
    a->wild = chk_has_wild(a->name);
}

// Does some action of the service fit the pattern? They stand in order of lower-case names, so the
// literal beginning of the pattern bounds the search.
static bool some_action(const chk_act *a) {
    uint32_t n, first = wr_aws_service_actions(a->svc, &n), lo = 0, hi = n;
    size_t lit = 0;
    char low[160];
    while (lit < a->name.n && lit < sizeof low && a->name.p[lit] != '*' && a->name.p[lit] != '?') {
        char c = a->name.p[lit];
        low[lit++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    wr_str head = wr_strn(low, lit);
    while (lo < hi) { // the first action that is not before head
        uint32_t mid = lo + (hi - lo) / 2;
        if (chk_order(wr_aws_action_name(first + mid), head) < 0) lo = mid + 1;
        else hi = mid;
    }
    for (; lo < n; lo++) {
        wr_str name = wr_aws_action_name(first + lo);
        if (name.n < lit || chk_order(wr_sub(name, 0, lit), head) != 0) return false;
        if (chk_covers(a->name, name, true)) return true;
    }
    return false;
}

static bool fits(const chk_act *a, const char *service, const char *name) {
    if (a->all) return true;
    if (a->malformed) return false;
    if (!a->wild_service && (a->service.p[0] | 32) != service[0]) return false; // nearly all
    return chk_covers(a->service, wr_strz(service), true) &&
           chk_covers(a->name, wr_strz(name), true);
}

static uint64_t hash_low(wr_str s, uint64_t h) {
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        h = (h ^ (c >= 'A' && c <= 'Z' ? c + 32u : c)) * 0x100000001b3u;
    }
    return h ^ (h >> 29);
}

chk_act *chk_act_of(chk *k, wr_str text) {
    wr_iam_checker *run = k->run;
    chk_act *a = wr_map_find(&run->acts, text);
    if (a != NULL) return a;
    a = WR_NEW(run->arena, chk_act);
    text = wr_dup(run->arena, text);
    void **slot = text.p != NULL ? wr_map_at(&run->acts, text) : NULL;
    if (a == NULL || slot == NULL) return NULL;
    *slot = a;
    a->text = text;
    a->hash = hash_low(text, 0x9e3779b97f4a7c15u);
    split_action(a);
    a->pass_role = fits(a, "iam", "PassRole");
    a->create_slr = fits(a, "iam", "CreateServiceLinkedRole");
    a->matches = a->all || a->wild_service || a->vars;
    if (a->all || a->malformed || a->wild_service) return a;
    a->svc = wr_aws_service_find(a->service);
    if (a->svc == WR_AWS_NONE) return a;
    if (!a->wild) a->id = wr_aws_action_find(a->service, a->name);
    if (!a->matches) a->matches = a->wild ? some_action(a) : a->id != WR_AWS_NONE;
    return a;
}

static bool view_actions(chk *k, chk_stmt *s) {
    s->not_action = s->el[EL_ACTION] == NULL && s->el[EL_NOT_ACTION] != NULL;
    chk_items it = chk_items_of(s->el[s->not_action ? EL_NOT_ACTION : EL_ACTION]);
    s->acts = WR_NEW_N(&k->run->scratch, chk_use, it.n + 1u);
    if (s->acts == NULL) return fail(k);
    for (uint32_t i = 0; i < it.n; i++) {
        if (!chk_is_text(&it.v[i])) continue;
        chk_act *a = chk_act_of(k, wr_node_str(&it.v[i]));
        if (a == NULL) return fail(k);
        s->acts[s->n_acts++] = (chk_use){.act = a, .node = &it.v[i]};
    }
    return true;
}

// ---------------------------------------------------------------------------------- principals

static bool kind_of_principal(wr_str key, wr_iam_who *out) {
    static const struct {
        const char *name;
        wr_iam_who who;
    } row[] = {{"AWS", WR_IAM_WHO_AWS},
               {"Service", WR_IAM_WHO_SERVICE},
               {"Federated", WR_IAM_WHO_FEDERATED},
               {"CanonicalUser", WR_IAM_WHO_CANONICAL}};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        if (!wr_eq(key, wr_strz(row[i].name))) continue;
        *out = row[i].who;
        return true;
    }
    return false;
}

static uint32_t count_principals(const wr_node *p) {
    uint32_t n = 1;
    for (uint32_t i = 0; p->kind == WR_MAP && i < p->n; i++) n += chk_items_of(wr_map_val(p, i)).n;
    return n;
}

static void add_principal(chk_stmt *s, wr_iam_who kind, const wr_node *v) {
    wr_str text = wr_node_str(v);
    bool all = wr_eq(text, WR_S("*"));
    if (all && (kind == WR_IAM_WHO_AWS || kind == WR_IAM_WHO_ANYONE)) s->anyone = true;
    s->who[s->n_who++] = (chk_who){kind, text, v};
}

static bool view_principals(chk *k, chk_stmt *s) {
    s->not_principal = s->el[EL_PRINCIPAL] == NULL && s->el[EL_NOT_PRINCIPAL] != NULL;
    const wr_node *p = s->el[s->not_principal ? EL_NOT_PRINCIPAL : EL_PRINCIPAL];
    if (p == NULL) return true;
    s->who = WR_NEW_N(&k->run->scratch, chk_who, count_principals(p));
    if (s->who == NULL) return fail(k);
    if (chk_is_text(p)) add_principal(s, WR_IAM_WHO_ANYONE, p);
    for (uint32_t i = 0; p->kind == WR_MAP && i < p->n; i++) {
        wr_iam_who kind;
        if (!kind_of_principal(wr_node_str(wr_map_key(p, i)), &kind)) continue;
        chk_items it = chk_items_of(wr_map_val(p, i));
        for (uint32_t j = 0; j < it.n; j++)
            if (chk_is_text(&it.v[j])) add_principal(s, kind, &it.v[j]);
    }
    return true;
}

// ---------------------------------------------------------------------------------- conditions

const chk_key *chk_key_of(chk *k, wr_str text) {
    wr_iam_checker *run = k->run;
    chk_key *key = wr_map_find(&run->keys, text);
    if (key != NULL) return key;
    key = WR_NEW(run->arena, chk_key);
    text = wr_dup(run->arena, text);
    char *low = wr_alloc(run->arena, text.n + 1);
    void **slot = text.p != NULL ? wr_map_at(&run->keys, text) : NULL;
    if (key == NULL || low == NULL || slot == NULL) return NULL;
    *slot = key;
    key->text = text;
    for (size_t i = 0; i < text.n; i++)
        low[i] = text.p[i] >= 'A' && text.p[i] <= 'Z' ? (char)(text.p[i] + 32) : text.p[i];
    key->low = wr_strn(low, text.n);
    size_t colon = wr_find(key->low, WR_S(":"), 0);
    if (colon != SIZE_MAX) key->prefix = wr_sub(key->low, 0, colon);
    key->known = wr_aws_key_find(text, &key->aws);
    return key;
}

// "ForAllValues:StringEqualsIfExists" in its parts.
const wr_iam_op *chk_op_of(chk_cond *c) {
    wr_str name = c->op_text;
    if (name.n > 13 && chk_same(wr_sub(name, 0, 13), "ForAllValues:")) {
        c->quant = WR_IAM_FOR_ALL;
        name = wr_sub(name, 13, name.n);
    } else if (name.n > 12 && chk_same(wr_sub(name, 0, 12), "ForAnyValue:")) {
        c->quant = WR_IAM_FOR_ANY;
        name = wr_sub(name, 12, name.n);
    }
    if (name.n > 8 && chk_same(wr_sub(name, name.n - 8, name.n), "IfExists")) {
        c->if_exists = true;
        name = wr_sub(name, 0, name.n - 8);
    }
    return wr_iam_op_find(name);
}

static uint32_t count_conditions(const wr_node *c) {
    uint32_t n = 1;
    for (uint32_t i = 0; i < c->n; i++)
        if (wr_map_val(c, i)->kind == WR_MAP) n += wr_map_val(c, i)->n;
    return n;
}

static bool view_conditions(chk *k, chk_stmt *s) {
    const wr_node *c = s->el[EL_CONDITION];
    if (c == NULL || c->kind != WR_MAP) return true;
    s->conds = WR_NEW_N(&k->run->scratch, chk_cond, count_conditions(c));
    if (s->conds == NULL) return fail(k);
    for (uint32_t i = 0; i < c->n; i++) {
        const wr_node *keys = wr_map_val(c, i);
        chk_cond one = {.op_node = wr_map_key(c, i), .block = i};
        one.op_text = wr_node_str(one.op_node);
        one.op = chk_op_of(&one);
        for (uint32_t j = 0; keys->kind == WR_MAP && j < keys->n; j++) {
            one.key_node = wr_map_key(keys, j);
            one.value_node = wr_map_val(keys, j);
            one.values = chk_items_of(one.value_node);
            one.key = chk_key_of(k, wr_node_str(one.key_node));
            if (one.key == NULL) return fail(k);
            s->conds[s->n_conds++] = one;
        }
    }
    return true;
}

// ---------------------------------------------------------------------------------- statements

static int element_of(wr_str key) {
    for (int e = 0; e < EL_N; e++)
        if (key.p[0] == chk_el_name[e][0] && wr_eq(key, wr_strz(chk_el_name[e]))) return e;
    return -1;
}

static bool view_statement(chk *k, const wr_node *n, chk_stmt *s) {
    s->node = n;
    for (uint32_t i = 0; n->kind == WR_MAP && i < n->n; i++) {
        wr_str key = wr_node_str(wr_map_key(n, i));
        int e = key.n > 0 ? element_of(key) : -1;
        if (e < 0) continue;
        s->key[e] = wr_map_key(n, i);
        s->el[e] = wr_map_val(n, i);
    }
    const wr_node *effect = s->el[EL_EFFECT], *sid = s->el[EL_SID];
    if (sid != NULL && chk_is_text(sid)) s->sid = wr_node_str(sid);
    if (effect != NULL && chk_is_text(effect)) {
        s->allow = wr_eq(wr_node_str(effect), WR_S("Allow"));
        s->deny = wr_eq(wr_node_str(effect), WR_S("Deny"));
    }
    s->not_resource = s->el[EL_RESOURCE] == NULL && s->el[EL_NOT_RESOURCE] != NULL;
    s->resources = chk_items_of(s->el[s->not_resource ? EL_NOT_RESOURCE : EL_RESOURCE]);
    return view_actions(k, s) && view_principals(k, s) && view_conditions(k, s);
}

bool chk_view(chk *k) {
    const wr_node *root = k->root;
    for (uint32_t i = 0; root->kind == WR_MAP && i < root->n; i++) {
        wr_str key = wr_node_str(wr_map_key(root, i));
        if (wr_eq(key, WR_S("Version"))) k->version = wr_map_val(root, i);
        else if (wr_eq(key, WR_S("Statement"))) k->statement = wr_map_val(root, i);
    }
    k->variables = k->version != NULL && chk_is_text(k->version) &&
                   wr_eq(wr_node_str(k->version), WR_S("2012-10-17"));
    chk_items it = chk_items_of(k->statement);
    k->stmts = WR_NEW_N(&k->run->scratch, chk_stmt, it.n + 1u);
    if (k->stmts == NULL) return fail(k);
    for (uint32_t i = 0; i < it.n; i++) {
        chk_stmt *s = &k->stmts[k->n_stmts];
        if (it.v[i].kind != WR_MAP) continue;
        s->index = i;
        if (!view_statement(k, &it.v[i], s)) return false;
        k->n_stmts++;
    }
    return true;
}
