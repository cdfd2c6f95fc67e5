// SPDX-License-Identifier: Apache-2.0
// guard validate: rule files × data files. Texts are read in the original's order (data, input
// parameters, rules), rules are compiled first all the same, because documents are loaded over
// their symbols; an error found out of order waits until those before it had their turn.
// The personality ends with the first error (guard-language.md §1.10); writ goes on with the other
// files and ends with exit code 2.

#include "cli/cmd_guard.h"
#include "control/control.h"
#include "cli/guard_report.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

typedef struct rules_file {
    cli_text t;
    const char *bad; // why it could not be read, or NULL
    const g_file *file;
} rules_file;

typedef struct validate {
    cli *c;
    wr_guard_set *set;
    wr_guard_batch batch;
    const wr_report_format *report; // writ's own; NULL: the original's, or in its shape
    uint8_t summary;
    bool structured, native;
    cli_texts data, params;
    const char *data_stop, *params_stop, *rules_stop; // what ended reading (personality)
    WR_VEC(rules_file) rules;
    WR_VEC(const g_file *) files; // parsed and not empty
    WR_VEC(wr_guard_doc) docs;
    const wr_doc *extra;    // the input parameters, merged
    const char *merge_stop; // why the document after docs cannot be merged (personality)
    cli_resolver *resolver;
    int code;
} validate;

// ---------------------------------------------------------------------------------- options

static uint8_t summary_of(const cli *c) {
    uint8_t set = 0;
    const cli_words *w = &c->val[CLI_SUMMARY];
    if (w->n == 0) return WR_GS_FAIL;
    for (uint32_t i = 0; i < w->n; i++) {
        if (strcmp(w->v[i], "none") == 0) set = 0;
        else if (strcmp(w->v[i], "all") == 0) set |= WR_GS_PASS | WR_GS_FAIL | WR_GS_SKIP;
        else if (strcmp(w->v[i], "pass") == 0) set |= WR_GS_PASS;
        else if (strcmp(w->v[i], "fail") == 0) set |= WR_GS_FAIL;
        else set |= WR_GS_SKIP;
    }
    return set;
}

// Formats of writ itself.
static const wr_report_format *report_of(const cli *c) {
    static const struct {
        const char *option, *format;
    } row[] = {{"single-line-summary", "text"},
               {"junit", "junit"},
               {"sarif", "sarif"},
               {"ocsf", "ocsf"},
               {"decisions", "json"}};
    const char *v = cli_value(c, CLI_FORMAT);
    for (size_t i = 0; c->prog->native && i < sizeof row / sizeof *row; i++)
        if (strcmp(v, row[i].option) == 0) return wr_report_find(wr_strz(row[i].format));
    return NULL;
}

// The original's words for options that do not go together; NULL when they do.
static const char *bad_options(const validate *v) {
    wr_guard_format f = v->batch.format;
    if (v->native) return NULL;
    if (v->structured && v->summary)
        return "Cannot provide a summary-type other than `none` when the `structured` flag is "
               "present";
    if (v->structured && f == WR_GF_SUMMARY)
        return "single-line-summary is not able to be used when the `structured` flag is present";
    if (f == WR_GF_JUNIT && !v->structured)
        return "the structured flag must be set when output is set to junit";
    if (f == WR_GF_SARIF && !v->structured)
        return "the structured flag must be set when output is set to sarif";
    return NULL;
}

