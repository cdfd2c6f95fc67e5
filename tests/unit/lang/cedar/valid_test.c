// SPDX-License-Identifier: Apache-2.0
// What the validator says, by code, of policies under one schema: each row the condition, the codes
// in strict mode; levels; limits; slices of a store.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "lang/cedar/cedar.h"

static const char schema_text[] =
    "entity G; entity E enum [\"a\"]; entity D in [G];"
    "entity U in [G] { name: String, age?: Long, boss: U } tags String;"
    "action view appliesTo { principal: U, resource: [D], context: { on: Bool } };";

static const char *const rows[][2] = {
    {"true", ""},
    {"principal has age && principal.age > 1", ""},
    {"principal.hasTag(\"k\") && principal.getTag(\"k\") == \"v\"", ""},
    {"principal is Uu", "P0401 P0411.w"},
    {"action == Action::\"veiw\"", "P0402 P0411.w"},
    {"E::\"b\" == E::\"a\"", "P0403 P0411.w"},
    {"principal.name > 1", "P0404"},
    {"principal.name == 1", "P0405"},
    {"principal.nme == \"x\"", "P0406"},
    {"principal.age > 1", "P0406"},
    {"(principal has age || context.on) && principal.age > 1", "P0406"},
    {"principal.getTag(\"k\") == \"v\"", "P0406"},
    {"[].contains(1)", "P0407"},
    {"ip(\"300.1.1.1\").isIpv4()", "P0408"},
    {"ip(principal.name).isIpv4()", "P0408"},
    {"principal is G", "P0411.w"},
    {"principal.name == \"\xd0\xb0lice\"", "P0412.w"},
    {"principal.name == \"\\u{202e}x\"", "P0412.w"},
};

static wr_cedar_schema *schema_of(wr_ctx *c) {
    wr_cedar_schema *s = NULL;
    wr_src *src = wr_src_new(&c->arena, WR_S("schema"), wr_strz(schema_text), false);
    assert_int_equal(wr_cedar_schema_text(c, src, &s), WR_OK);
    return s;
}

static wr_cedar_set *set_of(wr_ctx *c, const char *text) {
    wr_cedar_set *set = wr_cedar_set_new(c);
    wr_src *src = wr_src_new(&c->arena, WR_S("policies"), wr_strz(text), false);
    assert_int_equal(wr_cedar_add_text(set, src, false), WR_OK);
    return set;
}

static const char *said(wr_ctx *c, const char *text, uint32_t level) {
    wr_cedar_remarks r;
    wr_buf b;
    wr_buf_init(&b, 0);
    assert_int_equal(
        wr_cedar_validate(c, set_of(c, text), schema_of(c), WR_CEDAR_STRICT, level, &r), WR_OK);
    for (uint32_t i = 0; i < r.n; i++) {
        assert_true(r.v[i].message.n > 0 && r.v[i].policy != NULL);
        wr_putf(&b, "%s%s%s", i ? " " : "", wr_code_name(r.v[i].code), r.v[i].warning ? ".w" : "");
    }
    wr_putc(&b, '\0');
    return wr_buf_keep(&b, &c->arena).p;
}

static void codes(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        wr_ctx c;
        wr_ctx_init(&c, NULL);
        char text[512];
        snprintf(text, sizeof text, "permit(principal, action, resource) when { %s };", rows[i][0]);
        assert_string_equal(said(&c, text, UINT32_MAX), rows[i][1]);
        wr_ctx_fini(&c);
    }
}

static void scopes(void **state) {
    (void)state;
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    assert_string_equal(said(&c, "permit(principal == G::\"g\", action, resource);", UINT32_MAX),
                        "P0410.w P0411.w");
    assert_string_equal(said(&c, "permit(principal in ?principal, action, resource);", UINT32_MAX),
                        "");
    wr_ctx_fini(&c);
}

static void levels(void **state) {
    (void)state;
    static const char two[] =
        "permit(principal, action, resource) when { principal.boss.name == \"x\" };";
    static const char literal[] =
        "permit(principal, action, resource) when { U::\"a\".name == \"x\" };";
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    assert_string_equal(said(&c, two, 1), "P0409");
    assert_string_equal(said(&c, two, 2), "");
    assert_string_equal(said(&c, literal, 9), "P0409");
    assert_string_equal(said(&c, literal, UINT32_MAX), "");
    wr_ctx_fini(&c);
}

// No answer is not "valid".
static void too_many_steps(void **state) {
    (void)state;
    wr_limits l = wr_limits_default;
    l.steps = 3;
    wr_ctx c;
    wr_ctx_init(&c, &l);
    wr_cedar_remarks r;
    wr_cedar_set *set = set_of(&c, "permit(principal, action, resource) when { context.on };");
    assert_int_equal(wr_cedar_validate(&c, set, schema_of(&c), WR_CEDAR_STRICT, 1, &r), WR_LIMIT);
    assert_int_equal(r.n, 0);
    assert_int_equal(c.diags->code, WR_D_P0413);
    wr_ctx_fini(&c);
}

static void slices(void **state) {
    (void)state;
    static const char text[] =
        "[{\"uid\":{\"type\":\"U\",\"id\":\"a\"},\"attrs\":{\"boss\":{\"__entity\":{\"type\":\"U\","
        "\"id\":\"b\"}}},\"parents\":[]},{\"uid\":{\"type\":\"U\",\"id\":\"b\"},\"attrs\":{"
        "\"boss\":"
        "{\"__entity\":{\"type\":\"U\",\"id\":\"gone\"}}},\"parents\":[]},{\"uid\":{\"type\":\"D\","
        "\"id\":\"d\"},\"attrs\":{},\"parents\":[]},{\"uid\":{\"type\":\"Action\",\"id\":\"view\"},"
        "\"attrs\":{},\"parents\":[]},{\"uid\":{\"type\":\"U\",\"id\":\"z\"},\"attrs\":{},"
        "\"parents\":[]}]";
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    wr_src *src = wr_src_new(&c.arena, WR_S("entities"), wr_strz(text), false);
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    wr_doc *d = NULL;
    assert_int_equal(wr_doc_load(&c, src, &how, &d), WR_OK);
    wr_cedar_store *s = wr_cedar_store_new(&c, NULL);
    assert_int_equal(wr_cedar_store_add(s, d), WR_OK);
    assert_int_equal(wr_cedar_store_close(s), WR_OK);
    const wr_cedar_request r = {.principal = {WR_S("U"), WR_S("a")},
                                .action = {WR_S("Action"), WR_S("view")},
                                .resource = {WR_S("D"), WR_S("d")}};
    static const uint32_t kept[] = {0, 3, 4, 4};
    static const bool closed[] = {true, true, true, false};
    for (uint32_t level = 0; level < 4; level++) {
        wr_cedar_slice x;
        assert_int_equal(wr_cedar_slice_at(&c, s, &r, level, &x), WR_OK);
        assert_int_equal(x.kept, kept[level]);
        assert_int_equal(x.closed, closed[level]);
    }
    wr_ctx_fini(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes),          cmocka_unit_test(scopes), cmocka_unit_test(levels),
        cmocka_unit_test(too_many_steps), cmocka_unit_test(slices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
