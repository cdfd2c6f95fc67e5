// SPDX-License-Identifier: Apache-2.0
// What the Guard commands share. Two ways of saying things meet here: the personality ends with the
// first error and says it as the original does; writ reports every diagnostic and goes on.

#include "cli/cmd_guard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

// ---------------------------------------------------------------------------------- reading

static const char *os_error(cli *c, int err) {
    char text[128];
    const char *why = strerror_r(err, text, sizeof text);
    if (c->prog->native) return wr_fmt(&c->ctx.arena, "%s", why).p;
    return wr_fmt(&c->ctx.arena, "%s (os error %d)", why, err).p;
}

const char *cli_read(cli *c, const char *path, wr_str *out) {
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : STDIN_FILENO;
    struct stat st;
    if (fd < 0) return os_error(c, errno);
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        if (path) (void)close(fd);
        return os_error(c, EISDIR);
    }
    wr_diag **tail = c->ctx.diags_tail;
    uint32_t n = c->ctx.n_diags, errors = c->ctx.n_errors;
    errno = 0;
    wr_rc rc = wr_read_fd(&c->ctx, fd, path ? path : "stdin", out);
    int err = errno;
    if (path) (void)close(fd);
    if (rc == WR_OK)
        return wr_utf8_check(*out) == out->n ? NULL : "stream did not contain valid UTF-8";
    const char *why = *tail ? wr_dupz(&c->ctx.arena, (*tail)->msg) : "out of memory";
    *tail = NULL; // the caller says it
    c->ctx.diags_tail = tail;
    c->ctx.n_diags = n;
    c->ctx.n_errors = errors;
    return rc == WR_IO && err ? os_error(c, err) : why;
}

const wr_src *cli_src(cli *c, const char *path, bool yaml_breaks, const char *hint) {
    bool in = strcmp(path, "-") == 0;
    wr_str text = {NULL, 0};
    const char *why = cli_read(c, in ? NULL : path, &text);
    if (why == NULL)
        return wr_src_new(&c->ctx.arena, in ? WR_S("stdin") : wr_strz(path), text, yaml_breaks);
    wr_str msg = wr_fmt(&c->ctx.arena, "cannot read '%s': %s", path, why);
    wr_diag d = {.code = WR_D_B0001, .sev = WR_ERROR, .msg = msg};
    if (hint) d.hint = wr_strz(hint);
    wr_diag_print(&c->err, &d, c->color);
    return NULL;
}

int cli_fatal(cli *c, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    wr_putz(&c->err, "Error occurred ");
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    char *text = n < 0 ? NULL : wr_alloc(&c->ctx.arena, (size_t)n + 1);
    if (text) {
        (void)vsnprintf(text, (size_t)n + 1, fmt, again);
        wr_put(&c->err, text, (size_t)n);
    }
    wr_putc(&c->err, '\n');
    va_end(again);
    va_end(ap);
    return GX_FATAL;
}

uint32_t cli_say_diags(cli *c, bool notes) {
    uint32_t errors = 0;
    bool quiet = cli_has(c, CLI_QUIET);
    for (const wr_diag *d = c->ctx.diags; d; d = d->next) {
        errors += d->sev == WR_ERROR;
        bool wanted = d->sev == WR_ERROR || (d->sev == WR_WARNING && !quiet) || notes;
        if (wanted && c->prog->native) wr_diag_print(&c->err, d, c->color);
        if (d->sev == WR_ERROR && c->errors.n < c->ctx.limits.diags)
            (void)WR_PUSH(&c->ctx.arena, &c->errors, d);
    }
    c->ctx.diags = NULL;
    c->ctx.diags_tail = &c->ctx.diags;
    c->ctx.n_diags = 0;
    return errors;
}

wr_str cli_first_message(const cli *c) {
    return c->ctx.diags ? c->ctx.diags->msg : WR_S("out of memory");
}

// ---------------------------------------------------------------------------------- options

static const char *io_kind(int err) {
    switch (err) {
    case ENOENT: return "NotFound";
    case EACCES:
    case EPERM: return "PermissionDenied";
    case EISDIR: return "IsADirectory";
    case ENOTDIR: return "NotADirectory";
    case EROFS: return "ReadOnlyFilesystem";
    default: return "Uncategorized";
    }
}

