// SPDX-License-Identifier: Apache-2.0
// guard test: rule files against cases that say what each rule has to find (guard-language.md
// §1.11). The personality reads test files as serde_yaml does and keeps the original's exit codes;
// writ reads them with the loader that validate uses and takes input parameters.

#include "cli/cmd_guard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct tester {
    cli *c;
    bool native, verbose, plain;
    wr_guard_format format;
    WR_VEC(wr_guard_tested) results;
    uint32_t n_errors, n_unmet; // writ: n_unmet counts cases
    uint32_t met, unmet, lost;  // expectations; lost: of rules that there are not
    bool fatal;                 // the run is over; code says how
    int code;
} tester;

// A rule file and what is known of it while its test files are gone through.
typedef struct subject {
    tester *t;
    wr_str shown; // rule_file of reports
    wr_guard_set *set;
    const g_file *file;
    wr_guard_eval *eval;
    const wr_doc *extra; // input parameters
    WR_VEC(wr_guard_case) cases;
    wr_str error;    // of a structured report
    uint32_t number; // of the case, over all test files
    int code;
} subject;

static void stop(tester *t, int code) {
    t->fatal = true;
    t->code = code;
}

// A silent success of the original, said aloud.
static void nothing_there(tester *t, const char *what, const char *where) {
    t->n_errors += t->native;
    if (t->native) cli_complain(t->c, WR_D_C0001, WR_ERROR, "%s '%s'", what, where);
    else cli_say(t->c, "warning: %s '%s'", what, where);
}

// ---------------------------------------------------------------------------------- test files

typedef struct spec {
    wr_guard_case head;
    const wr_node *input, *rules;
} spec;

// The text of a scalar as written, as serde reads a string.
static wr_str scalar_text(const wr_doc *d, const wr_node *n) {
    if (n->kind == WR_STR) return wr_node_str(n);
    return wr_sub(d->srcs[n->src]->text, n->span.beg, n->span.end);
}

// A field of a structure, which serde also reads from a list, in order.
static const wr_node *field(const wr_doc *d, const wr_node *n, const char *name, uint32_t place) {
    if (n == NULL || n->kind != WR_LIST) return wr_map_getz(d, n, name);
    return place < n->n ? &n->u.kids[place] : NULL;
}

static bool read_spec(const wr_doc *d, const wr_node *n, spec *out) {
    const wr_node *name = field(d, n, "name", 0);
    const wr_node *expected = field(d, n, "expectations", 2);
    *out = (spec){.input = field(d, n, "input", 1), .rules = field(d, expected, "rules", 0)};
    if (out->input == NULL || out->rules == NULL) return false;
    if (out->rules->kind != WR_MAP) return false;
    for (uint32_t i = 0; i < out->rules->n; i++) {
        uint8_t kind = wr_map_val(out->rules, i)->kind;
        if (kind == WR_LIST || kind == WR_MAP) return false;
    }
    if (name && (name->kind == WR_LIST || name->kind == WR_MAP)) return false;
    out->head.has_name = name && name->kind != WR_NULL;
    if (out->head.has_name) out->head.name = scalar_text(d, name);
    return true;
}

static bool has_shape(const wr_doc *d) {
    spec s;
    if (d->root->kind == WR_NULL) return true; // no cases
    if (d->root->kind != WR_LIST) return false;
    for (uint32_t i = 0; i < d->root->n; i++)
        if (!read_spec(d, &d->root->u.kids[i], &s)) return false;
    return true;
}

