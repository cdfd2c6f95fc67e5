// SPDX-License-Identifier: Apache-2.0
// out_test: judging and printing the cases of `cfn-guard test`.
// Rules: guard-language.md §1.11; test/generic.rs and test/structured.rs of cfn-guard 3.1.1. Rules
// are named in file order (the original: in any order). Times in JUnit are always 0.

#include "lang/guard/out_int.h"

// ---------------------------------------------------------------------------------- judging

static bool parse_status(wr_str s, g_status *out) {
    for (int st = G_PASS; st <= G_SKIP; st++) {
        if (!wr_eq(s, wr_strz(g_status_name((g_status)st)))) continue;
        *out = (g_status)st;
        return true;
    }
    return false;
}

static const wr_node *expected(const wr_node *rules, wr_str name) {
    for (uint32_t i = 0; rules != NULL && rules->kind == WR_MAP && i < rules->n; i++)
        if (wr_eq(wr_node_str(wr_map_key(rules, i)), name)) return wr_map_val(rules, i);
    return NULL;
}

// PASS and FAIL are met when one rule of the name ended so; SKIP only when all did.
static void judge_name(const g_result *r, uint32_t first, const uint32_t *next, g_status *got,
                       wr_guard_verdict *v) {
    uint32_t skips = 0;
    v->got = got;
    for (uint32_t i = first; i != UINT32_MAX; i = next[i]) {
        g_status st = r->rules[i].status;
        if (v->want != G_SKIP && st == v->want) {
            v->met = WR_GT_MET;
            return;
        }
        skips += st == G_SKIP;
        got[v->n_got++] = st;
    }
    v->met = v->want == G_SKIP && skips == v->n_got ? WR_GT_MET : WR_GT_UNMET;
}

// next[i]: the rule after i that has i's name, or UINT32_MAX; is_first[i]: none before has it.
static bool chain(wr_arena *a, const g_result *r, uint32_t **next, uint8_t **is_first) {
    wr_map last; // name → the newest place to continue its chain
    *next = WR_NEW_N(a, uint32_t, r->n_rules + 1u);
    *is_first = wr_zalloc(a, r->n_rules + 1u);
    if (*next == NULL || *is_first == NULL) return false;
    wr_map_init(&last, a);
    for (uint32_t i = 0; i < r->n_rules; i++) {
        void **at = wr_map_at(&last, r->rules[i].rule->name);
        if (at == NULL) return false;
        if (*at != NULL) *(uint32_t *)*at = i;
        else (*is_first)[i] = 1;
        (*next)[i] = UINT32_MAX;
        *at = &(*next)[i];
    }
    return true;
}

wr_rc wr_guard_judge(wr_arena *a, const g_result *r, const wr_node *rules, wr_guard_case *out,
                     wr_str *bad) {
    uint32_t *next;
    uint8_t *is_first;
    wr_guard_verdict *v = WR_NEW_N(a, wr_guard_verdict, r->n_rules + 1u);
    g_status *got = WR_NEW_N(a, g_status, r->n_rules + 1u);
    out->v = v;
    out->n = 0;
    if (v == NULL || got == NULL || !chain(a, r, &next, &is_first)) return WR_NOMEM;
    for (uint32_t i = 0; i < r->n_rules; i++) {
        if (!is_first[i]) continue;
        wr_guard_verdict *k = &v[out->n];
        *k = (wr_guard_verdict){.rule = r->rules[i].rule->name, .met = WR_GT_UNASKED};
        const wr_node *want = expected(rules, k->rule);
        if (want != NULL) {
            wr_str text = want->kind == WR_STR ? wr_node_str(want) : (wr_str){0};
            if (!parse_status(text, &k->want)) {
                *bad = wr_fmt(a,
                              "Types or variable assignments are incompatible `Status code is "
                              "incorrect %.*s`",
                              WR_FMT(text));
                return WR_BAD;
            }
            judge_name(r, i, next, got, k);
            got += k->n_got;
        }
        out->n++;
    }
    return WR_OK;
}

