// SPDX-License-Identifier: Apache-2.0
// doc: the Parameters section: declarations, given values against their constraints, and what Ref
// gives for parameters and pseudo parameters.
//
// A value is a text; list types split it at commas. A value that breaks a constraint is an error
// and not used. The value of a NoEcho parameter is used in conditions only and is printed nowhere.
// Rules: CloudFormation Template Reference, "Parameters" and "Pseudo parameters".
#include "doc/cfn_resolve_int.h"

// ------------------------------------------------------------------------ constraints

typedef struct check {
    wr_cfn *r;
    const wr_cfn_param *p;
    const wr_cfn_given *given; // NULL: the Default is checked
    bool ok;
} check;

// Reports where the value stands: in the parameter file, else in the template.
static void refuse(check *k, wr_str value, const char *why) {
    wr_cfn *r = k->r;
    const wr_node *def = wr_map_getz(r->in, k->p->decl, "Default"), *at = def ? def : k->p->key;
    bool file = k->given && k->given->src;
    const wr_src *src = file                      ? k->given->src
                        : at->src < r->in->n_srcs ? r->in->srcs[at->src]
                                                  : NULL;
    wr_diag *d;
    k->ok = false;
    if (k->p->no_echo)
        d = wr_report(r->c, WR_D_X0201, WR_ERROR, src, file ? k->given->span : at->span,
                      "the value of parameter %.*s %s", WR_FMT(k->p->name), why);
    else
        d = wr_report(r->c, WR_D_X0201, WR_ERROR, src, file ? k->given->span : at->span,
                      "the value \"%.*s\" of parameter %.*s %s", WR_FMT(value), WR_FMT(k->p->name),
                      why);
    const wr_node *say = wr_map_getz(r->in, k->p->decl, "ConstraintDescription");
    if (say && say->kind == WR_STR) wr_hint(r->c, d, "%.*s", WR_FMT(wr_node_str(say)));
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool parse_number(wr_str s, double *out) {
    s = wr_trim(s);
    for (size_t i = 0; i < s.n; i++) // no inf, no nan
        if (!is_digit(s.p[i]) && !strchr("+-.", s.p[i]) && (i == 0 || !strchr("eE", s.p[i])))
            return false;
    return wr_parse_f64(s, out);
}

static bool among(check *k, const wr_node *list, wr_str s) {
    double x = 0, y = 0;
    bool num = k->p->is_number && parse_number(s, &x);
    for (uint32_t i = 0; i < list->n; i++) {
        wr_str t;
        if (!wr_cfn_text(k->r, &list->u.kids[i], &t)) continue;
        if (wr_eq(s, t) || (num && parse_number(t, &y) && x <= y && x >= y)) return true;
    }
    return false;
}

// The number under a constraint key, when it is there.
static bool bound(check *k, const char *key, double *out) {
    wr_str t;
    const wr_node *v = wr_map_getz(k->r->in, k->p->decl, key);
    return v && wr_cfn_text(k->r, v, &t) && parse_number(t, out);
}

static void check_pattern(check *k, wr_str s) {
    wr_cfn *r = k->r;
    const wr_node *re = wr_map_getz(r->in, k->p->decl, "AllowedPattern");
    if (!re || re->kind != WR_STR || k->p->is_number) return;
    const wr_cfn_inputs *in = r->inputs;
    int is = in && in->match ? in->match(in->match_arg, wr_node_str(re), s) : -1;
    if (is == 0) refuse(k, s, "does not match AllowedPattern");
    if (is < 0)
        wr_cfn_tell(r, WR_D_X0205, WR_NOTE, re, "AllowedPattern of parameter %.*s is not checked",
                    WR_FMT(k->p->name));
}

static void check_one(check *k, wr_str s) {
    double v = 0, b;
    const wr_node *list = wr_map_getz(k->r->in, k->p->decl, "AllowedValues");
    if (k->p->is_number && !parse_number(s, &v)) {
        refuse(k, s, "is not a number");
        return;
    }
    if (list && list->kind == WR_LIST && !among(k, list, s))
        refuse(k, s, "is not in AllowedValues");
    check_pattern(k, s);
    if (k->p->is_number) {
        if (bound(k, "MinValue", &b) && v < b) refuse(k, s, "is less than MinValue");
        if (bound(k, "MaxValue", &b) && v > b) refuse(k, s, "is more than MaxValue");
        return;
    }
    double n = (double)wr_utf8_len(s);
    if (bound(k, "MinLength", &b) && n < b) refuse(k, s, "is shorter than MinLength");
    if (bound(k, "MaxLength", &b) && n > b) refuse(k, s, "is longer than MaxLength");
}

// ------------------------------------------------------------------------ values

static wr_node one_value(const wr_cfn_param *p, wr_str s) {
    wr_node v = wr_cfn_string(p->key, p->is_number ? wr_trim(s) : s);
    if (p->is_number) v.flags |= WR_F_INEXACT; // written out as a number
    return v;
}

static void list_value(check *k, wr_cfn_param *p, wr_str text) {
    size_t n = 1, at = 0;
    for (size_t i = 0; i < text.n; i++) n += text.p[i] == ',';
    wr_node *items = wr_cfn_spend(k->r, n) ? WR_NEW_N(&k->r->keep, wr_node, n) : NULL;
    if (!items) return;
    for (size_t i = 0; i < n; i++) {
        size_t end = wr_find(text, WR_S(","), at);
        wr_str s = wr_trim(wr_sub(text, at, end < text.n ? end : text.n));
        check_one(k, s);
        items[i] = one_value(p, s);
        at = end + 1;
    }
    p->value = wr_cfn_list_of(p->key, items, n);
    p->value.flags |= WR_F_LITERAL; // shared by all who refer to it
}

static void set_value(wr_cfn *r, wr_cfn_param *p, const wr_cfn_given *g, wr_str text) {
    check k = {r, p, g, true};
    if (p->is_list) {
        list_value(&k, p, text);
    } else {
        check_one(&k, text);
        p->value = one_value(p, text);
    }
    p->known = k.ok;
    if (!k.ok)
        p->why =
            wr_cfn_because(r, WR_D_X0002, wr_fmt(&r->c->arena, "parameter %.*s", WR_FMT(p->name)),
                           "parameter %.*s has no value that is allowed", WR_FMT(p->name));
    if (p->is_ssm) {
        p->known = false;
        p->why = wr_cfn_because(
            r, WR_D_X0004,
            wr_fmt(&r->c->arena, "SSM parameter %.*s", WR_FMT(p->no_echo ? p->name : text)),
            "parameter %.*s is read from the Parameter Store at deployment", WR_FMT(p->name));
    }
}

static void find_value(wr_cfn *r, wr_cfn_param *p) {
    const wr_cfn_given *g = r->inputs ? wr_map_find(&r->inputs->given, p->name) : NULL;
    const wr_node *def = wr_map_getz(r->in, p->decl, "Default");
    wr_str text;
    if (g && !g->previous) {
        set_value(r, p, g, g->text);
    } else if (!g && def && wr_cfn_text(r, def, &text)) {
        set_value(r, p, NULL, text);
    } else {
        if (!g && def)
            wr_cfn_tell(r, WR_D_X0204, WR_ERROR, def,
                        "Default of parameter %.*s is a %s, not a string", WR_FMT(p->name),
                        wr_kind_name((wr_kind)def->kind));
        p->why =
            wr_cfn_because(r, WR_D_X0002, wr_fmt(&r->c->arena, "parameter %.*s", WR_FMT(p->name)),
                           g ? "parameter %.*s keeps its previous value, not known here"
                             : "parameter %.*s has no value",
                           WR_FMT(p->name));
    }
}

// ------------------------------------------------------------------------ declarations

static bool set_type(wr_cfn *r, wr_cfn_param *p) {
    const wr_node *t = wr_map_getz(r->in, p->decl, "Type");
    if (!t || t->kind != WR_STR) {
        wr_cfn_tell(r, WR_D_X0204, WR_ERROR, p->key, "parameter %.*s has no Type", WR_FMT(p->name));
        return false;
    }
    wr_str s = wr_node_str(t);
    p->is_ssm = wr_starts(s, WR_S("AWS::SSM::Parameter::Value<"));
    p->is_number = wr_eq(s, WR_S("Number")) || wr_eq(s, WR_S("List<Number>"));
    p->is_list = wr_starts(s, WR_S("List<")) || wr_eq(s, WR_S("CommaDelimitedList"));
    bool ok = p->is_list || p->is_number || wr_eq(s, WR_S("String")) || wr_starts(s, WR_S("AWS::"));
    if (!ok) wr_cfn_tell(r, WR_D_X0204, WR_ERROR, t, "%.*s is not a type of parameters", WR_FMT(s));
    return ok;
}

static bool is_true(wr_cfn *r, const wr_node *v) {
    wr_str t;
    return v && wr_cfn_text(r, v, &t) && (wr_eq(t, WR_S("true")) || wr_eq(t, WR_S("True")));
}

static void read_one(wr_cfn *r, const wr_node *key, const wr_node *decl) {
    wr_cfn_param *p = WR_NEW(&r->keep, wr_cfn_param);
    wr_cfn_name *nm = WR_NEW(&r->keep, wr_cfn_name);
    void **at = wr_map_at(&r->names, wr_sym_str(key->u.sym));
    if (!p || !nm || !at) {
        r->rc = WR_NOMEM;
        return;
    }
    *p = (wr_cfn_param){.name = wr_sym_str(key->u.sym), .key = key, .decl = decl};
    nm->param = p;
    *at = nm;
    p->no_echo = is_true(r, wr_map_getz(r->in, decl, "NoEcho"));
    if (decl->kind == WR_MAP && set_type(r, p)) {
        find_value(r, p);
        return;
    }
    if (decl->kind != WR_MAP)
        wr_cfn_tell(r, WR_D_X0204, WR_ERROR, key, "parameter %.*s is not a map", WR_FMT(p->name));
    p->why = &wr_cfn_told;
}

static void unused(wr_cfn *r) {
    for (uint32_t i = 0; i < r->inputs->names.n; i++) {
        const wr_cfn_given *g = wr_map_find(&r->inputs->given, r->inputs->names.v[i]);
        if (wr_starts(g->name, WR_S("AWS::")) || wr_map_find(&r->names, g->name)) continue;
        wr_report(r->c, WR_D_X0202, WR_NOTE, g->src, g->span,
                  "a value is given for %.*s, which is not a parameter of %.*s", WR_FMT(g->name),
                  WR_FMT(r->in->n_srcs ? r->in->srcs[0]->name : WR_S("the template")));
    }
}

bool wr_cfn_params_read(wr_cfn *r) {
    const wr_node *all = wr_map_getz(r->in, r->in->root, "Parameters");
    if (all && all->kind == WR_MAP)
        for (uint32_t i = 0; i < all->n && r->rc == WR_OK; i++)
            read_one(r, wr_map_key(all, i), wr_map_val(all, i));
    if (r->inputs) unused(r);
    return r->rc == WR_OK;
}

// ------------------------------------------------------------------------ Ref

wr_node wr_cfn_param_value(wr_cfn *r, const wr_node *n, const wr_cfn_param *p,
                           const wr_cfn_env *e) {
    if (!p->known) return wr_cfn_unknown(r, n, e, p->why);
    if (p->no_echo && !r->in_cond)
        return wr_cfn_unknown(
            r, n, e,
            wr_cfn_because(r, WR_D_X0006,
                           wr_fmt(&r->c->arena, "NoEcho parameter %.*s", WR_FMT(p->name)),
                           "parameter %.*s is NoEcho: its value is not shown", WR_FMT(p->name)));
    r->secret |= p->no_echo;
    wr_node v = p->value;
    v.src = n->src;
    v.span = n->span;
    return v;
}

// ------------------------------------------------------------------------ pseudo parameters

// Region names are two letters, a direction and a number: those are in the partitions below. Others
// (isolated and sovereign ones) have their own, which are not guessed.
static bool is_plain_region(wr_str s) {
    size_t a = wr_find(s, WR_S("-"), 0);
    size_t b = a == SIZE_MAX ? a : wr_find(s, WR_S("-"), a + 1);
    return a == 2 && b != SIZE_MAX && wr_find(s, WR_S("-"), b + 1) == SIZE_MAX && b + 1 < s.n &&
           s.p[b + 1] >= '0' && s.p[b + 1] <= '9' && b - a > 4;
}

// AWS::Partition and AWS::URLSuffix follow from the region.
static wr_str from_region(const wr_cfn *r, bool partition) {
    const wr_cfn_given *g = r->inputs ? wr_map_find(&r->inputs->given, WR_S("AWS::Region")) : NULL;
    if (!g || g->previous) return (wr_str){0};
    if (wr_starts(g->text, WR_S("us-gov-")))
        return partition ? WR_S("aws-us-gov") : WR_S("amazonaws.com");
    if (!is_plain_region(g->text)) return (wr_str){0};
    if (wr_starts(g->text, WR_S("cn-")))
        return partition ? WR_S("aws-cn") : WR_S("amazonaws.com.cn");
    return partition ? WR_S("aws") : WR_S("amazonaws.com");
}

static bool is_pseudo(wr_str s) {
    static const char *const names[] = {"AWS::AccountId", "AWS::NotificationARNs", "AWS::Partition",
                                        "AWS::Region",    "AWS::StackId",          "AWS::StackName",
                                        "AWS::URLSuffix"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (wr_eq(s, wr_strz(names[i]))) return true;
    return false;
}

wr_node wr_cfn_pseudo(wr_cfn *r, const wr_node *n, wr_str name, const wr_cfn_env *e) {
    if (wr_eq(name, WR_S("AWS::NoValue")))
        return (wr_node){.kind = WR_CHAR, .src = n->src, .span = n->span};
    if (!is_pseudo(name))
        return wr_cfn_bad(r, n, e, WR_D_X0101, n, "there is no pseudo parameter %.*s",
                          WR_FMT(name));
    const wr_cfn_given *g = r->inputs ? wr_map_find(&r->inputs->given, name) : NULL;
    wr_str s = {0};
    if (g && !g->previous) s = g->text;
    else if (wr_eq(name, WR_S("AWS::Partition"))) s = from_region(r, true);
    else if (wr_eq(name, WR_S("AWS::URLSuffix"))) s = from_region(r, false);
    if (!s.n)
        return wr_cfn_unknown(r, n, e,
                              wr_cfn_because(r, WR_D_X0003, wr_dup(&r->c->arena, name),
                                             "%.*s has no value", WR_FMT(name)));
    if (wr_eq(name, WR_S("AWS::NotificationARNs"))) return wr_cfn_split_commas(r, n, s);
    return wr_cfn_string(n, s);
}