// Why a test file cannot be used, in the original's words; empty when it can (*out is set).
static wr_str load_tests(subject *s, const char *path, const wr_doc **out) {
    cli *c = s->t->c;
    wr_doc *doc = NULL;
    wr_str text;
    const char *why = cli_read(c, path, &text);
    if (why) return wr_fmt(&c->ctx.arena, "I/O error when reading %s", why);
    const wr_src *src = wr_src_new(&c->ctx.arena, wr_strz(path), text, true);
    if (src == NULL) return WR_S("out of memory");
    wr_load how = {.profile = s->t->native ? WR_LOAD_STRICT : WR_LOAD_SERDE,
                   .syms = wr_guard_syms(s->set),
                   .is_json = wr_looks_json(wr_strz(path), text)};
    (void)cli_say_diags(c, false);
    wr_rc rc = wr_doc_load(&c->ctx, src, &how, &doc);
    *out = doc;
    if (rc == WR_OK && has_shape(doc)) return (wr_str){NULL, 0};
    if (s->t->native) {
        if (rc == WR_OK)
            (void)wr_report(&c->ctx, WR_D_C0003, WR_ERROR, src, doc->root->span,
                            "a list of {name, input, expectations: {rules: {…}}} is wanted");
        (void)cli_say_diags(c, false);
        return wr_fmt(&c->ctx.arena, "Unable to process data in file %s", path);
    }
    const wr_diag *d = c->ctx.diags;
    if (rc != WR_OK && d && d->code == WR_D_D0006) {
        stop(s->t, cli_fatal(c, "%.*s", WR_FMT(d->msg)));
        return d->msg;
    }
    return wr_fmt(&c->ctx.arena,
                  "Parser Error when parsing `Unable to process data in file %s, "
                  "Error %.*s%s`",
                  path, WR_FMT(cli_serde_error(&c->ctx.arena, text, CLI_SHAPE_TESTS)),
                  s->t->plain ? "," : "");
}

// ---------------------------------------------------------------------------------- cases

// The document of a case: its input, over the input parameters when there are some.
static const wr_doc *input_of(subject *s, const wr_doc *tests, const wr_node *input) {
    WR_ASSERT(input != NULL); // has_shape saw it
    cli *c = s->t->c;
    const wr_doc *doc = NULL;
    wr_str why = {NULL, 0};
    const wr_symtab *syms = wr_guard_syms(s->set);
    if (cli_extract(&c->ctx, syms, tests, input, &doc) != WR_OK) return NULL;
    if (s->extra && cli_merge(&c->ctx, syms, s->extra, doc, &doc, &why) != WR_OK) {
        (void)wr_report(&c->ctx, WR_D_C0002, WR_ERROR, tests->srcs[input->src], input->span, "%.*s",
                        WR_FMT(cli_inner(why)));
        return NULL;
    }
    return doc;
}

// The expectations as texts: serde reads PASS, 1 and true alike. NULL: no memory.
static const wr_node *texts_of(subject *s, const wr_doc *d, const wr_node *rules) {
    wr_ctx *ctx = &s->t->c->ctx;
    wr_build b;
    wr_doc *doc = NULL;
    uint32_t texts = 0;
    for (uint32_t i = 0; i < rules->n; i++) texts += wr_map_val(rules, i)->kind == WR_STR;
    if (texts == rules->n) return rules;
    wr_symtab *syms = WR_NEW(&ctx->arena, wr_symtab);
    if (syms == NULL) return NULL;
    wr_symtab_init(syms, &ctx->arena, wr_guard_syms(s->set));
    wr_build_init(&b, ctx, syms);
    uint16_t src = wr_build_src(&b, d->srcs[rules->src]);
    wr_build_open(&b, WR_MAP, src, 0, rules->span.beg);
    for (uint32_t i = 0; i < rules->n; i++) {
        const wr_node *k = wr_map_key(rules, i), *v = wr_map_val(rules, i);
        wr_build_key(&b, src, k->span, 0, wr_node_str(k));
        wr_build_str(&b, src, v->span, 0, scalar_text(d, v));
    }
    wr_build_close(&b, rules->span.end);
    return wr_build_end(&b, &doc) == WR_OK ? doc->root : NULL;
}

static bool is_status(wr_str s) {
    return wr_eq(s, WR_S("PASS")) || wr_eq(s, WR_S("FAIL")) || wr_eq(s, WR_S("SKIP"));
}

// Says of each expectation that is no status where it stands (writ).
static void say_bad_statuses(subject *s, const wr_doc *d, const wr_node *rules) {
    cli *c = s->t->c;
    for (uint32_t i = 0; i < rules->n; i++) {
        const wr_node *v = wr_map_val(rules, i);
        wr_str text = scalar_text(d, v);
        if (is_status(text)) continue;
        wr_diag *said = wr_report(&c->ctx, WR_D_C0003, WR_ERROR, d->srcs[v->src], v->span,
                                  "%.*s cannot be expected of a rule", WR_FMT(text));
        wr_hint(&c->ctx, said, "write PASS, FAIL or SKIP");
    }
    (void)cli_say_diags(c, false);
}

