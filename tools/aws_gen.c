// SPDX-License-Identifier: Apache-2.0
// aws_gen: makes the constant tables of src/aws from the facts in src/aws/data.
// Usage: aws_gen DATA_FOLDER > aws_tables.inc
//
// Quick to compile is as important as small: one pool of text, rows of numbers. A fact that does
// not fit the packing (aws_int.h) ends the build with its file and line.
#include "aws/aws_int.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_FIELDS = 6, MAX_LIST = 4096 };

typedef struct rows { // a file cut up at line feeds and tabs
    const char *file;
    char *text;
    wr_str (*row)[MAX_FIELDS];
    uint32_t *line;
    uint32_t n;
} rows;

typedef struct slots { // as aws_service_slots and the like
    uint16_t *slot;
    uint32_t mask;
} slots;

typedef struct lists { // distinct lists, one behind the other
    uint16_t *v;
    uint32_t n;
} lists;

static char *pool;
static uint32_t pool_n, pool_slots;
static aws_text *pool_slot; // 0: free
static rows services, actions, types, keys, sources, events;
static uint32_t *first_action, *first_type;
static slots by_service, by_action, by_type, by_key;
static lists type_lists, key_lists, need_lists;

static _Noreturn void fail(const rows *r, uint32_t i, const char *what) {
    fprintf(stderr, "aws_gen: %s:%u: %s\n", r->file, r->line[i], what);
    exit(1);
}

static void *room(size_t n, size_t size) {
    void *p = calloc(n + 1, size);
    if (p == NULL) {
        fputs("aws_gen: out of memory\n", stderr);
        exit(1);
    }
    return p;
}

// ---------------------------------------------------------------------------------- reading

static char *read_all(const char *path, size_t *n) {
    FILE *f = fopen(path, "rb");
    if (f == NULL || fseek(f, 0, SEEK_END) != 0) {
        perror(path);
        exit(1);
    }
    long size = ftell(f);
    char *text = room((size_t)size, 1);
    rewind(f);
    *n = fread(text, 1, (size_t)size, f);
    fclose(f);
    return text;
}

static void cut_fields(rows *r, wr_str line) {
    size_t from = 0;
    for (uint32_t k = 0; k < MAX_FIELDS; k++) {
        size_t to = wr_find(line, WR_S("\t"), from);
        if (to > line.n) to = line.n;
        r->row[r->n][k] = wr_sub(line, from, to);
        from = to < line.n ? to + 1 : line.n;
    }
    if (from < line.n) fail(r, r->n, "too many fields");
}

static rows read_rows(const char *folder, const char *file) {
    rows r = {.file = file};
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, file);
    size_t n, lines = 1;
    r.text = read_all(path, &n);
    for (size_t i = 0; i < n; i++) lines += r.text[i] == '\n';
    r.row = room(lines, sizeof *r.row);
    r.line = room(lines, sizeof *r.line);
    wr_str all = {r.text, n};
    uint32_t line = 1;
    for (size_t from = 0; from < n; line++) {
        size_t to = wr_find(all, WR_S("\n"), from);
        if (to > n) to = n;
        r.line[r.n] = line;
        if (to > from && r.text[from] != '#') {
            cut_fields(&r, wr_sub(all, from, to));
            r.n++;
        }
        from = to + 1;
    }
    if (r.n >= UINT16_MAX) fail(&r, r.n - 1, "more rows than ids");
    return r;
}

// The next word of *s up to a separator; false at the end.
static bool next_word(wr_str *s, char separator, wr_str *word) {
    if (s->n == 0) return false;
    char sep[2] = {separator, 0};
    size_t to = wr_find(*s, wr_strn(sep, 1), 0);
    if (to > s->n) to = s->n;
    *word = wr_sub(*s, 0, to);
    *s = wr_sub(*s, to < s->n ? to + 1 : s->n, s->n);
    return true;
}

// ---------------------------------------------------------------------------------- text

