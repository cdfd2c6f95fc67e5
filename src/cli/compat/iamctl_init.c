// SPDX-License-Identifier: Apache-2.0
// iamctl's own files: iam.json (the services with their actions and the form of their ARNs) and
// equivalency_list.json are written by init and read by the other commands; the output folder and
// CSV files as Python's csv module writes them (RFC 4180, CRLF, quotes where needed).
// Form of iam.json: {"serviceMap": {TITLE: {StringPrefix, Actions, ARNFormat, ARNRegex,
// HasResource}}}.

#include "cli/compat/iamctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

// ---------------------------------------------------------------------------------- writing

static bool cannot(cli *c, const char *what, const char *path, int err) {
    char text[128];
    cli_complain(c, WR_D_B0003, WR_ERROR, "%s '%s': %s", what, path,
                 strerror_r(err, text, sizeof text));
    return false;
}

static int create(cli *c, const char *path) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) (void)cannot(c, "cannot write", path, errno);
    return fd;
}

static bool finish(cli *c, const char *path, wr_buf *b, int fd) {
    wr_rc rc = wr_buf_flush(b);
    int err = errno;
    wr_buf_fini(b);
    if (close(fd) != 0 && rc == WR_OK) {
        rc = WR_IO;
        err = errno;
    }
    return rc == WR_OK || cannot(c, "cannot write", path, err);
}

static void put_arn_regex(wr_arena *a, uint32_t s, wr_buf *b) {
    uint32_t n, first = wr_aws_service_types(s, &n), kinds = 0;
    wr_map seen;
    wr_map_init(&seen, a);
    wr_putz(b, "^arn:[a-z-]+:(");
    for (uint32_t t = first; t < first + n; t++) {
        wr_iam_arn arn;
        if (!wr_iam_arn_split(wr_aws_type_arn(t), &arn)) continue;
        wr_str name = arn.f[WR_ARN_SERVICE];
        if (wr_find(name, WR_S("$"), 0) != SIZE_MAX) name = WR_S("[^:]*");
        void **at = wr_map_at(&seen, name);
        if (at == NULL || *at) continue;
        *at = b;
        if (kinds++) wr_putc(b, '|');
        wr_puts(b, name);
    }
    wr_putz(b, "):.+");
    if (kinds == 0) b->n = 0;
}

static void put_text(wr_out *o, const char *key, wr_str v) {
    o->str(o, wr_strz(key));
    o->str(o, v);
}

static void put_service(wr_arena *a, wr_out *o, uint32_t s, wr_buf *tmp) {
    uint32_t n, first = wr_aws_service_actions(s, &n), n_types;
    uint32_t type = wr_aws_service_types(s, &n_types);
    o->map(o, false);
    put_text(o, "StringPrefix", wr_aws_service_prefix(s));
    o->str(o, WR_S("Actions"));
    o->list(o, n == 0);
    for (uint32_t i = first; i < first + n; i++) o->str(o, wr_aws_action_name(i));
    if (n) o->end(o);
    tmp->n = 0;
    if (n_types) put_arn_regex(a, s, tmp);
    if (tmp->n) {
        put_text(o, "ARNFormat", wr_aws_type_arn(type));
        put_text(o, "ARNRegex", wr_buf_str(tmp));
    }
    o->str(o, WR_S("HasResource"));
    o->boolean(o, tmp->n > 0);
    o->end(o);
}

static void put_services(wr_arena *a, wr_out *o) {
    wr_map titles;
    wr_buf tmp;
    wr_map_init(&titles, a);
    wr_buf_init(&tmp, 0);
    o->map(o, false);
    o->str(o, WR_S("serviceMap"));
    o->map(o, wr_aws_n_services() == 0);
    for (uint32_t s = 0; s < wr_aws_n_services(); s++) {
        wr_str title = wr_aws_service_title(s), prefix = wr_aws_service_prefix(s);
        void **at = wr_map_at(&titles, title);
        if (at && *at) title = wr_fmt(a, "%.*s (%.*s)", WR_FMT(title), WR_FMT(prefix));
        else if (at) *at = o;
        o->str(o, title);
        put_service(a, o, s, &tmp);
    }
    if (wr_aws_n_services()) o->end(o);
    o->end(o);
    wr_buf_fini(&tmp);
}