bool wr_guard_case_failed(const wr_guard_case *c) {
    for (uint32_t i = 0; i < c->n; i++)
        if (c->v[i].met == WR_GT_UNMET) return true;
    return false;
}

// ---------------------------------------------------------------------------------- text

void wr_guard_test_head(wr_buf *out, const wr_guard_case *c, uint32_t number) {
    wr_putf(out, "Test Case #%u\n", number);
    if (c->has_name) wr_putf(out, "Name: %.*s\n", WR_FMT(c->name));
}

void wr_guard_test_unasked(wr_buf *out, const wr_guard_case *c) {
    for (uint32_t i = 0; i < c->n; i++)
        if (c->v[i].met == WR_GT_UNASKED)
            wr_putf(out, "  No Test expectation was set for Rule %.*s\n", WR_FMT(c->v[i].rule));
}

static void put_got(wr_buf *out, const wr_guard_verdict *v) {
    wr_putc(out, '[');
    for (uint32_t i = 0; i < v->n_got; i++)
        wr_putf(out, "%s%s", i > 0 ? ", " : "", g_status_name(v->got[i]));
    wr_putc(out, ']');
}

static void put_group(wr_buf *out, const wr_guard_case *c, wr_guard_met met, const char *title) {
    bool begun = false;
    for (uint32_t i = 0; i < c->n; i++) {
        const wr_guard_verdict *v = &c->v[i];
        if (v->met != met) continue;
        if (!begun) wr_putf(out, "  %s Rules:\n", title);
        begun = true;
        wr_putf(out, "    %.*s: Expected = %s", WR_FMT(v->rule), g_status_name(v->want));
        if (met == WR_GT_UNMET) {
            wr_putz(out, ", Evaluated = ");
            put_got(out, v);
        }
        wr_putc(out, '\n');
    }
}

void wr_guard_test_body(wr_buf *out, const wr_guard_case *c, const g_result *tree) {
    wr_guard_test_unasked(out, c);
    if (tree != NULL) {
        g_result nameless = *tree; // the original names no file here
        nameless.doc_name = (wr_str){0};
        g_put_tree(out, &nameless);
    }
    put_group(out, c, WR_GT_UNMET, "FAIL");
    put_group(out, c, WR_GT_MET, "PASS");
    wr_putc(out, '\n');
}

// ---------------------------------------------------------------------------------- JSON, YAML

static void out_verdict(wr_out *o, const wr_guard_verdict *v) {
    o->map(o, false);
    g_out_str(o, "name", v->rule);
    if (v->met == WR_GT_MET) {
        g_out_str(o, "evaluated", wr_strz(g_status_name(v->want)));
    } else if (v->met == WR_GT_UNMET) {
        g_out_str(o, "expected", wr_strz(g_status_name(v->want)));
        g_out_key(o, "evaluated");
        o->list(o, v->n_got == 0);
        for (uint32_t i = 0; i < v->n_got; i++) o->str(o, wr_strz(g_status_name(v->got[i])));
        if (v->n_got > 0) o->end(o);
    }
    o->end(o);
}

static void out_verdicts(wr_out *o, const char *key, const wr_guard_case *c, wr_guard_met met) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < c->n; i++) n += c->v[i].met == met;
    g_out_key(o, key);
    o->list(o, n == 0);
    for (uint32_t i = 0; i < c->n; i++)
        if (c->v[i].met == met) out_verdict(o, &c->v[i]);
    if (n > 0) o->end(o);
}

static void out_tested(wr_out *o, const wr_guard_tested *t) {
    o->map(o, false);
    g_out_str(o, "rule_file", t->rule_file);
    if (t->error.n > 0) {
        g_out_str(o, "error", t->error);
        o->end(o);
        return;
    }
    g_out_key(o, "test_cases");
    o->list(o, t->n_cases == 0);
    for (uint32_t i = 0; i < t->n_cases; i++) {
        const wr_guard_case *c = &t->cases[i];
        o->map(o, false);
        g_out_str(o, "name", c->name);
        out_verdicts(o, "passed_rules", c, WR_GT_MET);
        out_verdicts(o, "failed_rules", c, WR_GT_UNMET);
        out_verdicts(o, "skipped_rules", c, WR_GT_UNASKED);
        o->end(o);
    }
    if (t->n_cases > 0) o->end(o);
    o->end(o);
}

