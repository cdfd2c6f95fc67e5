// SPDX-License-Identifier: Apache-2.0
// check_var: policy variables: where they stand, and how they are written.
// Rules: IAM User Guide, "IAM policy elements: Variables and tags".

#include "lang/iam/check_int.h"

static void check_default(chk *k, const wr_node *n, wr_str rest) {
    rest = wr_trim(rest);
    bool quoted = rest.n >= 2 && rest.p[0] == '\'' && rest.p[rest.n - 1] == '\'';
    if (!quoted)
        chk_find(k, WR_IAM_C_MISSING_QUOTE_IN_VARIABLE, n,
                 "the default %.*s is not in single quotes", WR_FMT(rest));
}

// What stands between the braces.
static void check_name(chk *k, const wr_node *n, wr_str inner) {
    size_t comma = wr_find(inner, WR_S(","), 0);
    wr_str name = wr_sub(inner, 0, comma == SIZE_MAX ? inner.n : comma);
    if (wr_trim(inner).n == 0) {
        chk_find(k, WR_IAM_C_EMPTY_VARIABLE, n, "the policy variable has no name");
        return;
    }
    if (wr_find(name, WR_S(" "), 0) != SIZE_MAX)
        chk_find(k, WR_IAM_C_UNSUPPORTED_SPACE_IN_VARIABLE, n,
                 "the policy variable %.*s has a space in its name", WR_FMT(name));
    if (comma != SIZE_MAX) check_default(k, n, wr_sub(inner, comma + 1, inner.n));
}

// The end of the variable that begins at ${: a } outside of the quotes of its default.
static size_t variable_end(wr_str s, size_t from) {
    bool quoted = false;
    for (size_t i = from; i < s.n; i++) {
        if (s.p[i] == '\'') quoted = !quoted;
        else if (s.p[i] == '}' && !quoted) return i;
    }
    return wr_find(s, WR_S("}"), from);
}

static void check_text(chk *k, const wr_node *n) {
    wr_str s = wr_node_str(n);
    if (!chk_has_variable(s)) return;
    size_t at = wr_find(s, WR_S("${"), 0);
    if (!k->variables) {
        chk_find(k, WR_IAM_C_VARIABLE_UNSUPPORTED_IN_VERSION, n,
                 "a document that is not of version 2012-10-17 has no policy variables: %.*s",
                 WR_FMT(wr_utf8_cut(s, 200)));
        return;
    }
    while (at != SIZE_MAX) {
        size_t end = variable_end(s, at + 2);
        if (end == SIZE_MAX) {
            chk_find(k, WR_IAM_C_MISSING_BRACE_IN_VARIABLE, n,
                     "a policy variable is not closed: %.*s",
                     WR_FMT(wr_utf8_cut(wr_sub(s, at, s.n), 200)));
            return;
        }
        check_name(k, n, wr_sub(s, at + 2, end));
        at = wr_find(s, WR_S("${"), end);
    }
}

static void misplaced(chk *k, const wr_node *n, const char *where) {
    chk_find(k, WR_IAM_C_VARIABLE_UNSUPPORTED_IN_ELEMENT, n,
             "%s replaces no policy variables: %.*s", where,
             WR_FMT(wr_utf8_cut(wr_node_str(n), 200)));
}

static bool takes_variables(const chk_cond *c) {
    return c->op == NULL || c->op->family == WR_IAM_STRING || c->op->family == WR_IAM_ARNS;
}

static void check_condition(chk *k, const chk_cond *c) {
    if (chk_has_variable(c->key->text)) misplaced(k, c->key_node, "the name of a condition key");
    for (uint32_t i = 0; i < c->values.n; i++) {
        const wr_node *n = &c->values.v[i];
        if (!chk_is_text(n)) continue;
        if (takes_variables(c)) check_text(k, n);
        else if (chk_has_variable(wr_node_str(n)))
            chk_find(k, WR_IAM_C_INVALID_VARIABLE_FOR_OPERATOR, n,
                     "%s replaces no policy variables", c->op->name);
    }
}

void chk_variables(chk *k, const chk_stmt *s) {
    if (chk_has_variable(s->sid)) misplaced(k, s->el[EL_SID], "Sid");
    for (uint32_t i = 0; i < s->n_who; i++)
        if (chk_has_variable(s->who[i].text))
            misplaced(k, s->who[i].node, s->not_principal ? "NotPrincipal" : "Principal");
    for (uint32_t i = 0; i < s->resources.n; i++)
        if (chk_is_text(&s->resources.v[i])) check_text(k, &s->resources.v[i]);
    for (uint32_t i = 0; i < s->n_conds; i++) check_condition(k, &s->conds[i]);
}
