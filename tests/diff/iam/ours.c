// SPDX-License-Identifier: Apache-2.0
// ours: our side of the differential run. Reads a case a line (the form of the conformance cases,
// policies inline), writes its outcome a line: Allowed, ImplicitlyDenied, ExplicitlyDenied, or
// "Error: …" and "Unknown". Answers before it reads on, so that a program can ask one at a time.
#include <stdlib.h>

#include "../../conformance/iam/conf.h"

void conf_broken(conf *c, conf_kind kind, const char *what) {
    (void)c, (void)kind;
    fprintf(stderr, "ours: %s\n", what);
}

static const wr_iam_policy *add(void *arg, const wr_doc *d, const wr_node *n, wr_iam_kind k) {
    const wr_iam_parse_opts o = {.kind = k, .tolerant = true};
    return wr_iam_add(arg, d, n, &o);
}

static void put_result(const wr_iam_result *r) {
    switch (r->outcome) {
    case WR_ALLOW: puts("Allowed"); return;
    case WR_DENY: puts("ExplicitlyDenied"); return;
    case WR_IMPLICIT_DENY: puts("ImplicitlyDenied"); return;
    case WR_FAULT:
        printf("Error: %.*s\n", WR_FMT(r->broken ? r->broken->error : WR_S("no policy")));
        return;
    default: puts("Unknown");
    }
}

static void answer(wr_ctx *c, wr_str line) {
    static const wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    wr_doc *d;
    wr_iam_set *set = wr_iam_set_new(c);
    wr_iam_layers l;
    wr_iam_request r;
    const wr_src *src = wr_src_new(&c->arena, WR_S("case"), line, false);
    if (!set || !src) abort();
    if (wr_doc_load(c, src, &how, &d) != WR_OK || !conf_layers(d, &c->arena, add, set, &l)) {
        puts("Error: the case has not the form of one");
        return;
    }
    wr_iam_freeze(set);
    if (!conf_request(d, set, &c->arena, &r)) {
        puts("Error: the request has not the form of one");
        return;
    }
    wr_iam_stack *st = wr_iam_stack_new(&c->arena, set, &l);
    wr_iam_eval *e = wr_iam_eval_new(&c->arena, set);
    wr_iam_result got;
    if (!st || !e) abort();
    wr_iam_decide(e, st, &r, &got);
    put_result(&got);
}

int main(void) {
    char *line = NULL;
    size_t room = 0;
    for (ssize_t n; (n = getline(&line, &room, stdin)) > 0;) {
        wr_ctx c;
        wr_ctx_init(&c, NULL);
        answer(&c, wr_strn(line, (size_t)n));
        wr_ctx_fini(&c);
        fflush(stdout);
    }
    free(line);
    return 0;
}
