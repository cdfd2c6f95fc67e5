// SPDX-License-Identifier: Apache-2.0
// What is known of each part of a pattern before it is compiled, and what is refused then.
// Rules: fancy-regex 0.13. It splits a "hard" pattern into instructions of its own and stretches it
// leaves to the regex crate; a repetition whose bounds are out of order is refused only in such a
// stretch, and a look-behind must have one length (or be a choice of branches with one each).
// Recursion is as deep as the tree, which regex_parse bounds.

#include "match/regex_int.h"

typedef struct checker {
    uint64_t groups_begun; // the whole match counts
    rx_error *err;
} checker;

static uint64_t add_sizes(uint64_t a, uint64_t b) {
    return a > UINT32_MAX - b ? UINT32_MAX : a + b; // beyond any text: its value is of no use
}

static uint64_t times(uint64_t a, uint64_t n) {
    return a != 0 && n > UINT32_MAX / a ? UINT32_MAX : a * n;
}

static void measure_children(rx_node *n) {
    n->const_size = true;
    for (const rx_node *c = n->child; c != NULL; c = c->next) {
        n->hard |= c->hard;
        n->irregular |= c->irregular;
        n->has_group |= c->has_group;
        n->const_size &= c->const_size;
        if (n->kind == RX_CAT) {
            n->min_size = add_sizes(n->min_size, c->min_size);
        } else if (c == n->child) {
            n->min_size = c->min_size;
        } else if (c->min_size != n->min_size) {
            n->const_size = false;
            if (c->min_size < n->min_size) n->min_size = c->min_size;
        }
    }
}

static void measure_if(rx_node *n) {
    const rx_node *cond = n->child, *yes = cond ? cond->next : NULL, *no = yes ? yes->next : NULL;
    if (!cond || !yes || !no) return; // never: the parser makes all three
    n->min_size =
        add_sizes(cond->min_size, yes->min_size < no->min_size ? yes->min_size : no->min_size);
    n->const_size = cond->const_size && yes->const_size && no->const_size &&
                    cond->min_size + yes->min_size == no->min_size;
}

static void measure(checker *c, rx_node *n) {
    switch (n->kind) {
    case RX_CHAR:
    case RX_SET:
        n->min_size = 1;
        n->const_size = true;
        return;
    case RX_GROUP: n->has_group = true; return;
    case RX_REPEAT:
        n->min_size = times(n->min_size, n->lo);
        n->const_size &= n->lo == n->hi;
        return;
    case RX_LOOK:
        n->min_size = 0;
        n->const_size = n->hard = n->irregular = true;
        return;
    case RX_BACKREF:
    case RX_HAS_GROUP:
        if (n->lo >= c->groups_begun) rx_fail_compile(c->err, n->at, "Invalid back reference");
        n->hard = n->irregular = true;
        n->const_size = n->kind == RX_HAS_GROUP;
        return;
    case RX_ATOMIC:
    case RX_KEEP:
    case RX_CONTINUE: n->hard = n->irregular = true; return;
    case RX_IF:
        n->hard = n->irregular = true;
        measure_if(n);
        return;
    case RX_ASSERT: n->hard = n->which >= RX_WORD_START; return;
    case RX_EMPTY:
    case RX_CAT:
    case RX_ALT: return;
    }
}

static void analyse(checker *c, rx_node *n) {
    if (n->kind == RX_GROUP) c->groups_begun++;
    for (rx_node *k = n->child; k != NULL; k = k->next) analyse(c, k);
    measure_children(n);
    measure(c, n);
}

// What the regex crate is given: it refuses counts that are out of order or over 32 bits.
static bool check_easy(const rx_node *n, rx_error *err) {
    if (n->kind == RX_REPEAT) {
        bool inf = n->hi == RX_INF;
        if (!inf && n->lo > n->hi) {
            rx_fail_compile(err, n->at,
                            "Regex error: invalid repetition count range, the start must be <= the "
                            "end");
            return false;
        }
        if (n->lo > UINT32_MAX || (!inf && n->hi > UINT32_MAX)) {
            rx_fail_compile(err, n->at, "Regex error: decimal literal invalid");
            return false;
        }
    }
    for (const rx_node *c = n->child; c != NULL; c = c->next)
        if (!check_easy(c, err)) return false;
    return true;
}

static bool check_hard(const rx_node *n, bool hard, rx_error *err);

static bool check_behind(const rx_node *n, rx_error *err) {
    const rx_node *inner = n->child;
    bool split = !inner->const_size && inner->kind == RX_ALT;
    for (const rx_node *c = split ? inner->child : inner; c != NULL; c = split ? c->next : NULL) {
        if (!c->const_size) {
            rx_fail_compile(err, n->at, "Look-behind assertion without constant size");
            return false;
        }
        if (!check_hard(c, false, err)) return false;
    }
    return true;
}

// Of a concatenation, the ends are left to the regex crate: at the front what has one size, at the
// back too, or anything easy when nothing hard surrounds it. None of that can hold a repetition
// whose bounds are out of order except the last.
static bool check_cat(const rx_node *n, bool hard, rx_error *err) {
    const rx_node *easy_tail = NULL;
    bool front = true;
    for (const rx_node *c = n->child; c != NULL; c = c->next) {
        bool easy = !c->hard && (!hard || c->const_size);
        if (front && c->const_size && !c->hard) continue;
        front = false;
        if (!easy) easy_tail = NULL;
        else if (easy_tail == NULL) easy_tail = c;
    }
    bool tail = false;
    front = true;
    for (const rx_node *c = n->child; c != NULL; c = c->next) {
        front = front && c->const_size && !c->hard;
        tail = tail || c == easy_tail;
        if (!(front || tail ? check_easy(c, err) : check_hard(c, true, err))) return false;
    }
    return true;
}

// hard: what surrounds the node is matched by fancy-regex itself, step by step.
static bool check_hard(const rx_node *n, bool hard, rx_error *err) {
    if (!hard && !n->hard) return check_easy(n, err);
    switch (n->kind) {
    case RX_CAT: return check_cat(n, hard, err);
    case RX_LOOK:
        if (n->which == RX_BEHIND || n->which == RX_NOT_BEHIND) return check_behind(n, err);
        return check_hard(n->child, false, err);
    case RX_ATOMIC: return check_hard(n->child, false, err);
    case RX_REPEAT:
        return check_hard(n->child, hard || (n->hard && !(n->lo == 0 && n->hi == 1)), err);
    default:
        for (const rx_node *c = n->child; c != NULL; c = c->next)
            if (!check_hard(c, hard, err)) return false;
        return true;
    }
}

bool rx_check(rx_node *root, rx_error *err) {
    checker c = {1, err};
    analyse(&c, root);
    if (err->failed) return false;
    return check_hard(root, root->hard, err);
}
