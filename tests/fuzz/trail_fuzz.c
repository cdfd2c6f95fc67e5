// SPDX-License-Identifier: Apache-2.0
// Trails: any bytes as a file, plain or compressed (the first byte says which, and whether it is
// cut short), pulled value by value, read as records, made into requests and judged. No record is
// lost: what the JSON reader takes is never called broken, and every record is counted once.
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "analyze/analyze.h"

enum { GZIP = 1, CUT = 2, TINY = 4 };

static const char policy_text[] =
    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":[\"s3:*\","
    "\"sts:AssumeRole\"],\"Resource\":\"arn:aws:s3:::a*\",\"Condition\":{\"StringNotEquals\":{"
    "\"aws:RequestedRegion\":\"eu-west-1\",\"aws:PrincipalTag/t\":\"x\",\"sts:ExternalId\":\"1\"},"
    "\"IpAddress\":{\"aws:SourceIp\":\"10.0.0.0/8\"},\"DateGreaterThan\":{\"aws:CurrentTime\":"
    "\"2020-01-01T00:00:00Z\"},\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"},"
    "\"ArnLike\":{\"aws:PrincipalArn\":\"arn:aws:iam::*:role/*\"}}},{\"Effect\":\"Deny\","
    "\"NotAction\":\"iam:*\",\"Resource\":\"*\",\"Condition\":{\"NumericLessThan\":{"
    "\"aws:EpochTime\":\"1\",\"s3:TlsVersion\":\"1.2\"},\"Null\":{\"aws:SourceVpce\":\"false\"}}}]"
    "}";

typedef struct world {
    wr_ctx ctx;
    wr_impact_opts o;
    const wr_iam_policy *policy;
} world;

static const world *the_world(void) {
    static world w;
    if (w.policy) return &w;
    wr_ctx_init(&w.ctx, NULL);
    wr_iam_set *s = wr_iam_set_new(&w.ctx);
    const wr_src *src = wr_src_new(&w.ctx.arena, WR_S("scp"), WR_S(policy_text), false);
    WR_ASSERT(s != NULL && src != NULL);
    w.policy = wr_iam_add_text(s, src, false, &(wr_iam_parse_opts){.kind = WR_IAM_SCP});
    WR_ASSERT(w.policy != NULL && !w.policy->broken);
    wr_iam_freeze(s);
    w.o = (wr_impact_opts){.set = s,
                           .policies = &w.policy,
                           .n_policies = 1,
                           .group_by = 7,
                           .max_rows = 50,
                           .replace = true};
    return &w;
}

static int file_of(const uint8_t *p, size_t n) {
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    WR_ASSERT(fd >= 0 && write(fd, p, n) == (ssize_t)n && lseek(fd, 0, SEEK_SET) == 0);
    return fd;
}

static size_t compress_to(wr_arena *a, const uint8_t *p, size_t n, uint8_t **out) {
    z_stream z = {0};
    size_t cap = n + n / 100 + 1024;
    *out = wr_alloc(a, cap);
    WR_ASSERT(*out && deflateInit2(&z, 1, Z_DEFLATED, MAX_WBITS + 16, 8, 0) == Z_OK);
    z.next_in = (unsigned char *)(uintptr_t)p;
    z.avail_in = (unsigned)n;
    z.next_out = *out;
    z.avail_out = (unsigned)cap;
    WR_ASSERT(deflate(&z, Z_FINISH) == Z_STREAM_END && deflateEnd(&z) == Z_OK);
    return cap - z.avail_out;
}

// Every value of the file: what JSON takes is not broken.
static uint64_t check_values(int fd, size_t max) {
    wr_ctx c, one;
    wr_item it;
    uint64_t n = 0;
    wr_ctx_init(&c, NULL);
    wr_limits limits = wr_limits_default;
    limits.depth = 400;
    wr_ctx_init(&one, &limits);
    wr_pull_opts o = {.list = "Records", .max_bytes = max};
    wr_pull *p = wr_pull_from(&c, wr_stream_fd(&c, fd, "fuzz"), &o);
    WR_ASSERT(p != NULL);
    while (wr_pull_next(p, &it)) {
        wr_ctx_mark m = wr_ctx_mark_now(&one);
        wr_trail_record rec;
        wr_doc *d;
        WR_ASSERT(it.index == ++n && it.text.n > 0);
        wr_trail_read(&one.arena, it.text, &rec);
        wr_rc rc = wr_pull_load(p, &it, &one, &(wr_load){.is_json = true}, &d);
        WR_ASSERT(rc != WR_OK || rec.kind != WR_TRAIL_BROKEN);
        wr_ctx_rewind(&one, m);
    }
    WR_ASSERT((wr_pull_rc(p) == WR_OK) == (c.n_errors == 0));
    wr_pull_close(p);
    wr_ctx_fini(&one);
    wr_ctx_fini(&c);
    return n;
}

static void say(void *arg, const wr_diag *d) {
    wr_buf b;
    (void)arg;
    wr_buf_init(&b, 0);
    wr_diag_print(&b, d, false);
    WR_ASSERT(wr_utf8_check(wr_buf_str(&b)) == b.n);
    wr_buf_fini(&b);
}

static void check_replay(int fd, size_t max, uint64_t n) {
    wr_impact_opts o = the_world()->o;
    char path[64];
    wr_buf name;
    wr_buf_init(&name, 0);
    wr_putf(&name, "/proc/self/fd/%d", fd);
    memcpy(path, name.p, name.n);
    path[name.n] = 0;
    wr_buf_fini(&name);
    o.max_record = max;
    o.say = say;
    wr_impact *w = wr_impact_new(&o), *sum = wr_impact_new(&o);
    WR_ASSERT(w != NULL && sum != NULL);
    (void)!wr_impact_file(w, path, 0);
    uint64_t kinds = 0, judged = 0, verdicts = 0;
    for (int k = 0; k < WR_TRAIL_N_KINDS; k++) {
        kinds += w->kinds[k];
        if (k < WR_TRAIL_NAMELESS) judged += w->kinds[k];
    }
    for (int v = 0; v < WR_IMPACT_N_VERDICTS; v++)
        verdicts += w->tallies[0].n[v][0] + w->tallies[0].n[v][1];
    WR_ASSERT(w->records == n && kinds == n && verdicts + w->formless == judged);
    WR_ASSERT(wr_impact_merge(sum, w) == WR_OK && sum->rows.n == w->rows.n);
    wr_impact_sort(sum);
    wr_impact_free(w);
    wr_impact_free(sum);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    wr_arena a;
    uint8_t how = size ? data[0] : 0, *packed = NULL;
    if (size) data++, size--;
    wr_arena_init(&a, 0);
    if (how & GZIP) {
        size = compress_to(&a, data, size, &packed);
        data = packed;
    }
    if (how & CUT && size > 4) size -= how % 4 + 1;
    size_t max = how & TINY ? 300 : 0;
    int fd = file_of(data, size);
    uint64_t n = check_values(dup(fd), max);
    check_replay(fd, max, n);
    WR_ASSERT(close(fd) == 0);
    wr_arena_fini(&a);
    return 0;
}
