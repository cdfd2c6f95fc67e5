#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run: the page of a check in headless Chromium, driven by puppeteer-core, judged by axe-core (both
# from npm, kept in BUILD/validators): as in life, with texts that attack it, with many findings.
# Skipped when there is no browser or the packages cannot be had. Usage: run.sh BUILD
set -u
build=$1
here=$(dirname "$0")
skip() {
    echo "skipped: $1"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
}
browser=
for b in "${CHROMIUM:-chromium}" chromium-browser google-chrome; do
    command -v "$b" >/dev/null && browser=$(command -v "$b") && break
done
[ -n "$browser" ] || skip "no Chromium: apt-get install -y chromium"
"$here/../reports/install.sh" "$build" npm puppeteer-core@24.30.0 axe-core@4.11.0 ||
    skip "no puppeteer-core and axe-core from npm"
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
sample=$build/conformance/reports
"$sample" html >"$dir/page.html" && "$sample" json >"$dir/page.json" || exit 1
n=0 pages=
while "$sample" html hostile $n >"$dir/hostile$n.html"; do
    pages="$pages $dir/hostile$n.html" n=$((n + 1))
done
"$sample" html times 400 >"$dir/many.html" || exit 1
# shellcheck disable=SC2086 # a list of names without blanks
node "$here/page.mjs" "$browser" "$(realpath "$build")/validators" "$dir/page.html" $pages \
    "$dir/many.html"
