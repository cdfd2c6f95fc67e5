// SPDX-License-Identifier: Apache-2.0
// validation: what the validator says of every test of the corpus: the messages of 4.13 in strict
// mode and the environments a policy can apply in, those of 4.9.1 in both modes; hand-made cases;
// single behaviours; levels. Messages compare as multisets.
//
// Since 4.9.1 two words have changed: that no action can apply is a warning, and "Failed" is small.
#include <stdlib.h>

#include "conf.h"

typedef WR_VEC(wr_str) strings;

static int by_text(const void *a, const void *b) {
    return wr_cmp(*(const wr_str *)a, *(const wr_str *)b);
}

static void sort(strings *v) {
    if (v->n) qsort(v->v, v->n, sizeof *v->v, by_text);
}

static bool equal(const strings *a, const strings *b) {
    if (a->n != b->n) return false;
    for (uint32_t i = 0; i < a->n; i++)
        if (!wr_eq(a->v[i], b->v[i])) return false;
    return true;
}

static void unique(strings *v) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < v->n; i++)
        if (!n || !wr_eq(v->v[n - 1], v->v[i])) v->v[n++] = v->v[i];
    v->n = n;
}

static void push(wr_ctx *ctx, strings *v, wr_str s) {
    if (!WR_PUSH(&ctx->arena, v, s)) abort();
}

static strings texts_of(wr_ctx *ctx, const wr_doc *d, const wr_node *n, const char *key) {
    strings v = {0};
    const wr_node *list = n && n->kind == WR_MAP ? wr_map_getz(d, n, key) : NULL;
    for (uint32_t i = 0; list && i < list->n; i++) push(ctx, &v, wr_node_str(&list->u.kids[i]));
    sort(&v);
    return v;
}

static wr_str joined(wr_ctx *ctx, const strings *v) {
    wr_buf b;
    wr_buf_init(&b, 0);
    for (uint32_t i = 0; i < v->n; i++) {
        if (i) wr_putz(&b, " | ");
        wr_puts(&b, v->v[i]);
    }
    return wr_buf_keep(&b, &ctx->arena);
}

static void compare(conf *c, conf_kind kind, wr_ctx *ctx, wr_str id, const char *what,
                    const strings *want, const strings *got) {
    bool ok = equal(want, got);
    conf_check(c, kind, wr_fmt(&ctx->arena, "%.*s %s", WR_FMT(id), what), ok,
               "wanted %.*s, got %.*s", WR_FMT(ok ? WR_S("") : joined(ctx, want)),
               WR_FMT(ok ? WR_S("") : joined(ctx, got)));
}

// ---------------------------------------------------------------------------------- reading

typedef struct app {
    wr_cedar_schema *schema;
    wr_cedar_set *set;
} app;

static bool load(wr_ctx *ctx, wr_str schema, wr_str policies, app *out) {
    out->set = wr_cedar_set_new(ctx);
    wr_src *s = wr_src_new(&ctx->arena, WR_S("schema"), schema, false);
    wr_src *p = wr_src_new(&ctx->arena, WR_S("policies"), policies, false);
    return schema.p && policies.p && wr_cedar_schema_text(ctx, s, &out->schema) == WR_OK &&
           wr_cedar_add_text(out->set, p, false) == WR_OK;
}

static bool remarks(wr_ctx *ctx, const app *a, wr_cedar_mode mode, strings *errors,
                    strings *warnings) {
    wr_cedar_remarks r;
    if (wr_cedar_validate(ctx, a->set, a->schema, mode, UINT32_MAX, &r) != WR_OK) return false;
    for (uint32_t i = 0; i < r.n; i++)
        push(ctx, r.v[i].warning ? warnings : errors, r.v[i].message);
    sort(errors);
    sort(warnings);
    return true;
}

// ---------------------------------------------------------------------------------- 4.13

