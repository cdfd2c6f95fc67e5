#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# demo: from a fresh clone to a judged template: installs what a build needs (as root, on Debian),
# builds, shows failures, their fix, and what to try next. Changes nothing outside build/.
set -eu
cd "$(dirname "$0")/.."
missing=$(tools/deps.sh -n deps/debian12.txt build)
if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        tools/deps.sh deps/debian12.txt build
    else
        echo "To build writ, first install:"
        echo "  sudo apt-get install -y$missing"
        exit 1
    fi
fi
echo "== building"
make -s -j"$(nproc)" all
show() {
    printf '\n$ %s\n' "$*"
    rc=0
    "$@" || rc=$?
    echo "(exit $rc)"
}
echo
echo "== a template with mistakes: two rules fail and one warns, each says where and how to mend it"
show build/writ guard validate -r examples/rules/s3.guard -d examples/templates/storage.yaml
echo
echo "== the same template, mended"
show build/writ guard validate -r examples/rules/s3.guard -d examples/templates/storage-fixed.yaml
echo
echo "== the rules have unit tests"
show build/writ guard test -d examples/rules
cat <<'END'

Try next (programs are in build/):
  build/writ guard validate -r examples/rules -d examples/templates -o sarif
  build/writ guard validate -r examples/rules/terraform.guard -d examples/plans/plan.json
  build/writ guard --help
  build/cfn-guard validate -r examples/rules -d examples/templates  # as the original
Mend examples/templates/storage.yaml and run the first command again.
To have writ in PATH: make install
END