static aws_text text_in(const rows *r, uint32_t i, wr_str s) {
    if (s.n > AWS_MAX_LEN) fail(r, i, "text is too long for its packing");
    if (s.n == 0) return 0;
    uint32_t at = aws_slot(aws_hash_text(AWS_HASH, s.p, s.n)) & (pool_slots - 1);
    for (; pool_slot[at] != 0; at = (at + 1) & (pool_slots - 1)) {
        aws_text t = pool_slot[at];
        if (wr_eq(s, wr_strn(pool + (t >> AWS_LEN_BITS), t & AWS_MAX_LEN))) return t;
    }
    memcpy(pool + pool_n, s.p, s.n);
    pool_slot[at] = AWS_TEXT(pool_n, s.n);
    pool_n += (uint32_t)s.n;
    if (pool_n >= AWS_MAX_POOL - AWS_MAX_LEN) fail(r, i, "more text than its packing holds");
    return pool_slot[at];
}

static void print_pool(void) {
    printf("const char aws_pool[] =");
    for (uint32_t i = 0; i < pool_n; i++) {
        if (i % 80 == 0) printf("%s\n\"", i > 0 ? "\"" : "");
        if (pool[i] == '?') putchar('\\'); // no trigraphs
        putchar(pool[i]);
    }
    printf("\";\n");
}

// ---------------------------------------------------------------------------------- slots

static slots slots_new(uint32_t n) {
    slots s = {.mask = 15};
    while (s.mask < n + n / 2) s.mask = s.mask * 2 + 1;
    s.slot = room(s.mask, sizeof *s.slot);
    return s;
}

static void slots_add(slots *s, uint32_t hash, uint32_t id) {
    uint32_t at = aws_slot(hash) & s->mask;
    while (s->slot[at] != 0) at = (at + 1) & s->mask;
    s->slot[at] = (uint16_t)(id + 1);
}

// Rows of r by their first field, or by the first two.
static slots slots_of(const rows *r, bool pair) {
    slots s = slots_new(r->n);
    for (uint32_t i = 0; i < r->n; i++) {
        const wr_str *f = r->row[i];
        slots_add(&s, pair ? aws_hash_pair(f[0], f[1]) : aws_hash_text(AWS_HASH, f[0].p, f[0].n),
                  i);
    }
    return s;
}

static uint32_t find_one(const slots *s, const rows *r, wr_str name) {
    uint32_t at = aws_slot(aws_hash_text(AWS_HASH, name.p, name.n)) & s->mask;
    for (; s->slot[at] != 0; at = (at + 1) & s->mask)
        if (aws_same(r->row[s->slot[at] - 1][0], name)) return s->slot[at] - 1u;
    return WR_AWS_NONE;
}

static uint32_t find_pair(const slots *s, const rows *r, wr_str service, wr_str name) {
    uint32_t at = aws_slot(aws_hash_pair(service, name)) & s->mask;
    for (; s->slot[at] != 0; at = (at + 1) & s->mask) {
        const wr_str *f = r->row[s->slot[at] - 1];
        if (aws_same(f[0], service) && aws_same(f[1], name)) return s->slot[at] - 1u;
    }
    return WR_AWS_NONE;
}

static void print_numbers(const char *name, const uint16_t *v, uint32_t n) {
    printf("const uint16_t %s[] = {", name);
    for (uint32_t i = 0; i < n; i++) printf("%s%u,", i % 16 == 0 ? "\n" : "", v[i]);
    printf("\n};\n");
}

static void print_slots(const char *name, const slots *s) {
    char full[64];
    snprintf(full, sizeof full, "aws_%s_slots", name);
    print_numbers(full, s->slot, s->mask + 1);
    printf("const uint32_t aws_%s_mask = %u;\n", name, s->mask);
}

// ---------------------------------------------------------------------------------- lists

static int ascending(const void *a, const void *b) {
    return (int)*(const uint16_t *)a - (int)*(const uint16_t *)b;
}

static uint32_t list_in(lists *l, const rows *r, uint32_t i, uint16_t *v, uint32_t n) {
    if (l->v == NULL) {
        l->v = room(UINT16_MAX + MAX_LIST, sizeof *l->v);
        l->n = 1; // list 0 is empty
    }
    if (n == 0) return 0;
    qsort(v, n, sizeof *v, ascending);
    for (uint32_t at = 1; at < l->n; at += l->v[at] + 1u)
        if (l->v[at] == n && memcmp(l->v + at + 1, v, n * sizeof *v) == 0) return at;
    uint32_t at = l->n;
    if (at + n >= UINT16_MAX) fail(r, i, "more lists than their packing holds");
    l->v[at] = (uint16_t)n;
    memcpy(l->v + at + 1, v, n * sizeof *v);
    l->n += n + 1;
    return at;
}

