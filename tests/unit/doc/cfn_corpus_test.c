// SPDX-License-Identifier: Apache-2.0
// Real templates: every one resolves, and every function that is left in the result is flagged and
// names its fact. The shipped examples always; then the folder $WRIT_TEMPLATES, or that of the
// conformance data beside the source tree, when it is there.
#include "doc/doc.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct tally {
    unsigned files, loaded, templates, resolved, whole; // whole: nothing left
    unsigned functions, left, errors, fragment_errors;
    unsigned code[WR_D_COUNT];
} tally;

// nftw has no argument to pass.
static tally all;
static const wr_cfn_inputs *inputs;

#define GIVEN(n, t)                                                                                \
    {                                                                                              \
        .name = {n, sizeof(n) - 1}, .text = { t, sizeof(t) - 1 }                                   \
    }
static const wr_cfn_given account[] = {
    GIVEN("AWS::Region", "us-east-1"),
    GIVEN("AWS::AccountId", "123456789012"),
    GIVEN("AWS::StackName", "shop"),
    GIVEN("AWS::StackId", "arn:aws:cloudformation:us-east-1:123456789012:stack/shop/1"),
    GIVEN("AWS::AvailabilityZones", "us-east-1a,us-east-1b,us-east-1c"),
    {.name = {0}},
};

static bool is_function(const wr_node *n) {
    if (n->kind != WR_MAP || n->n != 1) return false;
    wr_str k = wr_node_str(wr_map_key(n, 0));
    return wr_eq(k, WR_S("Ref")) || wr_starts(k, WR_S("Fn::"));
}

static unsigned count_functions(const wr_node *n) {
    unsigned k = is_function(n);
    if (n->kind != WR_MAP && n->kind != WR_LIST) return 0;
    for (uint32_t i = 0; i < n->n; i++)
        k += count_functions(n->kind == WR_MAP ? wr_map_val(n, i) : &n->u.kids[i]);
    return k;
}

// Everything below a flagged node waits with it.
static void check_left(const wr_doc *d, const wr_node *n, const char *path) {
    wr_str what;
    if (wr_node_unknown(d, n, &what)) {
        if (n->kind != WR_STR) all.left++;
        assert_true(what.n > 0);
        return;
    }
    if (is_function(n)) {
        wr_pos p = wr_node_pos(d, n);
        fprintf(stderr, "%s:%u:%u: a function is left and not flagged\n", path, p.line, p.col);
        fail();
    }
    if (n->kind != WR_MAP && n->kind != WR_LIST) return;
    for (uint32_t i = 0; i < n->n; i++)
        check_left(d, n->kind == WR_MAP ? wr_map_val(n, i) : &n->u.kids[i], path);
}

static void show_errors(const wr_ctx *c, const char *path) {
    for (const wr_diag *d = c->diags; d; d = d->next) {
        all.code[d->code]++;
        if (d->sev != WR_ERROR) continue;
        wr_pos p = d->src ? wr_src_pos(d->src, d->span.beg) : (wr_pos){0, 0};
        if (strstr(path, "/RainModules/")) all.fragment_errors++; // parts of templates
        else all.errors++;
        printf("%s:%u:%u: %s: %.*s\n", path, p.line, p.col, wr_code_name(d->code), WR_FMT(d->msg));
    }
}

static void one(wr_ctx *c, const char *path) {
    wr_str text;
    wr_doc *in, *out;
    if (wr_read_file(c, path, &text) != WR_OK) return;
    wr_src *s = wr_src_new(&c->arena, wr_strz(path), text, true);
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = wr_looks_json(wr_strz(path), text)};
    if (wr_doc_load(c, s, &how, &in) != WR_OK) return;
    all.loaded++;
    const wr_node *res = wr_map_getz(in, in->root, "Resources");
    if (!res) return;
    all.templates++;
    c->n_errors = 0;
    assert_int_equal(wr_cfn_resolve(c, in, inputs, &out), WR_OK);
    all.resolved++;
    unsigned before = all.left;
    all.functions += count_functions(res);
    check_left(out, wr_map_getz(out, out->root, "Resources"), path);
    all.whole += before == all.left;
}

static int visit(const char *path, const struct stat *st, int type, struct FTW *ftw) {
    (void)st;
    (void)ftw;
    wr_str p = wr_strz(path);
    if (type != FTW_F) return 0;
    if (!wr_ends(p, WR_S(".yaml")) && !wr_ends(p, WR_S(".yml")) && !wr_ends(p, WR_S(".json")) &&
        !wr_ends(p, WR_S(".template")))
        return 0;
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    all.files++;
    one(&c, path);
    show_errors(&c, path);
    wr_ctx_fini(&c);
    return 0;
}

static void put_tally(const char *title) {
    printf("%s: %u files, %u loaded, %u templates, %u resolved, %u of them wholly; %u functions in "
           "Resources, %u unresolved places, %u errors, %u in fragments\n",
           title, all.files, all.loaded, all.templates, all.resolved, all.whole, all.functions,
           all.left, all.errors, all.fragment_errors);
    for (int i = 0; i < WR_D_COUNT; i++)
        if (all.code[i])
            printf("  %s %5u  %s\n", wr_code_name((wr_code)i), all.code[i],
                   wr_code_title((wr_code)i));
}

// Bare, and with what is known of an account: both resolve all, the second leaves less.
static bool run(const char *dir) {
    unsigned left = 0;
    wr_cfn_inputs in;
    wr_arena a;
    wr_arena_init(&a, 0);
    wr_cfn_inputs_init(&in, &a);
    for (int i = 0; account[i].name.n; i++)
        assert_int_equal(wr_cfn_inputs_set(&in, &account[i]), WR_OK);
    for (int pass = 0; pass < 2; pass++) {
        all = (tally){0};
        inputs = pass ? &in : NULL;
        if (nftw(dir, visit, 16, FTW_PHYS) != 0 || all.files == 0) {
            wr_arena_fini(&a);
            return false;
        }
        put_tally(pass ? "with an account" : "bare");
        assert_int_equal(all.resolved, all.templates);
        assert_int_equal(all.errors, 0);
        if (pass) assert_true(all.left <= left);
        left = all.left;
    }
    wr_arena_fini(&a);
    return true;
}

static void test_examples(void **state) {
    (void)state;
    assert_true(run("examples/templates"));
}

static void test_corpus(void **state) {
    (void)state;
    const char *dir = getenv("WRIT_TEMPLATES");
    if (!run(dir ? dir : "../shared/conformance/guard/templates")) skip();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_corpus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
