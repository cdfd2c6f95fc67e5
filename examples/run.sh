#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run: the shipped examples do what they are shown to do: exit codes and the lines that matter.
# Usage: run.sh BUILD   (from the top of the source tree)
set -u
build=$1
e=examples
passed=0 failed=0
check() { # wanted exit, wanted text ('' for none), then the command
    want=$1 text=$2
    shift 2
    out=$("$@" 2>&1)
    rc=$?
    found=1
    [ -z "$text" ] || printf '%s\n' "$out" | grep -qF -- "$text" || found=0
    if [ $rc -eq "$want" ] && [ $found = 1 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED (exit $rc, wanted $want, looking for '$text'): $*"
        printf '%s\n' "$out" | head -n 40
    fi
}
w=$build/writ g=$build/cfn-guard
check 1 storage.yaml "$w" guard validate -r $e/rules/s3.guard -d $e/templates/storage.yaml
check 1 'Fix: set SSEAlgorithm to aws:kms' \
    "$w" guard validate -r $e/rules/s3.guard -d $e/templates/storage.yaml
check 0 '' "$w" guard validate -r $e/rules/s3.guard -d $e/templates/storage-fixed.yaml
check 1 'administration port' "$w" guard validate -r $e/rules -d $e/templates/network.json
check 1 'set encrypted = true' "$w" guard validate -r $e/rules/terraform.guard -d $e/plans/plan.json
check 0 '' "$w" guard test -d $e/rules
check 19 'Status = FAIL' "$g" validate -r $e/rules -d $e/templates
check 0 '' "$g" validate -r $e/rules/s3.guard -d $e/templates/storage-fixed.yaml
check 19 '"status": "FAIL"' "$g" validate -r $e/rules -d $e/templates -z -o json -S none
check 0 '' "$g" test -d $e/rules
z=$e/landing-zone day=2026-11-24
check 1 'CRITICAL AUDIT.TRAIL' "$w" check $z --now $day
check 1 'until 2027-02-01 by public-website' "$w" check $z --now $day
check 1 'old-reports-database' "$w" check $z --now $day
check 0 '' "$w" check $z --now $day --fail-on never
check 0 '' "$w" test $z
check 0 'PERIMETER.ORGANIZATION  detective' "$w" coverage $z --now $day
check 0 'RDS.ENCRYPTION' "$w" explain RDS.ENCRYPTION
for p in "$build/api/judge" "$build/api/judge-static"; do
    check 1 'templates/storage.yaml:' "$p" $e/rules/s3.guard -- $e/templates/storage.yaml
    check 0 '' "$p" $e/rules/s3.guard -- $e/templates/storage-fixed.yaml
    check 1 's3_encrypted' "$p" $e/rules/s3.guard $e/rules/network.guard -- \
        $e/templates/storage.yaml $e/templates/network.json $e/templates/storage-fixed.yaml
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
