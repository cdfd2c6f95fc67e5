#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tidy: clang-tidy with the checks of .clang-tidy, two files at a time.
# Usage: tidy.sh FLAGS FILE...
set -u
command -v clang-tidy >/dev/null || { echo "error: apt-get install -y clang-tidy" >&2; exit 1; }
flags=$1
shift
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2016 # expanded by the inner shell
printf '%s\n' "$@" | xargs -P2 -I{} sh -c \
    'clang-tidy --quiet "$1" -- $2 2>/dev/null || echo "FAILED: $1"' - {} "$flags" >"$log"
cat "$log"
failed=$(grep -c '^FAILED: ' "$log")
echo "$(($# - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