static void environments(conf *c, wr_ctx *ctx, const app *a, const wr_doc *d, wr_str id) {
    strings got[3] = {0};
    static const char *const keys[] = {"principals", "actions", "resources"};
    const wr_cedar_env *v;
    uint32_t n;
    if (wr_cedar_envs(ctx, wr_cedar_at(a->set, 0), a->schema, WR_CEDAR_STRICT, &v, &n) != WR_OK)
        abort();
    for (uint32_t i = 0; i < n; i++) {
        wr_buf b;
        wr_buf_init(&b, 0);
        wr_cedar_put_uid(&b, v[i].action);
        push(ctx, &got[0], v[i].principal);
        push(ctx, &got[1], wr_buf_keep(&b, &ctx->arena));
        push(ctx, &got[2], v[i].resource);
    }
    for (int k = 0; k < 3; k++) {
        strings want = texts_of(ctx, d, wr_map_getz(d, d->root, "envs"), keys[k]);
        sort(&got[k]);
        unique(&got[k]);
        compare(c, CONF_VALID, ctx, id, keys[k], &want, &got[k]);
    }
}

static void recorded(conf *c, const conf_tar *t, wr_str line) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    wr_doc *d = conf_json(&ctx, WR_S("oracle"), line);
    app a;
    strings e = {0}, w = {0};
    wr_str id = d ? wr_node_str(wr_map_getz(d, d->root, "id")) : WR_S("a line of the oracle");
    wr_str schema =
        conf_tar_get(t, wr_fmt(&ctx.arena, "corpus-tests/%.*s.cedarschema", WR_FMT(id)));
    wr_str policies = conf_tar_get(t, wr_fmt(&ctx.arena, "corpus-tests/%.*s.cedar", WR_FMT(id)));
    if (d && load(&ctx, schema, policies, &a) && remarks(&ctx, &a, WR_CEDAR_STRICT, &e, &w)) {
        strings we = texts_of(&ctx, d, d->root, "errors"),
                ww = texts_of(&ctx, d, d->root, "warnings");
        compare(c, CONF_VALID, &ctx, id, "errors", &we, &e);
        compare(c, CONF_VALID, &ctx, id, "warnings", &ww, &w);
        environments(c, &ctx, &a, d, id);
    } else conf_check(c, CONF_VALID, id, false, "%.*s", WR_FMT(conf_said(&ctx)));
    wr_ctx_fini(&ctx);
}

// Lines of a gzip file.
static void oracle(conf *c, const conf_tar *t) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    wr_str path = wr_fmt(&ctx.arena, "%s/corpus-oracle-4.13.jsonl.gz", c->data);
    wr_stream *s = wr_exists(path.p) ? wr_stream_open(&ctx, path.p) : NULL;
    wr_buf b;
    wr_buf_init(&b, 0);
    bool end = s == NULL;
    if (end) printf("skipped: no corpus-oracle-4.13.jsonl.gz in %s\n", c->data);
    while (!end)
        if (wr_stream_more(s, &b, &end) != WR_OK) {
            conf_broken(c, CONF_VALID, "the oracle cannot be read");
            break;
        }
    wr_str text = wr_buf_str(&b);
    for (size_t at = 0, n = 0; at < text.n; n++) {
        size_t nl = wr_find(text, WR_S("\n"), at);
        if (nl == SIZE_MAX) nl = text.n;
        if (nl > at && (!c->sample || n % 16 == 0)) recorded(c, t, wr_sub(text, at, nl));
        at = nl + 1;
    }
    wr_stream_close(s);
    wr_buf_fini(&b);
    wr_ctx_fini(&ctx);
}

// ---------------------------------------------------------------------------------- 4.9.1

static wr_str small(wr_ctx *ctx, wr_str s) { // Failed → failed
    size_t at = wr_find(s, WR_S("Failed"), 0);
    if (at == SIZE_MAX) return s;
    char *p = (char *)(uintptr_t)wr_dup(&ctx->arena, s).p;
    if (!p) abort();
    p[at] = 'f';
    return wr_strn(p, s.n);
}

