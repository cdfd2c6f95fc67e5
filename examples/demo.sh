#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# demo: from a fresh clone to a judged repository: installs what a build needs (as root, on Debian),
# builds, shows what fails in examples/landing-zone, and what to try next. Changes nothing outside
# build/.
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
echo "== examples/landing-zone: a small company's governance in one repository, and what fails in it"
show build/writ check examples/landing-zone --now 2026-11-24
cat <<'END'

Each finding says which control, in which layer, where, what was found, and what to do. An exception
covers the public website until February; the one for the reports database ended in October, so what
it covered is found again. (--now fixes the day, so that this text is the same tomorrow.)

Try next (the program is build/writ):
  build/writ test examples/landing-zone          # do the controls do what their tests say?
  build/writ coverage examples/landing-zone      # which layers hold, which are gaps?
  build/writ exceptions examples/landing-zone --now 2026-11-24
  build/writ explain RDS.ENCRYPTION              # a control: why, what it holds, how to mend
  build/writ check examples/landing-zone --now 2026-11-24 -o html --output build/posture.html
  build/writ test controls/                      # the library's own tests
  build/writ init /tmp/mine                      # a repository of your own, ready to change
  build/writ guard validate -r examples/rules -d examples/templates
Mend examples/landing-zone/templates/payments/network.yaml (port 22) and check again.
To have writ in PATH: make install
END
