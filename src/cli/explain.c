// SPDX-License-Identifier: Apache-2.0
// writ explain CODE: a diagnostic's page. The pages are docs/diag/*.md, turned into a table when
// the program is built (tools/diag_pages.sh), so that it explains itself without its documentation.

#include "cli/cli.h"

static const struct {
    const char *code, *text;
} pages[] = {
#if defined(__has_include)
#if __has_include("diag_pages.inc")
#include "diag_pages.inc"
#endif
#endif
    {NULL, NULL},
};

static const char *page_of(const char *code) {
    for (unsigned i = 0; pages[i].code; i++)
        if (strcmp(pages[i].code, code) == 0) return pages[i].text;
    return NULL;
}

static void list_codes(cli *c) {
    for (unsigned i = 0; i < WR_D_COUNT; i++)
        wr_putf(&c->out, "%s  %s\n", wr_code_name((wr_code)i), wr_code_title((wr_code)i));
}

int cli_run_explain(cli *c) {
    const char *asked = cli_value(c, CLI_CODE);
    const char *near = NULL;
    double top = 0;
    if (asked == NULL) {
        list_codes(c);
        return 0;
    }
    char code[16] = {0};
    for (unsigned i = 0; i + 1 < sizeof code && asked[i]; i++)
        code[i] = asked[i] >= 'a' && asked[i] <= 'z' ? (char)(asked[i] - 32) : asked[i];
    for (unsigned i = 0; i < WR_D_COUNT; i++) {
        const char *name = wr_code_name((wr_code)i);
        if (strcmp(name, code) == 0) {
            const char *page = page_of(name);
            if (page) wr_putz(&c->out, page);
            else wr_putf(&c->out, "# %s: %s\n", name, wr_code_title((wr_code)i));
            return 0;
        }
        double s = cli_similar(wr_strz(code), wr_strz(name));
        if (s > top) {
            top = s;
            near = name;
        }
    }
    if (near == NULL) return cli_usage(c, "there is no diagnostic '%s'", asked);
    return cli_usage(c, "there is no diagnostic '%s'; similar: '%s'", asked, near);
}
