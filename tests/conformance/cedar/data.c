// SPDX-License-Identifier: Apache-2.0
// data: entities and requests held against schemas, as the reference does: single behaviours, the
// folders cedar-go-entity-parsing and cedar-go-validate, and every request of the corpus, all of
// which are valid.
#include <stdlib.h>

#include "conf.h"

// The schema that the probes were measured with, as far as they tell.
static const char probe_schema[] =
    "entity Group; entity E enum [\"e1\", \"e2\"]; entity Folder in [Folder];"
    "entity User in [Group] { name: String, rec: {a: Long, b?: Long}, tagsOk: Set<String>,"
    " d: decimal, mgr?: User } tags String;"
    "entity Doc in [Folder] { owner: User, pub: Bool };"
    "action readGrp;"
    "action view in readGrp appliesTo {"
    " principal: [User, E], resource: Doc, context: { n?: Long, ip?: ipaddr } };"
    "action edit appliesTo { principal: User, resource: Doc };";

static const char *const prefixes[] = {
    "entity does not conform to the schema: ", "error during entity deserialization: ",
    "transitive closure computation/enforcement error: ", NULL};

static wr_cedar_schema *schema_of(wr_ctx *ctx, wr_str text) {
    wr_cedar_schema *s;
    wr_src *src = wr_src_new(&ctx->arena, WR_S("schema"), text, false);
    return src && wr_cedar_schema_text(ctx, src, &s) == WR_OK ? s : NULL;
}

static wr_doc *entities_of(wr_ctx *ctx, wr_str text) {
    static const wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true, .own_repeats = true};
    wr_doc *d = NULL;
    wr_src *s = wr_src_new(&ctx->arena, WR_S("entities"), text, false);
    return s && wr_doc_load(ctx, s, &how, &d) == WR_OK ? d : NULL;
}

static bool store_reads(wr_ctx *ctx, const wr_cedar_schema *schema, const wr_doc *d) {
    wr_cedar_store *s = wr_cedar_store_new(ctx, schema);
    return s && wr_cedar_store_add(s, d) == WR_OK && wr_cedar_store_close(s) == WR_OK;
}

// ---------------------------------------------------------------------------------- probes

static void entity_probe(conf *c, const wr_node *n) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    wr_str text = wr_node_str(&n->u.kids[0]), want = wr_node_str(&n->u.kids[2]);
    bool with = wr_eq(wr_node_str(&n->u.kids[1]), WR_S("with schema"));
    wr_cedar_schema *schema = with ? schema_of(&ctx, wr_strz(probe_schema)) : NULL;
    wr_doc *d = entities_of(&ctx, text);
    if (with && schema == NULL) abort();
    bool reads = d && store_reads(&ctx, schema, d);
    bool ok = wr_eq(want, WR_S("OK")) ? reads : !reads && conf_words(&ctx, want, prefixes);
    conf_check(c, CONF_ENTITY, text, ok, "wanted %.*s, got %.*s", WR_FMT(want),
               WR_FMT(conf_said(&ctx)));
    wr_ctx_fini(&ctx);
}

