// SPDX-License-Identifier: Apache-2.0
// Values from streams: lines, arrays, wrapped lists, plain and gzip; broken ones leave the others
// alone; places are those of the whole file; memory does not follow the length.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "doc/doc.h"

static int fd_of(wr_str text) {
    int fd = memfd_create("t", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text.p, text.n), (ssize_t)text.n);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    return fd;
}

static wr_str gz(wr_arena *a, wr_str text) {
    z_stream z = {0};
    size_t cap = text.n + 1024;
    unsigned char *out = wr_alloc(a, cap);
    assert_int_equal(deflateInit2(&z, 1, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (unsigned char *)(uintptr_t)text.p;
    z.avail_in = (unsigned)text.n;
    z.next_out = out;
    z.avail_out = (unsigned)cap;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    size_t n = cap - z.avail_out;
    assert_int_equal(deflateEnd(&z), Z_OK);
    return wr_strn((const char *)out, n);
}

// All values of the text, joined by '|', each with "line:col=" before it and '!' behind a broken
// one; then the codes of what was said about the stream.
static const char *pull(wr_ctx *c, wr_str text, const char *list, size_t max) {
    wr_pull_opts o = {.list = list, .max_bytes = max};
    wr_buf b;
    wr_item it;
    wr_ctx one;
    wr_doc *d;
    wr_ctx_init(&one, NULL);
    wr_buf_init(&b, 0);
    wr_pull *p = wr_pull_from(c, wr_stream_fd(c, fd_of(text), "t"), &o);
    assert_non_null(p);
    while (wr_pull_next(p, &it)) {
        wr_ctx_mark m = wr_ctx_mark_now(&one);
        if (b.n) wr_putc(&b, '|');
        wr_putf(&b, "%u:%u=%.*s", it.before.line + 1, it.before.col + 1, WR_FMT(it.text));
        if (wr_pull_load(p, &it, &one, &(wr_load){.is_json = true}, &d) != WR_OK) {
            wr_putc(&b, '!');
            assert_non_null(one.diags);
        }
        wr_ctx_rewind(&one, m);
        assert_int_equal(one.arena.used, 0);
        assert_null(one.diags);
    }
    wr_rc rc = wr_pull_rc(p);
    assert_int_equal(rc != WR_OK, c->n_errors > 0);
    for (const wr_diag *g = c->diags; g; g = g->next) {
        wr_putf(&b, " %s", wr_code_name(g->code));
        if (g->src) {
            wr_pos at = wr_src_pos(g->src, g->span.beg);
            wr_putf(&b, "@%u:%u", at.line, at.col);
        }
    }
    wr_pull_close(p);
    wr_ctx_fini(&one);
    wr_putc(&b, 0);
    return wr_buf_keep(&b, &c->arena).p;
}

static void shapes(void **state) {
    (void)state;
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"", ""},
        {" \n ", ""},
        {"{\"a\":1}\n{\"a\":2}\n", "1:1={\"a\":1}|2:1={\"a\":2}"},
        {"{\"a\":1}{\"a\":2}", "1:1={\"a\":1}|1:8={\"a\":2}"},
        {"{\n\"a\":1\n}\n\n {\n}", "1:1={\n\"a\":1\n}|5:2={\n}"},
        {"1\n\"two\"\nnull\n", "1:1=1|2:1=\"two\"|3:1=null"},
        {"[1,\"a,]\",{\"b\":[]},[2]]", "1:2=1|1:4=\"a,]\"|1:10={\"b\":[]}|1:19=[2]"},
        {"[]\n[ ]\n[3]", "3:2=3"},
        {"\xEF\xBB\xBF[1]", "1:2=1"},
        {"{\"Records\":[{\"a\":1},{\"b\":2}]}", "1:13={\"a\":1}|1:21={\"b\":2}"},
        {"{ \"x\":{\"Records\":[0]}, \"Records\" :\n[ 1 , 2 ], \"y\":[3] }\n{\"Records\":[4]}",
         "2:3=1|2:7=2|3:13=4"},
        {"{\"x\":\"Records\",\"y\":[1]}", "1:1={\"x\":\"Records\",\"y\":[1]}"},
        {"{\"x\\\"Records\":[1]}", "1:1={\"x\\\"Records\":[1]}"},
        {"{\"Records\":{\"a\":[1]}}", "1:1={\"Records\":{\"a\":[1]}}"},
        {"{\"Records\":[1],\"Records\":[2]}", "1:13=1|1:27=2"},
        {"[\"\xC3\xA9\",2]", "1:2=\"\xC3\xA9\"|1:6=2"},
        {"[\"\\\\\",\"\\\"\",1]", "1:2=\"\\\\\"|1:7=\"\\\"\"|1:12=1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        wr_ctx c;
        wr_ctx_init(&c, NULL);
        assert_string_equal(pull(&c, wr_strz(rows[i].text), "Records", 0), rows[i].want);
        wr_ctx_fini(&c);
    }
}

static void broken(void **state) {
    (void)state;
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"{\"a\":1}\n{\"a\":\n{\"a\":3}\n", "1:1={\"a\":1}|2:1={\"a\":!|3:1={\"a\":3}"},
        {"{\"a\":1}\nnonsense here\n{\"a\":3}", "1:1={\"a\":1}|2:1=nonsense here!|3:1={\"a\":3}"},
        {"{\"a\":1}\n{\"a\":\"x\n{\"a\":3}", "1:1={\"a\":1}|2:1={\"a\":\"x!|3:1={\"a\":3}"},
        {"{\"a\":1}\n{\"a\":", "1:1={\"a\":1}|2:1={\"a\":!"},
        {"{\"a\":\n{\"b\":2}\n", "2:1={\"b\":2} D0020@1:1"},
        {"[1,{\"a\":},3]", "1:2=1|1:4={\"a\":}!|1:11=3"},
        {"[1,{\"a\":[},3]}]", "1:2=1|1:4={\"a\":[},3]! D0022@1:14"},
        {"[1 2,,3,]", "1:2=1 2!|1:7=3 D0022@1:6 D0022@1:9"},
        {"[{}{}]", "1:2={}|1:4={} D0022@1:4"},
        {"[1,{\"a\":\"x\n\"},3]", "1:2=1 D0020@1:4"},
        {"[1,{\"a\":2", "1:2=1 D0020@1:4"},
        {"[1,\n", "1:2=1 D0022@2:1"},
        {"[1}", "1:2=1 D0022@1:3"},
        {"{\"Records\":[1]", "1:13=1 D0020@1:15"},
        {"}\n1", "1:1=}!|2:1=1"},
        {"[\f, 1 ]", "1:2=\f!|1:5=1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        wr_ctx c;
        wr_ctx_init(&c, NULL);
        assert_string_equal(pull(&c, wr_strz(rows[i].text), "Records", 0), rows[i].want);
        wr_ctx_fini(&c);
    }
}

