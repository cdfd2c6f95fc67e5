// SPDX-License-Identifier: Apache-2.0
// Schemas: what each kind of fault is called, that one file tells them all, what names mean, and
// what a schema asks of entities and requests.
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "lang/cedar/cedar_int.h"

static wr_rc read_schema(wr_ctx *c, const char *text, wr_cedar_schema **out) {
    wr_src *src = wr_src_new(&c->arena, WR_S("s"), wr_strz(text), false);
    if (text[0] != '{') return wr_cedar_schema_text(c, src, out);
    static const wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    wr_doc *d;
    assert_int_equal(wr_doc_load(c, src, &how, &d), WR_OK);
    return wr_cedar_schema_json(c, d, out);
}

// Codes of all faults, joined by blanks; "" when it is a schema.
static void faults(const char *text, const char *codes) {
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    wr_cedar_schema *s;
    wr_rc rc = read_schema(&c, text, &s);
    wr_buf b;
    wr_buf_init(&b, 0);
    for (const wr_diag *d = c.diags; d; d = d->next)
        wr_putf(&b, "%s%s", b.n ? " " : "", wr_code_name(d->code));
    wr_putc(&b, 0);
    assert_string_equal(b.p, codes);
    assert_int_equal(rc, *codes ? WR_BAD : WR_OK);
    wr_buf_fini(&b);
    wr_ctx_fini(&c);
}

static void each_fault_has_its_code(void **state) {
    (void)state;
    faults("entity A;", "");
    faults("entity A { x: Long; };", "P0301");
    faults("entity A in [B]; action a in b; entity C { x: Q };", "P0303 P0303 P0303");
    faults("entity A; entity A; type Long = String;", "P0304 P0304");
    faults("entity A; namespace N { entity A; action a; } action a;", "P0304 P0304");
    faults("type T = { x: T }; action a in a;", "P0305 P0305");
    faults("foo; entity A; bar; entity B in; action;", "P0301 P0301 P0301 P0301");
    faults("{\"\":{\"entityTypes\":{\"A\":{\"x\":1}},\"actions\":[]}}", "P0302 P0302");
}

static void depth_is_limited(void **state) {
    (void)state;
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_putz(&b, "type T = ");
    for (int i = 0; i < 600; i++) wr_putz(&b, "Set<");
    wr_putz(&b, "Long");
    for (int i = 0; i < 600; i++) wr_putz(&b, ">");
    wr_putz(&b, ";");
    wr_putc(&b, 0);
    faults(b.p, "P0301");
    b.n = 0; // the same by names: each type is flat, the meaning is not
    wr_putz(&b, "type T0 = Long;");
    for (int i = 1; i < 600; i++) wr_putf(&b, "type T%d = Set<T%d>;", i, i - 1);
    wr_putc(&b, 0);
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    wr_cedar_schema *s;
    assert_int_equal(read_schema(&c, b.p, &s), WR_BAD);
    assert_int_equal(c.diags->code, WR_D_P0305);
    wr_ctx_fini(&c);
    wr_buf_fini(&b);
}

static ced_type_kind kind_of(const wr_cedar_schema *s, const char *entity) {
    return (ced_type_kind)ced_schema_entity(s, wr_strz(entity))->shape->attrs[0].type->kind;
}

static void names_mean_the_nearest(void **state) {
    (void)state;
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    wr_cedar_schema *s;
    assert_int_equal(read_schema(&c, "entity Long; type String = Set<__cedar::Long>;", &s),
                     WR_BAD); // String cannot be declared
    assert_int_equal(read_schema(&c,
                                 "entity A { x: decimal }; type decimal = {}; entity B { x: N::T };"
                                 "entity Long; entity C { x: Long }; entity D { x: __cedar::Long };"
                                 "entity E; type E = __cedar::Bool; entity F { x: E };"
                                 "namespace N { type T = Set<U>; type U = E; entity A1 { x: T }; }",
                                 &s),
                     WR_OK);
    assert_int_equal(kind_of(s, "A"), CED_T_RECORD);
    assert_int_equal(kind_of(s, "B"), CED_T_SET);
    assert_int_equal(kind_of(s, "C"), CED_T_ENTITY);
    assert_int_equal(kind_of(s, "D"), CED_T_LONG);
    assert_int_equal(kind_of(s, "F"), CED_T_BOOL);
    assert_int_equal(kind_of(s, "N::A1"), CED_T_SET);
    wr_ctx_fini(&c);
}

static void closures_hold_all(void **state) {
    (void)state;
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    wr_cedar_schema *s;
    assert_int_equal(read_schema(&c,
                                 "entity A in B; entity B in C; entity C in A; entity D;"
                                 "action x in y; action y in z; action z;",
                                 &s),
                     WR_OK);
    assert_int_equal(ced_schema_entity(s, WR_S("A"))->n_up, 3);
    assert_int_equal(ced_schema_entity(s, WR_S("D"))->n_up, 0);
    assert_int_equal(ced_schema_action(s, WR_S("Action"), WR_S("x"))->n_up, 2);
    assert_null(ced_schema_action(s, WR_S("Action"), WR_S("w")));
    assert_null(ced_schema_entity(s, WR_S("Action")));
    assert_non_null(ced_schema_action_type(s, WR_S("Action")));
    wr_ctx_fini(&c);
}

