#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# abi: the names a shared library shows are those of a list under version control, and each is
# declared in a public header.
# Usage: abi.sh LIBRARY LIST [-w]    -w writes the list instead
set -u
lib=$1 list=$2
shown=$(nm -D --defined-only "$lib" |
    awk '$2 ~ /^[TDBR]$/ && $3 !~ /^WRIT_[0-9]/ {sub(/@.*/, "", $3); print $3}' | LC_ALL=C sort)
if [ "${3-}" = -w ]; then
    printf '%s\n' "$shown" | sed '/^$/d' >"$list"
    exit 0
fi
passed=0 failed=0
if printf '%s\n' "$shown" | sed '/^$/d' | diff -u "$list" -; then
    passed=$((passed + 1))
else
    echo "FAILED: $lib shows other names than $list (if this is meant: make bless)"
    failed=$((failed + 1))
fi
for s in $shown; do
    if cat include/writ/*.h | grep -q "\\b$s("; then
        passed=$((passed + 1))
    else
        echo "FAILED: $s is shown but declared in no public header"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