static void limits(void **state) {
    (void)state;
    wr_ctx c;
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_putz(&b, "1\n\"");
    wr_pad(&b, 'x', 300000);
    wr_putz(&b, "\"\n3\n");
    wr_ctx_init(&c, NULL);
    assert_string_equal(pull(&c, wr_buf_str(&b), NULL, 100000), "1:1=1|3:1=3 D0021@2:1");
    wr_ctx_fini(&c);
    b.p[0] = '[', b.p[1] = ' ';
    wr_ctx_init(&c, NULL);
    assert_string_equal(pull(&c, wr_buf_str(&b), NULL, 100000), " D0021@1:3");
    wr_ctx_fini(&c);
    wr_buf_fini(&b);
}

// A long text in small values: positions, and nothing grows.
static void long_text(void **state) {
    (void)state;
    enum { N = 50000 };
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_putz(&b, "{\"Records\":[");
    for (int i = 0; i < N; i++) wr_putf(&b, "%s{\"id\":\"%06d \xC3\xA9\"}", i ? "," : "", i);
    wr_putz(&b, "]}");
    for (int packed = 0; packed < 2; packed++) {
        wr_ctx c;
        wr_item it;
        unsigned n = 0;
        wr_ctx_init(&c, NULL);
        wr_str text = packed ? gz(&c.arena, wr_buf_str(&b)) : wr_buf_str(&b);
        wr_pull *p = wr_pull_from(&c, wr_stream_fd(&c, fd_of(text), "t"),
                                  &(wr_pull_opts){.list = "Records", .max_bytes = 1000});
        assert_non_null(p);
        size_t used = c.arena.used;
        while (wr_pull_next(p, &it)) {
            assert_int_equal(it.index, n + 1);
            assert_int_equal(it.before.col, 12 + n * 18);
            assert_int_equal(it.text.n, 18);
            n++;
        }
        assert_int_equal(n, N);
        assert_int_equal(wr_pull_rc(p), WR_OK);
        assert_int_equal(c.arena.used, used);
        wr_pull_close(p);
        wr_ctx_fini(&c);
    }
    wr_buf_fini(&b);
}