// An expectation of a rule that there is not tests nothing, whatever its author thinks (writ).
// A warning, since published test files have some; an error under --strict.
static void check_names(subject *s, const wr_doc *d, const wr_node *rules, const wr_guard_case *k) {
    cli *c = s->t->c;
    bool strict = cli_has(c, CLI_STRICT);
    for (uint32_t i = 0; i < rules->n; i++) {
        const wr_node *key = wr_map_key(rules, i);
        wr_str name = wr_node_str(key), near = {NULL, 0};
        double top = 0.7;
        bool known = false;
        for (uint32_t j = 0; j < k->n; j++) {
            double like = wr_similar(name, k->v[j].rule);
            known = known || wr_eq(name, k->v[j].rule);
            if (like > top) near = k->v[j].rule;
            if (like > top) top = like;
        }
        if (known) continue;
        s->t->lost++;
        wr_diag *said =
            wr_report(&c->ctx, WR_D_C0004, strict ? WR_ERROR : WR_WARNING, d->srcs[key->src],
                      key->span, "no rule %.*s is judged: nothing is tested", WR_FMT(name));
        if (near.n > 0) wr_hint(&c->ctx, said, "did you mean %.*s?", WR_FMT(near));
    }
    s->t->n_errors += cli_say_diags(c, false);
}

// An expectation is no status.
static void bad_expectation(subject *s, const wr_doc *d, const spec *sp, const wr_guard_case *k,
                            wr_str bad) {
    tester *t = s->t;
    if (t->plain && !t->native) {
        wr_guard_test_unasked(&t->c->out, k);
        stop(t, cli_fatal(t->c, "%.*s", WR_FMT(bad)));
        return;
    }
    if (t->native) say_bad_statuses(s, d, sp->rules);
    s->error = bad;
    t->n_errors++;
}

static void run_case(subject *s, const wr_doc *tests, const spec *sp) {
    tester *t = s->t;
    wr_guard_case k = sp->head;
    wr_str bad = {NULL, 0};
    if (t->plain) wr_guard_test_head(&t->c->out, &k, s->number);
    s->number++;
    const wr_doc *doc = input_of(s, tests, sp->input);
    if (doc == NULL) {
        t->n_errors += 1 + cli_say_diags(t->c, false);
        if (!t->native) stop(t, cli_fatal(t->c, "the input cannot be loaded"));
        return;
    }
    wr_guard_bind(s->eval, doc, k.name);
    wr_guard_run_opts how = {
        .keep_all = t->verbose, .no_records = !t->verbose, .fatal = !t->native};
    const g_result *r = wr_guard_run(s->eval, s->file, how);
    if (r == NULL) {
        stop(t, t->native ? WX_ERROR : cli_fatal(t->c, "out of memory"));
        return;
    }
    if (r->error.n && !t->native) {
        stop(t, cli_fatal(t->c, "%.*s", WR_FMT(r->error)));
        return;
    }
    if (r->error.n) {
        t->n_errors++;
        cli_complain(t->c, WR_D_C0004, WR_ERROR, "%.*s: case %u: %.*s", WR_FMT(s->shown),
                     (unsigned)s->number - 1, WR_FMT(cli_inner(r->error)));
    }
    const wr_node *rules = texts_of(s, tests, sp->rules);
    if (rules == NULL || wr_guard_judge(&t->c->ctx.arena, r, rules, &k, &bad) != WR_OK) {
        bad_expectation(s, tests, sp, &k, bad);
        return;
    }
    if (t->native) check_names(s, tests, sp->rules, &k);
    for (uint32_t i = 0; i < k.n; i++) {
        t->met += k.v[i].met == WR_GT_MET;
        t->unmet += k.v[i].met == WR_GT_UNMET;
    }
    if (t->plain) wr_guard_test_body(&t->c->out, &k, t->verbose ? r : NULL);
    if (wr_guard_case_failed(&k)) {
        s->code = GX_TEST_FAIL;
        t->n_unmet++;
    }
    (void)WR_PUSH(&t->c->ctx.arena, &s->cases, k);
}

