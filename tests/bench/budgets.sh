#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# budgets: instructions executed (callgrind), which do not depend on what else the machine does,
# against tests/bench/budgets.tsv. A budget may only shrink: over it is a failure, and so is one
# with more than a tenth to spare, so that a gain is kept. -w lowers budgets to what was measured.
# Usage: budgets.sh BUILD [-w]
set -u
build=$1 write=${2-}
here=$(dirname "$0")
command -v valgrind >/dev/null || { echo "error: apt-get install -y valgrind" >&2; exit 1; }
PYTHONPATH=$here python3 -c "import inputs; inputs.write('$build/bench/data')"
passed=0 failed=0
new=$(mktemp)
trap 'rm -f "$new"' EXIT
while IFS='	' read -r name budget args; do
    case $name in '#'* | '')
        printf '%s\n' "$name" >>"$new"
        continue
        ;;
    esac
    # shellcheck disable=SC2086 # arguments
    log=$(cd "$build/bench/data" && valgrind --tool=callgrind --callgrind-out-file=/dev/null \
        ../../cfn-guard $args 2>&1 >/dev/null)
    used=$(printf '%s\n' "$log" | sed -n 's/.*Collected : \([0-9]*\).*/\1/p')
    used=${used:-0}
    verdict=ok
    if [ "$used" -eq 0 ] || [ "$used" -gt "$budget" ]; then
        verdict="OVER"
    elif [ $((used * 11 / 10)) -lt "$budget" ]; then
        verdict="lower the budget (budgets.sh $build -w)"
    fi
    printf '%-16s %12s of %12s  %s\n' "$name" "$used" "$budget" "$verdict"
    if [ "$verdict" = ok ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    room=$((used + used / 33))
    [ "$used" -gt 0 ] && [ $room -lt "$budget" ] || room=$budget
    printf '%s\t%s\t%s\n' "$name" "$room" "$args" >>"$new"
done <"$here/budgets.tsv"
[ "$write" != -w ] || cp "$new" "$here/budgets.tsv"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