static bool write_services(cli *c, const char *path) {
    wr_buf b;
    wr_out o;
    int fd = create(c, path);
    if (fd < 0) return false;
    wr_buf_init_fd(&b, fd);
    if (wr_out_json(&o, &b) == WR_OK) {
        put_services(&c->ctx.arena, &o);
        wr_out_fini(&o);
        wr_putc(&b, '\n');
    }
    return finish(c, path, &b, fd);
}

static bool write_list(cli *c, const char *path) {
    static const char sample[] =
        "{\"accountid\": [\"123456789012\", \"234567890123\"], \"accountprefix1\": "
        "[\"apples-production\", \"oranges-production\", \"apples-development\", "
        "\"oranges-development\"]}";
    wr_buf b;
    if (!cli_has(c, CLI_COMPAT) && access(path, F_OK) == 0) {
        wr_putf(&c->out, "Keeping the equivalency list that is there: %s\n", path);
        return true;
    }
    int fd = create(c, path);
    if (fd < 0) return false;
    wr_putf(&c->out, "Creating sample equivalency list file: %s\n", path);
    wr_buf_init_fd(&b, fd);
    wr_putz(&b, sample);
    return finish(c, path, &b, fd);
}

int cli_iamctl_init(cli *c) {
    wr_putz(&c->out, "Initializing\nWriting the IAM file from the actions this program knows: "
                     "iam.json\n");
    if (!write_services(c, "iam.json") || !write_list(c, "equivalency_list.json")) return 2;
    wr_putz(&c->out,
            "\n\xE2\x9C\x93 Done with Initialization.\n"
            "-> Edit the Equivalency List file to ignore known variations, prefixes while running "
            "diff.\n-> Run harvest or diff next.\n\n");
    return 0;
}

// ---------------------------------------------------------------------------------- reading

static const wr_doc *read_json(ictl *x, const char *path) {
    wr_doc *doc = NULL;
    const wr_src *src = cli_src(x->c, path, false, NULL);
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    if (src == NULL || wr_doc_load(&x->c->ctx, src, &how, &doc) != WR_OK) doc = NULL;
    return doc;
}

static bool add_service(ictl *x, const wr_doc *doc, const wr_node *m) {
    const wr_node *prefix = wr_map_getz(doc, m, "StringPrefix");
    const wr_node *list = wr_map_getz(doc, m, "Actions"), *arn = wr_map_getz(doc, m, "ARNRegex");
    if (prefix == NULL || prefix->kind != WR_STR || (list && list->kind != WR_LIST)) return false;
    ictl_service s = {.prefix = wr_node_str(prefix)};
    wr_str *v = WR_NEW_N(x->a, wr_str, list ? list->n + 1 : 1);
    for (uint32_t i = 0; v && list && i < list->n; i++)
        if (list->u.kids[i].kind == WR_STR) v[s.n_actions++] = wr_node_str(&list->u.kids[i]);
    s.actions = v;
    if (arn && arn->kind == WR_STR) {
        size_t at;
        wr_str err, re = wr_fmt(x->a, "^(?:%.*s)", WR_FMT(wr_node_str(arn)));
        s.arn = wr_regex_new(x->a, re, x->c->ctx.limits.regex_bytes, &at, &err);
        if (s.arn == NULL) return false;
    }
    return WR_PUSH(x->a, &x->services, s);
}

static bool read_services(ictl *x) {
    const wr_doc *doc = read_json(x, "iam.json");
    const wr_node *map = doc ? wr_map_getz(doc, doc->root, "serviceMap") : NULL;
    bool ok = map && map->kind == WR_MAP;
    for (uint32_t i = 0; ok && i < map->n; i++) ok = add_service(x, doc, wr_map_val(map, i));
    if (ok) return true;
    (void)cli_say_diags(x->c, false);
    if (doc)
        cli_say(x->c, "iam.json is not in the form that init writes: run \"iamctl init\" again");
    return false;
}

