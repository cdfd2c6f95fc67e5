// SPDX-License-Identifier: Apache-2.0
// iam_bench: times of the IAM engine on fixed inputs: one decision of a stack, warm; the same with
// its explanation; reading all managed policies.
// Usage: iam_bench decide STACK.json [KEY=VALUE] | iam_bench policies|checks MANAGED.jsonl[.gz]
// Prints "name value" lines: nanoseconds or milliseconds of CPU, medians; verdicts of all requests.
// Invariant: the resource's name goes round 1,000 values and is set anew for every decision.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "lang/iam/check.h"
#include "lang/iam/iam.h"

enum { NAMES = 1000, ROUNDS = 201, EXPLAIN_ROUNDS = 21, PARSE_ROUNDS = 15 };

typedef struct bench {
    wr_ctx ctx;
    wr_doc *d;
    wr_iam_set *set;
    wr_iam_layers layers;
    wr_iam_stack *stack;
    wr_iam_eval *eval;
    wr_iam_request req;
    wr_str names[NAMES];
} bench;

static double now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *v, size_t n) {
    qsort(v, n, sizeof *v, by_value);
    return v[n / 2];
}

static _Noreturn void die(const char *why) {
    fprintf(stderr, "iam_bench: %s\n", why);
    exit(1);
}

static const wr_node *at(const bench *b, const wr_node *n, const char *key) {
    return wr_map_getz(b->d, n, key);
}

static wr_str text(const wr_node *n) {
    if (!n || n->kind != WR_STR) die("the stack does not have the form expected");
    return wr_node_str(n);
}

// {name, policy}, or the policy itself.
static const wr_iam_policy *add(bench *b, const wr_node *n, wr_iam_kind k) {
    const wr_node *doc = at(b, n, "policy"), *name = at(b, n, "name");
    wr_iam_parse_opts o = {.kind = k, .name = name ? text(name) : (wr_str){0}};
    const wr_iam_policy *p = wr_iam_add(b->set, b->d, doc ? doc : n, &o);
    if (!p || p->broken) die("a policy of the stack is broken");
    return p;
}

static wr_iam_list list(bench *b, const wr_node *n, wr_iam_kind k) {
    const wr_iam_policy **v = WR_NEW_N(&b->ctx.arena, const wr_iam_policy *, n ? n->n + 1u : 1u);
    for (uint32_t i = 0; n && i < n->n; i++) v[i] = add(b, &n->u.kids[i], k);
    return (wr_iam_list){v, n ? n->n : 0};
}

static const wr_iam_list *levels(bench *b, const wr_node *n, wr_iam_kind k, uint32_t *count) {
    *count = n ? n->n : 0;
    wr_iam_list *v = WR_NEW_N(&b->ctx.arena, wr_iam_list, *count + 1u);
    for (uint32_t i = 0; i < *count; i++) v[i] = list(b, at(b, &n->u.kids[i], "policies"), k);
    return v;
}

static void read_request(bench *b, const wr_node *r) {
    const wr_node *ctx = at(b, r, "contextVariables"), *resource = at(b, r, "resource");
    if (wr_iam_request_init(&b->req, b->set, &b->ctx.arena) != WR_OK ||
        !wr_iam_principal_parse(text(at(b, r, "principal")), &b->req.principal) ||
        wr_iam_request_action(&b->req, text(at(b, r, "action"))) != WR_OK)
        die("the request does not have the form expected");
    b->req.resource_account = text(at(b, resource, "accountId"));
    for (uint32_t i = 0; ctx && i < ctx->n; i++) {
        wr_str *v = WR_NEW(&b->ctx.arena, wr_str);
        *v = text(wr_map_val(ctx, i));
        wr_str key = wr_node_str(wr_map_key(ctx, i));
        if (wr_iam_request_key(&b->req, &b->ctx.arena, key, v, 1, false) != WR_OK) die("memory");
    }
    wr_str base = text(at(b, resource, "resource"));
    for (int i = 0; i < NAMES; i++) b->names[i] = wr_fmt(&b->ctx.arena, "%.*s-%d", WR_FMT(base), i);
}

