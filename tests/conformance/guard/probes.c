// SPDX-License-Identifier: Apache-2.0
// probes: every micro case of probes.jsonl, run through the personality as it was run through the
// original: exit code, file status and, in structured mode, the status letters of each rule.
//
// Where the original panics or dies by a signal the recorded exit is 101 or "signal 11"; ours ends
// with an error, exit 255, and dies never. Where only its console reporter panicked, after every
// rule had its status, the status is the answer (19 or 0): seen by asking ours in -z mode.
#include <stdlib.h>
#include <unistd.h>

#include "conf.h"

typedef struct probe {
    const wr_doc *d;
    const wr_node *root;
    const char *id;
    bool structured;
    bool died; // the original did
    int exit;
} probe;

static wr_str text_at(const probe *p, const char *key) {
    const wr_node *n = wr_map_getz(p->d, p->root, key);
    return n && n->kind == WR_STR ? wr_node_str(n) : (wr_str){0};
}

static bool write_file(const char *path, wr_str text) {
    FILE *f = fopen(path, "wb");
    if (!f) return false;
    bool ok = fwrite(text.p, 1, text.n, f) == text.n;
    return fclose(f) == 0 && ok;
}

// Data that was no UTF-8 stands in the file as if it were Latin-1; the recorded error tells.
static wr_str data_bytes(wr_arena *a, const probe *p) {
    wr_str data = text_at(p, "data"), err = text_at(p, "err");
    if (wr_find(err, WR_S("did not contain valid UTF-8"), 0) == SIZE_MAX &&
        !wr_eq(wr_strz(p->id), WR_S("crash-yaml/utf8.bad")))
        return data;
    char *out = wr_alloc(a, data.n + 1);
    size_t n = 0;
    if (!out) abort();
    for (size_t i = 0; i < data.n;) out[n++] = (char)wr_utf8_next(data, &i);
    return (wr_str){out, n};
}

static conf_run run(conf *c, wr_ctx *ctx, bool structured) {
    const char *z[] = {"cfn-guard", "validate", "-r",   "r.guard", "-d",   "d.yaml",
                       "-z",        "-o",       "json", "-S",      "none", NULL};
    const char *console[] = {"cfn-guard", "validate", "-r",  "r.guard", "-d",
                             "d.yaml",    "-S",       "all", NULL};
    return conf_exec(c, &ctx->arena, c->tmp, structured ? z : console, NULL);
}

static void add_letter(wr_map *m, wr_str name, char letter) {
    if (wr_starts(name, WR_S("r.guard/"))) name = wr_sub(name, 8, name.n);
    uintptr_t bit = letter == 'F' ? 1 : letter == 'P' ? 2 : 4;
    void **at = wr_map_at(m, name);
    if (!at) abort();
    *at = (void *)((uintptr_t)*at | bit);
}

// The letters of each rule of our report.
static void read_letters(const wr_doc *d, const wr_node *file, wr_map *m) {
    const wr_node *failed = wr_map_getz(d, file, "not_compliant");
    for (uint32_t i = 0; failed && failed->kind == WR_LIST && i < failed->n; i++) {
        const wr_node *name = wr_map_getz(d, wr_map_getz(d, &failed->u.kids[i], "Rule"), "name");
        if (name && name->kind == WR_STR) add_letter(m, wr_node_str(name), 'F');
    }
    static const struct {
        const char *key;
        char letter;
    } lists[] = {{"compliant", 'P'}, {"not_applicable", 'S'}};
    for (int k = 0; k < 2; k++) {
        const wr_node *l = wr_map_getz(d, file, lists[k].key);
        for (uint32_t i = 0; l && l->kind == WR_LIST && i < l->n; i++)
            if (l->u.kids[i].kind == WR_STR)
                add_letter(m, wr_node_str(&l->u.kids[i]), lists[k].letter);
    }
}

static bool same_letters(const probe *p, const wr_map *m) {
    const wr_node *rules = wr_map_getz(p->d, p->root, "rules");
    if (!rules || rules->kind != WR_MAP) return true;
    if (rules->n != m->n) return false;
    for (uint32_t i = 0; i < rules->n; i++) {
        uintptr_t want = 0, got = (uintptr_t)wr_map_find(m, wr_node_str(wr_map_key(rules, i)));
        wr_str letters = wr_node_str(wr_map_val(rules, i));
        for (size_t k = 0; k < letters.n; k++)
            want |= letters.p[k] == 'F' ? 1u : letters.p[k] == 'P' ? 2u : 4u;
        if (want != got) return false;
    }
    return true;
}

