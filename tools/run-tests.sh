#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run-tests: runs the parts of `make test` and adds up their closing lines.
# Usage: run-tests.sh BUILD PART...   (MAKE is taken from the environment)
# A part that does not end with "N passed, N failed" counts as one failure: nothing is lost because
# a program died before it could count. The last line is the only one of its kind, and non-zero
# failures make the exit status 1.
set -u
build=$1
shift
passed=0 failed=0 skipped=0
mkdir -p "$build/log"
for part in "$@"; do
    log=$build/log/$part.log
    ${MAKE:-make} --no-print-directory BUILD="$build" "$part" >"$log" 2>&1
    rc=$?
    line=$(grep -E '^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$' "$log" | tail -n 1)
    p=0 f=1 s=0
    if [ -n "$line" ]; then
        p=${line%% passed*}
        f=${line#*passed, }
        f=${f%% failed*}
        case $line in *skipped) s=${line##*failed, } s=${s%% skipped} ;; esac
        [ $rc -eq 0 ] || [ "$f" -gt 0 ] || f=1
        [ $((p + f + s)) -gt 0 ] || f=1 # a part that tests nothing is broken
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    printf '%-20s %6d ok %4d bad' "$part" "$p" "$f"
    [ "$s" -eq 0 ] || printf ' %4d skipped' "$s"
    printf '\n'
    grep -E '^skipped: ' "$log" | sed 's/^/    /'
    [ "$f" -eq 0 ] || { tail -n 60 "$log" | sed 's/^/    /'; echo "    (all of it: $log)"; }
done
if [ $skipped -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ $failed -eq 0 ]