static bool read_options(validate *v) {
    cli *c = v->c;
    v->native = c->prog->native;
    v->summary = summary_of(c);
    v->batch.format = cli_format(c);
    v->report = report_of(c);
    v->structured = cli_has(c, CLI_STRUCTURED);
    if (v->native && v->report == NULL && !cli_has(c, CLI_VERBOSE) && !cli_has(c, CLI_PRINT_JSON))
        v->structured = true;
    v->batch.summary = v->summary;
    v->batch.verbose = cli_has(c, CLI_VERBOSE);
    v->batch.print_json = cli_has(c, CLI_PRINT_JSON);
    v->batch.color = c->out_color;
    v->batch.native = v->native;
    v->batch.ctx = &c->ctx;
    const char *fail_on = cli_value(c, CLI_FAIL_ON);
    wr_severity severity = WR_SEV_INFORMATIONAL;
    v->batch.fail_never = fail_on && strcmp(fail_on, "never") == 0;
    if (fail_on && wr_severity_parse(wr_strz(fail_on), &severity))
        v->batch.fail_on = (uint8_t)severity;
    return cli_jobs(c, &v->batch.jobs);
}

// ---------------------------------------------------------------------------------- saying

// Something could not be evaluated: writ says so and goes on.
static void trouble(validate *v, wr_code code, const char *what, const char *why) {
    (void)wr_report(&v->c->ctx, code, WR_ERROR, NULL, (wr_span){0, 0}, "%s'%s': %s",
                    code == WR_D_B0001 ? "cannot read " : "", what, why);
}

// The silent successes of the original, said aloud.
static void nothing_there(validate *v, const char *what, const char *why) {
    if (v->native) {
        (void)wr_report(&v->c->ctx, WR_D_C0001, WR_ERROR, NULL, (wr_span){0, 0}, "%s '%s'", why,
                        what);
    } else {
        wr_putf(&v->c->err, "cfn-guard: warning: %s '%s'\n", why, what);
    }
}

// ---------------------------------------------------------------------------------- data

static const char *reading_failed(validate *v, const char *why) {
    return wr_fmt(&v->c->ctx.arena, "I/O error when reading %s", why).p;
}

// One data file. False: reading is over (personality).
static bool add_data(validate *v, const char *path, bool params, cli_texts *out,
                     const char **stop) {
    cli *c = v->c;
    cli_text t = {.path = path, .name = wr_strz(path)};
    if (!v->native) {
        char real[PATH_MAX];
        if (realpath(path, real)) t.name = wr_dup(&c->ctx.arena, wr_strz(real));
    } else if (wr_starts(t.name, WR_S("./"))) {
        t.name = wr_sub(t.name, 2, t.name.n);
    }
    if (params) t.name = wr_basename(wr_strz(path));
    if (!cli_is_data_name(t.name)) return true;
    const char *why = cli_read(c, path, &t.text);
    if (why && !v->native) {
        *stop = reading_failed(v, why);
        return false;
    }
    if (why) trouble(v, WR_D_B0001, path, why);
    else (void)WR_PUSH(&c->ctx.arena, out, t);
    return true;
}

// All files of one -d or -i word.
static bool add_data_arg(validate *v, const char *arg, bool params, cli_texts *out,
                         const char **stop) {
    cli *c = v->c;
    wr_search find = cli_finder(c);
    cli_words paths = {NULL, 0, 0};
    uint32_t before = out->n;
    uint32_t errors = c->ctx.n_errors;
    if (v->native && wr_is_glob(arg)) {
        wr_expand(&find, arg, &paths);
    } else if (!wr_exists(arg)) {
        *stop = wr_fmt(&c->ctx.arena, "The path `%s` does not exist", arg).p;
        if (!v->native) return false;
        trouble(v, WR_D_B0001, arg, "No such file or directory");
        return true;
    } else {
        wr_walk(&find, arg, &paths);
    }
    for (uint32_t i = 0; i < paths.n; i++)
        if (!add_data(v, paths.v[i], params, out, stop)) return false;
    if (out->n > before || c->ctx.n_errors > errors) return true;
    bool one = paths.n == 1 && strcmp(paths.v[0], arg) == 0;
    nothing_there(v, arg,
                  one ? "not a data file (.yaml .yml .json .jsn .template):" : "no data files in");
    return true;
}

