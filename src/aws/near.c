// SPDX-License-Identifier: Apache-2.0
// "Did you mean": the most similar known name, by optimal string alignment distance (letters
// changed, added, taken away, or two neighbours swapped), case aside. A name is near when no more
// than a third of it, and no more than three letters, must change; of equals the first wins.

#include "aws/aws_int.h"

enum { LONGEST = 96, FARTHEST = 3 };

static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

// A bit for each letter a name has, case aside. Each change takes away and adds one kind of letter
// at most, so that names whose sets differ by more need no closer look.
static uint64_t letters_of(wr_str s) {
    uint64_t set = 0;
    for (size_t i = 0; i < s.n; i++) set |= 1ull << (aws_lower(s.p[i]) & 63);
    return set;
}

static bool too_far(uint64_t a, uint64_t b, uint32_t max) {
    return (uint32_t)__builtin_popcountll(a & ~b) > max ||
           (uint32_t)__builtin_popcountll(b & ~a) > max;
}

uint32_t aws_distance(wr_str a, wr_str b, uint32_t max) {
    uint32_t rows[3][LONGEST + 1];
    uint32_t *before = rows[0], *last = rows[1], *now = rows[2];
    size_t gap = a.n > b.n ? a.n - b.n : b.n - a.n;
    if (gap > max || a.n > LONGEST || b.n > LONGEST) return max + 1;
    for (uint32_t j = 0; j <= b.n; j++) last[j] = before[j] = j;
    for (uint32_t i = 1; i <= a.n; i++) {
        uint32_t best = now[0] = i;
        unsigned char x = aws_lower(a.p[i - 1]);
        for (uint32_t j = 1; j <= b.n; j++) {
            unsigned char y = aws_lower(b.p[j - 1]);
            uint32_t d = least(last[j - 1] + (x != y), least(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && x == aws_lower(b.p[j - 2]) && y == aws_lower(a.p[i - 2]))
                d = least(d, before[j - 2] + 1);
            now[j] = d;
            best = least(best, d);
        }
        if (best > max) return max + 1;
        uint32_t *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return least(last[b.n], max + 1);
}

typedef struct search {
    wr_str name;
    uint64_t letters;
    uint32_t max; // distance that the next must not exceed
    wr_str best;
} search;

static search search_for(wr_str name) {
    uint32_t third = (uint32_t)least((uint32_t)(name.n < 99 ? name.n : 99) / 3, FARTHEST);
    return (search){.name = name, .letters = letters_of(name), .max = third, .best = {"", 0}};
}

static void look_at(search *s, wr_str candidate) {
    if (s->max == 0 && s->best.n > 0) return;
    size_t gap = candidate.n > s->name.n ? candidate.n - s->name.n : s->name.n - candidate.n;
    if (gap > s->max || too_far(s->letters, letters_of(candidate), s->max)) return;
    uint32_t d = aws_distance(s->name, candidate, s->max);
    if (d > s->max || (d == 0 && s->best.n > 0)) return;
    s->best = candidate;
    s->max = d > 0 ? d - 1 : 0;
}

wr_str wr_aws_service_near(wr_str prefix) {
    search s = search_for(prefix);
    for (uint32_t i = 0; i < aws_n_services && prefix.n > 0; i++)
        look_at(&s, wr_aws_service_prefix(i));
    return s.best;
}

wr_str wr_aws_action_near(uint32_t service, wr_str name) {
    search s = search_for(name);
    uint32_t n, first = wr_aws_service_actions(service, &n);
    for (uint32_t i = first; i < first + n && name.n > 0; i++) look_at(&s, wr_aws_action_name(i));
    return s.best;
}

// A key with parts is compared by what stands before its first part.
wr_str wr_aws_key_near(wr_str name) {
    search s = search_for(name);
    for (uint32_t i = 0; i < aws_n_keys && name.n > 0; i++) {
        wr_str key = aws_str(aws_keys[i].name);
        if (wr_find(key, WR_S("${"), 0) > key.n) look_at(&s, key);
    }
    if (s.best.n > 0) return s.best;
    size_t slash = wr_find(name, WR_S("/"), 0);
    if (slash >= name.n) return s.best;
    search p = search_for(wr_sub(name, 0, slash + 1));
    uint32_t best = WR_AWS_NONE;
    for (uint32_t i = 0; i < aws_n_patterns; i++) {
        wr_str key = aws_str(aws_keys[aws_patterns[i].key].name);
        wr_str old = p.best;
        look_at(&p, wr_sub(key, 0, aws_patterns[i].prefix));
        if (p.best.p != old.p || p.best.n != old.n) best = aws_patterns[i].key;
    }
    return best == WR_AWS_NONE ? s.best : aws_str(aws_keys[best].name);
}
