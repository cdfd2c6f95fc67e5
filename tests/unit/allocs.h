// SPDX-License-Identifier: Apache-2.0
// allocs: counts what the library asks of the heap. Programs that include it are linked so that
// every malloc, calloc, realloc and aligned allocation of the library passes through here
// (mk/test.mk: --wrap).
#ifndef ALLOCS_H
#define ALLOCS_H

static unsigned long n_calls;

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
int __real_posix_memalign(void **p, size_t align, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
int __wrap_posix_memalign(void **p, size_t align, size_t n);

void *__wrap_malloc(size_t n) {
    n_calls++;
    return __real_malloc(n);
}
void *__wrap_calloc(size_t n, size_t size) {
    n_calls++;
    return __real_calloc(n, size);
}
void *__wrap_realloc(void *p, size_t n) {
    n_calls++;
    return __real_realloc(p, n);
}
int __wrap_posix_memalign(void **p, size_t align, size_t n) {
    n_calls++;
    return __real_posix_memalign(p, align, n);
}

// The counters see the library's calls.
static void counted(void **state) {
    (void)state;
    wr_arena a;
    unsigned long before = n_calls;
    wr_arena_init(&a, 0);
    assert_non_null(wr_alloc(&a, 100)); // the counters see the library's calls
    assert_true(n_calls > before);
    wr_arena_fini(&a);
}

#endif