static void find_data(validate *v) {
    cli *c = v->c;
    const cli_words *w = &c->val[CLI_DATA];
    for (uint32_t i = 0; i < w->n; i++)
        if (!add_data_arg(v, w->v[i], false, &v->data, &v->data_stop)) return;
    if (w->n == 0 && c->val[CLI_RULES].n > 0) {
        cli_text t = {.name = WR_S("STDIN")};
        const char *why = cli_read(c, NULL, &t.text);
        if (why && v->native) trouble(v, WR_D_B0001, "STDIN", why);
        else if (why) v->data_stop = reading_failed(v, why);
        else (void)WR_PUSH(&c->ctx.arena, &v->data, t);
    }
    w = &c->val[CLI_INPUT];
    for (uint32_t i = 0; i < w->n && v->data_stop == NULL; i++)
        if (!add_data_arg(v, w->v[i], true, &v->params, &v->params_stop)) return;
}

// ---------------------------------------------------------------------------------- rules

static void add_rules(validate *v, const char *path) {
    rules_file r = {.t = {.path = path, .name = wr_basename(wr_strz(path))}};
    r.bad = cli_read(v->c, path, &r.t.text);
    (void)WR_PUSH(&v->c->ctx.arena, &v->rules, r);
}

static bool add_rules_arg(validate *v, const char *arg) {
    cli *c = v->c;
    wr_search find = cli_finder(c);
    cli_words paths = {NULL, 0, 0};
    uint32_t before = v->rules.n;
    if (v->native && wr_is_glob(arg)) {
        wr_expand(&find, arg, &paths);
    } else if (!wr_exists(arg)) {
        v->rules_stop = wr_fmt(&c->ctx.arena, "The path `%s` does not exist", arg).p;
        if (v->native) trouble(v, WR_D_B0001, arg, "No such file or directory");
        return v->native;
    } else if (wr_is_file(arg)) {
        add_rules(v, arg);
    } else {
        wr_walk(&find, arg, &paths);
    }
    for (uint32_t i = 0; i < paths.n; i++)
        if (cli_is_rules_name(wr_basename(wr_strz(paths.v[i])))) add_rules(v, paths.v[i]);
    if (v->rules.n == before) nothing_there(v, arg, "no rule files (.guard, .ruleset) in");
    return true;
}

static void find_rules(validate *v) {
    const cli_words *w = &v->c->val[CLI_RULES];
    for (uint32_t i = 0; i < w->n; i++)
        if (!add_rules_arg(v, w->v[i])) return;
}

// Compiles all rule texts. False when memory ran out.
static bool compile(validate *v) {
    cli *c = v->c;
    wr_guard_opts opts = cli_guard_opts(c);
    v->set = wr_guard_set_new(&c->ctx, &opts);
    if (v->set == NULL || cli_add_preludes(c, v->set) == WR_NOMEM) return false;
    for (uint32_t i = 0; i < v->rules.n; i++) {
        rules_file *r = &v->rules.v[i];
        wr_str shown = v->native && r->t.path ? wr_strz(r->t.path) : r->t.name;
        if (r->bad) continue;
        const wr_src *src = wr_src_new(&c->ctx.arena, shown, r->t.text, false);
        if (src == NULL || wr_guard_add(v->set, src, r->t.name, &r->file) == WR_NOMEM) return false;
        if (r->file && wr_guard_file_error(r->file).n == 0 && !wr_guard_file_empty(r->file))
            (void)WR_PUSH(&c->ctx.arena, &v->files, r->file);
        (void)cli_say_diags(c, false);
    }
    return true;
}

// ---------------------------------------------------------------------------------- documents

// Loads one text. False: it ended the run (personality); *doc NULL: writ goes on without it.
static bool load(validate *v, const cli_text *t, const wr_src **src, const wr_doc **doc) {
    cli *c = v->c;
    (void)cli_say_diags(c, cli_has(c, CLI_VERBOSE));
    wr_rc rc = cli_load(c, &c->ctx, wr_guard_syms(v->set), t, src, doc);
    if (rc == WR_OK) return true;
    *doc = NULL;
    if (v->native) return true; // the diagnostics say it
    v->code = cli_fatal(c, "%.*s", WR_FMT(cli_first_message(c)));
    return false;
}