static void mode_of(conf *c, wr_ctx *ctx, const app *a, const wr_doc *d, wr_str id, bool strict) {
    const wr_node *v = wr_map_getz(d, d->root, "policyValidation");
    strings want = texts_of(ctx, d, v, strict ? "strictErrors" : "permissiveErrors");
    strings e = {0}, w = {0};
    for (uint32_t i = 0; i < want.n; i++) want.v[i] = small(ctx, want.v[i]);
    if (!remarks(ctx, a, strict ? WR_CEDAR_STRICT : WR_CEDAR_PERMISSIVE, &e, &w)) abort();
    for (uint32_t i = 0; i < w.n; i++)
        if (wr_ends(w.v[i], WR_S("applicable action given the policy scope constraints")))
            push(ctx, &e, w.v[i]);
    sort(&e);
    sort(&want);
    compare(c, CONF_MODES, ctx, id, strict ? "strict" : "permissive", &want, &e);
}

static void modes(conf *c, wr_str id, wr_str schema, wr_str policies, wr_str verdicts) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    app a;
    wr_doc *d = conf_json(&ctx, id, verdicts);
    if (d && load(&ctx, schema, policies, &a)) {
        mode_of(c, &ctx, &a, d, id, true);
        mode_of(c, &ctx, &a, d, id, false);
    } else conf_check(c, CONF_MODES, id, false, "%.*s", WR_FMT(conf_said(&ctx)));
    wr_ctx_fini(&ctx);
}

static const wr_str suffix = {".validation.json", 16};

static void corpus_modes(conf *c, wr_ctx *ctx, const conf_tar *t) {
    conf_tar *v = conf_tar_open(c, ctx, "corpus-tests-validation.tar.gz");
    for (uint32_t i = 0, seen = 0; v && i < v->names.n; i++) {
        wr_str name = v->names.v[i];
        if (!wr_ends(name, suffix) || (c->sample && seen++ % 16)) continue;
        wr_str id = wr_basename(wr_sub(name, 0, name.n - suffix.n));
        wr_str s = wr_fmt(&ctx->arena, "corpus-tests/%.*s.cedarschema", WR_FMT(id));
        wr_str p = wr_fmt(&ctx->arena, "corpus-tests/%.*s.cedar", WR_FMT(id));
        modes(c, id, conf_tar_get(t, s), conf_tar_get(t, p), conf_tar_get(v, name));
    }
}

static void hand_made(conf *c, const char *path) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    wr_str stem = wr_sub(wr_strz(path), 0, strlen(path) - suffix.n);
    wr_str s = conf_read(c, &ctx, wr_fmt(&ctx.arena, "%.*s.cedarschema", WR_FMT(stem)).p);
    wr_str p = conf_read(c, &ctx, wr_fmt(&ctx.arena, "%.*s.cedar", WR_FMT(stem)).p);
    modes(c, wr_basename(stem), s, p, conf_read(c, &ctx, path));
    wr_ctx_fini(&ctx);
}

// ---------------------------------------------------------------------------------- probes

// What the probes were asked under; made after their answers.
static const char schema[] =
    "entity Group; entity Folder; entity User in [Group] { name: String, age?: Long, mgr?: User, "
    "rec: { a: Long, b?: Long }, tagsOk: Set<String>, d: decimal } tags String; "
    "entity Doc in [Folder] { owner: User, o?: { pub: Bool } }; entity E enum [\"x\", \"y\"]; "
    "action readGrp; action lonely; action view in [readGrp] appliesTo { principal: User, "
    "resource: [Doc, E], context: { n: Long } }; "
    "action edit appliesTo { principal: User, resource: Doc };";

// Each part of "a | b", without "for policy `policy0`, ", cut as the recorded ones are.
static strings parts(wr_ctx *ctx, wr_str s) {
    strings v = {0};
    while (s.n) {
        size_t at = wr_find(s, WR_S(" | "), 0);
        if (at == SIZE_MAX) at = s.n;
        push(ctx, &v, wr_sub(s, 0, at));
        s = wr_sub(s, at + 3, s.n);
    }
    sort(&v);
    return v;
}

static void bare(strings *v, size_t cut) {
    static const wr_str prefix = {"for policy `policy0`, ", 22};
    for (uint32_t i = 0; i < v->n; i++) {
        if (wr_starts(v->v[i], prefix)) v->v[i] = wr_sub(v->v[i], prefix.n, v->v[i].n);
        v->v[i] = wr_sub(v->v[i], 0, cut);
    }
    sort(v);
    unique(v);
}

