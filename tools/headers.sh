#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# headers: each public header compiles alone, pedantically, as C99, C17 and (with a C++ compiler)
# C++17, so that any program can include it first.
# Usage: headers.sh CC HEADER...
set -u
cc=$1
shift
passed=0 failed=0 skipped=0
case $cc in *clang*) cxx=clang++ ;; *) cxx=g++ ;; esac
check() { # language, standard, compiler, header
    if printf '#include "%s"\n' "${4#include/}" |
        "$3" -x "$1" -std="$2" -Iinclude -Wall -Wextra -pedantic -Werror -fsyntax-only -; then
        passed=$((passed + 1))
    else
        echo "FAILED: $4 as $2"
        failed=$((failed + 1))
    fi
}
for h in "$@"; do
    check c c99 "$cc" "$h"
    check c c17 "$cc" "$h"
    if command -v $cxx >/dev/null; then check c++ c++17 $cxx "$h"; else skipped=$((skipped + 1)); fi
done
[ $skipped -eq 0 ] || echo "skipped: no C++ compiler ($cxx)"
if [ $skipped -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ $failed -eq 0 ]