static const char *inner(validate *v, wr_str why) {
    const char *z = why.n ? wr_dupz(&v->c->ctx.arena, cli_inner(why)) : NULL;
    return z ? z : "the result is too large";
}

static bool load_params(validate *v) {
    cli *c = v->c;
    for (uint32_t i = 0; i < v->params.n; i++) {
        const wr_src *src;
        const wr_doc *doc;
        wr_str why = {NULL, 0};
        if (!load(v, &v->params.v[i], &src, &doc)) return false;
        if (doc == NULL) continue;
        if (v->extra && cli_merge(&c->ctx, wr_guard_syms(v->set), v->extra, doc, &doc, &why)) {
            if (!v->native) v->code = cli_fatal(c, "%.*s", WR_FMT(why));
            if (!v->native) return false;
            trouble(v, WR_D_C0002, v->params.v[i].path, inner(v, why));
            continue;
        }
        v->extra = doc;
    }
    if (v->params_stop && !v->native) {
        v->code = cli_fatal(c, "%s", v->params_stop);
        return false;
    }
    return true;
}

// The input parameters under each document.
static bool merge_params(validate *v) {
    cli *c = v->c;
    // The original merges the parameters into a payload only when the report is one document.
    if (cli_has(c, CLI_PAYLOAD) && !v->structured && !v->native) return true;
    for (uint32_t i = 0; v->extra && i < v->docs.n; i++) {
        wr_str why = {NULL, 0};
        wr_guard_doc *d = &v->docs.v[i];
        wr_rc rc = cli_merge(&c->ctx, wr_guard_syms(v->set), v->extra, d->doc, &d->doc, &why);
        if (rc == WR_OK) continue;
        if (rc == WR_NOMEM) return false;
        if (!v->native) {
            v->merge_stop = wr_dupz(&c->ctx.arena, why);
            v->docs.n = i;
            return true;
        }
        trouble(v, WR_D_C0002, wr_dupz(&c->ctx.arena, d->name), inner(v, why));
        memmove(d, d + 1, (v->docs.n - i - 1) * sizeof *d);
        v->docs.n--;
        i--;
    }
    return true;
}

// On a terminal, when loading takes long. done: takes the line away again.
static void show_progress(validate *v, uint32_t i, time_t start, bool done) {
    cli *c = v->c;
    if (!v->native || cli_has(c, CLI_QUIET) || (i % 16 && !done)) return;
    if (time(NULL) - start < 2 || isatty(c->err_fd) != 1) return;
    if (done) wr_putz(&c->err, "\r\033[K");
    else wr_putf(&c->err, "\rloading %u of %u", (unsigned)i, (unsigned)v->data.n);
    (void)wr_buf_flush(&c->err);
}

// --view: a plan or a configuration item as its view shows it; other documents as they are.
static const wr_doc *view_of(cli *c, const wr_doc *d) {
    wr_doc *view = NULL;
    const wr_node *type = d->root->kind == WR_MAP ? wr_map_getz(d, d->root, "resourceType") : NULL;
    if (d->kind == WR_DOC_TF_PLAN) return wr_tf_view(&c->ctx, d, &view) == WR_OK ? view : NULL;
    if (type && d->kind == WR_DOC_OTHER)
        return wr_item_view(&c->ctx, d, &view) == WR_OK ? view : NULL;
    return d;
}

