// SPDX-License-Identifier: Apache-2.0
// set: what can be asked of a set of policies, links made from templates, and taking policies out.
// Always true: ids are unique over policies, templates and links; a template that has links stays;
// index counts the policies in order.
// Rules: cedar-policy 4.13, PolicySet.

#include "lang/cedar/cedar_int.h"

static const char *const slot_names[WR_CEDAR_N_SLOTS] = {"?principal", "?resource"};

// ---------------------------------------------------------------------------------- asking

uint32_t wr_cedar_count(const wr_cedar_set *s) { return s->v.n; }

const ced_policy *wr_cedar_at(const wr_cedar_set *s, uint32_t i) {
    return i < s->v.n ? s->v.v[i] : NULL;
}

const ced_policy *wr_cedar_find(const wr_cedar_set *s, wr_str id) {
    return wr_map_find(&s->by_id, id);
}

wr_str wr_cedar_id(const ced_policy *p) { return p->id; }

bool wr_cedar_is_permit(const ced_policy *p) { return p->permit; }

bool wr_cedar_is_template(const ced_policy *p) { return p->is_template; }

const ced_policy *wr_cedar_template_of(const ced_policy *p) { return p->of; }

const wr_cedar_annotation *wr_cedar_annotations(const ced_policy *p, uint32_t *n) {
    const ced_policy *body = p->of ? p->of : p;
    *n = body->n_annotations;
    return body->annotations;
}

const wr_src *wr_cedar_src(const ced_policy *p, wr_span *at) {
    const ced_policy *body = p->of ? p->of : p;
    *at = body->at;
    return body->src;
}

// ---------------------------------------------------------------------------------- links

static wr_rc refuse(wr_cedar_set *s, const char *fmt, ...) WR_PRINTF(2, 3);
static wr_rc refuse(wr_cedar_set *s, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    (void)wr_vreport(s->c, WR_D_P0103, WR_ERROR, NULL, (wr_span){0, 0}, fmt, ap);
    va_end(ap);
    return s->c->arena.oom ? WR_NOMEM : WR_BAD;
}

// Does the template have a slot of its own for this?
static bool has_slot(const ced_policy *t, unsigned slot) {
    return t->scope[slot == WR_CEDAR_RESOURCE ? 2 : 0].slot;
}

static wr_rc check_slots(wr_cedar_set *s, const ced_policy *t,
                         const wr_cedar_uid *const slots[WR_CEDAR_N_SLOTS]) {
    wr_str list[2] = {WR_S(""), WR_S("")}; // missing, extra
    for (unsigned i = 0; i < WR_CEDAR_N_SLOTS; i++) {
        if (has_slot(t, i) == (slots[i] != NULL)) continue;
        wr_str *l = &list[slots[i] != NULL];
        *l = wr_fmt(&s->c->arena, "%.*s%s%s", WR_FMT(*l), l->n ? ", " : "", slot_names[i]);
    }
    if (list[0].n == 0 && list[1].n == 0) return WR_OK;
    const char *first = "the following slots were not provided as arguments: ";
    const char *second = "he following slots were provided as arguments, but did not exist in the "
                         "template: ";
    const char *join = list[0].n && list[1].n ? ". T" : list[1].n ? "t" : "";
    return refuse(s, "unable to link template: %s%.*s%s%s%.*s", list[0].n ? first : "",
                  WR_FMT(list[0]), join, list[1].n ? second : "", WR_FMT(list[1]));
}

wr_rc wr_cedar_link(wr_cedar_set *s, wr_str template_id, wr_str new_id,
                    const wr_cedar_uid *const slots[WR_CEDAR_N_SLOTS]) {
    const ced_policy *t = wr_cedar_find(s, template_id);
    if (t == NULL)
        return refuse(s, "unable to link template: failed to find a template with id `%.*s`",
                      WR_FMT(template_id));
    if (!t->is_template)
        return refuse(
            s,
            "unable to link template: expected a template, got a static policy or a link: "
            "`%.*s`",
            WR_FMT(template_id));
    wr_rc rc = check_slots(s, t, slots);
    if (rc != WR_OK) return rc;
    if (wr_cedar_find(s, new_id))
        return refuse(s,
                      "unable to link template: template-linked policy id `%.*s` conflicts with an "
                      "existing policy id",
                      WR_FMT(new_id));
    ced_policy *p = WR_NEW(&s->c->arena, ced_policy);
    if (p == NULL) return WR_NOMEM;
    *p = (ced_policy){.id = wr_dup(&s->c->arena, new_id),
                      .permit = t->permit,
                      .of = t,
                      .src = t->src,
                      .at = t->at};
    for (unsigned i = 0; i < WR_CEDAR_N_SLOTS; i++) {
        if (slots[i] == NULL) continue;
        p->slots[i] = ced_uid_of(s->uids, slots[i]->type, slots[i]->id);
        if (p->slots[i] == NULL) return WR_NOMEM;
    }
    return ced_set_add(s, p, NULL, (wr_span){0, 0}, WR_D_P0103) ? WR_OK : WR_NOMEM;
}

// ---------------------------------------------------------------------------------- taking out

void ced_set_cut(wr_cedar_set *s, uint32_t n) {
    for (; s->v.n > n; s->v.n--) {
        void **place = wr_map_at(&s->by_id, s->v.v[s->v.n - 1]->id);
        if (place) *place = NULL;
    }
}

wr_rc wr_cedar_remove(wr_cedar_set *s, wr_str id) {
    const ced_policy *p = wr_cedar_find(s, id);
    if (p == NULL) return refuse(s, "there is no policy or template `%.*s`", WR_FMT(id));
    for (uint32_t i = 0; i < s->v.n; i++)
        if (s->v.v[i]->of == p)
            return refuse(s, "unable to remove template `%.*s`: policy `%.*s` is linked to it",
                          WR_FMT(id), WR_FMT(s->v.v[i]->id));
    void **place = wr_map_at(&s->by_id, id);
    if (place == NULL) return WR_NOMEM;
    *place = NULL;
    for (uint32_t i = p->index + 1; i < s->v.n; i++) {
        s->v.v[i - 1] = s->v.v[i];
        s->v.v[i - 1]->index = i - 1;
    }
    s->v.n--;
    return WR_OK;
}