bool ictl_open(ictl *x, cli *c) {
    *x = (ictl){.c = c, .compat = cli_has(c, CLI_COMPAT), .a = &c->ctx.arena};
    if (access("iam.json", F_OK) != 0 || access("equivalency_list.json", F_OK) != 0) {
        wr_putz(&c->out, "Please initialize using \"iamctl init\"\n");
        return false;
    }
    wr_symtab_init(&x->texts, x->a, NULL);
    wr_map_init(&x->fits, x->a);
    x->scratch = wr_regex_scratch_new(c->ctx.limits.regex_steps);
    x->set = wr_iam_set_new(&c->ctx);
    if (x->scratch == NULL || x->set == NULL || !read_services(x)) return false;
    const wr_doc *list = read_json(x, "equivalency_list.json");
    bool ok = list && wr_equiv_load(&c->ctx, list, &x->list) == WR_OK;
    (void)cli_say_diags(c, false);
    return ok;
}

void ictl_close(ictl *x) {
    for (uint32_t i = 0; i < x->services.n; i++) wr_regex_free(x->services.v[i].arn);
    wr_regex_scratch_free(x->scratch);
}

// ---------------------------------------------------------------------------------- files

uint32_t ictl_text(ictl *x, wr_str s) {
    const wr_sym *sym = wr_sym_in(&x->texts, s);
    if (sym == NULL) return 0;
    if (sym->id == x->text.n) (void)WR_PUSH(x->a, &x->text, wr_sym_str(sym));
    return sym->id;
}

static bool make_dirs(cli *c, char *path) {
    for (char *p = path + 1;; p++) {
        if (*p != '/' && *p) continue;
        char was = *p;
        *p = 0;
        if (mkdir(path, 0777) != 0 && errno != EEXIST)
            return cannot(c, "cannot make the folder", path, errno);
        *p = was;
        if (was == 0) return true;
    }
}

bool ictl_make_dir(ictl *x) {
    const char *out = cli_value(x->c, CLI_OUTPUT), *home = getenv("HOME");
    char when[64];
    struct tm tm;
    time_t now = (time_t)x->c->ctx.now;
    if (out && *out) {
        while (out[0] == '/' && out[1] == '/') out++;
        size_t n = strlen(out);
        while (n > 1 && out[n - 1] == '/') n--;
        x->dir = wr_dupz(x->a, wr_strn(out, n));
        // The original does not make it, and fails where it is not there.
        return x->dir && (x->compat || make_dirs(x->c, (char *)(uintptr_t)x->dir));
    }
    if (home == NULL || *home == 0) {
        cli_say(x->c, "HOME is not set: say where files are to be written with --output");
        return false;
    }
    if (localtime_r(&now, &tm) == NULL ||
        strftime(when, sizeof when, "%Y/%m/%d/%H/%M/%S", &tm) == 0)
        return false;
    x->dir = wr_fmt(x->a, "%s/aws-idt/output/%s", home, when).p;
    return x->dir && make_dirs(x->c, (char *)(uintptr_t)x->dir);
}

static void put_cell(wr_buf *b, wr_str s, bool alone) {
    bool quote = s.n == 0 && alone;
    for (size_t i = 0; i < s.n && !quote; i++) quote = s.p[i] != '\0' && strchr(",\"\r\n", s.p[i]);
    if (quote) wr_putc(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"') wr_putc(b, '"');
        wr_putc(b, s.p[i]);
    }
    if (quote) wr_putc(b, '"');
}

bool ictl_write(ictl *x, const char *name, const ictl_rows *rows, const char *const *head,
                const uint8_t *columns, uint32_t n) {
    const char *path = wr_fmt(x->a, "%s/%s", x->dir, name).p;
    int fd = path ? create(x->c, path) : -1;
    wr_buf b;
    if (fd < 0) return false;
    wr_buf_init_fd(&b, fd);
    for (uint32_t i = 0; head[i]; i++) wr_putf(&b, "%s%s", i ? "," : "", head[i]);
    wr_putz(&b, "\r\n");
    for (uint32_t r = 0; r < rows->n; r++) {
        for (uint32_t i = 0; i < n; i++) {
            if (i) wr_putc(&b, ',');
            put_cell(&b, x->text.v[rows->v[r].c[columns ? columns[i] : i]], n == 1);
        }
        wr_putz(&b, "\r\n");
    }
    return finish(x->c, path, &b, fd);
}