bool cli_open_output(cli *c, int *code) {
    const char *path = cli_value(c, CLI_OUTPUT);
    if (path == NULL) return true;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd >= 0) {
        c->out_fd = fd;
        c->out_color = false;
        return true;
    }
    int err = errno;
    char text[128];
    const char *why = strerror_r(err, text, sizeof text);
    if (c->prog->native) {
        cli_complain(c, WR_D_B0003, WR_ERROR, "output cannot be written: '%s': %s", path, why);
        *code = WX_ERROR;
    } else {
        wr_putf(&c->err, "Error: IoError(Os { code: %d, kind: %s, message: \"%s\" })\n", err,
                io_kind(err), why);
        *code = 1;
    }
    return false;
}

bool cli_jobs(cli *c, uint32_t *jobs) {
    const char *v = cli_value(c, CLI_JOBS);
    int64_t n = 1;
    if (v && (!wr_parse_i64(wr_strz(v), &n) || n < 0 || n > 256)) {
        (void)cli_usage(c, "invalid value '%s' for '--jobs <N>': a number from 0 to 256 is wanted",
                        v);
        return false;
    }
    if (n == 0) n = sysconf(_SC_NPROCESSORS_ONLN);
    *jobs = n > 0 ? (uint32_t)n : 1;
    return true;
}

wr_guard_opts cli_guard_opts(const cli *c) {
    return (wr_guard_opts){.level = c->prog->native ? WR_GUARD_32 : WR_GUARD_31,
                           .strict = cli_has(c, CLI_STRICT)};
}

wr_guard_format cli_format(const cli *c) {
    static const char *const name[] = {"single-line-summary", "json", "yaml", "junit", "sarif"};
    const char *v = cli_value(c, CLI_FORMAT);
    for (unsigned i = 0; i < sizeof name / sizeof *name; i++)
        if (strcmp(v, name[i]) == 0) return (wr_guard_format)i;
    return WR_GF_SUMMARY;
}

static wr_rc add_prelude(cli *c, wr_guard_set *set, const char *path) {
    wr_str text = {NULL, 0};
    const char *why = cli_read(c, path, &text);
    if (why) {
        (void)wr_report(&c->ctx, WR_D_B0001, WR_ERROR, NULL, (wr_span){0, 0},
                        "cannot read '%s': %s", path, why);
        return WR_BAD;
    }
    const wr_src *src = wr_src_new(&c->ctx.arena, wr_strz(path), text, false);
    if (src == NULL) return WR_NOMEM;
    return wr_guard_add_prelude(set, src, wr_basename(wr_strz(path)));
}

wr_rc cli_add_preludes(cli *c, wr_guard_set *set) {
    const cli_words *w = &c->val[CLI_PRELUDE];
    wr_rc all = WR_OK;
    for (uint32_t i = 0; i < w->n; i++) {
        wr_rc rc = add_prelude(c, set, w->v[i]);
        if (rc == WR_NOMEM) return rc;
        if (rc != WR_OK) all = rc;
    }
    return all;
}

wr_search cli_finder(cli *c) {
    return (wr_search){
        .arena = &c->ctx.arena, .by_time = cli_has(c, CLI_MTIME), .ignore = &c->val[CLI_IGNORE]};
}

// ---------------------------------------------------------------------------------- documents

wr_rc cli_load(cli *c, wr_ctx *ctx, const wr_symtab *syms, const cli_text *t, const wr_src **src,
               const wr_doc **out) {
    wr_doc *doc = NULL;
    *out = NULL;
    *src = wr_src_new(&ctx->arena, t->name, t->text, true);
    if (*src == NULL) return WR_NOMEM;
    wr_load how = {.profile = WR_LOAD_GUARD31, .syms = syms};
    if (c->prog->native) {
        wr_str name = t->path ? wr_strz(t->path) : WR_S("");
        how = (wr_load){.profile = WR_LOAD_STRICT,
                        .syms = syms,
                        .all = true,
                        .is_json = wr_looks_json(name, t->text)};
    }
    wr_rc rc = wr_doc_load(ctx, *src, &how, &doc);
    *out = doc;
    return rc;
}

