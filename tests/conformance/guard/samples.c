// SPDX-License-Identifier: Apache-2.0
// samples: the golden outputs. Each line of samples/MANIFEST.tsv is run in the folder; exit code
// and stdout are compared, byte for byte where the original is deterministic, after normalisation
// where the original itself is not the same twice, or wrong (console, SARIF, JUnit times). stderr
// is compared as a check of its own. Where the original panicked: an error and 255, as in probes.c.
#include <unistd.h>

#include "conf.h"

enum { MAX_ARGS = 64 };

typedef struct sample {
    wr_str name; // "01-type-block/console"
    int exit;
    const char *argv[MAX_ARGS + 2];
    const char *in; // stdin file, or NULL
} sample;

static bool ends(wr_str s, const char *tail) { return wr_ends(s, wr_strz(tail)); }
static bool has(wr_str s, const char *part) { return wr_find(s, wr_strz(part), 0) != SIZE_MAX; }

static wr_str normal(conf *c, wr_arena *a, const sample *s, wr_str out) {
    wr_str kind = wr_basename(s->name);
    if (ends(kind, "sarif")) return conf_normal_sarif(a, out, c->data);
    if (ends(kind, "junit")) return conf_normal_junit(a, out);
    if (wr_starts(kind, WR_S("console")) || wr_starts(kind, WR_S("type-cfn")) ||
        (!has(s->name, "test") && ends(kind, "verbose")) || ends(kind, "print-json"))
        return conf_normal_console(a, out);
    return out;
}

static wr_str golden(conf *c, wr_ctx *ctx, const sample *s, const char *suffix) {
    wr_str path = wr_fmt(&ctx->arena, "%s/samples/%.*s%s", c->data, WR_FMT(s->name), suffix);
    wr_str text = {0};
    if (access(path.p, R_OK) != 0 || wr_read_file(ctx, path.p, &text) != WR_OK) return (wr_str){0};
    return text;
}

static wr_str local(conf *c, wr_arena *a, wr_str s) {
    return conf_replace(a, s, wr_strz(c->data), WR_S("@DATA@"));
}

// Inputs of the samples that read stdin, which the folder describes only by what came out.
static void put_json_file(conf *c, wr_ctx *ctx, wr_buf *b, const char *name) {
    wr_str text = {0};
    if (wr_read_file(ctx, wr_fmt(&ctx->arena, "%s/samples/inputs/%s", c->data, name).p, &text) !=
        WR_OK)
        return;
    wr_put_json_str(b, text);
}

static const char *stdin_file(conf *c, wr_ctx *ctx, const sample *s) {
    if (wr_starts(s->name, WR_S("21-stdin/")))
        return wr_fmt(&ctx->arena, "%s/samples/inputs/generic.yaml", c->data).p;
    if (!wr_starts(s->name, WR_S("20-payload/"))) return NULL;
    wr_buf b;
    wr_buf_init(&b, SIZE_MAX);
    bool console = ends(s->name, "/console");
    if (ends(s->name, "/bad")) {
        wr_putz(&b, "{\"rules\": 1}");
    } else {
        wr_putz(&b, "{\"rules\":[");
        put_json_file(c, ctx, &b, "generic.guard");
        if (console) {
            wr_putz(&b, ",");
            put_json_file(c, ctx, &b, "type_block.guard");
        }
        wr_putz(&b, "],\"data\":[");
        put_json_file(c, ctx, &b, "generic.yaml");
        if (console) {
            wr_putz(&b, ",");
            put_json_file(c, ctx, &b, "t.yaml");
        }
        wr_putz(&b, "]}");
    }
    const char *path = wr_fmt(&ctx->arena, "%s/stdin", c->tmp).p;
    FILE *f = fopen(path, "wb");
    if (f) {
        fwrite(b.p, 1, b.n, f);
        fclose(f);
    }
    wr_buf_fini(&b);
    return path;
}

static void check_death(conf *c, wr_ctx *ctx, const sample *s, const conf_run *r) {
    const char *z[] = {"-z", "-o", "json", "-S", "none"}, *argv[16];
    size_t n = 0;
    while (n < 6 && s->argv[n]) argv[n] = s->argv[n], n++; // validate -r R -d D
    for (size_t i = 0; i < 5; i++) argv[n++] = z[i];
    argv[n] = NULL;
    int verdict = conf_exec(c, &ctx->arena, c->data, argv, NULL).code;
    bool reporter = (verdict == 19 || verdict == 0) && r->code == verdict;
    conf_check(c, CONF_SAMPLE, s->name, r->code == 255 || reporter,
               "the original died; exit %d, wanted 255 (in -z mode: %d)", r->code, verdict);
}

static void check(conf *c, wr_ctx *ctx, const sample *s) {
    wr_arena *a = &ctx->arena;
    conf_run r = conf_exec(c, a, c->data, s->argv, s->in);
    if (s->exit == 101) {
        check_death(c, ctx, s, &r);
        return;
    }
    const char *id = wr_dupz(a, s->name);
    wr_str want = normal(c, a, s, golden(c, ctx, s, ".out"));
    wr_str got = normal(c, a, s, local(c, a, r.out));
    bool same = wr_eq(want, got);
    conf_check(c, CONF_SAMPLE, wr_strz(id), same && r.code == s->exit,
               "exit %d wanted %d; stdout %.*s", r.code, s->exit,
               WR_FMT(same ? WR_S("as recorded") : conf_diff(a, want, got)));
    want = golden(c, ctx, s, ".err");
    got = conf_normal_stderr(a, local(c, a, r.err));
    conf_check(c, CONF_STDERR, wr_strz(id), wr_eq(want, got), "%.*s",
               WR_FMT(conf_diff(a, want, got)));
}

static void read_sample(wr_arena *a, const wr_str f[5], sample *s) {
    int64_t code = 0;
    *s = (sample){.name = f[0]};
    s->exit = wr_parse_i64(f[1], &code) ? (int)code : -1;
    size_t n = 0;
    s->argv[n++] = "cfn-guard";
    wr_str args = wr_trim(f[4]);
    while (args.n > 0 && n < MAX_ARGS) {
        size_t blank = wr_find(args, WR_S(" "), 0);
        s->argv[n++] = wr_dupz(a, wr_sub(args, 0, blank == SIZE_MAX ? args.n : blank));
        args = blank == SIZE_MAX ? (wr_str){0} : wr_trim(wr_sub(args, blank, args.n));
    }
    s->argv[n] = NULL;
}

void conf_samples(conf *c) {
    wr_str text = conf_file(c, "samples/MANIFEST.tsv"), line, f[5];
    for (uint32_t n = 0; conf_line(&text, &line); n++) {
        if ((c->sample && n % 16 != 0) || conf_fields(line, f, 5) != 5) continue;
        wr_ctx ctx;
        wr_ctx_init(&ctx, NULL);
        sample s;
        read_sample(&ctx.arena, f, &s);
        s.in = stdin_file(c, &ctx, &s);
        check(c, &ctx, &s);
        if (s.in && wr_starts(wr_strz(s.in), wr_strz(c->tmp))) unlink(s.in);
        wr_ctx_fini(&ctx);
    }
}