static void open_stack(bench *b, const char *path) {
    wr_str t;
    const wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    wr_ctx_init(&b->ctx, NULL);
    if (wr_read_file(&b->ctx, path, &t) != WR_OK) die("the stack cannot be read");
    wr_src *src = wr_src_new(&b->ctx.arena, wr_strz(path), t, false);
    if (!src || wr_json_read(&b->ctx, src, &how, &b->d) != WR_OK) die("the stack is no JSON");
    const wr_node *root = b->d->root;
    b->set = wr_iam_set_new(&b->ctx);
    wr_iam_layers *l = &b->layers;
    l->identity = list(b, at(b, root, "identityPolicies"), WR_IAM_IDENTITY);
    l->boundary = list(b, at(b, root, "permissionBoundaryPolicies"), WR_IAM_BOUNDARY);
    l->has_boundary = at(b, root, "permissionBoundaryPolicies") != NULL;
    l->scps = levels(b, at(b, root, "serviceControlPolicies"), WR_IAM_SCP, &l->n_scps);
    l->rcps = levels(b, at(b, root, "resourceControlPolicies"), WR_IAM_RCP, &l->n_rcps);
    const wr_node *policy = at(b, root, "resourcePolicy");
    l->has_resource = policy != NULL;
    if (policy) l->resource = add(b, policy, WR_IAM_RESOURCE);
    wr_iam_freeze(b->set);
    read_request(b, at(b, root, "request"));
    b->stack = wr_iam_stack_new(&b->ctx.arena, b->set, l);
    b->eval = wr_iam_eval_new(&b->ctx.arena, b->set);
    if (!b->stack || !b->eval) die("memory");
}

static void time_decisions(bench *b) {
    static double t[ROUNDS];
    unsigned long count[WR_N_OUTCOMES] = {0};
    wr_iam_result got;
    for (int round = 0; round < ROUNDS; round++) {
        double start = now_ns();
        for (int i = 0; i < NAMES; i++) {
            wr_iam_request_resource(&b->req, b->names[i]);
            wr_iam_decide(b->eval, b->stack, &b->req, &got);
            count[got.outcome]++;
        }
        t[round] = (now_ns() - start) / NAMES;
    }
    printf("decide_ns %.1f\n", median(t, ROUNDS));
    for (int o = 0; o < WR_N_OUTCOMES; o++)
        if (count[o]) printf("verdict %s %lu\n", wr_outcome_name((wr_outcome)o), count[o] / ROUNDS);
}

static void time_explanations(bench *b) {
    static double t[EXPLAIN_ROUNDS];
    for (int round = 0; round < EXPLAIN_ROUNDS; round++) {
        double start = now_ns();
        for (int i = 0; i < NAMES; i++) {
            wr_mark mark = wr_arena_mark(&b->ctx.arena);
            wr_iam_story story;
            wr_iam_request_resource(&b->req, b->names[i]);
            if (wr_iam_explain(b->eval, b->stack, &b->req, &b->ctx.arena, &story) != WR_OK)
                die("memory");
            wr_arena_rewind(&b->ctx.arena, mark);
        }
        t[round] = (now_ns() - start) / NAMES;
    }
    printf("explain_ns %.1f\n", median(t, EXPLAIN_ROUNDS));
}

// Another value for a key of the context.
static void set_key(bench *b, const char *setting) {
    const char *cut = strchr(setting, '=');
    if (!cut) die("KEY=VALUE is wanted");
    uint32_t key = wr_iam_key_find(b->set, wr_strn(setting, (size_t)(cut - setting)));
    wr_str *v = WR_NEW(&b->ctx.arena, wr_str);
    *v = wr_strz(cut + 1);
    if (key != UINT32_MAX)
        wr_iam_request_set(&b->req, key, (wr_iam_ctx_value){WR_IAM_PRESENT, false, 1, v});
}

static int decide(const char *path, const char *setting) {
    static bench b;
    open_stack(&b, path);
    if (setting) set_key(&b, setting);
    time_decisions(&b);
    time_explanations(&b);
    wr_ctx_fini(&b.ctx);
    return 0;
}

// ---------------------------------------------------------------------------------- policies

typedef struct corpus { // the documents' texts, as if each stood in a file
    wr_ctx ctx;
    WR_VEC(wr_str) texts;
    size_t bytes;
} corpus;

