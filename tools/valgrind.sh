#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# valgrind: the plain build under memcheck: unit tests of the readers, of Guard's evaluator, of IAM,
# organizations and analyses, and the program on the shipped examples. ASan sees more writes,
# memcheck sees uninitialised reads.
# Usage: valgrind.sh BUILD UNIT_PROGRAM...
set -u
command -v valgrind >/dev/null || { echo "error: apt-get install -y valgrind" >&2; exit 1; }
build=$1
shift
passed=0 failed=0
check() { # the exit code wanted, then the command
    want=$1
    shift
    log=$(valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \
        "$@" 2>&1 >/dev/null)
    rc=$?
    if [ $rc -eq "$want" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED (exit $rc, wanted $want): $*"
        printf '%s\n' "$log" | head -n 40
    fi
}
for t in "$@"; do
    case $t in
    */iam/glob_test | */iam/unknown_test | */iam/sound_test) ;; # brute force: minutes here
    */base/* | */doc/* | */lang/guard/eval* | */lang/guard/parse*) check 0 "$t" ;;
    */lang/iam/* | */org/* | */analyze/*) check 0 "$t" ;;
    esac
done
e=examples
for f in single-line-summary json yaml; do
    check 19 "$build/cfn-guard" validate -r $e/rules -d $e/templates -o $f
done
check 19 "$build/cfn-guard" validate -r $e/rules -d $e/templates -z -o sarif -S none
check 1 "$build/writ" guard validate -r $e/rules -d $e/templates
check 0 "$build/cfn-guard" test -d $e/rules
check 0 "$build/cfn-guard" parse-tree -r $e/rules/s3.guard -y
d=tests/cases/iam/data
check 3 "$build/writ" iam simulate --account $d/dump.json --org $d/org.yaml --explain -o json \
    -p arn:aws:iam::222222222222:user/ann -a sqs:SendMessage \
    -r arn:aws:sqs:eu-west-1:222222222222:q
check 0 "$build/writ" iam who-can s3:PutObject arn:aws:s3:::artifacts/a.zip \
    --account $d/dump.json --org $d/org.yaml
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