static void probe(conf *c, wr_str what, wr_str answer) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    app a;
    strings e = {0}, w = {0};
    bool scope = wr_starts(what, WR_S("SCOPE "));
    wr_str policy =
        scope ? wr_fmt(&ctx.arena, "permit(%.*s);", WR_FMT(wr_sub(what, 6, what.n)))
              : wr_fmt(&ctx.arena,
                       "permit(principal, action == Action::\"edit\", resource) when { %.*s };",
                       WR_FMT(what));
    size_t warn = wr_find(answer, WR_S(" {warn: "), 0);
    wr_str said = wr_sub(answer, 0, warn == SIZE_MAX ? answer.n : warn);
    wr_str warned = warn == SIZE_MAX ? WR_S("") : wr_sub(answer, warn + 8, answer.n - 1);
    bool valid = wr_starts(said, WR_S("valid"));
    if (load(&ctx, wr_strz(schema), policy, &a) && remarks(&ctx, &a, WR_CEDAR_STRICT, &e, &w)) {
        strings we = parts(&ctx, valid ? WR_S("") : wr_sub(said, 8, said.n));
        strings ww = parts(&ctx, warned);
        bare(&we, SIZE_MAX);
        bare(&e, SIZE_MAX);
        bare(&w, 60);
        compare(c, CONF_REMARK, &ctx, what, "errors", &we, &e);
        compare(c, CONF_REMARK, &ctx, what, "warnings", &ww, &w);
    } else conf_check(c, CONF_REMARK, what, false, "%.*s", WR_FMT(conf_said(&ctx)));
    wr_ctx_fini(&ctx);
}

static void probes(conf *c) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    wr_str text = conf_read(c, &ctx, "probes/oracle-probes2-4.13.json");
    wr_doc *d = text.p ? conf_json(&ctx, WR_S("probes"), text) : NULL;
    const wr_node *list = d ? wr_map_getz(d, d->root, "validate") : NULL;
    if (text.p && !list) conf_broken(c, CONF_REMARK, "probes of validation are not there");
    for (uint32_t i = 0; list && i < list->n; i++) {
        const wr_node *p = &list->u.kids[i];
        probe(c, wr_node_str(&p->u.kids[0]), wr_node_str(&p->u.kids[1]));
    }
    wr_ctx_fini(&ctx);
}

// ---------------------------------------------------------------------------------- levels

static void levels(conf *c) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    static const char dir[] = "cli-sample-data/tiny_sandboxes/level-validation";
    wr_str s = conf_read(c, &ctx, wr_fmt(&ctx.arena, "%s/schema.cedarschema", dir).p);
    for (uint32_t need = 0; s.p && need <= 2; need++) {
        wr_str id = wr_fmt(&ctx.arena, "%s/policy-level-%u.cedar", dir, need);
        app a;
        if (!load(&ctx, s, conf_read(c, &ctx, id.p), &a)) abort();
        for (uint32_t level = 0; level <= 3; level++) {
            wr_cedar_remarks r;
            if (wr_cedar_validate(&ctx, a.set, a.schema, WR_CEDAR_STRICT, level, &r)) abort();
            conf_check(c, CONF_LEVEL, wr_fmt(&ctx.arena, "%.*s at %u", WR_FMT(id), level),
                       (r.n_errors == 0) == (level >= need), "%u errors", r.n_errors);
        }
    }
    if (!s.p) printf("skipped: no levels in %s\n", c->data);
    wr_ctx_fini(&ctx);
}

void conf_validation(conf *c) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    conf_tar *t = conf_tar_open(c, &ctx, "corpus-tests.tar.gz");
    if (t) {
        oracle(c, t);
        corpus_modes(c, &ctx, t);
    }
    (void)conf_walk(c, "cedar-go-validate", suffix.p, hand_made);
    probes(c);
    levels(c);
    wr_ctx_fini(&ctx);
}