static uint32_t keys_list(const rows *r, uint32_t i, wr_str words) {
    uint16_t v[MAX_LIST];
    uint32_t n = 0;
    for (wr_str w; n < MAX_LIST && next_word(&words, ' ', &w);) {
        uint32_t key = find_one(&by_key, &keys, w);
        if (key == WR_AWS_NONE) fail(r, i, "a key that keys.tsv lacks");
        v[n++] = (uint16_t)key;
    }
    return list_in(&key_lists, r, i, v, n);
}

static uint32_t types_list(uint32_t i) {
    uint16_t v[MAX_LIST];
    uint32_t n = 0;
    wr_str words = actions.row[i][3];
    for (wr_str w; n < MAX_LIST && next_word(&words, '|', &w);) {
        bool required = wr_ends(w, WR_S("!"));
        if (required) w.n--;
        uint32_t t = find_pair(&by_type, &types, actions.row[i][0], w);
        if (t == WR_AWS_NONE) fail(&actions, i, "a resource type that types.tsv lacks");
        v[n++] = (uint16_t)(t | (required ? AWS_REQUIRED : 0u));
    }
    return list_in(&type_lists, &actions, i, v, n);
}

static uint32_t needs_list(uint32_t i) {
    uint16_t v[MAX_LIST];
    uint32_t n = 0;
    wr_str words = actions.row[i][5];
    for (wr_str w; n < MAX_LIST && next_word(&words, ' ', &w);) {
        size_t colon = wr_find(w, WR_S(":"), 0);
        uint32_t a =
            find_pair(&by_action, &actions, wr_sub(w, 0, colon), wr_sub(w, colon + 1, w.n));
        if (a == WR_AWS_NONE) fail(&actions, i, "needs an action that is not there");
        v[n++] = (uint16_t)a;
    }
    return list_in(&need_lists, &actions, i, v, n);
}

// ---------------------------------------------------------------------------------- tables

// Order is what binary searches and ranges stand on: file order is trusted nowhere.
static void check_order(const rows *r, bool pair) {
    for (uint32_t i = 1; i < r->n; i++) {
        const wr_str *a = r->row[i - 1], *b = r->row[i];
        uint32_t k = pair && wr_eq(a[0], b[0]) ? 1 : 0;
        size_t n = a[k].n < b[k].n ? a[k].n : b[k].n, j = 0;
        while (j < n && aws_lower(a[k].p[j]) == aws_lower(b[k].p[j])) j++;
        bool less = j < n ? aws_lower(a[k].p[j]) < aws_lower(b[k].p[j]) : a[k].n < b[k].n;
        if (!less) fail(r, i, "not in order, or twice");
    }
}

// First rows of each service in r, whose first field is the service.
static uint32_t *firsts(const rows *r) {
    uint32_t *first = room(services.n, sizeof *first), at = 0;
    for (uint32_t s = 0; s < services.n; s++) {
        first[s] = at;
        while (at < r->n && wr_eq(r->row[at][0], services.row[s][0])) at++;
    }
    first[services.n] = at;
    if (at < r->n) fail(r, at, "of a service that services.tsv lacks");
    return first;
}

static void print_services(void) {
    printf("const aws_service aws_services[] = {\n");
    for (uint32_t s = 0; s < services.n; s++) {
        const wr_str *f = services.row[s];
        printf("{%u,%u,%u,%u,%u},\n", text_in(&services, s, f[0]), text_in(&services, s, f[1]),
               first_action[s], first_type[s], wr_eq(f[2], WR_S("rcp")));
    }
    printf("{0,0,%u,%u,0}};\n", actions.n, types.n);
    printf("const uint32_t aws_n_services = %u;\n", services.n);
}