static bool load_data(validate *v) {
    cli *c = v->c;
    time_t start = time(NULL);
    for (uint32_t i = 0; i < v->data.n; i++) {
        wr_guard_doc d = {.name = v->data.v[i].name};
        show_progress(v, i, start, false);
        if (!load(v, &v->data.v[i], &d.src, &d.doc)) return false;
        if (d.doc && v->resolver && cli_resolve(v->resolver, &c->ctx, d.doc, &d.doc) != WR_OK)
            d.doc = NULL;
        if (d.doc && cli_has(c, CLI_VIEW)) d.doc = view_of(c, d.doc);
        if (d.doc) (void)WR_PUSH(&c->ctx.arena, &v->docs, d);
    }
    show_progress(v, v->data.n, start, true);
    if (v->data_stop && !v->native) {
        v->code = cli_fatal(c, "%s", v->data_stop);
        return false;
    }
    return load_params(v) && merge_params(v);
}

// ---------------------------------------------------------------------------------- judging

static void say_parse_error(validate *v, const rules_file *r) {
    wr_buf *b = &v->c->err;
    wr_putz(b, "Parsing error handling rule file = ");
    if (v->c->out_color) wr_putf(b, "\033[4m%.*s\033[0m", WR_FMT(r->t.name));
    else wr_puts(b, r->t.name);
    wr_putf(b, ", Error = %.*s\n---\n", WR_FMT(wr_guard_file_error(r->file)));
}

static bool is_parsed(const rules_file *r) {
    return r->file && wr_guard_file_error(r->file).n == 0;
}

// The report could not be made. What the output refused is said at the end of the run.
static int report_failed(validate *v, wr_rc rc) {
    if (v->c->out.rc != WR_OK) return GX_FATAL;
    if (rc == WR_BAD)
        return cli_fatal(v->c, "Error parsing incoming JSON context a number is not finite");
    return cli_fatal(v->c, "out of memory");
}

static int fatal_in(validate *v, const wr_guard_tally *t) {
    return cli_fatal(v->c, "%.*s", WR_FMT(t->error));
}

// The rule files [from, to) of v->files, console. False: the run is over.
static bool console_run(validate *v, uint32_t from, uint32_t to) {
    wr_guard_tally t = {0};
    if (from == to) return true;
    v->batch.files = v->files.v + from;
    v->batch.n_files = v->merge_stop ? 1 : to - from;
    v->batch.docs = v->docs.v;
    v->batch.n_docs = v->docs.n;
    wr_rc rc = wr_guard_report_console(&v->batch, &v->c->out, &t);
    if (t.error.n) v->code = fatal_in(v, &t);
    else if (rc != WR_OK) v->code = report_failed(v, rc);
    else if (v->merge_stop) v->code = cli_fatal(v->c, "%s", v->merge_stop);
    else if (t.n_fail) v->code = GX_FAIL;
    return t.error.n == 0 && rc == WR_OK && v->merge_stop == NULL;
}

// Rule files in turn; those between two that do not parse are judged together.
static void console(validate *v) {
    uint32_t from = 0, to = 0;
    for (uint32_t i = 0; i < v->rules.n; i++) {
        const rules_file *r = &v->rules.v[i];
        if (is_parsed(r)) {
            to += !wr_guard_file_empty(r->file);
            continue;
        }
        if (!console_run(v, from, to)) return;
        from = to;
        if (r->bad) {
            wr_putf(&v->c->err, "Unable read content from file I/O error when reading %s\n",
                    r->bad);
        } else {
            say_parse_error(v, r);
            v->code = GX_PARSE;
        }
    }
    (void)console_run(v, from, to);
}

