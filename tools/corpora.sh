#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# corpora: replays what fuzzing has found so far, one plain run of each target over its corpus.
# Usage: corpora.sh CORPUS_DIR PROGRAM...   Target x_fuzz reads CORPUS_DIR/x.
set -u
dir=$1
shift
passed=0 failed=0
for t in "$@"; do
    name=$(basename "$t")
    name=${name%_fuzz}
    n=$(find "$dir/$name" -type f 2>/dev/null | wc -l)
    if [ "$n" -eq 0 ]; then
        echo "FAILED: $t has no corpus in $dir/$name"
        failed=$((failed + 1))
    elif "$t" "$dir/$name"; then
        passed=$((passed + n))
    else
        failed=$((failed + 1))
        echo "FAILED: $t (the input named last)"
    fi
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
