// SPDX-License-Identifier: Apache-2.0
// Condition keys: exact names by one hash, names with parts ("aws:RequestTag/${TagKey}") by the
// hash of the text before the first part, computed on the way. Parts match any non-empty text.

#include "aws/aws_int.h"

const char *wr_aws_type_name(wr_aws_type t) {
    static const char *const name[] = {"String", "ARN",       "Numeric", "Date",
                                       "Bool",   "IPAddress", "Binary"};
    return name[t];
}

// Does s fit the form, whose ${parts} stand for one letter or more? Greedy from the left with one
// point to go back to, as for globs: linear but for forms with several parts.
static bool fits(wr_str form, wr_str s) {
    size_t i = 0, k = 0, back_form = SIZE_MAX, back_s = 0;
    while (k < s.n) {
        if (i + 1 < form.n && form.p[i] == '$' && form.p[i + 1] == '{') {
            size_t end = wr_find(form, WR_S("}"), i);
            i = back_form = end < form.n ? end + 1 : form.n;
            back_s = ++k; // a part takes one letter at least
        } else if (i < form.n && aws_lower(form.p[i]) == aws_lower(s.p[k])) {
            i++;
            k++;
        } else if (back_form != SIZE_MAX && back_s < s.n) {
            i = back_form;
            k = ++back_s;
        } else {
            return false;
        }
    }
    return i == form.n;
}

// Of the forms with the prefix of hash h: the longest that name fits.
static uint32_t form_with(uint32_t h, wr_str name) {
    uint32_t best = WR_AWS_NONE;
    size_t longest = 0;
    uint32_t at = aws_slot(h) & aws_pattern_mask;
    for (; aws_pattern_slots[at] != 0; at = (at + 1) & aws_pattern_mask) {
        const aws_pattern *p = aws_patterns + aws_pattern_slots[at] - 1;
        for (bool more = true; more; more = !p++->last) {
            wr_str form = aws_str(aws_keys[p->key].name);
            if (form.n <= longest || !fits(form, name)) continue;
            longest = form.n;
            best = p->key;
        }
    }
    return best;
}

// What ends the text before a part.
static bool ends_prefix(char c) { return c == '/' || c == ':' || c == '.' || c == '-'; }

// Does an OpenID Connect provider, a host name with a path or not, stand before the last colon?
// Its keys are "${Provider}:sub" and a few more, whoever it is.
static bool has_provider(wr_str name) {
    size_t dot = wr_find(name, WR_S("."), 0), colon = wr_find(name, WR_S(":"), 0);
    return dot > 0 && dot < colon && colon < name.n;
}

uint32_t aws_key_id(wr_str name) {
    enum { MAX_PREFIXES = 12 };
    uint32_t prefix[MAX_PREFIXES], n = 0, h = AWS_HASH;
    for (size_t i = 0; i < name.n; i++) {
        h = aws_hash_byte(h, name.p[i]);
        if (n < MAX_PREFIXES && ends_prefix(name.p[i])) prefix[n++] = h;
    }
    uint32_t at = aws_slot(h) & aws_key_mask;
    for (; aws_key_slots[at] != 0; at = (at + 1) & aws_key_mask) {
        uint32_t id = aws_key_slots[at] - 1u;
        if (aws_same(aws_str(aws_keys[id].name), name)) return id;
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t id = form_with(prefix[i], name);
        if (id != WR_AWS_NONE) return id;
    }
    return has_provider(name) ? form_with(AWS_HASH, name) : WR_AWS_NONE;
}

bool wr_aws_key_find(wr_str name, wr_aws_key *out) {
    uint32_t id = aws_key_id(name);
    if (id == WR_AWS_NONE) return false;
    const aws_key *k = aws_keys + id;
    *out = (wr_aws_key){.name = aws_str(k->name),
                        .type = (wr_aws_type)k->type,
                        .multi = k->multi,
                        .global = k->global};
    return true;
}

bool wr_aws_key_prefix_known(wr_str prefix) {
    if (wr_aws_service_find(prefix) != WR_AWS_NONE) return true;
    for (uint32_t i = 0; i < aws_n_prefixes; i++)
        if (aws_same(aws_str(aws_prefixes[i]), prefix)) return true;
    size_t dot = wr_find(prefix, WR_S("."), 0);
    return dot > 0 && dot < prefix.n; // any provider's host
}
