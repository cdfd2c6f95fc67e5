#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# install-test: `make install` into an empty folder gives a program, a personality out of its way, a
# library that others can build against, pages and completions; `make deb` packs the same.
# Usage: install-test.sh BUILD CC
set -u
build=$1 cc=$2
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
passed=0 failed=0
check() { # what must be, then the command
    what=$1
    shift
    if "$@" >"$top/log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $what"
        head -n 20 "$top/log"
    fi
}
p=$top/usr
check 'make install' "${MAKE:-make}" --no-print-directory BUILD="$build" PREFIX="$p" install
check 'the program runs' "$p/bin/writ" --version
check 'the personality runs' "$p/libexec/writ/personalities/cfn-guard" --version
check 'the other one, too' "$p/libexec/writ/personalities/iamctl" --version
check 'no personality in bin' test "$(ls "$p/bin")" = writ
for f in share/man/man1/writ.1 share/man/man1/writ-guard.1 share/man/man1/writ-iam.1 \
    share/man/man1/writ-diff.1 share/man/man1/cfn-guard.1 share/man/man1/iamctl.1 \
    share/zsh/site-functions/_writ share/bash-completion/completions/writ \
    share/fish/vendor_completions.d/writ.fish share/doc/writ/LICENSE share/doc/writ/NOTICE; do
    check "$f is there" test -s "$p/$f"
done
skipped=0
if command -v dpkg-shlibdeps >/dev/null; then
    check 'make deb' "${MAKE:-make}" --no-print-directory BUILD="$build" deb
    deb=$(tail -n 1 "$top/log")
    check 'it unpacks' dpkg-deb -x "$deb" "$top/deb"
    check 'the packaged program runs' "$top/deb/usr/bin/writ" --version
    check 'and the personality' "$top/deb/usr/libexec/writ/personalities/cfn-guard" --version
    check 'it names its libraries' sh -c 'dpkg-deb -f "$1" Depends | grep -q libyaml' - "$deb"
else
    echo "skipped: no dpkg-dev"
    skipped=5
fi
if command -v pkg-config >/dev/null; then
    export PKG_CONFIG_PATH="$p/lib/pkgconfig" LD_LIBRARY_PATH="$p/lib"
    # shellcheck disable=SC2046 # words
    check 'a program builds against it' "$cc" -o "$top/judge" examples/c-api/judge.c \
        $(pkg-config --cflags --libs writ) -pthread
    check 'and judges' "$top/judge" examples/rules/s3.guard -- examples/templates/storage-fixed.yaml
else
    echo "skipped: no pkg-config"
    skipped=$((skipped + 2))
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
