// SPDX-License-Identifier: Apache-2.0
// threads: starting several and waiting for them. Every thread has a stack of WR_STACK, which the
// limits on depth are made for, whatever `ulimit -s` says.

#include "base/base.h"

uint32_t wr_threads_start(pthread_t *t, uint32_t n, void *(*work)(void *), void *items,
                          size_t size) {
    pthread_attr_t attr;
    uint32_t started = 0;
    if (n == 0 || pthread_attr_init(&attr) != 0) return 0;
    if (pthread_attr_setstacksize(&attr, WR_STACK) == 0)
        while (started < n &&
               pthread_create(&t[started], &attr, work, (char *)items + started * size) == 0)
            started++;
    (void)pthread_attr_destroy(&attr);
    return started;
}

void wr_threads_join(const pthread_t *t, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) (void)pthread_join(t[i], NULL);
}
