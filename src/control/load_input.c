// SPDX-License-Identifier: Apache-2.0
// load_input: what is judged: the files that the manifest's patterns mean, each once, and the
// account and Region that each belongs to. Format: docs/guide/repository.md, "Inputs".
//
// Always true: a file is judged as one kind of input; its name, relative to the repository, is its
// identity. Files are not opened here.

#include "control/control_int.h"

#include "aws/regions.h"

typedef struct inputs_form {
    wr_form_texts of[WR_N_INPUT_KINDS];
} inputs_form;

static const char *const input_key[WR_N_INPUT_KINDS] = {"templates", "plans", "inventory",
                                                        "requests", "trail"};
static const char *const input_dflt[WR_N_INPUT_KINDS] = {"templates/**", "plans/**", "inventory/**",
                                                         "requests/**", "trail/**"};

// ---------------------------------------------------------------------------------- accounts

typedef struct owner { // one entry of `accounts`
    wr_str path, account, region;
} owner;
typedef WR_VEC(owner) owner_list;

static void check_account(load *l, wr_form *f, const wr_node *m, owner *o) {
    const wr_org *org = l->r->org;
    const wr_node *n = wr_map_getz(f->doc, m, "account");
    const wr_org_account *a = org ? wr_org_account_find(org, o->account) : NULL;
    bool id = wr_iam_is_account(o->account);
    if (a) {
        o->account = a->id;
        return;
    }
    if (org == NULL && id) return;
    f->code = WR_D_K0108;
    if (org) {
        wr_form_fault(f, n, "account '%.*s' is not in the organization",
                      WR_FMT(wr_utf8_cut(o->account, 80)));
    } else if (!l->org_broken) {
        wr_form_fault(f, n, "'%.*s' is no account id, and there is no organization with its name",
                      WR_FMT(wr_utf8_cut(o->account, 80)));
        wr_hint(l->c, f->last, "ids are twelve digits, in quotes");
    }
    f->code = WR_D_K0102;
    o->account = WR_S("");
}

static void check_region(load *l, wr_form *f, const wr_node *m, const owner *o) {
    if (o->region.n == 0 || wr_aws_region_known(o->region)) return;
    f->code = WR_D_K0108;
    wr_form_fault(f, wr_map_getz(f->doc, m, "region"), "there is no Region '%.*s'",
                  WR_FMT(wr_utf8_cut(o->region, 80)));
    f->code = WR_D_K0102;
    wr_str near = wr_aws_region_near(o->region);
    if (near.n) wr_hint(l->c, f->last, "did you mean '%.*s'?", WR_FMT(near));
}

static void read_owners(load *l, load_base *b, owner_list *out) {
    static const wr_form_row rows[] = {
        {"path", WR_FORM_TEXT, true, offsetof(owner, path), NULL},
        {"account", WR_FORM_TEXT, true, offsetof(owner, account), NULL},
        {"region", WR_FORM_TEXT, false, offsetof(owner, region), NULL},
    };
    wr_form *f = &b->form;
    for (uint32_t i = 0; b->m.accounts && i < b->m.accounts->n; i++) {
        const wr_node *m = &b->m.accounts->u.kids[i];
        owner o = {0};
        bool bad = f->bad;
        f->bad = false;
        if (wr_form_read(f, m, "an entry of accounts", rows, 3, &o)) {
            check_account(l, f, m, &o);
            check_region(l, f, m, &o);
            if (load_name(l, b, f, wr_map_getz(f->doc, m, "path"), o.path, &o.path))
                (void)WR_PUSH(&l->c->arena, out, o);
        }
        if (f->bad) l->r->n_broken++;
        f->bad = f->bad || bad;
    }
}

static const owner *owner_of(const owner_list *all, wr_str name) {
    for (uint32_t i = 0; i < all->n; i++)
        if (wr_eq(all->v[i].path, name) || wr_glob(all->v[i].path, name)) return &all->v[i];
    return NULL;
}

// ---------------------------------------------------------------------------------- files

static void say_twice(load *l, load_base *b, wr_str name, wr_input_kind a, wr_input_kind k) {
    (void)wr_report(l->c, WR_D_K0109, WR_ERROR, wr_form_src(b->form.doc, b->m.inputs),
                    wr_form_span(b->m.inputs), "'%.*s' is input twice: as %s and as %s",
                    WR_FMT(name), input_key[a], input_key[k]);
    l->r->n_broken++;
}

static void add_input(load *l, const owner_list *owners, wr_input_kind kind, wr_str name) {
    const owner *o = owner_of(owners, name);
    const char *path = load_path(l, name);
    if (path == NULL) return;
    wr_input_path in = {.kind = kind, .path = wr_strz(path), .name = name};
    if (o) {
        in.account = o->account;
        in.region = o->region;
    }
    (void)WR_PUSH(&l->c->arena, &l->r->inputs, in);
}

static void find_inputs(load *l, load_base *b, const owner_list *owners, wr_input_kind kind,
                        const wr_form_texts *listed, wr_map *seen) {
    load_names names = {NULL, 0, 0};
    load_listed(l, b, listed, input_key[kind], input_dflt[kind], &names);
    for (uint32_t i = 0; i < names.n; i++) {
        wr_code code;
        const char *why = load_refuses(l, names.v[i], &code);
        void **at = why ? NULL : wr_map_at(seen, names.v[i]);
        if (why) {
            (void)wr_report(l->c, code, WR_ERROR, NULL, (wr_span){0, 0}, "'%.*s' %s",
                            WR_FMT(names.v[i]), why);
            l->r->n_broken++;
        }
        if (at == NULL) continue;
        if (*at) {
            say_twice(l, b, names.v[i], (wr_input_kind)((const char *const *)*at - input_key),
                      kind);
            continue;
        }
        *at = (void *)(uintptr_t)&input_key[kind];
        add_input(l, owners, kind, names.v[i]);
    }
}

void load_inputs(load *l, load_base *b) {
    wr_form_row rows[WR_N_INPUT_KINDS];
    inputs_form s = {0};
    owner_list owners = {NULL, 0, 0};
    wr_map seen;
    for (uint32_t k = 0; k < WR_N_INPUT_KINDS; k++)
        rows[k] =
            (wr_form_row){input_key[k], WR_FORM_TEXTS, false, sizeof(wr_form_texts) * k, NULL};
    if (b->m.inputs && !wr_form_read(&b->form, b->m.inputs, "inputs", rows, WR_N_INPUT_KINDS, &s))
        l->r->n_broken++;
    read_owners(l, b, &owners);
    wr_map_init(&seen, &l->c->arena);
    for (uint32_t k = 0; k < WR_N_INPUT_KINDS; k++)
        find_inputs(l, b, &owners, (wr_input_kind)k, &s.of[k], &seen);
}