static void run_file(subject *s, const char *path) {
    tester *t = s->t;
    const wr_doc *tests = NULL;
    spec sp;
    wr_str why = load_tests(s, path, &tests);
    if (t->fatal) return;
    if (why.n) {
        t->n_errors++;
        s->code = GX_TEST_ERROR;
        if (t->plain && !t->native) wr_putf(&t->c->out, "Error processing %.*s\n", WR_FMT(why));
        if (!t->plain) s->error = why;
        return;
    }
    WR_ASSERT(tests != NULL);
    uint32_t n = tests->root->kind == WR_LIST ? tests->root->n : 0;
    for (uint32_t i = 0; i < n && !t->fatal && s->error.n == 0; i++) {
        (void)read_spec(tests, &tests->root->u.kids[i], &sp);
        run_case(s, tests, &sp);
    }
}

// ---------------------------------------------------------------------------------- rule files

// Input parameters, merged; loaded anew over each rule file's symbols.
static bool load_extra(subject *s) {
    cli *c = s->t->c;
    const cli_words *w = &c->val[CLI_INPUT];
    for (uint32_t i = 0; i < w->n; i++) {
        cli_text t = {.path = w->v[i], .name = wr_strz(w->v[i])};
        const wr_src *src;
        const wr_doc *doc;
        wr_str why = {NULL, 0};
        const char *bad = cli_read(c, t.path, &t.text);
        if (bad) {
            (void)wr_report(&c->ctx, WR_D_B0001, WR_ERROR, NULL, (wr_span){0, 0},
                            "cannot read '%s': %s", t.path, bad);
        } else if (cli_load(c, &c->ctx, wr_guard_syms(s->set), &t, &src, &doc) == WR_OK) {
            if (!s->extra ||
                cli_merge(&c->ctx, wr_guard_syms(s->set), s->extra, doc, &doc, &why) == WR_OK)
                s->extra = doc;
            else
                (void)wr_report(&c->ctx, WR_D_C0002, WR_ERROR, src, doc->root->span, "%.*s",
                                WR_FMT(cli_inner(why)));
        }
        if (cli_say_diags(c, false)) {
            stop(s->t, WX_ERROR);
            return false;
        }
    }
    return true;
}

// Compiles the rules. False: s->error says why not (the original's words).
static bool compile(subject *s, const char *path, wr_str text, wr_str name) {
    cli *c = s->t->c;
    wr_guard_opts opts = cli_guard_opts(c);
    s->set = wr_guard_set_new(&c->ctx, &opts);
    wr_str shown = s->t->native ? wr_strz(path) : name;
    const wr_src *src = wr_src_new(&c->ctx.arena, shown, text, false);
    if (s->set == NULL || src == NULL) {
        s->error = WR_S("out of memory");
        return false;
    }
    bool ok =
        cli_add_preludes(c, s->set) == WR_OK && wr_guard_add(s->set, src, name, &s->file) == WR_OK;
    (void)cli_say_diags(c, false);
    if (ok && wr_guard_file_error(s->file).n == 0) return true;
    s->error = s->file ? wr_guard_file_error(s->file) : WR_S("");
    if (s->error.n == 0) s->error = WR_S("the rules cannot be compiled");
    return false;
}

typedef enum tested { T_DONE, T_UNREADABLE, T_UNPARSED, T_EMPTY } tested;

static void run_tests(subject *s, const cli_words *tests) {
    s->eval = wr_guard_eval_new(&s->t->c->ctx, s->set);
    s->number = 1;
    if (s->eval == NULL) stop(s->t, s->t->native ? WX_ERROR : GX_FATAL);
    if (s->eval && load_extra(s))
        for (uint32_t i = 0; i < tests->n && !s->t->fatal && s->error.n == 0; i++)
            run_file(s, tests->v[i]);
    wr_guard_eval_free(s->eval);
    s->eval = NULL;
}

// name: what the rules are called inside (default rule, parse errors).
static tested test_rules(subject *s, const char *path, wr_str name, const cli_words *tests) {
    cli *c = s->t->c;
    wr_str text;
    tested how = T_DONE;
    s->shown = wr_strz(path);
    const char *why = cli_read(c, path, &text);
    if (why) {
        s->error = wr_fmt(&c->ctx.arena, "I/O error when reading %s", why);
        if (s->t->native) cli_complain(c, WR_D_B0001, WR_ERROR, "cannot read '%s': %s", path, why);
        return T_UNREADABLE;
    }
    if (!compile(s, path, text, name)) how = T_UNPARSED;
    else if (wr_guard_file_empty(s->file)) how = T_EMPTY;
    else run_tests(s, tests);
    if (s->set) wr_guard_set_free(s->set);
    if (how == T_DONE && s->error.n) s->code = GX_TEST_ERROR;
    return how;
}