static void gzip(void **state) {
    (void)state;
    wr_ctx c;
    wr_buf b;
    wr_ctx_init(&c, NULL);
    wr_buf_init(&b, 0);
    wr_puts(&b, gz(&c.arena, WR_S("{\"a\":1}\n{\"a\"")));
    wr_puts(&b, gz(&c.arena, WR_S("")));
    wr_puts(&b, gz(&c.arena, WR_S(":2}\n")));
    wr_pad(&b, 0, 700);
    assert_string_equal(pull(&c, wr_buf_str(&b), NULL, 0), "1:1={\"a\":1}|2:1={\"a\":2}");

    wr_str whole = gz(&c.arena, WR_S("[1,2,3]"));
    for (size_t n = 2; n < whole.n; n++) { // cut anywhere: said, never passed off as complete
        const char *got = pull(&c, wr_sub(whole, 0, n), NULL, 0);
        assert_non_null(strstr(got, " B0004"));
        wr_ctx_fini(&c);
        wr_ctx_init(&c, NULL);
        whole = gz(&c.arena, WR_S("[1,2,3]"));
    }
    b.n = 0;
    wr_puts(&b, whole);
    wr_putz(&b, "junk");
    assert_string_equal(pull(&c, wr_buf_str(&b), NULL, 0), "1:2=1|1:4=2|1:6=3 B0004");
    b.p[14] ^= 1;
    assert_non_null(strstr(pull(&c, wr_buf_str(&b), NULL, 0), " B0004"));
    wr_buf_fini(&b);
    wr_ctx_fini(&c);
}

static void unreadable(void **state) {
    (void)state;
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    assert_null(wr_pull_open(&c, "/does/not/exist", &(wr_pull_opts){.list = NULL}));
    assert_null(wr_pull_open(&c, "/", &(wr_pull_opts){.list = NULL}));
    assert_int_equal(c.n_errors, 2);
    assert_int_equal(c.diags->code, WR_D_B0001);
    wr_ctx_fini(&c);
}

static void places(void **state) {
    (void)state;
    wr_ctx c, one;
    wr_item it;
    wr_doc *d;
    wr_ctx_init(&c, NULL);
    wr_ctx_init(&one, NULL);
    wr_pull *p =
        wr_pull_from(&c, wr_stream_fd(&c, fd_of(WR_S("[1,\n 2, {\"a\":\n  \"b\" x}]")), "t"),
                     &(wr_pull_opts){.list = NULL});
    while (wr_pull_next(p, &it)) {
        wr_rc rc = wr_pull_load(p, &it, &one, &(wr_load){.is_json = true}, &d);
        assert_int_equal(rc, it.index == 3 ? WR_BAD : WR_OK);
    }
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_diag_print(&b, one.diags, false);
    assert_true(wr_starts(wr_buf_str(&b), WR_S("t:3:7: error[D0002]: ")));
    assert_true(wr_find(wr_buf_str(&b), WR_S("|   \"b\" x}\n"), 0) != SIZE_MAX);
    wr_buf_fini(&b);
    wr_pull_close(p);
    wr_ctx_fini(&one);
    wr_ctx_fini(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes),    cmocka_unit_test(broken), cmocka_unit_test(limits),
        cmocka_unit_test(long_text), cmocka_unit_test(gzip),   cmocka_unit_test(unreadable),
        cmocka_unit_test(places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
