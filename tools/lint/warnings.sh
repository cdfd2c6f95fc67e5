#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# warnings: everything compiles with one compiler and more warnings than the daily build asks for,
# as errors. Usage: warnings.sh BUILD CC
set -u
build=$1 cc=$2
command -v "$cc" >/dev/null || { echo "error: apt-get install -y $cc" >&2; exit 1; }
case $cc in
*clang*) more="-Wunreachable-code-aggressive -Wformat=2
    -Wmissing-variable-declarations -Wno-format-nonliteral" ;;
*) more="-Wduplicated-cond -Wduplicated-branches -Wlogical-op -Wformat=2 -Wno-format-nonliteral
    -Wcast-align=strict -Walloca" ;;
esac
# shellcheck disable=SC2086 # echo makes one line of it
if ${MAKE:-make} --no-print-directory -k -j2 BUILD="$build" CC="$cc" CFLAGS="$(echo $more)" \
    all lib unit-build replay-build conformance-build bench-build; then
    echo "1 passed, 0 failed"
else
    echo "0 passed, 1 failed"
    exit 1
fi