static void keep(tester *t, const subject *s) {
    wr_guard_tested r = {
        .rule_file = s->shown, .error = s->error, .cases = s->cases.v, .n_cases = s->cases.n};
    (void)WR_PUSH(&t->c->ctx.arena, &t->results, r);
}

// ---------------------------------------------------------------------------------- one file

static bool check_one(tester *t, const char *rules, const char *data) {
    cli *c = t->c;
    struct stat st;
    if (!rules || !data) {
        if (t->native)
            stop(t, cli_usage(c, "'--rules-file' and '--test-data' are needed, or '--dir'"));
        else stop(t, cli_fatal(c, "called `Option::unwrap()` on a `None` value"));
    } else if (!wr_exists(rules) || !wr_exists(data)) {
        const char *lost = wr_exists(rules) ? data : rules;
        if (t->native) {
            cli_complain(c, WR_D_B0001, WR_ERROR, "cannot read '%s': No such file or directory",
                         lost);
            stop(t, WX_ERROR);
        } else {
            stop(t, cli_fatal(c, "The path `%s` does not exist", lost));
        }
    } else if (stat(rules, &st) == 0 && !S_ISREG(st.st_mode)) {
        if (t->native) cli_complain(c, WR_D_B0001, WR_ERROR, "cannot read '%s': not a file", rules);
        stop(t,
             t->native ? WX_ERROR : cli_fatal(c, "I/O error when reading invalid input parameter"));
    }
    return !t->fatal;
}

static void one_plain(tester *t, subject *s, tested how) {
    cli *c = t->c;
    if (how == T_UNREADABLE && !t->native)
        wr_putf(&c->out, "Unable to read rule file content %.*s", WR_FMT(s->error));
    else if (how == T_UNPARSED && !t->native)
        wr_putf(&c->out, "Parse Error on ruleset file %.*s\n", WR_FMT(s->error));
    t->code = how == T_UNREADABLE || how == T_UNPARSED ? GX_TEST_ERROR : s->code;
}

static void test_one(tester *t) {
    cli *c = t->c;
    const char *rules = cli_value(c, CLI_RULES_FILE), *data = cli_value(c, CLI_TEST_DATA);
    wr_search find = cli_finder(c);
    cli_words all = {NULL, 0, 0}, tests = {NULL, 0, 0};
    subject s = {.t = t};
    if (!check_one(t, rules, data)) return;
    wr_walk(&find, data, &all);
    for (uint32_t i = 0; i < all.n; i++)
        if (cli_is_test_name(wr_basename(wr_strz(all.v[i]))))
            (void)WR_PUSH(&c->ctx.arena, &tests, all.v[i]);
    if (tests.n == 0) {
        nothing_there(t, "no test files (.yaml .yml .json .jsn) in", data);
    }
    tested how = test_rules(&s, rules, wr_strz(rules), &tests);
    if (t->fatal) return;
    if (how == T_UNREADABLE || how == T_UNPARSED) t->n_errors++;
    if (t->plain) {
        one_plain(t, &s, how);
        return;
    }
    if (how == T_EMPTY) return;
    if (how == T_DONE) {
        t->code = s.code;
    } else if (!t->native) {
        cli_say(c, "warning: the rule file '%s' cannot be used; the exit code is 0 all the same",
                rules);
    }
    keep(t, &s);
    if (wr_guard_test_report(&c->out, t->format, t->results.v, t->results.n, true) != WR_OK)
        stop(t, t->native ? WX_ERROR : GX_FATAL);
}

// ---------------------------------------------------------------------------------- a directory

static void pair_plain(tester *t, const cli_pair *p) {
    wr_buf *out = &t->c->out;
    subject s = {.t = t};
    if (p->tests.n == 0) {
        wr_putf(out, "Guard File %s did not have any tests associated, skipping.\n---\n", p->rules);
        return;
    }
    wr_putf(out, "Testing Guard File %s\n", p->rules);
    tested how = test_rules(&s, p->rules, p->stem, &p->tests);
    if (t->fatal) return;
    if (how == T_UNREADABLE && !t->native) {
        stop(t, cli_fatal(t->c, "%.*s", WR_FMT(s.error)));
        return;
    }
    if (how == T_UNREADABLE || how == T_UNPARSED) t->n_errors++;
    if (how == T_UNPARSED) {
        if (t->native) wr_putz(out, "The rule file cannot be used.\n");
        else wr_putf(out, "Parse Error on ruleset file %.*s\n", WR_FMT(s.error));
        t->code = GX_TEST_FAIL;
    } else if (t->code == GX_OK) {
        t->code = s.code;
    }
    wr_putz(out, "---\n");
}

