// SPDX-License-Identifier: Apache-2.0
// formed: texts that try to break a format, and whether what was written is well-formed whatever
// stood in it. Shared by the tests of decisions (report_test.c) and of checks (check_test.c).
#ifndef WR_REPORT_FORMED_H
#define WR_REPORT_FORMED_H

#include "doc/doc.h"

static const char *const hostile[] = {
    "plain",
    "\"quotes\" 'and' \\ <markup a=\"b\"> & ]]> --> ?>",
    "\x1b[31mred\x1b[0m \x01\x02\x07\x08\x7f",
    "\xC2\x85 \xC2\x9B\x33\x31m \xE2\x80\xA8 \xEF\xBF\xBE \xEF\xBF\xBF \xEF\xBB\xBF",
    "two\nlines\r\nand\ttabs\r",
    "- a: [1, {b: *c}] # no",
    "é 漢 😀 %41 %s %n",
    "true",
    " ",
    "</script><script>alert(1)</script> <!-- <script> ]]>",
    "\xE2\x80\xAEtxt.exe\xE2\x80\xAC \xE2\x81\xA6\xD7\xA9",
    "javascript:alert(1)\" onload=\"x",
};
enum { N_HOSTILE = sizeof hostile / sizeof *hostile };

static inline wr_doc *read_tree(wr_ctx *c, wr_str text, bool json) {
    wr_doc *doc = NULL;
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = json};
    const wr_src *src = wr_src_new(&c->arena, WR_S("report"), text, false);
    wr_rc rc = json ? wr_json_read(c, src, &how, &doc) : wr_doc_load(c, src, &how, &doc);
    if (rc != WR_OK) fail_msg("does not read back:\n%.*s", WR_FMT(text));
    return doc;
}

// Tags that nest, attributes in quotes, known references, no control characters.
static inline void check_xml(wr_str s) {
    char open[8][16] = {{0}};
    size_t depth = 0;
    for (size_t i = wr_find(s, WR_S("?>"), 0) + 2; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        assert_true(c >= 0x20 || c == '\n' || c == '\r' || c == '\t');
        if (c == '&') {
            size_t end = wr_find(s, WR_S(";"), i);
            wr_str ref = wr_sub(s, i, end + 1);
            assert_true(wr_eq(ref, WR_S("&lt;")) || wr_eq(ref, WR_S("&gt;")) ||
                        wr_eq(ref, WR_S("&amp;")) || wr_eq(ref, WR_S("&apos;")) ||
                        wr_eq(ref, WR_S("&quot;")));
        }
        if (c != '<') continue;
        bool closing = s.p[i + 1] == '/', quoted = false;
        size_t at = i + 1 + closing, n = 0;
        while (s.p[at + n] >= 'a' && s.p[at + n] <= 'z') n++;
        assert_true(n > 0 && n < 16);
        for (i = at + n; s.p[i] != '>' || quoted; i++) {
            assert_true(s.p[i] != '<' && i + 1 < s.n);
            if (s.p[i] == '"') quoted = !quoted;
        }
        if (closing) {
            assert_true(depth > 0);
            depth--;
            assert_true(strlen(open[depth]) == n && memcmp(open[depth], s.p + at, n) == 0);
        } else if (s.p[i - 1] != '/') {
            assert_true(depth < 8);
            memcpy(open[depth], s.p + at, n);
            open[depth++][n] = '\0';
        }
    }
    assert_int_equal(depth, 0);
}

static inline void check_text(wr_str s) {
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        assert_true((c >= 0x20 || c == '\n') && c != 0x7F);
        if (c == 0xC2) assert_true((unsigned char)s.p[i + 1] >= 0xA0);
    }
}

#endif