static void text_never_changes_the_meaning(void **state) {
    (void)state;
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    wr_cedar_schema *s;
    assert_int_equal(
        read_schema(&c,
                    "{\"\":{\"entityTypes\":{\"A\":{\"shape\":{\"type\":\"Record\",\"attributes\":"
                    "{\"x\":{\"type\":\"Entity\",\"name\":\"A\"}}}}},\"actions\":{},"
                    "\"commonTypes\":{\"A\":{\"type\":\"Long\"}}}}",
                    &s),
        WR_OK);
    wr_buf b;
    wr_buf_init(&b, 0);
    assert_int_equal(wr_cedar_schema_put_text(&c, &b, s), WR_BAD);
    assert_int_equal(c.diags->code, WR_D_P0306);
    wr_buf_fini(&b);
    wr_ctx_fini(&c);
}

// ---------------------------------------------------------------------------------- data

static const char data_schema[] =
    "entity G; entity E enum [\"e\"]; entity U in [G] { n: Long, d?: decimal } tags E;"
    "action g; action v in g appliesTo { principal: U, resource: G, context: { k?: Long } };";

static void data_fault(const char *entities, const char *code) {
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    wr_cedar_schema *s;
    assert_int_equal(read_schema(&c, data_schema, &s), WR_OK);
    static const wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    wr_doc *d;
    wr_src *src = wr_src_new(&c.arena, WR_S("e"), wr_strz(entities), false);
    assert_int_equal(wr_doc_load(&c, src, &how, &d), WR_OK);
    wr_rc rc = WR_OK;
    wr_cedar_request q;
    if (d->root->kind == WR_MAP) rc = wr_cedar_request_read(&c, d, d->root, s, true, &q);
    else {
        wr_cedar_store *st = wr_cedar_store_new(&c, s);
        rc = wr_cedar_store_add(st, d);
        if (rc == WR_OK) rc = wr_cedar_store_close(st);
        // Both actions of the schema are there too.
        if (rc == WR_OK) assert_int_equal(wr_cedar_store_count(st), 3);
    }
    assert_int_equal(rc, *code ? WR_BAD : WR_OK);
    if (*code) assert_string_equal(wr_code_name(c.diags->code), code);
    wr_ctx_fini(&c);
}

#define U(attrs, parents)                                                                          \
    "[{\"uid\":{\"type\":\"U\",\"id\":\"a\"},\"attrs\":{" attrs "},\"parents\":[" parents "]}]"
#define Q(principal, action, resource, context)                                                    \
    "{\"principal\":{\"type\":\"" principal "\",\"id\":\"a\"},\"action\":{\"type\":\"Action\","    \
    "\"id\":\"" action "\"},\"resource\":{\"type\":\"" resource                                    \
    "\",\"id\":\"a\"},\"context\":{" context "}}"

static void data_conforms(void **state) {
    (void)state;
    data_fault(U("\"n\":1,\"d\":\"1.0\"", "{\"type\":\"G\",\"id\":\"g\"}"), "");
    data_fault(U("\"n\":1,\"d\":\"x\"", ""), "P0201");
    data_fault("[{\"uid\":{\"type\":\"U\",\"id\":\"a\"}}]", "P0202");
    data_fault(U("\"n\":\"1\"", ""), "P0205");
    data_fault(U("", ""), "P0205");
    data_fault(U("\"n\":1,\"x\":1", ""), "P0205");
    data_fault(U("\"n\":1", "{\"type\":\"E\",\"id\":\"e\"}"), "P0205");
    data_fault("[{\"uid\":{\"type\":\"E\",\"id\":\"z\"},\"attrs\":{},\"parents\":[]}]", "P0205");
    data_fault("[{\"uid\":{\"type\":\"Action\",\"id\":\"v\"},\"attrs\":{},\"parents\":[]}]",
               "P0205");
    data_fault(Q("U", "v", "G", "\"k\":1"), "");
    data_fault(Q("U", "v", "G", "\"k\":\"1\""), "P0206");
    data_fault(Q("U", "v", "G", "\"z\":1"), "P0201");
    data_fault(Q("G", "v", "G", ""), "P0206");
    data_fault(Q("U", "v", "Z", ""), "P0206");
    data_fault(Q("U", "w", "G", ""), "P0206");
}

static void cycles_are_found(void **state) {
    (void)state;
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    static const wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    wr_doc *d;
    wr_src *src = wr_src_new(
        &c.arena, WR_S("e"),
        WR_S("[{\"uid\":{\"type\":\"G\",\"id\":\"a\"},\"attrs\":{},\"parents\":[{\"type\":\"G\","
             "\"id\":\"a\"}]}]"),
        false);
    assert_int_equal(wr_doc_load(&c, src, &how, &d), WR_OK);
    wr_cedar_store *st = wr_cedar_store_new(&c, NULL);
    assert_int_equal(wr_cedar_store_add(st, d), WR_OK);
    assert_int_equal(wr_cedar_store_close(st), WR_BAD);
    assert_int_equal(c.diags->code, WR_D_P0203);
    wr_ctx_fini(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fault_has_its_code),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(names_mean_the_nearest),
        cmocka_unit_test(closures_hold_all),
        cmocka_unit_test(text_never_changes_the_meaning),
        cmocka_unit_test(data_conforms),
        cmocka_unit_test(cycles_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
