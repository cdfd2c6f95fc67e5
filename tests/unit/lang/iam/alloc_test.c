// SPDX-License-Identifier: Apache-2.0
// A warm decision without explanation allocates nothing: not in an arena, not on the heap
// (allocs.h). Situations: allowed through every layer, unknown with facts to collect, denied by a
// condition of each family.
#include "situation.h"

#include "allocs.h"

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
