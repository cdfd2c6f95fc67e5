#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# mutate.sh WRIT DIR [PERCENT]: mutation testing of a governance repository (docs/guide/mutation.md)
# as a part of `make test`: ends with "N passed, N failed". Failed are policies that could not be
# tried, and, when fewer than PERCENT (95) of all mutants are killed, all that survive. A file
# DIR/survivors.yaml lists those that are known to.
writ=$1 dir=$2 min=${3:-95}
known=
[ -f "$dir/survivors.yaml" ] && known="--survivors $dir/survivors.yaml"
# shellcheck disable=SC2086 # two words or none
report=$("$writ" test "$dir" --mutate -j 0 --min "$min" -o json $known 2>/dev/null)
code=$?
count() { printf '%s\n' "$report" | sed -n "s/^    \"$1\": \([0-9]*\),*\$/\1/p"; }
killed=$(count killed) survived=$(count survived) untried=$(count policies_not_tried)
if [ "$code" -eq 0 ]; then
    echo "$survived of $((killed + survived)) mutants survive"
    echo "$killed passed, 0 failed"
    exit 0
fi
"$writ" test "$dir" --mutate -j 0 $known 2>&1 | grep -E 'SURVIVED|error\['
failed=$((${survived:-0} + ${untried:-0}))
[ "$failed" -gt 0 ] || failed=1
echo "${killed:-0} passed, $failed failed"
exit 1
