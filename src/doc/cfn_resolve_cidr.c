// SPDX-License-Identifier: Apache-2.0
// doc: Fn::Cidr: the first `count` blocks of 2^bits addresses inside an IPv4 or IPv6 block.
// Rules: CloudFormation Template Reference, "Fn::Cidr".
#include "doc/cfn_resolve_int.h"

#include <arpa/inet.h>

typedef struct block {
    unsigned char addr[16];
    int family;
    unsigned size;   // bits of an address: 32 or 128
    unsigned prefix; // bits of the network
} block;

static bool parse_block(wr_str s, block *b) {
    char z[64];
    size_t slash = wr_find(s, WR_S("/"), 0);
    int64_t prefix;
    if (slash == SIZE_MAX || slash >= sizeof z) return false;
    memcpy(z, s.p, slash);
    z[slash] = 0;
    b->family = memchr(z, ':', slash) ? AF_INET6 : AF_INET;
    b->size = b->family == AF_INET ? 32 : 128;
    if (inet_pton(b->family, z, b->addr) != 1) return false;
    if (!wr_parse_i64(wr_sub(s, slash + 1, s.n), &prefix)) return false;
    if (prefix < 0 || prefix > b->size) return false;
    b->prefix = (unsigned)prefix;
    return true;
}

static bool host_bits_clear(const block *b) {
    for (unsigned i = b->prefix; i < b->size; i++)
        if (b->addr[i / 8] >> (7 - i % 8) & 1) return false;
    return true;
}

// Adds 2^bit to the address.
static void step(block *b, unsigned bit) {
    unsigned at = (b->size - 1 - bit) / 8, carry = 1u << bit % 8;
    for (;; at--) {
        carry += b->addr[at];
        b->addr[at] = (unsigned char)carry;
        carry >>= 8;
        if (!carry || at == 0) return;
    }
}

static wr_node blocks(wr_cfn *r, const wr_node *f, block b, unsigned count, unsigned bits) {
    wr_node *items = wr_cfn_spend(r, count) ? WR_NEW_N(&r->tmp, wr_node, count) : NULL;
    if (!items) return (wr_node){.kind = WR_NULL};
    for (unsigned i = 0; i < count; i++) {
        char z[INET6_ADDRSTRLEN] = "";
        inet_ntop(b.family, b.addr, z, sizeof z);
        wr_str s = wr_cfn_keep(r, wr_fmt(&r->keep, "%s/%u", z, b.size - bits));
        items[i] = wr_cfn_string(f, s);
        if (i + 1 < count) step(&b, bits); // one block may be all addresses there are
    }
    return wr_cfn_list_of(f, items, count);
}

static bool small_number(wr_cfn *r, const wr_node *v, unsigned most, unsigned *out) {
    wr_str t;
    int64_t i;
    if (!wr_cfn_text(r, v, &t) || !wr_parse_i64(t, &i) || i < 1 || i > most) return false;
    *out = (unsigned)i;
    return true;
}

// Everything but the block itself: the count and the bits of each part.
static wr_node divide(wr_cfn *r, const wr_node *f, const wr_node *arg, const wr_cfn_env *e,
                      const wr_node *v, const block *b) {
    unsigned count, bits;
    if (!small_number(r, &v[1], 256, &count))
        return wr_cfn_bad(r, f, e, WR_D_X0108, &arg->u.kids[1],
                          "the count of Fn::Cidr is a number from 1 to 256");
    if (arg->n == 2 || !host_bits_clear(b))
        return wr_cfn_unknown(
            r, f, e,
            wr_cfn_because(r, WR_D_X0009, WR_S("Fn::Cidr"),
                           arg->n == 2 ? "Fn::Cidr without bits is not resolved here"
                                       : "Fn::Cidr of a block with host bits is not resolved"));
    if (!small_number(r, &v[2], b->size, &bits))
        return wr_cfn_bad(r, f, e, WR_D_X0108, &arg->u.kids[2],
                          "the bits of Fn::Cidr are a number from 1 to %u", b->size);
    unsigned room = b->size - b->prefix; // host bits of the block
    if (bits > room || (room - bits < 9 && count > 1u << (room - bits)))
        return wr_cfn_bad(r, f, e, WR_D_X0108, f, "a /%u has no room for %u blocks of /%u",
                          b->prefix, count, b->size - bits);
    return blocks(r, f, *b, count, bits);
}

wr_node wr_cfn_fn_cidr(wr_cfn *r, const wr_node *f, const wr_node *arg, const wr_cfn_env *e) {
    wr_node v[3];
    wr_str s;
    block b;
    if (arg->kind != WR_LIST || arg->n < 2 || arg->n > 3)
        return wr_cfn_bad(r, f, e, WR_D_X0106, arg, "Fn::Cidr takes a block, a count and bits");
    for (uint32_t i = 0; i < arg->n; i++) {
        v[i] = wr_cfn_value(r, &arg->u.kids[i], e);
        if (wr_cfn_is_unknown(&v[i])) return wr_cfn_unknown(r, f, e, wr_cfn_why_of(&v[i]));
    }
    if (!wr_cfn_text(r, &v[0], &s) || !parse_block(s, &b))
        return wr_cfn_bad(r, f, e, WR_D_X0108, &arg->u.kids[0], "this is not an address block");
    return divide(r, f, arg, e, v, &b);
}