// The requests behind the labels of the recorded answers.
static wr_str request_of(wr_ctx *ctx, wr_str label) {
    static const char *const rows[][5] = {
        {"ok", "User::\\\"a\\\"", "view", "Doc::\\\"d\\\"", "{}"},
        {"ctx extra", "User::\\\"a\\\"", "view", "Doc::\\\"d\\\"", "{\"x\":1}"},
        {"ctx ok", "User::\\\"a\\\"", "view", "Doc::\\\"d\\\"", "{\"n\":1}"},
        {"ctx implicit ip", "User::\\\"a\\\"", "view", "Doc::\\\"d\\\"", "{\"ip\":\"1.1.1.1\"}"},
        {"ctx wrong type", "User::\\\"a\\\"", "view", "Doc::\\\"d\\\"", "{\"n\":\"1\"}"},
        {"unknown action", "User::\\\"a\\\"", "zz", "Doc::\\\"d\\\"", "{}"},
        {"wrong resource", "User::\\\"a\\\"", "edit", "Folder::\\\"d\\\"", "{}"},
        {"unknown principal type", "Zed::\\\"a\\\"", "view", "Doc::\\\"d\\\"", "{}"},
        {"enum bad", "E::\\\"zz\\\"", "view", "Doc::\\\"d\\\"", "{}"},
        {"action as principal", "Action::\\\"view\\\"", "view", "Doc::\\\"d\\\"", "{}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (wr_eq(label, wr_strz(rows[i][0])))
            return wr_fmt(&ctx->arena,
                          "{\"principal\":\"%s\",\"action\":\"Action::\\\"%s\\\"\",\"resource\":"
                          "\"%s\",\"context\":%s}",
                          rows[i][1], rows[i][2], rows[i][3], rows[i][4]);
    return (wr_str){0};
}

static void request_probe(conf *c, const wr_node *n) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    wr_str label = wr_node_str(&n->u.kids[0]), want = wr_node_str(&n->u.kids[1]);
    wr_cedar_schema *schema = schema_of(&ctx, wr_strz(probe_schema));
    wr_str text = request_of(&ctx, label);
    wr_doc *d = text.p ? conf_json(&ctx, label, text) : NULL;
    wr_cedar_request q;
    bool reads = d && wr_cedar_request_read(&ctx, d, d->root, schema, true, &q) == WR_OK;
    bool ok = wr_starts(want, WR_S("OK")) ? reads : !reads && conf_words(&ctx, want, prefixes);
    conf_check(c, CONF_REQUEST, label, ok, "wanted %.*s, got %.*s", WR_FMT(want),
               WR_FMT(conf_said(&ctx)));
    wr_ctx_fini(&ctx);
}

static void probes(conf *c) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    wr_str text = conf_read(c, &ctx, "probes/oracle-probes2-4.13.json");
    wr_doc *d = text.p ? conf_json(&ctx, WR_S("probes"), text) : NULL;
    const wr_node *list = d ? wr_map_getz(d, d->root, "entities") : NULL;
    for (uint32_t i = 0; list && i < list->n; i++) entity_probe(c, &list->u.kids[i]);
    list = d ? wr_map_getz(d, d->root, "request") : NULL;
    for (uint32_t i = 0; list && i < list->n; i++) request_probe(c, &list->u.kids[i]);
    wr_ctx_fini(&ctx);
}

// ---------------------------------------------------------------------------------- cedar-go

// A test object names its schema and entities; its expectations stand beside it.
typedef struct test {
    wr_ctx ctx;
    wr_str stem;
    wr_doc *about, *want;
    wr_str schema, entities;
} test;

// False: the test cannot be read, or (*absent) its schema is not in the folder.
static bool open_test(conf *c, test *t, const char *path, const char *suffix, const char *data,
                      bool *absent) {
    *absent = false;
    wr_ctx_init(&t->ctx, NULL);
    wr_str p = wr_strz(path);
    t->stem = wr_sub(p, 0, p.n - strlen(suffix));
    wr_str dir = wr_sub(p, 0, p.n - wr_basename(p).n);
    wr_arena *a = &t->ctx.arena;
    wr_str about = conf_read(c, &t->ctx, wr_fmt(a, "%.*s.json", WR_FMT(t->stem)).p);
    t->want = conf_json(&t->ctx, p, conf_read(c, &t->ctx, path));
    t->about = about.p ? conf_json(&t->ctx, t->stem, about) : NULL;
    if (t->want == NULL || t->about == NULL) return false;
    wr_str name = wr_node_str(wr_map_getz(t->about, t->about->root, "schema"));
    wr_str file = wr_basename(name);
    t->schema = conf_read(c, &t->ctx, wr_fmt(a, "%.*s%.*s", WR_FMT(dir), WR_FMT(file)).p);
    t->entities = conf_read(c, &t->ctx, wr_fmt(a, "%.*s%s", WR_FMT(t->stem), data).p);
    *absent = t->schema.p == NULL;
    return t->schema.p && t->entities.p;
}

// One entity of the data as a document of its own.
static wr_doc *alone(wr_ctx *ctx, const wr_doc *d, const wr_node *n) {
    wr_str text = wr_sub(d->srcs[n->src]->text, n->span.beg, n->span.end);
    return entities_of(ctx, wr_fmt(&ctx->arena, "[%.*s]", WR_FMT(text)));
}