static uint32_t level_of(uint32_t i) {
    static const char letters[] = "LRWPT"; // in the order of wr_aws_level
    wr_str l = actions.row[i][2];
    const char *at = l.n == 1 ? strchr(letters, l.p[0]) : NULL;
    if (at == NULL) fail(&actions, i, "no such level");
    return (uint32_t)(at - letters);
}

static void print_actions(void) {
    printf("const aws_action aws_actions[] = {\n");
    uint32_t s = 0;
    for (uint32_t i = 0; i < actions.n; i++) {
        const wr_str *f = actions.row[i];
        while (i >= first_action[s + 1]) s++;
        printf("{%u,%u,%u,%u,%u},\n", text_in(&actions, i, f[1]), types_list(i),
               keys_list(&actions, i, f[4]), needs_list(i), s | level_of(i) << AWS_SERVICE_BITS);
    }
    printf("};\nconst uint32_t aws_n_actions = %u;\n", actions.n);
}

static void print_types(void) {
    printf("const aws_restype aws_restypes[] = {\n");
    uint32_t s = 0;
    for (uint32_t i = 0; i < types.n; i++) {
        const wr_str *f = types.row[i];
        while (i >= first_type[s + 1]) s++;
        printf("{%u,%u,%u,%u},\n", text_in(&types, i, f[1]), text_in(&types, i, f[2]), s,
               keys_list(&types, i, f[3]));
    }
    printf("};\nconst uint32_t aws_n_types = %u;\n", types.n);
}

static void print_keys(void) {
    static const char *const name[] = {"String", "ARN",       "Numeric", "Date",
                                       "Bool",   "IPAddress", "Binary"};
    printf("const aws_key aws_keys[] = {\n");
    for (uint32_t i = 0; i < keys.n; i++) {
        wr_str t = keys.row[i][1];
        bool multi = wr_starts(t, WR_S("ArrayOf"));
        if (multi) t = wr_sub(t, 7, t.n);
        uint32_t k = 0;
        while (k < 7 && !wr_eq(t, wr_strz(name[k]))) k++;
        if (k == 7) fail(&keys, i, "no such type of values");
        printf("{%u,%u,%u,%u},\n", text_in(&keys, i, keys.row[i][0]), k, multi,
               wr_eq(keys.row[i][2], WR_S("global")));
    }
    printf("};\nconst uint32_t aws_n_keys = %u;\n", keys.n);
}

// Keys with parts, grouped by the text before the first part.
static void print_patterns(void) {
    aws_pattern *v = room(keys.n, sizeof *v);
    uint32_t n = 0, groups = 0;
    for (uint32_t i = 0; i < keys.n; i++) {
        size_t prefix = wr_find(keys.row[i][0], WR_S("${"), 0);
        if (prefix <= keys.row[i][0].n)
            v[n++] = (aws_pattern){.key = (uint16_t)i, .prefix = (uint8_t)prefix};
    }
    slots s = slots_new(n);
    for (uint32_t i = 0; i < n; i++) {
        wr_str p = wr_sub(keys.row[v[i].key][0], 0, v[i].prefix);
        wr_str q = i + 1 < n ? wr_sub(keys.row[v[i + 1].key][0], 0, v[i + 1].prefix) : WR_S("");
        v[i].last = !aws_same(p, q);
        if (i == 0 || v[i - 1].last) {
            slots_add(&s, aws_hash_text(AWS_HASH, p.p, p.n), i);
            groups++;
        }
    }
    printf("const aws_pattern aws_patterns[] = { // %u groups\n", groups);
    for (uint32_t i = 0; i < n; i++)
        printf("{%u,%u,%u},\n", v[i].key, v[i].prefix, (unsigned)v[i].last);
    printf("};\nconst uint32_t aws_n_patterns = %u;\n", n);
    print_slots("pattern", &s);
}

// What stands before the first colon of a key (outside of ${}) and is no service.
static void print_prefixes(void) {
    wr_str last = {0};
    uint32_t n = 0;
    printf("const aws_text aws_prefixes[] = {\n");
    for (uint32_t i = 0; i < keys.n; i++) {
        wr_str p = wr_sub(keys.row[i][0], 0, wr_find(keys.row[i][0], WR_S(":"), 0));
        if (aws_same(p, last) || find_one(&by_service, &services, p) != WR_AWS_NONE) continue;
        printf("%u,\n", text_in(&keys, i, p));
        last = p;
        n++;
    }
    printf("};\nconst uint32_t aws_n_prefixes = %u;\n", n);
}

