// SPDX-License-Identifier: Apache-2.0
// The set: where policies are added and condition keys get their numbers; the names of the kinds.
// Keys are kept in lower case because IAM compares their names without case (IAM User Guide,
// "IAM JSON policy elements: Condition"). The keys that the engine looks at by itself come first,
// in the order of wr_iam_known_key, so that their ids are constants.
// Invariant: nothing is added after wr_iam_freeze.

#include "lang/iam/parse_int.h"

static const char *const known_keys[WR_IAM_N_KNOWN] = {
    [WR_IAM_K_PRINCIPAL_ARN] = "aws:principalarn",
    [WR_IAM_K_PRINCIPAL_ACCOUNT] = "aws:principalaccount",
    [WR_IAM_K_PRINCIPAL_ORG_ID] = "aws:principalorgid",
    [WR_IAM_K_RESOURCE_ACCOUNT] = "aws:resourceaccount",
    [WR_IAM_K_RESOURCE_ORG_ID] = "aws:resourceorgid",
    [WR_IAM_K_IS_AWS_SERVICE] = "aws:principalisawsservice",
    [WR_IAM_K_VIA_AWS_SERVICE] = "aws:viaawsservice",
    [WR_IAM_K_SOURCE_VPCE] = "aws:sourcevpce",
};

static const char *const kind_names[WR_IAM_N_KINDS] = {
    [WR_IAM_IDENTITY] = "identity", [WR_IAM_BOUNDARY] = "boundary", [WR_IAM_SESSION] = "session",
    [WR_IAM_RESOURCE] = "resource", [WR_IAM_TRUST] = "trust",       [WR_IAM_ENDPOINT] = "endpoint",
    [WR_IAM_SCP] = "scp",           [WR_IAM_RCP] = "rcp",
};

const char *wr_iam_kind_name(wr_iam_kind k) { return kind_names[k]; }

bool wr_iam_kind_parse(wr_str s, wr_iam_kind *out) {
    for (unsigned k = 0; k < WR_IAM_N_KINDS; k++) {
        if (!wr_eq(s, wr_strz(kind_names[k]))) continue;
        *out = (wr_iam_kind)k;
        return true;
    }
    return false;
}

static bool intern_all(wr_symtab *t, const char *const *names, unsigned n) {
    for (unsigned i = 0; i < n; i++)
        if (wr_sym_in(t, wr_strz(names[i])) == NULL) return false;
    return true;
}

wr_iam_set *wr_iam_set_new(wr_ctx *c) {
    iam_set *s = WR_NEW(&c->arena, iam_set);
    if (s == NULL) return NULL;
    s->pub.ctx = c;
    wr_symtab_init(&s->pub.keys, &c->arena, NULL);
    wr_symtab_init(&s->words, &c->arena, NULL);
    for (uint32_t i = 0; i < WR_IAM_N_KNOWN; i++)
        if (wr_iam_key_in(&s->pub, wr_strz(known_keys[i])) != i) return NULL;
    bool ok = intern_all(&s->words, iam_top_names, IAM_N_TOP) &&
              intern_all(&s->words, iam_element_names, IAM_N_ELEMENTS) &&
              intern_all(&s->words, iam_who_names, IAM_N_WHO);
    return ok ? &s->pub : NULL;
}

void wr_iam_freeze(wr_iam_set *s) { s->frozen = true; }

// ---------------------------------------------------------------------------------- keys

enum { KEY_MAX = 256 }; // longer names are rare and go through the arena

// s in lower case (ASCII): in room when it fits, else in the arena; {NULL, 0} without memory.
static wr_str lower(wr_arena *a, wr_str s, char room[KEY_MAX]) {
    char *to = s.n <= KEY_MAX ? room : a ? wr_alloc(a, s.n) : NULL;
    if (to == NULL) return (wr_str){NULL, 0};
    for (size_t i = 0; i < s.n; i++) to[i] = iam_lower(s.p[i]);
    return wr_strn(to, s.n);
}

// Symbols by id, so that a key's name is found at once.
static bool note_name(iam_set *s, const wr_sym *y) {
    return y->id < s->names.n || WR_PUSH(&s->pub.ctx->arena, &s->names, y);
}

uint32_t wr_iam_key_in(wr_iam_set *s, wr_str name) {
    char room[KEY_MAX];
    WR_ASSERT(!s->frozen);
    wr_str low = lower(&s->ctx->arena, name, room);
    const wr_sym *y = low.p ? wr_sym_in(&s->keys, low) : NULL;
    return y && note_name((iam_set *)s, y) ? y->id : UINT32_MAX;
}

uint32_t wr_iam_key_find(const wr_iam_set *s, wr_str name) {
    char room[KEY_MAX];
    if (name.n <= KEY_MAX) {
        const wr_sym *y = wr_sym_find(&s->keys, lower(NULL, name, room));
        return y ? y->id : UINT32_MAX;
    }
    // No arena may be written to here; names as long as this are hardly ever asked for.
    const iam_set *own = (const iam_set *)s;
    for (uint32_t i = 0; i < own->names.n; i++)
        if (iam_same(wr_sym_str(own->names.v[i]), name)) return i;
    return UINT32_MAX;
}

wr_str wr_iam_key_name(const wr_iam_set *s, uint32_t key) {
    const iam_set *own = (const iam_set *)s;
    WR_ASSERT(key < own->names.n);
    return wr_sym_str(own->names.v[key]);
}