static wr_str key_of(wr_ctx *ctx, const wr_doc *d, const wr_node *n) {
    const wr_node *u = wr_map_getz(d, n, "uid"), *e = wr_map_getz(d, u, "__entity");
    if (e) u = e;
    wr_str type = wr_node_str(wr_map_getz(d, u, "type")), id = wr_node_str(wr_map_getz(d, u, "id"));
    return wr_fmt(&ctx->arena, "%.*s::%.*s", WR_FMT(type), WR_FMT(id));
}

static void parsing(conf *c, const char *path) {
    test t;
    bool absent;
    if (!open_test(c, &t, path, ".parsing.json", ".entities.json", &absent)) {
        if (absent) printf("skipped: no schema of %.*s\n", WR_FMT(t.stem));
        else conf_check(c, CONF_ENTITY, t.stem, false, "%.*s", WR_FMT(conf_said(&t.ctx)));
        wr_ctx_fini(&t.ctx);
        return;
    }
    wr_cedar_schema *schema = schema_of(&t.ctx, t.schema);
    wr_doc *d = entities_of(&t.ctx, t.entities);
    const wr_node *all = wr_map_getz(t.want, t.want->root, "allEntities");
    const wr_node *each = wr_map_getz(t.want, t.want->root, "perEntity");
    bool want = wr_map_getz(t.want, all, "success")->u.b;
    bool got = schema && d && store_reads(&t.ctx, schema, d);
    conf_check(c, CONF_ENTITY, t.stem, want == got, "all: wanted %d, got %d: %.*s", want, got,
               WR_FMT(conf_said(&t.ctx)));
    for (uint32_t i = 0; schema && d && d->root->kind == WR_LIST && i < d->root->n; i++) {
        wr_str key = key_of(&t.ctx, d, &d->root->u.kids[i]);
        const wr_node *e = wr_map_getz(t.want, each, key.p);
        wr_doc *one = alone(&t.ctx, d, &d->root->u.kids[i]);
        if (e == NULL || one == NULL) continue;
        want = wr_map_getz(t.want, e, "success")->u.b;
        got = store_reads(&t.ctx, schema, one);
        conf_check(c, CONF_ENTITY, wr_fmt(&t.ctx.arena, "%.*s %.*s", WR_FMT(t.stem), WR_FMT(key)),
                   want == got, "wanted %d, got %d: %.*s", want, got, WR_FMT(conf_said(&t.ctx)));
    }
    wr_ctx_fini(&t.ctx);
}

// Entity by entity: the words of what is wrong, or nothing.
static void check_entities(conf *c, test *t, const wr_cedar_schema *schema) {
    const wr_node *want = wr_map_getz(t->want, t->want->root, "entityValidation");
    const wr_node *each = wr_map_getz(t->want, want, "perEntity");
    wr_doc *d = entities_of(&t->ctx, t->entities);
    for (uint32_t i = 0; d && each && i < d->root->n; i++) {
        wr_str key = key_of(&t->ctx, d, &d->root->u.kids[i]);
        const wr_node *e = wr_map_getz(t->want, each, key.p);
        wr_doc *one = alone(&t->ctx, d, &d->root->u.kids[i]);
        if (e == NULL || one == NULL) continue;
        wr_ctx_mark m = wr_ctx_mark_now(&t->ctx);
        wr_ctx_hush(&t->ctx, m);
        const wr_node *errors = wr_map_getz(t->want, e, "errors");
        bool got = store_reads(&t->ctx, schema, one);
        bool ok = errors == NULL || errors->n == 0
                      ? got
                      : !got && conf_words(&t->ctx, wr_node_str(&errors->u.kids[0]), prefixes);
        conf_check(c, CONF_ENTITY, wr_fmt(&t->ctx.arena, "%.*s %.*s", WR_FMT(t->stem), WR_FMT(key)),
                   ok, "wanted %.*s, got %.*s",
                   WR_FMT(errors && errors->n ? wr_node_str(&errors->u.kids[0]) : WR_S("OK")),
                   WR_FMT(conf_said(&t->ctx)));
    }
}

