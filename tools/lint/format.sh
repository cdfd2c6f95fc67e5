#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# format: every file is as clang-format would write it. Usage: format.sh FILE...
set -u
command -v clang-format >/dev/null || { echo "error: apt-get install -y clang-format" >&2; exit 1; }
passed=0 failed=0
for f in "$@"; do
    if clang-format --dry-run -Werror "$f" 2>/dev/null; then
        passed=$((passed + 1))
    else
        echo "FAILED: $f is not as 'make format' writes it"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