// A builder whose symbols overlay syms.
static bool start_build(wr_build *b, wr_ctx *ctx, const wr_symtab *syms) {
    wr_symtab *own = WR_NEW(&ctx->arena, wr_symtab);
    if (own == NULL) return false;
    wr_symtab_init(own, &ctx->arena, syms);
    wr_build_init(b, ctx, own);
    return true;
}

wr_rc cli_extract(wr_ctx *ctx, const wr_symtab *syms, const wr_doc *from, const wr_node *part,
                  const wr_doc **out) {
    wr_build b;
    wr_doc *doc = NULL;
    if (!start_build(&b, ctx, syms)) return WR_NOMEM;
    wr_build_copy(&b, from, part);
    wr_rc rc = wr_build_end(&b, &doc);
    if (rc == WR_OK) {
        doc->format = from->format;
        doc->placeless = from->placeless;
        doc->kind = wr_doc_classify(doc);
    }
    *out = doc;
    return rc;
}

wr_str cli_inner(wr_str error) {
    size_t a = wr_find(error, WR_S("`"), 0);
    if (a == SIZE_MAX || error.n < a + 2 || error.p[error.n - 1] != '`') return error;
    return wr_sub(error, a + 1, error.n - 1);
}

static wr_rc check_merge(wr_ctx *ctx, const wr_doc *params, const wr_node *b, wr_str *why) {
    const wr_node *a = params->root;
    static const char *const type[] = {"null", "bool", "int", "float", "String", "array", "map"};
    if (a->kind == WR_LIST && b->kind == WR_LIST) return WR_OK;
    if (a->kind != WR_MAP || b->kind != WR_MAP) {
        *why = wr_fmt(&ctx->arena,
                      "Types or variable assignments are incompatible `Types are not compatible "
                      "for merges %s, %s`",
                      type[a->kind], type[b->kind]);
        return WR_BAD;
    }
    for (uint32_t i = 0; i < b->n; i++) {
        wr_str key = wr_sym_str(wr_map_key(b, i)->u.sym);
        const wr_sym *sym = wr_sym_find(params->syms, key);
        if (sym == NULL || wr_map_get(a, sym) == NULL) continue;
        *why = wr_fmt(&ctx->arena,
                      "Conflicting rule or variable assignments inside the same scope `Key %.*s, "
                      "already exists in map`",
                      WR_FMT(key));
        return WR_BAD;
    }
    return WR_OK;
}

static void copy_entries(wr_build *b, const wr_doc *from) {
    const wr_node *n = from->root;
    for (uint32_t i = 0; i < n->n; i++) {
        const wr_node *v = n->kind == WR_MAP ? wr_map_val(n, i) : n->u.kids + i;
        if (n->kind == WR_MAP) {
            const wr_node *k = wr_map_key(n, i);
            uint16_t src = wr_build_src(b, from->srcs[k->src]);
            wr_build_key(b, src, k->span, k->flags & WR_F_TAGGED, wr_sym_str(k->u.sym));
        }
        wr_build_copy(b, from, v);
    }
}

wr_rc cli_merge(wr_ctx *ctx, const wr_symtab *syms, const wr_doc *params, const wr_doc *data,
                const wr_doc **out, wr_str *why) {
    wr_build b;
    wr_doc *doc = NULL;
    const wr_node *root = params->root;
    wr_rc rc = check_merge(ctx, params, data->root, why);
    if (rc != WR_OK) return rc;
    if (!start_build(&b, ctx, syms)) return WR_NOMEM;
    uint16_t src = wr_build_src(&b, params->srcs[root->src]);
    wr_build_open(&b, (wr_kind)root->kind, src, 0, root->span.beg);
    copy_entries(&b, params);
    copy_entries(&b, data);
    wr_build_close(&b, root->span.end);
    rc = wr_build_end(&b, &doc);
    if (rc == WR_OK) {
        doc->format = data->format;
        doc->kind = wr_doc_classify(doc);
    }
    *out = doc;
    return rc;
}
