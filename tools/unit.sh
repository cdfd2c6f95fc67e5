#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# unit: runs cmocka programs and adds up what they say.
# Usage: unit.sh PROGRAM...   UNIT_WRAP runs each under another program (valgrind).
# A program that dies, or exits non-zero without saying why, is one failure.
set -u
passed=0 failed=0 skipped=0
sum() { # of the numbers in the closing lines "[  WORD  ] N test(s)"
    printf '%s\n' "$out" | sed -n "s/^\[  $1 *\] \([0-9]*\) test(s).*/\1/p" |
        awk '{n += $1} END {print n + 0}'
}
for t in "$@"; do
    out=$(${UNIT_WRAP-} "$t" 2>&1)
    rc=$?
    p=$(sum PASSED) f=$(sum FAILED) s=$(sum SKIPPED)
    [ $rc -eq 0 ] || [ "$f" -gt 0 ] || f=1
    [ $((p + f + s)) -gt 0 ] || f=1
    if [ "$f" -gt 0 ]; then
        echo "FAILED: $t (exit $rc)"
        printf '%s\n' "$out" | grep -vE '^\[( RUN  |       OK |==========)' | tail -n 60
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done
if [ $skipped -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ $failed -eq 0 ]
