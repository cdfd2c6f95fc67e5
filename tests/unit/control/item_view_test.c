// SPDX-License-Identifier: Apache-2.0
// The view of configuration items: texts of JSON become what they say, nothing else changes; what
// begins as JSON and is none is an error.
#include "control/control.h"

#include <setjmp.h>
#include <stdlib.h>

#include <cmocka.h>

// Item and expected view are JSON with ' for "; want NULL: refused.
static void row(const char *item, const char *want) {
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    char *in = (char *)wr_dupz(&c.arena, wr_strz(item));
    for (char *q = in; *q; q++)
        if (*q == '\'') *q = '"';
    wr_src *src = wr_src_new(&c.arena, WR_S("i.json"), wr_strz(in), false);
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    wr_doc *d, *view;
    assert_int_equal(wr_doc_load(&c, src, &how, &d), WR_OK);
    wr_rc rc = wr_item_view(&c, d, &view);
    if (want) {
        assert_int_equal(rc, WR_OK);
        assert_int_equal(c.n_diags, 0);
        wr_buf b;
        wr_buf_init(&b, 0);
        assert_int_equal(wr_put_json(&b, view->root, -1), WR_OK);
        wr_putc(&b, '\0');
        for (char *q = b.p; *q; q++)
            if (*q == '"') *q = '\'';
        assert_string_equal(b.p, want);
        wr_buf_fini(&b);
    } else {
        assert_int_equal(rc, WR_BAD);
        assert_int_equal(c.n_errors, 1);
    }
    wr_ctx_fini(&c);
}

static void views(void **state) {
    (void)state;
    row("{'resourceType':'T','configuration':{'a':1},'tags':{}}",
        "{'resourceType':'T','configuration':{'a':1},'tags':{}}");
    row("{'resourceType':'T','configuration':'{\\'a\\':[true]}'}",
        "{'resourceType':'T','configuration':{'a':[true]}}");
    row("{'resourceType':'T','supplementaryConfiguration':{'P':'[1]','Q':'x{','R':'plain'}}",
        "{'resourceType':'T','supplementaryConfiguration':{'P':[1],'Q':'x{','R':'plain'}}");
    // Only these two members: a tag that looks like JSON is a tag.
    row("{'resourceType':'T','tags':{'t':'{}'},'other':'[1]'}",
        "{'resourceType':'T','tags':{'t':'{}'},'other':'[1]'}");
}

static void no_items(void **state) {
    (void)state;
    row("[]", NULL);
    row("{'resourceType':5}", NULL);
    row("{'resourceId':'x'}", NULL);
}

// What begins as JSON and is cut off would look like a resource that has nothing.
static void cut_off(void **state) {
    (void)state;
    row("{'resourceType':'T','configuration':'{\\'a\\':1'}", NULL);
    row("{'resourceType':'T','supplementaryConfiguration':{'P':' [1'}}", NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(views), cmocka_unit_test(no_items),
                                       cmocka_unit_test(cut_off)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
