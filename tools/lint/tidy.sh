#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tidy: clang-tidy with the checks of .clang-tidy, two files at a time. The analyzer is held to a
# part of the paths it would look at by itself: all of them take twice as long.
# Usage: tidy.sh BUILD VERSION FILE...
set -u
command -v clang-tidy >/dev/null || { echo "error: apt-get install -y clang-tidy" >&2; exit 1; }
build=$1 version=$2
shift 2
mkdir -p "$build/tidy"
printf '%s\n' -std=c17 -D_GNU_SOURCE "-DWR_VERSION=\"$version\"" "-I$PWD/src" \
    "-I$PWD/include" -I../gen -Xclang -analyzer-config -Xclang max-nodes=75000 \
    >"$build/tidy/compile_flags.txt"
log=$build/tidy/log
# shellcheck disable=SC2016 # expanded by the inner shell
printf '%s\n' "$@" | xargs -P2 -I{} sh -c \
    'clang-tidy --quiet -p "$2" "$1" 2>/dev/null || echo "FAILED: $1"' - {} "$build/tidy" >"$log"
cat "$log"
failed=$(grep -c '^FAILED: ' "$log")
echo "$(($# - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
