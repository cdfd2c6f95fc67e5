#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# threads: what runs on several threads, for a build that watches races: -j over files, and the
# example of the public API that shares one policy between threads.
# Usage: threads.sh BUILD
set -u
build=$1
passed=0 failed=0
check() { # the exit code wanted, then the command
    want=$1
    shift
    log=$("$@" 2>&1)
    rc=$?
    if [ $rc -eq "$want" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED (exit $rc, wanted $want): $*"
        printf '%s\n' "$log" | head -n 40
    fi
}
e=examples
check 1 "$build/writ" guard validate -r $e/rules -d $e/templates -j 4
check 1 "$build/writ" guard validate -r $e/rules -d $e/templates -j 4 -z -o json -S none
for p in "$build"/api/*; do
    check 1 "$p" $e/rules/s3.guard $e/rules/network.guard -- $e/templates/storage.yaml \
        $e/templates/network.json $e/templates/storage-fixed.yaml $e/plans/plan.json
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
