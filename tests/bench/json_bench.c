// SPDX-License-Identifier: Apache-2.0
// How fast a JSON file becomes a document (full tree, spans, line table): json_bench FILE [ROUNDS].
// Prints the best of the rounds in MB/s; the best is the figure that other work on the machine
// disturbs least.

#include "doc/doc.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

// Of this process: other work on the machine does not count.
static double seconds(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int once(wr_str text, double *load, uint32_t *nodes) {
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    double t0 = seconds();
    wr_src *src = wr_src_new(&c.arena, WR_S("bench"), text, false);
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    wr_doc *d = NULL;
    wr_rc rc = src ? wr_json_read(&c, src, &how, &d) : WR_NOMEM;
    *load = seconds() - t0;
    if (rc == WR_OK) *nodes = d->n_nodes;
    wr_ctx_fini(&c);
    return rc == WR_OK ? 0 : 1;
}

int main(int argc, char **argv) {
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    wr_str text;
    if (argc < 2 || wr_read_file(&c, argv[1], &text) != WR_OK) {
        (void)fprintf(stderr, "usage: json_bench FILE [ROUNDS]\n");
        return 64;
    }
    int rounds = argc > 2 ? atoi(argv[2]) : 20;
    double best = 1e9;
    uint32_t nodes = 0;
    for (int i = 0; i < rounds; i++) {
        double t;
        if (once(text, &t, &nodes) != 0) return 1;
        if (t < best) best = t;
    }
    (void)printf("%zu bytes, %u nodes, %.3f ms, %.0f MB/s, %.1f ns a node\n", text.n,
                 (unsigned)nodes, best * 1e3, (double)text.n / best / 1e6, best * 1e9 / nodes);
    wr_ctx_fini(&c);
    return 0;
}