// ---------------------------------------------------------------------------------- JUnit

typedef struct totals {
    uint64_t tests, failures, errors;
} totals;

static totals count(const wr_guard_tested *t) {
    totals n = {0};
    if (t->error.n > 0) return (totals){1, 0, 1};
    for (uint32_t i = 0; i < t->n_cases; i++) {
        for (uint32_t k = 0; k < t->cases[i].n; k++) {
            n.tests += t->cases[i].v[k].met != WR_GT_UNASKED;
            n.failures += t->cases[i].v[k].met == WR_GT_UNMET;
        }
    }
    return n;
}

static void put_attr(wr_buf *b, const char *name, wr_str value) {
    wr_putf(b, " %s=\"", name);
    g_put_xml(b, value);
    wr_putc(b, '"');
}

static void put_cases(wr_buf *b, const wr_guard_case *c, wr_guard_met met) {
    for (uint32_t i = 0; i < c->n; i++) {
        const wr_guard_verdict *v = &c->v[i];
        if (v->met != met) continue;
        wr_putz(b, "        <testcase");
        put_attr(b, "id", c->name);
        put_attr(b, "name", v->rule);
        wr_putz(b, " time=\"0\"");
        if (met == WR_GT_MET) {
            wr_putz(b, " status=\"pass\"/>\n");
            continue;
        }
        wr_putf(b, ">\n            <failure>Expected = %s, Evaluated = ", g_status_name(v->want));
        put_got(b, v);
        wr_putz(b, "</failure>\n        </testcase>\n");
    }
}

static void put_suite(wr_buf *b, const wr_guard_tested *t) {
    totals n = count(t);
    wr_putz(b, "    <testsuite");
    put_attr(b, "name", t->rule_file);
    wr_putf(b, " errors=\"%u\" failures=\"%u\" time=\"0\">\n", (unsigned)n.errors,
            (unsigned)n.failures);
    if (t->error.n > 0) {
        wr_putz(b, "        <testcase");
        put_attr(b, "name", t->rule_file);
        wr_putz(b, " time=\"0\" status=\"error\">\n            <error>");
        g_put_xml(b, t->error);
        wr_putz(b, "</error>\n        </testcase>\n");
    }
    for (uint32_t i = 0; t->error.n == 0 && i < t->n_cases; i++) {
        put_cases(b, &t->cases[i], WR_GT_MET);
        put_cases(b, &t->cases[i], WR_GT_UNMET);
    }
    wr_putz(b, "    </testsuite>\n");
}

static void put_junit(wr_buf *b, const wr_guard_tested *v, uint32_t n) {
    totals all = {0};
    for (uint32_t i = 0; i < n; i++) {
        totals one = count(&v[i]);
        all.tests += one.tests;
        all.failures += one.failures;
        all.errors += one.errors;
    }
    g_junit_head(b, "cfn-guard test report", all.tests, all.failures, all.errors);
    for (uint32_t i = 0; i < n; i++) put_suite(b, &v[i]);
    wr_putz(b, "</testsuites>\n");
}

wr_rc wr_guard_test_report(wr_buf *out, wr_guard_format f, const wr_guard_tested *v, uint32_t n,
                           bool one) {
    wr_out o;
    if (f == WR_GF_JUNIT) {
        put_junit(out, v, n);
        return out->rc;
    }
    wr_rc rc = f == WR_GF_YAML ? wr_out_yaml(&o, out) : wr_out_json(&o, out);
    if (rc != WR_OK) return rc;
    if (!one) o.list(&o, n == 0);
    for (uint32_t i = 0; i < n; i++) out_tested(&o, &v[i]);
    if (!one && n > 0) o.end(&o);
    rc = o.rc;
    wr_out_fini(&o);
    return rc != WR_OK ? rc : out->rc;
}