static void check_requests(conf *c, test *t, const wr_cedar_schema *schema) {
    const wr_node *want = wr_map_getz(t->want, t->want->root, "requestValidation");
    const wr_node *list = wr_map_getz(t->about, t->about->root, "requests");
    for (uint32_t i = 0; want && list && i < list->n && i < want->n; i++) {
        const wr_node *errors = wr_map_getz(t->want, &want->u.kids[i], "errors");
        wr_cedar_request q;
        bool got =
            wr_cedar_request_read(&t->ctx, t->about, &list->u.kids[i], schema, true, &q) == WR_OK;
        bool ok = errors == NULL || errors->n == 0
                      ? got
                      : !got && conf_words(&t->ctx, wr_node_str(&errors->u.kids[0]), prefixes);
        conf_check(c, CONF_REQUEST, wr_fmt(&t->ctx.arena, "%.*s#%u", WR_FMT(t->stem), i), ok,
                   "wanted %.*s, got %.*s",
                   WR_FMT(errors && errors->n ? wr_node_str(&errors->u.kids[0]) : WR_S("OK")),
                   WR_FMT(conf_said(&t->ctx)));
    }
}

static void validate(conf *c, const char *path) {
    test t;
    bool absent;
    if (!open_test(c, &t, path, ".validation.json", ".entities.json", &absent))
        conf_check(c, CONF_ENTITY, t.stem, false, "%.*s", WR_FMT(conf_said(&t.ctx)));
    else {
        wr_cedar_schema *schema = schema_of(&t.ctx, t.schema);
        conf_check(c, CONF_ENTITY, t.stem, schema != NULL, "%.*s", WR_FMT(conf_said(&t.ctx)));
        if (schema) {
            check_entities(c, &t, schema);
            check_requests(c, &t, schema);
        }
    }
    wr_ctx_fini(&t.ctx);
}

// ---------------------------------------------------------------------------------- the corpus

static void corpus_test(conf *c, const conf_tar *t, wr_str name) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    wr_str stem = wr_sub(name, 0, name.n - 5);
    wr_str text = conf_tar_get(t, wr_fmt(&ctx.arena, "%.*s.cedarschema", WR_FMT(stem)));
    wr_cedar_schema *schema = schema_of(&ctx, text);
    wr_doc *d = conf_json(&ctx, name, conf_tar_get(t, name));
    wr_doc *e =
        entities_of(&ctx, conf_tar_get(t, wr_fmt(&ctx.arena, "%.*s.entities.json", WR_FMT(stem))));
    bool ok = schema && d && e && store_reads(&ctx, schema, e);
    conf_check(c, CONF_ENTITY, stem, ok, "%.*s", WR_FMT(conf_said(&ctx)));
    const wr_node *list = d ? wr_map_getz(d, d->root, "requests") : NULL;
    for (uint32_t i = 0; ok && list && i < list->n; i++) {
        wr_cedar_request q;
        bool valid = wr_cedar_request_read(&ctx, d, &list->u.kids[i], schema, true, &q) == WR_OK;
        conf_check(c, CONF_REQUEST, wr_fmt(&ctx.arena, "%.*s#%u", WR_FMT(stem), i), valid, "%.*s",
                   WR_FMT(conf_said(&ctx)));
    }
    wr_ctx_fini(&ctx);
}

void conf_data(conf *c) {
    probes(c);
    (void)conf_walk(c, "cedar-go-entity-parsing", ".parsing.json", parsing);
    (void)conf_walk(c, "cedar-go-validate", ".validation.json", validate);
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    conf_tar *t = conf_tar_open(c, &ctx, "corpus-tests.tar.gz");
    for (uint32_t i = 0, seen = 0; t && i < t->names.n; i++) {
        wr_str name = t->names.v[i];
        if (!wr_ends(name, WR_S(".json")) || wr_ends(name, WR_S(".entities.json"))) continue;
        if (!c->sample || seen % 16 == 0) corpus_test(c, t, name);
        seen++;
    }
    wr_ctx_fini(&ctx);
}