static void pair_structured(tester *t, const cli_pair *p) {
    subject s = {.t = t};
    if (p->tests.n == 0) return;
    tested how = test_rules(&s, p->rules, p->stem, &p->tests);
    if (t->fatal || how == T_EMPTY) return;
    if (how != T_DONE) {
        t->code = GX_TEST_ERROR;
        t->n_errors++;
    } else if (t->code != GX_TEST_ERROR && s.code != GX_OK) {
        t->code = s.code;
    }
    keep(t, &s);
}

static void test_dir(tester *t, const char *dir) {
    cli *c = t->c;
    wr_search find = {.arena = &c->ctx.arena,
                      .follow = true,
                      .ignore = &c->val[CLI_IGNORE],
                      .longest = t->native};
    cli_pairs pairs = {NULL, 0, 0};
    cli_words lost = {NULL, 0, 0};
    if (!wr_exists(dir)) {
        if (t->native)
            cli_complain(c, WR_D_B0001, WR_ERROR, "cannot read '%s': No such file or directory",
                         dir);
        stop(t, t->native ? WX_ERROR : cli_fatal(c, "The path `%s` does not exist", dir));
        return;
    }
    cli_find_tests(&find, dir, &pairs, &lost);
    for (uint32_t i = 0; i < lost.n && t->native; i++)
        cli_complain(c, WR_D_C0005, WR_WARNING, "'%s' belongs to no rule file", lost.v[i]);
    if (pairs.n == 0) {
        nothing_there(t, "no rule files (.guard .ruleset) in", dir);
    }
    for (uint32_t i = 0; i < pairs.n && !t->fatal; i++) {
        if (t->plain) pair_plain(t, &pairs.v[i]);
        else pair_structured(t, &pairs.v[i]);
    }
    if (t->plain || t->fatal) return;
    if (wr_guard_test_report(&c->out, t->format, t->results.v, t->results.n, false) != WR_OK)
        stop(t, t->native ? WX_ERROR : GX_FATAL);
}

// ---------------------------------------------------------------------------------- all of it

static void put_total(const tester *t) {
    wr_buf *out = &t->c->out;
    wr_putf(out, "%u expectation%s met, %u not met", t->met, t->met == 1 ? "" : "s", t->unmet);
    if (t->lost > 0) wr_putf(out, ", %u of no rule", t->lost);
    wr_putf(out, ", %u error%s\n", t->n_errors, t->n_errors == 1 ? "" : "s");
}

int cli_guard_test(cli *c) {
    tester t = {.c = c,
                .native = c->prog->native,
                .format = cli_format(c),
                .verbose = cli_has(c, CLI_VERBOSE)};
    t.plain = t.format == WR_GF_SUMMARY;
    if (!t.plain && t.verbose) {
        static const char both[] = "Cannot provide an output_type of JSON, YAML, or JUnit while "
                                   "the verbose flag is set";
        return t.native ? cli_usage(c, "'--verbose' cannot be used with a structured format")
                        : cli_fatal(c, "%s", both);
    }
    if (t.format == WR_GF_SARIF)
        return t.native ? cli_usage(c, "'--output-format sarif' is not a format of tests")
                        : cli_fatal(c, "Cannot provide an output_type of SARIF, SARIF reporter is "
                                       "unsupported.");
    const char *dir = cli_value(c, CLI_DIR);
    if (dir) test_dir(&t, dir);
    else test_one(&t);
    if (t.native && !t.fatal && t.met + t.unmet + t.n_errors == 0) {
        cli_complain(c, WR_D_C0001, WR_ERROR,
                     "no expectation of a rule that there is: nothing is tested");
        t.n_errors++;
    }
    if (t.native) (void)wr_buf_flush(&c->err); // what went wrong, then the report
    if (t.native && t.plain && !t.fatal) put_total(&t);
    if (t.native && !t.fatal) return t.n_errors ? WX_ERROR : t.n_unmet ? WX_FINDINGS : WX_OK;
    return t.code;
}