static void structured(validate *v) {
    wr_guard_tally t = {0};
    bool bad = false;
    for (uint32_t i = 0; i < v->rules.n; i++) {
        const rules_file *r = &v->rules.v[i];
        if (r->bad == NULL) continue;
        wr_putf(&v->c->err, "Unable to read content from file I/O error when reading %s\n", r->bad);
        v->code = cli_fatal(v->c, "I/O error when reading %s", r->bad);
        return;
    }
    for (uint32_t i = 0; i < v->rules.n; i++) {
        if (is_parsed(&v->rules.v[i])) continue;
        say_parse_error(v, &v->rules.v[i]);
        bad = true;
    }
    if (v->merge_stop) {
        v->code = cli_fatal(v->c, "%s", v->merge_stop);
        return;
    }
    v->batch.files = v->files.v;
    v->batch.n_files = v->files.n;
    v->batch.docs = v->docs.v;
    v->batch.n_docs = v->docs.n;
    wr_rc rc = wr_guard_report_structured(&v->batch, &v->c->out, &t);
    bool junit = v->batch.format == WR_GF_JUNIT;
    if (t.error.n) v->code = fatal_in(v, &t);
    else if (rc != WR_OK) v->code = report_failed(v, rc);
    else if (bad && (junit || t.n_fail == 0)) v->code = GX_PARSE;
    else if (t.n_fail) v->code = GX_FAIL;
}

static void judge_as_original(validate *v) {
    if (v->rules_stop) v->code = cli_fatal(v->c, "%s", v->rules_stop);
    else if (v->structured) structured(v);
    else console(v);
}

// Rules that are all in comments, or none for the documents: nothing was checked, which is no
// success. A file without rules among others is only told.
static void look_for_rules(validate *v) {
    uint32_t n = 0, broken = 0;
    for (uint32_t i = 0; i < v->rules.n; i++) {
        const rules_file *r = &v->rules.v[i];
        if (is_parsed(r)) n += wr_guard_n_rules(r->file);
        else broken++;
    }
    for (uint32_t i = 0; i < v->rules.n; i++) {
        const rules_file *r = &v->rules.v[i];
        if (!is_parsed(r) || wr_guard_n_rules(r->file) > 0) continue;
        wr_sev sev = n || broken ? WR_WARNING : WR_ERROR;
        wr_str name = r->t.path ? wr_strz(r->t.path) : r->t.name;
        (void)wr_report(&v->c->ctx, WR_D_C0007, sev, NULL, (wr_span){0, 0}, "no rule in '%.*s'",
                        WR_FMT(name));
    }
    if (!cli_has(v->c, CLI_PAYLOAD)) return;
    if (v->rules.n == 0) nothing_there(v, "STDIN", "no rule texts in");
    if (v->data.n == 0) nothing_there(v, "STDIN", "no data texts in");
}

// Writ's own reports; what -v and -p print belongs between the blocks of the text alone.
static wr_rc report_native(validate *v, wr_guard_tally *t) {
    wr_buf *out = &v->c->out;
    bool text = v->report == wr_report_find(WR_S("text"));
    if (v->report) return cli_guard_report(&v->batch, v->report, text && !v->structured, out, t);
    return v->structured ? wr_guard_report_structured(&v->batch, out, t)
                         : wr_guard_report_console(&v->batch, out, t);
}

static void judge_native(validate *v) {
    wr_guard_tally t = {0};
    bool unparsed = false;
    look_for_rules(v);
    for (uint32_t i = 0; i < v->rules.n; i++) {
        const rules_file *r = &v->rules.v[i];
        if (r->bad) trouble(v, WR_D_B0001, r->t.path, r->bad);
        unparsed = unparsed || (r->bad == NULL && !is_parsed(r));
    }
    (void)cli_say_diags(v->c, cli_has(v->c, CLI_VERBOSE));
    v->batch.errors = v->c->errors.v;
    v->batch.n_errors = v->c->errors.n;
    (void)wr_buf_flush(&v->c->err);
    v->batch.files = v->files.v;
    v->batch.n_files = v->files.n;
    v->batch.docs = v->docs.v;
    v->batch.n_docs = v->docs.n;
    wr_rc rc = report_native(v, &t);
    (void)cli_say_diags(v->c, false);
    if (rc == WR_NOMEM) cli_say(v->c, "out of memory");
    if (rc != WR_OK || v->c->ctx.n_errors || unparsed || t.n_error) v->code = WX_ERROR;
    else if (t.n_findings) v->code = WX_FINDINGS;
    else if (t.n_unknown) v->code = WX_UNKNOWN;
}

