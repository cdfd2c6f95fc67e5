// SPDX-License-Identifier: Apache-2.0
// Files and flags of `writ cedar`: policies as text or JSON by what they are, links of templates,
// schema in either syntax, entities from any number of files, the request.

#include "cli/cmd_cedar.h"

bool cedar_is_json(const cli *c, cli_id format, const wr_src *src) {
    const char *f = cli_has(c, format) ? cli_value(c, format) : NULL;
    if (f) return strcmp(f, "json") == 0;
    if (wr_ends(src->name, WR_S(".json"))) return true;
    if (wr_ends(src->name, WR_S(".cedar")) || wr_ends(src->name, WR_S(".cedarschema")))
        return false;
    return wr_looks_json(src->name, src->text);
}

static const wr_src *read_src(cli *c, const char *path, wr_digest *d) {
    const wr_src *src = cli_src(c, path, false, NULL);
    if (src && d) wr_digest_add(d, src->text);
    return src;
}

static const wr_doc *load(cli *c, const wr_src *src) {
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true, .own_repeats = true};
    wr_doc *doc = NULL;
    return src && wr_doc_load(&c->ctx, src, &how, &doc) == WR_OK ? doc : NULL;
}

const wr_doc *cedar_doc(cli *c, const char *path) { return load(c, read_src(c, path, NULL)); }

// ---------------------------------------------------------------------------------- policies

// A policy set has one of these members; a policy alone has none.
static bool is_set(const wr_doc *d) {
    static const char *const of_set[] = {"staticPolicies", "templates", "templateLinks"};
    for (unsigned i = 0; d->root->kind == WR_MAP && i < 3; i++)
        if (wr_map_getz(d, d->root, of_set[i])) return true;
    return d->root->kind == WR_MAP && d->root->n == 0;
}

bool cedar_add_file(cli *c, wr_cedar_set *set, const char *path, bool by_id, wr_digest *d) {
    const wr_src *src = read_src(c, path, d);
    if (src == NULL) return false;
    if (!cedar_is_json(c, CLI_POLICY_FORMAT, src))
        return wr_cedar_add_text(set, src, by_id) == WR_OK;
    const wr_doc *doc = load(c, src);
    if (doc == NULL) return false;
    wr_str id = is_set(doc) ? WR_S("") : wr_fmt(&c->ctx.arena, "policy%u", wr_cedar_count(set));
    return wr_cedar_add_json(set, doc, id) == WR_OK;
}

static bool slot(cli *c, const wr_node *v, wr_cedar_uid *uid) {
    wr_src *s = wr_src_new(&c->ctx.arena, WR_S("slot"), wr_node_str(v), false);
    return s && wr_cedar_uid_parse(&c->ctx, s, uid);
}

static bool link_one(cli *c, wr_cedar_set *set, const wr_doc *d, const wr_node *n) {
    static const char *const names[] = {"?principal", "?resource"};
    wr_cedar_uid uid[WR_CEDAR_N_SLOTS];
    const wr_cedar_uid *slots[WR_CEDAR_N_SLOTS] = {0};
    const wr_node *args = n->kind == WR_MAP ? wr_map_getz(d, n, "args") : NULL;
    const wr_node *of = args ? wr_map_getz(d, n, "template_id") : NULL;
    const wr_node *id = args ? wr_map_getz(d, n, "link_id") : NULL;
    bool ok = of && id && args->kind == WR_MAP && of->kind == WR_STR && id->kind == WR_STR;
    for (unsigned k = 0; ok && k < WR_CEDAR_N_SLOTS; k++) {
        const wr_node *v = wr_map_getz(d, args, names[k]);
        if (v == NULL) continue;
        slots[k] = &uid[k];
        if (v->kind != WR_STR || !slot(c, v, &uid[k])) return false;
    }
    if (!ok) {
        (void)wr_report(&c->ctx, WR_D_P0501, WR_ERROR, wr_form_src(d, n), wr_form_span(n),
                        "a link is {\"template_id\": …, \"link_id\": …, \"args\": {…}}");
        return false;
    }
    return wr_cedar_link(set, wr_node_str(of), wr_node_str(id), slots) == WR_OK;
}

bool cedar_read_links(cli *c, wr_cedar_set *set, const char *path, wr_digest *d) {
    const wr_doc *doc = load(c, read_src(c, path, d));
    if (doc == NULL) return false;
    if (doc->root->kind != WR_LIST) {
        (void)wr_report(&c->ctx, WR_D_P0501, WR_ERROR, wr_form_src(doc, doc->root),
                        wr_form_span(doc->root), "links are a list");
        return false;
    }
    bool ok = true;
    for (uint32_t i = 0; i < doc->root->n; i++)
        ok = link_one(c, set, doc, &doc->root->u.kids[i]) && ok;
    return ok;
}

// ---------------------------------------------------------------------------------- schema,
// entities