// ---------------------------------------------------------------------------------- events

static void print_sources(void) {
    printf("const aws_source aws_sources[] = {\n");
    for (uint32_t i = 0; i < sources.n; i++) {
        uint16_t v[MAX_LIST];
        uint32_t n = 0;
        wr_str words = sources.row[i][1];
        for (wr_str w; n < AWS_MAX_PREFIXES && next_word(&words, ' ', &w); n++) {
            uint32_t s = find_one(&by_service, &services, w);
            if (s == WR_AWS_NONE) fail(&sources, i, "a prefix that services.tsv lacks");
            v[n] = (uint16_t)s;
        }
        if (n == 0 || words.n > 0) fail(&sources, i, "no prefix, or too many");
        printf("{%u,%u,{", text_in(&sources, i, sources.row[i][0]), n);
        for (uint32_t k = 0; k < n; k++) printf("%u,", v[k]);
        printf("}},\n");
    }
    printf("};\n");
    slots s = slots_of(&sources, false);
    print_slots("source", &s);
}

static void print_events(void) {
    printf("const aws_event aws_events[] = {\n");
    for (uint32_t i = 0; i < events.n; i++) {
        const wr_str *f = events.row[i];
        uint32_t s = find_one(&by_service, &services, f[0]), a = UINT16_MAX;
        if (s == WR_AWS_NONE) fail(&events, i, "of a service that services.tsv lacks");
        if (find_pair(&by_action, &actions, f[0], f[1]) != WR_AWS_NONE)
            fail(&events, i, "an action has the event's own name");
        if (!wr_eq(f[2], WR_S("-"))) {
            size_t colon = wr_find(f[2], WR_S(":"), 0);
            a = find_pair(&by_action, &actions, wr_sub(f[2], 0, colon),
                          wr_sub(f[2], colon + 1, f[2].n));
            if (a == WR_AWS_NONE) fail(&events, i, "an action that actions.tsv lacks");
        }
        printf("{%u,%u,%u},\n", text_in(&events, i, f[1]), s, a);
    }
    printf("};\nconst uint32_t aws_n_events = %u;\n", events.n);
    slots s = slots_of(&events, true);
    print_slots("event", &s);
}

static void print_lists(const char *name, lists *l) { print_numbers(name, l->v, l->n); }

int main(int argc, char **argv) {
    if (argc != 2) {
        fputs("usage: aws_gen DATA_FOLDER > aws_tables.inc\n", stderr);
        return 64;
    }
    services = read_rows(argv[1], "services.tsv");
    actions = read_rows(argv[1], "actions.tsv");
    types = read_rows(argv[1], "types.tsv");
    keys = read_rows(argv[1], "keys.tsv");
    sources = read_rows(argv[1], "sources.tsv");
    events = read_rows(argv[1], "events.tsv");
    check_order(&services, false);
    check_order(&sources, false);
    check_order(&events, true);
    check_order(&keys, false);
    check_order(&actions, true);
    check_order(&types, true);
    pool = room(AWS_MAX_POOL, 1);
    pool_slots = 1u << 18;
    pool_slot = room(pool_slots, sizeof *pool_slot);
    pool[pool_n++] = ' '; // so that no text is at 0
    first_action = firsts(&actions);
    first_type = firsts(&types);
    by_service = slots_of(&services, false);
    by_action = slots_of(&actions, true);
    by_type = slots_of(&types, true);
    by_key = slots_of(&keys, false);
    puts("// Made by tools/aws_gen.c from src/aws/data. Do not edit.");
    print_services();
    print_actions();
    print_types();
    print_keys();
    print_patterns();
    print_prefixes();
    print_sources();
    print_events();
    print_lists("aws_type_lists", &type_lists);
    print_lists("aws_key_lists", &key_lists);
    print_lists("aws_need_lists", &need_lists);
    print_slots("service", &by_service);
    print_slots("action", &by_action);
    print_slots("key", &by_key);
    print_pool();
    return fflush(stdout) != 0 || ferror(stdout);
}
