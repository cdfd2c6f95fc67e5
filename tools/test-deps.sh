#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test-deps: before `make test` begins, not after minutes of it: what the tests need is installed
# where that can be done (as root, with apt-get), as `make demo` does for a build; elsewhere the
# line to type is printed and nothing is run. Other systems than Debian are taken as they are.
# Usage: test-deps.sh CC
set -eu
command -v dpkg-query >/dev/null || exit 0
missing=$(tools/deps.sh -n deps/debian12.txt build test)
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    exec tools/deps.sh deps/debian12.txt build test
fi
# cmocka from elsewhere will do; the rest is skipped by what needs it.
printf '#include <%s>\n' stdarg.h stddef.h setjmp.h stdint.h cmocka.h |
    "$1" -E -x c - >/dev/null 2>&1 && exit 0
echo "To test writ, first install:" >&2
echo "  sudo apt-get install -y$missing" >&2
exit 1