bool cedar_read_schema(cli *c, const char *path, wr_cedar_schema **out, wr_digest *d) {
    const wr_src *src = read_src(c, path, d);
    if (src == NULL) return false;
    if (!cedar_is_json(c, CLI_SCHEMA_FORMAT, src))
        return wr_cedar_schema_text(&c->ctx, src, out) == WR_OK;
    const wr_doc *doc = load(c, src);
    return doc && wr_cedar_schema_json(&c->ctx, doc, out) == WR_OK;
}

static bool read_entities(cedar_in *in) {
    cli *c = in->c;
    in->store = wr_cedar_store_new(&c->ctx, in->schema);
    bool ok = in->store != NULL;
    const cli_words *w = &c->val[CLI_ENTITIES];
    for (uint32_t i = 0; in->store && i < w->n; i++) {
        const wr_doc *doc = load(c, read_src(c, w->v[i], in->data));
        ok = doc && wr_cedar_store_add(in->store, doc) == WR_OK && ok;
    }
    return ok && wr_cedar_store_close(in->store) == WR_OK;
}

bool cedar_open(cedar_in *in, cli *c) {
    *in = (cedar_in){.c = c, .set = wr_cedar_set_new(&c->ctx)};
    in->policies = wr_digest_new();
    in->data = wr_digest_new();
    if (!in->set || !in->policies || !in->data) return false;
    bool ok = true, links = cli_has(c, CLI_LINKS);
    const cli_words *w = &c->val[CLI_POLICIES];
    for (uint32_t i = 0; i < w->n; i++)
        ok = cedar_add_file(c, in->set, w->v[i], true, in->policies) && ok;
    if (ok && links) ok = cedar_read_links(c, in->set, cli_value(c, CLI_LINKS), in->policies);
    if (cli_has(c, CLI_SCHEMA))
        ok = cedar_read_schema(c, cli_value(c, CLI_SCHEMA), &in->schema, in->data) && ok;
    return ok && read_entities(in);
}

void cedar_close(cedar_in *in) {
    if (in->policies) wr_digest_end(in->policies, in->policy_digest);
    if (in->data) wr_digest_end(in->data, in->data_digest);
    in->policies = in->data = NULL;
}

// ---------------------------------------------------------------------------------- requests

static bool name(cli *c, cli_id id, const char *flag, wr_cedar_uid *out) {
    if (!cli_has(c, id)) return true;
    wr_src *s = wr_src_new(&c->ctx.arena, wr_strz(flag), wr_strz(cli_value(c, id)), false);
    return s && wr_cedar_uid_parse(&c->ctx, s, out);
}

static bool missing(cli *c, const char *what) {
    (void)cli_usage(c, "the request has no %s: give --%s or --request-json", what, what);
    return false;
}

bool cedar_request(cedar_in *in, wr_cedar_request *q, wr_str *bytes) {
    cli *c = in->c;
    *q = (wr_cedar_request){0};
    *bytes = (wr_str){0};
    bool validate = strcmp(cli_value(c, CLI_VALIDATE), "true") == 0;
    if (cli_has(c, CLI_REQUEST)) {
        const wr_doc *d = cedar_doc(c, cli_value(c, CLI_REQUEST));
        if (d == NULL) return false;
        *bytes = d->srcs[0]->text;
        if (wr_cedar_request_read(&c->ctx, d, d->root, in->schema, validate, q) != WR_OK)
            return false;
    }
    if (!name(c, CLI_PRINCIPAL, "--principal", &q->principal) ||
        !name(c, CLI_ACTION, "--action", &q->action) ||
        !name(c, CLI_RESOURCE, "--resource", &q->resource))
        return false;
    if (q->principal.type.n == 0) return missing(c, "principal");
    if (q->action.type.n == 0) return missing(c, "action");
    if (q->resource.type.n == 0) return missing(c, "resource");
    if (!cli_has(c, CLI_CONTEXT)) return true;
    const wr_doc *d = cedar_doc(c, cli_value(c, CLI_CONTEXT));
    if (d == NULL) return false;
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_puts(&b, *bytes);
    wr_puts(&b, d->srcs[0]->text);
    *bytes = wr_buf_keep(&b, &c->ctx.arena);
    return wr_cedar_context_read(&c->ctx, d, d->root, in->schema, &q->action, &q->context) == WR_OK;
}

void cedar_put_request(wr_buf *b, const wr_cedar_request *q) {
    const wr_cedar_uid u[3] = {q->principal, q->action, q->resource};
    for (unsigned i = 0; i < 3; i++) {
        wr_buf t;
        wr_buf_init(&t, 0);
        wr_cedar_put_uid(&t, u[i]);
        if (i) wr_putc(b, ' ');
        wr_put_safe(b, wr_buf_str(&t));
        wr_buf_fini(&t);
    }
}