static void read_corpus(corpus *c, const char *path) {
    const wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    wr_ctx_init(&c->ctx, NULL);
    wr_pull *p = wr_pull_open(&c->ctx, path, &(wr_pull_opts){0});
    wr_item it;
    wr_doc *d;
    while (p && wr_pull_next(p, &it)) {
        if (wr_pull_load(p, &it, &c->ctx, &how, &d) != WR_OK) die("a policy is no JSON");
        const wr_node *doc = wr_map_getz(d, d->root, "document");
        if (!doc) die("a line has no document");
        wr_str whole = d->srcs[doc->src]->text;
        wr_str t = wr_sub(whole, doc->span.beg, doc->span.end);
        c->bytes += t.n;
        if (!WR_PUSH(&c->ctx.arena, &c->texts, t)) die("memory");
    }
    wr_pull_close(p);
    if (c->texts.n == 0) die("there are no policies");
}

static int policies(const char *path) {
    static corpus c;
    static double t[PARSE_ROUNDS];
    uint32_t broken = 0;
    read_corpus(&c, path);
    for (int round = 0; round < PARSE_ROUNDS; round++) {
        wr_ctx ctx;
        double start = now_ns();
        wr_ctx_init(&ctx, NULL);
        wr_iam_set *set = wr_iam_set_new(&ctx);
        const wr_iam_parse_opts o = {.kind = WR_IAM_IDENTITY};
        broken = 0;
        for (uint32_t i = 0; i < c.texts.n; i++) {
            wr_src *src = wr_src_new(&ctx.arena, WR_S("policy.json"), c.texts.v[i], false);
            const wr_iam_policy *p = src ? wr_iam_add_text(set, src, false, &o) : NULL;
            if (!p) die("memory");
            broken += p->broken;
        }
        wr_ctx_fini(&ctx);
        t[round] = (now_ns() - start) / 1e6;
    }
    printf("parse_ms %.2f\npolicies %u\nbytes %zu\nbroken %u\n", median(t, PARSE_ROUNDS), c.texts.n,
           c.bytes, broken);
    wr_ctx_fini(&c.ctx);
    return 0;
}

// Reading and all checks of all policies, as `writ iam validate` does them.
static int checks(const char *path) {
    static corpus c;
    static double t[PARSE_ROUNDS];
    static const wr_iam_check_opts o;
    uint32_t found = 0;
    read_corpus(&c, path);
    for (int round = 0; round < PARSE_ROUNDS; round++) {
        wr_ctx ctx;
        double start = now_ns();
        wr_ctx_init(&ctx, NULL);
        wr_iam_checker *k = wr_iam_checker_new(&ctx, &o);
        wr_iam_findings all = {NULL, 0, 0};
        for (uint32_t i = 0; k != NULL && i < c.texts.n; i++) {
            const wr_iam_checked what = {.kind = WR_IAM_IDENTITY};
            const wr_doc *doc;
            wr_src *src = wr_src_new(&ctx.arena, WR_S("policy.json"), c.texts.v[i], false);
            if (!src || wr_iam_check_text(k, &ctx, src, &what, &doc, &all) != WR_OK) die("memory");
        }
        found = all.n;
        wr_iam_checker_free(k);
        wr_ctx_fini(&ctx);
        t[round] = (now_ns() - start) / 1e6;
    }
    printf("validate_ms %.2f\npolicies %u\nbytes %zu\nfindings %u\n", median(t, PARSE_ROUNDS),
           c.texts.n, c.bytes, found);
    wr_ctx_fini(&c.ctx);
    return 0;
}

int main(int argc, char **argv) {
    if (argc >= 3 && argc <= 4 && strcmp(argv[1], "decide") == 0) return decide(argv[2], argv[3]);
    if (argc == 3 && strcmp(argv[1], "policies") == 0) return policies(argv[2]);
    if (argc == 3 && strcmp(argv[1], "checks") == 0) return checks(argv[2]);
    fputs("usage: iam_bench decide STACK.json [KEY=VALUE] | iam_bench policies|checks "
          "MANAGED.jsonl[.gz]\n",
          stderr);
    return 64;
}
