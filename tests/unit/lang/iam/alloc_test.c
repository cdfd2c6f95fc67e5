// SPDX-License-Identifier: Apache-2.0
// A warm decision without explanation allocates nothing: not in an arena, not on the heap. The
// program is linked so that every malloc, calloc, realloc and aligned allocation of the library
// passes through the counters below (mk/test.mk: --wrap).
#include "situation.h"

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

static const char *const situations[] = {
    // Allowed through every layer.
    "{'caller':'arn:aws:sts::111122223333:assumed-role/app/s','identity':[{'Effect':'Allow',"
    "'Action':'s3:*','Resource':'arn:aws:s3:::${aws:PrincipalTag/team}-*'}],'boundary':[{'Effect':"
    "'Allow','Action':'*','Resource':'*'}],'session':[{'Effect':'Allow','Action':'s3:Get*',"
    "'Resource':'*'}],'scps':[[{'Effect':'Allow','Action':'*','Resource':'*'}],[{'Effect':'Allow',"
    "'Action':'*','Resource':'*'},{'Effect':'Deny','Action':'s3:*','Resource':'*','Condition':"
    "{'StringNotEquals':{'aws:RequestedRegion':['eu-west-1']}}}]],'rcps':[[{'Effect':'Deny',"
    "'Principal':'*','Action':'s3:*','Resource':'*','Condition':{'Bool':"
    "{'aws:SecureTransport':'false'}}}]],'context':{'aws:PrincipalTag/team':'blue',"
    "'aws:RequestedRegion':'eu-west-1','aws:SecureTransport':'true'}}",
    // Unknown, with facts to collect.
    "{'identity':[{'Effect':'Allow','Action':'*','Resource':'*','Condition':{'IpAddress':"
    "{'aws:SourceIp':'10.0.0.0/8'},'ForAnyValue:StringLike':{'aws:TagKeys':['a*','b?']}}}],"
    "'context':{'aws:SourceIp':null,'aws:TagKeys':null}}",
    // Denied by a condition of each family.
    "{'identity':[{'Effect':'Allow','Action':'*','Resource':'*'},{'Effect':'Deny','Action':'*',"
    "'Resource':'*','Condition':{'NumericLessThan':{'aws:MultiFactorAuthAge':'10.50'},"
    "'DateLessThan':{'aws:CurrentTime':'2030-01-01T00:00:00Z'},'ArnLike':{'aws:PrincipalArn':"
    "'arn:*:iam::*:*/*'},'BinaryEquals':{'k:b':'QUJD'},'StringEqualsIgnoreCase':{'k:s':'ABC'}}}],"
    "'context':{'aws:MultiFactorAuthAge':'9','aws:CurrentTime':'2026-01-01T00:00:00Z',"
    "'aws:PrincipalArn':'arn:aws:iam::111122223333:user/x','k:b':'QUJD','k:s':'abc'}}",
};

static void counted(void **state) {
    (void)state;
    wr_arena a;
    unsigned long before = n_calls;
    wr_arena_init(&a, 0);
    assert_non_null(wr_alloc(&a, 100)); // the counters see the library's calls
    assert_true(n_calls > before);
    wr_arena_fini(&a);
}

static void nothing_is_allocated(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof situations / sizeof *situations; i++) {
        situation s;
        wr_iam_says says;
        char key[] = "arn:aws:s3:::blue-0/key";
        situation_open(&s, situations[i]);
        wr_iam_decide(s.eval, s.stack, &s.req, &s.got); // warm
        size_t used = s.ctx.arena.used;
        unsigned long before = n_calls;
        for (unsigned k = 0; k < 1000; k++) {
            key[18] = (char)('0' + k % 10);
            wr_iam_request_resource(&s.req, wr_strz(key));
            wr_iam_decide(s.eval, s.stack, &s.req, &s.got);
            for (uint32_t p = 0; p < s.set->policies.n; p++)
                wr_iam_say(s.eval, s.set->policies.v[p], &s.req, &says);
        }
        assert_int_equal(n_calls, before);
        assert_int_equal(s.ctx.arena.used, used);
        situation_close(&s);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counted),
        cmocka_unit_test(nothing_is_allocated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
