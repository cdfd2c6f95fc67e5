#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# fuzz: runs libFuzzer targets one after another for a given time each. New inputs are kept in
# BUILD/work/NAME; what breaks a target in BUILD/found/NAME (mend it, then add it to the corpus).
# Usage: fuzz.sh BUILD SECONDS PROGRAM...
set -u
build=$1 seconds=$2
shift 2
passed=0 failed=0
for t in "$@"; do
    name=$(basename "$t")
    name=${name%_fuzz}
    mkdir -p "$build/work/$name" "$build/found/$name"
    dict=
    [ ! -f "tests/fuzz/$name.dict" ] || dict=-dict=tests/fuzz/$name.dict
    echo "fuzz: $name for $seconds s"
    # shellcheck disable=SC2086 # $dict is empty or one word
    if "$t" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=16384 $dict \
        -artifact_prefix="$build/found/$name/" -print_final_stats=1 \
        "$build/work/$name" "tests/fuzz/corpus/$name" >"$build/$name.log" 2>&1; then
        grep -E 'stat::(number_of_executed_units|new_units_added)' "$build/$name.log"
        passed=$((passed + 1))
    else
        tail -n 40 "$build/$name.log"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
