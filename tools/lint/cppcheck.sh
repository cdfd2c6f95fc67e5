#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# cppcheck: second opinion on defects. Suppressions stand in the source, beside their reason.
# Usage: cppcheck.sh FILE...
set -u
command -v cppcheck >/dev/null || { echo "error: apt-get install -y cppcheck" >&2; exit 1; }
if cppcheck --quiet -j2 --std=c11 --language=c --error-exitcode=1 --inline-suppr \
    --enable=warning,performance,portability --suppress=missingIncludeSystem \
    --suppress=unusedStructMember \
    -Isrc -Iinclude -D_GNU_SOURCE -D__GNUC__ "$@"; then
    echo "$# passed, 0 failed"
else
    echo "0 passed, 1 failed"
    exit 1
fi