static void check_report(conf *c, wr_ctx *ctx, const probe *p, const conf_run *r) {
    wr_src *src = wr_src_new(&ctx->arena, WR_S("report"), r->out, false);
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    wr_doc *d = NULL;
    const wr_node *file = NULL;
    if (src && wr_doc_load(ctx, src, &how, &d) == WR_OK && d->root->kind == WR_LIST && d->root->n)
        file = &d->root->u.kids[0];
    const wr_node *status = file ? wr_map_getz(d, file, "status") : NULL;
    wr_str want = text_at(p, "status"), got = status ? wr_node_str(status) : WR_S("(none)");
    wr_map letters;
    wr_map_init(&letters, &ctx->arena);
    if (file) read_letters(d, file, &letters);
    conf_check(c, CONF_PROBE, wr_strz(p->id),
               r->code == p->exit && wr_eq(want, got) && same_letters(p, &letters),
               "exit %d wanted %d; status %.*s wanted %.*s; report:\n%.*s", r->code, p->exit,
               WR_FMT(got), WR_FMT(want), (int)(r->out.n > 600 ? 600 : r->out.n), r->out.p);
}

static void check_death(conf *c, wr_ctx *ctx, const probe *p, const conf_run *r) {
    int verdict = p->structured ? r->code : run(c, ctx, true).code;
    bool reporter = !p->structured && (verdict == 19 || verdict == 0) && r->code == verdict;
    conf_check(c, CONF_PROBE, wr_strz(p->id), r->code == 255 || reporter,
               "the original died (%d); exit %d, wanted 255 (in -z mode: %d)", p->exit, r->code,
               verdict);
}

static void run_probe(conf *c, const probe *p) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    const char *rules = wr_fmt(&ctx.arena, "%s/r.guard", c->tmp).p;
    const char *data = wr_fmt(&ctx.arena, "%s/d.yaml", c->tmp).p;
    if (!write_file(rules, text_at(p, "rule")) || !write_file(data, data_bytes(&ctx.arena, p)))
        abort();
    conf_run r = run(c, &ctx, p->structured);
    if (p->died) check_death(c, &ctx, p, &r);
    else if (p->structured && p->exit != 255) check_report(c, &ctx, p, &r);
    else
        conf_check(c, CONF_PROBE, wr_strz(p->id), r.code == p->exit,
                   "exit %d wanted %d; stderr: %.*s", r.code, p->exit,
                   (int)(r.err.n > 300 ? 300 : r.err.n), r.err.p);
    unlink(rules);
    unlink(data);
    wr_ctx_fini(&ctx);
}

static bool read_probe(wr_ctx *ctx, wr_str line, probe *p) {
    wr_src *src = wr_src_new(&ctx->arena, WR_S("probes.jsonl"), line, false);
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    wr_doc *d = NULL;
    if (!src || wr_doc_load(ctx, src, &how, &d) != WR_OK) return false;
    *p = (probe){.d = d, .root = d->root};
    p->id = wr_dupz(&ctx->arena, text_at(p, "id"));
    p->structured = wr_starts(text_at(p, "mode"), WR_S("structured"));
    const wr_node *e = wr_map_getz(d, d->root, "exit");
    p->died = e && (e->kind == WR_STR || e->u.i == 101);
    p->exit = e && e->kind == WR_INT ? (int)e->u.i : -1;
    return true;
}

void conf_probes(conf *c) {
    wr_str text = conf_file(c, "probes.jsonl"), line;
    for (uint32_t n = 0; conf_line(&text, &line); n++) {
        if (c->sample && n % 16 != 0) continue;
        wr_ctx ctx;
        wr_ctx_init(&ctx, NULL);
        probe p;
        if (read_probe(&ctx, line, &p)) run_probe(c, &p);
        else conf_check(c, CONF_PROBE, WR_S("?"), false, "line %u is no JSON", n + 1);
        wr_ctx_fini(&ctx);
    }
}