// ---------------------------------------------------------------------------------- payload

// A field of the payload, which may also be written as a list of its two fields.
static const wr_node *payload_list(const wr_doc *d, const char *key, uint32_t place) {
    bool list = d->root->kind == WR_LIST && place < d->root->n;
    const wr_node *n = list ? &d->root->u.kids[place] : wr_map_getz(d, d->root, key);
    return n && n->kind == WR_LIST ? n : NULL;
}

static int payload_failed(validate *v, const char *before, wr_str why, const char *after) {
    if (!v->native) return cli_fatal(v->c, "%s%.*s%s", before, WR_FMT(why), after);
    cli_complain(v->c, WR_D_C0006, WR_ERROR, "%.*s", WR_FMT(why));
    return WX_ERROR;
}

// {"rules": […], "data": […]} on stdin.
static bool read_payload(validate *v) {
    cli *c = v->c;
    wr_str text;
    wr_doc *doc = NULL;
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    const char *io = cli_read(c, NULL, &text);
    if (io) {
        v->code = payload_failed(v, "I/O error when reading ", wr_strz(io), "");
        return false;
    }
    wr_str bad = cli_serde_error(&c->ctx.arena, text, CLI_SHAPE_PAYLOAD);
    const wr_src *src = wr_src_new(&c->ctx.arena, WR_S("STDIN"), text, false);
    if (bad.n || src == NULL || wr_json_read(&c->ctx, src, &how, &doc) != WR_OK) {
        v->code = payload_failed(v, "Parser Error when parsing `", bad, "`");
        return false;
    }
    const wr_node *rules = payload_list(doc, "rules", 0), *data = payload_list(doc, "data", 1);
    for (uint32_t i = 0; data && i < data->n; i++) {
        cli_text t = {.name = wr_fmt(&c->ctx.arena, "DATA_STDIN[%u]", (unsigned)i + 1),
                      .text = wr_node_str(&data->u.kids[i])};
        (void)WR_PUSH(&c->ctx.arena, &v->data, t);
    }
    for (uint32_t i = 0; rules && i < rules->n; i++) {
        rules_file r = {.t = {.name = wr_fmt(&c->ctx.arena, "RULES_STDIN[%u]", (unsigned)i + 1),
                              .text = wr_node_str(&rules->u.kids[i])}};
        (void)WR_PUSH(&c->ctx.arena, &v->rules, r);
    }
    return true;
}

// ---------------------------------------------------------------------------------- all of it

static int finish(validate *v) {
    cli_resolver_free(v->resolver);
    if (v->set) wr_guard_set_free(v->set);
    return v->code;
}

static bool prepare(validate *v) {
    if (cli_has(v->c, CLI_PAYLOAD)) {
        if (!read_payload(v)) return false;
        find_data(v);
    } else {
        find_data(v);
        find_rules(v);
    }
    if (v->native && cli_resolver_new(v->c, &v->resolver) != WR_OK && v->c->ctx.arena.oom)
        return false;
    if (!compile(v)) {
        v->code = v->native ? WX_ERROR : cli_fatal(v->c, "out of memory");
        return false;
    }
    return load_data(v);
}

int cli_guard_validate(cli *c) {
    validate v = {.c = c};
    if (!read_options(&v)) return c->prog->usage_exit;
    const char *bad = bad_options(&v);
    if (bad) return cli_fatal(c, "%s", bad);
    if (!prepare(&v)) return finish(&v);
    v.batch.set = v.set;
    if (v.native) judge_native(&v);
    else if (v.rules.n == 0 && !v.rules_stop && c->val[CLI_RULES].n == 0 &&
             !cli_has(c, CLI_PAYLOAD))
        v.code = cli_fatal(c, "internal error: entered unreachable code");
    else judge_as_original(&v);
    return finish(&v);
}
